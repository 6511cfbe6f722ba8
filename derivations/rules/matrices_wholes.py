"""What is made of an array as a whole: its inverse, its determinant, a norm other than the Euclidean, a function of arrays of which nothing is known.

Such a thing is an atom whose first argument is the entry of the array at a row and a column that are bound in it. Laws of inverses and determinants are
used on the way in: ``(AB)^{-1} = B^{-1} A^{-1}`` for square factors, ``det(AB) = det A det B``, ``det(c I + u v^T) = c^(n-1) (c + v^T u)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from derivations.language.context import Array, Context
from derivations.language.term import Index, Name, Term
from derivations.rules.contractions import Bound, Contractions, Known
from derivations.rules.normal.algebra import Atom, Stuck
from derivations.rules.normal.atoms import WHOLES
from derivations.rules.normal.binding import replace
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.poly import ONE, ZERO, Exponent, Monomial, Poly, atom_power, poly_key

INVERTIBLE = frozenset({"invertible", "positive_definite", "orthogonal"})
Slots = tuple[int, int]
"""The row and the column of an entry."""


class Wholes(Contractions):
    """Contractions that know inverses and determinants."""

    def __init__(self, context: Context, *, reindexing: bool, lenient: bool = False) -> None:
        self.orthogonal: set[Term] = set()
        self.said: dict[Poly, Poly] = {}
        """What hypotheses say of determinants."""
        self._of_inverse: dict[tuple[object, Poly], list[Known]] = {}
        super().__init__(context, reindexing=reindexing, lenient=lenient)  # which reads the hypotheses

    def slot(self, size: Poly | None) -> int:
        """A new index, over a range of this size where it is known."""
        k = self.temporary()
        if size is not None:
            self.spans[k] = (ONE, size)
        return k

    def shut(self, slots: tuple[int, ...], *entries: Poly) -> tuple[int, tuple[Poly, ...]]:
        """Entries with their row and column bound."""
        h = max(self.height(e) for e in entries) + 2
        marks = [self.intern(Atom("bound", (k, True))) for k in (h, h - 1)]
        self.integer_atoms.update(marks)
        return h, tuple(replace(self, e, {v: atom_power(m) for v, m in zip(slots, marks, strict=False)}) for e in entries)

    def unshut(self, atom: Atom, count: int = 1) -> tuple[Slots, tuple[Poly, ...]]:
        """The entry that an atom is made of, at a new row and column."""
        sizes = {"inverse": (1, 1), "determinant": (1, 1), "norm": (1, 2)}.get(atom.head)
        slots = self.slot(atom.args[sizes[0]] if sizes else None), self.slot(atom.args[sizes[1]] if sizes else None)
        marks = [self.intern(Atom("bound", (atom.data[0] - k, True))) for k in (0, 1)]
        values = {m: atom_power(v) for m, v in zip(marks, slots, strict=True)}
        return slots, tuple(replace(self, e, values) for e in atom.args[:count])

    def remake_bound(self, atom: Atom, args: tuple[Poly, ...], values: dict[int, Poly]) -> Poly:
        if atom.head not in WHOLES:
            return super().remake_bound(atom, args, values)
        count = atom.data[3] if atom.head == "mapped" else 1
        if not any(self.mentions(entry, a) for entry in atom.args[:count] for a in values):  # the same array, looked at elsewhere
            args = (*atom.args[:count], *(replace(self, p, values) for p in atom.args[count:]))
            if self.symmetric(atom) and poly_key(args[-1]) < poly_key(args[-2]):
                args = (*args[:-2], args[-1], args[-2])
            return self.make(atom.head, atom.data, args)
        return self.remake_whole(atom, lambda e: replace(self, e, values))

    def remake_whole(self, atom: Atom, changed: Callable[[Poly], Poly]) -> Poly:
        """The same of another array: with its entries, and where it is looked at, changed."""
        count = atom.data[3] if atom.head == "mapped" else 1
        slots, entries = self.unshut(atom, count)
        new, rest = tuple(changed(e) for e in entries), tuple(changed(p) for p in atom.args[count:])
        match atom.head:
            case "inverse":
                return self.inverse(new[0], slots, *rest)
            case "determinant":
                return self.determinant(new[0], slots, *rest)
            case head:
                h, closed = self.shut(slots, *new)
                return self.make(head, (h, True, *atom.data[2:]), (*closed, *rest))

    def symmetric(self, atom: Atom) -> bool:
        return atom.data[2] if atom.head == "inverse" else super().symmetric(atom)

    # -- how a product hangs together ------------------------------------------------------------------------------------------------

    def _cut(self, monomial: Monomial, slots: Slots, size: Poly) -> tuple[int, list[tuple[Bound, Monomial]]] | None:
        """A product of square factors at one of its inner indices: that index, and the factors before it, at it and after it."""
        if len(monomial) != 1 or monomial[0][1] != 1 or not self.is_sum(monomial[0][0]):
            return None
        bound, body = self.opened(monomial[0][0])
        ((inner, _),) = body.terms.items()
        for k, width in bound.items():
            if width != size:
                continue
            others = {**{w: s for w, s in bound.items() if w != k}, **dict.fromkeys(slots, size)}
            parts = list(self._components(others, inner))
            sides = [next((p for p in parts if slot in p[0]), None) for slot in slots]
            at = tuple(pair for pair in inner if not any(pair in p[1] for p in parts))
            if len(parts) == 2 and None not in sides and sides[0] != sides[1]:
                found = [({w: s for w, s in p[0].items() if w not in slots}, p[1]) for p in sides if p is not None]
                return k, [found[0], ({}, at), found[1]]
        return None

    def _outer(self, monomial: Monomial, slots: Slots) -> tuple[Monomial, Monomial, Monomial]:
        """The factors of a product that depend on the row alone, on the column alone, on both."""
        row, column, both = list[tuple[int, Exponent]](), list[tuple[int, Exponent]](), list[tuple[int, Exponent]]()
        for pair in monomial:
            in_row, in_column = (self._monomial_mentions((pair,), slot) for slot in slots)
            (both if in_row and in_column else row if in_row else column).append(pair)
        return tuple(row), tuple(column), tuple(both)

    def _diagonal(self, monomial: Monomial, slots: Slots) -> Poly | None:
        """The diagonal, as a function of the row, of what is one."""
        for pair in monomial:
            atom = self.atoms[pair[0]]
            if atom.head == "delta" and set(atom.args) == {atom_power(v) for v in slots}:
                rest = Poly({tuple(p for p in monomial if p != pair): Fraction(1)})
                return replace(self, rest, {slots[1]: atom_power(slots[0])})
        return None

    def _rank_one(self, terms: dict[Monomial, Fraction], slots: Slots) -> bool:
        """Whether a sum of products ``u_r v_c`` is one such product: all determinants of two rows and columns vanish."""
        table: dict[tuple[Monomial, Monomial], Poly] = {}
        for monomial, c in terms.items():
            outside, inside = self.split(monomial, slots)
            row, column, both = self._outer(inside, slots)
            if both:
                return False
            table[row, column] = table.get((row, column), ZERO) + Poly({outside: c})
        (left, right), pivot = next(iter(table.items()))
        return all(
            self.zero(self.mul(table.get((row, column), ZERO), pivot) - self.mul(table.get((row, right), ZERO), table.get((left, column), ZERO)))
            for row in {r for r, _ in table} for column in {c for _, c in table}
        )  # fmt: skip

    def _scaled(self, entry: Poly, slots: Slots) -> tuple[Poly, Poly]:
        """(number, rest) with ``entry = number * rest``."""
        if entry.single is None:
            scale = self.canonical(entry)[0]
            return Poly({(): scale}), entry.scale(1 / scale)
        outside, inside = self.split(entry.single[1], slots)
        return Poly({outside: entry.single[0]}), Poly({inside: Fraction(1)})

    # -- inverses --------------------------------------------------------------------------------------------------------------------

    def inverse(self, entry: Poly, slots: Slots, size: Poly, i: Poly, j: Poly) -> Poly:
        """The entry (i, j) of the inverse of a square array, where that exists."""
        if not entry:
            raise Stuck("the inverse of a zero matrix")
        outside, entry = self._scaled(entry, slots)
        found = self._inverse_of_product(entry.single[1], slots, size, i, j) if entry.single is not None else None
        if found is None:
            found = self._inverse_atom(entry, slots, size, i, j)
        return self.mul(self.power(outside, Fraction(-1)), found)

    def _inverse_of_product(self, monomial: Monomial, slots: Slots, size: Poly, i: Poly, j: Poly) -> Poly | None:
        (r, c), f = slots, Poly({monomial: Fraction(1)})
        diagonal = self._diagonal(monomial, slots)
        if diagonal is not None:
            return self.mul(self.delta(i, j), self.power(replace(self, diagonal, {r: i}), Fraction(-1)))
        if not monomial:
            raise Stuck("the inverse of a matrix of rank one")
        row, column, both = self._outer(monomial, slots)
        if not both:
            raise Stuck("the inverse of a matrix of rank one")
        if row or column:
            outer = (replace(self, Poly({side: Fraction(1)}), {slot: place}) for side, slot, place in ((row, r, j), (column, c, i)))
            return self.product((*(self.power(p, Fraction(-1)) for p in outer), self.inverse(Poly({both: Fraction(1)}), slots, size, i, j)))
        if len(both) != 1 or both[0][1] != 1:
            return None
        atom = self.atoms[both[0][0]]
        places = {atom_power(r): i, atom_power(c): j}
        if atom.head == "inverse" and set(atom.args[2:]) == set(places):
            inner, (entry,) = self.unshut(atom)
            self.assuming.add("the inverses exist")
            return replace(self, entry, {slot: places[p] for slot, p in zip(inner, atom.args[2:], strict=True)})
        if atom.head == "seq" and atom.data in self.orthogonal and set(atom.args) == set(places):
            return replace(self, f, {r: j, c: i})
        cut = self._cut(monomial, slots, size)
        if cut is None:
            return None
        k, (before, at, after) = cut
        inner_index = self.slot(size)
        place = atom_power(inner_index)
        left, right = (self.contraction(bound, Poly({m: Fraction(1)})) for bound, m in (before, after))
        middle = replace(self, Poly({at[1]: Fraction(1)}), {k: place})
        factors = (self.inverse(right, (k, c), size, i, place), self.power(middle, Fraction(-1)), self.inverse(left, (r, k), size, place, j))
        return self.contraction({inner_index: size}, self.product(factors))

    def _inverse_atom(self, entry: Poly, slots: Slots, size: Poly, i: Poly, j: Poly) -> Poly:
        r, c = slots
        h, (one, other) = self.shut(slots, entry, replace(self, entry, {r: atom_power(c), c: atom_power(r)}))
        letter = self._letter(entry, slots)
        kind = self.context.kind(letter) if letter is not None else None
        if not (isinstance(kind, Array) and kind.properties & INVERTIBLE):
            self.assuming.add("the inverses exist")
        symmetric = one == other
        if poly_key(j) < poly_key(i) if symmetric else poly_key(other) < poly_key(one):
            one, i, j = other, j, i
        return self.make("inverse", (h, True, symmetric), (one, size, i, j))

    def _letter(self, entry: Poly, slots: Slots) -> Name | Index | None:
        """The name whose entry this is, or that of its transpose."""
        single = entry.single
        if single is None or single[0] != 1 or len(single[1]) != 1 or single[1][0][1] != 1:
            return None
        atom = self.atoms[single[1][0][0]]
        plain = atom.head == "seq" and isinstance(atom.data, Name | Index) and set(atom.args) == {atom_power(v) for v in slots}
        return atom.data if plain else None

    def _of_wholes(self, monomial: Monomial) -> Iterator[Known]:
        """``A^{-1} A = I = A A^{-1}``, where A is a sum from its longest product on: ``A^{-1} m_1 = I - A^{-1} (m_2 + ...)``."""
        for a, _ in monomial:
            atom = self.atoms[a]
            if atom.head == "inverse":
                key = (atom.data, atom.args[0])
                if key not in self._of_inverse:
                    self._of_inverse[key] = []
                    self._of_inverse[key] = list(self._inverted(atom))
                yield from self._of_inverse[key]

    def _inverted(self, atom: Atom) -> Iterator[Known]:
        slots, (entry,) = self.unshut(atom)
        size = atom.args[1]
        found = self.leading(entry, slots)
        if found is None:
            return
        outside, (bound, body), rest = found
        for this, other, first in ((slots[0], slots[1], True), (slots[1], slots[0], False)):
            p = self.slot(size)
            ends = (atom_power(p), atom_power(this)) if first else (atom_power(this), atom_power(p))
            inverse = self._again(atom, *ends)
            result = self.delta(atom_power(p), atom_power(other)) - self.contraction({this: size}, self.mul(inverse, rest))
            product = self.mul(inverse, Poly({body: Fraction(1)}))
            ((factors, _),) = product.terms.items()
            yield Known(factors, ((this, size), *bound.items()), (p, other), self.mul(result, self.power(outside, Fraction(-1))))

    def leading(self, entry: Poly, slots: tuple[int, ...]) -> tuple[Poly, tuple[Bound, Monomial], Poly] | None:
        """(coefficient, indices and factors of the longest product that hangs together, the rest of the sum); None where there is none."""
        best: tuple[tuple[int, str], Monomial, Poly, tuple[Bound, Monomial]] | None = None
        for monomial, c in entry.terms.items():
            outside, inside = self.split(monomial, slots)
            if any(self.atoms[a].head == "delta" for a, _ in inside):
                continue
            one = Poly({inside: Fraction(1)})
            bound, body = self.opened(inside[0][0]) if len(inside) == 1 and inside[0][1] == 1 and self.is_sum(inside[0][0]) else ({}, one)
            if body.single is None or body.single[0] != 1 or len(list(self._components({**bound, **dict.fromkeys(slots, ONE)}, body.single[1]))) != 1:
                continue
            factors = body.single[1]
            score = sum(int(e) if isinstance(e, Fraction) and e > 0 else 1 for _, e in factors), poly_key(self.shut(slots[:2], one)[1][0])
            if best is None or score > best[0]:
                best = score, monomial, Poly({outside: c}), (bound, factors)
        if best is None:
            return None
        return best[2], best[3], Poly({m: c for m, c in entry.terms.items() if m != best[1]})

    # -- determinants ----------------------------------------------------------------------------------------------------------------

    def determinant(self, entry: Poly, slots: Slots, size: Poly) -> Poly:
        """``det(cA) = c^n det A``, multiplicative over square factors."""
        if not entry:
            return ZERO
        outside, entry = self._scaled(entry, slots)
        found = self._determinant_of_product(entry.single[1], slots, size) if entry.single is not None else self._of_rank_one_more(entry, slots, size)
        if found is None:
            r, c = slots
            h, (one, other) = self.shut(slots, entry, replace(self, entry, {r: atom_power(c), c: atom_power(r)}))
            found = self.make("determinant", (h, True), (min(one, other, key=poly_key), size))
            kind = self.context.kind(letter) if (letter := self._letter(entry, slots)) is not None else None
            if isinstance(kind, Array) and "positive_definite" in kind.properties:  # its eigenvalues are positive, and so is their product
                self.positive_atoms.update(a for m in found.terms for a, _ in m)
        found = self.said.get(found, found)
        return found if outside == ONE else self.mul(self.power(outside, size), found)

    def _determinant_of_product(self, monomial: Monomial, slots: Slots, size: Poly) -> Poly | None:
        diagonal = self._diagonal(monomial, slots)
        if diagonal is not None:
            return self.product_range(slots[0], diagonal, ONE, size)
        row, column, both = self._outer(monomial, slots)
        if not both:
            return None
        if row or column:
            sides = (self.product_range(slot, Poly({side: Fraction(1)}), ONE, size) for slot, side in zip(slots, (row, column), strict=True))
            return self.product((*sides, self.determinant(Poly({both: Fraction(1)}), slots, size)))
        atom = self.atoms[both[0][0]]
        if len(both) == 1 and both[0][1] == 1 and atom.head == "inverse" and set(atom.args[2:]) == {atom_power(v) for v in slots}:
            inner, (entry,) = self.unshut(atom)
            return self.power(self.determinant(entry, inner, size), Fraction(-1))
        cut = self._cut(monomial, slots, size)
        if cut is None:
            return None
        k, (before, at, after) = cut
        left, right = (self.contraction(bound, Poly({m: Fraction(1)})) for bound, m in (before, after))
        middle = self.product_range(k, Poly({at[1]: Fraction(1)}), ONE, size)
        return self.product((self.determinant(left, (slots[0], k), size), middle, self.determinant(right, (k, slots[1]), size)))

    def _of_rank_one_more(self, entry: Poly, slots: Slots, size: Poly) -> Poly | None:
        """``det(c I + u v^T) = c^(n-1) (c + v^T u)``, where u and v may be sums of several columns: what is added has rank one. None otherwise."""
        front, added = ZERO, dict[Monomial, Fraction]()
        for monomial, c in entry.terms.items():
            diagonal = self._diagonal(monomial, slots)
            if diagonal is None:
                added[monomial] = c
            elif self.mentions(diagonal, slots[0]):
                return None
            else:
                front = front + diagonal.scale(c)
        if not front or not added or not self._rank_one(added, slots):
            return None
        traced = self.contraction({slots[0]: size}, replace(self, Poly(added), {slots[1]: atom_power(slots[0])}))
        return self.mul(self.power(front, size - ONE) if front != ONE else ONE, front + traced)

    # -- derivatives -----------------------------------------------------------------------------------------------------------------

    def array_derivative(self, a: int, by: int) -> Poly:
        """``d A^{-1} = -A^{-1} dA A^{-1}``, ``d det A = det A tr(A^{-1} dA)``."""
        atom = self.atoms[a]
        if atom.head not in ("inverse", "determinant"):
            raise Stuck("a derivative through a function of arrays of which nothing is known")
        (r, c), (entry,) = self.unshut(atom)
        size = atom.args[1]
        inner = differentiate(self, entry, by)
        row, column = atom_power(r), atom_power(c)
        if atom.head == "determinant":
            return self.mul(atom_power(a), self.contraction({r: size, c: size}, self.mul(self._again(atom, column, row), inner)))
        outer = self.mul(self._again(atom, atom.args[2], row), self._again(atom, column, atom.args[3]))
        return -self.contraction({r: size, c: size}, self.mul(outer, inner))

    def _again(self, atom: Atom, i: Poly, j: Poly) -> Poly:
        """Another entry of the same inverse, or of the inverse of what a determinant is of."""
        slots, (entry,) = self.unshut(atom)
        return self.inverse(entry, slots, atom.args[1], i, j)


