"""How far a condition or an example value reaches: "if A is symmetric, ...", "with beta = 0", "for example n = 3", "is switched off when a < 0".

What is said of one case holds in its sentence, and "if x > 1, ..." in those that say that they speak of that case ("Then ...", "In that case ..."). That
"for x > 0, ...", "with m = 4, ..." and examples hold on in the sentences behind, until the text turns to something else (the same names are spoken of anew,
"in general", "for every n", a new section), is a convention of the reader: what needs it says so.
A sentence that names several cases of one thing gives each its own part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final

from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Index, Name, Relation, Term
from derivations.reading import lexicon
from derivations.reading.declarations import ORDER
from derivations.reading.patterns import is_value
from derivations.reading.prose import MARK, NO_SETTING, Cue, Formula, Prose, Sentence, Setting
from derivations.reading.rows import DECLARING

OPENERS: Final = re.compile(
    r"\W*(?:(?:and|or|but|now|so|thus|hence|then|also|again|next|finally|first|second|on\s+the\s+other\s+hand|in\s+particular|similarly|conversely|otherwise)\W+)*"
    r"(?:even\s+)?(?:if|when|whenever|once|for|with|at|in\s+the\s+case|in\s+case|case|taking|setting|put|putting|under|where)\b[^.;:,]*",
    re.IGNORECASE,
)
"""Words before a condition with which its clause begins."""
JOINING: Final = re.compile(r"\W*(?:and|or|but|while|whereas|so|then|also)\b", re.IGNORECASE)
CARRYING: Final = re.compile(
    r"\W*(?:then|hence|thus|so|therefore|consequently|it\s+follows|this|these|that|which|where|here|and|also|moreover|furthermore|indeed|similarly|likewise|since|"
    r"because|both|its?|the\s+same|again|using|by|in\s+particular|[A-Za-z]+ing)\b",
    re.IGNORECASE,
)
"""Words with which a sentence carries on what the one before said."""
SAME_CASE: Final = re.compile(
    r"\W*(?:then\b|(?:in|under|for)\s+(?:this|that|which|such\s+an?|these|those)\s+(?:case|condition|assumption|regime|setting|event)s?\b)", re.IGNORECASE
)
"""Words with which a sentence speaks of the case of the one before."""
DEFINING: Final = re.compile(r"\b(?:define|let|denote|introduce|consider)\b", re.IGNORECASE)
"""Words of a sentence that says what something is: "for 0 < a < 1 define" bounds it as long as it is spoken of."""
CARRIED: Final = "what line {line} says of one case is taken to hold on in the sentences behind it"
NUMBERED: Final = re.compile(r"\W*(?:\\[a-z]+\{)?\W*(?:Case|Regime)\s+(?:\w{1,3}|⟨\d+⟩)\s*[:.)(,]", re.IGNORECASE)
"""How one of several cases begins that are worked out one after the other: "Case 1: x > 0."."""
EXAMPLE: Final = re.compile(
    r"\b(?:for\s+instance|for\s+example|say|(?:an?|our|toy|this|one|simple)\s+(?:counter-?)?example|for\s+concreteness|to\s+illustrate|for\s+a\s+moment)\b|\be\.\s?g\.",
    re.IGNORECASE,
)
GENERAL: Final = re.compile(
    r"\b(?:otherwise|in\s+(?:both|either|any|every|each)\s+cases?|this\s+completes|in\s+general|generally|more\s+generally|in\s+the\s+general\s+case|for\s+general|in\s+all\s+cases|whatever|regardless\s+of|for\s+all\s+(?:sizes|values|"
    r"cases|inputs)|for\s+(?:any|every|each|arbitrary)\s+(?:size|value|case|input|choice|number)s?)\b",
    re.IGNORECASE,
)
"""Words that end all cases and examples."""
ANEW: Final = re.compile(
    r"\b(?:for|given|with|take|let|consider)\s+(?:(?:all|any|every|each|arbitrary|general|some|real|the)\s+){0,3}(?:[a-z-]+\s+){0,2}$", re.IGNORECASE
)
"""Words before a bare name that speak of it anew: "for every real x", "for n coins"."""
OF_ANOTHER: Final = re.compile(
    r"\W*(?:(?:and|but|while|whereas)\s+)?(?:in|for|at)\s+the\s+(?:second|third|fourth|fifth|next|last|other)\b", re.IGNORECASE
)
"""Words with which a sentence speaks of another thing of a kind: "In the second example"."""
SEPARATED: Final = re.compile(r"[\s,]*(?:\band\b)?[\s,]*")
CONCLUDED: Final = re.compile(r"[\s,]*(?:and|so|thus|hence|then|therefore|giving|which)\b", re.IGNORECASE)
OR: Final = re.compile(r"[\s,;]*\b(?:or|oder)\b[\s,;]*(?:(?:if|when|for|else|that|with)\b)?\s*", re.IGNORECASE)
BRACKETED: Final = re.compile(r"\(\s*(?:⟨\d+⟩(?:[\s,;]|and\b)*)+\)")
BEHIND_NOUN: Final = re.compile(r"(?<=[A-Za-z])\s*" + BRACKETED.pattern)
DIRECTLY: Final = re.compile(r"\b(?:for|with|at|when|if|taking|setting)\s*$", re.IGNORECASE)
"""Words right before a value."""
AND: Final = re.compile(r"[\s,]*(?:and|but)[\s,]*(?:also)?[\s,]*", re.IGNORECASE)
"""Words between two conditions of one case."""
WITHIN: Final = frozenset(("if", "when", "whenever", "once", "iff", "unless", "case", "only", "at", "provided"))
"""Words of conditions that end where nothing carries them on."""


@record
class Extent:
    """From ``start`` to ``end``, offsets in the source; the words say so as far as ``sure``, and beyond it is taken to hold on. As far as ``asked`` it may
    still be meant."""

    start: int
    end: int
    sure: int
    asked: int = 0


_OPEN_BRACKET: Final = re.compile(r"\(([^()⟨]*)$")


class Extents:
    """The reach of conditions in one problem. ``term_of``: the relation in a formula, or its term, if it could be read."""

    def __init__(
        self, prose: Prose, settings: Mapping[int, Setting], formulas: Iterable[Formula], term_of: Callable[[Formula], Term | None]
    ) -> None:
        self.prose = prose
        self.settings = settings
        self.term_of = term_of
        self.by_sentence: dict[int, list[Formula]] = {}
        self.related: set[int] = set()
        """The numbers of the formulas that state a relation."""
        for formula in formulas:
            if any(chain.links for chain in formula.chains):
                self.related.add(formula.number)
            self.by_sentence.setdefault(formula.sentence, []).append(formula)

    def of(self, formula: Formula, about: frozenset[Term], last: int, word: str = "") -> Extent:
        """How far the condition on the names ``about`` that a formula states reaches. ``last``: the end of its scope; ``word`` introduces it."""
        if (aside := self._aside(formula)) is not None:
            return aside
        found = self._whole(formula, about, last, word)
        rest = self.otherwise(formula)
        if rest is None or not found.start < rest.start:
            return found
        return Extent(found.start, min(found.end, rest.start), min(found.sure, rest.start), min(found.asked, rest.start))

    def _aside(self, formula: Formula) -> Extent | None:
        """The bracket that a case is said in, with what holds in it: "(if a = b, *the left side is zero*)"."""
        if formula.display:
            return None
        sentence = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)]
        head, mark, behind = sentence.words.partition(f"⟨{formula.number}⟩")
        opened = _OPEN_BRACKET.search(head)
        closed = re.match(r"[^()]*", behind)
        if opened is None or closed is None or OPENERS.fullmatch(opened[1]) is None or re.search(r"[A-Za-z⟨]", closed[0]) is None:
            return None
        end = sentence.offset(len(head) + len(mark) + closed.end())
        return Extent(sentence.offset(opened.start()), end, end)

    def otherwise(self, formula: Formula) -> Extent | None:
        """Where it is said what holds without this condition: "if x > 0, a; *otherwise b*", "a if x > 0 and *b otherwise*", and in a sentence of its own."""
        at = min(formula.sentence, len(self.prose.sentences) - 1)
        sentence, inside = self.prose.sentences[at], {f.number: f for f in self.by_sentence.get(formula.sentence, ())}
        behind = sentence.words.partition(f"⟨{formula.number}⟩")[2]
        if formula.display:
            return None
        if (trailing := re.search(r"⟨(\d+)⟩[\s,]*otherwise\b\W*$", behind)) is not None and int(trailing[1]) in inside:
            start = inside[int(trailing[1])].segment.start
            return Extent(start, sentence.end, sentence.end)
        if (leading := re.search(r"\b(?:otherwise|else)\b[^⟨]*⟨(\d+)⟩", behind, re.IGNORECASE)) is not None and int(leading[1]) in inside:
            start = inside[int(leading[1])].segment.start
            return Extent(start, sentence.end, sentence.end)
        following = self.prose.sentences[at + 1] if at + 1 < len(self.prose.sentences) else None
        if following is not None and not following.heading and re.match(r"\W*(?:otherwise|else|in\s+the\s+other\s+case)\b", following.words, re.IGNORECASE):
            return Extent(following.start, following.end, following.end)
        return None

    def _whole(self, formula: Formula, about: frozenset[Term], last: int, word: str) -> Extent:
        sentence = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)]
        word = word or self.settings.get(formula.number, NO_SETTING).word
        group = self._joined(formula) if formula in self.by_sentence[formula.sentence] else [formula]
        cases = [] if formula.display else self._cases_like(formula.sentence, about)
        if len(cases) > 1 and group[0] in cases:
            return self._one_of(group[0], cases, sentence.start, sentence.end)
        opening = self.opens(formula)
        anew = self._anew(formula.sentence, about)
        if NUMBERED.match(sentence.words):
            end = self._next_case(formula.sentence, last)
            return Extent(sentence.start, end, end)
        if (example := EXAMPLE.search(sentence.words)) is not None:
            end = max(min(self._carried(formula.sentence, CARRYING), anew), sentence.end)
            return Extent(self._after(sentence, example.start(), formula), end, sentence.end)
        start = formula.segment.start if opening and self._later(formula) else sentence.start
        if word in WITHIN:
            end = max(min(self._carried(formula.sentence, SAME_CASE), anew), sentence.end) if opening else sentence.end
            return Extent(start, end, end, min(self._carried(formula.sentence, CARRYING), anew))
        # "a = b for x > 0" says it of what is concluded from it, and of no more
        limit = max(min(last, anew) if opening or word != "for" else self._carried(formula.sentence, CARRYING), sentence.end)
        return Extent(start, limit, limit if opening and DEFINING.search(sentence.words) else sentence.end, min(last, anew) if self._before(formula)[1] else 0)

    def _cases_like(self, number: int, about: frozenset[Term]) -> list[Formula]:
        """The first conditions of the cases of a sentence in which something is said of the names ``about``."""
        firsts = [self._joined(f)[0] for f in self.by_sentence[number] if self._is_case(f) and subjects_of(self.term_of(f)) == about]
        return list({f.number: f for f in firsts}.values())

    def _after(self, sentence: Sentence, at: int, formula: Formula) -> int:
        """Where the first formula behind a place in the words of a sentence stands: what comes before "e.g." is no example."""
        before = {int(mark[1]) for mark in MARK.finditer(sentence.words[:at])}
        if not before:
            return sentence.start
        behind = [f.segment.start for f in self.by_sentence.get(formula.sentence, ()) if f.number not in before]
        return min(behind, default=formula.segment.start)

    def _next_case(self, number: int, last: int) -> int:
        """Where the next of numbered cases begins, or they end."""
        behind = self.prose.sentences[number + 1:]
        return next((s.start for s in behind if s.heading or NUMBERED.match(s.words) or GENERAL.search(s.words) or EXAMPLE.search(s.words)), last)

    def opens(self, formula: Formula) -> bool:
        """Whether a clause begins with this condition. Right behind a formula it belongs to that: "a = b for x > 0"."""
        between, first = self._before(formula)
        if not first and not (JOINING.match(between) or (between.lstrip().startswith(",") and self._later(formula))):
            return False
        return OPENERS.fullmatch(between) is not None

    def passes(self, formula: Formula, word: str) -> bool:
        """Whether words introduce a condition or the value of one case, and no lasting assumption."""
        if formula.display or word in lexicon.PASSING:
            return word in lexicon.PASSING
        words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
        return EXAMPLE.search(words) is not None or (word == "with" and self.opens(formula))

    def gives_value(self, formula: Formula) -> bool:
        """Whether ``K = 10`` gives a name its value for what is said: "for D = 784, H = 128 and K = 10 the number is ...", "a layer (k = 3, p = 0)"."""
        if formula.display:
            return False
        words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
        for bracket in BRACKETED.finditer(words):
            inside = [int(mark[1]) for mark in MARK.finditer(bracket[0])]
            if formula.number in inside and len(inside) > 1:
                return True
        head, _, behind = words.partition(f"⟨{formula.number}⟩")
        if DIRECTLY.search(head):
            return True
        before, first = self._before(formula)
        more = re.match(r"\s*(?:,\s*(?:and\b)?|and\b)\s*⟨", behind) is not None
        return not first and DIRECTLY.search(before) is not None and (more or re.search(r"\band\s*$", head) is not None)

    def listed_value(self, formula: Formula) -> bool:
        """Whether ``k = 3`` is one of the values with which a clause begins and of which something is said: "with s = 2, k = 3 and n = 7 we get ..."."""
        inside = [f for f in self.by_sentence[formula.sentence] if not f.display]
        if formula not in inside or not self.opens(formula) or self.opens_alone(formula):
            return False
        words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
        at = last = inside.index(formula)
        while at and self._separated(words, inside[at - 1], inside[at]):
            at -= 1
        while last + 1 < len(inside) and self._separated(words, inside[last], inside[last + 1]) and self._names_value(inside[last + 1]):
            last += 1
        behind = words.partition(f"⟨{inside[last].number}⟩")[2]
        return all(self._names_value(f) for f in inside[at : last + 1]) and last + 1 < len(inside) and CONCLUDED.match(behind) is None

    def opens_alone(self, formula: Formula) -> bool:
        """Whether words stand right before a formula."""
        head = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words.partition(f"⟨{formula.number}⟩")[0]
        return SEPARATED.fullmatch(head[head.rfind("⟩") + 1 :]) is None or "⟩" not in head

    def _names_value(self, formula: Formula) -> bool:
        term = self.term_of(formula)
        return isinstance(term, Relation) and term.signs == ("=",) and isinstance(term.items[0], Name) and is_value(term.items[1])

    def _separated(self, words: str, one: Formula, other: Formula) -> bool:
        return SEPARATED.fullmatch(words.partition(f"⟨{one.number}⟩")[2].partition(f"⟨{other.number}⟩")[0]) is not None

    @cached_property
    def _of_things(self) -> frozenset[int]:
        """The formulas in brackets behind a noun that give one name several values: "a first layer (k = 3) ... a second one (k = 5)"."""
        found: dict[Term, dict[int, Term]] = {}
        for formula in (f for inside in self.by_sentence.values() for f in inside if not f.display and self._names_value(f)):
            words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
            term = self.term_of(formula)
            if any(f"⟨{formula.number}⟩" in bracket[0] for bracket in BEHIND_NOUN.finditer(words)) and isinstance(term, Relation):
                found.setdefault(term.items[0], {})[formula.number] = term.items[1]
        return frozenset(n for values in found.values() if len(set(values.values())) > 1 for n in values)

    def of_another(self, formula: Formula) -> bool:
        """Whether a value is that of another thing of its kind: "a second layer (k = 5)", "in the second example a = 5"."""
        if formula.display:
            return False
        words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
        return formula.number in self._of_things or OF_ANOTHER.match(words) is not None

    def introducing(self) -> dict[int, Setting]:
        """The settings, in which the values of examples are introduced and solve nothing."""
        examples = {f.number for inside in self.by_sentence.values() for f in inside if self._names_value(f) and (self.listed_value(f) or self.of_another(f))}
        return {n: replace(setting, cue=Cue.DEFINE) if n in examples and setting.cue is Cue.NONE else setting for n, setting in self.settings.items()}

    def _is_case(self, formula: Formula) -> bool:
        setting = self.settings.get(formula.number, NO_SETTING)
        term = self.term_of(formula)
        limiting = isinstance(term, Relation) and (set(term.signs) <= ORDER or is_value(term.items[-1]))
        supposed = setting.cue is Cue.ASSUME or setting.word in ("with", "at")
        return limiting and (supposed or self.listed_value(formula) or (self._names_value(formula) and self.of_another(formula)))

    def _one_of(self, formula: Formula, cases: list[Formula], start: int, end: int) -> Extent:
        """The part of a sentence that belongs to one of its cases: what follows it, or what stands before it ("a for x > 0, b for x < 0")."""
        at = cases.index(formula)
        before = [f for f in self.by_sentence[formula.sentence] if f.segment.start < cases[0].segment.start and self._claims(f)]
        if before and not self.opens(cases[0]):
            return Extent(start if at == 0 else cases[at - 1].segment.end, formula.segment.end, formula.segment.end)
        end = cases[at + 1].segment.start if at + 1 < len(cases) else end
        return Extent(formula.segment.start, end, end)

    @staticmethod
    def _claims(formula: Formula) -> bool:
        """Whether a formula can be what is said of a case; "t -> infinity" is none."""
        links = formula.chains[0].links if formula.chains else ()
        return bool(links) and links[0].sign not in DECLARING

    def _before(self, formula: Formula) -> tuple[str, bool]:
        """The words between the formula before in its sentence and this one (of a list: before the list), and whether there is none before it."""
        words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
        head = words.partition(f"⟨{formula.number}⟩")[0]
        marks = list(MARK.finditer(head))
        while marks and re.fullmatch(r"[\s,]*(?:and|or)?[\s,]*", head[marks[-1].end():]) is not None:
            head = head[: marks[-1].start()]
            marks.pop()
        return head[marks[-1].end():] if marks else head, not marks

    def _joined(self, formula: Formula) -> list[Formula]:
        """The conditions of one case that a formula belongs to: "if x > 0 and x < 1"."""
        inside = self.by_sentence[formula.sentence]
        words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
        at = inside.index(formula)
        joined = [formula]
        for step, put in ((-1, 0), (1, len(inside))):
            k = at + step
            while 0 <= k < len(inside) and self._is_bound(inside[k]) and not inside[k].display:
                one, other = sorted((inside[k - step].number, inside[k].number))
                if AND.fullmatch(words.partition(f"⟨{one}⟩")[2].partition(f"⟨{other}⟩")[0]) is None:
                    break
                joined.insert(min(put, len(joined)), inside[k])
                k += step
        return joined

    def alternative(self, formula: Formula, chain: int) -> bool:
        """Whether "or" stands between this relation and another: neither is said by itself."""
        cues = [one.cue for one in formula.chains[chain : chain + 2]]
        if (chain and OR.fullmatch(cues[0])) or (len(cues) > 1 and OR.fullmatch(cues[1])):
            return True
        if formula.display:
            return False
        words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
        inside = [f for f in self.by_sentence[formula.sentence] if not f.display and f.chains and f.chains[0].links]
        at = inside.index(formula) if formula in inside else -1
        near = [k for k, last in ((at - 1, chain == 0), (at + 1, chain == len(formula.chains) - 1)) if at >= 0 and last and 0 <= k < len(inside)]
        for other in (inside[k] for k in near):
            one, two = sorted((formula.number, other.number))
            if OR.fullmatch(words.partition(f"⟨{one}⟩")[2].partition(f"⟨{two}⟩")[0]):
                return True
        return False

    def _is_bound(self, formula: Formula) -> bool:
        term = self.term_of(formula)
        return isinstance(term, Relation) and subjects_of(term) != frozenset() and set(term.signs) <= {*ORDER, "="}

    def _later(self, formula: Formula) -> bool:
        """Whether other formulas come before this one in its sentence, and more after it: then it speaks of those after it."""
        inside = self.by_sentence[formula.sentence]
        at = inside.index(formula)
        return 0 < at < len(inside) - 1

    def _carried(self, number: int, words: re.Pattern[str]) -> int:
        """The end of the last sentence that carries on sentence ``number``, which begins with such words."""
        sentences = self.prose.sentences
        number = min(number, len(sentences) - 1)
        while number + 1 < len(sentences) and not sentences[number + 1].heading and words.match(sentences[number + 1].words):
            number += 1
        return sentences[number].end

    def _anew(self, number: int, about: frozenset[Term]) -> int:
        """Where the text turns to something else after sentence ``number``: the names are spoken of anew, or all cases are over."""
        for k in range(number + 1, len(self.prose.sentences)):
            sentence = self.prose.sentences[k]
            if sentence.heading or GENERAL.search(sentence.words):
                return sentence.start
            for formula in self.by_sentence.get(k, ()):
                if not formula.display and self._speaks_anew(formula, about):
                    return sentence.start
        return 1 << 60

    def _speaks_anew(self, formula: Formula, about: frozenset[Term]) -> bool:
        """"for every real x", "for n coins", "let x = 2", "if x < 0": names that are given another meaning or value."""
        term = self.term_of(formula)
        if term is None:
            return False
        setting = self.settings.get(formula.number, NO_SETTING)
        if isinstance(term, Relation):
            return self._is_case(formula) and bool(about) and subjects_of(term) == about
        named = subjects_of(term)
        return bool(named) and named >= about and bool(about) and ANEW.search(setting.before) is not None


def subjects_of(term: Term | None) -> frozenset[Term]:
    """The names that a condition is about: those that stand by themselves on one of its sides, else all names in it."""
    if term is None:
        return frozenset()
    items = term.items if isinstance(term, Relation) else getattr(term, "items", (term,))
    bare = frozenset(item for item in items if isinstance(item, Name | Index))
    return bare or frozenset[Term](free_names(term))
