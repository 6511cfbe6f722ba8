"""Satisfying an equation among hypotheses by changing one name: a number, an entry of a sequence, or an array in which it is linear."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial

from derivations.language.context import Array, Domain, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.model import algebra, draw
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.evaluate import Evaluator
from derivations.language.model.frame import ROOT, Frame
from derivations.language.model.inverse import polished, root_between
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import GUARD, Number, precision
from derivations.language.model.values import Fun, Symbol, Undefined, Value
from derivations.language.model.world import Model
from derivations.language.term import Relation

_SEARCHED_DIGITS = 6
_SOLVED_DIGITS = 90
_MOST_ENTRIES = 16


def solve(model: Model, equation: Relation, scalars: list[Symbol]) -> bool:
    """Satisfy an equation by changing one number: exactly where it is linear in it, else by a search for a change of sign."""
    setting = model.setting
    left, right = equation.items
    unknowns: list[tuple[Symbol, tuple[int, ...] | None]] = [
        (s, None) for s in scalars if isinstance(k := setting.kinds.get(s), Scalar) and not k.domain.discrete
    ]
    reach = setting.reach(equation)
    unknowns.extend((s, index) for s, index in model.entries if s in reach and isinstance(setting.kinds.get(s), Sequence))
    turn = model.number + model.attempt // 2
    for symbol, index in reversed(unknowns) if turn % 2 else unknowns:
        kind = setting.kinds[symbol]
        domain = kind.domain if isinstance(kind, Scalar | Sequence) else Domain.REAL

        def gap(value: Number, ev: Evaluator, s: Symbol = symbol, i: tuple[int, ...] | None = index) -> Number:
            ev.tick()
            frame = Frame({s: value}) if i is None else Frame({}, {(s, i): value})
            return x.subtract(ev.number(left, frame), ev.number(right, frame))

        try:
            with precision(_SEARCHED_DIGITS + GUARD):
                rough = Evaluator(model, _SEARCHED_DIGITS)
                value = _zero(partial(gap, ev=rough), domain, turn // 2 if len(unknowns) > 1 else turn)
            if value is not None and not x.is_exact(value):
                with precision(_SOLVED_DIGITS):
                    fine = Evaluator(model, _SOLVED_DIGITS - GUARD)
                    value = polished(Fun(partial(gap, ev=fine)), value)
            if value is not None and index is not None and not model.allows(symbol, index, value, rough):
                continue
        except Undefined:
            continue
        except DeriveError:
            break
        if value is not None:
            if index is None:
                model.names[symbol] = value
            else:
                model.entries[symbol, index] = value
            return True
    return _solve_array(model, equation)


def _zero(gap: Callable[[Number], Number], domain: Domain, turn: int) -> Number | None:
    """A zero of a function of one number inside a domain, or None; of several one after the other, as ``turn`` counts."""
    f = Fun(gap)
    heights: list[tuple[Number, Number]] = []
    zeros: list[Number] = []
    for place in (0, 1, 2, -1, 3, -2, x.divide(1, 2), x.divide(1, 10), x.divide(9, 10), -3, 5, -5, 10, -10, 40):
        try:
            height = f.apply(place)
        except Undefined:
            continue
        if height == 0:
            zeros.append(place)
        heights.append((place, height))
    exact = [(p, h) for p, h in heights if x.is_exact(h)]
    if len(exact) >= 4:
        (a, fa), (b, fb), *others = exact[:5]
        slope = x.divide(x.subtract(fb, fa), x.subtract(b, a))
        if slope != 0 and all(x.subtract(fc, fa) == x.multiply(slope, x.subtract(c, a)) for c, fc in others):
            value = x.subtract(a, x.divide(fa, slope))
            return value if draw.in_domain(value, domain) else None
    heights.sort()
    for (a, fa), (b, fb) in itertools.pairwise(heights):
        if fa != 0 and fb != 0 and (fa > 0) != (fb > 0):
            try:
                zeros.append(root_between(f, a, b))
            except Undefined:
                continue
    zeros = sorted((z for z in zeros if draw.in_domain(z, domain)), key=x.real)
    return zeros[turn % len(zeros)] if zeros else None


def _solve_array(model: Model, equation: Relation) -> bool:
    """An array in which the equation is linear, by its values at zero and at the unit arrays; exact, for entries that are."""
    setting = model.setting
    reach = setting.reach(equation)
    for symbol, kind in setting.kinds.items():
        value = model.names.get(symbol)
        if symbol not in reach or not isinstance(kind, Array) or kind.properties or not isinstance(value, Mat):
            continue
        rows, cols = value.shape
        if rows * cols > _MOST_ENTRIES:
            continue
        with precision(_SOLVED_DIGITS):
            ev = Evaluator(model, _SOLVED_DIGITS - GUARD)

            def gap(at: Mat, ev: Evaluator = ev, s: Symbol = symbol) -> list[Number]:
                frame = ROOT.bind(s, at)
                return _entries(algebra.plus(ev.value(equation.items[0], frame), algebra.minus(ev.value(equation.items[1], frame))))

            try:
                solved = _linear(gap, value)
            except (Undefined, DeriveError):
                continue
        if solved is not None:
            model.names[symbol] = solved
            return True
    return False


def _entries(value: Value) -> list[Number]:
    return list(m.matrix(value).entries())


def _linear(gap: Callable[[Mat], list[Number]], start: Mat) -> Mat | None:
    """The array at which an affine map vanishes, or None if it is not affine or has no such place. ``start`` is any array of the shape."""
    rows, cols = start.shape
    places = [(i, j) for i in range(rows) for j in range(cols)]

    def unit(*chosen: tuple[int, int]) -> Mat:
        return Mat(tuple(tuple(int((i, j) in chosen) for j in range(cols)) for i in range(rows)))

    constant = gap(unit())
    columns = [[x.subtract(a, b) for a, b in zip(gap(unit(place)), constant, strict=True)] for place in places]
    grid = Mat(tuple(zip(*columns, strict=True)))
    target = m.column(-c for c in constant)
    seen = m.matrix(m.product(grid, m.column(start.entries())))
    predicted = [x.add(a, c) for a, c in zip(seen.entries(), constant, strict=True)]
    if any(abs(x.real(x.subtract(p, q))) > x.mp().mpf(10) ** -40 for p, q in zip(predicted, gap(start), strict=True)):
        return None
    normal = m.matrix(m.product(m.transpose(grid), grid))
    if m.determinant(normal) == 0:
        return None
    solution = list(m.matrix(m.product(m.inverse(normal), m.product(m.transpose(grid), target))).entries())
    found = Mat(tuple(tuple(solution[i * cols + j] for j in range(cols)) for i in range(rows)))
    return found if all(abs(x.real(v)) < x.mp().mpf(10) ** -40 for v in gap(found)) else None
