"""One function of several independent variables, written out: sums, products and the like by an integral, the largest, the least, the k-th of n.

Casella and Berger, *Statistical Inference* (2002), theorems 5.2.9 and 5.4.4.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from derivations.kernel.chains import chain, equals
from derivations.kernel.theorem import NotProved, Theorem
from derivations.kernel.verdict import Undecided
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Function, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.structure import substitute
from derivations.language.term import Add, Call, Cases, Const, Deriv, Frac, Index, Integral, Name, Num, Pow, Relation, Root, Term, group, product, relation
from derivations.problem import Answer, Meaning, Problem, Section, Words
from derivations.reading.python_expression import expression
from derivations.rules.change_of_variables import integration
from derivations.rules.equality import algebra, differentiation
from derivations.rules.independent import convolution, extreme, order_statistic
from derivations.rules.maps import INFINITY, MINUS_INFINITY, Convolution, Extreme, OrderStatistic, factorial, inside
from derivations.topics.pushforward.joint_problem import Part, at, context_of, end, listed, p_X, t, x
from derivations.topics.pushforward.laws import law, slashed
from derivations.topics.pushforward.refusals import CannotPush, bounded
from derivations.topics.pushforward.symbols import Said, said, symbols_of, written
from derivations.topics.pushforward.writing import DOMAINS, proved_or_tried, quoted, shorter

F, X, Z = Name("F"), Name("X"), Name("Z")
Row = tuple[Term, Term | None]


def combined(base: str, map: str, let: str, variables: tuple[Part, ...], maps: tuple[Term, ...], parameters: Context) -> Problem:
    """The density of one function of several variables. Raises DeriveError where it is none of those that are written out."""
    what = f"pushforward of {base} through {map}"
    if len(maps) != 1:
        raise DeriveError(f"{what}: {len(maps)} components of {len(variables)} variables; as many as there are variables, or one, are accepted")
    known = _known(variables, parameters)
    match maps[0]:
        case Call(Name("max" | "min" as name), arguments) if sorted(map_key(a) for a in arguments) == sorted(map_key(part.value) for part in variables):
            sections, rows, support = _extreme(what, variables, known, "largest" if name == "max" else "least")
        case _ if len(variables) == 2:
            sections, rows, support = _convolution(what, variables, maps[0], known)
        case _:
            raise DeriveError(f"{what}: one function of {len(variables)} variables; max or min of all of them, or two variables, are accepted")
    del support
    there = {part.value: part.variable for part in variables}
    found: list[str | Term] = ["The random variables ", *listed(tuple(part.variable for part in variables)), " are independent, with densities "]
    for place, part in enumerate(variables):
        found += [" and " if place == len(variables) - 1 else ", "] if place else []
        found += [relation(Call(part.density, (t,)), "=", bracketed(at(part.law, t))), *between(part)]
    question = (*found, ". Find the density of ", X, " = ", bracketed(substitute(maps[0], dict(there.items()))), ".")
    normal = any(part.law.variance_of_normal for part in variables)
    return _problem(base, map, let, question, sections, rows, known, {part.value for part in variables}, normal)


def map_key(term: Term) -> str:
    return written(term) if isinstance(term, Name | Index) else ""


def between(part: Part) -> list[str | Term]:
    from derivations.topics.pushforward.joint_problem import words_of_support

    return words_of_support(part)


def _problem(
    base: str, map: str, let: str, question: Words, sections: list[Section], rows: list[Row], known: Context, values: set[Any], normal: bool
) -> Problem:
    whole: Term = rows[0][0] if len(rows) == 1 and rows[0][1] is None else Cases((*rows, (Num("0"), None)))
    own = {*values, x, t, p_X, _w(known)}
    return Problem(
        "pushforward",
        "The density of a function of random variables",
        question,
        tuple(sections),
        Answer(
            tuple(section.theorem.statement for section in sections if section.role == "main"),
            denote(whole, known),
            (X, " has the density here (elsewhere it is zero):") if rows[-1][1] is not None else (X, " has the density:"),
            "the second argument of Normal is the variance" if normal else "",
        ),
        {"base": base, "map": map, "let": let},
        hints=("Write the probability that the new variable is at most x.", "Which values of the old variables count for one x?"),
        meanings=(
            Meaning((p_X,), "the density that is asked for"),
            *(Meaning((name,), DOMAINS[kind.domain]) for name, kind in known.kinds if isinstance(kind, Scalar) and name not in own),
        ),
    )


def _known(variables: tuple[Part, ...], parameters: Context) -> Context:
    letter = next(name for name in (Name("w"), Name("v"), Name("s")) if parameters.kind(name) is None)
    known = parameters.declare(Scalar(), *(part.value for part in variables), x, t, letter).declare(Function(1, frozenset({"density"})), p_X)
    for part in variables:
        known = known.define(Call(part.density, (t,)), at(part.law, t), (t,))
    return known


def _support(part: Part, known: Context) -> tuple[Term, Term]:
    (span,) = part.law.distribution.spans
    return end(span.lo, known), end(span.hi, known)


def _interval(low: Term, high: Term) -> Relation | None:
    found = inside(x, low, high)
    return found[0] if found and isinstance(found[0], Relation) else None


# -- sums, products and the like ----------------------------------------------------------------------------------------------


def _convolution(what: str, variables: tuple[Part, ...], map_: Term, known: Context) -> tuple[list[Section], list[Row], None]:
    """The integral over one variable, on each interval of x on which its limits are one formula."""
    import sympy as sp

    last: DeriveError | None = None
    for first, second in (variables, variables[::-1]):
        try:
            given, cells = _cells(first, second, substitute(map_, {second.value: _w(known)}), known)
        except DeriveError as error:
            last = error
            continue
        sections: list[Section] = []
        rows: list[Row] = []
        for low, high, limits in cells:
            here = known.assume(*inside(x, low, high))
            one = Convolution(given.new_density, given.densities, x, given.variables, given.map, given.inverse, given.supports, limits)
            shown, final = _integrated(what, one, (first, second), here, known)
            where = _interval(low, high)
            caption: Words = ("The density for ", where, ".", INTEGRAL) if where is not None else ("The density on the whole line.", INTEGRAL)
            sections.append(Section(shown, caption))
            rows.append((final, where))
        return sections, rows, None
    del sp
    raise last or DeriveError(f"{what}: the map is solved for neither variable")


INTEGRAL = (
    " For each value of the one variable, the other is a one-to-one function of the new variable; the densities are multiplied, with the size of the"
    " derivative of that function, and added up over the values that count."
)


def _integrated(what: str, given: Convolution, parts: tuple[Part, Part], here: Context, known: Context) -> tuple[Theorem, Term]:
    import sympy as sp

    first, second = parts
    w = given.variables[1]
    slope = sp.diff(denote(given.inverse, known), denote(x, known))
    size = sp.Abs(slope) if slope.free_symbols else abs(slope)
    body = at(first.law, group(given.inverse)), at(second.law, w)
    put_in = Integral(product(*([quoted(size, known)] if size != 1 else []), *body), w, *given.limits)
    at_w = denote(w, known)
    density = first.law.distribution.density.subs(first.law.distribution.variable, denote(given.inverse, known)) * size
    density *= second.law.distribution.density.subs(second.law.distribution.variable, at_w)
    limits = [_value(limit, known) for limit in given.limits]
    try:
        with bounded(f"the integral of {what}"):
            value = _integral(density, at_w, limits, _interval_of(here, known), known)
    except CannotPush as problem:
        raise DeriveError(f"{what}: the integral has no closed form that is found ({problem}); there is a density all the same") from problem
    final = _gaussian(value, known) or bracketed(quoted(shorter(value), known))
    steps = [
        equals(given.integral(), convolution(given), "what counts, added up"),
        equals(put_in, differentiation, "the densities and the derivative put in"),
        equals(final, integration, "the integral"),
    ]
    try:
        return proved_or_tried("The density", here, chain(Call(p_X, (x,)), *steps)), final
    except NotProved as error:
        if isinstance(error.verdict, Undecided):
            raise DeriveError(f"{what}: {error}; such a map is not written out") from error
        raise


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


def _w(known: Context) -> Name:
    """The letter of the variable of integration: the last that was declared."""
    return next(symbol for symbol, kind in reversed(known.kinds) if isinstance(kind, Scalar) and isinstance(symbol, Name))


def _value(limit: Term, known: Context) -> Any:
    import sympy as sp

    return sp.oo if limit == INFINITY else -sp.oo if limit == MINUS_INFINITY else denote(limit, known)


def _interval_of(here: Context, known: Context) -> tuple[Any, Any]:
    """The ends of the interval in which x lies."""
    import sympy as sp

    low, high = -sp.oo, sp.oo
    added = here.hypotheses[len(known.hypotheses) :]
    for condition in added:
        if isinstance(condition, Relation):
            place = condition.items.index(x)
            low = denote(condition.items[place - 1], known) if place else low
            high = denote(condition.items[place + 1], known) if place + 1 < len(condition.items) else high
    return low, high


def _integral(density: Any, w: Any, limits: list[Any], interval: tuple[Any, Any], known: Context) -> Any:
    """The integral with x as a symbol of the sign that its interval gives it.

    Raises:
        CannotPush: SymPy finds no closed form.
    """
    import sympy as sp

    from derivations.topics.pushforward.refusals import Reason

    at_x = denote(x, known)
    low, high = interval
    positive = bool(low.is_nonnegative)
    negative = bool(high.is_nonpositive)
    mark = sp.Dummy("x", real=True, positive=positive or None, negative=negative or None)
    dummy = sp.Dummy("w", real=True, positive=True) if limits[0] == 0 else sp.Dummy("w", real=True)
    body = sp.powsimp(sp.expand(sp.simplify(density.subs({at_x: mark, w: dummy}))))
    found = sp.integrate(body, (dummy, *(sp.sympify(limit).subs(at_x, mark) for limit in limits)), conds="none")
    found = sp.simplify(found)
    if found.has(sp.Integral, sp.nan, sp.zoo, sp.meijerg) or found.is_infinite:
        raise CannotPush(Reason.UNSUPPORTED, "SymPy finds none")
    return found.subs(mark, at_x)


def _cells(first: Part, second: Part, map_: Term, known: Context) -> tuple[Convolution, list[tuple[Term, Term, tuple[Term, Term]]]]:
    """The inverse for the first variable, and the intervals of x with the limits of the second.

    Raises:
        DeriveError: the map is not solved by one formula, or its limits depend on more than the order of numbers.
    """
    import sympy as sp

    z, at_x = denote(first.value, known), denote(x, known)
    w = denote(_w(known), known)
    supports = [part.law.distribution.spans[0] for part in (first, second)]
    positive = {s: sp.Dummy(s.name, positive=True) for s, span in zip((z, w), supports, strict=True) if span.lo.is_nonnegative}
    back = {mark: s for s, mark in positive.items()}
    value = denote(map_, known)
    with bounded("solving for a variable"):
        solved = sp.solve(sp.Eq(value.subs(positive), at_x), positive.get(z, z), dict=True)
    if len(solved) != 1:
        raise DeriveError(f"the map is not solved for {written(first.value)} by one formula")
    inverse = sp.expand(next(iter(solved[0].values())).subs(back))
    ends = _ends(inverse, w, at_x, supports, positive)
    given = Convolution(p_X, (first.density, second.density), x, (first.value, _w(known)), map_, quoted(inverse, known),
                        (_support(first, known), _support(second, known)), (MINUS_INFINITY, INFINITY))  # fmt: skip
    own = (x, t, first.value, second.value, _w(known))
    symbols = {denote(s, known) for s, kind in known.kinds if isinstance(kind, Scalar) and s not in own}
    domain = second.law.distribution.with_parameters(symbols).domain
    breaks: list[Any] = [sp.Integer(0)]  # where a factor x of the inverse changes its sign
    candidates = [e for e in ends if e.is_finite is not False or not e.is_number]
    for k, one in enumerate(candidates):
        for other in candidates[k + 1 :]:
            for root in sp.solve(sp.Eq(one, other), at_x) if (one - other).has(at_x) else []:
                orders = [domain.compare(root, b) for b in breaks]
                if root.is_real is not False and 0 not in orders:
                    breaks.insert(sum(order > 0 for order in orders), root)
    cells: list[tuple[Term, Term, tuple[Term, Term]]] = []
    values = domain.samples[0]
    for start, stop in pairwise([-sp.oo, *breaks, sp.oo]):
        limits = _limits_at(inverse, w, at_x, supports, ends, _middle(start, stop, values), values)
        if limits is not None:
            cells.append((end(start, known), end(stop, known), (end(limits[0], known), end(limits[1], known))))
    return given, _joined(cells)


def _joined(cells: list[tuple[Term, Term, tuple[Term, Term]]]) -> list[tuple[Term, Term, tuple[Term, Term]]]:
    """Neighbouring cells with the same limits as one."""
    found: list[tuple[Term, Term, tuple[Term, Term]]] = []
    for cell in cells:
        if found and found[-1][1] == cell[0] and found[-1][2] == cell[2]:
            found[-1] = (found[-1][0], cell[1], cell[2])
        else:
            found.append(cell)
    return found


def _ends(inverse: Any, w: Any, at_x: Any, supports: list[Any], positive: dict[Any, Any]) -> list[Any]:
    """Where the range of w may end: at the ends of its support, and where its inverse reaches an end of the other's."""
    import sympy as sp

    found = [supports[1].lo, supports[1].hi]
    back = {mark: s for s, mark in positive.items()}
    for edge in (supports[0].lo, supports[0].hi):
        if edge.is_infinite:
            continue
        with bounded("solving for a limit"):
            found += [root.subs(back) for root in sp.solve(sp.Eq(inverse.subs(positive), edge), positive.get(w, w))]
    return list(dict.fromkeys(found))


def _middle(start: Any, stop: Any, values: Any) -> float:
    import math

    from derivations.topics.pushforward.evaluation import at as number_at

    low, high = number_at(start, values), number_at(stop, values)
    if math.isinf(low) and math.isinf(high):
        return 0.37
    return low + 1.37 if math.isinf(high) else high - 1.37 if math.isinf(low) else (low + high) / 2


def _limits_at(inverse: Any, w: Any, at_x: Any, supports: list[Any], ends: list[Any], place: float, values: Any) -> tuple[Any, Any] | None:
    """Between which of the ends w counts for x at a number; None where for no w. Raises DeriveError where it is no interval."""
    from derivations.topics.pushforward.evaluation import at as number_at

    here = {**values, at_x: place}
    ordered = sorted(ends, key=lambda e: number_at(e, here))
    counts: list[bool] = []
    for low, high in pairwise(ordered):
        middle = _middle(low, high, here)
        value = number_at(inverse, {**here, w: middle})
        inner = number_at(supports[0].lo, values) < value < number_at(supports[0].hi, values)
        counts.append(inner and number_at(supports[1].lo, values) < middle < number_at(supports[1].hi, values))
    if True not in counts:
        return None
    first = counts.index(True)
    last = len(counts) - 1 - counts[::-1].index(True)
    if not all(counts[first : last + 1]):
        raise DeriveError("the values of the second variable that count are no interval")
    return ordered[first], ordered[last + 1]


# -- the largest, the least, the k-th of n --------------------------------------------------------------------------------------


def _with_functions(what: str, parts: tuple[Part, ...], known: Context) -> tuple[Context, list[Index]]:
    """The context with the distribution function of each variable."""
    import sympy as sp

    at_t = denote(t, known)
    functions: list[Index] = []
    for part in parts:
        law_ = part.law.distribution
        dummy = sp.Dummy("s", real=True, positive=law_.spans[0].lo.is_nonnegative or None)
        upper = sp.Dummy("t", real=True, positive=law_.spans[0].lo.is_nonnegative or None)
        try:
            with bounded(f"the distribution function of {part.law.shown}"):
                value = sp.simplify(sp.integrate(law_.density.subs(law_.variable, dummy), (dummy, law_.spans[0].lo, upper), conds="none"))
        except CannotPush as problem:
            raise DeriveError(f"{what}: {problem}; a law with a distribution function in closed form is accepted") from problem
        if value.has(sp.Integral):
            raise DeriveError(f"{what}: SymPy finds no closed form of the distribution function of {part.law.shown}; another law is accepted")
        name = Index(F, (part.variable,))
        functions.append(name)
        known = known.define(Call(name, (t,)), quoted(value.subs(upper, at_t), known), (t,))
    return known, functions


def _extreme(what: str, variables: tuple[Part, ...], known: Context, which: Any) -> tuple[list[Section], list[Row], None]:
    supports = {_support(part, known) for part in variables}
    if len(supports) != 1:
        raise DeriveError(f"{what}: the variables have different supports; laws with the same support are accepted")
    (support,) = supports
    known, functions = _with_functions(what, variables, known)
    sections = [Section(_distribution(part, function, support, known), ("The distribution function of ", part.variable, "."), "lemma")
                for part, function in zip(variables, functions, strict=True)]  # fmt: skip
    given = Extreme(which, p_X, tuple(part.density for part in variables), tuple(functions), x, t, support)
    here = known.assume(*inside(x, *support))
    import sympy as sp

    value = denote(given.density(), here).doit()
    at_x = denote(x, known)
    mark = sp.Dummy("x", real=True, positive=_value(support[0], known).is_nonnegative or None)
    final = bracketed(quoted(shorter(value.subs(at_x, mark)).subs(mark, at_x), known))
    why = "all of them are at most x" if which == "largest" else "not all of them are above x"
    steps = chain(Call(p_X, (x,)), equals(given.density(), extreme(given), why), equals(final, differentiation, "differentiated"))
    shown = proved_or_tried("The density", here, steps)
    where = "The largest is at most " if which == "largest" else "The least is above "
    product_ = " where all of them are; they are independent, so their probabilities are multiplied. The density is a derivative."
    caption: Words = (where, x, product_)
    return [*sections, Section(shown, caption)], [(final, _interval(*support))], None


def _distribution(part: Part, function: Index, support: tuple[Term, Term], known: Context) -> Theorem:
    inside_ = known.assume(*(condition for condition in (substitute(c, {x: t}) for c in inside(x, *support))))
    slope = Deriv(Call(function, (t,)), ((t, 1),), style="operator")
    steps = chain(slope, equals(Call(part.density, (t,)), differentiation, "its derivative is the density"))
    return proved_or_tried("The distribution function", inside_, steps)


def is_order(map: str) -> bool:
    """Whether a map is the k-th of n copies: ``order(k, n)``."""
    return re.fullmatch(r"\s*order\s*\(.*\)\s*", map) is not None


def order(base: str, map: str, let: str) -> Problem:
    """The density of the k-th smallest of n independent variables with one law."""
    what = f"pushforward of {base} through {map}"
    told = said(let)
    tree = re.fullmatch(r"\s*order\s*\(([^,]*),([^,]*)\)\s*", map)
    if tree is None:
        raise DeriveError(f"{what}: order takes two arguments; order(k, n), the k-th smallest of n, is accepted")
    k, n = (expression(part, "the map") for part in tree.groups())
    given = law(base, told)
    part = Part(Z, Name("z"), Index(Name("p"), (Z,)), given)
    natural = Said({**{s: Domain.NATURAL for term in (k, n) for s in symbols_of(term)}, **told.domains}, told.facts)
    parameters = context_of((part,), natural, k, n, ignore=Said(told.domains, told.facts))
    if symbols_of(k) | symbols_of(n):
        parameters = parameters.assume(relation(k, "<=", n))
    known = _known((part,), parameters)
    support = _support(part, known)
    known, (function,) = _with_functions(what, (part,), known)
    rule = OrderStatistic(p_X, part.density, function, x, t, support, k, n)
    here = known.assume(*inside(x, *support))
    sections = [Section(_distribution(part, function, support, known), ("The distribution function of ", Z, "."), "lemma")]
    value = rule.value()
    final = _ordered(rule, part, function, known)
    links = [equals(value, order_statistic(rule), (k - 1, " of them below, one here, ", n - k, " above"))]
    if final != bracketed(value):
        links.append(equals(final, algebra, "the law put in"))
    try:
        shown = proved_or_tried("The density", here, chain(Call(p_X, (x,)), *links))
    except NotProved as error:
        raise DeriveError(f"{what}: {error}; integers with 1 <= k <= n are accepted") from error
    ways = "-th smallest. One of the variables is there, those before it are below and the rest above; in how many ways, the factorials say."
    sections.append(Section(shown, ("The density of the ", k, ways)))
    one = relation(Call(part.density, (t,)), "=", bracketed(at(given, t)))
    question = ("There are ", n, " independent random variables with the density ", one, *between(part), ". Find the density of the ", k, "-th smallest.")
    return _problem(base, map, let, question, sections, [(final, _interval(*support))], known, {Name("z")}, given.variance_of_normal is not None)


def _ordered(rule: OrderStatistic, part: Part, function: Index, known: Context) -> Term:
    """The density of the k-th of n with the law put in, without factors that are one."""
    import sympy as sp

    k, n = denote(rule.k, known), denote(rule.n, known)
    ways = sp.gammasimp(sp.factorial(n) / (sp.factorial(k - 1) * sp.factorial(n - k)))
    cdf = denote(Call(function, (x,)), known)
    front: Term = quoted(ways, known)
    if ways.has(sp.gamma, sp.factorial):
        front = Frac(factorial(rule.n), product(factorial(quoted(k - 1, known)), factorial(quoted(n - k, known))))
    powers = [(cdf, k - 1), (sp.simplify(1 - cdf), n - k)]
    written_powers = ((_grouped(quoted(base, known)), e) for base, e in powers if e != 0)
    factors: list[Term] = [front, *(base if e == 1 else Pow(base, quoted(e, known)) for base, e in written_powers)]
    density = at(part.law, x)
    factors += [density] if density != Num("1") else []
    kept = [factor for factor in factors if factor != Num("1")]
    return bracketed(kept[0] if len(kept) == 1 else product(*kept)) if kept else Num("1")


def _grouped(term: Term) -> Term:
    return group(term) if isinstance(term, Add | Frac) else term
