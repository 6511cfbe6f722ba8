"""Where a step is accepted: what a proof or a sample has to show besides itself.

*Witness*: values that satisfy all assumptions at which both sides are defined. A statement that can be evaluated nowhere is never proved.
*Sensitivity*: the same step with something changed in it is not accepted as well. Where both sides are zero at all values tried, the step times seven
holds too, and so does anything else of the kind: 0 = 0 shows nothing unless the zero is the result of what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

from derivations.checking.applications import as_applications
from derivations.checking.provers import MEANS
from derivations.checking.trial import LETTERS_OF_PROBABILITIES, tried
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided
from derivations.language.context import Context, Definition, Domain, RandomVariable, Scalar, Sequence, spelled
from derivations.language.structure import free_names, function_text, replace_at, subterms, unbracketed
from derivations.language.term import Add, Big, Call, Frac, Group, Index, Integral, Mul, Name, Num, Relation, Term, sum_over
from derivations.reading.provenance import reached
from derivations.reading.uses import is_known_function
from derivations.rules.entropies import speaks_of_informations
from derivations.rules.normal.densities import generic_densities
from derivations.rules.refute import Agreement, Trial

POINTS: Final = 2
"""At so many points a changed step is tried. One at which it fails is enough."""
POINTS_OF_ANY_SIGN: Final = 8
WORK: Final = 50_000
MOST_CHANGES: Final = 12
ZERO: Final = Num("0")
SEVEN: Final = Num("7")
OPPOSITE: Final = {"argmax": "argmin", "argmin": "argmax", "max": "min", "min": "max", "sup": "inf", "inf": "sup"}
ORDER: Final = (Rel.LE, Rel.LT, Rel.GE, Rel.GT)
NOWHERE: Final = "not evaluated anywhere: "
INSENSITIVE: Final = "both sides are zero wherever they were tried, whatever factor stands there, so this says nothing"
ONE_SIDED: Final = "it held wherever both sides are defined, and at {} of the points tried only one side is; is it meant for all values?"
APART: Final = "at {} of the points tried the sides differ as far as they can be computed, though that is not certain"
AS_A_FACTOR: Final = "it held at the values tried with {} before a bracket as a number; as a function it was not found to hold. Which is it?"
IN_PAIRS: Final = "{} are said to be independent in pairs, and the values tried are independent together; are they?"
IN_FAMILY: Final = "two of the {} are said to have no part in each other, and the values tried are independent together; are they?"
TOGETHER: Final = "the values tried of {} determine each other, and entropies of others may be related otherwise"
WITHOUT_LIMITS: Final = "an integral without limits may be an antiderivative; over which range is it?"
OF_NUMBERS: Final = "a mean is taken of {}, and nothing says what is random in it; what is?"
TAIL_CHOSEN: Final = "the laws of all {} were chosen in trying the limit, and nothing says what they are; what is their law?"
DEPENDENT: Final = "nothing says how {} and {} depend on each other; are they independent?"
ONLY_POSITIVE: Final = "it held where all the {} are positive, and fails where some are not; are they?"
EITHER_WAY: Final = "the greatest and the least cannot be told apart here, so this says nothing"


def admitted(evidence: Evidence, statement: Statement, context: Context, witnessed: Trial) -> Accepted | Undecided:
    """The verdict on a step for which there is evidence. ``witnessed``: what became of it at values that satisfy its assumptions.

    This is the one place where the checker accepts.
    """
    if isinstance(witnessed, Refuted | Undecided):
        return Undecided(NOWHERE + witnessed.reason)
    shows_nothing = insensitive(statement, context, witnessed.nonzero > 0) or _antiderivative(statement, context) or _mean_of_numbers(statement, context)
    if not shows_nothing and evidence.strength is Strength.SAMPLED:
        shows_nothing = _only_zeros(statement, witnessed) or _only_here(witnessed) or _only_as_a_factor(statement, context)
        shows_nothing = shows_nothing or _only_positive(statement, context) or _independent_vectors(statement, context)
        shows_nothing = shows_nothing or _only_in_pairs(statement, context) or _tail_chosen(statement, context)
    return Undecided(shows_nothing) if shows_nothing else Accepted(evidence)


def _only_positive(statement: Statement, context: Context) -> str:
    """Numbers whose sum is told to be 1 are drawn as positive ones; where nothing says that they are, the step is tried with others as well: any r_i, with
    what their sum lacks to 1 shared among them. (Families that go by the letters of probabilities are taken for such.)"""
    for hypothesis in context.hypotheses:
        match hypothesis:
            case Relation((Big("sum", Index(Name() as base, (v,)), variable, Term() as low, Term() as high, None), Num("1")), ("=",)) if v == variable:
                kind = context.kind(base)
            case _:
                continue
        if base not in reached(statement, context) or base.text in LETTERS_OF_PROBABILITIES:
            continue
        if not isinstance(kind, Sequence) or kind.domain is not Domain.REAL or kind.arity != 1:
            continue
        free, i = Name(base.text, label="any sign"), Name("i")
        lacking = Frac(1 - sum_over(i, low, high, Index(free, (i,))), high - low + 1)
        own = Definition(Index(base, (i,)), Index(free, (i,)) + lacking, (i,))
        kinds = (*((s, k) for s, k in context.kinds if s != base), (free, kind))
        others = tuple(h for h in context.hypotheses if h != hypothesis)
        signed = replace(context, kinds=kinds, hypotheses=others, definitions=(*context.definitions, own))
        if isinstance(tried(statement, signed, POINTS_OF_ANY_SIGN, 0, WORK), Refuted):
            return ONLY_POSITIVE.format(spelled(base))
    return ""


def _independent_vectors(statement: Statement, context: Context) -> str:
    """Random vectors are drawn one apart from the other, so that what is tried of two holds of independent ones; the text has to say that they are."""
    vectors = {s for s, kind in context.kinds if isinstance(s, Name) and isinstance(kind, RandomVariable) and kind.shape is not None}
    apart = [frozenset(h.items) for h in context.hypotheses if isinstance(h, Relation) and set(h.signs) == {"perp"}]
    for one, other in combinations(sorted(vectors & reached(statement, context), key=repr), 2):
        if not any({one, other} <= listed for listed in apart):
            return DEPENDENT.format(spelled(one), spelled(other))
    return ""


def _only_zeros(statement: Statement, witnessed: Agreement) -> str:
    """What was only tried, and only where both sides are zero though neither is written so, was not tried."""
    zero = statement.relation is not Rel.EQ or _literal_zero(statement.lhs) or _literal_zero(statement.rhs)
    return INSENSITIVE if witnessed.nonzero == 0 and not zero else ""


def _mean_of_numbers(statement: Statement, context: Context) -> str:
    """A mean of what nothing makes random is the thing itself: ``E[x^2] = E[x]^2`` holds of every number x, and is not what is meant."""
    numbers: set[Name] = set()
    for node in (t for side in (statement.lhs, statement.rhs) for _, t in subterms(side)):
        if not isinstance(node, Call) or function_text(node) not in MEANS or isinstance(node.function, Index):
            continue
        inside = frozenset(n for argument in node.arguments for n in reached(Statement(argument, Rel.EQ, argument), context) if not is_known_function(n))
        kinds = [context.kind(n) for n in inside]
        if inside and all(isinstance(kind, Scalar | Sequence) for kind in kinds):
            numbers |= inside
    return OF_NUMBERS.format(", ".join(sorted(spelled(n) for n in numbers))) if numbers else ""


def _only_here(witnessed: Agreement) -> str:
    """What was tried and holds where both sides are defined may still say that one side has a value where it has none: ``(x^3)^{2/3} = x^2``. And where the
    sides differ at points without it being shown how well they are computed there, they do not agree: ``Cov(e) = s I`` of a variance s^2 holds for s = 1."""
    return APART.format(witnessed.apart) if witnessed.apart else ONE_SIDED.format(witnessed.one_sided) if witnessed.one_sided else ""


def _only_as_a_factor(statement: Statement, context: Context) -> str:
    """``T(2n) = 2T(n)`` holds of a number T, and not of every function."""
    other = as_applications(statement, context)
    if other is None or _holds(Statement(other[0].lhs, other[0].relation, other[0].rhs), other[1]):
        return ""
    return AS_A_FACTOR.format(", ".join(spelled(name) for name in other[2]))


def _only_in_pairs(statement: Statement, context: Context) -> str:
    """A mean of a product of three that are said to be independent in pairs: at the values tried they are independent together, which says more."""
    drawn_together = [n for n in reached(statement, context) if isinstance(kind := context.kind(n), RandomVariable) and kind.law is None]
    if len(drawn_together) > 1 and speaks_of_informations(statement) and not generic_densities(statement, context):
        return TOGETHER.format(", ".join(sorted(map(spelled, drawn_together))))
    for name in sorted(reached(statement, context), key=repr):
        if isinstance(kind := context.kind(name), RandomVariable) and kind.pairs:
            return IN_FAMILY.format(spelled(name))
    told = [frozenset(h.items) for h in context.hypotheses if isinstance(h, Relation) and set(h.signs) == {"perp"}]
    for node in (t for side in (statement.lhs, statement.rhs) for _, t in subterms(side)):
        if not isinstance(node, Mul):
            continue
        drawn = sorted({n for n in free_names(node) if isinstance(context.kind(n), RandomVariable)}, key=repr)
        for three in combinations(drawn, 3):
            if all(any(frozenset(pair) <= names for names in told) for pair in combinations(three, 2)) and not any(frozenset(three) <= names for names in told):
                return IN_PAIRS.format(", ".join(spelled(name) for name in three))
    return ""


def _tail_chosen(statement: Statement, context: Context) -> str:
    """A limit of what is random and has no law: what it tends to is what was chosen far out, where nothing differs from anything."""
    for big in (t for side in (statement.lhs, statement.rhs) for _, t in subterms(side) if isinstance(t, Big) and t.op == "lim"):
        for base in (t.base for _, t in subterms(big.body) if isinstance(t, Index) and big.variable in t.subscripts and isinstance(t.base, Name)):
            kind = context.kind(base)
            if isinstance(kind, RandomVariable) and kind.law is None:
                return TAIL_CHOSEN.format(spelled(base))
    return ""


def _antiderivative(statement: Statement, context: Context) -> str:
    """An integral without limits of what is written out, on one side only: over all numbers it is one number, and as an antiderivative it is a function."""
    found = [[t for _, t in subterms(side) if isinstance(t, Integral) and t.lower is None and t.upper is None] for side in (statement.lhs, statement.rhs)]
    if bool(found[0]) == bool(found[1]):
        return ""
    for integral in (*found[0], *found[1]):
        heads = {t.function for _, t in subterms(integral.body) if isinstance(t, Call)}
        variable = integral.variable
        ranged = isinstance(variable, Name) and context.range_of(variable) is not None
        if not ranged and all(is_known_function(head) for head in heads) and variable in free_names(integral.body):
            return WITHOUT_LIMITS
    return ""


def insensitive(statement: Statement, context: Context, nonzero: bool) -> str:
    """Why a step that holds says nothing: steps that differ from it hold as well. Empty if it says something.

    ``nonzero``: whether something other than 0 was compared with 0 at values where it holds.
    """
    lhs, rhs = statement.lhs, statement.rhs
    match statement.relation:
        case Rel.EQ:
            return _equation(lhs, rhs, context, nonzero)
        case relation if relation in ORDER and not nonzero:
            return INSENSITIVE
        case Rel.IMPLIES if not nonzero:
            match rhs:
                case Relation((a, b), ("=",)) if not _literal_zero(a) and not _literal_zero(b):
                    return INSENSITIVE if _holds(Statement(lhs, Rel.IMPLIES, Relation((a, _times_seven(b)), ("=",))), context) else ""
        case _:
            pass
    return ""


def _equation(lhs: Term, rhs: Term, context: Context, nonzero: bool) -> str:
    turned = [Statement(other, Rel.EQ, rhs) for other in _turned(lhs)] + [Statement(lhs, Rel.EQ, other) for other in _turned(rhs)]
    if any(_holds(other, context) for other in turned[:MOST_CHANGES]):
        return EITHER_WAY
    if nonzero:
        return ""
    if _literal_zero(lhs) or _literal_zero(rhs):
        return INSENSITIVE if _holds(Statement(lhs, Rel.EQ, Add((("+", Group(rhs)), ("+", Num("1"))))), context) else ""
    if not _holds(Statement(lhs, Rel.EQ, _times_seven(rhs)), context):
        return ""
    if context.hypotheses and not _holds(Statement(lhs, Rel.EQ, _times_seven(rhs)), replace(context, hypotheses=())):
        return ""  # what is assumed makes the zero: E[X] = 0
    changes = [Statement(lhs, Rel.EQ, other) for other in _changed(rhs)] + [Statement(other, Rel.EQ, rhs) for other in _changed(lhs)]
    if any(isinstance(tried(change, _with_kinds(change, context), POINTS, 0, WORK), Refuted) for change in changes[:MOST_CHANGES]):
        return ""
    return INSENSITIVE


def _holds(statement: Statement, context: Context) -> bool:
    return isinstance(tried(statement, context, POINTS, 0, WORK), Agreement)


def _times_seven(term: Term) -> Term:
    return Mul((("", SEVEN), ("", Group(term))))


def _literal_zero(term: Term) -> bool:
    term = unbracketed(term)
    return term == ZERO or (isinstance(term, Name) and term.text == "0")


def _turned(side: Term) -> Iterator[Term]:
    """With the greatest in place of the least, or the other way round, in one place."""
    for path, node in subterms(side):
        if isinstance(node, Big) and node.op in OPPOSITE:
            yield replace_at(side, path, replace(node, op=OPPOSITE[node.op]))


OTHER: Final = "another "
"""Begins the label of a name that stands for a second thing of the same kind."""


def _changed(side: Term) -> Iterator[Term]:
    """With one summand seven times as large, the terms of a sum weighted by their numbers, or another thing of the kind for one occurrence of a name."""
    for path, node in subterms(side):
        if isinstance(node, Add):
            for k, (sign, part) in enumerate(node.parts):
                yield replace_at(side, path, Add((*node.parts[:k], (sign, _times_seven(part)), *node.parts[k + 1 :])))
        if isinstance(node, Big) and node.op == "sum" and isinstance(node.variable, Name):
            yield replace_at(side, path, replace(node, body=Mul((("", node.variable), ("", Group(node.body))))))
    free = free_names(side)
    for path, node in subterms(side):
        if isinstance(node, Name) and node in free and not node.primes:
            yield replace_at(side, path, replace(node, label=OTHER + node.label))


def _with_kinds(statement: Statement, context: Context) -> Context:
    """The context in which the other things are of the kinds of the first ones."""
    for name in free_names(statement.lhs) | free_names(statement.rhs):
        if name.label.startswith(OTHER):
            kind = context.kind(replace(name, label=name.label.removeprefix(OTHER)))
            if kind is not None:
                context = context.declare(kind, name)
    return context


__all__ = ["INSENSITIVE", "NOWHERE", "admitted", "insensitive"]
