"""SymPy's side of a topic: its definitions as SymPy expressions, and what SymPy makes of them as written terms.

A topic states definitions and a plan. Each right side is what a named operation of SymPy gives (``subs``, ``expand``, ``doit``, ...), written down here. An
``Order`` chooses among the forms that are equal; what is written means what was computed, and a rule of the checker's own decides whether it follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from derivations.language.brackets import bracketed
from derivations.language.context import Array, Context, Scalar, Sequence
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.quote import Order, quote
from derivations.language.term import Name, Num, Term
from derivations.rules.normal.convert import Algebra


class Working:
    """The names of a context as SymPy's symbols and indexed bases, and back.

    ``put_in`` are numbers (or other terms) that stand for a name where it is written: SymPy computes with the name, so that nothing runs together.
    """

    def __init__(self, known: Context, put_in: Mapping[Name, Term] | None = None) -> None:
        self.known = replace(known, definitions=())
        self.names: dict[Any, Term] = {}
        self.bases: dict[Any, Any] = {}
        self.values: dict[Any, Any] = {}
        for name, kind in known.kinds:
            if isinstance(kind, Scalar):
                self.names[denote(name, self.known)] = name
            elif isinstance(kind, Sequence | Array) and isinstance(name, Name):
                one = Num("1")
                entry = denote(name[one] if isinstance(kind, Sequence) else name[one, one], self.known)
                self.bases[entry.func] = sp.IndexedBase(entry.func.__name__, real=True)
                self.names[self.bases[entry.func]] = name
        self.names |= {denote(name, self.known): written for name, written in (put_in or {}).items()}

    def of(self, term: Term) -> Any:
        """What a term means, with the entries of sequences as ``Indexed``."""
        return denote(term, self.known).replace(lambda e: e.func in self.bases, lambda e: self.bases[e.func][e.args])

    def entries(self, name: Name) -> Any:
        """The entries of a sequence or an array: ``entries(x)[i]``."""
        return next(base for base, written in self.names.items() if written == name and isinstance(base, sp.IndexedBase))

    def whole(self, value: Any, order: Order | None = None) -> Any:
        """A symbol that is written as the value is: what shall not be multiplied out. A symbol, or the numbers 1 and -1, stand for themselves."""
        if value.is_Symbol or value in (1, -1):
            return value
        known = next((symbol for symbol, meant in self.values.items() if meant == value), None)
        return known or self.letter(value, self.term(value, order))

    def letter(self, value: Any, written: Term) -> Any:
        """A symbol for a value that is written as this term."""
        symbol = sp.Dummy("whole", **{"integer": True} if value.is_integer else {"real": True})
        self.values[symbol], self.names[symbol] = value, written
        return symbol

    def term(self, expression: Any, order: Order | None = None, put_in: Mapping[Any, Term] | None = None) -> Term:
        """What SymPy computed, written down."""
        return bracketed(quote(expression, self.names | dict(put_in or {}), order))

    def value(self, expression: Any) -> Any:
        """The expression without the symbols that stand for something whole."""
        return expression.subs(self.values)

    def holding(self, pieces: Any) -> Any:
        """The value of a ``Piecewise`` in the case that the context leaves.

        Raises:
            DeriveError: the context does not exclude all cases but one.
        """
        if not isinstance(pieces, sp.Piecewise):
            return pieces
        for value, condition in pieces.args:
            if condition == sp.true or condition is True:
                return value
            if not self.excludes(condition):
                break
        raise DeriveError(f"the context does not say which case of {pieces} holds")

    def excludes(self, condition: Any) -> bool:
        """Whether the context shows that an equation does not hold."""
        if not isinstance(condition, sp.Eq):
            return False
        algebra = Algebra(self.known)
        difference = algebra.poly(self.term(condition.lhs - condition.rhs))
        return algebra.sign(difference) in ("+", "-")


def geometric(values: list[Any]) -> tuple[Any, Any]:
    """First value and ratio of values that are guessed to go on as they begin.

    Raises:
        DeriveError: their ratios differ.
    """
    ratios = {sp.cancel(after / before) for before, after in zip(values, values[1:], strict=False)}
    if len(ratios) != 1:
        raise DeriveError(f"{', '.join(map(str, values))} is no geometric series: the ratios are {', '.join(map(str, ratios))}")
    return values[0], ratios.pop()


def joined(one: Any, total: Any) -> Any:
    """``f(a-1) + sum_{k=a}^b f(k)``, or ``sum_{k=a}^b f(k) + f(b+1)``, as one sum.

    Raises:
        DeriveError: the single term is neither the one before the sum nor the one after it.
    """
    variable, low, high = total.limits[0]
    for at, limits in ((low - 1, (low - 1, high)), (high + 1, (low, high + 1))):
        if sp.expand(total.function.subs(variable, at) - one) == 0:
            return sp.Sum(total.function, (variable, *limits))
    raise DeriveError(f"{one} is not the term of {total} before its first or after its last")


__all__ = ["Order", "Working", "geometric", "joined"]
