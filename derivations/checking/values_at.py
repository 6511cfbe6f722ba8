"""Functions of vectors that nothing defines, by their values: ``f(y) <= f(x) + \\nabla f(x)^T (y - x)`` is about three numbers and vectors.

What is claimed of every differentiable f and holds for any numbers in the place of ``f(x)`` and ``f(y)``, and any vector in the place of ``\\nabla f(x)``,
holds of their values. (What fails for some numbers may hold of every f: nothing is refuted in this way.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from derivations.kernel.statement import Statement
from derivations.language.context import ONE, Array, Context, Definition, Family, Function, Kind, Scalar, Sequence
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.structure import bare, children, free_names, subterms, with_children
from derivations.language.term import At, Big, Call, Deriv, Index, Integral, Name, Term
from derivations.rules.shapes import Shape, shape

VALUE = "the value "
"""Begins the label of a name that stands for a value of a function."""


def by_values(statement: Statement, context: Context) -> tuple[Statement, Context, Callable[[Statement], Statement]] | None:
    """The statement about any values of these functions, and what does the same to others; None where it speaks of none at a vector."""
    defined = {d.lhs.function for d in context.definitions if isinstance(d.lhs, Call)} | {d.lhs for d in context.definitions}
    functions = {
        s for s, kind in context.kinds
        if isinstance(s, Name) and isinstance(kind, Function) and kind.arity == 1 and not kind.on_integers and not kind.maps_arrays and s not in defined
    }  # fmt: skip
    if not functions:
        return None
    work = _Values(functions, context)
    definitions = tuple(work.definition(d) for d in context.definitions)
    work.context = replace(work.context, definitions=definitions)
    lhs, rhs = work.of(statement.lhs), work.of(statement.rhs)
    if not work.found:
        return None
    hypotheses = tuple(work.of(h) for h in context.hypotheses)

    def likewise(other: Statement) -> Statement:
        return Statement(work.of(other.lhs), other.relation, work.of(other.rhs))

    return Statement(lhs, statement.relation, rhs), replace(work.context, hypotheses=hypotheses), likewise


class _Values:
    def __init__(self, functions: Iterable[Name], context: Context) -> None:
        self.functions = frozenset(functions)
        self.context = context
        self.found: dict[tuple[Name, Term, int], Name] = {}
        self.bound: frozenset[Name] = frozenset()
        self.parameters: frozenset[Term] = frozenset()

    def definition(self, d: Definition) -> Definition:
        self.parameters = frozenset(d.parameters)
        changed = replace(d, rhs=self.of(d.rhs))
        self.parameters = frozenset()
        return changed

    def of(self, term: Term) -> Term:
        match term:
            case At(Deriv(Call(Name() as f, (at,)), ((variable, 1),)), by, value, None) if f in self.functions and at == variable == by:
                return self._value(f, self.of(value), 1) or term
            case Deriv(Call(Name() as f, (at,)), ((variable, 1),)) if f in self.functions and at == variable:
                return self._value(f, self.of(at), 1) or term
            case Call(Name() as f, (at,)) if f in self.functions:
                return self._value(f, self.of(at), 0) or term
            case Big(_, _, variable) | Integral(_, variable):
                before, self.bound = self.bound, self.bound | free_names(variable)
                changed = self._within(term)
                self.bound = before
                return changed
            case _:
                return self._within(term)

    def _within(self, term: Term) -> Term:
        old = children(term)
        new = tuple(self.of(c) for c in old)
        return term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)

    def _value(self, f: Name, at: Term, order: int) -> Name | Index | None:
        """The name that stands for ``f(at)``, or for its gradient there; None where ``at`` is no vector, or changes inside a sum or with a parameter.

        Where an index numbers ``at``, it numbers the name: what is said of ``f(x_t)`` for every t is said of another number for every t.
        """
        at = bare(at)
        numbers = at.subscripts if isinstance(at, Index) else tuple(sorted(_indices(at), key=repr))
        plain = free_names(at) - (frozenset().union(*map(free_names, numbers)) if numbers else frozenset())
        if free_names(at) & self.bound or plain & self.parameters:
            return None
        key = (f, at.base if isinstance(at, Index) else at, order)
        if key not in self.found:
            size = self._shape(at)
            if size is None or size[1] != ONE:
                return None
            name = Name(f.text, label=f"{VALUE}{len(self.found)}")
            kind: Kind = Array(size[0], ONE) if order else Scalar()
            if numbers:
                kind = Family(kind, len(numbers)) if isinstance(kind, Array) else Sequence(arity=len(numbers))
            self.context = self.context.declare(kind, name)
            self.found[key] = name
        return Index(self.found[key], numbers) if numbers else self.found[key]

    def _shape(self, at: Term) -> Shape | None:
        try:
            return shape(at, self.context)
        except (ShapeError, MeaningError):
            return None


def _indices(term: Term) -> frozenset[Name]:
    """The names that stand in subscripts."""
    return frozenset().union(*(free_names(s) for _, t in subterms(term) if isinstance(t, Index) for s in t.subscripts))


__all__ = ["VALUE", "by_values"]
