"""Entries of a bold array in the plain letter: ``b_i`` beside ``\\mathbf b``, ``A_{ij}`` beside ``\\mathbf A``. They are read as its entries. And a bold I that
nothing else is said of is the identity matrix.

Not where the plain letter stands alone as well, or is told to be something: then it is another thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from derivations.language.context import ONE, Array, Family, Kind, Symbol
from derivations.language.structure import children, subterms, transform
from derivations.language.term import Index, Name, Term
from derivations.reading.scope import Description

BOLD: Final = "bold"


def plain_entries(
    terms: Iterable[Term], said: Mapping[Symbol, Description], kinds: Mapping[Symbol, Kind], defined: Iterable[Term] = ()
) -> dict[Name, Name]:
    """The plain letters whose subscripted ones are entries, each with the name of the array. ``defined``: names that are defined as arrays."""
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
    labelled = {s for s in (*said, *kinds) if isinstance(s, Index) and isinstance(s.base, Name) and s.base.font == BOLD}
    written = {node for term in terms for _, node in subterms(term) if isinstance(node, Index)} if labelled else set()
    for name in {s.base for s in labelled if isinstance(s.base, Name)}:  # (W_1)_{ij} beside a bold W_1
        plain = replace(name, font="")
        own = {node for node in written if node.base == plain}
        if own and plain not in alone and plain not in said and all(replace(node, base=name) in labelled for node in own):
            found[plain] = name
    for bold in (d for d in defined if isinstance(d, Name) and d.font == BOLD and d not in places):
        one = counts.get(replace(bold, font=""), set())
        if one in ({1}, {2}):  # a column or a matrix: what its entries show
            places[bold] = next(iter(one))
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
