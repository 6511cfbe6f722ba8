"""How far what is said of one case reaches, which names a sentence speaks of anew, what arrows claim, and what nobody asserts."""

from __future__ import annotations

import pytest

from derivations.checking.report import Record, check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

REAL = "Let $x$ be real. "
PAIR = "Let $a$ and $b$ be real numbers. "
LIST = r"Let $x_1, \dots, x_n$ be real numbers. "
HOT = r"Let $y \in \mathbb{R}^3$ be one-hot. "


def records(words: str) -> tuple[Record, ...]:
    return check(document(source_of(words, "x.md"))).records


def last(words: str) -> str:
    """The verdict on the last relation that is no condition; of an accepted one, its evidence."""
    one = [r for r in records(words) if r.verdict != "given"][-1]
    return one.evidence.split("(")[0] if one.verdict == "accepted" else one.verdict


@pytest.mark.parametrize(("words", "verdict"), [
    # "if" holds in its sentence and in those that say that they speak of that case
    (r"If $x > 1$ then $x^2 > x$.", "proved"),
    (r"If $x > 1$ then $x^2 > x$, so $x^2 - x > 0$.", "proved"),
    (r"If $x > 1$ then $x^2 > x$. So $x^2 > x$.", "undecided"),
    (REAL + r"When $x > 1$ we have $\ln x > 0$. It follows that $\ln x > 0$.", "undecided"),
    (REAL + r"If $x > 0$, then $|x| = x$. In that case $|x|^3 = x^3$.", "proved"),
    (REAL + r"If $x > 0$, then $|x| = x$. Otherwise nothing changes. In general $|x| = x$.", "refuted"),
    (REAL + r"Provided $x \ge 0$, $\sqrt{x^2} = x$. Consequently, $\sqrt{x^2} = x$.", "undecided"),
    (PAIR + r"If $a = b$, then $a^2 = b^2$.", "proved"),
    (PAIR + r"If $a = b$, then $a^2 = b^2$. So $a^2 = b^2$.", "undecided"),
    # two conditions of one case
    (REAL + r"If $x > 0$ and $x < 1$ then $x^2 < x$.", "proved"),
    (REAL + r"If $x > 0$ and $x < 2$ then $x^2 < x$.", "refuted"),
    (REAL + r"Then $|x| = x$ for $x > 0$ and $|x| = -x$ for $x < 0$.", "proved"),
    # "for x > 0" is taken to hold on, and what needs it says so; a supposition holds
    (r"For $x > 0$, $|x| = x$. Moreover, $|x|^3 = x^3$.", "proved under a convention"),
    (r"For $x > 0$, $|x| = x$. Moreover, $|x|^2 = x^2$.", "proved"),
    (r"Suppose $x > 0$. Then $|x| = x$. Moreover, $|x|^3 = x^3$.", "proved"),
    # names that are spoken of anew
    (r"For positive $x$ we have $|x| = x$. Moreover, $|x| + 1 = x + 1$ for all real $x$.", "undecided"),
    (r"Suppose $x > 0$. Then $|x| = x$. Thus $|x| = x$ for every real $x$.", "undecided"),
    (r"Suppose $x > 0$. Then $|x| = x$. Thus $|x| = x$ for all such $x$.", "proved"),
    (r"Suppose $x > 0$. Then $|x| \ge 0$ for every real $x$.", "proved"),
    (PAIR + "Assume first that $a = b$. Then $a^2 = b^2$. Now let $a$ and $b$ be arbitrary. Then $a^2 = b^2$.", "undecided"),
    (PAIR + "Assume first that $a = b$. Then $a^2 = b^2$. Now let $a$ and $b$ be arbitrary. Then $a^2 - b^2 = (a-b)(a+b)$.", "proved"),
    # the case that is left out
    (REAL + r"Unless $x = 0$, we have $x^2 > 0$.", "sampled"),
    (REAL + r"We have $x^2 > 0$ except for $x = 0$.", "sampled"),
    (REAL + r"Unless $x = 0$, $x^2 > x$.", "refuted"),
])  # fmt: skip
def test_what_is_said_of_one_case(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (REAL + r"$x^2 = 1 \implies x = 1 \text{ or } x = -1$.", "proved"),
    (REAL + r"$x^2 = 1 \implies x = 1 \text{ and } x = -1$.", "undecided"),
    (r"The roots of $x^2 = 1$ are $x = 1$ and $x = -1$.", "proved"),
    (REAL + r"$x = 2 \implies x^2 = 4$.", "proved"),
    (REAL + r"$x = 2 \implies x^2 = 4$. Therefore $x = 2$.", "refuted"),
    (REAL + r"$x = 2 \implies x^2 = 4$. Hence $x^2 = 4$.", "refuted"),
    (r"Let $a = 2$. Then $a = 2 \implies a^2 = 4$. Hence $a^2 = 4$.", "proved"),
    (r"Let $x$ and $y$ be real. $x = 1 \text{ and } y = 2 \implies x + y = 3$.", "proved"),
    (r"Let $x$ and $y$ be real. $x = 1 \text{ and } y = 2 \implies x + y = 4$.", "refuted"),
    (r"Let $x$ and $y$ be real. $x = 1 \text{ and } y = 2 \iff x + y = 3$.", "unread"),
    (REAL + r"$x^2 = 4 \Leftarrow x = 2$.", "proved"),
    (REAL + r"$x = 2 \Leftarrow x^2 = 4$.", "refuted"),
])  # fmt: skip
def test_arrows(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize("words", [
    "It is false that $1 = 2$.",
    REAL + "It is not the case that $x^2 < 0$.",
    "A common mistake is $(x+1)^2 = x^2 + 1$.",
    r"One might think that $\sqrt{x^2} = x$.",
    "One could be tempted to write $(a+b)^2 = a^2 + b^2$.",
    r"In general, $\sqrt{x^2} = x$ does not hold.",
    "This does not mean that $x^2 = x$ for all $x$.",
    "Is it true that $x^2 = x$?",
    "Does $x^2 = x$ hold for all $x$?",
])  # fmt: skip
def test_what_nobody_asserts_is_given(words: str) -> None:
    assert [r.verdict for r in records(words)] == ["given"]


@pytest.mark.parametrize("words", [
    "It is not wrong that $1 = 2$.",
    "It is true that $1 = 2$.",
    "It is a common mistake to forget a term; we get $(x+1)^2 = x^2 + x + 1$.",
    "It is not difficult to see that $(x+1)^2 = x^2+1$.",
    "One might think of the square, but $(x+1)^2 = x^2+1$.",
    "We do not need that, and $(x+1)^2 = x^2+1$.",
    "The squared error is $(x+1)^2 = x^2+1$.",
    "How large is the error? It is $(x+1)^2 = x^2+1$.",
    "The approximation error is then $(x+1)^2 = x^2+1$.",
])  # fmt: skip
def test_what_is_asserted_is_judged(words: str) -> None:
    assert [r.verdict for r in records(words)] == ["refuted"]


@pytest.mark.parametrize(("words", "verdict"), [
    # pairs under one sign: the names that stand nowhere else
    (LIST + r"Then $(\sum_{i=1}^n x_i)^2 = \sum_{i=1}^n x_i^2 + \sum_{i \ne j} x_i x_j$.", "proved"),
    (LIST + r"Then $(\sum_{i=1}^n x_i)^2 = \sum_{i=1}^n x_i^2 + 2 \sum_{i<j} x_i x_j$.", "sampled"),
    (LIST + r"Then $(\sum_{i=1}^n x_i)^2 = \sum_{i=1}^n x_i^2 + 2 \sum_{1 \le i<j \le n} x_i x_j$.", "sampled"),
    (LIST + r"Then $(\sum_{i=1}^n x_i)^2 = \sum_{i=1}^n x_i^2 + \sum_{i<j} x_i x_j$.", "refuted"),
    (LIST + r"Then $\sum_{1 \le i<j \le n} x_i x_j = \sum_{1 \le i \le j \le n} x_i x_j$.", "refuted"),
    (LIST + r"Then $\sum_{i=1}^n \sum_{j<i} x_i x_j = \sum_{j<i} x_i x_j$.", "sampled"),
    (LIST + r"For each $j$ we have $\sum_{i \ne j} x_i = \sum_{i=1}^n x_i - x_j$.", "proved"),
    # without end
    (r"For $|r| < 1$, $\sum_{j \ge 0} r^j = \frac{1}{1-r}$.", "proved"),
    (r"For $|r| < 1$, $\sum_{j > 0} r^j = \frac{r}{1-r}$.", "proved"),
    (r"For $|r| < 1$, $\sum_{j \ge 1} r^j = \frac{1}{1-r}$.", "refuted"),
    # entries at numbers are those of the vector that was told
    (HOT + "Then $y_1 y_2 = 0$.", "sampled"),
    (HOT + "Then $y_1 + y_2 + y_3 = 1$.", "sampled"),
    (HOT + "Then $y_1 + y_2 = 1$.", "refuted"),
    # lists of values
    ("Take $(a,b)=(3,4)$. Then $a^2+b^2=25$. Hence $b = 4$.", "proved"),
    ("Take $(a,b)=(3,4)$. Then $a^2+b^2=25$. Hence $a + b = 8$.", "refuted"),
])  # fmt: skip
def test_pairs_entries_and_lists(words: str, verdict: str) -> None:
    assert last(words) == verdict


def test_what_is_taken_to_hold_on_is_printed_with_its_line() -> None:
    found = records("For $x > 0$, $|x| = x$.\nMoreover, $|x|^3 = x^3$.")[-1]
    assert found.conventions == ("what line 1 says of one case is taken to hold on in the sentences behind it",)


@pytest.mark.parametrize(("words", "verdict"), [
    # "at most", "at least" suppose nothing, and numbers on both sides introduce nothing
    (r"The norm is at most $x$, and $2 \cdot 3 = 7$.", "refuted"),
    (r"We need at least $\lceil 1.4 \rceil = 1$ of them.", "refuted"),
    (r"We need at least $\lceil 1.4 \rceil = 2$ of them.", "proved"),
    (r"There are $8$ slots for $2 \cdot 4 = 9$ things.", "refuted"),
    (r"Let $L$ be natural. If $s \le 1$, the product has norm at most $(1+s)^L$, and $(1+s)^L \ge e^{sL}$.", "refuted"),
    # what is made from a name does not define it
    (r"Let $y = 2x + 1$. The inverse is $x = (y-1)/2$.", "proved"),
    (r"Let $y = 2x + 1$. The inverse is $x = y/2$.", "refuted"),
    (r"Let $y_2 = x_2 e^{s} + t$. The inverse is $x_2 = (y_2 - t) e^{-s}$.", "proved"),
    (r"Let $y_2 = x_2 e^{s} + t$. The inverse is $x_2 = y_2 e^{-s} - t$.", "refuted"),
    (r"With $x_{t+1} = x_t - g_t$ and $g_t = 2 x_t$, $x_{t+1} = - x_t$.", "proved"),
])  # fmt: skip
def test_what_is_a_claim_though_words_could_introduce_it(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize("words", [
    # values that were chosen without what the text says of a function, of what is random, of another draw
    "The loss satisfies $f(a w) = f(w)$ for every $a > 0$. Differentiating gives $w^T \\nabla f(w) = 0$.",
    "Let $q$ and $k$ be vectors whose components are odd. Then $E[q_i^2 k_i^2] = E[q_i^2] E[k_i^2]$.",
])  # fmt: skip
def test_a_counterexample_rests_on_no_choice(words: str) -> None:
    assert last(words) == "undecided"


@pytest.mark.parametrize(("words", "verdict"), [
    ("For example, $x = 3$ and $y = 4$ (so $p = 2$) give $x + y = 7$.", "proved"),
    ("For example, $x = 3$ and $y = 4$, so $x + y = 8$.", "refuted"),
    ("Let $n = 2m$. For example, $m = 2$, so $n = 5$.", "refuted"),
    ("Take $K=3$. Then $K^2 = 9$. Finally, for $D=2$ and $K=10$ the number is $D K = 20$.", "proved"),
    ("Take $K=3$. Then $K^2 = 9$. Finally, for $D=2$ and $K=10$ the number is $D K = 6$.", "refuted"),
    ("Let $x = 2$ and $y = 3$. For $x = 2$, $y = 4$.", "undecided"),
    (r"Let $y = 2x$, so that $y = 3x$.", "refuted"),
    (r"Let $Y\in\{0,1\}^{N\times K}$ hold the labels, so that $\sum_{k=1}^{K} Y_{nk}=1$ for every $n$. Then $\sum_{k=1}^{K} 2 Y_{nk} = 2$.", "proved"),
    (r"Let $X$ be a random variable with mean $\mu$. Then $E[X^2] = \mu^2$.", "refuted"),
    (r"For which $a$ does $e_{k+1} = (1-a) e_k$ tend to zero? We have $e_{k+2} = (1-a)^2 e_k$.", "proved"),
    (r"The solution is $v(t) = 1 + (v_0 - 1) e^{-bt}$. So $b (v_0-1) e^{-bt} = b (v - 1)$.", "proved"),
    (r"The solution is $v(t) = 1 + (v_0 - 1) e^{-bt}$. For a point mass, $v_0 = 0$, we find $v = 1 - e^{-bt}$. The ratio is $1/v = 1/(1 - e^{-bt})$.", "undecided"),
])  # fmt: skip
def test_values_of_examples_and_means(words: str, verdict: str) -> None:
    assert last(words) == verdict


def test_values_in_brackets_are_given() -> None:
    words = "Let $p = d(k-1)/2$. The layers are: a convolution ($k=3$, $p=1$, $d=1$) and a pooling ($k=2$, $p=0$, $d=1$)."
    assert {r.verdict for r in records(words)} == {"given"}


BCE = r"Let $L = -y\ln p-(1-y)\ln(1-p)$. Suppose $y = 1$. Then $L = -\ln p$. Suppose $y = 0$. "


@pytest.mark.parametrize(("words", "verdict"), [
    # a second supposition takes the place of the first
    ("Suppose $n = 1$. Then $n^2 = 1$. Suppose $n = 2$. Then $n^2 = 4$.", "proved"),
    ("Suppose $n = 1$. Then $n^2 = 1$. Suppose now $n = 2$. Then $n^2 = 1$.", "refuted"),
    (r"Suppose $x > 0$. Then $|x| = x$. Now suppose $x < 0$. Then $|x| = -x$.", "proved"),
    (r"Suppose $x > 0$. Then $|x| = x$. Now suppose $x < 0$. Then $|x| = x$.", "refuted"),
    (r"Suppose $z > 0$. Then $\max(0,z)=z$. Suppose $z \le 0$. Then $\max(0,z)=0$.", "proved"),
    (r"Let $0<\eta<1$. Then $1-\eta>0$. Now let $\eta>1$. Then $1-\eta>0$.", "refuted"),
    (r"Suppose $x > 0$ and $x < 1$. Then $x^2 < x$.", "proved"),
    (BCE + r"Then $L = -\ln(1-p)$.", "proved"),
    (BCE + r"Then $L = -\ln p$.", "refuted"),
    # otherwise
    (REAL + "If $x > 0$, then $|x| = x$; otherwise $|x| = -x$.", "proved"),
    (REAL + "If $x > 0$, then $|x| = x$; otherwise $|x| = x$.", "refuted"),
    (r"If $x \ge 0$, then $\sqrt{x^2} = x$. Otherwise, $\sqrt{x^2} = -x$.", "proved"),
    (r"Let $f(x) = \max(0,x)$. Then $f(x) = x$ if $x > 0$ and $f(x) = 0$ otherwise.", "proved"),
    (r"Let $f(x) = \max(0,x)$. Then $f(x) = x$ if $x > 0$ and $f(x) = 1$ otherwise.", "undecided"),
    # what is said case by case is none of the cases
    ("The ReLU is $r(x) = x$ if $x > 0$ and $r(x) = 0$ otherwise. Then $r(-2) = -2$.", "refuted"),
    (r"Let $f(x) = 2x$ for $x > 0$ and $f(x) = x$ for $x \le 0$. Then $f(-1) = -1$.", "proved"),
    (r"Let $\eta_t = 0.1$ for $t < 10$ and $\eta_t = 0.01$ for $t \ge 10$. Then $\eta_{20} = 0.1$.", "refuted"),
    (r"Let $\delta_{ij} = 1$ if $i = j$ and $\delta_{ij} = 0$ otherwise. Then $\sum_{j=1}^n \delta_{ij} x_j = \sum_{j=1}^n x_j$.", "refuted"),
    ("Let $f(x) = x^2$ for $x > 0$. Then $f(2) = 4$.", "proved"),
    # "or"
    ("Let $x$ and $y$ be real. If $x > 0$ or $y > 0$, then $x + y > 0$.", "undecided"),
    ("If $x = 0$ or $y = 0$, then $x^2 + y^2 = 0$.", "undecided"),
    (r"$a > 0 \text{ or } b > 0 \implies a + b > 0$", "unread"),
    ("Let $a$ and $b$ be real with $ab = 0$. Then $a = 0$ or $b = 0$.", "unread"),
    (REAL + r"$x^2 > 4 \iff x > 2 \text{ or } x < -2$.", "unread"),
    ("Suppose $x^2 = 4$. Then $x = 2$ or $x = -2$.", "proved"),
    ("Suppose $x^2 = 4$. Then $x = 2$ or $x = -3$.", "refuted"),
])  # fmt: skip
def test_cases_that_exclude_each_other(words: str, verdict: str) -> None:
    assert last(words) == verdict
