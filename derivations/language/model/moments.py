"""Hypotheses that give the moments of a random variable without a law: ``E[X] = mu``, ``Var(X_i) = sigma^2``, ``E[x x^T] = I``.

They are satisfied by construction: outcomes of mean zero and variance one, shifted and scaled.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Literal

from derivations.language.context import RandomVariable
from derivations.language.errors import MeaningError
from derivations.language.model import algebra
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.frame import Frame
from derivations.language.model.laws import cholesky
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.values import Eye, Symbol, Undefined, Value
from derivations.language.term import Call, Group, Index, Marked, Mul, Name, Num, Pow, Relation, Term, Transpose

if TYPE_CHECKING:
    from derivations.language.model.evaluate import Evaluator
    from derivations.language.model.setting import Setting

Which = Literal["mean", "variance", "second"]
_RATIOS = (2, 3, Fraction(1, 2), Fraction(3, 2), Fraction(1, 3))
"""r gives the outcomes r and -1/r, with weights 1/(1 + r^2) and r^2/(1 + r^2): mean zero, variance one, exact, and skew."""


@dataclass(frozen=True)
class Moment:
    """``which`` moment of a random variable is ``value``, for every index named in ``names``."""

    which: Which
    value: Term
    names: tuple[Term, ...] = ()


def _bare(node: Term) -> Term:
    while isinstance(node, Group | Marked):
        node = node.body
    return node


def _variable(setting: Setting, node: Term) -> tuple[Symbol, tuple[Term, ...]] | None:
    """X, or X_i with index names."""
    node = _bare(node)
    if isinstance(node, Index) and not setting.is_symbol(node):
        base, names = node.base, node.subscripts
    else:
        base, names = node, ()
    kind = setting.kinds.get(base)
    if not isinstance(kind, RandomVariable) or kind.law is not None or kind.arity != len(names):
        return None
    return (base, names) if all(isinstance(n, Name) for n in names) and len(set(names)) == len(names) else None


def moment_in(setting: Setting, h: Relation) -> tuple[Symbol, Moment] | None:
    """The moment that an equation gives, or None."""
    for left, right in (h.items, h.items[::-1]):
        found = _moment(setting, left, right)
        if found is not None and found[0] not in setting.reach(right):
            return found
    return None


def _moment(setting: Setting, left: Term, right: Term) -> tuple[Symbol, Moment] | None:
    left = _bare(left)
    if not isinstance(left, Call) or not isinstance(left.function, Name) or len(left.arguments) != 1 or setting.is_declared(left.function):
        return None
    operator, body = left.function.text, _bare(left.arguments[0])
    which: Which
    if operator == "E":
        which = "mean"
        match body:
            case Pow(inner, Num("2")):
                which, body = "second", inner
            case Mul(((_, one), (_, Transpose(other)))) if _bare(one) == _bare(other):
                which, body = "second", one
            case _:
                pass
    elif operator in ("Var", "var", "V", "Cov", "cov"):
        which = "variance"
    else:
        return None
    variable = _variable(setting, body)
    return None if variable is None else (variable[0], Moment(which, right, variable[1]))


def uncorrelated_in(setting: Setting, h: Relation) -> frozenset[Symbol] | None:
    """The pair of random variables without a law of which an equation says that they are uncorrelated: ``Cov(X, Y) = 0``, ``E[XY] = E[X] E[Y]``."""
    for left, right in (h.items, h.items[::-1]):
        match _bare(left), _bare(right):
            case Call(Name("Cov" | "cov"), (x, y)), Num("0"):
                pass
            case Call(Name("E"), (body,)), Mul(((_, Call(Name("E"), (x,))), (_, Call(Name("E"), (y,))))):
                if not isinstance(product := _bare(body), Mul) or {t for _, t in product.parts} != {x, y} or len(product.parts) != 2:
                    continue
            case _:
                continue
        pair = [_variable(setting, t) for t in (x, y)]
        if all(v is not None and not v[1] for v in pair):
            found = frozenset(v[0] for v in pair if v is not None)
            return found if len(found) == 2 else None
    return None


def _given(ev: Evaluator, symbol: Symbol, index: tuple[int, ...]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for moment in ev.setting.moments[symbol]:
        frame = Frame(dict(zip(moment.names, index, strict=True)))
        found[moment.which] = ev.value(moment.value, frame)
    return found


def weights(rng: Random) -> tuple[Fraction, ...]:
    r = Fraction(rng.choice(_RATIOS))
    return 1 / (1 + r**2), r**2 / (1 + r**2)


def outcome(ev: Evaluator, symbol: Symbol, index: tuple[int, ...], k: int, weight: Fraction, rng: Random) -> Number:
    """The k-th of the two outcomes of a number with these moments; ``weight`` is that of the first."""
    ratio = x.root((1 - weight) / weight)
    z = ratio if k == 0 else x.divide(-1, ratio)
    return placed(ev, symbol, index, z if rng.random() < 0.5 else -z, rng)


def placed(ev: Evaluator, symbol: Symbol, index: tuple[int, ...], z: Number, rng: Random) -> Number:
    """An outcome of mean 0 and variance 1, moved to the moments of a variable."""
    given = _given(ev, symbol, index)
    if not all(is_number(v) for v in given.values()):
        raise MeaningError("a moment of a random number that is not a number")
    mean = given.get("mean")
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


def vectors(ev: Evaluator, symbol: Symbol, rows: int) -> list[tuple[Fraction, Value]]:
    """Outcomes of a random vector with these moments: the mean, moved along each column of a Cholesky factor, both ways."""
    given = _given(ev, symbol, ())
    mean = _array(given.get("mean", 0), rows, 1)
    if "variance" in given:
        covariance = _array(given["variance"], rows, rows)
    elif "second" in given:
        covariance = m.plus(_array(given["second"], rows, rows), m.scaled(-1, m.matrix(m.product(mean, m.transpose(mean)))))
    else:
        covariance = m.identity(rows)
    factor = cholesky(covariance)
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
