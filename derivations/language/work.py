"""Work, counted: what bounds every search in place of a clock, so that a verdict is the same on a loaded machine.

Code that can go on for long counts its turns with ``spend``. Who asks for an answer says what it may cost, ``with within(ticks)``, and says what is
known without it when ``OutOfWork`` comes out. Budgets nest: what is spent inside is spent outside too, so nothing inside costs more than what is left.
A tick is one node evaluated, one product of two terms, one number drawn: about ten microseconds.

A call of a library cannot count for itself: ``calls`` bounds how many functions it calls, from outside.

Where the answer is kept for others (a cache), it is computed ``apart``: what it cost must not depend on who asked first.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from types import FrameType


class OutOfWork(Exception):
    """More work was wanted than the budget allows. No ``DeriveError``: it concerns nobody but the one who set the budget."""


class Budget:
    """A bound on a count that several budgets share. ``ticks``: how many may still be spent; None is no bound."""

    __slots__ = ("_count", "_limit")

    def __init__(self, ticks: int | None = None, of: Budget | None = None) -> None:
        outer: int | None = None if of is None else of._limit
        self._count: list[int] = [0] if of is None or outer is None else of._count
        own: int | None = None if ticks is None else self._count[0] + ticks
        self._limit: int | None = own if outer is None else outer if own is None else min(own, outer)

    @property
    def spent(self) -> int:
        return self._count[0]

    @property
    def exhausted(self) -> bool:
        return self._limit is not None and self._count[0] > self._limit

    def spend(self, ticks: int = 1) -> None:
        """Count ``ticks`` of work. Raises OutOfWork when the budget is spent, and ever after."""
        count = self._count
        count[0] += ticks
        if self._limit is not None and count[0] > self._limit:
            raise OutOfWork


_WITHOUT_BOUND = Budget()
_CURRENT: ContextVar[Budget | None] = ContextVar("budget", default=None)


def budget() -> Budget:
    """The budget that is in force here; without bound where nobody set one."""
    return _CURRENT.get() or _WITHOUT_BOUND


def spend(ticks: int = 1) -> None:
    """Count work against the budget in force. Raises OutOfWork."""
    budget().spend(ticks)


@contextmanager
def _in_force(chosen: Budget) -> Iterator[Budget]:
    token = _CURRENT.set(chosen)
    try:
        yield chosen
    finally:
        _CURRENT.reset(token)


def within(ticks: int) -> AbstractContextManager[Budget]:
    """Inside this block at most ``ticks`` may be spent, and no more than what is left outside."""
    return _in_force(Budget(ticks, budget()))


def apart(ticks: int) -> AbstractContextManager[Budget]:
    """Inside this block ``ticks`` may be spent, whatever is left outside, and nothing of it counts there: for answers that are kept."""
    return _in_force(Budget(ticks))


class _TooManyCalls(BaseException):
    """Not an Exception: a library that catches those must not go on."""


@contextmanager
def calls(most: int) -> Iterator[None]:
    """Inside this block at most so many Python functions may be called. Raises OutOfWork at its end.

    What the block does must not depend on what was computed before (caches of the library, its random numbers), else nor would the answer. Under a
    profiler there is no bound.
    """
    if sys.getprofile() is not None:
        yield
        return
    left = most

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left
        if event == "call":
            left -= 1
            if left < 0:
                raise _TooManyCalls

    sys.setprofile(counted)
    try:
        yield
    except _TooManyCalls:
        raise OutOfWork from None
    finally:
        sys.setprofile(None)
