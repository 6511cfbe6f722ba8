"""A place in the tokens of a formula, with what the grammar asks about the neighbourhood: matching braces, bars that are still to come."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Final

from derivations.language.term import Term
from derivations.reading.symbols import (
    BIG_COMMANDS,
    CASES,
    CLOSING,
    MATRICES,
    NAMED,
    OPENING,
    PRODUCT_SIGNS,
    RELATION_SIGNS,
    WORD_FONTS,
    WRAPPERS,
)
from derivations.reading.tokens import ReadError, Token
from derivations.reading.vocabulary import Assumed, Assumption, Vocabulary

MAX_DEPTH: Final = 48
"""How deep a formula may be nested; the reader's recursion stays below Python's limit, and people's formulas below a quarter of this."""

_TRANSPARENT = frozenset(("\\substack", "\\mathop"))
_SIGNS = frozenset((*RELATION_SIGNS, *PRODUCT_SIGNS, "+", "-", ":"))
ROW: Final = "row"
"""The gap before a token that begins a new row of a display; no factor is joined to the row before without a sign."""


def without_layout(source: str, found: list[Token]) -> list[Token]:
    """Leaves out the environments that only lay out, and the alignment marks and line ends that belong to them or to no environment."""
    result: list[Token] = []
    environments: list[str] = []
    new_row = False
    braces: list[str] = []  # for each brace that is open, \\substack (whose line ends separate) or \\mathop if it belongs to that, else nothing
    for token in found:
        if token.kind == "begin":
            environments.append(token.text)
            if token.text in WRAPPERS:
                continue
            if token.text not in MATRICES and token.text not in CASES:
                raise ReadError(source, token.start, f"the environment {token.text} in a formula", "a matrix, cases or an alignment")
        elif token.kind == "end":
            if not environments or environments.pop() != token.text:
                raise ReadError(source, token.start, f"\\end{{{token.text}}} does not close the environment that is open")
            if token.text in WRAPPERS:
                continue
        elif token.kind == "open":
            owner = result[-1].text if result and result[-1].text in _TRANSPARENT else ""
            braces.append(owner)
            if owner:
                result.pop()
                continue
        elif token.kind == "close":
            if braces and braces.pop():
                continue
            if result and result[-1].kind == "open" and not _takes_argument(result):
                result.pop()
                continue
            if len(result) > 1 and result[-2].kind == "open" and result[-1].text in _SIGNS and not _takes_argument(result[:-1]):
                del result[-2]  # x{=}1
                continue
        elif token.kind == "newline" and braces and braces[-1] == "\\substack":
            token = replace(token, kind="char", text=",")
        elif ((token.text == "&" and token.kind == "char") or token.kind == "newline") and (not environments or environments[-1] in WRAPPERS):
            new_row = new_row or token.kind == "newline"
            continue
        result.append(replace(token, gap=ROW) if new_row else token)
        new_row = False
    if environments:
        raise ReadError(source, len(source), f"the environment {environments[-1]} is not closed", f"\\end{{{environments[-1]}}}")
    return result


def _takes_argument(before: list[Token]) -> bool:
    """Whether the brace that is open last is the argument of a command or a script, so that it may not be empty."""
    token = before[-2] if len(before) > 1 else None
    if token is None:
        return False
    bare = token.text.removeprefix("\\")
    return token.text in ("_", "^") or token.kind == "close" or (token.kind == "command" and bare not in NAMED and token.text[1:].isalpha())


class Cursor:
    """Tokens and a position in them; ``stop`` tokens without end stand behind the last one."""

    def __init__(self, source: str, found: list[Token], vocabulary: Vocabulary) -> None:
        self.source = source
        self.tokens = found
        self.vocabulary = vocabulary
        self.position = 0
        self.depth = 0
        self.enclosures: list[str] = []
        self.bound: tuple[tuple[Term, int], ...] = ()
        """The variables of the big operators around, with the number of enclosures around each."""
        self.assumed: dict[tuple[Assumed, str], Assumption] = {}
        self._stop = Token("stop", "", len(source), len(source))
        self._end = sys.maxsize
        self.partner: dict[int, int] = {}
        self.bars_ahead: dict[int, int] = {}
        self._match_brackets()

    def _match_brackets(self) -> None:
        braces: list[int] = []
        frames: list[list[int]] = [[]]
        closed: list[list[int]] = []
        for place, token in enumerate(self.tokens):
            if token.kind == "open":
                braces.append(place)
            elif token.kind == "close":
                if not braces:
                    raise ReadError(self.source, token.start, "a brace is closed here that was never opened")
                self.partner[braces.pop()] = place
            if token.kind in ("open", "left", "begin") or (token.kind in ("char", "command") and token.text in OPENING):
                frames.append([])
            elif token.kind in ("close", "right", "end") or (token.kind in ("char", "command") and token.text in CLOSING):
                closed.append(frames.pop())
                frames = frames or [[]]
            elif token.text == "\\|" or (token.text == "|" and token.kind == "char" and self.text_at(place + 1) != "_"):  # a norm has its index after it
                frames[-1].append(place)
        if braces:
            raise ReadError(self.source, self.tokens[braces[-1]].start, "a brace is opened here and never closed", "}")
        for frame in (*closed, *frames):
            for sign in ("|", "\\|"):
                places = [place for place in frame if self.tokens[place].text == sign]
                self.bars_ahead.update((place, len(places) - k) for k, place in enumerate(places))

    @cached_property
    def counts_with_t(self) -> bool:
        """Whether the letter T stands for a number somewhere: as a factor, or as the upper limit of a sum; not only as an exponent."""
        opened = {close: opening for opening, close in self.partner.items()}
        return any(token.text == "T" and token.kind == "letter" and self._is_number(k, opened) for k, token in enumerate(self.tokens))

    def _is_number(self, place: int, opened: dict[int, int]) -> bool:
        before = place - 1
        if self.text_at(before) == "-" and self.at(before - 1).kind == "open" and self.text_at(before - 2) == "^":
            before -= 1
        if self.at(before).kind == "open":
            before -= 1
        if self.text_at(before) in WORD_FONTS:
            return False
        if self.text_at(before) != "^":
            return True
        operators = (*BIG_COMMANDS, "\\int")
        if before - 1 in opened:
            below = opened[before - 1]
            return self.text_at(below - 1) == "_" and self.text_at(below - 2) in operators
        return self.text_at(before - 1) in operators or (self.text_at(before - 2) == "_" and self.text_at(before - 3) in operators)

    # --- looking

    def at(self, place: int) -> Token:
        return self.tokens[place] if 0 <= place < min(self._end, len(self.tokens)) else self._stop

    def text_at(self, place: int) -> str:
        return self.at(place).text

    @property
    def token(self) -> Token:
        return self.at(self.position)

    @property
    def text(self) -> str:
        """The text of the next token if it is a sign or a command, else empty."""
        token = self.token
        return token.text if token.kind in ("char", "command") else ""

    def at_kind(self, kind: str) -> bool:
        return self.token.kind == kind

    # --- moving

    def take(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def accept(self, text: str) -> bool:
        if self.text == text:
            self.position += 1
            return True
        return False

    def expect(self, text: str, what: str) -> Token:
        if self.text != text:
            raise self.error(what, text)
        return self.take()

    def expect_kind(self, kind: str, what: str, expected: str) -> Token:
        if self.token.kind != kind:
            raise self.error(what, expected)
        return self.take()

    def error(self, what: str, expected: str = "", token: Token | None = None) -> ReadError:
        return ReadError(self.source, (token or self.token).start, what, expected)

    def unexpected(self, expected: str) -> ReadError:
        token = self.token
        what = "the formula ends here" if token.kind == "stop" else f"{token.text!r} cannot stand here"
        return self.error(what, expected)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper. Raises ReadError below the greatest depth."""
        if self.depth >= MAX_DEPTH:
            raise self.error("this formula is nested too deep", f"at most {MAX_DEPTH} levels")
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    @contextmanager
    def ending_before(self, place: int) -> Iterator[None]:
        """As if the formula ended before a place."""
        before, self._end = self._end, place
        try:
            yield
        finally:
            self._end = before

    @contextmanager
    def enclosed(self, closer: str) -> Iterator[None]:
        """Inside something that ``closer`` ends; it decides what a bar means."""
        self.enclosures.append(closer)
        try:
            yield
        finally:
            self.enclosures.pop()

    @property
    def enclosure(self) -> str:
        return self.enclosures[-1] if self.enclosures else ""

    def assume(self, kind: Assumed, subject: str, token: Token) -> None:
        self.assumed.setdefault((kind, subject), Assumption(kind, subject, token.start))

    def written(self, start: int, stop: int | None = None) -> str:
        """The source from the token at ``start`` to the one before ``stop`` (before the next token)."""
        last = (self.position if stop is None else stop) - 1
        return self.source[self.at(start).start : self.at(last).end] if last >= start else ""

    def skip_group(self, place: int) -> int:
        """The place after the argument that starts at ``place``: a token, or a group in braces."""
        return self.partner[place] + 1 if place in self.partner else place + 1
