"""The joint density of Y = f(Z) for several variables: p_Y(x) = sum over preimages z of p_Z(z) / |det Df(z)|."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import mpmath
import sympy

from .elimination import Elimination, Equation, determinant
from .evaluation import Compiled, at, digits
from .parameter_domain import ParameterDomain, assumed_sign, describe
from .pieces import Span
from .refusals import CannotPush, Reason, Refusal
from .results import Claim, Evidence, Level
from .simplification import gently

SETTINGS = 2
POINTS = 40
SMALLEST = 1e-18
"""Determinants below this are lost in the differences that they are computed from."""


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
        inside = compiled_condition(self.support.subs(values), self.variables)
        if not inside([mpmath.mpf(value) for value in point]):
            return 0.0
        symbols = tuple(values)
        compiled = Compiled(self.density, (*self.variables, *symbols))
        return compiled.precise(*point, *(values[symbol] for symbol in symbols))


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
        tried = confirmed(base, maps, result)
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
    facts = _facts(base, maps, variables)
    for solution in solutions:
        inverse = tuple(solution.values[z] for z in base.variables)
        relations = [*facts, *solution.conditions, *_inside_box(base, inverse)]
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


def _facts(base: JointDistribution, maps: tuple[Any, ...], variables: tuple[Any, ...]) -> list[Any]:
    """x_i > 0, x_i < 0 or x_i < 1 where the component says so on the whole box: true of every image point."""
    marks: dict[Any, Any] = {}
    for z, span in base.spans.items():
        fresh = sympy.Dummy("t", positive=True)
        if span.lo.is_nonnegative:
            marks[z] = 1 / (1 + fresh) if (span.lo, span.hi) == (0, 1) else fresh
    found: list[Any] = []
    for x, component in zip(variables, maps, strict=True):
        written = component.subs(marks)
        sign = _certain_sign(written)
        if sign > 0:
            found.append(x > 0)
            if _certain_sign(1 - written) > 0:
                found.append(x < 1)
        elif sign < 0:
            found.append(x < 0)
    return found


def _certain_sign(expression: Any) -> int:
    if sympy.count_ops(expression) > 60:
        return 0
    for form in (expression, sympy.factor(sympy.together(expression))):
        sign = assumed_sign(form)
        if sign:
            return sign
    return 0


def _nonzero(maps: tuple[Any, ...], base: JointDistribution) -> tuple[Any, ...]:
    """Ne(determinant, 0) where the determinant of a linear map depends on undeclared parameters."""
    value = determinant(sympy.Matrix(maps).jacobian(list(base.variables)))
    if not value.free_symbols or value.free_symbols & set(base.variables) or value.is_nonzero:
        return ()
    value = sympy.factor(value)
    free = value.free_symbols
    if not free or free & set(base.variables) or value.is_nonzero:
        return ()
    try:
        base.domain.sign(value)
        return ()
    except CannotPush:
        return (sympy.Ne(value, 0),)


def _refuse_singular(base: JointDistribution, maps: tuple[Any, ...]) -> None:
    """Raises if the Jacobian determinant vanishes at every sampled point of the box."""
    if any(component.has(sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.Piecewise) for component in maps):
        return
    value = determinant(sympy.Matrix(maps).jacobian(list(base.variables)))
    source = random.Random(3)
    for values in base.domain.samples[:3]:
        exact = digits(values)
        compiled = Compiled(value.subs(exact), base.variables)
        spans = [(at(span.lo, exact), at(span.hi, exact)) for span in base.spans.values()]
        for _ in range(4):
            found = compiled.high(*(_drawn(lo, hi, source) for lo, hi in spans))
            if not abs(found) <= mpmath.mpf(10) ** -25:
                return
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
    """The conjunction of strict relations, reduced: what holds almost everywhere is left out, known factors are dropped."""
    flat: list[Any] = []
    for relation in relations:
        flat.extend(relation.args if isinstance(relation, sympy.And) else (relation,))
    flat = list(dict.fromkeys(_simplified(relation) for relation in flat))
    for _ in range(2):
        marks = _confined([relation for relation in flat if relation not in (sympy.true, sympy.false)])
        kept: dict[Any, None] = {}
        for relation in flat:
            if relation == sympy.false:
                return sympy.false
            if relation == sympy.true:
                continue
            reduced = relation if _simple(relation) else _reduced(relation, marks)
            if reduced == sympy.false:
                return sympy.false
            if reduced != sympy.true:
                kept[reduced] = None
        flat = list(kept)
    return sympy.And(*flat, evaluate=False) if len(flat) > 1 else (flat[0] if flat else sympy.true)


def gap(relation: Any) -> Any:
    """The expression that a strict relation states to be positive."""
    difference = relation.lhs - relation.rhs
    return difference if isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan)) else -difference


def _reduced(relation: Any, marks: Mapping[Any, Any]) -> Any:
    """A relation without the factors whose sign is known."""
    if isinstance(relation, (sympy.Or, sympy.Not, sympy.Eq, sympy.Ne)):
        return relation
    positive = _unwrapped(gap(relation))
    known = _sign_almost_everywhere(positive, marks)
    if known is not None:
        return sympy.true if known else sympy.false
    if sympy.count_ops(positive) > 60 or positive.has(sympy.Mod, sympy.atan2):
        return relation
    sign, unknown = 1, []
    for factor in sympy.Mul.make_args(sympy.factor(sympy.together(positive))):
        base, exponent = factor.as_base_exp()
        truth = _sign_almost_everywhere(factor, marks)
        if truth is not None:
            sign *= 1 if truth else -1
        else:
            unknown.append(base if exponent.is_odd else factor)
    rest = sympy.Mul(*unknown)
    rest = sympy.expand(sign * rest) if len(unknown) == 1 else sign * rest
    return _simplified(rest > 0)


def _unwrapped(positive: Any) -> Any:
    """1 - exp(u) is positive where -u is, exp(u) - 1 where u is."""
    for sign in (1, -1):
        wave = sympy.expand(1 - sign * positive)
        if isinstance(wave, sympy.exp):
            return sympy.expand(-sign * wave.args[0])
    return positive


def _sign_almost_everywhere(expression: Any, marks: Mapping[Any, Any]) -> bool | None:
    """Whether an expression is positive (True) or negative (False) but for a set of measure zero; None if not known.

    Roots count as positive (where they are real); an angle lies in (-pi, pi); a remainder lies between 0 and its modulus.
    """
    written = expression.replace(
        lambda node: node.is_Pow and node.exp.is_Rational and not node.exp.is_Integer and not node.base.is_number,
        lambda node: sympy.Dummy("r", positive=True),
    ).subs(dict(marks))
    written = written.replace(sympy.Mod, lambda _, period: period / (1 + sympy.Dummy("m", positive=True)))
    turn = sympy.Dummy("a", positive=True)
    written = written.replace(sympy.atan2, lambda *_: sympy.pi * (1 - turn) / (1 + turn))
    forms = [written]
    if sympy.count_ops(written) < 60:
        forms.append(sympy.factor(sympy.together(written)))
    for form in forms:
        if form.is_nonnegative and form != 0:
            return True
        if form.is_nonpositive and form != 0:
            return False
    return None


def _simple(relation: Any) -> bool:
    """x > 0, x < 0 or x < 1 for a symbol x."""
    below = isinstance(relation, (sympy.StrictLessThan, sympy.LessThan))
    return bool(relation.lhs.is_Symbol and (relation.rhs == 0 or (relation.rhs == 1 and below)))


def _signed(relations: Iterable[Any]) -> dict[Any, Any]:
    """Expressions in positive symbols that stand for symbols of known sign."""
    marks: dict[Any, Any] = {}
    for relation in relations:
        if _simple(relation) and relation.rhs == 0:
            above = isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan))
            fresh = sympy.Dummy("t", positive=True)
            marks[relation.lhs] = fresh if above else -fresh
    return marks


def _confined(relations: Iterable[Any]) -> dict[Any, Any]:
    """As `_signed`, with 1/(1 + t) for symbols between 0 and 1."""
    marks = _signed(relations)
    for relation in relations:
        if _simple(relation) and relation.rhs == 1 and relation.lhs in marks:
            marks[relation.lhs] = 1 / (1 + marks[relation.lhs])
    return marks


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
    return relation.canonical


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
        forward = _tidy_determinant(determinant(sympy.Matrix(maps).jacobian(list(base.variables))))
        size = 1 / forward.subs(point, simultaneous=True)
    else:
        size = determinant(sympy.Matrix(values).jacobian(inner))
    size = gently(_absolute(_tidy_determinant(size), [gap(part).subs(marks) for part in parts if hasattr(part, "lhs")]))
    term = base.density.subs(point, simultaneous=True) * size
    if term.has(sympy.sin) and term.has(sympy.cos) and sympy.count_ops(term) < 80:
        term = term.replace(sympy.exp, lambda g: sympy.exp(sympy.trigsimp(g)))
    term = gently(term)
    return JointBranch(
        inverse=tuple(gently(g).subs(undo) for g in point.values()),
        jacobian=size.subs(undo),
        condition=condition,
        density=term.subs(undo),
    )


def _absolute(expression: Any, positive: Sequence[Any]) -> Any:
    """|expression| where every root counts as positive and every function value as real (they are, on the support).

    `positive` are expressions known to be positive.
    """
    shown: dict[Any, Any] = {}

    def hidden(node: Any) -> Any:
        positive = node.is_Pow or isinstance(node, sympy.exp)
        mark = sympy.Dummy("v", positive=True) if positive else sympy.Dummy("v", real=True)
        shown[mark] = node
        return mark

    written = expression.replace(
        lambda node: (node.is_Pow and not node.exp.is_Integer) or (node.is_Function and not node.is_real), hidden
    )
    size = sympy.Abs(written)
    for node in size.atoms(sympy.Abs):
        for known in positive:
            for sign in (1, -1):
                if sympy.expand(node.args[0] - sign * known) == 0:
                    size = size.subs(node, known)
    while size.free_symbols & set(shown):
        size = size.subs(shown)
    return size


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


def confirmed(base: JointDistribution, maps: tuple[Any, ...], result: JointDensity) -> int:
    """Samples of the base are found again by exactly one branch, and the density is the sum over the preimages.

    Raises:
        CannotPush: a sample contradicts the result.
    """
    source = random.Random(5)
    tried = 0
    for values in base.domain.samples[:SETTINGS]:
        exact = digits(values)
        setting = _Setting(base, maps, result, exact)
        images: list[list[Any]] = []
        for _ in range(POINTS):
            image = setting.check(source, values)
            images.extend([image] if image else [])
        setting.check_elsewhere(images, source)
        tried += len(images)
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
            (
                compiled_condition(branch.condition.subs(exact), result.variables),
                [Compiled(g.subs(exact), result.variables) for g in branch.inverse],
            )
            for branch in result.branches
        ]

    def check(self, source: random.Random, values: Mapping[Any, float]) -> list[Any] | None:
        """The image of a sampled point of the base, checked; None where it cannot be evaluated."""
        z = [mpmath.mpf(_drawn(lo, hi, source)) for lo, hi in self.spans]
        x = [component.high(*z) for component in self.maps]
        if not all(_is_real(value) for value in x):
            if any(isinstance(value, mpmath.mpc) for value in x):
                raise CannotPush(Reason.UNDEFINED, f"the map is not real at z = {_shown(z)}")
            return None
        x = [mpmath.re(value) for value in x]
        found, total = 0, mpmath.mpf(0)
        for condition, inverse in self.branches:
            if not condition(x):
                continue
            back = [g.high(*x) for g in inverse]
            again = [component.high(*back) for component in self.maps]
            if not all(_same(one, other) for one, other in zip(again, x, strict=True)):
                where = f"an inverse sends {_shown(x)} to {_shown(back)}, which is mapped to {_shown(again)}"
                raise CannotPush(Reason.CHECK_FAILED, where)
            found += all(_same(one, other) for one, other in zip(back, z, strict=True))
            determinant = abs(self._determinant(back))
            if determinant < SMALLEST:
                return None
            total += self.base.high(*back) / determinant
        if found != 1:
            raise CannotPush(Reason.CHECK_FAILED, f"{found} branches return z = {_shown(z)} ({describe(values)})")
        value = self.density.high(*x)
        if not abs(value - total) <= 1e-8 * abs(total) + mpmath.mpf(10) ** -30:
            where = f"the density at {_shown(x)} is {value}, the sum over preimages {total}"
            raise CannotPush(Reason.CHECK_FAILED, where)
        return x

    def check_elsewhere(self, images: Sequence[Sequence[Any]], source: random.Random) -> None:
        """Where a branch claims a point that was not met as an image, it must still return a preimage in the box."""
        for image in images:
            for factor in (0.7, 1.3, -1):
                x = [value * (1 + (factor - 1) * source.randint(0, 1)) for value in image]
                for condition, inverse in self.branches:
                    if not condition(x):
                        continue
                    back = [g.high(*x) for g in inverse]
                    if not all(_is_real(value) for value in back):
                        raise CannotPush(Reason.CHECK_FAILED, f"an inverse is not real at {_shown(x)} in its support")
                    inside = all(lo <= mpmath.re(v) <= hi for v, (lo, hi) in zip(back, self.spans, strict=True))
                    again = [component.high(*back) for component in self.maps]
                    if not inside or not all(_same(one, other) for one, other in zip(again, x, strict=True)):
                        raise CannotPush(Reason.CHECK_FAILED, f"{_shown(x)} is in the support but not in the image")

    def _determinant(self, z: Sequence[Any]) -> Any:
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
            return mpmath.det(mpmath.matrix(rows))


def _is_real(value: Any) -> bool:
    """Whether an mpmath value is finite and real."""
    size = mpmath.mpf(10) ** -30 * (1 + abs(mpmath.re(value)))
    return bool(mpmath.isfinite(value)) and bool(abs(mpmath.im(value)) <= size)


def _shown(values: Sequence[Any]) -> str:
    return "(" + ", ".join(mpmath.nstr(value, 6) for value in values) + ")"


def _same(found: Any, wanted: Any) -> bool:
    return _is_real(found) and bool(abs(found - wanted) <= 1e-12 * (1e-6 + abs(wanted)))


def compiled_condition(condition: Any, variables: Sequence[Any]) -> Callable[[Sequence[Any]], bool]:
    """A Boolean condition as a function of 40-digit numbers; a side that is not real makes a relation false."""
    match condition:
        case sympy.And():
            parts = [compiled_condition(part, variables) for part in condition.args]
            return lambda point: all(part(point) for part in parts)
        case sympy.Or():
            parts = [compiled_condition(part, variables) for part in condition.args]
            return lambda point: any(part(point) for part in parts)
        case sympy.Not():
            inner = compiled_condition(condition.args[0], variables)
            return lambda point: not inner(point)
    if condition in (sympy.true, sympy.false):
        return lambda _: condition == sympy.true
    if isinstance(condition, (sympy.Eq, sympy.Ne)):
        return lambda _: isinstance(condition, sympy.Ne)
    above = isinstance(condition, (sympy.StrictGreaterThan, sympy.GreaterThan))
    gap = Compiled(condition.lhs - condition.rhs if above else condition.rhs - condition.lhs, variables)

    def positive(point: Sequence[Any]) -> bool:
        value = gap.high(*point)
        return _is_real(value) and bool(mpmath.re(value) > 0)

    return positive


def _drawn(lo: float, hi: float, source: random.Random) -> float:
    """A point of an interval; on an infinite one, spread over the usual scales."""
    if math.isfinite(lo) and math.isfinite(hi):
        return source.uniform(lo + 0.002 * (hi - lo), hi - 0.002 * (hi - lo))
    if math.isfinite(lo):
        return lo + math.exp(source.gauss(0, 1))
    if math.isfinite(hi):
        return hi - math.exp(source.gauss(0, 1))
    return source.gauss(0, 1.5)
