"""Big operators: sums and products with finite, stated, implied and infinite ranges; extrema over an index; limits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from derivations.language.context import Scalar
from derivations.language.errors import MeaningError
from derivations.language.lengths import size_along
from derivations.language.model import algebra
from derivations.language.model import numbers as x
from derivations.language.model.balls import NotEnclosed
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.values import Fun, Members, Row, Undefined, Value
from derivations.language.structure import subterms
from derivations.language.term import Big, Call, Index, Logic, Name, Relation, Term, Tuple

MAX_TERMS = 4000
"""The longest finite range that is added up."""
SERIES_DIGITS = 19
"""To how many digits an infinite series is summed."""
_BLOCK = 16
_DIRECT = 1500


def _bound(ev: Evaluation, node: Term | None, frame: Frame) -> int | None:
    """A limit as an integer; None for an infinite one."""
    if node is None:
        return None
    value = ev.number(node, frame)
    if not x.finite(value):
        return None
    n = x.as_int(value)
    if n is None:
        raise Undefined("a limit of a sum that is not an integer")
    return n


def limits(ev: Evaluation, node: Big, frame: Frame) -> tuple[int | None, int | None]:
    """The range of an index: what is written, else the context's, else the size of an array that it indexes, else that of all sequences."""
    if node.lower is not None or node.upper is not None:
        return _bound(ev, node.lower, frame), _bound(ev, node.upper, frame)
    variable = node.variable
    if isinstance(variable, Name):
        stated = ev.setting.context.range_of(variable)
        if stated is not None:
            return _bound(ev, stated[0], frame), _bound(ev, stated[1], frame)
    low, high = _from_conditions(ev, node, frame)
    if low is not None and high is not None:  # what is written under the sign: j >= 1, j <= n
        return low, high
    first, last = _implied(ev, node, frame)
    return first if low is None else low, last if high is None else high


_BINOMIAL = Name("binom")


def _implied(ev: Evaluation, node: Big, frame: Frame) -> tuple[int | None, int | None]:
    signals = False
    indexed = False
    size = size_along(node.body, node.variable, ev.setting.kinds.get, ev.setting.entries)
    if size is not None:
        return 1, ev.integer(size, frame)
    for _, t in subterms(node.body):
        if isinstance(t, Index) and any(node.variable in (s, *_within(s)) for s in t.subscripts):
            indexed = True
        f = getattr(t, "function", None)
        if f is not None:
            kind = ev.setting.kinds.get(f)
            signals = signals or bool(getattr(kind, "on_integers", False))
    if signals and not indexed:
        return None, None
    below = _upper_from_condition(ev, node, frame)
    if below is not None and not indexed:
        return 0, below
    chosen = [t.arguments[0] for _, t in subterms(node.body) if isinstance(t, Call) and t.function == _BINOMIAL and t.arguments[1:] == (node.variable,)]
    if chosen and not indexed:  # the coefficients are zero everywhere else
        if (top := ev.integer(chosen[0], frame)) < 0:
            raise Undefined("a sum over all coefficients of a negative power")
        return 0, top
    return ev.model.family_range(ev)


def _within(node: Term) -> tuple[Term, ...]:
    return tuple(t for _, t in subterms(node))


def _from_conditions(ev: Evaluation, node: Big, frame: Frame) -> tuple[int | None, int | None]:
    """The bounds of an index among the conditions under the sign: ``1 <= j <= n``, ``j > i``. (They are conditions all the same.)"""
    low: int | None = None
    high: int | None = None
    for condition in node.where.items if isinstance(node.where, Logic) and node.where.op == "and" else (node.where,):
        if not isinstance(condition, Relation):
            continue
        for left, sign, right in zip(condition.items, condition.signs, condition.items[1:], strict=False):
            if sign not in _FLIPPED or node.variable not in (left, right) or left == right:
                continue
            other, sign = (right, sign) if left == node.variable else (left, _FLIPPED[sign])
            value = x.real(ev.number(other, frame))
            if not x.finite(value):
                continue
            n = int(mp().floor(value)) if sign in ("<", "<=") else int(mp().ceil(value))
            if sign in ("<", "<="):
                high = n if high is None else min(high, n)
            else:
                low = n if low is None else max(low, n)
    return low, high


_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _upper_from_condition(ev: Evaluation, node: Big, frame: Frame) -> int | None:
    """``j < t`` under the sign, with nothing said about the start: j counts from 0."""
    match node.where:
        case Relation((v, top), (sign,)) if v == node.variable and sign in ("<", "<="):
            n = _bound(ev, top, frame)
            return None if n is None else n - (sign == "<")
        case _:
            return None


def _members(ev: Evaluation, node: Big, frame: Frame) -> tuple[Value, ...] | None:
    """The set of ``i \\in B``."""
    conditions = node.where.items if isinstance(node.where, Logic) and node.where.op == "and" else (node.where,)
    for condition in conditions:
        match condition:
            case Relation((v, collection), ("in",)) if v == node.variable:
                found = ev.value(collection, frame)
                if isinstance(found, Members) or (isinstance(found, Row) and found.bracket == "{"):
                    return found.items
    return None


def _places(ev: Evaluation, node: Big, frame: Frame) -> Iterator[Frame]:
    """The frames over which a finite big operator runs."""
    variable = node.variable
    if isinstance(variable, Tuple):
        if not variable.items:
            yield frame
            return
        first, *rest = variable.items
        inner = Tuple(tuple(rest))
        for place in _places(ev, Big(node.op, node.body, first, node.lower, node.upper), frame):
            for deeper in _places(ev, Big(node.op, node.body, inner, node.lower, node.upper), place):
                if not rest or node.where is None or ev.value(node.where, deeper):
                    yield deeper
        return
    members = _members(ev, node, frame)
    if members is None:
        first_k, last_k = limits(ev, node, frame)
        if first_k is None or last_k is None:
            raise Undefined(f"an infinite range in a {node.op}")
        if last_k - first_k > MAX_TERMS:
            raise Undefined(f"a {node.op} of {last_k - first_k + 1} terms is too long to evaluate")
        members = tuple(range(first_k, last_k + 1))
    names = dict(frame.names)
    place = Frame(names, frame.entries, frame.chance, frame.family, frame.depth)
    for k in members:
        names[variable] = k
        ev.tick()
        if node.where is None or ev.value(node.where, place):
            yield place


def big(ev: Evaluation, node: Big, frame: Frame) -> Value:
    match node.op:
        case "sum":
            return _sum(ev, node, frame)
        case "prod":
            return _product(ev, node, frame)
        case "max" | "sup" | "min" | "inf" | "argmax" | "argmin":
            return _extremum(ev, node, frame)
        case "lim":
            return _limit(ev, node, frame)
        case "union" | "intersection":
            sets = [set(_items(ev.value(node.body, place))) for place in _places(ev, node, frame)]
            if not sets:
                raise Undefined(f"the {node.op} of no sets")
            joined = set.union(*sets) if node.op == "union" else set.intersection(*sets)
            return Members(tuple(sorted(joined)))
        case _:
            raise MeaningError(f"the big operator {node.op!r} cannot be evaluated")


def _items(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Members | Row):
        return value.items
    raise MeaningError(f"{algebra.kind_of(value)} is not a set")


def _is_infinite(ev: Evaluation, node: Big, frame: Frame) -> bool:
    if isinstance(node.variable, Tuple) or _members(ev, node, frame) is not None:
        return False
    return None in limits(ev, node, frame)


def _sum(ev: Evaluation, node: Big, frame: Frame) -> Value:
    if _is_infinite(ev, node, frame):
        return _series(ev, node, frame)
    total: Value = None
    for place in _places(ev, node, frame):
        term = ev.value(node.body, place)
        total = term if total is None else algebra.plus(total, term)
    return 0 if total is None else total


def _product(ev: Evaluation, node: Big, frame: Frame) -> Value:
    if _is_infinite(ev, node, frame):
        inner = Big("sum", node.body, node.variable, node.lower, node.upper, node.where)
        return x.exponential(_added(ev, inner, frame, x.logarithm))
    total: Value = 1
    for place in _places(ev, node, frame):
        total = algebra.times(total, ev.value(node.body, place))
    return total


def _numbers(ev: Evaluation, node: Big, frame: Frame) -> bool:
    """Whether the variable of an extremum runs over integers or a set: it stands below a name, has limits, or is said to be an integer. In ``\\max_w L(w)``
    it is any number, and the largest of a few values of L is not the largest."""
    variables = node.variable.items if isinstance(node.variable, Tuple) else (node.variable,)
    if (node.lower is not None and node.upper is not None) or _members(ev, node, frame) is not None:
        return True
    below = {s for _, t in subterms(node.body) if isinstance(t, Index) for s in t.subscripts}
    counted = {v for v in variables if isinstance(v, Name | Index) and isinstance(kind := ev.setting.kinds.get(v), Scalar) and kind.domain.discrete}
    return all(v in below or v in counted for v in variables)


def _extremum(ev: Evaluation, node: Big, frame: Frame) -> Value:
    if not _numbers(ev, node, frame):
        raise Undefined(f"a {node.op} over numbers that are not counted")
    if _is_infinite(ev, node, frame):
        raise Undefined(f"a {node.op} over infinitely many values")
    least = node.op in ("min", "inf", "argmin")
    best: Value = None
    where: Value = None
    for place in _places(ev, node, frame):
        value = ev.number(node.body, place)
        if best is None or (x.less(value, best) if least else x.less(best, value)):
            best, where = value, None if isinstance(node.variable, Tuple) else place.names[node.variable]
    if best is None:
        raise Undefined(f"the {node.op} of nothing")
    if where is None and node.op.startswith("arg"):
        raise MeaningError(f"an {node.op} over several indices")
    return where if node.op.startswith("arg") else best


# Infinite series --------------------------------------------------------------------------------------------------------------


def _series(ev: Evaluation, node: Big, frame: Frame) -> Number:
    return _added(ev, node, frame, lambda value: value)


def _added(ev: Evaluation, node: Big, frame: Frame, change: Callable[[Number], Number]) -> Number:
    first, last = limits(ev, node, frame)
    names = dict(frame.names)
    place = Frame(names, frame.entries, frame.chance, frame.family, frame.depth)

    def term(k: int) -> Number:
        names[node.variable] = k
        if node.where is not None and not ev.value(node.where, place):
            return 0
        found = ev.value(node.body, place)
        if not is_number(found):
            raise MeaningError(f"an infinite series of {algebra.kind_of(found)}")
        return change(found)

    if first is None and last is None:
        return x.add(_tail(ev, term, 0, 1), _tail(ev, term, -1, -1))
    if first is None:
        return _tail(ev, term, last or 0, -1)
    return _tail(ev, term, first, 1)


def _tail(ev: Evaluation, term: Callable[[int], Number], start: int, step: int) -> Number:
    """The sum of term(start), term(start + step), ...: until its terms vanish, or are too small to matter and shrink geometrically.

    Slower series are extrapolated (Richardson's method for terms in powers of 1/k), with fewer digits. Undefined if the terms do not fall.
    """
    if x.enclosed() is not None:
        raise NotEnclosed
    eps = mp().mpf(10) ** -(mp().dps + 2 if ev.raised else SERIES_DIGITS + 4)
    total: Number = 0
    largest_sum: Number = 0
    sizes: list[Number] = []
    k = start
    while len(sizes) * _BLOCK < _DIRECT:
        largest: Number = 0
        ev.tick()
        if len(sizes) == 2:
            total = x.real(total)
        for _ in range(_BLOCK):
            value = term(k)
            total = x.add(total, value)
            ev.work += 1
            largest = max(largest, abs(value), key=x.real)
            k += step
        sizes.append(x.real(largest))
        largest_sum = max(largest_sum, abs(x.real(total)))
        if len(sizes) == 2 and sizes[1] == 0:
            return total  # nothing beyond the first block: a finite support, or no terms at all
        if len(sizes) >= 3 and sizes[-1] == 0 and sizes[-2] == 0:
            return total
        if len(sizes) >= 3 and sizes[-1] <= eps * max(abs(x.real(total)), sizes[0]) and sizes[-1] <= sizes[-2] * mp().mpf("0.97"):
            if not ev.raised:
                ev.limited(SERIES_DIGITS, largest_sum)
            return total
        if len(sizes) == 6 and sizes[-1] > sizes[0]:
            raise Undefined("a series whose terms grow")
        if len(sizes) == 12 and sizes[-1] > sizes[3] / 5:
            break
    return _extrapolated(ev, term, start, step)


def _extrapolated(ev: Evaluation, term: Callable[[int], Number], start: int, step: int) -> Number:
    """Richardson extrapolation of the partial sums at n, 2n, 4n, ..., for terms that fall at least like 1/k^1.5."""
    sums: list[Number] = []
    total: Number = mp().mpf(0)
    last: list[Number] = []
    k, n = start, 16
    count = 0
    for _ in range(7):
        while count < n:
            value = x.real(term(k))
            total += value
            k += step
            count += 1
        sums.append(total)
        last.append(abs(value) * n)
        n *= 2
    if last[-1] == 0:
        return total
    if last[-1] > last[1] / 2 or last[-1] > last[-2] * mp().mpf("0.8"):
        raise Undefined("a series that does not converge, or too slowly")
    previous = sums[-1]
    table = sums
    for order in range(1, 7):
        table = [(2**order * b - a) / (2**order - 1) for a, b in itertools.pairwise(table)]
        error = abs(table[-1] - previous)
        previous = table[-1]
    scale = max(abs(previous), mp().mpf(10) ** -30)
    digits = float(-mp().log10(error / scale)) if error else ev.digits
    if digits < 5:
        raise Undefined("a series that converges too slowly to evaluate")
    ev.limited(digits - 1, scale)
    return previous


# Limits -----------------------------------------------------------------------------------------------------------------------


def _limit(ev: Evaluation, node: Big, frame: Frame) -> Number:
    """By values ever nearer to the target, at raised precision; from both sides where the target is finite."""
    if node.lower is None:
        raise MeaningError("a limit without a target")
    if x.enclosed() is not None:
        raise NotEnclosed
    target = ev.number(node.lower, frame)
    with x.precision(mp().dps * 3):
        ten = mp().mpf(10)
        if not x.finite(target):
            discrete = any(isinstance(t, Big | Index) for _, t in subterms(node.body))
            steps: tuple[Number, ...] = (64, 128, 256, 512) if discrete else (ten**9, ten**18, ten**27)
            return _approached(ev, node, frame, [s if target > 0 else -s for s in steps])
        base = x.real(target)
        sides = [_approached(ev, node, frame, [base + s * ten**-e for e in (9, 18, 27)]) for s in (1, -1)]
        if abs(sides[0] - sides[1]) > ten**-8 * max(1, abs(sides[0])):
            raise Undefined("a limit that differs from the two sides")
        return (sides[0] + sides[1]) / 2


def _approached(ev: Evaluation, node: Big, frame: Frame, steps: list[Number]) -> Number:
    values = [x.real(ev.number(node.body, frame.bind(node.variable, s))) for s in steps]
    gaps = [abs(b - a) for a, b in itertools.pairwise(values)]
    scale = max(abs(values[-1]), mp().mpf(10) ** -12)
    if gaps[-1] > scale / 1000 or (gaps[-1] > gaps[0] / 2 and gaps[-1] > scale * mp().mpf(10) ** -20):
        raise Undefined("a limit that does not exist, or is reached too slowly")
    digits = ev.digits if gaps[-1] == 0 else float(-mp().log10(gaps[-1] / scale))
    ev.limited(max(3.0, digits - 1), scale)
    return values[-1]


def function_series(ev: Evaluation, f: Fun, start: int | None) -> Number:
    """The sum of a function over the integers (from ``start``, or over all of them)."""
    if start is not None:
        return _tail(ev, lambda k: f.apply(k), start, 1)
    return x.add(_tail(ev, lambda k: f.apply(k), 0, 1), _tail(ev, lambda k: f.apply(k), -1, -1))
