"""The short derivations of ``corpus/``: right as they stand, and with one slip each.

A comment ``% wrong: OLD -> NEW`` at the end of a line is the expected verdict beside it: with NEW in place of (the last) OLD the step that ends on that
line is wrong and must be refuted; several are separated by ``|``. With ``?`` before OLD it is left undecided today, by what a refutation may rest on (or
taken for a condition that is solved); it must not be accepted. As it stands every step must be accepted. ``% open: REASON`` on a line of its own says
that some step of the file is not decided today, and why; it must not be refuted even so.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from frozen.compare import CORPUS, Slip, slips, written

from derivations.checking.report import Record, check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

FILES = sorted(p for p in CORPUS.iterdir() if p.suffix in (".tex", ".md"))
SLIPS = [slip for path in FILES for slip in slips(path)]

FIRST = [slip for k, slip in enumerate(SLIPS) if k == 0 or SLIPS[k - 1].path != slip.path]
"""One of each document; the others are the slow tests."""


def records(lines: list[str], path: Path) -> tuple[Record, ...]:
    return check(document(source_of("\n".join(lines), path.name))).records


@cache
def right(path: Path) -> tuple[Record, ...]:
    """The verdicts on a document as it stands: those of each of its slips are compared with them."""
    return records(written(path), path)


def what(record: Record) -> str:
    return f"line {record.line}: {record.left} {record.relation} {record.right}: {record.verdict} {record.why} {record.counterexample}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_step_is_accepted(path: Path) -> None:
    judged = [r for r in right(path) if r.judged]
    assert judged
    still_open = "% open:" in path.read_text(encoding="utf-8")
    refused = [what(r) for r in judged if r.verdict == "refuted" or (r.verdict != "accepted" and not still_open)]
    assert not refused


@pytest.mark.parametrize("slip", [pytest.param(slip, id=str(slip), marks=() if slip in FIRST else pytest.mark.slow) for slip in SLIPS])
def test_the_slip_is_refuted_where_it_is(slip: Slip) -> None:
    as_written = {(r.line, r.left, r.relation, r.right) for r in right(slip.path)}
    on_line = [r for r in records(slip.lines, slip.path) if r.line == slip.line + 1]
    changed = [r for r in on_line if (r.line, r.left, r.relation, r.right) not in as_written]
    assert changed
    if slip.open:
        assert any(r.verdict != "accepted" for r in changed), [what(r) for r in changed]
    else:
        assert any(r.verdict == "refuted" for r in changed), [what(r) for r in changed]


def test_there_is_enough_of_both() -> None:
    assert len(FILES) >= 90
    assert len(SLIPS) >= 150
