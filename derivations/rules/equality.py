"""Equality of scalar terms: arithmetic, algebra, sums, definitions, derivatives.

All of these compare normal forms (``rules.normal``). They are separate rules because each allows less than the whole: ``arithmetic`` knows no names,
``algebra`` unfolds nothing, ``by_definition`` unfolds, ``summation`` works under the summation sign, ``differentiation`` differentiates and asks SymPy
to agree.

    ----------------------------------  (algebra)       nf(a - b) is zero over the atoms of a and b
         context |- a = b

A statement is an equality of functions wherever both sides are defined. What had to be positive for a side to be defined and does not follow from the
context is listed in the evidence.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace as changed
from fractions import Fraction
from functools import lru_cache

from derivations.kernel.statement import Premise, Rel, Rule, Statement
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Accepted, Counterexample, Evidence, Refuted, Undecided, Verdict, proved
from derivations.language.context import Context, Definition
from derivations.language.errors import DeriveError
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import bound_variable, children, free_names, substitute, subterms
from derivations.language.term import Big, Call, Const, Deriv, Frac, Index, Logic, Name, Num, Pow, Relation, Root, Term
from derivations.language.work import apart
from derivations.rules.decide import decide
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.binding import replace
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.poly import ONE, Monomial, Poly, number, total


def logarithms_and_roots(term: Term, bound: frozenset[Name] = frozenset()) -> Iterable[tuple[Term, bool]]:
    """(argument, whether it must be strictly positive) of every logarithm and root that stands outside binders."""
    variable = bound_variable(term)
    if variable is not None:
        bound = bound | free_names(variable)
    match term:
        case Call(Name("ln" | "log"), (argument,), _) if not free_names(argument) & bound:
            yield argument, True
        case Root(radicand, None) if not free_names(radicand) & bound:
            yield radicand, False
        case Pow(base, Frac()) if not free_names(base) & bound:
            yield base, False
    for child in children(term):
        yield from logarithms_and_roots(child, bound)


def positive_families(term: Term, bound: frozenset[Name] = frozenset()) -> Iterable[Term]:
    """The sequences whose entries stand under a logarithm inside a sum over their index."""
    variable = bound_variable(term)
    if variable is not None:
        bound = bound | free_names(variable)
    match term:
        case Call(Name("ln" | "log"), (Index(base, subscripts),), _) if any(free_names(s) & bound for s in subscripts):
            yield base
    for child in children(term):
        yield from positive_families(child, bound)


def denominators(term: Term) -> Iterable[Term]:
    """What the term divides by outside of binders: nothing is claimed where it vanishes."""
    if bound_variable(term) is None:
        if isinstance(term, Frac):
            yield term.denominator
        for child in children(term):
            yield from denominators(child)


def series(term: Term, bound: frozenset[Name] = frozenset()) -> Iterable[Term]:
    """The infinite sums that stand outside binders."""
    variable = bound_variable(term)
    if isinstance(term, Big) and term.op == "sum" and not free_names(term) & bound and any(
        limit is not None and any(t == Const("oo") for _, t in subterms(limit)) for limit in (term.lower, term.upper)
    ):
        yield term
    if variable is not None:
        bound = bound | free_names(variable)
    for child in children(term):
        yield from series(child, bound)


def where_defined(algebra: Algebra, terms: Iterable[Term]) -> int:
    """Take as facts what the terms need in order to be defined; answers how many did not follow from the context.

    A series that is written by itself converges wherever the statement says something.

    Raises Stuck where the context says that they are defined nowhere: from ``-x > 0`` where ``x > 0`` anything would follow.
    """
    new = 0
    new_zero = False
    terms = tuple(terms)
    written = tuple(s for term in terms for s in series(term))
    if written:
        algebra.written(written)
        algebra.forget()
    for term in terms:
        for base in positive_families(term):
            new += base not in algebra.positive_bases
            algebra.positive_bases.add(base)
    for term in terms:
        for below in denominators(term):
            try:
                new_zero = algebra.not_zero(algebra.poly(below)) or new_zero
            except Stuck:
                continue
        for argument, strict in logarithms_and_roots(term):
            try:
                value = algebra.poly(argument)
                sign = None if value.constant is not None else algebra.sign(value)
                if value.constant is None and algebra.assume_positive(value, strict=strict):
                    new += 1
            except Stuck:
                continue
            if sign == "-" or (strict and sign in ("0-", "0")):
                raise Stuck("a logarithm or a root of a number that is negative here: this is defined nowhere")
    if new or new_zero:
        algebra.forget()
    return new


def equations_of(context: Context, premises: tuple[Premise, ...]) -> list[tuple[Term, Term]]:
    """The equations that may be used: hypotheses and premises."""
    found: list[tuple[Term, Term]] = []
    for premise in premises:
        statement = premise.statement if isinstance(premise, Theorem) else premise
        if statement.relation is Rel.EQ:
            found.append((statement.lhs, statement.rhs))
    for hypothesis in context.hypotheses:
        if isinstance(hypothesis, Relation):
            pairs = zip(hypothesis.items, hypothesis.signs, hypothesis.items[1:], strict=False)
            found.extend((left, right) for left, sign, right in pairs if sign == "=")
    return found


def difference_vanishes(algebra: Algebra, difference: Poly, premises: tuple[Premise, ...]) -> bool:
    """Whether the difference is zero, also after using recurrences and equations of the context."""
    if algebra.zero(difference):
        return True
    difference = by_recurrences(algebra, difference)
    if algebra.zero(difference):
        return True
    difference = by_equations(algebra, difference, equations_of(algebra.context, premises))
    return algebra.zero(difference) or algebra.zero(joined_sums(algebra, difference))


def joined_sums(algebra: Algebra, p: Poly) -> Poly:
    """Sums over the same range as one sum, which vanishes where its terms do: ``sum 1/(k(k+1)) - sum (1/k - 1/(k+1))``."""
    groups: dict[tuple[Monomial, str, Hashable, tuple[Poly, ...]], list[tuple[Monomial, Poly]]] = {}
    for m, c in p.terms.items():
        for k, (a, e) in enumerate(m):
            atom = algebra.atoms[a]
            if atom.head in ("prefix", "over", "tail", "whole") and e == 1:
                key = (m[:k] + m[k + 1 :], atom.head, atom.data, atom.args[1:])
                groups.setdefault(key, []).append((m, atom.args[0].scale(c)))
                break
    kept = dict(p.terms)
    instead: list[Poly] = []
    for (outside, head, _, limits), found in groups.items():
        body = total(part for _, part in found)
        value = next((n for n in (0, 1, -1) if len(found) > 1 and algebra.zero(body - number(n))), None)
        if value is None or (value and head != "prefix"):
            continue
        for m, _ in found:
            del kept[m]
        if value:
            instead.append(algebra.product((Poly({outside: Fraction(value)}), limits[0])))
    return total((Poly(kept), *instead))


def by_equations(algebra: Algebra, difference: Poly, equations: list[tuple[Term, Term]]) -> Poly:
    """Eliminate from the difference: each equation is solved for an atom in which it is linear (its left side if it is one atom).

    What the equation is divided by must be known not to vanish, or the difference itself divides by it (and says nothing where it vanishes): from
    ``x y = 0`` nothing follows for x.
    """
    divided = inverted(algebra, difference)
    solved: list[tuple[int, Poly]] = []
    for left, right in equations:
        try:
            a, b = algebra.poly(left), algebra.poly(right)
            equation = a - b
            for atom, value in solved:
                equation = replace(algebra, equation, {atom: value})
            if algebra.zero(difference):
                return difference
            choice = _solve(algebra, equation, a, difference, divided)
        except Stuck:
            continue
        if choice is None:
            continue
        atom, value = choice
        solved = [(k, replace(algebra, v, {atom: value})) for k, v in solved]
        solved.append((atom, value))
        difference = replace(algebra, difference, {atom: value})
    return difference


def inverted(algebra: Algebra, p: Poly) -> frozenset[int]:
    """The atoms that p divides by, also inside the arguments of its atoms."""
    found: set[int] = set()
    seen: set[int] = set()
    todo = [p]
    while todo:
        for monomial in todo.pop().terms:
            for a, e in monomial:
                if isinstance(e, Fraction) and e < 0:
                    found.add(a)
                if isinstance(e, Poly):
                    todo.append(e)
                if a not in seen:
                    seen.add(a)
                    todo.extend(algebra.atoms[a].args)
    return frozenset(found)


def _never_zero(algebra: Algebra, p: Poly, divided: frozenset[int]) -> bool:
    """Whether p is known not to vanish: by its sign, or because each of its factors has a strict sign or is divided by elsewhere."""
    if p.constant is not None:
        return bool(p)
    if algebra.sign(p) in ("+", "-"):
        return True
    inverse = algebra.power(p, Fraction(-1)).single
    return inverse is not None and all(
        a in divided or algebra.atom_sign(a) in ("+", "-") or (isinstance(e, Fraction) and e > 0) for a, e in inverse[1]
    )


def _solve(algebra: Algebra, equation: Poly, left: Poly, difference: Poly, divided: frozenset[int]) -> tuple[int, Poly] | None:
    single = left.single
    preferred = [single[1][0][0]] if single is not None and len(single[1]) == 1 and single[1][0][1] == 1 else []
    linear = {a for m in difference.terms for a, e in m if e == 1}
    others = {a for m in difference.terms for a, _ in m} - linear
    for atom in (*preferred, *sorted(linear, reverse=True), *sorted(others, reverse=True)):
        with_atom = {m: c for m, c in equation.terms.items() if any(a == atom for a, _ in m)}
        if not with_atom or any(dict(m)[atom] != 1 for m in with_atom):
            continue
        coefficient = Poly({tuple((a, e) for a, e in m if a != atom): c for m, c in with_atom.items()})
        rest = Poly({m: c for m, c in equation.terms.items() if m not in with_atom})
        if algebra.mentions(coefficient, atom) or algebra.mentions(rest, atom) or not _never_zero(algebra, coefficient, divided):
            continue
        return atom, algebra.mul(-rest, algebra.power(coefficient, Fraction(-1)))
    return None


def by_recurrences(algebra: Algebra, difference: Poly) -> Poly:
    """Use ``m_{t+1} := ... m_t ...`` to bring all entries of m that occur down to the lowest one, or to the first one that is defined."""
    for definition in algebra.context.definitions:
        if isinstance(definition.lhs, Index) and calls_itself(definition) and len(definition.parameters) == 1:
            for _ in range(80):
                step = _highest(algebra, difference, definition)
                if step is None:
                    break
                difference = replace(algebra, difference, {step[0]: step[1]})
    return difference


def _highest(algebra: Algebra, difference: Poly, definition: Definition) -> tuple[int, Poly] | None:
    """(atom, its value by the recurrence) for the entry to eliminate next, or None when one level is left."""
    lhs = definition.lhs
    if not isinstance(lhs, Index):
        return None
    entries = [
        (a, algebra.atoms[a].args[0])
        for a in sorted({a for m in difference.terms for a, _ in m})
        if algebra.atoms[a].head == "seq" and algebra.atoms[a].data == lhs.base
    ]
    (parameter,) = definition.parameters
    own = {  # entries that have values of their own: there the recurrence has not begun
        s.digits for d in algebra.context.definitions if isinstance(d.lhs, Index) and d.lhs.base == lhs.base and not d.parameters
        for s in d.lhs.subscripts if isinstance(s, Num)
    }  # fmt: skip
    for a, index in entries:
        if index.constant is not None and str(index.constant) in own:
            continue
        steps = [(index - other).constant for b, other in entries if b != a]
        concrete = index.constant
        if any(s is not None and s > 0 and s.denominator == 1 for s in steps) or (concrete is not None and concrete > 0):
            here = algebra.within(parameter, ONE, lhs.subscripts[0])
            value = index - (here - ONE)
            return a, algebra.within(parameter, value, definition.rhs)
    return None


EXCLUDING = "the hypotheses exclude each other: from them anything would follow"
SIGNS = ("<", "<=", ">", ">=", "!=", "=")


def contradictory(context: Context, *, lenient: bool = False) -> bool:
    """Whether hypotheses are shown to exclude each other, or a declared domain: from those that do anything follows, so nothing is proved from them.

    Equations are put into each other and into the inequalities, and signs are compared. That no contradiction is found does not show that there is none (the
    values that a refuter finds show it). True: ``0 < b`` and ``b < 1`` hold together. False neighbour: ``b = 0`` and ``0 < b < 1``.
    """
    links = [link for h in context.hypotheses for link in _links(h)]
    if not links:
        return False
    algebra = Algebra(context, lenient=lenient)
    equations: list[tuple[Term, Term]] = []
    for left, sign, right in links:
        if sign == "=":
            found = _difference(algebra, left, right, equations)
            if found is not None and (found.constant or algebra.sign(found) in ("+", "-")):
                return True
            equations.append((left, right))
    for left, sign, right in links:
        if sign == "=":
            continue
        if sign in (">", ">="):
            left, right = right, left
        found = _difference(algebra, left, right, equations)
        if found is not None and _fails(algebra, found, sign):
            return True
    return False


def _links(hypothesis: Term) -> Iterator[tuple[Term, str, Term]]:
    match hypothesis:
        case Relation(items, signs):
            yield from (link for link in zip(items, signs, items[1:], strict=False) if link[1] in SIGNS)
        case Logic("and", parts):
            for part in parts:
                yield from _links(part)


def _difference(algebra: Algebra, left: Term, right: Term, equations: list[tuple[Term, Term]]) -> Poly | None:
    """``right - left`` with the equations put in; None where it is not about numbers."""
    try:
        return by_equations(algebra, algebra.poly(right) - algebra.poly(left), equations)
    except (Stuck, DeriveError):
        return None


def _fails(algebra: Algebra, p: Poly, sign: str) -> bool:
    """Whether ``p > 0`` (or >= 0, or != 0) cannot be: by its value, or because of its negative more is known."""
    value = p.constant
    if value is not None:
        return value == 0 if sign == "!=" else value < 0 or (value == 0 and sign in ("<", ">"))
    if sign == "!=":
        return algebra.zero(p)
    other = algebra._termwise(-p) or algebra._by_facts(-p)
    return other == "+" or (other == "0+" and sign in ("<", ">"))


def consistent(context: Context, found: Evidence | Undecided) -> Evidence | Undecided:
    """Evidence, unless it comes from hypotheses that exclude each other."""
    return Undecided(EXCLUDING) if isinstance(found, Evidence) and _exclude_each_other(context) else found


_HYPOTHESES = 200_000
"""What it may cost to see that."""


@lru_cache(maxsize=64)
def _exclude_each_other(context: Context) -> bool:
    """Whether the hypotheses do, kept for the other steps of a derivation."""
    with apart(_HYPOTHESES):
        return contradictory(context)


def prove_equal(statement: Statement, context: Context, premises: tuple[Premise, ...], method: str) -> Evidence | Undecided:
    """Prove ``lhs = rhs`` by normal forms."""
    algebra = Algebra(context)
    new = where_defined(algebra, (statement.lhs, statement.rhs))
    difference = algebra.poly(statement.lhs) - algebra.poly(statement.rhs)
    if difference_vanishes(algebra, difference, premises):
        conditions = sorted(algebra.assuming) + (["every logarithm and root is of a positive number"] if new else [])
        return consistent(context, proved(algebra.method(method), *conditions))
    if same_squares(algebra, algebra.poly(statement.lhs), algebra.poly(statement.rhs)):
        return consistent(context, proved("squares of two numbers that are not negative"))
    return Undecided("the two sides have different normal forms", difference)


def same_squares(algebra: Algebra, left: Poly, right: Poly) -> bool:
    """Whether two numbers that are known not to be negative, one of which has a root in it, have one square.

    True: ``sqrt(x - 1) sqrt(x + 1) = sqrt(x^2 - 1)`` for x > 1. A false neighbour is ``sqrt((x - 1)^2) = x - 1`` for any x, of which the sign is not known.
    """
    rooted = any(isinstance(e, Fraction) and e.denominator == 2 for p in (left, right) for m in p.terms for _, e in m)
    if not rooted or any(algebra.sign(p) not in ("+", "0+") for p in (left, right)):
        return False
    return algebra.zero(algebra.mul(left, left) - algebra.mul(right, right))


def _equality(statement: Statement, context: Context, premises: tuple[Premise, ...], method: str) -> Verdict:
    if statement.relation is not Rel.EQ:
        return Undecided(f"the rule proves equations, not {statement.relation.value}")
    return usable(premises, context) or decide(statement, context, lambda: prove_equal(statement, context, premises, method))


def usable(premises: tuple[Premise, ...], context: Context) -> Undecided | None:
    """A lemma may be used as it stands only where its own context holds."""
    for premise in premises:
        if isinstance(premise, Theorem) and not context.extends(premise.context):
            return Undecided(f"the theorem {premise.title!r} was proved under assumptions that are not made here")
    return None


def decide_arithmetic(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    if free_names(statement.lhs) | free_names(statement.rhs):
        return Undecided("the rule computes with numbers; the statement has names in it")
    if statement.relation is not Rel.EQ:
        return Undecided(f"the rule proves equations, not {statement.relation.value}")
    algebra = Algebra(Context())
    try:
        left, right = algebra.poly(statement.lhs), algebra.poly(statement.rhs)
    except Stuck as error:
        return Undecided(str(error))
    if algebra.zero(left - right):
        return Accepted(proved("exact arithmetic"))
    a, b = left.constant, right.constant
    if a is not None and b is not None:
        return Refuted(Counterexample((), str(a), str(b)))
    return _equality(statement, context, premises, "exact arithmetic")


def decide_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    return _equality(statement, context, premises, "normal form")


def decide_definition(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    if not context.definitions and not context.hypotheses:
        return Undecided("the context defines nothing")
    for definition in context.definitions:  # what is written in the context needs no algebra
        values = match_definition(definition, statement.lhs) if definition.where is None and statement.relation is Rel.EQ else None
        if values is not None and substitute(definition.rhs, dict(values.items())) == statement.rhs:
            return Accepted(proved("unfolding definitions"))
    return _equality(statement, context, premises, "unfolding definitions")


def decide_summation(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    return _equality(statement, context, premises, "normal form of sums")


def _has_derivative(term: Term) -> bool:
    return isinstance(term, Deriv) or any(_has_derivative(c) for c in children(term))


def decide_differentiation(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    if not (_has_derivative(statement.lhs) or _has_derivative(statement.rhs)):
        return Undecided("neither side has a derivative")
    verdict = _equality(statement, context, premises, "derivatives of normal forms")
    if isinstance(verdict, Accepted):
        from derivations.rules.second_opinion import agrees_with_sympy

        agrees = agrees_with_sympy(statement, context)
        if agrees is False:
            return Undecided("SymPy's derivative differs from the normal form's: one of them is at fault")
        if agrees:
            evidence = verdict.evidence
            return Accepted(changed(evidence, method=evidence.method + ", SymPy agrees"))
    return verdict


arithmetic = Rule("arithmetic")
"""Exact rational arithmetic. True: ``7 + (7 - 1) * 1 = 13``. False neighbour: ``7 + (7 - 1) * 1 = 14`` (refuted: 13 against 14)."""

algebra = Rule("algebra")
"""Field algebra, powers, exponentials and logarithms under known signs. True: ``1/n + 1/k = (n + k)/(n k)``. False neighbour: ``2/(n + k)``."""

by_definition = Rule("definition")
"""Definitions of the context are unfolded. True: ``p_i = e^{z_i}/Z`` where Z is the sum. False neighbour: the same with ``z_j``."""

summation = Rule("summation")
"""Sums of symbolic length: split off a term, re-index, sum a geometric series. True: ``sum_{k=0}^t b^k = (1-b^{t+1})/(1-b)``.
False neighbour: the exponent t (refuted)."""

differentiation = Rule("differentiation")
"""Derivatives, checked against SymPy's. True: ``d/dx ln(1-x) = -1/(1-x)``. False neighbour: ``1/(1-x)`` (refuted)."""

__all__ = ["algebra", "arithmetic", "by_definition", "differentiation", "prove_equal", "summation"]
