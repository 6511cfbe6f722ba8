"""The table of laws: one row reads, has values and has moments; SymPy's statistics say the same."""

from __future__ import annotations

import itertools

import pytest
import sympy.stats as st
from sympy import Rational, sympify

from derivations import check
from derivations.language.laws import LAWS, law_named, spelled_law
from derivations.language.term import Name

ROWS = {  # the law as written, what is told, its mean and second moment, both again for SymPy, and the law in SymPy
    "Normal": (r"\mathcal N(m, v)", r"$m \in \mathbb R$ and $v > 0$", "m", "m^2 + v", "m", "m**2 + v", lambda m, v, **_: st.Normal("X", m, v**Rational(1, 2))),
    "Uniform": (r"\mathrm{Unif}(0, b)", "$b > 0$", r"\frac{b}{2}", r"\frac{b^2}{3}", "b/2", "b**2/3", lambda b, **_: st.Uniform("X", 0, b)),
    "Exponential": (r"\mathrm{Exp}(b)", "$b > 0$", r"\frac1b", r"\frac{2}{b^2}", "1/b", "2/b**2", lambda b, **_: st.Exponential("X", b)),
    "Laplace": (r"\mathrm{Laplace}(m, b)", r"$m \in \mathbb R$ and $b > 0$", "m", "m^2 + 2b^2", "m", "m**2 + 2*b**2", lambda m, b, **_: st.Laplace("X", m, b)),
    "Bernoulli": (r"\mathrm{Bern}(p)", r"$p \in (0, 1)$", "p", "p", "p", "p", lambda p, **_: st.Bernoulli("X", p)),
    "Binomial": (
        r"\mathrm{Bin}(n, p)", r"$n \ge 1$ be an integer and $p \in (0, 1)$", "n p", "n p (1 - p) + n^2 p^2", "n*p", "n*p*(1-p) + n**2*p**2",
        lambda n, p, **_: st.Binomial("X", n, p),
    ),
    "Poisson": (r"\mathrm{Poi}(b)", "$b > 0$", "b", "b + b^2", "b", "b + b**2", lambda b, **_: st.Poisson("X", b)),
    "Geometric": (r"\mathrm{Geometric}(p)", r"$p \in (0, 1)$", r"\frac1p", r"\frac{2 - p}{p^2}", "1/p", "(2-p)/p**2", lambda p, **_: st.Geometric("X", p)),
}  # fmt: skip
VALUES = {"m": Rational(2, 3), "v": Rational(5, 4), "b": Rational(3, 2), "p": Rational(2, 7), "n": 4}


def verdicts(law: str, told: str, claim: str) -> list[str]:
    return [r.verdict for r in check(rf"Let {told}. Let $X \sim {law}$. Then $${claim}$$").records if r.verdict not in ("given", "ignored")]


@pytest.mark.parametrize("name", LAWS)
def test_moments_are_proved_and_others_refuted(name: str) -> None:
    law, told, first, second, *_ = ROWS[name]
    assert verdicts(law, told, rf"\mathbb E[X] = {first}") == ["accepted"]
    assert verdicts(law, told, rf"\mathbb E[X^2] = {second}") == ["accepted"]
    assert verdicts(law, told, rf"\mathbb E[X] = {first} + 1") == ["refuted"]
    assert verdicts(law, told, rf"\mathbb E[X^2] = 2 ({second})") == ["refuted"]


@pytest.mark.parametrize("name", LAWS)
def test_the_moments_of_the_table_are_sympys(name: str) -> None:
    *_, first, second, made = ROWS[name]
    x = made(**VALUES)
    assert st.E(x).equals(sympify(first, VALUES)) and st.E(x**2).equals(sympify(second, VALUES))


def test_no_word_names_two_laws_and_letters_need_their_font() -> None:
    for one, other in itertools.combinations(LAWS.values(), 2):
        assert not set(one.spellings) & set(other.spellings)
    assert spelled_law("N") is LAWS["Normal"] and law_named(Name("N")) is None and law_named(Name("N", font="cal")) == "Normal"
    assert law_named(Name("Poisson")) == "Poisson" and law_named(Name("Pareto")) is None


@pytest.mark.parametrize("law,name", [("Binomial(n, q)", "q"), ("Geometric(q)", "q"), ("Laplace(m, s)", "s"), ("Exp(s)", "s")])
def test_a_law_says_where_its_parameters_lie(law: str, name: str) -> None:
    text = rf"Let $X \sim \mathrm{{{law.split('(')[0]}}}({law.split('(')[1]}$. Then $$\sqrt{{{name}^2}} = {name}$$"
    assert [r.verdict for r in check(text).records if r.verdict != "given"] == ["accepted"]
