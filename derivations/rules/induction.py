"""Induction over the whole numbers.

    context |- P(a)        context, n >= a, P(n) |- P(n+1)
    -------------------------------------------------------  (induction on n from a)
                 context, n >= a |- P(n)

Both premises are theorems, made by the kernel. The step's context may assume P(n) and nothing else that the conclusion's context does not; that n is a
whole number >= a is asked of the context, and what the step assumes of n may exclude none of a, a + 1, ...
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derivations.kernel.statement import Derivation, Premise, Rule, Statement, Step, equation
from derivations.kernel.theorem import Theorem, verify
from derivations.kernel.verdict import Accepted, Refuted, Undecided, Verdict, proved
from derivations.language.context import Context, Domain, Scalar
from derivations.language.structure import free_names, substitute
from derivations.language.term import Name, Num, Relation, Term
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.convert import Algebra
from derivations.rules.refute import refute


def at(statement: Statement, variable: Name, value: Term) -> Statement:
    """P(value) for P(variable)."""
    put: dict[Term, Term] = {variable: value}
    return Statement(substitute(statement.lhs, put), statement.relation, substitute(statement.rhs, put))


def same(context: Context, one: Statement, other: Statement) -> bool:
    """Whether two statements say the same side by side (``t + 1 - 1`` and ``t`` may differ in writing)."""
    if one.relation is not other.relation:
        return False
    algebra = Algebra(context)
    held = {d.lhs for d in context.definitions}
    algebra.hold(held)
    try:
        return all(algebra.zero(algebra.poly(a) - algebra.poly(b)) for a, b in ((one.lhs, other.lhs), (one.rhs, other.rhs)))
    except Stuck:
        return one == other


def induction_on(variable: Name, start: Term = Num("0")) -> Rule:  # noqa: B008 - a term is immutable
    """The rule for one variable; premises: (base theorem, step theorem)."""
    return Rule("induction", (variable, start))


def decide_induction(statement: Statement, context: Context, premises: tuple[Premise, ...], variable: Name, start: Term) -> Verdict:
    """Side conditions: the context says that the variable is a whole number from the start on; and nothing that the step assumes of it leaves out one of
    these numbers, so that the step leads from each to the next."""
    if len(premises) != 2 or not all(isinstance(p, Theorem) for p in premises):
        return Undecided("induction needs two theorems: the base and the step")
    base, step = (p for p in premises if isinstance(p, Theorem))
    counter = refute(statement, context, count=4)
    if isinstance(counter, Refuted):
        return counter
    if not context.extends(base.context):
        return Undecided("the base was proved under assumptions that are not made here")
    if variable in free_names(base.statement.lhs) | free_names(base.statement.rhs) or any(variable in free_names(h) for h in base.context.hypotheses):
        return Undecided("the base still mentions the variable of the induction")
    if not same(context, base.statement, at(statement, variable, start)):
        return Refuted(reason="the base is not the statement at the start of the induction")
    if not same(context, step.statement, at(statement, variable, variable + 1)):
        return Refuted(reason="the step does not end in the statement for the next value")
    extra = [h for h in step.context.hypotheses if h not in context.hypotheses]
    if any(h != statement.formula for h in extra):
        return Undecided("the step assumes more than the statement for the value before")
    if not context.assume(statement.formula).extends(step.context):
        return Undecided("the step was proved under definitions or kinds that are not in force here")
    gap = _not_from(context, step.context, statement, variable, start)
    return Undecided(gap) if gap else Accepted(proved(f"induction on {variable.text}"))


LEAST: Final = {Domain.NATURAL: 1, Domain.WHOLE: 0}


def _not_from(context: Context, of_step: Context, statement: Statement, variable: Name, start: Term) -> str:
    """Why the induction does not reach all values of the variable; empty if it does."""
    kind = context.kind(variable)
    if not isinstance(kind, Scalar) or not kind.domain.discrete:
        return f"the context does not say that {variable.text} is a whole number"
    apart = replace(context, hypotheses=tuple(h for h in context.hypotheses if variable not in free_names(h)))
    bounds = [b for h in context.hypotheses if (b := _lower_bound(h, variable)) is not None]
    if not _at_least(context, variable, start) and not any(_at_least(apart, bound, start) for bound in bounds):
        return f"the context does not say that {variable.text} is at least {_written(start)}, where the induction starts"
    least = LEAST.get(kind.domain)
    if least is not None and not _at_least(apart, start, Num(str(least))):
        return f"the step is shown for {variable.text} from {least} on only, and the induction starts at {_written(start)}"
    for hypothesis in of_step.hypotheses:
        if variable not in free_names(hypothesis) or hypothesis == statement.formula:
            continue
        bound = _lower_bound(hypothesis, variable)
        if bound is None or not _at_least(apart, start, bound):
            return f"the step assumes something of {variable.text} that does not hold for all values from {_written(start)} on"
    return ""


def _lower_bound(hypothesis: Term, variable: Name) -> Term | None:
    """The b of a hypothesis ``n >= b`` (or ``n > b - 1`` for a whole b), else None."""
    match hypothesis:
        case Relation((left, right), (">=",)) | Relation((right, left), ("<=",)) if left == variable and variable not in free_names(right):
            return right
        case Relation((left, Num(digits)), (">",)) | Relation((Num(digits), left), ("<",)) if left == variable and digits.isdecimal():
            return Num(str(int(digits) + 1))
        case _:
            return None


def _at_least(context: Context, value: Term, bound: Term) -> bool:
    algebra = Algebra(context)
    difference = algebra.poly(value) - algebra.poly(bound)
    return algebra.zero(difference) or algebra.sign(difference) in ("+", "0+")


def _written(start: Term) -> str:
    return start.digits if isinstance(start, Num) else "its start"


def by_induction(
    title: str,
    context: Context,
    goal: Statement,
    variable: Name,
    base: Theorem,
    step: Theorem,
    start: Term = Num("0"),  # noqa: B008
) -> Theorem:
    """The theorem that follows from a proved base and a proved step. Raises NotProved."""
    rule = induction_on(variable, start)
    return verify(Derivation(title, context, goal, (Step(goal, rule, "induction", (base, step)),), (base, step)))


__all__ = ["at", "by_induction", "equation", "induction_on", "same"]
