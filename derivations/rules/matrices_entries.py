"""Arrays by their entries: the (i, j) entry of a matrix term as a scalar normal form, for symbolic i, j and sizes.

Sums over a whole range ``1..N`` know two laws more than other sums: a Kronecker delta picks the one index that it names if that index is shown to lie in the
range, and a permutation of ``1..N`` may be undone in the index (``reindexing``). A permutation is a name with the hypothesis ``pi in S_N``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction

from derivations.language.context import Array, Context, Function, RandomVariable, Softmax
from derivations.language.errors import MeaningError
from derivations.language.term import (
    Add,
    Big,
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
    Relation,
    Term,
    Transpose,
)
from derivations.rules.matrices_definitions import called, spelled
from derivations.rules.normal.algebra import Atom, Stuck, _poly_key
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.forms import Limit
from derivations.rules.normal.poly import ONE, ZERO, Poly, atom_power, total
from derivations.rules.normal.rebuild import replace
from derivations.rules.shapes import DIAGONALS, IDENTITY, TRACES, Sizes, product_runs

MINUS_ONE = Add((("-", Num("1")),))
Span = tuple[Limit, Limit]


class EntryAlgebra(Algebra):
    """Scalar normal forms that know the entries of arrays.

    ``reindexing``: whether a permutation of a sum's whole range may be undone. Its laws are theorems about finite sums (a bijection only reorders them).
    """

    def __init__(self, context: Context, *, reindexing: bool) -> None:
        self.spans: dict[int, Span] = {}
        self.permutations: dict[Name, Term] = {}
        self.reindexing = reindexing
        self.sizes = Sizes(context)
        self._pending: Span | None = None
        for hypothesis in context.hypotheses:
            match hypothesis:
                case Relation((Name() as name, Index(Name("S"), (size,))), ("in",)) if isinstance(context.kind(name), Function):
                    self.permutations[name] = size
        super().__init__(context)

    # -- indices ---------------------------------------------------------------------------------------------------------------------

    def temporary(self, integer: bool = True) -> int:
        k = super().temporary(integer)
        if self._pending is not None:
            self.spans[k], self._pending = self._pending, None
        return k

    def index(self, size: Term) -> Poly:
        """A new index that runs over ``1..size``."""
        self._pending = (ONE, self.poly(size))
        return atom_power(self.temporary())

    def _big(self, term: Big) -> Poly:
        self._pending = self._range(term) if term.where is None else None
        try:
            return super()._big(term)
        finally:
            self._pending = None

    def permutation_of(self, data: object) -> tuple[Name, bool] | None:
        """(permutation, whether it is its inverse) for the data of an index function."""
        match data:
            case Name() if data in self.permutations:
                return data, False
            case ("inverse", Name() as name):
                return name, True
            case _:
                return None

    def moved(self, p: Poly) -> tuple[Name, bool, Poly] | None:
        """``(pi, False, k)`` for the index ``pi(k)``, ``(pi, True, k)`` for ``pi^{-1}(k)``; None for others."""
        if p.single is None or p.single[0] != 1 or len(p.single[1]) != 1 or p.single[1][0][1] != 1:
            return None
        atom = self.atoms[p.single[1][0][0]]
        found = self.permutation_of(atom.data) if atom.head == "seq" and len(atom.args) == 1 else None
        return None if found is None else (*found, atom.args[0])

    def apply(self, permutation: Name, inverse: bool, p: Poly) -> Poly:
        return self.make("seq", ("inverse", permutation) if inverse else permutation, (p,))

    def make(self, head: str, data: Hashable = None, args: tuple[Poly, ...] = ()) -> Poly:
        found = self.permutation_of(data) if head == "seq" and len(args) == 1 else None
        if found is not None:
            inner = self.moved(args[0])
            if inner is not None and inner[0] == found[0] and inner[1] != found[1] and self.inside(inner[2], self._range_of(found[0])):
                return inner[2]
            k = self.intern(Atom(head, data, args))
            self.integer_atoms.add(k)
            return atom_power(k)
        return super().make(head, data, args)

    def entry(self, atom: Atom, args: tuple[Poly, ...]) -> Poly:
        """A permuted index, or an entry, at other indices."""
        return self.make(atom.head, atom.data, args) if self.permutation_of(atom.data) else super().entry(atom, args)

    def _range_of(self, permutation: Name) -> Span:
        return ONE, self.poly(self.permutations[permutation])

    def inside(self, p: Poly, span: Span) -> bool:
        """Whether an index is shown to lie in a range."""
        if p.single is None or p.single[0] != 1:
            return False
        if p == ONE:
            low, high = span
            return low == ONE and isinstance(high, Poly) and self.sign(high - ONE) in ("+", "0+", "0")
        if len(p.single[1]) != 1 or p.single[1][0][1] != 1:
            return False
        k = p.single[1][0][0]
        if k in self.spans:
            return self.spans[k] == span
        found = self.moved(p)
        if found is not None:
            return self._range_of(found[0]) == span and self.inside(found[2], span)
        atom = self.atoms[k]
        written = self.context.range_of(atom.data) if atom.head == "sym" and isinstance(atom.data, Name) else None
        return written is not None and (self._limit(written[0]), self._limit(written[1])) == span

    def delta(self, i: Poly, j: Poly) -> Poly:
        """Kronecker's delta. A permutation of both indices is dropped, an inverse is moved to the other side (both indices lie in its range)."""
        for first, second in ((i, j), (j, i)):
            one, other = self.moved(first), self.moved(second)
            if one is None:
                continue
            span = self._range_of(one[0])
            if other is not None and one[:2] == other[:2] and self.inside(one[2], span) and self.inside(other[2], span):
                return self.delta(one[2], other[2])
            if one[1] and self.inside(one[2], span) and self.inside(second, span):
                return self.delta(one[2], self.apply(one[0], False, second))
        return super().delta(i, j)

    # -- sums ------------------------------------------------------------------------------------------------------------------------

    def _sum_term(self, variable: int, f: Poly, low: Limit, high: Limit) -> Poly:
        self.spans.setdefault(variable, (low, high))
        picked = self._picked(variable, f, (low, high))
        if picked is not None:
            return picked
        if self.reindexing:
            f = self._reindexed(variable, f, (low, high))
        return super()._sum_term(variable, f, low, high)

    def _picked(self, variable: int, f: Poly, span: Span) -> Poly | None:
        """``sum_k delta(k, v) f(k) = f(v)`` for v in the range of k; with ``delta(pi(k), v)`` the index picked is ``pi^{-1}(v)``."""
        ((monomial, _),) = f.terms.items()
        for a, _e in monomial:
            atom = self.atoms[a]
            if atom.head != "delta":
                continue
            for this, other in (atom.args, atom.args[::-1]):
                chosen = self._solved(this, other, variable, span)
                if chosen is not None:
                    rest = Poly({tuple((b, e) for b, e in monomial if b != a): Fraction(1)})
                    return replace(self, rest, {variable: chosen})
        return None

    def _contract(self, variable: int, f: Poly) -> Poly | None:
        """Only where nothing is known of the index that a delta names may it be assumed to lie in the range; one of another range is not picked."""
        ((monomial, _),) = f.terms.items()
        for a, _e in monomial:
            for other in self.atoms[a].args if self.atoms[a].head == "delta" else ():
                if not self.mentions(other, variable) and self._ranged(other):
                    return None
        return super()._contract(variable, f)

    def _ranged(self, p: Poly) -> bool:
        """Whether the range of an index is known (or it is a permuted index, or a number)."""
        if p.single is None or len(p.single[1]) != 1 or self.moved(p) is not None:
            return True
        k = p.single[1][0][0]
        atom = self.atoms[k]
        return k in self.spans or (isinstance(atom.data, Name) and self.context.range_of(atom.data) is not None)

    def _solved(self, this: Poly, other: Poly, variable: int, span: Span) -> Poly | None:
        if self.mentions(other, variable) or not self.inside(other, span):
            return None
        while this != atom_power(variable):
            found = self.moved(this)
            if found is None or not self.reindexing or self._range_of(found[0]) != span:
                return None
            this, other = found[2], self.apply(found[0], not found[1], other)
        return other

    def _reindexed(self, variable: int, f: Poly, span: Span) -> Poly:
        """The body with a permutation of the variable undone wherever that leaves fewer permuted indices."""
        while True:
            best = (self._permuted(f, variable), _poly_key(f), f)
            for permutation, inverse in self._applied(f, variable):
                if self._range_of(permutation) == span:
                    other = replace(self, f, {variable: self.apply(permutation, not inverse, atom_power(variable))})
                    best = min(best, (self._permuted(other, variable), _poly_key(other), other), key=lambda b: b[:2])
            if best[2] == f or best[0] >= self._permuted(f, variable):
                return f
            f = best[2]

    def _permuted(self, f: Poly, variable: int) -> int:
        return sum(1 for a in self._within(f) if self._is_moved(a) and any(self.mentions(arg, variable) for arg in self.atoms[a].args))

    def _applied(self, f: Poly, variable: int) -> list[tuple[Name, bool]]:
        k = atom_power(variable)
        found = [self.permutation_of(self.atoms[a].data) for a in self._within(f) if self._is_moved(a) and self.atoms[a].args == (k,)]
        return [pair for pair in dict.fromkeys(found) if pair is not None]

    def _is_moved(self, a: int) -> bool:
        atom = self.atoms[a]
        return atom.head == "seq" and len(atom.args) == 1 and self.permutation_of(atom.data) is not None

    def _within(self, f: Poly) -> set[int]:
        """All atoms in f, at any depth."""
        seen: set[int] = set()
        todo = [f]
        while todo:
            for m in todo.pop().terms:
                for a, e in m:
                    if isinstance(e, Poly):
                        todo.append(e)
                    if a not in seen:
                        seen.add(a)
                        todo.extend(self.atoms[a].args)
        return seen

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
            if p.constant is None and p.single is not None and self._ranged(p):
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
            if kind.properties & {"symmetric", "positive_definite", "diagonal"} and _poly_key(j) < _poly_key(i):
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
            return self._entrywise(function, kind, tuple(self.array_entry(a, i, j) for a in node.arguments))
        raise Stuck(f"the entries of {spelled(node)} have no formula here")

    def _entrywise(self, function: Name, kind: object, values: tuple[Poly, ...]) -> Poly:
        """The function of the entries, which stand under names while it is read."""
        names = tuple(Name("entry", primes=k + 1) for k in range(len(values)))
        saved, self._env = self._env, {**self._env, **dict(zip(names, values, strict=True))}
        try:
            return super()._call(Call(function, names))
        finally:
            self._env = saved
