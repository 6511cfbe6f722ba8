"""Vectors that are written as lists: ``x = (1, 2, 3)`` where x is an array, ``(1, 2)^T`` anywhere, and ``p = (p_1, ..., p_N)^T``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from derivations.language.context import ONE, Definition
from derivations.language.structure import subterms, transform
from derivations.language.term import Bars, Dots, Index, Matrix, Mul, Name, Num, Term, Transpose, Tuple
from derivations.reading.arrays import is_array
from derivations.reading.declarations import family_of
from derivations.reading.scope import Content, Description

BRACKETS = frozenset(("(", "["))


def standing(term: Term) -> Term:
    """A list with a transpose is a column, wherever it stands."""
    return transform(term, lambda node: _column(node.base) or node if isinstance(node, Transpose) else node)


def beside_arrays(sides: tuple[Term | None, ...], arrays: AbstractSet[Term]) -> tuple[Term | None, ...]:
    """The sides of a chain, lists of numbers as columns where another side is an array."""
    if not any(side is not None and is_array(side, arrays) for side in sides):
        return sides
    return tuple(side if side is None else _column(side) or side for side in sides)


def _column(term: Term) -> Matrix | None:
    if not isinstance(term, Tuple) or term.bracket not in BRACKETS or len(term.items) < 2 or any(isinstance(item, Dots | Tuple) for item in term.items):
        return None
    return Matrix(tuple((item,) for item in term.items))


def used_as_vectors(terms: Iterable[Term], arrays: AbstractSet[Term], defined: Mapping[Term, Term]) -> frozenset[Term]:
    """The names defined as lists that stand where only vectors can: beside an array in a product, under a transpose or a norm."""
    lists = {name for name, value in defined.items() if _column(value) is not None}
    found: set[Term] = set()
    for _, node in (pair for term in terms if lists for pair in subterms(term)):
        match node:
            case Transpose(base) | Bars("norm", base) if base in lists:
                found.add(base)
            case Mul(parts) if any(is_array(part, arrays) for _, part in parts):
                found |= {part for _, part in parts if part in lists}
    return frozenset(found)


def stacked(lhs: Term, rhs: Term) -> tuple[Content, ...]:
    """What ``p = (p_1, ..., p_N)^T`` says: p is a vector, and these are its entries. Nothing for any other equation."""
    listed = rhs.base if isinstance(rhs, Transpose) else rhs
    if isinstance(listed, Matrix) and 1 in (len(listed.rows), len(listed.rows[0])):
        listed = Tuple(tuple(entry for row in listed.rows for entry in row), "(")
    if not isinstance(lhs, Name) or not isinstance(listed, Tuple) or listed.bracket not in BRACKETS or not any(isinstance(i, Dots) for i in listed.items):
        return ()
    family = family_of(listed.items)
    first, last = listed.items[0], listed.items[-1]
    if family is None or replace(family, font="") != replace(lhs, font="") or not isinstance(first, Index) or not isinstance(last, Index):
        return ()
    if first.subscripts != (Num("1"),):
        return ()
    vector = Description(lhs, "vector", shape=(last.subscripts[0], ONE))
    if family == lhs:
        return (vector,)
    i = Name("i") if last.subscripts[0] != Name("i") else Name("j")
    return (vector, Definition(Index(lhs, (i,)), Index(family, (i,)), (i,)))
