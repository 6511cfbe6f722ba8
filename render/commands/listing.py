"""``derive list``: the problem kinds with their parameters."""

from __future__ import annotations

import argparse
import sys

from derivations import catalogue
from derivations.authored.kinds import installed
from render.commands.command import OK, Command


def _declare(parser: argparse.ArgumentParser) -> None:
    del parser  # it has no arguments


def _run(arguments: argparse.Namespace) -> int:
    del arguments
    lines: list[str] = []
    for kind in (*catalogue.KINDS, *installed()):
        lines.append(f"{kind.name}: {kind.summary}")
        names = [f"--{p.name.replace('_', '-')} {p.type.metavar}" for p in kind.parameters]
        width = max(map(len, names), default=0)
        for name, parameter in zip(names, kind.parameters, strict=True):
            default = "required" if parameter.default is None else f"default {parameter.default}"
            lines.append(f"    {name:{width}}  {parameter.help} ({default})")
        lines.append("")
    sys.stdout.write("\n".join(lines))
    return OK


COMMAND = Command(_declare, _run)
