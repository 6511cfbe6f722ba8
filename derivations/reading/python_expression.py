"""A formula typed in Python's notation, such as ``exp(z)`` or ``log(1 + exp(z))``, as a term. The text is parsed and never run."""

from __future__ import annotations

import ast

from derivations.language.errors import DeriveError
from derivations.language.term import Add, Bars, Call, Const, Frac, Name, Num, Pow, Root, Term, group, is_float_word, product

FUNCTIONS = {"log": "ln", "ln": "ln", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
             "atan": "arctan", "arctan": "arctan", "asin": "arcsin", "acos": "arccos", "erf": "erf", "max": "max", "min": "min", "sign": "sign"}  # fmt: skip
CONSTANTS = {"pi": Const("pi"), "e": Const("e")}


def expression(text: str, what: str = "the formula") -> Term:
    """The term that the text writes: numbers, names, ``+ - * / **`` and calls of well-known functions.

    Raises:
        DeriveError: the text is not such a formula; the message says where.
    """
    try:
        return term_of(_parsed(text), what)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, DeriveError):
            raise
        raise DeriveError(f"{what} {text!r} cannot be read; a formula such as exp(z) or 1/(1 + exp(-z)) is accepted") from error


def calls(text: str, what: str) -> tuple[str, tuple[Term, ...]]:
    """The name and the arguments of a single call, ``Normal(0, 1)``. Raises DeriveError for anything else."""
    try:
        tree = _parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DeriveError(f"{what} {text!r} cannot be read; a law such as Normal(0,1) is accepted") from error
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        return tree.func.id, tuple(term_of(a, what) for a in tree.args)
    raise DeriveError(f"{what} {text!r} is not a law; one such as Normal(0,1) is accepted")


def _parsed(text: str) -> ast.expr:
    """The tree of a formula that is all of the text: a comment would be dropped without a word. Raises SyntaxError and its kin."""
    if "#" in text:
        raise ValueError("a comment has no place in a formula")
    return ast.parse(text.strip().replace("^", "**"), mode="eval").body


def term_of(node: ast.expr, what: str) -> Term:
    """The term that a tree writes. Raises DeriveError where it is no formula."""
    match node:
        case ast.Constant(value) if isinstance(value, int | float) and not isinstance(value, bool):
            text = repr(value)
            if any(c not in "0123456789." for c in text):
                raise DeriveError(f"{what}: the number {text} cannot be written exactly; write a decimal or a fraction")
            return Num(text)
        case ast.Name(name) if is_float_word(name):
            raise DeriveError(f"{what}: {name} is no number; a decimal, a fraction or the name of a symbol is accepted")
        case ast.Name(name):
            return CONSTANTS.get(name) or Name(name)
        case ast.UnaryOp(ast.USub(), operand):
            inner = term_of(operand, what)
            return Add((("-", group(inner) if isinstance(inner, Add) else inner),))
        case ast.UnaryOp(ast.UAdd(), operand):
            return term_of(operand, what)
        case ast.BinOp(left, ast.Add(), right):
            return term_of(left, what) + term_of(right, what)
        case ast.BinOp(left, ast.Sub(), right):
            return term_of(left, what) - term_of(right, what)
        case ast.BinOp(left, ast.Mult(), right):
            return product(term_of(left, what), term_of(right, what))
        case ast.BinOp(left, ast.Div(), right):
            return Frac(term_of(left, what), term_of(right, what))
        case ast.BinOp(left, ast.Pow(), right):
            return Pow(term_of(left, what), term_of(right, what))
        case ast.Call(ast.Name("sqrt"), [argument]):
            return Root(term_of(argument, what))
        case ast.Call(ast.Name("abs" | "Abs"), [argument]):
            return Bars("abs", term_of(argument, what))
        case ast.Call(ast.Name("exp"), [argument]):
            return Pow(Const("e"), term_of(argument, what))
        case ast.Call(ast.Name(name), arguments) if name in FUNCTIONS and not node.keywords and (len(arguments) == 1 or name in ("max", "min")):
            return Call(Name(FUNCTIONS[name]), tuple(term_of(a, what) for a in arguments))
        case ast.Call(ast.Name(name), arguments) if name in (*FUNCTIONS, "sqrt", "abs", "Abs"):
            raise DeriveError(f"{what} calls {name} with {len(arguments)} arguments; exactly one is accepted")
        case ast.Call(ast.Name(name)):
            raise DeriveError(f"{what} calls {name!r}, which is not known; there are {', '.join(sorted({*FUNCTIONS, 'sqrt', 'abs'}))}")
        case _:
            raise DeriveError(
                f"{what}: a {type(node).__name__} (column {node.col_offset + 1}) has no place in a formula; + - * / ** and calls are accepted"
            )
