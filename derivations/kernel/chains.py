"""Chains as the paper writes them: a first term, then links, each with its rule and its reason."""

from __future__ import annotations

from derivations.kernel.statement import Because, Derivation, Premise, Rel, Rule, Statement, Step
from derivations.kernel.theorem import Theorem, compose, verify
from derivations.language.brackets import bracketed
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Term


@record
class Link:
    """``relation rhs`` after whatever the chain has reached."""

    relation: Rel
    rhs: Term
    rule: Rule
    because: Because
    using: tuple[Premise, ...]
    key: bool


def equals(rhs: Term, rule: Rule, because: Because = "", *using: Premise, key: bool = True) -> Link:
    return Link(Rel.EQ, rhs, rule, because, using, key)


def link(relation: Rel, rhs: Term, rule: Rule, because: Because = "", *using: Premise, key: bool = True) -> Link:
    return Link(relation, rhs, rule, because, using, key)


def chain(first: Term, *links: Link) -> tuple[Step, ...]:
    """The steps ``first = a``, ``a = b``, ...; every term gets the brackets that its writing needs."""
    steps: list[Step] = []
    left = bracketed(first)
    for one in links:
        right = bracketed(one.rhs)
        steps.append(Step(Statement(left, one.relation, right), one.rule, one.because, one.using, one.key))
        left = right
    return tuple(steps)


def equivalences(first: Statement, *links: tuple[Statement, Rule, Because]) -> tuple[Step, ...]:
    """Equations, each equivalent to the one before."""
    steps: list[Step] = []
    left = written(first).formula
    for statement, rule, because in links:
        right = written(statement).formula
        steps.append(Step(Statement(left, Rel.IFF, right), rule, because))
        left = right
    return tuple(steps)


def written(statement: Statement) -> Statement:
    """The statement with the brackets that its writing needs."""
    return Statement(bracketed(statement.lhs), statement.relation, bracketed(statement.rhs))


def theorem(title: str, context: Context, steps: tuple[Step, ...], goal: Statement | None = None) -> Theorem:
    """Verify a chain; its goal is the relation between its two ends unless another is given.

    Raises:
        NotProved: a step is refuted or undecided, or the steps do not reach the goal.
    """
    if goal is None:
        relation: Rel | None = steps[0].statement.relation
        for step in steps[1:]:
            relation = None if relation is None else compose(relation, step.statement.relation)
        if relation is None:
            raise DeriveError(f"{title}: the relations of this chain do not compose; give the goal")
        goal = Statement(steps[0].statement.lhs, relation, steps[-1].statement.rhs)
    lemmas = tuple(dict.fromkeys(p for s in steps for p in s.premises if isinstance(p, Theorem)))
    return verify(Derivation(title, context, written(goal), steps, lemmas))
