"""Formulas as people write them, and what the program makes of them: ``goldens/latex.txt``, to be read as a document.

    a formula
      = how it is printed again
      ? what was assumed
      ! why it is refused

``python -m tests.test_latex_goldens`` writes the answers anew for the formulas that stand in the file; read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from derivations.language.brackets import bracketed
from derivations.reading.expression import ReadError, Vocabulary, read
from derivations.reading.macros import definitions
from render.notation.latex import latex

GOLDENS = Path(__file__).parent / "goldens" / "latex.txt"
HEADING = "%"
VOCABULARY = Vocabulary(
    macros=definitions(
        r"""\newcommand{\R}{\mathbb{R}} \newcommand{\softmax}{\operatorname{softmax}} \DeclareMathOperator{\Attn}{Attn}
        \DeclareMathOperator*{\argmax}{arg\,max} \newcommand{\norm}[1]{\left\lVert #1 \right\rVert}
        \newcommand\E[2][q]{\mathbb{E}_{#1}\left[#2\right]} \def\half{\frac12} \def\pd#1#2{\frac{\partial #1}{\partial #2}}
        \DeclarePairedDelimiter\abs{\lvert}{\rvert} \newcommand{\loop}{\loop x} \newcommand{\boom}{\boom\boom}"""
    )
)


def answer(formula: str) -> str:
    """The entry of a formula in the file."""
    try:
        reading = read(formula, VOCABULARY)
    except ReadError as error:
        return f"{formula}\n  ! {error}\n"
    assumed = "".join(f"  ? {one}\n" for one in reading.assumed)
    return f"{formula}\n  = {latex(reading.term)}\n{assumed}"


def entries() -> list[str]:
    """The entries and the headings of the file, in order."""
    blocks: list[str] = []
    for line in GOLDENS.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            blocks[-1] += line + "\n"
        elif line.strip():
            blocks.append(line + "\n")
    return blocks


FORMULAS = [entry for entry in entries() if not entry.startswith(HEADING)]


@pytest.mark.parametrize("entry", FORMULAS, ids=[entry.partition("\n")[0] for entry in FORMULAS])
def test_formulas_are_read_and_printed_as_the_file_says(entry: str) -> None:
    assert answer(entry.partition("\n")[0]) == entry


@pytest.mark.parametrize("entry", [entry for entry in FORMULAS if "\n  = " in entry])
def test_what_is_printed_is_read_the_same(entry: str) -> None:
    term = read(entry.partition("\n")[0], VOCABULARY).term
    assert term == bracketed(term)
    known = Vocabulary(transpose=True if "read as a transpose" in entry else None)
    assert read(latex(term), known).term == term


if __name__ == "__main__":
    written = [entry if entry.startswith(HEADING) else answer(entry.partition("\n")[0]) for entry in entries()]
    GOLDENS.write_text("".join(("\n" if one.startswith(HEADING) and k else "") + one for k, one in enumerate(written)), encoding="utf-8")
