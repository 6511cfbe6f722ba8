"""Equivalence and implication of equations: nothing lost, nothing gained.

    a = b  <=>  c = d      c - d = u (a - b) with u never zero on the context's domain     (scaling, moving terms)
    a = b  <=>  f(a) = f(b)  f injective where a and b live: exp; ln where both are positive; a reciprocal where both are not zero

Squaring is an implication, not an equivalence (unless both sides are known not to be negative); multiplying by something that may vanish is neither.
Both equations must be defined for the same values: ``ln x = ln y <=> x = y`` needs positive x and y, or x = y = -1 is gained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from derivations.kernel.statement import Premise, Rel, Rule, Statement
from derivations.kernel.verdict import Evidence, Undecided, Verdict, proved
from derivations.language.context import Context
from derivations.language.structure import bound_variable, children
from derivations.language.term import Frac, Relation, Term
from derivations.rules.decide import decide
from derivations.rules.equality import by_equations, consistent, difference_vanishes, logarithms_and_roots, usable
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.poly import Poly
from derivations.rules.order import sign_by_factors


def sides(formula: Term) -> tuple[Term, Term] | None:
    """Left and right of a single equation, else None."""
    match formula:
        case Relation((left, right), ("=",)):
            return left, right
        case _:
            return None


def never_zero(algebra: Algebra, p: Poly) -> bool:
    """Whether p is known not to vanish: its sign is strict, or its factors' signs are."""
    return bool(p) and (p.constant is not None or algebra.sign(p) in ("+", "-"))


def ratio(algebra: Algebra, p: Poly, q: Poly) -> Poly | None:
    """p / q in normal form, or None where q is zero."""
    return None if algebra.zero(q) else algebra.mul(p, algebra.power(q, Fraction(-1)))


Injection = tuple[str, Callable[[Algebra, Poly], Poly], Callable[[Algebra, Poly], bool]]

INJECTIONS: tuple[Injection, ...] = (
    ("taking logarithms of positive sides", lambda a, p: a.log(p), lambda a, p: a.sign(p) == "+"),
    ("exponentiating both sides", lambda a, p: a.exp(p), lambda a, p: True),
    ("taking reciprocals", lambda a, p: a.power(p, Fraction(-1)), never_zero),
    ("squaring sides that are not negative", lambda a, p: a.power(p, Fraction(2)), lambda a, p: a.sign(p) in ("+", "0+")),
    ("taking roots of sides that are not negative", lambda a, p: a.power(p, Fraction(1, 2)), lambda a, p: a.sign(p) in ("+", "0+")),
)


def related(algebra: Algebra, first: tuple[Term, Term], second: tuple[Term, Term]) -> str | None:
    """How the second equation is equivalent to the first, in words, or None."""
    a, b = (algebra.poly(t) for t in first)
    c, d = (algebra.poly(t) for t in second)
    factor = ratio(algebra, c - d, a - b)
    if factor is not None:
        for candidate in (factor, *cofactors(algebra, a - b, c - d)):
            if algebra.zero(c - d - algebra.mul(candidate, a - b)) and never_zero(algebra, candidate):
                return "multiplying by what is never zero"
    for words, apply, allowed in INJECTIONS:
        for (p, q), (r, s) in (((a, b), (c, d)), ((c, d), (a, b))):
            try:
                if allowed(algebra, p) and allowed(algebra, q):
                    image, other = apply(algebra, p), apply(algebra, q)
                    scale = ratio(algebra, r - s, image - other)
                    if scale is not None and (algebra.zero(r - s - image + other) or (scale.constant or 0) != 0):
                        return words
            except Stuck:
                continue
    return None


def cofactors(algebra: Algebra, p: Poly, q: Poly) -> list[Poly]:
    """Candidates u with q = u p: the denominators that were cleared from one side but not from the other."""
    found = []
    cleared_p, inverses_p = algebra.cleared(p)
    cleared_q, inverses_q = algebra.cleared(q)
    outside = algebra.mul(Poly({inverses_q: Fraction(1)}), algebra.power(Poly({inverses_p: Fraction(1)}), Fraction(-1)))
    single_p, single_q = _lead(algebra, cleared_p), _lead(algebra, cleared_q)
    found.append(algebra.mul(outside, algebra.mul(single_q, algebra.power(single_p, Fraction(-1)))))
    return found


def _lead(algebra: Algebra, p: Poly) -> Poly:
    if len(p) == 1:
        return p
    scale, monomial, _ = algebra.canonical(p)
    return Poly({monomial: scale})


def _needed(term: Term) -> Iterator[tuple[Term, str]]:
    """(argument, ``"+"``, ``"0+"`` or ``"nonzero"``): what must hold for the term to be defined, outside binders."""
    for argument, strict in logarithms_and_roots(term):
        yield argument, "+" if strict else "0+"
    yield from _denominators(term)


def _denominators(term: Term) -> Iterator[tuple[Term, str]]:
    if bound_variable(term) is None:
        if isinstance(term, Frac):
            yield term.denominator, "nonzero"
        for child in children(term):
            yield from _denominators(child)


def _holds(algebra: Algebra, p: Poly, what: str) -> bool:
    sign = sign_by_factors(algebra, p) if p else "0"
    return sign in {"nonzero": ("+", "-"), "+": ("+",)}.get(what, ("+", "0+", "0"))


def defined_for_other_values(algebra: Algebra, first: tuple[Term, Term], second: tuple[Term, Term]) -> bool:
    """Whether one of the equations may be undefined where the other one holds: what it needs neither follows from the context, nor is needed by the other
    one, nor follows from that."""
    for one, other in ((first, second), (second, first)):
        shared = {(algebra.poly(argument), what) for side in other for argument, what in _needed(side)}
        for argument, what in (need for side in one for need in _needed(side)):
            value = algebra.poly(argument)
            if (value, what) not in shared and not _holds(algebra, value, what) and not _holds(algebra, by_equations(algebra, value, [other]), what):
                return True
    return False


def _prove_equivalence(statement: Statement, context: Context) -> Evidence | Undecided:
    first, second = sides(statement.lhs), sides(statement.rhs)
    if first is None or second is None:
        return Undecided("an equivalence is proved between two equations")
    algebra = Algebra(context)
    words = related(algebra, first, second)
    if words and defined_for_other_values(algebra, first, second):
        return Undecided("the two equations may be defined for different values: a solution may be lost or gained")
    return proved(words) if words else Undecided("no step that is known to lose and gain no solution leads from one equation to the other")


def _prove_implication(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Evidence | Undecided:
    first, second = sides(statement.lhs), sides(statement.rhs)
    if first is None or second is None:
        return Undecided("an implication is proved between two equations")
    words = related(Algebra(context), first, second)
    if words:
        return proved(words)
    algebra = Algebra(context.assume(statement.lhs))
    difference = algebra.poly(second[0]) - algebra.poly(second[1])
    if difference_vanishes(algebra, difference, premises):
        return proved("putting one equation into the other")
    return Undecided("the second equation is not obtained by putting the first one in")


def decide_equivalence(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    if statement.relation is not Rel.IFF:
        return Undecided(f"the rule proves equivalences, not {statement.relation.value}")
    return decide(statement, context, lambda: consistent(context, _prove_equivalence(statement, context)))


def decide_implication(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    if statement.relation is not Rel.IMPLIES:
        return Undecided(f"the rule proves implications, not {statement.relation.value}")
    return usable(premises, context) or decide(statement, context, lambda: consistent(context, _prove_implication(statement, context, premises)))


equivalence = Rule("equivalence")
"""True: ``x (1 + e^{-z}) = 1 <=> e^{-z} = (1-x)/x`` for 0 < x < 1. False neighbour: ``x = 1 <=> x^2 = 1`` (refuted at x = -1)."""

implication = Rule("implication")
"""True: ``x = 1 => x^2 = 1``. False neighbour: ``x^2 = 1 => x = 1`` (refuted at x = -1)."""
