"""Which inputs a unit of a chain of 1-D convolutions depends on, layer by layer with sets. Imports no code of the project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Layer(NamedTuple):
    kernel: int
    stride: int
    spacing: int
    padding: int


def inputs(layers: Sequence[Layer], unit: int) -> set[int]:
    """The 0-based places of the input that this unit of the last layer reads, places outside the signal included."""
    units = {unit}
    for layer in reversed(layers):
        below: set[int] = set()
        for u in units:
            for tap in range(layer.kernel):
                below.add(layer.stride * u - layer.padding + layer.spacing * tap)
        units = below
    return units


def field(layers: Sequence[Layer], unit: int = 0) -> int:
    """From the first input to the last one, both included."""
    seen = inputs(layers, unit)
    return max(seen) - min(seen) + 1
