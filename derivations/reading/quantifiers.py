"""Names that a sentence speaks of anew: "for every real x", "let a and b be arbitrary". What was supposed of them before does not reach there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Final

from derivations.language.context import Definition, Domain
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Add, Frac, Index, Name, Num, Relation, Term, Tuple
from derivations.reading.declarations import FLIPPED
from derivations.reading.extents import CARRIED, subjects_of
from derivations.reading.patterns import is_value
from derivations.reading.prose import MARK, Formula, Sentence
from derivations.reading.scope import Content, Description, Fact, Hypothesis, Opaque

LISTED: Final = r"(?P<names>(?:⟨\d+⟩[\s,]*(?:and\b[\s,]*)?){1,12})"
EVERY: Final = re.compile(r"\bfor\s+(?:all|any|every|each|arbitrary|general)\s+(?P<of>(?:[a-z-]+\s+){0,3})" + LISTED, re.IGNORECASE)
ARBITRARY: Final = re.compile(LISTED + r"(?:be|is|are)\s+(?:now\s+)?(?:arbitrary|general|any)\b", re.IGNORECASE)
WHEREVER: Final = re.compile(r"\b(?:everywhere|identically|always)\b", re.IGNORECASE)
"""Words that claim for all values, and name nothing."""
BEHIND: Final = re.compile(r"for all\s+(?P<names>\\?[A-Za-z]+(?:\s*,\s*\\?[A-Za-z]+)*)\s*(?P<of>\\in\b)?")
"""A quantifier behind a relation in its formula."""
NUMBERS: Final = re.compile(r"\b(?:real|complex|rational|value|scalar)s?\b", re.IGNORECASE)
"""Words that say over which numbers a name runs. ("For all integers t" is said of those that are counted, t >= 1, as well.)"""
SIGNED: Final = {Domain.POSITIVE: ">", Domain.NONNEGATIVE: ">=", Domain.NEGATIVE: "<", Domain.NONZERO: "!="}
"""The domains that a name may be said to have for one case, as bounds."""


SAME: Final = re.compile(r"\b(?:such|these|those|this|that)\b", re.IGNORECASE)
"""Words that speak of what was supposed: "for all such x"."""


@record
class Anew:
    """Between ``start`` and ``end`` the names stand for any value; of which kind, the words say (``told``) or leave open. ``values``: only values that were
    given to them are left behind, not what defines them by other names."""

    names: frozenset[Term]
    start: int
    end: int
    told: bool
    values: bool = False


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
        if WHEREVER.search(sentence.words):
            terms = [term_of(by_number[n]) for mark in MARK.finditer(sentence.words) if (n := int(mark[1])) in by_number]
            yield Anew(frozenset[Term]().union(*(free_names(t) for t in terms if t is not None)), sentence.start, sentence.end, False, values=True)
    for formula in by_number.values():
        for chain in formula.chains:
            for words in (*(reason for _, reason in chain.reasons), f"{chain.cue} {chain.sides[0].text} \\in" if chain.cue and chain.links else ""):
                behind = BEHIND.match(words)
                if behind is not None:
                    names = frozenset[Term](Name(name.strip().lstrip("\\")) for name in behind["names"].split(","))
                    yield Anew(names, formula.segment.start, formula.segment.end, behind["of"] is not None)


def _named(term: Term | None) -> tuple[Term, ...]:
    """The names in ``x``, ``x, y`` and ``x \\in R``; of another condition none."""
    if isinstance(term, Relation):
        return _named(term.items[0]) if term.signs == ("in",) else ()
    return tuple(t for t in (term.items if isinstance(term, Tuple) else (term,)) if isinstance(t, Name | Index))


def requantified(facts: list[Fact], cases: dict[Fact, int], anew: Iterable[Anew]) -> None:
    """Take from each suppositions what stands where its names are spoken of anew. Where the words leave open over which values they run, it is taken to hold
    on; where they say it ("for every real x"), it may only be asked whether it is still meant."""
    by_name: dict[Term, list[int]] = {}
    for k, fact in enumerate(facts):
        for name in _supposed(fact.content) if fact.source == "text" else ():
            by_name.setdefault(name, []).append(k)
    parts: dict[int, list[Fact]] = {}
    for one in anew:
        for k in sorted({k for name in one.names for k in by_name.get(name, ())}):
            if one.values and not (isinstance(given := facts[k].content, Definition) and is_value(given.rhs)):
                continue
            parts[k] = [part for fact in parts.get(k, [facts[k]]) for part in _cut(fact, one, cases)]
    facts[:] = [part for k, fact in enumerate(facts) for part in parts.get(k, [fact])]


def _cut(fact: Fact, one: Anew, cases: dict[Fact, int]) -> list[Fact]:
    if fact.at >= one.start or fact.end <= one.start or fact.start >= one.end or fact.source != "text":
        return [fact]
    before, after = replace(fact, end=one.start), replace(fact, start=one.end)
    kept = [part for part in (before, after) if part.start < part.end]
    if one.told:
        cases[before] = min(one.end, fact.end)
        return kept
    return [*kept, replace(fact, start=one.start, end=min(one.end, fact.end), assumed=CARRIED, source="convention")]


def _supposed(content: object) -> frozenset[Term]:
    """The names that a supposition, a value or a domain is said of."""
    match content:
        case Hypothesis(term):
            return subjects_of(term)
        case Definition(Name() | Index() as lhs, _, ()):
            return frozenset((lhs,))
        case Description(symbol, base="", shape=None, domain=domain, law=None) if domain in SIGNED:
            return frozenset((symbol,))
        case _:
            return frozenset()


OPPOSITE: Final = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def negated(term: Term | None) -> Relation | None:
    """The opposite of one relation between two terms."""
    match term:
        case Relation((_, _) as items, (sign,)) if sign in OPPOSITE:
            return Relation(items, (OPPOSITE[sign],))
        case _:
            return None


_CONTRARY: Final = {Domain.POSITIVE: "<=", Domain.NONNEGATIVE: "<", Domain.NEGATIVE: ">="}
_PARITY: Final = {"even": "odd", "odd": "even"}


def otherwise(contents: Iterable[Content], written: Term | None) -> list[Content]:
    """What holds where a condition does not: "if x is positive, a, *otherwise* b"; what has no opposite here says that it is not understood."""
    if (opposite := negated(written)) is not None:
        return [Hypothesis(opposite)]
    found: list[Content] = []
    for said in contents:
        match said:
            case Description(symbol, domain=Domain.POSITIVE | Domain.NONNEGATIVE | Domain.NEGATIVE as domain) if not said.properties and said.shape is None:
                found.append(Hypothesis(Relation((symbol, Num("0")), (_CONTRARY[domain],))))
            case Description(symbol, properties=properties) if len(properties) == 1 and properties <= _PARITY.keys():
                found.append(replace(said, properties=frozenset((_PARITY[next(iter(properties))],))))
            case Description(symbol):
                found.append(Opaque((symbol,), "otherwise"))
            case _:
                pass
    return found


# -- suppositions that replace each other ------------------------------------------------------------------------------------------------------


def superseded(facts: list[Fact]) -> None:
    """Bounds on one name that no number meets both, each supposed at its place ("suppose x > 0 ... now suppose x < 0"): the first ends where the second
    begins, and the second does not reach back."""
    by_name: dict[Term, list[tuple[int, Ends]]] = {}
    for k, fact in enumerate(facts):
        for name, ends in _bounds(fact.content) if fact.source == "text" else ():
            by_name.setdefault(name, []).append((k, ends))
    for group in by_name.values():
        for k, one in group:
            for j, other in group:
                first, second = facts[k], facts[j]
                if first.at < second.at < first.end and (_below(one, other) or _below(other, one)):
                    facts[k] = replace(first, end=max(first.start, second.at))
                    facts[j] = replace(second, start=max(second.start, second.at))


@record
class Ends:
    """The ends of an interval (None where it has none) and whether they belong to it."""

    low: Fraction | None
    high: Fraction | None
    closed: bool


def _below(one: Ends, other: Ends) -> bool:
    """Whether all of one interval lies below all of the other."""
    return one.high is not None and other.low is not None and (one.high < other.low or (one.high == other.low and not (one.closed and other.closed)))


def _bounds(content: object) -> Iterator[tuple[Term, Ends]]:
    match content:
        case Hypothesis(Relation(items, signs)) if set(signs) <= {"<", "<=", ">", ">="}:
            for left, sign, right in zip(items, signs, items[1:], strict=False):
                for name, value, how in ((left, _number(right), sign), (right, _number(left), FLIPPED[sign])):
                    if isinstance(name, Name | Index) and value is not None:
                        yield name, Ends(value, None, how == ">=") if how[0] == ">" else Ends(None, value, how == "<=")
        case Description(symbol, base="" | "scalar", shape=None, domain=domain, law=None) if domain in SIGNED and domain is not Domain.NONZERO:
            sign = SIGNED[domain]
            yield symbol, Ends(Fraction(0), None, sign == ">=") if sign[0] == ">" else Ends(None, Fraction(0), False)
        case _:
            pass


def _number(term: Term) -> Fraction | None:
    match term:
        case Num(digits):
            return Fraction(digits)
        case Add((("-", Num(digits)),)):
            return -Fraction(digits)
        case Frac(Num(above), Num(below)) if Fraction(below) != 0:
            return Fraction(above) / Fraction(below)
        case _:
            return None
