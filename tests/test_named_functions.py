"""Functions that words define: "let g be the softplus function"."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of


def verdicts(words: str) -> list[str]:
    return [r.verdict for r in check(document(source_of(words, "x.tex"))).records if r.judged]


@pytest.mark.parametrize(("words", "claim", "wrong"), [
    (r"Let $\sigma$ be the logistic function.", r"\sigma'(x)=\sigma(x)(1-\sigma(x))", r"\sigma'(x)=\sigma(x)(1+\sigma(x))"),
    (r"Here $s$ is the sigmoid.", "s(-x)=1-s(x)", "s(-x)=-s(x)"),
    (r"Let $g$ be the softplus function.", "g(x)-g(-x)=x", "g(x)+g(-x)=x"),
    (r"Let $r$ be the rectifier.", "r(x)-r(-x)=x", "r(x)+r(-x)=x"),
    (r"Let $h$ be the hyperbolic tangent.", "h'(x)=1-h(x)^2", "h'(x)=1+h(x)^2"),
])  # fmt: skip
def test_the_words_define_it(words: str, claim: str, wrong: str) -> None:
    assert verdicts(f"{words} Then ${claim}$ for every real $x$.") == ["accepted"]
    assert verdicts(f"{words} Then ${wrong}$ for every real $x$.") == ["refuted"]


def test_a_vector_may_be_called_non_zero() -> None:
    told = r"Let $X\in\mathbb{R}^{n\times d}$ and $\lambda>0$. For every non-zero $v$ we have "
    assert verdicts(told + r"$v^\top X^\top Xv = \|Xv\|^2$.") == ["accepted"]
    assert verdicts(told + r"$\|Xv\|^2+\lambda\|v\|^2 > 0$.")[0] in ("accepted", "undecided")
    assert verdicts(told + r"$\|Xv\|^2 > 0$.") != ["accepted"]
    assert verdicts(r"Let $x$ be non-zero. Then $\frac{x^2}{x}=x$ and $x^2>0$.") == ["accepted", "accepted"]
