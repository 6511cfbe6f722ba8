"""Judging one step that somebody wrote: refute it cheaply, prove it, try it at many values, or say that nobody knows."""

from __future__ import annotations

from time import monotonic

from derivations.checking.provers import prove
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided, Verdict
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.rules.refute import Agreement, refute

BUDGET_SECONDS = 2.0
QUICK_POINTS = 4
THOROUGH_POINTS = 24


def judge(
    statement: Statement,
    context: Context,
    *,
    earlier: tuple[Statement, ...] = (),
    premise: Statement | None = None,
    budget_seconds: float = BUDGET_SECONDS,
) -> Verdict:
    """Whether a step follows under its context.

    ``earlier``: statements of the document that were accepted before and may be used as equations. ``premise``: the equation or inequality that this one
    must follow from. An equality is judged wherever both sides are defined.
    """
    deadline = monotonic() + budget_seconds
    if premise is not None:
        statement = Statement(premise.formula, Rel.IMPLIES, statement.formula)
    quick = refute(statement, context, count=QUICK_POINTS, budget_seconds=budget_seconds / 2)
    if isinstance(quick, Refuted):
        return quick
    try:
        found = prove(statement, context, earlier, deadline)
    except DeriveError as error:
        found = Undecided(str(error))
    if isinstance(found, Evidence):
        return Accepted(found)
    if isinstance(found, Refuted):
        return found
    if isinstance(quick, Undecided):
        return Undecided(f"{found.reason}; {quick.reason}")
    thorough = refute(statement, context, count=THOROUGH_POINTS, seed=1, budget_seconds=max(0.3, deadline - monotonic()))
    match thorough:
        case Refuted():
            return thorough
        case Agreement(points, digits, _) if digits >= 8:
            return Accepted(Evidence(Strength.SAMPLED, f"values, {digits} digits", points))
        case _:
            return found
