"""Calls, bars and rounding as Python expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Final

from derivations.language.context import Context, Domain, Function, Scalar, Softmax
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import substitute
from derivations.language.term import Add, Call, Const, Frac, Group, Index, Mul, Name, Num, Pow, Term
from render.code.printer import Printer
from render.code.trees import call, identifier, number

_ONE = Num("1")
_SHORTHANDS: Final[Mapping[str, Callable[[Term], Term]]] = {
    "sigmoid": lambda x: _ONE / (1 + Pow(Const("e"), -x)),
    "logistic": lambda x: _ONE / (1 + Pow(Const("e"), -x)),
    "softplus": lambda x: Call(Name("ln"), (1 + Pow(Const("e"), x),)),
    "relu": lambda x: Call(Name("max"), (Num("0"), x)),
}


def applied(printer: Printer, function: Term, arguments: tuple[Term, ...]) -> ast.expr:
    """A call: of a function of this module, by its definition, by its declaration, or by its customary name."""
    values = [argument.body if isinstance(argument, Group) else argument for argument in arguments]
    if function in printer.functions:
        return printer.functions[function]([printer.of(v) for v in values])
    if isinstance(function, Pow):
        return ast.BinOp(applied(printer, function.base, arguments), ast.Pow(), printer.of(function.exponent))
    if isinstance(function, Group):
        return applied(printer, function.body, arguments)
    if isinstance(function, Index) and function.base in (Name("log"), Name("ln")) and len(function.subscripts) == 1:
        (argument,), (base,) = values, function.subscripts
        return ast.BinOp(call(printer.function("ln", argument), printer.of(argument)), ast.Div(), call(printer.function("ln", base), printer.of(base)))
    kind = printer.context.kind(function) if isinstance(function, Name | Index) else None
    for definition in printer.context.definitions:
        found = match_definition(definition, Call(function, tuple(values)))
        if found is not None and not calls_itself(definition):
            return printer.of(substitute(definition.rhs, dict(found.items())))
    if isinstance(kind, Softmax):
        printer.needs.add("softmax")
        return call("softmax", printer.of(values[0]), number(kind.axis))
    if isinstance(kind, Function):
        return call(identifier(function), *(printer.of(v) for v in values))
    if not isinstance(function, Name):
        raise printer.refused(Call(function, arguments), "a function that is neither declared nor known")
    return known(printer, function.text, values)


def known(printer: Printer, name: str, values: list[Term]) -> ast.expr:
    """A function by its customary name."""
    if name in _SHORTHANDS and len(values) == 1:
        return printer.of(_SHORTHANDS[name](values[0]))
    if name in ("max", "min") and not printer.of_arrays(values):
        return call(name, *(printer.of(v) for v in values))
    if name in ("max", "min") and not printer.dialect.symbolic:
        found = printer.of(values[0])
        for value in values[1:]:
            found = call(printer.function(name, *values), found, printer.of(value))
        return found
    if name == "B" and len(values) == 2 and not printer.dialect.symbolic:
        a, b = values
        return printer.of(Frac(Call(Name("Gamma"), (a,)) * Call(Name("Gamma"), (b,)), Call(Name("Gamma"), (a + b,))))
    if name == "B":
        return call("sp.beta", *(printer.of(v) for v in values))
    if name in ("factorial", "binom") and not printer.dialect.symbolic:
        return call({"factorial": "math.factorial", "binom": "math.comb"}[name], *(printer.of(v) for v in values))
    return call(printer.function(name, *values), *(printer.of(v) for v in values))


def bars(printer: Printer, kind: str, body: Term, subscript: Term | None) -> ast.expr:
    """What stands between bars: a size, a norm, a rounding, a determinant."""
    match kind:
        case "floor" | "ceil":
            return rounded(printer, kind, body)
        case "abs":
            return call(printer.function("abs", body), printer.of(body))
        case "card":
            return call("len", printer.of(body))
        case "norm" if printer.dialect.symbolic:
            return ast.Call(ast.Attribute(printer.of(body), "norm"), [] if subscript is None else [printer.of(subscript)], [])
        case "norm":
            order = [] if subscript is None else [printer.of(subscript)]
            return call(printer.dialect.functions["norm"], printer.of(body), *order)
        case "det" if printer.dialect.symbolic:
            return ast.Call(ast.Attribute(printer.of(body), "det"), [], [])
        case _:
            return call(printer.dialect.functions["det"], printer.of(body))


def rounded(printer: Printer, kind: str, body: Term) -> ast.expr:
    """Rounding a quotient of integers stays with integers: floats round wrongly past 2^53."""
    parts = (body.numerator, body.denominator) if isinstance(body, Frac) else ()
    if not printer.dialect.symbolic and isinstance(body, Frac) and all(is_integer(printer.context, part) for part in parts):
        above, below = printer.of(body.numerator), printer.of(body.denominator)
        if kind == "floor":
            return ast.BinOp(above, ast.FloorDiv(), below)
        return ast.UnaryOp(ast.USub(), ast.BinOp(ast.UnaryOp(ast.USub(), above), ast.FloorDiv(), below))
    value = printer.of(body)
    if printer.dialect.symbolic:  # a quotient of Python's own integers would be a float
        value = ast.BinOp(call("sp.S", printer.of(body.numerator)), ast.Div(), printer.of(body.denominator)) if isinstance(body, Frac) else value
    return call(printer.function(kind, body), value)


def is_integer(context: Context, term: Term) -> bool:
    """Whether a term is an integer for every value of its names, as far as its writing shows."""
    match term:
        case Num(digits):
            return digits.isdigit()
        case Name() | Index():
            kind = context.kind(term)
            return isinstance(kind, Scalar) and kind.domain in (Domain.INTEGER, Domain.NATURAL, Domain.WHOLE)
        case Add(parts) | Mul(parts):
            return all(is_integer(context, part) for _, part in parts)
        case Group(body):
            return is_integer(context, body)
        case Pow(base, Num(digits)):
            return digits.isdigit() and is_integer(context, base)
        case _:
            return False
