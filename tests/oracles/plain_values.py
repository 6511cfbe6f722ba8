"""What a term is worth at concrete values, by the plainest possible means: loops, exact fractions, and mpmath for the rest.

Written for the tests of the rules: it shares nothing with the rules or with the values that the project draws, so that a fault of theirs is none of its own.
A term is evaluated in a ``World``; what has no value there raises ``NoValue``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import factorial
from typing import Any

import mpmath

from derivations.language.context import Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.term import (
    Add,
    At,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Deriv,
    Frac,
    Group,
    Index,
    Integral,
    Logic,
    Marked,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
)  # fmt: skip

mpmath.mp.dps = 30
FAR = 60
"""Where the sum of a series that is known to converge fast is cut off."""
TINY = mpmath.mpf("1e-12")
NEAR = mpmath.mpf("1e-8")
"""How far numbers that are computed may be apart: derivatives are differences."""
DEEP = 40
"""How many steps of a recurrence are taken."""


class NoValue(Exception):
    """The term has no value here, or none that this oracle can tell."""


@dataclass
class World:
    """Values for names, entries of sequences by their numbers, functions, and the outcomes of random variables with their probabilities."""

    context: Context
    names: dict[Term, Any] = field(default_factory=dict)
    entries: dict[Term, Callable[..., Any]] = field(default_factory=dict)
    functions: dict[Term, Callable[..., Any]] = field(default_factory=dict)
    outcomes: list[tuple[Any, dict[Term, Any]]] = field(default_factory=list)


def value(term: Term, world: World, bound: dict[Term, Any] | None = None) -> Any:
    """A number: int, Fraction, mpf or mpc."""
    return _Reader(world, dict(bound or {})).of(term)


class _Reader:
    def __init__(self, world: World, bound: dict[Term, Any]) -> None:
        self.world, self.bound = world, bound

    def under(self, variable: Term, number: Any) -> _Reader:
        return _Reader(self.world, {**self.bound, variable: number})

    def of(self, term: Term) -> Any:
        match term:
            case Num(digits):
                return Fraction(digits)
            case Const("pi"):
                return mpmath.pi
            case Const("e"):
                return mpmath.e
            case Const("i"):
                return mpmath.mpc(0, 1)
            case Group(body) | Marked(_, body):
                return self.of(body)
            case Add(parts):
                return sum((self.of(p) if s == "+" else -self.of(p) for s, p in parts), Fraction(0))
            case Mul(parts):
                result: Any = Fraction(1)
                for _, part in parts:
                    result = result * self.of(part)
                return result
            case Frac(above, below):
                return divided(self.of(above), self.of(below))
            case Pow(Const("e"), exponent):
                return mpmath.exp(real_or_complex(self.of(exponent)))
            case Pow(base, exponent):
                return power(self.of(base), self.of(exponent))
            case Root(radicand, degree):
                return power(self.of(radicand), divided(Fraction(1), self.of(degree) if degree is not None else Fraction(2)))
            case Name() | Index():
                return self.name(term)
            case Call():
                return self.call(term)
            case Bars("abs" | "norm", body, _):
                return abs(self.of(body))
            case Bars("floor", body, _):
                return Fraction(int(mpmath.floor(real_or_complex(self.of(body)))))
            case Bars("ceil", body, _):
                return Fraction(int(mpmath.ceil(real_or_complex(self.of(body)))))
            case Big(op, body, variable, lower, upper, where):
                return self.big(op, body, variable, lower, upper, where)
            case Integral(body, variable, lower, upper) if lower is not None and upper is not None:
                if mentions_infinity(lower) or mentions_infinity(upper):
                    span = [-mpmath.inf if mentions_infinity(lower) else real_or_complex(self.of(lower)), mpmath.inf if mentions_infinity(upper) else self.of(upper)]
                    return mpmath.quad(lambda t: real_or_complex(self.under(variable, t).of(body)), span)
                ends = [self.of(lower), self.of(upper)]
                kinks = sorted({real_or_complex(v) for v in (*self.bound.values(), *self.world.names.values()) if isinstance(v, Fraction | int)})
                inner = [k for k in kinks if min(ends) < k < max(ends)]
                path = [ends[0], *(inner if ends[0] <= ends[1] else inner[::-1]), ends[1]]
                return mpmath.quad(lambda t: real_or_complex(self.under(variable, t).of(body)), [real_or_complex(p) for p in path])
            case Deriv(body, variables):
                return self.derivative(body, list(variables))
            case At(body, variable, number, None):
                return self.under(variable, self.of(number)).of(body)
            case Cases(rows):
                for result, condition in rows:
                    if condition is None or self.holds(condition):
                        return self.of(result)
                raise NoValue("no case applies")
            case _:
                raise NoValue(type(term).__name__)

    def name(self, term: Term) -> Any:
        if term in self.bound:
            return self.bound[term]
        if term in self.world.names:
            return self.world.names[term]
        for definition in self.world.context.definitions:
            if definition.lhs == term and not definition.parameters:
                return self.of(definition.rhs)
        if isinstance(term, Index):
            for definition in self.world.context.definitions:
                lhs = definition.lhs
                if isinstance(lhs, Index) and lhs.base == term.base and definition.parameters == lhs.subscripts:
                    return self.unfolded(definition.rhs, lhs.subscripts, term.subscripts)
                if isinstance(lhs, Index) and lhs.base == term.base and not definition.parameters and [self.of(x) for x in lhs.subscripts] == [
                    self.of(x) for x in term.subscripts
                ]:
                    return self.of(definition.rhs)
            if term.base == Name("delta") and len(term.subscripts) == 2:
                first, second = (self.of(s) for s in term.subscripts)
                return Fraction(int(first == second))
            if term.base in self.world.entries:
                return self.world.entries[term.base](*(self.of(s) for s in term.subscripts))
        raise NoValue(f"{term}")

    def unfolded(self, body: Term, parameters: tuple[Term, ...], arguments: tuple[Term, ...]) -> Any:
        depth = self.bound.get("depth", 0)  # type: ignore[call-overload]
        values = [self.of(a) for a in arguments]
        if depth > DEEP:
            raise NoValue("a recurrence that does not begin")
        return _Reader(self.world, {**dict(zip(parameters, values, strict=True)), "depth": depth + 1}).of(body)  # type: ignore[dict-item]

    def call(self, term: Call) -> Any:
        function = term.function
        for definition in self.world.context.definitions:
            lhs = definition.lhs
            if isinstance(lhs, Call) and lhs.function == function and definition.parameters == lhs.arguments:
                return self.unfolded(definition.rhs, lhs.arguments, term.arguments)
        if isinstance(function, Pow):
            return power(self.of(Call(function.base, term.arguments)), self.of(function.exponent))
        if function in self.world.functions:
            return self.world.functions[function](*(self.of(a) for a in term.arguments))
        if not isinstance(function, Name):
            raise NoValue(f"{function}")
        if function.text in ("E", "Var", "Cov"):
            return self.chance(function.text, term.arguments)
        args = [self.of(a) for a in term.arguments]
        if function.text in ("max", "min"):
            return (max if function.text == "max" else min)(args)
        (x,) = args
        match function.text:
            case "sign" | "sgn":
                return Fraction(int(x > 0) - int(x < 0))
            case "log" | "ln":
                if mpmath.im(real_or_complex(x)) == 0 and mpmath.re(real_or_complex(x)) <= 0:
                    raise NoValue("a logarithm")
                return mpmath.log(real_or_complex(x))
            case "sqrt":
                return power(x, Fraction(1, 2))
            case "factorial":
                if Fraction(x).denominator != 1 or x < 0:
                    raise NoValue("a factorial")
                return Fraction(factorial(int(x)))
            case "exp" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh":
                return getattr(mpmath, function.text)(real_or_complex(x))
            case "arctan":
                return mpmath.atan(real_or_complex(x))
            case _:
                raise NoValue(function.text)

    def chance(self, which: str, arguments: tuple[Term, ...]) -> Any:
        if not self.world.outcomes:
            raise NoValue("nothing is random")

        def mean(f: Callable[[_Reader], Any]) -> Any:
            return sum((p * f(_Reader(self.world, {**self.bound, **x})) for p, x in self.world.outcomes), Fraction(0))

        first = arguments[0]
        second = arguments[-1]
        if which == "E":
            return mean(lambda r: r.of(first))
        return mean(lambda r: r.of(first) * r.of(second)) - mean(lambda r: r.of(first)) * mean(lambda r: r.of(second))

    def big(self, op: str, body: Term, variable: Term, lower: Term | None, upper: Term | None, where: Term | None) -> Any:
        if lower is None or upper is None:
            raise NoValue("a sum without limits")
        infinite = any(isinstance(t, Const) and t.which == "oo" for t in (upper,))
        if not infinite and mentions_infinity(lower):
            raise NoValue("a sum from minus infinity")
        first = -FAR if mentions_infinity(lower) else whole(self.of(lower))
        last = FAR if infinite else whole(self.of(upper))
        terms = [self.under(variable, Fraction(k)) for k in range(first, last + 1)]
        numbers = [r.of(body) for r in terms if where is None or r.holds(where)]
        if infinite and any(abs(n) > TINY for n in numbers[-3:]):
            raise NoValue("a series that does not converge fast")
        if op == "sum":
            return sum(numbers, Fraction(0))
        if op == "prod":
            result: Any = Fraction(1)
            for n in numbers:
                result = result * n
            return result
        if op in ("max", "min", "sup", "inf") and numbers:
            return max(numbers) if op in ("max", "sup") else min(numbers)
        raise NoValue(op)

    def derivative(self, body: Term, variables: list[tuple[Term, int]]) -> Any:
        if len(variables) != 1:
            raise NoValue("a mixed derivative")
        ((variable, order),) = variables
        at = real_or_complex(self.name(variable))
        if isinstance(variable, Index):
            place = tuple(self.of(s) for s in variable.subscripts)
            plain = self.world.entries.get(variable.base)
            if plain is None:
                raise NoValue("a derivative by an entry")

            def moved(t: Any) -> Any:
                entries = {**self.world.entries, variable.base: lambda *s: t if s == place else plain(*s)}
                return real_or_complex(_Reader(World(self.world.context, self.world.names, entries, self.world.functions, self.world.outcomes), self.bound).of(body))
        else:
            def moved(t: Any) -> Any:
                return real_or_complex(self.under(variable, t).of(body))

        steps = [mpmath.mpf("1e-7"), mpmath.mpf("1e-6")]
        found = [self._sided(moved, at, order, h) for h in steps]
        if abs(found[0] - found[1]) > mpmath.mpf("1e-5") * (1 + abs(found[1])):
            raise NoValue("no derivative here")
        return found[0]

    @staticmethod
    def _sided(f: Callable[[Any], Any], at: Any, order: int, h: Any) -> Any:
        if order == 1:
            left, right = (f(at) - f(at - h)) / h, (f(at + h) - f(at)) / h
            if abs(left - right) > mpmath.mpf("1e-3") * (1 + abs(left)):
                raise NoValue("no derivative here")
            return (left + right) / 2
        if order == 2:
            return (f(at + h) - 2 * f(at) + f(at - h)) / h**2
        raise NoValue("a high derivative")

    def holds(self, formula: Term) -> bool:
        match formula:
            case Group(body):
                return self.holds(body)
            case Logic("and", parts):
                return all(self.holds(p) for p in parts)
            case Relation(items, signs):
                return all(related(self.of(a), s, self.of(b)) for a, s, b in zip(items, signs, items[1:], strict=False))
            case _:
                raise NoValue(type(formula).__name__)


def mentions_infinity(term: Term) -> bool:
    match term:
        case Const("oo"):
            return True
        case Add(parts):
            return any(mentions_infinity(p) for _, p in parts)
        case Group(body):
            return mentions_infinity(body)
        case _:
            return False


def whole(x: Any) -> int:
    if Fraction(x).denominator != 1 or abs(x) > 200:
        raise NoValue("a limit that is no whole number of moderate size")
    return int(x)


def real_or_complex(x: Any) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x) if isinstance(x, int) else x


def divided(a: Any, b: Any) -> Any:
    if b == 0:
        raise NoValue("a division by zero")
    return a / b


def power(a: Any, e: Any) -> Any:
    if isinstance(e, Fraction) and e.denominator == 1:
        if a == 0 and e <= 0:
            if e == 0:
                return Fraction(1)
            raise NoValue("a power of zero")
        if abs(e) > 400:
            raise NoValue("a huge power")
        return a ** int(e)
    base, exponent = real_or_complex(a), real_or_complex(e)
    if mpmath.im(base) == 0 and mpmath.re(base) < 0:
        raise NoValue("a root of a negative number")
    if base == 0:
        if mpmath.im(exponent) == 0 and exponent > 0:
            return Fraction(0)
        raise NoValue("a power of zero")
    return mpmath.power(base, exponent)


def related(a: Any, sign: str, b: Any) -> bool:
    """Whether two numbers are in a relation, as far as they are known."""
    exact = isinstance(a, Fraction | int) and isinstance(b, Fraction | int)
    margin: Any = 0 if exact else NEAR * (1 + abs(a) + abs(b))
    if sign in ("=", "!="):
        close = abs(a - b) <= margin
        return bool(close if sign == "=" else not close)
    if not exact and (mpmath.im(real_or_complex(a)) != 0 or mpmath.im(real_or_complex(b)) != 0):
        raise NoValue("complex numbers are not ordered")
    if sign in ("<", ">"):
        low, high = (a, b) if sign == "<" else (b, a)
        return bool(low < high) if exact else bool(low < high + margin)
    low, high = (a, b) if sign == "<=" else (b, a)
    return bool(low <= high + margin)


__all__ = ["Context", "Domain", "Function", "NoValue", "RandomVariable", "Scalar", "Sequence", "World", "related", "value"]
