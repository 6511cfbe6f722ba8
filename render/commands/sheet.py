"""``derive sheet NAME_OR_FILE ...``: whole problem sets, worked out and written."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from derivations.language.errors import DeriveError
from render import sheet_file
from render.commands import printed
from render.commands.command import OK, Command, offer
from render.writers import WRITERS, writer

_USUAL = ",".join(w.names[0] for w in WRITERS if w.usual)
_ALL = "tex,html,md,ipynb,json,pdf"
"""What ``--to all`` writes: everything but the source of the PDF."""


def _declare(parser: argparse.ArgumentParser) -> None:
    names = ", ".join(sheet_file.bundled())
    formats = ", ".join(w.names[0] for w in WRITERS)
    sheets = parser.add_argument("sheets", metavar="NAME_OR_FILE", nargs="+", help=f"a bundled sheet ({names}) or a TOML file of your own; several at once")
    offer(sheets, sheet_file.bundled())
    told = f"what to write, separated by commas, of {formats}; or all ({_ALL}) (default {_USUAL})"
    to = parser.add_argument("--to", default=_USUAL, metavar="FORMATS", help=told)
    offer(to, ("all", *(w.names[0] for w in WRITERS)))
    parser.add_argument("--out", default="output", metavar="FOLDER", help="where to write (default output)")
    chosen = parser.add_argument(
        "--edition", metavar="EDITIONS", help=f"one of {', '.join(printed.EDITIONS)}, several with commas, or all (default solutions; for a class questions)"
    )
    offer(chosen, (*printed.EDITIONS, "all"))
    printed.declare(parser)
    parser.add_argument("--draft", action="store_true", help=printed.DRAFT)
    printed.declare_python(parser)
    printed.declare_cache(parser)
    parser.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="sheets to work on at the same time, also those of a class (default 1)")


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is not accepted; it must be a number of worker processes from 1 to 256")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    options = vars(arguments)
    formats = tuple(dict.fromkeys(writer(name.strip()).names[0] for name in (_ALL if arguments.to == "all" else arguments.to).split(",")))
    folder = Path(arguments.out)
    if folder.exists() and not folder.is_dir():
        raise DeriveError(f"--out {arguments.out!r} is a file; it must be a folder to write into")
    specs = [sheet_file.load(name) for name in arguments.sheets]
    _names_differ(specs, arguments.sheets)
    for spec, name in zip(specs, arguments.sheets, strict=True):
        printed.printing(options, spec, name)  # bad input is told before any work is begun
        for number in range(1, len(spec.problems) + 1):
            printed.own_profile(options, spec, number, name)

    from render.commands.batch import Order, several, single

    orders = [Order(spec, name, formats, folder, options) for spec, name in zip(specs, arguments.sheets, strict=True)]
    for order in orders:
        printed.agree(map(writer, formats), printed.editions(order.edition))
    plain = [order for order in orders if not order.spec.members]
    status = OK
    if plain:
        status = single(plain[0]) if len(orders) == 1 else several(plain, arguments.jobs)  # what branches off later must not find a typesetter at work
    for order in orders:
        if order.spec.members:
            from render.commands.classes import of_class

            status = max(status, of_class(order, arguments.jobs))
    return status


def _names_differ(specs: Sequence[sheet_file.SheetSpec], given: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for spec, name in zip(specs, given, strict=True):
        if spec.name in seen:
            raise DeriveError(f"the sheets {seen[spec.name]!r} and {name!r} would both be written as {spec.name}; give one of them another name")
        seen[spec.name] = name


COMMAND = Command(_declare, _run)
