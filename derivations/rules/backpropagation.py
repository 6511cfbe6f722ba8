"""Derivatives through names that stand for something: a loss defined by ``y = sigma(z)``, ``z = W x + b``, differentiated by any of these.

The array reader of ``matrices_reading`` unfolds every definition before it reads. Here definitions are unfolded as they are met, and the variable of a
derivative is held: ``dL/dz`` is the derivative of what L is as a function of z. Afterwards z is replaced by what it stands for, so that both sides of an
equation speak of the same names.
"""

from __future__ import annotations

from collections.abc import Hashable

from derivations.kernel.statement import Statement
from derivations.kernel.verdict import Evidence, Undecided, proved
from derivations.language.context import Array, Context, Function, RandomVariable, shape_of
from derivations.language.errors import MeaningError
from derivations.language.laws import law_named
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import substitute
from derivations.language.term import Add, Bars, Call, Deriv, Frac, Index, Mul, Name, Pow, Root, Term, Transpose
from derivations.rules.matrices_definitions import spelled
from derivations.rules.matrices_expectation import Moments, expected
from derivations.rules.matrices_factors import Combination, Diagonal, Entrywise, Hadamard, Inverse, Letter, Mapped, SoftmaxOf, Word
from derivations.rules.matrices_gradients import gradient_of, jacobian_of
from derivations.rules.matrices_reading import MINUS, MatrixReader, Value, has_array_names
from derivations.rules.matrices_words import contraction, determinant, scalar
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.binding import replace
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.poly import ONE as UNIT
from derivations.rules.normal.poly import Poly, total

MIXED = (Add, Mul, Transpose, Frac, Pow, Call, Bars, Root, Name, Index, Deriv)
"""Nodes that may hold arrays and still denote a number."""


class ArrayScalars(Algebra):
    """Scalars some of which are made of arrays; what has arrays in it is read by the reader."""

    def __init__(self, context: Context) -> None:
        self.reader: LazyReader | None = None
        super().__init__(context, lenient=True)

    def _poly(self, term: Term) -> Poly:
        if self.reader is not None and isinstance(term, MIXED) and not self._env and self._of_arrays(term):
            value = self.reader.read(self.reader.sized(term))
            if isinstance(value, Poly):
                return value
            raise Stuck(f"{spelled(term)} is an array where a number must stand")
        return super()._poly(term)

    def make(self, head: str, data: Hashable = None, args: tuple[Poly, ...] = ()) -> Poly:
        found = super().make(head, data, args)
        kind = self.context.kind(data) if head == "determinant" and isinstance(data, Name | Index) else None
        if isinstance(kind, Array) and "positive_definite" in kind.properties:  # its eigenvalues are positive, and so is their product
            self.positive_atoms.update(a for m in found.terms for a, _ in m)
        return found

    def value_of(self, symbol: Name | Index) -> Value | None:
        return None if self.reader is None else self.reader.read(self.reader.sized(symbol))

    def _of_arrays(self, term: Term) -> bool:
        if isinstance(term, Name | Index):
            return shape_of(self.context.kind(term)) is not None
        return has_array_names(term, self.context)


class LazyReader(MatrixReader):
    """Reads arrays with definitions unfolded as they are met; names in ``held`` stay letters."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, library=True)
        self.numbers = ArrayScalars(context)
        self.scalars = self.numbers
        self.words.arithmetic = self.numbers
        self.numbers.reader = self
        self.held: set[Term] = set()

    def sized(self, term: Term) -> Term:
        return self.sizes.settled(self.sizes.infer(term)[0])

    def _symbol(self, node: Name | Index) -> Value:
        if node in self.held:
            found = self.sizes.settled_shape(self.sizes.infer(node)[1])
            return self.numbers.poly(node) if found is None else self.words.letter(node, *found)
        if self.context.kind(node) is None:
            for definition in self.context.definitions:
                values = match_definition(definition, node)
                if values is not None and not calls_itself(definition):
                    return self.read(self.sized(substitute(definition.rhs, dict(values.items()))))
        return super()._symbol(node)

    def _call(self, node: Call) -> Value:
        vector = self._averaged_over(node)
        if vector is not None:
            return expected(self.words, self.numbers, self.read(node.arguments[0]), vector)
        for definition in self.context.definitions:
            values = match_definition(definition, node)
            if values is not None and not calls_itself(definition) and self._acts_on_arrays(node, definition.lhs):
                return self.read(self.sized(substitute(definition.rhs, dict(values.items()))))
        return super()._call(node)

    def _averaged_over(self, node: Call) -> Moments | None:
        """The random vector of a normal law whose mean a call is, if nothing else in it is random."""
        function = node.function.base if isinstance(node.function, Index) else node.function
        if len(node.arguments) != 1 or not isinstance(function, Name) or function.text != "E" or not function.font or self.context.kind(function) is not None:
            return None
        reached = self.numbers.dependence.reach(node.arguments[0])
        random = [s for s, kind in self.context.kinds if isinstance(kind, RandomVariable) and s in reached]
        if len(random) != 1 or not isinstance(kind := self.context.kind(random[0]), RandomVariable) or kind.shape is None or kind.arity:
            return None
        if isinstance(node.function, Index) and node.function.subscripts not in ((random[0],), (kind.law,)):
            return None
        law = next((d.rhs for d in self.context.definitions if d.lhs == kind.law and not d.parameters), kind.law)
        if not isinstance(law, Call) or law_named(law.function) != "Normal" or len(law.arguments) != 2:
            return None
        mean, covariance = (self.read(self.sized(p)) for p in law.arguments)
        if not isinstance(mean, Combination) or not isinstance(covariance, Combination):
            return None
        return Moments(random[0], mean, covariance)

    def _acts_on_arrays(self, node: Call, pattern: Term) -> bool:
        """A definition for numbers (``sigma(t) := 1/(1+e^{-t})``) applies to arrays by entries; one for arrays is put in."""
        if not any(self.sizes.infer(a)[1] is not None for a in node.arguments):
            return True
        own = self.context.kind(node.function) if isinstance(node.function, Name | Index) else None
        arrays = isinstance(pattern, Call) and any(has_array_names(a, self.context) for a in pattern.arguments if isinstance(a, Name | Index))
        return arrays or (isinstance(own, Function) and own.maps_arrays)

    def _gradient(self, body: Term, variable: Term) -> Value:
        if not self.numbers.dependence.connected(body, variable):
            raise Stuck("a derivative of something that no definition connects with the variable: it is unknown, and not zero")
        known = variable in self.held
        shape = self.sizes.settled_shape(self.sizes.infer(variable)[1])
        if shape is None:
            raise Stuck("a derivative by a number")
        factor = Letter(variable, *shape)
        defined = isinstance(self.context.kind(variable), Array) is False  # type: ignore[arg-type]
        self._hold(variable)
        try:
            value = self.read(body)
            if isinstance(value, Poly):
                result = gradient_of(self.words, self.numbers, value, factor)
            else:
                self.words.used["numerator layout: row i, column j of a derivative is the derivative of entry i by entry j"] = None
                result = jacobian_of(self.words, self.numbers, value, factor)
        finally:
            if not known:
                self.held.discard(variable)
                self.numbers.release(variable)
        if not defined or known:
            return result
        return Rewriting(self, factor).of(result)

    def _hold(self, variable: Term) -> None:
        self.held.add(variable)
        self.numbers.hold((variable,))


class Rewriting:
    """Puts what a name stands for in place of its letter."""

    def __init__(self, reader: LazyReader, letter: Letter) -> None:
        self.reader = reader
        self.words = reader.words
        self.name = letter.name
        value = reader.read(letter.name)
        if not isinstance(value, Combination):
            raise Stuck("a name that stands for a number")
        self.value = value

    def of(self, value: Combination) -> Combination:
        words = self.words
        parts = [words.scale(self._word(word, value), self.scalar(c)) for word, c in value]
        return words.add(words.zero(value.rows, value.cols), *parts)

    def _word(self, word: Word, like: Combination) -> Combination:
        if not word:
            return self.words.identity(like.rows)
        return self.words.multiply(*(self._factor(k) for k in word))

    def _factor(self, k: int) -> Combination:
        words = self.words
        factor = words.factors[k]
        match factor:
            case Letter(name, _, _, transposed, inverted) if name == self.name:
                value = words.transpose(self.value) if transposed else self.value
                return words.inverse(value) if inverted else value
            case Entrywise(function, arguments):
                return words.entrywise(function, *(self.of(a) for a in arguments))
            case SoftmaxOf(axis, argument):
                return words.softmax(axis, self.of(argument))
            case Hadamard(parts, rows, cols):
                return words.hadamard(*(self.of(Combination({p: UNIT}, rows, cols)) for p in parts))
            case Diagonal(column, rows):
                from derivations.language.context import ONE

                return words.diagonal(self.of(Combination({column: UNIT}, rows, ONE)))
            case Inverse(argument):
                return words.inverse(self.of(argument))
            case Mapped():
                raise Stuck("an unknown function of arrays")
            case _:
                return words.word(factor)

    def scalar(self, value: Poly) -> Poly:
        numbers = self.reader.numbers
        changed: dict[int, Poly] = {}
        for a in {a for m in value.terms for a in _deep(numbers, m)}:
            atom = numbers.atoms[a]
            if atom.head in ("loss", "cot"):
                continue
            if atom.head == "trace" and isinstance(atom.data, tuple):
                changed[a] = self._trace(atom.data)
            elif atom.head == "determinant" and isinstance(atom.data, tuple) and atom.data[0] != -1:
                rows, cols = self.words.ends(atom.data)
                changed[a] = determinant(self.words, self.of(Combination({atom.data: UNIT}, rows, cols)))
            elif atom.head in ("entries", "norm", "determinant"):
                raise Stuck("a scalar of arrays that cannot be rewritten")
        return replace(numbers, value, changed) if changed else value

    def _trace(self, word: Word) -> Poly:
        rows, cols = self.words.ends(word)
        new = self._word(word, Combination({word: UNIT}, rows, cols))
        if new.scalar_shaped:
            return scalar(self.words, new)
        return total(self.reader.numbers.mul(c, contraction(self.words, w) if w else self.words.size(rows)) for w, c in new)


def _deep(numbers: Algebra, monomial: tuple[tuple[int, object], ...]) -> set[int]:
    found: set[int] = set()
    for a, e in monomial:
        found.add(a)
        for arg in numbers.atoms[a].args:
            for m in arg.terms:
                found |= _deep(numbers, m)
        if isinstance(e, Poly):
            for m in e.terms:
                found |= _deep(numbers, m)
    return found


def prove_arrays(statement: Statement, context: Context) -> Evidence | Undecided:
    """Prove an equation of arrays, or of numbers made of arrays, with definitions unfolded as they are met.

    Raises Stuck, MeaningError, ShapeError.
    """
    reader = LazyReader(context)
    reader.sizes.relation(statement.lhs, statement.rhs)
    left, right = (reader.read(reader.sized(side)) for side in (statement.lhs, statement.rhs))
    if isinstance(left, Combination) and isinstance(right, Poly) and not right:
        right = reader.words.zero(left.rows, left.cols)
    if isinstance(right, Combination) and isinstance(left, Poly) and not left:
        left = reader.words.zero(right.rows, right.cols)
    match left, right:
        case Combination(), Combination():
            if (left.rows, left.cols) != (right.rows, right.cols) and right.rows == left.cols and left.rows != left.cols:
                raise MeaningError("one side is the transpose of the other's shape")
            difference: Value = reader.words.add(left, reader.words.scale(right, MINUS))
        case Poly(), Poly():
            difference = left - right
        case _:
            raise MeaningError("one side is an array and the other a scalar")
    if reader.is_zero(difference):
        return proved("derivatives through definitions", *reader.assumptions)
    return Undecided("the normal forms of the two sides differ", difference)
