"""Sentences about random variables: independence, means and variances."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from derivations.language.context import Symbol
from derivations.language.term import Call, Dots, Index, Name, Num, Relation, Term, Tuple
from derivations.reading.declarations import listed, symbol_of
from derivations.reading.prose import MARK, Prose
from derivations.reading.scope import Content, Description, Hypothesis

MEAN: Final = Name("E", font="bb")
VARIANCE: Final = Name("Var", font="rm")
_LIST: Final = r"((?:⟨\d+⟩(?:\s*\([^()]*\))?(?:\s*,\s*|\s*,?\s*and\s+(?:\w+\s+)?)?)+)"
_INDEPENDENT: Final = (
    re.compile(_LIST + r"\s*(?:are|be|is|being|,)?\s*(?:mutually\s+|pairwise\s+|all\s+)?(?:independent|uncorrelated)\b"),
    re.compile(r"\bindependent(?:\s+(?:random\s+)?(?:variables?|vectors?))?\s+(?:of\s+each\s+other\s+)?(?!of)" + _LIST),
    re.compile(r"(⟨\d+⟩)\s*(?:is|are|be)?\s*independent\s+of\s+(⟨\d+⟩)"),
)
_VALUE: Final = r"(?P<value>⟨\d+⟩|zero|one|unit|0|1)"
MOMENTS: Final = (
    (re.compile(r"(?:\bmeans?|\bexpectations?|expected\s+values?)\s+(?:of\s+|is\s+|equal\s+to\s+)?" + _VALUE), "mean"),
    (re.compile(_VALUE + r"[\s-]+mean\b"), "mean"),
    (re.compile(r"\bvariances?\s+(?:of\s+|is\s+|equal\s+to\s+)?" + _VALUE), "variance"),
    (re.compile(_VALUE + r"[\s-]+variance\b"), "variance"),
)
Reader = Callable[[int], "Term | None"]


def moments(prose: Prose, number: int, term_of: Reader, families: Mapping[Name, int]) -> Iterable[Content]:
    """What sentence ``number`` says about random variables. ``families``: sequences with their number of indices."""
    words = prose.sentences[number].words
    for pattern in _INDEPENDENT:
        for found in pattern.finditer(words):
            symbols = [s for mark in MARK.finditer(found[0]) for s in _symbols(term_of(int(mark[1])))]
            yield from (Description(_family(s, families), "random", arity=_arity(s, families)) for s in symbols)
            if len(symbols) > 1:
                yield Hypothesis(Relation(tuple(symbols), ("perp",) * (len(symbols) - 1)))
    stated: set[str] = set()
    for pattern, which in MOMENTS:
        for found in pattern.finditer(words):
            if which in stated:
                continue
            value = value_of(found["value"], term_of)
            subjects = _subjects(words, found.start(), term_of)
            if value is None or not subjects:
                continue
            stated.add(which)
            for symbol in subjects:
                yield Description(_family(symbol, families), "random", arity=_arity(symbol, families))
                function = MEAN if which == "mean" else VARIANCE
                bracket = "[" if which == "mean" else "("
                yield Hypothesis(Relation((Call(function, (symbol,), bracket), value), ("=",)))  # type: ignore[arg-type]


def _symbols(term: Term | None) -> list[Symbol]:
    if term is None:
        return []
    if isinstance(term, Relation):
        term = term.items[0]
    if isinstance(term, Tuple) and any(isinstance(item, Dots) for item in term.items):  # X_1, ..., X_n
        first = symbol_of(term.items[0])
        return [Index(first.base, (Name("i"),))] if isinstance(first, Index) else []
    return [s for item in listed(term) if (s := symbol_of(item)) is not None]


def _family(symbol: Symbol, families: Mapping[Name, int]) -> Symbol:
    return symbol.base if isinstance(symbol, Index) and isinstance(symbol.base, Name) and symbol.base in families else symbol


def _arity(symbol: Symbol, families: Mapping[Name, int]) -> int:
    return len(symbol.subscripts) if isinstance(symbol, Index) and symbol.base in families else 0


def value_of(text: str, term_of: Reader) -> Term | None:
    if text in ("zero", "0"):
        return Num("0")
    if text in ("one", "unit", "1"):
        return Num("1")
    mark = MARK.match(text)
    found = None if mark is None else term_of(int(mark[1]))
    return found.items[-1] if isinstance(found, Relation) and found.signs == ("=",) else found if not isinstance(found, Relation) else None


def _subjects(words: str, before: int, term_of: Reader) -> list[Symbol]:
    """The names that a mean or variance is said of: the formulas that open the clause, before words like "have", "with", "are", "be"."""
    clause = words[:before]
    opened = re.search(_LIST + r"[^⟨⟩]*?\b(?:ha(?:s|ve|ving)|with|are|be|is)\b[^⟨⟩]*(?:⟨\d+⟩[^⟨⟩]*)?\Z", clause)
    if opened is None:
        return []
    return [s for mark in MARK.finditer(opened[1]) for s in _symbols(term_of(int(mark[1])))]
