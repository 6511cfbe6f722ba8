"""Instances of a context in which a statement about permutations can be evaluated.

``pi in S_N`` says that pi is some permutation of ``1..N``; to look for a counterexample one is needed. A permutation that defines a matrix P by its
entries is read off P (which is drawn), any other one becomes the cyclic shift. An instance only adds
assumptions, so a counterexample in it is one in the context.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.language.context import ONE, Array, Context, Definition, Domain, Scalar
from derivations.language.term import Call, Cases, Index, Name, Relation, Term, product, relation, sum_over

PLACE, COUNT = Name("t", primes=1), Name("k", primes=1)


def instance(context: Context) -> Context:
    """The context with every hypothesis ``pi in S_N`` replaced by a definition of pi."""
    for hypothesis in context.hypotheses:
        match hypothesis:
            case Relation((Name() as permutation, Index(Name("S"), (size,))), ("in",)):
                context = _defined(replace(context, hypotheses=tuple(h for h in context.hypotheses if h != hypothesis)), permutation, size)
    return context


def _defined(context: Context, permutation: Name, size: Term) -> Context:
    body: Term = Cases(((ONE, relation(PLACE, "=", size)), (PLACE + 1, None)))
    for definition in context.definitions:
        entry = _entry_by(definition, permutation, context)
        if entry is not None:
            body = sum_over(COUNT, ONE, size, product(COUNT, entry))
            context = replace(context, definitions=tuple(d for d in context.definitions if d != definition))
            break
    return context.declare(Scalar(Domain.NATURAL), PLACE).define(Call(permutation, (PLACE,)), body, (PLACE,))


def _entry_by(definition: Definition, permutation: Name, context: Context) -> Term | None:
    """``P_{k t}`` for ``P_ij := delta_{i, pi(j)}`` and ``P_{t k}`` for ``P_ij := delta_{pi(i), j}``: the sum of k times it over k is pi(t)."""
    match definition:
        case Definition(Index(Name() as matrix, (Name() as row, Name() as column)), Index(Name("delta"), (left, right))):
            kind = context.kind(matrix)
            if not isinstance(kind, Array) or "permutation" not in kind.properties:
                return None
            if {left, right} == {row, Call(permutation, (column,))}:
                return matrix[COUNT, PLACE]
            if {left, right} == {column, Call(permutation, (row,))}:
                return matrix[PLACE, COUNT]
    return None
