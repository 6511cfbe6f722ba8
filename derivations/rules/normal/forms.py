"""Sums and products over bound variables in normal form.

A symbolic sum is written with prefix sums: the sum of f over a..b is ``S_f(b) - S_f(a-1)``, where ``S_f(n)`` is an atom that is only known by
``S_f(n+1) = S_f(n) + f(n+1)``. Splitting off terms, joining ranges and shifting the variable then need no rule of their own. The variable of a body
is chosen canonically (shifted and reflected so that an indexed name stands at the variable itself), constant factors leave the sum, and powers of
the variable and geometric terms are summed in closed form (Graham, Knuth, Patashnik, *Concrete Mathematics*, ch. 2). An empty sum is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction

from derivations.rules.normal.atoms import Atom, Stuck
from derivations.rules.normal.binding import BINDERS, Binding
from derivations.rules.normal.closed_forms import geometric, parted, power_sum, structure
from derivations.rules.normal.poly import ONE, ZERO, Monomial, Poly, atom_power, lowered, number, poly_key, total
from derivations.rules.normal.rebuild import replace

MAX_EXPLICIT = 64
"""A sum with at most this many terms is written out."""

INFINITE = "oo"
MINUS_INFINITE = "-oo"
Limit = Poly | str


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
            case "over":
                return self.sum_over_set(variable, body, atom.data[2])
            case "prodprefix":
                return self._product_prefix(variable, body, rest[0])
            case _:
                return self._bound(atom.head, variable, body, atom.data[2:], rest)

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
        if isinstance(low, Poly) and isinstance(high, Poly):
            count = (high - low).constant
            if count is not None:
                if count.denominator != 1:
                    raise Stuck("the limits of a sum do not differ by an integer")
                if count < 0:
                    return ZERO
                if count <= MAX_EXPLICIT:
                    return total(replace(self, body, {variable: low + number(k)}) for k in range(int(count) + 1))
        return self._per_term(body, variable, lambda f: self._sum_term(variable, f, low, high))

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

    def _sum_term(self, variable: int, f: Poly, low: Limit, high: Limit) -> Poly:
        if f == ONE:
            if isinstance(low, Poly) and isinstance(high, Poly):
                return high - low + ONE
            raise Stuck("an infinite sum of a constant")
        chosen = self._contract(variable, f)
        if chosen is not None:
            return chosen
        fractions = parted(self, variable, f)
        if fractions is not None:
            return self.sum_range(variable, fractions, low, high)
        closed = self._closed_form(variable, f)
        if closed is not None:
            ratio, antidifference = closed
            return self._between(variable, antidifference, ratio, low, high)
        forward, inner, body = self._canonical(variable, f)
        if not isinstance(low, Poly) and not isinstance(high, Poly):
            return self._whole(variable, body)
        bounds = [b if not isinstance(b, Poly) else inner(b) for b in (low, high)]
        if not forward:
            bounds = [_flipped(b) for b in reversed(bounds)] if not all(isinstance(b, Poly) for b in bounds) else bounds[::-1]
        first, last = bounds
        if self.sums_as_sets and isinstance(first, Poly) and isinstance(last, Poly):
            return self._per_term(body, variable, lambda g: self._ranged(variable, g, first, last))
        upper = self._whole_tail(variable, body) if not isinstance(last, Poly) else self._prefix(variable, body, last)
        if not isinstance(first, Poly):
            return upper + self._per_term(body, variable, lambda g: self._bound("head", variable, g))
        if isinstance(last, Poly):
            self._ranges_taken.add((first - ONE, last))
        return upper - self._prefix(variable, body, first - ONE)

    def _ranged(self, variable: int, g: Poly, first: Poly, last: Poly) -> Poly:
        """A sum over a range as one over a set: it is not split, and a Kronecker delta picks its index."""
        if g == ONE:
            return last - first + ONE
        chosen = self._contract(variable, g)
        if chosen is not None:
            return chosen
        closed = self._closed_form(variable, g)
        if closed is not None:
            return self._between(variable, closed[1], closed[0], first, last)
        return self._exchanged("over", variable, g, (("range", first, last),), ())

    def _whole(self, variable: int, body: Poly) -> Poly:
        return self._per_term(body, variable, lambda g: self._bound("whole", variable, g))

    def _whole_tail(self, variable: int, body: Poly) -> Poly:
        return self._per_term(body, variable, lambda g: self._bound("tail", variable, g))

    def _contract(self, variable: int, f: Poly) -> Poly | None:
        """A Kronecker delta in the variable picks one term."""
        ((monomial, _),) = f.terms.items()
        for a, _e in monomial:
            atom = self.atoms[a]
            if atom.head == "delta":
                for this, other in (atom.args, atom.args[::-1]):
                    if this == atom_power(variable) and not self.mentions(other, variable):
                        rest = Poly({tuple((b, e) for b, e in monomial if b != a): Fraction(1)})
                        self.assuming.add("every index lies in the range of its sum")
                        return replace(self, rest, {variable: other})
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
        picked = self._contract(variable, g)
        if picked is not None:
            return self.mul(picked, self._reached(variable, g, n))
        closed = self._closed_form(variable, g)
        if closed is not None:
            return replace(self, closed[1], {variable: n})
        return self._exchanged("prefix", variable, g, (), (n,))

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

    def _reached(self, variable: int, g: Poly, n: Poly) -> Poly:
        """Whether the index that a delta picks is at most n: below the first term it is not, up to the last it is."""
        ((monomial, _),) = g.terms.items()
        for a, _e in monomial:
            atom = self.atoms[a]
            if atom.head == "delta" and atom_power(variable) in atom.args:
                other = atom.args[1] if atom.args[0] == atom_power(variable) else atom.args[0]
                known = self.sign(n - other)
                if known in ("+", "0+", "0"):
                    return ONE
                if known == "-" or n.constant is not None:
                    return ZERO
                return ONE
        raise Stuck("no delta to pick a term")

    def sum_over_set(self, variable: int, body: Poly, domain: Hashable) -> Poly:
        """The sum over a named (or implicit) set."""

        def one(f: Poly) -> Poly:
            if isinstance(domain, tuple) and domain[:1] == ("range",):
                return self._ranged(variable, f, *domain[1:])
            if f == ONE:
                return self.make("card", domain)
            chosen = self._contract(variable, f)
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
        below = self._product_prefix(variable, body, low - ONE)
        return self.mul(self._product_prefix(variable, body, high), self.power(below, Fraction(-1)))

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
