"""What a drawing is made of besides its shapes: the caption under it, and the values for which it was drawn."""

from __future__ import annotations

import math
from fractions import Fraction

from derivations.figures import Instance
from derivations.language.record import record
from derivations.language.term import Num, Pow, Relation, Term, term, times
from render.figures.scene import Scene
from render.figures.words import Content, FigureWords, filled


@record
class Drawing:
    """A scene with the caption that stands under it."""

    scene: Scene
    caption: Content


_DECIMAL = (2, 5, 10, 100)
"""Denominators of fractions that people write as decimals, as in a learning rate."""


def value(number: int | Fraction) -> Term:
    if isinstance(number, int):
        return term(number)
    if number.denominator in _DECIMAL:
        return Num(f"{float(number):g}")
    return term(number.numerator) if number.denominator == 1 else term(number.numerator) / number.denominator


def instance(chosen: Instance, words: FigureWords) -> Content:
    """ "Drawn for K = 3, s = 2 and d = 1.", or nothing."""
    if not chosen:
        return ()
    return filled(words.instance, values=listed([(Relation((name, value(number)), ("=",)),) for name, number in chosen], words))


def listed(parts: list[Content], words: FigureWords) -> Content:
    """ "1, 4 and 7"."""
    return joined(parts, ", ", words.and_)


def joined(parts: list[Content], between: str, last: str | None = None) -> Content:
    """Parts with words between them, and others before the last."""
    found: list[str | Term] = []
    for k, part in enumerate(parts):
        if k:
            found.append(last if last is not None and k == len(parts) - 1 else between)
        found += part
    return tuple(found)


def decimal(text: str) -> Term:
    """Digits, perhaps with a sign, as a term, so that every printer writes them as its readers do."""
    return -Num(text[1:]) if text.startswith("-") else Num(text)


def rounded(number: float, digits: int = 3) -> Term:
    """A finite number to some significant digits, with a power of ten only where it is far from one."""
    if number == 0:
        return Num("0")
    size = math.floor(math.log10(abs(number)))
    if not -5 <= size <= 8:
        mantissa, _, power = f"{number:.{digits - 1}e}".partition("e")
        return times(decimal(_short(mantissa)), Pow(Num("10"), term(int(power))))
    text = f"{round(number, digits - 1 - size):.{max(digits - 1 - size, 0)}f}"
    return decimal(_short(text))


def _short(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
