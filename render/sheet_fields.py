"""The fields of a sheet, of its problems and of their parts: what the file may hold, and what its JSON Schema says."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import UNSET, Struct, UnsetType, field

from render.class_list import MOST
from render.tables import File, Files, Line, Many, Text, about, accepts

MOST_MARKS: Final = 1000

Marks = Annotated[
    float, accepts("a number of whole or half marks, such as 5 or 2.5", gt=0, le=MOST_MARKS, multiple_of=0.5), about("what it is worth")
]  # fmt: skip
Height = Annotated[
    str, accepts('a height such as "4cm", in cm, mm or in, at most 100cm', pattern=r"^(\d+(\.\d+)? ?(cm|mm|in))?$"),
    about("room to write in, where only the questions are printed"),
]  # fmt: skip
Table = dict[str, Any]
Conditions = Annotated[Many, accepts('a list of conditions, such as ["dilation < kernel"]'), about('conditions, such as "dilation < kernel"')]


class DrawFields(Struct, forbid_unknown_fields=True):
    """Drawn for each student: one of some values, a number of a range, or a formula in the others."""

    choose: list[Any] | UnsetType = UNSET
    from_: int | float | UnsetType = field(default=UNSET, name="from")
    to: int | float | UnsetType = UNSET
    step: int | float | UnsetType = UNSET
    compute: str | UnsetType = UNSET


Draws = Annotated[
    Table, accepts("a table of names, such as { a = { from = 1, to = 9 } }"),
    about("further numbers: {draw.a} stands for them", additionalProperties={"anyOf": [{"$ref": "#/$defs/DrawFields"}, {"type": ["string", "number"]}]}),
]  # fmt: skip
Notation = Annotated[
    Table, accepts("a table of fields, such as { log = 'ln' }"), about("symbols, fonts and marks of your own", allOf=[{"$ref": "#/$defs/NotationFields"}])
]  # fmt: skip


class Columns(Struct, forbid_unknown_fields=True):
    name: Annotated[Many, about("the name")] = "name"
    id: Annotated[Many, about("the id")] | UnsetType = UNSET


class VariantFields(Struct, forbid_unknown_fields=True):
    """A sheet for each student."""

    count: Annotated[
        int, accepts(f"a number of sheets from 1 to {MOST}, or names a list of names", ge=1, le=MOST), about("how many sheets")
    ] | UnsetType = UNSET  # fmt: skip
    seed: Annotated[int | str, accepts("a whole number or a word"), about("the same seed gives the same sheets")] = 1
    names: Annotated[
        str, accepts("the name of a CSV file in quotes", min_length=1), about("a list in CSV, whose first line names the columns")
    ] | UnsetType = UNSET  # fmt: skip
    columns: Annotated[
        Columns, accepts('such as { name = ["First name", "Surname"], id = "ID number" }'), about("which columns are name and id")
    ] | UnsetType = UNSET  # fmt: skip
    distinct: Annotated[bool, accepts("true or false"), about("no two students have the same numbers in all problems")] = False
    draw: Draws = {}
    where: Conditions = []


class PartFields(Struct, forbid_unknown_fields=True):
    question: Annotated[Text, about("what is asked; a part with fields of its kind may leave it to these")] = ""
    hint: Annotated[Text, about("what the edition of hints shows")] = ""
    answer: Annotated[Line, about("of a written solution the label of its answer, of a kind words behind the solution")] = ""
    marks: Marks | UnsetType = UNSET


class ProblemFields(Struct, forbid_unknown_fields=True):
    heading: Annotated[Line, about("instead of the kind's own title")] = ""
    title: Annotated[Line, about("the same as heading")] = ""
    question: Annotated[Text, about("words with $formulas$, *stressed words* and lists")] = ""
    marks: Marks | UnsetType = UNSET
    space: Height = ""
    notation: Notation = {}
    hint: Annotated[Text, about("instead of the plan, where hints are printed")] = ""
    note: Annotated[Text, about("behind the solution")] = ""
    part: Annotated[
        list[Table], accepts("a list of parts, written as [[problem.part]] with their fields below", max_length=26),
        about("the parts (a), (b), ...", items={"$ref": "#/$defs/PartFields"}),
    ] = []  # fmt: skip
    draw: Draws = {}
    where: Conditions = []


class WrittenFields(ProblemFields, forbid_unknown_fields=True):
    file: Annotated[File, about("a solution in .tex, .md or .ipynb")] = ""
    solution: Annotated[Text, about("the solution itself, in LaTeX")] = ""
    words: Annotated[Text, about("a solution in words, in which nothing is checked")] = ""
    section: Annotated[Line, about("only what stands under this heading of the file")] = ""
    label: Annotated[Line, about("only the display with this label")] = ""
    answer: Annotated[Line, about("the label of the line that was asked for")] = ""


class SheetFields(Struct, forbid_unknown_fields=True):
    title: Annotated[Line, about("the title of the sheet")]
    course: Annotated[Line, about("below the title")] = ""
    author: Annotated[Line, about("below the title")] = ""
    date: Annotated[Line, accepts("words in quotes or a date"), about("a date or any words")] = ""
    language: Annotated[Line, about("of the words that do not come from the problems", enum=["en", "de"])] = ""
    header: Annotated[Line, about("over each page")] = ""
    intro: Annotated[Text, about("words before the first problem")] = ""
    lines: Annotated[bool, accepts("true or false"), about("lines in the room to write in")] = True
    boxes: Annotated[bool, accepts("true or false"), about("the questions with boxes at the same places for everybody, and a list of them")] = False
    declare: Annotated[
        list[str], accepts('a list of declarations, such as ["assume x > 0"]'), about('said of all written solutions, such as "assume x > 0"')
    ] = []  # fmt: skip
    logo: Annotated[File, about("a picture: png, jpg or svg")] = ""
    template: Annotated[Files, about("a page of your own: tex, typ or html with %%body")] = []
    column: Annotated[Line, about("how wide a column of your LaTeX template is, such as 8.5cm, where its class options do not say twocolumn")] = ""
    style: Annotated[Files, about("added behind the built-in style: tex, sty, typ or css")] = []
    notation: Notation = {}
    network: Annotated[
        Table, accepts("written as [network] with input and layers below"), about('the network that problems of the kind "network" are about')
    ] | UnsetType = UNSET  # fmt: skip
    variants: Annotated[
        Table, accepts("a table [variants] with count and seed"), about("a sheet for each student", allOf=[{"$ref": "#/$defs/VariantFields"}])
    ] | UnsetType = UNSET  # fmt: skip
    problem: Annotated[list[Table], accepts("at least one [[problem]] with its fields below", min_length=1)] = []
