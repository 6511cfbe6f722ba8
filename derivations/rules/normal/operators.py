"""Operators on functions in normal form: convolution, cross-correlation, composition, and those that the context defines."""

from __future__ import annotations

from derivations.language.context import Definition
from derivations.language.structure import free_names, fresh, substitute, unbracketed
from derivations.language.term import Add, Big, Call, Const, Integral, Mul, Name, Term
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.poly import Poly

OO = Const("oo")


def applied(algebra: Declared, function: Term, arguments: tuple[Term, ...]) -> Poly:
    """``(f * g)(n)``: by the definition of the operator in the context, else by its usual meaning."""
    function = unbracketed(function)
    if not isinstance(function, Mul):
        raise Stuck("a bracketed expression that is applied as a function")
    for definition in algebra.context.definitions:
        values = matched(definition, function, arguments)
        if values is not None:
            return algebra.poly(substitute(definition.rhs, values))
    if len(function.parts) != 2 or len(arguments) != 1:
        raise Stuck("an operator on functions that has no definition")
    (_, f), (sign, g) = function.parts
    (n,) = arguments
    if sign == "circ":
        return algebra.poly(Call(f, (Call(g, (n,)),)))
    if sign not in ("ast", "star"):
        raise Stuck(f"the product sign {sign} between functions")
    m = fresh(Name("m"), free_names(function) | free_names(n))
    other = Add((("+", n), ("-" if sign == "ast" else "+", m)))
    body = Mul((("", Call(f, (m,))), ("", Call(g, (other,)))))
    minus = Add((("-", OO),))
    whole = Big("sum", body, m, minus, OO) if _discrete(algebra, function) else Integral(body, m, minus, OO)
    return algebra.poly(whole)


def _discrete(algebra: Declared, function: Term) -> bool:
    from derivations.language.context import Function

    reached = set(free_names(function))
    for definition in algebra.context.definitions:
        if free_names(definition.lhs) & reached:
            reached |= free_names(definition.rhs)
    kinds = [algebra.context.kind(n) for n in reached]
    return any(isinstance(kind, Function) and kind.on_integers for kind in kinds)


def matched(definition: Definition, function: Mul, arguments: tuple[Term, ...]) -> dict[Term, Term] | None:
    """What the functions and the arguments of a definition such as ``(f * g)(n) := ...`` stand for here."""
    lhs = definition.lhs
    if not isinstance(lhs, Call) or len(lhs.arguments) != len(arguments):
        return None
    pattern = lhs.function
    pattern = unbracketed(pattern)
    if not isinstance(pattern, Mul) or [s for s, _ in pattern.parts] != [s for s, _ in function.parts]:
        return None
    values: dict[Term, Term] = {}
    for (_, name), (_, actual) in zip(pattern.parts, function.parts, strict=True):
        if not isinstance(name, Name) or values.setdefault(name, actual) != actual:
            return None
    for parameter, argument in zip(lhs.arguments, arguments, strict=True):
        if not isinstance(parameter, Name):
            return None
        values[parameter] = argument
    return values
