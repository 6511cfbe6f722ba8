"""Inequalities between scalar terms.

    context |- 0 <= b - a  by the signs of its parts
    ------------------------------------------------  (order)
                 context |- a <= b

Signs come from the context's domains and hypotheses; squares are not negative; a product of signs has a sign; a difference may be factored (SymPy) so that
its factors' signs decide.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from derivations.kernel.statement import Premise, Rel, Rule, Statement
from derivations.kernel.verdict import Evidence, Undecided, Verdict, proved
from derivations.language.context import Context
from derivations.language.work import OutOfWork, calls, spend
from derivations.rules.decide import decide
from derivations.rules.equality import by_equations, consistent, equations_of, usable, where_defined
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.poly import ONE, Monomial, Poly, atom_power, number

WANTED = {Rel.LE: ("+", "0+", "0"), Rel.LT: ("+",), Rel.GE: ("+", "0+", "0"), Rel.GT: ("+",), Rel.NE: ("+", "-")}


MOST_ATOMS, MOST_TERMS, MOST_BITS, MOST_DEGREE = 10, 60, 512, 40
"""What is larger is not factored: derivations have a few atoms in a few terms, and the cost grows exponentially with all of these."""
FACTORING = 400
"""What a factorisation costs in ticks, and the calls inside SymPy after which it is given up: it needs some thousands at most."""
MOST_CALLS = 300_000


def factored(algebra: Algebra, p: Poly) -> list[tuple[Poly, int]] | None:
    """Factors of a polynomial over its atoms and their roots (by SymPy), or None where an exponent is symbolic or the polynomial is large."""
    cleared, inverses = algebra.cleared(p)
    roots = _root_orders(cleared)
    if roots is None or len(roots) > MOST_ATOMS or len(cleared) > MOST_TERMS:
        return None
    lowest = _lowest(cleared)
    powers: dict[tuple[int, ...], Fraction] = {}
    for m, c in cleared.terms.items():
        exponents = {a: e for a, e in m if isinstance(e, Fraction)}
        key = tuple(int((exponents.get(a, Fraction(0)) - lowest.get(a, Fraction(0))) * n) for a, n in roots.items())
        if sum(key) > MOST_DEGREE or max(c.numerator.bit_length(), c.denominator.bit_length()) > MOST_BITS:
            return None
        powers[key] = c
    parts = _factor_list(powers, len(roots))
    if parts is None:
        return None
    scale, factors = parts
    found = [(number(scale), 1)]
    for factor, power in factors:
        terms: dict[Monomial, Fraction] = {
            tuple(sorted((a, Fraction(k, roots[a])) for a, k in zip(roots, exps, strict=True) if k)): c for exps, c in factor.items()
        }
        found.append((Poly(terms), power))
    found.extend((atom_power(a), int(e)) for a, e in inverses if isinstance(e, Fraction))
    found.extend((atom_power(a, Fraction(1, roots[a])), int(low * roots[a])) for a, low in lowest.items())
    return found


def _factor_list(powers: dict[tuple[int, ...], Fraction], atoms: int) -> tuple[Fraction, list[tuple[dict[tuple[int, ...], Fraction], int]]] | None:
    """(scale, factors with their multiplicities) of a polynomial by its exponents; None where SymPy needs too long."""
    import sympy as sp
    from sympy.core.random import seed

    if not atoms:
        return sum(powers.values(), Fraction(0)), []
    spend(FACTORING)
    symbols = sp.symbols(f"a:{atoms}")
    seed(0)  # it draws where to evaluate: what it costs is always the same
    try:
        with calls(MOST_CALLS):
            scale, factors = sp.Poly({k: sp.Rational(c.numerator, c.denominator) for k, c in powers.items()}, *symbols).factor_list()
    except OutOfWork:
        return None
    terms = [({exps: Fraction(int(c.p), int(c.q)) for exps, c in factor.terms()}, int(power)) for factor, power in factors]
    return Fraction(int(scale.p), int(scale.q)), terms


def _root_orders(p: Poly) -> dict[int, int] | None:
    """For each atom the least n such that all its exponents are multiples of 1/n; None for a symbolic exponent."""
    orders: dict[int, int] = {}
    for m in p.terms:
        for a, e in m:
            if not isinstance(e, Fraction):
                return None
            orders[a] = lcm(orders.get(a, 1), e.denominator)
    return orders


def _lowest(p: Poly) -> dict[int, Fraction]:
    """The negative exponents to be cleared: for each atom the lowest that occurs."""
    found: dict[int, Fraction] = {}
    for m in p.terms:
        for a, e in m:
            if isinstance(e, Fraction) and e < 0:
                found[a] = min(found.get(a, e), e)
    return found


def sign_by_factors(algebra: Algebra, p: Poly) -> str | None:
    """The sign of p, if need be from its factors."""
    direct = algebra.sign(p)
    if direct is not None:
        return direct
    factors = factored(algebra, p)
    if factors is None:
        return None
    negative, weak = False, False
    for factor, power in factors:
        if factor == ONE:
            continue
        sign = algebra.sign(factor)
        if sign is None or sign == "0":
            if power % 2 == 0 and power > 0 and algebra.real(factor):
                weak = True
                continue
            return None
        weak = weak or sign.startswith("0")
        if power % 2:
            negative ^= sign.endswith("-")
    return ("0" if weak else "") + ("-" if negative else "+")


def prove_order(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Evidence | Undecided:
    if statement.relation not in WANTED:
        return Undecided(f"the rule proves inequalities, not {statement.relation.value}")
    algebra = Algebra(context)
    where_defined(algebra, (statement.lhs, statement.rhs))
    low, high = statement.lhs, statement.rhs
    if statement.relation in (Rel.GE, Rel.GT):
        low, high = high, low
    difference = algebra.poly(high) - algebra.poly(low)
    for candidate in (difference, by_equations(algebra, difference, equations_of(context, premises))):
        sign = "0" if algebra.zero(candidate) else sign_by_factors(algebra, candidate)
        if sign in WANTED[statement.relation]:
            return consistent(context, proved("signs of the parts of the difference"))
    return Undecided("the sign of the difference is not decided by the context", difference)


def decide_order(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    return usable(premises, context) or decide(statement, context, lambda: prove_order(statement, context, premises))


order = Rule("order")
"""True: ``1 - e/(s + e) < 1`` for positive s, e. False neighbour: ``1 + e/(s + e) < 1`` (refuted)."""
