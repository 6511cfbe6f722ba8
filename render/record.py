"""Problems and sheets as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Checked
from derivations.language.term import Name, Term
from derivations.problem import Displayed, Literally, Problem, Words
from render.compose import Sheet, every_assumption
from render.document import Code, Inlines, Math, Strong, Text
from render.messages import ENGLISH, Messages
from render.notation.latex import latex
from render.notation.style import PLAIN, Style
from render.notation.text import text


def sheet_record(sheet: Sheet, messages: Messages = ENGLISH, style: Style = PLAIN) -> dict[str, Any]:
    """``{"title", "course", "author", "date", "problems": [one object each]}``."""
    problems = []
    for entry in sheet.entries:
        record = problem_record(entry.problem, messages, style)
        if entry.question is not None:
            record["question"] = words(entry.question, style)
        if entry.heading is not None:
            record["title"] = entry.heading
        problems.append(record)
    return {"title": sheet.title, "course": sheet.course, "author": sheet.author, "date": sheet.date, "problems": problems}


def problem_record(problem: Problem, messages: Messages = ENGLISH, style: Style = PLAIN) -> dict[str, Any]:
    """A problem as plain data. Steps are in the order in which they are printed; formulas are LaTeX and one-line text."""
    shown = [s.formula if isinstance(s, Statement) else s for s in problem.answer.shown]
    return {
        "kind": problem.kind,
        "title": problem.title,
        "parameters": {name: value(given) for name, given in problem.parameters.items()},
        "question": words(problem.question, style),
        "assumptions": [_inlines(item, style) for item in every_assumption(problem, messages)],
        "answer": {
            "latex": r", \qquad ".join(latex(term, style) for term in shown),
            "text": "; ".join(text(term, style) for term in shown) or words(problem.answer.words, style),
            "value": value(problem.answer.value),
            "words": words(problem.answer.words, style),
            "convention": words(problem.answer.convention, style),
        },
        "steps": [_step(checked, style) for checked in problem.steps],
        "evidence": problem.evidence.word,
    }


def _step(checked: Checked, style: Style) -> dict[str, str]:
    step = checked.step
    return {
        "latex": latex(step.statement.formula, style),
        "text": text(step.statement.formula, style),
        "relation": step.statement.relation.value,
        "because": step.because or step.rule.caption,
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


def words(prose: Words, style: Style = PLAIN) -> str:
    """Prose as one line of plain text."""
    if isinstance(prose, str):
        return prose
    found = []
    for piece in prose:
        match piece:
            case str():
                found.append(piece)
            case Literally(literal):
                found.append(literal)
            case Displayed(term):
                found.append(f" {text(term, style)} ")
            case _:
                found.append(text(piece, style))
    return " ".join("".join(found).split())


def _inlines(inlines: Inlines, style: Style) -> str:
    return "".join(
        text(inline.term, style) if isinstance(inline, Math) else inline.text for inline in inlines if isinstance(inline, Math | Text | Strong | Code)
    )


def dumped(record: dict[str, Any]) -> str:
    """The record as a file: readable, with letters as letters, ending in a newline."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
