"""What binds or replaces a variable, in normal form: big operators, derivatives, evaluations, integrals, case distinctions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivations.language.context import Function
from derivations.language.matching import calls_itself
from derivations.language.structure import subterms
from derivations.language.term import Add, Big, Call, Const, Deriv, Group, Index, Integral, Name, Relation, Root, Term
from derivations.rules.normal.atoms import Atom, Stuck
from derivations.rules.normal.binding import replace
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.densities import is_density
from derivations.rules.normal.forms import IN_RANGE, INFINITE, MINUS_INFINITE, Limit
from derivations.rules.normal.integrals import WHOLE, integrate
from derivations.rules.normal.poly import ZERO, Poly, atom_power
from derivations.rules.normal.rewriting import rewritten

INFINITY = Const("oo")


def limit(algebra: Declared, term: Term) -> Limit:
    if isinstance(term, Group):
        return limit(algebra, term.body)
    if term == INFINITY:
        return INFINITE
    if term == Add((("-", INFINITY),)):
        return MINUS_INFINITE
    return algebra.poly(term)


def big(algebra: Declared, term: Big, read: Callable[[Term], Poly] | None = None) -> Poly:
    """``read``: how the body is read, if it is no number: an entry of a sum of arrays is the sum of their entries."""
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
    if low_high is not None and domain is None:
        algebra.spans[variable] = low_high
    body = algebra.within(term.variable, atom_power(variable), term.body, read)
    if excluded is not None and not _lies(algebra, excluded, low_high):
        excluded = None
    if term.op == "prod":
        if low_high is None or domain is not None:
            raise Stuck("a product without limits")
        value = algebra.product_range(variable, body, *low_high)
        return value if excluded is None else algebra.mul(value, algebra.power(replace(algebra, body, {variable: excluded}), Fraction(-1)))
    if low_high is None and domain is None and _of_signals(algebra, body, variable):
        low_high = MINUS_INFINITE, INFINITE
    value = algebra.sum_range(variable, body, *low_high) if low_high and domain is None else algebra.sum_over_set(variable, body, domain)
    return value if excluded is None else value - replace(algebra, body, {variable: excluded})


def _lies(algebra: Declared, place: Poly, low_high: tuple[Limit, Limit] | None) -> bool:
    """Whether the index that a sum leaves out is one of its own."""
    if low_high is None:
        algebra.assuming.add(IN_RANGE)
        return True
    found = algebra.in_range(place, *low_high)
    if found is None:
        raise Stuck("a sum leaves out an index that is not known to lie in its range")
    return found


def _of_signals(algebra: Declared, body: Poly, variable: int) -> bool:
    """Whether a sum without limits runs over the places of functions on the integers: then over all of them."""
    for m in body.terms:
        for a, _ in m:
            atom = algebra.atoms[a]
            if atom.head == "seq" and isinstance(algebra.context.kind(atom.data), Function) and algebra.mentions(atom.args[0], variable):
                return True
    return False


def range_of(algebra: Declared, term: Big) -> tuple[Limit, Limit] | None:
    if term.lower is not None and term.upper is not None:
        return limit(algebra, term.lower), limit(algebra, term.upper)
    if term.lower is None and term.upper is None:
        found = algebra.context.range_of(term.variable) if isinstance(term.variable, Name) else None
        return None if found is None else (limit(algebra, found[0]), limit(algebra, found[1]))
    raise Stuck("a big operator with only one limit")


def derivative(algebra: Declared, term: Deriv) -> Poly:
    for variable, _ in term.variables:
        if not algebra.dependence.connected(term.body, variable):
            raise Stuck("a derivative of something that no definition connects with the variable: it is unknown, and not zero")
    held = {v for v, _ in term.variables if v not in algebra._held}
    families = {v.base for v in held if isinstance(v, Index)} - algebra._held_families
    algebra._held |= held
    algebra._held_families |= families
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
        algebra._held_families -= families
        algebra._cache = saved
    values = {p.single[1][0][0]: algebra.poly(v) for v, p in atoms.items() if p.single and algebra.poly(v) != p}
    value = replace(algebra, value, values) if values else value
    for base in families:
        value = entries_unfolded(algebra, value, base)
    return value


def entries_unfolded(algebra: Declared, value: Poly, base: Term) -> Poly:
    """With the definition of ``z_i`` put in for the entries of z, also under sums. A recurrence stays."""
    definitions = [
        d for d in algebra.context.definitions
        if isinstance(d.lhs, Index) and d.lhs.base == base and d.parameters == d.lhs.subscripts and d.where is None and not calls_itself(d)
    ]  # fmt: skip
    if not definitions:
        return value

    def turned(atom: Atom) -> Poly | None:
        if atom.head != "seq" or atom.data != base:
            return None
        definition = next((d for d in definitions if len(d.parameters) == len(atom.args)), None)
        return None if definition is None else algebra.within_all(dict(zip(definition.parameters, atom.args, strict=True)), definition.rhs)

    return rewritten(algebra, value, turned)


def at(algebra: Declared, body: Term, variable: Term, value: Term) -> Poly:
    if isinstance(variable, Name):  # of the values that are put in the text need not say what it says of the name
        place = algebra.temporary(integer=False)
        return replace(algebra, algebra.within(variable, atom_power(place), body), {place: algebra.poly(value)})
    inner = algebra.poly(body)
    by = algebra.poly(variable).single
    if by is None or by[0] != 1 or len(by[1]) != 1 or by[1][0][1] != 1:
        raise Stuck("an evaluation at something that is not a variable")
    return replace(algebra, inner, {by[1][0][0]: algebra.poly(value)})


def integral(algebra: Declared, term: Integral) -> Poly:
    if not isinstance(term.variable, Name):
        raise Stuck("an integral over something that is not a name")
    variable = algebra.temporary(integer=False)
    limits = tuple(ZERO if t is None or t in (INFINITY, Add((("-", INFINITY),))) else algebra.poly(t) for t in (term.lower, term.upper))
    kinds = tuple(_limit_kind(algebra, t) for t in (term.lower, term.upper))
    _on_one_side(algebra, variable, kinds, limits)
    _where_real(algebra, term, variable)
    body = algebra.within(term.variable, atom_power(variable), term.body)
    if kinds == ("none", "none") and _of_density(algebra, term):
        kinds = WHOLE
    return integrate(algebra, variable, body, kinds, limits)


def _on_one_side(algebra: Declared, variable: int, kinds: tuple[str, ...], limits: tuple[Poly, ...]) -> None:
    """Between limits on one side of zero the variable of an integral has their sign, but at single points.

    True: ``integral from 0 to oo of |w| f(w) dw`` is that of ``w f(w)``. False neighbour: from -1 on.
    """
    signs = [{"oo": "+", "-oo": "-", "none": None}.get(kind, algebra.sign(limit)) for kind, limit in zip(kinds, limits, strict=True)]
    if all(sign in ("+", "0+", "0") for sign in signs):
        algebra.positive_atoms.add(variable)
    elif all(sign in ("-", "0-", "0") for sign in signs):
        algebra._fact(-atom_power(variable), strict=True)


def _where_real(algebra: Declared, term: Integral, variable: int) -> None:
    """What stands under a square root of an integrand is not negative: elsewhere there is nothing to integrate.

    Raises Stuck where it is known to be negative.
    """
    parts = [part for _, part in subterms(term.body)]
    if any(isinstance(part, Big | Integral) for part in parts):
        return
    for radicand in dict.fromkeys(part.radicand for part in parts if isinstance(part, Root) and part.degree is None):
        value = algebra.within(term.variable, atom_power(variable), radicand) if isinstance(term.variable, Name) else ZERO
        if algebra.mentions(value, variable):
            if algebra.sign(value) == "-":
                raise Stuck("a root of a negative number under an integral: this is defined nowhere")
            algebra.assume_positive(value, strict=False)


def _of_density(algebra: Declared, term: Integral) -> bool:
    """Whether an integral without limits is one against a density in its variable: then it runs over all its values. Any other is an antiderivative.

    True: the integral of ``x N(x; m, v) dx`` is m. False neighbour: that of ``x exp(-x**2) dx`` is 0.
    """
    return any(
        isinstance(t, Call) and any(t_ == term.variable for a in t.arguments for _, t_ in subterms(a)) and is_density(algebra, t)
        for _, t in subterms(term.body)
    )


def _limit_kind(algebra: Declared, term: Term | None) -> str:
    if term is None:
        return "none"
    value = limit(algebra, term)
    return value if isinstance(value, str) else "finite"


def cases(algebra: Declared, rows: tuple[tuple[Term, Term | None], ...]) -> Poly:
    for value, condition in rows:
        holds = True if condition is None else truth(algebra, condition)
        if holds is None and len(rows) > 1:  # of a single case nothing is claimed where it does not apply: there is no value
            raise Stuck("a case distinction whose condition is not decided by the context")
        if holds is not False:
            return algebra.poly(value)
    raise Stuck("no case applies")


def truth(algebra: Declared, condition: Term) -> bool | None:
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
