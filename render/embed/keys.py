"""``derived.toml``: the keys of a paper, each a kind with its parameters and the part of it that is quoted.

language = "en"                 # optional: of words such as "if" and of reasons

[notation]                      # optional: for all keys; see render/profiles.py
symbols = { beta = "gamma" }

[key.momentum]
kind = "momentum"               # required; what is not said below is a parameter of the kind
form = "next"
part = "statement"              # statement, answer, number, chain, ledger or figure (default statement)
formula = 1                     # which formula of the answer (default 1)
section = 3                     # chain: which theorem of the problem (default: the one that proves the answer)
reasons = true                  # chain: a reason beside each line (default false)
detail = "key"                  # chain: key steps only, or all (default all)
notation = { log = "log" }      # for this key, over the common one

[key.layernorm]
file = "layernorm.tex"          # instead of a kind: a derivation that you wrote, beside the paper (.tex, .md, .ipynb)
heading = "Backward pass"       # optional: only what stands under this heading; or label = "eq:..."
answer = "eq:gradient"          # optional: the label of the line that is the answer, else the last one
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from msgspec import Struct, structs

from derivations.authored.kinds import AnyKind, WrittenKind, is_written, known_kind
from derivations.authored.wanted import Wanted
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.reading.files import table_of, text_of_file
from render.tables import Line, about, accepts, typed

FILE: Final = "derived.toml"
PARTS: Final = ("statement", "answer", "number", "chain", "ledger", "figure")
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9:._-]*[A-Za-z0-9])?")


_FIELDS_BELOW: Final = "a table, written as [key.NAME] or [notation] with its fields below"
_Table = Annotated[dict[str, Any], accepts(_FIELDS_BELOW)]
_Notation = Annotated[_Table, about("for all keys, or for this one over it", allOf=[{"$ref": "#/$defs/NotationFields"}])]
_Count = Annotated[int, accepts("a number from 1", ge=1)]


class KeysFields(Struct, forbid_unknown_fields=True):
    language: Annotated[Line, accepts('a tag in quotes, such as "en"'), about("of words such as \"if\" and of reasons")] = "en"
    notation: _Notation = {}
    key: Annotated[_Table, about("what the paper quotes, by name", additionalProperties={"$ref": "#/$defs/WrittenKeyFields"})] = {}


class KeyFields(Struct, forbid_unknown_fields=True):
    kind: Annotated[Line, accepts("the name of a problem kind in quotes"), about("a problem kind; beside it stand its parameters")] = ""
    part: Annotated[Literal[PARTS], accepts(f"one of {', '.join(PARTS)}"), about("what is quoted")] = "statement"  # type: ignore[valid-type]
    formula: Annotated[_Count, about("which formula of the answer")] = 1
    section: Annotated[_Count, about("of a chain: which theorem of the problem")] | None = None
    reasons: Annotated[bool, accepts("false or true"), about("of a chain: a reason beside each line")] = False
    detail: Annotated[Literal["all", "key"], accepts("'all' or 'key'"), about("of a chain: all steps, or key steps")] = "all"
    notation: _Notation = {}


class WrittenKeyFields(KeyFields, forbid_unknown_fields=True):
    file: Annotated[Line, about("instead of a kind: a derivation of yours beside the paper")] = ""
    heading: Annotated[Line, about("only what stands under this heading of it")] = ""
    label: Annotated[Line, about("only the display with this label")] = ""
    answer: Annotated[Line, about("the label of the line that is the answer")] = ""


@record
class Key:
    """One key: what it quotes. ``place`` names it in messages."""

    name: str
    kind: AnyKind
    values: Mapping[str, object]
    part: str
    place: str
    notation: Mapping[str, Any]
    formula: int = 1
    section: int | None = None
    reasons: bool = False
    detail: str = "all"

    @property
    def file(self) -> str:
        """The name of its own file; a colon may not stand in a name of a file everywhere."""
        return self.name.replace(":", "-") + ".tex"


@record
class Keys:
    """All keys of a paper, in their order, and the language of their words."""

    folder: Path
    keys: tuple[Key, ...]
    language: str = "en"

    def find(self, name: str) -> Key | None:
        return next((key for key in self.keys if key.name == name), None)


def load(folder: Path) -> Keys:
    """The keys in the ``derived.toml`` of a folder.

    Raises:
        DeriveError: there is none, it cannot be read, or what it says is not accepted; the message names the file, the line and the field.
    """
    path = folder / FILE
    if not os.path.lexists(path):
        raise DeriveError(f"there is no {FILE} in {str(folder)!r}; derive embed init {folder} makes one")
    return parse(text_of_file(path), folder, str(path))


def parse(text: str, folder: Path, where: str) -> Keys:
    """The keys in a text; see ``load``."""
    said = typed(KeysFields, table_of(text, where), where, "the file")
    found = tuple(_key(name, fields, said.notation, folder, f"{where}{_line(text, name)}, key {name!r}") for name, fields in said.key.items())
    files: dict[str, str] = {}
    for key in found:
        if key.file in files:
            raise DeriveError(f"{key.place} and key {files[key.file]!r} would both be written to {key.file}; give one of them another name")
        files[key.file] = key.name
    return Keys(folder, found, said.language)


def valid_name(name: str) -> bool:
    """Whether a key may be called so: letters, digits, and - . _ : inside."""
    return _NAME.fullmatch(name) is not None


def _line(text: str, name: str) -> str:
    """`` (line 7)``: where the table of a key begins."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = "".join(line.split()).partition("#")[0].replace('"', "").replace("'", "")
        if bare in (f"[key.{name}]", f"key.{name}.kind") or bare.startswith(f"key.{name}="):
            return f" (line {number})"
    return ""


def _key(name: str, fields: Any, shared: Mapping[str, Any], folder: Path, place: str) -> Key:
    if not valid_name(name):
        raise DeriveError(f"{place}: a key is letters and digits, with - . _ : between them, because it stands in TeX and names a file")
    if not isinstance(fields, dict):
        raise DeriveError(f"{place}: key.{name} = {fields!r} is not accepted; it must be {_FIELDS_BELOW}")
    if "kind" not in fields and "file" not in fields:
        raise DeriveError(
            f"{place}: the field 'kind' is missing; it must be the name of a problem kind in quotes, such as \"momentum\", or file that of a derivation"
        )
    written = "file" in fields
    own = {field.name for field in structs.fields(WrittenKeyFields if written else KeyFields)}
    mine = {field: value for field, value in fields.items() if field in own}
    said = typed(WrittenKeyFields, mine, place, "a key") if written else typed(KeyFields, mine, place, "a key")
    try:
        kind = _written(said, folder) if isinstance(said, WrittenKeyFields) else known_kind(said.kind, folder)
        values = kind.values({field: value for field, value in fields.items() if field not in own})
    except DeriveError as error:
        raise DeriveError(f"{place}: {error}") from None
    return Key(name, kind, values, said.part, place, {**shared, **said.notation}, said.formula, said.section, said.reasons, said.detail)


def _written(said: WrittenKeyFields, folder: Path) -> AnyKind:
    """A derivation in a file beside the paper."""
    if said.kind:
        raise DeriveError("kind and file are two sources of one key; one of them is accepted")
    if not is_written(said.file):
        raise DeriveError(f"file = {said.file!r} is not accepted; it must be the name of a file that ends in .tex, .md or .ipynb")
    return WrittenKind(folder / said.file, Wanted(section=said.heading, label=said.label, answer=said.answer))
