"""Induction: base and step are theorems; a wrong base, a wrong step, an extra assumption, another variable are all refused."""

from __future__ import annotations

import pytest

from derivations.kernel.chains import chain, equals, theorem
from derivations.kernel.statement import Derivation, Statement, Step, equation
from derivations.kernel.theorem import NotProved, Theorem, verify
from derivations.kernel.verdict import Accepted, Refuted, Strength, Undecided
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.term import Num, Term, group, names, relation, sum_over, term
from derivations.rules.equality import algebra, by_definition, summation
from derivations.rules.induction import by_induction, induction_on

n, m, k, a, b, s, r = names("n m k a b s r")
ONE = Num("1")
KNOWN = Context().declare(Scalar(Domain.WHOLE), n).declare(Sequence(), s).declare(Scalar(), a, b)
KNOWN = KNOWN.define(s[n + 1], s[n] + 2 * n + 1, (n,)).define(s[0], Num("0"))
GOAL = equation(s[n], n**2)


def base(value: Term = Num("0"), context: Context = KNOWN) -> Theorem:  # noqa: B008
    return theorem("base", context, chain(s[0], equals(value, by_definition)))


def step(context: Context = KNOWN, hypothesis: Statement = GOAL) -> Theorem:
    return theorem(
        "step",
        context.assume(hypothesis.formula),
        chain(s[n + 1], equals(s[n] + 2 * n + 1, by_definition), equals(n**2 + 2 * n + 1, algebra, "", hypothesis), equals((n + 1) ** 2, algebra)),
    )


def test_a_proved_base_and_a_proved_step_prove_the_claim() -> None:
    found = by_induction("squares", KNOWN, GOAL, n, base(), step())
    assert found.statement == GOAL and found.evidence.strength is Strength.PROVED
    assert GOAL.formula not in found.context.hypotheses, "the claim for n is no longer assumed"
    assert [lemma.title for lemma in found.lemmas] == ["base", "step"]


def test_the_base_is_the_claim_at_the_start() -> None:
    wrong = theorem("wrong base", KNOWN, chain(s[1], equals(ONE, by_definition)))
    verdict = induction_on(n).decide(GOAL, KNOWN, (wrong, step()))
    assert isinstance(verdict, Refuted) and "the base is not the statement at the start" in verdict.reason
    from_one = KNOWN.assume(relation(n, ">=", 1))
    assert isinstance(induction_on(n, ONE).decide(GOAL, from_one, (wrong, step())), Accepted), "from 1 on it is the right one"
    too_much = induction_on(n, ONE).decide(GOAL, KNOWN, (wrong, step()))
    assert isinstance(too_much, Undecided) and "n is at least 1, where the induction starts" in too_much.reason, "of n = 0 it says nothing"


@pytest.mark.parametrize(
    ("kind", "assumed", "start", "words"),
    [
        (Scalar(), (), 0, "does not say that n is a whole number"),
        (Scalar(Domain.POSITIVE), (), 0, "does not say that n is a whole number"),
        (Scalar(Domain.INTEGER), (), 0, "n is at least 0"),
        (Scalar(Domain.NATURAL), (), 0, "shown for n from 1 on only"),
        (Scalar(Domain.WHOLE), (relation(n, ">=", 3),), 0, "the step assumes something of n"),
        (Scalar(Domain.WHOLE), (relation(n, "!=", 4),), 0, "the step assumes something of n"),
        (Scalar(Domain.WHOLE), (), 0, ""),
        (Scalar(Domain.NATURAL), (), 1, ""),
        (Scalar(Domain.INTEGER), (relation(n, ">=", -2),), -2, ""),
        (Scalar(Domain.WHOLE), (relation(n, ">", 2),), 3, ""),
    ],
)
def test_an_induction_reaches_every_value_that_its_conclusion_speaks_of(kind: Scalar, assumed: tuple[Term, ...], start: int, words: str) -> None:
    """An induction climbs from its start in steps of one: over a gap in what the step assumes, or to a number below the start, it does not come."""
    plain = Context().declare(kind, n)
    known = plain.assume(*assumed)
    goal = equation(n + n, 2 * n)
    at_start = theorem("base", plain, chain(term(start) + start, equals(2 * term(start), algebra)))
    onward = theorem("step", known.assume(goal.formula), chain(n + 1 + group(n + 1), equals(2 * group(n + 1), algebra)))
    verdict = induction_on(n, term(start)).decide(goal, known, (at_start, onward))
    if words:
        assert isinstance(verdict, Undecided) and words in verdict.reason
    else:
        assert isinstance(verdict, Accepted)


def test_the_step_ends_in_the_claim_for_the_next_value() -> None:
    same = theorem("no step", KNOWN.assume(GOAL.formula), chain(s[n], equals(n**2, algebra, "", GOAL)))
    verdict = induction_on(n).decide(GOAL, KNOWN, (base(), same))
    assert isinstance(verdict, Refuted) and "does not end in the statement for the next value" in verdict.reason


@pytest.mark.parametrize("extra", [relation(n, ">=", 3), relation(a, "=", b), relation(s[n + 1], "=", (n + 1) ** 2)])
def test_the_step_assumes_nothing_but_the_claim_for_the_value_before(extra: Term) -> None:
    loaded = step(KNOWN.assume(extra))
    verdict = induction_on(n).decide(GOAL, KNOWN, (base(), loaded))
    assert isinstance(verdict, Undecided) and "assumes more than the statement for the value before" in verdict.reason
    with pytest.raises(NotProved, match="assumes more than the statement"):
        by_induction("squares", KNOWN, GOAL, n, base(), loaded)


def test_the_base_assumes_nothing_that_the_claim_does_not() -> None:
    loaded = base(context=KNOWN.assume(relation(a, ">=", 1)))
    verdict = induction_on(n).decide(GOAL, KNOWN, (loaded, step()))
    assert isinstance(verdict, Undecided) and "assumptions that are not made here" in verdict.reason


def test_other_definitions_in_the_step_are_refused() -> None:
    other = KNOWN.declare(Sequence(), r).define(r[n], n + 1, (n,))
    verdict = induction_on(n).decide(GOAL, KNOWN, (base(), step(other)))
    assert isinstance(verdict, Undecided) and "definitions or kinds that are not in force" in verdict.reason


def test_the_variable_is_gone_from_the_base() -> None:
    at_n = theorem("base at n", KNOWN.assume(relation(n, "=", 0)), chain(s[0], equals(Num("0"), by_definition)))
    verdict = induction_on(n).decide(GOAL, KNOWN.assume(relation(n, "=", 0)), (at_n, step(KNOWN.assume(relation(n, "=", 0)))))
    assert isinstance(verdict, Undecided) and "still mentions the variable" in verdict.reason


def test_a_false_claim_is_refuted() -> None:
    false = equation(s[n], n**2 + 1)
    verdict = induction_on(n).decide(false, KNOWN, (base(), step()))
    assert isinstance(verdict, Refuted) and verdict.counterexample is not None


def test_two_theorems_are_needed() -> None:
    for premises in ((), (base(),), (base(), GOAL), (base(), step(), step())):
        verdict = induction_on(n).decide(GOAL, KNOWN, premises)
        assert isinstance(verdict, Undecided) and "two theorems" in verdict.reason


def test_a_step_that_proves_another_claim_is_refuted() -> None:
    """The step of a claim with a constant added is provable for every constant; only the base tells which one is right."""
    shifted = equation(s[n], n**2 + 7)
    inductive = theorem(
        "shifted step",
        KNOWN.assume(shifted.formula),
        chain(s[n + 1], equals(s[n] + 2 * n + 1, by_definition), equals(n**2 + 7 + 2 * n + 1, algebra, "", shifted), equals((n + 1) ** 2 + 7, algebra)),
    )
    for rule_base in (base(), theorem("b", KNOWN, chain(s[0], equals(Num("0"), by_definition)))):
        assert not isinstance(induction_on(n).decide(shifted, KNOWN, (rule_base, inductive)), Accepted)


def test_the_premises_are_lemmas_of_the_derivation() -> None:
    rule = induction_on(n)
    with pytest.raises(NotProved, match="not among the lemmas"):
        verify(Derivation("no lemmas", KNOWN, GOAL, (Step(GOAL, rule, "induction", (base(), step())),)))


def test_sums_by_induction() -> None:
    known = Context().declare(Scalar(Domain.WHOLE), n)
    goal = equation(sum_over(k, 1, n, k), n * (n + 1) / 2)
    first = theorem("base", known, chain(sum_over(k, 1, 0, k), equals(term(0) * (term(0) + 1) / 2, summation)))
    second = theorem(
        "step",
        known.assume(goal.formula),
        chain(
            sum_over(k, 1, n + 1, k),
            equals(sum_over(k, 1, n, k) + n + 1, summation),
            equals(n * (n + 1) / 2 + n + 1, algebra, "", goal),
            equals((n + 1) * (n + 1 + 1) / 2, algebra),
        ),
    )
    assert by_induction("sum", known, goal, n, first, second).evidence.strength is Strength.PROVED
