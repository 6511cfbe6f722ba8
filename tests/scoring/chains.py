"""Scores ``chains.json``: hand-written derivations, each step to be accepted or refuted.

A file goes the way of ``derive check``: its text is read into judgements, and each is judged. Of the file's entries only the place of a step and the right
answer are used: a step is matched with the judgement of the same line and the same order in that line.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from time import perf_counter
from typing import Any

from derivations.checking.report import Record, check
from derivations.reading.judgements import document
from derivations.reading.source import source_from_file

from . import Outcome, read_document


@dataclass(frozen=True)
class Scored:
    """One step: its kind and the right answer, and what the program said of it."""

    chain: str
    step: int
    line: int
    kind: str
    valid: bool
    answer: str
    detail: str
    written: str


_seen: list[Scored] = []
_files: list[bool] = []
_seconds: list[float] = []


def score(path: Path) -> Iterable[Outcome]:
    """Check every file; one outcome a step, named ``chain#step``."""
    _seen.clear()
    _files.clear()
    _seconds.clear()
    for chain in read_document(path, "chains")["chains"]:
        found = list(_chain(chain, path.parent))
        _seen.extend(found)
        _files.append(all(right(s) for s in found))
        for s in found:
            yield Outcome(f"{s.chain}#{s.step}", right(s), f"line {s.line}: {s.kind} is {'valid' if s.valid else 'invalid'}; {s.answer}: {s.detail} [{s.written}]")


def right(s: Scored) -> bool:
    return s.answer in ("proved", "sampled") if s.valid else s.answer == "refuted"


def _chain(chain: dict[str, Any], folder: Path) -> Iterable[Scored]:
    start = perf_counter()
    records = check(document(source_from_file(folder / chain["file"]))).records
    judged = [r for r in records if r.judged]
    _seconds.extend([(perf_counter() - start) / max(1, len(judged))] * len(judged))
    by_line: dict[int, list[Record]] = defaultdict(list)
    for one in records:
        by_line[one.line].append(one)
    steps: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for step in chain["steps"]:
        steps[step["line"]].append(step)
    for line, wanted in sorted(steps.items()):
        for step, record in zip(wanted, matched(wanted, by_line[line]), strict=True):
            if step.get("carried"):
                continue
            answer, detail = _answer(record)
            yield Scored(chain["id"], step["step"], line, step["kind"], step["verdict"] == "valid", answer, detail, f"{step['lhs']} {step['rel']} {step['rhs']}")


def matched(wanted: Sequence[dict[str, Any]], records: Sequence[Record]) -> list[Record | None]:
    """The records that belong to the steps of one line, in order. Where there are more records than steps, those most alike in writing are taken."""
    if len(records) == len(wanted):
        return list(records)
    judged = [r for r in records if r.judged]
    if len(judged) == len(wanted):
        return list(judged)
    found: list[Record | None] = []
    rest = list(records)
    for step in wanted:
        best = max(range(len(rest)), key=lambda k: _likeness(step, rest[k]), default=None)
        if best is None or _likeness(step, rest[best]) < 0.5:
            found.append(None)
            continue
        found.append(rest[best])
        rest = rest[best + 1 :]
    return found


def _likeness(step: dict[str, Any], record: Record) -> float:
    def bare(text: str) -> str:
        return re.sub(r"\\[,;!: ]|\\left|\\right|\\[bB]igg?[lr]?|\s|&", "", text)

    return SequenceMatcher(None, bare(f"{step['lhs']}{step['rhs']}"), bare(record.left + record.right), autojunk=False).ratio()


def _answer(record: Record | None) -> tuple[str, str]:
    if record is None:
        return "unread", "no relation was found at this place"
    if record.verdict == "accepted":
        return ("sampled" if record.evidence.startswith("sampled") else "proved"), record.method
    at = record.counterexample
    shown = f"{', '.join(f'{n} = {v}' for n, v in at.at)}: {at.left} against {at.right}" if at is not None else ""
    return record.verdict, " ".join(part for part in (shown, record.hint, record.why) if part)


COLUMNS = ("valid: proved", "sampled", "refuted", "undecided", "unread", "given", "invalid: refuted", "accepted", "undecided", "unread", "given")


def summary(outcomes: Sequence[Outcome]) -> str:
    """The table that the issue on checking asks for."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for s in _seen:
        answer = s.answer if s.valid or s.answer not in ("proved", "sampled") else "accepted"
        for kind in (s.kind, "all"):
            rows[kind][f"{'valid' if s.valid else 'invalid'} {answer}"] += 1
    keys = [*(f"valid {a}" for a in ("proved", "sampled", "refuted", "undecided", "unread", "given"))]
    keys += [f"invalid {a}" for a in ("refuted", "accepted", "undecided", "unread", "given")]
    width = max((len(kind) for kind in rows), default=4)
    lines = [" " * width + "  " + "  ".join(COLUMNS)]
    for kind in sorted(rows, key=lambda k: (k == "all", k)):
        counts = "  ".join(str(rows[kind][key]).rjust(len(column)) for key, column in zip(keys, COLUMNS, strict=True))
        lines.append(f"{kind.ljust(width)}  {counts}")
    total = rows["all"]
    valid = sum(n for key, n in total.items() if key.startswith("valid"))
    invalid = sum(total.values()) - valid
    if valid:
        accepted = total["valid proved"] + total["valid sampled"]
        lines.append(f"valid steps: {accepted} of {valid} accepted ({accepted / valid:.1%}), {total['valid proved'] / valid:.1%} proved; {total['valid refuted']} false alarms")
    if invalid:
        lines.append(f"invalid steps: {total['invalid refuted']} of {invalid} refuted at the right line ({total['invalid refuted'] / invalid:.1%}), {total['invalid accepted']} accepted")
    times = sorted(_seconds)
    if times:
        lines.append(f"whole files right: {sum(_files)} of {len(_files)}; {sum(times) / len(times):.3f} s a step (median of files {times[len(times) // 2]:.3f} s)")
    return "\n".join(lines)
