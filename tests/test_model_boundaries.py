"""Boundaries of a context, enclosures, several roots, laws of random variables, complex numbers. The verdicts are decided here by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import flint
import pytest

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.context import Array, Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.model import models
from derivations.language.model.balls import Ball, Inconclusive, NotEnclosed, Series, derivative, function, small
from derivations.language.model.evaluate import Evaluator
from derivations.language.model.frame import ROOT
from derivations.language.model.matrix import Mat, determinant
from derivations.language.model.numbers import enclosing
from derivations.language.model.special import KINDS
from derivations.language.term import (
    Bars,
    Call,
    Const,
    Deriv,
    Frac,
    Integral,
    Logic,
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

x, y, z, w, n, m, i, j, k = names("x y z w n m i j k")
A, B, Q, N, X, Y, mu, sigma, theta, f = names("A B Q N X Y mu sigma theta f")
E = Const("e")
REAL = Context().declare(Scalar(), x, y)


def fun(name: str, *arguments: Term) -> Term:
    return Call(Name(name, font="rm"), arguments)


def mean(body: Term) -> Term:
    return Call(Name("E", font="bb"), (body,), "[")


def var(body: Term) -> Term:
    return fun("Var", body)


def judged(left: Term, sign: str, right: Term, context: Context = REAL) -> object:
    return refute(Statement(left, Rel(sign), right), context)


def scalar(domain: Domain, *symbols: Name) -> Context:
    return Context().declare(Scalar(domain), *symbols)


def square(*properties: str, on: tuple[Name, ...] = (A,)) -> Context:
    return Context().declare(Scalar(Domain.NATURAL), N).declare(Array(N, N, frozenset(properties)), *on).declare(Array(N), x)


def form(*factors: Term) -> Term:
    return product(*factors)


# Boundaries -------------------------------------------------------------------------------------------------------------------

BOUNDARIES = [
    # false at a boundary alone, and its true neighbour
    (x**2, ">", ">=", term(0), REAL),
    (x**2 + y**2, ">", ">=", 2 * x * y, REAL),
    (x, ">", ">=", term(0), scalar(Domain.NONNEGATIVE, x)),
    (Frac(x, 1 + x), ">", ">=", term(0), scalar(Domain.NONNEGATIVE, x)),
    (n**2, ">", ">=", n, scalar(Domain.NATURAL, n)),
    (n**2, ">", ">=", n, scalar(Domain.INTEGER, n)),
    (x * (1 - x), ">", ">=", term(0), scalar(Domain.PROBABILITY, x)),
    (fun("floor", x), "<", "<=", x, REAL),
    (fun("exp", x), ">", ">=", 1 + x, REAL),
    (Bars("norm", product(A, x)) ** 2, ">", ">=", term(0), square()),
    (Bars("norm", x), ">", ">=", term(0), square()),
    (var(X), ">", ">=", term(0), Context().declare(RandomVariable(), X)),
    (mean(X**2), ">", ">=", mean(X) ** 2, Context().declare(RandomVariable(), X)),
]


@pytest.mark.parametrize("case", BOUNDARIES, ids=lambda c: f"{c[0]!r:.60} {c[1]}")
def test_strict_inequalities_fail_where_both_sides_agree(case: tuple[Term, str, str, Term, Context]) -> None:
    left, strict, weak, right, context = case
    found = judged(left, strict, right, context)
    assert isinstance(found, Refuted), found
    assert found.counterexample is not None
    assert found.counterexample.left == found.counterexample.right
    assert isinstance(judged(left, weak, right, context), Agreement)


@pytest.mark.parametrize(
    ("left", "sign", "right", "context"),
    [
        (x, ">", term(0), scalar(Domain.POSITIVE, x)),
        (x * (1 - x), ">", term(0), scalar(Domain.UNIT, x)),
        (n**2 + 1, ">", n, scalar(Domain.NATURAL, n)),
        (x**2, ">", term(0), scalar(Domain.NONZERO, x)),
        (x**2, ">", term(0), REAL.assume(relation(x, "!=", 0))),
        (x**2, ">", x, REAL.assume(relation(x, ">", 1))),
        (Frac(term(1), x**2), ">", term(0), REAL),  # where 1/x is defined, x is not 0
        (fun("exp", x), ">", term(0), REAL),
        (Frac(term(1), 1 + fun("exp", -x)), "<", term(1), REAL),
        (fun("ln", x) ** 2 + x, ">", term(0), REAL),
        (form(Transpose(x), A, x) + 1, ">", term(0), square("positive_definite")),
        (var(X) + 1, ">", term(0), Context().declare(RandomVariable(), X)),
    ],
)
def test_strict_inequalities_of_open_domains_are_not_refuted(left: Term, sign: str, right: Term, context: Context) -> None:
    assert isinstance(judged(left, sign, right, context), Agreement)


@pytest.mark.parametrize(
    ("left", "sign", "right", "context"),
    [
        (n, "<=", term(6), scalar(Domain.NATURAL, n)),
        (n, "<=", term(50), scalar(Domain.NATURAL, n)),
        (x, "<=", term(40), scalar(Domain.POSITIVE, x)),
        (x, ">=", Frac(term(1), term(100)), scalar(Domain.POSITIVE, x)),
        (form(Transpose(x), A, B, x), ">=", term(0), square("positive_definite", on=(A, B))),
        (fun("det", Q), "=", term(1), square("orthogonal", on=(Q,))),
        (product(Q, Q), "=", product(Transpose(Q), Q), square("orthogonal", on=(Q,))),
        (Bars("norm", A, Num("2")), "=", Bars("norm", A, Name("F")), square()),
        (fun("tr", A), ">", term(1), square("positive_definite")),
        (sum_over(i, 1, n, Name("p")[i] ** 2), "<=", Frac(term(1), term(2)), Context().declare(Scalar(Domain.NATURAL), n).declare(
            Sequence(Domain.NONNEGATIVE), Name("p")).assume(relation(sum_over(i, 1, n, Name("p")[i]), "=", 1))),
    ],
)
def test_what_fails_far_out_or_for_special_matrices(left: Term, sign: str, right: Term, context: Context) -> None:
    assert isinstance(judged(left, sign, right, context), Refuted)


@pytest.mark.parametrize(
    ("left", "right", "context"),
    [
        (product(Transpose(Q), Q), product(Q, Transpose(Q)), square("orthogonal", on=(Q,))),
        (fun("det", Q) ** 2, term(1), square("orthogonal", on=(Q,))),
        (Bars("norm", product(Q, x)), Bars("norm", x), square("orthogonal", on=(Q,))),
        (Bars("norm", A, Name("F")) ** 2, fun("tr", product(Transpose(A), A)), square()),
        (fun("det", product(A, B)), fun("det", A) * fun("det", B), square(on=(A, B))),
        (sum_over(i, 1, n, i), n * (n + 1) / 2, scalar(Domain.NATURAL, n)),
        (fun("tanh", x), (fun("exp", x) - fun("exp", -x)) / (fun("exp", x) + fun("exp", -x)), REAL),
        (1 - fun("tanh", x) ** 2, 4 / (fun("exp", x) + fun("exp", -x)) ** 2, REAL),  # cancels at 1000
    ],
)
def test_right_equalities_survive_the_boundaries(left: Term, right: Term, context: Context) -> None:
    found = judged(left, "=", right, context)
    assert isinstance(found, Agreement)
    assert found.points > found.generic > 0


def test_what_compares_nothing_but_zero_says_so() -> None:
    count = Context().declare(Scalar(Domain.NATURAL), n).declare(Sequence(), y)
    average = Frac(sum_over(i, 1, n, y[i]), n)
    for left, context, some in (
        (x - x, REAL, True), (term(0) * x, REAL, False), (sum_over(i, 1, n, y[i] - average), count, True), (fun("sin", term(0)) * x, REAL, False),
    ):
        found = judged(left, "=", term(0), context)
        assert isinstance(found, Agreement)
        assert bool(found.nonzero) is some


def drawn(properties: frozenset[str], kind: str, rows: int = 3) -> list[Mat]:
    context = Context().declare(Scalar(Domain.NATURAL), N).declare(Array(N, N, properties), A).assume(relation(N, "=", rows))
    found = [model for model in models(context, (A,), 40, special=True) if model.kind == kind]
    return [Evaluator(model).value(A, ROOT) for model in found]


@pytest.mark.parametrize("kind", sorted(set(KINDS)))
def test_special_matrices_have_their_properties(kind: str) -> None:
    for a in drawn(frozenset(("orthogonal",)), kind):
        assert [sum(p * q for p, q in zip(r, s, strict=True)) for r in a.rows for s in a.rows] == [1, 0, 0, 0, 1, 0, 0, 0, 1]
    for a in drawn(frozenset(("positive_definite",)), kind):
        assert a.rows == tuple(zip(*a.rows, strict=True))
        assert all(determinant(Mat(tuple(row[:d] for row in a.rows[:d]))) > 0 for d in (1, 2, 3))  # Sylvester
    for a in drawn(frozenset(("invertible",)), kind):
        assert determinant(a) != 0
    for a in drawn(frozenset(("stochastic",)), kind):
        assert all(sum(column) == 1 and min(column) >= 0 for column in zip(*a.rows, strict=True))
    for a in drawn(frozenset(("permutation",)), kind):
        assert all(sorted(row) == [0, 0, 1] for row in (*a.rows, *zip(*a.rows, strict=True)))


def test_reflections_and_singular_matrices_are_drawn() -> None:
    assert {determinant(a) for kind in set(KINDS) for a in drawn(frozenset(("orthogonal",)), kind)} == {1, -1}
    general = [a for kind in set(KINDS) for a in drawn(frozenset(), kind)]
    assert {bool(determinant(a)) for a in general} == {True, False}


# Enclosures -------------------------------------------------------------------------------------------------------------------


def test_a_steep_derivative_is_not_refuted() -> None:
    logistic = 1 / (1 + Pow(E, -171 * x))
    steep = Deriv(fun("ln", 1 + Pow(E, 171 * x)), ((x, 1),), False, "operator")
    assert isinstance(judged(steep, "=", 171 * logistic), Agreement)
    assert isinstance(judged(steep, "=", 170 * logistic), Refuted)


def test_balls_hold_what_they_stand_for() -> None:
    with enclosing(50) as context:
        assert (context.mpf(Fraction(1, 3)) * 3 - 1).value.contains(0)
        with pytest.raises(Inconclusive):
            bool(context.mpf(Fraction(1, 3)) * 3 == 1)
        assert context.exp(1) > 2
        assert context.sqrt(2) ** 2 < 3
        with pytest.raises(NotEnclosed):
            context.zeta(3)
        with pytest.raises(Inconclusive):
            Ball(flint.arb(0, 1)) / Ball(flint.arb(0, 1))


SERIES = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "sin": math.sin, "cos": math.cos, "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh,
    "atan": math.atan, "asin": math.asin, "acos": math.acos, "asinh": math.asinh, "atanh": math.atanh, "erf": math.erf, "erfc": math.erfc, "gamma": math.gamma,
}


@pytest.mark.parametrize("name", SERIES)
def test_series_of_functions_follow_them(name: str) -> None:
    """The oracle: the function itself, at a small distance, against its expansion to the third order (gamma: the first)."""
    order, h = (1, 1e-6) if name == "gamma" else (3, 1e-3)
    at = 0.4
    with enclosing(40) as context:
        found = function(name, context.mpf(Fraction(at)) + small(1, order))
        expansion = sum(float(part) * h**power for power, part in enumerate(found.parts))
    assert expansion == pytest.approx(SERIES[name](at + h), rel=1e-10)


def test_series_nest() -> None:
    with enclosing(40):
        inner, outer = small(2, 1), small(1, 1)
        product_of_both = (3 + outer) * (5 + inner) ** 2  # d/du d/dv u v^2 = 2 v
        assert float(derivative(derivative(product_of_both, 2, 1), 1, 1)) == 10
        assert derivative(outer, 2, 1) == 0
        assert isinstance(outer + inner, Series)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (Deriv(fun("sin", x * y) * x**2, ((x, 1), (y, 1)), True, "operator"), 3 * x**2 * fun("cos", x * y) - x**3 * y * fun("sin", x * y), True),
        (Deriv(fun("sin", x * y) * x**2, ((x, 1), (y, 1)), True, "operator"), 3 * x**2 * fun("cos", x * y) + x**3 * y * fun("sin", x * y), False),
        (Deriv(fun("exp", -(x**2)), ((x, 2),), False, "operator"), (4 * x**2 - 2) * fun("exp", -(x**2)), True),
        (Deriv(fun("exp", -(x**2)), ((x, 2),), False, "operator"), (4 * x**2 + 2) * fun("exp", -(x**2)), False),
        (Deriv(Bars("abs", x), ((x, 1),), False, "operator"), fun("sign", x), True),
        (Deriv(x ** (x + 1), ((x, 1),), False, "operator"), x ** (x + 1) * (fun("ln", x) + (x + 1) / x), True),
    ],
)
def test_derivatives(left: Term, right: Term, same: bool) -> None:
    assert isinstance(judged(left, "=", right, scalar(Domain.POSITIVE, x, y) if same else REAL), Agreement if same else Refuted)


def test_what_has_no_enclosure_is_confirmed_twice() -> None:
    area = Integral(fun("exp", -(y**2)), y, -Const("oo"), Const("oo"))
    assert isinstance(judged(area, "=", Root(Const("pi")), Context()), Agreement)
    assert isinstance(judged(area, "=", Const("pi"), Context()), Refuted)


def test_orders_of_exact_numbers_are_exact() -> None:
    close = 1 - Pow(Num("1000"), -term(60))
    assert isinstance(judged(close, "<", term(1), Context()), Agreement)
    assert isinstance(judged(close, ">=", term(1), Context()), Refuted)


# Several roots ----------------------------------------------------------------------------------------------------------------

EITHER = Logic("or", (relation(x, "=", 2), relation(x, "=", -2)))


@pytest.mark.parametrize("relation_sign", [Rel.IMPLIES, Rel.IFF])
@pytest.mark.parametrize(
    ("premise", "conclusion", "follows"),
    [
        (relation(x**2, "=", 4), relation(x, "=", 2), False),
        (relation(x**2, "=", 4), relation(x, "=", -2), False),
        (relation(x**2, "=", 4), EITHER, True),
        (relation(x**2, "=", 4), Relation((x, Num("2")), ("=",)), False),
        (relation((x - 1) * (x - 3), "=", 0), relation(x, "=", 3), False),
        (relation(x**2, "=", 7), relation(x, "=", Root(term(7))), False),
        (relation(x**3, "=", 8), relation(x, "=", 2), True),
        (relation(Bars("abs", x), "=", 3), relation(x, "=", 3), False),
        (relation(x * y, "=", 0), relation(x, "=", 0), False),
        (relation(x**2, "=", 2 * x), relation(x, "=", 2), False),
    ],
)
def test_every_root_is_tried(premise: Term, conclusion: Term, follows: bool, relation_sign: Rel) -> None:
    found = refute(Statement(premise, relation_sign, conclusion), REAL)
    assert isinstance(found, Agreement if follows else Refuted), found


def test_hypotheses_have_all_their_solutions() -> None:
    squared = REAL.assume(relation(x**2, "=", 4))
    assert isinstance(judged(x, "=", term(2), squared), Refuted)
    assert isinstance(judged(x, "=", term(2), squared.assume(relation(x, ">", 0))), Agreement)
    assert isinstance(judged(x, "=", term(2), scalar(Domain.POSITIVE, x).assume(relation(x**2, "=", 4))), Agreement)
    assert isinstance(judged(x**3, "=", 4 * x, squared), Agreement)


# Random variables -------------------------------------------------------------------------------------------------------------

PAIR = Context().declare(RandomVariable(), X, Y)
UNCORRELATED = PAIR.assume(relation(fun("Cov", X, Y), "=", 0))


@pytest.mark.parametrize(
    ("left", "sign", "right", "context", "holds"),
    [
        (var(X + Y), "=", var(X) + var(Y) + 2 * fun("Cov", X, Y), PAIR, True),
        (var(X + Y), "=", var(X) + var(Y) + 3 * fun("Cov", X, Y), PAIR, False),
        (mean(X**2), "=", mean(X) ** 2, PAIR, False),
        (mean(X**3), ">=", mean(X) ** 3, PAIR, False),
        (mean(X * Y), "=", mean(X) * mean(Y), PAIR, False),
        (mean(X * Y), "=", mean(X) * mean(Y), UNCORRELATED, True),
        (mean(X**2 * Y**2), "=", mean(X**2) * mean(Y**2), UNCORRELATED, False),
        (mean(X**2 * Y), "=", mean(X**2) * mean(Y), UNCORRELATED, False),
        (var(X - Y), "=", var(X) + var(Y), UNCORRELATED, True),
        (mean(X**2 * Y**2), "=", mean(X**2) * mean(Y**2), PAIR.assume(relation(X, "perp", Y)), True),
        (mean(fun("ln", X)), ">=", fun("ln", mean(X)), PAIR.assume(relation(X, ">", 0)), False),
        (mean(fun("ln", X)), "<=", fun("ln", mean(X)), PAIR.assume(relation(X, ">", 0)), True),
    ],
)
def test_random_variables_are_no_numbers(left: Term, sign: str, right: Term, context: Context, holds: bool) -> None:
    assert isinstance(judged(left, sign, right, context), Agreement if holds else Refuted)


def test_uncorrelated_with_given_moments() -> None:
    context = UNCORRELATED.declare(Scalar(), mu).declare(Scalar(Domain.POSITIVE), sigma)
    context = context.assume(relation(mean(X), "=", mu), relation(var(X), "=", sigma**2), relation(var(Y), "=", sigma**2))
    assert isinstance(judged(var(X + Y), "=", 2 * sigma**2, context), Agreement)
    assert isinstance(judged(mean(X**2), "=", mu**2 + sigma**2, context), Agreement)
    assert isinstance(judged(mean(X**2 * Y**2), "=", mean(X**2) * mean(Y**2), context), Refuted)


@pytest.mark.parametrize("independent", [True, False])
def test_members_of_a_family_may_depend_on_each_other(independent: bool) -> None:
    context = Context().declare(RandomVariable(None, 1, None, independent), X).declare(Scalar(Domain.NATURAL), n).declare(Scalar(Domain.POSITIVE), sigma)
    context = context.assume(relation(var(X[i]), "=", sigma**2))
    total = sum_over(i, 1, n, X[i])
    assert isinstance(judged(var(total), "=", n * sigma**2, context), Agreement if independent else Refuted)
    assert isinstance(judged(mean(total), "=", sum_over(i, 1, n, mean(X[i])), context), Agreement)


def test_a_counterexample_says_the_laws() -> None:
    found = judged(mean(X**2), "=", mean(X) ** 2, PAIR)
    assert isinstance(found, Refuted)
    assert found.counterexample is not None
    ((name, law),) = found.counterexample.at
    values, weights = law.split(" with the probabilities ")
    pairs = [(Fraction(v), Fraction(p)) for v, p in zip(values.split(", "), weights.split(", "), strict=True)]
    assert name == "X"
    assert sum(p for _, p in pairs) == 1
    assert sum(p * v**2 for v, p in pairs) == Fraction(found.counterexample.left)
    assert sum(p * v for v, p in pairs) ** 2 == Fraction(found.counterexample.right)


# Complex numbers --------------------------------------------------------------------------------------------------------------

COMPLEX = scalar(Domain.COMPLEX, z, w)
BAR, STAR = Name("z", accent=("bar",)), Name("z", label="*")


@pytest.mark.parametrize(
    ("left", "sign", "right", "holds"),
    [
        (Bars("abs", z) ** 2, "=", z**2, False),
        (Bars("abs", z) ** 2, "=", z * BAR, True),
        (Bars("abs", z) ** 2, "=", z * STAR, True),
        (z**2, ">=", term(0), False),
        (z**2 + 1, ">", term(0), False),
        (Bars("abs", z) ** 2, ">=", term(0), True),
        (z * BAR, ">=", term(0), True),
        (Bars("abs", z * w), "=", Bars("abs", z) * Bars("abs", w), True),
        (Bars("abs", z + w), "<=", Bars("abs", z) + Bars("abs", w), True),
        (Bars("abs", z + w), "=", Bars("abs", z) + Bars("abs", w), False),
        (Root(z**2), "=", Bars("abs", z), False),
        ((z + Name("i")) * (z - Name("i")), "=", z**2 + 1, True),
        (fun("Re", z), "=", (z + BAR) / 2, True),
        (fun("Im", z), "=", (z - BAR) / 2, False),
        (fun("exp", z + w), "=", fun("exp", z) * fun("exp", w), True),
    ],
)
def test_complex_names_are_complex(left: Term, sign: str, right: Term, holds: bool) -> None:
    assert isinstance(judged(left, sign, right, COMPLEX), Agreement if holds else Refuted)


def test_the_unit_that_a_hypothesis_names() -> None:
    context = Context().declare(Scalar(), theta, j).assume(relation(j**2, "=", -1))
    turn = Pow(E, j * theta)
    assert isinstance(judged(Bars("abs", turn), "=", term(1), context), Agreement)
    assert isinstance(judged(turn, "=", fun("cos", theta) + j * fun("sin", theta), context), Agreement)
    assert isinstance(judged(Bars("abs", turn), "=", turn, context), Refuted)


def test_a_function_of_which_nothing_is_known_may_be_constant() -> None:
    context = REAL.declare(Function(1), f)
    assert isinstance(judged(Call(f, (x,)) ** 2, ">", term(0), context), Refuted)
    assert isinstance(judged(Call(f, (x,)), ">", term(0), REAL.declare(Function(1, frozenset(("positive",))), f)), Agreement)
    assert not isinstance(judged(Call(f, (x,)), "=", Call(f, (y,)), context), Undecided | Agreement)


# Permutations and ranges ------------------------------------------------------------------------------------------------------


def test_a_permutation_moves_the_places_of_its_range() -> None:
    pi, a, b = names("pi a b")
    context = Context().declare(Scalar(Domain.NATURAL), n).declare(Sequence(), a, b).declare(Function(1, frozenset(("permutation",)), True), pi)
    moved = Call(pi, (i,))

    def total(body: Term) -> Term:
        return sum_over(i, 1, n, body)

    assert isinstance(judged(total(a[moved] * b[moved]), "=", total(a[i] * b[i]), context), Agreement)
    assert isinstance(judged(total(moved), "=", n * (n + 1) / 2, context), Agreement)
    assert isinstance(judged(total(a[moved] * b[i]), "=", total(a[i] * b[i]), context), Refuted)
    assert isinstance(judged(total(i * a[moved]), "=", total(i * a[i]), context), Refuted)


def test_common_summands_do_not_switch_the_refuter_off() -> None:
    """An integral that cannot be evaluated, on both sides: false steps are still refuted, right ones are not called tried."""
    t = Name("t")
    hard = Integral(Frac(fun("sin", t), t), t, term(0), Const("oo"))
    assert isinstance(judged(x**2 + hard, "=", x**3 + hard), Refuted)
    assert isinstance(judged(x + hard, "<=", x - 1 + hard), Refuted)
    assert isinstance(judged((x + 1) ** 2 + hard, "=", x**2 + 2 * x + 1 + hard), Undecided)
    assert isinstance(judged(x + hard, "=", x + 2 * hard), Undecided)


@pytest.mark.parametrize(("left", "right", "holds"), [
    (fun("Gamma", term(1)), term(1), True), (fun("Gamma", term(5)), term(24), True), (fun("Gamma", term(5)), term(120), False),
    (fun("Gamma", n + 1), n * fun("Gamma", n), True), (fun("Gamma", n + 1), (n + 1) * fun("Gamma", n), False),
])  # fmt: skip
def test_known_functions_are_known(left: Term, right: Term, holds: bool) -> None:
    assert isinstance(judged(left, "=", right, scalar(Domain.NATURAL, n)), Agreement if holds else Refuted)
