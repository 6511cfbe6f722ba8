"""Formulas that nobody asserts: "it is false that ...", "a common mistake is ...", "one might think that ...", "is it true that ...?", "... does not hold"."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from derivations.reading.prose import MARK

DENIED: Final = "the words say that it is false"
THOUGHT: Final = "the words say that somebody might think so"
ASKED: Final = "the words ask whether it is so"

FALSE: Final = (
    r"(?:false|wrong|incorrect|untrue|invalid|mistaken|impossible|not\s+(?:true|correct|valid|right|the\s+case|possible)|no\s+longer\s+(?:true|valid|the\s+case)"
    r"|never\s+true)"
)
BEFORE: Final = re.compile(
    rf"\b(?:(?:it|this|that|following|equation|identity|formula|statement|claim|equality)\s+(?:is|would\s+be|was)\s+(?:\w+ly\s+)?{FALSE}"
    r"|(?:is|are|do|does|did|need|can|could|would)\s+not\s+(?:imply|mean|follow|conclude|infer|say|assert|claim)"
    r"|(?:mistakes?|misconceptions?|fallac(?:y|ies)|(?:common|frequent|typical|classic|popular|easy)\s+errors?)(?:\s+(?:here|is|are|to|would|be|write|writing|of|that|made|often|in))*|(?:wrongly|erroneously|mistakenly|incorrectly|falsely)"
    r"(?:\s+\w+)?)\s*(?:(?:that|to|write|writing|have|claim|say|get|gets|gives|conclude|conclude\s+that|is|:)\s*)*[,:]?\s*$",
    re.IGNORECASE,
)
MIGHT: Final = re.compile(
    r"\b(?:(?:one|you|we|they|students?|people|some)\s+(?:might|may|could|would|often|sometimes)\s+(?:\w+\s+)?(?:think|believe|expect|guess|hope|be\s+tempted)|it\s+is\s+tempting|tempted)"
    r"(?:\s+(?:to|that|think|write|say|believe|conclude|have|of|as))*\s*[,:]?\s*$",
    re.IGNORECASE,
)
_AS: Final = re.compile(r"\b(?:as|like|contrary\s+to\s+what|unlike\s+what|against\s+what)\s*$", re.IGNORECASE)
"""Before what one might think, where it is claimed, or its opposite: "*as* one might expect, ..."."""
BEHIND: Final = re.compile(
    rf"^[\s,.;:]*(?:(?:which|this|that)\s+)?(?:(?:is|would\s+be|are)\s+(?:in\s+general\s+|\w+ly\s+)?{FALSE}|is\s+not\s+an?\s+\w+|(?:does|do|need|will|would|can)\s+not\s+(?:\w+ly\s+)?(?:hold|follow)"
    r"|fails?\b(?!\s+to))",
    re.IGNORECASE,
)
QUESTION: Final = re.compile(
    r"\W*(?:(?:so|but|and|now)\W+)?(?:(?:is|was)\s+it\s+(?:\w+ly\s+)?(?:true|the\s+case|correct|possible|right)\s+that\b[^?]*|(?:is|are)\s+⟨\d+⟩\W*"
    r"|(?:does|do|did|can|will)\s+⟨\d+⟩\s+(?:\w+ly\s+)?(?:hold|follow|be\s+true)\b[^?]*|why\s+(?:is|are)\s+⟨\d+⟩\s+(?:false|wrong|not)\b[^?]*)\?\W*$",
    re.IGNORECASE,
)
"""A question whether a formula holds. In others ("for which a does x = a y tend to zero?") formulas say what is asked about."""


LONGEST: Final = 300
"""So much of what stands before a formula is looked at."""


def unasserted(words: str, number: int, related: Set[int]) -> str:
    """Why the formula with this number is no claim of its sentence; empty if it may be one. ``related``: the formulas that state a relation."""
    before, _, behind = words.partition(f"⟨{number}⟩")
    if QUESTION.match(words):
        return ASKED
    clause = re.split(r"[.;]|\b(?:but|however|instead|rather|whereas|while|correct|truth)\b", before)[-1]
    marks = [*MARK.finditer(clause)]
    if relations := [mark for mark in marks if int(mark[1]) in related]:
        clause = clause[relations[-1].end():]
    plain = MARK.sub(" ", re.sub(r"\b(?:for|if|when|with)\s+(?:all|any|every|each|general)?\s*(?:[a-z]+\s+){0,2}⟨\d+⟩[\s,]*", " ", clause))
    plain = re.sub(r"\s+", " ", plain[-LONGEST:])
    if BEFORE.search(plain):
        return DENIED
    if (thought := MIGHT.search(plain)) is not None and _AS.search(plain[: thought.start()]) is None:
        return THOUGHT
    return DENIED if BEHIND.match(MARK.sub(" ", behind.split(".")[0])) and not re.match(r"\s*(?:\w+\s+)?⟨", behind) else ""
