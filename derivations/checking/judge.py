"""Judging one step that somebody wrote: refute it cheaply, prove it, try it at many values, or say that nobody knows."""

from __future__ import annotations

from dataclasses import replace

from derivations.checking.consequences import proportional
from derivations.checking.provers import prove
from derivations.checking.trial import transposed, tried, tried_at_equal_sizes, understood, unspecified, with_probabilities
from derivations.kernel.statement import Premise, Rel, Statement
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided, Verdict
from derivations.language.context import Context
from derivations.language.structure import free_names
from derivations.language.work import OutOfWork, within
from derivations.rules.refute import Agreement

STEP = 400_000
"""What one step may cost in all; then it is undecided. The parts of it have bounds of their own, so that none takes the others' share."""
QUICK_POINTS = 4
QUICK = 100_000
PROOF = 100_000
THOROUGH_POINTS = 24
THOROUGH = 150_000
UNSATISFIED = "no values were found that satisfy the hypotheses"
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
) -> Verdict:
    """Whether a step follows under its context.

    ``earlier``: statements of the document that were accepted before and may be used as equations. ``premise``: the equation or inequality that this one
    must follow from. An equality is judged wherever both sides are defined. What it costs is bounded, also by the budget in force.
    """
    try:
        with within(STEP):
            return _judged(statement, context, earlier, premise)
    except OutOfWork:
        return Undecided("the work that a step may cost did not suffice")


def _judged(statement: Statement, context: Context, earlier: tuple[Statement, ...], premise: Statement | None) -> Verdict:
    if premise is not None:
        return _after(statement, context, earlier, premise)
    if statement.relation is Rel.PROP:
        return _proportional(statement, context, earlier)
    statement, context = understood(statement, context)
    verdict = _decided(statement, context, earlier)
    return _second_thoughts(statement, context, earlier, verdict) if isinstance(verdict, Refuted) else verdict


def decide_judged(statement: Statement, context: Context, premises: tuple[Premise, ...], premise: Statement | None) -> Verdict:
    """The kernel's rule "judged": a step of somebody's document. ``premises``: theorems proved before it and hypotheses, used as equations."""
    used = [p for p in premises if not isinstance(p, Theorem) or context.extends(p.context)]
    return judge(statement, context, earlier=tuple(p.statement if isinstance(p, Theorem) else p for p in used), premise=premise)


def _decided(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> Verdict:
    """A few values, then the proofs, then many values."""
    quick = tried(statement, context, QUICK_POINTS, 0, QUICK)
    if isinstance(quick, Refuted):
        return quick
    found = _proof(statement, context, earlier)
    if isinstance(found, Evidence) and isinstance(quick, Undecided) and quick.reason.startswith(UNSATISFIED):
        found = _proof(statement, replace(context, hypotheses=()), ())  # hypotheses that exclude each other prove anything
        if not isinstance(found, Evidence):
            return Undecided(f"{quick.reason}; a proof from hypotheses that may exclude each other proves nothing")
    if isinstance(found, Evidence):
        return Accepted(found)
    if isinstance(found, Refuted):
        return found
    if isinstance(quick, Undecided):
        equal = tried_at_equal_sizes(statement, context, QUICK_POINTS, QUICK)
        if isinstance(equal, Refuted):
            return equal
    thorough = tried(statement, context, THOROUGH_POINTS, 1, THOROUGH)
    match thorough:
        case Refuted():
            return thorough
        case Agreement(generic=points) if points < MIN_POINTS and _has_names(statement):
            return Undecided(f"{found.reason}; it held at the {points} point(s) where both sides are defined, which is too few to say anything")
        case Agreement(points, digits) if digits >= MIN_DIGITS:
            return Accepted(Evidence(Strength.SAMPLED, f"values, {digits} digits", points))
        case Undecided(reason):
            return Undecided(f"{found.reason}; {reason}")
        case _:
            return found


def _proof(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> Evidence | Undecided | Refuted:
    with within(PROOF):
        return prove(statement, context, earlier)


LAYOUT = "it holds transposed: whether it holds depends on the layout of derivatives by a vector, which the text does not say"
PROBABILITIES = "the families called p and q are probabilities"


def _second_thoughts(statement: Statement, context: Context, earlier: tuple[Statement, ...], verdict: Refuted) -> Verdict:
    """Whether a refutation rests on what people leave unsaid: the layout of a derivative, or that p_i and q_i are probabilities."""
    other = transposed(statement, context)
    if other is not None and isinstance(tried(other, context, QUICK_POINTS, 0, QUICK), Agreement):
        return Undecided(LAYOUT)
    charitable = with_probabilities(statement, context)
    if charitable is None:
        return verdict
    match _decided(statement, charitable, earlier):
        case Refuted():
            return verdict
        case Accepted(evidence):
            return Accepted(replace(evidence, assuming=(PROBABILITIES, *evidence.assuming)))
        case Undecided(reason):
            return Undecided(f"it does not hold for all numbers; where {PROBABILITIES}: {reason}")


def _has_names(statement: Statement) -> bool:
    return bool(free_names(statement.lhs) | free_names(statement.rhs))


def _after(statement: Statement, context: Context, earlier: tuple[Statement, ...], premise: Statement) -> Verdict:
    """A row below another one: it may hold by itself, or follow from the row before."""
    alone = judge(statement, context, earlier=earlier)
    if isinstance(alone, Accepted) or (isinstance(alone, Undecided) and alone.reason == LAYOUT):
        return alone
    follows = judge(Statement(premise.formula, Rel.IMPLIES, statement.formula), context, earlier=earlier)
    if isinstance(follows, Undecided) and isinstance(alone, Undecided):
        return Undecided(f"{alone.reason}; as a consequence of the row before: {follows.reason}")
    return follows


def _proportional(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> Verdict:
    found = proportional(statement, context)
    if found is None:
        return Undecided("the variable of a proportionality cannot be told")
    equation, variable, other = found
    kind = context.kind(variable)
    verdict = judge(equation, context if kind is None else context.declare(kind, other), earlier=earlier)
    if isinstance(verdict, Refuted) and unspecified(Statement(statement.lhs, Rel.EQ, statement.rhs), context):
        return Undecided("it says what a density is proportional to of which the text says nothing else")
    return verdict
