"""Functions of vectors that nothing defines, by their values: ``f(y) <= f(x) + \\nabla f(x)^T (y - x)`` is about two numbers and a vector.

What is claimed of every differentiable ``f: R^d -> R`` and holds for any numbers in the place of ``f(x)`` and ``f(y)``, and any vector in the place of
``\\nabla f(x)``, holds of their values. What fails for some numbers may hold of every f: of equal arguments the values are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from derivations.checking.wholes import inner_products
from derivations.kernel.statement import Statement
from derivations.language.context import ONE, Array, Context, Definition, Family, Function, Kind, Scalar, Sequence
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.structure import bare, children, free_names, subterms, with_children
from derivations.language.term import At, Big, Call, Deriv, Index, Integral, Name, Term
from derivations.reading.provenance import reached
from derivations.rules.shapes import Shape, shape

VALUE = "the value "
"""Begins the label of a name that stands for a value of a function."""


def functions_of_vectors(statement: Statement, context: Context) -> frozenset[Name]:
    """The undefined functions ``R^d -> R`` of which a statement, a definition or a hypothesis speaks."""
    defined = {d.lhs.function for d in context.definitions if isinstance(d.lhs, Call)} | {d.lhs for d in context.definitions}
    functions = {s for s, kind in context.kinds if isinstance(s, Name) and isinstance(kind, Function) and "of_vectors" in kind.properties} - defined
    terms = (statement.lhs, statement.rhs, *context.hypotheses, *(d.rhs for d in context.definitions)) if functions else ()
    return frozenset(f for f in functions if any(f in free_names(term) for term in terms))


def by_values(
    functions: Iterable[Name], statement: Statement, context: Context
) -> tuple[Statement, Context, Callable[[Statement], Statement]] | None:
    """The statement about any values of these functions, and what does the same to others.

    None where it depends on more than their values: on a second derivative, on how they change inside of a sum or with a parameter.
    """
    work = _Values(functions, context)
    definitions = tuple(work.definition(d) for d in context.definitions)
    work.context = replace(work.context, definitions=definitions)
    claim = Statement(work.of(statement.lhs), statement.relation, work.of(statement.rhs))
    hypotheses = tuple(h for h in map(work.of, context.hypotheses) if not free_names(h) & work.functions)
    if reached(claim, work.context) & work.functions:
        return None
    claim, world = inner_products(claim, replace(work.context, hypotheses=hypotheses))

    def likewise(other: Statement) -> Statement:
        return Statement(work.of(other.lhs), other.relation, work.of(other.rhs))

    return claim, world, likewise


class _Values:
    def __init__(self, functions: Iterable[Name], context: Context) -> None:
        self.functions = frozenset(functions)
        self.context = context
        self.found: dict[tuple[Name, Term, int], Name] = {}
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
            case Big() | Integral() | Deriv() | At():
                return term  # what changes inside has no one value
            case _:
                return self._within(term)

    def _within(self, term: Term) -> Term:
        old = children(term)
        new = tuple(self.of(c) for c in old)
        return term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)

    def _value(self, f: Name, at: Term, order: int) -> Name | Index | None:
        """The name that stands for ``f(at)``, or for its gradient there; None where ``at`` is no vector, or changes with a parameter.

        Where an index numbers ``at``, it numbers the name: what is said of ``f(x_t)`` for every t is said of another number for every t.
        """
        at = bare(at)
        numbers = at.subscripts if isinstance(at, Index) else tuple(sorted(_indices(at), key=repr))
        plain = free_names(at) - (frozenset().union(*map(free_names, numbers)) if numbers else frozenset())
        if plain & self.parameters:
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


__all__ = ["VALUE", "by_values", "functions_of_vectors"]
