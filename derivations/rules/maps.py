"""What the rules for densities are told of a map: plain data, which a sheet prints, a reader writes and a problem that is kept holds.

The rules themselves are in ``change_of_variables``, ``joint_variables`` and ``independent``, each beside what it checks.
"""

from __future__ import annotations

from functools import reduce
from itertools import product as pairs_of
from typing import Literal, TypeAlias

from derivations.language.brackets import bracketed
from derivations.language.record import record
from derivations.language.structure import substitute, subterms
from derivations.language.term import (
    Bars,
    Call,
    Const,
    Deriv,
    Frac,
    Index,
    Integral,
    Matrix,
    Name,
    Num,
    Pow,
    Relation,
    Term,
    Transpose,
    group,
    product,
    sum_over,
)

Symbol: TypeAlias = Name | Index
INFINITY = Const("oo")
MINUS_INFINITY = -INFINITY


@record
class Piece:
    """An interval of the base variable on which the map is strictly monotone, with its inverse there and its image, all as terms."""

    low: Term
    high: Term
    inverse: Term
    image_low: Term
    image_high: Term
    increasing: bool


@record
class Flat:
    """An interval of the base variable on which the map has one value: X takes it with the mass that the base has there."""

    low: Term
    high: Term
    value: Term


@record
class Transformation:
    """X = f(Z): the names of both densities, the map as a call pattern, the variables, the pieces, and the flat parts; together they cover Z's support.

    Where there are flat parts X has atoms, and the new density is that of the rest."""

    new_density: Term
    base_density: Term
    map: Term
    z: Name
    x: Name
    pieces: tuple[Piece, ...]
    flats: tuple[Flat, ...] = ()

    def transformed(self, piece: Piece) -> Term:
        """``p_Z(g(x)) |d/dx g(x)|``."""
        slope = Deriv(piece.inverse, ((self.x, 1),), style="operator")
        return Call(self.base_density, (piece.inverse,)) * Bars("abs", slope)


def inside(variable: Name, low: Term, high: Term) -> tuple[Term, ...]:
    """The hypothesis ``low < variable < high``; an infinite end says nothing."""
    items = [*([low] if low != MINUS_INFINITY else []), variable, *([high] if high != INFINITY else [])]
    return (Relation(tuple(items), ("<",) * (len(items) - 1)),) if len(items) > 1 else ()


@record
class Region:
    """A part of the support, told by signs of variables (``z_1 < 0``) or by sides of a number (``z_1 < 1/2``), and the inverse of the map there, in the new
    variables. ``image``: what holds of these where the inverse is this one; without it, that its values lie in the part."""

    conditions: tuple[Term, ...]
    inverse: tuple[Term, ...]
    image: tuple[Term, ...] = ()


@record
class JointTransformation:
    """X = f(Z): the names of the density of X and of those of the independent Z_i, the old and the new variables, the components of the map, what holds on
    the support of Z, and the regions."""

    new_density: Symbol
    base_densities: tuple[Symbol, ...]
    old: tuple[Symbol, ...]
    new: tuple[Symbol, ...]
    maps: tuple[Term, ...]
    support: tuple[Term, ...]
    regions: tuple[Region, ...]

    def transformed(self, region: Region) -> Term:
        """``p_{Z_1}(g_1(x)) p_{Z_2}(g_2(x)) |det Dg(x)|``."""
        rows = self.slopes(region)
        densities = [Call(p, (g,)) for p, g in zip(self.base_densities, region.inverse, strict=True)]
        return product(*densities, Bars("abs", Call(Name("det"), (Matrix(rows),))))

    def slopes(self, region: Region) -> tuple[tuple[Term, ...], ...]:
        """The derivative of the inverse by the new variables, not yet worked out."""
        return tuple(tuple(_slope(g, x) for x in self.new) for g in region.inverse)

    def held(self, region: Region) -> tuple[Term, ...]:
        """What must hold of x for its inverse to lie in the region."""
        there = dict(zip(self.old, region.inverse, strict=True))
        return tuple(bracketed(substitute(condition, dict(there.items()))) for condition in (*self.support, *region.conditions))


@record
class Forward:
    """X = f(Z) where each component holds the variables up to its own and is strictly monotone in that one: the names of the densities, the variables, the
    components, what holds on the support."""

    new_density: Symbol
    base_densities: tuple[Symbol, ...]
    old: tuple[Symbol, ...]
    maps: tuple[Term, ...]
    support: tuple[Term, ...]

    def slopes(self) -> tuple[tuple[Term, ...], ...]:
        """The derivative of the map, not yet worked out."""
        return tuple(tuple(_slope(f, z) for z in self.old) for f in self.maps)

    def transformed(self) -> Term:
        """``p_{Z_1}(z_1) p_{Z_2}(z_2) / |det Df(z)|``."""
        densities = [Call(p, (z,)) for p, z in zip(self.base_densities, self.old, strict=True)]
        rows = self.slopes()
        size = Bars("abs", rows[0][0] if len(rows) == 1 else Call(Name("det"), (Matrix(rows),)))
        return Frac(densities[0] if len(densities) == 1 else product(*densities), size)


@record
class Flow:
    """x = f(z) for D independent variables with one density p: which flow it is, the density of x, p, z, D, the image (``f(z)``, or x by its components), an
    index, the first component that is changed (of a flow by components), and the letters of the flow."""

    which: Literal["planar", "radial", "affine", "components"]
    new_density: Symbol
    base_density: Symbol
    z: Name
    size: Term
    image: Term
    index: Name
    first: Term
    letters: tuple[Term, ...]

    def map(self) -> Term | None:
        """What a flow of vectors makes of z; None for a flow by components, which is defined where it is used."""
        z = self.z
        match self.which, self.letters:
            case "planar", (u, w, b):
                return z + u * Call(Name("tanh"), (Transpose(w) * z + b,))
            case "radial", (c, alpha, beta):
                return z + beta * Frac(z - c, alpha + Bars("norm", z - c))
            case "affine", (matrix, b):
                return matrix * z + b
            case _:
                return None

    def transformed(self) -> Term:
        """The logarithm of the density at the image: ``sum_i ln p(z_i) - ln |det df(z)/dz|``, or a logarithm for each component."""
        ln, i = Name("ln"), self.index
        base = sum_over(i, 1, self.size, Call(ln, (Call(self.base_density, (self.z[i],)),)))
        if self.which != "components":
            jacobian = Deriv(self.image, ((self.z, 1),), partial=True)
            return base - Call(ln, (Bars("abs", Call(Name("det"), (jacobian,))),))
        slope = Deriv(Index(self.image, (i,)), ((self.z[i], 1),), partial=True)
        return base - sum_over(i, self.first, self.size, Call(ln, (Bars("abs", slope),)))


def _slope(g: Term, x: Symbol) -> Term:
    """The derivative of a component by a variable: zero where it does not hold it."""
    return Deriv(g, ((x, 1),), partial=True, style="operator") if any(part == x for _, part in subterms(g)) else Num("0")


@record
class Stretch:
    """An interval, and the name of the function that a density is on it."""

    density: Symbol
    low: Term
    high: Term


@record
class Pair:
    """A stretch of Z and one of W: the inverse of the map for z there, in x and w, and the limits between which w counts (None where no w does)."""

    one: Stretch
    other: Stretch
    inverse: Term
    limits: tuple[Term, Term] | None


@record
class Convolution:
    """X = f(Z, W): the density of X; x, z and w; the map; the stretches of the densities of Z and of W; and for each pair of a stretch of Z and one of W the
    inverse for z, in x and w, and the limits between which w counts, or None where no w does."""

    new_density: Symbol
    x: Name
    variables: tuple[Symbol, Name]
    map: Term
    inverses: tuple[Term, ...]
    firsts: tuple[Stretch, ...]
    seconds: tuple[Stretch, ...]
    limits: tuple[tuple[Term, Term] | None, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Each pair of stretches."""
        both = pairs_of(self.firsts, self.seconds)
        return tuple(Pair(one, other, g, limits) for (one, other), g, limits in zip(both, self.inverses, self.limits, strict=True))

    def integrals(self) -> tuple[Term, ...]:
        """``integral of p_Z(g(x, w)) |dg/dx| p_W(w) dw`` for each pair for which some w count."""
        return tuple(self._integral(pair, *pair.limits) for pair in self.pairs if pair.limits is not None)

    def _integral(self, pair: Pair, low: Term, high: Term) -> Term:
        w = self.variables[1]
        slope = Bars("abs", Deriv(pair.inverse, ((self.x, 1),), partial=True, style="operator"))
        return Integral(product(Call(pair.one.density, (pair.inverse,)), slope, Call(pair.other.density, (w,))), w, low, high)

    def integral(self) -> Term:
        """All of them together."""
        return reduce(lambda a, b: a + b, self.integrals())


@record
class Extreme:
    """The largest or the least of independent variables with one support: the density of X, their densities and distribution functions, x, the letter of the
    functions' argument, the ends of the support."""

    which: Literal["largest", "least"]
    new_density: Symbol
    densities: tuple[Symbol, ...]
    functions: tuple[Symbol, ...]
    x: Name
    argument: Name
    support: tuple[Term, Term]

    def density(self) -> Term:
        """``d/dx (F_1(x) F_2(x))``, or ``-d/dx ((1 - F_1(x)) (1 - F_2(x)))``."""
        values = [Call(f, (self.x,)) for f in self.functions]
        factors = values if self.which == "largest" else [group(1 - value) for value in values]
        slope = Deriv(group(reduce(lambda a, b: product(a, b), factors), "["), ((self.x, 1),), style="operator")
        return slope if self.which == "largest" else -slope


@record
class OrderStatistic:
    """The k-th of n independent variables with one law, in the order of their size."""

    new_density: Symbol
    density: Symbol
    function: Symbol
    x: Name
    argument: Name
    support: tuple[Term, Term]
    k: Term
    n: Term

    def value(self) -> Term:
        """``n!/((k-1)! (n-k)!) F(x)^(k-1) (1 - F(x))^(n-k) p(x)``."""
        k, n = self.k, self.n
        below = product(factorial(k - 1), factorial(n - k))
        cdf = Call(self.function, (self.x,))
        return product(Frac(factorial(n), below), Pow(cdf, k - 1), Pow(group(1 - cdf), n - k), Call(self.density, (self.x,)))


def factorial(n: Term) -> Term:
    return Call(Name("factorial"), (n,))
