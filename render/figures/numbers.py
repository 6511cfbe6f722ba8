"""Counts, weights, attention and training runs."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

from derivations.figures import Decay, Passes, Permuted, Shares
from derivations.language.term import Name, Num, Term, term
from render.figures.axes import Scale, horizontal, ticked, ticks, vertical
from render.figures.drawing import Drawing, instance, joined, listed, rounded, value
from render.figures.scene import (
    BOLD,
    FINE,
    SMALL,
    TEXT,
    TINT,
    WIDEST,
    Arrow,
    Circle,
    Fill,
    Item,
    Label,
    Lines,
    Pen,
    Rect,
    Scene,
    Segment,
    centred,
    label,
)
from render.figures.words import Content, FigureWords, filled, plain

_BAR = Fill("first", 0.75)


def shares(figure: Shares, words: FigureWords) -> Drawing:
    """A bar for each part, with its count at its end; the share of the whole where there is one."""
    names = [name if isinstance(name, str) else plain(name) for name, _ in figure.rows]
    left = min(max(len(name) for name in names) * 4.3 + 8, 190.0)
    most = max(count for _, count in figure.rows)
    right = 96.0
    room = WIDEST - left - right
    row, thick, top = 17.0, 10.0, 3.0
    items: list[Item] = []
    for k, (name, (_, count)) in enumerate(zip(names, figure.rows, strict=True)):
        y = top + k * row
        long = room * count / most if most else 0.0
        items.append(label(left - 6, y + thick / 2 + 0.34 * (TEXT - 1), name, anchor="end", size=TEXT - 1))
        items.append(Rect(left, y, max(long, 0.4), thick, _BAR, Pen(width=0.6)))
        number = (Num(str(count)), *_share(count, figure.total))
        items.append(Label(left + long + 5, y + thick / 2 + 0.34 * (TEXT - 1), number, "start", TEXT - 1))
    bottom = top + len(figure.rows) * row - (row - thick)
    items.append(Lines(((left, top - 3, left, bottom + 3),), FINE))
    rows = joined([(f"{name} ", Num(str(count)), *(_share(count, figure.total))) for name, (_, count) in zip(names, figure.rows, strict=True)], "; ")
    sum_ = filled(words.shares_total, total=Num(str(figure.total))) if figure.total is not None else ()
    told = (*filled(words.shares_told, rows=rows), *sum_)
    caption = (words.shares, *sum_) if sum_ else (words.shares_compared,)
    title = words.shares_title
    named = instance(figure.instance, words)
    return Drawing(Scene(WIDEST, bottom + 6, tuple(items), title, (*told, *named)), (*caption, *named))


def _share(count: int, total: int | None) -> Content:
    """The share of the whole, in brackets."""
    if not total:
        return ()
    share = 100 * count / total
    least = 0 < share < 0.1
    return (" (<" if least else " (", Num("0.1" if least else f"{share:.1f}"), " %)")


def decay(figure: Decay, words: FigureWords) -> Drawing:
    """A stem for each weight, and a dashed line at the half-life."""
    heights = ticks(0.0, max(figure.weights), 4)
    left, width, top, floor = 24.0 + 4.4 * max(len(plain(ticked(v))) for v in heights), WIDEST - 4, 14.0, 112.0
    width -= 2.0 * len(str((len(figure.weights) - 1) * figure.every))  # half of the last number stands beyond the axis
    last = (len(figure.weights) - 1) * figure.every
    across = Scale(-0.02 * last - 0.3 * figure.every, last * 1.02 + 0.3 * figure.every, left, width)
    up = Scale(0.0, max(figure.weights) * 1.06, floor, top)
    places = ticks(0.0, float(last), min(8, int((width - left) / (9.2 * len(str(last))))))
    items: list[Item] = [*horizontal(across, floor, tuple(p for p in places if p == int(p))), *vertical(up, left, heights)]
    stems: list[Segment] = [(across(k * figure.every), floor, across(k * figure.every), up(w)) for k, w in enumerate(figure.weights)]
    items.append(Lines(tuple(stems), Pen("first", 1.3)))
    items += [Circle(across(k * figure.every), up(w), 2.3, Fill("first")) for k, w in enumerate(figure.weights)]
    half = rounded(figure.half_life, 4)
    at, level = across(figure.half_life), figure.weights[0] / 2
    items.append(Lines(((at, floor, at, top),), Pen("second", 1.1, dash=True)))
    items.append(Lines(((left, up(level), at, up(level)),), Pen("second", 0.7, dash=True)))
    items.append(label(at + 5, top + 7, *filled(words.half_life, half=half), anchor="start"))
    items.append(label((left + width) / 2, floor + 26, words.lag, figure.lag))
    items.append(Label(9, (floor + top) / 2, (words.weight,), "middle", TEXT, upright=False))
    told = filled(words.decay_told, beta=value(figure.beta), first=rounded(figure.weights[0]), last_lag=term(last), last=rounded(figure.weights[-1]), half=half)
    more = filled(words.decay_every, every=term(figure.every)) if figure.every > 1 else ()
    caption = (*filled(words.decay, weight=figure.weight, half=half), *more, *instance(figure.instance, words))
    return Drawing(Scene(WIDEST, floor + 30, tuple(items), words.decay_title, (*told, *more)), caption)


_FIRST, _LAST = 10, 3


def passes(figure: Passes, words: FigureWords) -> Drawing:
    """The run as a time line of epochs, and below it one epoch with its batches."""
    left, right = 6.0, WIDEST - 6
    top, thick = 26.0, 16.0
    scale = Scale(0.0, float(figure.iterations), left, right)
    whole, rest = divmod(figure.iterations, figure.per_epoch)
    items: list[Item] = []
    end = scale(whole * figure.per_epoch)
    items.append(Rect(left, top, right - left, thick, TINT, FINE))
    if rest:
        items.append(Rect(end, top, right - end, thick, Fill("page"), FINE))
    apart = scale(figure.per_epoch) - left
    every = 1 if apart >= 4 else _round_number(4 / apart)
    places = (scale(n * figure.per_epoch) for n in range(every, whole + 1, every))
    lines = tuple((x, top, x, top + thick) for x in places if x < right - 0.5)
    if lines:
        items.append(Lines(lines, Pen(width=0.5)))
    fit = int((right - left) / (4.6 * len(str(figure.iterations)) + 16))  # so many numbers stand side by side
    for v in ticks(0.0, float(figure.iterations), min(6, max(1, fit // 2))):
        if v == int(v):
            items.append(Lines(((scale(v), top - 3, scale(v), top),), FINE))
            anchor: Literal["start", "middle", "end"] = "start" if v == 0 else "end" if scale(v) > right - 8 else "middle"
            items.append(Label(scale(v) - (2 if v == 0 else 0), top - 6, (Num(str(int(v))),), anchor, SMALL + 0.5))
    items.append(label((left + right) / 2, 8, words.iteration, size=SMALL + 1))
    zoom = top + thick + 22
    if figure.iterations >= figure.per_epoch:
        shown_end = (scale(figure.per_epoch), top + thick, right, zoom)
    else:  # the run ends within the first epoch
        shown_end = (right, top + thick, left + (right - left) * figure.iterations * figure.batch / figure.samples, zoom)
    items.append(Lines(((left, top + thick, left, zoom), shown_end), Pen("quiet", 0.5, dash=True)))
    items += _epoch(figure, left, right, zoom, words)
    epochs = Fraction(figure.iterations, figure.per_epoch)
    items.append(label((left + right) / 2, zoom + 24 + 13, *filled(words.epoch, samples=term(figure.samples)), size=SMALL + 1))
    short = figure.last < figure.batch
    more: Content = ()
    if short:
        more = filled(words.passes_short_told, last=term(figure.last))
    elif figure.dropped:
        more = filled(words.passes_dropped_told, count=term(figure.dropped))
    told = filled(
        words.passes_told,
        iterations=term(figure.iterations),
        epochs=value(epochs),
        per_epoch=term(figure.per_epoch),
        batch=term(figure.batch),
        last=more,
    )
    caption = words.passes + (words.passes_part if rest else "") + (words.passes_short if short else "") + (words.passes_dropped if figure.dropped else "")
    sparse = filled(words.passes_every, every=term(every)) if every > 1 and lines else ()
    named = instance(figure.instance, words)
    return Drawing(Scene(WIDEST, zoom + 42, tuple(items), words.passes_title, (*told, *named)), (caption, *sparse, *named))


def _round_number(least: float) -> int:
    """The next of 2, 5, 10, 20, 50, ..."""
    power = int(10 ** math.floor(math.log10(least)))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least)


def _epoch(figure: Passes, left: float, right: float, y: float, words: FigureWords) -> list[Item]:
    """The batches of an epoch, as wide as they are large; those in the middle are left out where there are many."""
    high = 24.0
    many = figure.per_epoch > _FIRST + _LAST + 1
    full: list[int | None] = [figure.batch] * (figure.per_epoch - 1 if not many else _FIRST)
    sizes = [*full, *((None, *full[: _LAST - 1]) if many else ()), figure.last]
    units = [1.4 if size is None else size / figure.batch for size in sizes]
    spare = figure.dropped / figure.batch
    scale = Scale(0.0, sum(units) + spare, left, right)
    items: list[Item] = []
    at = 0.0
    for size, unit in zip(sizes, units, strict=True):
        x, width = scale(at), scale(at + unit) - scale(at)
        at += unit
        if size is None:
            items.append(centred(x + width / 2, y + high / 2, "…", size=TEXT + 2))
            continue
        short = size < figure.batch
        items.append(Rect(x, y, width, high, None, BOLD if short else FINE, hatched=short))
        wide = 5.0 * len(str(size))
        if width > wide + 2:
            if short:
                items.append(Rect(x + width / 2 - wide / 2 - 1, y + high / 2 - 6, wide + 2, 12, Fill("page"), None))
            items.append(centred(x + width / 2, y + high / 2, term(size), size=SMALL + 1))
    if spare:
        x = scale(at)
        items.append(Rect(x, y, right - x, high, None, Pen(width=0.7, dash=True)))
        told = filled(words.unused, count=term(figure.dropped))
        if right - x > 4.6 * len(plain(told)) + 8:
            items.append(centred((x + right) / 2, y + high / 2, *told, size=SMALL + 1))
        else:
            items.append(label(right, y + high + 13, *told, anchor="end", size=SMALL + 1))
    return items


def permuted(figure: Permuted, words: FigureWords) -> Drawing:
    """Two tables in grey, and between them the order of the inputs."""
    n = len(figure.order)
    cell, left, top = 30.0, 40.0, 46.0
    apart = 92.0
    second = left + n * cell + apart
    items: list[Item] = []
    plainly = tuple(range(n))
    items += _table(figure, figure.before, plainly, left, top, cell, figure.weights[0], words)
    items += _table(figure, figure.after, figure.order, second, top, cell, figure.weights[1], words)
    middle, y = left + n * cell + apart / 2 - 12, top + n * cell / 2
    items.append(Arrow(((middle - 20, y), (middle + 20, y)), BOLD))
    items.append(label(middle, y - 8, Name("P")))
    for k, i in enumerate(figure.order):
        items.append(label(middle, y + 16 + 10 * k, f"{i + 1} → {k + 1}", size=SMALL + 0.5))

    def told(table: tuple[tuple[float, ...], ...]) -> Content:
        rows = [filled(words.permuted_row, number=str(k), values=joined([(_weight(v),) for v in row], ", ")) for k, row in enumerate(table, 1)]
        return joined(rows, "; ")

    order = listed([(term(i + 1),) for i in figure.order], words)
    description = filled(words.permuted_told, order=order, before=told(figure.before), after=told(figure.after))
    caption = words.permuted if figure.along == "columns" else words.permuted_rows
    return Drawing(Scene(second + n * cell + 4, top + n * cell + 4, tuple(items), words.permuted_title, description), (caption,))


def _weight(weight: float) -> Term:
    return Num(f"{weight:.2f}")


def _light(cell: tuple[float, float, float]) -> bool:
    return cell[2] > 0.5


def _grey(weight: float) -> float:
    """Darker for a larger weight, and never so that neither dark nor light numbers could be read on it."""
    return round(0.6 * weight if weight <= 0.5 else 0.62 + 0.76 * (weight - 0.5), 2)


def _table(
    figure: Permuted, table: tuple[tuple[float, ...], ...], order: tuple[int, ...], left: float, top: float, cell: float, name: Term, words: FigureWords
) -> list[Item]:
    n = len(order)
    items: list[Item] = []
    cells = [(left + c * cell, top + r * cell, weight) for r, row in enumerate(table) for c, weight in enumerate(row)]
    items += [Rect(x, y, cell, cell, Fill("ink", _grey(weight)), None) for x, y, weight in cells]
    items += [Rect(x, y, cell, cell, None, Pen("quiet", 0.5)) for x, y, _ in cells]
    items += [centred(x + cell / 2, y + cell / 2, _weight(w), size=TEXT, paint="page" if w > 0.5 else "ink") for x, y, w in sorted(cells, key=_light)]
    by_columns = figure.along == "columns"
    one = order.index(0)
    side = n * cell
    column, line = Rect(left + one * cell, top, cell, side, None, None), Rect(left, top + one * cell, side, cell, None, None)
    query, key = (column, line) if by_columns else (line, column)
    items.append(Rect(key.x, key.y, key.width, key.height, None, Pen("second", 1.8, dash=True)))
    items.append(Rect(query.x, query.y, query.width, query.height, None, Pen("first", 2.0)))
    for k, i in enumerate(order):
        items.append(label(left + (k + 0.5) * cell, top - 5, str(i + 1), size=TEXT - 1))
        items.append(label(left - 5, top + (k + 0.5) * cell + 0.34 * (TEXT - 1), str(i + 1), anchor="end", size=TEXT - 1))
    rows, columns = (words.keys, words.queries) if by_columns else (words.queries, words.keys)
    items.append(label(left + side / 2, top - 17, columns, size=SMALL + 1))
    items.append(Label(left - 18, top + side / 2, (rows,), "middle", SMALL + 1, upright=False))
    items.append(label(left + side / 2, 12, name, size=TEXT + 0.5))
    return items
