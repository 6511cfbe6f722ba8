"""Damaged documents: whatever is cut out or put in, reading ends without an exception and accounts for what it could not read."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.reading.judgements import document, judgements
from derivations.reading.source import source_of
from derivations.reading.warnings import warnings

SAMPLE = r"""\newcommand{\R}{\mathbb{R}} % derive: assume y > 0
\section{One} Let $P\in\R^{n\times n}$ be a permutation matrix and $x_i\mid\theta\sim\mathcal N(\theta,\lambda^{-1})$, $i=1,\dots,n$.
\begin{theorem} For $a \ne 0$, $|r_t| \le R_{\max}$. \end{theorem}
\begin{align}
 f(x) &= \sum_{i} p_i(\beta) \left( s_i \right. \\ & \left. + 1 \right), \quad x > 0 && (P^\top P = I) \label{eq:a} \\
 &\overset{(1)}{\le} \frac12 \intertext{where $C = 3$} &= \text{Total} \tag{2}
\end{align}
\[ \boxed{x = 1} \Rightarrow y = 2 \text{ and } z = \begin{cases} 1 & x \\ 2 \end{cases} \]
`code` $$ E[X] = \mu $$ with mean $\mu$ and independent $X$ and $Y$. Softmax is invariant to permutations.
"""
PIECES = st.sampled_from(
    ["$", "$$", "\\[", "\\]", "{", "}", "\\begin{align}", "\\end{align}", "&", "\\\\", "=", "\\left(", "\\right)", "(", "%", "\n\n", "\\text{", "\\frac",
     "_", "^", "\\in", "\\sim", "let ", "`", "```", "<!--", "\\newcommand{\\x}{", "\x00", "é", "⟨3⟩", "#", "|", "\\sum_i", "=>", "\\boxed{", ",", "\\quad"]
)


def survives(text: str, name: str) -> None:
    doc = document(source_of(text, name))
    found = judgements(doc)
    assert all(j.status in ("judge", "given", "unread") for j in found)
    assert all(j.why_unread for j in found if j.status == "unread")
    assert all(j.statement is not None for j in found if j.status == "judge")
    lines = doc.source.text.count("\n") + 1
    assert all(1 <= j.line <= lines for j in found)
    warnings(doc, found)


NAMES = st.sampled_from(["a.tex", "a.md", "a.ipynb", "<stdin>"])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(0, len(SAMPLE)), NAMES)
def test_truncated_documents(start: int, end: int, name: str) -> None:
    survives(SAMPLE[min(start, end):max(start, end)], name)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 6), PIECES), max_size=6), NAMES)
def test_documents_with_pieces_put_in_and_taken_out(changes: list[tuple[int, int, str]], name: str) -> None:
    text = SAMPLE
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length:]
    survives(text, name)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40), NAMES)
def test_soups_of_markup(pieces: list[str], name: str) -> None:
    survives("".join(pieces), name)


def test_calls_and_sets_of_nothing() -> None:
    for text in ("$x \\in \\{\\}$", "$F() = 1$", "$\\mathcal N() = 1$", "$\\mathbb E[] = 0$", "Using $\\mathrm{Var}() = 1$", "$V\\,\\text{Softmax}() = \\text{Softmax}()$"):
        survives(f"{text}. The softmax is invariant to permutations, $X\\in\\mathbb R^{{n\\times n}}$.", "a.tex")
