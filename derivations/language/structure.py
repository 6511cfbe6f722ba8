"""Walking, rebuilding and substituting in terms.

Every function here is generic over the node kinds: it looks only at which fields of a node hold terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeAlias

from derivations.language.term import Big, Call, Group, Index, Integral, Marked, Name, Term, Tuple

Path: TypeAlias = tuple[int, ...]
"""A place in a term: the index of the child to take at each level (children in the order of ``children``)."""


_FIELDS: dict[type, tuple[str, ...]] = {}


def _field_names(kind: Any) -> tuple[str, ...]:
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = tuple(f.name for f in fields(kind))
    return found


def _collect(value: Any, found: list[Term]) -> None:
    if isinstance(value, Term):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)


def children(node: Term) -> tuple[Term, ...]:
    """The immediate subterms, in the order in which they are written (which is the order of the fields)."""
    try:
        return node._children
    except AttributeError:
        found: list[Term] = []
        for name in _field_names(type(node)):
            _collect(getattr(node, name), found)
        kept = tuple(found)
        object.__setattr__(node, "_children", kept)
        return kept


def _rebuilt(value: Any, new: Iterator[Term]) -> Any:
    if isinstance(value, Term):
        return next(new)
    if isinstance(value, tuple):
        return tuple(_rebuilt(item, new) for item in value)
    return value


def with_children(node: Term, new: tuple[Term, ...]) -> Term:
    """The same node with other children; ``with_children(t, children(t)) == t``."""
    if not new:
        return node
    supply = iter(new)
    return type(node)(*(_rebuilt(getattr(node, name), supply) for name in _field_names(type(node))))


def transform(node: Term, change: Callable[[Term], Term]) -> Term:
    """Rebuild bottom-up: ``change`` is applied to each node after its children."""
    old = children(node)
    new = tuple(transform(child, change) for child in old)
    return change(node if all(a is b for a, b in zip(old, new, strict=True)) else with_children(node, new))


def subterms(node: Term) -> Iterator[tuple[Path, Term]]:
    """Every subterm with its path, the term itself first (path ``()``)."""
    try:
        return iter(node._subterms)
    except AttributeError:
        kept = tuple(_walked(node))
        object.__setattr__(node, "_subterms", kept)
        return iter(kept)


def _walked(node: Term) -> Iterator[tuple[Path, Term]]:
    stack: list[tuple[Path, Term]] = [((), node)]
    while stack:
        path, current = stack.pop()
        yield path, current
        stack.extend(((*path, k), child) for k, child in reversed(list(enumerate(children(current)))))


def replace_at(node: Term, path: Path, new: Term) -> Term:
    """The term with the subterm at ``path`` replaced."""
    if not path:
        return new
    parts = list(children(node))
    parts[path[0]] = replace_at(parts[path[0]], path[1:], new)
    return with_children(node, tuple(parts))


def unbracketed(node: Term) -> Term:
    """The term without the brackets around it."""
    while isinstance(node, Group):
        node = node.body
    return node


def bare(node: Term) -> Term:
    """The term without the brackets and the marks around it."""
    while isinstance(node, Group | Marked):
        node = node.body
    return node


def items(node: Term) -> tuple[Term, ...]:
    """What stands in a list, brackets or none around it; the term itself if it is no list."""
    node = unbracketed(node)
    return node.items if isinstance(node, Tuple) else (node,)


def head(lhs: Term) -> Term:
    """What a left side is about: the function of a call, the base of an entry."""
    while isinstance(lhs, Call | Index):
        lhs = lhs.function if isinstance(lhs, Call) else lhs.base
    return lhs


def function_text(call: Call) -> str:
    """The letter of the function that is applied, without its subscripts."""
    function = call.function.base if isinstance(call.function, Index) else call.function
    return function.text if isinstance(function, Name) else ""


def bound_variable(node: Term) -> Term | None:
    """The variable that this node binds (big operators and integrals), else None. A derivative does not bind its variable."""
    return node.variable if isinstance(node, Big | Integral) else None


def free_names(node: Term) -> frozenset[Name]:
    """The names that occur free. The variable of a big operator or an integral is bound in its body and condition, not in its limits."""
    try:
        return node._free
    except AttributeError:
        found = _free_names(node)
        object.__setattr__(node, "_free", found)
        return found


def _free_names(node: Term) -> frozenset[Name]:
    if isinstance(node, Name):
        return frozenset((node,))
    if isinstance(node, Big):
        inside = free_names(node.body) | (free_names(node.where) if node.where is not None else frozenset())
        limits = [free_names(t) for t in (node.lower, node.upper) if t is not None]
        return frozenset(inside - free_names(node.variable)).union(*limits)
    if isinstance(node, Integral):
        limits = [free_names(t) for t in (node.lower, node.upper) if t is not None]
        return frozenset(free_names(node.body) - free_names(node.variable)).union(*limits)
    return frozenset().union(*(free_names(child) for child in children(node)))


def fresh(name: Name, taken: frozenset[Name]) -> Name:
    """A name like ``name`` that is not taken: letters near it first, then primes."""
    for letter in "ijklmnrsuv":
        candidate = Name(letter)
        if len(name.text) == 1 and candidate not in taken and candidate != name:
            return candidate
    primes = name.primes + 1
    while (candidate := Name(name.text, name.accent, name.font, primes, name.label)) in taken:
        primes += 1
    return candidate


def substitute(node: Term, replacements: Mapping[Term, Term]) -> Term:
    """Replace free occurrences of whole subterms (usually names, also ``x_i``), simultaneously and without capture.

    No brackets are added: call ``bracketed`` on what is to be printed.
    """
    names = free_names(node)
    if not any(free_names(old) <= names for old in replacements):
        return node
    if node in replacements:
        return replacements[node]
    variable = bound_variable(node)
    if variable is not None:
        names_bound = free_names(variable)
        kept = {old: new for old, new in replacements.items() if not (free_names(old) & names_bound)}
        incoming = frozenset().union(*(free_names(new) for new in kept.values())) if kept else frozenset()
        clash = names_bound & incoming
        if clash and isinstance(variable, Name):
            inside = free_names(node.body)  # type: ignore[attr-defined]
            replaced = frozenset().union(*(free_names(old) for old in kept))
            other = fresh(variable, inside | incoming | replaced)  # a new name that is itself to be replaced would be captured
            node = _rename_bound(node, variable, other)
            variable = other
        return _substitute_under(node, variable, kept, replacements)
    old_children = children(node)
    new_children = tuple(substitute(child, replacements) for child in old_children)
    if all(a is b for a, b in zip(old_children, new_children, strict=True)):
        return node
    return with_children(node, new_children)


def _substitute_under(node: Term, variable: Term, inside: Mapping[Term, Term], outside: Mapping[Term, Term]) -> Term:
    def limit(t: Term | None) -> Term | None:
        return None if t is None else substitute(t, outside)

    match node:
        case Big(op, body, _, lower, upper, where):
            condition = None if where is None else substitute(where, inside)
            return Big(op, substitute(body, inside), variable, limit(lower), limit(upper), condition)
        case Integral(body, _, lower, upper):
            return Integral(substitute(body, inside), variable, limit(lower), limit(upper))
        case _:
            raise TypeError(f"{type(node).__name__} binds no variable")


def _rename_bound(node: Term, old: Name, new: Name) -> Term:
    match node:
        case Big(op, body, _, lower, upper, where):
            condition = None if where is None else substitute(where, {old: new})
            return Big(op, substitute(body, {old: new}), new, lower, upper, condition)
        case Integral(body, _, lower, upper):
            return Integral(substitute(body, {old: new}), new, lower, upper)
        case _:
            raise TypeError(f"{type(node).__name__} binds no variable")
