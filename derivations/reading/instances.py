"""A formula that was stated with letters, and numbers put in for them: ``O = (W + 2P - K)/S + 1``, and then ``O_1 = (32 + 2 * 2 - 5)/1 + 1``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from derivations.language.context import Definition
from derivations.language.structure import free_names
from derivations.language.term import Add, Bars, Frac, Group, Index, Mul, Name, Num, Pow, Term

Values: TypeAlias = "Mapping[Term, Fraction]"
_ZERO, _ONE = Num("0"), Num("1")


def numbers_put_in(lhs: Term, rhs: Term, defined: Mapping[Term, Definition]) -> bool:
    """Whether an equation gives one of the ``O_k`` by the formula that says what O is, written with numbers for its letters.

    True: ``O_1 = (32 + 4 - 5)/1 + 1``.  False neighbours: ``O_1 = (32 + 4 - 5)/1 + 2``, ``O_1 = 32``.
    """
    stated = defined.get(lhs.base) if isinstance(lhs, Index) else None
    if stated is None or stated.parameters or stated.where is not None or free_names(rhs) or isinstance(stated.rhs, Name | Index) or not free_names(stated.rhs):
        return False
    return next(_ways(stated.rhs, rhs, {}), None) is not None


def _ways(pattern: Term, term: Term, values: Values) -> Iterator[Values]:
    """What the letters of a pattern stand for where it is this term."""
    pattern, term = _bare(pattern), _bare(term)
    number = _number(term)
    if not free_names(pattern):
        if pattern == term or (number is not None and number == _number(pattern)):
            yield values
        return
    match pattern, term:
        case Name() | Index(), _:
            if number is not None and values.get(pattern, number) == number:
                yield {**values, pattern: number}
        case Bars(kind, body), Bars(other, inside) if kind == other:
            yield from _ways(body, inside, values)
        case Frac(above, below), Frac(numerator, denominator):
            for found in _ways(above, numerator, values):
                yield from _ways(below, denominator, found)
        case Frac(above, below), _:
            for found in _ways(above, term, values):
                yield from _ways(below, _ONE, found)
        case Pow(base, exponent), Pow(below, power):
            for found in _ways(base, below, values):
                yield from _ways(exponent, power, found)
        case Add(parts), _:
            yield from _aligned(parts, term.parts if isinstance(term, Add) else (("+", term),), values)
        case Mul(parts), Mul(factors) if len(parts) == len(factors):
            yield from _each([part for _, part in parts], [factor for _, factor in factors], values)
        case Mul(parts), _ if number is not None:
            yield from _product([part for _, part in parts], number, values)
        case _:
            return


def _aligned(parts: tuple[tuple[str, Term], ...], terms: tuple[tuple[str, Term], ...], values: Values) -> Iterator[Values]:
    """Summands in any order; one with a letter that stands for 0 may be left out."""
    if not parts:
        if not terms:
            yield values
        return
    (sign, part), *rest = parts
    for k, (other, term) in enumerate(terms):
        if sign == other:
            for found in _ways(part, term, values):
                yield from _aligned(tuple(rest), (*terms[:k], *terms[k + 1 :]), found)
    for found in _ways(part, _ZERO, values):
        yield from _aligned(tuple(rest), terms, found)


def _each(parts: list[Term], terms: list[Term], values: Values) -> Iterator[Values]:
    if not parts:
        yield values
        return
    for found in _ways(parts[0], terms[0], values):
        yield from _each(parts[1:], terms[1:], found)


def _product(parts: list[Term], number: Fraction, values: Values) -> Iterator[Values]:
    """``2P`` that was worked out to 4: one letter, and numbers."""
    letters = [part for part in parts if free_names(part)]
    known = Fraction(1)
    for part in parts:
        value = _number(part)
        known *= Fraction(1) if value is None else value
    if len(letters) == 1 and known and values.get(letters[0], number / known) == number / known and isinstance(letters[0], Name | Index):
        yield {**values, letters[0]: number / known}


def _bare(term: Term) -> Term:
    while isinstance(term, Group):
        term = term.body
    return term


def _number(term: Term) -> Fraction | None:
    """The value of arithmetic with numbers."""
    match term:
        case Num(digits):
            return Fraction(digits) if "." not in digits or digits.replace(".", "", 1).isdecimal() else None
        case Group(body):
            return _number(body)
        case Add(parts) if all(sign in "+-" for sign, _ in parts):
            found = [(sign, _number(part)) for sign, part in parts]
            return None if any(v is None for _, v in found) else sum((v if s == "+" else -v for s, v in found if v is not None), Fraction(0))
        case Mul(parts) if all(sign in ("", "cdot", "times") for sign, _ in parts):
            product = Fraction(1)
            for _, part in parts:
                value = _number(part)
                if value is None:
                    return None
                product *= value
            return product
        case _:
            return None
