"""How every rule decides: refute cheaply, then prove, then look at the boundaries, and otherwise admit that nobody knows."""

from __future__ import annotations

from collections.abc import Callable

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Undecided, Verdict
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.work import OutOfWork, within
from derivations.rules.refute import refute

FIRST_POINTS = 1
"""Points tried before a proof: at one generic point a statement that does not hold fails, and a prover with a fault would be caught there."""

QUICK_POINTS = 3
"""Points tried again, and at the boundaries as well, when no proof was found; of an equivalence, of which each has to be found by solving an equation, one."""

THOROUGH_POINTS = 24
"""Points tried when no proof was found, in search of a counterexample."""

TICKS = 300_000
"""What a proof may cost."""

Prover = Callable[[], Evidence | Undecided]


def decide(statement: Statement, context: Context, prove: Prover) -> Verdict:
    """The verdict on a statement: ``Refuted`` with a counterexample, ``Accepted`` with the proof's evidence, or ``Undecided``.

    ``prove`` answers with evidence or with the reason why it has none; a ``DeriveError`` that it raises is such a reason.
    """
    first = refute(statement, context, count=FIRST_POINTS, boundaries=False)
    if isinstance(first, Refuted):
        return first
    try:
        with within(TICKS):
            found = prove()
    except DeriveError as error:
        found = Undecided(str(error))
    except OutOfWork:
        found = Undecided("the work that a proof may cost did not suffice")
    if isinstance(found, Evidence):
        return Accepted(found)
    quick = FIRST_POINTS if statement.relation in (Rel.IFF, Rel.IMPLIES) else QUICK_POINTS
    for count, seed in ((quick, 0), (THOROUGH_POINTS, 1)):
        tried = refute(statement, context, count=count, seed=seed)
        if isinstance(tried, Refuted):
            return tried
    return found
