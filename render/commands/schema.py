"""``derive schema NAME``: the JSON Schema of the TOML of a sheet or of the keys of a paper, or of what ``--to json`` writes."""

from __future__ import annotations

import argparse
import sys

from render.commands.command import OK, Command, offer


def _declare(parser: argparse.ArgumentParser) -> None:
    words = "sheet (a problem set in TOML), keys (derived.toml), record (--to json of a sheet) or report (that of check)"
    offer(parser.add_argument("name", metavar="NAME", help=words), ("sheet", "keys", "record", "report"))


def _run(arguments: argparse.Namespace) -> int:
    from render.schema import schema
    from render.shown import json_text

    sys.stdout.write(json_text(schema(arguments.name)))
    return OK


COMMAND = Command(_declare, _run)
