"""Solving x_i = f_i(z_1, ..., z_n) for z: one unknown after another, every step an equivalence under stated conditions.

An equation that holds an unknown in one place is peeled from the outside (`inversions`); each inverted operation contributes the
condition under which its inverse exists, and more than one branch where it has several. Two patterns are not peeled
but recognised: (a cos b, a sin b), and atan2(p, q). The conditions are exact: a point x has the preimage of a branch if and
only if the branch's conditions hold and the preimage lies in the base's support.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import sympy
from sympy import pi

from .equations import (
    Equation,
    Solution,
    alternatives,
    contradicts,
    determinant,
    places,
    roots,
    tidy,
    without_constants,
)
from .evaluation import number
from .operations import PERIODIC, ROWS
from .parameter_domain import assumed_sign
from .pieces import Span, U, Y
from .refusals import CannotPush, NoClosedInverse, Reason

oo = sympy.oo
MOST_BRANCHES = 16


class Elimination:
    """Solves systems over a box of unknowns."""

    def __init__(self, spans: Mapping[Any, Span]) -> None:
        self.spans = dict(spans)

    def solve(self, equations: Sequence[Equation]) -> list[Solution]:
        """All branches of the inverse.

        Raises:
            NoClosedInverse: an equation could not be solved. CannotPush: the system is singular or has too many branches.
        """
        found: list[Solution] = []
        for conditions, resolved in self._cases(tuple(equations)):
            for solution in self._by_exponentials(resolved):
                known = tuple(condition.subs(dict(solution.values)) for condition in conditions)
                found.append(Solution(solution.values, solution.conditions + known))
        return found

    def _by_exponentials(self, equations: tuple[Equation, ...]) -> list[Solution]:
        """Unknowns that stand only in exponentials are replaced: t = exp(z), a new unknown that is rational in the system."""
        written = tuple(Equation(e.value, sympy.expand_power_exp(e.expression)) for e in equations)
        unknowns = tuple(self.spans)
        renamed: dict[Any, Any] = {}
        for unknown in unknowns:
            waves = {w for e in written for w in e.expression.atoms(sympy.exp) if w.has(unknown)}
            if not waves or not all((w.args[0] / unknown).is_Integer for w in waves):
                continue
            marks = {w: sympy.Dummy() for w in waves}
            if any(e.expression.subs(marks).has(unknown) for e in written):
                continue
            fresh = sympy.Dummy(f"t_{unknown.name}", positive=True)
            renamed[unknown] = fresh
            powers = {w: fresh ** (w.args[0] / unknown) for w in waves}
            written = tuple(Equation(e.value, e.expression.subs(powers)) for e in written)
        if not renamed or len(equations) == 1:
            return self._eliminate(equations, unknowns, ())
        for fresh in renamed.values():
            self.spans[fresh] = Span(sympy.S.Zero, oo)
        found = []
        for solution in self._eliminate(written, tuple(renamed.get(u, u) for u in unknowns), ()):
            values = {
                unknown: sympy.log(solution.values[renamed[unknown]]) if unknown in renamed else solution.values[unknown]
                for unknown in unknowns
            }
            needed = tuple(solution.values[fresh] > 0 for fresh in renamed.values())
            found.append(Solution(values, (*solution.conditions, *needed)))
        for fresh in renamed.values():
            del self.spans[fresh]
        return found

    # -- kinks -------------------------------------------------------------------------------------------------------

    def _cases(self, equations: tuple[Equation, ...]) -> list[tuple[tuple[Any, ...], tuple[Equation, ...]]]:
        """The systems without Max, Min, sign, Piecewise (and |u| of several unknowns), each with the conditions it holds under."""
        return self._resolved(equations, ())

    def _resolved(
        self, equations: tuple[Equation, ...], known: tuple[Any, ...]
    ) -> list[tuple[tuple[Any, ...], tuple[Equation, ...]]]:
        node = next((node for equation in equations for node in self._kinks(equation.expression)), None)
        if node is None:
            return [(known, equations)]
        found = []
        for condition, value in alternatives(node):
            if any(contradicts(condition, other) for other in known):
                continue
            replaced = tuple(Equation(e.value, tidy(e.expression.subs(node, value))) for e in equations)
            found.extend(self._resolved(replaced, (*known, condition)))
        return found

    def _kinks(self, expression: Any) -> list[Any]:
        unknowns = set(self.spans)
        nodes = [
            node
            for node in sympy.postorder_traversal(expression)
            if isinstance(node, (sympy.Max, sympy.Min, sympy.sign, sympy.Heaviside, sympy.Piecewise, sympy.Abs))
        ]
        return [
            node
            for node in nodes
            if node.free_symbols & unknowns and (not isinstance(node, sympy.Abs) or len(node.free_symbols & unknowns) > 1)
        ]

    # -- elimination -------------------------------------------------------------------------------------------------

    def _eliminate(
        self, equations: tuple[Equation, ...], unknowns: tuple[Any, ...], conditions: tuple[Any, ...]
    ) -> list[Solution]:
        if not unknowns:
            return [Solution({}, conditions)]
        linear = self._linear(equations, unknowns)
        if linear is not None:
            return [Solution(linear, conditions)]
        for special in (self._rotation, self._angle):
            found = special(equations, unknowns, conditions)
            if found is not None:
                return found
        order = sorted(
            (
                (len(equation.symbols & set(unknowns)), places(equation.expression, unknown), unknown.name, place)
                for place, equation in enumerate(equations)
                for unknown in sorted(equation.expression.free_symbols & set(unknowns), key=str)
                if not equation.value.has(unknown)
            ),
        )
        for _, _, name, place in order:
            unknown = next(symbol for symbol in unknowns if symbol.name == name)
            try:
                return self._solved_for(equations, place, unknown, unknowns, conditions)
            except NoClosedInverse:
                continue
        raise NoClosedInverse(", ".join(str(equation.expression) for equation in equations))

    def _solved_for(
        self,
        equations: tuple[Equation, ...],
        place: int,
        unknown: Any,
        unknowns: tuple[Any, ...],
        conditions: tuple[Any, ...],
    ) -> list[Solution]:
        equation = equations[place]
        rest = equations[:place] + equations[place + 1 :]
        left = tuple(symbol for symbol in unknowns if symbol != unknown)
        found: list[Solution] = []
        for value, needed in self.inverted(equation.value, equation.expression, unknown):
            reduced = tuple(other.subs(unknown, value) for other in rest)
            if any(not (other.symbols & set(left)) for other in reduced):
                raise CannotPush(Reason.SINGULAR, f"{rest[0].expression} is a function of the other components")
            allowed = self._within(value, unknown, left)
            for solution in self._eliminate(reduced, left, ()):
                values = dict(solution.values)
                own = tidy(value.subs(values))
                mine = tuple(condition.subs(values) for condition in (*conditions, *needed, *allowed))
                found.append(Solution({**values, unknown: own}, (*mine, *solution.conditions)))
            if len(found) > MOST_BRANCHES:
                raise CannotPush(Reason.UNSUPPORTED, f"more than {MOST_BRANCHES} branches")
        return found

    def _within(self, value: Any, unknown: Any, left: tuple[Any, ...]) -> tuple[Any, ...]:
        """The condition on an unknown that was introduced here (the given ones are confined by the caller)."""
        span = self.spans[unknown]
        return (value > span.lo,) if isinstance(unknown, sympy.Dummy) and span.lo == 0 else ()

    def _linear(self, equations: tuple[Equation, ...], unknowns: tuple[Any, ...]) -> dict[Any, Any] | None:
        if len(equations) < 2 or len(equations) != len(unknowns):
            return None
        differences = [sympy.expand(equation.expression - equation.value) for equation in equations]
        rows = []
        for difference in differences:
            coefficients = [difference.diff(unknown) for unknown in unknowns]
            if any(coefficient.free_symbols & set(unknowns) for coefficient in coefficients):
                return None
            rows.append(coefficients)
        matrix = sympy.Matrix(rows)
        right = sympy.Matrix([-difference.subs(dict.fromkeys(unknowns, 0)) for difference in differences])
        if sympy.simplify(determinant(matrix)) == 0:
            raise CannotPush(Reason.SINGULAR, "the determinant of a linear system is zero")
        solution = matrix.LUsolve(right)
        return {unknown: sympy.factor_terms(sympy.cancel(value)) for unknown, value in zip(unknowns, solution, strict=True)}

    # -- patterns ----------------------------------------------------------------------------------------------------

    def _rotation(
        self, equations: tuple[Equation, ...], unknowns: tuple[Any, ...], conditions: tuple[Any, ...]
    ) -> list[Solution] | None:
        """(a cos b, a sin b) = (p, q): a = sqrt(p**2 + q**2) and b = atan2(q, p) up to full turns, or a < 0 and half a turn."""
        equations = tuple(without_constants(equation, set(unknowns)) for equation in equations)
        for first, second in itertools.permutations(range(len(equations)), 2):
            cosine = [node for node in equations[first].expression.atoms(sympy.cos) if node.free_symbols & set(unknowns)]
            for node in cosine:
                angle = node.args[0]
                radius = sympy.cancel(equations[first].expression / node)
                other = equations[second].expression
                if not other.has(sympy.sin(angle)) or sympy.cancel(other / sympy.sin(angle) - radius) != 0:
                    continue
                if radius.free_symbols & angle.free_symbols & set(unknowns):
                    continue
                return self._turned(equations, (first, second), radius, angle, unknowns, conditions)
        return None

    def _turned(
        self,
        equations: tuple[Equation, ...],
        pair: tuple[int, int],
        radius: Any,
        angle: Any,
        unknowns: tuple[Any, ...],
        conditions: tuple[Any, ...],
    ) -> list[Solution]:
        p, q = equations[pair[0]].value, equations[pair[1]].value
        rest = tuple(equation for place, equation in enumerate(equations) if place not in pair)
        size = sympy.sqrt(tidy(p**2 + q**2))
        lo, hi = self._range(angle)
        signs = (1,) if self._positive(radius) else (1, -1)
        found: list[Solution] = []
        for sign in signs:
            turn = sympy.atan2(sign * q, sign * p)
            if sympy.simplify(hi - lo - 2 * pi) == 0:
                values = [turn if lo == -pi else lo + sympy.Mod(turn - lo, 2 * pi)]
            else:
                least = math.ceil(number((lo - pi) / (2 * pi)) - 1e-9)
                most = math.floor(number((hi + pi) / (2 * pi)) + 1e-9)
                values = [turn + 2 * pi * k for k in range(least, most + 1)]
            for value in values:
                system = (*rest, Equation(sign * size, radius), Equation(value, angle))
                found.extend(self._eliminate(system, unknowns, conditions))
        return found

    def _angle(
        self, equations: tuple[Equation, ...], unknowns: tuple[Any, ...], conditions: tuple[Any, ...]
    ) -> list[Solution] | None:
        """atan2(p, q) = v: p = r sin v and q = r cos v with a new unknown r > 0, for -pi < v < pi."""
        for place, equation in enumerate(equations):
            if not isinstance(equation.expression, sympy.atan2):
                continue
            fresh = sympy.Dummy("r", positive=True)
            self.spans[fresh] = Span(sympy.S.Zero, oo)
            above, beside = equation.expression.args
            turn = equation.value
            system = (
                *equations[:place],
                *equations[place + 1 :],
                Equation(fresh * sympy.sin(turn), above),
                Equation(fresh * sympy.cos(turn), beside),
            )
            found = self._eliminate(system, (*unknowns, fresh), conditions)
            needed = (turn > -pi, turn < pi)
            return [
                Solution({u: v for u, v in solution.values.items() if u != fresh}, (*solution.conditions, *needed))
                for solution in found
            ]
        return None

    def _range(self, expression: Any) -> tuple[Any, Any]:
        """The values of a*u + b over the span of its one unknown u.

        Raises:
            CannotPush: the range is unbounded: there are infinitely many turns. NoClosedInverse: it is not of this form.
        """
        inside = expression.free_symbols & set(self.spans)
        if len(inside) != 1:
            raise NoClosedInverse(expression)
        unknown = inside.pop()
        slope = expression.diff(unknown)
        if not slope.is_number or slope.is_zero:
            raise NoClosedInverse(expression)
        ends = [expression.subs(unknown, end) for end in (self.spans[unknown].lo, self.spans[unknown].hi)]
        lo, hi = ends if slope.is_positive else ends[::-1]
        if not (lo.is_finite and hi.is_finite and lo.is_number and hi.is_number):
            raise CannotPush(Reason.INFINITELY_MANY_BRANCHES, f"the angle {expression} is unbounded")
        return lo, hi

    def _positive(self, expression: Any) -> bool:
        """Whether an expression is positive on the box, by assumptions alone."""
        marks: dict[Any, Any] = {}
        for unknown in expression.free_symbols & set(self.spans):
            span = self.spans[unknown]
            fresh = sympy.Dummy("t", positive=True)
            if span.lo == 0 and span.hi == 1:
                marks[unknown] = 1 / (1 + fresh)
            elif span.lo == 0 and span.hi == pi:
                expression = expression.subs(sympy.sin(unknown), sympy.Dummy("s", positive=True))
                marks[unknown] = fresh
            elif span.lo.is_nonnegative:
                marks[unknown] = fresh
        written = expression.subs(marks)
        return assumed_sign(written) == 1 or assumed_sign(_log_of_quotient(written)) == 1

    # -- one unknown in one equation ---------------------------------------------------------------------------------

    def inverted(self, value: Any, expression: Any, unknown: Any) -> list[tuple[Any, tuple[Any, ...]]]:
        """All solutions for `unknown` of value = expression, each with its conditions.

        Raises:
            NoClosedInverse: the unknown stands in several places that could not be brought together.
        """
        if expression == unknown:
            return [(value, ())]
        dependent = [argument for argument in expression.args if argument.has(unknown)]
        if len(dependent) == 1:
            inner = dependent[0]
            arguments = [U if argument == inner else argument for argument in expression.args]
            operation = expression.func(*arguments)
            found: list[tuple[Any, tuple[Any, ...]]] = []
            for inverse, conditions in self.inversions(operation, value, inner):
                found.extend((own, (*conditions, *more)) for own, more in self.inverted(inverse, inner, unknown))
            return found
        return self._several_places(value, expression, unknown)

    def inversions(self, operation: Any, value: Any, inner: Any) -> list[tuple[Any, tuple[Any, ...]]]:
        """The solutions u of value = operation(u), with their conditions on the value."""
        match operation:
            case sympy.Add():
                return [(value - (operation - U), ())]
            case sympy.Mul():
                return [(value / (operation / U), ())]
            case sympy.Pow() if operation.base == U:
                return roots(operation.exp, value)
            case sympy.Pow():
                return [(sympy.log(value) / sympy.log(operation.base), (value > 0,))]
        if operation.func in PERIODIC:
            row, shift = PERIODIC[operation.func]
            lo, hi = self._range(inner)
            first = math.floor(number(lo / pi) + shift + 1e-9)
            last = math.ceil(number(hi / pi) + shift - 1e-9)
            rows = [row(k) for k in range(first, last)]
        elif operation.func in ROWS and operation.args == (U,):
            rows = list(ROWS[operation.func])
        else:
            raise CannotPush(Reason.UNSUPPORTED, str(operation.func))
        found: list[tuple[Any, tuple[Any, ...]]] = []
        for entry in rows:
            ends = sorted((sympy.sympify(entry[2]), sympy.sympify(entry[3])), key=float)
            needed = [value > ends[0]] if ends[0] != -oo else []
            needed += [value < ends[1]] if ends[1] != oo else []
            found.append((sympy.sympify(entry[4]).subs(Y, value), tuple(needed)))
        return found

    def _several_places(self, value: Any, expression: Any, unknown: Any) -> list[tuple[Any, tuple[Any, ...]]]:
        factored = sympy.factor(expression) if sympy.count_ops(expression) < 60 else expression
        if factored != expression and places(factored, unknown) < places(expression, unknown):
            return self.inverted(value, factored, unknown)
        if isinstance(expression, sympy.log) or expression.is_Pow:
            raise NoClosedInverse(expression)
        from .rewriting import kernels

        found = kernels(expression, unknown)
        bases = {kernel for kernel in found if kernel.has(unknown)}
        if len(bases) > 1 and all(isinstance(base, sympy.log) for base in bases):
            merged = sympy.logcombine(expression, force=True)
            if places(merged, unknown) < places(expression, unknown):
                return self.inverted(value, merged, unknown)
        if len(bases) != 1:
            raise NoClosedInverse(expression)
        kernel = bases.pop()
        mark = sympy.Dummy("k", real=True)
        numerator = sympy.fraction(sympy.together(expression.subs(kernel, mark) - value))[0]
        if not numerator.is_polynomial(mark):
            raise NoClosedInverse(expression)
        equation = sympy.Poly(numerator, mark)
        solutions: list[tuple[Any, tuple[Any, ...]]] = []
        match equation.degree():
            case 1:
                a, b = equation.all_coeffs()
                solutions = [(sympy.factor(-b / a), ())]
            case 2:
                a, b, c = equation.all_coeffs()
                radicand = sympy.factor(sympy.expand(b**2 - 4 * a * c))
                solutions = [((-b + s * sympy.sqrt(radicand)) / (2 * a), (radicand > 0,)) for s in (1, -1)]
            case 4 if all(power % 2 == 0 for (power,) in equation.monoms()):
                a, b, c = (equation.coeff_monomial(mark**power) for power in (4, 2, 0))
                radicand = sympy.factor(sympy.expand(b**2 - 4 * a * c))
                squares = [(-b + s * sympy.sqrt(radicand)) / (2 * a) for s in (1, -1)]
                solutions = [
                    (sign * sympy.sqrt(square), (radicand > 0, square > 0)) for square in squares for sign in (1, -1)
                ]
            case _:
                raise NoClosedInverse(expression)
        return [
            (own, (*conditions, *more))
            for root, conditions in solutions
            for own, more in self.inverted(root, kernel, unknown)
        ]


def _log_of_quotient(expression: Any) -> Any:
    return expression.replace(sympy.log, lambda g: sympy.expand_log(sympy.log(sympy.factor(g))))
