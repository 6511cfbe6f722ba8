"""What the engine returns: a density with its branches and how each part of it is known."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import sympy

from derivations.language.record import record

from .evaluation import Compiled
from .pieces import Peel


class Level(Enum):
    """How a claim is known."""

    PROVED = "proved for all admissible parameter values"
    SAMPLED = "confirmed at sample points"


class Claim(Enum):
    """What is claimed of a density."""

    INVERSE = "f(g(x)) = x on the image of each branch"
    MONOTONE = "the map is strictly monotone on each piece"
    DERIVATIVE = "the derivative of each inverse"
    COVER = "the pieces are disjoint and cover the support of the base"
    SIGNS = "signs of expressions in the parameters"
    PREIMAGES = "every sampled point of the base is found again by exactly one branch"
    MASS = "on sampled intervals of x the density has the mass of the base that the map sends there"


@record
class Evidence:
    """One claim, how it is known, and on what it was tried (a count of points, or the expressions concerned)."""

    claim: Claim
    level: Level
    detail: str = ""


@record
class Branch:
    """One strictly monotone piece of the map.

    Attributes:
        piece: open interval of z.
        inverse: g(x), expression in x.
        derivative: g'(x), signed.
        image: open interval of x.
        increasing: the direction of the map; None where it depends on a parameter's sign.
        density: p(g(x)) |g'(x)|, the branch's part of the density, right on `image`.
        peels: the equations that lead from x = f(z) to z = g(x), each equivalent to the one before on the piece;
            values are in x, expressions in z.
    """

    piece: Any
    inverse: Any
    derivative: Any
    image: Any
    increasing: bool | None
    density: Any
    peels: tuple[Peel, ...] = ()


@record
class Atom:
    """A value that the map takes on a whole interval of z, and so with the mass that the base has there."""

    value: Any
    piece: Any


@record
class Density:
    """The density of X = f(Z).

    Attributes:
        variable: the symbol x.
        density: the density on `support` (it says nothing outside, where the density is zero).
        support: SymPy set in x; its end points do not matter.
        branches: the monotone pieces, from left to right in z.
        conditions: relations between parameters under which the answer holds, beyond the declared ones.
        evidence: how each part is known.
        atoms: what X takes with positive probability, where that was asked for; then the density is that of the rest.
    """

    variable: Any
    density: Any
    support: Any
    branches: tuple[Branch, ...]
    conditions: tuple[Any, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    atoms: tuple[Atom, ...] = ()

    @property
    def everywhere(self) -> Any:
        """The density on the whole line, zero outside the support."""
        return sympy.Piecewise((self.density, self.support.as_relational(self.variable)), (0, True))

    def at(self, point: float, parameters: Mapping[Any, float] | None = None) -> float:
        """The density at a number, for parameter values; zero outside the support."""
        values = dict(parameters or {})
        inside = self.support.subs(values).contains(sympy.Float(point))
        if inside != sympy.true:
            return 0.0
        symbols = tuple(values)
        compiled = Compiled(self.density, (self.variable, *symbols))
        return compiled.precise(point, *(values[symbol] for symbol in symbols))
