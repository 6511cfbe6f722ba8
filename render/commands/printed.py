"""The options that say how a sheet or a problem is to be printed, which several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivations.catalogue import Kind
from derivations.language.errors import DeriveError
from derivations.parameters import Choice, Conditions, Flag, ParameterType, nearest
from render.commands.command import offer
from render.engines import ENGINES

if TYPE_CHECKING:
    from render.printing import Edition, Printing
    from render.profiles import Profile
    from render.sheet_file import SheetSpec
    from render.writers import Writer

EDITIONS = ("questions", "hints", "solutions", "staff")
DETAILS = ("key", "normal", "full")

OPTIONS: Mapping[str, dict[str, Any]] = {
    "detail": {"choices": DETAILS, "default": "normal", "help": "key steps only; what answers the question; or all that is proved (default normal)"},
    "profile": {"metavar": "FILE", "help": "a notation profile in TOML: symbols, fonts, bold, log, decimal, thousands, first_index"},
    "language": {"metavar": "TAG", "help": "language of the words that do not come from the problems: en or de (default: the sheet's, else en)"},
    "template": {"metavar": "FILE", "action": "append", "default": [], "help": "a page of your own (tex, typ or html with fields such as %%%%body)"},
    "engine": {"choices": ENGINES, "default": "typst", "help": "what makes a PDF: typst comes with derive-math[pdf], latex is the one of this machine"},
}


DRAFT = "print a written solution with steps that are not accepted, each with its mark, instead of refusing it"


def gathering(of: ParameterType) -> str:
    """What an option of this type does when it is given again: conditions are gathered, of anything else the last one holds."""
    return "append" if isinstance(of, Conditions) else "store"


def declare(parser: argparse.ArgumentParser, given: Mapping[str, Any] | None = None) -> None:
    """Add the options to a parser; what was ``given`` already is their default."""
    for name, settings in OPTIONS.items():
        parser.add_argument(f"--{name}", **({**settings, "default": given[name]} if given else settings))


def declare_cache(parser: argparse.ArgumentParser, given: Mapping[str, Any] | None = None) -> None:
    """The option of commands that need not derive again what this program has derived before."""
    words = "take problems that this program derived before from your own cache folder, or derive all again (default: take them, except where CI is set)"
    parser.add_argument("--cache", action=argparse.BooleanOptionalAction, default=given["cache"] if given else None, help=words)


def declare_python(parser: argparse.ArgumentParser) -> None:
    """The option of commands that read files which other people may have written."""
    words = "run Python files that a sheet or derived.toml names (a def that returns one formula is read without this)"
    parser.add_argument("--allow-python", action="store_true", help=words)


def declare_parameters(parser: argparse.ArgumentParser, kind: Kind) -> None:
    """The parameters of a kind as options; one that is not given is not there."""
    for parameter in kind.parameters:
        default = "required" if parameter.default is None else f"default {parameter.default}"
        flags = dict.fromkeys(("--" + parameter.name.replace("_", "-"), "--" + parameter.name))
        text = f"{parameter.help}: {parameter.type.accepted} ({default})".replace("%", "%%")
        how: dict[str, Any] = {"dest": parameter.name, "metavar": parameter.type.metavar, "default": argparse.SUPPRESS, "help": text}
        action = parser.add_argument(*flags, action=gathering(parameter.type), **how)
        if isinstance(parameter.type, Choice | Flag):
            offer(action, parameter.type.options if isinstance(parameter.type, Choice) else ("yes", "no"))


def editions(text: str) -> tuple[Edition, ...]:
    """The editions of a list with commas. Raises DeriveError with those that there are."""
    from render.printing import Edition

    names = list(EDITIONS) if text == "all" else list(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in EDITIONS:
            raise DeriveError(f"--edition {name!r} is not accepted{nearest(name, EDITIONS)}; it must be one of {', '.join(EDITIONS)}")
    return tuple(map(Edition, names))


def agree(writers: Iterable[Writer], editions: Collection[Edition]) -> None:
    """Raises DeriveError for a format that has nothing to write in any of these editions."""
    names = [edition.value for edition in editions if not edition.solved]
    if any(edition.solved for edition in editions):
        return
    for writer in writers:
        if writer.solved:
            raise DeriveError(f"--to {writer.names[0]} writes what was proved, which --edition {','.join(names)} does not show; ask for solutions or staff")


def printing(options: Mapping[str, Any], sheet: SheetSpec | None = None, where: str = "") -> Printing:
    """How things are to be printed: what a sheet says, and over it what was asked for on the command line.

    Raises:
        DeriveError: a language, a profile, a template, a style or a logo is not accepted.
    """
    from render import look, profiles
    from render.messages import messages
    from render.printing import Detail, Printing

    words = messages(options["language"] or (sheet.language if sheet is not None else "") or "en")
    profile = profiles.checked(profiles.profile(_notation(options, sheet, where), where), words, options["profile"] or where or "notation")
    templates = {path.suffix: path for path in (*(sheet.templates if sheet is not None else ()), *map(Path, options["template"]))}
    chosen = look.look(
        tuple(templates.values()),
        sheet.styles if sheet is not None else (),
        sheet.logo if sheet is not None else None,
        sheet.header if sheet is not None else "",
        sheet.column if sheet is not None else "",
    )
    found = Printing(detail=Detail(options["detail"]), messages=words, profile=profile, look=chosen)
    return found if sheet is None else replace(found, ruled=sheet.lines, boxed=sheet.boxes)


def own_profile(options: Mapping[str, Any], sheet: SheetSpec, number: int, where: str) -> Profile | None:
    """The notation of a problem that has one of its own: its fields over those of the sheet and of the command line. Raises DeriveError as above."""
    own = sheet.problems[number - 1].notation
    if not own:
        return None
    from render import profiles

    place = f"{where}, problem {number}, notation"
    for name in ("decimal", "thousands"):
        if name in own:
            raise DeriveError(f"{place}: {name} is the same in all of a sheet; write it under [notation]")
    profiles.profile(own, place)
    return profiles.profile({**_notation(options, sheet, where), **own}, place)


def _notation(options: Mapping[str, Any], sheet: SheetSpec | None, where: str) -> Mapping[str, Any]:
    """The fields of the notation: what the sheet says, and over it the file that was asked for; a message names the one that is at fault."""
    from render import profiles

    table: Mapping[str, Any] = sheet.notation if sheet is not None else {}
    profiles.profile(table, f"{where}, [notation]")
    if options["profile"]:
        own = profiles.load(Path(options["profile"]))
        profiles.profile(own, options["profile"])
        table = {**table, **own}
    return table
