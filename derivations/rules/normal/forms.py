"""Bound variables: sums, products, expectations and other binders in normal form; floors and Kronecker deltas.

A symbolic sum is written with prefix sums: the sum of f over a..b is ``S_f(b) - S_f(a-1)``, where ``S_f(n)`` is an atom that is only known by
``S_f(n+1) = S_f(n) + f(n+1)``. Splitting off terms, joining ranges and shifting the variable then need no rule of their own. The variable of a body is
chosen canonically (shifted and reflected so that an indexed name stands at the variable itself), constant factors leave the sum, and powers of the
variable and geometric terms are summed in closed form (Graham, Knuth, Patashnik, *Concrete Mathematics*, ch. 2). An empty sum is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from math import comb, gcd

from derivations.rules.normal.algebra import Arithmetic, Atom, Stuck, _monomial_key, _poly_key
from derivations.rules.normal.poly import ONE, ZERO, Monomial, Poly, atom_power, lowered, number, total
from derivations.rules.normal.rebuild import replace

MAX_EXPLICIT = 64
"""A sum with at most this many terms is written out."""

INFINITE = "oo"
MINUS_INFINITE = "-oo"
Limit = Poly | str


class Forms(Arithmetic):
    """Arithmetic with binders. Heads: ``prefix`` S_f(n), ``tail`` the sum of f to infinity, ``whole`` over all integers, ``over`` a named set,
    ``prodprefix`` the product like ``prefix``, ``bound_op`` any other binder, ``expect`` an expectation."""

    def __init__(self, budget_seconds: float = 5.0) -> None:
        super().__init__(budget_seconds)
        self._temporaries = 0
        self.assuming: set[str] = set()

    # -- variables -------------------------------------------------------------------------------------------------------------------

    def temporary(self, integer: bool = True) -> int:
        """A new variable atom for a body under construction."""
        self._temporaries += 1
        k = self.intern(Atom("tmp", self._temporaries))
        if integer:
            self.integer_atoms.add(k)
        return k

    def height(self, p: Poly) -> int:
        """The greatest nesting of binders in p."""
        best = 0
        for m in p.terms:
            for a, e in m:
                atom = self.atoms[a]
                inner = max((self.height(arg) for arg in atom.args), default=0)
                if atom.head in BINDERS:
                    inner = max(inner, atom.data[0])
                best = max(best, inner, self.height(e) if isinstance(e, Poly) else 0)
        return best

    def close(self, variable: int, body: Poly, integer: bool = True) -> tuple[int, Poly]:
        """(height, body with the variable renamed canonically), so that equal bodies are identical."""
        h = self.height(body) + 1
        k = self.intern(Atom("bound", (h, integer)))
        if integer:
            self.integer_atoms.add(k)
        return h, replace(self, body, {variable: atom_power(k)})

    def open(self, atom: Atom) -> tuple[int, Poly]:
        """(new variable, body) of a binder atom."""
        h, integer = atom.data[0], atom.data[1]
        variable = self.temporary(integer)
        return variable, replace(self, atom.args[0], {self.intern(Atom("bound", (h, integer))): atom_power(variable)})

    def remake_bound(self, atom: Atom, args: tuple[Poly, ...], values: dict[int, Poly]) -> Poly:
        """A binder atom after values were put in: its body is opened, changed and closed again, so that nothing is captured."""
        variable, body = self.open(atom)
        body = replace(self, body, values)
        rest = args[1:]
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
            case "expect":
                return self.expectation(variable, body, atom.data[2], rest)
            case _:
                return self._bound(atom.head, variable, body, atom.data[2:], rest)

    def _bound(self, head: str, variable: int, body: Poly, data: tuple[Hashable, ...] = (), rest: tuple[Poly, ...] = ()) -> Poly:
        integer = variable in self.integer_atoms
        h, closed = self.close(variable, body, integer)
        return self.make(head, (h, integer, *data), (closed, *rest))

    def entry(self, atom: Atom, args: tuple[Poly, ...]) -> Poly:
        """An entry of an indexed name at other indices."""
        return self.make(atom.head, atom.data, args)

    # -- floors and deltas -----------------------------------------------------------------------------------------------------------

    def floor(self, p: Poly) -> Poly:
        """The floor: integer summands leave it. Raises Stuck for nothing; an unknown floor is an atom."""
        whole, rest = ZERO, ZERO
        for m, c in p.terms.items():
            part = Poly({m: c})
            if self.is_integer(Poly({m: Fraction(1)})):
                n = Fraction(c.numerator // c.denominator)
                whole, part = whole + Poly({m: n} if n else {}), Poly({m: c - n} if c != n else {})
            rest = rest + part
        value = rest.constant
        if value is not None:
            return whole + number(value.numerator // value.denominator)
        return whole + self._floor_of_ratio(rest)

    def _floor_of_ratio(self, p: Poly) -> Poly:
        """For integers n and d > 0 the floor of -n/d is -1 minus the floor of (n-1)/d, so a floor and a ceiling are compared as floors."""
        below = ONE
        for a in {a for m in p.terms for a, _ in m}:
            low = min((e for m in p.terms for b, e in m if b == a and isinstance(e, Fraction)), default=Fraction(0))
            if low < 0 and low.denominator == 1:
                below = self.mul(below, self.power(self.atoms[a].args[0] if self.atoms[a].head == "base" else atom_power(a), -low))
        scale = 1
        for c in p.terms.values():
            scale = scale * c.denominator // gcd(scale, c.denominator)
        below = below.scale(Fraction(scale))
        above = self.mul(p, below)
        if self.is_integer(above) and self.is_integer(below) and self.sign(below) == "+":
            lead = above.terms[min(above.terms, key=_monomial_key)]
            if lead < 0:
                flipped = self.mul(-above - ONE, self.power(below, Fraction(-1)))
                return -ONE - self.floor(flipped)
        return self.make("floor", None, (p,))

    def ceiling(self, p: Poly) -> Poly:
        return -self.floor(-p)

    def delta(self, i: Poly, j: Poly) -> Poly:
        """Kronecker's delta: 1 for equal arguments, 0 for integers that differ by a known non-zero number."""
        difference = (i - j).constant
        if difference is not None:
            return ONE if difference == 0 else ZERO
        first, second = sorted((i, j), key=_poly_key)
        return self.make("delta", None, (first, second))

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
        upper = self._whole_tail(variable, body) if not isinstance(last, Poly) else self._prefix(variable, body, last)
        if not isinstance(first, Poly):
            return upper + self._per_term(body, variable, lambda g: self._bound("head", variable, g))
        return upper - self._prefix(variable, body, first - ONE)

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
            return ONE, _power_sum(self, k, degree)
        if degree > 3:
            return None
        growth = Poly({tuple((a, e) for a, e in monomial if a != variable): Fraction(1)})
        return ratio, self._geometric(k, growth, ratio, degree)

    def _in_args(self, a: int, variable: int) -> bool:
        return a == variable or any(self.mentions(arg, variable) for arg in self.atoms[a].args)

    def _geometric(self, k: Poly, growth: Poly, ratio: Poly, degree: int) -> Poly:
        """G with G(k) - G(k-1) = k**degree * r**k, by summation by parts."""
        inverse = self.power(ratio - ONE, Fraction(-1))
        if degree == 0:
            return self.product((growth, ratio, inverse))
        lead = self.product((self.power(k, Fraction(degree)), growth, ratio, inverse))
        corrections = [
            self.mul(self._geometric(k, growth, ratio, j), number(comb(degree, j) * (-1) ** (degree - j))) for j in range(degree)
        ]
        # k^d r^k = D[k^d r^(k+1)/(r-1)] + r/(r-1) * sum_j<d ..., with D the backward difference
        return lead + self.mul(inverse, total(corrections))

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
            score = (self._misplaced(body, variable), _poly_key(self.close(variable, self._stripped(body, variable))[1]))
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
        return self._bound("prefix", variable, g, (), (n,))

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
            if f == ONE:
                return self.make("card", domain)
            chosen = self._contract(variable, f)
            return chosen if chosen is not None else self._bound("over", variable, f, (domain,))

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

    # -- expectations ----------------------------------------------------------------------------------------------------------------

    def expectation(self, variable: int, body: Poly, law: Hashable, parameters: tuple[Poly, ...]) -> Poly:
        """E[body] for the variable under a law: linear; moments of a normal law (parameters mean, variance) in closed form."""

        def one(f: Poly) -> Poly:
            if f == ONE:
                return ONE
            ((monomial, _),) = f.terms.items()
            if law == "normal" and len(monomial) == 1 and monomial[0][0] == variable:
                degree = monomial[0][1]
                if isinstance(degree, Fraction) and degree.denominator == 1 and 0 < degree <= 12:
                    return self._normal_moment(int(degree), *parameters)
            return self._bound("expect", variable, f, (law,), parameters)

        return self._per_term(body, variable, one)

    def _normal_moment(self, degree: int, mean: Poly, variance: Poly) -> Poly:
        """E[X**n] = sum over even j of C(n, j) (j-1)!! variance**(j/2) mean**(n-j)."""
        parts = []
        for j in range(0, degree + 1, 2):
            double = 1
            for odd in range(1, j, 2):
                double *= odd
            parts.append(
                self.product((number(comb(degree, j) * double), self._repeated(variance, j // 2), self._repeated(mean, degree - j)))
            )
        return total(parts)


BINDERS = frozenset({"prefix", "tail", "whole", "head", "over", "prodprefix", "expect", "bound_op"})


def _flipped(limit: Limit) -> Limit:
    if isinstance(limit, Poly):
        return limit
    return MINUS_INFINITE if limit == INFINITE else INFINITE


def _power_sum(algebra: Arithmetic, n: Poly, degree: int) -> Poly:
    """1**p + ... + n**p as a polynomial in n (Faulhaber), by the recurrence (n+1)**(p+1) - 1 = sum_j C(p+1, j) S_j(n)."""
    sums = [n]
    for p in range(1, degree + 1):
        value = algebra.power(n + ONE, Fraction(p + 1)) - ONE
        for j in range(p):
            value = value - sums[j].scale(Fraction(comb(p + 1, j)))
        sums.append(value.scale(Fraction(1, p + 1)))
    return sums[degree]


__all__ = ["INFINITE", "MINUS_INFINITE", "Forms", "Limit"]
