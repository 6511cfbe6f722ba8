"""What the author of a sheet says of a problem: words with formulas in them, hints and notes of his own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from string import ascii_lowercase

from derivations.authored.kinds import WrittenKind
from derivations.authored.wording import author_words, lettered
from derivations.kernel.statement import Statement
from derivations.language.errors import DeriveError
from derivations.language.term import Frac, Name, Num, Term
from derivations.problem import Problem, Prose, Stressed, Words, shared
from render.compose import Below, Entry
from render.profiles import Profile
from render.record import words as plain
from render.sheet_file import ProblemSpec


def entry(problem: Problem, spec: ProblemSpec, profile: Profile | None) -> Entry:
    """The problem in the words of its author.

    Raises:
        DeriveError: a formula in them cannot be read, or a reference is to nothing; the message names file, problem, line and field.
    """
    if problem.parts:
        return _of_parts(problem, spec, profile)
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


def _of_parts(problem: Problem, spec: ProblemSpec, profile: Profile | None) -> Entry:
    """A problem whose parts have solutions of their own, each with the words of its author; a part without one is answered in words."""
    contexts = [section.theorem.context for section in problem.sections]
    solved = dict(problem.parts)
    known: dict[str, Prose] = {}
    for letter, one in solved.items():
        known |= {f"{name}.{letter}": prose for name, prose in _results(one)}
    given = {f"parameters.{name}": prose for name, value in problem.parameters.items() if (prose := _prose(value)) is not None}

    def words(text: str, field: str, references: Mapping[str, Prose]) -> Prose:
        try:
            return author_words(text, field, references, contexts)
        except DeriveError as error:
            raise DeriveError(f"{spec.place}: {error}") from None

    common: Prose = words(spec.question, "question", given) if spec.question else shared([one for _, one in problem.parts])
    asked: list[tuple[str, Prose, str]] = []
    below: list[Below] = []
    for letter, part in zip(ascii_lowercase, spec.parts, strict=False):
        where = f"part ({letter})"
        found = solved.get(letter)
        own = given if found is None else {f"parameters.{name}": prose for name, value in found.parameters.items() if (prose := _prose(value)) is not None}
        ends = {**known, **own, **({} if found is None else dict(_results(found)))}
        question = words(part.question, f"{where}: question", own) if part.question or found is None else _rest(found, problem)
        asked.append((letter, question, part.marks))
        answer = words(part.answer, f"{where}: answer", ends) if part.answer else ()
        if found is None:
            below.append(Below(letter, None, answer))
            continue
        hints = (words(part.hint, f"{where}: hint", own),) if part.hint else found.hints
        worth = Fraction(part.marks) if part.marks else None
        whole = (*common, "\n\n", *question) if common else question
        own_words = replace(found, hints=hints, notes=(*found.notes, *((answer,) if answer else ())))
        below.append(Below(letter, Entry(own_words, None, whole, worth, None, profile)))
    letters = [(Stressed(f"({letter})"), " ", *question, *((" ", Stressed(f"[{marks}]")) if marks else ())) for letter, question, marks in asked]
    question = tuple(piece for number, prose in enumerate(letters) for piece in ((("\n\n",) if number or common else ()) + prose))
    hint = (words(spec.hint, "hint", given),) if spec.hint else ()
    note = (words(spec.note, "note", {**known, **given}),) if spec.note else ()
    heading = None if spec.heading is None else plain(words(spec.heading, "title", {**known, **given}))
    made = replace(problem, hints=hint, notes=note)
    return Entry(made, heading, (*common, *question), spec.marks, spec.space, profile, tuple(part.marks for part in spec.parts), tuple(below))


def _rest(part: Problem, whole: Problem) -> Prose:
    """What the question of a part asks beyond what is said before all parts."""
    said = whole.question if isinstance(whole.question, tuple) else (whole.question,)
    asked = part.question if isinstance(part.question, tuple) else (part.question,)
    return asked[len(said) :] if asked[: len(said)] == said else asked


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
