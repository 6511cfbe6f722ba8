"""Reads tests/judge_cases/*.txt: derivations with the declarations that a document would make in words, each step with the verdict it must get.

    ## softmax jacobian
    seq z; natural K; range i 1 K; range j 1 K
    def p_i := \\frac{e^{z_i}}{\\sum_{k=1}^K e^{z_k}}
    given x > 0
    P a = b      valid, and there must be a proof for all values
    + a = b      valid: accepted, by a proof or on samples
    ? a = b      valid, but undecided today: never refuted
    - a = b      invalid: refuted
    x a = b      invalid, but undecided today: never accepted
    N a = b      invalid (or not implied): the provers alone, without the refuter, must not accept it

A line that starts with a relation sign goes on from the right side before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from derivations.kernel.statement import Rel, Statement
from derivations.language.context import Array, Context, Domain, Function, IndexSet, RandomVariable, Scalar, Sequence, Softmax
from derivations.language.structure import free_names
from derivations.language.term import Bar, Call, Index, Name, Relation, Term, Tuple
from derivations.reading.expression import Vocabulary, read

FOLDER = Path(__file__).parent / "judge_cases"
DOMAINS = {d.name.lower(): d for d in Domain}


@dataclass(frozen=True)
class Case:
    title: str
    wanted: str
    source: str
    statement: Statement
    context: Context

    def __str__(self) -> str:
        return f"{self.title}: {self.source}"


def term(text: str, context: Context) -> Term:
    return read(text, Vocabulary.of(context)).term


def declared(words: list[str], context: Context) -> Context:
    kind, *names = words
    if kind == "range":
        variable, low, high = names
        name = term(variable, context)
        assert isinstance(name, Name)
        return context.with_range(name, term(low, context), term(high, context))
    for text in names:
        properties: frozenset[str] = frozenset()
        shape = ""
        if "!" in text:
            text, marks = text.split("!")
            properties = frozenset(marks.split(","))
        if ":" in text:
            text, shape = text.split(":")
        name = term(text, context)
        assert isinstance(name, Name | Index), text
        if kind in DOMAINS:
            context = context.declare(Scalar(DOMAINS[kind]), name)
        elif kind == "seq":
            (domain,) = properties or {"real"}
            context = context.declare(Sequence(DOMAINS[domain], int(shape or 1)), name)
        elif kind == "array":
            rows, cols = (term(s, context) for s in shape.split("x"))
            context = context.declare(Array(rows, cols, properties), name)
        elif kind == "function":
            context = context.declare(Function(int(shape or 1), properties), name)
        elif kind == "signal":
            context = context.declare(Function(1, properties, on_integers=True), name)
        elif kind == "softmax":
            context = context.declare(Softmax(int(shape or 0)), name)
        elif kind == "set":
            context = context.declare(IndexSet(), name)
        elif kind == "random":
            context = context.declare(RandomVariable(None, int(shape or 0)), name)
        elif kind == "dependent":
            context = context.declare(RandomVariable(None, int(shape or 0), independent=False), name)
        else:
            raise ValueError(f"the kind {kind} is not known")
    return context


def defined(text: str, context: Context) -> Context:
    left, right = text.split(":=")
    lhs, rhs = term(left, context), term(right, context)
    parameters: tuple[Name, ...] = ()

    def names(node: Term) -> tuple[Name, ...]:
        match node:
            case Name():
                return (node,) if isinstance(context.kind(node), Scalar | Array | None) else ()
            case Bar(left, right):
                return names(left) + names(right)
            case Tuple(items):
                return tuple(n for i in items for n in names(i))
            case _:
                return tuple(sorted(free_names(node), key=lambda n: n.text))

    if isinstance(lhs, Index) and context.kind(lhs) is None:
        parameters = tuple(n for s in lhs.subscripts for n in names(s))
    elif isinstance(lhs, Call):
        parameters = tuple(n for a in lhs.arguments for n in names(a))
        if isinstance(lhs.function, Index):
            parameters += tuple(n for s in lhs.function.subscripts for n in names(s) if context.range_of(n) is not None)
    return context.define(lhs, rhs, parameters)


def statements(formula: Term) -> Iterator[Statement]:
    match formula:
        case Relation(items, signs):
            for left, sign, right in zip(items, signs, items[1:], strict=False):
                yield Statement(left, Rel(sign), right)


def cases(path: Path) -> Iterator[Case]:
    yield from stated(path.read_text())


def stated(written: str) -> list[Case]:
    """The cases that a text states, in the language above."""
    return list(_stated(written))


def _stated(written: str) -> Iterator[Case]:
    title, context, last = "", Context(), ""
    for line in written.splitlines():
        line = line.strip()
        if not line or line.startswith("%"):
            continue
        word, _, rest = line.partition(" ")
        if word == "##":
            title, context, last = rest, Context(), ""
        elif word == "def":
            context = defined(rest, context)
        elif word == "given":
            context = context.assume(term(rest, context))
        elif word == "law":
            left, law = rest.split("~")
            name = term(left, context)
            family = isinstance(name, Index)
            base = name.base if isinstance(name, Index) else name
            context = context.declare(RandomVariable(term(law, context), len(name.subscripts) if isinstance(name, Index) else 0), base)  # type: ignore[arg-type]
            assert family or isinstance(name, Name)
        elif word in ("P", "N", "+", "?", "-", "x"):
            if re.match(r"(=|<|>|\\(le|ge|approx|propto)(?![a-z]))", rest):
                rest = f"{last} {rest}"
            reading = read(rest, Vocabulary.of(context))
            (statement,) = statements(reading.term)
            yield Case(title, word, rest, statement, context)
            last = rest[slice(*reading.sides[-1])]
        else:
            for part in line.split(";"):
                context = declared(part.split(), context)
