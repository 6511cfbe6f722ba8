"""Probability laws in normal form: densities written out, and moments in closed form.

Moments after Johnson, Kotz and Balakrishnan, *Continuous Univariate Distributions*. Normal: mean and variance. Exponential: rate. Laplace: place, scale.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial

from derivations.language.laws import LAWS, law_named
from derivations.language.record import record
from derivations.language.structure import items, unbracketed
from derivations.language.term import Bar, Call, Term
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.poly import ONE, ZERO, Poly, number, raised, total

HALF = Fraction(1, 2)
MAX_DEGREE = 12


@record
class Law:
    name: str
    parameters: tuple[Poly, ...]


def read_law(algebra: Declared, term: Term) -> Law | None:
    """The law that a term such as ``N(mu, sigma^2)`` denotes, also through a definition; None for something else."""
    term = unbracketed(term)
    if isinstance(term, Call) and (name := law_named(term.function)) is not None:
        parts = tuple(p for a in term.arguments for p in items(a))
        if len(parts) == LAWS[name].count and not isinstance(parts[0], Bar):
            return Law(name, tuple(algebra.poly(p) for p in parts))
        return None
    for definition in algebra.context.definitions:
        if definition.lhs == term and not definition.parameters and definition.rhs != term:
            return read_law(algebra, definition.rhs)
    return None


def density_call(algebra: Declared, term: Call) -> Poly | None:
    """``N(x | m, v)`` or ``N(x; m, v)`` as a density, else None."""
    name = law_named(term.function)
    if name is None or not term.arguments or not isinstance(first := term.arguments[0], Bar):
        return None
    parameters = tuple(algebra.poly(p) for t in (first.right, *term.arguments[1:]) for p in items(t))
    if len(parameters) != LAWS[name].count:
        raise Stuck(f"the law {name} takes {LAWS[name].count} parameter(s), not {len(parameters)}")
    return density(algebra, Law(name, parameters), algebra.poly(first.left))


def density(algebra: Declared, law: Law, x: Poly) -> Poly:
    match law:
        case Law("Normal", (mean, variance)):
            algebra.assume_positive(variance)
            scale = algebra.power(algebra.product((number(2), algebra.make("pi"), variance)), -HALF)
            square = algebra.power(x - mean, Fraction(2))
            return algebra.mul(scale, algebra.exp(algebra.mul(square, algebra.power(variance, Fraction(-1))).scale(-HALF)))
        case Law("Bernoulli", (p,)):
            return algebra.mul(algebra.power(p, x), algebra.power(ONE - p, ONE - x))
        case Law("Laplace", (place, scale)):
            algebra.assume_positive(scale)
            inverse = algebra.power(scale, Fraction(-1))
            return algebra.mul(inverse, algebra.exp(-algebra.mul(algebra.absolute(x - place), inverse))).scale(HALF)
        case _:
            raise Stuck(f"the density of the law {law.name} has a support that the normal form does not keep")


def moment(algebra: Declared, law: Law, degree: int) -> Poly | None:
    """E[X**degree], or None where no closed form is known here."""
    if degree > MAX_DEGREE:
        return None
    match law:
        case Law("Normal", (mean, variance)):
            return normal_moment(algebra, mean, variance, degree)
        case Law("Bernoulli", (p,)):
            return p
        case Law("Uniform", (a, b)):  # (b^(n+1) - a^(n+1)) / ((n+1)(b - a)), divided out
            parts = (algebra.mul(algebra.power(a, Fraction(k)), algebra.power(b, Fraction(degree - k))) for k in range(degree + 1))
            return total(parts).scale(Fraction(1, degree + 1))
        case Law("Exponential", (rate,)):
            return algebra.power(rate, Fraction(-degree)).scale(Fraction(factorial(degree)))
        case Law("Laplace", (place, scale)):
            pieces = []
            for j in range(0, degree + 1, 2):
                outer = algebra.mul(algebra.power(scale, Fraction(j)), algebra.power(place, Fraction(degree - j)))
                pieces.append(outer.scale(Fraction(comb(degree, j) * factorial(j))))
            return total(pieces)
        case Law("Poisson", (rate,)) if degree <= 2:
            return rate if degree == 1 else rate + algebra.mul(rate, rate)
        case Law("Binomial", (n, p)) if degree <= 2:
            mean = algebra.mul(n, p)
            return mean if degree == 1 else algebra.mul(mean, ONE - p) + algebra.mul(mean, mean)
        case Law("Geometric", (p,)) if degree <= 2:  # the variance is (1 - p) / p^2
            inverse = algebra.power(p, Fraction(-1))
            return inverse if degree == 1 else algebra.mul(number(2) - p, algebra.mul(inverse, inverse))
        case _:
            return None


def normal_moment(algebra: Declared, mean: Poly, variance: Poly, degree: int) -> Poly:
    """E[X**n] = sum over even j of C(n, j) (j-1)!! variance**(j/2) mean**(n-j)."""
    parts = [ZERO]
    for j in range(0, degree + 1, 2):
        double = 1
        for odd in range(1, j, 2):
            double *= odd
        factors = (number(comb(degree, j) * double), algebra.power(variance, Fraction(j // 2)), algebra.power(mean, Fraction(degree - j)))
        if degree > j and not mean:
            continue
        parts.append(algebra.product(factors))
    return total(parts)


def exponential_moment(algebra: Declared, law: Law, rate: Poly) -> Poly | None:
    """E[exp(rate X)] of a normal law."""
    match law:
        case Law("Normal", (mean, variance)):
            return algebra.exp(algebra.mul(rate, mean) + algebra.product((rate, rate, variance)).scale(HALF))
        case Law("Bernoulli", (p,)):
            return ONE - p + algebra.mul(p, algebra.exp(raised(rate)))
        case _:
            return None
