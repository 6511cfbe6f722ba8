"""``derive lsp``: the checker for editors, over the language server protocol on standard input and output."""

from __future__ import annotations

import argparse

from derivations.language.errors import DeriveError
from render.commands.command import OK, Command


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--strict", action="store_true", help="also show what was sampled or proved under a convention")
    remember = "remember verdicts in your own cache folder, or judge everything again (default: remember)"
    parser.add_argument("--cache", action=argparse.BooleanOptionalAction, default=True, help=remember)
    parser.add_argument("--stdio", action="store_true", help="as always; editors say so")


def _run(arguments: argparse.Namespace) -> int:
    try:
        import pygls  # noqa: F401
    except ImportError:
        raise DeriveError('derive lsp needs pygls, which comes with: pip install "derive-math[lsp]"') from None
    from render.check_work import modules
    from render.children import prepare
    from render.cli import _version
    from render.editor.server import serve

    prepare(["render.editor.judging", *modules()])
    serve(_version(), strict=arguments.strict, remember=arguments.cache)
    return OK


COMMAND = Command(_declare, _run)
