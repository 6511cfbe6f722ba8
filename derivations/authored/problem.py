"""A written solution with its question as a problem: what a sheet, a paper and the command line make of a file that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from derivations.authored.solution import Solution, solution, value_of
from derivations.authored.wanted import KIND, Wanted
from derivations.authored.wording import lettered, wording
from derivations.language.errors import DeriveError
from derivations.problem import Answer, Later, Problem, Prose, Words
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
    if wanted.words:
        return _in_words(source.text, wanted)
    asked_for = tuple(part.answer for part in wanted.parts if part.answer) or ((wanted.answer,) if wanted.answer else ())
    solved = solution(source, declarations, section=wanted.section, label=wanted.label, answers=asked_for, draft=wanted.draft)
    name = Path(source.file).name
    title = wanted.title or wanted.section or solved.heading or ("Derivation" if wanted.inline else Path(name).stem)
    question: Words = _words(wanted.question, "question", solved) if wanted.question else () if wanted.parts else f"Derive what {name} derives."
    if wanted.parts:
        question = lettered(_prose(question), [(part.question, part.marks) for part in wanted.parts], "question", partial(_said, known=solved.vocabulary))
    hint = _words(wanted.hint, "hint", solved) if wanted.hint else ()
    if any(part.hint for part in wanted.parts):
        hint = lettered(hint, [(part.hint, "") for part in wanted.parts], "hint", partial(_said, known=solved.vocabulary))
    from_file = {} if wanted.inline else {"file": name}
    references: dict[str, Prose] = {"answer": (solved.answer.formula,)} if solved.answer is not None else {}
    notes = (*solved.notes, *((_words(wanted.note, "note", solved, references),) if wanted.note else ()))
    return Problem(
        KIND,
        title,
        question,
        solved.sections,
        Answer(solved.answers, Later(lambda: value_of(solved.answer, solved.context))),
        {**from_file, **{key: value for key, value in (("section", wanted.section), ("label", wanted.label)) if value}},
        notes=notes,
        hints=(hint,) if hint else (),
        trusted=solved.trusted,
        open=solved.open,
    )


def _in_words(text: str, wanted: Wanted) -> Problem:
    """A problem whose solution is words: they are typeset, and nothing in them is checked."""
    say = partial(_said, known=Vocabulary())
    question = say(wanted.question, "question")
    hint = say(wanted.hint, "hint") if wanted.hint else ()
    if wanted.parts:
        question = lettered(question, [(part.question, part.marks) for part in wanted.parts], "question", say)
    if any(part.hint for part in wanted.parts):
        hint = lettered(hint, [(part.hint, "") for part in wanted.parts], "hint", say)
    answer = Answer((), None, say(text, "words"))
    notes = (say(wanted.note, "note"),) if wanted.note else ()
    return Problem(KIND, wanted.title or "Question", question, (), answer, notes=notes, hints=(hint,) if hint else ())


def _said(text: str, field: str, known: Vocabulary) -> Prose:
    try:
        return wording(text, lambda formula: read(formula, known).term, references={})
    except DeriveError as error:
        raise DeriveError(f"{field}: {error}") from None


def _prose(words: Words) -> Prose:
    return (words,) if isinstance(words, str) else words


def _words(text: str, field: str, solved: Solution, references: Mapping[str, Prose] | None = None) -> Prose:
    try:
        return wording(text, lambda formula: read(formula, solved.vocabulary).term, references=references or {})
    except DeriveError as error:
        raise DeriveError(f"{field}: {error}") from None
