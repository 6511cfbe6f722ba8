"""Numbers: exact as long as possible (int, Fraction), else mpmath floats of a private context whose precision we may set.

What leaves the real line is ``Undefined``, unless it was made from a complex number (an mpmath ``mpc``).
Inside ``enclosing`` the floats are balls (``balls``), which hold their true values.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import Any, TypeAlias

from derivations.language.errors import MeaningError
from derivations.language.model.balls import BallContext
from derivations.language.model.values import Undefined

Number: TypeAlias = Any
"""int, Fraction or an mpmath float (which is untyped); a ball or a series of balls inside ``enclosing``."""

GUARD = 10
"""Decimal digits computed beyond those that are asked for."""
_MOST_DIGITS = 2_000
"""Derivatives, limits and sums inside each other each want more digits than the one around them, and so without end; half a dozen come to 1,500."""
_EXACT_BITS = 20_000
_TOO_LARGE = 10**40
_LARGEST_ANGLE = 10**300


_balls: list[BallContext] = []


def mp() -> Any:
    """The context of the floats in use: mpmath's, or that of the balls."""
    return _balls[-1] if _balls else _floats()


@cache
def _floats() -> Any:
    """The mpmath context of this package, made at first use; its precision is no concern of anyone else's."""
    from mpmath.ctx_mp import MPContext

    context = MPContext()
    context.dps = 30 + GUARD
    return context


@contextmanager
def precision(dps: int) -> Iterator[None]:
    """Work with ``dps`` decimal digits inside the block. Raises MeaningError for more than any formula that is meant needs."""
    if dps > _MOST_DIGITS:
        raise MeaningError(f"derivatives, limits or sums inside each other: {dps} digits would be needed, and at most {_MOST_DIGITS} are used")
    context = mp()
    before = context.prec
    context.dps = dps
    try:
        yield
    finally:
        context.prec = before


@contextmanager
def enclosing(dps: int) -> Iterator[BallContext]:
    """Inside the block floats are balls with so many decimal digits."""
    import flint

    before = flint.ctx.prec
    context = BallContext(dps, _floats().inf)
    _balls.append(context)
    try:
        yield context
    finally:
        _balls.pop()
        flint.ctx.prec = before


def enclosed() -> BallContext | None:
    """The context of the balls, if floats are balls."""
    return _balls[-1] if _balls else None


def is_exact(a: Number) -> bool:
    return isinstance(a, int | Fraction)


def is_number(a: object) -> bool:
    return isinstance(a, int | Fraction) or hasattr(a, "_mpf_") or hasattr(a, "_ball_") or hasattr(a, "_mpc_")


def is_complex(a: Number) -> bool:
    """Whether it was made from a complex number; its imaginary part may be zero."""
    return hasattr(a, "_mpc_")


def made_real(a: Number) -> Number:
    """A complex number whose imaginary part is rounding as a real one; others as they are."""
    if is_complex(a) and abs(a.imag) <= (abs(a.real) + 1) * mp().mpf(10) ** -(mp().dps - GUARD):
        return a.real
    return a


def real(a: Number) -> Any:
    """The mpmath float nearest to ``a`` at the working precision; a complex number stays one."""
    if is_complex(a):
        return a
    if type(a) is Fraction:
        return mp().mpf(a.numerator) / a.denominator
    return mp().mpf(a)


def simple(a: Number) -> Number:
    """A Fraction with denominator 1 as an int."""
    return a.numerator if type(a) is Fraction and a.denominator == 1 else a


def add(a: Number, b: Number) -> Number:
    if type(a) is Fraction:
        if not is_exact(b):
            a = real(a)
    elif type(b) is Fraction and not isinstance(a, int):
        b = real(b)
    return a + b


def negative(a: Number) -> Number:
    return -a


def subtract(a: Number, b: Number) -> Number:
    return add(a, -b)


def multiply(a: Number, b: Number) -> Number:
    if isinstance(a, int):
        if a == 0:
            return 0
    elif isinstance(b, int):
        if b == 0:
            return 0
    elif type(a) is Fraction:
        if not is_exact(b):
            a = real(a)
    elif type(b) is Fraction:
        b = real(b)
    return a * b


def divide(a: Number, b: Number) -> Number:
    if b == 0:
        raise Undefined("division by zero")
    if is_exact(a) and is_exact(b):
        return simple(Fraction(a) / b)
    if type(a) is Fraction:
        a = real(a)
    if type(b) is Fraction:
        b = real(b)
    return a / b


def less(a: Number, b: Number) -> bool:
    """a < b. (Python compares a Fraction with an mpmath float neither rightly nor wrongly: it refuses.)"""
    if is_complex(a) or is_complex(b):
        raise Undefined("complex numbers have no order")
    if is_exact(a) and is_exact(b):
        return bool(a < b)
    return bool(real(a) < real(b))


def as_int(a: Number) -> int | None:
    """The integer that ``a`` is, or None. A float is never taken for an integer: an index must be exact."""
    if isinstance(a, int):
        return int(a)
    if type(a) is Fraction and a.denominator == 1:
        return a.numerator
    return None


def _exact_root(a: int, degree: int) -> int | None:
    if degree == 2:
        r = isqrt(a)
        return r if r * r == a else None
    if a.bit_length() > 2000:
        return None
    if degree > a.bit_length():  # 2 to this power is more already
        return a if a < 2 else None
    r = round(a ** (1 / degree)) if a.bit_length() < 900 else 0
    return next((c for c in (r - 1, r, r + 1) if c >= 0 and c**degree == a), None)


def root(a: Number, degree: int = 2) -> Number:
    """The real ``degree``-th root; of a negative number only for an odd degree."""
    if degree <= 0:
        raise Undefined(f"a root of degree {degree}")
    if is_complex(a):
        return mp().root(a, degree)
    if a < 0:
        if degree % 2:
            return -root(-a, degree)
        raise Undefined("an even root of a negative number")
    if is_exact(a):
        top, bottom = _exact_root(a.numerator, degree), _exact_root(a.denominator, degree)
        if top is not None and bottom is not None:
            return simple(Fraction(top, bottom))
    return mp().sqrt(real(a)) if degree == 2 else mp().root(real(a), degree)


def power(a: Number, b: Number) -> Number:
    """Real power. ``a**0`` is 1 for every ``a`` (as in the sum of a geometric series); a negative base needs an integer exponent."""
    n = as_int(b)
    if n is not None:
        if n == 0:
            return 1
        if a == 0:
            if n < 0:
                raise Undefined("a negative power of zero")
            return 0 * a
        if is_exact(a):
            bits = max(int(a.numerator).bit_length(), int(a.denominator).bit_length())
            if bits * abs(n) <= _EXACT_BITS:
                return simple(Fraction(a) ** n) if n < 0 or type(a) is Fraction else a**n
            a = real(a)
        if abs(n) > 10**6:
            raise Undefined(f"the exponent {n} is too large to evaluate")
        return a**n
    if is_complex(a) or is_complex(b):
        return mp().power(real(a), real(b)) if a != 0 else 0
    if a < 0:
        raise Undefined("a fractional power of a negative number")
    if a == 0:
        if b > 0:
            return 0
        raise Undefined("a power of zero")
    if type(b) is Fraction:
        if b.denominator <= 6:
            r = root(a, b.denominator)
            if is_exact(r):
                return power(r, b.numerator)
        b = real(b)
    return exponential(multiply(b, logarithm(a)))


def exponential(a: Number) -> Number:
    if is_exact(a) and a == 0:
        return 1
    if hasattr(a, "_ball_"):
        return mp().exp(a)
    if is_complex(a):
        if abs(a.imag) > _LARGEST_ANGLE or a.real > _TOO_LARGE:
            raise Undefined("an exponential that is too large")
        return mp().exp(a)
    if abs(a) > _TOO_LARGE:
        if a < 0:
            return mp().mpf(0)
        raise Undefined("an exponential that is too large")
    return mp().exp(real(a))


def entire(name: str, a: Number) -> Number:
    """A function of mpmath by its name. Of a huge angle nobody knows what is left after all turns at the working precision, and mpmath would take more."""
    if not hasattr(a, "_ball_"):
        size = abs(a)
        if size > _LARGEST_ANGLE and name in ("sin", "cos"):
            raise Undefined("an angle that is too large")
        if size > _TOO_LARGE and name in ("sinh", "cosh"):
            raise Undefined("an exponential that is too large")
    return getattr(mp(), name)(real(a))


def logarithm(a: Number) -> Number:
    if is_complex(a):
        if a == 0:
            raise Undefined("the logarithm of zero")
        return mp().ln(a)
    if a <= 0:
        raise Undefined("the logarithm of a number that is not positive")
    return 0 if is_exact(a) and a == 1 else mp().ln(real(a))


def floor(a: Number) -> int:
    if is_exact(a):
        return int(a.__floor__())
    if hasattr(a, "_ball_"):
        return int(mp().floor(a))
    if is_complex(a) or not finite(a) or abs(a) > _TOO_LARGE:
        raise Undefined("the integer part of a number that is too large")
    return int(mp().floor(a))


def finite(a: Number) -> bool:
    return is_exact(a) or bool(mp().isfinite(a))


def text(a: Number, digits: int = 6) -> str:
    """Short for a reader: exact numbers as they are, floats with a few digits."""
    if isinstance(a, bool):
        return "true" if a else "false"
    if is_exact(a):
        if max(a.numerator.bit_length(), a.denominator.bit_length()) > 400:  # Python does not write out integers of some thousand digits
            return str(mp().nstr(real(a), digits))
        written = str(a)
        return written if len(written) <= 24 else str(mp().nstr(real(a), digits))
    if is_complex(a):
        sign, size = ("-", -a.imag) if a.imag < 0 else ("+", a.imag)
        return f"{text(a.real)} {sign} {text(size)}i"
    rounded = str(mp().nstr(a, digits))
    return rounded.removesuffix(".0")
