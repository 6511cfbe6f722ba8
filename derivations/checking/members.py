"""A name beside its members, ``w`` beside ``w_t``: an argument, a limit or a fixed point beside a sequence or a family."""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.statement import Statement
from derivations.language.context import Context, Family, Kind, Symbol
from derivations.language.numbering import BELOW
from derivations.language.structure import children, free_names, subterms, with_children
from derivations.language.term import Big, Deriv, Index, Integral, Name, Term


def members_of(base: Name) -> Name:
    """The name of the members where the name itself is another thing; both are written alike."""
    return replace(base, label=BELOW)


def beside_its_members(statement: Statement, context: Context, base: Name, kind: Kind | None) -> tuple[Statement, Context]:
    """``w`` beside ``w_t``: the members get a name of their own, written alike, and ``w`` itself is of this kind (None: its definition says what it is)."""
    other = members_of(base)
    whole = context.kind(base)
    kinds = tuple((s, k) for s, k in context.kinds if s != base)
    context = replace(
        context,
        kinds=(*(((base, kind),) if kind is not None else ()), *kinds, *(((other, whole),) if whole is not None else ())),
        hypotheses=tuple(_renamed(h, base, other) for h in context.hypotheses),
        definitions=tuple(replace(d, lhs=_renamed(d.lhs, base, other), rhs=_renamed(d.rhs, base, other)) for d in context.definitions),
    )
    return Statement(_renamed(statement.lhs, base, other), statement.relation, _renamed(statement.rhs, base, other)), context


def members_apart(statement: Statement, context: Context) -> Context:
    """The context in which the members of families of arrays that a statement speaks of, ``x_i`` and ``x_j``, are arrays of their own, whatever their numbers.

    What holds for any arrays holds for the members of one family. Members that a sum runs over stay what they are, and those that are defined. Not so where
    something is differentiated by a member: ``x_i^T x_j`` differentiated by ``x_i`` is ``x_j`` only where i is not j.
    """
    found: dict[Symbol, Kind] = {}
    by = {v for side in (statement.lhs, statement.rhs) for _, t in subterms(side) if isinstance(t, Deriv) for v, _ in t.variables}
    if any(isinstance(v, Index) and isinstance(v.base, Name) and isinstance(context.kind(v.base), Family) for v in by):
        return context
    waiting = [(statement.lhs, frozenset[Name]()), (statement.rhs, frozenset[Name]())]
    while waiting:
        term, bound = waiting.pop()
        kind = context.kind(term.base) if isinstance(term, Index) and isinstance(term.base, Name) else None
        if isinstance(kind, Family) and isinstance(term, Index) and len(term.subscripts) == kind.arity and not free_names(term) & bound:
            found[term] = kind.member
        inside = bound | free_names(term.variable) if isinstance(term, Big | Integral) else bound
        waiting.extend((child, inside) for child in children(term))
    defined = {d.lhs.base if isinstance(d.lhs, Index) else d.lhs for d in context.definitions}
    new = ((s, k) for s, k in found.items() if isinstance(s, Index) and s.base not in defined and context.kind(s) is None)
    return replace(context, kinds=(*context.kinds, *new))


def outside_indices(term: Term) -> list[Term]:
    """The subterms that are not the base of an indexed name."""
    if isinstance(term, Index):
        return [t for s in term.subscripts for t in outside_indices(s)]
    return [term, *(t for c in children(term) for t in outside_indices(c))]


def _renamed(term: Term, base: Name, other: Name) -> Term:
    """The indexed uses of a name under another name."""
    if isinstance(term, Index) and term.base == base:
        return Index(other, tuple(_renamed(s, base, other) for s in term.subscripts))
    old = children(term)
    new = tuple(_renamed(c, base, other) for c in old)
    return term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)
