"""What installed packages say of themselves, read from their folders on the path.

``importlib.metadata`` knows more ways in which a package can lie there, and takes longer to import than a short command takes to run: it is asked for what no
folder says, and for what the entry points mean.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol


class EntryPoint(Protocol):
    """Something that a package offers: under which name, where it stands, and how it is had."""

    name: str
    value: str

    def load(self) -> Any: ...


def entry_points(group: str) -> Sequence[EntryPoint]:
    """What packages offer under the name of a group."""
    told = any(group.encode() in _content(folder / "entry_points.txt") for folder in _folders())
    if not told and not any(Path(place).is_file() for place in sys.path):  # an archive on the path may hold packages as well
        return ()
    from importlib.metadata import entry_points as offered

    return tuple(offered(group=group))


def version(package: str) -> str | None:
    """The version of an installed package, None where there is none."""
    name = re.sub(r"[-_.]+", "[-_.]+", package)
    for folder in _folders():
        if found := re.fullmatch(rf"{name}-([^-]+)(-.*)?\.(dist|egg)-info", folder.name, re.IGNORECASE):
            return found[1]
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


@cache
def _folders() -> tuple[Path, ...]:
    return tuple(_found())


def _found() -> Iterator[Path]:
    for place in sys.path:
        try:
            yield from (folder for folder in Path(place).iterdir() if folder.suffix in (".dist-info", ".egg-info"))
        except OSError:  # no folder, or not there
            continue


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
