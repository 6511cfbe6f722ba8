"""Vectors written as lists, names that words make short for others, and rows of words: right steps and slips beside them."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

MATRIX = r"Let $A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ and $x = (1, 1)$. "
STACKED = r"Let $p=(p_1,\dots,p_N)^\top$ and $\mathbf{q}=(q_1,\dots,q_N)$ be vectors. "
SHORT = r"Let $x_1,\dots,x_N$ be vectors in $\mathbb{R}^d$, and $\sigma(z)=1/(1+e^{-z})$. Throughout, $p_i$ is shorthand for $\sigma(w^\top x_i)$. "


def last(words: str) -> str:
    return check(document(source_of(words, "x.md"))).records[-1].verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (MATRIX + r"Then $Ax = (3, 7)$.", "accepted"),
    (MATRIX + r"Then $Ax = (3, 8)$.", "refuted"),
    (MATRIX + r"Then $x^\top A x = 10$.", "accepted"),
    (MATRIX + r"Then $A^\top x = (4, 6)^\top$.", "accepted"),
    (MATRIX + r"Then $A^\top x = (3, 7)^\top$.", "refuted"),
    (STACKED + r"So $p^\top p = \sum_{i=1}^N p_i^2$.", "accepted"),
    (STACKED + r"So $p^\top p = \sum_{i=1}^N p_i$.", "refuted"),
    (STACKED + r"So $p^\top \mathbf{q} = \sum_{i=1}^N p_i q_i$.", "accepted"),
    (STACKED + r"So $p^\top \mathbf{q} = \sum_{i=1}^N q_i^2$.", "refuted"),
    (SHORT + r"So $1 - p_i = \frac{1}{1+e^{w^\top x_i}}$.", "accepted"),
    (SHORT + r"So $1 - p_i = \frac{1}{1+e^{-w^\top x_i}}$.", "refuted"),
    (r"We write $s$ for $a + b$. So $s^2 = a^2 + 2ab + b^2$.", "accepted"),
    (r"We write $s$ for $a + b$. So $s^2 = a^2 + ab + b^2$.", "refuted"),
    (r"We denote $a + b$ by $s$. So $s - b = a$.", "accepted"),
    (r"We denote $a + b$ by $s$. So $s^2 = a^2 + b^2$.", "refuted"),
    (r"Let $(a, b) = (1, 2)$. So $a + b = 3$.", "accepted"),  # a pair of names is no vector
    (r"Let $(a, b) = (1, 2)$. So $a + b = 4$.", "refuted"),
])  # fmt: skip
def test_lists_and_names_for_others(words: str, verdict: str) -> None:
    assert last(words) == verdict
