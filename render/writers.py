"""The formats that a sheet or a problem can be written in, one ordered table. To add a writer: one module, one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.parameters import nearest

if TYPE_CHECKING:
    from render.document import Document
    from render.printing import Printing
    from render.sheets import Released


@record
class Job:
    """What a writer is asked for besides what is to be written: how it is to be printed, which typesetter makes a PDF, and where that leaves its log."""

    printing: Printing
    engine: str = "typst"
    log: Path = Path("sheet.log")
    stem: str = ""  # the name of the file without its ending, for files beside it; empty where there is no file


@record
class Writer:
    """``names``: what ``--to`` accepts, the ending of its files first. ``usual``: written where no format is asked for. ``solved``: it has something to
    write only where solutions are shown."""

    names: tuple[str, ...]
    write: Callable[[Released, Job], str | bytes]
    usual: bool = True
    solved: bool = False
    beside: Callable[[Released, Job], Mapping[str, str]] | None = None
    """Files that must stand beside a sheet, by name."""
    of_documents: bool = False
    """Whether it writes any document, and not the problems of an edition only."""
    ending: str = ""
    """What is added to the name of a file, where that is not a point and the first name."""

    @property
    def suffix(self) -> str:
        return self.ending or "." + self.names[0]


def _of_documents(write: Callable[[Document, Job], str | bytes]) -> Callable[[Released, Job], str | bytes]:
    """A writer that knows documents only."""
    return lambda found, job: write(found.document, job)


def _tex(document: Document, job: Job) -> str:
    from render import latex

    return latex.document(document, job.printing.style, job.printing.look)


def _html(document: Document, job: Job) -> str:
    from render import html

    return html.document(document, job.printing.style, job.printing.messages, job.printing.look)


def _md(document: Document, job: Job) -> str:
    from render import markdown

    return markdown.document(document, job.printing.style, job.stem)


def _md_beside(found: Released, job: Job) -> Mapping[str, str]:
    from render import markdown

    return markdown.pictures(found.document, job.printing.style, job.stem)


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


def _json(found: Released, job: Job) -> str:
    from render import record

    return record.dumped(record.record(found, job.printing))


def _code(library: str) -> Writer:
    """Functions for one library, in a Python file."""

    def write(found: Released, job: Job) -> str:
        from render.code import code

        return code((shown.solution for shown in found.problems if shown.solution is not None), library)

    return Writer((library,), write, usual=False, solved=True, ending=f"-{library}.py")


def _notebook(found: Released, job: Job) -> str:
    from render import notebook

    return notebook.notebook(found, job.printing)


WRITERS: tuple[Writer, ...] = (
    Writer(("tex", "latex"), _of_documents(_tex), of_documents=True),
    Writer(("html",), _of_documents(_html), of_documents=True),
    Writer(("md", "markdown"), _of_documents(_md), of_documents=True, beside=_md_beside),
    Writer(("json",), _json),
    Writer(("pdf",), _of_documents(_pdf), usual=False, of_documents=True),
    Writer(("typ", "typst"), _of_documents(_typ), usual=False, of_documents=True),
    Writer(("ipynb", "notebook"), _notebook, usual=False),
    *map(_code, ("numpy", "torch", "jax", "sympy")),
)


def writer(name: str) -> Writer:
    """The writer of this name. Raises DeriveError with the names there are."""
    for candidate in WRITERS:
        if name in candidate.names:
            return candidate
    names = [n for candidate in WRITERS for n in candidate.names]
    raise DeriveError(f"--to {name!r} is not accepted{nearest(name, names)}; it must be one of {', '.join(names)}")
