"""The normal form: identities and false neighbours in a file to read, and random expressions with SymPy and with exact evaluation as judges."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from stated_cases import declared

from derivations.kernel.statement import equation
from derivations.kernel.verdict import Evidence, Refuted, Undecided
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Scalar
from derivations.language.denote import denote
from derivations.language.errors import MeaningError
from derivations.language.quote import quote
from derivations.language.term import Frac, Name, Pow, Term, names, product, term
from derivations.reading.expression import Vocabulary, read
from derivations.rules.equality import prove_equal
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.convert import Algebra
from derivations.rules.refute import Agreement, refute
from render.notation.text import text

IDENTITIES = Path(__file__).parent / "goldens" / "identities.txt"


@dataclass(frozen=True)
class Row:
    title: str
    true: bool
    left: Term
    right: Term
    context: Context

    def __str__(self) -> str:
        return f"{self.title}: {text(self.left)} {'=' if self.true else '!='} {text(self.right)}"


@cache
def identities() -> tuple[Row, ...]:
    found: list[Row] = []
    title, context = "", Context()
    for line in IDENTITIES.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.strip().partition(" ")
        if not word or word.startswith("%"):
            continue
        if word == "##":
            title, context = rest, Context()
        elif word == "given":
            context = context.assume(read(rest, Vocabulary.of(context)).term)
        elif word in "=!":
            left, right = rest.split(" | ")
            found.append(Row(title, word == "=", read(left, Vocabulary.of(context)).term, read(right, Vocabulary.of(context)).term, context))
        else:
            context = declared(line.split(), context)
    return tuple(found)


def proved(left: Term, right: Term, context: Context) -> bool:
    return isinstance(prove_equal(equation(left, right), context, (), "normal form"), Evidence)


def test_there_are_as_many_false_neighbours() -> None:
    true = sum(row.true for row in identities())
    assert true >= 55 and len(identities()) - true >= 55


@pytest.mark.parametrize("row", identities(), ids=str)
def test_identities_are_proved_and_false_neighbours_are_not(row: Row) -> None:
    assert proved(row.left, row.right, row.context) is row.true
    assert proved(row.right, row.left, row.context) is row.true


@pytest.mark.parametrize("row", identities(), ids=str)
def test_the_evaluation_agrees_with_the_normal_form(row: Row) -> None:
    verdict = refute(equation(row.left, row.right), row.context, count=12)
    assert isinstance(verdict, Agreement if row.true else Refuted), verdict


def meaning_at(row: Row, numbers: dict[str, Any]) -> tuple[Any, Any] | None:
    """Both sides as SymPy has them, at numbers for the scalars; None where an entry of a sequence is left."""
    sides = []
    for side in (row.left, row.right):
        value = denote(side, row.context).doit()
        plain = value.subs({s: numbers[s.name] for s in value.free_symbols if s.name in numbers}).doit()
        sides.append(sp.N(plain, 30))
    return (sides[0], sides[1]) if all(s.is_number for s in sides) else None


@pytest.mark.parametrize("row", [row for row in identities() if row.true and row.title != "derivatives"], ids=str)
def test_the_meaning_agrees_with_the_normal_form(row: Row) -> None:
    """SymPy's own value of both sides, with 30 digits at a point of the domain."""
    numbers = {"x": sp.Rational(2, 7), "y": sp.Rational(13, 5), "z": sp.Rational(3, 4), "w": sp.Rational(5, 3), "a": sp.Rational(7, 4)}
    numbers |= {"b": sp.Rational(9, 8), "c": sp.Rational(4, 3), "n": sp.Integer(4), "m": sp.Integer(3), "t": sp.Integer(5), "p": sp.Rational(2, 5)}
    sides = meaning_at(row, numbers)
    if sides is not None:
        assert abs(sides[0] - sides[1]) < sp.Float("1e-24") * (1 + abs(sides[0]))


# -- random rational expressions, SymPy as the judge ---------------------------------------------------------------------------------------------

X, Y, Z = names("x y z")
REAL = Context().declare(Scalar(), X, Y, Z)
LEAVES = st.one_of(st.sampled_from([X, Y, Z]), st.integers(min_value=-3, max_value=4).map(term))


def _grown(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: p[0] + p[1]),
        pair.map(lambda p: p[0] - p[1]),
        pair.map(lambda p: product(*p)),
        pair.map(lambda p: Frac(*p)),
        st.tuples(inner, st.integers(min_value=0, max_value=3)).map(lambda p: Pow(p[0], term(p[1]))),
    ).map(bracketed)


EXPRESSIONS = st.recursive(LEAVES, _grown, max_leaves=7)
QUIET = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


def rational(expression: Term) -> Any:
    """What SymPy makes of it over one denominator, or no example where a denominator vanishes identically."""
    try:
        value = sp.cancel(sp.together(denote(expression, REAL)))
    except MeaningError:  # a division by zero
        assume(False)
    assume(not value.has(sp.zoo, sp.nan, sp.oo))
    return value


def normal(expression: Term) -> Algebra:
    algebra = Algebra(REAL)
    try:
        algebra.poly(expression)
    except Stuck:
        assume(False)
    return algebra


@QUIET
@given(EXPRESSIONS, EXPRESSIONS)
def test_random_pairs_are_equal_exactly_where_sympy_says_so(left: Term, right: Term) -> None:
    equal = sp.cancel(sp.together(rational(left) - rational(right))) == 0
    algebra = normal(left)
    normal(right)
    assert algebra.zero(algebra.poly(left) - algebra.poly(right)) is equal


@QUIET
@given(EXPRESSIONS)
def test_an_expression_equals_itself_multiplied_out_and_over_one_denominator(expression: Term) -> None:
    value = rational(expression)
    normal(expression)
    back = {denote(name, REAL): name for name in (X, Y, Z)}
    for other in (sp.expand(value), sp.factor(value), value):
        assert proved(expression, bracketed(quote(other, back)), REAL)


@QUIET
@given(EXPRESSIONS, st.sampled_from([X, Y, term(1), X * Y]))
def test_adding_something_makes_it_different(expression: Term, more: Term) -> None:
    rational(expression)
    normal(expression)
    assert not proved(expression, bracketed(expression + more), REAL)


@QUIET
@given(EXPRESSIONS, st.tuples(*(st.fractions(min_value=-4, max_value=4, max_denominator=6),) * 3))
def test_meaning_and_evaluation_and_normal_form_agree(expression: Term, numbers: tuple[Fraction, ...]) -> None:
    """At exact numbers: SymPy's value of the meaning, the evaluation's verdict, the normal form under equations that fix the names."""
    value = rational(expression)
    names_here = {"x": numbers[0], "y": numbers[1], "z": numbers[2]}
    plain = denote(expression, REAL)
    at = plain.subs({s: sp.Rational(names_here[s.name].numerator, names_here[s.name].denominator) for s in plain.free_symbols})
    assume(at.is_Rational and value is not None)
    number = bracketed(quote(at))
    fixed = Context()
    for name, chosen in zip((X, Y, Z), numbers, strict=True):
        digits = quote(sp.Rational(chosen.numerator, chosen.denominator))
        fixed = fixed.define(name, digits)
    evaluated = refute(equation(expression, number), fixed, count=2)
    assume(not isinstance(evaluated, Undecided))  # a denominator vanishes at these numbers, which SymPy had cancelled
    assert isinstance(evaluated, Agreement)
    assert isinstance(refute(equation(expression, bracketed(number + 1)), fixed, count=2), Refuted)
    assert proved(expression, number, fixed)
    assert not proved(expression, bracketed(number + 1), fixed)


def test_what_has_no_normal_form_is_stuck_and_says_why() -> None:
    for strange, words in ((Name("q"), "'q' is not declared"), (Frac(X, X - X), "a division by zero")):
        with pytest.raises(Stuck, match=words):
            Algebra(REAL).poly(bracketed(strange))
