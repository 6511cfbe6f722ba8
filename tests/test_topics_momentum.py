"""The closed form of momentum against the recurrence run forward in exact fractions."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest
import sympy as sp
from oracles.momentum_run import recurrence, run, weights
from topic_texts import built

from derivations.language.denote import denote
from derivations.language.errors import ParameterError

FORMS = list(product(("next", "current"), ("symbol", "zero")))


def rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


def evaluated(value: sp.Expr, beta: Fraction, t: int, start: Fraction, gradients: list[Fraction]) -> Fraction:
    """The closed form at these numbers: the sum written out by SymPy, the entries of g and m put in."""
    named = {s.name: s for s in value.free_symbols}
    numbers = {named["t"]: t} | ({named["beta"]: rational(beta)} if "beta" in named else {})
    plain = value.subs(numbers).doit()
    entries = {}
    for entry in plain.atoms(sp.core.function.AppliedUndef):
        index = int(entry.args[0])
        entries[entry] = rational(start if entry.func.__name__ == "m" and index == 0 else gradients[index])
    found = plain.subs(entries)
    return Fraction(int(found.p), int(found.q))


@pytest.mark.parametrize(("form", "start"), FORMS)
@pytest.mark.parametrize("seed", range(12))
def test_the_closed_form_is_what_the_recurrence_gives(form: str, start: str, seed: int) -> None:
    source = random.Random(seed)
    beta = Fraction(source.randint(1, 9), 10)
    first = Fraction(0) if start == "zero" else Fraction(source.randint(-9, 9), source.randint(1, 4))
    gradients = [Fraction(source.randint(-9, 9), source.randint(1, 4)) for _ in range(9)]
    momentum = run(beta, first, gradients)
    value = built("momentum", form=form, start=start).answer.value
    given = built("momentum", beta=beta, form=form, start=start).answer.value
    for t in (0, 1, 2, 5, 8):
        expected = momentum[t + 1] if form == "next" else momentum[t]
        assert evaluated(value, beta, t, first, gradients) == expected
        assert evaluated(given, beta, t, first, gradients) == expected


@pytest.mark.parametrize("form", ["next", "current"])
def test_the_weights_and_their_sum(form: str) -> None:
    problem = built("momentum", form=form)
    theorem = next(s.theorem for s in problem.sections if s.theorem.title == "The weights add up")
    total = denote(theorem.statement.rhs, theorem.context)
    named = {s.name: s for s in total.free_symbols}
    for beta in (Fraction(1, 2), Fraction(9, 10), Fraction(1, 7)):
        for t in (0, 1, 4):
            found = weights(beta, t + 1 if form == "next" else t)
            assert found == [(1 - beta) * beta**k for k in range(len(found))]
            assert total.subs({named["beta"]: rational(beta), named["t"]: t}) == rational(sum(found, Fraction(0)))


@pytest.mark.parametrize("form", ["next", "current"])
def test_every_line_of_the_unrolling_holds_for_numbers(form: str) -> None:
    theorem = next(s.theorem for s in built("momentum", form=form).sections if s.theorem.title == "Three steps back")
    source = random.Random(4)
    beta, first = Fraction(3, 7), Fraction(5, 2)
    gradients = [Fraction(source.randint(-9, 9)) for _ in range(8)]
    momentum = run(beta, first, gradients)
    for t in (2, 3, 6):
        for checked in theorem.steps:
            value = denote(checked.step.statement.rhs, theorem.context)
            named = {s.name: s for s in value.free_symbols}
            plain = value.subs({named["t"]: t, named["beta"]: rational(beta)})
            entries = {
                e: rational((momentum if e.func.__name__ == "m" else gradients)[int(e.args[0])]) for e in plain.atoms(sp.core.function.AppliedUndef)
            }
            assert plain.subs(entries) == rational(momentum[t + 1])


@pytest.mark.parametrize(("beta", "message"), [
    ("0", "momentum: beta = 0 is not accepted; it must be strictly between 0 and 1"),
    ("1", "momentum: beta = 1 is not accepted; it must be strictly between 0 and 1"),
    ("-1/2", "beta = '-1/2' is not accepted; it must be a number such as 9/10"),
    ("k", "momentum: beta = 'k' is not accepted; it must be any name but m, g, t, k, which the derivation uses"),
])  # fmt: skip
def test_what_is_not_accepted(beta: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        built("momentum", beta=beta)
    assert message in str(caught.value)


UPDATES = {
    "accumulation": lambda n, g: (n["beta"], g),
    "second-moment": lambda n, g: (n["beta"], (1 - n["beta"]) * g**2),
    "beta*m + (1-tau)*g": lambda n, g: (n["beta"], (1 - n["tau"]) * g),
    "m + g": lambda n, g: (Fraction(1), g),
    "-m + 2*g": lambda n, g: (Fraction(-1), 2 * g),
    "a*m + b*g - c*g**2": lambda n, g: (n["a"], n["b"] * g - n["c"] * g**2),
    "beta*m - (1-beta)*g": lambda n, g: (n["beta"], (n["beta"] - 1) * g),
    "m - a*(m - g)": lambda n, g: (1 - n["a"], n["a"] * g),
}


@pytest.mark.parametrize("form", ["next", "current"])
@pytest.mark.parametrize("update", UPDATES)
def test_every_linear_update_is_solved_by_the_same_steps(update: str, form: str) -> None:
    problem = built("momentum", update=update, form=form)
    assert problem.evidence.word == "proved"
    value = problem.answer.value
    source = random.Random(update)
    numbers = {name: Fraction(source.randint(1, 9), 10) for name in ("beta", "tau", "a", "b", "c")}
    gradients = [Fraction(source.randint(-9, 9), source.randint(1, 4)) for _ in range(6)]
    parts = [UPDATES[update](numbers, gradient) for gradient in gradients]
    momentum = recurrence(parts[0][0], Fraction(5, 3), [entry for _, entry in parts])
    put_in = value.subs({s: rational(numbers[s.name]) for s in value.free_symbols if s.name in numbers})
    for t in (0, 1, 4):
        expected = momentum[t + 1] if form == "next" else momentum[t]
        assert evaluated(put_in, Fraction(1, 2), t, Fraction(5, 3), gradients) == expected


def test_another_update_is_another_derivation() -> None:
    """Nothing is remembered: with 1 in place of 1 - beta no line of the unrolling and no factor of the series is as it was."""
    one, other = (built("momentum", update=update) for update in ("average", "beta*m + g"))
    for first, second in zip(one.sections, other.sections, strict=True):
        assert first.theorem.statement != second.theorem.statement
    weight = [next(s.theorem for s in p.sections if s.theorem.title == "The weights add up").statement.lhs for p in (one, other)]
    assert weight[0] != weight[1]


@pytest.mark.parametrize(("update", "message"), [
    ("2*g", "one of average, accumulation, second-moment, or a formula in m and g"),
    ("m**2 + g", "linear in m"),
    ("m*g + g", "linear in m"),
    ("exp(m) + g", "linear in m"),
    ("beta*m + g + 1", "a sum of the momentum and of gradients, each with a factor"),
    ("t*m + g", "without t and k"),
    ("m + 0*g", "a sum of the momentum and of gradients"),
    ("x_1*m + g", "letters have no index"),
])  # fmt: skip
def test_an_update_that_is_no_linear_recurrence_is_refused(update: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message.replace("*", r"\*")):
        built("momentum", update=update)


def test_a_beta_that_the_update_does_not_have_is_refused() -> None:
    with pytest.raises(ParameterError, match="has no beta"):
        built("momentum", update="m + g", beta="9/10")
    with pytest.raises(ParameterError, match="a name that the update"):
        built("momentum", update="beta*m + (1-tau)*g", beta="tau")
