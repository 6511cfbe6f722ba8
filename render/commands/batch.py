"""Making sheets: working problems out once each, printing every edition in every format, several sheets at a time in worker processes."""

from __future__ import annotations

import glob
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from derivations.authored.kinds import PythonKind, WrittenKind
from derivations.catalogue import Kind
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.reading.permission import running_python
from render.children import Fault, Limits, each
from render.commands import printed
from render.commands.command import BAD_INPUT, CRASHED, NOT_ACCEPTED, NOT_FINISHED, OK
from render.files import changed
from render.sheet_file import ProblemSpec, SheetSpec
from render.shown import tell, warn
from render.writers import Job, writer

if TYPE_CHECKING:
    from derivations.problem import Problem
    from render.answer_key import Answered
    from render.commands.working import Outcome
    from render.sheets import Sheet


LIMITS = Limits(3600, 4000)
"""What one sheet may take: far more than any needs."""
FAULT_STATUS = {"crash": CRASHED, "input": BAD_INPUT, "limit": NOT_FINISHED}


@record
class Order:
    """One sheet and what is to be made of it: formats by name, the folder to write into, the options of ``printed``."""

    spec: SheetSpec
    where: str
    formats: tuple[str, ...]
    folder: Path
    options: Mapping[str, Any]

    @property
    def edition(self) -> str:
        """The editions that are asked for: solutions where nothing is said, and of a student's sheet the questions."""
        return str(self.options["edition"] or ("questions" if self.spec.student is not None or self.spec.members else "solutions"))


@record
class Made:
    """What became of an order: files, or what stood in the way. ``status`` is the exit status that it asks for; ``answers`` is for the key of a class."""

    name: str
    problems: int
    evidence: str
    written: tuple[Path, ...]
    trouble: str
    status: int
    seconds: float
    answers: tuple[Answered, ...] = ()
    outline: str = ""


_worked: dict[tuple[object, ...], Problem] = {}
"""Problems that this process has worked out, by kind and values: sheets of one course ask the same again."""


def single(order: Order) -> int:
    """Make one sheet, telling how far it is and ending with a table of its problems; the exit status."""
    from render.commands.working import print_table

    outcomes = outcomes_of(order)
    failed = sum(outcome.problem is None for outcome in outcomes)
    if failed:
        print_table(outcomes)
        sys.stdout.write(f"Nothing was written: {failed} of {len(outcomes)} problems were not accepted.\n")
        return NOT_ACCEPTED
    written = _write(order, sheet_of(order, outcomes))
    print_table(outcomes)
    tell(f"Wrote {', '.join(map(str, written))}")
    return OK


def several(orders: Sequence[Order], jobs: int) -> int:
    """Make sheets in ``jobs`` worker processes, a line for each; the highest exit status of all."""
    start = time.perf_counter()
    imported(orders)
    results = each(made, orders, jobs, LIMITS)
    begun = time.time_ns()
    try:
        status = _told(orders, results)
    except BaseException:  # an interruption: what the processes have put in place before they ended is told as well
        results.close()
        changed.extend(path for order in orders for path in put_in_place(order, begun) if path not in changed)
        raise
    seconds = time.perf_counter() - start
    sys.stdout.write(f"{len(orders)} sheets in {seconds:.2f} s, {len(orders) / seconds:.1f} a second.\n")
    return status


def _told(orders: Sequence[Order], results: Iterable[Made | Fault]) -> int:
    """A line for each sheet as it is made; the highest exit status."""
    status = OK
    width = max(len(order.spec.name) for order in orders)
    for order, made in zip(orders, results, strict=True):
        if isinstance(made, Fault):
            made = Made(order.spec.name, 0, "", (), made.words, FAULT_STATUS[made.kind], 0.0)
        changed.extend(made.written)
        if made.trouble:
            warn(f"derive: {made.name}: {made.trouble}")
        else:
            names = ", ".join(path.name for path in made.written)
            tell(f"{made.name:{width}}  {made.problems} problems, {made.evidence}  {made.seconds:6.2f} s  {names}")
        status = max(status, made.status)
    return status


def put_in_place(order: Order, since: int) -> Iterator[Path]:
    """The files of an order that were written since a time."""
    for path in sorted(order.folder.glob(f"{glob.escape(order.spec.name)}*")):
        with suppress(OSError):
            if path.stat().st_mtime_ns >= since:
                yield path


def imported(orders: Sequence[Order]) -> None:
    """Import what the workers need before they branch off, so that it is done once."""
    from importlib import import_module

    import render.sheets  # noqa: F401

    for module in dict.fromkeys(problem.kind.module for order in orders for problem in order.spec.problems):
        import_module(module)


def made(order: Order) -> Made:
    """Make a sheet, and say what became of it."""
    start = time.perf_counter()
    written: tuple[Path, ...] = ()
    answers: tuple[Answered, ...] = ()
    evidence = trouble = outline = ""
    status = OK
    try:
        outcomes = outcomes_of(order, quiet=True)
        refused = [outcome for outcome in outcomes if outcome.problem is None]
        if refused:
            trouble = "nothing was written; " + "; ".join(f"{outcome.label}: {outcome.detail}" for outcome in refused)
            status = NOT_ACCEPTED
        else:
            from derivations.kernel.verdict import weakest

            evidence = weakest(tuple(outcome.problem.evidence for outcome in outcomes if outcome.problem is not None)).word
            sheet = sheet_of(order, outcomes)
            written = _write(order, sheet)
            if order.spec.student is not None:
                from render.answer_key import answers_of
                from render.printing import Edition
                from render.sheets import released

                printing = printed.printing(order.options, order.spec, order.where)
                answers = answers_of(sheet, order.spec.drawn, printing)
                outline = released(sheet, replace(printing, edition=Edition.QUESTIONS)).outline if printing.boxed else ""
    except DeriveError as error:
        trouble, status = str(error), BAD_INPUT
    return Made(order.spec.name, len(order.spec.problems), evidence, written, trouble, status, time.perf_counter() - start, answers, outline)


def outcomes_of(order: Order, *, quiet: bool = False) -> list[Outcome]:
    """Work out the problems of an order, each once in this process, and not at all those that are kept from an earlier run."""
    from render.cache_folder import wanted
    from render.commands.working import work_out
    from render.kept_problems import Kept

    store = Kept([Path(order.where).parent]) if wanted(order.options.get("cache")) else None
    kept: set[int] = set()
    plain = printed.printing(order.options, order.spec, order.where).profile

    def label(number: int, problem: ProblemSpec) -> str:
        return f"{number}. {problem.heading or problem.kind.label}"

    def build(number: int, problem: ProblemSpec) -> Problem:
        letters = [(letter, own) for letter, own in zip(ascii_lowercase, problem.own, strict=False) if own is not None]
        if not letters:
            return work(number, problem, problem.values, problem.place)
        parts = [(letter, work(number, problem, own, f"{problem.place}, part ({letter})")) for letter, own in letters]
        key = ("parts", *(word for letter, one in parts for word in (letter, id(one))))
        if key not in _worked:
            from derivations.problem import together

            _worked[key] = together(parts)
        return _worked[key]

    def work(number: int, problem: ProblemSpec, given: Mapping[str, object], place: str) -> Problem:
        profile = printed.own_profile(order.options, order.spec, number, order.where) or plain
        values = profile.values(problem.kind, given)
        kind = problem.kind
        if isinstance(kind, WrittenKind):
            kind = replace(kind, wanted=replace(kind.wanted, draft=bool(order.options["draft"])), declarations=(*kind.declarations, *beside(kind)))
        key = (kind, *values.items()) if isinstance(kind, WrittenKind) else (kind.name, kind.module, *values.items())
        if key not in _worked or (isinstance(kind, PythonKind | WrittenKind) and not (isinstance(kind, WrittenKind) and kind.text is not None)):  # files change
            from derivations.kernel.theorem import NotProved

            try:
                if store is not None and isinstance(kind, Kind):
                    before = store.found
                    _worked[key] = store.build(kind, values)
                    kept.update({number} if store.found > before else ())
                else:
                    _worked[key] = kind.build(values)
            except NotProved:
                raise  # an outcome, with a table that names the problem
            except DeriveError as error:
                raise DeriveError(f"{place}: {error}") from error
        return _worked[key]

    jobs: list[tuple[str, Callable[[], Problem]]] = [(label(k, p), partial(build, k, p)) for k, p in enumerate(order.spec.problems, 1)]
    with running_python(order.options["allow_python"]):
        outcomes = work_out(jobs, quiet=quiet)
    if store is not None:
        store.close()
    return [replace(outcome, kept=number in kept) for number, outcome in enumerate(outcomes, 1)]


def beside(kind: WrittenKind) -> tuple[str, ...]:
    """The declarations in the file beside a written solution."""
    if kind.text is not None:
        return ()
    from render.check_files import declarations  # the checker's files, which a sheet of kinds has no use for

    return declarations(kind.path)


def sheet_of(order: Order, outcomes: Sequence[Outcome]) -> Sheet:
    """The sheet in the words of its author."""
    from render.authored import entry, introduction
    from render.sheets import Sheet

    spec = order.spec
    entries = tuple(
        entry(outcome.problem, p, printed.own_profile(order.options, spec, number, order.where))
        for number, (outcome, p) in enumerate(zip(outcomes, spec.problems, strict=True), 1)
        if outcome.problem is not None
    )
    student = identifier = variant = ""
    if spec.student is not None:
        student, variant = (spec.student.label, "") if spec.student.named else ("", spec.student.label)
        identifier = spec.student.identifier
    return Sheet(spec.title, entries, spec.course, spec.author, spec.date, introduction(spec.intro, order.where), student, identifier, variant)


def _write(order: Order, sheet: Sheet) -> tuple[Path, ...]:
    """Every edition in every format, and the logo beside files that read it."""
    from render.files import write_all

    return write_all(order.folder, _contents(order, sheet))


def _contents(order: Order, sheet: Sheet) -> dict[str, str | bytes]:
    """The contents of the files by name."""
    from render.sheets import released

    found: dict[str, str | bytes] = {}
    plain = printed.printing(order.options, order.spec, order.where)
    for edition in printed.editions(order.edition):
        printing = replace(plain, edition=edition)
        shown = released(sheet, printing)
        if shown.outline and order.spec.student is None:  # that of a class stands beside the class
            found[f"{order.spec.name}-outline.csv"] = shown.outline
        for chosen in map(writer, order.formats):
            if chosen.solved and not edition.solved:
                continue  # another edition that was asked for has it
            stem = order.spec.name + edition.suffix
            job = Job(printing, order.options["engine"], order.folder / f"{stem}.log", stem)
            found[stem + chosen.suffix] = chosen.write(shown, job)
            if chosen.beside is not None:
                found.update(chosen.beside(shown, job))
    if plain.look.logo is not None and {"tex", "typ"} & set(order.formats):
        found[plain.look.logo.name] = plain.look.logo.data
    return found
