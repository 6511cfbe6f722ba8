"""A report as SARIF 2.1.0, for editors and for review on code-hosting sites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from derivations.checking.report import Record, Report
from render.checked import message, weak
from render.shown import json_text

RULES = {
    "refuted": ("A step does not follow", "error"),
    "undecided": ("A step is neither proved nor refuted", "warning"),
    "unread": ("A formula could not be read", "note"),
    "sampled": ("A step was only tried on samples", "note"),
    "convention": ("A step was proved under a convention that the text does not state", "note"),
}


def sarif(reports: Iterable[Report], version: str, *, strict: bool, faults: Iterable[tuple[str, str, str]] = ()) -> str:
    """The results of all reports; accepted steps are not results (``strict``: those that were only sampled are). ``faults``: see ``to_json``."""
    results = [_result(r, _rule(r, strict)) for report in reports for r in report.records if _rule(r, strict)]
    rules = [{"id": f"derive/{key}", "shortDescription": {"text": text}, "defaultConfiguration": {"level": level}} for key, (text, level) in RULES.items()]
    tool = {"driver": {"name": "derive", "version": version, "rules": rules}}
    told = [_notification(file, words) for file, _, words in faults]
    invocation = {"executionSuccessful": not told, "toolExecutionNotifications": told}
    run = {"tool": tool, "invocations": [invocation], "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json_text(log)


def _notification(file: str, words: str) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": file.replace("\\", "/")}}}
    return {"level": "error", "message": {"text": words}, "locations": [place]}


def _rule(r: Record, strict: bool) -> str:
    if r.verdict in ("refuted", "undecided", "unread"):
        return r.verdict
    return ("sampled" if r.evidence.startswith("sampled") else "convention") if strict and weak(r) else ""


def _result(r: Record, rule: str) -> dict[str, Any]:
    region = {"startLine": r.line, "startColumn": r.column}
    place = {"physicalLocation": {"artifactLocation": {"uri": r.file.replace("\\", "/")}, "region": region}}
    return {"ruleId": f"derive/{rule}", "level": RULES[rule][1], "message": {"text": message(r)}, "locations": [place]}
