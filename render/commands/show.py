"""``derive show KIND [--parameter value ...]``: one problem, worked out."""

from __future__ import annotations

import argparse
import sys

from derivations import catalogue
from derivations.catalogue import Kind, find
from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from render.commands.command import OK, Command, Parser, joined_values
from render.writers import WRITERS, writer

_TO = "terminal, " + ", ".join(name for w in WRITERS for name in w.names)


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", default="terminal", metavar="FORMAT", help=f"one of {_TO}")
    parser.add_argument("kind", metavar="KIND", nargs="?", help="a problem kind; derive show KIND --help tells its parameters")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="--parameter value", help="the parameters of the kind")


def _kind_parser(kind: Kind, to: str) -> Parser:
    parser = Parser(prog=f"derive show {kind.name}", description=kind.summary)
    for parameter in kind.parameters:
        default = "required" if parameter.default is None else f"default {parameter.default}"
        flags = dict.fromkeys(("--" + parameter.name.replace("_", "-"), "--" + parameter.name))
        text = f"{parameter.help}: {parameter.type.accepted} ({default})".replace("%", "%%")
        parser.add_argument(*flags, dest=parameter.name, metavar=parameter.type.metavar, default=argparse.SUPPRESS, help=text)
    parser.add_argument("--to", dest="to", default=to, metavar="FORMAT", help=f"one of {_TO} (default terminal)")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    if arguments.kind is None:
        raise DeriveError(f"derive show needs a problem kind: one of {', '.join(kind.name for kind in catalogue.KINDS)}")
    kind = find(arguments.kind)
    options = frozenset(f"--{p.name.replace('_', '-')}" for p in kind.parameters) | {f"--{p.name}" for p in kind.parameters}
    given, surplus = _kind_parser(kind, arguments.to).parse_known_args(joined_values(arguments.rest, options))
    if surplus:
        name = surplus[0].removeprefix("--").partition("=")[0]
        known = ", ".join(sorted(o for o in options if "_" not in o)) or "no parameters"
        if surplus[0].startswith("--"):
            near = nearest(name, [p.name for p in kind.parameters])
            raise DeriveError(f"{kind.name} has no parameter {surplus[0].partition('=')[0]}{near}; it has {known}")
        raise DeriveError(f"{kind.name}: {surplus[0]!r} is not expected here; parameters are written --name value, and it has {known}")
    values = vars(given)
    to = values.pop("to")
    chosen = None if to == "terminal" else writer(to)
    problem = kind.build(values)
    if chosen is not None:
        sys.stdout.write(chosen.problem(problem))
        return OK
    from rich.console import Console

    from render import compose, terminal

    terminal.show(compose.problem_document(problem), Console(highlight=False))
    return OK


COMMAND = Command(_declare, _run)
