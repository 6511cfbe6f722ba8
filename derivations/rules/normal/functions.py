"""Named functions of numbers in normal form: written with exponentials where that makes their identities arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

from derivations.language.functions import WRITTEN, named
from derivations.language.term import Name
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.forms import Forms
from derivations.rules.normal.poly import ONE, Poly, number

HALF = Fraction(1, 2)
_SLOT = Name("argument of a function")


def base_logarithm(algebra: Forms, base: Poly, x: Poly) -> Poly:
    """log_b x = ln x / ln b."""
    return algebra.mul(algebra.log(x), algebra.power(algebra.log(base), Fraction(-1)))


def maximum(algebra: Forms, a: Poly, b: Poly) -> Poly:
    """max(a, b) = (a + b + |a - b|) / 2."""
    return (a + b + algebra.absolute(a - b)).scale(HALF)


def minimum(algebra: Forms, a: Poly, b: Poly) -> Poly:
    return (a + b - algebra.absolute(a - b)).scale(HALF)


def apply_named(algebra: Declared, name: str, args: tuple[Poly, ...]) -> Poly | None:
    """The value of a well-known function, or None if the name is not one. Raises Stuck for a wrong number of arguments."""
    if name in ("max", "min") and len(args) >= 2:
        result = args[0]
        for other in args[1:]:
            result = maximum(algebra, result, other) if name == "max" else minimum(algebra, result, other)
        return result
    if name == "binom" and len(args) == 2:
        n, k = args
        below = algebra.mul(factorial(algebra, k), factorial(algebra, n - k))
        return algebra.mul(factorial(algebra, n), algebra.power(below, Fraction(-1)))
    name = named(name)
    if name not in ONE_ARGUMENT and name not in WRITTEN:
        return None
    if len(args) != 1:
        raise Stuck(f"{name} takes one argument and was given {len(args)}")
    (x,) = args
    i = algebra.make("i") if name in ("sin", "cos", "tan") else ONE
    match name:
        case "exp":
            return algebra.exp(x)
        case "factorial":
            return factorial(algebra, x)
        case "ln" | "log":
            return algebra.log(x)
        case "sqrt":
            return algebra.power(x, HALF)
        case "abs":
            return algebra.absolute(x)
        case "sign":
            return algebra.signum(x)
        case "logit":  # its argument lies between 0 and 1 wherever it has a value
            return algebra.log(x) - algebra.log(ONE - x)
        case "sinh" | "cosh":
            other = algebra.exp(-x)
            return (algebra.exp(x) + (other if name == "cosh" else -other)).scale(HALF)
        case "tanh":
            up, down = algebra.exp(x), algebra.exp(-x)
            return algebra.mul(up - down, algebra.power(up + down, Fraction(-1)))
        case "artanh":
            return (algebra.log(ONE + x) - algebra.log(ONE - x)).scale(HALF)
        case "arsinh" | "arcosh":
            root = algebra.power(algebra.mul(x, x) + (ONE if name == "arsinh" else -ONE), HALF)
            return algebra.log(x + root)
        case "sin" | "cos" if (exact := _at_turn(algebra, name, x)) is not None:
            return exact
        case "sin" | "cos" if (known := _of_an_inverse(algebra, name, x)) is not None:
            return known
        case "arccos" if (angle := _undone_cosine(algebra, x)) is not None:
            return angle
        case "arccos":
            return _arccosine(algebra, x)
        case "sin" | "cos":  # Euler
            up, down = algebra.exp(algebra.mul(i, x)), algebra.exp(-algebra.mul(i, x))
            cosine, sine = (up + down).scale(HALF), algebra.mul(up - down, algebra.power(i.scale(Fraction(2)), Fraction(-1)))
            _above_the_axis(algebra, x, cosine, sine)
            return cosine if name == "cos" else sine
        case "tan":
            up, down = algebra.exp(algebra.mul(i, x)), algebra.exp(-algebra.mul(i, x))
            return _with_a_square(algebra, x, algebra.product((up - down, algebra.power(algebra.mul(i, up + down), Fraction(-1)))))
        case "Phi":
            inner = algebra.mul(x, algebra.power(number(2), -HALF))
            return (ONE + algebra.make("fun", ("erf", (0,)), (inner,))).scale(HALF)
        case "erf" | "erfinv":
            undone = _undone(algebra, "erfinv" if name == "erf" else "erf", x)
            return algebra.make("fun", (name, (0,)), (x,)) if undone is None else undone
        case "LambertW" | "LambertWm":
            return _lambert(algebra, name, x)
        case _ if name in WRITTEN:
            return algebra.within(_SLOT, x, WRITTEN[name](_SLOT))
        case _:
            return algebra.make("fun", (name, (0,)), (x,))


def _of_an_inverse(algebra: Forms, name: str, x: Poly) -> Poly | None:
    """``cos(arccos u)`` is u and ``sin(arccos u)`` is ``sqrt(1 - u**2)``; beside whole multiples of pi with the sign that these give."""
    pi = algebra.make("pi").single
    turns = x.terms.get(pi[1], Fraction(0)) if pi is not None else Fraction(0)
    rest = x - algebra.make("pi").scale(turns)
    match rest.single:
        case (Fraction(numerator=1 | -1 as sign, denominator=1), ((a, 1),)) if turns.denominator == 1:
            atom = algebra.atoms[a]
        case _:
            return None
    if atom.head != "fun" or atom.data != ("arccos", (0,)) or algebra.touched(atom.args[0]):
        return None
    u = atom.args[0]
    value = u if name == "cos" else algebra.power(ONE - algebra.mul(u, u), HALF).scale(Fraction(sign))
    return -value if turns % 2 else value


def _undone_cosine(algebra: Forms, x: Poly) -> Poly | None:
    """y where x is ``cos y`` in exponentials and y lies between 0 and pi, ``2 pi - y`` where it lies between pi and 2 pi; None where neither is known."""
    if len(x) != 2 or set(x.terms.values()) != {HALF}:
        return None
    (one,), (other,) = (m if len(m) == 1 else (None,) for m in x.terms)
    if one is None or other is None or algebra.atoms[one[0]].head != "e" or one[0] != other[0] or not isinstance(one[1], Poly):
        return None
    y = algebra.mul(one[1], -algebra.make("i"))
    if other[1] != -one[1] or algebra.touched(y):
        return None
    for angle in (y, -y):
        if _between(algebra, angle, 0, 1):
            return angle
        if _between(algebra, angle, 1, 2):
            return algebra.make("pi").scale(Fraction(2)) - angle
    return None


def _between(algebra: Forms, x: Poly, low: int | Fraction, high: int | Fraction, strictly: bool = False) -> bool:
    """Whether x is known to lie between so many half turns, measured in radians or in half turns."""
    pi = algebra.make("pi")
    allowed = ("+",) if strictly else ("+", "0+", "0")
    for measured, turn in ((x, pi), (algebra.mul(x, algebra.power(pi, Fraction(-1))), ONE)):
        if all(algebra.sign(gap) in allowed for gap in (measured - turn.scale(Fraction(low)), turn.scale(Fraction(high)) - measured)):
            return True
    return False


def _arccosine(algebra: Forms, x: Poly) -> Poly:
    """An angle between 0 and pi, strictly where x is known to lie strictly between -1 and 1."""
    value = algebra.make("fun", ("arccos", (0,)), (x,))
    if not algebra.touched(x):
        facts = algebra.positive_facts if algebra.sign(ONE - algebra.mul(x, x)) == "+" else algebra.nonnegative_facts
        half_turns = algebra.mul(value, algebra.power(algebra.make("pi"), Fraction(-1)))
        facts += [fact for fact in (value, algebra.make("pi") - value, ONE - half_turns) if fact not in facts]
    return value


def _above_the_axis(algebra: Forms, x: Poly, cosine: Poly, sine: Poly) -> None:
    """The cosine is positive between -pi/2 and pi/2, the sine between 0 and pi; half a turn further they are negative. A false neighbour is the cosine
    between 0 and pi."""
    if algebra.touched(x) or x.constant is not None:
        return
    for value, low, high in ((cosine, -HALF, HALF), (sine, 0, 1), (-cosine, HALF, 3 * HALF), (-sine, 1, 2)):
        if value not in algebra.positive_facts and _between(algebra, x, low, high, strictly=True):
            algebra.positive_facts.append(value)


def _with_a_square(algebra: Forms, x: Poly, value: Poly) -> Poly:
    """One plus the square of a tangent of a real number is positive, which its exponentials do not show."""
    if not algebra.touched(x):
        more = algebra.mul(value, value) + ONE
        if more not in algebra.positive_facts:
            algebra.positive_facts.append(more)
    return value


def _lambert(algebra: Forms, name: str, x: Poly) -> Poly:
    """W(x), the solution of ``W e^W = x``: at least -1 and of the sign of x, or on the lower branch at most -1."""
    value = algebra.make("fun", (name, (0,)), (x,))
    beyond = value + ONE if name == "LambertW" else -value - ONE
    if beyond in algebra.nonnegative_facts:
        return value
    algebra.nonnegative_facts.append(beyond)
    sign = "-" if name == "LambertWm" else algebra.sign(x)
    if sign in ("+", "-"):
        algebra.positive_facts.append(value if sign == "+" else -value)
    return value


def _undone(algebra: Forms, inverse: str, x: Poly) -> Poly | None:
    """u where x is ``inverse(u)``: the function undoes its inverse wherever that is defined."""
    match x.single:
        case (Fraction(numerator=1, denominator=1), ((a, 1),)):
            atom = algebra.atoms[a]
            return atom.args[0] if atom.head == "fun" and atom.data == (inverse, (0,)) else None
        case _:
            return None


def factorial(algebra: Forms, x: Poly) -> Poly:
    """x!, with whole steps written out: (n + 2)! is (n + 2)(n + 1) n!."""
    steps = x.constant_part
    value = x.constant
    if value is not None:
        if value.denominator != 1 or not 0 <= value <= 1000:
            raise Stuck("the factorial of something that is not a whole number of moderate size")
        return number(math.factorial(int(value)))
    if steps.denominator != 1 or abs(steps) > 24:
        return algebra.make("fun", ("factorial", (0,)), (x,))
    base = x - number(steps)
    result = algebra.make("fun", ("factorial", (0,)), (base,))
    factors = (base + number(k) for k in (range(1, int(steps) + 1) if steps > 0 else range(int(steps) + 1, 1)))
    for factor in factors:
        result = algebra.mul(result, factor if steps > 0 else algebra.power(factor, Fraction(-1)))
    return result


def _at_turn(algebra: Forms, name: str, x: Poly) -> Poly | None:
    """sin and cos at multiples of pi/6 and pi/4."""
    pi = algebra.make("pi").single
    turns = x.single if x else (Fraction(0), ())
    if pi is None or turns is None or (x and turns[1] != pi[1]):
        return None
    place = (turns[0] if name == "cos" else turns[0] - HALF) % 2
    if place > 1:
        place = 2 - place
    sign = 1
    if place > HALF:
        place, sign = 1 - place, -1
    root = {Fraction(0): (1, 1), Fraction(1, 6): (3, 2), Fraction(1, 4): (2, 2), Fraction(1, 3): (1, 2), HALF: (0, 1)}.get(place)
    if root is None:
        return None
    radicand, below = root
    value = algebra.power(number(radicand), HALF) if radicand > 1 else number(radicand)
    return value.scale(Fraction(sign, below))


ONE_ARGUMENT = frozenset(
    (
        *("exp", "ln", "log", "sqrt", "abs", "sign"),
        *("sinh", "cosh", "tanh", "artanh", "arsinh", "arcosh", "sin", "cos", "tan", "Phi", "erf", "erfinv", "arctan", "arcsin", "arccos"),
        *("Gamma", "factorial", "LambertW", "LambertWm"),
    )
)
