"""A process for each piece of work, with limits of processor time and memory: what goes wrong in one is a record of that one and nothing else.

The limits are a watchdog. They never turn one answer into another: work that comes to one is not finished, and that is all that is said of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any, Final, Generic, Literal, TypeVar

from derivations.language.errors import DeriveError
from derivations.language.record import record

T = TypeVar("T")
P = TypeVar("P")
R = TypeVar("R")

Kind = Literal["input", "limit", "crash"]
"""The input is at fault; a limit was come to; the program is at fault."""

_GRACE: Final = 5.0
"""Seconds that a process has to end by itself after it has answered."""


@record
class Fault:
    """Why there is no answer, in one line."""

    kind: Kind
    words: str


@record
class Limits:
    """What one piece of work may use: seconds of processor time, and megabytes beyond what the program itself takes."""

    seconds: int = 600
    megabytes: int = 2_000


@record
class Part(Generic[P]):
    """Something that is known of an answer before the whole of it."""

    value: P


def each(work: Callable[[T], R], tasks: Sequence[T], jobs: int, limits: Limits) -> Generator[R | Fault, None, None]:
    """What ``work`` gives for each task, in their order, as soon as it is known; ``jobs`` of them at the same time.

    When the iterator is closed, no process of it is left.
    """
    results: Generator[Part[Any] | R | Fault, None, None] = each_in_parts(partial(_whole, work), tasks, jobs, limits)
    try:
        for result in results:
            if not isinstance(result, Part):
                yield result
    finally:
        results.close()


def each_in_parts(
    work: Callable[[T, Callable[[P], None]], R],
    tasks: Sequence[T],
    jobs: int,
    limits: Limits,
    seconds: float | None = None,
    stop: Connection | None = None,
) -> Generator[Part[P] | R | Fault, None, None]:
    """Like ``each``; what ``work`` tells (its second argument) of a task comes before its result, as soon as the tasks before it are done.

    ``seconds`` by the clock after which the whole is stopped: what was told until then is given, and a Fault for each task that is not done.
    ``stop``: when the other end of this connection is closed, the iterator ends. A program with threads gives one: its processes are begun by a process
    that has none, for a branch of a program with threads may wait for ever for one that it does not have.
    """
    pool = _Pool(work, tasks, limits, None if seconds is None else monotonic() + seconds, stop)
    try:
        yield from pool.results(max(1, min(jobs, len(tasks))))
    finally:
        pool.close()


def prepare(modules: Sequence[str]) -> None:
    """For a program with threads: let the process that begins its processes import these modules, so that it is done once."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        multiprocessing.get_context("forkserver").set_forkserver_preload(list(modules))


def _whole(work: Callable[[T], R], task: T, tell: Callable[[Any], None]) -> R:
    return work(task)


class _Pool(Generic[T, P, R]):
    def __init__(
        self, work: Callable[[T, Callable[[P], None]], R], tasks: Sequence[T], limits: Limits, deadline: float | None, stop: Connection | None = None
    ) -> None:
        self.work, self.tasks, self.limits, self.deadline, self.stop = work, tasks, limits, deadline, stop
        method = "fork" if stop is None else "forkserver"
        self.context: BaseContext = multiprocessing.get_context(method if method in multiprocessing.get_all_start_methods() else None)
        self.running: dict[Connection, tuple[int, BaseProcess]] = {}

    def results(self, jobs: int) -> Iterator[Part[P] | R | Fault]:
        found: dict[int, list[Part[P] | R | Fault]] = {}
        begun = given = 0
        while given < len(self.tasks):
            while len(self.running) < jobs and begun < len(self.tasks):
                self.begin(begun)
                begun += 1
            left = None if self.deadline is None else max(0.0, self.deadline - monotonic())
            heard = wait([*self.running, *(() if self.stop is None else (self.stop,))], left)
            if self.stop in heard:
                return
            for ready in heard:
                if isinstance(ready, Connection):
                    number, result = self.hear(ready)
                    found.setdefault(number, []).append(result)
            if self.deadline is not None and monotonic() >= self.deadline:
                yield from self.stopped(given, found)
                return
            while waiting := found.pop(given, None):
                yield from waiting
                given += not isinstance(waiting[-1], Part)

    def stopped(self, given: int, found: dict[int, list[Part[P] | R | Fault]]) -> Iterator[Part[P] | R | Fault]:
        """What was told of each task that is left, and that it is not finished."""
        for number in range(given, len(self.tasks)):
            told = found.get(number, [])
            yield from told
            if not told or isinstance(told[-1], Part):
                yield Fault("limit", "not finished: the run was stopped, as its time was over")

    def begin(self, number: int) -> None:
        ours, theirs = self.context.Pipe(duplex=False)
        branched = os.getpid() if self.context.get_start_method() == "fork" else None
        arguments = (theirs, self.work, self.tasks[number], self.limits, branched)
        process = self.context.Process(target=_child, args=arguments, daemon=True)  # type: ignore[attr-defined]
        process.start()
        theirs.close()
        self.running[ours] = number, process

    def hear(self, ready: Connection) -> tuple[int, Part[P] | R | Fault]:
        """A part of an answer, or the end of it."""
        number, process = self.running[ready]
        try:
            result: Part[P] | R | Fault | None = ready.recv()
        except (EOFError, OSError):  # it ended before it had answered
            result = None
        if isinstance(result, Part):
            return number, result
        del self.running[ready]
        ready.close()
        process.join(_GRACE)
        if process.is_alive():
            process.kill()
            process.join()
        return number, _ended(process.exitcode, self.limits) if result is None else result

    def close(self) -> None:
        """End what is running; a file that is being put in place is put in place first."""
        for _, process in self.running.values():
            process.terminate()
        for connection, (_, process) in self.running.items():
            process.join(_GRACE)
            process.kill()
            process.join()
            connection.close()
        self.running.clear()


def _ended(status: int | None, limits: Limits) -> Fault:
    """What is said of a process that ended without an answer."""
    if status is None or status >= 0:
        return Fault("crash", f"its process ended without an answer (exit status {status})")
    if status in (-getattr(signal, "SIGXCPU", 0), -getattr(signal, "SIGKILL", 0)):
        many = f"more than {limits.seconds} seconds of processor time" if status == -getattr(signal, "SIGXCPU", 0) else "its process was killed"
        return Fault("limit", f"not finished: {many}")
    with suppress(ValueError):
        return Fault("crash", f"its process was ended by the signal {signal.Signals(-status).name}")
    return Fault("crash", f"its process was ended by the signal {-status}")


# -- in the child ------------------------------------------------------------------------------------------------------------------------


def _child(answer: Connection, work: Callable[[Any, Callable[[Any], None]], Any], task: Any, limits: Limits, parent: int | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted as well, and ends this process
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _end_with(parent)
    _limit(limits)
    try:
        result = work(task, lambda part: answer.send(Part(part)))
    except DeriveError as error:
        result = Fault("input", str(error))
    except MemoryError:
        result = Fault("limit", f"not finished: more than {limits.megabytes} MB of memory")
    except Exception as error:  # noqa: BLE001  (whatever it is, it is told, and it is told as a fault of the program)
        result = Fault("crash", fault(error))
    with suppress(OSError):  # a parent that is gone hears nothing
        answer.send(result)
    answer.close()


def fault(error: BaseException) -> str:
    """A fault of the program in one line: what, and where in the program."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f" ({Path(at.tb_frame.f_code.co_filename).name}, line {at.tb_lineno})" if at is not None else ""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}{': ' if words else ''}{words[:200]}{where}; this is a fault of the program, not of its input"


def _end_with(parent: int | None) -> None:
    """End when the parent does, however it ends: the program, or, where that has threads (None), the process that begins its processes, which ends with
    it. Only Linux can be told so; elsewhere the limit of time ends an orphan."""
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if parent is not None and os.getppid() != parent:
            os._exit(1)


def _limit(limits: Limits) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_AS, _size() + limits.megabytes * 1_000_000),
    ):
        with suppress(OSError, ValueError):
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _size() -> int:
    """The address space that the program has taken before the work begins."""
    try:
        import resource

        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except (OSError, ValueError, ImportError):
        return 1_000_000_000
