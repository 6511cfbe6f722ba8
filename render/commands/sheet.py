"""``derive sheet NAME_OR_FILE``: a whole problem set, worked out and written."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from derivations.language.errors import DeriveError
from render import sheet_file
from render.commands.command import NOT_ACCEPTED, OK, Command
from render.writers import WRITERS, writer

_ALL = ",".join(w.names[0] for w in WRITERS)


def _declare(parser: argparse.ArgumentParser) -> None:
    names = ", ".join(sheet_file.bundled())
    parser.add_argument("sheet", metavar="NAME_OR_FILE", help=f"a bundled sheet ({names}) or a TOML file of your own")
    parser.add_argument("--to", default=_ALL, metavar="FORMATS", help=f"what to write, separated by commas (default {_ALL})")
    parser.add_argument("--out", default="output", metavar="FOLDER", help="where to write (default output)")


def _run(arguments: argparse.Namespace) -> int:
    chosen = list(dict.fromkeys(writer(name.strip()) for name in arguments.to.split(",")))
    folder = Path(arguments.out)
    if folder.exists() and not folder.is_dir():
        raise DeriveError(f"--out {arguments.out!r} is a file; it must be a folder to write into")
    spec = sheet_file.load(arguments.sheet)

    from render.commands.working import print_table, work_out

    def label(number: int, problem: sheet_file.ProblemSpec) -> str:
        return f"{number}. {problem.heading or problem.kind.name}"

    jobs = [(label(k, p), partial(p.kind.build, p.values)) for k, p in enumerate(spec.problems, 1)]
    outcomes = work_out(jobs)
    entries = []
    from render.compose import Entry, Sheet

    for outcome, problem in zip(outcomes, spec.problems, strict=True):
        if outcome.problem is not None:
            entries.append(Entry(outcome.problem, problem.heading, problem.question))
    if len(entries) < len(outcomes):
        print_table(outcomes)
        sys.stdout.write(f"Nothing was written: {len(outcomes) - len(entries)} of {len(outcomes)} problems were not accepted.\n")
        return NOT_ACCEPTED
    sheet = Sheet(spec.title, tuple(entries), spec.course, spec.author, spec.date)

    from render.files import write_all

    written = write_all(folder, {spec.name + w.suffix: w.sheet(sheet) for w in chosen})
    print_table(outcomes)
    sys.stdout.write(f"Wrote {', '.join(map(str, written))}\n")
    return OK


COMMAND = Command(_declare, _run)
