"""Scalars that matrix algebra makes: traces, inner products, sums of entries, determinants."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from derivations.language.context import ONE
from derivations.language.errors import ShapeError
from derivations.rules.matrices_definitions import spelled
from derivations.rules.matrices_factors import Combination, Hadamard, Inverse, Letter, Ones, Word
from derivations.rules.normal.poly import ONE as UNIT
from derivations.rules.normal.poly import ZERO, Poly, total

if TYPE_CHECKING:
    from derivations.rules.matrices_words import WordAlgebra


def cuts_of(algebra: WordAlgebra, word: Word) -> list[int]:
    """The places in a word where the size is 1."""
    if not word:
        return []
    sizes = [algebra.factors[word[0]].rows, *(algebra.factors[k].cols for k in word)]
    return [place for place, size in enumerate(sizes) if size == ONE]


def scalar(algebra: WordAlgebra, value: Combination) -> Poly:
    """A 1 by 1 combination as a scalar."""
    return total(algebra.arithmetic.mul(c, contraction(algebra, word) if word else UNIT) for word, c in value)


def trace(algebra: WordAlgebra, value: Combination) -> Poly:
    """Linear, the same for all rotations of a word and for its transpose; ``tr I_n = n``."""
    if value.rows != value.cols and algebra.size(value.rows) != algebra.size(value.cols):
        raise ShapeError(f"the trace of an array that is {spelled(value.rows)} x {spelled(value.cols)}; it must be square")
    size = algebra.size(value.rows)
    return total(algebra.arithmetic.mul(c, contraction(algebra, word) if word else size) for word, c in value)


def contraction(algebra: WordAlgebra, word: Word) -> Poly:
    """The trace of one word. Where a size is 1 the closed word falls into scalar factors: ``tr(x y^T u v^T) = (y^T u)(v^T x)``."""
    inner = [place for place in cuts_of(algebra, word) if 0 < place < len(word)]
    if not inner:
        return _closed(algebra, word)
    turned = word[inner[0] :] + word[: inner[0]]
    places = cuts_of(algebra, turned)
    return algebra.arithmetic.product(_closed(algebra, turned[a:b]) for a, b in pairwise(places))


def _closed(algebra: WordAlgebra, word: Word) -> Poly:
    turns = [word[k:] + word[:k] for k in range(len(word))]
    if not cuts_of(algebra, word):
        for turn in turns:  # what cancels across the ends: tr(P A P^T)
            found = algebra.reduced(turn, *algebra.ends(turn))
            if found.words != {turn: UNIT}:
                return trace(algebra, found)
    if all(isinstance(algebra.factors[k], Ones) for k in word):
        return algebra.size(algebra.factors[word[0]].cols)
    for turn in turns:
        factor = algebra.factors[turn[-1]]
        if isinstance(factor, Hadamard) and len(turn) > 1:
            return _entries_summed(algebra, turn[:-1], factor)
    mirrored = algebra.flipped(word)
    turns += [mirrored[k:] + mirrored[:k] for k in range(len(word))]
    return algebra.atom("trace", min(turns))


def _entries_summed(algebra: WordAlgebra, rest: Word, factor: Hadamard) -> Poly:
    """``tr(W (A o B))`` is the sum over all entries of ``W^T o A o B``."""
    whole = algebra.parts((algebra.flipped(rest), *factor.parts))
    if len(whole) == 1:
        middle = algebra.reduced(whole[0], factor.rows, factor.cols)
        left = [] if factor.rows == ONE else [algebra.transpose(algebra.ones(factor.rows))]
        right = [] if factor.cols == ONE else [algebra.ones(factor.cols)]
        return scalar(algebra, algebra.multiply(*left, middle, *right))
    if len(whole) == 2:
        return _closed(algebra, algebra.flipped(whole[0]) + whole[1])
    mirrored = tuple(sorted(algebra.flipped_part(part) for part in whole))
    return algebra.atom("entries", min(tuple(sorted(whole)), mirrored))


def determinant(algebra: WordAlgebra, value: Combination) -> Poly:
    """Multiplicative over square parts; ``det A^T = det A``, ``det A^{-1} = 1 / det A``, ``det(cA) = c^n det A``, ``det(I + u v^T) = 1 + v^T u``."""
    arithmetic = algebra.arithmetic
    if len(value.words) != 1:
        found = _of_rank_one_more(algebra, value)
        if found is not None:
            return found
        keys = [(-1, algebra.argument_number(v)) for v in (value, algebra.transpose(value))]
        return algebra.atom("determinant", min(keys))
    ((word, coefficient),) = value.words.items()
    outside = arithmetic.power(coefficient, algebra.size(value.rows)) if coefficient != UNIT else UNIT
    pieces: list[Word] = [()]
    for k in word:
        pieces[-1] += (k,)
        if algebra.factors[k].cols == value.rows:
            pieces.append(())
    return arithmetic.mul(outside, arithmetic.product(_piece_determinant(algebra, piece) for piece in pieces if piece))


def _of_rank_one_more(algebra: WordAlgebra, value: Combination) -> Poly | None:
    """``det(c I + u v^T) = c^(n-1) (c + v^T u)``, where u and v may be sums of several columns: what is added has rank one. None otherwise."""
    arithmetic = algebra.arithmetic
    added = {word: c for word, c in value if word}
    if len(added) == len(value.words):
        return None
    table: dict[tuple[Word, Word], Poly] = {}
    for word, c in added.items():
        cuts = [place for place in cuts_of(algebra, word) if 0 < place < len(word)]
        if len(cuts) != 1:
            return None
        table[word[: cuts[0]], word[cuts[0] :]] = c
    lefts, rights = (dict.fromkeys(pair[side] for pair in table) for side in (0, 1))
    (left, right), pivot = next(iter(table.items()))
    for other in lefts:
        for across in rights:
            one, two = (table.get(pair, ZERO) for pair in ((other, across), (other, right)))
            if not arithmetic.zero(arithmetic.mul(one, pivot) - arithmetic.mul(two, table.get((left, across), ZERO))):
                return None
    front = value.words[()]
    traces = total(arithmetic.mul(c, contraction(algebra, word)) for word, c in added.items())
    power = arithmetic.power(front, algebra.size(value.rows) - UNIT) if front != UNIT else UNIT
    return arithmetic.mul(power, front + traces)


def _piece_determinant(algebra: WordAlgebra, piece: Word) -> Poly:
    factor = algebra.factors[piece[0]]
    if len(piece) == 1 and isinstance(factor, Letter):
        plain = algebra.atom("determinant", factor.name)
        return algebra.arithmetic.power(plain, Fraction(-1)) if factor.inverted else plain
    if len(piece) == 1 and isinstance(factor, Inverse):
        return algebra.arithmetic.power(determinant(algebra, factor.argument), Fraction(-1))
    return algebra.atom("determinant", min(piece, algebra.flipped(piece)))
