"""Cheap refutation: look for values at which a statement fails before anybody tries to prove it.

Figure: from values v that satisfy the context, with ``lhs[v]`` and ``rhs[v]`` defined and not in the relation, conclude that the statement
does not follow. Side condition: the failure persists at a second precision. A statement is judged only where both sides are defined.

True example: ``sqrt(x^2) = |x|`` agrees. False neighbour: ``sqrt(x^2) = x`` is refuted at x = -1. Not refuted is not proved: agreement on
samples is ``sampled`` evidence at most, and the caller says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Counterexample, Refuted, Undecided
from derivations.language.context import Context
from derivations.language.errors import DeriveError, MeaningError, ShapeError
from derivations.language.model.compare import Comparison, Outcome, compare, nonzero_summand, one_side_defined, shown, unstated_dependence
from derivations.language.model.isolate import either_sign
from derivations.language.model.rounding import rounding_of
from derivations.language.model.sampling import models, setting_of
from derivations.language.model.special import KINDS
from derivations.language.model.values import CannotSample, Undefined
from derivations.language.model.world import Model
from derivations.language.record import record
from derivations.language.structure import unbracketed
from derivations.language.term import Add, Logic, Num, Relation, Sign, Term
from derivations.language.work import OutOfWork, within

DIGITS = 30
CONFIRM = 60
TICKS = 500_000
"""What a trial may cost."""
_SPECIAL_TICKS = 100_000
"""What the boundaries may cost of it."""
_LABORIOUS = 400
GENERIC_TOO = "negative"
"""The special kind whose values are no boundaries: where only one side has a value at them, the statement is not about all values."""


@record
class Agreement:
    """Both sides were defined and in the relation at ``points`` models.

    ``digits``: how many digits the comparison had at least (30 unless an integral, an infinite sum or a limit was involved). ``error``: the
    greatest relative difference seen, for an equality. ``one_sided``: at how many further points only one side was defined.
    ``generic``: how many of the points have values of no special kind (the others are boundaries: zeros, equal values, singular matrices).
    ``nonzero``: at how many of the generic points something other than 0 was compared with 0; where that is none, agreement shows nothing.
    ``apart``: at how many further points the sides of an equation differ, without it being shown how well they are computed.
    """

    points: int
    digits: int
    error: float
    one_sided: int = 0
    generic: int = 0
    nonzero: int = 0
    apart: int = 0


Trial: TypeAlias = Agreement | Refuted | Undecided


@record
class _Points:
    """At which values a statement is tried: how many generic ones, drawn from which seed, and whether at the boundaries of its context as well."""

    count: int
    seed: int
    boundaries: bool = True


def refute(statement: Statement, context: Context, *, count: int = 12, seed: int = 0, ticks: int = TICKS, boundaries: bool = True) -> Trial:
    """Try a statement at up to ``count`` models of its context, and at the boundaries of it if so wished, with at most ``ticks`` of work.

    Returns ``Refuted`` with a confirmed counterexample (or with ``reason`` for sizes that do not fit), ``Agreement`` if it held wherever it
    was defined (at one point at least), else ``Undecided`` with the reason. Never raises for a statement that cannot be evaluated.
    """
    try:
        with within(ticks):
            return _tried(statement, context, _Points(count, seed, boundaries))
    except ShapeError as trouble:
        return Refuted(reason=f"the shapes do not fit: {trouble}")
    except CannotSample as trouble:
        return Undecided(str(trouble))
    except DeriveError as trouble:
        return Undecided(f"cannot be evaluated: {trouble}")
    except OutOfWork:
        return Undecided("the work that a trial may cost did not suffice to evaluate it")
    except RecursionError:
        return Undecided("nested too deeply to be evaluated")
    except (TypeError, AttributeError, OverflowError) as trouble:  # values of kinds that no operation foresaw: documents hold any nonsense
        return Undecided(f"cannot be evaluated: {trouble}")


def _tried(statement: Statement, context: Context, points: _Points) -> Trial:
    if statement.relation in (Rel.IFF, Rel.IMPLIES):
        return _implication(statement, context, points)
    either = either_sign(statement.formula) if statement.relation is Rel.EQ else None
    if either is not None:
        return _over_models(Statement(either, Rel.EQ, _TRUE), context, points)
    if statement.relation in (Rel.SIM, Rel.PROP):
        return Undecided(f"the relation {statement.relation.value!r} is not judged on samples")
    if statement.relation is Rel.APPROX and rounding_of(statement.lhs, statement.rhs) is None:
        return Undecided("an approximation without a decimal number says how close nowhere")
    try:
        found = _over_models(statement, context, points)
    except MeaningError:
        if not isinstance(rest := _of_the_rest(statement, context, points), Refuted):
            raise
        return rest
    if isinstance(found, Undecided) and isinstance(rest := _of_the_rest(statement, context, points), Refuted):
        return rest
    return found


def _of_the_rest(statement: Statement, context: Context, points: _Points) -> Trial | None:
    """A statement that cannot be evaluated, without the summands that both of its sides have: it fails where the rest does, and no more is known."""
    left, right = _signed(statement.lhs), _signed(statement.rhs)
    for part in list(left):
        if part in right and statement.relation is not Rel.APPROX:
            left.remove(part)
            right.remove(part)
    if len(left) == len(_signed(statement.lhs)):
        return None
    sides = [Add(tuple(parts)) if parts else Num("0") for parts in (left, right)]
    return _over_models(Statement(sides[0], statement.relation, sides[1]), context, points)


def _signed(side: Term) -> list[tuple[Sign, Term]]:
    side = unbracketed(side)
    return list(side.parts) if isinstance(side, Add) else [("+", side)]


_APART: Final = 1e-6
"""Sides whose values differ by more than this part of them, though nothing shows how good the values are."""


class _Tally:
    """What the points of one statement gave so far."""

    def __init__(self) -> None:
        self.points = 0
        self.digits = float(DIGITS)
        self.error = 0.0
        self.why_not = ""
        self.one_sided = 0
        self.generic = 0
        self.nonzero = 0
        self.apart = 0
        self.work = 0

    def enough(self, count: int) -> bool:
        """Fewer points where each is laborious (counted in loop turns, not in seconds, so that the answer is always the same)."""
        wanted = count if self.work < _LABORIOUS else max(5, count // 2) if self.work < 3 * _LABORIOUS else max(3, count // 4)
        return self.points >= wanted

    def boundaries(self, count: int) -> int:
        """At how many boundaries to try: at each kind once, and where that is cheap and many points are wanted, twice."""
        return len(KINDS) if self.work >= _LABORIOUS else max(len(KINDS), min(count, 2 * len(KINDS)))

    def add(self, result: Comparison, generic: bool) -> None:
        self.points += 1
        self.generic += generic
        self.nonzero += generic and result.nonzero
        self.work += result.work
        self.digits = min(self.digits, result.digits)
        self.error = max(self.error, result.error)

    def verdict(self) -> Agreement | Undecided:
        if not self.points:
            return Undecided(f"at no point tried were both sides defined ({self.why_not or 'no model'})")
        return Agreement(self.points, int(self.digits), self.error, self.one_sided, self.generic, self.nonzero, self.apart)


def _over_models(statement: Statement, context: Context, points: _Points) -> Trial:
    tally = _Tally()
    setting = setting_of(context)
    constant = not any(s in setting.kinds or s in setting.size_names for t in (statement.lhs, statement.rhs) for s in setting.reach(t))
    try:
        for tried, model in enumerate(models(context, (statement.lhs, statement.rhs), 3 * points.count, points.seed), 1):
            found = _at(statement.lhs, statement.relation, statement.rhs, model, tally)
            if found is not None:
                return found
            if tally.enough(points.count) or (constant and tally.points) or (tried >= 2 * points.count and not tally.points):
                break
    except OutOfWork:
        if not tally.points:
            raise
        return tally.verdict()
    if points.boundaries and not constant:
        special = models(context, (statement.lhs, statement.rhs), tally.boundaries(points.count), points.seed, special=True)
        found = _at_special(special, lambda model: _at(statement.lhs, statement.relation, statement.rhs, model, tally))
        if found is not None:
            return found
    return tally.verdict()


def _at_special(special: Iterator[Model], judged: Callable[[Model], Refuted | None]) -> Refuted | None:
    """What the boundaries of the context say. Where nothing can be evaluated they say nothing: what generic points showed stands."""
    try:
        with within(_SPECIAL_TICKS):
            for model in special:
                try:
                    found = judged(model)
                except DeriveError:
                    continue
                if found is not None:
                    return found
    except (DeriveError, OutOfWork, RecursionError, TypeError, AttributeError, OverflowError):
        pass
    return None


def _at(
    lhs: Term, relation: Rel, rhs: Term, model: Model, tally: _Tally, beside: tuple[Term, ...] = ()
) -> Refuted | None:
    """Judge a statement in one model: Refuted, or None with the tally kept. ``beside``: other terms whose names a counterexample shows."""
    try:
        result = compare(lhs, relation.value, rhs, model, DIGITS, CONFIRM)
    except Undefined as trouble:
        if model.kind and model.kind != GENERIC_TOO:
            return None
        tally.why_not = str(trouble)
        tally.one_sided += one_side_defined(lhs, rhs, model, DIGITS)
        return None
    match result.outcome:
        case Outcome.HOLDS:
            if not result.nonzero and not tally.nonzero and not model.kind and nonzero_summand(lhs, rhs, model, DIGITS):
                result = replace(result, nonzero=True)
            tally.add(result, generic=not model.kind)
        case Outcome.FAILS:
            at = shown(model, (lhs, rhs, *beside))
            note = "the random variables are not stated to be independent" if unstated_dependence(model, lhs, rhs) else ""
            return Refuted(Counterexample(at, result.left, result.right, int(result.digits)), note)
        case Outcome.UNCLEAR:
            tally.apart += relation is Rel.EQ and not model.kind and result.error > _APART
            tally.why_not = tally.why_not or "the two sides are too close to tell at the precision reached"
    return None


# Implications -----------------------------------------------------------------------------------------------------------------


def _implication(statement: Statement, context: Context, points: _Points) -> Trial:
    """Models of the premise are looked for (its equations are solved), and the conclusion is judged in them."""
    tally = _Tally()
    directions = [(statement.lhs, statement.rhs)]
    if statement.relation is Rel.IFF:
        directions.append((statement.rhs, statement.lhs))
    for premise, conclusion in directions:
        before = tally.points
        tally.why_not = ""
        try:
            found = _one_way(premise, conclusion, context, points, tally)
        except CannotSample as trouble:
            return Undecided(f"no values were found at which the premise holds: {trouble}")
        if found is not None:
            return found
        if tally.points == before:
            return Undecided(f"at no point tried was the premise true and the conclusion defined ({tally.why_not or 'no model'})")
    return tally.verdict()


def _one_way(
    premise: Term, conclusion: Term, context: Context, points: _Points, tally: _Tally
) -> Refuted | None:
    assumed = context.assume(premise)
    start = tally.points
    for search in (False, True):
        if search and tally.points > start and not points.boundaries:
            break  # a first look; what else solves the premise is looked for where no proof is found
        try:
            wanted = max(2, points.count // 2) if search and tally.points > start else points.count
            for model in models(assumed, (premise, conclusion), wanted, points.seed + search, search=search):
                found = _judged(conclusion, model, tally, (premise, conclusion))
                if found is not None:
                    return found
        except CannotSample:
            if search and tally.points == start:
                raise
    if not points.boundaries:
        return None
    special = models(assumed, (premise, conclusion), tally.boundaries(points.count), points.seed, special=True)
    return _at_special(special, lambda model: _judged(conclusion, model, tally, (premise, conclusion)))


def _judged(conclusion: Term, model: Model, tally: _Tally, beside: tuple[Term, ...]) -> Refuted | None:
    match conclusion:
        case Relation(items, signs) if all(sign in _JUDGED for sign in signs):
            either = either_sign(conclusion)
            if either is not None:
                return _judged(either, model, tally, beside)
            for left, sign, right in zip(items, signs, items[1:], strict=False):
                found = _at(left, Rel(sign), right, model, tally, beside)
                if found is not None:
                    return found
            return None
        case Logic("and", items):
            for item in items:
                found = _judged(item, model, tally, beside)
                if found is not None:
                    return found
            return None
        case _:
            return _at(conclusion, Rel.EQ, _TRUE, model, tally, beside)


_JUDGED = {r.value for r in (Rel.EQ, Rel.LE, Rel.LT, Rel.GE, Rel.GT, Rel.NE)}
_TRUE = Logic("and", ())
