"""The laws that are known by a name: how they are written and what their parameters are. One row a law.

Its density, its moments and how its values are drawn are said where polynomials (``rules.normal.laws``) and numbers (``language.model.laws``) are computed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeAlias

from derivations.language.context import Context, Definition, Domain
from derivations.language.record import record
from derivations.language.structure import free_names, items, transform
from derivations.language.term import Bar, Call, Mul, Name, Relation, Term, Tuple


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


def lettered(term: Term) -> Term:
    """``N(0, 1)`` in a plain font as the law that it is where a law stands."""
    match term:
        case Call(Name(text) as name) if name == Name(text) and text in LETTERS:
            return replace(term, function=replace(name, font="cal"))
        case Mul((("", Name(text) as name), ("", Tuple(inside, "(")))) if text in LETTERS:  # a letter before a bracket that nothing says to be a function
            return Call(replace(name, font=name.font or "cal"), inside, "(")
        case _:
            return term


def with_laws(term: Term, letters: frozenset[str]) -> Term:
    """A term in which these letters name laws wherever they stand before as many arguments."""

    def of(node: Term) -> Term:
        found = lettered(node)
        return found if found is not node and isinstance(found, Call) and law_letter(found) in letters else node

    return transform(term, of) if letters else term


def law_letter(term: Term) -> str:
    """The letter of a law with all its parameters (and perhaps the variable of its density); empty for another term."""
    if not isinstance(term, Call) or not isinstance(term.function, Name) or term.function.text not in LETTERS:
        return ""
    row, name = spelled_law(term.function.text), law_named(term.function)
    arguments = term.arguments[0].right if isinstance(term.arguments[0], Bar) else None
    count = len(term.arguments) - 1 + (len(items(arguments)) if arguments is not None else 1)
    return term.function.text if row is not None and name is not None and count == LAWS[name].count > 1 else ""


Limits: TypeAlias = tuple[Term | None, Term | None]
"""Where the support of a density begins and ends; None: nowhere."""


def support(context: Context, variable: Term) -> Limits | None:
    """Where a density lives whose definition does not say it: as hypotheses bound its variable ("on x >= 0, let p(x) = ..."); None where they say other things
    of it than a least and a greatest value."""
    found: dict[bool, Term] = {}
    for h in (h for h in context.hypotheses if variable in free_names(h)):
        if not isinstance(h, Relation) or not set(h.signs) <= {"<", "<=", ">", ">="}:
            return None
        for left, sign, right in zip(h.items, h.signs, h.items[1:], strict=False):
            ordered = (left, right) if sign in ("<", "<=") else (right, left)
            if variable not in ordered or variable in free_names(ordered[1 - ordered.index(variable)]):
                return None
            below = ordered[1] == variable
            if found.setdefault(below, ordered[0 if below else 1]) != ordered[0 if below else 1]:
                return None
    return found.get(True), found.get(False)


def density_of(context: Context, law: Term) -> Definition | None:
    """The definition of the density of one variable that a law names: ``p(x) := ...`` for X with the density p."""
    found = [d for d in context.definitions if isinstance(d.lhs, Call) and d.lhs.function == law]
    one = found[0] if len(found) == 1 and found[0].where is None else None
    return one if one is not None and isinstance(one.lhs, Call) and len(one.lhs.arguments) == 1 and isinstance(one.lhs.arguments[0], Name) else None

