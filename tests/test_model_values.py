"""Concrete values of terms against plain Python, mpmath and NumPy computed here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from derivations.language.context import Array, Context, Domain, Function, Scalar, Sequence, Softmax
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.model import CannotSample, Mat, Model, Undefined, evaluate, models
from derivations.language.term import (
    Add,
    Bars,
    Call,
    Cases,
    Const,
    Frac,
    Index,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    Tuple,
    group,
    names,
    product,
    relation,
    term,
)

x, y, i, j, n, N, D = names("x y i j n N D")
A, B, v, w, P = names("A B v w P")
REAL = Context().declare(Scalar(), x, y)


def word(name: str) -> Name:
    return Name(name, font="rm")


def fun(name: str, *arguments: Term) -> Term:
    return Call(word(name), arguments)


def at(node: Term, context: Context = REAL, digits: int = 30, **values: Any) -> Any:
    """The value of a term where names have been given values."""
    model = next(models(context, (), 1))
    model.names.update({Name(k): value for k, value in values.items()})
    return evaluate(node, model, digits)


def array(value: Any) -> np.ndarray[Any, Any]:
    return np.array([[float(e) for e in row] for row in value.rows])


def test_rational_arithmetic_is_exact() -> None:
    assert at((x + y) ** 2 / (x - y), x=Fraction(1, 2), y=3) == Fraction(49, 4) / Fraction(-5, 2)
    assert at(term(1) / term(2) ** 99) == Fraction(1, 2**99)
    assert at(Pow(x, -term(2)), x=Fraction(2, 3)) == Fraction(9, 4)
    assert at(Root(x), x=Fraction(9, 16)) == Fraction(3, 4)
    assert at(Num("0.125")) == Fraction(1, 8)


def test_the_author_s_signs_and_brackets_are_followed() -> None:
    assert at(Add((("+", x), ("-", group(x - y)))), x=5, y=3) == 3
    assert at(-(x**2), x=3) == -9
    assert at(Mul((("", x), ("times", group(-y)))), x=2, y=3) == -6


@pytest.mark.parametrize(
    "name", ["exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "arctan", "arsinh", "ln", "sqrt", "Gamma", "arcsin", "artanh"]
)
def test_well_known_functions(name: str) -> None:
    theirs = {"arctan": "atan", "arsinh": "asinh", "arcsin": "asin", "artanh": "atanh", "Gamma": "gamma"}.get(name, name)
    with mpmath.workdps(50):
        expected = getattr(mpmath, theirs)(mpmath.mpf(2) / 7)
        assert abs(at(fun(name, x), x=Fraction(2, 7)) - expected) < mpmath.mpf(10) ** -35


def test_named_activations() -> None:
    value = Fraction(3, 4)
    sigmoid = 1 / (1 + mpmath.exp(-mpmath.mpf(3) / 4))
    assert abs(at(fun("sigmoid", x), x=value) - sigmoid) < 1e-14
    assert abs(at(fun("SiLU", x), x=value) - sigmoid * 0.75) < 1e-14
    assert abs(at(fun("softplus", x), x=value) - mpmath.log(1 + mpmath.exp(0.75))) < 1e-14
    assert at(fun("ReLU", x), x=-2) == 0
    assert at(fun("max", x, y), x=2, y=Fraction(5, 2)) == Fraction(5, 2)
    assert at(fun("min", x, y), x=2, y=Fraction(5, 2)) == 2


def test_logarithms_to_a_base_and_powers_of_functions() -> None:
    assert abs(at(Call(Index(word("log"), (Num("2"),)), (x,)), x=8) - 3) < 1e-30
    square = Call(Pow(word("sin"), Num("2")), (x,))
    assert abs(at(square, x=1) - mpmath.sin(1) ** 2) < 1e-14
    assert abs(at(Call(Pow(word("sin"), -term(1)), (x,)), x=Fraction(1, 2)) - mpmath.asin(0.5)) < 1e-14


def test_bars() -> None:
    assert at(Bars("abs", x), x=Fraction(-3, 2)) == Fraction(3, 2)
    assert at(Bars("floor", x), x=Fraction(-3, 2)) == -2
    assert at(Bars("ceil", x), x=Fraction(-3, 2)) == -1
    assert at(Bars("floor", Const("pi"))) == 3


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (1 / (x - x), "division by zero"),
        (fun("ln", x - x), "logarithm"),
        (Root(x - x - 1), "root of a negative"),
        (Pow(x - x - 1, Frac(Num("1"), Num("2"))), "fractional power"),
        (Pow(x - x, -term(1)), "negative power of zero"),
        (fun("arcsin", term(2)), r"outside \[-1, 1\]"),
    ],
)
def test_what_leaves_the_reals_is_undefined(node: Term, words: str) -> None:
    with pytest.raises(Undefined, match=words):
        at(node, x=2)


def test_zero_to_the_zero_is_one_as_in_a_geometric_sum() -> None:
    assert at(Pow(x, term(0)), x=0) == 1


def test_undeclared_names_are_not_guessed() -> None:
    with pytest.raises(MeaningError, match="'q' has no declared kind"):
        at(Name("q") + 1)


def test_precision_is_what_was_asked_for() -> None:
    with mpmath.workdps(80):
        expected = mpmath.exp(mpmath.mpf(1) / 3)
        assert abs(at(fun("exp", x), digits=60, x=Fraction(1, 3)) - expected) < mpmath.mpf(10) ** -64
        assert abs(at(fun("exp", x), digits=15, x=Fraction(1, 3)) - expected) > mpmath.mpf(10) ** -40


def test_cases_and_conditions() -> None:
    relu = Cases(((x, relation(x, ">", 0)), (term(0), None)))
    assert (at(relu, x=3), at(relu, x=-3)) == (3, 0)
    band = Cases(((term(1), Relation((term(0), x, term(1)), ("<", "<="))),))
    assert at(band, x=1) == 1
    with pytest.raises(Undefined, match="no case"):
        at(band, x=2)
    assert at(Relation((x, Tuple((term(0), term(1)), "(]")), ("in",)), x=1) is True
    assert at(Relation((x, Tuple((term(0), term(1)), "[)")), ("in",)), x=1) is False


# Matrices ---------------------------------------------------------------------------------------------------------------------

MATRICES = (
    Context()
    .declare(Scalar(Domain.NATURAL), N, D)
    .declare(Array(D, N), A)
    .declare(Array(D, D), B)
    .declare(Array(D), v)
    .declare(Array(N), w)
    .declare(Array(N, N, frozenset({"permutation"})), P)
)


def test_matrix_products_against_numpy() -> None:
    for model in models(MATRICES, (product(B, A),), 5):
        a, b, u, t = (array(evaluate(k, model)) for k in (A, B, v, w))
        assert np.allclose(array(evaluate(product(B, A), model)), b @ a)
        assert np.allclose(array(evaluate(Transpose(product(B, A)), model)), (b @ a).T)
        assert float(evaluate(product(Transpose(v), product(B, v)), model)) == pytest.approx((u.T @ b @ u).item())
        assert np.allclose(array(evaluate(product(A, w), model)), a @ t)
        assert np.allclose(array(evaluate(Mul((("", v), ("odot", v))), model)), u * u)
        assert np.allclose(array(evaluate(Mul((("", A), ("otimes", B))), model)), np.kron(a, b))
        assert float(evaluate(fun("tr", B), model)) == pytest.approx(np.trace(b))
        assert float(evaluate(Bars("det", B), model)) == pytest.approx(np.linalg.det(b))
        assert float(evaluate(Bars("norm", v), model)) == pytest.approx(np.linalg.norm(u))
        assert float(evaluate(Bars("norm", v, Num("1")), model)) == pytest.approx(np.abs(u).sum())
        assert np.allclose(array(evaluate(Pow(B, Num("2")), model)), b @ b)
        assert float(evaluate(A[1, 2], model)) == a[0, 1]


def test_inverse_against_numpy() -> None:
    context = MATRICES.declare(Array(D, D, frozenset({"invertible"})), Name("M"))
    for model in models(context, (Name("M"),), 4):
        inverse = evaluate(Pow(Name("M"), -term(1)), model)
        assert np.allclose(array(inverse), np.linalg.inv(array(evaluate(Name("M"), model))))


def test_sizes_that_do_not_fit_name_both_shapes() -> None:
    model = next(models(MATRICES, (A, B), 1))
    size_d, size_n = evaluate(D, model), evaluate(N, model)
    assert size_d != size_n
    with pytest.raises(ShapeError, match=f"{size_d} x {size_n} and a {size_d} x {size_d} matrix"):
        evaluate(product(A, B), model)
    with pytest.raises(ShapeError, match="sum of"):
        evaluate(A + B, model)
    with pytest.raises(ShapeError, match="must be square"):
        evaluate(fun("tr", A), model)


@pytest.mark.parametrize(
    ("properties", "holds"),
    [
        ({"permutation"}, lambda m: np.allclose(m @ m.T, np.eye(len(m))) and set(m.flat) <= {0, 1}),
        ({"orthogonal"}, lambda m: np.allclose(m @ m.T, np.eye(len(m)))),
        ({"symmetric"}, lambda m: np.allclose(m, m.T)),
        ({"positive_definite"}, lambda m: np.allclose(m, m.T) and min(np.linalg.eigvalsh(m)) > 0),
        ({"positive_semidefinite"}, lambda m: np.allclose(m, m.T) and min(np.linalg.eigvalsh(m)) > -1e-9),
        ({"diagonal"}, lambda m: np.allclose(m, np.diag(np.diag(m)))),
        ({"identity"}, lambda m: np.allclose(m, np.eye(len(m)))),
        ({"ones"}, lambda m: (m == 1).all()),
        ({"zero"}, lambda m: (m == 0).all()),
        ({"invertible"}, lambda m: abs(np.linalg.det(m)) > 1e-9),
        ({"stochastic"}, lambda m: np.allclose(m.sum(axis=0), 1)),
        ({"one_hot"}, lambda m: (m.sum(axis=0) == 1).all() and set(m.flat) <= {0, 1}),
    ],
)
def test_arrays_have_their_properties(properties: set[str], holds: Any) -> None:
    M = Name("M")
    context = Context().declare(Scalar(Domain.NATURAL), N).declare(Array(N, N, frozenset(properties)), M)
    for model in models(context, (M,), 8):
        value = evaluate(M, model)
        grid = array(value) if isinstance(value, Mat) else np.array([[float(value)]])
        assert holds(grid)


def test_softmax_along_columns_and_rows() -> None:
    for axis in (0, 1):
        S = word("softmax")
        context = MATRICES.declare(Softmax(axis), S)
        for model in models(context, (A,), 3):
            a = array(evaluate(A, model))
            powers = np.exp(a)
            assert np.allclose(array(evaluate(Call(S, (A,)), model)), powers / powers.sum(axis=axis, keepdims=True))


def test_written_matrices() -> None:
    m = Matrix(((term(1), x), (term(0), term(2))))
    assert at(m, x=3).rows == ((1, 3), (0, 2))
    assert at(Matrix(((term(1), x), (x, term(2))), "|"), x=3) == -7
    with pytest.raises(ShapeError, match="different lengths: 2, 1"):
        at(Matrix(((term(1), x), (term(0),))), x=3)


def test_the_identity_takes_the_size_it_needs() -> None:
    eye = Name("I")
    model = next(models(MATRICES, (B,), 1))
    b = array(evaluate(B, model))
    assert np.allclose(array(evaluate(B + product(2, eye), model)), b + 2 * np.eye(len(b)))


# Sampling ---------------------------------------------------------------------------------------------------------------------


def values_of(context: Context, *wanted: Name) -> list[tuple[Any, ...]]:
    return [tuple(evaluate(k, m) for k in wanted) for m in models(context, wanted, 12)]


def test_models_are_the_same_for_the_same_seed() -> None:
    first, second = (values_of(REAL, x, y) for _ in range(2))
    assert first == second
    other = [tuple(evaluate(k, m) for k in (x, y)) for m in models(REAL, (x, y), 12, seed=1)]
    assert other != first


def test_first_values_are_small_and_differ() -> None:
    (a, b), *_ = values_of(REAL, x, y)
    assert a != b
    assert all(abs(t) <= 3 for t in (a, b))


def test_complex_numbers_leave_the_real_line() -> None:
    drawn = [z for (z,) in values_of(Context().declare(Scalar(Domain.COMPLEX), x), x)]
    assert any(z.imag != 0 for z in drawn)
    assert len({complex(z) for z in drawn}) > len(drawn) / 2


@pytest.mark.parametrize("domain", [d for d in Domain if d is not Domain.COMPLEX])
def test_values_lie_in_their_domain(domain: Domain) -> None:
    inside = {
        Domain.POSITIVE: lambda t: t > 0, Domain.NONNEGATIVE: lambda t: t >= 0, Domain.NEGATIVE: lambda t: t < 0,
        Domain.NONZERO: lambda t: t != 0, Domain.UNIT: lambda t: 0 < t < 1, Domain.PROBABILITY: lambda t: 0 <= t <= 1,
        Domain.INTEGER: lambda t: t == int(t), Domain.NATURAL: lambda t: t >= 1 and t == int(t), Domain.WHOLE: lambda t: t >= 0,
        Domain.REAL: lambda t: True,
    }[domain]  # fmt: skip
    found = values_of(Context().declare(Scalar(domain), x), x)
    assert len(found) == 12
    assert all(inside(t) for (t,) in found)
    if domain is Domain.REAL:
        assert {t > 0 for (t,) in found} == {True, False}


def test_hypotheses_hold_in_every_model() -> None:
    gamma, R, r, t = names("gamma R r t")
    context = (
        REAL.declare(Scalar(), gamma, R)
        .declare(Sequence(), r)
        .assume(Relation((term(0), gamma, term(1)), ("<=", "<")), relation(Bars("abs", r[t]), "<=", R), relation(x, "!=", 0))
        .assume(relation(x, "<", y), relation(x + y, "=", 3))
    )
    for model in models(context, (gamma, r[0], x, y), 12):
        g, bound, a, b = (evaluate(k, model) for k in (gamma, R, x, y))
        assert 0 <= g < 1
        assert all(abs(evaluate(r[k], model)) <= bound for k in range(6))
        assert a != 0
        assert a < b
        assert a + b == 3


def test_equations_that_are_not_linear_are_solved() -> None:
    context = REAL.assume(relation(x**2 + y**2, "=", 1), relation(x, ">", 0))
    for model in models(context, (x, y), 6):
        a, b = (evaluate(k, model, 60) for k in (x, y))
        assert a > 0
        assert abs(float(a) ** 2 + float(b) ** 2 - 1) < 1e-14
    sigma, mu = names("sigma mu")
    entries = Name("a")
    variance = relation(sigma**2, "=", (entries[1] - mu) ** 2 + 1)
    context = Context().declare(Scalar(Domain.POSITIVE), sigma).declare(Scalar(), mu).declare(Sequence(), entries).assume(variance)
    for model in models(context, (sigma,), 4):
        s, a, u = (float(evaluate(k, model)) for k in (sigma, entries[1], mu))
        assert s > 0
        assert abs(s**2 - ((a - u) ** 2 + 1)) < 1e-12


def test_probabilities_that_sum_to_one() -> None:
    from derivations.language.term import sum_over

    p, k = names("p k")
    context = Context().declare(Sequence(Domain.PROBABILITY), p).declare(Scalar(Domain.NATURAL), n)
    context = context.assume(relation(sum_over(k, 1, n, p[k]), "=", 1))
    for model in models(context, (p[1],), 6):
        size = evaluate(n, model)
        entries = [evaluate(p[t], model) for t in range(1, size + 1)]
        assert sum(entries) == 1
        assert all(0 <= e <= 1 for e in entries)


def test_contradictory_hypotheses_are_reported() -> None:
    context = REAL.assume(relation(x, ">", 2), relation(x, "<", 1))
    with pytest.raises(CannotSample, match="hypotheses"):
        list(models(context, (x,), 3))


def test_an_orthogonality_hypothesis_finds_an_orthogonal_matrix() -> None:
    M = Name("M")
    context = Context().declare(Scalar(Domain.NATURAL), N).declare(Array(N, N), M)
    context = context.assume(relation(product(Transpose(M), M), "=", Name("I")))
    for model in models(context, (M,), 3):
        m = array(evaluate(M, model))
        assert np.allclose(m.T @ m, np.eye(len(m)))


@pytest.mark.parametrize(
    ("properties", "check"),
    [
        ({"increasing"}, lambda f: all(f(a) < f(a + 1) for a in range(-4, 4))),
        ({"decreasing"}, lambda f: all(f(a) > f(a + 1) for a in range(-4, 4))),
        ({"convex"}, lambda f: all(f(a) + f(a + 2) > 2 * f(a + 1) for a in range(-4, 4))),
        ({"concave"}, lambda f: all(f(a) + f(a + 2) < 2 * f(a + 1) for a in range(-4, 4))),
        ({"positive"}, lambda f: all(f(a) > 0 for a in range(-6, 7))),
        ({"positive", "increasing", "convex"}, lambda f: all(0 < f(a) < f(a + 1) for a in range(-4, 4))),
    ],
)
def test_random_functions_have_their_properties(properties: set[str], check: Any) -> None:
    f = Name("f")
    context = REAL.declare(Function(1, frozenset(properties)), f)
    for model in models(context, (Call(f, (x,)),), 4):
        assert check(lambda a, m=model: float(evaluate(Call(f, (term(a),)), m)))


def test_a_model_can_be_made_by_hand() -> None:
    from derivations.language.model import Setting

    model = Model(Setting(REAL))
    model.names[x] = 7
    assert evaluate(x + 1, model) == 8


def test_a_linear_equation_between_arrays_is_solved() -> None:
    c, M = names("c M")
    context = Context().declare(Scalar(Domain.NATURAL), N, D).declare(Array(N, D), M).declare(Array(D), v).declare(Array(N), c)
    context = context.assume(relation(product(Transpose(M), product(M, v)) + v, "=", product(Transpose(M), c)))
    for model in models(context, (v,), 4):
        m, solution, target = (array(evaluate(k, model)) for k in (M, v, c))
        assert np.allclose(m.T @ m @ solution + solution, m.T @ target)
