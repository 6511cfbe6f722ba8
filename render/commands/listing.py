"""``derive list``: the problem kinds with their parameters; ``derive list FILE.py``: the functions of a file of one's own, which is read and not run."""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from derivations import catalogue
from derivations.authored.kinds import installed
from derivations.language.errors import DeriveError
from derivations.reading.files import text_of_file
from render.commands.command import OK, Command
from render.shown import shown

Row = tuple[str, str, list[tuple[str, str]]]
"""A kind: its name, what it shows, and its parameters, each with what is said of it."""


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE.py", nargs="*", help="Python files of yours: their functions, as kinds, without running them")


def _run(arguments: argparse.Namespace) -> int:
    lines: list[str] = []
    for name, summary, parameters in [row for file in arguments.files for row in _functions(file)] or _kinds():
        lines.append(f"{name}: {summary}" if summary else name)
        width = max((len(option) for option, _ in parameters), default=0)
        lines += [f"    {option:{width}}  {said}" for option, said in parameters]
        lines.append("")
    sys.stdout.write("\n".join(lines))
    return OK


def _kinds() -> Iterator[Row]:
    for kind in (*catalogue.KINDS, *installed()):
        told = [
            (f"--{p.name.replace('_', '-')} {p.type.metavar}", f"{p.help} ({'required' if p.default is None else f'default {p.default}'})")
            for p in kind.parameters
        ]
        yield kind.name, kind.summary, told


def _functions(file: str) -> Iterator[Row]:
    """The public functions of a Python file.

    Raises:
        DeriveError: it cannot be read, is no Python, or has none.
    """
    if not file.endswith(".py"):
        raise DeriveError(f"derive list {file}: a Python file is accepted, whose functions make problems; without a file the kinds are listed")
    text = text_of_file(Path(file), f"the file {file!r}")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise DeriveError(f"{file}{f':{line}' if line else ''}: it is no Python: {getattr(error, 'msg', error)}") from None
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    if not found:
        raise DeriveError(f"{file} has no function; a function that makes a derivations.Problem is a kind")
    for node in found:
        summary = (ast.get_docstring(node) or "").partition("\n")[0]
        yield shown(f"{file}:{node.name}"), shown(summary), [(f"--{shown(name).replace('_', '-')}", shown(said)) for name, said in _parameters(node.args)]


def _parameters(arguments: ast.arguments) -> Iterator[tuple[str, str]]:
    plain = [*arguments.posonlyargs, *arguments.args]
    without = len(plain) - len(arguments.defaults)
    for number, one in enumerate(plain):
        yield one.arg, "required" if number < without else f"default {ast.unparse(arguments.defaults[number - without])}"
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield one.arg, "required" if default is None else f"default {ast.unparse(default)}"


COMMAND = Command(_declare, _run)
