"""Numbers that enclose: balls of Arb, and power series with such coefficients, for certainty about a counterexample.

``Ball`` holds every number that it may stand for. A comparison that its radius leaves open raises ``Inconclusive``: at a higher precision it may be decided.
``Series`` is a truncated power series in a small quantity: a derivative is a coefficient of one, never a quotient of differences. Series nest (a
derivative of a derivative): ``level`` tells their quantities apart, and what belongs to a lower level is a constant to a higher one.

What has no enclosure here (an integral, an infinite sum, a root that was searched) raises ``NotEnclosed``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import factorial
from typing import Any, Final, TypeAlias

from derivations.language.model.values import Undefined

_SOLVED_BITS: Final = 100
"""A float in a model is the solution of a hypothesis, found to more than so many bits."""
_BITS_PER_DIGIT: Final = 3.3219280948873626

Number: TypeAlias = Any


class Inconclusive(Exception):
    """Two enclosures overlap where a decision is wanted."""


class NotEnclosed(Exception):
    """Something of which no enclosure is known."""


def _arb(a: Number) -> Any:
    """The ball of a number of any type but Series; None for another type."""
    import flint

    if isinstance(a, Ball):
        return a.value
    if isinstance(a, int):
        return flint.arb(int(a))
    if isinstance(a, Fraction):
        return flint.arb(flint.fmpq(a.numerator, a.denominator))
    if isinstance(a, float):
        return flint.arb(a)
    if hasattr(a, "_mpf_"):
        sign, mantissa, exponent, _ = a._mpf_
        if not mantissa and exponent:
            return None  # infinities and not-a-number have no ball
        middle = flint.arb(int(mantissa) * (-1 if sign else 1)) * flint.arb(2) ** exponent
        return middle + flint.arb(0, (abs(middle) + 1).upper() * flint.arb(2) ** -_SOLVED_BITS)
    return None


class Ball:
    """A real number that is enclosed. ``value``: an ``arb``."""

    __slots__ = ("value",)
    _ball_ = True

    def __init__(self, value: Any) -> None:
        if not value.is_finite():
            raise Inconclusive
        self.value = value

    def _with(self, other: Number, f: Callable[[Any, Any], Any]) -> Any:
        found = _arb(other)
        return NotImplemented if found is None else Ball(f(self.value, found))

    def __add__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Any:
        return self._with(other, _quotient)

    def __rtruediv__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: _quotient(b, a))

    def __pow__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: a**b)

    def __neg__(self) -> Ball:
        return Ball(-self.value)

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        return Ball(abs(self.value))

    def __hash__(self) -> int:
        return id(self) >> 4

    def __eq__(self, other: object) -> Any:
        found = _arb(other)
        if found is None:
            return NotImplemented
        gap = self.value - found
        if gap.is_zero():
            return True
        if not gap.contains(0):
            return False
        raise Inconclusive

    def __lt__(self, other: Number) -> Any:
        return self._less(other, lambda a, b: a < b, lambda a, b: a >= b)

    def __le__(self, other: Number) -> Any:
        return self._less(other, lambda a, b: a <= b, lambda a, b: a > b)

    def __gt__(self, other: Number) -> Any:
        return self._less(other, lambda a, b: a > b, lambda a, b: a <= b)

    def __ge__(self, other: Number) -> Any:
        return self._less(other, lambda a, b: a >= b, lambda a, b: a < b)

    def _less(self, other: Number, yes: Callable[[Any, Any], bool], no: Callable[[Any, Any], bool]) -> Any:
        found = _arb(other)
        if found is None:
            return NotImplemented
        if yes(self.value, found):
            return True
        if no(self.value, found):
            return False
        raise Inconclusive

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __float__(self) -> float:
        return float(self.value)


def _quotient(a: Any, b: Any) -> Any:
    if b.is_zero():
        raise Undefined("division by zero")
    return a / b


class Series:
    """``parts[0] + parts[1] h + parts[2] h^2 + ...``, cut off after the last part; h is the small quantity of its level."""

    __slots__ = ("level", "parts")
    _ball_ = True

    def __init__(self, level: int, parts: list[Number]) -> None:
        self.level = level
        self.parts = parts

    def _other(self, other: Number) -> list[Number] | None:
        """The parts of another number at this level; None for one that is of a higher level, or no number."""
        if isinstance(other, Series):
            if other.level > self.level:
                return None
            if other.level == self.level:
                return other.parts
        elif not isinstance(other, Ball):
            found = _arb(other)
            if found is None:
                return None
            other = Ball(found)
        return [other, *[_zero()] * (len(self.parts) - 1)]

    def _made(self, parts: list[Number]) -> Series:
        return Series(self.level, parts)

    def _with(self, other: Number, f: Callable[[list[Number], list[Number]], list[Number]]) -> Any:
        """An operation on the parts, at the higher of the two levels. (Python asks no second operand of the same class.)"""
        found = self._other(other)
        if found is not None:
            return self._made(f(self.parts, found))
        if not isinstance(other, Series):
            return NotImplemented
        return other._made(f([self, *[_zero()] * (len(other.parts) - 1)], other.parts))

    def __add__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: [p + q for p, q in zip(a, b, strict=True)])

    __radd__ = __add__

    def __neg__(self) -> Series:
        return self._made([-a for a in self.parts])

    def __pos__(self) -> Series:
        return self

    def __sub__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: [p - q for p, q in zip(a, b, strict=True)])

    def __rsub__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: [q - p for p, q in zip(a, b, strict=True)])

    def __mul__(self, other: Number) -> Any:
        return self._with(other, _product)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Any:
        return self._with(other, _ratio)

    def __rtruediv__(self, other: Number) -> Any:
        return self._with(other, lambda a, b: _ratio(b, a))

    def __pow__(self, exponent: Number) -> Any:
        if not isinstance(exponent, int):
            return NotImplemented
        result: Number = self._made([Ball(_arb(1)), *[_zero()] * (len(self.parts) - 1)])
        for _ in range(abs(exponent)):
            result = result * self
        return result if exponent >= 0 else 1 / result

    def __abs__(self) -> Series:
        return self if self > 0 else -self

    def __hash__(self) -> int:
        return id(self) >> 4

    def __eq__(self, other: object) -> Any:
        """Whether they are the same function of h."""
        found = self._other(other)
        if found is None:
            return other == self if isinstance(other, Series) else NotImplemented
        return all(a == b for a, b in zip(self.parts, found, strict=True))

    def _compared(self, other: Number, compare: Callable[[Number, Number], bool]) -> Any:
        """At h = 0. Where they meet there, the comparison changes with h: what depends on it has no derivative."""
        found = self._other(other)
        if found is None:
            return NotImplemented
        first, *more = zip(self.parts, found, strict=True)
        if first[0] == first[1] and not all(a == b for a, b in more):
            raise Undefined("the derivative at a kink")
        return compare(*first)

    def __lt__(self, other: Number) -> Any:
        return self._compared(other, lambda a, b: a < b)

    def __le__(self, other: Number) -> Any:
        return self._compared(other, lambda a, b: a <= b)

    def __gt__(self, other: Number) -> Any:
        return self._compared(other, lambda a, b: a > b)

    def __ge__(self, other: Number) -> Any:
        return self._compared(other, lambda a, b: a >= b)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __float__(self) -> float:
        return float(self.parts[0])


def _zero() -> Ball:
    return Ball(_arb(0))


def _product(a: list[Number], b: list[Number]) -> list[Number]:
    found = []
    for n in range(len(a)):
        total = a[0] * b[n]
        for k in range(1, n + 1):
            total = total + a[k] * b[n - k]
        found.append(total)
    return found


def _ratio(a: list[Number], b: list[Number]) -> list[Number]:
    found: list[Number] = []
    for n in range(len(a)):
        total = a[n]
        for k in range(n):
            total = total - found[k] * b[n - k]
        found.append(total / b[0])
    return found


def small(level: int, order: int) -> Series:
    """The quantity of a level, for derivatives up to an order."""
    return Series(level, [_zero(), Ball(_arb(1)), *[_zero()] * (order - 1)])


def derivative(a: Number, level: int, order: int) -> Number:
    """The derivative of so high an order by the quantity of a level, at 0."""
    return a.parts[order] * factorial(order) if isinstance(a, Series) and a.level == level else 0


_SLOPES: Final[dict[str, Callable[[Number], Number]]] = {
    "exp": lambda a: function("exp", a),
    "log": lambda a: 1 / a,
    "sqrt": lambda a: 1 / (2 * function("sqrt", a)),
    "sin": lambda a: function("cos", a),
    "cos": lambda a: -function("sin", a),
    "sinh": lambda a: function("cosh", a),
    "cosh": lambda a: function("sinh", a),
    "tanh": lambda a: 1 - function("tanh", a) ** 2,
    "atan": lambda a: 1 / (1 + a**2),
    "asin": lambda a: 1 / function("sqrt", 1 - a**2),
    "acos": lambda a: -1 / function("sqrt", 1 - a**2),
    "asinh": lambda a: 1 / function("sqrt", 1 + a**2),
    "acosh": lambda a: 1 / function("sqrt", a**2 - 1),
    "atanh": lambda a: 1 / (1 - a**2),
    "erf": lambda a: function("exp", -(a**2)) * 2 / function("sqrt", _pi()),
    "erfc": lambda a: -_SLOPES["erf"](a),
    "gamma": lambda a: function("gamma", a) * function("digamma", a),
}
"""The functions that have an enclosure: Arb's of these names, with their derivatives."""


def _pi() -> Ball:
    import flint

    return Ball(flint.arb.pi())


def function(name: str, a: Number) -> Number:
    """One of Arb's functions of a ball, or of a series by its derivative. Raises Undefined or Inconclusive where the value is not finite."""
    if isinstance(a, Series):
        start, *rest = a.parts
        first = function(name, start)
        if not rest:
            return Series(a.level, [first])
        if name not in _SLOPES:
            raise NotEnclosed
        shorter = Series(a.level, a.parts[:-1])
        slope = _SLOPES[name](shorter) * Series(a.level, [k * part for k, part in enumerate(rest, 1)])
        return Series(a.level, [first, *(part / k for k, part in enumerate(slope.parts, 1))])
    return Ball(getattr(_arb(a), name)())


class BallContext:
    """Stands in for the context of mpmath: the same names, with enclosures for results. ``inf``: an infinity of mpmath."""

    def __init__(self, dps: float, inf: Number) -> None:
        self.inf = inf
        self.level = 0
        self.dps = dps

    @property
    def dps(self) -> float:
        return self._dps

    @dps.setter
    def dps(self, digits: float) -> None:
        import flint

        self._dps = digits
        flint.ctx.prec = int(digits * _BITS_PER_DIGIT) + 16

    @property
    def prec(self) -> float:
        return self._dps

    @prec.setter
    def prec(self, digits: float) -> None:
        self.dps = digits

    @property
    def pi(self) -> Ball:
        return _pi()

    @property
    def e(self) -> Number:
        return self.exp(1)

    def mpf(self, a: Number) -> Number:
        if isinstance(a, Series):
            return a
        if isinstance(a, str):
            return self.mpf(Fraction(a))
        found = _arb(a)
        return a if found is None else Ball(found)

    def exp(self, a: Number) -> Number:
        return function("exp", a)

    def ln(self, a: Number) -> Number:
        return function("log", a)

    def root(self, a: Number, degree: int) -> Number:
        return function("exp", function("log", a) / degree) if isinstance(a, Series) else Ball(_arb(a).root(degree))

    def floor(self, a: Number) -> int:
        start = a
        while isinstance(start, Series):
            start = start.parts[0]
        found = _arb(start).floor().unique_fmpz()
        if found is None:
            raise Inconclusive
        if start is not a and start == int(found):
            raise Undefined("the derivative at a jump")
        return int(found)

    def isfinite(self, a: Number) -> bool:
        return bool(isinstance(a, Ball | Series) or _arb(a) is not None)

    def larger(self, a: Number, b: Number) -> Number:
        """The larger of two numbers whose order is open."""
        if isinstance(a, Series) or isinstance(b, Series):
            raise Inconclusive
        return Ball(_arb(a).max(_arb(b)))

    def __getattr__(self, name: str) -> Callable[[Number], Number]:
        if name not in _SLOPES and name not in ("digamma",):
            raise NotEnclosed
        return lambda a: function(name, a)
