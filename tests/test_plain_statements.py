"""Short statements as people write them: what is told of entries, moments, parity, places of a minimum, recurrences, differentials, and what is denied."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of


def last(words: str) -> str:
    """The verdict on the last relation that is judged; of an accepted one, its evidence."""
    one = [r for r in check(document(source_of(words, "x.md"))).records if r.verdict != "given"][-1]
    return one.evidence.split("(")[0] if one.verdict == "accepted" else one.verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $w \in \mathbb{R}^2$ be nonnegative. Then $w_1 w_2 \ge 0$.", "proved"),
    (r"Let $w$ be a nonnegative vector in $\mathbb{R}^n$. Then $\sum_{i=1}^n w_i \ge 0$.", "proved"),
    (r"Let $w$ be a nonnegative vector in $\mathbb{R}^n$. Then $\sum_{i=1}^n w_i > 0$.", "refuted"),
    (r"Let $w$ be a nonzero vector in $\mathbb{R}^n$. Then $w_1^2 > 0$.", "undecided"),
    (r"Let $v \in \mathbb{R}^n$ with $v \ne 0$ and $c > 0$. Then $\frac{c}{\|v\|}\|v\| = c^2$.", "refuted"),
    (r"Let $p \in (0,1)^2$. Then $p_1 p_2 < 1$.", "sampled"),
    (r"Let $p \in [0,1]^2$. Then $p_1 + p_2 \le 1$.", "refuted"),
    (r"Let $p \in [0,1]^K$ with $\sum_k p_k = 1$. Then $\sum_{k=1}^K p_k^2 \le 1$.", "sampled"),
    (r"Let $y \in \{0,1\}^3$. Then $y_1^2 = y_1$.", "sampled"),
    (r"Let $y \in \{0,1\}^3$. Then $y_1 + y_2 = 1$.", "refuted"),
    (r"Let $x \in \{-1,1\}^n$. Then $\|x\|^2 = n$.", "sampled"),
    (r"Let $k \in \mathbb{Z}^2$. Then $\sin(\pi k_1) = 0$.", "undecided"),
    (r"Let $i$ be a fixed index and $w \in [0,1]^n$. Then $w_1 \ge 0$.", "proved"),
    (r"Let $p$ and $q$ be probability vectors in $\mathbb{R}^n$. Then $\sum_{i=1}^n p_i + \sum_{i=1}^n q_i = 2$.", "proved"),
    (r"Let $D \in \mathbb{R}^{2\times 2}$ be diagonal. Then $\det D = D_{11} D_{22}$.", "sampled"),
    (r"Let $D$ be a diagonal matrix. Then $D_{11} = 0$.", "refuted"),
    (r"Let $A$ be symmetric. Then $A_{ij} = A_{ji}$.", "proved"),
    (r"Let $A$ be symmetric. Then $A_{ij} = -A_{ji}$.", "refuted"),
    (r"Let $P$ be a permutation matrix. Then $\sum_{j=1}^n P_{ij} = 1$.", "proved"),
    (r"Let $A$ be an $n \times n$ matrix. If $A$ is symmetric, then $A^T = A$. So $A^T = A$.", "refuted"),
    (r"Let $P$ be a projection matrix. Then $P^2 = P$.", "undecided"),
    (r"Let $A$ be a symmetric matrix with eigenvalues $\lambda_1, \dots, \lambda_n$. Then $\det(A) = \prod_{i=1}^n \lambda_i$.", "undecided"),
    (r"Let $A \in \mathbb{R}^{5 \times 8}$ have rank $4$. Then $\dim \ker(A) = 8 - 4$.", "undecided"),
])  # fmt: skip
def test_what_is_told_of_arrays_holds_of_their_entries(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $w$ and $x$ be independent with zero mean and variances $a$ and $b$. Then $\operatorname{Var}(wx) = ab$.", "proved"),
    (r"Let $X$ and $Y$ be independent, each with mean $1$, and with variances $2$ and $3$, respectively. Then $\mathbb{E}[Y^2] = 4$.", "proved"),
    (r"Let $X$ and $Y$ be independent, each with mean $1$, and with variances $2$ and $3$, respectively. Then $\mathbb{E}[Y^2] = 3$.", "refuted"),
    (r"Let $w$ have mean zero and variance $a$, let $x$ have mean zero and variance $b$, and let them be independent. Then $\operatorname{Var}(wx) = ab$.",
     "proved"),
    (r"Suppose that $\mathbb{E}[X] = 2$, $\mathbb{E}[Y] = 3$ and $\mathrm{Cov}(X,Y) = -1$. Then $\mathbb{E}[XY] = 5$.", "proved"),
    (r"Suppose that $\mathbb{E}[X] = 2$, $\mathbb{E}[Y] = 3$ and $\mathrm{Cov}(X,Y) = -1$. Then $\mathbb{E}[XY] = 7$.", "refuted"),
    (r"Let $U$ be uniformly distributed on $[0, 6]$. Then $\mathrm{Var}(U) = 3$.", "proved"),
    (r"Let $U$ be uniformly distributed on $[0, 6]$. Then $\mathrm{Var}(U) = 6$.", "refuted"),
    (r"For an exponential random variable $T$ with rate $\lambda > 0$ we have $\mathrm{Var}(T) = \frac{1}{\lambda^2}$.", "proved"),
    (r"Let $T$ be exponentially distributed with mean $m$. Then $\mathrm{Var}(T) = m^2$.", "proved"),
    (r"For an exponential random variable $T$ with rate $\lambda > 0$ we have $\mathbb{E}[T] = \frac{1}{\lambda}$, so $\mathrm{Var}(T) = \frac{1}{\lambda}$.", "refuted"),
    (r"Let $X$ be normal with mean $\mu$ and variance $\sigma^2$. Then $\mathbb{E}[X^2] = \mu^2 + \sigma^2$.", "proved"),
    (r"Let $X$ be normal with mean $\mu$ and variance $\sigma^2$. Then $\mathbb{E}[X^2] = \mu^2 - \sigma^2$.", "refuted"),
    (r"Let $X$ be a hypergeometric random variable with mean $m$. Then $\operatorname{Var}(X) = m$.", "undecided"),
    (r"Let $B$ be a Bernoulli variable with parameter $p$. As $B^2 = B$, we have $\mathbb{E}[B^2] = p$.", "proved"),
    (r"Let $X$ be normal with mean $0$ and variance $1$. Then $X^2 = X$.", "refuted"),
    (r"We have $\sum_{k} \binom{n}{k} = 2^{n-1}$.", "refuted"),
    (r"Masks $m_{ij}\in\{0,1\}$ are i.i.d. with $P(m_{ij}=1)=p$, $0<p<1$. Then $\mathrm{Var}(m_{ij}) = p(1-p)$.", "proved"),
    (r"Masks $m_{ij}\in\{0,1\}$ are i.i.d. with $P(m_{ij}=1)=p$, $0<p<1$. Then $\mathrm{Var}(m_{ij}) = p^2$.", "refuted"),
    (r"Let $N \sim \mathrm{Poisson}(\lambda)$. Then $\mathrm{Var}(N) = \lambda$.", "proved"),
    (r"Let $T \sim \mathrm{Exp}(\lambda)$. Then $\mathbb{E}[T] = \frac{1}{\lambda}$.", "proved"),
    (r"Let $X$ and $Y$ have variance $1$ and correlation $\frac12$. Then $\operatorname{Var}(X + Y) = 3$.", "undecided"),
    (r"For positive $X$ we have $\mathbb{E}[\log X] \ge \log \mathbb{E}[X]$.", "refuted"),
    (r"Let $X > 0$. Then $\mathbb{E}[X^2] = \mathbb{E}[X]^2$.", "refuted"),
    (r"Let $x$ be a real number. Then $\mathbb{E}[x^2] = \mathbb{E}[x]^2$.", "undecided"),
    (r"Let $X$ be a nonnegative random variable with mean $\mu$. Then $\mathbb{E}[X] \ge 0$.", "proved"),
    (r"Let $X$ be a random variable with $0 \le X \le 1$. Then $\mathbb{E}[X^2] \le \mathbb{E}[X]$.", "sampled"),
    (r"Let $X$ be a random variable with $0 \le X \le 1$. Then $\mathbb{E}[X^2] \ge \mathbb{E}[X]$.", "refuted"),
])  # fmt: skip
def test_what_is_told_of_random_variables(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $n$ be an even integer. Then $(-1)^n = 1$.", "sampled"),
    (r"Let $n$ be an even integer. Then $(-1)^{n+1} = 1$.", "refuted"),
    (r"Let $n$ be an integer. If $n$ is even, then $(-1)^n = 1$, otherwise $(-1)^n = -1$.", "sampled"),
    (r"Let $n$ be an integer. If $n$ is even, then $(-1)^n = 1$. In general $(-1)^n = 1$.", "refuted"),
    (r"For even $n$ we have $(-1)^n = 1$, and for odd $n$ we have $(-1)^n = -1$. Hence, for odd $n$, $\frac{1 - (-1)^n}{2} = 0$.", "refuted"),
    (r"Let $x$ be real. If $x$ is positive, $|x| = x$, otherwise $|x| = -x$.", "proved"),
    (r"Let $x$ be real. If $x$ is positive, $|x| = x$, otherwise $|x| = x$.", "refuted"),
])  # fmt: skip
def test_parity_and_the_other_case(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $f(x) = (x-1)^2$. The minimum is at $x = 1$.", "proved under a convention"),
    (r"Let $f(x) = (x-1)^2$. The minimum is at $x = 2$.", "undecided"),
    (r"Let $f(x) = (x-1)^2$. The minimizer is $x^* = 2$.", "refuted"),
    (r"Let $f(x) = x^2$. The maximum is at $x = 0$.", "undecided"),
    (r"Let $f(x) = -x^2$. The maximum is at $x = 0$.", "proved under a convention"),
    (r"Let $L(w) = (w - a)^2 + \lambda w^2$ with $\lambda > 0$. It is minimised by $\hat w = \frac{a}{1+\lambda}$.", "proved under a convention"),
    (r"Let $L(w) = (w - a)^2 + \lambda w^2$ with $\lambda > 0$. It is minimised by $\hat w = \frac{a}{1-\lambda}$.", "refuted"),
    (r"Let $L(w) = w^2 - 4w$. Setting the derivative to zero gives $w = 2$.", "proved under a convention"),
    (r"To minimise $f(x) = x^2 - 4x + 7$, set $f'(x) = 2x - 4 = 0$. The minimum is attained at $x = 2$.", "proved under a convention"),
    (r"Let $f(x) = x^2 - 2x$. Set $f'(x) = 2x - 3 = 0$.", "refuted"),
    (r"We have $\arg\min_c (c - 3)^2 = 2$.", "undecided"),
    (r"We have $\max_x x(1-x) = 0$.", "undecided"),
])  # fmt: skip
def test_places_of_a_minimum(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"The sequence given by $a_0 = 1$ and $a_{n+1} = 2a_n + 1$ starts with $a_1 = 3$. Next we get $a_2 = 7$.", "proved"),
    (r"The sequence given by $a_0 = 1$ and $a_{n+1} = 2a_n + 1$ starts with $a_1 = 3$. Next we get $a_2 = 8$.", "refuted"),
    (r"The moment obeys $m_t = \beta m_{t-1} + (1 - \beta) g$ with $m_0 = 0$. Then $m_2 = (1 - \beta)^2 g$.", "refuted"),
    (r"With the step size $\eta_t = \frac{\eta_0}{\sqrt{t}}$, where $t \ge 1$ and $\eta_0 > 0$, we have $\eta_4 = \frac{\eta_0}{4}$.", "refuted"),
    (r"A sequence begins with $a_1 = 2$. It follows that $a_2 = 5$, $a_3 = 8$.", "undecided"),
    (r"Let $n$ be even. Then $n = 2$.", "refuted"),
    (r"For $0 < a < 1$ define $f(x) = \max(ax, x)$. For $x > 0$, $f(x) = x$; for $x < 0$, $f(x) = -ax$.", "refuted"),
    (r"Substituting $u = x^2$, we have $du = 2x\,dx$.", "proved"),
    (r"Substituting $u = x^2$, we have $du = 3x\,dx$.", "refuted"),
    (r"Let $u = \sin x$. Then $du = \cos x \, dx$.", "proved"),
    (r"Put $t = \frac{x-\mu}{\sigma}$, hence $dt = \frac{dx}{\sigma}$.", "proved"),
    (r"Let $d$ be the width and $u = 2$. Then $d u = 2 d$.", "proved"),
])  # fmt: skip
def test_recurrences_and_differentials(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Note that $(a+b)^2 \ne a^2+b^2$ in general.", "undecided"),
    (r"We cannot conclude that $(a+b)^2 = a^2 + b^2$.", "undecided"),
    (r"Instead of $2 + 2 = 5$ we have $2 + 2 = 4$.", "proved"),
    (r"We never get $2 + 2 = 5$.", "undecided"),
    (r"Let $b$ be real. For $t\to\infty$ and any $b \ne 1$ it is $\sum_{k=0}^\infty b^k = \frac{1}{1-b}$, e.g. for $b = 0.9$.", "undecided"),
    (r"Let $0 < b < 1$. It is $\sum_{k=0}^\infty b^k = \frac{1}{1-b}$, e.g. for $b = 0.9$.", "proved"),
    ("Let $x > 0$. Then\n$$|x| = x \\quad \\text{(also for } x \\in \\{-1, 1\\}\\text{)}$$", "unread"),
    ("Let $a > 0$ and $b > 0$. Compared with the real thing:\n$$\\frac{a+b}{ab} = \\frac1a - \\frac1b.$$", "refuted"),
    ("Let $p = e^{-s/d}$ with $d > 0$. In terms of the scores,\n$$\\frac{\\partial p}{\\partial s} = \\frac{p}{d}.$$", "refuted"),
    (r"As one might think, $(a+b)^2 = a^2+b^2$.", "refuted"),
    (r"Contrary to what one might think, $(a+b)^2 = a^2+b^2$.", "refuted"),
    (r"Since the matrix is not symmetric, $(a+b)^2 = a^2+b^2$.", "refuted"),
    (r"Without loss of generality $(a+b)^2 = a^2+b^2$.", "refuted"),
])  # fmt: skip
def test_what_is_denied_is_no_claim(words: str, verdict: str) -> None:
    assert last(words) == verdict
