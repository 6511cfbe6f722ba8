"""What prints the terms of one function as Python expressions, as those see it that print a part of a term."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.structure import free_names
from derivations.language.term import Big, Deriv, Integral, Name, Term
from render.code.dialects import MATH, Dialect
from render.notation.text import text


@dataclass(slots=True)
class Printer(ABC):
    """Expressions of one function.

    ``arrays``: the names whose values are arrays of the library, so that functions of them are the library's; everything else is one of Python's
    numbers. ``names``: identifiers of symbols that have none of their own. ``own``: entries of sequences that are symbols of their own (``m_0``).
    ``first``: the number of the first entry of a sequence (1 where nothing is said). ``silent``: sequences that are zero outside. ``functions``: what
    calls of a name become. After printing, ``needs`` holds the support that is needed and ``before`` the statements that must run first.
    """

    dialect: Dialect
    context: Context
    arrays: frozenset[Term] = frozenset()
    names: Mapping[Term, str] = field(default_factory=dict)
    own: frozenset[Term] = frozenset()
    first: Mapping[Term, int] = field(default_factory=dict)
    silent: frozenset[Term] = frozenset()
    functions: Mapping[Term, Callable[[list[ast.expr]], ast.expr]] = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)
    before: list[ast.stmt] = field(default_factory=list)
    chosen: int = 0
    inside_loops: int = 0

    @abstractmethod
    def of(self, term: Term) -> ast.expr:
        """The expression that computes the term. Raises DeriveError where this library cannot."""

    def refused(self, term: Term, what: str) -> DeriveError:
        other = "; --to sympy writes it" if isinstance(term, Integral | Deriv | Big) and not self.dialect.symbolic else ""
        return DeriveError(f"code for {self.dialect.name}: {what} has no code: {text(term)}{other}")

    def of_arrays(self, terms: Iterable[Term]) -> bool:
        """Whether the library's functions are needed, because values of arrays enter."""
        return self.dialect.symbolic or any(free_names(t) & self._array_names for t in terms)

    @property
    def _array_names(self) -> frozenset[Name]:
        return frozenset().union(*(free_names(a) for a in self.arrays)) if self.arrays else frozenset()

    def function(self, name: str, *arguments: Term) -> str:
        """What the function of this name is called for these arguments. Raises DeriveError if the library has none."""
        table = self.dialect.functions if self.of_arrays(arguments) else {**self.dialect.functions, **MATH}
        if name not in table:
            other = "" if self.dialect.symbolic else "; --to sympy may write it"
            raise DeriveError(f"code for {self.dialect.name}: the function {name} has no code{other}")
        if table[name] in self.dialect.support:
            self.needs.add(table[name])
        return table[name]
