"""Definitions, recurrences, calls and operators in a model, against loops and closed forms written here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from derivations.language.context import Array, Context, Domain, Function, Scalar, Sequence, Softmax
from derivations.language.model import Mat, Undefined, evaluate, models
from derivations.language.term import (
    Bar,
    Big,
    Call,
    Const,
    Frac,
    Group,
    Index,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Term,
    Transpose,
    names,
    product,
    relation,
    sum_over,
    term,
)

x, y, t, i, j, k, n, beta, d, s = names("x y t i j k n beta d s")
m, g, w, z, f, h, Q, X, N, D, P = names("m g w z f h Q X N D P")
OO = Const("oo")
E = Const("e")
REAL = Context().declare(Scalar(), x, y, beta).declare(Scalar(Domain.NATURAL), n, t).declare(Sequence(), m, g, w, z)


def all_of(context: Context, *terms: Term, count: int = 5) -> list[tuple[Any, ...]]:
    return [tuple(evaluate(node, model) for node in terms) for model in models(context, terms, count)]


def test_plain_definitions_and_equations_that_give_a_name() -> None:
    context = REAL.define(Q, x + 1).declare(Scalar(Domain.INTEGER), d, k).assume(relation(d, "=", 2)).define(s, 1 + 3 * (k - 1))
    for a, q, two, start, index in all_of(context, x, Q, d, s, k):
        assert (q, two, start) == (a + 1, 2, 1 + 3 * (index - 1))


def test_a_forward_recurrence_with_and_without_a_base() -> None:
    step = REAL.define(m[t + 1], beta * m[t] + (1 - beta) * g[t], (t,))
    for context, zero in ((step, False), (step.assume(relation(m[0], "=", 0)), True), (step.define(m[0], term(0)), True)):
        for model in models(context, (m[5],), 4):
            b = evaluate(beta, model)
            value = evaluate(m[0], model)
            assert not zero or value == 0
            for r in range(5):
                value = b * value + (1 - b) * evaluate(g[r], model)
                assert evaluate(m[r + 1], model) == value


def test_nothing_stands_before_the_start_of_a_recurrence() -> None:
    model = next(models(REAL.define(m[t + 1], m[t] + 1, (t,)), (m[1],), 1))
    with pytest.raises(Undefined, match="before its recurrence starts"):
        evaluate(Index(m, (-term(3),)), model)


def test_a_recurrence_of_two_steps_and_one_that_runs_backwards() -> None:
    two = REAL.define(m[t + 1], m[t] + m[t - 1], (t,))
    (values,) = all_of(two, *(m[r] for r in range(6)), count=1)
    assert all(c == a + b for a, b, c in zip(values, values[1:], values[2:], strict=False))
    back = REAL.define(m[t], 2 * m[t + 1], (t,))
    (values,) = all_of(back, *(m[r] for r in range(1, 5)), count=1)
    assert all(a == 2 * b for a, b in zip(values, values[1:], strict=False))


def test_a_condition_limits_where_a_definition_applies() -> None:
    context = REAL.define(m[t], t**2, (t,), Relation((t, term(3)), (">=",))).define(m[1], term(7))
    assert all_of(context, m[1], m[3], m[4], count=1) == [(7, 9, 16)]


def test_call_patterns_and_constants_in_them() -> None:
    sigma = Name("sigma")
    context = REAL.define(Call(sigma, (t,)), 1 / (1 + Pow(E, -t)), (t,))
    for a, value, prime in all_of(context, x, Call(sigma, (x - 1,)), Call(Name("sigma", primes=1), (x,))):
        assert abs(float(value) - 1 / (1 + mpmath.exp(1 - float(a)))) < 1e-13
        soft = 1 / (1 + mpmath.exp(-float(a)))
        assert abs(float(prime) - soft * (1 - soft)) < 1e-13
    given = REAL.define(Call(f, (Bar(x, y),)), x - 2 * y, (x, y))
    assert all_of(given, Call(f, (Bar(term(5), term(2)),)), count=1) == [(1,)]


def test_a_call_rebinds_what_its_parts_are_defined_by() -> None:
    """``Sa[X] = V X`` with ``V = W X`` by itself: ``Sa[XP]`` must use XP in V too."""
    V, W, Sa = names("V W Sa")
    context = Context().declare(Scalar(Domain.NATURAL), N).declare(Array(N, N), X, W).declare(Array(N, N, frozenset({"permutation"})), P)
    context = context.define(V, product(W, X)).define(Call(Sa, (X,), "["), product(V, X), (X,))
    for model in models(context, (Call(Sa, (product(X, P),), "["),), 4):
        a, b, c = (np.array([[float(e) for e in row] for row in evaluate(k, model).rows]) for k in (X, W, P))
        found = evaluate(Call(Sa, (product(X, P),), "["), model)
        assert np.allclose([[float(e) for e in row] for row in found.rows], b @ a @ c @ a @ c)


def test_a_function_without_its_argument_is_taken_at_its_parameter() -> None:
    Z, p, a = names("Z p a")
    context = Context().declare(Scalar(Domain.POSITIVE), beta).declare(Sequence(), a).with_range(i, term(1), term(3))
    context = context.define(Call(Z, (beta,)), sum_over(i, None, None, Pow(E, beta * a[i])), (beta,))
    context = context.define(Call(Index(p, (i,)), (beta,)), Pow(E, beta * a[i]) / Call(Z, (beta,)), (i, beta))
    for short, long, first, total in all_of(
        context, Z, Call(Z, (beta,)), p[1], sum_over(i, None, None, Call(Index(p, (i,)), (beta,)))
    ):
        assert short == long
        assert 0 < first < 1
        assert abs(total - 1) < mpmath.mpf(10) ** -30


def test_convolution_by_its_definition_and_by_custom() -> None:
    signals = Context().declare(Function(1, frozenset({"finite_support"}), True), f, h).declare(Scalar(Domain.INTEGER), n)
    conv = Call(Group(Mul((("", f), ("ast", h)))), (n,))
    swapped = Call(Group(Mul((("", h), ("ast", f)))), (n,))
    defined = signals.define(conv, sum_over(k, -OO, OO, Call(f, (k,)) * Call(h, (n - k,))), (n,))
    for context in (signals, defined):
        for model in models(context, (conv,), 4):
            place = evaluate(n, model)
            loop = sum(
                evaluate(Call(f, (term(r),)), model) * evaluate(Call(h, (term(place - r),)), model) for r in range(-9, 10)
            )
            assert evaluate(conv, model) == loop == evaluate(swapped, model)


def test_the_inverse_of_a_function() -> None:
    context = Context().declare(Scalar(Domain.UNIT), y).declare(Function(1, frozenset({"increasing"})), h)
    context = context.define(Call(f, (t,)), 1 / (1 + Pow(E, -t)), (t,))
    for value, back, round_trip in all_of(
        context, y, Call(Pow(f, -term(1)), (y,)), Call(h, (Call(Pow(h, -term(1)), (y,)),))
    ):
        assert abs(float(back) - mpmath.log(float(value) / (1 - float(value)))) < 1e-12
        assert abs(float(round_trip) - float(value)) < 1e-15


def test_families_of_functions_have_different_members() -> None:
    member = REAL.declare(Function(), f)
    (one, two, again), *_ = all_of(member, Call(f[1], (x,)), Call(f[2], (x,)), Call(f[1], (x,)))
    assert one == again != two


def test_subscripted_names_of_their_own() -> None:
    W_q = Index(Name("W"), (Name("q"),))
    context = Context().declare(Scalar(Domain.NATURAL), D).declare(Array(D, D), W_q)
    (value,), *_ = all_of(context, W_q)
    assert isinstance(value, Mat)


def test_kronecker_delta_and_indicators() -> None:
    delta = Name("delta")
    context = Context().declare(Sequence(), z).with_range(i, term(1), term(3)).with_range(j, term(1), term(3))
    seen = set()
    for a, b, value, one in all_of(
        context, i, j, delta[i, j], Call(Name("1", font="bb"), (relation(i, "=", j),), "["), count=12
    ):
        assert value == one == int(a == b)
        seen.add(value)
    assert seen == {0, 1}


def test_the_equivariance_of_attention_by_numpy() -> None:
    S = Name("Softmax", font="rm")
    context = (
        Context()
        .declare(Scalar(Domain.NATURAL), N, D)
        .declare(Array(D, N), X)
        .declare(Array(N, N, frozenset({"permutation"})), P)
        .declare(Softmax(0), S)
    )
    scores = product(Transpose(X), X)
    moved = Call(S, (product(Transpose(P), product(scores, P)),), "[")
    for model in models(context, (moved,), 4):
        a, b = (np.array([[float(e) for e in row] for row in evaluate(k, model).rows]) for k in (X, P))
        powers = np.exp(b.T @ a.T @ a @ b - np.max(a.T @ a))
        assert np.allclose([[float(e) for e in row] for row in evaluate(moved, model).rows], powers / powers.sum(axis=0))


def test_a_definition_without_an_end_is_undefined() -> None:
    context = REAL.define(Call(f, (t,)), Call(f, (t + 1,)), (t,))
    model = next(models(context, (x,), 1))
    with pytest.raises(Undefined, match="without an end"):
        evaluate(Call(f, (x,)), model)


def test_maxima_in_definitions_see_the_bound_index() -> None:
    """A name that is defined through k stands for its value at the k of the sum around it."""
    context = REAL.define(s, k**2)
    assert all_of(context, sum_over(k, 1, 3, s), Big("max", s, k, term(0), term(4)), count=1) == [(14, 16)]


def test_fractions_stay_exact_through_definitions() -> None:
    context = REAL.define(Q, Frac(Num("1"), Num("3")))
    assert all_of(context, Q * 3, count=1) == [(1,)]
    assert all_of(context, Q, count=1) == [(Fraction(1, 3),)]
