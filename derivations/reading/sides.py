"""Sides of relations as terms, and small looks into them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Final

from derivations.language.record import record
from derivations.language.structure import children, free_names, subterms, transform
from derivations.language.term import Add, Call, Group, Index, Marked, Mul, Name, Num, Term, Transpose, Tuple
from derivations.reading.columns import standing
from derivations.reading.declarations import SOFTMAXES, positive_parameters
from derivations.reading.expression import ReadError, read
from derivations.reading.prose import MARK, Prose
from derivations.reading.rows import Side
from derivations.reading.scope import Content, Description, Fact
from derivations.reading.vocabulary import Assumed, Vocabulary


@record
class Read:
    """One side: its term, or why it cannot be read (with the offset in the source), what the reader assumed, and what of that it decided rather than read.
    ``narrow``: the term if sums, and arguments of functions without brackets, reach less far, and entries are not counted from 0, where that was decided.
    """

    term: Term | None
    why: str = ""
    at: int = 0
    assumed: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    narrow: Term | None = None


def read_side(side: Side, vocabulary: Vocabulary, written: str) -> Read:
    """One side as a term."""
    if not side.text:
        return Read(None, "there is nothing on this side of the relation", side.start)
    try:
        found = read(side.text, vocabulary)
    except ReadError as error:
        at = written.find(side.text[:40], side.start)
        return Read(None, f"{error.what}{f'; expected {error.expected}' if error.expected else ''}", (at if at >= 0 else side.start) + error.offset)
    term = _settled(found.term)
    if any(_is_rate_at(node, vocabulary) for _, node in subterms(term)):
        return Read(None, "a dotted name before a bracket; expected \\frac{d}{dt}, with the place where it is taken", side.start)
    ones = ("1 with a transpose is read as the vector of ones",) if term != found.term and ONES in free_names(term) else ()
    decided = tuple(str(a) for a in found.assumed if a.kind.decided)
    far = any(a.kind in (Assumed.REACH, Assumed.ARGUMENT, Assumed.FROM_ZERO) for a in found.assumed)
    narrow = _settled(read(side.text, replace(vocabulary, narrow=True)).term) if far else None
    return Read(term, assumed=(*(str(a) for a in found.assumed), *ones), decided=decided, narrow=narrow)


def _settled(term: Term) -> Term:
    return standing(transform(_unmarked(term), _with_ones))


def _is_rate_at(node: Term, vocabulary: Vocabulary) -> bool:
    """Whether a product is a value of the derivative of a function, ``\\dot v(0)``, or may be one."""
    parts = node.parts if isinstance(node, Mul) else ()
    return any(
        isinstance(left, Name) and left.accent[-1:] in (("dot",), ("ddot",)) and replace(left, accent=left.accent[:-1]) in vocabulary.functions
        and sign == "" and isinstance(right, Group)
        for (_, left), (sign, right) in pairwise(parts)
    )


ONES = Name("1", font="bold")
OVER_E: Final = re.compile(r"\\int(?:(?!\\int|\n\s*\n).)*?(?<![A-Za-z\\])(?:d|\\mathrm\{d\}|\\rm\s*d)\s*e(?![A-Za-z^_{])", re.DOTALL)
"""An integral over e."""
UPPER_E: Final = re.compile(r"(?<![A-Za-z\\])e\s*\^\s*(?:\{\s*)?(?:\(\s*[A-Za-z0-9]\s*\)|\[\s*[A-Za-z0-9]\s*\])")
"""An e with an upper index, as of an iteration: ``e^{(t)}``. Nobody sets brackets around the one letter of an exponent."""


def _with_ones(node: Term) -> Term:
    return Transpose(ONES, node.mark) if isinstance(node, Transpose) and node.base == Num("1") else node


def without_argument(node: Term, suppressed: Mapping[Name, tuple[Term, ...]]) -> Term:
    """``Z(beta)`` as ``Z``; a bracket after such a name that holds more than a name is a factor: ``p_i (beta s_i - log Z)``."""
    if not isinstance(node, Call):
        return node
    base = node.function.base if isinstance(node.function, Index) else node.function
    if not isinstance(base, Name) or base not in suppressed:
        return node
    if node.arguments == suppressed[base]:
        return node.function
    if len(node.arguments) == 1 and isinstance(node.arguments[0], Add | Mul) and node.bracket and len(getattr(node.arguments[0], "parts", ())) > 1:
        return Mul((("", node.function), ("", Group(node.arguments[0], node.bracket))))
    return node


def _unmarked(term: Term) -> Term:
    return term.body if isinstance(term, Marked) and term.kind == "box" else term


def matched(one: Term, other: Term) -> Iterable[tuple[Term, Term]]:
    """The parts of ``other`` that stand where the names of ``one`` stand."""
    while isinstance(other, Group) and not isinstance(one, Group):
        other = other.body
    if isinstance(one, Name):
        yield one, other
        return
    mine, theirs = children(one), children(other)
    if type(one) is type(other) and len(mine) == len(theirs):
        for a, b in zip(mine, theirs, strict=True):
            yield from matched(a, b)


def positive_parameters_in(term: Term) -> Iterable[tuple[Content, ...]]:
    """What the normal laws inside a term say about the signs of their parameters."""
    for _, node in subterms(term):
        if isinstance(node, Call | Tuple):
            found = positive_parameters(node)
            if found:
                yield found


def softmax_axis(prose: Prose) -> list[Fact]:
    """Along what the softmax is taken, where a sentence says it."""
    facts: list[Fact] = []
    for sentence in prose.sentences:
        words = sentence.words
        axis = _axis(words)
        written = " ".join(side.text for n in MARK.findall(words) for chain in prose.formulas[int(n)].chains for side in chain.sides)
        if axis is not None and re.search(r"soft-?max", f"{words} {written}", re.IGNORECASE):
            facts.extend(Fact(Description(name, "softmax", axis=axis), 0, 1 << 60, sentence.start) for name in SOFTMAXES)
    return facts


def _axis(words: str) -> int | None:
    if not re.search(r"soft-?max|taken|applied|acts", words, re.IGNORECASE):
        return None
    for word, axis in (("row", 1), ("column", 0)):
        where = rf"{word}-?wise|(?:along|over|across|on|to|of|in|for)\s+(?:each|every|the|all)?\s*{word}s?\b|{word}s?\s+sums?\s+to\s+(?:one|1)"
        if re.search(where, words, re.IGNORECASE):
            return axis
    return None
