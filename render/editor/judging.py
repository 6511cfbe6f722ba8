"""What an editor is told of a document: its steps, how each formula was read, and where what was asked for can be said.

It is found out in a process of its own, with the limits of ``derive check``; this file knows nothing of any protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection
from typing import Final

from derivations.checking.report import Record, Report, statement_of
from derivations.language.record import record
from derivations.reading.judgements import Judgement
from render.check_work import Task, checked
from render.checked import counterexample, message
from render.children import Fault, Limits, Part, each_in_parts
from render.notation.text import text

LIMITS: Final = Limits(seconds=120)
"""Of one look at one document; the next change begins another."""


@record
class Reading:
    """How one relation was read, in the notation of the program, and where its left side stands."""

    left_line: int
    left_column: int
    words: str


@record
class Step:
    """What became of one relation, and how it was read, where it could be."""

    record: Record
    reading: Reading | None = None

    @property
    def begin(self) -> tuple[int, int]:
        """Line and column of its left side; of its right side where it has no other."""
        r, reading = self.record, self.reading
        return (r.line, r.column) if reading is None or not reading.left_line else (reading.left_line, reading.left_column)


def at(steps: Sequence[Step], file: str, line: int, column: int) -> list[Step]:
    """The steps at a place, first those whose right side stands there: in a chain a side is the end of one step and the beginning of the next."""
    here = [s for s in steps if s.record.file == file and s.begin <= (line, column) <= (s.record.end_line, s.record.end_column)]
    return sorted(here, key=lambda s: (line, column) < (s.record.line, s.record.column))


@record
class Look:
    """The work of one look at a document, as ``render.children`` wants it: each step is told as soon as it is judged. Raises DeriveError as
    ``derive check`` does."""

    key: bytes | None

    def __call__(self, task: Task, tell: Callable[[Step], None]) -> Report:
        readings: dict[tuple[str, int, int, int | None], Reading] = {}

        def read(j: Judgement) -> None:
            statement = statement_of(j) if j.arrow else j.statement
            if statement is not None:
                readings[j.file, j.line, j.column, j.cell] = Reading(j.left_line, j.left_column, text(statement.formula))

        return checked(self.key, task, lambda r: tell(Step(r, readings.get((r.file, r.line, r.column, r.cell)))), read)


def looked(key: bytes | None, task: Task, stop: Connection, told: Callable[[Step], None]) -> Report | Fault | None:
    """Check a document in a process of its own; None when it was stopped, because the document has changed. ``stop`` is closed at the end."""
    results = each_in_parts(Look(key), [task], 1, LIMITS, stop=stop)
    try:
        for result in results:
            if not isinstance(result, Part):
                return result
            told(result.value)
    finally:
        results.close()
        stop.close()
    return None


def in_markdown(step: Step) -> str:
    """What is known of a step, for a box beside it."""
    r, reading = step.record, step.reading
    lines = [f"**{r.evidence or r.verdict}**" + (f" ({r.method})" if r.method else "") + ("" if r.verdict in ("accepted", "refuted") else f": {r.why}")]
    if r.verdict == "refuted":
        lines.append(counterexample(r) or message(r))
        lines.extend(f"({r.hint})" for _ in range(bool(r.hint)))
    if r.verdict == "accepted" and r.why:
        lines.append(f"where {r.why}")
    if reading is not None:
        lines.append(f"read as {_literal(reading.words)}")
    for before, said in (("taken for granted in reading it: ", r.assumed), ("under the convention: ", r.conventions), ("not shown in the text: ", r.told)):
        if said:
            lines.append(before + "; ".join(said))
    if r.rests:
        lines.append(f"it rests on: {r.rests}")
    if r.answer:
        lines.append(f"this comment would decide it: {_literal(r.answer)}")
    return "  \n".join(lines)


def _literal(words: str) -> str:
    """A text as code, whatever stands in it."""
    fence = "`"
    while fence in words:
        fence += "`"
    return f"{fence} {words} {fence}" if "`" in words else f"{fence}{words}{fence}"


def line_for(answer: str, lines: Iterable[str], line: int, *, markdown: bool) -> tuple[int, str]:
    """Where a comment that answers a question is put: before which line (from 1), and the whole line.

    In LaTeX before the line where the formula begins, in a display or not: a line of comment changes nothing there. In Markdown it stands before the
    paragraph or block, for between its lines it would end it.
    """
    before = list(lines)[: line - 1]
    if not markdown:
        indent = next((text[: len(text) - len(text.lstrip())] for text in list(lines)[line - 1 : line]), "")
        return line, f"{indent}{answer}\n"
    while before and before[-1].strip():
        before.pop()
    return len(before) + 1, f"<!-- {answer.removeprefix('%').strip()} -->\n"
