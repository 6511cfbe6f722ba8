"""Monotone pieces of a whole map: peeling, splitting at kinks and poles, and signs of expressions on an interval.

`MapAnalysis.pieces(map, variable, span)` peels the outermost operation while the variable stands in one place. Where it
stands in several, the span is first split where the map has kinks, poles or switches, then the map is rewritten so that
the variable stands in one place (`rewriting`), or solved by a known formula (`solving`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy

from .analysis import Analysis, SignTable
from .operations import knows, operation_pieces
from .parameter_domain import ParameterDomain
from .pieces import (
    Because,
    Peel,
    Piece,
    Span,
    U,
    Y,
    constant_piece,
    identity_piece,
)
from .refusals import CannotPush, NoClosedInverse, Reason
from .signs import poles, sign_table
from .solving import solved

oo = sympy.oo
DEEPEST = 24
_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Heaviside, sympy.floor, sympy.ceiling, sympy.frac)


class MapAnalysis(Analysis):
    """Pieces and signs of maps for one domain of parameters; results are remembered."""

    def __init__(self, domain: ParameterDomain) -> None:
        super().__init__(domain)
        self._pieces: dict[Any, tuple[Piece, ...]] = {}
        self._running: set[Any] = set()
        self._depth = 0

    # -- pieces ------------------------------------------------------------------------------------------------------

    def pieces(self, expression: Any, variable: Any, span: Span) -> tuple[Piece, ...]:
        """The monotone pieces of `expression` as a map of `variable` on `span`, from left to right.

        Raises:
            CannotPush: with the reason why there are no such pieces, or none with a closed inverse.
        """
        key = (expression, variable, span)
        if key in self._pieces:
            return self._pieces[key]
        if key in self._running or self._depth > DEEPEST:
            raise NoClosedInverse(expression)
        self._running.add(key)
        self._depth += 1
        try:
            found = self._find(expression, variable, span)
        finally:
            self._running.discard(key)
            self._depth -= 1
        self._pieces[key] = found
        return found

    def _find(self, expression: Any, variable: Any, span: Span) -> tuple[Piece, ...]:
        if not expression.has(variable):
            if expression.has(sympy.nan, sympy.zoo, oo) or expression.is_real is False:
                raise CannotPush(Reason.UNDEFINED, f"{expression} on {span}")
            return (constant_piece(span, expression),)
        if expression == variable:
            return (identity_piece(span),)
        if isinstance(expression, sympy.Piecewise):
            return self._each(self.resolved(expression, variable, span), variable)
        single = self._outermost(expression, variable)
        if single is not None:
            inner, operation = single
            return self.through(operation, U, inner, variable, span, operation_pieces)
        return self._several_places(expression, variable, span)

    def _outermost(self, expression: Any, variable: Any) -> tuple[Any, Any] | None:
        """(inner, operation in U) where one argument of the outermost node holds the variable."""
        dependent = [argument for argument in expression.args if argument.has(variable)]
        if len(dependent) != 1:
            return None
        inner = dependent[0]
        match expression:
            case sympy.Add() | sympy.Mul() | sympy.Pow() | sympy.Max() | sympy.Min() | sympy.LambertW():
                arguments = [U if argument == inner else argument for argument in expression.args]
                return inner, expression.func(*arguments)
            case sympy.sec():
                return sympy.cos(inner), 1 / U
            case sympy.csc():
                return sympy.sin(inner), 1 / U
        if isinstance(expression, sympy.Mod):
            period = expression.args[1]
            return sympy.frac(inner / period), period * U
        operation = expression.func(U)
        if not knows(operation):
            raise CannotPush(Reason.UNSUPPORTED, str(expression.func))
        return inner, operation

    def _each(self, parts: Sequence[tuple[Span, Any]], variable: Any) -> tuple[Piece, ...]:
        found: list[Piece] = []
        for span, expression in parts:
            for piece in self.pieces(expression, variable, span):
                defined = (Peel(Y, expression, Because.DEFINITION),)
                found.append(piece if piece.constant else replace(piece, peels=defined + piece.peels))
        return tuple(found)

    def _several_places(self, expression: Any, variable: Any, span: Span) -> tuple[Piece, ...]:
        kinks = self._innermost_kink(expression, variable)
        if kinks is not None:
            return self._each(self.resolved(expression, variable, span), variable)
        if isinstance(expression, (sympy.Max, sympy.Min)):
            return self._each(self.resolved(expression, variable, span), variable)
        breaks = poles(self, expression, variable, span)
        spans = self.split(span, breaks)
        if len(spans) > 1:
            return tuple(piece for part in spans for piece in self.pieces(expression, variable, part))
        return solved(self, expression, variable, span)

    # -- kinks and switches ------------------------------------------------------------------------------------------

    def _innermost_kink(self, expression: Any, variable: Any) -> Any | None:
        for node in sympy.postorder_traversal(expression):
            if isinstance(node, (*_KINKS, sympy.Piecewise, sympy.Mod)) and node.has(variable):
                return node
        return None

    def resolved(self, expression: Any, variable: Any, span: Span) -> list[tuple[Span, Any]]:
        """The map without Abs, Max, Min, sign, floor and Piecewise, on the parts of the span where each is one formula."""
        node = self._innermost_kink(expression, variable)
        if node is None:
            return [(span, expression)]
        found: list[tuple[Span, Any]] = []
        for part, value in self._values(node, variable, span):
            found.extend(self.resolved(expression.subs(node, value), variable, part))
        return found

    def _values(self, node: Any, variable: Any, span: Span) -> list[tuple[Span, Any]]:
        match node:
            case sympy.Abs():
                inner = node.args[0]
                return [(part, inner * sign) for part, sign in self.signs(inner, variable, span)]
            case sympy.sign():
                return [(part, sympy.Integer(sign)) for part, sign in self.signs(node.args[0], variable, span)]
            case sympy.Heaviside():
                return [(part, sympy.Integer(sign > 0)) for part, sign in self.signs(node.args[0], variable, span)]
            case sympy.Max() | sympy.Min():
                first, rest = node.args[0], node.func(*node.args[1:])
                wanted = 1 if isinstance(node, sympy.Max) else -1
                parts = self.signs(first - rest, variable, span)
                return [(part, first if sign == wanted else rest) for part, sign in parts]
            case sympy.Piecewise():
                return self._switched(node, variable, span)
            case sympy.Mod():
                inner, period = node.args
                steps = self._whole_steps(inner / period, variable, span)
                return [(step.span, inner - period * step.image.lo) for step in steps]
            case sympy.frac():
                inner = node.args[0]
                steps = self._whole_steps(inner, variable, span)
                return [(step.span, inner - step.image.lo) for step in steps]
            case sympy.floor():
                return [(step.span, step.image.lo) for step in self._whole_steps(node.args[0], variable, span)]
            case _:
                return [(step.span, step.image.lo) for step in self.pieces(node, variable, span)]

    def _whole_steps(self, inner: Any, variable: Any, span: Span) -> tuple[Piece, ...]:
        """The pieces of the floor beside which something else stands: where it has infinitely many steps that gives infinitely many branches, and no atom."""
        try:
            return self.pieces(sympy.floor(inner), variable, span)
        except CannotPush as problem:
            if problem.reason is Reason.ATOM:
                raise CannotPush(Reason.INFINITELY_MANY_BRANCHES, f"the fractional part of {inner} on {span}") from problem
            raise

    def _switched(self, node: Any, variable: Any, span: Span) -> list[tuple[Span, Any]]:
        relations: set[Any] = set()
        for _, condition in node.args:
            relations |= condition.atoms(sympy.core.relational.Relational)
        breaks: list[Any] = []
        for relation in relations:
            if isinstance(relation, (sympy.Eq, sympy.Ne)):
                continue
            breaks.extend(part.hi for part, _ in self.signs(relation.lhs - relation.rhs, variable, span)[:-1])
        found: list[tuple[Span, Any]] = []
        for part in self.split(span, breaks):
            values = {relation: self._truth(relation, variable, part) for relation in relations}
            for value, condition in node.args:
                if condition.subs(values) == sympy.true:
                    found.append((part, value))
                    break
            else:
                raise CannotPush(Reason.UNDEFINED, f"no case of the piecewise map holds on {part}")
        return found

    def _truth(self, relation: Any, variable: Any, span: Span) -> Any:
        """Whether a relation holds on the whole of a span on which its sides do not cross."""
        if isinstance(relation, sympy.Eq):
            return sympy.false
        if isinstance(relation, sympy.Ne):
            return sympy.true
        table = self.signs(relation.lhs - relation.rhs, variable, span)
        sign = table[0][1]
        if isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan)):
            return sympy.true if sign > 0 or (sign == 0 and isinstance(relation, sympy.GreaterThan)) else sympy.false
        return sympy.true if sign < 0 or (sign == 0 and isinstance(relation, sympy.LessThan)) else sympy.false

    # -- signs ------------------------------------------------------------------------------------------------------

    def signs(self, expression: Any, variable: Any, span: Span) -> SignTable:
        """The sign of an expression on the parts of the span between its zeros and poles."""
        return sign_table(self, expression, variable, span)
