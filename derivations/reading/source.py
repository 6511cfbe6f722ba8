"""Files that people write, as text with places: LaTeX, Markdown, notebooks, standard input.

Nothing here understands mathematics. ``masked`` blanks what is not for reading (comments, code, verbatim) by spaces of the same length, so that an
offset means the same place in the text, in the mask and in the file.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import field
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.reading.braces import brace_pairs
from derivations.reading.files import MARKUP_OF, Markup, text_of_file

VERBATIM: Final = (
    "verbatim", "verbatim*", "Verbatim", "Verbatim*", "BVerbatim", "LVerbatim", "lstlisting", "minted", "comment", "filecontents", "filecontents*",
    "tikzpicture", "alltt",
)
ASIDES: Final = ("todo", "missingfigure", "fxnote", "fxwarning", "fxerror", "fxfatal", "lstinline", "mintinline", "sout", "st")
"""Commands whose argument is a remark to the authors, code, or struck out."""
DIRECTIVES: Final = frozenset((
    "note", "tip", "important", "warning", "hint", "caution", "attention", "danger", "error", "seealso", "admonition", "dropdown", "margin", "sidebar", "topic",
    "epigraph", "proof", "theorem", "lemma", "corollary", "proposition", "definition", "example", "remark", "exercise", "solution", "assumption", "axiom",
    "conjecture", "card", "details",
))
"""Blocks of Markdown between fences that hold text and no code: ``{note}``, ``{prf:theorem}``."""


@record
class Place:
    """A place in a file, counted from 1. In a notebook the line is counted inside the cell with this number (all cells counted, from 1)."""

    file: str
    line: int
    column: int
    cell: int | None = None

    def __str__(self) -> str:
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{self.file}:{cell}{self.line}:{self.column}"


@record
class Part:
    """From the offset ``start`` on, the text is that of ``file`` from its offset ``begin`` on. ``lines``: where the lines of that file begin."""

    start: int
    file: str
    begin: int
    lines: list[int] = field(repr=False, compare=False)


@record
class Source:
    """The text of one document.

    ``cells``: (offset where the cell starts, its number) for a notebook. ``parts``: of a document that stands in several files, what comes from where.
    ``missing``: files that it asks for and that are not read: the span of the command and why.
    ``excluded``: what a configuration takes out: spans and why. ``damage``: what could not be read of the file.
    """

    file: str
    text: str
    markup: Markup
    cells: tuple[tuple[int, int], ...] = ()
    damage: str = ""
    parts: tuple[Part, ...] = ()
    missing: tuple[tuple[int, int, str], ...] = ()
    excluded: tuple[tuple[int, int, str], ...] = ()
    _line_starts: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._line_starts.extend(line_starts(self.text))

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the text comes from, in order."""
        return tuple(dict.fromkeys(part.file for part in self.parts)) or (self.file,)

    def lines_between(self, offset: int, later: int) -> int:
        """How many lines of the document (over all of its files) a place stands after another."""
        return bisect_right(self._line_starts, later) - bisect_right(self._line_starts, offset)

    def line_seen_from(self, offset: int, here: int) -> str:
        """The line of a place as it is told at another one: with its file where that is not the same."""
        place = self.place(offset)
        return str(place.line) if place.file == self.place(here).file else f"{place.line} of {place.file}"

    def place(self, offset: int) -> Place:
        """The place of an offset into ``text``."""
        if self.parts:
            part = self.parts[max(bisect_right(self.parts, offset, key=lambda part: part.start) - 1, 0)]
            offset += part.begin - part.start
            line = bisect_right(part.lines, offset)
            return Place(part.file, line, offset - part.lines[line - 1] + 1)
        line = bisect_right(self._line_starts, offset)
        column = offset - self._line_starts[line - 1] + 1
        if not self.cells:
            return Place(self.file, line, column)
        k = max(bisect_right([start for start, _ in self.cells], offset) - 1, 0)
        start, number = self.cells[k]
        return Place(self.file, line - bisect_right(self._line_starts, start) + 1, column, number)

    def end(self, start: int, end: int) -> Place:
        """The place behind what stands from ``start`` to ``end``, seen from where it starts: of what goes on in another file that is its start."""
        begun, over = self.place(start), self.place(max(start, end))
        return over if (over.file, over.cell) == (begun.file, begun.cell) else begun


def line_starts(text: str) -> list[int]:
    """The offsets at which the lines of a text begin."""
    return [0, *(m.end() for m in re.finditer("\n", text))]


def plain_text(text: str) -> str:
    """A text with line ends of one kind and without byte order marks, as it is read."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")


def source_of(text: str, name: str = "<stdin>", markup: Markup | None = None) -> Source:
    """A text as a source; without ``markup`` it is told by the end of the name, then by the look of the text.

    Never raises: a notebook that is not one becomes an empty source with ``damage``.
    """
    text = plain_text(text)
    suffix = Path(name).suffix.lower()
    if suffix == ".ipynb":
        return _notebook(text, name)
    if markup is None:
        markup = MARKUP_OF.get(suffix) or ("tex" if re.search(r"\\(documentclass|begin\s*\{document\}|section\*?\{)", text) else "markdown")
    return Source(name, text, markup)


def source_from_file(path: Path) -> Source:
    """The source in a file. Raises DeriveError when the file cannot be read or its kind is not known."""
    if path.suffix.lower() not in MARKUP_OF:
        raise DeriveError(f"reading {path}: files with these endings are read: {', '.join(sorted(MARKUP_OF))}")
    return source_of(text_of_file(path), str(path))


def _notebook(text: str, name: str) -> Source:
    try:
        read = json.loads(text)
    except RecursionError:
        return Source(name, "", "markdown", damage="not a notebook: its JSON is nested too deeply")
    except ValueError as error:
        return Source(name, "", "markdown", damage=f"not a notebook: it is not well-formed JSON: {error}")
    cells = read.get("cells") if isinstance(read, dict) else None
    if not isinstance(cells, list):
        return Source(name, "", "markdown", damage="not a notebook of the format 4: it has no list of cells")
    joined: list[tuple[int, str]] = []
    for number, cell in enumerate(cells, 1):
        body = cell.get("source", "") if isinstance(cell, dict) else None
        lines = [body] if isinstance(body, str) else body
        if not isinstance(cell, dict) or not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            return Source(name, "", "markdown", damage=f"not a notebook: cell {number} is no cell with text")
        if cell.get("cell_type") == "markdown":
            joined.append((number, "".join(lines)))
    starts: list[tuple[int, int]] = []
    parts: list[str] = []
    offset = 0
    for number, body in joined:
        body = body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n\n"
        starts.append((offset, number))
        parts.append(body)
        offset += len(body)
    return Source(name, "".join(parts), "markdown", tuple(starts))


def blank(text: str) -> str:
    """Spaces in place of everything but line ends."""
    return re.sub(r"[^\n]", " ", text)


class _Finder:
    """``text.find`` that remembers what does not occur any more, so that many searches stay linear."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.absent: dict[str, int] = {}

    def find(self, what: str, start: int) -> int:
        if start >= self.absent.get(what, len(self.text) + 1):
            return -1
        at = self.text.find(what, start)
        if at < 0:
            self.absent[what] = min(start, self.absent.get(what, start))
        return at


@record
class Directive:
    """What stands behind ``derive:`` in a comment; ``start`` is the offset of its first character."""

    text: str
    start: int


@record
class Masked:
    """``text`` has the same length as the source's; ``directives`` in document order."""

    text: str
    directives: tuple[Directive, ...]


_DIRECTIVE = re.compile(r"\s*derive:\s*(.*?)\s*\Z", re.DOTALL)
_NEARLY = re.compile(r"\s*(([A-Za-z]{4,9})(:?)[ \t]*(?:assume|let|define|softmax)\b.*?)\s*\Z", re.DOTALL)
"""What may be meant for a directive: another word before the colon, or none behind it."""


def _directive(text: str, start: int, end: int) -> Directive | None:
    """What a comment tells the checker. One that is nearly a directive is taken for one, so that what is wrong with it is said."""
    found = _DIRECTIVE.match(text, start, end)
    if found is None:
        nearly = _NEARLY.match(text, start, end)
        alike = nearly is not None and bool(get_close_matches(nearly[2].lower(), ("derive",), cutoff=0.75))
        found = nearly if alike and nearly is not None and (nearly[2].lower(), nearly[3]) != ("derive", ":") else None
    return None if found is None else Directive(found.group(1), found.start(1))


def masked(source: Source) -> Masked:
    """The text without comments, code and verbatim parts."""
    spans: list[tuple[int, int, str]] = []
    directives: list[Directive] = []
    for start, end, comment in _hidden(source):
        if isinstance(comment, str):
            spans.append((start, end, comment))
            continue
        spans.append((start, end, blank(source.text[start:end])))
        if comment is not None:
            told = _directive(source.text, *comment)
            if told is not None:
                directives.append(told)
    out: list[str] = []
    at = 0
    for start, end, instead in spans:
        out.append(source.text[at:start])
        out.append(instead)
        at = end
    out.append(source.text[at:])
    return Masked("".join(out), tuple(directives))


def comments(source: Source) -> Iterator[tuple[int, int]]:
    """The offsets of the inside of every comment, in order."""
    return (comment for _, _, comment in _hidden(source) if isinstance(comment, tuple))


Hidden = tuple[int, int, "tuple[int, int] | str | None"]
"""A hidden span, and the inside of the comment when it is one, or what is read instead, which is as long."""


def _hidden(source: Source) -> Iterator[Hidden]:
    return _hidden_tex(source.text) if source.markup == "tex" else _hidden_markdown(source.text)


_NO_CONDITION = r"\\(?:let\s*\\[A-Za-z@]+\s*=?\s*|newif\s*)\\[A-Za-z@]+"
"""Here a conditional is named and not begun: ``\\let\\ifdraft\\iffalse``."""
_TEX = re.compile(
    rf"{_NO_CONDITION}|"
    r"(?P<end>\\endinput(?![A-Za-z]))|(?P<off>\\iffalse(?![A-Za-z]))"
    rf"|\\(?P<aside>{'|'.join(ASIDES)})(?![A-Za-z@])\*?"
    r"|\\verb\*?(?P<mark>[^A-Za-z\s*])|\\begin\s*\{(?P<env>[A-Za-z]+\*?)\}|\\[^\n]|(?P<comment>%)"
)


def _hidden_tex(text: str) -> Iterator[Hidden]:
    finder = _Finder(text)
    shown = _redefined(text)
    pairs: dict[int, int] | None = None
    at = 0
    while (found := _TEX.search(text, at)) is not None:
        at = found.end()
        if found["comment"]:
            stop = text.find("\n", at)
            stop = len(text) if stop < 0 else stop
            yield found.start(), stop, (at, stop)
            at = stop
        elif found["end"] or found["off"]:
            stop = len(text) if found["end"] else _off_until(text, at)
            yield found.start(), stop, None
            at = stop
        elif found["aside"]:
            pairs = brace_pairs(text) if pairs is None else pairs
            stop = -1 if found["aside"] in shown else _after_aside(text, at, found["aside"], pairs)
            if stop >= 0:
                yield found.start(), stop, None
                at = stop
        elif found["mark"] and "verb" not in shown:
            stop = text.find(found["mark"], at)
            line = finder.find("\n", at)
            if stop >= 0 and (line < 0 or stop < line):
                yield found.start(), stop + 1, None
                at = stop + 1
        elif found["env"] in VERBATIM and found["env"] not in shown:
            closing = f"\\end{{{found['env']}}}"
            stop = finder.find(closing, at)
            if stop >= 0:
                yield found.start(), stop + len(closing), None
                at = stop + len(closing)


_CONDITIONAL = re.compile(rf"%[^\n]*|{_NO_CONDITION}|" r"\\(?:(?P<opens>if(?!f(?![A-Za-z@]))[A-Za-z@]*)|(?P<closes>fi)|(?P<other>else))(?![A-Za-z@])")


def _off_until(text: str, at: int) -> int:
    """Where what ``\\iffalse`` switches off ends: behind the ``\\fi`` or ``\\else`` that belongs to it."""
    depth = 0
    for found in _CONDITIONAL.finditer(text, at):
        if not depth and (found["closes"] or found["other"]):
            return found.end()
        depth += bool(found["opens"]) - bool(found["closes"])
    return len(text)


_OPTION = re.compile(r"\s*\[[^\]]{0,2000}\]")
_LONGEST_ASIDE: Final = 20_000


def _after_aside(text: str, at: int, name: str, pairs: dict[int, int]) -> int:
    """Behind the argument of a command whose argument is no text; -1 where it has none. ``pairs``: where each brace is closed."""
    option = _OPTION.match(text, at)
    at = at if option is None else option.end()
    for _ in range(2 if name == "mintinline" else 1):
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text):
            return -1
        if text[at] != "{":  # \\lstinline|code|
            stop = text.find(text[at], at + 1, at + 2000) if name.endswith("inline") else -1
            return -1 if stop < 0 or "\n" in text[at:stop] else stop + 1
        close = pairs.get(at, -1)
        if not at < close < at + _LONGEST_ASIDE:
            return -1
        at = close + 1
    return at


_REDEFINED = re.compile(
    r"\\(?:re)?newenvironment\*?\s*\{([^{}]*)\}|\\(?:New|Renew|Declare)DocumentEnvironment\s*\{([^{}]*)\}|\\includecomment\s*\{([^{}]*)\}"
    r"|\\(?:def|gdef|let|renewcommand|newcommand)\*?\s*\{?\s*\\([A-Za-z]+)"
)


def _redefined(text: str) -> frozenset[str]:
    """What of the environments that hide, and of ``\\verb``, the document defines anew: what stands in them is shown after all."""
    return frozenset(name for names in _REDEFINED.findall(text) for name in names if name in VERBATIM or name in ASIDES or name == "verb")


_MARKDOWN = re.compile(
    r"(?P<front>\A---[ \t]*\n)|(?P<fence>^[ \t>]*(?P<marks>```+|~~~+|:::+(?=[ \t]*\{math\}))(?P<language>[^\n`]*)$)|(?P<html><!--)"
    r"|(?P<struck>~~(?=\S))|(?P<role>\{math\}(?P<roled>`+))|(?P<double>\\\\[\[(])|(?P<quote>^[ \t]{0,3}(?:>[ \t]?)+)|(?P<ticks>`+)"
    r"|(?P<comment>%)|(?P<escape>\\.)|(?P<dollars>\$\$?`?)|(?P<paragraph>\n[ \t]*\n)",
    re.MULTILINE,
)


def _hidden_markdown(text: str) -> Iterator[Hidden]:
    finder = _Finder(text)
    at = 0
    in_math = ""
    quoted = False
    opened: list[str] = []  # fences of blocks that hold text
    paragraph_start = 0
    while (found := _MARKDOWN.search(text, at)) is not None:
        at = found.end()
        if found["paragraph"]:
            in_math, paragraph_start, at = "", at - 1, at - 1
        elif found["fence"]:
            language = found["language"].strip()
            directive = _DIRECTIVE_NAME.match(language)
            if directive is not None and (directive[1] or directive[2].lower() in DIRECTIVES):
                yield found.start(), at, None
                opened.append(found["marks"])
                continue
            if not language and opened and found["marks"].startswith(opened[-1]):
                yield found.start(), at, None
                opened.pop()
                continue
            inside, stop = _fence_end(text, found)
            if language == "math" or language.startswith("{math}"):  # the fences become dollars, so that one rule serves for both
                yield found.start(), at, _dollars(text[found.start() : at])
                options = _OPTIONS.match(text, at, inside)
                if options is not None and options.end() > at and language != "math":
                    yield at, options.end(), None
                if stop > inside:
                    yield inside, stop, _dollars(text[inside:stop])
            else:
                yield found.start(), stop, None
            at = stop
        elif found["front"]:
            end = _FRONT_END.search(text, at)
            if end is not None:
                yield 0, end.end(), None
                at = end.end()
        elif found["role"]:
            stop = finder.find(found["roled"], at)
            if not in_math and stop >= 0:
                length = len(found["roled"])
                yield found.start(), at, "$".rjust(at - found.start())
                yield stop, stop + length, "$".ljust(length)
                at = stop + length
        elif found["struck"]:
            stop = -1 if in_math else finder.find("~~", at)
            if stop > at and "\n\n" not in text[at:stop]:
                yield found.start(), stop + 2, None
                at = stop + 2
        elif found["double"]:
            closing = "\\\\]" if found["double"].endswith("[") else "\\\\)"
            stop = -1 if in_math else finder.find(closing, at)
            if stop >= 0 and "\n\n" not in text[at : min(stop, at + _LONGEST_DISPLAY)] and stop - at < _LONGEST_DISPLAY:
                yield found.start(), at, f" \\{found['double'][-1]}"
                yield stop, stop + 3, f" \\{closing[-1]}"
                at = stop + 3
        elif found["html"]:
            stop = finder.find("-->", at)
            stop = len(text) if stop < 0 else stop
            yield found.start(), min(stop + 3, len(text)), (at, stop)
            at = stop
        elif found["quote"]:
            first = found.start() - paragraph_start < 200 and not text[paragraph_start:found.start()].strip()
            quoted = first or (quoted and paragraph_start < found.start())
            if quoted:
                yield found.start(), at, None
        elif found["ticks"]:
            if in_math:
                continue
            stop = finder.find(found["ticks"], at)
            blank_line = finder.find("\n\n", at)
            if stop >= 0 and (blank_line < 0 or stop < blank_line):
                yield found.start(), stop + len(found["ticks"]), None
                at = stop + len(found["ticks"])
        elif found["comment"]:
            line_start = text.rfind("\n", 0, found.start()) + 1
            alone = not text[line_start:found.start()].strip()
            if in_math or (alone and _DIRECTIVE.match(text[at:at + 20])):
                stop = text.find("\n", at)
                stop = len(text) if stop < 0 else stop
                yield found.start(), stop, (at, stop)
                at = stop
        elif found["dollars"]:
            mark = found["dollars"].rstrip("`")
            if found["dollars"].endswith("`"):  # $`x`$: the mathematics of some Markdown dialects
                stop = finder.find("`$", at)
                if stop >= 0:
                    yield at - 1, at, None
                    yield stop, stop + 1, None
                    at = stop + 2
                continue
            in_math = "" if in_math == mark else (in_math or mark)
        elif found["escape"] and found["escape"] in ("\\[", "\\("):
            in_math = in_math or found["escape"]
        elif found["escape"] and found["escape"] in ("\\]", "\\)"):
            in_math = "" if in_math in ("\\[", "\\(") else in_math


_OPTIONS = re.compile(r"(?:\n[ \t>]*:[A-Za-z_-]+:[^\n]*)*")
"""``:label: eq-loss`` at the beginning of a block."""
_DIRECTIVE_NAME = re.compile(r"\{(?:(prf):)?([A-Za-z-]+)\}")
_FRONT_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_LONGEST_DISPLAY: Final = 5_000


def _dollars(text: str) -> str:
    return f"$${blank(text[2:])}"


def _fence_end(text: str, fence: re.Match[str]) -> tuple[int, int]:
    """(end of what is inside the fence, end of the fenced block)."""
    closing = re.compile(rf"^[ \t>]*{re.escape(fence['marks'][0])}{{{len(fence['marks'])},}}[ \t]*$", re.MULTILINE)
    found = closing.search(text, fence.end())
    return (len(text), len(text)) if found is None else (found.start(), found.end())
