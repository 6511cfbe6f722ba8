"""Sets of numbers in other letters than blackboard ones: behind a sign of membership ``\\mathbf R^d``, ``\\mathrm R_+`` and ``R^n`` are the reals'."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derivations.language.term import Index, Name, Pow, Relation, Term
from derivations.reading.vocabulary import Vocabulary

MEMBERSHIP: Final = frozenset(("in", "notin", "subset", "subseteq"))
MAPPING: Final = "->"
_SETS: Final = frozenset("RNZCQ")


def number_set(term: Term, vocabulary: Vocabulary) -> Term:
    """What stands where a set must. A plain letter is one of numbers only as a power or with a subscript: ``x \\in R`` may name a region."""
    match term:
        case Name(text, accent=(), font="bold" | "rm", primes=0, label="") if text in _SETS and term not in vocabulary.sets:
            return replace(term, font="bb")
        case Pow(Name("R", accent=(), font="", primes=0, label="") as base, exponent) if base not in vocabulary.sets:
            return Pow(replace(base, font="bb"), exponent)
        case Pow(base, exponent):
            return Pow(number_set(base, vocabulary), exponent)
        case Index(base, subscripts):
            return Index(number_set(base, vocabulary), subscripts)
        case _:
            return term


def in_chain(sides: tuple[Term | None, ...], signs: tuple[str, ...], vocabulary: Vocabulary) -> tuple[Term | None, ...]:
    """The sides of a chain, those that must be sets read as such: behind a sign of membership, and around the arrow of a function."""
    found = list(sides)
    for k, sign in enumerate(signs):
        places = (k + 1,) if sign in MEMBERSHIP else (k, k + 1) if sign == MAPPING and ":" in signs[:k] else ()
        for place in places:
            term = found[place]
            found[place] = None if term is None else number_set(term, vocabulary)
    return tuple(found)


def in_relation(relation: Relation, vocabulary: Vocabulary) -> Relation:
    sides = in_chain(relation.items, relation.signs, vocabulary)
    return relation if sides == relation.items else Relation(tuple(s for s in sides if s is not None), relation.signs)
