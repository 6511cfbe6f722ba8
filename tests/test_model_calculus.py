"""Sums, products, derivatives, integrals and limits of terms against mpmath and closed forms written here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from derivations.language.context import Array, Context, Domain, Function, IndexSet, Scalar, Sequence
from derivations.language.errors import MeaningError
from derivations.language.model import Undefined, evaluate, models
from derivations.language.term import (
    Add,
    At,
    Bars,
    Big,
    Call,
    Const,
    Deriv,
    Dots,
    Integral,
    Logic,
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

x, y, t, i, j, k, n, beta = names("x y t i j k n beta")
a, z, w, p, f, g, L, X, v = names("a z w p f g L X v")
OO = Const("oo")
E = Const("e")
REAL = (
    Context().declare(Scalar(), x, y, t).declare(Scalar(Domain.UNIT), beta).declare(Scalar(Domain.NATURAL), n).declare(Sequence(), a, z, w)
)


def at(node: Term, context: Context = REAL, **values: Any) -> Any:
    model = next(models(context, (), 1))
    model.names.update({Name(key): value for key, value in values.items()})
    return evaluate(node, model)


def fun(name: str, *arguments: Term) -> Term:
    return Call(Name(name, font="rm"), arguments)


def d(body: Term, variable: Term, order: int = 1) -> Term:
    return Deriv(body, ((variable, order),))


def close(found: Any, expected: Any, digits: int = 28) -> bool:
    with mpmath.workdps(50):
        return bool(abs(found - expected) <= mpmath.mpf(10) ** -digits * max(1, abs(expected)))


# Sums -------------------------------------------------------------------------------------------------------------------------


def test_finite_sums_and_products() -> None:
    assert at(sum_over(k, 1, n, k**2), n=5) == 55
    assert at(sum_over(k, 1, n, k), n=0) == 0
    assert at(Big("prod", k, k, term(1), n), n=5) == 120
    assert at(sum_over(i, 1, 3, sum_over(j, i, 3, i * j))) == sum(r * s for r in range(1, 4) for s in range(r, 4))
    assert at(Big("sum", k, k, term(1), n, relation(k, "!=", 2)), n=4) == 8
    pair = Big("sum", i * j, Tuple((i, j)), term(1), term(3), relation(i, "<", j))
    assert at(pair) == 1 * 2 + 1 * 3 + 2 * 3


def test_a_sum_below_a_bound_counts_from_zero() -> None:
    assert at(Big("sum", Pow(beta, j), j, None, None, relation(j, "<", n)), n=4, beta=Fraction(1, 2)) == Fraction(15, 8)


def test_sums_take_their_range_from_the_context() -> None:
    context = REAL.with_range(i, term(2), term(4))
    assert at(sum_over(i, None, None, i), context) == 9
    size = Context().declare(Scalar(Domain.NATURAL), n).declare(Array(n), v)
    for model in models(size, (v,), 4):
        assert evaluate(sum_over(i, None, None, v[i]), model) == sum(evaluate(v, model).entries())


def test_sums_over_a_set() -> None:
    B = Name("B")
    context = REAL.declare(IndexSet(), B)
    model = next(models(context, (B,), 1))
    members = evaluate(B, model).items
    assert evaluate(Big("sum", k**2, k, None, None, Relation((k, B), ("in",))), model) == sum(m * m for m in members)
    assert evaluate(Bars("card", B), model) == len(members)
    both = Logic("and", (Relation((k, B), ("in",)), relation(k, ">", members[0])))
    assert evaluate(Big("sum", k, k, None, None, both), model) == sum(members[1:])


@pytest.mark.parametrize(
    ("body", "start", "expected"),
    [
        (Pow(beta, k), 0, mpmath.mpf(3) / 2),
        (product(k, Pow(beta, k)), 0, mpmath.mpf(3) / 4),
        (1 / fun("factorial", k), 0, mpmath.e),
        (1 / k**2, 1, mpmath.zeta(2)),
    ],
)
def test_infinite_series(body: Term, start: int, expected: Any) -> None:
    assert close(at(sum_over(k, start, OO, body), beta=Fraction(1, 3)), expected, 13)


@pytest.mark.parametrize("body", [term(1), 1 / k, Pow(term(2), k)])
def test_divergent_series_are_undefined(body: Term) -> None:
    with pytest.raises(Undefined, match="series"):
        at(sum_over(k, 1, OO, body))


def test_extrema_over_an_index() -> None:
    body = (k - 3) ** 2
    assert at(Big("max", body, k, term(0), term(4))) == 9
    assert at(Big("argmin", body, k, term(0), term(4))) == 3


def test_ellipses_stand_for_the_terms_between() -> None:
    def plus(*parts: Term) -> Term:
        return Add(tuple(("+", part) for part in parts))

    assert at(plus(term(1), term(2), Dots("cdots"), n), n=9) == 45
    assert at(plus(term(1), Dots(), n**1), n=9) == 45
    model = next(models(REAL, (a[1], w[1]), 1))
    written = plus(product(w[1], a[1]), product(w[2], a[4]), Dots(), product(w[7], a[19]))
    loop = sum(evaluate(w[1 + s], model) * evaluate(a[1 + 3 * s], model) for s in range(7))
    assert evaluate(written, model) == loop
    assert at(Mul((("", term(1)), ("cdot", term(2)), ("cdot", Dots("cdots")), ("cdot", n))), n=5) == 120
    with pytest.raises(MeaningError, match="in step"):
        at(plus(product(w[1], a[1]), Dots(), product(w[7], a[18])))


# Derivatives ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (x**3, lambda u: 3 * u**2),
        (fun("ln", 1 - x), lambda u: -1 / (1 - u)),
        (fun("exp", x**2), lambda u: 2 * u * mpmath.exp(u**2)),
        (fun("sigmoid", x), lambda u: mpmath.exp(-u) / (1 + mpmath.exp(-u)) ** 2),
        (Pow(E, -x), lambda u: -mpmath.exp(-u)),
        (Bars("abs", x), lambda u: mpmath.sign(u)),
    ],
)
def test_first_derivatives(body: Term, expected: Any) -> None:
    with mpmath.workdps(50):
        assert close(at(d(body, x), x=Fraction(2, 5)), expected(mpmath.mpf(2) / 5), 35)


def test_higher_and_mixed_derivatives() -> None:
    assert close(at(d(fun("sin", x), x, 2), x=1), -mpmath.sin(1), 14)
    assert close(at(d(x**4, x, 3), x=2), 48)
    assert close(at(Deriv(x**2 * y**3, ((x, 1), (y, 1)), True), x=2, y=3), 2 * 2 * 3 * 9)
    assert close(at(d(d(x**3, x), x), x=2), 12)


def test_a_kink_has_no_derivative() -> None:
    with pytest.raises(Undefined, match="kink"):
        at(d(Bars("abs", x), x), x=0)


@pytest.mark.parametrize("around", [lambda body: d(body, x), lambda body: Big("lim", body, x, Num("0"))], ids=["derivatives", "limits"])
def test_what_would_need_ever_more_digits_ends(around: Any) -> None:
    body: Term = fun("sin", x)
    for _ in range(3):
        body = around(body)
        assert abs(at(body, x=1)) <= 1
    for _ in range(12):
        body = around(body)
    with pytest.raises(MeaningError, match="digits would be needed"):
        at(body, x=1)


def test_derivatives_go_through_definitions() -> None:
    context = REAL.define(p, x**2).define(L, p * y + p**2)
    assert close(at(d(L, p), context, x=3, y=5), 5 + 2 * 9)
    assert close(at(d(L, x), context, x=3, y=5), (5 + 2 * 9) * 6)


def test_a_derivative_without_a_definition_means_nothing() -> None:
    context = REAL.declare(Scalar(), L)
    with pytest.raises(MeaningError, match="no definition connects"):
        at(d(L, x), context)


def test_the_softmax_jacobian() -> None:
    context = REAL.define(Name("S"), sum_over(k, 1, n, Pow(E, z[k]))).define(p[i], Pow(E, z[i]) / Name("S"), (i,))
    for model in models(context, (p[1], n), 4):
        size = evaluate(n, model)
        logits = [mpmath.mpf(str(Fraction(evaluate(z[r], model)).numerator)) / Fraction(evaluate(z[r], model)).denominator for r in range(1, size + 1)]
        powers = [mpmath.exp(u) for u in logits]
        soft = [u / sum(powers) for u in powers]
        for r in range(1, size + 1):
            for s in range(1, size + 1):
                expected = soft[r - 1] * ((r == s) - soft[s - 1])
                assert abs(evaluate(d(p[r], z[s]), model) - expected) < 1e-13


def test_gradients_have_the_shape_of_the_variable() -> None:
    context = Context().declare(Scalar(Domain.NATURAL), n).declare(Array(n, n), X).declare(Array(n), v)
    quadratic = product(Transpose(v), product(X, v))
    for model in models(context, (quadratic,), 3):
        matrix = [[Fraction(e) for e in row] for row in evaluate(X, model).rows]
        vector = [Fraction(row[0]) for row in evaluate(v, model).rows]
        size = len(vector)
        gradient = evaluate(Deriv(quadratic, ((v, 1),), style="nabla"), model)
        expected = [sum((matrix[r][s] + matrix[s][r]) * vector[s] for s in range(size)) for r in range(size)]
        assert all(abs(float(g[0]) - float(e)) < 1e-12 for g, e in zip(gradient.rows, expected, strict=True))
        by_matrix = evaluate(d(quadratic, X), model)
        assert by_matrix.shape == (size, size)
        assert all(
            abs(float(by_matrix.rows[r][s]) - float(vector[r] * vector[s])) < 1e-12 for r in range(size) for s in range(size)
        )
        jacobian = evaluate(d(product(X, v), v), model)
        assert all(abs(float(jacobian.rows[r][s]) - float(matrix[r][s])) < 1e-12 for r in range(size) for s in range(size))


def test_primes_and_the_chain_rule_for_unknown_functions() -> None:
    context = REAL.declare(Function(), f, g)
    inner = Call(g, (x,))
    chain = Call(Name("f", primes=1), (inner,)) * Call(Name("g", primes=1), (x,))
    for model in models(context, (chain,), 3):
        assert abs(evaluate(d(Call(f, (inner,)), x), model) - evaluate(chain, model)) < mpmath.mpf(10) ** -25


def test_the_evaluated_at_bar() -> None:
    assert at(At(x**2, x, term(3))) == 9
    assert at(At(x**2, x, term(1), term(3))) == 8
    assert close(at(At(d(x**3, x), x, term(2))), 12)


# Integrals and limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Integral(t**2, t, term(0), term(1)), mpmath.mpf(1) / 3),
        (Integral(Pow(E, -(t**2)), t, -OO, OO), mpmath.sqrt(mpmath.pi)),
        (Integral(Pow(E, -t), t, term(0), OO), 1),
        (Integral(1 / (1 + t**2), t, -OO, OO), mpmath.pi),
        (Integral(fun("ln", t), t, term(0), term(1)), -1),
        (Integral(Bars("abs", t) * Pow(E, -Bars("abs", t)), t, -OO, OO), 2),
        (Integral(t**2, t, term(1), term(0)), -mpmath.mpf(1) / 3),
    ],
)
def test_integrals(node: Term, expected: Any) -> None:
    assert close(at(node), expected, 11)


def test_divergent_integrals_are_undefined() -> None:
    with pytest.raises(Undefined):
        at(Integral(t**2, t, -OO, OO))
    with pytest.raises(Undefined):
        at(Integral(1 / t, t, term(0), term(1)))


def test_a_random_density_has_total_mass_one() -> None:
    context = REAL.declare(Function(1, frozenset({"density"})), f)
    for model in models(context, (f,), 4):
        assert abs(evaluate(Integral(Call(f, (t,)), t, -OO, OO), model) - 1) < 1e-9


def test_the_derivative_of_an_integral() -> None:
    node = d(Integral(fun("sin", t * x), t, term(0), term(1)), x)
    with mpmath.workdps(30):
        assert close(at(node, x=2), mpmath.quad(lambda u: u * mpmath.cos(2 * u), [0, 1]), 11)


def test_limits() -> None:
    assert close(at(Big("lim", fun("sin", x) / x, x, term(0))), 1, 10)
    assert close(at(Big("lim", Pow(1 + 1 / n, n), n, OO)), mpmath.e, 7)
    with pytest.raises(Undefined, match="two sides"):
        at(Big("lim", Bars("abs", x) / x, x, term(0)))
