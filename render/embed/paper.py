"""A paper that uses ``\\derived{key}``: where it does, which files belong to it, and the same paper with the literals written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.parameters import nearest
from derivations.reading.displays import SegmentKind, segmented
from derivations.reading.source import Place, Source, masked, source_from_file
from render.embed.literals import Literal, packages
from render.latex_text import escape

_USE: Final = re.compile(r"\\derived\s*\{([^{}]*)\}")
_LOADED: Final = re.compile(r"\\(?:usepackage|RequirePackage)\s*(\[[^\]]*\])?\s*\{([^{}]*)\}")
_INPUT: Final = re.compile(r"\\(?:input|include|subfile)\s*\{([^{}]+)\}")
_ENDS_IN_WORD: Final = re.compile(r"\\[A-Za-z]+\Z")


@record
class Use:
    """One ``\\derived{key}``: offsets of the whole command."""

    key: str
    start: int
    end: int
    place: Place


def read(path: Path) -> Source:
    """A LaTeX file. Raises DeriveError when it cannot be read or is no LaTeX file."""
    source = source_from_file(path)
    if source.markup != "tex":
        raise DeriveError(f"{path}: a paper is a LaTeX file; its name must end in .tex, .ltx or .latex")
    return source


def uses(source: Source) -> tuple[Use, ...]:
    """Every use outside comments and verbatim text, in order."""
    return tuple(Use(m[1].strip(), m.start(), m.end(), source.place(m.start())) for m in _USE.finditer(masked(source).text))


def parts(path: Path, folder: Path | None = None) -> Iterator[Path]:
    """The files that a paper is made of: itself, and what it inputs or includes, as far as these files are there. ``folder``: where the paper is, if it is
    elsewhere than the file."""
    waiting, seen = [path], {path.resolve()}
    while waiting:
        current = waiting.pop(0)
        yield current
        for match in _INPUT.finditer(masked(read(current)).text):
            found = _input_file(match[1].strip(), (folder or path.parent, current.parent))
            if found is not None and found.resolve() not in seen:
                seen.add(found.resolve())
                waiting.append(found)


def papers_of(folder: Path) -> list[Path]:
    """The papers in a folder: LaTeX files that load ``derived``."""
    files = sorted(path for path in folder.glob("*") if path.suffix in (".tex", ".ltx", ".latex"))
    return [path for path in files if any("derived" in _names(match[2]) for match in _LOADED.finditer(masked(read(path)).text))]


def _input_file(name: str, folders: Iterable[Path]) -> Path | None:
    """The LaTeX file that is input by a name, as far as it is there."""
    for folder in dict.fromkeys(folders):
        found = folder / (name if Path(name).suffix else f"{name}.tex")
        if found.is_file() and found.suffix in (".tex", ".ltx", ".latex"):
            return found
    return None


def _uses_within(path: Path, folder: Path) -> bool:
    """Whether a file, or one that it inputs, uses a key."""
    return any(uses(read(part)) for part in parts(path, folder))


def flattened(source: Source, literals: Mapping[str, Literal], folder: Path, within: tuple[Path, ...] = ()) -> str:
    """The paper with each use replaced by what it prints, and the packages that ``derived`` loads in its place; a file that it inputs and that uses keys
    is written in. ``folder`` is where the paper is.

    Nothing else changes; comments and verbatim text stay as they are. In a heading of a paper with hyperref the literal has its plain text beside
    it, as ``\\derived`` has.

    Raises:
        DeriveError: a key that there is not, or one that is the argument of a macro; the message says where.
    """
    mask = masked(source).text
    headings = [(s.start, s.end) for s in segmented(source).segments if s.kind is SegmentKind.HEADING]
    bookmarks = any("hyperref" in _names(match[2]) for match in _LOADED.finditer(mask))
    changes: list[tuple[int, int, str]] = []
    for use in uses(source):
        if "#" in use.key:
            raise DeriveError(f"{use.place}: the key {use.key!r} is an argument of a macro; it can only be flattened where the key is written out")
        literal = literals.get(use.key)
        if literal is None:
            raise DeriveError(f"{use.place}: {unknown(use.key, literals)}")
        text = literal.tex + ("{}" if _ENDS_IN_WORD.search(literal.tex) else "")
        if bookmarks and literal.inline and any(start <= use.start < end for start, end in headings):
            text = f"\\texorpdfstring{{{text}}}{{{escape(literal.plain)}}}"
        changes.append((use.start, use.end, text))
    needed = packages(literals.values())  # all that derived.sty loads, for the paper may rest on it
    for match in _LOADED.finditer(mask):
        names = _names(match[2])
        if "derived" in names:
            loaded = [n for name in names for n in (needed if name == "derived" else (name,))]
            written = f"\\usepackage{match[1] or ''}{{{','.join(dict.fromkeys(loaded))}}}" if loaded else ""
            changes.append((match.start(), match.end(), written))
    for match in _INPUT.finditer(mask):
        part = _input_file(match[1].strip(), (folder, Path(source.file).parent))
        if part is None or part.resolve() in within or not _uses_within(part, folder):
            continue
        inside = flattened(read(part), literals, folder, (*within, part.resolve())).rstrip("\n") + "%\n"
        changes.append((match.start(), match.end(), f"\\clearpage\n{inside}\\clearpage{{}}" if match[0].startswith("\\include") else inside))
    found, at = [], 0
    for start, end, text in sorted(changes):
        found += [source.text[at:start], text]
        at = end
    return "".join([*found, source.text[at:]])


def unknown(key: str, known: Mapping[str, object]) -> str:
    """What is said of a key that there is not."""
    listed = ", ".join(known) or "none"
    return f"there is no key {key!r}{nearest(key, known)}; derived.toml has {listed}"


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",")]
