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
from derivations.topics.pushforward.distributions import Distribution
from derivations.topics.pushforward.evaluation import Compiled, number

_TAIL = 0.004  # the mass beyond either end of what is shown
_SPREAD = 8.0  # at most so many times the distance between the quartiles is shown
_STEPS = 180
_NEAR = 0.006  # the share of the range beside an end of a support in which a pole is cut off

Curve = Callable[[float], float]


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
    shown, quartiles = _shown(before)
    shown_image, _ = _shown(after)
    limits = [number(e.subs(values)) for span in law.spans for e in (span.lo, span.hi)]
    cells = [number(e.subs(values)) for e in ends]
    return Transport(
        _density(p_z, limits, shown),
        tuple(_inside(((v, f(v)) for v in _even(*shown)), shown_image)),
        _density(p_x, cells, shown_image),
        shown,
        shown_image,
        tuple((q, f(q)) for q in quartiles),
        names,
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


def _shown(points: list[tuple[float, float]]) -> tuple[tuple[float, float], tuple[float, float, float]]:
    """The range to show of places with their masses, and the quartiles."""
    summed = list(accumulate(m for _, m in points))

    def quantile(q: float) -> float:
        return points[min(bisect_left(summed, q * summed[-1]), len(points) - 1)][0]

    low, first, middle, third, high = (quantile(q) for q in (_TAIL, 0.25, 0.5, 0.75, 1 - _TAIL))
    wide = _SPREAD * (third - first)
    if high - low > wide > 0:
        low = max(low, first - 0.4 * wide)
        high = min(high, low + wide)
    return (low, high), (first, middle, third)


def _even(low: float, high: float) -> list[float]:
    return [low + (high - low) * k / _STEPS for k in range(_STEPS + 1)]


def _inside(points: Iterable[tuple[float, float]], limits: tuple[float, float]) -> list[Points]:
    """The parts of a curve whose second coordinate lies within the limits, cut at them by straight lines."""
    low, high = limits
    slack = 0.02 * (high - low)
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


def _density(p: Curve, breaks: list[float], shown: tuple[float, float]) -> Points:
    """A density over a range, zero outside its support; what grows without bound at the end of an interval is cut off."""
    low, high = shown
    span = high - low
    edges = sorted({e for e in breaks if math.isfinite(e) and low - 0.1 * span <= e <= high + 0.1 * span})
    low, high = min([low, *edges]), max([high, *edges])
    places = sorted({*_even(low, high), *(e + s * span * 10**-k for e in edges for s in (-1, 1) for k in (2, 3, 4, 6))})
    found = [(u, _zero(p(u))) for u in places if low <= u <= high and u not in edges]
    quiet = [v for u, v in found if all(abs(u - e) >= _NEAR * span for e in edges)]
    top = 1.08 * max(quiet, default=0.0)
    return tuple((u, min(v, top)) for u, v in found)


def _zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0
