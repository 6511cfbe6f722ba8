"""The tensors that a layer owns, from which every count is read: shapes and names are those of ``torch.nn``.

A size is an integer or a SymPy expression. Running means and variances, and the batch counter, are buffers and no parameters; a shared (tied) tensor has a
shape and adds nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, TypeAlias

from derivations.language.errors import DeriveError
from derivations.language.record import record

Dim: TypeAlias = Any
"""An ``int`` or a SymPy expression."""


@record
class Tensor:
    """One tensor, or ``multiplicity`` equal ones; ``tied_to`` names what it shares its entries with."""

    part: str
    shape: tuple[Dim, ...]
    multiplicity: Dim = 1
    buffer: bool = False
    tied_to: str | None = None

    @property
    def entries(self) -> Dim:
        """How many entries it adds."""
        return 0 if self.tied_to is not None else math.prod(self.shape) * self.multiplicity


Tensors: TypeAlias = tuple[Tensor, ...]


def tensor(part: str, *shape: Dim) -> Tensors:
    return (Tensor(part, shape),)


def joined(**parts: Tensors) -> Tensors:
    """The tensors of all parts, each with the name of its part before its own."""
    return tuple(replace(one, part=f"{name}.{one.part}") for name, part in parts.items() for one in part)


def quotient(whole_name: str, whole: Dim, part_name: str, part: Dim) -> Dim:
    """``whole / part``. Raises DeriveError for numbers that do not divide."""
    if not isinstance(whole, int) or not isinstance(part, int):
        return whole / part
    if whole % part:
        raise DeriveError(f"{part_name} = {part} does not divide {whole_name} = {whole}")
    return whole // part


def affine(inputs: Dim, outputs: Dim, bias: bool = True, groups: Dim = 1, kernel: tuple[Dim, ...] = (), names: str = "features") -> Tensors:
    """A linear map, or a convolution with a kernel, in ``groups`` that do not see each other."""
    fan = quotient(f"in_{names}", inputs, "groups", groups)
    quotient(f"out_{names}", outputs, "groups", groups)
    return tensor("weight", outputs, fan, *kernel) + (tensor("bias", outputs) if bias else ())


def scaled(*features: Dim, bias: bool = True, affine: bool = True) -> Tensors:
    """What a normalization learns: a scale and a shift."""
    return (tensor("weight", *features) + (tensor("bias", *features) if bias else ())) if affine else ()


def statistics(features: Dim) -> Tensors:
    """What batch normalization keeps."""
    shapes = {"running_mean": (features,), "running_var": (features,), "num_batches_tracked": ()}
    return tuple(Tensor(name, shape, buffer=True) for name, shape in shapes.items())


def recurrent(gates: int, inputs: Dim, hidden: Dim, layers: Dim = 1, bias: bool = True, both: bool = False, projected: Dim = 0) -> Tensors:
    """Layers of cells with two biases, as in torch. ``both``: directions; ``projected``: the width of the state that is fed back, if it is not ``hidden``."""
    if isinstance(projected, int) and isinstance(hidden, int) and projected >= hidden:
        raise DeriveError(f"projection {projected} must be smaller than the width {hidden}")
    state = hidden if projected == 0 else projected

    def layer(width: Dim, name: str, copies: Dim = 1) -> Tensors:
        found: Tensors = ()
        for suffix in (f"_{name}", f"_{name}_reverse") if both else (f"_{name}",):
            found += tensor(f"weight_ih{suffix}", gates * hidden, width) + tensor(f"weight_hh{suffix}", gates * hidden, state)
            found += (tensor(f"bias_ih{suffix}", gates * hidden) + tensor(f"bias_hh{suffix}", gates * hidden)) if bias else ()
            found += tensor(f"weight_hr{suffix}", projected, hidden) if projected != 0 else ()
        return tuple(replace(one, multiplicity=copies) for one in found)

    below = state * (2 if both else 1)
    if not isinstance(layers, int):  # the first layer reads the input, all others read a layer
        return layer(inputs, "l0") + layer(below, "upper", layers - 1)
    return tuple(one for at in range(layers) for one in layer(below if at else inputs, f"l{at}"))


__all__ = ["Dim", "Tensor", "Tensors", "affine", "joined", "quotient", "recurrent", "scaled", "statistics", "tensor"]
