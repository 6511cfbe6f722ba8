"""The short derivations of ``corpus/``: right as they stand, and with one slip each.

A comment ``% wrong: OLD -> NEW`` at the end of a line is the expected verdict beside it: with NEW in place of (the last) OLD the step that ends on that
line is wrong and must be refuted; several are separated by ``|``. As it stands every step must be accepted. ``% open: REASON`` on a line of its own says
that some step of the file is not decided today, and why; it must not be refuted even so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from derivations.checking.report import Record, check, judged
from derivations.kernel.verdict import Refuted
from derivations.reading.judgements import Judgement, document, judgements
from derivations.reading.source import source_of

FILES = sorted(p for p in (Path(__file__).parent / "corpus").iterdir() if p.suffix in (".tex", ".md"))
WRONG = re.compile(r"\s*% wrong: (.*)$")


@dataclass(frozen=True)
class Slip:
    """One wrong version of a file: the line (from 0) and what is put there for what."""

    path: Path
    line: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.path.stem}:{self.line + 1}: {self.old} -> {self.new}"


def written(path: Path) -> list[str]:
    """The lines of a file without the comments on slips."""
    return [WRONG.sub("", line) for line in path.read_text(encoding="utf-8").splitlines()]


def slips(path: Path) -> Iterator[Slip]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        found = WRONG.search(line)
        for part in found[1].split(" | ") if found else ():
            old, new = part.split(" -> ")
            yield Slip(path, number, old, new)


SLIPS = [slip for path in FILES for slip in slips(path)]


def records(lines: list[str], path: Path) -> tuple[Record, ...]:
    return check(document(source_of("\n".join(lines), path.name))).records


def what(record: Record) -> str:
    return f"line {record.line}: {record.left} {record.relation} {record.right}: {record.verdict} {record.why} {record.counterexample}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_step_is_accepted(path: Path) -> None:
    judged = [r for r in records(written(path), path) if r.judged]
    assert judged
    still_open = "% open:" in path.read_text(encoding="utf-8")
    refused = [what(r) for r in judged if r.verdict == "refuted" or (r.verdict != "accepted" and not still_open)]
    assert not refused


def readings(lines: list[str], path: Path) -> list[Judgement]:
    return judgements(document(source_of("\n".join(lines), path.name)))


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_the_slip_is_refuted_where_it_is(slip: Slip) -> None:
    lines = written(slip.path)
    right = {(j.line, j.lhs_text, j.relation, j.rhs_text) for j in readings(lines, slip.path)}
    place = lines[slip.line].rindex(slip.old)
    lines[slip.line] = lines[slip.line][:place] + slip.new + lines[slip.line][place + len(slip.old) :]
    changed = [
        j
        for j in readings(lines, slip.path)
        if j.line == slip.line + 1 and j.status == "judge" and (j.line, j.lhs_text, j.relation, j.rhs_text) not in right
    ]
    verdicts = [judged(j) for j in changed]
    assert any(isinstance(v, Refuted) for v in verdicts), verdicts


def test_there_is_enough_of_both() -> None:
    assert len(FILES) >= 90
    assert len(SLIPS) >= 150
