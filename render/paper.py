"""How formulas lie on a page of paper: which lines a display and a chain become. Both typesetters print these lines, so their pages look the same.

Lengths are in em of the 11pt main font: the text is 160 mm wide, and the reasons have what the formulas leave, from a quarter to a half of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derivations.language.term import Term
from render.breaking import Line, broken
from render.document import Row
from render.measure import width

LINE = 39.0
DISPLAY = LINE - 3
LEFT = 9.0  # a wider left side stands on a line of its own
INDENT = 2.0
REASON, MOST = 0.27, 0.5  # the share of the line that the reasons have, at least and at most
ROOM = 16.0  # centimetres: a question and the room to write under it stay on one page up to this height
RULED = 0.9  # centimetres from line to line where one writes by hand
_BESIDE = 27.0  # a formula up to this width has its reason beside it
_SIGN = 1.4
_SLACK = 1.1  # of a measured formula, which is an estimate


@dataclass(frozen=True, slots=True)
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


def display_lines(term: Term) -> tuple[Laid, ...]:
    """The lines of a display; a relation keeps its left side on the first line unless that is long."""
    first, *rest = broken(term, DISPLAY, DISPLAY - INDENT, width)
    start = Laid(first, DISPLAY)
    if rest and rest[0].joint == "relation" and width(first.term) <= LEFT:
        room = DISPLAY - width(first.term) - _SIGN
        left, first, *rest = broken(term, 0, room, width)
        start = Laid(first, room, left.term)
    return _joined([start, *(Laid(line, DISPLAY - INDENT, indent=True) for line in rest)])


def chain_lines(rows: tuple[Row, ...]) -> tuple[Laid, ...]:
    """The lines of a chain, row after row."""
    left = max((width(row.lhs) for row in rows if row.lhs is not None and width(row.lhs) <= LEFT), default=0.0)
    return tuple(laid for row in rows for laid in _joined(list(_row_lines(row, left))))


def reason_share(rows: tuple[Row, ...]) -> float:
    """The share of the line that the reasons of a chain have: what its formulas leave."""
    left = max((width(row.lhs) for row in rows if row.lhs is not None and width(row.lhs) <= LEFT), default=0.0)
    formulas = max((width(row.rhs) for row in rows if width(row.rhs) + left + _SIGN <= _BESIDE), default=0.0)
    return round(min(MOST, max(REASON, (LINE - INDENT - left - _SIGN - formulas * _SLACK - 2) / LINE)), 2)


def _row_lines(row: Row, left: float) -> Iterator[Laid]:
    own = row.lhs is not None and width(row.lhs) > LEFT
    if own and row.lhs is not None:
        first, *rest = broken(row.lhs, LINE - 4, LINE - 4 - INDENT, width)
        yield Laid(first, LINE - 4, wide=True)
        yield from (Laid(line, LINE - 4, wide=True, indent=True) for line in rest)
    room = (_BESIDE if width(row.rhs) <= _BESIDE - left - _SIGN else DISPLAY) - left - _SIGN
    first, *rest = broken(row.rhs, room, room - INDENT, width)
    told = row if row.reason or row.evidence is not None else None
    sign = row.relation.value if row.relation is not None else ""
    beside = DISPLAY - left - _SIGN  # what the left column and the sign leave, on every line of the row
    yield Laid(first, beside, None if own else row.lhs, sign, row.links_formulas, told=None if rest else told)
    for k, line in enumerate(rest, 1):
        yield Laid(line, beside - INDENT, indent=True, told=told if k == len(rest) else None)


def _joined(lines: list[Laid]) -> tuple[Laid, ...]:
    return (*(replace(laid, more=True) for laid in lines[:-1]), lines[-1])
