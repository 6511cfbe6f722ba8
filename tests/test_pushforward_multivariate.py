"""Joint densities and marginals against weighted sampling that only uses the base and the map.

The probability of a small box is estimated from 300 000 points drawn from a simple proposal and weighted by the base density, and
compared with the integral of the engine's density over the box. `tests/pushforward_joint_corpus.json` holds the cases; a fixed
selection runs by default, all of them with DERIVE_WHOLE_CORPUS=1.
"""

from __future__ import annotations

import itertools
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from derivations.topics.pushforward import Reason, Refusal
from derivations.topics.pushforward.joint import JointDensity, JointDistribution
from derivations.topics.pushforward.joint_checking import confirmed
from derivations.topics.pushforward.joint_pushforward import joint_pushforward
from derivations.topics.pushforward.refusals import CannotPush

CORPUS = json.loads((Path(__file__).parent / "pushforward_joint_corpus.json").read_text(encoding="utf-8"))
WHOLE = bool(os.environ.get("DERIVE_WHOLE_CORPUS"))
_HARD = {"sphere", "bm", "polar", "dir", "ordu", "ratn", "sumu", "sqc", "mat2", "alr", "frank", "prodqn", "chol", "leaky"}
_CHOSEN = [case for place, case in enumerate(CORPUS) if WHOLE or place % 9 == 0 or case["id"] in _HARD]


def _read(case: dict[str, Any]) -> tuple[JointDistribution, list[Any], list[Any], dict[str, Any]]:
    parameters = {name: sympy.Symbol(name, **facts) for name, facts in case["params"].items()}
    zs = [sympy.Symbol(f"z{place + 1}", real=True) for place in range(len(case["support"]))]
    xs = [sympy.Symbol(f"x{place + 1}", real=True) for place in range(len(case["map"]))]
    known = {**parameters, **{symbol.name: symbol for symbol in zs + xs}}
    base = JointDistribution(
        tuple(zs),
        sympy.sympify(case["density"], locals=known),
        tuple(sympy.sympify(part, locals=known) for part in case["support"]),
        tuple(parameters.values()),
        tuple(sympy.sympify(text, locals=known) for text in case["constraints"]),
    )
    return base, [sympy.sympify(component, locals=known) for component in case["map"]], xs, parameters


def _setting(case: dict[str, Any], parameters: dict[str, Any]) -> dict[Any, float]:
    choices = [[(symbol, value) for value in (1.3, 0.6, 2.2, -0.4)] for symbol in parameters.values()]
    constraints = [sympy.sympify(text, locals=dict(parameters)) for text in case["constraints"]]
    for values in itertools.product(*choices):
        admissible = all(not (symbol.is_positive and value < 0) for symbol, value in values)
        distinct = len({value for _, value in values}) == len(values) or len(values) > 4
        if admissible and distinct and all(constraint.subs(dict(values)) == sympy.true for constraint in constraints):
            return dict(values)
    raise LookupError(case["id"])


def _weighted_images(base: JointDistribution, maps: list[Any], values: dict[Any, float]) -> tuple[Any, Any]:
    """Images of 300 000 points of a proposal and their weights."""
    source = np.random.default_rng(11)
    points, weight = [], np.ones(300_000)
    for part in base.support:
        lo, hi = float(part.start), float(part.end)
        u = source.random(300_000)
        if math.isinf(lo):
            drawn = source.normal(0, 1.5, 300_000)
            weight *= 1.5 * math.sqrt(2 * math.pi) * np.exp(drawn**2 / 4.5)
        elif math.isinf(hi):
            drawn = 2 * u / (1 - u)
            weight *= (2 + drawn) ** 2 / 2
        else:
            drawn = lo + (hi - lo) * u
            weight *= hi - lo
        points.append(drawn)
    with np.errstate(all="ignore"):
        density = sympy.lambdify(base.variables, base.density.subs(values), modules=["scipy", "numpy"])(*points)
        images = [sympy.lambdify(base.variables, f.subs(values), modules=["scipy", "numpy"])(*points) for f in maps]
    return np.array([np.broadcast_to(image, weight.shape) for image in images]), weight * density


def _check_boxes(result: JointDensity, images: Any, weights: Any, values: dict[Any, float]) -> int:
    """Compares boxes of the smallest size that holds enough samples; returns how many lay inside the support."""
    return next((n for size in (0.08, 0.02, 0.2, 0.5) if (n := _compared(result, images, weights, values, size))), 0)


def _compared(result: JointDensity, images: Any, weights: Any, values: dict[Any, float], size: float) -> int:
    nodes, gauss = np.polynomial.legendre.leggauss(6 if len(images) < 3 else 4)
    total = weights / len(weights)
    order = np.random.default_rng(4).choice(len(weights), size=60, p=np.maximum(weights, 0) / weights.sum())
    widths = [size * (np.quantile(row[order], 0.8) - np.quantile(row[order], 0.2)) for row in images]
    compared = 0
    for place in order:
        centre = images[:, place]
        corners = [
            result.at([c + s * w for c, s, w in zip(centre, signs, widths, strict=True)], values)
            for signs in itertools.product((-1, 1), repeat=len(centre))
        ]
        heights = [*corners, result.at(list(centre), values)]
        if min(heights) <= 0 or max(heights) > (2 if len(images) < 3 else 6) * min(heights):
            continue
        inside = np.all(np.abs(images - centre[:, None]) < np.array(widths)[:, None], axis=0)
        hits = total[inside]
        estimate, spread = hits.sum(), math.sqrt((hits**2).sum())
        if inside.sum() < 25:
            continue
        integral = 0.0
        for choice in itertools.product(range(len(nodes)), repeat=len(centre)):
            point = [c + w * nodes[k] for c, w, k in zip(centre, widths, choice, strict=True)]
            integral += math.prod(gauss[k] * w for k, w in zip(choice, widths, strict=True)) * result.at(point, values)
        assert abs(integral - estimate) < 5 * spread + 0.005 * estimate, (centre, integral, estimate)
        compared += 1
        if compared == 2:
            break
    return compared


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"], marks=pytest.mark.slow if place % 2 else ()) for place, case in enumerate(_CHOSEN)])
def test_boxes_have_the_probability_that_weighted_samples_give(case: dict[str, Any]) -> None:
    base, maps, xs, parameters = _read(case)
    result = joint_pushforward(base, maps, xs)
    if case["kind"] == "refusal":
        assert isinstance(result, Refusal)
        return
    if case["kind"] == "density_or_refusal" and isinstance(result, Refusal):
        return
    assert isinstance(result, JointDensity), str(result)
    values = _setting(case, parameters)
    images, weights = _weighted_images(base, maps, values)
    assert _check_boxes(result, images, weights, values) > 0


z1, z2, z3 = sympy.symbols("z1:4", real=True)
x1, x2, x3 = sympy.symbols("x1:4", real=True)
_unit = sympy.Interval.open(0, 1)
_line = sympy.Interval.open(-sympy.oo, sympy.oo)
_square = JointDistribution((z1, z2), sympy.S.One, (_unit, _unit))
_plane = JointDistribution((z1, z2), sympy.exp(-(z1**2 + z2**2) / 2) / (2 * sympy.pi), (_line, _line))


def test_box_muller_gives_two_independent_normals() -> None:
    radius = sympy.sqrt(-2 * sympy.log(z1))
    maps = [radius * sympy.cos(2 * sympy.pi * z2), radius * sympy.sin(2 * sympy.pi * z2)]
    result = joint_pushforward(_square, maps, [x1, x2])
    assert isinstance(result, JointDensity)
    assert sympy.simplify(result.density - sympy.exp(-(x1**2 + x2**2) / 2) / (2 * sympy.pi)) == 0
    assert result.at([0.3, -1.2]) == pytest.approx(math.exp(-(0.09 + 1.44) / 2) / (2 * math.pi))


def test_the_sum_of_two_uniforms_is_triangular() -> None:
    result = joint_pushforward(_square, [z1 + z2], [x1])
    assert isinstance(result, JointDensity)
    assert [result.at([point]) for point in (-0.1, 0.25, 1.5, 2.1)] == pytest.approx([0, 0.25, 0.5, 0])


@pytest.mark.parametrize(
    ("base", "maps", "reason"),
    [
        (_plane, [z1 + z2, 2 * z1 + 2 * z2], Reason.SINGULAR),
        (_plane, [z1, z2, z1 + z2], Reason.SINGULAR),
        (_plane, [z1, sympy.S(3)], Reason.SINGULAR),
        (_plane, [sympy.Max(z1, 0), z2], Reason.SINGULAR),
        (_plane, [sympy.log(z1), z2], Reason.UNDEFINED),
        (_plane, [z1 + sympy.tanh(z2), z2 * sympy.exp(z1)], Reason.NO_CLOSED_INVERSE),
        (_plane, [z1 * z2], Reason.DIMENSION),
        (_plane, [sympy.floor(z1), z2], Reason.UNSUPPORTED),
    ],
)
def test_no_joint_density_is_invented(base: JointDistribution, maps: list[Any], reason: Reason) -> None:
    result = joint_pushforward(base, maps, [x1, x2, x3][: len(maps)])
    assert isinstance(result, Refusal)
    assert result.reason is reason


@pytest.mark.parametrize("maps", [[z1**2, z2], [z1 + z2, z1 - z2], [sympy.exp(z1), z2 * z1]])
def test_the_check_refuses_a_lost_branch_and_a_wrong_factor(maps: list[Any]) -> None:
    right = joint_pushforward(_plane, maps, [x1, x2])
    assert isinstance(right, JointDensity)
    assert confirmed(_plane, tuple(maps), right) > 0
    wrong = JointDensity((x1, x2), right.density * sympy.Rational(1001, 1000), right.support, right.branches)
    with pytest.raises(CannotPush, match="the sum over preimages"):
        confirmed(_plane, tuple(maps), wrong)
    fewer = JointDensity((x1, x2), right.density, right.support, right.branches[1:])
    with pytest.raises(CannotPush, match="0 branches return|only 0 points|not confirm"):
        confirmed(_plane, tuple(maps), fewer)
