"""Maps whose variable cannot be brought into one place: polynomials, rational functions, square roots, Lambert's W.

The inverse is a known formula (Viete's and the hyperbolic form of Cardano's for cubics; Corless et al. 1996, "On the Lambert W
function", for a z + b exp(c z)) or a root of a quadratic equation. Which root belongs to a piece of a quadratic is decided at sample points;
that it solves the equation is algebra, and on a piece where the map is strictly monotone no other root can.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import sympy

from .analysis import Analysis, restricted
from .evaluation import Compiled, at
from .parameter_domain import ParameterDomain
from .pieces import Because, Peel, Piece, Span, U, Y, constant_piece, table_piece
from .quadrature import sample_points
from .refusals import CannotPush, NoClosedInverse, Reason
from .rewriting import (
    Found,
    exponentials,
    hyperbolic,
    kernels,
    logarithm_and_powers,
    logarithms,
    one_kernel,
    powers,
    product_as_exponential,
    radical_as_exponential,
    trigonometric,
)

oo = sympy.oo
_zero = sympy.S.Zero


def solved(analysis: Analysis, expression: Any, variable: Any, span: Span) -> tuple[Piece, ...]:
    """The pieces of a smooth map without poles on the span, by the first method that applies.

    Raises:
        NoClosedInverse: none does.
    """
    for method in _METHODS:
        try:
            found = method(analysis, expression, variable, span)
        except NoClosedInverse:
            continue
        if found is not None:
            return found
    raise NoClosedInverse(expression)


# -- polynomials -----------------------------------------------------------------------------------------------------------


def polynomial(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """Linear maps, completed powers, functions of a square, and cubics."""
    if not expression.is_polynomial(variable):
        return None
    poly = sympy.Poly(sympy.expand(expression), variable)
    coefficients = [sympy.factor(coefficient) if coefficient.is_Add else coefficient for coefficient in poly.all_coeffs()]
    while coefficients and analysis.domain.sign(coefficients[0]) == 0:
        coefficients.pop(0)
    if len(coefficients) <= 1:
        return (constant_piece(span, coefficients[0] if coefficients else _zero),)
    degree, leading = len(coefficients) - 1, coefficients[0]
    if degree == 1:
        form = leading * variable + coefficients[1]
        return analysis.rewritten(form, Because.REWRITE, variable, span)
    shift = sympy.cancel(coefficients[1] / (degree * leading))
    fresh = sympy.Dummy("k", real=True)
    centred = sympy.Poly(sympy.expand(poly.as_expr().subs(variable, fresh - shift)), fresh)
    terms = {monomial[0]: sympy.cancel(value) for monomial, value in centred.terms() if sympy.cancel(value) != 0}
    middle = {power for power in terms if power not in (0, degree)}
    if not middle:
        form = leading * (variable + shift) ** degree + terms.get(0, _zero)
        return analysis.rewritten(form, Because.SQUARE, variable, span)
    if all(power % 2 == 0 for power in middle | {degree}):
        outer = sum(value * fresh ** (power // 2) for power, value in terms.items())
        return analysis.substituted(outer, fresh, (variable + shift) ** 2, variable, span)
    if degree == 3:
        return _cubic(analysis, terms, variable + shift, variable, span)
    parts = poly.decompose() if poly.domain.is_QQ or poly.domain.is_ZZ else [poly]
    if len(parts) > 1:
        outer, inner = parts[0], parts[1]
        for part in parts[2:]:
            inner = inner.compose(part)
        return analysis.substituted(outer.as_expr().subs(variable, fresh), fresh, inner.as_expr(), variable, span)
    return None


def _cubic(
    analysis: Analysis, terms: dict[int, Any], shifted: Any, variable: Any, span: Span
) -> tuple[Piece, ...]:
    """a (t**3 + p t) + c with t = z + h."""
    leading, slope, constant = terms[3], sympy.cancel(terms[1] / terms[3]), terms.get(0, _zero)
    depressed = U**3 + slope * U

    def cubic_pieces(operation: Any, image: Span, domain: ParameterDomain) -> tuple[Piece, ...]:
        natural = _depressed_cubic(slope, domain)
        return restricted(natural, image, lambda point: operation.subs(U, point), domain, operation)

    below = analysis.through(depressed, U, shifted, variable, span, cubic_pieces)
    inner = depressed.subs(U, shifted)
    scaled = analysis.after(below, inner, leading * U, U) if leading != 1 else below
    return analysis.after(scaled, leading * inner, U + constant, U) if constant != 0 else scaled


def _depressed_cubic(slope: Any, domain: ParameterDomain) -> list[Piece]:
    """The pieces of t**3 + p t, from 4 s**3 + 3 s = sinh(3 arsinh s) and 4 c**3 - 3 c = cos(3 arccos c)."""
    sign = domain.sign(slope)
    size = sympy.sqrt(sympy.Abs(slope) / 3) if slope.is_number else sympy.sqrt(sign * slope / 3)
    value = Y / (2 * size**3)
    if sign > 0:
        inverse = 2 * size * sympy.sinh(sympy.asinh(value) / 3)
        return [table_piece(Span(-oo, oo), -oo, oo, inverse, Because.CUBIC, rising=True)]
    top = 2 * size**3
    rows: list[tuple[Any, Any, Any, Any, Any]] = [
        (-oo, -2 * size, -oo, -top, -2 * size * sympy.cosh(sympy.acosh(-value) / 3)),
        (-2 * size, -size, -top, top, -2 * size * sympy.cos(sympy.acos(-value) / 3)),
        (-size, size, top, -top, -2 * size * sympy.sin(sympy.asin(value) / 3)),
        (size, 2 * size, -top, top, 2 * size * sympy.cos(sympy.acos(value) / 3)),
        (2 * size, oo, top, oo, 2 * size * sympy.cosh(sympy.acosh(value) / 3)),
    ]
    return [
        table_piece(Span(lo, hi), at_lo, at_hi, inverse, Because.CUBIC, rising=place != 2)
        for place, (lo, hi, at_lo, at_hi, inverse) in enumerate(rows)
    ]


# -- rational functions and one square root ------------------------------------------------------------------------------


def rational(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """c + k/d(z); functions of z**2; quotients of quadratics."""
    if not expression.is_rational_function(variable):
        return None
    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression)))
    above, below = sympy.Poly(numerator, variable), sympy.Poly(denominator, variable)
    if below.degree() == 0:
        form = sympy.expand(numerator / denominator)
        return None if form == expression else analysis.rewritten(form, Because.REWRITE, variable, span)
    quotient, remainder = sympy.div(above, below)
    if quotient.degree() <= 0 and remainder.degree() <= 0:
        form = sympy.cancel(quotient.as_expr()) + sympy.cancel(remainder.as_expr()) / below.as_expr()
        if form != expression:
            return analysis.rewritten(form, Because.REWRITE, variable, span)
    fresh = sympy.Dummy("k", real=True)
    if all(power % 2 == 0 for poly in (above, below) for (power,) in poly.monoms()):
        outer = (numerator / denominator).subs(variable, sympy.sqrt(fresh))
        return analysis.substituted(sympy.cancel(outer), fresh, variable**2, variable, span)
    if above.degree() > 2 or below.degree() > 2:
        return None
    equation = sympy.Poly(numerator - Y * denominator, variable)
    breaks = [part.hi for part, _ in analysis.signs(below.as_expr(), variable, span)[:-1]]
    return _by_roots(analysis, expression, equation, variable, span, breaks)


def radical(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """a(z) + b(z) sqrt(q(z)) or its reciprocal forms: y's equation is squared once and must be quadratic in z."""
    roots = {node for node in expression.atoms(sympy.Pow) if node.exp.is_Rational and node.exp.q == 2}
    bases = {node.base for node in roots if node.has(variable)}
    if len(bases) != 1:
        return None
    base = bases.pop()
    mark = sympy.Dummy("r")
    written = expression.replace(
        lambda node: node.is_Pow and node.base == base and node.exp.is_Rational and node.exp.q == 2,
        lambda node: mark ** (2 * node.exp),
    )
    numerator = sympy.fraction(sympy.together(written - Y))[0]
    if not numerator.is_polynomial(mark, variable):
        return None
    linear = sympy.Poly(sympy.rem(sympy.Poly(numerator, mark), sympy.Poly(mark**2 - base, mark)), mark)
    factor, rest = linear.coeff_monomial(mark), linear.coeff_monomial(1)
    equation = sympy.Poly(sympy.fraction(sympy.cancel(sympy.expand(rest**2 - factor**2 * base)))[0], variable)
    even = all(power % 2 == 0 for (power,) in equation.monoms())
    if equation.degree() > 2 and not (even and equation.degree() == 4):
        return None
    return _by_roots(analysis, expression, equation, variable, span, [])


def _by_roots(
    analysis: Analysis, expression: Any, equation: Any, variable: Any, span: Span, breaks: list[Any]
) -> tuple[Piece, ...]:
    """Pieces between the zeros of the derivative; on each, the root of the equation that samples select."""
    slopes = analysis.signs(_factored_derivative(expression, variable), variable, span)
    parts = analysis.split(span, breaks + [place.hi for place, _ in slopes[:-1]])
    try:
        return tuple(_by_root(analysis, expression, equation, variable, part, slopes) for part in parts)
    except NoClosedInverse:
        zeros = [place.hi for place, _ in analysis.signs(expression, variable, span)[:-1]]
        smaller = [piece for part in parts for piece in analysis.split(part, zeros)]
        if len(smaller) == len(parts):
            raise
        return tuple(_by_root(analysis, expression, equation, variable, part, slopes) for part in smaller)


def _by_root(
    analysis: Analysis, expression: Any, equation: Any, variable: Any, part: Span, slopes: Any
) -> Piece:
    rising = next(sign for place, sign in slopes if analysis.domain.compare(part.lo, place.hi) < 0) > 0
    image = [end_value(expression, variable, part.lo, "+"), end_value(expression, variable, part.hi, "-")]
    inverse = _chosen_root(analysis, expression, equation, variable, part)
    peel = Peel(inverse, variable, Because.QUADRATIC)
    return Piece(part, Span(*(image if rising else image[::-1])), rising, inverse, (peel,), proved=False)


def _factored_derivative(expression: Any, variable: Any) -> Any:
    slope = sympy.together(expression.diff(variable))
    return sympy.factor(slope) if sympy.count_ops(slope) < 80 else slope


def _quadratic_roots(equation: Any) -> list[Any]:
    """The roots of a polynomial of degree at most 2, or biquadratic, in forms that are finite in different places."""
    if equation.degree() == 1:
        a, b = equation.all_coeffs()
        return [sympy.cancel(-b / a)]
    if equation.degree() == 4:
        halved = sympy.Poly(
            {(power // 2,): value for (power,), value in equation.terms()}, sympy.Dummy("k")
        )
        squares = _quadratic_roots(halved)
        return [sign * sympy.sqrt(square) for square in squares for sign in (1, -1)]
    if equation.degree() != 2:
        return []
    a, b, c = equation.all_coeffs()
    root = sympy.sqrt(sympy.factor(sympy.expand(b**2 - 4 * a * c)))
    plain = [(-b + root) / (2 * a), (-b - root) / (2 * a)]
    turned = [2 * c / (-b - root), 2 * c / (-b + root)] if c != 0 else []
    return turned + plain if a.has(Y) else plain + turned


def _chosen_root(analysis: Analysis, expression: Any, equation: Any, variable: Any, span: Span) -> Any:
    symbols = analysis.domain.symbols
    forward = Compiled(expression, (variable, *symbols))
    points: list[tuple[float, float, list[float]]] = []
    for values in analysis.domain.samples[:6]:
        lo, hi = at(span.lo, values), at(span.hi, values)
        arguments = [values[symbol] for symbol in symbols]
        for place in sample_points(lo, hi):
            points.append((place, forward(place, *arguments), arguments))
    points = [point for point in points if math.isfinite(point[1])]
    roots = _quadratic_roots(equation)
    for candidate in [root.replace(sympy.Abs, lambda inner: inner) for root in roots if root.has(sympy.Abs)] + roots:
        backward = Compiled(candidate, (Y, *symbols))
        if points and all(_same(backward(value, *arguments), place) for place, value, arguments in points):
            return candidate
    raise NoClosedInverse(expression)


def _same(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 1e-6 * (1e-3 + abs(wanted))


def end_value(expression: Any, variable: Any, point: Any, side: str) -> Any:
    """The one-sided limit at an end of a span ("+" from the right, "-" from the left)."""
    if point.is_finite:
        value = expression.subs(variable, point)
        if value.is_finite and not value.has(sympy.nan, sympy.zoo, oo):
            return value
    try:
        return sympy.limit(expression, variable, point, side)
    except (NotImplementedError, ValueError, TypeError) as error:
        raise CannotPush(Reason.UNSUPPORTED, f"the limit of {expression} at {point}") from error


# -- Lambert's W ---------------------------------------------------------------------------------------------------------


def lambert(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """a z + b exp(c z) + d; with w = (y - d)/a, c (w - z) exp(c (w - z)) = (b c/a) exp(c w)."""
    written = sympy.expand_power_exp(expression)
    found = kernels(written, variable)
    waves = [kernel for kernel in found if isinstance(kernel, sympy.exp)]
    if len(waves) != 1 or found - {waves[0]} != {variable}:
        return None
    rate = waves[0].args[0].diff(variable)
    line, wave = sympy.Dummy("l"), sympy.Dummy("w")
    linear = sympy.expand(written.subs({waves[0]: wave}).subs(variable, line))
    a, b = linear.diff(line), linear.diff(wave)
    d = linear.subs({line: 0, wave: 0})
    if rate.has(variable) or any(part.has(line, wave) for part in (a, b, d)) or a == 0 or b == 0:
        return None
    b = b * waves[0].subs(variable, 0)
    domain = analysis.domain
    slope, growth, kind = domain.sign(a), domain.sign(rate), domain.sign(b * rate / a)
    level = (Y - d) / a

    def inverse(branch: int) -> Any:
        argument = (b * rate / a) * sympy.exp(rate * level)
        return level - sympy.LambertW(argument, branch) / rate

    def forward(point: Any) -> Any:
        return expression.subs(variable, point)

    far: Callable[[int], Any] = lambda direction: domain.sign(b) * oo if direction == growth else direction * slope * oo  # noqa: E731
    if kind > 0:
        natural = [
            table_piece(Span(-oo, oo), far(-1), far(1), inverse(0), Because.LAMBERT, rising=slope > 0),
        ]
    else:
        turn = sympy.log(sympy.cancel(-a / (b * rate))) / rate
        height = sympy.simplify(forward(turn))
        left, right = (0, -1) if growth > 0 else (-1, 0)
        rising = far(-1) == -oo
        natural = [
            table_piece(Span(-oo, turn), far(-1), height, inverse(left), Because.LAMBERT, rising=rising),
            table_piece(Span(turn, oo), height, far(1), inverse(right), Because.LAMBERT, rising=not rising),
        ]
    pieces = restricted(natural, span, forward, domain, expression)
    return tuple(_in_terms_of(piece, variable) for piece in pieces)


def wave(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """``k z exp(c z)``: with ``u = c z`` it is ``u exp(u)``, which falls from 0 up to -1 and rises from there; the definition of W gives u back."""
    written = sympy.powsimp(sympy.expand_power_exp(expression))
    waves = [kernel for kernel in kernels(written, variable) if isinstance(kernel, sympy.exp)]
    if len(waves) != 1:
        return None
    rate = waves[0].args[0].diff(variable)
    scale = sympy.simplify(written / (variable * sympy.exp(rate * variable)))
    if rate.has(variable) or scale.has(variable):
        return None
    inner, outer = rate * variable, U * sympy.exp(U)
    natural = (
        table_piece(Span(-oo, sympy.Integer(-1)), sympy.S.Zero, -sympy.exp(-1), sympy.LambertW(Y, -1), Because.LAMBERT, rising=False),
        table_piece(Span(sympy.Integer(-1), oo), -sympy.exp(-1), oo, sympy.LambertW(Y), Because.LAMBERT, rising=True),
    )

    def outer_pieces(_: Any, image: Span, domain: ParameterDomain) -> tuple[Piece, ...]:
        return restricted(natural, image, lambda point: outer.subs(U, point), domain, expression)

    found = analysis.through(outer, U, inner, variable, span, outer_pieces)
    by = sympy.cancel(scale / rate)
    return found if by == 1 else analysis.after(found, inner * sympy.exp(inner), by * U, U)


def swish(analysis: Analysis, expression: Any, variable: Any, span: Span) -> Found:
    """``k z / (1 + b exp(c z))`` with b > 0; with y for the value over k, ``c (y - z) exp(c (y - z)) = -c b y exp(c y)``.

    It turns where ``(c z - 1) exp(c z - 1) = 1/(b e)``. At z = 0 it is split: there the inverse as it is written is 0/0.
    """
    above, below = sympy.fraction(sympy.together(sympy.expand_power_exp(expression)))
    waves = [kernel for kernel in kernels(above * below, variable) if isinstance(kernel, sympy.exp)]
    if len(waves) != 1:
        return None
    rate = waves[0].args[0].diff(variable)
    ratio = sympy.cancel(variable * below / above)
    for sign in (1, -1):  # of z e^z / (1 + e^z) the wave is e^(-z)
        wave = sympy.Dummy("w")
        turned = sympy.expand(ratio.subs(waves[0], wave if sign > 0 else 1 / wave))
        if not turned.is_polynomial(wave) or turned.has(variable) or sympy.degree(turned, wave) != 1:
            continue
        scale = 1 / turned.subs(wave, 0)
        b, c = turned.diff(wave) * scale * waves[0].subs(variable, 0) ** sign, sign * rate
        if rate.has(variable) or analysis.domain.sign(b) <= 0:
            return None
        return _swish(analysis, expression, variable, span, (scale, b, c))
    return None


def _swish(analysis: Analysis, expression: Any, variable: Any, span: Span, sizes: tuple[Any, Any, Any]) -> Found:
    scale, b, c = sizes
    domain = analysis.domain
    core = U / (1 + b * sympy.exp(c * U))
    low = sympy.LambertW(1 / (b * sympy.E))
    turn, height = (1 + low) / c, low / c

    def inverse(branch: int) -> Any:
        return Y - sympy.LambertW(-c * b * Y * sympy.exp(c * Y), branch) / c

    pieces = [
        table_piece(Span(-oo, turn), _zero, height, inverse(-1), Because.LAMBERT, rising=False),
        table_piece(Span(turn, _zero), height, _zero, inverse(0), Because.LAMBERT, rising=True),
        table_piece(Span(_zero, oo), _zero, oo, inverse(0), Because.LAMBERT, rising=True),
    ]
    if domain.sign(c) > 0:
        pieces = [
            table_piece(Span(-oo, _zero), -oo, _zero, inverse(0), Because.LAMBERT, rising=True),
            table_piece(Span(_zero, turn), _zero, height, inverse(0), Because.LAMBERT, rising=True),
            table_piece(Span(turn, oo), height, _zero, inverse(-1), Because.LAMBERT, rising=False),
        ]
    natural = tuple(_in_terms_of(piece, variable) for piece in restricted(pieces, span, lambda point: core.subs(U, point), domain, expression))
    return natural if scale == 1 else analysis.after(natural, core.subs(U, variable), scale * U, U)


def _in_terms_of(piece: Piece, variable: Any) -> Piece:
    peels = tuple(Peel(peel.value, peel.expression.subs(U, variable), peel.because) for peel in piece.peels)
    return Piece(piece.span, piece.image, piece.increasing, piece.inverse, peels, piece.proved)


_METHODS: tuple[Callable[[Analysis, Any, Any, Span], Found], ...] = (
    polynomial,
    rational,
    one_kernel,
    exponentials,
    powers,
    logarithms,
    logarithm_and_powers,
    radical_as_exponential,
    trigonometric,
    hyperbolic,
    wave,
    product_as_exponential,
    lambert,
    swish,
    radical,
)
