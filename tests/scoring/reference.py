"""Where the written derivations of others lie, whose right answers are known: outside the repository, if they are there at all.

The variable ``DERIVE_CASES`` names their folder; without it, it is ``shared/reference/cases`` in a folder above this checkout.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

KINDS: Final = ("chains", "steps")
"""``NAME.json`` says what is right and wrong in the documents of the folder ``NAME``."""


def cases() -> Path | None:
    """The folder, or None where there is none."""
    told = os.environ.get("DERIVE_CASES")
    if told:
        return Path(told)
    above = (folder / "shared" / "reference" / "cases" for folder in Path(__file__).resolve().parents[2:])
    return next((folder for folder in above if folder.is_dir()), None)


def bare(tex: object) -> str:
    """A formula as it is compared: without spaces, sizes of brackets and the stop at its end."""
    return re.sub(r"\\[,;!: ]|\\(left|right|bigl|bigr|big|Big)(?![A-Za-z])|[\s&{}]|[.,;]$", "", str(tex).strip().rstrip(".,; "))


def wrong_steps(folder: Path, name: str) -> dict[str, list[tuple[int | None, str]]]:
    """By document of one of ``KINDS``: the line and the formula (or its right side) of each step that is wrong. What a wrong step carries on is not."""
    data: dict[str, Any] = json.loads((folder / f"{name}.json").read_text("utf-8"))
    found: dict[str, list[tuple[int | None, str]]] = {}
    for case in data.get("chains", ()):
        wrong = [(s["line"], s["rhs"]) for s in case["steps"] if s["verdict"] != "valid" and not s.get("carried")]
        found.setdefault(Path(case["file"]).name, []).extend(wrong)
    for step in data.get("steps", ()):
        if step["expected"] == "invalid":
            found.setdefault(step["file"], []).append((step["line"], str(step["step"])))
    return found


def is_wrong(line: int, formulas: Iterable[str], wrong: list[tuple[int | None, str]]) -> bool:
    """Whether the step that stands on a line, written in one of these ways (whole, and its right side), is among the wrong ones."""
    written = {bare(formula) for formula in formulas}
    return any(place in (None, line) and bare(formula) in written for place, formula in wrong)
