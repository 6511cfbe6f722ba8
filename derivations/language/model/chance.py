"""The outcomes of random variables, and means over them.

A random variable without a law gets a random finite one, so linearity and the like are tested exactly; different ones share their outcomes
(they are dependent) unless the context states their independence (``X perp Y``, or members of one family).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import TypeAlias

from derivations.language.context import Definition, RandomVariable
from derivations.language.errors import MeaningError
from derivations.language.laws import density_of, support
from derivations.language.model import algebra, laws, moments
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import ROOT, Frame
from derivations.language.model.laws import density, node_digits, nodes
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.quadrature import quadrature
from derivations.language.model.values import Law, NeedsVariable, Symbol, Undefined, Value
from derivations.language.term import Call, Name

Key: TypeAlias = tuple[Symbol, tuple[int, ...]]
_OUTCOMES = 3
_MOST = 20_000
_SHARED = (-1,) * 9
"""In place of an index: which outcome the members of a dependent family have."""
_FEWEST = 6
_EXACT_RULE = 25
"""Rules with so many digits are exact for polynomials of moderate degree, and their nodes are not a grid."""


def _spread(ev: Evaluation, key: Key, frame: Frame, degree: int | None) -> tuple[list[tuple[Number, dict[Key, Value]]], float]:
    """The outcomes of one random variable (and of those that share its outcomes) with their weights."""
    kind = ev.setting.kinds[key[0]]
    if not isinstance(kind, RandomVariable):
        raise MeaningError("a random variable was expected")
    if kind.law is not None:
        found = ev.value(kind.law, frame)
        if not isinstance(found, Law):
            raise MeaningError(f"a random variable whose law is {algebra.kind_of(found)}")
        copied = kind.arity and not kind.independent and not kind.pairs
        spread = [(weight, {key: value, (key[0], _SHARED): value} if copied else {key: value}) for value, weight in nodes(ev, found, degree)]
        return spread, node_digits(ev, found, degree)
    if kind.shape is not None and key[0] in ev.setting.moments:
        return [(w, {key: v}) for w, v in moments.vectors(ev, key[0], ev.integer(kind.shape[0], ROOT))], float(mp().dps)
    group = _group(ev, key[0])
    weights = _weights(ev, group, key[1])
    columns = {(s, key[1]): values for s, values in _columns(ev, group, key[1], weights).items()}
    outcome = [(weight, {at: values[k] for at, values in columns.items()}) for k, weight in enumerate(weights) if weight]
    if not kind.independent and not kind.pairs and kind.arity:
        for k, (_, found) in enumerate(outcome):
            found |= {(s, _SHARED): k for s in group}
    return outcome, float(mp().dps)


def shared(ev: Evaluation, key: Key, frame: Frame) -> Value:
    """The value of a member of a family that is not independent, where the outcome of another member is in force; else None.

    Members with a stated law are copies of one of them.
    """
    k = frame.entries.get((key[0], _SHARED))
    kind = ev.setting.kinds.get(key[0])
    if k is None or (isinstance(kind, RandomVariable) and kind.law is not None):
        return k
    group = _group(ev, key[0])
    weights = _weights(ev, group, key[1])
    return [v for v, w in zip(_columns(ev, group, key[1], weights)[key[0]], weights, strict=True) if w][k]


def _arity(ev: Evaluation, symbol: Symbol) -> int:
    kind = ev.setting.kinds[symbol]
    return kind.arity if isinstance(kind, RandomVariable) else -1


def _group(ev: Evaluation, symbol: Symbol) -> list[Symbol]:
    """The variables without a law, of the same arity, that share outcomes with ``symbol``: greedily, in the order of declaration."""
    groups: list[list[Symbol]] = []
    for s, kind in ev.setting.kinds.items():
        if not isinstance(kind, RandomVariable) or kind.law is not None or kind.arity != _arity(ev, symbol):
            continue
        for members in groups:
            if not any(frozenset((s, t)) <= pair for t in members for pair in ev.setting.independent):
                members.append(s)
                break
        else:
            groups.append([s])
    return next(members for members in groups if symbol in members)


def _pairs(ev: Evaluation, group: list[Symbol]) -> int:
    """How many pairs of a group are uncorrelated."""
    return sum(frozenset((s, t)) in ev.setting.uncorrelated for k, s in enumerate(group) for t in group[:k])


def _weights(ev: Evaluation, group: list[Symbol], index: tuple[int, ...]) -> tuple[Fraction, ...]:
    leader, kind = group[0], ev.setting.kinds[group[0]]
    dependent = isinstance(kind, RandomVariable) and not kind.independent and not kind.pairs
    rng = ev.model.rng(repr(leader), index if not _identical(ev, leader) and not dependent else (), "weights")
    pairs = _pairs(ev, group)
    if any(_symmetric(ev, s) for s in group):
        if pairs:
            raise Undefined("variables that are uncorrelated, and symmetric")
        share = rng.choice(tuple(_MIRRORED)) / 2
        return share, Fraction(1, 2) - share, Fraction(1, 2) - share, share
    if any(s in ev.setting.moments for s in group) and not pairs:
        return moments.weights(rng)
    if ev.model.special == "one" and not pairs:
        return Fraction(1, 4), Fraction(1, 2), Fraction(1, 4)
    if ev.model.special == "large" and not pairs:
        return Fraction(1, 1000), Fraction(99, 100), Fraction(9, 1000)
    parts = [rng.randint(1, 5) for _ in range(2 if index and not pairs else _OUTCOMES + pairs)]
    return tuple(Fraction(p, sum(parts)) for p in parts)


def _columns(ev: Evaluation, group: list[Symbol], index: tuple[int, ...], weights: tuple[Fraction, ...]) -> dict[Symbol, tuple[Value, ...]]:
    """The outcomes of the variables of a group, one for each weight."""
    found: dict[Symbol, tuple[Value, ...]] = {}
    for place, s in enumerate(group):
        others = [found[t] for t in found if frozenset((s, t)) in ev.setting.uncorrelated]
        if _symmetric(ev, s) or (s in ev.setting.moments and any(_symmetric(ev, t) for t in group)):
            values = _mirrored(ev, (s, index), weights)
        else:
            values = tuple(_outcome(ev, (s, index), k, weights) for k in range(len(weights)))
        if (others or _pairs(ev, group)) and all(is_number(v) for v in values):
            values = _uncorrelated(ev, s, index, others, weights)
        elif ev.model.special and not _symmetric(ev, s) and s not in ev.setting.moments and all(is_number(v) for v in values):
            values = _special(ev, s, place, values, next(iter(found.values()), values))
        if not all(_within(ev, s, v) for v in values):
            raise Undefined("no law was found whose outcomes lie where the hypotheses put them")
        found[s] = values
    return found


def _within(ev: Evaluation, symbol: Symbol, value: Value) -> bool:
    """Whether an outcome lies between the numbers that are told: ``0 <= X <= 1``."""
    for sign, limit in ev.setting.limits.get(symbol, ()) if is_number(value) else ():
        bound = ev.number(limit, ROOT)
        below, above = x.less(value, bound), x.less(bound, value)
        if (sign in (">", ">=") and below) or (sign in ("<", "<=") and above) or (sign in ("<", ">") and not (below or above)):
            return False
    return True


def _special(ev: Evaluation, symbol: Symbol, place: int, values: tuple[Number, ...], first: tuple[Number, ...]) -> tuple[Number, ...]:
    """A point mass; a symmetric law and its square, which are uncorrelated; copies of one variable; one that is large but rarely."""
    positive = symbol in ev.setting.positive
    match ev.model.special:
        case "least":
            return (int(positive),) * len(values)
        case "one" if len(values) == 3:
            return ((1, 2, 3), (2, 1, 2))[place % 2] if positive else ((-1, 0, 1), (1, 0, 1))[place % 2]
        case "equal":
            return first
        case "large":
            return (1000, *values[1:])
        case _:
            return values


def _uncorrelated(ev: Evaluation, symbol: Symbol, index: tuple[int, ...], others: list[tuple[Value, ...]], weights: tuple[Fraction, ...]) -> tuple[Value, ...]:
    """Outcomes at random, without what they have in common with the others: uncorrelated and, with luck, dependent."""
    rng = ev.model.rng(repr(symbol), index, "uncorrelated")
    basis: list[list[Number]] = [[1] * len(weights)]

    def along(u: list[Number], v: list[Number]) -> Number:
        return m.dot(weights, (x.multiply(a, b) for a, b in zip(u, v, strict=True)))

    def without(v: list[Number]) -> list[Number]:
        for b in basis:
            share = x.divide(along(v, b), along(b, b))
            v = [x.subtract(a, x.multiply(share, c)) for a, c in zip(v, b, strict=True)]
        return v

    for other in others:
        rest = without(list(other))
        if any(v != 0 for v in rest):
            basis.append(rest)
    drawn: list[Number] = [rng.choice((-3, -2, -1, 0, 1, 2, 4)) for _ in weights]
    rest = without(drawn)
    spread = along(rest, rest)
    if symbol in ev.setting.moments and spread != 0:
        return tuple(moments.placed(ev, symbol, index, x.divide(v, x.root(spread)), ev.model.rng(repr(symbol), index, "moments")) for v in rest)
    level: Number = rng.choice((0, 1, -1, 2))
    if symbol in ev.setting.positive:
        level = x.add(1, -min(rest, key=x.real))
    return tuple(x.add(level, v) for v in rest)


def _symmetric(ev: Evaluation, symbol: Symbol) -> bool:
    kind = ev.setting.kinds.get(symbol)
    return isinstance(kind, RandomVariable) and kind.symmetric


_MIRRORED: dict[Fraction, tuple[Fraction, Fraction]] = {
    Fraction(1, 4): (Fraction(0), Fraction(2)), Fraction(1, 9): (Fraction(0), Fraction(3)),
    Fraction(1, 5): (Fraction(1, 2), Fraction(2)), Fraction(3, 8): (Fraction(1, 2), Fraction(3, 2)),
}
"""The weight of -c and c, then the outcomes d and c for which -c, -d, d, c have the variance one."""


def _mirrored(ev: Evaluation, key: Key, weights: tuple[Fraction, ...]) -> tuple[Value, ...]:
    """Outcomes -c, -d, d, c of a symmetric law, whose weights are mirrored too; of mean zero and variance one, and moved, where moments are told."""
    symbol, index = key
    if symbol in ev.setting.positive:
        raise Undefined("a positive random variable with a symmetric law")
    rng = ev.model.rng(repr(symbol), () if _identical(ev, symbol) else index, "mirrored")
    if symbol not in ev.setting.moments:
        inner = Fraction(rng.choice((0, 1, 2)), 2)
        outer = inner + rng.choice((Fraction(1, 2), 1, 2, 3))
        return -outer, -inner, inner, outer
    inner, outer = _MIRRORED[2 * weights[0]]
    same = rng.random()
    return tuple(moments.placed(ev, symbol, index, v, Random(same), centred=_symmetric(ev, symbol)) for v in (-outer, -inner, inner, outer))


def _identical(ev: Evaluation, symbol: Symbol) -> bool:
    """Whether a family has one law for all: when a hypothesis gives its moments, or the members are not told apart."""
    return symbol in ev.setting.identical


_READABLE: tuple[Number, ...] = (*range(-3, 7), Fraction(1, 2), Fraction(1, 4), Fraction(3, 4), Fraction(1, 3), Fraction(1, 10), Fraction(-1, 2))


def _outcome(ev: Evaluation, key: Key, k: int, weights: tuple[Fraction, ...]) -> Value:
    symbol, index = key
    kind = ev.setting.kinds[symbol]
    shape = kind.shape if isinstance(kind, RandomVariable) else None
    rng = ev.model.rng(repr(symbol), () if _identical(ev, symbol) else index, "outcome", k)
    if shape is not None:
        rows, cols = (ev.integer(t, ROOT) for t in shape)
        return m.collapsed(Mat(tuple(tuple(rng.choice((-2, -1, 0, 1, 2, 3)) for _ in range(cols)) for _ in range(rows))))
    if symbol in ev.setting.moments:
        weight = weights[0]
        same = ev.model.rng(repr(symbol), () if _identical(ev, symbol) else index, "moments")
        return moments.outcome(ev, symbol, index, k, weight, same)
    low = 1 if symbol in ev.setting.positive else -3
    if ev.setting.limits.get(symbol):
        inside = [v for v in _READABLE if _within(ev, symbol, v)]
        return rng.choice(inside) if inside else 0
    return rng.choice([v for v in range(-3, 6) if v >= low]) + k


def described(ev: Evaluation, symbol: Symbol) -> str:
    """The law that a random number without one was given, in words; those that share outcomes have them in the same order. Empty where that is long."""
    kind = ev.setting.kinds.get(symbol)
    if not isinstance(kind, RandomVariable) or kind.law is not None or kind.arity or kind.shape is not None:
        return ""
    spread, _ = _spread(ev, (symbol, ()), ROOT, None)
    values, weights = [outcome[symbol, ()] for _, outcome in spread], [weight for weight, _ in spread]
    if all(is_number(v) and x.is_exact(v) and v == values[0] for v in values):
        return f"always {x.text(values[0])}"
    return f"{', '.join(x.text(v) for v in values)} with the probabilities {', '.join(x.text(w) for w in weights)}"


def sharing(ev: Evaluation, symbols: frozenset[Symbol]) -> bool:
    """Whether two of these random variables share their outcomes only because nothing states that they are independent."""
    free = [s for s in symbols if isinstance(k := ev.setting.kinds.get(s), RandomVariable) and k.law is None]
    return any(len(set(_group(ev, s)) & set(free)) > 1 for s in free)


_SUPPORTS: dict[str, tuple[Number, ...]] = {
    "Beta": (Fraction(1, 3), Fraction(1, 2), Fraction(3, 4), Fraction(1, 5)), "Gamma": (Fraction(1, 2), 1, 2, 3), "InvGamma": (Fraction(1, 2), 1, 2, 3),
}
"""Readable values of laws whose densities are not known here."""


def realised(ev: Evaluation, key: Key, kind: RandomVariable) -> Value:
    """One outcome of a random variable, for statements about the variables themselves."""
    if kind.law is None:
        rng = ev.model.rng(repr(_group(ev, key[0])[0]), key[1], "realised")
        spread, _ = _spread(ev, key, ROOT, None)
        value: Value = rng.choice(spread)[1][key]
        return value
    if isinstance(kind.law, Call) and isinstance(kind.law.function, Name) and kind.law.function.text in _SUPPORTS:
        return ev.model.rng(repr(key[0]), key[1], "realised").choice(_SUPPORTS[kind.law.function.text])
    found = ev.value(kind.law, ROOT)
    if not isinstance(found, Law):
        raise MeaningError(f"a random variable whose law is {algebra.kind_of(found)}")
    return laws.typical(found, ev.model.rng(repr(key[0]), key[1], "realised"))


def averaged(ev: Evaluation, body: Callable[[Frame], Value], frame: Frame, degree: int | None = None) -> Value:
    """The mean of ``body`` over all random variables that it turns out to use; its degree in them, if it is a polynomial."""
    return _over(ev, body, fresh(ev, frame), [0], degree)


def fresh(ev: Evaluation, frame: Frame) -> Frame:
    """Without the outcomes that an expectation around this one has set."""
    kept = {k: v for k, v in frame.entries.items() if not isinstance(ev.setting.kinds.get(k[0]), RandomVariable)}
    return Frame(frame.names, kept, True, frame.family, frame.depth)


def _over(ev: Evaluation, body: Callable[[Frame], Value], frame: Frame, count: list[int], degree: int | None) -> Value:
    """Enumerate depth first: when an outcome is missing, branch over it there."""
    count[0] += 1
    ev.tick()
    if count[0] > _MOST:
        raise Undefined("an expectation over too many outcomes")
    try:
        return body(frame)
    except NeedsVariable as needed:
        key = needed.key
    if (told := _density_of(ev, key)) is not None:
        return _against(ev, told, key, lambda place: _over(ev, body, place, count, degree), frame)
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


def _density_of(ev: Evaluation, key: Key) -> Definition | None:
    kind = ev.setting.kinds.get(key[0])
    if not isinstance(kind, RandomVariable) or kind.law is None or kind.shape is not None or not kind.independent:
        return None
    return density_of(ev.setting.context, kind.law)


def _against(ev: Evaluation, told: Definition, key: Key, f: Callable[[Frame], Value], frame: Frame) -> Value:
    """The mean over a variable whose density the text defines: an integral over its support, if its mass is one there."""
    (variable,) = told.lhs.arguments  # type: ignore[attr-defined]
    limits = support(ev.setting.context, variable)
    if limits is None:
        raise MeaningError("a mean under a density whose support is not known")
    low, high = (infinite if end is None else ev.number(end, frame) for end, infinite in zip(limits, (-mp().inf, mp().inf), strict=True))

    def weight(point: Number) -> Number:
        return ev.number(told.lhs, frame.bind(variable, point))

    def integrand(point: Number) -> Number:
        value = f(Frame(frame.names, {**frame.entries, key: point}, True, frame.family, frame.depth))
        if not is_number(value):
            raise MeaningError("the mean of an array under a density")
        return x.multiply(weight(point), value)

    mass = quadrature(ev, weight, low, high, (repr(key), "mass"))
    if abs(mass - 1) > mp().mpf(10) ** -_FEWEST:
        raise Undefined("a mean under a density whose mass is not one")
    return quadrature(ev, integrand, low, high, (repr(key), "mean"))


def mean_of(ev: Evaluation, terms: list[Value], digits: float) -> Value:
    """The sum of weighted values at the nodes of a rule that has so many digits at best; exact rules have at least the working precision.

    The same rule with every second and every fourth node shows how fast it converges, and so what the full rule can be relied on for: for an
    entire integrand the digits quadruple from one to the next, for an analytic one they double, for one with a kink they hardly grow.
    """
    parts: list[Value] = [None] * 4
    size: Number = mp().mpf(0)
    for k, term in enumerate(terms):
        parts[k % 4] = term if parts[k % 4] is None else algebra.plus(parts[k % 4], term)
        size += magnitude(term)
    total: Value = None
    for part in parts:
        total = part if total is None else total if part is None else algebra.plus(total, part)
    if digits >= mp().dps or ev.raised or not size:
        return total
    if digits >= _EXACT_RULE or len(terms) < 8:
        ev.limited(digits, size)
        return total
    halves = algebra.plus(parts[0], parts[2])
    second = x.real(magnitude(algebra.plus(algebra.times(2, halves), algebra.minus(total))) / size)
    fourth = max(x.real(magnitude(algebra.plus(algebra.times(4, part), algebra.minus(total))) / size) for part in parts)
    reliable = digits
    if second > 0:
        growth = float(min(mp().ln(second) / mp().ln(fourth), 4)) if second < fourth < 1 else 1.0
        reliable = min(digits, growth * float(-mp().log10(second)) - 1)
    if reliable < _FEWEST:
        raise Undefined("a mean of a function that is not smooth, to few digits")
    ends = max(magnitude(terms[0]), magnitude(terms[-1]))
    ev.limited(reliable, size + ends * mp().mpf(10) ** reliable)
    return total


def magnitude(value: Value) -> Number:
    """The size of a value, for estimates of error."""
    if isinstance(value, Mat):
        return max((abs(x.real(entry)) for entry in value.entries()), default=0)
    return abs(x.real(value)) if is_number(value) else 0


def outcomes(
    ev: Evaluation, key: Key, frame: Frame, degree: int | None = None
) -> tuple[list[tuple[Number, dict[Key, Value]]], float]:
    """The outcomes of ``key``, or first those of a variable on which its law depends; with the digits of a mean over them."""
    for _ in range(8):
        try:
            return _spread(ev, key, frame, degree)
        except NeedsVariable as needed:
            key = needed.key
    raise Undefined("random variables whose laws depend on each other")
