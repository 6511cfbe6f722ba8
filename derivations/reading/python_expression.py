"""A formula typed in Python's notation, such as ``exp(z)`` or ``log(1 + exp(z))``, as a term. The text is parsed and never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from derivations.language.errors import DeriveError
from derivations.language.functions import WRITTEN
from derivations.language.term import (
    Add,
    Bars,
    Call,
    Cases,
    Const,
    Frac,
    Index,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    group,
    is_float_word,
    product,
    relation,
)
from derivations.parameters import GREEK, nearest

FUNCTIONS = {"log": "ln", "ln": "ln", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
             "atan": "arctan", "arctan": "arctan", "asin": "arcsin", "acos": "arccos", "erf": "erf", "max": "max", "min": "min", "sign": "sign",
             "arcsin": "arcsin", "arccos": "arccos", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "arcsinh": "arsinh", "arccosh": "arcosh",
             "arctanh": "artanh", "erfinv": "erfinv", "gamma": "Gamma", "Max": "max", "Min": "min"}  # fmt: skip
CONSTANTS = {"pi": Const("pi"), "e": Const("e")}
_SEVERAL = ("max", "min", "Max", "Min")
_e = Const("e")


ABBREVIATIONS: dict[str, Callable[[Term], Term]] = {
    "sqrt": Root,
    "abs": lambda u: Bars("abs", u),
    "Abs": lambda u: Bars("abs", u),
    "floor": lambda u: Bars("floor", u),
    "ceil": lambda u: Bars("ceil", u),
    "ceiling": lambda u: Bars("ceil", u),
    "exp": lambda u: Pow(_e, u),
    "expm1": lambda u: Pow(_e, u) - 1,
    "log1p": lambda u: Call(Name("ln"), (1 + u,)),
    **WRITTEN,
    "logistic": WRITTEN["sigmoid"],
    "frac": lambda u: u - Bars("floor", u),
    "Heaviside": lambda u: Cases(((Num("0"), relation(u, "<", 0)), (Num("1"), None))),
}
"""Functions of one argument that are written with others."""
KNOWN = tuple(sorted({*FUNCTIONS, *ABBREVIATIONS, "clip", "Piecewise"}))
_COMPARED: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=", ast.NotEq: "!="}
_WORDS = {"lambda": "lambda_"}
"""Names of symbols that Python keeps for itself, and how they are put while it parses."""


def name_of(word: str) -> Name | Index:
    """The symbol that a word of Python stands for: Greek letters by their signs too, and what follows an underscore, or a last number, is a subscript."""
    word = GREEK.get(word, word)
    bare = word.removesuffix("_")
    match = _SUBSCRIPTED.fullmatch(bare)
    if match is None:
        return Name(bare)
    head, subscript = GREEK.get(match[1], match[1]), match[2].removeprefix("_")
    return Index(Name(head), (Num(subscript) if subscript.isdecimal() else Name(GREEK.get(subscript, subscript)),))


_SUBSCRIPTED = re.compile(r"([A-Za-z\u0370-\u03ff]+)(_?[0-9]+|_[A-Za-z\u0370-\u03ff]+)")


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
    for word, instead in _WORDS.items():
        text = re.sub(rf"\b{word}\b(?!\s*\w*\s*:)", instead, text)
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
            return CONSTANTS.get(name) or name_of(name)
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
        case ast.BinOp(left, ast.Mod(), right):
            return _remainder(term_of(left, what), term_of(right, what))
        case ast.IfExp():
            return _cases(node, what)
        case ast.Compare():
            here = f"{what}: a comparison (column {getattr(node, 'col_offset', 0) + 1}) is no number"
            raise DeriveError(f"{here}; 'a if z > 0 else b' or Piecewise((a, z > 0), (b, True)) is accepted")
        case ast.Call(ast.Name("Rational" | "Mod" as name), [one, other], []):
            parts = (term_of(one, what), term_of(other, what))
            return Frac(*parts) if name == "Rational" else _remainder(*parts)
        case ast.Call(ast.Name("Integer"), [argument], []):
            return term_of(argument, what)
        case ast.Call(ast.Name("clip"), [argument, low, high], []):
            inner = Call(Name("max"), (term_of(argument, what), term_of(low, what)))
            return Call(Name("min"), (inner, term_of(high, what)))
        case ast.Call(ast.Name("Piecewise"), [_, *_] as rows, []):
            return _piecewise(rows, what)
        case ast.Call(ast.Name(name), [argument], []) if name in ABBREVIATIONS:
            return ABBREVIATIONS[name](_within(term_of(argument, what)))
        case ast.Call(ast.Name(name), arguments) if name in FUNCTIONS and not node.keywords and (len(arguments) == 1 or (name in _SEVERAL and arguments)):
            return Call(Name(FUNCTIONS[name]), tuple(term_of(a, what) for a in arguments))
        case ast.Call(ast.Name(name), [_, *_] as arguments, []) if len(name) == 1 and name not in CONSTANTS:
            return Call(name_of(name), tuple(term_of(a, what) for a in arguments))  # a function of which nothing is known
        case ast.Call(ast.Name("clip"), arguments):
            raise DeriveError(f"{what} calls clip with {len(arguments)} arguments; clip(z, low, high) is accepted")
        case ast.Call(ast.Name(name), arguments) if name in (*FUNCTIONS, *ABBREVIATIONS):
            raise DeriveError(f"{what} calls {name} with {len(arguments)} arguments; exactly one is accepted")
        case ast.Call(ast.Name(name)):
            raise DeriveError(f"{what} calls {name!r}, which is not known{nearest(name, KNOWN)}; there are {', '.join(KNOWN)}")
        case _:
            raise DeriveError(
                f"{what}: a {type(node).__name__} (column {node.col_offset + 1}) has no place in a formula; + - * / ** and calls are accepted"
            )


def _within(argument: Term) -> Term:
    """An argument that stands in a formula: a sum gets its brackets."""
    return group(argument) if isinstance(argument, Add) else argument


def _remainder(number: Term, modulus: Term) -> Term:
    whole = Bars("floor", number if modulus == Num("1") else Frac(number, modulus))
    return _within(number) - (whole if modulus == Num("1") else product(modulus, whole))


def _cases(node: ast.expr, what: str) -> Term:
    """``a if c else b``, also one in the other."""
    rows: list[tuple[Term, Term | None]] = []
    while isinstance(node, ast.IfExp):
        rows.append((term_of(node.body, what), condition_of(node.test, what)))
        node = node.orelse
    return Cases((*rows, (term_of(node, what), None)))


def _piecewise(rows: list[ast.expr], what: str) -> Term:
    found: list[tuple[Term, Term | None]] = []
    for row in rows:
        match row:
            case ast.Tuple([value, ast.Constant(True)]):
                return Cases((*found, (term_of(value, what), None)))
            case ast.Tuple([value, condition]):
                found.append((term_of(value, what), condition_of(condition, what)))
            case _:
                raise DeriveError(f"{what}: a row of Piecewise (column {row.col_offset + 1}) is not (value, condition); (z, z > 0) and (0, True) are accepted")
    raise DeriveError(f"{what}: Piecewise says nothing for the values that are left; (value, True) is accepted as its last row")


def condition_of(node: ast.expr, what: str) -> Relation:
    """``0 < z <= 1`` or ``z > 0 and z < 1`` as a relation. Raises DeriveError for anything else."""
    match node:
        case ast.Compare(left, operators, others) if all(type(o) in _COMPARED for o in operators):
            return Relation(tuple(term_of(side, what) for side in (left, *others)), tuple(_COMPARED[type(o)] for o in operators))
        case ast.BoolOp(ast.And(), [one, other]):
            return _joined(condition_of(one, what), condition_of(other, what), what)
        case _:
            raise DeriveError(f"{what}: a condition (column {getattr(node, 'col_offset', 0) + 1}) is not a comparison; z > 0 or 0 < z < 1 is accepted")


def _joined(one: Relation, other: Relation, what: str) -> Relation:
    """Two conditions as one that is between: ``z > 0 and z < 1`` as ``0 < z < 1``."""
    turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    rising = [c if c.signs[0] in ("<", "<=") else Relation(c.items[::-1], tuple(turned.get(s, s) for s in c.signs[::-1])) for c in (one, other)]
    for first, second in (rising, rising[::-1]):
        if first.items[-1] == second.items[0] and all(s in ("<", "<=") for c in rising for s in c.signs):
            return Relation((*first.items, *second.items[1:]), (*first.signs, *second.signs))
    raise DeriveError(f"{what}: two conditions joined by 'and' are not one interval; 0 < z < 1 is accepted")


def condition(text: str, what: str) -> Relation:
    """A comparison that a text writes, ``0 < r < 1``. Raises DeriveError for anything else."""
    try:
        return condition_of(_parsed(text), what)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, DeriveError):
            raise
        raise DeriveError(f"{what} {text!r} cannot be read; a comparison such as a > 0 or 0 < r < 1 is accepted") from error
