"""Every rule on scalars: the true example and the false neighbours of its docstring, the traps, and what must not be accepted for lack of knowledge.

Each statement is judged twice: as it stands, and by the prover alone with the refuter switched off, which may then be undecided and nothing worse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from derivations.kernel.statement import Rel, Rule, Statement, equation
from derivations.kernel.verdict import Accepted, Refuted, Strength, Undecided, Verdict
from derivations.language.context import Context, Domain, Scalar, Sequence
from derivations.language.term import Bars, Call, Const, Deriv, Frac, Integral, Name, Pow, Relation, Root, Term, group, names, product, relation, sum_over, term
from derivations.rules import decide as deciding
from derivations.rules.change_of_variables import integration
from derivations.rules.equality import algebra, arithmetic, by_definition, differentiation, summation
from derivations.rules.equations import equivalence, implication
from derivations.rules.order import order
from derivations.rules.refute import Agreement
from render.notation.text import text

a, b, c, x, y, z, n, m, t, k, i, K, Z, s, e, p, w, beta = names("a b c x y z n m t k i K Z s e p w beta")
ONE, TWO, ZERO = term(1), term(2), term(0)

REAL = Context().declare(Scalar(), a, b, c, x, y, z)
POSITIVE = Context().declare(Scalar(Domain.POSITIVE), a, b, x, y, s, e).declare(Scalar(), c, z)
COUNTS = Context().declare(Scalar(Domain.NATURAL), n, m).declare(Scalar(Domain.WHOLE), t).declare(Scalar(Domain.UNIT), beta).declare(Scalar(), a, b)
COUNTS = COUNTS.declare(Sequence(), x, y)
UNIT = Context().declare(Scalar(), x, z).assume(Relation((ZERO, x, ONE), ("<", "<")))
SOFTMAX = Context().declare(Scalar(Domain.NATURAL), K, i, n).declare(Sequence(), x)
SOFTMAX = SOFTMAX.define(p[i], Pow(Const("e"), x[i]) / Z, (i,)).define(Z, sum_over(k, 1, K, Pow(Const("e"), x[k])))


def root(u: Term) -> Term:
    return Root(u)


def size(u: Term) -> Term:
    return Bars("abs", u)


def floor(u: Term) -> Term:
    return Bars("floor", u)


def ceil(u: Term) -> Term:
    return Bars("ceil", u)


def ln(u: Term) -> Term:
    return Call(Name("ln"), (u,))


def exp(u: Term) -> Term:
    return Pow(Const("e"), u)


def power(base: int, exponent: int) -> Term:
    return Pow(term(base), term(exponent))


def by_x(u: Term) -> Term:
    return Deriv(u, ((x, 1),), style="operator")


def iff(first: tuple[Any, Any], second: tuple[Any, Any]) -> Statement:
    return Statement(equation(term(first[0]), term(first[1])).formula, Rel.IFF, equation(term(second[0]), term(second[1])).formula)


def then(first: tuple[Any, Any], second: tuple[Any, Any]) -> Statement:
    return Statement(equation(term(first[0]), term(first[1])).formula, Rel.IMPLIES, equation(term(second[0]), term(second[1])).formula)


def is_(left: Any, sign: Rel, right: Any) -> Statement:
    return Statement(term(left), sign, term(right))


def eq(left: Any, right: Any) -> Statement:
    return equation(term(left), term(right))


def given(context: Context, *hypotheses: tuple[Any, str, Any]) -> Context:
    return context.assume(*(relation(left, sign, right) for left, sign, right in hypotheses))


Row = tuple[Rule, Statement, Context]

TRUE: tuple[Row, ...] = (
    # arithmetic
    (arithmetic, eq(7 + group(term(7) - 1) * 1, 13), REAL),
    (arithmetic, eq(ONE / 3 + ONE / 6, ONE / 2), REAL),
    (arithmetic, eq(floor(term(7) / 2), 3), REAL),
    (arithmetic, eq(ceil(term(7) / 2), 4), REAL),
    (arithmetic, eq(floor(term(-7) / 2), -4), REAL),
    (arithmetic, eq(root(TWO) ** 2, 2), REAL),
    # algebra
    (algebra, eq(ONE / n + ONE / m, (n + m) / (n * m)), COUNTS),
    (algebra, eq(root(x**2), size(x)), REAL),
    (algebra, eq(root(x**2), x), POSITIVE),
    (algebra, eq(root(product(a, b)), product(root(a), root(b))), POSITIVE),
    (algebra, eq(root(ONE / n), 1 / root(n)), COUNTS),
    (algebra, eq(ln(x / (1 - x)), ln(x) - ln(1 - x)), UNIT),
    (algebra, eq(ln(product(a, b)), ln(a) + ln(b)), POSITIVE),
    (algebra, eq(ln(a**2), 2 * ln(size(a))), REAL),
    (algebra, eq(ln(exp(a)), a), REAL),
    (algebra, eq((a**b) ** c, a ** product(b, c)), POSITIVE),
    (algebra, eq(size(product(a, b)), product(size(a), size(b))), REAL),
    (algebra, eq(Call(Name("max"), (a, b)), (a + b + size(a - b)) / 2), REAL),
    (algebra, eq(floor(n / 2) + ceil(n / 2), n), COUNTS),
    (algebra, eq(floor(a + n), floor(a) + n), COUNTS),
    (algebra, eq(ceil(a), -floor(-a)), COUNTS),
    (algebra, eq(ceil(n / m), floor((n + m - 1) / m)), COUNTS),
    (algebra, eq(x, 3 - y), given(REAL, (x + y, "=", 3))),
    (algebra, eq(x, z), given(REAL, (x, "=", y), (y, "=", z))),
    (algebra, eq(x, b / a), given(REAL, (product(a, x), "=", b))),
    (algebra, eq(product(a, x) ** 2, b**2), given(REAL, (product(a, x), "=", b))),
    # definitions
    (by_definition, eq(p[i], exp(x[i]) / sum_over(k, 1, K, exp(x[k]))), SOFTMAX),
    (by_definition, eq(p[n], exp(x[n]) / Z), SOFTMAX),
    (by_definition, eq(sum_over(i, 1, K, p[i]), 1), SOFTMAX),
    # sums
    (summation, eq(sum_over(k, 0, t, beta**k), (1 - beta ** (t + 1)) / (1 - beta)), COUNTS),
    (summation, eq(sum_over(k, 0, t - 1, beta**k), (1 - beta**t) / (1 - beta)), COUNTS),
    (summation, eq(sum_over(k, 1, n, k), n * (n + 1) / 2), COUNTS),
    (summation, eq(sum_over(k, 1, n, k**2), n * (n + 1) * (2 * n + 1) / 6), COUNTS),
    (summation, eq(sum_over(k, 1, n, 2 * k - 1), n**2), COUNTS),
    (summation, eq(sum_over(k, 1, n, ONE), n), COUNTS),
    (summation, eq(sum_over(k, 1, n, x[k]), sum_over(k, 0, n - 1, x[k + 1])), COUNTS),
    (summation, eq(sum_over(k, 1, n, x[k + 1] - x[k]), x[n + 1] - x[1]), COUNTS),
    (summation, eq(sum_over(k, 1, n + 1, x[k]), sum_over(k, 1, n, x[k]) + x[n + 1]), COUNTS),
    (summation, eq(sum_over(k, 1, n, x[k]), sum_over(k, 1, n, x[n + 1 - k])), COUNTS),
    (summation, eq(sum_over(k, 1, 0, x[k]), 0), COUNTS),
    # derivatives
    (differentiation, eq(by_x(ln(1 - x)), -1 / (1 - x)), UNIT),
    (differentiation, eq(by_x(x**3), 3 * x**2), REAL),
    (differentiation, eq(by_x(exp(2 * x)), 2 * exp(2 * x)), REAL),
    (differentiation, eq(by_x(product(x, ln(x))), ln(x) + 1), POSITIVE),
    (differentiation, eq(by_x(size(x)), 1), POSITIVE),
    (differentiation, eq(by_x(a**x), product(a**x, ln(a))), POSITIVE),
    (differentiation, eq(by_x(1 / (1 + exp(-x))), product(1 / (1 + exp(-x)), group(1 - 1 / (1 + exp(-x))))), REAL),
    # equivalence and implication
    (equivalence, iff((x * (1 + exp(-z)), 1), (exp(-z), (1 - x) / x)), UNIT),
    (equivalence, iff((x**2, x), (x, 1)), POSITIVE),
    (equivalence, iff((product(a, x), product(b, x)), (a, b)), POSITIVE),
    (equivalence, iff((x, y), (x**2, y**2)), POSITIVE),
    (equivalence, iff((exp(x), exp(y)), (x, y)), REAL),
    (equivalence, iff((ln(x), ln(y)), (x, y)), POSITIVE),
    (equivalence, iff((x + a, y + a), (x, y)), REAL),
    (equivalence, iff((2 * x, 2 * y), (x, y)), REAL),
    (equivalence, iff((exp(z), x), (z, ln(x))), POSITIVE),
    (implication, then((x, 1), (x**2, 1)), REAL),
    (implication, then((x, y), (x**2, y**2)), REAL),
    (implication, then((x, y), (x - 1, y - 1)), REAL),
    # order
    (order, is_(1 - e / (s + e), Rel.LT, 1), POSITIVE),
    (order, is_(x**2, Rel.GE, 0), REAL),
    (order, is_(x, Rel.LE, x), REAL),
    (order, is_(x**2 + y**2, Rel.GE, 2 * product(x, y)), REAL),
    (order, is_(exp(x), Rel.GT, 0), REAL),
    (order, is_(n**2, Rel.GE, n), COUNTS),
    (order, is_(beta**2, Rel.LT, beta), COUNTS),
    (order, is_(x, Rel.NE, x + 1), REAL),
    (order, is_(1 / x, Rel.GT, 0), POSITIVE),
    # integrals
    (integration, eq(Integral(x**2, x, ZERO, ONE), ONE / 3), REAL),
    (integration, eq(Integral(product(1 / root(2 * Const("pi")), exp(Frac(-(x**2), TWO))), x, -Const("oo"), Const("oo")), 1), REAL),
)

REFUTED: tuple[Row, ...] = (
    (arithmetic, eq(7 + group(term(7) - 1) * 1, 14), REAL),
    (arithmetic, eq(1 / power(2, 99), 1 / power(2, 98)), REAL),
    (arithmetic, eq(floor(term(-7) / 2), -3), REAL),
    (arithmetic, eq(root(TWO), 1), REAL),
    (arithmetic, eq(Const("pi"), term(22) / 7), REAL),
    (algebra, eq(ONE / n + ONE / m, TWO / (n + m)), COUNTS),
    (algebra, eq(root(x**2), x), REAL),
    (algebra, eq(1 / power(2, 99), 1 / power(2, 98)), REAL),
    (algebra, eq(size(a + b), size(a) + size(b)), REAL),
    (algebra, eq(ln(a + b), ln(a) + ln(b)), POSITIVE),
    (algebra, eq(root(a + b), root(a) + root(b)), POSITIVE),
    (algebra, eq((a + b) ** 2, a**2 + b**2), REAL),
    (algebra, eq(floor(n / 2) + ceil(n / 2), n + 1), COUNTS),
    (algebra, eq(floor(a + b), floor(a) + floor(b)), COUNTS),
    (algebra, eq(floor(2 * a), 2 * floor(a)), COUNTS),
    (algebra, eq(ceil(n / m), floor((n + m) / m)), COUNTS),
    (algebra, eq(x, 3 + y), given(REAL, (x + y, "=", 3))),
    (by_definition, eq(p[i], exp(x[n]) / Z), SOFTMAX),
    (summation, eq(sum_over(k, 0, t, beta**k), (1 - beta**t) / (1 - beta)), COUNTS),
    (summation, eq(sum_over(k, 1, n, k), n * (n - 1) / 2), COUNTS),
    (summation, eq(sum_over(k, 0, n, ONE), n), COUNTS),
    (summation, eq(sum_over(k, 1, n, x[k]), sum_over(k, 0, n - 1, x[k])), COUNTS),
    (summation, eq(sum_over(k, 1, n, x[k]), sum_over(k, 1, n, x[n - k])), COUNTS),
    (summation, eq(sum_over(k, 1, n, product(x[k], y[k])), product(sum_over(k, 1, n, x[k]), sum_over(k, 1, n, y[k]))), COUNTS),
    (differentiation, eq(by_x(ln(1 - x)), 1 / (1 - x)), UNIT),
    (differentiation, eq(by_x(x**3), 3 * x**3), REAL),
    (differentiation, eq(by_x(exp(2 * x)), exp(2 * x)), REAL),
    (differentiation, eq(by_x(size(x)), 1), REAL),
    (equivalence, iff((x, 1), (x**2, 1)), REAL),
    (equivalence, iff((x**2, x), (x, 1)), REAL),
    (equivalence, iff((product(a, x - 1), product(b, x - 1)), (a, b)), REAL),
    (equivalence, iff((x, y), (x**2, y**2)), REAL),
    (equivalence, iff((root(x), y), (x, y**2)), REAL),
    (equivalence, iff((size(x), y), (x, y)), REAL),
    (equivalence, iff((product(x, y), 0), (x, 0)), REAL),
    (equivalence, iff((x * (1 + exp(-z)), 1), (exp(-z), (1 + x) / x)), UNIT),
    (implication, then((x**2, 1), (x, 1)), REAL),
    (implication, then((x**2, y**2), (x, y)), REAL),
    (implication, then((product(x, y), 0), (x, 0)), REAL),
    (implication, then((product(a, x), product(a, y)), (x, y)), REAL),
    (order, is_(1 + e / (s + e), Rel.LT, 1), POSITIVE),
    (order, is_(x**2, Rel.GT, 0), REAL),
    (order, is_(x, Rel.LT, x), REAL),
    (order, is_(a**2, Rel.GE, a), REAL),
    (order, is_(x, Rel.NE, 2 * x), REAL),
    (order, is_(n, Rel.GT, 1), COUNTS),
    (order, is_(1 / x, Rel.GT, 0), REAL),
    (integration, eq(Integral(product(1 / root(2 * Const("pi")), exp(Frac(-(x**2), TWO))), x, -Const("oo"), Const("oo")), 2), REAL),
)

NOT_ACCEPTED: tuple[tuple[Rule, Statement, Context, str], ...] = (
    (arithmetic, eq(x, x), REAL, "computes with numbers"),
    (arithmetic, eq(ONE / ZERO, ONE / ZERO), REAL, "division by zero"),
    (algebra, eq(product(a, b) ** c, product(a**c, b**c)), REAL, ""),
    (algebra, eq((a**b) ** c, a ** product(b, c)), REAL, ""),
    (algebra, eq(w, w + 1), REAL, ""),
    (algebra, eq(x, y), given(REAL, (product(a, x), "=", product(a, y))), ""),
    (algebra, eq(x, 0), given(REAL, (product(x, y), "=", 0)), ""),
    (algebra, eq(x, 2), given(REAL, (x**2, "=", 4)), ""),
    (algebra, is_(x, Rel.LE, x + 1), REAL, "proves equations"),
    (algebra, eq(ln(-x), ln(-x) + 0 * x), POSITIVE, "defined nowhere"),
    (by_definition, eq(x, x), REAL, "defines nothing"),
    (differentiation, eq(x, x), REAL, "neither side has a derivative"),
    (equivalence, iff((ln(x), ln(y)), (x, y)), REAL, "lost or gained"),
    (equivalence, iff((x / x + y, 1 + z), (y, z)), REAL, "lost or gained"),
    (equivalence, iff((1 / x, 1 / y), (x, y)), REAL, "no step that is known"),
    (equivalence, iff((x / (x - 1), 1 / (x - 1)), (x, 1)), REAL, ""),
    (equivalence, iff(((x - 1) / (x - 1), 1), (1, 1)), REAL, ""),
    (equivalence, eq(x, x), REAL, "proves equivalences"),
    (implication, iff((x, y), (y, x)), REAL, "proves implications"),
    (order, eq(x, x), REAL, "proves inequalities"),
    (order, is_(x**2 + y**2, Rel.GT, 2 * product(x, y)), REAL, "not decided"),
    (integration, eq(Integral(1 / x, x, term(-1), ONE), 0), REAL, ""),
    (integration, eq(Integral(1 / x**2, x, term(-1), ONE), -2), REAL, ""),
    (integration, eq(x, x), REAL, "evaluates an integral"),
)


def name(row: tuple[Any, ...]) -> str:
    return f"{row[0].name}: {text(row[1].formula)}"


@pytest.fixture
def no_refuter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "refute", lambda *args, **kwargs: Agreement(1, 30, 0.0))


@pytest.mark.parametrize(("rule", "statement", "context"), TRUE, ids=[name(row) for row in TRUE])
def test_true_statements_are_proved(rule: Rule, statement: Statement, context: Context) -> None:
    verdict = rule.decide(statement, context, ())
    assert isinstance(verdict, Accepted), verdict
    assert verdict.evidence.strength is Strength.PROVED


@pytest.mark.parametrize(("rule", "statement", "context"), REFUTED, ids=[name(row) for row in REFUTED])
def test_false_neighbours_are_refuted(rule: Rule, statement: Statement, context: Context) -> None:
    verdict = rule.decide(statement, context, ())
    assert isinstance(verdict, Refuted), verdict
    assert verdict.counterexample is not None or verdict.reason


@pytest.mark.usefixtures("no_refuter")
@pytest.mark.parametrize(("rule", "statement", "context"), REFUTED, ids=[name(row) for row in REFUTED])
def test_no_prover_accepts_a_false_neighbour(rule: Rule, statement: Statement, context: Context) -> None:
    assert not isinstance(rule.decide(statement, context, ()), Accepted)


def why(verdict: Verdict) -> str:
    assert not isinstance(verdict, Accepted)
    return verdict.reason


@pytest.mark.parametrize(("rule", "statement", "context", "words"), NOT_ACCEPTED, ids=[name(row) for row in NOT_ACCEPTED])
def test_what_is_not_known_is_not_accepted(rule: Rule, statement: Statement, context: Context, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not isinstance(rule.decide(statement, context, ()), Accepted)
    monkeypatch.setattr(deciding, "refute", lambda *args, **kwargs: Agreement(1, 30, 0.0))
    alone = rule.decide(statement, context, ())
    assert isinstance(alone, Undecided), alone
    assert words in alone.reason


@pytest.mark.parametrize(("statement", "context"), [
    (eq(root(product(a, b)), product(root(a), root(b))), REAL),
    (eq(ln(a**2), 2 * ln(a)), REAL),
    (eq(exp(ln(a)), a), REAL),
])  # fmt: skip
def test_what_needs_a_sign_says_so(statement: Statement, context: Context) -> None:
    """Where the context leaves a sign open, the claim holds where both sides are defined and the evidence says what was needed."""
    verdict = algebra.decide(statement, context, ())
    assert isinstance(verdict, Accepted)
    assert any("positive" in condition for condition in verdict.evidence.assuming)
    declared = algebra.decide(statement, POSITIVE, ())
    assert isinstance(declared, Accepted) and declared.evidence.assuming == ()


def test_counterexamples_show_both_sides() -> None:
    verdict = algebra.decide(eq(root(x**2), x), REAL, ())
    assert isinstance(verdict, Refuted) and verdict.counterexample is not None
    assert (verdict.counterexample.at, verdict.counterexample.left, verdict.counterexample.right) == ((("x", "-1"),), "1", "-1")


def _raises(*args: object) -> Any:
    from derivations.language.errors import DeriveError

    raise DeriveError("out of luck")


@pytest.mark.parametrize(("prove", "kind"), [(lambda: Undecided("no idea"), Undecided), (_raises, Undecided)])
def test_a_prover_that_fails_is_undecided(prove: Callable[[], Any], kind: type) -> None:
    assert isinstance(deciding.decide(eq(x, x), REAL, prove), kind)


def test_a_false_claim_is_refuted_before_a_faulty_prover_is_asked() -> None:
    from derivations.kernel.verdict import proved

    assert isinstance(deciding.decide(eq(x, x + 1), REAL, lambda: proved("by a faulty prover")), Refuted)
