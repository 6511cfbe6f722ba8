"""A call of a function with small numbers, for people who want to see it run."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Final

from sympy import sympify

from derivations.language.context import ONE, Array, Domain, Function, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.structure import children, substitute
from derivations.language.term import Add, Big, Index, Name, Num, Term
from render.code.dialects import dialect
from render.code.docstring import ordered
from render.code.formula import Formula
from render.code.trees import identifier

_VALUES = {
    Domain.REAL: "0.5", Domain.POSITIVE: "1.5", Domain.NONNEGATIVE: "0.5", Domain.NEGATIVE: "-0.5", Domain.NONZERO: "0.5", Domain.UNIT: "0.9",
    Domain.PROBABILITY: "0.3", Domain.INTEGER: "2", Domain.NATURAL: "2", Domain.WHOLE: "2",
}  # fmt: skip
_WHOLE = frozenset((Domain.INTEGER, Domain.NATURAL, Domain.WHOLE))
SIZE = 3
"""Entries of an array along each axis; of a sequence there are as many as the function reads, if those are more."""
MOST: Final = 1_000_000
"""So many entries an argument of an example has at most."""


def example(formula: Formula) -> str:
    """The call in Python with NumPy (``np``, and a generator ``random`` where an argument is a matrix); arguments with defaults are left out.

    Raises:
        DeriveError: it would need more numbers than an example may.
    """
    given = [f"{identifier(a)}={_value(a, formula)}" for a in ordered(formula, dialect("numpy")) if a not in formula.defaults]
    return f"{formula.name}({', '.join(given)})"


def term_value(formula: Formula) -> float | None:
    """What the formula is at the values of its example, by SymPy; None where they are not numbers, or it is none there."""
    from derivations.language.denote import denote

    try:
        given = {a: Fraction(_value(a, formula)) for a in formula.arguments if a not in formula.defaults}
        values = {denote(a, formula.context): sympify(value) for a, value in given.items()}
        body = formula.body
        for name, local in reversed(formula.local):
            body = substitute(body, {name: local})
        shown = {a: value for a, value in formula.defaults.items() if not isinstance(value, tuple)}
        found = denote(substitute(body, dict(shown)), formula.context).subs(values).doit()
        return float(found) if found.is_number and not formula.arrays else None
    except (ArithmeticError, ValueError, TypeError, AttributeError, RecursionError):  # an example that is no number, a term without a value
        return None


def reach(sequence: Name, formula: Formula) -> tuple[tuple[int, int], ...]:
    """The first and the last entry of a sequence that a function reads at the numbers of its example, axis by axis; none where that is not known."""
    numbers: dict[Term, Term] = {size: Num(str(SIZE)) for size, _, _ in formula.sizes}
    for a in formula.arguments:
        if isinstance(a, Name) and isinstance(formula.kind(a), Scalar) and (value := _value(a, formula)).lstrip("-").isdigit():
            numbers[a] = _numeral(int(value))
    found = _read(formula.body, sequence, formula, numbers)
    return tuple((min(axis), max(axis)) for axis in zip(*found, strict=True))


def _read(term: Term, sequence: Name, formula: Formula, numbers: dict[Term, Term]) -> list[tuple[int, ...]]:
    """The entries of a sequence in a term; of those in a sum the ones at its ends."""
    match term:
        case Index(base, subscripts) if base == sequence:
            places = [_whole(s, formula, numbers) for s in subscripts]
            return [tuple(p for p in places if p is not None)] if None not in places else []
        case Big(_, body, Name() as variable, lower, upper):
            ends = (lower, upper) if (lower, upper) != (None, None) else formula.context.range_of(variable) or (None, None)
            inside = [_whole(end, formula, numbers) for end in ends if end is not None]
            return [entry for end in inside if end is not None for entry in _read(body, sequence, formula, {**numbers, variable: _numeral(end)})]
        case _:
            return [entry for child in children(term) for entry in _read(child, sequence, formula, numbers)]


def _whole(term: Term, formula: Formula, numbers: dict[Term, Term]) -> int | None:
    from derivations.language.denote import denote

    try:
        found = denote(substitute(term, numbers), formula.context)
    except DeriveError:
        return None
    return int(found) if found.is_Integer else None


def _numeral(value: int) -> Term:
    return Num(str(value)) if value >= 0 else Add((("-", Num(str(-value))),))


def _value(argument: Name | Index, formula: Formula) -> str:
    """An argument as Python: what the formula says, else a number, an array or a family of numbers of its kind."""
    if argument in formula.example:
        return formula.example[argument]
    match formula.kind(argument):
        case Sequence(domain, arity) if isinstance(argument, Name):
            first = formula.first.get(argument, 1)
            ends = [last for _, last in reach(argument, formula)] or [0] * arity
            size = tuple(max(SIZE, last - first + 1) for last in ends)
            if prod(size) > MOST:
                read = f"it would read {prod(size)} entries of {argument.text}, and {MOST} are the most"
                raise DeriveError(f"no example of it is run, and so it is not written: {read}")
            shown = str(size[0] if len(size) == 1 else size)
            if domain in _WHOLE:
                return f"random.integers(1, 4, size={shown})"
            return f"{'-' * (domain is Domain.NEGATIVE)}random.uniform(0.1, 0.9, size={shown})"
        case Array(_, cols, properties):
            if properties & {"positive_definite", "positive_semidefinite", "symmetric", "invertible", "orthogonal"}:
                return f"np.eye({SIZE})"
            return f"random.standard_normal({SIZE if cols == ONE else (SIZE, SIZE)})"
        case Function(arity):
            taken = ", ".join(f"x{number}" for number in range(1, arity + 1))
            return f"lambda {taken}: {taken.replace(', ', ' + ')}"
        case Scalar(domain) | Sequence(domain):
            return _VALUES[domain]
        case _:
            return _VALUES[Domain.REAL]
