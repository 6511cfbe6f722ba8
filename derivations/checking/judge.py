"""Judging one step that somebody wrote: refute it cheaply, prove it, try it at many values, or say that nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeAlias

from derivations.checking.acceptance import admitted
from derivations.checking.consequences import proportional
from derivations.checking.opaque import opaque
from derivations.checking.provers import prove
from derivations.checking.trial import transposed, tried, tried_at_equal_sizes, understood, unspecified, with_probabilities
from derivations.checking.values_at import by_values, functions_of_vectors
from derivations.kernel.statement import Premise, Rel, Statement
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided, Verdict, proved, weakest
from derivations.language.context import Context, spelled
from derivations.language.errors import DeriveError
from derivations.language.model.known import known_function
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Name, Relation
from derivations.language.work import OutOfWork, within
from derivations.reading.nearby import averaged
from derivations.rules.entropies import Entropies, Tried, entropies, follows, on_bits
from derivations.rules.refute import Agreement, Trial, refute

STEP = 400_000
"""What one step may cost in all; then it is undecided. The parts of it have bounds of their own, so that none takes the others' share."""
QUICK_POINTS = 4
QUICK = 100_000
LESS = 40_000
PROOF = 100_000
THOROUGH_POINTS = 24
THOROUGH = 150_000
NO_VALUES: Final = "no values were found"
WITHOUT_VALUES: Final = (NO_VALUES, "cannot be evaluated")
UNCONNECTED: Final = "no definition connects"
"""In why a derivative cannot be worked out."""
UNSATISFIED = f"{NO_VALUES} that satisfy the hypotheses"
Weaker: TypeAlias = "tuple[tuple[Statement, Evidence | None], ...]"
NOT_BY_VALUES: Final = "it depends on more of {} than on its values and its gradients where it is used; what is the function?"
GIVEN: Final = proved("given")
RESTS: Final = "it follows only from steps before it that are undecided"
FOLLOWS: Final = "it follows from the row before, which is not accepted itself"
NEAREST: Final = 4
"""So many of the statements before a step are put in as facts where its witnesses have to satisfy them."""
MIN_DIGITS = 8
"""Agreement to fewer digits than this is no evidence."""
MIN_POINTS = 5
"""Agreement at fewer points than this is no evidence either, unless there is nothing to vary."""


def judge(
    statement: Statement,
    context: Context,
    *,
    earlier: tuple[Statement, ...] = (),
    weaker: Weaker = (),
    premise: Statement | None = None,
    premise_known: Evidence | None = GIVEN,
) -> Verdict:
    """Whether a step follows under its context.

    ``earlier``: statements of the document that were proved before (or given) and may be used as equations; ``weaker``: those that were sampled (with
    their evidence) or are undecided (None): what needs them is no stronger. ``premise``: the equation or inequality that this one must follow from, with
    how it is known itself (None: it is not). An equality is judged wherever both sides are defined. What it costs is bounded, also by the budget in force.
    """
    try:
        with within(STEP):
            return _judged(statement, context, _Before(earlier, weaker), premise, premise_known)
    except OutOfWork:
        return Undecided("the work that a step may cost did not suffice")


@record
class _Before:
    """The statements before a step: those that may be used freely, and those that make what uses them no stronger than they are."""

    earlier: tuple[Statement, ...] = ()
    weaker: Weaker = ()


def _judged(statement: Statement, context: Context, before: _Before, premise: Statement | None, premise_known: Evidence | None) -> Verdict:
    if premise is not None:
        return _after(statement, context, before, premise, premise_known)
    if statement.relation is Rel.PROP:
        return _proportional(statement, context, before)
    statement, context = understood(statement, context)
    functions = functions_of_vectors(statement, context)
    verdict = _by_values(functions, statement, context, before) if functions else _decided(statement, context, before)
    return _second_thoughts(statement, context, before, verdict) if isinstance(verdict, Refuted) else verdict


def _by_values(functions: frozenset[Name], statement: Statement, context: Context, before: _Before) -> Verdict:
    """What holds for any values of functions of vectors. It is refuted where it fails for a function, too: one that is applied to each entry."""
    found = by_values(functions, statement, context)
    if found is None:
        return Undecided(NOT_BY_VALUES.format(spelled(min(functions, key=repr))))
    claim, world, likewise = found
    verdict = _decided(claim, world, _Before(tuple(map(likewise, before.earlier)), tuple((likewise(s), known) for s, known in before.weaker)))
    if isinstance(verdict, Refuted) and not isinstance(_decided(statement, context, before), Refuted):
        return Undecided(NOT_BY_VALUES.format(spelled(min(functions, key=repr))))
    return verdict


@record
class Leaning:
    """What a step of a document leans on besides its context. ``context``: what the document says; the statements before the step are not part of it."""

    context: Context
    weaker: Weaker = ()
    premise: Statement | None = None
    premise_known: Evidence | None = GIVEN


def decide_judged(statement: Statement, context: Context, premises: tuple[Premise, ...], leaning: Leaning | None) -> Verdict:
    """The kernel's rule "judged": a step of somebody's document. ``premises``: theorems proved before it, and hypotheses, used as equations.

    The statements before a step are hypotheses of its theorem. They are used as equations, and are nothing that values must satisfy.
    """
    if leaning is None:
        used = [p for p in premises if not isinstance(p, Theorem) or context.extends(p.context)]
        earlier = tuple(p.statement if isinstance(p, Theorem) else p for p in used)
        return _at_first_sight(statement, context, earlier) or judge(statement, context, earlier=earlier)
    weaker = dict(leaning.weaker)
    before = tuple(p for p in premises if isinstance(p, Statement) and p not in weaker and p != leaning.premise)
    if not context.extends(leaning.context) or not all(s.formula in context.hypotheses for s, known in leaning.weaker if known is not None):
        return Undecided("the step leans on what its context does not assume")
    return judge(statement, leaning.context, earlier=before, weaker=leaning.weaker, premise=leaning.premise, premise_known=leaning.premise_known)


def _at_first_sight(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> Accepted | None:
    """An equation that is proved and has a witness at the first generic point, None for anything else. Of what a topic derives nobody meant something else,
    and more points are tried only where this does not decide."""
    if statement.relation is not Rel.EQ:
        return None
    try:
        with within(STEP):
            claim, world = understood(statement, context)
            if functions_of_vectors(claim, world):
                return None
            witnessed = refute(claim, world, count=1, ticks=QUICK, boundaries=False)
            if not (isinstance(witnessed, Agreement) and witnessed.generic and witnessed.nonzero):
                return None
            found = _proof(claim, world, earlier)
            verdict = admitted(found, claim, world, witnessed) if isinstance(found, Evidence) else None
    except (DeriveError, OutOfWork):
        return None
    return verdict if isinstance(verdict, Accepted) else None


def _decided(statement: Statement, context: Context, before: _Before) -> Verdict:
    """A few values, then the proofs, then many values."""
    if (problem := entropies(statement, context, before.earlier)) is not None:
        return _about_entropies(problem, statement, context)
    quick = tried(statement, context, QUICK_POINTS, 0, QUICK)
    if isinstance(quick, Refuted):
        return quick
    found = _proof_from(statement, context, before)
    if isinstance(found, Refuted):
        return found
    if isinstance(found, Evidence) and isinstance(quick, Undecided) and context.hypotheses:
        bare = replace(context, hypotheses=())  # hypotheses that exclude each other prove anything; a proof that needs none has its witnesses without them
        alone = _proof(statement, bare, ())
        if isinstance(alone, Evidence):
            found, context, quick = alone, bare, tried(statement, bare, QUICK_POINTS, 0, QUICK)
        elif quick.reason.startswith(UNSATISFIED):
            return Undecided(f"{quick.reason}; a proof from hypotheses that may exclude each other proves nothing")
    if isinstance(found, Undecided) and UNCONNECTED in found.reason and isinstance(whatever := _with_unknowns(statement, context, before), Accepted):
        return whatever
    if isinstance(quick, Undecided) and quick.reason.startswith(WITHOUT_VALUES) and isinstance(less := _under_less(statement, context, before), Accepted):
        return less
    if isinstance(found, Evidence) and isinstance(quick, Undecided) and statement.relation is Rel.IFF:
        quick = _defined(statement, context, quick)
    untried = quick
    if isinstance(quick, Undecided):
        quick = tried_at_equal_sizes(statement, context, QUICK_POINTS, QUICK)
    if isinstance(found, Evidence) and isinstance(quick, Agreement):
        return admitted(found, statement, context, quick)
    if isinstance(quick, Refuted):
        return quick
    if isinstance(untried, Undecided) and untried.reason.startswith(NO_VALUES):
        thorough: Trial = untried  # looking for them once more, for more points, finds none either
    else:
        thorough = tried(statement, context, THOROUGH_POINTS, 1, THOROUGH)
    if isinstance(thorough, Refuted):
        return thorough
    if isinstance(found, Evidence):
        return admitted(found, statement, context, thorough) if isinstance(thorough, Agreement) else _whatever(found, statement, context, before, thorough)
    match thorough:
        case Agreement(points, generic=generic) if min(points, generic) < MIN_POINTS and _has_names(statement, context):
            return Undecided(f"{found.reason}; it held at the {generic} point(s) where both sides are defined, which is too few to say anything")
        case Agreement(points, digits) if digits >= MIN_DIGITS:
            return admitted(Evidence(Strength.SAMPLED, f"values, {digits} digits", points), statement, context, thorough)
        case Undecided(reason):
            return Undecided(f"{found.reason}; {reason}")
        case _:
            return found


def _about_entropies(problem: Entropies, statement: Statement, context: Context) -> Verdict:
    """A linear statement about the entropies of variables of which no law is told: a proof, or a counterexample among sums of bits."""
    with within(PROOF):
        found = follows(problem)
    witnessed = on_bits(problem)
    if isinstance(found, Evidence) and isinstance(witnessed, Tried):
        return admitted(found, statement, context, Agreement(witnessed.points, 60, 0.0, generic=witnessed.points, nonzero=witnessed.nonzero))
    if isinstance(witnessed, Refuted) and found is None and not problem.more:
        return witnessed
    return Undecided("it does not follow from the inequalities of Shannon and from what is told of the variables")


def _with_unknowns(statement: Statement, context: Context, before: _Before) -> Verdict | None:
    """The same with any values in the place of derivatives of what nothing defines: what holds of them all holds of those that they have."""
    general, inside = next(opaque(statement, context), (statement, context))
    return _decided(general, inside, before) if general != statement else None


def _under_less(statement: Statement, context: Context, before: _Before) -> Verdict | None:
    """Where no values satisfy the hypotheses, or they cannot be evaluated: whether the step is accepted under those alone that speak of nothing else than it
    does, or under none. What holds under fewer hypotheses says more; what fails under fewer may hold. Where a mean is taken they may say what is random."""
    if averaged(statement.lhs) or averaged(statement.rhs):
        return None
    names = free_names(statement.lhs) | free_names(statement.rhs)
    own = tuple(h for h in context.hypotheses if free_names(h) <= names)
    for fewer in dict.fromkeys((own, ())):
        if fewer != context.hypotheses:
            less = replace(context, hypotheses=fewer)
            trial = tried(statement, less, QUICK_POINTS, 0, LESS)
            if isinstance(trial, Agreement):
                return _decided(statement, less, before)
            if isinstance(trial, Refuted):
                return None
    return None


def _defined(statement: Statement, context: Context, untried: Undecided) -> Trial:
    """The witness of an equivalence whose solutions were not found: that all its sides have values somewhere."""
    relations = [side for side in (statement.lhs, statement.rhs) if isinstance(side, Relation)]
    trials = [tried(Statement(term, Rel.EQ, term), context, 1, 0, QUICK) for relation in relations for term in relation.items]
    return trials[0] if len(relations) == 2 and all(isinstance(trial, Agreement) for trial in trials) else untried


def _whatever(found: Evidence, statement: Statement, context: Context, before: _Before, untried: Undecided) -> Accepted | Undecided:
    """A proof of what cannot be evaluated: the same must be proved, and have witnesses, with anything in the place of what has no value."""
    if _is_undefined(untried):
        return admitted(found, statement, context, untried)
    earlier = (*before.earlier, *(s for s, known in before.weaker if known is not None))
    for general, inside in opaque(statement, context):
        for used in ((), earlier) if earlier else ((),):
            if not isinstance(_proof(general, inside, used), Evidence):
                continue
            names = free_names(general.lhs) | free_names(general.rhs)
            facts = [s.formula for s in used if free_names(s.lhs) | free_names(s.rhs) <= names][-NEAREST:]
            trial = tried(general, inside.assume(*facts), QUICK_POINTS, 0, QUICK)
            if isinstance(trial, Agreement):
                return admitted(found, general, inside.assume(*facts), trial)
    return admitted(found, statement, context, untried)


def _is_undefined(untried: Undecided) -> bool:
    """Whether sides have values in principle, but none at the points tried: a logarithm of what is not positive."""
    return untried.reason.startswith("at no point tried were both sides defined") and "nested too deeply" not in untried.reason


def _proof(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> Evidence | Undecided | Refuted:
    with within(PROOF):
        return prove(statement, context, earlier)


def _proof_from(statement: Statement, context: Context, before: _Before) -> Evidence | Undecided | Refuted:
    """A proof that rests on as little as possible of what was said before."""
    everything = _proof(statement, context, (*before.earlier, *(s for s, _ in before.weaker)))
    if not isinstance(everything, Evidence) or not before.weaker:
        return everything
    alone = _proof(statement, context, before.earlier)
    if isinstance(alone, Evidence):
        return alone
    tried_only = [(s, e) for s, e in before.weaker if e is not None]
    found = _proof(statement, context, (*before.earlier, *(s for s, _ in tried_only)))
    if isinstance(found, Evidence):
        return replace(weakest((found, *(e for _, e in tried_only))), method=f"{found.method}, using steps before that are no better known")
    return Undecided(RESTS)


LAYOUT = "it holds transposed: whether it holds depends on the layout of derivatives by a vector, which the text does not say"
PROBABILITIES = "the families called p and q are probabilities"


def _second_thoughts(statement: Statement, context: Context, before: _Before, verdict: Refuted) -> Verdict:
    """Whether a refutation rests on what people leave unsaid: the layout of a derivative, or that p_i and q_i are probabilities."""
    other = transposed(statement, context)
    if other is not None and isinstance(tried(other, context, QUICK_POINTS, 0, QUICK), Agreement):
        return Undecided(LAYOUT)
    charitable = with_probabilities(statement, context)
    if charitable is None:
        return verdict
    match _decided(statement, charitable, before):
        case Refuted():
            return verdict
        case Accepted(evidence):
            return Accepted(evidence.under(PROBABILITIES))
        case Undecided(reason):
            return Undecided(f"it does not hold for all numbers; where {PROBABILITIES}: {reason}")


def _has_names(statement: Statement, context: Context) -> bool:
    """Whether there is something to vary: a name that is not that of a known function."""
    found = free_names(statement.lhs) | free_names(statement.rhs)
    return any(context.kind(n) is not None or known_function(n.text) is None for n in found)


def _after(statement: Statement, context: Context, before: _Before, premise: Statement, known: Evidence | None) -> Verdict:
    """A row below another one: it may hold by itself, or follow from the row before; then it is known no better than that row."""
    alone = judge(statement, context, earlier=before.earlier, weaker=before.weaker)
    if isinstance(alone, Accepted) or (isinstance(alone, Undecided) and alone.reason == LAYOUT):
        return alone
    follows = judge(Statement(premise.formula, Rel.IMPLIES, statement.formula), context, earlier=before.earlier, weaker=before.weaker)
    if isinstance(follows, Undecided) and isinstance(alone, Undecided):
        return Undecided(f"{alone.reason}; as a consequence of the row before: {follows.reason}")
    if isinstance(follows, Accepted):
        return Undecided(FOLLOWS) if known is None else Accepted(replace(weakest((follows.evidence, known)), method=follows.evidence.method))
    return follows


def _proportional(statement: Statement, context: Context, before: _Before) -> Verdict:
    found = proportional(statement, context)
    if found is None:
        return Undecided("the variable of a proportionality cannot be told")
    equation, variable, other = found
    kind = context.kind(variable)
    inside = context if kind is None else context.declare(kind, other)
    verdict = judge(equation, inside, earlier=before.earlier, weaker=before.weaker)
    if isinstance(verdict, Refuted) and unspecified(Statement(statement.lhs, Rel.EQ, statement.rhs), context, proportional=True):
        return Undecided("it says what a density is proportional to of which the text says nothing else")
    return verdict
