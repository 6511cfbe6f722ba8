"""Pieces of Python's syntax trees, and what a symbol is called in Python."""

from __future__ import annotations

import ast
from keyword import iskeyword

from derivations.language.errors import DeriveError
from derivations.language.term import Index, Name, Num, Term
from render.notation.text import text

_MODULES = ("np", "jnp", "jax", "torch", "sp", "math", "scipy")
_TAKEN = frozenset((*_MODULES, "sum", "range", "len", "abs", "max", "min", "at", "softmax", "gamma_function", "outputs"))
"""What generated code calls by these names."""


def identifier(symbol: Term) -> str:
    """A symbol as a Python identifier: ``beta``, ``W_v``, ``C_in``, ``Q_prime``, ``batch_size``."""
    match symbol:
        case Name(words, accent, _, primes, label):
            marks = "".join(f"_{a}" for a in accent) + "_prime" * primes + (f"_{label}" if label else "")
            plain = "".join(c if f"_{c}".isidentifier() else "_" for c in words + marks)
            plain = plain if plain.isidentifier() else f"_{plain}"
        case Index(base, subscripts):
            plain = "_".join((identifier(base), *map(identifier, subscripts)))
        case Num(digits):
            plain = digits
        case _:
            raise DeriveError(f"code: {text(symbol)} is not a symbol that an argument could be named for")
    return plain + "_" if iskeyword(plain) or plain in _TAKEN else plain


def named(path: str) -> ast.expr:
    """``np.linalg.inv`` as a tree."""
    return ast.parse(path, mode="eval").body


def call(function: str | ast.expr, *arguments: ast.expr) -> ast.expr:
    return ast.Call(named(function) if isinstance(function, str) else function, list(arguments), [])


def number(value: int | float | str) -> ast.expr:
    return ast.Constant(value)


def assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)
