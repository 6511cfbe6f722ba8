"""An independent check of a density: from the base and the map alone, without the engine's analysis.

For sampled admissible parameters and points z spread over the base's mass:
* the map must be defined at z, and x = f(z) must lie in the image of exactly one branch whose inverse returns z;
* every branch whose image holds x must return a point of its own piece that the map sends back to x;
* the density at x must be the sum of p(z_k)/|f'(z_k)| over those points, with f' by numerical differentiation of the map;
* on intervals (c, d) of x, the integral of the density must be the base's mass where c < f(z) < d, found by bisection.
The first point is what makes the sum complete: a preimage that the engine lost would be met as a z of its own.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import mpmath
import sympy

from derivations.language.record import record

from .distributions import Distribution
from .evaluation import Compiled, at, digits
from .parameter_domain import describe
from .quadrature import integral, masses, sample_points
from .refusals import CannotPush
from .results import Claim, Density, Evidence, Level

SETTINGS = 3
POINTS = 24
GRID = 240
CLOSE = 2e-5
MASS = 2e-4
WHOLE = 0.02


@record
class Checked:
    """The outcome of the check; `why` says what failed, `evidence` what was tried."""

    ok: bool
    why: str = ""
    evidence: tuple[Evidence, ...] = ()


class _Failed(Exception):
    """A check that did not hold; the message says which and where."""


def check_density(base: Distribution, expression: Any, result: Density) -> Checked:
    """Whether `result` is the density of the map `expression` of `base` (in `base.variable`), on samples."""
    try:
        settings: list[_Setting] = []
        for values in base.domain.samples:
            if _holds(result, values):
                setting = _Setting(base, expression, result, values)
                if abs(setting.sampled_mass - 1) < WHOLE:
                    settings.append(setting)
            if len(settings) == SETTINGS:
                break
        if not settings:
            return Checked(False, "for no sampled parameter values does the base density have mass one")
        tried = sum(setting.check() for setting in settings)
    except _Failed as failure:
        return Checked(False, str(failure))
    except CannotPush as problem:
        return Checked(False, str(problem))
    detail = f"{tried} points in {len(settings)} parameter settings"
    return Checked(
        True,
        evidence=(Evidence(Claim.PREIMAGES, Level.SAMPLED, detail), Evidence(Claim.MASS, Level.SAMPLED, detail)),
    )


def _holds(result: Density, values: dict[Any, float]) -> bool:
    return all(condition.subs(values) != sympy.false for condition in result.conditions)


class _Setting:
    """One setting of the parameters: everything compiled to floating point."""

    def __init__(self, base: Distribution, expression: Any, result: Density, values: dict[Any, float]) -> None:
        self.values = values
        exact = digits(values)
        z, x = base.variable, result.variable
        self.spans = [(at(span.lo, exact), at(span.hi, exact)) for span in base.spans]
        self.base = Compiled(base.density.subs(exact), (z,))
        self.map = Compiled(expression.subs(exact), (z,))
        self.density = Compiled(result.density.subs(exact), (x,))
        self.branches = [
            (
                (at(branch.piece.start, exact), at(branch.piece.end, exact)),
                (at(branch.image.start, exact), at(branch.image.end, exact)),
                Compiled(branch.inverse.subs(exact), (x,)),
            )
            for branch in result.branches
        ]
        self.support = _bounds(result.support, exact)

    def check(self) -> int:
        tried, middle = self._check_points()
        self._check_images()
        self._check_masses(middle)
        return tried

    def fail(self, what: str) -> _Failed:
        return _Failed(f"{what} ({describe(self.values)})")

    # -- points of the base -------------------------------------------------------------------------------------------

    @cached_property
    def grids(self) -> list[tuple[list[float], list[float]]]:
        """For every interval of the base: points dense where its mass is, and the masses between them."""
        found = []
        for lo, hi in self.spans:
            inner = [end for piece, _, _ in self.branches for end in piece if lo < end < hi]
            points = sorted({*_spread(self.base, lo, hi), *inner})
            found.append((points, masses(self.base, points)))
        return found

    @property
    def sampled_mass(self) -> float:
        return sum(sum(weights) for _, weights in self.grids)

    def _image(self, z: float) -> float:
        value = self.map(z)
        if math.isnan(value):
            exact = self.map.high(z)
            if isinstance(exact, mpmath.mpc) and abs(exact.imag) > 1e-12 * (1 + abs(exact.real)):
                raise self.fail(f"the map is not real at z = {z:g}")
        return value

    def _check_points(self) -> tuple[int, list[float]]:
        """The number of points checked, and the values of x among them in order."""
        tried, values = 0, []
        cells = [
            (left, right, weight)
            for points, weights in self.grids
            for left, right, weight in zip(points, points[1:], weights, strict=False)
        ]
        total, running, wanted = self.sampled_mass, 0.0, 0
        for left, right, weight in cells:
            running += weight
            while wanted < POINTS and running >= (wanted + 0.5) / POINTS * total:
                z = left + (0.382 + 0.01 * wanted) * (right - left)
                tried += self._check_point(z)
                values.append(self.map(z))
                wanted += 1
        if tried < POINTS // 3:
            raise self.fail(f"the map could be evaluated at {tried} points only")
        return tried, sorted(value for value in values if math.isfinite(value))

    def _check_images(self) -> None:
        """All of each branch's image is reached: at points spread over it the inverse lies in the piece and is mapped back."""
        for piece, image, inverse in self.branches:
            for x in sample_points(*image, count=7):
                back = inverse(x)
                if not math.isfinite(back):
                    continue
                if not piece[0] - _slack(piece[0], back) <= back <= piece[1] + _slack(piece[1], back):
                    raise self.fail(f"the inverse at x = {x:g} is {back:g}, outside its piece {piece}")
                again = self._image(back)
                if math.isfinite(again) and abs(again - x) > 1e-5 * (abs(x) + abs(self._slope(back) * back)) + 1e-9:
                    raise self.fail(f"the inverse at x = {x:g} is {back:g}, which is mapped to {again:g}")

    def _check_point(self, z: float) -> int:
        x = self._image(z)
        if not math.isfinite(x):
            return 0
        if not any(lo - _slack(lo, x) <= x <= hi + _slack(hi, x) for lo, hi in self.support):
            raise self.fail(f"f({z:g}) = {x:g} lies outside the support")
        if not self.branches:
            return 1
        if any(_near(x, end) for _, image, _ in self.branches for end in image):
            return 0
        found = 0
        total = 0.0
        for piece, image, inverse in self.branches:
            if not image[0] < x < image[1]:
                continue
            back = inverse(x)
            again = self._image(back) if math.isfinite(back) else math.nan
            slope = abs(self._slope(z))
            allowed = 1e-6 * (abs(x) + abs(slope * z)) + 1e-9
            if not abs(again - x) <= allowed:
                raise self.fail(f"the inverse at x = {x:g} is {back:g}, which is mapped to {again:g}")
            if not piece[0] - _slack(piece[0], back) <= back <= piece[1] + _slack(piece[1], back):
                raise self.fail(f"the inverse at x = {x:g} is {back:g}, outside its piece {piece}")
            found += abs(back - z) <= 1e-6 * (1e-6 + abs(z)) + allowed / max(slope, 1e-12)
            total += self.base(back) / abs(self._slope(back))
        if found != 1:
            raise self.fail(f"{found} branches return z = {z:g} from x = {x:g}")
        value = self.density(x)
        if not abs(value - total) <= CLOSE * abs(total) + 1e-12:
            raise self.fail(f"the density at x = {x:g} is {value:g}, the sum over preimages {total:g}")
        return 1

    def _slope(self, z: float) -> float:
        """f'(z) with 40 digits: one central difference, so that no cancellation is left in a float."""
        step = mpmath.mpf(10) ** -12 * (1 + abs(z))
        room = [abs(z - end) for span in self.spans for end in span if math.isfinite(end)]
        room += [abs(z - end) for piece, _, _ in self.branches for end in piece if math.isfinite(end) and end != z]
        step = min([step, *(mpmath.mpf(distance) * 1e-6 for distance in room)])
        with mpmath.workdps(40):
            above, below = self.map.high(mpmath.mpf(z) + step), self.map.high(mpmath.mpf(z) - step)
            slope = mpmath.re(above - below) / (2 * step)
        return float(slope) or math.nan

    # -- masses -------------------------------------------------------------------------------------------------------

    def _check_masses(self, values: list[float]) -> None:
        ends = sorted({end for _, image, _ in self.branches for end in image if math.isfinite(end)})
        for first, last in ((0.15, 0.45), (0.5, 0.85)):
            c, d = values[int(first * len(values))], values[int(last * len(values))]
            if d - c < 1e-9 * (1 + abs(c)):
                continue
            edges = sorted({c, d, *(end for end in ends if c < end < d), *_decades(c, d)})
            found = sum(integral(self.density, lo, hi, 1 / 8) for lo, hi in zip(edges, edges[1:], strict=False))
            wanted = sum(self._base_mass(points, c, d) for points, _ in self.grids)
            if not abs(found - wanted) <= MASS * (1 + wanted):
                raise self.fail(f"the mass of {c:g} < x < {d:g} is {found:.6f}, the base's there {wanted:.6f}")

    def _base_mass(self, grid: list[float], c: float, d: float) -> float:
        """The base's mass where c < f(z) < d: the ends of these sets by bisection between grid points."""
        total = 0.0
        images = [self.map(z) for z in grid]
        for left, right, at_left, at_right in zip(grid, grid[1:], images, images[1:], strict=False):
            cuts = [left]
            for level in (c, d):
                if (at_left - level) * (at_right - level) < 0:
                    cuts.append(self._crossing(left, right, level, at_left < level))
            cuts = [*sorted(cuts), right]
            for lo, hi in zip(cuts, cuts[1:], strict=False):
                if lo < hi and c < self.map((lo + hi) / 2) < d:
                    total += masses(self.base, [lo, hi])[0]
        return total

    def _crossing(self, lo: float, hi: float, level: float, rising: bool) -> float:
        for _ in range(44):
            middle = (lo + hi) / 2
            if (self.map(middle) < level) == rising:
                lo = middle
            else:
                hi = middle
        return (lo + hi) / 2


def _decades(lo: float, hi: float) -> list[float]:
    """Powers of ten inside an interval of one sign that spans many of them."""
    if lo * hi <= 0 or max(hi / lo, lo / hi) < 1e3:
        return []
    first, last = sorted((math.log10(abs(lo)), math.log10(abs(hi))))
    count = min(int(last - first), 24)
    return [math.copysign(10 ** (first + (last - first) * (k + 1) / (count + 1)), lo) for k in range(count)]


def _near(x: float, end: float) -> bool:
    return math.isfinite(end) and abs(x - end) <= 1e-9 * (1 + abs(x))


def _slack(end: float, x: float) -> float:
    return 1e-9 * (1 + abs(x)) if math.isfinite(end) else 0.0


def _bounds(support: Any, exact: dict[Any, Any]) -> list[tuple[float, float]]:
    parts = support.args if isinstance(support, sympy.Union) else (support,)
    return [(at(part.start, exact), at(part.end, exact)) for part in parts]


def _spread(density: Compiled, lo: float, hi: float) -> list[float]:
    """Grid points in (lo, hi) on the scale of the density."""
    fractions = [(place + 0.5) / GRID for place in range(GRID)]
    if math.isfinite(lo) and math.isfinite(hi):
        bend = [fraction**2 * (3 - 2 * fraction) for fraction in fractions]
        return [lo + (hi - lo) * fraction for fraction in bend]
    scales = [10 ** (power / 4) for power in range(-20, 21)]
    if math.isfinite(lo) or math.isfinite(hi):
        start, way = (lo, 1) if math.isfinite(lo) else (hi, -1)
        scale = max(scales, key=lambda size: _finite(density(start + way * size)) * size)
        found = [start + way * scale * (fraction / (1 - fraction)) ** 2 for fraction in fractions]
        tail = [start + way * abs(found[-1] - start) * 10**power for power in (1, 2, 3)]
        return sorted(found + tail)
    candidates = [0.0, *scales, *(-size for size in scales)]
    centre = max(candidates, key=lambda point: _finite(density(point)))
    for size in (0.3, 0.1, 0.03):
        centre = max((centre + size * (k - 5) * (1 + abs(centre)) / 5 for k in range(11)), key=lambda p: _finite(density(p)))
    width = 1 / max(_finite(density(centre)), 1e-6) / 2
    tails = [way * width * GRID * 10**power for power in (1, 2, 3) for way in (-1, 1)]
    return sorted([centre + width * math.tan(math.pi * (fraction - 0.5)) for fraction in fractions] + tails)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0
