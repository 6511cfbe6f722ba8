"""Verdicts on documents remembered by content, in the user's own cache folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from derivations.checking.report import Record, Report
from derivations.kernel.verdict import Counterexample
from derivations.reading.judgements import Judgement
from render.cache_folder import digest, folder, program, sign, signed_bytes


@dataclass(slots=True)
class Cache:
    """What is remembered of one document: the report on its very content, and verdicts by judgement for when it changed a little."""

    place: Path
    key: bytes
    content: str
    steps: dict[str, Any]
    whole: dict[str, Any] | None
    fresh: dict[str, Any]

    @classmethod
    def open(cls, key: bytes, name: str, text: str, declarations: tuple[str, ...]) -> Cache:
        """The cache for one document; one that cannot be read or that the user did not write is an empty one."""
        place = folder() / f"{digest(program(), name)}.json"
        made = cls(place, key, digest(text, *declarations), {}, None, {})
        try:
            body = signed_bytes(place, key)
            if body is not None:
                stored = json.loads(body)
                made.steps = stored["steps"]
                made.whole = stored["report"] if stored["content"] == made.content else None
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        return made

    def report(self) -> Report | None:
        """The report on the very same content, if it is remembered."""
        if self.whole is None:
            return None
        return Report(**{**_tuples(self.whole), "records": tuple(map(_record, self.whole["records"]))})

    def known(self, j: Judgement) -> Record | None:
        mark = _fingerprint(j)
        stored = self.steps.get(mark)
        if stored is None:
            return None
        self.fresh[mark] = stored
        return _record(
            {**stored, "file": j.file, "line": j.line, "column": j.column, "label": j.label, "cell": j.cell, "end_line": j.end_line, "end_column": j.end_column}
        )

    def learnt(self, j: Judgement, record: Record) -> None:
        self.fresh[_fingerprint(j)] = asdict(record)

    def save(self, report: Report) -> None:
        """Remember a finished report; a cache that cannot be written is not an error."""
        if self.whole is not None:
            return
        body = json.dumps({"content": self.content, "report": asdict(report), "steps": self.fresh}).encode()
        sign(self.place, self.key, body)


def _fingerprint(j: Judgement) -> str:
    """All that a verdict may depend on: the judgement without its place."""
    return digest(repr(replace(j, file="", line=0, column=0, left_line=0, left_column=0, end_line=0, end_column=0, cell=None, label="", offset=0)))


def _record(stored: dict[str, Any]) -> Record:
    fields = _tuples(stored)
    example = fields["counterexample"]
    return Record(**{**fields, "counterexample": None if example is None else Counterexample(**example)})


def _tuples(stored: Any) -> Any:
    """What JSON made lists of as the tuples that they were."""
    if isinstance(stored, dict):
        return {key: _tuples(value) for key, value in stored.items()}
    return tuple(map(_tuples, stored)) if isinstance(stored, list) else stored
