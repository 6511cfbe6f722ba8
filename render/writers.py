"""The formats that a sheet or a problem can be written in, one ordered table. To add a writer: one module, one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from derivations.language.errors import DeriveError
from derivations.parameters import nearest

if TYPE_CHECKING:
    from derivations.problem import Problem
    from render.document import Document
    from render.printing import Printing
    from render.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Job:
    """What a writer is asked for besides the sheet: how it is to be printed, which typesetter makes a PDF, and where that leaves its log."""

    printing: Printing
    engine: str = "typst"
    log: Path = Path("sheet.log")
    stem: str = ""  # the name of the file without its ending, for files beside it; empty where there is no file


@dataclass(frozen=True, slots=True)
class Writer:
    """``names``: what ``--to`` accepts, the ending of its files first. ``usual``: written where no format is asked for."""

    names: tuple[str, ...]
    sheet: Callable[[Sheet, Job], str | bytes]
    problem: Callable[[Problem, Job], str | bytes]
    usual: bool = True
    beside: Callable[[Sheet, Job], Mapping[str, str]] | None = None
    """Files that must stand beside a sheet, by name."""
    ending: str = ""
    """What is added to the name of a file, where that is not a point and the first name."""

    @property
    def suffix(self) -> str:
        return self.ending or "." + self.names[0]


def _of_documents(write: Callable[[Document, Job], str | bytes], *names: str, usual: bool = True) -> Writer:
    """A writer that knows documents only."""

    def sheet(sheet: Sheet, job: Job) -> str | bytes:
        from render.sheets import sheet_document

        return write(sheet_document(sheet, job.printing), job)

    def problem(problem: Problem, job: Job) -> str | bytes:
        from render.sheets import problem_document

        return write(problem_document(problem, job.printing), job)

    return Writer(names, sheet, problem, usual)


def _tex(document: Document, job: Job) -> str:
    from render import latex

    return latex.document(document, job.printing.style, job.printing.look)


def _html(document: Document, job: Job) -> str:
    from render import html

    return html.document(document, job.printing.style, job.printing.messages, job.printing.look)


def _md(document: Document, job: Job) -> str:
    from render import markdown

    return markdown.document(document, job.printing.style, job.stem)


def _md_beside(sheet: Sheet, job: Job) -> Mapping[str, str]:
    from render import markdown
    from render.sheets import sheet_document

    return markdown.pictures(sheet_document(sheet, job.printing), job.printing.style, job.stem)


def _typ(document: Document, job: Job) -> str:
    from render import typst

    return typst.document(document, job.printing.style, job.printing.look)


def _pdf(document: Document, job: Job) -> bytes:
    from render.engines import pdf_with_latex, pdf_with_typst

    if job.engine == "typst":
        return pdf_with_typst(_typ(document, job), files_beside(document), job.log)
    return pdf_with_latex(_tex(document, job), files_beside(document), job.log, job.engine, document.date)


def files_beside(document: Document) -> Mapping[str, bytes]:
    """The files that a ``.tex`` or ``.typ`` file of this document reads."""
    return {} if document.logo is None else {document.logo.name: document.logo.data}


def _json_sheet(sheet: Sheet, job: Job) -> str:
    from render import record

    return record.dumped(record.sheet_record(sheet, job.printing))


def _json_problem(problem: Problem, job: Job) -> str:
    from render import record

    return record.dumped(record.problem_record(problem, job.printing))


def _code(library: str) -> Writer:
    """Functions for one library, in a Python file."""

    def sheet(sheet: Sheet, job: Job) -> str:
        from render.code import code

        return code((entry.problem for entry in sheet.entries), library)

    def problem(problem: Problem, job: Job) -> str:
        from render.code import code

        return code((problem,), library)

    return Writer((library,), sheet, problem, usual=False, ending=f"-{library}.py")


def _notebook_sheet(sheet: Sheet, job: Job) -> str:
    from render import notebook

    return notebook.sheet(sheet, job.printing)


def _notebook_problem(problem: Problem, job: Job) -> str:
    from render import notebook

    return notebook.problem(problem, job.printing)


WRITERS: tuple[Writer, ...] = (
    _of_documents(_tex, "tex", "latex"),
    _of_documents(_html, "html"),
    replace(_of_documents(_md, "md", "markdown"), beside=_md_beside),
    Writer(("json",), _json_sheet, _json_problem),
    _of_documents(_pdf, "pdf", usual=False),
    _of_documents(_typ, "typ", "typst", usual=False),
    Writer(("ipynb", "notebook"), _notebook_sheet, _notebook_problem, usual=False),
    *map(_code, ("numpy", "torch", "jax", "sympy")),
)


def writer(name: str) -> Writer:
    """The writer of this name. Raises DeriveError with the names there are."""
    for candidate in WRITERS:
        if name in candidate.names:
            return candidate
    names = [n for candidate in WRITERS for n in candidate.names]
    raise DeriveError(f"--to {name!r} is not accepted{nearest(name, names)}; it must be one of {', '.join(names)}")
