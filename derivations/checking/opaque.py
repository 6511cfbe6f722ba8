"""Statements in which what cannot be evaluated stands for any value.

The derivative of a loss that nothing defines, a name of which only its use is known, a name whose definition has no end: values for them cannot be
computed. A proof that does not look into them proves more: it holds whatever they are. That more general statement can be evaluated, and what it has for
witnesses are witnesses that the proof is about something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from derivations.kernel.statement import Statement
from derivations.language.context import ONE, Array, Context, Function, Kind, Scalar, Sequence, Symbol
from derivations.language.structure import children, free_names, transform
from derivations.language.term import Call, Deriv, Index, Name, Num, Term
from derivations.reading.uses import is_known_function

UNKNOWN: Final = "unknown"
"""Label of a name that stands for something that cannot be evaluated."""


def opaque(statement: Statement, context: Context) -> Iterator[tuple[Statement, Context]]:
    """More general statements, the least general first: derivatives of what nothing defines as unknowns, then defined names as unknowns too."""
    ones = Name("1", font="bold")
    if context.kind(ones) is None and any(ones in free_names(side) for side in (statement.lhs, statement.rhs, *(d.rhs for d in context.definitions))):
        sizes = dict.fromkeys(t for _, kind in context.kinds if isinstance(kind, Array) for t in (kind.rows, kind.cols) if t != ONE)
        for size in sizes:  # a vector of ones has the size that fits where it stands
            yield statement, context.declare(Array(size, ONE, frozenset({"ones"})), ones)
    for held in (context, replace(context, definitions=(), hypotheses=())) if context.definitions else (context,):
        found = _Opaque(held)
        found.context = replace(held, definitions=tuple(replace(d, rhs=found.of(d.rhs)) for d in held.definitions))
        changed = Statement(found.of(statement.lhs), statement.relation, found.of(statement.rhs))
        inside = found.context_for(changed)
        if (changed, inside) != (statement, context):
            yield changed, inside


class _Opaque:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.defined = {_head(d.lhs) for d in context.definitions}
        heads = (_head(d.lhs) for d in context.definitions if d.parameters)
        self.defined |= {head.base for head in heads if isinstance(head, Index)}  # z_{k+1} where z_k is defined
        self.kinds: dict[Symbol, Kind] = {}

    def of(self, term: Term) -> Term:
        return transform(term, self._unknown)

    def _unknown(self, node: Term) -> Term:
        if not isinstance(node, Deriv) or len(node.variables) != 1 or node.variables[0][1] != 1 or not self._undefined(node.body):
            return node
        variable = node.variables[0][0]
        numbers = (*_subscripts(node.body), *_subscripts(variable))
        base = Name(f"d {_text(node.body)} / d {_text(variable)}", label=UNKNOWN)
        kind = self.context.kind(variable) if isinstance(variable, Name | Index) else None
        of_base = self.context.kind(variable.base) if isinstance(variable, Index) and isinstance(variable.base, Name) else None
        if isinstance(kind, Array) and not _subscripts(node.body):
            self.kinds[base] = replace(kind, properties=frozenset())
            return base
        if isinstance(of_base, Array) and not _subscripts(node.body):
            self.kinds[base] = replace(of_base, properties=frozenset())
        else:
            self.kinds[base] = Sequence(arity=len(numbers)) if numbers else Scalar()
        return Index(base, numbers) if numbers else base

    def _undefined(self, body: Term) -> bool:
        head = _head(body)
        base = head.base if isinstance(head, Index) else head
        return isinstance(body, Name | Index | Call) and not {head, base} & self.defined and not is_known_function(head)

    def context_for(self, statement: Statement) -> Context:
        """The context with a kind for every name that has none."""
        kinds = dict(self.context.kinds) | self.kinds
        known = {n for s in kinds for n in free_names(s)} | {n for d in self.defined for n in free_names(d)}
        known |= {v for v, _, _ in self.context.ranges}
        for side in (statement.lhs, statement.rhs):
            for name, kind in _uses(side, free_names(side)):
                new = not {name, replace(name, primes=0)} & known and not is_known_function(name)
                if new and name.text not in ("I", "1", "0", "delta", "factorial", "binom"):
                    old = kinds.get(name)
                    kinds[name] = kind if old is None or isinstance(old, Scalar) else old
        return replace(self.context, kinds=tuple(kinds.items()))


def _head(lhs: Term) -> Term:
    return lhs.function if isinstance(lhs, Call) else lhs


def _subscripts(term: Term) -> tuple[Term, ...]:
    found = term.subscripts if isinstance(term, Index) else ()
    return found if all(isinstance(s, Num) or free_names(s) for s in found) else ()


def _text(term: Term) -> str:
    head = term.base if isinstance(term, Index) else term
    return repr(head)


def _uses(term: Term, free: frozenset[Name]) -> Iterator[tuple[Name, Kind]]:
    """How the free names of a term are used: as functions, as sequences, as numbers."""
    match term:
        case Call(Name() as f, arguments):
            if f in free:
                yield f, Function(len(arguments))
            for argument in arguments:
                yield from _uses(argument, free)
        case Index(Name() as base, subscripts):
            if base in free:
                yield base, Sequence(arity=len(subscripts))
            for s in subscripts:
                yield from _uses(s, free)
        case Name() if term in free:
            yield term, Scalar()
        case _:
            for child in children(term):
                yield from _uses(child, free)


__all__ = ["UNKNOWN", "opaque"]
