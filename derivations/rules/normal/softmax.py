"""Softmax, log-sum-exp and maxima over an index, in normal form."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.context import Softmax
from derivations.language.structure import free_names, fresh
from derivations.language.term import Big, Call, Const, Group, Name, Pow, Term
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.families import at_index, family_limits, index_of
from derivations.rules.normal.poly import Poly


def entry(algebra: Declared, call: Call, subscripts: tuple[Term, ...]) -> Poly:
    """``softmax(z)_i``: ``e^{z_i}`` over the sum of all."""
    function = call.function
    known = isinstance(function, Name) and (
        isinstance(algebra.context.kind(function), Softmax) or (algebra.context.kind(function) is None and function.text in ("softmax", "Softmax"))
    )
    if not known or len(subscripts) != 1 or len(call.arguments) != 1:
        raise Stuck("an entry of an array that the scalar normal form does not know")
    (body,) = call.arguments
    if at_index(algebra, body, _index(subscripts[0])) == body:
        raise Stuck("a softmax of something that has no entries")
    power = Pow(Const("e"), Group(at_index(algebra, body, _index(subscripts[0]))))
    if not isinstance(subscripts[0], Name):
        raise Stuck("an entry of a softmax at something that is not an index")
    return algebra.mul(algebra.poly(power), algebra.power(sum_of_powers(algebra, body), Fraction(-1)))


def _index(subscript: Term) -> Name:
    if not isinstance(subscript, Name):
        raise Stuck("an entry of a softmax at something that is not an index")
    return subscript


def sum_of_powers(algebra: Declared, body: Term) -> Poly:
    """The sum of ``e^{z_k}`` over all entries of z."""
    outer = index_of(algebra, body)
    variable = fresh(outer, free_names(body) | {outer})
    power = Pow(Const("e"), Group(at_index(algebra, body, variable)))
    return algebra.poly(Big("sum", power, variable, *family_limits(algebra, outer)))
