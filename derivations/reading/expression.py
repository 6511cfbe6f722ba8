"""``read``: one formula in LaTeX as a ``Term``.

What is read is what was written, with the brackets that settle how it was read (``bracketed``); nothing is evaluated, and nothing is guessed silently:
what the text did not say and the vocabulary did not know is listed in ``Reading.assumed``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from derivations.language.brackets import bracketed
from derivations.language.context import spelled
from derivations.language.laws import with_laws
from derivations.language.numbering import bound_in_labels, numbered
from derivations.language.record import record
from derivations.language.structure import children, free_names, transform
from derivations.language.term import Add, Big, Frac, Group, Index, Mul, Name, Num, Pow, Root, Term
from derivations.reading.cursor import without_layout
from derivations.reading.grammar import Parser
from derivations.reading.macros import expanded
from derivations.reading.tokens import ReadError, Token
from derivations.reading.vocabulary import Assumed, Assumption, Vocabulary, plain
from derivations.reading.written_forms import in_one_form

__all__ = ["ReadError", "Reading", "Vocabulary", "read"]

PLAIN = Vocabulary()
MAX_TERM_DEPTH: Final = 150
"""The deepest term that is returned; what walks over terms recurses as deep as they are."""


@record
class Reading:
    """A formula that was read.

    ``sides``: where (offsets of begin and end in the source) the sides of the outermost relations stand, in order. ``assumed``: what the text did not say.
    """

    term: Term
    assumed: tuple[Assumption, ...]
    sides: tuple[tuple[int, int], ...]


def read(source: str, vocabulary: Vocabulary = PLAIN) -> Reading:
    """Read one formula: an expression, a chain of relations, or several with commas between them.

    Alignment marks, line ends and layout environments are passed over, so that the inside of a display can be read as it stands. A term that
    is not one formula (an unknown command, a construct without meaning) raises ReadError with its place.
    """
    found = without_layout(source, in_one_form(expanded(source, vocabulary.macros)))
    merged = _double_bars(found)
    try:
        if merged is not None:
            try:
                return _settled(source, merged, vocabulary)
            except ReadError:
                pass  # then they are two bars each, as in ||x| - |y||
        return _settled(source, found, vocabulary)
    except RecursionError:  # the caller had used up most of the stack
        raise ReadError(source, 0, "this formula is nested too deep for the stack that is left") from None


def _double_bars(found: list[Token]) -> list[Token] | None:
    """The tokens with each pair of close bars ``||`` as a norm's, or None if there is none."""
    result: list[Token] = []
    for token in found:
        before = result[-1] if result else None
        if token.text == "|" and token.kind == "char" and before is not None and before.text == "|" and before.kind == "char" and not token.gap:
            result[-1] = Token("command", "\\|", before.start, token.end, before.gap)
        else:
            result.append(token)
    return result if len(result) < len(found) else None


def _settled(source: str, found: list[Token], vocabulary: Vocabulary) -> Reading:
    """Read, and read again if a name was taken for a function in one place and for a factor in another."""
    forced: dict[Term, bool] = {}
    for _ in range(2):
        parser = Parser(source, list(found), vocabulary, forced)
        term, sides = parser.whole()
        factors = _factors(term) if parser.calls or parser.products else frozenset()
        new = {name: False for name, sure in parser.calls.items() if not sure and name in factors}
        new |= {name: True for name in parser.products if name in parser.calls and name not in factors}
        if not new:
            break
        forced |= new
    if _depth(term) > MAX_TERM_DEPTH:
        raise ReadError(source, 0, "this formula is nested too deep", f"at most {MAX_TERM_DEPTH} levels of terms")
    term = numbered(term, vocabulary.numbered | bound_in_labels((term,)))
    term = with_laws(term, vocabulary.laws)
    term, far = (term, ()) if vocabulary.narrow else reaching(term)
    term, shifted = (term, ()) if vocabulary.narrow else from_one(term, vocabulary.from_zero)
    assumed = (*parser.assumed.values(), *(Assumption(Assumed.REACH, spelled(name), 0) for name in far))
    assumed = (*assumed, *(Assumption(Assumed.FROM_ZERO, spelled(name), 0) for name in shifted))
    return Reading(bracketed(term), assumed, sides)


def from_one(term: Term, from_zero: Mapping[Name, int]) -> tuple[Term, tuple[Name, ...]]:
    """``theta_0 + theta_1 x_1`` with the entries counted from 1, as values and rules count them, and the names of these vectors."""
    found: dict[Name, None] = {}

    def counted(node: Term) -> Term:
        if not isinstance(node, Index) or not isinstance(node.base, Name) or from_zero.get(node.base) != len(node.subscripts) - 1:
            return node
        *members, entry = node.subscripts
        found[node.base] = None
        after = Num(str(int(entry.digits) + 1)) if isinstance(entry, Num) and entry.digits.isdigit() else Add((("+", entry), ("+", Num("1"))))
        return Index(node.base, (*members, after))

    return (transform(term, counted), tuple(found)) if from_zero else (term, ())


def reaching(term: Term) -> tuple[Term, tuple[Name, ...]]:
    """``\\sum_i y_i a_i + (1 - y_i) b_i`` with all under the sum that its index stands in, and the indices of such sums."""
    far: dict[Name, None] = {}

    def joined(node: Term) -> Term:
        if not isinstance(node, Add):
            return node
        for k, (sign, part) in enumerate(node.parts):
            *before, (last_sign, big) = part.parts if isinstance(part, Mul) else (("", part),)
            if not isinstance(big, Big) or big.op != "sum" or not isinstance(big.variable, Name):
                continue
            with_it = [m for m, (_, other) in enumerate(node.parts) if big.variable in free_names(other)]
            if not with_it or with_it[0] < k:
                continue
            far[big.variable] = None
            stop = with_it[-1] + 1
            whole = replace(big, body=Add((("+", big.body), *node.parts[k + 1:stop])))
            made = Mul((*before, (last_sign, whole))) if before else whole
            parts = (*node.parts[:k], (sign, made), *node.parts[stop:])
            return joined(Add(parts)) if len(parts) > 1 or sign == "-" else made
        return node

    return transform(term, joined), tuple(far)


def _depth(term: Term) -> int:
    deepest, waiting = 0, [(term, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in children(node))
    return deepest


def _factors(term: Term) -> frozenset[Term]:
    """The names that are used as numbers: as a factor (not right before a bracket), a summand, a base, above or below a fraction bar."""
    found: set[Term] = set()

    def note(part: Term) -> None:
        while isinstance(part, Index | Pow):
            part = part.base
        if isinstance(part, Name):
            found.add(plain(part))

    waiting = [term]
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        match node:
            case Mul(parts):
                for k, (sign, factor) in enumerate(parts):
                    convolved = sign in ("ast", "star", "circ") or (k + 1 < len(parts) and parts[k + 1][0] in ("ast", "star", "circ"))
                    bracket_next = k + 1 < len(parts) and parts[k + 1][0] == "" and isinstance(parts[k + 1][1], Group)
                    if not convolved and not bracket_next:
                        note(factor)
            case Add(parts):
                for _, summand in parts:
                    note(summand)
            case Frac(numerator, denominator):
                note(numerator)
                note(denominator)
            case Big(_, body) | Root(body):
                note(body)
            case _:
                pass
    return frozenset(found)
