"""Writing files so that an interruption leaves the old ones."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from derivations.language.errors import DeriveError


def write_all(folder: Path, contents: Mapping[str, str | bytes]) -> tuple[Path, ...]:
    """Write files by name into a folder, which is made if it is not there.

    All of them are first written under temporary names in the same folder and then renamed, one after another, so that no file is ever
    half-written, and a failure or an interruption before the last byte leaves every old file as it was. Line ends of texts are ``\\n`` everywhere.

    Raises:
        DeriveError: the folder cannot be made or written to.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=folder)
            waiting.append((Path(temporary), folder / name))
            with os.fdopen(handle, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())  # noqa: PTH101  (mkstemp makes files that only their owner may read)
        for temporary_path, final in waiting:
            temporary_path.replace(final)
    except OSError as error:
        raise DeriveError(f"cannot write into the folder {str(folder)!r}: {error.strerror or error}; give another with --out") from None
    finally:
        for temporary_path, _ in waiting:
            with suppress(OSError):
                temporary_path.unlink(missing_ok=True)
    return tuple(final for _, final in waiting)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
