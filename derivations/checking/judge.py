"""Judging one step that somebody wrote: refute it cheaply, prove it, try it at many values, or say that nobody knows."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from derivations.checking.consequences import proportional
from derivations.checking.provers import prove
from derivations.checking.trial import transposed, tried, tried_at_equal_sizes, understood, with_probabilities
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided, Verdict
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.structure import free_names, substitute
from derivations.language.term import Name
from derivations.rules.refute import Agreement

BUDGET_SECONDS = 2.0
QUICK_POINTS = 4
QUICK_SECONDS = 0.5
THOROUGH_POINTS = 24
MIN_DIGITS = 8
"""Agreement to fewer digits than this is no evidence."""
MIN_POINTS = 5
"""Agreement at fewer points than this is no evidence either, unless there is nothing to vary."""


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
    if premise is not None:
        return _after(statement, context, earlier, premise, budget_seconds)
    deadline = monotonic() + budget_seconds
    if statement.relation is Rel.PROP:
        return _proportional(statement, context, earlier, budget_seconds)
    statement, context = understood(statement, context)
    quick = tried(statement, context, QUICK_POINTS, 0, min(QUICK_SECONDS, budget_seconds / 2))
    taken: tuple[str, ...] = ()
    if isinstance(quick, Refuted) and (other := transposed(statement, context)) is not None:
        if isinstance(tried(other, context, QUICK_POINTS, 0, QUICK_SECONDS), Agreement):
            return Undecided("it holds transposed: whether it holds depends on the layout of derivatives by a vector, which the text does not say")
    if isinstance(quick, Refuted):
        charitable = with_probabilities(statement, context)
        again = None if charitable is None else tried(statement, charitable, QUICK_POINTS, 0, min(QUICK_SECONDS, budget_seconds / 2))
        if charitable is None or isinstance(again, Refuted):
            return quick
        if not isinstance(again, Agreement):
            return Undecided("it does not hold for all numbers called p and q, and whether it holds for probabilities was not found out")
        context, quick, taken = charitable, again, ("the families called p and q are probabilities",)
    try:
        found = prove(statement, context, earlier, deadline)
    except DeriveError as error:
        found = Undecided(str(error))
    if isinstance(found, Evidence):
        return Accepted(replace(found, assuming=(*taken, *found.assuming)))
    if isinstance(found, Refuted):
        return found
    if isinstance(quick, Undecided):
        equal = tried_at_equal_sizes(statement, context, QUICK_POINTS, max(0.1, min(QUICK_SECONDS, deadline - monotonic())))
        if isinstance(equal, Refuted):
            return equal
    thorough = tried(statement, context, THOROUGH_POINTS, 1, max(0.3, deadline - monotonic()))
    match thorough:
        case Refuted():
            return thorough
        case Agreement(points, digits, _) if points < MIN_POINTS and _has_names(statement):
            return Undecided(f"{found.reason}; it held at the {points} point(s) where both sides are defined, which is too few to say anything")
        case Agreement(points, digits, _) if digits >= MIN_DIGITS:
            return Accepted(Evidence(Strength.SAMPLED, f"values, {digits} digits", points, taken))
        case Undecided(reason):
            return Undecided(f"{found.reason}; {reason}")
        case _:
            return found


def _has_names(statement: Statement) -> bool:
    return bool(free_names(statement.lhs) | free_names(statement.rhs))


def _after(statement: Statement, context: Context, earlier: tuple[Statement, ...], premise: Statement, budget_seconds: float) -> Verdict:
    """A row below another one: it may hold by itself, or follow from the row before."""
    alone = judge(statement, context, earlier=earlier, budget_seconds=budget_seconds / 2)
    if isinstance(alone, Accepted):
        return alone
    follows = judge(Statement(premise.formula, Rel.IMPLIES, statement.formula), context, earlier=earlier, budget_seconds=budget_seconds / 2)
    if isinstance(follows, Undecided) and isinstance(alone, Undecided):
        return Undecided(f"{alone.reason}; as a consequence of the row before: {follows.reason}")
    return follows


def _proportional(statement: Statement, context: Context, earlier: tuple[Statement, ...], budget_seconds: float) -> Verdict:
    found = proportional(statement, context)
    if found is None:
        return Undecided("the variable of a proportionality cannot be told")
    equation, other = found
    kind = next((context.kind(n) for n in free_names(statement.lhs) if equation.rhs != statement.rhs and _renamed(n, other, statement, equation)), None)
    return judge(equation, context if kind is None else context.declare(kind, other), earlier=earlier, budget_seconds=budget_seconds)


def _renamed(name: Name, other: Name, statement: Statement, equation: Statement) -> bool:
    return substitute(statement.rhs, {name: other}) != statement.rhs and other in free_names(equation.lhs)
