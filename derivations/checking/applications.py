"""Names used as what they are not: a number before a bracket, ``p(1 + e^{-z})``, is a factor; ``v`` beside ``v_t = b v_{t-1} + g`` is a number of its own."""

from __future__ import annotations

from dataclasses import replace

from derivations.checking.members import beside_its_members, outside_indices
from derivations.kernel.statement import Statement
from derivations.language.context import Array, Context, Family, Function, RandomVariable, Scalar, Sequence
from derivations.language.matching import calls_itself
from derivations.language.structure import children, with_children
from derivations.language.term import Bar, Call, Group, Index, Mul, Name, Pow, Term, Tuple


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


def as_applications(statement: Statement, context: Context, earlier: tuple[Statement, ...] = ()) -> tuple[Statement, Context, tuple[Name | Index, ...]] | None:
    """The statement with ``V (2s)`` read as the function V at 2s, where V stands before a bracket wherever it stands; None where no name does.

    Such a name may be a number or a function. A name that also stands by itself (``k`` in ``k(k+1) = k^2 + k``) or of which a domain was said is a number.
    """
    terms = (
        *(side for s in (statement, *earlier) for side in (s.lhs, s.rhs)),
        *context.hypotheses, *(side for d in context.definitions for side in (d.lhs, d.rhs)),
    )  # fmt: skip
    before: set[Term] = set()
    elsewhere: set[Term] = set()
    for term in terms:
        _uses(term, before, elsewhere)
    names = sorted((n for n in before - elsewhere if isinstance(n, Name | Index) and context.kind(n) in (None, Scalar())), key=repr)
    if not names:
        return None

    def of(term: Term) -> Term:
        old = children(term)
        new = tuple(of(c) for c in old)
        term = term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)
        if not isinstance(term, Mul):
            return term
        parts = list(term.parts[:1])
        for sign, part in term.parts[1:]:
            if not sign and parts[-1][1] in names and (inside := _bracketed(part)) is not None:
                applied: Term = Call(parts[-1][1], (inside.body,))
                parts[-1] = parts[-1][0], Pow(applied, part.exponent) if isinstance(part, Pow) else applied
            else:
                parts.append((sign, part))
        return parts[0][1] if len(parts) == 1 else Mul(tuple(parts))

    kinds = tuple((s, k) for s, k in context.kinds if s not in names)
    world = replace(
        context, kinds=kinds, hypotheses=tuple(of(h) for h in context.hypotheses),
        definitions=tuple(replace(d, lhs=of(d.lhs), rhs=of(d.rhs)) for d in context.definitions),
    )  # fmt: skip
    return Statement(of(statement.lhs), statement.relation, of(statement.rhs)), world.declare(Function(), *names), tuple(names)


def _bracketed(term: Term) -> Group | None:
    """What stands in a bracket, perhaps with a power outside: ``E [X]^2``. (Nothing is applied to an inner product.)"""
    inside = term.base if isinstance(term, Pow) else term
    return inside if isinstance(inside, Group) and inside.bracket != "<" else None


def _uses(term: Term, before: set[Term], elsewhere: set[Term]) -> None:
    """The names that stand right before a bracket, and those that stand in any other way."""
    if isinstance(term, Name | Index):
        elsewhere.add(term)
        if isinstance(term, Index):
            elsewhere.add(term.base)
    parts = term.parts if isinstance(term, Mul) else ()
    for k, child in enumerate(children(term)):
        bracketed = k + 1 < len(parts) and not parts[k + 1][0] and _bracketed(parts[k + 1][1]) is not None
        if bracketed and isinstance(child, Name | Index):
            before.add(child)
            for s in child.subscripts if isinstance(child, Index) else ():
                _uses(s, before, elsewhere)
        else:
            _uses(child, before, elsewhere)


def _is_number(function: Term, numbers: frozenset[Term], context: Context) -> bool:
    if isinstance(function, Index) and isinstance(context.kind(function.base) if isinstance(function.base, Name) else None, Sequence):
        return True
    return function in numbers


def beside_recurrences(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """A bare name whose entries are given by a recurrence (its limit, its fixed point) is a number of its own."""
    applied = {d.lhs.function for d in context.definitions if isinstance(d.lhs, Call)}  # sigma_i := sigma(a_i) is no recurrence
    recurring = {d.lhs.base for d in context.definitions if isinstance(d.lhs, Index) and calls_itself(d)} - applied
    defined = {d.lhs for d in context.definitions}
    for base in sorted((b for b in recurring if isinstance(b, Name) and b not in defined), key=repr):
        if not isinstance(base, Name) or isinstance(context.kind(base), Array):
            continue
        terms = (statement.lhs, statement.rhs, *context.hypotheses, *(d.rhs for d in context.definitions))
        if any(t == base for term in terms for t in outside_indices(term)):
            own = context.kind(base)
            alone = own.member if isinstance(own, Family) else own if isinstance(own, Scalar) else Scalar()
            statement, context = beside_its_members(statement, context, base, alone)
    return statement, context
