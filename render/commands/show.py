"""``derive show KIND [--parameter value ...]``: one problem, worked out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derivations import catalogue
from derivations.authored.kinds import AnyKind, PythonKind, WrittenKind, is_written, known_kind
from derivations.authored.wanted import Wanted
from derivations.catalogue import Kind
from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from derivations.reading.permission import running_python
from render.commands import printed
from render.commands.command import OK, Command, Parser, already_given, joined_values, offer
from render.writers import WRITERS, Job, Writer, writer

if TYPE_CHECKING:
    from derivations.problem import Problem
    from render.printing import Printing

_WHAT = "a problem kind, a file with a derivation (.tex, .md, .ipynb), or topic.py:function; --help behind it tells its parameters"
_TO = "terminal, " + ", ".join(name for w in WRITERS for name in w.names)


def _declare(parser: argparse.ArgumentParser) -> None:
    _declare_shared(parser)
    offer(parser.add_argument("kind", metavar="KIND", nargs="?", help=_WHAT), [kind.name for kind in catalogue.KINDS])
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="--parameter value", help="the parameters of the kind")


def _declare_shared(parser: argparse.ArgumentParser, given: Mapping[str, Any] | None = None) -> None:
    """The options that may stand before the kind and behind it; what was ``given`` before it is their default behind it."""
    formats = parser.add_argument("--to", default=given["to"] if given else "terminal", metavar="FORMAT", help=f"one of {_TO} (default terminal)")
    offer(formats, ("terminal", *(name for w in WRITERS for name in w.names)))
    edition = given["edition"] if given else "solutions"
    parser.add_argument("--edition", choices=printed.EDITIONS, default=edition, help="what of the problem is shown (default solutions)")
    printed.declare(parser, given)
    printed.declare_cache(parser, given)


def _kind_parser(kind: Kind, before: Mapping[str, Any]) -> Parser:
    parser = Parser(prog=f"derive show {kind.name}", description=kind.summary)
    printed.declare_parameters(parser, kind)
    _declare_shared(parser, before)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    if arguments.kind is None:
        raise DeriveError(f"derive show needs a problem kind: one of {', '.join(kind.name for kind in catalogue.KINDS)}")
    if is_written(arguments.kind):
        return _written(arguments)
    kind = known_kind(arguments.kind)
    if isinstance(kind, PythonKind):
        return _python(kind, arguments)
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
    with running_python():  # a file on the command line was named by the user
        problem = _built(kind, printing.profile.values(kind, values), options)
    return _printed(problem, options, printing, chosen)


def _built(kind: Kind, values: Mapping[str, object], options: Mapping[str, Any]) -> Problem:
    """The problem, as this program derived it before or now."""
    from render.cache_folder import wanted
    from render.kept_problems import Kept

    if not wanted(options["cache"]):
        return kind.build(values)
    store = Kept(())
    problem = store.build(kind, values)
    store.close()
    return problem


def _written(arguments: argparse.Namespace) -> int:
    """A solution that somebody wrote."""
    from render.check_files import declarations

    parser = Parser(prog=f"derive show {arguments.kind}", description="a derivation that you wrote, checked")
    parser.add_argument("--section", default="", metavar="HEADING", help="only what stands under this heading")
    parser.add_argument("--label", default="", metavar="LABEL", help="only the formula with this label")
    parser.add_argument("--draft", action="store_true", help=printed.DRAFT)
    _declare_shared(parser, vars(arguments))
    options = vars(parser.parse_args(arguments.rest, already_given(arguments)))
    path = Path(arguments.kind)
    wanted = Wanted(section=options["section"], label=options["label"], draft=options["draft"])
    return _shown(WrittenKind(path, wanted, declarations=declarations(path)), {}, options)


def _python(kind: PythonKind, arguments: argparse.Namespace) -> int:
    """A problem that a function of the user's makes; its arguments are written ``--name value``."""
    parser = Parser(prog=f"derive show {kind.name}", description="a problem that a Python function of yours makes")
    parser.add_argument("--no-python", action="store_true", help="refuse to run Python, also a file that you name")
    _declare_shared(parser, vars(arguments))
    given, surplus = parser.parse_known_args(arguments.rest, already_given(arguments))
    if given.no_python:
        raise DeriveError(f"{kind.name} is Python and is not run, because --no-python says so")
    return _shown(kind, _own_arguments(kind, surplus), vars(given))


def _own_arguments(kind: PythonKind, words: list[str]) -> dict[str, object]:
    """``--name value`` and ``--name=value`` as arguments of a function: what is an integer is one."""
    found: dict[str, object] = {}
    waiting = list(words)
    while waiting:
        name, equals, value = waiting.pop(0).partition("=")
        if not name.startswith("--") or not (equals or waiting):
            raise DeriveError(f"{kind.name}: {name!r} is not expected here; arguments of the function are written --name value")
        value = value if equals else waiting.pop(0)
        found[name.removeprefix("--").replace("-", "_")] = int(value) if value.lstrip("-").isdecimal() else value
    return found


def _shown(kind: AnyKind, values: Mapping[str, object], options: Mapping[str, Any]) -> int:
    chosen = None if options["to"] == "terminal" else writer(options["to"])
    (edition,) = printed.editions(options["edition"])
    printing = replace(printed.printing(options), edition=edition)
    with running_python():
        problem = kind.build(values)
    return _printed(problem, options, printing, chosen)


def _printed(problem: Problem, options: Mapping[str, Any], printing: Printing, chosen: Writer | None) -> int:
    from render import sheets

    if chosen is not None:
        printed.agree((chosen,), (printing.edition,))
        job = Job(printing, options["engine"], Path(f"{problem.kind}.log"))
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


def _within() -> Mapping[str, argparse.ArgumentParser]:
    plain = Parser()
    _declare(plain)
    given = vars(plain.parse_args([]))
    return {kind.name: _kind_parser(kind, given) for kind in catalogue.KINDS}


COMMAND = Command(_declare, _run, _within)
