"""Problems and sheets as Jupyter notebooks (nbformat 4.5): the derivation in Markdown, the drawings, and cells that run.

The same problem gives the same bytes: cells are numbered, and carry what they gave when the notebook was written. Drawings are attachments in PNG, the
one form that both JupyterLab and nbconvert show in text: the first shows no attached SVG and neither shows one in a ``data:`` address.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from itertools import zip_longest
from typing import Any, TypeAlias

from derivations.language.context import Array
from derivations.language.errors import DeriveError
from derivations.problem import Problem
from render import markdown
from render.code import Formula, dialect, example, formulas, imports, module
from render.code.run import run, runs_here, shown
from render.document import Block, Boxed, Caption, Figure, Inlines, Paragraph, Part, Strong, Text, figures
from render.figures.scene import Scene
from render.figures.typst import compiled
from render.figures.words import plain
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
        (only,) = found.problems
        return _dumped([*_texts(only.kind, 1, doc.title, doc.blocks, printing.style), *_Runner().cells(only.kind, only.solution)])
    head: tuple[Block, ...] = (Paragraph((Text(" · ".join(doc.subtitle)),)),) if doc.subtitle else ()
    parts = [block for block in doc.blocks if isinstance(block, Part)]
    head += tuple(block for block in doc.blocks if not isinstance(block, Part))
    cells = [_text("title", 1, doc.title, head, printing.style)]
    runner = _Runner()
    for part, problem in zip_longest(parts, found.problems):
        heading = part.heading + (f" ({part.note})" if part.note else "")
        cells += _texts(part.identifier, 2, heading, part.blocks, printing.style)
        if problem is not None:
            cells += runner.cells(part.identifier, problem.solution)
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
    if not _DRAWS:
        blocks = tuple(_in_words(block, style) if isinstance(block, Figure) else block for block in blocks)
    scenes = dict.fromkeys(figure.scene for figure in figures(blocks))
    names = {scene: f"{identifier}-figure-{number}.png" for number, scene in enumerate(scenes, 1)}
    body = markdown.blocks(blocks, style, {scene: f"attachment:{name}" for scene, name in names.items()})
    if heading:
        head = markdown.blocks((Part("", heading, ()),)).lstrip("#")
        body = f"{'#' * level}{head}\n\n{body}".rstrip()
    cell: Cell = {"cell_type": "markdown", "id": identifier, "metadata": {}, "source": _lines(body)}
    if names:
        cell["attachments"] = {name: {"image/png": _png(scene, style)} for scene, name in names.items()}
    return cell


_DRAWS = find_spec("typst") is not None
"""Whether the typesetter that makes the pictures is installed."""


def _in_words(figure: Figure, style: Style) -> Block:
    told = plain(figure.scene.description, style)
    return Paragraph((Strong("Drawing: "), Text(f"{told} "), *figure.caption, Text(" (It is drawn where derive-math[pdf] is installed.)")))


_DOTS = 128
"""Dots an inch of a drawing: as wide on a screen as its room, and not more."""


def _png(scene: Scene, style: Style) -> str:
    return b64encode(compiled(scene, "png", style, _DOTS)).decode("ascii")


def _lines(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(keepends=True)


# -- code --------------------------------------------------------------------------------------------------------------------------------


class _Runner:
    """The cells of a notebook as its kernel would run them: one after another, in one room of names."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.count = 0

    def cells(self, name: str, problem: Problem | None) -> Iterator[Cell]:
        """The NumPy functions with a call of each, and SymPy's form of the result. What has no code is said in words."""
        if problem is None:
            return
        try:
            found = tuple(self._sources(name, problem))
            outputs = [self._run(identifier, source) for identifier, source in found]
        except DeriveError as error:
            yield _text(f"{name}-no-code", 2, "", (Paragraph(_told(error)),), PLAIN_PRINTING.style)
            return
        for (identifier, source), output in zip(found, outputs, strict=True):
            yield self._cell(identifier, source, output)

    def _sources(self, name: str, problem: Problem) -> Iterator[tuple[str, str]]:
        made = formulas(problem)
        source = module(((problem, made),), dialect("numpy"))
        yield f"{name}-numpy", source
        calls = [example(formula) for formula in made]
        if any("random." in call for call in calls):
            calls.insert(0, "random = np.random.default_rng(0)")
        if len(made) > 1:  # a cell shows its last value only
            calls[-len(made) :] = [f"({', '.join(calls[-len(made) :])})"]
        called = "\n".join(calls)
        needed = [line for line in imports(called) if line and line not in source]
        yield f"{name}-numpy-call", "\n".join([*needed, *([""] if needed else []), called])
        symbolic = tuple(_symbolic(formula) for formula in made if not any(isinstance(formula.kind(a), Array) for a in formula.arguments))
        if symbolic:
            shown = f"{symbolic[-1].name}()" if len(symbolic) == 1 else f"({', '.join(f'{formula.name}()' for formula in symbolic)})"
            yield f"{name}-sympy", f"{module(((problem, symbolic),), dialect('sympy'))}\n\n{shown}\n"

    def _run(self, identifier: str, source: str) -> Mapping[str, str] | None:
        return shown(run(source, self.names, f"the code of {identifier}")) if runs_here(source) else None

    def _cell(self, identifier: str, source: str, output: Mapping[str, str] | None) -> Cell:
        self.count += 1
        outputs: list[Cell] = []
        if output is not None:
            data = {kind: _lines(text) for kind, text in output.items()}
            outputs = [{"data": data, "execution_count": self.count, "metadata": {}, "output_type": "execute_result"}]
        cell = {"cell_type": "code", "execution_count": self.count, "id": identifier, "metadata": {}, "outputs": outputs}
        return {**cell, "source": _lines(source)}


def _symbolic(formula: Formula) -> Formula:
    """The same function under a name of its own, so that a notebook can hold both."""
    return replace(formula, name=f"{formula.name}_formula")


def _told(error: DeriveError) -> Inlines:
    return (Strong("No code: "), Text(str(error)))
