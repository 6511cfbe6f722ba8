"""Gentle rewriting of densities for display: cheap, and safe because signs are made explicit first."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import sympy

from .parameter_domain import ParameterDomain
from .pieces import Span

LARGEST = 120
"""Expressions with more operations than this are left as they are."""
POSITIVE: Final = sympy.Dummy("t", positive=True)
"""Stands for a variable of known sign; always the same, so that SymPy and ``gently`` know again what they have seen."""


def on_image(expression: Any, variable: Any, image: Span, domain: ParameterDomain, rewrite: Callable[[Any], Any]) -> Any:
    """`rewrite` applied with the variable's sign known: x is replaced by t or -t with t positive where the image allows."""
    sign = _side(image, domain)
    if sign == 0:
        return rewrite(expression)
    return rewrite(expression.subs(variable, sign * POSITIVE)).subs(POSITIVE, sign * variable)


def _side(image: Span, domain: ParameterDomain) -> int:
    if image.lo.is_nonnegative or (image.lo.is_number and image.lo.is_finite and domain.compare(image.lo, 0) >= 0):
        return 1
    if image.hi.is_nonpositive or (image.hi.is_number and image.hi.is_finite and domain.compare(image.hi, 0) <= 0):
        return -1
    return 0


@lru_cache(maxsize=512)
def gently(expression: Any) -> Any:
    """The shortest of a few equal forms."""
    if sympy.count_ops(expression) > LARGEST:
        return expression
    best, shortest, seen = expression, _length(expression), {expression}
    for rewrite in (_powers, _factors, _powers_of_factors, _cancelled, _exponentials):
        candidate = _with_short_exponents(rewrite(expression))
        if candidate not in seen and (length := _length(candidate)) < shortest:
            best, shortest = candidate, length
        seen.add(candidate)
    return best


def _with_short_exponents(expression: Any) -> Any:
    return expression.replace(lambda node: node.is_Pow and node.exp.is_Add, _expanded_exponent)


def _expanded_exponent(power: Any) -> Any:
    exponent = sympy.expand(power.exp)
    return power.base**exponent if sympy.count_ops(exponent) < sympy.count_ops(power.exp) else power


def _length(expression: Any) -> int:
    return int(sympy.count_ops(expression)) + 2 * len(expression.atoms(sympy.Pow)) + len(str(expression)) // 8


def with_known_signs(expression: Any, sign_of: Callable[[Any], int | None]) -> Any:
    """The expression with roots and logarithms of products taken apart where every factor's sign is known.

    `sign_of` gives 1 or -1 for expressions whose sign is known on the whole image, None otherwise.
    """

    def positive_factors(product: Any) -> tuple[Any, ...] | None:
        """The factors of a positive expression, each written as a positive one."""
        if sympy.count_ops(product) > 30 or product.is_number:
            return None
        written = sympy.factor(sympy.together(product))
        factors, sign = [], 1
        for factor in sympy.Mul.make_args(written):
            base, exponent = factor.as_base_exp()
            known = sign_of(base)
            if known is None or (known < 0 and not exponent.is_integer):
                return None
            if known < 0:
                base = -base
                sign *= -1 if exponent.is_odd else 1
            factors.append(base**exponent)
        return tuple(factors) if sign > 0 else None

    def power(base: Any, exponent: Any) -> Any:
        if exponent.is_integer:
            return base**exponent
        factors = positive_factors(base)
        if factors is None:
            return base**exponent
        pairs = (factor.as_base_exp() for factor in factors)
        return sympy.Mul(*(inner ** (outer * exponent) for inner, outer in pairs))

    def logarithm(inner: Any) -> Any:
        factors = positive_factors(inner)
        if factors is None:
            return sympy.log(inner)
        if len(factors) == 1:
            base, exponent = factors[0].as_base_exp()
            return exponent * sympy.log(base)
        return sympy.log(sympy.Mul(*factors))

    def size(inner: Any) -> Any:
        known = sign_of(inner)
        return sympy.Abs(inner) if known is None else known * inner

    def product(*factors: Any) -> Any:
        """Factors known to be negative are written as minus a positive one: 1/(1 - x) for x < 1."""
        kept, sign = [], 1
        for factor in factors:
            base, exponent = factor.as_base_exp()
            if base.is_Add and exponent.is_integer and sign_of(base) == -1:
                sign *= -1 if exponent.is_odd else 1
                kept.append((-base) ** exponent)
            else:
                kept.append(factor)
        return sympy.Mul(sign, *kept)

    written = expression.replace(sympy.Abs, size)
    written = written.replace(lambda node: node.is_Pow, lambda node: power(node.base, node.exp))
    written = written.replace(sympy.log, logarithm)
    return written.replace(lambda node: node.is_Mul, lambda node: product(*node.args))


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
