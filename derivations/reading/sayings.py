"""What the words of a sentence amount to for the names in a formula: descriptions of them, and words about them that were not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from derivations.language.context import Definition, Domain, Symbol
from derivations.language.structure import free_names
from derivations.language.term import Add, Bars, Call, Dots, Index, Name, Num, Relation, Term, Tuple
from derivations.reading.arrays import is_capital
from derivations.reading.clauses import Said
from derivations.reading.declarations import family_of, listed, symbol_of
from derivations.reading.lexicon import ELSEWHERE, LOOSE, ONLY, Meaning
from derivations.reading.scope import TOGETHER, Content, Description, Hypothesis, Opaque
from derivations.reading.uses import is_known_function

ORDERS: Final = frozenset(("<", "<=", ">", ">=", "!="))
LAWS: Final[dict[str, Term]] = {"standard normal": Call(Name("N", font="cal"), (Num("0"), Num("1")))}
"""Laws that the lexicon names."""


def subjects(term: Term) -> tuple[tuple[Symbol, int], ...]:
    """The names in a list, each with its number of subscripts where it is a sequence: ``q_1, ..., q_K`` speaks of every ``q_k``."""
    items = term.items if isinstance(term, Tuple) else ()
    if any(isinstance(item, Dots) for item in items):
        family = family_of(items)
        return () if family is None else ((family, 1),)
    if isinstance(term, Relation) and set(term.signs) <= ORDERS and (symbol := symbol_of(term.items[0])) is not None:  # "let X > 0 be a random variable"
        return ((symbol, 0),)
    return tuple((symbol, 0) for item in listed(term) if (symbol := symbol_of(item)) is not None)


def told_by(said: Iterable[Said], about: Iterable[tuple[Symbol, int]]) -> tuple[tuple[Description, bool], ...]:
    """The descriptions that words give to names, each with whether it holds in its sentence only."""
    found: list[tuple[Description, bool]] = []
    for one in said:
        for symbol, arity in about:
            if is_known_function(symbol):
                continue
            if one.counts and isinstance(symbol, Name | Index) and not arity:
                found.append((Description(symbol, domain=Domain.NATURAL), one.local))
            together = _together(one.meanings, arity)
            meanings = [m for m in one.meanings if not ("numbers" in m.properties and is_capital(symbol))]  # "coin A" is one, "class k" any
            found.extend((replace(d, together=together) if d.base == "random" else d, one.local) for d in (_described(symbol, arity, m) for m in meanings))
    return tuple(found)


def _together(meanings: tuple[Meaning, ...], arity: int) -> str:
    """What words make of the members of a family of random variables."""
    said = frozenset(p for m in meanings for p in m.properties)
    return next((word for word in TOGETHER if word in said or word == "unknown"), "") if arity else ""


def _described(symbol: Symbol, arity: int, meaning: Meaning) -> Description:
    base = "" if meaning.base == "variable" or (arity and meaning.base == "set") else meaning.base  # "a batch x_1, ..., x_m" is made of numbers
    if arity and base in ("", "scalar", "sequence"):
        base = "sequence"
    arity = arity if base in ("sequence", "random", "vector", "matrix") else 0
    if isinstance(symbol, Index) and isinstance(symbol.base, Name) and all(isinstance(s, Name) and len(s.text) == 1 for s in symbol.subscripts):
        if base == "sequence" and not arity:  # "a sequence (f_t)" is said of f
            return Description(symbol.base, base, domain=meaning.domain, arity=len(symbol.subscripts))
        if base == "matrix" and meaning.properties:  # "z_i is symmetric" makes no matrix of it
            base = ""
    return Description(symbol, base, properties=meaning.properties, domain=meaning.domain, law=LAWS.get(meaning.law), arity=arity)


def of_members(said: Description, indices: frozenset[Name], labelled: frozenset[Index]) -> Description:
    """"Let the g_t be independent random variables", "with probabilities p_i" is said of all of them where t and i number things."""
    symbol = said.symbol
    number = said.base in ("", "scalar") and said.domain is not None
    if not (said.base == "random" or number) or not isinstance(symbol, Index) or not isinstance(symbol.base, Name) or symbol in labelled:
        return said
    if not all(s in indices for s in symbol.subscripts):
        return said
    return replace(said, symbol=symbol.base, base="") if number else replace(said, symbol=symbol.base, arity=len(symbol.subscripts))


def conditions_in(
    said: Iterable[Said], about: tuple[tuple[Symbol, int], ...], term_of: Callable[[int], Term | None]
) -> tuple[tuple[Content, bool], ...]:
    """The equations that words amount to: a unit vector has the norm 1, what is one-hot has its one in a place that they name."""
    norms = [(Hypothesis(Relation((Bars("norm", symbol), Num("1")), ("=",))), one.local) for one in said for m in one.meanings for symbol, arity in about
             if "unit" in m.properties and not arity]
    places = [(c, one.local) for one in said for number in one.hot for symbol, _ in about if isinstance(symbol, Name) for c in hot(symbol, term_of(number))]
    return (*norms, *places)


def hot(symbol: Name, place: Term | None) -> tuple[Content, ...]:
    """What is one-hot has its one in this place: ``y_k := delta_{k c}``, and c numbers things."""
    if not isinstance(place, Name | Num):
        return ()
    k = Name("k") if place != Name("k") else Name("j")
    made = Definition(Index(symbol, (k,)), Index(Name("delta"), (k, place)), (k,))
    return (made,) if isinstance(place, Num) else (Description(place, "scalar", properties=frozenset({"numbers"}), domain=Domain.INTEGER), made)


def sums_of(said: Said, terms: Iterable[Term]) -> tuple[Content, ...]:
    """"a and b sum to one": of several plain names their sum is 1."""
    names = [s for term in terms for s, arity in subjects(term) if not arity]
    if len(names) < 2 or not any("adds_up" in m.properties for m in said.meanings):
        return ()
    return (Hypothesis(Relation((Add(tuple(("+", name) for name in names)), Num("1")), ("=",))),)


def loosened(words: str) -> str:
    """The turn in a sentence that loosens what it claims, or claims it of another case: "to first order", "up to a constant", "it would be"."""
    plain = " ".join(re.sub(r"⟨\d+⟩", " ", words).lower().split())
    if plain.rstrip("\"')*_ ").endswith("?"):
        return "?"
    elsewhere = ELSEWHERE.search(plain) or ONLY.search(plain)
    return next((turn for turn in LOOSE if re.search(rf"\b{re.escape(turn)}\b", plain)), "") or (elsewhere[0] if elsewhere is not None else "")


def unclear(
    said: Iterable[Said], terms: Iterable[Term], indices: frozenset[Name], term_of: Callable[[int], Term | None]
) -> tuple[tuple[Content, bool], ...]:
    """The words about a formula that were not understood, with the names in it."""

    def limiting(number: int) -> bool:
        term = term_of(number)
        return isinstance(term, Tuple) or (isinstance(term, Relation) and any(sign in ORDERS for sign in term.signs))

    named: list[Symbol] = []
    for term in terms:
        about = subjects(term)
        named.extend(s for s, _ in about)
        if not about:
            named.extend(sorted(free_names(term) - indices, key=repr))
    names = tuple(dict.fromkeys(n for n in named if not is_known_function(n)))
    return tuple((Opaque(names, one.opaque), one.local) for one in said if one.opaque and names and (not one.limits or any(map(limiting, one.limits))))


def alternatives(written: Iterable[Term | None]) -> bool:
    """"for (i) f(x) = c, (ii) f(x) = x^n": different things said of one left side in a sentence, without a condition for each."""
    said: dict[Term, set[Term]] = {}
    relations = [term for term in written if isinstance(term, Relation)]
    for term in relations:
        if term.signs[0] == "=" and isinstance(term.items[0], Call):
            said.setdefault(term.items[0], set()).add(term.items[1])
    return any(len(values) > max(1, sum(term.signs[0] in ORDERS for term in relations)) for values in said.values())
