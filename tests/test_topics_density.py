"""The density of a logistic of a normal against quadrature, against the probabilities of intervals, and against samples."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import sympy as sp
from oracles.densities import logistic_below, mass, sampled_fractions
from topic_texts import built

from derivations.language.denote import denote
from derivations.language.term import Cases


def density(mean: float, deviation: float) -> sp.Expr:
    """The general answer with its symbols at these values, as a function of x."""
    value = built("pushforward", base="Normal(mu,sigma**2)", map="logistic").answer.value
    named = {s.name: s for s in value.free_symbols}
    return value.subs({named["mu"]: mean, named["sigma"]: deviation})


def numeric(value: sp.Expr) -> object:
    (x,) = value.free_symbols
    return sp.lambdify(x, value, "math")


SETTINGS = [(0.0, 1.0), *((random.Random(seed).uniform(-2, 2), random.Random(seed + 50).uniform(0.3, 2.5)) for seed in range(24))]


@pytest.mark.parametrize(("mean", "deviation"), SETTINGS)
def test_mass_one_and_the_probabilities_of_intervals(mean: float, deviation: float) -> None:
    p = numeric(density(mean, deviation))
    cuts = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
    assert math.isclose(mass(p, 1e-12, 1 - 1e-12, (1e-6, 1e-3, *cuts, 1 - 1e-3, 1 - 1e-6)), 1, rel_tol=2e-6)  # type: ignore[arg-type]
    for low, high in zip(cuts, cuts[1:], strict=False):
        expected = logistic_below(high, mean, deviation) - logistic_below(low, mean, deviation)
        assert math.isclose(mass(p, low, high), expected, rel_tol=1e-7, abs_tol=1e-12)  # type: ignore[arg-type]


@pytest.mark.parametrize(("mean", "deviation"), SETTINGS[:6])
def test_samples_fall_where_the_density_says(mean: float, deviation: float) -> None:
    count, places = 60_000, [0.05, 0.2, 0.4, 0.6, 0.8, 0.95]
    p = numeric(density(mean, deviation))
    shares = sampled_fractions(lambda z: 1 / (1 + np.exp(-z)), mean, deviation, places, count, seed=3)
    for place, share in zip(places, shares, strict=True):
        expected = mass(p, 1e-12, place, (1e-6, 1e-3, 0.02))  # type: ignore[arg-type]
        assert abs(share - expected) < 5 * math.sqrt(0.25 / count)


def test_the_standard_case_is_the_general_one_at_0_and_1() -> None:
    standard = built("pushforward", base="Normal(0,1)", map="logistic").answer.value
    general = density(0, 1)
    for number in (sp.Rational(k, 17) for k in range(-5, 23)):
        (x,), (y,) = standard.free_symbols, general.free_symbols
        assert sp.simplify(standard.subs(x, number) - general.subs(y, number)) == 0


@pytest.mark.parametrize("base", ["Normal(0,1)", "Normal(mu,sigma**2)"])
def test_it_vanishes_outside_the_unit_interval(base: str) -> None:
    value = built("pushforward", base=base, map="logistic").answer.value
    x = next(s for s in value.free_symbols if s.name == "x")
    for outside in (-3, sp.Rational(-1, 10), 0, 1, sp.Rational(11, 10), 5):
        assert value.subs(x, outside) == 0
    assert value.subs(x, sp.Rational(1, 3)) != 0


def test_the_inverse_is_the_log_odds() -> None:
    """Each equation of the chain x = f(z) <=> ... <=> z = f^-1(x) holds at the same pairs (z, x), by floating point of our own."""
    problem = built("pushforward", base="Normal(0,1)", map="logistic")
    theorem = next(s.theorem for s in problem.sections if s.theorem.title == "The inverse")
    names = {name.text: denote(name, theorem.context) for name, _ in theorem.context.kinds if getattr(name, "text", "") in ("x", "z")}
    for z in (-4.0, -1.5, -0.2, 0.3, 1.0, 3.7):
        x = 1 / (1 + math.exp(-z))
        for checked in theorem.steps:
            for formula in (checked.step.statement.lhs, checked.step.statement.rhs):
                left, right = (denote(side, theorem.context).doit().subs({names["z"]: z, names["x"]: x}).evalf() for side in formula.items)  # type: ignore[attr-defined]
                assert math.isclose(float(left), float(right), rel_tol=1e-9)
                off = [denote(side, theorem.context).doit().subs({names["z"]: z + 0.5, names["x"]: x}).evalf() for side in formula.items]  # type: ignore[attr-defined]
                assert not math.isclose(float(off[0]), float(off[1]), rel_tol=1e-6), "away from the solution the equation fails"


def test_the_shown_formula_is_the_value() -> None:
    problem = built("pushforward", base="Normal(0,1)", map="logistic")
    (statement,) = problem.answer.shown
    assert isinstance(statement.rhs, Cases)  # type: ignore[union-attr]
    (formula, _), *_ = statement.rhs.rows  # type: ignore[union-attr]
    context = problem.sections[-1].theorem.context
    shown = denote(formula, context)
    (x,) = shown.free_symbols
    (y,) = problem.answer.value.free_symbols
    for k in range(1, 12):
        number = sp.Rational(k, 12)
        assert abs(sp.N(shown.subs(x, number) - problem.answer.value.subs(y, number), 30)) < sp.Float("1e-25")
        direct = math.exp(-((math.log(k / 12) - math.log(1 - k / 12)) ** 2) / 2) / (math.sqrt(2 * math.pi) * k / 12 * (1 - k / 12))
        assert math.isclose(float(shown.subs(x, number)), direct, rel_tol=1e-12)
