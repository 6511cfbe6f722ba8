"""Judging single steps: each case of ``judge_cases/`` gets the verdict that stands before it."""

from __future__ import annotations

import pytest
from stated_cases import FOLDER, Case, cases

from derivations.checking.hint import hint
from derivations.checking.judge import judge
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Refuted, Strength, Undecided, Verdict
from derivations.language.context import Context, Domain, RandomVariable, Scalar, Sequence
from derivations.language.structure import substitute
from derivations.language.term import Big, Index, Name, Num, Pow, Term, names
from derivations.language.work import within
from derivations.reading.expression import read

ALL = [case for path in sorted(FOLDER.glob("*.txt")) for case in cases(path)]


def said(verdict: Verdict) -> str:
    match verdict:
        case Accepted(evidence):
            return "proved" if evidence.strength >= Strength.PROVED else "sampled"
        case Refuted():
            return "refuted"
        case Undecided():
            return "undecided"


RIGHT = {
    "P": {"proved"},
    "+": {"proved", "sampled"},
    "?": {"proved", "sampled", "undecided"},
    "-": {"refuted"},
    "x": {"refuted", "undecided"},
}


@pytest.mark.parametrize("case", ALL, ids=str)
def test_step(case: Case) -> None:
    assert said(judge(case.statement, case.context)) in RIGHT[case.wanted]


def test_there_are_true_and_false_cases() -> None:
    wanted = [case.wanted for case in ALL]
    assert wanted.count("P") > 100
    assert wanted.count("-") > 35


def formula(text: str) -> Term:
    return read(text).term


def equation(left: str, right: str) -> Statement:
    return Statement(formula(left), Rel.EQ, formula(right))


REALS = Context().declare(Scalar(), *names("a b c x y"))


def test_the_square_root_of_a_square_is_not_the_number() -> None:
    found = judge(equation(r"\sqrt{x^2}", "x"), REALS)
    assert isinstance(found, Refuted)
    assert found.counterexample is not None
    assert dict(found.counterexample.at)["x"].startswith("-")


def test_the_same_for_a_positive_number_is_proved() -> None:
    context = Context().declare(Scalar(Domain.POSITIVE), Name("x"))
    assert said(judge(equation(r"\sqrt{x^2}", "x"), context)) == "proved"


@pytest.mark.parametrize(
    ("wrong", "right_side", "guess"),
    [
        (r"(a-b)^2", r"a^2-2ab-b^2", "sign lost?"),
        (r"a(b+c)", r"ab+ac+a", "a term too many?"),
        (r"x/y", r"y/x", "divided where it should be multiplied, or the other way round?"),
    ],
)
def test_hint_guesses_the_slip(wrong: str, right_side: str, guess: str) -> None:
    statement = equation(wrong, right_side)
    assert isinstance(judge(statement, REALS), Refuted)
    assert hint(statement, REALS) == guess


def test_no_hint_where_no_slip_explains_it() -> None:
    assert hint(equation("a+b", "17ac-x"), REALS) is None


def test_a_row_may_hold_only_because_of_the_row_before() -> None:
    after = equation("x", r"\frac{y}{2}")
    assert isinstance(judge(after, REALS), Refuted)
    assert said(judge(after, REALS, premise=equation("2x", "y"))) == "proved"
    assert isinstance(judge(after, REALS, premise=equation("3x", "y")), Refuted)


def test_earlier_equations_may_be_used() -> None:
    context = REALS
    claim = equation("x", "a+1")
    assert isinstance(judge(claim, context), Refuted)
    earlier = (equation("x", "b"), equation("b", "a+1"))
    found = judge(claim, context.assume(*(s.formula for s in earlier)), earlier=earlier)
    assert said(found) == "proved"


def test_a_mean_of_a_square_is_not_the_square_of_the_mean() -> None:
    context = Context().declare(RandomVariable(), Name("X"))
    assert isinstance(judge(equation(r"\mathbb E[X^2]", r"\mathbb E[X]^2"), context), Refuted)


def test_a_proof_says_what_it_took_for_granted() -> None:
    context = Context().declare(Sequence(), Name("p"), Name("q")).declare(Scalar(Domain.NATURAL), Name("n"))
    found = judge(equation(r"\sum_{i=1}^n p_i \left(\frac{q_i}{p_i} - 1\right)", "0"), context)
    assert isinstance(found, Accepted)
    assert found.evidence.word == "proved under a convention"
    assert any("probabilities" in convention for convention in found.evidence.conventions)


def test_out_of_work_is_undecided_and_never_accepted() -> None:
    hard = equation(r"\int_0^1 \sin(\sin(\sin(x^x)))\,dx", r"\int_0^1 \sin(\sin(\sin(x^x)))\,dx + 10^{-9}")
    with within(3_000):
        assert not isinstance(judge(hard, REALS), Accepted)


def test_substitution_under_a_sum_does_not_capture_a_name_that_is_replaced() -> None:
    """p_i := e^{z_i} / sum_j e^{z_j} at i = j must not become e^{z_j} / sum_k e^{z_j}."""
    i, j, z = names("i j z")
    e = Name("e")
    total = Big("sum", Pow(e, Index(z, (j,))), j, Num("1"), Name("K"))
    changed = substitute(total, {i: j})
    assert isinstance(changed, Big)
    assert changed.variable not in (i, j) or changed == total
    assert changed.body == Pow(e, Index(z, (changed.variable,)))


def test_a_density_nobody_specified_is_tried_on_discrete_laws() -> None:
    context = Context().declare(Scalar(), *names("x z"))
    bayes = equation(r"p(z\mid x)\,p(x)", r"p(x\mid z)\,p(z)")
    assert said(judge(bayes, context)) == "proved"
    wrong = equation(r"p(z\mid x)\,p(x)", r"p(x\mid z)\,p(x)")
    assert isinstance(judge(wrong, context), Refuted)


def test_the_method_says_what_the_normal_form_used() -> None:
    """Algebra unfolds nothing and differentiates nothing: a step that needs more says so."""
    known = REALS.define(Name("u"), formula("a+b"))
    plain = judge(equation("a(b+c)", "ab+ac"), known)
    unfolded = judge(equation("u^2", "a^2+2ab+b^2"), known)
    both = judge(equation(r"\frac{d}{da}u^2", "2a+2b"), known)
    methods = [v.evidence.method for v in (plain, unfolded, both) if isinstance(v, Accepted)]
    assert methods == ["normal form", "normal form, with definitions", "normal form, with definitions and derivatives"]
