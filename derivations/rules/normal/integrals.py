"""Integrals in normal form: linear, constants outside; polynomials, exponentials and Gaussian integrals in closed form; densities integrate to one."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from derivations.rules.normal.declared import Declared
from derivations.rules.normal.laws import normal_moment
from derivations.rules.normal.poly import ONE, Monomial, Poly, atom_power, number, total

HALF = Fraction(1, 2)
WHOLE = ("-oo", "oo")
"""The limits of an integral over all real numbers, or over all values of a variable that has a density."""


def integrate(algebra: Declared, variable: int, body: Poly, kinds: tuple[str, ...], limits: tuple[Poly, ...]) -> Poly:
    """The integral of ``body`` over a variable atom. ``kinds``: of each limit ``-oo``, ``oo``, ``finite``; or ``none`` for an implicit domain."""

    def one(f: Poly) -> Poly:
        found = None
        if kinds == ("finite", "finite"):
            found = _between(algebra, variable, f, *limits)
        elif kinds == WHOLE:
            found = _marginal(algebra, variable, f)
            if found is None and f != ONE:
                found = _gaussian(algebra, variable, f)
        elif kinds in (("finite", "oo"), ("-oo", "finite")) and not any(limits):
            found = _gamma(algebra, variable, f, 1 if kinds[1] == "oo" else -1)
        if found is not None:
            return found
        return algebra._bound("bound_op", variable, f, ("integral", kinds), limits)

    return algebra._per_term(body, variable, one)


def _parts(f: Poly) -> Monomial:
    ((monomial, _),) = f.terms.items()
    return monomial


def _shape(algebra: Declared, variable: int, f: Poly) -> tuple[int, list[Poly]] | None:
    """(n, coefficients) for ``x**n exp(c_0 + c_1 x + c_2 x**2 ...)``, n a whole number; None for anything else."""
    degree, exponent = 0, Poly({})
    for a, e in _parts(f):
        if a == variable and isinstance(e, Fraction) and e.denominator == 1 and e > 0:
            degree = int(e)
        elif algebra.atoms[a].head == "e" and isinstance(e, Poly):
            exponent = e
        elif algebra.atoms[a].head == "e" and isinstance(e, Fraction):
            exponent = number(e)
        else:
            return None
    coefficients: list[Poly] = []
    for m, c in exponent.terms.items():
        power = dict(m).get(variable, Fraction(0))
        rest = Poly({tuple((a, e) for a, e in m if a != variable): c})
        if not isinstance(power, Fraction) or power.denominator != 1 or not 0 <= power <= 2 or algebra.mentions(rest, variable):
            return None
        while len(coefficients) <= power:
            coefficients.append(Poly({}))
        coefficients[int(power)] = coefficients[int(power)] + rest
    return degree, coefficients


def _between(algebra: Declared, variable: int, f: Poly, low: Poly, high: Poly) -> Poly | None:
    shape = _shape(algebra, variable, f)
    if shape is None:
        return None
    degree, coefficients = shape
    if not any(coefficients[1:]):
        n = Fraction(degree + 1)
        return (algebra.power(high, n) - (algebra.power(low, n) if low else Poly({}))).scale(1 / n)
    if degree == 0 and len(coefficients) == 2:
        inverse = algebra.power(coefficients[1], Fraction(-1))
        ends = [algebra.exp(coefficients[0] + algebra.mul(coefficients[1], end)) for end in (low, high)]
        return algebra.mul(inverse, ends[1] - ends[0])
    return None


def _gamma(algebra: Declared, variable: int, f: Poly, side: int) -> Poly | None:
    """The integral of ``x**n exp(-a x)`` from 0: n!/a**(n+1); and of ``x**n exp(-a x**2)``: k!/(2 a**(k+1)) with n = 2k+1, half of that over all x for an even
    n. ``side`` -1: the same from minus infinity to 0."""
    shape = _shape(algebra, variable, f)
    if shape is None or not shape[1]:
        return None
    degree, coefficients = shape
    leading = coefficients[-1] if len(coefficients) == 3 else coefficients[-1].scale(Fraction(side))
    if algebra.sign(leading) != "-" or any(coefficients[1:-1]):
        return None
    turn = Fraction((-1) ** degree if side < 0 else 1)
    if len(coefficients) == 2:
        value = algebra.power(-leading, Fraction(-degree - 1)).scale(Fraction(factorial(degree)))
    elif len(coefficients) == 3 and degree % 2:
        half = degree // 2
        value = algebra.power(-leading, Fraction(-half - 1)).scale(Fraction(factorial(half), 2))
    else:
        whole = _gaussian(algebra, variable, f) if len(coefficients) == 3 else None
        return None if whole is None else whole.scale(HALF)
    return algebra.mul(algebra.exp(coefficients[0]), value).scale(turn)


def _gaussian(algebra: Declared, variable: int, f: Poly) -> Poly | None:
    """The integral over all x of ``x**n exp(-a x**2 + b x + c)``, a > 0: sqrt(pi/a) exp(c + b**2/(4a)) times the n-th moment of N(b/(2a), 1/(2a))."""
    shape = _shape(algebra, variable, f)
    if shape is None or len(shape[1]) != 3 or algebra.sign(shape[1][2]) != "-":
        return None
    degree, (c, b, minus_a) = shape
    if degree > 12:
        return None
    inverse = algebra.power(-minus_a, Fraction(-1))
    variance = inverse.scale(HALF)
    mean = algebra.mul(b, variance)
    outer = algebra.mul(algebra.power(algebra.mul(algebra.make("pi"), inverse), HALF), algebra.exp(c + algebra.mul(b, mean).scale(HALF)))
    return algebra.mul(outer, normal_moment(algebra, mean, variance, degree))


def _marginal(algebra: Declared, variable: int, f: Poly) -> Poly | None:
    """A density whose variable occurs nowhere else integrates to one (a joint density to the density of the rest)."""
    depending = [(a, e) for a, e in _parts(f) if _depends(algebra, a, e, variable)]
    if len(depending) != 1 or depending[0][1] != 1:
        return None
    atom = algebra.atoms[depending[0][0]]
    if atom.head == "joint":
        symbol, names, orders = atom.data
        places = [k for k, arg in enumerate(atom.args) if algebra.mentions(arg, variable)]
        if any(orders) or len(places) != 1 or places[0] >= len(names) or atom.args[places[0]] != atom_power(variable):
            return None
        (k,) = places
        rest = algebra.joint(symbol, names[:k] + names[k + 1 :], atom.args[:k] + atom.args[k + 1 :])
        outside = Poly({tuple(p for p in _parts(f) if p != depending[0]): Fraction(1)})
        return algebra.mul(rest, outside)
    plain = atom.head == "fun" and depending[0][0] in algebra.densities and not any(atom.data[1]) and atom.args[0] == atom_power(variable)
    if plain and not any(algebra.mentions(arg, variable) for arg in atom.args[1:]):
        return ONE
    return None


def _depends(algebra: Declared, a: int, e: object, variable: int) -> bool:
    return a == variable or any(algebra.mentions(arg, variable) for arg in algebra.atoms[a].args) or (
        isinstance(e, Poly) and algebra.mentions(e, variable)
    )


__all__ = ["WHOLE", "integrate", "total"]
