"""Laws that words tell: "let U be uniformly distributed on *[a, b]*", "an exponential random variable T with rate *lambda*", "X is Poisson with mean *m*"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from derivations.language.context import Domain
from derivations.language.laws import law_named, lettered
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Call, Dots, Frac, Index, Name, Num, Pow, Relation, Term, Tuple
from derivations.reading.clauses import Said
from derivations.reading.declarations import declared, family_of, listed, positive_parameters
from derivations.reading.scope import Content, Description, Hypothesis
from derivations.reading.sizes import NAMES

_LAW: Final = (
    r"(?P<law>uniform(?:ly)?|exponential(?:ly)?|poisson|bernoulli|binomial(?:ly)?|geometric(?:ally)?|laplace|normal(?:ly)?|gaussian)"
    r"(?:\s+(?:distributed|distributions?|laws?|random\s+variables?|variables?|noise|samples?|draws?|trials?)){0,2}"
)
_IS: Final = (
    r"\s*,?\s+(?:are|is|be|being|has|have|having|follows?|following|denotes?)\s+"
    r"(?:(?:both|all|each|an?|the|i\.?i\.?d\.?|independent(?:ly)?|identically|and|distributed|according\s+to|drawn|sampled|from)\s+){0,7}"
)
_VALUES: Final = r"(?P<values>[^.;:⟨]{0,60}⟨\d+⟩(?:\s*(?:,|and|,\s*and)\s*(?:[a-z]+\s+){0,3}⟨\d+⟩){0,1})"
_HOW: Final = r"\s+(?P<how>on|over|in|with|of|between)\s+"
_BEHIND: Final = re.compile(rf"{NAMES}{_IS}{_LAW}{_HOW}{_VALUES}", re.IGNORECASE)
_BEFORE: Final = re.compile(rf"\b(?:an?|the|two|three|for)\s+(?:independent\s+)?{_LAW}\s+{NAMES}{_HOW}{_VALUES}", re.IGNORECASE)
_DRAWN: Final = re.compile(
    rf"{NAMES}(?:\s*,)?\s+(?:(?:are|is|be|being|were|was|has|have|having|follows?|following|all|each|both|mutually|independent(?:ly)?|identically|and|i\.?i\.?d\.?|"
    r"drawn|sampled|generated|distributed|initiali[sz]ed|chosen|as|from|according|to|an?|the|law|distribution|normal|gaussian|random|variables?|samples?)[\s,]+){1,9}⟨(?P<drawn>\d+)⟩",
    re.IGNORECASE,
)
"""Names and a law that is written behind them: "*e_1, ..., e_n* are i.i.d. *N(0, 1)*"."""
_INSIDE: Final = re.compile(
    rf"{NAMES}(?:\s*,)?\s+(?:(?:are|is|be|being|all|each|both|mutually|independent(?:ly)?|identically|distributed|and|i\.?i\.?d\.?|random|variables?|samples?|"
    r"with|taking|values?|bounded|supported|a|an|copies)[\s,]+){1,9}(?:in|on|from|within)\s+⟨(?P<inside>\d+)⟩", re.IGNORECASE
)
"""Random variables and where they lie: "*Z_1, ..., Z_n* are i.i.d. in *[0, 1]*"."""
_WORTH: Final = r"(?:⟨\d+⟩|zero|one|unity|0|1)"
_BINARY: Final = re.compile(
    rf"{NAMES}{_IS}(?:(?:bernoulli|binary|(?:0[-/]1|zero-one)[\s-]valued)(?:\s+(?:random\s+)?(?:variables?|masks?|samples?|draws?|trials?))?)(?!\s+(?:distribution|law|cross))",
    re.IGNORECASE,
)
"""Variables that are 0 or 1, however likely: "*m_1, ..., m_n* are independent Bernoulli variables"."""
_MOMENTS: Final = re.compile(
    rf"{NAMES}{_IS}{_LAW},?\s+with\s+(?:zero\s+mean|mean\s+(?P<mean>{_WORTH}))\s+and\s+(?:(?P<unit>unit)\s+variance|(?:common\s+|constant\s+|the\s+same\s+)?"
    rf"variance\s+(?P<variance>{_WORTH}))", re.IGNORECASE
)
"""A normal law with moments in words: "normally distributed with mean zero and variance *v*"."""
_NUMBERS: Final = {"zero": Num("0"), "one": Num("1"), "unity": Num("1"), "0": Num("0"), "1": Num("1")}
_OF_LAW: Final = re.compile(r"\b(?:uniform|exponential|poisson|bernoulli|geometric|normal|gaussian|distributed\b)", re.IGNORECASE)
"""Words of which nothing is left where the law is told."""
BITS: Final = Tuple((Num("0"), Num("1")), "{")
_DENIED: Final = re.compile(r"\b(?:not|never|unless|whether|neither|nor|approximately|nearly)\b", re.IGNORECASE)
_FORMULA: Final = re.compile(r"(?:(?P<noun>[a-z]+(?:\s+(?:parameter|probability|deviation|rate))?)\s+)?⟨(?P<number>\d+)⟩", re.IGNORECASE)


@record
class _Law:
    """A law by its name, and the words for each of its parameters, in order."""

    name: Name
    nouns: tuple[frozenset[str], ...]


def _roman(text: str) -> Name:
    return Name(text, font="rm")


_LAWS: Final = {
    "poisson": _Law(_roman("Poisson"), (frozenset(("rate", "parameter", "mean", "intensity", "parameters")),)),
    "bernoulli": _Law(_roman("Bernoulli"), (frozenset(("parameter", "probability", "success probability", "mean", "parameters")),)),
    "exponential": _Law(_roman("Exponential"), (frozenset(("rate", "parameter", "rates")),)),
    "geometric": _Law(_roman("Geometric"), (frozenset(("parameter", "probability", "success probability")),)),
    "normal": _Law(Name("N", font="cal"), (frozenset(("mean",)), frozenset(("variance",)))),
}


def laws_told(words: str, written: Callable[[int], Term | None]) -> Iterator[tuple[int, Content]]:
    """The random variables whose laws a sentence tells, each with the number of the formula that names it. ``written``: what a formula holds.

    A law is told where each of its parameters is: "uniform on [0, 1]", "exponential with rate l", "normal with mean m and variance v".
    """
    for match in _DRAWN.finditer(words):
        drawn = written(int(match["drawn"]))
        law = None if drawn is None else lettered(drawn)
        clause = re.split(r"[.;]", words[: match.start()])[-1]
        if isinstance(law, Call) and isinstance(law.function, Name) and law_named(law.function) is not None and not _DENIED.search(clause + match[0]):
            yield from _of_each(match["names"], law, written)
    for match in _INSIDE.finditer(words):
        inside = written(int(match["inside"]))
        interval = isinstance(inside, Tuple) and len(inside.items) == 2 and inside.bracket in ("[", "(", "[)", "(]")
        if inside is not None and interval and not _DENIED.search(re.split(r"[.;]", words[: match.start()])[-1] + match[0]):
            yield from _lying_in(match["names"], inside, written)
    for match in _BINARY.finditer(words):
        if not _DENIED.search(re.split(r"[.;]", words[: match.start()])[-1] + match[0]):
            yield from _bounded(match["names"], lambda one: Relation((one, BITS), ("in",)), written)
    for match in _MOMENTS.finditer(words):
        mean, variance = (Num("0") if match["mean"] is None else _worth(match["mean"], written)), _worth(match["variance"] or "one", written)
        normal = match["law"].lower().startswith(("normal", "gaussian"))
        clause = re.split(r"[.;]", words[: match.start()])[-1]
        if normal and mean is not None and variance is not None and not _DENIED.search(clause + match[0]):
            yield from _of_each(match["names"], Call(_LAWS["normal"].name, (mean, variance)), written)
    for match in (m for pattern in (_BEHIND, _BEFORE) for m in pattern.finditer(words)):
        clause = re.split(r"[.;]", words[: match.start()])[-1]
        law = _law_of(match["law"].lower(), match["how"].lower(), match["values"], written)
        if law is None or _DENIED.search(clause) or _DENIED.search(match[0]):
            continue
        for number in (int(n) for n in re.findall(r"\d+", match["names"])):
            term = written(number)
            for symbol in listed(term) if term is not None else ():
                if isinstance(symbol, Name):
                    yield number, Description(symbol, "random", law=law)
                elif isinstance(symbol, Index) and isinstance(symbol.base, Name) and not all(isinstance(s, Num) for s in symbol.subscripts):
                    yield number, Description(symbol.base, "random", law=law, arity=len(symbol.subscripts))
        rates = [Description(n, domain=Domain.POSITIVE) for n in sorted(free_names(law) - {law.function}, key=repr) if law.function == _roman("Exponential")]
        for one in (*positive_parameters(law), *rates):
            yield int(re.findall(r"\d+", match["names"])[0]), one


def _lying_in(names: str, interval: Term, written: Callable[[int], Term | None]) -> Iterator[tuple[int, Content]]:
    """The bounds of random variables, or of all members of a family."""
    if not isinstance(interval, Tuple):
        return
    low, high = interval.items
    signs = ("<=" if interval.bracket[0] == "[" else "<", "<=" if interval.bracket[-1] in "[]" else "<")
    yield from _bounded(names, lambda one: Relation((low, one, high), signs), written)


def _bounded(names: str, bound: Callable[[Term], Relation], written: Callable[[int], Term | None]) -> Iterator[tuple[int, Content]]:
    """What holds of the values of each name, or of each member of a family."""
    for number in (int(n) for n in re.findall(r"\d+", names)):
        term = written(number)
        family = family_of(term.items) if isinstance(term, Tuple) and any(isinstance(item, Dots) for item in term.items) else None
        for one in (Index(family, (Name("i"),)),) if family is not None else listed(term) if term is not None else ():
            if family is not None:
                yield number, Description(Name("i"), "scalar", domain=Domain.INTEGER)
            yield number, Hypothesis(bound(one))


def _of_each(names: str, law: Term, written: Callable[[int], Term | None]) -> Iterator[tuple[int, Content]]:
    """What ``~`` between them would say."""
    for number in (int(n) for n in re.findall(r"\d+", names)):
        term = written(number)
        for content in declared((term, law), ("~",)) if term is not None else ():
            yield number, content


def _worth(text: str, written: Callable[[int], Term | None]) -> Term | None:
    """A parameter: a number in words, or what a formula holds."""
    return _NUMBERS.get(text.lower()) or _value(written(int(text.strip("⟨⟩"))))


def _law_of(word: str, how: str, values: str, written: Callable[[int], Term | None]) -> Call | None:
    parts = [((m["noun"] or "").lower(), _value(written(int(m["number"])))) for m in _FORMULA.finditer(values)]
    if word.startswith("uniform"):
        ends = [item for _, value in parts for item in (value.items if isinstance(value, Tuple) and value.bracket in ("[", "(", "[)", "(]") else (value,))]
        interval = how in ("on", "over", "in", "between") and len(ends) == 2 and (len(parts) == 1 or how == "between")
        return Call(_roman("Uniform"), tuple(e for e in ends if e is not None)) if interval and None not in ends else None
    law = _LAWS.get(_stem(word))
    if law is None or len(parts) != len(law.nouns):
        return None
    found: list[Term] = []
    for (noun, value), nouns in zip(parts, law.nouns, strict=True):
        last = noun.split()[-1] if noun else ""
        if value is not None and {noun, last} & nouns:
            found.append(value)
        elif value is not None and "variance" in nouns and "deviation" in noun:
            found.append(Pow(value, Num("2")))
        elif value is not None and "rate" in nouns and last == "mean":  # of an exponential law
            found.append(Frac(Num("1"), value))
        else:
            return None
    return Call(law.name, tuple(found))


def _stem(word: str) -> str:
    """The law that a word names: "exponentially", "Gaussian"."""
    return {"gaussian": "normal", "geometrically": "geometric"}.get(word, word.removesuffix("ly"))


def _value(term: Term | None) -> Term | None:
    """A parameter: what a formula holds, and of "lambda > 0" the name."""
    return term.items[0] if isinstance(term, Relation) else term


def without_laws(said: Iterable[Said]) -> tuple[Said, ...]:
    """What is said of a name whose law is told: the words of the law are understood."""
    return tuple(replace(one, opaque="") if _OF_LAW.search(one.opaque) else one for one in said)
