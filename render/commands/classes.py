"""The sheets of a class: one for each student in a folder of their own, and the answer key beside it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from render import children
from render.children import Fault, Part
from render.commands import printed
from render.commands.batch import FAULT_STATUS, LIMITS, Made, Order, imported, made, outcomes_of, put_in_place
from render.commands.command import NOT_ACCEPTED, OK
from render.files import changed, write_all
from render.shown import shown, tell, warn
from render.writers import Job, writer

_PIECES: Final = 4
"""Pieces of the class for each process: enough that all end at about the same time, few enough that equal problems are worked out once."""


def of_class(order: Order, jobs: int) -> int:
    """Make the sheets of all members and the key, telling how far it is; the exit status. Without all answers there is no key."""
    start = time.perf_counter()
    begun = time.time_ns()
    folder = order.folder / order.spec.name
    orders = [Order(member, order.where, order.formats, folder, order.options) for member in order.spec.members]
    imported(orders[:1])
    if not _common_work(orders[0]):
        return NOT_ACCEPTED
    results = _each(orders, jobs)
    try:
        done, status = _followed(orders, results)
    except BaseException:  # an interruption: what the processes have put in place before they ended is told as well
        results.close()
        changed.extend(path for one in orders for path in put_in_place(one, begun) if path not in changed)
        raise
    if len(done) < len(orders):
        sys.stdout.write(f"{len(done)} of {len(orders)} sheets are written into {folder}; there is no answer key, because others are not.\n")
        return status
    # in a process of its own: a typesetter that has run here would stand still in processes that branch off later
    (written,) = children.each(_key, ((order, tuple(done)),), 1, LIMITS)
    if isinstance(written, Fault):
        warn(f"derive: {order.spec.name}: the answer key is not written: {written.words}")
        return max(status, FAULT_STATUS[written.kind])
    changed.extend(written)
    seconds = time.perf_counter() - start
    different = len({repr(one.spec.drawn) for one in orders})
    told = f"{len(orders)} sheets, {different} of them different, in {seconds:.2f} s ({len(orders) / seconds:.1f} a second)"
    tell(f"{told}: {folder}{'/' if folder.name else ''}")
    tell(f"Answer key, for staff: {', '.join(map(str, written))}")
    return status


def _common_work(order: Order) -> bool:
    """Work out what is the same for all, once, before the processes branch off. False, with the reason told, where a problem is not accepted."""
    from render.commands.working import print_table

    same = tuple(problem for problem, drawn in zip(order.spec.problems, order.spec.drawn, strict=True) if not drawn)
    outcomes = outcomes_of(replace(order, spec=replace(order.spec, problems=same)), quiet=True)
    failed = sum(outcome.problem is None for outcome in outcomes)
    if failed:
        print_table(outcomes)
        sys.stdout.write(f"Nothing was written: {failed} of {len(outcomes)} problems that all students have were not accepted.\n")
    return not failed


def _each(orders: Sequence[Order], jobs: int) -> Generator[Made | Fault, None, None]:
    size = max(1, -(-len(orders) // (jobs * _PIECES if jobs > 1 else 1)))
    pieces = [tuple(orders[k : k + size]) for k in range(0, len(orders), size)]
    results = children.each_in_parts(_piece, pieces, jobs, LIMITS)
    told = 0
    number = 0
    try:
        for result in results:
            if isinstance(result, Part):
                told += 1
                yield result.value
            else:  # the end of a piece; a fault is that of each sheet in it that was not made
                if isinstance(result, Fault):
                    for _ in range(len(pieces[number]) - told):
                        yield result
                told, number = 0, number + 1
    finally:
        results.close()


def _piece(orders: tuple[Order, ...], tell_of: Callable[[Made], None]) -> int:
    for order in orders:
        tell_of(made(order))
    return len(orders)


def _followed(orders: Sequence[Order], results: Iterator[Made | Fault]) -> tuple[list[Made], int]:
    """The sheets that were made, with a line for each that was not; the highest exit status."""
    live = sys.stderr.isatty()
    done: list[Made] = []
    status = OK
    for number, (order, result) in enumerate(zip(orders, results, strict=True), 1):
        student = order.spec.student
        label = order.spec.name if student is None else student.label
        if live:
            sys.stderr.write(f"\r\x1b[2K[{number}/{len(orders)}] {shown(label)}")
            sys.stderr.flush()
        found = result if isinstance(result, Made) else Made(order.spec.name, 0, "", (), result.words, FAULT_STATUS[result.kind], 0.0)
        changed.extend(found.written)
        if found.trouble:
            if live:
                sys.stderr.write("\r\x1b[2K")
            warn(f"derive: {label}: {found.trouble}")
        else:
            done.append(found)
        status = max(status, found.status)
    if live:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()
    return done, status


def _key(task: tuple[Order, tuple[Made, ...]]) -> tuple[Path, ...]:
    """The answer key as CSV, and as a document in the formats that show one."""
    from render import answer_key

    order, done = task
    spec = order.spec
    answered = [(member.student, made.answers) for member, made in zip(spec.members, done, strict=True) if member.student is not None]
    files = [next((path.name for path in made.written), "") for made in done]
    printing = printed.printing(order.options, spec, order.where)
    key = answer_key.document(spec.title, (spec.course, spec.author, spec.date), answered, printing.messages)
    stem = f"{spec.name}-key"
    contents: dict[str, str | bytes] = {f"{stem}.csv": answer_key.as_csv(answered, files)}
    if done[0].outline:
        contents[f"{spec.name}-outline.csv"] = done[0].outline
    for chosen in map(writer, order.formats):
        if chosen.of_documents:
            contents[stem + chosen.suffix] = chosen.write(key, Job(printing, order.options["engine"], order.folder / f"{stem}.log", stem))
    return write_all(order.folder, contents)
