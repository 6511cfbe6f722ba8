"""Sums over indices of arrays in one normal form: products of entries, bound indices named canonically.

A product of arrays is a sum over the indices that they share, and so are traces, inner products and norms. Such sums are opened into one product under
all their indices, a Kronecker delta picks, a permutation of a whole range is undone, known equations are put in, what does not hang together falls apart
into factors, and what is left is closed again with its indices in an order that depends on nothing but how they stand in it. Every rewriting is an
equation that holds for all values and sizes: equal normal forms prove an equation, and different ones prove nothing.

True: ``sum_ij x_i A_ij y_j = sum_ij y_i A_ji x_j``.  False neighbour: ``sum_ij x_i A_ij y_j = sum_ij x_i A_ji y_j``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from fractions import Fraction
from itertools import islice, permutations, product

from derivations.language.context import Array, Context, Function
from derivations.language.record import record
from derivations.language.term import Index, Name, Relation, Term
from derivations.rules.normal.algebra import Atom, Stuck
from derivations.rules.normal.binding import replace
from derivations.rules.normal.calculus import atoms_in
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.forms import RANGE, Limit
from derivations.rules.normal.poly import ONE, ZERO, Exponent, Monomial, Poly, atom_power, poly_key, total

Span = tuple[Limit, Limit]
Bound = dict[int, Poly]
"""Bound indices, each with the size of what it runs over: 1 to that."""
MOST_ORDERS = 720
"""Orders of indices that look alike which are tried for the least; beyond that equal sums may be told apart, which proves less."""
MOST_COPIES = 4
"""A power of a sum up to this is written as a sum over so many indices."""
SYMMETRIC = frozenset({"symmetric", "positive_definite", "diagonal"})


@record
class Known:
    """An equation: the sum over ``bound`` of the product of ``factors`` is ``result``, for all values of ``ports``."""

    factors: Monomial
    bound: tuple[tuple[int, Poly], ...]
    ports: tuple[int, ...]
    result: Poly


Match = tuple[dict[int, Poly], tuple[int, ...], Monomial]
"""What stands for the indices of an equation, the bound ones among them, and the factors that are left."""
MOST_REWRITINGS = 40


class Contractions(Algebra):
    """Scalar normal forms whose sums over the indices of arrays are contractions.

    ``reindexing``: whether a permutation of a sum's whole range may be undone (a bijection only changes the order of a finite sum).
    """

    def __init__(self, context: Context, *, reindexing: bool, lenient: bool = False) -> None:
        self.permutations: dict[Name, Term] = {}
        self.reindexing = reindexing
        self.expanding = False
        """Whether sums over so and so many indices are written out."""
        self.equations: list[Known] = []
        self._rewritings = 0
        self._dimensions: set[Poly] = set()
        for hypothesis in context.hypotheses:
            match hypothesis:
                case Relation((Name() as name, Index(Name("S"), (size,))), ("in",)) if isinstance(context.kind(name), Function):
                    self.permutations[name] = size
        super().__init__(context, lenient=lenient)

    # -- indices ---------------------------------------------------------------------------------------------------------------------

    def index(self, size: Term) -> Poly:
        """A new index that runs over ``1..size``."""
        k = self.temporary()
        self.spans[k] = (ONE, self.size(size))
        return atom_power(k)

    def size(self, size: Term) -> Poly:
        """A size of an array, over which sums are contractions."""
        found = self.poly(size)
        self._dimensions.add(found)
        return found

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

    def sum_range(self, variable: int, body: Poly, low: Limit, high: Limit) -> Poly:
        counted = self._from_one(variable, body, low, high)
        if counted is not None:
            return self.contraction(*counted)
        if low != ONE or not isinstance(high, Poly) or (self.expanding and high.constant is not None):
            return super().sum_range(variable, body, low, high)
        named = high.single is not None and high.constant is None and self.is_range(ONE, high)
        if not named and high not in self._dimensions:
            return super().sum_range(variable, body, low, high)
        self.spans.setdefault(variable, (low, high))
        return self.contraction({variable: high}, body)

    def _from_one(self, variable: int, body: Poly, low: Limit, high: Limit) -> tuple[Bound, Poly] | None:
        """A sum over all entries of an array, which is counted from another number than they are, counted as they are.

        True: ``sum_{j=0}^{d} x_{j+1} = sum_{j=1}^{d+1} x_j``.  False neighbour: ``sum_{j=0}^{d} x_{j+1} = sum_{j=1}^{d} x_j``.
        """
        if not isinstance(low, Poly) or not isinstance(high, Poly) or low == ONE or low.constant is None:
            return None
        size = high - low + ONE
        if size.constant is not None or size not in self._dimensions:
            return None
        k = self.temporary()
        self.spans[k] = (ONE, size)
        place = atom_power(k)
        moved = replace(self, body, {variable: place + low - ONE})
        entries = any(self.atoms[a].head == "seq" and place in self.atoms[a].args for a in atoms_in(self, moved))
        return ({k: size}, moved) if entries else None

    def contraction(self, bound: Bound, body: Poly) -> Poly:
        """The sum of a body over indices."""
        return total(self._summed_term(bound, m).scale(c) for m, c in body.terms.items())

    def _summed_term(self, bound: Bound, monomial: Monomial) -> Poly:
        self.budget.spend()
        outside, inside = self.split(monomial, tuple(bound))
        f = Poly({inside: Fraction(1)})
        within = {v: size for v, size in bound.items() if self.mentions(f, v)}
        result = self.product((Poly({outside: Fraction(1)}), *(size for v, size in bound.items() if v not in within)))
        if not within:
            return result
        changed = self._changed(within, inside)
        if changed is None:
            changed = self.product(self._closed(*part) for part in self._components(within, inside))
        return self.mul(result, changed)

    def _changed(self, bound: Bound, monomial: Monomial) -> Poly | None:
        """The sum of one product after one rewriting; None where none applies."""
        for k, (a, e) in enumerate(monomial):
            if self.is_sum(a) and isinstance(e, Fraction) and e.denominator == 1 and 0 < e <= MOST_COPIES:
                inner, body = self.opened(a)
                rest = monomial[:k] + (((a, e - 1),) if e > 1 else ()) + monomial[k + 1 :]
                return self.contraction({**bound, **inner}, self.mul(Poly({rest: Fraction(1)}), body))
        f = Poly({monomial: Fraction(1)})
        for v, size in bound.items():
            picked = self._picked(v, f, (ONE, size))
            picked = self._contract(v, f, ONE, size) if picked is None else picked
            if picked is not None:
                return self.contraction({w: s for w, s in bound.items() if w != v}, picked)
        if self.reindexing:
            for v, size in bound.items():
                other = self._reindexed(v, f, (ONE, size))
                if other != f:
                    return self.contraction(bound, other)
        below = self._over_itself(bound, monomial)
        return self._by_equations(bound, monomial) if below is None else below

    def _over_itself(self, bound: Bound, monomial: Monomial) -> Poly | None:
        """A sum over one index in a product that is divided by it: ``sum_kl (e_kl / sum_m e_ml) P_lj = sum_l P_lj``."""
        for a, e in monomial:
            if not self.is_sum(a) or not isinstance(e, Fraction) or e > 0:
                continue
            inner, body = self.opened(a)
            (k, size), *more = inner.items()
            for v in bound if not more else ():
                outside, inside = self.split(monomial, (v,))
                if bound[v] == size and Poly({inside: Fraction(1)}) == replace(self, body, {k: atom_power(v)}):
                    return self.contraction({w: s for w, s in bound.items() if w != v}, self.mul(Poly({outside: Fraction(1)}), atom_power(a)))
        return None

    def is_sum(self, a: int) -> bool:
        atom = self.atoms[a]
        return atom.head == "over" and atom.data[2] == RANGE and atom.args[1] == ONE and self._is_a_range(atom.args[2])

    def _is_a_range(self, size: Poly) -> bool:
        """Whether 1 to this is known to be a range: that of an array, or one that does not run backwards."""
        return size in self._dimensions or self.is_range(ONE, size)

    def remake_bound(self, atom: Atom, args: tuple[Poly, ...], values: dict[int, Poly]) -> Poly:
        a = self.intern(atom)
        if not self.is_sum(a) or args[1:] != atom.args[1:]:
            return super().remake_bound(atom, args, values)
        bound, body = self.opened(a)
        if any(self.mentions(size, v) for size in bound.values() for v in values):
            return super().remake_bound(atom, args, values)
        return self.contraction(bound, replace(self, body, values))

    def atom_sign(self, a: int) -> str | None:
        """Arrays have at least one row and column: a sum over all of them has a term."""
        atom = self.atoms[a]
        positive = self.is_sum(a) and self.sign(atom.args[0]) == "+"
        return "+" if positive and (atom.args[2] in self._dimensions or self.not_negative(atom.args[2] - ONE)) else super().atom_sign(a)

    def opened(self, a: int) -> tuple[Bound, Poly]:
        """The indices of a sum that is closed, named anew, and what is summed."""
        values: dict[int, Poly] = {}
        bound: Bound = {}
        while True:
            atom = self.atoms[a]
            k = self.temporary()
            self.spans[k] = (ONE, atom.args[2])
            values[self.intern(Atom("bound", atom.data[:2]))] = atom_power(k)
            bound[k] = atom.args[2]
            body = atom.args[0]
            if body.single is None or body.single[0] != 1 or len(body.single[1]) != 1 or body.single[1][0][1] != 1 or not self.is_sum(body.single[1][0][0]):
                return bound, replace(self, body, values)
            a = body.single[1][0][0]

    def _components(self, bound: Bound, monomial: Monomial) -> Iterator[tuple[Bound, Monomial]]:
        """The parts of a product that share no bound index."""
        left = list(monomial)
        for v in bound:
            indices, factors = {v}, list[tuple[int, Exponent]]()
            while found := [pair for pair in left if any(self._monomial_mentions((pair,), w) for w in indices)]:
                left = [pair for pair in left if pair not in found]
                factors += found
                indices |= {w for w in bound if self._monomial_mentions(tuple(found), w)}
            if factors:
                yield {w: bound[w] for w in bound if w in indices}, tuple(sorted(factors, key=lambda pair: pair[0]))

    def _closed(self, bound: Bound, monomial: Monomial) -> Poly:
        """A sum that hangs together, with its indices in a canonical order, so that equal ones are identical."""
        f = Poly({monomial: Fraction(1)})
        if len(bound) == 1 and not any(self._indexed(a, v) for v in bound for a in atoms_in(self, f)):
            ((v, size),) = bound.items()
            return super().sum_range(v, f, ONE, size)
        lowest = self.height(f) + 1
        marks = [self.intern(Atom("bound", (lowest + k, True))) for k in range(len(bound))]
        self.integer_atoms.update(marks)
        found: list[tuple[tuple[str, ...], tuple[int, ...], Poly]] = []
        for order in islice(self._orders(bound, monomial), MOST_ORDERS):
            body = replace(self, f, {v: atom_power(mark) for v, mark in zip(order, marks, strict=True)})
            found.append(((poly_key(body), *(poly_key(bound[v]) for v in order)), order, body))
        bodies = {body for _, _, body in found}
        if any(-body in bodies for body in bodies):  # the indices may be exchanged, and that turns the sign
            return ZERO
        _, order, body = min(found, key=lambda item: item[0])
        scale = body.single[0] if body.single is not None else Fraction(1)
        value = body.scale(1 / scale)
        for k, v in enumerate(order):
            value = self.make("over", (lowest + k, True, RANGE), (value, ONE, bound[v]))
        return value.scale(scale)

    def _indexed(self, a: int, v: int) -> bool:
        return self.atoms[a].head not in ("base", "e", "abs") and any(self.mentions(arg, v) for arg in self.atoms[a].args)

    # -- the order of bound indices ------------------------------------------------------------------------------------------------

    def _orders(self, bound: Bound, monomial: Monomial) -> Iterator[tuple[int, ...]]:
        """The orders of indices among which the first is chosen: those that how they stand in the product does not tell apart, each way round."""
        colours = {v: poly_key(size) for v, size in bound.items()}
        for _ in bound:
            told = {}
            for v in bound:
                seen = {**colours, v: "*"}
                told[v] = repr((colours[v], sorted(self._spelled_factor(p, seen) for p in monomial if self._monomial_mentions((p,), v))))
            ranks = {word: f"{k:03}" for k, word in enumerate(sorted(set(told.values())))}
            new = {v: ranks[told[v]] for v in bound}
            done = len(set(new.values())) == len(set(colours.values()))
            colours = new
            if done or len(ranks) == len(bound):
                break
        classes = [[v for v in bound if colours[v] == colour] for colour in sorted(set(colours.values()))]
        return (tuple(v for part in choice for v in part) for choice in product(*(permutations(c) for c in classes)))

    def _spelled_factor(self, pair: tuple[int, Exponent], colours: dict[int, str]) -> str:
        a, e = pair
        power = str(e) if isinstance(e, Fraction) else self._spelled(e, colours)
        if a in colours:
            return f"<{colours[a]}>^{power}"
        atom = self.atoms[a]
        if atom.head == "bound":
            return "bound"
        if not any(self._monomial_mentions(((a, Fraction(1)),), v) for v in colours):
            return f"{a}^{power}"
        args = [self._spelled(arg, colours) for arg in atom.args]
        if self.unordered(atom):
            args[-2:] = sorted(args[-2:])
        return f"{atom.head} {'' if atom.head == 'over' else repr(atom.data)} {args}^{power}"

    def _spelled(self, p: Poly, colours: dict[int, str]) -> str:
        return repr(sorted((sorted(self._spelled_factor(pair, colours) for pair in m), str(c)) for m, c in p.terms.items()))

    def symmetric(self, atom: Atom) -> bool:
        """Whether the last two arguments of an atom may be exchanged."""
        if atom.head == "delta":
            return True
        kind = self.context.kind(atom.data) if atom.head == "seq" and isinstance(atom.data, Name | Index) else None
        return isinstance(kind, Array) and bool(kind.properties & SYMMETRIC) and len(atom.args) == 2

    def unordered(self, atom: Atom) -> bool:
        """Whether the last two arguments stand in a canonical order, whichever they were: exchanged they are the same, or minus that."""
        return self.symmetric(atom)

    # -- known equations -------------------------------------------------------------------------------------------------------------

    def _of_wholes(self, monomial: Monomial) -> Iterator[Known]:
        """The equations that hold for factors made of whole arrays (inverses)."""
        yield from ()

    def _by_equations(self, bound: Bound, monomial: Monomial) -> Poly | None:
        for known in (*self.equations, *self._of_wholes(monomial)):
            for values, places, rest in self.matches(known, bound, monomial):
                outer = [values[v] for v in known.ports if v in values]
                if not any(self._monomial_mentions(rest, a) or any(self.mentions(p, a) for p in outer) for a in places):
                    result = replace(self, known.result, {v: values[v] for v in known.ports if v in values})
                    if self._rewritings > MOST_REWRITINGS:
                        raise Stuck("the equations that are assumed rewrite each other without end")
                    self._rewritings += 1
                    try:
                        return self.contraction({v: s for v, s in bound.items() if v not in places}, self.mul(Poly({rest: Fraction(1)}), result))
                    finally:
                        self._rewritings -= 1
        return None

    def matches(self, known: Known, bound: Bound, monomial: Monomial, values: dict[int, Poly] | None = None) -> Iterator[Match]:
        """The ways to find the factors of an equation in a sum of products. What stands for its bound indices must be bound there, and be different indices."""
        variables = {*known.ports, *(v for v, _ in known.bound)}
        for found, rest in self._found(_copies(known.factors), variables, values or {}, Counter(_copies(monomial))):
            places = [next((a for a in bound if found[v] == atom_power(a)), None) for v, _ in known.bound]
            if len(set(places)) == len(places) and all(a is not None and bound[a] == size for a, (_, size) in zip(places, known.bound, strict=True)):
                yield found, tuple(a for a in places if a is not None), rest

    def _found(
        self, pattern: list[tuple[int, Exponent]], variables: set[int], values: dict[int, Poly], left: Counter[tuple[int, Exponent]]
    ) -> Iterator[tuple[dict[int, Poly], Monomial]]:
        if not pattern:
            rest = ONE
            for (a, e), count in left.items():
                rest = self.mul(rest, atom_power(a, e * count if isinstance(e, Fraction) else e))
            yield values, next(iter(rest.terms))
            return
        (a, e), *others = pattern
        for pair, count in list(left.items()):
            if count and pair[1] == e:
                for more in self._unified(a, pair[0], variables, values):
                    yield from self._found(others, variables, more, left - Counter([pair]))

    def _unified(self, a: int, b: int, variables: set[int], values: dict[int, Poly]) -> Iterator[dict[int, Poly]]:
        one, other = self.atoms[a], self.atoms[b]
        if (one.head, one.data, len(one.args)) != (other.head, other.data, len(other.args)) or (not one.args and a != b):
            return
        for args in (other.args, (*other.args[:-2], *other.args[:-3:-1])) if self.symmetric(one) else (other.args,):
            found: dict[int, Poly] | None = values
            for p, t in zip(one.args, args, strict=True):
                found = None if found is None else self._put(p, t, variables, found)
            if found is not None:
                yield found

    def _put(self, p: Poly, t: Poly, variables: set[int], values: dict[int, Poly]) -> dict[int, Poly] | None:
        own = next((v for v in variables if p == atom_power(v)), None)
        if own is not None and own not in values:
            return {**values, own: t}
        return values if replace(self, p, values) == t else None

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

    def _contract(self, variable: int, f: Poly, low: Limit | None, high: Limit | None) -> Poly | None:
        """Only where nothing is known of the index that a delta names may it be assumed to lie in the range; one of another range is not picked."""
        ((monomial, _),) = f.terms.items()
        for a, _e in monomial:
            for other in self.atoms[a].args if self.atoms[a].head == "delta" else ():
                if not self.mentions(other, variable) and self._has_range(other):
                    return None
        return super()._contract(variable, f, low, high)

    def _has_range(self, p: Poly) -> bool:
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
            best = (self._permuted(f, variable), poly_key(f), f)
            for permutation, inverse in self._applied(f, variable):
                if self._range_of(permutation) == span:
                    other = replace(self, f, {variable: self.apply(permutation, not inverse, atom_power(variable))})
                    best = min(best, (self._permuted(other, variable), poly_key(other), other), key=lambda b: b[:2])
            if best[2] == f or best[0] >= self._permuted(f, variable):
                return f
            f = best[2]

    def _permuted(self, f: Poly, variable: int) -> tuple[int, int]:
        """How many permuted indices depend on the variable, and how many of them by an inverse."""
        moved = [a for a in atoms_in(self, f) if self._is_moved(a) and any(self.mentions(arg, variable) for arg in self.atoms[a].args)]
        return len(moved), sum(found[1] for a in moved if (found := self.permutation_of(self.atoms[a].data)) is not None)

    def _applied(self, f: Poly, variable: int) -> list[tuple[Name, bool]]:
        k = atom_power(variable)
        found = [self.permutation_of(self.atoms[a].data) for a in atoms_in(self, f) if self._is_moved(a) and self.atoms[a].args == (k,)]
        return [pair for pair in dict.fromkeys(found) if pair is not None]

    def _is_moved(self, a: int) -> bool:
        atom = self.atoms[a]
        return atom.head == "seq" and len(atom.args) == 1 and self.permutation_of(atom.data) is not None


def _copies(monomial: Monomial) -> list[tuple[int, Exponent]]:
    """The factors of a product, each as often as it stands there."""
    return [
        (a, Fraction(1) if whole else e)
        for a, e in monomial
        for whole in (isinstance(e, Fraction) and e.denominator == 1 and e > 0,)
        for _ in range(int(e) if whole and isinstance(e, Fraction) else 1)
    ]
