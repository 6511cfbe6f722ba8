"""Scores what others wrote, right and wrong, in one go: ``chains.json`` and ``steps.json`` of a folder, and the mutants of the catalogue.

The documents go through ``derive check --to json``, as anybody's do. A right step must not be refuted, nor lost; a wrong one must not be accepted, taken as
given or lost; what only has to be looked at (a claim) must not be taken as given. A wrong step counts as caught only if the same step of its right twin is
not refuted. Printed are those that are at fault, and then the measures: the two tables, and what became of the mutants.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import Outcome, read_document
from .reference import KINDS, bare

ROOT = Path(__file__).resolve().parents[2]
FAULTS = {"valid": ("refuted", "missing"), "invalid": ("accepted", "given", "missing"), "claim": ("given", "missing")}
"""By what a step is: what may not be said of it."""


@dataclass(frozen=True)
class Scored:
    """One step: of which set and document, its line, its label (the same in the right twin), what it is, and what was said of it."""

    kind: str
    document: str
    base: str
    label: str
    expected: str
    answer: str
    written: str

    @property
    def at_fault(self) -> bool:
        return self.answer in FAULTS[self.expected]


_seen: list[Scored] = []
_alarms: dict[str, list[int]] = {}
_right_files: set[str] = set()
_wrong_lines: dict[str, set[int]] = defaultdict(set)


def score(path: Path) -> Iterable[Outcome]:
    """Check the documents of a folder of cases; one outcome a step."""
    _seen.clear()
    _alarms.clear()
    _right_files.clear()
    _wrong_lines.clear()
    for kind in KINDS:
        records = _checked(path / kind)
        cases = read_document(path / f"{kind}.json", kind)[kind]
        for one in _of_chains(cases, records) if kind == "chains" else _of_steps(cases, records):
            _seen.append(one)
            yield Outcome(f"{one.kind}/{one.document}:{one.label}", not one.at_fault, f"{one.expected}, {one.answer}: {one.written[:90]}")


def _checked(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The records of the documents of a folder, by name."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "render.cli", "check", "--to", "json", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in json.loads(done.stdout)["steps"]:
        found[Path(record["file"]).name].append(record)
    return found


def _of_chains(cases: list[dict[str, Any]], records: dict[str, list[dict[str, Any]]]) -> Iterator[Scored]:
    for case in cases:
        name = Path(case["file"]).name
        _alarms[name] = [r["line"] for r in records.get(name, ()) if r["verdict"] == "refuted"]
        if case["variant"] == "valid":
            _right_files.add(name)
        used: set[int] = set()
        for step in case["steps"]:
            if step.get("carried"):
                continue
            on_line = [r for r in records.get(name, ()) if r["line"] == step["line"]]
            right = step["verdict"] == "valid"
            if not right:
                _wrong_lines[name].add(step["line"])
            answer = _answer(on_line, step["rhs"], used)
            yield Scored("chains", name, case["base"], f"{step['line']}:{step.get('label', '')}", "valid" if right else "invalid", answer, step["rhs"])


def _of_steps(cases: list[dict[str, Any]], records: dict[str, list[dict[str, Any]]]) -> Iterator[Scored]:
    used: set[int] = set()
    for step in cases:
        places = [r for r in records.get(step["file"], ()) if step["line"] in (None, r["line"])]
        answer = _answer(places, str(step["step"]), used)
        yield Scored("steps", step["file"], step["file"], str(step["line"]), step["expected"], answer, str(step["step"]))


def _answer(records: Sequence[dict[str, Any]], formula: str, used: set[int]) -> str:
    """What was said of a step: of the record with its right side, of all links of a chain of relations together, or of the next one that is judged."""
    left = [r for r in records if id(r) not in used]
    wanted = bare(formula)
    same = [r for r in left if bare(r["right"]) == wanted or bare(f"{r['left']}{r['relation']}{r['right']}") == wanted]
    chain = [] if same else _links(left, wanted)
    found = same[:1] or chain or [r for r in left if r["verdict"] != "given"][:1] or left[:1]
    used.update(id(r) for r in found)
    if not found:
        return "missing"
    verdicts = [r["verdict"] for r in found]
    return next((v for v in ("refuted", "undecided", "unread", "given") if v in verdicts), "accepted")


def _links(records: Sequence[dict[str, Any]], wanted: str) -> list[dict[str, Any]]:
    """The records that, one after the other, are a chain ``a < b < c``, or its end ``= b = c``."""
    for start in range(len(records)):
        written = bare(f"{records[start]['left']}{records[start]['relation']}{records[start]['right']}")
        for end in range(start + 1, len(records)):
            written += bare(f"{records[end]['relation']}{records[end]['right']}")
            if written == wanted:
                return list(records[start : end + 1])
        if bare(f"{records[start]['relation']}{records[start]['right']}") == wanted:
            return [records[start]]
    return []


def summary(outcomes: Sequence[Outcome]) -> str:
    """The measures: what was said of right and of wrong steps, whole files, paired detection, and the mutants."""
    lines = []
    for kind in KINDS:
        seen = [s for s in _seen if s.kind == kind]
        for expected in FAULTS:
            counts = Counter(s.answer for s in seen if s.expected == expected)
            if counts:
                told = ", ".join(f"{word} {n}" for word, n in sorted(counts.items()))
                lines.append(f"{kind}, {expected} steps {sum(counts.values())}: {told}")
        lines.append(f"{kind}, faults {sum(s.at_fault for s in seen)}")
    chains = [s for s in _seen if s.kind == "chains"]
    twins = {(s.base, s.label): s.answer for s in chains if s.document in _right_files}
    wrong = [s for s in chains if s.expected == "invalid"]
    caught = sum(s.answer == "refuted" and twins.get((s.base, s.label)) != "refuted" for s in wrong)
    whole = sum(all(s.answer == "accepted" for s in chains if s.document == name) for name in _right_files)
    first = sum(bool(_alarms[name]) and min(_alarms[name]) in lines_of for name, lines_of in _wrong_lines.items())
    lines.append(f"right files {len(_right_files)}: every step accepted {whole}, with an alarm {sum(bool(_alarms[name]) for name in _right_files)}")
    lines.append(f"wrong steps caught, their right twin not refuted: {caught} of {len(wrong)}; first alarm on a wrong line in {first} of {len(_wrong_lines)} files")
    lines.append(_mutants())
    return "\n".join(lines)


def _mutants() -> str:
    """What became of the mutants of the catalogue."""
    from frozen.compare import SOURCES

    total: Counter[str] = Counter()
    for command in SOURCES["mutants"].names():
        for step in SOURCES["mutants"].steps(command):
            for part in step.verdict.split(", "):
                word, number = part.rsplit(" ", 1)
                total[word] += int(number)
    return "mutants of the catalogue: " + ", ".join(f"{word} {total[word]}" for word in ("accepted", "undecided", "refuted", "still true"))
