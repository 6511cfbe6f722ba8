"""What a problem gives for a pool: for each thing that its answer states a question of the best kind for it, with the wrong answers that people give.

A number is asked for where the answer is one; a formula where a platform can tell whether two are equal; else the answer is to be chosen among wrong ones, each
of which the engine has refuted; else it is written, and marked by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any, Final, Literal

from derivations.kernel.statement import Rel, Statement
from derivations.language.context import Context
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Call, Deriv, Index, Name, Term
from derivations.problem import Problem
from derivations.wrong_answers import WrongAnswer, wrong_answers
from render.compose import Entry, inlines
from render.document import Block, Figure, Inlines, Paragraph, Question, Space, Strong, Text, Told, rewritten
from render.editions import failure, shown
from render.messages import Messages
from render.pool.maxima import NoMaximaError, identifiers, maxima
from render.printing import Edition, Printing

Kind = Literal["number", "formula", "choice", "essay"]
Written = Callable[[Term], Term]
Said = Callable[[Inlines], Inlines]
KINDS: Final[tuple[Kind, ...]] = ("number", "formula", "choice", "essay")
"""The best first."""

_CHOICES: Final = 2
"""Wrong answers that a choice has at least."""
_PLACES: Final = 12
_LARGEST: Final = 10**15
"""Beyond it platforms do not tell neighbouring integers apart."""


@record
class Wrong:
    """A wrong answer: the formula, why it is wrong, and its value where it is a number or a formula of the platform."""

    formula: Term
    why: Inlines
    number: Fraction | None = None
    maxima: str = ""


@record
class PoolQuestion:
    """One question. ``category`` is the problem that it is a variant of, ``identifier`` names it among all.

    ``left`` is what is asked for (``parameters``), ``right`` what it is; ``number`` with ``tolerance`` and ``places``, or ``formula`` with the names that a
    student may use. ``feedback`` is the solution.
    """

    kind: Kind
    identifier: str
    name: str
    category: str
    asked: tuple[Block, ...]
    feedback: tuple[Block, ...]
    marks: Fraction
    left: Term | None
    right: Term | None
    wrong: tuple[Wrong, ...] = ()
    number: Fraction | None = None
    tolerance: Fraction = Fraction(0)
    places: int = 0
    formula: str = ""
    names: tuple[str, ...] = ()


def questions(entry: Entry, number: int, identifier: str, printing: Printing, kinds: Collection[Kind] = KINDS) -> tuple[PoolQuestion, ...]:
    """The questions of a problem, which is number ``number`` of its sheet, of the best of ``kinds`` for each thing that is asked.

    Raises:
        DeriveError: in the notation of ``printing`` two symbols of the problem would print alike.
    """
    if entry.below:
        parts = [(one.letter, one.entry) for one in entry.below if one.entry is not None]
        made = [(letter, question) for letter, part in parts for question in questions(part, number, f"{identifier}-{letter}", printing, kinds)]
        return tuple(replace(question, name=f"{question.name} ({letter})") for letter, question in made)
    problem, messages = entry.problem, printing.messages
    name = messages.problem.format(number=number)
    where = f"{name} ({problem.kind})"
    asked = shown(entry, replace(printing, edition=Edition.QUESTIONS), where)
    solved = shown(entry, replace(printing, edition=Edition.SOLUTIONS), where)
    title = asked.notation.words(f"{name}. {asked.title}")

    def written(term: Term) -> Term:
        return asked.notation.term(messages.term(term))

    def say(found: Inlines) -> Inlines:
        (block,) = asked.notation.blocks(rewritten((Paragraph(found),), messages.term, str), where)
        return block.inlines if isinstance(block, Paragraph) else found

    base = PoolQuestion(
        "essay", identifier, title, title, tuple(b for block in asked.blocks for b in _asked(block)), tuple(filter(_is_solution, solved.blocks)),
        Fraction(1) if entry.marks is None else entry.marks, None, None,
    )  # fmt: skip
    found = [_question(base, target, problem, written, say, messages, kinds) for target in _targets(problem)]
    asking = [question for question in found if question is not None]
    if not asking:
        return (base,) if "essay" in kinds else ()
    if len(asking) == 1:
        return tuple(asking)
    share = base.marks / len(asking)
    return tuple(replace(q, identifier=f"{identifier}-{k}", name=f"{title} ({k})", marks=share) for k, q in enumerate(asking, 1))


def _asked(block: Block) -> tuple[Block, ...]:
    match block:
        case Question(inside):
            return inside
        case Told() | Space():
            return ()
        case _:
            return (block,)


def _is_solution(block: Block) -> bool:
    """The steps and the answer: drawings do not travel, and the question stands above."""
    return not isinstance(block, Question | Figure | Told | Space)


def _targets(problem: Problem) -> tuple[Statement, ...]:
    """What the answer states: an equation for each name. Of several for one name the first: the others are ways to write it."""
    found: dict[Term, Statement] = {}
    for statement in problem.answer.shown:
        if isinstance(statement, Statement) and statement.relation is Rel.EQ and _is_named(statement.lhs):
            found.setdefault(statement.lhs, statement)
    several = isinstance(problem.answer.value, tuple | list)
    return () if several and len(found) < len(problem.answer.shown) else tuple(found.values())  # two quantities of one name: nobody knows which is asked


def _is_named(lhs: Term) -> bool:
    """Whether the left side is a name of the quantity: an equation between two formulas would take the question itself for its answer."""
    return isinstance(lhs, Name | Index | Call | Deriv)


def _value(term: Term) -> Fraction | None:
    """The number that a term without names is, where it is a fraction."""
    try:
        found: Any = denote(term, Context())
    except DeriveError:
        return None
    return Fraction(int(found.p), int(found.q)) if getattr(found, "is_Rational", False) else None


def _question(
    base: PoolQuestion, target: Statement, problem: Problem, written: Written, say: Said, messages: Messages, kinds: Collection[Kind]
) -> PoolQuestion | None:
    wrong = [answer for answer in _wrong(problem, target) if answer.statement.rhs != target.rhs]
    found = replace(base, left=written(target.lhs), right=written(target.rhs))
    number = _value(target.rhs)
    if "number" in kinds and number is not None and abs(number) < _LARGEST:
        places, tolerance = _precision(number)
        near = [Wrong(written(w.statement.rhs), say(_why(w, messages)), value) for w in wrong if (value := _value_of_wrong(w)) is not None]
        apart: dict[Fraction, Wrong] = {}  # what a platform can tell from ours, each value once
        for w in near:
            if w.number is not None and abs(w.number - number) > 2 * tolerance:
                apart.setdefault(w.number, w)
        return replace(found, kind="number", number=number, places=places, tolerance=tolerance, wrong=tuple(apart.values()))
    if "formula" in kinds and number is None:
        try:
            formula, names = maxima(found.right or target.rhs), identifiers(found.right or target.rhs)
            return replace(found, kind="formula", formula=formula, names=names, wrong=tuple(_as_formulas(wrong, names, written, say, messages)))
        except NoMaximaError:
            pass
    if "choice" in kinds and len(wrong) >= _CHOICES:
        return replace(found, kind="choice", wrong=tuple(Wrong(written(w.statement.rhs), say(_why(w, messages))) for w in wrong))
    return None


def _as_formulas(wrong: Sequence[WrongAnswer], names: Sequence[str], written: Written, say: Said, messages: Messages) -> list[Wrong]:
    """The wrong answers that the platform can compare with what a student types, each once."""
    found: dict[str, Wrong] = {}
    for answer in wrong:
        term = written(answer.statement.rhs)
        try:
            formula = maxima(term)
            if set(identifiers(term)) <= set(names):
                found.setdefault(formula, Wrong(term, say(_why(answer, messages)), maxima=formula))
        except NoMaximaError:
            continue
    return list(found.values())


def _wrong(problem: Problem, target: Statement) -> list[WrongAnswer]:
    """Wrong answers to just this: those that people give, and slips where these are few."""
    found = {w.statement: w for w in wrong_answers(problem) if _answers(w, target)}
    if len(found) < _CHOICES and problem.mistakes:
        for w in wrong_answers(replace(problem, mistakes=())):
            if _answers(w, target):
                found.setdefault(w.statement, w)
    return list(found.values())


def _answers(wrong: WrongAnswer, target: Statement) -> bool:
    return wrong.statement.lhs == target.lhs and wrong.statement.relation is target.relation


def _why(wrong: WrongAnswer, messages: Messages) -> Inlines:
    if wrong.why:
        return inlines(messages.say(wrong.why))
    slip = messages.slips.get(wrong.slip, wrong.slip)
    return (Strong(slip[:1].upper() + slip[1:]), Text(". "), *failure(wrong, messages))


def _value_of_wrong(wrong: WrongAnswer) -> Fraction | None:
    """What the wrong answer is, exactly, where no name is free in it: it was computed when it was refuted."""
    if wrong.at.at:
        return None
    try:
        return Fraction(wrong.at.right)
    except (ValueError, ZeroDivisionError):
        return None


def _precision(number: Fraction) -> tuple[int, Fraction]:
    """To how many places an answer is to be rounded, and how far it may be off: never so far that an integer beside it would do. Integers are exact."""
    if number.denominator == 1:
        return 0, Fraction(0)
    away = min(number - int(number // 1), int(number // 1) + 1 - number)
    places = next((k for k in range(2, _PLACES) if away > Fraction(1, 10**k)), _PLACES)
    return places, Fraction(1, 10**places)


def told(question: PoolQuestion, messages: Messages) -> Inlines:
    """How an answer is to be written."""
    if question.kind == "number" and question.places:
        return (Text(messages.pool["places"].format(places=question.places)),)
    if question.kind == "formula":
        return (Text(messages.pool["names"].format(names=", ".join(question.names))),) if question.names else ()
    return (Text(messages.pool["choose"]),) if question.kind == "choice" else ()


def decimal_text(value: Fraction) -> str:
    """A number as platforms read it: a decimal, of fifteen places where it has no end."""
    if value.denominator == 1:
        return str(value.numerator)
    with localcontext() as digits:
        digits.prec = 60
        rounded = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-15))
    return f"{rounded:f}".rstrip("0").rstrip(".")
