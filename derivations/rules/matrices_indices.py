"""Indices that run over whole ranges: sums in which a permutation of ``1..N`` may be undone, and Kronecker deltas that are known to pick a term.

Sums over ``1..N`` know two laws more than other sums: a Kronecker delta picks the one index that it names if that index is shown to lie in the range,
and a permutation of the range may be undone in the index. A permutation is a name with the hypothesis ``pi in S_N``.
"""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

from derivations.language.context import Context, Function
from derivations.language.term import Big, Index, Name, Relation, Term
from derivations.rules.normal.algebra import Atom
from derivations.rules.normal.binding import replace
from derivations.rules.normal.calculus import atoms_in
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.forms import Limit
from derivations.rules.normal.poly import ONE, Poly, atom_power, poly_key

Span = tuple[Limit, Limit]


class PermutedIndices(Algebra):
    """Scalar normal forms that know permutations of ranges.

    ``reindexing``: whether a permutation of a sum's whole range may be undone (a bijection only changes the order of a finite sum).
    """

    def __init__(self, context: Context, *, reindexing: bool) -> None:
        self.spans: dict[int, Span] = {}
        self.permutations: dict[Name, Term] = {}
        self.reindexing = reindexing
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

    def _sum_term(self, variable: int, f: Poly, low: Poly, high: Poly) -> Poly:
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

    def _permuted(self, f: Poly, variable: int) -> int:
        return sum(1 for a in atoms_in(self, f) if self._is_moved(a) and any(self.mentions(arg, variable) for arg in self.atoms[a].args))

    def _applied(self, f: Poly, variable: int) -> list[tuple[Name, bool]]:
        k = atom_power(variable)
        found = [self.permutation_of(self.atoms[a].data) for a in atoms_in(self, f) if self._is_moved(a) and self.atoms[a].args == (k,)]
        return [pair for pair in dict.fromkeys(found) if pair is not None]

    def _is_moved(self, a: int) -> bool:
        atom = self.atoms[a]
        return atom.head == "seq" and len(atom.args) == 1 and self.permutation_of(atom.data) is not None
