"""What the tools do, each in a process of its own with limits. Nothing of a document is run, and no Python file that somebody names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import StringIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from derivations.authored.kinds import installed
from derivations.catalogue import KINDS, Kind
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.parameters import nearest
from derivations.reading.permission import running_python
from render.children import Fault, Limits, each_in_parts

LIMITS: Final = Limits(seconds=120)
"""Of one call of a tool."""
MOST_TEXT: Final = 2_000_000
"""Characters of a text that is checked."""
MARKUPS: Final = {"latex": ".tex", "markdown": ".md"}
FORMATS: Final = ("markdown", "latex", "text", "html", "json", "numpy", "torch", "jax", "sympy")


@record
class Check:
    """``derive check`` of a text, or of one file with what it includes."""

    text: str | None
    file: str | None
    markup: str

    def done(self) -> dict[str, Any]:
        """The records of the document, and a line with the counts."""
        from render.check_files import Excluded, Unreadable, found
        from render.check_work import Task, checked
        from render.checked import summary, to_plain

        if (self.text is None) == (self.file is None):
            raise DeriveError("check needs a text or a file, and not both")
        if self.markup not in MARKUPS:
            raise DeriveError(f"markup {self.markup!r} is not accepted{nearest(self.markup, MARKUPS)}; it must be one of {', '.join(MARKUPS)}")
        if self.text is not None:
            if len(self.text) > MOST_TEXT:
                raise DeriveError(f"the text has {len(self.text)} characters; at most {MOST_TEXT} are checked")
            task = Task(None, self.text.encode("utf-8", errors="replace"), named=f"text{MARKUPS[self.markup]}")
        else:
            (wanted, *more) = list(found([str(self.file)]))
            if more or isinstance(wanted, Excluded) or Path(str(self.file)).is_dir():
                raise DeriveError(f"{self.file} is a folder; one file is checked at a time")
            if isinstance(wanted, Unreadable):
                raise DeriveError(wanted.why)
            task = Task(wanted.path, None, wanted.root, wanted.settings)
        report = checked(None, task, lambda record: None)
        return {**to_plain([report]), "summary": summary(report.counts, report.given, report.ignored)}


@record
class Derive:
    """A problem of a kind, worked out, as data."""

    kind: str
    parameters: Mapping[str, Any]

    def done(self) -> dict[str, Any]:
        """What ``derive show --to json`` writes."""
        from render.record import record
        from render.sheets import released_problem

        return record(released_problem(_problem(self.kind, self.parameters)))


@record
class Show:
    """A problem of a kind, worked out, as people read it or as code."""

    kind: str
    parameters: Mapping[str, Any]
    format: str
    edition: str
    detail: str

    def done(self) -> dict[str, Any]:
        """The text under ``shown``."""
        from render import writers
        from render.printing import Detail, Edition, Printing
        from render.sheets import problem_document, released_problem

        for name, given, accepted in (
            ("format", self.format, FORMATS),
            ("edition", self.edition, [e.value for e in Edition]),
            ("detail", self.detail, [d.value for d in Detail]),
        ):
            if given not in accepted:
                raise DeriveError(f"{name} {given!r} is not accepted{nearest(given, accepted)}; it must be one of {', '.join(accepted)}")
        printing = Printing(Edition(self.edition), Detail(self.detail))
        problem = _problem(self.kind, self.parameters)
        if self.format == "text":
            from rich.console import Console

            from render import terminal

            written = StringIO()
            console = Console(highlight=False, width=100, file=written, color_system=None)
            terminal.show(problem_document(problem, printing), console, printing.style)
            return {"shown": written.getvalue()}
        chosen = writers.writer(self.format)
        if chosen.solved and not printing.edition.solved:
            raise DeriveError(f"format {self.format} writes what was proved, which the edition {self.edition} does not show")
        made = chosen.write(released_problem(problem, printing), writers.Job(printing))
        return {"shown": made if isinstance(made, str) else ""}


def kinds() -> list[dict[str, Any]]:
    """The problem kinds, with their parameters."""
    return [
        {
            "kind": kind.name,
            "summary": kind.summary,
            "parameters": [
                {"name": p.name, "help": p.help, "accepted": p.type.accepted, **({} if p.default is None else {"default": p.default})} for p in kind.parameters
            ],
        }
        for kind in (*KINDS, *installed())
    ]


def _problem(name: str, parameters: Mapping[str, Any]) -> Any:
    every: dict[str, Kind] = {kind.name: kind for kind in (*KINDS, *installed())}
    if name not in every:
        raise DeriveError(f"there is no kind {name!r}{nearest(name, every)}; there are {', '.join(every)}")
    with running_python(False):
        return every[name].build({key.replace("-", "_"): value for key, value in parameters.items()})


Job = Check | Derive | Show


def _work(job: Job, tell: Callable[[None], None]) -> dict[str, Any]:
    return job.done()


def answered(job: Job, stop: Connection) -> dict[str, Any] | Fault | None:
    """What a job gives, from a process of its own; None when it was stopped, because nobody waits for it any more. ``stop`` is closed at the end."""
    results = each_in_parts(_work, [job], 1, LIMITS, stop=stop)
    try:
        for result in results:
            if isinstance(result, dict | Fault):
                return result
    finally:
        results.close()
        stop.close()
    return None
