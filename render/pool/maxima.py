"""Terms in Maxima's syntax, which STACK reads: formulas of numbers and names alone, so that the platform can tell whether an answer equals them.

A printer like the others, which refuses instead of guessing: what STACK would not compare for certain (a sum, a case, a rounding, an entry with a formula in
its index, a decimal) raises ``NoMaximaError``, and the problem becomes a question of another kind.
"""

from __future__ import annotations

import re
from typing import Final

from derivations.language.brackets import bracketed
from derivations.language.term import Add, Bars, Call, Const, Frac, Group, Index, Mul, Name, Num, Pow, Root, Term
from render.notation.nodes import node

_FUNCTIONS: Final = {
    "exp": "exp", "ln": "log", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "arctan": "atan", "arcsin": "asin", "arccos": "acos",
}  # fmt: skip
_TAKEN: Final = frozenset(
    ("e", "i", "j", "pi", "inf", "minf", "und", "ind", "true", "false", "gamma", "beta", "zeta", "psi", "erf", "log", "ln", "exp", "abs", "lambda")
)
"""Names that mean something else there, or that students' answers may not hold."""
_IDENTIFIER: Final = re.compile(r"[A-Za-z]{1,20}")
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


class NoMaximaError(Exception):
    """The term has no form there that is certain to be compared rightly."""


def maxima(term: Term) -> str:
    """The term in Maxima's syntax. Raises NoMaximaError."""
    return _written(bracketed(term))[0]


def identifiers(term: Term) -> tuple[str, ...]:
    """The names in a term as a student has to type them, in alphabetical order. Raises NoMaximaError."""
    return tuple(sorted(set(re.findall(r"(?<![%\w])[A-Za-z]\w*(?![\w(])", maxima(term)))))


def _at_least(term: Term, rank: int) -> str:
    text, own = _written(term)
    return text if own >= rank else f"({text})"


def _written(term: Term) -> tuple[str, int]:
    """The text and how closely it holds together."""
    found = node(term)
    match found:
        case Num(digits) if digits.isascii() and digits.isdigit():
            return digits, _ATOM
        case Name() | Index():
            return identifier(found), _ATOM
        case Const("pi"):
            return "%pi", _ATOM
        case Const("e"):
            return "%e", _ATOM
        case Group(body):
            return _written(body)
        case Add(parts) if all(sign in ("+", "-") for sign, _ in parts):
            pieces = [("" if k == 0 and sign == "+" else sign) + _at_least(part, _PRODUCT if sign == "+" else _POWER) for k, (sign, part) in enumerate(parts)]
            return "".join(pieces), _SUM
        case Mul(parts):
            return "*".join(_at_least(part, _POWER) for _, part in parts), _PRODUCT
        case Frac(numerator, denominator):
            return f"{_at_least(numerator, _POWER)}/{_at_least(denominator, _ATOM)}", _PRODUCT
        case Pow(base, exponent):
            return f"{_at_least(base, _ATOM)}^{_at_least(exponent, _ATOM)}", _POWER
        case Root(radicand, None):
            return f"sqrt({_written(radicand)[0]})", _ATOM
        case Root(radicand, degree) if degree is not None:
            return f"{_at_least(radicand, _ATOM)}^(1/{_at_least(degree, _ATOM)})", _POWER
        case Bars("abs", body, None):
            return f"abs({_written(body)[0]})", _ATOM
        case Call(Name(name, (), "" | "rm", 0, ""), (argument,), _) if name in _FUNCTIONS:
            return f"{_FUNCTIONS[name]}({_written(argument)[0]})", _ATOM
        case _:
            raise NoMaximaError(type(found).__name__)


def identifier(term: Term) -> str:
    """A name as a student types it: letters, and an index of numbers or letters behind an underscore."""
    match term:
        case Name(text, (), "" | "rm" | "bold", 0, "") if _IDENTIFIER.fullmatch(text) and text not in _TAKEN:
            return text
        case Index(base, (Num(digits),)) if digits.isascii() and digits.isdigit():
            return f"{identifier(base)}_{digits}"
        case Index(base, (Name(text, (), "", 0, ""),)) if _IDENTIFIER.fullmatch(text):
            return f"{identifier(base)}_{text}"
        case _:
            raise NoMaximaError(type(term).__name__)
