"""Names beside their members: the argument ``w`` of what is minimised beside the steps ``w_t``."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

QUADRATIC = (
    r"Let $A\in\mathbb{R}^{d\times d}$ be symmetric, $b\in\mathbb{R}^d$ and $f(w)=\frac12 w^\top A w-b^\top w$. "
    r"Let $w_{t+1}=w_t-\eta\nabla f(w_t)$ with a fixed step $\eta>0$. "
)
NUMBER = r"Let $f(x)=\frac a2 x^2$ and $x_{k+1}=x_k-\eta f'(x_k)$. "
TOLD = r"Let $A$ be a symmetric $d\times d$ matrix and let $x\in\mathbb{R}^d$. Define $f(x)=\frac12 x^\top A x$. Gradient descent is $x_{k+1}=x_k-\eta\nabla f(x_k)$. "


def verdicts(words: str) -> list[str]:
    return [r.verdict for r in check(document(source_of(words, "x.tex"))).records if r.judged]


@pytest.mark.parametrize(("told", "claim"), [
    (QUADRATIC, r"\nabla f(w)=Aw-b"),
    (QUADRATIC, r"w_{t+1} = w_t-\eta(Aw_t-b)"),
    (QUADRATIC, r"w_{t+1} = (I-\eta A)w_t+\eta b"),
    (QUADRATIC, r"\nabla f(w_t)=Aw_t-b"),
    (QUADRATIC, r"f(w-\eta g) = f(w)-\eta g^\top (Aw-b)+\frac12\eta^2 g^\top A g"),
    (QUADRATIC, r"\nabla f(w-\eta g) = Aw-b-\eta A g"),
    (NUMBER, r"f'(x)=ax"),
    (NUMBER, r"x_{k+1}=(1-\eta a)x_k"),
    (NUMBER, r"x_k=(1-\eta a)^k x_0"),
    (NUMBER, r"f(x_{k+1})=(1-\eta a)^2 f(x_k)"),
    (TOLD, r"x_{k+1}=(I-\eta A)x_k"),
    (TOLD, r"f(x_{k+1})=\frac12 x_k^\top(I-\eta A)A(I-\eta A)x_k"),
])  # fmt: skip
def test_right(told: str, claim: str) -> None:
    assert verdicts(f"{told}Then ${claim}$.") == ["accepted"]


@pytest.mark.parametrize(("told", "claim"), [
    (QUADRATIC, r"\nabla f(w)=Aw+b"),
    (QUADRATIC, r"w_{t+1} = w_t+\eta(Aw_t-b)"),
    (QUADRATIC, r"\nabla f(w-\eta g) = Aw-b+\eta A g"),
    (NUMBER, r"f'(x)=2ax"),
    (NUMBER, r"x_{k+1}=(1+\eta a)x_k"),
    (NUMBER, r"x_k=(1-\eta a)^{k+1} x_0"),
    (NUMBER, r"f(x_{k+1})=(1-\eta a) f(x_k)"),
    (TOLD, r"x_{k+1}=(I-2\eta A)x_k"),
])  # fmt: skip
def test_wrong(told: str, claim: str) -> None:
    found = verdicts(f"{told}Then ${claim}$.")
    assert found in (["refuted"], ["undecided"])


def test_wrong_steps_are_named_where_nothing_is_inferred() -> None:
    assert verdicts(NUMBER + r"Then $x_{k+1}=(1+\eta a)x_k$.") == ["refuted"]
    assert verdicts(TOLD + r"Then $x_{k+1}=(I-2\eta A)x_k$.") == ["refuted"]


def test_a_rule_by_which_a_name_moves_says_what_it_is() -> None:
    assert verdicts("Momentum:\n\n$$\n\\begin{aligned}\nm_t &= \\mu m_{t-1} + \\eta \\nabla F(w_t) \\\\\nw_{t+1} &= w_t - m_t\n\\end{aligned}\n$$\n") == []
    assert verdicts("Let $v_{t+1} = \\rho v_t - \\eta g_t$ and $x_{t+1} = x_t + v_{t+1}$. Then $x_{t+1} = x_t + \\rho v_t + \\eta g_t$.") == ["refuted"]
