"""The maps: a name, a formula in the base variable, or a function in a Python file."""

from __future__ import annotations

from pathlib import Path

from derivations.language.errors import DeriveError
from derivations.language.structure import transform
from derivations.language.term import Call, Const, Name, Pow, Term
from derivations.parameters import nearest
from derivations.reading.python_expression import expression
from derivations.reading.python_files import function_in_file
from derivations.topics.pushforward.symbols import Symbol, symbols_of

z = Name("z")

NAMED: dict[str, str] = {
    "logistic": "1/(1 + exp(-z))",
    "sigmoid": "1/(1 + exp(-z))",
    "softplus": "log(1 + exp(z))",
    "exponential": "exp(z)",
    "square": "z**2",
    "tanh": "tanh(z)",
    "relu": "max(0, z)",
    "silu": "z/(1 + exp(-z))",
    "gelu": "z/2*(1 + erf(z/sqrt(2)))",
    "elu": "z if z > 0 else exp(z) - 1",
    "softsign": "z/(1 + abs(z))",
    "logit": "log(z/(1 - z))",
}
"""Maps by name, and how they are written."""


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
        return expression(NAMED[text], "the map")
    if text.endswith(".py"):
        return function_in_file(Path(text))(z)
    if text.isidentifier() and text != "z":
        raise DeriveError(f"there is no map {text!r}{nearest(text, NAMED)}; there are {', '.join(NAMED)}, a formula in z such as exp(z), or a Python file")
    term = expression(text, "the map")
    if z not in symbols_of(term):
        raise DeriveError(f"the map {text!r} does not depend on z; a formula in z such as exp(z) is accepted")
    return term


def written_components(text: str, variables: tuple[Symbol, ...]) -> tuple[Term, ...]:
    """The components of a map of several variables, with commas between them.

    Raises:
        DeriveError: a component cannot be read, or holds none of the variables.
    """
    from derivations.topics.pushforward.symbols import parts

    found = tuple(transform(expression(part, "the map"), _as_power) for part in parts(text))
    for part, component in zip(parts(text), found, strict=True):
        if not symbols_of(component) & set(variables):
            raise DeriveError(f"the component {part!r} of the map does not depend on the variables; a formula in them such as z1 + z2 is accepted")
    return found
