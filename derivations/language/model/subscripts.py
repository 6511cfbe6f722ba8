"""What can be read off subscripts: which index names are free, and the offsets of ``t + 1`` and ``t - 1``."""

from __future__ import annotations

from derivations.language.model.values import Symbol
from derivations.language.structure import bound_variable, children
from derivations.language.term import Add, Group, Index, Name, Num, Term


def is_entry_of(node: Term, symbol: Symbol) -> bool:
    return node == symbol or (isinstance(node, Index) and node.base == symbol)


def free_indices(node: Term, bound: frozenset[Term]) -> list[tuple[int, Index]]:
    """Uses ``x_i`` whose subscripts are all names that are not bound where they stand."""
    found: list[tuple[int, Index]] = []
    if isinstance(node, Index) and node.subscripts and all(isinstance(s, Name) and s not in bound for s in node.subscripts):
        found.append((len(bound), node))
    variable = bound_variable(node)
    inner = bound if variable is None else bound | {variable}
    for child in children(node):
        found.extend(free_indices(child, inner))
    return found


def nodes_of(node: Term) -> list[Term]:
    found = [node]
    for child in children(node):
        found.extend(nodes_of(child))
    return found


def only_name(subscript: Term) -> tuple[Name, ...]:
    """The name in ``t``, ``t + k`` and ``t - k``."""
    found = tuple(t for t in nodes_of(subscript) if isinstance(t, Name))
    return found if len(found) == 1 and offset_of(subscript) is not None else ()


def offset_of(subscript: Term) -> int | None:
    """k for ``t + k``, ``t - k`` and ``t``; None for anything else."""
    match subscript:
        case Name():
            return 0
        case Num(digits) if digits.isdigit():
            return int(digits)
        case Group(body):
            return offset_of(body)
        case Add(parts):
            total = 0
            for sign, part in parts:
                value = offset_of(part)
                if value is None:
                    return None
                total += -value if sign == "-" else value
            return total
        case _:
            return None

