"""A report in words, for the terminal and for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from derivations.checking.report import Record, Report
from render.shown import json_text

OUTCOMES = ("certified", "proved", "exhausted", "sampled", "assumed", "refuted", "undecided", "unread")
ALWAYS = ("proved", "sampled", "refuted", "undecided", "unread")


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


def text(report: Report, *, strict: bool, verbose: bool) -> list[str]:
    """The lines for one file: what does not follow, what is undecided or unread, and the counts."""
    lines: list[str] = []
    for r in report.records:
        shown = r.verdict in ("refuted", "undecided", "unread") or (strict and r.evidence.startswith("sampled")) or verbose
        if not shown:
            continue
        lines.append(f"{place(r)}: {_headline(r)}")
        if r.verdict != "unread":
            lines.append(f"    {_short(r.left)}  {r.relation}  {_short(r.right)}")
        if r.verdict == "refuted" and r.counterexample is not None:
            lines.append(f"    {counterexample(r)}" + (f"          ({r.hint})" if r.hint else ""))
        elif r.verdict == "refuted" and r.hint:
            lines.append(f"    ({r.hint})")
        if verbose and r.assumed:
            lines.append(f"    assumed in reading it: {'; '.join(r.assumed)}")
    lines.extend(f"{report.file}:{line}:{column}: {remark}" for line, column, remark in report.remarks)
    lines.append(f"{report.file}: {summary(report.counts)}")
    return lines


def _headline(r: Record) -> str:
    if r.verdict == "refuted":
        return f"{subject(r)} does not follow" + (f": {r.why}" if r.why and r.counterexample is None else "")
    if r.verdict == "accepted":
        return f"{subject(r)}: {r.evidence}" + (f" ({r.method})" if r.method else "") + (f", where {r.why}" if r.why else "")
    if r.verdict == "given":
        return f"given ({r.why})" if r.why else "given"
    return message(r)


def _short(formula: str) -> str:
    """A formula as written, on one line; a very long one loses its middle."""
    one_line = " ".join(formula.split())
    return one_line if len(one_line) <= 160 else f"{one_line[:100]} ... {one_line[-50:]}"


def summary(counts: Counter[str]) -> str:
    steps = sum(counts.values())
    parts = [f"{counts[o]} {o}" for o in OUTCOMES if counts[o] or o in ALWAYS]
    return f"{steps} step{'' if steps == 1 else 's'}: {', '.join(parts)}"


def record_json(r: Record) -> dict[str, Any]:
    example = r.counterexample
    return {
        "file": r.file,
        "line": r.line,
        "column": r.column,
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
    }


def to_json(reports: Iterable[Report], faults: Iterable[tuple[str, str, str]] = ()) -> str:
    """All reports; ``faults`` are files without one: name, kind (input, limit or crash) and why."""
    every = list(reports)
    steps = [record_json(r) for report in every for r in report.records]
    remarks = [{"file": report.file, "line": line, "column": column, "text": words} for report in every for line, column, words in report.remarks]
    without = [{"file": file, "kind": kind, "text": words} for file, kind, words in faults]
    return json_text({"steps": steps, "remarks": remarks, "faults": without})
