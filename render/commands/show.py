"""``derive show KIND [--parameter value ...]``: one problem, worked out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from derivations import catalogue
from derivations.catalogue import Kind, find
from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from derivations.reading.permission import running_python
from render.commands import printed
from render.commands.command import OK, Command, Parser, already_given, joined_values
from render.writers import WRITERS, Job, writer

_TO = "terminal, " + ", ".join(name for w in WRITERS for name in w.names)


def _declare(parser: argparse.ArgumentParser) -> None:
    _declare_shared(parser)
    parser.add_argument("kind", metavar="KIND", nargs="?", help="a problem kind; derive show KIND --help tells its parameters")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="--parameter value", help="the parameters of the kind")


def _declare_shared(parser: argparse.ArgumentParser, given: Mapping[str, Any] | None = None) -> None:
    """The options that may stand before the kind and behind it; what was ``given`` before it is their default behind it."""
    parser.add_argument("--to", default=given["to"] if given else "terminal", metavar="FORMAT", help=f"one of {_TO} (default terminal)")
    edition = given["edition"] if given else "solutions"
    parser.add_argument("--edition", choices=printed.EDITIONS, default=edition, help="what of the problem is shown (default solutions)")
    printed.declare(parser, given)


def _kind_parser(kind: Kind, before: Mapping[str, Any]) -> Parser:
    parser = Parser(prog=f"derive show {kind.name}", description=kind.summary)
    for parameter in kind.parameters:
        default = "required" if parameter.default is None else f"default {parameter.default}"
        flags = dict.fromkeys(("--" + parameter.name.replace("_", "-"), "--" + parameter.name))
        text = f"{parameter.help}: {parameter.type.accepted} ({default})".replace("%", "%%")
        parser.add_argument(*flags, dest=parameter.name, metavar=parameter.type.metavar, default=argparse.SUPPRESS, help=text)
    _declare_shared(parser, before)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    if arguments.kind is None:
        raise DeriveError(f"derive show needs a problem kind: one of {', '.join(kind.name for kind in catalogue.KINDS)}")
    kind = find(arguments.kind)
    flags = frozenset(f"--{p.name.replace('_', '-')}" for p in kind.parameters) | {f"--{p.name}" for p in kind.parameters}
    given, surplus = _kind_parser(kind, vars(arguments)).parse_known_args(joined_values(arguments.rest, flags), already_given(arguments))
    if surplus:
        name = surplus[0].removeprefix("--").partition("=")[0]
        known = ", ".join(sorted(o for o in flags if "_" not in o)) or "no parameters"
        if surplus[0].startswith("--"):
            near = nearest(name, [p.name for p in kind.parameters])
            raise DeriveError(f"{kind.name} has no parameter {surplus[0].partition('=')[0]}{near}; it has {known}")
        raise DeriveError(f"{kind.name}: {surplus[0]!r} is not expected here; parameters are written --name value, and it has {known}")
    options = vars(given)
    values = {parameter.name: options[parameter.name] for parameter in kind.parameters if parameter.name in options}
    chosen = None if options["to"] == "terminal" else writer(options["to"])
    (edition,) = printed.editions(options["edition"])
    printing = replace(printed.printing(options), edition=edition)
    from render import sheets

    with running_python():  # a file on the command line was named by the user
        problem = kind.build(printing.profile.values(kind, values))
    if chosen is not None:
        printed.agree((chosen,), (edition,))
        job = Job(printing, options["engine"], Path(f"{kind.name}.log"))
        return _put(chosen.write(sheets.released_problem(problem, printing), job))
    from rich.console import Console

    from render import terminal

    terminal.show(sheets.problem_document(problem, printing), Console(highlight=False), printing.style)
    return OK


def _put(content: str | bytes) -> int:
    """Write what was made to the output; a screen is no place for a PDF."""
    if isinstance(content, str):
        sys.stdout.write(content)
    elif sys.stdout.isatty():
        raise DeriveError("a PDF is not for the screen; send it to a file: derive show ... --to pdf > problem.pdf")
    else:
        sys.stdout.buffer.write(content)
    return OK


COMMAND = Command(_declare, _run)
