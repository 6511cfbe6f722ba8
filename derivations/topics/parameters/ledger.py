"""A ledger of the tensors that a layer or a network owns, from which every count is read.

The convention is explicit. ``Ledger.parameters`` counts the entries of all parameters, trainable or not, a shared
(tied) tensor once; buffers (running means and variances, the batch counter, position tables that are not learned) are
kept in the ledger, and counted by ``Ledger.buffers`` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derivations.language.errors import DeriveError
from derivations.topics.parameters.dimensions import Dimension, product


@dataclass(frozen=True)
class Tensor:
    """One tensor, or ``multiplicity`` equal ones whose names differ in an index (written ``*`` in ``part``).

    ``tied_to`` names the part whose storage this tensor shares: it then has a shape but adds no parameters.
    """

    part: str
    shape: tuple[Dimension, ...]
    multiplicity: Dimension = 1
    buffer: bool = False
    tied_to: str | None = None

    def __post_init__(self) -> None:
        if not self.part:
            raise DeriveError("a tensor in a ledger needs the name of the part it belongs to")
        if self.buffer and self.tied_to is not None:
            raise DeriveError(f"{self.part}: a buffer cannot be tied to the parameter {self.tied_to}")

    @property
    def size(self) -> Dimension:
        """Number of entries of one such tensor: the product of its shape."""
        return product(self.shape)

    @property
    def entries(self) -> Dimension:
        """Number of entries that all ``multiplicity`` tensors add: 0 for a tied tensor."""
        return 0 if self.tied_to is not None else self.size * self.multiplicity

    @property
    def is_bias(self) -> bool:
        """True for an additive offset: torch calls these ``bias``, ``in_proj_bias``, ``bias_hh_l0``, ``bias_k``..."""
        leaf = self.part.rpartition(".")[2]
        return leaf == "bias" or leaf.startswith("bias_") or leaf.endswith("_bias")


@dataclass(frozen=True)
class Ledger:
    """The tensors of a layer, in the order of construction."""

    tensors: tuple[Tensor, ...] = ()

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.tensors)

    def __len__(self) -> int:
        return len(self.tensors)

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(self.tensors + other.tensors)

    @property
    def parameters(self) -> Dimension:
        """Entries of all parameters, tied tensors once, buffers left out."""
        return _total(tensor for tensor in self.tensors if not tensor.buffer)

    @property
    def buffers(self) -> Dimension:
        """Entries of all buffers."""
        return _total(tensor for tensor in self.tensors if tensor.buffer)

    @property
    def biases(self) -> Dimension:
        """Entries of the parameters that are additive offsets (the shift of a normalization among them)."""
        return _total(tensor for tensor in self.tensors if not tensor.buffer and tensor.is_bias)

    @property
    def weights(self) -> Dimension:
        """Entries of the parameters that are not biases: ``weights + biases == parameters``."""
        return _total(tensor for tensor in self.tensors if not tensor.buffer and not tensor.is_bias)

    def by_part(self, depth: int = 1) -> dict[str, Dimension]:
        """Return parameters grouped by the first ``depth`` components of their dotted names, in order."""
        if depth < 1:
            raise DeriveError(f"grouping by part needs a depth of at least 1, not {depth}")
        groups: dict[str, Dimension] = {}
        for tensor in self.tensors:
            if not tensor.buffer:
                part = ".".join(tensor.part.split(".")[:depth])
                groups[part] = groups.get(part, 0) + tensor.entries
        return groups

    def under(self, prefix: str) -> Ledger:
        """Return the same tensors as parts of ``prefix``; an empty prefix changes nothing."""
        if not prefix:
            return self
        return Ledger(
            tuple(
                replace(
                    tensor,
                    part=f"{prefix}.{tensor.part}",
                    tied_to=None if tensor.tied_to is None else f"{prefix}.{tensor.tied_to}",
                )
                for tensor in self.tensors
            )
        )

    def repeated(self, times: Dimension, prefix: str) -> Ledger:
        """Return ``times`` copies with storage of their own as ``prefix.*``; ``times`` may be a symbol, and 0 gives none."""
        if isinstance(times, int) and times < 0:
            raise DeriveError(f"{prefix} cannot be repeated {times} times")
        if isinstance(times, int) and times == 0:
            return Ledger()
        copies = self.under(f"{prefix}.*")
        return Ledger(tuple(replace(tensor, multiplicity=tensor.multiplicity * times) for tensor in copies))


def _total(tensors: Iterable[Tensor]) -> Dimension:
    total: Dimension = 0
    for tensor in tensors:
        total = total + tensor.entries
    return total


def parameter(part: str, *shape: Dimension) -> Ledger:
    """Return the ledger of one parameter tensor of the given shape (no sizes: a scalar)."""
    return Ledger((Tensor(part, shape),))


def buffer(part: str, *shape: Dimension) -> Ledger:
    """Return the ledger of one buffer of the given shape."""
    return Ledger((Tensor(part, shape, buffer=True),))


def tied(part: str, shape: tuple[Dimension, ...], to: str) -> Ledger:
    """Return the ledger of a tensor that shares the storage of the part named ``to``."""
    return Ledger((Tensor(part, shape, tied_to=to),))


def joined(**parts: Ledger) -> Ledger:
    """Return the concatenation of ``parts``, each under its own keyword as prefix."""
    return concatenated(ledger.under(name) for name, ledger in parts.items())


def concatenated(ledgers: Iterable[Ledger]) -> Ledger:
    """Return all tensors of ``ledgers`` in order."""
    return Ledger(tuple(tensor for ledger in ledgers for tensor in ledger))
