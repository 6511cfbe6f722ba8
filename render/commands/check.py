"""``derive check FILE ...``: which lines of somebody's derivation follow, and which do not."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from derivations.language.errors import DeriveError
from derivations.language.record import record
from render.children import Fault, Limits, Part
from render.commands.command import BAD_INPUT, CRASHED, NOT_ACCEPTED, NOT_FINISHED, OK, UNDECIDED, Command, offer
from render.shown import tell, warn

if TYPE_CHECKING:
    from derivations.checking.report import Record, Report
    from render.check_files import Excluded

FORMATS = ("text", "json", "sarif")
_STATUS = {"crash": CRASHED, "input": BAD_INPUT, "limit": NOT_FINISHED}
_FIRST = (CRASHED, BAD_INPUT, NOT_ACCEPTED, NOT_FINISHED, UNDECIDED)
"""Of several files the exit status that comes first here is that of the run."""


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", help="LaTeX, Markdown or notebook files, folders of them, or - for standard input")
    offer(parser.add_argument("--to", default="text", metavar="FORMAT", help=f"one of {', '.join(FORMATS)} (default text)"), FORMATS)
    parser.add_argument("--strict", action="store_true", help="what was sampled or proved under a convention is undecided; so is a file without steps")
    parser.add_argument("--verbose", action="store_true", help="also show the accepted steps and what was assumed in reading them")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="files checked at the same time (default: one for each processor)")
    remember = "remember verdicts in your own cache folder, or judge everything again (default: remember, except where CI is set)"
    parser.add_argument("--cache", action=argparse.BooleanOptionalAction, default=None, help=remember)
    limits = Limits()
    parser.add_argument("--timeout", type=float, default=None, metavar="SECONDS", help="stop the whole run after this time, with what is known by then")
    parser.add_argument("--cpu", type=int, default=limits.seconds, metavar="SECONDS", help=f"processor time for one file (default {limits.seconds})")
    parser.add_argument("--memory", type=int, default=limits.megabytes, metavar="MB", help=f"memory for one file (default {limits.megabytes})")


@record
class Checked:
    """What became of one file: its report, or why there is none, and the steps that were judged before that."""

    file: str
    result: Report | Fault
    before: tuple[Record, ...] = ()

    @property
    def report(self) -> Report | None:
        """The report as far as there is one."""
        from derivations.checking.report import Report

        if isinstance(self.result, Fault):
            return Report(self.file, self.before) if self.before else None
        return self.result


def _all_checked(names: Sequence[str], arguments: argparse.Namespace) -> Iterator[Record | Checked | Excluded]:
    """The steps of every document that was asked for, in order, each as soon as it is known, and after them what became of the document."""
    from render.check_files import Excluded, Unreadable, Wanted, found
    from render.check_work import Task, checked, import_all
    from render.children import each_in_parts

    asked: list[Task | Unreadable | Excluded] = []
    if "-" in names:
        asked.append(Task(None, sys.stdin.buffer.read()))
    asked += [Task(one.path, None, one.root, one.settings) if isinstance(one, Wanted) else one for one in found([name for name in names if name != "-"])]
    tasks = [one for one in asked if isinstance(one, Task)]
    key = _key([task.path for task in tasks if task.path is not None]) if tasks and _remembers(arguments) else None
    if tasks:
        import_all()
    limits = Limits(arguments.cpu, arguments.memory)
    results = each_in_parts(partial(checked, key), tasks, arguments.jobs or os.cpu_count() or 1, limits, arguments.timeout)
    try:
        for one in asked:
            if isinstance(one, Excluded):
                yield one
                continue
            if isinstance(one, Unreadable):
                yield Checked(one.file, Fault("input", one.why))
                continue
            before: list[Record] = []
            while isinstance(result := next(results), Part):
                before.append(result.value)
                yield result.value
            yield Checked(one.name, result, tuple(before))
    finally:
        results.close()
        if key is not None:
            from render.cache_folder import sweep

            sweep()


def _remembers(arguments: argparse.Namespace) -> bool:
    from render.cache_folder import wanted

    return wanted(arguments.cache)


def _key(paths: Sequence[Path]) -> bytes | None:
    from render.cache_folder import key_outside

    return key_outside({path.parent for path in paths} | {Path()})


def _run(arguments: argparse.Namespace) -> int:
    if arguments.to not in FORMATS:
        raise DeriveError(f"derive check: --to {arguments.to} is not accepted; one of {', '.join(FORMATS)} is")
    if not arguments.files:
        raise DeriveError("derive check needs a file: LaTeX, Markdown or a notebook, a folder of them, or - for standard input")
    for option in ("cpu", "memory"):
        if getattr(arguments, option) < 1:
            raise DeriveError(f"derive check: --{option} {getattr(arguments, option)} is not accepted; a number of at least 1 is")
    if arguments.timeout is not None and not arguments.timeout > 0:
        raise DeriveError(f"derive check: --timeout {arguments.timeout:g} is not accepted; a number of seconds above 0 is")
    from render import checked as words
    from render.check_files import Excluded

    done: list[Checked] = []
    excluded: list[tuple[str, str]] = []
    telling = words.Telling(strict=arguments.strict, verbose=arguments.verbose)
    for one in _all_checked(arguments.files, arguments):
        if isinstance(one, Excluded):
            excluded.append((one.file, one.why))
            lines = [f"{one.file}: not checked: {one.why}"] if arguments.verbose else []
        elif not isinstance(one, Checked):
            lines = telling.step(one)
        else:
            done.append(one)
            lines = [] if one.report is None else telling.end(one.report, finished=not isinstance(one.result, Fault))
            telling = words.Telling(strict=arguments.strict, verbose=arguments.verbose)
        if arguments.to == "text":
            for line in lines:
                tell(line)
            sys.stdout.flush()
        if isinstance(one, Checked):
            _warn_of(one, arguments)
    sys.stdout.write(_at_the_end(done, excluded, arguments))
    return _status(done, arguments.strict)


def _warn_of(one: Checked, arguments: argparse.Namespace) -> None:
    if isinstance(one.result, Fault):
        warn(f"derive: {_fault_line(one)}")
    elif arguments.to != "text":
        for file, line, column, said in one.result.misspelt:
            warn(f"derive: {file}:{line}:{column}: {said}")


def _fault_line(one: Checked) -> str:
    words = one.result.words if isinstance(one.result, Fault) else ""
    return words if one.file in words else f"{one.file}: {words}"


def _at_the_end(done: Sequence[Checked], excluded: Sequence[tuple[str, str]], arguments: argparse.Namespace) -> str:
    """What can only be said when everything is known."""
    from render import checked as words

    reports = [one.report for one in done if one.report is not None]
    faults = [(one.file, one.result.kind, one.result.words) for one in done if isinstance(one.result, Fault)]
    if arguments.to == "json":
        return words.to_json(reports, faults, excluded)
    if arguments.to == "sarif":
        from render.cli import _version
        from render.sarif import sarif

        return sarif(reports, _version(), strict=arguments.strict, faults=faults)
    if (len(done) == 1 and not excluded) or not (reports or excluded):
        return ""
    from derivations.checking.report import total

    without = (f", {len(faults)} without a report" if faults else "") + (f", {len(excluded)} more excluded (--verbose lists them)" if excluded else "")
    counts = words.summary(total(reports), sum(report.given for report in reports), sum(report.ignored for report in reports))
    return f"{len(done)} file{'' if len(done) == 1 else 's'}{without}: {counts}\n"


def _status(done: Sequence[Checked], strict: bool) -> int:
    found = {_status_of(one, strict) for one in done}
    return next((status for status in _FIRST if status in found), OK)


def _status_of(one: Checked, strict: bool) -> int:
    from render.checked import weak

    records = one.report.records if one.report is not None else ()
    verdicts = {r.verdict for r in records}
    if isinstance(one.result, Fault):  # what was refuted before a limit was come to is refuted whatever may come after it
        return NOT_ACCEPTED if one.result.kind == "limit" and "refuted" in verdicts else _STATUS[one.result.kind]
    if one.result.misspelt:
        return BAD_INPUT
    if "refuted" in verdicts:
        return NOT_ACCEPTED
    weaker = strict and (not one.result.counts or any(weak(r) for r in records))
    return UNDECIDED if verdicts & {"undecided", "unread"} or weaker else OK


COMMAND = Command(_declare, _run)
