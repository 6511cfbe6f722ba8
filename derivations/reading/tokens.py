"""LaTeX source as tokens, in one pass over the text, and the error that says where a formula cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.reading.symbols import SIZES, SKIPPED_WITH_ARGUMENT, SPACING, TEXT_COMMANDS, UNICODE

BLOT: Final = "\ufffd"
"""What stands in the text where what TeX would show there is not certain."""
MAX_LENGTH: Final = 20_000
"""Longer formulas are refused: nobody writes them, and every limit below follows from this one."""

Kind: TypeAlias = Literal["digit", "letter", "command", "char", "text", "open", "close", "begin", "end", "left", "right", "middle", "newline", "stop"]


class ReadError(DeriveError):
    """A formula that cannot be read.

    Args:
        source: the text that was being read.
        offset: where in it, counted from 0.
        what: the construct at fault, as the start of a sentence.
        expected: what would be accepted there, or empty.

    ``line`` and ``column`` count from 1 within ``source``.
    """

    def __init__(self, source: str, offset: int, what: str, expected: str = "") -> None:
        offset = max(0, min(offset, len(source)))
        self.offset = offset
        self.line = source.count("\n", 0, offset) + 1
        self.column = offset - (source.rfind("\n", 0, offset) + 1) + 1
        self.what = what
        self.expected = expected
        wanted = f"; expected {expected}" if expected else ""
        super().__init__(f"line {self.line}, column {self.column}: {what}{wanted}")


@record
class Token:
    """``start``/``end`` are offsets in the source (of the macro call, for what a macro brought). ``gap`` is what stood before the token: nothing,
    white space (``" "``) or an explicit space (``"\\\\,"``)."""

    kind: Kind
    text: str
    start: int
    end: int
    gap: str = ""


_LEXEME = re.compile(
    r"""(?P<space>[ \t\r\n~\u00a0\u2009\u200a\u202f\u200b\u2060\ufeff]+|%[^\n]*(?:\n|$))
      | (?P<glue>\\(?:[hvm]skip|m?kern)(?![A-Za-z])\s*[-+]?\s*(?:\d+(?:\.\d*)?|\.\d+)\s*(?:mu|pt|em|ex|cm|mm|in|sp|\\[A-Za-z]+))
      | (?P<newline>\\\\\*?(?:\s*\[\s*-?\s*[\d.]+\s*(?:pt|em|ex|cm|mm|in|mu|\\\w+)\s*\])?|\\(?:newline|cr|tabularnewline)(?![A-Za-z]))
      | (?P<edge>\\(?:begin|end)\s*\{(?P<environment>[A-Za-z]+\*?)\})
      | (?P<fence>\\(?P<side>left|right|middle)(?![A-Za-z])\s*(?P<delimiter>\\[A-Za-z]+|\\.|.))
      | (?P<command>\\(?:operatorname|tag|hspace|vspace|DeclareMathOperator|DeclarePairedDelimiter)\*|\\[A-Za-z]+|\\.|\\$)
      | (?P<fraction>(?<=\d)\{,\}\{(?P<behind>\d+)\})
      | (?P<comma>(?<=\d)\{[,.]\}(?=\d))
      | (?P<digit>[0-9])
      | (?P<letter>[A-Za-z])
      | (?P<char>.)""",
    re.VERBOSE | re.DOTALL,
)
_OPTION = re.compile(r"\s*(?:\[[^\]{}]*\]\s*)?")
_BRACES = re.compile(r"[^{}\\]+|\\.|[{}]|\\$", re.DOTALL)
_DELIMITERS = {"\\vert": "|", "\\Vert": "\\|", "\\mvert": "\\mid", "\\lbrace": "\\{", "\\rbrace": "\\}", "\\lbrack": "[", "\\rbrack": "]",
               "\\colon": ":"}
_RAISED = {"²": "^2", "³": "^3", "¹": "^1", "ᵀ": "^\\top", "½": "\\frac12"}


def _matched(source: str, opening: int) -> int:
    """The offset of the brace that closes the one at ``opening``. Raises ReadError when there is none."""
    depth = 0
    for piece in _BRACES.finditer(source, opening):
        if piece[0] == "{":
            depth += 1
        elif piece[0] == "}":
            depth -= 1
            if depth == 0:
                return piece.start()
    raise ReadError(source, opening, "a brace is opened here and never closed", "}")


def tokens(source: str) -> list[Token]:
    """The tokens of a formula, spacing and comments left out. Raises ReadError for an unclosed ``\\text{`` or too long a text."""
    if len(source) > MAX_LENGTH:
        raise ReadError(source, 0, f"a formula of {len(source)} characters", f"at most {MAX_LENGTH}")
    return _without_empty_groups(list(_scan(source, 0, len(source))))


_NEEDS_ARGUMENT: Final = frozenset({"^", "_", "\\frac", "\\dfrac", "\\tfrac", "\\sqrt", "\\binom", "\\newcommand", "\\renewcommand", "\\def"})


def _without_empty_groups(found: list[Token]) -> list[Token]:
    """``{}`` where it only keeps TeX's spacing right (``\\mathopen{}``, ``{}^T``), and not where something is missing (``x^{}``)."""
    kept: list[Token] = []
    scripts: list[bool] = []  # for each brace that is open, whether it is that of a script
    closed = False  # and whether the one that was closed last is
    for token in found:
        before = kept[-1].text if kept else ""
        if token.kind == "open":
            scripts.append(before in ("^", "_"))
        elif token.kind == "close" and scripts:
            script = scripts.pop()
            if kept[-1].kind == "open":
                before = kept[-2].text if len(kept) > 1 else ""
                if before not in _NEEDS_ARGUMENT and (len(kept) < 2 or kept[-2].kind != "close" or closed):
                    kept.pop()
                    continue
            closed = script
        kept.append(token)
    return kept


def _scan(source: str, start: int, stop: int) -> Iterator[Token]:
    position, gap, sized = start, "", ""
    while position < stop:
        found = _LEXEME.match(source, position, stop)
        if found is None:  # a text cut in the middle of a lexeme
            raise ReadError(source, position, f"{source[position]!r} cannot be read")
        begin, position = position, found.end()
        text = found[0]
        if found["space"]:
            gap = gap or " "
            continue
        if found["glue"]:
            gap = "\\,"
            continue
        if text == BLOT:
            raise ReadError(source, begin, "what TeX shows here is not certain", "commands that the document defines once, outside of groups, before their use")
        if found["command"]:
            if text in SPACING:
                gap = "\\," if text != "\\!" else gap
                continue
            if text in SIZES:
                sized = text[-1] if text[-1] in "lrm" else ""
                continue
            if text in TEXT_COMMANDS or text in SKIPPED_WITH_ARGUMENT:
                opening = _OPTION.match(source, position, stop)
                opening_at = opening.end() if opening else position
                if opening_at < stop and source[opening_at] == "{":
                    closing = _matched(source, opening_at)
                    if closing >= stop:
                        raise ReadError(source, opening_at, "a brace is opened here and never closed", "}")
                    position = closing + 1
                    if text == "\\textbf" and closing == opening_at + 2 and source[opening_at + 1].isalpha():  # it looks as \mathbf{x} does
                        yield Token("command", "\\mathbf", begin, opening_at, gap)
                        yield Token("letter", source[opening_at + 1], opening_at + 1, closing + 1)
                    elif text in TEXT_COMMANDS:
                        yield from _text(source, opening_at + 1, closing, begin, position, gap)
                    gap = ""
                    continue
                if text in TEXT_COMMANDS and opening_at < stop:  # \text x
                    yield Token("text", source[opening_at], begin, opening_at + 1, gap)
                    position, gap = opening_at + 1, ""
                continue
        if found["fraction"]:  # a decimal comma whose digits are kept together, because three digits behind it would be a group of thousands
            yield Token("char", ".", begin, begin + 3, gap)
            yield from (Token("digit", digit, at, at + 1) for at, digit in enumerate(found["behind"], found.start("behind")))
            gap = ""
            continue
        token = _token(source, found, text, begin, position, gap)
        if sized:
            sides = {"l": ("\\lvert", "\\lVert"), "r": ("\\rvert", "\\rVert"), "m": ("\\mid", "\\parallel")}[sized]
            token = replace(token, kind="command", text=sides[token.text == "\\|"]) if token.text in ("|", "\\|") else token
            sized = ""
        if token.kind == "char" and token.text in UNICODE | _RAISED:
            mapped = UNICODE.get(token.text) or _RAISED[token.text]
            yield from (replace(t, start=begin, end=position, gap=gap if k == 0 else "") for k, t in enumerate(_scan(mapped, 0, len(mapped))))
        else:
            yield token
        gap = ""


def _token(source: str, found: re.Match[str], text: str, begin: int, end: int, gap: str) -> Token:
    if found["edge"]:
        return Token("begin" if text.startswith("\\begin") else "end", found["environment"], begin, end, gap)
    if found["fence"]:
        side: Kind = "left" if found["side"] == "left" else "right" if found["side"] == "right" else "middle"
        delimiter = found["delimiter"]
        if delimiter.isspace():
            raise ReadError(source, begin, f"\\{side} without a delimiter", "a bracket")
        return Token(side, _DELIMITERS.get(delimiter, delimiter), begin, end, gap)
    if found["newline"]:
        return Token("newline", "\\\\", begin, end, gap)
    if found["comma"]:
        return Token("char", text, begin, end, gap)
    if found["digit"]:
        return Token("digit", text, begin, end, gap)
    if found["letter"]:
        return Token("letter", text, begin, end, gap)
    if found["command"]:
        plain = _DELIMITERS.get(text, text)
        return Token("command" if plain.startswith("\\") else "char", plain, begin, end, gap)
    if text in "{}":
        return Token("open" if text == "{" else "close", text, begin, end, gap)
    return Token("char", text, begin, end, gap)


def _text(source: str, start: int, stop: int, begin: int, end: int, gap: str) -> Iterator[Token]:
    """The words of ``\\text{...}``, with formulas between dollar signs inside them read as formulas."""
    pieces = re.split(r"(?<!\\)\$", source[start:stop])
    offset = start
    if len(pieces) % 2 == 0:
        raise ReadError(source, start, "a dollar sign in a text is not closed", "$")
    for place, piece in enumerate(pieces):
        if place % 2:
            yield from _scan(source, offset, offset + len(piece))
        elif piece.strip():
            whole = len(pieces) == 1
            words = re.sub(r"\s+", " ", piece).strip()
            yield Token("text", _plain(words), begin if whole else offset, end if whole else offset + len(piece), gap)
        offset += len(piece) + 1


_ESCAPED = re.compile(r"\\textbackslash(?:\{\}|\s|(?![A-Za-z]))|\\textasciicircum(?:\{\}|\s)|\\textasciitilde(?:\{\}|\s)|\\([{}$&#%_\- ])")


def _plain(words: str) -> str:
    named = {"\\textba": "\\", "\\textas": "^"}

    def character(found: re.Match[str]) -> str:
        if found[1] is not None:
            return found[1]
        return "~" if "tilde" in found[0] else named[found[0][:7]]

    return _ESCAPED.sub(character, words)
