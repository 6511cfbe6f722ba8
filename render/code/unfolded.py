"""A formula that somebody wrote, with what the text defines put in: names that stand for formulas, and those of unknown derivatives as arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from derivations.language.context import Array, Context, Definition, Domain, Function, Kind, Loss, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import children, free_names, fresh, substitute, subterms, with_children
from derivations.language.term import Big, Call, Deriv, Group, Index, Name, Num, Term, Tuple
from derivations.rules.shapes import shape
from render.code.examples import SIZE, reach
from render.code.formula import Formula, Meaning
from render.code.trees import identifier

SymbolsOf: TypeAlias = Callable[[Term, Context, frozenset[Term]], tuple[Name | Index, ...]]
_MOST = 40
"""Definitions in definitions that are put in."""


def unfolded(formula: Formula, symbols_of: SymbolsOf) -> Formula:
    """The same function in the names that nothing defines: numbers, arrays, families of numbers, and functions.

    A derivative of something unknown is an argument: that of a loss by the outputs of a layer is what a backward pass is given. A name that is
    defined and read more than once is computed once.
    """
    meanings: dict[Name, Meaning] = {}
    context, body = _without_unknown(formula.context, formula.body, meanings)
    shared = _shared(context, body)
    context, body = _opened(context, body, shared)
    local: list[tuple[Name, Term]] = []
    for name, value in shared.items():
        context, value = _opened(*_without_unknown(context, value, meanings), shared)
        local.append((name, value))
    whole = Tuple((body, *(value for _, value in local)))
    taken = free_names(whole)
    body, local = _apart(body, taken), [(name, _apart(value, taken)) for name, value in local]
    whole = Tuple((body, *(value for _, value in local)))
    own = _numbered(whole, context)
    bases = {entry.base for entry in own}
    arguments = tuple(a for a in symbols_of(whole, context, own) if a not in bases and a not in shared)
    functions = _functions(whole, context)
    context = context.declare(Function(), *(f for f in functions if context.kind(f) is None)) if functions else context
    arrays = frozenset(a for a in arguments if isinstance(context.kind(a), Array | Sequence))
    sizes: dict[Name, tuple[Name, Term, int | None]] = {}
    for a in sorted(arrays, key=arguments.index):
        kind = context.kind(a)
        for axis, size in enumerate((kind.rows, kind.cols) if isinstance(kind, Array) else ()):
            if isinstance(size, Name):
                sizes.setdefault(size, (size, a, axis))
    made = replace(
        formula,
        context=context,
        body=body,
        arguments=(*(a for a in arguments if a not in sizes), *functions),
        arrays=arrays,
        own=own,
        local=tuple(local),
        meanings=meanings,
        calls={**formula.calls, **{f: (identifier(f), ()) for f in functions}},
        sizes=tuple(found for size, found in sizes.items() if size in arguments),
        example={a: str(SIZE) for a in arguments if context.kind(a) == Scalar(Domain.NATURAL)} if arrays else formula.example,
    )
    families = [a for a in made.arguments if isinstance(a, Name) and isinstance(context.kind(a), Sequence)]
    return replace(made, first={a: 0 for a in families if any(lowest == 0 for lowest, _ in reach(a, made))})


def _shared(context: Context, body: Term) -> dict[Name, Term]:
    """The names with a definition that are read more than once, those first that the others read."""
    values = {d.lhs: d.rhs for d in context.definitions if isinstance(d.lhs, Name) and not d.parameters and _stands_for(d, d.lhs)}
    known = {name: value for name, value in values.items() if not any(isinstance(part, Deriv) for _, part in subterms(value))}
    read = [part for _, part in subterms(body) if isinstance(part, Name)]
    return {name: value for name, value in known.items() if read.count(name) > 1}


def _apart(term: Term, taken: frozenset[Name]) -> Term:
    """The term with other names for the variables of sums that are arguments as well: code has one scope for both."""
    found = with_children(term, tuple(_apart(child, taken) for child in children(term)))
    match found:
        case Big(op, inside, Name() as variable, Term() as lower, upper, where) if variable in taken:
            other = fresh(variable, taken | free_names(inside))
            moved = None if where is None else substitute(where, {variable: other})
            return Big(op, substitute(inside, {variable: other}), other, lower, upper, moved)
    return found


def _numbered(body: Term, context: Context) -> frozenset[Index]:
    """The entries of sequences of which no entry is read that has no number of its own (``k_1`` and ``k_2``, but no ``k_n``)."""
    indexed = [part for _, part in subterms(body) if isinstance(part, Index) and context.kind(part) is None]
    entries = [part for part in indexed if isinstance(part.base, Name) and isinstance(context.kind(part.base), Sequence)]
    counted = {part.base for part in entries if not all(isinstance(s, Num) for s in part.subscripts)}
    return frozenset(part for part in entries if part.base not in counted)


def _functions(body: Term, context: Context) -> tuple[Name, ...]:
    """The functions that are called and that nothing defines, and the derivatives of such (``f'``): the caller gives them."""
    called = [part.function for _, part in subterms(body) if isinstance(part, Call) and isinstance(part.function, Name)]
    return tuple(dict.fromkeys(f for f in called if isinstance(context.kind(replace(f, primes=0)), Function)))


def _without_unknown(context: Context, body: Term, meanings: dict[Name, Meaning]) -> tuple[Context, Term]:
    """Derivatives of what nothing defines as symbols of their own; ``meanings`` gets what they mean."""
    while True:
        found = next(((part, made) for _, part in subterms(body) if isinstance(part, Deriv) and (made := _symbol(part, context, meanings)) is not None), None)
        if found is None:
            return context, body
        part, (head, places, kind) = found
        meanings.setdefault(head, (part, places))
        context = context.declare(kind, head)
        body = _put(body, part, Index(head, places) if places else head)


def _symbol(part: Deriv, context: Context, meanings: Mapping[Name, Meaning]) -> tuple[Name, tuple[Term, ...], Kind] | None:
    """What stands for a first derivative of something unknown: ``dL_dy`` with the index of y for that of a loss by an entry of y. None where it is
    known or of another form."""
    ends = _ends(part, context)
    if ends is None or not _unknown(part.body, context):
        return None
    (above, over), (below, under) = ends
    places = (*over, *under)
    kind: Kind = Sequence(Domain.REAL, len(places))
    if not places:
        try:
            found = shape(below, context)
        except DeriveError:
            return None
        kind = Scalar() if found is None else Array(*found)
    number, stem = 1, f"d{identifier(above)}_d{identifier(below)}"
    head = Name(stem)
    while not _means(head, part, context, meanings):
        number += 1
        head = Name(f"{stem}_{number}")
    return head, places, kind


def _ends(part: Deriv, context: Context) -> tuple[tuple[Name | Index, tuple[Term, ...]], tuple[Name | Index, tuple[Term, ...]]] | None:
    """What is derived and by what, each as a symbol and the numbers of its entry."""
    found: list[tuple[Name | Index, tuple[Term, ...]]] = []
    for term in (part.body, *(by for by, order in part.variables if order == 1)):
        base, places = (term.base, term.subscripts) if isinstance(term, Index) and context.kind(term) is None else (term, ())
        if isinstance(base, Name | Index):
            found.append((base, places))
    return (found[0], found[1]) if len(found) == 2 and len(part.variables) == 1 else None


def _means(head: Name, part: Deriv, context: Context, meanings: Mapping[Name, Meaning]) -> bool:
    """Whether a name is free for this derivative, or is one of the same family already."""
    meant = meanings.get(head)
    if meant is None or not isinstance(meant[0], Deriv):
        return context.kind(head) is None
    first, second = _ends(meant[0], context), _ends(part, context)
    return first is not None and second is not None and all(a == b and len(m) == len(n) for (a, m), (b, n) in zip(first, second, strict=True))


def _unknown(term: Term, context: Context) -> bool:
    """Whether a value depends on a function that nothing defines: a loss, or what is defined by such a function."""
    _, opened = _opened(context, term, {})
    return any(isinstance(context.kind(name), Function | Loss) for name in free_names(opened))


def _opened(context: Context, body: Term, kept: Mapping[Name, Term]) -> tuple[Context, Term]:
    """A term with definitions put in, but for those that are kept."""
    for _ in range(_MOST):
        found = next(((d, part) for _, part in subterms(body) for d in context.definitions if d.lhs not in kept and _stands_for(d, part)), None)
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
        return new if isinstance(new, Name | Index) else Group(new, "(")
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
