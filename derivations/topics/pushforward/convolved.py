"""One function of independent variables by integrals, two of them at a time: sums, products, quotients.

Casella and Berger, *Statistical Inference* (2002), theorem 5.2.9.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from itertools import product as pairs_of
from typing import Any

from derivations.kernel.chains import chain, equals
from derivations.kernel.theorem import NotProved, Theorem
from derivations.kernel.verdict import Undecided
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Function, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import substitute, subterms
from derivations.language.term import Add, Call, Const, Frac, Group, Index, Integral, Mul, Name, Num, Pow, Relation, Root, Term, group, product, relation
from derivations.problem import Section, Words
from derivations.rules.change_of_variables import integration
from derivations.rules.equality import algebra, differentiation
from derivations.rules.independent import convolution
from derivations.rules.maps import INFINITY, MINUS_INFINITY, Convolution, Stretch, inside
from derivations.topics.pushforward.evaluation import at as number_at
from derivations.topics.pushforward.laws import slashed
from derivations.topics.pushforward.parameter_domain import ParameterDomain
from derivations.topics.pushforward.refusals import CannotPush, Reason, bounded
from derivations.topics.pushforward.symbols import Symbol, constraints, symbols_of, written
from derivations.topics.pushforward.variables import Part, at, end, p, p_X, t, x
from derivations.topics.pushforward.writing import proved_or_tried, quoted, shorter

INTEGRAL = (
    " For each value of the one variable, the other is a one-to-one function of the new variable; the densities are multiplied, with the size of the"
    " derivative of that function, and added up over the values that count."
)
S, s = Name("S"), Name("s")
MOST_PIECES = 8
"""A density with more formulas than that is not written out."""


@record
class Formula:
    """A density on one interval: its name there, as a term in t, and the ends of the interval as SymPy's values."""

    density: Symbol
    shown: Term
    low: Any
    high: Any


@record
class Variable:
    """One of the variables: its name, the letter of its values, and its density by intervals; and as it was given, where that is something else."""

    variable: Symbol
    value: Symbol
    formulas: tuple[Formula, ...]
    given: tuple[Symbol, Term] | None = None


Row = tuple[Term, Any, Any]
"""The density of the new variable between two values."""


def convolved(
    what: str, parts: tuple[Part, ...], map_: Term, parameters: Context, called: tuple[Name, Term] | None = None
) -> tuple[list[Section], list[Row], Context]:
    """The sections that derive the density of a function of independent variables, the density by intervals, and the context of the last of them.

    ``called``: the name of the new variable, where that is not X, and what it is.

    Two variables are brought together at a time: ``z_1 + z_2 + z_3`` is ``s_2 + z_3`` with ``s_2 = z_1 + z_2``, whose density is found first.

    Raises:
        DeriveError: no two variables can be brought together, or what comes of them is not written out.
    """
    variables = [_of_part(part, parameters) for part in parts]
    sections: list[Section] = []
    for number in range(2, len(parts)):
        pair, inner, map_ = _innermost(what, map_, variables, number)
        new = Variable(Index(S, (Num(str(number)),)), Index(s, (Num(str(number)),)), ())
        density = Index(p, (new.variable,))
        found, rows, _ = _density(what, pair, inner, parameters, density, (new.variable, inner))
        sections += [replace(section, role="lemma") for section in found]
        if len(rows) > MOST_PIECES:
            raise DeriveError(f"{what}: the density of the first {number} of them has {len(rows)} formulas; at most {MOST_PIECES} are written out")
        names = [density] if len(rows) == 1 else [Index(p, (new.variable, Num(str(k)))) for k in range(1, len(rows) + 1)]
        formulas = tuple(Formula(name, substitute(value, {x: t}), low, high) for name, (value, low, high) in zip(names, rows, strict=True))
        variables = [replace(new, formulas=formulas), *(v for v in variables if v not in pair)]
    found, rows, known = _density(what, (variables[0], variables[1]), map_, parameters, p_X if called is None else Index(p, (called[0],)), called)
    return [*sections, *found], rows, known


def _of_part(part: Part, parameters: Context) -> Variable:
    """A variable with its law: where that is written with an absolute value or by cases, by the intervals on which it is one formula."""
    import sympy as sp

    law = part.law.distribution
    (span,) = law.spans
    whole = Variable(part.variable, part.value, (Formula(part.density, at(part.law, t), span.lo, span.hi),))
    if not law.density.has(sp.Abs, sp.Piecewise):
        return whole
    from derivations.topics.pushforward.monotone import MapAnalysis

    known = parameters.declare(Scalar(), t)
    cases = law.density.replace(sp.Abs, lambda u: sp.Piecewise((-u, u < 0), (u, True)))
    try:
        with bounded("the density of a variable"):
            pieces = MapAnalysis(law.domain).resolved(cases, law.variable, span)
    except CannotPush:
        return whole
    at_t = denote(t, known)
    return replace(whole, given=(part.density, at(part.law, t)), formulas=tuple(
        Formula(Index(p, (part.variable, Num(str(k)))), quoted(formula.subs(law.variable, at_t), known), piece.lo, piece.hi)
        for k, (piece, formula) in enumerate(pieces, 1)
    ))  # fmt: skip


def _innermost(what: str, map_: Term, variables: list[Variable], number: int) -> tuple[tuple[Variable, Variable], Term, Term]:
    """Two variables that the map holds in one part of it and nowhere else: these, that part, and the map with a new variable in its place."""
    new = Index(s, (Num(str(number)),))
    for part, smaller in _parts(map_):
        held = [v for v in variables if v.value in symbols_of(smaller)]
        outside = _replaced(map_, part, smaller, new)
        if len(held) == 2 and not any(v.value in symbols_of(outside) for v in held):
            return (held[0], held[1]), smaller, outside
    pairs = "a sum or a product of them, z1 + z2 + z3, or max or min of all of them"
    raise DeriveError(f"{what}: no two of the variables stand together and nowhere else in the map; {pairs} is accepted")


def _parts(node: Term) -> Iterator[tuple[Term, Term]]:
    """Each part of a term with itself, and each sum or product with two of its neighbours, the smallest first."""
    for _, part in sorted(subterms(node), key=lambda pair: sum(1 for _ in subterms(pair[1]))):
        match part:
            case Add(items):
                for k in range(len(items) - 1):
                    yield part, Add(items[k : k + 2])
            case Mul(items):
                for k in range(len(items) - 1):
                    yield part, Mul((("", items[k][1]), items[k + 1]))
            case Call() | Frac() | Pow() | Root():
                yield part, part
            case _:
                continue


def _replaced(whole: Term, part: Term, smaller: Term, new: Term) -> Term:
    """The term with a new symbol for two neighbours of one of its sums or products, or for a part of it."""
    from derivations.language.structure import transform

    def instead(node: Term) -> Term:
        if node != part:
            return node
        match part, smaller:
            case Add(items), Add(two):
                k = next(k for k in range(len(items) - 1) if items[k : k + 2] == two)
                rest = (*items[:k], ("+", new), *items[k + 2 :])
                return new if len(rest) == 1 else Add(rest)
            case Mul(items), Mul(two):
                k = next(k for k in range(len(items) - 1) if (items[k][1], items[k + 1]) == (two[0][1], two[1]))
                factors = (*items[:k], (items[k][0], new), *items[k + 2 :])
                return new if len(factors) == 1 else Mul(factors)
            case _:
                return new

    found = transform(whole, instead)
    return found.body if isinstance(found, Group) else found


# -- two variables ----------------------------------------------------------------------------------------------------------------


def _density(
    what: str, pair: tuple[Variable, Variable], map_: Term, parameters: Context, density: Symbol, called: tuple[Symbol, Term] | None
) -> tuple[list[Section], list[Row], Context]:
    """The density of a function of two variables, by the integral over one of them, on each interval of x on which its limits are one formula."""
    why: list[DeriveError] = []
    for first, second in _ways(pair):
        known, w = _known((first, second), parameters, density)
        try:
            given = _cells(first, second, substitute(map_, {second.value: w}), known, w, parameters, density)
        except (DeriveError, CannotPush) as error:
            found = error.detail if isinstance(error, CannotPush) else str(error)
            why.append(DeriveError(f"{what}: no density in closed form is found (there may well be one): {found}; {_ACCEPTED}"))
            continue
        try:
            return _written_out(what, pair, (first, second), given, known, called)
        except (DeriveError, CannotPush) as error:  # it came farther
            why.insert(0, error if str(error).startswith(what) else DeriveError(f"{what}: no density in closed form is found (there may well be one): {error}"))
    raise why[0]


_ACCEPTED = "sums, products, quotients and squares of two variables, a function of these, max or min of all of them are accepted"


def _ways(pair: tuple[Variable, Variable]) -> Iterator[tuple[Variable, Variable]]:
    """The variables in either order, as they are given and, where a law lies on both sides of zero, by its two sides: a square, an absolute value or a
    quotient has one inverse, or one direction, on each of them."""
    for first, second in (pair, pair[::-1]):
        yield first, second
    for first, second in (pair, pair[::-1]):
        halves = _halves(first), _halves(second)
        if halves[1] != second:
            yield first, halves[1]
        if halves[0] != first:
            yield halves[0], halves[1]


def _halves(variable: Variable) -> Variable:
    import sympy as sp

    found: list[Formula] = []
    for formula in variable.formulas:
        if _has_two_sides(formula):
            found += [replace(formula, high=sp.Integer(0)), replace(formula, low=sp.Integer(0))]
        else:
            found.append(formula)
    return replace(variable, formulas=tuple(found))


def _has_two_sides(formula: Formula) -> bool:
    """Whether zero lies inside an interval."""
    return bool(formula.low.is_extended_negative and formula.high.is_extended_positive)


def _written_out(
    what: str, pair: tuple[Variable, Variable], ordered: tuple[Variable, Variable], given: tuple[Convolution, list[Cell]], known: Context,
    called: tuple[Symbol, Term] | None,
) -> tuple[list[Section], list[Row], Context]:  # fmt: skip
    found, cells = given
    sections: list[Section] = []
    rows: list[Row] = []
    for low, high, limits in cells:
        here = known.assume(*inside(x, end(low, known), end(high, known)))
        shown, final = _integrated(what, replace(found, limits=limits), ordered, here, known, (low, high))
        rows.append((final, low, high))
        where = interval(end(low, known), end(high, known))
        named: tuple[str | Term, ...] = ("The density",)
        if called is not None:
            variable, meant = called
            there = {v.value: v.variable for v in pair}
            named = ("The density of ", variable, " = ", bracketed(substitute(meant, dict(there.items()))))
        said: tuple[str | Term, ...] = (" for ", where, ".") if where is not None else (" on the whole line.",)
        caption: Words = (*named, *said, *((INTEGRAL,) if not sections else ()))
        sections.append(Section(shown, caption))
    return sections, rows, known


def interval(low: Term, high: Term) -> Relation | None:
    """The condition that x lies between two ends; None on the whole line."""
    found = inside(x, low, high)
    return found[0] if found and isinstance(found[0], Relation) else None


def _known(variables: tuple[Variable, ...], parameters: Context, density: Symbol) -> tuple[Context, Name]:
    """The context of an integral, and the letter of its variable."""
    letter = next(name for name in (Name("w"), Name("v"), Name("u"), Name("y")) if parameters.kind(name) is None)
    known = parameters.declare(Scalar(), *(v.value for v in variables), x, t, letter).declare(Function(1, frozenset({"density"})), density)
    for variable in variables:
        if variable.given is not None:
            known = known.define(Call(variable.given[0], (t,)), variable.given[1], (t,))
        for formula in variable.formulas:
            known = known.define(Call(formula.density, (t,)), formula.shown, (t,))
    return known, letter


def _integrated(
    what: str, given: Convolution, pair: tuple[Variable, Variable], here: Context, known: Context, interval_: tuple[Any, Any]
) -> tuple[Theorem, Term]:
    import sympy as sp

    w = given.variables[1]
    at_w, at_t = denote(w, known), denote(t, known)
    values: list[Any] = []
    written_out: list[Term] = []
    for (one, other), inverse, limits in zip(pairs_of(pair[0].formulas, pair[1].formulas), given.inverses, given.limits, strict=True):
        if limits is None:
            continue
        ends = [_value(limit, known) for limit in limits]
        size = _size(sp.diff(denote(inverse, known), denote(x, known)), at_w, ends, interval_, known)
        body = substitute(one.shown, {t: group(inverse)}), substitute(other.shown, {t: w})
        written_out.append(Integral(product(*([quoted(size, known)] if size != 1 else []), *body), w, *limits))
        density = denote(one.shown, known).subs(at_t, denote(inverse, known)) * size * denote(other.shown, known).subs(at_t, at_w)
        try:
            with bounded(f"the integral of {what}"):
                values.append(_integral(density, at_w, ends, interval_, known))
        except CannotPush as problem:
            raise DeriveError(f"{what}: the integral has no closed form that is found ({problem.detail}); there is a density all the same") from problem
    total = sp.Add(*values)
    final = _gaussian(total, known) or bracketed(quoted(_shortest(total) if len(values) > 1 else shorter(total), known))
    put_in = bracketed(_sum(written_out))
    steps = [
        equals(given.integral(), convolution(given), "what counts, added up"),
        equals(put_in, differentiation, "the densities and the derivative put in"),
    ]
    try:
        if len(values) == 1:
            steps.append(equals(final, integration, "the integral"))
        else:
            each = [bracketed(quoted(_shortest(value), known)) for value in values]
            shown = [proved_or_tried("An integral", here, chain(bracketed(one), equals(value, integration, "the integral")))
                     for one, value in zip(written_out, each, strict=True)]  # fmt: skip
            summed = bracketed(_sum(each))
            steps.append(equals(summed, algebra, "the integrals", *shown))
            steps += [equals(final, algebra, "added up")] if final != summed else []
        return proved_or_tried("The density", here, chain(Call(given.new_density, (x,)), *steps)), final
    except NotProved as error:
        if isinstance(error.verdict, Undecided):
            raise DeriveError(f"{what}: {error}; such a map is not written out") from error
        raise


def _sum(terms: list[Term]) -> Term:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _shortest(value: Any) -> Any:
    import sympy as sp

    return min((shorter(value), sp.expand(value), sp.factor(value)), key=sp.count_ops)


def _gaussian(value: Any, known: Context) -> Term | None:
    """``c e^q`` with q a polynomial of the second degree in x, as it is usually written; None for another expression."""
    import sympy as sp

    at_x = denote(x, known)
    front, wave = value.as_independent(at_x, as_Add=False)
    if not isinstance(wave, sp.exp) or not wave.args[0].is_polynomial(at_x) or sp.degree(wave.args[0], at_x) != 2:
        return None
    square = sp.factor(sp.simplify(1 / front**2))
    if square.has(sp.exp):
        return None
    below = quoted(-sp.factor(wave.args[0]), known)
    return bracketed(product(Frac(Num("1"), Root(quoted(square, known))), Pow(Const("e"), slashed(-below))))


def _value(limit: Term, known: Context) -> Any:
    import sympy as sp

    return sp.oo if limit == INFINITY else -sp.oo if limit == MINUS_INFINITY else denote(limit, known)


def _size(slope: Any, w: Any, ends: list[Any], interval_: tuple[Any, Any], known: Context) -> Any:
    """The absolute value of a derivative, by its sign where that is known between the limits."""
    import sympy as sp

    if not slope.free_symbols:
        return abs(slope)
    at_x = denote(x, known)
    marked = sp.factor(sp.together(slope.subs({at_x: _mark(interval_[0], interval_[1], at_x)[0], w: _mark(ends[0], ends[1], w)[0]})))
    slope = min((sp.factor(sp.together(slope)), slope), key=sp.count_ops)
    return slope if marked.is_positive else -slope if marked.is_negative else sp.Abs(slope)


def _mark(low: Any, high: Any, symbol: Any) -> tuple[Any, Any, Any]:
    """An expression in a symbol whose values are those between two ends, the symbol, and what it is of the one that is meant."""
    import sympy as sp

    mark = sp.Dummy("t", positive=True)
    if low.is_infinite and high.is_infinite:
        mark = sp.Dummy("t", real=True)
        return mark, mark, symbol
    if high.is_infinite:
        return low + mark, mark, symbol - low
    if low.is_infinite:
        return high - mark, mark, high - symbol
    return (low + high * mark) / (1 + mark), mark, (symbol - low) / (high - symbol)


def _integral(density: Any, w: Any, limits: list[Any], interval_: tuple[Any, Any], known: Context) -> Any:
    """The integral with x as a symbol of the sign that its interval gives it, or as what lies between the ends of that.

    Raises:
        CannotPush: SymPy finds no closed form.
    """
    import sympy as sp

    at_x = denote(x, known)
    low, high = interval_
    mark = sp.Dummy("x", real=True, positive=low.is_nonnegative or None, negative=high.is_nonpositive or None)
    ways: list[tuple[Any, Any, Any]] = [(mark, mark, at_x)]
    if low.is_finite and high.is_finite:
        ways.append(_mark(low, high, at_x))
    side = 1 if limits[0].is_nonnegative else -1 if limits[1].is_nonpositive else 0
    dummy = sp.Dummy("w", real=True, positive=True if side else None)
    ends = [side * limit for limit in limits][::side] if side else limits
    for shape, mark, meant in ways:
        body = sp.powsimp(sp.expand(sp.simplify(density.subs({at_x: shape, w: side * dummy if side else dummy}, simultaneous=True))))
        found = sp.integrate(body, (dummy, *(sp.sympify(limit).subs(at_x, shape) for limit in ends)), conds="none")
        found = sp.simplify(found)
        if not (found.has(sp.Integral, sp.nan, sp.zoo, sp.meijerg, sp.exp_polar, sp.polar_lift) or found.is_infinite):
            return found.subs(mark, meant)
    raise CannotPush(Reason.UNSUPPORTED, "SymPy finds none")


Limits = tuple[tuple[Term, Term] | None, ...]
Cell = tuple[Any, Any, Limits]


def _cells(
    first: Variable, second: Variable, map_: Term, known: Context, letter: Name, parameters: Context, density: Symbol
) -> tuple[Convolution, list[Cell]]:
    """The inverse for the first variable, and the intervals of x with the limits of the second for each pair of formulas.

    Raises:
        DeriveError: the map is not solved by one formula, or its limits depend on more than the order of numbers.
        CannotPush: the order of two ends is not known.
    """
    import sympy as sp

    z, at_x, w = denote(first.value, known), denote(x, known), denote(letter, known)
    pairs = list(pairs_of(first.formulas, second.formulas))
    own_values = ParameterDomain([denote(symbol, known) for symbol, kind in parameters.kinds if isinstance(kind, Scalar)], constraints(parameters)).samples[0]
    value = denote(map_, known)
    inverses = [_inverse(value, (z, w, at_x), pair, own_values) for pair in pairs]
    if None in inverses:
        raise DeriveError(f"the map is not solved for {written(first.value)} by one formula")
    for inverse, (_, other) in zip(inverses, pairs, strict=True):
        size = _size(sp.diff(inverse, at_x), w, [other.low, other.high], (-sp.oo, sp.oo), known)
        if _has_two_sides(other) and any(node.has(w) for node in size.atoms(sp.Abs)):
            raise DeriveError(f"the derivative of the inverse has a sign for each side of {written(second.value)} = 0")
    ends = [_ends(inverse, w, pair) for inverse, pair in zip(inverses, pairs, strict=True)]
    own = (x, t, first.value, second.value, letter)
    domain = ParameterDomain([denote(symbol, known) for symbol, kind in known.kinds if isinstance(kind, Scalar) and symbol not in own], constraints(parameters))
    breaks: list[Any] = [sp.Integer(0)]  # where a factor x of the inverse changes its sign
    poles = [root for inverse in dict.fromkeys(inverses) for root in _roots(sp.denom(sp.together(inverse)), at_x) if not root.has(w)]
    candidates = list(dict.fromkeys(e for each in ends for e in each if e.is_finite is not False or not e.is_number))
    for root in poles:
        orders = [domain.compare(root, b) for b in breaks]
        if root.is_real is not False and 0 not in orders:
            breaks.insert(sum(order > 0 for order in orders), root)
    for k, one in enumerate(candidates):
        for other in candidates[k + 1 :]:
            for root in _roots(one - other, at_x):
                orders = [domain.compare(root, b) for b in breaks]
                if root.is_real is not False and 0 not in orders:
                    breaks.insert(sum(order > 0 for order in orders), root)
    stretches = [tuple(Stretch(f.density, end(f.low, known), end(f.high, known)) for f in variable.formulas) for variable in (first, second)]
    given = Convolution(density, x, (first.value, letter), map_, tuple(quoted(g, known) for g in inverses), stretches[0], stretches[1], ())
    cells: list[Cell] = []
    values = domain.samples[0]
    for start, stop in pairwise([-sp.oo, *breaks, sp.oo]):
        place = _middle(start, stop, values)
        found = [_limits_at(g, w, at_x, pair, each, place, values) for g, pair, each in zip(inverses, pairs, ends, strict=True)]
        limits = tuple(None if one is None else (end(one[0], known), end(one[1], known)) for one in found)
        if cells and cells[-1][1:] == (start, limits):
            cells[-1] = (cells[-1][0], stop, limits)
        elif any(one is not None for one in limits):
            cells.append((start, stop, limits))
    return given, cells


def _inverse(value: Any, symbols: tuple[Any, Any, Any], pair: tuple[Formula, Formula], values: dict[Any, Any]) -> Any:
    """The map solved for its first variable on a pair of intervals, by the one formula that leads back from points of these; None where there is none."""
    import sympy as sp

    z, w, x_ = symbols
    marks = {symbol: _signed(symbol, formula) for symbol, formula in zip((z, w), pair, strict=True)}
    unknown = next(iter(marks[z].free_symbols))
    solved = _solutions(value.subs(marks, simultaneous=True) - x_, unknown)
    back = {mark: (symbol if shape == mark else -symbol) for symbol, shape in marks.items() for mark in shape.free_symbols}
    found = [_turned(sp.expand(marks[z].subs(unknown, root).subs(back))) for root in solved]
    places = [dict(zip((z, w), point, strict=True)) for point in pairs_of(*(_points(formula, values) for formula in pair))]
    return next((g for g in found if all(_leads_back(value, g, symbols, {**values, **place}) for place in places)), None)


def _turned(inverse: Any) -> Any:
    """``-a/(x - 1)`` as ``a/(1 - x)``."""
    import sympy as sp

    above, below = sp.fraction(inverse)
    return (-above) / sp.expand(-below) if below.is_Add and inverse.could_extract_minus_sign() else inverse


def _leads_back(value: Any, inverse: Any, symbols: tuple[Any, Any, Any], here: dict[Any, Any]) -> bool:
    z, _, x_ = symbols
    image = number_at(value, here)
    again = number_at(inverse, {**here, x_: image})
    return bool(abs(again - here[z]) <= 1e-9 * (1 + abs(here[z])))


def _points(formula: Formula, values: dict[Any, Any]) -> list[float]:
    """Three points of an interval."""
    low, high = number_at(formula.low, values), number_at(formula.high, values)
    if math.isinf(low) and math.isinf(high):
        return [-1.7, -0.3, 0.9]
    if math.isinf(high):
        return [low + 0.3, low + 1.1, low + 2.3]
    return [high - 0.3, high - 1.1, high - 2.3] if math.isinf(low) else [low + k * (high - low) for k in (0.2, 0.45, 0.85)]


def _signed(symbol: Any, formula: Formula) -> Any:
    """An expression in a symbol that knows on which side of zero an interval lies."""
    import sympy as sp

    if formula.high.is_nonpositive:
        return -sp.Dummy(symbol.name, positive=True)
    return sp.Dummy(symbol.name, real=True, positive=formula.low.is_nonnegative or None)


def _solutions(zero: Any, unknown: Any) -> list[Any]:
    """The solutions of an equation, as far as SymPy finds them.

    Raises:
        CannotPush: the work for it does not suffice, or SymPy cannot solve it.
    """
    import sympy as sp

    try:
        with bounded("solving for a variable"):
            return list(sp.solve(zero, unknown))
    except (NotImplementedError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CannotPush(Reason.UNSUPPORTED, "SymPy does not solve it for a variable") from error


def _roots(zero: Any, at_x: Any) -> list[Any]:
    return _solutions(zero, at_x) if zero.has(at_x) else []


def _ends(inverse: Any, w: Any, pair: tuple[Formula, Formula]) -> list[Any]:
    """Where the range of w may end: at the ends of its interval, and where its inverse reaches an end of the other's."""
    found = [pair[1].low, pair[1].high]
    shape = _signed(w, pair[1])
    (mark,) = shape.free_symbols
    for edge in (pair[0].low, pair[0].high):
        if not edge.is_infinite:
            found += [shape.subs(mark, root) for root in _solutions(inverse.subs(w, shape) - edge, mark)]
    return list(dict.fromkeys(found))


def _middle(start: Any, stop: Any, values: Any) -> float:
    low, high = number_at(start, values), number_at(stop, values)
    if math.isinf(low) and math.isinf(high):
        return 0.37
    return low + 1.37 if math.isinf(high) else high - 1.37 if math.isinf(low) else (low + high) / 2


def _limits_at(inverse: Any, w: Any, at_x: Any, pair: tuple[Formula, Formula], ends: list[Any], place: float, values: Any) -> tuple[Any, Any] | None:
    """Between which of the ends w counts for x at a number; None where for no w. Raises DeriveError where it is no interval."""
    here = {**values, at_x: place}
    ordered = sorted((e for e in ends if not math.isnan(number_at(e, here))), key=lambda e: number_at(e, here))
    counts: list[bool] = []
    for low, high in pairwise(ordered):
        middle = _middle(low, high, here)
        value = number_at(inverse, {**here, w: middle})
        inner = number_at(pair[0].low, values) < value < number_at(pair[0].high, values)
        counts.append(inner and number_at(pair[1].low, values) < middle < number_at(pair[1].high, values) and low != high)
    if True not in counts:
        return None
    first = counts.index(True)
    last = len(counts) - 1 - counts[::-1].index(True)
    if not all(counts[first : last + 1]):
        raise DeriveError("the values of the second variable that count are no interval")
    return ordered[first], ordered[last + 1]


__all__ = ["Row", "convolved", "interval", "relation"]
