"""The answer key of a class: what was drawn for each student and what the answer is then, as a document for staff and as a table for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivations.kernel.statement import Statement
from derivations.kernel.verdict import Strength
from derivations.language.record import record
from derivations.problem import Problem, Words
from render.class_list import Student, csv_text
from render.compose import Below, inlines
from render.document import Block, Display, Document, Inlines, Mark, Math, Paragraph, Part, Strong, Table, Text, rewritten
from render.editions import shown
from render.messages import Messages
from render.notation.text import text
from render.printing import Printing
from render.record import value as plain_value
from render.record import words as plain_words
from render.sheets import Released, Sheet
from render.variants import told


@record
class Answered:
    """A problem of a student's sheet: its title, what was drawn, and the answer, in the notation of the sheet: as inlines, and as text for programs.

    ``formulas`` are the lines of the answer, ``number`` says whether it is a single number.
    """

    title: str
    kind: str
    drawn: Mapping[str, str]
    lines: tuple[Inlines, ...]
    number: bool
    text: str
    value: str
    strength: Strength
    known: str
    """The word of programs for how it is known; ``told`` is that of the sheet's language."""
    told: str


def answers_of(sheet: Sheet, drawn: Sequence[Mapping[str, str]], printing: Printing) -> tuple[Answered, ...]:
    """The answers of a sheet, in its order."""
    messages = printing.messages
    found = []
    for number, (entry, values) in enumerate(zip(sheet.entries, drawn, strict=True), 1):
        problem = entry.problem
        name = messages.problem.format(number=number)
        asked = shown(entry, printing, f"{name} ({problem.kind})")
        formulas = [asked.notation.term(messages.term(s.formula if isinstance(s, Statement) else s)) for s in problem.answer.shown]
        lines: tuple[Inlines, ...] = tuple((Math(formula),) for formula in formulas) or (inlines(messages.say(problem.answer.words)),)
        words = "; ".join(text(formula, printing.style) for formula in formulas) or plain_words(messages.say(problem.answer.words))
        if entry.below:
            each = [(one.letter, _said(one)) for one in entry.below]
            plain = tuple(Paragraph((Strong(f"({letter})"), Text(" "), *inlines(messages.say(said)))) for letter, said in each)
            written = asked.notation.blocks(rewritten(plain, messages.term, str), name)
            lines = tuple(block.inlines for block in written if isinstance(block, Paragraph))
            words = "; ".join(f"({letter}) {plain_words(messages.say(said))}" for letter, said in each)
        found.append(
            Answered(
                asked.notation.words(f"{name}. {asked.title}"), problem.kind, dict(values), lines, _is_number(problem), words,
                str(plain_value(problem.answer.value) if problem.answer.value is not None else ""),
                problem.evidence.strength, problem.evidence.word, messages.known(problem.evidence),
            )
        )  # fmt: skip
    return tuple(found)


def _said(part: Below) -> Words:
    """The answer of a part: its formulas, or its words."""
    if part.entry is None:
        return part.words
    answer = part.entry.problem.answer
    formulas = [shown.formula if isinstance(shown, Statement) else shown for shown in answer.shown]
    return tuple(piece for number, formula in enumerate(formulas) for piece in ((", ", formula) if number else (formula,))) or answer.words


def _is_number(problem: Problem) -> bool:
    value = problem.answer.value
    return 1 <= len(problem.answer.shown) <= 2 and (isinstance(value, int) or bool(getattr(value, "is_number", False)))


def as_csv(answered: Sequence[tuple[Student, Sequence[Answered]]], files: Sequence[str]) -> str:
    """A line for each problem of each student."""
    rows = [("student", "id", "file", "problem", "title", "kind", "drawn", "answer", "value", "known")]
    for (student, answers), file in zip(answered, files, strict=True):
        for number, answer in enumerate(answers, 1):
            name = student.name or student.key
            rows.append((name, student.identifier, file, str(number), answer.title, answer.kind, told(answer.drawn), answer.text, answer.value, answer.known))
    return csv_text(rows)


def document(title: str, subtitle: Sequence[str], answered: Sequence[tuple[Student, Sequence[Answered]]], messages: Messages) -> Released:
    """The key for people: problem by problem, a table of the students where the answer is a number, else each answer with those who have it."""
    parts = []
    for number in range(len(answered[0][1])):
        rows = [(student, answers[number]) for student, answers in answered]
        parts.append(Part(f"problem-{number + 1}", rows[0][1].title, _problem(rows, messages)))
    words = tuple(filter(None, (*subtitle, messages.editions["staff"])))
    return Released(Document(f"{title}: {messages.key}", words, tuple(parts), messages.language), ())


def _problem(rows: Sequence[tuple[Student, Answered]], messages: Messages) -> tuple[Block, ...]:
    first = rows[0][1]
    names = tuple(dict.fromkeys(name for _, answer in rows for name in answer.drawn))
    if not names:
        return (*_lines(first, ()),)
    if all(answer.number for _, answer in rows):
        who = messages.blanks["name"] if rows[0][0].named else messages.variant.format(number="").strip()
        head = (who, *names, messages.answer)
        cells = tuple(
            ((Text(student.label),), *((Text(answer.drawn.get(name, "")),) for name in names), (*_joined(answer.lines), Text(" "), Mark(answer.strength)))
            for student, answer in rows
        )
        return (Table(tuple((Text(words),) for words in head), cells, tuple(False for _ in head)),)
    alike: dict[str, list[tuple[Student, Answered]]] = {}
    for student, answer in rows:
        alike.setdefault(told(answer.drawn), []).append((student, answer))
    blocks: list[Block] = []
    for values, having in alike.items():
        who = ", ".join(student.label for student, _ in having)
        blocks += _lines(having[0][1], (Strong(values), Text(f" ({who}):")))
    return tuple(blocks)


def _joined(lines: Sequence[Inlines]) -> Inlines:
    return tuple(inline for k, line in enumerate(lines) for inline in ((Text(", "), *line) if k else line))


def _lines(answer: Answered, lead: Inlines) -> tuple[Block, ...]:
    mark = (Text(" "), Mark(answer.strength))
    blocks: list[Block] = [Paragraph((*lead, *mark) if lead else (Text(answer.told), *mark))]
    for line in answer.lines:
        blocks.append(Display(line[0].term) if len(line) == 1 and isinstance(line[0], Math) else Paragraph(line))
    return tuple(blocks)
