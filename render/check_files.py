"""The files that a check is asked for: those that are named, those in folders, the declarations beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from derivations.language.errors import DeriveError
from derivations.reading.files import table_of, text_of_file
from derivations.reading.source import MARKUP_OF

ENDINGS: Final = (".tex", ".md", ".markdown", ".ipynb")
"""What is looked for in folders."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that was asked for and cannot be checked, and why in one line."""

    file: str
    why: str


def found(names: list[str]) -> Iterator[Path | Unreadable]:
    """The files that are named, and those in the folders that are named, each once. What is hidden inside a folder is left out."""
    seen: set[Path | Unreadable] = set()
    for name in names:
        for one in _named(name):
            if one not in seen:
                seen.add(one)
                yield one


def _named(name: str) -> Iterator[Path | Unreadable]:
    path = Path(name)
    try:
        is_folder, is_there = path.is_dir(), path.is_symlink() or path.exists()
    except (OSError, ValueError) as error:  # a name that no file can have
        yield Unreadable(name, f"cannot read {name}: {getattr(error, 'strerror', None) or error}")
        return
    if is_folder:
        inside = list(_inside(path))
        if not inside:
            yield Unreadable(name, f"the folder {name!r} holds no file to check; files ending in {', '.join(ENDINGS)} are read")
        yield from inside
    elif not is_there:
        yield Unreadable(name, f"there is no file {name!r}; LaTeX, Markdown and notebook files, folders of them, or - for standard input are accepted")
    elif path.suffix.lower() not in MARKUP_OF:
        yield Unreadable(name, f"{name}: files ending in {', '.join(sorted(MARKUP_OF))} are checked")
    else:
        yield path


def _inside(folder: Path) -> Iterator[Path | Unreadable]:
    refused: list[Unreadable] = []

    def cannot(error: OSError) -> None:
        refused.append(Unreadable(str(error.filename), f"cannot read the folder {error.filename}: {error.strerror}"))

    for at, folders, files in os.walk(folder, onerror=cannot):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(at, name) for name in sorted(files) if Path(name).suffix.lower() in ENDINGS and not name.startswith("."))
        for name in folders:
            if Path(name).suffix.lower() in ENDINGS:
                yield Unreadable(str(Path(at, name)), f"{Path(at, name)} is a folder, not a file; what is in it is checked")
    yield from refused


def declarations(path: Path) -> tuple[str, ...]:
    """The declarations in ``FILE.derive.toml`` beside a file: ``declare = ["let P: permutation N", "assume x > 0"]``.

    Raises:
        DeriveError: there is such a file, and it cannot be read or says something else.
    """
    beside = path.with_name(path.name + ".derive.toml")
    if not os.path.lexists(beside):  # of a name that is too long it is said that it is not there
        return ()
    told = table_of(text_of_file(beside), str(beside))
    lines = told.get("declare", [])
    if set(told) - {"declare"} or not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise DeriveError(f'{beside}: only a list of texts is accepted, declare = ["assume x > 0", "let P: permutation N"]')
    return tuple(lines)
