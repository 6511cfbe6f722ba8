"""Change of variables: the density *and* its support.

    X = f(Z)     f strictly monotone and continuous on each piece of Z's support     the pieces cover the support
    f(g_b(x)) = x and g_b(x) in piece b, for x in the image of piece b
    --------------------------------------------------------------------------------------------------------------
    p_X(x) = sum over the pieces whose image holds x of p_Z(g_b(x)) |g_b'(x)|            0 where no image holds x

Everything above the line is checked: the inverse by normal forms (that it lies in its piece by signs, or from ``g_b(f(z)) = z`` on the piece),
monotonicity by the sign of f' on the piece, the image by limits at the piece's ends.
Casella and Berger, *Statistical Inference* (2002), theorems 2.1.5 and 2.1.8.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

from derivations.kernel.statement import Premise, Rel, Rule, Statement, equation
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Undecided, Verdict, proved
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Function, Scalar
from derivations.language.errors import DeriveError
from derivations.language.quote import quote
from derivations.language.structure import free_names, substitute
from derivations.language.term import Bars, Call, Cases, Const, Deriv, Index, Integral, Name, Num, Relation, Term
from derivations.language.work import OutOfWork, apart
from derivations.rules.equality import differentiation, prove_equal, where_defined
from derivations.rules.normal.convert import Algebra
from derivations.rules.order import sign_by_factors
from derivations.rules.refute import refute

INFINITY = Const("oo")
MINUS_INFINITY = -INFINITY
CORNERS = frozenset({"max", "min", "abs", "sign", "relu", "ReLU"})


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval of the base variable on which the map is strictly monotone, with its inverse there and its image, all as terms."""

    low: Term
    high: Term
    inverse: Term
    image_low: Term
    image_high: Term
    increasing: bool


@dataclass(frozen=True, slots=True)
class Transformation:
    """X = f(Z): the names of both densities, the map as a call pattern, the variables, and the pieces that cover Z's support in order."""

    new_density: Term
    base_density: Term
    map: Term
    z: Name
    x: Name
    pieces: tuple[Piece, ...]

    def transformed(self, piece: Piece) -> Term:
        """``p_Z(g(x)) |d/dx g(x)|``."""
        slope = Deriv(piece.inverse, ((self.x, 1),), style="operator")
        return Call(self.base_density, (piece.inverse,)) * Bars("abs", slope)


def inside(variable: Name, low: Term, high: Term) -> tuple[Term, ...]:
    """The hypothesis ``low < variable < high``; an infinite end says nothing."""
    items = [*([low] if low != MINUS_INFINITY else []), variable, *([high] if high != INFINITY else [])]
    return (Relation(tuple(items), ("<",) * (len(items) - 1)),) if len(items) > 1 else ()


def check_piece(change: Transformation, piece: Piece, context: Context) -> str | None:
    """Why the piece is not what it says it is, or None. What the context says about x is not used: the piece holds for all of its image."""
    if any(not _is_real(context, name) for name in (change.z, change.x)):
        return "the variables of the map are not said to be real numbers"
    parameters = tuple(h for h in context.hypotheses if not _mentions(h, change.x))
    return _fault(change, piece, Context(context.kinds, parameters, context.definitions).declare(Scalar(), change.z))


def _is_real(context: Context, name: Name) -> bool:
    kind = context.kind(name)
    return kind is None or (isinstance(kind, Scalar) and kind.domain is Domain.REAL)


@lru_cache(maxsize=64)
def _fault(change: Transformation, piece: Piece, known: Context) -> str | None:
    try:
        with apart(_PIECE):
            return _found_fault(change, piece, known)
    except OutOfWork:
        return "the work that checking a piece of the map may cost did not suffice"


_PIECE = 2_000_000
"""What checking a piece may cost."""


def _found_fault(change: Transformation, piece: Piece, known: Context) -> str | None:
    on_piece = known.assume(*inside(change.z, piece.low, piece.high))
    algebra = Algebra(on_piece)
    here = Call(change.map, (change.z,))
    where_defined(algebra, (here,))
    slope = algebra.sign(algebra.poly(Deriv(here, ((change.z, 1),))))
    allowed = ("+", "0+") if piece.increasing else ("-", "0-")
    if slope not in allowed or (slope.startswith("0") and _has_corners(here, known)):
        return "the map is not shown to be strictly monotone on the piece: the sign of its derivative is not decided"
    on_image = known.assume(*inside(change.x, piece.image_low, piece.image_high))
    round_trip = prove_equal(equation(Call(change.map, (piece.inverse,)), change.x), on_image, (), "round trip")
    if isinstance(round_trip, Undecided):
        return "the inverse is not shown to undo the map on the image of the piece"
    if not _lands_in(piece, Algebra(on_image)):
        back = prove_equal(equation(substitute(piece.inverse, {change.x: here}), change.z), on_piece, (), "round trip")
        if isinstance(back, Undecided):
            return "the inverse is not shown to lie in the piece: it may be that of another branch"
    return _check_image(change, piece, on_piece)


def _lands_in(piece: Piece, on_image: Algebra) -> bool:
    """Whether the signs of the context show that the inverse lies in the piece for every x in its image."""
    value = on_image.poly(piece.inverse)
    above = piece.low == MINUS_INFINITY or sign_by_factors(on_image, value - on_image.poly(piece.low)) == "+"
    return above and (piece.high == INFINITY or sign_by_factors(on_image, on_image.poly(piece.high) - value) == "+")


def _has_corners(term: Term, known: Context) -> bool:
    """Whether the map is built with absolute values, floors or cases. Without them it is analytic: a derivative that is never negative then vanishes
    at isolated points only, and the map is strictly increasing all the same."""
    from derivations.language.structure import subterms

    body = next((d.rhs for d in known.definitions if isinstance(d.lhs, Call) and d.lhs.function == getattr(term, "function", None)), term)
    return any(
        isinstance(t, Bars | Cases) or (isinstance(t, Call) and isinstance(t.function, Name) and t.function.text in CORNERS)
        for _, t in subterms(body)
    )


def _mentions(hypothesis: Term, name: Name) -> bool:
    return name in free_names(hypothesis)


def _check_image(change: Transformation, piece: Piece, known: Context) -> str | None:
    """The limits of the map at the ends of the piece are the ends of the image."""
    import sympy as sp

    from derivations.language.denote import denote

    z = denote(change.z, known)
    value = denote(Call(change.map, (change.z,)), known)
    ends = (piece.image_low, piece.image_high) if piece.increasing else (piece.image_high, piece.image_low)
    for at, wanted, side in ((piece.low, ends[0], "+"), (piece.high, ends[1], "-")):
        point = sp.oo if at == INFINITY else -sp.oo if at == MINUS_INFINITY else denote(at, known)
        expected = sp.oo if wanted == INFINITY else -sp.oo if wanted == MINUS_INFINITY else denote(wanted, known)
        try:
            limit = _plain_limit(value, z, point)
            if limit is None:
                limit = sp.limit(value, z, point, side)
        except (NotImplementedError, ValueError, TypeError) as error:
            return f"the limit of the map at an end of its piece is not found ({error})"
        if limit != expected and not _same(limit, wanted, known):
            return f"the map tends to {limit} at an end of its piece, not to {expected}"
    return None


def _same(computed: Any, written: Term, known: Context) -> bool:
    """Whether what SymPy computed is what is written, by normal forms: SymPy computes, it does not decide."""
    from derivations.language.denote import denote

    names: dict[Any, Term] = {}
    for symbol, _ in known.kinds:
        with suppress(DeriveError):
            names[denote(symbol, known)] = symbol
    try:
        same = equation(quote(computed, names), written)
        return written not in (INFINITY, MINUS_INFINITY) and isinstance(prove_equal(same, known, (), "normal form"), Evidence)
    except DeriveError:
        return False


def _plain_limit(value: Any, z: Any, point: Any) -> Any:
    """The limit by putting the point in, where every operation is continuous there (in the extended real numbers) and the result determinate; else None.

    Only sums, products, powers with a fixed exponent, exponentials and logarithms are taken: ``oo**0`` is 1 for SymPy and no limit.
    """
    import sympy as sp

    continuous = (sp.Add, sp.Mul, sp.exp, sp.log, sp.Symbol, sp.Number, sp.NumberSymbol)
    for part in sp.preorder_traversal(value):
        if not isinstance(part, continuous) and not (isinstance(part, sp.Pow) and part.exp.is_number):
            return None
    found = value.subs(z, point)
    determinate = found.is_number and (found.is_finite or found in (sp.oo, -sp.oo)) and found.is_extended_real
    return found if determinate else None


def check_cover(change: Transformation, support: tuple[Term, Term]) -> str | None:
    """The pieces join end to end and run over the whole support."""
    ends = [support[0]]
    for piece in change.pieces:
        if piece.low != ends[-1]:
            return "the pieces do not join end to end"
        ends.append(piece.high)
    return None if ends[-1] == support[1] else "the pieces do not cover the support of the base variable"


def check_mass(change: Transformation, support: tuple[Term, Term], context: Context) -> str | None:
    """Why the support cannot be that of the base variable: its density, where it is written out, does not integrate to one over it. Else None.

    True: ``e^{-z}`` on ``(0, oo)``; a false neighbour is the standard normal density there, which is half of one.
    """
    written_out = [d for d in context.definitions if isinstance(d.lhs, Call) and d.lhs.function == change.base_density]
    if not written_out:
        return None
    if any(isinstance(k := context.kind(n), Scalar) and k.domain is Domain.COMPLEX for d in written_out for n in free_names(d.rhs)):
        return "the density of the base variable has parameters that may be complex"
    parameters = tuple(h for h in context.hypotheses if not _mentions(h, change.x))
    return _mass_fault(change.base_density, change.z, support, Context(context.kinds, parameters, context.definitions))


@lru_cache(maxsize=64)
def _mass_fault(density: Term, z: Name, support: tuple[Term, Term], known: Context) -> str | None:
    total = Integral(Call(density, (z,)), z, *support)
    with apart(_MASS):
        found = refute(equation(total, Num("1")), known.declare(Scalar(), z), count=4, ticks=_MASS)
    return "the density of the base variable does not integrate to one over the support that is named" if isinstance(found, Refuted) else None


_MASS = 100_000
"""What trying the integral of a density may cost."""


def change_of_variables(change: Transformation, support: tuple[Term, Term]) -> Rule:
    """The rule for one transformation of a variable whose support is the given interval.

    It proves ``p_X(x) = ...`` for x in the image of exactly those pieces that the context's range of x names, and ``p_X(x) = 0`` outside all images.
    """

    return Rule("change of variables", (change, support))


def decide_change(
    statement: Statement, context: Context, premises: tuple[Premise, ...], change: Transformation, support: tuple[Term, Term]
) -> Verdict:
    if statement.relation is not Rel.EQ or statement.lhs != Call(change.new_density, (change.x,)):
        return Undecided("the rule gives the density of the transformed variable at its point")
    kind = context.kind(change.new_density) if isinstance(change.new_density, Name | Index) else None
    if not (isinstance(kind, Function) and "density" in kind.properties):
        return Undecided("nothing says that what stands on the left is a density")
    try:
        faults = (check_piece(change, p, context) for p in change.pieces)
        fault = check_cover(change, support) or next((f for f in faults if f), None) or check_mass(change, support, context)
        if fault:
            return Undecided(fault)
        placed = [(p, _placed(change, p, context)) for p in change.pieces]
    except DeriveError as error:
        return Undecided(str(error))
    if any(place is None for _, place in placed):
        return Undecided("the context does not say whether x lies in the image of every piece")
    used = [change.transformed(p) for p, place in placed if place]
    expected = bracketed(reduce(lambda a, b: a + b, used)) if used else Num("0")
    if statement.rhs == expected:
        return Accepted(proved("change of variables"))
    verdict = differentiation.decide(equation(expected, statement.rhs), context, ()) if used else _is_zero(statement, context)
    return Accepted(proved("change of variables")) if isinstance(verdict, Accepted) else verdict


def _is_zero(statement: Statement, context: Context) -> Verdict:
    from derivations.rules.equality import algebra

    return algebra.decide(equation(Num("0"), statement.rhs), context, ())


def _placed(change: Transformation, piece: Piece, context: Context) -> bool | None:
    """Whether x lies inside the piece's image (True), outside it (False), or the context does not say (None)."""
    algebra = Algebra(context)
    x = algebra.poly(change.x)
    distances = [x - algebra.poly(piece.image_low)] if piece.image_low != MINUS_INFINITY else []
    distances += [algebra.poly(piece.image_high) - x] if piece.image_high != INFINITY else []
    if all(algebra.sign(distance) == "+" for distance in distances):
        return True
    if any(algebra.sign(distance) in ("-", "0-", "0") or algebra.sign(-distance) in ("0+", "0") for distance in distances):
        return False  # at x >= a and x <= a both x - a and a - x are at least zero
    return None


def substitution(change: Transformation, support: tuple[Term, Term]) -> Rule:
    """``integral of p_Z(g(x)) |g'(x)| over the image = integral of p_Z over the support``: one piece, substituting z = g(x)."""
    return Rule("substitution", (change, support))


def decide_substitution(
    statement: Statement, context: Context, premises: tuple[Premise, ...], change: Transformation, support: tuple[Term, Term]
) -> Verdict:
    match statement.lhs, statement.rhs:
        case Integral(body, x, low, high), Integral(base, z, base_low, base_high):
            pass
        case _:
            return Undecided("the rule is about two integrals")
    if statement.relation is not Rel.EQ or len(change.pieces) != 1:
        return Undecided("the rule equates two integrals for a map with one piece")
    (piece,) = change.pieces
    limits = (low, high, base_low, base_high)
    if (x, z) != (change.x, change.z) or limits != (piece.image_low, piece.image_high, *support):
        return Refuted(reason="the limits or the variables of the integrals are not those of the image and of the support")
    fault = check_cover(change, support) or check_piece(change, piece, context)
    if fault:
        return Undecided(fault)
    on_image = context.declare(Scalar(), change.x).assume(*inside(change.x, piece.image_low, piece.image_high))
    first = differentiation.decide(equation(change.transformed(piece), body), on_image, ())
    if not isinstance(first, Accepted):
        return first
    plain = substitute(base, {})
    if plain != Call(change.base_density, (change.z,)):
        return Undecided("the right integral is not of the base density")
    return Accepted(proved("substitution of the variable of integration"))


def decide_integration(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    import sympy as sp

    from derivations.language.denote import denote

    if statement.relation is not Rel.EQ or not isinstance(statement.lhs, Integral):
        return Undecided("the rule evaluates an integral")
    try:
        if isinstance(prove_equal(statement, context, (), "integral in closed form"), Evidence):
            return Accepted(proved("integral in closed form"))
    except DeriveError:
        pass  # the normal form does not know this integrand: SymPy may
    try:
        value = denote(statement.lhs, context).doit()
        wanted = denote(statement.rhs, context)
    except DeriveError as error:
        return Undecided(str(error))
    if value.has(sp.Integral):
        return Undecided("SymPy does not find the integral")
    if value == wanted or _same(value, statement.rhs, context):
        return Accepted(proved("integral by SymPy, compared by normal forms"))
    difference = value - wanted
    if difference.is_number and difference.is_nonzero:
        return Refuted(reason=f"the integral is {value}, not {wanted}")
    return Undecided("the value of the integral is not shown to be the right side", difference)


integration = Rule("integration")
"""A definite integral, in closed form or by SymPy. True: the standard normal density integrates to 1. False neighbour: to 2 (refuted)."""
