"""The command line ``derive``. Importing this imports no SymPy: commands import what they need when they run."""

from __future__ import annotations

import argparse
import gc
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module

from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from render.commands.command import (
    BAD_INPUT,
    CANNOT_WRITE,
    CRASHED,
    INTERRUPTED,
    NOT_ACCEPTED,
    READER_GONE,
    TERMINATED,
    Command,
    Parser,
)
from render.files import changed
from render.shown import warn

COMMANDS = {
    "list": ("the problem kinds with their parameters, types and defaults", "render.commands.listing"),
    "show": ("one problem, worked out, in the terminal, as LaTeX, HTML, Markdown, JSON, a notebook or code", "render.commands.show"),
    "figure": ("the drawing of a problem, or of a network in a file, as SVG, PNG, PDF or TikZ", "render.commands.figure"),
    "sheet": ("a whole problem set as LaTeX, HTML, Markdown, JSON and more", "render.commands.sheet"),
    "init": ("a sheet to begin with", "render.commands.start"),
    "pool": ("the problems of a sheet as a question pool for Moodle (with STACK) and for platforms that read QTI 2.1", "render.commands.pool"),
    "embed": ("formulas, counts and figures for a paper in LaTeX, with a check that they are still right", "render.commands.embed"),
    "check": ("which lines of a derivation in LaTeX, Markdown or a notebook follow", "render.commands.check"),
    "lsp": ("the checker for editors, as a language server on standard input and output", "render.commands.lsp"),
    "mcp": ("check, derive and show as tools for other programs, over the model context protocol on standard input and output", "render.commands.mcp"),
    "schema": ("the JSON Schema of a sheet in TOML, for editors, or of the JSON output", "render.commands.schema"),
    "watch": ("a command again whenever a file that it reads has changed", "render.commands.watch"),
    "completion": ("what makes bash, zsh or fish complete the words of a command", "render.commands.completion"),
    "explain": ("what a verdict means, why it is given, and what to do about it", "render.commands.explain"),
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


class Terminated(BaseException):
    """The process was asked to end; raised where it stands, so that everything is left in order."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; see ``render.commands.command``."""
    gc.set_threshold(50_000, 20, 50)  # a short run that makes many small trees: looking for cycles often costs a tenth of it and finds none
    if sys.stdout is None:
        sys.stderr.write("derive: standard output is closed\n")
        return CANNOT_WRITE
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a pipe may have another encoding, which lacks the signs of mathematics
    changed.clear()
    try:
        with _ended_in_order():
            return _status(sys.argv[1:] if words is None else list(words))
    except KeyboardInterrupt:
        warn(f"interrupted; {_what_changed()}")
        return INTERRUPTED
    except Terminated:
        warn(f"ended by a signal; {_what_changed()}")
        return TERMINATED
    except BrokenPipeError:  # the reader of a pipe went away, and with it whoever wanted the answer
        _drop_output()
        return READER_GONE
    except OSError as error:
        _drop_output()
        warn(f"derive: cannot write the answer: {error.strerror or error}")
        return CANNOT_WRITE
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        from render.children import fault

        warn(f"derive: {fault(error)}")
        return CRASHED


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Within this block a request to end is an exception, so that no process and no half of a file is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> None:
        raise Terminated

    asked = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in asked if signal.getsignal(number) is signal.SIG_DFL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _what_changed() -> str:
    """What a person has to know about the files after an interruption."""
    if not changed:
        return "no file was changed"
    listed = ", ".join(map(str, changed[:5])) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return f"written before that, each of them whole: {listed}"


def _drop_output() -> None:
    """Python would complain again while it closes an output that takes nothing any more."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
        warn(f"derive: {error}")
        return NOT_ACCEPTED if _not_proved(error) else BAD_INPUT


def _not_proved(error: DeriveError) -> bool:
    from derivations.kernel.theorem import NotProved

    return isinstance(error, NotProved)


if __name__ == "__main__":
    sys.exit(main())
