"""Which names run under one sign: ``\\sum_{i \\ne j}``, ``\\sum_{1 \\le i < j \\le n}``, ``\\max_{i<j}``, ``\\sum_{j > k} r^j``; and sums against brute force."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

LIST = r"Let $a_1, \dots, a_m$ be real. "
SIZE = "Let $m$ be a positive integer. "
RATE = "Let $0 < q < 1$. "


def last(words: str) -> str:
    """The verdict on the last relation that is no condition; of an accepted one, its evidence."""
    one = [r for r in check(document(source_of(words, "x.md"))).records if r.verdict != "given"][-1]
    return one.evidence.split("(")[0] if one.verdict == "accepted" else one.verdict


@pytest.mark.parametrize(("words", "verdict"), [
    # neither name stands anywhere else: both run, and the two sides of a relation are read alike
    (LIST + r"Then $\sum_{k \ne l} a_k a_l = 2 \sum_{k<l} a_k a_l$.", "sampled"),
    (LIST + r"Then $\sum_{k \ne l} a_k a_l = \sum_{k<l} a_k a_l$.", "refuted"),
    (LIST + r"Then $\sum_{k \ne l} a_k a_l = \sum_{k<l} a_k a_l + \sum_{k>l} a_k a_l$.", "sampled"),
    (LIST + r"Then $\sum_{k \ne l} a_k a_l^2 = \sum_k a_k \sum_l a_l^2 - \sum_k a_k^3$.", "proved"),
    (LIST + r"Then $\sum_{k \ne l} a_k a_l^2 = 2\sum_{k<l} a_k a_l^2$.", "refuted"),
    (LIST + r"Then $\sum_{l} \sum_{k \ne l} a_k = (m-1) \sum_k a_k$.", "sampled"),
    (LIST + r"Then $\sum_{l} \sum_{k \ne l} a_k = m \sum_k a_k$.", "refuted"),
    ("Let $H_{kl} = b_k b_l$. Then " + r"$\sum_{k \ne l} H_{kl}^2 = 2 \sum_{k<l} b_k^2 b_l^2$.", "sampled"),
    (r"Let $B$ be a $d \times d$ matrix. Then $\sum_{i \ne j} B_{ij} = \sum_{i,j} B_{ij} - \operatorname{tr} B$.", "sampled"),
    (r"Let $B$ be a $d \times d$ matrix. Then $\sum_{i \ne j} B_{ij} = 2 \sum_{i<j} B_{ij}$.", "refuted"),
    # one of them stands beside the sum, or words speak of it
    (LIST + r"Then $\sum_{k \ne l} a_k = \sum_{k=1}^m a_k - a_l$.", "proved"),
    (LIST + r"Fix $l$ in $\{1, \dots, m\}$. Then $\sum_{k \ne l} a_k = \sum_{k=1}^m a_k - a_l$.", "proved"),
    (LIST + r"Let $y$ be the label. Then $\sum_{k \ne y} (a_k - a_y) = \sum_{k=1}^m a_k - m a_y$.", "proved"),
    (LIST + r"For each $l$, $\sum_{k \ne l} a_k a_l = \sum_{k < l} a_k a_l$.", "refuted"),
    (r"Let $p_1, \dots, p_K$ sum to one. Then $\sum_{j \ne k} p_j = 1 - p_k$.", "proved"),
    (r"Let $p_1, \dots, p_K$ sum to one. Then $\sum_{j \ne k} p_j = 1 + p_k$.", "refuted"),
    # other relations speak of it: it may be either
    (LIST + r"If $k \ne l$, then $a_k a_l = a_l a_k$. Moreover $\sum_{k \ne l} a_k a_l = 2\sum_{k<l} a_k a_l$.", "undecided"),
    # extrema
    (LIST + r"Then $\max_{k \ne l} a_k a_l = \max_{k<l} a_k a_l$.", "sampled"),
    (LIST + r"Then $\max_{k \ne l} a_k a_l = \min_{k<l} a_k a_l$.", "refuted"),
    # what is added numbers nothing
    (SIZE + r"Then $\sum_{1 \le k < l \le m} l = \frac{m(m-1)(m+1)}{3}$.", "proved"),
    (SIZE + r"Then $\sum_{1 \le k < l \le m} l = \frac{m(m-1)(m+1)}{6}$.", "refuted"),
    (SIZE + r"Then $\sum_{m \ge k > l \ge 1} 1 = \frac{m(m-1)}{2}$.", "proved"),
    (SIZE + r"Then $\sum_{m \ge k > l \ge 1} 1 = \frac{m(m+1)}{2}$.", "refuted"),
    (SIZE + r"Then $\sum_{1 \le k \le l \le m} c = \frac{m(m+1)}{2} c$.", "proved"),
    # without end
    (RATE + r"Then $\sum_{j > 2} q^j = \frac{q^3}{1-q}$.", "proved"),
    (RATE + r"Let $t$ be a natural number. Then $\sum_{j > t} q^j = \frac{q^{t+1}}{1-q}$.", "proved"),
    (RATE + r"Let $t$ be a natural number. Then $\sum_{j > t} q^j = \frac{q^{t}}{1-q}$.", "refuted"),
    (RATE + r"Let $t$ be a natural number. Then $\sum_{j \ge t} q^j = \frac{q^{t}}{1-q}$.", "proved"),
])
def test_those_names_run_of_which_nothing_else_speaks(words: str, verdict: str) -> None:
    assert last(words) == verdict


NUMBERS = range(1, 5)


@pytest.mark.parametrize(("sign", "total"), [
    (r"1 \le i < j \le 4", sum(i * j for i, j in combinations(NUMBERS, 2))),
    (r"1 \le i \ne j \le 4", sum(i * j for i, j in permutations(NUMBERS, 2))),
    (r"0 < i < j < 5", sum(i * j for i, j in combinations(NUMBERS, 2))),
    (r"1 \le i \le j \le 4", sum(i * j for i in NUMBERS for j in NUMBERS if i <= j)),
    (r"4 \ge i > j \ge 1", sum(i * j for i, j in combinations(NUMBERS, 2))),
])
def test_sums_over_pairs_of_numbers_are_those_of_plain_loops(sign: str, total: int) -> None:
    assert last(rf"$\sum_{{{sign}}} i j = {total}$.") == "proved"
    assert last(rf"$\sum_{{{sign}}} i j = {total + 1}$.") == "refuted"


def test_triples() -> None:
    count = sum(1 for _ in combinations(range(1, 6), 3))
    assert last(rf"$\sum_{{1 \le i < j < k \le 5}} 1 = {count}$.") == "proved"


def test_what_is_listed_one_by_one_gives_the_range() -> None:
    assert last(r"Let $b_1, b_2, b_3$ be real. Then $\sum_{i<j} b_i b_j = b_1 b_2 + b_1 b_3 + b_2 b_3$.") == "sampled"
    assert last(r"Let $b_1, b_2, b_3$ be real. Then $\sum_{i<j} b_i b_j = b_1 b_2 + b_1 b_3$.") == "undecided"  # nobody says that the sum ends there
