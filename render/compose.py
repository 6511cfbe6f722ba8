"""Theorems, problems and sheets as documents: the order of things on the page, and nothing about how they look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.theorem import Checked, Theorem
from derivations.kernel.verdict import Strength
from derivations.language.term import Num, Term
from derivations.problem import Answer, Displayed, Ledger, LedgerRow, Literally, Problem, Words
from render.assumptions import own, shared
from render.document import (
    Block,
    Boxed,
    Caption,
    Chain,
    Code,
    Display,
    Document,
    Figure,
    Inline,
    Inlines,
    Items,
    Mark,
    Math,
    Paragraph,
    Part,
    Question,
    Row,
    Strong,
    Table,
    Text,
)
from render.messages import ENGLISH, Messages


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem of a sheet. ``heading`` and ``question`` are the sheet author's own words, or None for those of the problem."""

    problem: Problem
    heading: str | None = None
    question: Words | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A solution sheet: what its title block says, and its problems in order."""

    title: str
    entries: tuple[Entry, ...]
    course: str = ""
    author: str = ""
    date: str = ""


def sheet_document(sheet: Sheet, messages: Messages = ENGLISH) -> Document:
    """A whole sheet: its problems, and the page that says how each result is known."""
    parts = tuple(_part(number, entry, messages) for number, entry in enumerate(sheet.entries, 1))
    subtitle = tuple(words for words in (sheet.course, sheet.author, sheet.date) if words)
    return Document(sheet.title, subtitle, (*parts, _appendix(sheet, messages)), messages.language)


def problem_document(problem: Problem, messages: Messages = ENGLISH) -> Document:
    """One problem on its own, with the legend of its marks."""
    strengths = {checked.evidence.strength for checked in problem.steps}
    legend = (Paragraph((Text(messages.legend),)), _legend(strengths, messages))
    return Document(problem.title, (), (*problem_blocks(problem, messages), *legend), messages.language)


def problem_blocks(problem: Problem, messages: Messages, question: Words | None = None) -> tuple[Block, ...]:
    """Question, assumptions, theorems, ledger, remarks and answer of a problem."""
    blocks: list[Block] = [Question(paragraphs(problem.question if question is None else question))]
    contexts = tuple(section.theorem.context for section in problem.sections)
    assumed = shared(contexts, messages)
    if assumed:
        blocks += [Caption((Text(messages.assumptions),)), Items(assumed)]
    for section in problem.sections:
        lead: Inlines = (Strong(messages.lemma),) if section.role == "lemma" else ()
        caption = (*lead, *inlines(section.caption or section.theorem.title))
        blocks.append(Caption(caption))
        here = own(section.theorem.context, contexts, messages)
        if here:
            joined = (inline for k, item in enumerate(here) for inline in ((Text("; "), *item) if k else item))
            blocks.append(Paragraph((Text(messages.here), *joined, Text(":"))))
        blocks += chains(section.theorem)
    if problem.ledger is not None:
        blocks.append(_ledger(problem.ledger, messages))
    for note in problem.notes:
        blocks += paragraphs(note)
    if problem.figure is not None:
        blocks.append(Figure(problem.figure, problem.title))
    blocks.append(Boxed(messages.answer, _answer(problem.answer, messages)))
    return tuple(blocks)


def chains(theorem: Theorem) -> tuple[Chain, ...]:
    """The steps of a theorem as unbroken chains: a step whose left side is the right side above goes on, any other begins anew."""
    found: list[list[Row]] = []
    end: Term | None = None
    for checked in theorem.steps:
        statement = checked.step.statement
        rows = _rows(checked, statement, goes_on=statement.lhs == end)
        if statement.lhs == end:
            found[-1] += rows
        else:
            found.append(rows)
        end = statement.rhs
    return tuple(Chain(tuple(rows)) for rows in found)


def _rows(checked: Checked, statement: Statement, *, goes_on: bool) -> list[Row]:
    reason = _reason(checked)
    if goes_on:
        return [Row(None, statement.relation, statement.rhs, reason, checked.evidence)]
    if statement.relation in (Rel.IFF, Rel.IMPLIES):  # both sides are formulas: each has a line of its own
        return [Row(None, None, statement.lhs), Row(None, statement.relation, statement.rhs, reason, checked.evidence)]
    return [Row(statement.lhs, statement.relation, statement.rhs, reason, checked.evidence)]


def _reason(checked: Checked) -> Inlines:
    words = checked.step.because or checked.step.rule.caption
    conditions = "; ".join(checked.evidence.assuming)
    if words and conditions:
        return (Text(f"{words} ({conditions})"),)
    return (Text(words or conditions),) if words or conditions else ()


def inlines(words: Words) -> Inlines:
    """Prose as inlines. A displayed formula becomes one in the line: use ``paragraphs`` where there is room for displays."""
    if isinstance(words, str):
        return (Text(words),) if words else ()
    found: list[Inline] = []
    for piece in words:
        match piece:
            case str():
                found.append(Text(piece))
            case Literally(text):
                found.append(Code(text))
            case Displayed(term):
                found.append(Math(term))
            case _:
                found.append(Math(piece))
    return tuple(found)


def paragraphs(words: Words) -> tuple[Block, ...]:
    """Prose as blocks: displayed formulas stand alone, a blank line in the words begins a paragraph."""
    blocks: list[Block] = []
    line: list[Inline] = []

    def close() -> None:
        if any(not isinstance(i, Text) or i.text.strip() for i in line):
            blocks.append(Paragraph(tuple(line)))
        line.clear()

    for piece in (words,) if isinstance(words, str) else words:
        if isinstance(piece, Displayed):
            close()
            blocks.append(Display(piece.term))
        elif isinstance(piece, str):
            for k, text in enumerate(piece.split("\n\n")):
                if k:
                    close()
                if text:
                    line.append(Text(text if line else text.lstrip()))
        else:
            line += inlines((piece,))
    close()
    return tuple(blocks)


def _ledger(ledger: Ledger, messages: Messages) -> Table:
    def row(entry: LedgerRow) -> tuple[Inlines, ...]:
        value = Num(str(entry.value)) if isinstance(entry.value, int) else entry.value
        return (inlines(entry.label), () if entry.term is None else (Math(entry.term),), (Math(value),))

    return Table(
        tuple((Text(words),) for words in messages.ledger_head),
        tuple(row(entry) for entry in ledger.rows),
        (False, False, True),
        None if ledger.total is None else row(ledger.total),
        inlines(ledger.caption),
    )


def _answer(answer: Answer, messages: Messages) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if answer.words:
        blocks += paragraphs(answer.words)
    blocks += [Display(shown.formula if isinstance(shown, Statement) else shown) for shown in answer.shown]
    if answer.convention:
        blocks.append(Paragraph((Text(messages.convention), *inlines(answer.convention))))
    return tuple(blocks)


def _part(number: int, entry: Entry, messages: Messages) -> Part:
    heading = f"{messages.problem.format(number=number)}. {entry.heading or entry.problem.title}"
    return Part(f"problem-{number}", heading, problem_blocks(entry.problem, messages, entry.question))


def _legend(strengths: Iterable[Strength], messages: Messages) -> Items:
    return Items(tuple((Mark(s), Text(f" {messages.meanings[s]}")) for s in sorted(strengths, reverse=True)))


def _appendix(sheet: Sheet, messages: Messages) -> Part:
    counts = [Counter(checked.evidence.strength for checked in entry.problem.steps) for entry in sheet.entries]
    used = sorted({s for count in counts for s in count}, reverse=True)
    head = (*messages.appendix_head, *(messages.strengths[s] for s in used), messages.appendix_overall)
    rows = []
    for number, (entry, count) in enumerate(zip(sheet.entries, counts, strict=True), 1):
        name = f"{number}. {entry.heading or entry.problem.title}"
        numbers = (str(sum(count.values())), *(str(count[s]) for s in used))
        overall = entry.problem.evidence
        cells: list[Inlines] = [(Text(name),), *((Text(n),) for n in numbers)]
        rows.append((*cells, (Mark(overall.strength), Text(f" {overall.word}"))))
    blocks: list[Block] = [
        Paragraph((Text(messages.appendix_lead),)),
        Table(tuple((Text(words),) for words in head), tuple(rows), (False, *(True for _ in head[1:-1]), False)),
        Paragraph((Text(messages.legend),)),
        _legend(used, messages),
        Paragraph((Text(messages.assumed),)),
        Items(tuple(_assumed(number, entry, messages) for number, entry in enumerate(sheet.entries, 1))),
        Paragraph((Text(messages.versions.format(versions=", ".join(versions()))),)),
    ]
    return Part("evidence", messages.appendix, tuple(blocks), new_page=True)


def _assumed(number: int, entry: Entry, messages: Messages) -> Inlines:
    """What a problem's theorems assume, in one paragraph."""
    found: list[Inline] = [Strong(messages.problem.format(number=number) + ": ")]
    assumed = every_assumption(entry.problem, messages)
    for k, item in enumerate(assumed):
        found += [Text("; "), *item] if k else item
    return (*found, Text("." if assumed else messages.no_assumptions))


def every_assumption(problem: Problem, messages: Messages) -> tuple[Inlines, ...]:
    """All that a problem's theorems assume; what only one of them does has that one's name before it."""
    contexts = tuple(section.theorem.context for section in problem.sections)
    found = list(shared(contexts, messages))
    for section in problem.sections:
        where = messages.only_in.format(theorem=section.theorem.title)
        found += [(Text(where), *item) for item in own(section.theorem.context, contexts, messages)]
    return tuple(found)


def versions() -> tuple[str, ...]:
    """The versions of what a derivation rests on, such as ``SymPy 1.14.0``."""
    found = []
    for label, package in (("derive", "derive-math"), ("SymPy", "sympy"), ("mpmath", "mpmath"), ("latexify", "latexify-py")):
        try:
            found.append(f"{label} {version(package)}")
        except PackageNotFoundError:  # run from a source tree that is not installed
            continue
    return tuple(found)
