"""The joint density of Y = f(Z) for several variables: p_Y(x) = sum over preimages z of p_Z(z) / |det Df(z)|."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import mpmath
import sympy

from .elimination import Elimination
from .equations import Equation, determinant
from .evaluation import Compiled, at, digits
from .joint import JointBranch, JointDensity, JointDistribution
from .joint_checking import drawn
from .joint_support import conjunction, gap, signed
from .parameter_domain import assumed_sign
from .refusals import CannotPush, Reason
from .results import Claim, Evidence, Level
from .simplification import gently


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
    if any(component.has(sympy.floor, sympy.ceiling, sympy.frac) for component in maps):
        raise CannotPush(Reason.UNSUPPORTED, "integer parts in a map of several variables")
    equations = [Equation(x, component) for x, component in zip(variables, maps, strict=True)]
    _refuse_singular(base, maps)
    solutions = Elimination(base.spans).solve(equations)
    branches: list[JointBranch] = []
    facts = _facts(base, maps, variables)
    for solution in solutions:
        inverse = tuple(solution.values[z] for z in base.variables)
        relations = [*facts, *solution.conditions, *_inside_box(base, inverse)]
        condition = conjunction(relations)
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
            found = compiled.high(*(drawn(lo, hi, source) for lo, hi in spans))
            if not abs(found) <= mpmath.mpf(10) ** -25:
                return
    raise CannotPush(Reason.SINGULAR, "the Jacobian determinant vanishes at every sampled point")


def _inside_box(base: JointDistribution, inverse: tuple[Any, ...]) -> list[Any]:
    relations: list[Any] = []
    for value, span in zip(inverse, base.spans.values(), strict=True):
        if span.lo != -sympy.oo:
            relations.append(value > span.lo)
        if span.hi != sympy.oo:
            relations.append(value < span.hi)
    return relations


def _branch(
    base: JointDistribution, maps: tuple[Any, ...], variables: tuple[Any, ...], inverse: tuple[Any, ...], condition: Any
) -> JointBranch:
    parts = set(condition.args) if isinstance(condition, sympy.And) else {condition} - {sympy.true, sympy.false}
    marks = signed({part for part in parts if getattr(part, "lhs", None) in variables})
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
