"""What the author of a sheet says of a problem: words with formulas in them, hints and notes of his own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial

from derivations.authored.kinds import WrittenKind
from derivations.authored.wording import author_words, lettered
from derivations.kernel.statement import Statement
from derivations.language.errors import DeriveError
from derivations.language.term import Frac, Name, Num, Term
from derivations.problem import Problem, Prose, Words
from render.compose import Entry
from render.profiles import Profile
from render.record import words as plain
from render.sheet_file import ProblemSpec


def entry(problem: Problem, spec: ProblemSpec, profile: Profile | None) -> Entry:
    """The problem in the words of its author.

    Raises:
        DeriveError: a formula in them cannot be read, or a reference is to nothing; the message names file, problem, line and field.
    """
    contexts = [section.theorem.context for section in problem.sections]
    given = {f"parameters.{name}": prose for name, value in problem.parameters.items() if (prose := _prose(value)) is not None}
    solved = {**given, **dict(_results(problem))}

    def words(text: str, field: str, references: Mapping[str, Prose] = given) -> Prose:
        try:
            return author_words(text, field, references, contexts)
        except DeriveError as error:
            raise DeriveError(f"{spec.place}: {error}") from None

    hint: Prose = words(spec.hint, "hint") if spec.hint else ()
    if any(part.hint for part in spec.parts):
        hint = lettered(hint, [(part.hint, "") for part in spec.parts], "hint", words)
    if hint:
        problem = replace(problem, hints=(hint,))
    answers = lettered((), [(part.answer, "") for part in spec.parts], "answer", partial(words, references=solved))
    notes = (answers, words(spec.note, "note", solved) if spec.note else ())
    problem = replace(problem, notes=(*problem.notes, *(note for note in notes if note)))
    question: Words | None = None if spec.question is None else words(spec.question, "question")
    if spec.parts:
        asked = problem.question if question is None else question
        parts = [(part.question, part.marks) for part in spec.parts]
        question = lettered((asked,) if isinstance(asked, str) else asked, parts, "question", words)
    heading = None if spec.heading is None else plain(words(spec.heading, "title", solved))
    lettered_parts = spec.kind.wanted.parts if isinstance(spec.kind, WrittenKind) else spec.parts
    return Entry(problem, heading, question, spec.marks, spec.space, profile, tuple(part.marks for part in lettered_parts))


def introduction(text: str, where: str) -> Words:
    """The words before the first problem. Raises DeriveError with the name of the sheet."""
    try:
        return author_words(text, "intro", {}) if text else ""
    except DeriveError as error:
        raise DeriveError(f"{where}: {error}") from None


def _results(problem: Problem) -> Iterator[tuple[str, Prose]]:
    """What only the solution may say."""
    shown = [s.formula if isinstance(s, Statement) else s for s in problem.answer.shown]
    if shown:
        yield "answer", (shown[0],)
    if problem.sections:
        yield "chain", (problem.statement.formula,)


def _prose(value: object) -> Prose | None:
    """A parameter as a formula or a word."""
    match value:
        case bool():
            return ("yes" if value else "no",)
        case int():
            return (_number(Fraction(value)),)
        case Fraction():
            return (_number(value),)
        case Name():
            return (value,)
        case str():
            return (value,)
        case tuple() | list():
            found = [prose for item in value if (prose := _prose(item)) is not None]
            return tuple(piece for k, prose in enumerate(found) for piece in ((", ", *prose) if k else prose))
        case _:
            return None


def _number(value: Fraction) -> Term:
    size: Term = Num(str(abs(value.numerator)))
    whole = size if value.denominator == 1 else Frac(size, Num(str(value.denominator)))
    return whole if value >= 0 else -whole
