"""Drawing values: small and readable first, then less so. All draws are exact (int, Fraction) and decided by a seed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

from derivations.language.context import Domain
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number
from derivations.language.model.values import CannotSample
from derivations.language.work import spend

F = Fraction
_READABLE: tuple[Number, ...] = (
    2, 3, F(1, 2), -1, -2, F(3, 2), F(1, 3), 5, F(-1, 2), F(3, 4), F(-3, 2), 4, F(2, 5), -3, F(1, 4), F(5, 3), F(-2, 3), 7,
)  # fmt: skip
_UNIT: tuple[Number, ...] = (F(1, 2), F(1, 4), F(1, 3), F(3, 4), F(2, 3), F(1, 5), F(2, 5), F(3, 5), F(4, 5), F(1, 10), F(9, 10))
_WHOLE: tuple[int, ...] = (2, 3, 4, 1, 5, 6)
SIZES = (2, 3, 4)


def in_domain(value: Number, domain: Domain) -> bool:
    """Whether a number lies in a domain."""
    match domain:
        case Domain.REAL | Domain.COMPLEX:
            return True
        case Domain.POSITIVE:
            return bool(value > 0)
        case Domain.NONNEGATIVE:
            return bool(value >= 0)
        case Domain.NEGATIVE:
            return bool(value < 0)
        case Domain.NONZERO:
            return bool(value != 0)
        case Domain.UNIT:
            return bool(0 < value < 1)
        case Domain.PROBABILITY:
            return bool(0 <= value <= 1)
        case Domain.INTEGER:
            return x.as_int(value) is not None
        case Domain.NATURAL:
            return x.as_int(value) is not None and value >= 1
        case Domain.WHOLE:
            return x.as_int(value) is not None and value >= 0


def readable(rng: Random, domain: Domain, number: int) -> Number:
    """One value of a domain. The first models draw from short lists; later ones also 0, 1, and wilder fractions."""
    spend()
    wild = number >= 3 and rng.random() < 0.7
    match domain:
        case Domain.COMPLEX:
            return x.mp().mpc(x.real(_real(rng, wild, number)), x.real(_real(rng, wild, number)))
        case Domain.INTEGER:
            return rng.choice((2, 3, 1, -1, 4, -2, 0, 5) if number else (2, 3, 4))
        case Domain.NATURAL:
            return rng.choice(_WHOLE if number else (2, 3, 4))
        case Domain.WHOLE:
            return rng.choice((*_WHOLE, 0) if number else (2, 3, 4))
        case Domain.UNIT | Domain.PROBABILITY:
            if domain is Domain.PROBABILITY and number >= 4 and rng.random() < 0.15:
                return rng.choice((0, 1))
            q = rng.randint(3, 13)
            return x.simple(F(rng.randint(1, q - 1), q)) if wild else rng.choice(_UNIT[: 9 if number < 6 else None])
        case _:
            value = _real(rng, wild, number)
            if domain in (Domain.POSITIVE, Domain.NONNEGATIVE):
                value = abs(value)
            elif domain is Domain.NEGATIVE:
                value = -abs(value)
            if value == 0 and not in_domain(value, domain):
                return 1
            return value


def _real(rng: Random, wild: bool, number: int) -> Number:
    if number >= 3 and rng.random() < 0.08:
        return rng.choice((0, 1))
    if not wild:
        return rng.choice(_READABLE[: 6 if number == 0 else 12 if number == 1 else None])
    if rng.random() < 0.1:
        return rng.choice((10, -10, F(1, 10), F(-1, 10), 8, -6))
    return x.simple(F(rng.choice((-1, 1)) * rng.randint(1, 13), rng.choice((1, 2, 3, 3, 4, 5, 6, 7))))


def between(rng: Random, low: Number | None, high: Number | None, domain: Domain, number: int) -> Number:
    """A value of the domain inside (low, high), where one of the two may be missing."""
    for _ in range(12):
        value = readable(rng, domain, number)
        if (low is None or x.less(low, value)) and (high is None or x.less(value, high)):
            return value
    if domain.discrete:
        start = x.floor(low) + 1 if low is not None else x.floor(high or 0) - 4
        stop = -x.floor(-high) - 1 if high is not None else start + 3
        if stop < start:
            raise CannotSample(f"there is no integer between {low} and {high}")
        return rng.randint(start, min(stop, start + 3))
    if low is not None and high is not None:
        exact_low, exact_high = (_rational(v) for v in (low, high))
        return x.simple(exact_low + (exact_high - exact_low) * F(rng.choice(_UNIT)))
    if low is not None:
        return x.simple(_rational(low) + abs(_real(rng, False, 0)))
    if high is None:
        raise CannotSample("a value between bounds that are not there")
    return x.simple(_rational(high) - abs(_real(rng, False, 0)))


def _rational(value: Number) -> Fraction:
    if x.is_exact(value):
        return F(value)
    return F(str(x.mp().nstr(value, 6)))


def entry(rng: Random, number: int) -> Number:
    """An entry of a matrix: a small integer, sometimes a half."""
    if rng.random() < 0.15:
        return F(rng.choice((-3, -1, 1, 3)), 2)
    return rng.choice((-3, -2, -1, 1, 2, 3, 2, 1) if number < 4 else (-3, -2, -1, 0, 1, 2, 3, 4))


# Arrays with properties -------------------------------------------------------------------------------------------------------


def array(rng: Random, rows: int, cols: int, properties: frozenset[str], number: int) -> Mat:
    """A matrix of this size with these properties, exact. Raises CannotSample if the size or the combination is impossible."""
    for name, make in _SHAPED.items():
        if name in properties:
            if name not in ("ones", "zero", "stochastic", "row_stochastic", "one_hot", "orthonormal_columns") and rows != cols:
                raise CannotSample(f"a {rows} x {cols} matrix cannot be {name.replace('_', ' ')}: it is not square")
            return make(rng, rows, cols, number)
    return Mat(tuple(tuple(entry(rng, number) for _ in range(cols)) for _ in range(rows)))


def _permutation(rng: Random, n: int, _: int, number: int) -> Mat:
    order = list(range(n))
    rng.shuffle(order)
    if number < 6 and n > 1 and all(order[order[i]] == i for i in range(n)):  # its own inverse would hide a wrong transpose
        order = [(i + 1) % n for i in range(n)]
    return Mat(tuple(tuple(int(order[i] == j) for j in range(n)) for i in range(n)))


def _orthogonal(rng: Random, n: int, _: int, number: int) -> Mat:
    """A product of rational plane rotations."""
    result = m.identity(n)
    for i in range(n):
        for j in range(i + 1, n):
            c, s = rng.choice(((F(3, 5), F(4, 5)), (F(4, 5), F(-3, 5)), (F(5, 13), F(12, 13))))
            turn = [list(row) for row in m.identity(n).rows]
            turn[i][i], turn[j][j], turn[i][j], turn[j][i] = c, c, -s, s
            result = m.matrix(m.product(result, Mat(tuple(tuple(r) for r in turn))))
    return result


def _orthonormal_columns(rng: Random, rows: int, cols: int, number: int) -> Mat:
    if cols > rows:
        raise CannotSample(f"a {rows} x {cols} matrix cannot have orthonormal columns")
    return Mat(tuple(row[:cols] for row in _orthogonal(rng, rows, rows, number).rows))


def _symmetric(rng: Random, n: int, _: int, number: int) -> Mat:
    a = array(rng, n, n, frozenset(), number)
    return Mat(tuple(tuple(a.rows[min(i, j)][max(i, j)] for j in range(n)) for i in range(n)))


def _positive_definite(rng: Random, n: int, _: int, number: int) -> Mat:
    a = array(rng, n, n, frozenset(), number)
    return m.plus(m.matrix(m.product(a, m.transpose(a))), m.identity(n))


def _positive_semidefinite(rng: Random, n: int, _: int, number: int) -> Mat:
    """B B^T, where B has one column less in every other draw: then it is singular."""
    a = array(rng, n, max(n - rng.randrange(2), 1), frozenset(), number)
    return m.matrix(m.product(a, m.transpose(a)))


def _invertible(rng: Random, n: int, _: int, number: int) -> Mat:
    for _ in range(50):
        a = array(rng, n, n, frozenset(), number)
        if m.determinant(a) != 0:
            return a
    return m.identity(n)


def _diagonal(rng: Random, n: int, _: int, number: int) -> Mat:
    values = [entry(rng, 0) for _ in range(n)]
    return Mat(tuple(tuple(values[i] if i == j else 0 for j in range(n)) for i in range(n)))


def _one_hot(rng: Random, rows: int, cols: int, _: int) -> Mat:
    chosen = [rng.randrange(rows) for _ in range(cols)]
    return Mat(tuple(tuple(int(chosen[j] == i) for j in range(cols)) for i in range(rows)))


def _stochastic(rng: Random, rows: int, cols: int, _: int) -> Mat:
    """Columns (of a vector: its entries) are probabilities."""
    columns = [[rng.randint(1, 5) for _ in range(rows)] for _ in range(cols)]
    return Mat(tuple(tuple(F(columns[j][i], sum(columns[j])) for j in range(cols)) for i in range(rows)))


def _row_stochastic(rng: Random, rows: int, cols: int, number: int) -> Mat:
    return m.matrix(m.transpose(_stochastic(rng, cols, rows, number)))


def _doubly_stochastic(rng: Random, n: int, _: int, number: int) -> Mat:
    """A mean of permutations (Birkhoff)."""
    weights = [rng.randint(1, 5) for _ in range(3)]
    drawn = [_permutation(rng, n, n, 9) for _ in weights]
    return Mat(tuple(tuple(sum(F(w, sum(weights)) * p.rows[i][j] for w, p in zip(weights, drawn, strict=True)) for j in range(n)) for i in range(n)))


def _constant(value: int) -> Callable[[Random, int, int, int], Mat]:
    return lambda rng, rows, cols, number: Mat(((value,) * cols,) * rows)


_SHAPED: dict[str, Callable[[Random, int, int, int], Mat]] = {
    "permutation": _permutation,
    "identity": lambda rng, n, _, number: m.identity(n),
    "ones": _constant(1),
    "zero": _constant(0),
    "orthogonal": _orthogonal,
    "orthonormal_columns": _orthonormal_columns,
    "positive_definite": _positive_definite,
    "positive_semidefinite": _positive_semidefinite,
    "diagonal": _diagonal,
    "symmetric": _symmetric,
    "one_hot": _one_hot,
    "stochastic": _stochastic,
    "row_stochastic": _row_stochastic,
    "doubly_stochastic": _doubly_stochastic,
    "invertible": _invertible,
}
"""Strongest first: a matrix with several properties is drawn by the first."""
