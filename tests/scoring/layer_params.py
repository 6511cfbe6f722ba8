"""Scores ``layer_params.json``: parameters, buffers and tensors of one layer or one small block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from derivations.topics.parameters.layers import layer_ledger
from derivations.topics.parameters.ledger import Ledger

from . import CASE_ERRORS, Outcome, read_document
from .described import description, tensors

_NORM_CALL = re.compile(r"\s*(?:torch\.)?(?:nn\.)?(?P<name>\w+)\((?P<arguments>.*)\)\s*$")


def score(path: Path) -> Iterable[Outcome]:
    """Compare the counts of every case of the file, and the shapes of its tensors where it lists them."""
    for position, case in enumerate(read_document(path, "cases")["cases"]):
        case_id = str(case.get("id", f"case {position}"))
        try:
            ledger, named = _ledger(case)
            differences = [*_count_differences(case, ledger), *_tensor_differences(case, ledger, named)]
        except CASE_ERRORS as error:
            yield Outcome(case_id, False, f"not counted: {error}")
            continue
        yield Outcome(case_id, not differences, "; ".join(differences) or f"{ledger.parameters} parameters, {ledger.buffers} buffers")


def _ledger(case: Mapping[str, Any]) -> tuple[Ledger, bool]:
    """Return the tensors of the case, and whether their names are those of torch (a block's names are its author's)."""
    name, hyperparameters = str(case["layer"]), dict(case.get("hyperparameters", {}))
    found = description(case)
    if found is not None:
        return tensors(found), False
    if name.startswith("block"):
        raise ValueError("nobody has described it; network = {input = [...], layers = [...]} does")
    short = name.rpartition(".")[2]
    if short in ("TransformerEncoder", "TransformerDecoder"):
        key = "encoder_layer" if short == "TransformerEncoder" else "decoder_layer"
        if "layer" in hyperparameters:
            hyperparameters[key] = hyperparameters.pop("layer")
        if "final_norm" in hyperparameters:
            hyperparameters["norm"] = hyperparameters.pop("final_norm")
        hyperparameters["norm"] = _norm(hyperparameters.get("norm"))
    return layer_ledger(name, hyperparameters), True


def _norm(written: Any) -> Ledger | None:
    """Return the ledger of a norm written as a call, such as ``LayerNorm(90)`` or ``RMSNorm(90, eps=1e-6)``; None stays None."""
    if written is None or written is False or written in ("", "none", "None"):
        return None
    call = _NORM_CALL.match(str(written))
    if call is None:
        raise ValueError(f"the final norm {written!r} is not written as a call such as LayerNorm(90)")
    arguments: dict[str, Any] = {}
    for position, argument in enumerate(part.strip() for part in call["arguments"].split(",") if part.strip()):
        key, sign, value = argument.rpartition("=")
        arguments[key.strip() if sign else ("normalized_shape" if position == 0 else "eps")] = _literal(value.strip())
    return layer_ledger(call["name"], arguments)


def _literal(text: str) -> int | float | bool:
    if text in ("True", "False"):
        return text == "True"
    return int(text) if re.fullmatch(r"\d+", text) else float(text)


def _count_differences(case: Mapping[str, Any], ledger: Ledger) -> Iterable[str]:
    for field, counted in (("params", ledger.parameters), ("buffers", ledger.buffers)):
        if field in case and case[field] != counted:
            yield f"{field}: counted {counted}, the file says {case[field]}"


def _tensor_differences(case: Mapping[str, Any], ledger: Ledger, named: bool) -> Iterable[str]:
    if "tensors" not in case:
        return
    listed = [(str(tensor["name"]), tuple(tensor["shape"])) for tensor in case["tensors"]]
    owned = [(tensor.part, tensor.shape, tensor.multiplicity) for tensor in ledger if not tensor.buffer and tensor.tied_to is None]
    if not named:
        counted, expected = _stacked((shape, count) for _, shape, count in owned), _stacked((shape, 1) for _, shape in listed)
        if counted != expected:
            yield f"rows by shape of a row: ours alone {_written(counted - expected)}, the file's alone {_written(expected - counted)}"
        return
    ours: Counter[tuple[int, ...]] = Counter()
    for _, shape, count in owned:
        ours[shape] += count
    theirs = Counter(shape for _, shape in listed)
    if ours != theirs:
        yield f"shapes: ours alone {_written(ours - theirs)}, the file's alone {_written(theirs - ours)}"
    elif all(count == 1 for _, _, count in owned) and {(part, shape) for part, shape, _ in owned} != set(listed):
        yield f"names of tensors: ours {sorted(part for part, _, _ in owned)}, the file's {sorted(name for name, _ in listed)}"


def _stacked(tensors: Iterable[tuple[tuple[int, ...], int]]) -> Counter[tuple[int, ...]]:
    """Count rows by the shape of a row, trailing ones dropped.

    A block's author may stack the query, key and value maps in one tensor, or write a map of channels as a 1x1 convolution: both are the
    same here.
    """
    rows: Counter[tuple[int, ...]] = Counter()
    for shape, count in tensors:
        row = shape[1:]
        while row and row[-1] == 1:
            row = row[:-1]
        rows[row] += (shape[0] if shape else 1) * count
    return rows


def _written(shapes: Counter[tuple[int, ...]]) -> str:
    return ", ".join(f"{list(shape)} x{count}" for shape, count in shapes.items()) or "none"
