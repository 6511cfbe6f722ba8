"""What a drawing is made of besides its shapes: the caption under it, and the values for which it was drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from derivations.figures import Instance
from derivations.language.term import Relation, Term, term
from render.figures.scene import Scene
from render.figures.words import Content, FigureWords, filled


@dataclass(frozen=True, slots=True)
class Drawing:
    """A scene with the caption that stands under it."""

    scene: Scene
    caption: Content


def value(number: int | Fraction) -> Term:
    if isinstance(number, int):
        return term(number)
    return term(number.numerator) if number.denominator == 1 else term(number.numerator) / number.denominator


def instance(chosen: Instance, words: FigureWords) -> Content:
    """ "Drawn for K = 3, s = 2 and d = 1.", or nothing."""
    if not chosen:
        return ()
    found: list[str | Term] = []
    for k, (name, number) in enumerate(chosen):
        if k:
            found.append(words.and_ if k == len(chosen) - 1 else ", ")
        found.append(Relation((name, value(number)), ("=",)))
    return filled(words.instance, values=tuple(found))


def listed(parts: list[str], words: FigureWords) -> str:
    """ "1, 4 and 7"."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + words.and_ + parts[-1]


def rounded(number: float, digits: int = 3) -> str:
    """A number to some significant digits, without an exponent where that is short."""
    if number == 0 or not math.isfinite(number):
        return "0" if number == 0 else str(number)
    places = digits - 1 - math.floor(math.log10(abs(number)))
    if places > 8:
        return f"{number:.{digits - 1}e}"
    text = f"{round(number, places):.{max(places, 0)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")
