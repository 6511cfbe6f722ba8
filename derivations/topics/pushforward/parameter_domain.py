"""The admissible values of a distribution's parameters, and signs of expressions in them.

A sign is *proved* from SymPy's assumptions, from the constraints (which are removed by a substitution: with `a < b` the
symbol b becomes a + t with t positive) or by exact arithmetic. Where that fails but every sampled admissible value gives
the same sign, the sign is used and remembered as *sampled*; where the samples disagree, `UndeterminedSign` is raised.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import sympy

from .evaluation import Compiled, number
from .refusals import CannotPush, Reason, UndeterminedSign

SAMPLES = 24
_oo = sympy.oo


class ParameterDomain:
    """Parameters with their assumptions (on the symbols themselves) and constraints (SymPy relations between them)."""

    def __init__(self, symbols: Iterable[Any] = (), constraints: Iterable[Any] = ()) -> None:
        self.symbols: tuple[Any, ...] = tuple(sorted(set(symbols), key=lambda symbol: str(symbol.name)))
        self.constraints: tuple[Any, ...] = tuple(constraints)
        self.sampled: set[Any] = set()
        self._signs: dict[Any, int] = {}

    # -- constraints -------------------------------------------------------------------------------------------------

    @cached_property
    def positive_expressions(self) -> tuple[Any, ...]:
        """Expressions that the constraints declare positive (a weak inequality counts: its boundary is left out)."""
        found: list[Any] = []
        pending = list(self.constraints)
        while pending:
            constraint = pending.pop(0)
            match constraint:
                case sympy.And():
                    pending.extend(constraint.args)
                case sympy.StrictGreaterThan() | sympy.GreaterThan():
                    found.extend(_without_abs(constraint.lhs - constraint.rhs))
                case sympy.StrictLessThan() | sympy.LessThan():
                    found.extend(_without_abs(constraint.rhs - constraint.lhs))
                case _:
                    pass
        return tuple(found)

    @cached_property
    def _reparametrised(self) -> dict[Any, Any]:
        """Substitution after which the constraints hold by the assumptions of fresh symbols."""
        lower: dict[Any, Any] = {}
        upper: dict[Any, Any] = {}
        result: dict[Any, Any] = {}
        for positive in self.positive_expressions:
            for symbol in sorted(positive.free_symbols, key=lambda s: (s in lower or s in upper, str(s.name))):
                slope = positive.diff(symbol)
                if not slope.is_number or slope.is_zero:
                    continue
                bound = sympy.expand(symbol - positive / slope)
                table = lower if slope.is_positive else upper
                if symbol in table or symbol in result:
                    continue
                if _keeps_assumptions(symbol, bound, above=bool(slope.is_positive)):
                    table[symbol] = bound
                    break
        for symbol in {*lower, *upper}:
            fresh = sympy.Dummy(f"t_{symbol.name}", positive=True)
            low, high = lower.get(symbol), upper.get(symbol)
            if high is not None and low is None and symbol.is_positive:
                low = sympy.S.Zero
            if low is not None and high is not None:
                result[symbol] = (low + high * fresh) / (1 + fresh)
            elif low is not None:
                result[symbol] = low + fresh
            elif high is not None:
                result[symbol] = high - fresh
        return result

    def _rewritten(self, expression: Any) -> Any:
        """The expression after the substitution that makes the constraints automatic."""
        for _ in range(3):
            changed = expression.subs(self._reparametrised, simultaneous=True)
            if changed == expression:
                break
            expression = changed
        return expression

    # -- signs -------------------------------------------------------------------------------------------------------

    def sign(self, expression: Any) -> int:
        """1, 0 or -1 for an expression in the parameters (infinite values allowed).

        Raises:
            UndeterminedSign: the admissible parameter values do not agree on the sign.
            CannotPush: the expression is not real at admissible values.
        """
        expression = sympy.sympify(expression)
        if expression in self._signs:
            return self._signs[expression]
        found = self._proved_sign(expression)
        if found is None:
            found = self._sampled_sign(expression)
        self._signs[expression] = found
        return found

    def _proved_sign(self, expression: Any) -> int | None:
        if expression is _oo:
            return 1
        if expression == -_oo:
            return -1
        direct = assumed_sign(expression)
        if direct is not None:
            return direct
        if expression.is_number:
            return _exact_sign(expression)
        for positive in self.positive_expressions:
            ratio = sympy.cancel(expression / positive) if positive != 0 else sympy.nan
            known = assumed_sign(ratio)
            if known is not None:
                return known
        rewritten = self._rewritten(expression)
        for candidate in (rewritten, sympy.expand(rewritten), _factored(rewritten)):
            direct = assumed_sign(candidate)
            if direct is not None:
                return direct
        numerator, denominator = sympy.fraction(sympy.together(rewritten))
        above, below = assumed_sign(sympy.expand(numerator)), assumed_sign(sympy.expand(denominator))
        if above is not None and below is not None:
            return above * below
        return _sign_by_monotone_difference(rewritten)

    def _sampled_sign(self, expression: Any) -> int:
        compiled = Compiled(expression, self.symbols)
        seen: set[int] = set()
        for values in self.samples:
            value = compiled(*(values[symbol] for symbol in self.symbols))
            if math.isnan(value):
                raise CannotPush(Reason.UNDEFINED, f"{expression} is not real at {values}")
            seen.add(0 if abs(value) < 1e-13 else (1 if value > 0 else -1))
        if len(seen) != 1:
            raise UndeterminedSign(expression)
        found = seen.pop()
        if found != 0 or sympy.simplify(expression) != 0:
            self.sampled.add(expression)
        return found

    # -- order -------------------------------------------------------------------------------------------------------

    def compare(self, left: Any, right: Any) -> int:
        """The sign of left - right, for ends of intervals (both may be infinite)."""
        left, right = sympy.sympify(left), sympy.sympify(right)
        if left == right:
            return 0
        if left is _oo or right == -_oo:
            return 1
        if left == -_oo or right is _oo:
            return -1
        return self.sign(left - right)

    def larger(self, left: Any, right: Any) -> Any:
        return left if self.compare(left, right) >= 0 else right

    def smaller(self, left: Any, right: Any) -> Any:
        return left if self.compare(left, right) <= 0 else right

    # -- samples -----------------------------------------------------------------------------------------------------

    @cached_property
    def samples(self) -> tuple[dict[Any, float], ...]:
        """Admissible parameter values, the same ones in every run.

        Raises:
            CannotPush: no admissible values were found by drawing at random.
        """
        if not self.symbols:
            return ({},)
        source = random.Random(20)
        constraints = [Compiled(expression, self.symbols) for expression in self.positive_expressions]
        found: list[dict[Any, float]] = []
        for attempt in range(6000):
            values = {symbol: _draw(symbol, source, attempt) for symbol in self.symbols}
            arguments = [values[symbol] for symbol in self.symbols]
            if all(constraint(*arguments) > 1e-3 for constraint in constraints):
                found.append(values)
                if len(found) == SAMPLES:
                    break
        if not found:
            raise CannotPush(Reason.UNSUPPORTED, f"no admissible parameter values were found for {self.constraints}")
        return tuple(found)

    def assuming(self, expression: Any, sign: int) -> ParameterDomain:
        """The part of the domain on which `expression` has the given sign (1 or -1)."""
        relation = sympy.StrictGreaterThan if sign > 0 else sympy.StrictLessThan
        return ParameterDomain(self.symbols, (*self.constraints, relation(expression, 0, evaluate=False)))


def assumed_sign(expression: Any) -> int | None:
    """The sign that SymPy's assumptions give, or None."""
    if expression.is_positive or expression.is_extended_positive:
        return 1
    if expression.is_negative or expression.is_extended_negative:
        return -1
    if expression.is_zero:
        return 0
    return None


def _exact_sign(expression: Any) -> int | None:
    value = number(expression)
    if math.isnan(value):
        raise CannotPush(Reason.UNDEFINED, f"{expression} is not a real number")
    if abs(value) > 1e-12:
        return 1 if value > 0 else -1
    return 0 if expression.equals(0) or abs(number(sympy.N(expression, 60))) < 1e-45 else None


def _factored(expression: Any) -> Any:
    """The expression with its factors apart; left alone where factoring would be slow."""
    return sympy.factor(sympy.together(expression)) if sympy.count_ops(expression) < 60 else expression


def _sign_by_monotone_difference(expression: Any) -> int | None:
    """The sign of h(u) - h(v) for an increasing h (exp, log, a positive power) is that of u - v."""
    if not expression.is_Add or len(expression.args) != 2:
        return None
    left, right = expression.args
    if left.could_extract_minus_sign():
        left, right = right, left
    if not right.could_extract_minus_sign():
        return None
    first, second = sympy.log(left), sympy.log(-right)
    if assumed_sign(left) == 1 and assumed_sign(-right) == 1:
        return assumed_sign(sympy.expand_log(sympy.expand(first - second)))
    return None


def _without_abs(positive: Any) -> list[Any]:
    """c - |u| > 0 is c - u > 0 and c + u > 0; anything else is itself."""
    inner = [atom for atom in positive.atoms(sympy.Abs) if (positive + atom).free_symbols.isdisjoint(atom.free_symbols)]
    if len(inner) == 1:
        bound = positive + inner[0]
        return [bound - inner[0].args[0], bound + inner[0].args[0]]
    return [positive]


def _keeps_assumptions(symbol: Any, bound: Any, *, above: bool) -> bool:
    """Whether symbol = bound +/- t keeps a declared sign of the symbol."""
    if above:
        return not symbol.is_positive or bool(bound.is_nonnegative)
    return bound.is_number or not symbol.is_positive


def _draw(symbol: Any, source: random.Random, attempt: int) -> float:
    spread = (0.5, 1.0, 2.0)[attempt % 3]
    if symbol.is_integer:
        size = source.randint(1, 7)
        if symbol.is_even:
            size = 2 * size
        elif symbol.is_odd:
            size = 2 * size - 1
        if symbol.is_positive or symbol.is_nonnegative:
            return float(size)
        return float(-size if symbol.is_negative or source.random() < 0.5 else size)
    if symbol.is_positive or symbol.is_nonnegative:
        return round(math.exp(source.gauss(0, 0.6 * spread)), 4) + 0.01
    if symbol.is_negative or symbol.is_nonpositive:
        return -round(math.exp(source.gauss(0, 0.6 * spread)), 4) - 0.01
    return round(source.gauss(0, spread), 4) or 0.5


def describe(values: Mapping[Any, float]) -> str:
    """Parameter values as text for a message."""
    return ", ".join(f"{symbol} = {value:g}" for symbol, value in values.items()) or "no parameters"
