"""The inverse of a monotone function of one number, by bracketing and the secant method."""

from __future__ import annotations

import itertools

from derivations.language.model import numbers as x
from derivations.language.model.balls import NotEnclosed
from derivations.language.model.numbers import Number, mp, real
from derivations.language.model.values import Fun, Undefined

_POINTS = (0, 1, -1, 2, -2, 4, -4, 8, -8, 16, -16, 40, -40)
_INSIDE = ("0.5", "0.1", "0.9", "0.01", "0.99", "0.001", "0.999", "1e-6", "0.999999")


def root_between(f: Fun, low: Number, high: Number) -> Number:
    """A zero of f between two places with opposite signs, by the Illinois variant of regula falsi, to the working precision."""
    if x.enclosed() is not None:
        raise NotEnclosed
    a, b = real(low), real(high)
    fa, fb = real(f.apply(a)), real(f.apply(b))
    if fa == 0:
        return a
    if fb == 0:
        return b
    if (fa > 0) == (fb > 0):
        raise Undefined("no change of sign")
    eps = mp().mpf(10) ** -(mp().dps - 3)
    side = 0
    for _ in range(60 + 4 * mp().dps):
        c = (a * fb - b * fa) / (fb - fa)
        fc = real(f.apply(c))
        if fc == 0 or abs(b - a) <= eps * max(abs(c), eps):
            return c
        if (fc > 0) == (fb > 0):
            moved = abs(c - b)
            b, fb = c, fc
            if side == -1:
                fa /= 2
            side = -1
        else:
            moved = abs(c - a)
            a, fa = c, fc
            if side == 1:
                fb /= 2
            side = 1
        if moved <= eps * max(abs(c), mp().mpf(10) ** -10):
            return c
    raise Undefined("an equation whose solution was not reached")


def polished(f: Fun, near: Number) -> Number:
    """A zero to the (raised) working precision from one that is known to fewer digits, by the secant method."""
    a = real(near)
    b = a + max(abs(a), 1) * mp().mpf(10) ** -8
    fa, fb = real(f.apply(a)), real(f.apply(b))
    for _ in range(10):
        if fb in (0, fa):
            return b
        a, b, fa = b, b - fb * (b - a) / (fb - fa), fb
        fb = real(f.apply(b))
        if abs(b - a) <= abs(b) * mp().mpf(10) ** -(mp().dps - 5):
            return b
    raise Undefined("an equation whose solution was not reached")


def inverse_function(f: Fun, value: Number) -> Number:
    """The x with f(x) = value. Undefined if none is found near the origin or in (0, 1)."""
    if x.enclosed() is not None:
        raise NotEnclosed
    target = real(value)
    shifted = Fun(lambda a: x.subtract(real(f.apply(a)), target))
    found: list[tuple[Number, Number]] = []
    for place in (*map(mp().mpf, _POINTS), *map(mp().mpf, _INSIDE)):
        try:
            height = real(shifted.apply(place))
        except Undefined:
            continue
        if height == 0:
            return place
        found.append((place, height))
    found.sort()
    for (a, fa), (b, fb) in itertools.pairwise(found):
        if (fa > 0) != (fb > 0):
            return root_between(shifted, a, b)
    raise Undefined("the inverse of a function at a value that it does not take")
