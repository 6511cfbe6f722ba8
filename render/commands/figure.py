"""``derive figure KIND [--parameter value ...]``: the drawing of a problem, or of a network in a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from derivations import catalogue
from derivations.catalogue import Kind, find
from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from derivations.reading.permission import running_python
from render.commands import printed
from render.commands.command import OK, Command, Parser, already_given, joined_values, offer

if TYPE_CHECKING:
    from derivations.figures import Figure
    from render.figures.scene import Scene
    from render.notation.style import Style

FORMATS = ("svg", "png", "pdf", "tikz")
_ENDINGS = {".svg": "svg", ".png": "png", ".pdf": "pdf", ".tikz": "tikz", ".tex": "tikz"}
_NETWORK = "network"
_SHARED = ("language", "profile")


def _declare(parser: argparse.ArgumentParser) -> None:
    kind = parser.add_argument("kind", metavar="KIND", nargs="?", help=f"a problem kind, or {_NETWORK}; derive figure KIND --help tells its parameters")
    offer(kind, (*(kind.name for kind in catalogue.KINDS), _NETWORK))
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="--parameter value", help="the parameters of the kind, then the options below")
    _declare_shared(parser)


def _declare_shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", choices=FORMATS, default=argparse.SUPPRESS, help="svg, png, pdf or tikz (default: by the ending of --out, else svg)")
    parser.add_argument("--out", metavar="FILE", default=argparse.SUPPRESS, help="where to write (default: standard output)")
    for name in _SHARED:
        parser.add_argument(f"--{name}", **{**printed.OPTIONS[name], "default": argparse.SUPPRESS})


def _kind_parser(kind: Kind) -> Parser:
    parser = Parser(prog=f"derive figure {kind.name}", description=kind.summary)
    printed.declare_parameters(parser, kind)
    _declare_shared(parser)
    return parser


def _network_parser() -> Parser:
    parser = Parser(prog=f"derive figure {_NETWORK}", description="a network with the receptive field of every node")
    parser.add_argument("file", metavar="FILE", help="JSON or TOML: 'layers' in order, or 'nodes' with 'id', 'op' and 'inputs', and 'output'")
    parser.add_argument("--axis", type=int, default=0, metavar="N", help="which spatial axis, from 0 (default 0)")
    _declare_shared(parser)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    names = [kind.name for kind in catalogue.KINDS]
    if arguments.kind is None:
        raise DeriveError(f"derive figure needs a problem kind: one of {', '.join((*names, _NETWORK))}")
    before = {key: value for key, value in vars(arguments).items() if key not in ("kind", "rest")}
    if arguments.kind == _NETWORK:
        options = {**before, **vars(_network_parser().parse_args(arguments.rest))}
        form = _format(options)
        return _put(_network(Path(options["file"]), options["axis"]), options, form, Path(options["file"]).name)
    kind = find(arguments.kind)
    flags = frozenset(f"--{p.name.replace('_', '-')}" for p in kind.parameters) | {f"--{p.name}" for p in kind.parameters}
    given, surplus = _kind_parser(kind).parse_known_args(joined_values(arguments.rest, flags), already_given(arguments))
    if surplus:
        known = [p.name.replace("_", "-") for p in kind.parameters]
        name = surplus[0].removeprefix("--").partition("=")[0]
        raise DeriveError(
            f"{kind.name} has no parameter {surplus[0].partition('=')[0]}{nearest(name, known)}; it has {', '.join('--' + n for n in known) or 'no parameters'}"
        )
    options = {**before, **vars(given)}
    form = _format(options)  # bad input is told before any work is begun
    profile = _printing(options).profile
    values = {p.name: options[p.name] for p in kind.parameters if p.name in options}
    with running_python():  # a file on the command line was named by the user
        problem = kind.build(profile.values(kind, values))
    if problem.figure is None:
        raise DeriveError(f"{kind.name} with these values has no figure: there is nothing in it to draw")
    return _put(problem.figure, options, form, kind.name)


def _format(options: Mapping[str, Any]) -> str:
    """What is to be written: as asked for, or by the ending of the file."""
    out = options.get("out")
    if "to" in options:
        return str(options["to"])
    if out is None:
        return "svg"
    ending = Path(out).suffix.lower()
    if ending not in _ENDINGS:
        raise DeriveError(f"--out {out!r} is not accepted; its name must end in {', '.join(_ENDINGS)}, or --to must say what to write")
    return _ENDINGS[ending]


def _printing(options: Mapping[str, Any]) -> Any:
    defaults = {name: settings.get("default") for name, settings in printed.OPTIONS.items()}
    return printed.printing({**defaults, **{name: options[name] for name in _SHARED if name in options}})


def _put(figure: Figure, options: Mapping[str, Any], form: str, what: str) -> int:
    """Draw the figure and write it."""
    from derivations.figures import Undrawn
    from render.figures.draw import drawn
    from render.figures.words import words_for

    printing = _printing(options)
    drawing = drawn(figure, words_for(printing.messages.language))
    if isinstance(drawing, Undrawn):
        raise DeriveError(f"{what} with these values is not drawn: {drawing.because}")
    content = _written(drawing.scene, form, printing.style)
    out = options.get("out")
    if out is not None:
        from render.files import write_all

        path = Path(out)
        write_all(path.parent, {path.name: content})
        return OK
    if isinstance(content, str):
        sys.stdout.write(content)
    elif sys.stdout.isatty():
        raise DeriveError(f"a {form} is not for the screen; give a file with --out")
    else:
        sys.stdout.buffer.write(content)
    return OK


def _written(scene: Scene, form: str, style: Style) -> str | bytes:
    match form:
        case "svg":
            from render.figures.svg import standalone

            return standalone(scene, style)
        case "tikz":
            from render.figures.tikz import tikz

            return tikz(scene, style)
        case _:
            from render.figures.typst import compiled

            return compiled(scene, cast(Literal["pdf", "png"], form), style)


def _network(path: Path, axis: int) -> Figure:
    """The network in a file, with the receptive fields of its nodes.

    Raises:
        DeriveError: the file cannot be read, or what it says is not a network.
    """
    import json

    from derivations.reading.files import table_of, text_of_file
    from derivations.topics.dependency import read_chain, read_graph
    from derivations.topics.drawn.signals import graph

    named = f"the network {str(path)!r}"
    text = text_of_file(path, named)
    try:
        table = table_of(text, named) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, DeriveError):
            raise
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise DeriveError(f"{named} is not well-formed JSON: {why}") from None
    ndim = table.get("ndim", 1) if isinstance(table, dict) else None
    if not isinstance(ndim, int) or isinstance(ndim, bool) or ndim < 1:
        raise DeriveError(f"the network {path} must be a table whose 'ndim', if it has one, is a number of at least 1")
    if not 0 <= axis < ndim:
        raise DeriveError(f"--axis {axis} is not accepted; the network {path} has the axes 0 to {ndim - 1}")
    for key in ("layers", "nodes"):
        rows = table.get(key)
        if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
            return graph(read_chain(rows, ndim) if key == "layers" else read_graph(rows, str(table.get("output")), ndim), axis)
    raise DeriveError(f"the network {path} holds neither 'layers' nor 'nodes': one of them must be a list of tables, such as {{op = \"conv\", kernel = 3}}")


COMMAND = Command(_declare, _run, lambda: {**{kind.name: _kind_parser(kind) for kind in catalogue.KINDS}, _NETWORK: _network_parser()})
