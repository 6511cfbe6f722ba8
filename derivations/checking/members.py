"""A name beside its members, ``w`` beside ``w_t``: an argument, a limit or a fixed point beside a sequence or a family."""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.statement import Statement
from derivations.language.context import Context, Kind
from derivations.language.numbering import BELOW
from derivations.language.structure import children, with_children
from derivations.language.term import Index, Name, Term


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
