"""Functions that have a name and are written with others: what each is, once, as a term; and the other spellings of names.

The normal form and SymPy put the term in; a formula in Python is read into it. How values are computed is said in ``language.model.known``, for a logistic
function of a number of a million digits is not computed by its formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from derivations.language.term import Call, Const, Frac, Name, Num, Pow, Root, Term, group, product

_E: Final = Const("e")


def _over(above: Term | int, below: Term) -> Term:
    return Frac(Num(str(above)) if isinstance(above, int) else above, below)


def _called(name: str, *arguments: Term) -> Term:
    return Call(Name(name), arguments)


WRITTEN: Final[Mapping[str, Callable[[Term], Term]]] = {
    "sigmoid": lambda u: _over(1, 1 + Pow(_E, -u)),
    "softplus": lambda u: _called("ln", 1 + Pow(_E, u)),
    "relu": lambda u: _called("max", Num("0"), u),
    "silu": lambda u: _over(u, 1 + Pow(_E, -u)),
    "gelu": lambda u: product(_over(u, Num("2")), 1 + _called("erf", _over(u, Root(Num("2"))))),
    "logit": lambda u: _called("ln", _over(u, 1 - u)),
    "sec": lambda u: _over(1, _called("cos", u)),
    "csc": lambda u: _over(1, _called("sin", u)),
    "cot": lambda u: _over(_called("cos", u), _called("sin", u)),
    "coth": lambda u: _over(_called("cosh", u), _called("sinh", u)),
    "erfc": lambda u: 1 - _called("erf", u),
}
"""Functions of one argument, each as a term in it. A sum as the argument wants its brackets if the term is to be printed."""

ALIASES: Final[Mapping[str, str]] = {
    "logistic": "sigmoid", "Sigmoid": "sigmoid", "sig": "sigmoid", "expit": "sigmoid", "Softplus": "softplus", "ReLU": "relu",
    "SiLU": "silu", "swish": "silu", "Swish": "silu", "GELU": "gelu", "cosec": "csc", "sgn": "sign", "lfloor": "floor", "!": "factorial",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "arcsinh": "arsinh",
    "arccosh": "arcosh", "arctanh": "artanh",
}  # fmt: skip
"""Other spellings of the names of functions."""


def named(text: str) -> str:
    """The name under which a function is known, by any of its spellings."""
    return ALIASES.get(text, text)


def written_out(text: str, argument: Term) -> Term | None:
    """A function at a place, written with others; None for a function that is not."""
    make = WRITTEN.get(named(text))
    return None if make is None else make(group(argument))
