"""What words and rows say of the formulas beside them, each kind with what it must not be: suppositions, cases, bounds, marks, dots, rows that go on."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

MEAN_ZERO = r"Let $v$ be a vector in $\mathbb{R}^n$. Suppose the entries are zero-meaned, i.e.\ $\sum_{j=1}^n v_j=0$. "
CASES = r"Let $x$ be real. Case 1: $x > 0$. Here nothing changes sign. Then $|x| = x$. Case 2: $x < 0$. "
GOES_ON = r"$$\begin{aligned} (a+b)^2 &= s^2, \qquad s := a+b \\ &= %s \end{aligned}$$"
DOT = r"Let $v(t) = c e^{-bt}$. Then $$\dot v = %s$$"
MARGIN = r"Let $p=\mathrm{softmax}(z)$ over $K\ge2$ classes, and $m=z_c-\ln\sum_{k\neq c}e^{z_k}$ the margin of class $c$. Then $p_c = %s$."


def verdicts(words: str) -> list[str]:
    return [r.verdict for r in check(document(source_of(words, "x.md"))).records]


@pytest.mark.parametrize(("words", "verdict"), [
    # suppositions that say again what words said, and conditions that come before a display
    (MEAN_ZERO + r"Then $\sum_{j=1}^n (v_j + c) = nc$.", "accepted"),
    (MEAN_ZERO + r"Then $\sum_{j=1}^n (v_j + c) = c$.", "refuted"),
    (r"With $a = 2b$, $c = 3b$ and $b + d = 1$, $$a + c = 5b$$", "accepted"),
    (r"With $a = 2b$, $c = 3b$ and $b + d = 1$, $$a + c = 4b$$", "refuted"),
    # cases that are worked out one after the other
    (CASES + "Then $|x| = -x$.", "accepted"),
    (CASES + "Then $|x| = x$.", "refuted"),
    # a bound in a bracket of its own
    (r"Let $x$ be real. $$\sqrt{x^2} = x \qquad (x \ge 0).$$", "given"),
    (r"Let $x$ be real. $$\sqrt{x^2} = x \qquad (1).$$", "refuted"),
    # the range under the sign
    (r"$$\sum_{\substack{j \ge 1 \\ j \le n}} j = \frac{n(n+1)}{2}$$", "accepted"),
    (r"$$\sum_{\substack{j \ge 1 \\ j \le n}} j = \frac{n(n-1)}{2}$$", "refuted"),
    (r"Let $n$ be a natural number. $$\sum_{i=1}^n \sum_{i < j \le n} 1 = \frac{n(n-1)}{2}$$", "accepted"),
    (r"Let $n$ be a natural number. $$\sum_{i=1}^n \sum_{i < j \le n} 1 = \frac{n(n+1)}{2}$$", "refuted"),
    # a row goes on with the first formula of the row before, not with what is defined beside it
    (GOES_ON % "a^2 + 2ab + b^2", "accepted"),
    (GOES_ON % "a^2 + b^2", "refuted"),
    # dots, and names that things are numbered by
    (DOT % "-b v", "accepted"),
    (DOT % "-b c e^{-bt}", "accepted"),
    (DOT % "b v", "refuted"),
    (MARGIN % r"\frac{1}{1+e^{-m}}", "accepted"),
    (MARGIN % r"\frac{1}{1+e^{m}}", "refuted"),
    # what was chosen for sets and functions of which the text says more is no counterexample
    (r"Split $m$ examples into micro-batches $B_1,\dots,B_K$. Then $\sum_{i=1}^m x_i = \sum_{k=1}^K \sum_{i \in B_k} x_i$.", "undecided"),
    (r"Let $B$ be a batch. Then $\sum_{i \in B} 2 x_i = \sum_{i \in B} 3 x_i$.", "refuted"),
    (r"Let $G(x) = x\Phi(x)$ with $\Phi'=\varphi$ and $\varphi(x) = (2\pi)^{-1/2} e^{-x^2/2}$. Then $G'(x) = \Phi(x) + x\varphi(x)$.", "undecided"),
    # a condition beside a display reaches as far as one in the line
    (r"Let $x$ be real. $$|x| = x \text{ for all } x > 0.$$ In general $|x| = x$.", "refuted"),
    (r"Let $x$ be real. For all $x > 0$ we have $|x| = x$. In general $|x| = x$.", "refuted"),
    (r"For $|\beta| < 1$ we have $\sum_{k=0}^\infty \beta^k = \frac{1}{1-\beta}$.", "accepted"),
    # where the text says that repeated indices are summed, they are
    (r"Summation over repeated indices is understood. Then $\frac12 \delta_{ii} = \frac12$.", "unread"),
    (r"We use the Einstein convention. So $a_i b_i = b_i a_i$.", "unread"),
    (r"We use the Einstein convention. So $a_i + b_i = b_i + a_i$.", "accepted"),
    (r"We use the Einstein convention. So $\sum_{i=1}^n a_i b_i = \sum_{i=1}^n b_i a_i$.", "accepted"),
    # "if and only if" in the line claims both directions
    (r"Let $x$ be real. Hence $x^2 = 9$ if and only if $x = 3$.", "refuted"),
    (r"Let $x$ be real. Hence $x = 3$ if and only if $x^2 = 9$.", "refuted"),
    (r"Let $a,b$ be real. Then $ab = 0$ precisely when $a = 0$.", "refuted"),
    (r"Let $a \ne 0$. Then $ax = 1$ if and only if $x = 1/a$.", "accepted"),
    # a condition behind its formula reaches to what is concluded from it, and cases end
    (r"Let $x$ be real. Then $|x| = -x$ for $x < 0$. Hence $|2x| = -2x$.", "accepted"),
    (r"Let $x$ be real. Then $|x| = -x$ for $x < 0$. Now $|x| = -x$.", "refuted"),
    (CASES + "Then $|x| = -x$. In both cases $|x| = -x$.", "refuted"),
    # names for others, denied or under a condition, are none
    (r"Let $a,b$ be real. We write $s$ for $a+b$. Then $s^2 = a^2 + b^2$.", "refuted"),
    (r"Let $a,b$ be real. We do not write $s$ for $a+b$; instead $s$ is another number. Then $$s^2 = (a+b)^2$$", "undecided"),
    (r"Let $a,b$ be real. We write $s$ for $a+b$ up to sign. Then $$s^2 + 1 = (a+b)^2 + 1$$", "undecided"),
    # a value of a dotted function is no product
    (r"Let $v(t) = t^2 + 3t$. Then $$\dot v(0) = 0$$", "unread"),
    # an error that is integrated over is no number, and an interval from -a to a has a positive a
    (r"Let $s > 0$. Then $$\frac1s \int_{-s/2}^{s/2} e^2\,de = \frac{s^2}{12}$$", "accepted"),
    (r"Let $s > 0$. Then $$\frac1s \int_{-s/2}^{s/2} e^2\,de = \frac{s^2}{6}$$", "refuted"),
    (r"An entry is uniform on $[-\rho,\rho]$. So $\sqrt{\rho^2} = \rho$.", "accepted"),
    (r"An entry is uniform on $[\rho,\tau]$. So $\sqrt{\rho^2} = \rho$.", "refuted"),
])  # fmt: skip
def test_what_words_and_rows_say(words: str, verdict: str) -> None:
    assert verdicts(words)[-1] == verdict


def test_what_comes_before_an_example_is_none() -> None:
    words = r"For any $\beta\ne 1$ we have $\sum_{k=0}^\infty \beta^k = \frac{1}{1-\beta}$, e.g.\ for $\beta = 0.9$ this is $1/0.1 = 10$."
    assert verdicts(words) == ["given", "undecided", "given", "accepted"]
