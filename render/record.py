"""Problems and sheets as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Checked
from derivations.language.term import Name, Term
from derivations.problem import Displayed, Literally, Problem, Words
from render.compose import every_assumption
from render.document import Code, Inlines, Math, Strong, Text
from render.notation.latex import latex
from render.notation.text import text
from render.printing import PLAIN_PRINTING, Printing
from render.sheets import Sheet


def sheet_record(sheet: Sheet, printing: Printing = PLAIN_PRINTING) -> dict[str, Any]:
    """``{"title", "course", "author", "date", "problems": [one object each]}``."""
    problems = []
    for entry in sheet.entries:
        record = problem_record(entry.problem, printing if entry.profile is None else replace(printing, profile=entry.profile))
        if entry.question is not None:
            record["question"] = words(entry.question)
        if entry.marks is not None:
            record["marks"] = value(entry.marks)
        if entry.heading is not None:
            record["title"] = entry.heading
        problems.append(record)
    return {"title": sheet.title, "course": sheet.course, "author": sheet.author, "date": sheet.date, "problems": problems}


def problem_record(problem: Problem, printing: Printing = PLAIN_PRINTING) -> dict[str, Any]:
    """A problem as plain data. Steps are in the order in which they are printed; formulas are LaTeX and one-line text in the chosen notation."""
    writer = _Writer(printing, problem)
    shown = [s.formula if isinstance(s, Statement) else s for s in problem.answer.shown]
    return {
        "kind": problem.kind,
        "title": problem.title,
        "parameters": {name: value(given) for name, given in problem.parameters.items()},
        "question": writer.words(problem.question),
        "assumptions": [writer.inlines(item) for item in every_assumption(problem, printing.messages)],
        "answer": {
            "latex": r", \qquad ".join(map(writer.latex, shown)),
            "text": "; ".join(map(writer.text, shown)) or writer.words(problem.answer.words),
            "value": value(problem.answer.value),
            "words": writer.words(problem.answer.words),
            "convention": writer.words(problem.answer.convention),
        },
        "steps": [writer.step(checked) for checked in problem.steps],
        "evidence": problem.evidence.word,
    }


class _Writer:
    """Formulas of one problem in the chosen notation."""

    def __init__(self, printing: Printing, problem: Problem) -> None:
        self.style = printing.style
        self.notation = printing.profile.of(problem)

    def latex(self, term: Term) -> str:
        return latex(self.notation.term(term), self.style)

    def text(self, term: Term) -> str:
        return text(self.notation.term(term), self.style)

    def words(self, prose: Words) -> str:
        return words(prose, self.text, self.notation.words)

    def inlines(self, inlines: Inlines) -> str:
        found = []
        for inline in inlines:
            match inline:
                case Math(term):
                    found.append(self.text(term))
                case Text(plain) | Strong(plain):
                    found.append(self.notation.words(plain))
                case Code(literal):
                    found.append(literal)
        return "".join(found)

    def step(self, checked: Checked) -> dict[str, str]:
        step = checked.step
        return {
            "latex": self.latex(step.statement.formula),
            "text": self.text(step.statement.formula),
            "relation": step.statement.relation.value,
            "because": self.notation.words(step.because or step.rule.caption),
            "rule": step.rule.name,
            "verdict": "accepted",  # a theorem has no other steps
            "evidence": checked.evidence.word,
        }


def value(given: Any) -> Any:
    """A Python or SymPy value as JSON has it: integers and booleans as they are, everything else that is not a container in SymPy's own notation."""
    match given:
        case None | bool() | int() | str():
            return given
        case float():
            return given
        case Name(name):
            return name
        case Term():
            return text(given)
        case Fraction():
            return int(given) if given.denominator == 1 else str(given)
        case Mapping():
            return {str(key): value(item) for key, item in given.items()}
        case list() | tuple():
            return [value(item) for item in given]
        case _:
            return int(given) if getattr(given, "is_Integer", False) else str(given)


def words(prose: Words, formula: Callable[[Term], str] = text, plain: Callable[[str], str] = str) -> str:
    """Prose as one line of plain text; ``formula`` and ``plain`` write its formulas and its words."""
    if isinstance(prose, str):
        return plain(prose)
    found = []
    for piece in prose:
        match piece:
            case str():
                found.append(plain(piece))
            case Literally(literal):
                found.append(literal)
            case Displayed(term):
                found.append(f" {formula(term)} ")
            case _:
                found.append(formula(piece))
    return " ".join("".join(found).split())


def dumped(record: dict[str, Any]) -> str:
    """The record as a file: readable, with letters as letters, ending in a newline."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
