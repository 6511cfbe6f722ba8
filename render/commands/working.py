"""Working problems out one after another, telling how far it is, and the table at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from derivations.language.record import record
from render.shown import shown

if TYPE_CHECKING:
    from derivations.problem import Problem


@record
class Outcome:
    """How one problem went: the problem, or why there is none (``refuted`` or ``undecided`` with the step), the seconds it took, and whether it was kept from
    an earlier run."""

    label: str
    problem: Problem | None
    trouble: str
    detail: str
    seconds: float
    kept: bool = False


def work_out(jobs: Sequence[tuple[str, Callable[[], Problem]]], *, quiet: bool = False) -> list[Outcome]:
    """Build each problem, on a screen telling which unless ``quiet``. A step that is not accepted is an outcome; bad input raises DeriveError as
    everywhere."""
    from derivations.kernel.theorem import NotProved
    from derivations.kernel.verdict import Refuted

    live = sys.stderr.isatty() and not quiet
    outcomes: list[Outcome] = []
    for number, (label, build) in enumerate(jobs, 1):
        if live:
            sys.stderr.write(f"\r\x1b[2K[{number}/{len(jobs)}] {shown(label)}")
            sys.stderr.flush()
        start = time.perf_counter()
        problem: Problem | None = None
        trouble = detail = ""
        try:
            problem = build()
        except NotProved as error:
            trouble, detail = ("refuted" if isinstance(error.verdict, Refuted) else "undecided"), str(error)
        finally:
            if live:
                sys.stderr.write("\r\x1b[2K")
                sys.stderr.flush()
        outcomes.append(Outcome(label, problem, trouble, detail, time.perf_counter() - start))
    return outcomes


def answer_line(problem: Problem) -> str:
    """The answer in one line: its value where that is a number, else its first formula. What takes SymPy some time is a number if it is shown as one."""
    from derivations.kernel.statement import Statement
    from derivations.language.term import Num
    from derivations.problem import Later
    from render.notation.text import text
    from render.record import words

    answer = problem.answer
    if isinstance(answer.given, Later):
        match answer.shown:
            case (Statement(_, _, Num(digits)), *_) if digits.isdecimal():
                return digits
    elif isinstance(answer.given, int) or getattr(answer.given, "is_number", False):
        return str(answer.given)
    if not answer.shown:
        return words(answer.words)
    shown = answer.shown[0]
    return text(shown.formula if isinstance(shown, Statement) else shown)


def print_table(outcomes: Sequence[Outcome]) -> None:
    """Problem, answer, how it is known, seconds; then the reasons of what was not accepted."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from render.marks import MARKS

    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("problem", no_wrap=True)
    table.add_column("answer", overflow="fold", ratio=1)
    table.add_column("how it is known", no_wrap=True)
    table.add_column("seconds", justify="right", no_wrap=True)
    for outcome in outcomes:
        if outcome.problem is None:
            known, answer = f"[bold]✗ {outcome.trouble}[/bold]", ""
        else:
            evidence = outcome.problem.evidence
            known, answer = f"{MARKS[evidence.strength]} {evidence.word}", answer_line(outcome.problem)
        table.add_row(escape(shown(outcome.label)), escape(shown(answer)), known, "kept" if outcome.kept else f"{outcome.seconds:.2f}")
    console.print(table)
    for outcome in outcomes:
        if outcome.detail:
            console.print(shown(f"{outcome.label}: {outcome.detail}"), markup=False, soft_wrap=True)
    if any(outcome.kept for outcome in outcomes):
        console.print("kept: derived and checked before, by this very program; --no-cache derives it again", markup=False, soft_wrap=True)
