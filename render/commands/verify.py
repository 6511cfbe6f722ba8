"""``derive verify [KIND]``: derive everything in the catalogue again, check it, and tell how it is known."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from derivations import catalogue
from derivations.catalogue import find
from render.commands.command import NOT_ACCEPTED, OK, Command, offer

if TYPE_CHECKING:
    from derivations.problem import Problem


def _declare(parser: argparse.ArgumentParser) -> None:
    offer(parser.add_argument("kind", metavar="KIND", nargs="?", help="only this kind"), [kind.name for kind in catalogue.KINDS])
    parser.add_argument("--mutants", action="store_true", help="also change every step in every small way and see that its rule notices")


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
    if arguments.mutants and _mutants_fail(accepted):
        return NOT_ACCEPTED
    return OK if len(accepted) == len(outcomes) else NOT_ACCEPTED


def _mutants_fail(problems: Sequence[Problem]) -> bool:
    """Print what became of every mutant of every step, lemmas included; whether a false one was accepted."""
    from derivations.mutation import Fate, fate, mutants_of, summary, with_lemmas
    from render.notation.text import text

    live = sys.stderr.isatty()
    theorems = with_lemmas(section.theorem for problem in problems for section in problem.sections)
    fates: Counter[Fate] = Counter()
    faults: list[str] = []
    for number, theorem in enumerate(theorems, 1):
        if live:
            sys.stderr.write(f"\r\x1b[2K[{number}/{len(theorems)}] mutants of {theorem.title}")
            sys.stderr.flush()
        for mutant in mutants_of(theorem):
            found = fate(mutant, theorem)
            fates[found] += 1
            if found is Fate.ACCEPTED:
                faults.append(f"accepted although false ({mutant.slip}) in {theorem.title}: {text(mutant.step.statement.formula)}\n")
    if live:
        sys.stderr.write("\r\x1b[2K")
    sys.stdout.write(f"{summary(fates)} ({len(theorems)} theorems).\n")
    sys.stdout.writelines(faults)
    return bool(faults)


COMMAND = Command(_declare, _run)
