"""The check of a joint density: from the base and the map alone, with 40 digits.

Sampled points of the base are found again from their images by exactly one branch; the density is the sum over the preimages, with a
numerical Jacobian of the map; where a branch claims a point that is no sampled image, it returns a preimage in the box.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import mpmath

from .evaluation import Compiled, at, digits
from .joint import JointDensity, JointDistribution, compiled_condition, is_real
from .parameter_domain import describe
from .refusals import CannotPush, Reason

SETTINGS = 2
POINTS = 40
SMALLEST = 1e-18
"""Determinants below this are lost in the differences that they are computed from."""


def confirmed(base: JointDistribution, maps: tuple[Any, ...], result: JointDensity) -> int:
    """Samples of the base are found again by exactly one branch, and the density is the sum over the preimages.

    Raises:
        CannotPush: a sample contradicts the result.
    """
    source = random.Random(5)
    tried = 0
    for values in base.domain.samples[:SETTINGS]:
        exact = digits(values)
        setting = _Setting(base, maps, result, exact)
        images: list[list[Any]] = []
        for _ in range(POINTS):
            image = setting.check(source, values)
            images.extend([image] if image else [])
        setting.check_elsewhere(images, source)
        tried += len(images)
    if tried < POINTS // 2:
        raise CannotPush(Reason.CHECK_FAILED, f"only {tried} points could be evaluated")
    return tried


class _Setting:
    """The map, the base and the branches at one setting of the parameters, in floating point."""

    def __init__(self, base: JointDistribution, maps: Sequence[Any], result: JointDensity, exact: dict[Any, Any]) -> None:
        self.spans = [(at(span.lo, exact), at(span.hi, exact)) for span in base.spans.values()]
        self.maps = [Compiled(component.subs(exact), base.variables) for component in maps]
        self.base = Compiled(base.density.subs(exact), base.variables)
        self.density = Compiled(result.density.subs(exact), result.variables)
        self.variables = result.variables
        self.branches = [
            (
                compiled_condition(branch.condition.subs(exact), result.variables),
                [Compiled(g.subs(exact), result.variables) for g in branch.inverse],
            )
            for branch in result.branches
        ]

    def check(self, source: random.Random, values: Mapping[Any, float]) -> list[Any] | None:
        """The image of a sampled point of the base, checked; None where it cannot be evaluated."""
        z = [mpmath.mpf(drawn(lo, hi, source)) for lo, hi in self.spans]
        x = [component.high(*z) for component in self.maps]
        if not all(is_real(value) for value in x):
            if any(isinstance(value, mpmath.mpc) for value in x):
                raise CannotPush(Reason.UNDEFINED, f"the map is not real at z = {_shown(z)}")
            return None
        x = [mpmath.re(value) for value in x]
        found, total = 0, mpmath.mpf(0)
        for condition, inverse in self.branches:
            if not condition(x):
                continue
            back = [g.high(*x) for g in inverse]
            again = [component.high(*back) for component in self.maps]
            if not all(_same(one, other) for one, other in zip(again, x, strict=True)):
                where = f"an inverse sends {_shown(x)} to {_shown(back)}, which is mapped to {_shown(again)}"
                raise CannotPush(Reason.CHECK_FAILED, where)
            found += all(_same(one, other) for one, other in zip(back, z, strict=True))
            determinant = abs(self._determinant(back))
            if determinant < SMALLEST:
                return None
            total += self.base.high(*back) / determinant
        if found != 1:
            raise CannotPush(Reason.CHECK_FAILED, f"{found} branches return z = {_shown(z)} ({describe(values)})")
        value = self.density.high(*x)
        if not abs(value - total) <= 1e-8 * abs(total) + mpmath.mpf(10) ** -30:
            where = f"the density at {_shown(x)} is {value}, the sum over preimages {total}"
            raise CannotPush(Reason.CHECK_FAILED, where)
        return x

    def check_elsewhere(self, images: Sequence[Sequence[Any]], source: random.Random) -> None:
        """Where a branch claims a point that was not met as an image, it must still return a preimage in the box."""
        for image in images:
            for factor in (0.7, 1.3, -1):
                x = [value * (1 + (factor - 1) * source.randint(0, 1)) for value in image]
                for condition, inverse in self.branches:
                    if not condition(x):
                        continue
                    back = [g.high(*x) for g in inverse]
                    if not all(is_real(value) for value in back):
                        raise CannotPush(Reason.CHECK_FAILED, f"an inverse is not real at {_shown(x)} in its support")
                    inside = all(lo <= mpmath.re(v) <= hi for v, (lo, hi) in zip(back, self.spans, strict=True))
                    again = [component.high(*back) for component in self.maps]
                    if not inside or not all(_same(one, other) for one, other in zip(again, x, strict=True)):
                        raise CannotPush(Reason.CHECK_FAILED, f"{_shown(x)} is in the support but not in the image")

    def _determinant(self, z: Sequence[Any]) -> Any:
        step = mpmath.mpf(10) ** -14
        with mpmath.workdps(40):
            rows = []
            for component in self.maps:
                row = []
                for place in range(len(z)):
                    up, down = [mpmath.mpf(v) for v in z], [mpmath.mpf(v) for v in z]
                    up[place] += step
                    down[place] -= step
                    row.append(mpmath.re(component.high(*up) - component.high(*down)) / (2 * step))
                rows.append(row)
            return mpmath.det(mpmath.matrix(rows))


def _shown(values: Sequence[Any]) -> str:
    return "(" + ", ".join(mpmath.nstr(value, 6) for value in values) + ")"


def _same(found: Any, wanted: Any) -> bool:
    return is_real(found) and bool(abs(found - wanted) <= 1e-12 * (1e-6 + abs(wanted)))


def drawn(lo: float, hi: float, source: random.Random) -> float:
    """A point of an interval; on an infinite one, spread over the usual scales."""
    if math.isfinite(lo) and math.isfinite(hi):
        return source.uniform(lo + 0.002 * (hi - lo), hi - 0.002 * (hi - lo))
    if math.isfinite(lo):
        return lo + math.exp(source.gauss(0, 1))
    if math.isfinite(hi):
        return hi - math.exp(source.gauss(0, 1))
    return source.gauss(0, 1.5)
