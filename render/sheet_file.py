"""Problem sets as TOML: a title block, then problems, each a kind with its parameters.

title = "Assignment 2"          # required
course = "Deep Learning"        # optional, like everything below it
author = "Somebody"
date = 2024-05-01               # a date or any words
language = "de"                 # of the words that do not come from the problems
header = "University of ..."    # over each page
intro = "..."                   # words before the first problem
boxes = true                    # a box for each answer at the same place on everybody's sheet, see render/docs/class.md
lines = false                   # no lines in the room to write in, where only the questions are printed
declare = ["assume x > 0"]      # said of all written solutions, as in a file beside them
logo = "logo.png"               # files are looked for beside the sheet
template = ["mine.tex", "mine.typ"]   # instead of the built-in pages; one file or several
column = "8.5cm"                # of that LaTeX template, where its class does not say twocolumn
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
ask = "macs"                    # of a kind, any of its fields: this part has a solution of its own, for these values and the others of the problem

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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import fields

from derivations.authored.kinds import AnyKind, WrittenKind, is_written, known_kind
from derivations.authored.wanted import Asked, Wanted
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.models import ModelType, network_of
from derivations.networks import Described, LayersType
from derivations.parameters import Parameter, nearest
from derivations.reading.files import table_of, text_of_file
from render import variants
from render.class_list import Student
from render.sheet_fields import PartFields, ProblemFields, SheetFields, WrittenFields
from render.tables import typed

_TABLES = ("notation", "part")
_OWN = ("kind", *(field.name for field in fields(WrittenFields)))
"""Fields of a problem whose values are not drawn."""
_PART = tuple(field.name for field in fields(PartFields))
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54}
_TALLEST = 100.0


@record
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
    own: tuple[Mapping[str, object] | None, ...] = ()
    """The values of each part where parts have solutions of their own; None for a part that words answer. Empty where all parts share one solution."""


@record
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
    boxes: bool = False
    """Whether the questions are printed with a box for each answer at the same place for everybody."""
    column: str = ""
    """How wide a column of its LaTeX template is, where that does not tell."""
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
    problems = table.get("problem")
    if not isinstance(problems, list) or not problems or not all(isinstance(item, dict) for item in problems):
        raise DeriveError(f"{where}: a sheet needs at least one problem, written as [[problem]] with its fields below")
    date = table.get("date")
    said = typed(SheetFields, {**table, "date": date.isoformat()} if isinstance(date, datetime.date) else table, where, "a sheet")
    if not said.title:
        raise DeriveError(f"{where}: the field 'title' is missing; it must be the title of the sheet in quotes")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if "".join(line.split()).startswith("[[problem]]")]
    network = network_of(said.network, f"{where}: [network]") if said.network is not UNSET else None
    places = [f"{where}, problem {k + 1}" + (f" (line {lines[k]})" if len(lines) == len(problems) else "") for k in range(len(problems))]

    def made(tables: Sequence[dict[str, Any]], places: Sequence[str]) -> SheetSpec:
        worked = tuple(_problem(item, place, folder, tuple(said.declare), network) for item, place in zip(tables, places, strict=True))
        return SheetSpec(
            name, said.title, worked, said.course, said.author, said.date, said.language, said.header, said.intro,
            folder / said.logo if said.logo else None, _files(said.template, folder), _files(said.style, folder), said.notation, said.lines, said.boxes,
            column=said.column,
        )  # fmt: skip

    if said.variants is UNSET:
        for item, place in zip(problems, places, strict=True):
            field = variants.varies(item, _TABLES)
            if field:
                raise DeriveError(f"{place}: {field} draws values, and the sheet has no table [variants] with a count or names that says for whom")
        return made(problems, places)
    return _class(made, name, problems, places, variants.variants(said.variants, where, folder), folder)


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


def _files(names: str | list[str], folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name for name in ([names] if isinstance(names, str) else names))


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
    own = {field.name for field in fields(ProblemFields)}
    said = typed(ProblemFields, {key: value for key, value in table.items() if key in own}, place, "a problem")
    given = {key: value for key, value in table.items() if key not in own and key != "kind"}
    apart = [{key: value for key, value in item.items() if key not in _PART} for item in said.part]
    parts = _parts(said, place, apart)
    try:
        kind = known_kind(name, folder)
    except DeriveError as error:
        raise DeriveError(f"{place}: {error}") from None

    def values(more: Mapping[str, Any], where: str) -> Mapping[str, object]:
        try:
            return kind.values(_located(_over(given, more, kind), kind, folder, network))
        except DeriveError as error:
            raise DeriveError(f"{where}: {error}") from None

    solved: list[Mapping[str, object] | None] = []
    if any(apart):
        for letter, more, (part, _) in zip(ascii_lowercase, apart, parts, strict=False):
            solved.append(values(more, f"{place}, part ({letter})") if more or not part.answer else None)
    first = next((one for one in solved if one is not None), None)
    return ProblemSpec(
        kind, values({}, place) if first is None else first, _heading(said, place), said.question or None, _worth(said, parts), _space(said, place),
        said.notation, said.hint, said.note, place, tuple(part for part, _ in parts), tuple(solved),
    )  # fmt: skip


def _over(given: Mapping[str, Any], more: Mapping[str, Any], kind: AnyKind) -> dict[str, Any]:
    """The values of a problem with those of a part in their place; ``layers`` and ``model`` are two names of one thing."""
    written = {key.replace("-", "_"): value for key, value in given.items()}
    own = {key.replace("-", "_"): value for key, value in more.items()}
    described = {p.name for p in kind.parameters if isinstance(p.type, LayersType | ModelType)}
    if described & own.keys():
        written = {key: value for key, value in written.items() if key not in described}
    return {**written, **own}


def _heading(said: ProblemFields, place: str) -> str | None:
    if said.heading and said.title:
        raise DeriveError(f"{place}: heading and title are two names of one field; one of them is accepted")
    return said.heading or said.title or None


def _written(table: dict[str, Any], place: str, folder: Path, declared: tuple[str, ...]) -> ProblemSpec:
    """A problem whose solution somebody wrote."""
    if "kind" in table:
        raise DeriveError(f"{place}: a written problem has its solution in a file or in the field solution, and no kind")
    said = typed(WrittenFields, table, place, "a written problem")
    inline = "file" not in table
    several = [name for name in ("file", "solution", "words") if name in table]
    if len(several) > 1:
        raise DeriveError(f"{place}: {' and '.join(several)} are {'two' if len(several) == 2 else 'three'} places of one solution; one of them is accepted")
    parts = _parts(said, place)
    if inline and not said.question and not parts:
        raise DeriveError(f"{place}: the field 'question' is missing; a solution in a sheet needs the question that it answers")
    if not inline and not is_written(said.file):
        raise DeriveError(f"{place}: file = {said.file!r} is not accepted; it must be the name of a file that ends in .tex, .md or .ipynb")
    heading = _heading(said, place)
    wanted = Wanted(
        heading or "", said.question, said.hint, said.note, said.section, said.label, said.answer,
        inline=inline, words="words" in table, parts=tuple(part for part, _ in parts),
    )  # fmt: skip
    path = Path(f"{place}, solution") if inline else folder / said.file
    kind = WrittenKind(path, wanted, (said.words or said.solution) if inline else None, declarations=declared)
    return ProblemSpec(kind, {}, heading, None, _worth(said, parts), _space(said, place), said.notation, place=place)


def _parts(said: ProblemFields, place: str, apart: Sequence[Mapping[str, Any]] = ()) -> list[tuple[Asked, Fraction | None]]:
    """The parts (a), (b), (c) of a problem, each with what it is worth. ``apart``: the fields of each that are its kind's."""
    found = []
    for number, (letter, item) in enumerate(zip(ascii_lowercase, said.part, strict=False)):
        here = f"{place}, part ({letter})"
        more = apart[number] if apart else {}
        part = typed(PartFields, {key: value for key, value in item.items() if key not in more}, here, "a part")
        if not part.question and not more:
            also = ", or the part must have a field of its kind" if apart else ""
            raise DeriveError(f"{here}: the field 'question' is missing; it must be words in quotes{also}")
        marks = _marks(part.marks)
        found.append((Asked(part.question, part.hint, part.answer, "" if marks is None else f"{float(marks):g}"), marks))
    return found


def _worth(said: ProblemFields, parts: Sequence[tuple[Asked, Fraction | None]]) -> Fraction | None:
    """What a problem is worth: what it says, or what its parts say together."""
    return _marks(said.marks) or (sum((m for _, m in parts if m is not None), Fraction(0)) or None)


def _marks(value: float | UnsetType) -> Fraction | None:
    return None if value is UNSET else Fraction(str(value))


def _space(said: ProblemFields, place: str) -> float | None:
    """In centimetres."""
    if not said.space:
        return None
    centimetres = float(said.space[:-2]) * _CENTIMETRES[said.space[-2:]]
    if not 0 < centimetres <= _TALLEST:
        raise DeriveError(f"{place}: space = {said.space!r} is not accepted; it must be more than nothing and at most {_TALLEST:g}cm")
    return round(centimetres, 2)
