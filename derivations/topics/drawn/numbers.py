"""Drawings of counts, weights, attention and training runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from derivations.figures import Decay, Passes, Permuted, Shares, Undrawn
from derivations.language.context import Context
from derivations.language.denote import denote
from derivations.language.term import Name, Num, Term
from derivations.problem import Ledger, flat
from derivations.topics.drawn import drawable

Size = int | Name
_PARTS = 24
_STEMS = 44


@drawable
def shares(ledger: Ledger, known: Context, small: Mapping[Size, int]) -> Shares | Undrawn | None:
    """The counts of a ledger; where they hold symbols, for the values in ``small``. None where there is nothing to compare."""
    if len(ledger.rows) > _PARTS:
        return Undrawn(f"the ledger has {len(ledger.rows)} parts, and at most {_PARTS} fit on a page")
    if len(ledger.rows) < 2:
        return None
    chosen = {name: value for name, value in small.items() if isinstance(name, Name)}
    values = {denote(name, known): value for name, value in chosen.items()}

    def number(value: Term | int) -> int:
        if isinstance(value, int | Num):
            return value if isinstance(value, int) else int(value.digits)
        return int(denote(value, known).subs(values))

    rows = tuple((flat(row.label), number(row.value)) for row in ledger.rows)
    return Shares(rows, None if ledger.total is None else number(ledger.total.value), tuple(chosen.items()))


@drawable
def decay(beta: Name | Fraction, weight: Term, lag: Name, known: Context) -> Decay:
    """The weights of the last gradients; for a symbol beta they are those of beta = 9/10."""
    value = Fraction(9, 10) if isinstance(beta, Name) else beta
    import sympy

    at = denote(weight, known)
    if isinstance(beta, Name):
        at = at.subs(denote(beta, known), sympy.Rational(value.numerator, value.denominator))
    half = math.log(2) / -math.log1p(-float(1 - value))
    steps = max(5, math.ceil(4.5 * half))
    every = math.ceil(steps / _STEMS)
    in_floats = sympy.lambdify(denote(lag, known), at, modules="math")  # exact powers would have as many digits as there are steps
    weights = tuple(float(in_floats(float(every * n))) for n in range(steps // every + 1))
    return Decay(value, weights, every, half, weight, lag, ((beta, value),) if isinstance(beta, Name) else ())


@drawable
def training(iterations: Size, samples: Size, batch: Size, last_batch: str) -> Passes:
    """A training run; symbols get values for which the last batch of a pass is short and the last pass incomplete."""
    chosen = {size: small for size, small in ((iterations, 20), (samples, 110), (batch, 20)) if isinstance(size, Name)}
    t, n, b = (chosen[size] if isinstance(size, Name) else size for size in (iterations, samples, batch))
    if b > n:  # a number beside a symbol
        chosen = {name: (5 * b + b // 2 if name is samples else value) for name, value in chosen.items()}
        n = 5 * b + b // 2 if isinstance(samples, Name) else n
        if isinstance(batch, Name):
            b = chosen[batch] = max(1, n // 3)
    whole, rest = divmod(n, b)
    if last_batch == "drop":
        return Passes(t, n, b, whole, b, rest, tuple(chosen.items()))
    return Passes(t, n, b, whole + (rest > 0), rest or b, 0, tuple(chosen.items()))


_X: tuple[tuple[float, ...], ...] = ((0.5, 0, 1, -0.5), (0, 0.5, 0.5, 1))  # halves, which floats hold exactly
_QUERY, _KEY = (((0, 1), (1, -1)), (1, 0)), (((1, 0), (1, 1)), (0, -1))
_ORDER = (2, 0, 3, 1)


@drawable
def permuted(along: str, scaled: bool, weights: tuple[Term, Term]) -> Permuted:
    """Attention weights of four inputs of length two, computed from the inputs, and computed again from the permuted inputs."""

    def attention(inputs: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        queries, keys = (_affine(matrix, bias, inputs) for matrix, bias in (_QUERY, _KEY))
        root = math.sqrt(len(inputs)) if scaled else 1.0
        columns = []
        for query in queries:
            powers = [math.exp(sum(a * b for a, b in zip(key, query, strict=True)) / root) for key in keys]
            columns.append(tuple(power / sum(powers) for power in powers))
        return tuple(columns) if along == "rows" else tuple(zip(*columns, strict=True))

    moved = tuple(tuple(row[i] for i in _ORDER) for row in _X)
    return Permuted(attention(_X), attention(moved), _ORDER, "rows" if along == "rows" else "columns", weights)


def _affine(matrix: tuple[tuple[int, ...], ...], bias: tuple[int, ...], inputs: tuple[tuple[float, ...], ...]) -> list[tuple[float, ...]]:
    """The images of the columns, one after another."""
    return [
        tuple(sum(w * v for w, v in zip(row, column, strict=True)) + b for row, b in zip(matrix, bias, strict=True)) for column in zip(*inputs, strict=True)
    ]
