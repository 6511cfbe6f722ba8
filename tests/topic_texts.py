"""The examples of the catalogue, worked out once for all tests, and each written as lines that a person can read.

``python tests/topic_texts.py`` writes the goldens anew, one file for a kind; read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from derivations.catalogue import KINDS, Kind, find
from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Theorem
from derivations.language.context import Context
from derivations.language.term import Term
from derivations.problem import Displayed, Itemized, Literally, Problem, Words
from render.notation.text import text, text_sign

GOLDENS = Path(__file__).parent / "goldens" / "topics"


@cache
def _built(kind: str, given: tuple[tuple[str, object], ...]) -> Problem:
    return find(kind).build(dict(given))


def built(kind: str, **given: object) -> Problem:
    """The problem of a kind, derived once for each set of parameters."""
    return _built(kind, tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in given.items()))


def examples(kind: Kind) -> tuple[Problem, ...]:
    """The problems of a kind's own examples."""
    return tuple(built(kind.name, **example) for example in kind.examples)


def all_examples() -> Iterator[tuple[str, Problem]]:
    """Every example of the catalogue with its command line."""
    for kind in KINDS:
        for example, problem in zip(kind.examples, examples(kind), strict=True):
            yield " ".join((kind.name, *(f"--{name.replace('_', '-')} {value}" for name, value in example.items()))), problem


def golden(kind: Kind) -> str:
    """All examples of a kind as text."""
    parts = []
    for command, problem in ((c, p) for c, p in all_examples() if c.split()[0] == kind.name):
        lines = [command, "=" * len(command), "", *(line for section in problem.sections for line in (*theorem_lines(section.theorem), ""))]
        lines.append("answer")
        lines.extend(f"    {formula(shown)}" for shown in problem.answer.shown)
        lines.extend(f"    {line}" for line in (words(problem.answer.words), words(problem.answer.convention)) if line)
        lines.append(f"    value: {problem.answer.value}   known: {problem.evidence.word}")
        lines.extend(f"note: {words(note)}" for note in problem.notes)
        parts.append("\n".join(lines))
    return "\n\n\n".join(parts) + "\n"


def theorem_lines(theorem: Theorem) -> Iterator[str]:
    """Title, assumptions, then ``lhs relation rhs | because | rule: how known`` for every step."""
    yield f"{theorem.title}:   {formula(theorem.statement)}   [{theorem.evidence.word}]"
    for line in context_lines(theorem.context):
        yield f"  given  {line}"
    end: Term | None = None
    for checked in theorem.steps:
        step = checked.step
        left = "      " if step.statement.lhs == end else f"{text(step.statement.lhs)} "
        end = step.statement.rhs
        known = checked.evidence.word + "".join(f", if {condition}" for condition in checked.evidence.assuming)
        using = [p.title if isinstance(p, Theorem) else formula(p) for p in step.premises]
        by = step.rule.name + (f" with {'; '.join(using)}" if using else "")
        yield f"    {left}{text_sign(step.statement.relation.value)} {text(end)} | {step.because or '-'} | {by}: {known}"


def context_lines(context: Context) -> Iterator[str]:
    """What a context assumes, one thing on a line: kinds grouped, then hypotheses, definitions, ranges and conventions."""
    kinds: dict[object, list[str]] = {}
    for symbol, kind in context.kinds:
        kinds.setdefault(kind, []).append(text(symbol))
    yield from (f"{', '.join(symbols)}: {kind_words(kind)}" for kind, symbols in kinds.items())
    yield from (text(hypothesis) for hypothesis in context.hypotheses)
    yield from (f"{text(d.lhs)} := {text(d.rhs)}" for d in context.definitions)
    yield from (f"{text(name)} from {text(low)} to {text(high)}" for name, low, high in context.ranges)
    yield from context.conventions


def kind_words(kind: object) -> str:
    """``Scalar natural``, ``Array N x N (permutation)``."""
    name = type(kind).__name__
    match name:
        case "Array":
            properties = kind.properties  # type: ignore[attr-defined]
            return f"Array {text(kind.rows)} x {text(kind.cols)}" + (f" ({', '.join(sorted(properties))})" if properties else "")  # type: ignore[attr-defined]
        case "Scalar" | "Sequence":
            return f"{name} {kind.domain.value}"  # type: ignore[attr-defined]
        case "Function":
            return f"Function of {kind.arity}" + (f" ({', '.join(sorted(kind.properties))})" if kind.properties else "")  # type: ignore[attr-defined]
        case "Softmax":
            return f"Softmax along axis {kind.axis}"  # type: ignore[attr-defined]
        case _:
            return repr(kind)


def formula(shown: Statement | Term) -> str:
    """A statement or a term in one line."""
    return text(shown.formula if isinstance(shown, Statement) else shown)


def words(prose: Words) -> str:
    """Words with their formulas in one line."""
    if isinstance(prose, str):
        return prose
    found = []
    for piece in prose:
        match piece:
            case str():
                found.append(piece)
            case Displayed(term):
                found.append(text(term))
            case Literally(letters):
                found.append(letters)
            case Itemized(items):
                found.append("; ".join(map(words, items)))
            case _:
                found.append(text(piece))
    return "".join(found)


def golden_path(kind: Kind) -> Path:
    return GOLDENS / f"{kind.name}.txt"


if __name__ == "__main__":
    for each in KINDS:
        golden_path(each).write_text(golden(each), encoding="utf-8")
