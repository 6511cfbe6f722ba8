"""Lines for terminals and logs, and JSON for programs: what somebody else wrote is shown and never acts.

A file's name or a formula may hold sequences that erase what stands above them, marks that turn the direction of writing, and lines that a CI log takes for
commands. All of that is written by its number.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any, Final
from unicodedata import category

_ACTING: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Controls, marks without a shape, halves of characters, ends of lines and of paragraphs."""
_COMMAND: Final = re.compile(r"^(\s*):(?=:)|#(#\w*\[)")
"""What a CI runner acts on in a log: ``::error ...`` at the beginning of a line, ``##[...]`` and ``##vso[...]`` anywhere."""


def shown(line: str) -> str:
    """One line on which nothing acts: neither on a terminal nor on what reads its log."""
    plain = line if line.isascii() and line.isprintable() else "".join(map(_character, line))
    return _COMMAND.sub(lambda match: f"\\x23{match[2]}" if match[2] else f"{match[1]}\\x3a", plain)


def _character(char: str) -> str:
    return _number(char) if category(char) in _ACTING else char


def _number(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def tell(line: str) -> None:
    """A line of the answer."""
    sys.stdout.write(f"{shown(line)}\n")


def warn(line: str) -> None:
    """A line beside the answer."""
    sys.stderr.write(f"{shown(line)}\n")


def json_text(value: Any) -> str:
    """A value as JSON that people can read; what acts on a terminal is escaped, which leaves the value as it is."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "".join(_escaped(char) if category(char) in _ACTING and char != "\n" else char for char in text) + "\n"


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else json.dumps(char)[1:-1]
