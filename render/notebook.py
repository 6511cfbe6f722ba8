"""Problems and sheets as Jupyter notebooks (nbformat 4.5): the derivation in Markdown, the drawings, and cells that run.

The same problem gives the same bytes: cells are numbered, and no cell has been run. Drawings are attachments of their cells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import Any, TypeAlias

from derivations.language.context import Array
from derivations.language.errors import DeriveError
from derivations.problem import Problem
from render import markdown
from render.code import Formula, dialect, example, formulas, imports, module
from render.document import Block, Boxed, Caption, Figure, Inlines, Paragraph, Part, Strong, Text, figures
from render.figures.svg import standalone
from render.notation.style import Style
from render.printing import PLAIN_PRINTING, Printing
from render.sheets import Released

Cell: TypeAlias = "dict[str, Any]"

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def notebook(found: Released, printing: Printing = PLAIN_PRINTING) -> str:
    """A sheet or a problem as a notebook. Cells that run stand where solutions are shown."""
    doc = found.document
    if found.single:
        (shown,) = found.problems
        return _dumped([*_texts(shown.kind, 1, doc.title, doc.blocks, printing.style), *_runnable(shown.kind, shown.solution)])
    head: tuple[Block, ...] = (Paragraph((Text(" · ".join(doc.subtitle)),)),) if doc.subtitle else ()
    cells = [_text("title", 1, doc.title, head, printing.style)]
    parts = [block for block in doc.blocks if isinstance(block, Part)]
    for part, shown in zip_longest(parts, found.problems):
        heading = part.heading + (f" ({part.note})" if part.note else "")
        cells += _texts(part.identifier, 2, heading, part.blocks, printing.style)
        if shown is not None:
            cells += _runnable(part.identifier, shown.solution)
    return _dumped(cells)


def _dumped(cells: list[Cell]) -> str:
    return json.dumps({"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, indent=1) + "\n"


# -- text --------------------------------------------------------------------------------------------------------------------------------


def _texts(name: str, level: int, heading: str, blocks: tuple[Block, ...], style: Style) -> Iterator[Cell]:
    """A cell for what stands before the first caption, and one for each caption with what belongs to it."""
    groups: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, Caption | Boxed | Figure) and groups[-1]:
            groups.append([])
        groups[-1].append(block)
    for number, group in enumerate(groups, 1):
        yield _text(f"{name}-{number}", level, heading if number == 1 else "", tuple(group), style)


def _text(identifier: str, level: int, heading: str, blocks: tuple[Block, ...], style: Style) -> Cell:
    scenes = dict.fromkeys(figure.scene for figure in figures(blocks))
    names = {scene: f"{identifier}-figure-{number}.svg" for number, scene in enumerate(scenes, 1)}
    body = markdown.blocks(blocks, style, {scene: f"attachment:{name}" for scene, name in names.items()})
    if heading:
        head = markdown.blocks((Part("", heading, ()),)).lstrip("#")
        body = f"{'#' * level}{head}\n\n{body}".rstrip()
    cell: Cell = {"cell_type": "markdown", "id": identifier, "metadata": {}, "source": _lines(body)}
    if names:
        cell["attachments"] = {name: {"image/svg+xml": standalone(scene, style)} for scene, name in names.items()}
    return cell


def _lines(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(keepends=True)


# -- code --------------------------------------------------------------------------------------------------------------------------------


def _runnable(name: str, problem: Problem | None) -> Iterator[Cell]:
    """The NumPy functions with a call of each, and SymPy's form of the result. What has no code is said in words."""
    if problem is None:
        return
    try:
        made = formulas(problem)
        source = module(((problem, made),), dialect("numpy"))
    except DeriveError as error:
        yield _text(f"{name}-no-code", 2, "", (Paragraph(_told(error)),), PLAIN_PRINTING.style)
        return
    yield _code(f"{name}-numpy", source)
    calls = [example(formula) for formula in made]
    if any("random." in call for call in calls):
        calls.insert(0, "random = np.random.default_rng(0)")
    called = "\n".join(calls)
    needed = [line for line in imports(called) if line and line not in source]
    yield _code(f"{name}-numpy-call", "\n".join([*needed, *([""] if needed else []), called]))
    symbolic = tuple(_symbolic(formula) for formula in made if not any(isinstance(formula.kind(a), Array) for a in formula.arguments))
    if symbolic:
        last = symbolic[-1]
        shown = f"{last.name}()" if len(symbolic) == 1 else f"({', '.join(f'{formula.name}()' for formula in symbolic)})"
        yield _code(f"{name}-sympy", f"{module(((problem, symbolic),), dialect('sympy'))}\n\n{shown}\n")


def _symbolic(formula: Formula) -> Formula:
    """The same function under a name of its own, so that a notebook can hold both."""
    return replace(formula, name=f"{formula.name}_formula")


def _told(error: DeriveError) -> Inlines:
    return (Strong("No code: "), Text(str(error)))


def _code(identifier: str, source: str) -> Cell:
    return {"cell_type": "code", "execution_count": None, "id": identifier, "metadata": {}, "outputs": [], "source": _lines(source)}
