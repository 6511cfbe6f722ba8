"""``derive init FILE.toml``: a sheet to begin with."""

from __future__ import annotations

import argparse
from pathlib import Path

from derivations.language.errors import DeriveError
from render.commands.command import OK, Command
from render.files import write_all
from render.look import built_in
from render.shown import tell


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", nargs="?", default="sheet.toml", help="the file to write (default sheet.toml)")
    parser.add_argument("--class", dest="variants", action="store_true", help="with other numbers for each student")


def _run(arguments: argparse.Namespace) -> int:
    path = Path(arguments.file)
    if path.suffix != ".toml":
        raise DeriveError(f"{arguments.file!r} is not accepted; a sheet is a file that ends in .toml")
    if path.exists() or path.is_symlink():
        raise DeriveError(f"{arguments.file!r} is there already; give another name")
    write_all(path.parent, {path.name: built_in("class.toml" if arguments.variants else "sheet.toml")})
    tell(f"Wrote {path}")
    tell(f"Next: derive sheet {path} --to html --out handout")
    return OK


COMMAND = Command(_declare, _run)
