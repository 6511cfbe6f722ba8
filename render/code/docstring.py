"""The docstring of a function: the statement, how it is known, what it assumes, its arguments."""

from __future__ import annotations

import shlex
from dataclasses import replace
from textwrap import wrap

from derivations.catalogue import KINDS
from derivations.language.context import ONE, Array, Context, Definition, Function, Scalar, Sequence
from derivations.language.structure import free_names, substitute
from derivations.language.term import Call, Index, Name, Num, Relation, Term
from derivations.problem import Problem
from render.assumptions import Contexts
from render.code.dialects import Dialect
from render.code.formula import Formula
from render.code.trees import identifier
from render.document import Code, Inlines, Math, Strong, Text
from render.messages import ENGLISH
from render.notation.text import text
from render.record import words

WIDTH = 88


def docstring(formula: Formula, problem: Problem, chosen: Dialect) -> str:
    """What the docstring says, indented for the body of a function."""
    convention = words(formula.convention)
    lines = [f"{formula.title}.", ""]
    lines += [f"    {text(cited)}" for cited in formula.cited]
    known = ENGLISH.meanings[formula.evidence.strength]
    lines += ["", *_wrapped(f"Known: {known}. It is derived by"), f"    {command(problem)}"]  # to be copied: on a line of its own
    assumed = "; ".join(plain(item) for item in Contexts([_concerning(formula)]).shared(ENGLISH) if plain(item) not in convention)
    lines += _wrapped(f"Assumed: {assumed}.") if assumed else []
    lines += _wrapped(f"Convention: {convention}.") if convention else []
    told = [line for argument in ordered(formula, chosen) for line in _wrapped(f"{identifier(argument)}: {_meaning(argument, formula, chosen)}.", 4)]
    if formula.outputs is not None and not chosen.symbolic:
        told += _wrapped("outputs: how many outputs; by default those that fit where the signal is padded alike at both ends.", 4)
    lines += ["", "Args:", *told] if told else []
    return "\n".join([lines[0].rstrip(), *(f"    {line}".rstrip() for line in lines[1:]), "    "])


def _concerning(formula: Formula) -> Context:
    """The part of the context that speaks of what is cited; a definition that is cited itself is left out."""
    context = formula.context
    names = frozenset().union(*(free_names(term) for term in formula.cited))
    definitions: tuple[Definition, ...] = ()
    while True:
        found = tuple(d for d in context.definitions if (free_names(d.lhs) - frozenset(d.parameters)) <= names)
        if found == definitions:
            break
        definitions = found
        names = names.union(*(free_names(d.rhs) - frozenset(d.parameters) for d in definitions))
    heads = {t.items[0].function for t in formula.cited if isinstance(t, Relation) and isinstance(t.items[0], Call)}
    kinds = tuple(pair for pair in context.kinds if pair[0] not in heads and (pair[0] in names if isinstance(pair[0], Name) else free_names(pair[0]) <= names))
    hypotheses = tuple(h for h in context.hypotheses if free_names(h) & names)
    written = tuple(d for d in definitions if Relation((d.lhs, d.rhs), ("=",)) not in formula.cited)
    return replace(context, kinds=kinds, hypotheses=hypotheses, definitions=written)


def _wrapped(paragraph: str, indent: int = 0) -> list[str]:
    return wrap(paragraph, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 4), break_long_words=False, break_on_hyphens=False)


def plain(inlines: Inlines) -> str:
    """Inlines as one line of text."""
    found = []
    for inline in inlines:
        match inline:
            case Math(term):
                found.append(text(term))
            case Text(letters) | Strong(letters) | Code(letters):
                found.append(letters)
    return " ".join("".join(found).split())


def _meaning(argument: Name | Index, formula: Formula, chosen: Dialect) -> str:
    """An argument in words."""
    shown = text(argument)
    kind = formula.kind(argument)
    meant = formula.meanings.get(argument) if isinstance(argument, Name) else None
    shown = text(meant[0]) if meant is not None else shown
    match kind:
        case Array(rows, cols):
            shape = f"of length {text(rows)}" if cols == ONE else f"with {text(rows)} rows and {text(cols)} columns"
            return f"{shown}, {'a vector' if cols == ONE else 'a matrix'} {shape}"
        case Sequence(_, arity) if argument not in formula.own and isinstance(argument, Name):
            start = formula.first.get(argument, 1)
            if chosen.symbolic:
                return f"the sequence {shown}, indexed from {start}" if meant is None else f"the numbers {shown}, indexed from {start}"
            first, second = (text(_entry(argument, (*[start] * (arity - 1), last), formula)) for last in (start, start + 1))
            silent = "; zero outside" if argument in formula.silent else ""
            place = ", ".join("0" * arity)
            return f"the {'numbers' if arity > 1 else 'sequence'} {first}, {second}, ...: {identifier(argument)}[{place}] is {first}{silent}"
        case Function(arity):
            return f"the function {shown} of {'a number' if arity == 1 else f'{arity} numbers'}"
        case Scalar(domain) | Sequence(domain):
            return f"{shown}, {ENGLISH.kinds[domain.value][0]}"
        case _:
            return f"{shown}, a real number"


def _entry(argument: Name, numbers: tuple[int, ...], formula: Formula) -> Term:
    """An entry of a sequence as the text writes it."""
    places = tuple(Num(str(number)) for number in numbers)
    written, indices = formula.meanings.get(argument, (None, ()))
    if written is None or not all(isinstance(index, Name) for index in indices):
        return Index(argument, places)
    return substitute(written, {index: place for index, place in zip(indices, places, strict=True) if isinstance(index, Name)})


def command(problem: Problem) -> str:
    """The command line that derives the problem; values that are the defaults are left out."""
    kind = next((kind for kind in KINDS if kind.name == problem.kind), None)
    if kind is None:  # a problem of the user's: its file is known, or nothing but what it calls itself
        file = problem.parameters.get("file")
        options = [f"--{name}={problem.parameters[name]}" for name in ("section", "label") if name in problem.parameters]
        return shlex.join(["derive", "show", str(file), *options]) if file is not None else problem.title
    parts = ["derive", "show", problem.kind]
    for parameter in kind.parameters:
        value = problem.parameters.get(parameter.name)
        if value is None or (parameter.default is not None and parameter.parse(parameter.default, problem.kind) == value):
            continue
        parts += [f"--{parameter.name.replace('_', '-')}", _typed(value)]
    return shlex.join(parts)


def _typed(value: object) -> str:
    match value:
        case Name():
            return value.text
        case tuple():
            return ",".join(map(_typed, value))
        case _:
            return str(value)


def ordered(formula: Formula, chosen: Dialect) -> list[Name | Index]:
    """The arguments: those without a default first. For SymPy a size is a symbol as well, and so is the number of the output."""
    more: list[Name | Index] = []
    if chosen.symbolic and not formula.arrays:
        more = [size for size, _, _ in formula.sizes]
    if chosen.symbolic and formula.outputs is not None:
        more.insert(0, formula.outputs.variable)
    return sorted([*more, *formula.arguments], key=lambda a: a in formula.defaults and not chosen.symbolic)
