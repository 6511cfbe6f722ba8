"""How many numbers arrays hold: a count is a sum of ones over the index ranges of a shape, which SymPy adds up to a polynomial in the sizes.

Each axis and each part is a symbol of its own, so that a count can be written as it comes about (``3 x 3 x 512 x 512``), in symbols or with its numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy as sp

from derivations.language.context import Context, Domain, Scalar
from derivations.language.term import Group, Name, Term, names, relation, term
from derivations.topics.working import Order, Working

Size = int | Name


def ones(shape: Sequence[Any], indices: Sequence[Any] = ()) -> Any:
    """The sum of ones over all entries of a shape, the first axis outermost."""
    indices = indices or [sp.Dummy("i", integer=True) for _ in shape]
    return sp.Sum(sp.S.One, *((index, 1, size) for index, size in reversed(list(zip(indices, shape, strict=True)))))


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries an array has: the product of its sizes in symbols, with the numbers put in, and the polynomial that SymPy makes of it."""

    general: Term
    entered: Term
    value: Any

    @property
    def number(self) -> int | None:
        return int(self.value) if self.value.is_Integer else None


def counted(work: Working, general: Sequence[Term], entered: Sequence[Term]) -> Count:
    """The entries of an array with these sizes; ``entered`` are the same sizes with the numbers put in."""
    axes = [sp.Dummy("n", integer=True, positive=True) for _ in general]
    total = ones(axes).doit()
    order = Order(tuple(axes), (), "times")
    in_symbols, in_numbers = (work.term(total, order, dict(zip(axes, sizes, strict=True))) for sizes in (general, entered))
    value = total.subs({axis: work.of(size) for axis, size in zip(axes, entered, strict=True)})
    return Count(in_symbols, in_numbers, sp.expand(value))


def added(work: Working, groups: Sequence[Sequence[Term]]) -> Term:
    """The sum of all parts, those of each of several groups in brackets."""

    def total(parts: Sequence[Term]) -> Term:
        letters = [sp.Dummy("part") for _ in parts]
        return work.term(sp.Add(*letters), Order((), tuple(letters)), dict(zip(letters, parts, strict=True)))

    return total([Group(total(parts)) for parts in groups]) if len(groups) > 1 else total(groups[0])


class Sizes:
    """The sizes of a problem: each number has a letter in the general formula, and a symbol stands for itself."""

    def __init__(self) -> None:
        self.values: dict[Name, Size] = {}

    def letter(self, size: Size, letters: str, taken: tuple[Size, ...]) -> Name:
        """The letter of a size; none of those that are ``taken`` by symbols that were given."""
        if isinstance(size, Name):
            self.values[size] = size
            return size
        found = next(name for name in names(letters) if name not in taken)
        self.values[found] = size
        return found

    def entered_for(self, size: Term | int) -> Term:
        """The number of a letter, or what it stands for."""
        value = self.values.get(size, size) if isinstance(size, Name) else size
        return term(value) if isinstance(value, int) else value

    def count(self, *axes: Term | int) -> Count:
        """The entries of an array with these sizes."""
        return counted(self.work, [term(axis) for axis in axes], [self.entered_for(axis) for axis in axes])

    @cached_property
    def work(self) -> Working:
        return Working(Context().declare(Scalar(Domain.NATURAL), *self.values))

    @property
    def context(self) -> Context:
        known = Context().declare(Scalar(Domain.NATURAL), *(name for name, value in self.values.items() if isinstance(value, Name)))
        for name, value in self.values.items():
            if isinstance(value, int):
                known = known.define(name, term(value))
        return known

    @property
    def entered(self) -> tuple[str | Term, ...]:
        """``C = 512, K = 3``: the numbers that are put in."""
        pairs = [relation(name, "=", term(value)) for name, value in self.values.items() if isinstance(value, int)]
        return tuple(piece for pair in pairs for piece in (", ", pair))[1:]


__all__ = ["Count", "Sizes", "added", "counted", "ones"]
