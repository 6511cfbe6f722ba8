"""Scales with round numbers at their ticks."""

from __future__ import annotations

import math

from derivations.language.record import record
from derivations.language.term import Term, term
from render.figures.drawing import rounded
from render.figures.scene import FINE, PAGE, SMALL, Item, Lines, Rect, Segment, label
from render.figures.words import plain


@record
class Scale:
    """Maps ``low`` to ``start`` and ``high`` to ``end``, in points."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, wanted: int = 5) -> tuple[float, ...]:
    """About so many multiples of 1, 2 or 5 times a power of ten between two numbers."""
    rough = (high - low) / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(k * step, 12) for k in range(first, last + 1))


def ticked(value: float) -> tuple[str | Term, ...]:
    """The number at a tick, with as many decimals as it has."""
    if value == int(value) and abs(value) < 1e15:
        return (term(int(value)),)
    return (rounded(value, 6),)


def horizontal(scale: Scale, y: float, places: tuple[float, ...], *, length: float = 3.0) -> tuple[Item, ...]:
    """An axis with ticks and numbers below it."""
    marks: list[Segment] = [(scale.start, y, scale.end, y)] + [(scale(v), y, scale(v), y + length) for v in places]
    return (Lines(tuple(marks), FINE), *(label(scale(v), y + length + 8.5, *ticked(v), size=SMALL + 0.5) for v in places))


def vertical(scale: Scale, x: float, places: tuple[float, ...], *, length: float = 3.0) -> tuple[Item, ...]:
    """An axis with ticks and numbers to its left, which stand free of lines that run behind them."""
    marks: list[Segment] = [(x, scale.start, x, scale.end)] + [(x - length, scale(v), x, scale(v)) for v in places]
    numbers = tuple(label(x - length - 2.5, scale(v) + 2.7, *ticked(v), anchor="end", size=SMALL + 0.5) for v in places)
    widths = (4.3 * len(plain(one.content)) for one in numbers)
    paper = (Rect(one.x - w, one.y - 6.2, w, 7.0, PAGE, None) for one, w in zip(numbers, widths, strict=True))
    return (Lines(tuple(marks), FINE), *paper, *numbers)
