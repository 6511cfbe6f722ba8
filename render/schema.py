"""JSON Schemas of the files that people write and of those that programs read: editors complete and check a sheet while it is typed.

They are made from the tables that the program itself goes by: kinds, parameters, editions. A file that a schema accepts may still be refused, because a schema
knows no mathematics; what it refuses the program refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from derivations.catalogue import KINDS, Kind
from derivations.kernel.statement import Rel
from derivations.language.errors import DeriveError
from derivations.parameters import Choice, Flag, Number, ParameterType, Size, Sizes, nearest

Schema = dict[str, Any]

_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_TEXT: Final[Schema] = {"type": "string"}


def _words(description: str) -> Schema:
    return {"type": "string", "description": description}


def _files(description: str) -> Schema:
    return {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}], "description": description}


_MARKS: Final[Schema] = {"type": "number", "exclusiveMinimum": 0, "maximum": 1000, "multipleOf": 0.5}
_SPACE: Final[Schema] = {"type": "string", "pattern": r"^\d+(\.\d+)? ?(cm|mm|in)$", "description": "room to write in, where only the questions are printed"}
_CONDITIONS: Final[Schema] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}], "description": "conditions, such as \"dilation < kernel\""}
_NOTATION: Final[Schema] = {"type": "object", "description": "symbols, fonts, bold, log, decimal, thousands, first_index"}
_DRAW: Final[Schema] = {
    "description": "drawn for each student",
    "anyOf": [
        {"type": "object", "properties": {"choose": {"type": "array", "minItems": 1}}, "required": ["choose"], "additionalProperties": False},
        {
            "type": "object", "properties": {name: {"type": "number"} for name in ("from", "to", "step")}, "required": ["from", "to"],
            "additionalProperties": False,
        },
        {"type": "object", "properties": {"compute": _TEXT}, "required": ["compute"], "additionalProperties": False},
    ],
}  # fmt: skip
_DRAWS: Final[Schema] = {
    "type": "object", "additionalProperties": {"anyOf": [{"$ref": "#/definitions/draw"}, {"type": ["string", "number"]}]},
    "description": "further numbers: {draw.a} stands for them in texts",
}  # fmt: skip

SHEET_FIELDS: Final[Mapping[str, Schema]] = {
    "title": _words("the title of the sheet"),
    "course": _words("below the title"),
    "author": _words("below the title"),
    "date": {"description": "a date or any words"},
    "language": {"enum": ["en", "de"], "description": "of the words that do not come from the problems"},
    "header": _words("over each page"),
    "intro": _words("words before the first problem"),
    "lines": {"type": "boolean", "description": "lines in the room to write in (default true)"},
    "declare": {"type": "array", "items": _TEXT, "description": "said of all written solutions, such as \"assume x > 0\""},
    "logo": _words("a picture: png, jpg or svg"),
    "template": _files("a page of your own: tex, typ or html with %%body"),
    "style": _files("added behind the built-in style: tex, sty, typ or css"),
    "notation": _NOTATION,
    "network": {"type": "object", "description": "the network that problems of the kind \"network\" are about"},
    "variants": {
        "type": "object", "description": "a sheet for each student", "additionalProperties": False,
        "properties": {
            "count": {"type": "integer", "minimum": 1, "maximum": 2000, "description": "how many sheets"},
            "seed": {"type": ["integer", "string"], "description": "the same seed gives the same sheets"},
            "names": _words("a list of names in CSV, whose first line names the columns"),
            "columns": {"type": "object", "description": "which columns are name and id", "properties": {"name": _files("the name"), "id": _files("the id")}},
            "distinct": {"type": "boolean", "description": "no two students have the same numbers in all problems"},
            "draw": _DRAWS,
            "where": _CONDITIONS,
        },
    },
}  # fmt: skip
PROBLEM_FIELDS: Final[Mapping[str, Schema]] = {
    "heading": _words("instead of the kind's own title"),
    "title": _words("the same as heading"),
    "question": _words("words with $formulas$, *stressed words* and lists"),
    "marks": _MARKS,
    "space": _SPACE,
    "notation": _NOTATION,
    "hint": _words("instead of the plan, where hints are printed"),
    "note": _words("behind the solution"),
    "part": {
        "type": "array",
        "items": {
            "type": "object", "required": ["question"], "additionalProperties": False,
            "properties": {"question": _TEXT, "hint": _TEXT, "answer": _TEXT, "marks": _MARKS},
        },
    },
    "draw": _DRAWS,
    "where": _CONDITIONS,
}  # fmt: skip
WRITTEN_FIELDS: Final[Mapping[str, Schema]] = {
    "file": {"type": "string", "description": "a solution in .tex, .md or .ipynb"},
    "solution": _words("the solution itself, in LaTeX"),
    "words": _words("a solution in words, in which nothing is checked"),
    "section": _words("only what stands under this heading of the file"),
    "label": _words("only the display with this label"),
    "answer": _words("the label of the line that was asked for"),
}  # fmt: skip


def sheet_schema() -> Schema:
    """Of a problem set in TOML."""
    problems = [*map(_of_kind, KINDS), _of_written(), _of_function()]
    return {
        "$schema": _DRAFT,
        "title": "A problem set of derive",
        "type": "object",
        "required": ["title", "problem"],
        "additionalProperties": False,
        "properties": {**SHEET_FIELDS, "problem": {"type": "array", "minItems": 1, "items": {"anyOf": problems}}},
        "definitions": {"draw": _DRAW},
    }


def _of_kind(kind: Kind) -> Schema:
    parameters: Schema = {}
    for parameter in kind.parameters:
        own = {"anyOf": [_of_type(parameter.type), {"$ref": "#/definitions/draw"}], "description": f"{parameter.help}: {parameter.type.accepted}"}
        if parameter.default is not None:
            own["default"] = parameter.default
        for name in dict.fromkeys((parameter.name, parameter.name.replace("_", "-"))):
            parameters[name] = own
    return {
        "type": "object",
        "description": kind.summary,
        "required": ["kind"],
        "additionalProperties": False,
        "properties": {"kind": {"const": kind.name, "description": kind.summary}, **PROBLEM_FIELDS, **parameters},
    }


def _of_type(kind: ParameterType) -> Schema:
    match kind:
        case Size(least, symbolic):
            return {"anyOf": [{"type": "integer", "minimum": least}, {"type": "string", "minLength": 1}]} if symbolic else {"type": ["integer", "string"]}
        case Sizes(item):
            one = _of_type(item)
            return {"anyOf": [one, {"type": "array", "minItems": 1, "items": {"anyOf": [one, {"$ref": "#/definitions/draw"}]}}]}
        case Number(lower, upper, _):
            bounds = {name: float(bound) for name, bound in (("minimum", lower), ("maximum", upper)) if bound is not None}
            return {"anyOf": [{"type": "number", **bounds}, {"type": "string", "minLength": 1}]}
        case Choice(options):
            return {"enum": list(options)}
        case Flag():
            return {"enum": [True, False, "yes", "no", "true", "false"]}
        case _:  # a text that the kind reads, or a table of its own
            return {"type": ["string", "array", "object", "integer"]}


def _of_written() -> Schema:
    fields = {**PROBLEM_FIELDS, **WRITTEN_FIELDS}
    places = [{"required": [name]} for name in ("file", "solution", "words")]
    return {"type": "object", "description": "a problem whose solution you wrote", "anyOf": places, "additionalProperties": False, "properties": fields}


def _of_function() -> Schema:
    """A function of the user's, or a kind of an installed package: what these take is not known here."""
    others = [kind.name for kind in KINDS]
    return {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "not": {"enum": others}}, **PROBLEM_FIELDS}}


_STEP: Final[Schema] = {
    "type": "object",
    "required": ["latex", "text", "relation", "because", "rule", "verdict", "evidence"],
    "additionalProperties": False,
    "properties": {
        "latex": _TEXT, "text": _TEXT, "relation": {"enum": [rel.value for rel in Rel]}, "because": _TEXT, "rule": _TEXT, "verdict": {"const": "accepted"},
        "evidence": _words("how it is known: proved, sampled(24), ..."),
    },
}  # fmt: skip
_ANSWER: Final[Schema] = {
    "type": "object", "required": ["latex", "text", "value", "words", "convention"], "additionalProperties": False,
    "properties": {"latex": _TEXT, "text": _TEXT, "value": {}, "words": _TEXT, "convention": _TEXT},
}  # fmt: skip
_RECORD_PROBLEM: Final[Schema] = {
    "type": "object",
    "required": ["kind", "title", "parameters", "question"],
    "additionalProperties": False,
    "properties": {
        "kind": _TEXT, "title": _TEXT, "parameters": {"type": "object"}, "question": _TEXT, "marks": {"type": ["integer", "string"]},
        "hints": {"type": "array", "items": {"type": "object", "properties": {"part": _TEXT, "reasons": {"type": "array", "items": _TEXT}}}},
        "assumptions": {"type": "array", "items": _TEXT}, "answer": _ANSWER, "steps": {"type": "array", "items": _STEP}, "evidence": _TEXT,
    },
}  # fmt: skip


def record_schema() -> Schema:
    """Of ``--to json``: a sheet, or one problem."""
    sheet = {
        "type": "object",
        "required": ["title", "course", "author", "date", "edition", "problems"],
        "additionalProperties": False,
        "properties": {
            **dict.fromkeys(("title", "course", "author", "date", "intro"), _TEXT),
            "edition": {"enum": ["questions", "hints", "solutions", "staff"]},
            "problems": {"type": "array", "items": {"$ref": "#/definitions/problem"}},
        },
    }
    return {
        "$schema": _DRAFT,
        "title": "What derive writes for programs",
        "anyOf": [sheet, {"$ref": "#/definitions/problem"}],
        "definitions": {"problem": _RECORD_PROBLEM},
    }


SCHEMAS: Final[Mapping[str, Callable[[], Schema]]] = {"sheet": sheet_schema, "record": record_schema}


def schema(name: str) -> Schema:
    """The schema of this name. Raises DeriveError with the names there are."""
    if name not in SCHEMAS:
        raise DeriveError(f"there is no schema {name!r}{nearest(name, SCHEMAS)}; there are {', '.join(SCHEMAS)}")
    return SCHEMAS[name]()
