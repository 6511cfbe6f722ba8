"""A refuted (or undecided) judgement with what is known of its names, and how to try it again."""

from __future__ import annotations

from typing import Final

from derivations.checking.readings import OPERATORS
from derivations.checking.repairs import KNOWN
from derivations.checking.trial import tried, understood
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.context import (
    ONE,
    Array,
    Context,
    Definition,
    Family,
    Function,
    Loss,
    RandomVariable,
    Scalar,
    Symbol,
)
from derivations.language.record import record
from derivations.language.structure import transform
from derivations.language.term import Call, Index, Name, Term
from derivations.reading.judgements import Judgement
from derivations.reading.provenance import base_of, reached, things
from derivations.reading.uses import unprimed
from derivations.rules.refute import Trial

POINTS: Final = 12
WORK: Final = 150_000
NEAREST: Final = 12
"""So many of the statements before, that speak of the same names, are put in as facts."""


NOTHING_SAYS: Final = "nothing before says what "
"""Begins what is said of a step that may be what says what a name is."""


@record
class Said:
    """A statement before that was not proved for all values. ``settled``: it was accepted, or is taken for what says what a name is."""

    statement: Statement
    settled: bool = True


class Case:
    def __init__(self, found: Refuted | Undecided, j: Judgement, statement: Statement, before: tuple[Said, ...]) -> None:
        self.found = found
        self.j = j
        self.statement = statement
        self.before = before
        self.context = j.context
        self.names = reached(statement, j.context)
        self.provenance = j.provenance
        self.counterexample = found.counterexample if isinstance(found, Refuted) else None
        self.defined = {head(d) for d in j.context.definitions}

    def own(self, index: Index) -> bool:
        return self.context.kind(index) is not None or index in self.defined

    def retried(self, context: Context, statement: Statement | None = None, seed: int = 0) -> Trial:
        return tried(*understood(statement or self.statement, context), POINTS, seed, WORK)

    def shared(self) -> list[Statement]:
        """The settled statements before that speak of a name of this one that nothing determines."""
        return [s.statement for s in self.before if s.settled and not self.names.isdisjoint(self._open(s.statement))]

    def connected(self) -> list[Statement]:
        """Those that speak of a name of this one of which nothing says what it is, or of one that such a statement speaks of. The undecided relation before
        it in its chain says of no name what it is."""
        before = [s.statement for s in self.before if s.settled or s.statement.rhs != self.statement.lhs]
        said = [(s, {n for n in self._open(s) if not self.told(n)}) for s in before]
        names: set[Symbol] = set(self.names)
        found: set[int] = set()
        while new := {k for k, (_, open_names) in enumerate(said) if k not in found and names & open_names}:
            found |= new
            names |= {name for k in new for name in said[k][1]}
        return [said[k][0] for k in sorted(found)]

    def _open(self, said: Statement) -> frozenset[Symbol]:
        if said.relation not in (Rel.EQ, Rel.LE, Rel.LT, Rel.GE, Rel.GT):
            return frozenset()
        return frozenset(base_of(s) for side in (said.lhs, said.rhs) for s in things(side, self.own) if s not in self.defined)

    def told(self, symbol: Symbol) -> bool:
        return bool(self.provenance.where_told(symbol, isinstance(symbol, Index) and self.context.kind(symbol) is not None))

    def known(self, symbol: Symbol) -> bool:
        """Whether a name is told, defined, bound by a hypothesis, or what everybody knows (then it has a meaning without a kind)."""
        names = {symbol, unprimed(symbol)}
        whole = base_of(symbol)  # what is known of a sequence is known of its entries, and nothing of g_nu by what is known of the function g
        if self.context.kind(symbol) is None and not isinstance(self.context.kind(whole), Function) and not self.is_function(whole):
            names |= {base_of(symbol), base_of(unprimed(symbol))}
        return (
            isinstance(self.context.kind(symbol), Loss)  # what a counterexample chooses for it is looked at where it is given its form
            or any(self.told(n) or n in self.defined or n in KNOWN or letter(n) == "I" for n in names)
            or all(self.context.kind(n) is None for n in names)
            or any(names & things(h, self.own) for h in self.context.hypotheses)
            or any(v in names for v, _, _ in self.context.ranges)
        )

    def is_function(self, symbol: Term) -> bool:
        """Whether a name is defined as a function."""
        return any(isinstance(d.lhs, Call) and d.lhs.function == symbol for d in self.context.definitions)

    def named(self, symbol: Symbol) -> bool:
        """Whether the equation gives a name, and nothing but words say what that is: "let J be the mean reward"."""
        sides = (self.statement.lhs, self.statement.rhs)
        given = any(isinstance(side, Name | Index) and symbol in (side, base_of(side)) for side in sides)
        return given and symbol not in self.defined and bool({symbol, base_of(symbol)} & self.provenance.named)

    def counts(self, symbol: Symbol) -> bool:
        """Whether a name numbers things or says how many there are: then it stands for any such number, unless the equation gives it."""
        kind = self.context.kind(symbol)
        return isinstance(kind, Scalar) and kind.domain.discrete and symbol not in (self.statement.lhs, self.statement.rhs)

    def averaged(self, symbol: Symbol) -> bool:
        """Whether a name stands under expectations only: then it is drawn, and not what the equation could give."""
        if isinstance(self.context.kind(symbol), RandomVariable):
            return True
        sides = (self.statement.lhs, self.statement.rhs)
        outside = [self.outside_means(side) for side in sides]
        return outside != [*sides] and all(symbol not in things(side, self.own) for side in outside)

    @staticmethod
    def outside_means(side: Term, more: frozenset[str] = frozenset()) -> Term:
        """A side with 1 for all expectations and the like."""
        return transform(side, lambda node: ONE if isinstance(node, Call) and letter_of(node.function) in OPERATORS | more else node)

    def depends(self, side: Term) -> frozenset[Symbol]:
        """The things that a side speaks of, through definitions, laws and what a loss is a function of."""
        found = {self._whole(s) for s in things(side, self.own)}
        waiting = list(found)
        while waiting:
            one = waiting.pop()
            kind = self.context.kind(one)
            if isinstance(kind, Loss):
                new = frozenset(part.symbol for part in kind.of) - found
                found |= new
                waiting.extend(new)
            if isinstance(kind, RandomVariable) and kind.law is not None:
                new = things(kind.law, self.own) - found
                found |= new
                waiting.extend(new)
            for d in self.context.definitions:
                if head(d) in (one, base_of(one), unprimed(one)):
                    new = things(d.rhs, self.own) - set(d.parameters) - found
                    found |= new
                    waiting.extend(new)
        return frozenset(found)

    def unfolded(self, side: Term) -> tuple[Term, ...]:
        """A side, with the right sides of the definitions that it depends on."""
        reach = self.depends(side)
        return side, *(d.rhs for d in self.context.definitions if {head(d), base_of(head(d))} & reach)  # type: ignore[arg-type]

    def _whole(self, symbol: Symbol) -> Symbol:
        """f for its derivative f'."""
        return whole if isinstance(self.context.kind(whole := unprimed(symbol)), Function) or whole in self.defined else symbol

    def inferred_arrays(self) -> list[tuple[Symbol, Array]]:
        """The names that were taken for arrays because of their use, or whose sizes were."""
        found = []
        for symbol, kind in self.context.kinds:
            array = kind if isinstance(kind, Array) else kind.member if isinstance(kind, Family) else None
            if array is not None and base_of(symbol) in self.names and not self.told(symbol) and not {"ones", "identity", "zero"} & array.properties:
                found.append((symbol, array))
        return found


def head(definition: Definition) -> Term:
    """What a definition defines: f of ``f(x) := ...``, x of ``x_i := ...`` for every i and of a recurrence; ``W_q`` itself."""
    match definition.lhs:
        case Call(Index(base, subscripts)) if set(definition.parameters) & set(subscripts):
            return base
        case Call(function):
            return function
        case Index(base) if definition.parameters:
            return base
        case lhs:
            return lhs


def letter(symbol: Symbol) -> str:
    base = base_of(symbol)
    return base.text if isinstance(base, Name) and not base.accent else ""


def letter_of(function: Term) -> str:
    base = function.base if isinstance(function, Index) else function
    return base.text if isinstance(base, Name) else ""
