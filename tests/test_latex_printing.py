"""The LaTeX that is printed: notation by style, and that TeX and an independent LaTeX parser take all of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from derivations.language.term import (
    Call,
    Const,
    Deriv,
    Frac,
    Group,
    Integral,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    names,
    product,
    sum_over,
    times,
)
from derivations.reading.symbols import RELATION_MACROS
from render.notation.latex import latex, latex_sign
from render.notation.style import Style
from tests.notation_terms import SAMPLES

a, b, f, g, i, k, m, n, t, x, y, beta, mu, sigma, ln, P, W = names("a b f g i k m n t x y beta mu sigma ln P W")


@pytest.mark.parametrize(
    ("term", "written"),
    [
        (product(beta, m[t]) + product(Group(1 - beta), g[t]), r"\beta m_t + (1 - \beta) g_t"),
        (Pow(Frac(x, y), Num("2")), r"\left( \frac{x}{y} \right)^2"),
        (Group(a + b) ** 2, r"(a + b)^2"),
        (Pow(a + b, Num("2")), r"(a + b)^2"),
        (0 - (-x), r"0 - (-x)"),
        (a - (b - x), r"a - (b - x)"),
        (product(2, 3), r"2 (3)"),
        (times(3, 3, 512), r"3 \times 3 \times 512"),
        (product(x, Frac(Num("1"), a, slash=True)), r"x (1/a)"),
        (Frac(x, product(a, b), slash=True), r"x / (a b)"),
        (product(sum_over(i, 1, n, x[i]), y), r"\left( \sum_{i=1}^{n} x_i \right) y"),
        (sum_over(i, 1, n, x[i] - mu), r"\sum_{i=1}^{n} (x_i - \mu)"),
        (Call(ln, (x + 1,), ""), r"\ln(x + 1)"),
        (product(Call(ln, (x,), ""), y), r"\ln(x) y"),
        (Deriv(x + y, ((x, 1),), style="operator"), r"\frac{\mathrm{d}}{\mathrm{d}x} [x + y]"),
        (Deriv(f, ((x, 2), (y, 1)), partial=True), r"\frac{\partial^3 f}{\partial x^2 \partial y}"),
        (Integral(x + y, x, Num("0"), Const("oo")), r"\int_0^{\infty} (x + y) \,\mathrm{d}x"),
        (Transpose(product(P, W), "top"), r"(P W)^\top"),
        (Transpose(Name("W", label="2")), r"(W^{(2)})^T"),
        (W[Name("Q")].T, r"W_Q^T"),
        (Root(product(2, Const("pi"))), r"\sqrt{2 \pi}"),
        (Name("Batches per Epoch", font="text"), r"\text{Batches per Epoch}"),
        (Name("RF")[n - 1], r"\mathit{RF}_{n - 1}"),
        (Name("softmax")(x), r"\operatorname{softmax}(x)"),
        (Num("2360832"), r"2\,360\,832"),
        (Num("1024"), "1024"),
    ],
)
def test_terms_as_latex(term: Term, written: str) -> None:
    assert latex(term) == written


def test_notation_follows_the_style() -> None:
    assert latex(Num("2360832"), Style(thousands="comma")) == "2{,}360{,}832"
    assert latex(Num("12360.5"), Style(decimal=",")) == r"12\,360{,}5"
    assert latex(Num("2360832"), Style(group_from=0)) == "2360832"
    assert latex(Call(Name("log"), (x,), ""), Style(log="ln")) == r"\ln x"
    assert latex(Call(ln[2], (x,)), Style(log="log")) == r"\ln_2(x)"
    assert latex(product(W, x[i]), Style(bold=frozenset((x,)))) == r"W \mathbf{x}_i"
    assert latex(x + y, Style(names=((x, Name("xi")),))) == r"\xi + y"


def test_every_relation_sign_has_its_latex() -> None:
    assert all(latex_sign(sign) == macro for sign, macro in RELATION_MACROS.items())
    assert latex(Relation((a, b, x), ("<=", "~~"))) == rf"a {latex_sign('<=')} b {latex_sign('~~')} x"


def test_printing_something_else_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot print a str: it is not one of the node kinds"):
        latex("x")  # type: ignore[arg-type]


def test_an_independent_parser_reads_all_samples() -> None:
    parser = pytest.importorskip("math_core").LatexToMathML()
    for name, term in SAMPLES.items():
        assert parser.convert_with_local_state(latex(term), displaystyle=True).startswith("<math"), name


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_tex_typesets_all_samples(tmp_path: Path) -> None:
    body = "\n".join(f"\\[ {latex(term)} \\]" for term in SAMPLES.values())
    source = (
        "\\documentclass{article}\\usepackage{amsmath,amssymb,cancel,xcolor}\\allowdisplaybreaks\\begin{document}\n" + body + "\n\\end{document}\n"
    )
    (tmp_path / "samples.tex").write_text(source, encoding="utf-8")
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "samples.tex"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
    )
    assert run.returncode == 0, run.stdout[-1500:]
