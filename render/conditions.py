"""Conditions and small formulas about the numbers of a problem, as a sheet has them: ``dilation < kernel``, ``channels % 4 == 0``, ``sum(kernels) <= 20``.

They are read as Python's syntax has them and computed here, exactly, by a match over the few constructs that there are. Nothing is run.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import gcd
from typing import Any, Final

from derivations.language.errors import DeriveError
from derivations.parameters import nearest

Value = Fraction | str | bool | tuple[Any, ...]

_LONGEST: Final = 300  # characters
_LARGEST: Final = 10**60
"""A number beyond it is no size of anything; it bounds what a product of products can take."""

_SUMS: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_ORDERS: Final[Mapping[type, Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_ACCEPTED: Final = "names, numbers, + - * / // %, == != < <= > >=, and, or, not, kernels[1], sum, len, min, max, gcd, abs"


def _gcd(*items: Fraction) -> Fraction:
    if any(item.denominator != 1 for item in items):
        raise _NoValueError("gcd of a fraction")
    return Fraction(gcd(*(item.numerator for item in items)))


_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "sum": lambda *items: sum(items, Fraction(0)), "len": lambda *items: Fraction(len(items)), "min": min, "max": max, "gcd": _gcd, "abs": abs,
}  # fmt: skip


class _NoValueError(Exception):
    """The formula has no value here, such as a division by zero."""


class Formula:
    """A formula that was read. ``place`` names it in messages."""

    def __init__(self, written: object, place: str) -> None:
        """Raises DeriveError for what is not such a formula."""
        if not isinstance(written, str) or not written.strip() or len(written) > _LONGEST:
            raise DeriveError(f"{place} = {_short(written)} is not accepted; it must be a formula in quotes, such as \"dilation < kernel\"")
        self.text, self.place = " ".join(written.split()), place
        try:
            self.tree = ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            equals = "; equality is written ==" if "=" in self.text and not any(sign in self.text for sign in ("==", "<=", ">=", "!=")) else ""
            raise DeriveError(f"{place} = {self.text!r} cannot be read{equals}; it may have {_ACCEPTED}") from None

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Whether the condition holds for these values. Where a side has no value (a division by zero) it does not hold.

        Raises:
            DeriveError: a name that there is not, a construct that is not read, or a formula that is no condition.
        """
        try:
            found = self._of(self.tree, values)
        except _NoValueError:
            return False
        if not isinstance(found, bool):
            raise DeriveError(f"{self.place} = {self.text!r} is a number and not a condition; a condition compares, as in \"dilation < kernel\"")
        return found

    def number(self, values: Mapping[str, Value]) -> Fraction:
        """The number that the formula is. Raises DeriveError as ``holds``, and where there is no value."""
        try:
            found = self._of(self.tree, values)
        except _NoValueError as error:
            raise DeriveError(f"{self.place} = {self.text!r} has no value: {error}") from None
        if not isinstance(found, Fraction):
            raise DeriveError(f"{self.place} = {self.text!r} is no number")
        return found

    def _of(self, tree: ast.expr, values: Mapping[str, Value]) -> Any:
        match tree:
            case ast.Constant(bool() as value):
                return value
            case ast.Constant(int() | float() as value):
                return self._bounded(Fraction(str(value))) if str(value) not in ("inf", "nan") else self._refuse(tree)
            case ast.Constant(str() as value):
                return value
            case ast.Name(name):
                return self._named(name, values)
            case ast.Subscript(ast.Name(name), ast.Constant(int() as number)) if not isinstance(number, bool):
                listed = self._named(name, values)
                if not isinstance(listed, tuple) or not 1 <= number <= len(listed):
                    raise DeriveError(f"{self.place} = {self.text!r}: there is no {name}[{number}]; the first entry of a list is [1]")
                return listed[number - 1]
            case ast.BinOp(left, sign, right) if type(sign) in _SUMS:
                one, other = self._numbers((left, right), values)
                if not other and isinstance(sign, ast.Div | ast.FloorDiv | ast.Mod):
                    raise _NoValueError("a division by zero")
                return self._bounded(Fraction(_SUMS[type(sign)](one, other)))
            case ast.UnaryOp(ast.USub(), inside):
                return -self._numbers((inside,), values)[0]
            case ast.UnaryOp(ast.Not(), inside):
                return not self._truth(inside, values)
            case ast.BoolOp(sign, parts):
                truths = [self._truth(part, values) for part in parts]  # all of them are read, so that a fault in any is told
                return all(truths) if isinstance(sign, ast.And) else any(truths)
            case ast.Compare(first, signs, others) if all(type(sign) in _ORDERS for sign in signs):
                sides = [self._of(side, values) for side in (first, *others)]
                return all(self._compared(sign, a, b) for sign, a, b in zip(signs, sides, sides[1:], strict=False))
            case ast.Call(ast.Name(name), arguments, []) if name in _FUNCTIONS and arguments:
                items = [item for a in arguments for item in self._items(self._of(a, values))]
                if not items or (name == "abs" and len(items) != 1):
                    raise DeriveError(f"{self.place} = {self.text!r}: {name} is given {len(items)} numbers")
                return _FUNCTIONS[name](*items)
            case _:
                return self._refuse(tree)

    def _refuse(self, tree: ast.expr) -> Any:
        raise DeriveError(f"{self.place} = {self.text!r}: {ast.unparse(tree)!r} is not accepted; there are {_ACCEPTED}")

    def _named(self, name: str, values: Mapping[str, Value]) -> Value:
        if name not in values:
            raise DeriveError(f"{self.place} = {self.text!r}: there is no {name!r}{nearest(name, values)}; there are {', '.join(values) or 'none'}")
        return values[name]

    def _truth(self, tree: ast.expr, values: Mapping[str, Value]) -> bool:
        found = self._of(tree, values)
        if not isinstance(found, bool):
            raise DeriveError(f"{self.place} = {self.text!r}: {ast.unparse(tree)!r} is no condition")
        return found

    def _numbers(self, trees: Sequence[ast.expr], values: Mapping[str, Value]) -> list[Fraction]:
        found = [self._of(tree, values) for tree in trees]
        for tree, value in zip(trees, found, strict=True):
            if not isinstance(value, Fraction):
                raise DeriveError(f"{self.place} = {self.text!r}: {ast.unparse(tree)!r} is {_said(value)} and not a number")
        return found

    def _items(self, value: Any) -> list[Fraction]:
        items = list(value) if isinstance(value, tuple) else [value]
        for item in items:
            if not isinstance(item, Fraction):
                raise DeriveError(f"{self.place} = {self.text!r}: {_said(item)} is not a number")
        return items

    def _compared(self, sign: ast.cmpop, a: Any, b: Any) -> bool:
        if isinstance(sign, ast.Eq | ast.NotEq):
            return bool(_ORDERS[type(sign)](a, b))
        for side in (a, b):
            if not isinstance(side, Fraction):
                raise DeriveError(f"{self.place} = {self.text!r}: {_said(side)} is not a number, and only numbers have an order")
        return bool(_ORDERS[type(sign)](a, b))

    def _bounded(self, value: Fraction) -> Fraction:
        if abs(value.numerator) > _LARGEST or value.denominator > _LARGEST:
            raise DeriveError(f"{self.place} = {self.text!r}: its numbers have more than {len(str(_LARGEST)) - 1} digits")
        return value


def _said(value: object) -> str:
    return repr(value) if not isinstance(value, tuple) else "a list"


def _short(value: object) -> str:
    words = repr(value)
    return words if len(words) <= 80 else f"{words[:77]}..."
