"""Statements, steps and derivations: the unverified chain, plain data; and the theorem, which a later step may rest on and only the kernel makes."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from derivations.kernel.registry import Rule
from derivations.kernel.verdict import Evidence
from derivations.language.context import Context
from derivations.language.presenting import mimebundle
from derivations.language.record import record
from derivations.language.term import Relation, Term

Premise: TypeAlias = "Theorem | Statement"

Because: TypeAlias = "str | tuple[str | Term, ...]"
"""The reason of a step: words, with formulas among them."""


class Rel(Enum):
    """The relation of a statement. The values are the signs of ``Relation`` terms."""

    EQ = "="
    LE = "<="
    LT = "<"
    GE = ">="
    GT = ">"
    NE = "!="
    APPROX = "~~"
    SIM = "~"
    PROP = "prop"
    IFF = "<=>"
    IMPLIES = "=>"


@record
class Statement:
    """``lhs relation rhs``. For IFF and IMPLIES both sides are formulas (``Relation`` terms). Never ``sympy.Eq``, which decides too early."""

    lhs: Term
    relation: Rel
    rhs: Term

    @property
    def formula(self) -> Relation:
        """The statement as a term, for printing and for use as a hypothesis."""
        return Relation((self.lhs, self.rhs), (self.relation.value,))


def equation(lhs: Term, rhs: Term) -> Statement:
    return Statement(lhs, Rel.EQ, rhs)


@record
class Step:
    """One link: a statement, the rule that is to justify it, what it rests on, and the reason in words for the reader.

    ``premises``: theorems proved before, or statements that are earlier steps of this derivation or hypotheses of its context.
    ``key`` marks a step that a short version of the derivation keeps. ``label`` names the step in a ledger or a reference.
    """

    statement: Statement
    rule: Rule
    because: Because = ""
    premises: tuple[Premise, ...] = ()
    key: bool = True
    label: str = ""


@record
class Derivation:
    """A derivation that nobody has checked yet. ``goal`` must be a step's statement or follow from a chain of steps by transitivity."""

    title: str
    context: Context
    goal: Statement
    steps: tuple[Step, ...]
    lemmas: tuple[Theorem, ...] = ()


@record
class Checked:
    """A step with the evidence that its rule gave."""

    step: Step
    evidence: Evidence


@dataclass(frozen=True, slots=True, init=False)
class Theorem:
    """Context |- statement, with the derivation that shows it. Only ``verify`` makes one; calling this (or ``dataclasses.replace``) raises TypeError."""

    context: Context
    statement: Statement
    title: str
    steps: tuple[Checked, ...]
    lemmas: tuple[Theorem, ...]
    evidence: Evidence

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise TypeError("a Theorem is made by derivations.kernel.verify alone")

    def _repr_mimebundle_(self, include: Container[str] | None = None, exclude: Container[str] | None = None) -> dict[str, str]:
        return mimebundle(self, include, exclude)


__all__ = ["Because", "Checked", "Derivation", "Premise", "Rel", "Rule", "Statement", "Step", "Theorem", "equation"]
