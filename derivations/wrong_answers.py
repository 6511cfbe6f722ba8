"""Wrong answers that look right, each with values at which it fails: those that people give, which the kinds know, else slips in the key steps.

A wrong answer counts only when its rule refutes it with numbers; what is merely undecided is not shown. Which slips are chosen depends on the
problem alone: the order of the steps, of the places in a formula, and of ``_COMMON``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Counterexample, Refuted
from derivations.language.record import record
from derivations.language.structure import transform
from derivations.language.term import Add, Num, Term
from derivations.mutation import Mutant, mutants
from derivations.problem import Mistake, Problem, Words

_COMMON = (
    "neighbour index", "dropped factor", "exponent", "dropped term", "upper bound", "lower bound", "sign", "dropped denominator", "inverted fraction",
    "dropped transpose", "added transpose", "swapped factors", "swapped indices", "swapped limits", "swapped cases", "dropped exponent",
    "dropped absolute value", "rounded the other way", "lost function", "sign of the argument", "dropped root", "lost derivative",
)  # fmt: skip
"""Slips that people make, the commonest first; adding one or doubling is left to machines."""

_TRIES = 60  # mutants of one problem that are put to their rules
_VALUES = 8  # a counterexample with more values than these persuades nobody


@record
class WrongAnswer:
    """``statement`` is false; ``slip`` names the wrong turn or ``why`` says it in words, ``at`` says where it shows."""

    slip: str
    statement: Statement
    at: Counterexample
    why: Words = ""


def wrong_answers(problem: Problem, count: int = 3) -> tuple[WrongAnswer, ...]:
    """The mistakes of the kind as far as they are wrong for these parameters; where it has none, up to ``count`` different slips, the commonest first."""
    known = tuple(filter(None, map(refuted, problem.mistakes)))
    if known:
        return known
    found: dict[str, WrongAnswer] = {}
    candidates = sorted(_candidates(problem), key=lambda c: _COMMON.index(c[2].slip))  # a stable sort: steps stay in their order
    tries = 0
    for theorem, start, mutant in candidates:
        if len(found) == count or tries == _TRIES:
            break
        if mutant.slip in found:
            continue
        tries += 1
        verdict = mutant.step.rule.decide(mutant.step.statement, theorem.context, mutant.step.premises)
        if isinstance(verdict, Refuted) and verdict.counterexample is not None and len(verdict.counterexample.at) <= _VALUES:
            wrong = mutant.step.statement
            found[mutant.slip] = WrongAnswer(mutant.slip, Statement(start, wrong.relation, wrong.rhs), verdict.counterexample)
    return tuple(found.values())


def refuted(mistake: Mistake) -> WrongAnswer | None:
    """A mistake with values at which it fails, or None where its rule has none."""
    verdict = mistake.rule.decide(mistake.claim, mistake.context, ())
    if isinstance(verdict, Refuted) and verdict.counterexample is not None:
        return WrongAnswer("", mistake.claim, verdict.counterexample, mistake.why)
    return None


def _candidates(problem: Problem) -> Iterator[tuple[Theorem, Term, Mutant]]:
    """Mutants of the key steps with the left side that a reader knows: where the run of equations began. Main sections come first."""
    for section in sorted(problem.sections, key=lambda section: section.role != "main"):
        start: Term | None = None
        end: Term | None = None
        for checked in section.theorem.steps:
            statement = checked.step.statement
            if start is None or statement.lhs != end:
                start = statement.lhs
            if checked.step.key and statement.relation is Rel.EQ:
                for mutant in mutants(checked.step):
                    tidy = _tidied(mutant)
                    if tidy.slip in _COMMON and tidy.step.statement.rhs != statement.rhs and not _opens_with_minus(tidy, statement.rhs):
                        yield section.theorem, start, tidy
            end = statement.rhs if statement.relation is Rel.EQ else None


def _tidied(mutant: Mutant) -> Mutant:
    """The mutant as a person would have written it: ``2 + 1`` that a slip brought in is 3."""
    statement = mutant.step.statement
    right = transform(statement.rhs, _one_more)
    return replace(mutant, step=replace(mutant.step, statement=replace(statement, rhs=right)))


def _one_more(node: Term) -> Term:
    """``n + 1`` and ``... - n + 1`` with the two numbers put together."""
    match node:
        case Add((*before, (sign, Num(digits)), ("+", Num("1")))) if digits.isdigit() and sign in ("+", "-"):
            number = int(digits) + (1 if sign == "+" else -1)
            parts = tuple(before) if sign == "-" and number == 0 and before else (*before, (sign, Num(str(number))))
            return parts[0][1] if len(parts) == 1 and parts[0][0] == "+" else Add(parts)
        case _:
            return node


def _opens_with_minus(mutant: Mutant, right: Term) -> bool:
    """A minus sign before the whole, which nobody writes by mistake."""
    changed = mutant.step.statement.rhs
    return isinstance(changed, Add) and changed.parts[0][0] == "-" and not (isinstance(right, Add) and right.parts[0][0] == "-")
