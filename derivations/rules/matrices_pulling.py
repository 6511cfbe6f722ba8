"""Taking permutation matrices, and what a theorem allows, out of functions of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.language.term import Term
from derivations.rules.matrices_factors import Combination, Letter, Pull, Word

if TYPE_CHECKING:
    from derivations.rules.matrices_words import WordAlgebra


def inner_size(algebra: WordAlgebra, word: Word, size: Term, side: int) -> Term:
    if not word:
        return size
    return algebra.factors[word[-1]].cols if side == 0 else algebra.factors[word[0]].rows


def pulled_parts(algebra: WordAlgebra, parts: list[Word]) -> tuple[tuple[Word, Word], list[Word]]:
    """Permutation matrices that stand before, or after, every factor of an entrywise product: ``(PA) o (PB) = P (A o B)``."""
    first = {word[:1] for word in parts}
    if len(first) == 1 and _permutes(algebra, *first) and all(len(word) > 1 for word in parts):
        (before,) = first
        return (before, ()), [word[1:] for word in parts]
    last = {word[-1:] for word in parts}
    if len(last) == 1 and _permutes(algebra, *last) and all(len(word) > 1 for word in parts):
        (after,) = last
        return ((), after), [word[:-1] for word in parts]
    return ((), ()), parts


def _permutes(algebra: WordAlgebra, word: Word) -> bool:
    factor = algebra.factors[word[0]] if word else None
    return isinstance(factor, Letter) and factor.name in algebra.known.permutations


def stripped(algebra: WordAlgebra, argument: Combination, pull: Pull) -> Combination | None:
    p, s = len(pull.prefix), len(pull.suffix)
    if not argument or not all(len(w) >= p + s and w[:p] == pull.prefix and w[len(w) - s :] == pull.suffix for w in argument.words):
        return None
    words = {w[p : len(w) - s]: c for w, c in argument}
    rows = inner_size(algebra, pull.prefix, argument.rows, 0)
    cols = inner_size(algebra, pull.suffix, argument.cols, 1)
    for size, wanted in ((rows, pull.rows), (cols, pull.cols)):
        if wanted is not None and size != wanted and algebra.size(size) != algebra.size(wanted):
            return None
    return Combination(words, rows, cols)


def common_permutation(algebra: WordAlgebra, argument: Combination) -> tuple[Word, Combination, Word] | None:
    """A permutation matrix that all words of an argument start, or end, with (only by the library's theorems: ``known.permutations``)."""
    first, last = {w[:1] for w in argument.words}, {w[-1:] for w in argument.words}
    if len(first) == 1 and _permutes(algebra, *first):
        (before,) = first
        rows = algebra.factors[before[0]].cols
        return before, Combination({w[1:]: c for w, c in argument}, rows, argument.cols), ()
    if len(last) == 1 and _permutes(algebra, *last):
        (after,) = last
        cols = algebra.factors[after[0]].rows
        return (), Combination({w[:-1]: c for w, c in argument}, argument.rows, cols), after
    return None
