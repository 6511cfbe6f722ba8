"""Monotone pieces of a map, and how they compose.

A `Piece` is a maximal statement about a map on one open interval: it is constant, or it is a strictly monotone bijection
onto an open interval with a known inverse. Pieces compose: where y = h(u) is a piece on a span inside the image of a
piece u = g(z), y = h(g(z)) is a piece on the part of g's span that g maps there, with inverse g^-1(h^-1(y)), increasing
exactly where both or neither are. No derivative is needed for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

import sympy

from derivations.language.record import record

from .parameter_domain import ParameterDomain
from .refusals import CannotPush, Reason

Y = sympy.Dummy("y", real=True)
"""The value of the map in every `Piece.inverse`."""
U = sympy.Dummy("u", real=True)
"""The argument of an operation whose pieces are listed in a table."""


class Because(Enum):
    """Why the next equation of an inversion is equivalent to the one before it, on the piece."""

    SUBTRACT = "the same number is subtracted from both sides"
    DIVIDE = "both sides are divided by the same nonzero number"
    ROOT = "a power with one real root of this sign"
    RECIPROCAL = "reciprocals of equal nonzero numbers are equal"
    EXPONENTIAL = "the logarithm inverts the exponential"
    LOGARITHM = "the exponential inverts the logarithm"
    INVERSE_FUNCTION = "a function with an inverse on this interval"
    ABSOLUTE_VALUE = "the sign of the argument is known on this piece"
    SQUARE = "the square is completed"
    REWRITE = "the same function, written with the variable in one place"
    DEFINITION = "the definition of the map on this piece"
    QUADRATIC = "the root of a quadratic equation that lies in the piece"
    CUBIC = "the root of a cubic equation that lies in the piece"
    LAMBERT = "the definition of Lambert's W"


@record
class Span:
    """An open interval; its ends are expressions in the parameters or infinite."""

    lo: Any
    hi: Any

    def __str__(self) -> str:
        return f"({self.lo}, {self.hi})"

    def as_set(self) -> Any:
        return sympy.Interval.open(self.lo, self.hi)


@record
class Peel:
    """One equation `value = expression` of an inversion: value in `Y`, expression in the map's variable."""

    value: Any
    expression: Any
    because: Because


@record
class Piece:
    """What a map does on `span`.

    Attributes:
        span: where, in the map's variable.
        image: the open interval of values; for a constant map both ends are the value.
        increasing: the direction; None for a constant map.
        inverse: expression in `Y`; None for a constant map or where no closed form is known.
        peels: the equations after `y = map(z)` that end in `inverse = z`.
        proved: whether inverse and direction follow from the tables alone (otherwise a root was chosen on samples).
    """

    span: Span
    image: Span
    increasing: bool | None
    inverse: Any
    peels: tuple[Peel, ...] = ()
    proved: bool = True

    @property
    def constant(self) -> bool:
        return self.increasing is None

    def preimage(self, value: Any) -> Any:
        """The point of the closed span that is mapped to `value`, an element of the closed image."""
        if value == self.image.lo:
            return self.span.lo if self.increasing else self.span.hi
        if value == self.image.hi:
            return self.span.hi if self.increasing else self.span.lo
        if self.inverse is None:
            raise CannotPush(Reason.NO_CLOSED_INVERSE, f"a point that is mapped to {value}")
        return tidy_constant(self.inverse.subs(Y, value))


def tidy_constant(expression: Any) -> Any:
    """An end point in a readable form; cheap rewriting only."""
    if expression.is_number:
        if expression.is_Rational or expression.is_Symbol:
            return expression
        expanded = sympy.expand(sympy.expand_log(expression))
        return expanded if sympy.count_ops(expanded) <= sympy.count_ops(expression) else expression
    cancelled = sympy.cancel(expression) if expression.is_rational_function() else expression
    return cancelled if sympy.count_ops(cancelled) <= sympy.count_ops(expression) else expression


def constant_piece(span: Span, value: Any) -> Piece:
    return Piece(span, Span(value, value), None, None)


def identity_piece(span: Span) -> Piece:
    return Piece(span, span, True, Y)


def table_piece(span: Span, at_lo: Any, at_hi: Any, inverse: Any, because: Because, *, rising: bool) -> Piece:
    """A piece of an operation on `U` from a table: its limits at the ends of its span and its inverse."""
    image = Span(at_lo, at_hi) if rising else Span(at_hi, at_lo)
    return Piece(span, image, rising, inverse, (Peel(inverse, U, because),))


def intersect(one: Span, other: Span, domain: ParameterDomain) -> Span | None:
    """The common open interval, None where it is empty. An end that both share keeps its written form in `other`."""
    lo = other.lo if domain.compare(one.lo, other.lo) <= 0 else one.lo
    hi = other.hi if domain.compare(one.hi, other.hi) >= 0 else one.hi
    return Span(lo, hi) if domain.compare(lo, hi) < 0 else None


def restrict(piece: Piece, span: Span, forward: Callable[[Any], Any], domain: ParameterDomain) -> Piece | None:
    """The piece on the part of its span inside `span`; `forward` gives the map's value at an interior point."""
    common = intersect(span, piece.span, domain)
    if common is None:
        return None
    if piece.constant:
        return replace(piece, span=common)
    at_lo, at_hi = (piece.image.lo, piece.image.hi) if piece.increasing else (piece.image.hi, piece.image.lo)
    if common.lo != piece.span.lo:
        at_lo = tidy_constant(sympy.sympify(forward(common.lo)))
    if common.hi != piece.span.hi:
        at_hi = tidy_constant(sympy.sympify(forward(common.hi)))
    return replace(piece, span=common, image=Span(at_lo, at_hi) if piece.increasing else Span(at_hi, at_lo))


def covering(found: Sequence[Piece | None], span: Span, domain: ParameterDomain, what: Any) -> tuple[Piece, ...]:
    """The pieces that are there, in the order of their spans.

    Raises:
        CannotPush: they leave out a part of `span`: the map is not defined there.
    """
    pieces = [piece for piece in found if piece is not None]
    if not pieces:
        raise CannotPush(Reason.UNDEFINED, f"{what} on {span}")
    edges = [span.lo, *(piece.span.hi for piece in pieces)]
    starts = [*(piece.span.lo for piece in pieces), span.hi]
    for edge, start in zip(edges, starts, strict=True):
        if domain.compare(edge, start) != 0:
            raise CannotPush(Reason.UNDEFINED, f"{what} on {Span(edge, start)}")
    return tuple(pieces)


def compose(inner: Piece, outer: Piece, inner_map: Any, outer_variable: Any) -> Piece:
    """The piece of h(g(z)) from a piece u = g(z) and a piece y = h(u) whose span lies in the image of the first."""
    if inner.increasing:
        span = Span(inner.preimage(outer.span.lo), inner.preimage(outer.span.hi))
    else:
        span = Span(inner.preimage(outer.span.hi), inner.preimage(outer.span.lo))
    if outer.constant:
        return constant_piece(span, outer.image.lo)
    inverse = inner.inverse.subs(Y, outer.inverse) if inner.inverse is not None and outer.inverse is not None else None
    peels: tuple[Peel, ...] = ()
    if inverse is not None:
        above = tuple(replace(peel, expression=peel.expression.subs(outer_variable, inner_map)) for peel in outer.peels)
        below = tuple(replace(peel, value=peel.value.subs(Y, outer.inverse)) for peel in inner.peels)
        peels = above + below
    return Piece(
        span=span,
        image=outer.image,
        increasing=inner.increasing == outer.increasing,
        inverse=inverse,
        peels=peels,
        proved=inner.proved and outer.proved,
    )
