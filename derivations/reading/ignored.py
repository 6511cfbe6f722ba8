"""What is not checked: what an algorithm assigns, and what an author asks for: ``derive: ignore`` at a line or before a display, ``ignore begin`` ...
``ignore end``, files that a configuration excludes.

What is ignored is not judged, and it is no reason for anything either: what it may say a name is, is not known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from derivations.language.record import record
from derivations.language.term import Name
from derivations.reading.directives import nearest
from derivations.reading.displays import Segmented, SegmentKind
from derivations.reading.prose import Formula, Prose
from derivations.reading.rows import Chain, Side
from derivations.reading.source import Directive
from derivations.reading.symbols import NAMED
from derivations.reading.tokens import BLOT

IGNORE: Final = "ignore"
_FORMS: Final = ("", "begin", "end")
ASSIGNS: Final = "in an algorithm, where an equals sign assigns"
_ALGORITHM: Final = re.compile(r"\\(begin|end)\s*\{((?:algorithm2e|algorithmic|algorithm)\*?)\}")
_OPENER: Final = re.compile(r"\s*(?:\\begin\s*\{[A-Za-z]+\*?\}|\$\$|\\\[)")
_CLOSER: Final = re.compile(r"[\s}]*(?:\\end\s*\{[A-Za-z]+\*?\}|\$\$|\\\]|[.,;]|\s)+\Z")


@record
class Span:
    """A stretch of text, why it is ignored, and where that is said (-1: not in the text)."""

    start: int
    end: int
    why: str
    said: int


@record
class Ignored:
    """Everything that is ignored, in order. ``names``: what is first mentioned there, with its place; ``problems``: comments that are not understood."""

    spans: tuple[Span, ...] = ()
    names: tuple[tuple[Name, int], ...] = ()
    problems: tuple[tuple[int, str], ...] = ()

    def at(self, offset: int) -> Span | None:
        """The stretch in which a place lies."""
        k = bisect_right(self.spans, offset, key=lambda span: span.start) - 1
        return self.spans[k] if k >= 0 and offset < self.spans[k].end else None


def is_ignore(directive: Directive) -> bool:
    """Whether a comment is one of those that are read here."""
    return re.split(r"[\s(:]", directive.text.strip(), maxsplit=1)[0] == IGNORE


def ignored_spans(cut: Segmented, found: Iterable[Directive]) -> Ignored:
    """What the comments and a configuration take out. Never raises: a comment that is not understood is among the problems."""
    text, source = cut.mask.text, cut.source.text
    spans = [Span(start, end, why, -1) for start, end, why in cut.source.excluded]
    spans += _algorithms(text) if cut.source.markup == "tex" else []
    problems: list[tuple[int, str]] = []
    opened: Directive | None = None
    for one in found:
        form, reason = _form(one)
        why = f"derive: ignore{f' ({reason})' if reason else ''}"
        if form not in _FORMS:
            near = nearest(form.split()[0], _FORMS[1:])
            problems.append((one.start, f"derive: {one.text}: ignore, ignore begin or ignore end is accepted, with a reason in brackets behind it{near}"))
        elif form == "begin" and opened is not None:
            problems.append((one.start, "derive: ignore begin: the one before is not closed by derive: ignore end"))
        elif form == "begin":
            opened = one
        elif form == "end" and opened is None:
            problems.append((one.start, "derive: ignore end: no derive: ignore begin is open here"))
        elif form == "end" and opened is not None:
            _, reason = _form(opened)
            spans.append(Span(opened.start, one.start, f"derive: ignore begin{f' ({reason})' if reason else ''}", opened.start))
            opened = None
        else:
            start, end = _line_or_display(cut, text, source, one.start)
            spans.append(Span(start, end, why, one.start))
    if opened is not None:
        problems.append((opened.start, "derive: ignore begin: no derive: ignore end closes it; nothing is ignored"))
    return Ignored(_in_order(spans), (), tuple(problems))


def _algorithms(text: str) -> list[Span]:
    """The algorithms of a paper; one that is not closed is none."""
    found: list[Span] = []
    opened: dict[str, list[int]] = {}
    for mark in _ALGORITHM.finditer(text):
        if mark[1] == "begin":
            opened.setdefault(mark[2], []).append(mark.start())
        elif opened.get(mark[2]):
            found.append(Span(opened[mark[2]].pop(), mark.end(), ASSIGNS, -1))
    return found


def _in_order(spans: list[Span]) -> tuple[Span, ...]:
    """By place, without overlap."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        start = max(span.start, kept[-1].end) if kept else span.start
        if start < span.end:
            kept.append(replace(span, start=start))
    return tuple(kept)


def _form(directive: Directive) -> tuple[str, str]:
    """``begin`` and the reason of ``ignore begin (a known slip)``."""
    rest = directive.text.strip().removeprefix(IGNORE)
    found = re.fullmatch(r"\s*([^()]*?)\s*(?:\((.*)\))?\s*", rest, re.DOTALL)
    return (rest.strip(), "") if found is None else (found[1], (found[2] or "").strip())


def _line_or_display(cut: Segmented, text: str, source: str, at: int) -> tuple[int, int]:
    """What one comment takes out: the line that it ends, else the display or the line that comes next."""
    start, end = _line(source, at)
    displays = [(s.start, s.end) for s in cut.segments if s.kind is SegmentKind.DISPLAY]
    if text[start:end].strip():
        closed = next(((a, b) for a, b in reversed(displays) if b <= end), None)
        if closed is not None and closed[1] >= start and closed[0] < start and not text[start : closed[1]].strip() and _CLOSER.fullmatch(text[start:end]):
            return closed  # behind the end of a display
        return start, end
    following = re.compile(r"\S").search(text, end)
    if following is None:
        return start, start
    inside = any(a <= at < b for a, b in displays)
    line = _line(source, following.start())
    opener = _OPENER.match(text, line[0])
    if not inside and opener is not None:
        display = next((d for d in displays if d[0] >= opener.end()), None)
        if display is not None and not text[opener.end() : display[0]].strip("{}[]0123456789 \n"):
            return line[0], display[1]
    return line


def _line(source: str, at: int) -> tuple[int, int]:
    end = source.find("\n", at)
    return source.rfind("\n", 0, at) + 1, len(source) if end < 0 else end


# -- the formulas without what is ignored


def without_ignored(found: Prose, ignored: Ignored, names: Callable[[str], frozenset[Name] | None]) -> tuple[Prose, Ignored]:
    """The formulas, in which what is ignored cannot be read, and what is first mentioned there. ``names`` reads a formula, or answers None.

    What stands on both sides of an ignored link are chains of their own.
    """
    if not ignored.spans:
        return found, ignored
    formulas: list[Formula] = []
    seen: set[Name] = set()
    fresh: dict[Name, int] = {}
    hit: set[int] = set()
    for formula in found.formulas:
        chains: list[Chain] = []
        for chain in formula.chains:
            out = [ignored.at(side.start) for side in chain.sides]
            for k, side in enumerate(chain.sides):
                mentioned = _names_in(side, names)
                if out[k] is None:
                    seen |= mentioned
                else:
                    fresh |= {name: side.start for name in mentioned if name not in seen and name not in fresh}
            hit |= {span.said for span in out[1:] if span is not None}
            hit |= {span.said for span in out[:1] if span is not None and not chain.links}
            chains.extend(_parted(chain, [span is not None for span in out]))
        formulas.append(replace(formula, chains=tuple(chains)))
    idle = [(span.said, f"{span.why}: there is no formula here to ignore") for span in ignored.spans if span.said >= 0 and span.said not in hit]
    return replace(found, formulas=tuple(formulas)), replace(ignored, names=tuple(fresh.items()), problems=(*ignored.problems, *idle))


def _parted(chain: Chain, out: list[bool]) -> Iterator[Chain]:
    """A chain as those that it is without its ignored links (a link is ignored where its right side is), and between them the ignored ones, unreadable."""
    if not any(out):
        yield chain
        return
    hidden = tuple(replace(side, text=BLOT) for side in chain.sides)
    if not chain.links:
        yield replace(chain, sides=hidden)
        return
    start = 0
    for k in range(1, len(out)):
        if k < len(chain.links) and out[k + 1] == out[k]:
            continue
        part = replace(chain, sides=(hidden if out[k] else chain.sides)[start : k + 1], links=chain.links[start:k], link_rows=chain.link_rows[start:k])
        yield part if not start else replace(part, row=part.link_rows[0] if part.link_rows else chain.row, cue=GOES_ON, arrow="", headless=False)
        start = k


GOES_ON: Final = "thus"
"""What is said after an ignored link is said on, and not supposed, whatever words stand before the whole."""


def _names_in(side: Side, names: Callable[[str], frozenset[Name] | None]) -> frozenset[Name]:
    found = names(side.text)
    if found is not None:
        return found
    words = re.findall(r"\\[A-Za-z]+|[A-Za-z]", side.text)
    return frozenset(Name(word.removeprefix("\\")) for word in words if not word.startswith("\\") or word.removeprefix("\\") in NAMED)

