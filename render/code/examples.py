"""A call of a function with small numbers, for people who want to see it run."""

from __future__ import annotations

from derivations.language.context import Domain, Scalar
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


def _value(argument: Name | Index, formula: Formula) -> str:
    kind = formula.kind(argument)
    return formula.example.get(argument) or _VALUES[kind.domain if isinstance(kind, Scalar) else Domain.REAL]
