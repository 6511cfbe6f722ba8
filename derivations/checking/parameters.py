"""Functions with a parameter written as a subscript: ``p_theta(x)`` varies with theta where something is done to theta."""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.statement import Statement
from derivations.language.context import Context, Function
from derivations.language.structure import subterms, transform
from derivations.language.term import Call, Deriv, Index, Name, Term
from derivations.reading.uses import unprimed


def with_parameters(statement: Statement, context: Context) -> Context:
    """The context in which ``f_theta``, declared as one function, is a family of functions if a derivative by theta is taken.

    Otherwise its derivative by theta would be zero, and everything about it true.
    """
    by = {v for side in (statement.lhs, statement.rhs, *(d.rhs for d in context.definitions)) for v in _variables(side)}
    if not by:
        return context
    families = {
        symbol: kind
        for symbol, kind in context.kinds
        if isinstance(symbol, Index) and isinstance(kind, Function) and any(s in by for s in symbol.subscripts) and isinstance(symbol.base, Name)
    }
    if not families:
        return context
    kinds = tuple((s, k) for s, k in context.kinds if s not in families)
    bases = {s.base: k for s, k in families.items()}
    known = {s for s, _ in kinds}
    return replace(context, kinds=(*kinds, *((b, k) for b, k in bases.items() if b not in known and isinstance(b, Name))))


def differentiated_by_primes(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """``s_beta'`` as the derivative of the ``s_beta`` that is defined: as one name, whose definition speaks of beta."""
    primed = {t.function for side in (statement.lhs, statement.rhs) for _, t in subterms(side) if isinstance(t, Call) and _primes(t.function)}
    defined = {d.lhs.function: d for d in context.definitions if isinstance(d.lhs, Call) and isinstance(d.lhs.function, Index)}
    whole = {unprimed(f) for f in primed if isinstance(f, Index)} & defined.keys()
    whole = {f for f in whole if isinstance(f, Index) and not set(f.subscripts) & set(defined[f].parameters)}
    if not whole:
        return statement, context

    def named(node: Term) -> Term:
        if not isinstance(node, Call) or not isinstance(node.function, Index) or unprimed(node.function) not in whole:
            return node
        base = node.function.base
        return Call(replace(base, label=f"{base.label}{node.function.subscripts!r}"), node.arguments, node.bracket) if isinstance(base, Name) else node

    return Statement(transform(statement.lhs, named), statement.relation, transform(statement.rhs, named)), replace(
        context,
        kinds=tuple((s, k) for s, k in context.kinds if unprimed(s) not in whole),
        hypotheses=tuple(transform(h, named) for h in context.hypotheses),
        definitions=tuple(replace(d, lhs=transform(d.lhs, named), rhs=transform(d.rhs, named)) for d in context.definitions),
    )


def _primes(function: Term) -> bool:
    return isinstance(function, Index) and isinstance(function.base, Name) and function.base.primes > 0


def _variables(term: Term) -> set[Term]:
    return {v for _, node in subterms(term) if isinstance(node, Deriv) for v, _ in node.variables}
