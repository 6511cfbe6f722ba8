"""Comparing the two sides of a relation in one model, and showing the values.

Floats find a difference; enclosures decide whether it is one. Where something has no enclosure (an integral, an infinite sum), a difference must stay
the same at a second precision and be far greater than every known error.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from fractions import Fraction

from derivations.language.context import Array, Function, IndexSet, Loss
from derivations.language.errors import DeriveError, MeaningError, ShapeError
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.algebra import kind_of
from derivations.language.model.balls import Inconclusive, NotEnclosed
from derivations.language.model.chance import described, sharing
from derivations.language.model.evaluate import Evaluator
from derivations.language.model.frame import ROOT
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import GUARD, Number, is_number, mp, precision
from derivations.language.model.rounding import Rounding, rounding_of
from derivations.language.model.values import Eye, Fun, Law, Members, Row, Undefined, Value
from derivations.language.model.world import Model, symbol_text
from derivations.language.record import record
from derivations.language.term import Add, Big, Call, Deriv, Frac, Group, Index, Integral, Marked, Name, Num, Term, Transpose

_ENCLOSING_DIGITS = (60, 180, 540)
_TOLERANCE = 30
"""Floats that agree to so many relative digits are taken as equal; with fewer known digits, to nearly all of those."""
_ROUGHLY = 1000
"""A number that is not within this part of its enclosure is none."""


class Outcome(Enum):
    HOLDS = "holds"
    FAILS = "fails"
    UNCLEAR = "unclear"


@record
class Comparison:
    """``error``: the relative difference of the two sides. ``digits``: to how many digits they are known. ``nonzero``: whether a side is not 0."""

    outcome: Outcome
    left: str
    right: str
    digits: float
    error: float = 0.0
    work: int = 0
    nonzero: bool = True


@record
class _Pair:
    """Two sides as lists of numbers of equal length."""

    left: tuple[Number, ...]
    right: tuple[Number, ...]
    digits: float
    noise: Number
    work: int


def _sides(lhs: Term, rhs: Term, model: Model, digits: int) -> tuple[Value, Value, Evaluator]:
    ev = Evaluator(model, digits)
    left = ev.value(lhs, ROOT)
    right = ev.value(rhs, ROOT)
    return left, right, ev


def _flat(left: Value, right: Value, integral: bool) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    """The numbers of two values, matched. Raises ShapeError where there is nothing to match."""
    if is_number(left) and is_number(right):
        return (left,), (right,)
    match left, right:
        case Mat(), Mat():
            if left.shape != right.shape:
                raise ShapeError(f"the left side is {m.written(left.shape)}, the right side {m.written(right.shape)}")
            return tuple(left.entries()), tuple(right.entries())
        case Mat(), Eye():
            return _flat(left, m.of_size(right, left.shape), integral)
        case Eye(), Mat():
            return _flat(m.of_size(left, right.shape), right, integral)
        case Eye(), Eye():
            return (left.scale,), (right.scale,)
        case Eye(), _ if is_number(right):
            return (left.scale,), (right,)
        case _, Eye() if is_number(left):
            return (left,), (right.scale,)
        case Mat(), _ if is_number(right) and x.is_exact(right) and right == 0:
            return tuple(left.entries()), (0,) * (left.shape[0] * left.shape[1])
        case _, Mat() if is_number(left) and x.is_exact(left) and left == 0:
            return (0,) * (right.shape[0] * right.shape[1]), tuple(right.entries())
        case Fun(), Fun():
            return _function_values(left, right)
        case Members() | Row(), Members() | Row():
            one, two = left.items, right.items
            if isinstance(left, Members) or isinstance(right, Members) or left.bracket == "{":
                same = set(one) == set(two)
                return (1,), (1 if same else 0,)
            if len(one) != len(two):
                raise ShapeError(f"the left side has {len(one)} components, the right side {len(two)}")
            return one, two
        case Law(), Law():
            return (left.parameters, right.parameters) if left.name == right.name else ((1,), (0,))
        case (Mat(), _) | (_, Mat()) if is_number(left) or is_number(right):
            raise ShapeError(f"the left side is {kind_of(left)}, the right side is {kind_of(right)}")
        case _:
            raise MeaningError(f"{kind_of(left)} is compared with {kind_of(right)}")


def _function_values(f: Fun, g: Fun) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    if f.arity != g.arity:
        raise ShapeError(f"the left side is a function of {f.arity}, the right side of {g.arity} argument(s)")
    whole = f.on_integers or g.on_integers
    places = (-2, -1, 0, 1, 2, 3) if whole else (Fraction(-1, 2), 0, 1, Fraction(2, 3), 2)
    left: list[Number] = []
    right: list[Number] = []
    for k, place in enumerate(places):
        arguments = tuple(x.add(place, j * (1 + k)) for j in range(f.arity))
        try:
            pair = f.apply(*arguments), g.apply(*arguments)
        except Undefined:
            continue
        left.append(pair[0])
        right.append(pair[1])
    if not left:
        raise Undefined("two functions that are nowhere defined together")
    return tuple(left), tuple(right)


def _pair(lhs: Term, rhs: Term, model: Model, digits: int) -> tuple[_Pair, Value, Value]:
    with precision(digits + GUARD):
        left, right, ev = _sides(lhs, rhs, model, digits)
        one, two = _flat(left, right, False)
        if not all(x.finite(v) for v in (*one, *two)):
            raise Undefined("an infinite value")
        return _Pair(one, two, min(ev.accuracy, digits), ev.noise, ev.work), left, right


def one_side_defined(lhs: Term, rhs: Term, model: Model, digits: int) -> bool:
    """Whether exactly one of two sides has a value in a model."""
    defined = 0
    with precision(digits + GUARD):
        for side in (lhs, rhs):
            try:
                Evaluator(model, digits).value(side, ROOT)
                defined += 1
            except Undefined:
                pass
    return defined == 1


def _gap(pair: _Pair) -> tuple[Number, Number]:
    """The largest difference, and the scale: the largest number on either side."""
    if all(x.is_exact(v) for v in (*pair.left, *pair.right)):
        gap: Number = max((abs(a - b) for a, b in zip(pair.left, pair.right, strict=True)), default=0)
        scale: Number = max((abs(v) for v in (*pair.left, *pair.right)), default=0)
        return gap, scale
    gap = max(abs(x.real(a) - x.real(b)) for a, b in zip(pair.left, pair.right, strict=True))
    return gap, max(abs(x.real(v)) for v in (*pair.left, *pair.right))


def compare(lhs: Term, sign: str, rhs: Term, model: Model, digits: int, confirm: int) -> Comparison:
    """Whether ``lhs sign rhs`` holds in a model. Raises Undefined, ShapeError, MeaningError.

    Equality is relative: ``1/2^99`` is not ``1/2^98``. A difference that shrinks with the precision is rounding; one that stays is real.
    """
    first, left, right = _pair(lhs, rhs, model, digits)
    with precision(digits + GUARD):
        if sign == "~~":
            rounding = rounding_of(lhs, rhs)
            if rounding is None:
                raise MeaningError("an approximation without a decimal number")
            return _approximately(first, rounding, left, right)
        state = _equal(first)
        if state is None and _clear(first) and _judge(first, sign, False) is Outcome.HOLDS:
            gap, scale = _gap(first)
            return Comparison(Outcome.HOLDS, "", "", first.digits, float(gap / scale), work=first.work)
    exact = all(x.is_exact(v) for v in (*first.left, *first.right))
    known = first
    if state is not True and not exact:
        known, left, right = _pair(lhs, rhs, model, confirm)
        with precision(confirm + GUARD):
            state = _confirmed(first, known)
    with precision(confirm + GUARD):
        gap, scale = _gap(known)
        error = float(x.real(gap) / x.real(scale)) if scale else 0.0
        outcome = _judge(known, sign, state)
        reached = min(known.digits, confirm) if known is not first or exact else known.digits
        if outcome is Outcome.FAILS and not exact and gap < mp().mpf(10) ** -_SOLVED and _approximate(model):
            outcome = Outcome.UNCLEAR
    if outcome is Outcome.FAILS and not exact:
        certain = _enclosed(lhs, sign, rhs, model)
        if certain is not None:
            outcome, reached = certain, max(reached, confirm)
            error = 0.0 if certain is Outcome.HOLDS else error
        elif not (_stands(lhs, known.left, model) and _stands(rhs, known.right, model)):
            outcome = Outcome.UNCLEAR
    with precision(confirm + GUARD):
        if exact:
            reached = confirm
        return Comparison(outcome, show(left), show(right), reached, error, first.work, _nonzero(known))


_SOLVED = 60
"""Names that satisfy an equation do so to so many digits at least, not exactly: what differs by less than that may be equal."""


def _approximate(model: Model) -> bool:
    """Whether a name of a model has a value that was solved for, and not an exact one."""
    for value in (*model.names.values(), *model.entries.values()):
        numbers = value.entries() if isinstance(value, Mat) else (value,) if is_number(value) else ()
        if not all(x.is_exact(number) for number in numbers):
            return True
    return False


def _nonzero(pair: _Pair) -> bool:
    """Whether a side is further from 0 than rounding puts a 0."""
    _, scale = _gap(pair)
    if x.is_exact(scale):
        return bool(scale != 0)
    return bool(scale > mp().mpf(10) ** (-pair.digits * 2 / 3) and scale > 1000 * pair.noise)


def nonzero_summand(lhs: Term, rhs: Term, model: Model, digits: int) -> bool:
    """Whether one of the summands of two sides is not 0: ``sum_i (x_i - m) = 0`` compares more than 0 with 0."""
    for side in (lhs, rhs):
        for part in _summands(side):
            if part == side:
                continue
            try:
                pair, _, _ = _pair(part, Num("0"), model, digits)
            except (Undefined, ShapeError, MeaningError):
                continue
            if _nonzero(pair):
                return True
    return False


def _summands(node: Term) -> list[Term]:
    """What a term is the sum of, also below sums, integrals, means and derivatives."""
    match node:
        case Group(body) | Marked(_, body):
            return _summands(body)
        case Add(parts):
            return [t for _, part in parts for t in _summands(part)]
        case Big("sum", body) | Integral(body):
            return [replace(node, body=t) for t in _summands(body)]
        case Deriv(body):
            return [replace(node, body=t) for t in _summands(body)]
        case Transpose(body):
            return [Transpose(Group(t)) for t in _summands(body)]
        case Frac(top, bottom):
            return [Frac(t, bottom) for t in _summands(top)]
        case Call(Name("E" | "tr" | "Tr") as f, (body,)):
            return [Call(f, (t,), node.bracket) for t in _summands(body)]
        case _:
            return [node]


def _equal(pair: _Pair) -> bool | None:
    """True, False, or None for a difference that may be rounding."""
    gap, scale = _gap(pair)
    if gap == 0:
        return True
    if all(x.is_exact(v) for v in (*pair.left, *pair.right)):
        return False
    limited = pair.digits < _TOLERANCE
    allowed = mp().mpf(10) ** -(pair.digits - 2 if limited else _TOLERANCE)
    if gap <= x.real(scale) * allowed or (limited and gap <= 1000 * pair.noise):
        return True
    return None


def _clear(pair: _Pair) -> bool:
    """Whether two sides differ by far more than any error: then an order that holds needs no second look."""
    gap, scale = _gap(pair)
    return bool(gap > x.real(scale) * mp().mpf(10) ** (-pair.digits / 2) and gap > 10**5 * pair.noise)


def _confirmed(first: _Pair, second: _Pair) -> bool | None:
    """Equality from two precisions: does the difference stay, or shrink with the rounding?"""
    gap1, scale = _gap(first)
    gap2, _ = _gap(second)
    if gap2 == 0 or (second.digits < _TOLERANCE and _equal(second) is True) or gap2 <= gap1 * mp().mpf(10) ** -12:
        return True
    stable = abs(gap1 - gap2) <= gap1 / 100
    limited = second.digits < _TOLERANCE
    if limited and (gap2 <= 10**5 * second.noise or gap2 <= x.real(scale) * mp().mpf(10) ** (-second.digits * 2 / 3)):
        return None
    return False if stable else None


def _enclosed(lhs: Term, sign: str, rhs: Term, model: Model) -> Outcome | None:
    """What the enclosures of two sides say: it fails if they lie so for certain, holds if they agree to many digits. None if they do not exist."""
    near = False
    for digits in _ENCLOSING_DIGITS:
        try:
            with x.enclosing(digits + GUARD):
                ev = Evaluator(model, digits)
                one, two = _flat(ev.value(lhs, ROOT), ev.value(rhs, ROOT), False)
                found = [_apart(a, sign, b) for a, b in zip(one, two, strict=True)]
                if all(found) if sign == "!=" else any(found):
                    return Outcome.FAILS
                near = all(_near(a, b) for a, b in zip(one, two, strict=True))
        except (Inconclusive, Undefined):
            continue
        except (NotEnclosed, DeriveError, TypeError, AttributeError, ValueError, OverflowError):
            return None
    return Outcome.HOLDS if near and sign not in ("<", ">", "!=") else Outcome.UNCLEAR


def _stands(side: Term, values: tuple[Number, ...], model: Model) -> bool:
    """Whether the values of one side are those of its enclosures, where it has any: two precisions may agree on what cancellation has left of a number."""
    for digits in _ENCLOSING_DIGITS:
        try:
            with x.enclosing(digits + GUARD):
                found = Evaluator(model, digits).value(side, ROOT)
                numbers = tuple(found.entries()) if isinstance(found, Mat) else (found,)
                if len(numbers) != len(values) or all(_agree(a, b) for a, b in zip(numbers, values, strict=True)):
                    return True
        except (Inconclusive, Undefined):
            continue
        except (NotEnclosed, DeriveError, TypeError, AttributeError, ValueError, OverflowError):
            return True
    return False


def _agree(a: Number, b: Number) -> bool:
    """Whether a number agrees with its enclosure to some digits. Raises Inconclusive where the enclosure is wider."""
    return bool((x.is_exact(a) and a == b) or abs(a - b) * _ROUGHLY < abs(a) + abs(b))


def _near(a: Number, b: Number) -> bool:
    try:
        return bool(a == b or abs(a - b) * 10**_TOLERANCE < abs(a) + abs(b))
    except Inconclusive:
        return False


def _apart(a: Number, sign: str, b: Number) -> bool:
    """Whether ``a sign b`` is false for certain."""
    try:
        match sign:
            case "<=":
                return bool(a > b)
            case "<":
                return bool(a >= b)
            case ">=":
                return bool(a < b)
            case ">":
                return bool(a <= b)
            case "!=":
                return bool(a == b)
            case _:
                return bool(a != b)
    except Inconclusive:
        return False


def _judge(pair: _Pair, sign: str, equal: bool | None) -> Outcome:
    if equal is None:
        return Outcome.UNCLEAR
    if sign in ("=", ":=", "equiv"):
        return Outcome.HOLDS if equal else Outcome.FAILS
    if len(pair.left) != 1 and sign != "!=":
        raise MeaningError("an inequality between arrays")
    if sign == "!=":
        return Outcome.FAILS if equal else Outcome.HOLDS
    if equal:
        if sign in ("<=", ">="):
            return Outcome.HOLDS
        return Outcome.FAILS if all(x.is_exact(v) for v in (*pair.left, *pair.right)) else Outcome.UNCLEAR
    one, other = x.made_real(pair.left[0]), x.made_real(pair.right[0])
    if x.is_complex(one) or x.is_complex(other):
        return Outcome.FAILS  # it says that both are real
    smaller = x.less(one, other)
    return Outcome.HOLDS if smaller == (sign in ("<", "<=")) else Outcome.FAILS


def _approximately(pair: _Pair, rounding: Rounding, left: Value, right: Value) -> Comparison:
    """Within half a unit of the last digit shown."""
    gap, scale = _gap(pair)
    half = x.real(rounding.unit) / 2 * (1 + mp().mpf(10) ** -9)
    loose = x.real(rounding.loose) / 2 * (1 + mp().mpf(10) ** -9)
    gap = x.real(gap)
    outcome = Outcome.HOLDS if gap <= half else Outcome.UNCLEAR if gap <= loose else Outcome.FAILS
    return Comparison(outcome, show(left), show(right), pair.digits, float(gap / x.real(scale)) if scale else 0.0)


def unstated_dependence(model: Model, lhs: Term, rhs: Term) -> bool:
    """Whether the two sides are about random variables whose independence is not stated."""
    return sharing(Evaluator(model), model.setting.reach(lhs) | model.setting.reach(rhs))


# Showing ----------------------------------------------------------------------------------------------------------------------


def show(value: Value) -> str:
    """A value in a few characters."""
    if is_number(value):
        return x.text(value)
    match value:
        case Mat():
            written = str(value)
            return written if len(written) <= 100 else f"a {m.written(value.shape)} matrix starting {written[:60]}..."
        case Eye():
            return "I" if value.scale == 1 else f"{x.text(value.scale)} I"
        case Members():
            return "{" + ", ".join(show(v) for v in value.items) + "}"
        case Row():
            return "(" + ", ".join(show(v) for v in value.items) + ")"
        case Law():
            return f"{value.name}({', '.join(show(v) for v in value.parameters)})"
        case _:
            return kind_of(value)


def shown(model: Model, terms: tuple[Term, ...]) -> tuple[tuple[str, str], ...]:
    """The values that the terms depend on: names in the order of their declaration, then entries of sequences."""
    setting = model.setting
    reach = frozenset(s for t in terms for s in setting.reach(t))
    found: list[tuple[str, str]] = []
    order = {s: k for k, s in enumerate(setting.kinds)}
    losses = {s: kind for s, kind in setting.kinds.items() if isinstance(kind, Loss) and s in reach}
    helpers = {s for kind in losses.values() for s in setting.symbols(kind.value) if isinstance(setting.kinds.get(s), Function)}
    for symbol, kind in losses.items():
        found.append((symbol_text(symbol), f"a smooth function of {', '.join(symbol_text(part.symbol) for part in kind.of)}"))
    for symbol, value in sorted(model.names.items(), key=lambda item: (order.get(item[0], len(order)), repr(item[0]))):
        if (symbol not in reach and symbol not in setting.size_names) or symbol in helpers:
            continue
        if isinstance(value, Fun):
            declared = setting.kinds.get(symbol)
            words = ", ".join(sorted(declared.properties)) if isinstance(declared, Function) else ""
            found.append((symbol_text(symbol), f"a function: {words.replace('_', ' ')}" if words else "a function without special properties"))
        elif not (isinstance(setting.kinds.get(symbol), Array) and {"ones", "identity", "zero"} & setting.kinds[symbol].properties):  # type: ignore[union-attr]
            found.append((symbol_text(symbol), show(value)))
    ev = Evaluator(model)
    for symbol in setting.kinds:
        if symbol in reach and (words := described(ev, symbol)):
            found.append((symbol_text(symbol), words))
    told = {name for name, _ in found}
    shown_entries = (e for e in model.entries.items() if e[0][0] in reach and (e[0][1] or symbol_text(e[0][0]) not in told))
    entries = [(s, index, v) for (s, index), v in shown_entries if not isinstance(setting.kinds.get(s), IndexSet)]
    entries.sort(key=lambda e: (order.get(e[0], len(order)), repr(e[0]), e[1]))
    for symbol, index, value in entries[:12]:
        place = symbol_text(Index(symbol, tuple(Num(str(k)) for k in index))) if index else symbol_text(symbol)
        found.append((place, show(value)))
    return tuple(found)

