"""A function before it is written, in the words of mathematics: arguments, formulas, what is cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from derivations.kernel.verdict import Evidence
from derivations.language.context import Context, Kind
from derivations.language.record import record
from derivations.language.term import Index, Name, Term
from derivations.problem import Words

Meaning: TypeAlias = tuple[Term, tuple[Term, ...]]
"""How a text writes what an argument is, and the numbers of the entry in it: ∂L/∂y_i and i."""


@record
class Outputs:
    """The result is the array of the values for ``variable`` = 1, 2, ..., ``count`` of them unless the caller says how many; ``length`` stands for
    the number of entries of ``signal`` in that count."""

    variable: Name
    count: Term
    length: Name
    signal: Name


@record
class Formula:
    """One function before it is written: ``name(arguments) = body``, for the names of ``context``.

    ``cited`` are the statements that the docstring shows. ``arguments`` are in the order of the call; those in ``arrays`` are arrays, ``defaults`` has
    values for some. ``own``: entries of sequences that are arguments of their own (``m_0``). ``local``: names that are computed first, with their
    terms. ``sizes``: names of sizes, with the argument and the axis that they are read off (no axis: its length). ``first`` and ``silent``: see
    ``Printer``. ``meanings``: of arguments that the text writes as derivatives, how it writes them. ``calls``: functions that are other formulas, with
    the arguments that are passed on. ``example``: arguments of an example call, as Python.
    """

    name: str
    title: str
    cited: tuple[Term, ...]
    body: Term
    context: Context
    evidence: Evidence
    arguments: tuple[Name | Index, ...]
    convention: Words = ""
    arrays: frozenset[Term] = frozenset()
    own: frozenset[Term] = frozenset()
    defaults: Mapping[Term, tuple[Term, ...] | Term] = field(default_factory=dict)
    local: tuple[tuple[Name, Term], ...] = ()
    sizes: tuple[tuple[Name, Term, int | None], ...] = ()
    first: Mapping[Term, int] = field(default_factory=dict)
    silent: frozenset[Term] = frozenset()
    outputs: Outputs | None = None
    meanings: Mapping[Name, Meaning] = field(default_factory=dict)
    calls: Mapping[Term, tuple[str, tuple[Name | Index, ...]]] = field(default_factory=dict)
    example: Mapping[Term, str] = field(default_factory=dict)

    def kind(self, argument: Name | Index) -> Kind | None:
        """The kind of an argument; an entry ``m_0`` has that of its sequence."""
        own = self.context.kind(argument)
        return self.context.kind(argument.base) if own is None and isinstance(argument, Index) and isinstance(argument.base, Name) else own

    @property
    def main(self) -> Name | Index:
        """The first argument that is an array; the others take its type."""
        return next(a for a in self.arguments if a in self.arrays)
