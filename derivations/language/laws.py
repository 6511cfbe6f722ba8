"""The laws that are known by a name: how they are written and what their parameters are. One row a law.

Its density, its moments and how its values are drawn are said where polynomials (``rules.normal.laws``) and numbers (``language.model.laws``) are computed.
"""

from __future__ import annotations

from typing import Final

from derivations.language.context import Domain
from derivations.language.record import record
from derivations.language.term import Name, Term


@record
class NamedLaw:
    """``spellings``: the words and letters that name it. ``parameters``: where each of them lies, in order. ``continuous``: it has a density."""

    name: str
    spellings: tuple[str, ...]
    parameters: tuple[Domain, ...]
    continuous: bool

    @property
    def count(self) -> int:
        return len(self.parameters)


LAWS: Final = {
    row.name: row
    for row in (
        NamedLaw("Normal", ("N", "Normal", "Gaussian"), (Domain.REAL, Domain.POSITIVE), True),  # mean and variance, or a vector and a matrix
        NamedLaw("Uniform", ("U", "Uniform", "Unif"), (Domain.REAL, Domain.REAL), True),
        NamedLaw("Exponential", ("Exp", "Exponential"), (Domain.POSITIVE,), True),  # the rate
        NamedLaw("Laplace", ("Laplace",), (Domain.REAL, Domain.POSITIVE), True),  # place and scale
        NamedLaw("Bernoulli", ("Bernoulli", "Bern", "Ber"), (Domain.PROBABILITY,), False),
        NamedLaw("Binomial", ("Binomial", "Bin"), (Domain.NATURAL, Domain.PROBABILITY), False),
        NamedLaw("Poisson", ("Poisson", "Poi", "Pois"), (Domain.POSITIVE,), False),
        NamedLaw("Geometric", ("Geometric",), (Domain.PROBABILITY,), False),  # the number of trials up to the first success, counted from 1
    )
}
LETTERS: Final = frozenset(("N", "U", "Exp"))
"""What names a law only in another font than a letter's, or where nothing but a law can stand."""
_BY_SPELLING: Final = {spelling: row for row in LAWS.values() for spelling in row.spellings}


def spelled_law(text: str) -> NamedLaw | None:
    """The law of a word or letter, where a law stands."""
    return _BY_SPELLING.get(text)


def law_named(term: Term) -> str | None:
    """The law that a name denotes wherever it stands: ``N`` and ``U`` must be calligraphic or upright, as they are letters too."""
    if not isinstance(term, Name) or term.accent or term.primes or (term.text in LETTERS and term.font not in ("cal", "rm", "text")):
        return None
    row = _BY_SPELLING.get(term.text)
    return None if row is None else row.name
