"""Where braces are closed in a text; an escaped brace is none."""

from __future__ import annotations

import re
from typing import Final

_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)


def brace_pairs(text: str, start: int = 0, end: int | None = None) -> dict[int, int]:
    """Where each ``{`` is closed, by the offsets of both."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for found in _BRACE.finditer(text, start, len(text) if end is None else end):
        if found[0] == "{":
            waiting.append(found.start())
        elif found[0] == "}" and waiting:
            pairs[waiting.pop()] = found.start()
    return pairs


def matching_brace(text: str, at: int, limit: int) -> int:
    """The offset of the ``}`` that closes the ``{`` at ``at``, or -1 where there is none before ``limit``."""
    depth = 0
    for found in _BRACE.finditer(text, at, min(len(text), limit)):
        depth += (found[0] == "{") - (found[0] == "}")
        if found[0] == "}" and depth == 0:
            return found.start()
    return -1
