"""Values of special kinds: the boundaries of what a context allows, which generic values never meet.

A statement may hold at every generic point and fail where a number is 0 or 1, where two are equal, where one is very large or a matrix is singular.
``kind`` is one of ``KINDS``; a model of a kind gives every name a value of that kind where its domain has one.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Final

from derivations.language.context import Domain
from derivations.language.model import draw
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number
from derivations.language.model.values import CannotSample

F = Fraction
KINDS: Final = ("least", "mixed", "one", "large", "equal", "lone", "small", "mixed", "negative")
"""In this order: the least that is allowed (zeros, identity matrices), ones, large, equal and small values, one that is large among ones, each name by chance
of any kind, and numbers that are negative where they may be."""
_BIG: Final = 1000
_TINY: Final = F(1, 1000)
_LEAST: Final[dict[Domain, Number]] = {Domain.NATURAL: 1, Domain.POSITIVE: _TINY, Domain.UNIT: _TINY, Domain.NONZERO: _TINY, Domain.NEGATIVE: -_TINY}
_COMMON: Final = (2, F(1, 2), 3, -1, 1, F(1, 3), 0)


def number(rng: Random, kind: str, domain: Domain, bounds: tuple[Number | None, Number | None], common: int, counts: bool) -> Number | None:
    """A value of a kind inside a domain and between bounds (which it may attain); None if there is no such value.

    ``common``: which value those share that are to be equal. ``counts``: whether it is the length of something, so that large is not very large.
    """
    low, high = bounds
    options = [v for v in _options(rng, kind, domain, low, high, common, counts) if draw.in_domain(v, domain) and _between(v, low, high)]
    if not options:
        return None
    return rng.choice(options) if kind == "mixed" else options[0]


def _between(value: Number, low: Number | None, high: Number | None) -> bool:
    return (low is None or not x.less(value, low)) and (high is None or not x.less(high, value))


def _options(rng: Random, kind: str, domain: Domain, low: Number | None, high: Number | None, common: int, counts: bool) -> list[Number]:
    if domain is Domain.COMPLEX and kind in ("mixed", "large"):
        return [x.mp().mpc(0, 1), x.mp().mpc(0, -_BIG), -1, 0] if kind == "mixed" else [x.mp().mpc(_BIG, 1)]
    ends: list[Number] = [v for v in (low, high) if v is not None and x.is_exact(v)]
    inside: list[Number] = [x.add(v, s * _TINY) for v, s in ((low, 1), (high, -1)) if v is not None and x.is_exact(v)]
    match kind:
        case "least":
            return [_LEAST.get(domain, 0), 0, *ends]
        case "one":
            return [1, -1, *ends[::-1], F(1, 2)]
        case "equal":
            return [_COMMON[(common + k) % len(_COMMON)] for k in range(len(_COMMON))]
        case "negative":
            half = [x.divide(v, 2) for v in (low,) if v is not None and x.is_exact(v)]
            found: list[Number] = [-rng.randint(1, 9) if domain.discrete else -F(rng.randint(1, 19), rng.randint(2, 5)) for _ in range(4)]
            return [v for v in (*found, *half) if v < 0]
        case "small":
            sign = rng.choice((1, -1))
            return [*inside, sign * _TINY, _TINY, -_TINY, 1]
        case "large":
            size = rng.choice((7, 9, 12)) if counts else _BIG if not domain.discrete else rng.choice((60, _BIG))
            sign = rng.choice((1, -1))
            return [sign * size, size, -size, 1 - _TINY, *ends[::-1]]
        case _:
            whole = (0, 0, 1, 1, -1, 2, 7 if counts else rng.choice((12, _BIG)))
            if domain.discrete:
                return [*whole, *ends]
            return [*whole, _TINY, -_TINY, -_BIG, F(1, 2), 1 - _TINY, *ends, *inside]


# Arrays -----------------------------------------------------------------------------------------------------------------------


def array(rng: Random, rows: int, cols: int, properties: frozenset[str], kind: str) -> Mat:
    """A matrix with these properties that is special. Raises CannotSample as ``draw.array`` does."""
    for name, make in _SHAPED.items():
        if name in properties:
            if rows != cols:
                raise CannotSample(f"a {rows} x {cols} matrix cannot be {name.replace('_', ' ')}: it is not square")
            return make(rng, rows, kind)
    if properties:
        return _with_columns(rng, rows, cols, properties, kind)
    if kind == "mixed":
        kind = rng.choice(("least", "one", "rank one", "nilpotent", "singular", "nearly singular", "large", "small", "unit", "negative"))
    match kind:
        case "least":
            return _filled(rows, cols, lambda i, j: 0)
        case "one":
            return _filled(rows, cols, lambda i, j: 1)
        case "lone":
            tall = rng.randrange(rows), rng.randrange(cols)
            return _filled(rows, cols, lambda i, j: _BIG if (i, j) == tall else 1)
        case "equal" | "rank one":
            u, v = ([draw.entry(rng, 0) for _ in range(n)] for n in (rows, cols))
            return _filled(rows, cols, lambda i, j: x.multiply(u[i], v[j])) if min(rows, cols) > 1 else _filled(rows, cols, lambda i, j: u[0])
        case "nilpotent":
            return _filled(rows, cols, lambda i, j: draw.entry(rng, 0) if j > i else 0)
        case "unit":
            return _filled(rows, cols, lambda i, j: int(i == j))
        case "negative":
            return _filled(rows, cols, lambda i, j: -abs(draw.entry(rng, 0)))
        case "singular" | "nearly singular":
            found = [list(row) for row in draw.array(rng, rows, cols, frozenset(), 9).rows]
            found[-1] = list(found[0])
            if kind == "nearly singular":
                found[-1][-1] = x.add(found[-1][-1], _TINY)
            return Mat(tuple(tuple(row) for row in found))
        case _:
            factor = _BIG if kind == "large" else _TINY
            return m.scaled(factor, draw.array(rng, rows, cols, frozenset(), 9))


def _filled(rows: int, cols: int, entry: Callable[[int, int], Number]) -> Mat:
    return Mat(tuple(tuple(entry(i, j) for j in range(cols)) for i in range(rows)))


def _diagonal_of(values: list[Number]) -> Mat:
    return _filled(len(values), len(values), lambda i, j: values[i] if i == j else 0)


def _permutation(rng: Random, n: int, kind: str) -> Mat:
    order = list(range(n))
    if kind == "one":
        order = order[::-1]
    elif kind != "least" and n > 1:
        i, j = rng.sample(range(n), 2)
        order[i], order[j] = order[j], order[i]
    return _filled(n, n, lambda i, j: int(order[i] == j))


def _orthogonal(rng: Random, n: int, kind: str) -> Mat:
    """The identity, its negative, reflections, permutations."""
    match kind:
        case "least":
            return m.identity(n)
        case "one":
            return m.scaled(-1, m.identity(n))
        case "large" | "equal":
            return _permutation(rng, n, "equal")
        case _:
            mirror = _diagonal_of([-1, *[1] * (n - 1)])
            turned = draw.array(rng, n, n, frozenset(("orthogonal",)), 0)
            return m.matrix(m.product(m.product(turned, mirror), m.transpose(turned)))


def _positive_definite(rng: Random, n: int, kind: str) -> Mat:
    """L D L^T with a unit triangular L and a positive diagonal D, which may be badly conditioned."""
    spread: tuple[Number, ...]
    match kind:
        case "least":
            spread = (_TINY,)
        case "one":
            return m.identity(n)
        case "large":
            spread = (_BIG, 1)
        case "small":
            spread = (_TINY, 1)
        case _:
            spread = (_TINY, F(1, 10), 1, 10, _BIG)
    lower = _filled(n, n, lambda i, j: 1 if i == j else rng.choice((-9, -3, -1, 0, 1, 3, 9)) if j < i and kind != "least" else 0)
    middle = _diagonal_of([rng.choice(spread) for _ in range(n)])
    return m.matrix(m.product(m.product(lower, middle), m.transpose(lower)))


def _positive_semidefinite(rng: Random, n: int, kind: str) -> Mat:
    """Zero, or of rank one, or definite."""
    if kind == "least":
        return _diagonal_of([0] * n)
    if kind in ("equal", "mixed"):
        v = [draw.entry(rng, 0) for _ in range(n)]
        return _filled(n, n, lambda i, j: x.multiply(v[i], v[j]))
    return _positive_definite(rng, n, kind)


def _symmetric(rng: Random, n: int, kind: str) -> Mat:
    if kind in ("equal", "mixed"):
        v = [draw.entry(rng, 0) for _ in range(n)]
        return _filled(n, n, lambda i, j: x.multiply(v[i], v[j]))
    if kind in ("least", "one", "large"):
        return array(rng, n, n, frozenset(), kind) if kind != "large" else _diagonal_of([_BIG * (-1) ** i for i in range(n)])
    return _diagonal_of([draw.entry(rng, 0) for _ in range(n)])


def _invertible(rng: Random, n: int, kind: str) -> Mat:
    match kind:
        case "least" | "one":
            return m.scaled(1 if kind == "one" else -1, m.identity(n))
        case "large" | "small":
            return m.scaled(_BIG if kind == "large" else _TINY, draw.array(rng, n, n, frozenset(("invertible",)), 9))
        case _:
            found = array(rng, n, n, frozenset(), "nearly singular")
            return found if m.determinant(found) != 0 else m.plus(found, m.scaled(_TINY, m.identity(n)))


def _diagonal(rng: Random, n: int, kind: str) -> Mat:
    match kind:
        case "least":
            return _diagonal_of([0] * n)
        case "one":
            return m.identity(n)
        case _:
            return _diagonal_of([rng.choice((0, 1, -1, _BIG, _TINY)) for _ in range(n)])


def _with_columns(rng: Random, rows: int, cols: int, properties: frozenset[str], kind: str) -> Mat:
    """One-hot columns (all alike), columns of probabilities (certain or uniform), orthonormal columns (of the identity)."""
    if "row_stochastic" in properties:
        return m.matrix(m.transpose(_with_columns(rng, cols, rows, frozenset(("stochastic",)), kind)))
    if "one_hot" in properties or ("stochastic" in properties and kind != "equal" and kind != "one"):
        if kind == "least":
            return _filled(rows, cols, lambda i, j: int(i == 0))
        return draw.array(rng, rows, cols, frozenset(("one_hot",)), 9)
    if "stochastic" in properties:
        return _filled(rows, cols, lambda i, j: x.simple(F(1, rows)))
    if "orthonormal_columns" in properties and cols <= rows:
        return _filled(rows, cols, lambda i, j: (-1 if kind == "one" else 1) * int(i == j))
    return draw.array(rng, rows, cols, properties, 9)


_SHAPED: Final[dict[str, Callable[[Random, int, str], Mat]]] = {
    "doubly_stochastic": lambda rng, n, kind: _filled(n, n, lambda i, j: x.simple(F(1, n))) if kind in ("equal", "one") else _permutation(rng, n, kind),
    "permutation": _permutation,
    "identity": lambda rng, n, kind: m.identity(n),
    "orthogonal": _orthogonal,
    "positive_definite": _positive_definite,
    "positive_semidefinite": _positive_semidefinite,
    "diagonal": _diagonal,
    "symmetric": _symmetric,
    "invertible": _invertible,
}
"""Strongest first, as for the generic ones; an array of ones or zeros has no special values."""


def weights(rng: Random, kind: str, count: int) -> list[Number]:
    """Probabilities: certainty, equal ones, nearly certain, some zero."""
    match kind:
        case "least":
            return [int(k == 0) for k in range(count)]
        case "one" | "equal":
            return [x.simple(F(1, count)) for _ in range(count)]
        case "large" | "small":
            rest = F(1, _BIG)
            return [x.simple(1 - rest * (count - 1) if k == 0 else rest) for k in range(count)]
        case _:
            parts = [rng.choice((0, 1, 1, 5)) for _ in range(count)]
            parts[rng.randrange(count)] += 1
            return [x.simple(F(p, sum(parts))) for p in parts]
