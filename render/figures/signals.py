"""Convolutions and networks: which inputs are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derivations.figures import Graph, Layer, Level, Pyramid, Taps
from derivations.language.term import Relation, term
from render.figures.drawing import Drawing, instance, listed
from render.figures.scene import (
    FAINT,
    FINE,
    SMALL,
    SOLID,
    TEXT,
    TINT,
    WIDEST,
    Arrow,
    Circle,
    Fill,
    Item,
    Lines,
    Pen,
    Rect,
    Scene,
    Segment,
    centred,
    hatching,
    label,
)
from render.figures.words import Content, FigureWords, filled, plain

_THIN = Pen("quiet", 0.4)
_SHORT = 12


def taps(figure: Taps, words: FigureWords) -> Drawing:
    """A row of inputs, and above it a comb for each output: a dot over each input that it reads."""
    first = min(1, 1 - figure.padding, *(min(row) for row in figure.reads))
    last = max(max(row) for row in figure.reads)
    count = last - first + 1
    left = 26.0
    cell = min(20.0, (WIDEST - left - 14) / count)
    row, top = max(16.0, min(cell * 1.15, 22.0)), 6.0
    floor = top + row * len(figure.outputs) + 4
    high = max(cell, 9.0)

    def middle(position: int) -> float:
        return left + (position - first + 0.5) * cell

    numbers: list[Item] = []
    falls: list[Segment] = []
    combs: list[Segment] = []
    dots: list[Item] = []
    cells: list[Rect] = []
    for k, (output, reads) in enumerate(zip(figure.outputs, figure.reads, strict=True)):
        y = top + (k + 0.5) * row
        numbers.append(label(left - 5, y + 0.34 * TEXT, figure.output[output], anchor="end"))
        combs.append((middle(reads[0]), y, middle(reads[-1]), y))
        falls += [(middle(p), y, middle(p), floor) for p in reads]
        dots += [Circle(middle(p), y, min(3.1, 0.38 * cell)) for p in reads]
    items: list[Item] = [Lines(tuple(falls), FAINT), Lines(tuple(combs), FINE), *dots]
    padding = min(max(0, 1 - first), count)  # how many of the cells are padding: all of them where the outputs that are shown read nothing else
    every = next(step for step in (1, 5, 10, 20) if step * cell >= 13.5)
    read = {p for reads in figure.reads for p in reads}
    for position in range(first, last + 1):
        cells.append(Rect(left + (position - first) * cell, floor, cell, high, TINT if position in read else None, None))
        if every == 1 or position % every == 0 or position == first == 1:
            inside = every == 1
            y = floor + high / 2 if inside else floor + high + 7
            if not (inside and position < 1):
                numbers.append(centred(middle(position), y, term(position), size=SMALL))
    pen = FINE if cell > 7 else Pen(width=0.4)
    items += [one for one in cells if one.fill is not None]
    items += [hatching(one) for one in cells[:padding]]
    items += [replace(one, fill=None, pen=pen) for one in cells]
    numbers.append(label(left - 5, floor + high / 2 + 0.34 * TEXT, figure.input, anchor="end"))
    items += numbers
    right = left + count * cell
    items.append(Lines(((right, floor, right + 9, floor), (right, floor + high, right + 9, floor + high)), Pen(width=0.7, dash=True)))
    bottom = floor + high + (0 if every == 1 else 12)
    if padding:
        below = bottom + 9
        ends = (left + 1, left + padding * cell - 1)
        if every == 1:  # else the numbers stand there
            items.append(Lines(((ends[0], bottom + 2.5, ends[1], bottom + 2.5),), _THIN))
        items.append(label(max(sum(ends) / 2, 18), below + 2, words.padding, size=SMALL + 1))
        bottom = below + 5
    rows = tuple(piece for row in (_read(figure, output, reads, words) for output, reads in zip(figure.outputs, figure.reads, strict=True)) for piece in row)
    named = instance(figure.instance, words)
    told = (*filled(words.taps_told, count=str(len(figure.reads[0])), rows=rows, padded=words.taps_padded.strip() if padding else ""), *named)
    caption = (words.taps + (words.taps_padded if padding else ""), *named)
    return Drawing(Scene(right + 12, bottom + 3, tuple(items), words.taps_title, told), caption)


def _read(figure: Taps, output: int, reads: tuple[int, ...], words: FigureWords) -> Content:
    """Which inputs an output reads, in words."""
    places = [term(p) for p in reads]
    if len(reads) <= _SHORT:
        return filled(words.taps_row, output=str(output), input=figure.input, positions=listed([(p,) for p in places], words))
    step = str(reads[1] - reads[0])
    return filled(words.taps_many, output=str(output), input=figure.input, first=places[0], last=places[-1], step=step)


def pyramid(figure: Pyramid, words: FigureWords) -> Drawing:
    """Layers above each other, the output on top; units stand over the middle of what they see."""
    left, right = 44.0, 30.0 + 5.0 * len(str(figure.field))
    room = WIDEST - left - right
    step = min(20.0, room / max(figure.field, 1)) if figure.detailed else room / figure.field
    width = left + step * figure.field + right
    gap = 34.0 if figure.detailed else 20.0
    size = max(2.4, min(11.0, 0.72 * step)) if figure.detailed else 8.0
    items: list[Item] = []
    top = 10.0
    levels = figure.levels

    def y(depth: int) -> float:
        return top + (len(levels) - 1 - depth) * gap

    def x(centre: float) -> float:
        return left + (centre + 0.5) * step

    for depth, level in enumerate(levels):
        if figure.detailed and depth:
            items.append(Lines(_joined(level, levels[depth - 1], x, y(depth) + size / 2, y(depth - 1) - size / 2), _THIN))
    for depth, level in enumerate(levels):
        items += _units(figure, depth, level, x, y(depth), size, step) if figure.detailed else [_bar(figure, level, left, step, y(depth), size)]
        name = words.inputs if depth == 0 else plain(filled(words.layer, number=str(depth)))
        items.append(label(left - 7, y(depth) + 0.34 * (SMALL + 1), name, anchor="end", size=SMALL + 1))
        fact = Relation((level.name, term(level.span)), ("=",))
        items.append(label(left + step * figure.field + 6, y(depth) + 0.34 * (SMALL + 1), fact, anchor="start", size=SMALL + 1))
    used = len(levels[0].units)
    holes = bool(used) and used < figure.field
    rest = plain(filled(words.sees, count=str(used))) if used else ""
    height = y(0) + size / 2 + 4
    if figure.detailed:
        spans = "".join(plain(filled(words.pyramid_level, count=str(len(level.units)), layer=str(d))) for d, level in enumerate(levels) if d)
    else:
        spans = "".join(plain(filled(words.pyramid_span, span=str(level.span), layer=str(d))) for d, level in enumerate(levels) if d)
    named = instance(figure.instance, words)
    told = (*filled(words.pyramid_told, layers=str(len(levels) - 1), levels=spans, field=str(figure.field), used=rest), *named)
    more = (words.pyramid_holes if holes else "") if figure.detailed else words.pyramid_bars
    caption = ((words.pyramid if figure.detailed else words.pyramid_title + ".") + more, *named)
    return Drawing(Scene(width, height, tuple(items), words.pyramid_title, told), caption)


def _joined(level: Level, below: Level, x: Callable[[float], float], upper: float, lower: float) -> tuple[Segment, ...]:
    """Lines from the units of a level to those that they read."""
    here, there = dict(zip(level.units, level.centres, strict=True)), dict(zip(below.units, below.centres, strict=True))
    return tuple((x(here[u]), upper, x(there[v]), lower) for u, v in level.links)


def _units(figure: Pyramid, depth: int, level: Level, x: Callable[[float], float], y: float, size: float, step: float) -> list[Item]:
    """The units of a level as squares: filled where the output depends on them, empty where they stand between those that it depends on."""
    pen = FINE if size > 4 else Pen(width=0.35)
    items: list[Item] = []
    held = dict(zip(level.units, level.centres, strict=True))
    first, last = level.units[0], level.units[-1]
    apart = (level.centres[-1] - level.centres[0]) / (last - first) if last > first else 1.0
    for unit in range(first, last + 1):
        centre = held.get(unit, level.centres[0] + (unit - first) * apart)
        fill = (SOLID if depth == len(figure.levels) - 1 else Fill("ink", 0.42)) if unit in held else None
        items.append(Rect(x(centre) - size / 2, y - size / 2, size, size, fill, pen))
    return items


def _bar(figure: Pyramid, level: Level, left: float, step: float, y: float, size: float) -> Item:
    """The field through a layer as a bar in the middle."""
    width = max(level.span * step, 0.6)
    return Rect(left + (figure.field * step - width) / 2, y - size / 2, width, size, Fill("ink", 0.42), FINE)


def graph(figure: Graph, words: FigureWords) -> Drawing:
    """Nodes in rows by how far they are from the input; branches stand side by side."""
    rank: dict[str, int] = {}
    for layer in figure.layers:
        rank[layer.name] = max((rank[name] + 1 for name in layer.inputs), default=0)
    ranks: list[list[Layer]] = [[] for _ in range(max(rank.values()) + 1)]
    for layer in figure.layers:
        ranks[rank[layer.name]].append(layer)
    widest = max(len(row) for row in ranks)
    long = any(rank[layer.name] - rank[name] > 1 for layer in figure.layers for name in layer.inputs)
    lane = 16.0 * sum(1 for layer in figure.layers for name in layer.inputs if rank[layer.name] - rank[name] > 1) if long else 0.0
    gap = 14.0
    box = min(150.0, (WIDEST - lane - gap * (widest - 1)) / widest)
    size = SMALL + 1 if box >= 100 else SMALL
    high, rise = 2 * size + 12, 18.0
    width = box * widest + gap * (widest - 1)
    places: dict[str, tuple[float, float]] = {}
    items: list[Item] = []
    for depth, row in enumerate(ranks):
        start = (width - (box * len(row) + gap * (len(row) - 1))) / 2
        for k, layer in enumerate(row):
            px, py = start + k * (box + gap), 2 + depth * (high + rise)
            places[layer.name] = (px, py)
            items.append(Rect(px, py, box, high, TINT if depth in (0, len(ranks) - 1) else None, FINE, rounded=3))
            items.append(centred(px + box / 2, py + 4 + size / 2, _short(f"{layer.name}: {layer.operation}", box, size), size=size))
            items.append(centred(px + box / 2, py + high - 4 - size / 2, _field(layer, words), size=size, bold=True))
    side = 0
    rightmost = {row[-1].name for row in ranks}
    for layer in figure.layers:
        ex, ey = places[layer.name]
        for name in layer.inputs:
            sx, sy = places[name]
            if rank[layer.name] - rank[name] == 1:
                items.append(Arrow(((sx + box / 2, sy + high), (ex + box / 2, ey)), FINE))
            else:  # past the rows between, on a lane of its own
                side += 1
                lane_x, turn = width + 16.0 * side - 6, 0.25 * rise + 0.5 * rise * (side % 3) / 3
                leaves = ((sx + box, sy + high / 2),) if name in rightmost else ((sx + 0.75 * box, sy + high), (sx + 0.75 * box, sy + high + turn))
                enters = ((ex + box, ey + high / 2),) if layer.name in rightmost else ((ex + 0.75 * box, ey - rise + turn), (ex + 0.75 * box, ey))
                items.append(Arrow((*leaves, (lane_x, leaves[-1][1]), (lane_x, enters[0][1]), *enters), FINE))
    nodes = "".join(
        plain(filled(words.graph_node, name=n.name, operation=n.operation, reads=f" ← {', '.join(n.inputs)}" if n.inputs else "", field=_field(n, words)))
        for n in figure.layers
    )
    told = filled(words.graph_told, count=str(len(figure.layers)), nodes=nodes.strip())
    height = 4 + len(ranks) * (high + rise) - rise
    return Drawing(Scene(max(width + lane, 120) + 2, height, tuple(items), words.graph_title, told), (words.graph,))


def _field(layer: Layer, words: FigureWords) -> str:
    if layer.field is None:
        return words.field_varies
    if layer.dependencies is not None and layer.dependencies < layer.field:
        return plain(filled(words.field_holes, field=str(layer.field), used=str(layer.dependencies)))
    return plain(filled(words.field, field=str(layer.field)))


def _short(text: str, room: float, size: float) -> str:
    most = int(room / (0.5 * size))
    return text if len(text) <= most else text[: most - 1] + "…"
