"""Relations read once more by what stands near them: by their section, and by their display with the words around it.

In a long document a letter is a number here and a vector there, ``x`` beside ``x_i`` and ``x^{(i)}``, and one inference for all of it leaves some names
without a kind, or with one that fits elsewhere only. What is told stays in force. What near formulas show of a name goes before what others show; what they
do not speak of is what it is in other places: a matrix of another section is no number here, unless it cannot be a matrix.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from derivations.language.context import Definition, Kind, Symbol
from derivations.language.structure import subterms
from derivations.language.term import Big, Call, Deriv, Index, Name, Term
from derivations.reading.analysis import TAKEN
from derivations.reading.displays import SegmentKind
from derivations.reading.elaboration import defined_arrays
from derivations.reading.judgements import Judgement, Part, Whole
from derivations.reading.prose import Formula
from derivations.reading.scope import Description, Fact, Hypothesis, Opaque, Range
from derivations.reading.uses import OPERATORS_ON_RANDOM

SENTENCES: Final = 1
"""So many sentences before that of a display are near it."""
BY_SECTION: Final = "its names are what the section that it stands in shows them to be; other places speak of them otherwise"
BY_WORDS: Final = "its names are what it and the words next to it show them to be; other places speak of them otherwise"


class Neighbourhoods:
    """The other readings of the relations of a document, each part of it read when it is asked for."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self._headings = sorted(s.start for s in whole.doc.segmented.segments if s.kind is SegmentKind.HEADING)
        self._places = {f.number: (part, f) for part in whole.parts for f in part.formulas}
        self._starts = sorted((f.segment.start, f.number) for part in whole.parts for f in part.formulas)
        self._claims = {j.offset for j in whole.found if j.status == "judge"}
        self._defined: dict[int, tuple[Mapping[Symbol, Kind], frozenset[Term]]] = {}  # by part; these stay as long as this
        self._made: dict[tuple[tuple[int, ...], bool], tuple[Part, dict[int, Judgement]]] = {}

    def of(self, j: Judgement) -> Iterator[Judgement]:
        """The other readings of a relation that was judged, the widest first; those that say what an earlier one says are left out.

        What is stated in other places, and not only said of a name, is left out in some: then a name that is defined there is any thing of its kind, which says
        more. Not so where something is differentiated or averaged: there it matters on what a name depends.
        """
        k = bisect_right(self._starts, (j.offset, 1 << 60)) - 1
        if k < 0 or j.placed is not None:
            return
        part, formula = self._places[self._starts[k][1]]
        seen = [(j.statement, j.context)]
        kinds = self._kinds(part)
        section = self._section(part, formula)
        sides = () if j.statement is None else (j.statement.lhs, j.statement.rhs)
        alone = not any(map(depends, sides)) and not self._arrays(part)[1] & {t.function for side in sides for _, t in subterms(side) if isinstance(t, Call)}
        for group, words, apart in ((section, BY_SECTION, alone), (self._near(section, formula), BY_WORDS, True)):
            if apart > alone or (len(group) == len(part.formulas) and not apart):
                continue
            made, found = self._read(part, group, kinds, apart)
            other = found.get(j.offset)
            if other is not None and other.status == "judge" and (other.statement, other.context) not in seen:
                seen.append((other.statement, other.context))
                known = other.provenance
                yield replace(other, provenance=replace(known, conventions=(*known.conventions, words)))
            kinds = {**kinds, **self._kinds(made)}

    def _arrays(self, part: Part) -> tuple[Mapping[Symbol, Kind], frozenset[Term]]:
        if id(part) not in self._defined:
            self._defined[id(part)] = defined_arrays(part.analysis, part.used)
        return self._defined[id(part)]

    def _kinds(self, part: Part) -> Mapping[Symbol, Kind]:
        """What the use of the names of a part shows, and which of them are defined as arrays."""
        return {**part.used.kinds, **self._arrays(part)[0]}

    def _section(self, part: Part, formula: Formula) -> tuple[Formula, ...]:
        k = bisect_right(self._headings, formula.segment.start)
        begin = self._headings[k - 1] if k else -1
        end = self._headings[k] if k < len(self._headings) else 1 << 60
        return tuple(f for f in part.formulas if begin <= f.segment.start < end)

    @staticmethod
    def _near(section: tuple[Formula, ...], formula: Formula) -> tuple[Formula, ...]:
        return tuple(f for f in section if formula.sentence - SENTENCES <= f.sentence <= formula.sentence)

    def _read(self, part: Part, group: tuple[Formula, ...], elsewhere: Mapping[Symbol, Kind], apart: bool) -> tuple[Part, dict[int, Judgement]]:
        key = tuple(f.number for f in group), apart
        if key not in self._made:
            sentences = [self.whole.doc.prose.sentences[k] for k in {f.sentence for f in group}]
            begin, end = min(s.start for s in sentences), max(s.end for s in sentences)
            around = [f for f in part.analysis.facts if f.source != "convention" and not begin <= f.at < end]
            around = [f for f in around if isinstance(f.content, Description | Range | Opaque)] if apart else around
            made = self.whole.read(group, around, elsewhere)
            made.analysis.facts = self._claimed_nowhere(part, made)
            found: dict[int, Judgement] = {}
            for _, judgement in self.whole.made(made):
                found.setdefault(judgement.offset, judgement)
            self._made[key] = made, found
        return self._made[key]

    def _claimed_nowhere(self, part: Part, made: Part) -> list[Fact]:
        """The facts that were found, but for what is stated by relations that the document as a whole claims: these are judged, and nothing rests on them; and
        for customary definitions of what the document may define."""
        drafts = [d for d in made.analysis.drafts if d.formula.chains[d.chain].sides[d.link + 1].start in self._claims]
        taken = {d.formula.segment.start for d in drafts if d.status == "given"}
        customary = [f.content for f in part.analysis.facts if f.source == "convention"]

        def stands(fact: Fact) -> bool:
            if not isinstance(fact.content, Definition | Hypothesis):
                return True
            return fact.at not in taken and fact.assumed != TAKEN and (fact.source != "convention" or fact.content in customary)

        return [f for f in made.analysis.facts if stands(f)]


def depends(term: Term) -> bool:
    """Whether the value of a term depends on what its names depend on: something is differentiated, averaged, drawn."""
    return averaged(term) or any(isinstance(t, Deriv) or (isinstance(t, Name) and t.primes) or _of_all_values(t) for _, t in subterms(term))


def averaged(term: Term) -> bool:
    """Whether a mean, a probability or the like is taken in a term: of what nothing says to be random it shows nothing."""
    return any(isinstance(t, Call) and isinstance(f := _head(t), Name) and f.text in OPERATORS_ON_RANDOM for _, t in subterms(term))


def _head(node: Call) -> Term:
    return node.function.base if isinstance(node.function, Index) else node.function


def _of_all_values(term: Term) -> bool:
    return isinstance(term, Big) and term.op in ("lim", "argmax", "argmin")
