"""Numbers from expressions: a compiled function in floating point, with a slower one of 40 digits behind it."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath
import sympy

_NOT_NUMBERS = (
    ArithmeticError,
    ValueError,
    TypeError,
    NameError,
    NotImplementedError,
    AttributeError,
    KeyError,
    RecursionError,
    mpmath.libmp.NoConvergence,
)
DIGITS = 40
FAR = 1e5
"""Beyond this argument an exponential counts as infinite or zero: exact arithmetic on such numbers has no bound in time."""


def _exp(value: Any) -> Any:
    size = mpmath.re(value)
    if abs(size) > FAR:
        return mpmath.inf if size > 0 else mpmath.mpf(0)
    return mpmath.exp(value)


def _sinh(value: Any) -> Any:
    return mpmath.inf * mpmath.sign(value) if abs(value) > FAR else mpmath.sinh(value)


def _cosh(value: Any) -> Any:
    return mpmath.inf if abs(value) > FAR else mpmath.cosh(value)


_MORE = {"exp": _exp, "sinh": _sinh, "cosh": _cosh, "erfcinv": lambda value: mpmath.erfinv(1 - value)}


class Compiled:
    """`expression` as a function of `arguments`, with floats in and a float out.

    The value is NaN where the expression is undefined or not real. A float evaluation that fails (overflow, a special
    function, a removable 0/0) is repeated with 40 digits.
    """

    def __init__(self, expression: Any, arguments: Sequence[Any]) -> None:
        self._expression = sympy.sympify(expression)
        self._arguments = tuple(arguments)
        self._fast: Callable[..., Any] | None = None
        self._slow: Callable[..., Any] | None = None
        if not self._expression.has(sympy.LambertW, sympy.erfinv, sympy.erfcinv, sympy.Sum, sympy.zoo, sympy.nan):
            try:
                self._fast = sympy.lambdify(self._arguments, self._expression, modules=["math"])
            except _NOT_NUMBERS:
                self._fast = None

    def __call__(self, *values: float) -> float:
        if self._fast is not None:
            try:
                found = self._fast(*values)
                if not isinstance(found, complex) and math.isfinite(found):
                    return float(found)
            except _NOT_NUMBERS:
                pass
        return self.precise(*values)

    def precise(self, *values: Any) -> float:
        """The value computed with 40 digits, as a float."""
        return _real(self.high(*values))

    def high(self, *values: Any) -> Any:
        """The value as an mpmath number of 40 digits (NaN where it cannot be computed)."""
        with mpmath.workdps(DIGITS):
            try:
                if self._slow is None:
                    self._slow = sympy.lambdify(self._arguments, self._expression, modules=[_MORE, "mpmath"])
                return self._slow(*(mpmath.mpf(value) for value in values))
            except _NOT_NUMBERS:
                return mpmath.nan


def _real(value: Any) -> float:
    """A float from an mpmath or Python number; NaN for one that is not real."""
    try:
        if isinstance(value, (mpmath.mpc, complex)):
            if abs(value.imag) > 1e-15 * (1 + abs(value.real)):
                return math.nan
            value = value.real
        return float(value)
    except (OverflowError, TypeError, ValueError):
        return math.nan


def digits(values: Mapping[Any, float]) -> dict[Any, Any]:
    """Parameter values for substitution: integers, else floats of 40 digits (powers of rationals have no bound in size)."""
    return {
        symbol: sympy.Integer(int(value)) if symbol.is_integer else sympy.Float(value, DIGITS)
        for symbol, value in values.items()
    }


def number(expression: Any) -> float:
    """The value of an expression without free symbols, as a float (infinities kept, NaN for a value that is not real)."""
    if expression in (sympy.oo, sympy.S.Infinity):
        return math.inf
    if expression == -sympy.oo:
        return -math.inf
    try:
        value = complex(sympy.N(expression, 20))
    except _NOT_NUMBERS:
        return math.nan
    if cmath.isnan(value) or abs(value.imag) > 1e-14 * (1 + abs(value.real)):
        return math.nan
    return value.real


def at(expression: Any, values: Mapping[Any, Any]) -> float:
    """The value of `expression` with its symbols replaced by the numbers of `values`."""
    return number(sympy.sympify(expression).subs(dict(values)))
