"""Where a step is accepted: what a proof or a sample has to show besides itself.

*Witness*: values that satisfy all assumptions at which both sides are defined. A statement that can be evaluated nowhere is never proved.
*Sensitivity*: the same step with something changed in it is not accepted as well. Where both sides are zero at all values tried, the step times seven
holds too, and so does anything else of the kind: 0 = 0 shows nothing unless the zero is the result of what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from derivations.checking.trial import tried
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Undecided
from derivations.language.context import Context
from derivations.language.structure import free_names, replace_at, subterms
from derivations.language.term import Add, Big, Group, Mul, Name, Num, Relation, Term
from derivations.rules.refute import Agreement, Trial

POINTS: Final = 2
"""At so many points a changed step is tried. One at which it fails is enough."""
WORK: Final = 50_000
MOST_CHANGES: Final = 12
ZERO: Final = Num("0")
SEVEN: Final = Num("7")
OPPOSITE: Final = {"argmax": "argmin", "argmin": "argmax", "max": "min", "min": "max", "sup": "inf", "inf": "sup"}
ORDER: Final = (Rel.LE, Rel.LT, Rel.GE, Rel.GT)
NOWHERE: Final = "not evaluated anywhere: "
INSENSITIVE: Final = "both sides are zero wherever they were tried, whatever factor stands there, so this says nothing"
EITHER_WAY: Final = "the greatest and the least cannot be told apart here, so this says nothing"


def admitted(evidence: Evidence, statement: Statement, context: Context, witnessed: Trial) -> Accepted | Undecided:
    """The verdict on a step for which there is evidence. ``witnessed``: what became of it at values that satisfy its assumptions.

    This is the one place where the checker accepts.
    """
    if isinstance(witnessed, Refuted | Undecided):
        return Undecided(NOWHERE + witnessed.reason)
    shows_nothing = insensitive(statement, context, witnessed.nonzero > 0)
    return Undecided(shows_nothing) if shows_nothing else Accepted(evidence)


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
    while isinstance(term, Group):
        term = term.body
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
