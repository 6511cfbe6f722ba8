"""The digits that a written decimal shows, for ``~~``."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.record import record
from derivations.language.term import Add, Frac, Group, Marked, Mul, Num, Pow, Term


@record
class Rounding:
    """A number that stands for a rounded one: ``unit`` is one in its last digit shown; ``loose`` where trailing zeros may not be digits."""

    unit: Fraction
    loose: Fraction


def _shown(node: Term) -> Rounding | None:
    match node:
        case Group(body) | Marked(_, body):
            return _shown(body)
        case Add(((_, body),)):
            return _shown(body)
        case Num(digits):
            if "." in digits:
                unit = Fraction(1, 10 ** len(digits.split(".")[1]))
                return Rounding(unit, unit)
            zeros = len(digits) - len(digits.rstrip("0")) if digits.strip("0") else 0
            return Rounding(Fraction(1), Fraction(10**zeros))
        case Mul(((_, Num() as number), (_, Pow(Num("10"), exponent)))):
            inner, power = _shown(number), _integer(exponent)
            if inner is None or power is None or abs(power) > 400:
                return None
            factor = Fraction(10) ** power
            return Rounding(inner.unit * factor, inner.loose * factor)
        case _:
            return None


def _integer(node: Term) -> int | None:
    match node:
        case Num(digits) if digits.isdigit():
            return int(digits)
        case Group(body):
            return _integer(body)
        case Add(((sign, Num(digits)),)) if digits.isdigit():
            return -int(digits) if sign == "-" else int(digits)
        case _:
            return None


def _has_point(node: Term) -> bool:
    match node:
        case Num(digits):
            return "." in digits
        case Group(body) | Marked(_, body) | Add(((_, body),)):
            return _has_point(body)
        case Mul(parts):
            return any(isinstance(p, Num) for _, p in parts)
        case Frac():
            return False
        case _:
            return False


def rounding_of(left: Term, right: Term) -> Rounding | None:
    """How close two sides of ``~~`` must be: to the digits of the one that shows fewer. None if neither is a written number."""
    found = [(r, _has_point(t)) for t in (left, right) if (r := _shown(t)) is not None]
    decimals = [r for r, point in found if point]
    if len(decimals) == len(found) == 2 or (decimals and len(found) == 1):
        return max(decimals, key=lambda r: r.unit)
    if len(found) == 2:  # 2359808 ~~ 2.36 x 10^6, 265 ~~ 270: the coarser one is the rounded one
        return max((r for r, _ in found), key=lambda r: r.loose)
    return found[0][0] if found else None
