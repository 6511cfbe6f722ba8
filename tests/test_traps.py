"""Steps that look right and are not, and their neighbours that are: each with its verdict through ``derive check`` on a small text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from render.cli import main

TRAPS = [
    # (words before the formula, the formula, the verdict of its last relation)
    ("Let $x$ be real.", r"\sqrt{x^2} = x", "refuted"),
    ("Let $x>0$.", r"\sqrt{x^2} = x", "accepted"),
    ("Let $x$ be real.", r"\sqrt{x^2} = |x|", "accepted"),
    ("Let $x$ be real.", r"\log x^2 = 2\log|x|", "accepted"),
    ("Let $x>0$.", r"\log x^2 = 2\log x", "accepted"),
    ("Let $a,b$ be real numbers.", r"\sqrt{a^2b^2} = ab", "refuted"),
    ("Let $a,b\\ge0$.", r"\sqrt{ab} = \sqrt a\sqrt b", "accepted"),
    ("", r"\frac{1}{2^{99}} = \frac{1}{2^{98}}", "refuted"),
    ("", r"\frac{1}{2^{99}} = \frac12\cdot\frac{1}{2^{98}}", "accepted"),
    ("", r"\frac{1}{2^{99}}+\frac{1}{2^{99}} = \frac{1}{2^{98}}", "accepted"),
    (r"Let $W\in\mathbb{R}^{n\times n}$ and $X\in\mathbb{R}^{n\times n}$.", "WX = XW", "refuted"),
    (r"Let $W\in\mathbb{R}^{n\times n}$ and $X\in\mathbb{R}^{n\times n}$.", r"(WX)^\top = X^\top W^\top", "accepted"),
    (r"Let $W\in\mathbb{R}^{n\times n}$ and $X\in\mathbb{R}^{n\times n}$.", r"(W+X)^2 = W^2+2WX+X^2", "refuted"),
    (r"Let $W\in\mathbb{R}^{n\times n}$ and $X\in\mathbb{R}^{n\times n}$.", r"(W+X)^2 = W^2+WX+XW+X^2", "accepted"),
    ("Let $0<x<1$.", r"\log\frac{x}{1-x} = \log x-\log(1-x)", "accepted"),
    ("Let $0<x<1$.", r"\log\frac{x}{1-x} = \log x+\log(1-x)", "refuted"),
    ("Let $n>0$.", r"\sqrt{\frac1n} = \frac{1}{\sqrt n}", "accepted"),
    ("Let $n>0$.", r"\sqrt{\frac1n} = \frac1n", "refuted"),
    (r"Let $\beta\neq1$ and let $t\ge1$ be an integer.", r"\sum_{j=0}^{t-1}\beta^j = \frac{1-\beta^t}{1-\beta}", "accepted"),
    (r"Let $\beta\neq1$ and let $t\ge1$ be an integer.", r"\sum_{j=0}^{t}\beta^j = \frac{1-\beta^t}{1-\beta}", "refuted"),
    (r"Let $\beta\neq1$ and let $t\ge1$ be an integer.", r"\sum_{j<t}\beta^j = \frac{1-\beta^t}{1-\beta}", "accepted"),
    ("Let $x$ be real.", r"\lfloor x+1\rfloor = \lfloor x\rfloor+1", "accepted"),
    ("Let $x$ be real.", r"\lfloor 2x\rfloor = 2\lfloor x\rfloor", "refuted"),
    ("Let $n$ be an integer.", r"\left\lfloor\frac n2\right\rfloor+\left\lceil\frac n2\right\rceil = n", "accepted"),
    ("Let $n$ be an integer.", r"\left\lfloor\frac{n}{2}\right\rfloor = \frac n2", "refuted"),
    ("Let $a,b,c$ be real numbers.", r"\frac{a+b}{a+c} = \frac bc", "refuted"),
    ("Let $x$ be real.", r"(x+1)^2 = x^2+1", "refuted"),
    ("Let $a,b>0$.", r"\log(a+b) = \log a+\log b", "refuted"),
    ("Let $a,b$ be real numbers.", r"e^{ab} = e^ae^b", "refuted"),
    ("Let $x<0$ and $a<b$.", "xa < xb", "refuted"),
    ("Let $x$ be real.", r"|x-1| = |x|-1", "refuted"),
]


def verdicts(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    path = tmp_path / "trap.tex"
    path.write_text(text, "utf-8")
    main(["check", "--no-cache", "--to", "json", str(path)])
    return [(record["verdict"], record["relation"]) for record in json.loads(capsys.readouterr().out)["steps"]]


@pytest.mark.parametrize(("words", "formula", "wanted"), TRAPS, ids=[f"{words} {formula}" for words, formula, _ in TRAPS])
def test_trap(words: str, formula: str, wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = verdicts(tmp_path, f"{words}\n\\[ {formula}. \\]\n", capsys)
    assert found[-1][0] == wanted


def test_cancelling_hides_a_division_by_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From ``a = b`` to ``2 = 1``: the row that divides by ``a - b`` does not follow."""
    text = (
        "Let $a=b$ with real numbers $a$ and $b$.\n"
        "\\begin{align*}\na^2 &= ab \\\\\na^2-b^2 &= ab-b^2 \\\\\n(a+b)(a-b) &= b(a-b) \\\\\na+b &= b\n\\end{align*}\n"
    )
    found = verdicts(tmp_path, text, capsys)
    assert [v for v, _ in found][-4:-1] == ["accepted"] * 3
    assert found[-1][0] != "accepted"


def test_squaring_is_not_undone_without_signs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = verdicts(tmp_path, "Let $x$ be real. Then $x^2=4 \\Longrightarrow x=2$.\n", capsys)
    assert found[-1][0] == "refuted"
    found = verdicts(tmp_path, "Let $x>0$. Then $x^2=4 \\Longrightarrow x=2$.\n", capsys)
    assert found[-1][0] == "accepted"
