"""Other forms of a map in which its variable stands in fewer places; each is the same function on the given span."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import sympy
from sympy.simplify.fu import TR8

from .analysis import Analysis
from .pieces import Because, Piece, Span
from .refusals import NoClosedInverse

_TRIGONOMETRIC = (sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc)
_HYPERBOLIC = (sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.sech, sympy.csch)
_INVERSE_HYPERBOLIC = (sympy.asinh, sympy.acosh, sympy.atanh, sympy.acoth)

Found: TypeAlias = "tuple[Piece, ...] | None"


def kernels(expression: Any, variable: Any) -> set[Any]:
    """The largest subexpressions in which `expression` is a rational function, without those free of the variable."""
    if not expression.has(variable):
        return set()
    if expression.is_Add or expression.is_Mul:
        return set().union(*(kernels(argument, variable) for argument in expression.args))
    if expression.is_Pow and expression.exp.is_Integer:
        return kernels(expression.base, variable)
    return {expression}


def one_kernel(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """F(k(z)) where the variable stands only inside one subexpression k."""
    found = kernels(expression, variable)
    if len(found) != 1 or found == {variable}:
        return None
    kernel = found.pop()
    fresh = sympy.Dummy("k", real=True)
    return analysis.substituted(expression.subs(kernel, fresh), fresh, kernel, variable, span)


def _unit(ratios: Sequence[Any]) -> Any:
    """The largest rational of which all the given rationals are integer multiples."""
    numerator = math.gcd(*(int(abs(ratio.p)) for ratio in ratios))
    denominator = math.lcm(*(int(ratio.q) for ratio in ratios))
    return sympy.Rational(numerator, denominator)


def exponentials(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """A rational function of exp(g) where every exponential is a rational power of one."""
    written = expression.replace(
        lambda node: node.is_Pow and node.exp.has(variable) and not node.base.has(variable),
        lambda node: sympy.exp(node.exp * sympy.log(node.base)),
    )
    written = sympy.expand_power_exp(written.replace(sympy.exp, lambda g: sympy.exp(sympy.expand(g))))
    found = kernels(written, variable)
    if not found or not all(isinstance(kernel, sympy.exp) for kernel in found):
        return None
    exponents = [kernel.args[0] for kernel in found]
    ratios = [sympy.cancel(exponent / exponents[0]) for exponent in exponents]
    if not all(ratio.is_Rational for ratio in ratios):
        return None
    unit = _unit(ratios)
    if sum(bool(ratio > 0) for ratio in ratios) * 2 < len(ratios) or exponents[0].could_extract_minus_sign():
        unit = -unit
    fresh = sympy.Dummy("k", positive=True)
    outer = written.subs({sympy.exp(g): fresh ** (r / unit) for g, r in zip(exponents, ratios, strict=True)})
    if outer.has(variable):
        return None
    return analysis.substituted(outer, fresh, sympy.exp(sympy.expand(exponents[0] * unit)), variable, span)


def powers(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """Powers of one base (linear in the variable) with commensurable exponents: a rational function of the smallest."""
    found = kernels(expression, variable)
    rooted = [kernel for kernel in found if kernel.is_Pow and not kernel.exp.has(variable)]
    if not rooted or any(kernel not in rooted and kernel != variable for kernel in found):
        return None
    base = rooted[0].base
    if any(kernel.base != base for kernel in rooted):
        return None
    exponents = [kernel.exp for kernel in rooted]
    plain = variable in found
    if plain:
        if not (base.is_polynomial(variable) and sympy.degree(base, variable) == 1):
            return None
        exponents.append(sympy.S.One)
    ratios = [sympy.cancel(exponent / exponents[-1]) for exponent in exponents]
    if not all(ratio.is_Rational for ratio in ratios):
        return None
    step = exponents[-1] * _unit(ratios)
    fresh = sympy.Dummy("k", positive=True)
    outer = expression.subs({kernel: fresh ** sympy.cancel(kernel.exp / step) for kernel in rooted})
    if plain:
        slope = base.diff(variable)
        outer = outer.subs(variable, (fresh ** sympy.cancel(1 / step) - base.subs(variable, 0)) / slope)
    return None if outer.has(variable) else analysis.substituted(outer, fresh, base**step, variable, span)


def logarithms(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """c1*log(g1) + c2*log(g2) + c3*z = c1*log(g1 * g2**(c2/c1) * exp(c3*z/c1)) for rational ratios of the c."""
    found = kernels(expression, variable)
    logs = [kernel for kernel in found if isinstance(kernel, sympy.log)]
    if not logs or any(kernel not in logs and kernel != variable for kernel in found):
        return None
    marks = {kernel: sympy.Dummy() for kernel in found}
    linear = sympy.expand(expression.subs(marks))
    coefficients = {kernel: linear.diff(mark) for kernel, mark in marks.items()}
    if any(coefficient.free_symbols & set(marks.values()) for coefficient in coefficients.values()):
        return None
    rest = linear.subs(dict.fromkeys(marks.values(), 0))
    scale = coefficients[sorted(logs, key=str)[0]]
    product = sympy.S.One
    for kernel, coefficient in coefficients.items():
        ratio = sympy.cancel(coefficient / scale)
        if kernel == variable:
            if not any(log.args[0].has(sympy.exp) for log in logs):
                return None
            product *= sympy.exp(ratio * variable)
        elif ratio.is_Rational:
            product *= kernel.args[0] ** ratio
        else:
            return None
    if product.is_rational_function(variable):
        product = sympy.cancel(product)
    form = scale * sympy.log(sympy.powsimp(product), evaluate=False) + rest
    if form == expression or len(kernels(sympy.expand_log(form), variable)) == 0:
        return None
    return analysis.rewritten(form, Because.REWRITE, variable, span)


def logarithm_and_powers(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """With g linear in z and k = log(g): z and the powers of g are exponentials of k."""
    logs = {node for node in kernels(expression, variable) if isinstance(node, sympy.log)}
    bases = {node.args[0] for node in logs}
    if len(bases) != 1:
        return None
    base = bases.pop()
    if not (base.is_polynomial(variable) and sympy.degree(base, variable) == 1):
        return None
    fresh = sympy.Dummy("k", real=True)
    slope = base.diff(variable)
    inner = sympy.log(base, evaluate=False)
    outer = expression.subs(sympy.log(base), fresh).replace(
        lambda node: node.is_Pow and node.base == base, lambda node: sympy.exp(node.exp * fresh)
    )
    outer = outer.subs(variable, (sympy.exp(fresh) - base.subs(variable, 0)) / slope)
    outer = sympy.powsimp(sympy.expand(outer, log=False))
    return None if outer.has(variable) else analysis.substituted(outer, fresh, inner, variable, span)


def trigonometric(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """a sin g + b cos g = r sin(g + phi); products are first turned into sums; else with tan(g/2)."""
    found = kernels(expression, variable)
    if not found or not all(isinstance(kernel, _TRIGONOMETRIC) for kernel in found):
        return None
    written = sympy.expand(TR8(sympy.expand(expression)))
    now = kernels(written, variable)
    if written != expression and len(now) == 1 and now != found:
        return analysis.rewritten(written, Because.REWRITE, variable, span)
    arguments = {kernel.args[0] for kernel in now}
    if len(arguments) == 1:
        angle = arguments.pop()
        sine, cosine = sympy.sin(angle), sympy.cos(angle)
        marks = {sine: sympy.Dummy("s"), cosine: sympy.Dummy("c")}
        linear = sympy.expand(written.subs(marks))
        a, b = linear.diff(marks[sine]), linear.diff(marks[cosine])
        rest = linear.subs(dict.fromkeys(marks.values(), 0))
        if not any(part.has(variable, *marks.values()) for part in (a, b, rest)) and b != 0 and a != 0:
            form = sympy.sqrt(a**2 + b**2) * sympy.sin(angle + sympy.atan2(b, a)) + rest
            return analysis.rewritten(form, Because.REWRITE, variable, span)
    arguments = {kernel.args[0] for kernel in found}
    if len(arguments) != 1:
        return None
    angle = arguments.pop()
    fresh = sympy.Dummy("k", real=True)
    sine, cosine = 2 * fresh / (1 + fresh**2), (1 - fresh**2) / (1 + fresh**2)
    outer = expression.subs(
        {
            sympy.sin(angle): sine,
            sympy.cos(angle): cosine,
            sympy.tan(angle): sine / cosine,
            sympy.cot(angle): cosine / sine,
            sympy.sec(angle): 1 / cosine,
            sympy.csc(angle): 1 / sine,
        }
    )
    outer = sympy.cancel(sympy.together(outer))
    return None if outer.has(variable) else analysis.substituted(outer, fresh, sympy.tan(angle / 2), variable, span)


def hyperbolic(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """Hyperbolic functions as exponentials, their inverses as logarithms."""
    found = kernels(expression, variable)
    if any(isinstance(kernel, _HYPERBOLIC) for kernel in found):
        form = sympy.expand(expression.rewrite(sympy.exp)) if expression.is_Add else expression.rewrite(sympy.exp)
    elif sum(isinstance(kernel, (*_INVERSE_HYPERBOLIC, sympy.log)) for kernel in found) > 1:
        form = expression.rewrite(sympy.log)
    else:
        return None
    return None if form == expression else analysis.rewritten(form, Because.REWRITE, variable, span)


def radical_as_exponential(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """g + sqrt(g**2 + c) = sqrt(c) exp(asinh(g/sqrt(c))) and -g + sqrt(g**2 + c) likewise, for c > 0."""
    if not expression.is_Add or len(expression.args) != 2:
        return None
    for root, rest in (expression.args, expression.args[::-1]):
        factor, power = root.as_independent(sympy.Pow, as_Add=False)
        if not (power.is_Pow and power.exp == sympy.Rational(1, 2)) or factor.has(variable):
            continue
        constant = sympy.expand(factor**2 * power.base - rest**2)
        if constant.has(variable) or analysis.domain.sign(constant) <= 0:
            continue
        sign = analysis.domain.sign(factor)
        scale = sympy.sqrt(constant)
        form = sign * scale * sympy.exp(sign * sympy.asinh(sympy.expand(rest / scale)), evaluate=False)
        return analysis.rewritten(form, Because.REWRITE, variable, span)
    return None


def product_as_exponential(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """A product of powers and exponentials of one sign is +-exp of the sum of its logarithms."""
    if expression.is_Pow and expression.exp.has(variable) and expression.base.has(variable):
        form = sympy.exp(expression.exp * sympy.log(expression.base), evaluate=False)
        return analysis.rewritten(form, Because.REWRITE, variable, span)
    if not expression.is_Mul:
        return None
    constant, product = expression.as_independent(variable, as_Add=False)
    factors = product.args if product.is_Mul else (product,)
    if not any(isinstance(factor, sympy.exp) for factor in factors):
        return None
    total, sign = sympy.S.Zero, 1
    breaks: list[Any] = []
    for factor in factors:
        if isinstance(factor, sympy.exp):
            total += factor.args[0]
            continue
        base, exponent = factor.as_base_exp()
        if not (base.is_polynomial(variable) and sympy.degree(base, variable) == 1) or exponent.has(variable):
            return None
        table = analysis.signs(base, variable, span)
        breaks.extend(part.hi for part, _ in table[:-1])
        if table[0][1] < 0:
            base = -base
            sign *= -1 if exponent.is_odd else 1
        total += exponent * sympy.log(base)
    if breaks:
        parts = analysis.split(span, breaks)
        return tuple(piece for part in parts for piece in analysis.pieces(expression, variable, part))
    form = constant * sign * sympy.exp(total, evaluate=False)
    if form == expression:
        raise NoClosedInverse(expression)
    return analysis.rewritten(form, Because.REWRITE, variable, span)
