"""What is tried in order to prove a step, the cheap and likely first."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TypeAlias

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Undecided, Verdict, proved
from derivations.language.context import Array, Context, RandomVariable
from derivations.language.errors import DeriveError
from derivations.language.structure import free_names
from derivations.language.term import Index, Term
from derivations.rules.backpropagation import prove_arrays
from derivations.rules.equality import difference_vanishes, equations_of, where_defined
from derivations.rules.inequalities import prove_inequality
from derivations.rules.matrices import entry_algebra, permutation_algebra, reindexing
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.densities import generic_densities

Found: TypeAlias = Evidence | Undecided | Refuted
Attempt: TypeAlias = Callable[[], Found]


def algebra_for(statement: Statement, context: Context, deadline: float) -> Algebra:
    """The scalar normal form for one statement of somebody's document: undeclared names are real numbers."""
    algebra = Algebra(context, max(0.05, deadline - monotonic()), lenient=True)
    prepare(algebra, statement, context)
    return algebra


def prepare(algebra: Algebra, statement: Statement, context: Context) -> None:
    algebra.sides = (statement.lhs, statement.rhs)
    algebra.overloaded = generic_densities(statement, context)


def scalar(statement: Statement, context: Context, earlier: tuple[Statement, ...], deadline: float, held: frozenset[Term] = frozenset()) -> Found:
    """Equality by scalar normal forms; ``held`` names are not unfolded."""
    algebra = algebra_for(statement, context, deadline)
    algebra.hold(held)
    new = where_defined(algebra, (statement.lhs, statement.rhs))
    difference = algebra.poly(statement.lhs) - algebra.poly(statement.rhs)
    if difference_vanishes(algebra, difference, earlier):
        conditions = sorted(algebra.assuming) + (["every logarithm and root is of a positive number"] if new else [])
        return proved("normal form", *conditions)
    return Undecided("the two sides have different normal forms", difference)


def has_arrays(statement: Statement, context: Context) -> bool:
    """Whether arrays may occur, also through definitions."""
    reached: frozenset[Term] = frozenset(free_names(statement.lhs) | free_names(statement.rhs))
    while True:
        more = frozenset[Term]().union(*(free_names(d.rhs) for d in context.definitions if free_names(d.lhs) & reached)) - reached
        if not more:
            break
        reached |= more
    for symbol, kind in context.kinds:
        array = isinstance(kind, Array) or (isinstance(kind, RandomVariable) and kind.shape is not None)
        if array and (symbol in reached or (isinstance(symbol, Index) and free_names(symbol) & reached)):
            return True
    return False


def _evidence(verdict: Verdict) -> Found:
    return verdict.evidence if isinstance(verdict, Accepted) else verdict


def equality(statement: Statement, context: Context, earlier: tuple[Statement, ...], deadline: float) -> list[Attempt]:
    attempts: list[Attempt] = []
    arrays = has_arrays(statement, context)
    if arrays:
        attempts.append(lambda: prove_arrays(statement, context, deadline - monotonic()))
        attempts.append(lambda: _evidence(permutation_algebra.decide(statement, context, ())))
        attempts.append(lambda: _evidence(entry_algebra.decide(statement, context, ())))
        attempts.append(lambda: _evidence(reindexing.decide(statement, context, ())))
    attempts.append(lambda: scalar(statement, context, earlier, deadline))
    heads = frozenset(d.lhs for d in context.definitions if not d.parameters)
    if heads:
        attempts.append(lambda: scalar(statement, context, earlier, deadline, heads))
    return attempts


def inequality(statement: Statement, context: Context, earlier: tuple[Statement, ...], deadline: float) -> list[Attempt]:
    def attempt(held: frozenset[Term]) -> Found:
        algebra = algebra_for(statement, context, deadline)
        algebra.hold(held)
        return prove_inequality(algebra, statement, equations_of(context, earlier))

    heads = frozenset(d.lhs for d in context.definitions if not d.parameters)
    return [lambda: attempt(heads), lambda: attempt(frozenset())] if heads else [lambda: attempt(heads)]


def prove(statement: Statement, context: Context, earlier: tuple[Statement, ...], deadline: float) -> Found:
    """Evidence for all values, or why there is none. ``Refuted`` for sizes that do not fit."""
    match statement.relation:
        case Rel.EQ:
            attempts = equality(statement, context, earlier, deadline)
        case Rel.LE | Rel.LT | Rel.GE | Rel.GT | Rel.NE:
            attempts = inequality(statement, context, earlier, deadline)
        case _:
            return Undecided(f"no rule proves the relation {statement.relation.value}")
    reasons: list[str] = []
    for attempt in attempts:
        if monotonic() > deadline:
            reasons.append("the time budget of the step ran out")
            break
        try:
            found = attempt()
        except DeriveError as error:
            reasons.append(str(error))
            continue
        if not isinstance(found, Undecided):
            return found
        reasons.append(found.reason)
    return Undecided("; ".join(dict.fromkeys(reasons)))
