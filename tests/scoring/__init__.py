"""Scorers, one module for each format of reference file, named as the file without ``.json``.

Each module has ``score(path: Path) -> Iterable[Outcome]``: one outcome a case, in the file's order, a case that cannot be handled among
them (as one that does not agree, with the reason). A file that is not of the format raises ``MalformedFile``. A module may also have
``summary(outcomes: Sequence[Outcome]) -> str``, a table that is printed before the last line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .outcome import Outcome

__all__ = ["CASE_ERRORS", "MalformedFile", "Outcome", "read_document"]

#: What the program and the scorers raise on a case whose entries are missing, of a wrong type, or describe nothing.
CASE_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, SyntaxError)


class MalformedFile(ValueError):
    """The file is not of the format that the scorer reads; the message says what is missing, and where."""


def read_document(path: Path, *lists: str) -> dict[str, Any]:
    """Return the JSON object in ``path`` after checking that each of ``lists`` is a list of objects in it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise MalformedFile(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise MalformedFile(f"{path}: not UTF-8 text: {error.reason} at byte {error.start}") from error
    if not isinstance(document, dict):
        raise MalformedFile(f"{path}: holds a {type(document).__name__}, expected an object with {', '.join(lists)}")
    for name in lists:
        entries = document.get(name)
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise MalformedFile(f"{path}: needs {name!r}, a list of objects")
    return document
