"""Laurent polynomials with rational coefficients over numbered atoms; exponents may be symbolic.

A monomial is a sorted tuple of (atom number, exponent) pairs. An exponent is a ``Fraction``, or a non-constant ``Poly`` (``beta**(t+1)``).
Polynomials are immutable and hashable. What an atom *is* lives in ``atoms.py``; nothing here knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TypeAlias, Union

Exponent: TypeAlias = Union[Fraction, "Poly"]
Monomial: TypeAlias = tuple[tuple[int, Exponent], ...]

UNIT: Monomial = ()


class Poly:
    """A finite map from monomials to non-zero rationals."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: dict[Monomial, Fraction]) -> None:
        self.terms = terms
        self._hash: int | None = None

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __repr__(self) -> str:
        return f"Poly({self.terms})"

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __neg__(self) -> Poly:
        return Poly({m: -c for m, c in self.terms.items()})

    def __add__(self, other: Poly) -> Poly:
        small, large = (self, other) if len(self.terms) < len(other.terms) else (other, self)
        result = dict(large.terms)
        for monomial, coefficient in small.terms.items():
            total = result.get(monomial, Fraction(0)) + coefficient
            if total:
                result[monomial] = total
            else:
                result.pop(monomial, None)
        return Poly(result)

    def __sub__(self, other: Poly) -> Poly:
        return self + (-other)

    def scale(self, factor: Fraction) -> Poly:
        return Poly({m: c * factor for m, c in self.terms.items()}) if factor else ZERO

    @property
    def constant(self) -> Fraction | None:
        """The value of a constant polynomial, else None."""
        if not self.terms:
            return Fraction(0)
        if len(self.terms) == 1 and UNIT in self.terms:
            return self.terms[UNIT]
        return None

    @property
    def constant_part(self) -> Fraction:
        return self.terms.get(UNIT, Fraction(0))

    @property
    def single(self) -> tuple[Fraction, Monomial] | None:
        """(coefficient, monomial) if there is exactly one term."""
        if len(self.terms) != 1:
            return None
        ((monomial, coefficient),) = self.terms.items()
        return coefficient, monomial

    def __iter__(self) -> Iterator[tuple[Monomial, Fraction]]:
        return iter(self.terms.items())

    def __len__(self) -> int:
        return len(self.terms)


ZERO = Poly({})
ONE = Poly({UNIT: Fraction(1)})


def number(value: int | Fraction) -> Poly:
    return Poly({UNIT: Fraction(value)}) if value else ZERO


def atom_power(atom: int, exponent: Exponent = Fraction(1)) -> Poly:
    """The monomial ``atom**exponent`` (exponent 0 gives 1)."""
    exponent = lowered(exponent)
    return Poly({((atom, exponent),): Fraction(1)}) if exponent != 0 else ONE


def lowered(exponent: Exponent) -> Exponent:
    """A constant polynomial exponent as a Fraction."""
    if isinstance(exponent, Poly):
        value = exponent.constant
        return exponent if value is None else value
    return exponent


def raised(exponent: Exponent) -> Poly:
    return exponent if isinstance(exponent, Poly) else number(exponent)


def add_exponents(a: Exponent, b: Exponent) -> Exponent:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a + b
    return lowered(raised(a) + raised(b))


def merge(a: Monomial, b: Monomial) -> Monomial:
    """The product of two monomials, before any rewriting of special atoms."""
    if not a:
        return b
    if not b:
        return a
    result = dict(a)
    for atom, exponent in b:
        if atom in result:
            total = add_exponents(result[atom], exponent)
            if total == 0:
                del result[atom]
            else:
                result[atom] = total
        else:
            result[atom] = exponent
    return tuple(sorted(result.items(), key=lambda item: item[0]))


def total(parts: Iterable[Poly]) -> Poly:
    result: dict[Monomial, Fraction] = {}
    for part in parts:
        for monomial, coefficient in part.terms.items():
            value = result.get(monomial, Fraction(0)) + coefficient
            if value:
                result[monomial] = value
            else:
                result.pop(monomial, None)
    return Poly(result)


def whole_part(e: Exponent) -> int:
    value = e if isinstance(e, Fraction) else e.constant_part
    return value.numerator // value.denominator


def class_of(e: Exponent) -> Exponent:
    """Exponents that differ by an integer are in one class."""
    if isinstance(e, Fraction):
        return e - (e.numerator // e.denominator)
    level = e.constant_part
    return lowered(e - number(level.numerator // level.denominator))


def negated(e: Exponent) -> Exponent:
    return -e


def monomial_key(m: Monomial) -> tuple[object, ...]:
    degree = sum((e if isinstance(e, Fraction) else Fraction(1)) for _, e in m)
    return (-degree, tuple((a, str(e) if isinstance(e, Fraction) else poly_key(e)) for a, e in m))


def poly_key(p: Poly) -> str:
    return repr(sorted((repr([(a, str(e) if isinstance(e, Fraction) else poly_key(e)) for a, e in m]), str(c)) for m, c in p.terms.items()))
