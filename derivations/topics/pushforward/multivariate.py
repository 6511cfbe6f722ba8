"""The joint density of Y = f(Z) for several variables: p_Y(x) = sum over preimages z of p_Z(z) / |det Df(z)|."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import mpmath
import sympy

from .elimination import Elimination, Equation
from .evaluation import Compiled, at
from .parameter_domain import ParameterDomain, describe
from .pieces import Span
from .refusals import CannotPush, Reason, Refusal
from .results import Claim, Evidence, Level
from .simplification import gently

SETTINGS = 2
POINTS = 40


@dataclass(frozen=True)
class JointDistribution:
    """A continuous distribution of several variables on a box.

    Attributes:
        variables: z1, ..., zn (real symbols).
        density: the joint density, right on the box.
        support: one open interval per variable.
        parameters: free parameters of the density and of the map.
        constraints: SymPy relations between them.
    """

    variables: tuple[Any, ...]
    density: Any
    support: tuple[Any, ...]
    parameters: tuple[Any, ...] = ()
    constraints: tuple[Any, ...] = ()

    @cached_property
    def domain(self) -> ParameterDomain:
        return ParameterDomain(self.parameters, self.constraints)

    @property
    def spans(self) -> dict[Any, Span]:
        return {z: Span(part.start, part.end) for z, part in zip(self.variables, self.support, strict=True)}


@dataclass(frozen=True)
class JointBranch:
    """One inverse: z = inverse(x) where `condition` holds, with |det Dg(x)| = `jacobian` and its part of the density."""

    inverse: tuple[Any, ...]
    jacobian: Any
    condition: Any
    density: Any


@dataclass(frozen=True)
class JointDensity:
    """The joint density of Y = f(Z).

    Attributes:
        variables: x1, ..., xm.
        density: right where `support` holds; zero elsewhere.
        support: a Boolean condition in the x's.
        branches: the inverses.
        conditions: relations between parameters that are needed and were not declared.
        evidence: how each part is known.
    """

    variables: tuple[Any, ...]
    density: Any
    support: Any
    branches: tuple[JointBranch, ...]
    conditions: tuple[Any, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=())

    def at(self, point: Sequence[float], parameters: Mapping[Any, float] | None = None) -> float:
        """The density at a point, for parameter values; zero outside the support."""
        values = dict(parameters or {})
        place = {x: sympy.Float(value, 20) for x, value in zip(self.variables, point, strict=True)}
        if not holds(self.support, {**values, **place}):
            return 0.0
        symbols = tuple(values)
        compiled = Compiled(self.density, (*self.variables, *symbols))
        return compiled(*point, *(values[symbol] for symbol in symbols))


def holds(condition: Any, values: Mapping[Any, Any]) -> bool:
    """Whether a Boolean condition is true at numbers; a side that is not real makes a relation false."""
    match condition:
        case sympy.And():
            return all(holds(part, values) for part in condition.args)
        case sympy.Or():
            return any(holds(part, values) for part in condition.args)
        case sympy.Not():
            return not holds(condition.args[0], values)
    if condition in (sympy.true, sympy.false):
        return bool(condition)
    left, right = at(condition.lhs, values), at(condition.rhs, values)
    if math.isnan(left) or math.isnan(right):
        return False
    match condition:
        case sympy.StrictGreaterThan() | sympy.GreaterThan():
            return left > right
        case sympy.StrictLessThan() | sympy.LessThan():
            return left < right
        case sympy.Ne():
            return left != right
        case _:
            return left == right


def joint_pushforward(
    base: JointDistribution, maps: Sequence[Any], variables: Sequence[Any], *, check: bool = True
) -> JointDensity | Refusal:
    """The joint density of x_i = maps[i](z) for as many components as there are variables, or why there is none.

    Args:
        base: the distribution of Z on a box.
        maps: the components of f, SymPy expressions in the base's variables and parameters.
        variables: the (real) symbols of the result, one per component.
        check: whether samples must confirm the result.
    """
    maps = tuple(sympy.sympify(component) for component in maps)
    if len(maps) > len(base.variables):
        return Refusal(Reason.SINGULAR, f"{len(maps)} components of {len(base.variables)} variables")
    if len(maps) < len(base.variables):
        from .marginal import marginal_pushforward

        return marginal_pushforward(base, maps, tuple(variables), check=check)
    try:
        result = derive_joint(base, maps, tuple(variables))
        if not check:
            return result
        tried = _check(base, maps, result)
    except CannotPush as problem:
        return problem.refusal
    detail = f"{tried} points"
    evidence = (*result.evidence, Evidence(Claim.PREIMAGES, Level.SAMPLED, detail))
    return JointDensity(result.variables, result.density, result.support, result.branches, result.conditions, evidence)


def _with_signs(base: JointDistribution, maps: tuple[Any, ...]) -> tuple[JointDistribution, tuple[Any, ...]]:
    """The same problem with variables that know that they are positive or real."""
    names: dict[Any, Any] = {}
    for z, span in base.spans.items():
        positive = span.lo.is_nonnegative or None
        names[z] = sympy.Symbol(z.name, real=True, positive=positive)
    density = base.density.subs(names, simultaneous=True)
    moved = replace(base, variables=tuple(names.values()), density=density)
    return moved, tuple(component.subs(names, simultaneous=True) for component in maps)


def derive_joint(base: JointDistribution, maps: tuple[Any, ...], variables: tuple[Any, ...]) -> JointDensity:
    """The density without the check by samples.

    Raises:
        CannotPush: the map is singular, or the system could not be solved.
    """
    base, maps = _with_signs(base, maps)
    if any(isinstance(component, sympy.Basic) and not component.free_symbols & set(base.variables) for component in maps):
        raise CannotPush(Reason.SINGULAR, "a component of the map is constant")
    equations = [Equation(x, component) for x, component in zip(variables, maps, strict=True)]
    _refuse_singular(base, maps)
    solutions = Elimination(base.spans).solve(equations)
    branches: list[JointBranch] = []
    for solution in solutions:
        inverse = tuple(solution.values[z] for z in base.variables)
        relations = [*solution.conditions, *_inside_box(base, inverse)]
        condition = _conjunction(relations)
        if condition == sympy.false:
            continue
        branches.append(_branch(base, maps, variables, inverse, condition))
    if not branches:
        raise CannotPush(Reason.UNSUPPORTED, "no branch of the inverse meets the support")
    density, support = _total(branches)
    evidence = (
        Evidence(Claim.INVERSE, Level.PROVED, "every equation was solved by equivalences"),
        Evidence(Claim.DERIVATIVE, Level.PROVED),
    )
    return JointDensity(variables, density, support, tuple(branches), _nonzero(maps, base), evidence)


def _nonzero(maps: tuple[Any, ...], base: JointDistribution) -> tuple[Any, ...]:
    """Ne(determinant, 0) where the determinant of a linear map depends on undeclared parameters."""
    determinant = sympy.factor(sympy.Matrix(maps).jacobian(list(base.variables)).det())
    free = determinant.free_symbols
    if not free or free & set(base.variables) or determinant.is_nonzero:
        return ()
    try:
        base.domain.sign(determinant)
        return ()
    except CannotPush:
        return (sympy.Ne(determinant, 0),)


def _refuse_singular(base: JointDistribution, maps: tuple[Any, ...]) -> None:
    if any(component.has(sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.Piecewise) for component in maps):
        return
    determinant = sympy.Matrix(maps).jacobian(list(base.variables)).det()
    if determinant == 0 or (sympy.count_ops(determinant) < 200 and sympy.simplify(determinant) == 0):
        raise CannotPush(Reason.SINGULAR, "the Jacobian determinant is identically zero")


def _inside_box(base: JointDistribution, inverse: tuple[Any, ...]) -> list[Any]:
    relations: list[Any] = []
    for value, span in zip(inverse, base.spans.values(), strict=True):
        if span.lo != -sympy.oo:
            relations.append(value > span.lo)
        if span.hi != sympy.oo:
            relations.append(value < span.hi)
    return relations


def _conjunction(relations: Sequence[Any]) -> Any:
    """The conjunction, without relations that hold by assumptions given the simple ones (x > 0) among them."""
    flat: list[Any] = []
    for relation in relations:
        flat.extend(relation.args if isinstance(relation, sympy.And) else (relation,))
    flat = list(dict.fromkeys(_simplified(relation) for relation in flat))
    for _ in range(2):
        marks = _signed({relation for relation in flat if relation not in (sympy.true, sympy.false)})
        kept: list[Any] = []
        for relation in flat:
            if relation == sympy.true:
                continue
            if relation == sympy.false:
                return sympy.false
            truth = _decided(relation, marks)
            if truth is False:
                return sympy.false
            if truth is None or _simple(relation):
                kept.append(relation)
        flat = kept
    return sympy.And(*flat, evaluate=False) if len(flat) > 1 else (flat[0] if flat else sympy.true)


def _simple(relation: Any) -> bool:
    """x > 0 or x < 0 for a symbol x."""
    return bool(relation.lhs.is_Symbol and relation.rhs == 0)


def _signed(relations: set[Any]) -> dict[Any, Any]:
    marks: dict[Any, Any] = {}
    for relation in relations:
        if _simple(relation):
            above = isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan))
            fresh = sympy.Dummy("t", positive=True)
            marks[relation.lhs] = fresh if above else -fresh
    return marks


def _decided(relation: Any, marks: Mapping[Any, Any]) -> bool | None:
    """The truth of a strict relation by assumptions, with roots of unknown sign counted positive (they are real there)."""
    difference = (relation.lhs - relation.rhs).subs(dict(marks))
    difference = difference.replace(
        lambda node: node.is_Pow and node.exp.is_Rational and not node.exp.is_Integer and not node.base.is_number,
        lambda node: sympy.Dummy("r", positive=True),
    )
    if difference.is_Add:
        difference = sympy.factor(difference)
    above = isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan))
    if difference.is_positive:
        return above
    if difference.is_negative:
        return not above
    return None


def _simplified(relation: Any) -> Any:
    """A relation with one symbol alone on the left where both sides are linear in it; p/q > 0 stays as it is."""
    if relation in (sympy.true, sympy.false) or isinstance(relation, (sympy.Ne, sympy.Eq, sympy.Or, sympy.Not)):
        return relation
    difference = relation.lhs - relation.rhs
    if difference.is_Mul or difference.is_Add:
        difference = sympy.factor_terms(difference)
    symbols = difference.free_symbols
    if len(symbols) == 1 and difference.is_polynomial(*symbols):
        symbol = symbols.pop()
        if sympy.degree(difference, symbol) == 1:
            slope = difference.diff(symbol)
            bound = -difference.subs(symbol, 0) / slope
            above = isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan)) == bool(slope.is_positive)
            return symbol > bound if above else symbol < bound
    if isinstance(difference, sympy.exp):
        return sympy.true if isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan)) else sympy.false
    return relation


def _branch(
    base: JointDistribution, maps: tuple[Any, ...], variables: tuple[Any, ...], inverse: tuple[Any, ...], condition: Any
) -> JointBranch:
    parts = set(condition.args) if isinstance(condition, sympy.And) else {condition} - {sympy.true, sympy.false}
    marks = _signed({part for part in parts if getattr(part, "lhs", None) in variables})
    undo: dict[Any, Any] = {}
    for x, mark in marks.items():
        undo.update({mark: x} if mark.is_Symbol else {-mark: -x})
    inner = [mark if mark.is_Symbol else -mark for mark in (marks.get(x, x) for x in variables)]
    point = {z: g.subs(marks) for z, g in zip(base.variables, inverse, strict=True)}
    values = [g.replace(sympy.Mod, lambda inside, period: inside) for g in point.values()]
    if any(g.has(sympy.sign, sympy.Abs) for g in values):
        forward = _tidy_determinant(sympy.Matrix(maps).jacobian(list(base.variables)).det())
        size = 1 / forward.subs(point, simultaneous=True)
    else:
        size = sympy.Matrix(values).jacobian(inner).det()
    size = gently(sympy.Abs(_tidy_determinant(size)))
    term = gently(base.density.subs(point, simultaneous=True) * size)
    return JointBranch(
        inverse=tuple(gently(g).subs(undo) for g in point.values()),
        jacobian=size.subs(undo),
        condition=condition,
        density=term.subs(undo),
    )


def _tidy_determinant(expression: Any) -> Any:
    if sympy.count_ops(expression) > 150:
        return expression
    if expression.has(sympy.sin, sympy.cos, sympy.sinh, sympy.cosh):
        expression = sympy.trigsimp(expression)
    return sympy.factor(expression)


def _total(branches: Sequence[JointBranch]) -> tuple[Any, Any]:
    conditions = {branch.condition for branch in branches}
    if len(conditions) == 1:
        terms: dict[Any, int] = {}
        for branch in branches:
            terms[branch.density] = terms.get(branch.density, 0) + 1
        return sympy.Add(*(count * term for term, count in terms.items())), branches[0].condition
    density = sympy.Add(*(sympy.Piecewise((branch.density, branch.condition), (0, True)) for branch in branches))
    return density, sympy.Or(*conditions, evaluate=False)


# -- the check ---------------------------------------------------------------------------------------------------------


def _check(base: JointDistribution, maps: tuple[Any, ...], result: JointDensity) -> int:
    """Samples of the base are found again by exactly one branch, and the density is the sum over the preimages.

    Raises:
        CannotPush: a sample contradicts the result.
    """
    source = random.Random(5)
    tried = 0
    for values in base.domain.samples[:SETTINGS]:
        exact = {symbol: sympy.Rational(str(value)) for symbol, value in values.items()}
        setting = _Setting(base, maps, result, exact)
        for _ in range(POINTS):
            tried += setting.check(source, values)
    if tried < POINTS // 2:
        raise CannotPush(Reason.CHECK_FAILED, f"only {tried} points could be evaluated")
    return tried


class _Setting:
    """The map, the base and the branches at one setting of the parameters, in floating point."""

    def __init__(self, base: JointDistribution, maps: Sequence[Any], result: JointDensity, exact: dict[Any, Any]) -> None:
        self.spans = [(at(span.lo, exact), at(span.hi, exact)) for span in base.spans.values()]
        self.maps = [Compiled(component.subs(exact), base.variables) for component in maps]
        self.base = Compiled(base.density.subs(exact), base.variables)
        self.density = Compiled(result.density.subs(exact), result.variables)
        self.variables = result.variables
        self.branches = [
            (branch.condition.subs(exact), [Compiled(g.subs(exact), result.variables) for g in branch.inverse])
            for branch in result.branches
        ]

    def check(self, source: random.Random, values: Mapping[Any, float]) -> int:
        z = [_drawn(lo, hi, source) for lo, hi in self.spans]
        x = [component(*z) for component in self.maps]
        if not all(map(math.isfinite, x)):
            if any(isinstance(component.high(*z), mpmath.mpc) for component in self.maps):
                raise CannotPush(Reason.UNDEFINED, f"the map is not real at z = {z}")
            return 0
        place = {symbol: sympy.Float(value, 20) for symbol, value in zip(self.variables, x, strict=True)}
        found, total = 0, 0.0
        for condition, inverse in self.branches:
            if not holds(condition, place):
                continue
            back = [g(*x) for g in inverse]
            again = [component(*back) for component in self.maps]
            if not all(_same(one, other) for one, other in zip(again, x, strict=True)):
                raise CannotPush(Reason.CHECK_FAILED, f"an inverse sends {x} to {back}, which is mapped to {again}")
            found += all(_same(one, other) for one, other in zip(back, z, strict=True))
            total += self.base(*back) / abs(self._determinant(back))
        if found != 1:
            raise CannotPush(Reason.CHECK_FAILED, f"{found} branches return z = {z} ({describe(values)})")
        value = self.density(*x)
        if not abs(value - total) <= 1e-6 * abs(total) + 1e-14:
            raise CannotPush(Reason.CHECK_FAILED, f"the density at {x} is {value}, the sum over preimages {total}")
        return 1

    def _determinant(self, z: Sequence[float]) -> float:
        step = mpmath.mpf(10) ** -14
        with mpmath.workdps(40):
            rows = []
            for component in self.maps:
                row = []
                for place in range(len(z)):
                    up, down = [mpmath.mpf(v) for v in z], [mpmath.mpf(v) for v in z]
                    up[place] += step
                    down[place] -= step
                    row.append(mpmath.re(component.high(*up) - component.high(*down)) / (2 * step))
                rows.append(row)
            return float(mpmath.det(mpmath.matrix(rows)))


def _same(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 1e-7 * (1e-3 + abs(wanted))


def _drawn(lo: float, hi: float, source: random.Random) -> float:
    """A point of an interval; on an infinite one, spread over the usual scales."""
    if math.isfinite(lo) and math.isfinite(hi):
        return source.uniform(lo + 0.002 * (hi - lo), hi - 0.002 * (hi - lo))
    if math.isfinite(lo):
        return lo + math.exp(source.gauss(0, 1))
    if math.isfinite(hi):
        return hi - math.exp(source.gauss(0, 1))
    return source.gauss(0, 1.5)
