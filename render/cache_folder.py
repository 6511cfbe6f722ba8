"""The user's own folder for what is remembered, and the key that vouches for it. Deleting it costs time and nothing else; versions never share.

What is remembered is believed without being judged again, so nobody but the user may write it: every entry is signed with a key that only the user can
read, and no cache is used that lies inside the tree that is checked, for a repository could bring it along.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.installed import version
from derivations.reading.files import bytes_of_file

MOST_BYTES: Final = 50_000_000
"""What the whole cache may grow to; then the oldest entries go, until it is at four fifths of that."""
MOST_OF_ONE: Final = 5_000_000
_KEY_BYTES: Final = 32
_PACKAGES: Final = ("derive-math", "sympy", "mpmath", "python-flint", "latexify-py")


def folder() -> Path:
    """Where the cache lives: ``XDG_CACHE_HOME``, the system's usual place, or ``~/.cache``."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "derive"
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "derive" / "cache"
    return _xdg("XDG_CACHE_HOME", ".cache") / "derive"


def key_file() -> Path:
    """Where the key lives that entries are signed with: not in the cache, which people copy and share."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "derive" / "cache-key"
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "derive" / "cache-key"
    return _xdg("XDG_STATE_HOME", ".local/state") / "derive" / "cache-key"


def _xdg(variable: str, usual: str) -> Path:
    base = Path(os.environ.get(variable, ""))
    return base if base.is_absolute() else Path.home() / usual  # the XDG standard: a relative one is to be ignored


@cache
def program() -> str:
    """The versions that a verdict depends on, and a hash of the program itself, so that a changed checker forgets what it thought before."""
    import derivations
    import render

    found = [sys.version, *(f"{package} {version(package) or '?'}" for package in _PACKAGES)]
    content = hashlib.sha256()
    for module in (derivations, render):
        root = str(Path(str(module.__file__)).parent)
        for place, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(name for name in names if name.endswith(".py")):
                text = Path(place, name).read_bytes()
                content.update(f"{place[len(root) :]}/{name}\0{len(text)}\0".encode())
                content.update(text)
    return ", ".join([*found, content.hexdigest()])


def key_outside(trees: Iterable[Path]) -> bytes | None:
    """The user's key, made if there is none; None where no cache can be trusted or kept.

    ``trees`` are the folders that are checked: neither the cache nor the key may lie inside one of them or inside the repository that it belongs to.
    """
    try:
        roots = {root for tree in trees for root in _roots(tree.resolve())}
        if any(place.is_relative_to(root) for root in roots for place in (folder().resolve(), key_file().resolve())):
            return None
        return _key(key_file())
    except (OSError, ValueError, RuntimeError, DeriveError):  # RuntimeError: there is no home
        return None


def _roots(tree: Path) -> Iterable[Path]:
    yield tree
    for above in tree.parents:
        if above == Path.home():  # a home that is kept under version control holds the cache of its owner
            return
        if (above / ".git").exists():
            yield above
            return


def _key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not os.path.lexists(path):
        made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
            with suppress(FileExistsError):  # two at once: the first one's key is everybody's
                os.link(made, path)
        finally:
            made.unlink(missing_ok=True)
    found = path.lstat()
    private = os.name == "nt" or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)
    if not stat.S_ISREG(found.st_mode) or not private:
        raise DeriveError(f"{path} is not a file that only its owner can read")
    key = bytes_of_file(path)
    if len(key) != _KEY_BYTES:
        raise DeriveError(f"{path} holds no key of {_KEY_BYTES} bytes")
    return key


def wanted(chosen: bool | None) -> bool:
    """Whether to remember: as was said on the command line, and where nothing was said not where CI is set, for that is where everything is to be seen anew."""
    return chosen if chosen is not None else not os.environ.get("CI")


def signed_bytes(place: Path, key: bytes) -> bytes | None:
    """What an entry holds; None where there is none or where the user did not write it."""
    try:
        signature, _, body = bytes_of_file(place, most=MOST_OF_ONE).partition(b"\n")
    except DeriveError:
        return None
    return body if hmac.compare_digest(signature, _signature(place, key, body)) else None


def sign(place: Path, key: bytes, body: bytes) -> None:
    """Keep an entry: the old one or the new one, never half of one. That it cannot be kept is no error."""
    if len(body) >= MOST_OF_ONE:
        return
    waiting = place.with_name(f".{place.name}.{secrets.token_hex(8)}.part")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            waiting.write_bytes(_signature(place, key, body) + b"\n" + body)
            waiting.replace(place)
        finally:
            waiting.unlink(missing_ok=True)


def _signature(place: Path, key: bytes, body: bytes) -> bytes:
    return hmac.new(key, f"{place.name}\n".encode() + body, hashlib.sha256).hexdigest().encode()


def sweep() -> None:
    """Keep the cache within its bounds: the entries that were not written for the longest time go first."""
    with suppress(OSError):
        entries = []
        for path in (path for path in folder().iterdir() if path.is_file()):
            with suppress(OSError):
                found = path.stat()
                entries.append((found.st_mtime_ns, found.st_size, path))
        size = sum(length for _, length, _ in entries)
        if size <= MOST_BYTES:
            return
        for _, length, path in sorted(entries):
            with suppress(OSError):
                path.unlink()
                size -= length
            if size <= MOST_BYTES * 4 // 5:
                return


def digest(*parts: str) -> str:
    found = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", errors="surrogatepass")
        found.update(f"{len(data)}:".encode() + data)
    return found.hexdigest()
