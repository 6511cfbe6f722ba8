"""Sizes of arrays: what shape a term has in its context, and an exact error where two do not fit.

A shape is ``(rows, cols)`` as terms (``D``, ``N``, ``2 n``), ``None`` for a scalar; a vector is a column ``(n, 1)``; what comes out 1 by 1 is a
scalar. Sizes are compared as polynomials under the equations between sizes that the context assumes. A vector of ones that is written ``1``
(``b 1^T``) and an undeclared ``I`` get the only size that fits; ``Sizes.infer`` writes it into the term as ``1_N`` and ``I_N``.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeAlias

from derivations.language.context import ONE, Array, Context, Family, Function, RandomVariable, Sequence, Softmax, Symbol
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.structure import children, free_names, unbracketed, with_children
from derivations.language.term import (
    Add,
    At,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Deriv,
    Dots,
    Frac,
    Group,
    Index,
    Integral,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    ProductSign,
    Relation,
    Root,
    Term,
    Transpose,
)
from derivations.rules.matrices_definitions import called, product_runs, spelled
from derivations.rules.matrices_sizes import SizeEquations

Shape: TypeAlias = tuple[Term, Term]

ONES = Name("1", font="bold")
IDENTITY = Name("I")
TRACES = frozenset({"tr", "Tr", "trace", "Trace"})
DETERMINANTS = frozenset({"det", "Det"})
DIAGONALS = frozenset({"diag", "Diag"})
OF_SPACES = frozenset({"dim", "ker", "rank", "rk", "im", "span", "null", "nullity", "range", "col", "row", "cond"})
"""What is no map of entries: of an array they are a space or a number."""


def shape(node: Term, context: Context) -> Shape | None:
    """The shape of a term, None for a scalar.

    Raises:
        ShapeError: sizes that do not fit; the message has both shapes and the two parts.
        MeaningError: a name without a kind, or a construct that has no meaning for arrays.
    """
    sizes = Sizes(context)
    _, found = sizes.infer(node)
    return sizes.settled_shape(found)


def _is(node: Term, digits: str) -> bool:
    node = unbracketed(node)
    return node == Num(digits)


class Sizes:
    """One inference: sizes that are not written are unknowns, solved by what they must fit. ``assumed`` says what was read without a declaration."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.assumed: list[str] = []
        self.equations = SizeEquations(context)
        self._mapped: dict[Term, Shape] = {}
        self._scalars: list[Name] = []
        self._defining: list[Term] = []

    def settled(self, node: Term) -> Term:
        """A size, or a term with sizes in it, with the unknowns that have been solved put in."""
        return self.equations.settled(node)

    def settled_shape(self, found: Shape | None) -> Shape | None:
        return None if found is None else (self.settled(found[0]), self.settled(found[1]))

    def agree(self, left: Term, right: Term) -> bool:
        """Whether two sizes are equal for all values; an unknown one becomes the other."""
        return self.equations.agree(left, right)

    # -- errors ----------------------------------------------------------------------------------------------------------------------

    def _told(self, found: Shape | None) -> str:
        settled = self.settled_shape(found)
        if settled is None:
            return "a scalar"
        return f"{spelled(settled[0])} x {spelled(settled[1])}"

    def fit(self, left: Shape | None, right: Shape | None, what: str, first: Term, second: Term) -> None:
        """Raises ShapeError unless the two shapes are the same."""
        if left is None and right is None:
            return
        if left is None or right is None or not (self.agree(left[0], right[0]) and self.agree(left[1], right[1])):
            raise ShapeError(
                f"{what}: {spelled(self.settled(first))} is {self._told(left)}, {spelled(self.settled(second))} is {self._told(right)};"
                " both must have the same shape"
            )

    def _square(self, found: Shape | None, what: str, node: Term) -> Shape | None:
        if found is not None and not self.agree(*found):
            raise ShapeError(f"{what} {spelled(self.settled(node))}: its shape is {self._told(found)}; it must be square")
        return found

    def _plain(self, found: Shape | None) -> Shape | None:
        """1 by 1 is a scalar."""
        return None if found is not None and self.settled(found[0]) == ONE == self.settled(found[1]) else found

    # -- terms -----------------------------------------------------------------------------------------------------------------------

    def relation(self, left: Term, right: Term) -> tuple[Term, Term]:
        """Both sides with their sizes written in. Raises ShapeError if the two sides have different shapes."""
        first, first_shape = self.infer(left)
        second, second_shape = self.infer(right)
        if _is(left, "0") or _is(right, "0"):
            return self.settled(first), self.settled(second)
        self.fit(first_shape, second_shape, "the two sides of the relation", left, right)
        return self.settled(first), self.settled(second)

    def infer(self, node: Term) -> tuple[Term, Shape | None]:
        """The term with unknown sizes of ``1`` and ``I`` written in, and its shape (which may still hold unknowns: ``settled``)."""
        match node:
            case Num() | Const():
                return node, None
            case Name():
                return self._name(node)
            case Index():
                return self._entry(node)
            case Group(body, bracket):
                inner, found = self.infer(body)
                return Group(inner, bracket), found
            case Marked(kind, body, note):
                inner, found = self.infer(body)
                return Marked(kind, inner, note), found
            case Add():
                return self._sum(node)
            case Mul():
                return self._product(node)
            case Transpose(base, mark):
                inner, found = self._ones() if _is(base, "1") else self.infer(base)
                return Transpose(inner, mark), None if found is None else (found[1], found[0])
            case Frac(numerator, denominator, slash):
                top, found = self.infer(numerator)
                bottom, divisor = self.infer(denominator)
                if divisor is not None:
                    raise ShapeError(f"the denominator {spelled(denominator)} is {self._told(divisor)}; it must be a scalar")
                return Frac(top, bottom, slash), found
            case Pow():
                return self._power(node)
            case Root(radicand, degree):
                inner, found = self.infer(radicand)
                if found is not None and ONE not in (self.settled(found[0]), self.settled(found[1])):
                    raise MeaningError(f"the root of the matrix {spelled(radicand)} ({self._told(found)}) is not known here")
                return Root(inner, degree), found
            case Call():
                return self._call(node)
            case Bars(kind, body, subscript):
                inner, found = self.infer(body)
                if kind == "det":
                    self._square(found, "the determinant of", body)
                return Bars(kind, inner, subscript), found if kind in ("abs", "floor", "ceil") else None
            case Deriv():
                return self._derivative(node)
            case Big(op, _, variable):
                self._scalars.extend(free_names(variable))
                rebuilt, shapes = self._children(node)
                del self._scalars[len(self._scalars) - len(free_names(variable)) :]
                found = shapes[0]
                if found is not None and op not in ("sum", "max", "min", "lim"):
                    raise MeaningError(f"the {op} of the arrays {spelled(node)} is not known here")
                return rebuilt, found
            case Integral(_, variable):
                self._scalars.extend(free_names(variable))
                rebuilt, shapes = self._children(node)
                del self._scalars[len(self._scalars) - len(free_names(variable)) :]
                return rebuilt, shapes[0]
            case Matrix(rows):
                if any(self.infer(entry)[1] is not None for row in rows for entry in row):
                    raise MeaningError("a matrix of blocks is not known here; its entries must be scalars")
                return node, self._plain((Num(str(len(rows))), Num(str(len(rows[0])))))
            case Relation((left, right), signs):
                first, second = self.relation(left, right)
                return Relation((first, second), signs), None
            case Cases() | At():
                rebuilt, shapes = self._children(node)
                return rebuilt, shapes[0]
            case _:
                return self._children(node)[0], None

    def _children(self, node: Term) -> tuple[Term, list[Shape | None]]:
        parts = [self.infer(child) for child in children(node)]
        return with_children(node, tuple(part for part, _ in parts)), [found for _, found in parts]

    def _ones(self) -> tuple[Term, Shape]:
        size = self.equations.unknown()
        return Index(ONES, (size,)), (size, ONE)

    def _declared(self, symbol: Symbol) -> tuple[bool, Shape | None]:
        match self.context.kind(symbol):
            case Array(rows, cols):
                return True, self._plain((rows, cols))
            case RandomVariable(shape=(rows, cols)):
                return True, self._plain((rows, cols))
            case None:
                return self._defined(symbol)
            case _:
                return True, None

    def _defined(self, symbol: Symbol) -> tuple[bool, Shape | None]:
        for definition in self.context.definitions:
            if definition.lhs == symbol and symbol not in self._defining:
                self._defining.append(symbol)
                _, found = self.infer(definition.rhs)
                self._defining.pop()
                return True, found
        return False, None

    def _name(self, node: Name) -> tuple[Term, Shape | None]:
        if node in self._scalars:
            return node, None
        known, found = self._declared(node)
        if known:
            return node, found
        if node.text == "1":
            return self._ones()
        if node.text == "?" or any(node == name for name, _, _ in self.context.ranges):
            return node, None
        if node == IDENTITY:
            self.assumed.append("I is an identity matrix")
            size = self.equations.unknown()
            return Index(node, (size,)), (size, size)
        raise MeaningError(f"the name {spelled(node)} has no kind in this context; declare it as a scalar, an array, a function, ...")

    def _entry(self, node: Index) -> tuple[Term, Shape | None]:
        known, found = self._declared(node)
        if known:
            return node, found
        base = node.base
        if isinstance(base, Name):
            if base.text == "1" and self.context.kind(base) is None and len(node.subscripts) == 1:
                return node, (node.subscripts[0], ONE)
            if base == IDENTITY and self.context.kind(base) is None and len(node.subscripts) == 1:
                return node, (node.subscripts[0], node.subscripts[0])
            match self.context.kind(base):
                case Sequence() | Function():
                    return node, None
                case Family(Array(rows, cols), arity) if arity == len(node.subscripts):
                    return node, self._plain((rows, cols))
                case None if base.text == "delta" and len(node.subscripts) == 2:
                    return node, None  # Kronecker's
                case RandomVariable(arity=arity, shape=found) if arity == len(node.subscripts):
                    return node, found
                case None if any(isinstance(d.lhs, Index) and d.lhs.base == base for d in self.context.definitions):
                    return node, None
        inner, found = self.infer(base)
        if found is None:
            raise MeaningError(f"{spelled(node)}: {spelled(base)} has no subscripts in this context; declare it as a sequence or an array")
        vector = ONE in (self.settled(found[0]), self.settled(found[1]))
        if len(node.subscripts) == 2 or (len(node.subscripts) == 1 and vector):
            return Index(inner, node.subscripts), None
        raise ShapeError(f"{spelled(node)} has {len(node.subscripts)} subscripts; {spelled(base)} is {self._told(found)}")

    def _sum(self, node: Add) -> tuple[Term, Shape | None]:
        parts = [(sign, part, *self.infer(part)) for sign, part in node.parts]
        arrays = [(part, found) for _, part, _, found in parts if found is not None]
        if not arrays:
            return Add(tuple((sign, inner) for sign, _, inner, _ in parts)), None
        first, whole = arrays[0]
        for part, found in arrays[1:]:
            self.fit(whole, found, f"the sum {spelled(node)}", first, part)
        result = []
        for sign, part, inner, own in parts:
            if own is None and not _is(part, "0"):
                settled = self.settled_shape(whole) or whole
                if not (_is(part, "1") and ONE in settled):  # 1 - p for a vector p: one for each entry
                    raise ShapeError(
                        f"the sum {spelled(node)}: {spelled(part)} is a scalar, {spelled(first)} is {self._told(whole)};"
                        " both must have the same shape"
                    )
                column = Index(ONES, (settled[0] if settled[1] == ONE else settled[1],))
                inner = column if settled[1] == ONE else Transpose(column)
            result.append((sign, inner))
        return Add(tuple(result)), whole

    def _product(self, node: Mul) -> tuple[Term, Shape | None]:
        runs = [self._run(run, node) for run in product_runs(node)]
        arrays = [(run, found) for run, (_, found) in zip(product_runs(node), runs, strict=True) if found is not None]
        for (first, whole), (second, found) in pairwise(arrays):
            self.fit(whole, found, f"the entrywise product {spelled(node)}", first[0][1], second[0][1])
        parts: list[tuple[ProductSign, Term]] = []
        for k, (run, _) in enumerate(runs):
            parts.extend((("odot" if k and not j else sign), factor) for j, (sign, factor) in enumerate(run))
        return Mul(tuple(parts)), arrays[0][1] if arrays else None

    def _run(self, run: Iterable[tuple[ProductSign, Term]], node: Mul) -> tuple[list[tuple[ProductSign, Term]], Shape | None]:
        parts: list[tuple[ProductSign, Term]] = []
        running: Shape | None = None
        last: Term = node
        for sign, factor in run:
            inner, found = self.infer(factor)
            if running is not None and found is not None:
                rows, cols = self.settled_shape(running) or running
                if sign == "cdot" and cols == ONE == self.settled(found[1]) and self.agree(rows, found[0]) and isinstance(parts[-1][1], Name | Index):
                    parts[-1] = (parts[-1][0], Transpose(parts[-1][1]))  # x . y of two columns is the inner product
                elif not self.agree(cols, found[0]):
                    raise ShapeError(
                        f"the product {spelled(node)}: what ends with {spelled(last)} is {self._told(running)},"
                        f" {spelled(factor)} is {self._told(found)};"
                        f" {spelled(self.settled(cols))} columns do not meet {spelled(self.settled(found[0]))} rows"
                    )
                else:
                    running = self._plain((rows, found[1]))
                    parts.append((sign, inner))
                    last = factor
                    continue
                running, last = None, factor
            elif found is not None:
                running, last = found, factor
            parts.append((sign, inner))
        return parts, running

    def _power(self, node: Pow) -> tuple[Term, Shape | None]:
        base, found = self.infer(node.base)
        exponent, other = self.infer(node.exponent)
        if other is not None:
            settled = self.settled_shape(other) or other
            if found is not None or ONE not in settled:
                raise MeaningError(f"{spelled(node)}: an exponential of a matrix is not known here; write exp(A) for the entrywise one")
            return Pow(base, exponent), other
        if found is not None:
            self._square(found, f"{spelled(node)}: a power of", node.base)
        return Pow(base, exponent), found

    def _call(self, node: Call) -> tuple[Term, Shape | None]:
        parts = [self.infer(argument) for argument in node.arguments]
        rebuilt = Call(node.function, tuple(inner for inner, _ in parts), node.bracket)
        found = parts[0][1] if parts else None
        function = node.function
        kind = self.context.kind(function) if isinstance(function, Name | Index) else None
        unfolded = called(node, self.context)
        if unfolded is not None and node.function not in self._defining and any(shape is not None for _, shape in parts):
            self._defining.append(node.function)
            _, result = self.infer(unfolded)
            self._defining.pop()
            return rebuilt, result
        if kind is None and isinstance(function, Name) and len(parts) == 1:
            argument = node.arguments[0]
            if function.text in OF_SPACES and found is not None:
                raise MeaningError(f"{spelled(function)} of the array {spelled(argument)} is not known here")
            if function.text in TRACES:
                self._square(found, "the trace of", argument)
                return rebuilt, None
            if function.text in DETERMINANTS:
                self._square(found, "the determinant of", argument)
                return rebuilt, None
            if function.text == "Cov" and found is not None:  # of a random vector with itself
                return rebuilt, (found[0], found[0])
            if function.text in DIAGONALS and found is not None:
                rows, cols = self.settled_shape(found) or found
                return rebuilt, (rows, rows) if cols == ONE else (rows, ONE)
        several = len(parts) > 1 and all(shape is None and not isinstance(argument, Dots) for argument, (_, shape) in zip(node.arguments, parts, strict=True))
        if kind is None and isinstance(function, Name) and function.text in DIAGONALS and several:
            return rebuilt, (Num(str(len(parts))), Num(str(len(parts))))
        if isinstance(kind, Softmax) and found is None:
            raise ShapeError(f"the softmax of {spelled(node.arguments[0])}: it is a scalar; it must be an array")
        if isinstance(kind, Function) and kind.maps_arrays and unfolded is None:
            if rebuilt not in self._mapped:
                self._mapped[rebuilt] = (self.equations.unknown(), self.equations.unknown())
            return rebuilt, self._mapped[rebuilt]
        arrays = [(argument, shape) for argument, (_, shape) in zip(node.arguments, parts, strict=True) if shape is not None]
        for (first, whole), (second, other) in pairwise(arrays):
            self.fit(whole, other, f"the arguments of {spelled(node)}", first, second)
        return rebuilt, arrays[0][1] if arrays else None

    def _derivative(self, node: Deriv) -> tuple[Term, Shape | None]:
        body, found = self.infer(node.body)
        variables = [(*self.infer(variable), order) for variable, order in node.variables]
        rebuilt = Deriv(body, tuple((inner, order) for inner, _, order in variables), node.partial, node.style)
        arrays = [(shape, order) for _, shape, order in variables if shape is not None]
        if not arrays:
            return rebuilt, found
        (by, order), *more = arrays
        if more or order != 1 or len(variables) != 1:
            raise MeaningError(f"{spelled(node)}: only first derivatives by one array are known")
        if found is None:
            return rebuilt, by
        settled, other = self.settled_shape(found) or found, self.settled_shape(by) or by
        if settled[1] == ONE and other[1] == ONE:
            return rebuilt, (settled[0], other[0])
        raise MeaningError(f"{spelled(node)}: a derivative of {self._told(found)} by {self._told(by)} has more than two indices")
