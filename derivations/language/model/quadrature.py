"""Integrals by the trapezoidal rule after a substitution that makes the integrand fall off quickly (Takahasi and Mori 1974)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from derivations.language.context import Array
from derivations.language.errors import MeaningError
from derivations.language.model import numbers as x
from derivations.language.model.balls import NotEnclosed
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.numbers import Number, mp
from derivations.language.model.values import Undefined
from derivations.language.term import Integral, Name

DIGITS = 15
_LEVELS = 6
_ACCEPTED = 8
"""The rule roughly doubles its digits from level to level, so two levels that agree to these digits give nearly twice as many."""

_POINT = 3
"""What the place and the weight of a point cost in ticks: hyperbolic functions to many digits."""

Point: TypeAlias = Callable[[Number], tuple[Number, Number]]
"""t -> (place, weight)."""


class _Wide(Exception):
    pass


def integral(ev: Evaluation, node: Integral, frame: Frame) -> Number:
    """A definite integral; one without limits is over the range that the context gives the variable, else over the real line."""
    low, high = (None if t is None else ev.number(t, frame) for t in (node.lower, node.upper))
    if (low is None) != (high is None):
        raise MeaningError("an integral with one limit")
    if low is None:
        stated = ev.setting.context.range_of(node.variable) if isinstance(node.variable, Name) else None
        low, high = (-mp().inf, mp().inf) if stated is None else (ev.number(t, frame) for t in stated)
    if isinstance(ev.setting.kinds.get(node.variable), Array):
        raise MeaningError("an integral over a vector")
    names = dict(frame.names)
    place = Frame(names, frame.entries, frame.chance, frame.family, frame.depth)

    def f(point: Number) -> Number:
        names[node.variable] = point
        return ev.number(node.body, place)

    return quadrature(ev, f, low, high, (id(node), len(frame.names)))


def quadrature(ev: Evaluation, f: Callable[[Number], Number], low: Number, high: Number, plan: object) -> Number:
    """The integral of f from low to high; the digits reached are noted in the evaluator. Raises Undefined without convergence.

    ``plan``: a key under which the rule is kept, so that neighbouring evaluations (inside a derivative) use the same one.
    """
    if x.is_exact(low) and x.is_exact(high) and low == high:
        return 0
    if x.enclosed() is not None:
        raise NotEnclosed
    if x.less(high, low):
        return -quadrature(ev, f, high, low, plan)
    kept = ev.plans.get(plan) if ev.raised else None
    if kept is not None:
        substitution, level = kept
        return _split(ev, f, low, plan) if substitution == "split" else _by(ev, f, _point(substitution, low, high), plan, substitution, level)
    if x.finite(low) or x.finite(high):
        return _by(ev, f, _point("only", low, high), plan, "only", None)
    for substitution in ("narrow", "wide"):
        try:
            return _by(ev, f, _point(substitution, low, high), plan, substitution, None)
        except _Wide:
            continue
        except Undefined as trouble:
            failed = trouble
            break
    try:
        return _split(ev, f, 0, plan)  # a kink or a jump at zero is the usual reason
    except Undefined:
        raise failed from None


def _split(ev: Evaluation, f: Callable[[Number], Number], at: Number, plan: object) -> Number:
    result = quadrature(ev, f, -mp().inf, at, (plan, "left")) + quadrature(ev, f, at, mp().inf, (plan, "right"))
    ev.plans[plan] = ("split", 0)
    return result


def _by(ev: Evaluation, f: Callable[[Number], Number], point: Point, plan: object, substitution: str, wanted: int | None) -> Number:
    """One substitution, with the step halved until two levels agree (or ``wanted`` times)."""
    h = mp().mpf(1) / (4 if substitution == "narrow" else 2)
    top = mp().mpf("6.5") if substitution == "narrow" else mp().mpf(5)
    tiny = mp().mpf(10) ** -(mp().dps if ev.raised else DIGITS + 5)
    total, size = _weighted(ev, f, point, mp().mpf(0)), mp().mpf(0)
    for sign in (1, -1):
        part, part_size = _side(ev, f, point, h, sign, 1, tiny, top)
        total, size = total + part, size + part_size
    estimate = total * h
    for level in range(1, _LEVELS + 1):
        h /= 2
        for sign in (1, -1):
            part, part_size = _side(ev, f, point, h, sign, 2, tiny, top)
            total, size = total + part, size + part_size
        newer = total * h
        error, estimate = abs(newer - estimate), newer
        scale = max(abs(newer), size * h)
        if level == wanted or (wanted is None and error <= scale * mp().mpf(10) ** -_ACCEPTED):
            break
    else:
        if error > scale * mp().mpf(10) ** -6:
            raise Undefined("an integral that does not converge")
    if not ev.raised:
        ev.plans[plan] = (substitution, level)
    digits = DIGITS if error == 0 else float(-mp().log10(error / scale)) * 1.5
    ev.limited(max(4.0, min(digits, DIGITS)), scale)
    return estimate


def _point(substitution: str, low: Number, high: Number) -> Point:
    """The substitution x(t) with its derivative, for a finite, half-infinite or infinite interval."""
    half_pi = mp().pi / 2
    if x.finite(low) and x.finite(high):
        middle, radius = (x.real(low) + x.real(high)) / 2, (x.real(high) - x.real(low)) / 2

        def finite(t: Number) -> tuple[Number, Number]:
            u = half_pi * mp().sinh(t)
            return middle + radius * mp().tanh(u), radius * half_pi * mp().cosh(t) / mp().cosh(u) ** 2

        return finite
    if x.finite(low) or x.finite(high):
        end, side = (x.real(low), 1) if x.finite(low) else (x.real(high), -1)

        def half(t: Number) -> tuple[Number, Number]:
            u = mp().exp(half_pi * mp().sinh(t))
            return end + side * u, u * half_pi * mp().cosh(t)

        return half
    if substitution == "narrow":  # for integrands that fall like a Gaussian
        return lambda t: (mp().sinh(t), mp().cosh(t))

    def whole(t: Number) -> tuple[Number, Number]:
        u = half_pi * mp().sinh(t)
        return mp().sinh(u), mp().cosh(u) * half_pi * mp().cosh(t)

    return whole


def _weighted(ev: Evaluation, f: Callable[[Number], Number], point: Point, t: Number) -> Number:
    ev.tick()
    ev.budget.spend(_POINT)
    place, weight = point(t)
    return x.real(f(place)) * weight


def _side(
    ev: Evaluation, f: Callable[[Number], Number], point: Point, h: Number, sign: int, stride: int, tiny: Number, top: Number
) -> tuple[Number, Number]:
    """The sum of the terms at t = h, (1 + stride) h, ... on one side until they vanish, and of their absolute values."""
    total = size = largest = mp().mpf(0)
    small = 0
    k = 1
    while k * h < top:
        try:
            value = _weighted(ev, f, point, sign * k * h)
        except Undefined:
            if k * h < 1 or total == 0:
                raise
            value = mp().mpf(0)  # rounding has put the outermost nodes on the end of the interval
        total += value
        magnitude = abs(value)
        size += magnitude
        largest = max(largest, magnitude)
        small = small + 1 if magnitude <= tiny * largest else 0
        if small >= 3 and k * h > 1:
            return total, size
        k += stride
    if magnitude > largest * mp().mpf(10) ** -DIGITS:
        if top > 6:
            raise _Wide
        if magnitude > largest / 100:
            raise Undefined("an integral that diverges")
    return total, size
