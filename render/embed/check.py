"""Whether a paper still says what is derived: its generated files, the keys it uses, the formulas and numbers that somebody typed by hand.

A formula belongs to a key by its label (``\\label{eq:key}``), a formula or a number by a comment (``% derived: key``) in its line, or in a line of its own
above it; a table by its label (``\\label{tab:key}``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final

from derivations.language.record import record
from derivations.language.term import Name
from derivations.reading.displays import Segment, Segmented, SegmentKind, segmented
from derivations.reading.macros import definitions as macro_definitions
from derivations.reading.rows import Chain, chains
from derivations.reading.source import Source, comments
from render.embed.formulas import Expected
from render.embed.literals import Literal
from render.embed.numbers import nearest, numbers
from render.embed.package import FOLDER, files
from render.embed.paper import parts, read, unknown, uses
from render.notation.text import text

_LABEL: Final = re.compile(r"\\label\s*\{([^{}]*)\}")
_COMMENT: Final = re.compile(r"\s*derived:\s*(\S+).*")
_FLOAT: Final = re.compile(r"\\begin\s*\{((?:sideways|long|wrap)?table\*?|longtable|tabular\*?|figure\*?)\}")
_SHOWN: Final = 60  # characters of a formula in a message


@record
class Finding:
    """One thing that is not as it should be (``fault``), or that could not be compared. ``place`` is where, ``words`` what."""

    place: str
    words: str
    fault: bool = True


@record
class Report:
    """What was found in a paper, and how much of it was looked at."""

    findings: tuple[Finding, ...]
    uses: int
    compared: int


def stale(folder: Path, literals: Mapping[str, Literal]) -> Iterator[Finding]:
    """The generated files that are missing or are not what is derived now; of a key's own file it is said where it differs."""
    for name, wanted in files(literals).items():
        path = folder / name
        try:
            have = path.read_text("utf-8")
        except FileNotFoundError:
            yield Finding(f"{path}:1:1", "this generated file is missing; derive embed update writes it")
            continue
        except (OSError, UnicodeDecodeError) as error:
            yield Finding(f"{path}:1:1", f"this generated file cannot be read: {error}")
            continue
        if have != wanted:
            at = next((k for k, (a, b) in enumerate(zip(have, wanted, strict=False)) if a != b), min(len(have), len(wanted)))
            line, column = have.count("\n", 0, at) + 1, at - have.rfind("\n", 0, at)
            differs = f"out of date: it has {_around(have, at)}, derived is {_around(wanted, at)}"
            yield Finding(f"{path}:{line}:{column}", f"{differs}; derive embed update writes it")


def left_over(folder: Path, literals: Mapping[str, Literal]) -> Iterator[Finding]:
    """Files among the generated ones that no key writes any more."""
    wanted = {literal.key.file for literal in literals.values()}
    for path in sorted((folder / FOLDER).glob("*.tex")):
        if path.name not in wanted:
            yield Finding(f"{path}:1:1", "no key writes this file any more; delete it", fault=False)


def _around(text: str, at: int) -> str:
    """The line around a place, cut to what can be read."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    line = text[start : end if end >= 0 else len(text)]
    from_ = max(0, min(at - start - _SHOWN // 2, len(line) - _SHOWN))
    shown = line[from_ : from_ + _SHOWN].strip()
    return f"{'...' if from_ > 0 else ''}{shown!r}{'...' if from_ + _SHOWN < len(line) else ''}" if line else "nothing"


def paper(path: Path, literals: Mapping[str, Literal]) -> Report:
    """Check a paper and the files that it inputs.

    Raises:
        DeriveError: a file cannot be read.
    """
    findings: list[Finding] = []
    used = compared = 0
    for part in parts(path):
        one = _Part(read(part), literals)
        # a formula that its label and a comment both give to a key is told once
        findings += dict.fromkeys(finding for _, finding in sorted(one.findings(), key=lambda found: found[0]))
        used += len(one.uses)
        compared += one.compared
    return Report(tuple(findings), used, compared)


class _Part:
    """One file of a paper."""

    def __init__(self, source: Source, literals: Mapping[str, Literal]) -> None:
        self.source = source
        self.literals = literals
        self.cut: Segmented = segmented(source)
        self.macros = macro_definitions(self.cut.mask.text)
        self.uses = uses(source)
        self.compared = 0
        self._expected: dict[str, Expected | None] = {}

    def findings(self) -> Iterator[tuple[int, Finding]]:
        """What was found, with the offsets that it is about."""
        for use in self.uses:
            if use.key not in self.literals and "#" not in use.key:
                yield self.at(use.start, unknown(use.key, self.literals))
        mask = self.cut.mask.text
        for match in _LABEL.finditer(mask):
            key = self.key_of(match[1])
            if key is not None:
                yield from self.labelled(key, match)
        for start, end in comments(self.source):
            comment = _COMMENT.fullmatch(self.source.text, start, end)
            if comment is not None:
                yield from self.commented(comment)

    def at(self, offset: int, words: str, *, fault: bool = True) -> tuple[int, Finding]:
        return offset, Finding(str(self.source.place(offset)), words, fault)

    def key_of(self, label: str) -> str | None:
        """The key that a label names: the label itself, or what stands behind its first colon."""
        label = label.strip()
        return next((name for name in (label, label.partition(":")[2]) if name in self.literals), None)

    def expected(self, key: str) -> Expected | None:
        if key not in self._expected:
            literal = self.literals[key]
            self._expected[key] = None if literal.statement is None else Expected(literal, literal.statement)
        return self._expected[key]

    def value(self, key: str) -> Fraction | None:
        """The number that a key's formula comes to, if it is one."""
        expected = self.expected(key)
        number = None if expected is None else expected.number
        return None if number is None else Fraction(str(number))

    # -- what belongs to a key -------------------------------------------------------------------------------------------------------

    def labelled(self, key: str, label: re.Match[str]) -> Iterator[tuple[int, Finding]]:
        segment = next((s for s in self.cut.segments if s.kind is SegmentKind.DISPLAY and s.start <= label.start() < s.end), None)
        if segment is not None:
            found = self.chains(segment)
            rows = [c for c in found if any(name == label[1].strip() for _, name in c.labels)]
            several = sum(1 for _ in _LABEL.finditer(self.cut.mask.text, segment.start, segment.end)) > 1
            for chain in rows if several else found:
                yield from self.formula(key, chain)
            return
        around = self.float_around(label.start())
        if around is not None:
            yield from self.number(key, *around, "the table")

    def float_around(self, at: int) -> tuple[int, int] | None:
        """The offsets of the table or figure around a place."""
        text = self.cut.mask.text
        for match in reversed(list(_FLOAT.finditer(text, 0, at))):
            end = text.find(f"\\end{{{match[1]}}}", match.end())
            if end > at:
                return match.end(), end
        return None

    def commented(self, comment: re.Match[str]) -> Iterator[tuple[int, Finding]]:
        key = comment[1].rstrip(".,;")
        if key not in self.literals:
            yield self.at(comment.start(1), unknown(key, self.literals))
            return
        inside = next((s for s in self.cut.segments if s.kind is SegmentKind.DISPLAY and s.start <= comment.start() < s.end), None)
        start, end = self.line_of(comment)
        segments = [s for s in self.cut.segments if s.kind in (SegmentKind.DISPLAY, SegmentKind.INLINE) and s.start < end and s.end > start]
        before = self.compared
        if inside is not None and inside.name not in ("$",):
            segments = [inside]
            rows = [c for c in self.chains(inside) if any(start <= side.start < end for side in c.sides)]
            for chain in rows or self.chains(inside):
                yield from self.formula(key, chain)
        else:
            for segment in segments:
                for chain in self.chains(segment):
                    if segment.kind is SegmentKind.DISPLAY or self.is_about(key, chain, alone=len(segments) == 1):
                        yield from self.formula(key, chain)
        if self.compared == before and self.value(key) is not None and not any(s.kind is SegmentKind.DISPLAY for s in segments):
            yield from self.number(key, start, end, "the line")

    def line_of(self, comment: re.Match[str]) -> tuple[int, int]:
        """The line of a comment up to it; for a comment in a line of its own, the next line with something in it."""
        mask = self.cut.mask.text
        start = mask.rfind("\n", 0, comment.start()) + 1
        if mask[start : comment.start() - 1].strip():
            return start, comment.start() - 1
        at = comment.end()
        while at < len(mask):
            line_end = mask.find("\n", at + 1)
            line_end = len(mask) if line_end < 0 else line_end
            if mask[at:line_end].strip():
                return at, line_end
            at = line_end
        return comment.start(), comment.start()

    def is_about(self, key: str, chain: Chain, *, alone: bool) -> bool:
        """Whether a formula in running text is about the key: by its left side, or because it is the only equation there."""
        from derivations.reading.expression import ReadError, Vocabulary
        from derivations.reading.expression import read as read_formula

        expected = self.expected(key)
        if expected is None or not chain.links or chain.links[0].sign not in ("=", ":="):
            return False
        try:
            first = read_formula(chain.sides[0].text, Vocabulary.of(expected.context, self.macros)).term
        except ReadError:
            return False
        return alone or expected.names(first) or (isinstance(first, Name) and expected.context.kind(first) is None)

    def chains(self, segment: Segment) -> tuple[Chain, ...]:
        """The chains of equations of a formula, without conditions and uses of keys."""
        name = "" if segment.kind is SegmentKind.INLINE else segment.name
        found = chains(self.cut.text, segment.start, segment.end, name, self.cut.shorthands)
        return tuple(chain for chain in found if chain.role.value != "condition")

    # -- comparing -------------------------------------------------------------------------------------------------------------------

    def formula(self, key: str, chain: Chain) -> Iterator[tuple[int, Finding]]:
        expected = self.expected(key)
        if expected is None:
            return
        for verdict in expected.verdicts(chain, self.macros):
            typed = _short(verdict.side.text)
            if verdict.holds is None:
                yield self.at(verdict.side.start, f"not compared with the key {key}: {typed}: {verdict.why}", fault=verdict.strange)
                continue
            self.compared += 1
            if not verdict.holds:
                why = f" ({verdict.why})" if verdict.why else ""
                yield self.at(verdict.side.start, f"{typed} contradicts the key {key}, which is {verdict.against}{why}")

    def number(self, key: str, start: int, end: int, where: str) -> Iterator[tuple[int, Finding]]:
        value = self.value(key)
        if value is None:
            return
        found = list(numbers(self.cut.mask.text, start, end))
        if any(use.key == key and start <= use.start < end for use in self.uses) or any(one.agrees(value) for one in found):
            self.compared += 1
            return
        given = {str(size) for size in _sizes(self.literals[key])}
        wrong = nearest([one for one in found if str(one.value) not in given] or found, value)
        if wrong is None:
            return
        self.compared += 1
        expected = self.expected(key)
        shown = str(value) if expected is None else text(expected.rhs)
        yield self.at(wrong.start, f"{where} has {wrong.text}, but the key {key} is {shown}")


def _sizes(literal: Literal) -> Iterator[object]:
    for value in literal.problem.parameters.values():
        yield from value if isinstance(value, tuple) else (value,)


def _short(formula: str) -> str:
    one_line = " ".join(formula.split())
    return one_line if len(one_line) <= _SHOWN else f"{one_line[: _SHOWN - 15]} ... {one_line[-10:]}"


