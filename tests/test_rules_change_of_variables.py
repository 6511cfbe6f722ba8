"""Change of variables: what stands above the line is checked piece by piece; a wrong inverse, image, direction, cover, support or Jacobian is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derivations.kernel.statement import equation
from derivations.kernel.verdict import Accepted, Refuted, Strength, Undecided, Verdict, proved
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Function, Scalar
from derivations.language.term import Bars, Call, Const, Deriv, Index, Integral, Name, Num, Pow, Root, Term, names, product, relation, term
from derivations.rules.change_of_variables import change_of_variables, check_cover, check_piece, substitution
from derivations.rules.maps import INFINITY, MINUS_INFINITY, Piece, Transformation, inside

x, z, f, p, mu = names("x z f p mu")
P_X, P_Z = Index(p, (Name("X"),)), Index(p, (Name("Z"),))
ZERO, ONE = Num("0"), Num("1")
LINE = (MINUS_INFINITY, INFINITY)


def exp(u: Term) -> Term:
    return Pow(Const("e"), u)


def ln(u: Term) -> Term:
    return Call(Name("ln"), (u,))


NORMAL = product(1 / Root(2 * Const("pi")), exp(-(z**2) / 2))


def known(body: Term, density: Term = NORMAL) -> Context:
    context = Context().declare(Scalar(), z, x).declare(Scalar(Domain.POSITIVE), mu).declare(Function(1, frozenset({"density"})), P_X)
    return context.define(Call(f, (z,)), bracketed(body), (z,)).define(Call(P_Z, (z,)), bracketed(density), (z,))


EXPONENTIAL = known(exp(z))
UP = Piece(MINUS_INFINITY, INFINITY, ln(x), ZERO, INFINITY, True)
LOG_NORMAL = Transformation(P_X, P_Z, f, z, x, (UP,))
SQUARE = known(z**2)
LEFT = Piece(MINUS_INFINITY, ZERO, -Root(x), ZERO, INFINITY, False)
RIGHT = Piece(ZERO, INFINITY, Root(x), ZERO, INFINITY, True)
CHI = Transformation(P_X, P_Z, f, z, x, (LEFT, RIGHT))
POSITIVE = relation(x, ">", ZERO)


def density(change: Transformation, context: Context, right: Term, support: tuple[Term, Term] = LINE) -> Verdict:
    return change_of_variables(change, support).decide(equation(Call(P_X, (x,)), bracketed(right)), context, ())


def slope(inverse: Term) -> Term:
    return Bars("abs", Deriv(inverse, ((x, 1),), style="operator"))


def test_one_piece() -> None:
    context = EXPONENTIAL.assume(POSITIVE)
    verdict = density(LOG_NORMAL, context, Call(P_Z, (ln(x),)) * slope(ln(x)))
    assert isinstance(verdict, Accepted) and verdict.evidence.strength is Strength.PROVED
    assert isinstance(density(LOG_NORMAL, context, Call(P_Z, (ln(x),)) / x), Accepted), "the derivative may be worked out"


def test_two_pieces_are_added() -> None:
    context = SQUARE.assume(POSITIVE)
    both = product(Call(P_Z, (-Root(x),)), slope(-Root(x))) + product(Call(P_Z, (Root(x),)), slope(Root(x)))
    assert isinstance(density(CHI, context, both), Accepted)
    assert isinstance(density(CHI, context, exp(-x / 2) / Root(2 * Const("pi") * x)), Accepted)
    half = product(Call(P_Z, (Root(x),)), slope(Root(x)))
    assert not isinstance(density(CHI, context, half), Accepted), "one branch alone is half the density"


@pytest.mark.parametrize("wrong", [
    Call(P_Z, (ln(x),)),  # the Jacobian was dropped
    Call(P_Z, (ln(x),)) * x,  # the derivative of the map instead of the inverse
    -Call(P_Z, (ln(x),)) / x,
    2 * Call(P_Z, (ln(x),)) / x,
    Call(P_Z, (x,)) / x,
    Call(P_Z, (ln(x),)) / x**2,
    ZERO,
])  # fmt: skip
def test_a_wrong_density_is_not_accepted(wrong: Term) -> None:
    assert not isinstance(density(LOG_NORMAL, EXPONENTIAL.assume(POSITIVE), wrong), Accepted)


def test_outside_the_image_the_density_is_zero_and_nowhere_else() -> None:
    below = EXPONENTIAL.assume(relation(x, "<=", ZERO))
    assert isinstance(density(LOG_NORMAL, below, ZERO), Accepted)
    assert not isinstance(density(LOG_NORMAL, below, ONE), Accepted)
    assert not isinstance(density(LOG_NORMAL, EXPONENTIAL.assume(POSITIVE), ZERO), Accepted)


def test_the_range_of_x_must_be_known() -> None:
    for context in (EXPONENTIAL, EXPONENTIAL.assume(relation(x, "<", ONE))):
        verdict = density(LOG_NORMAL, context, Call(P_Z, (ln(x),)) / x)
        assert isinstance(verdict, Undecided) and "does not say whether x lies in the image" in verdict.reason


@pytest.mark.parametrize(("piece", "why"), [
    (replace(UP, inverse=x), "the inverse is not shown to undo the map"),
    (replace(UP, inverse=2 * ln(x)), "the inverse is not shown to undo the map"),
    (replace(UP, increasing=False), "not shown to be strictly monotone"),
    (replace(UP, image_low=term(1)), "not to 1"),
    (replace(UP, image_low=MINUS_INFINITY), ""),
    (replace(UP, image_high=term(5)), "not to 5"),
    (replace(UP, low=ZERO), "not to 0"),
])  # fmt: skip
def test_a_wrong_piece_is_not_believed(piece: Piece, why: str) -> None:
    fault = check_piece(replace(LOG_NORMAL, pieces=(piece,)), piece, EXPONENTIAL)
    assert isinstance(fault, str) and why in fault
    context = EXPONENTIAL.assume(relation(x, ">", term(2)))
    claimed = Call(P_Z, (piece.inverse,)) * slope(piece.inverse)
    assert not isinstance(density(replace(LOG_NORMAL, pieces=(piece,)), context, claimed), Accepted)


def test_right_pieces_are_believed() -> None:
    for change, piece, map_of in ((LOG_NORMAL, UP, EXPONENTIAL), (CHI, LEFT, SQUARE), (CHI, RIGHT, SQUARE)):
        assert check_piece(change, piece, map_of) == proved("change of variables")


def test_the_square_is_not_monotone_on_the_whole_line() -> None:
    whole = Piece(MINUS_INFINITY, INFINITY, Root(x), ZERO, INFINITY, True)
    fault = check_piece(replace(CHI, pieces=(whole,)), whole, SQUARE)
    assert fault is not None and "monotone" in fault


def test_the_branch_with_the_wrong_sign_is_not_believed() -> None:
    swapped = replace(LEFT, inverse=Root(x))
    right = product(Call(P_Z, (Root(x),)), slope(Root(x)))
    verdict = density(replace(CHI, pieces=(swapped, RIGHT)), SQUARE.assume(POSITIVE), right + right)
    # the positive root lies outside the left piece; the density of this symmetric base comes out the same, which makes it a trap
    assert isinstance(verdict, Undecided), verdict


@pytest.mark.parametrize(("pieces", "why"), [
    ((RIGHT,), "do not join"),
    ((LEFT,), "do not cover"),
    ((LEFT, replace(RIGHT, low=ONE)), "do not join"),
    ((LEFT, LEFT, RIGHT), "do not join"),
])  # fmt: skip
def test_the_pieces_cover_the_support(pieces: tuple[Piece, ...], why: str) -> None:
    fault = check_cover(replace(CHI, pieces=pieces), LINE)
    assert isinstance(fault, str) and why in fault
    assert check_cover(replace(CHI, pieces=(RIGHT, LEFT)), LINE) is None, "in which order they are listed says nothing"
    assert not isinstance(density(replace(CHI, pieces=pieces), SQUARE.assume(POSITIVE), ZERO), Accepted)


def test_a_map_that_is_constant_on_a_part_is_refused() -> None:
    relu = known(Call(Name("max"), (z, ZERO)))
    up = Piece(MINUS_INFINITY, INFINITY, x, ZERO, INFINITY, True)
    fault = check_piece(replace(LOG_NORMAL, pieces=(up,)), up, relu)
    assert fault is not None and "monotone" in fault


def test_a_map_with_a_jump_is_refused() -> None:
    """1/z decreases on either side of 0, but not on the line: its derivative has one sign wherever it is defined."""
    reciprocal = known(1 / z)
    whole = Piece(MINUS_INFINITY, INFINITY, 1 / x, ZERO, ZERO, False)
    change = replace(LOG_NORMAL, pieces=(whole,))
    assert not isinstance(density(change, reciprocal.assume(POSITIVE), Call(P_Z, (1 / x,)) / x**2), Accepted)


# -- substitution under the integral -----------------------------------------------------------------------------------------------------------


def integral(body: Term, variable: Name, low: Term, high: Term) -> Term:
    return Integral(bracketed(body), variable, low, high)


def test_substitution() -> None:
    rule = substitution(LOG_NORMAL, LINE)
    plain = integral(Call(P_Z, (z,)), z, *LINE)
    pushed = integral(Call(P_Z, (ln(x),)) / x, x, ZERO, INFINITY)
    assert isinstance(rule.decide(equation(pushed, plain), EXPONENTIAL, ()), Accepted)


@pytest.mark.parametrize("left", [
    integral(Call(P_Z, (ln(x),)), x, ZERO, INFINITY),
    integral(Call(P_Z, (ln(x),)) * x, x, ZERO, INFINITY),
    integral(2 * Call(P_Z, (ln(x),)) / x, x, ZERO, INFINITY),
    integral(Call(P_Z, (ln(x),)) / x, x, MINUS_INFINITY, INFINITY),
    integral(Call(P_Z, (ln(x),)) / x, x, INFINITY, ZERO),
    integral(Call(P_Z, (ln(x),)) / x, x, ONE, INFINITY),
])  # fmt: skip
def test_a_wrong_substitution_is_not_accepted(left: Term) -> None:
    verdict = substitution(LOG_NORMAL, LINE).decide(equation(left, integral(Call(P_Z, (z,)), z, *LINE)), EXPONENTIAL, ())
    assert isinstance(verdict, Refuted | Undecided)


def test_substitution_needs_one_piece_and_a_right_one() -> None:
    plain = integral(Call(P_Z, (z,)), z, *LINE)
    pushed = integral(Call(P_Z, (ln(x),)) / x, x, ZERO, INFINITY)
    assert not isinstance(substitution(CHI, LINE).decide(equation(pushed, plain), SQUARE, ()), Accepted)
    bad = replace(LOG_NORMAL, pieces=(replace(UP, inverse=2 * ln(x)),))
    assert not isinstance(substitution(bad, LINE).decide(equation(pushed, plain), EXPONENTIAL, ()), Accepted)


def test_infinite_ends_say_nothing() -> None:
    assert inside(x, MINUS_INFINITY, INFINITY) == ()
    assert inside(x, ZERO, INFINITY) == (relation(ZERO, "<", x),)


def test_the_inverse_of_another_branch_would_give_a_wrong_density() -> None:
    """With a base that is not symmetric the trap above is false: the mass at -sqrt(x) is not the one at sqrt(x)."""
    shifted = known(z**2, product(1 / Root(2 * Const("pi")), exp(-((z - 1) ** 2) / 2)))
    swapped = replace(LEFT, inverse=Root(x))
    once = product(Call(P_Z, (Root(x),)), slope(Root(x)))
    assert not isinstance(density(replace(CHI, pieces=(swapped, RIGHT)), shifted.assume(POSITIVE), once + once), Accepted)
    both = product(Call(P_Z, (-Root(x),)), slope(-Root(x))) + once
    assert isinstance(density(CHI, shifted.assume(POSITIVE), both), Accepted)


def test_an_inverse_that_lies_in_its_piece_by_the_way_back() -> None:
    """ln x > 0 for x > 1 is no sign that the context states; that ln(e^z) = z is what shows it."""
    half = known(exp(z), exp(-z))
    piece = Piece(ZERO, INFINITY, ln(x), ONE, INFINITY, True)
    assert check_piece(replace(LOG_NORMAL, pieces=(piece,)), piece, half) == proved("change of variables")


def w(branch: str, u: Term) -> Term:
    return Call(Name(branch), (u,))


SILU = known(z / (1 + exp(-z)))
DEPTH = w("LambertW", exp(-ONE))
WAVE = product(x, exp(-x))
FALLING = Piece(MINUS_INFINITY, -ONE - DEPTH, x + w("LambertWm", WAVE), -DEPTH, ZERO, False)
RISING = Piece(-ONE - DEPTH, ZERO, x + w("LambertW", WAVE), -DEPTH, ZERO, True)
SWISH = Transformation(P_X, P_Z, f, z, x, (FALLING, RISING, Piece(ZERO, INFINITY, x + w("LambertW", WAVE), ZERO, INFINITY, True)))


@pytest.mark.parametrize("piece", SWISH.pieces)
def test_an_inverse_that_crosses_no_end_of_its_piece(piece: Piece) -> None:
    """Neither branch of Lambert's W shows by its sign on which side of the turning point its inverse of silu lies."""
    assert check_piece(SWISH, piece, SILU) == proved("change of variables")


@pytest.mark.parametrize("piece", [
    replace(FALLING, inverse=RISING.inverse),  # the inverse of the other piece: the map undoes it too
    replace(RISING, inverse=FALLING.inverse),
    replace(FALLING, inverse=x + 2 * w("LambertWm", WAVE)),
    replace(FALLING, inverse=2 * x + w("LambertWm", WAVE)),
    replace(FALLING, inverse=x + w("LambertWm", 2 * WAVE)),
    replace(FALLING, inverse=x - w("LambertWm", WAVE)),
    replace(FALLING, inverse=x + w("LambertWm", product(x, exp(x)))),
    replace(FALLING, high=-ONE),  # beyond the turning point
    replace(FALLING, high=ZERO),
    replace(FALLING, high=-ONE - 2 * DEPTH),  # short of it
    replace(FALLING, high=-ONE, inverse=RISING.inverse),
    replace(FALLING, low=-term(3)),
    replace(FALLING, image_low=-2 * DEPTH),
    replace(FALLING, image_low=-DEPTH / 2),
    replace(FALLING, image_high=ONE),
    replace(FALLING, increasing=True),
    replace(RISING, low=MINUS_INFINITY),
])  # fmt: skip
def test_of_silu_a_wrong_branch_interval_image_or_factor_is_not_believed(piece: Piece) -> None:
    assert isinstance(check_piece(replace(SWISH, pieces=(piece,)), piece, SILU), str)


MIRRORED = known(z / (1 + exp(z)))
TURNED = product(-x, exp(x))
UPHILL = Piece(ZERO, ONE + DEPTH, x - w("LambertW", TURNED), ZERO, DEPTH, True)
DOWNHILL = Piece(ONE + DEPTH, INFINITY, x - w("LambertWm", TURNED), ZERO, DEPTH, False)


def test_a_derivative_has_the_sign_that_it_has_over_a_wave() -> None:
    """``1 + e^z - z e^z`` neither rises nor falls all the way as it is written; over ``e^z`` it falls, to zero at the turning point and on from there."""
    change = replace(SWISH, pieces=(UPHILL, DOWNHILL))
    for piece in change.pieces:
        assert check_piece(change, piece, MIRRORED) == proved("change of variables")
    for wrong in (
        replace(UPHILL, inverse=DOWNHILL.inverse), replace(DOWNHILL, inverse=UPHILL.inverse), replace(UPHILL, increasing=False), replace(UPHILL, high=term(2)),
        replace(UPHILL, high=INFINITY, image_high=ZERO), replace(DOWNHILL, low=ONE), replace(DOWNHILL, increasing=True), replace(DOWNHILL, image_high=2 * DEPTH),
    ):  # fmt: skip
        assert isinstance(check_piece(replace(change, pieces=(wrong,)), wrong, MIRRORED), str), wrong


def test_the_density_of_silu_takes_both_branches() -> None:
    context = SILU.assume(relation(x, ">", -DEPTH), relation(x, "<", ZERO))
    falling, rising = (product(Call(P_Z, (p.inverse,)), slope(p.inverse)) for p in (FALLING, RISING))
    verdict = density(SWISH, context, falling + rising)
    assert isinstance(verdict, Accepted) and verdict.evidence.strength is Strength.PROVED
    for wrong in (falling, rising, rising + rising, falling + falling, 2 * falling + rising):
        assert not isinstance(density(SWISH, context, wrong), Accepted)


SIGMA = Name("sigma")
SPREAD = product(1 / (SIGMA * Root(2 * Const("pi"))), exp(-(z**2) / (2 * SIGMA**2)))


def of_spread(domain: Domain, properties: frozenset[str] = frozenset({"density"})) -> Context:
    context = known(exp(z), SPREAD).declare(Scalar(domain), SIGMA).assume(POSITIVE)
    return replace(context, kinds=tuple((s, Function(1, properties) if s == P_X else k) for s, k in context.kinds))


def test_what_is_derived_is_a_density_from_a_density() -> None:
    right = Call(P_Z, (ln(x),)) * slope(ln(x))
    assert isinstance(density(LOG_NORMAL, of_spread(Domain.POSITIVE), right), Accepted)
    for context, why in (
        (of_spread(Domain.REAL), "does not integrate to one"),
        (of_spread(Domain.COMPLEX), "may be complex"),
        (of_spread(Domain.POSITIVE, frozenset()), "nothing says that what stands on the left is a density"),
        (replace(of_spread(Domain.POSITIVE), kinds=tuple((s, Scalar(Domain.COMPLEX) if s == z else k) for s, k in of_spread(Domain.POSITIVE).kinds)), "real"),
    ):
        verdict = density(LOG_NORMAL, context, right)
        assert isinstance(verdict, Undecided) and why in verdict.reason, why


def test_half_of_a_density_is_none() -> None:
    """The support that is named holds half of the mass only."""
    half = Transformation(P_X, P_Z, f, z, x, (Piece(ZERO, INFINITY, Root(x), ZERO, INFINITY, True),))
    verdict = density(half, SQUARE.assume(POSITIVE), Call(P_Z, (Root(x),)) * slope(Root(x)), (ZERO, INFINITY))
    assert isinstance(verdict, Undecided) and "does not integrate to one" in verdict.reason
