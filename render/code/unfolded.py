"""A formula that somebody wrote, with what the text defines put in: names that stand for formulas, and those of unknown derivatives as arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derivations.language.context import ONE, Array, Context, Definition, Domain, Kind, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import children, substitute, subterms, with_children
from derivations.language.term import Deriv, Group, Index, Name, Term
from derivations.rules.shapes import shape
from render.code.formula import Formula

_MOST = 40
"""Definitions in definitions that are put in."""
_SIZE = 3
"""Entries of an array along each axis in an example."""


def unfolded(formula: Formula, symbols_of: Callable[[Term, Context], tuple[Name | Index, ...]]) -> Formula:
    """The same function in the names that nothing defines: numbers, arrays and families of numbers, with an example of each."""
    context, body = _opened(formula.context, formula.body)
    arguments = symbols_of(body, context)
    arrays = frozenset(a for a in arguments if isinstance(context.kind(a), Array | Sequence))
    sizes: dict[Name, tuple[Name, Term, int | None]] = {}
    for a in sorted(arrays, key=arguments.index):
        kind = context.kind(a)
        for axis, size in enumerate((kind.rows, kind.cols) if isinstance(kind, Array) else ()):
            if isinstance(size, Name):
                sizes.setdefault(size, (size, a, axis))
    example: dict[Term, str] = {a: _example(context.kind(a)) for a in arguments if context.kind(a) is not None}
    return replace(
        formula,
        context=context,
        body=body,
        arguments=tuple(a for a in arguments if a not in sizes),
        arrays=arrays,
        sizes=tuple(found for size, found in sizes.items() if size in arguments),
        example={**formula.example, **example},
    )


def _opened(context: Context, body: Term) -> tuple[Context, Term]:
    for _ in range(_MOST):
        found = next(((d, part) for _, part in subterms(body) for d in context.definitions if _stands_for(d, part)), None)
        if found is None:
            break
        definition, part = found
        if any(isinstance(inside, Deriv) for _, inside in subterms(definition.rhs)):
            context = _given(context, definition)
            continue
        values = match_definition(definition, part) or {}
        body = _put(body, part, substitute(definition.rhs, dict(values.items())))
    return context, body


def _stands_for(definition: Definition, part: Term) -> bool:
    return definition.where is None and not calls_itself(definition) and match_definition(definition, part) is not None


def _put(term: Term, old: Term, new: Term) -> Term:
    if term == old:
        return Group(new, "(")
    return with_children(term, tuple(_put(child, old, new) for child in children(term)))


def _given(context: Context, definition: Definition) -> Context:
    """A derivative of what is not known is an argument: an array or a family of numbers."""
    head: Term = definition.lhs
    kind: Kind
    if isinstance(head, Index) and isinstance(head.base, Name):
        kind = Sequence(Domain.REAL, len(head.subscripts))
        head = head.base
    else:
        try:
            found = shape(head, context)
        except DeriveError:
            found = None
        kind = Scalar() if found is None else Array(*found)
    rest = replace(context, definitions=tuple(d for d in context.definitions if d != definition))
    return rest.declare(kind, head) if isinstance(head, Name) else rest


def _example(kind: Kind | None) -> str:
    match kind:
        case Array(_, cols, properties):
            if properties & {"positive_definite", "symmetric", "invertible", "orthogonal"}:
                return f"np.eye({_SIZE})"
            return f"random.standard_normal({_SIZE if cols == ONE else (_SIZE, _SIZE)})"
        case Sequence(_, arity):
            return f"random.uniform(0.1, 0.9, size={(_SIZE,) * arity if arity > 1 else _SIZE})"
        case Scalar(Domain.NATURAL):
            return str(_SIZE)
        case _:
            return "2" if kind == Scalar(Domain.INTEGER) or kind == Scalar(Domain.INTEGER, index=True) else "0.5"
