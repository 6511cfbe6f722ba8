"""What a rule answers: three values, and how a thing is known."""

from __future__ import annotations

from dataclasses import field, replace
from enum import IntEnum
from typing import TypeAlias

from derivations.language.record import record


class Strength(IntEnum):
    """How a thing is known; greater is stronger. A theorem is as strong as its weakest step."""

    ASSUMED = 0
    SAMPLED = 1
    CONVENTION = 2
    """Proved for what the reader decided that the text means."""
    EXHAUSTED = 3
    PROVED = 4
    CERTIFIED = 5


@record
class Evidence:
    """``strength`` with its detail: the number of samples (``sampled``), the range in words (``exhausted``), the method.

    ``assuming``: side conditions that were used beyond the context ("where both sides are defined"), printed beside the line. ``conventions``: what was
    decided that the text means; what needs one is no stronger than ``CONVENTION``.
    """

    strength: Strength
    method: str = ""
    count: int = 0
    assuming: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()

    def under(self, *conventions: str) -> Evidence:
        """The evidence of something that holds for what was decided that the text means."""
        if not conventions:
            return self
        every = tuple(dict.fromkeys((*self.conventions, *conventions)))
        return replace(self, strength=min(self.strength, Strength.CONVENTION), conventions=every)

    @property
    def word(self) -> str:
        """``proved``, ``proved under a convention``, ``sampled(24)``, ``exhausted(N <= 5)``, ``assumed`` or ``certified``."""
        if self.strength is Strength.CONVENTION:
            return "proved under a convention"
        name = self.strength.name.lower()
        return f"{name}({self.count})" if self.strength is Strength.SAMPLED else name


def proved(method: str, *assuming: str) -> Evidence:
    return Evidence(Strength.PROVED, method, assuming=assuming)


def weakest(evidence: tuple[Evidence, ...]) -> Evidence:
    """The evidence of something that rests on all of these; nothing to rest on is ``proved`` (the empty conjunction)."""
    if not evidence:
        return proved("nothing to check")
    low = min(evidence, key=lambda e: (e.strength, e.count))
    conditions = tuple(dict.fromkeys(c for e in evidence for c in e.assuming))
    return Evidence(low.strength, low.method, low.count, conditions, tuple(dict.fromkeys(c for e in evidence for c in e.conventions)))


@record
class Counterexample:
    """Values at which a statement fails: (name as text, value as text) pairs, and the two sides there, as text.

    ``confirmed_digits``: the decimal digits at which the difference was confirmed a second time.
    """

    at: tuple[tuple[str, str], ...]
    left: str
    right: str
    confirmed_digits: int = 0


@record
class Accepted:
    evidence: Evidence


@record
class Refuted:
    """It does not follow. ``counterexample`` where there is one; ``reason`` for what fails without numbers (sizes that do not fit, a wrong rule use)."""

    counterexample: Counterexample | None = None
    reason: str = ""


@record
class Undecided:
    """Nobody knows. Never counts as accepted. ``residue`` is what is left to prove, ``reason`` why it stopped (budget, unknown construct).

    ``answer``: the comment that an author can write to decide it, where one would.
    """

    reason: str
    residue: object = field(default=None, compare=False)
    answer: str = ""


Verdict: TypeAlias = Accepted | Refuted | Undecided
