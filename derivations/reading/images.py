"""What follows from ``X = f(Z)`` for an f that can be undone step by step: its inverse, and the density of X.

The density is that of the change of variables in one dimension, ``p_X(x) = p_Z(g(x)) |g'(x)|`` for x in the image of the support, with g the inverse of f.
An f that is not one-to-one as it is written (an even power, a name that occurs twice) says nothing here: its density has a summand for each root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from derivations.language.context import Definition, Function, Kind, Symbol
from derivations.language.laws import LAWS, law_named
from derivations.language.model.isolate import isolate, occurrences
from derivations.language.structure import free_names, substitute, subterms, transform
from derivations.language.term import Add, Bar, Bars, Call, Deriv, Index, Mul, Name, Num, Pow, Term, Tuple
from derivations.reading.scope import Description

DENSITIES: Final = frozenset(("p", "f", "q"))
"""Letters of densities, where their subscript is a random variable."""
_NESTED: Final = 5


class Images:
    """The definitions, descriptions and kinds of a document, as far as functions of variables need them."""

    def __init__(self, definitions: Sequence[Definition], described: Mapping[Symbol, Description], kinds: Mapping[Symbol, Kind]) -> None:
        self.described = described
        self.kinds = kinds
        calls = [(d.lhs, d) for d in definitions if isinstance(d.lhs, Call) and d.where is None]
        self.functions = {call.function: d for call, d in calls if len(d.parameters) == len(call.arguments) == 1}
        self.values: dict[Term, Term] = {d.lhs: d.rhs for d in definitions if isinstance(d.lhs, Name) and not d.parameters}

    def inverses(self, terms: Iterable[Term]) -> Iterator[tuple[Definition, Definition]]:
        """What defines f, and ``f^{-1}(y) := g(y)``, for each inverse that is written of a function that is defined and can be undone."""
        written = {node.function for term in terms for _, node in subterms(term) if isinstance(node, Call) and isinstance(node.function, Pow)}
        for inverse in sorted(written, key=repr):
            known = self.functions.get(inverse.base)
            if known is None or inverse.exponent not in _MINUS_ONE or Name("y") in free_names(known.rhs):
                continue
            undone = self._undone(known.rhs, known.parameters[0], Name("y"))
            if undone is not None:
                yield known, Definition(Call(inverse, (Name("y"),)), undone, (Name("y"),))

    def densities(self) -> Iterator[tuple[Term | None, Symbol, Definition]]:
        """``p_X(x) := ...`` for each density whose variable is a function of one whose density is known, and the name of that density if it has one."""
        for symbol in sorted((s for s, kind in self.kinds.items() if isinstance(kind, Function) and kind.arity == 1), key=repr):
            if symbol in self.functions or not isinstance(symbol, Index) or not isinstance(symbol.base, Name) or symbol.base.text not in DENSITIES:
                continue
            variable = symbol.subscripts[0]
            value = self._value_of(variable) if len(symbol.subscripts) == 1 and isinstance(variable, Name) else None
            if value is None or not isinstance(variable, Name):
                continue
            place = Name(variable.text.lower())
            random = {s for s in free_names(value) if s in self.described and (self.described[s].base == "random" or self.described[s].law is not None)}
            beside = free_names(value) & set(self.values)  # X = Z + Y with a Y that may depend on Z
            for inner in sorted(() if beside else random if len(random) == 1 else () if random else free_names(value), key=repr):
                known = self._density(symbol.base, inner) if occurrences(inner, value) == 1 and place not in free_names(value) - {inner} else None
                undone = None if known is None else self._undone(value, inner, place)
                if known is not None and undone is not None:
                    slope = Bars("abs", Deriv(undone, ((place, 1),)))
                    yield known[0], symbol, Definition(Call(symbol, (place,)), Mul((("", known[1](undone)), ("", slope))), (place,))
                    break

    def _value_of(self, variable: Name) -> Term | None:
        """What a random variable is defined as; ``x = f(z)`` says it of X too, where nothing else does."""
        found = self.values.get(variable, self.values.get(Name(variable.text.swapcase())) if variable not in self.described else None)
        return None if found is None else self._unfolded(found)

    def _unfolded(self, value: Term) -> Term:
        def applied(node: Term) -> Term:
            known = self.functions.get(node.function) if isinstance(node, Call) and len(node.arguments) == 1 else None
            return node if known is None else substitute(known.rhs, {known.parameters[0]: node.arguments[0]})  # type: ignore[attr-defined]

        for _ in range(_NESTED):
            changed = transform(value, applied)
            if changed == value:
                break
            value = changed
        return value

    def _undone(self, value: Term, inner: Name, place: Name) -> Term | None:
        return isolate(inner, self._unfolded(value), place, only=True)

    def _density(self, letter: Name, variable: Name) -> tuple[Term | None, Callable[[Term], Term]] | None:
        """The density of a variable as a function of a term: by its own name, which comes with it, or that of its law."""
        said = self.described.get(variable)
        law = None if said is None else said.law
        if variable.font == "bold" or (said is not None and (said.shape is not None or said.base == "vector" or (law is not None and not _continuous(law)))):
            return None
        for cased in (variable, Name(variable.text.swapcase())):
            symbol = Index(letter, (cased,))
            told = self.described.get(symbol)
            continuous = law is not None or (told is not None and "density" in told.properties)
            if continuous and (symbol in self.functions or isinstance(self.kinds.get(symbol), Function)):
                return symbol, partial(_called, symbol)
        if isinstance(law, Call) and law.arguments:
            parameters = law.arguments[0] if len(law.arguments) == 1 else Tuple(law.arguments, "")
            return None, lambda at: Call(law.function, (Bar(at, parameters),))
        return None


def _continuous(law: Term) -> bool:
    """Whether a law that a text names has a density; a mass function has no Jacobian."""
    return isinstance(law, Call) and (name := law_named(law.function)) is not None and LAWS[name].continuous


def _called(function: Term, at: Term) -> Term:
    return Call(function, (at,))


_MINUS_ONE: Final = frozenset((Num("-1"), Add((("-", Num("1")),))))
