"""Cases as descriptions: a table with ``input`` and ``layers``, as a person writes it in ``[network]``, counted by what the product makes of it.

A case carries its description as ``network``; those of the open files stand in ``described.toml`` under the case's id.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import sympy as sp

from derivations import network
from derivations.networks import Layers, layers_of
from derivations.parameters import Size
from derivations.topics.network.counts import Laid
from derivations.topics.network.tensors import Tensor


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "described.toml").read_text(encoding="utf-8"))


def description(case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The description of a case, or None where nobody has written one."""
    found: Mapping[str, Any] | None = case.get("network") or _file()["described"].get(str(case.get("id")))
    return found


def changed_after(case: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a configuration that are otherwise once a model is built."""
    found: Mapping[str, Any] = case.get("changed") or _file()["changed"].get(str(case.get("id")), {})
    return found


def _layers(found: Mapping[str, Any]) -> list[object]:
    given = found["layers"]
    return [_file()["blocks"], *(given if isinstance(given, list) else [given])]


def count(found: Mapping[str, Any]) -> Any:
    """The answer of ``derive show network``: a number, or a polynomial."""
    return network(layers=_layers(found), input=found["input"]).answer.value


def tensors(found: Mapping[str, Any]) -> list[Tensor]:
    """What is learned and kept, tensor by tensor, of a network whose sizes are numbers."""
    return learned(found["input"], Layers(layers_of(_layers(found))))


def learned(input_: Sequence[object], layers: Layers) -> list[Tensor]:
    """The tensors of layers that read this input."""
    laid = Laid([size for size in map(Size().read, input_) if size is not None], layers)
    return [replace(one, multiplicity=one.multiplicity * copies) for leaf, copies, _ in laid.layout.leaves() for one in leaf.ledger]


def family_differences(family: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The polynomial of a family as text, and where it differs from the file's closed form and from the measured points."""
    found = description(family)
    if found is None:
        raise ValueError("nobody has described it; network = {input = [...], layers = [...]} does")
    polynomial = count(found)
    spelled = found.get("letters", {})
    symbols = {name: sp.Symbol(spelled.get(name, name), integer=True, positive=True) for name in family["symbols"]}
    if polynomial.free_symbols != set(symbols.values()):
        raise ValueError(f"the description has the sizes {sorted(map(str, polynomial.free_symbols))}, the family {sorted(symbols)}")
    differences = []
    for field in ("closed_form", "closed_form_expanded"):
        if field in family:
            written = sp.sympify(family[field], locals=symbols)
            if sp.simplify(polynomial - written) != 0:
                differences.append(f"{field}: ours {polynomial}, the file's {sp.expand(written)}")
    for point in family.get("points", ()):
        value = polynomial.subs({symbols[name]: size for name, size in point["at"].items()})
        if value != point["params"]:
            differences.append(f"at {point['at']}: counted {value}, the file says {point['params']}")
    return str(polynomial), differences


_NOT_SHAPES = frozenset({"type", "count", "params_each"})


def _described(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """One layer of an inventory as a description."""
    match entry:
        case {"type": "Conv1d" | "Conv2d" | "Conv3d", "in": inputs, "out": outputs, "kernel": kernel}:
            layer = {"in": inputs, "out": outputs, "kernel": kernel, "groups": entry.get("groups", 1), "bias": entry.get("bias", True), "padding": "same"}
            return {"input": [1, inputs, *(8 for _ in kernel)], "layers": [{"layer": "conv", **layer}]}
        case {"type": "Linear" | "NonDynamicallyQuantizableLinear", "in": inputs, "out": outputs}:
            return {"input": [1, inputs], "layers": [{"layer": "linear", "in": inputs, "out": outputs, "bias": entry.get("bias", True)}]}
        case {"type": "BatchNorm1d" | "BatchNorm2d" | "BatchNorm3d" | "FrozenBatchNorm2d", "channels": channels}:
            return {"input": [1, channels, 8, 8], "layers": ["batchnorm"]}
        case {"type": "LayerNorm" | "LayerNorm2d", "shape": shape}:
            return {"input": [1, math.prod(shape)], "layers": ["layernorm"]}
        case {"type": "GroupNorm", "channels": channels}:
            return {"input": [1, channels, 8, 8], "layers": [f"groupnorm {entry.get('groups', 1)}"]}
        case {"type": "Embedding", "rows": rows, "dim": width}:
            return {"input": [1, 8], "layers": [f"embedding {rows}->{width}"]}
        case _:
            raise ValueError(f"no layer of a description is {dict(entry)}")


def inventory_total(inventory: Sequence[Mapping[str, Any]]) -> tuple[int, list[str]]:
    """The parameters of all layers of an inventory, each counted as a network of its own, and where that differs from what the file says of one layer.

    Tensors that stand for themselves (``tensors of ...``) have as many entries as their shape says.
    """
    total, differences = 0, []
    for entry in inventory:
        if str(entry["type"]).startswith("tensors of"):
            each = sum(math.prod(shape) for name, shape in entry.items() if name not in _NOT_SHAPES)
        else:
            each = int(count(_described(entry)))
        if entry.get("params_each", each) != each:
            differences.append(f"{entry['type']} counted as {each}, the file says {entry['params_each']}")
        total += each * entry["count"]
    return total, differences
