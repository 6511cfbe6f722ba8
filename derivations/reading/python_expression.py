"""A formula typed in Python's notation, such as ``exp(z)`` or ``log(1 + exp(z))``, as a term. The text is parsed and never run."""

from __future__ import annotations

import ast

from derivations.language.errors import DeriveError
from derivations.language.term import Add, Bars, Call, Const, Frac, Name, Num, Pow, Root, Term, group, product

FUNCTIONS = {"log": "ln", "ln": "ln", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
             "atan": "arctan", "arctan": "arctan", "asin": "arcsin", "acos": "arccos", "erf": "erf", "max": "max", "min": "min", "sign": "sign"}  # fmt: skip
CONSTANTS = {"pi": Const("pi"), "e": Const("e")}


def expression(text: str, what: str = "the formula") -> Term:
    """The term that the text writes: numbers, names, ``+ - * / **`` and calls of well-known functions.

    Raises:
        DeriveError: the text is not such a formula; the message says where.
    """
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval")
        return _term(tree.body, what)
    except (SyntaxError, ValueError, RecursionError) as error:
        if isinstance(error, DeriveError):
            raise
        raise DeriveError(f"{what} {text!r} cannot be read; a formula such as exp(z) or 1/(1 + exp(-z)) is accepted") from error


def calls(text: str, what: str) -> tuple[str, tuple[Term, ...]]:
    """The name and the arguments of a single call, ``Normal(0, 1)``. Raises DeriveError for anything else."""
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise DeriveError(f"{what} {text!r} cannot be read; a law such as Normal(0,1) is accepted") from error
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        return tree.func.id, tuple(_term(a, what) for a in tree.args)
    raise DeriveError(f"{what} {text!r} is not a law; one such as Normal(0,1) is accepted")


def _term(node: ast.expr, what: str) -> Term:
    match node:
        case ast.Constant(value) if isinstance(value, int | float) and not isinstance(value, bool):
            text = repr(value)
            if any(c not in "0123456789." for c in text):
                raise DeriveError(f"{what}: the number {text} cannot be written exactly; write a decimal or a fraction")
            return Num(text)
        case ast.Name(name):
            return CONSTANTS.get(name) or Name(name)
        case ast.UnaryOp(ast.USub(), operand):
            inner = _term(operand, what)
            return Add((("-", group(inner) if isinstance(inner, Add) else inner),))
        case ast.UnaryOp(ast.UAdd(), operand):
            return _term(operand, what)
        case ast.BinOp(left, ast.Add(), right):
            return _term(left, what) + _term(right, what)
        case ast.BinOp(left, ast.Sub(), right):
            return _term(left, what) - _term(right, what)
        case ast.BinOp(left, ast.Mult(), right):
            return product(_term(left, what), _term(right, what))
        case ast.BinOp(left, ast.Div(), right):
            return Frac(_term(left, what), _term(right, what))
        case ast.BinOp(left, ast.Pow(), right):
            return Pow(_term(left, what), _term(right, what))
        case ast.Call(ast.Name("sqrt"), [argument]):
            return Root(_term(argument, what))
        case ast.Call(ast.Name("abs" | "Abs"), [argument]):
            return Bars("abs", _term(argument, what))
        case ast.Call(ast.Name("exp"), [argument]):
            return Pow(Const("e"), _term(argument, what))
        case ast.Call(ast.Name(name), arguments) if name in FUNCTIONS and not node.keywords:
            return Call(Name(FUNCTIONS[name]), tuple(_term(a, what) for a in arguments))
        case ast.Call(ast.Name(name)):
            raise DeriveError(f"{what} calls {name!r}, which is not known; there are {', '.join(sorted({*FUNCTIONS, 'sqrt', 'abs'}))}")
        case _:
            raise DeriveError(
                f"{what}: a {type(node).__name__} (column {node.col_offset + 1}) has no place in a formula; + - * / ** and calls are accepted"
            )
