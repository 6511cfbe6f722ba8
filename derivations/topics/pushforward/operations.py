"""The monotone pieces of single operations: the table from which every inverse is composed.

Each entry states where the operation is strictly monotone, its limits at the ends and its inverse there; these are facts of
elementary analysis (Abramowitz & Stegun, chapters 4 and 7; Corless et al. 1996 for Lambert's W).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import sympy
from sympy import pi

from .evaluation import at
from .parameter_domain import ParameterDomain
from .pieces import Because, Piece, Span, U, Y, constant_piece, covering, restrict, table_piece
from .refusals import CannotPush, Reason

oo = sympy.oo
_inverse = Because.INVERSE_FUNCTION
MOST_PERIODS = 40

Row: TypeAlias = tuple[Any, Any, Any, Any, Any]
"""lo, hi, limit at lo, limit at hi, inverse in `Y`."""

ROWS: dict[Any, tuple[Row, ...]] = {
    sympy.exp: ((-oo, oo, 0, oo, sympy.log(Y)),),
    sympy.log: ((0, oo, -oo, oo, sympy.exp(Y)),),
    sympy.sinh: ((-oo, oo, -oo, oo, sympy.asinh(Y)),),
    sympy.cosh: ((-oo, 0, oo, 1, -sympy.acosh(Y)), (0, oo, 1, oo, sympy.acosh(Y))),
    sympy.tanh: ((-oo, oo, -1, 1, sympy.atanh(Y)),),
    sympy.coth: ((-oo, 0, -1, -oo, sympy.acoth(Y)), (0, oo, oo, 1, sympy.acoth(Y))),
    sympy.sech: ((-oo, 0, 0, 1, -sympy.acosh(1 / Y)), (0, oo, 1, 0, sympy.acosh(1 / Y))),
    sympy.csch: ((-oo, 0, 0, -oo, sympy.asinh(1 / Y)), (0, oo, oo, 0, sympy.asinh(1 / Y))),
    sympy.asinh: ((-oo, oo, -oo, oo, sympy.sinh(Y)),),
    sympy.acosh: ((1, oo, 0, oo, sympy.cosh(Y)),),
    sympy.atanh: ((-1, 1, -oo, oo, sympy.tanh(Y)),),
    sympy.acoth: ((-oo, -1, 0, -oo, sympy.coth(Y)), (1, oo, oo, 0, sympy.coth(Y))),
    sympy.asech: ((0, 1, oo, 0, 1 / sympy.cosh(Y)),),
    sympy.acsch: ((-oo, 0, 0, -oo, 1 / sympy.sinh(Y)), (0, oo, oo, 0, 1 / sympy.sinh(Y))),
    sympy.asin: ((-1, 1, -pi / 2, pi / 2, sympy.sin(Y)),),
    sympy.acos: ((-1, 1, pi, 0, sympy.cos(Y)),),
    sympy.atan: ((-oo, oo, -pi / 2, pi / 2, sympy.tan(Y)),),
    sympy.acot: ((-oo, 0, 0, -pi / 2, sympy.cot(Y)), (0, oo, pi / 2, 0, sympy.cot(Y))),
    sympy.asec: ((-oo, -1, pi / 2, pi, 1 / sympy.cos(Y)), (1, oo, 0, pi / 2, 1 / sympy.cos(Y))),
    sympy.acsc: ((-oo, -1, 0, -pi / 2, 1 / sympy.sin(Y)), (1, oo, pi / 2, 0, 1 / sympy.sin(Y))),
    sympy.erf: ((-oo, oo, -1, 1, sympy.erfinv(Y)),),
    sympy.erfc: ((-oo, oo, 2, 0, sympy.erfcinv(Y)),),
    sympy.erfinv: ((-1, 1, -oo, oo, sympy.erf(Y)),),
    sympy.erfcinv: ((0, 2, oo, -oo, sympy.erfc(Y)),),
    sympy.Abs: ((-oo, 0, oo, 0, -Y), (0, oo, 0, oo, Y)),
}
_BECAUSE = {
    sympy.exp: Because.EXPONENTIAL,
    sympy.log: Because.LOGARITHM,
    sympy.Abs: Because.ABSOLUTE_VALUE,
}


def operation_pieces(operation: Any, span: Span, domain: ParameterDomain) -> tuple[Piece, ...]:
    """The pieces of `operation`, an expression in which `U` is an argument of the outermost node, on `span`.

    Raises:
        CannotPush: the operation is unknown, undefined on a part of the span, or has infinitely many pieces there.
        UndeterminedSign: its direction or domain depends on an undetermined sign of a parameter.
    """
    natural = _natural(operation, span, domain)

    def forward(point: Any) -> Any:
        return operation.subs(U, point)

    return covering([restrict(piece, span, forward, domain) for piece in natural], span, domain, operation)


def knows(operation: Any) -> bool:
    """Whether a function of one argument stands in the table."""
    return operation.func in ROWS or operation.func in PERIODIC or operation.func in _STEPS


def _natural(operation: Any, span: Span, domain: ParameterDomain) -> list[Piece]:
    everything = Span(-oo, oo)
    match operation:
        case sympy.Add():
            rest = operation - U
            return [table_piece(everything, -oo, oo, Y - rest, Because.SUBTRACT, rising=True)]
        case sympy.Mul():
            return _scaled(operation / U, domain)
        case sympy.Pow() if operation.base == U:
            return _power(operation.exp, span, domain)
        case sympy.Pow():
            return _exponential(operation.base, domain)
        case sympy.Max() | sympy.Min():
            return _clipped(operation)
        case sympy.LambertW():
            return _lambert(operation)
    if operation.func in PERIODIC:
        return _periodic(operation.func, span, domain)
    if operation.func in _STEPS:
        return _steps(operation.func, span, domain)
    rows = ROWS.get(operation.func)
    if rows is None or operation.args != (U,):
        raise CannotPush(Reason.UNSUPPORTED, str(operation.func))
    because = _BECAUSE.get(operation.func, _inverse)
    return [_from_row(row, because) for row in rows]


def _from_row(row: Row, because: Because) -> Piece:
    lo, hi, at_lo, at_hi, inverse = (sympy.sympify(entry) for entry in row)
    rising = bool(at_lo < at_hi)
    return table_piece(Span(lo, hi), at_lo, at_hi, inverse, because, rising=rising)


def _scaled(factor: Any, domain: ParameterDomain) -> list[Piece]:
    sign = domain.sign(factor)
    if sign == 0:
        return [constant_piece(Span(-oo, oo), sympy.S.Zero)]
    lo, hi = (-oo, oo) if sign > 0 else (oo, -oo)
    return [table_piece(Span(-oo, oo), lo, hi, Y / factor, Because.DIVIDE, rising=sign > 0)]


def _power(exponent: Any, span: Span, domain: ParameterDomain) -> list[Piece]:
    """u**r: on u > 0 for every r, and on u < 0 for integers; the inverse is the root of the right sign."""
    sign = domain.sign(exponent)
    if sign == 0:
        return [constant_piece(Span(-oo, oo), sympy.S.One)]
    rising = sign > 0
    at_zero, at_infinity = (sympy.S.Zero, oo) if rising else (oo, sympy.S.Zero)
    because = Because.RECIPROCAL if exponent == -1 else Because.ROOT
    right = table_piece(Span(sympy.S.Zero, oo), at_zero, at_infinity, Y ** (1 / exponent), because, rising=rising)
    if exponent.is_even:
        root = -(Y ** (1 / exponent))
        left = table_piece(Span(-oo, sympy.S.Zero), at_infinity, at_zero, root, because, rising=not rising)
    elif exponent.is_odd:
        root = 1 / Y if exponent == -1 else -((-Y) ** (1 / exponent))
        left = table_piece(Span(-oo, sympy.S.Zero), -at_infinity, -at_zero, root, because, rising=rising)
    elif exponent.is_integer and domain.compare(span.lo, 0) < 0:
        raise CannotPush(Reason.UNSUPPORTED, f"a power of a negative number whose exponent {exponent} is even or odd")
    else:
        return [right]
    return [left, right]


def _exponential(base: Any, domain: ParameterDomain) -> list[Piece]:
    if domain.sign(base) <= 0:
        raise CannotPush(Reason.UNDEFINED, f"a real power of {base}")
    rate = domain.sign(base - 1)
    if rate == 0:
        return [constant_piece(Span(-oo, oo), sympy.S.One)]
    at_lo, at_hi = (sympy.S.Zero, oo) if rate > 0 else (oo, sympy.S.Zero)
    inverse = sympy.log(Y) / sympy.log(base)
    return [table_piece(Span(-oo, oo), at_lo, at_hi, inverse, Because.EXPONENTIAL, rising=rate > 0)]


def _clipped(operation: Any) -> list[Piece]:
    bound = operation.func(*(argument for argument in operation.args if argument != U))
    below, above = Span(-oo, bound), Span(bound, oo)
    if isinstance(operation, sympy.Max):
        kept = table_piece(above, bound, oo, Y, Because.DEFINITION, rising=True)
        return [constant_piece(below, bound), kept]
    kept = table_piece(below, -oo, bound, Y, Because.DEFINITION, rising=True)
    return [kept, constant_piece(above, bound)]


def _lambert(operation: Any) -> list[Piece]:
    if operation.args == (U,):
        row: Row = (-sympy.exp(-1), oo, -1, oo, Y * sympy.exp(Y))
    elif operation.args == (U, sympy.S.NegativeOne):
        row = (-sympy.exp(-1), 0, -1, -oo, Y * sympy.exp(Y))
    else:
        raise CannotPush(Reason.UNSUPPORTED, str(operation))
    return [_from_row(row, Because.LAMBERT)]


# -- periodic functions and steps: only the pieces that meet the span ------------------------------------------------------


def _sine(k: int) -> Row:
    middle = k * pi
    ends = (-1, 1) if k % 2 == 0 else (1, -1)
    inverse = middle + sympy.asin(Y) if k % 2 == 0 else middle - sympy.asin(Y)
    return (middle - pi / 2, middle + pi / 2, *ends, inverse)


def _cosine(k: int) -> Row:
    ends = (1, -1) if k % 2 == 0 else (-1, 1)
    inverse = k * pi + sympy.acos(Y) if k % 2 == 0 else (k + 1) * pi - sympy.acos(Y)
    return (k * pi, (k + 1) * pi, *ends, inverse)


def _tangent(k: int) -> Row:
    return (k * pi - pi / 2, k * pi + pi / 2, -oo, oo, k * pi + sympy.atan(Y))


def _cotangent(k: int) -> Row:
    return (k * pi, (k + 1) * pi, oo, -oo, k * pi + pi / 2 - sympy.atan(Y))


PERIODIC: dict[Any, tuple[Callable[[int], Row], float]] = {
    sympy.sin: (_sine, 0.5),
    sympy.cos: (_cosine, 0.0),
    sympy.tan: (_tangent, 0.5),
    sympy.cot: (_cotangent, 0.0),
}


def _indices(span: Span, period: Any, shift: float, domain: ParameterDomain, what: str) -> range:
    """The k whose piece ((k - shift) period, (k + 1 - shift) period) can meet the span."""
    if span.lo == -oo or span.hi == oo:
        raise CannotPush(Reason.INFINITELY_MANY_BRANCHES, f"{what} on {span}")
    lowest, highest = math.inf, -math.inf
    for values in domain.samples:
        lowest = min(lowest, at(span.lo / period, values))
        highest = max(highest, at(span.hi / period, values))
    first, last = math.floor(lowest + shift - 1e-9), math.ceil(highest + shift + 1e-9)
    if last - first > MOST_PERIODS:
        raise CannotPush(Reason.UNSUPPORTED, f"{what} on {span}: more than {MOST_PERIODS} pieces")
    return range(first, last)


def _periodic(function: Any, span: Span, domain: ParameterDomain) -> list[Piece]:
    row, shift = PERIODIC[function]
    return [_from_row(row(k), _inverse) for k in _indices(span, pi, shift, domain, function.__name__)]


_STEPS = (sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling, sympy.frac)


def _steps(function: Any, span: Span, domain: ParameterDomain) -> list[Piece]:
    left, right = Span(-oo, sympy.S.Zero), Span(sympy.S.Zero, oo)
    if function is sympy.sign:
        return [constant_piece(left, sympy.S.NegativeOne), constant_piece(right, sympy.S.One)]
    if function is sympy.Heaviside:
        return [constant_piece(left, sympy.S.Zero), constant_piece(right, sympy.S.One)]
    if function is not sympy.frac and (span.lo == -oo or span.hi == oo):
        raise CannotPush(Reason.ATOM, f"{function.__name__} takes only integer values")
    found: list[Piece] = []
    for k in _indices(span, sympy.S.One, 0.0, domain, function.__name__):
        step = Span(sympy.Integer(k), sympy.Integer(k + 1))
        if function is sympy.floor:
            found.append(constant_piece(step, step.lo))
        elif function is sympy.ceiling:
            found.append(constant_piece(step, step.hi))
        else:
            found.append(table_piece(step, sympy.S.Zero, sympy.S.One, Y + k, Because.DEFINITION, rising=True))
    return found
