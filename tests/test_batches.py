"""Sums over a batch that changes from step to step: each ``B_t`` is a set of its own."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

GRADIENT = r"Let $g_t = \sum_{i \in B_t} \frac{\partial l_i[\phi_t]}{\partial \phi}$ be the gradient, and $m_{t+1} = \beta m_t + (1-\beta) g_t$. Then "
SUM = r"Let $s_t = \sum_{i \in B_t} x_i$. Then "


def last(words: str) -> str:
    return check(document(source_of(words, "x.md"))).records[-1].verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (GRADIENT + r"$m_{t+1} = \beta^2 m_{t-1} + \beta(1-\beta) g_{t-1} + (1-\beta) g_t$.", "accepted"),
    (GRADIENT + r"$m_{t+1} = \beta^2 m_{t-1} + (1-\beta) g_{t-1} + (1-\beta) g_t$.", "refuted"),
    (SUM + r"$2 s_t = \sum_{i \in B_t} 2 x_i$.", "accepted"),
    (SUM + r"$2 s_t = \sum_{i \in B_t} 3 x_i$.", "refuted"),
    (SUM + r"$s_{t+1} = \sum_{i \in B_t} x_i$.", "refuted"),
])  # fmt: skip
def test_each_batch_is_a_set(words: str, verdict: str) -> None:
    assert last(words) == verdict
