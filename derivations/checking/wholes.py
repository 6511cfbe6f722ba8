"""Arrays whose size is not written where they stand, and what it is.

``p_i := e^{z_i} / sum_l e^{z_l}`` beside ``p^T 1`` makes p a vector as long as z; and the ``1`` is the vector of ones of this length.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derivations.checking.members import outside_indices
from derivations.kernel.statement import Statement
from derivations.language.context import ONE, Array, Context, Definition, Family, Sequence
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.lengths import size_along
from derivations.language.matching import calls_itself
from derivations.language.structure import subterms, transform
from derivations.language.term import Big, Call, Group, Index, Mul, Name, Term, Transpose, Tuple
from derivations.rules.shapes import ONES, Sizes, shape


def as_wholes(statement: Statement, context: Context) -> Context:
    """The context in which such a name is declared as an array, where what its subscripts number says of which size."""
    entries = _by_entries(context)
    if not entries:
        return context
    variables = {a for d in context.definitions if isinstance(d.lhs, Call) for a in d.lhs.arguments}  # of functions: "sigma(z) = 1/(1 + e^{-z})" beside z_i
    whole = {t for term in _all(statement, context) for t in outside_indices(term) if isinstance(t, Name) and t in entries and t not in variables}
    for base in sorted(whole, key=repr):
        definition = entries[base]
        sizes = [_size(definition, p, context, entries, statement) for p in definition.lhs.subscripts]  # type: ignore[attr-defined]
        if all(size is not None for size in sizes) and len(sizes) in (1, 2):
            rows, cols = (*sizes, ONE)[:2]
            context = context.declare(Array(rows, cols), base)  # type: ignore[arg-type]
    return context


def with_sizes(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """The vectors of ones with the lengths that fit where they stand, as far as these are known."""
    if context.kind(ONES) is not None:
        return statement, context
    if _bare(statement.lhs) or _bare(statement.rhs):
        try:
            lhs, rhs = Sizes(context).relation(statement.lhs, statement.rhs)
        except (ShapeError, MeaningError):
            lhs, rhs = statement.lhs, statement.rhs
        statement = statement if _open(lhs) or _open(rhs) else Statement(lhs, statement.relation, rhs)
    if any(map(_bare, context.hypotheses)) or any(_bare(d.rhs) for d in context.definitions):
        context = replace(
            context, hypotheses=tuple(_sized(h, context) for h in context.hypotheses),
            definitions=tuple(replace(d, rhs=_sized(d.rhs, context)) for d in context.definitions),
        )  # fmt: skip
    return statement, context


def inner_products(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """With ``<u, v>`` of two columns as ``u^T v``."""

    def of(node: Term) -> Term:
        match node:
            case Tuple((u, v), "<") if _is_column(u, context) and _is_column(v, context):
                return Group(Mul((("", Transpose(u if isinstance(u, Name | Index) else Group(u))), ("", v if isinstance(v, Name | Index) else Group(v)))), "<")
            case _:
                return node

    if not any(isinstance(t, Tuple) and t.bracket == "<" for term in _all(statement, context) for _, t in subterms(term)):
        return statement, context
    claim = Statement(transform(statement.lhs, of), statement.relation, transform(statement.rhs, of))
    definitions = tuple(replace(d, rhs=transform(d.rhs, of)) for d in context.definitions)
    return claim, replace(context, hypotheses=tuple(transform(h, of) for h in context.hypotheses), definitions=definitions)


def _all(statement: Statement, context: Context) -> Iterator[Term]:
    yield from (statement.lhs, statement.rhs, *context.hypotheses, *(d.rhs for d in context.definitions))


def _is_column(term: Term, context: Context) -> bool:
    try:
        found = shape(term, context)
    except (ShapeError, MeaningError):
        return False
    return found is not None and found[1] == ONE


def _bare(term: Term) -> bool:
    return ONES in outside_indices(term)


def _open(term: Term) -> bool:
    return any(isinstance(t, Name) and t.text == "?" for _, t in subterms(term))


def _sized(term: Term, context: Context) -> Term:
    if not _bare(term):
        return term
    sizes = Sizes(context)
    try:
        found = sizes.settled(sizes.infer(term)[0])
    except (ShapeError, MeaningError):
        return term
    return term if _open(found) else found


def _by_entries(context: Context) -> dict[Name, Definition]:
    """The names without a kind of which each entry is defined, by one definition that is no recurrence."""
    found: dict[Name, list[Definition]] = {}
    for d in context.definitions:
        if isinstance(d.lhs, Index) and isinstance(d.lhs.base, Name):
            found.setdefault(d.lhs.base, []).append(d)
    defined = {d.lhs for d in context.definitions} | {d.lhs.function for d in context.definitions if isinstance(d.lhs, Call)}
    return {
        base: d for base, (d, *more) in found.items()
        if not more and base not in defined and context.kind(base) is None and d.where is None and not calls_itself(d)
        and isinstance(d.lhs, Index) and set(d.lhs.subscripts) == set(d.parameters) and len(set(d.lhs.subscripts)) == len(d.lhs.subscripts)
    }  # fmt: skip


def _size(definition: Definition, variable: Term, context: Context, entries: Mapping[Name, Definition], statement: Statement) -> Term | None:
    """How far a variable runs: as far as is told, to the end of an array whose entries it numbers, or as far as a sum over the same sequence or family."""
    if isinstance(variable, Name) and (told := context.range_of(variable)) is not None and told[0] == ONE:
        return told[1]
    known = size_along(definition.rhs, variable, lambda s: context.kind(s) if isinstance(s, Name) else None, {base: (d,) for base, d in entries.items()})
    bodies = (definition.rhs, statement.lhs, statement.rhs)
    return known or next(
        (size for base, k in _numbered(definition.rhs, variable) for body in bodies if (size := _summed(base, k, body, context)) is not None), None
    )


def _numbered(body: Term, variable: Term) -> Iterator[tuple[Name, int]]:
    for _, t in subterms(body):
        if isinstance(t, Index) and isinstance(t.base, Name) and variable in t.subscripts:
            yield t.base, t.subscripts.index(variable)


def _summed(base: Name, k: int, body: Term, context: Context) -> Term | None:
    if not isinstance(context.kind(base), Sequence | Family):
        return None
    sums = (t for _, t in subterms(body) if isinstance(t, Big) and t.op == "sum" and t.lower == ONE and t.upper is not None and t.where is None)
    return next((t.upper for t in sums if (base, k) in _numbered(t.body, t.variable)), None)
