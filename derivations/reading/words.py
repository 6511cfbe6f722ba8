"""What the formulas of a whole document show of its names: which have several letters (``RF_n``, ``MSE``), which are numbered in a bracket above them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from derivations.language.errors import DeriveError
from derivations.language.numbering import bare, number_of
from derivations.language.structure import free_names
from derivations.language.term import Name, Term
from derivations.reading.displays import Segmented, SegmentKind
from derivations.reading.vocabulary import INDEX_LETTERS

_COMMAND_WITH_WORDS: Final = re.compile(
    r"\\(?:text|mbox|mathrm|operatorname\*?|textrm|label|tag\*?|begin|end|ref|eqref|mathsf|mathtt|textbf|hspace|color)\s*\{[^{}]*\}"
    r"|\\(?:mathbb|mathcal|mathbf|boldsymbol|bm|mathfrak|mathscr)\s*(?:\{[^{}]*\}|[A-Za-z])|\\[A-Za-z]+"
)


_COUNTS: Final = re.compile(
    r"\\(?:sum|prod)(?:\\limits)?\s*_\s*(?:\{[^{}]*\}|\S)\s*\^\s*\{?\s*T\b|(?<![\^{A-Za-z\\])T\s*(?:[-+/]|\\(?:ge|geq|le|leq|in|to|gg)(?![A-Za-z])|=|<|>)|\A\s*T\s*\Z"
    r"|(?:\\dots|\\ldots|[-+])\s*,?\s*T\b|_\s*(?:T|\{\s*T\s*\})"
)
"""T as a number: the end of a range, in arithmetic, in a bound, alone, as a subscript."""
_ADDED: Final = re.compile(r"(?<![\d.])\d+\s*[-+]\s*\\?([A-Za-z]+)|\\?([A-Za-z]+)\s*[-+]\s*\d")


def counted(document: Segmented) -> frozenset[str]:
    """T, where it is a number, and the names that are added to numbers; empty where T is no number."""
    formulas = [document.text[s.start:s.end] for s in document.segments if s.kind in (SegmentKind.INLINE, SegmentKind.DISPLAY)]
    if not any(_COUNTS.search(text) for text in formulas):
        return frozenset()
    found = {"T"}
    for text in formulas:
        found |= {(one or other) for one, other in _ADDED.findall(text)}
    return frozenset(found)


_NUMBERED: Final = re.compile(
    r"(?P<base>\\[A-Za-z]+(?:\s*\{[^{}]*\}|\s+[A-Za-z](?![A-Za-z]))?|[A-Za-z])\s*(?:_\s*(?P<below>\{[^{}]*\}|\\?[A-Za-z]+|\d))?\s*"
    r"\^\s*\{\s*(?:\\left)?(?P<label>\([^(){}]*\)|\[[^\[\]{}]*\])(?:\s{0,9}\}\s{0,9}_\s{0,9}(?P<after>\{[^{}]*\}|\\?[A-Za-z]+|\d))?"
)
_LETTER: Final = (
    r"(?:\\(?:mathbf|boldsymbol|bm|vec|hat|tilde|bar)\s{0,9}\{\s{0,9}\\?(?P<inside>[A-Za-z]{1,12})\s{0,9}\}"
    r"|\\?(?P<letter>(?<=\\)[A-Za-z]{1,12}|[A-Za-z]))"
)
_BELOW: Final = r"(?:\s{0,9}_\s{0,9}(?:\{[^{}]{0,30}\}|\\?[A-Za-z]|\d))?"
_ABOVE: Final = r"\s{0,9}\^\s{0,9}(?:\{\s{0,9}(?P<written>[A-Za-z0-9][A-Za-z0-9+\- ]{0,8})\}|(?P<single>[A-Za-z0-9]))"
_NAMED_ABOVE: Final = re.compile(rf"{_LETTER}{_BELOW}{_ABOVE}")
_BY_ONE: Final = re.compile(rf"\}}\s{{0,9}}\{{\s{{0,9}}\\partial\s{{0,9}}{_LETTER}{_BELOW}{_ABOVE}")
_HIGHER: Final = re.compile(r"\\partial\s{0,9}\^")
_INDEX_ABOVE: Final = re.compile(r"(?P<letter>(?!T)[A-Za-z])(?:\s{0,9}[+-]\s{0,9}\d)?|[01]")


def names_numbered_above(document: Segmented) -> frozenset[str]:
    """The letters whose superscripts number them without a bracket, ``z^l_j``: a first derivative is taken by one of them, where nobody takes one by a power
    with a letter, or by a first or a zeroth power; and those that have the same superscripts."""
    formulas = [document.text[s.start:s.end] for s in document.segments if s.kind in (SegmentKind.INLINE, SegmentKind.DISPLAY)]
    found: set[str] = set()
    numbers: set[str] = set()
    for text in formulas:
        for one in _BY_ONE.finditer(text) if not _HIGHER.search(text) else ():
            if (above := _INDEX_ABOVE.fullmatch((one["written"] or one["single"]).strip())) is not None:
                found.add(one["inside"] or one["letter"])
                numbers.add(above["letter"] or above[0])
    for text in formulas if found else ():
        for one in _NAMED_ABOVE.finditer(text):
            above = _INDEX_ABOVE.fullmatch((one["written"] or one["single"]).strip())
            if above is not None and (above["letter"] or above[0]) in numbers and (one["inside"] or one["letter"]) not in ("e", "exp"):
                found.add(one["inside"] or one["letter"])
    return frozenset(found)


_RUNNING: Final = re.compile(r"\\(?:sum|prod|max|min|bigcup|bigcap)(?:\s*\\limits)?\s*_\s*\{?\s*(\\?[A-Za-z]+)")


def numbered_names(document: Segmented, reader: Callable[[str], Term]) -> frozenset[Name]:
    """The names whose bracketed superscripts are indices: a sum runs over their letter, or some name has ``t`` in one place and ``t - 1`` in
    another, and numbers in others or entries, so that the letter runs."""
    formulas = [document.text[s.start:s.end] for s in document.segments if s.kind in (SegmentKind.INLINE, SegmentKind.DISPLAY)]
    labels: dict[str, set[str]] = {}
    running: set[Name] = set()  # letters that take several values
    shifted: set[Name] = set()
    named: set[str] = set()  # with a label below, so that what stands below is another name
    entered: set[str] = set()  # with an index below: what is numbered has entries, and a sum over them says of which member
    for text in formulas:
        for found in _NUMBERED.finditer(text):
            below = set(re.findall(r"[A-Za-z]", found["below"] or found["after"] or ""))
            (named if below - INDEX_LETTERS else entered if below else set[str]()).add(found["base"])
            labels.setdefault(found["base"], set()).add(found["label"].replace("\\right", "").replace("\\", ""))
        running |= {Name(variable.removeprefix("\\")) for variable in _RUNNING.findall(text)}
    names = set()
    numbers = {base: {n for text in texts if (n := number_of(text if text[0] == "[" else text[1:-1])) is not None} for base, texts in labels.items()}
    for several in numbers.values():
        symbolic = [n for n in several if free_names(n)]
        if len(symbolic) > 1 and len(symbolic) < len(several):
            running |= {name for n in symbolic for name in free_names(n)}
        shifted |= {n for n in symbolic if isinstance(n, Name) and any(other != n and free_names(other) == {n} for other in symbolic)}
    for base, several in numbers.items():
        if not (running | shifted if entered and base not in named else running) & {name for n in several for name in free_names(n)}:
            continue
        try:
            name = reader(base)
        except DeriveError:
            continue
        if isinstance(name, Name):
            names.add(bare(name))
    return frozenset(names)


def word_names(document: Segmented) -> frozenset[str]:
    """Runs of letters that are one name: none of their letters stands alone anywhere, and they are capitals or at least three letters."""
    runs: Counter[str] = Counter()
    for segment in document.segments:
        if segment.kind in (SegmentKind.INLINE, SegmentKind.DISPLAY):
            bare = _COMMAND_WITH_WORDS.sub(" ", document.text[segment.start:segment.end])
            runs.update(re.findall(r"[A-Za-z]+", bare))
    alone = {run for run in runs if len(run) == 1}
    return frozenset(
        run for run in runs
        if len(run) > 1 and not set(run) & alone and (run.isupper() or len(run) > 2) and not (run[0] == "d" and len(run) == 2) and len(run) <= 12
    )
