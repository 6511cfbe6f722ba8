"""The density of X = f(Z): pieces, inverses, images, and the sum over branches.

Change of variables, for a map that is piecewise strictly monotone with inverses g_i on the images J_i of its pieces:
p_X(x) = sum over i with x in J_i of p_Z(g_i(x)) |g_i'(x)|.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import sympy

from .checking import check_density
from .distributions import Distribution
from .monotone import MapAnalysis
from .parameter_domain import ParameterDomain, assumed_sign
from .pieces import Peel, Piece, Span, Y
from .refusals import CannotPush, NoClosedInverse, Reason, Refusal, UndeterminedSign
from .results import Atom, Branch, Claim, Density, Evidence, Level
from .signs import assumed_sign_on
from .simplification import gently, on_image, with_known_signs

MOST_CASES = 2
"""How many undetermined signs are answered by a distinction of cases before giving up."""


def pushforward(base: Distribution, map_expression: Any, z: Any, x: Any, *, check: bool = True, atoms: bool = False) -> Density | Refusal:
    """The density of X = f(Z) for Z with the distribution `base`, or why there is none.

    Args:
        base: the distribution of Z, with its parameters' assumptions and constraints.
        map_expression: f, a SymPy expression in `z` and the parameters.
        z: the variable of the map. x: the (real) symbol of the result.
        atoms: whether an answer may have atoms, beside a density of the rest; without it they are a reason to refuse.
        check: whether the independent checker must confirm the result; without it the evidence says so.

    Raises:
        DeriveError: never for a well-formed distribution; every failure to derive is a `Refusal`.
    """
    real = sympy.Symbol(str(getattr(z, "name", "z")), real=True)
    expression = sympy.sympify(map_expression).subs(z, real)
    moved = replace(base, density=base.density.subs(base.variable, real), variable=real)
    try:
        result = _derive(moved, expression, x, atoms=True) if atoms else _by_cases(moved, expression, x, MOST_CASES)
    except CannotPush as problem:
        return problem.refusal
    if not check:
        return result
    confirmed = check_density(moved, expression, result)
    if not confirmed.ok:
        return Refusal(Reason.CHECK_FAILED, confirmed.why)
    return replace(result, evidence=(*result.evidence, *confirmed.evidence))


def _by_cases(base: Distribution, expression: Any, x: Any, left: int) -> Density:
    """The density, distinguishing the cases of a parameter's undetermined sign where needed."""
    try:
        return _derive(base, expression, x)
    except UndeterminedSign as undetermined:
        symbols = undetermined.expression.free_symbols
        if left == 0 or not symbols <= set(base.parameters):
            raise
        return _cases(base, expression, x, undetermined.expression, left - 1)


def _deciding(expression: Any) -> Any:
    """The factor of an expression whose sign is not known."""
    factors = [factor for factor in sympy.Mul.make_args(sympy.factor(expression)) if factor.free_symbols]
    undecided = [factor for factor in factors if not (factor.is_positive or factor.is_negative)]
    base = undecided[0] if len(undecided) == 1 else expression
    return base.base if base.is_Pow and base.exp.is_odd else base


def _cases(base: Distribution, expression: Any, x: Any, undetermined: Any, left: int) -> Density:
    decider = _deciding(undetermined)
    results: list[Density] = []
    for sign in (1, -1):
        if decider.is_Symbol:
            assumptions = {"integer": True} if decider.is_integer else {}
            signed = sympy.Symbol(decider.name, positive=sign > 0, negative=sign < 0, real=True, **assumptions)
            case = _by_cases(base.subs({decider: signed}), expression.subs(decider, signed), x, left)
            results.append(_renamed(case, {signed: decider}))
        else:
            domain = base.domain.assuming(decider, sign)
            results.append(_by_cases(replace(base, constraints=domain.constraints), expression, x, left))
    condition = () if decider.is_nonzero else (sympy.Ne(decider, 0),)
    return _united(results[0], results[1], decider, x, condition)


def _renamed(density: Density, names: dict[Any, Any]) -> Density:
    branches = tuple(
        replace(
            branch,
            piece=branch.piece.subs(names),
            inverse=branch.inverse.subs(names),
            derivative=branch.derivative.subs(names),
            image=branch.image.subs(names),
            density=branch.density.subs(names),
            peels=tuple(Peel(p.value.subs(names), p.expression.subs(names), p.because) for p in branch.peels),
        )
        for branch in density.branches
    )
    return replace(
        density,
        density=density.density.subs(names),
        support=density.support.subs(names),
        branches=branches,
        conditions=tuple(condition.subs(names) for condition in density.conditions),
    )


def _united(positive: Density, negative: Density, decider: Any, x: Any, conditions: tuple[Any, ...]) -> Density:
    """One density from those for a positive and for a negative parameter: with |a| where that is all the difference."""
    size = positive.density.subs(decider, sympy.Abs(decider)) if decider.is_Symbol else positive.density
    if decider.is_Symbol:
        fresh = sympy.Dummy("a", negative=True)
        same = sympy.simplify(size.subs(decider, fresh) - negative.density.subs(decider, fresh)) == 0
    else:
        same = size == negative.density
    density = size if same else sympy.Piecewise((positive.density, decider > 0), (negative.density, True))
    if positive.support == negative.support:
        support = positive.support
    elif all(isinstance(part.support, sympy.Interval) for part in (positive, negative)):
        ends = [
            sympy.Piecewise((one, decider > 0), (other, True)) if one != other else one
            for one, other in (
                (positive.support.start, negative.support.start),
                (positive.support.end, negative.support.end),
            )
        ]
        support = sympy.Interval.open(*ends)
    else:
        raise UndeterminedSign(decider)
    shared = len(positive.branches) == len(negative.branches) and all(
        (one.inverse, one.piece, one.image) == (other.inverse, other.piece, other.image)
        for one, other in zip(positive.branches, negative.branches, strict=True)
    )
    branches = tuple(replace(branch, increasing=None) for branch in positive.branches) if shared else positive.branches
    return Density(
        variable=x,
        density=density,
        support=support,
        branches=branches if shared else (),
        conditions=(*conditions, *positive.conditions),
        evidence=tuple(
            one if one.level is Level.SAMPLED else other
            for one, other in zip(positive.evidence, negative.evidence, strict=True)
        ),
    )


# -- one case --------------------------------------------------------------------------------------------------------------


def _derive(base: Distribution, expression: Any, x: Any, *, atoms: bool = False) -> Density:
    domain = base.domain
    analysis = MapAnalysis(domain)
    z = base.variable
    terms: list[tuple[Span, Any, Piece]] = []
    branches: list[Branch] = []
    flat: list[Atom] = []
    for span, density in _base_parts(base, analysis):
        for piece in analysis.pieces(expression, z, span):
            if piece.constant and atoms:
                flat.append(Atom(piece.image.lo, piece.span.as_set()))
                continue
            if piece.constant:
                raise CannotPush(Reason.ATOM, f"{expression} is {piece.image.lo} on {piece.span}")
            if piece.inverse is None:
                raise NoClosedInverse(expression)
            branch = _branch(piece, _without_abs(density, z, piece.span, analysis), z, x, analysis)
            branches.append(branch)
            terms.append((piece.image, branch.density, piece))
    if not terms:
        return Density(x, sympy.S.Zero, sympy.S.EmptySet, (), (), (), tuple(flat))
    density, support = _assemble([(image, term) for image, term, _ in terms], x, domain)
    return Density(x, density, support, tuple(branches), (), _structural_evidence([t[2] for t in terms], domain), tuple(flat))


def _base_parts(base: Distribution, analysis: MapAnalysis) -> list[tuple[Span, Any]]:
    """The base's density as one formula on each of the intervals that make up its support."""
    parts: list[tuple[Span, Any]] = []
    for span in base.spans:
        if base.density.has(sympy.Piecewise):
            parts.extend(_formula_parts(base.density, base.variable, span, analysis))
        else:
            parts.append((span, base.density))
    return parts


def _formula_parts(density: Any, z: Any, span: Span, analysis: MapAnalysis) -> list[tuple[Span, Any]]:
    hidden = {node: sympy.Dummy() for node in density.atoms(sympy.Abs)}
    parts = analysis.resolved(density.subs(hidden), z, span)
    return [(part, formula.subs({mark: node for node, mark in hidden.items()})) for part, formula in parts if formula != 0]


def _without_abs(density: Any, z: Any, span: Span, analysis: MapAnalysis) -> Any:
    """|u| in the base's density written as u or -u where its sign is known on the whole piece."""
    known: dict[Any, Any] = {}
    for node in density.atoms(sympy.Abs, sympy.sign):
        try:
            table = analysis.signs(node.args[0], z, span)
        except CannotPush:
            continue
        if len(table) == 1:
            known[node] = node.args[0] * table[0][1] if isinstance(node, sympy.Abs) else sympy.Integer(table[0][1])
    return density.subs(known)


def _branch(piece: Piece, density: Any, z: Any, x: Any, analysis: MapAnalysis) -> Branch:
    domain = analysis.domain

    @cache
    def sign_of(part: Any) -> int | None:
        return assumed_sign_on(part, x, piece.image) if part.has(x) else assumed_sign(part)

    def signed(expression: Any) -> Any:
        written = with_known_signs(expression, sign_of)
        return written if written == expression else on_image(written, x, piece.image, domain, gently)

    def tidy(expression: Any) -> Any:
        return signed(on_image(expression.subs(Y, x), x, piece.image, domain, gently))

    inverse = tidy(piece.inverse)
    slope = on_image(piece.inverse.subs(Y, x), x, piece.image, domain, lambda g: g).diff(x)
    slope = signed(on_image(slope, x, piece.image, domain, gently))
    size = slope if piece.increasing else -slope
    term = signed(on_image(density.subs(z, inverse) * size, x, piece.image, domain, gently))
    peels = tuple(Peel(tidy(peel.value), peel.expression, peel.because) for peel in _shortened(piece.peels, z))
    return Branch(piece.span.as_set(), inverse, slope, piece.image.as_set(), piece.increasing, term, peels)


def _shortened(peels: Sequence[Peel], z: Any) -> list[Peel]:
    """Without equations that repeat the one before."""
    kept: list[Peel] = []
    for peel in peels:
        if kept and (kept[-1].value, kept[-1].expression) == (peel.value, peel.expression):
            continue
        kept.append(peel)
    return kept


def _structural_evidence(pieces: Sequence[Piece], domain: ParameterDomain) -> tuple[Evidence, ...]:
    proved = Level.PROVED if all(piece.proved for piece in pieces) and not domain.sampled else Level.SAMPLED
    signs = Level.SAMPLED if domain.sampled else Level.PROVED
    uncertain = ", ".join(sorted(map(str, domain.sampled)))
    return (
        Evidence(Claim.INVERSE, proved),
        Evidence(Claim.MONOTONE, signs),
        Evidence(Claim.COVER, signs),
        Evidence(Claim.DERIVATIVE, Level.PROVED),
        Evidence(Claim.SIGNS, signs, uncertain),
    )


# -- the sum over branches ---------------------------------------------------------------------------------------------


def _assemble(terms: Sequence[tuple[Span, Any]], x: Any, domain: ParameterDomain) -> tuple[Any, Any]:
    """The density on its support: for every interval between the images' ends, the sum of the terms that reach it."""
    try:
        edges = _ordered([end for image, _ in terms for end in (image.lo, image.hi)], domain)
    except UndeterminedSign:
        return _unordered(terms, x)
    cells: list[tuple[Span, Any]] = []
    for lo, hi in zip(edges, edges[1:], strict=False):
        here = [
            term for image, term in terms if domain.compare(image.lo, lo) <= 0 and domain.compare(image.hi, hi) >= 0
        ]
        if not here:
            continue
        cell = Span(lo, hi)
        total = here[0] if len(here) == 1 else on_image(_sum(here), x, cell, domain, gently)
        if cells and cells[-1][0].hi == lo:
            joined = _joined(cells[-1], (cell, total), x, domain)
            if joined is not None:
                cells[-1] = joined
                continue
        cells.append((cell, total))
    return _as_piecewise(cells, x), _as_set([cell for cell, _ in cells])


def _sum(terms: Sequence[Any]) -> Any:
    collected: dict[Any, int] = {}
    for term in terms:
        collected[term] = collected.get(term, 0) + 1
    return sympy.Add(*(count * term for term, count in collected.items()))


def _ordered(ends: Sequence[Any], domain: ParameterDomain) -> list[Any]:
    found: list[Any] = []
    for end in ends:
        place = 0
        for known in found:
            order = domain.compare(end, known)
            if order == 0:
                break
            place += order > 0
        else:
            found.insert(place, end)
    return found


def _joined(left: tuple[Span, Any], right: tuple[Span, Any], x: Any, domain: ParameterDomain) -> tuple[Span, Any] | None:
    """Two neighbouring cells as one where they hold one formula, or mirror images (then in |x|)."""
    span = Span(left[0].lo, right[0].hi)
    if left[1] == right[1]:
        return span, left[1]
    if left[0].hi != 0:
        return None
    positive = sympy.Dummy("t", positive=True)
    first, second = left[1].subs(x, -positive), right[1].subs(x, positive)
    if first == second or gently(first) == gently(second):
        return span, second.subs(positive, sympy.Abs(x))
    return None


def _as_piecewise(cells: Sequence[tuple[Span, Any]], x: Any) -> Any:
    if len(cells) == 1:
        return cells[0][1]
    cases: list[tuple[Any, Any]] = []
    for place, (span, term) in enumerate(cells):
        if place and cells[place - 1][0].hi != span.lo:
            cases.append((sympy.S.Zero, x <= span.lo))
        cases.append((term, sympy.true if place == len(cells) - 1 else x < span.hi))
    return sympy.Piecewise(*cases)


def _as_set(spans: Sequence[Span]) -> Any:
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].hi == span.lo:
            merged[-1] = Span(merged[-1].lo, span.hi)
        else:
            merged.append(span)
    parts = [span.as_set() for span in merged]
    return parts[0] if len(parts) == 1 else sympy.Union(*parts, evaluate=False)


def _unordered(terms: Sequence[tuple[Span, Any]], x: Any) -> tuple[Any, Any]:
    """The sum of the branches, each zero outside its image: where the ends cannot be put in order."""
    density = sympy.Add(
        *(
            sympy.Piecewise((term, sympy.And(x > image.lo, x < image.hi)), (0, True))
            for image, term in terms
        )
    )
    return density, sympy.Union(*(image.as_set() for image, _ in terms), evaluate=False)
