"""What is text and what is not, however a document is written: asides, code, algorithms, boxes; Markdown as sites, Quarto and MyST write it."""

from __future__ import annotations

import json

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import masked, source_of


def verdicts(text: str, name: str = "x.tex") -> list[str]:
    source = source_of(f"Let $x$ be real.\n\n{text}\n", name)
    assert len(masked(source).text) == len(source.text)
    return [r.verdict for r in check(document(source)).records if r.verdict != "given"]


@pytest.mark.parametrize("aside", [
    r"\todo{Is $1=2$?}", r"\todo[inline, color=red]{$1=2$ and \textbf{$1=3$}}", r"\fxnote{$1=2$}", r"\lstinline|$1=2$|", r"\lstinline[language=C]{$1=2$}",
    r"\mintinline{python}{$1=2$}", r"\mintinline{python}|$1=2$|", r"\sout{$1=2$}", r"\begin{lstlisting}[language=C]$1=2$\end{lstlisting}",
    r"\begin{minted}{python}$1=2$\end{minted}", r"\missingfigure{$1=2$}",
])  # fmt: skip
def test_what_is_no_text_of_a_paper(aside: str) -> None:
    assert verdicts(f"First $x=x$. {aside} Then $x = x+1$.") == ["accepted", "refuted"]


def test_a_document_that_defines_such_a_command_shows_what_it_has() -> None:
    assert verdicts(r"\newcommand{\todo}[1]{#1}\todo{Then $1=2$.} Then $x=x$.") == ["refuted", "accepted"]
    assert verdicts(r"\todolist $1=2$ \todo") == ["refuted"]


def test_an_algorithm_assigns() -> None:
    found = verdicts("\\begin{algorithm}\\begin{algorithmic}\n\\State $x = x + 1$\n\\end{algorithmic}\\caption{$x = 2x$}\\end{algorithm} Then $x = x + 2$.")
    assert found == ["ignored", "ignored", "refuted"]


@pytest.mark.parametrize(("text", "expected"), [
    ("\\begin{alignat}{2} x &= 2x \\\\ 3x &= 2x + x \\end{alignat}", ["refuted", "accepted"]),
    ("\\begin{alignat*}{3} 2x &= x + x &\\qquad& \\end{alignat*}", ["accepted"]),
    ("\\begin{IEEEeqnarray}{rCl} 2x &=& x + x \\IEEEyesnumber \\\\ &=& 3x \\end{IEEEeqnarray}", ["accepted", "refuted"]),
    ("\\begin{equation}\\resizebox{.9\\hsize}{!}{$2x = x + x$}\\end{equation}", ["accepted"]),
    ("\\[ \\scalebox{0.9}{$\\displaystyle 2x = 3x$} \\]", ["refuted"]),
    ("\\scalebox{2}{$2x = 3x$}", ["refuted"]),
    ("\\begin{eqnarray*} \\lefteqn{x + x + x} \\\\ & = & 3x \\end{eqnarray*}", ["accepted"]),
    ("$\\sqrt{\\smash[b]{x^2}} = \\abs{x}$", ["accepted"]),
])  # fmt: skip
def test_what_lays_out_is_no_mathematics(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


RIGHT, WRONG = "x + x = 2x", "x + x = 3x"


@pytest.mark.parametrize("written", [
    "$$\n@\n$$ {#eq-one}", "$$\n@\n$$ (eq-one)", "```math\n@\n```", "```{math}\n:label: eq-one\n@\n```", "```{math}\n:label: a\n:nowrap: true\n\n@\n```", ":::{math}\n:label: a\n@\n:::",
    "{math}`@`", "$`@`$", "\\\\(@\\\\)", "\\\\[\n@\n\\\\]", "\\[@\\]", "\\begin{align}\n@\n\\end{align}", "$$\\begin{aligned}\n@\n\\end{aligned}$$",
    "````{prf:theorem}\n:label: t\n$@$\n````", "```{note}\n$@$\n```", "::: {.callout-note}\n$@$\n:::", "> $@$", "- $@$", "<details>\n\n$$@$$\n\n</details>",
    ":::{note}\n```{math}\n@\n```\n:::", "````{note}\n```{math}\n@\n```\n````",
])  # fmt: skip
def test_markdown_of_many_hands(written: str) -> None:
    assert verdicts(written.replace("@", RIGHT), "x.md") == ["accepted"]
    assert verdicts(f"{written.replace('@', WRONG)}\n\nThen $x = x$.", "x.qmd") == ["refuted", "accepted"]


@pytest.mark.parametrize("hidden", [
    "`$1=2$`", "``$1=2$``", "```python\n$1=2$\n```", "```{python}\n$1=2$\n```", "```{code-cell} ipython3\n$1=2$\n```", "~~~\n$1=2$\n~~~", "~~struck $1=2$ out~~",
    "<!-- $1=2$ -->", "see \\[1, 2\\] and \\[3]", "```{mermaid}\n$1=2$\n```",
])  # fmt: skip
def test_what_is_no_text_of_markdown(hidden: str) -> None:
    assert verdicts(f"{hidden}\n\nThen $x=x$.", "x.md") == ["accepted"]


def test_front_matter_is_no_text() -> None:
    source = source_of('---\ntitle: "$1 = 2$"\n---\nThen $1 = 1$.', "x.qmd")
    assert [(r.verdict, r.line) for r in check(document(source)).records] == [("accepted", 4)]


def test_a_bracket_with_a_backslash_opens_no_display() -> None:
    assert verdicts("The interval \\[0, 1] and \\(see there). Then $x = x$.", "x.md") == ["accepted"]
    assert verdicts("\\[ x = x \n\nThen $x = x$.", "x.md") == ["unread", "accepted"]


def test_places_in_a_notebook() -> None:
    cells = [{"cell_type": "code", "source": "1"}, {"cell_type": "markdown", "source": ["Let $x$ be real.\n", "```{math}\n", ":label: a\n", "x + x = 3x\n", "```"]}]
    (found,) = check(document(source_of(json.dumps({"cells": cells}), "n.ipynb"))).records
    assert (found.verdict, found.cell, found.line, found.column) == ("refuted", 2, 4, 9)


@pytest.mark.parametrize("text", ["\\todo{" * 3000 + "{}", "\\todo[" * 3000, "\\lstinline|" * 3000, "~~a\n" * 3000, "{math}`a\n" * 3000, "\\\\(a\n" * 3000, ":::{math}\n" * 3000,
                                  "```{note}\n" * 3000, "\\begin{algorithm}\n" * 3000, "\\let\\ifa\\iffalse\n" * 500])  # fmt: skip
def test_reading_is_linear(text: str) -> None:
    for name in ("x.tex", "x.md"):
        source = source_of(text, name)
        assert len(masked(source).text) == len(source.text)
        document(source)


@pytest.mark.parametrize(("formula", "expected"), [
    (r"\[ (x+1)^2 = x^2+2x+1, \quad \forall x \]", ["accepted"]), (r"$(x+1)^2 = x^2+2x \;\forall x$.", ["refuted"]),
    (r"\[ |x| = x \quad \forall x > 0 \]", ["accepted"]), (r"\[ |x| = -x \quad \forall x > 0 \]", ["refuted"]),
    (r"\begin{align} 2x &= x + x && \forall x \in \mathbb{R} \\ &= 3x && \forall x \end{align}", ["accepted", "refuted"]),
])  # fmt: skip
def test_a_quantifier_behind_a_formula_says_for_what_it_is_claimed(formula: str, expected: list[str]) -> None:
    assert verdicts(formula) == expected
