"""What a polynomial's variable can stand for, and what a normal form says when it gives up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.work import spend
from derivations.rules.normal.poly import Poly


class Stuck(DeriveError):
    """The normal form cannot express or finish this; the caller answers ``Undecided`` with the reason."""


LAMBERT = (("LambertW", (0,)), ("LambertWm", (0,)))
"""The data of the atoms of both real branches of Lambert's W."""


@record
class Atom:
    """What a polynomial's variable stands for: a head, data (a name, a number), and polynomial arguments."""

    head: str
    data: Any = None
    args: tuple[Poly, ...] = ()


BINDERS = frozenset({"prefix", "tail", "whole", "head", "over", "prodprefix", "bound_op"})
"""Heads whose first argument is a body with a bound variable."""
WHOLES = frozenset({"inverse", "determinant", "norm", "mapped"})
"""Heads of what is made of an array as a whole: the first arguments are its entries, at a row and a column that are bound in them."""
INTEGER_HEADS = frozenset({"floor", "delta", "card"})
POSITIVE_HEADS = frozenset({"e", "pi", "prime"})


def prime_factors(value: Fraction) -> list[tuple[int, int]]:
    """(prime, multiplicity) of a positive rational. Raises Stuck for a number too large to factor by trial division in good time."""
    found: list[tuple[int, int]] = []
    for n, direction in ((value.numerator, 1), (value.denominator, -1)):
        p = 2
        while p * p <= n:
            count = 0
            while n % p == 0:
                n //= p
                count += 1
            if count:
                found.append((p, count * direction))
            p += 1 if p == 2 else 2
            if p > 100_000:
                spend(p // 100)
                raise Stuck("an integer too large to factor stands under a root, a logarithm or a symbolic power")
        spend(1 + p // 100)
        if n > 1:
            found.append((n, direction))
    return found
