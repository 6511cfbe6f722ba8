"""The editions of a sheet from one source: questions to hand out, hints, solutions, and what staff mark by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from derivations.kernel.verdict import Counterexample
from derivations.language.record import record
from derivations.language.term import Add, Frac, Index, Name, Num, Term, relation
from derivations.problem import Displayed, Itemized, Problem, Words, reason
from derivations.wrong_answers import WrongAnswer, wrong_answers
from render import declared
from render.compose import Entry, inlines, paragraphs, problem_blocks
from render.document import Block, Caption, Display, Inline, Inlines, Items, Math, Paragraph, Question, Space, Strong, Text, Told, rewritten
from render.messages import Messages
from render.printing import Detail, Edition, Printing
from render.profiles import Notation
from render.remembered import Remembered


@record
class Hint:
    """A part of the plan: what is shown there, and the reasons that its steps have, without the steps; or the author's own ``words``."""

    role: str
    caption: Words
    reasons: tuple[Words, ...]
    words: Words = ""


@record
class Shown:
    """What an edition shows of a problem, which is all that a writer is given: a file cannot hold what its edition does not show.

    ``hints`` and ``solution`` are there in the editions that show them. ``blocks`` are in the notation that ``notation`` is, and so should everything
    else be that a writer prints.
    """

    kind: str
    title: str
    parameters: Mapping[str, object]
    question: Words
    marks: Fraction | None
    note: str
    notation: Notation
    blocks: tuple[Block, ...]
    hints: tuple[Hint, ...] | None
    solution: Problem | None
    parts: tuple[tuple[str, Shown], ...] = ()
    """The parts that have solutions of their own, by their letters."""


def shown(entry: Entry, printing: Printing, where: str) -> Shown:
    """The problem of an entry as the edition of ``printing`` shows it. ``where`` names it in messages.

    Raises:
        DeriveError: in the notation of ``printing`` two symbols of the problem would print alike.
    """
    problem, messages = entry.problem, printing.messages
    notation = (entry.profile or printing.profile).of(problem)
    how = (printing.edition, printing.detail, printing.messages.language, printing.style, printing.ruled, printing.boxed)
    key = (repr(entry.question), entry.marks, entry.space, notation.profile, *how, *map(repr, entry.below))
    return Shown(
        problem.kind,
        entry.heading or str(printing.messages.say(problem.title)),
        problem.parameters,
        printing.messages.say(problem.question) if entry.question is None else entry.question,
        entry.marks,
        heading_note(entry, printing),
        notation,
        _composed.get(problem, key, lambda: notation.blocks(rewritten(edition_blocks(entry, printing), messages.term, str), where)),
        plan(problem, printing.detail, printing.messages) if printing.edition is Edition.HINTS else None,
        problem if printing.edition.solved else None,
        tuple((one.letter, shown(one.entry, printing, f"{where}, part ({one.letter})")) for one in entry.below if one.entry is not None),
    )


_composed: Remembered[tuple[Block, ...]] = Remembered()

_SPACE = (3.0, 1.0, 14.0)  # centimetres to write in: at least, more for each key step, at most
_ONE = Fraction(1)


def edition_blocks(entry: Entry, printing: Printing) -> tuple[Block, ...]:
    """What stands under the heading of a problem."""
    messages = printing.messages
    question = paragraphs(messages.say(entry.problem.question) if entry.question is None else entry.question)
    match printing.edition:
        case Edition.QUESTIONS:
            return (*_asked(question), Told((declared.END,)), *(() if printing.boxed else (Space(_space(entry), printing.ruled),)))
        case Edition.HINTS:
            if entry.below:
                return (*_asked(question), *_plans(entry, printing), Told((declared.END,)))
            return (*_asked(question), *_plan(plan(entry.problem, printing.detail, messages), messages), Told((declared.END,)))
        case Edition.SOLUTIONS | Edition.STAFF if entry.below:
            return (*_asked(question), Told((declared.END,)), *_solved_below(entry, printing), *_notes(entry.problem.notes, messages))
        case Edition.SOLUTIONS:
            return problem_blocks(entry.problem, messages, entry.question, detail=printing.detail)
        case Edition.STAFF:
            worth = marks_of(entry.problem, entry.marks, printing.detail)
            steps = tuple(_shown(m, printing) if m else "" for m in worth.steps)
            last = _shown(worth.answer, printing) if worth.answer else ""
            solved = problem_blocks(entry.problem, messages, entry.question, detail=printing.detail, marks=steps, answer_mark=last)
            parts = {"method": worth.method, "steps": sum(worth.steps, Fraction(0)), "answer": worth.answer}
            told = Paragraph((Text(messages.marking.format(**{name: _shown(m, printing) for name, m in parts.items()})),))
            return (*solved[:2], told, *solved[2:], *_wrong(entry.problem, messages))


def _plans(entry: Entry, printing: Printing) -> Iterator[Block]:
    """The hints of the parts, each under its letter, behind those of the whole."""
    messages = printing.messages
    yield Caption((Text(messages.plan),))
    for words in entry.problem.hints:
        yield from paragraphs(messages.say(words))
    for one in entry.below:
        if one.entry is not None:
            found = _plan(plan(one.entry.problem, printing.detail, messages), messages)
            if found:
                yield Paragraph((Strong(f"({one.letter})"),))
                yield from found[1:]


def _solved_below(entry: Entry, printing: Printing) -> Iterator[Block]:
    """The solutions of the parts, each under its letter in place of its question, which stands above with the others."""
    for one in entry.below:
        if one.entry is None:
            yield Caption((Text(f"({one.letter})"),))
            yield from _notes((one.words,), printing.messages)
            continue
        note = heading_note(one.entry, printing)
        title = f"({one.letter}) {printing.messages.say(one.entry.problem.title)}" + (f" ({note})" if note else "")
        for block in edition_blocks(one.entry, printing):
            yield Caption((Text(title),)) if isinstance(block, Question) else block


def _notes(notes: tuple[Words, ...], messages: Messages) -> Iterator[Block]:
    """The author's own words, which nothing proves."""
    if notes:
        yield Told((declared.PROBLEM, declared.WORDS))
        for words in notes:
            yield from paragraphs(messages.say(words))
        yield Told((declared.END,))


def _asked(question: tuple[Block, ...]) -> tuple[Block, ...]:
    """The question, with a word for the checker: its formulas are asked for, and nothing on this sheet proves them."""
    return (Told((declared.PROBLEM, declared.ASKED)), Question(question))


def heading_note(entry: Entry, printing: Printing) -> str:
    """The marks of a problem: those that the sheet gives, and for staff those that its steps add up to."""
    if entry.marks is not None:
        return printing.messages.marked(_shown(entry.marks, printing))
    if printing.edition is Edition.STAFF:
        return printing.messages.marked(_shown(marks_of(entry.problem, None, printing.detail).total, printing))
    return ""


@record
class Marks:
    """What the parts of a problem are worth: the method, each step in the order of the problem's steps, the answer."""

    method: Fraction
    steps: tuple[Fraction, ...]
    answer: Fraction

    @property
    def total(self) -> Fraction:
        return self.method + sum(self.steps, Fraction(0)) + self.answer


_TOLD = 200  # characters: matrices in full persuade nobody
_USUAL = 3  # marks for the steps where the sheet does not say what a problem is worth, one for each key step up to that


def marks_of(problem: Problem, total: Fraction | None, detail: Detail = Detail.NORMAL) -> Marks:
    """Marks by part: a quarter of the total for the method and one for the answer, the rest spread evenly over the key steps that are printed.

    All in whole marks (halves if the total has a half). One for the method, one for the answer and up to three for the steps where there is no total.
    """
    shown = [detail.prints(section.depth) and detail.prints(section.whole) for section in problem.sections]
    key = [checked.step.key and here for section, here in zip(problem.sections, shown, strict=True) for checked in section.theorem.steps]
    unit = _ONE if total is None or total.denominator == 1 else _ONE / 2
    count = sum(key)
    whole = Fraction(2 + min(count, _USUAL)) if total is None else total
    answer = unit * max(1, int(whole / 4 / unit))
    method = answer if total is None or whole - answer > unit else Fraction(0)
    pieces = int((whole - method - answer) / unit) if count else 0
    found: list[Fraction] = []
    reached = 0
    for is_key in key:
        before = reached * pieces // count if count else 0
        reached += is_key
        found.append(unit * ((reached * pieces // count if count else 0) - before))
    return Marks(method, tuple(found), whole - method - unit * pieces)


def _shown(marks: Fraction, printing: Printing) -> str:
    return printing.style.number(f"{float(marks):g}", "")


def _space(entry: Entry) -> float:
    if entry.space is not None:
        return entry.space
    least, each, most = _SPACE
    return min(most, least + each * sum(checked.step.key for checked in entry.problem.steps))


def plan(problem: Problem, detail: Detail, messages: Messages) -> tuple[Hint, ...]:
    """The hints of the problem; else captions, rules and reasons without the algebra."""
    if problem.hints:
        return tuple(Hint("main", "", (), messages.say(words)) for words in problem.hints)
    found: list[Hint] = []
    for section in problem.sections:
        if detail.prints(section.depth):
            steps = (c.step for c in section.theorem.steps if c.step.key or detail is not Detail.KEY)
            reasons = dict.fromkeys(messages.say(reason(step)) for step in steps)
            found.append(Hint(section.role, messages.say(section.caption or (section.theorem.title if section.titled else "")), tuple(filter(None, reasons))))
    return tuple(found)


def _plan(hints: tuple[Hint, ...], messages: Messages) -> tuple[Block, ...]:
    if not any(hint.caption or hint.reasons or hint.words for hint in hints):
        return ()
    blocks: list[Block] = [Caption((Text(messages.plan),))]
    if len(hints) > 1 and all(hint.words and not any(isinstance(p, Displayed | Itemized) for p in hint.words) for hint in hints):
        return (*blocks, Items(tuple(inlines(hint.words) for hint in hints)))
    for hint in hints:
        lead: Inlines = (Strong(messages.lemma),) if hint.role == "lemma" else ()
        if hint.caption:
            blocks.append(Caption((*lead, *inlines(hint.caption))))
        blocks += paragraphs(hint.words)
        if hint.reasons:
            blocks.append(Items(tuple(inlines(words) for words in hint.reasons)))
    return tuple(blocks)


def _wrong(problem: Problem, messages: Messages) -> Iterator[Block]:
    found = wrong_answers(problem)
    if found:
        yield Told((declared.WRONG,))
        yield Caption((Text(messages.wrong),))
    for wrong in found:
        slip = messages.slips.get(wrong.slip, wrong.slip)
        yield Paragraph(inlines(messages.say(wrong.why)) if wrong.why else (Strong(slip[:1].upper() + slip[1:]), Text(":")))
        yield Display(wrong.statement.formula)
        told = failure(wrong, messages)
        if sum(len(part.text) for part in told if isinstance(part, Text)) <= _TOLD:
            yield Paragraph(told)
    if found:
        yield Told((declared.END,))


def failure(wrong: WrongAnswer, messages: Messages) -> Inlines:
    """Where a wrong answer shows, in a sentence."""
    at: Counterexample = wrong.at
    found: list[Inline] = [Text(messages.wrong_at if at.at else messages.wrong_always)]
    for k, (name, value) in enumerate(at.at):
        found += [Text(", ")] * (k > 0)
        symbol, number = symbol_term(name), value_term(value)
        if symbol is not None and number is not None:
            found.append(Math(relation(symbol, "=", number)))
        else:
            found.append(Text(f"{name} = {value}"))
    before, between, after = messages.wrong_sides
    for words, side in ((before, at.left), (between, at.right)):
        number = value_term(side)
        found += [Text(words), Text(side) if number is None else Math(number)]
    return (*found, Text(after))


_NAME = re.compile(r"([A-Za-z]+)('*)(?:\^\((\w+)\))?(?:_\{?(\w+(?:,\w+)*)}?)?")
_VALUE = re.compile(r"(-?)(\d+(?:\.\d+)?)(?:/(\d+))?")


def symbol_term(text: str) -> Term | None:
    """The symbol of a counterexample, ``w_1`` or ``C^(in)``; None where it is not one that can be taken apart."""
    match = _NAME.fullmatch(text)
    if match is None:
        return None
    bare, primes, label, subscripts = match.groups()
    name = Name(bare, primes=len(primes), label=label or "")
    if not subscripts:
        return name
    return Index(name, tuple(Num(s) if s.isdigit() else Name(s) for s in subscripts.split(",")))


def value_term(text: str) -> Term | None:
    """The value of a counterexample, ``-1/2``; None where it is not a number."""
    match = _VALUE.fullmatch(text)
    if match is None:
        return None
    sign, above, below = match.groups()
    size: Term = Num(above) if below is None else Frac(Num(above), Num(below), slash=True)
    return Add((("-", size),)) if sign else size
