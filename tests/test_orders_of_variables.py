"""Joint densities of the least and the largest: the orders of two variables are regions, told apart by which of the two is the larger."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from derivations import Problem, pushforward
from derivations.kernel.verdict import Accepted
from derivations.rules.joint_variables import joint_change_of_variables
from derivations.rules.maps import JointTransformation

MAPS = [
    ("Z1, Z2 ~ Uniform(0,1)", "min(z1,z2), max(z1,z2)", lambda r: r.uniform(size=(2, 400_000)), (0.2, 0.5, 0.6, 0.9)),
    ("Z1, Z2 ~ Normal(0,1)", "min(z1,z2), max(z1,z2)", lambda r: r.normal(size=(2, 400_000)), (-0.7, 0.0, 0.2, 0.9)),
    ("Z1, Z2 ~ Exponential(1)", "min(z1,z2), abs(z1-z2)", lambda r: r.exponential(size=(2, 400_000)), (0.1, 0.5, 0.3, 0.9)),
    ("Z1, Z2 ~ Normal(0,1)", "z1+z2, abs(z1-z2)", lambda r: r.normal(size=(2, 400_000)), (-0.5, 0.5, 0.3, 1.1)),
    ("Z1, Z2 ~ Uniform(0,1)", "max(z1,z2), min(z1,z2)/max(z1,z2)", lambda r: r.uniform(size=(2, 400_000)), (0.3, 0.8, 0.2, 0.7)),
    ("Z1 ~ Exponential(1), Z2 ~ Exponential(3)", "min(z1,z2), max(z1,z2)", lambda r: r.exponential(size=(2, 400_000)) / np.array([[1.0], [3.0]]), (0.1, 0.3, 0.4, 0.9)),
]  # fmt: skip


@pytest.mark.parametrize(("base", "map_", "draw", "box"), MAPS)
def test_the_density_is_proved_and_agrees_with_draws(base: str, map_: str, draw: object, box: tuple[float, float, float, float]) -> None:
    """The mass of a box, from the formula and from 400,000 draws."""
    found = pushforward(base=base, map=map_)
    assert found.evidence.word == "proved"
    z1, z2 = draw(np.random.default_rng(5))  # type: ignore[operator]
    here = {"z1": z1, "z2": z2, "min": np.minimum, "max": np.maximum, "abs": np.abs}
    one, other = (eval(part, here) for part in _components(map_))
    low, high, bottom, top = box
    drawn = np.mean((low < one) & (one < high) & (bottom < other) & (other < top))
    density = found.answer.value[0] if isinstance(found.answer.value, tuple) else found.answer.value
    names = sorted(density.free_symbols, key=str)
    xs, ys = (np.linspace(a, b, 201)[:-1] + (b - a) / 400 for a, b in ((low, high), (bottom, top)))
    import sympy as sp

    wanted = {str(name): name for name in names}
    first = next((wanted[k] for k in wanted if "1" in k), sp.Symbol("x_1"))
    second = next((wanted[k] for k in wanted if "2" in k), sp.Symbol("x_2"))
    values = sp.lambdify((first, second), density, "numpy")(*np.meshgrid(xs, ys))
    mass = float(np.mean(np.broadcast_to(values, (200, 200)))) * (high - low) * (top - bottom)
    assert mass == pytest.approx(float(drawn), abs=4e-3)


def _components(map_: str) -> list[str]:
    depth, cut = 0, 0
    for at, sign in enumerate(map_):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            cut = at
    return [map_[:cut], map_[cut + 1 :].strip()]


def _step(problem: Problem) -> tuple[JointTransformation, object, object]:
    theorem = problem.sections[-1].theorem
    step = next(c.step for c in theorem.steps if c.step.rule.name == "joint change of variables")
    (change,) = step.rule.arguments
    return change, step.statement, theorem.context


def test_regions_that_are_not_all_orders_are_refused() -> None:
    change, claim, context = _step(pushforward(base="Z1, Z2 ~ Normal(0,1)", map="min(z1,z2), max(z1,z2)"))
    assert isinstance(joint_change_of_variables(change).decide(claim, context, ()), Accepted)
    one, other = change.regions
    for regions in ((one,), (one, one), (one, replace(other, inverse=one.inverse)), (replace(one, conditions=()), other)):
        assert not isinstance(joint_change_of_variables(replace(change, regions=regions)).decide(claim, context, ()), Accepted), regions
