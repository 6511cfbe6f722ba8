"""The editions of a sheet from one source: questions to hand out, hints, solutions, and what staff mark by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from derivations.kernel.verdict import Counterexample
from derivations.language.term import Add, Frac, Index, Name, Num, Term, relation
from derivations.problem import Problem, Words, reason
from derivations.wrong_answers import WrongAnswer, wrong_answers
from render import declared
from render.compose import Entry, inlines, paragraphs, problem_blocks
from render.document import Block, Caption, Display, Inline, Inlines, Items, Math, Paragraph, Question, Space, Strong, Text, Told
from render.messages import Messages
from render.printing import Detail, Edition, Printing
from render.profiles import Notation
from render.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Hint:
    """A part of the plan: what is shown there, and the reasons that its steps have, without the steps; or the author's own ``words``."""

    role: str
    caption: Words
    reasons: tuple[str, ...]
    words: Words = ""


@dataclass(frozen=True, slots=True)
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


def shown(entry: Entry, printing: Printing, where: str) -> Shown:
    """The problem of an entry as the edition of ``printing`` shows it. ``where`` names it in messages.

    Raises:
        DeriveError: in the notation of ``printing`` two symbols of the problem would print alike.
    """
    problem = entry.problem
    notation = (entry.profile or printing.profile).of(problem)
    key = (repr(entry.question), entry.marks, entry.space, notation.profile, printing.edition, printing.detail, printing.messages.language, printing.style)
    return Shown(
        problem.kind,
        entry.heading or problem.title,
        problem.parameters,
        problem.question if entry.question is None else entry.question,
        entry.marks,
        heading_note(entry, printing),
        notation,
        _composed.get(problem, key, lambda: notation.blocks(edition_blocks(entry, printing), where)),
        plan(problem, printing.detail) if printing.edition is Edition.HINTS else None,
        problem if printing.edition.solved else None,
    )


_composed: Remembered[tuple[Block, ...]] = Remembered()

_SPACE = (3.0, 1.0, 14.0)  # centimetres to write in: at least, more for each key step, at most
_ONE = Fraction(1)


def edition_blocks(entry: Entry, printing: Printing) -> tuple[Block, ...]:
    """What stands under the heading of a problem."""
    question = paragraphs(entry.problem.question if entry.question is None else entry.question)
    key_only = printing.detail is Detail.KEY
    match printing.edition:
        case Edition.QUESTIONS:
            return (*_asked(question), Told((declared.END,)), Space(_space(entry)))
        case Edition.HINTS:
            return (*_asked(question), *_plan(plan(entry.problem, printing.detail), printing.messages), Told((declared.END,)))
        case Edition.SOLUTIONS:
            return problem_blocks(entry.problem, printing.messages, entry.question, key_only=key_only)
        case Edition.STAFF:
            marks = tuple(_shown(m, printing) if m else "" for m in step_marks(entry.problem, entry.marks))
            solved = problem_blocks(entry.problem, printing.messages, entry.question, key_only=key_only, marks=marks)
            return (*solved, *_wrong(entry.problem, printing.messages))


def _asked(question: tuple[Block, ...]) -> tuple[Block, ...]:
    """The question, with a word for the checker: its formulas are asked for, and nothing on this sheet proves them."""
    return (Told((declared.PROBLEM, declared.ASKED)), Question(question))


def heading_note(entry: Entry, printing: Printing) -> str:
    """The marks of a problem: those that the sheet gives, and for staff those that its steps add up to."""
    if entry.marks is not None:
        return printing.messages.marked(_shown(entry.marks, printing))
    if printing.edition is Edition.STAFF:
        return printing.messages.marked(_shown(sum(step_marks(entry.problem, None), Fraction(0)), printing))
    return ""


def step_marks(problem: Problem, total: Fraction | None) -> tuple[Fraction, ...]:
    """Marks for each step: one for each key step, or ``total`` spread evenly over the key steps in whole marks (halves if it has a half).

    They always add up to the total; where there are more key steps than marks, some steps get none, and the last one gets one.
    """
    key = [checked.step.key for checked in problem.steps]
    if total is None:
        return tuple(Fraction(k) for k in key)
    unit = _ONE if total.denominator == 1 else _ONE / 2
    pieces, count = int(total / unit), sum(key)
    found: list[Fraction] = []
    reached = 0
    for is_key in key:
        before = reached * pieces // count if count else 0
        reached += is_key
        found.append(unit * ((reached * pieces // count if count else 0) - before))
    return tuple(found)


def _shown(marks: Fraction, printing: Printing) -> str:
    return printing.style.number(f"{float(marks):g}", "")


def _space(entry: Entry) -> float:
    if entry.space is not None:
        return entry.space
    least, each, most = _SPACE
    return min(most, least + each * sum(checked.step.key for checked in entry.problem.steps))


def plan(problem: Problem, detail: Detail) -> tuple[Hint, ...]:
    """Captions, rules and reasons without the algebra."""
    if problem.hints:
        return tuple(Hint("main", "", (), words) for words in problem.hints)
    found: list[Hint] = []
    for section in problem.sections:
        steps = (c.step for c in section.theorem.steps if c.step.key or detail is Detail.ALL)
        reasons = dict.fromkeys(map(reason, steps))
        found.append(Hint(section.role, section.caption or (section.theorem.title if section.titled else ""), tuple(filter(None, reasons))))
    return tuple(found)


def _plan(hints: tuple[Hint, ...], messages: Messages) -> tuple[Block, ...]:
    if not any(hint.caption or hint.reasons or hint.words for hint in hints):
        return ()
    blocks: list[Block] = [Caption((Text(messages.plan),))]
    for hint in hints:
        lead: Inlines = (Strong(messages.lemma),) if hint.role == "lemma" else ()
        if hint.caption:
            blocks.append(Caption((*lead, *inlines(hint.caption))))
        blocks += paragraphs(hint.words)
        if hint.reasons:
            blocks.append(Items(tuple((Text(reason),) for reason in hint.reasons)))
    return tuple(blocks)


def _wrong(problem: Problem, messages: Messages) -> Iterator[Block]:
    found = wrong_answers(problem)
    if found:
        yield Told((declared.WRONG,))
        yield Caption((Text(messages.wrong),))
    for wrong in found:
        slip = messages.slips.get(wrong.slip, wrong.slip)
        yield Paragraph((Strong(slip[:1].upper() + slip[1:]), Text(":")))
        yield Display(wrong.statement.formula)
        yield Paragraph(_fails(wrong, messages))
    if found:
        yield Told((declared.END,))


def _fails(wrong: WrongAnswer, messages: Messages) -> Inlines:
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
