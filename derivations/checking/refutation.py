"""When a counterexample refutes what somebody wrote, and when it only shows what the reader does not know.

A refutation stands if the counterexample is one whatever the text may mean: it gives no value of choice to a name that nothing determines, rests on no
kind or shape that was merely inferred, satisfies what was said before, keeps ranges from being empty, touches no name about which something was said that
was not understood, and is one under every reading that is as good. Otherwise the step is undecided, with a question and the comment that answers it.
"""

from __future__ import annotations

from derivations.checking.case import NOTHING_SAYS, Case, Said
from derivations.checking.doubts import CHECKS
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.context import (
    Domain,
    Scalar,
    kind_in_words,
    spelled,
)
from derivations.language.term import Index, Name
from derivations.reading import answers
from derivations.reading.judgements import Judgement
from derivations.reading.provenance import base_of, reached


def standing(found: Refuted, j: Judgement, statement: Statement, before: tuple[Said, ...]) -> Refuted | Undecided:
    """The refutation of a judgement if it stands, else what is not known. ``statement``: what was judged; ``before``: what was not refuted before it."""
    case = Case(found, j, statement, before)
    return next((doubt for check in CHECKS if (doubt := check(case)) is not None), found)


def stipulated(found: Undecided, j: Judgement, statement: Statement) -> Undecided:
    """What is not decided about ``p = ...`` for a p that nothing else determines: it may be what says what p is, and what follows takes it so."""
    case = Case(found, j, statement, ())
    if statement.relation is not Rel.EQ:
        return found
    for one, other in ((statement.lhs, statement.rhs), (statement.rhs, statement.lhs)):
        if isinstance(one, Name | Index) and not case.known(one) and one not in case.depends(other):
            return Undecided(f"{NOTHING_SAYS}{spelled(one)} is, so this may be what says it; is it?", answer=answers.define(one, j.lhs_text, j.rhs_text))
    return found


def rests_on(j: Judgement) -> str:
    """What a refutation rests on: the kinds of the names in it, and where they come from. ("x a real number, told in line 3; A a matrix, inferred")"""
    names = reached(j.statement, j.context) if j.statement is not None else frozenset[Name]()
    parts = []
    for symbol, kind in j.context.kinds:
        if base_of(symbol) not in names:
            continue
        where = j.provenance.where_told(symbol, isinstance(symbol, Index))
        if where:
            parts.append(f"{spelled(symbol)} {kind_in_words(kind)}, told in {where}")
        elif not (isinstance(kind, Scalar) and kind.domain is Domain.REAL):
            parts.append(f"{spelled(symbol)} {kind_in_words(kind)}, inferred")
    parts.extend(j.provenance.conventions)
    return "; ".join(parts)


__all__ = ["NOTHING_SAYS", "Said", "rests_on", "standing", "stipulated"]
