"""What comes out of the analysis of a document's formulas, before judgements are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from derivations.language.record import record
from derivations.language.term import Term
from derivations.reading.losses import depends_on
from derivations.reading.prose import Formula
from derivations.reading.scope import Fact
from derivations.reading.sides import Read
from derivations.reading.solving import Solving


@record
class Drafted:
    """One relation: where it stands (formula, chain, link), what it is (``judge``, ``given``, ``unread``) and why. ``goal``: it is yet to be shown.

    ``condition``: it is solved, and given unless it holds for all values."""

    formula: Formula
    chain: int
    link: int
    status: str
    reason: str = ""
    goal: bool = False
    condition: bool = False


@dataclass
class Analysis:
    """What was found in the formulas of one problem (or of the whole document). ``sides`` by (formula, chain, side). ``named``: what words say what it is,
    with the offset from which on they do; ``cases``: the facts that are said of one case only, with how far they may still be meant."""

    sides: dict[tuple[int, int, int], Read] = field(default_factory=dict)
    drafts: list[Drafted] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    solved: Solving = field(default_factory=Solving)
    named: dict[Term, int] = field(default_factory=dict)
    cases: dict[Fact, int] = field(default_factory=dict)

    def term(self, formula: Formula, chain: int, side: int) -> Term | None:
        found = self.sides.get((formula.number, chain, side))
        return None if found is None else found.term

    def terms(self) -> tuple[Term, ...]:
        """All terms read, but for what says only what a name depends on: ``L = L(S)`` makes no function of L."""
        return tuple(r.term for at, r in self.sides.items() if r.term is not None and not self.dependences(at))

    def dependences(self, at: tuple[int, int, int]) -> tuple[Term, ...]:
        """What the side before this one is said to depend on by this one."""
        before, here = self.sides.get((*at[:2], at[2] - 1)), self.sides.get(at)
        return () if before is None or here is None or before.term is None or here.term is None else depends_on(before.term, here.term)
