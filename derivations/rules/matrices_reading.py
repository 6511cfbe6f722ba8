"""Terms into the normal form of matrix algebra, under a context: what each written construct means for arrays."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from derivations.language.context import ONE, Array, Context, Function, RandomVariable, Softmax, shape_of
from derivations.language.errors import MeaningError
from derivations.language.structure import children, free_names
from derivations.language.term import (
    Add,
    Bars,
    Call,
    Const,
    Deriv,
    Frac,
    Group,
    Index,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Root,
    Term,
    Transpose,
)
from derivations.rules.matrices_definitions import product_runs, spelled, unfolded
from derivations.rules.matrices_factors import Combination, Known, Letter, Ones
from derivations.rules.matrices_gradients import gradient_of, jacobian_of
from derivations.rules.matrices_words import WordAlgebra, determinant, scalar, trace
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.functions import apply_named
from derivations.rules.normal.poly import Poly, number, total
from derivations.rules.shapes import DETERMINANTS, DIAGONALS, IDENTITY, TRACES, Sizes

Value: TypeAlias = Poly | Combination
MINUS = number(-1)
EXPONENTIAL = Name("exp")


class MatrixReader:
    """One judgement: the scalars, the words, and the reading of terms into them.

    ``library`` says whether the proved theorems on permutation matrices may be used for names that are declared as permutation matrices.
    """

    def __init__(self, context: Context, *, library: bool) -> None:
        self.context = context
        self.sizes = Sizes(context)
        self.scalars = Algebra(context)
        self.words = WordAlgebra(self.scalars, self._size, _known(context, library=library))
        for name in self.words.known.permutations if library else ():
            self._permutation(name)

    def _permutation(self, name: Term) -> None:
        """1^T P = 1^T and P 1 = 1, for P and its transpose."""
        array = self.context.kind(name) if isinstance(name, Name | Index) else None
        if not isinstance(array, Array):
            return
        size = array.rows
        row, column = Ones(ONE, size, True), Ones(size, ONE)
        for letter in (Letter(name, size, size), Letter(name, size, size, transposed=True)):
            for word, result in (((row, letter), row), ((letter, column), column)):
                key = tuple(self.words.number_of(f) for f in word)
                self.words.rules[key] = self.words.word(result)

    def _size(self, size: Term) -> Poly:
        try:
            return self.scalars.poly(size)
        except Stuck:
            return self.scalars.make("size", size)

    @property
    def assumptions(self) -> tuple[str, ...]:
        return (*dict.fromkeys(self.sizes.assumed), *self.words.used, *sorted(self.scalars.assuming))

    def relation(self, left: Term, right: Term) -> tuple[Value, Value]:
        """Both sides in normal form; a side that is written 0 is the zero array. Raises ShapeError, MeaningError, Stuck."""
        self.sizes.relation(left, right)  # the shapes as they are written: the message names what the author wrote
        first, second = self.sizes.relation(unfolded(left, self.context), unfolded(right, self.context))
        a, b = self.read(first), self.read(second)
        if isinstance(a, Combination) and isinstance(b, Poly) and not b:
            b = self.words.zero(a.rows, a.cols)
        if isinstance(b, Combination) and isinstance(a, Poly) and not a:
            a = self.words.zero(b.rows, b.cols)
        if isinstance(a, Combination) != isinstance(b, Combination):
            raise MeaningError("one side is an array and the other a scalar")
        return a, b

    def difference(self, left: Term, right: Term) -> Value:
        a, b = self.relation(left, right)
        if isinstance(a, Combination) and isinstance(b, Combination):
            return self.words.add(a, self.words.scale(b, MINUS))
        if isinstance(a, Poly) and isinstance(b, Poly):
            return a - b
        raise MeaningError("one side is an array and the other a scalar")

    def is_zero(self, value: Value) -> bool:
        return self.words.is_zero(value) if isinstance(value, Combination) else self.scalars.zero(value)

    # -- terms -----------------------------------------------------------------------------------------------------------------------

    def read(self, node: Term) -> Value:
        """The normal form of a term whose sizes are written in and whose definitions are unfolded."""
        value = self._read(node)
        return scalar(self.words, value) if isinstance(value, Combination) and value.scalar_shaped else value

    def _read(self, node: Term) -> Value:
        match node:
            case Group(body) | Marked(_, body):
                return self.read(body)
            case Name() | Index():
                return self._symbol(node)
            case Matrix():
                found = self.sizes.infer(node)[1]
                return self.scalars.poly(node) if found is None else self.words.letter(node, *found)
            case Add(parts):
                return self._sum([(sign, self.read(part)) for sign, part in parts])
            case Mul():
                return self._product(node)
            case Transpose(base):
                inner = self.read(base)
                return self.words.transpose(inner) if isinstance(inner, Combination) else inner
            case Frac(numerator, denominator):
                below = self.scalars.power(self._scalar(denominator), Fraction(-1))
                return self._times(self.read(numerator), below)
            case Pow(base, exponent):
                return self._power(base, exponent)
            case Root(radicand, None):
                return self._function(Name("sqrt"), (self.read(radicand),))
            case Call():
                return self._call(node)
            case Bars(kind, body, subscript):
                return self._bars(kind, body, subscript, node)
            case Deriv(body, ((variable, 1),)) if self.sizes.infer(variable)[1] is not None:
                return self._gradient(body, variable)
            case _:
                return self.scalars.poly(node)

    def _symbol(self, node: Name | Index) -> Value:
        kind = self.context.kind(node)
        base = node.base if isinstance(node, Index) else node
        if isinstance(node, Index) and kind is None and isinstance(base, Name):
            declared = self.context.kind(base)
            if base.text == "1" and (declared is None or (isinstance(declared, Array) and "ones" in declared.properties)):
                return self.words.ones(node.subscripts[0])
            if base == IDENTITY and declared is None:
                return self.words.identity(node.subscripts[0])
        match kind:
            case Array(rows, cols, properties):
                if "zero" in properties:
                    return self.words.zero(rows, cols)
                if "identity" in properties:
                    return self.words.identity(rows)
                return self.words.all_ones(rows, cols) if "ones" in properties else self.words.letter(node, rows, cols)
            case RandomVariable(shape=(rows, cols)):
                return self.words.letter(node, rows, cols)
            case _:
                return self.scalars.poly(node)

    def _scalar(self, node: Term) -> Poly:
        value = self.read(node)
        if isinstance(value, Combination):
            raise MeaningError(f"{spelled(node)} stands where a scalar must stand")
        return value

    def _times(self, left: Value, right: Value) -> Value:
        if isinstance(left, Poly) and isinstance(right, Poly):
            return self.scalars.mul(left, right)
        if isinstance(left, Combination) and isinstance(right, Combination):
            product = self.words.multiply(left, right)
            return scalar(self.words, product) if product.scalar_shaped else product
        if isinstance(left, Combination):
            return self.words.scale(left, right) if isinstance(right, Poly) else left
        return self.words.scale(right, left) if isinstance(right, Combination) else left

    def _sum(self, parts: list[tuple[str, Value]]) -> Value:
        if any(sign not in "+-" for sign, _ in parts):
            raise Stuck("a plus-minus sign stands for two statements")
        arrays = [(sign, value) for sign, value in parts if isinstance(value, Combination)]
        scalars = total(value if sign == "+" else -value for sign, value in parts if isinstance(value, Poly))
        if not arrays:
            return scalars
        if not self.scalars.zero(scalars):
            raise Stuck("a number is added to an array")
        return self.words.add(*(value if sign == "+" else self.words.scale(value, MINUS) for sign, value in arrays))

    def _product(self, node: Mul) -> Value:
        outside: list[Poly] = []
        arrays: list[Combination] = []
        for run in product_runs(node):
            value: Value | None = None
            for _, factor in run:
                value = self.read(factor) if value is None else self._times(value, self.read(factor))
            if isinstance(value, Combination):
                arrays.append(value)
            elif value is not None:
                outside.append(value)
        coefficient = self.scalars.product(outside)
        if not arrays:
            return coefficient
        return self.words.scale(self.words.hadamard(*arrays) if len(arrays) > 1 else arrays[0], coefficient)

    def _power(self, base: Term, exponent: Term) -> Value:
        power = self.read(exponent)
        if isinstance(power, Combination):
            if base == Const("e"):
                return self.words.entrywise(EXPONENTIAL, power)
            raise MeaningError(f"a power with an array in the exponent: {spelled(exponent)}")
        value = self.read(base)
        if isinstance(value, Poly):
            return self.scalars.exp(power) if base == Const("e") else self.scalars.power(value, power)
        whole = power.constant
        if whole is None or whole.denominator != 1:
            raise MeaningError(f"a power of an array with the exponent {spelled(exponent)}; an integer is accepted")
        return self.words.power(value, int(whole))

    def _call(self, node: Call) -> Value:
        function = node.function
        kind = self.context.kind(function) if isinstance(function, Name | Index) else None
        if kind is None and isinstance(function, Name) and function.text in TRACES | DETERMINANTS | DIAGONALS and len(node.arguments) == 1:
            value = self.read(node.arguments[0])
            if isinstance(value, Poly):
                return value
            if function.text in TRACES:
                return trace(self.words, value)
            if function.text in DETERMINANTS:
                return determinant(self.words, value)
            if value.cols != ONE:
                raise Stuck("the diagonal of a matrix has no normal form here")
            return self.words.diagonal(value)
        if isinstance(kind, Function) and kind.maps_arrays:
            rows_cols = self.sizes.settled_shape(self.sizes.infer(node)[1])
            if rows_cols is None:
                return self.scalars.poly(node)
            return self.words.mapped(function, tuple(self.read(a) for a in node.arguments), *rows_cols)
        if not any(self._has_arrays(a) for a in node.arguments):
            return self.scalars.poly(node)
        arguments = tuple(self.read(argument) for argument in node.arguments)
        if isinstance(kind, Softmax) and isinstance(arguments[0], Combination):
            return self.words.softmax(kind.axis, arguments[0])
        if not isinstance(function, Name):
            raise Stuck(f"a function of arrays that is not a name: {spelled(node)}")
        return self._function(function, arguments)

    def _has_arrays(self, node: Term) -> bool:
        return has_array_names(node, self.context)

    def _function(self, function: Name, arguments: tuple[Value, ...]) -> Value:
        arrays = tuple(a for a in arguments if isinstance(a, Combination))
        if arrays and len(arrays) == len(arguments):
            return self.words.entrywise(function, *arrays)
        scalars = tuple(a for a in arguments if isinstance(a, Poly))
        if arrays or len(scalars) != len(arguments):
            raise Stuck(f"the function {spelled(function)} of a scalar and an array together")
        if self.context.kind(function) is None:
            value = apply_named(self.scalars, function.text, scalars)
            if value is not None:
                return value
        return self.scalars.make("fun", (function, (0,) * len(scalars)), scalars)

    def _bars(self, kind: str, body: Term, subscript: Term | None, node: Bars) -> Value:
        value = self.read(body)
        if isinstance(value, Poly):
            return self.scalars.absolute(value) if kind in ("abs", "norm", "det") else self.scalars.poly(node)
        match kind:
            case "norm" if subscript in (None, Name("F")) or (subscript == Num("2") and ONE in (value.rows, value.cols)):
                return self.scalars.power(trace(self.words, self.words.multiply(self.words.transpose(value), value)), Fraction(1, 2))
            case "norm":
                return self.scalars.make("norm", (subscript, self.words.argument_number(value)))
            case "det":
                return determinant(self.words, value)
            case _:
                return self.words.entrywise(Name(kind), value)

    def _gradient(self, body: Term, variable: Term) -> Value:
        by = self.read(variable)
        word = by.single if isinstance(by, Combination) else None
        factor = self.words.factors[word[0]] if word is not None and len(word) == 1 else None
        if not isinstance(factor, Letter) or factor.transposed or factor.inverted:
            raise Stuck(f"a derivative by {spelled(variable)}, which is not the name of an array")
        if not free_names(variable) <= free_names(body):
            raise Stuck(f"a derivative of {spelled(body)} by {spelled(variable)}, which it does not mention")
        value = self.read(body)
        if isinstance(value, Poly):
            return gradient_of(self.words, self.scalars, value, factor)
        self.words.used["numerator layout: row i, column j of a derivative is the derivative of entry i by entry j"] = None
        return jacobian_of(self.words, self.scalars, value, factor)


def has_array_names(node: Term, context: Context) -> bool:
    """Whether a term mentions an array as a whole (``x_i`` with its subscripts is a scalar)."""
    match node:
        case Name():
            return shape_of(context.kind(node)) is not None
        case Index(base, subscripts):
            if isinstance(context.kind(node), Array):
                return True
            if isinstance(base, Name):
                return context.kind(base) is None and (base.text == "1" or base == IDENTITY) and len(subscripts) == 1
            return False
        case _:
            return any(has_array_names(child, context) for child in children(node))


def _known(context: Context, *, library: bool) -> Known:
    def having(*words: str) -> frozenset[Term]:
        """The square arrays with a property. ``Q Q^T = I`` is true of an orthogonal n by n matrix; false of an m by n one with orthonormal columns."""
        return frozenset(s for s, kind in context.kinds if isinstance(kind, Array) and kind.rows == kind.cols and kind.properties & frozenset(words))

    permutations = having("permutation") if library else frozenset()
    symmetric, invertible = having("symmetric", "positive_definite", "diagonal"), having("invertible", "positive_definite", "orthogonal")
    return Known(having("orthogonal") | permutations, symmetric, permutations, invertible)
