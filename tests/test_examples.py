"""Several examples in one sentence or paragraph: each value begins where it is said and ends where the name gets another one; the others hold on."""

from __future__ import annotations

from itertools import pairwise

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

PRODUCT = "Let $P = a b + b$. "
FIELD = r"Let $o = \lfloor (n + 2p - k)/s \rfloor + 1$. "


def verdicts(words: str) -> list[str]:
    """The verdicts on the relations that are not given."""
    return [r.verdict for r in check(document(source_of(words, "x.md"))).records if r.verdict != "given"]


def of(a: int, b: int) -> int:
    return a * b + b


JOINED = [
    "For $a = {}$ and $b = {}$ this is $P = {}$; for $a = {}$ and $b = {}$ it is $P = {}$.",
    "For $a = {}$, $b = {}$ this is $P = {}$, for $a = {}$, $b = {}$ it is $P = {}$.",
    "If $a = {}$ and $b = {}$, then $P = {}$, and if $a = {}$ and $b = {}$, then $P = {}$.",
    "With $a = {}$ and $b = {}$ we get $P = {}$. With $a = {}$ and $b = {}$ we get $P = {}$.",
    "With $a = {}$, $b = {}$ we get $P = {}$. For $a = {}$ and $b = {}$ we get $P = {}$.",
]


@pytest.mark.parametrize("turn", JOINED)
def test_each_example_has_its_own_values(turn: str) -> None:
    for one, two in pairwise([(4, 2), (1, 7), (0, 5)]):
        right = turn.format(*one, of(*one), *two, of(*two))
        assert verdicts(PRODUCT + right) == ["accepted", "accepted"], right
        wrong = turn.format(*one, of(*one), *two, of(*one))
        assert verdicts(PRODUCT + wrong) == ["accepted", "refuted"], wrong


@pytest.mark.parametrize(("words", "expected"), [
    # names that get no new value keep theirs
    (PRODUCT + "For $a = 4$ and $b = 2$ this is $P = 10$; for $a = 1$ it is $P = 4$.", ["accepted", "accepted"]),
    (PRODUCT + "For $a = 4$ and $b = 2$ this is $P = 10$; for $a = 1$ it is $P = 10$.", ["accepted", "refuted"]),
    (FIELD + "For $n = 32$, $k = 3$, $p = 1$, $s = 1$ it is $o = 32$; for $s = 2$ it is $o = 16$.", ["accepted", "accepted"]),
    (FIELD + "For $n = 32$, $k = 3$, $p = 1$, $s = 1$ it is $o = 32$; for $s = 2$ it is $o = 32$.", ["accepted", "refuted"]),
    # one has fewer values than the next
    ("With $s = 1$ we get $n - k + s = n - k + 1$. With $s = 2$, $k = 3$ and $n = 7$ we get $n - k + s = 6$.", ["accepted", "accepted"]),
    ("With $s = 1$ we get $n - k + s = n - k + 1$. With $s = 2$, $k = 3$ and $n = 7$ we get $n - k + s = 5$.", ["accepted", "refuted"]),
    # things of one kind
    ("An encoder ($d = 4$) has $d^2 = 16$ weights. A decoder ($d = 3$) has $d^2 = 9$ weights.", ["accepted", "accepted"]),
    ("An encoder ($d = 4$) has $d^2 = 16$ weights. A decoder ($d = 3$) has $d^2 = 16$ weights.", ["accepted", "refuted"]),
    ("A small layer ($d = 4$) has $d^2 = 16$ weights and a large one ($d = 8$) has $d^2 = 64$.", ["accepted", "accepted"]),
    ("A small layer ($d = 4$) has $d^2 = 16$ weights and a large one ($d = 8$) has $d^2 = 16$.", ["accepted", "refuted"]),
    ("In the first example $(a,b)=(3,4)$ and $a + b = 7$. In the second example $(a,b)=(5,6)$ and $a + b = 11$.", ["accepted", "accepted"]),
    ("In the first example $(a,b)=(3,4)$ and $a + b = 7$. In the second example $(a,b)=(5,6)$ and $a + b = 7$.", ["accepted", "refuted"]),
    ("In the first layer $k = 3$ and $2k = 6$. In the last layer $k = 5$ and $2k = 10$.", ["accepted", "accepted"]),
    ("In the first layer $k = 3$ and $2k = 6$. In the last layer $k = 5$ and $2k = 6$.", ["accepted", "refuted"]),
    # what is claimed is no value of an example
    ("Let $L = (w-1)^2$. For $w = 1$, $L = 2$.", ["refuted"]),
    ("Let $y = 2x$. For $x = 3$, $y = 7$ and $y^2 = 49$ follow.", ["refuted", "refuted"]),
    ("Let $x > 0$ with $x^2 = 4$. Then we get the positive root ($x = 3$).", ["undecided"]),
    (r"For $n = 2$ and $k = 1$ we have $\binom{n}{k} = 2$; for $n = 4$ and $k = 2$ we have $\binom{n}{k} = 2$.", ["accepted", "refuted"]),
])
def test_a_new_value_begins_a_new_example(words: str, expected: list[str]) -> None:
    assert verdicts(words) == expected
