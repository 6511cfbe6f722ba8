"""Rules for arrays of symbolic size: shapes, algebra, entries, gradients; against NumPy, with false neighbours."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.kernel.statement import Derivation, Rel, Rule, Statement, Step, equation
from derivations.kernel.theorem import NotProved, verify
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided, Verdict
from derivations.language.context import Array, Context, Domain, Function, Scalar, Softmax
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.term import (
    Add,
    Bars,
    Call,
    Const,
    Deriv,
    Frac,
    Group,
    Index,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    dot,
    group,
    names,
    product,
    relation,
    sum_over,
)
from derivations.rules.matrices import array_algebra, entries, entry_algebra, matrix_algebra, permutation_algebra, prove_arrays, reindexing
from derivations.rules.shapes import shape

N, D = names("N D")
A, B, C, S, ROT, P, X, Y, EYE = names("A B C S O P X Y I")
u, v, w, x, y, b = names("u v w x y b")
f, g, lam = names("f g lambda")
i, j, k, pi = names("i j k pi")
ONE, ONES, SOFT, ROWS = Num("1"), Name("1", font="bold"), Name("Softmax"), Name("softmax")
CONTEXT = (
    Context()
    .declare(Scalar(Domain.NATURAL), N, D, i, j, k)
    .declare(Scalar(), lam)
    .declare(Array(N, N), A, B, C)
    .declare(Array(N, N, frozenset({"symmetric"})), S)
    .declare(Array(N, N, frozenset({"orthogonal"})), ROT)
    .declare(Array(N, N, frozenset({"permutation"})), P)
    .declare(Array(N, N, frozenset({"identity"})), EYE)
    .declare(Array(D, N), X, Y)
    .declare(Array(N), u, v, x, y, b)
    .declare(Array(D), w)
    .declare(Array(N, ONE, frozenset({"ones"})), ONES)
    .declare(Function(), f, g)
    .declare(Function(1, frozenset({"permutation"}), on_integers=True), pi)
    .declare(Softmax(0), SOFT)
    .declare(Softmax(1), ROWS)
    .assume(Relation((pi, Name("S")[N]), ("in",)))
    .define(P[i, j], Name("delta")[i, pi(j)], (i, j))
    .with_range(i, ONE, N)
    .with_range(j, ONE, N)
)


def inv(t: Term) -> Term:
    return Pow(t, Add((("-", ONE),)))


def minus(t: Term) -> Term:
    return Add((("-", t),))


def tr(t: Term) -> Term:
    return Call(Name("tr"), (t,))


def det(t: Term) -> Term:
    return Call(Name("det"), (t,))


def norm(t: Term) -> Term:
    return Bars("norm", t)


def hadamard(*factors: Term) -> Term:
    return Mul(tuple(("odot" if m else "", t) for m, t in enumerate(factors)))


def nabla(t: Term, by: Term) -> Term:
    return Deriv(t, ((by, 1),), style="nabla")


def par(*factors: Term | int) -> Term:
    return group(product(*factors))


def decide(rule: Rule, left: Term, right: Term, *premises: Any, context: Context = CONTEXT) -> Verdict:
    return rule.decide(equation(left, right), context, premises)


# -- shapes ----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (product(X, A), (D, N)),
        (product(X.T, X), (N, N)),
        (product(x.T, A, y), None),
        (product(w, ONES.T), (D, N)),
        (product(w, Transpose(Num("1"))) + X, (D, N)),
        (product(x.T, y, b), (N, ONE)),
        (product(b, x.T, y), (N, ONE)),
        (hadamard(A, B), (N, N)),
        (Call(SOFT, (product(X.T, Y),)), (N, N)),
        (f(product(X, v)), (D, ONE)),
        (Frac(A, Root(N)), (N, N)),
        (tr(A), None),
        (norm(x), None),
        (inv(A), (N, N)),
        (nabla(tr(product(X, A, X.T)), X), (D, N)),
        (Deriv(product(X, v), ((v, 1),)), (D, N)),
        (x[i], None),
        (Num("1") - x, (N, ONE)),
        (Call(Name("diag"), (x,)), (N, N)),
    ],
)
def test_shapes(term: Term, expected: tuple[Term, Term] | None) -> None:
    assert shape(term, CONTEXT) == expected


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (product(A, X), r"the product A X: what ends with A is N x N, X is D x N; N columns do not meet D rows"),
        (A + X, r"the sum A \+ X: A is N x N, X is D x N; both must have the same shape"),
        (A + lam, r"the sum A \+ lambda: lambda is a scalar, A is N x N; both must have the same shape"),
        (hadamard(A, x), r"the entrywise product A \(\.\) x: A is N x N, x is N x 1; both must have the same shape"),
        (tr(X), r"the trace of X: its shape is D x N; it must be square"),
        (inv(X), r"X\^\(- 1\): a power of X: its shape is D x N; it must be square"),
        (Frac(A, x), r"the denominator x is N x 1; it must be a scalar"),
        (A[i], r"A_i has 1 subscripts; A is N x N"),
        (Call(SOFT, (lam,)), r"the softmax of lambda: it is a scalar; it must be an array"),
    ],
)
def test_shape_errors_name_both_shapes(term: Term, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        shape(term, CONTEXT)


def test_an_undeclared_name_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(MeaningError, match="the name Z has no kind in this context"):
        shape(product(A, Name("Z")), CONTEXT)


def test_sizes_are_equal_when_they_are_equal_as_polynomials_or_by_hypothesis() -> None:
    h, e = names("h e")
    z, t = names("Z T")
    context = Context().declare(Scalar(Domain.NATURAL), h, e, N).declare(Array(N, product(h, e)), z).declare(Array(product(e, h), N), t)
    assert shape(product(z, t), context) == (N, N)
    with pytest.raises(ShapeError):
        shape(product(t, t), context)
    assert shape(product(t, t), context.assume(relation(N, "=", product(h, e)))) == (product(e, h), N)


# -- algebra: (left, right) with truth, verified in NumPy ---------------------------------------------------------------------------------------

ALGEBRA: list[tuple[Term, Term]] = [
    (par(A, B).T, product(B.T, A.T)),
    (product(A, group(B + C)), product(A, B) + product(A, C)),
    (group(A + B) ** 2, A**2 + product(A, B) + product(B, A) + B**2),
    (inv(par(A, B)), product(inv(B), inv(A))),
    (inv(A).T, inv(A.T)),
    (inv(par(2, A)), Frac(inv(A), Num("2"))),
    (tr(product(A, B, C)), tr(product(B, C, A))),
    (tr(par(A, B).T), tr(product(A, B))),
    (tr(product(x, y.T)), product(y.T, x)),
    (tr(EYE), N),
    (tr(product(A, S)), tr(product(A.T, S))),
    (product(x.T, A, y), product(y.T, A.T, x)),
    (product(x.T, S, y), product(y.T, S, x)),
    (norm(x - y) ** 2, norm(x) ** 2 - product(2, x.T, y) + norm(y) ** 2),
    (norm(product(ROT, x)), norm(x)),
    (product(ROT.T, A, ROT, ROT.T), product(ROT.T, A)),
    (det(product(A, B)), product(det(A), det(B))),
    (det(inv(A)), Frac(ONE, det(A))),
    (det(A.T), det(A)),
    (det(product(2, A)), product(Num("2") ** N, det(A))),
    (det(EYE + product(x, y.T)), 1 + product(y.T, x)),
    (det(product(2, EYE) - product(x, x.T)), product(Num("2") ** (N - 1), group(2 - norm(x) ** 2))),
    (det(EYE + product(x, y.T) - product(A, y, y.T)), 1 + product(y.T, x) - product(y.T, A, y)),
    (hadamard(A, B), hadamard(B, A)),
    (group(hadamard(A, B)).T, hadamard(A.T, B.T)),
    (f(A).T, f(A.T)),
    (Call(SOFT, (A,)).T, Call(ROWS, (A.T,))),
    (product(Call(Name("diag"), (x,)), y), hadamard(x, y)),
    (product(ONES.T, group(hadamard(x, y))), product(x.T, y)),
    (product(ONES.T, ONES), N),
    (product(inv(group(product(X.T, X) + product(lam, EYE))), X.T), product(X.T, inv(group(product(X, X.T) + product(lam, Name("J")))))),
    (product(inv(group(A + B)), group(A + B)), EYE),
    (tr(product(A.T, group(hadamard(B, C)))), tr(product(B.T, group(hadamard(A, C))))),
    (dot(x, y), product(x.T, y)),
    (product(x, y.T, u), product(y.T, u, x)),
]
FALSE: list[tuple[Term, Term]] = [
    (product(A, B), product(B, A)),
    (par(A, B).T, product(A.T, B.T)),
    (group(A + B) ** 2, A**2 + product(2, A, B) + B**2),
    (inv(par(A, B)), product(inv(A), inv(B))),
    (inv(group(A + B)), inv(A) + inv(B)),
    (tr(product(A, B, C)), tr(product(C, B, A))),
    (tr(product(A, B)), product(tr(A), tr(B))),
    (product(x.T, A, y), product(x.T, A.T, y)),
    (norm(x - y) ** 2, norm(x) ** 2 + product(2, x.T, y) + norm(y) ** 2),
    (norm(product(A, x)), norm(x)),
    (product(ROT.T, A, ROT), A),
    (det(A + B), det(A) + det(B)),
    (det(product(2, A)), product(2, det(A))),
    (det(EYE + product(x, y.T)), 1 - product(y.T, x)),
    (det(product(2, EYE) + product(x, y.T)), product(Num("2") ** N, group(2 + product(y.T, x)))),
    (det(EYE + product(x, y.T) + product(y, x.T)), 1 + product(2, y.T, x)),
    (f(product(A, B)), product(f(A), f(B))),
    (f(product(ROT, A)), product(ROT, f(A))),
    (Call(SOFT, (A,)).T, Call(SOFT, (A.T,))),
    (product(group(hadamard(A, B)), x), hadamard(product(A, x), product(B, x))),
    (A.T, A),
    (product(x, y.T), product(y, x.T)),
]


class Numbers:
    """NumPy values of terms; only the term classes are the project's."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.n, self.d = 4, 3
        n, d = self.n, self.d
        self.values: dict[str, Any] = {name: random.normal(size=(n, n)) for name in "ABC"}
        symmetric = random.normal(size=(n, n))
        self.values |= {"S": symmetric + symmetric.T, "O": np.linalg.qr(random.normal(size=(n, n)))[0], "P": np.eye(n)[[1, 2, 3, 0]]}
        self.values |= {"I": np.eye(n), "J": np.eye(d), "X": random.normal(size=(d, n)), "Y": random.normal(size=(d, n))}
        self.values |= {name: random.normal(size=(n, 1)) for name in "uvxyb"}
        self.values |= {"w": random.normal(size=(d, 1)), "N": n, "D": d, "lambda": 0.7, "1": np.ones((n, 1))}

    def __call__(self, t: Term) -> Any:
        match t:
            case Num(digits):
                return float(digits)
            case Name(text):
                return self.values[text]
            case Group(body):
                return self(body)
            case Add(parts):
                return sum(self(part) if sign == "+" else -self(part) for sign, part in parts)
            case Mul(parts):
                if any(sign == "odot" for sign, _ in parts):
                    runs: list[list[Term]] = [[]]
                    for sign, part in parts:
                        runs.append([part]) if sign == "odot" else runs[-1].append(part)
                    return np.prod([self(product(*run)) for run in runs], axis=0)
                result: Any = None
                for sign, part in parts:
                    value = self(part)
                    if result is None:
                        result = value
                    elif sign == "cdot" and np.shape(result) == np.shape(value):
                        result = result.T @ value
                    else:
                        matrices = np.ndim(result) == 2 == np.ndim(value) and result.shape[1] == value.shape[0]
                        result = result @ value if matrices else result * value
                return result
            case Transpose(base):
                return self(base).T
            case Frac(a, c):
                return self(a) / self(c)
            case Pow(a, c):
                base, exponent = self(a), self(c)
                return np.linalg.matrix_power(base, int(exponent)) if np.ndim(base) == 2 and base.shape != (1, 1) else base**exponent
            case Bars("norm", a):
                return np.linalg.norm(self(a))
            case Call(Name("tr"), (a,)):
                return np.trace(self(a))
            case Call(Name("det"), (a,)):
                return np.linalg.det(self(a))
            case Call(Name("diag"), (a,)):
                return np.diag(self(a)[:, 0])
            case Call(Name("ln"), (a,)):
                return np.log(self(a))
            case Call(Name("Softmax" | "softmax" as name), (a,)):
                e = np.exp(self(a))
                return e / e.sum(axis=0 if name == "Softmax" else 1, keepdims=True)
            case Call(Name("f", primes=0), (a,)):
                return np.tanh(self(a))
            case Call(Name("f", primes=1), (a,)):
                return 1 - np.tanh(self(a)) ** 2
            case _:
                raise TypeError(t)

    def agree(self, left: Term, right: Term) -> bool:
        one, other = self(left), self(right)
        return np.allclose(np.squeeze(one), np.squeeze(other), rtol=1e-6, atol=1e-8)


WITH_J = CONTEXT.declare(Array(D, D, frozenset({"identity"})), Name("J"))


@pytest.mark.parametrize("pair", ALGEBRA, ids=range(len(ALGEBRA)))
def test_true_equations_are_proved(pair: tuple[Term, Term]) -> None:
    assert all(Numbers(seed).agree(*pair) for seed in (1, 2))
    verdict = decide(matrix_algebra, *pair, context=WITH_J)
    assert isinstance(verdict, Accepted), verdict
    assert verdict.evidence.strength is Strength.PROVED


@pytest.mark.parametrize("pair", FALSE, ids=range(len(FALSE)))
def test_false_neighbours_are_not_accepted(pair: tuple[Term, Term]) -> None:
    assert not Numbers(1).agree(*pair)
    for rule in (matrix_algebra, permutation_algebra, entry_algebra, reindexing):
        assert not isinstance(decide(rule, *pair, context=WITH_J), Accepted)


def test_an_inverse_is_said_to_be_assumed() -> None:
    verdict = decide(matrix_algebra, inv(par(A, B)), product(inv(B), inv(A)))
    assert isinstance(verdict, Accepted)
    assert verdict.evidence.assuming == ("the inverses exist",)


def test_sizes_that_do_not_fit_are_refuted_with_a_message() -> None:
    verdict = decide(matrix_algebra, product(X, A), product(A, X))
    assert isinstance(verdict, Refuted)
    assert "N columns do not meet D rows" in verdict.reason
    verdict = decide(matrix_algebra, X, X.T)
    assert isinstance(verdict, Refuted)
    assert verdict.reason == "the two sides of the relation: X is D x N, X^T is N x D; both must have the same shape"


def test_other_relations_are_undecided() -> None:
    assert isinstance(matrix_algebra.decide(Statement(norm(x), Rel.LE, norm(x)), CONTEXT, ()), Undecided)


letters = st.sampled_from([A, B, A.T, inv(C), S, ROT, ROT.T])


@settings(max_examples=60, deadline=None)
@given(st.lists(letters, min_size=1, max_size=4), st.lists(letters, min_size=1, max_size=4), st.booleans())
def test_words_are_equal_exactly_when_matrices_are(one: list[Term], other: list[Term], flip: bool) -> None:
    left: Term = product(*one)
    right: Term = product(*other)
    if flip:
        right = Transpose(group(product(*(Transpose(group(t)) for t in reversed(other)))))
    equal = Numbers(3).agree(left, right) and Numbers(4).agree(left, right)
    assert isinstance(decide(matrix_algebra, left, right), Accepted) == equal


# -- hypotheses, premises, definitions ------------------------------------------------------------------------------------------------------------


def test_hypotheses_are_used_as_equations_between_words() -> None:
    commuting = CONTEXT.assume(relation(product(A, B), "=", product(B, A)))
    assert isinstance(decide(matrix_algebra, product(B, A, A), product(A, A, B), context=commuting), Accepted)
    assert not isinstance(decide(matrix_algebra, product(C, A), product(A, C), context=commuting), Accepted)
    unit = CONTEXT.assume(relation(norm(u) ** 2, "=", 1))
    assert isinstance(decide(matrix_algebra, product(group(EYE - product(u, u.T)), u), product(0, u), context=unit), Accepted)
    assert not isinstance(decide(matrix_algebra, product(group(EYE - product(u, u.T)), u), product(0, u)), Accepted)


def test_a_projection_is_idempotent() -> None:
    t = product(X, inv(par(X.T, X)), X.T)
    assert isinstance(decide(matrix_algebra, product(group(t), group(t)), t), Accepted)


def test_normal_equations() -> None:
    given_, wanted = relation(product(X, X.T, w), "=", product(X, y)), relation(w, "=", product(inv(par(X, X.T)), X, y))
    assert isinstance(matrix_algebra.decide(Statement(given_, Rel.IMPLIES, wanted), CONTEXT, ()), Accepted)
    assert isinstance(matrix_algebra.decide(Statement(given_, Rel.IFF, wanted), CONTEXT, ()), Accepted)
    wrong = relation(w, "=", product(X, y))
    assert not isinstance(matrix_algebra.decide(Statement(given_, Rel.IMPLIES, wrong), CONTEXT, ()), Accepted)


def test_a_premise_gives_what_it_says_and_no_more() -> None:
    orthogonal, ones = equation(product(P, P.T), EYE), equation(product(ONES.T, P), ONES.T)
    assert not isinstance(decide(matrix_algebra, product(P, P.T), EYE), Accepted)
    assert isinstance(decide(matrix_algebra, product(P.T, P), EYE, orthogonal), Accepted)
    assert isinstance(decide(matrix_algebra, inv(P), P.T, orthogonal), Accepted)
    assert not isinstance(decide(matrix_algebra, product(ONES.T, P.T), ONES.T, ones), Accepted)
    assert isinstance(decide(matrix_algebra, product(ONES.T, P.T), ONES.T, ones, orthogonal), Accepted)
    assert not isinstance(decide(matrix_algebra, product(ONES.T, P), ONES.T, orthogonal), Accepted)
    inequality = Statement(norm(x), Rel.LE, norm(y))
    assert isinstance(decide(matrix_algebra, A, A, inequality), Undecided)


def softmax_theorem(context: Context = CONTEXT, argument: Name = A) -> Any:
    claim = equation(Call(SOFT, (product(P.T, argument, P),)), product(P.T, Call(SOFT, (argument,)), P))
    return verify(Derivation("softmax", context, claim, (Step(claim, reindexing),)))


def test_a_theorem_about_every_array_is_used_for_any_array() -> None:
    theorem = softmax_theorem()
    inner = product(X.T, Y)
    left, right = Call(SOFT, (product(P.T, X.T, Y, P),)), product(P.T, Call(SOFT, (inner,)), P)
    assert isinstance(decide(matrix_algebra, left, right, theorem), Accepted)
    assert not isinstance(decide(matrix_algebra, left, right), Accepted)
    assert not isinstance(decide(matrix_algebra, Call(SOFT, (product(P, X.T, Y, P.T),)), product(P, Call(SOFT, (inner,)), P.T), theorem), Accepted)
    assert not isinstance(decide(matrix_algebra, left, Call(SOFT, (inner,)), theorem), Accepted)
    as_statement = theorem.statement  # an equation about A alone says nothing about X^T Y
    assert not isinstance(decide(matrix_algebra, left, right, as_statement), Accepted)


def test_a_theorem_about_a_special_array_is_not_used_for_others() -> None:
    special = CONTEXT.assume(relation(A, "=", product(2, A)))
    theorem = softmax_theorem(special)
    left, right = Call(SOFT, (product(P.T, X.T, Y, P),)), product(P.T, Call(SOFT, (product(X.T, Y),)), P)
    assert not isinstance(decide(matrix_algebra, left, right, theorem, context=special), Accepted)
    assert isinstance(decide(matrix_algebra, left, right, theorem), Undecided)  # its assumptions are not made here


def test_definitions_are_unfolded_through_the_names_that_hide_the_argument() -> None:
    sa, q, kk = names("Sa Q K")
    context = (
        CONTEXT.declare(Function(1, maps_arrays=True), sa)
        .define(q, product(B, X.T))
        .define(kk, product(C, X.T))
        .define(Call(sa, (X,), "["), product(q.T, kk), (X,))
    )
    assert isinstance(decide(matrix_algebra, Call(sa, (Y,), "["), product(Y, B.T, C, Y.T), context=context), Accepted)
    assert not isinstance(decide(matrix_algebra, Call(sa, (Y,), "["), product(q.T, kk), context=context), Accepted)
    circular = CONTEXT.define(q, product(kk, B)).define(kk, product(q, B))
    assert isinstance(decide(matrix_algebra, q, product(kk, B), context=circular), Undecided)


# -- permutation matrices -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("q", [P, P.T])
def test_what_is_known_of_permutation_matrices_follows_from_the_entries(q: Term) -> None:
    """What ``permutation_algebra`` uses of a name that is only declared: proved of an arbitrary permutation by its entries."""
    declared = Context(CONTEXT.kinds, (), (), CONTEXT.ranges)
    z, b_ = Name("Z"), Name("B", primes=1)
    claims = [(product(ONES.T, q), ONES.T), (product(q, ONES), ONES), (product(q, q.T), EYE)]
    for function in (SOFT, ROWS, f):
        claims.append((Call(function, (product(q, z),)), product(q, Call(function, (z,)))))
        claims.append((Call(function, (product(b_, q),)), product(Call(function, (b_,)), q)))
    claims.append((hadamard(product(q, z), product(q, z)), product(q, group(hadamard(z, z)))))
    for left, right in claims:
        for rule, context in ((reindexing, CONTEXT), (permutation_algebra, declared)):
            verdict = decide(rule, left, right, context=context.declare(Array(N, D), z).declare(Array(D, N), b_))
            assert isinstance(verdict, Accepted), (left, right, verdict)
            assert verdict.evidence.strength is Strength.PROVED and not verdict.evidence.assuming


def soft(t: Term) -> Term:
    return Call(ROWS, (t,))


def test_the_published_argument_for_rows() -> None:
    """Tokens as rows, scaled: every step of the argument, and what people get wrong."""
    d, z, wq, wk, wv = Name("d"), Name("Z"), Name("W")[Name("Q")], Name("W")[Name("K")], Name("W")[Name("V")]
    context = CONTEXT.declare(Scalar(Domain.NATURAL), d).declare(Array(N, d), z)
    for weight in (wq, wk, wv):
        context = context.declare(Array(d, d), weight)  # type: ignore[arg-type]

    def scores(t: Term) -> Term:
        return soft(Frac(t, Root(d)))

    plain = scores(product(z, wq, wk.T, z.T))
    chain = [
        product(scores(product(par(P, z, wq), Transpose(par(P, z, wk)))), P, z, wv),
        product(scores(product(P, z, wq, wk.T, z.T, P.T)), P, z, wv),
        product(P, plain, P.T, P, z, wv),
        product(P, plain, z, wv),
    ]
    for left, right in pairwise(chain):
        assert isinstance(decide(permutation_algebra, left, right, context=context), Accepted)
    for wrong in (product(plain, P, z, wv), product(P.T, plain, P, P, z, wv)):
        assert not isinstance(decide(permutation_algebra, chain[1], wrong, context=context), Accepted)
    orthogonal = Context(
        tuple((s, Array(N, N, frozenset({"orthogonal"})) if s == P else kind) for s, kind in context.kinds), (), (), context.ranges
    )
    assert isinstance(decide(permutation_algebra, chain[2], chain[3], context=orthogonal), Accepted)
    assert not isinstance(decide(permutation_algebra, chain[1], chain[2], context=orthogonal), Accepted)


@pytest.mark.parametrize(
    ("left", "right", "true"),
    [
        (Call(SOFT, (product(P, A),)), product(P, Call(SOFT, (A,))), True),
        (Call(SOFT, (product(A, P.T),)), product(Call(SOFT, (A,)), P.T), True),
        (f(product(P, A, P)), product(P, f(A), P), True),
        (hadamard(product(P, A), product(P, B)), product(P, group(hadamard(A, B))), True),
        (product(ONES.T, P.T), ONES.T, True),
        (tr(product(P.T, A, P)), tr(A), True),
        (Call(SOFT, (product(P.T, A, P),)), Call(SOFT, (A,)), False),
        (Call(SOFT, (product(P, A),)), product(P.T, Call(SOFT, (A,))), False),
        (f(product(B, A)), product(B, f(A)), False),
        (hadamard(product(P, A), product(P, B)), hadamard(A, B), False),
        (product(P, P), EYE, False),
    ],
)
def test_permutation_algebra(left: Term, right: Term, true: bool) -> None:
    assert Numbers(1).agree(left, right) == true
    assert isinstance(decide(permutation_algebra, left, right), Accepted) == true


# -- entries ---------------------------------------------------------------------------------------------------------------------------------------


def test_entry_algebra_and_its_neighbours() -> None:
    delta, e = Name("delta"), Const("e")
    entry = par(A, B)[i, j]
    assert isinstance(decide(entry_algebra, entry, sum_over(k, 1, N, product(A[i, k], B[k, j]))), Accepted)
    assert not isinstance(decide(entry_algebra, entry, sum_over(k, 1, N, product(A[i, k], B[j, k]))), Accepted)
    assert not isinstance(decide(entry_algebra, entry, sum_over(k, 1, D, product(A[i, k], B[k, j]))), Accepted)
    assert isinstance(decide(entry_algebra, sum_over(k, 1, N, delta[k, pi(j)]), Num("1")), Accepted)
    assert not isinstance(decide(entry_algebra, sum_over(k, 1, D, delta[k, pi(j)]), Num("1")), Accepted)
    assert not isinstance(decide(entry_algebra, sum_over(k, 1, N - 1, delta[k, pi(j)]), Num("1")), Accepted)
    column = Frac(e ** A[i, j], sum_over(k, 1, N, e ** A[k, j]))
    assert isinstance(decide(entry_algebra, Call(SOFT, (A,))[i, j], column), Accepted)
    assert not isinstance(decide(entry_algebra, Call(ROWS, (A,))[i, j], column), Accepted)
    assert isinstance(decide(entry_algebra, product(x.T, y), sum_over(k, 1, N, product(x[k], y[k]))), Accepted)
    assert isinstance(decide(entry_algebra, norm(x) ** 2, sum_over(k, 1, N, x[k] ** 2)), Accepted)


def test_the_softmax_does_not_change_when_a_column_is_shifted() -> None:
    assert isinstance(decide(entry_algebra, Call(SOFT, (A + product(ONES, x.T),)), Call(SOFT, (A,))), Accepted)
    assert not isinstance(decide(entry_algebra, Call(SOFT, (A + product(x, ONES.T),)), Call(SOFT, (A,))), Accepted)


def test_array_algebra_knows_both_ways() -> None:
    unshifted = Call(SOFT, (A,))
    for left, right in (
        (product(x.T, y), sum_over(k, 1, N, product(x[k], y[k]))),
        (Call(SOFT, (A + product(ONES, x.T),)), unshifted),
        (Call(SOFT, (product(P, A),)), product(P, unshifted)),
        (tr(product(A, B)), tr(product(B, A))),
    ):
        assert isinstance(decide(array_algebra, left, right), Accepted)
    for left, right in ((Call(SOFT, (A + product(x, ONES.T),)), unshifted), (product(A, B), product(B, A)), (product(X, A), product(A, X))):
        assert isinstance(decide(array_algebra, left, right), Refuted)


def test_reindexing_and_its_neighbours() -> None:
    e = Const("e")

    def summed(index: Term, upper: Term = N, column: Term | None = None) -> Term:
        return sum_over(k, 1, upper, e ** A[index, pi(j) if column is None else column])

    assert isinstance(decide(reindexing, summed(pi(k)), summed(k)), Accepted)
    assert isinstance(decide(reindexing, summed(pi(pi(k))), summed(k)), Accepted)
    assert not isinstance(decide(entry_algebra, summed(pi(k)), summed(k)), Accepted)
    assert not isinstance(decide(reindexing, summed(pi(k)), summed(k, column=j)), Accepted)
    assert not isinstance(decide(reindexing, summed(pi(k), N - 1), summed(k, N - 1)), Accepted)
    nothing = Context(CONTEXT.kinds, (), CONTEXT.definitions, CONTEXT.ranges)  # a function that is not known to be a permutation
    assert not isinstance(decide(reindexing, summed(pi(k)), summed(k), context=nothing), Accepted)
    assert not isinstance(decide(reindexing, product(P, P.T), EYE, context=nothing), Accepted)


def test_equality_by_entries() -> None:
    z = Name("Z")
    known = CONTEXT.define(z, product(A, B))
    whole = par(A, B)
    good = equation(z[i, j], whole[i, j])

    def concluded(*premises: Statement, context: Context = known) -> Verdict:
        return decide(entries, z, product(A, B), *premises, context=context)

    assert isinstance(concluded(good), Accepted)
    assert isinstance(concluded(), Undecided)
    for one, other in ((z[i, i], whole[i, i]), (z[i, j], whole[j, i]), (z[i, k], whole[i, k]), (z[i, j], par(B, A)[i, j]), (z[1, j], whole[1, j])):
        assert isinstance(concluded(equation(one, other)), Undecided)
    assert isinstance(concluded(good, context=known.assume(relation(i, "=", 1))), Undecided)  # i is not arbitrary
    assert isinstance(concluded(good, context=known.define(lam, i + 1)), Undecided)
    narrow = Context(known.kinds, known.hypotheses, known.definitions, ((i, ONE, D), (j, ONE, N)))
    assert isinstance(concluded(good, context=narrow), Undecided)  # i runs over D, and there are N rows
    double = CONTEXT.define(Name("y", primes=1), product(2, x))
    halves = equation(Index(Name("y", primes=1), (i,)), Index(group(product(2, x)), (i,)))
    assert isinstance(decide(entries, Name("y", primes=1), product(2, x), halves, context=double), Accepted)
    assert isinstance(decide(entries, A, B, equation(A[i, j], B[i, j])), Refuted)  # whatever the premise says, the conclusion is false


def test_entries_from_a_statement_that_nobody_proved_are_refused_by_the_kernel() -> None:
    claim = equation(A, B)
    with pytest.raises(NotProved, match="neither an earlier step nor a hypothesis"):
        verify(Derivation("wrong", CONTEXT, claim, (Step(claim, entries, premises=(equation(A[i, j], B[i, j]),)),)))


# -- gradients, against central differences -------------------------------------------------------------------------------------------------------

z_, r_ = product(X.T, w), product(X.T, w) - y
PRIME = Name("f", primes=1)
GRADIENTS: list[tuple[Term, Name, Term]] = [
    (tr(product(A, B, C)), B, product(A.T, C.T)),
    (tr(product(A, B.T)), B, A),
    (tr(product(B.T, A, B)), B, product(group(A + A.T), B)),
    (product(x.T, A, x), x, product(group(A + A.T), x)),
    (product(x.T, S, x), x, product(2, S, x)),
    (product(x.T, A, y), A, product(x, y.T)),
    (norm(r_) ** 2, w, product(2, X, group(r_))),
    (norm(r_) ** 2 + product(lam, group(norm(w) ** 2)), w, product(2, X, group(r_)) + product(2, lam, w)),
    (norm(product(X, A) - Y) ** 2, A, product(2, X.T, group(product(X, A) - Y))),
    (norm(x), x, Frac(x, norm(x))),
    (Call(Name("ln"), (group(det(A) ** 2),)), A, product(2, inv(A).T)),
    (det(A), A, product(det(A), inv(A).T)),
    (tr(product(inv(A), B)), A, minus(product(inv(A).T, B.T, inv(A).T))),
    (product(u.T, f(product(A, x))), A, product(group(hadamard(u, PRIME(product(A, x)))), x.T)),
    (product(u.T, f(product(A, x))), x, product(A.T, group(hadamard(u, PRIME(product(A, x)))))),
    (product(u.T, f(product(A, f(product(B, x))))), B,
     product(group(hadamard(product(A.T, group(hadamard(u, PRIME(product(A, f(product(B, x))))))), PRIME(product(B, x)))), x.T)),
    (product(y.T, Call(SOFT, (x,))), x,
     hadamard(Call(SOFT, (x,)), y) - product(group(product(y.T, Call(SOFT, (x,)))), Call(SOFT, (x,)))),
    (product(ONES.T, group(hadamard(A, B)), ONES), A, B),
    (Pow(product(x.T, y), Num("3")), x, product(3, Pow(group(product(x.T, y)), Num("2")), y)),
]  # fmt: skip


def differences(t: Term, by: str, numbers: Numbers) -> np.ndarray:
    base, step = numbers.values[by], 1e-5
    result = np.zeros_like(base)
    for place in np.ndindex(base.shape):
        found = []
        for sign in (1, -1):
            numbers.values[by] = base.copy()
            numbers.values[by][place] += sign * step
            found.append(np.squeeze(numbers(t)))
        result[place] = (found[0] - found[1]) / (2 * step)
    numbers.values[by] = base
    return result


@pytest.mark.parametrize("case", GRADIENTS, ids=range(len(GRADIENTS)))
def test_gradients(case: tuple[Term, Name, Term]) -> None:
    scalar, by, gradient = case
    numbers = Numbers(5)
    assert np.allclose(differences(scalar, by.text, numbers), numbers(gradient), rtol=1e-4, atol=1e-4)
    assert isinstance(decide(matrix_algebra, nabla(scalar, by), gradient), Accepted)
    assert not isinstance(decide(matrix_algebra, nabla(scalar, by), product(2, group(gradient))), Accepted)
    assert not isinstance(decide(matrix_algebra, nabla(scalar, by), minus(group(gradient))), Accepted)


def test_gradients_that_are_refused() -> None:
    loss = Name("L")
    context = CONTEXT.declare(Scalar(), loss)
    assert not isinstance(decide(matrix_algebra, nabla(loss, A), product(0, A), context=context), Accepted)  # L may depend on A
    assert not isinstance(decide(matrix_algebra, nabla(tr(product(S, A)), S), A.T), Accepted)  # entries of S are not independent
    assert not isinstance(decide(matrix_algebra, nabla(A[1, 1], A), product(0, A)), Accepted)


def test_the_jacobian_of_the_softmax() -> None:
    p = Call(SOFT, (x,))
    jacobian = Deriv(p, ((x, 1),))
    right = Call(Name("diag"), (p,)) - product(p, p.T)
    verdict = decide(matrix_algebra, jacobian, right)
    assert isinstance(verdict, Accepted)
    assert any("numerator layout" in words for words in verdict.evidence.assuming)
    assert not isinstance(decide(matrix_algebra, jacobian, Call(Name("diag"), (p,)) + product(p, p.T)), Accepted)
    assert isinstance(decide(matrix_algebra, Deriv(product(X, f(x)), ((x, 1),)), product(X, Call(Name("diag"), (PRIME(x),)))), Accepted)


# -- whatever mixes entries, products and hypotheses ------------------------------------------------------------------------------------------------


MIXED: list[tuple[Term, Term, bool]] = [
    (tr(product(A, B)), sum_over(i, 1, N, sum_over(j, 1, N, product(A[i, j], B[j, i]))), True),
    (tr(product(A, B)), sum_over(i, 1, N, sum_over(j, 1, N, product(A[i, j], B[i, j]))), False),
    (norm(A) ** 2, sum_over(i, 1, N, sum_over(j, 1, N, A[i, j] ** 2)), True),
    (product(x.T, A, y), sum_over(j, 1, N, sum_over(i, 1, N, product(A[i, j], x[i], y[j]))), True),
    (product(x.T, A, y), sum_over(j, 1, N, sum_over(i, 1, N, product(A[j, i], x[i], y[j]))), False),
    (product(ONES.T, Call(SOFT, (A,))), ONES.T, True),
    (product(Call(SOFT, (A,)), ONES), ONES, False),
    (product(ONES.T, Call(SOFT, (A,)), B, x), product(ONES.T, B, x), True),
    (product(ONES.T, Call(ROWS, (A,)), B, x), product(ONES.T, B, x), False),
    (Deriv(product(x, x.T, y), ((x, 1),)), product(group(product(x.T, y)), EYE) + product(x, y.T), True),
    (Deriv(product(x, x.T, y), ((x, 1),)), product(group(product(x.T, y)), EYE) + product(y, x.T), False),
    (inv(group(product(Call(Name("diag"), (x,)), A))), product(inv(A), inv(Call(Name("diag"), (x,)))), True),
    (inv(group(product(Call(Name("diag"), (x,)), A))), product(inv(Call(Name("diag"), (x,))), inv(A)), False),
    (det(product(x, ONES.T) + EYE), 1 + product(ONES.T, x), True),
    (det(product(A, P)), det(product(P, A)), True),
    (det(product(A, P)), det(A), False),
    (product(x, y.T), product(y, x.T), False),
    (product(A, inv(A), B, inv(B)), EYE, True),
    (product(A, B, inv(A), inv(B)), EYE, False),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "true"), MIXED, ids=range(len(MIXED)))
def test_entries_and_arrays_together(left: Term, right: Term, true: bool) -> None:
    assert isinstance(decide(array_algebra, left, right), Accepted) == true


def test_a_matrix_that_is_its_transpose_or_minus_that_by_a_hypothesis() -> None:
    form = product(x.T, A, x)
    skew, symmetric = (CONTEXT.assume(relation(A.T, "=", t)) for t in (minus(A), A))
    assert isinstance(decide(array_algebra, form, product(0, form), context=skew), Accepted)
    assert not isinstance(decide(array_algebra, form, product(0, form), context=symmetric), Accepted)
    assert isinstance(decide(array_algebra, product(x.T, A, y), product(y.T, A, x), context=symmetric), Accepted)
    assert not isinstance(decide(array_algebra, product(x.T, A, y), product(y.T, A, x), context=skew), Accepted)


def test_a_norm_that_is_known_is_known_in_its_square() -> None:
    chained = CONTEXT.assume(relation(norm(u), "=", norm(v)), relation(norm(v), "=", 1))
    assert isinstance(decide(array_algebra, norm(u - v) ** 2, 2 - product(2, u.T, v), context=chained), Accepted)
    assert not isinstance(decide(array_algebra, norm(u - v) ** 2, 2 + product(2, u.T, v), context=chained), Accepted)
    assert not isinstance(decide(array_algebra, norm(u - y) ** 2, 2 - product(2, u.T, y), context=chained), Accepted)


UNIT, SQUARES, AT_ONE = relation(product(u.T, u), "=", 1), relation(product(A.T, A), "=", EYE), relation(det(A), "=", 1)


@pytest.mark.parametrize(
    ("scalar", "by", "gradient", "assumed", "true"),
    [
        (product(u.T, u), u, product(2, u), UNIT, True),
        (product(u.T, u), u, product(0, u), UNIT, False),
        (norm(u) ** 2, u, product(0, u), relation(norm(u), "=", 1), False),
        (tr(product(A.T, A)), A, product(2, A), SQUARES, True),
        (tr(product(A.T, A)), A, product(0, A), SQUARES, False),
        (det(A), A, inv(A).T, AT_ONE, True),
        (det(A), A, product(0, A), AT_ONE, False),
        (product(x.T, y), x, product(A, x), relation(y, "=", product(A, x)), True),
        (product(x.T, y), x, product(group(A + A.T), x), relation(y, "=", product(A, x)), False),
    ],
)
def test_what_is_assumed_at_a_place_says_nothing_of_how_things_change_there(scalar: Term, by: Name, gradient: Term, assumed: Relation, true: bool) -> None:
    """The prover alone, without the refuter."""
    assert isinstance(prove_arrays(equation(nabla(scalar, by), gradient), CONTEXT.assume(assumed)), Evidence) == true
