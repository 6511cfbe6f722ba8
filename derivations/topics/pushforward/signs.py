"""Signs of an expression on an interval, and where it is defined.

A sign is found by assumptions alone where that is enough, else factor by factor, from the isolated roots of a polynomial, or from the monotone
pieces of the expression: on each of them it vanishes at one known point at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy

from .analysis import Analysis, SignTable
from .parameter_domain import assumed_sign
from .pieces import Piece, Span
from .refusals import CannotPush, Reason

oo = sympy.oo
_OPEN_DOMAINS: dict[Any, Callable[[Any], tuple[Any, ...]]] = {
    sympy.log: lambda g: (g,),
    sympy.asin: lambda g: (1 - g, 1 + g),
    sympy.acos: lambda g: (1 - g, 1 + g),
    sympy.atanh: lambda g: (1 - g, 1 + g),
    sympy.erfinv: lambda g: (1 - g, 1 + g),
    sympy.erfcinv: lambda g: (g, 2 - g),
    sympy.acosh: lambda g: (g - 1,),
    sympy.asech: lambda g: (g, 1 - g),
}
_WITH_POLES = (sympy.tan, sympy.cot, sympy.sec, sympy.csc)
_POLE_AT_ZERO = (sympy.coth, sympy.csch, sympy.acsch)


def sign_table(analysis: Analysis, expression: Any, variable: Any, span: Span) -> SignTable:
    """The sign of an expression on the parts of the span between its zeros and poles."""
    if not expression.has(variable):
        return ((span, analysis.domain.sign(expression)),)
    quick = assumed_sign_on(expression, variable, span)
    if quick is not None:
        return ((span, quick),)
    if expression.is_Mul:
        return _product_signs(analysis, expression.args, variable, span)
    if expression.is_Pow and not expression.exp.has(variable):
        if expression.exp.is_odd:
            return analysis.signs(expression.base, variable, span)
        if expression.exp.is_even:
            return tuple((part, 1) for part, _ in analysis.signs(expression.base, variable, span))
        _must_be_positive(analysis, expression.base, expression, variable, span)
        return ((span, 1),)
    polynomial = _polynomial_signs(analysis, expression, variable, span)
    if polynomial is not None:
        return polynomial
    if expression.is_Add:
        radical = _radical_signs(analysis, expression, variable, span)
        if radical is not None:
            return radical
        numerator, denominator = sympy.fraction(sympy.together(expression))
        if denominator.has(variable):
            return _product_signs(analysis, (sympy.factor(numerator), denominator), variable, span)
        factored = sympy.factor(expression)
        if factored.is_Mul:
            return _product_signs(analysis, factored.args, variable, span)
    table: list[tuple[Span, int]] = []
    for piece in analysis.pieces(expression, variable, span):
        table.extend(_piece_signs(analysis, piece))
    return _joined(table)


def _piece_signs(analysis: Analysis, piece: Piece) -> list[tuple[Span, int]]:
    if piece.constant:
        return [(piece.span, analysis.domain.sign(piece.image.lo))]
    if analysis.domain.compare(piece.image.lo, 0) >= 0:
        return [(piece.span, 1)]
    if analysis.domain.compare(piece.image.hi, 0) <= 0:
        return [(piece.span, -1)]
    zero = piece.preimage(sympy.S.Zero)
    first = -1 if piece.increasing else 1
    return [(Span(piece.span.lo, zero), first), (Span(zero, piece.span.hi), -first)]


def _product_signs(analysis: Analysis, factors: Sequence[Any], variable: Any, span: Span) -> SignTable:
    tables = [analysis.signs(factor, variable, span) for factor in factors]
    breaks = [part.hi for table in tables for part, _ in table[:-1]]
    found: list[tuple[Span, int]] = []
    for part in analysis.split(span, breaks):
        sign = 1
        for table in tables:
            sign *= next(
                (value for place, value in table if analysis.domain.compare(part.lo, place.hi) < 0), table[-1][1]
            )
        found.append((part, sign))
    return _joined(found)


def _polynomial_signs(analysis: Analysis, expression: Any, variable: Any, span: Span) -> SignTable | None:
    """Signs of a polynomial with rational coefficients, from its isolated real roots."""
    if expression.free_symbols != {variable} or not expression.is_polynomial(variable):
        return None
    polynomial = sympy.Poly(expression, variable)
    if polynomial.degree() < 2 or not all(coefficient.is_Rational for coefficient in polynomial.all_coeffs()):
        return None
    roots = sorted(set(sympy.real_roots(polynomial)))
    found: list[tuple[Span, int]] = []
    for part in analysis.split(span, roots):
        found.append((part, analysis.domain.sign(expression.subs(variable, inside(part)))))
    return _joined(found)


def _radical_signs(analysis: Analysis, expression: Any, variable: Any, span: Span) -> SignTable | None:
    """Signs of a + b*sqrt(q): it vanishes only where a**2 - b**2*q does, so one point decides each part."""
    roots = {node for node in expression.atoms(sympy.Pow) if node.exp == sympy.Rational(1, 2) and node.has(variable)}
    if len(roots) != 1:
        return None
    root = roots.pop()
    mark = sympy.Dummy("r")
    linear = sympy.Poly(expression.subs(root, mark), mark) if expression.subs(root, mark).is_polynomial(mark) else None
    if linear is None or linear.degree() != 1:
        return None
    factor, rest = linear.all_coeffs()
    norm = sympy.expand(rest**2 - factor**2 * root.base)
    if not norm.is_polynomial(variable):
        return None
    parts = analysis.signs(norm, variable, span)
    return _joined([(part, analysis.domain.sign(expression.subs(variable, inside(part)))) for part, _ in parts])


def assumed_sign_on(expression: Any, variable: Any, span: Span) -> int | None:
    """The sign by assumptions alone, with the variable replaced by an expression in a positive symbol."""
    fresh = sympy.Dummy("t", positive=True)
    forms: list[Any] = []
    if span.lo.is_finite and span.lo.is_zero is not True:
        forms.append(span.lo + fresh)
    if span.hi.is_finite:
        forms.append(span.hi - fresh)
        if span.lo.is_finite:
            forms.append((span.lo + span.hi * fresh) / (1 + fresh))
    if span.lo.is_nonnegative:
        forms.append(fresh)
    if span.lo == -oo and span.hi == oo:
        forms.append(sympy.Dummy("t", real=True))
    for form in forms:
        written = expression.subs(variable, form)
        sign = assumed_sign(written)
        if not sign and written.is_Add:
            sign = assumed_sign(sympy.factor(sympy.together(written)) if sympy.count_ops(written) < 40 else written)
        if sign:
            return sign
    return None


def _joined(table: Sequence[tuple[Span, int]]) -> SignTable:
    """Neighbouring parts of one sign are one part."""
    found: list[tuple[Span, int]] = []
    for span, sign in table:
        if found and found[-1][1] == sign:
            found[-1] = (Span(found[-1][0].lo, span.hi), sign)
        else:
            found.append((span, sign))
    return tuple(found)


def inside(span: Span) -> Any:
    """A point inside a span, rational where the ends are numbers."""
    if span.lo.free_symbols or span.hi.free_symbols:
        if span.lo == -oo:
            return span.hi - 1
        return span.lo + 1 if span.hi == oo else (span.lo + span.hi) / 2
    if span.lo == -oo and span.hi == oo:
        return sympy.S.Zero
    if span.lo == -oo:
        return sympy.floor(span.hi) - 1
    if span.hi == oo:
        return sympy.ceiling(span.lo) + 1
    width = sympy.N(span.hi - span.lo, 20)
    middle = sympy.N((span.lo + span.hi) / 2, 30)
    return sympy.Rational(sympy.nsimplify(middle, rational=True, tolerance=width / 100))


def poles(analysis: Analysis, expression: Any, variable: Any, span: Span) -> list[Any]:
    """The points at which a node of the expression is singular.

    Raises:
        CannotPush: a node is undefined (or not real) on a part of the span.
    """
    found: list[Any] = []
    for node in sympy.preorder_traversal(expression):
        if not node.has(variable):
            continue
        if node.is_Pow and not (node.exp.is_integer and not node.exp.has(variable)):
            if not node.base.is_positive:
                _must_be_positive(analysis, node.base, node, variable, span)
        elif node.is_Pow and node.exp.is_negative:
            found.extend(part.hi for part, _ in analysis.signs(node.base, variable, span)[:-1])
        elif node.func in _OPEN_DOMAINS:
            for needed in _OPEN_DOMAINS[node.func](node.args[0]):
                _must_be_positive(analysis, needed, node, variable, span)
        elif isinstance(node, _POLE_AT_ZERO):
            found.extend(part.hi for part, _ in analysis.signs(node.args[0], variable, span)[:-1])
        elif isinstance(node, _WITH_POLES):
            found.extend(piece.span.hi for piece in analysis.pieces(node, variable, span)[:-1])
    return found


def _must_be_positive(analysis: Analysis, needed: Any, node: Any, variable: Any, span: Span) -> None:
    if not needed.has(variable):
        if analysis.domain.sign(needed) < 0:
            raise CannotPush(Reason.UNDEFINED, f"{node} on {span}")
        return
    for part, sign in analysis.signs(needed, variable, span):
        if sign < 0:
            raise CannotPush(Reason.UNDEFINED, f"{node} on {part}")
