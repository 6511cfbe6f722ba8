"""Non-commuting polynomials for arrays of symbolic size.

A ``WordAlgebra`` keeps linear combinations of words in normal form: transposes and inverses stand at the letters, the identity is dropped, what is
1 by 1 is a scalar (``x^T A y`` is the same scalar as ``y^T A^T x``, and both are ``tr(A y x^T)``), and oriented equations rewrite subwords. Every
rewriting is an equation that holds for all values; so equal normal forms prove an equation, and different ones prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from derivations.language.context import ONE
from derivations.language.errors import ShapeError
from derivations.language.term import Term
from derivations.rules.matrices_definitions import spelled
from derivations.rules.matrices_factors import (
    Combination,
    Diagonal,
    Entrywise,
    Factor,
    Hadamard,
    Inverse,
    Known,
    Letter,
    Mapped,
    Ones,
    Pull,
    SoftmaxOf,
    Word,
)
from derivations.rules.normal.algebra import Arithmetic, Stuck
from derivations.rules.normal.poly import ONE as UNIT
from derivations.rules.normal.poly import ZERO, Poly, number, total

MAX_DEPTH = 120


class WordAlgebra:
    """One judgement's matrix algebra over the scalars of ``arithmetic``. ``size`` gives the scalar for a size that is a term.

    ``used`` collects what was assumed on the way ("where the inverse of A exists").
    """

    def __init__(self, arithmetic: Arithmetic, size: Callable[[Term], Poly], known: Known) -> None:
        self.arithmetic = arithmetic
        self.size = size
        self.known = known
        self.used: dict[str, None] = {}
        self.factors: list[Factor] = []
        self.rules: dict[Word, Combination] = {}
        self.scalar_rules: dict[Poly, Poly] = {}
        self.pulls: list[Pull] = []
        self._numbers: dict[Factor, int] = {}
        self._reduced: dict[Word, Combination] = {}
        self._arguments: list[Combination] = []
        self._depth = 0

    # -- factors and words -----------------------------------------------------------------------------------------------------------

    def number_of(self, factor: Factor) -> int:
        found = self._numbers.get(factor)
        if found is None:
            found = self._numbers[factor] = len(self.factors)
            self.factors.append(factor)
        return found

    def word(self, *factors: Factor) -> Combination:
        """The normal form of a product of factors."""
        word = tuple(self.number_of(f) for f in factors)
        return self.reduced(word, factors[0].rows, factors[-1].cols)

    def letter(self, name: Term, rows: Term, cols: Term) -> Combination:
        return self.word(Letter(name, rows, cols))

    def ones(self, size: Term) -> Combination:
        return self.word(Ones(size, ONE))

    def identity(self, size: Term) -> Combination:
        return Combination({(): UNIT}, size, size)

    def zero(self, rows: Term, cols: Term) -> Combination:
        return Combination({}, rows, cols)

    def canonical(self, argument: Combination) -> Combination:
        """The first combination seen that equals this one: makes equality of arguments structural although coefficients have several forms."""
        for seen in self._arguments:
            if seen == argument or self.is_zero(self.add(seen, self.scale(argument, number(-1)))):
                return seen
        self._arguments.append(argument)
        return argument

    def argument_number(self, argument: Combination) -> int:
        """A number that equal combinations share."""
        return self._arguments.index(self.canonical(argument))

    def argument(self, k: int) -> Combination:
        return self._arguments[k]

    def is_zero(self, value: Combination) -> bool:
        return all(self.arithmetic.zero(coefficient) for _, coefficient in value)

    # -- linear algebra --------------------------------------------------------------------------------------------------------------

    def add(self, *values: Combination) -> Combination:
        words: dict[Word, Poly] = {}
        for value in values:
            for word, coefficient in value:
                words[word] = words[word] + coefficient if word in words else coefficient
        return Combination({w: c for w, c in words.items() if c}, values[0].rows, values[0].cols)

    def scale(self, value: Combination, factor: Poly) -> Combination:
        words = {w: self.arithmetic.mul(c, factor) for w, c in value}
        return Combination({w: c for w, c in words.items() if c}, value.rows, value.cols)

    def multiply(self, *values: Combination) -> Combination:
        result = values[0]
        for value in values[1:]:
            parts = [
                self.scale(self.reduced(left + right, result.rows, value.cols), self.arithmetic.mul(c, d))
                for left, c in result
                for right, d in value
            ]
            result = self.add(self.zero(result.rows, value.cols), *parts)
        return result

    def transpose(self, value: Combination) -> Combination:
        parts = [self.scale(self.reduced(self.flipped(word), value.cols, value.rows), c) for word, c in value]
        return self.add(self.zero(value.cols, value.rows), *parts)

    def flipped(self, word: Word) -> Word:
        """The factors of the transpose of a word, not reduced."""
        return tuple(self._flip(k) for k in reversed(word))

    def _flip(self, k: int) -> int:
        factor = self.factors[k]
        rows, cols = factor.cols, factor.rows
        match factor:
            case Letter(name, transposed=transposed):
                flipped: Factor = factor if name in self.known.symmetric else replace(factor, rows=rows, cols=cols, transposed=not transposed)
            case Ones(transposed=transposed):
                flipped = Ones(rows, cols, not transposed)
            case Entrywise(function, arguments):
                flipped = Entrywise(function, tuple(self.canonical(self.transpose(a)) for a in arguments), rows, cols)
            case SoftmaxOf(axis, argument):
                flipped = SoftmaxOf(1 - axis, self.canonical(self.transpose(argument)), rows, cols)
            case Hadamard(parts):
                flipped = Hadamard(tuple(sorted(self.flipped_part(part) for part in parts)), rows, cols)
            case Diagonal():
                return k
            case Inverse(argument):
                flipped = Inverse(self.canonical(self.transpose(argument)), rows, cols)
            case Mapped(transposed=transposed):
                flipped = replace(factor, rows=rows, cols=cols, transposed=not transposed)
        return self.number_of(flipped)

    def flipped_part(self, part: Word) -> Word:
        ends = self.ends(part)
        turned = self.reduced(self.flipped(part), ends[1], ends[0]).single
        if turned is None:
            raise Stuck("the transpose of a factor of an entrywise product is not one word")
        return turned

    def ends(self, word: Word) -> tuple[Term, Term]:
        return self.factors[word[0]].rows, self.factors[word[-1]].cols

    # -- functions of arrays ---------------------------------------------------------------------------------------------------------

    def hadamard(self, *values: Combination) -> Combination:
        rows, cols = values[0].rows, values[0].cols
        products: list[tuple[tuple[Word, ...], Poly]] = [((), UNIT)]
        for value in values:
            products = [((*parts, word), self.arithmetic.mul(c, d)) for parts, c in products for word, d in value]
        return self.add(self.zero(rows, cols), *(self.scale(self._hadamard_word(parts, rows, cols), c) for parts, c in products))

    def _hadamard_word(self, words: Iterable[Word], rows: Term, cols: Term) -> Combination:
        parts = self.parts(words)
        if any(word == () for word in parts) and len(parts) > 1:
            raise Stuck("an entrywise product with an identity matrix")
        if not parts:
            return self.all_ones(rows, cols)
        if len(parts) == 1:
            return self.reduced(parts[0], rows, cols)
        outside, parts = pulled_parts(self, parts)
        before, after = outside
        if before or after:
            inner = self._hadamard_word(parts, inner_size(self, before, rows, 0), inner_size(self, after, cols, 1))
            return self.between(before, inner, after, rows, cols)
        return self.word(Hadamard(tuple(sorted(parts)), rows, cols))

    def parts(self, words: Iterable[Word]) -> list[Word]:
        """The factors of an entrywise product, nested ones opened and ones left out."""
        parts: list[Word] = []
        for word in words:
            factor = self.factors[word[0]] if len(word) == 1 else None
            if isinstance(factor, Hadamard):
                parts.extend(factor.parts)
            elif not (word and all(isinstance(self.factors[k], Ones) for k in word)):
                parts.append(word)
        return parts

    def all_ones(self, rows: Term, cols: Term) -> Combination:
        if rows == ONE:
            return self.transpose(self.ones(cols))
        return self.ones(rows) if cols == ONE else self.multiply(self.ones(rows), self.transpose(self.ones(cols)))

    def between(self, before: Word, inner: Combination, after: Word, rows: Term, cols: Term) -> Combination:
        return self.add(self.zero(rows, cols), *(self.scale(self.reduced(before + w + after, rows, cols), c) for w, c in inner))

    def entrywise(self, function: Term, *arguments: Combination) -> Combination:
        return self._applied(function, arguments)

    def softmax(self, axis: int, argument: Combination) -> Combination:
        return self._applied(axis, (argument,))

    def _applied(self, head: Term | int, arguments: tuple[Combination, ...]) -> Combination:
        rows, cols = arguments[0].rows, arguments[0].cols
        for pull in self.pulls:
            if pull.head == head:
                inner = [s for a in arguments if (s := stripped(self, a, pull)) is not None]
                if len(inner) == len(arguments):
                    return self.between(pull.before, self._applied(head, tuple(inner)), pull.after, rows, cols)
        for a in arguments:
            pulled = common_permutation(self, a) if len(arguments) == 1 and a else None
            if pulled is not None:
                before, inside, after = pulled
                return self.between(before, self._applied(head, (inside,)), after, rows, cols)
        canonical = tuple(self.canonical(a) for a in arguments)
        if isinstance(head, int):
            return self.word(SoftmaxOf(head, canonical[0], rows, cols))
        return self.word(Entrywise(head, canonical, rows, cols))

    def diagonal(self, column: Combination) -> Combination:
        size = column.rows
        parts = [self.scale(self.word(Diagonal(word, size, size)), c) for word, c in column if word]
        return self.add(self.zero(size, size), *parts)

    def mapped(self, function: Term, arguments: tuple[Combination | Poly, ...], rows: Term, cols: Term) -> Combination:
        inner = tuple(self.canonical(a) if isinstance(a, Combination) else a for a in arguments)
        return self.word(Mapped(function, inner, rows, cols))

    # -- inverses and powers ---------------------------------------------------------------------------------------------------------

    def inverse(self, value: Combination) -> Combination:
        """The inverse, where it exists: of a word letter by letter where its parts are square, else a factor of its own."""
        if not self._has_inverse(value):
            self.used["the inverses exist"] = None
        if not value:
            raise Stuck("the inverse of a zero matrix")
        if len(value.words) > 1:
            scale = next(iter(value.words.values()))
            return self.word(Inverse(self.canonical(value), value.rows, value.cols)) if scale else value
        ((word, coefficient),) = value.words.items()
        outside = self.arithmetic.power(coefficient, Fraction(-1))
        if not word:
            return self.scale(value, self.arithmetic.mul(outside, outside))
        pieces: list[Word] = [()]
        for k in word:
            pieces[-1] += (k,)
            if self.factors[k].cols == self.factors[word[0]].rows:
                pieces.append(())
        inverted = [self._inverted(piece) for piece in pieces if piece]
        return self.scale(self.multiply(*reversed(inverted)), outside)

    def _has_inverse(self, value: Combination) -> bool:
        """Whether an array has an inverse by what is declared: a product of invertible ones."""
        found = value.words.items()
        return len(found) == 1 and all(
            c.constant not in (None, 0) and all(isinstance(f := self.factors[k], Letter) and f.name in self.known.invertible for k in word) for word, c in found
        )

    def _inverted(self, piece: Word) -> Combination:
        factor = self.factors[piece[0]]
        if len(piece) == 1 and isinstance(factor, Letter):
            if factor.name in self.known.orthogonal:
                return self.reduced((self._flip(piece[0]),), factor.cols, factor.rows)
            return self.word(replace(factor, rows=factor.cols, cols=factor.rows, inverted=not factor.inverted))
        if len(piece) == 1 and isinstance(factor, Inverse):
            return factor.argument
        rows, cols = self.ends(piece)
        return self.word(Inverse(self.canonical(Combination({piece: UNIT}, rows, cols)), cols, rows))

    def power(self, value: Combination, exponent: int) -> Combination:
        if exponent < 0:
            return self.power(self.inverse(value), -exponent)
        if exponent > 30:
            raise Stuck(f"a power of a matrix with the exponent {exponent} is too large to write out")
        return self.multiply(self.identity(value.rows), *([value] * exponent))

    # -- rewriting -------------------------------------------------------------------------------------------------------------------

    def reduced(self, word: Word, rows: Term, cols: Term) -> Combination:
        """The normal form of a word. Raises Stuck beyond a fixed depth of rewritings (equations that go round in a circle)."""
        if word in self._reduced:
            found = self._reduced[word]
            return Combination(found.words, rows, cols)
        self.arithmetic.budget.spend()
        if self._depth > MAX_DEPTH:
            raise Stuck("the equations that are assumed rewrite each other without end")
        self._depth += 1
        found = self._rewritten(word, rows, cols)
        self._depth -= 1
        self._reduced[word] = found
        return found

    def learned(self, word: Word, result: Combination) -> None:
        """Rewrite this word from now on."""
        self.rules[word] = result
        self._reduced.clear()

    def _rewritten(self, word: Word, rows: Term, cols: Term) -> Combination:
        for start in range(len(word)):
            for stop in range(start + 1, len(word) + 1):
                replaced = self.rules.get(word[start:stop])
                if replaced is None and stop - start == 2:
                    replaced = self._pair(word[start], word[start + 1])
                if replaced is not None:
                    return self.between(word[:start], replaced, word[stop:], rows, cols)
                if self._inverse_at(word, start, stop) is not None:
                    return self.between(word[:start], self._cancelled(word, start, stop), word[stop:], rows, cols)
        return self._scalars_out(word, rows, cols)

    def _pair(self, left: int, right: int) -> Combination | None:
        first, second = self.factors[left], self.factors[right]
        match first, second:
            case Letter(), Letter() if first.name == second.name and first.transposed == second.transposed and first.inverted != second.inverted:
                return self.identity(first.rows)
            case Letter(), Letter() if first.name == second.name in self.known.orthogonal and first.transposed != second.transposed:
                return self.identity(first.rows)
            case Diagonal(column), _ if second.cols == ONE:
                return self._hadamard_word((column, (right,)), second.rows, ONE)
            case _, Diagonal(column) if first.rows == ONE:
                return self.transpose(self._hadamard_word((column, (self._flip(left),)), first.cols, ONE))
            case Diagonal(column), Diagonal(other):
                return self.diagonal(self._hadamard_word((column, other), first.rows, ONE))
            case _:
                return None

    def _inverse_at(self, word: Word, start: int, stop: int) -> Inverse | None:
        """The inverse factor at one end of a subword whose other part is the leading word of what it inverts."""
        if stop - start < 2:
            return None
        for factor, rest in ((self.factors[word[start]], word[start + 1 : stop]), (self.factors[word[stop - 1]], word[start : stop - 1])):
            if isinstance(factor, Inverse) and self.leading(factor.argument) == rest:
                return factor
        return None

    def _cancelled(self, word: Word, start: int, stop: int) -> Combination:
        """``B^{-1} w`` for the leading word w of B: the identity less ``B^{-1}`` times the rest of B, over the coefficient of w."""
        inverse = self._inverse_at(word, start, stop)
        if inverse is None:
            raise Stuck("no inverse to cancel")
        leading = self.leading(inverse.argument)
        rest = Combination({w: c for w, c in inverse.argument if w != leading}, inverse.rows, inverse.cols)
        own = Combination({(self.number_of(inverse),): UNIT}, inverse.rows, inverse.cols)
        left = self.factors[word[start]] == inverse
        product = self.multiply(own, rest) if left else self.multiply(rest, own)
        outside = self.arithmetic.power(inverse.argument.words[leading], Fraction(-1))
        return self.scale(self.add(self.identity(inverse.rows), self.scale(product, number(-1))), outside)

    def leading(self, value: Combination) -> Word:
        return max(value.words, key=lambda w: (len(w), w))

    def _scalars_out(self, word: Word, rows: Term, cols: Term) -> Combination:
        cuts = cuts_of(self, word)
        if len(cuts) < 2:
            return Combination({word: UNIT}, rows, cols)
        outside = self.arithmetic.product(contraction(self, word[a:b]) for a, b in pairwise(cuts))
        rest = word[: cuts[0]] + word[cuts[-1] :]
        return Combination({rest: outside}, rows, cols) if outside else self.zero(rows, cols)

    def atom(self, head: str, data: Word | Term | tuple[Word, ...]) -> Poly:
        """A scalar that is not a polynomial in others: a trace, a determinant, a sum of entries."""
        plain = self.arithmetic.make(head, data)
        return self.scalar_rules.get(plain, plain)


# Permutation matrices, and what a theorem allows, taken out of functions of arrays -----------------------------------------------------


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


# The scalars that matrix algebra makes: traces, inner products, sums of entries, determinants ------------------------------------------


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
