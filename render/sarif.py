"""A report as SARIF 2.1.0, for editors and for review on code-hosting sites."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from derivations.checking.report import Record, Report
from render.checked import message, weak
from render.explanations import EXPLANATIONS
from render.shown import json_text

RULES: Final = {
    "refuted": ("A step does not follow", "error"),
    "undecided": ("A step is neither proved nor refuted", "warning"),
    "unread": ("A formula could not be read", "note"),
    "sampled": ("A step was only tried on samples", "note"),
    "convention": ("A step was proved under a convention that the text does not state", "note"),
}
_ROOT: Final = "%SRCROOT%"
"""What SARIF calls the folder that relative addresses are read from."""
_PRINT: Final = "derivation/v1"
"""The name of the fingerprint; it changes when what it is made of does."""


def sarif(reports: Iterable[Report], version: str, *, strict: bool, faults: Iterable[tuple[str, str, str]] = ()) -> str:
    """The results of all reports; accepted steps are not results (``strict``: those that were only sampled are). ``faults``: see ``to_json``.

    Files below the repository (or, where there is none, the working folder) are named from there on, others in full.
    """
    places = _Places()
    results = [places.result(r, rule) for report in reports for r in report.records if (rule := rule_of(r, strict))]
    told = [places.notification(file, words) for file, _, words in faults]
    run = {
        "tool": {"driver": {"name": "derive", "version": version, "rules": [_rule(key, text, level) for key, (text, level) in RULES.items()]}},
        "invocations": [{"executionSuccessful": not told, "toolExecutionNotifications": told}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the repository, or the folder in which derive was started"}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json_text({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def rule_of(r: Record, strict: bool) -> str:
    """The rule by which a step is told, or an empty text for one that is not."""
    if r.verdict in ("refuted", "undecided", "unread"):
        return r.verdict
    return ("sampled" if r.evidence.startswith("sampled") else "convention") if strict and weak(r) else ""


def _rule(key: str, text: str, level: str) -> dict[str, Any]:
    told = EXPLANATIONS[key]
    return {
        "id": f"derive/{key}",
        "shortDescription": {"text": text},
        "fullDescription": {"text": told.means},
        "help": {"text": told.next},
        "defaultConfiguration": {"level": level},
    }


class _Places:
    """Where things stand, as SARIF has it, and how often what is told was told before."""

    def __init__(self) -> None:
        here = Path.cwd()
        self.here = here
        self.root = next((at for at in (here, *here.parents) if (at / ".git").exists()), here)
        self.alike: Counter[tuple[str, ...]] = Counter()

    def artifact(self, file: str) -> dict[str, str]:
        """A file by a valid address, relative to the root where it lies below it."""
        path = self.here / file
        parts = Path(*(part for part in path.parts if part != "."))
        if not path.is_relative_to(self.root) or ".." in path.parts:
            resolved = path.resolve()
            if not resolved.is_relative_to(self.root.resolve()):
                return {"uri": resolved.as_uri()}
            return {"uri": quote(resolved.relative_to(self.root.resolve()).as_posix()), "uriBaseId": _ROOT}
        return {"uri": quote(parts.relative_to(self.root).as_posix()), "uriBaseId": _ROOT}

    def result(self, r: Record, rule: str) -> dict[str, Any]:
        artifact = self.artifact(r.file)
        physical: dict[str, Any] = {"artifactLocation": artifact}
        place: dict[str, Any] = {"physicalLocation": physical}
        said = message(r)
        if r.cell is None:
            physical["region"] = {"startLine": r.line, "startColumn": r.column, "endLine": r.end_line or r.line, "endColumn": r.end_column or r.column}
        else:  # lines of a cell are no lines of the file
            said = f"cell {r.cell}, line {r.line}: {said}"
            place["logicalLocations"] = [{"fullyQualifiedName": f"cell {r.cell}", "kind": "module"}]
        index = list(RULES).index(rule)
        return {
            "ruleId": f"derive/{rule}",
            "ruleIndex": index,
            "level": RULES[rule][1],
            "message": {"text": said},
            "locations": [place],
            "partialFingerprints": {_PRINT: self.fingerprint(artifact["uri"], r, rule)},
        }

    def fingerprint(self, uri: str, r: Record, rule: str) -> str:
        """The same for the same formula wherever in the file it comes to stand, so that what is known is not told as new; equal ones are numbered."""
        what = (uri, rule, *(" ".join(side.split()) for side in (r.left, r.relation, r.right)))
        self.alike[what] += 1
        return hashlib.sha256("\0".join((*what, str(self.alike[what]))).encode("utf-8", errors="surrogatepass")).hexdigest()

    def notification(self, file: str, words: str) -> dict[str, Any]:
        return {"level": "error", "message": {"text": words}, "locations": [{"physicalLocation": {"artifactLocation": self.artifact(file)}}]}
