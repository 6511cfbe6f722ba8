"""The sides of all relations of a problem, read with what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from derivations.language.structure import transform
from derivations.language.term import Name, Term
from derivations.reading.columns import beside_arrays
from derivations.reading.differentials import as_derivative
from derivations.reading.entries_in_plain import with_entries
from derivations.reading.number_sets import in_chain
from derivations.reading.pairs import over_pairs, spoken_of
from derivations.reading.prose import Formula
from derivations.reading.sides import Read, read_side, without_argument
from derivations.reading.vocabulary import Vocabulary

Place = tuple[int, int, int]


@dataclass
class Together:
    """``sides`` by (formula, chain, side); ``doubted``: by formula the names of which it is in doubt whether they run under a sign."""

    sides: dict[Place, Read] = field(default_factory=dict)
    doubted: dict[int, frozenset[Name]] = field(default_factory=dict)


def read_together(formulas: Iterable[Formula], vocabulary: Vocabulary, text: str, suppressed: Mapping[Name, tuple[Term, ...]]) -> Together:
    """Read every side with this vocabulary. ``suppressed``: the arguments of functions that are left out."""
    found = Together()
    chains: list[tuple[int, list[Place], tuple[str, ...]]] = []
    for formula in formulas:
        for c, chain in enumerate(formula.chains):
            for s, side in enumerate(chain.sides):
                one = read_side(side, vocabulary, text)
                if suppressed and one.term is not None:
                    one = replace(one, term=transform(one.term, lambda node: without_argument(node, suppressed)))
                if vocabulary.entries and one.term is not None:
                    one = replace(one, term=with_entries(one.term, vocabulary.entries))
                found.sides[formula.number, c, s] = one
            places = [(formula.number, c, s) for s in range(len(chain.sides))]
            signs = tuple(link.sign for link in chain.links)
            for place, term in zip(places, in_chain(tuple(found.sides[p].term for p in places), signs, vocabulary), strict=True):
                found.sides[place] = replace(found.sides[place], term=term)
            chains.append((formula.number, places, signs))
    spoken = spoken_of((tuple(found.sides[p].term for p in places), signs) for _, places, signs in chains)
    for number, places, _ in chains:
        sides, doubted = over_pairs(tuple(found.sides[p].term for p in places), spoken)
        if doubted:
            found.doubted[number] = found.doubted.get(number, frozenset()) | doubted
        for place, term in zip(places, as_derivative(beside_arrays(sides, vocabulary.matrices)), strict=True):
            found.sides[place] = replace(found.sides[place], term=term)
    return found
