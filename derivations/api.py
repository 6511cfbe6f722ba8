"""What programs call: reading formulas, checking texts, problems from derivations that somebody wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from derivations.authored.problem import written_problem
from derivations.authored.wanted import Wanted
from derivations.checking.report import Report
from derivations.checking.report import check as checked
from derivations.kernel.statement import Rule
from derivations.language.context import Context
from derivations.language.term import Name, Term
from derivations.language.term import names as symbols
from derivations.problem import Problem
from derivations.reading.expression import read
from derivations.reading.inclusion import assembled
from derivations.reading.judgements import document
from derivations.reading.source import Source, source_of
from derivations.reading.vocabulary import Vocabulary

follows: Final = Rule("judged", (None,))
"""The rule that decides as ``derive check`` does: a few values, then every prover, then many values. A step that it only tried is "sampled"."""


def formula(source: str, context: Context | None = None) -> Term:
    """The term that a formula in LaTeX says, with the names of the context. Raises DeriveError where it cannot be read, with line and column."""
    return read(source, Vocabulary() if context is None else Vocabulary.of(context)).term


def check(text: str, name: str = "text.md") -> Report:
    """What ``derive check`` says of a text; the end of ``name`` tells LaTeX (``.tex``), Markdown and notebooks apart. Never raises for what stands in it."""
    return checked(document(source_of(text, name)))


def written(
    solution: str | Path, *, title: str = "", question: str = "", hint: str = "", note: str = "", answer: str = "", section: str = "", label: str = "",
    draft: bool = False,
) -> Problem:
    """The problem whose solution somebody wrote: LaTeX in a text, or a file (a ``Path`` that ends in .tex, .md or .ipynb).

    ``question``, ``hint`` and ``note`` are Markdown with formulas; ``answer`` is the label of the line that was asked for. With ``draft``, steps that are
    not accepted are shown as such.

    Raises:
        NotProved: a step is not accepted; the message says where and why.
        DeriveError: the solution or the words cannot be read.
    """
    source: Source = assembled(solution) if isinstance(solution, Path) else source_of(solution, "solution.tex")
    return written_problem(source, Wanted(title, question, hint, note, section, label, answer, draft, inline=not isinstance(solution, Path)))


__all__ = ["Name", "Report", "check", "follows", "formula", "symbols", "written"]
