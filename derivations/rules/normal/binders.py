"""What binds or replaces a variable, in normal form: big operators, derivatives, evaluations, integrals, case distinctions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derivations.language.context import Function
from derivations.language.term import Add, Big, Const, Deriv, Group, Integral, Name, Relation, Term
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.forms import INFINITE, MINUS_INFINITE, Limit
from derivations.rules.normal.integrals import integrate
from derivations.rules.normal.poly import ZERO, Poly, atom_power
from derivations.rules.normal.rebuild import replace

if TYPE_CHECKING:
    from derivations.rules.normal.convert import Algebra

INFINITY = Const("oo")


def limit(algebra: Algebra, term: Term) -> Limit:
    if isinstance(term, Group):
        return limit(algebra, term.body)
    if term == INFINITY:
        return INFINITE
    if term == Add((("-", INFINITY),)):
        return MINUS_INFINITE
    return algebra.poly(term)


def big(algebra: Algebra, term: Big) -> Poly:
    if not isinstance(term.variable, Name):
        raise Stuck("a big operator over something that is not a name")
    if term.op not in ("sum", "prod"):
        raise Stuck(f"the operator {term.op} has no rule in the scalar normal form")
    variable = algebra.temporary()
    low_high = algebra._range(term)
    excluded: Poly | None = None
    domain: Term | None = None
    match term.where:
        case None:
            pass
        case Relation((Name() as left, right), ("!=",)) if left == term.variable:
            excluded = algebra.poly(right)
        case Relation((Name() as left, right), ("in",)) if left == term.variable:
            domain = right
        case _:
            raise Stuck("a condition under a big operator that the rules do not know")
    body = algebra.within(term.variable, atom_power(variable), term.body)
    if term.op == "prod":
        if low_high is None or domain is not None:
            raise Stuck("a product without limits")
        value = algebra.product_range(variable, body, *low_high)
        return value if excluded is None else algebra.mul(value, algebra.power(replace(algebra, body, {variable: excluded}), Fraction(-1)))
    if low_high is None and domain is None and _of_signals(algebra, body, variable):
        low_high = MINUS_INFINITE, INFINITE
    value = algebra.sum_range(variable, body, *low_high) if low_high and domain is None else algebra.sum_over_set(variable, body, domain)
    if excluded is not None:
        algebra.assuming.add("every index lies in the range of its sum")
        value = value - replace(algebra, body, {variable: excluded})
    return value


def _of_signals(algebra: Algebra, body: Poly, variable: int) -> bool:
    """Whether a sum without limits runs over the places of functions on the integers: then over all of them."""
    for m in body.terms:
        for a, _ in m:
            atom = algebra.atoms[a]
            if atom.head == "seq" and isinstance(algebra.context.kind(atom.data), Function) and algebra.mentions(atom.args[0], variable):
                return True
    return False


def range_of(algebra: Algebra, term: Big) -> tuple[Limit, Limit] | None:
    if term.lower is not None and term.upper is not None:
        return limit(algebra, term.lower), limit(algebra, term.upper)
    if term.lower is None and term.upper is None:
        found = algebra.context.range_of(term.variable) if isinstance(term.variable, Name) else None
        return None if found is None else (limit(algebra, found[0]), limit(algebra, found[1]))
    raise Stuck("a big operator with only one limit")


def derivative(algebra: Algebra, term: Deriv) -> Poly:
    held = {v for v, _ in term.variables if v not in algebra._held}
    algebra._held |= held
    try:
        saved, algebra._cache = algebra._cache, {}
        value = algebra.poly(term.body)
        for variable, order in term.variables:
            by = algebra.poly(variable).single
            if by is None or len(by[1]) != 1 or by[1][0][1] != 1 or by[0] != 1:
                raise Stuck("a derivative by something that is not a variable")
            for _ in range(order):
                value = differentiate(algebra, value, by[1][0][0])
        atoms = {v: algebra.poly(v) for v in held}
    finally:
        algebra._held -= held
        algebra._cache = saved
    values = {p.single[1][0][0]: algebra.poly(v) for v, p in atoms.items() if p.single and algebra.poly(v) != p}
    return replace(algebra, value, values) if values else value


def at(algebra: Algebra, body: Term, variable: Term, value: Term) -> Poly:
    inner = algebra.poly(body)
    by = algebra.poly(variable).single
    if by is None or len(by[1]) != 1:
        raise Stuck("an evaluation at something that is not a variable")
    return replace(algebra, inner, {by[1][0][0]: algebra.poly(value)})


def integral(algebra: Algebra, term: Integral) -> Poly:
    if not isinstance(term.variable, Name):
        raise Stuck("an integral over something that is not a name")
    variable = algebra.temporary(integer=False)
    body = algebra.within(term.variable, atom_power(variable), term.body)
    limits = tuple(ZERO if t is None or t in (INFINITY, Add((("-", INFINITY),))) else algebra.poly(t) for t in (term.lower, term.upper))
    return integrate(algebra, variable, body, tuple(_limit_kind(algebra, t) for t in (term.lower, term.upper)), limits)


def _limit_kind(algebra: Algebra, term: Term | None) -> str:
    if term is None:
        return "none"
    value = limit(algebra, term)
    return value if isinstance(value, str) else "finite"


def cases(algebra: Algebra, rows: tuple[tuple[Term, Term | None], ...]) -> Poly:
    for value, condition in rows:
        holds = True if condition is None else truth(algebra, condition)
        if holds is None:
            raise Stuck("a case distinction whose condition is not decided by the context")
        if holds:
            return algebra.poly(value)
    raise Stuck("no case applies")


def truth(algebra: Algebra, condition: Term) -> bool | None:
    if not isinstance(condition, Relation):
        return None
    for left, sign, right in zip(condition.items, condition.signs, condition.items[1:], strict=False):
        known = algebra.sign(algebra.poly(right) - algebra.poly(left))
        holds = {"<": {"+": True, "0": False, "0-": False, "-": False}, "<=": {"+": True, "0+": True, "0": True, "-": False},
                 ">": {"-": True, "0": False, "0+": False, "+": False}, ">=": {"-": True, "0-": True, "0": True, "+": False},
                 "=": {"0": True, "+": False, "-": False}}.get(sign, {}).get(known or "")  # fmt: skip
        if holds is not True:
            return holds
    return True
