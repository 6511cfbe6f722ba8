"""Truth values: relations between values, and the logic of conditions."""

from __future__ import annotations

from derivations.language.errors import MeaningError
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.algebra import kind_of
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.values import Eye, Members, NamedSet, Row, Undefined, Value
from derivations.language.term import Logic, Name, Relation, Term

EQUAL = ("=", ":=", "equiv")


def close(a: Number, b: Number, digits: float) -> bool:
    """Equality: exact for exact numbers, else to ``digits`` relative digits (or absolute ones near zero)."""
    if x.is_exact(a) and x.is_exact(b):
        return bool(a == b)
    if not (x.finite(a) and x.finite(b)):
        return bool(a == b)
    a, b = x.real(a), x.real(b)
    if x.enclosed() is not None:
        return bool(a <= b and a >= b)
    gap = abs(a - b)
    if 0 in (a, b) and 0 < gap < mp().mpf(10) ** (-4 * digits):
        return False  # e^{-10^5} is not 0: rounding leaves less than a digit, and not so many
    return bool(gap <= max(abs(a), abs(b), mp().mpf(1)) * mp().mpf(10) ** (-digits))


def same(a: Value, b: Value, digits: float) -> bool:
    """Equality of values of any type. Raises ShapeError for arrays of different sizes."""
    if is_number(a) and is_number(b):
        return close(a, b, digits)
    match a, b:
        case Mat(), Mat():
            return all(close(p, 0, digits) for p in m.minus(a, b).entries())
        case (Mat(), Eye()) | (Eye(), Mat()):
            grid, eye = (a, b) if isinstance(a, Mat) else (b, a)
            return same(grid, m.of_size(eye, grid.shape), digits)
        case Eye(), Eye():
            return close(a.scale, b.scale, digits)
        case Mat(), _ if is_number(b) and b == 0:
            return all(close(p, 0, digits) for p in a.entries())
        case _, Mat() if is_number(a) and a == 0:
            return same(b, a, digits)
        case Members() | Row(), Members() | Row():
            if isinstance(a, Row) and isinstance(b, Row) and a.bracket != "{":
                return len(a.items) == len(b.items) and all(same(p, q, digits) for p, q in zip(a.items, b.items, strict=True))
            return set(a.items) == set(b.items)
        case _:
            raise MeaningError(f"{kind_of(a)} is compared with {kind_of(b)}")


def ordered(a: Value, sign: str, b: Value) -> bool:
    if not (is_number(a) and is_number(b)):
        if isinstance(a, Mat) and is_number(b):
            return all(ordered(entry, sign, b) for entry in a.entries())
        raise MeaningError(f"{kind_of(a)} and {kind_of(b)} have no order")
    a, b = x.made_real(a), x.made_real(b)
    if x.is_complex(a) or x.is_complex(b):
        return False
    if not x.is_exact(a) or not x.is_exact(b):
        a, b = x.real(a), x.real(b)
    match sign:
        case "<":
            return bool(a < b)
        case "<=":
            return bool(a <= b)
        case ">":
            return bool(a > b)
        case _:
            return bool(a >= b)


def member(a: Value, collection: Value) -> bool:
    match collection:
        case Members(items):
            return a in items
        case Row(items, "{"):
            return any(same(a, item, 15) for item in items)
        case Row((low, high), bracket):
            below, above = x.less(a, low), x.less(high, a)
            closed_left = bracket[0] == "["
            closed_right = bracket[-1] == "]" or bracket == "["
            return not below and not above and (closed_left or x.less(low, a)) and (closed_right or x.less(a, high))
        case NamedSet("R" | "Q"):
            return True
        case NamedSet("Z"):
            return x.as_int(a) is not None
        case NamedSet("N"):
            return x.as_int(a) is not None and a >= 0
        case _:
            raise MeaningError(f"{kind_of(collection)} is not a set")


def holds(ev: Evaluation, left: Value, sign: str, right: Value) -> bool:
    """Whether one relation holds between two values."""
    match sign:
        case "in":
            return member(left, right)
        case "notin":
            return not member(left, right)
        case "!=":
            return not same(left, right, ev.digits * 2 / 3)
        case _ if sign in EQUAL:
            return same(left, right, min(ev.digits, ev.accuracy) * 2 / 3)
        case "<" | "<=" | ">" | ">=":
            return ordered(left, sign, right)
        case "<<" | ">>":
            return ordered(left, sign[0], right)
        case "<=>":
            return bool(left) == bool(right)
        case "=>":
            return not left or bool(right)
        case "mid" if is_number(left) and is_number(right):
            return bool(left != 0 and x.as_int(x.divide(right, left)) is not None)
        case _:
            raise MeaningError(f"the relation {sign!r} cannot be evaluated")


def relation(ev: Evaluation, node: Relation, frame: Frame) -> bool:
    left = ev.value(node.items[0], frame)
    for sign, item in zip(node.signs, node.items[1:], strict=True):
        if sign in ("in", "notin") and isinstance(item, Name) and item.font == "bb":
            ok = item.text in ("R", "Q") or (x.as_int(left) is not None and (item.text == "Z" or left >= 0))
            right: Value = left
            ok = ok != (sign == "notin")
        else:
            right = ev.value(item, frame)
            ok = holds(ev, left, sign, right)
        if not ok:
            return False
        left = right
    return True


def _set_of(ev: Evaluation, condition: Term, frame: Frame) -> tuple[Term, tuple[Value, ...]]:
    match condition:
        case Relation((variable, collection), ("in",)):
            members = ev.value(collection, frame)
            if isinstance(members, Members) or (isinstance(members, Row) and members.bracket == "{"):
                return variable, members.items
    raise MeaningError("a quantifier over something that is not a finite set")


def logic(ev: Evaluation, node: Logic, frame: Frame) -> bool:
    match node.op:
        case "and":
            return all(bool(ev.value(item, frame)) for item in node.items)
        case "or":
            return any(_true(ev, item, frame) for item in node.items)
        case "not":
            return not ev.value(node.items[0], frame)
        case _:
            variable, members = _set_of(ev, node.items[0], frame)
            every = (bool(ev.value(node.items[-1], frame.bind(variable, k))) for k in members)
            return all(every) if node.op == "forall" else any(every)


def _true(ev: Evaluation, item: Term, frame: Frame) -> bool:
    """In an alternative, what is undefined does not hold."""
    try:
        return bool(ev.value(item, frame))
    except Undefined:
        return False
