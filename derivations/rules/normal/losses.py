"""Losses of which only the name is known: their derivatives are cotangents, and the chain rule goes through what is defined.

    dL/dx  =  sum over v of  (dL/dv) (dv/dx)       v: what L is a function of; dL/dv an atom, one for each v (and each index)

A cotangent is never zero, and says nothing of another one.
"""

from __future__ import annotations

from derivations.language.context import Loss, Through
from derivations.language.matching import calls_itself
from derivations.language.term import Index, Name
from derivations.rules.normal.atoms import Atom, Stuck
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.poly import ZERO, Poly, atom_power, total


def loss_derivative(algebra: Declared, atom: Atom, by: int) -> Poly:
    """The derivative by an atom of a loss, or of a cotangent (whose derivative is not known where it may have one)."""
    loss = atom.data if atom.head == "loss" else atom.data[0]
    target = algebra.atoms[by]
    kind = algebra.context.kind(loss)
    head = algebra.dependence.head(target.data) if isinstance(target.data, Name | Index) else None
    if not isinstance(kind, Loss) or head is None:
        raise Stuck("a derivative of a loss by something that is no name")
    if head not in algebra.dependence.closure(loss):
        return ZERO
    if atom.head == "cot":
        raise Stuck("a second derivative of a loss of which only the name is known")
    return total(_through(algebra, loss, part, by, head) for part in kind.of)


def _through(algebra: Declared, loss: Name | Index, part: Through, by: int, head: Name | Index) -> Poly:
    """What one of the things that the loss is a function of contributes."""
    target = algebra.atoms[by]
    if head not in algebra.dependence.closure(part.symbol):
        return ZERO
    if any(calls_itself(d) for d in algebra.context.definitions if algebra.dependence.head(d.lhs) in algebra.dependence.closure(part.symbol)):
        raise Stuck("a derivative of a loss through a recurrence")
    if head == part.symbol:
        return algebra.make("cot", (loss, part.symbol), target.args)
    ranges = part.ranges or algebra.array_ranges(part.symbol)
    if not ranges:
        inner = differentiate(algebra, algebra.poly(part.symbol), by)
        return algebra.mul(algebra.make("cot", (loss, part.symbol)), inner)
    places = tuple(algebra.temporary() for _ in ranges)
    names = tuple(Name("place", primes=place) for place in places)
    at = {name: atom_power(place) for name, place in zip(names, places, strict=True)}
    limits_of = [None if limits is None else tuple(algebra.poly(limit) for limit in limits) for limits in ranges]
    algebra.spans.update({place: (limits[0], limits[1]) for place, limits in zip(places, limits_of, strict=True) if limits is not None})
    value = algebra.within_all(at, Index(part.symbol, names))
    body = algebra.mul(algebra.make("cot", (loss, part.symbol), tuple(at.values())), differentiate(algebra, value, by))
    for place, limits in reversed(list(zip(places, limits_of, strict=True))):
        body = algebra.sum_over_set(place, body, None) if limits is None else algebra.sum_range(place, body, *limits)
    return body
