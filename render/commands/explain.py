"""``derive explain CODE``: what a verdict of ``derive check`` means, why it is given, and what to do about it."""

from __future__ import annotations

import argparse
import sys
from textwrap import fill, indent
from typing import Final

from derivations.language.errors import DeriveError
from derivations.parameters import nearest
from render.commands.command import OK, Command, offer
from render.explanations import EXPLANATIONS

_WIDTH: Final = 100


def _declare(parser: argparse.ArgumentParser) -> None:
    code = parser.add_argument("code", metavar="CODE", nargs="?", help=f"one of {', '.join(EXPLANATIONS)}; without it all of them")
    offer(code, EXPLANATIONS)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.code is None:
        sys.stdout.write("\n".join(_told(code) for code in EXPLANATIONS))
        return OK
    code = arguments.code.removeprefix("derive/")
    if code not in EXPLANATIONS:
        raise DeriveError(f"there is no verdict {code!r}{nearest(code, EXPLANATIONS)}; there are {', '.join(EXPLANATIONS)}")
    sys.stdout.write(_told(code))
    return OK


def _told(code: str) -> str:
    found = EXPLANATIONS[code]
    lines = [code, indent(fill(found.means, _WIDTH), "  "), indent(fill(f"What to do: {found.next}", _WIDTH), "  ")]
    if found.example:
        lines.append(f"  For example: {found.example}")
    return "\n".join(lines) + "\n"


COMMAND = Command(_declare, _run)
