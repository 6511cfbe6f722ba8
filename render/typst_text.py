"""Words for Typst: what its markup would act on."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r'([\\*_`$#@<>\[\]~"])')
_PAIRS = re.compile(r"--+|-\?|-(?=\d)|\.\.\.|//|/\*")  # dashes, a soft hyphen, a minus sign (after some signs, before a digit), an ellipsis, comments
_FIRST = re.compile(r"^(\s*)([=+/-]|\d+(?=\.))")


def escape(words: str) -> str:
    """Words as Typst markup that shows them letter by letter, wherever in a line they stand."""
    found = _SPECIAL.sub(r"\\\1", words)
    found = _PAIRS.sub(lambda match: "".join(f"\\{char}" for char in match[0]), found)
    return _FIRST.sub(_at_start, found)


def _at_start(match: re.Match[str]) -> str:
    """A sign or a number that would begin a heading or a list."""
    space, first = match.groups()
    return f"{space}#{quoted(first)};" if first[0].isdigit() else f"{space}\\{first}"


def quoted(words: str) -> str:
    """Words as a string of Typst's code."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
