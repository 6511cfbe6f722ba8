"""The facts that a document states, entered with how far each reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from derivations.language.context import Symbol
from derivations.language.structure import free_names
from derivations.language.term import Name, Relation, Term
from derivations.reading.extents import CARRIED, Extent
from derivations.reading.patterns import is_simple_bound
from derivations.reading.prose import MARK, NO_SETTING, Formula, Prose, Sentence, Setting
from derivations.reading.scope import ARRAY_PROPERTIES, Content, Description, Fact, Hypothesis, Opaque, Range, Scope

ORDER: Final = frozenset(("<", "<=", ">", ">=", "!="))
BACKWARD: Final = re.compile(r"\W*(?:where|with|here|since|because|as|for|if|in\s+which|note)\b", re.IGNORECASE)

AHEAD: Final = re.compile(r"\W*(?:For|If|Since|Because)\b")
"""A sentence of its own that begins so speaks of what comes in it."""
CASE: Final = re.compile(
    r"\W*(?:and|but|while|whereas|so|in\s+particular|thus|hence|e\.g\.|for\s+instance|for\s+example|especially|again|finally|whose|which)\b", re.IGNORECASE
)
"""Words after a display that turn to something else."""


class Ledger:
    """Facts in the order in which they are said. ``facts``: those of the document around it to begin with; ``cases``: those that are said of one
    case, with how far they may still be meant."""

    def __init__(
        self, prose: Prose, settings: Mapping[int, Setting], scope_of: Mapping[int, Scope], formulas: Iterable[Formula], facts: Iterable[Fact]
    ) -> None:
        self.prose = prose
        self.settings = settings
        self.scope_of = scope_of
        self.facts = list(facts)
        self.cases: dict[Fact, int] = {}
        self.said: set[tuple[Content, int, int]] = set()
        self.displays: dict[int, int] = {}  # by sentence, where its first display stands
        for formula in formulas:
            if formula.display:
                self.displays.setdefault(formula.sentence, formula.segment.start)

    def _scope(self, formula: Formula) -> Scope:
        return self.scope_of[formula.number]

    def sentence(self, formula: Formula) -> Sentence:
        return self.prose.sentences[formula.sentence] if formula.sentence < len(self.prose.sentences) else self.prose.sentences[-1]

    def words_before(self, formula: Formula) -> str:
        """The words of its sentence that stand before a formula."""
        return self.sentence(formula).words.partition(f"⟨{formula.number}⟩")[0]

    def described(self, name: Term) -> Iterator[Description]:
        """What was said of a name."""
        return (d for f in self.facts if isinstance(d := f.content, Description) and d.symbol == name)

    def is_told(self, symbol: Term) -> bool:
        """Whether words said of what kind a name is: "let n be even", "let A be a matrix"."""
        return any(d.base in ("matrix", "vector", "function", "scalar", "random") or d.domain is not None for d in self.described(symbol))

    def is_told_of_each(self, base: Term) -> bool:
        """Whether words say of all entries or members at once what they are: "let A be symmetric", "let X_1, ..., X_n be i.i.d."."""
        return any(d.properties & ARRAY_PROPERTIES or d.base in ("random", "sequence") for d in self.described(base))

    def is_arbitrary(self, name: Name) -> bool:
        """Whether it stands for any number: "let x be real"."""
        return any(d.base == "scalar" and d.domain is not None for d in self.described(name))

    def known_random(self) -> frozenset[Symbol]:
        """The names of which something said that they are random."""
        return frozenset(d.symbol for f in self.facts if isinstance(d := f.content, Description) and (d.base == "random" or d.law is not None))

    def with_law(self) -> frozenset[Symbol]:
        """The names of which the law is told."""
        return frozenset(d.symbol for f in self.facts if isinstance(d := f.content, Description) and d.law is not None)

    def passing(self, contents: Iterable[Content], at: int, extent: Extent) -> None:
        """Record what holds for one case or example only; the range of an index is said for good."""
        for content in contents:
            if (content, extent.start, extent.end) not in self.said:
                self.said.add((content, extent.start, extent.end))
                self.facts.append(Fact(content, extent.start, extent.sure, at))
                if extent.sure < extent.end:
                    self.facts.append(Fact(content, extent.sure, extent.end, at, CARRIED, "convention"))
                self.cases[Fact(content, extent.start, extent.end, at)] = extent.asked

    def say(self, formula: Formula, contents: Iterable[Content], *, local: bool = False, from_start: bool = False, assumed: str = "") -> None:
        """Record facts that a formula states: from its place (or from the start of its scope) to the end of its scope, or of its sentence."""
        scope = self._scope(formula)
        sentence = self.sentence(formula)
        at = formula.segment.start
        for content in contents:
            start = at
            if local and isinstance(content, Description | Opaque):
                start = sentence.start
            elif isinstance(content, Description | Range | Opaque) or from_start:
                start = scope.start
            elif local:
                start = at if self._another_case(formula, sentence) else sentence.start
            else:
                start = self._backward(formula, sentence)
            if isinstance(content, Hypothesis) and not content.passing and not local and not self._rebound(content, scope):
                start = scope.start
            if isinstance(content, Description) and content.shape is not None and any(
                isinstance(f.content, Description) and f.content.symbol == content.symbol and f.content.shape not in (None, content.shape)
                and f.end > at for f in self.facts
            ):
                start = at
            fact = Fact(content, start, sentence.end if local else scope.end, at, assumed)
            if (content, start, fact.end) not in self.said:
                self.said.add((content, start, fact.end))
                self.facts.append(fact)

    def _rebound(self, hypothesis: Hypothesis, scope: Scope) -> bool:
        """Whether this is no bound on bare names, or there is another bound on the same names: then it holds only from where it is said."""
        if not isinstance(hypothesis.term, Relation) or not set(hypothesis.term.signs) <= ORDER or not is_simple_bound(hypothesis.term.items):
            return True
        names = free_names(hypothesis.term)
        return any(
            isinstance(f.content, Hypothesis) and f.content.term != hypothesis.term and free_names(f.content.term) == names
            and f.start < scope.end and f.at > scope.start and isinstance(f.content.term, Relation) and _opposed(f.content.term, hypothesis.term)
            for f in self.facts
        )

    def _backward(self, formula: Formula, sentence: Sentence) -> int:
        """Where a definition begins to hold: "where C = ..." after a display holds for that display."""
        at = formula.segment.start
        words = sentence.words.strip()
        number = formula.sentence if BACKWARD.match(words) and not AHEAD.match(words) else 0
        if number and not formula.display:
            return self.prose.sentences[number - 1].start
        word = self.settings.get(formula.number, NO_SETTING).word
        if word == "where" and not formula.display:
            return sentence.start
        if self.displays.get(formula.sentence, at) < at and word in ("with", "where", "here", "for", "if") and not self._another_case(formula, sentence):
            return sentence.start
        return at

    def _another_case(self, formula: Formula, sentence: Sentence) -> bool:
        """Whether words such as "and for gamma = 0 we have" after a display speak of what comes after them."""
        setting = self.settings.get(formula.number, NO_SETTING)
        behind = sentence.words.partition(f"⟨{formula.number}⟩")[2]
        return setting.word in ("for", "if", "at", "when", "with") and CASE.match(setting.before) is not None and MARK.search(behind) is not None


def _opposed(one: Relation, other: Relation) -> bool:
    """Whether two bounds on the same names contradict each other or differ in kind, so that each has its own place."""
    return one.signs != other.signs or one.items != other.items
