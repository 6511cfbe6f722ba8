"""Equations that are solved: the first is a condition and given, what follows is judged as its consequence."""

from __future__ import annotations

from typing import Final

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

LETTER: Final = {"given": "G", "proved": "A", "sampled": "A", "proved under a convention": "A", "refuted": "R", "undecided": "U", "unread": "X"}
"""A: accepted; U: undecided, as what follows from a row that does not follow itself."""
SOLUTIONS: Final = [
    ("lin", r"\[ 3x+6=12 \\ 3x=6 \\ x=2 \]", "GAA"),
    ("lin-wrong", r"\[ 3x+6=12 \\ 3x=6 \\ x=3 \]", "GAR"),
    ("lin-wrong2", r"\[ 3x+6=12 \\ 3x=18 \\ x=6 \]", "GRU"),
    ("lin-align", r"\begin{align} 3x+6&=12 \\ 3x&=6 \\ x&=2 \end{align}", "GAA"),
    ("lin-text", r"Solve $3x+6=12$. Subtracting 6 gives $3x=6$, so $x=2$.", "GAA"),
    ("lin-text-wrong", r"Solve $3x+6=12$. Subtracting 6 gives $3x=6$, so $x=3$.", "GAR"),
    ("lin-disp", "We solve\n$$3x+6=12.$$\nSubtracting 6 on both sides:\n$$3x=6$$\nDividing by 3:\n$$x=2$$\n", "GAA"),
    ("lin-disp-wrong", "We solve\n$$3x+6=12.$$\nSubtracting 6 on both sides:\n$$3x=6$$\nDividing by 3:\n$$x=18$$\n", "GAR"),
    ("both-sides", r"\begin{align*} 5x-3&=2x+9 \\ 3x-3 &= 9 \\ 3x&=12 \\ x&=4 \end{align*}", "GAAA"),
    ("both-sides-wrong", r"\begin{align*} 5x-3&=2x+9 \\ 7x-3 &= 9 \\ 7x&=12 \\ x&=\frac{12}{7} \end{align*}", "GRUU"),
    ("frac", r"\begin{align*} \frac{x}{2}+1&=4 \\ \frac{x}{2}&=3 \\ x&=6 \end{align*}", "GAA"),
    ("implies", r"$$ 2y - 8 = 0 \implies 2y = 8 \implies y = 4 $$", "GAA"),
    ("implies-wrong", r"$$ 2y - 8 = 0 \implies 2y = 8 \implies y = 6 $$", "GAR"),
    ("iff", r"$$ 2y - 8 = 0 \iff y = 4 $$", "GA"),
    ("quad", r"\begin{align*} x^2-5x+6&=0 \\ (x-2)(x-3)&=0 \end{align*} so $x=2$ or $x=3$.", "GAAA"),
    ("quad-wrong", r"\begin{align*} x^2-5x+6&=0 \\ (x-2)(x-3)&=0 \end{align*} so $x=2$ or $x=4$.", "GARR"),
    ("quad-pm", r"\begin{align*} x^2&=4 \\ x&=\pm 2 \end{align*}", "GA"),
    ("quad-one", r"\begin{align*} x^2&=4 \\ x&=2 \end{align*}", "GR"),
    ("quad-in", r"Solve $x^2=4$. We get $x\in\{2,-2\}$.", "GA"),
    ("quad-in-wrong", r"Solve $x^2=4$. We get $x\in\{2,-3\}$.", "GR"),
    ("quad-or-disp", r"\[ x^2 = 9 \implies x = 3 \quad\text{or}\quad x = -3 \]", "GAA"),
    ("quad-or-wrong", r"\[ x^2 = 9 \implies x = 3 \quad\text{or}\quad x = -2 \]", "GRR"),
    ("quad-formula", r"The equation $2x^2-4x-6=0$ has the solutions \[ x = \frac{4\pm\sqrt{16+48}}{4} \]", "GA"),
    ("quad-formula-wrong", r"The equation $2x^2-4x-6=0$ has the solutions \[ x = \frac{4\pm\sqrt{16+40}}{4} \]", "GR"),
    ("system", r"\[ \begin{cases} x + y = 3 \\ x - y = 1 \end{cases} \] Adding gives $2x=4$, so $x=2$ and $y=1$.", "GGAAA"),
    ("system-wrong", r"\[ \begin{cases} x + y = 3 \\ x - y = 1 \end{cases} \] Adding gives $2x=4$, so $x=2$ and $y=2$.", "GGAAR"),
    ("system-align", r"Solve \begin{align} 2a+b&=7 \\ a-b&=2 \end{align} Adding both gives \[ 3a=9, \] so $a=3$ and $b=1$.", "GGAAA"),
    ("subst", r"Let $y=2x+1$ and $3x+y=11$. Substituting, \begin{align*} 3x+2x+1&=11 \\ 5x&=10 \\ x&=2 \end{align*}", "GGAAA"),
    ("ineq", r"\begin{align*} 2x+1 &> 5 \\ 2x &> 4 \\ x &> 2 \end{align*}", "GAA"),
    ("ineq-wrong", r"\begin{align*} 2x+1 &> 5 \\ 2x &> 4 \\ x &> 3 \end{align*}", "GAR"),
    ("ineq-neg", r"\begin{align*} -2x &< 6 \\ x &> -3 \end{align*}", "GA"),
    ("ineq-neg-wrong", r"\begin{align*} -2x &< 6 \\ x &< -3 \end{align*}", "GR"),
    ("exp", r"\begin{align*} 2^x &= 8 \\ x\ln 2 &= \ln 8 \\ x &= 3 \end{align*}", "GAA"),
    ("log", r"\begin{align*} \ln(x) + 1 &= 3 \\ \ln x &= 2 \\ x &= e^2 \end{align*}", "GAA"),
    ("param", r"\begin{align*} ax+b&=c \\ ax&=c-b \\ x&=\frac{c-b}{a} \end{align*}", "GAA"),
    ("param-wrong", r"\begin{align*} ax+b&=c \\ ax&=c-b \\ x&=\frac{c+b}{a} \end{align*}", "GAR"),
    ("gradzero", "Let $f(x)=x^2-4x$. Then \\[ f'(x)=2x-4=0 \\implies x=2 \\]", "GAGA"),
    ("gradzero-wrong", "Let $f(x)=x^2-4x$. Then \\[ f'(x)=2x-4=0 \\implies x=4 \\]", "GAGR"),
    ("identity", r"\[ (a+b)^2 = a^2+2ab+b^2 \]", "A"),
    ("identity-wrong", r"\[ (a+b)^2 = a^2+ab+b^2 \]", "R"),
    ("identity-rows", r"\begin{align} (a+b)^2 &= a^2+2ab+b^2 \\ (a-b)^2 &= a^2-ab+b^2 \end{align}", "AR"),
    ("two", "1. Solve $2x=4$. Then $x=2$.\n2. Solve $3x=9$. Then $x=3$.", "GAGA"),
    ("two-wrong", "1. Solve $2x=4$. Then $x=2$.\n2. Solve $3x=9$. Then $x=2$.", "GAGR"),
    ("two-disp", r"$$2x=4$$ $$x=2$$ $$3x=9$$ $$x=3$$", "GAGA"),
    ("check", r"\begin{align*} 3x+6&=12 \\ x&=2 \end{align*} Check: $3\cdot 2+6=12$.", "GAA"),
    ("sqrt", r"\begin{align*} \sqrt{x+1}&=3 \\ x+1&=9 \\ x&=8 \end{align*}", "GAA"),
    ("abs", r"\begin{align*} |x-1|&=2 \\ x&=3 \end{align*}", "GR"),
    ("cancel-zero", r"\begin{align*} x^2&=x \\ x&=1 \end{align*}", "GR"),
    ("discount", r"A coat costs $p$ euros. With 20 percent off it costs 40, so $0.8p=40$ and $p=50$.", "GA"),
]


def outcomes(text: str) -> str:
    return "".join(LETTER[r.evidence.partition("(")[0] if r.verdict == "accepted" else r.verdict] for r in check(document(source_of(text, "a.md"))).records)


@pytest.mark.parametrize(("text", "expected"), [(t, e) for _, t, e in SOLUTIONS], ids=[name for name, _, _ in SOLUTIONS])
def test_a_solution_is_judged_step_by_step(text: str, expected: str) -> None:
    assert outcomes(text) == expected


def test_an_equation_that_nothing_solves_claims_to_hold() -> None:
    assert outcomes("We have $(x+1)^2 = x^2+3x+1$. For $x=2$ this is 9.")[0] == "R"
