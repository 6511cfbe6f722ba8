"""A pushforward: the map in the middle, the base density below it, the density of the image beside it."""

from __future__ import annotations

import math

from derivations.figures import Points, Transport
from render.figures.axes import Scale, horizontal, ticks, vertical
from render.figures.drawing import Drawing, instance, joined, rounded
from render.figures.scene import FINE, TEXT, Fill, Item, Lines, Pen, Point, Polyline, Rect, Scene, Segment, label
from render.figures.words import Content, FigureWords, filled

_CURVE, _AREA, _GUIDE = Pen(width=1.3), Fill("ink", 0.1), Pen("quiet", 0.6, dash=True)


def transport(figure: Transport, words: FigureWords) -> Drawing:
    """Both densities share an axis with the map, so that what lies at z is found again at f(z)."""
    x0, x1, y0, y1 = 138.0, 348.0, 18.0, 138.0
    deep, wide = 48.0, 84.0
    across, up = Scale(*figure.z, x0, x1), Scale(*figure.x, y1, y0)
    floor = y1 + 26 + deep
    wall = x0 - 40
    tall = max((v for _, v in figure.base), default=1.0)
    far = max((v for _, v in figure.image), default=1.0)
    down, out = Scale(0.0, tall * 1.05, floor, floor - deep), Scale(0.0, far * 1.05, wall, wall - wide)
    items: list[Item] = []
    guides: list[Segment] = []
    for z, x in figure.guides:
        if figure.x[0] <= x <= figure.x[1]:
            guides += [(across(z), floor, across(z), up(x)), (across(z), up(x), wall, up(x))]
    items.append(Rect(x0, y0, x1 - x0, y1 - y0, None, Pen("faint", 0.5)))
    base = tuple(_thinned([(across(u), down(v)) for u, v in figure.base]))
    image = tuple(_thinned([(out(v), up(u)) for u, v in figure.image]))
    items.append(Polyline(((base[0][0], floor), *base, (base[-1][0], floor)), None, _AREA, closed=True))
    items.append(Polyline(((wall, image[0][1]), *image, (wall, image[-1][1])), None, _AREA, closed=True))
    items.append(Lines(tuple(guides), _GUIDE))
    for part in figure.map:
        items.append(Polyline(tuple(_thinned([(across(u), up(v)) for u, v in part])), Pen("first", 1.6)))
    items += [Polyline(base, _CURVE), Polyline(image, _CURVE)]
    items += horizontal(across, floor, ticks(*figure.z, 6))
    items += vertical(up, x0, ticks(*figure.x, 5))
    items.append(Lines(((wall, y0, wall, y1),), FINE))
    (p_z, p_x, f), (z_name, x_name) = figure.names, figure.variables
    items.append(label(x1 + 6, floor + 3, z_name, anchor="start"))
    items.append(label(x1 + 6, floor - deep * 0.55, p_z, anchor="start", size=TEXT + 0.5))
    items.append(label(wall - wide / 2, y0 - 7, p_x, size=TEXT + 0.5))
    items.append(label(x1 + 6, (y0 + y1) / 2, f, anchor="start", size=TEXT + 0.5))
    items.append(label(x0, y0 - 7, x_name))
    told = filled(
        words.transport_told, p_z=p_z, p_x=p_x, f=f, z_low=rounded(figure.z[0]), z_high=rounded(figure.z[1]),
        x_low=rounded(figure.x[0]), x_high=rounded(figure.x[1]),
        base=_largest(figure.base, figure.cut[0], words), image=_largest(figure.image, figure.cut[1], words),
        quartiles=joined([(rounded(z), " → ", rounded(x)) for z, x in figure.guides], ", "),
    )  # fmt: skip
    named = instance(figure.instance, words)
    caption = words.transport + (words.transport_cut if any(figure.cut) else "")
    return Drawing(Scene(x1 + 50, floor + 14, tuple(items), words.transport_title, (*told, *named)), (caption, *named))


def _largest(curve: Points, cut: bool, words: FigureWords) -> Content:
    """Where a density is largest, as exactly as it was sampled."""
    at, top = max(curve, key=lambda p: p[1])
    span = curve[-1][0] - curve[0][0]
    return filled(words.unbounded if cut else words.largest, at=rounded(at if abs(at) > 0.01 * span else 0.0), top=rounded(top))


def _thinned(points: list[Point], off: float = 0.06) -> list[Point]:
    """Without the points that lie on a line between those that are kept, as far as anyone can see (Ramer 1972, Douglas and Peucker 1973)."""
    if len(points) < 3:
        return points
    (ax, ay), (bx, by) = points[0], points[-1]
    wide = math.hypot(bx - ax, by - ay)

    def away(p: Point) -> float:
        if wide < 1e-9:
            return math.hypot(p[0] - ax, p[1] - ay)
        return abs((bx - ax) * (ay - p[1]) - (ax - p[0]) * (by - ay)) / wide

    far = max(range(1, len(points) - 1), key=lambda k: away(points[k]))
    if away(points[far]) <= off:
        return [points[0], points[-1]]
    return [*_thinned(points[: far + 1], off)[:-1], *_thinned(points[far:], off)]
