"""A call of a function with small numbers, for people who want to see it run."""

from __future__ import annotations

from fractions import Fraction

from sympy import sympify

from derivations.language.context import Domain, Scalar
from derivations.language.structure import substitute
from derivations.language.term import Index, Name
from render.code.dialects import dialect
from render.code.docstring import ordered
from render.code.formula import Formula
from render.code.trees import identifier

_VALUES = {
    Domain.REAL: "0.5", Domain.POSITIVE: "1.5", Domain.NONNEGATIVE: "0.5", Domain.NEGATIVE: "-0.5", Domain.NONZERO: "0.5", Domain.UNIT: "0.9",
    Domain.PROBABILITY: "0.3", Domain.INTEGER: "2", Domain.NATURAL: "2", Domain.WHOLE: "2",
}  # fmt: skip


def example(formula: Formula) -> str:
    """The call in Python with NumPy (``np``, and a generator ``random`` where an argument is a matrix); arguments with defaults are left out."""
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


def _value(argument: Name | Index, formula: Formula) -> str:
    kind = formula.kind(argument)
    return formula.example.get(argument) or _VALUES[kind.domain if isinstance(kind, Scalar) else Domain.REAL]
