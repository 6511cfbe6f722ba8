"""A drawing as a few shapes and labels: what every back end draws. Lengths are points (1/72 inch), y grows downwards.

Shapes say what they mean (``ink``, ``tint``), not which colour they have: ink is the colour of the surrounding text, on paper and on a dark screen alike.
What matters is told by weight, hatching or dashes as well, so that nothing is lost in black and white.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeAlias

from derivations.language.record import record
from derivations.language.term import Term

Paint: TypeAlias = Literal["ink", "quiet", "faint", "page", "first", "second"]
"""The text's own colour, that at 65 %, that at 30 %, the paper's colour, and two colours that the colour-blind tell apart (blue, vermilion)."""

Point: TypeAlias = tuple[float, float]
Segment: TypeAlias = tuple[float, float, float, float]
"""x and y of the start, x and y of the end."""

TEXT = 9.5
"""The size of labels."""
SMALL = 7.5
"""The smallest size of labels: numbers in cells."""


@record
class Pen:
    """How a line is drawn; ``dash``: in short strokes."""

    paint: Paint = "ink"
    width: float = 0.7
    dash: bool = False


@record
class Fill:
    """How an area is filled; ``share``: how opaque it is."""

    paint: Paint = "ink"
    share: float = 1.0


FINE, BOLD, QUIET, FAINT = Pen(), Pen(width=1.4), Pen("quiet", 0.5), Pen("faint", 0.5)
SOLID, TINT, PAGE = Fill(), Fill("ink", 0.12), Fill("page")


@record
class Lines:
    """Straight lines of one kind, each on its own."""

    segments: tuple[Segment, ...]
    pen: Pen = FINE


@record
class Rect:
    """``hatched``: with diagonal lines across it, in the colour of its pen."""

    x: float
    y: float
    width: float
    height: float
    fill: Fill | None = None
    pen: Pen | None = FINE
    hatched: bool = False
    rounded: float = 0.0


@record
class Circle:
    x: float
    y: float
    radius: float
    fill: Fill | None = SOLID
    pen: Pen | None = None


@record
class Polyline:
    """A line through points; ``closed`` goes back to the first."""

    points: tuple[Point, ...]
    pen: Pen | None = FINE
    fill: Fill | None = None
    closed: bool = False


@record
class Arrow:
    """A line through points with a head at its last one."""

    points: tuple[Point, ...]
    pen: Pen = FINE


@record
class Label:
    """Words and formulas on one line. (``x``, ``y``) is on the baseline, at its start, middle or end."""

    x: float
    y: float
    content: tuple[str | Term, ...]
    anchor: Literal["start", "middle", "end"] = "middle"
    size: float = TEXT
    paint: Paint = "ink"
    bold: bool = False
    upright: bool = True
    """Whether it is read from left to right; else from the bottom upwards."""


@record
class Group:
    """Shapes that belong together."""

    items: tuple[Item, ...]


Item: TypeAlias = Lines | Rect | Circle | Polyline | Arrow | Label | Group


@record
class Scene:
    """A drawing. ``title`` names it, ``description`` tells in words and terms what it shows to those who do not see it."""

    width: float
    height: float
    items: tuple[Item, ...]
    title: str
    description: tuple[str | Term, ...]


WIDEST = 440.0
"""No drawing is wider: the text of a sheet is 455 points wide."""


def relabelled(scene: Scene, change: Callable[[Term], Term]) -> Scene:
    """The same drawing with every term in it changed."""

    def content(parts: tuple[str | Term, ...]) -> tuple[str | Term, ...]:
        return tuple(part if isinstance(part, str) else change(part) for part in parts)

    def item(shape: Item) -> Item:
        match shape:
            case Label():
                return replace(shape, content=content(shape.content))
            case Group(inner):
                return Group(tuple(map(item, inner)))
            case _:
                return shape

    return replace(scene, items=tuple(map(item, scene.items)), description=content(scene.description))


def label(x: float, y: float, *content: str | Term, anchor: Literal["start", "middle", "end"] = "middle", size: float = TEXT, paint: Paint = "ink") -> Label:
    return Label(x, y, content, anchor, size, paint)


def centred(x: float, y: float, *content: str | Term, size: float = TEXT, paint: Paint = "ink", bold: bool = False) -> Label:
    """A label whose letters stand around (x, y)."""
    return Label(x, y + 0.34 * size, content, "middle", size, paint, bold)


def hatching(rect: Rect, gap: float = 4.0) -> Lines:
    """Diagonal lines inside a rectangle, rising to the right."""
    found: list[Segment] = []
    x, y, w, h = rect.x, rect.y, rect.width, rect.height
    steps = int((w + h) / gap)
    for k in range(1, steps + 1):
        c = k * gap  # the line dx + dy = c from the lower left corner
        if c >= w + h:
            break
        start, end = max(0.0, c - h), min(w, c)
        found.append((x + start, y + (c - start), x + end, y + (c - end)))
    return Lines(tuple((a, 2 * y + h - b, c, 2 * y + h - d) for a, b, c, d in found), Pen((rect.pen or FINE).paint, 0.4))


def arrow_head(points: tuple[Point, ...], length: float = 5.0, half: float = 2.1) -> tuple[Point, Point, Point]:
    """The triangle at the end of a line: the same in every back end."""
    (x0, y0), (x1, y1) = points[-2], points[-1]
    size = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
    ux, uy = (x1 - x0) / size, (y1 - y0) / size
    bx, by = x1 - length * ux, y1 - length * uy
    return (x1, y1), (bx - half * uy, by + half * ux), (bx + half * uy, by - half * ux)


def flat(items: tuple[Item, ...]) -> tuple[Lines | Rect | Circle | Polyline | Label, ...]:
    """The shapes in the order in which they are drawn, with groups, hatching and arrow heads resolved."""
    found: list[Lines | Rect | Circle | Polyline | Label] = []
    for item in items:
        match item:
            case Group(inner):
                found += flat(inner)
            case Arrow(points, pen):
                tip, left, right = arrow_head(points)
                base = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
                found += [Polyline((*points[:-1], base), pen), Polyline((tip, left, right), None, Fill(pen.paint), closed=True)]
            case Rect(hatched=True):
                found += [Rect(item.x, item.y, item.width, item.height, item.fill, None), hatching(item)]
                found.append(Rect(item.x, item.y, item.width, item.height, None, item.pen))
            case _:
                found.append(item)
    return tuple(found)


def number(value: float, digits: int = 2) -> str:
    """A width or a share: two decimals at most, the same on every machine."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def place(value: float) -> str:
    """A coordinate, to a tenth of a point."""
    return number(value, 1)
