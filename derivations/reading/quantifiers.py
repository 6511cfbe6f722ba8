"""Names that a sentence speaks of anew: "for every real x", "let a and b be arbitrary". What was supposed of them before does not reach there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from derivations.language.context import Definition, Domain
from derivations.language.term import Index, Name, Relation, Term, Tuple
from derivations.reading.extents import CARRIED, subjects_of
from derivations.reading.prose import MARK, Formula, Sentence
from derivations.reading.scope import Description, Fact, Hypothesis

LISTED: Final = r"(?P<names>(?:⟨\d+⟩[\s,]*(?:and\b)?[\s,]*)+)"
EVERY: Final = re.compile(r"\bfor\s+(?:all|any|every|each|arbitrary|general)\s+(?P<of>(?:[a-z-]+\s+){0,3})" + LISTED, re.IGNORECASE)
ARBITRARY: Final = re.compile(LISTED + r"(?:be|is|are)\s+(?:now\s+)?(?:arbitrary|general|any)\b", re.IGNORECASE)
NUMBERS: Final = re.compile(r"\b(?:real|complex|rational|value|scalar)s?\b", re.IGNORECASE)
"""Words that say over which numbers a name runs. ("For all integers t" is said of those that are counted, t >= 1, as well.)"""
SIGNED: Final = {Domain.POSITIVE: ">", Domain.NONNEGATIVE: ">=", Domain.NEGATIVE: "<", Domain.NONZERO: "!="}
"""The domains that a name may be said to have for one case, as bounds."""


SAME: Final = re.compile(r"\b(?:such|these|those|this|that)\b", re.IGNORECASE)
"""Words that speak of what was supposed: "for all such x"."""


@dataclass(frozen=True, slots=True)
class Anew:
    """Between ``start`` and ``end`` the names stand for any value; of which ``kind``, the words say or leave open."""

    names: frozenset[Term]
    start: int
    end: int
    told: bool


def spoken_anew(sentences: Iterable[Sentence], formulas: Iterable[Formula], term_of: Callable[[Formula], Term | None]) -> Iterator[Anew]:
    by_number = {f.number: f for f in formulas}
    for sentence in sentences:
        for pattern, lasts in ((EVERY, False), (ARBITRARY, True)):
            for found in pattern.finditer(sentence.words):
                terms = [term_of(by_number[n]) for mark in MARK.finditer(found["names"]) if (n := int(mark[1])) in by_number]
                told = lasts or NUMBERS.search(found["of"]) is not None or any(isinstance(t, Relation) and t.signs == ("in",) for t in terms)
                names = frozenset(name for term in terms for name in _named(term))
                if names and not SAME.search(found.groupdict().get("of") or ""):
                    yield Anew(names, sentence.start, 1 << 60 if lasts else sentence.end, told)


def _named(term: Term | None) -> tuple[Term, ...]:
    """The names in ``x``, ``x, y`` and ``x \\in R``; of another condition none."""
    if isinstance(term, Relation):
        return _named(term.items[0]) if term.signs == ("in",) else ()
    return tuple(t for t in (term.items if isinstance(term, Tuple) else (term,)) if isinstance(t, Name | Index))


def requantified(facts: list[Fact], cases: dict[Fact, int], anew: Iterable[Anew]) -> None:
    """Take from each suppositions what stands where its names are spoken of anew. Where the words leave open over which values they run, it is taken to hold
    on; where they say it ("for every real x"), it may only be asked whether it is still meant."""
    for one in anew:
        kept: list[Fact] = []
        for fact in facts:
            if fact.at >= one.start or fact.end <= one.start or fact.start >= one.end or fact.source != "text" or not _supposes(fact.content, one.names):
                kept.append(fact)
                continue
            before, after = replace(fact, end=one.start), replace(fact, start=one.end)
            kept += [part for part in (before, after) if part.start < part.end]
            if one.told:
                cases[before] = min(one.end, fact.end)
            else:
                kept.append(replace(fact, start=one.start, end=min(one.end, fact.end), assumed=CARRIED, source="convention"))
        facts[:] = kept


def _supposes(content: object, names: frozenset[Term]) -> bool:
    match content:
        case Hypothesis(term):
            return bool(subjects_of(term) & names)
        case Definition(Name() | Index() as lhs, _, ()):
            return lhs in names
        case Description(symbol, base="", shape=None, domain=domain, law=None):
            return symbol in names and domain in SIGNED
        case _:
            return False
