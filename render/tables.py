"""Tables of TOML files as values with types: ``msgspec`` holds which fields there are and what each may be, and makes the JSON Schema of it.

The words of a refusal are ours: they name the place, the field, the value and what would be accepted, and the field that was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args
from unicodedata import category

import msgspec
from msgspec import Meta

from derivations.language.errors import DeriveError
from derivations.parameters import nearest

S = TypeVar("S", bound=msgspec.Struct)


def accepts(words: str, **how: Any) -> Meta:
    """What a person is told that a field accepts, with constraints of msgspec. ``kept``: words whose lines and spaces are kept as they are."""
    kept = {"kept": True} if how.pop("kept", False) else {}
    return Meta(extra={"accepted": words, **kept}, **how)


def about(description: str, **extra: Any) -> Meta:
    """What a field is, for the schema and the reference."""
    return Meta(description=description, extra_json_schema=extra or None)


Line = Annotated[str, accepts("words in quotes")]
Text = Annotated[str, accepts("words in quotes", kept=True)]
File = Annotated[str, accepts("the name of a file in quotes", min_length=1)]
Files = Annotated[File | list[File], accepts("the name of a file in quotes or a list of such names")]
Many = str | list[str]


def typed(kind: type[S], table: Mapping[str, Any], place: str, what: str) -> S:
    """The table as a value of this kind; ``what`` names such a table, ``place`` says where it stands.

    Raises:
        DeriveError: a field that there is not, one that is missing, or a value that is not accepted.
    """
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in table:
        if name not in fields:
            raise DeriveError(f"{place}: there is no field {name!r}{nearest(name, fields)}; {what} has {', '.join(fields)}")
    found = {}
    for name, field in fields.items():
        told = _told(field.type)
        if name in table:
            value = table[name]
            if isinstance(value, str):
                value = _printable(value, name, place) if told.get("kept") else " ".join(_printable(value, name, place).split())
            try:
                found[field.name] = msgspec.convert(value, field.type)
            except msgspec.ValidationError as error:
                raise DeriveError(f"{place}: {name} = {table[name]!r} is not accepted; it must be {told.get('accepted') or error}") from None
        elif field.required:
            raise DeriveError(f"{place}: the field {name!r} is missing; it must be {told['accepted']}")
    return kind(**found)


def _told(annotation: Any) -> dict[str, Any]:
    """What the annotation of a field says for people; what stands further out is nearer to them."""
    found: dict[str, Any] = next((inside for part in get_args(annotation) if (inside := _told(part))), {})
    for one in getattr(annotation, "__metadata__", ()):
        found = {**found, **(one.extra or {})}
    return found


def _printable(text: str, field: str, place: str) -> str:
    for char in text:
        if category(char) == "Cc" and char not in "\n\t":
            raise DeriveError(f"{place}: {field} holds the control character U+{ord(char):04X}; only printable characters can be typeset")
    return text
