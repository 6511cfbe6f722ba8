"""Which relations in a line of text are claimed, and what a counterexample to them may rest on."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

KNOWN = "Let $a = 2$ and $b = 3$. "


def last(words: str) -> str:
    """The verdict on the last relation that is no condition; of an accepted one, its evidence."""
    one = [r for r in check(document(source_of(words, "x.md"))).records if r.verdict != "given"][-1]
    return one.evidence.split("(")[0] if one.verdict == "accepted" else one.verdict


@pytest.mark.parametrize("words", [
    "Hence $b = 2a$.", "We get $b = 2a$.", "$b = 2a$ follows.", "The second one is $b = 2a$.", "To sum up: $b = 2a$.", "By linearity, $b = 2a$.",
    "In general $b = 2a$.", "Adding both, $b = 2a$.", "Equivalently, $b = 2a$.", "We have, after some work, $b = 2a$.", "It is small because $b = 2a$.",
    "Nothing is lost, and $b = 2a$.", "First $b = 2a$.", "In components $b = 2a$.", "Then $a < b$, $b = 2a$.", "They differ (since $b = 2a$).",
    "Words\n\n$b = 2a$\n\nand more.", "Hence $$b = 2a.$$", "The two sides balance, $$b = 2a.$$", "There are six of them ($2 \\cdot 3 = 7$).",
])  # fmt: skip
def test_what_is_claimed_is_refuted(words: str) -> None:
    assert last(KNOWN + words) == "refuted"


@pytest.mark.parametrize("words", [
    "The two sides balance, $b = 2a$.", "It overtakes the rest once $b > 2a$.", "The scales, whose weights are such that $b = 2a$, are gone.",
    "They are small ($b = 2a$ for each).", "如果 $b = 2a$ 那么", "정의 $b = 2a$ 를 쓴다.", "A worker whose rates satisfy $b > 2a$ stops.", "When the ends meet ($b = 2a$) it stops.",
])  # fmt: skip
def test_what_is_only_mentioned_is_a_question(words: str) -> None:
    judged = [r.verdict for r in check(document(source_of(KNOWN + words, "x.md"))).records if r.verdict != "given"]
    assert set(judged) <= {"undecided"}


@pytest.mark.parametrize(("words", "verdict"), [
    # an inequality fails at values of which nothing says that they are meant
    (r"Then $(1 - r)^n \le e^{-rn}$.", "undecided"),
    (r"Let $r$ be real and let $n$ be natural. Then $(1 - r)^n \le e^{-rn}$.", "refuted"),
    (r"Let $u$ be real. Then $u^2 \ge u$.", "refuted"),
    (r"Then $\lambda_i \ge 0$.", "undecided"),
    (r"Let $v$ have mean $m$ and variance $s^2$. Then $\frac{m^2}{m^2 + s^2} < 1$.", "undecided"),
    # a root that a name is said to be; with numbers both roots are meant
    (r"Let $m > 0$ and $L > 0$. Consider $g^2 m = L$. Hence $g = \sqrt{L/m}$.", "undecided"),
    (r"\begin{align*} x^2 &= 9 \\ x &= 3 \end{align*}", "refuted"),
    # numbers that were rounded on the way
    (r"Let $n$ be natural. Then $2 e^{-n \cdot 0.01/3} = 2 e^{-0.00333 n}$.", "undecided"),
    (r"Let $n$ be natural. Then $2 e^{-n \cdot 0.01/3} = 2 e^{-0.00433 n}$.", "refuted"),
    (r"Let $n$ be natural. Then $n (1 + 0.25) = 1.26 n$.", "refuted"),
    (r"We have $\sqrt{2} \approx 1.41$. Then $\sqrt{2} - 1.41 = 0$.", "refuted"),
    # a value at one place
    (r"Let $p = (\frac12, \frac14, \frac14)$ and $H(p) = -\sum_{i=1}^n p_i \log p_i$. Then $H(p) = \frac32 \log 2$.", "undecided"),
    (r"For every real $m$ we have $m + 1 = 5$.", "refuted"),
    # vectors of probabilities
    (r"Let $p = (p_1, \dots, p_n)$ be a probability vector. Then $\sum_{i=1}^n p_i = 1$.", "sampled"),
    (r"Let $p \in \mathbb{R}^n$ be a probability vector. Then $\sum_{i=1}^n p_i^2 \le 1$.", "sampled"),
    (r"Let $p = (p_1, \dots, p_n)$ be a probability vector. Then $\sum_{i=1}^n p_i^2 = 1$.", "refuted"),
    (r"Let $p = (p_1, \dots, p_n)$ be a vector. Then $\sum_{i=1}^n p_i = 1$.", "refuted"),
    # a name with a mark is no member of what moves in steps, and no entry of a function of its letter
    (r"Let $x_{k+1} = x_k - \eta x_k$ and $m, L > 0$. Let $\eta_\star = \frac{2}{m + L}$. Then $1 - \eta_\star m = \frac{L - m}{L + m}$.", "proved"),
    (r"Let $x_{k+1} = x_k - \eta x_k$ and $m, L > 0$. Let $\eta_\star = \frac{2}{m + L}$. Then $1 - \eta_\star m = \frac{L + m}{L - m}$.", "refuted"),
    # a case in a bracket holds in it
    (r"Let $a$ and $b$ be real. Then $a^2 + b^2 \ge 2ab$ (if $a = b$ the two sides agree). Hence $a^2 + b^2 = 2ab$.", "refuted"),
    # one word introduces both
    (r"Let $Y_1, \dots, Y_n$ be i.i.d. with mean $\mu \ne 0$ and variance $\sigma^2 > 0$. Then $\frac{\mu^2}{\mu^2 + \sigma^2/n} < 1$.", "sampled"),
    (r"Let $Y_1, \dots, Y_n$ be i.i.d. with mean $\mu \ne 0$ and variance $\sigma^2 \ge 0$. Then $\frac{\mu^2}{\mu^2 + \sigma^2/n} < 1$.", "refuted"),
    # an index in square brackets
    (r"Then $\sum_{k=0}^{K-1} |w[k]| = \|w\|_1$.", "undecided"),
])  # fmt: skip
def test_what_a_counterexample_may_rest_on(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $A$ be an $n \times n$ row-stochastic matrix. Then $\sum_{j=1}^n A_{ij} = 1$.", "sampled"),
    (r"Let $A$ be an $n \times n$ row-stochastic matrix. Then $\sum_{i=1}^n A_{ij} = 1$.", "refuted"),
    (r"Let $A$ be an $n \times n$ column-stochastic matrix. Then $\sum_{i=1}^n A_{ij} = 1$.", "sampled"),
    (r"Let $A$ be an $n \times n$ doubly stochastic matrix. Then $\sum_{i=1}^n A_{ij} = 1$.", "sampled"),
    (r"Let $A$ be an $n \times n$ doubly stochastic matrix. Then $A A^T = I$.", "refuted"),
    (r"Let $A$ be an $n \times n$ stochastic matrix. Then $\sum_{i=1}^n A_{ij} = 1$.", "undecided"),
])  # fmt: skip
def test_which_sums_of_a_stochastic_matrix_are_one(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $A$ be an $n \times n$ symmetric matrix. Then $A_{ij} = A_{ji}$.", "proved"),
    (r"Let $A$ be an $n \times n$ symmetric matrix. Then $A_{ij} = 2 A_{ji}$.", "refuted"),
    (r"The $m \times n$ matrix $W$ is given. Then $\sum_{i=1}^m \sum_{j=1}^n W_{ij}^2 = \operatorname{tr}(W^\top W)$.", "proved"),
    (r"Let $A$ and $B$ be $n \times n$ matrices. Then $(AB)_{ij} = \sum_{k=1}^n A_{ik} B_{kj}$.", "proved"),
    (r"Let $A$ and $B$ be $n \times n$ matrices. Then $(AB)_{ij} = \sum_{k=1}^n A_{ki} B_{kj}$.", "refuted"),
    (r"Let $x$ be an $n$-dimensional vector. Then $\|x\|^2 = \sum_{i=1}^n x_i^2$.", "proved"),
    (r"Let $W$ be a matrix of size $m \times n$. Then $\operatorname{tr}(W^\top W) = \sum_{i=1}^m \sum_{j=1}^n W_{ij}$.", "refuted"),
    # what is told of an array is not lost where it was taken for numbers with subscripts
    (r"Let $A$ be row-stochastic. Then $\sum_{j=1}^n A_{ij} = 1$.", "undecided"),
])  # fmt: skip
def test_sizes_that_words_and_formulas_tell(words: str, verdict: str) -> None:
    assert last(words) == verdict
