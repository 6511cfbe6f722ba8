"""Files that somebody gives, as text: only regular files of a bounded size, in an encoding that can be told."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path
from typing import Any, Final, Literal

from derivations.language.errors import DeriveError

Markup = Literal["tex", "markdown"]
MARKUP_OF: Final[dict[str, Markup]] = {
    ".tex": "tex", ".ltx": "tex", ".latex": "tex", ".sty": "tex", ".md": "markdown", ".markdown": "markdown", ".mkd": "markdown",
    ".qmd": "markdown", ".rmd": "markdown", ".txt": "markdown", ".ipynb": "markdown",
}  # fmt: skip
"""How a file with a derivation is written, by its ending."""
MOST_BYTES: Final = 200_000_000
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""How a file says its encoding in its first bytes; of two that begin alike the longer comes first."""


def text_of_file(path: Path, what: str = "") -> str:
    """The text of a file. ``what`` names it in messages, where it is not simply its path.

    Raises:
        DeriveError: it is not there, no regular file (a folder, a pipe or a device has no end), too long, or in no encoding that is read.
    """
    return text_of_bytes(bytes_of_file(path, what), what or str(path))


def bytes_of_file(path: Path, what: str = "", most: int = MOST_BYTES) -> bytes:
    """The bytes of a regular file of at most ``most`` bytes. Raises DeriveError otherwise; see ``text_of_file``."""
    named = what or str(path)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            mode = os.fstat(handle).st_mode
            if not stat.S_ISREG(mode):
                raise DeriveError(f"cannot read {named}: it is {_sort(mode)}; a regular file is read")
            data = file.read(most + 1)
    except (OSError, ValueError) as error:  # a ValueError: a zero byte in the name
        if isinstance(error, DeriveError):
            raise
        if isinstance(error, FileNotFoundError) and path.is_symlink():
            raise DeriveError(f"cannot read {named}: it is a link to a file that is not there") from None
        if isinstance(error, IsADirectoryError):
            raise DeriveError(f"cannot read {named}: it is a folder; a regular file is read") from None
        raise DeriveError(f"cannot read {named}: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > most:
        raise DeriveError(f"{named} has more than {most // 1_000_000} MB, which is the most that is read")
    return data


def _sort(mode: int) -> str:
    sorts = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return sorts.get(stat.S_IFMT(mode), "a device")


def text_of_bytes(data: bytes, named: str) -> str:
    """UTF-8, or what a mark at the beginning says. Raises DeriveError when it is neither."""
    mark, encoding = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        at = len(mark) + error.start
        line = data[:at].count(b"\n") + 1
        if encoding == "utf-8":
            raise DeriveError(f"{named}: byte {at + 1} is not UTF-8 (line {line}); UTF-8 is read, and UTF-16 with a byte order mark") from None
        raise DeriveError(f"{named}: byte {at + 1} is not {encoding.upper()}, which its byte order mark says it is in") from None


def table_of(text: str, named: str) -> dict[str, Any]:
    """The table in a TOML text. Raises DeriveError when it is not well-formed."""
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError of another kind
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise DeriveError(f"{named} is not well-formed TOML: {why}") from None
