"""What a step may lean on: the statements before it, each as strongly as it is known itself.

Nothing rests on what was refuted. What was only sampled, or proved under a convention, makes what uses it no stronger; what is undecided proves nothing.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.checking.refutation import NOTHING_SAYS, Said
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Evidence, Strength, proved
from derivations.language.structure import free_names
from derivations.language.term import Name
from derivations.reading.judgements import Judgement

GIVEN = proved("given")
TAKEN = "an equation before it is taken for what says what a name is"
_STRENGTHS = {"sampled": Strength.SAMPLED, "proved under a convention": Strength.CONVENTION, "exhausted": Strength.EXHAUSTED, "proved": Strength.PROVED}


class Flow:
    """How the statements of a document are known, as far as it was judged: their evidence, or None for what is undecided or unread."""

    def __init__(self) -> None:
        self.known: dict[Statement, Evidence | None] = {}
        self.refuted: set[Statement] = set()
        self.solved: set[Statement] = set()
        """What holds for the solutions of a condition."""

    def before(self, j: Judgement) -> Judgement:
        """The judgement with what it may lean on."""
        usable = [s for s in j.earlier if s not in self.refuted]
        strong = tuple(s for s in usable if _strong(self.known.get(s, GIVEN)))
        weaker = tuple((s, self.known[s]) for s in usable if not _strong(self.known.get(s, GIVEN)))
        return replace(j, earlier=strong, weaker=weaker, premise_known=GIVEN if j.premise is None else self._known(j.premise))

    def by_itself(self, j: Judgement) -> Judgement:
        """A judgement that was read otherwise than the document: it leans on nothing but what was proved as it is read here."""
        earlier = tuple(s for s in j.earlier if _strong(self.known.get(s)))
        return replace(j, earlier=earlier, weaker=(), premise_known=None if j.premise is None else self.known.get(j.premise))

    def said(self, j: Judgement) -> tuple[Said, ...]:
        """The statements before a judgement that may not hold for all values: what is given is in force anyway, and what is proved holds, but for what
        follows from a condition. A step that is judged as what follows from one has it as its premise; one whose premise is silent on its names has not."""
        has_it = j.premise is not None and (j.premise in self.solved or j.statement is None or bool(_names(j.premise) & _names(j.statement)))
        solved = () if has_it else tuple(Said(s) for s in j.earlier if s in self.solved)
        return (*solved, *(Said(s, e is not None) for s, e in j.weaker))

    def learn(self, j: Judgement, verdict: str, evidence: str, why: str, conventions: tuple[str, ...]) -> None:
        """``why``: of an undecided step. One that may be what says what a name is, is taken for it by what follows: a convention, no proof."""
        if j.statement is None:
            return
        if (verdict == "accepted" and j.premise is not None) or (verdict == "given" and j.condition):
            self.solved.add(j.statement)
        if verdict == "refuted":
            self.refuted.add(j.statement)
        elif verdict == "given":
            self.known.setdefault(j.statement, GIVEN)
        elif verdict == "accepted":
            word, _, count = evidence.partition("(")
            number = int(count.rstrip(")")) if count.rstrip(")").isdecimal() else 0
            self.known[j.statement] = Evidence(_STRENGTHS.get(word, Strength.PROVED), "", number, (), conventions)
        else:
            self.known.setdefault(j.statement, proved("taken").under(TAKEN) if why.startswith(NOTHING_SAYS) else None)

    def _known(self, premise: Statement) -> Evidence | None:
        """How the row before is known: itself, or as the ends of a chain. What no step says (an equation that words set) is given."""
        if premise in self.refuted:
            return None
        if premise in self.known:
            return self.known[premise]
        here, seen = premise.lhs, list[Evidence | None]()
        for s in (*self.known, *self.refuted):
            if s.lhs == here and s.relation is Rel.EQ:
                seen.append(None if s in self.refuted else self.known[s])
                here = s.rhs
        if here != premise.rhs or not seen:
            return GIVEN
        found = [e for e in seen if e is not None]
        return min(found, key=lambda e: (e.strength, e.count)) if len(found) == len(seen) else None


def _names(statement: Statement) -> frozenset[Name]:
    return free_names(statement.lhs) | free_names(statement.rhs)


def _strong(evidence: Evidence | None) -> bool:
    return evidence is not None and evidence.strength >= Strength.PROVED
