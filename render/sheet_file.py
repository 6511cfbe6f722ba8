"""Problem sets as TOML: a title block, then problems, each a kind with its parameters.

title = "Assignment 2"          # required
course = "Deep Learning"        # optional, like everything below it
author = "Somebody"
date = 2024-05-01               # a date or any words
language = "de"                 # of the words that do not come from the problems
header = "University of ..."    # over each page
intro = "..."                   # words before the first problem
lines = false                   # no lines in the room to write in, where only the questions are printed
declare = ["assume x > 0"]      # said of all written solutions, as in a file beside them
logo = "logo.png"               # files are looked for beside the sheet
template = ["mine.tex", "mine.typ"]   # instead of the built-in pages; one file or several
style = "mine.css"              # added behind the built-in style: tex, sty, typ or css

[notation]                      # see render/profiles.py
symbols = { beta = "gamma" }

[network]                       # optional: of the problems of kind "network" that describe none themselves
input = ["N", 3, 32, 32]
layers = ["conv 3->64 kernel 3; relu"]

[[problem]]
kind = "convolution"            # required; everything else is a parameter of the kind
kernel = 7
heading = "Dilation"            # optional: instead of the kind's own title
question = "Write out ..."      # optional: instead of the kind's own question; a blank line starts a paragraph
marks = 5                       # optional: what it is worth, in whole or half marks
space = "4cm"                   # optional: room to write in, where only the questions are printed
notation = { log = "ln" }       # optional: fields that differ from those of the sheet
hint = "..."                    # optional: instead of the plan, where hints are printed
note = "..."                    # optional: behind the solution; {answer} and {parameters.kernel} stand for formulas in it

[[problem]]
file = "layernorm.tex"          # instead of a kind: a solution that somebody wrote, in .tex, .md or .ipynb; or solution = '''...''' here
section = "Backward pass"       # optional: only what stands under this heading; or label = "eq:..."
answer = "eq:gradient"          # optional: the label of the line that was asked for, else the last one
title = "Layer normalization"

[[problem.part]]                # optional: (a), (b), (c) of any problem, each with question, hint, answer and marks
question = "Find the Jacobian."
answer = "eq:jacobian"          # of a written solution a label; of a kind, words for behind the solution, in which {answer} is a formula

[[problem]]
question = "Why ...?"           # a problem whose solution is words: they are typeset, and nothing in them is checked
words = "Because ..."

[[problem]]
kind = "mytopic.py:problem"     # a function of your own that makes a Problem; run with --allow-python only

[variants]                      # a sheet for each student, see render/variants.py
count = 30
seed = 7

In question, hint, note, words, intro and title: words with $formulas$, *stressed words* and lists.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from unicodedata import category

from derivations.authored.kinds import AnyKind, WrittenKind, is_written, known_kind
from derivations.authored.wanted import Asked, Wanted
from derivations.language.errors import DeriveError
from derivations.models import ModelType, network_of
from derivations.networks import Described, LayersType
from derivations.parameters import Parameter, nearest
from derivations.reading.files import table_of, text_of_file
from render import variants
from render.class_list import Student

_SHEET_FIELDS = (
    "title", "course", "author", "date", "language", "header", "intro", "lines", "declare", "logo", "template", "style", "notation", "network",
    "variants", "problem",
)  # fmt: skip
_PROBLEM_FIELDS = ("kind", "heading", "title", "question", "marks", "space", "notation", "hint", "note", "part")
_WRITTEN_FIELDS = ("file", "solution", "words", "section", "label", "answer")
_TABLES = ("notation", "part")
_OWN = (*_PROBLEM_FIELDS, *_WRITTEN_FIELDS)
"""Fields of a problem whose values are not drawn."""
_PART_FIELDS = ("question", "hint", "answer", "marks")
_LONG = ("question", "hint", "note", "solution", "words", "intro")
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?) ?(cm|mm|in)")
_MOST_MARKS, _TALLEST = 1000, 100.0


@dataclass(frozen=True, slots=True)
class ProblemSpec:
    """A problem of a sheet before it is worked out: its kind, typed parameters, and the sheet's own words where it has some."""

    kind: AnyKind
    values: Mapping[str, object]
    heading: str | None = None
    question: str | None = None
    marks: Fraction | None = None
    space: float | None = None
    notation: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""
    note: str = ""
    place: str = ""
    """Where it stands, for messages: file, number, line."""
    parts: tuple[Asked, ...] = ()
    """Of a problem of a kind: its questions (a), (b), (c); the answer of a part is words that stand behind the solution."""


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A problem set as it was read. ``name`` is what its files will be called; the files of its look are not opened yet."""

    name: str
    title: str
    problems: tuple[ProblemSpec, ...]
    course: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    header: str = ""
    intro: str = ""
    logo: Path | None = None
    templates: tuple[Path, ...] = ()
    styles: tuple[Path, ...] = ()
    notation: Mapping[str, Any] = field(default_factory=dict)
    lines: bool = True
    student: Student | None = None
    drawn: tuple[Mapping[str, str], ...] = ()
    """What was drawn for each problem of a student's sheet."""
    members: tuple[SheetSpec, ...] = ()
    """Of a class: the sheet of each student. The problems of the whole are those of the first."""


def bundled() -> dict[str, Any]:
    """The sheets that come with the program, by name."""
    found = sorted((entry for entry in files("derivations").joinpath("sheets").iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return {entry.name.removesuffix(".toml"): entry for entry in found}


def load(name_or_path: str) -> SheetSpec:
    """A bundled sheet by its name, or a file (anything that ends in ``.toml``, has a folder in it or is there).

    Raises:
        DeriveError: there is no such sheet, the file cannot be read, or what it says is not accepted; the message names file, problem and
        field.
    """
    sheets = bundled()
    path = Path(name_or_path)
    if is_written(name_or_path) and path.suffix != ".txt":
        return of_file(path)
    if name_or_path in sheets:
        return parse(sheets[name_or_path].read_text("utf-8"), name_or_path, name_or_path, Path(str(files("derivations").joinpath("sheets"))))
    if path.suffix != ".toml" and len(path.parts) == 1 and not os.path.isfile(path):  # noqa: PTH113  (a name may be too long for Path)
        known = f"{nearest(name_or_path, sheets)}; there are {', '.join(sheets)}"
        raise DeriveError(f"there is no bundled sheet {name_or_path!r}{known} (a sheet of your own ends in .toml)")
    return parse(text_of_file(path, f"the problem set {str(path)!r}"), path.stem, str(path), path.parent)


def of_file(path: Path) -> SheetSpec:
    """A sheet whose one problem is a solution in a file.

    Raises:
        DeriveError: there is no such file.
    """
    if not path.is_file():
        raise DeriveError(f"there is no file {str(path)!r}; a problem set in TOML, or a derivation in .tex, .md or .ipynb is accepted")
    title = path.stem.replace("_", " ").replace("-", " ")
    return SheetSpec(path.stem, title[:1].upper() + title[1:], (ProblemSpec(WrittenKind(path, Wanted()), {}, place=str(path)),))


def parse(text: str, name: str, where: str, folder: Path = Path()) -> SheetSpec:
    """The problem set in a text. ``where`` names it in messages, ``folder`` is where the files are that it names.

    Raises:
        DeriveError: malformed TOML (with line and column), an unknown or missing field, or a parameter that its kind does not accept.
    """
    table = table_of(text, where)
    for key in table:
        if key not in _SHEET_FIELDS:
            near = nearest(key, _SHEET_FIELDS)
            raise DeriveError(f"{where}: there is no field {key!r}{near}; a sheet has {', '.join(_SHEET_FIELDS[:-2])}, [variants] and [[problem]]")
    problems = table.get("problem")
    if not isinstance(problems, list) or not problems or not all(isinstance(item, dict) for item in problems):
        raise DeriveError(f"{where}: a sheet needs at least one problem, written as [[problem]] with its fields below")
    title = _words(table, "title", where)
    if not title:
        raise DeriveError(f"{where}: the field 'title' is missing; it must be the title of the sheet in quotes")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if "".join(line.split()).startswith("[[problem]]")]
    declared = _declared(table, where)
    network = _network(table, where)
    places = [f"{where}, problem {k + 1}" + (f" (line {lines[k]})" if len(lines) == len(problems) else "") for k in range(len(problems))]

    def made(tables: Sequence[dict[str, Any]], places: Sequence[str]) -> SheetSpec:
        worked = tuple(_problem(item, place, folder, declared, network) for item, place in zip(tables, places, strict=True))
        return SheetSpec(name, title, worked, *block)

    block = (
        _words(table, "course", where),
        _words(table, "author", where),
        _words(table, "date", where),
        _words(table, "language", where),
        _words(table, "header", where),
        _words(table, "intro", where),
        next(iter(_files(table, "logo", where, folder)), None),
        _files(table, "template", where, folder),
        _files(table, "style", where, folder),
        _notation(table, where),
        _lines(table, where),
    )
    if "variants" not in table:
        for item, place in zip(problems, places, strict=True):
            field = variants.varies(item, _TABLES)
            if field:
                raise DeriveError(f"{place}: {field} draws values, and the sheet has no table [variants] with a count or names that says for whom")
        return made(problems, places)
    asked = variants.variants(table["variants"], where, folder)
    return _class(made, name, problems, places, asked, folder)


def _class(
    made: Callable[[Sequence[dict[str, Any]], Sequence[str]], SheetSpec], name: str, problems: Sequence[dict[str, Any]],
    places: Sequence[str], asked: variants.Variants, folder: Path,
) -> SheetSpec:  # fmt: skip
    """The sheets of a class."""
    known = []
    for item, place in zip(problems, places, strict=True):
        parameters = _parameters(item, folder)
        written = {name.replace("-", "_") for name in item}
        left = {p.name: p.default for p in parameters if p.default is not None and p.name not in written}  # conditions may mention what is left to the kind
        tables = [p.name for p in parameters if isinstance(p.type, LayersType | ModelType)]
        known.append(variants.draws({**left, **item}, place, _OWN, tables))
    members: list[SheetSpec] = []
    for drawn in variants.for_students(asked, list(zip(problems, known, strict=True))):
        told = [
            place + (f", for {drawn.student.label} ({variants.told(values)})" if values else "")
            for place, values in zip(places, drawn.values, strict=True)
        ]
        sheet = made(drawn.tables, told)
        members.append(replace(sheet, name=f"{name}-{drawn.student.slug}", student=drawn.student, drawn=drawn.values))
    return replace(members[0], name=name, student=None, drawn=(), members=tuple(members))


def _parameters(table: dict[str, Any], folder: Path) -> tuple[Parameter, ...]:
    """The parameters of a problem's kind; none where that is not known, which is told when the problem is read."""
    try:
        return known_kind(str(table.get("kind", "")), folder).parameters
    except DeriveError:
        return ()


def _files(table: dict[str, Any], field: str, where: str, folder: Path) -> tuple[Path, ...]:
    value = table.get(field, [])
    names = value if isinstance(value, list) and field != "logo" else [value] if value != [] else []
    if not all(isinstance(name, str) and name for name in names):
        many = " or a list of such names" if field != "logo" else ""
        raise DeriveError(f"{where}: {field} = {value!r} is not accepted; it must be the name of a file in quotes{many}")
    return tuple(folder / name for name in names)


def _lines(table: dict[str, Any], where: str) -> bool:
    value = table.get("lines", True)
    if not isinstance(value, bool):
        raise DeriveError(f"{where}: lines = {value!r} is not accepted; it must be true or false")
    return value


def _notation(table: dict[str, Any], where: str) -> Mapping[str, Any]:
    value = table.get("notation", {})
    if not isinstance(value, dict):
        raise DeriveError(f"{where}: notation = {value!r} is not accepted; it must be a table of fields, such as {{ log = 'ln' }}")
    return value


def _declared(table: dict[str, Any], where: str) -> tuple[str, ...]:
    """What is said of all written solutions."""
    value = table.get("declare", [])
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise DeriveError(f'{where}: declare = {value!r} is not accepted; it must be a list of declarations, such as ["assume x > 0"]')
    return tuple(value)


def _network(table: dict[str, Any], where: str) -> Described | None:
    """The network that the problems of a sheet are about."""
    if "network" not in table:
        return None
    if not isinstance(table["network"], dict):
        raise DeriveError(f"{where}: network = {table['network']!r} is not accepted; it is written as [network] with input and layers below")
    return network_of(table["network"], f"{where}: [network]")


def _located(given: dict[str, Any], kind: AnyKind, folder: Path, network: Described | None) -> dict[str, Any]:
    """Parameters with the files of a problem looked for beside the sheet, and with the network of the sheet where it describes none."""
    takes = next((p.name for p in kind.parameters if isinstance(p.type, ModelType)), None)
    if takes is None:
        return given
    if isinstance(given.get(takes), str):
        return {**given, takes: str(folder / given[takes])}
    return given if network is None or "layers" in given or takes in given else {**given, takes: network}


def _problem(table: dict[str, Any], place: str, folder: Path, declared: tuple[str, ...], network: Described | None) -> ProblemSpec:
    if any(field in table for field in ("file", "solution", "words")):
        return _written(table, place, folder, declared)
    name = table.get("kind")
    if not isinstance(name, str):
        raise DeriveError(
            f"{place}: the field 'kind' is missing; it must be the name of a problem kind in quotes, such as \"convolution\","
            " or file or solution must say where a solution is that you wrote, or words must be one in words"
        )
    given = {key: value for key, value in table.items() if key not in _PROBLEM_FIELDS}
    parts = _parts(table, place)
    try:
        kind = known_kind(name, folder)
        values = kind.values(_located(given, kind, folder, network))
    except DeriveError as error:
        raise DeriveError(f"{place}: {error}") from None
    return ProblemSpec(
        kind, values, _heading(table, place), _words(table, "question", place) or None, _worth(table, parts, place), _space(table, place),
        _notation(table, place), _words(table, "hint", place), _words(table, "note", place), place, tuple(part for part, _ in parts),
    )


def _heading(table: dict[str, Any], place: str) -> str | None:
    if "heading" in table and "title" in table:
        raise DeriveError(f"{place}: heading and title are two names of one field; one of them is accepted")
    return _words(table, "heading", place) or _words(table, "title", place) or None


def _written(table: dict[str, Any], place: str, folder: Path, declared: tuple[str, ...]) -> ProblemSpec:
    """A problem whose solution somebody wrote."""
    known = (*_PROBLEM_FIELDS, *_WRITTEN_FIELDS)
    for key in table:
        if key not in known or key == "kind":
            why = "has its solution in a file or in the field solution, and no kind" if key == "kind" else f"has no field {key!r}{nearest(key, known)}"
            raise DeriveError(f"{place}: a written problem {why}; it has {', '.join(name for name in known if name != 'kind')}")
    said = {name: _words(table, name, place) for name in (*_WRITTEN_FIELDS, "question", "hint", "note")}
    heading = _heading(table, place)
    inline = "file" not in table
    several = [name for name in ("file", "solution", "words") if name in table]
    if len(several) > 1:
        raise DeriveError(f"{place}: {' and '.join(several)} are {'two' if len(several) == 2 else 'three'} places of one solution; one of them is accepted")
    parts = _parts(table, place)
    if inline and not said["question"] and not parts:
        raise DeriveError(f"{place}: the field 'question' is missing; a solution in a sheet needs the question that it answers")
    path = Path(f"{place}, solution") if inline else folder / said["file"]
    if not inline and (not said["file"] or not is_written(said["file"])):
        raise DeriveError(f"{place}: file = {table['file']!r} is not accepted; it must be the name of a file that ends in .tex, .md or .ipynb")
    wanted = Wanted(
        heading or "", said["question"], said["hint"], said["note"], said["section"], said["label"], said["answer"],
        inline=inline, words="words" in table, parts=tuple(part for part, _ in parts),
    )  # fmt: skip
    kind = WrittenKind(path, wanted, (said["words"] or said["solution"]) if inline else None, declarations=declared)
    return ProblemSpec(kind, {}, heading, None, _worth(table, parts, place), _space(table, place), _notation(table, place), place=place)


def _parts(table: dict[str, Any], place: str) -> list[tuple[Asked, Fraction | None]]:
    """The parts (a), (b), (c) of a problem, each with what it is worth."""
    value = table.get("part", [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value) or len(value) > len(ascii_lowercase):
        raise DeriveError(f"{place}: part = {value!r} is not accepted; parts are written as [[problem.part]] with their fields below")
    found = []
    for letter, item in zip(ascii_lowercase, value, strict=False):
        here = f"{place}, part ({letter})"
        for key in item:
            if key not in _PART_FIELDS:
                raise DeriveError(f"{here}: there is no field {key!r}{nearest(key, _PART_FIELDS)}; a part has {', '.join(_PART_FIELDS)}")
        question, hint, answer = (_words(item, name, here) for name in ("question", "hint", "answer"))
        if not question:
            raise DeriveError(f"{here}: the field 'question' is missing; a part is a question")
        marks = _marks(item, here)
        found.append((Asked(question, hint, answer, "" if marks is None else f"{float(marks):g}"), marks))
    return found


def _worth(table: dict[str, Any], parts: Sequence[tuple[Asked, Fraction | None]], place: str) -> Fraction | None:
    """What a problem is worth: what it says, or what its parts say together."""
    return _marks(table, place) or (sum((m for _, m in parts if m is not None), Fraction(0)) or None)


def _marks(table: dict[str, Any], place: str) -> Fraction | None:
    value = table.get("marks")
    if value is None:
        return None
    sensible = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _MOST_MARKS
    number = Fraction(str(value)) if sensible else Fraction(0)
    if not number or number.denominator > 2:
        raise DeriveError(f"{place}: marks = {value!r} is not accepted; it must be a number of whole or half marks, such as 5 or 2.5")
    return number


def _space(table: dict[str, Any], place: str) -> float | None:
    value = table.get("space")
    if value is None:
        return None
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    centimetres = float(match[1]) * _CENTIMETRES[match[2]] if match is not None else 0.0
    if not 0 < centimetres <= _TALLEST:
        raise DeriveError(f"{place}: space = {value!r} is not accepted; it must be a height such as \"4cm\", in cm, mm or in, at most {_TALLEST:g}cm")
    return round(centimetres, 2)


def _words(table: dict[str, Any], field: str, place: str) -> str:
    value = table.get(field, "")
    if field == "date" and isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, str):
        for char in value:
            if category(char) == "Cc" and char not in "\n\t":
                raise DeriveError(f"{place}: {field} holds the control character U+{ord(char):04X}; only printable characters can be typeset")
    else:
        accepted = "words in quotes" + (" or a date" if field == "date" else "")
        raise DeriveError(f"{place}: {field} = {value!r} is not accepted; it must be {accepted}")
    return value if field in _LONG else " ".join(value.split())
