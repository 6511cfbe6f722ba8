"""Refutation: the traps, the two precisions, implications, approximations, and what is shown. Truths and falsehoods are decided here by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.context import Array, Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.term import (
    Bars,
    Big,
    Call,
    Const,
    Deriv,
    Dots,
    Frac,
    Integral,
    Logic,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    names,
    product,
    relation,
    sum_over,
    term,
)
from derivations.rules.refute import Agreement, refute

x, y, a, b, n, k, j, t, beta = names("x y a b n k j t beta")
W, X, D, N, f = names("W X D N f")
E = Const("e")
OO = Const("oo")
REAL = Context().declare(Scalar(), x, y, a, b)
POSITIVE = Context().declare(Scalar(Domain.POSITIVE), x, y, a, b, n)
UNIT = Context().declare(Scalar(Domain.UNIT), x, beta).declare(Scalar(Domain.NATURAL), t)


def fun(name: str, *arguments: Term) -> Term:
    return Call(Name(name, font="rm"), arguments)


def ln(node: Term) -> Term:
    return fun("ln", node)


def judge(left: Term, right: Term, context: Context = REAL, rel: Rel = Rel.EQ) -> Agreement | Refuted | Undecided:
    return refute(Statement(left, rel, right), context)


def assert_agrees(left: Term, right: Term, context: Context = REAL, rel: Rel = Rel.EQ) -> Agreement:
    found = judge(left, right, context, rel)
    assert isinstance(found, Agreement), found
    return found


def assert_refuted(left: Term, right: Term, context: Context = REAL, rel: Rel = Rel.EQ) -> Refuted:
    found = judge(left, right, context, rel)
    assert isinstance(found, Refuted), found
    return found


# The traps --------------------------------------------------------------------------------------------------------------------


def test_square_roots_of_squares() -> None:
    found = assert_refuted(Root(x**2), x).counterexample
    assert found is not None
    (name, value), *_ = found.at
    assert name == "x"
    assert Fraction(value) < 0
    assert Fraction(found.left) == -Fraction(found.right) == -Fraction(value)
    assert found.confirmed_digits >= 60
    assert_agrees(Root(x**2), Bars("abs", x))
    assert_agrees(Root(x**2), x, POSITIVE)


def test_both_sides_must_be_defined() -> None:
    found = assert_agrees(ln(x**2), 2 * ln(x))
    assert found.generic == 12
    assert found.one_sided > 0
    assert assert_agrees(ln(x**2), 2 * ln(x), POSITIVE).one_sided == 0
    assert_agrees(Root(x * y), Root(x) * Root(y))


def test_nothing_defined_is_undecided() -> None:
    found = judge(ln(-(x**2)), x)
    assert isinstance(found, Undecided)
    assert "at no point tried were both sides defined (the logarithm" in found.reason


def test_tiny_numbers_are_compared_relatively() -> None:
    assert_refuted(1 / term(2) ** 99, 1 / term(2) ** 98)
    assert_refuted(Pow(E, -term(300)), Pow(E, -term(301)))
    assert_refuted(Pow(E, -term(300)), term(0))
    assert_refuted(fun("exp", x) + Pow(E, -term(60)), fun("exp", x))
    assert_agrees(Pow(E, -term(300)) * Pow(E, term(300)), term(1))


def test_cancellation_to_zero_is_not_a_difference() -> None:
    assert_agrees(fun("sin", x) ** 2 + fun("cos", x) ** 2 - 1, term(0))
    assert_agrees(fun("exp", x) * fun("exp", -x) - 1, term(0))


def test_matrix_products_do_not_commute() -> None:
    square = Context().declare(Scalar(Domain.NATURAL), N).declare(Array(N, N), W, X)
    found = assert_refuted(product(W, X), product(X, W), square)
    assert found.counterexample is not None
    assert {"W", "X"} <= {name for name, _ in found.counterexample.at}
    assert_agrees(Transpose(product(W, X)), product(Transpose(X), Transpose(W)), square)


def test_sizes_that_do_not_fit_are_a_refutation_of_their_own() -> None:
    sizes = Context().declare(Scalar(Domain.NATURAL), N, D).declare(Array(D, D), W).declare(Array(D, N), X)
    found = assert_refuted(product(W, X), product(X, W), sizes)
    assert found.counterexample is None
    assert "shapes do not fit: the product of a" in found.reason
    assert "the left side is" in assert_refuted(X, Transpose(X), sizes).reason
    assert "is a number" in assert_refuted(X, fun("tr", W), sizes).reason


def test_logarithm_of_a_quotient_on_the_unit_interval() -> None:
    assert_agrees(ln(x / (1 - x)), ln(x) - ln(1 - x), UNIT)
    assert_agrees(Root(1 / n), 1 / Root(n), POSITIVE)


def test_geometric_sums_below_a_bound() -> None:
    below = Big("sum", beta**j, j, None, None, relation(j, "<", t))
    assert_agrees(below, (1 - beta**t) / (1 - beta), UNIT)
    assert_refuted(below, (1 - beta ** (t + 1)) / (1 - beta), UNIT)


def test_floors() -> None:
    whole = Context().declare(Scalar(Domain.INTEGER), x)
    halves = Bars("floor", x / 2) + Bars("ceil", x / 2)
    assert_agrees(halves, x, whole)
    assert_refuted(halves, x)
    assert_agrees(Bars("ceil", x), -Bars("floor", -x))
    assert_refuted(Bars("floor", x + y), Bars("floor", x) + Bars("floor", y))


def test_sign_lost_in_the_chain_rule() -> None:
    left = Deriv(ln(1 - x), ((x, 1),), style="operator")
    found = assert_refuted(left, 1 / (1 - x), UNIT).counterexample
    assert found is not None
    assert float(Fraction(found.right)) == pytest.approx(-float(found.left))
    assert_agrees(left, -(1 / (1 - x)), UNIT)


# Relations --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "rel", "right", "true"),
    [
        (1 + x, Rel.LE, Pow(E, x), True),
        (1 + x, Rel.LT, Pow(E, x), False),  # equal at 0
        (x**2, Rel.GE, term(0), True),
        (x**2, Rel.GT, term(0), False),
        (2 * x * y, Rel.LE, x**2 + y**2, True),
        (Bars("abs", x + y), Rel.LE, Bars("abs", x) + Bars("abs", y), True),
        (Bars("abs", x + y), Rel.GE, Bars("abs", x) + Bars("abs", y), False),
        (x**2 + 1, Rel.NE, term(0), True),
        (x**2, Rel.NE, term(1), False),
    ],
)
def test_orders(left: Term, rel: Rel, right: Term, true: bool) -> None:
    found = judge(left, right, REAL, rel)
    assert isinstance(found, Agreement if true else Refuted), found


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (Frac(Num("265"), Num("2304")), Num("0.115"), Agreement),
        (Frac(Num("265"), Num("2304")), Num("0.15"), Refuted),
        (Frac(Num("265"), Num("2304")), Num("0.116"), Refuted),
        (Frac(Num("2"), Num("3")), Num("0.67"), Agreement),
        (Frac(Num("2"), Num("3")), Num("0.66"), Refuted),
        (Const("pi"), Num("3.1416"), Agreement),
        (Num("2359808"), Mul((("", Num("2.36")), ("times", Pow(Num("10"), Num("6"))))), Agreement),
        (Num("2359808"), Mul((("", Num("2.35")), ("times", Pow(Num("10"), Num("6"))))), Refuted),
        (Num("0.11502"), Num("0.115"), Agreement),
        (x, y, Undecided),
    ],
)
def test_approximations_to_the_digits_shown(left: Term, right: Term, verdict: type) -> None:
    assert isinstance(judge(left, right, REAL, Rel.APPROX), verdict)


@pytest.mark.parametrize(
    ("left", "rel", "right", "true"),
    [
        (relation(x, "=", 1), Rel.IMPLIES, relation(x**2, "=", 1), True),
        (relation(x**2, "=", 1), Rel.IMPLIES, relation(x, "=", 1), False),
        (relation(x, "=", 1), Rel.IFF, relation(x**2, "=", 1), False),
        (relation(x * y, "=", x), Rel.IFF, relation(y, "=", 1), False),  # x = 0
        (relation(2 * x, "=", y + 4), Rel.IFF, relation(x, "=", y / 2 + 2), True),
        (relation(x**2, "=", 1), Rel.IMPLIES, Logic("or", (relation(x, "=", 1), relation(x, "=", -term(1)))), True),
        (Logic("or", (relation(x, "=", 1), relation(x, "=", 2))), Rel.IMPLIES, relation((x - 1) * (x - 2), "=", 0), True),
        (Logic("or", (relation(x, "=", 1), relation(x, "=", 2))), Rel.IMPLIES, relation(x, "=", 1), False),
        (relation(x, ">", 2), Rel.IMPLIES, relation(x**2, ">", 4), True),
        (relation(x**2, ">", 4), Rel.IMPLIES, relation(x, ">", 2), False),
        (relation(x, "<", y), Rel.IMPLIES, relation(a * x, "<", a * y), False),
        (relation(fun("exp", x), "=", y), Rel.IFF, relation(x, "=", ln(y)), True),
    ],
)
def test_implications(left: Term, rel: Rel, right: Term, true: bool) -> None:
    found = judge(left, right, REAL, rel)
    assert isinstance(found, Agreement if true else Refuted), found


def test_a_counterexample_to_an_implication_shows_the_names_of_the_premise() -> None:
    found = judge(relation(x * y, "=", x), relation(y, "=", 1), REAL, Rel.IFF)
    assert isinstance(found, Refuted)
    assert found.counterexample is not None
    assert ("x", "0") in found.counterexample.at


def test_an_inverse_with_its_domain() -> None:
    z = Name("z")
    context = Context().declare(Scalar(Domain.UNIT), x).declare(Scalar(), z)
    left = relation(x * (1 + Pow(E, -z)), "=", 1)
    assert_agrees(left, relation(z, "=", ln(x / (1 - x))), context, Rel.IFF)
    assert_refuted(left, relation(z, "=", ln((1 - x) / x)), context, Rel.IFF)


def test_relations_that_are_not_judged() -> None:
    for rel in (Rel.SIM, Rel.PROP):
        assert isinstance(judge(x, y, REAL, rel), Undecided)


# Constructs -------------------------------------------------------------------------------------------------------------------


def test_unknown_functions() -> None:
    context = REAL.declare(Function(), f)
    assert_refuted(Call(f, (x + y,)), Call(f, (x,)) + Call(f, (y,)), context)
    assert_agrees(Call(f, (x + y,)), Call(f, (y + x,)), context)
    convex = REAL.declare(Function(1, frozenset({"convex"})), f)
    middle = Call(f, ((x + y) / 2,))
    ends = (Call(f, (x,)) + Call(f, (y,))) / 2
    assert_agrees(middle, ends, convex, Rel.LE)
    assert_refuted(middle, ends, convex, Rel.GE)
    assert_refuted(middle, ends, context, Rel.LE)


def test_sums_of_sequences() -> None:
    r, gamma, R = names("r gamma R")
    context = Context().declare(Scalar(), gamma, R).declare(Sequence(), r)
    context = context.assume(Relation((term(0), gamma, term(1)), ("<=", "<")), relation(Bars("abs", r[t]), "<=", R))
    total = sum_over(t, 0, OO, gamma**t * r[t])
    sizes = sum_over(t, 0, OO, gamma**t * Bars("abs", r[t]))
    assert_agrees(Bars("abs", total), sizes, context, Rel.LE)
    assert_refuted(Bars("abs", total), sizes, context, Rel.GE)
    assert_agrees(sizes, R / (1 - gamma), context, Rel.LE)
    assert_refuted(sum_over(t, 0, OO, gamma**t), gamma / (1 - gamma), context)


def test_integrals_with_their_limited_digits() -> None:
    gauss = Pow(E, -(x**2) / 2)
    whole = Integral(gauss, x, -OO, OO)
    found = assert_agrees(whole, Root(2 * Const("pi")))
    assert found.digits <= 15
    assert_refuted(whole, Root(Const("pi")))
    odd = Integral(x * gauss, x, -OO, OO)
    assert_agrees(odd, term(0))


def test_what_cancellation_leaves_of_a_number_is_no_counterexample_beside_an_integral() -> None:
    far = REAL.assume(relation(x, "<", -50))
    integral = Integral(Pow(Const("e"), -(y * y)), y, x, x + 1)
    gap = Call(Name("erf"), (x + 1,)) - Call(Name("erf"), (x,))  # of two numbers that are -1 to a thousand digits
    true, wrong = (Root(Const("pi")) * Bars("abs", gap) / divisor for divisor in (2, 3))
    assert not isinstance(judge(integral, true, far), Refuted)
    assert_agrees(integral, true)
    assert_refuted(integral, wrong)


def test_dependence_that_was_not_excluded_is_said() -> None:
    A, B = names("A B")

    def mean(body: Term) -> Term:
        return Call(Name("E", font="bb"), (body,), "[")

    context = Context().declare(RandomVariable(), A, B)
    found = assert_refuted(mean(A * B), mean(A) * mean(B), context)
    assert found.reason == "the random variables are not stated to be independent"
    assert_agrees(mean(A * B), mean(A) * mean(B), context.assume(Relation((A, B), ("perp",))))


def test_what_cannot_be_evaluated_is_undecided_with_the_reason() -> None:
    assert "'q' has no declared kind" in judge(Name("q"), x).reason  # type: ignore[union-attr]
    assert "an ellipsis" in judge(Dots("cdots"), x).reason  # type: ignore[union-attr]
    impossible = REAL.assume(relation(x, ">", 1), relation(x, "<", 0))
    assert "no values were found" in judge(x, x + 1, impossible).reason  # type: ignore[union-attr]


def test_a_budget_ends_in_undecided() -> None:
    heavy = sum_over(k, 1, 3000, sum_over(j, 1, 3000, fun("exp", k * j * x)))
    found = refute(Statement(heavy, Rel.EQ, x), REAL, ticks=20_000)
    assert isinstance(found, Undecided)
    assert "the work" in found.reason


def test_a_constant_statement_needs_one_point() -> None:
    assert assert_agrees(term(7) + (term(7) - 1) * 1, term(13)).points == 1
    assert_refuted(term(9) * 512, term(4607))


def test_the_answer_is_the_same_every_time() -> None:
    assert judge(Root(x**2), x) == judge(Root(x**2), x)
    assert refute(Statement(x**2, Rel.EQ, x**3), REAL, seed=5) == refute(Statement(x**2, Rel.EQ, x**3), REAL, seed=5)
