"""The arithmetic of the normal form: logarithms, signs, and the test for zero."""

from __future__ import annotations

from fractions import Fraction

from derivations.rules.normal.atoms import LAMBERT, Atom, Stuck, prime_factors
from derivations.rules.normal.poly import (
    ONE,
    UNIT,
    ZERO,
    Exponent,
    Monomial,
    Poly,
    add_exponents,
    atom_power,
    class_of,
    merge,
    number,
    poly_key,
    raised,
    total,
    whole_part,
)
from derivations.rules.normal.products import Products


class Arithmetic(Products):
    """Products with logarithms, absolute values, signs and the test for zero."""

    # -- logarithms, absolute values, signs -------------------------------------------------------------------------------------------

    def log(self, p: Poly) -> Poly:
        """The natural logarithm, split over factors that are known to be positive."""
        if p == ONE:
            return ZERO
        if not p:
            raise Stuck("the logarithm of zero")
        p = self.cancelled(p)
        if p == ONE:
            return ZERO
        if self.touched(p):
            return self.log_atom(p)  # of a complex number it has many values
        cleared, inverses = self.cleared(p)
        result: list[Poly] = []
        remainder: list[tuple[int, Exponent]] = []
        scale, monomial, base = (Fraction(1), UNIT, ONE)
        if len(cleared) == 1:
            ((monomial, scale),) = cleared.terms.items()
        else:
            scale, monomial, base = self.canonical(cleared)
        flips = 1
        for a, e in (*monomial, *inverses):
            atom = self.atoms[a]
            value = atom.args[0] if atom.head == "base" else atom_power(a)
            if atom.head == "e":
                result.append(raised(e))
            elif isinstance(e, Fraction) and e.denominator == 1 and e % 2 and self.sign(value) == "-":
                flips = -flips
                result.append(self.mul(number(e), self.log_atom(-value)))
            elif self.atom_sign(a) == "+":
                inner = self.log_atom(atom.args[0]) if atom.head == "base" else self.log_atom(atom_power(a))
                result.append(self.mul(raised(e), inner))
            elif isinstance(e, Fraction) and e.denominator == 1 and e % 2 == 0:
                size = self.absolute(atom.args[0] if atom.head == "base" else atom_power(a))
                result.append(self.mul(number(e), self.log(size) if size.single is None else self.log_atom(size)))
            else:
                remainder.append((a, e))
        sign = flips if scale > 0 else -flips
        for prime, count in prime_factors(abs(scale)):
            result.append(self.make("log", None, (number(prime),)).scale(Fraction(count)))
        if base != ONE and sign < 0 and self.sign(-base) == "+":
            base, sign = -base, 1
        if base != ONE and sign > 0 and self.sign(base) == "+":
            result.append(self._log_of_factors(base) or self.log_atom(base))
            base = ONE
        rest = self.mul(base, Poly({tuple(sorted(remainder)): Fraction(sign)}))
        if rest != ONE:
            result.append(self.log_atom(rest))
        return total(result)

    def _log_of_factors(self, base: Poly) -> Poly | None:
        """The logarithm of a positive polynomial as that of its factors, where they are asked for and their signs are known."""
        parts = self.factor(base) if self.factor is not None else None
        if parts is None or sum(len(p) > 1 for p, _ in parts) < 2:
            return None
        found: list[Poly] = []
        for p, e in parts:
            sign = self.sign(p)
            if sign not in ("+", "-"):
                return None
            value = p if sign == "+" else -p
            if value != ONE:
                found.append((self.log_atom(value) if len(value) > 1 else self.log(value)).scale(Fraction(e)))
        return total(found)

    def log_atom(self, p: Poly) -> Poly:
        single = p.single
        if single is not None and single[0] == 1 and len(single[1]) == 1 and self.atoms[single[1][0][0]].head == "prime":
            return self.make("log", None, (number(self.atoms[single[1][0][0]].data),))
        return self.make("log", None, (p,))

    def exp(self, p: Poly) -> Poly:
        """``e**p``; multiples of logarithms in the exponent become powers, and ``e^W(u)`` is ``u / W(u)`` for Lambert's W."""
        plain: dict[Monomial, Fraction] = {}
        result = ONE
        for m, c in p.terms.items():
            logs = [a for a, e in m if self.atoms[a].head == "log" and e == 1]
            if len(logs) == 1:
                rest = tuple((a, e) for a, e in m if a != logs[0])
                result = self.mul(result, self.power(self.atoms[logs[0]].args[0], Poly({rest: c})))
            elif len(m) == 1 and m[0][1] == 1 and c.denominator == 1 and (atom := self.atoms[m[0][0]]).head == "fun" and atom.data in LAMBERT:
                ratio = self.mul(atom.args[0], atom_power(m[0][0], Fraction(-1)))
                result = self.mul(result, self.power(ratio, c))
            else:
                plain[m] = c
        if plain:
            result = self.mul(result, atom_power(self.intern(Atom("e")), self._grouped(Poly(plain))))
        return result

    def _grouped(self, exponent: Poly) -> Poly:
        """Exponents with inverse bases are made canonical by keeping each as it is; zero test compares them after clearing."""
        if not self._has_inverse(exponent):
            return exponent
        for k, atom in enumerate(self.atoms):  # reuse an equal exponent, or its negative, that was seen before
            if atom.head == "exponent" and self.zero(atom.args[0] - exponent):
                return atom.args[0]
            if atom.head == "exponent" and self.zero(atom.args[0] + exponent):
                return -self.atoms[k].args[0]
        self.intern(Atom("exponent", len(self.atoms), (exponent,)))
        return exponent

    def conjugate(self, p: Poly) -> Poly | None:
        parts: list[Poly] = []
        for m, c in p.terms.items():
            part: Poly | None = number(c)
            for a, e in m:
                factor = self._conjugate_factor(a, e)
                part = None if part is None or factor is None else self.mul(part, factor)
            if part is None:
                return None
            parts.append(part)
        return total(parts)

    def _conjugate_factor(self, a: int, e: Exponent) -> Poly | None:
        if not self.touched_factor(a, e):
            return Poly({((a, e),): Fraction(1)})
        atom = self.atoms[a]
        whole = isinstance(e, Fraction) and e.denominator == 1
        if atom.head == "i":
            return -atom_power(a, e)
        if atom.head == "e":
            exponent = self.conjugate(raised(e))
            return None if exponent is None else self.exp(exponent)
        if atom.head == "base" and whole:
            inner = self.conjugate(atom.args[0])
            return None if inner is None else self.power(inner, e)
        return None

    def _modulus(self, p: Poly) -> Poly:
        """The absolute value of a number that may be complex: of ``e**z`` it is e to the real part of z, of a product the product."""
        said = self._said(p)
        if said is not None:
            return -p if said.endswith("-") else p
        if any(self.touched(fact) and self.zero(p - fact) for fact in self.positive_facts):  # such as the derivative of a tangent in exponentials
            return p
        if self.real(p):
            scale, _, _ = self.canonical(p)
            first, second = p.scale(1 / scale), p.scale(-1 / scale)
            return self.make("abs", None, (min(first, second, key=poly_key),)).scale(abs(scale))
        if len(p) != 1:
            scale, monomial, base = self.canonical(p)
            return self.mul(self.absolute(Poly({monomial: abs(scale)})), self.make("abs", None, (base,))) if monomial or abs(scale) != 1 else (
                self.make("abs", None, (base,))
            )
        ((monomial, coefficient),) = p.terms.items()
        result = number(abs(coefficient))
        for a, e in monomial:
            if not self.touched_factor(a, e):
                result = self.mul(result, self.absolute(Poly({((a, e),): Fraction(1)})))
            elif self.atoms[a].head == "i":
                continue
            elif self.atoms[a].head == "e":
                other = self.conjugate(raised(e))
                if other is None:
                    raise Stuck("the absolute value of an exponential whose exponent has no known real part")
                result = self.mul(result, self.exp((raised(e) + other).scale(Fraction(1, 2))))
            elif isinstance(e, Fraction) and e.denominator == 1:
                inner = self.atoms[a].args[0] if self.atoms[a].head == "base" else atom_power(a)
                result = self.mul(result, self.power(self.make("abs", None, (inner,)), e))
            else:
                result = self.mul(result, self.make("abs", None, (Poly({((a, e),): Fraction(1)}),)))
        return result

    def absolute(self, p: Poly) -> Poly:
        p = self.cancelled(p)
        if self.touched(p):
            return self._modulus(p)
        sign = self.sign(p)
        if sign in ("+", "0+", "0"):
            return p
        if sign in ("-", "0-"):
            return -p
        if len(p) == 1:
            ((monomial, coefficient),) = p.terms.items()
            result = number(abs(coefficient))
            rest: list[tuple[int, Exponent]] = []
            for a, e in monomial:
                sign = self.atom_sign(a)
                if sign in ("+", "0+") or (isinstance(e, Fraction) and e.denominator == 1 and e % 2 == 0):
                    result = self.mul(result, Poly({((a, e),): Fraction(1)}))
                elif sign in ("-", "0-") and isinstance(e, Fraction) and e.denominator == 1:
                    result = self.mul(result, Poly({((a, e),): Fraction(-1)}))
                elif isinstance(e, Fraction) and e.denominator == 1:
                    inner = self.make("abs", None, (self.atoms[a].args[0] if self.atoms[a].head == "base" else atom_power(a),))
                    result = self.mul(result, self.power(inner, e))
                else:
                    rest.append((a, e))
            return self.mul(result, self.make("abs", None, (Poly({tuple(rest): Fraction(1)}),))) if rest else result
        cleared, inverses = self.cleared(p)
        if inverses:
            outside = Poly({tuple(inverses): Fraction(1)})
            return self.mul(self.absolute(cleared), self.absolute(outside))
        scale, monomial, base = self.canonical(p)
        outside = self.absolute(Poly({monomial: abs(scale)}))
        sign = self.sign(base)
        inside = base if sign in ("+", "0+") else -base if sign in ("-", "0-") else self.make("abs", None, (base,))
        return self.mul(outside, inside)

    def signum(self, p: Poly) -> Poly:
        """The sign: 1, 0 or -1. It is ``|p|/p`` only where p is known not to vanish: ``sign(x)**2 = 1`` for x != 0; false for x = 0, where it is 0."""
        if self.touched(p):
            raise Stuck("the sign of a complex number")
        p = self.cancelled(p)
        known = {"+": ONE, "-": -ONE, "0": ZERO}.get(self.sign(p) or "")
        if known is not None:
            return known
        if self.is_nonzero(p):
            return self.mul(self.absolute(p), self.power(p, Fraction(-1)))
        scale, monomial, base = self.canonical(p)
        result = number(1 if scale > 0 else -1)
        for a, e in (*monomial, *(((self.intern(Atom("base", None, (base,))), Fraction(1)),) if base != ONE else ())):
            atom = self.atoms[a]
            inner = atom.args[0] if atom.head == "base" else atom_power(a)
            sign = self.sign(inner)
            whole = isinstance(e, Fraction) and e.denominator == 1
            if sign == "+":
                continue
            if whole and sign == "-":
                result = result.scale(Fraction(-1) if e % 2 else Fraction(1))
            elif whole:
                result = self.mul(result, self.fixed(((self.intern(Atom("sgn", None, (inner,))), e),), Fraction(1)))
            else:
                result = self.mul(result, self.make("sgn", None, (Poly({((a, e),): Fraction(1)}),)))
        return result

    def is_nonzero(self, p: Poly) -> bool:
        """Whether p is known not to vanish: by its sign, or because it was said or is divided by."""
        if p.constant is not None:
            return bool(p)
        if self.sign(p) in ("+", "-"):
            return True
        _, monomial, base = self.canonical(p)
        factors = [*(atom_power(a) if self.atoms[a].head != "base" else self.atoms[a].args[0] for a, _ in monomial), *([base] if base != ONE else [])]
        return all(f in self.nonzero or -f in self.nonzero or self.sign(f) in ("+", "-") for f in factors)

    def not_zero(self, p: Poly) -> bool:
        """Take p != 0 as a fact, and that of its factors; answers whether it was new."""
        if not p or p.constant is not None:
            return False
        _, monomial, base = self.canonical(self.cleared(p)[0])
        factors = {atom_power(a) for a, _ in monomial} | ({base} if base != ONE else set())
        factors |= {arg for a, _ in monomial if self.atoms[a].head == "abs" for arg in self.atoms[a].args}
        new = not factors <= self.nonzero
        self.nonzero |= factors
        return new

    def atom_sign(self, a: int) -> str | None:
        if a in self.positive_atoms:
            return "+"
        atom = self.atoms[a]
        if atom.head == "base":
            return self.sign(atom.args[0])
        if a in self.nonnegative_atoms:
            return "+" if self._by_facts(atom_power(a)) == "+" else "0+"
        return self._by_facts(atom_power(a)) or {"+": "-", "0+": "0-"}.get(self._by_facts(-atom_power(a)) or "")

    def sign(self, p: Poly) -> str | None:
        """``+``, ``0+``, ``-``, ``0-``, ``0`` or None (unknown), from the signs of the atoms and the facts of the context."""
        if not p:
            return "0"
        if p in self._signs:
            return self._signs[p]
        self._signs[p] = None  # guards against a fact that leads back to itself
        if self.touched(p):  # what is made of complex numbers has the sign that it was said to have, and no other
            self._signs[p] = self._said(p)
            return self._signs[p]
        found = self._termwise(p) or self._by_facts(p)
        if found is None:
            other = self._termwise(-p) or self._by_facts(-p)
            found = {"+": "-", "0+": "0-"}.get(other or "")
        if found is None:
            found = self._sign_of_quotient(p)
        if found is None:
            found = self._sign_beside_one(p)
        if found is None:  # what is squared is real
            found = "0+" if self.square_root(p) is not None else "0-" if self.square_root(-p) is not None else None
        self._signs[p] = found
        return found

    def _sign_beside_one(self, p: Poly) -> str | None:
        """``1 - e**q`` has the sign of -q."""
        constant = p.constant_part
        rest = p - number(constant)
        match rest.single:
            case (coefficient, ((a, Poly() as q),)) if coefficient == -constant and self.atoms[a].head == "e":
                return self.sign(-q if constant > 0 else q)
            case _:
                return None

    def _said(self, p: Poly) -> str | None:
        """The sign of a real number of which a fact speaks, as it is or with a rational factor."""
        monomial, coefficient = next(iter(p.terms.items()))
        for facts, weak in ((self.positive_facts, ""), (self.nonnegative_facts, "0")):
            for fact in facts:
                ratio = coefficient / fact.terms[monomial] if monomial in fact.terms else None
                if ratio is not None and fact.scale(ratio) == p and self.real(p):
                    return weak + ("+" if ratio > 0 else "-")
        return None

    def _sign_of_quotient(self, p: Poly) -> str | None:
        """The sign after the denominators are cleared, where theirs is known."""
        cleared, inverses = self.cleared(p)
        if not inverses or self._termwise(Poly({inverses: Fraction(1)})) != "+":
            return None
        return self.sign(cleared)

    def _termwise(self, p: Poly) -> str | None:
        strict = False
        for m, c in p.terms.items():
            weak, negative = False, c < 0
            for a, e in m:
                sign = self.atom_sign(a)
                if sign == "+":
                    continue
                order = e if isinstance(e, Fraction) and e.denominator == 1 else None
                if order is not None and order % 2 == 0:
                    weak = weak or (order > 0 and sign != "-")
                elif sign == "0+" or (order is not None and sign in ("-", "0-")):
                    negative ^= sign != "0+"
                    weak = weak or sign != "-"
                else:
                    return None
            if negative:
                return None
            strict = strict or not weak
        return "+" if strict else "0+"

    def _by_facts(self, p: Poly) -> str | None:
        """p is a fact, a positive multiple of one, or a fact plus something non-negative term by term."""
        best: str | None = None
        for strength, facts in (("+", self.positive_facts), ("0+", self.nonnegative_facts)):
            for fact in facts:
                if p == fact:
                    return strength
                for m, c in fact.terms.items():
                    if m in p.terms and (ratio := p.terms[m] / c) > 0:
                        rest = p - fact.scale(ratio)
                        left = "0" if not rest else self._plain_sign(rest) or self._as_a_fact(rest)
                        if left in ("0", "0+") and (strength == "+" or best is None):
                            best = strength if best != "+" else best
                        elif left == "+":
                            best = "+"
                        break
            if best == "+":
                return best
        return best

    def _as_a_fact(self, p: Poly) -> str | None:
        return "+" if p in self.positive_facts else "0+" if p in self.nonnegative_facts else None

    def _plain_sign(self, p: Poly) -> str | None:
        """The sign from positive atoms alone (no facts), so that looking up facts ends."""
        strict = False
        if self.touched(p):
            return None
        for m, c in p.terms.items():
            if c < 0:
                return None
            for a, e in m:
                even = isinstance(e, Fraction) and e.denominator == 1 and e % 2 == 0
                if a not in self.positive_atoms and a not in self.nonnegative_atoms and not even:
                    return None
            strict = strict or all(a in self.positive_atoms for a, _ in m)
        return "+" if strict else "0+"

    # -- zero ------------------------------------------------------------------------------------------------------------------------

    def zero(self, p: Poly) -> bool:
        """Whether p vanishes wherever it is defined (True is a proof; False means "not shown").

        Inverse bases are cleared one after the other: within a class of exponents that differ by integers, every term is brought to the lowest
        power of the base and the rest is multiplied out. What then remains is zero as a polynomial or is not shown to be.
        """
        for _ in range(60):
            if not p:
                return True
            cleared = self._clear_one(p)
            if cleared is None:
                return False
            p = cleared
        return False

    def _clear_one(self, p: Poly) -> Poly | None:
        bases = sorted({a for m in p.terms for a, _ in m if self.atoms[a].head == "base"}, reverse=True)
        for a in bases:
            lowest: dict[Exponent, int] = {}
            spread = False
            for m in p.terms:
                e = dict(m).get(a, Fraction(0))
                kind, level = class_of(e), whole_part(e)
                if kind in lowest and lowest[kind] != level:
                    spread = True
                lowest[kind] = min(lowest.get(kind, level), level)
            if not spread:
                continue
            parts: list[Poly] = []
            self.budget.spend(len(p))
            for m, c in p.terms.items():
                exponents = dict(m)
                e = exponents.pop(a, Fraction(0))
                above = whole_part(e) - lowest[class_of(e)]
                rest = Poly({tuple(sorted(exponents.items())): c})
                low = add_exponents(e, Fraction(-above))
                grown = self.mul(self._repeated(self.atoms[a].args[0], above), rest) if above else rest
                parts.append(grown if low == 0 else Poly({merge(n, ((a, low),)): d for n, d in grown.terms.items()}))
            return total(parts)
        return None


__all__ = ["Arithmetic", "Atom", "Stuck", "poly_key"]
