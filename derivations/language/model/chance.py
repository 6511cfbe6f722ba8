"""Expectations, variances, entropies and probabilities.

A random variable without a law gets a random finite one, so linearity and the like are tested exactly; different ones share their outcomes
(they are dependent) unless the context states their independence (``X perp Y``, or members of one family).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from derivations.language.context import RandomVariable, Scalar
from derivations.language.errors import MeaningError
from derivations.language.model import algebra, laws
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.degree import degree_in
from derivations.language.model.families import family_mean, is_family
from derivations.language.model.frame import ROOT, Frame
from derivations.language.model.laws import LAWS, density, law_named, node_digits, nodes
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.quadrature import quadrature
from derivations.language.model.values import Fun, Law, NeedsVariable, Symbol, Undefined, Value
from derivations.language.structure import subterms
from derivations.language.term import Add, Bar, Call, Group, Index, Marked, Name, Num, Pow, Relation, Term, Tuple

if TYPE_CHECKING:
    from derivations.language.model.evaluate import Evaluator

Key: TypeAlias = tuple[Symbol, tuple[int, ...]]
_OUTCOMES = 3
_MOST = 20_000
_EXACT_RULE = 25
"""Rules with so many digits are exact for polynomials of moderate degree, and their nodes are not a grid."""



def law(ev: Evaluator, function: Name, arguments: tuple[Term, ...], frame: Frame) -> Value | None:
    """``N(mu, sigma^2)`` as a law and ``N(x | mu, sigma^2)`` as a density, for the names of laws; else None."""
    canonical = law_named(function)
    if canonical is None:
        return None
    first = arguments[0] if arguments else None
    if isinstance(first, Bar):
        parameters = (*_items(first.right), *arguments[1:])
        return density(Law(canonical, tuple(ev.value(p, frame) for p in parameters)), ev.value(first.left, frame))
    if len(arguments) == LAWS[canonical] + 1 and canonical == "Normal":
        point, *rest = (ev.value(a, frame) for a in arguments)
        return density(Law(canonical, tuple(rest)), point)
    return Law(canonical, tuple(ev.value(a, frame) for a in arguments))


def _items(node: Term) -> tuple[Term, ...]:
    while isinstance(node, Group):
        node = node.body
    return node.items if isinstance(node, Tuple) else (node,)


# Random variables of the context ----------------------------------------------------------------------------------------------


def _spread(ev: Evaluator, key: Key, frame: Frame, degree: int | None) -> tuple[list[tuple[Number, dict[Key, Value]]], float]:
    """The outcomes of one random variable (and of those that share its outcomes) with their weights."""
    kind = ev.setting.kinds[key[0]]
    if not isinstance(kind, RandomVariable):
        raise MeaningError("a random variable was expected")
    if kind.law is not None:
        found = ev.value(kind.law, frame)
        if not isinstance(found, Law):
            raise MeaningError(f"a random variable whose law is {algebra.kind_of(found)}")
        return [(weight, {key: value}) for value, weight in nodes(ev, found, degree)], node_digits(ev, found, degree)
    group = [s for s in _group(ev, key[0]) if s == key[0] or _arity(ev, s) == len(key[1])]
    weights = _weights(ev, group[0], key[1])
    outcome = [(weight, {(s, key[1]): _outcome(ev, (s, key[1]), k) for s in group}) for k, weight in enumerate(weights)]
    return outcome, float(mp().dps)


def _arity(ev: Evaluator, symbol: Symbol) -> int:
    kind = ev.setting.kinds[symbol]
    return kind.arity if isinstance(kind, RandomVariable) else -1


def _group(ev: Evaluator, symbol: Symbol) -> list[Symbol]:
    """The variables without a law that share outcomes with ``symbol``: greedily, in the order of declaration."""
    groups: list[list[Symbol]] = []
    for s, kind in ev.setting.kinds.items():
        if not isinstance(kind, RandomVariable) or kind.law is not None:
            continue
        for members in groups:
            if not any(frozenset((s, t)) <= pair for t in members for pair in ev.setting.independent):
                members.append(s)
                break
        else:
            groups.append([s])
    return next(members for members in groups if symbol in members)


def _weights(ev: Evaluator, leader: Symbol, index: tuple[int, ...]) -> tuple[Fraction, ...]:
    rng = ev.model.rng(repr(leader), index if not _identical(ev, leader) else (), "weights")
    parts = [rng.randint(1, 5) for _ in range(2 if index else _OUTCOMES)]
    return tuple(Fraction(p, sum(parts)) for p in parts)


def _identical(ev: Evaluator, symbol: Symbol) -> bool:
    """Whether a family has one law for all: when a hypothesis gives its moments, or the members are not told apart."""
    return symbol in ev.setting.identical


def _outcome(ev: Evaluator, key: Key, k: int) -> Value:
    symbol, index = key
    kind = ev.setting.kinds[symbol]
    shape = kind.shape if isinstance(kind, RandomVariable) else None
    rng = ev.model.rng(repr(symbol), () if _identical(ev, symbol) else index, "outcome", k)
    domain = getattr(kind, "domain", None)
    if shape is not None:
        rows, cols = (ev.integer(t, ROOT) for t in shape)
        return m.collapsed(Mat(tuple(tuple(rng.choice((-2, -1, 0, 1, 2, 3)) for _ in range(cols)) for _ in range(rows))))
    low = 1 if symbol in ev.setting.positive else -3
    return rng.choice([v for v in (-3, -2, -1, 0, 1, 2, 3, 4, 5) if v >= low and domain is None]) + k


def sharing(ev: Evaluator, symbols: frozenset[Symbol]) -> bool:
    """Whether two of these random variables share their outcomes only because nothing states that they are independent."""
    free = [s for s in symbols if isinstance(k := ev.setting.kinds.get(s), RandomVariable) and k.law is None]
    return any(len(set(_group(ev, s)) & set(free)) > 1 for s in free)


def realised(ev: Evaluator, key: Key, kind: RandomVariable) -> Value:
    """One outcome of a random variable, for statements about the variables themselves."""
    if kind.law is None:
        group = _group(ev, key[0])
        k = ev.model.rng(repr(group[0]), key[1], "realised").randrange(2 if key[1] else _OUTCOMES)
        return _outcome(ev, key, k)
    found = ev.value(kind.law, ROOT)
    if not isinstance(found, Law):
        raise MeaningError(f"a random variable whose law is {algebra.kind_of(found)}")
    return laws.typical(found, ev.model.rng(repr(key[0]), key[1], "realised"))


def _averaged(ev: Evaluator, body: Callable[[Frame], Value], frame: Frame, degree: int | None = None) -> Value:
    """The mean of ``body`` over all random variables that it turns out to use; its degree in them, if it is a polynomial."""
    return _over(ev, body, fresh(ev, frame), [0], degree)


def fresh(ev: Evaluator, frame: Frame) -> Frame:
    """Without the outcomes that an expectation around this one has set."""
    kept = {k: v for k, v in frame.entries.items() if not isinstance(ev.setting.kinds.get(k[0]), RandomVariable)}
    return Frame(frame.names, kept, True, frame.family, frame.depth)


def _over(ev: Evaluator, body: Callable[[Frame], Value], frame: Frame, count: list[int], degree: int | None) -> Value:
    """Enumerate depth first: when an outcome is missing, branch over it there."""
    count[0] += 1
    ev.tick()
    if count[0] > _MOST:
        raise Undefined("an expectation over too many outcomes")
    try:
        return body(frame)
    except NeedsVariable as needed:
        key = needed.key
    terms: list[Value] = []
    found, digits = outcomes(ev, key, frame, degree)
    for weight, outcome in found:
        entries = {**frame.entries, **{k: v for k, v in outcome.items() if k not in frame.entries}}
        place = Frame(frame.names, entries, True, frame.family, frame.depth)
        terms.append(algebra.times(weight, _over(ev, body, place, count, degree)))
    try:
        return mean_of(ev, terms, digits)
    except Undefined:
        kind = ev.setting.kinds.get(key[0])
        law = ev.value(kind.law, frame) if isinstance(kind, RandomVariable) and kind.law is not None else None
        if not isinstance(law, Law) or law.name != "Normal" or not all(is_number(t) for t in (*law.parameters, terms[0])):
            raise

    def integrand(point: Number) -> Number:
        place = Frame(frame.names, {**frame.entries, key: point}, True, frame.family, frame.depth)
        return x.multiply(density(law, point), _over(ev, body, place, count, degree))

    return quadrature(ev, integrand, -mp().inf, mp().inf, (repr(key), "mean"))


def mean_of(ev: Evaluator, terms: list[Value], digits: float) -> Value:
    """The sum of weighted values at the nodes of a rule that has so many digits at best; exact rules have at least the working precision.

    The rule with every other node shows what can be relied on: an analytic integrand has twice its digits, a kink spoils both.
    """
    total: Value = None
    halves: list[Value] = [None, None]
    size: Number = mp().mpf(0)
    for k, term in enumerate(terms):
        halves[k % 2] = term if halves[k % 2] is None else algebra.plus(halves[k % 2], term)
        size += magnitude(term)
    total = halves[0] if len(terms) == 1 else algebra.plus(*halves)
    if digits >= mp().dps or ev.raised:
        return total
    if digits >= _EXACT_RULE:
        ev.limited(digits, size)
        return total
    ends = max(magnitude(terms[0]), magnitude(terms[-1]))
    apart = magnitude(algebra.plus(halves[0], algebra.minus(halves[1])))
    if size and apart > size / 500:
        raise Undefined("a mean of a function that is not smooth, to few digits")
    reliable = digits if not apart else min(digits, 2 * float(-mp().log10(apart / size)) - 1)
    ev.limited(reliable, size + ends * mp().mpf(10) ** reliable)
    return total


def magnitude(value: Value) -> Number:
    """The size of a value, for estimates of error."""
    if isinstance(value, Mat):
        return max((abs(x.real(entry)) for entry in value.entries()), default=0)
    return abs(x.real(value)) if is_number(value) else 0


def outcomes(
    ev: Evaluator, key: Key, frame: Frame, degree: int | None = None
) -> tuple[list[tuple[Number, dict[Key, Value]]], float]:
    """The outcomes of ``key``, or first those of a variable on which its law depends; with the digits of a mean over them."""
    for _ in range(8):
        try:
            return _spread(ev, key, frame, degree)
        except NeedsVariable as needed:
            key = needed.key
    raise Undefined("random variables whose laws depend on each other")


# E and its relatives ----------------------------------------------------------------------------------------------------------


def _mean(ev: Evaluator, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    if len(arguments) != 1:
        raise MeaningError("an expectation of several things")
    body = arguments[0]
    while isinstance(body, Group | Marked):
        body = body.body
    if isinstance(body, Bar):
        return _given(ev, body, frame)
    if under is not None:
        return _under(ev, under, lambda place: ev.value(body, place), body, frame)
    return _averaged(ev, lambda place: ev.value(body, place), frame, degree_in(ev.setting, body))


def _given(ev: Evaluator, body: Bar, frame: Frame) -> Value:
    """``E[X | Y]`` (at the outcome of Y that is in force) and ``E[X | Y = y]``."""
    condition = body.right
    if isinstance(condition, Relation):

        def fits(place: Frame) -> bool:
            return bool(ev.value(condition, place))
    else:
        here = tuple(ev.value(t, frame) for t in _items(condition))

        def fits(place: Frame) -> bool:
            return tuple(ev.value(t, place) for t in _items(condition)) == here

    mass = _averaged(ev, lambda place: int(fits(place)), frame)
    if mass == 0:
        raise Undefined("a condition of probability zero")
    total = _averaged(ev, lambda place: ev.value(body.left, place) if fits(place) else 0, frame)
    return algebra.over(total, mass)


def _under(ev: Evaluator, under: Term, f: Callable[[Frame], Value], body: Term, frame: Frame) -> Value:
    """``E_q``: over a named law, density or family of probabilities; ``E_{x ~ q}`` names the variable, ``E_X`` a random variable."""
    variable: Term | None = None
    while isinstance(under, Group | Marked):
        under = under.body
    if isinstance(under, Relation) and under.signs == ("~",):
        variable, under = under.items
    if isinstance(under, Name | Index) and isinstance(ev.setting.kinds.get(under), RandomVariable):
        return _averaged(ev, f, frame, degree_in(ev.setting, body))
    if isinstance(under, Call) and any(isinstance(a, Name | Bar) for a in under.arguments) and ev.setting.is_declared(under.function):
        first = under.arguments[0]
        variable = variable or (first.left if isinstance(first, Bar) else first)
        return against(ev, lambda place: ev.number(under, place), variable, f, frame)
    if isinstance(under, Name | Index) and is_family(ev, under):
        return family_mean(ev, under, f, frame)
    if isinstance(under, Name | Index) and under not in frame.names:
        definition = next(iter(ev.setting.calls.get(under, ())), None)
        if definition is not None:
            variable = variable or definition.lhs.arguments[0]  # type: ignore[attr-defined]
            if isinstance(variable, Bar):
                variable = variable.left
            if normal_rhs(definition.rhs):
                parameters = density_parameters(ev, definition.rhs, frame)
                return nodes_mean(ev, parameters, variable, f, frame, degree_in(ev.setting, body, variable))
            density_call = Call(under, (variable,))
            return against(ev, lambda place: ev.number(density_call, place), variable, f, frame)
    value = ev.value(under, frame)
    if variable is None:
        variable = _variable_of(ev, body)
    if isinstance(value, Law):
        return nodes_mean(ev, value, variable, f, frame, degree_in(ev.setting, body, variable))
    if isinstance(value, Fun):
        return against(ev, lambda place: value.apply(place.names[variable]), variable, f, frame)
    if isinstance(value, Mat):
        raise MeaningError("an expectation under a vector of probabilities without an index")
    raise MeaningError(f"an expectation under {algebra.kind_of(value)}")


def normal_rhs(rhs: Term) -> bool:
    return isinstance(rhs, Call) and isinstance(rhs.function, Name) and law_named(rhs.function) == "Normal" and isinstance(rhs.arguments[0], Bar)


def density_parameters(ev: Evaluator, rhs: Term, frame: Frame) -> Law:
    first: Bar = rhs.arguments[0]  # type: ignore[attr-defined]
    parameters = (*_items(first.right), *rhs.arguments[1:])  # type: ignore[attr-defined]
    return Law("Normal", tuple(ev.value(p, frame) for p in parameters))


def _variable_of(ev: Evaluator, body: Term) -> Term:
    """The variable that a law without one is about: a random variable, or x or z or another letter that the body applies densities to."""
    names = [t for _, t in subterms(body) if isinstance(t, Name)]
    for t in names:
        if isinstance(ev.setting.kinds.get(t), RandomVariable):
            return t
    called = [
        a
        for _, t in subterms(body)
        if isinstance(t, Call)
        for a in t.arguments
        if isinstance(a, Name) and isinstance(ev.setting.kinds.get(a), Scalar | None)
    ]
    for t in (*called, *(n for n in names if n.text in ("x", "z", "y", "epsilon", "theta"))):
        return t
    raise MeaningError("an expectation whose variable cannot be told")


def _bound(ev: Evaluator, variable: Term, value: Value, frame: Frame) -> Frame:
    if isinstance(ev.setting.kinds.get(variable), RandomVariable):
        return frame.override(variable, (), value)
    return frame.bind(variable, value)


def nodes_mean(
    ev: Evaluator, q: Law, variable: Term, f: Callable[[Frame], Value], frame: Frame, degree: int | None = None
) -> Value:
    """The mean of f under a law, with ``variable`` bound; by quadrature where f is not smooth enough for the rule of the law."""
    terms: list[Value] = []
    for value, weight in nodes(ev, q, degree):
        ev.tick()
        terms.append(algebra.times(weight, f(_bound(ev, variable, value, frame))))
    try:
        return mean_of(ev, terms, node_digits(ev, q, degree))
    except Undefined:
        if q.name != "Normal" or not all(is_number(t) for t in (*q.parameters, terms[0])):
            raise
    return against(ev, lambda place: density(q, _value_of(ev, variable, place)), variable, f, frame)


def _value_of(ev: Evaluator, variable: Term, place: Frame) -> Value:
    return ev.value(variable, place) if isinstance(variable, Name | Index) else place.names[variable]


def against(ev: Evaluator, weight: Callable[[Frame], Number], variable: Term, f: Callable[[Frame], Value], frame: Frame) -> Value:
    """The integral of a density times f. Far out, where the density is negligible, f is not asked."""

    def integrand(point: Number) -> Number:
        place = _bound(ev, variable, point, frame)
        w = weight(place)
        if w == 0:
            return 0
        value = f(place)
        if not is_number(value):
            raise MeaningError("the mean of an array under a density")
        return x.multiply(w, value)

    return quadrature(ev, integrand, -mp().inf, mp().inf, (repr(variable), id(ev.setting)))


def _variance(ev: Evaluator, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    return _covariance(ev, under, (arguments[0], arguments[0]) if len(arguments) == 1 else arguments, frame)


def _covariance(ev: Evaluator, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    """``Cov(X, Y)``; the matrix ``E[(X - EX)(Y - EY)^T]`` for vectors. One argument: the covariance of a vector with itself."""
    if len(arguments) == 1:
        arguments = (arguments[0], arguments[0])
    a, b = arguments
    given: Term | None = None
    if isinstance(b, Bar):
        given, b = b.right, b.left
    if isinstance(a, Bar):
        a = a.left

    def mean(term: Term) -> Value:
        return _mean(ev, under, (term if given is None else Bar(term, given),), frame)

    means = mean(a), mean(b)
    slots = Name("mean of the first"), Name("mean of the second")
    inner = frame.bind_all(dict(zip(slots, means, strict=True)))
    first, second = (Group(Add((("+", Group(t)), ("-", s)))) for t, s in zip((a, b), slots, strict=True))
    if isinstance(means[0], Mat):
        from derivations.language.term import Mul, Transpose

        body: Term = Mul((("", first), ("", Transpose(second))))
    elif a == b:
        body = Pow(first, Num("2"))
    else:
        from derivations.language.term import Mul

        body = Mul((("", first), ("", second)))
    return _mean(ev, under, (body if given is None else Bar(body, given),), inner)


def _probability(ev: Evaluator, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    (event,) = arguments
    if isinstance(event, Bar):
        return _given(ev, event, frame)
    return _averaged(ev, lambda place: int(bool(ev.value(event, place))), frame)


OPERATORS: dict[str, Callable[[Evaluator, Term | None, tuple[Term, ...], Frame], Value]] = {
    "E": _mean,
    "Var": _variance,
    "Cov": _covariance,
    "cov": _covariance,
    "var": _variance,
    "V": _variance,
    "P": _probability,
    "Pr": _probability,
}
