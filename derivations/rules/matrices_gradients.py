"""Matrix calculus by differentials: gradients of scalars by arrays, Jacobians of columns by columns.

A scalar's differential is written ``d phi = tr(G^T dX)``; G is its gradient, with the shape of X (Magnus and Neudecker, *Matrix Differential
Calculus*, ch. 9). Going back through a product, ``d phi = tr(C^T d(ABD))`` gives B the cotangent ``A^T C D^T``.
"""

from __future__ import annotations

from derivations.language.context import ONE, Loss
from derivations.language.term import Deriv, Index, Name, Term
from derivations.rules.matrices_factors import (
    Combination,
    Diagonal,
    Entrywise,
    Factor,
    Hadamard,
    Inverse,
    Letter,
    Mapped,
    Ones,
    SoftmaxOf,
    Word,
)
from derivations.rules.matrices_words import WordAlgebra, trace
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.poly import ONE as UNIT
from derivations.rules.normal.poly import Poly, atom_power, number

MINUS = number(-1)
EXPONENTIAL = Name("exp")


def gradient_of(words: WordAlgebra, scalars: Algebra, value: Poly, by: Letter) -> Combination:
    """The gradient of a scalar by the array ``by``, with the shape of that array.

    Raises Stuck where the scalar depends on the array through something that has no rule (an entry, an unknown norm, a function of arrays).
    """
    return _Calculus(words, scalars, by).scalar(value)


def jacobian_of(words: WordAlgebra, scalars: Algebra, value: Combination, by: Letter) -> Combination:
    """The matrix J with ``dF = J dx`` of a column F by the column ``by``."""
    if value.cols != ONE or by.cols != ONE:
        raise Stuck("a derivative of an array by an array is known for columns only")
    return _Calculus(words, scalars, by).jacobian(value)


class _Calculus:
    def __init__(self, words: WordAlgebra, scalars: Algebra, by: Letter) -> None:
        if by.name in words.known.symmetric:
            raise Stuck("a gradient by a symmetric matrix depends on a convention (whether its entries vary independently)")
        self.words = words
        self.scalars = scalars
        self.by = by

    # -- what depends on the variable ------------------------------------------------------------------------------------------------

    def _within(self, factor: Factor) -> bool:
        match factor:
            case Letter(name):
                return name == self.by.name
            case Ones():
                return False
            case Entrywise(_, arguments):
                return any(self._in_combination(a) for a in arguments)
            case SoftmaxOf(_, argument) | Inverse(argument):
                return self._in_combination(argument)
            case Hadamard(parts):
                return any(self._in_word(part) for part in parts)
            case Diagonal(column):
                return self._in_word(column)
            case Mapped(_, arguments):
                return any(self._in_combination(a) if isinstance(a, Combination) else bool(self._atoms(a)) for a in arguments)

    def _in_word(self, word: Word) -> bool:
        return any(self._within(self.words.factors[k]) for k in word)

    def _in_combination(self, value: Combination) -> bool:
        return any(self._in_word(word) or bool(self._atoms(c)) for word, c in value)

    def _atoms(self, value: Poly) -> list[int]:
        """The atoms of a scalar, at any depth, that are made of arrays and depend on the variable."""
        found: dict[int, None] = {}
        todo, seen = [value], set[int]()
        while todo:
            for monomial in todo.pop().terms:
                for a, exponent in monomial:
                    if isinstance(exponent, Poly):
                        todo.append(exponent)
                    if a in seen:
                        continue
                    seen.add(a)
                    atom = self.scalars.atoms[a]
                    todo.extend(atom.args)
                    if self._depends(atom.head, atom.data):
                        found[a] = None
        return list(found)

    def _depends(self, head: str, data: object) -> bool:
        match head, data:
            case "trace", tuple():
                return self._in_word(data)
            case "entries", tuple():
                return any(self._in_word(part) for part in data)
            case "determinant", tuple():
                return self._in_combination(self._determined(data))
            case "determinant", _:
                return data == self.by.name
            case "norm", (_, int(k)):
                return self._in_combination(self.words.argument(k))
            case "seq", _:
                return data == self.by.name
            case "loss", Name() | Index():
                return self._head in self.scalars.dependence.closure(data)
            case "cot", (Name() | Index() as loss, _):
                return self._head in self.scalars.dependence.closure(loss)
            case _:
                return False

    @property
    def _head(self) -> Name | Index | None:
        return self.scalars.dependence.head(self.by.name)

    def _determined(self, data: Word) -> Combination:
        if data[0] == -1:
            return self.words.argument(data[1])
        return Combination({data: UNIT}, *self.words.ends(data))

    # -- gradients -------------------------------------------------------------------------------------------------------------------

    def _nothing(self) -> Combination:
        return self.words.zero(self.by.rows, self.by.cols)

    def scalar(self, value: Poly) -> Combination:
        result = self._nothing()
        for a in self._atoms(value):
            outer = differentiate(self.scalars, value, a)
            result = self.words.add(result, self.words.scale(self._atom(a), outer))
        return result

    def _atom(self, a: int) -> Combination:
        head, data = self.scalars.atoms[a].head, self.scalars.atoms[a].data
        words = self.words
        match head, data:
            case "trace", tuple():
                parts = []
                for k, number_of in enumerate(data):
                    factor = words.factors[number_of]
                    if self._within(factor):
                        rest = data[k + 1 :] + data[:k]
                        turned = words.reduced(words.flipped(rest), factor.rows, factor.cols) if rest else words.identity(factor.rows)
                        parts.append(self._factor(factor, turned))
                return words.add(self._nothing(), *parts)
            case "entries", tuple():
                parts = []
                for k, part in enumerate(data):
                    ends = words.ends(part)
                    others = [Combination({other: UNIT}, *ends) for j, other in enumerate(data) if j != k]
                    parts.append(self.back(Combination({part: UNIT}, *ends), words.hadamard(*others)))
                return words.add(self._nothing(), *parts)
            case "determinant", tuple():
                inner = self._determined(data)
                return self.back(inner, words.scale(words.transpose(words.inverse(inner)), atom_power(a)))
            case "determinant", _:
                own = words.word(self.by)
                return words.scale(words.transpose(words.inverse(own)), atom_power(a))
            case "loss", Name() | Index():
                return self._loss(data)
            case _:
                raise Stuck("a derivative by an array through something that has no rule for it (an entry, a norm other than the Euclidean)")

    def _loss(self, loss: Name | Index) -> Combination:
        """The chain rule for a loss of which only the name is known: a cotangent for each thing that it is a function of, taken back to the variable."""
        kind = self.scalars.context.kind(loss)
        parts = [self._nothing()]
        for part in kind.of if isinstance(kind, Loss) else ():
            if self._head not in self.scalars.dependence.closure(part.symbol):
                continue
            if part.symbol == self.by.name:
                parts.append(self.words.letter(Deriv(loss, ((part.symbol, 1),)), self.by.rows, self.by.cols))
                continue
            value = self.scalars.value_of(part.symbol)
            if part.ranges or value is None:
                raise Stuck("a derivative by an array of a loss that is a function of numbers with indices")
            if isinstance(value, Poly):
                parts.append(self.words.scale(self.scalar(value), self.scalars.make("cot", (loss, part.symbol))))
            else:
                parts.append(self.back(value, self.words.letter(Deriv(loss, ((part.symbol, 1),)), value.rows, value.cols)))
        return self.words.add(*parts)

    def back(self, value: Combination, cotangent: Combination) -> Combination:
        """The gradient of phi where ``d phi = tr(C^T dF)`` for the cotangent C of F."""
        words = self.words
        parts = [self._nothing()]
        for word, coefficient in value:
            if self._atoms(coefficient):
                own = Combination({word: UNIT}, value.rows, value.cols)
                inner = trace(words, words.multiply(words.transpose(cotangent), own))
                parts.append(words.scale(self.scalar(coefficient), inner))
            for k, number_of in enumerate(word):
                factor = words.factors[number_of]
                if self._within(factor):
                    before, after = word[:k], word[k + 1 :]
                    middle = cotangent
                    if before:
                        middle = words.multiply(words.reduced(words.flipped(before), factor.rows, value.rows), middle)
                    if after:
                        middle = words.multiply(middle, words.reduced(words.flipped(after), value.cols, factor.cols))
                    parts.append(words.scale(self._factor(factor, middle), coefficient))
        return words.add(*parts)

    def _factor(self, factor: Factor, cotangent: Combination) -> Combination:
        words = self.words
        if not self._within(factor):
            return self._nothing()
        match factor:
            case Letter(_, _, _, transposed, inverted):
                if inverted:
                    turned = words.transpose(words.word(factor))
                    cotangent = words.scale(words.multiply(turned, cotangent, turned), MINUS)
                return words.transpose(cotangent) if transposed else cotangent
            case Entrywise(function, (argument,)):
                return self.back(argument, words.hadamard(cotangent, words.entrywise(_slope(function), argument)))
            case SoftmaxOf(axis, argument):
                own = words.word(factor)
                weighted = words.hadamard(own, cotangent)
                size = factor.rows if axis == 0 else factor.cols
                sums = words.multiply(words.all_ones(size, size), weighted) if axis == 0 else words.multiply(weighted, words.all_ones(size, size))
                return self.back(argument, words.add(weighted, words.scale(words.hadamard(own, sums), MINUS)))
            case Hadamard(parts):
                ends = factor.rows, factor.cols
                pieces = []
                for k, part in enumerate(parts):
                    others = [Combination({other: UNIT}, *ends) for j, other in enumerate(parts) if j != k]
                    pieces.append(self.back(Combination({part: UNIT}, *ends), words.hadamard(cotangent, *others)))
                return words.add(*pieces)
            case Inverse(argument):
                turned = words.transpose(words.word(factor))
                return self.back(argument, words.scale(words.multiply(turned, cotangent, turned), MINUS))
            case _:
                raise Stuck(f"no rule for the derivative of this ({type(factor).__name__})")

    # -- Jacobians -------------------------------------------------------------------------------------------------------------------

    def jacobian(self, value: Combination) -> Combination:
        words = self.words
        parts = [words.zero(value.rows, self.by.rows)]
        for word, coefficient in value:
            if self._atoms(coefficient):
                own = Combination({word: UNIT}, value.rows, value.cols)
                parts.append(words.multiply(own, words.transpose(self.scalar(coefficient))))
            if self._in_word(word[:-1]):
                raise Stuck("a derivative of a column through a matrix that depends on the variable")
            last = words.factors[word[-1]]
            if self._within(last):
                inner = self._column(last)
                if word[:-1]:
                    inner = words.multiply(Combination({word[:-1]: UNIT}, value.rows, last.rows), inner)
                parts.append(words.scale(inner, coefficient))
        return words.add(*parts)

    def _column(self, factor: Factor) -> Combination:
        words = self.words
        match factor:
            case Letter(_, rows, _, False, False):
                return words.identity(rows)
            case Entrywise(function, (argument,)):
                return words.multiply(words.diagonal(words.entrywise(_slope(function), argument)), self.jacobian(argument))
            case SoftmaxOf(0, argument):
                own = words.word(factor)
                outer = words.scale(words.multiply(own, words.transpose(own)), MINUS)
                return words.multiply(words.add(words.diagonal(own), outer), self.jacobian(argument))
            case Hadamard(parts):
                pieces = []
                for k, part in enumerate(parts):
                    others = [Combination({other: UNIT}, factor.rows, ONE) for j, other in enumerate(parts) if j != k]
                    inner = self.jacobian(Combination({part: UNIT}, factor.rows, ONE))
                    pieces.append(words.multiply(words.diagonal(words.hadamard(*others)), inner))
                return words.add(*pieces)
            case _:
                raise Stuck(f"no rule for the derivative of this column ({type(factor).__name__})")


def _slope(function: Term) -> Name:
    """The name of a function's derivative: ``f'``; the exponential is its own."""
    if not isinstance(function, Name):
        raise Stuck("a derivative of a function that is not a name")
    if function == EXPONENTIAL:
        return function
    return Name(function.text, function.accent, function.font, function.primes + 1, function.label)
