"""Hypotheses that give the moments of a random variable without a law: ``E[X] = mu``, ``Var(X_i) = sigma^2``, ``E[x x^T] = I``.

They are satisfied by construction: outcomes of mean zero and variance one, shifted and scaled.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from derivations.language.errors import MeaningError
from derivations.language.model import algebra
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.laws import cholesky
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.values import Eye, Symbol, Undefined, Value

_RATIOS = (2, 3, Fraction(1, 2), Fraction(3, 2), Fraction(1, 3))
"""r gives the outcomes r and -1/r, with weights 1/(1 + r^2) and r^2/(1 + r^2): mean zero, variance one, exact, and skew."""


def _given(ev: Evaluation, symbol: Symbol, index: tuple[int, ...]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for moment in ev.setting.moments[symbol]:
        frame = Frame(dict(zip(moment.names, index, strict=True)))
        found[moment.which] = ev.value(moment.value, frame)
    return found


def weights(rng: Random) -> tuple[Fraction, ...]:
    r = Fraction(rng.choice(_RATIOS))
    return 1 / (1 + r**2), r**2 / (1 + r**2)


def outcome(ev: Evaluation, symbol: Symbol, index: tuple[int, ...], k: int, weight: Fraction, rng: Random) -> Number:
    """The k-th of the two outcomes of a number with these moments; ``weight`` is that of the first."""
    ratio = x.root((1 - weight) / weight)
    z = ratio if k == 0 else x.divide(-1, ratio)
    return placed(ev, symbol, index, z if rng.random() < 0.5 else -z, rng)


def placed(ev: Evaluation, symbol: Symbol, index: tuple[int, ...], z: Number, rng: Random, *, centred: bool = False) -> Number:
    """An outcome of mean 0 and variance 1, moved to the moments of a variable. ``centred``: its mean is zero by what else is told."""
    given = _given(ev, symbol, index)
    if not all(is_number(v) for v in given.values()):
        raise MeaningError("a moment of a random number that is not a number")
    mean = given.get("mean", 0 if centred else None)
    if centred and mean != 0:
        raise Undefined("a law that is symmetric about zero with another mean")
    if "variance" in given:
        variance = given["variance"]
    elif "second" in given:
        if mean is None:
            mean = 0
        variance = x.subtract(given["second"], x.power(mean, 2))
    else:
        variance = rng.choice((1, 4, Fraction(1, 4), 9))
    if mean is None:
        mean = rng.choice((1, -1, 2, Fraction(1, 2)))
    if variance < 0:
        raise Undefined("a variance that would be negative")
    return x.add(mean, x.multiply(x.root(variance), z))


def vectors(ev: Evaluation, symbol: Symbol, rows: int) -> list[tuple[Fraction, Value]]:
    """Outcomes of a random vector with these moments: the mean, moved along each column of a Cholesky factor, both ways."""
    given = _given(ev, symbol, ())
    mean = _array(given.get("mean", 0), rows, 1)
    if "variance" in given:
        covariance = _array(given["variance"], rows, rows)
    elif "second" in given:
        covariance = m.plus(_array(given["second"], rows, rows), m.scaled(-1, m.matrix(m.product(mean, m.transpose(mean)))))
    else:
        covariance = m.identity(rows)
    factor = cholesky(covariance, semidefinite=True)
    spread = mp().sqrt(rows)
    weight = Fraction(1, 2 * rows)
    return [
        (weight, m.collapsed(m.plus(mean, m.scaled(s * spread, m.column(row[j] for row in factor.rows)))))
        for j in range(rows)
        for s in (1, -1)
    ]


def _array(value: Value, rows: int, cols: int) -> Mat:
    match value:
        case Eye():
            return m.of_size(value, (rows, cols))
        case Mat() if value.shape == (rows, cols):
            return value
        case _ if is_number(value) and (value == 0 or rows == cols == 1):
            return Mat(((value,) * cols,) * rows)
        case _:
            raise MeaningError(f"{algebra.kind_of(value)} as a moment of a random vector of {rows} entries")
