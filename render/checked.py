"""A report in words, for the terminal and for JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from derivations.checking.report import Record, Report
from render.shown import json_text

OUTCOMES = ("certified", "proved", "proved under a convention", "exhausted", "sampled", "assumed", "refuted", "undecided", "unread")
ALWAYS = ("proved", "sampled", "refuted", "undecided", "unread")
CONVENTION = "proved under a convention"
ALIKE = 3
"""So many steps that are undecided or unread for the same reason are one message."""


def place(r: Record) -> str:
    cell = "" if r.cell is None else f"cell {r.cell}:"
    return f"{r.file}:{cell}{r.line}:{r.column}"


def subject(r: Record) -> str:
    return f"step {r.step} of eq. ({r.label})" if r.label else "this step"


def message(r: Record) -> str:
    """What is said of a step in one sentence or two, without its formulas."""
    match r.verdict:
        case "refuted":
            said = f"{subject(r)} does not follow"
            if r.counterexample is not None:
                said += f"; {counterexample(r)}"
            elif r.why:
                said += f": {r.why}"
            return said + (f" ({r.hint})" if r.hint else "")
        case "undecided":
            return f"{subject(r)} is undecided: {r.why}"
        case "unread":
            return f"cannot be read, and was not checked: {r.why}"
        case _:
            return f"{subject(r)} is {r.evidence}" if r.evidence else f"{subject(r)} is given"


def counterexample(r: Record) -> str:
    example = r.counterexample
    if example is None:
        return ""
    at = ", ".join(f"{name} = {value}" for name, value in example.at)
    return (f"at {at}: " if at else "") + f"left {example.left}, right {example.right}"


def weak(r: Record) -> bool:
    """Whether a step is accepted on less than a proof for all that the text may mean: tried on samples, or proved under a convention."""
    return r.verdict == "accepted" and (r.evidence.startswith("sampled") or r.evidence == CONVENTION)


def text(report: Report, *, strict: bool, verbose: bool) -> list[str]:
    """The lines for one file: what does not follow, what is undecided or unread, the conventions that the proofs need, and the counts."""
    telling = Telling(strict=strict, verbose=verbose)
    return [*(line for r in report.records for line in telling.step(r)), *telling.end(report)]


class Telling:
    """The lines on one file as its steps become known: each step when it is judged, the rest at the end.

    Where many steps are undecided or unread for one reason, the first are told, and at the end all of them in one message.
    """

    def __init__(self, *, strict: bool, verbose: bool) -> None:
        self.strict, self.verbose = strict, verbose
        self._alike: dict[tuple[str, str], list[Record]] = {}

    def step(self, r: Record) -> list[str]:
        """The lines for one step; none for one that is accepted, unless they are asked for."""
        if not (r.verdict in ("refuted", "undecided", "unread") or (self.strict and (weak(r) or (bool(r.told) and r.judged))) or self.verbose):
            return []
        if not self.verbose and r.verdict in ("undecided", "unread"):
            alike = self._alike.setdefault(_cause(r), [])
            alike.append(r)
            if len(alike) >= ALIKE:
                return []
        return _lines(r, self.verbose)

    def end(self, report: Report, *, finished: bool = True) -> list[str]:
        """What is said of the file after its steps."""
        lines = [_together(alike[0], alike) for alike in self._alike.values() if len(alike) >= ALIKE]
        lines.extend(_conventions(report))
        lines.extend(_told(report))
        lines.extend(f"{file}:{line}:{column}: {remark}" for file, line, column, remark in (*report.misspelt, *report.remarks))
        lines.append(f"{report.file}: {'' if finished else 'not finished; so far '}{summary(report.counts, report.given, report.ignored)}")
        if not report.counts and finished:
            lines.append(f"{report.file}: {NOTHING_GIVEN if report.given else NOTHING_IGNORED if report.ignored else NOTHING_READ}")
        return lines


NOTHING_GIVEN = "nothing was judged: every relation is given (a definition, a hypothesis); --verbose lists them"
NOTHING_IGNORED = "nothing was judged: every relation is ignored, as its author asks; --verbose lists them"
NOTHING_READ = "nothing was judged: no relation was found"


def _lines(r: Record, verbose: bool) -> list[str]:
    lines = [f"{place(r)}: {_headline(r)}"]
    if r.verdict != "unread":
        lines.append(f"    {_short(r.left)}  {r.relation}  {_short(r.right)}")
    if r.verdict == "refuted" and r.counterexample is not None:
        lines.append(f"    {counterexample(r)}" + (f"          ({r.hint})" if r.hint else ""))
    elif r.verdict == "refuted" and r.hint:
        lines.append(f"    ({r.hint})")
    if r.told:
        lines.append(f"    with what the text does not show: {'; '.join(r.told)}")
    if r.rests:
        lines.append(f"    it rests on: {r.rests}")
    if r.answer:
        lines.append(f"    {r.answer}")
    if verbose and r.assumed:
        lines.append(f"    assumed in reading it: {'; '.join(r.assumed)}")
    return lines


def _cause(r: Record) -> tuple[str, str]:
    return r.verdict, PLACE.sub("", r.why)


PLACE = re.compile(r" \([^()]*:\d+:\d+\)$")
"""Where in the file something stands, at the end of a message."""


def _together(first: Record, every: list[Record]) -> str:
    lines = ", ".join(dict.fromkeys(str(r.line) if r.file == first.file else f"{r.file}:{r.line}" for r in every))
    said = "undecided" if first.verdict == "undecided" else "unread"
    return f"{place(first)}: {len(every)} steps are {said}, all for this reason: {_cause(first)[1]} (line{'s' if ',' in lines else ''} {lines})"


def _conventions(report: Report) -> list[str]:
    """What the reader decided, once, with how many steps need it."""
    needed = Counter(words for r in report.records if r.verdict == "accepted" for words in r.conventions)
    first = {words: r for r in reversed(report.records) if r.verdict == "accepted" for words in r.conventions}
    return [
        f"{place(first[words])}: convention: {words} ({count} step{'' if count == 1 else 's'} from here on rest{'s' if count == 1 else ''} on it)"
        for words, count in needed.items()
    ]


def _told(report: Report) -> list[str]:
    """What comments and files beside the document say, once, with how many verdicts may rest on it."""
    needed = Counter(words for r in report.records if r.verdict in ("accepted", "refuted") for words in r.told)
    first = {words: r for r in reversed(report.records) for words in r.told}
    scopes = {words: count for words, count in needed.items() if words.startswith(SCOPE)}
    lines = [
        f"{place(first[words])}: not shown in the text: {words} ({count} verdict{'' if count == 1 else 's'} from here on may rest on it)"
        for words, count in needed.items()
        if words not in scopes
    ]
    if scopes:
        at = [words.removeprefix(SCOPE).split()[0] for words in scopes]
        listed = ", ".join(at[:3]) + (f" and {len(at) - 3} more" if len(at) > 3 else "")
        count = sum(scopes.values())
        lines.append(f"{report.file}: not shown in the text: what derive: comments tell from line {listed} on ({count} verdicts rest on it)")
    return lines


SCOPE = "what the derive: comments from line "


def _headline(r: Record) -> str:
    if r.verdict == "refuted":
        return f"{subject(r)} does not follow" + (f": {r.why}" if r.why and r.counterexample is None else "")
    if r.verdict == "accepted":
        return f"{subject(r)}: {r.evidence}" + (f" ({r.method})" if r.method else "") + (f", where {r.why}" if r.why else "")
    if r.verdict in ("given", "ignored"):
        return f"{r.verdict} ({r.why})" if r.why else r.verdict
    return message(r)


def _short(formula: str) -> str:
    """A formula as written, on one line; a very long one loses its middle."""
    one_line = " ".join(formula.split())
    return one_line if len(one_line) <= 160 else f"{one_line[:100]} ... {one_line[-50:]}"


def summary(counts: Counter[str], given: int = 0, ignored: int = 0) -> str:
    """The counts in words. ``given``: how many relations were not judged, because they define or assume something; ``ignored``: because that was asked for."""
    steps = sum(counts.values())
    parts = [f"{counts[o]} {o}" for o in OUTCOMES if counts[o] or o in ALWAYS]
    return f"{steps} step{'' if steps == 1 else 's'}: {', '.join(parts)}" + (f"; {given} given" if given else "") + (f"; {ignored} ignored" if ignored else "")


def record_json(r: Record) -> dict[str, Any]:
    example = r.counterexample
    return {
        "file": r.file,
        "line": r.line,
        "column": r.column,
        "end_line": r.end_line,
        "end_column": r.end_column,
        **({"cell": r.cell} if r.cell is not None else {}),
        "left": r.left,
        "relation": r.relation,
        "right": r.right,
        "verdict": r.verdict,
        "evidence": r.evidence,
        "method": r.method,
        "counterexample": None if example is None else {"at": dict(example.at), "left": example.left, "right": example.right},
        "hint": r.hint,
        "why": r.why,
        "label": r.label,
        "assumed": list(r.assumed),
        "conventions": list(r.conventions),
        "told": list(r.told),
        "rests": r.rests,
        "answer": r.answer,
    }


def to_json(reports: Iterable[Report], faults: Iterable[tuple[str, str, str]] = (), excluded: Iterable[tuple[str, str]] = ()) -> str:
    """All reports; ``faults`` are files without one: name, kind (input, limit or crash) and why; ``excluded`` files that were left out: name and why."""
    return json_text(to_plain(reports, faults, excluded))


def to_plain(reports: Iterable[Report], faults: Iterable[tuple[str, str, str]] = (), excluded: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """The same as plain data."""
    every = list(reports)
    steps = [record_json(r) for report in every for r in report.records]
    said = [one for report in every for one in (*report.misspelt, *report.remarks)]
    remarks = [{"file": file, "line": line, "column": column, "text": words} for file, line, column, words in said]
    without = [{"file": file, "kind": kind, "text": words} for file, kind, words in faults]
    left_out = [{"file": file, "why": why} for file, why in excluded]
    return {"steps": steps, "remarks": remarks, "faults": without, "excluded": left_out}
