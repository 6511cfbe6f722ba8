"""The course of a product, against values of it; a product that turns has none."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations.language.context import Context, Scalar
from derivations.language.denote import denote
from derivations.language.term import Call, Const, Frac, Name, Num, Pow, Term, names, product, term
from derivations.rules.maps import INFINITY, MINUS_INFINITY, inside
from derivations.rules.monotone import Course, course

(x,) = names("x")
E = Const("e")
ZERO, ONE = Num("0"), Num("1")


def running(body: Term, low: Term, high: Term) -> Course | None:
    known = Context().declare(Scalar(), x).assume(*inside(x, low, high))
    ends = [sp.oo if end == INFINITY else -sp.oo if end == MINUS_INFINITY else denote(end, known) for end in (low, high)]
    return course(body, x, ends[0], ends[1], known)


@pytest.mark.parametrize(("body", "low", "high"), [
    (product(x, Pow(E, -x)), MINUS_INFINITY, ZERO),
    (product(x, Pow(E, -x)), -ONE / 2, ZERO),
    (product(Num("3"), x, Pow(E, -x)), -ONE, ZERO),
    (product(-x, Pow(E, -x)), -ONE, ZERO),
    (product(x - 1, x - 2), MINUS_INFINITY, ONE),
    (product(x - 1, x - 2), Num("2"), INFINITY),
    (product(x, x - 1, x - 2), MINUS_INFINITY, ZERO),
    (product(x, x - 1, Pow(E, -x)), MINUS_INFINITY, ZERO),
    (Frac(x, 1 + Pow(E, x)), MINUS_INFINITY, ZERO),
    (product(x, Pow(E, x)), ZERO, INFINITY),
])  # fmt: skip
def test_a_product_of_sizes_of_one_direction(body: Term, low: Term, high: Term) -> None:
    found = running(body, low, high)
    assert found is not None
    known = Context().declare(Scalar(), x)
    value, at = denote(body, known), denote(x, known)
    left, right = (-20 if low == MINUS_INFINITY else denote(low, known)), (20 if high == INFINITY else denote(high, known))
    values = [float(value.subs(at, left + (right - left) * sp.Rational(k, 40))) for k in range(1, 40)]
    assert {(b > a) - (b < a) for a, b in zip(values, values[1:], strict=False)} == {found.way}
    for end, place, side in ((found.start, low, "+"), (found.end, high, "-")):
        point = sp.oo if place == INFINITY else -sp.oo if place == MINUS_INFINITY else denote(place, known)
        assert sp.simplify(sp.limit(value, at, point, side) - end) == 0 or sp.limit(value, at, point, side) == end


@pytest.mark.parametrize(("body", "low", "high"), [
    (product(x, Pow(E, x)), MINUS_INFINITY, ZERO),  # turns at -1
    (product(x, Pow(E, -x)), ZERO, INFINITY),  # turns at 1
    (product(x, Pow(E, -x)), MINUS_INFINITY, ONE),  # rises, but x has two signs: not seen
    (product(x, x - 1), ZERO, ONE),  # turns at 1/2
    (product(x - 1, x - 2), ZERO, term(3)),
    (product(x, Call(Name("sin"), (x,))), MINUS_INFINITY, ZERO),
])  # fmt: skip
def test_of_other_products_no_course_is_claimed(body: Term, low: Term, high: Term) -> None:
    assert running(body, low, high) is None
