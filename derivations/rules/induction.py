"""Induction over the whole numbers.

    context |- P(a)        context, n >= a, P(n) |- P(n+1)
    -------------------------------------------------------  (induction on n from a)
                 context, n >= a |- P(n)

Both premises are theorems, made by the kernel. The step's context may assume P(n) and nothing else that the conclusion's context does not.
"""

from __future__ import annotations

from derivations.kernel.statement import Derivation, Premise, Rule, Statement, Step, equation
from derivations.kernel.theorem import Theorem, verify
from derivations.kernel.verdict import Accepted, Refuted, Undecided, Verdict, proved
from derivations.language.context import Context
from derivations.language.structure import free_names, substitute
from derivations.language.term import Name, Num, Term
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

    def decide(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
        if len(premises) != 2 or not all(isinstance(p, Theorem) for p in premises):
            return Undecided("induction needs two theorems: the base and the step")
        base, step = (p for p in premises if isinstance(p, Theorem))
        counter = refute(statement, context, count=4)
        if isinstance(counter, Refuted):
            return counter
        if not context.extends(base.context):
            return Undecided("the base was proved under assumptions that are not made here")
        if variable in free_names(base.statement.lhs) | free_names(base.statement.rhs) or any(
            variable in free_names(h) for h in base.context.hypotheses
        ):
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
        return Accepted(proved(f"induction on {variable.text}"))

    return Rule(f"induction on {variable.text} from {start.digits if isinstance(start, Num) else 'a start'}", "induction", decide, (variable, start))


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
