"""Application: defined, declared and well-known functions, inverses, operators on functions, and what is written with a subscript."""

from __future__ import annotations

from typing import Any

from derivations.language.context import Definition, Function, Sequence
from derivations.language.errors import MeaningError
from derivations.language.model import algebra, expectation, information, known
from derivations.language.model import numbers as x
from derivations.language.model.calculus import derivative_of
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.functions import random_function
from derivations.language.model.inverse import inverse_function
from derivations.language.model.isolate import isolate
from derivations.language.model.laws import density
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.quadrature import quadrature
from derivations.language.model.relations import close
from derivations.language.model.sums import function_series
from derivations.language.model.values import Fun, Law, Symbol, Undefined, Value
from derivations.language.model.world import symbol_text
from derivations.language.structure import bare
from derivations.language.term import (
    Bar,
    Call,
    Group,
    Index,
    Marked,
    Mul,
    Name,
    Pow,
    Relation,
    Term,
    Tuple,
)

_OPERATORS = {**expectation.OPERATORS, **information.OPERATORS}
"""``E[...]``, ``E_q[...]``, ``Var``, ``H``, ``KL``, ...: the subscript is their second argument."""


def call(ev: Evaluation, node: Call, frame: Frame) -> Value:
    """The value of an application."""
    function = node.function
    while isinstance(function, Group | Marked) and not isinstance(function.body, Mul):
        function = function.body
    if isinstance(function, Name | Index) and (found := _overridden(ev, function, node, frame)) is not None:
        return found
    defined = by_definition(ev, function, node.arguments, frame)
    if defined is not None:
        return defined
    match function:
        case Name():
            return _named(ev, function, node, frame)
        case Index(base, subscripts):
            return _subscripted(ev, function, base, subscripts, node, frame)
        case Pow(base, exponent):
            return _powered(ev, base, exponent, node, frame)
        case _:
            return applied(function_value(ev, function, frame), _values(ev, node.arguments, frame), "an expression")


def _overridden(ev: Evaluation, function: Term, node: Call, frame: Frame) -> Value | None:
    """A call that a derivative takes as its variable (``dL/df(x)``)."""
    if not any(type(k) is tuple for k in frame.names):
        return None
    return frame.names.get((function, _values(ev, node.arguments, frame)))


def _values(ev: Evaluation, arguments: tuple[Term, ...], frame: Frame) -> tuple[Value, ...]:
    return tuple(ev.value(a, frame) for a in arguments)


def applied(f: Value, values: tuple[Value, ...], name: str) -> Value:
    match f:
        case Fun():
            if f.arity >= 0 and len(values) != f.arity:
                raise MeaningError(f"{name} takes {f.arity} argument(s), not {len(values)}")
            return f.apply(*values)
        case Law() if len(values) == 1:
            return density(f, values[0])
        case _:
            raise MeaningError(f"{name} is {algebra.kind_of(f)} and not a function")


# Definitions ------------------------------------------------------------------------------------------------------------------


def by_definition(ev: Evaluation, function: Term, arguments: tuple[Term, ...], frame: Frame) -> Value | None:
    """What a call pattern says, or None if no pattern fits."""
    definitions = ev.setting.calls.get(function)
    if definitions is None and isinstance(function, Index):
        definitions = ev.setting.calls.get(function.base)
    if definitions:
        for definition in sorted(definitions, key=lambda d: bool(d.parameters)):
            bound = _matched(ev, definition, function, arguments, frame)
            if bound is not None:
                return ev.defined(definition, bound, frame)
    body = function.body if isinstance(function, Group) else function
    if isinstance(body, Mul):
        return _by_operator(ev, body, arguments, frame)
    return None


def _matched(
    ev: Evaluation, definition: Definition, function: Term, arguments: tuple[Term, ...], frame: Frame
) -> dict[Any, Value] | None:
    lhs: Call = definition.lhs  # type: ignore[assignment]
    if len(lhs.arguments) != len(arguments):
        return None
    bound: dict[Any, Value] = {}
    if isinstance(lhs.function, Index) and lhs.function != function:
        if not isinstance(function, Index):
            return None
        index = tuple(ev.integer(s, frame) for s in function.subscripts)
        found = ev.matched(Definition(lhs.function, definition.rhs, definition.parameters), index, frame)
        if found is None:
            return None
        bound.update(found)
    for pattern, argument in zip(lhs.arguments, arguments, strict=True):
        if not _match(ev, definition, pattern, argument, bound, frame):
            return None
    if definition.where is not None and not ev.value(definition.where, frame.bind_all(bound)):
        return None
    return bound


def _match(ev: Evaluation, definition: Definition, pattern: Term, argument: Term, bound: dict[Any, Value], frame: Frame) -> bool:
    if isinstance(pattern, Bar):
        return (
            isinstance(argument, Bar)
            and _match(ev, definition, pattern.left, argument.left, bound, frame)
            and _match(ev, definition, pattern.right, argument.right, bound, frame)
        )
    if isinstance(pattern, Tuple) and isinstance(argument, Tuple):
        return len(pattern.items) == len(argument.items) and all(
            _match(ev, definition, p, a, bound, frame) for p, a in zip(pattern.items, argument.items, strict=True)
        )
    if isinstance(argument, Bar):
        return False
    if isinstance(pattern, Name) and pattern in definition.parameters and pattern not in bound:
        if isinstance(argument, Name | Index) and argument not in frame.names and _is_function(ev, argument):
            bound[pattern] = function_value(ev, argument, frame)
        else:
            bound[pattern] = ev.value(argument, frame)
        return True
    if pattern == argument:
        return True
    value = ev.value(argument, frame)
    inside = [p for p in definition.parameters if p in ev.setting.symbols(pattern) and p not in bound]
    if len(inside) == 1 and is_number(value):  # f(n + 1) = ...: solved for the parameter, if it is linear
        zero, one, two = (ev.value(pattern, frame.bind(inside[0], k)) for k in (0, 1, 2))
        if not (x.is_exact(zero) and one != zero and two - one == one - zero):
            return False
        bound[inside[0]] = x.divide(x.subtract(value, zero), one - zero)
        return True
    if inside:
        return False
    return bool(ev.value(pattern, frame.bind_all(bound)) == value)


def _is_function(ev: Evaluation, symbol: Term) -> bool:
    return isinstance(ev.setting.kinds.get(symbol), Function) or symbol in ev.setting.calls


def _by_operator(ev: Evaluation, body: Mul, arguments: tuple[Term, ...], frame: Frame) -> Value | None:
    """``(f * g)(n)`` by the definition of the operator, for any two functions."""
    for definition in ev.setting.operators:
        lhs: Call = definition.lhs  # type: ignore[assignment]
        pattern = lhs.function.body if isinstance(lhs.function, Group) else lhs.function
        if not isinstance(pattern, Mul) or [s for s, _ in pattern.parts] != [s for s, _ in body.parts]:
            continue
        bound: dict[Any, Value] = {}
        for (_, name), (_, actual) in zip(pattern.parts, body.parts, strict=True):
            bound[name] = function_value(ev, actual, frame)
        if len(lhs.arguments) == len(arguments) and all(
            _match(ev, definition, p, a, bound, frame) for p, a in zip(lhs.arguments, arguments, strict=True)
        ):
            return ev.defined(definition, bound, frame)
    return None


def abbreviated(ev: Evaluation, symbol: Symbol, frame: Frame) -> Value:
    """``Z`` for ``Z(beta)``: its value at the current value of the parameter if that has one, else the function itself."""
    for definition in ev.setting.calls[symbol]:
        arguments = definition.lhs.arguments  # type: ignore[attr-defined]
        if all(isinstance(a, Name) and (a in frame.names or a in ev.setting.kinds or a in ev.setting.plain) for a in arguments):
            if isinstance(definition.lhs.function, Index) and definition.lhs.function != symbol:  # type: ignore[attr-defined]
                continue
            return ev.defined(definition, {a: ev.value(a, frame) for a in arguments}, frame)
    return function_value(ev, symbol, frame)


def abbreviated_entry(ev: Evaluation, node: Index, frame: Frame) -> Value:
    """``p_i`` for ``p_i(beta)``."""
    for definition in ev.setting.calls[node.base]:
        function, arguments = definition.lhs.function, definition.lhs.arguments  # type: ignore[attr-defined]
        if isinstance(function, Index) and all(isinstance(a, Name) for a in arguments):
            index = tuple(ev.integer(s, frame) for s in node.subscripts)
            bound = ev.matched(Definition(function, definition.rhs, definition.parameters), index, frame)
            if bound is not None:
                return ev.defined(definition, {**bound, **{a: ev.value(a, frame) for a in arguments}}, frame)
    whole = ev.symbol(node.base, frame)
    return ev.picked(whole, tuple(ev.integer(s, frame) for s in node.subscripts), symbol_text(node.base))


# Function values --------------------------------------------------------------------------------------------------------------


def function_value(ev: Evaluation, node: Term, frame: Frame) -> Value:
    """The function that a term denotes, for operators on functions and for derivatives by a prime."""
    node = bare(node)
    if isinstance(node, Name | Index):
        if node in frame.names:
            return frame.names[node]
        if node in ev.setting.calls:
            return _defined_function(ev, node, frame)
        if isinstance(node, Index) and not ev.setting.is_symbol(node):
            return ev.picked(ev.value(node.base, frame), tuple(ev.integer(s, frame) for s in node.subscripts), symbol_text(node.base))
        kind = ev.setting.kinds.get(node)
        if isinstance(kind, Sequence):
            return Fun(lambda *k: ev.entry(node, _places(k), frame), kind.arity, True, symbol_text(node))
        return ev.symbol(node, frame)
    if isinstance(node, Mul) and len(node.parts) == 2 and node.parts[1][0] in ("ast", "star", "circ"):
        (_, f), (sign, g) = node.parts
        return operator(ev, sign, function_value(ev, f, frame), function_value(ev, g, frame), frame)
    return ev.value(node, frame)


def _places(values: tuple[Value, ...]) -> tuple[int, ...]:
    found = tuple(n for n in (x.as_int(v) for v in values) if n is not None)
    if len(found) != len(values):
        raise Undefined("a sequence at a place that is not an integer")
    return found


def _defined_function(ev: Evaluation, node: Term, frame: Frame) -> Fun:
    definition = ev.setting.calls[node][0]
    arguments = definition.lhs.arguments  # type: ignore[attr-defined]
    discrete = any(getattr(ev.setting.kinds.get(s), "on_integers", False) for s in ev.setting.reach(definition.rhs))

    def apply(*values: Value) -> Value:
        slots = tuple(Name(f"argument {k}") for k in range(len(values)))
        found = by_definition(ev, node, slots, frame.bind_all(dict(zip(slots, values, strict=True))))
        if found is None:
            raise MeaningError(f"no definition of {symbol_text(node)} fits its arguments")
        return found

    return Fun(apply, len(arguments), discrete, symbol_text(node))


def differentiated(f: Fun) -> Fun:
    return derivative_of(f, 1)


def operator(ev: Evaluation, sign: str, f: Value, g: Value, frame: Frame) -> Fun:
    """``f * g`` (convolution), ``f star g`` (cross-correlation, sum of f(m) g(n + m)), ``f o g`` (composition)."""
    if not (isinstance(f, Fun) and isinstance(g, Fun)):
        raise MeaningError(f"{algebra.kind_of(f)} and {algebra.kind_of(g)} joined by an operator on functions")
    if sign == "circ":
        return Fun(lambda *values: f.apply(g.apply(*values)), g.arity, g.on_integers)

    def at(n: Value) -> Value:
        def product(k: Number) -> Number:
            return x.multiply(f.apply(k), g.apply(x.add(n, k) if sign == "star" else x.subtract(n, k)))

        if f.on_integers or g.on_integers:
            return function_series(ev, Fun(product), None)
        return quadrature(ev, product, -mp().inf, mp().inf, (id(f), id(g)))

    return Fun(at, 1, f.on_integers or g.on_integers)


def _solved(ev: Evaluation, base: Term, f: Fun, value: Number, frame: Frame) -> Number | None:
    """The inverse of a defined function by peeling its definition, if that gives a place at which the function has this value."""
    definitions = ev.setting.calls.get(base, ())
    if len(definitions) != 1:
        return None
    (definition,) = definitions
    parameter, *others = definition.lhs.arguments  # type: ignore[attr-defined]
    slot = Name("value of a function")
    peeled = isolate(parameter, definition.rhs, slot) if isinstance(parameter, Name) and not others else None
    if peeled is None:
        return None
    try:
        found = ev.number(peeled, frame.bind(slot, value))
        back = f.apply(found)
    except Undefined:
        return None
    return found if close(back, value, mp().dps * 0.8) else None


# Named functions --------------------------------------------------------------------------------------------------------------


def _named(ev: Evaluation, function: Name, node: Call, frame: Frame) -> Value:
    arguments = node.arguments
    declared = function in frame.names or ev.setting.is_declared(function)
    if not declared:
        if function.text in _OPERATORS and not function.primes:
            return _OPERATORS[function.text](ev, None, arguments, frame)
        law = expectation.law(ev, function, arguments, frame)
        if law is not None:
            return law
        if len(arguments) == 1 and isinstance(arguments[0], Relation):
            return int(bool(ev.value(arguments[0], frame)))  # an indicator
    if function.primes and not declared:
        base = Name(function.text, function.accent, function.font, 0, function.label)
        f = function_value(ev, base, frame)
        if isinstance(f, Fun):
            return applied(derivative_of(f, function.primes), _values(ev, arguments, frame), symbol_text(function))
    if any(isinstance(a, Bar) for a in arguments):
        return _conditional(ev, function, arguments, frame)
    kind = ev.setting.kinds.get(function)
    if isinstance(kind, Sequence) and function not in frame.names:
        return ev.entry(function, _places(_values(ev, arguments, frame)), frame)
    if isinstance(kind, Function) or function in frame.names or function not in ev.setting.plain:
        return applied(function_value(ev, function, frame), _values(ev, arguments, frame), symbol_text(function))
    whole = ev.symbol(function, frame)
    if isinstance(whole, Fun | Law):
        return applied(whole, _values(ev, arguments, frame), symbol_text(function))
    if all(isinstance(a, Name) and a in ev.setting.reach(function) for a in arguments):
        return whole  # L(w) for an L that is defined through w
    raise MeaningError(f"{symbol_text(function)} is {algebra.kind_of(whole)} and not a function")


def _conditional(ev: Evaluation, function: Name, arguments: tuple[Term, ...], frame: Frame) -> Value:
    """``p(x | z)`` for a declared function: a function of x and z."""
    flat: list[Value] = []
    for a in arguments:
        parts: tuple[Term, ...] = (a.left, a.right) if isinstance(a, Bar) else (a,)
        for part in parts:
            flat.extend(_values(ev, part.items if isinstance(part, Tuple) else (part,), frame))
    kind = ev.setting.kinds.get(function)
    if isinstance(kind, Function) and kind.arity != len(flat):
        kind = Function(len(flat), kind.properties, kind.on_integers)
        f = random_function(kind, f"{ev.model.seed}|{ev.model.number}|{function!r}|given", symbol_text(function), ev.model.special)
        return f.apply(*flat)
    return applied(function_value(ev, function, frame), tuple(flat), symbol_text(function))


def _subscripted(ev: Evaluation, function: Index, base: Term, subscripts: tuple[Term, ...], node: Call, frame: Frame) -> Value:
    if isinstance(base, Name) and not ev.setting.is_declared(base) and not ev.setting.is_symbol(function):
        if base.text in _OPERATORS:
            return _OPERATORS[base.text](ev, subscripts[0], node.arguments, frame)
        if base.text == "log" and len(subscripts) == 1:
            value = ev.number(node.arguments[0], frame)
            return x.divide(x.logarithm(value), x.logarithm(ev.number(subscripts[0], frame)))
    if ev.setting.is_symbol(function) or function in frame.names:
        return applied(ev.symbol(function, frame), _values(ev, node.arguments, frame), symbol_text(function))
    kind = ev.setting.kinds.get(base)
    if isinstance(kind, Function):
        return _family(ev, base, kind, subscripts, node, frame)
    return applied(ev.value(function, frame), _values(ev, node.arguments, frame), symbol_text(function))


def _family(ev: Evaluation, base: Term, kind: Function, subscripts: tuple[Term, ...], node: Call, frame: Frame) -> Value:
    """``f_i(x)``: another function for each i; ``f_theta(x)``: a function that varies smoothly with theta."""
    values = _values(ev, node.arguments, frame)
    index = _values(ev, subscripts, frame)
    whole = tuple(x.as_int(v) if is_number(v) else None for v in index)
    if None not in whole:
        member = function_value(ev, base, frame)
        return applied(member.family(whole) if member.family else member, values, symbol_text(base))
    flat = [v for item in (*values, *index) for v in (item.entries() if isinstance(item, Mat) else (item,))]
    smooth = Function(len(flat), kind.properties - {"increasing", "decreasing", "density"}, False)
    f = random_function(smooth, f"{ev.model.seed}|{ev.model.number}|{base!r}|smooth", symbol_text(base), ev.model.special)
    return f.apply(*flat)


def _powered(ev: Evaluation, base: Term, exponent: Term, node: Call, frame: Frame) -> Value:
    """``sin^2 x`` and ``f^{-1}(y)``."""
    n = ev.integer(exponent, frame)
    ev.tick()
    if n == -1:
        name = base.text if isinstance(base, Name) and not ev.setting.is_declared(base) else ""
        if name in known.INVERSES:
            return ev.value(Call(Name(known.INVERSES[name], font="rm"), node.arguments), frame)
        f = function_value(ev, base, frame)
        values = _values(ev, node.arguments, frame)
        if len(values) == 1 and is_number(values[0]) and isinstance(f, Fun):
            solved = _solved(ev, base, f, values[0], frame)
            if solved is not None:
                return solved
        if isinstance(f, Fun) and f.arity == 1 and len(values) == 1 and is_number(values[0]):
            return inverse_function(f, values[0])
        raise MeaningError(f"the inverse of {algebra.kind_of(f)}")
    return algebra.power(call(ev, Call(base, node.arguments, node.bracket), frame), n)
