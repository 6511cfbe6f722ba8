"""Sizes that words and a formula give together: "let A be an *n x n* symmetric matrix", "the *m x n* matrix W", "x is a *d*-dimensional vector"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from derivations.language.term import Index, Mul, Name, Num, Pow, Term, Tuple
from derivations.reading.declarations import family_of, listed
from derivations.reading.lexicon import ADJECTIVES
from derivations.reading.scope import Description

_ADJECTIVES: Final = r"(?:(?!(?:be|is|are|and|or|of|with|not|no|by|for|to|whose|that|which)\b)[A-Za-z]{1,30}(?:-[A-Za-z]{1,30})?,?\s{1,9}){0,4}"
NAMES: Final = r"(?P<names>⟨\d+⟩(?:(?:\s{0,3},\s{0,3}(?:and\s{1,3})?|\s{1,3}and\s{1,3})⟨\d+⟩){0,7})"
"""Formulas that are listed together."""
_IS: Final = r"\s{0,3},?\s{1,3}(?:(?:all|both|each)\s+)?(?:be|is|are|being|denotes?|denote|as|to\s+be)\s+"
_A: Final = r"(?:(?:an?|the|any|some|two|three|our|its|given|fixed)\s+)?"
_SIZE: Final = r"⟨(?P<size>\d+)⟩"
_OF_SIZE: Final = rf"(?:of|with|have|has|having)\s+(?:an?\s+|the\s+)?(?:size|shape|dimensions?|format|length)\s+{_SIZE}"
_MATRIX: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"{NAMES}{_IS}{_A}{_ADJECTIVES}{_SIZE}[\s-]{{1,9}}{_ADJECTIVES}(?:matrix|matrices)\b",
    rf"{NAMES}\s*,\s*(?:an?|the|both)\s+{_ADJECTIVES}{_SIZE}[\s-]{{1,9}}{_ADJECTIVES}(?:matrix|matrices)\b",
    rf"\b{_A}{_ADJECTIVES}{_SIZE}[\s-]{{1,9}}{_ADJECTIVES}(?:matrix|matrices)\s+{NAMES}",
    rf"{NAMES}{_IS}{_A}{_ADJECTIVES}(?:matrix|matrices)\s+{_OF_SIZE}",
    rf"(?:matrix|matrices)\s+{NAMES}\s+{_OF_SIZE}",
    rf"{NAMES}{_IS}{_A}{_ADJECTIVES}(?:matrix|matrices)\s+(?:in|from)\s+{_SIZE}",
))
_VECTOR: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"{NAMES}{_IS}{_A}{_ADJECTIVES}{_SIZE}\s*-\s*dimensional\s+{_ADJECTIVES}(?:vector|vectors)\b",
    rf"{NAMES}\s*,\s*(?:an?|the|both)\s+{_ADJECTIVES}{_SIZE}\s*-\s*dimensional\s+{_ADJECTIVES}(?:vector|vectors)\b",
    rf"{_SIZE}\s*-\s*dimensional\s+{_ADJECTIVES}(?:vector|vectors)\s+{NAMES}",
    rf"{NAMES}{_IS}{_A}{_ADJECTIVES}(?:vector|vectors)\s+{_OF_SIZE}",
    rf"{NAMES}{_IS}{_A}{_ADJECTIVES}(?:vector|vectors)\s+(?:in|from)\s+{_SIZE}",
    rf"{NAMES}\s*,?\s+(?:each|all)(?:\s+of\s+(?:them|which))?(?:\s+(?:is|are|being))?\s+{_A}{_ADJECTIVES}(?:vectors?|points?)\s+(?:in|from)\s+{_SIZE}",
    rf"(?:vectors?|points?)\s+{NAMES}\s+(?:in|from)\s+{_SIZE}",
))
_BARE: Final = re.compile(rf"{NAMES}{_IS}{_SIZE}(?P<behind>(?:\s*,?\s+(?:and\s+)?[a-z]+(?:[-\s][a-z]+)?)?)", re.IGNORECASE)
"""A size for a predicate: "V is *n x n* orthogonal"."""
_OF_ARRAYS: Final = re.compile(r"\b(?:matrix|matrices|vectors?|columns?|rows?)\b", re.IGNORECASE)
_DENIED: Final = re.compile(r"\b(?:not|no|nor|neither|never|unless|whether)\b", re.IGNORECASE)


def sizes_told(words: str, written: Callable[[int], Term | None]) -> Iterator[tuple[int, Description]]:
    """The arrays whose sizes a sentence tells, each with the number of the formula that names it. ``written``: what a formula holds."""
    yield from _bare(words, written)
    for patterns, base in ((_MATRIX, "matrix"), (_VECTOR, "vector")):
        for match in (m for pattern in patterns for m in pattern.finditer(words)):
            shape = _shape(written(int(match["size"])), base)
            if shape is None or _DENIED.search(match[0]):
                continue
            for number in (int(n) for n in re.findall(r"\d+", match["names"])):
                term = written(number)
                if isinstance(term, Tuple) and (family := family_of(term.items)) is not None:
                    yield number, Description(family, base, shape, arity=1)
                    continue
                for symbol in listed(term) if term is not None else ():
                    if isinstance(symbol, Name | Index):
                        yield number, Description(symbol, base, shape)


def _bare(words: str, written: Callable[[int], Term | None]) -> Iterator[tuple[int, Description]]:
    """Of a number such a product may be the value ("the cost C is *m x n*"): it is a size where words speak of arrays, or the name or the product shows it."""
    for match in _BARE.finditer(words):
        shape = _shape(written(int(match["size"])), "matrix")
        if shape is None or _DENIED.search(match[0]):
            continue
        adjective = " ".join(re.findall(r"[a-z]+", match["behind"].lower()))
        known = any(word in ADJECTIVES and "matrix" in ADJECTIVES[word].fits for word in (adjective, *adjective.split()))
        numbers = [int(n) for n in re.findall(r"\d+", match["names"])]
        singular = re.match(r"\s*,?\s+is\b", words[match.end("names"):]) is not None
        for number in numbers[-1:] if singular else numbers:  # "of rank n, b *is* m x 1"
            term = written(number)
            for symbol in listed(term) if term is not None else ():
                bold = isinstance(symbol, Name) and symbol.font == "bold"
                if isinstance(symbol, Name | Index) and (known or bold or Num("1") in shape or _OF_ARRAYS.search(words)):
                    yield number, Description(symbol, "vector" if shape[1] == Num("1") else "matrix", shape)


def _shape(size: Term | None, base: str) -> tuple[Term, Term] | None:
    match size:
        case Pow(Name("R", font="bb"), within):
            return _shape(within, base)
        case Mul(((_, rows), ("times", cols))) if base == "matrix" or cols == Num("1"):
            return rows, cols
        case Name() | Num() if base == "vector":
            return size, Num("1")
        case _:
            return None
