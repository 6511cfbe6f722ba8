"""Distributions by name, as a density in z on an open support; conventions as the names of the parameters say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import sympy
from sympy import Abs, exp, gamma, pi, sqrt

from derivations.language.errors import DeriveError

from .parameter_domain import ParameterDomain
from .pieces import Span

oo = sympy.oo
Z = sympy.Symbol("z", real=True)


@dataclass(frozen=True)
class Distribution:
    """A continuous distribution on the line.

    Attributes:
        name: the family's name.
        arguments: the parameters by name, in the order of the constructor.
        density: the density in `variable`, right on `support`.
        support: SymPy open interval, or a union of them.
        variable: the symbol z.
        constraints: SymPy relations between free parameters beyond the symbols' own assumptions.
    """

    name: str
    arguments: Mapping[str, Any]
    density: Any
    support: Any
    variable: Any = Z
    constraints: tuple[Any, ...] = field(default=())

    @cached_property
    def parameters(self) -> tuple[Any, ...]:
        """The free symbols, sorted by name; those of the map are to be declared with `with_parameters`."""
        own = self.density.free_symbols | self.support.free_symbols | {s for c in self.constraints for s in c.free_symbols}
        own |= {s for value in self.arguments.values() for s in sympy.sympify(value).free_symbols}
        return tuple(sorted(own - {self.variable}, key=lambda symbol: str(symbol.name)))

    @cached_property
    def domain(self) -> ParameterDomain:
        return ParameterDomain(self.parameters, self.constraints)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The support as disjoint open intervals from left to right.

        Raises:
            DeriveError: the support is not a union of intervals.
        """
        parts = self.support.args if isinstance(self.support, sympy.Union) else (self.support,)
        if not all(isinstance(part, sympy.Interval) for part in parts):
            raise DeriveError(f"{self.name}: the support {self.support} is not accepted; it must be a union of intervals")
        found = [Span(part.start, part.end) for part in parts]
        return tuple(sorted(found, key=lambda span: float(span.lo))) if len(found) > 1 else tuple(found)

    def with_parameters(self, symbols: set[Any], constraints: tuple[Any, ...] = ()) -> Distribution:
        """The same distribution with further free parameters (those of a map) and constraints."""
        extra = {f"_{symbol.name}": symbol for symbol in symbols if symbol not in self.parameters}
        return replace(self, arguments={**self.arguments, **extra}, constraints=(*self.constraints, *constraints))

    def subs(self, values: Mapping[Any, Any]) -> Distribution:
        """Parameters replaced."""
        return replace(
            self,
            arguments={name: sympy.sympify(value).subs(dict(values)) for name, value in self.arguments.items()},
            density=self.density.subs(dict(values)),
            support=self.support.subs(dict(values)),
            constraints=tuple(constraint.subs(dict(values)) for constraint in self.constraints),
        )


_everywhere = sympy.Interval.open(-oo, oo)
_positive = sympy.Interval.open(0, oo)
_unit = sympy.Interval.open(0, 1)
_HALF = sympy.Rational(1, 2)


def _made(name: str, density: Any, support: Any, **arguments: Any) -> Distribution:
    values = {key: sympy.sympify(value) for key, value in arguments.items()}
    constraints = _needed(name, values)
    return Distribution(name, values, sympy.sympify(density), support, Z, constraints)


_POSITIVE = frozenset(
    {"std", "rate", "scale", "shape", "alpha", "beta", "df", "df1", "df2", "minimum", "a", "b"}
)


def _needed(name: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Positivity of the parameters that need it: checked for numbers, a constraint for symbols that do not say so."""
    constraints: list[Any] = []
    for key, value in values.items():
        if key not in _POSITIVE or value.is_positive:
            continue
        if value.is_nonpositive:
            raise DeriveError(f"{name}: {key} = {value} is not accepted; it must be positive")
        constraints.append(sympy.StrictGreaterThan(value, 0))
    return tuple(constraints)


def normal(mean: Any = 0, std: Any = 1) -> Distribution:
    """Normal with mean and standard deviation."""
    mean, std = sympy.sympify(mean), sympy.sympify(std)
    return _made("Normal", exp(-((Z - mean) ** 2) / (2 * std**2)) / (sqrt(2 * pi) * std), _everywhere, mean=mean, std=std)


def uniform(low: Any = 0, high: Any = 1) -> Distribution:
    """Uniform on (low, high)."""
    low, high = sympy.sympify(low), sympy.sympify(high)
    if (high - low).is_nonpositive:
        raise DeriveError(f"Uniform: low = {low}, high = {high} is not accepted; low must be smaller than high")
    made = _made("Uniform", 1 / (high - low), sympy.Interval.open(low, high), low=low, high=high)
    return made if (high - low).is_positive else replace(made, constraints=(high > low,))


def exponential(rate: Any = 1) -> Distribution:
    """Exponential with rate (mean 1/rate)."""
    rate = sympy.sympify(rate)
    return _made("Exponential", rate * exp(-rate * Z), _positive, rate=rate)


def gamma_distribution(shape: Any, scale: Any = 1) -> Distribution:
    """Gamma with shape and scale (mean shape * scale)."""
    shape, scale = sympy.sympify(shape), sympy.sympify(scale)
    return _made("Gamma", Z ** (shape - 1) * exp(-Z / scale) / (gamma(shape) * scale**shape), _positive, shape=shape, scale=scale)


def beta_distribution(a: Any, b: Any) -> Distribution:
    """Beta on (0, 1)."""
    a, b = sympy.sympify(a), sympy.sympify(b)
    density = Z ** (a - 1) * (1 - Z) ** (b - 1) * gamma(a + b) / (gamma(a) * gamma(b))
    return _made("Beta", density, _unit, a=a, b=b)


def laplace(location: Any = 0, scale: Any = 1) -> Distribution:
    """Laplace (double exponential)."""
    location, scale = sympy.sympify(location), sympy.sympify(scale)
    density = exp(-Abs(Z - location) / scale) / (2 * scale)
    return _made("Laplace", density, _everywhere, location=location, scale=scale)


def logistic(location: Any = 0, scale: Any = 1) -> Distribution:
    """Logistic."""
    location, scale = sympy.sympify(location), sympy.sympify(scale)
    wave = exp(-(Z - location) / scale)
    return _made("Logistic", wave / (scale * (1 + wave) ** 2), _everywhere, location=location, scale=scale)


def cauchy(location: Any = 0, scale: Any = 1) -> Distribution:
    """Cauchy."""
    location, scale = sympy.sympify(location), sympy.sympify(scale)
    density = 1 / (pi * scale * (1 + ((Z - location) / scale) ** 2))
    return _made("Cauchy", density, _everywhere, location=location, scale=scale)


def student_t(df: Any) -> Distribution:
    """Student's t with df degrees of freedom."""
    df = sympy.sympify(df)
    density = gamma((df + 1) / 2) / (sqrt(df * pi) * gamma(df / 2)) * (1 + Z**2 / df) ** (-(df + 1) / 2)
    return _made("StudentT", density, _everywhere, df=df)


def chi_squared(df: Any) -> Distribution:
    """Chi-squared with df degrees of freedom."""
    df = sympy.sympify(df)
    density = Z ** (df / 2 - 1) * exp(-Z / 2) / (2 ** (df / 2) * gamma(df / 2))
    return _made("ChiSquared", density, _positive, df=df)


def f_distribution(df1: Any, df2: Any) -> Distribution:
    """Fisher's F."""
    m, n = sympy.sympify(df1), sympy.sympify(df2)
    constant = gamma((m + n) / 2) / (gamma(m / 2) * gamma(n / 2)) * (m / n) ** (m / 2)
    return _made("F", constant * Z ** (m / 2 - 1) * (1 + m * Z / n) ** (-(m + n) / 2), _positive, df1=m, df2=n)


def weibull(shape: Any, scale: Any = 1) -> Distribution:
    """Weibull with shape k and scale lambda."""
    shape, scale = sympy.sympify(shape), sympy.sympify(scale)
    density = shape / scale * (Z / scale) ** (shape - 1) * exp(-((Z / scale) ** shape))
    return _made("Weibull", density, _positive, shape=shape, scale=scale)


def gumbel(location: Any = 0, scale: Any = 1) -> Distribution:
    """Gumbel of the maximum."""
    location, scale = sympy.sympify(location), sympy.sympify(scale)
    level = (Z - location) / scale
    return _made("Gumbel", exp(-level - exp(-level)) / scale, _everywhere, location=location, scale=scale)


def pareto(alpha: Any, minimum: Any = 1) -> Distribution:
    """Pareto with tail index alpha on (minimum, oo)."""
    alpha, minimum = sympy.sympify(alpha), sympy.sympify(minimum)
    density = alpha * minimum**alpha / Z ** (alpha + 1)
    return _made("Pareto", density, sympy.Interval.open(minimum, oo), alpha=alpha, minimum=minimum)


def log_normal(mean: Any = 0, std: Any = 1) -> Distribution:
    """Log-normal: the logarithm is normal with this mean and standard deviation."""
    mean, std = sympy.sympify(mean), sympy.sympify(std)
    density = exp(-((sympy.log(Z) - mean) ** 2) / (2 * std**2)) / (Z * std * sqrt(2 * pi))
    return _made("LogNormal", density, _positive, mean=mean, std=std)


def rayleigh(scale: Any = 1) -> Distribution:
    """Rayleigh."""
    scale = sympy.sympify(scale)
    return _made("Rayleigh", Z / scale**2 * exp(-(Z**2) / (2 * scale**2)), _positive, scale=scale)


def half_normal(scale: Any = 1) -> Distribution:
    """Half-normal: |Z| for a centred normal with standard deviation `scale`."""
    scale = sympy.sympify(scale)
    density = sqrt(2 / pi) / scale * exp(-(Z**2) / (2 * scale**2))
    return _made("HalfNormal", density, _positive, scale=scale)


def triangular(low: Any = 0, mode: Any = _HALF, high: Any = 1) -> Distribution:
    """Triangular on (low, high) with its peak at mode, low < mode < high."""
    low, mode, high = sympy.sympify(low), sympy.sympify(mode), sympy.sympify(high)
    density = sympy.Piecewise(
        (2 * (Z - low) / ((high - low) * (mode - low)), mode > Z),
        (2 * (high - Z) / ((high - low) * (high - mode)), True),
    )
    made = _made("Triangular", density, sympy.Interval.open(low, high), low=low, mode=mode, high=high)
    order = tuple(b > a for a, b in ((low, mode), (mode, high)) if not (b - a).is_positive)
    if any(relation == sympy.false for relation in order):
        raise DeriveError(f"Triangular: low = {low}, mode = {mode}, high = {high} is not accepted; they must increase")
    return replace(made, constraints=order)
