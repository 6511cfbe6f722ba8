"""When a counterexample refutes what somebody wrote, and when it only shows what the reader does not know.

A refutation stands if the counterexample is one whatever the text may mean: it gives no value of choice to a name that nothing determines, rests on no
kind or shape that was merely inferred, satisfies what was said before, keeps ranges from being empty, touches no name about which something was said that
was not understood, and is one under every reading that is as good. Otherwise the step is undecided, with a question and the comment that answers it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from derivations.checking.readings import OPERATORS, other_readings
from derivations.checking.repairs import KNOWN
from derivations.checking.trial import tried, understood
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.context import (
    ONE,
    Array,
    Context,
    Definition,
    Domain,
    Family,
    Function,
    Kind,
    RandomVariable,
    Scalar,
    Sequence,
    Symbol,
    kind_in_words,
    spelled,
)
from derivations.language.structure import children, free_names, substitute, subterms
from derivations.language.term import Big, Call, Index, Mul, Name, Relation, Term
from derivations.reading import answers
from derivations.reading.judgements import Judgement
from derivations.reading.provenance import base_of, reached, things
from derivations.reading.uses import is_known_function, unprimed
from derivations.rules.refute import Agreement, Trial

POINTS: Final = 4
WORK: Final = 60_000
NEAREST: Final = 12
"""So many of the statements before, that speak of the same names, are put in as facts."""


NOTHING_SAYS: Final = "nothing before says what "
"""Begins what is said of a step that may be what says what a name is."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement before, and whether it was accepted. (What is given is in force anyway.)"""

    statement: Statement
    accepted: bool


def standing(found: Refuted, j: Judgement, statement: Statement, before: tuple[Said, ...]) -> Refuted | Undecided:
    """The refutation of a judgement if it stands, else what is not known. ``statement``: what was judged; ``before``: what was not refuted before it."""
    case = _Case(found, j, statement, before)
    return next((doubt for check in CHECKS if (doubt := check(case)) is not None), found)


def stipulated(found: Undecided, j: Judgement, statement: Statement) -> Undecided:
    """What is not decided about ``p = ...`` for a p that nothing else determines: it may be what says what p is, and what follows takes it so."""
    case = _Case(found, j, statement, ())
    if statement.relation is not Rel.EQ:
        return found
    for one, other in ((statement.lhs, statement.rhs), (statement.rhs, statement.lhs)):
        if isinstance(one, Name | Index) and not case.known(one) and one not in case.depends(other):
            return Undecided(f"{NOTHING_SAYS}{spelled(one)} is, so this may be what says it; is it?", answer=answers.define(one, j.lhs_text, j.rhs_text))
    return found


class _Case:
    def __init__(self, found: Refuted | Undecided, j: Judgement, statement: Statement, before: tuple[Said, ...]) -> None:
        self.found = found
        self.j = j
        self.statement = statement
        self.before = before
        self.context = j.context
        self.names = reached(statement, j.context)
        self.provenance = j.provenance
        self.counterexample = found.counterexample if isinstance(found, Refuted) else None
        self.defined = {_head(d) for d in j.context.definitions}

    def own(self, index: Index) -> bool:
        return self.context.kind(index) is not None or index in self.defined

    def retried(self, context: Context, statement: Statement | None = None) -> Trial:
        return tried(*understood(statement or self.statement, context), POINTS, 0, WORK)

    def told(self, symbol: Symbol) -> bool:
        return bool(self.provenance.where_told(symbol))

    def known(self, symbol: Symbol) -> bool:
        """Whether a name is told, defined, bound by a hypothesis, or what everybody knows (then it has a meaning without a kind)."""
        names = {symbol, unprimed(symbol)}
        if self.context.kind(symbol) is None:  # an entry: what is known of the sequence is known of it
            names |= {base_of(symbol), base_of(unprimed(symbol))}
        return (
            any(self.told(n) or n in self.defined or n in KNOWN or _letter(n) == "I" for n in names)
            or all(self.context.kind(n) is None for n in names)
            or any(names & things(h, self.own) for h in self.context.hypotheses)
            or any(v in names for v, _, _ in self.context.ranges)
        )

    def counts(self, symbol: Symbol) -> bool:
        """Whether a name numbers things or says how many there are: then it stands for any such number, unless the equation gives it."""
        kind = self.context.kind(symbol)
        return isinstance(kind, Scalar) and kind.domain.discrete and symbol not in (self.statement.lhs, self.statement.rhs)

    def depends(self, side: Term) -> frozenset[Symbol]:
        """The things that a side speaks of, through definitions."""
        found = {self._whole(s) for s in things(side, self.own)}
        waiting = list(found)
        while waiting:
            one = waiting.pop()
            for d in self.context.definitions:
                if _head(d) in (one, base_of(one), unprimed(one)):
                    new = things(d.rhs, self.own) - set(d.parameters) - found
                    found |= new
                    waiting.extend(new)
        return frozenset(found)

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


def _head(definition: Definition) -> Term:
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


def _letter(symbol: Symbol) -> str:
    base = base_of(symbol)
    return base.text if isinstance(base, Name) and not base.accent else ""


def _words_not_understood(case: _Case) -> Undecided | None:
    for opaque in case.j.opaque:
        about = [s for s in opaque.names if base_of(s) in case.names and "comment" not in case.provenance.where_told(s)]
        if about:
            symbol = about[0]
            kind = case.context.kind(symbol)
            line = answers.let(symbol, kind) if kind is not None else ""
            return Undecided(f"“{opaque.words}” (line {opaque.line}) was not understood; does it say more of {spelled(symbol)} than its kind?", answer=line)
    return None


def _shapes_guessed(case: _Case) -> Undecided | None:
    """Sizes that do not fit, where some were inferred: two guesses of the reader that clash are the reader's clash."""
    if case.counterexample is not None:
        return None
    for symbol in sorted((s for side in (case.statement.lhs, case.statement.rhs) for s in case.depends(side)), key=repr):
        kind = case.context.kind(symbol)
        if not case.told(symbol) and symbol not in case.defined and not is_known_function(symbol) and not _is_number_for_certain(kind):
            what = f"{spelled(symbol)}, which the text does not say" if kind is None else f"{spelled(symbol)}, which was inferred from its use"
            return Undecided(f"it does not fit the kind of {what}; what is {spelled(symbol)}?", answer=_declaration(symbol, kind))
    return None


def _is_number_for_certain(kind: object) -> bool:
    return isinstance(kind, Scalar) and kind.domain.discrete


def _declaration(symbol: Symbol, kind: object) -> str:
    array = kind if isinstance(kind, Array) else Array(Name("n"), Name("n"))
    return answers.let(symbol, array)


def _kinds_guessed(case: _Case) -> Undecided | None:
    """A name of an operator that was taken for a number, and a name that stands with and without subscripts: what they are was guessed."""
    sides = (case.statement.lhs, case.statement.rhs)
    for symbol, kind in case.context.kinds:
        if case.told(symbol) or symbol in case.defined or base_of(symbol) not in case.names:
            continue
        if _letter(symbol) in OPERATORS and isinstance(kind, Scalar | Function) and isinstance(symbol, Name):
            return Undecided(f"{spelled(symbol)} was taken for {kind_in_words(kind)}; is it one?", answer=answers.let(symbol, kind))
        if isinstance(kind, Scalar) and any(symbol in _convolved(side) for side in sides):
            return Undecided(f"{spelled(symbol)} was taken for a number, but is joined to another by a sign for functions; is it a function?",
                             answer=answers.let(symbol, Function(1)))  # fmt: skip
        if isinstance(kind, Sequence) and isinstance(symbol, Name) and any(_bare(symbol, side) for side in sides):
            vector = answers.let(symbol, Array(Name("n")))
            return Undecided(f"{spelled(symbol)} stands with and without a subscript, and nothing says what it is; is it a vector?", answer=vector)
    return None


def _convolved(side: Term) -> frozenset[Term]:
    """What stands beside a sign that joins functions or signals."""
    found = [(f, g) for _, node in subterms(side) if isinstance(node, Mul) for (_, f), (sign, g) in pairwise(node.parts) if sign in ("ast", "star", "circ")]
    return frozenset(term for pair in found for term in pair)


def _bare(symbol: Name, term: Term) -> bool:
    """Whether a name stands somewhere without a subscript."""
    if isinstance(term, Index) and term.base == symbol:
        return any(_bare(symbol, s) for s in term.subscripts)
    return term == symbol or any(_bare(symbol, c) for c in children(term))


def _undetermined(case: _Case) -> Undecided | None:
    """A name on one side only, of which nothing is said before: the equation may be what says what it is."""
    if case.statement.relation is not Rel.EQ or case.counterexample is None:
        return None
    left, right = case.depends(case.statement.lhs), case.depends(case.statement.rhs)
    for symbol in sorted(left ^ right, key=lambda s: (s not in left, repr(s))):
        if case.known(symbol) or symbol in case.provenance.before or case.counts(symbol):
            continue
        line = ""
        if things(case.statement.lhs, case.own) == {symbol}:
            line = answers.define(symbol, case.j.lhs_text, case.j.rhs_text)
        line = line or answers.assume(case.j.lhs_text, case.j.relation, case.j.rhs_text)
        return Undecided(f"{NOTHING_SAYS}{spelled(symbol)} is, so this may be what says it; is it?", answer=line)
    return None


def _arrays_guessed(case: _Case) -> Undecided | None:
    """Values of arrays whose sizes were inferred count only if numbers in their places show the same."""
    arrays = case.inferred_arrays()
    if not arrays or case.counterexample is None:
        return None
    sizes = {n for _, kind in case.context.kinds for t in _sizes(kind) for n in free_names(t)}
    put: dict[Term, Term] = dict.fromkeys(sizes, ONE)
    kinds = tuple((s, _resized(k, put)) for s, k in case.context.kinds if s not in put)
    small = replace(case.context.instantiated(put), kinds=kinds, ranges=tuple((v, substitute(a, put), substitute(b, put)) for v, a, b in case.context.ranges))
    statement = Statement(substitute(case.statement.lhs, put), case.statement.relation, substitute(case.statement.rhs, put))
    if isinstance(case.retried(small, statement), Refuted):
        return None
    symbol, kind = arrays[0]
    why = f"it fails for arrays, and that {spelled(symbol)} is one, of which sizes, was inferred from its use; what is it?"
    return Undecided(why, answer=answers.let(symbol, kind))


def _sizes(kind: object) -> tuple[Term, ...]:
    match kind:
        case Array(rows, cols) | Family(Array(rows, cols)) | RandomVariable(_, _, (rows, cols)):
            return rows, cols
        case _:
            return ()


def _resized(kind: Kind, put: dict[Term, Term]) -> Kind:
    match kind:
        case Array():
            return _small(kind, put)
        case Family(member):
            return replace(kind, member=_small(member, put))
        case RandomVariable(_, _, (rows, cols)):
            return replace(kind, shape=(substitute(rows, put), substitute(cols, put)))
        case _:
            return kind


def _small(array: Array, put: dict[Term, Term]) -> Array:
    return replace(array, rows=substitute(array.rows, put), cols=substitute(array.cols, put))


def _said_before(case: _Case) -> Undecided | None:
    """A counterexample has to satisfy what was said before."""
    near = [s for s in case.before if _shares(case, s.statement)][-NEAREST:]
    facts = [s.statement.formula for s in near if s.statement.formula not in case.context.hypotheses and s.statement != case.statement]
    if not facts or case.counterexample is None:
        return None
    trial = case.retried(case.context.assume(*facts))
    if isinstance(trial, Agreement):
        return Undecided("it holds where the statements before it hold, and whether it follows from them was not found out")
    accepted = [s.statement.formula for s in near if s.accepted and s.statement.formula in facts]
    if isinstance(trial, Undecided) and accepted and not isinstance(case.retried(case.context.assume(*accepted)), Refuted):
        return Undecided("no values were found that satisfy what was said before and at which it fails")
    return None


def _shares(case: _Case, said: Statement) -> bool:
    """Whether a statement before speaks of a name of this one that nothing determines."""
    if said.relation not in (Rel.EQ, Rel.LE, Rel.LT, Rel.GE, Rel.GT):
        return False
    return any(base_of(s) in case.names and s not in case.defined for side in (said.lhs, said.rhs) for s in things(side, case.own))


def _empty_ranges(case: _Case) -> Undecided | None:
    """Sums and products over ranges that are empty are no counterexamples."""
    if case.counterexample is None:
        return None
    bounds = [Relation((low, high), ("<=",)) for low, high in _ranges(case.statement)]
    new = [b for b in bounds if b not in case.context.hypotheses]
    if not new or isinstance(case.retried(case.context.assume(*new)), Refuted | Undecided):
        return None
    return Undecided("it fails only where the range of a sum or product is empty; is it meant for such ranges too?")


def _ranges(statement: Statement) -> Iterator[tuple[Term, Term]]:
    for side in (statement.lhs, statement.rhs):
        free = free_names(side)
        for _, node in subterms(side):
            if isinstance(node, Big) and node.op in ("sum", "prod") and node.lower is not None and node.upper is not None:
                inside = free_names(node.lower) | free_names(node.upper)
                if inside and inside <= free:
                    yield node.lower, node.upper


def _other_readings(case: _Case) -> Undecided | None:
    for reading in other_readings(case.statement, case.context, case.told, case.provenance.later):
        trial = case.retried(reading.context, reading.statement)
        if isinstance(trial, Agreement):
            return Undecided(f"it holds if {reading.words}; is that meant?", answer=reading.answer)
        if reading.as_good and not isinstance(trial, Refuted):
            return Undecided(f"it may be meant that {reading.words}, and whether it holds then is not known; is that meant?", answer=reading.answer)
    return None


CHECKS: Final = (_words_not_understood, _shapes_guessed, _kinds_guessed, _undetermined, _other_readings, _arrays_guessed, _said_before, _empty_ranges)


def rests_on(j: Judgement) -> str:
    """What a refutation rests on: the kinds of the names in it, and where they come from. ("x a real number, told in line 3; A a matrix, inferred")"""
    names = reached(j.statement, j.context) if j.statement is not None else frozenset[Name]()
    parts = []
    for symbol, kind in j.context.kinds:
        if base_of(symbol) not in names:
            continue
        where = j.provenance.where_told(symbol)
        if where:
            parts.append(f"{spelled(symbol)} {kind_in_words(kind)}, told in {where}")
        elif not (isinstance(kind, Scalar) and kind.domain is Domain.REAL):
            parts.append(f"{spelled(symbol)} {kind_in_words(kind)}, inferred")
    parts.extend(j.provenance.conventions)
    return "; ".join(parts)


__all__ = ["NOTHING_SAYS", "Said", "rests_on", "standing", "stipulated"]
