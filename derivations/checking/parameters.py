"""Functions with a parameter written as a subscript: ``p_theta(x)`` varies with theta where something is done to theta."""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.statement import Statement
from derivations.language.context import Context, Function
from derivations.language.structure import subterms
from derivations.language.term import Deriv, Index, Name, Term


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


def _variables(term: Term) -> set[Term]:
    return {v for _, node in subterms(term) if isinstance(node, Deriv) for v, _ in node.variables}
