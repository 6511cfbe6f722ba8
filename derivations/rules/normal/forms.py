"""Sums and products over bound variables in normal form.

A symbolic sum is written with prefix sums: the sum of f over a..b is ``S_f(b) - S_f(a-1)``, where ``S_f(n)`` is an atom that is only known by
``S_f(n+1) = S_f(n) + f(n+1)``. Splitting off terms, joining ranges and shifting the variable then need no rule of their own. The variable of a body
is chosen canonically (shifted and reflected so that an indexed name stands at the variable itself), constant factors leave the sum, and powers of
the variable and geometric terms are summed in closed form (Graham, Knuth, Patashnik, *Concrete Mathematics*, ch. 2). An empty sum is 0.

Side conditions, each with a true example and a false neighbour:

* ``S_f(b) - S_f(a-1)`` is the sum over a..b only if b >= a - 1, for integers a and b. A range of which that is not known stays one thing (``over`` a
  range): it is linear, may be shifted, and is neither split nor summed in closed form. ``sum_{k=1}^n k = n(n+1)/2`` for a natural n; false for n = -2.
* A series is shifted, or split from others, only if it converges: it is geometric with a ratio below 1 in size, it is written by itself somewhere in
  the statement (which says nothing where it diverges), or its terms vanish but for finitely many. The parts of a series with several terms of which
  that is not known stay where they stand. ``sum_{k>=1} (a_k + b_k) = sum a_k + sum b_k``; false is ``sum_{k>=1} (a_k - a_{k+1}) = a_1``.
* Kronecker's delta picks a term only if its index is known to lie in the range; an index of which nobody said what it is lies in the range of what it
  indexes, by convention, and the evidence says so. ``sum_{k=1}^n d_{km} a_k = a_m`` for 1 <= m <= n; false for m > n.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction

from derivations.rules.normal.atoms import BINDERS, Atom, Stuck
from derivations.rules.normal.binding import Binding, replace
from derivations.rules.normal.closed_forms import geometric, parted, power_sum, shifts, structure
from derivations.rules.normal.poly import ONE, ZERO, Monomial, Poly, atom_power, lowered, number, poly_key, total

MAX_EXPLICIT = 64
"""A sum with at most this many terms is written out."""

INFINITE = "oo"
MINUS_INFINITE = "-oo"
Limit = Poly | str
RANGE = "range"
"""What a sum over a range that is not split is over; its limits are the further arguments of the atom."""
IN_RANGE = "every index lies in the range of its sum"


class Forms(Binding):
    """Sums and products over bound variables."""

    def remake_bound(self, atom: Atom, args: tuple[Poly, ...], values: dict[int, Poly]) -> Poly:
        """A binder atom after values were put in: its body is opened, changed and closed again, so that nothing is captured."""
        variable, body = self.open(atom)
        return self.rebound(atom, variable, replace(self, body, values), args[1:])

    def rebound(self, atom: Atom, variable: int, body: Poly, rest: tuple[Poly, ...]) -> Poly:
        """The same binder over another body; ``rest``: its limits."""
        match atom.head:
            case "prefix":
                return self._prefix(variable, body, rest[0])
            case "tail":
                return self._per_term(body, variable, lambda f: self._bound("tail", variable, f))
            case "whole":
                return self._per_term(body, variable, lambda f: self._bound("whole", variable, f))
            case "over" if atom.data[2] == RANGE:
                return self.sum_range(variable, body, *rest)
            case "over":
                return self.sum_over_set(variable, body, atom.data[2])
            case "prodprefix":
                return self._product_prefix(variable, body, rest[0])
            case _:
                return self._bound(atom.head, variable, body, atom.data[2:], rest)

    def hidden(self, atom: Atom, target: Atom) -> bool:
        """Whether a name that stays as it is may change with ``target`` through its definition. Without a context nothing is defined."""
        return False

    def loss_derivative(self, atom: Atom, by: int) -> Poly:
        """The derivative of a loss that is only named, or of a cotangent."""
        raise Stuck("a derivative of a loss without a context that says what it is a function of")

    def array_derivative(self, a: int, by: int) -> Poly:
        """The derivative of what is made of an array as a whole."""
        raise Stuck("a derivative through an array, where arrays are not read")

    def remake_whole(self, atom: Atom, changed: Callable[[Poly], Poly]) -> Poly:
        """The same of another array."""
        raise Stuck("something made of an array, where arrays are not read")

    # -- signs -------------------------------------------------------------------------------------------------------------------------

    def atom_sign(self, a: int) -> str | None:
        atom = self.atoms[a]
        if atom.head in ("over", "whole", "tail"):
            return "0+" if self.sign(atom.args[0]) in ("+", "0+") else None
        return super().atom_sign(a)

    def _termwise(self, p: Poly) -> str | None:
        """Differences of prefix sums are sums over a range: not negative where their terms are not (an empty sum is 0)."""
        limits: dict[tuple[Monomial, Hashable, Poly, Fraction], list[tuple[Monomial, Fraction, Poly]]] = {}
        for m, c in p.terms.items():
            for k, (a, e) in enumerate(m):
                atom = self.atoms[a]
                if atom.head == "prefix" and e == 1:
                    limits.setdefault((m[:k] + m[k + 1 :], atom.data, atom.args[0], abs(c)), []).append((m, c, atom.args[1]))
        rest = p
        strict = False
        for key, found in limits.items():
            if len(found) != 2 or found[0][1] != -found[1][1]:
                continue
            (high, _, b), (low, _, a_limit) = sorted(found, key=lambda item: -item[1])
            outside, _, body, _ = key
            inner = self.sign(body)
            outer = super()._termwise(Poly({outside: Fraction(1)}))
            if inner not in ("+", "0+") or outer is None:
                continue
            direction = self.sign(b - a_limit)
            if direction in ("-", "0-") or (direction is None and (a_limit, b) not in self._ranges_taken):
                continue  # S(0) - S(t) is no sum that somebody wrote: for a positive t it is the negative of one
            strict = strict or (inner == "+" and outer == "+" and self.sign(b - a_limit) == "+")
            rest = Poly({m: c for m, c in rest.terms.items() if m not in (high, low)})
        if rest is p:
            return super()._termwise(p)
        remaining = super()._termwise(rest) if rest else "0+"
        return None if remaining is None else "+" if strict or remaining == "+" else "0+"

    # -- sums ------------------------------------------------------------------------------------------------------------------------

    def sum_range(self, variable: int, body: Poly, low: Limit, high: Limit) -> Poly:
        """The sum of ``body`` for ``variable`` from low to high (polynomials, or plus/minus infinity)."""
        if not isinstance(low, Poly) or not isinstance(high, Poly):
            return self._series(variable, body, low, high)
        count = (high - low).constant
        if count is not None:
            if count.denominator != 1:
                raise Stuck("the limits of a sum do not differ by an integer")
            if count < 0:
                return ZERO
            if count <= MAX_EXPLICIT:
                return total(replace(self, body, {variable: low + number(k)}) for k in range(int(count) + 1))
        if not self.is_range(low, high):
            return self._per_term(body, variable, lambda f: self._ranged(variable, f, low, high, split=False))
        return self._per_term(body, variable, lambda f: self._sum_term(variable, f, low, high))

    def is_range(self, low: Poly, high: Poly) -> bool:
        """Whether ``low..high`` is known to be a range of integers, perhaps empty, that does not run backwards."""
        return self.is_integer(high - low) and self.not_negative(high - low + ONE)

    def not_negative(self, p: Poly, depth: int = 4) -> bool:
        """Whether p >= 0 is known: by its sign, or by that of the least value that it takes while the indices in it run over their ranges."""
        if self.sign(p) in ("+", "0+", "0"):
            return True
        for m, c in p.terms.items():
            if depth and len(m) == 1 and m[0][1] == 1 and (span := self.span_of(m[0][0])) is not None:
                end = span[0 if c > 0 else 1]
                rest = Poly({n: d for n, d in p.terms.items() if n != m})
                if isinstance(end, Poly) and not self.mentions(rest, m[0][0]) and self.not_negative(rest + end.scale(c), depth - 1):
                    return True
        return False

    def span_of(self, a: int) -> tuple[Limit, Limit] | None:
        """The range over which an index runs; None for what is no index, or one without a known range."""
        return self.spans.get(a)

    def is_by_convention(self, p: Poly, low: Limit, high: Limit) -> bool:
        """Whether p is an index of which nobody said what it is, and the range a whole one: then it lies in it by convention."""
        return False

    def in_range(self, p: Poly, low: Limit, high: Limit) -> bool | None:
        """Whether an index lies in a range: known (True, False), by convention (True, and it is recorded), or not known (None)."""
        above = not isinstance(low, Poly) or self.not_negative(p - low)
        below = not isinstance(high, Poly) or self.not_negative(high - p)
        if above and below and self.is_integer(p):
            return True
        if (isinstance(low, Poly) and self.not_negative(low - p - ONE)) or (isinstance(high, Poly) and self.not_negative(p - high - ONE)):
            return False
        if self.is_by_convention(p, low, high):
            self.assuming.add(IN_RANGE)
            return True
        return None

    def _per_term(self, body: Poly, variable: int, summed: Callable[[Poly], Poly]) -> Poly:
        """Linearity: each term's factors without the variable go outside."""
        parts = []
        for monomial, coefficient in body.terms.items():
            outside, inside = self.split(monomial, (variable,))
            value = summed(Poly({inside: Fraction(1)}))
            parts.append(self.mul(Poly({outside: coefficient}), value))
        return total(parts)

    def split(self, monomial: Monomial, variables: tuple[int, ...]) -> tuple[Monomial, Monomial]:
        """(factors free of the variables, factors with them); ``b**(k+c)`` is split into ``b**c`` and ``b**k``."""
        outside, inside = [], []
        for a, e in monomial:
            if any(a == v or any(self.mentions(arg, v) for arg in self.atoms[a].args) for v in variables):
                inside.append((a, e))
            elif isinstance(e, Poly) and any(self.mentions(e, v) for v in variables):
                moving = Poly({m: c for m, c in e.terms.items() if any(self._monomial_mentions(m, v) for v in variables)})
                if e - moving:
                    outside.append((a, lowered(e - moving)))
                inside.append((a, moving))
            else:
                outside.append((a, e))
        return tuple(outside), tuple(inside)

    def _sum_term(self, variable: int, f: Poly, low: Poly, high: Poly) -> Poly:
        """One term over a range that is known to be one."""
        if f == ONE:
            return high - low + ONE
        chosen = self._contract(variable, f, low, high)
        if chosen is not None:
            return chosen
        if self._picks(variable, f):
            return self._ranged(variable, f, low, high, split=False)
        fractions = parted(self, variable, f)
        if fractions is not None:
            return self.sum_range(variable, fractions, low, high)
        closed = self._closed_form(variable, f)
        if closed is not None:
            ratio, antidifference = closed
            return self._between(variable, antidifference, ratio, low, high)
        forward, inner, body = self._canonical(variable, f)
        first, last = (inner(low), inner(high)) if forward else (inner(high), inner(low))
        if self.sums_as_sets:
            return self._per_term(body, variable, lambda g: self._ranged(variable, g, first, last, split=True))
        self._ranges_taken.add((first - ONE, last))
        return self._prefix(variable, body, last) - self._prefix(variable, body, first - ONE)

    def _ranged(self, variable: int, g: Poly, low: Poly, high: Poly, *, split: bool) -> Poly:
        """One term over a range that stays one thing; ``split``: the range is known to be one, so it may be summed in closed form."""
        if split and g == ONE:
            return high - low + ONE
        chosen = self._contract(variable, g, low, high)
        if chosen is not None:
            return chosen
        closed = self._closed_form(variable, g) if split else None
        if closed is not None:
            return self._between(variable, closed[1], closed[0], low, high)
        if g == ONE:
            return self._bound("over", variable, g, (RANGE,), (ZERO, high - low))
        forward, inner, body = self._canonical(variable, g)
        first, last = (inner(low), inner(high)) if forward else (inner(high), inner(low))
        return self._per_term(body, variable, lambda f: self._exchanged("over", variable, f, (RANGE,), (first, last)))

    # -- series ----------------------------------------------------------------------------------------------------------------------

    def _series(self, variable: int, body: Poly, low: Limit, high: Limit) -> Poly:
        """An infinite sum. Its parts are shifted by themselves only where they are known to converge by themselves."""
        if len(body) <= 1:
            if self.writing and body.single is not None:
                outside, inside = self.split(body.single[1], (variable,))
                if self.sign(Poly({outside: Fraction(1)})) in ("+", "-") or not outside:
                    self.convergent.update(self._name_of_series(variable, Poly({inside: Fraction(1)}), low, high))
            return self._per_term(body, variable, lambda f: self._series_term(variable, f, low, high))
        forward, inner, moved = self._canonical(variable, body)
        bounds = [b if not isinstance(b, Poly) else inner(b) for b in (low, high)]
        first, last = bounds if forward else [b if isinstance(b, Poly) else _flipped(b) for b in reversed(bounds)]
        return self._per_term(
            moved, variable, lambda f: (self._series_term if self._converges(variable, f, first, last) else self._unmoved)(variable, f, first, last)
        )

    def _series_term(self, variable: int, f: Poly, low: Limit, high: Limit) -> Poly:
        """One term of a series that converges, or is all of it."""
        if f == ONE:
            raise Stuck("an infinite sum of a constant")
        chosen = self._contract(variable, f, low, high)
        if chosen is not None:
            return chosen
        if isinstance(low, Poly) and not isinstance(high, Poly):
            telescoped = self._telescoped(variable, f, low)
            if telescoped is not None:
                return telescoped
        closed = self._closed_form(variable, f)
        if closed is not None:
            return self._between(variable, closed[1], closed[0], low, high)
        forward, inner, body = self._canonical(variable, f)
        bounds = [b if not isinstance(b, Poly) else inner(b) for b in (low, high)]
        first, last = bounds if forward else [b if isinstance(b, Poly) else _flipped(b) for b in reversed(bounds)]
        return self._per_term(body, variable, lambda g: self._unmoved(variable, g, first, last))

    def _unmoved(self, variable: int, g: Poly, low: Limit, high: Limit) -> Poly:
        """A series as it stands: all of it less the finite part before its first term."""
        if not isinstance(low, Poly) and not isinstance(high, Poly):
            return self._bound("whole", variable, g)
        if isinstance(low, Poly):
            return self._bound("tail", variable, g) - self._prefix(variable, g, low - ONE)
        if not isinstance(high, Poly):
            raise Stuck("a sum from infinity")
        return self._bound("head", variable, g) + self._prefix(variable, g, high)

    def _name_of_series(self, variable: int, f: Poly, low: Limit, high: Limit) -> set[tuple[str, Poly]]:
        """What the series is called after it is shifted: the same for all that differ by finitely many terms."""
        forward, _, body = self._canonical(variable, f)
        bounds = (low, high) if forward else (_flipped(high), _flipped(low))
        ends = tuple("" if isinstance(b, Poly) else b for b in bounds)
        return {("".join(ends), self.close(variable, Poly({self.split(m, (variable,))[1]: Fraction(1)}))[1]) for m in body.terms}

    def _converges(self, variable: int, f: Poly, low: Limit, high: Limit) -> bool:
        """Whether a part of a series is known to converge by itself."""
        if self._name_of_series(variable, f, low, high) <= self.convergent or self.vanishes_far_out(variable, f):
            return True
        if isinstance(low, Poly) and not isinstance(high, Poly) and (closed := self._closed_form(variable, f)) is not None:
            return self.sign(ONE - self.absolute(closed[0])) == "+"
        return False

    def vanishes_far_out(self, variable: int, f: Poly) -> bool:
        """Whether all but finitely many terms are known to vanish."""
        return False

    def _telescoped(self, variable: int, f: Poly, low: Poly) -> Poly | None:
        """``sum_{k>=a} 1/((k+u)(k+v))`` for integers u and v that differ: what is left of ``1/(k+u) - 1/(k+v)``, whose terms tend to 0."""
        found = shifts(self, variable, f)
        if found is None:
            return None
        scale, u, v = found
        if v < u:
            u, v = v, u
        if (v - u).denominator != 1 or v - u > MAX_EXPLICIT:
            return None
        parts = (self.power(low + number(u + k), Fraction(-1)) for k in range(int(v - u)))
        return total(parts).scale(scale / (v - u))

    def _whole(self, variable: int, body: Poly) -> Poly:
        return self._per_term(body, variable, lambda g: self._bound("whole", variable, g))

    def _picks(self, variable: int, f: Poly) -> bool:
        """Whether a Kronecker delta in the variable stands among the factors: which term it picks depends on the range, which is then not split."""
        ((monomial, _),) = f.terms.items()
        return any(self.atoms[a].head == "delta" and any(self.mentions(arg, variable) for arg in self.atoms[a].args) for a, _ in monomial)

    def _contract(self, variable: int, f: Poly, low: Limit | None, high: Limit | None) -> Poly | None:
        """A Kronecker delta in the variable picks one term, or none. Limits that are None: of a set without a range."""
        ((monomial, _),) = f.terms.items()
        for a, _e in monomial:
            atom = self.atoms[a]
            if atom.head == "delta":
                for this, other in (atom.args, atom.args[::-1]):
                    if this == atom_power(variable) and not self.mentions(other, variable):
                        if low is None or high is None:
                            place: bool | None = True
                            self.assuming.add(IN_RANGE)
                        else:
                            place = self.in_range(other, low, high)
                        if place is None:
                            return None
                        rest = Poly({tuple((b, e) for b, e in monomial if b != a): Fraction(1)})
                        return replace(self, rest, {variable: other}) if place else ZERO
        return None

    def _closed_form(self, variable: int, f: Poly) -> tuple[Poly, Poly] | None:
        """(ratio, antidifference G) with f(k) = G(k) - G(k-1), for ``k**p`` and ``k**p * r**k``; None otherwise."""
        ((monomial, _),) = f.terms.items()
        degree, ratio = 0, ONE
        for a, e in monomial:
            if a == variable and isinstance(e, Fraction) and e.denominator == 1 and 0 < e <= 8:
                degree = int(e)
            elif isinstance(e, Poly) and not self._in_args(a, variable):
                step = replace(self, e, {variable: atom_power(variable) + ONE}) - e
                if self.mentions(step, variable):
                    return None
                ratio = self.mul(ratio, self.power(atom_power(a), lowered(step)) if self.atoms[a].head != "e" else self.exp(step))
            else:
                return None
        k = atom_power(variable)
        if ratio == ONE:
            return ONE, power_sum(self, k, degree)
        if degree > 3:
            return None
        growth = Poly({tuple((a, e) for a, e in monomial if a != variable): Fraction(1)})
        return ratio, geometric(self, k, growth, ratio, degree)

    def _in_args(self, a: int, variable: int) -> bool:
        return a == variable or any(self.mentions(arg, variable) for arg in self.atoms[a].args)

    def _between(self, variable: int, g: Poly, ratio: Poly, low: Limit, high: Limit) -> Poly:
        if not isinstance(low, Poly):
            raise Stuck("a sum from minus infinity in closed form")
        start = replace(self, g, {variable: low - ONE})
        if isinstance(high, Poly):
            return replace(self, g, {variable: high}) - start
        if self.sign(ONE - self.absolute(ratio)) != "+":
            raise Stuck("an infinite geometric sum whose ratio is not known to be less than 1 in size")
        return -start

    def _canonical(self, variable: int, f: Poly) -> tuple[bool, Callable[[Poly], Poly], Poly]:
        """(forward, old variable -> new variable, body): the variable moved so that an indexed name stands at the variable itself."""
        candidates: list[tuple[int, Poly]] = [(1, ZERO)]
        stack = [f]
        k = atom_power(variable)
        while stack:
            p = stack.pop()
            for m in p.terms:
                for a, e in m:
                    if isinstance(e, Poly):
                        stack.append(e)
                    atom = self.atoms[a]
                    for arg in atom.args:
                        if self.mentions(arg, variable) and atom.head in ("seq", "fun", "base", "log"):
                            stack.append(arg)
                            for sign in (1, -1):
                                shift = arg - k.scale(Fraction(sign))
                                if not self.mentions(shift, variable) and self.is_integer(shift):
                                    candidates.append((sign, shift))
        best: tuple[tuple[int, str], int, Poly, Poly] | None = None
        for sign, shift in dict.fromkeys(candidates):
            body = replace(self, f, {variable: (k - shift).scale(Fraction(sign))})
            score = (self._misplaced(body, variable), poly_key(self.close(variable, self._stripped(body, variable))[1]))
            if best is None or score < best[0]:
                best = (score, sign, shift, body)
        if best is None:
            raise Stuck("no candidate for a summation variable")
        _, sign, shift, body = best
        return sign > 0, (lambda bound: bound.scale(Fraction(sign)) + shift), body

    def _stripped(self, body: Poly, variable: int) -> Poly:
        """The body without constant factors, for comparing candidates."""
        if len(body) != 1:
            return body
        ((monomial, _),) = body.terms.items()
        return Poly({self.split(monomial, (variable,))[1]: Fraction(1)})

    def _misplaced(self, body: Poly, variable: int) -> int:
        """How many indexed names have an argument that contains the variable but is not the variable: fewer is better."""
        k = atom_power(variable)
        count = 0
        for m in body.terms:
            for a, _ in m:
                count += sum(1 for arg in self.atoms[a].args if self.mentions(arg, variable) and arg != k)
        return count

    def _prefix(self, variable: int, body: Poly, n: Poly) -> Poly:
        """S_body(n), with whole steps in n written out."""
        steps = n.constant_part
        base = n - number(steps)
        if steps.denominator != 1 or abs(steps) > MAX_EXPLICIT:
            base, steps = n, Fraction(0)
        result = self._per_term(body, variable, lambda g: self._prefix_atom(variable, g, base))
        for k in range(1, int(steps) + 1):
            result = result + replace(self, body, {variable: base + number(k)})
        for k in range(int(steps) + 1, 1):
            result = result - replace(self, body, {variable: base + number(k)})
        return result

    def _prefix_atom(self, variable: int, g: Poly, n: Poly) -> Poly:
        if g == ONE:
            return n
        if self._picks(variable, g):
            return self._picked_up_to(variable, g, n)
        closed = self._closed_form(variable, g)
        if closed is not None:
            return replace(self, closed[1], {variable: n})
        return self._exchanged("prefix", variable, g, (), (n,))

    def _picked_up_to(self, variable: int, g: Poly, n: Poly) -> Poly:
        """What a Kronecker delta picks of all terms up to the n-th."""
        ((monomial, _),) = g.terms.items()
        for a, _e in monomial:
            atom = self.atoms[a]
            for this, other in (atom.args, atom.args[::-1]) if atom.head == "delta" else ():
                if this != atom_power(variable) or self.mentions(other, variable):
                    continue
                place = self.in_range(other, MINUS_INFINITE, n)
                from_one = all(low.constant is None or low.constant >= 0 for low, _ in self._ranges_taken)
                first = n.constant is not None and n.constant <= 0
                if place is None and from_one and self.is_by_convention(other, ONE, INFINITE if first else n):
                    self.assuming.add(IN_RANGE)
                    place = n.constant is None
                if place is not None:
                    rest = Poly({tuple((b, e) for b, e in monomial if b != a): Fraction(1)})
                    return replace(self, rest, {variable: other}) if place else ZERO
        raise Stuck("a Kronecker delta whose index is not known to lie in the range of its sum")

    def _exchanged(self, head: str, variable: int, g: Poly, data: tuple[Hashable, ...], rest: tuple[Poly, ...]) -> Poly:
        """The sum of g, or of two nested sums in the other order, whichever comes first by its structure (finite sums may be exchanged)."""
        plain = self._bound(head, variable, g, data, rest)
        single = g.single
        if single is None or self._exchanging:
            return plain
        inner = [(a, e) for a, e in single[1] if self.atoms[a].head in ("prefix", "over")]
        if len(inner) != 1 or inner[0][1] != 1:
            return plain
        atom = self.atoms[inner[0][0]]
        if any(self.mentions(arg, variable) for arg in atom.args[1:]):
            return plain
        self._exchanging = True
        try:
            other, body = self.open(atom)
            outside = Poly({tuple(p for p in single[1] if p != inner[0]): single[0]})
            turned = self._per_term(self.mul(outside, body), variable, lambda f: self._bound(head, variable, f, data, rest))
            swapped = self.rebound(atom, other, turned, atom.args[1:])
        finally:
            self._exchanging = False
        return min((plain, swapped), key=lambda p: structure(self, p))

    def sum_over_set(self, variable: int, body: Poly, domain: Hashable) -> Poly:
        """The sum over a named (or implicit) set."""

        def one(f: Poly) -> Poly:
            if f == ONE:
                return self.make("card", domain)
            chosen = self._contract(variable, f, None, None)
            return chosen if chosen is not None else self._exchanged("over", variable, f, (domain,), ())

        return self._per_term(body, variable, one)

    # -- products --------------------------------------------------------------------------------------------------------------------

    def product_range(self, variable: int, body: Poly, low: Limit, high: Limit) -> Poly:
        if not isinstance(low, Poly) or not isinstance(high, Poly):
            raise Stuck("an infinite product")
        count = (high - low).constant
        if count is not None and count < 0:
            return ONE
        if count is not None and count <= MAX_EXPLICIT:
            return self.product(replace(self, body, {variable: low + number(k)}) for k in range(int(count) + 1))
        if not self.is_range(low, high):
            return self._factorwise(variable, body, low, high)
        below = self._product_prefix(variable, body, low - ONE)
        return self.mul(self._product_prefix(variable, body, high), self.power(below, Fraction(-1)))

    def _factorwise(self, variable: int, body: Poly, low: Poly, high: Poly) -> Poly:
        """A product over a range that stays one thing: a product of products."""
        single = body.single
        parts: list[tuple[Poly, Fraction]] = [(body, Fraction(1))]
        if single is not None:
            parts = [(number(single[0]), Fraction(1))] if single[0] != 1 else []
            for a, e in single[1]:
                whole = isinstance(e, Fraction) and e.denominator == 1
                parts.append((atom_power(a), e) if whole and isinstance(e, Fraction) else (atom_power(a, e), Fraction(1)))
        return self.product(self.power(self._bound("bound_op", variable, part, ("prod",), (low, high)), e) for part, e in parts)

    def _product_prefix(self, variable: int, body: Poly, n: Poly) -> Poly:
        steps = n.constant_part
        base = n - number(steps)
        if steps.denominator != 1 or abs(steps) > MAX_EXPLICIT:
            base, steps = n, Fraction(0)
        single = body.single
        if single is None:
            result = self._bound("prodprefix", variable, body, (), (base,))
        else:
            coefficient, monomial = single
            outside, inside = self.split(monomial, (variable,))
            result = self.power(Poly({outside: coefficient}), lowered(base))
            for a, e in inside:
                if isinstance(e, Poly) and not self._in_args(a, variable):
                    result = self.mul(result, self.power(atom_power(a), lowered(self._prefix(variable, e, base))))
                else:
                    result = self.mul(result, self.power(self._bound("prodprefix", variable, atom_power(a), (), (base,)), e))
        for k in range(1, int(steps) + 1):
            result = self.mul(result, replace(self, body, {variable: base + number(k)}))
        for k in range(int(steps) + 1, 1):
            result = self.mul(result, self.power(replace(self, body, {variable: base + number(k)}), Fraction(-1)))
        return result


def _flipped(limit: Limit) -> Limit:
    if isinstance(limit, Poly):
        return limit
    return MINUS_INFINITE if limit == INFINITE else INFINITE


__all__ = ["BINDERS", "INFINITE", "MINUS_INFINITE", "Forms", "Limit"]
