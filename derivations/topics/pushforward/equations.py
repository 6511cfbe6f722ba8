"""Equations between expressions in several unknowns, and the small steps of solving them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from derivations.language.record import record

from .joint_support import gap


@record
class Equation:
    """value = expression; the value may hold unknowns that were introduced on the way."""

    value: Any
    expression: Any

    @property
    def symbols(self) -> set[Any]:
        return set(self.value.free_symbols | self.expression.free_symbols)

    def subs(self, old: Any, new: Any) -> Equation:
        return Equation(tidy(self.value.subs(old, new)), tidy(self.expression.subs(old, new)))


@record
class Solution:
    """One branch of the inverse: values of the unknowns, and the conditions for it (relations)."""

    values: Mapping[Any, Any]
    conditions: tuple[Any, ...]


def determinant(matrix: Any) -> Any:
    """The determinant by expansion along rows (SymPy's own simplifies every partial sum, which may not end)."""
    if matrix.rows == 1:
        return matrix[0, 0]
    total = sympy.S.Zero
    for column in range(matrix.cols):
        entry = matrix[0, column]
        if entry != 0:
            total += (-1) ** column * entry * determinant(matrix.minor_submatrix(0, column))
    return total


def tidy(expression: Any) -> Any:
    """Sums in lowest terms, so that unknowns that cancel do cancel."""
    if expression.has(sympy.sin) and expression.has(sympy.cos) and sympy.count_ops(expression) < 60:
        expression = sympy.trigsimp(expression)
    if sympy.count_ops(expression) > 80:
        return expression
    if expression.is_Add or expression.is_Mul or expression.is_Pow:
        expression = expression.replace(lambda node: node.is_Add, _factored_sum)
    return expression


def _factored_sum(total: Any) -> Any:
    if sympy.count_ops(total) > 40:
        return total
    factored = sympy.factor(total)
    return factored if sympy.count_ops(factored) < sympy.count_ops(total) else total


def places(expression: Any, unknown: Any) -> int:
    return sum(1 for node in sympy.preorder_traversal(expression) if node == unknown)


def roots(exponent: Any, value: Any) -> list[tuple[Any, tuple[Any, ...]]]:
    if exponent == -1:
        return [(1 / value, ())]
    if exponent.is_even:
        root = value ** (1 / exponent)
        return [(root, (value > 0,)), (-root, (value > 0,))]
    if exponent.is_odd:
        return [(sympy.sign(value) * sympy.Abs(value) ** (1 / exponent), ())]
    return [(value ** (1 / exponent), (value > 0,))]


def contradicts(one: Any, other: Any) -> bool:
    """Whether two strict relations state opposite signs of the same difference."""
    if isinstance(one, sympy.core.relational.Relational) and isinstance(other, sympy.core.relational.Relational):
        return bool(sympy.expand(gap(one) + gap(other)) == 0)
    return False


def without_constants(equation: Equation, unknowns: set[Any]) -> Equation:
    """The same equation with known terms and factors of the right side moved to the left."""
    known, rest = equation.expression.as_independent(*unknowns, as_Add=True)
    factor, core = rest.as_independent(*unknowns, as_Add=False)
    return Equation((equation.value - known) / factor, core)


def alternatives(node: Any) -> list[tuple[Any, Any]]:
    """(condition, value) pairs that replace a kink."""
    match node:
        case sympy.Abs():
            inner = node.args[0]
            return [(inner > 0, inner), (inner < 0, -inner)]
        case sympy.sign():
            return [(node.args[0] > 0, sympy.S.One), (node.args[0] < 0, sympy.S.NegativeOne)]
        case sympy.Heaviside():
            return [(node.args[0] > 0, sympy.S.One), (node.args[0] < 0, sympy.S.Zero)]
        case sympy.Max():
            first, rest = node.args[0], node.func(*node.args[1:])
            return [(first > rest, first), (first < rest, rest)]
        case sympy.Min():
            first, rest = node.args[0], node.func(*node.args[1:])
            return [(first < rest, first), (first > rest, rest)]
        case _:
            found: list[tuple[Any, Any]] = []
            before: list[Any] = []
            for value, condition in node.args:
                found.append((sympy.And(condition, *before), value))
                before.append(sympy.Not(condition))
            return found
