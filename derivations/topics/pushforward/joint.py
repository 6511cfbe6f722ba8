"""Distributions and densities of several variables, and conditions on them as functions of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import mpmath
import sympy

from derivations.language.record import record

from .evaluation import Compiled
from .parameter_domain import ParameterDomain
from .pieces import Span
from .results import Evidence


@dataclass(frozen=True)
class JointDistribution:
    """A continuous distribution of several variables on a box.

    Attributes:
        variables: z1, ..., zn (real symbols).
        density: the joint density, right on the box.
        support: one open interval per variable.
        parameters: free parameters of the density and of the map.
        constraints: SymPy relations between them.
    """

    variables: tuple[Any, ...]
    density: Any
    support: tuple[Any, ...]
    parameters: tuple[Any, ...] = ()
    constraints: tuple[Any, ...] = ()

    @cached_property
    def domain(self) -> ParameterDomain:
        return ParameterDomain(self.parameters, self.constraints)

    @property
    def spans(self) -> dict[Any, Span]:
        return {z: Span(part.start, part.end) for z, part in zip(self.variables, self.support, strict=True)}


@record
class JointBranch:
    """One inverse: z = inverse(x) where `condition` holds, with |det Dg(x)| = `jacobian` and its part of the density."""

    inverse: tuple[Any, ...]
    jacobian: Any
    condition: Any
    density: Any


@record
class JointDensity:
    """The joint density of Y = f(Z).

    Attributes:
        variables: x1, ..., xm.
        density: right where `support` holds; zero elsewhere.
        support: a Boolean condition in the x's.
        branches: the inverses.
        conditions: relations between parameters that are needed and were not declared.
        evidence: how each part is known.
    """

    variables: tuple[Any, ...]
    density: Any
    support: Any
    branches: tuple[JointBranch, ...]
    conditions: tuple[Any, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=())

    def at(self, point: Sequence[float], parameters: Mapping[Any, float] | None = None) -> float:
        """The density at a point, for parameter values; zero outside the support."""
        values = dict(parameters or {})
        inside = compiled_condition(self.support.subs(values), self.variables)
        if not inside([mpmath.mpf(value) for value in point]):
            return 0.0
        symbols = tuple(values)
        compiled = Compiled(self.density, (*self.variables, *symbols))
        return compiled.precise(*point, *(values[symbol] for symbol in symbols))


def compiled_condition(condition: Any, variables: Sequence[Any]) -> Callable[[Sequence[Any]], bool]:
    """A Boolean condition as a function of 40-digit numbers; a side that is not real makes a relation false."""
    match condition:
        case sympy.And():
            parts = [compiled_condition(part, variables) for part in condition.args]
            return lambda point: all(part(point) for part in parts)
        case sympy.Or():
            parts = [compiled_condition(part, variables) for part in condition.args]
            return lambda point: any(part(point) for part in parts)
        case sympy.Not():
            inner = compiled_condition(condition.args[0], variables)
            return lambda point: not inner(point)
    if condition in (sympy.true, sympy.false):
        return lambda _: condition == sympy.true
    if isinstance(condition, (sympy.Eq, sympy.Ne)):
        return lambda _: isinstance(condition, sympy.Ne)
    above = isinstance(condition, (sympy.StrictGreaterThan, sympy.GreaterThan))
    gap = Compiled(condition.lhs - condition.rhs if above else condition.rhs - condition.lhs, variables)

    def positive(point: Sequence[Any]) -> bool:
        value = gap.high(*point)
        return is_real(value) and bool(mpmath.re(value) > 0)

    return positive


def is_real(value: Any) -> bool:
    """Whether an mpmath value is finite and real."""
    size = mpmath.mpf(10) ** -30 * (1 + abs(mpmath.re(value)))
    return bool(mpmath.isfinite(value)) and bool(abs(mpmath.im(value)) <= size)
