"""Names that words say what they are: "let J be *the mean reward*", "we write c for *the speed*". Such a name is not free: its words determine it.

What the words say is not understood here. So an equation that gives the name is a claim about them, and no value that somebody chose for it is a
counterexample to it. "Let x be *a* real number" leaves x free.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from derivations.language.record import record
from derivations.language.term import Index, Name, Term
from derivations.reading.lexicon import CONDITIONAL, HEDGING, NEGATIVE
from derivations.reading.prose import MARK, Sentence

_ARTICLE: Final = r"(?:the|its|their|his|our|this|that)"
_ARE: Final = re.compile(
    rf"⟨(?P<number>\d+)⟩\s*,?\s*(?:be|is|are|denotes?|represents?|stands?\s+for|means|for|as|counts?)\s+{_ARTICLE}\b", re.IGNORECASE
)
_CALLED: Final = re.compile(
    rf"\b(?:denote|call|abbreviate|write)\s+{_ARTICLE}\s(?P<words>[^.;:,⟨]*(?:⟨\d+⟩[^.;:,⟨]*)?)\s(?:by|as)\s+⟨(?P<number>\d+)⟩", re.IGNORECASE
)
_BESIDE: Final = re.compile(
    rf"\b{_ARTICLE}\s+(?:(?!(?:of|in|by|for|to|with|and|or|at|from|on|than|as|is|are|be|has|have|we|that)\s)[a-z-]+\s+){{1,4}}⟨(?P<number>\d+)⟩(?!\s*(?:-|=))",
    re.IGNORECASE,
)
_SOME: Final = re.compile(
    r"\b(?:(?:for|with)\s+(?:some|suitable|certain|appropriate)|there\s+(?:exists?|(?:is|are)\s+(?:an?|some)))\s+(?:[a-z]+\s+){0,2}⟨(?P<number>\d+)⟩(?!\s*(?:such|with))",
    re.IGNORECASE,
)
"""Names of what there is, and is found later: "for some constants *A, B*"."""
_SHORT: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    r"⟨(?P<name>\d+)⟩\s*,?\s*(?:(?:is|be|as|being)\s+)?(?:an?\s+)?(?:short(?:hand)?(?:\s+notation)?|abbreviation)\s+for\s+⟨(?P<value>\d+)⟩",
    r"⟨(?P<name>\d+)⟩\s+(?:abbreviates|stands\s+for|denotes)\s+⟨(?P<value>\d+)⟩",
    r"\b(?:write|writing|put)\s+⟨(?P<name>\d+)⟩\s+for\s+⟨(?P<value>\d+)⟩",
    r"\b(?:denote|denoting|abbreviate|abbreviating|write|writing)\s+⟨(?P<value>\d+)⟩\s+(?:simply\s+)?(?:by|as)\s+⟨(?P<name>\d+)⟩",
))
_REST: Final = re.compile(r"[^.;:,]*")
_MOST_WORDS: Final = 60
_NUMBERS: Final = {word: k for k, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1)}
_COUNTS: Final = re.compile(rf"⟨(?P<number>\d+)⟩\s+(?:(?!and\b|or\b|{'|'.join(_NUMBERS)})[a-z-]+\s+)?(?P<noun>[a-z]{{3,}}s)\b", re.IGNORECASE)
_NUMBERED: Final = re.compile(rf"\b(?P<how_many>{'|'.join(_NUMBERS)}|\d+)\s+(?P<next>[a-z-]+)(?:\s+(?P<other>[a-z-]+))?", re.IGNORECASE)


@record
class Named:
    """A formula whose name words determine. ``by``: the formulas in those words; ``words``: them, where they tell what a name is in terms of others."""

    number: int
    by: tuple[int, ...] = ()
    words: str = ""


def some_in(words: str) -> tuple[Named, ...]:
    """The names of what there is, of which nothing says what it is: it is no number of choice, and a step that speaks of it claims that there is one."""
    return tuple(Named(int(m["number"]), words=" ".join(MARK.sub("...", m[0]).split())) for m in _SOME.finditer(words))


def named_in(words: str) -> tuple[Named, ...]:
    """The names in the formulas of a sentence of which its words say what they are."""
    found: dict[int, Named] = {}
    for pattern in (_ARE, _CALLED, _BESIDE):
        for match in pattern.finditer(words):
            number = int(match["number"])
            told = match["words"] if pattern is _CALLED else _REST.match(words, match.end())[0][:_MOST_WORDS]  # type: ignore[index]
            by = tuple(int(mark[1]) for mark in MARK.finditer(told) if pattern is _CALLED or not _ARE.match(words, match.end() + mark.start()))
            written = pattern is _CALLED or re.search(r"\b(?:write|denote|call|abbreviate)\s*$", words[: match.start()], re.IGNORECASE) is not None
            quoted = match[0] if pattern is _CALLED else match[0] + told
            found.setdefault(number, Named(number, by if written else (), " ".join(MARK.sub("...", quoted).split())[:_MOST_WORDS]))
    return tuple(found.values())


def abbreviated(words: str) -> tuple[tuple[int, int], ...]:
    """The formulas that words make names of others, "p is *shorthand for* f(x)", each with the other."""
    found = []
    for pattern in _SHORT:
        for match in pattern.finditer(words):
            clause = re.split(r"[.;:?!]", words[: match.start()])[-1]
            denied = any(w in NEGATIVE or w in HEDGING or w in CONDITIONAL for w in re.findall(r"[a-z']+", clause.lower()))
            if not denied and _UNQUALIFIED.match(words, match.end()):
                found.append((int(match["name"]), int(match["value"])))
    return tuple(found)


_UNQUALIFIED: Final = re.compile(r"\s*(?:$|[.;:,)]|(?:and|so|then|hence|where|as)\b)")
"""What may stand behind "s is short for a + b", so that it is nothing else under some condition."""


def counted_nouns(sentences: Iterable[str]) -> dict[str, int]:
    """The nouns of which a formula says how many there are: "there are K *arms*"."""
    found: dict[str, int] = {}
    for words in sentences:
        for match in _COUNTS.finditer(words):
            found.setdefault(match["noun"].lower(), int(match["number"]))
    return found


def numbers_of(words: str, nouns: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """How many a sentence says there are of nouns that are counted elsewhere: "for *two* arms"."""
    known = {noun.removesuffix("s"): noun for noun in nouns}
    found = []
    for match in _NUMBERED.finditer(words):
        behind = (known.get(word.lower().removesuffix("s")) for word in (match["next"], match["other"] or ""))
        noun = next((word for word in behind if word is not None), None)
        how_many = match["how_many"].lower()
        if noun is not None:
            found.append((noun, _NUMBERS[how_many] if how_many in _NUMBERS else int(how_many)))
    return tuple(found)


_MARK_SAID: Final = re.compile(
    r"\b(?:an?|the)\s+(?P<mark>bar|overbar|hat|tilde|dot|star|asterisk|check|breve)s?\s+(?:always\s+|here\s+)?(?:denotes?|indicates?|means?|marks?|stands?\s+for|refers?\s+to|is|over)\b",
    re.IGNORECASE,
)
_ACCENTS: Final = {"overbar": "bar", "asterisk": "star"}


def marked_in_words(symbol: Term, sentences: Iterable[Sentence]) -> bool:
    """Whether words say what the accent of a name means: "a bar denotes the gradient of the loss". Then an equation of such a name is a claim."""
    base = symbol.base if isinstance(symbol, Index) else symbol
    if not isinstance(base, Name) or not (base.accent or base.label == "*"):
        return False
    marks = {_ACCENTS.get(m["mark"].lower(), m["mark"].lower()) for s in sentences for m in _MARK_SAID.finditer(s.words)}
    return bool(marks & {*base.accent, "star" if base.label == "*" else ""})
