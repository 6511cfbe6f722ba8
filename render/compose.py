"""Theorems and problems as blocks: the order of things on the page, and nothing about how they look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version

from derivations.figures import Figure as ProblemFigure
from derivations.figures import Undrawn
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.theorem import Checked, Theorem, compose
from derivations.kernel.verdict import weakest
from derivations.language.term import Num, Term
from derivations.problem import Answer, Claimed, Displayed, Itemized, Ledger, LedgerRow, Literally, Problem, Stressed, Words, reason
from render import declared
from render.assumptions import own, shared
from render.document import (
    Block,
    Boxed,
    Caption,
    Chain,
    Code,
    Display,
    Figure,
    Inline,
    Inlines,
    Items,
    Mark,
    Math,
    Paragraph,
    Question,
    Row,
    Strong,
    Table,
    Text,
    Told,
)
from render.figures.draw import drawn
from render.figures.words import filled, words_for
from render.messages import Messages
from render.profiles import Profile

_OFTEN = 3
"""From so many steps on a condition is said once, before all of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem of a sheet.

    ``heading`` and ``question`` are the sheet author's own words, or None for those of the problem. ``marks`` is what it is worth, ``space`` the room
    to write in where only the question is printed, in centimetres; None where the author does not say. ``profile`` is a notation of its own.
    """

    problem: Problem
    heading: str | None = None
    question: Words | None = None
    marks: Fraction | None = None
    space: float | None = None
    profile: Profile | None = None


def problem_blocks(
    problem: Problem, messages: Messages, question: Words | None = None, *, key_only: bool = False, marks: Sequence[str] = ()
) -> tuple[Block, ...]:
    """Question, assumptions, theorems, ledger, remarks and answer of a problem.

    ``key_only`` leaves out the steps that a short version does without. ``marks`` holds, for each step of the problem, what it is worth or nothing.
    """
    first = 0
    here: tuple[Inlines, ...] = ()
    theirs = question is not None or any(section.lead for section in problem.sections)  # an author's words, which nothing proves
    opened = (declared.PROBLEM, declared.ASKED if theirs else declared.RECALL)
    blocks: list[Block] = [Told(opened), Question(paragraphs(problem.question if question is None else question))]
    blocks += [Told((declared.END, declared.RECALL))] if theirs else []
    printed = tuple(section.theorem for section in problem.sections)
    contexts = tuple(section.theorem.context for section in problem.sections)
    common = _common(problem)
    assumed = (*shared(contexts, messages), *((Text(words),) for words in common))
    if assumed:
        blocks += [Caption((Text(messages.assumptions),)), Items(assumed)]
    for number, section in enumerate(problem.sections, 1):
        if section.lead:
            blocks += [Told((declared.END, declared.WORDS)), *paragraphs(section.lead)]
        if section.role == "remark":  # it stands in the words above, with its mark
            first += len(section.theorem.steps)
            continue
        lead: Inlines = (Strong(messages.lemma),) if section.role == "lemma" else ()
        caption = (*lead, *inlines(section.caption or section.theorem.title))
        rests = tuple(line for k, link in enumerate(_links(section.theorem, key_only, ()), 1) for line in declared.step(k, link[0][-1], printed))
        blocks.append(Told((declared.END, *declared.begin(str(number), section.theorem.context), *rests)))
        if section.titled:
            blocks.append(Caption(caption))
        before, here = here, own(section.theorem.context, contexts, messages)
        if here and here != before:
            blocks.append(_here(here, messages))
        steps = len(section.theorem.steps)
        blocks += chains(section.theorem, key_only=key_only, marks=marks[first : first + steps], said=common)
        first += steps
    blocks.append(Told((declared.END, declared.RECALL)))
    if problem.ledger is not None:
        blocks.append(_ledger(problem.ledger, messages))
    if problem.notes and any(section.lead for section in problem.sections):
        blocks.append(Told((declared.END, declared.WORDS)))
    for note in problem.notes:
        blocks += paragraphs(note)
    if problem.trusted:
        blocks += [Paragraph((Text(messages.trusted),)), Items(tuple((Text(words),) for words in problem.trusted))]
    if problem.notes and any(section.lead for section in problem.sections):
        blocks.append(Told((declared.END, declared.RECALL)))
    if problem.figure is not None:
        blocks.append(_figure(problem.figure, messages))
    if any(isinstance(s, Statement) and s.relation in (Rel.IFF, Rel.IMPLIES) for s in problem.answer.shown):
        blocks.append(Told((declared.END, declared.WORDS)))  # what follows from a condition is in its scope; here it is told
    under = _under(problem, messages) if theirs else ()
    blocks += [Boxed(messages.answer, (*under, *_answer(problem.answer, messages))), Told((declared.END,))]
    return tuple(blocks)


def _here(items: tuple[Inlines, ...], messages: Messages) -> Paragraph:
    joined = (inline for k, item in enumerate(items) for inline in ((Text("; "), *item) if k else item))
    return Paragraph((Text(messages.here), *joined, Text(":")))


def _under(problem: Problem, messages: Messages) -> tuple[Block, ...]:
    """What is assumed of the answer beyond what holds throughout."""
    contexts = tuple(section.theorem.context for section in problem.sections)
    proves = [(s.theorem, {s.theorem.statement, *(c.step.statement for c in s.theorem.steps)}) for s in problem.sections]
    shown = [theorem for theorem, statements in proves if statements & set(problem.answer.shown)]
    here = own(shown[-1].context, contexts, messages) if shown else ()
    return (_here(here, messages),) if here else ()


def _figure(figure: ProblemFigure, messages: Messages) -> Block:
    """The drawing, or why there is none."""
    words = words_for(messages.language)
    drawing = drawn(figure, words)
    if isinstance(drawing, Undrawn):
        return Paragraph(inlines(filled(words.undrawn, because=drawing.because)))
    return Figure(drawing.scene, inlines(drawing.caption))


def _common(problem: Problem) -> tuple[str, ...]:
    """The conditions of so many steps that they are said once, for all of them."""
    counts = Counter(words for checked in problem.steps for words in checked.evidence.assuming)
    return tuple(words for words, count in counts.items() if count >= _OFTEN)


def chains(theorem: Theorem, *, key_only: bool = False, marks: Sequence[str] = (), said: Collection[str] = ()) -> tuple[Chain, ...]:
    """The steps of a theorem as unbroken chains: a step whose left side is the right side above goes on, any other begins anew. Conditions that were
    ``said`` are not repeated.

    With ``key_only`` the steps between two key steps of a run are drawn together into one line, with the reason of the later one and the weakest
    evidence of all; the last step of a run always stays.
    """
    found: list[list[Row]] = []
    end: Term | None = None
    for steps, relation, mark in _links(theorem, key_only, marks):
        statement = Statement(steps[0].step.statement.lhs, relation, steps[-1].step.statement.rhs)
        rows = _rows(steps, statement, mark, said, goes_on=statement.lhs == end)
        if statement.lhs == end:
            found[-1] += rows
        else:
            found.append(rows)
        end = statement.rhs
    return tuple(Chain(tuple(rows)) for rows in found)


def _links(theorem: Theorem, key_only: bool, marks: Sequence[str]) -> Iterator[tuple[tuple[Checked, ...], Rel, str]]:
    """The steps that make one line each, with the relation between the two ends and what the line is worth."""
    run: list[Checked] = []
    relation: Rel | None = None
    following = (*theorem.steps[1:], None)
    for k, (checked, after) in enumerate(zip(theorem.steps, following, strict=True)):
        statement = checked.step.statement
        relation = (compose(relation, statement.relation) if relation is not None else None) or statement.relation
        run.append(checked)
        joins = after is not None and after.step.statement.lhs == statement.rhs and compose(relation, after.step.statement.relation) is not None
        if checked.step.key or not key_only or not joins:
            yield tuple(run), relation, marks[k] if marks else ""
            run, relation = [], None


def _rows(steps: tuple[Checked, ...], statement: Statement, mark: str, said: Collection[str], *, goes_on: bool) -> list[Row]:
    evidence = steps[0].evidence if len(steps) == 1 else weakest(tuple(checked.evidence for checked in steps))
    reason = (*_reason(steps[-1], said), *((Strong(f" [{mark}]"),) if mark else ()))
    if goes_on:
        return [Row(None, statement.relation, statement.rhs, reason, evidence)]
    if statement.relation in (Rel.IFF, Rel.IMPLIES):  # both sides are formulas: each has a line of its own
        return [Row(None, None, statement.lhs), Row(None, statement.relation, statement.rhs, reason, evidence)]
    return [Row(statement.lhs, statement.relation, statement.rhs, reason, evidence)]


def _reason(checked: Checked, said: Collection[str]) -> Inlines:
    words = reason(checked.step)
    conditions = "; ".join(condition for condition in checked.evidence.assuming if condition not in said)
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
            case Stressed(text):
                found.append(Strong(text))
            case Claimed(term, strength):
                found += [Math(term), Text("\N{NO-BREAK SPACE}"), Mark(strength)]
            case Itemized(items):
                found += [part for k, item in enumerate(items) for part in ((Text("; "), *inlines(item)) if k else inlines(item))]
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
        elif isinstance(piece, Itemized):
            close()
            blocks.append(Items(tuple(inlines(item) for item in piece.items)))
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
