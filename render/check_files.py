"""The files that a check is asked for: those that are named, those in folders, the declarations beside them.

A file of a folder that another one there includes is read where that one includes it, and not once more by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.reading.files import MARKUP_OF, table_of, text_of_file
from derivations.reading.inclusion import included
from render.check_settings import Settings, settings_for

ENDINGS: Final = (".tex", ".ltx", ".latex", ".md", ".markdown", ".mkd", ".qmd", ".rmd", ".ipynb")
"""What is looked for in folders."""


@record
class Unreadable:
    """A file that was asked for and cannot be checked, and why in one line."""

    file: str
    why: str


@record
class Excluded:
    """A file of a folder that is not checked because a configuration says so, and which."""

    file: str
    why: str


@record
class Wanted:
    """A file that is checked, the folder in which what it includes must lie, and the configuration, which may take out what it includes."""

    path: Path
    root: Path
    settings: Settings


Found = Wanted | Unreadable | Excluded


def found(names: list[str]) -> Iterator[Found]:
    """The files that are named, and those in the folders that are named, each once. What is hidden inside a folder is left out, and what a configuration
    excludes there; a file that is named itself is checked all the same.

    Raises:
        DeriveError: a configuration is not understood.
    """
    seen: set[tuple[type, Path | str]] = set()
    for name in names:
        for one in _named(name):
            key = (type(one), one.path if isinstance(one, Wanted) else one.file)
            if key not in seen:
                seen.add(key)
                yield one


def _named(name: str) -> Iterator[Found]:
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
        settings = settings_for(path)
        parts = included([one for one in inside if isinstance(one, Path) and not settings.excluded_by(one)], path)
        for one in inside:
            if isinstance(one, Unreadable):
                yield one
            elif pattern := settings.excluded_by(one):
                yield Excluded(str(one), excluding(settings, pattern))
            elif one not in parts:
                yield Wanted(one, path, settings)
    elif not is_there:
        yield Unreadable(name, f"there is no file {name!r}; LaTeX, Markdown and notebook files, folders of them, or - for standard input are accepted")
    elif path.suffix.lower() not in MARKUP_OF:
        yield Unreadable(name, f"{name}: files ending in {', '.join(sorted(MARKUP_OF))} are checked")
    else:
        yield Wanted(path, path.parent, settings_for(path.parent))


def excluding(settings: Settings, pattern: str) -> str:
    """Why a file is left out, in words."""
    return f"exclude = {pattern!r} in {settings.source}"


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
