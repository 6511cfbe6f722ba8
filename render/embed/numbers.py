"""Numbers in LaTeX text: as people group and round them, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import log
from typing import Final

from derivations.language.record import record

_GAP = r"(?:\{,\}|,|\\,|\\;|\\ |~|\\thinspace\s?|\N{NARROW NO-BREAK SPACE}|\N{THIN SPACE}|\N{NO-BREAK SPACE})"
_NUMBER: Final = re.compile(
    rf"(?<![A-Za-z0-9.])(?<![_^])(?<![_^]\{{)(?P<whole>\d{{1,3}}(?:{_GAP}\d{{3}})+(?!\d)|\d+)(?:\.(?P<decimals>\d+))?"
    r"(?:\s*(?:\\times|\\cdot)\s*10\s*\^\s*\{?(?P<exponent>\d+)\}?|\s*[eE](?P<e>\d+)(?![A-Za-z]))?"
    r"(?:(?:\s|~|\\,)*(?P<unit>thousand|million|billion)|(?P<letter>[kKMGB])(?![A-Za-z]))?"
)
_UNITS: Final = {"thousand": 3, "k": 3, "K": 3, "million": 6, "M": 6, "billion": 9, "G": 9, "B": 9}
_LARGEST: Final = 60  # digits
_NOT_READ: Final = re.compile(
    r"\\(?:eq|page|auto|c|C|name|sub)?ref\*?\s*\{[^{}]*\}|\\[A-Za-z]*cite[A-Za-z]*\*?\s*(?:\[[^\]]*\])*\s*\{[^{}]*\}|\\label\s*\{[^{}]*\}"
    r"|\\(?:begin|end|includegraphics|[vh]space|input|include|cline|cmidrule|multicolumn|derived|usepackage|url|href)\*?\s*(?:\[[^\]]*\])?(?:\([^)]*\))?"
    r"\s*\{[^{}]*\}|\\\\\s*\[[^\]]*\]|\d+(?:\.\d+)?\s*(?:pt|em|ex|cm|mm|in|bp)\b"
)


@record
class Found:
    """A number: its value, half a unit of its last digit, its text and its offsets."""

    value: Fraction
    tolerance: Fraction
    text: str
    start: int
    end: int

    def agrees(self, value: Fraction) -> bool:
        """Whether this is the value: exactly for a whole number without a unit, else rounded to its last digit."""
        return abs(self.value - value) <= self.tolerance


def numbers(text: str, start: int, end: int) -> Iterator[Found]:
    """The numbers in ``text[start:end]``; those in references, citations, lengths, subscripts and exponents are passed over."""
    read = text[start:end]
    for hidden in _NOT_READ.finditer(read):
        read = read[: hidden.start()] + " " * (hidden.end() - hidden.start()) + read[hidden.end() :]
    for match in _NUMBER.finditer(read):
        whole = "".join(c for c in match["whole"] if c.isascii() and c.isdigit())
        decimals = match["decimals"] or ""
        scale = int(match["exponent"] or match["e"] or 0) + _UNITS.get(match["unit"] or "", 0)
        if scale > _LARGEST or len(whole) > _LARGEST:
            continue
        for power in dict.fromkeys((scale, scale + _UNITS.get(match["letter"] or "", 0))):  # 3K is three thousand, or three times K
            unit = Fraction(10) ** (power - len(decimals))
            half = unit / 2 if decimals or power else Fraction(0)
            yield Found(int(whole + decimals) * unit, half, match[0].strip(), start + match.start(), start + match.end())


def nearest(found: Iterable[Found], value: Fraction) -> Found | None:
    """The number that was most likely meant to be this value: the one with the nearest size."""

    def distance(one: Found) -> float:
        if one.value <= 0 or value <= 0:
            return float(abs(one.value - value)) + 1e3
        return abs(log(one.value.numerator) - log(one.value.denominator) - log(value.numerator) + log(value.denominator))

    return min(found, key=distance, default=None)
