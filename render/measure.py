"""How wide a term is when TeX sets it as a display, in em, without running TeX.

The widths are those of Computer Modern at 10 to 12 points, from its font metrics. A formula comes out within a few per cent of what TeX
makes of it, rather wider than narrower (the tests compare with TeX where it is installed): good enough to decide where to break a line.
"""

from __future__ import annotations

from functools import lru_cache

from derivations.language.term import (
    Add,
    At,
    Bar,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Deriv,
    Dots,
    Frac,
    Group,
    Index,
    Integral,
    Logic,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    Tuple,
)
from render.notation.symbols import LETTERS

_WIDE = {
    "m": 0.88, "w": 0.72, "M": 0.98, "W": 0.98, "x": 0.58, "p": 0.51, "i": 0.36, "j": 0.44, "l": 0.32, "t": 0.37, "f": 0.6, "r": 0.48, "s": 0.48,
}  # fmt: skip
_BINARY = 1.24  # + with its spaces
_RELATION = 1.36
_PAREN = 0.46
_SCRIPT = (1.0, 0.77, 0.66)  # size of script levels; small fonts are wider for their height


@lru_cache(maxsize=20_000)  # a line is measured with every part that it could be broken at
def width(term: Term, level: int = 0) -> float:
    """Width in em of the main font; ``level`` 1 is a subscript or superscript, 2 one of those again."""
    scale = _SCRIPT[min(level, 2)]
    space = scale if level == 0 else 0.55 * scale  # TeX drops most spaces in scripts
    script = level + 1

    def w(t: Term) -> float:
        return width(t, level)

    match term:
        case Num(digits):
            return scale * (0.51 * len(digits) + 0.17 * ((len(digits) - 1) // 3 if len(digits) > 4 else 0))
        case Name(text, _, font, primes, label):
            marks = 0.35 * primes + (0.4 * len(label) + 0.75 if label else 0.0)
            return scale * (_letters(text, font) + marks)
        case Const():
            return 0.62 * scale if term.which != "oo" else 1.02 * scale
        case Index(base, subscripts):
            return w(base) + sum(width(s, script) for s in subscripts) + 0.22 * scale * (len(subscripts) - 1) + 0.06
        case Add(parts):
            signs = _BINARY * space * (len(parts) - 1) + (0 if parts[0][0] == "+" else 0.8 * scale)
            return signs + sum(w(part) for _, part in parts)
        case Mul(parts):
            crosses = sum({"": 0.1, "cdot": 0.74}.get(sign, 1.3) for sign, _ in parts[1:]) * space
            return crosses + sum(w(part) for _, part in parts)
        case Frac(numerator, denominator, slash):
            if slash:
                return w(numerator) + w(denominator) + 0.5 * scale
            inner = min(level + 1, 2) if level else 0
            return max(width(numerator, inner), width(denominator, inner)) + 0.26
        case Pow(base, exponent):
            return w(base) + width(exponent, script) + 0.08
        case Root(radicand, degree):
            return w(radicand) + 0.9 * scale + (0 if degree is None else width(degree, 2))
        case Call(function, arguments, bracket):
            fences = 2 * _PAREN * scale * _tall(arguments) if bracket else 0.17
            outer = 2 * _PAREN * scale if isinstance(function, Call) else 0.0
            return w(function) + outer + fences + sum(w(a) for a in arguments) + 0.45 * scale * (len(arguments) - 1)
        case Big(op, body, variable, lower, upper, where):
            return _big(op, variable, lower, upper, where, script, scale) + 0.17 + w(body)
        case Integral(body, variable, lower, upper):
            limits = max((width(t, script) for t in (lower, upper) if t is not None), default=0.0)
            return 1.0 * scale + limits + 0.17 + w(body) + 0.8 * scale + w(variable)
        case Deriv(body, variables, _, style):
            below = sum(w(v) + 0.6 * scale + (0.4 if n > 1 else 0) for v, n in variables)
            if style == "nabla":
                return 0.84 * scale + width(variables[0][0], script) + 0.17 + w(body)
            return (max(w(body) + 0.6, below) if style == "fraction" else below + 0.2 + w(body)) + 0.26
        case Transpose(base, _):
            return w(base) + 0.7 * scale
        case Cases(rows):
            values = max(w(value) for value, _ in rows)
            return 1.0 + values + 1.0 + max(2.6 if c is None else w(c) for _, c in rows) + 1.5
        case Bars(_, body, subscript):
            return w(body) + 1.1 * scale + (0 if subscript is None else width(subscript, script))
        case Group(body, _):
            return w(body) + 2 * _PAREN * scale * _tall((body,))
        case Tuple(items, _):
            return sum(w(i) for i in items) + 0.45 * scale * (len(items) - 1) + 2 * _PAREN * scale
        case Matrix(rows, _):
            columns = zip(*rows, strict=True)
            return sum(max(w(e) for e in column) + 1.0 for column in columns) + 1.0
        case Relation(items, signs):
            wide = sum(1.0 if sign in ("<=>", "=>") else 0.0 for sign in signs)
            return sum(w(i) for i in items) + _RELATION * space * len(signs) + wide
        case Logic(_, items):
            return sum(w(i) for i in items) + 2.6 * scale * len(items)
        case Bar(left, right, _):
            return w(left) + w(right) + 1.0 * scale
        case At(body, variable, value, upper):
            below = width(variable, script) + width(value, script) + 1.0
            return w(body) + 0.4 + max(below, 0 if upper is None else width(upper, script))
        case Dots():
            return 1.3 * scale
        case Marked(_, body, note):
            return max(w(body) + 0.6, 0.4 * len(note))
        case _:
            raise TypeError(f"{type(term).__name__} is not a kind of term that can be measured")


def _letters(text: str, font: str) -> float:
    if len(text) == 1:
        return _WIDE.get(text, 0.72 if text.isupper() else 0.57) * (1.15 if font == "bold" else 1.0)
    if text in LETTERS and font == "":
        return 0.75 if text[0].isupper() else 0.62
    if text.isascii() and text.islower() and font == "" and len(text) <= 8:
        return 0.5 * len(text) + 0.2
    return sum(0.8 if char.isupper() else 0.54 for char in text) + 0.1


def _tall(parts: tuple[Term, ...]) -> float:
    """Brackets around something tall are set larger, and then they are wider."""
    for part in parts:
        if isinstance(part, Frac | Big | Integral | Cases | Matrix | Deriv):
            return 1.9
        if isinstance(part, Add | Mul) and _tall(tuple(inner for _, inner in part.parts)) > 1:
            return 1.9
    return 1.0


def _big(op: str, variable: Term, lower: Term | None, upper: Term | None, where: Term | None, script: int, scale: float) -> float:
    sign = 1.46 * scale if op in ("sum", "prod") else 0.53 * len(op) * scale
    below = width(variable, script) + (0 if lower is None else width(lower, script) + 0.65)
    if where is not None:
        below = width(where, script) + (0 if lower is None else below + 0.8)
    return max(sign, below, 0 if upper is None else width(upper, script))
