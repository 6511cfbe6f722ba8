"""What an edition shows, as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Checked
from derivations.language.term import Name, Term
from derivations.problem import Claimed, Displayed, Itemized, Literally, Problem, Stressed, Words, reason
from render.compose import every_assumption
from render.document import Code, Inlines, Math, Strong, Text
from render.editions import Shown
from render.notation.latex import latex
from render.notation.text import text
from render.printing import PLAIN_PRINTING, Printing
from render.profiles import Notation
from render.sheets import Released


def record(found: Released, printing: Printing = PLAIN_PRINTING) -> dict[str, Any]:
    """What an edition shows, as plain data: of one problem, or ``{"title", "course", "author", "date", "edition", "problems": [one object each]}``,
    with ``"intro"`` where words stand before the first problem."""
    problems = [_problem(shown, printing) for shown in found.problems]
    if found.single:
        return problems[0]
    doc = found.document
    head = {"title": doc.title, "course": doc.course, "author": doc.author, "date": doc.date, "edition": printing.edition.value}
    intro = {"intro": words(found.intro)} if found.intro else {}
    return {**head, **intro, "problems": problems}


def _problem(shown: Shown, printing: Printing) -> dict[str, Any]:
    """A problem: what is asked, in the edition of hints the reasons of its parts, and where solutions are shown answer and steps in the order in which
    they are printed. Formulas are LaTeX and one-line text in the chosen notation."""
    writer = _Writer(printing, shown.notation)
    asked = {
        "kind": shown.kind,
        "title": shown.notation.words(shown.title),
        "parameters": {name: value(given) for name, given in shown.parameters.items()},
        "question": writer.words(shown.question),
        **({"marks": value(shown.marks)} if shown.marks is not None else {}),
    }
    if shown.hints is not None:
        asked["hints"] = [{"part": writer.words(h.caption or h.words), "reasons": [*map(writer.words, h.reasons)]} for h in shown.hints]
    if shown.parts:
        asked["parts"] = [{"part": letter, **_problem(part, printing)} for letter, part in shown.parts]
    return asked if shown.solution is None else {**asked, **_solution(shown.solution, writer, printing)}


def _solution(problem: Problem, writer: _Writer, printing: Printing) -> dict[str, Any]:
    formulas = [s.formula if isinstance(s, Statement) else s for s in problem.answer.shown]
    return {
        "assumptions": [writer.inlines(item) for item in every_assumption(problem, printing.messages)],
        "answer": {
            "latex": r", \qquad ".join(map(writer.latex, formulas)),
            "text": "; ".join(map(writer.text, formulas)) or writer.words(problem.answer.words),
            "value": value(problem.answer.value),
            "words": writer.words(problem.answer.words),
            "convention": writer.words(problem.answer.convention),
        },
        "steps": [writer.step(checked) for checked in problem.steps],
        "evidence": problem.evidence.word,
    }


class _Writer:
    """Formulas of one problem in the chosen notation."""

    def __init__(self, printing: Printing, notation: Notation) -> None:
        self.style = printing.style
        self.messages = printing.messages
        self.notation = notation

    def latex(self, term: Term) -> str:
        return latex(self.notation.term(self.messages.term(term)), self.style)

    def text(self, term: Term) -> str:
        return text(self.notation.term(self.messages.term(term)), self.style)

    def words(self, prose: Words) -> str:
        return words(self.messages.say(prose), self.text, self.notation.words)

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
            "because": self.words(reason(step)),
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
            case Displayed(term) | Claimed(term):
                found.append(f" {formula(term)} ")
            case Stressed(plainly):
                found.append(plain(plainly))
            case Itemized(items):
                found += [f" {words(item, formula, plain)};" for item in items]
            case _:
                found.append(formula(piece))
    return " ".join("".join(found).split())


def dumped(record: dict[str, Any]) -> str:
    """The record as a file: readable, with letters as letters, ending in a newline."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
