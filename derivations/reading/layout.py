"""Commands of a document that only lay out: what they set beside a line is a reason, what they set smaller is the formula itself.

They are recognised by what their definitions do, never by their names. What is laid out is blanked by spaces of the same length, so that every offset stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from derivations.reading.braces import matching_brace

BESIDE: Final = re.compile(r"\\(?:tag|parbox|marginpar|marginnote|llap|rlap)(?![A-Za-z])")
"""A command that uses one of these in its definition stands beside the line, with all of its arguments."""
SCALING: Final = re.compile(r"\\(?:resizebox|scalebox)(?![A-Za-z])")
"""A command that uses one of these shows its last argument."""
PLACING: Final = frozenset(("\\MoveEqLeft",))
"""Commands without arguments that move a formula."""
BOXES: Final = {"\\resizebox": 3, "\\scalebox": 2}
"""Commands that show their last argument, with their numbers of arguments. In a display it is a formula between dollars."""
_IN_DISPLAY: Final = re.compile(r"(?:\\begin\s*\{(?:equation|align|gather|displaymath|multline|aligned|split)\*?\}|\\\[|\$\$|&)\s*\Z")
_DOLLARS: Final = re.compile(r"\{\s*(\$)[^$]*(\$)\s*\}\Z")
_REACH: Final = 20_000
_SPACER: Final = re.compile(r"(?<=[\s&])\{\}(?=\s*(?:[-+=]|\\(?:times|cdot|odot|ast|le|ge|pm)(?![A-Za-z])))")
_UPRIGHT: Final = re.compile(r"\\mathop\{\}\\mathrm\{")
"""Empty braces before a sign, which give it the space of one between two formulas."""


def without_layout_macros(text: str, macros: Mapping[str, tuple[int, str]]) -> str:
    """The text with its layout commands blanked. Definitions must have been blanked before; ``macros`` has their numbers of arguments and bodies."""
    beside: dict[str, int] = {}
    scaled: dict[str, int] = {}
    for name, (arity, body) in macros.items():
        if BESIDE.search(body):
            beside[name] = arity
        elif SCALING.search(body):
            scaled[name] = arity
    scaled |= {name: count for name, count in BOXES.items() if name not in macros}
    wanted = [*beside, *scaled, *PLACING]
    names = "|".join(re.escape(name) for name in sorted(wanted, key=len, reverse=True))
    found = re.compile(f"(?:{names})(?![A-Za-z])")
    text = spelled(text)
    characters = list(text)
    at = 0
    while (call := found.search(text, at)) is not None:
        at = call.end()
        arguments = _arguments(text, at, beside.get(call[0]) or scaled.get(call[0]) or 0)
        if arguments is None:
            continue
        _blank(characters, call.start(), call.end())
        if call[0] in beside:
            stop = arguments[-1][1]
            _blank(characters, call.end(), stop)
            at = stop
        elif call[0] in scaled:
            start, stop = arguments[-1]
            _blank(characters, call.end(), start + 1)
            _blank(characters, stop - 1, stop)
            dollars = _DOLLARS.match(text[start:stop])
            if dollars is not None and call[0] in BOXES and _IN_DISPLAY.search(text[max(0, call.start() - 60) : call.start()]):
                _blank(characters, start + dollars.start(1), start + dollars.end(1))
                _blank(characters, start + dollars.start(2), start + dollars.end(2))
            at = start + 1
    return "".join(characters)


def spelled(text: str) -> str:
    """The text, as long as before, without empty braces before a sign, and with an upright name after ``\\mathop{}`` as an operator's name, for
    which some readers of Markdown have no command."""
    text = _SPACER.sub(lambda m: " " * len(m[0]), text)
    return _UPRIGHT.sub(lambda m: "\\operatorname{".rjust(len(m[0])), text)


def _blank(characters: list[str], start: int, end: int) -> None:
    characters[start:end] = [c if c == "\n" else " " for c in characters[start:end]]


def _arguments(text: str, at: int, count: int) -> list[tuple[int, int]] | None:
    """Where the braced arguments after a command stand, braces included; None if they are not all there."""
    found: list[tuple[int, int]] = []
    for _ in range(count):
        opened = re.compile(r"\s*\{").match(text, at)
        close = -1 if opened is None else matching_brace(text, opened.end() - 1, opened.end() + _REACH)
        if opened is None or close < 0:
            return None
        found.append((opened.end() - 1, close + 1))
        at = close + 1
    return found
