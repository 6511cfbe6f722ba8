"""What a folder's configuration says of checking: ``exclude`` in ``[tool.derive]`` of pyproject.toml, or in ``.derive.toml``.

The nearest file upwards from what is checked is the configuration, as far as the repository goes. What it takes out is counted and listed, never silent.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.reading.directives import nearest
from derivations.reading.files import table_of, text_of_file

OWN: Final = ".derive.toml"
SHARED: Final = "pyproject.toml"
KEYS: Final = ("exclude",)


@record
class Settings:
    """``exclude``: patterns for files and folders, read from the folder ``base``; ``source``: the file that says so, empty where there is none."""

    base: Path = Path()
    exclude: tuple[str, ...] = ()
    source: str = ""

    def excluded_by(self, path: Path) -> str:
        """The pattern that takes a file out, or an empty text."""
        try:
            parts = (path.parent.resolve() / path.name).relative_to(self.base).parts
        except (ValueError, OSError, RuntimeError):
            return ""
        return next((pattern for pattern in self.exclude if _fits(pattern, parts)), "")


def _fits(pattern: str, parts: tuple[str, ...]) -> bool:
    """Whether a pattern names a file or a folder that it lies in: one with a slash from the base on, one without anywhere."""
    plain = pattern.strip("/")
    wanted = _expression(plain)
    starts = (0,) if "/" in pattern.rstrip("/") else range(len(parts))
    return any(wanted.fullmatch("/".join(parts[start:end])) for start in starts for end in range(start + 1, len(parts) + 1))


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """``*`` and ``?`` within one name, ``**`` over several."""
    spelled = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(spelled.get(piece) or re.escape(piece) for piece in re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern)))


def settings_for(folder: Path) -> Settings:
    """The configuration for a folder.

    Raises:
        DeriveError: a configuration cannot be read, or says something that is not known; the nearest word is named.
    """
    here = folder.resolve()
    for at in (here, *here.parents):
        for name in (OWN, SHARED):
            file = at / name
            if not os.path.lexists(file):
                continue
            table = table_of(text_of_file(file), str(file))
            said: object = table
            if name == SHARED:
                tools = table.get("tool", {})
                said = tools.get("derive") if isinstance(tools, dict) else None
                if said is None:
                    continue
            return Settings(at, _exclude(said, f"{file}: [tool.derive]" if name == SHARED else str(file)), str(file))
        if (at / ".git").exists() or at == Path.home():
            break
    return Settings()


def _exclude(said: object, named: str) -> tuple[str, ...]:
    if not isinstance(said, dict):
        raise DeriveError(f'{named}: a table is accepted, with exclude = ["drafts", "appendix/*.tex"]')
    for key in said:
        if key not in KEYS:
            raise DeriveError(f"{named}: {key!r} is not accepted; {', '.join(KEYS)} is{nearest(key, KEYS)}")
    patterns = said.get("exclude", [])
    if not isinstance(patterns, list) or not all(isinstance(one, str) and one.strip("/ ") for one in patterns):
        raise DeriveError(f'{named}: exclude = {patterns!r} is not accepted; a list of patterns is, such as ["drafts", "appendix/*.tex"]')
    return tuple(patterns)
