"""A document that stands in several files as one text: what ``\\input`` and its relatives bring, and the packages and classes that lie beside it.

Only files inside the folder that is checked are opened, whatever a document says: no absolute name, nothing above the folder, no link out of it, no device.
What is asked for and not read is said where it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.reading.files import MARKUP_OF, text_of_file
from derivations.reading.meanings import only_definitions
from derivations.reading.source import Part, Source, line_starts, masked, plain_text, source_of

MOST_INCLUSIONS: Final = 2_000
MOST_CHARACTERS: Final = 20_000_000
DEEPEST: Final = 15
"""Like TeX's own number of files that are open at once."""

_TEXTS: Final = "input|include|subfile|subfileinclude|subimport|import|includefrom|inputfrom|subinputfrom|subincludefrom|loadglsentries"
_PACKAGES: Final = {"usepackage": ".sty", "RequirePackage": ".sty", "RequirePackageWithOptions": ".sty", "documentclass": ".cls", "LoadClass": ".cls",
                    "LoadClassWithOptions": ".cls"}
_COMMAND: Final = re.compile(
    rf"\\(?P<how>{_TEXTS}|{'|'.join(_PACKAGES)})(?![A-Za-z@])\*?\s*"
    r"(?:(?P<options>\[[^\]]{0,2000}\])?\s*\{(?P<first>[^{}]{0,1000})\}(?:\s*\{(?P<second>[^{}\n]{0,400})\})?|(?P<bare>[^\s{}\\%#\[\]]+))"
)
_ONLY: Final = re.compile(r"\\includeonly\s*\{([^{}]*)\}")
_END: Final = re.compile(r"\\endinput(?![A-Za-z])")
_BEGIN: Final = re.compile(r"\\begin\s*\{document\}")
_STOP: Final = re.compile(r"\\end\s*\{document\}")
_OF_FOLDERS: Final = frozenset(("subimport", "import", "includefrom", "inputfrom", "subinputfrom", "subincludefrom"))


@record
class Asked:
    """One command that asks for files: its span in the text, the names, the ending that is put behind a name without one."""

    start: int
    end: int
    how: str
    names: tuple[str, ...]
    ending: str

    @property
    def package(self) -> bool:
        return self.ending != ".tex"


def asked(source: Source) -> Iterator[Asked]:
    """What a text asks for, in order; not what stands in its comments or is verbatim."""
    if source.markup != "tex" or "\\" not in source.text:
        return
    mask = masked(source).text
    only = _ONLY.search(mask)
    wanted = None if only is None else {name.strip() for name in only[1].split(",")}
    for found in _COMMAND.finditer(mask):
        how, first, second = found["how"], found["first"], found["second"]
        ending = _PACKAGES.get(how, ".tex")
        end = found.end()
        if how in _OF_FOLDERS:
            if second is None:
                continue
            names: tuple[str, ...] = (f"{first.strip().rstrip('/')}/{second.strip()}",)
        else:
            if second is not None:
                end = found.start("second") - 1
                end = found.start() + len(found[0][: end - found.start()].rstrip())
            names = tuple(name.strip() for name in (first or found["bare"] or "").split("," if ending != ".tex" else "\n") if name.strip())
            if how == "documentclass" and names == ("subfiles",) and found["options"]:
                names, ending, how = (found["options"].strip("[] "),), ".tex", "subfiles"
        if how == "include" and wanted is not None and names and names[0] not in wanted:
            continue
        if names and not any("#" in name or "\\" in name for name in names):
            yield Asked(found.start(), end, how, names, ending)


@dataclass(slots=True)
class Found:
    """Looks for files inside one folder."""

    root: Path
    main: Path
    _real: Path = field(init=False)

    def __post_init__(self) -> None:
        self._real = self.root.resolve()

    def path(self, name: str, ending: str, beside: Path) -> Path:
        """The file that a name means. Raises DeriveError with the reason when there is none that may be read."""
        if "\0" in name or len(name) > 500:
            raise DeriveError("no file has such a name")
        if Path(name).is_absolute() or name.startswith(("~", "|")) or re.match(r"[A-Za-z]:", name):
            raise DeriveError("only files inside the folder that is checked are read, named from there")
        outside = False
        for folder in dict.fromkeys((self.main.parent, beside)):
            for spelled in (name + ending, name) if not name.endswith(ending) else (name,):
                candidate = folder / spelled
                try:
                    if not candidate.resolve().is_relative_to(self._real):
                        outside = True
                    elif candidate.is_file():
                        return candidate
                    elif candidate.exists() and not candidate.is_dir():
                        raise DeriveError("it is no regular file")
                except (OSError, ValueError, RuntimeError) as error:
                    raise DeriveError(f"it cannot be opened: {getattr(error, 'strerror', None) or error}") from None
        if outside:
            raise DeriveError("it lies outside the folder that is checked")
        raise DeriveError("there is no such file in the folder that is checked")


class _Assembly:
    def __init__(self, main: Path, root: Path) -> None:
        self.files = Found(root, main)
        self.out: list[str] = []
        self.length = 0
        self.parts: list[Part] = []
        self.missing: list[tuple[int, int, str]] = []
        self.inclusions = 0
        self.loaded: set[Path] = set()

    def put(self, text: str, file: str, begin: int, lines: list[int]) -> None:
        if text:
            self.parts.append(Part(self.length, file, begin, lines))
            self.out.append(text)
            self.length += len(text)

    def add(self, source: Source, path: Path, span: tuple[int, int], depth: int, open_files: tuple[Path, ...]) -> None:
        """Put in a span of a file's text, with what it asks for in its places."""
        lines = line_starts(source.text)
        at, stop = span
        begin = _BEGIN.search(masked(source).text)
        body = begin.start() if begin is not None else 0
        for one in asked(source):
            if not at <= one.start < stop:
                continue
            preamble = one.start < body
            if one.package and not (preamble or depth):
                continue
            self.put(source.text[at : one.start], source.file, at, lines)
            follows_line_end = source.text[one.end : one.end + 80].lstrip(" \t").startswith("\n")
            for name in one.names:
                self.include(one, name, path, preamble, depth, open_files, follows_line_end, Part(one.start, source.file, one.start, lines), source.text)
            if one.package:
                self.put(source.text[one.start : one.end], source.file, one.start, lines)
            at = one.end
        self.put(source.text[at:stop], source.file, at, lines)

    def include(
        self, one: Asked, name: str, path: Path, preamble: bool, depth: int, open_files: tuple[Path, ...], line_ends: bool, where: Part, whole: str
    ) -> None:
        """Put in one file, or the command that asks for it (at ``where``) with the reason why that is not done.

        ``line_ends``: whether the line ends behind the command; then no line end is needed behind the file.
        """
        try:
            found = self.files.path(name, one.ending, path.parent)
            real = found.resolve()
            if one.package and real in self.loaded:
                return
            if real in open_files:
                raise DeriveError("it asks for itself")
            if depth >= DEEPEST:
                raise DeriveError(f"files are nested more than {DEEPEST} deep")
            self.inclusions += 1
            if self.inclusions > MOST_INCLUSIONS or self.length > MOST_CHARACTERS:
                raise DeriveError(f"a document of more than {MOST_INCLUSIONS} files or {MOST_CHARACTERS // 1_000_000} million characters")
            text = plain_text(text_of_file(found))
        except DeriveError as error:
            if one.package or (preamble and "no such file" in str(error)):  # what is not here comes with TeX, or is not there for TeX either
                return
            written = whole[one.start : one.end]
            self.missing.append((self.length, self.length + len(written), f"{name} is not read: {error}"))
            self.put(written, where.file, where.begin, where.lines)
            return
        if one.package:
            self.loaded.add(real)
            text = only_definitions(masked(Source(str(found), text, "tex")).text)
        inner = Source(str(found), text, "tex")
        start, stop = _shown(inner, one.how)
        stop = max(start, start + len(text[start:stop].rstrip("\n")))
        self.add(inner, found, (start, stop), depth + 1, (*open_files, real))
        if not line_ends:
            self.put("\n", str(found), stop, line_starts(text))


def _shown(source: Source, how: str) -> tuple[int, int]:
    """What of a file stands in the document that asks for it: of a subfile what is between its own \\begin{document} and \\end{document}."""
    mask = masked(source).text
    stop = len(source.text)
    begin = _BEGIN.search(mask)
    if how == "subfiles":  # the preamble of the whole, for a part of it
        return 0, stop if begin is None else begin.start()
    shown = len(mask.rstrip())  # behind \\endinput everything is masked, and what is hidden before it does not end the file
    ended = next((m for m in _END.finditer(source.text) if m.start() >= shown), None)
    stop = stop if ended is None else ended.start()
    if begin is not None and begin.start() < stop:
        close = _STOP.search(mask, begin.end())
        return begin.end(), stop if close is None else close.start()
    return 0, stop


def assembled(path: Path, root: Path | None = None, text: str | None = None, excluded: Callable[[Path], str] = lambda path: "") -> Source:
    """The document in a file, with what it includes from the folder ``root`` (without one: the file's own folder). ``excluded`` says why what a file
    that is included says is not to be checked, if it is not; its macros count.

    Raises DeriveError when the file itself cannot be read.
    """
    text = text_of_file(path) if text is None else text
    source = source_of(text, str(path))
    if source.markup != "tex" or source.damage or not any(True for _ in asked(source)):
        return source
    assembly = _Assembly(path, path.parent if root is None else root)
    assembly.add(source, path, (0, len(source.text)), 0, (path.resolve(),))
    if assembly.parts and all(part.file == source.file for part in assembly.parts):
        return replace(source, missing=tuple(assembly.missing))
    ends = [*(part.start for part in assembly.parts[1:]), assembly.length]
    others = {part.file for part in assembly.parts} - {source.file}
    why = {file: words for file in others if (words := excluded(Path(file)))}
    left_out = tuple((part.start, end, why[part.file]) for part, end in zip(assembly.parts, ends, strict=True) if part.file in why)
    return Source(source.file, "".join(assembly.out), "tex", parts=tuple(assembly.parts), missing=tuple(assembly.missing), excluded=left_out)


def included(paths: Sequence[Path], root: Path) -> frozenset[Path]:
    """Which of some files in a folder are read as parts of others of them. Of files that include each other in a circle the first is no part."""
    by_real = {path.resolve(): path for path in paths}
    asks = {path: _texts_asked_in(path) for path in paths}
    may_be_parts = {part for path in paths for folder in _up_to(path, root) for part in _met(asks[path], Found(root, folder / path.name), path, by_real)}
    parts: set[Path] = set()
    begun: set[Path] = set()
    for first in (*(path for path in paths if path not in may_be_parts), *paths):
        if first in begun:
            continue
        begun.add(first)
        files = Found(root, first)
        waiting = [first]
        while waiting:
            path = waiting.pop()
            for part in _met(asks[path], files, path, by_real):
                if part not in begun:
                    begun.add(part)
                    parts.add(part)
                    waiting.append(part)
    return frozenset(parts)


def _texts_asked_in(path: Path) -> tuple[Asked, ...]:
    if MARKUP_OF.get(path.suffix.lower()) != "tex":
        return ()
    try:
        return tuple(one for one in asked(source_of(text_of_file(path), str(path))) if not one.package and one.how != "subfiles")
    except DeriveError:
        return ()


def _up_to(path: Path, root: Path) -> Iterator[Path]:
    for folder in path.parents:
        yield folder
        if folder == root:
            return


def _met(asks: Iterable[Asked], files: Found, path: Path, by_real: Mapping[Path, Path]) -> Iterator[Path]:
    """Which of the files one of them asks for, other than itself."""
    for one in asks:
        for name in one.names:
            with suppress(DeriveError):
                part = by_real.get(files.path(name, one.ending, path.parent).resolve())
                if part is not None and part != path:
                    yield part
