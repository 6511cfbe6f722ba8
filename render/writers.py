"""The formats that a sheet or a problem can be written in, one ordered table. To add a writer: one module, one row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivations.language.errors import DeriveError
from derivations.parameters import nearest

if TYPE_CHECKING:
    from derivations.problem import Problem
    from render.compose import Sheet


@dataclass(frozen=True, slots=True)
class Writer:
    """``names``: what ``--to`` accepts, the ending of its files first."""

    names: tuple[str, ...]
    sheet: Callable[[Sheet], str]
    problem: Callable[[Problem], str]

    @property
    def suffix(self) -> str:
        return "." + self.names[0]


def _tex_sheet(sheet: Sheet) -> str:
    from render import compose, latex

    return latex.document(compose.sheet_document(sheet))


def _tex_problem(problem: Problem) -> str:
    from render import compose, latex

    return latex.document(compose.problem_document(problem))


def _html_sheet(sheet: Sheet) -> str:
    from render import compose, html

    return html.document(compose.sheet_document(sheet))


def _html_problem(problem: Problem) -> str:
    from render import compose, html

    return html.document(compose.problem_document(problem))


def _md_sheet(sheet: Sheet) -> str:
    from render import compose, markdown

    return markdown.document(compose.sheet_document(sheet))


def _md_problem(problem: Problem) -> str:
    from render import compose, markdown

    return markdown.document(compose.problem_document(problem))


def _json_sheet(sheet: Sheet) -> str:
    from render import record

    return record.dumped(record.sheet_record(sheet))


def _json_problem(problem: Problem) -> str:
    from render import record

    return record.dumped(record.problem_record(problem))


WRITERS: tuple[Writer, ...] = (
    Writer(("tex", "latex"), _tex_sheet, _tex_problem),
    Writer(("html",), _html_sheet, _html_problem),
    Writer(("md", "markdown"), _md_sheet, _md_problem),
    Writer(("json",), _json_sheet, _json_problem),
)


def writer(name: str) -> Writer:
    """The writer of this name. Raises DeriveError with the names there are."""
    for candidate in WRITERS:
        if name in candidate.names:
            return candidate
    names = [n for candidate in WRITERS for n in candidate.names]
    raise DeriveError(f"--to {name!r} is not accepted{nearest(name, names)}; it must be one of {', '.join(names)}")
