"""The provers alone: with nothing that tries values, nothing false may be proved.

Each case of ``alone_cases/`` is put to everything that ``derive check`` can prove with, the refuter off: what is marked P is proved, what is marked N is not.
Then come neighbours of them by the thousand: each statement with one slip, under its context and under contexts that say less (a hypothesis away, an
integer for a natural number, a real for a positive one). Whether what is proved of them is true is decided by ``oracles.plain_values``, which shares
nothing with the rules or with the project's sampler.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import mpmath
import pytest
from oracles.plain_values import NoValue, World, related, value
from stated_cases import Case, cases

from derivations.checking.provers import Found, prove
from derivations.checking.trial import understood
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Evidence
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.structure import free_names, subterms
from derivations.language.term import Big, Call, Index, Integral, Name, Num, Relation, Term
from derivations.mutation import mutated, weakened
from derivations.rules import refute as refuting
from derivations.rules.normal.forms import IN_RANGE
from render.notation.text import text

FOLDER = Path(__file__).parent / "alone_cases"
ALL = [case for path in sorted(FOLDER.glob("*.txt")) for case in cases(path)]
TITLES = sorted({case.title for case in ALL})
AGREED = refuting.Agreement(points=1, digits=30, error=0.0)


@pytest.fixture(autouse=True)
def refuter_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody tries values: whoever asks is told that nothing was found."""
    for name, module in list(sys.modules.items()):
        if name.startswith("derivations.") and module is not refuting and getattr(module, "refute", None) is refuting.refute:
            monkeypatch.setattr(module, "refute", lambda *args, **kwargs: AGREED)


def alone(statement: Statement, context: Context) -> Found:
    return prove(*understood(statement, context), ())


@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Case) -> None:
    verdict = alone(case.statement, case.context)
    assert isinstance(verdict, Evidence) is (case.wanted == "P"), verdict


def test_there_are_true_and_false_cases() -> None:
    wanted = [case.wanted for case in ALL]
    assert wanted.count("N") > 100
    assert wanted.count("P") > 90


# -- worlds ------------------------------------------------------------------------------------------------------------------------------------

F = Fraction
VALUES: dict[Domain, tuple[Any, ...]] = {
    Domain.REAL: (F(-2), F(-1), F(-1, 2), F(0), F(1, 2), F(1), F(3, 2), F(3), F(-7, 3)),
    Domain.POSITIVE: (F(1, 3), F(1, 2), F(1), F(2), F(5, 2)),
    Domain.NONNEGATIVE: (F(0), F(1, 3), F(1), F(2), F(5, 2)),
    Domain.NEGATIVE: (F(-1, 3), F(-1), F(-2), F(-5, 2)),
    Domain.NONZERO: (F(-2), F(-1, 2), F(1), F(3)),
    Domain.UNIT: (F(1, 4), F(1, 2), F(2, 3), F(9, 10)),
    Domain.PROBABILITY: (F(0), F(1, 4), F(1, 2), F(2, 3), F(1)),
    Domain.INTEGER: (F(-3), F(-1), F(0), F(1), F(2), F(4)),
    Domain.NATURAL: (F(1), F(2), F(3), F(5)),
    Domain.WHOLE: (F(0), F(1), F(2), F(4)),
    Domain.COMPLEX: (mpmath.mpc(0, 1), mpmath.mpc(1, -2), mpmath.mpc(-1, 0), mpmath.mpc(-2, 1), mpmath.mpc(0.5, 0.5)),
}
WHOLE_LINE = (
    lambda x: mpmath.exp(-(x**2)), lambda x: 2 * mpmath.exp(-((x - 1) ** 2)), lambda x: x * mpmath.exp(-(x**2) / 2) + mpmath.exp(-(x**2)),
)  # fmt: skip
PLAIN = (lambda x: x * x + 1, lambda x: 2 * x - 3, lambda x: x**3, lambda x: abs(x) + F(1, 2))


def density(x: Any) -> Any:
    return mpmath.exp(-((mpmath.mpf(x) - 1) ** 2) / 2) / mpmath.sqrt(2 * mpmath.pi)


def terms_of(statement: Statement, context: Context) -> tuple[Term, ...]:
    return (statement.lhs, statement.rhs, *context.hypotheses, *(side for d in context.definitions for side in (d.lhs, d.rhs)))


def subscripts_in(terms: tuple[Term, ...]) -> set[Term]:
    return {s for term in terms for _, t in subterms(term) if isinstance(t, Index) for s in t.subscripts if isinstance(s, Name)}


def independent(names: list[Term], hypotheses: tuple[Term, ...]) -> list[frozenset[Term]]:
    return [frozenset(h.items) & frozenset(names) for h in hypotheses if isinstance(h, Relation) and set(h.signs) == {"perp"}]


def outcomes(names: list[Term], hypotheses: tuple[Term, ...], rng: Random) -> list[tuple[Any, dict[Term, Any]]]:
    """A joint law of which no more is independent than what is said to be."""
    together = [s for s in independent(names, hypotheses) if len(s) > 1]
    points = [F(rng.randint(-3, 3)) for _ in range(6)]
    if any(s >= set(names) for s in together):
        found: list[tuple[Any, dict[Term, Any]]] = [(F(1), {})]
        for name in names:
            p = F(rng.randint(1, 3), 4)
            low, high = F(rng.randint(-2, 1)), F(rng.randint(2, 4))
            found = [(q * r, {**x, name: v}) for q, x in found for r, v in ((p, low), (1 - p, high))]
        return found
    if together and len(names) == 3:  # independent in pairs: the third is the product of the first two
        a, b, c = names
        shift = F(rng.randint(0, 2))
        signs = [(s, t) for s in (-1, 1) for t in (-1, 1)]
        return [(F(1, 4), {a: s + shift, b: t + shift, c: s * t + shift}) for s, t in signs]
    if together and len(names) > 1:
        return []
    law = [F(1, 4), F(1, 4), F(1, 2)]
    return [(p, {name: points[(k + 2 * j) % 6] + k * j for j, name in enumerate(names)}) for k, p in enumerate(law)]


def world(statement: Statement, context: Context, rng: Random, in_ranges: bool) -> World:
    """Values for everything that a statement and its context mention."""
    made = World(context)
    terms = terms_of(statement, context)
    marks = subscripts_in(terms)
    infinite = any(isinstance(t, Integral) for term in terms for _, t in subterms(term))
    called = {t.function for term in terms for _, t in subterms(term) if isinstance(t, Call) and isinstance(t.function, Name)}
    defined = {d.lhs for d in context.definitions} | {d.lhs.base for d in context.definitions if isinstance(d.lhs, Index)}
    random = [s for s, k in context.kinds if isinstance(k, RandomVariable)]
    for symbol, kind in context.kinds:
        match kind:
            case Scalar(domain):
                made.names[symbol] = rng.choice(VALUES[domain])
            case Function(_, properties):
                made.functions[symbol] = density if "density" in properties else rng.choice(WHOLE_LINE if infinite else PLAIN)
            case Sequence(domain):
                made.entries[symbol] = entries(rng, VALUES[domain])
    if any(k.law is not None or k.arity for _, k in context.kinds if isinstance(k, RandomVariable)):
        raise NoValue("a law with a name, or a family")
    if random:
        made.outcomes = outcomes(random, context.hypotheses, rng)
    names = {n for term in terms for n in free_names(term)} - {s for s, _ in context.kinds} - defined
    for name in sorted(names, key=repr):
        if name.text in ("E", "Var", "Cov", "delta", "softmax") or name in called - marks:
            continue
        found = context.range_of(name)
        if found is not None:
            low, high = (value(t, made) for t in found)
            if low > high:
                raise NoValue("an empty range")
            made.names[name] = F(rng.randint(int(low), int(high)))
        elif name in marks:
            made.names[name] = F(1) if in_ranges else F(rng.randint(-1, 4))
        else:
            made.names[name] = rng.choice(VALUES[Domain.REAL])
    bases = {t.base for term in terms for _, t in subterms(term) if isinstance(t, Index) and isinstance(t.base, Name)} - set(made.entries) - defined
    for base in sorted(bases, key=repr):
        if base not in called and base != Name("delta"):
            made.entries[base] = entries(rng, VALUES[Domain.REAL])
    if in_ranges:  # an index that lies in a range is in one that is not empty
        for upper in {t.upper for term in terms for _, t in subterms(term) if isinstance(t, Big) and isinstance(t.upper, Name) and t.upper in made.names}:
            if made.names[upper] < 1:
                raise NoValue("an empty range")
    if any(h.items[0] == h_square(h) for h in context.hypotheses if isinstance(h, Relation)):
        made.names[Name("i")] = mpmath.mpc(0, 1)
    weights(made, context)
    return made


def h_square(hypothesis: Relation) -> Term | None:
    """The left side of ``i^2 = -1``."""
    return hypothesis.items[0] if text(hypothesis) == "i² = -1" else None


def entries(rng: Random, choices: tuple[Any, ...]) -> Any:
    known: dict[tuple[Any, ...], Any] = {}
    return lambda *place: known.setdefault(place, rng.choice(choices))


def weights(made: World, context: Context) -> None:
    """Entries that sum to one are made to."""
    for hypothesis in context.hypotheses:
        match hypothesis:
            case Relation((Big("sum", Index(base, (variable,)), other, low, high), Num("1")), ("=",)) if variable == other and low and high:
                raw = made.entries[base]
                first, last = (int(value(t, made)) for t in (low, high))
                total = sum(raw(F(k)) for k in range(first, last + 1))
                if total == 0:
                    raise NoValue("weights that vanish")
                made.entries[base] = lambda k, raw=raw, total=total: raw(k) / total


def satisfied(made: World, statement: Statement, context: Context) -> bool:
    marks = {n for n in subscripts_in(context.hypotheses) if context.is_general(n)}  # type: ignore[arg-type]
    for hypothesis in context.hypotheses:
        if isinstance(hypothesis, Relation) and set(hypothesis.signs) & {"perp", "in", "~"}:  # held by how the values are made
            continue
        places = [{n: F(k) for n in marks & free_names(hypothesis)} for k in range(-1, 6)] if marks & free_names(hypothesis) else [{}]
        for place in places:
            for a, sign, b in zip(hypothesis.items, hypothesis.signs, hypothesis.items[1:], strict=False):  # type: ignore[attr-defined]
                if not related(value(a, made, place), sign, value(b, made, place)):  # type: ignore[arg-type]
                    return False
    return True


def true_at(statement: Statement, made: World) -> bool:
    if statement.relation in (Rel.IFF, Rel.IMPLIES):
        left, right = (related(value(f.items[0], made), f.signs[0], value(f.items[1], made)) for f in (statement.lhs, statement.rhs))  # type: ignore[attr-defined]
        return left is right if statement.relation is Rel.IFF else (not left or right)
    return related(value(statement.lhs, made), statement.relation.value, value(statement.rhs, made))


def counterexample(statement: Statement, context: Context, seed: int, in_ranges: bool, tries: int = 40, wanted: int = 10) -> tuple[World | None, int]:
    """(a world that satisfies the context, in which the statement fails; at how many it was tried)."""
    rng = Random(seed)
    tried = 0
    for _ in range(tries):
        try:
            made = world(statement, context, rng, in_ranges)
            if not satisfied(made, statement, context):
                continue
            fine = true_at(statement, made)
        except (NoValue, OverflowError, ZeroDivisionError, ValueError, TypeError):
            continue
        tried += 1
        if not fine:
            return made, tried
        if tried >= wanted:
            break
    return None, tried


# -- neighbours --------------------------------------------------------------------------------------------------------------------------------


def slips(statement: Statement, rng: Random, most: int) -> Iterator[Statement]:
    if statement.relation in (Rel.IFF, Rel.IMPLIES):
        return
    found = [Statement(statement.lhs, statement.relation, bracketed(side)) for _, side in mutated(statement.rhs)]
    found += [Statement(bracketed(side), statement.relation, statement.rhs) for _, side in mutated(statement.lhs)]
    turned = {Rel.LE: Rel.LT, Rel.GE: Rel.GT, Rel.LT: Rel.GT}.get(statement.relation)
    if turned is not None:
        found.append(replace(statement, relation=turned))
    yield from rng.sample(found, min(most, len(found)))


def neighbours(case: Case, most: int) -> Iterator[tuple[str, Statement, Context]]:
    rng = Random(case.source)
    yield "as it stands", case.statement, case.context
    for words, weaker in weakened(case.context):
        yield words, case.statement, weaker
    for slip in slips(case.statement, rng, most):
        yield "a slip", slip, case.context


def faults(case: Case, most: int) -> tuple[list[str], int, int]:
    """What was proved although it is false; how many neighbours there were; how many that were proved could be tried on values."""
    found: list[str] = []
    count = tried_on = 0
    for words, statement, context in neighbours(case, most):
        count += 1
        verdict = alone(statement, context)
        if not isinstance(verdict, Evidence):
            continue
        made, tried = counterexample(statement, context, 7, IN_RANGE in verdict.assuming)
        tried_on += tried > 0
        if made is not None:
            found.append(f"{words}: {text(statement.formula)} at {({text(k): str(v) for k, v in made.names.items()})} by {verdict}")
    return found, count, tried_on


def test_there_are_thousands_of_neighbours() -> None:
    assert sum(1 for case in ALL for _ in neighbours(case, 60)) > 3000
    assert sum(1 for case in ALL for _ in neighbours(case, 5)) > 1000


@pytest.mark.parametrize("title", TITLES)
def test_nothing_false_is_proved_of_the_neighbours(title: str) -> None:
    for case in (c for c in ALL if c.title == title):
        assert faults(case, 5)[0] == []


@pytest.mark.slow
@pytest.mark.parametrize("title", TITLES)
def test_nothing_false_is_proved_of_all_the_neighbours(title: str) -> None:
    for case in (c for c in ALL if c.title == title):
        assert faults(case, 60)[0] == []


# -- that the oracle sees ----------------------------------------------------------------------------------------------------------------------


def test_the_oracle_sees_that_the_false_cases_are_false() -> None:
    """Most cases marked N fail at some values (the others are about what no values are drawn for); no case marked P does."""
    false = true = 0
    for case in ALL:
        found, tried = counterexample(case.statement, case.context, 3, in_ranges=case.wanted == "P", tries=60, wanted=30)
        if case.wanted == "P":
            assert found is None, case
            true += tried > 0
        else:
            false += found is not None
    assert false > 50
    assert true > 60
