"""Which functions a problem becomes: its answer's formulas as they are, or for some kinds the general theorem behind them.

A kind without a row in ``_RECIPES`` gets one function for each formula of its answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from keyword import iskeyword
from typing import Final
from unicodedata import normalize

from derivations.authored.wanted import KIND
from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Theorem
from derivations.language.context import Array, Context, Domain, Function, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.structure import free_names, substitute, subterms
from derivations.language.term import Bars, Big, Call, Cases, Frac, Index, Name, Num, Relation, Term, Tuple, relation
from derivations.problem import Problem
from render.code.examples import MOST
from render.code.formula import Formula, Outputs
from render.code.unfolded import unfolded


def formulas(problem: Problem) -> tuple[Formula, ...]:
    """The functions of a problem.

    Raises:
        DeriveError: its answer is not a formula.
    """
    if problem.parts:
        found = tuple(made for letter, part in problem.parts for made in _of_part(letter, part))
    else:
        recipe = _RECIPES.get(problem.kind, _answers)
        found = recipe(problem)
    if not found:
        raise DeriveError(f"there is no code for {problem.kind}: its answer is not a formula")
    return found


def _of_part(letter: str, part: Problem) -> tuple[Formula, ...]:
    """The functions of a part, which have its letter in their names; none where its answer is no formula."""
    try:
        return tuple(replace(made, name=f"{made.name}_{letter}") for made in formulas(part))
    except DeriveError:
        return ()


def theorem_of(problem: Problem, statement: Statement) -> Theorem | None:
    """The theorem of the problem that proves this statement, if one does as it stands."""
    return next((s.theorem for s in problem.sections if s.theorem.statement == statement), None)


def symbols_of(term: Term, context: Context, own: frozenset[Term] = frozenset()) -> tuple[Name | Index, ...]:
    """The free symbols of a term in the order in which they are written: names, and indexed names that are symbols of their own."""
    found: dict[Name | Index, None] = {}
    free = free_names(term)
    skipped: set[tuple[int, ...]] = set()
    for path, part in subterms(term):
        if any(path[: len(s)] == s for s in skipped):
            continue
        if isinstance(part, Index) and (part in own or context.kind(part) is not None):
            found.setdefault(part)
            skipped.add(path)
        elif isinstance(part, Name) and part in free and (context.kind(part) is not None and not isinstance(context.kind(part), Function)):
            found.setdefault(part)
    return tuple(found)


def _answers(problem: Problem) -> tuple[Formula, ...]:
    """One function for each statement of the answer: its right side; a bare number is written as the sum of its parts."""
    statements = [shown for shown in problem.answer.shown if isinstance(shown, Statement)]
    stem = _stem(problem)
    found: list[Formula] = []
    for statement in statements:
        theorem = theorem_of(problem, statement)
        known = theorem.context if theorem is not None else _common(problem)
        body: Term = statement.rhs
        cited = [statement.formula]
        if theorem is not None and not free_names(body):
            body = next(one.step.statement.rhs for one in theorem.steps if not free_names(one.step.statement.rhs))
            cited = [relation(statement.lhs, "=", body), relation(body, "=", statement.rhs)] if body != statement.rhs else cited
        name = stem if len(statements) == 1 else f"{stem}_{getattr(statement.lhs, 'text', len(found) + 1)}"
        evidence = theorem.evidence if theorem is not None else problem.evidence
        made = Formula(
            name, problem.title, tuple(cited), body, known, evidence, symbols_of(body, known), problem.answer.convention,
            example={Name(size): value for size, value in _SIZES.items()},
        )  # fmt: skip
        found.append(unfolded(made, symbols_of))
    return tuple(found)


def _stem(problem: Problem) -> str:
    """What the functions of a problem are called: its kind, or for what somebody wrote its title."""
    name = problem.title if problem.kind == KIND else problem.kind
    words = re.sub(r"\W+", "_", normalize("NFKD", name).encode("ascii", "ignore").decode()).strip("_").lower()
    return words if words.isidentifier() and not iskeyword(words) else "result"


_SIZES: Final[Mapping[str, str]] = {"C": "64", "D": "512", "N": "1000", "K": "3"}
"""Sizes that networks have, by the letters that the topics give them: channels, width, tokens, kernel."""


def _common(problem: Problem) -> Context:
    """What all main theorems of a problem assume."""
    contexts = [section.theorem.context for section in problem.sections if section.role == "main"]
    return min(contexts, key=lambda context: len(context.hypotheses))


_LISTED = 64
"""So many weights of an example are written out."""


def _convolution(problem: Problem) -> tuple[Formula, ...]:
    """All outputs at once; the signal is zero outside."""
    from derivations.language.denote import denote
    from derivations.language.quote import quote

    statement = problem.answer.shown[0]
    theorem = next(section.theorem for section in problem.sections if section.role == "main")
    known = theorem.context
    match statement:
        case Statement(Index(_, (Name() as output,)), _, Big("sum", body, Name() as tap, _, Term() as taps)):
            read = next(part for _, part in subterms(body) if isinstance(part, Index) and tap in free_names(part) and output in free_names(part))
        case _:
            return _answers(problem)
    signal, (position,) = read.base, read.subscripts
    sizes = symbols_of(Tuple((taps, position)), known)
    length = next(name for name in map(Name, ("n", "L", "length")) if known.kind(name) is None)
    inside = known.declare(Scalar(Domain.NATURAL), length)
    first, second, last = (denote(substitute(position, {output: Num(o), tap: t}), inside) for o, t in (("1", Num("1")), ("2", Num("1")), ("1", taps)))
    names = {denote(s, inside): s for s in (length, *sizes) if isinstance(s, Name) and s not in (output, tap)}
    room, stride = quote(denote(length, inside) + (1 - first) - last, names), quote(second - first, names)
    count = Bars("floor", Frac(room, stride)) + 1 if stride != Num("1") else room + 1
    arguments = tuple(s for s in symbols_of(statement.rhs, known) if s not in (output, tap))
    weights = [a for a in arguments if isinstance(known.kind(a), Sequence) and a != signal]
    ordered = (*weights, signal, *(a for a in arguments if a not in (*weights, signal)))
    number = int(taps.digits) if isinstance(taps, Num) else 3
    if number > MOST:
        raise DeriveError(f"no example of it is run, and so it is not written: the kernel has {number} weights, and {MOST} are the most")
    values = str([round(0.5 - 0.25 * k, 2) for k in range(number)]) if number <= _LISTED else f"0.5 - 0.25 * np.arange({number})"
    example: dict[Term, str] = {weights[0]: values, signal: "np.arange(1.0, 25.0)"}
    return (
        Formula(
            "convolution", problem.title, (statement.formula,), statement.rhs, inside, theorem.evidence,
            tuple(a for a in ordered if isinstance(a, Name | Index)), problem.answer.convention, arrays=frozenset((*weights, signal)),
            silent=frozenset((signal,)), outputs=Outputs(output, count, length, signal) if isinstance(signal, Name) else None,
            example={**example, taps: "3"},
        ),
    )  # fmt: skip


def _receptive_field(problem: Problem) -> tuple[Formula, ...]:
    """The closed form for any number of layers, with the layers of the problem as defaults; and their field itself where it has symbols in it."""
    last = problem.sections[-1].theorem
    general = next((s.theorem for s in problem.sections if s.role == "main" and isinstance(_depth(s.theorem), Name)), None)
    match general:
        case Theorem(known, Statement(Index(_, (Name() as depth,)), _, closed)):
            pass
        case _:
            return _answers(problem)
    given: dict[Term, list[Term]] = {}
    for definition in dict.fromkeys(d for section in problem.sections for d in section.theorem.context.definitions):
        if isinstance(definition.lhs, Index) and isinstance(definition.lhs.subscripts[0], Num):
            given.setdefault(definition.lhs.base, []).append(definition.rhs)
    sequences = tuple(s for s in symbols_of(closed, known) if isinstance(known.kind(s), Sequence))
    numbers: dict[Term, tuple[Term, ...] | Term] = {s: tuple(given[s]) for s in sequences if all(isinstance(v, Num) for v in given.get(s, [Name("?")]))}
    defaults = numbers if len(numbers) == len(sequences) else {}
    conditions = (relation(last.statement.lhs, "=", last.statement.rhs),) if defaults else ()
    lengths = ((depth, sequences[0], None),)
    whole = Formula(
        "receptive_field", problem.title, (general.statement.formula, *conditions), closed, known, general.evidence, sequences,
        problem.answer.convention, defaults=defaults, sizes=lengths, example={} if defaults else dict.fromkeys(sequences, "(3, 3, 3)"),
    )  # fmt: skip
    return (whole,) if not free_names(last.statement.rhs) else (whole, *_answers(problem))


def _depth(theorem: Theorem) -> Term | None:
    """The index of the left side of a theorem."""
    return theorem.statement.lhs.subscripts[0] if isinstance(theorem.statement.lhs, Index) else None


def _counts(*names: str) -> Callable[[Problem], tuple[Formula, ...]]:
    """The answers under these names."""

    def named(problem: Problem) -> tuple[Formula, ...]:
        return tuple(replace(found, name=name) for found, name in zip(_answers(problem), names, strict=True))

    return named


def _attention(problem: Problem) -> tuple[Formula, ...]:
    """Self-attention by its definition, and both sides of the theorem."""
    main = problem.sections[-1].theorem
    known = main.context
    definition = next(d for d in known.definitions if isinstance(d.lhs, Call))
    called = definition.lhs
    if not isinstance(called, Call) or not isinstance(main.statement.lhs, Call):
        return _answers(problem)
    (inputs,) = called.arguments
    used = [(d.lhs, d.rhs) for d in known.definitions if isinstance(d.lhs, Name) and d.lhs in free_names(definition.rhs)]
    ones = next(n for n, kind in known.kinds if isinstance(n, Name) and isinstance(kind, Array) and "ones" in kind.properties)
    parameters = [s for _, rhs in used for s in symbols_of(rhs, known) if isinstance(known.kind(s), Array) and s not in (inputs, ones)]
    arguments = tuple(dict.fromkeys(a for a in (inputs, *parameters) if isinstance(a, Name | Index)))
    kind, of_ones = known.kind(inputs) if isinstance(inputs, Name) else None, known.kind(ones)
    sizes: list[tuple[Name, Term, int | None]] = []
    if isinstance(kind, Array) and isinstance(of_ones, Array):
        wanted = free_names(of_ones.rows) | free_names(definition.rhs)
        sizes = [(s, inputs, axis) for axis, s in enumerate((kind.rows, kind.cols)) if isinstance(s, Name) and s in wanted]
    shown = [relation(called, "=", definition.rhs), *(relation(name, "=", rhs) for name, rhs in used)]
    example: dict[Term, str] = {a: f"random.normal(size={_shape(known.kind(a))})" for a in arguments}
    attention = Formula(
        "self_attention", "Self-attention", tuple(shown), definition.rhs, known, problem.evidence, arguments, problem.answer.convention,
        arrays=frozenset(arguments), local=((ones, ones), *used), sizes=tuple(sizes), example=example,
    )  # fmt: skip
    permutation = next(n for n, k in known.kinds if isinstance(n, Name) and isinstance(k, Array) and "permutation" in k.properties)
    both = Formula(
        "both_sides", problem.title, (main.statement.formula,), Tuple((main.statement.lhs, main.statement.rhs)), known, main.evidence,
        (arguments[0], permutation, *arguments[1:]), problem.answer.convention, arrays=frozenset((*arguments, permutation)),
        calls={called.function: ("self_attention", arguments[1:])}, example={**example, permutation: "np.eye(4)[[2, 0, 3, 1]]"},
    )  # fmt: skip
    return attention, both


def _shape(kind: object) -> str:
    sizes = {"D": "3", "N": "4"}
    if not isinstance(kind, Array):
        return "()"
    rows, cols = (sizes.get(getattr(size, "text", ""), "1") for size in (kind.rows, kind.cols))
    return rows if cols == "1" else f"({rows}, {cols})"


def _density(problem: Problem) -> tuple[Formula, ...]:
    """The density on the whole line, for arrays of points."""
    statement = problem.answer.shown[0]
    if not isinstance(statement, Statement) or not isinstance(statement.lhs, Call):
        return _answers(problem)
    known = _common(problem)
    (variable,) = statement.lhs.arguments
    parameters = tuple(s for s in symbols_of(statement.rhs, known) if s != variable)
    if not isinstance(variable, Name):
        return _answers(problem)
    example: dict[Term, str] = {variable: _points(statement.rhs)}
    return (
        Formula(
            "density", problem.title, (statement.formula,), statement.rhs, known, problem.evidence, (variable, *parameters),
            problem.answer.convention, arrays=frozenset((variable, *parameters)), example=example,
        ),
    )  # fmt: skip


def _points(density: Term) -> str:
    """Points inside the support of a density where it is written with numbers, else some on both sides of zero."""
    conditions = [condition for _, condition in density.rows if condition is not None] if isinstance(density, Cases) else []
    for condition in conditions:
        match condition:
            case Relation((Num(low), Name(), Num(high)), ("<" | "<=", "<" | "<=")):
                return f"np.linspace({float(low)}, {float(high)}, 11)[1:-1]"
            case Relation((Num(low), Name()), ("<" | "<=",)) | Relation((Name(), Num(low)), (">" | ">=",)):
                return f"np.linspace({float(low)}, {float(low) + 5}, 11)[1:]"
    return "np.linspace(-2.0, 2.0, 9)"


def _epochs(problem: Problem) -> tuple[Formula, ...]:
    """Epochs from the numbers of the run, which are defaults where they are known."""
    main = next(section.theorem for section in problem.sections if section.theorem.statement == problem.answer.shown[0])
    known = main.context
    whole = next(d for d in known.definitions if d.lhs == main.statement.lhs)
    numbers = {d.lhs: d.rhs for d in known.definitions}
    local = tuple((name, numbers[name]) for name in symbols_of_definitions(whole.rhs, known) if free_names(numbers[name]) & set(numbers))
    written = symbols_of(Tuple((whole.rhs, *(rhs for _, rhs in local))), known)
    arguments = tuple(n for n in written if isinstance(n, Name) and n not in dict(local))
    defaults: dict[Term, tuple[Term, ...] | Term] = {n: numbers[n] for n in arguments if isinstance(numbers.get(n), Num)}
    shown = (relation(whole.lhs, "=", whole.rhs), *(relation(name, "=", rhs) for name, rhs in local), main.statement.formula)
    values: dict[Term, str] = {n: v for n, v in zip(arguments, ("1000", "110", "20"), strict=False) if n not in defaults}
    return (
        Formula(
            "epochs", problem.title, shown, whole.rhs, known, main.evidence, arguments, problem.answer.convention, defaults=defaults, local=local,
            example=values,
        ),
    )  # fmt: skip


def symbols_of_definitions(term: Term, known: Context) -> tuple[Name, ...]:
    """The names in a term that the context defines."""
    defined = {d.lhs for d in known.definitions if isinstance(d.lhs, Name)}
    return tuple(sorted((n for n in free_names(term) if n in defined), key=lambda n: n.text))


def _momentum(problem: Problem) -> tuple[Formula, ...]:
    """The momentum as a weighted sum: the gradients count from 0, the first momentum is a number of its own."""
    statement = problem.answer.shown[0]
    theorem = theorem_of(problem, statement) if isinstance(statement, Statement) else None
    if theorem is None:
        return _answers(problem)
    known, body = theorem.context, theorem.statement.rhs
    own = frozenset(part for _, part in subterms(body) if isinstance(part, Index) and isinstance(part.subscripts[0], Num))
    gradients = next(part.base for _, part in subterms(body) if isinstance(part, Index) and part not in own)
    arguments = tuple(s for s in symbols_of(body, known, own) if s not in {i.base for i in own if isinstance(i, Index)})
    bound = {part.variable for _, part in subterms(body) if isinstance(part, Big)}
    ordered = tuple(a for a in arguments if a not in bound)
    example: dict[Term, str] = {gradients: "[1.0, -0.5, 2.0, 0.25, 1.5]", Name("t"): "4"}
    return (
        Formula(
            "momentum", problem.title, (theorem.statement.formula,), body, known, theorem.evidence, ordered, problem.answer.convention, own=own,
            first={gradients: 0}, example=example,
        ),
    )  # fmt: skip


_RECIPES: Final[Mapping[str, Callable[[Problem], tuple[Formula, ...]]]] = {
    "convolution": _convolution,
    "receptive-field": _receptive_field,
    "conv-parameters": _counts("convolution_parameters"),
    "residual-block": _counts("residual_block_parameters"),
    "bottleneck-block": _counts("bottleneck_block_parameters"),
    "attention-parameters": _counts("attention_weights", "attention_biases", "dense_weights", "dense_biases"),
    "self-attention-equivariance": _attention,
    "pushforward": _density,
    "epochs": _epochs,
    "momentum": _momentum,
}
