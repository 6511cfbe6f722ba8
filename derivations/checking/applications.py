"""Brackets after a number: ``p(1 + e^{-z})`` with a number p is a product, however it was read."""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.statement import Statement
from derivations.language.context import Context, RandomVariable, Scalar, Sequence
from derivations.language.structure import children, with_children
from derivations.language.term import Bar, Call, Group, Index, Mul, Name, Term, Tuple


def as_products(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """The statement and the context with calls of numbers read as products. (``L(w)`` for a number L that is defined through w stays.)"""
    functions = {d.lhs.function for d in context.definitions if isinstance(d.lhs, Call)}
    numbers = frozenset(s for s, k in context.kinds if isinstance(k, Scalar | Sequence) or (isinstance(k, RandomVariable) and k.shape is None))
    numbers |= {d.lhs for d in context.definitions if isinstance(d.lhs, Name | Index) and not d.parameters}
    numbers -= functions
    if not numbers:
        return statement, context

    def of(term: Term) -> Term:
        old = children(term)
        new = tuple(of(c) for c in old)
        term = term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)
        if isinstance(term, Call) and len(term.arguments) == 1 and term.bracket == "(" and _is_number(term.function, numbers, context):
            (argument,) = term.arguments
            if not isinstance(argument, Name | Index | Bar | Tuple):
                return Mul((("", term.function), ("", Group(argument))))
        return term

    definitions = tuple(replace(d, rhs=of(d.rhs)) for d in context.definitions)
    return Statement(of(statement.lhs), statement.relation, of(statement.rhs)), replace(context, definitions=definitions)


def _is_number(function: Term, numbers: frozenset[Term], context: Context) -> bool:
    if isinstance(function, Index) and isinstance(context.kind(function.base) if isinstance(function.base, Name) else None, Sequence):
        return True
    return function in numbers
