"""Satisfying several equations at once by changing vectors, matrices and numbers together: ``S u = lambda u`` with ``u^T u = 1``."""

from __future__ import annotations

from typing import TypeAlias

from derivations.language.context import Array, Domain, Scalar
from derivations.language.errors import DeriveError
from derivations.language.model import algebra
from derivations.language.model import matrix as m
from derivations.language.model.evaluate import Evaluator
from derivations.language.model.frame import ROOT, Frame
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import GUARD, Number, is_number, mp, precision
from derivations.language.model.numbers import real as as_real
from derivations.language.model.values import Symbol, Undefined, Value
from derivations.language.model.world import Model
from derivations.language.term import Relation

_DIGITS = 90
_STEPS = 40
_MOST_UNKNOWNS = 24
Start: TypeAlias = dict[Symbol, Value]


def solve_together(model: Model, equations: list[Relation], scalars: list[Symbol]) -> bool:
    """Newton's method with the shortest steps (Gauss and Newton), from the values drawn; True if all equations hold to about 60 digits then.

    Arrays with properties (a symmetric matrix) keep their values; the sizes and the integers too.
    """
    setting = model.setting
    reach = frozenset[Symbol]().union(*(setting.reach(e) for e in equations))
    start: Start = {}
    for symbol, kind in setting.kinds.items():
        value = model.names.get(symbol)
        if symbol not in reach or symbol in setting.plain:
            continue
        array = isinstance(kind, Array) and not kind.properties and isinstance(value, Mat)
        number = isinstance(kind, Scalar) and kind.domain is Domain.REAL and symbol in scalars and symbol not in setting.size_names and is_number(value)
        if array or number:
            start[symbol] = value
    if not any(isinstance(v, Mat) for v in start.values()):
        return False
    with precision(_DIGITS):
        try:
            found = _newton(Evaluator(model, _DIGITS - GUARD), equations, start)
        except (Undefined, DeriveError, ZeroDivisionError):
            return False
    if found is None:
        return False
    model.names.update(found)
    return True


def _newton(ev: Evaluator, equations: list[Relation], start: Start) -> Start | None:
    numbers = [mp().mpf(as_real(v)) for v in _flat(start)]
    if not 0 < len(numbers) <= _MOST_UNKNOWNS:
        return None
    step = mp().mpf(10) ** -(_DIGITS // 3)
    for _ in range(_STEPS):
        gaps = _gaps(ev, equations, _shaped(numbers, start))
        worst = max(abs(g) for g in gaps)
        if worst < mp().mpf(10) ** -60:
            return _shaped(numbers, start)
        columns = []
        for k in range(len(numbers)):
            moved = [*numbers[:k], numbers[k] + step, *numbers[k + 1 :]]
            columns.append([(a - b) / step for a, b in zip(_gaps(ev, equations, _shaped(moved, start)), gaps, strict=True)])
        ev.budget.spend(len(gaps) * len(gaps) * (len(numbers) + len(gaps)))  # the product and the elimination, which the library does
        jacobian = mp().matrix(columns).T
        normal = jacobian * jacobian.T
        for k in range(normal.rows):  # a little damping, for equations that say a thing twice
            normal[k, k] += mp().mpf(10) ** -25
        change = jacobian.T * mp().lu_solve(normal, mp().matrix(gaps))
        numbers = [v - change[k] for k, v in enumerate(numbers)]
    return None


def _gaps(ev: Evaluator, equations: list[Relation], at: Start) -> list[Number]:
    frame: Frame = ROOT
    for symbol, value in at.items():
        frame = frame.bind(symbol, value)
    found: list[Number] = []
    for equation in equations:
        ev.tick()
        left, right = (ev.value(t, frame) for t in equation.items)
        found.extend(mp().mpf(as_real(v)) for v in m.matrix(algebra.plus(left, algebra.minus(right))).entries())
    return found


def _flat(values: Start) -> list[Number]:
    return [n for v in values.values() for n in (v.entries() if isinstance(v, Mat) else (v,))]


def _shaped(numbers: list[Number], like: Start) -> Start:
    """The numbers as values of the same shapes."""
    found: Start = {}
    at = 0
    for symbol, value in like.items():
        if isinstance(value, Mat):
            rows, cols = value.shape
            found[symbol] = Mat(tuple(tuple(numbers[at + i * cols + j] for j in range(cols)) for i in range(rows)))
            at += rows * cols
        else:
            found[symbol] = numbers[at]
            at += 1
    return found
