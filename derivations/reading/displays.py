"""A source as a sequence of segments: prose, formulas in the line, displays, headings, environments. One pass, nothing executed.

What is unbalanced becomes a segment ``UNREAD`` that says why, and reading goes on after it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from enum import Enum
from typing import Final

from derivations.language.record import record
from derivations.reading.braces import matching_brace
from derivations.reading.layout import without_layout_macros
from derivations.reading.meanings import blotted, changed_signs, uncertain, without_signs
from derivations.reading.source import Masked, Source, blank, masked
from derivations.reading.wordlists import word_set


class SegmentKind(Enum):
    PROSE = "prose"
    INLINE = "inline"
    DISPLAY = "display"
    HEADING = "heading"
    OPEN = "open"  # a theorem-like environment begins; name is the environment's
    CLOSE = "close"
    ITEM = "item"
    UNREAD = "unread"


@record
class Segment:
    """``start``/``end`` are offsets of the inside (of the formula, of the heading's words). ``name``: the environment, or the reason for UNREAD.

    ``level`` of a heading: 1 is the outermost.
    """

    kind: SegmentKind
    start: int
    end: int
    name: str = ""
    level: int = 0


@record
class Segmented:
    """``text``: the masked text, in which macro definitions are blanked too, and commands of formulas whose meaning is not certain (``doubtful``) are
    blotted out. ``shorthands``: the bodies of macros without arguments, which may stand for an
    environment (``\\be``) or a relation sign (``\\eqdef``)."""

    source: Source
    text: str
    segments: tuple[Segment, ...]
    shorthands: dict[str, str]
    mask: Masked
    doubtful: frozenset[str] = frozenset()


DISPLAYS: Final = word_set(
    "equation equation* align align* alignat alignat* xalignat xxalignat gather gather* multline multline* eqnarray eqnarray* flalign flalign* displaymath "
    "dmath dmath* IEEEeqnarray IEEEeqnarray* empheq numcases subnumcases darray dgroup dgroup* darray*"
)
WITH_ARGUMENTS: Final = word_set("empheq numcases subnumcases alignat alignat* IEEEeqnarray IEEEeqnarray* xalignat xxalignat")
_ARGUMENTS: Final = re.compile(r"\s*(?:\[[^\]\n]*\]\s*)?\{[^{}\n]*\}")
IN_LINE: Final = frozenset(("math",))
THEOREMS: Final = word_set(
    "theorem lemma proposition corollary proof example exercise problem question solution definition remark claim fact assumption answer notation "
    "thm lem prop cor defn ex note"
)
HEADINGS: Final = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5, "subparagraph": 6,
}
_MACRO = re.compile(
    r"\\(?P<how>newcommand|renewcommand|providecommand|DeclareMathOperator|DeclareRobustCommand|operatorname|def|let)(?P<star>\*?)"
    r"\s*\{?\s*(?P<name>\\[A-Za-z]+|\\.)\s*\}?"
)
_SHORT = re.compile(r"\\begin\s*\{(\w+\*?)\}|\\end\s*\{(\w+\*?)\}")
_TOKEN = re.compile(
    r"(?P<begin>\\begin\s*\{(?P<opened>[A-Za-z]+\*?)\})|(?P<end>\\end\s*\{(?P<closed>[A-Za-z]+\*?)\})|(?P<two>\$\$)|(?P<one>\$)"
    r"|(?P<bracket>\\[\[\]()])|(?P<section>\\(?:part|chapter|section|subsection|subsubsection|paragraph|subparagraph)\*?\s*(?:\[[^\]\n]*\])?\s*\{)"
    r"|(?P<hashes>^[ \t]{0,3}\#{1,6}[ \t]+)|(?P<item>\\item\b\s*(?:\[[^\]\n]*\])?|^[ \t]*(?:[-*+]|\d+[.)])[ \t]+)|(?P<word>\\[A-Za-z]+)|(?P<other>\\.)"
    r"|(?P<blank>\n[ \t]*\n)",
    re.MULTILINE,
)


def segmented(source: Source) -> Segmented:
    """The segments of a source, in order, without overlap. Never raises."""
    mask = masked(source)
    text, bodies, taking = _without_macros(mask.text)
    text = without_layout_macros(text, taking)
    begin, end = _document_body(text)
    shorts = {name: body for name, body in bodies.items() if _SHORT.fullmatch(body)}
    walk = _Walk(source, text, begin, end, shorts)
    walk.run()
    doubtful, changed = uncertain(mask.text, text, source.markup == "markdown")
    text = _without_doubtful(text, walk.segments, doubtful, min(changed, changed_signs(text)))
    return Segmented(source, text, tuple(walk.segments), bodies, mask, doubtful)


def _without_doubtful(text: str, segments: list[Segment], doubtful: frozenset[str], changed: int) -> str:
    """The text, as long as before, in whose formulas that is blotted out of which it is not certain what TeX shows."""
    if not doubtful and changed == len(text):
        return text
    out: list[str] = []
    at = 0
    for segment in segments:
        if segment.kind in (SegmentKind.INLINE, SegmentKind.DISPLAY):
            inside = text[segment.start : segment.end]
            out += [text[at : segment.start], without_signs(inside) if segment.start > changed else blotted(inside, doubtful)]
            at = segment.end
    return "".join([*out, text[at:]])


def _document_body(text: str) -> tuple[int, int]:
    start = text.find("\\begin{document}")
    stop = text.rfind("\\end{document}")
    return (0 if start < 0 else start + len("\\begin{document}")), (len(text) if stop < 0 else stop)


_REACH: Final = 4000
"""How far the body of a macro or a heading may reach: an unclosed brace costs no more than that."""


def _without_macros(text: str) -> tuple[str, dict[str, str], dict[str, tuple[int, str]]]:
    """The text without definitions, the bodies of the macros without arguments, and of the others their number of arguments and bodies."""
    bodies: dict[str, str] = {}
    taking: dict[str, tuple[int, str]] = {}
    out: list[str] = []
    at = 0
    for found in _MACRO.finditer(text):
        if found.start() < at or found["how"] == "operatorname":
            continue
        rest = re.compile(r"\s*(?:\[(\d)\])?\s*(?:\[[^\]\n]*\])?\s*|(?:\s*#\d)+\s*").match(text, found.end())
        stop = found.end() if rest is None else rest.end()
        arity = int(rest[1]) if rest is not None and rest[1] else (text.count("#", found.end(), stop))
        if found["how"] == "let":
            copied = re.compile(r"\s*=?\s*(\\[A-Za-z]+|\S)").match(text, found.end())
            if copied is None:
                continue
            body, close = copied[1], copied.end() - 1
        else:
            while stop < len(text) and text[stop] == "#":
                stop += 2
                arity += 1
            if stop >= len(text) or text[stop] != "{":
                continue
            close = matching_brace(text, stop, min(len(text), stop + _REACH))
            if close < 0:
                continue
            body = text[stop + 1:close]
        if arity == 0 and found["how"] != "DeclareMathOperator":
            bodies[found["name"]] = body.strip()
        elif arity:
            taking[found["name"]] = (arity, body)
        out.append(text[at:found.start()])
        out.append(blank(text[found.start():close + 1]))
        at = close + 1
    out.append(text[at:])
    return "".join(out), bodies, taking


class _Walk:
    """Cuts a text into segments; the places of all closing marks are known beforehand, so that looking for one is a bisection."""

    def __init__(self, source: Source, text: str, begin: int, end: int, shorts: dict[str, str]) -> None:
        self.source = source
        self.text = text
        self.end = end
        self.at = begin
        self.shorts = shorts
        self.segments: list[Segment] = []
        self.closings: dict[str, list[tuple[int, int]]] = {}
        self.tokens = list(_TOKEN.finditer(text, begin, end))
        for token in self.tokens:
            for mark in self._marks(token):
                self.closings.setdefault(mark, []).append((token.start(), token.end()))

    def _marks(self, token: re.Match[str]) -> tuple[str, ...]:
        if token["blank"]:
            return ("blank",)
        if token["two"]:
            return ("$$",)
        if token["one"]:
            return ("$",)
        if token["bracket"]:
            return (token["bracket"],)
        if token["section"] or token["hashes"]:
            return ("heading",)
        closed = self._short(token, _SHORT_END) or token["closed"]
        return (f"end {closed}",) if closed else ()

    def _short(self, token: re.Match[str], which: int) -> str:
        """The environment that a macro such as ``\\be`` opens or ``\\ee`` closes."""
        if not token["word"] or token["word"] not in self.shorts:
            return ""
        found = _SHORT.fullmatch(self.shorts[token["word"]])
        return (found[which] or "") if found else ""

    def _next(self, mark: str, after: int) -> tuple[int, int] | None:
        places = self.closings.get(mark, [])
        k = bisect_left(places, (after, 0))
        return places[k] if k < len(places) else None

    def _add(self, kind: SegmentKind, start: int, end: int, name: str = "", level: int = 0) -> None:
        self.segments.append(Segment(kind, start, end, name, level))

    def _prose_until(self, offset: int) -> None:
        if offset > self.at and self.text[self.at:offset].strip():
            self._add(SegmentKind.PROSE, self.at, offset)
        self.at = max(self.at, offset)

    def run(self) -> None:
        if self.source.damage:
            self._add(SegmentKind.UNREAD, 0, 0, self.source.damage)
        missing = {start: (stop, why) for start, stop, why in self.source.missing}
        for start, (stop, why) in missing.items():
            if start < self.at:
                self._add(SegmentKind.UNREAD, start, stop, why)
        for token in self.tokens:
            if token.start() < self.at:
                continue
            if token.start() in missing:
                stop, why = missing[token.start()]
                self._unread(token, why, stop)
                continue
            opened = self._short(token, _SHORT_BEGIN) or token["opened"]
            if token["two"]:
                self._formula(token, SegmentKind.DISPLAY, "$$", "$$")
            elif token["one"]:
                self._formula(token, SegmentKind.INLINE, "$", "$")
            elif token["bracket"] == "\\[":
                self._formula(token, SegmentKind.DISPLAY, "\\]", "\\[")
            elif token["bracket"] == "\\(":
                self._formula(token, SegmentKind.INLINE, "\\)", "\\(")
            elif opened in DISPLAYS:
                self._formula(token, SegmentKind.DISPLAY, f"end {opened}", opened)
            elif opened in IN_LINE:
                self._formula(token, SegmentKind.INLINE, f"end {opened}", opened)
            elif opened and opened.rstrip("*").lower() in THEOREMS:
                self._mark(token, SegmentKind.OPEN, opened.rstrip("*").lower())
            elif token["closed"] and token["closed"].rstrip("*").lower() in THEOREMS:
                self._mark(token, SegmentKind.CLOSE, token["closed"].rstrip("*").lower())
            elif token["bracket"]:
                self._unread(token, f"{token['bracket']} closes nothing", token.end())
            elif token["section"]:
                self._section(token)
            elif token["hashes"] and self.source.markup == "markdown":
                self._prose_until(token.start())
                line_end = self.text.find("\n", token.end())
                level = token["hashes"].count("#")
                self._add(SegmentKind.HEADING, token.end(), min(self.end, line_end) if line_end >= 0 else self.end, level=level)
                self.at = token.end()
            elif token["item"] and (self.source.markup == "markdown" or token["item"].startswith("\\")):
                self._mark(token, SegmentKind.ITEM)
        self._prose_until(self.end)

    def _mark(self, token: re.Match[str], kind: SegmentKind, name: str = "") -> None:
        self._prose_until(token.start())
        self._add(kind, token.start(), token.end(), name)
        self.at = token.end()

    def _section(self, token: re.Match[str]) -> None:
        close = matching_brace(self.text, token.end() - 1, min(self.end, token.end() + _REACH))
        self._prose_until(token.start())
        level = next(HEADINGS[word] for word in sorted(HEADINGS, key=len, reverse=True) if token["section"].startswith(f"\\{word}"))
        self._add(SegmentKind.HEADING, token.end(), close if close >= 0 else token.end(), level=level)
        self.at = token.end()

    def _unread(self, token: re.Match[str], why: str, stop: int) -> None:
        self._prose_until(token.start())
        self._add(SegmentKind.UNREAD, token.start(), stop, why)
        self.at = stop

    def _formula(self, token: re.Match[str], kind: SegmentKind, mark: str, name: str) -> None:
        closing = self._next(mark, token.end())
        limit = self._limit(token, kind, name)
        if closing is None or closing[0] > limit:
            stop = max(token.end(), min(limit, self.end))
            if self.source.markup == "markdown" and (name == "$" or (name in ("\\[", "\\(") and self._is_bracket(token, name, stop))):
                self._prose_until(token.end())  # a dollar that opens nothing is a price, and an escaped bracket is one
                return
            closed = mark.replace("end ", "\\end{", 1) + ("}" if mark.startswith("end ") else "")
            self._unread(token, f"{token[0]} is not closed: no {closed} before the end of the {'paragraph' if stop < self.end else 'text'}", stop)
            return
        if name == "$" and self.source.markup == "markdown" and _is_price(self.text, token.end(), closing[0]):
            self._prose_until(token.end())
            return
        self._prose_until(token.start())
        arguments = _ARGUMENTS.match(self.text, token.end(), closing[0]) if name in WITH_ARGUMENTS else None
        self._add(kind, token.end() if arguments is None else arguments.end(), closing[0], name)
        self.at = closing[1]

    def _is_bracket(self, token: re.Match[str], name: str, stop: int) -> bool:
        """Whether what opens nothing is a bracket of the text with a backslash before it, as some editors of Markdown write them: it is closed in its line."""
        line = self.text.find("\n", token.end(), stop)
        return self.text.find("]" if name == "\\[" else ")", token.end(), line if line >= 0 else stop) >= 0

    def _limit(self, token: re.Match[str], kind: SegmentKind, name: str) -> int:
        """Before where the closing mark must stand: a blank line (in Markdown displays, a heading, for there blank lines do occur)."""
        blank_line = self._next("blank", token.end())
        heading = self._next("heading", token.end())
        limit = self.end if heading is None else heading[0]
        if blank_line is not None and (kind is SegmentKind.INLINE or name == "\\["):
            return min(limit, blank_line[0])
        if blank_line is not None and name == "$$" and _WORDS.search(self.text, blank_line[1], min(limit, blank_line[1] + 300)):
            closing = self._next("$$", token.end())
            if closing is not None and closing[0] > blank_line[0] and _WORDS.search(self.text, blank_line[1], closing[0]):
                return min(limit, blank_line[0])
        return limit


_SHORT_BEGIN: Final = 1
_SHORT_END: Final = 2
_WORDS = re.compile(r"(?:(?<![\\{A-Za-z])[A-Za-z]{2,}[,.]?[ \n]+){4}")
_PROSE_INSIDE = re.compile(r"(?:(?<![\\{A-Za-z])[A-Za-z]{3,}[,.;]?\s+){2}")


def _is_price(text: str, start: int, end: int) -> bool:
    """Whether what stands between two dollars in Markdown is prose between two prices."""
    inside = text[start:end]
    if not inside.strip():
        return True
    if inside[:1].isdigit() and (text[end + 1:end + 2].isdigit() or inside[-1:].isspace()):
        return True
    return _PROSE_INSIDE.search(re.sub(r"\\(?:text|mbox|textrm|mathrm|operatorname)\s*\{[^{}]*\}", "", inside)) is not None
