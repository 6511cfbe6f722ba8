"""Kinds in the words of ``derive: let``, and how such a line is cut into words.

    real, positive, nonnegative, negative, nonzero, unit, probability, integer, natural, whole       integer index: it numbers things
    sequence DOMAIN ARITY        array ROWS COLS PROPERTIES        function ARITY PROPERTIES on_integers maps_arrays
    family ARITY ROWS COLS PROPERTIES
    softmax columns|rows         random arity N law TERM shape ROWS COLS                       set
    loss VALUE of SYMBOL range LOW HIGH anywhere ...     a smooth function of what is listed; VALUE writes it with functions that are declared beside it
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from derivations.language.context import Array, Domain, Family, Function, IndexSet, Kind, Loss, RandomVariable, Scalar, Sequence, Softmax, Symbol, Through
from derivations.language.errors import DeriveError
from derivations.language.term import Index, Name, Term
from derivations.reading.scope import ARRAY_PROPERTIES, OF_FUNCTIONS, Description

DOMAINS: Final = {
    "real": Domain.REAL, "positive": Domain.POSITIVE, "nonnegative": Domain.NONNEGATIVE, "negative": Domain.NEGATIVE, "nonzero": Domain.NONZERO,
    "complex": Domain.COMPLEX,
    "integer": Domain.INTEGER, "natural": Domain.NATURAL, "whole": Domain.WHOLE, "unit": Domain.UNIT, "probability": Domain.PROBABILITY,
}
DOMAIN_WORDS: Final = {domain: word for word, domain in DOMAINS.items()}


def words(text: str, keep_braces: bool = False) -> list[str]:
    """The words of a line; what stands in braces is one word, given without them unless they are to be kept."""
    found: list[str] = []
    depth, start, k = 0, None, 0
    while k <= len(text):
        letter = text[k] if k < len(text) else " "
        if letter.isspace() and depth <= 0:
            if start is not None:
                found.append(text[start:k])
            start = None
        elif start is None:
            start = k
        if letter == "\\":
            k += 1
        depth += (letter == "{") - (letter == "}")
        k += 1
    if start is not None and start < len(text):
        found.append(text[start:])
    return found if keep_braces else [_bare(word) for word in found]


def _bare(word: str) -> str:
    if not (word.startswith("{") and word.endswith("}")):
        return word
    depth, k = 0, 0
    while k < len(word):
        if word[k] == "\\":
            k += 2
            continue
        depth += (word[k] == "{") - (word[k] == "}")
        if depth == 0 and k < len(word) - 1:
            return word  # {a}_{b}: not one pair of braces
        k += 1
    return word[1:-1].strip()


def divided(text: str, mark: str) -> tuple[str, str]:
    """What stands before and after the first ``mark`` outside of braces."""
    depth = 0
    for k, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if letter == mark and depth == 0:
            return text[:k], text[k + 1 :]
    return text, ""


def kind_told(told: list[str], reader: Callable[[str], Term], text: str) -> Kind:
    """The kind that these words tell. Raises DeriveError for anything that the head of this file does not list."""
    match told:
        case [word] if word in DOMAINS:
            return Scalar(DOMAINS[word])
        case [word, "index"] if word in DOMAINS:
            return Scalar(DOMAINS[word], index=True)
        case ["sequence", *rest] if len(rest) <= 2:
            domains = [DOMAINS[word] for word in rest if word in DOMAINS]
            numbers = [int(word) for word in rest if word.isdecimal() and int(word) > 0]
            if len(domains) + len(numbers) == len(rest) and len(domains) < 2 and len(numbers) < 2:
                return Sequence(domains[0] if domains else Domain.REAL, numbers[0] if numbers else 1)
        case ["array", rows, cols, *properties] if set(properties) <= ARRAY_PROPERTIES:
            return Array(reader(rows), reader(cols), frozenset(properties))
        case ["family", number, rows, cols, *properties] if number.isdecimal() and int(number) > 0 and set(properties) <= ARRAY_PROPERTIES:
            return Family(Array(reader(rows), reader(cols), frozenset(properties)), int(number))
        case ["function", *rest]:
            arity = int(rest[0]) if rest and rest[0].isdecimal() else 1
            said = set(rest[1:] if rest and rest[0].isdecimal() else rest)
            if arity > 0 and said <= OF_FUNCTIONS | {"on_integers", "maps_arrays"}:
                return Function(arity, frozenset(said & OF_FUNCTIONS), "on_integers" in said, "maps_arrays" in said)
        case ["softmax", "columns" | "rows" as along]:
            return Softmax(0 if along == "columns" else 1)
        case ["random", *rest]:
            return _random(rest, reader, text)
        case ["set"]:
            return IndexSet()
        case ["loss", value, "of", *rest] if rest:
            return Loss(tuple(_through(part, reader, text) for part in _parts(rest)), reader(value))
        case _:
            pass
    raise DeriveError(
        f"derive: {text}: {' '.join(told)!r} is not a kind; {', '.join(DOMAINS)}, sequence DOMAIN ARITY, array ROWS COLS PROPERTIES, "
        "family ARITY ROWS COLS PROPERTIES, "
        "function ARITY PROPERTIES, softmax columns|rows, random, loss and set are"
    )


def _random(rest: list[str], reader: Callable[[str], Term], text: str) -> RandomVariable:
    law: Term | None = None
    arity = 0
    shape: tuple[Term, Term] | None = None
    while rest:
        match rest:
            case ["arity", number, *rest] if number.isdecimal():
                arity = int(number)
            case ["law", written, *rest]:
                law = reader(written)
            case ["shape", rows, cols, *rest]:
                shape = (reader(rows), reader(cols))
            case _:
                raise DeriveError(f"derive: {text}: after random, arity N, law TERM and shape ROWS COLS are accepted")
    return RandomVariable(law, arity, shape)


def _parts(words: list[str]) -> list[list[str]]:
    """What stands between the words "of"."""
    found: list[list[str]] = [[]]
    for word in words:
        if word == "of":
            found.append([])
        else:
            found[-1].append(word)
    return found


def _through(words: list[str], reader: Callable[[str], Term], text: str) -> Through:
    """What a loss depends on, with the limits of each subscript."""
    symbol = reader(words[0]) if words else None
    if not isinstance(symbol, Name | Index):
        raise DeriveError(f"derive: {text}: after of, the name of what a loss depends on is accepted")
    ranges: list[tuple[Term, Term] | None] = []
    rest = words[1:]
    while rest:
        match rest:
            case ["anywhere", *rest]:
                ranges.append(None)
            case ["range", low, high, *rest]:
                ranges.append((reader(low), reader(high)))
            case _:
                raise DeriveError(f"derive: {text}: after of SYMBOL, range LOW HIGH and anywhere are accepted")
    return Through(symbol, tuple(ranges))


def description(symbol: Symbol, kind: Kind) -> Description:
    """What a kind says of a symbol, for documents whose contexts are gathered from their words."""
    match kind:
        case Scalar(domain):
            return Description(symbol, "scalar", domain=domain)
        case Sequence(domain, arity):
            return Description(symbol, "sequence", domain=domain, arity=arity)
        case Array(rows, cols, properties):
            return Description(symbol, "vector" if kind.is_vector else "matrix", (rows, cols), properties)
        case Family(Array(rows, cols, properties) as member, arity):
            return Description(symbol, "vector" if member.is_vector else "matrix", (rows, cols), properties, arity=arity)
        case Function(arity, properties, on_integers, maps_arrays):
            more = {word for word, holds in (("on_integers", on_integers), ("maps_arrays", maps_arrays)) if holds}
            return Description(symbol, "function", properties=properties | more, arity=arity)
        case Softmax(axis):
            return Description(symbol, "softmax", axis=axis)
        case RandomVariable(law, arity, shape, independent):
            return Description(symbol, "random", shape, frozenset() if independent else frozenset({"dependent"}), law=law, arity=arity)
        case IndexSet():
            return Description(symbol, "set")
        case Loss():
            return Description(symbol, "scalar")
