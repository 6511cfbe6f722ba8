"""Theorems and problems as blocks: the order of things on the page, and nothing about how they look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from fractions import Fraction
from itertools import pairwise

from derivations.figures import Figure as ProblemFigure
from derivations.figures import Shares, Undrawn
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.theorem import Checked, Theorem, compose
from derivations.kernel.verdict import Evidence, weakest
from derivations.language.brackets import bracketed
from derivations.language.context import Definition
from derivations.language.installed import version
from derivations.language.record import record
from derivations.language.structure import free_names, subterms
from derivations.language.term import Call, Index, Name, Num, Relation, Term
from derivations.problem import Answer, Claimed, Displayed, Itemized, Ledger, LedgerRow, Literally, Meaning, Problem, Section, Stressed, Words, flat, reason
from render import declared
from render.assumptions import Contexts, Item
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
from render.messages import ENGLISH, Messages
from render.printing import Detail
from render.profiles import Profile

_OFTEN = 3
"""From so many steps on a condition is said once, before all of them."""

_SENTENCE = re.compile(r"(?<=[.?])\s+(?=\S|$)")


@record
class Entry:
    """A problem of a sheet.

    ``heading`` and ``question`` are the sheet author's own words, or None for those of the problem. ``marks`` is what it is worth, ``space`` the room
    to write in where only the question is printed, in centimetres; None where the author does not say. ``profile`` is a notation of its own, ``parts`` what
    each of the questions (a), (b), (c) is worth, empty where that is not said. ``below``: the parts, where they have solutions of their own.
    """

    problem: Problem
    heading: str | None = None
    question: Words | None = None
    marks: Fraction | None = None
    space: float | None = None
    profile: Profile | None = None
    parts: tuple[str, ...] = ()
    below: tuple[Below, ...] = ()


@record
class Below:
    """A part of a problem: under its letter a problem of its own, or words that answer it."""

    letter: str
    entry: Entry | None
    words: Words = ""


def problem_blocks(
    problem: Problem, messages: Messages, question: Words | None = None, *, detail: Detail = Detail.NORMAL, marks: Sequence[str] = (), answer_mark: str = ""
) -> tuple[Block, ...]:
    """Question, meanings or assumptions, theorems, ledger, remarks and answer of a problem, as far as ``detail`` prints them.

    ``marks`` holds, for each step of the problem, what it is worth or nothing; ``answer_mark`` what the answer is worth.
    """
    asked = messages.say(problem.question) if question is None else question
    theirs = question is not None or any(section.lead for section in problem.sections)  # an author's words, which nothing proves
    opened = (declared.PROBLEM, declared.ASKED if theirs else declared.RECALL)
    blocks: list[Block] = [Told(opened), Question(paragraphs(asked))]
    blocks += [Told((declared.END, declared.RECALL))] if theirs else []
    sections = [section for section in problem.sections if detail.prints(section.depth)]
    printed = tuple(section.theorem for section in sections)
    contexts = Contexts([theorem.context for theorem in printed])
    leave = _told(problem, asked, sections)
    if problem.meanings:
        blocks.append(_meanings(problem.meanings, messages))
    common = _common(problem)
    assumed = (*contexts.shared(messages, leave), *((Text(str(messages.say(words))),) for words in common))
    if assumed:
        blocks += [Caption((Text(messages.assumptions),)), Items(assumed)]
    beyond: tuple[Inlines, ...] = ()
    worth = dict(zip(map(id, problem.steps), marks, strict=False))
    for number, section in enumerate(sections, 1):
        if section.lead:
            blocks += [Told((declared.END, declared.WORDS)), *paragraphs(messages.say(section.lead))]
        if section.role == "remark":  # it stands in the words above, with its mark
            continue
        drawn = Steps.KEY if detail is Detail.KEY else Steps.ALL
        drawn = drawn if detail.prints(section.whole) else Steps.ENDS
        here = [worth.get(id(checked), "") for checked in section.theorem.steps]
        lead: Inlines = (Strong(messages.lemma),) if section.role == "lemma" else ()
        caption = (*lead, *inlines(messages.say(section.caption or section.theorem.title)))
        runs = [section.theorem.steps] if drawn is Steps.ENDS else [run for run, _, _ in _links(section.theorem, drawn, ())]
        rests = tuple(line for k, run in enumerate(runs, 1) for line in declared.step(k, run, printed))
        blocks.append(Told((declared.END, *declared.begin(str(number), section.theorem.context), *rests)))
        if section.titled:
            first, rest = _first_sentence(caption)
            blocks += [Caption(first), *([Paragraph(rest)] if rest else [])]
        before, beyond = beyond, contexts.own(section.theorem.context, messages, lambda item, words=section.caption: leave(item) or _says(words, item))  # type: ignore[misc]
        if beyond and beyond != before:
            blocks.append(_here(beyond, messages))
        blocks += chains(section.theorem, drawn, messages, here if any(here) else (), section.brief, common)
    blocks.append(Told((declared.END, declared.RECALL)))
    brief = detail is Detail.KEY
    if problem.ledger is not None and detail.prints(problem.ledger.depth):
        blocks.append(_ledger(problem.ledger, messages))
    notes = () if brief and problem.meanings else problem.notes
    if notes:
        blocks.append(Told((declared.END, declared.WORDS)))
    for note in notes:
        blocks += paragraphs(messages.say(note))
    if problem.trusted:
        blocks += [Paragraph((Text(messages.trusted),)), Items(tuple((Text(words),) for words in problem.trusted))]
    if notes:
        blocks.append(Told((declared.END, declared.RECALL)))
    repeats = isinstance(problem.figure, Shares) and problem.ledger is not None and detail is not Detail.FULL  # the numbers say the same
    if problem.figure is not None and not brief and not repeats:
        blocks.append(_figure(problem.figure, problem.ledger, messages))
    if any(isinstance(s, Statement) and s.relation in (Rel.IFF, Rel.IMPLIES) for s in (*problem.answer.general, *problem.answer.shown)):
        blocks.append(Told((declared.END, declared.WORDS)))  # what follows from a condition is in its scope; here it is told
    label = messages.answer + (f" [{answer_mark}]" if answer_mark else "")
    under = _under(problem, messages) if theirs else ()
    blocks += [Boxed(label, (*under, *_answer(problem.answer, messages, () if theirs else _each_under(problem, messages)))), Told((declared.END,))]
    return tuple(blocks)


def _here(items: tuple[Inlines, ...], messages: Messages) -> Paragraph:
    joined = (inline for k, item in enumerate(items) for inline in ((Text("; "), *item) if k else item))
    return Paragraph((Text(messages.here), *joined, Text(":")))


def _under(problem: Problem, messages: Messages) -> tuple[Block, ...]:
    """What is assumed of the answer beyond what holds throughout."""
    contexts = Contexts([section.theorem.context for section in problem.sections])
    proves = [(s.theorem, {s.theorem.statement, *(c.step.statement for c in s.theorem.steps)}) for s in problem.sections]
    shown = [theorem for theorem, statements in proves if statements & set(problem.answer.shown)]
    here = contexts.own(shown[-1].context, messages) if shown else ()
    return (_here(here, messages),) if here else ()


def _each_under(problem: Problem, messages: Messages) -> tuple[tuple[Inlines, ...], ...]:
    """What is assumed of each formula of an answer beyond what holds throughout; nothing where no formula rests on a hypothesis of its own, and none of two
    means different things by one name."""
    contexts = tuple(section.theorem.context for section in problem.sections)
    proves = [
        next((s.theorem.context for s in problem.sections if shown in (s.theorem.statement, *(c.step.statement for c in s.theorem.steps))), None)
        for shown in problem.answer.shown
    ]
    found = [context for context in proves if context is not None]
    apart = {h for context in found for h in context.hypotheses if any(h not in other.hypotheses for other in contexts)}
    defined = {(d.lhs, d.where): d for context in found for d in context.definitions}
    if not apart and all(defined[d.lhs, d.where] == d for context in found for d in context.definitions):
        return ()
    together = Contexts(contexts)
    return tuple(together.own(context, messages, lambda item: isinstance(item, tuple)) if context is not None else () for context in proves)


def _common(problem: Problem) -> tuple[str, ...]:
    """The conditions of so many steps that they are said once, for all of them."""
    counts = Counter(words for checked in problem.steps for words in checked.evidence.assuming)
    return tuple(words for words, count in counts.items() if count >= _OFTEN)


def _first_sentence(words: Inlines) -> tuple[Inlines, Inlines]:
    """A caption up to the end of its first sentence, which stands out, and what follows it."""
    for number, inline in enumerate(words):
        end = _SENTENCE.search(inline.text) if isinstance(inline, Text) else None
        if end is not None and isinstance(inline, Text):
            return (*words[:number], Text(inline.text[: end.start()])), (Text(inline.text[end.end() :]), *words[number + 1 :])
    return words, ()


def _meanings(meanings: Sequence[Meaning], messages: Messages) -> Paragraph:
    """What each symbol stands for, as one paragraph."""
    found: list[Inline] = [Strong(messages.symbols)]
    for number, meaning in enumerate(meanings):
        found += [Text("; ")] * (number > 0)
        for k, symbol in enumerate(meaning.symbols):
            found += [*([Text(", ")] * (k > 0)), Math(symbol)]
        found += [Text(" "), *inlines(messages.say(meaning.words))]
    return Paragraph((*found, Text(".")))


def _told(problem: Problem, asked: Words, sections: Sequence[Section]) -> Callable[[Item], bool]:
    """Which assumptions of a problem with meanings a reader is told elsewhere: kinds by the meanings, conventions by the answer, and a definition by any
    formula that says it."""
    if not problem.meanings:
        return lambda item: False
    told: set[tuple[Term, Term]] = set()
    formulas_told: set[Term] = set()
    words: list[Words] = [asked, *(meaning.words for meaning in problem.meanings)]
    for section in sections:
        words += [section.caption, *(reason(step.step) for step in section.theorem.steps)]
    for formula in (piece.term if isinstance(piece, Displayed) else piece for prose in words if not isinstance(prose, str) for piece in prose):
        if isinstance(formula, Relation):
            formulas_told.add(formula)
            told |= set(pairwise(formula.items))
    for section in sections:
        told |= {(step.step.statement.lhs, step.step.statement.rhs) for step in section.theorem.steps}
        told.add((section.theorem.statement.lhs, section.theorem.statement.rhs))
    used = {part for section in sections for step in section.theorem.steps for _, part in subterms(step.step.statement.formula)}

    def leave(item: Item) -> bool:
        match item:
            case Definition(lhs, rhs):
                head = lhs.function if isinstance(lhs, Call) else lhs.base if isinstance(lhs, Index) and item.parameters else lhs
                return (bracketed(lhs), bracketed(rhs)) in told or head not in used
            case Term():
                return item in formulas_told
            case _:
                return True

    return leave


def _says(words: Words, item: Item) -> bool:
    """Whether words hold this formula."""
    return not isinstance(words, str) and any(isinstance(piece, Term) and piece == item for piece in words)


def _figure(figure: ProblemFigure, ledger: Ledger | None, messages: Messages) -> Block:
    """The drawing, or why there is none."""
    words = words_for(messages.language)
    drawing = drawn(_named(figure, ledger, messages), words)
    if isinstance(drawing, Undrawn):
        return Paragraph(inlines(filled(words.undrawn, because=str(messages.say(drawing.because)))))
    return Figure(drawing.scene, inlines(drawing.caption))


def _named(figure: ProblemFigure, ledger: Ledger | None, messages: Messages) -> ProblemFigure:
    """The figure with the names of its parts in the language of the sheet."""
    if isinstance(figure, Shares) and ledger is not None:
        return replace(figure, rows=tuple((flat(messages.say(row.label)), count) for row, (_, count) in zip(ledger.rows, figure.rows, strict=True)))
    return figure


class Steps(Enum):
    """Which steps of a theorem make a line: each; each key step, with those before it; none but the statement."""

    ALL = "all"
    KEY = "key"
    ENDS = "ends"


def chains(
    theorem: Theorem, drawn: Steps = Steps.ALL, messages: Messages = ENGLISH, marks: Sequence[str] = (), brief: Words = "", said: Collection[str] = ()
) -> tuple[Chain, ...]:
    """The steps of a theorem as unbroken chains: a step whose left side is the right side above goes on, any other begins anew. Conditions that were
    ``said`` are not repeated.

    Steps that are drawn together have one line, with the reason of the last (or ``brief`` where the statement stands alone) and the weakest evidence of
    all; the last step of a run always stays.
    """
    if drawn is Steps.ENDS:
        evidence = weakest(tuple(checked.evidence for checked in theorem.steps))
        return (Chain(tuple(_lines(theorem.statement, inlines(messages.say(brief)), evidence, goes_on=False))),)
    found: list[list[Row]] = []
    end: Term | None = None
    for steps, relation, mark in _links(theorem, drawn, marks):
        statement = Statement(steps[0].step.statement.lhs, relation, steps[-1].step.statement.rhs)
        rows = _rows(steps, statement, mark, messages, said, goes_on=statement.lhs == end)
        if statement.lhs == end:
            found[-1] += rows
        else:
            found.append(rows)
        end = statement.rhs
    return tuple(Chain(tuple(rows)) for rows in found)


def _links(theorem: Theorem, drawn: Steps, marks: Sequence[str]) -> Iterator[tuple[tuple[Checked, ...], Rel, str]]:
    """The steps that make one line each, with the relation between the two ends and what the line is worth."""
    run: list[Checked] = []
    relation: Rel | None = None
    following = (*theorem.steps[1:], None)
    for k, (checked, after) in enumerate(zip(theorem.steps, following, strict=True)):
        statement = checked.step.statement
        relation = (compose(relation, statement.relation) if relation is not None else None) or statement.relation
        run.append(checked)
        joins = after is not None and after.step.statement.lhs == statement.rhs and compose(relation, after.step.statement.relation) is not None
        if drawn is Steps.ALL or checked.step.key or not joins:
            yield tuple(run), relation, marks[k] if marks else ""
            run, relation = [], None


def _rows(steps: tuple[Checked, ...], statement: Statement, mark: str, messages: Messages, said: Collection[str], *, goes_on: bool) -> list[Row]:
    evidence = steps[0].evidence if len(steps) == 1 else weakest(tuple(checked.evidence for checked in steps))
    reason = (*_reason(steps[-1], messages, said), *((Strong(f" [{mark}]"),) if mark else ()))
    return _lines(statement, reason, evidence, goes_on=goes_on)


def _lines(statement: Statement, reason: Inlines, evidence: Evidence, *, goes_on: bool) -> list[Row]:
    if goes_on:
        return [Row(None, statement.relation, statement.rhs, reason, evidence)]
    if statement.relation in (Rel.IFF, Rel.IMPLIES):  # both sides are formulas: each has a line of its own
        return [Row(None, None, statement.lhs), Row(None, statement.relation, statement.rhs, reason, evidence)]
    return [Row(statement.lhs, statement.relation, statement.rhs, reason, evidence)]


def _reason(checked: Checked, messages: Messages, said: Collection[str]) -> Inlines:
    words = inlines(messages.say(reason(checked.step)))
    conditions = "; ".join(str(messages.say(condition)) for condition in checked.evidence.assuming if condition not in said)
    if words and conditions:
        return (*words, Text(f" ({conditions})"))
    return words or inlines(conditions)


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
        return (inlines(messages.say(entry.label)), () if entry.term is None else (Math(entry.term),), (Math(value),))

    return Table(
        tuple((Text(words),) for words in messages.ledger_head),
        tuple(row(entry) for entry in ledger.rows),
        (False, False, True),
        None if ledger.total is None else row(ledger.total),
        inlines(messages.say(ledger.caption)),
    )


def _answer(answer: Answer, messages: Messages, under: Sequence[tuple[Inlines, ...]]) -> tuple[Block, ...]:
    """The answer; ``under`` says for each of its formulas what that one assumes, or is empty."""
    blocks: list[Block] = []
    if answer.words:
        blocks += paragraphs(messages.say(answer.words))
    rests = (*((),) * len(answer.general), *(under or ((),) * len(answer.shown)))
    said: tuple[Inlines, ...] = ()
    for shown, items in sorted(zip((*answer.general, *answer.shown), rests, strict=True), key=lambda one: bool(one[1])):  # "Here" reaches to the next one
        if items != said:
            blocks.append(_here(items, messages))
        said = items
        blocks.append(Display(shown.formula if isinstance(shown, Statement) else shown))
    if answer.convention:
        blocks.append(Paragraph((Text(messages.convention), *inlines(messages.say(answer.convention)))))
    return tuple(blocks)


def general_assumptions(problem: Problem, messages: Messages, detail: Detail = Detail.FULL) -> tuple[Inlines, ...]:
    """What the theorems that are printed have in common: the types of their symbols, hypotheses and conventions. Definitions assume nothing, and what one
    theorem assumes stands beside it; a symbol of lemmas that are proved and not printed says nothing to a reader."""
    sections = [section for section in problem.sections if detail.prints(section.depth)]
    contexts = Contexts([section.theorem.context for section in sections])
    seen = {part for term in _terms_seen(problem, sections) for _, part in subterms(term) if isinstance(part, Name)}

    def leave(item: Item) -> bool:
        return isinstance(item, Definition) or (isinstance(item, tuple) and not free_names(item[0]) & seen)

    return contexts.shared(messages, leave)


def _terms_seen(problem: Problem, sections: Sequence[Section]) -> Iterator[Term]:
    """The formulas of a problem that a reader sees."""
    words: list[Words] = [problem.question, problem.answer.words, *problem.notes, *(meaning.words for meaning in problem.meanings)]
    for section in sections:
        words += [section.caption, section.lead]
        yield section.theorem.statement.formula
        for checked in section.theorem.steps:
            yield checked.step.statement.formula
            words.append(reason(checked.step))
    for shown in problem.answer.shown:
        yield shown.formula if isinstance(shown, Statement) else shown
    for meaning in problem.meanings:
        yield from meaning.symbols
    for prose in words:
        yield from _formulas(prose)


def _formulas(words: Words) -> Iterator[Term]:
    """The formulas among words."""
    for piece in () if isinstance(words, str) else words:
        match piece:
            case Term():
                yield piece
            case Displayed(term) | Claimed(term):
                yield term
            case Itemized(items):
                for item in items:
                    yield from _formulas(item)


def every_assumption(problem: Problem, messages: Messages) -> tuple[Inlines, ...]:
    """All that a problem's theorems assume; what only one of them does has that one's name before it."""
    contexts = Contexts([section.theorem.context for section in problem.sections])
    found = list(contexts.shared(messages))
    for section in problem.sections:
        where = messages.only_in.format(theorem=messages.say(section.theorem.title))
        found += [(Text(where), *item) for item in contexts.own(section.theorem.context, messages)]
    return tuple(found)


def versions() -> tuple[str, ...]:
    """The versions of what a derivation rests on, such as ``SymPy 1.14.0``."""
    packages = (("derive", "derive-math"), ("SymPy", "sympy"), ("mpmath", "mpmath"), ("latexify", "latexify-py"))
    return tuple(f"{label} {found}" for label, package in packages if (found := version(package)) is not None)  # None: run from a source tree
