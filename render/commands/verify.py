"""``derive verify [KIND]``: derive everything in the catalogue again, check it, and tell how it is known."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from derivations import catalogue
from derivations.catalogue import find
from render.commands.command import NOT_ACCEPTED, OK, Command


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", metavar="KIND", nargs="?", help="only this kind")


def _run(arguments: argparse.Namespace) -> int:
    kinds = catalogue.KINDS if arguments.kind is None else (find(arguments.kind),)
    jobs = []
    for kind in kinds:
        for example in kind.examples:
            given = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in example.items())
            jobs.append((f"{kind.name} {given}".strip(), partial(kind.build, example)))

    from render.commands.working import print_table, work_out

    outcomes = work_out(jobs)
    print_table(outcomes)
    accepted = [outcome.problem for outcome in outcomes if outcome.problem is not None]
    steps = sum(sum(1 for _ in problem.steps) for problem in accepted)
    sys.stdout.write(f"{len(accepted)} of {len(outcomes)} derivations accepted, {steps} steps.\n")
    return OK if len(accepted) == len(outcomes) else NOT_ACCEPTED


COMMAND = Command(_declare, _run)
