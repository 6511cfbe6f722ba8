"""Scenes as SVG: one element inside a page, or a file of its own.

Inside a page ink is ``currentColor``, so that a drawing is as dark or as light as the text around it. A file of its own brings its paper with it, because
nobody knows on what it will be laid; both follow the reader's dark mode.
"""

from __future__ import annotations

from html import escape
from itertools import groupby

from derivations.language.record import record
from render.figures.scene import Circle, Fill, Label, Lines, Paint, Pen, Point, Polyline, Rect, Scene, flat, number, place
from render.figures.words import plain
from render.notation.runs import Run, runs
from render.notation.style import PLAIN, Style

_SHARES: dict[Paint, float] = {"quiet": 0.65, "faint": 0.3}
_COLOURS: dict[Paint, str] = {"page": "var(--page,#fff)", "first": "var(--first,#0072b2)", "second": "var(--second,#d55e00)"}
_SHEET = (
    "svg{color:#1c1c1c;--page:#fff;--first:#0072b2;--second:#d55e00}"
    "@media(prefers-color-scheme:dark){svg{color:#e6e4df;--page:#17181a;--first:#56b4e9;--second:#e69f00}}"
)
_FONT = "Charter,'Bitstream Charter',Georgia,'Times New Roman',serif"
_MARGIN = 6.0
_SIZE = 8.5  # points, of most labels; the others say theirs
_INK = f'fill="currentColor" stroke="currentColor" stroke-width="0" font-size="{number(_SIZE)}"'  # nothing is stroked that does not say how wide
PIXELS = 4 / 3
"""CSS pixels of a point."""


def inline(scene: Scene, style: Style = PLAIN) -> str:
    """The drawing as an element of a page. At most as wide as its room, and never so small that it cannot be read. It has no ids, which might be taken."""
    wide, least = scene.width * PIXELS, scene.width
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'viewBox="0 0 {number(scene.width)} {number(scene.height)}" '
        f'style="width:{wide:.0f}px;min-width:{least:.0f}px" {_INK}>'
    )
    return f"{head}\n{_told(scene, style)}{_Writer(style).shapes(scene)}</svg>\n"


def standalone(scene: Scene, style: Style = PLAIN) -> str:
    """The drawing as a complete file, on paper of its own."""
    w, h = scene.width + 2 * _MARGIN, scene.height + 2 * _MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{number(w * PIXELS)}" height="{number(h * PIXELS)}" '
        f'viewBox="{number(-_MARGIN)} {number(-_MARGIN)} {number(w)} {number(h)}" font-family="{_FONT}" {_INK}>'
    )
    paper = f'<rect x="{number(-_MARGIN)}" y="{number(-_MARGIN)}" width="{number(w)}" height="{number(h)}" fill="var(--page)"/>\n'
    return f"{head}\n{_told(scene, style)}<style>{_SHEET}</style>\n{paper}{_Writer(style).shapes(scene)}</svg>\n"


def _told(scene: Scene, style: Style) -> str:
    title, desc = escape(scene.title, quote=False), escape(plain(scene.description, style), quote=False)
    return f"<title>{title}</title>\n<desc>{desc}</desc>\n"


def _colour(paint: Paint) -> str:
    return _COLOURS.get(paint, "currentColor")


def _filled(fill: Fill | None) -> str:
    if fill is None:
        return ' fill="none"'
    share = fill.share * _SHARES.get(fill.paint, 1.0)
    colour = f' fill="{_colour(fill.paint)}"' if fill.paint in _COLOURS else ""  # the whole drawing is in the colour of ink
    return colour + (f' fill-opacity="{number(share)}"' if share < 1 else "")


def _drawn(pen: Pen | None) -> str:
    if pen is None:
        return ""
    share = _SHARES.get(pen.paint, 1.0)
    opacity = f' stroke-opacity="{number(share)}"' if share < 1 else ""
    dash = ' stroke-dasharray="2.5 2"' if pen.dash else ""
    colour = f' stroke="{_colour(pen.paint)}"' if pen.paint in _COLOURS else ""
    return f'{colour} stroke-width="{number(pen.width)}"{opacity}{dash}'


@record
class _Drawn:
    """An element in three parts: its name and place, what it shares with others of its kind, and what it holds. ``path``: it is this path."""

    start: str
    shared: str
    end: str = "/>"
    path: str = ""


def _step(a: Point, b: Point) -> str:
    """The line from one point to another, in the shorter of SVG's two ways: to where, or how far. The step is between rounded places, so that none adds up."""
    (x, y), (dx, dy) = ((place(value) for value in pair) for pair in (b, (float(place(b[0])) - float(place(a[0])), float(place(b[1])) - float(place(a[1])))))
    if dy == "0":
        return min(f"H{x}", f"h{_bare(dx)}", key=len)
    if dx == "0":
        return min(f"V{y}", f"v{_bare(dy)}", key=len)
    return min(f"L{_pair(x, y)}", f"l{_pair(dx, dy)}", key=len)


def _bare(written: str) -> str:
    """Without the zero before the point."""
    return written.replace("0.", ".", 1) if written.startswith(("0.", "-0.")) else written


def _pair(x: str, y: str) -> str:
    return _bare(x) + ("" if y.startswith("-") else " ") + _bare(y)


def _way(points: tuple[Point, ...]) -> str:
    """The data of a path through the points."""
    return f"M{_pair(*map(place, points[0]))}" + "".join(map(_step, points, points[1:]))


def _joined(drawn: list[_Drawn]) -> list[_Drawn]:
    """Neighbouring paths as one."""
    found = []
    for is_path, run in groupby(drawn, key=lambda one: bool(one.path)):
        alike = list(run)
        found += [_Drawn(f'<path d="{"".join(one.path for one in alike)}"', alike[0].shared)] if is_path else alike
    return found


@record
class _Writer:
    style: Style

    def shapes(self, scene: Scene) -> str:
        """All shapes; neighbours that look alike say so once."""
        found = []
        for shared, run in groupby(map(self.shape, flat(scene.items)), key=lambda drawn: drawn.shared):
            drawn = _joined(list(run))
            if len(drawn) == 1 or not shared:
                found += [f"{one.start}{shared}{one.end}\n" for one in drawn]
            else:
                found.append(f"<g{shared}>\n" + "".join(f"{one.start}{one.end}\n" for one in drawn) + "</g>\n")
        return "".join(found)

    def shape(self, item: Lines | Rect | Circle | Polyline | Label) -> _Drawn:
        match item:
            case Lines(segments, pen):
                return _Drawn("", f"{_filled(None)}{_drawn(pen)}", path="".join(_way(((a, b), (c, d))) for a, b, c, d in segments))
            case Rect(x, y, w, h, fill, pen, _, rounded):
                shared = _filled(fill) + _drawn(pen)
                if not rounded:
                    return _Drawn("", shared, path=f"M{place(x)} {place(y)}h{place(w)}v{place(h)}h{place(-w)}z")
                return _Drawn(f'<rect x="{place(x)}" y="{place(y)}" width="{place(w)}" height="{place(h)}" rx="{number(rounded)}"', shared)
            case Circle(x, y, radius, fill, pen):
                return _Drawn(f'<circle cx="{place(x)}" cy="{place(y)}" r="{number(radius)}"', _filled(fill) + _drawn(pen))
            case Polyline(points, pen, fill, closed):
                joined = ' stroke-linejoin="round"' if pen is not None else ""
                return _Drawn("", _filled(fill) + _drawn(pen) + joined, path=_way(points) + ("z" if closed else ""))
            case Label():
                return self.label(item)

    def label(self, item: Label) -> _Drawn:
        turned = "" if item.upright else f' transform="rotate(-90 {place(item.x)} {place(item.y)})"'
        anchor = f' text-anchor="{item.anchor}"' if item.anchor != "start" else ""
        weight = ' font-weight="bold"' if item.bold else ""
        pieces = [run for part in item.content for run in ((Run(part),) if isinstance(part, str) else runs(part, self.style))]
        start = f'<text x="{place(item.x)}" y="{place(item.y)}"{turned}'
        size = "" if item.size == _SIZE else f' font-size="{number(item.size)}"'
        shared = f'{size}{anchor}{weight}{_filled(Fill(item.paint))}'
        return _Drawn(start, shared, f">{self.line(pieces, item.size)}</text>")

    def line(self, pieces: list[Run], size: float) -> str:
        """Runs as text; a script moves the line and what follows moves it back."""
        found, at = [], 0.0
        for run in pieces:
            wanted = {1: -0.36, 0: 0.0, -1: 0.22}[run.level] * size
            attributes = ""
            if wanted != at:
                attributes += f' dy="{number(wanted - at)}"'
                at = wanted
            if run.level:
                attributes += f' font-size="{number(0.72 * size)}"'
            if run.italic:
                attributes += ' font-style="italic"'
            if run.bold:
                attributes += ' font-weight="bold"'
            words = escape(run.text, quote=False)
            found.append(f"<tspan{attributes}>{words}</tspan>" if attributes else words)
        return "".join(found)
