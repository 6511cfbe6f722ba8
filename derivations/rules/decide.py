"""How every rule decides: refute cheaply, then prove, and otherwise admit that nobody knows."""

from __future__ import annotations

from collections.abc import Callable

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Undecided, Verdict
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.work import OutOfWork, within
from derivations.rules.refute import refute

QUICK_POINTS = 3
"""Points tried before a proof. They cost milliseconds, and a prover with a fault would be caught here."""

QUICK_SOLUTIONS = 1
"""Solutions tried before the proof of an equivalence: each has to be found by solving an equation."""

THOROUGH_POINTS = 24
"""Points tried when no proof was found, in search of a counterexample."""

TICKS = 300_000
"""What a proof may cost."""

Prover = Callable[[], Evidence | Undecided]


def decide(statement: Statement, context: Context, prove: Prover) -> Verdict:
    """The verdict on a statement: ``Refuted`` with a counterexample, ``Accepted`` with the proof's evidence, or ``Undecided``.

    ``prove`` answers with evidence or with the reason why it has none; a ``DeriveError`` that it raises is such a reason.
    """
    between_equations = statement.relation in (Rel.IFF, Rel.IMPLIES)
    first = refute(statement, context, count=QUICK_SOLUTIONS if between_equations else QUICK_POINTS)
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
    second = refute(statement, context, count=THOROUGH_POINTS, seed=1)
    return second if isinstance(second, Refuted) else found
