"""The laws of the base variable by name, with their densities as they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError, ParameterError
from derivations.language.structure import free_names, transform
from derivations.language.term import Bars, Const, Frac, Name, Num, Pow, Root, Term, product
from derivations.parameters import nearest
from derivations.reading.python_expression import calls
from derivations.topics.pushforward import distributions as made
from derivations.topics.pushforward.distributions import Distribution

z = Name("z")
e, pi = Const("e"), Const("pi")


@dataclass(frozen=True, slots=True)
class Law:
    """A law with its arguments: what the engine needs, the density as a term in z, and the context of its parameters."""

    distribution: Distribution
    density: Term
    context: Context
    shown: str
    variance_of_normal: tuple[Term, Term] | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """How a family is written: the domains of its arguments, its distribution, its density (or None: quoted from the distribution)."""

    arguments: tuple[tuple[str, Domain], ...]
    make: Callable[..., Distribution]
    written: Callable[..., Term] | None = None


def slashed(exponent: Term, *, slash: bool = True) -> Term:
    """An exponent with its quotients on one line, where they can be read (or in the usual form)."""
    return transform(exponent, lambda node: replace(node, slash=slash) if isinstance(node, Frac) else node)


def _normal_density(mean: Term, variance: Term) -> Term:
    shifted: Term = z if mean == Num("0") else z - mean
    if variance == Num("1"):
        return Frac(Num("1"), Root(2 * pi)) * Pow(e, slashed(-Frac(shifted**2, Num("2"))))
    if isinstance(variance, Pow) and variance.exponent == Num("2"):
        return Frac(Num("1"), product(Root(2 * pi), variance.base)) * Pow(e, slashed(-Frac(shifted**2, product(2, variance))))
    return Frac(Num("1"), Root(product(2, pi, variance))) * Pow(e, slashed(-Frac(shifted**2, product(2, variance))))


def _exponential_density(rate: Term) -> Term:
    return Pow(e, -z) if rate == Num("1") else product(rate, Pow(e, -product(rate, z)))


def _uniform_density(low: Term, high: Term) -> Term:
    return Num("1") if (low, high) == (Num("0"), Num("1")) else Frac(Num("1"), high - low)


def _laplace_density(location: Term, scale: Term) -> Term:
    size = Bars("abs", z if location == Num("0") else z - location)
    return Frac(Num("1"), Num("2")) * Pow(e, -size) if scale == Num("1") else Frac(Num("1"), product(2, scale)) * Pow(e, slashed(-Frac(size, scale)))


REAL, POSITIVE = Domain.REAL, Domain.POSITIVE
FAMILIES: dict[str, Family] = {
    "Normal": Family((("mean", REAL), ("variance", POSITIVE)), lambda m, v: made.normal(m, v ** _half()), _normal_density),
    "Uniform": Family((("low", REAL), ("high", REAL)), made.uniform, _uniform_density),
    "Exponential": Family((("rate", POSITIVE),), made.exponential, _exponential_density),
    "Gamma": Family((("shape", POSITIVE), ("scale", POSITIVE)), made.gamma_distribution),
    "Beta": Family((("a", POSITIVE), ("b", POSITIVE)), made.beta_distribution),
    "Laplace": Family((("location", REAL), ("scale", POSITIVE)), made.laplace, _laplace_density),
    "Logistic": Family((("location", REAL), ("scale", POSITIVE)), made.logistic),
    "Cauchy": Family((("location", REAL), ("scale", POSITIVE)), made.cauchy),
    "StudentT": Family((("degrees", POSITIVE),), made.student_t),
    "ChiSquared": Family((("degrees", POSITIVE),), made.chi_squared),
    "Weibull": Family((("shape", POSITIVE), ("scale", POSITIVE)), made.weibull),
    "Gumbel": Family((("location", REAL), ("scale", POSITIVE)), made.gumbel),
    "Pareto": Family((("alpha", POSITIVE), ("minimum", POSITIVE)), made.pareto),
    "LogNormal": Family((("mean", REAL), ("deviation", POSITIVE)), made.log_normal),
    "Rayleigh": Family((("scale", POSITIVE),), made.rayleigh),
    "HalfNormal": Family((("scale", POSITIVE),), made.half_normal),
}


def _half() -> Any:
    import sympy as sp

    return sp.Rational(1, 2)


def law(text: str) -> Law:
    """The law that a text such as ``Normal(mu, sigma**2)`` names; the second argument of Normal is its variance.

    Raises:
        DeriveError: an unknown law (with the nearest names), a wrong number of arguments.
        ParameterError: an argument outside its domain.
    """
    name, arguments = calls(text, "the base law")
    if name not in FAMILIES:
        raise DeriveError(f"there is no law {name!r}{nearest(name, FAMILIES)}; there are {', '.join(FAMILIES)}")
    family = FAMILIES[name]
    if len(arguments) != len(family.arguments):
        wanted = ", ".join(n for n, _ in family.arguments)
        raise DeriveError(f"{name} takes {len(family.arguments)} arguments ({wanted}) and was given {len(arguments)}")
    known = Context()
    for argument, (_, domain) in zip(arguments, family.arguments, strict=True):
        for symbol in sorted(free_names(argument), key=lambda n: n.text):
            if known.kind(symbol) is None:
                known = known.declare(Scalar(domain), symbol)
    values = [denote(a, known) for a in arguments]
    for (field, domain), value in zip(family.arguments, values, strict=True):
        if domain is POSITIVE and value.is_positive is not True:
            raise ParameterError(f"the law {name}", field, value, "positive")
    distribution = family.make(*values)
    if family.written is not None:
        density = family.written(*arguments)
    else:
        from derivations.language.quote import quote

        density = quote(distribution.density, {distribution.variable: z, **{denote(s, known): s for s, _ in known.kinds}})
    normal = (arguments[0], arguments[1]) if name == "Normal" else None
    return Law(distribution, bracketed(density), known, text, normal)
