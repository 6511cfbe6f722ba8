"""Supports of several variables: conjunctions of strict relations, reduced by known signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy


def conjunction(relations: Sequence[Any]) -> Any:
    """The conjunction of strict relations, reduced: what holds almost everywhere is left out, known factors are dropped."""
    flat: list[Any] = []
    for relation in relations:
        flat.extend(relation.args if isinstance(relation, sympy.And) else (relation,))
    flat = list(dict.fromkeys(_simplified(relation) for relation in flat))
    for _ in range(2):
        marks = _confined([relation for relation in flat if relation not in (sympy.true, sympy.false)])
        kept: dict[Any, None] = {}
        for relation in flat:
            if relation == sympy.false:
                return sympy.false
            if relation == sympy.true:
                continue
            reduced = relation if _simple(relation) else _reduced(relation, marks)
            if reduced == sympy.false:
                return sympy.false
            if reduced != sympy.true:
                kept[reduced] = None
        flat = list(kept)
    return sympy.And(*flat, evaluate=False) if len(flat) > 1 else (flat[0] if flat else sympy.true)


def gap(relation: Any) -> Any:
    """The expression that a strict relation states to be positive."""
    difference = relation.lhs - relation.rhs
    return difference if isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan)) else -difference


def _reduced(relation: Any, marks: Mapping[Any, Any]) -> Any:
    """A relation without the factors whose sign is known."""
    if isinstance(relation, (sympy.Or, sympy.Not, sympy.Eq, sympy.Ne)):
        return relation
    positive = _unwrapped(gap(relation))
    known = _sign_almost_everywhere(positive, marks)
    if known is not None:
        return sympy.true if known else sympy.false
    if sympy.count_ops(positive) > 60 or positive.has(sympy.Mod, sympy.atan2):
        return relation
    sign, unknown = 1, []
    for factor in sympy.Mul.make_args(sympy.factor(sympy.together(positive))):
        base, exponent = factor.as_base_exp()
        truth = _sign_almost_everywhere(factor, marks)
        if truth is not None:
            sign *= 1 if truth else -1
        else:
            unknown.append(base if exponent.is_odd else factor)
    rest = sympy.Mul(*unknown)
    rest = sympy.expand(sign * rest) if len(unknown) == 1 else sign * rest
    return _simplified(rest > 0)


def _unwrapped(positive: Any) -> Any:
    """1 - exp(u) is positive where -u is, exp(u) - 1 where u is."""
    for sign in (1, -1):
        wave = sympy.expand(1 - sign * positive)
        if isinstance(wave, sympy.exp):
            return sympy.expand(-sign * wave.args[0])
    return positive


def _sign_almost_everywhere(expression: Any, marks: Mapping[Any, Any]) -> bool | None:
    """Whether an expression is positive (True) or negative (False) but for a set of measure zero; None if not known.

    Roots count as positive (where they are real); an angle lies in (-pi, pi); a remainder lies between 0 and its modulus.
    """
    written = expression.replace(
        lambda node: node.is_Pow and node.exp.is_Rational and not node.exp.is_Integer and not node.base.is_number,
        lambda node: sympy.Dummy("r", positive=True),
    ).subs(dict(marks))
    written = written.replace(sympy.Mod, lambda _, period: period / (1 + sympy.Dummy("m", positive=True)))
    turn = sympy.Dummy("a", positive=True)
    written = written.replace(sympy.atan2, lambda *_: sympy.pi * (1 - turn) / (1 + turn))
    forms = [written]
    if sympy.count_ops(written) < 60:
        forms.append(sympy.factor(sympy.together(written)))
    for form in forms:
        if form.is_nonnegative and form != 0:
            return True
        if form.is_nonpositive and form != 0:
            return False
    return None


def _simple(relation: Any) -> bool:
    """x > 0, x < 0 or x < 1 for a symbol x."""
    below = isinstance(relation, (sympy.StrictLessThan, sympy.LessThan))
    return bool(relation.lhs.is_Symbol and (relation.rhs == 0 or (relation.rhs == 1 and below)))


def signed(relations: Iterable[Any]) -> dict[Any, Any]:
    """Expressions in positive symbols that stand for symbols of known sign."""
    marks: dict[Any, Any] = {}
    for relation in relations:
        if _simple(relation) and relation.rhs == 0:
            above = isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan))
            fresh = sympy.Dummy("t", positive=True)
            marks[relation.lhs] = fresh if above else -fresh
    return marks


def _confined(relations: Iterable[Any]) -> dict[Any, Any]:
    """As `signed`, with 1/(1 + t) for symbols between 0 and 1."""
    marks = signed(relations)
    for relation in relations:
        if _simple(relation) and relation.rhs == 1 and relation.lhs in marks:
            marks[relation.lhs] = 1 / (1 + marks[relation.lhs])
    return marks


def _simplified(relation: Any) -> Any:
    """A relation with one symbol alone on the left where both sides are linear in it; p/q > 0 stays as it is."""
    if relation in (sympy.true, sympy.false) or isinstance(relation, (sympy.Ne, sympy.Eq, sympy.Or, sympy.Not)):
        return relation
    difference = relation.lhs - relation.rhs
    if difference.is_Mul or difference.is_Add:
        difference = sympy.factor_terms(difference)
    symbols = difference.free_symbols
    if len(symbols) == 1 and difference.is_polynomial(*symbols):
        symbol = symbols.pop()
        if sympy.degree(difference, symbol) == 1:
            slope = difference.diff(symbol)
            bound = -difference.subs(symbol, 0) / slope
            above = isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan)) == bool(slope.is_positive)
            return symbol > bound if above else symbol < bound
    return relation.canonical
