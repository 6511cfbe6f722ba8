"""Integrals in floating point: the tanh-sinh rule (Takahasi & Mori 1974), good for singular ends and infinite intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=8)
def _nodes(step: float) -> tuple[tuple[float, float, float], ...]:
    """(fraction of the interval from the left end, from the right end, weight) of the rule on (0, 1)."""
    found: list[tuple[float, float, float]] = []
    count = int(4.2 / step)
    for k in range(-count, count + 1):
        t = k * step
        bend = 0.5 * math.pi * math.sinh(t)
        left, right = 1 / (1 + math.exp(-2 * bend)), 1 / (1 + math.exp(2 * bend))
        weight = step * 0.25 * math.pi * math.cosh(t) / math.cosh(bend) ** 2
        if left > 0 and right > 0 and weight > 0:
            found.append((left, right, weight))
    return tuple(found)


def integral(function: Callable[[float], float], lo: float, hi: float, step: float = 1 / 16) -> float:
    """The integral of `function` over (lo, hi), whose ends may be infinite; points without a finite value count zero."""
    total = 0.0
    for left, right, weight in _nodes(step):
        if math.isinf(lo) and math.isinf(hi):
            product = left * right
            point, size = (left - right) / product, (2 * product + (left - right) ** 2) / product**2
        elif math.isinf(hi):
            point, size = lo + left / right, 1 / right**2
        elif math.isinf(lo):
            point, size = hi - right / left, 1 / left**2
        else:
            point = lo + (hi - lo) * left if left < 0.5 else hi - (hi - lo) * right
            size = hi - lo
        value = function(point)
        if math.isfinite(value):
            total += weight * size * value
    return total


def sample_points(lo: float, hi: float, count: int = 9) -> list[float]:
    """Points inside an interval, spread over its scales when it is infinite."""
    fractions = [(2 * place + 1) / (2 * count) for place in range(count)]
    if math.isinf(lo) and math.isinf(hi):
        return [math.tan(math.pi * (fraction - 0.5)) for fraction in fractions]
    if math.isinf(hi):
        return [lo + fraction / (1 - fraction) for fraction in fractions]
    if math.isinf(lo):
        return [hi - (1 - fraction) / fraction for fraction in fractions]
    return [lo + (hi - lo) * fraction for fraction in fractions]


def masses(function: Callable[[float], float], edges: list[float]) -> list[float]:
    """The integrals between neighbouring edges by Gauss's rule with five points."""
    found: list[float] = []
    for lo, hi in zip(edges, edges[1:], strict=False):
        middle, half = (lo + hi) / 2, (hi - lo) / 2
        values = (weight * function(middle + half * node) for node, weight in _GAUSS)
        found.append(half * sum(value for value in values if math.isfinite(value)))
    return found


_GAUSS = (
    (0.0, 128 / 225),
    (math.sqrt(5 - 2 * math.sqrt(10 / 7)) / 3, (322 + 13 * math.sqrt(70)) / 900),
    (-math.sqrt(5 - 2 * math.sqrt(10 / 7)) / 3, (322 + 13 * math.sqrt(70)) / 900),
    (math.sqrt(5 + 2 * math.sqrt(10 / 7)) / 3, (322 - 13 * math.sqrt(70)) / 900),
    (-math.sqrt(5 + 2 * math.sqrt(10 / 7)) / 3, (322 - 13 * math.sqrt(70)) / 900),
)
