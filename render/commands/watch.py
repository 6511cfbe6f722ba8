"""``derive watch COMMAND ...``: a command again whenever a file that it reads has changed."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from render.commands.command import OK, Command, offer
from render.shown import tell

_COMMANDS: Final = ("sheet", "pool", "show", "check", "embed", "figure")
_READ: Final = frozenset((".toml", ".tex", ".ltx", ".sty", ".cls", ".md", ".ipynb", ".py", ".csv", ".css", ".typ", ".html", ".json", ".png", ".jpg", ".svg"))
"""Endings of what a command may read."""
_OFTEN: Final = 0.4  # seconds between two looks
_MOST: Final = 5000  # files that are looked at
_TAKES_FOLDER: Final = ("--out",)
"""Options whose value is what the command writes."""


def _declare(parser: argparse.ArgumentParser) -> None:
    offer(parser.add_argument("command", metavar="COMMAND", help=f"one of {', '.join(_COMMANDS)}"), _COMMANDS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="its arguments; the files among them, and what lies beside them, are watched")


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command not in _COMMANDS:
        known = ", ".join(_COMMANDS)
        raise DeriveError(f"derive watch: {arguments.command!r} is not accepted{nearest(arguments.command, _COMMANDS)}; it must be one of {known}")
    words: list[str] = [arguments.command, *arguments.rest]
    folders, out = _folders(words), _written_to(words)
    named = [Path(word) for word in words[1:]]
    if not folders:
        raise DeriveError("derive watch: there is no file among the arguments to be watched")
    while True:
        before = _state(folders, out)
        status = subprocess.run([sys.executable, "-m", "render.cli", *words], check=False).returncode
        seen = {**_state(folders, out), **{path: before[path] for path in named if path in before}}  # what the command has written is no change
        told = "done" if status == OK else f"exit status {status}"
        tell(f"[{time.strftime('%H:%M:%S')}] {told}; watching {', '.join(sorted(map(str, folders)))} (Ctrl-C ends)")
        sys.stdout.flush()
        while _state(folders, out) == seen:
            time.sleep(_OFTEN)
        time.sleep(_OFTEN / 4)  # an editor may still be writing


def _folders(words: Sequence[str]) -> frozenset[Path]:
    """Where the files among the arguments lie: what they name lies beside them or below."""
    found = set()
    out = _written_to(words)
    for word in words[1:]:
        path = Path(word)
        try:
            if path.is_file():
                found.add(path.parent)
            elif path.is_dir() and path != out:
                found.add(path)
        except OSError:  # a word that can be no name of a file
            continue
    return frozenset(found)


def _written_to(words: Sequence[str]) -> Path | None:
    for option in _TAKES_FOLDER:
        for word, after in zip(words, words[1:], strict=False):
            if word == option:
                return Path(after)
            if after.startswith(f"{option}="):
                return Path(after.partition("=")[2])
    return Path("output") if words[0] in ("sheet", "pool") else None


def _state(folders: frozenset[Path], out: Path | None) -> Mapping[Path, tuple[int, int]]:
    """When each file was changed, and its size; what the command itself writes is left out."""
    found: dict[Path, tuple[int, int]] = {}
    for path in _files(folders, out):
        try:
            told = path.stat()
        except OSError:  # it is gone again
            continue
        found[path] = (told.st_mtime_ns, told.st_size)
        if len(found) >= _MOST:
            break
    return found


def _files(folders: frozenset[Path], out: Path | None) -> Iterator[Path]:
    left_out = None if out is None else out.resolve()
    for folder in sorted(folders):
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            try:
                entries = sorted(here.iterdir())
            except OSError:
                continue
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir() and not entry.is_symlink():
                    if entry.resolve() != left_out:
                        waiting.append(entry)
                elif entry.suffix.lower() in _READ:
                    yield entry


COMMAND = Command(_declare, _run)
