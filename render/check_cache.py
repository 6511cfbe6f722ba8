"""Verdicts remembered by content, in the user's cache folder. Deleting it costs time and nothing else; versions never share."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from derivations.checking.report import Record, Report
from derivations.kernel.verdict import Counterexample
from derivations.reading.judgements import Judgement


def folder() -> Path:
    """Where the cache lives: ``XDG_CACHE_HOME``, the system's usual place, or ``~/.cache``."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", str(Path.home())))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "derive"


def version() -> str:
    """The versions that a verdict depends on, and a fingerprint of the program itself, so that a changed checker forgets what it thought before."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as of

    import derivations

    found = []
    for package in ("derive-math", "sympy", "mpmath"):
        try:
            found.append(f"{package} {of(package)}")
        except PackageNotFoundError:
            found.append(f"{package} ?")
    root = Path(derivations.__file__).parent
    newest = max((file.stat().st_mtime_ns for file in root.rglob("*.py")), default=0)
    return ", ".join([*found, str(newest)])


class Cache:
    """Records by file content, and by judgement for files that changed a little."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.steps: dict[str, Any] = {}
        self.fresh: dict[str, Any] = {}
        self.whole: dict[str, Any] | None = None

    @classmethod
    def open(cls, name: str, content: str) -> Cache:
        """The cache for one document; an unreadable one is an empty one."""
        stamp = version()
        place = folder() / f"{hashlib.sha256(f'{stamp}|{name}'.encode()).hexdigest()[:32]}.json"
        cache = cls(place)
        cache._key = hashlib.sha256(content.encode()).hexdigest()
        try:
            stored = json.loads(place.read_text("utf-8"))
            cache.steps = stored["steps"]
            if stored["content"] == cache._key:
                cache.whole = stored["report"]
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return cache

    _key: str = ""

    def report(self) -> Report | None:
        """The report of the very same content, if it is remembered."""
        if self.whole is None:
            return None
        try:
            records = tuple(_record(r) for r in self.whole["records"])
            return Report(self.whole["file"], records, tuple((line, column, text) for line, column, text in self.whole["remarks"]))
        except (KeyError, TypeError, ValueError):
            return None

    def known(self, j: Judgement) -> Record | None:
        stored = self.steps.get(_fingerprint(j))
        if stored is None:
            return None
        try:
            return _record({**stored, "file": j.file, "line": j.line, "column": j.column, "label": j.label, "cell": j.cell})
        except (KeyError, TypeError, ValueError):
            return None

    def learnt(self, j: Judgement, record: Record) -> None:
        self.fresh[_fingerprint(j)] = asdict(record)

    def save(self, report: Report) -> None:
        """Remember; a cache that cannot be written is not an error."""
        from render.files import write_all

        if self.file is None:
            return
        steps = {**self.steps, **self.fresh}
        stored = {"content": self._key, "report": {"file": report.file, "records": [asdict(r) for r in report.records], "remarks": report.remarks}}
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            write_all(self.file.parent, {self.file.name: json.dumps({**stored, "steps": steps})})
        except (OSError, ValueError):
            return


Known = Callable[[Judgement], Record | None]


def _fingerprint(j: Judgement) -> str:
    return hashlib.sha256(repr((j.statement, j.context, j.premise, j.arrow, j.earlier, j.status, j.lhs_text, j.rhs_text)).encode()).hexdigest()[:32]


def _record(stored: dict[str, Any]) -> Record:
    example = stored.get("counterexample")
    if example is not None:
        example = Counterexample(tuple((a, b) for a, b in example["at"]), example["left"], example["right"], example["confirmed_digits"])
    return Record(**{**stored, "counterexample": example, "assumed": tuple(stored.get("assumed", ()))})
