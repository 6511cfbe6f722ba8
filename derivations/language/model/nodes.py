"""The value of each kind of node: one function a kind, found by the node's type.

Calls, big operators, calculus and expectations have files of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derivations.language.errors import MeaningError, ShapeError
from derivations.language.model import algebra, calls, known
from derivations.language.model import numbers as x
from derivations.language.model.calculus import derivative, difference
from derivations.language.model.dots import written_out
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.matrix import Mat, collapsed, column, identity, matrix, transpose
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.quadrature import integral
from derivations.language.model.relations import logic, relation
from derivations.language.model.sums import big
from derivations.language.model.values import Eye, Fun, Members, Row, Undefined, Value
from derivations.language.term import (
    Add,
    At,
    Bar,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Deriv,
    Dots,
    Frac,
    Group,
    Index,
    Integral,
    Logic,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    Tuple,
)


def _num(ev: Evaluation, node: Num, frame: Frame) -> Value:
    if len(node.digits) > 2000:
        raise MeaningError("a number of more than 2000 digits")
    return int(node.digits) if node.digits.isdigit() else x.simple(Fraction(node.digits))


def _const(ev: Evaluation, node: Const, frame: Frame) -> Value:
    match node.which:
        case "pi":
            return +mp().pi
        case "e":
            return mp().exp(1)
        case "oo":
            return mp().inf
        case _:
            return mp().mpc(0, 1)


def _index(ev: Evaluation, node: Index, frame: Frame) -> Value:
    if node in frame.names or ev.setting.is_symbol(node):
        return ev.symbol(node, frame)
    base = node.base
    if isinstance(base, Name) and base.text == "delta" and len(node.subscripts) in (1, 2) and not ev.setting.is_declared(base):
        i, j = (ev.value(s, frame) for s in (*node.subscripts, Num("0"))[:2])
        return int(i == j)
    if not isinstance(base, Name) and not ev.setting.is_symbol(base):
        return ev.picked(ev.value(base, frame), tuple(ev.integer(s, frame) for s in node.subscripts), "a term")
    if isinstance(base, Name) and len(node.subscripts) == 1 and not ev.setting.is_declared(base):
        special = _special_index(ev, base, node.subscripts[0], frame)
        if special is not None:
            return special
    if base in ev.setting.calls:
        return calls.abbreviated_entry(ev, node, frame)
    return ev.entry(base, tuple(ev.integer(s, frame) for s in node.subscripts), frame)


def _add(ev: Evaluation, node: Add, frame: Frame) -> Value:
    if any(isinstance(part, Dots) for _, part in node.parts):
        return ev.value(written_out(ev, node, frame), frame)
    total: Value = None
    for sign, part in node.parts:
        if sign == "±":
            raise MeaningError("plus or minus has two values")
        term = ev.value(part, frame)
        if sign == "-":
            term = algebra.minus(term)
        total = term if total is None else algebra.plus(total, term)
    return total


def _mul(ev: Evaluation, node: Mul, frame: Frame) -> Value:
    if any(isinstance(part, Dots) for _, part in node.parts):
        return ev.value(written_out(ev, node, frame), frame)
    result: Value = None
    for sign, part in node.parts:
        factor = ev.value(part, frame)
        if result is None:
            result = factor
        elif sign in ("ast", "star", "circ") and isinstance(result, Fun):
            result = calls.operator(ev, sign, result, factor, frame)
        else:
            result = algebra.times(result, factor, sign)
    return result


def _frac(ev: Evaluation, node: Frac, frame: Frame) -> Value:
    return algebra.over(ev.value(node.numerator, frame), ev.value(node.denominator, frame))


def _pow(ev: Evaluation, node: Pow, frame: Frame) -> Value:
    if node.base == Const("e"):
        return algebra.entrywise(x.exponential, ev.value(node.exponent, frame))
    return algebra.power(ev.value(node.base, frame), ev.value(node.exponent, frame))


def _root(ev: Evaluation, node: Root, frame: Frame) -> Value:
    degree = 2 if node.degree is None else ev.integer(node.degree, frame)
    return algebra.entrywise(lambda a: x.root(a, degree), ev.value(node.radicand, frame))


def _transpose(ev: Evaluation, node: Transpose, frame: Frame) -> Value:
    base = ev.value(node.base, frame)
    if isinstance(base, Mat):
        return transpose(base)
    if isinstance(base, Eye) or is_number(base):
        return base
    raise MeaningError(f"{algebra.kind_of(base)} has no transpose")


def _cases(ev: Evaluation, node: Cases, frame: Frame) -> Value:
    for value, condition in node.rows:
        if condition is None or ev.value(condition, frame):
            return ev.value(value, frame)
    raise Undefined("no case applies")


def _bars(ev: Evaluation, node: Bars, frame: Frame) -> Value:
    body = ev.value(node.body, frame)
    match node.kind:
        case "floor" | "ceil":
            f = x.floor if node.kind == "floor" else lambda a: -x.floor(-a)
            return algebra.entrywise(f, body)
        case "det":
            return known.determinant(body)
        case "norm":
            return known.norm(body, _norm_index(ev, node.subscript, frame))
        case _ if isinstance(body, Members | Row):
            return len(body.items)
        case "abs" if isinstance(body, Mat):
            return known.norm(body, 2) if 1 in body.shape else known.determinant(body)
        case "abs" if is_number(body):
            return abs(body)
        case _:
            raise MeaningError(f"{algebra.kind_of(body)} between bars ({node.kind})")


def _matrix(ev: Evaluation, node: Matrix, frame: Frame) -> Value:
    rows: list[tuple[Value, ...]] = []
    for row in node.rows:
        values = [ev.value(entry, frame) for entry in row]
        if any(isinstance(v, Mat) for v in values):
            rows.extend(_block_row(values))
        elif all(is_number(v) for v in values):
            rows.append(tuple(values))
        else:
            raise MeaningError("a matrix with an entry that is not a number")
    if len({len(row) for row in rows}) > 1:
        raise ShapeError("a matrix whose rows have different lengths: " + ", ".join(str(len(row)) for row in rows))
    grid = Mat(tuple(rows))
    return known.determinant(grid) if node.bracket == "|" else collapsed(grid)


def _block_row(values: list[Value]) -> list[tuple[Value, ...]]:
    blocks = [matrix(v) for v in values]
    heights = {b.shape[0] for b in blocks}
    if len(heights) > 1:
        raise ShapeError(f"blocks of {', '.join(map(str, sorted(heights)))} rows stand beside each other")
    return [tuple(v for b in blocks for v in b.rows[i]) for i in range(heights.pop())]


def _at(ev: Evaluation, node: At, frame: Frame) -> Value:
    return difference(ev, node, frame)


def _tuple(ev: Evaluation, node: Tuple, frame: Frame) -> Value:
    items = node.items
    if node.bracket == "{" and any(isinstance(item, Dots) for item in items) and not any(isinstance(item, Index | Call) for item in items):  # {1, ..., K}
        items = tuple(item for _, item in written_out(ev, Add(tuple(("+", item) for item in items)), frame).parts)
    return Row(tuple(ev.value(item, frame) for item in items), node.bracket)


def _nowhere(what: str) -> Callable[[Evaluation, Any, Frame], Value]:
    def f(ev: Evaluation, node: Any, frame: Frame) -> Value:
        raise MeaningError(f"{what} has no value by itself")

    return f


# Subscripted words ------------------------------------------------------------------------------------------------------------


def _special_index(ev: Evaluation, base: Name, subscript: Term, frame: Frame) -> Value | None:
    """``I_n``, ``1_n`` and the indicator ``1_{x > 0}``."""
    if base.text not in ("I", "1", "0"):
        return None
    if isinstance(subscript, Relation):
        return int(bool(ev.value(subscript, frame)))
    n = ev.integer(subscript, frame)
    if not 0 < n <= 40:
        raise Undefined(f"an array of size {n}")
    if base.text == "I":
        return collapsed(identity(n))
    return collapsed(column((int(base.text),) * n))


def _norm_index(ev: Evaluation, subscript: Term | None, frame: Frame) -> Number | str:
    match subscript:
        case None:
            return 2
        case Const("oo") | Name("oo" | "infty" | "infinity" | "max"):
            return "oo"
        case Name("F" | "Fro" | "HS"):
            return "F"
        case Num("2"):
            return "2"
        case Num("1"):
            return 1
        case _:
            return ev.number(subscript, frame)


BY_TYPE: dict[type[Term], Callable[[Evaluation, Any, Frame], Value]] = {
    Num: _num,
    Name: lambda ev, node, frame: ev.symbol(node, frame),
    Const: _const,
    Index: _index,
    Add: _add,
    Mul: _mul,
    Frac: _frac,
    Pow: _pow,
    Root: _root,
    Call: calls.call,
    Big: big,
    Integral: integral,
    Deriv: derivative,
    Transpose: _transpose,
    Cases: _cases,
    Bars: _bars,
    Group: lambda ev, node, frame: ev.value(node.body, frame),
    Tuple: _tuple,
    Matrix: _matrix,
    Relation: relation,
    Logic: logic,
    Bar: _nowhere("a bar (given)"),
    At: _at,
    Dots: _nowhere("an ellipsis"),
    Marked: lambda ev, node, frame: ev.value(node.body, frame),
}
