"""Derivatives by central differences at raised precision, or by power series where numbers are enclosed.

They perturb the model: the variable (a name, an entry, an array) gets another value and everything that depends on it is evaluated
again, so definitions in between need no rules. With W working digits the step is 10^-(W/2 + 2), whose error is of order 10^-(W + 4).
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb

from derivations.language.context import Sequence
from derivations.language.errors import MeaningError
from derivations.language.model import algebra
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.balls import BallContext, small
from derivations.language.model.balls import derivative as part_of
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.values import Fun, Undefined, Value
from derivations.language.structure import bare, subterms
from derivations.language.term import At, Call, Deriv, Group, Index, Marked, Name, Term


def differences(f: Callable[[Number], Value], order: int, middle: Value = None) -> Value:
    """The ``order``-th derivative at 0 of ``f`` (of a number, with any value); ``middle`` is f(0), if it is known.

    Raises Undefined where f has a kink there: second differences are of order h^2 where f is smooth, of order h at a kink.
    """
    if not 0 < order <= 4:
        if order == 0:
            return f(0)
        raise Undefined(f"a derivative of order {order}")
    balls = x.enclosed()
    if balls is not None:
        return _expanded(f, order, balls)
    dps = mp().dps
    half = dps // 2 + 2
    with x.precision(dps + half * order + 12):
        h = mp().mpf(10) ** -half
        if order == 1:
            left, right = f(-h), f(h)
            if is_number(left) and is_number(right):
                middle = f(mp().mpf(0)) if middle is None else middle
                bend = abs(x.real(left) - 2 * x.real(middle) + x.real(right))
                if bend > h * mp().mpf(10) ** -6:
                    raise Undefined("the derivative at a kink")
            return _rounded(algebra.over(algebra.plus(right, algebra.minus(left)), 2 * h))
        total: Value = None
        for k in range(order + 1):
            weight = (-1) ** k * comb(order, k)
            value = algebra.times(weight, f((mp().mpf(order) / 2 - k) * h))
            total = value if total is None else algebra.plus(total, value)
        return _rounded(algebra.over(total, h**order))


def _expanded(f: Callable[[Number], Value], order: int, balls: BallContext) -> Value:
    """The coefficient of f(h) as a power series in h."""
    balls.level += 1
    level = balls.level
    try:
        value = f(small(level, order))
        if isinstance(value, Mat):
            return m.mapped(lambda a: part_of(a, level, order), value)
        if is_number(value):
            return part_of(value, level, order)
    finally:
        balls.level -= 1
    raise MeaningError(f"the derivative of {algebra.kind_of(value)}")


def _rounded(value: Value) -> Value:
    return algebra.entrywise(lambda a: +a if not x.is_exact(a) else a, value) if isinstance(value, Mat) or is_number(value) else value


def derivative(ev: Evaluation, node: Deriv, frame: Frame) -> Value:
    body = node.body
    (variable, order), *rest = node.variables
    variable = bare(variable)
    if rest:
        body = Deriv(body, tuple(rest), node.partial, "operator")
    if node.style == "nabla" and order == 2:
        return _hessian(ev, body, variable, frame)
    return _by(ev, body, variable, order, frame)


def _by(ev: Evaluation, body: Term, variable: Term, order: int, frame: Frame) -> Value:
    if isinstance(body, Group | Marked) and isinstance(body.body, Name | Index):
        body = body.body
    if isinstance(variable, Name) or ev.setting.is_symbol(variable):
        return _by_name(ev, body, variable, order, frame)  # type: ignore[arg-type]
    if isinstance(variable, Index):
        index = tuple(ev.integer(s, frame) for s in variable.subscripts)
        base = variable.base
        _must_depend(ev, body, base)
        start = ev.entry(base, index, frame)
        if isinstance(start, Mat) and order == 1:
            return _gradient(lambda v: ev.again(body, frame.override(base, index, v)), start)
        if not is_number(start):
            raise MeaningError(f"a derivative by an entry that is {algebra.kind_of(start)}")
        return differences(lambda h: ev.again(body, frame.override(base, index, x.add(start, h))), order)
    if isinstance(variable, Call):
        key = (variable.function, tuple(ev.value(a, frame) for a in variable.arguments))
        start = ev.value(variable, frame)
        return differences(lambda h: ev.again(body, frame.bind(key, algebra.plus(start, h))), order)
    raise MeaningError(f"a derivative by a {type(variable).__name__.lower()} term")


def _must_depend(ev: Evaluation, body: Term, variable: Term) -> None:
    """``dL/dw`` means nothing for an L that no definition connects with w; only what has no names in it is certainly constant."""
    reached = ev.setting.reach(body)
    if reached and variable not in reached and not any(isinstance(s, Index) and s.base == variable for s in reached):
        raise MeaningError("a derivative of a quantity that no definition connects with the variable")


def _by_name(ev: Evaluation, body: Term, variable: Name | Index, order: int, frame: Frame) -> Value:
    kind = ev.setting.kinds.get(variable)
    if variable not in frame.names:
        _must_depend(ev, body, variable)
        if isinstance(kind, Sequence):
            return _by_family(ev, body, variable, kind, order, frame)
    start = ev.symbol(variable, frame)
    if is_number(start):
        at = x.real(start)
        return differences(lambda h: ev.again(body, frame.bind(variable, at + h)), order)
    if isinstance(start, Mat) and order == 1:
        return _gradient(lambda v: ev.again(body, frame.bind(variable, v)), start)
    raise MeaningError(f"a derivative of order {order} by {algebra.kind_of(start)}")


def _by_family(ev: Evaluation, body: Term, variable: Name | Index, kind: Sequence, order: int, frame: Frame) -> Value:
    """By the name of a sequence: by its one entry that occurs in the body, else the gradient by all entries."""
    used = {t for _, t in subterms(body) if isinstance(t, Index) and t.base == variable}
    if len(used) == 1 and kind.arity == len(next(iter(used)).subscripts):
        place = used.pop()
        index = tuple(ev.integer(s, frame) for s in place.subscripts)
        start = ev.entry(variable, index, frame)
        return differences(lambda h: ev.again(body, frame.override(variable, index, x.add(start, h))), order)
    if order != 1 or kind.arity != 1:
        raise MeaningError("a derivative by a whole family of numbers")
    first, last = ev.model.family_range(ev)
    parts = []
    for k in range(first, last + 1):
        start = ev.entry(variable, (k,), frame)
        parts.append(differences(lambda h, k=k, s=start: ev.again(body, frame.override(variable, (k,), x.add(s, h))), 1))  # type: ignore[misc]
    if not all(is_number(part) for part in parts):
        raise MeaningError("the gradient of an array by a family of numbers")
    return m.collapsed(m.column(parts))


def _gradient(f: Callable[[Mat], Value], at: Mat) -> Value:
    """Of a number: an array of the variable's shape. Of a column by a column: the Jacobian, a row for each entry of the function."""

    def moved(i: int, j: int, h: Number) -> Mat:
        rows = [list(row) for row in at.rows]
        rows[i][j] = x.add(rows[i][j], h)
        return Mat(tuple(tuple(row) for row in rows))

    rows, cols = at.shape
    middle: Value = None
    if x.enclosed() is None:
        with x.precision(2 * mp().dps + 14):
            middle = f(at)
    grid = [[differences(lambda h, i=i, j=j: f(moved(i, j, h)), 1, middle) for j in range(cols)] for i in range(rows)]  # type: ignore[misc]
    if is_number(grid[0][0]):
        return m.collapsed(Mat(tuple(tuple(row) for row in grid)))
    if cols == 1 and all(isinstance(row[0], Mat) and row[0].is_column for row in grid):
        return Mat(tuple(zip(*(tuple(r[0] for r in row[0].rows) for row in grid), strict=True)))
    raise MeaningError("the derivative of an array by an array has more than two axes")


def _hessian(ev: Evaluation, body: Term, variable: Term, frame: Frame) -> Value:
    if not isinstance(variable, Name):
        raise MeaningError("a second derivative by something that is not a name")
    start = ev.symbol(variable, frame)
    if is_number(start):
        return differences(lambda h: ev.again(body, frame.bind(variable, x.add(start, h))), 2)
    if not isinstance(start, Mat) or not start.is_column:
        raise MeaningError("a Hessian by something that is not a vector")
    return _gradient(lambda v: _gradient(lambda w: ev.again(body, frame.bind(variable, w)), v), start)


def derivative_of(f: Fun, order: int) -> Fun:
    """The derivative of a function of one number."""

    def apply(a: Value) -> Value:
        if isinstance(a, Mat):
            return m.mapped(apply, a)
        if not is_number(a):
            raise MeaningError(f"the derivative of a function at {algebra.kind_of(a)}")
        at = x.real(a)
        return differences(lambda h: f.apply(at + h), order)

    return Fun(apply, 1, False, f"{f.name}{chr(39) * order}")


def difference(ev: Evaluation, node: At, frame: Frame) -> Value:
    """The evaluated-at bar."""

    def at(point: Term) -> Value:
        value = ev.value(point, frame)
        if isinstance(node.variable, Index) and not ev.setting.is_symbol(node.variable):
            index = tuple(ev.integer(s, frame) for s in node.variable.subscripts)
            return ev.value(node.body, frame.override(node.variable.base, index, value))
        if is_number(value) and not x.finite(value):
            raise Undefined("an infinite place")
        return ev.value(node.body, frame.bind(node.variable, value))

    if node.upper is None:
        return at(node.value)
    return algebra.plus(at(node.upper), algebra.minus(at(node.value)))
