"""The maps by name, as plain Python functions: latexify writes them, SymPy traces them, and both must agree."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from derivations.language.errors import DeriveError
from derivations.language.structure import free_names, substitute, transform
from derivations.language.term import Call, Const, Name, Pow, Term
from derivations.parameters import nearest
from derivations.reading.functions import written_function
from derivations.reading.python_expression import expression
from derivations.reading.python_files import function_in_file

z = Name("z")


def logistic(z):  # type: ignore[no-untyped-def]
    return 1 / (1 + math.exp(-z))


def softplus(z):  # type: ignore[no-untyped-def]
    return math.log(1 + math.exp(z))


def exponential(z):  # type: ignore[no-untyped-def]
    return math.exp(z)


def square(z):  # type: ignore[no-untyped-def]
    return z**2


def tanh(z):  # type: ignore[no-untyped-def]
    return math.tanh(z)


NAMED: dict[str, Callable[[Any], Any]] = {
    "logistic": logistic,
    "sigmoid": logistic,
    "softplus": softplus,
    "exponential": exponential,
    "square": square,
    "tanh": tanh,
}


def written_map(text: str) -> Term:
    """The map as a term in z (``exp(u)`` as a power of e): a known name, a Python file with one function of one argument, or a formula in z.

    Raises:
        DeriveError: no such name or file, a file without one function, a formula in something else than z.
    """
    return transform(_written(text), _as_power)


def _as_power(node: Term) -> Term:
    match node:
        case Call(Name("exp"), (argument,)):
            return Pow(Const("e"), argument)
        case _:
            return node


def _written(text: str) -> Term:
    if text in NAMED:
        return substitute(written_function(NAMED[text]).body, {Name("z"): z})
    if text.endswith(".py"):
        return function_in_file(Path(text))(z)
    if text.isidentifier() and text != "z":
        raise DeriveError(f"there is no map {text!r}{nearest(text, NAMED)}; there are {', '.join(NAMED)}, a formula in z such as exp(z), or a Python file")
    term = expression(text, "the map")
    if z not in free_names(term):
        raise DeriveError(f"the map {text!r} does not depend on z; a formula in z such as exp(z) is accepted")
    return term
