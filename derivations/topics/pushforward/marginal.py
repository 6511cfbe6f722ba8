"""One function of two variables: an auxiliary second component makes the map square, and is integrated out.

The joint density of (f(Z), W) comes from `multivariate`; on every quadrant of (x, w) and between the values of x at which the order of the
bounds of w changes, the section of the support is an interval whose ends are known, and the integral is taken in closed form.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import mpmath
import sympy
from sympy.functions.elementary.complexes import polar_lift
from sympy.functions.elementary.exponential import exp_polar
from sympy.integrals.manualintegrate import manualintegrate

from derivations.language.record import record

from .evaluation import Compiled, digits, number
from .joint import JointDensity, JointDistribution, compiled_condition
from .joint_checking import confirmed
from .joint_support import gap
from .multivariate import derive_joint
from .pieces import Span
from .refusals import CannotPush, Reason, Refusal
from .results import Claim, Evidence, Level
from .simplification import gently

oo = sympy.oo


def marginal_pushforward(
    base: JointDistribution, maps: tuple[Any, ...], variables: tuple[Any, ...], *, check: bool = True
) -> JointDensity | Refusal:
    """The density of one function of two variables, or a refusal where it cannot be integrated in closed form."""
    refused = Refusal(Reason.DIMENSION, f"{len(maps)} components of {len(base.variables)} variables")
    if len(maps) != 1 or len(base.variables) != 2:
        return refused
    for auxiliary in _auxiliaries(base, maps[0]):
        try:
            return _through(base, maps[0], auxiliary, variables[0], check=check)
        except CannotPush as problem:
            refused = Refusal(Reason.DIMENSION, f"with the auxiliary variable {auxiliary}: {problem.refusal}")
    return refused


def _auxiliaries(base: JointDistribution, component: Any) -> Iterator[Any]:
    first, second = base.variables
    if component.has(first**2) and component.has(second**2):
        yield sympy.atan2(second, first)
    if component.has(sympy.Min, sympy.Max):
        yield sympy.Min(first, second) if component.has(sympy.Max) else sympy.Max(first, second)
    if sympy.denom(component) == first + second:
        yield first + second
    yield second
    yield first


@record
class _Section:
    """A term on a quadrant: x = sign * t with t in `span`, its value a function of t."""

    sign: int
    span: Span
    value: Any


def _through(base: JointDistribution, component: Any, auxiliary: Any, x: Any, *, check: bool) -> JointDensity:
    w = sympy.Dummy("w", real=True)
    joint = derive_joint(base, (component, auxiliary), (x, w))
    if check:
        confirmed(base, (component, auxiliary), joint)
    t = sympy.Dummy("t", positive=True)
    sections: list[_Section] = []
    for branch in joint.branches:
        for sign in (1, -1):
            sections.extend(_sections(branch.density, branch.condition, x, w, t, sign))
    cells: list[tuple[Span, Any]] = []
    for sign in (-1, 1):
        mine = [section for section in sections if section.sign == sign]
        cells.extend(_cells(mine, x, t, sign))
    if not cells:
        raise CannotPush(Reason.UNSUPPORTED, "the sections of the support are empty")
    cells = _merged(cells, x)
    result = JointDensity((x,), _piecewise(cells, x), _condition(cells, x), (), joint.conditions, joint.evidence)
    if not check:
        return result
    tried = _check(base, joint, result, x, w)
    claims = (*joint.evidence, Evidence(Claim.MASS, Level.SAMPLED, f"{tried} values of the marginal by quadrature"))
    return replace(result, evidence=claims)


def _sections(density: Any, condition: Any, x: Any, w: Any, t: Any, sign: int) -> list[_Section]:
    """The integrals over w of one branch for x of one sign."""
    relations = list(condition.args) if isinstance(condition, sympy.And) else [condition]
    relations = [relation for relation in relations if relation != sympy.true]
    if any(isinstance(relation, (sympy.Or, sympy.Not)) for relation in relations):
        raise CannotPush(Reason.UNSUPPORTED, f"the condition {condition}")
    at_x = [relation.subs(x, sign * t) for relation in relations]
    if sympy.false in at_x:
        return []
    free = not any(relation.has(w) for relation in at_x if relation != sympy.true)
    value = density.subs(x, sign * t)
    if free and not value.has(sympy.Abs, sympy.sign):
        return _integrals(value, [gap(r) for r in at_x if r != sympy.true], w, t, sign, whole=True)
    found: list[_Section] = []
    v = sympy.Dummy("v", positive=True)
    for side in (1, -1):
        here = [relation.subs(w, side * v) for relation in at_x if relation != sympy.true]
        if sympy.false in here:
            continue
        gaps = [gap(relation) for relation in here if relation != sympy.true]
        found.extend(_integrals(value.subs(w, side * v), gaps, v, t, sign, whole=False))
    return found


def _integrals(value: Any, gaps: Sequence[Any], v: Any, t: Any, sign: int, *, whole: bool) -> list[_Section]:
    lower, upper = ([-oo], [oo]) if whole else ([sympy.S.Zero], [oo])
    outer: list[Any] = []
    for positive in gaps:
        for factor_sign, factor in _unknown_factors(positive):
            if not factor.has(v):
                outer.append(factor_sign * factor)
                continue
            slope = factor.diff(v) * factor_sign
            if slope.has(v) or not (slope.is_positive or slope.is_negative):
                raise CannotPush(Reason.UNSUPPORTED, f"the condition {positive} > 0")
            bound = sympy.cancel(-factor.subs(v, 0) / factor.diff(v))
            (lower if slope.is_positive else upper).append(bound)
    breaks = _breaks([*lower, *upper], outer, t)
    edges = [sympy.S.Zero, *breaks, oo]
    found: list[_Section] = []
    for lo, hi in itertools.pairwise(edges):
        place = (lo + hi) / 2 if hi != oo else lo + 1
        if any(number(condition.subs(t, place)) <= 0 for condition in outer):
            continue
        start = max(lower, key=lambda bound: number(sympy.sympify(bound).subs(t, place)))
        stop = min(upper, key=lambda bound: number(sympy.sympify(bound).subs(t, place)))
        if number(sympy.sympify(stop - start).subs(t, place)) > 0 or oo in (stop, -start):
            found.append(_Section(sign, Span(lo, hi), _integral(value, v, start, stop)))
    return found


def _unknown_factors(positive: Any) -> list[tuple[int, Any]]:
    """The factors of unknown sign (at most one), with the sign of the others."""
    sign, unknown = 1, []
    for factor in sympy.Mul.make_args(sympy.factor(sympy.together(positive))):
        if factor.is_positive:
            continue
        if factor.is_negative:
            sign = -sign
            continue
        unknown.append(factor)
    if len(unknown) > 1:
        raise CannotPush(Reason.UNSUPPORTED, f"the condition {positive} > 0")
    return [(sign, unknown[0])] if unknown else []


def _breaks(bounds: Sequence[Any], outer: Sequence[Any], t: Any) -> list[Any]:
    """Values of t at which two bounds meet, or an outer condition changes."""
    found: set[Any] = set()
    pairs = [one - other for one, other in itertools.combinations(bounds, 2) if not {one, other} & {oo, -oo}]
    for difference in (*pairs, *outer):
        numerator = sympy.numer(sympy.together(difference))
        if not sympy.sympify(numerator).has(t):
            continue
        if not numerator.is_polynomial(t):
            raise CannotPush(Reason.UNSUPPORTED, f"where {difference} changes its sign")
        for root in sympy.roots(sympy.Poly(numerator, t)):
            if root.free_symbols:
                raise CannotPush(Reason.UNSUPPORTED, f"bounds that depend on parameters: {difference}")
            if root.is_real and root > 0:
                found.add(root)
    return sorted(found)


def _integral(value: Any, v: Any, start: Any, stop: Any) -> Any:
    """The definite integral in closed form.

    Raises:
        CannotPush: none was found.
    """
    value = value.replace(lambda node: node.is_Pow and node.base.is_Add, lambda node: sympy.factor(node.base) ** node.exp)
    value = sympy.powsimp(value)
    if start.is_infinite or stop.is_infinite:
        result = sympy.integrate(value, (v, start, stop), conds="none")
    else:
        inner = manualintegrate(value, v)
        result = inner.subs(v, stop) - sympy.limit(inner, v, start, "+") if not inner.has(sympy.Integral) else inner
    if result.has(sympy.Integral, sympy.nan, sympy.zoo, oo, sympy.meijerg, polar_lift, exp_polar):
        raise CannotPush(Reason.UNSUPPORTED, f"the integral of {value}")
    return gently(sympy.simplify(result) if sympy.count_ops(result) < 60 else result)


def _cells(sections: Sequence[_Section], x: Any, t: Any, sign: int) -> list[tuple[Span, Any]]:
    edges = sorted({end for section in sections for end in (section.span.lo, section.span.hi)})
    cells: list[tuple[Span, Any]] = []
    for lo, hi in itertools.pairwise(edges):
        here = [s.value for s in sections if s.span.lo <= lo and s.span.hi >= hi]
        if not here:
            continue
        total = sympy.Add(*here)
        total = gently(sympy.simplify(total) if len(here) > 1 and sympy.count_ops(total) < 80 else total)
        span = Span(lo, hi) if sign > 0 else Span(-hi, -lo)
        cells.append((span, total.subs(t, sign * x)))
    return cells if sign > 0 else cells[::-1]


def _merged(cells: Sequence[tuple[Span, Any]], x: Any) -> list[tuple[Span, Any]]:
    found: list[tuple[Span, Any]] = []
    for span, value in cells:
        if found and found[-1][0].hi == span.lo and (found[-1][1] == value or sympy.simplify(found[-1][1] - value) == 0):
            found[-1] = (Span(found[-1][0].lo, span.hi), value)
        else:
            found.append((span, value))
    return found


def _piecewise(cells: Sequence[tuple[Span, Any]], x: Any) -> Any:
    if len(cells) == 1:
        return cells[0][1]
    return sympy.Piecewise(*((value, x < span.hi) for span, value in cells[:-1]), (cells[-1][1], True))


def _condition(cells: Sequence[tuple[Span, Any]], x: Any) -> Any:
    joined: list[Span] = []
    for span, _ in cells:
        if joined and joined[-1].hi == span.lo:
            joined[-1] = Span(joined[-1].lo, span.hi)
        else:
            joined.append(span)
    parts = [
        sympy.And(*([x > span.lo] if span.lo != -oo else []), *([x < span.hi] if span.hi != oo else []))
        for span in joined
    ]
    return sympy.Or(*parts)


def _check(base: JointDistribution, joint: JointDensity, result: JointDensity, x: Any, w: Any) -> int:
    """The closed form against quadrature of the joint density over w.

    Raises:
        CannotPush: they differ.
    """
    tried = 0
    for values in base.domain.samples[:2]:
        exact = digits(values)
        density = Compiled(joint.density.subs(exact), (x, w))
        inside = compiled_condition(joint.support.subs(exact), (x, w))
        parts = [compiled_condition(branch.condition.subs(exact), (x, w)) for branch in joint.branches]
        for point in (-2.3, -0.8, -0.35, 0.31, 0.77, 1.4, 2.6):
            found = result.at([point], values)
            scale = [mpmath.mpf(edge) for edge in (-30, -3, -1, 0, 1, 3, 30)]
            cuts = sorted({cut for part in parts for cut in _cuts(part, point, scale)})
            section = _section_at(mpmath.mpf(point), density, inside)
            with mpmath.workdps(20):
                wanted = mpmath.quad(section, cuts)
            if abs(found - wanted) > 1e-5 * (1e-3 + abs(wanted)):
                raise CannotPush(Reason.CHECK_FAILED, f"the marginal at {point} is {found}, by quadrature {wanted}")
            tried += 1
    return tried


def _section_at(point: Any, density: Compiled, inside: Callable[[Sequence[Any]], bool]) -> Callable[[Any], Any]:
    """The joint density at x = point as a function of w, zero outside the support."""

    def value(w: Any) -> Any:
        return density.high(point, w) if inside((point, w)) else mpmath.mpf(0)

    return value


def _cuts(inside: Any, point: float, scale: Sequence[Any]) -> list[Any]:
    """Integration points: the scale, and the ends of the section found by bisection on a grid."""
    grid = sorted({*scale, *(mpmath.mpf(k) / 8 + mpmath.mpf(1) / 777 for k in range(-60, 61))})
    here = mpmath.mpf(point)
    found = list(scale)
    for lo, hi in itertools.pairwise(grid):
        before = inside((here, lo))
        if before == inside((here, hi)):
            continue
        for _ in range(60):
            middle = (lo + hi) / 2
            lo, hi = (middle, hi) if inside((here, middle)) == before else (lo, middle)
        found.append(lo)
    return sorted(found)
