"""The command line ``derive``. Importing this imports no SymPy: commands import what they need when they run."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from render.commands.command import BAD_INPUT, INTERRUPTED, NOT_ACCEPTED, OK, Command, Parser

COMMANDS = {
    "list": ("the problem kinds with their parameters, types and defaults", "render.commands.listing"),
    "show": ("one problem, worked out, in the terminal, as LaTeX, HTML, Markdown, JSON, a notebook or code", "render.commands.show"),
    "figure": ("the drawing of a problem, or of a network in a file, as SVG, PNG, PDF or TikZ", "render.commands.figure"),
    "sheet": ("a whole problem set as LaTeX, HTML, Markdown, JSON and more", "render.commands.sheet"),
    "embed": ("formulas, counts and figures for a paper in LaTeX, with a check that they are still right", "render.commands.embed"),
    "check": ("which lines of a derivation in LaTeX, Markdown or a notebook follow", "render.commands.check"),
    "verify": ("derive everything in the catalogue again and check every step", "render.commands.verify"),
}
"""What each command does and the module that does it, in ``COMMAND``. Only the module of the command that was asked for is imported."""


def _overview() -> Parser:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {summary}" for name, (summary, _) in COMMANDS.items()]
    parser = Parser(
        prog="derive",
        usage="derive COMMAND ...",
        description="Derives, checks and prints deep-learning mathematics.",
        epilog="\n".join(["commands:", *lines, "", "derive COMMAND --help tells the arguments of a command."]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"derive {_version()}")
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("derive-math")
    except PackageNotFoundError:  # run from a source tree
        return "(not installed)"


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status: 0 accepted, 1 a step was refuted or is undecided, 2 bad input, 130 interrupted."""
    gc.set_threshold(50_000, 20, 50)  # a short run that makes many small trees: looking for cycles often costs a tenth of it and finds none
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a pipe may have another encoding, which lacks the signs of mathematics
    try:
        return _status(sys.argv[1:] if words is None else list(words))
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; no file was changed\n")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe went away; Python would complain again while closing stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _status(words: list[str]) -> int:
    try:
        if not words or words[0].startswith("-"):
            parser = _overview()
            parser.parse_args(words)  # --help and --version end here
            parser.print_help(sys.stderr)
            return BAD_INPUT
        name, *rest = words
        if name not in COMMANDS:
            raise DeriveError(f"there is no command {name!r}{nearest(name, COMMANDS)}; there are {', '.join(COMMANDS)}")
        summary, module = COMMANDS[name]
        command: Command = import_module(module).COMMAND
        parser = Parser(prog=f"derive {name}", description=summary)
        command.declare(parser)
        arguments = parser.parse_args(rest)
        status: int = command.run(arguments)
        sys.stdout.flush()
        return status
    except DeriveError as error:
        sys.stderr.write(f"derive: {error}\n")
        return NOT_ACCEPTED if _not_proved(error) else BAD_INPUT


def _not_proved(error: DeriveError) -> bool:
    from derivations.kernel.theorem import NotProved

    return isinstance(error, NotProved)


if __name__ == "__main__":
    sys.exit(main())
