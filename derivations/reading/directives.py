"""The language of ``derive:`` comments: ``assume``, ``let``, ``define``, ``range``, ``softmax``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Final

from derivations.language.context import ONE, Domain, Symbol
from derivations.language.errors import DeriveError
from derivations.language.placement import LOGLIKE
from derivations.language.structure import free_names
from derivations.language.term import Call, Const, Group, Index, Name, Num, Pow, Relation, Term, Tuple
from derivations.reading.declarations import SOFTMAXES, declared, symbol_of
from derivations.reading.kinds_told import description, kind_told
from derivations.reading.kinds_told import words as in_words
from derivations.reading.patterns import definition_of
from derivations.reading.scope import Content, Description, Range
from derivations.reading.symbols import NAMED
from derivations.reading.wordlists import word_set

KINDS: Final = word_set(
    "real positive nonnegative negative nonzero integer natural whole complex unit probability vector matrix permutation orthogonal symmetric "
    "positive_definite positive_semidefinite diagonal invertible function convex concave increasing density sequence set random"
)
_DOMAINS: Final = {
    "real": Domain.REAL, "positive": Domain.POSITIVE, "nonnegative": Domain.NONNEGATIVE, "negative": Domain.NEGATIVE, "nonzero": Domain.NONZERO,
    "complex": Domain.COMPLEX,
    "integer": Domain.INTEGER, "natural": Domain.NATURAL, "whole": Domain.WHOLE, "unit": Domain.UNIT, "probability": Domain.PROBABILITY,
}
SQUARE: Final = word_set("permutation orthogonal symmetric positive_definite positive_semidefinite diagonal invertible")
FULL: Final = word_set("sequence array family function softmax random")
"""Kinds that are followed by more words, as ``derivations.reading.kinds_told`` lists them."""
Reader = Callable[[str], Term]


def directive(text: str, reader: Reader) -> tuple[Content, ...]:
    """What ``derive: TEXT`` says: ``assume RELATION``, ``let NAMES: KIND SIZES``, ``define LHS = RHS``, ``range INDEX FIRST LAST``, ``softmax rows|columns``.

    Raises DeriveError for anything else.
    """
    word, _, rest = text.strip().partition(" ")
    match word:
        case "assume":
            relation = reader(rest)
            if isinstance(relation, Tuple) and relation.bracket == "":
                *names, last = relation.items
                if isinstance(last, Relation):
                    return declared((Tuple((*names, last.items[0]), ""), *last.items[1:]), last.signs)
            if not isinstance(relation, Relation):
                raise DeriveError(f"derive: assume {rest}: a relation is accepted, such as x > 0 or X \\in \\mathbb{{R}}^{{m \\times n}}")
            if not any(free_names(item) for item in relation.items):
                raise DeriveError(f"derive: assume {rest}: a relation about a name is accepted; this one is true or false by itself")
            return declared(relation.items, relation.signs)
        case "let":
            return _let(text, reader)
        case "define":
            relation = reader(rest)
            if not isinstance(relation, Relation) or relation.signs not in (("=",), (":=",)):
                raise DeriveError(f"derive: define {rest}: an equation is accepted, such as f(x) = x^2")
            if (known := _everybody_knows(relation.items[0])) is not None:
                raise DeriveError(f"derive: define {rest}: {known} means what everybody takes it to mean; a name of your own is accepted")
            return (definition_of(relation.items[0], relation.items[1], _labelled(relation.items[0])),)
        case "range":
            parts = rest.split()
            if len(parts) != 3 or not isinstance(variable := reader(parts[0]), Name):
                raise DeriveError(f"derive: range {rest}: an index and its first and last value are accepted, such as i 1 n")
            return (Range(variable, reader(parts[1]), reader(parts[2])), Description(variable, "scalar", domain=Domain.INTEGER))
        case "softmax":
            if rest.strip() not in ("rows", "columns"):
                raise DeriveError(f"derive: softmax {rest}: rows or columns are accepted (along which the softmax is taken)")
            return tuple(Description(name, "softmax", axis=1 if rest.strip() == "rows" else 0) for name in SOFTMAXES)
        case _:
            raise DeriveError(_unknown(word, text))


WORDS: Final = ("assume", "let", "define", "range", "softmax")
OF_SCOPES: Final = ("problem", "begin", "end", "recall", "aside", "convention", "step", "ignore")


def _unknown(word: str, text: str) -> str:
    """What is wrong with a first word that is none, with the nearest one."""
    if get_close_matches(word.rstrip(":").lower(), ("derive",), cutoff=0.75):
        return f"{text}: a comment for the checker begins with derive: (not {word})"
    return f"derive: {text}: assume, let, define, range or softmax is accepted as the first word{nearest(word, (*WORDS, *OF_SCOPES))}"


def nearest(word: str, words: Iterable[str]) -> str:
    """"; did you mean assume?" for a word that is nearly one of these, else nothing."""
    found = get_close_matches(word.lower(), list(words), n=1, cutoff=0.6)
    return f"; did you mean {found[0]}?" if found else ""


def _everybody_knows(lhs: Term) -> str | None:
    """The function or number with a fixed meaning that a left side would define."""
    while isinstance(lhs, Call | Pow | Group):
        lhs = lhs.function if isinstance(lhs, Call) else lhs.base if isinstance(lhs, Pow) else lhs.body
    match lhs:
        case Const(name):
            return name
        case Num(digits):
            return digits
        case Name(name) if name in LOGLIKE and not (lhs.accent or lhs.primes or lhs.label):
            return name
        case _:
            return None


def _let(text: str, reader: Reader) -> tuple[Content, ...]:
    names_text, colon, kind_text = text.strip().removeprefix("let").partition(":")
    words = kind_text.split()
    if colon and words[:1] and words[0] in FULL and words[1:2] not in ([], ["variable"]):
        told = kind_told(in_words(kind_text), lambda written: reader(_spelled(written)), text)
        named = [symbol_of(reader(_spelled(name.strip()))) for name in names_text.split(",")]
        return tuple(description(symbol, told) for symbol in named if symbol is not None)
    kind = " ".join(words[:2]) if words[:2] == ["random", "variable"] else (words[0] if words else "")
    sizes = [reader(_spelled(word)) for word in words[len(kind.split()):]]
    if not colon or kind.split()[:1] == [] or kind.split()[0] not in KINDS:
        near = nearest(kind, KINDS) if colon and kind else ""
        raise DeriveError(f"derive: {text}: let NAMES: KIND is accepted, where KIND is one of {', '.join(sorted(KINDS))}{near}")
    symbols = [s for name in names_text.split(",") if (s := symbol_of(reader(_spelled(name.strip())))) is not None]
    if not symbols:
        raise DeriveError(f"derive: {text}: {names_text.strip()!r} is not a list of names")
    return tuple(_told(symbol, kind, sizes, text) for symbol in symbols)


def _spelled(word: str) -> str:
    base, mark, rest = word.partition("_")
    return f"\\{base}{mark}{rest}" if base in NAMED else word


def _told(symbol: Symbol, kind: str, sizes: list[Term], text: str) -> Description:
    if kind in _DOMAINS:
        return Description(symbol, "scalar", domain=_DOMAINS[kind])
    if kind in SQUARE:
        shape = (sizes[0], sizes[0]) if sizes else None
        return Description(symbol, "matrix", shape, frozenset({kind}))
    match kind:
        case "vector":
            return Description(symbol, "vector", (sizes[0], ONE) if sizes else None)
        case "matrix":
            if len(sizes) not in (0, 2):
                raise DeriveError(f"derive: {text}: a matrix has two sizes, as in matrix M N")
            return Description(symbol, "matrix", (sizes[0], sizes[1]) if sizes else None)
        case "convex" | "concave" | "increasing" | "density":
            return Description(symbol, "function", properties=frozenset({kind}))
        case "function" | "sequence" | "set":
            return Description(symbol, kind)
        case _:
            return Description(symbol, "random")


def _labelled(lhs: Term) -> frozenset[Index]:
    """In a definition by itself only letters that number things are taken for indices: ``p_i``, not ``W_q``."""
    if isinstance(lhs, Index) and not all(isinstance(s, Name) and s.text in "ijklmnt" for s in lhs.subscripts):
        return frozenset((lhs,))
    return frozenset()
