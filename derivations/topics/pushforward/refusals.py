"""Why no density is given: the reasons as values, and the exceptions that carry them through the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.work import OutOfWork, calls


class Reason(Enum):
    """The reasons for which the engine gives no density."""

    ATOM = "the image has an atom: the map is constant on a part of the support that has mass"
    UNDEFINED = "the map is not defined (or not real) on a part of the support that has mass"
    INFINITELY_MANY_BRANCHES = "infinitely many points of the support are mapped to one value"
    NO_CLOSED_INVERSE = "no closed form of the inverse was found"
    UNDETERMINED_SIGN = "the answer depends on the sign of an expression in the parameters that is not determined"
    SINGULAR = "the map is singular (its Jacobian determinant is zero): the image has no density"
    DIMENSION = "the map does not keep the number of variables, and the marginal could not be integrated"
    UNSUPPORTED = "an operation in the map is not known to the engine"
    LABORIOUS = "the work that solving this may cost did not suffice"
    CHECK_FAILED = "a density was derived, but the independent check did not confirm it"


@record
class Refusal:
    """An honest 'no density': the reason, and what it was found at."""

    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.detail}" if self.detail else self.reason.value


class CannotPush(DeriveError):
    """Raised inside the engine where a derivation cannot go on; the public functions turn it into a `Refusal`."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(str(Refusal(reason, detail)))
        self.reason = reason
        self.detail = detail

    @property
    def refusal(self) -> Refusal:
        return Refusal(self.reason, self.detail)


class UndeterminedSign(CannotPush):
    """The sign of `expression` decides the answer and differs between admissible parameter values."""

    def __init__(self, expression: Any) -> None:
        super().__init__(Reason.UNDETERMINED_SIGN, f"the sign of {expression}")
        self.expression = expression


class NoClosedInverse(CannotPush):
    """The map was understood as far as `what`, whose inverse has no closed form that the engine finds."""

    def __init__(self, what: Any) -> None:
        super().__init__(Reason.NO_CLOSED_INVERSE, str(what))
        self.what = what


MOST_CALLS = 6_000_000
"""How many functions a computation in SymPy may call: some seconds."""


@contextmanager
def bounded(what: str, most: int = MOST_CALLS) -> Iterator[None]:
    """Inside this block SymPy works no longer than so many calls. Raises CannotPush where that is not enough."""
    try:
        with calls(most):
            yield
    except OutOfWork:
        raise CannotPush(Reason.LABORIOUS, what) from None
