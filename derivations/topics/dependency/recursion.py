"""Receptive fields of chains by recursion, without sets: for kernels and strides of any size.

For layers ``n = 1, 2, ...`` with kernel ``K_n``, tap spacing ``d_n``, stride ``s_n``, padded by ``b_n`` before:
``r_n = r_{n-1} + (K_n - 1) d_n S_{n-1}``, ``S_n = S_{n-1} s_n``, ``p_n = p_{n-1} + b_n S_{n-1}``, from 1, 1, 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from derivations.topics.dependency.layers import Window


class Reach(NamedTuple):
    """Receptive field, effective stride and effective padding along one axis."""

    rf: int
    effective_stride: int
    effective_padding: int


def chain_reaches(layers: Iterable[Window], axis: int = 0) -> tuple[Reach, ...]:
    """The triple after every layer, the first layer's first."""
    reaches: list[Reach] = []
    rf, stride, padding = 1, 1, 0
    for layer in layers:
        rf += (layer.kernel[axis] - 1) * layer.dilation[axis] * stride
        padding += layer.padding[axis][0] * stride
        stride *= layer.stride[axis]
        reaches.append(Reach(rf, stride, padding))
    return tuple(reaches)
