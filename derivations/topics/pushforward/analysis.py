"""Monotone pieces of a map made from those of another: composed, substituted, rewritten, cut to a span.

What asks for the pieces and the signs of a smaller map (`signs`, `rewriting`, `solving`) is given a `Analysis`; `monotone` finds them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import sympy

from .operations import operation_pieces
from .parameter_domain import ParameterDomain
from .pieces import Because, Peel, Piece, Span, Y, compose, constant_piece, covering, restrict
from .refusals import CannotPush, Reason

oo = sympy.oo
SignTable: TypeAlias = tuple[tuple[Span, int], ...]


class Analysis(ABC):
    """What follows for a map from the pieces of another one, for one domain of parameters."""

    def __init__(self, domain: ParameterDomain) -> None:
        self.domain = domain

    @abstractmethod
    def pieces(self, expression: Any, variable: Any, span: Span) -> tuple[Piece, ...]:
        """The monotone pieces of `expression` as a map of `variable` on `span`, from left to right."""

    @abstractmethod
    def signs(self, expression: Any, variable: Any, span: Span) -> SignTable:
        """The sign of an expression on the parts of the span between its zeros and poles."""

    def through(
        self,
        outer: Any,
        outer_variable: Any,
        inner: Any,
        variable: Any,
        span: Span,
        outer_pieces: Callable[[Any, Span, ParameterDomain], Sequence[Piece]],
    ) -> tuple[Piece, ...]:
        """The pieces of outer(inner(variable)), from those of the inner map and of the outer one on each image."""
        return self.after(self.pieces(inner, variable, span), inner, outer, outer_variable, outer_pieces)

    def after(
        self,
        inner_pieces: Sequence[Piece],
        inner: Any,
        outer: Any,
        outer_variable: Any,
        outer_pieces: Callable[[Any, Span, ParameterDomain], Sequence[Piece]] = operation_pieces,
    ) -> tuple[Piece, ...]:
        """The pieces of `outer` applied to a map whose pieces are known."""
        if outer == outer_variable:
            return tuple(inner_pieces)
        found: list[Piece] = []
        for below in inner_pieces:
            if below.constant:
                value = outer.subs(outer_variable, below.image.lo)
                if value.has(sympy.nan, sympy.zoo, oo) or value.is_real is False:
                    raise CannotPush(Reason.UNDEFINED, f"{outer} at {below.image.lo}")
                found.append(constant_piece(below.span, value))
                continue
            composed = [
                compose(below, above, inner, outer_variable) for above in outer_pieces(outer, below.image, self.domain)
            ]
            found.extend(composed if below.increasing else reversed(composed))
        return tuple(found)

    def substituted(self, outer: Any, fresh: Any, inner: Any, variable: Any, span: Span) -> tuple[Piece, ...]:
        """The pieces of outer(inner(variable)) where `outer` is itself a map of `fresh` to be analysed."""

        def outer_pieces(expression: Any, image: Span, _: ParameterDomain) -> tuple[Piece, ...]:
            return self.pieces(expression, fresh, image)

        return self.through(outer, fresh, inner, variable, span, outer_pieces)

    def rewritten(self, expression: Any, because: Because, variable: Any, span: Span) -> tuple[Piece, ...]:
        """The pieces of another form of the map, with the rewriting as the first equation of each inversion."""
        return tuple(
            piece if piece.constant else replace(piece, peels=(Peel(Y, expression, because), *piece.peels))
            for piece in self.pieces(expression, variable, span)
        )

    def split(self, span: Span, breaks: Sequence[Any]) -> list[Span]:
        """The parts of a span between the break points that lie inside it."""
        inside: list[Any] = []
        for point in breaks:
            if self.domain.compare(point, span.lo) <= 0 or self.domain.compare(point, span.hi) >= 0:
                continue
            place = 0
            for known in inside:
                order = self.domain.compare(point, known)
                if order == 0:
                    break
                place += order > 0
            else:
                inside.insert(place, point)
        edges = [span.lo, *inside, span.hi]
        return [Span(lo, hi) for lo, hi in zip(edges, edges[1:], strict=False)]


def restricted(
    natural: Sequence[Piece], span: Span, forward: Callable[[Any], Any], domain: ParameterDomain, what: Any
) -> tuple[Piece, ...]:
    """Natural pieces of a solved map, cut to a span that they must cover."""
    return covering([restrict(piece, span, forward, domain) for piece in natural], span, domain, what)
