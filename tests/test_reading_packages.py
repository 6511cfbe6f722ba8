"""The commands of common packages, and several ways of writing one thing, are read as what they show."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

PREAMBLE = "\\documentclass{article}\\usepackage{physics, mathtools}\\usepackage[x]{bm,commath}\\begin{document}Let $x, y$ be real and $f(x) = x^3$. "


def verdicts(formula: str, preamble: str = PREAMBLE) -> list[str]:
    return [r.verdict for r in check(document(source_of(f"{preamble} Then ${formula}$.", "x.tex"))).records if r.judged]


RIGHT_AND_WRONG = [
    (r"\dv{f}{x} = 3x^2", r"\dv{f}{x} = 3x"), (r"\dv[2]{f}{x} = 6x", r"\dv[2]{f}{x} = 3x"), (r"\dv{x} x^2 = 2x", r"\dv{x} x^2 = x"),
    (r"\dv{x}(x^2+x) = 2x + 1", r"\dv{x}(x^2+x) = 2x"), (r"\pdv{x} (x^2 y) = 2xy", r"\pdv{x} (x^2 y) = 2x"),
    (r"\pdv{(x^2y)}{x}{y} = 2x", r"\pdv{(x^2y)}{x}{y} = 2y"), (r"\pdv{(x^2y)}{x,y} = 2x", r"\pdv{(x^2y)}{x,y} = x"),
    (r"\pdv[2]{x} (x^2 y) = 2y", r"\pdv[2]{x} (x^2 y) = y"), (r"\od{f}{x} = 3x^2", r"\od{f}{x} = 2x^2"),
    (r"\abs*{xy} = \abs{x}\abs[\Big]{y}", r"\abs{x+y} = \abs{x} + \abs{y}"), (r"\norm\big{x}^2 = x^2", r"\norm{x} = x"),
    (r"\qty(x+1)^2 = x^2+2x+1", r"\qty(x+1)^2 = x^2+1"), (r"2\qty[x+1] = 2x+2", r"2\qty{x+1} = 2x+1"),
    (r"\int_0^1 x^2 \dd{x} = \frac13", r"\int_0^1 x^2 \dd x = \frac12"), (r"\int_0^1 x\,\mathop{}\!\mathrm{d}x = 1/2", r"\int_0^1 x\,\mathop{}\!\mathrm{d}x = 1"),
    (r"\int_0^1 x {\rm d}x = \frac12", r"\int_0^1 x\,{\rm d}x = 1"), (r"\frac{{\rm d}f}{{\rm d}x} = 3x^2", r"\frac{{\mathrm d} f}{{\mathrm d} x} = 3x"),
    (r"\eval{x^2}_{x=0}^{x=2} = 4", r"\eval{x^2}_{x=0}^{x=2} = 3"), (r"\pmqty{1 & 2 \\ 3 & 4}\pmqty{1 \\ 1} = \pmqty{3 \\ 7}", r"\mqty(1 & 2 \\ 3 & 4)\mqty(1 \\ 1) = \mqty(3 \\ 6)"),
    (r"\frac{\partial x^2}{\partial{x}} = 2x", r"\frac{\partial x^2}{\partial{x}} = x"), (r"\sum_{i=1}^{3}{} i^{} = 6", r"\sum_{i=1}^{3}{} i = 5"),
    (r"\mathchoice{x}{x}{x}{x} + y = y + x", r"\mathchoice{x}{x}{x}{x} = x + 1"), (r"x \mskip-4mu y \kern 2pt = y x", r"x \mkern 3mu y = y + x"),
    (r"\color{red} x + {\color{blue} y} = y + x", r"\textcolor{red}{x} + y = y - x"), (r"\mathclap{x} + \mathrlap{y} = y + x", r"\mathclap{x} = x + 1"),
    (r"\grad f(x) = 3x^2", r"\nabla f(x) = 3x"), (r"x + \phantom{z} y = \ensuremath{y} + x", r"x \phantom{z} = x + 1"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong"), RIGHT_AND_WRONG)
def test_a_package_is_read_as_it_shows(right: str, wrong: str) -> None:
    assert verdicts(right) == ["accepted"]
    assert verdicts(wrong) == ["refuted"]


@pytest.mark.parametrize("formula", [
    r"\mathchoice{x}{y}{x}{x} = x", r"\dd[3]{x} = \dd[3]{x}", r"\pdv[1,2]{f}{x,y} = \pdv[1,2]{f}{x,y}", r"\laplacian f = \laplacian f", r"\cross x = \cross x",
])  # fmt: skip
def test_what_shows_more_than_is_known_is_unread(formula: str) -> None:
    assert verdicts(formula) == ["unread"]


def test_a_package_that_is_not_loaded_brings_nothing() -> None:
    assert verdicts(r"\qty(x)^2 = x^2", "\\documentclass{article}\\begin{document}Let $x$ be real.") == ["unread"]
    assert verdicts(r"\qty(x)^2 = x^2", "Let $x$ be real.") == ["accepted"]  # a part, which says nothing of packages


def test_what_the_document_defines_goes_before() -> None:
    assert verdicts(r"\abs{x} = x + 1", PREAMBLE.replace("\\begin{d", "\\renewcommand{\\abs}[1]{(#1 + 1)}\\begin{d")) == ["accepted"]


@pytest.mark.parametrize(("definition", "formula"), [
    (r"\DeclarePairedDelimiter{\size}{\lvert}{\rvert}", r"\size{x}^2 = \size*{x^2} = \size[\big]{x}^2"),
    (r"\DeclarePairedDelimiter\size{|}{|}", r"\size{x}^2 = x^2"),
    (r"\DeclarePairedDelimiterX{\both}[2]{(}{)}{#1 \delimsize+ #2}", r"\both{x}{y}^2 = x^2 + 2xy + y^2"),
    (r"\DeclarePairedDelimiterXPP{\three}[1]{3}{(}{)}{^2}{#1}", r"\three{x} = 3x^2"),
    (r"\NewDocumentCommand{\power}{O{2} m}{#2^{#1}}", r"\power{x}\power[3]{x} = x^5"),
    (r"\NewDocumentCommand\add{mm}{#1+#2}", r"\add{x}{y} = y + x"),
    (r"\newrobustcmd{\add}[2]{#1+#2}", r"\add{x}{y} = y + x"),
])  # fmt: skip
def test_definitions_of_packages_are_followed(definition: str, formula: str) -> None:
    assert set(verdicts(formula, PREAMBLE.replace("\\begin{d", f"{definition}\\begin{{d"))) == {"accepted"}


def test_a_bold_letter_is_another_name() -> None:
    assert verdicts(r"{\bf x} + \boldsymbol{\mathbf{x}} = 2 \mathbf{x}") == ["accepted"]
    assert verdicts(r"{\bf x} = x") != ["accepted"]
    assert verdicts(r"\boldsymbol{\mathbf{x}_i} + \mathbf{x}_i = 2 \mathbf{x}_i") == ["accepted"]
    assert verdicts(r"{\bf x y \rm = \mathbf{y x}}") == ["accepted"]


def test_three_points_and_words_as_scripts() -> None:
    assert verdicts(r"y_\text{old} + 1 = 1 + y_{\text{old}}") == ["accepted"]
    assert "cannot stand here" not in check(document(source_of("Then $1 + 2 + ... + n = n(n+1)/2$.", "x.tex"))).records[-1].why


def test_rules_of_packages_are_bounded() -> None:
    preamble = PREAMBLE.replace("\\begin{d", "\\def\\more#1{\\qty(#1)\\qty(#1)}\\begin{d")
    assert verdicts("\\more{" * 16 + "x" + "}" * 16 + " = x", preamble) == ["unread"]
