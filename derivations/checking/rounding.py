"""Decimal numbers that were rounded on the way: ``0.01/3`` that is written as 0.00333 in the next formula.

Two sides that differ by less than the last digits of their decimal numbers leave open do not contradict each other. A number of one or two digits is taken
as it stands: ``0.25`` is a quarter.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from derivations.checking.case import Case
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.structure import substitute, subterms
from derivations.language.term import Frac, Num, Term
from derivations.rules.refute import Agreement

DIGITS: Final = 3
"""A decimal number of so many digits may have been rounded."""
MOST: Final = 6
_EXPONENT: Final = 4
"""An exponent of ten with its sign has at most so many characters."""


def within_rounding(case: Case) -> Undecided | None:
    """Whether two sides differ by less than what the last digits of the decimal numbers in them leave open."""
    numbers = list(dict.fromkeys(_decimals(case.statement)))[:MOST]
    if not numbers or case.statement.relation is not Rel.EQ or Num("0") in (case.statement.lhs, case.statement.rhs):
        return None
    if (whole := _difference(case.found)) is None:
        return None
    reach = Fraction(0)
    for number in numbers:
        changed = [_with(case.statement, number, number.digits, by) for by in (1, -1)]
        trials = [case.retried(case.context, statement) for statement in changed]
        if any(isinstance(trial, Agreement) for trial in trials):
            return Undecided(ROUNDED)
        reach += max((abs(found - whole) for trial in trials if (found := _difference(trial)) is not None), default=Fraction(0))
    return Undecided(ROUNDED) if reach >= abs(whole) else None


ROUNDED: Final = "the two sides differ by no more than the rounding of the decimal numbers in them; is it meant approximately?"


def _decimals(statement: Statement) -> Iterator[Num]:
    for side in (statement.lhs, statement.rhs):
        for _, node in subterms(side):
            if isinstance(node, Num) and "." in node.digits and sum(c.isdigit() for c in node.digits.lstrip("0.")) >= DIGITS:
                yield node


def _with(statement: Statement, number: Num, digits: str, by: int) -> Statement:
    """The statement with half a unit of its last digit put to (or taken from) a number."""
    places = len(digits.partition(".")[2])
    value = Fraction(digits) + Fraction(by, 2 * 10**places)
    put: dict[Term, Term] = {number: Frac(Num(str(value.numerator)), Num(str(value.denominator)))}
    return Statement(substitute(statement.lhs, put), statement.relation, substitute(statement.rhs, put))


def _difference(found: object) -> Fraction | None:
    """The difference of the two sides at a counterexample, as far as its text tells it."""
    if not isinstance(found, Refuted) or found.counterexample is None:
        return None
    sides = (found.counterexample.left, found.counterexample.right)
    if any(len(exponent) > _EXPONENT for side in sides for exponent in side.lower().split("e")[1:]):
        return None  # as a fraction it would have that many digits
    try:
        return Fraction(sides[0]) - Fraction(sides[1])
    except (ValueError, ZeroDivisionError):
        return None
