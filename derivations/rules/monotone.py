"""Strictly monotone functions, by their construction: no derivative is needed.

    u strictly increasing from a to b on I      h strictly increasing on (a, b), with limits h(a), h(b)
    ---------------------------------------------------------------------------------------------------
    h(u) strictly increasing on I from h(a) to h(b), with inverse u^-1(h^-1(y))

and likewise with a direction turned; sums of functions of one direction; products of functions of one sign each whose sizes have one direction. What the
functions h do is elementary analysis (Abramowitz and Stegun, chapters 4 and 7). Every function here is continuous and differentiable inside its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from derivations.language.context import Context
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.functions import written_out
from derivations.language.quote import quote
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Add, Bars, Call, Cases, Const, Frac, Group, Mul, Name, Num, Pow, Relation, Root, Term, product
from derivations.rules.normal.convert import Algebra
from derivations.rules.order import sign_by_factors

Inverse = Callable[[Term], Term]


@record
class Course:
    """What a term does as its variable runs over an interval: ``way`` 1 rising, -1 falling, 0 constant; the limits at both ends as SymPy's values; and the
    inverse, where it is the composition of known inverses."""

    way: int
    start: Any
    end: Any
    inverse: Inverse | None = None

    @property
    def low(self) -> Any:
        return self.start if self.way >= 0 else self.end

    @property
    def high(self) -> Any:
        return self.end if self.way >= 0 else self.start


def course(node: Term, variable: Name, low: Any, high: Any, known: Context) -> Course | None:
    """The course of a term (whose definitions are put in) as its variable runs from ``low`` to ``high`` (SymPy's values), or None where it is not found."""
    try:
        return _Courses(variable, low, high, known).of(node)
    except (DeriveError, NotImplementedError, TypeError, ValueError):
        return None


class _Courses:
    def __init__(self, variable: Name, low: Any, high: Any, known: Context) -> None:
        self.variable, self.low, self.high, self.known = variable, low, high, known
        self.algebra = Algebra(known)
        self.names = {denote(n, known): n for n, _ in known.kinds if _has_value(n, known)}

    def sign(self, value: Any) -> str | None:
        """The sign of a value that may be infinite: ``+ - 0 0+ 0-`` or None."""
        import sympy as sp

        if value in (sp.oo, -sp.oo):
            return "+" if value == sp.oo else "-"
        if value.has(sp.nan, sp.zoo, sp.oo):
            return None
        return sign_of_number(value) or sign_by_factors(self.algebra, self.algebra.poly(quote(value, self.names)))

    def of(self, node: Term) -> Course | None:
        if self.variable not in free_names(node):
            value = denote(node, self.known)
            return Course(0, value, value)
        match node:
            case Name():
                return Course(1, self.low, self.high, lambda y: y)
            case Group(body):
                return self.of(body)
            case Add(parts):
                return self._sum([self._turned(self.of(part), sign) for sign, part in parts])
            case Mul(parts) if all(sign != "odot" for sign, _ in parts):
                return self._product([self.of(part) for _, part in parts])
            case Frac(above, below):
                return self._product([self.of(above), self._reciprocal(self.of(below))])
            case Root(radicand, degree):
                return self._power(self.of(radicand), Frac(Num("1"), Num("2") if degree is None else degree))
            case Pow(Const("e"), exponent):
                return self._exponential(self.of(exponent), None)
            case Pow(base, exponent) if self.variable not in free_names(exponent):
                return self._power(self.of(base), exponent)
            case Pow(base, exponent) if self.variable not in free_names(base):
                return self._exponential(self.of(exponent), base)
            case Bars("floor" | "ceil" as kind, body, None):
                return self._whole(self.of(body), kind)
            case Bars("abs", body, None):
                return self._absolute(self.of(body))
            case Cases(rows):
                return self._cases(rows)
            case Call(Name("max" | "min" as which), (one, other)):
                return self._greater(one, other, which)
            case Call(Name(name), (argument,)):
                whole = written_out(name, argument)
                return self._named(name, self.of(argument)) if whole is None else self.of(whole)
            case _:
                return None

    @staticmethod
    def _turned(inner: Course | None, sign: str) -> Course | None:
        if inner is None or sign == "+":
            return inner
        back = inner.inverse
        return Course(-inner.way, -inner.start, -inner.end, None if back is None else lambda y: back(-y))

    def _sum(self, parts: list[Course | None]) -> Course | None:
        ways = {part.way for part in parts if part is not None} - {0}
        if any(part is None for part in parts) or len(ways) > 1:
            return None
        found = [part for part in parts if part is not None]
        if not ways:
            return _constant(_total(part.start for part in found))
        moving = [part for part in found if part.way]
        start, end = _total(part.start for part in found), _total(part.end for part in found)
        if start is None or end is None:
            return None
        back = moving[0].inverse if len(moving) == 1 else None
        rest = [self.written(part.start) for part in found if not part.way]

        def inverse(y: Term) -> Term:
            for value in rest:
                y = y - value
            return back(y) if back is not None else y

        return Course(ways.pop(), start, end, inverse if back is not None else None)

    def written(self, value: Any) -> Term:
        return quote(value, self.names)

    def _product(self, parts: list[Course | None]) -> Course | None:
        """Factors of one sign each whose sizes all rise, or all fall. True: ``x e^-x`` rises for negative x, where -x and e^-x are positive and fall. A false
        neighbour is ``x e^x`` there, of which the one falls and the other rises."""
        import sympy as sp

        if any(part is None for part in parts):
            return None
        found = [part for part in parts if part is not None]
        moving = [part for part in found if part.way]
        factor = _times(part.start for part in found if not part.way)
        if not moving:
            return _constant(factor)
        if factor == 0:
            return _constant(factor)
        sign = self.sign(factor) if factor is not None else None
        if sign not in ("+", "-"):
            return None
        if len(moving) == 1:
            (one,) = moving
            back, way = one.inverse, one.way * (1 if sign == "+" else -1)
            by = self.written(factor)
            turn = 1 if sign == "+" else -1
            ends = [turn * end if end in (sp.oo, -sp.oo) else factor * end for end in (one.start, one.end)]
            return Course(way, ends[0], ends[1], None if back is None else lambda y: back(Frac(y, by) if by != Num("1") else y))
        sizes = [size for part in moving if (size := self._absolute(part)) is not None]
        if len(sizes) < len(moving) or len({size.way for size in sizes}) != 1:
            return None
        start, end = _times(part.start for part in moving), _times(part.end for part in moving)
        if start is None or end is None:
            return None
        negative = sum(size is not part for size, part in zip(sizes, moving, strict=True)) + (sign == "-")
        return Course(sizes[0].way * (-1) ** negative, factor * start, factor * end)

    def _reciprocal(self, inner: Course | None) -> Course | None:
        import sympy as sp

        if inner is None:
            return None
        if not inner.way:
            return None if self.sign(inner.start) not in ("+", "-") else Course(0, 1 / inner.start, 1 / inner.end)
        if self.sign(inner.low) in ("+", "0+", "0"):
            far = sp.oo
        elif self.sign(inner.high) in ("-", "0-", "0"):
            far = -sp.oo
        else:
            return None
        ends = [far if end == 0 else 1 / end for end in (inner.start, inner.end)]
        back = inner.inverse
        return Course(-inner.way, ends[0], ends[1], None if back is None else lambda y: back(Frac(Num("1"), y)))

    def _power(self, inner: Course | None, exponent: Term) -> Course | None:
        import sympy as sp

        if inner is None:
            return None
        value = denote(exponent, self.known)
        if inner.way == 0:
            return _constant(inner.start**value)
        sign = self.sign(value)
        if sign not in ("+", "-"):
            return None
        positive = self.sign(inner.low) in ("+", "0+", "0")
        negative = self.sign(inner.high) in ("-", "0-", "0")
        back = inner.inverse
        root = self.written(1 / value)

        def at(end: Any) -> Any:
            if end == 0:
                return sp.Integer(0) if sign == "+" else sp.oo
            if end == sp.oo:
                return sp.oo if sign == "+" else sp.Integer(0)
            return end**value

        if positive:
            way = inner.way * (1 if sign == "+" else -1)
            return Course(way, at(inner.start), at(inner.end), None if back is None else lambda y: back(_raised(y, root)))
        if not value.is_integer:
            return None
        if negative:
            even = value.is_even
            if even is None:
                return None
            flip = 1 if even else -1
            way = -inner.way * (1 if sign == "+" else -1) * flip
            ends = [flip * at(-end) for end in (inner.start, inner.end)]
            return Course(way, ends[0], ends[1], None if back is None else lambda y: back(-_raised(y if even else -y, root)))
        if value.is_odd and sign == "+":  # through zero, where the derivative of an odd power vanishes at one point
            ends = [end if end in (sp.oo, -sp.oo) else end**value for end in (inner.start, inner.end)]
            return Course(inner.way, ends[0], ends[1])
        return None

    def _exponential(self, inner: Course | None, base: Term | None) -> Course | None:
        import sympy as sp

        if inner is None:
            return None
        if inner.way == 0:
            return _constant((sp.E if base is None else denote(base, self.known)) ** inner.start)
        rate = sp.Integer(1) if base is None else sp.log(denote(base, self.known))
        sign = self.sign(rate) if base is None or self.sign(denote(base, self.known)) == "+" else None
        if sign not in ("+", "-"):
            return None
        above, below = (sp.oo, sp.Integer(0)) if sign == "+" else (sp.Integer(0), sp.oo)
        ends = [above if end == sp.oo else below if end == -sp.oo else sp.exp(rate * end) for end in (inner.start, inner.end)]
        back = inner.inverse
        ln = Name("ln")

        def logarithm(y: Term) -> Term:
            return Call(ln, (y,)) if base is None else Frac(Call(ln, (y,)), Call(ln, (base,)))

        return Course(inner.way * (1 if sign == "+" else -1), ends[0], ends[1], None if back is None else lambda y: back(logarithm(y)))

    def _absolute(self, inner: Course | None) -> Course | None:
        if inner is None:
            return None
        if self.sign(inner.low) in ("+", "0+", "0"):
            return inner
        return self._turned(inner, "-") if self.sign(inner.high) in ("-", "0-", "0") else None

    def _whole(self, inner: Course | None, kind: str) -> Course | None:
        """The floor or the ceiling of what stays between two neighbouring integers."""
        import sympy as sp

        if inner is None:
            return None
        if not inner.way:
            return _constant(sp.floor(inner.start) if kind == "floor" else sp.ceiling(inner.start))
        try:
            below = sp.Integer(math.floor(float(sp.N((inner.low + inner.high) / 2))))
        except (TypeError, OverflowError, ValueError):
            return None
        value = below if kind == "floor" else below + 1
        return Course(0, value, value) if self._at_least(inner.low, below) and self._at_most(inner.high, below + 1) else None

    def _greater(self, one: Term, other: Term, which: str) -> Course | None:
        """max(u, v) or min(u, v) where one of them is the greater on the whole interval."""
        gap = self.of(one - other)
        low, high = (None, None) if gap is None else (self.sign(gap.low), self.sign(gap.high))
        if gap is None:  # z - z^2 rises and falls between 0 and 1; its factors have one sign there
            low = high = sign_by_factors(self.algebra, self.algebra.poly(one - other))
        if low in ("+", "0+", "0"):
            return self.of(one if which == "max" else other)
        return self.of(other if which == "max" else one) if high in ("-", "0-", "0") else None

    def _cases(self, rows: tuple[tuple[Term, Term | None], ...]) -> Course | None:
        """The first row whose condition holds on the whole interval, where each one before fails on all of it."""
        for value, condition in rows:
            truth = True if condition is None else self._truth(condition)
            if truth is None:
                return None
            if truth:
                return self.of(value)
        return None

    def _truth(self, condition: Term) -> bool | None:
        if not isinstance(condition, Relation):
            return None
        found: list[bool | None] = []
        for left, sign, right in zip(condition.items, condition.signs, condition.items[1:], strict=False):
            gap = self.of(right - left if sign in ("<", "<=") else left - right)
            if gap is None or sign not in ("<", "<=", ">", ">="):
                return None
            above = self.sign(gap.low) in (("+", "0+", "0") if gap.way or sign in ("<=", ">=") else ("+",))
            below = self.sign(gap.high) in (("-", "0-", "0") if gap.way or sign in ("<", ">") else ("-",))
            found.append(True if above else False if below else None)
        return False if False in found else None if None in found else True

    def _named(self, name: str, inner: Course | None) -> Course | None:
        import sympy as sp

        from derivations.language.denote import FUNCTIONS

        if inner is None:
            return None
        if inner.way == 0:
            return _constant(FUNCTIONS[name](inner.start)) if name in FUNCTIONS else None
        if name == "sign":
            side = 1 if self.sign(inner.low) in ("+", "0+", "0") else -1 if self.sign(inner.high) in ("-", "0-", "0") else 0
            return _constant(sp.Integer(side)) if side else None
        if name in _RISING:
            lowest, highest, back_name = _RISING[name]
            if not (self._at_least(inner.low, lowest) and self._at_most(inner.high, highest)):
                return None
            return self._applied(name, inner, 1, lambda y: _called(back_name, y))
        if name in ("LambertW", "LambertWm"):
            return self._lambert(name, inner)
        if name == "arccos":
            return self._applied(name, inner, -1, lambda y: _called("cos", y)) if self._at_least(inner.low, -1) and self._at_most(inner.high, 1) else None
        if name == "cosh":
            if self.sign(inner.low) in ("+", "0+", "0"):
                return self._applied(name, inner, 1, lambda y: _called("arcosh", y))
            return self._applied(name, inner, -1, lambda y: -_called("arcosh", y)) if self.sign(inner.high) in ("-", "0-", "0") else None
        if name in ("sin", "cos", "tan"):
            return self._turning(name, inner)
        return None

    def _lambert(self, name: str, inner: Course) -> Course | None:
        """Lambert's W from -1/e on: the upper branch rises from -1, the lower one falls to minus infinity at zero."""
        import sympy as sp

        lower = name == "LambertWm"
        if not (self._at_least(inner.low, -sp.exp(-1)) and (not lower or self._at_most(inner.high, 0))):
            return None
        far = -sp.oo if lower else sp.oo
        ends = [far if end == (0 if lower else sp.oo) else sp.LambertW(end, -1 if lower else 0) for end in (inner.start, inner.end)]
        back = inner.inverse

        def undone(y: Term) -> Term:
            return product(y, Pow(Const("e"), y))

        return Course(inner.way * (-1 if lower else 1), ends[0], ends[1], None if back is None else lambda y: back(undone(y)))

    def _at_least(self, value: Any, bound: Any) -> bool:
        return bound is None or self.sign(value - bound) in ("+", "0+", "0")

    def _at_most(self, value: Any, bound: Any) -> bool:
        return bound is None or self.sign(bound - value) in ("+", "0+", "0")

    def _applied(self, name: str, inner: Course, way: int, undone: Inverse) -> Course | None:
        from derivations.language.denote import FUNCTIONS

        ends = [_value_at(FUNCTIONS[name], end) for end in (inner.start, inner.end)]
        back = inner.inverse
        if any(end is None for end in ends):
            return None
        return Course(way * inner.way, ends[0], ends[1], None if back is None else lambda y: back(undone(y)))

    def _turning(self, name: str, inner: Course) -> Course | None:
        """sin, cos and tan between two of their turning points (or poles): which these are is seen in numbers, and then shown."""
        import sympy as sp

        try:
            middle = float(sp.N((inner.low + inner.high) / 2))
        except TypeError:
            return None
        if not math.isfinite(middle):
            return None
        shift = 0.0 if name == "cos" else 0.5
        k = math.floor(middle / math.pi + shift)
        first = (k - sp.Rational(0 if name == "cos" else 1, 1 if name == "cos" else 2)) * sp.pi
        if not (self._at_least(inner.low, first) and self._at_most(inner.high, first + sp.pi)):
            return None
        up = name == "tan" or (k % 2 == 0) == (name == "sin")
        turns = self.written(k * sp.pi if name != "cos" or up is False else (k + 1) * sp.pi)

        def undone(y: Term) -> Term:
            if name == "cos":
                angle = _called("arccos", y)
                return _shifted(turns, angle, 1 if not up else -1)
            return _shifted(turns, _called("arcsin" if name == "sin" else "arctan", y), 1 if up else -1)

        if name == "tan":
            ends = [sp.oo if end == first + sp.pi else -sp.oo if end == first else sp.tan(end) for end in (inner.start, inner.end)]
            back = inner.inverse
            return Course(inner.way, ends[0], ends[1], None if back is None else lambda y: back(undone(y)))
        return self._applied(name, inner, 1 if up else -1, undone)


def sign_of_number(value: Any) -> str | None:
    """The sign of a real number that holds no symbols, from enough digits of it; None for zero, or what may be."""
    import sympy as sp

    if value.free_symbols or not value.is_number or value.is_extended_real is False:
        return None
    digits = sp.N(value, 30)
    if not digits.is_Float or abs(digits) < sp.Float("1e-20"):
        return None
    return "+" if digits > 0 else "-"


def _constant(value: Any) -> Course | None:
    """The course of what has one value; None where that is none."""
    import sympy as sp

    return None if value is None or value.has(sp.nan, sp.zoo, sp.oo) else Course(0, value, value)


def _has_value(name: Term, known: Context) -> bool:
    try:
        denote(name, known)
    except DeriveError:
        return False
    return True


_RISING: dict[str, tuple[Any, Any, str]] = {
    "ln": (0, None, "exp"), "sinh": (None, None, "arsinh"), "tanh": (None, None, "artanh"), "arctan": (None, None, "tan"), "arcsin": (-1, 1, "sin"),
    "arsinh": (None, None, "sinh"), "arcosh": (1, None, "cosh"), "artanh": (-1, 1, "tanh"), "erf": (None, None, "erfinv"), "erfinv": (-1, 1, "erf"),
    "sqrt": (0, None, "square"),
}  # fmt: skip
"""Functions that are strictly increasing between these bounds (None: none), and their inverses."""


def _called(name: str, y: Term) -> Term:
    if name == "exp":
        return Pow(Const("e"), y)
    return Pow(y, Num("2")) if name == "square" else Call(Name(name), (y,))


def _shifted(turns: Term, angle: Term, sign: int) -> Term:
    if turns == Num("0"):
        return angle if sign > 0 else -angle
    return turns + angle if sign > 0 else turns - angle


def _raised(y: Term, root: Term) -> Term:
    match root:
        case Frac(Num("1"), Num("2")):
            return Root(y)
        case Frac(Num("1"), Num() as degree):
            return Root(y, degree)
        case _:
            return Pow(y, root)


def _value_at(function: Any, end: Any) -> Any:
    """A function's value or limit at an end of its interval; None where SymPy does not give it."""
    import sympy as sp

    value = -sp.oo if function is sp.log and end == 0 else function(end)
    return None if value.has(sp.nan, sp.zoo) or value.is_extended_real is False else value


def _total(values: Any) -> Any:
    """The sum of values that may be infinite; None where it is not determined."""
    import sympy as sp

    found = sp.Add(*values)
    return None if found.has(sp.nan, sp.zoo) else found


def _times(values: Any) -> Any:
    """The product of values that may be infinite; None where it is not determined."""
    import sympy as sp

    found = sp.Mul(*values)
    return None if found.has(sp.nan, sp.zoo) else found


__all__ = ["Course", "course", "sign_of_number"]
