"""One function of independent variables: convolutions, extremes, order statistics.

    f(g(x, w), w) = x     g(f(z, w), w) = z     the w of the support of W with g(x, w) in that of Z are those between a(x) and b(x)
    ------------------------------------------------------------------------------------------------------------------------------
                        X = f(Z, W):   p_X(x) = integral from a(x) to b(x) of p_Z(g(x, w)) |dg/dx| p_W(w) dw

Where the density of Z or W is one formula on each of several intervals, or the map has an inverse on each of them (``z^2 + w^2`` on both sides of zero),
it is the sum of them over the pairs of intervals.

    F_i' = p_i     F_i tends to 0 at the lower end of the support
    -------------------------------------------------------------------------------------------------------------
    the largest has the density d/dx prod F_i(x), the least -d/dx prod (1 - F_i(x)); the k-th of n with one law
    n! / ((k-1)! (n-k)!) F(x)^(k-1) (1 - F(x))^(n-k) p(x)

Casella and Berger, *Statistical Inference* (2002), theorems 5.2.9 and 5.4.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from derivations.kernel.statement import Premise, Rel, Rule, Statement, equation
from derivations.kernel.verdict import Accepted, Evidence, Undecided, Verdict, proved, weakest
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Function, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.quote import quote
from derivations.language.structure import substitute, subterms
from derivations.language.term import Add, Call, Const, Deriv, Frac, Group, Index, Mul, Name, Num, Pow, Relation, Root, Term, relation
from derivations.language.work import OutOfWork, apart
from derivations.rules.change_of_variables import mass_fault
from derivations.rules.joint_variables import shown_or_tried
from derivations.rules.maps import INFINITY, MINUS_INFINITY, Convolution, Extreme, OrderStatistic, Pair, Stretch, Symbol
from derivations.rules.monotone import Course, course
from derivations.rules.normal.convert import Algebra
from derivations.rules.order import sign_by_factors

_WORK = 4_000_000
"""What checking a map may cost."""


def convolution(given: Convolution) -> Rule:
    """The rule for one function of two independent variables."""
    return Rule("convolution", (given,))


def _strictly_between(low: Term, middle: Term, high: Term) -> tuple[Term, ...]:
    found: list[Term] = [] if low == MINUS_INFINITY else [relation(low, "<", middle)]
    return (*found, *([] if high == INFINITY else [relation(middle, "<", high)]))


def decide_convolution(statement: Statement, context: Context, premises: tuple[Premise, ...], given: Convolution) -> Verdict:
    if statement.relation is not Rel.EQ or statement.lhs != Call(given.new_density, (given.x,)) or not _is_density(given.new_density, context):
        return Undecided("the rule gives the density of the new variable at its point")
    if not given.integrals() or statement.rhs != bracketed(given.integral()):
        return Undecided("the right side is not the integral of the rule")
    try:
        with apart(_WORK):
            inside = context.declare(Scalar(), *given.variables)
            known = _checked(given, context)
            wrong = next((fault for pair in given.pairs if (fault := _limits(given, pair, inside))), None)
            plain = _without(given.x, context)
            wrong = wrong or next((fault for side in (given.firsts, given.seconds) if (fault := mass_fault(_joined(side), given.variables[1], plain))), None)
    except (DeriveError, OutOfWork) as error:
        return Undecided(str(error) or "the work that checking the map may cost did not suffice")
    if isinstance(known, str) or wrong:
        return Undecided(known if isinstance(known, str) else wrong or "")
    return Accepted(replace(known, method="convolution"))


def _is_density(name: Symbol, context: Context) -> bool:
    kind = context.kind(name)
    return isinstance(kind, Function) and "density" in kind.properties


def _checked(given: Convolution, context: Context) -> Evidence | str:
    z, w = given.variables
    plain = _without(given.x, context).declare(Scalar(), z, w, given.x)
    found: list[Evidence] = []
    for pair in given.pairs:
        inside = _inside(pair, z, w)
        held = _inside(pair, pair.inverse, w)
        back = shown_or_tried(Statement(bracketed(substitute(pair.inverse, {given.x: given.map})), Rel.EQ, z), plain.assume(*inside))
        forth = shown_or_tried(Statement(bracketed(_put(given.map, z, pair.inverse)), Rel.EQ, given.x), plain.assume(*map(bracketed, held)))
        if back is None or forth is None:
            return "the map and its inverse are not shown to undo each other"
        found += (back, forth)
    return weakest(tuple(found))


def _inside(pair: Pair, z: Term, w: Term) -> tuple[Term, ...]:
    """That a value of Z and one of W lie in the stretches of a pair."""
    return (*_strictly_between(pair.one.low, z, pair.one.high), *_strictly_between(pair.other.low, w, pair.other.high))


def _without(x: Term, context: Context) -> Context:
    """The context without what it says of x."""
    return replace(context, hypotheses=tuple(h for h in context.hypotheses if not any(part == x for _, part in subterms(h))))


def _joined(stretches: tuple[Stretch, ...]) -> tuple[tuple[Term, Term, Term], ...]:
    """Densities with the ends of their stretches, neighbours with one density as one."""
    found: list[tuple[Term, Term, Term]] = []
    for stretch in stretches:
        if found and found[-1][0] == stretch.density and found[-1][2] == stretch.low:
            found[-1] = (stretch.density, found[-1][1], stretch.high)
        else:
            found.append((stretch.density, stretch.low, stretch.high))
    return tuple(found)


def _put(term: Term, symbol: Symbol, value: Term) -> Term:
    """A term with a value for a symbol, which may have a subscript."""
    return substitute(term, {symbol: value})


def _limits(given: Convolution, pair: Pair, context: Context) -> str | None:
    """Why the limits are not shown to be those of the w that count, or None: by the course of the inverse as w runs between them, and beyond them."""
    (a, b), (c, d) = (pair.one.low, pair.one.high), (pair.other.low, pair.other.high)
    if pair.limits is None:
        return None if _never_counts(given, pair, (c, d), context) else "it is not shown that no value of the second variable counts"
    low, high = pair.limits
    algebra = Algebra(context)
    if not (_reaches(algebra, c, low) and _reaches(algebra, high, d)):
        return "the limits are not shown to lie in the support of the second variable"
    if (a, b) == (MINUS_INFINITY, INFINITY) and _is_total(pair.inverse):
        return None if (low, high) == (c, d) else "the limits are not those of the support of the second variable, and the first may have any value"
    between = _course_of(given, pair.inverse, low, high, context)
    if between is None or not (_at_most(a, between.low, context) and _at_most_value(between.high, b, context)):
        return "it is not shown that what lies between the limits counts"
    if all(start == stop or _never_counts(given, pair, (start, stop), context) for start, stop in ((c, low), (high, d))):
        return None
    return "it is not shown that what lies beyond a limit does not count"


def _never_counts(given: Convolution, pair: Pair, where: tuple[Term, Term], context: Context) -> bool:
    """Whether no z of the first stretch is mapped to x as w runs over an interval: the inverse stays outside of the stretch, or it is not real, while it is
    at every point of the two stretches."""
    beyond = _course_of(given, pair.inverse, *where, context)
    if beyond is not None and (_at_most_value(beyond.high, pair.one.low, context) or _at_most(pair.one.high, beyond.low, context)):
        return True
    z, w = given.variables
    there = Algebra(_without(given.x, context).assume(*_inside(pair, z, w)))
    for argument, signs in _restricted(pair.inverse):
        run = _course_of(given, argument, *where, context)
        negative = run is not None and _at_most_value(run.high, Num("0"), context) and (run.way or _gap(0, run.high, context, strictly=True))
        if negative and sign_by_factors(there, there.poly(substitute(argument, {given.x: given.map}))) in signs:
            return True
    return False


def _restricted(inverse: Term) -> Iterator[tuple[Term, tuple[str, ...]]]:
    """What stands under square roots and in logarithms, and the signs with which these are real."""
    for _, part in subterms(inverse):
        match part:
            case Root(argument, None):
                yield argument, ("+", "0+", "0")
            case Call(Name("ln"), (argument,)):
                yield argument, ("+",)
            case _:
                continue


def _is_total(inverse: Term) -> bool:
    """Whether it has a value but at single points: built by arithmetic, integer powers and the exponential function."""
    for _, part in subterms(inverse):
        match part:
            case Add() | Mul() | Frac() | Group() | Num() | Name() | Index() | Const() | Pow(Const("e"), _) | Pow(_, Num()):
                continue
            case _:
                return False
    return True


def _end(value: Term, known: Context) -> Any:
    import sympy as sp

    return sp.oo if value == INFINITY else -sp.oo if value == MINUS_INFINITY else denote(value, known)


def _course_of(given: Convolution, value: Term, low: Term, high: Term, context: Context) -> Course | None:
    """The course of a value that holds w as w runs from one end to another."""
    inside = context.assume(*_strictly_between(low, given.variables[1], high))
    return course(value, given.variables[1], _end(low, context), _end(high, context), inside)


def _reaches(algebra: Algebra, low: Term, high: Term) -> bool:
    """Whether ``low <= high``."""
    if low in (MINUS_INFINITY, high) or high == INFINITY:
        return True
    if low == INFINITY or high == MINUS_INFINITY:
        return False
    return sign_by_factors(algebra, algebra.poly(high) - algebra.poly(low)) in ("+", "0+", "0")


def _at_most(low: Term, value: Any, context: Context) -> bool:
    """Whether an end is at most a value of SymPy's."""
    return _gap(value, _end(low, context), context)


def _at_most_value(value: Any, high: Term, context: Context) -> bool:
    return _gap(_end(high, context), value, context)


def _gap(above: Any, below: Any, context: Context, *, strictly: bool = False) -> bool:
    import sympy as sp

    if above == below:
        return not strictly
    if above == sp.oo or below == -sp.oo:
        return True
    if above == -sp.oo or below == sp.oo:
        return False
    names = {denote(s, context): s for s, kind in context.kinds if isinstance(kind, Scalar)}
    algebra = Algebra(context)
    gap = sp.factor(sp.together(above - below))
    return sign_by_factors(algebra, algebra.poly(quote(gap, names))) in (("+",) if strictly else ("+", "0+", "0"))


def _truth(condition: Term, algebra: Algebra) -> bool | None:
    if not isinstance(condition, Relation):
        return None
    left, right = condition.items
    sign = sign_by_factors(algebra, algebra.poly(right) - algebra.poly(left))
    return True if sign == "+" else False if sign in ("-", "0-", "0") else None


def extreme(given: Extreme) -> Rule:
    """The rule for the largest or the least of independent variables."""
    return Rule("extreme of independent variables", (given,))


def order_statistic(given: OrderStatistic) -> Rule:
    """The rule for the k-th of n independent variables."""
    return Rule("order statistic", (given,))


def decide_extreme(statement: Statement, context: Context, premises: tuple[Premise, ...], given: Extreme) -> Verdict:
    if statement != Statement(Call(given.new_density, (given.x,)), Rel.EQ, bracketed(given.density())) or not _is_density(given.new_density, context):
        return Undecided("the rule gives the density of the extreme at its point, as the derivative of its distribution function")
    return _by_distribution_functions(context, given.densities, given.functions, given.x, given.argument, given.support)


def decide_order_statistic(statement: Statement, context: Context, premises: tuple[Premise, ...], given: OrderStatistic) -> Verdict:
    if statement != Statement(Call(given.new_density, (given.x,)), Rel.EQ, bracketed(given.value())) or not _is_density(given.new_density, context):
        return Undecided("the rule gives the density of the k-th of n variables at its point")
    algebra = Algebra(context)
    if not _whole_between(algebra, given.k, given.n):
        return Undecided("it is not known that k and n are integers with 1 <= k <= n")
    return _by_distribution_functions(context, (given.density,), (given.function,), given.x, given.argument, given.support)


def _whole_between(algebra: Algebra, k: Term, n: Term) -> bool:
    values = [denote(term, algebra.context) for term in (k, n)]
    least = algebra.sign(algebra.poly(k) - algebra.poly(Num("1")))
    most = algebra.sign(algebra.poly(n) - algebra.poly(k))
    return all(value.is_integer for value in values) and least in ("+", "0+", "0") and most in ("+", "0+", "0")


def _by_distribution_functions(
    context: Context, densities: tuple[Symbol, ...], functions: tuple[Symbol, ...], x: Name, t: Name, support: tuple[Term, Term]
) -> Verdict:
    """Whether the functions are the distribution functions of the densities on the support, in which x lies."""
    parameters = tuple(h for h in context.hypotheses if not any(part in (x, t) for _, part in subterms(h)))
    plain = replace(context, hypotheses=parameters).declare(Scalar(), t)
    here = Algebra(context)
    if not all(condition in context.hypotheses or _truth(condition, here) for condition in _strictly_between(support[0], x, support[1])):
        return Undecided("the context does not say that x lies in the support")
    found: list[Evidence] = [proved("distribution functions")]
    try:
        with apart(_WORK):
            inside = plain.assume(*_strictly_between(support[0], t, support[1]))
            for p, function in zip(densities, functions, strict=True):
                slope = Deriv(Call(function, (t,)), ((t, 1),))
                evidence = shown_or_tried(equation(slope, Call(p, (t,))), inside)
                if evidence is None or not _starts_at_zero(function, t, support[0], plain):
                    return Undecided("what is named is not shown to be the distribution function of the density")
                found.append(evidence)
    except (DeriveError, OutOfWork) as error:
        return Undecided(str(error) or "the work that checking a distribution function may cost did not suffice")
    return Accepted(replace(weakest(tuple(found)), method="distribution functions"))


def _starts_at_zero(function: Symbol, t: Name, low: Term, known: Context) -> bool:
    import sympy as sp

    value, at = denote(Call(function, (t,)), known), denote(t, known)
    point = -sp.oo if low == MINUS_INFINITY else denote(low, known)
    try:
        return bool(sp.simplify(value.subs(at, point)) == 0 or sp.limit(value, at, point, "+") == 0)
    except (NotImplementedError, ValueError, TypeError):
        return False
