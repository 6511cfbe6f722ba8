"""Densities of functions of one variable against an oracle that only uses the base and the map.

The oracle finds every preimage of a value by scanning the map over the base's mass and closing in on sign changes, and adds up
p(z)/|f'(z)| with numerical derivatives. `tests/pushforward_corpus.json` holds the cases (mostly relations of Leemis & McQueston
2008 and layers of normalising flows); a fixed selection runs by default, all of them with DERIVE_WHOLE_CORPUS=1.
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
from scipy.optimize import brentq

from derivations.language.errors import DeriveError
from derivations.topics.pushforward import (
    Because,
    Claim,
    Density,
    Distribution,
    Level,
    Reason,
    Refusal,
    beta_distribution,
    check_density,
    exponential,
    laplace,
    normal,
    pushforward,
    triangular,
    uniform,
)

CORPUS = json.loads((Path(__file__).parent / "pushforward_corpus.json").read_text(encoding="utf-8"))
WHOLE = bool(os.environ.get("DERIVE_WHOLE_CORPUS"))
z, x = sympy.Symbol("z", real=True), sympy.Symbol("x", real=True)


def _read(case: dict[str, Any]) -> tuple[Distribution, Any, dict[str, Any]]:
    names = {name: sympy.Symbol(name, **facts) for name, facts in case["params"].items()}
    known = {**names, "z": z, "x": x}
    constraints = tuple(sympy.sympify(text, locals=known) for text in case["constraints"])
    base = Distribution(
        case["id"], {}, sympy.sympify(case["density"], locals=known), sympy.sympify(case["support"], locals=known), z
    ).with_parameters(set(names.values()), constraints)
    return base, sympy.sympify(case["map"], locals=known), names


# -- the oracle ------------------------------------------------------------------------------------------------------------


def _setting(case: dict[str, Any], names: dict[str, Any]) -> dict[Any, Any]:
    """Parameter values that satisfy assumptions and constraints."""
    choices = []
    for place, (name, facts) in enumerate(case["params"].items()):
        if facts.get("integer"):
            size = [2, 4] if facts.get("even") else [3, 5]
        else:
            size = [[1.3, 0.6, 2.1], [0.7, 1.9, 0.4], [2.2, 0.5, 1.2]][place % 3]
        sign = -1 if facts.get("negative") else 1
        choices.append([(names[name], sign * value) for value in size])
    known = {**names}
    constraints = [sympy.sympify(text, locals=known) for text in case["constraints"]]
    for values in itertools.product(*choices):
        if all(constraint.subs(dict(values)) == sympy.true for constraint in constraints):
            return dict(values)
    raise LookupError(case["id"])


def _function(expression: Any) -> Any:
    compiled = sympy.lambdify([z], expression, modules=[{"frac": lambda v: v - np.floor(v)}, "scipy", "numpy"])

    def value(point: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.real(np.asarray(compiled(np.asarray(point, dtype=float)) + 0.0 * np.asarray(point)))

    return value


def _grid(support: Any, density: Any) -> tuple[np.ndarray, np.ndarray]:
    """A fine grid over the support, and points of equal mass from the base's own distribution function."""
    pieces, quantiles = [], []
    for part in support.args if isinstance(support, sympy.Union) else (support,):
        lo, hi = float(part.start), float(part.end)
        u = np.linspace(0, 1, 40001)[1:-1]
        if math.isinf(lo) and math.isinf(hi):
            points = 5 * np.tan(np.pi * (u - 0.5))
        elif math.isinf(hi):
            points = lo + (u / (1 - u)) ** 2
        else:
            points = lo + (hi - lo) * u**2 * (3 - 2 * u)
        mass = np.nancumsum(np.where(np.isfinite(density(points)), density(points), 0) * np.gradient(points))
        ends = [end + side * 10.0**-k for end, side in ((lo, 1), (hi, -1)) for k in range(3, 14) if math.isfinite(end)]
        keep = np.searchsorted(mass, np.linspace(mass[0], mass[-1], 3000)[1:-1])
        quantiles.append(points[keep])
        pieces.append(np.unique(np.concatenate([points[keep], points[::20], ends])))
    return np.concatenate(pieces), np.concatenate(quantiles)


def _slope(function: Any, point: float, step: float) -> float:
    values = [float(function(point + k * step)) for k in (-2, -1, 1, 2)]
    return (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)


def _oracle(base: Distribution, mapping: Any, values: dict[Any, Any], count: int = 5) -> list[tuple[float, float]]:
    density, function = _function(base.density.subs(values)), _function(mapping.subs(values))
    support = base.support.subs(values)
    grid, inner = _grid(support, density)
    images = function(grid)
    found = []
    for index in np.linspace(0.083, 0.937, count):
        target = float(function(inner[int(index * len(inner))] * (1 + 1e-4)))
        if not math.isfinite(target):
            continue
        roots = []
        gaps = images - target
        for place in np.nonzero(np.sign(gaps[:-1]) * np.sign(gaps[1:]) < 0)[0]:
            root = brentq(lambda v: float(function(v)) - target, grid[place], grid[place + 1], xtol=1e-15, rtol=1e-14)
            if abs(float(function(root)) - target) < 1e-6 * (1 + abs(target)):
                roots.append(root)
        total, steady = 0.0, True
        for root in roots:
            slopes = [_slope(function, root, size * max(abs(root), 1e-3)) for size in (1e-5, 3e-5)]
            steady = steady and abs(slopes[0] - slopes[1]) < 1e-6 * abs(slopes[0])
            total += float(density(root)) / abs(slopes[0])
        if roots and steady and math.isfinite(total):
            found.append((target, total))
    return found


_HARD = {
    "sinhcosh", "cubicc", "biquad", "zpinv", "zexpz", "hh", "prelu_nz", "radial", "mob", "ln_pow", "unif_sq2", "q6a",
    "gev", "alg_sig", "zsq", "t_b3", "tri_exp", "heav", "and", "sin34", "fin", "vm_cos", "lapq", "bs", "kumq", "gap",
    "phase2", "unif_inv0", "cau4", "squ2", "b_sym", "gapun", "celu",
}  # fmt: skip
_CHOSEN = [case for place, case in enumerate(CORPUS) if WHOLE or place % 24 == 0 or case["id"] in _HARD]


@pytest.mark.parametrize("case", _CHOSEN, ids=[case["id"] for case in _CHOSEN])
def test_the_density_is_the_sum_over_preimages_found_numerically(case: dict[str, Any]) -> None:
    base, mapping, names = _read(case)
    result = pushforward(base, mapping, z, x)
    if case["kind"] == "refusal":
        assert isinstance(result, Refusal)
        return
    if case["kind"] != "density" and isinstance(result, Refusal):
        return
    assert isinstance(result, Density), str(result)
    values = _setting(case, names)
    wanted = _oracle(base, mapping, values)
    assert wanted
    for point, expected in wanted:
        assert result.at(point, values) == pytest.approx(expected, rel=3e-5), point


# -- named laws ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "mapping", "density", "support"),
    [
        (uniform(), -sympy.log(1 - z) / 2, 2 * sympy.exp(-2 * x), sympy.Interval.open(0, sympy.oo)),
        (normal(), z**2, sympy.exp(-x / 2) / sympy.sqrt(2 * sympy.pi * x), sympy.Interval.open(0, sympy.oo)),
        (uniform(), sympy.sin(2 * sympy.pi * z), 1 / (sympy.pi * sympy.sqrt(1 - x**2)), sympy.Interval.open(-1, 1)),
        (laplace(), sympy.Abs(z), sympy.exp(-x), sympy.Interval.open(0, sympy.oo)),
        (exponential(), sympy.exp(-z), sympy.S.One, sympy.Interval.open(0, 1)),
        (triangular(-1, 0, 1), sympy.Abs(z), 2 - 2 * x, sympy.Interval.open(0, 1)),
    ],
)
def test_known_laws_come_out_in_closed_form(base: Distribution, mapping: Any, density: Any, support: Any) -> None:
    result = pushforward(base, mapping, z, x)
    assert isinstance(result, Density)
    assert result.support == support
    positive = sympy.Symbol("t", positive=True)
    assert sympy.simplify((result.density - density).subs(x, positive)) == 0


def test_the_logistic_of_a_normal_with_symbols() -> None:
    mean, std = sympy.Symbol("mu", real=True), sympy.Symbol("sigma", positive=True)
    result = pushforward(normal(mean, std), 1 / (1 + sympy.exp(-z)), z, x)
    assert isinstance(result, Density)
    assert result.support == sympy.Interval.open(0, 1)
    (branch,) = result.branches
    assert branch.increasing is True
    assert sympy.simplify(branch.derivative - 1 / (x * (1 - x))) == 0
    assert branch.peels[-1].expression == z
    for one, other in itertools.pairwise(branch.peels):  # each equation, at z, is the one before, at z
        value = 0.3
        point = 1 / (1 + math.exp(-value))
        assert float(one.value.subs(x, point) - one.expression.subs(z, value)) == pytest.approx(0, abs=1e-12)
        assert float(other.value.subs(x, point) - other.expression.subs(z, value)) == pytest.approx(0, abs=1e-12)
    assert Because.EXPONENTIAL in {peel.because for peel in branch.peels}
    levels = {evidence.claim: evidence.level for evidence in result.evidence}
    assert levels[Claim.INVERSE] is Level.PROVED
    assert levels[Claim.SIGNS] is Level.PROVED
    assert levels[Claim.MASS] is Level.SAMPLED


def test_a_parameter_of_either_sign_gives_an_absolute_value_and_a_condition() -> None:
    slope = sympy.Symbol("a", real=True)
    result = pushforward(normal().with_parameters({slope}), slope * z, z, x)
    assert isinstance(result, Density)
    assert result.conditions == (sympy.Ne(slope, 0),)
    assert result.at(0.5, {slope: -2.0}) == pytest.approx(math.exp(-0.5**2 / 8) / math.sqrt(8 * math.pi))


# -- refusals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "mapping", "reason"),
    [
        (normal(), sympy.Max(z, 0), Reason.ATOM),
        (normal(), sympy.S(3), Reason.ATOM),
        (normal(), sympy.floor(z), Reason.ATOM),
        (normal(), sympy.sign(z), Reason.ATOM),
        (normal(), sympy.Max(-1, sympy.Min(1, z)), Reason.ATOM),
        (normal(), sympy.log(z), Reason.UNDEFINED),
        (normal(), sympy.sqrt(z), Reason.UNDEFINED),
        (uniform(-1, 2), sympy.asin(z), Reason.UNDEFINED),
        (normal(), sympy.tan(z), Reason.INFINITELY_MANY_BRANCHES),
        (exponential(), sympy.sin(z), Reason.INFINITELY_MANY_BRANCHES),
        (normal(), z / (1 + sympy.exp(-z)) + z, Reason.NO_CLOSED_INVERSE),
        (normal(), z**5 + z, Reason.NO_CLOSED_INVERSE),
        (normal(), sympy.zeta(z), Reason.UNSUPPORTED),
    ],
)
def test_no_density_is_invented(base: Distribution, mapping: Any, reason: Reason) -> None:
    result = pushforward(base, mapping, z, x)
    assert isinstance(result, Refusal)
    assert result.reason is reason
    assert reason.value in str(result)


@pytest.mark.parametrize("factor", [sympy.Rational(1001, 1000), 1 + sympy.sin(5 * x) / 500, sympy.Rational(1, 2)])
@pytest.mark.parametrize("mapping", [sympy.exp(z), z**2, z**3 - 3 * z, 1 / (1 + sympy.exp(-z))])
def test_the_checker_refuses_a_density_that_is_slightly_wrong(mapping: Any, factor: Any) -> None:
    right = pushforward(normal(), mapping, z, x, check=False)
    assert isinstance(right, Density)
    assert check_density(normal(), mapping, right).ok
    wrong = Density(x, right.density * factor, right.support, right.branches)
    found = check_density(normal(), mapping, wrong)
    assert not found.ok
    assert "density at x" in found.why


def test_the_checker_misses_no_lost_branch() -> None:
    right = pushforward(normal(), z**2, z, x, check=False)
    assert isinstance(right, Density)
    wrong = Density(x, right.branches[1].density, right.support, right.branches[1:])
    assert "0 branches return" in check_density(normal(), z**2, wrong).why


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: normal(0, -1), "Normal: std = -1 is not accepted; it must be positive"),
        (lambda: exponential(0), "Exponential: rate = 0 is not accepted; it must be positive"),
        (lambda: beta_distribution(-1, 2), "Beta: a = -1 is not accepted; it must be positive"),
        (lambda: uniform(2, 1), "Uniform: low = 2, high = 1 is not accepted; low must be smaller than high"),
        (lambda: triangular(0, 2, 1), "Triangular: low = 0, mode = 2, high = 1 is not accepted; they must increase"),
    ],
)
def test_parameters_out_of_range_are_named(make: Any, message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        make()
    assert str(caught.value) == message
