"""Arrays by their entries: the (i, j) entry of a matrix term as a scalar normal form, for symbolic i, j and sizes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derivations.language.context import Array, Context, Function, RandomVariable, Softmax
from derivations.language.errors import MeaningError
from derivations.language.term import (
    Add,
    Call,
    Const,
    Deriv,
    Frac,
    Group,
    Index,
    Marked,
    Mul,
    Name,
    Num,
    Pow,
    Term,
    Transpose,
)
from derivations.rules.matrices_definitions import called, product_runs, spelled
from derivations.rules.matrices_indices import PermutedIndices
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.poly import ONE, ZERO, Poly, poly_key, total
from derivations.rules.shapes import DIAGONALS, IDENTITY, TRACES, Sizes

MINUS_ONE = Add((("-", Num("1")),))


class EntryAlgebra(PermutedIndices):
    """Scalar normal forms that know the entries of arrays: a product is a sum, a transpose swaps the indices, a softmax is a quotient."""

    def __init__(self, context: Context, *, reindexing: bool) -> None:
        self.sizes = Sizes(context)
        super().__init__(context, reindexing=reindexing)

    # -- scalars made of arrays ------------------------------------------------------------------------------------------------------

    def _array(self, node: Term) -> tuple[Term, Term] | None:
        return self.sizes.settled_shape(self.sizes.infer(node)[1])

    def _poly(self, term: Term) -> Poly:
        if isinstance(term, Mul | Transpose) and self._has_array_factor(term):
            return self.array_entry(term, ONE, ONE)
        return super()._poly(term)

    def _has_array_factor(self, term: Mul | Transpose) -> bool:
        parts = [part for _, part in term.parts] if isinstance(term, Mul) else [term.base]
        try:
            return any(self._array(part) is not None for part in parts)
        except MeaningError:
            return False  # bound names have no kind: a product of scalars

    def _index(self, term: Index) -> Poly:
        base = term.base
        defined = self._definition(term)
        if defined is not None:
            if isinstance(base, Name) and (array := self.context.kind(base)) and isinstance(array, Array):
                self._within_array(term, tuple(self.poly(s) for s in term.subscripts), (array.rows, array.cols))
            return defined
        if self.context.kind(term) is None and (not isinstance(base, Name) or isinstance(self.context.kind(base), Array)):
            shape = self._array(base)
            if shape is None:
                return super()._index(term)
            indices = tuple(self.poly(s) for s in term.subscripts)
            self._within_array(term, indices, shape)
            if len(indices) == 2:
                return self.array_entry(base, *indices)
            return self.array_entry(base, indices[0], ONE) if shape[1] == Num("1") else self.array_entry(base, ONE, indices[0])
        return super()._index(term)

    def _within_array(self, term: Index, indices: tuple[Poly, ...], shape: tuple[Term, Term]) -> None:
        """Raises Stuck for an index that runs over another range than the array has; what is not known of an index is assumed, and said."""
        sizes = shape if len(indices) == 2 else tuple(size for size in shape if size != Num("1"))
        for p, size in zip(indices, sizes, strict=True):
            if self.inside(p, (ONE, self.poly(size))):
                continue
            if p.constant is None and p.single is not None and self._has_range(p):
                raise Stuck(f"an index of {spelled(term)} runs over another range than 1 to {spelled(size)}")
            self.assuming.add("every index lies in the range of its array")

    def _call(self, term: Call) -> Poly:
        function = term.function
        if isinstance(function, Pow) and function.exponent == MINUS_ONE and function.base in self.permutations:
            name = function.base
            if isinstance(name, Name):
                return self.apply(name, True, self.poly(term.arguments[0]))
        if isinstance(function, Name) and function.text in TRACES and self.context.kind(function) is None:
            (argument,) = term.arguments
            shape = self._array(argument)
            if shape is not None:
                return self._summed(shape[0], lambda k: self.array_entry(argument, k, k))
        return super()._call(term)

    def _bars(self, kind: str, body: Term, subscript: Term | None) -> Poly:
        shape = self._array(body) if kind == "norm" else None
        if shape is None:
            return super()._bars(kind, body, subscript)
        if subscript not in (None, Name("F")) and not (subscript == Num("2") and Num("1") in shape):
            raise Stuck("a norm other than the Euclidean")
        rows, cols = shape
        square = self._summed(rows, lambda i: self._summed(cols, lambda j: self.power(self.array_entry(body, i, j), Fraction(2))))
        return self.power(square, Fraction(1, 2))

    # -- entries ---------------------------------------------------------------------------------------------------------------------

    def _summed(self, size: Term, body: Callable[[Poly], Poly]) -> Poly:
        """The sum over ``1..size`` of a body that is given as a function of its index."""
        if size == Num("1"):
            return body(ONE)
        k = self.index(size)
        ((monomial, _),) = k.terms.items()
        return self.sum_range(monomial[0][0], body(k), ONE, self.poly(size))

    def array_entry(self, node: Term, i: Poly, j: Poly) -> Poly:
        """Entry (i, j) of an array term; the index of a size 1 is 1. Raises Stuck for an array whose entries have no formula (an inverse)."""
        match node:
            case Group(body) | Marked(_, body):
                return self.array_entry(body, i, j)
            case Name() | Index():
                return self._symbol(node, i, j)
            case Transpose(base):
                return self.array_entry(base, j, i)
            case Add(parts):
                if any(sign not in "+-" for sign, _ in parts):
                    raise Stuck("a plus-minus sign stands for two statements")
                values = [(sign, ZERO if part == Num("0") else self.array_entry(part, i, j)) for sign, part in parts]
                return total(value if sign == "+" else -value for sign, value in values)
            case Mul():
                return self.product(self._run([factor for _, factor in run], i, j) for run in product_runs(node))
            case Frac(numerator, denominator):
                return self.mul(self.array_entry(numerator, i, j), self.power(self.poly(denominator), Fraction(-1)))
            case Pow(Const("e"), exponent):
                return self.exp(self.array_entry(exponent, i, j))
            case Pow(base, Num(digits)) if digits.isdigit() and 0 < int(digits) < 10 and self._array(base) is not None:
                return self._run([base] * int(digits), i, j)
            case Call():
                return self._entry_of_call(node, i, j)
            case Deriv(body, ((Name() | Index() as variable, 1),)) if self._array(body) is None:
                shape = self._array(variable)
                by = None if shape is None else self._plain(variable, shape, i, j).single
                if by is None:
                    raise Stuck("a derivative by something that is not the name of an array")
                return differentiate(self, self.poly(body), by[1][0][0])
            case _:
                if self._array(node) is None:
                    return self.poly(node)
                raise Stuck(f"the entries of {spelled(node)} have no formula here")

    def _symbol(self, node: Name | Index, i: Poly, j: Poly) -> Poly:
        shape = self._array(node)
        if shape is None:
            return self.poly(node)
        for definition in self.context.definitions:
            if definition.lhs == node and not definition.parameters:
                return self.array_entry(definition.rhs, i, j)
            match definition.lhs:
                case Index(base, (Name() as a, Name() as b)) if base == node and {a, b} <= set(definition.parameters):
                    saved, self._env = self._env, {a: i, b: j}
                    try:
                        return self.poly(definition.rhs)
                    finally:
                        self._env = saved
        kind = self.context.kind(node)
        if isinstance(node, Index) and kind is None and isinstance(node.base, Name) and self.context.kind(node.base) is None:
            return self.delta(i, j) if node.base == IDENTITY else ONE
        if isinstance(kind, Array):
            if "zero" in kind.properties:
                return ZERO
            if "identity" in kind.properties:
                return self.delta(i, j)
            if "ones" in kind.properties:
                return ONE
            if kind.properties & {"symmetric", "positive_definite", "diagonal"} and poly_key(j) < poly_key(i):
                i, j = j, i
        elif not isinstance(kind, RandomVariable):
            raise Stuck(f"{spelled(node)} is not an array")
        return self._plain(node, shape, i, j)

    def _plain(self, node: Name | Index, shape: tuple[Term, Term], i: Poly, j: Poly) -> Poly:
        one = Num("1")
        arguments = (j,) if shape[0] == one else (i,) if shape[1] == one else (i, j)
        return self.make("seq", node, arguments)

    def _run(self, factors: list[Term], i: Poly, j: Poly) -> Poly:
        """An entry of a product, from the left: ``(AB)_{ij} = sum_k A_{ik} B_{kj}``."""
        coefficients: list[Poly] = []
        arrays: list[tuple[Term, tuple[Term, Term]]] = []
        for factor in factors:
            shape = self._array(factor)
            if shape is None:
                coefficients.append(self.poly(factor))
            else:
                arrays.append((factor, shape))
        one = Num("1")
        chains: list[list[tuple[Term, tuple[Term, Term]]]] = [[]]
        for item in arrays:
            if chains[-1] and chains[-1][0][1][0] == one == chains[-1][-1][1][1]:
                chains.append([])  # x^T y in front of an array is a scalar factor
            chains[-1].append(item)
        for chain in chains:
            if chain:
                scalar = chain[0][1][0] == one == chain[-1][1][1]
                coefficients.append(self._chain(chain, ONE if scalar else i, ONE if scalar else j))
        return self.product(coefficients)

    def _chain(self, chain: list[tuple[Term, tuple[Term, Term]]], i: Poly, j: Poly) -> Poly:
        (first, shape), *rest = chain
        if not rest:
            return self.array_entry(first, i, j)
        return self._summed(shape[1], lambda k: self.mul(self.array_entry(first, i, k), self._chain(rest, k, j)))

    def _entry_of_call(self, node: Call, i: Poly, j: Poly) -> Poly:
        if self._array(node) is None:
            return self.poly(node)
        function = node.function
        kind = self.context.kind(function) if isinstance(function, Name) else None
        unfolded = called(node, self.context)
        if unfolded is not None:
            return self.array_entry(unfolded, i, j)
        if isinstance(kind, Softmax):
            (argument,) = node.arguments
            rows, cols = self._array(argument) or (Num("1"), Num("1"))
            if kind.axis == 0:
                below = self._summed(rows, lambda k: self.exp(self.array_entry(argument, k, j)))
            else:
                below = self._summed(cols, lambda k: self.exp(self.array_entry(argument, i, k)))
            return self.mul(self.exp(self.array_entry(argument, i, j)), self.power(below, Fraction(-1)))
        if isinstance(function, Name) and function.text in DIAGONALS and kind is None:
            return self.mul(self.delta(i, j), self.array_entry(node.arguments[0], i, ONE))
        if isinstance(function, Name) and not (isinstance(kind, Function) and kind.maps_arrays):
            return self._entrywise(function, tuple(self.array_entry(a, i, j) for a in node.arguments))
        raise Stuck(f"the entries of {spelled(node)} have no formula here")

    def _entrywise(self, function: Name, values: tuple[Poly, ...]) -> Poly:
        """The function of the entries, which stand under names while it is read."""
        names = tuple(Name("entry", primes=k + 1) for k in range(len(values)))
        saved, self._env = self._env, {**self._env, **dict(zip(names, values, strict=True))}
        try:
            return super()._call(Call(function, names))
        finally:
            self._env = saved
