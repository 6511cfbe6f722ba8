"""Several ways of writing one thing in TeX, as one: font switches, three points, words as scripts, braces and scripts that show nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derivations.reading.macros import made
from derivations.reading.symbols import LETTER_FONTS, NAMED, WORD_FONTS
from derivations.reading.tokens import Token

_SWITCHES: Final = {
    "\\bf": "\\mathbf", "\\bfseries": "\\mathbf", "\\rm": "\\mathrm", "\\cal": "\\mathcal", "\\tt": "\\mathtt", "\\sf": "\\mathsf", "\\it": "", "\\mit": "",
    "\\frak": "\\mathfrak",
}  # fmt: skip
"""Old commands that hold to the end of their group, as those that have an argument; an empty one sets what a formula has anyway."""
_GROUPS: Final = {"open": 1, "left": 1, "begin": 1, "close": -1, "right": -1, "end": -1}


def in_one_form(found: list[Token]) -> list[Token]:
    """The tokens of a formula, its macros put in, in the form that the grammar knows."""
    return _without_debris(_with_font_commands(found))


def _with_font_commands(found: list[Token]) -> list[Token]:
    """``{\\bf x}`` as ``{\\mathbf{x}}``: a switch holds to the end of its group, which a column and a row end as well."""
    if not any(token.text in _SWITCHES for token in found):
        return found
    result: list[Token] = []
    switched = [False]  # for each group that is open, whether a font is
    merged = [False]  # and whether its braces are those of the font

    def end(token: Token) -> None:
        if switched[-1]:
            result.append(replace(token, kind="close", text="}", gap=""))
            if result[-2].kind == "open":  # of nothing
                del result[-3:]
        switched[-1] = False

    for token in found:
        step = _GROUPS.get(token.kind, 0)
        if step < 0 or token.kind == "newline" or (token.text == "&" and token.kind == "char"):
            end(token)
        if step < 0 and len(switched) > 1:
            switched.pop()
            if merged.pop():
                continue
        if token.kind == "command" and token.text in _SWITCHES:
            end(token)
            if result and result[-1].kind == "open" and len(merged) > 1 and not _takes_argument(result[-2] if len(result) > 1 else None):
                token = replace(token, gap=result.pop().gap)
                merged[-1] = True
            if _SWITCHES[token.text]:
                result += [replace(token, text=_SWITCHES[token.text]), replace(token, kind="open", text="{", gap="")]
                switched[-1] = True
            continue
        result.append(token)
        if step > 0:
            switched.append(False)
            merged.append(False)
    if found:
        end(found[-1])
    return result


def _takes_argument(token: Token | None) -> bool:
    """Whether braces behind a token may be its argument."""
    if token is None or token.kind in ("letter", "digit", "text", "newline", "open", "left", "begin"):
        return False
    if token.kind == "command":
        return token.text[1:].isalpha() and token.text.removeprefix("\\") not in NAMED | {"int", "iint", "iiint", "partial", "cdot", "times", "mid"}
    return token.kind != "char" or token.text in ("^", "_")


def _without_debris(found: list[Token]) -> list[Token]:
    result: list[Token] = []
    dropped: set[int] = set()  # where braces close that open nowhere any more
    at = 0
    while at < len(found):
        token = found[at]
        before = result[-1] if result else None
        following = [found[k].kind if k < len(found) else "" for k in (at, at + 1, at + 2)]
        if token.text in ("^", "_") and token.kind == "char" and following[1:] == ["open", "close"]:  # \sum_{i}^{}
            at += 3
            continue
        if token.text == "\\mathop" and following[1] != "open":  # \mathop{}\!\mathrm{d}x
            at += 1
            continue
        if [t.text for t in found[at : at + 3]] == [".", ".", "."] and not (found[at + 1].gap or found[at + 2].gap):
            result.append(Token("command", "\\dots", token.start, found[at + 2].end, token.gap))
            at += 3
            continue
        if token.kind == "text" and before is not None and before.kind == "char" and before.text in ("^", "_"):
            result += [replace(token, kind="open", text="{"), token, replace(made("close", "}"), start=token.start, end=token.end)]
        elif token.kind == "open" and before is not None and before.text == "\\partial" and before.kind == "command":  # \partial{x}
            dropped.add(_closing(found, at))
        elif token.kind == "open" and (close := _of_one_symbol(found, at)) and not _takes_argument(before):  # {\mathrm{d}}x
            dropped.add(close)
        elif at not in dropped:
            result.append(token)
        at += 1
    return result


def _of_one_symbol(found: list[Token], opening: int) -> int:
    """Where the braces around one letter with a font end, or 0."""
    at = opening + 1
    if at + 2 >= len(found) or found[at].kind != "command" or found[at].text not in LETTER_FONTS | WORD_FONTS:
        return 0
    end = at + 2 if found[at + 1].kind == "letter" else at + 4
    braced = [token.kind for token in found[at + 1 : at + 4]] == ["open", "letter", "close"]
    return end if end < len(found) and (end == at + 2 or braced) and found[end].kind == "close" else 0


def _closing(found: list[Token], opening: int) -> int:
    depth = 0
    for at in range(opening, len(found)):
        depth += (found[at].kind == "open") - (found[at].kind == "close")
        if not depth:
            return at
    return len(found)
