"""Entries of a bold array in the plain letter: ``b_i`` beside ``\\mathbf b``, ``A_{ij}`` beside ``\\mathbf A``. They are read as its entries. And a bold I that
nothing else is said of is the identity matrix.

Not where the plain letter stands alone as well, or is told to be something: then it is another thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from derivations.language.context import ONE, Array, Family, Kind, Symbol
from derivations.language.structure import children, transform
from derivations.language.term import Index, Name, Term
from derivations.reading.scope import Description

BOLD: Final = "bold"


def plain_entries(terms: Iterable[Term], said: Mapping[Symbol, Description], kinds: Mapping[Symbol, Kind]) -> dict[Name, Name]:
    """The plain letters whose subscripted ones are entries, each with the name of the array."""
    terms = tuple(terms)
    places = {s: n for s in (*said, *kinds) if isinstance(s, Name) and s.font == BOLD and (n := _places(s, said, kinds)) is not None}
    alone: set[Name] = set()
    counts: dict[Name, set[int]] = {}
    for term in terms:
        for name, count in _occurrences(term):
            counts.setdefault(name, set()).add(count)
            alone |= {name} if count == 0 else set()
    identity, spoken_of = Name("I", font=BOLD), Name("I") in counts or Name("I") in said
    found: dict[Name, Name] = {identity: Name("I")} if identity in counts and identity not in said and not spoken_of else {}
    for bold, count in places.items():
        plain = replace(bold, font="")
        spoken = plain in said and (said[plain].shape is not None or said[plain].base in ("vector", "matrix", "scalar", "function"))
        if counts.get(plain) == {count} and plain not in alone and not spoken and count not in counts.get(bold, set()):
            found[plain] = bold
    return found


def with_entries(term: Term, entries: Mapping[Name, Name]) -> Term:
    return transform(term, lambda node: entries.get(node, node) if isinstance(node, Name) else node)


def _places(symbol: Name, said: Mapping[Symbol, Description], kinds: Mapping[Symbol, Kind]) -> int | None:
    """How many subscripts an entry of an array has, and one of a member of a family; None for what is no array."""
    one, kind = said.get(symbol), kinds.get(symbol)
    if one is not None and one.shape is not None:
        return one.arity + (1 if one.shape[1] == ONE else 2)
    if isinstance(kind, Family):
        return kind.arity + (1 if kind.member.cols == ONE else 2)
    return None if not isinstance(kind, Array) else 1 if kind.cols == ONE else 2


def _occurrences(term: Term) -> Iterator[tuple[Name, int]]:
    """The names in a term, each with how many subscripts it has there."""
    match term:
        case Name():
            yield term, 0
        case Index(Name() as base, subscripts):
            yield base, len(subscripts)
            for s in subscripts:
                yield from _occurrences(s)
        case _:
            for part in children(term):
                yield from _occurrences(part)
