"""The mean of what depends linearly or quadratically on one random vector: it takes the vector's mean and covariance, and nothing else of its law.

``E[A x + b] = A mu + b``, ``E[x^T M x] = tr(M Sigma) + mu^T M mu``, ``E[x x^T] = Sigma + mu mu^T``.
"""

from __future__ import annotations

from fractions import Fraction

from derivations.language.context import ONE
from derivations.language.record import record
from derivations.language.structure import subterms
from derivations.language.term import Term
from derivations.rules.matrices_factors import Combination, Diagonal, Entrywise, Hadamard, Inverse, Letter, Mapped, Ones, SoftmaxOf, Word
from derivations.rules.matrices_words import WordAlgebra, cuts_of, scalar, trace
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.poly import ONE as UNIT
from derivations.rules.normal.poly import Exponent, Monomial, Poly, total


@record
class Moments:
    """A random column with its mean and covariance."""

    name: Term
    mean: Combination
    covariance: Combination


def expected(words: WordAlgebra, numbers: Algebra, value: Poly | Combination, of: Moments) -> Poly | Combination:
    """The mean of a value over the random vector.

    True: ``E[x^T A x] = tr(A Sigma) + mu^T A mu``.  False neighbours: ``E[x^T A x] = mu^T A mu``; ``... = tr(A) tr(Sigma) + mu^T A mu``.

    Raises Stuck where a value depends on it in another way than linearly or quadratically.
    """
    return _Mean(words, numbers, of).of(value)


class _Mean:
    def __init__(self, words: WordAlgebra, numbers: Algebra, of: Moments) -> None:
        self.words = words
        self.numbers = numbers
        self.x = of
        mean = of.mean
        self.second = words.add(of.covariance, words.multiply(mean, words.transpose(mean)))

    def of(self, value: Poly | Combination) -> Poly | Combination:
        if isinstance(value, Poly):
            return self._number(value)
        words = self.words
        parts = []
        for word, coefficient in value:
            if self._in_word(word):
                if self._in_poly(coefficient):
                    raise Stuck("a number and an array in one product that are both random")
                parts.append(words.scale(self._array(word), coefficient))
            else:
                whole = Combination({word: UNIT}, value.rows, value.cols)
                parts.append(words.scale(whole, self._number(coefficient)))
        return words.add(words.zero(value.rows, value.cols), *parts)

    def _array(self, word: Word) -> Combination:
        """A product of arrays in which the vector stands: by itself, or as ``x x^T``."""
        words = self.words
        factors: list[Combination] = []
        once = twice = k = 0
        while k < len(word):
            here, after = words.factors[word[k]], words.factors[word[k + 1]] if k + 1 < len(word) else None
            if self._is_x(here, False) and self._is_x(after, True):
                factors.append(self.second)
                twice, k = twice + 1, k + 2
                continue
            if self._is_x(here, False) or self._is_x(here, True):
                factors.append(words.transpose(self.x.mean) if self._is_x(here, True) else self.x.mean)
                once += 1
            elif self._within(word[k]):
                raise Stuck("a function of a random vector")
            else:
                factors.append(words.word(here))
            k += 1
        if once + 2 * twice > 2 or once > 1:
            raise Stuck("a product of a random vector with itself that is not x x^T")
        return words.multiply(*factors)

    def _number(self, value: Poly) -> Poly:
        return total(self._monomial(m).scale(c) for m, c in value.terms.items())

    def _monomial(self, monomial: Monomial) -> Poly:
        outside: list[tuple[int, Exponent]] = []
        inside: list[tuple[int, Exponent]] = []
        for a, e in monomial:
            random = self._in_atom(a) or (isinstance(e, Poly) and self._in_poly(e))
            (inside if random else outside).append((a, e))
        constant = Poly({tuple(outside): Fraction(1)})
        forms: list[Word] = []
        for a, e in inside:
            atom = self.numbers.atoms[a]
            if atom.head != "trace" or not isinstance(atom.data, tuple) or not isinstance(e, Fraction) or e not in (1, 2):
                raise Stuck("a function of a random vector that is neither linear nor quadratic")
            forms += [self._opened(atom.data)] * int(e)
        if not forms:
            return constant
        return self.numbers.mul(constant, self._product(forms))

    def _product(self, forms: list[Word]) -> Poly:
        """The mean of one form in x, or of two that are linear."""
        words = self.words
        if len(forms) == 1 and self._both(forms[0]):
            inner = forms[0][1:-1]
            middle = Combination({inner: UNIT}, *words.ends(inner)) if inner else words.identity(self.x.mean.rows)
            return trace(words, words.multiply(middle, self.second))
        if len(forms) > 2 or any(map(self._both, forms)):
            raise Stuck("a function of a random vector of a degree above two")
        rows = [self._row(form) for form in forms]
        if len(rows) == 1:
            return scalar(words, words.multiply(rows[0], self.x.mean))
        return scalar(words, words.multiply(rows[0], self.second, words.transpose(rows[1])))

    def _opened(self, word: Word) -> Word:
        """A closed word of size 1 by 1, turned so that the vector stands at its ends only."""
        factors = self.words.factors
        turned = next((word[k:] + word[:k] for k in range(len(word)) if factors[word[k]].rows == ONE), ())
        at_ends = len(turned) > 1 and (self._is_x(factors[turned[0]], True), self._is_x(factors[turned[-1]], False))
        if not at_ends or not any(at_ends) or cuts_of(self.words, turned) != [0, len(turned)]:
            raise Stuck("a random vector inside of a function")
        rest = turned[at_ends[0] : len(turned) - at_ends[1]]
        if self._in_word(rest):
            raise Stuck("a function of a random vector")
        return turned

    def _both(self, form: Word) -> bool:
        return self._is_x(self.words.factors[form[0]], True) and self._is_x(self.words.factors[form[-1]], False)

    def _row(self, form: Word) -> Combination:
        """The row a^T of a form a^T x."""
        rest = form[:-1] if self._is_x(self.words.factors[form[-1]], False) else self.words.flipped(form[1:])
        return Combination({rest: UNIT}, *self.words.ends(rest))

    # -- where it occurs -------------------------------------------------------------------------------------------------------------

    def _is_x(self, factor: object, transposed: bool) -> bool:
        return isinstance(factor, Letter) and factor.name == self.x.name and factor.transposed is transposed and not factor.inverted

    def _in_word(self, word: Word) -> bool:
        return any(map(self._within, word))

    def _in_combination(self, value: Combination) -> bool:
        return any(self._in_word(word) or self._in_poly(c) for word, c in value)

    def _within(self, k: int) -> bool:
        match self.words.factors[k]:
            case Letter(name):
                return self._in_term(name)
            case Ones():
                return False
            case Entrywise(_, arguments):
                return any(map(self._in_combination, arguments))
            case SoftmaxOf(_, argument) | Inverse(argument):
                return self._in_combination(argument)
            case Hadamard(parts):
                return any(map(self._in_word, parts))
            case Diagonal(column):
                return self._in_word(column)
            case Mapped(_, arguments):
                return any(self._in_combination(a) if isinstance(a, Combination) else self._in_poly(a) for a in arguments)

    def _in_poly(self, value: Poly) -> bool:
        return any(self._in_atom(a) or (isinstance(e, Poly) and self._in_poly(e)) for m in value.terms for a, e in m)

    def _in_atom(self, a: int) -> bool:
        atom = self.numbers.atoms[a]
        return any(map(self._in_poly, atom.args)) or self._in_data(atom.data)

    def _in_data(self, data: object) -> bool:
        """What an atom is made of: a term, a word, or several of them. Raises Stuck for anything else."""
        match data:
            case Term():
                return self._in_term(data)
            case (-1, int() as argument):
                return self._in_combination(self.words.argument(argument))
            case tuple() if data and all(isinstance(k, int) for k in data):
                return self._in_word(data)
            case tuple():
                return any(map(self._in_data, data))
            case str() | int() | Fraction() | None:
                return False
            case _:
                raise Stuck("a number of which is not known what it depends on")

    def _in_term(self, term: Term) -> bool:
        return any(part == self.x.name for _, part in subterms(term))
