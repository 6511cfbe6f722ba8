"""Every step of every derivation in the catalogue with one slip: no false one may get through, with the refuter and without it.

The lemmas that a theorem rests on are included. A mutant that is accepted counts as false unless concrete values show that it says nothing else than the
step did (``derivations.mutation``). The counts stand at the end of the test run.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import pytest
from fiat import fiat
from topic_texts import all_examples, built

from derivations.kernel.chains import chain, equals, equivalences, link, theorem
from derivations.kernel.statement import Rel, Step, equation
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Accepted, Refuted, proved
from derivations.language.context import Array, Context, Domain, RandomVariable, Scalar, Sequence
from derivations.language.term import Bars, Call, Cases, Deriv, Integral, Name, Num, Term, names, product, relation, sum_over, term
from derivations.mutation import Fate, Mutant, fate, mutants, mutants_of, mutated, slips, still_true, summary, weakened, with_lemmas
from derivations.rules import refute as refuting
from derivations.rules.equality import algebra
from derivations.rules.equations import equivalence
from derivations.rules.order import order
from render.notation.text import text

Fates = dict[str, Counter[Fate]]
THEOREMS = with_lemmas(section.theorem for _, problem in all_examples() for section in problem.sections)
NOT_OF_NETWORKS = frozenset(with_lemmas(section.theorem for command, problem in all_examples() if not command.startswith("network") for section in problem.sections))
QUICKLY = [number if theorem in NOT_OF_NETWORKS or number % 3 == 0 else pytest.param(number, marks=pytest.mark.slow) for number, theorem in enumerate(THEOREMS)]
"""Of the many laws of layers every third; the others are the slow tests."""
a, b, c, x = names("a b c x")
ALWAYS = fiat(Accepted(proved("by fiat")), "always", "always")
ARRAYS = frozenset({"matrix algebra", "matrix algebra with permutation matrices", "array algebra", "entry algebra", "re-indexing", "equality by entries"})


def identity(number: int) -> str:
    return f"{number}-{THEOREMS[number].title}"


def told(mutant: Mutant) -> str:
    return f"{mutant.step.rule.name} ({mutant.slip}): {text(mutant.step.statement.formula)}"


# -- the catalogue -----------------------------------------------------------------------------------------------------------------------------


def accepted_although_false(number: int, every: Iterable[Mutant], counted: Counter[Fate]) -> list[str]:
    found = [(mutant, fate(mutant, THEOREMS[number])) for mutant in every]
    counted.update(f for _, f in found)
    return [told(mutant) for mutant, f in found if f is Fate.ACCEPTED]


@pytest.mark.parametrize("number", QUICKLY, ids=identity)
def test_no_false_mutant_is_accepted(number: int, fates: Fates) -> None:
    """A sample: every third, from another one on in each theorem, and of those that weaken what is assumed every fifteenth."""
    whole = list(mutants_of(THEOREMS[number]))
    assert whole, "every theorem has steps with something to change"
    some = [mutant for place, mutant in enumerate(whole) if (place + number) % (3 if mutant.context is None else 15) == 0]
    assert accepted_although_false(number, some, fates.setdefault("steps of the catalogue and its lemmas, one in 3", Counter())) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(THEOREMS)), ids=identity)
def test_no_false_mutant_is_accepted_at_all(number: int, fates: Fates) -> None:
    every = [mutant for mutant in mutants_of(THEOREMS[number]) if mutant.context is None]
    assert accepted_although_false(number, every, fates.setdefault("every step of the catalogue and its lemmas", Counter())) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(THEOREMS)), ids=identity)
def test_no_step_is_proved_without_what_it_needs(number: int, fates: Fates) -> None:
    weaker = [mutant for mutant in mutants_of(THEOREMS[number]) if mutant.context is not None]
    assert accepted_although_false(number, weaker, fates.setdefault("every step with something less assumed", Counter())) == []


@pytest.fixture
def provers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a refutation, but for the oracle of the mutants, is told that the statement held."""
    agreed = refuting.Agreement(points=1, digits=30, error=0.0)
    for name, module in list(sys.modules.items()):
        if name.startswith("derivations.") and module is not refuting and getattr(module, "refute", None) is refuting.refute:
            monkeypatch.setattr(module, "refute", lambda *args, **kwargs: agreed)


def without_the_refuter(theorem: Theorem, fates: Fates, every: int, start: int, arrays: bool) -> list[str]:
    """What the provers alone accept although it is false, among every so many mutants."""
    counted = fates.setdefault(f"put to the provers alone{', arrays' if arrays else ''}{f', one in {every}' if every > 1 else ''}", Counter())
    faults = []
    for place, mutant in enumerate(m for m in mutants_of(theorem) if m.context is None):
        if place % every == start and (mutant.step.rule.name in ARRAYS) is arrays:
            found = fate(mutant, theorem)
            counted[found] += 1
            if found is Fate.ACCEPTED:
                faults.append(told(mutant))
    return faults


@pytest.mark.usefixtures("provers_alone")
@pytest.mark.parametrize("number", range(len(THEOREMS)), ids=identity)
def test_the_provers_alone_accept_no_false_mutant(number: int, fates: Fates) -> None:
    """A sample: every fourth, from another one on in each theorem."""
    assert without_the_refuter(THEOREMS[number], fates, 4, number % 4, arrays=False) == []


@pytest.mark.slow
@pytest.mark.usefixtures("provers_alone")
@pytest.mark.parametrize("number", range(len(THEOREMS)), ids=identity)
def test_the_provers_alone_accept_no_false_mutant_at_all(number: int, fates: Fates) -> None:
    assert without_the_refuter(THEOREMS[number], fates, 1, 0, arrays=False) == []


WITH_ARRAYS = [n for n, t in enumerate(THEOREMS) if any(checked.step.rule.name in ARRAYS for checked in t.steps)]


@pytest.mark.usefixtures("provers_alone")
@pytest.mark.parametrize("number", WITH_ARRAYS, ids=identity)
def test_the_provers_of_arrays_alone_accept_no_false_mutant(number: int, fates: Fates) -> None:
    assert without_the_refuter(THEOREMS[number], fates, 1, 0, arrays=True) == []


def test_the_refuter_is_really_switched_off(provers_alone: None) -> None:
    from derivations.rules.decide import decide

    verdict = decide(equation(Num("1"), Num("2")), Context(), lambda: proved("by fiat"))
    assert isinstance(verdict, Accepted)


# -- that this would be noticed ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(0, len(THEOREMS), 5), ids=identity)
def test_a_rule_that_always_accepts_is_caught(number: int) -> None:
    """Plugged into a step, it lets false mutants through, and they are counted as such."""
    original = THEOREMS[number]
    bad = [replace(checked.step, rule=ALWAYS) for checked in original.steps]
    counted = Counter(fate(mutant, original) for step in bad for mutant in islice(mutants(step), 0, None, 4))
    assert counted[Fate.ACCEPTED] > 0
    assert counted[Fate.REFUTED] == counted[Fate.REFUSED] == 0
    assert f"accepted {counted[Fate.ACCEPTED]}" in summary(counted)


def test_one_bad_step_is_enough() -> None:
    known = Context().declare(Scalar(), a, b)
    good = theorem("good", known, chain(a + b, equals(b + a, algebra)))
    poisoned = theorem("poisoned", known, chain(a + b, equals(b + a, ALWAYS)))
    assert Counter(fate(m, good) for m in mutants_of(good))[Fate.ACCEPTED] == 0
    assert Counter(fate(m, poisoned) for m in mutants_of(poisoned))[Fate.ACCEPTED] > 0


def test_what_values_cannot_tell_counts_as_accepted() -> None:
    """The rule accepts something at which no values can be tried: that is a fault until it is shown to be none."""
    q = Name("q")
    known = Context().declare(Scalar(), a)
    step = Step(equation(a, a), ALWAYS)
    mutant = Mutant(replace(step, statement=equation(a, q)), "strange name", step.statement)
    made = theorem("t", known, (step,))
    assert not still_true(mutant, known)
    assert fate(mutant, made) is Fate.ACCEPTED


def test_a_mutant_that_says_the_same_is_no_fault() -> None:
    known = Context().declare(Scalar(), a, b)
    made = theorem("t", known, chain(product(a, b), equals(product(a, b), algebra)))
    swapped = next(m for m in mutants_of(made) if m.slip == "swapped factors" and m.step.statement.rhs == product(b, a))
    assert fate(swapped, made) is Fate.TRUE


def test_dropping_the_jacobian_is_refuted() -> None:
    problem = built("pushforward", base="Normal(0,1)", map="logistic")
    made = next(s.theorem for s in problem.sections if s.theorem.title == "The density")
    without = {text(m.step.statement.rhs): fate(m, made) for checked in made.steps[:2] for m in mutants(checked.step) if m.slip == "dropped factor"}
    assert without["p_Z(ln(x)-ln(1-x))"] in (Fate.REFUTED, Fate.REFUSED)
    assert without["(1/√(2π)) e^{-(ln(x)-ln(1-x))²/2}"] is Fate.REFUTED


def test_lemmas_are_visited_once_and_before_what_uses_them() -> None:
    known = Context().declare(Scalar(), a, b)
    low = theorem("low", known, chain(a + b, equals(b + a, algebra)))
    middle = theorem("middle", known, chain(a + b, equals(b + a, algebra, "", low)))
    high = theorem("high", known, chain(a + b, equals(b + a, algebra, "", low, middle)))
    assert [t.title for t in with_lemmas((high, middle))] == ["low", "middle", "high"]


# -- the slips ---------------------------------------------------------------------------------------------------------------------------------


def changed(before: Term) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for slip, after in mutated(before):
        found.setdefault(slip, set()).add(text(after))
    return found


A, B, k, n, p, f = names("A B k n p f")
EXPECTED: tuple[tuple[Term, str, str], ...] = (
    (a - b, "sign", "a + b"),
    (a + b, "dropped term", "a"),
    (product(2, a), "off by one", "3a"),
    (product(a, b), "dropped factor", "a"),
    (product(a, b), "factor 2", "2 · (a b)"),
    (product(a, b), "swapped factors", "b a"),
    (a**2, "exponent", "a^{2+1}"),
    (a**2, "dropped exponent", "a"),
    (a / b, "inverted fraction", "b/a"),
    (x[k], "neighbour index", "x_{k+1}"),
    (x[k], "neighbour index", "x_{k-1}"),
    (x[k, n], "swapped indices", "x_{n,k}"),
    (sum_over(k, 1, n, x[k]), "upper bound", "∑_{k=1}^{n+1} x_k"),
    (sum_over(k, 1, n, x[k]), "upper bound", "∑_{k=1}^{n-1} x_k"),
    (sum_over(k, 1, n, x[k]), "lower bound", "∑_{k=1+1}^{n} x_k"),
    (sum_over(k, 1, n, x[k]), "sum and product", "∏_{k=1}^{n} x_k"),
    (product(A.T, B), "dropped transpose", "A B"),
    (product(A.T, B), "added transpose", "Aᵀ Bᵀ"),
    (Bars("abs", a), "dropped absolute value", "(a)"),
    (Bars("ceil", a / b), "rounded the other way", "⌊a/b⌋"),
    (Call(f, (a,)), "lost function", "(a)"),
    (Call(f, (a,)), "sign of the argument", "f(-a)"),
    (product(p, Bars("abs", Deriv(a, ((x, 1),), style="operator"))), "dropped factor", "p"),
    (Integral(a, x, Num("0"), Num("1")), "swapped limits", "∫₁⁰ a dx"),
    (Cases(((a, relation(x, "<", 0)), (b, None))), "swapped cases", "{b if x < 0; a otherwise}"),
)


@pytest.mark.parametrize(("before", "slip", "after"), EXPECTED, ids=[f"{s} in {text(t)}" for t, s, _ in EXPECTED])
def test_slips(before: Term, slip: str, after: str) -> None:
    assert after in changed(before)[slip]


def test_bound_variables_functions_and_bases_are_left_alone() -> None:
    for before in (sum_over(k, 1, n, x[k]), Integral(a, x, Num("0"), Num("1")), Deriv(a, ((x, 1),))):
        for _, after in mutated(before):
            if type(after) is type(before):
                assert getattr(after, "variable", None) == getattr(before, "variable", None)
                assert getattr(after, "variables", None) == getattr(before, "variables", None)
    assert all(getattr(after, "function", f) == f for _, after in mutated(Call(f, (a,))))


def test_an_inequality_gets_other_relations_and_an_equivalence_is_mutated_in_both_equations() -> None:
    known = Context().declare(Scalar(Domain.POSITIVE), a)
    made = theorem("t", known, chain(a + 1, link(Rel.GT, a, order)))
    relations = {m.step.statement.relation for m in mutants_of(made) if m.slip == "relation"}
    assert relations == {Rel.EQ, Rel.LE, Rel.LT}
    assert all(fate(m, made) is not Fate.ACCEPTED for m in mutants_of(made))
    both = theorem("e", known, equivalences(equation(a, term(2)), (equation(a + 1, term(3)), equivalence, "adding 1")))
    sides = [(m.step.statement.lhs != m.original.lhs, m.step.statement.rhs != m.original.rhs) for m in mutants_of(both)]
    assert (True, False) in sides and (False, True) in sides
    assert all(fate(m, both) in (Fate.REFUTED, Fate.REFUSED) for m in mutants_of(both) if m.context is None)
    assert {fate(m, both) for m in mutants_of(both) if m.context is not None} == {Fate.TRUE}, "it did not need that a is positive"


def test_slips_have_names_and_change_something() -> None:
    N = Name("N")
    known = Context().declare(Array(N, N), A, B).declare(Sequence(), x)
    assert known.kind(A) is not None
    for before, _, _ in EXPECTED:
        for slip, after in slips(before):
            assert slip and after != before


def test_verify_counts_mutants_and_fails_when_one_is_accepted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``derive verify --mutants``: the same counts, exit status 1 as soon as a false mutant is accepted."""
    from render import cli

    assert cli.main(("verify", "epochs", "--mutants")) == 0
    out = capsys.readouterr().out
    assert "mutants: " in out and "accepted 0" in out and "undecided" in out
    import derivations.topics.schedule as schedule

    monkeypatch.setattr(schedule, "by_definition", ALWAYS)
    assert cli.main(("verify", "epochs", "--mutants")) == 1
    out = capsys.readouterr().out
    assert "accepted 0" not in out and "accepted although false" in out


def every_rule_of_the_catalogue() -> Iterator[str]:
    for one in THEOREMS:
        for checked in one.steps:
            yield checked.step.rule.name


def test_mutants_reach_the_rules() -> None:
    """Each rule that the catalogue uses refutes or refuses at least one mutant (nobody is merely never asked)."""
    refused: set[str] = set()
    for one in THEOREMS:
        for checked in one.steps:
            if checked.step.rule.name not in refused:
                for mutant in mutants(checked.step):
                    if not isinstance(mutant.step.rule.decide(mutant.step.statement, one.context, mutant.step.premises), Accepted):
                        refused.add(checked.step.rule.name)
                        break
    assert set(every_rule_of_the_catalogue()) == refused


def test_a_refuted_mutant_has_a_counterexample_or_a_reason() -> None:
    for one in THEOREMS[::9]:
        for mutant in list(mutants_of(one))[::7]:
            verdict = mutant.step.rule.decide(mutant.step.statement, one.context, mutant.step.premises)
            if isinstance(verdict, Refuted):
                assert verdict.counterexample is not None or verdict.reason, told(mutant)


def test_contexts_are_weakened_one_thing_at_a_time() -> None:
    u, v = names("u v")
    known = Context().declare(Scalar(Domain.NATURAL), n).declare(Scalar(Domain.POSITIVE), a).declare(Array(n, n, frozenset({"symmetric"})), A)
    known = known.declare(RandomVariable(), u, v).assume(relation(a, "<", 1), relation(u, "perp", v)).with_range(k, Num("1"), n)
    found = dict(weakened(known))
    assert set(found) == {
        "hypothesis away", "independence away", "natural to whole", "natural to integer", "positive to nonnegative", "positive to real", "symmetric away", "range away",
    }  # fmt: skip
    assert all(weaker != known for weaker in found.values())
    assert found["natural to integer"].kind(n) == Scalar(Domain.INTEGER)
    assert found["independence away"].hypotheses == (relation(a, "<", 1),)


def test_a_step_that_needs_an_assumption_is_not_proved_without_it() -> None:
    known = Context().declare(Scalar(Domain.POSITIVE), a)
    needs = theorem("needs", known, chain(a + 1, link(Rel.GT, term(1), order)))
    found = {m.slip: fate(m, needs) for m in mutants_of(needs) if m.context is not None}
    assert set(found) == {"positive to nonnegative", "positive to real"} and set(found.values()) <= {Fate.REFUTED, Fate.REFUSED}
    ignorant = theorem("ignorant", known, chain(a + 1, link(Rel.GT, term(1), ALWAYS)))
    assert {fate(m, ignorant) for m in mutants_of(ignorant) if m.context is not None} == {Fate.ACCEPTED}


def test_an_induction_that_starts_elsewhere_has_no_base() -> None:
    shifted = [(one, m) for one in THEOREMS for m in mutants_of(one) if m.slip == "shifted start"]
    assert shifted and {fate(m, one) for one, m in shifted} <= {Fate.REFUTED, Fate.REFUSED}


def test_indices_are_exchanged_and_functions_taken_for_their_neighbours() -> None:
    y, i, j = names("y i j")
    assert "x_j y_i" in changed(product(x[i], y[j]))["indices exchanged"]
    assert "cos(a)" in changed(Call(Name("sin", font="rm"), (a,)))["neighbour function"]
    assert "∑_{k=1}^{∞} x_k" in changed(sum_over(k, 1, n, x[k]))["a limit for a finite sum"]


def test_what_sympy_finds_false_is_not_still_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the evaluation of the project blind, a false mutant would not count as true."""
    known = Context().declare(Scalar(), a)
    made = theorem("t", known, chain(a + a, equals(2 * a, ALWAYS)))
    false = Mutant(replace(made.steps[0].step, statement=equation(a + a, 3 * a)), "off by one", made.steps[0].step.statement)
    monkeypatch.setattr(refuting, "refute", lambda *args, **kwargs: refuting.Agreement(points=1, digits=30, error=0.0))
    assert not still_true(false, known)
