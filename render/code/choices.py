"""Conditions and definitions by cases as Python expressions."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from derivations.language.matching import shifted
from derivations.language.structure import free_names, substitute
from derivations.language.term import Add, Frac, Group, Logic, Name, Num, Relation, Sign, Term
from render.code.printer import Printer
from render.code.trees import assign, call, identifier, named

_COMPARE: Final[Mapping[str, type[ast.cmpop]]] = {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "=": ast.Eq, "!=": ast.NotEq}
_ONE = Num("1")


def condition(printer: Printer, term: Term) -> ast.expr:
    """A condition: of arrays joined by ``&`` and ``|``, of symbols by ``And`` and ``Or``."""
    match term:
        case Relation(items, signs):
            found = [compared(printer, a, sign, b) for a, sign, b in zip(items, signs, items[1:], strict=False)]
            return joined(printer, "and", found)
        case Logic("not", (item,)):
            inside = condition(printer, item)
            return call("sp.Not", inside) if printer.dialect.symbolic else ast.UnaryOp(ast.Invert(), inside)
        case Logic("and" | "or" as op, items):
            return joined(printer, op, [condition(printer, item) for item in items])
        case Group(body):
            return condition(printer, body)
        case _:
            raise printer.refused(term, "this condition")


def compared(printer: Printer, left: Term, sign: str, right: Term) -> ast.expr:
    if sign not in _COMPARE:
        raise printer.refused(Relation((left, right), (sign,)), f"the relation {sign}")
    if printer.dialect.symbolic and sign in ("=", "!="):
        return call("sp.Eq" if sign == "=" else "sp.Ne", printer.of(left), printer.of(right))
    return ast.Compare(printer.of(left), [_COMPARE[sign]()], [printer.of(right)])


def joined(printer: Printer, op: str, conditions: list[ast.expr]) -> ast.expr:
    if len(conditions) == 1:
        return conditions[0]
    if printer.dialect.symbolic:
        return call("sp.And" if op == "and" else "sp.Or", *conditions)
    found = conditions[0]
    for one in conditions[1:]:
        found = ast.BinOp(found, ast.BitAnd() if op == "and" else ast.BitOr(), one)
    return found


def cases(printer: Printer, rows: tuple[tuple[Term, Term | None], ...]) -> ast.expr:
    """A definition by cases: the first row whose condition holds."""
    if printer.dialect.symbolic:
        pairs = [(printer.of(value), ast.Constant(True) if when is None else condition(printer, when)) for value, when in rows]
        return call("sp.Piecewise", *(ast.Tuple([value, test], ast.Load()) for value, test in pairs))
    found = named("math.nan")  # where no row holds
    for value, when in reversed(rows):
        if when is None:
            found = printer.of(value)
        elif not printer.of_arrays([when]):
            found = ast.IfExp(condition(printer, when), printer.of(value), found)
        else:
            found = chosen(printer, value, when, found)
    return found


def chosen(printer: Printer, value: Term, when: Term, otherwise: ast.expr) -> ast.expr:
    """``where``, with the value computed at a place inside wherever the condition does not hold, so that no nan arises there or in a gradient."""
    test = condition(printer, when)
    place = None if printer.inside_loops else safe_place(when)
    if place is not None and free_names(value) & free_names(place[0]):
        variable, inside = place
        printer.chosen += 1
        number_ = "" if printer.chosen == 1 else f"_{printer.chosen}"
        flag, moved = f"inside{number_}", Name(f"{identifier(variable)}_inside{number_}")
        spot = call(printer.dialect.functions["where"], ast.Name(flag), printer.of(variable), printer.of(inside))
        printer.before += [assign(flag, test), assign(identifier(moved), spot)]
        printer.arrays = printer.arrays | {moved}
        test, value = ast.Name(flag), substitute(value, {variable: moved})
    return call(printer.dialect.functions["where"], test, printer.of(value), otherwise)


def safe_place(when: Term) -> tuple[Name, Term] | None:
    """A variable and a value of it at which the condition holds: between two bounds, one beyond a single bound; None for other conditions."""
    match when:
        case Relation((low, Name() as x, high), (("<" | "<="), ("<" | "<="))):
            total = shifted(high, int(low.digits)) if isinstance(low, Num) and low.digits.isdigit() else Add((*_summands(low), *_summands(high)))
            return x, Frac(total, Num("2"))
        case Relation((low, Name() as x), (("<" | "<="),)) | Relation((Name() as x, low), ((">" | ">=" | "!="),)):
            return x, shifted(low, 1)
        case Relation((Name() as x, high), (("<" | "<="),)):
            return x, shifted(high, -1)
        case _:
            return None


def _summands(term: Term) -> tuple[tuple[Sign, Term], ...]:
    return term.parts if isinstance(term, Add) else (("+", term),)
