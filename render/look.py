"""How a reader's own pages look: templates with fields, additions to the style, a logo, words over each page.

A template is a text with fields such as ``%%title`` and ``%%body``; everything else in it is kept letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.parameters import nearest
from derivations.reading.files import bytes_of_file, text_of_file
from render.document import Picture
from render.paper import PAGE, Paper

FIELDS: Final = ("title", "subtitle", "course", "author", "date", "language", "header", "logo", "preamble", "head", "body")
"""What a template may hold; ``body`` it must. ``preamble`` is what the body needs (packages and macros, or the style sheet), ``head`` the title block
as the built-in template has it; the other fields are words, already escaped for the format."""

_TEXT: Final = 461.0
"""Points: the width of the text on the built-in page."""
_BETWEEN: Final = 10.0
"""Points from column to column, as the classes of LaTeX have it."""
_FRAME: Final = 18.0
"""Points that the frame of an answer takes from its line."""
_NARROWEST: Final = 100.0
_LEAST: Final = 8.0
"""Em: what is narrower cannot hold lines, and is laid out as if it were this wide."""
_POINTS: Final = {"pt": 1.0, "mm": 72.27 / 25.4, "cm": 72.27 / 2.54, "in": 72.27}
_CLASS: Final = re.compile(r"\\documentclass\s*(?:\[([^\]]*)\])?\s*\{")
_COLUMNS: Final = re.compile(r"\\begin\s*\{multicols\*?\}\s*\{([1-9]\d?)\}")

_PICTURES = (".png", ".jpg", ".jpeg", ".svg")
_TEMPLATES = (".tex", ".typ", ".html")
_STYLES = {".tex": ".tex", ".sty": ".tex", ".typ": ".typ", ".css": ".html"}


class _Fields(Template):
    """``%%title``: two signs, so that a comment of TeX (``%% like this``) stays one."""

    delimiter = "%%"
    pattern = r"%%(?:(?P<named>[a-z]+)|\{(?P<braced>[a-z]+)\}|(?P<escaped>(?!))|(?P<invalid>(?!)))"  # type: ignore[assignment]


@record
class Page:
    """A template: its text, and where it came from, for messages."""

    name: str
    text: str

    def filled(self, fields: Mapping[str, str]) -> str:
        """The text with its fields filled in."""
        return _Fields(self.text).substitute(fields)


@record
class Look:
    """``templates`` and ``styles`` by the ending of what they are for: ``.tex``, ``.typ``, ``.html``. A style is added behind the built-in one."""

    templates: tuple[tuple[str, Page], ...] = ()
    styles: tuple[tuple[str, str], ...] = ()
    logo: Picture | None = None
    header: str = ""
    column: float | None = None
    """Points: how wide a column of the LaTeX template is, where its class does not tell."""

    @property
    def paper(self) -> Paper:
        """What lines are laid out for in LaTeX: the built-in page, or the columns of the template."""
        own = dict(self.templates).get(".tex")
        text = re.sub(r"(?<!\\)%.*", "", re.sub(_Fields.pattern, "", own.text)) if own is not None else ""
        named = _CLASS.search(text)
        options = [option.strip() for option in named[1].split(",")] if named is not None and named[1] else []
        two = "twocolumn" in options or re.search(r"\\twocolumn\b", text) is not None
        columns = max(1, 2 if two else 1, *map(int, _COLUMNS.findall(text)))
        if self.column is None and columns == 1:
            return PAGE
        size = max((float(found[1]) for option in options if (found := re.fullmatch(r"([1-9]\d?)pt", option))), default=10.0)
        column = self.column or (_TEXT + _BETWEEN) / columns - _BETWEEN
        return Paper(max(_LEAST, round((column - _FRAME) / size, 1)))

    def page(self, suffix: str) -> Page:
        """The template for files with this ending: the reader's own or the built-in one."""
        return dict(self.templates).get(suffix) or Page(f"sheet{suffix}", built_in(f"sheet{suffix}"))

    def style(self, suffix: str) -> str:
        """What is to be added to the style of files with this ending."""
        return "".join(text for ending, text in self.styles if ending == suffix)


PLAIN_LOOK = Look()


@cache
def built_in(name: str) -> str:
    """One of the files that come with the program."""
    return files("render").joinpath("templates", name).read_text("utf-8")


def look(templates: tuple[Path, ...] = (), styles: tuple[Path, ...] = (), logo: Path | None = None, header: str = "", column: str = "") -> Look:
    """Read a look from its files. ``column`` is a length such as ``8.5cm``.

    Raises:
        DeriveError: a file cannot be read or its ending is not one of those that are known; a template has an unknown field or no ``%%body``; the length is
            none that a column can have.
    """
    return Look(
        tuple((path.suffix.lower(), _template(path)) for path in templates),
        tuple((_ending(path, "style", _STYLES), _read(path, "style")) for path in styles),
        None if logo is None else _picture(logo),
        header,
        _length(column) if column else None,
    )


def _length(column: str) -> float:
    found = re.fullmatch(r"\s*(\d{1,5}(?:\.\d{1,5})?)\s*(pt|mm|cm|in)\s*", column)
    points = float(found[1]) * _POINTS[found[2]] if found is not None else 0.0
    if points < _NARROWEST:
        wanted = f"it must be how wide a column is, at least {_NARROWEST:g}pt, such as '8.5cm', '85mm' or '240pt'"
        raise DeriveError(f"column = {column!r} is not accepted; {wanted}")
    return points


def _template(path: Path) -> Page:
    _ending(path, "template", dict.fromkeys(_TEMPLATES, ""))
    text = _read(path, "template")
    found = [(match["named"] or match["braced"], match.start()) for match in re.finditer(_Fields.pattern, text)]
    for name, place in found:
        if name not in FIELDS:
            line = text.count("\n", 0, place) + 1
            raise DeriveError(f"template {path}, line {line}: there is no field %%{name}{nearest(name, FIELDS)}; there are {', '.join(FIELDS)}")
    if "body" not in [name for name, _ in found]:
        raise DeriveError(f"template {path}: the field %%body is missing; without it the sheet would be empty")
    return Page(str(path), text)


def _ending(path: Path, what: str, accepted: Mapping[str, str]) -> str:
    if path.suffix.lower() not in accepted:
        raise DeriveError(f"{what} = {str(path)!r} is not accepted; its name must end in {', '.join(accepted)}")
    return accepted[path.suffix.lower()]


def _read(path: Path, what: str) -> str:
    return text_of_file(path, f"the {what} {str(path)!r}")


def _picture(path: Path) -> Picture:
    _ending(path, "logo", dict.fromkeys(_PICTURES, ""))
    return Picture("logo" + path.suffix.lower(), bytes_of_file(path, f"the logo {str(path)!r}"))
