"""Steps between formulas: an equation that follows from another one, is equivalent to it, or is proportional."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Evidence, Undecided, proved
from derivations.language.context import Context, Definition
from derivations.language.errors import DeriveError
from derivations.language.matching import match_definition
from derivations.language.structure import free_names, fresh, items, substitute, subterms, unbracketed
from derivations.language.term import Bar, Call, Group, Index, Logic, Name, Num, Relation, Term
from derivations.rules.equality import where_defined
from derivations.rules.equations import cofactors, defined_for_other_values, ratio, related, sides
from derivations.rules.normal.convert import Algebra
from derivations.rules.order import sign_by_factors

Fresh = Callable[[Context], Algebra]
"""A new normal form under a context."""


def conjuncts(formula: Term) -> Iterator[Statement]:
    """The single relations of a formula: of a chain, of a conjunction."""
    match formula:
        case Relation(items_, signs) if not set(signs) & {"=>", "<=>"}:
            for left, sign, right in zip(items_, signs, items_[1:], strict=False):
                yield Statement(left, Rel(sign), right)
        case Logic("and", parts):
            for part in parts:
                yield from conjuncts(part)
        case Group(body):
            yield from conjuncts(body)


def prove_equivalence(statement: Statement, context: Context, algebra_in: Fresh) -> Evidence | Undecided:
    """Two equations (or two inequalities) with the same solutions."""
    first, second = sides(statement.lhs), sides(statement.rhs)
    if first is not None and second is not None:
        algebra = algebra_in(context)
        words = related(algebra, first, second)
        if words and not defined_for_other_values(algebra, first, second):
            return proved(words)
        algebra = algebra_in(context)
        where_defined(algebra, (*first, *second))
        words = related(algebra, first, second)
        if words:
            return proved(words, "both equations are defined")
        return Undecided("no step that is known to lose and gain no solution leads from one equation to the other")
    match statement.lhs, statement.rhs:
        case Relation((a, b), (one,)), Relation((c, d), (other,)) if one in _ORDER and other in _ORDER:
            return _same_inequality(algebra_in(context), (a, one, b), (c, other, d))
        case _:
            return Undecided("an equivalence is proved between two equations or two inequalities")


_ORDER = ("<", "<=", ">", ">=")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _same_inequality(algebra: Algebra, first: tuple[Term, str, Term], second: tuple[Term, str, Term]) -> Evidence | Undecided:
    """``a < b`` and ``c < d`` with ``d - c = u (b - a)`` and u positive; with u negative the sign turns."""
    (a, one, b), (c, other, d) = first, second
    p = algebra.poly(b) - algebra.poly(a)
    q = algebra.poly(d) - algebra.poly(c)
    factor = ratio(algebra, q, p)
    if factor is None:
        return Undecided("an inequality between equal things")
    candidates = [u for u in (factor, *cofactors(algebra, p, q)) if algebra.zero(q - algebra.mul(u, p))]
    sign = next((s for u in candidates if (s := sign_by_factors(algebra, u)) in ("+", "-")), None)
    if (sign == "+" and one == other) or (sign == "-" and other == _TURNED[one]):
        return proved("multiplying by what has a sign")
    return Undecided("the inequalities are not multiples of each other by something of known sign")


Goal = Callable[[Statement, Context], Evidence | Undecided]


def prove_implication(statement: Statement, context: Context, algebra_in: Fresh, prove: Goal) -> Evidence | Undecided:
    """The second formula under the first as a hypothesis: by an equivalence, or by using the first as an equation or a fact."""
    reasons: list[str] = []
    try:
        found = prove_equivalence(statement, context, algebra_in)
        if isinstance(found, Evidence):
            return found
        reasons.append(found.reason)
    except DeriveError as error:
        reasons.append(str(error))
    inside = context.assume(*(s.formula for s in conjuncts(statement.lhs))) if any(True for _ in conjuncts(statement.lhs)) else context.assume(statement.lhs)
    goals = list(conjuncts(statement.rhs))
    if not goals:
        return Undecided("; ".join(reasons))
    for goal in goals:
        found = prove(goal, inside)
        if not isinstance(found, Evidence):
            return Undecided("; ".join(dict.fromkeys([*reasons, found.reason])))
    return proved("using the equation before")


def proportional(statement: Statement, context: Context) -> tuple[Statement, Name, Name] | None:
    """``f(x) prop g(x)`` as the equation ``f(x) g(x') = f(x') g(x)`` ; with the variable and its other name. None if it cannot be told."""
    variable = _variable(statement.lhs) or _variable(statement.rhs)
    if variable is None:
        return None
    other = fresh(variable, free_names(statement.lhs) | free_names(statement.rhs) | frozenset(n for n, _ in context.kinds if isinstance(n, Name)))
    put: dict[Term, Term] = {variable: other}
    left = Group(statement.lhs) * Group(substitute(statement.rhs, put))
    right = Group(substitute(statement.lhs, put)) * Group(statement.rhs)
    return Statement(left, Rel.EQ, right), variable, other


def _variable(term: Term) -> Name | None:
    """The variable of a density ``p(x | z)``: what stands first in it."""
    term = unbracketed(term)
    if not isinstance(term, Call) or not term.arguments:
        return None
    first: Term = term.arguments[0]
    if isinstance(first, Bar):
        first = items(first.left)[0]
    return first if isinstance(first, Name) else None


def by_induction(
    statement: Statement, recurrence: Definition, variable: Name, start: Term, prove: Callable[[Statement, tuple[Statement, ...]], Evidence | Undecided],
    own: frozenset[Term] = frozenset(),
) -> Evidence | Undecided:
    """An equation about ``m_t`` for a recurrence: at the start, and from t to t + 1. ``own``: the places of entries that have values of their own."""

    def at(value: Term) -> Statement:
        put: dict[Term, Term] = {variable: value}
        return Statement(substitute(statement.lhs, put), statement.relation, substitute(statement.rhs, put))

    base = prove(at(start), unrolled(at(start), recurrence, own))
    if not isinstance(base, Evidence):
        return Undecided(f"the base of an induction on {variable.text}: {base.reason}")
    following = at(variable + 1)
    step = prove(following, (*unrolled(following, recurrence, own), statement))
    if not isinstance(step, Evidence):
        return Undecided(f"the step of an induction on {variable.text}: {step.reason}")
    return proved(f"induction on {variable.text}")


def unrolled(statement: Statement, recurrence: Definition, own: frozenset[Term] = frozenset()) -> tuple[Statement, ...]:
    """The recurrence for each entry that the statement mentions: ``m_{t+2} = b m_{t+1} + g_{t+2}``."""
    found: list[Statement] = []
    for side in (statement.lhs, statement.rhs):
        for _, node in subterms(side):
            values = match_definition(recurrence, node) if isinstance(node, Index) else None
            number = node.subscripts[0] if isinstance(node, Index) else None
            if values is not None and number not in own and not (isinstance(number, Num) and number.digits == "0"):
                found.append(Statement(node, Rel.EQ, substitute(recurrence.rhs, dict(values.items()))))
    return tuple(found)


__all__ = ["by_induction", "conjuncts", "proportional", "prove_equivalence", "prove_implication"]
