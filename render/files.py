"""Writing files so that whatever happens leaves the old ones or the new ones, and never half of one."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from derivations.language.errors import DeriveError

changed: Final[list[Path]] = []
"""The files that this process has put in place, in order: what an interruption has to tell."""

_LONGEST_NAME: Final = 100
"""Characters of a name that its temporary name begins with; file systems allow 255 bytes."""


def write_all(folder: Path, contents: Mapping[str, str | bytes]) -> tuple[Path, ...]:
    """Write files by name into a folder, which is made if it is not there.

    All of them are first written under temporary names in the same folder and then renamed, one after another, so that no file is ever
    half-written, and a failure or an interruption before the last byte leaves every old file as it was. While they are renamed, signals wait. What
    earlier runs that were killed have left under temporary names of these files is removed. Line ends of texts are ``\\n`` everywhere.

    Raises:
        DeriveError: the folder cannot be made or written to.
    """
    waiting: list[tuple[Path, Path]] = []
    held: list[BinaryIO] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            _remove_leftovers(folder, name)
            file = None
            while file is None:
                temporary = _temporary(folder, name)
                waiting.append((temporary, folder / name))  # before it is made: an interruption at any point finds it here and removes it
                file = _made(temporary)
                if file is None:
                    waiting.pop()
            held.append(file)
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        if os.name == "nt":  # a file that is open cannot be renamed there
            _close(held)
        with _signals_waiting():
            for temporary, final in waiting:
                temporary.replace(final)
                changed.append(final)
    except (OSError, ValueError) as error:  # a ValueError: a name that no file can have
        raise DeriveError(f"cannot write into the folder {str(folder)!r}: {getattr(error, 'strerror', None) or error}; give another with --out") from None
    finally:
        with _signals_waiting():  # impatience interrupts twice
            _close(held)
            for temporary, _ in waiting:
                with suppress(OSError, ValueError):
                    temporary.unlink(missing_ok=True)
    return tuple(final for _, final in waiting)


def _close(held: list[BinaryIO]) -> None:
    for file in held:
        with suppress(OSError):  # a full disk says so again
            file.close()


def _temporary(folder: Path, name: str) -> Path:
    return folder / f".{name[:_LONGEST_NAME]}.{os.urandom(4).hex()}.part"


def _made(path: Path) -> BinaryIO | None:
    """A new file at this path, locked for as long as it is open: a lock ends with its process, however that ends. None: the path is somebody else's."""
    try:
        file = path.open("xb")
    except FileExistsError:
        return None
    if _locked(file) and path.exists():  # between its making and its lock somebody may have taken it for a leftover
        return file
    file.close()
    return None


def _locked(file: BinaryIO) -> bool:
    """Whether nobody else held the file; where there are no locks it is taken for granted."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


def _remove_leftovers(folder: Path, name: str) -> None:
    """Remove the temporary files of this name that no process holds any more."""
    if sys.platform == "win32":
        return
    pattern = re.compile(rf"\.{re.escape(name[:_LONGEST_NAME])}\.\w{{8}}\.part")
    for entry in os.scandir(folder):
        if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
            with suppress(OSError), open(entry.path, "rb") as file:  # noqa: PTH123
                if _locked(file):
                    os.unlink(entry.path)  # noqa: PTH108


@contextmanager
def _signals_waiting() -> Iterator[None]:
    """Interruptions wait until the block is done."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})  # what came just before it is raised here
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
