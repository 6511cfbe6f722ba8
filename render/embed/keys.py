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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from derivations.authored.kinds import AnyKind, WrittenKind, is_written, known_kind
from derivations.authored.wanted import Wanted
from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from derivations.reading.files import table_of, text_of_file

FILE: Final = "derived.toml"
PARTS: Final = ("statement", "answer", "number", "chain", "ledger", "figure")
_TOP: Final = ("language", "notation", "key")
_OPTIONS: Final = ("kind", "part", "formula", "section", "reasons", "detail", "notation")
_WRITTEN: Final = ("file", "heading", "label", "answer")
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9:._-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    table = table_of(text, where)
    for field in table:
        if field not in _TOP:
            raise DeriveError(f"{where}: there is no field {field!r}{nearest(field, _TOP)}; there are language, [notation] and [key.NAME]")
    language = table.get("language", "en")
    if not isinstance(language, str):
        raise DeriveError(f"{where}: language = {language!r} is not accepted; it must be a tag in quotes, such as \"en\"")
    shared = _table(table.get("notation", {}), where, "notation")
    keys = _table(table.get("key", {}), where, "key")
    found = tuple(_key(name, fields, shared, folder, f"{where}{_line(text, name)}, key {name!r}") for name, fields in keys.items())
    files: dict[str, str] = {}
    for key in found:
        if key.file in files:
            raise DeriveError(f"{key.place} and key {files[key.file]!r} would both be written to {key.file}; give one of them another name")
        files[key.file] = key.name
    return Keys(folder, found, language)


def valid_name(name: str) -> bool:
    """Whether a key may be called so: letters, digits, and - . _ : inside."""
    return _NAME.fullmatch(name) is not None


def _table(value: Any, where: str, field: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        shown = "[key.NAME] with its fields below" if field == "key" else f"[{field}] with its fields below"
        raise DeriveError(f"{where}: {field} = {value!r} is not accepted; it must be a table, written as {shown}")
    return value


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
    fields = _table(fields, place, f"key.{name}")
    if "kind" not in fields and "file" not in fields:
        raise DeriveError(
            f"{place}: the field 'kind' is missing; it must be the name of a problem kind in quotes, such as \"momentum\", or file that of a derivation"
        )
    part = fields.get("part", "statement")
    if part not in PARTS:
        raise DeriveError(f"{place}: part = {part!r} is not accepted{nearest(str(part), PARTS)}; it must be one of {', '.join(PARTS)}")
    given = {field: value for field, value in fields.items() if field not in _OPTIONS}
    try:
        kind = _written(fields, folder) if "file" in fields else _kind(fields, folder)
        values = kind.values({field: value for field, value in given.items() if "file" not in fields or field not in _WRITTEN})
    except DeriveError as error:
        raise DeriveError(f"{place}: {error}") from None
    notation = {**shared, **_table(fields.get("notation", {}), place, "notation")}
    section = _count(fields, "section", place) if "section" in fields else None
    formula = _count(fields, "formula", place) if "formula" in fields else 1
    return Key(
        name, kind, values, part, place, notation, formula, section,
        _choice(fields, "reasons", place, (False, True)), _choice(fields, "detail", place, ("all", "key")),
    )  # fmt: skip


def _kind(fields: Mapping[str, Any], folder: Path) -> AnyKind:
    if not isinstance(fields["kind"], str):
        raise DeriveError(f"kind = {fields['kind']!r} is not accepted; it must be the name of a problem kind in quotes")
    return known_kind(fields["kind"], folder)


def _written(fields: Mapping[str, Any], folder: Path) -> AnyKind:
    """A derivation in a file beside the paper."""
    if "kind" in fields:
        raise DeriveError("kind and file are two sources of one key; one of them is accepted")
    for field in _WRITTEN:
        if not isinstance(fields.get(field, ""), str):
            raise DeriveError(f"{field} = {fields[field]!r} is not accepted; it must be words in quotes")
    if not is_written(fields["file"]):
        raise DeriveError(f"file = {fields['file']!r} is not accepted; it must be the name of a file that ends in .tex, .md or .ipynb")
    wanted = Wanted(section=fields.get("heading", ""), label=fields.get("label", ""), answer=fields.get("answer", ""))
    return WrittenKind(folder / fields["file"], wanted)


def _count(fields: Mapping[str, Any], field: str, place: str) -> int:
    value = fields[field]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise DeriveError(f"{place}: {field} = {value!r} is not accepted; it must be a number from 1")
    return value


def _choice(fields: Mapping[str, Any], field: str, place: str, accepted: tuple[Any, Any]) -> Any:
    value = fields.get(field, accepted[0])
    if value not in accepted or isinstance(value, bool) != isinstance(accepted[0], bool):
        shown = " or ".join(str(a).lower() if isinstance(a, bool) else repr(a) for a in accepted)
        raise DeriveError(f"{place}: {field} = {value!r} is not accepted; it must be {shown}")
    return value
