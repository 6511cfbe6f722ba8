"""The drawing of a pushforward: both densities and the map, sampled from the formulas that were checked."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from derivations.figures import Instance, Points, Transport, Undrawn
from derivations.language.context import Context, Domain, Scalar
from derivations.language.denote import denote
from derivations.language.term import Name, Term
from derivations.topics.drawn import drawable
from derivations.topics.pushforward.distributions import Distribution
from derivations.topics.pushforward.evaluation import Compiled, number

_TAIL = 0.0012  # the mass beyond either end of what is shown
_SPREAD = 8.0  # at most so many times the distance between the quartiles is shown
_STEPS = 180
_NEAR = 0.006  # the share of the range beside an end of a support in which a pole is cut off

Curve = Callable[[float], float]


@drawable
def transport(
    base: Distribution, image: Any, ends: Iterable[Any], map: Any, known: Context, at: tuple[Name, Name], names: tuple[Term, Term, Term]
) -> Transport | Undrawn:
    """Curves of the base density, of the map and of the image's density.

    Args:
        base, image, map: the law, the density that was proved (zero outside its support), the map: as SymPy expressions.
        ends: the ends of the intervals on which ``image`` has one formula.
        at: the names of the variables before and behind the map.
        names: how both densities and the map are written, for the labels.
    """
    z, x = (denote(name, known) for name in at)
    chosen = _instance(known, at)
    values = {denote(name, known): value for name, value in chosen}
    if any(e.subs(values).free_symbols - {z, x, base.variable} for e in (base.density, image, map)):
        return Undrawn("its parameters have no simple values that could stand for all of them")
    law = base.subs(values)
    p_z = _curve(law.density.subs(law.variable, z), z)
    p_x, f = _curve(image.subs(values), x), _curve(map.subs(values), z)
    places = _places(law)
    if not places:
        return Undrawn("the support of its base has no ends for these parameters")
    masses = [(b - a) * p_z((a + b) / 2) for a, b in pairwise(places)]
    before = sorted(((a + b) / 2, m) for (a, b), m in zip(pairwise(places), masses, strict=True) if math.isfinite(m))
    after = sorted((f(v), m) for v, m in before if math.isfinite(f(v)))
    if not 0.9 < math.fsum(m for _, m in after) < 1.1:
        return Undrawn("its base density could not be sampled")
    limits = [number(e.subs(values)) for span in law.spans for e in (span.lo, span.hi)]
    cells = [number(e.subs(values)) for e in ends]
    shown, quartiles = _shown(before, limits)
    shown_image, _ = _shown(after, cells)
    for low, high in (shown, shown_image):
        if not high - low > 1e-9 * max(abs(low), abs(high)) or not all(math.isfinite(f(q)) for q in quartiles):
            return Undrawn("all of its mass lies so close together that its places are one number on a scale")
    base_curve, base_cut = _density(lambda v: p_z(v) if any(a < v < b for a, b in zip(limits[::2], limits[1::2], strict=True)) else 0.0, limits, shown)
    image_curve, image_cut = _density(p_x, cells, shown_image)
    return Transport(
        base_curve,
        tuple(_inside(((v, f(v)) for v in sorted({*_even(*shown), *_close(*shown)})), shown_image)),
        image_curve,
        shown,
        shown_image,
        tuple((q, f(q)) for q in quartiles),
        names,
        at,
        (base_cut, image_cut),
        chosen,
    )


def _instance(known: Context, at: tuple[Name, Name]) -> Instance:
    """Real parameters become 0, 1, ..., positive ones 1, 2, ..., numbers between 0 and 1 a half."""
    found: list[tuple[Name, int | Fraction]] = []
    reals = positives = 0
    for name, kind in known.kinds:
        if not isinstance(kind, Scalar) or not isinstance(name, Name) or name in at:
            continue
        match kind.domain:
            case Domain.POSITIVE | Domain.NATURAL | Domain.NONZERO:
                positives += 1
                found.append((name, positives))
            case Domain.UNIT | Domain.PROBABILITY:
                found.append((name, Fraction(1, 2)))
            case Domain.NEGATIVE:
                found.append((name, -1))
            case _:
                found.append((name, reals))
                reals += 1
    return tuple(found)


def _curve(expression: Any, variable: Any) -> Curve:
    return Compiled(expression, (variable,))


def _places(law: Distribution) -> list[float]:
    """Points of the support that lie dense where its mass may be: even steps between finite ends, growing ones towards infinite ends."""
    found: list[float] = []
    growing = [10 ** (k / 60) for k in range(-300, 301)]
    for span in law.spans:
        low, high = number(span.lo), number(span.hi)
        if math.isnan(low) or math.isnan(high) or low >= high:
            return []
        if math.isfinite(low) and math.isfinite(high):
            found += [low + (high - low) * k / 2000 for k in range(2001)]
        elif math.isfinite(low) or math.isfinite(high):
            found += [low + v for v in growing] if math.isfinite(low) else [high - v for v in reversed(growing)]
        else:
            centre = _argument(law.arguments, ("mean", "location", "loc", "mu"), 0.0)
            scale = _argument(law.arguments, ("std", "scale", "sigma"), 1.0)
            found += [centre - scale * v for v in reversed(growing)] + [centre + scale * v for v in growing]
    return found


def _argument(arguments: Mapping[str, Any], names: tuple[str, ...], otherwise: float) -> float:
    value = next((number(arguments[name]) for name in names if name in arguments), otherwise)
    return value if math.isfinite(value) else otherwise


def _shown(points: list[tuple[float, float]], ends: list[float]) -> tuple[tuple[float, float], tuple[float, float, float]]:
    """The range to show of places with their masses, up to an end of the support where one is near, and the quartiles."""
    summed = list(accumulate(m for _, m in points))
    halves = [s - m / 2 for s, (_, m) in zip(summed, points, strict=True)]

    def quantile(q: float) -> float:
        wanted = q * summed[-1]
        k = min(max(bisect_left(halves, wanted), 1), len(points) - 1)
        (u, _), (v, _), low, high = points[k - 1], points[k], halves[k - 1], halves[k]
        return u + (v - u) * min(max((wanted - low) / (high - low), 0.0), 1.0) if high > low else v

    low, first, middle, third, high = (quantile(q) for q in (_TAIL, 0.25, 0.5, 0.75, 1 - _TAIL))
    wide = _SPREAD * (third - first)
    if high - low > wide > 0:
        beyond = (wide - (third - first)) / 2
        low, high = max(low, first - beyond), min(high, third + beyond)
    near = 0.12 * (high - low)
    start = min((e for e in ends if low - near <= e <= low + near), default=low - 0.02 * (high - low))
    end = max((e for e in ends if high - near <= e <= high + near), default=high + 0.02 * (high - low))
    return (start, end), (first, middle, third)


def _even(low: float, high: float) -> list[float]:
    return [low + (high - low) * k / _STEPS for k in range(_STEPS + 1)]


def _close(low: float, high: float) -> list[float]:
    """Points ever nearer to both ends, where a map may be steep."""
    return [end for k in range(8, 40) for end in (low + (high - low) * 10 ** (-k / 4), high - (high - low) * 10 ** (-k / 4))]


def _inside(points: Iterable[tuple[float, float]], limits: tuple[float, float]) -> list[Points]:
    """The parts of a curve whose second coordinate lies within the limits, cut at them by straight lines."""
    low, high = limits
    slack = 1e-9 * (high - low)
    parts: list[list[tuple[float, float]]] = [[]]
    last: tuple[float, float] | None = None
    for u, v in points:
        inside = math.isfinite(v) and low - slack <= v <= high + slack
        before = last is not None and low - slack <= last[1] <= high + slack
        if last is not None and inside != before and math.isfinite(v) and abs(v - last[1]) < high - low:
            edge = high + slack if max(v, last[1]) > high + slack else low - slack
            parts[-1].append((last[0] + (u - last[0]) * (edge - last[1]) / (v - last[1]), edge))
        if inside and before and last is not None and abs(v - last[1]) > 0.5 * (high - low):
            parts.append([])  # a jump
        if inside:
            parts[-1].append((u, v))
        elif parts[-1]:
            parts.append([])
        last = (u, v) if math.isfinite(v) else None
    return [tuple(part) for part in parts if len(part) > 1]


def _density(p: Curve, breaks: list[float], shown: tuple[float, float]) -> tuple[Points, bool]:
    """A density over a range, zero outside its support; whether it grows without bound at the end of an interval and is cut off there."""
    low, high = shown
    span = high - low
    edges = sorted({e for e in breaks if math.isfinite(e) and low - 1e-9 * span <= e <= high + 1e-9 * span})
    places = sorted({*_even(low, high), *(e + s * span * 10**-k for e in edges for s in (-1, 1) for k in (2, 3, 4, 6))})
    slack = 2e-6 * span
    found = [(u, _zero(p(u))) for u in places if low - slack <= u <= high + slack and u not in edges]
    quiet = [v for u, v in found if all(abs(u - e) >= _NEAR * span for e in edges)]
    top = 1.15 * max(quiet, default=0.0)
    return tuple((u, min(v, top)) for u, v in found), any(v > top for _, v in found)


def _zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0
