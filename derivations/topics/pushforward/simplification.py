"""Gentle rewriting of densities for display: cheap, and safe because signs are made explicit first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from .parameter_domain import ParameterDomain
from .pieces import Span

LARGEST = 120
"""Expressions with more operations than this are left as they are."""


def on_image(expression: Any, variable: Any, image: Span, domain: ParameterDomain, rewrite: Callable[[Any], Any]) -> Any:
    """`rewrite` applied with the variable's sign known: x is replaced by t or -t with t positive where the image allows."""
    sign = _side(image, domain)
    if sign == 0:
        return rewrite(expression)
    positive = sympy.Dummy("t", positive=True)
    return rewrite(expression.subs(variable, sign * positive)).subs(positive, sign * variable)


def _side(image: Span, domain: ParameterDomain) -> int:
    if image.lo.is_nonnegative or (image.lo.is_number and image.lo.is_finite and domain.compare(image.lo, 0) >= 0):
        return 1
    if image.hi.is_nonpositive or (image.hi.is_number and image.hi.is_finite and domain.compare(image.hi, 0) <= 0):
        return -1
    return 0


def gently(expression: Any) -> Any:
    """The shortest of a few equal forms."""
    if sympy.count_ops(expression) > LARGEST:
        return expression
    best = expression
    for rewrite in (_powers, _factors, _powers_of_factors, _cancelled, _exponentials):
        candidate = rewrite(expression)
        if _length(candidate) < _length(best):
            best = candidate
    return best


def _length(expression: Any) -> int:
    return int(sympy.count_ops(expression)) + 2 * len(expression.atoms(sympy.Pow)) + len(str(expression)) // 8


def _powers(expression: Any) -> Any:
    return sympy.powsimp(expression)


def _factors(expression: Any) -> Any:
    return sympy.factor_terms(sympy.powsimp(expression))


def _powers_of_factors(expression: Any) -> Any:
    return sympy.powsimp(sympy.powdenest(sympy.factor_terms(expression)))


def _cancelled(expression: Any) -> Any:
    if not _rational_enough(expression):
        return expression
    return sympy.factor(sympy.cancel(sympy.together(expression)))


def _rational_enough(expression: Any) -> bool:
    return sympy.count_ops(expression) < 30 and not expression.has(sympy.exp, sympy.Piecewise)


def _exponentials(expression: Any) -> Any:
    """One exponential with a collected exponent."""
    merged = sympy.powsimp(sympy.expand_power_base(expression), combine="exp")
    return merged.replace(sympy.exp, lambda g: sympy.exp(sympy.factor_terms(sympy.expand(g))))
