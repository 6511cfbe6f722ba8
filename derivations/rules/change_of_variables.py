"""Change of variables: the density *and* its support.

    X = f(Z)     f strictly monotone and continuous on each piece of Z's support     the pieces cover the support
    f(g_b(x)) = x and g_b(x) in piece b, for x in the image of piece b
    --------------------------------------------------------------------------------------------------------------
    p_X(x) = sum over the pieces whose image holds x of p_Z(g_b(x)) |g_b'(x)|            0 where no image holds x

Everything above the line is checked: monotonicity, image and inverse by how the map is built from monotone functions; or monotonicity by the sign of f'
on the piece, the image by limits at the piece's ends, the inverse by normal forms (that it lies in its piece by signs, from ``g_b(f(z)) = z`` on the piece, or
because it is continuous, lies there once and never at an end). What is not shown so is tried at values, and the step is then sampled.
Casella and Berger, *Statistical Inference* (2002), theorems 2.1.5 and 2.1.8.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, reduce
from typing import Any, TypeAlias

from derivations.kernel.statement import Premise, Rel, Rule, Statement, equation
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided, Verdict, proved, weakest
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Function, Scalar
from derivations.language.errors import DeriveError
from derivations.language.matching import calls_itself, match_definition
from derivations.language.quote import quote
from derivations.language.structure import free_names, substitute
from derivations.language.term import Add, Bars, Call, Cases, Deriv, Index, Integral, Name, Num, Relation, Term
from derivations.language.work import OutOfWork, apart, calls
from derivations.rules.equality import differentiation, prove_equal, where_defined
from derivations.rules.maps import INFINITY, MINUS_INFINITY, Flat, Piece, Transformation, inside
from derivations.rules.monotone import Course, course, sign_of_number
from derivations.rules.normal.convert import Algebra
from derivations.rules.order import sign_by_factors
from derivations.rules.refute import Agreement, refute

CORNERS = frozenset({"max", "min", "abs", "sign", "relu", "ReLU"})


Found: TypeAlias = "Evidence | str"
"""How a piece is known to be what it says it is; or why it is not shown."""


def check_piece(change: Transformation, piece: Piece, context: Context) -> Found:
    """How the piece is known to be what it says it is, or why it is not. What the context says about x and z is not used: a piece holds for all of its image,
    and under a bound for z every claim about another piece would follow."""
    if any(not is_real(context, name) for name in (change.z, change.x)):
        return "the variables of the map are not said to be real numbers"
    parameters = tuple(h for h in context.hypotheses if not _mentions(h, change.x) and not _mentions(h, change.z))
    return _checked(change, piece, Context(context.kinds, parameters, context.definitions).declare(Scalar(), change.z))


def is_real(context: Context, name: Name | Index) -> bool:
    kind = context.kind(name)
    return kind is None or (isinstance(kind, Scalar) and kind.domain is Domain.REAL)


@lru_cache(maxsize=64)
def _checked(change: Transformation, piece: Piece, known: Context) -> Found:
    try:
        with apart(_PIECE):
            return _found(change, piece, known)
    except OutOfWork:
        return "the work that checking a piece of the map may cost did not suffice"


_PIECE = 3_000_000
"""What checking a piece may cost."""


def _found(change: Transformation, piece: Piece, known: Context) -> Found:
    """By the construction of the map first, then by its derivative and by normal forms; what neither shows is tried at values, and is then sampled."""
    on_piece = known.assume(*inside(change.z, piece.low, piece.high))
    on_image = known.assume(*inside(change.x, piece.image_low, piece.image_high))
    algebra = Algebra(on_piece)
    here = Call(change.map, (change.z,))
    where_defined(algebra, (here,))
    tried: list[Evidence] = []
    built = _course(_body(change, known), change.z, (piece.low, piece.high), on_piece)
    whole = built is not None and built.way == (1 if piece.increasing else -1) and _runs(built, (piece.image_low, piece.image_high), on_piece)
    if not whole:
        fault = _monotone(change, piece, on_piece, algebra, tried) or _check_image(change, piece, on_piece, tried)
        if fault:
            return fault
    fault = _inverted(change, piece, on_piece, on_image, built if whole else None, tried)
    if fault:
        return fault
    return min(tried, key=lambda e: e.count) if tried else proved("change of variables")


def _body(change: Transformation, known: Context) -> Term:
    """The map at z with its definition put in."""
    here = Call(change.map, (change.z,))
    for definition in known.definitions:
        values = match_definition(definition, here)
        if values is not None and not calls_itself(definition):
            return substitute(definition.rhs, dict(values.items()))
    return here


def _value(end: Term, known: Context) -> Any:
    import sympy as sp

    from derivations.language.denote import denote

    return sp.oo if end == INFINITY else -sp.oo if end == MINUS_INFINITY else denote(end, known)


def _course(body: Term, variable: Name, ends: tuple[Term, Term], known: Context) -> Course | None:
    try:
        return course(body, variable, _value(ends[0], known), _value(ends[1], known), known)
    except DeriveError:
        return None


def _runs(found: Course, ends: tuple[Term, Term], known: Context) -> bool:
    """Whether its limits are these ends."""
    return all(value == _value(end, known) or _same(value, end, known) for value, end in zip((found.low, found.high), ends, strict=True))


def _monotone(change: Transformation, piece: Piece, on_piece: Context, algebra: Algebra, tried: list[Evidence]) -> str | None:
    """Strictly monotone by the sign of the derivative."""
    here = Call(change.map, (change.z,))
    derivative = Deriv(here, ((change.z, 1),))
    slope = algebra.sign(algebra.poly(derivative))
    allowed = ("+", "0+") if piece.increasing else ("-", "0-")
    if slope in allowed and not (slope.startswith("0") and _has_corners(here, on_piece)):
        return None
    if not _has_corners(here, on_piece) and _slope_by_factors(change, piece, on_piece) == (1 if piece.increasing else -1):
        return None
    wrong = "the map is not shown to be strictly monotone on the piece: the sign of its derivative is not decided"
    if _has_corners(here, on_piece):
        return wrong  # flat parts are not seen at values
    return _tried(Statement(derivative, Rel.GT if piece.increasing else Rel.LT, Num("0")), on_piece, tried, wrong)


def _slope_by_factors(change: Transformation, piece: Piece, on_piece: Context) -> int:
    """The sign of the derivative on the piece where each of its factors has one: by signs, or because it, or it over a wave e^u (which has the same sign), runs
    from zero or to zero; 0 where that is not seen.

    The derivative of ``z / (1 + e^-z)`` has the factor ``e^z + z + 1``, which rises and is zero at an end of two pieces; that of ``z / (1 + e^z)`` has
    ``1 + e^z - z e^z``, of which ``e^-z + 1 - z`` falls.
    """
    import sympy as sp

    from derivations.language.denote import denote

    z = denote(change.z, on_piece)
    slope = sp.factor(sp.together(sp.diff(denote(Call(change.map, (change.z,)), on_piece), z)))
    algebra, sign = Algebra(on_piece), 1
    for factor in sp.Mul.make_args(slope):
        base, power = factor.as_base_exp() if factor.is_Pow else (factor, sp.Integer(1))
        found = algebra.sign(algebra.poly(_quoted(base, on_piece)))
        if found not in ("+", "-"):
            alike = [base, *(sp.expand(base / wave) for wave in sorted(base.atoms(sp.exp), key=sp.default_sort_key) if wave.args[0].is_real)]
            runs = (_course(_quoted(same, on_piece), change.z, (piece.low, piece.high), on_piece) for same in alike)
            run = next((r for r in runs if r is not None), None)
            if run is None or not run.way:
                return 0
            ends = [sign_by_factors(algebra, algebra.poly(_quoted(end, on_piece))) if end.is_finite else "+" if end > 0 else "-" for end in (run.low, run.high)]
            found = "+" if ends[0] in ("+", "0+", "0") else "-" if ends[1] in ("-", "0-", "0") else None
        if found is None or not power.is_integer:
            return 0
        sign *= -1 if found == "-" and power.is_odd else 1
    return sign


def _inverted(change: Transformation, piece: Piece, on_piece: Context, on_image: Context, built: Course | None, tried: list[Evidence]) -> str | None:
    """The inverse is the one of this piece: it is the composition of known inverses; or it undoes the map and lies in the piece; or the map undoes it on the
    piece, whose image is known."""
    if built is not None and built.inverse is not None:
        same = prove_equal(equation(piece.inverse, bracketed(built.inverse(change.x))), on_image, (), "composition of inverses")
        if isinstance(same, Evidence):
            return None
    here = Call(change.map, (change.z,))
    forth, back = equation(Call(change.map, (piece.inverse,)), change.x), equation(substitute(piece.inverse, {change.x: here}), change.z)
    undone = isinstance(prove_equal(forth, on_image, (), "round trip"), Evidence)
    if undone:
        found = _course(piece.inverse, change.x, (piece.image_low, piece.image_high), on_image)
        if found is not None and found.way and _runs(found, (piece.low, piece.high), on_image):
            return None
        if _lands_in(piece, Algebra(on_image)) or _stays_inside(change, piece, on_piece, on_image):
            return None
    if (undone or built is not None) and isinstance(prove_equal(back, on_piece, (), "round trip"), Evidence):
        return None
    fault = None if undone else _tried(forth, on_image, tried, "the inverse is not shown to undo the map on the image of the piece")
    return fault or _tried(back, on_piece, tried, "the inverse is not shown to lie in the piece: it may be that of another branch")


def _tried(statement: Statement, known: Context, found: list[Evidence], wrong: str) -> str | None:
    """A claim that is not shown, at values: it counts as sampled where it holds at enough of them; else it is what is ``wrong``."""
    trial = refute(statement, known, count=SAMPLES, seed=2)
    if isinstance(trial, Agreement) and trial.generic >= FEWEST:
        found.append(Evidence(Strength.SAMPLED, "change of variables, tried at values", trial.points))
        return None
    return wrong


SAMPLES = 24
"""At so many points a claim about the map is tried that is not shown."""
FEWEST = 8
"""Fewer of them are no evidence."""


def _lands_in(piece: Piece, on_image: Algebra) -> bool:
    """Whether the signs of the context show that the inverse lies in the piece for every x in its image."""
    value = on_image.poly(piece.inverse)
    above = piece.low == MINUS_INFINITY or sign_by_factors(on_image, value - on_image.poly(piece.low)) == "+"
    return above and (piece.high == INFINITY or sign_by_factors(on_image, on_image.poly(piece.high) - value) == "+")


def _stays_inside(change: Transformation, piece: Piece, on_piece: Context, on_image: Context) -> bool:
    """Whether an inverse g that the map undoes lies in the piece at one point, and so everywhere: it is continuous on the image, and never at an end e of the
    piece, for there the map would be x = f(g(x)) = f(e), which is an end of the image and not inside of it.

    True: ``x + W_{-1}(x e^{-x})`` for the piece where silu falls. A false neighbour is the same with the upper branch, which lies right of the end.
    """
    import sympy as sp

    from derivations.language.denote import denote

    parts = [part for _, part in piece.inverse.parts] if isinstance(piece.inverse, Add) else [piece.inverse]
    if _has_corners(Call(change.map, (change.z,)), on_piece):
        return False
    if any(_course(part, change.x, (piece.image_low, piece.image_high), on_image) is None for part in parts):
        return False  # a part that has a course is continuous
    try:
        inverse, x = denote(piece.inverse, on_image), denote(change.x, on_image)
        z, body = denote(change.z, on_piece), denote(_body(change, on_piece), on_piece)
    except DeriveError:
        return False
    low, high = _value(piece.image_low, on_image), _value(piece.image_high, on_image)
    ends = [_value(end, on_piece) for end in (piece.low, piece.high)]
    if any(value.free_symbols for value in (low, high, *ends)) or inverse.free_symbols != {x}:
        return False
    at = (low + high) / 2 if low.is_finite and high.is_finite else low + 1 if low.is_finite else high - 1 if high.is_finite else sp.Integer(0)
    found = inverse.subs(x, at)
    if not all(gap == sp.oo or sign_of_number(gap) == "+" for gap in (found - ends[0], ends[1] - found)):
        return False
    values = [body.subs(z, end) for end in ends if end.is_finite]
    return all(value.is_finite and any(_same(value, edge, on_piece) for edge in (piece.image_low, piece.image_high)) for value in values)


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


def _check_image(change: Transformation, piece: Piece, known: Context, tried: list[Evidence]) -> str | None:
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
            wrong = f"the map tends to {limit} at an end of its piece, not to {expected}"
            if not (limit.is_finite and expected.is_finite) or _tried(equation(_quoted(limit, known), wanted), known, tried, wrong):
                return wrong
    return None


def _quoted(computed: Any, known: Context) -> Term:
    from derivations.language.denote import denote

    names: dict[Any, Term] = {}
    for symbol, _ in known.kinds:
        with suppress(DeriveError):
            names[denote(symbol, known)] = symbol
    return quote(computed, names)


def _same(computed: Any, written: Term, known: Context) -> bool:
    """Whether what SymPy computed is what is written, by normal forms: SymPy computes, it does not decide."""
    try:
        same = equation(_quoted(computed, known), written)
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
    left: list[Piece | Flat] = [*change.pieces, *change.flats]
    reached = support[0]
    while left:
        following = next((part for part in left if part.low == reached), None)
        if following is None:
            return "the pieces do not join end to end"
        left.remove(following)
        reached = following.high
    return None if reached == support[1] else "the pieces do not cover the support of the base variable"


def check_mass(change: Transformation, support: tuple[Term, Term], context: Context) -> str | None:
    """Why the support cannot be that of the base variable: its density, where it is written out, does not integrate to one over it. Else None.

    True: ``e^{-z}`` on ``(0, oo)``; a false neighbour is the standard normal density there, which is half of one.
    """
    parameters = tuple(h for h in context.hypotheses if not _mentions(h, change.x))
    return mass_fault(((change.base_density, *support),), change.z, Context(context.kinds, parameters, context.definitions))


def mass_fault(parts: tuple[tuple[Term, Term, Term], ...], variable: Name, context: Context) -> str | None:
    """Why a variable cannot have these densities between these ends, where they are written out: they do not integrate to one together. Else None."""
    named = {density for density, _, _ in parts}
    written_out = [d for d in context.definitions if isinstance(d.lhs, Call) and d.lhs.function in named]
    if len({d.lhs.function for d in written_out if isinstance(d.lhs, Call)}) < len(named):
        return None
    if any(isinstance(k := context.kind(n), Scalar) and k.domain is Domain.COMPLEX for d in written_out for n in free_names(d.rhs)):
        return "the density of the base variable has parameters that may be complex"
    return _mass_fault(parts, variable, context)


@lru_cache(maxsize=64)
def _mass_fault(parts: tuple[tuple[Term, Term, Term], ...], z: Name, known: Context) -> str | None:
    masses: list[Term] = [Integral(Call(density, (z,)), z, low, high) for density, low, high in parts]
    total = reduce(lambda a, b: a + b, masses)
    claim, known = equation(total, Num("1")), known.declare(Scalar(), z)
    try:
        with apart(_MASS):
            if isinstance(prove_equal(claim, known, (), "integral in closed form"), Evidence):
                return None
    except (DeriveError, OutOfWork):
        pass  # the normal form does not know this density
    with apart(_MASS):
        found = refute(claim, known, count=4, ticks=_MASS)
    if not isinstance(found, Refuted) or _is_one(total, known):
        return None
    return "the density of the base variable does not integrate to one over the support that is named"


def _is_one(total: Term, known: Context) -> bool:
    """Whether SymPy finds the integral to be one: the tail of a Pareto law may be too heavy for any quadrature."""
    import sympy as sp

    from derivations.language.denote import denote

    try:
        with calls(_INTEGRAL):
            return bool(sp.simplify(denote(total, known).doit()) == 1)
    except (DeriveError, OutOfWork):
        return False


_INTEGRAL = 2_000_000
"""How many functions SymPy may call for the integral of a density."""
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
    of_a_value = _mass_of_a_value(statement, change, support, context)
    if of_a_value is not None:
        return of_a_value
    undoing = [piece for piece in change.pieces if statement == equation(bracketed(Call(change.map, (piece.inverse,))), change.x)]
    if undoing:
        verdicts = [_undoes(change, piece, context) for piece in undoing]  # pieces may share the formula of their inverse
        return next((verdict for verdict in verdicts if isinstance(verdict, Accepted)), verdicts[0])
    if statement.relation is not Rel.EQ or statement.lhs != Call(change.new_density, (change.x,)):
        return Undecided("the rule gives the density of the transformed variable at its point")
    kind = context.kind(change.new_density) if isinstance(change.new_density, Name | Index) else None
    if not (isinstance(kind, Function) and "density" in kind.properties):
        return Undecided("nothing says that what stands on the left is a density")
    try:
        known = _pieces(change, support, context)
        fault = known if isinstance(known, str) else check_mass(change, support, context)
        if fault or isinstance(known, str):
            return Undecided(fault or "")
        parts = _divided(change, context)
        if len(parts) > 1:
            verdicts = [_shown_on(statement, part, premises) or decide_change(statement, part, premises, change, support) for part in parts]
            failed = next((v for v in verdicts if not isinstance(v, Accepted)), None)
            least = weakest((known, *(v.evidence for v in verdicts if isinstance(v, Accepted))))
            if failed is None:
                return Accepted(replace(least, method="change of variables", assuming=(*least.assuming, SINGLE_POINTS)))
            return Undecided(UNPLACED) if isinstance(failed, Undecided) else failed
        if _at_an_end(change, context):
            return _is_zero(statement, context)
        placed = [(p, _placed(change, p, context)) for p in change.pieces]
    except DeriveError as error:
        return Undecided(str(error))
    if any(place is None for _, place in placed):
        return Undecided(UNPLACED)
    used = [change.transformed(p) for p, place in placed if place]
    expected = bracketed(reduce(lambda a, b: a + b, used)) if used else Num("0")
    if statement.rhs == expected:
        return Accepted(known)
    verdict = differentiation.decide(equation(expected, statement.rhs), context, ()) if used else _is_zero(statement, context)
    return Accepted(known) if isinstance(verdict, Accepted) else verdict


def _shown_on(statement: Statement, part: Context, premises: tuple[Premise, ...]) -> Verdict | None:
    """What a theorem says of x on a part of its range."""
    known = next((p for p in premises if isinstance(p, Theorem) and p.statement == statement and part.extends(p.context)), None)
    return None if known is None else Accepted(known.evidence)


def _undoes(change: Transformation, piece: Piece, context: Context) -> Verdict:
    """``f(g(x)) = x`` for x in the image of the piece."""
    known = check_piece(change, piece, context)
    if isinstance(known, str):
        return Undecided(known)
    return Accepted(known) if _placed(change, piece, context) else Undecided("the context does not say that x lies in the image of the piece")


def _pieces(change: Transformation, support: tuple[Term, Term], context: Context) -> Found:
    """How it is known that the pieces are what they say they are and cover the support: as the one that is known least."""
    fault = check_cover(change, support)
    if fault:
        return fault
    found: list[Evidence] = []
    for piece in change.pieces:
        checked = check_piece(change, piece, context)
        if isinstance(checked, str):
            return checked
        found.append(checked)
    if not all(_is_flat(change, flat, context) for flat in change.flats):
        return "the map is not shown to have one value on each flat part"
    return weakest(tuple(found))


def _is_flat(change: Transformation, flat: Flat, context: Context) -> bool:
    parameters = tuple(h for h in context.hypotheses if not _mentions(h, change.x))
    known = Context(context.kinds, parameters, context.definitions).declare(Scalar(), change.z)
    on_part = known.assume(*inside(change.z, flat.low, flat.high))
    found = _course(_body(change, known), change.z, (flat.low, flat.high), on_part)
    return found is not None and found.way == 0 and _same(found.start, flat.value, known)


def _mass_of_a_value(statement: Statement, change: Transformation, support: tuple[Term, Term], context: Context) -> Verdict | None:
    """``Pr(X = c)`` is the mass that the base has where the map is c; None for another statement.

    True: the ReLU of a standard normal variable is 0 with the mass of the negative numbers. A false neighbour takes that of the positive ones.
    """
    match statement.lhs:
        case Call(Name("Pr"), (Relation((_, value), ("=",)),)) if statement.relation is Rel.EQ:
            known = _pieces(change, support, context)
            if isinstance(known, str):
                return Undecided(known)
            there = [flat for flat in change.flats if flat.value == value]
            masses: list[Term] = [Integral(Call(change.base_density, (change.z,)), change.z, flat.low, flat.high) for flat in there]
            if there and statement.rhs == bracketed(reduce(lambda a, b: a + b, masses[1:], masses[0])):
                return Accepted(known)
            return Undecided("the right side is not the mass of the base where the map has this value")
        case _:
            return None


def _is_zero(statement: Statement, context: Context) -> Verdict:
    from derivations.rules.equality import algebra

    return algebra.decide(equation(Num("0"), statement.rhs), context, ())


UNPLACED = "the context does not say whether x lies in the image of every piece"
SINGLE_POINTS = "but for single points, at which a density may have any value"


def _bounds(x: Name, context: Context) -> tuple[list[Term], list[Term]]:
    """What the context says that x is above, and below (strictly or not)."""
    above: list[Term] = []
    below: list[Term] = []
    for hypothesis in context.hypotheses:
        if not isinstance(hypothesis, Relation):
            continue
        for left, sign, right in zip(hypothesis.items, hypothesis.signs, hypothesis.items[1:], strict=False):
            if sign in (">", ">="):
                left, right = right, left
            if sign in ("<", "<=", ">", ">="):
                if right == x and x not in free_names(left):
                    above.append(left)
                if left == x and x not in free_names(right):
                    below.append(right)
    return above, below


def _divided(change: Transformation, context: Context) -> list[Context]:
    """The context for x on each side of the image ends that lie strictly inside its range; the context itself where there are none."""
    above, below = _bounds(change.x, context)
    algebra = Algebra(context)

    def order(one: Term, other: Term) -> str | None:
        return _order(algebra, one, other)

    inner: list[Term] = []
    ends = [end for p in change.pieces for end in (p.image_low, p.image_high) if end not in (INFINITY, MINUS_INFINITY)]
    for end in dict.fromkeys(ends):
        if all(order(end, low) == "+" for low in above) and all(order(high, end) == "+" for high in below) and all(order(end, e) != "0" for e in inner):
            inner.insert(sum(order(end, e) == "+" for e in inner), end)
    if not inner:
        return [context]
    others = tuple(h for h in context.hypotheses if not _mentions(h, change.x))
    edges = [above[0] if above else MINUS_INFINITY, *inner, below[0] if below else INFINITY]
    return [
        replace(context, hypotheses=others).assume(*inside(change.x, low, high))
        for low, high in zip(edges, edges[1:], strict=False)
    ]


def _order(algebra: Algebra, one: Term, other: Term) -> str | None:
    """The sign of the difference of two bounds, by its digits where these are numbers."""
    from derivations.language.denote import denote

    found = sign_by_factors(algebra, algebra.poly(one) - algebra.poly(other))
    if found is None and not free_names(one) | free_names(other):
        found = sign_of_number(denote(one, algebra.context) - denote(other, algebra.context))
    return found


def _at_an_end(change: Transformation, context: Context) -> bool:
    """Whether x is one of the ends of the images, where the density, which may have any value at a single point, is put to zero."""
    above, below = _bounds(change.x, context)
    algebra = Algebra(context)
    ends = [end for p in change.pieces for end in (p.image_low, p.image_high) if end not in (INFINITY, MINUS_INFINITY)]
    return any(all(any(algebra.zero(algebra.poly(bound) - algebra.poly(end)) for bound in bounds) for bounds in (above, below)) for end in ends)


def _placed(change: Transformation, piece: Piece, context: Context) -> bool | None:
    """Whether x lies inside the piece's image (True), outside it (False), or the context does not say (None)."""
    algebra = Algebra(context)
    x = algebra.poly(change.x)
    above, below = _bounds(change.x, context)

    def reached(bounds: list[Term], end: Term, sign: int) -> bool:
        """Whether one of the bounds lies at the end or beyond it, in the direction of the sign."""
        return any(_order(algebra, *((bound, end) if sign > 0 else (end, bound))) in ("+", "0+", "0") for bound in bounds)

    distances = [x - algebra.poly(piece.image_low)] if piece.image_low != MINUS_INFINITY else []
    distances += [algebra.poly(piece.image_high) - x] if piece.image_high != INFINITY else []
    if any(algebra.sign(distance) in ("-", "0-", "0") or algebra.sign(-distance) in ("0+", "0") for distance in distances):
        return False  # at x >= a and x <= a both x - a and a - x are at least zero
    for end, bounds, sign in ((piece.image_low, below, -1), (piece.image_high, above, 1)):
        if end not in (INFINITY, MINUS_INFINITY) and reached(bounds, end, sign):
            return False
    if all(algebra.sign(distance) == "+" for distance in distances):
        return True
    low = piece.image_low == MINUS_INFINITY or algebra.sign(distances[0]) == "+" or reached(above, piece.image_low, 1)
    high = piece.image_high == INFINITY or algebra.sign(distances[-1]) == "+" or reached(below, piece.image_high, -1)
    return True if low and high and not _closed(change.x, context) else None


def _closed(x: Name, context: Context) -> bool:
    """Whether a bound of x may be reached."""
    return any(
        isinstance(h, Relation) and any(sign in ("<=", ">=") and x in (left, right) for left, sign, right in zip(h.items, h.signs, h.items[1:], strict=False))
        for h in context.hypotheses
    )


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
    if statement.relation is not Rel.EQ or len(change.pieces) != 1 or change.flats:
        return Undecided("the rule equates two integrals for a map with one piece")
    (piece,) = change.pieces
    limits = (low, high, base_low, base_high)
    if (x, z) != (change.x, change.z) or limits != (piece.image_low, piece.image_high, *support):
        return Refuted(reason="the limits or the variables of the integrals are not those of the image and of the support")
    known = _pieces(change, support, context)
    if isinstance(known, str):
        return Undecided(known)
    on_image = context.declare(Scalar(), change.x).assume(*inside(change.x, piece.image_low, piece.image_high))
    first = differentiation.decide(equation(change.transformed(piece), body), on_image, ())
    if not isinstance(first, Accepted):
        return first
    plain = substitute(base, {})
    if plain != Call(change.base_density, (change.z,)):
        return Undecided("the right integral is not of the base density")
    return Accepted(replace(known, method="substitution of the variable of integration"))


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
        wanted = denote(statement.rhs, context)
        with calls(_INTEGRAL):
            value = _integrated(denote(statement.lhs, context), context)
    except DeriveError as error:
        return Undecided(str(error))
    except OutOfWork:
        return Undecided("the work that SymPy may do for an integral did not suffice")
    if value.has(sp.Integral):
        return Undecided("SymPy does not find the integral")
    if value == wanted or _same(value, statement.rhs, context):
        return Accepted(proved("integral by SymPy, compared by normal forms"))
    difference = value - wanted
    if difference.is_number and difference.is_nonzero:
        return Refuted(reason=f"the integral is {value}, not {wanted}")
    return Undecided("the value of the integral is not shown to be the right side", difference)


def _integrated(integral: Any, context: Context) -> Any:
    """What SymPy finds for an integral, with the signs that the context gives its parameters and the limits give its variable."""
    import sympy as sp

    if not isinstance(integral, sp.Integral) or len(integral.limits) != 1 or len(integral.limits[0]) != 3:
        return integral.doit()
    algebra = Algebra(context)
    marks: dict[Any, Any] = {}
    for name, kind in context.kinds:
        symbol = _symbol(name, kind, context)
        if symbol is not None and symbol in integral.free_symbols and symbol.is_positive is None:
            sign = algebra.sign(algebra.poly(name))
            if sign in ("+", "-"):
                marks[symbol] = sp.Dummy("t", positive=True) * (1 if sign == "+" else -1)
    w, low, high = integral.limits[0]
    low, high = low.subs(marks), high.subs(marks)
    side = 1 if low.is_extended_nonnegative and high.is_extended_nonnegative else -1 if low.is_extended_nonpositive and high.is_extended_nonpositive else 0
    mark = sp.Dummy("w", real=True, positive=True if side else None)
    body = integral.function.subs(marks).subs(w, side * mark if side else mark)
    found = sp.Integral(sp.powsimp(sp.expand(body)), (mark, *((low, high) if side >= 0 else (-high, -low)))).doit()
    return found.subs({shape if shape.is_Symbol else -shape: symbol if shape.is_Symbol else -symbol for symbol, shape in marks.items()})


def _symbol(name: Term, kind: object, context: Context) -> Any:
    """The symbol of a number; None for something else."""
    from derivations.language.denote import denote

    value = denote(name, context) if isinstance(kind, Scalar) else None
    return value if value is not None and value.is_Symbol else None


integration = Rule("integration")
"""A definite integral, in closed form or by SymPy. True: the standard normal density integrates to 1. False neighbour: to 2 (refuted)."""
