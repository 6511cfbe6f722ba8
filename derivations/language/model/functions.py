"""Random functions for names that are declared as functions and have no definition: smooth, with readable coefficients."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from random import Random

from derivations.language.context import Function
from derivations.language.errors import MeaningError
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.algebra import kind_of
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, mp, real
from derivations.language.model.values import Fun, Undefined, Value

F = Fraction
_SLOPES = (F(1, 2), F(1, 3), F(2, 3), F(3, 4), 1)


def _sum(*parts: Number) -> Number:
    total: Number = 0
    for part in parts:
        total = x.add(total, part)
    return total


def _sine(a: Number) -> Number:
    return x.entire("sin", a)


def one_real(rng: Random, properties: frozenset[str]) -> Callable[[Number], Number]:
    """A smooth function of one real number with these properties."""
    c = [rng.choice((1, 2, F(1, 2), F(3, 2), F(2, 3))) for _ in range(4)]
    k = rng.choice(_SLOPES)
    shift = rng.choice((0, 1, -1, F(1, 2), 2))
    if "density" in properties:
        return _mixture(rng)
    down = "decreasing" in properties
    up = "increasing" in properties
    if "finite_support" in properties:
        return _bump(c[0], rng.choice((2, 3)))
    if "convex" in properties or "concave" in properties:
        flip = -1 if "concave" in properties else 1
        rising = up if flip == 1 else down
        falling = down if flip == 1 else up

        def bowl(t: Number) -> Number:
            if rising or falling:
                s = t if rising else -t
                parts = [x.multiply(c[0], x.exponential(x.multiply(k, s)))]
                if "positive" not in properties:
                    parts.append(x.multiply(c[1], s))
            else:
                parts = [x.multiply(c[0], x.exponential(x.multiply(k, t))), x.multiply(c[1], x.power(x.subtract(t, shift), 2))]
            return x.multiply(flip, _sum(*parts))

        return bowl
    if up or down:

        def steep(t: Number) -> Number:
            s = -t if down else t
            if "positive" in properties:
                return x.multiply(c[0], x.exponential(x.multiply(k, s)))
            return _sum(shift, x.multiply(c[0], s), x.multiply(x.multiply(F(1, 2), c[0]), _sine(s)))

        return steep
    c = [part * rng.choice((1, -1)) for part in c]  # neither convex nor monotone, one seed with another
    even, odd = "even" in properties, "odd" in properties

    def free(t: Number) -> Number:
        if even:
            return _sum(c[3], x.multiply(c[0], x.power(t, 2)), x.multiply(c[1], x.entire("cos", t)))
        if odd:
            return _sum(x.multiply(c[0], t), x.multiply(c[1], _sine(t)))
        return _sum(c[3], x.multiply(c[0], t), x.multiply(c[2], x.power(t, 2)), x.multiply(c[1], _sine(x.add(x.multiply(k, t), shift))))

    if "positive" in properties:
        return lambda t: x.add(abs(c[0]), x.power(_sum(x.multiply(k, t), x.multiply(F(1, 2), _sine(x.add(t, shift)))), 2))
    return free


def _mixture(rng: Random) -> Callable[[Number], Number]:
    """The density of a mixture of two normals."""
    weight = rng.choice((F(1, 3), F(1, 2), F(2, 5)))
    parts = [(w, rng.choice((-1, 0, 1, F(1, 2))), rng.choice((1, F(1, 2), 2))) for w in (weight, 1 - weight)]

    def density(t: Number) -> Number:
        total: Number = 0
        for w, mean, variance in parts:
            z = x.divide(x.power(x.subtract(t, mean), 2), 2 * variance)
            total = x.add(total, w * x.exponential(-real(z)) / mp().sqrt(2 * mp().pi * real(variance)))
        return total

    return density


def _bump(height: Number, radius: int) -> Callable[[Number], Number]:
    def f(t: Number) -> Number:
        if abs(t) >= radius:
            return 0
        return x.multiply(height, x.exponential(x.divide(-1, x.subtract(1, x.divide(x.power(t, 2), radius**2)))))

    return f


def _several(rng: Random, arity: int, properties: frozenset[str]) -> Callable[..., Number]:
    """A function of several numbers: a quadratic form, and a one-dimensional function of a combination of them."""
    weights = [rng.choice((1, 2, F(1, 2), -1, F(3, 2))) for _ in range(arity)]
    if "density" in properties:
        single = [_mixture(rng) for _ in range(arity)]

        def joint(*t: Number) -> Number:
            result: Number = 1
            for f, value in zip(single, t, strict=True):
                result = x.multiply(result, f(value))
            return result

        return joint
    outer = one_real(rng, properties & {"convex", "concave", "positive"} or frozenset())
    cross = rng.choice((1, F(1, 2), 2)) if not properties else 0

    def f(*t: Number) -> Number:
        inner = m.dot(weights, t)
        pairs = _sum(*(x.multiply(a, b) for a, b in itertools.pairwise(t))) if cross else 0
        return x.add(outer(inner), x.multiply(cross, pairs))

    return f


def _signal(seed: str, properties: frozenset[str]) -> Callable[..., Number]:
    """A function on integers. It vanishes outside a small window that is not symmetric, so that sums over all integers exist."""
    values: dict[tuple[int, ...], Number] = {}

    def f(*t: Number) -> Number:
        key = tuple(n for n in (x.as_int(v) for v in t) if n is not None)
        if len(key) != len(t):
            raise Undefined("a signal at a place that is not an integer")
        low, high = (-1, 2) if "finite_support" in properties else (-2, 4)
        if any(not low <= n <= high for n in key):
            return 0
        if key not in values:
            rng = Random(f"{seed}|{key}")
            values[key] = rng.randint(1, 5) if "positive" in properties else rng.choice((-3, -2, -1, 1, 2, 3, 4, F(1, 2)))
        return values[key]

    return f


def _of_arrays(rng: Random, seed: str) -> Callable[[Value], Value]:
    """A map of arrays to arrays of the same shape that commutes with nothing in particular."""
    a, b = rng.choice((1, 2, F(1, 2))), rng.choice((1, -1, 2))

    def f(value: Value) -> Value:
        grid = m.matrix(value)
        rows, cols = grid.shape

        def weight(i: int, j: int) -> int:
            return Random(f"{seed}|{rows}|{cols}|{i}|{j}").choice((-2, -1, 1, 2, 3))

        right = Mat(tuple(tuple(weight(i, j) for j in range(cols)) for i in range(cols)))
        bias = Mat(tuple(tuple(weight(i, -1 - j) for j in range(cols)) for i in range(rows)))
        mixed = m.plus(m.matrix(m.product(grid, right)), bias)
        return m.collapsed(m.plus(m.scaled(a, mixed), m.scaled(b, m.mapped(_sine, grid))))

    return f


def _plain(kind: Function, which: str) -> Callable[..., Number] | None:
    """A special function with the properties of a kind: constant where that is allowed, else linear; None if there is none."""
    properties = kind.properties - {"convex", "concave", "even", "odd", "finite_support"}
    if properties - {"positive", "increasing", "decreasing"} or (which == "one" and kind.properties & {"even", "finite_support"}):
        return None
    if properties & {"increasing", "decreasing"} or which == "one":
        slope = -1 if "decreasing" in properties else 1
        return None if "positive" in properties else lambda *t: _sum(*(slope * v for v in t))
    if "positive" in properties and kind.properties & {"odd", "finite_support"}:
        return None
    return lambda *t: int("positive" in properties)


def random_function(kind: Function, seed: str, name: str, special: str = "") -> Fun:
    """The function that a seed gives to a declared name; a family ``f_i`` has one member for each index. ``special``: of which kind, if of any."""
    rng = Random(seed)
    if kind.maps_arrays:
        apply: Callable[..., Value] = _of_arrays(rng, seed)
        return Fun(apply, 1, False, name)
    numeric: Callable[..., Number]
    plain = _plain(kind, special) if special in ("least", "one") else None
    if plain is not None:
        numeric = plain
    elif kind.on_integers:
        numeric = _signal(seed, kind.properties)
    elif kind.arity == 1:
        numeric = one_real(rng, kind.properties)
    else:
        numeric = _several(rng, kind.arity, kind.properties)

    def checked(*arguments: Value) -> Value:
        if len(arguments) == 1 and isinstance(arguments[0], Mat) and kind.arity == 1:
            return m.mapped(numeric, arguments[0])
        for a in arguments:
            if not x.is_number(a):
                if isinstance(a, Mat) and kind.arity == 1:
                    break
                raise MeaningError(f"the function {name} of {kind.arity} number(s) was applied to {kind_of(a)}")
        if len(arguments) != kind.arity:
            raise MeaningError(f"the function {name} takes {kind.arity} argument(s), not {len(arguments)}")
        return numeric(*arguments)

    return Fun(checked, kind.arity, kind.on_integers, name, lambda index: random_function(kind, f"{seed}|{index}", name, special))
