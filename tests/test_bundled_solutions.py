"""The solutions that somebody wrote and that come with the program: every step is proved, and a changed one is not; with the neighbours of what was mended for them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from derivations.checking.report import Report, check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

FOLDER = Path(str(files("derivations"))) / "sheets" / "assignment-3"
SOLUTIONS = sorted(path.name for path in FOLDER.glob("*.tex"))
WRONG = [
    ("layer-normalization.tex", r"2 v^{3/2}", r"2 v^{1/2}"),
    ("layer-normalization.tex", r"\frac{\hat{x}_j}{n} \sum_{i=1}^{n} g_i \hat{x}_i", r"\frac{\hat{x}_j}{n} \sum_{i=1}^{n} g_i"),
    ("gaussian-divergence.tex", r"\right] &= \operatorname{tr}\left(\Sigma_1^{-1} \Sigma_0\right) +", r"\right] &= \operatorname{tr}\left(\Sigma_0^{-1} \Sigma_1\right) +"),
    ("gaussian-divergence.tex", r"- \frac{d}{2} +", r"+ \frac{d}{2} +"),
    ("evidence-bound.tex", r"&\ge \int", r"&\le \int"),
    ("evidence-bound.tex", r"p(x \mid z)\right] - D", r"p(x \mid z)\right] + D"),
    ("linear-layer.tex", r"\mathbf{G}^\top \mathbf{X}", r"\mathbf{X}^\top \mathbf{G}"),
    ("linear-layer.tex", r"\sum_{n=1}^{N} g_{nm} x_{nd}", r"\sum_{m=1}^{M} g_{nm} x_{nd}"),
    ("adam-bias.tex", r"\mu (1 - \beta^t)", r"\mu (1 - \beta^{t-1})"),
    ("adam-bias.tex", r"\beta^{t-1-i} g_i +", r"\beta^{t-i} g_i +"),
    ("diffusion.tex", r"&= 1 - \bar\alpha_t", r"&= \bar\alpha_t"),
    ("diffusion.tex", r"\alpha_t (1 - \bar\alpha_{t-1})", r"(1 - \bar\alpha_{t-1})"),
]


def checked(text: str) -> Report:
    return check(document(source_of(text, "solution.tex")))


def verdicts(text: str) -> list[str]:
    return [record.evidence if record.verdict == "accepted" else record.verdict for record in checked(text).records]


@pytest.mark.parametrize("name", SOLUTIONS)
def test_every_step_is_proved_from_the_text_alone(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    found = checked(text)
    assert "derive:" not in text, "the author says nothing to the program"
    assert set(found.counts) == {"proved"} and sum(found.counts.values()) >= 5


@pytest.mark.parametrize(("name", "right", "wrong"), [
    pytest.param(*one, marks=pytest.mark.slow) if number in (1, 2, 3, 7) else one for number, one in enumerate(WRONG)
])  # fmt: skip
def test_a_changed_step_is_not_accepted(name: str, right: str, wrong: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert right in text
    assert any(record.verdict not in ("accepted", "given") for record in checked(text.replace(right, wrong, 1)).records)


@pytest.mark.parametrize(("text", "expected"), [
    # a batch is an array of its examples, if a shape says so
    (r"For a batch $X \in \mathbb{R}^{n \times d}$ let $y = X w$ with $w \in \mathbb{R}^d$. Then $\frac{\partial}{\partial w} y^\top y = 2 X^\top X w$.", "proved"),
    (r"For a minibatch $X \in \mathbb{R}^{n \times d}$ let $y = X w$ with $w \in \mathbb{R}^d$. Then $\frac{\partial}{\partial w} y^\top y = X^\top X w$.", "refuted"),
    # an array with one entry is a number and is still moved by a derivative by that entry
    (r"Let $A \in \mathbb{R}^{n \times d}$, $x \in \mathbb{R}^d$ and $y = A x$. Then $\frac{\partial y_i}{\partial x_j} = A_{ij}$.", "proved"),
    (r"Let $A \in \mathbb{R}^{n \times d}$, $x \in \mathbb{R}^d$ and $y = A x$. Then $\frac{\partial y_i}{\partial x_j} = A_{ji}$.", "refuted"),
    # the entries of what is defined by an expression of arrays are claimed
    (r"Let $A \in \mathbb{R}^{n \times d}$, $x \in \mathbb{R}^d$ and $y = A x$. In components $y_i = \sum_{j=1}^{d} A_{ij} x_j$.", "proved"),
    (r"Let $A \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$ and $y = A x$. In components $y_i = \sum_{j=1}^{n} A_{ji} x_j$.", "refuted"),
    # a bound behind a definition is supposed, unless it is claimed
    (r"Let $x \in \mathbb{R}^n$ and let $s = \sum_{i=1}^{n} x_i^2 > 0$. Then $\frac{s}{\sqrt{s}} = \sqrt{s}$.", "proved"),
    # the mean of the entries makes no random variable of a vector
    (r"Let $x \in \mathbb{R}^n$ have the mean $m = \frac{1}{n} \sum_{i=1}^{n} x_i$. Then $\frac{\partial m}{\partial x_j} = \frac{1}{n}$.", "proved"),
    (r"Let $x \in \mathbb{R}^n$ have the mean $m = \frac{1}{n} \sum_{i=1}^{n} x_i$. Then $\frac{\partial m}{\partial x_j} = \frac{1}{n^2}$.", "refuted"),
    # independent variables with an index are a family; where their recurrence starts is no single case
    (r"Let $s_t = s_{t-1} + e_t$, starting at $s_0 = 0$. Let the $e_t$ be independent random variables with $\mathbb{E}[e_t] = \mu$. Then $\mathbb{E}[s_t] = t \mu$.", "proved"),
    (r"Let $s_t = s_{t-1} + e_t$, starting at $s_0 = 0$. Let the $e_t$ be independent random variables with $\mathbb{E}[e_t] = \mu$. Then $\mathbb{E}[s_t] = s_t$.", "refuted"),
    # the start of a recurrence that nothing defines is no random variable
    (r"Let $x_t = a x_{t-1} + e_t$ with independent $e_t \sim \mathcal{N}(0, 1)$ for $t = 1, 2, \dots$ and let $y \sim \mathcal{N}(x_0, 1)$. Then $\mathbb{E}[a y + e_t] = a x_0$.", "proved"),
    # what is to be shown is no hypothesis
    (r"Let $Y = 2 X$ with $X \sim \mathcal{N}(a, 1)$. We show that $Y$ has mean $3 a$. Then $\mathbb{E}[Y] = 3 a$.", "refuted"),
])  # fmt: skip
def test_the_neighbours_of_what_was_mended(text: str, expected: str) -> None:
    *_, last = verdicts(text)
    assert last == expected


GAUSSIAN = r"Let $m, b \in \mathbb{R}^d$, let $A, S \in \mathbb{R}^{d \times d}$, let $S$ be positive definite, and let $x \sim \mathcal{N}(m, S)$. Then $%s$."


@pytest.mark.parametrize("claim", [
    r"\mathbb{E}[A x + b] = A m + b",
    r"\mathbb{E}[x^\top A x] = \operatorname{tr}(A S) + m^\top A m",
    r"\mathbb{E}[x^\top x] = \operatorname{tr}(S) + m^\top m",
    r"\mathbb{E}[x x^\top] = S + m m^\top",
    r"\mathbb{E}[x^\top A] = m^\top A",
    r"\operatorname{Cov}(x) = S",
    r"\operatorname{Cov}(A x + b) = A S A^\top",
    r"\mathbb{E}[A x x^\top A^\top] = A S A^\top + A m m^\top A^\top",
    r"\mathbb{E}[A (x - m) (x - m)^\top] = A S",
    r"\mathbb{E}[x x^\top b] = S b + m m^\top b",
    r"\mathbb{E}[(x - m)(x - m)^\top] = S",
    r"\mathbb{E}[(b^\top x)^2] = b^\top S b + (b^\top m)^2",
    r"\mathbb{E}[(b^\top x) (m^\top x)] = b^\top S m + b^\top m m^\top m",
])  # fmt: skip
def test_means_of_linear_and_quadratic_forms_are_proved(claim: str) -> None:
    *_, last = verdicts(GAUSSIAN % claim)
    assert last == "proved"


@pytest.mark.parametrize("claim", [
    r"\mathbb{E}[x^\top A x] = m^\top A m",
    r"\mathbb{E}[x^\top A x] = \operatorname{tr}(A) \operatorname{tr}(S) + m^\top A m",
    r"\mathbb{E}[x x^\top] = S - m m^\top",
    r"\mathbb{E}[x x^\top] = m m^\top",
    r"\operatorname{Cov}(A x) = A^\top S A",
    r"\operatorname{Cov}(A x) = A S A^\top + A m m^\top A^\top",
    r"\operatorname{Cov}(A x + b) = A S A^\top + b b^\top",
    r"\mathbb{E}[A x + b] = A^\top m + b",
    r"\mathbb{E}[A (x - m) (x - m)^\top] = A^\top S",
    r"\mathbb{E}[A x x^\top A^\top] = A^\top S A + A m m^\top A^\top",
    r"\mathbb{E}[x x^\top x] = S m + m m^\top m",
    r"\mathbb{E}[\begin{pmatrix} b^\top x \\ 0 \end{pmatrix}] = \begin{pmatrix} b^\top x \\ 0 \end{pmatrix}",
    r"\mathbb{E}[(b^\top x)^2] = b^\top S b + b^\top m",
    r"\mathbb{E}[(x^\top x)^2] = (\operatorname{tr}(S) + m^\top m)^2",
])  # fmt: skip
def test_their_false_neighbours_are_not(claim: str) -> None:
    *_, last = verdicts(GAUSSIAN % claim)
    assert last in ("refuted", "undecided")
