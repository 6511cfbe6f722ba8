"""``derive mcp``: check, derive and show as tools for other programs, over the model context protocol on standard input and output."""

from __future__ import annotations

import argparse

from derivations.language.errors import DeriveError
from render.commands.command import OK, Command


def _declare(parser: argparse.ArgumentParser) -> None:
    del parser  # it has no arguments


def _run(arguments: argparse.Namespace) -> int:
    del arguments
    try:
        import mcp  # noqa: F401
    except ImportError:
        raise DeriveError('derive mcp needs the package mcp, which comes with: pip install "derive-math[mcp]"') from None
    from render.check_work import modules
    from render.children import prepare
    from render.cli import _version
    from render.tools.server import server

    prepare(["render.tools.work", "render.sheets", *modules()])
    server(_version()).run("stdio")
    return OK


COMMAND = Command(_declare, _run)
