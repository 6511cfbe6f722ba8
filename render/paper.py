"""How formulas lie on a page of paper: which lines a display and a chain become. Both typesetters print these lines, so their pages look the same.

Lengths are in em of the main font: on the built-in page the text is 160 mm wide at 11pt, and the reasons have what the formulas leave, from a quarter to a
half of it. In a column of a page there is no room for both, and reasons stand below what they are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derivations.language.record import record
from derivations.language.term import Term
from render.breaking import Line, broken
from render.document import Row
from render.measure import width

INDENT = 2.0
ROOM = 16.0  # centimetres: a question and the room to write under it stay on one page up to this height
RULED = 0.9  # centimetres from line to line where one writes by hand
_SIGN = 1.4
_SLACK = 1.1  # of a measured formula, which is an estimate


_SHORT = 3.0
_BELOW = 0.88  # the share of the line that reasons have which stand below


@record
class Paper:
    """What the lines are laid out for: ``line`` is how wide a line of text is, inside a frame as well."""

    line: float = 39.0

    @property
    def narrow(self) -> bool:
        """Whether a formula and its reason have no room beside each other."""
        return self.line < 30

    @property
    def display(self) -> float:
        """How wide a displayed line may be."""
        return self.line - 3

    @property
    def left(self) -> float:
        """A wider left side stands on a line of its own."""
        return min(9.0, 0.3 * self.line)

    @property
    def beside(self) -> float:
        """A formula up to this width has its reason beside it."""
        return 0.0 if self.narrow else self.line - 12

    def share(self, formulas: float) -> float:
        """The share of the line that reasons have beside ``formulas`` of this width, or below them."""
        return _BELOW if self.narrow else round(min(0.5, max(0.27, (self.line - INDENT - formulas - 2) / self.line)), 2)


PAGE = Paper()


@record
class Laid:
    """A line of a display or a chain.

    ``left`` and ``sign`` stand before the formula where they are; ``sign`` is in the left column when it ``links`` whole formulas. ``wide``: the formula
    is a left side that has the line for itself. ``indent``: it goes on from the line above. ``told`` is the row whose reason and mark stand beside this
    line. ``room`` is how wide the formula may be, ``more`` whether the next line belongs to the same row.
    """

    line: Line
    room: float
    left: Term | None = None
    sign: str = ""
    links: bool = False
    wide: bool = False
    indent: bool = False
    told: Row | None = None
    more: bool = False


def display_lines(term: Term, paper: Paper = PAGE) -> tuple[Laid, ...]:
    """The lines of a display; a relation keeps its left side on the first line unless that is long."""
    first, *rest = broken(term, paper.display, paper.display - INDENT, width)
    start = Laid(first, paper.display)
    if rest and rest[0].joint == "relation" and width(first.term) <= (_SHORT if paper.narrow else paper.left):
        room = paper.display - width(first.term) - _SIGN
        left, first, *rest = broken(term, 0, room, width)
        start = Laid(first, room, left.term)
    return _joined([start, *(Laid(line, paper.display - INDENT, indent=True) for line in rest)])


def chain_lines(rows: tuple[Row, ...], paper: Paper = PAGE) -> tuple[Laid, ...]:
    """The lines of a chain, row after row."""
    most = _most(rows, paper)
    return tuple(laid for row in rows for laid in _joined(list(_row_lines(row, _left(rows, most), most, paper))))


def reason_share(rows: tuple[Row, ...], paper: Paper = PAGE) -> float:
    """The share of the line that the reasons of a chain have: what its formulas leave."""
    left = _left(rows, _most(rows, paper))
    formulas = max((width(row.rhs) for row in rows if width(row.rhs) + left + _SIGN <= paper.beside), default=0.0)
    return paper.share(left + _SIGN + formulas * _SLACK)


def _most(rows: tuple[Row, ...], paper: Paper) -> float:
    """How wide a left side may be that shares its line: in a column less where the formulas beside it would have to be broken."""
    fits = _left(rows, paper.left) + _SIGN + max((width(row.rhs) for row in rows), default=0.0) <= paper.display
    return paper.left if fits or not paper.narrow else _SHORT


def _left(rows: tuple[Row, ...], most: float) -> float:
    """How wide the left column is."""
    return max((width(row.lhs) for row in rows if row.lhs is not None and width(row.lhs) <= most), default=0.0)


def _row_lines(row: Row, left: float, most: float, paper: Paper) -> Iterator[Laid]:
    own = row.lhs is not None and width(row.lhs) > most
    if own and row.lhs is not None:
        whole = paper.line - 4
        first, *rest = broken(row.lhs, whole, whole - INDENT, width)
        yield Laid(first, whole, wide=True)
        yield from (Laid(line, whole, wide=True, indent=True) for line in rest)
    room = (paper.beside if width(row.rhs) <= paper.beside - left - _SIGN else paper.display) - left - _SIGN
    first, *rest = broken(row.rhs, room, room - INDENT, width)
    told = row if row.reason or row.evidence is not None else None
    sign = row.relation.value if row.relation is not None else ""
    beside = paper.display - left - _SIGN  # what the left column and the sign leave, on every line of the row
    yield Laid(first, beside, None if own else row.lhs, sign, row.links_formulas, told=None if rest else told)
    for k, line in enumerate(rest, 1):
        yield Laid(line, beside - INDENT, indent=True, told=told if k == len(rest) else None)


def _joined(lines: list[Laid]) -> tuple[Laid, ...]:
    return (*(replace(laid, more=True) for laid in lines[:-1]), lines[-1])
