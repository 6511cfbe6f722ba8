"""How names and words are written in LaTeX."""

from __future__ import annotations

import re

from derivations.language.numbering import ROUND, SQUARE
from derivations.language.placement import LOGLIKE, OPERATORS
from derivations.language.term import Name
from derivations.reading.symbols import NAMED

_FONTS = {"bold": "\\mathbf", "cal": "\\mathcal", "bb": "\\mathbb", "frak": "\\mathfrak", "rm": "\\mathrm", "sf": "\\mathsf", "tt": "\\mathtt"}
_ACCENTS = {accent: f"\\{accent}" for accent in ("hat", "tilde", "bar", "vec", "dot", "ddot", "check")}
_WIDE = {"hat": "\\widehat", "tilde": "\\widetilde", "bar": "\\overline"}
_SPECIAL = {
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#", "%": "\\%", "_": "\\_", "^": "\\textasciicircum{}",
    "~": "\\textasciitilde{}",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]+|.", re.DOTALL)


def words(text: str) -> str:
    """Text for text mode, with the characters that TeX would act on escaped."""
    return "".join(_SPECIAL.get(character, character) for character in text)


def letter(text: str) -> str:
    """Text for an argument that TeX reads as a plain word (a colour): what is not a letter, a digit or ``!-.`` is left out."""
    return re.sub(r"[^A-Za-z0-9!.\-]", "", text)


def _core(name: Name) -> str:
    text = name.text
    if name.font == "text":
        return f"\\text{{{words(text)}}}"
    base = f"\\{text}" if text in NAMED else words(text)
    if name.font == "":
        if text in LOGLIKE:
            return f"\\{text}"
        if text in OPERATORS:
            return f"\\operatorname{{{text}}}"
        return base if len(text) == 1 or text in NAMED else f"\\mathit{{{base}}}"
    if name.font == "rm" and text in LOGLIKE:
        return f"\\{text}"
    if name.font == "rm" and len(text) > 1 and text not in NAMED:
        return f"\\operatorname{{{base}}}"
    if name.font == "bold" and text in NAMED:
        return f"\\boldsymbol{{{base}}}"
    if name.font in ("bold", "cal", "bb", "frak") and len(text) > 1 and text not in NAMED:
        return f"{_FONTS[name.font]}{{\\mathit{{{base}}}}}"
    return f"{_FONTS[name.font]}{{{base}}}"


def _label(label: str) -> str:
    if label in (ROUND, SQUARE):
        return f"{label[0]}\\cdot{label[1]}"
    pieces = (f"\\{piece} " if piece in NAMED and len(piece) > 1 else words(piece) for piece in _WORD.findall(label))
    written = "".join(pieces).strip()
    if label in ("*", "+", "-", "dagger") or label.startswith("["):
        return written
    return f"({written})"


def name(name: Name) -> str:
    """A name with its font, accents, primes and label."""
    core = _core(name)
    wide = len(name.text) > 1 and name.text not in NAMED
    for accent in name.accent:
        core = f"{(_WIDE.get(accent) if wide else None) or _ACCENTS[accent]}{{{core}}}"
    core += "'" * name.primes
    if not name.label:
        return core
    label = _label(name.label)
    return f"{core}^{label}" if len(label) == 1 else f"{core}^{{{label}}}"
