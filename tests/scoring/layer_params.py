"""Scores ``layer_params.json``: parameters, buffers and tensors of one layer or one small block, counted by what the product makes of it.

A block is counted by its description (``described``), a layer of ``torch.nn`` by what the product reads off the live module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from derivations.models import ModelType
from derivations.topics.network.tensors import Tensor

from . import CASE_ERRORS, Outcome, read_document
from .described import description, learned, tensors

_CALL = re.compile(r"\s*(?:torch\.)?(?:nn\.)?(?P<name>\w+)\((?P<arguments>.*)\)\s*$")


def score(path: Path) -> Iterable[Outcome]:
    """Compare the counts of every case of the file, and the shapes of its tensors where it lists them."""
    for position, case in enumerate(read_document(path, "cases")["cases"]):
        case_id = str(case.get("id", f"case {position}"))
        try:
            found = _tensors(case)
            counts = {"params": sum(t.entries for t in found if not t.buffer), "buffers": sum(t.entries for t in found if t.buffer)}
            differences = [f"{name}: counted {n}, the file says {case[name]}" for name, n in counts.items() if case.get(name, n) != n]
            differences += shape_differences(case["tensors"], found) if "tensors" in case else []
        except CASE_ERRORS as error:
            yield Outcome(case_id, False, f"not counted: {error}")
            continue
        yield Outcome(case_id, not differences, "; ".join(differences) or f"{counts['params']} parameters, {counts['buffers']} buffers")


def _tensors(case: Mapping[str, Any]) -> list[Tensor]:
    name = str(case["layer"])
    found = description(case)
    if found is not None:
        return tensors(found)
    if name.startswith("block"):
        raise ValueError("nobody has described it; network = {input = [...], layers = [...]} does")
    return of_module(name.rpartition(".")[2], dict(case.get("hyperparameters", {})))


def of_module(name: str, given: dict[str, Any]) -> list[Tensor]:
    """What the product reads off ``torch.nn.NAME(**given)``. Raises ValueError, TypeError for what builds no module; DeriveError."""
    import torch

    kind = getattr(torch.nn, name, None)
    if kind is None:
        raise ValueError(f"layer {name!r} is unknown: torch.nn has no class of this name")
    described = ModelType().read(_built(torch.nn, name, given))
    if described is None:
        raise ValueError(f"torch.nn.{name} describes no network")
    found = learned(input_of(name, given), described.layers)
    if described.count != sum(t.entries for t in found if not t.buffer):
        raise ValueError(f"its layers are {described.layers}, which is not all that it owns")
    return found


def _built(nn: Any, name: str, given: dict[str, Any]) -> Any:
    """The module; of a stack, the layer and the norm are built first."""
    given = {key: value for key, value in given.items() if key not in ("device", "dtype")}
    stack = name in ("TransformerEncoder", "TransformerDecoder")
    if stack:
        layer = next(given.pop(key) for key in ("layer", "encoder_layer", "decoder_layer") if key in given)
        norm = given.pop("final_norm", given.pop("norm", None))
        return getattr(nn, name)(_built(nn, f"{name}Layer", layer), given.pop("num_layers"), _norm(nn, norm), **given)
    first = {"batch_first": True} if name in ("MultiheadAttention", "Transformer", "RNN", "LSTM", "GRU") or name.startswith("Transformer") else {}
    return getattr(nn, name)(**{**given, **first}, device="meta") if _takes_device(getattr(nn, name)) else getattr(nn, name)(**{**given, **first})


def _takes_device(kind: Any) -> bool:
    import inspect

    return "device" in inspect.signature(kind).parameters


def _norm(nn: Any, written: Any) -> Any:
    """A norm written as a call, such as ``LayerNorm(90)`` or ``RMSNorm(90, eps=1e-6)``, or as the arguments of a LayerNorm."""
    if written in (None, False, "", "none", "None"):
        return None
    if isinstance(written, Mapping):
        return nn.LayerNorm(**written)
    call = _CALL.match(str(written))
    if call is None:
        raise ValueError(f"the final norm {written!r} is not written as a call such as LayerNorm(90)")
    arguments: dict[str, Any] = {}
    for argument in (part for part in call["arguments"].split(",") if part.strip()):
        key, sign, value = argument.rpartition("=")
        value = value.strip()
        arguments[key.strip() if sign else "eps" if arguments else "normalized_shape"] = value == "True" if value in ("True", "False") else float(value)
    arguments["normalized_shape"] = int(arguments["normalized_shape"])
    return getattr(nn, call["name"])(**arguments)


_LETTERS = ["H", "W", "Z"]


def input_of(name: str, given: Mapping[str, Any]) -> list[Any]:
    """What a layer of torch reads, with letters for what its arguments do not say."""
    match given:
        case {"in_channels": channels}:
            return [1, channels, *_LETTERS[: int(name[-2])]]
        case {"num_features": channels} | {"num_channels": channels}:
            return [1, channels, *_LETTERS[:2]]
        case {"in1_features": left, "in2_features": right}:
            return [1, left + right]
        case {"in_features": width} | {"num_parameters": width}:
            return [1, width]
        case {"normalized_shape": shape}:
            return [1, *(shape if isinstance(shape, list) else [shape])]
        case {"num_embeddings": _}:
            return [1, "T"]
        case {"input_size": width} | {"embed_dim": width} | {"d_model": width}:
            return [1, "T", width]
        case {"layer": inner} | {"encoder_layer": inner} | {"decoder_layer": inner}:
            return input_of("", inner)
        case _:
            axes = int(name[-2]) if name[-2:] in ("1d", "2d", "3d") else 0
            return [1, "T", 512] if name == "Transformer" else [1, 8, *_LETTERS[:axes]]


def shape_differences(listed: Iterable[Mapping[str, Any]], found: Iterable[Tensor]) -> Iterable[str]:
    """Where the rows of our tensors are not those of a file's; rows are told apart by their number of entries.

    Maps may be stacked in one tensor, and a map of channels may be a 1x1 convolution: both are the same here.
    """
    ours = _stacked((t.shape, t.multiplicity) for t in found if not t.buffer and t.tied_to is None)
    theirs = _stacked((tuple(tensor["shape"]), tensor.get("count", 1)) for tensor in listed)
    if ours != theirs:
        yield f"rows by shape of a row: ours alone {_written(ours - theirs)}, the file's alone {_written(theirs - ours)}"


def _stacked(tensors: Iterable[tuple[tuple[int, ...], int]]) -> Counter[tuple[int, ...]]:
    rows: Counter[tuple[int, ...]] = Counter()
    for shape, count in tensors:
        kept = tuple(size for size in shape[1:] if size != 1)
        rows[kept] += (shape[0] if shape else 1) * count
    return rows


def _written(shapes: Counter[tuple[int, ...]]) -> str:
    return ", ".join(f"{list(shape)} x{count}" for shape, count in shapes.items()) or "none"


__all__ = ["of_module", "score", "shape_differences"]
