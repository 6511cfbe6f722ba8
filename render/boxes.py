"""Questions with a box for each answer: every box has the same size and place on everybody's sheet, however long the question of a variant is.

Places are numbers that are worked out here, from what is asked and never from how it is set: both typesetters put the boxes there, and the outline lists them
for a template of Gradescope or the like. What stands above the boxes of a page is set smaller where it would reach into them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from string import ascii_lowercase
from typing import Final

from derivations.language.record import record
from render.class_list import csv_text
from render.compose import Entry
from render.document import Block, Box, Page
from render.messages import Messages
from render.notation.style import Style

_LEFT: Final = 2.4
_WIDTH: Final = 16.2
_TOP: Final = 1.8
_FOOT: Final = 27.2
_QUESTION: Final = 6.0
"""Centimetres that a question has at least."""
_GAP: Final = 0.4
_WHOLE: Final = 14.0
"""The boxes of a problem together, where the sheet does not say how much room there is to write in."""
_LEAST: Final = 2.0
_NAMES: Final = 6.2
_NAME_HEIGHT: Final = 1.3
_IDENTIFIER: Final = 5.4


@record
class Area:
    """A row of the outline."""

    question: str
    part: str
    title: str
    points: str
    box: Box


def title_page(messages: Messages, name: str, identifier: str, blocks: tuple[Block, ...]) -> Page:
    """The first page: boxes for name and number, filled in where they are known, and the words before the first problem."""
    wide = _WIDTH - _IDENTIFIER - _GAP
    names = Box(messages.blanks["name"], 1, _LEFT, _NAMES, wide, _NAME_HEIGHT, name)
    number = Box(messages.blanks["id"], 1, _LEFT + wide + _GAP, _NAMES, _IDENTIFIER, _NAME_HEIGHT, identifier)
    below = _NAMES + _NAME_HEIGHT + 2 * _GAP
    return Page(blocks, below, round(_FOOT - below, 2), (names, number))


def problem_pages(number: int, entry: Entry, blocks: tuple[Block, ...], first: int) -> tuple[Page, ...]:
    """The pages of a problem, from page ``first`` on: the question with as many boxes as stand below it, and the others."""
    labels = [f"{number} ({letter})" for letter in ascii_lowercase[: len(entry.parts)]] or [str(number)]
    whole = _FOOT - _TOP
    height = min(whole, max(_LEAST, (entry.space or _WHOLE) / len(labels)))
    below = int((whole - _QUESTION) / (height + _GAP))
    each = max(1, int((whole + _GAP) / (height + _GAP)))
    rest = labels[below:]
    groups = [labels[:below], *(rest[k : k + each] for k in range(0, len(rest), each))]
    found = []
    for page, group in enumerate(groups, first):
        top = _FOOT - len(group) * (height + _GAP) + _GAP if page == first else _TOP
        boxes = tuple(Box(label, page, _LEFT, round(top + k * (height + _GAP), 2), _WIDTH, round(height, 2)) for k, label in enumerate(group))
        room = round((top - _GAP if group else _FOOT) - _TOP, 2) if page == first else 0.0
        found.append(Page(blocks if page == first else (), _TOP, room, boxes))
    return tuple(found)


def pages(
    entries: Sequence[Entry], parts: Sequence[tuple[Block, ...]], messages: Messages, student: tuple[str, str], intro: tuple[Block, ...], style: Style
) -> tuple[Page, ...]:
    """All pages of a sheet, the first of which is for the name; ``parts`` are what stands above the boxes of each problem."""
    found = [title_page(messages, *student, intro)]
    for number, (entry, blocks) in enumerate(zip(entries, parts, strict=True), 1):
        worth = iter([style.number(points, "") if points else "" for points in worth_of(entry)])
        for page in problem_pages(number, entry, blocks, len(found) + 1):
            found.append(replace(page, boxes=tuple(replace(box, note=next(worth)) for box in page.boxes)))
    return tuple(found)


def worth_of(entry: Entry) -> tuple[str, ...]:
    """What each box of a problem is worth, as far as the sheet says."""
    return entry.parts or ("" if entry.marks is None else _plain(entry.marks),)


def outline(pages: Sequence[Page], titles: Sequence[str], entries: Sequence[Entry]) -> str:
    """Every box as a line of CSV: question, part, title, points, page, and its place in centimetres from the left upper corner of the page."""
    areas = list(_areas(pages, titles, entries))
    rows = [("question", "part", "title", "points", "page", "left", "top", "width", "height")]
    for area in areas:
        box = area.box
        place = (f"{side:g}" for side in (box.left, box.top, box.width, box.height))
        rows.append((area.question, area.part, area.title, area.points, str(box.page), *place))  # type: ignore[arg-type]
    return csv_text(rows)


def _areas(pages: Sequence[Page], titles: Sequence[str], entries: Sequence[Entry]) -> Iterator[Area]:
    for box in pages[0].boxes:
        yield Area("", "", box.label, "", box)
    boxes = [box for page in pages[1:] for box in page.boxes]
    for number, (title, entry) in enumerate(zip(titles, entries, strict=True), 1):
        for letter, points in zip(ascii_lowercase if entry.parts else ("",), worth_of(entry), strict=False):
            yield Area(str(number), letter, title, points, boxes.pop(0))


def _plain(marks: Fraction) -> str:
    return f"{float(marks):g}"
