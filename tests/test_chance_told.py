"""What texts say of random variables in words: symmetric laws, shared moments, inputs that weights are independent of; judged, with wrong neighbours."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from derivations import check
from derivations.language.context import Context, Domain, RandomVariable, Scalar
from derivations.language.term import Name
from derivations.reading.expression import read
from derivations.rules.normal.convert import Algebra

LAYER = (
    r"A layer computes $y_i=\sum_{j=1}^{n}W_{ij}x_j$ for $i=1,\dots,m$. The entries $W_{ij}$ are i.i.d. with mean $0$ and variance $s^2$, "
    r"and are independent of the "
)
INPUT = r"input $x=(x_1,\dots,x_n)$. The $x_j$ share the same second moment $\mathbb{E}[x_j^2]=\mathbb{E}[x_1^2]<\infty$. "
FOURTH = (
    r"Let $\epsilon_1,\dots,\epsilon_n$ be i.i.d. with mean zero, variance $\sigma^2$ and fourth moment $\mathbb{E}[\epsilon_i^4]=\kappa$. "
)
UNCORRELATED = r"Let $x_1,\dots,x_n$ be pairwise uncorrelated random variables with variance $v$ and mean zero. "
RELU = r"Let $x_j=\max(0,z_j)$, where each $z_j$ has the same distribution, symmetric about $0$, with finite variance. "


def last(text: str) -> str:
    """The verdict of the last claim."""
    return [r.verdict for r in check(text).records if r.verdict != "given"][-1]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # a law that is symmetric about zero: X and -X have it
        (r"Let $z$ be a random variable that is symmetric about $0$, and $x=\max(0,z)$. Then $\mathbb{E}[x^2]=\tfrac12\operatorname{Var}(z)$.", "accepted"),
        (r"Let $z$ be a random variable that is symmetric about $0$, and $x=\max(0,z)$. Then $\mathbb{E}[x^2]=\tfrac13\operatorname{Var}(z)$.", "refuted"),
        (r"Let $z$ be a random variable that is symmetric about $1$, and $x=\max(0,z)$. Then $\mathbb{E}[x^2]=\tfrac12\mathbb{E}[z^2]$.", "undecided"),
        (r"Let $z$ be a random variable that is not symmetric about zero. Then $\mathbb{E}[z]=0$.", "undecided"),
        (r"Let $z$ be a random variable. Then $\mathbb{E}[\max(0,z)^2]=\tfrac12\mathbb{E}[z^2]$.", "refuted"),
        (r"Let $z$ have a symmetric distribution about zero. Then $\mathbb{E}[\max(0,z)^2]=\tfrac12\mathbb{E}[z^2]$.", "accepted"),
        (r"Let $z$ be a symmetric random variable. Then $\mathbb{E}[z^3]=0$.", "accepted"),
        (r"Let $z$ be a symmetric random variable. Then $\mathbb{E}[z^4]=0$.", "refuted"),
        (r"Let $z$ be a symmetric random variable. Then $\mathbb{E}[|z|]=2\mathbb{E}[\max(0,z)]$.", "accepted"),
        (RELU + r"Then $\mathbb{E}[z_j]=0$.", "accepted"),
        (RELU + r"Then $\mathbb{E}[x_j^2]=\tfrac12\mathbb{E}[z_j^2]$.", "accepted"),
        (RELU + r"Then $\mathbb{E}[x_j^2]=\mathbb{E}[z_j^2]$.", "refuted"),
        (r"Suppose that $w$ and $z$ are independent, and that the distribution of $w$ is symmetric about zero and has variance $\sigma^2$. "
         r"Then $\operatorname{Var}(wz)=\sigma^2\mathbb{E}[z^2]$.", "accepted"),
        (r"Suppose that $w$ and $z$ are independent, and that the distribution of $w$ is symmetric about zero and has variance $\sigma^2$. "
         r"Then $\operatorname{Var}(wz)=\sigma^2\operatorname{Var}(z)$.", "refuted"),
        (r"Let $w$ and $z$ be random variables, and let $w$ have a symmetric law. Then $\mathbb{E}[w z]=0$.", "refuted"),
        (r"Let $w_1,\dots,w_n$ be i.i.d. with a symmetric distribution, and let $S=\sum_{i=1}^n w_i$. Then $\mathbb{E}[S^3]=0$.", "accepted"),
        (r"Let $w_1,\dots,w_n$ be i.i.d. with a symmetric distribution. Then $\mathbb{E}[w_1^2w_2^2]=0$.", "refuted"),
        (r"Let $f$ be a density that is symmetric about zero. Then $f(-x)=f(x)$.", "undecided"),
        (r"Let $A$ be a symmetric matrix. Then $A^T=A$.", "accepted"),
        # what the weights are independent of is random where its moments are taken; moments that words tell are told
        (LAYER + INPUT + r"Then $\mathbb{E}[y_i]=0$.", "accepted"),
        (LAYER + INPUT + r"Then $\operatorname{Var}(y_i)=n s^2\mathbb{E}[x_1^2]$.", "accepted"),
        (LAYER + INPUT + r"Then $\operatorname{Var}(y_i)=n s^2\mathbb{E}[x_1]^2$.", "refuted"),
        (LAYER + r"random variables $x_1, \dots, x_n$, which all have second moment $\mathbb{E}[x_j^2]=q$. Then $\operatorname{Var}(y_i)=n s^2 q$.", "accepted"),
        (LAYER + r"random variables $x_1, \dots, x_n$, which all have second moment $\mathbb{E}[x_j^2]=q$. Then $\operatorname{Var}(y_i)=s^2 q$.", "refuted"),
        (r"Let $x_1,\dots,x_n$ be random variables that share the same mean $\mathbb{E}[x_j]=\mathbb{E}[x_1]$. "
         r"Then $\operatorname{Var}(\sum_{j=1}^n x_j)=n\operatorname{Var}(x_1)$.", "refuted"),
        (r"Let $X\sim\mathcal{N}(0,1)$. Then $X$ has second moment $\mathbb{E}[X^2]=2$.", "refuted"),
        # members of families with several indices, and three of them in a product
        (r"Let $W_{ij}$ be i.i.d. with mean zero and variance $s^2$. Then $\operatorname{Cov}(\sum_{j=1}^n W_{1j}a_j,\sum_{j=1}^n W_{1j}b_j)=s^2\sum_{j=1}^n a_jb_j$.",
         "accepted"),
        (r"Let $W_{ij}$ be i.i.d. with mean zero and variance $s^2$. Then $\operatorname{Cov}(\sum_{j=1}^n W_{1j}a_j,\sum_{j=1}^n W_{2j}b_j)=0$.", "accepted"),
        (r"Let $W_{ij}$ be i.i.d. with mean zero and variance $s^2$. Then $\operatorname{Cov}(\sum_{j=1}^n W_{1j}a_j,\sum_{j=1}^n W_{1j}b_j)=s^2\sum_{j=1}^n a_j$.",
         "refuted"),
        (r"Let $W_{ij}$ be i.i.d. with mean zero and variance $s^2$. Then for $j\ne k$ we have $\mathbb{E}[W_{ij}^2W_{ik}^2]=s^4$.", "accepted"),
        (FOURTH + r"Then $\mathbb{E}[(\sum_{i=1}^n \epsilon_i)^4]=n\kappa+3n(n-1)\sigma^4$.", "accepted"),
        (FOURTH + r"Then $\mathbb{E}[(\sum_{i=1}^n \epsilon_i)^4]=n\kappa+6n(n-1)\sigma^4$.", "refuted"),
        # two that are uncorrelated are not independent, though those that are tried are
        (UNCORRELATED + r"Then $\mathbb{E}[(\sum_{i=1}^n x_i)^2]=nv$.", "accepted"),
        (UNCORRELATED + r"Then $\mathbb{E}[x_1^2x_2^2]=v^2$.", "undecided"),
        # what is wanted is not claimed, and a variance may be chosen
        (r"Let $W$ have mean zero and variance $s^2$. Then $\mathbb{E}[W^2]=s^2+1$.", "refuted"),
        (LAYER + INPUT + r"Then $\operatorname{Var}(y_i)=\operatorname{Var}(x_1)$ requires $s^2=1/n$.", "undecided"),
        (LAYER + INPUT + r"Then $\operatorname{Var}(y_i)=\operatorname{Var}(x_1)$.", "refuted"),
        # the end of a range that has a label
        (r"Let $S=\sum_{j=1}^{n_{\mathrm{in}}} j$. Then $S=n_{\mathrm{in}}(n_{\mathrm{in}}+1)/2$.", "accepted"),
        (r"Let $S=\sum_{j=1}^{n_{\mathrm{in}}} j$. Then $S=n_{\mathrm{in}}^2/2$.", "refuted"),
    ],
)
def test_words_about_chance(text: str, verdict: str) -> None:
    assert last(text) == verdict


OUTCOMES = ((Fraction(-1), Fraction(1, 2)), (Fraction(2), Fraction(1, 4)), (Fraction(0), Fraction(1, 4)))
"""A law of mean zero that is not symmetric."""


def enumerated(value, count: int) -> Fraction:
    """A mean over independent copies, by all their outcomes."""
    total = Fraction(0)
    for outcomes in product(OUTCOMES, repeat=count):
        weight = Fraction(1)
        for _, share in outcomes:
            weight *= share
        total += weight * value([v for v, _ in outcomes])
    return total


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_powers_of_a_sum_of_independent_members(n: int) -> None:
    """E[(w_1 + ... + w_n)^k] by the rule, which splits every product into the cases of equal and of different indices, and by all outcomes."""
    w = Name("w")
    moments = {k: sum(v**k * share for v, share in OUTCOMES) for k in (1, 2, 3, 4)}
    context = Context().declare(RandomVariable(None, 1, identical=True), w).declare(Scalar(Domain.INTEGER, index=True), Name("i"))
    for k in (2, 3, 4):
        context = context.assume(read(rf"\mathbb{{E}}[w_i^{k}] = {moments[k].numerator}/{moments[k].denominator}").term)
    context = context.assume(read(r"\mathbb{E}[w_i] = 0").term)
    for k in (2, 3, 4):
        found = Algebra(context).poly(read(rf"\mathbb{{E}}[(\sum_{{i=1}}^{{{n}}} w_i)^{k}]").term)
        assert found.constant == enumerated(lambda values, k=k: sum(values) ** k, n)
