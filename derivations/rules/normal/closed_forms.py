"""Closed forms of sums: powers, geometric terms, partial fractions; and what a polynomial looks like, for choosing between orders of summation."""

from __future__ import annotations

from fractions import Fraction
from math import comb

from derivations.rules.normal.algebra import Arithmetic
from derivations.rules.normal.poly import ONE, Exponent, Poly, atom_power, number, total


def geometric(algebra: Arithmetic, k: Poly, growth: Poly, ratio: Poly, degree: int) -> Poly:
    """G with G(k) - G(k-1) = k**degree * r**k, by summation by parts."""
    inverse = algebra.power(ratio - ONE, Fraction(-1))
    if degree == 0:
        return algebra.product((growth, ratio, inverse))
    lead = algebra.product((algebra.power(k, Fraction(degree)), growth, ratio, inverse))
    corrections = [
        algebra.mul(geometric(algebra, k, growth, ratio, j), number(comb(degree, j) * (-1) ** (degree - j))) for j in range(degree)
    ]
    # k^d r^k = D[k^d r^(k+1)/(r-1)] + r/(r-1) * sum_j<d ..., with D the backward difference
    return lead + algebra.mul(inverse, total(corrections))


def shifts(algebra: Arithmetic, variable: int, f: Poly) -> tuple[Fraction, Fraction, Fraction] | None:
    """(c, u, v) for ``c/((k+u)(k+v))`` with known u and v that differ; None for anything else."""
    ((monomial, coefficient),) = f.terms.items()
    k = atom_power(variable)
    if len(monomial) != 2 or any(e != -1 for _, e in monomial):
        return None
    linear = [k if a == variable else algebra.atoms[a].args[0] if algebra.atoms[a].head == "base" else None for a, _ in monomial]
    u, v = (None if p is None else (p - k).constant for p in linear)
    return None if u is None or v is None or u == v else (coefficient, u, v)


def parted(algebra: Arithmetic, variable: int, f: Poly) -> Poly | None:
    """``1/((k+u)(k+v))`` as ``(1/(k+u) - 1/(k+v))/(v-u)`` for known u and v; None for anything else."""
    found = shifts(algebra, variable, f)
    if found is None:
        return None
    coefficient, u, v = found
    first, second = (algebra.power(atom_power(variable) + number(place), Fraction(-1)) for place in (u, v))
    return (first - second).scale(coefficient / (v - u))


def power_sum(algebra: Arithmetic, n: Poly, degree: int) -> Poly:
    """1**p + ... + n**p as a polynomial in n (Faulhaber), by the recurrence (n+1)**(p+1) - 1 = sum_j C(p+1, j) S_j(n)."""
    sums = [n]
    for p in range(1, degree + 1):
        value = algebra.power(n + ONE, Fraction(p + 1)) - ONE
        for j in range(p):
            value = value - sums[j].scale(Fraction(comb(p + 1, j)))
        sums.append(value.scale(Fraction(1, p + 1)))
    return sums[degree]


def structure(algebra: Arithmetic, p: Poly) -> str:
    """What a polynomial looks like, independent of the numbers of its atoms; binders nested in another order look different."""

    def of_atom(a: int) -> str:
        atom = algebra.atoms[a]
        return f"{atom.head}{atom.data!r}({','.join(structure(algebra, arg) for arg in atom.args)})"

    def of_exponent(e: Exponent) -> str:
        return structure(algebra, e) if isinstance(e, Poly) else str(e)

    return "+".join(sorted(f"{c}*" + "*".join(sorted(f"{of_atom(a)}^{of_exponent(e)}" for a, e in m)) for m, c in p.terms.items()))
