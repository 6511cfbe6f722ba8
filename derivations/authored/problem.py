"""A written solution with its question as a problem: what a sheet, a paper and the command line make of a file that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from derivations.authored.solution import Solution, solution, value_of
from derivations.authored.wanted import KIND, Wanted
from derivations.authored.wording import wording
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.term import Term
from derivations.problem import Answer, Problem, Prose, Words
from derivations.reading.expression import read
from derivations.reading.source import Source
from derivations.reading.vocabulary import Vocabulary


def written_problem(source: Source, wanted: Wanted | None = None, declarations: Iterable[str] = ()) -> Problem:
    """The problem whose solution is in a source.

    Raises:
        NotProved: a step of it is not accepted; the message says where and why.
        DeriveError: the source or the author's words cannot be read.
    """
    wanted = wanted or Wanted()
    solved = solution(source, declarations, section=wanted.section, label=wanted.label, answer=wanted.answer, draft=wanted.draft)
    name = Path(source.file).name
    title = wanted.title or wanted.section or solved.heading or ("Derivation" if wanted.inline else Path(name).stem)
    question: Words = _words(wanted.question, "question", solved) if wanted.question else f"Derive what {name} derives."
    from_file = {} if wanted.inline else {"file": name}
    references: dict[str, Prose] = {"answer": (solved.answer.formula,)} if solved.answer is not None else {}
    notes = (*solved.notes, *((_words(wanted.note, "note", solved, references),) if wanted.note else ()))
    return Problem(
        KIND,
        title,
        question,
        solved.sections,
        Answer((solved.answer,) if solved.answer is not None else (), value_of(solved.answer, solved.context)),
        {**from_file, **{key: value for key, value in (("section", wanted.section), ("label", wanted.label)) if value}},
        notes=notes,
        hints=(_words(wanted.hint, "hint", solved),) if wanted.hint else (),
        trusted=solved.trusted,
        open=solved.open,
    )


def _words(text: str, field: str, solved: Solution, references: Mapping[str, Prose] | None = None) -> Prose:
    try:
        return wording(text, lambda formula: read(formula, solved.vocabulary).term, references=references or {})
    except DeriveError as error:
        raise DeriveError(f"{field}: {error}") from None


def author_words(text: str, field: str, references: Mapping[str, Prose], contexts: Iterable[Context] = ()) -> Prose:
    """An author's words about a problem of a kind, whose contexts say what its names are.

    Raises:
        DeriveError: a formula cannot be read, or a reference is to nothing.
    """
    known = Vocabulary()
    for context in contexts:
        known = Vocabulary.of(context)

    def reader(formula: str) -> Term:
        return read(formula, known).term

    try:
        return wording(text, reader, references=references)
    except DeriveError as error:
        raise DeriveError(f"{field}: {error}") from None
