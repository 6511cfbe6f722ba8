"""The mathematical font of pages: fixed subsets of STIX Two Math, of which a page brings those that it needs.

The files in ``templates/fonts`` are data (SIL Open Font License, see the licence beside them); ``.ci/fonts`` makes them from the whole font. What is
stretched stands in the first subset, because browsers take the parts of a tall bracket, a root and a sum from the first font of a list alone.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from html import unescape
from importlib.resources import files
from string import ascii_letters, digits, printable
from types import MappingProxyType
from typing import Final

from render.notation.symbols import ACCENTS, BIG_SIGNS, BRACKETS, DOTS, FENCES, GREEK, LETTERS, PRODUCTS, RELATIONS, in_alphabet

FAMILY: Final = "Sheet Math"
"""The name of the subsets, which are not the font that they are taken from."""

_STRETCHED = "()[]{}|‖⌊⌋⌈⌉∑∏∫√"
_RARELY_STRETCHED = (
    "".join(a + b for pairs in (FENCES, BRACKETS) for a, b in pairs.values())
    + "".join((*BIG_SIGNS.values(), *(accent.over for accent in ACCENTS.values())))
    + "⏞⏟∥"
)
_COMMON = "−±·×≠≤≥≈∼∈≔⇔⇒→∞′″‴…⋯𝟎𝟏\u00a0\u2009\u202f\u2061\u2062\u2063"
_OTHERS = "".join(char for char in LETTERS.values() if char not in GREEK.values())
_SIGNS = "".join((*RELATIONS.values(), *PRODUCTS.values(), *DOTS.values())) + "∀∃¬∧∨⊤"


def _alphabet(font: str, letters: str) -> str:
    return "".join(in_alphabet(letter, font) or "" for letter in letters)


def slanted(char: str) -> str:
    """The character that browsers show for a name of one letter (MathML Core, appendix C), or the same where there is none."""
    for first, last, base in (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC)):
        if first <= char <= last:
            return "ℎ" if char == "h" else chr(base + ord(char) - ord(first))
    return dict(zip("ıȷ∇∂ϵϑϰϕϱϖ", "𝚤𝚥𝛻𝜕𝜖𝜗𝜘𝜙𝜚𝜛", strict=True)).get(char, char)


def _characters() -> dict[str, str]:
    greek = "".join(GREEK.values())
    wanted = {
        "base": digits + ascii_letters + " !'()*+,-./:;<=>[]{|}" + "".join(map(slanted, ascii_letters)) + _STRETCHED + _COMMON,
        "greek": "".join(map(slanted, filter(str.islower, greek))) + "∂" + slanted("∂"),
        "signs": printable.strip() + _SIGNS + _OTHERS + "".join(map(slanted, _OTHERS)),
        "upright": greek + "".join(map(slanted, filter(str.isupper, greek))),
        "bold": _alphabet("bold", digits + ascii_letters + greek + "∇∂"),
        "script": _alphabet("cal", ascii_letters),
        "fraktur": _alphabet("frak", ascii_letters),
        "double": _alphabet("bb", digits + ascii_letters),
        "plain": _alphabet("sf", digits + ascii_letters) + _alphabet("tt", digits + ascii_letters),
    }
    found = {"whole": "".join(sorted(set(wanted["base"] + _RARELY_STRETCHED)))}
    seen: set[str] = set()
    for name, chars in wanted.items():
        found[name] = "".join(sorted(set(chars) - seen))
        seen |= set(chars)
    return found


SUBSETS: Final[Mapping[str, str]] = MappingProxyType(_characters())
"""The characters of each subset, each in one of them; ``whole`` is what takes the place of ``base`` where rarer signs are stretched as well."""


def shown(page: str) -> frozenset[str]:
    """The characters that a browser shows for the formulas of a page."""
    formulas = "".join(re.findall(r"<math.*?</math>", page, re.DOTALL))
    letters = re.findall(r"<mi>(.)</mi>", formulas)
    return frozenset(map(slanted, letters)) | frozenset(unescape(re.sub(r"<mi>.</mi>|<[^>]*>", "", formulas)))


def faces(page: str) -> str:
    """The rules of CSS that bring the subsets for the formulas of a page, and the variable ``--math`` that lists them."""
    chars = shown(page)
    if not chars:
        return ""
    first = "base" if chars.isdisjoint(set(SUBSETS["whole"]) - set(SUBSETS["base"])) else "whole"
    names = [first, *(name for name, held in SUBSETS.items() if name not in ("base", "whole") and not chars.isdisjoint(held))]
    rules = "".join(f'@font-face{{font-family:"{FAMILY} {name}";src:url(data:font/woff2;base64,{_data(name)})}}\n' for name in names)
    listed = "".join(f'"{FAMILY} {name}",' for name in names)
    # A font comes when something laid out asks for it. What is folded is not, so its formulas would be printed in a font of the system.
    asking = "".join(f"\\{ord(max(chars & set(SUBSETS[name]))):x} " for name in names)
    return f'{rules}:root{{--math:{listed}math}}\nbody::before{{content:"{asking}";font-family:var(--math);position:absolute;visibility:hidden}}\n'


@cache
def _data(name: str) -> str:
    return b64encode(files("render").joinpath("templates", "fonts", f"{name}.woff2").read_bytes()).decode("ascii")
