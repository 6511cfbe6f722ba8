"""Letters that name a law in a document: ``P = N(m, v)`` where X is drawn from P, ``KL(P || N(0, 1))``, "each *N(m, v)* distributed".

``N(a, b)`` alone may be any function of two arguments. Where it stands for what is drawn from, compared as a law, or called one, it is a law, and then so are
the others of the document with as many arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from derivations.language.context import Definition
from derivations.language.laws import law_letter, lettered
from derivations.language.structure import function_text, subterms
from derivations.language.term import Bar, Call, Index, Name, Relation, Term
from derivations.reading.drafts import Analysis
from derivations.reading.prose import MARK, Prose
from derivations.reading.scope import Description

_DIVERGENCES: Final = frozenset(("KL", "D"))
_OPERATORS: Final = frozenset(("E", "Var", "Cov"))
_SAID: Final = re.compile(r"\b(?:normal|gaussian|distribut|densit|laws?\b|random|drawn|sampl)", re.IGNORECASE)
"""Words of a sentence in which a law stands."""


def law_letters(analysis: Analysis, relations: Iterable[Term], prose: Prose) -> frozenset[str]:
    """The letters of which a document shows that they name laws; none that it defines as a function."""
    defined = {d.lhs.function for f in analysis.facts if isinstance(d := f.content, Definition) and isinstance(d.lhs, Call)}
    places = [*_places(analysis), *_spoken_of(analysis, prose)]
    named = {place for place in places if isinstance(place, Name | Index)}
    for relation in relations:
        if isinstance(relation, Relation) and relation.items[0] in named:
            places.append(relation.items[1])
    letters = (law_letter(lettered(place)) for place in places)
    return frozenset(letter for letter in letters if letter and Name(letter) not in defined)


def _places(analysis: Analysis) -> Iterator[Term]:
    """What stands where a law stands."""
    for fact in analysis.facts:
        if isinstance(fact.content, Description) and fact.content.law is not None:
            yield fact.content.law
    for term in analysis.terms():
        for _, node in subterms(term):
            match node:
                case Relation((_, law), ("~",)):
                    yield law
                case Call(Index(_, (Name() | Index() as law,))) if function_text(node) in _OPERATORS:
                    yield law
                case Call(_, (Bar(one, other),)) if function_text(node) in _DIVERGENCES:
                    yield from (one, other)
                case Call(_, (Name() as law,)) if function_text(node) == "H":
                    yield law
                case Call(_, (one, other)) if function_text(node) == "KL":
                    yield from (one, other)
                case _:
                    continue


def _spoken_of(analysis: Analysis, prose: Prose) -> Iterator[Term]:
    """Formulas that are a letter with its arguments and nothing else, in a sentence about laws."""
    sentences = {int(mark[1]) for sentence in prose.sentences if _SAID.search(sentence.words) for mark in MARK.finditer(sentence.words)}
    alone = {number for number, chain, side in analysis.sides if (chain, side) == (0, 0)} - {number for number, chain, side in analysis.sides if chain or side}
    for number in sorted(alone & sentences):
        if (term := analysis.sides[number, 0, 0].term) is not None:
            yield term
