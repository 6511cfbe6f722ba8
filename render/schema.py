"""JSON Schemas of the files that people write and of those that programs read: editors complete and check a sheet while it is typed.

They are made from the tables that the program itself goes by: kinds, parameters, editions. A file that a schema accepts may still be refused, because a schema
knows no mathematics; what it refuses the program refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct

from derivations.catalogue import KINDS
from derivations.kernel.statement import Rel
from derivations.language.errors import DeriveError
from derivations.parameters import Choice, Flag, Number, Parameter, ParameterType, Size, Sizes, nearest
from render.embed.keys import KeysFields, WrittenKeyFields
from render.profiles import NotationFields
from render.sheet_fields import DrawFields, PartFields, ProblemFields, SheetFields, VariantFields, WrittenFields

Schema = dict[str, Any]

_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_WORD: Final = Annotated[str, Meta(min_length=1)]


class _OwnFunction(ProblemFields, kw_only=True):
    """A function of the user's, or a kind of an installed package: what these take is not known here."""

    kind: Annotated[str, Meta(extra_json_schema={"not": {"enum": [kind.name for kind in KINDS]}})]


def properties(kind: type[Struct]) -> Mapping[str, Schema]:
    """The fields of a table, each as its schema says."""
    _, found = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    own: Mapping[str, Schema] = found[kind.__name__]["properties"]
    return own


def sheet_schema() -> Schema:
    """Of a problem set in TOML."""
    kinds = [
        msgspec.defstruct(
            kind.name, [field for parameter in kind.parameters for field in _fields(parameter)], bases=(ProblemFields,), forbid_unknown_fields=True,
            tag_field="kind", tag=kind.name, kw_only=True,
        ) for kind in KINDS
    ]  # fmt: skip
    solved = [
        msgspec.defstruct(
            f"{kind.name}-part", [field for parameter in kind.parameters for field in _fields(parameter)], bases=(PartFields,), forbid_unknown_fields=True,
            kw_only=True,
        ) for kind in KINDS
    ]  # fmt: skip
    parts = (SheetFields, VariantFields, PartFields, DrawFields, NotationFields, *kinds, *solved, WrittenFields, _OwnFunction)
    (sheet, *_), found = msgspec.json.schema_components(parts, ref_template="#/$defs/{name}")
    for kind in KINDS:
        found[kind.name]["description"] = kind.summary
        found[kind.name]["properties"]["part"]["items"] = {"$ref": f"#/$defs/{kind.name}-part"}
    found["WrittenFields"]["anyOf"] = [{"required": [name]} for name in ("file", "solution", "words")]
    found["DrawFields"]["oneOf"] = [{"required": needed} for needed in (["choose"], ["from", "to"], ["compute"])]
    found["SheetFields"]["required"] = ["title", "problem"]
    problems = [*(kind.name for kind in KINDS), "WrittenFields", "_OwnFunction"]
    found["SheetFields"]["properties"]["problem"]["items"] = {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in problems]}
    return {"$schema": _DRAFT, "title": "A problem set of derive", "allOf": [sheet], "$defs": found}


def _fields(parameter: Parameter) -> Iterator[tuple[str, Any, Any]]:
    """A parameter under its name, with underscores and with dashes."""
    default = {} if parameter.default is None else {"default": parameter.default}
    meta = Meta(description=f"{parameter.help}: {parameter.type.accepted}", extra_json_schema=default)
    for number, name in enumerate(dict.fromkeys((parameter.name, parameter.name.replace("_", "-")))):
        yield parameter.name + "_" * number, Annotated[_of_type(parameter.type) | msgspec.UnsetType, meta], msgspec.field(default=UNSET, name=name)


def _of_type(kind: ParameterType) -> Any:
    """What may be typed for a parameter, or drawn."""
    match kind:
        case Size(least, symbolic):
            return Annotated[int, Meta(ge=least)] | (_WORD if symbolic else str) | DrawFields
        case Sizes(item):
            one = _of_type(item)
            return one | Annotated[list[one], Meta(min_length=1)]  # type: ignore[valid-type]
        case Number(lower, upper, _):
            bounds: Any = {name: float(bound) for name, bound in (("ge", lower), ("le", upper)) if bound is not None}
            return Annotated[float, Meta(**bounds)] | _WORD | DrawFields
        case Choice(options):
            return Literal[options] | DrawFields
        case Flag():
            return bool | Literal["yes", "no", "true", "false"] | DrawFields
        case _:  # a text that the kind reads, or a table of its own
            return str | list[Any] | dict[str, Any] | int


def keys_schema() -> Schema:
    """Of the ``derived.toml`` of a paper."""
    (keys, *_), found = msgspec.json.schema_components((KeysFields, WrittenKeyFields, NotationFields), ref_template="#/$defs/{name}")
    found["WrittenKeyFields"]["additionalProperties"] = True  # the parameters of the kind
    found["WrittenKeyFields"]["anyOf"] = [{"required": ["kind"]}, {"required": ["file"]}]
    return {"$schema": _DRAFT, "title": "The keys of a paper", "allOf": [keys], "$defs": found}


class StepRecord(Struct, forbid_unknown_fields=True):
    latex: str
    text: str
    relation: Annotated[str, Meta(extra_json_schema={"enum": [rel.value for rel in Rel]})]
    because: str
    rule: str
    verdict: Literal["accepted"]
    evidence: Annotated[str, Meta(description="how it is known: proved, sampled(24), ...")]


class AnswerRecord(Struct, forbid_unknown_fields=True):
    latex: str
    text: str
    value: Any
    words: str
    convention: str


class HintRecord(Struct):
    part: str
    reasons: list[str]


class ProblemRecord(Struct, forbid_unknown_fields=True):
    kind: str
    title: str
    parameters: dict[str, Any]
    question: str
    marks: int | str | msgspec.UnsetType = UNSET
    hints: list[HintRecord] | msgspec.UnsetType = UNSET
    assumptions: list[str] | msgspec.UnsetType = UNSET
    answer: AnswerRecord | msgspec.UnsetType = UNSET
    steps: list[StepRecord] | msgspec.UnsetType = UNSET
    evidence: str | msgspec.UnsetType = UNSET
    parts: Annotated[list[ProblemRecord], Meta(description="those that have solutions of their own")] | msgspec.UnsetType = UNSET
    part: Annotated[str, Meta(description="of a part its letter")] | msgspec.UnsetType = UNSET


class SheetRecord(Struct, forbid_unknown_fields=True):
    title: str
    course: str
    author: str
    date: str
    edition: Literal["questions", "hints", "solutions", "staff"]
    problems: list[ProblemRecord]
    intro: str = ""


def record_schema() -> Schema:
    """Of ``--to json``: a sheet, or one problem."""
    either, found = msgspec.json.schema_components((SheetRecord, ProblemRecord), ref_template="#/$defs/{name}")
    return {"$schema": _DRAFT, "title": "What derive writes for programs", "anyOf": [*either], "$defs": found}


class ExampleReport(Struct, forbid_unknown_fields=True):
    at: Annotated[dict[str, str], Meta(description="the values of the names")]
    left: str
    right: str


class StepReport(Struct, forbid_unknown_fields=True):
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    left: str
    relation: str
    right: str
    verdict: Literal["accepted", "refuted", "undecided", "given", "unread", "ignored"]
    evidence: Annotated[str, Meta(description="of an accepted step: proved, proved under a convention, sampled(24), ...")]
    method: str
    counterexample: ExampleReport | None
    hint: str
    why: str
    label: str
    assumed: Annotated[list[str], Meta(description="what was assumed in reading it")]
    conventions: Annotated[list[str], Meta(description="what its proof rests on and the text does not say")]
    told: Annotated[list[str], Meta(description="what comments and files beside the document say")]
    rests: str
    answer: Annotated[str, Meta(description="of an undecided step: the comment that answers its question")]
    cell: Annotated[int, Meta(description="of a notebook")] | msgspec.UnsetType = UNSET


class RemarkReport(Struct, forbid_unknown_fields=True):
    file: str
    line: int
    column: int
    text: str


class FaultReport(Struct, forbid_unknown_fields=True):
    file: str
    kind: Literal["input", "limit", "crash"]
    text: str


class ExcludedReport(Struct, forbid_unknown_fields=True):
    file: str
    why: str


class CheckReport(Struct, forbid_unknown_fields=True):
    steps: list[StepReport]
    remarks: list[RemarkReport]
    faults: list[FaultReport]
    excluded: list[ExcludedReport]


def report_schema() -> Schema:
    """Of ``derive check --to json``."""
    (report,), found = msgspec.json.schema_components((CheckReport,), ref_template="#/$defs/{name}")
    return {"$schema": _DRAFT, "title": "What derive check says to programs", "allOf": [report], "$defs": found}


_VERSION: Final = 1
"""Of the schemas: counted up when a field goes or means another thing. SARIF has a schema and versions of its own, which its files name."""

SCHEMAS: Final[Mapping[str, Callable[[], Schema]]] = {"sheet": sheet_schema, "keys": keys_schema, "record": record_schema, "report": report_schema}


def schema(name: str) -> Schema:
    """The schema of this name. Raises DeriveError with the names there are."""
    if name not in SCHEMAS:
        raise DeriveError(f"there is no schema {name!r}{nearest(name, SCHEMAS)}; there are {', '.join(SCHEMAS)}")
    return {"$id": f"urn:derive:{name}:{_VERSION}", **SCHEMAS[name]()}
