"""Bound variables in normal form, floors, and Kronecker deltas.

A binder is an atom whose first argument is its body, with the variable renamed to a canonical one for its height; so equal bodies are identical.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable
from fractions import Fraction
from math import gcd

from derivations.rules.normal.algebra import Arithmetic
from derivations.rules.normal.atoms import BINDERS, WHOLES, Atom
from derivations.rules.normal.poly import ONE, ZERO, Exponent, Poly, atom_power, lowered, monomial_key, number, poly_key, raised, total


class Binding(Arithmetic):
    """Arithmetic with bound variables. Heads: ``prefix`` S_f(n), ``tail`` the sum of f to infinity, ``whole`` over all integers, ``over`` a named
    set or a range that is not split, ``prodprefix`` the product like ``prefix``, ``bound_op`` any other binder."""

    def __init__(self) -> None:
        super().__init__()
        self._ranges_taken: set[tuple[Poly, Poly]] = set()
        """(before the first, last) of the ranges of the sums that were written."""
        self._temporaries = 0
        self._exchanging = False
        self.sums_as_sets = False
        """Whether sums over ranges are kept as they are: under expectations, where squares of sums become double sums."""
        self.assuming: set[str] = set()
        """Conditions beyond the context that were used: they are printed beside the line."""
        self.spans: dict[int, tuple[Poly | str, Poly | str]] = {}
        """The ranges over which bound variables run, while their bodies are read."""
        self.writing = False
        """Whether what is read stands in the statement by itself, so that nothing is claimed where it has no value."""
        self.convergent: set[tuple[str, Poly]] = set()
        """The series that are known to converge, as they are called in ``Forms``."""

    @abstractmethod
    def remake_bound(self, atom: Atom, args: tuple[Poly, ...], values: dict[int, Poly]) -> Poly:
        """A binder atom after values were put in for atoms inside it; ``args``: with these in its limits, and its body as it was."""

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
                if atom.head in BINDERS or atom.head in WHOLES:
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

    @abstractmethod
    def remake_mean(self, atom: Atom, body: Poly) -> Poly:
        """The expectation like ``atom`` of another body."""

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
            lead = above.terms[min(above.terms, key=monomial_key)]
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
        first, second = sorted((i, j), key=poly_key)
        return self.make("delta", None, (first, second))


# Putting values in for atoms, with every law applied again ---------------------------------------------------------------------


def replace(algebra: Binding, p: Poly, values: dict[int, Poly]) -> Poly:
    """p with polynomials put in for atoms (simultaneously); atoms that contain them are made anew."""
    if not any(algebra.mentions(p, a) for a in values):
        return p
    parts: list[Poly] = []
    for monomial, coefficient in p.terms.items():
        result = Poly({(): coefficient})
        for a, e in monomial:
            algebra.budget.spend()
            result = algebra.mul(result, power_of(algebra, a, e, values))
        parts.append(result)
    return total(parts)


def power_of(algebra: Binding, a: int, e: Exponent, values: dict[int, Poly]) -> Poly:
    exponent: Exponent = lowered(replace(algebra, e, values)) if isinstance(e, Poly) else e
    atom = algebra.atoms[a]
    if atom.head == "e":
        return algebra.exp(raised(exponent))
    if atom.head == "prime":
        return algebra.rational_power(Fraction(atom.data), exponent)
    if atom.head == "neg1":
        return algebra.sign_power(exponent)
    base = values[a] if a in values else remade(algebra, a, atom, values)
    return algebra.power(base, exponent)


def remade(algebra: Binding, number: int, atom: Atom, values: dict[int, Poly]) -> Poly:
    """The atom with values put in for the atoms inside its arguments."""
    if not atom.args or not any(algebra.mentions(arg, a) for arg in atom.args for a in values):
        return atom_power(number)
    if atom.head in WHOLES:
        return algebra.remake_bound(atom, atom.args, values)
    if atom.head in BINDERS:
        return algebra.remake_bound(atom, (atom.args[0], *(replace(algebra, arg, values) for arg in atom.args[1:])), values)
    args = tuple(replace(algebra, arg, values) for arg in atom.args)
    return made(algebra, atom, args)


def made(algebra: Binding, atom: Atom, args: tuple[Poly, ...]) -> Poly:
    """An atom that binds nothing, with other arguments."""
    match atom.head:
        case "base":
            return args[0]
        case "seq":
            return algebra.entry(atom, args)
        case "log":
            return algebra.log(args[0])
        case "abs":
            return algebra.absolute(args[0])
        case "sgn":
            return algebra.signum(args[0])
        case "floor":
            return algebra.floor(args[0])
        case "delta":
            return algebra.delta(args[0], args[1])
        case "mean":
            return algebra.remake_mean(atom, args[0])
        case _:
            return algebra.make(atom.head, atom.data, args)
