"""The reference pages of the documentation, written from the tables that the program itself goes by: kinds, fields of sheets, commands, verdicts, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from derivations.catalogue import KINDS, Kind
from derivations.kernel.verdict import Strength
from render import schema
from render.commands.completion import places
from render.explanations import EXPLANATIONS
from render.marks import MARKS
from render.messages import ENGLISH
from render.sheet_fields import PartFields, ProblemFields, SheetFields, VariantFields, WrittenFields

_FLAGS: Final = ("--help", "-h")
_LITERAL: Final = re.compile(r"--[a-z][a-z-]*|% derive:(?: ignore)?")


def _cell(text: object) -> str:
    """Words in a cell of a table, where nothing acts."""
    return " ".join(str(text).split()).replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;").replace("$", "\\$")


def _code(text: object) -> str:
    """A literal in a cell of a table."""
    plain = " ".join(str(text).split()).replace("|", "\\|")
    return f"`{plain}`" if plain else ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *("| " + " | ".join(row) + " |" for row in rows)]
    return "\n".join(lines) + "\n"


def kinds() -> str:
    """Every kind with its parameters, and how it is called."""
    lead = "Every field is a parameter: on the command line `--name value`, in a sheet a field of its `[[problem]]`, in Python an argument.\n"
    found = ["# Kinds of problems\n", lead]
    for kind in KINDS:
        found.append(f"## {kind.name}\n\n{kind.summary[:1].upper()}{kind.summary[1:]}.\n")
        rows = [(_code(p.name), _cell(p.help), _cell(p.type.accepted), "required" if p.default is None else _code(p.default)) for p in kind.parameters]
        if rows:
            found.append(_table(("parameter", "what it is", "what is accepted", "default"), rows))
        found.append("```sh\n" + "\n".join(_call(kind, example) for example in kind.examples) + "\n```\n")
    return "\n".join(found)


def _call(kind: Kind, example: Mapping[str, str]) -> str:
    words = [f"--{name.replace('_', '-')} {_quoted(value)}" for name, value in example.items()]
    return " ".join(["derive show", kind.name, *words])


def _quoted(value: object) -> str:
    text = str(value)
    plain = text.replace("-", "").replace(",", "").replace(".", "").replace("_", "").isalnum()
    return text if plain else "'" + text.replace("'", "'\\''") + "'"


def toml() -> str:
    """The fields of a sheet, from its schema."""
    common = schema.properties(ProblemFields)
    written = {name: field for name, field in schema.properties(WrittenFields).items() if name not in common}
    found = ["# Fields of a sheet\n", "`derive schema sheet` prints the same for editors. What kinds take is in [the reference of kinds](kinds.md).\n"]
    for title, lead, fields in (
        ("The sheet", "At the top of the file.", schema.properties(SheetFields)),
        ("Variants", "Under `[variants]`: a sheet for each student; see [Sheets for a class](../class.md).", schema.properties(VariantFields)),
        ("A problem", "In each `[[problem]]`, beside the parameters of its kind.", common),
        ("A written problem", "In a `[[problem]]` without a kind; see [Problems that you write](../written.md).", written),
        ("A part", "In each `[[problem.part]]`.", schema.properties(PartFields)),
    ):
        rows = [(_code(name), _cell(_accepted(field)), _cell(field.get("description", ""))) for name, field in fields.items()]
        found.append(f"## {title}\n\n{lead}\n\n{_table(('field', 'holds', 'what it is'), rows)}")
    return "\n".join(found)


def _accepted(field: Mapping[str, Any]) -> str:
    """What a field of a schema holds, in a few words."""
    if "$ref" in field:
        return "a table"
    if "enum" in field:
        return "one of " + ", ".join(map(str, field["enum"]))
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_accepted(one) for one in field["anyOf"]))
    named = {"string": "text", "array": "a list", "object": "a table", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
    kinds_of = field.get("type", [])
    return " or ".join(named[one] for one in ([kinds_of] if isinstance(kinds_of, str) else kinds_of)) or "anything"


def commands() -> str:
    """Every command with its options, as their parsers know them."""
    from render.cli import COMMANDS

    found = ["# Commands\n", "`derive COMMAND --help` prints the same.\n"]
    for place in places():
        if not place.behind:
            continue
        inner = len(place.behind) == 2
        if inner and place.behind[0] in ("show", "figure"):  # their parameters are in the reference of kinds
            continue
        summary = "" if inner else COMMANDS[place.behind[0]][0]
        found.append(f"{'###' if inner else '##'} derive {place.name}\n\n{summary[:1].upper()}{summary[1:]}\n")
        rows = [(_code(", ".join(option.flags)), _cell(option.help)) for option in place.options if not set(option.flags) & set(_FLAGS)]
        if rows:
            found.append(_table(("option", "what it does"), rows))
    return "\n".join(found)


def marks() -> str:
    """What the marks and verdicts mean."""
    found = [
        "# What the marks mean\n",
        "Every line that `derive` prints has a mark for how it is known. A theorem is as strong as its weakest step, and what uses it is no stronger.\n",
        _table(("mark", "name", "meaning"), [(MARKS[s], ENGLISH.strengths[s], _cell(ENGLISH.meanings[s])) for s in sorted(Strength, reverse=True)]),
        "Equality means: wherever both sides are defined. The assumptions stand beside the result, and on the last page of a sheet.\n",
        "## Verdicts of `derive check`\n",
    ]
    for code, told in EXPLANATIONS.items():
        example = f"\n\n```tex\n{told.example}\n```" if told.example else ""
        found.append(f"### {code}\n\n{_prose(told.means)}\n\n**What to do:** {_prose(told.next)}{example}\n")
    return "\n".join(found)


def _prose(text: str) -> str:
    """Words in which options and comments are literals; formulas stay formulas."""
    return _LITERAL.sub(r"`\g<0>`", text)


def gallery(put: Callable[[str, str], str]) -> str:
    """A picture of each kind that has one. ``put`` takes a name and an SVG and gives the address."""
    from render.document import figures
    from render.figures.svg import standalone
    from render.figures.words import plain
    from render.sheets import problem_document

    found = ["# Gallery\n", "Drawings are made from what was derived, as SVG, PDF and TikZ (`derive figure`).\n"]
    for kind in KINDS:
        for number, example in enumerate(kind.examples):
            document = problem_document(kind.build(example))
            scenes = [figure.scene for figure in figures(document.blocks)]
            if not scenes:
                continue
            address = put(f"{kind.name}-{number}", standalone(scenes[0]))
            told = _cell(plain(scenes[0].description)).replace("[", "(").replace("]", ")")
            found.append(f"## {document.title}\n\n```sh\n{_call(kind, example).replace('derive show', 'derive figure')}\n```\n\n![{told}]({address})\n")
            break
    return "\n".join(found)


def pages(put: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    """Every page by name."""
    yield from (("kinds", kinds()), ("toml", toml()), ("commands", commands()), ("marks", marks()), ("gallery", gallery(put)))
