"""Expectations and their relatives against exact moments and sums written here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from derivations.language.context import Array, Context, Domain, RandomVariable, Scalar, Sequence
from derivations.language.model import evaluate, models
from derivations.language.term import (
    Bar,
    Bars,
    Call,
    Index,
    Integral,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Term,
    Transpose,
    Tuple,
    names,
    product,
    relation,
    sum_over,
    term,
)

X, Y, mu, sigma, lam, q, n, x, i, a, b = names("X Y mu sigma lambda q n x i a b")
s, p, u = names("s p u")
N = Name("N", font="cal")
E_ = Name("E", font="bb")


def mean(body: Term, under: Term | None = None) -> Term:
    return Call(E_ if under is None else Index(E_, (under,)), (body,), "[")


def call(name: str, *arguments: Term) -> Term:
    return Call(Name(name, font="rm"), arguments)


def normal(m: Term, v: Term) -> Term:
    return Call(N, (m, v))


BASE = Context().declare(Scalar(), mu, a, b).declare(Scalar(Domain.POSITIVE), sigma, lam).declare(Scalar(Domain.UNIT), u)


def all_of(context: Context, *terms: Term, count: int = 4) -> list[tuple[Any, ...]]:
    return [tuple(evaluate(node, model) for node in terms) for model in models(context, terms, count)]


def test_moments_of_a_normal_variable_are_exact() -> None:
    context = BASE.declare(RandomVariable(normal(mu, sigma**2)), X)
    for m, v, first, second, third, fourth, spread in all_of(
        context, mu, sigma, *(mean(X**k) for k in (1, 2, 3, 4)), call("Var", X)
    ):
        assert first == m
        assert second == m**2 + v**2
        assert third == m**3 + 3 * m * v**2
        assert abs(fourth - float(m**4 + 6 * m**2 * v**2 + 3 * v**4)) < 1e-12 * (1 + abs(float(fourth)))
        assert spread == v**2


def test_means_of_other_functions_of_a_normal_variable() -> None:
    context = BASE.declare(RandomVariable(normal(term(0), term(1))), X)
    ((exponential, cosine, absolute, positive),) = all_of(
        context, mean(call("exp", X)), mean(call("cos", X)), mean(Bars("abs", X)), mean(call("max", term(0), X)), count=1
    )
    assert abs(exponential - mpmath.exp(0.5)) < 1e-12
    assert abs(cosine - mpmath.exp(-0.5)) < 1e-12
    assert abs(absolute - mpmath.sqrt(2 / mpmath.pi)) < 1e-9
    assert abs(positive - 1 / mpmath.sqrt(2 * mpmath.pi)) < 1e-9


@pytest.mark.parametrize(
    ("law", "first", "variance"),
    [
        (call("Bernoulli", u), lambda t, k: t, lambda t, k: t * (1 - t)),
        (call("Binomial", n, u), lambda t, k: k * t, lambda t, k: k * t * (1 - t)),
        (call("Uniform", term(0), term(1)), lambda t, k: 0.5, lambda t, k: 1 / 12),
        (call("Exponential", u), lambda t, k: 1 / t, lambda t, k: 1 / t**2),
        (call("Laplace", term(0), term(1)), lambda t, k: 0, lambda t, k: 2),
        (call("Poisson", u), lambda t, k: t, lambda t, k: t),
        (call("Geometric", u), lambda t, k: 1 / t, lambda t, k: (1 - t) / t**2),
    ],
)
def test_mean_and_variance_of_laws(law: Term, first: Any, variance: Any) -> None:
    context = BASE.declare(Scalar(Domain.NATURAL), n).declare(RandomVariable(law), X)
    for t, k, one, two in all_of(context, u, n, mean(X), call("Var", X), count=3):
        assert abs(float(one) - float(first(float(t), k))) < 1e-8
        assert abs(float(two) - float(variance(float(t), k))) < 1e-7


def test_a_law_can_be_stated_as_a_hypothesis() -> None:
    context = BASE.assume(Relation((X, normal(mu, term(4))), ("~",)))
    for m, second in all_of(context, mu, mean(X**2)):
        assert second == m**2 + 4


def test_variables_without_a_law_are_linear_and_dependent() -> None:
    context = BASE.declare(RandomVariable(), X, Y)
    combined = mean(a * X + b * Y)
    apart = a * mean(X) + b * mean(Y)
    gaps = []
    for left, right, together, separate, covariance in all_of(
        context, combined, apart, mean(X * Y), mean(X) * mean(Y), call("Cov", X, Y)
    ):
        assert left == right
        assert covariance == together - separate
        gaps.append(covariance != 0)
    assert any(gaps)


def test_independence_is_what_the_context_states() -> None:
    context = BASE.declare(RandomVariable(), X, Y).assume(Relation((X, Y), ("perp",)))
    for together, separate, spread, sum_of_spreads in all_of(
        context, mean(X * Y), mean(X) * mean(Y), call("Var", X + Y), call("Var", X) + call("Var", Y)
    ):
        assert together == separate
        assert spread == sum_of_spreads
        assert isinstance(spread, Fraction | int)


def test_conditional_expectations() -> None:
    context = BASE.declare(RandomVariable(), X, Y)
    inner = mean(Bar(X, Y))
    total_variance = mean(call("Var", Bar(X, Y))) + call("Var", inner)
    for twice, once, spread, parts in all_of(context, mean(inner), mean(X), call("Var", X), total_variance):
        assert twice == once
        assert spread == parts


def test_probabilities_of_events() -> None:
    context = BASE.declare(RandomVariable(), X).declare(RandomVariable(call("Bernoulli", u)), Y)
    for below, above, coin, t in all_of(
        context, call("P", relation(X, "<=", 1)), call("P", relation(X, ">", 1)), call("P", relation(Y, "=", 1)), u
    ):
        assert below + above == 1
        assert coin == t


def test_members_of_a_family_are_independent_with_the_moments_assumed() -> None:
    context = BASE.declare(Scalar(Domain.NATURAL), n).declare(RandomVariable(None, 1), X)
    context = context.assume(relation(mean(X[i]), "=", mu), relation(call("Var", X[i]), "=", sigma**2))
    average = sum_over(i, 1, n, X[i]) / n
    for m, v, size, first, spread in all_of(context, mu, sigma, n, mean(average), call("Var", average)):
        assert abs(float(first - m)) < 1e-14
        assert abs(float(spread) - float(v) ** 2 / size) < 1e-12


def test_expectation_under_a_family_of_probabilities() -> None:
    context = BASE.declare(Sequence(), s).declare(Sequence(Domain.PROBABILITY), p).with_range(i, term(1), term(3))
    context = context.assume(relation(sum_over(i, None, None, p[i]), "=", 1))
    for model in models(context, (p[1], s[1]), 4):
        probabilities, values = ([evaluate(k[r], model) for r in (1, 2, 3)] for k in (p, s))
        assert sum(probabilities) == 1
        first = sum(c * v for c, v in zip(probabilities, values, strict=True))
        second = sum(c * v**2 for c, v in zip(probabilities, values, strict=True))
        assert evaluate(mean(s, p), model) == first
        assert evaluate(Call(Index(Name("Var", font="rm"), (p,)), (s,)), model) == second - first**2
        entropy = -sum(float(c) * mpmath.log(float(c)) for c in probabilities if c)
        assert abs(evaluate(call("H", p), model) - entropy) < 1e-12


@pytest.mark.parametrize("style", ["density", "law"])
def test_divergence_and_entropy_of_normal_laws(style: str) -> None:
    m1, m2, s1, s2 = (Index(k, (Num(str(r)),)) for k, r in ((mu, 1), (mu, 2), (sigma, 1), (sigma, 2)))
    context = Context().declare(Scalar(), m1, m2).declare(Scalar(Domain.POSITIVE), s1, s2).declare(Scalar(), x)
    for law, m, v in ((q, m1, s1), (p, m2, s2)):
        if style == "density":
            context = context.define(Call(law, (x,)), Call(N, (Bar(x, Tuple((m, v**2))),)), (x,))
        else:
            context = context.define(law, normal(m, v**2))
    divergence = call("KL", Bar(q, p, "||"))
    by_means = mean(call("ln", Call(q, (x,))) - call("ln", Call(p, (x,))), q)
    for one, two, c, d, found, same, entropy in all_of(context, m1, m2, s1, s2, divergence, by_means, call("H", q), count=3):
        c, d, gap = float(c), float(d), float(one - two)
        expected = mpmath.log(d / c) - 0.5 + (c**2 + gap**2) / (2 * d**2)
        assert abs(found - expected) < 1e-9 * (1 + abs(expected))
        assert abs(same - expected) < 1e-9 * (1 + abs(expected))
        assert abs(entropy - mpmath.log(2 * mpmath.pi * mpmath.e * c**2) / 2) < 1e-9


def test_densities() -> None:
    context = BASE.declare(Scalar(), x)
    written = Call(N, (Bar(x, mu), sigma**2))
    for at, m, v, value, mass in all_of(context, x, mu, sigma, written, Integral(written, x), count=2):
        expected = mpmath.npdf(float(at), float(m), float(v))
        assert abs(value - expected) < 1e-12
        assert abs(mass - 1) < 1e-9


def test_random_vectors() -> None:
    A, v = names("A v")
    context = BASE.declare(Scalar(Domain.NATURAL), n).declare(Array(n, n), A).declare(Array(n), a_vector := Name("m"))
    context = context.declare(RandomVariable(None, 0, (n, term(1))), v)
    for left, right in all_of(context, mean(product(A, v)), product(A, mean(v))):
        assert left == right
    for left, right in all_of(
        context, call("Cov", v), mean(product(v, Transpose(v))) - Mul((("", mean(v)), ("", Transpose(mean(v)))))
    ):
        assert left == right
    gaussian = Context().declare(Scalar(Domain.NATURAL), n).declare(Array(n), a_vector)
    gaussian = gaussian.declare(Array(n, n, frozenset({"positive_definite"})), A)
    gaussian = gaussian.declare(RandomVariable(normal(a_vector, A), 0, (n, term(1))), v)
    for square, trace, squared in all_of(
        gaussian, mean(product(Transpose(v), v)), call("tr", A), product(Transpose(a_vector), a_vector), count=2
    ):
        assert abs(square - float(trace + squared)) < 1e-8 * (1 + abs(float(square)))


def test_power_of_a_mean_is_not_the_mean_of_a_power() -> None:
    context = BASE.declare(RandomVariable(), X)
    assert any(left != right for left, right in all_of(context, mean(X**2), Pow(mean(X), Num("2"))))


def test_moments_given_by_hypotheses_hold() -> None:
    tau = Name("tau")
    context = BASE.declare(Scalar(Domain.POSITIVE), tau).declare(RandomVariable(None, 1), X).declare(RandomVariable(), Y)
    context = context.assume(relation(mean(X[i]), "=", term(0)), relation(mean(X[i] ** 2), "=", tau))
    context = context.assume(relation(mean(Y), "=", mu), relation(call("Var", Y), "=", sigma**2))
    for t, m, v, zero, second, first, spread in all_of(
        context, tau, mu, sigma, mean(X[2]), mean(X[3] ** 2), mean(Y), call("Var", Y)
    ):
        assert abs(float(zero)) < 1e-14
        assert abs(float(second - t)) < 1e-14
        assert first == m
        assert spread == v**2


def test_the_covariance_of_a_random_vector_given_by_a_hypothesis() -> None:
    v, A = names("v A")
    context = BASE.declare(Scalar(Domain.NATURAL), n).declare(RandomVariable(None, 0, (n, term(1))), v).declare(Array(n, n), A)
    context = context.assume(relation(mean(v), "=", term(0)), relation(call("Cov", v), "=", product(sigma**2, Name("I"))))
    quadratic = product(Transpose(v), product(A, v))
    for s2, trace, found in all_of(context, sigma, call("tr", A), mean(quadratic), count=3):
        assert abs(float(found) - float(s2**2 * trace)) < 1e-9 * (1 + abs(float(found)))
