"""Atoms, products and powers of the normal form.

Everything here is valid *wherever both sides are defined*: ``x/x`` is 1 (x is not 0), ``x**(1/2) * x**(1/2)`` is x (x is not negative). A law that
needs more than that, such as ``(xy)**a = x**a * y**a``, is used only where signs are known from the context.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable
from fractions import Fraction
from math import gcd

from derivations.language.work import budget
from derivations.rules.normal.atoms import INTEGER_HEADS, POSITIVE_HEADS, Atom, Stuck, prime_factors
from derivations.rules.normal.poly import (
    ONE,
    UNIT,
    ZERO,
    Exponent,
    Monomial,
    Poly,
    add_exponents,
    atom_power,
    lowered,
    merge,
    monomial_key,
    negated,
    number,
    poly_key,
    raised,
    total,
    whole_part,
)

MAX_TERMS = 4000
"""A product with more terms than this is given up: the rule then says Undecided, not "false"."""


MOST_BITS = 30_000
"""A number of more binary digits than this is not written out."""


class Products(ABC):
    """One session: it numbers the atoms of one judgement. Not thread-safe and not shared between judgements."""

    def __init__(self) -> None:
        self.atoms: list[Atom] = []
        self._number: dict[Atom, int] = {}
        self._special: set[int] = set()
        self.positive_atoms: set[int] = set()
        self.nonnegative_atoms: set[int] = set()
        self.integer_atoms: set[int] = set()
        self.unreal_atoms: set[int] = set()
        """The imaginary unit, and names that are declared as complex: what is made of them may have no sign."""
        self.nonzero: set[Poly] = set()
        """What is known not to vanish though its sign is not: a hypothesis says so, or the statement divides by it."""
        self._touched: dict[Poly, bool] = {}
        self.positive_facts: list[Poly] = []
        self.nonnegative_facts: list[Poly] = []
        self._signs: dict[Poly, str | None] = {}
        self.factor: Callable[[Poly], list[tuple[Poly, int]] | None] | None = None
        """What takes polynomials under a logarithm apart into factors; None while that is not asked for, as it costs time."""
        self.budget = budget()
        """Counts the terms that are multiplied and the nodes that are read. Raises OutOfWork."""

    @abstractmethod
    def sign(self, p: Poly) -> str | None:
        """``+``, ``0+``, ``-``, ``0-``, ``0`` or None (unknown)."""

    @abstractmethod
    def atom_sign(self, a: int) -> str | None:
        """The sign of one atom."""

    @abstractmethod
    def absolute(self, p: Poly) -> Poly:
        """The absolute value."""

    @abstractmethod
    def zero(self, p: Poly) -> bool:
        """Whether p is shown to vanish."""

    # -- atoms -----------------------------------------------------------------------------------------------------------------------

    def intern(self, atom: Atom) -> int:
        found = self._number.get(atom)
        if found is not None:
            return found
        if any(self._has_inverse(a) for a in atom.args):
            for k, other in enumerate(self.atoms):
                if other.head == atom.head and other.data == atom.data and len(other.args) == len(atom.args) and all(
                    self.zero(a - b) for a, b in zip(atom.args, other.args, strict=True)
                ):
                    self._number[atom] = k
                    return k
        k = len(self.atoms)
        self.atoms.append(atom)
        self._number[atom] = k
        if atom.head in ("prime", "base", "neg1", "i", "delta", "sgn") or (atom.head == "abs" and self.real(atom.args[0])):
            self._special.add(k)
        if atom.head == "i":
            self.unreal_atoms.add(k)
        if atom.head in POSITIVE_HEADS:
            self.positive_atoms.add(k)
        if atom.head in ("abs", "delta", "card"):
            self.nonnegative_atoms.add(k)
        if atom.head in INTEGER_HEADS:
            self.integer_atoms.add(k)
        return k

    def _has_inverse(self, p: Poly) -> bool:
        return any(self.atoms[a].head == "base" for m in p.terms for a, _ in m)

    def make(self, head: str, data: Hashable = None, args: tuple[Poly, ...] = ()) -> Poly:
        return atom_power(self.intern(Atom(head, data, args)))

    def mentions(self, p: Poly, atom: int) -> bool:
        """Whether an atom occurs in p, at any depth."""
        return any(self._monomial_mentions(m, atom) for m in p.terms)

    def _monomial_mentions(self, m: Monomial, atom: int) -> bool:
        for a, e in m:
            if a == atom or any(self.mentions(arg, atom) for arg in self.atoms[a].args):
                return True
            if isinstance(e, Poly) and self.mentions(e, atom):
                return True
        return False

    # -- complex numbers -------------------------------------------------------------------------------------------------------------

    def touched(self, p: Poly) -> bool:
        """Whether the imaginary unit or a complex name occurs in p outside of absolute values."""
        if not self.unreal_atoms:
            return False
        if p not in self._touched:
            self._touched[p] = any(self.touched_factor(a, e) for m in p.terms for a, e in m)
        return self._touched[p]

    def touched_factor(self, a: int, e: Exponent) -> bool:
        if a in self.unreal_atoms or (isinstance(e, Poly) and self.touched(e)):
            return True
        atom = self.atoms[a]
        return atom.head != "abs" and any(self.touched(arg) for arg in atom.args)

    def real(self, p: Poly) -> bool:
        """Whether p is known to be real: no complex number occurs in it, or it is its own conjugate (``(e**(ix) + e**(-ix))/2``)."""
        if not self.touched(p):
            return True
        other = self.conjugate(p)
        return other is not None and other == p

    @abstractmethod
    def conjugate(self, p: Poly) -> Poly | None:
        """The complex conjugate, or None where it cannot be told."""

    # -- products --------------------------------------------------------------------------------------------------------------------

    def mul(self, a: Poly, b: Poly) -> Poly:
        if len(a) * len(b) > MAX_TERMS:
            raise Stuck(f"a product of {len(a)} by {len(b)} terms is beyond the size limit")
        result: dict[Monomial, Fraction] = {}
        extra: list[Poly] = []
        self.budget.spend(1 + len(a) * len(b))
        for m, c in a.terms.items():
            for n, d in b.terms.items():
                merged = merge(m, n)
                if m and n and any(atom in self._special for atom, _ in merged):
                    extra.append(self.fixed(merged, c * d))
                    continue
                value = result.get(merged, Fraction(0)) + c * d
                if value:
                    result[merged] = value
                else:
                    result.pop(merged, None)
        return total((Poly(result), *extra)) if extra else Poly(result)

    def product(self, factors: Iterable[Poly]) -> Poly:
        result = ONE
        for factor in factors:
            result = self.mul(result, factor)
        return result

    def fixed(self, monomial: Monomial, coefficient: Fraction) -> Poly:
        """A merged monomial with the laws of its special atoms applied (``2**(1/2)`` squared, ``|x|**2``, ``P * P**-1`` ...)."""
        kept: list[tuple[int, Exponent]] = []
        expanded: list[Poly] = []
        for a, e in monomial:
            atom = self.atoms[a]
            if a not in self._special:
                kept.append((a, e))
                continue
            whole = whole_part(e)
            match atom.head:
                case "prime":
                    if abs(whole) * int(atom.data).bit_length() > MOST_BITS:  # 3**(n + 10**20)
                        raise Stuck("a power of a number is too large to write out")
                    coefficient *= Fraction(atom.data) ** whole
                    rest = add_exponents(e, Fraction(-whole))
                case "base" if whole >= 1:
                    expanded.append(self._repeated(atom.args[0], whole))
                    rest = add_exponents(e, Fraction(-whole))
                case "neg1":
                    sign, rest = self._parity(e)
                    coefficient *= sign
                case "i":
                    turns = whole % 4
                    coefficient *= -1 if turns in (2, 3) else 1
                    rest = Fraction(turns % 2)
                case "abs" if isinstance(e, Fraction) and e.denominator == 1 and e % 2 == 0:
                    expanded.append(self.power(atom.args[0], e))
                    rest = Fraction(0)
                case "abs" if isinstance(e, Fraction) and e.denominator == 1 and e != 1:
                    expanded.append(self.power(atom.args[0], e - 1))
                    rest = Fraction(1)
                case "delta":
                    rest = Fraction(1)
                case "sgn" if isinstance(e, Fraction) and e.denominator == 1:
                    rest = Fraction(2 - e % 2)
                case _:
                    rest = e
            if rest != 0:
                kept.append((a, rest))
        self._signs_joined(kept, expanded)
        result = Poly({tuple(kept): coefficient}) if coefficient else ZERO
        for factor in expanded:
            result = self.mul(result, factor)
        return result

    def _signs_joined(self, kept: list[tuple[int, Exponent]], expanded: list[Poly]) -> None:
        """``sign(x) |x|`` is x."""
        for s, e in [pair for pair in kept if self.atoms[pair[0]].head == "sgn"]:
            other = self._number.get(Atom("abs", None, self.atoms[s].args))
            size = next((f for a, f in kept if a == other), None)
            if e == 1 and isinstance(size, Fraction) and size == 1:
                kept[:] = [pair for pair in kept if pair[0] not in (s, other)]
                expanded.append(self.atoms[s].args[0])

    def _parity(self, e: Exponent) -> tuple[int, Exponent]:
        """(-1)**e: even multiples of integers dropped."""
        sign, odd = 1, {}
        for m, c in raised(e).terms.items():
            if c.denominator != 1:
                odd[m] = c
            elif m == UNIT:
                sign = -1 if c % 2 else 1
            elif c % 2:
                odd[m] = Fraction(1)
        return sign, lowered(Poly(odd))

    def _repeated(self, p: Poly, n: int) -> Poly:
        result = ONE
        for _ in range(n):
            result = self.mul(result, p)
        return result

    # -- powers ----------------------------------------------------------------------------------------------------------------------

    def is_integer(self, p: Poly) -> bool:
        """Whether p is integer-valued: integer coefficients, integer atoms with non-negative integer exponents."""
        return all(
            c.denominator == 1
            and all(a in self.integer_atoms and isinstance(e, Fraction) and e.denominator == 1 and e > 0 for a, e in m)
            for m, c in p.terms.items()
        )

    def power(self, p: Poly, exponent: Exponent) -> Poly:
        exponent = lowered(exponent)
        if exponent == 0:
            return ONE
        if not p:
            if isinstance(exponent, Fraction) and exponent > 0:
                return ZERO
            raise Stuck("a power of zero whose exponent is not known to be positive")
        if isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent > 0 and (len(p) == 1 or exponent <= 12):
            return self._repeated(p, int(exponent)) if len(p) > 1 else self._single_power(p, exponent)
        return self._single_power(p, exponent) if len(p) == 1 else self._base_power(p, exponent)

    def _single_power(self, p: Poly, exponent: Exponent) -> Poly:
        ((monomial, coefficient),) = p.terms.items()
        integral = self.is_integer(raised(exponent))
        result = ONE
        unknown: list[tuple[int, Exponent]] = []
        sign = 1
        if integral:
            if coefficient < 0:
                result = self.sign_power(exponent)
            result = self.mul(result, self.rational_power(abs(coefficient), exponent))
        else:
            sign = -1 if coefficient < 0 else 1
            result = self.rational_power(abs(coefficient), exponent)
        for a, e in monomial:
            if integral:
                result = self.mul(result, self._atom_to(a, self._times(e, exponent)))
            elif self.touched_factor(a, e):
                unknown.append((a, e))  # which of its roots is meant is not known
            elif a in self.positive_atoms or self.atom_sign(a) in ("+", "0+"):
                result = self.mul(result, self._atom_to(a, self._times(e, exponent)))
            elif isinstance(e, Fraction) and e.denominator == 1 and e % 2 == 0:
                size = self.absolute(self._atom_to(a, Fraction(1)))
                result = self.mul(result, self.power(size, self._times(e, exponent)))
            else:
                unknown.append((a, e))
        if unknown or sign < 0:
            base = Poly({tuple(unknown): Fraction(sign)})
            single = base.single
            if sign > 0 and single is not None and len(unknown) == 1 and unknown[0][1] == 1:
                result = self.mul(result, self._atom_to(unknown[0][0], exponent))
            else:
                result = self.mul(result, atom_power(self.intern(Atom("base", None, (base,))), exponent))
        return result

    def _atom_to(self, a: int, exponent: Exponent) -> Poly:
        return self.fixed(((a, exponent),), Fraction(1)) if a in self._special else atom_power(a, exponent)

    def _times(self, a: Exponent, b: Exponent) -> Exponent:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return a * b
        return lowered(self.mul(raised(a), raised(b)))

    def sign_power(self, exponent: Exponent) -> Poly:
        """(-1)**exponent for an integer exponent."""
        return self.fixed(((self.intern(Atom("neg1")), exponent),), Fraction(1))

    def rational_power(self, value: Fraction, exponent: Exponent) -> Poly:
        """A positive rational to a power, over primes."""
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            if abs(exponent) * max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
                raise Stuck("a power of a number is too large to write out")
            return number(value ** int(exponent))
        result = ONE
        for prime, count in prime_factors(value):
            k = self.intern(Atom("prime", prime))
            result = self.mul(result, self.fixed(((k, self._times(Fraction(count), exponent)),), Fraction(1)))
        return result

    def cancelled(self, p: Poly) -> Poly:
        """p with a numerator that is a multiple of one of its denominators divided by it: ``g**2 (1 - b) / (1 - b)`` is ``g**2``."""
        cleared, inverses = self.cleared(p)
        if not inverses or not cleared:
            return p
        for k, (a, e) in enumerate(inverses):
            if not isinstance(e, Fraction) or len(cleared) == 1:
                continue
            scale, shift, base = self.canonical(cleared)
            below_scale, below_shift, below = self.canonical(self.atoms[a].args[0])
            if base == below:
                rest = inverses[:k] + (((a, e + 1),) if e != -1 else ()) + inverses[k + 1 :]
                quotient = Poly({merge(shift, tuple((b, negated(x)) for b, x in below_shift)): scale / below_scale})
                return self.cancelled(self.mul(quotient, Poly({rest: Fraction(1)})))
        return p

    def _base_power(self, p: Poly, exponent: Exponent) -> Poly:
        integral = self.is_integer(raised(exponent))
        if not integral:
            p = self.cancelled(p)
            if len(p) == 1:
                return self._single_power(p, exponent)
        cleared, inverses = self.cleared(p)
        outside = ONE
        if inverses:
            if integral or all(self.atom_sign(a) == "+" for a, _ in inverses):
                for a, e in inverses:
                    outside = self.mul(outside, self._atom_to(a, self._times(e, exponent)))
            else:
                cleared = p
        if len(cleared) == 1:
            return self.mul(outside, self._single_power(cleared, exponent))
        if not cleared:
            raise Stuck("a power of what turns out to be zero")
        scale, shift, base = self.canonical(cleared)
        monomial = Poly({shift: Fraction(1)})
        if scale < 0 and not integral:
            scale, base = -scale, -base
        if integral or self.sign(monomial) == "+":
            outside = self.mul(outside, self.power(monomial, exponent)) if shift else outside
            if scale < 0:
                outside = self.mul(outside, self.sign_power(exponent))
        elif shift:
            base = self.mul(base, monomial)
        outside = self.mul(outside, self.rational_power(abs(scale), exponent))
        root = self._perfect_power(base, exponent)
        if root is not None:
            return self.mul(outside, root)
        k = self.intern(Atom("base", None, (base,)))
        return self.mul(outside, self.fixed(((k, exponent),), Fraction(1)))

    def _perfect_power(self, base: Poly, exponent: Exponent) -> Poly | None:
        """``(q**2)**(1/2)`` is ``|q|``: a two- to six-term square under a half-integer power."""
        if not isinstance(exponent, Fraction) or exponent.denominator != 2:
            return None
        root = self.square_root(base)
        return None if root is None else self.power(self.absolute(root), exponent * 2)

    def square_root(self, base: Poly) -> Poly | None:
        """q where p is written as ``q**2`` multiplied out: a sum of two or three. True: ``1 - 2x + x**2``. False neighbour: ``1 - x + x**2``."""
        if not 3 <= len(base) <= 6 or self.touched(base):
            return None
        squares = [(m, c) for m, c in base.terms.items() if all(isinstance(e, Fraction) and e % 2 == 0 for _, e in m)]
        root = ZERO
        for m, c in squares:
            part = self.rational_power(c, Fraction(1, 2)) if c > 0 else ZERO
            half = Poly({tuple((a, e * Fraction(1, 2)) for a, e in m if isinstance(e, Fraction)): Fraction(1)})
            piece = self.mul(part, half)
            plus, minus = root + piece, root - piece
            root = plus
            if len(root) == 2 or (len(squares) > 2):
                for candidate in (plus, minus):
                    if self.mul(candidate, candidate) == base:
                        return candidate
        return None

    def cleared(self, p: Poly) -> tuple[Poly, tuple[tuple[int, Exponent], ...]]:
        """p as (polynomial without integer powers of inverse bases) times the returned powers."""
        lowest: dict[int, Fraction] = {}
        fractional: set[int] = set()
        for m in p.terms:
            for a, e in m:
                if self.atoms[a].head == "base":
                    if not isinstance(e, Fraction) or e.denominator != 1:
                        fractional.add(a)
                    elif e < 0:
                        lowest[a] = min(lowest.get(a, e), e)
        powers = tuple(sorted((a, e) for a, e in lowest.items() if a not in fractional))
        if not powers:
            return p, ()
        upward = tuple((a, -e) for a, e in powers)
        return total(self.fixed(merge(m, upward), c) for m, c in p.terms.items()), powers

    def canonical(self, p: Poly) -> tuple[Fraction, Monomial, Poly]:
        """(scale, monomial, base) with p = scale * monomial * base, the same base for all multiples of p by monomials."""
        shift: dict[int, Exponent] = {}
        exponents: dict[int, list[Exponent]] = {}
        for m in p.terms:
            for a, e in m:
                exponents.setdefault(a, []).append(e)
        for a, found in exponents.items():
            if len(found) < len(p):
                found.append(Fraction(0))
            if all(isinstance(e, Fraction) for e in found):
                shift[a] = min(found)  # type: ignore[type-var]
            else:
                shift[a] = min(found, key=lambda pivot, found=found: self._pivot_key(pivot, found))  # type: ignore[misc]
        inverse = tuple(sorted((a, negated(e)) for a, e in shift.items() if e != 0))
        moved = {merge(m, inverse): c for m, c in p.terms.items()} if inverse else dict(p.terms)
        lead = min(moved, key=monomial_key)
        denominators = 1
        for c in moved.values():
            denominators = denominators * c.denominator // gcd(denominators, c.denominator)
        content = 0
        for c in moved.values():
            content = gcd(content, int(c * denominators))
        scale = Fraction(content, denominators)
        if moved[lead] < 0:
            scale = -scale
        monomial = tuple(sorted((a, e) for a, e in shift.items() if e != 0))
        return scale, monomial, Poly({m: c / scale for m, c in moved.items()})

    def _pivot_key(self, pivot: Exponent, found: list[Exponent]) -> tuple[int, list[str]]:
        moved = [raised(e) - raised(pivot) for e in found]
        negative = sum(1 for p in moved if p and p.terms[min(p.terms, key=monomial_key)] < 0)
        return negative, sorted(poly_key(p) for p in moved)
