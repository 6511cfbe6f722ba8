"""Arrays by their entries: the (i, j) entry of a matrix term as a scalar normal form, for symbolic i, j and sizes.

A gradient is the derivative by an entry, and so is a Jacobian; a derivative by a name that stands for something holds that name while it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

from derivations.language.context import Array, Context, Family, Function, Kind, RandomVariable, Softmax, shape_of
from derivations.language.errors import MeaningError
from derivations.language.laws import law_named
from derivations.language.matching import calls_itself, match_definition
from derivations.language.record import record
from derivations.language.structure import free_names, substitute, subterms
from derivations.language.term import (
    Add,
    Bars,
    Big,
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
from derivations.rules.contractions import SYMMETRIC, Known
from derivations.rules.matrices_definitions import called, product_runs, spelled, takes_arrays
from derivations.rules.matrices_wholes import Slots, Wholes
from derivations.rules.normal.algebra import Atom, Stuck
from derivations.rules.normal.binders import big
from derivations.rules.normal.binding import replace
from derivations.rules.normal.calculus import atoms_in, differentiate
from derivations.rules.normal.convert import MOST_ROWS
from derivations.rules.normal.poly import ONE, ZERO, Exponent, Monomial, Poly, atom_power, number, poly_key, total
from derivations.rules.normal.rewriting import rewritten
from derivations.rules.shapes import DETERMINANTS, DIAGONALS, IDENTITY, TRACES, Sizes

MINUS_ONE = Add((("-", Num("1")),))


Entry: TypeAlias = Callable[[Poly, Poly], Poly]
LAYOUT = "numerator layout: row i, column j of a derivative is the derivative of entry i by entry j"
MOST_FACTORS = 12


@record
class Pull:
    """What lets factors out of a function: ``F(u A v) = s F(A) t`` for every array A of these ``sizes``. Made from a proved theorem, never declared.

    ``frame``: the factors u and v, with the row and column of the argument as its ports; ``at``: the row and column of A among them; ``result``: an entry of
    the right side at ``places``, where ``stand_in`` is F(A).
    """

    function: Term
    frame: Known
    at: tuple[Poly, ...]
    sizes: tuple[Poly, Poly]
    stand_in: Name
    places: Slots
    result: Poly


def _symbols(data: object) -> Iterator[Name | Index]:
    """The names in what an atom is made of: a term, or several things."""
    match data:
        case Term():
            yield from (part for _, part in subterms(data) if isinstance(part, Name | Index))
        case tuple() | frozenset():
            for part in data:
                yield from _symbols(part)


class EntryAlgebra(Wholes):
    """Scalar normal forms that know the entries of arrays: a product is a sum, a transpose swaps the indices, a softmax is a quotient.

    ``unfolding``: whether the definitions of entries (``P_ij := delta_{i, pi(j)}``) are used. ``library``: a name that is declared as a permutation matrix
    is that of some permutation, which is what the theorems on permutation matrices rest on.
    """

    def __init__(self, context: Context, *, reindexing: bool, unfolding: bool = True, library: bool = False, lenient: bool = False) -> None:
        self.sizes = Sizes(context)
        self.unfolding = unfolding
        self.library = library
        self.opaque = False
        """Whether a softmax stays one thing, of which nothing is known but what it is of."""
        self.replaced: dict[Term, Term] = {}
        """Names of arrays of which a hypothesis says what they are."""
        self.pulls: list[Pull] = []
        self.mirrored: dict[Term, int] = {}
        """Square arrays that are their transpose, or minus that, by a hypothesis."""
        self._nested = 0
        super().__init__(context, reindexing=reindexing, lenient=lenient)
        for symbol, kind in context.kinds:
            for size in shape_of(kind) or ():
                with suppress(Stuck):
                    self.size(size)
            if isinstance(kind, Array) and "orthogonal" in kind.properties and kind.rows == kind.cols:
                self.is_orthogonal(symbol, kind.rows)

    def is_orthogonal(self, symbol: Name | Index, size: Term) -> None:
        """Take ``Q^T Q = I = Q Q^T`` as known. True of a square matrix; false of an m by n one with orthonormal columns."""
        self.orthogonal.add(symbol)
        n = self.size(size)
        for turned in (False, True):
            p, q, k = self.slot(n), self.slot(n), self.slot(n)
            pairs = [(atom_power(k), atom_power(v))[:: -1 if turned else 1] for v in (p, q)]
            ((factors, _),) = self.product(self.make("seq", symbol, pair) for pair in pairs).terms.items()
            self.equations.append(Known(factors, ((k, n),), (p, q), self.delta(atom_power(p), atom_power(q))))

    def declare(self, kind: Kind, name: Name) -> None:
        """One more name in the context."""
        self.context = self.context.declare(kind, name)
        self.sizes = Sizes(self.context)

    def size_at(self, v: int) -> Poly | None:
        span = self.span_of(v)
        return span[1] if span is not None and isinstance(span[1], Poly) else None

    def mentions_name(self, p: Poly, name: Term) -> bool:
        return any(self.atoms[a].data == name for a in atoms_in(self, p))

    def mirror(self, difference: Poly, slots: Slots) -> bool:
        """Take ``A^T = A``, or ``A^T = -A``, as known; whether the difference says that."""
        first, *more = (self._letter(Poly({m: Fraction(1)}), slots) for m in difference.terms)
        if first is None or more != [first] or len(set(map(abs, difference.terms.values()))) != 1:
            return False
        self.mirrored[first] = -1 if len(set(difference.terms.values())) == 1 else 1
        self.forget()
        return True

    def symmetric(self, atom: Atom) -> bool:
        return super().symmetric(atom) or (atom.head == "seq" and len(atom.args) == 2 and self.mirrored.get(atom.data) == 1)

    def unordered(self, atom: Atom) -> bool:
        return super().unordered(atom) or (atom.head == "seq" and len(atom.args) == 2 and atom.data in self.mirrored)

    # -- both sides of an equation ---------------------------------------------------------------------------------------------------

    def difference(self, left: Term, right: Term) -> tuple[Slots, Poly]:
        """A row and a column, and the entry there of the left side less that of the right; of numbers their difference."""
        left, right = self.sizes.relation(left, right)
        shape = self._array(left) or self._array(right)
        if shape is None:
            return (self.slot(None), self.slot(None)), self.poly(left) - self.poly(right)
        slots = self.slot(self.size(shape[0])), self.slot(self.size(shape[1]))
        at = [ONE if size == Num("1") else atom_power(v) for v, size in zip(slots, shape, strict=True)]
        one, other = (ZERO if side == Num("0") else self.array_entry(side, *at) for side in (left, right))
        return slots, one - other

    def without_inverses(self, difference: Poly, slots: Slots) -> Poly:
        """A difference of arrays multiplied by what stands inverted at its ends: it is zero exactly if the result is."""
        for _ in range(2):
            for v in slots:
                place = atom_power(v)
                found = next((atom for a in atoms_in(self, difference) if (atom := self.atoms[a]).head == "inverse" and place in atom.args[2:]), None)
                if found is not None:
                    inner, (entry,) = self.unshut(found)
                    first = found.args[2] == place
                    new, other = self.slot(found.args[1]), inner[1 if first else 0]
                    entry = replace(self, entry, {other: place, inner[0 if first else 1]: atom_power(new)})
                    summed = self.contraction({v: found.args[1]}, self.mul(entry, difference))
                    difference = replace(self, summed, {new: place})
        return difference

    # -- scalars made of arrays ------------------------------------------------------------------------------------------------------

    def _array(self, node: Term) -> tuple[Term, Term] | None:
        return self.sizes.settled_shape(self.sizes.infer(node)[1])

    def _poly(self, term: Term) -> Poly:
        if isinstance(term, Deriv):
            return self._with_hypotheses_after(lambda: super(EntryAlgebra, self)._poly(term))
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
        if self.context.kind(term) is None and (not isinstance(base, Name) or self._stands_for_an_array(base)):
            shape = self._array(base)
            if shape is None:
                return super()._index(term)
            indices = tuple(self.poly(s) for s in term.subscripts)
            self._within_array(term, indices, shape)
            if len(indices) == 2:
                return self.array_entry(base, *indices)
            return self.array_entry(base, indices[0], ONE) if shape[1] == Num("1") else self.array_entry(base, ONE, indices[0])
        return super()._index(term)

    def _stands_for_an_array(self, name: Name) -> bool:
        kind = self.context.kind(name)
        return isinstance(kind, Array) or (kind is None and any(d.lhs == name and not d.parameters for d in self.context.definitions))

    def _within_array(self, term: Index, indices: tuple[Poly, ...], shape: tuple[Term, Term]) -> None:
        """Raises Stuck for an index that runs over another range than the array has; what is not known of an index is assumed, and said."""
        sizes = shape if len(indices) == 2 else tuple(size for size in shape if size != Num("1"))
        for p, size in zip(indices, sizes, strict=True):
            if self.inside(p, (ONE, self.poly(size))):
                continue
            if p.constant is None and p.single is not None and self._has_range(p):
                raise Stuck(f"an index of {spelled(term)} runs over another range than 1 to {spelled(size)}")
            if not self.lenient:  # an entry that somebody writes is one that there is
                self.assuming.add("every index lies in the range of its array")

    def _call(self, term: Call) -> Poly:
        function = term.function
        if isinstance(function, Pow) and function.exponent == MINUS_ONE and function.base in self.permutations:
            name = function.base
            if isinstance(name, Name):
                return self.apply(name, True, self.poly(term.arguments[0]))
        vector = self._averaged_over(term, "E")
        if vector is not None:
            return self._mean(self.poly(term.arguments[0]), *vector)
        if isinstance(function, Name) and function.text in TRACES | DETERMINANTS and self.context.kind(function) is None and len(term.arguments) == 1:
            (argument,) = term.arguments
            shape = self._array(argument)
            if shape is not None and function.text in DETERMINANTS:
                return self._determinant_of(argument, shape)
            return self.poly(argument) if shape is None else self._summed(shape[0], lambda k: self.array_entry(argument, k, k))
        return super()._call(term)

    def _determinant_of(self, node: Term, shape: tuple[Term, Term]) -> Poly:
        if self.expanding and shape[0] == shape[1] and isinstance(shape[0], Num) and int(shape[0].digits) <= MOST_ROWS:
            places = [number(k + 1) for k in range(int(shape[0].digits))]
            return self._determinant([[self.array_entry(node, i, j) for j in places] for i in places])
        slots, entry = self.as_entry(node)
        return self.determinant(entry, slots, self.size(shape[0]))

    def as_entry(self, node: Term) -> tuple[Slots, Poly]:
        """A row and a column of an array, and its entry there."""
        node = self.sized(node)
        shape = self._array(node)
        if shape is None:
            raise Stuck(f"{spelled(node)} is a number where an array must stand")
        slots = self.slot(self.size(shape[0])), self.slot(self.size(shape[1]))
        return slots, self.array_entry(node, *(ONE if size == Num("1") else atom_power(v) for v, size in zip(slots, shape, strict=True)))

    def _bars(self, kind: str, body: Term, subscript: Term | None) -> Poly:
        shape = self._array(body) if kind in ("norm", "det") else None
        if shape is None:
            return super()._bars(kind, body, subscript)
        if kind == "det":
            return self._determinant_of(body, shape)
        if subscript not in (None, Name("F")) and not (subscript == Num("2") and Num("1") in shape):
            slots, entry = self.as_entry(body)
            h, closed = self.shut(slots, entry)
            return self.make("norm", (h, True, subscript), (*closed, *(self.size(size) for size in shape)))
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
        return self.sum_range(monomial[0][0], body(k), ONE, self.size(size))

    def array_entry(self, node: Term, i: Poly, j: Poly) -> Poly:
        """Entry (i, j) of an array term; the index of a size 1 is 1. Raises Stuck for an array whose entries have no formula."""
        self._nested += 1
        if self._nested > 60:
            raise Stuck(f"the definitions of {spelled(node)} go round in a circle, or it is nested too deeply")
        try:
            return self._array_entry(node, i, j)
        finally:
            self._nested -= 1

    def _array_entry(self, node: Term, i: Poly, j: Poly) -> Poly:
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
            case Pow(base, exponent) if (shape := self._array(base)) is not None:
                return self._power_entry(base, self.poly(exponent).constant, shape, i, j)
            case Root(radicand, None):
                return self.power(self.array_entry(radicand, i, j), Fraction(1, 2))
            case Bars("abs" | "floor" | "ceil" as kind, body, _) if self._array(body) is not None:
                inside = Name("entry", primes=1)
                return self.within(inside, self.array_entry(body, i, j), Bars(kind, inside))
            case Matrix(rows):
                at = [p.constant for p in (i, j)]
                if at[0] is not None and at[1] is not None and at[0] >= 1 and at[1] >= 1:
                    return self.poly(rows[int(at[0]) - 1][int(at[1]) - 1])
                return self.make("seq", node, (i, j))
            case Call():
                return self._entry_of_call(node, i, j)
            case Big("sum", body) if self._array(body) is not None:
                return big(self, node, lambda inside: self.array_entry(inside, i, j))
            case Deriv(body, ((Name() | Index() as variable, 1),)) if (shape := self._array(variable)) is not None:
                return self._with_hypotheses_after(lambda: self._derivative(body, variable, shape, i, j))
            case _:
                if self._array(node) is None:
                    return self.poly(node)
                raise Stuck(f"the entries of {spelled(node)} have no formula here")

    def _power_entry(self, base: Term, exponent: Fraction | None, shape: tuple[Term, Term], i: Poly, j: Poly) -> Poly:
        if exponent is None or exponent.denominator != 1 or abs(exponent) > MOST_FACTORS:
            raise Stuck(f"a power of the array {spelled(base)} whose exponent is no small integer")
        if exponent == 0:
            return self.delta(i, j)

        def one(a: Poly, b: Poly) -> Poly:
            if exponent > 0:
                return self.array_entry(base, a, b)
            slots, entry = self.as_entry(base)
            return self.inverse(entry, slots, self.size(shape[0]), a, b)

        def times(left: Entry, right: Entry) -> Entry:
            return lambda a, b: self._summed(shape[0], lambda k: self.mul(left(a, k), right(k, b)))

        factors: list[Entry] = [one] * abs(int(exponent))
        return reduce(times, factors)(i, j)

    def _symbol(self, node: Name | Index, i: Poly, j: Poly) -> Poly:
        shape = self._array(node)
        if shape is None:
            return self.poly(node)
        if node in self._held:
            return self._plain(node, shape, i, j)
        if node in self.replaced:
            return self.array_entry(self.replaced[node], i, j)
        for definition in self.context.definitions:
            if definition.lhs == node and not definition.parameters:
                return self.array_entry(self.sized(definition.rhs), i, j)
            match definition.lhs:
                case Index(base, (Name() as a, Name() as b)) if base == node and {a, b} <= set(definition.parameters) and self.unfolding:
                    return self.within_all({a: i, b: j}, definition.rhs)
        kind = self.context.kind(node)
        if isinstance(node, Index) and kind is None and self._member(node) is not None:
            made = self._made_from(node)
            return self._plain(node, shape, i, j) if made is None else self.array_entry(made, i, j)
        if isinstance(node, Index) and kind is None and isinstance(node.base, Name) and self.context.kind(node.base) is None:
            return self.delta(i, j) if node.base == IDENTITY else ONE
        if isinstance(kind, Array):
            if "zero" in kind.properties:
                return ZERO
            if "identity" in kind.properties:
                return self.delta(i, j)
            if "ones" in kind.properties:
                return ONE
            if "permutation" in kind.properties and kind.rows == kind.cols and self.library:
                own = Name("pi", label=repr(node))
                self.permutations.setdefault(own, kind.rows)
                return self.delta(i, self.apply(own, False, j))
        elif not isinstance(kind, RandomVariable):
            raise Stuck(f"{spelled(node)} is not an array")
        return self._plain(node, shape, i, j)

    def sized(self, node: Term) -> Term:
        """A term with the sizes of its ones and identities written in."""
        return self.sizes.settled(self.sizes.infer(node)[0])

    def _plain(self, node: Name | Index, shape: tuple[Term, Term], i: Poly, j: Poly) -> Poly:
        one = Num("1")
        return self.letter(node, (j,) if shape[0] == one else (i,) if shape[1] == one else (i, j))

    def _made_from(self, node: Index) -> Term | None:
        """What one array of a family is by the definition of them all, and of a recurrence where it is written as it stands: ``x_{k+1}``, and not ``x_k``."""
        defined = [d for d in self.context.definitions if isinstance(d.lhs, Index) and d.lhs.base == node.base]
        for d in defined:
            values = {} if d.lhs == node else None if calls_itself(d) else match_definition(d, node)
            if values is None or d.where is not None:
                continue
            if (free_names(d.rhs) - set(d.parameters)) & self._env.keys():
                raise Stuck("a definition mentions a name that is bound where it is used")
            self.used.add("definitions")
            return self.sized(substitute(d.rhs, dict(values.items())))
        if defined and self._held:
            raise Stuck(f"the derivative of {spelled(node)}, of which a recurrence says what it is")
        return None

    def _member(self, node: Term) -> Array | None:
        """What is said of one array of a family: of ``x_i`` where the ``x_i`` are vectors."""
        kind = self.context.kind(node.base) if isinstance(node, Index) and isinstance(node.base, Name) else None
        return kind.member if isinstance(kind, Family) and isinstance(node, Index) and kind.arity == len(node.subscripts) else None

    def letter(self, node: Term, args: tuple[Poly, ...]) -> Poly:
        """An entry of a named array. Of a symmetric one that with the lesser index first; of one of a family the number of the array goes before."""
        kind = self.context.kind(node) if isinstance(node, Name | Index) else None
        if kind is None and isinstance(node, Index) and (member := self._member(node)) is not None:
            if member.properties & SYMMETRIC and len(args) == 2 and poly_key(args[1]) < poly_key(args[0]):
                args = args[::-1]
            return self.make("seq", node.base, (*(self.poly(s) for s in node.subscripts), *args))
        if isinstance(kind, Array) and kind.properties & SYMMETRIC and len(args) == 2 and poly_key(args[1]) < poly_key(args[0]):
            args = args[::-1]
        if node in self.mirrored and len(args) == 2 and poly_key(args[1]) < poly_key(args[0]):
            return self.make("seq", node, args[::-1]).scale(Fraction(self.mirrored[node]))
        return self.make("seq", node, args)

    def entry(self, atom: Atom, args: tuple[Poly, ...]) -> Poly:
        kind = self.context.kind(atom.data)
        return self.letter(atom.data, args) if shape_of(kind) is not None else super().entry(atom, args)

    # -- derivatives -----------------------------------------------------------------------------------------------------------------

    def _with_hypotheses_after(self, read: Callable[[], Poly]) -> Poly:
        """A derivative taken where nothing is assumed, and then what is assumed: it holds at a place, and says nothing of how things change there.

        True: ``d(u^T u)/du = 2u`` where ``u^T u = 1``.  False neighbour: ``d(u^T u)/du = 0``, which is the derivative of 1.
        """
        saved = self.equations, self.replaced, self.said, self.mirrored
        if not any(saved):
            return read()
        self.equations, self.replaced, self.said, self.mirrored = [], {}, {}, {}
        self.forget()
        try:
            value = read()
        finally:
            self.equations, self.replaced, self.said, self.mirrored = saved
            self.forget()
        return rewritten(self, value, self._said_of)

    def _said_of(self, atom: Atom) -> Poly | None:
        """What hypotheses say of an entry, or of a determinant."""
        if atom.head == "determinant":
            return self.said.get(self.make(atom.head, atom.data, atom.args))
        if atom.head != "seq" or not (atom.data in self.replaced or atom.data in self.mirrored):
            return None
        shape = self._array(atom.data)
        return None if shape is None else self._value_at(atom.data, shape, atom.args)

    def _derivative(self, body: Term, variable: Name | Index, shape: tuple[Term, Term], i: Poly, j: Poly) -> Poly:
        """Entry (i, j) of the gradient of a number, or of the Jacobian of a column by a column."""
        if not self.dependence.connected(body, variable):
            raise Stuck("a derivative of something that no definition connects with the variable: it is unknown, and not zero")
        kind = self.context.kind(variable)
        if isinstance(kind, Array) and kind.properties & (SYMMETRIC | {"orthogonal", "permutation"}):
            raise Stuck("a gradient by a matrix of a special form depends on a convention (whether its entries vary independently)")
        whole = self._array(body)
        known = variable in self._held
        self.hold((variable,))
        try:
            by = self._plain(variable, shape, *((i, j) if whole is None else (j, ONE))).single
            value = self.poly(body) if whole is None else self.array_entry(body, i, ONE)
            if by is None:
                raise Stuck("a derivative by something that is not the name of an array")
            result = differentiate(self, value, by[1][0][0])
        finally:
            if not known:
                self.release(variable)
        if whole is not None:
            self.assuming.add(LAYOUT)
        if known or any(d.lhs == variable for d in self.context.definitions) is False:
            return result
        return rewritten(self, result, lambda atom: self._value_at(variable, shape, atom.args) if atom.head == "seq" and atom.data == variable else None)

    def _value_at(self, variable: Name | Index, shape: tuple[Term, Term], args: tuple[Poly, ...]) -> Poly:
        """An entry of a name that stands for something, by what it stands for."""
        return self._symbol(variable, *(args if len(args) == 2 else (ONE, *args) if shape[0] == Num("1") else (*args, ONE)))

    def array_ranges(self, symbol: Name | Index) -> tuple[tuple[Term, Term], ...]:
        """The limits of the indices of what is an array; none for a number."""
        return tuple((Num("1"), size) for size in self._array(symbol) or () if size != Num("1"))

    # -- means -----------------------------------------------------------------------------------------------------------------------

    def _averaged_over(self, node: Call, operator: str) -> tuple[Term, Term, Term] | None:
        """The random vector of a normal law whose mean or covariance a call is, if nothing else in it is random, with its mean and covariance."""
        function = node.function.base if isinstance(node.function, Index) else node.function
        if len(node.arguments) != 1 or not isinstance(function, Name) or self.context.kind(function) is not None:
            return None
        if function.text != operator or (operator == "E" and not function.font):
            return None
        reached = self.dependence.reach(node.arguments[0])
        random = [s for s, kind in self.context.kinds if isinstance(kind, RandomVariable) and s in reached]
        if len(random) != 1 or not isinstance(kind := self.context.kind(random[0]), RandomVariable) or kind.shape is None or kind.arity:
            return None
        if isinstance(node.function, Index) and node.function.subscripts not in ((random[0],), (kind.law,)):
            return None
        law = next((d.rhs for d in self.context.definitions if d.lhs == kind.law and not d.parameters), kind.law)
        if not isinstance(law, Call) or law_named(law.function) != "Normal" or len(law.arguments) != 2:
            return None
        mean, covariance = law.arguments
        told = mean == Num("0") or self._array(mean) is not None  # N(0, Sigma) writes the zero vector as a number
        return (random[0], mean, covariance) if told and self._array(covariance) is not None else None

    def _mean(self, value: Poly, name: Term, mean: Term, covariance: Term) -> Poly:
        """The mean of what is linear or quadratic in a random vector: it takes the vector's mean and covariance, and nothing else of its law.

        True: ``E[x^T A x] = tr(A Sigma) + mu^T A mu``.  False neighbours: ``E[x^T A x] = mu^T A mu``; ``... = tr(A) tr(Sigma) + mu^T A mu``.
        """

        def random(pair: tuple[int, Exponent]) -> bool:
            return any(symbol == name or self.made_of_random(symbol)
                       for b in atoms_in(self, Poly({(pair,): Fraction(1)})) for symbol in _symbols(self.atoms[b].data))  # fmt: skip

        parts: list[Poly] = []
        for monomial, c in value.terms.items():
            inside = tuple(pair for pair in monomial if random(pair))
            result = Poly({tuple(pair for pair in monomial if pair not in inside): c})
            place = next((k for k, (a, e) in enumerate(inside) if self.is_sum(a) and e in (1, 2)), None)
            if place is not None:
                a, e = inside[place]
                bound, body = self.opened(a)
                rest = (*inside[:place], *(((a, Fraction(1)),) if e == 2 else ()), *inside[place + 1 :])
                parts.append(self.mul(result, self.contraction(bound, self._mean(self.mul(Poly({rest: Fraction(1)}), body), name, mean, covariance))))
                continue
            copies = [self.atoms[a] for a, e in inside for _ in range(int(e) if isinstance(e, Fraction) and e.denominator == 1 and e > 0 else 3)]
            if len(copies) > 2 or any(atom.head != "seq" or atom.data != name for atom in copies):
                raise Stuck("the mean of what is neither linear nor quadratic in a random vector")
            at = [atom.args[0] for atom in copies]
            means = [ZERO if mean == Num("0") else self.array_entry(self.sized(mean), p, ONE) for p in at]
            second = [self.array_entry(self.sized(covariance), *at)] if len(at) == 2 else []
            parts.append(self.mul(result, total((self.product(means), *second))))
        return total(parts)

    # -- products and functions --------------------------------------------------------------------------------------------------------

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
            return self.array_entry(self.sized(unfolded), i, j)
        vector = self._averaged_over(node, "E")
        if vector is not None:
            return self._mean(self.array_entry(node.arguments[0], i, j), *vector)
        vector = self._averaged_over(node, "Cov")
        if vector is not None and (self._array(node.arguments[0]) or (None, None))[1] == Num("1"):  # E[z z^T] - E[z] E[z]^T
            one, other = (self.array_entry(node.arguments[0], place, ONE) for place in (i, j))
            return self._mean(self.mul(one, other), *vector) - self.mul(self._mean(one, *vector), self._mean(other, *vector))
        if isinstance(function, Name) and function.text == "Cov" and kind is None:
            raise Stuck(f"the covariance {spelled(node)} is not that of a linear function of one random vector")
        if len(node.arguments) == 1 and any(pull.function == function for pull in self.pulls) and (shape := self._array(node.arguments[0])) is not None:
            return self._function_of(function, kind, lambda a, b: self.array_entry(node.arguments[0], a, b), shape)(i, j)
        if isinstance(kind, Softmax):
            (argument,) = node.arguments
            shape = self._array(argument) or (Num("1"), Num("1"))
            return self._softmax(kind.axis, lambda a, b: self.array_entry(argument, a, b), shape, i, j)
        if isinstance(function, Name) and function.text in DIAGONALS and kind is None:
            if len(node.arguments) > 1 or (shape := self._array(node.arguments[0])) is None:
                raise Stuck("a diagonal matrix that is written by its entries")
            if Num("1") not in shape:
                return self.array_entry(node.arguments[0], i, i)
            return self.mul(self.delta(i, j), self.array_entry(node.arguments[0], i, ONE))
        if isinstance(function, Name) and not (isinstance(kind, Function) and kind.maps_arrays):
            return self._entrywise(function, tuple(self.array_entry(a, i, j) for a in node.arguments))
        if isinstance(kind, Function) and all(self._array(a) is not None for a in node.arguments):
            slots = self.slot(None), self.slot(None)
            values = [self.array_entry(a, *(ONE if size == Num("1") else atom_power(v) for v, size in zip(slots, self._array(a) or (), strict=True)))
                      for a in node.arguments]  # fmt: skip
            h, closed = self.shut(slots, *values)
            return self.make("mapped", (h, True, function, len(closed)), (*closed, i, j))
        raise Stuck(f"the entries of {spelled(node)} have no formula here")

    def _softmax(self, axis: int, entry: Entry, shape: tuple[Term, Term], i: Poly, j: Poly) -> Poly:
        if self.opaque:  # along the columns; along the rows it is that of the transpose
            slots = self.slot(self.size(shape[0])), self.slot(self.size(shape[1]))
            h, closed = self.shut(slots[:: 1 - 2 * axis], entry(*(ONE if size == Num("1") else atom_power(v) for v, size in zip(slots, shape, strict=True))))
            return self.make("mapped", (h, True, "softmax", 1), (*closed, *((i, j) if axis == 0 else (j, i))))
        below = self._summed(shape[axis], lambda k: self.exp(entry(k, j) if axis == 0 else entry(i, k)))
        return self.mul(self.exp(entry(i, j)), self.power(below, Fraction(-1)))

    def _function_of(self, function: Term, kind: Kind | None, entry: Entry, shape: tuple[Term, Term]) -> Entry:
        """A function of an array that is given by its entries, with what a theorem lets out of it outside."""

        def plain(i: Poly, j: Poly) -> Poly:
            if isinstance(kind, Softmax):
                return self._softmax(kind.axis, entry, shape, i, j)
            if isinstance(function, Name) and not (isinstance(kind, Function) and kind.maps_arrays):
                return self._entrywise(function, (entry(i, j),))
            raise Stuck(f"the entries of {spelled(function)} have no formula here")

        for pull in self.pulls:
            inner = self._let_out(pull, entry, shape) if pull.function == function else None
            if inner is not None:
                return self._outside(pull, self._function_of(function, kind, inner, shape))
        return plain

    def _let_out(self, pull: Pull, entry: Entry, shape: tuple[Term, Term]) -> Entry | None:
        """The array A of an argument ``u A v``; None where it is no such product."""
        ends = self.slot(self.size(shape[0])), self.slot(self.size(shape[1]))
        slots = self.slot(pull.sizes[0]), self.slot(pull.sizes[1])
        parts: list[Poly] = []
        for monomial, c in entry(*map(atom_power, ends)).terms.items():
            part = self._let_out_of_term(pull, monomial, ends, slots)
            if part is None:
                return None
            parts.append(part.scale(c))
        return lambda a, b: replace(self, total(parts), {slots[0]: a, slots[1]: b})

    def _let_out_of_term(self, pull: Pull, monomial: Monomial, ends: Slots, slots: Slots) -> Poly | None:
        bound, body = dict[int, Poly](), ONE
        for a, e in monomial:
            inner, factor = self.opened(a) if e == 1 and self.is_sum(a) else ({}, atom_power(a, e))
            bound |= inner
            body = self.mul(body, factor)
        if body.single is None:
            return None
        known = {v: atom_power(end) for v, end in zip(pull.frame.ports, ends, strict=True)}
        for values, places, rest in self.matches(pull.frame, bound, body.single[1], known):
            at = [replace(self, p, values) for p in pull.at]
            sizes = [bound.get(k, self.size_at(k)) for p in at if p.single is not None for k, _ in p.single[1]]
            kept = {k for p in at if p.single is not None for k, _ in p.single[1]}
            gone = {*places, *ends} - kept
            if tuple(sizes) == pull.sizes and not any(self._monomial_mentions(rest, v) for v in gone):
                left = self.contraction({v: s for v, s in bound.items() if v not in places}, Poly({rest: body.single[0]}))
                return replace(self, left, {k: atom_power(v) for k, v in zip((p.single[1][0][0] for p in at if p.single), slots, strict=True)})
        return None

    def _outside(self, pull: Pull, inner: Entry) -> Entry:
        def entry(i: Poly, j: Poly) -> Poly:
            result = replace(self, pull.result, {pull.places[0]: i, pull.places[1]: j})
            return rewritten(self, result, lambda atom: inner(*atom.args) if atom.head == "seq" and atom.data == pull.stand_in else None)

        return entry

    def _entrywise(self, function: Name, values: tuple[Poly, ...]) -> Poly:
        """The function of the entries, which stand under names while it is read."""
        if takes_arrays(function, self.context):
            raise Stuck(f"{spelled(function)} is a function of whole arrays, and not of their entries")
        names = tuple(Name("entry", primes=k + 1) for k in range(len(values)))
        saved, self._env = self._env, {**self._env, **dict(zip(names, values, strict=True))}
        try:
            return super()._call(Call(function, names))
        finally:
            self._env = saved
