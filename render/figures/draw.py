"""A problem's figure as a drawing: one function for each kind of figure."""

from __future__ import annotations

from derivations.figures import TOO_LARGE, Decay, Drawn, Figure, Graph, Passes, Permuted, Pyramid, Shares, Taps, Transport, Undrawn
from render.figures import densities, numbers, signals
from render.figures.drawing import Drawing
from render.figures.words import ENGLISH, FigureWords


def drawn(figure: Figure, words: FigureWords = ENGLISH) -> Drawing | Undrawn:
    """The drawing of a figure, or why there is none; numbers past the range of floats have none."""
    if isinstance(figure, Undrawn):
        return figure
    try:
        return draw(figure, words)
    except OverflowError:
        return Undrawn(TOO_LARGE)


def draw(figure: Drawn, words: FigureWords = ENGLISH) -> Drawing:
    """The scene of a figure and its caption. The same figure gives the same scene, number for number."""
    match figure:
        case Taps():
            return signals.taps(figure, words)
        case Pyramid():
            return signals.pyramid(figure, words)
        case Graph():
            return signals.graph(figure, words)
        case Shares():
            return numbers.shares(figure, words)
        case Permuted():
            return numbers.permuted(figure, words)
        case Transport():
            return densities.transport(figure, words)
        case Decay():
            return numbers.decay(figure, words)
        case Passes():
            return numbers.passes(figure, words)
