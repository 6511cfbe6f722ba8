"""Densities as a person types them: symbols with their domains, laws and densities of one's own, piecewise maps; each against quadrature with mpmath.

The oracle knows the base density and the map as Python functions, and nothing of the project: the mass that the printed density gives an interval of x is
the mass of the base where the map lies in that interval.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp

from derivations.catalogue import find
from derivations.checking.report import check
from derivations.kernel.statement import Statement, equation
from derivations.kernel.verdict import Accepted, Strength, Undecided, Verdict
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Function, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.term import Call, Const, Name, Pow
from derivations.problem import Problem, reason
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from derivations.rules.independent import convolution
from derivations.rules.joint_variables import joint_change_of_variables
from derivations.rules.maps import INFINITY, MINUS_INFINITY, Convolution, Stretch
from render import latex
from render.cli import main
from render.compose import Entry
from render.messages import messages
from render.printing import PLAIN_PRINTING
from render.saying import sentences, translated
from render.sheets import Sheet, sheet_document

Real = Callable[[float], float]


def normal(z: float, mean: float = 0, deviation: float = 1) -> float:
    return math.exp(-(((z - mean) / deviation) ** 2) / 2) / (math.sqrt(2 * math.pi) * deviation)


@cache
def typed(base: str, map: str, let: str = "") -> Problem:
    return find("pushforward").build({"base": base, "map": map, "let": let})


def density_of(problem: Problem, **values: float) -> Callable[[object], object]:
    """The answer as a function of x, with its symbols at these values."""
    named = {s.name: s for s in problem.answer.value.free_symbols}
    value = problem.answer.value.subs({named[name]: sp.Rational(number) for name, number in values.items() if name in named})
    return sp.lambdify(named["x"], value, "mpmath")  # type: ignore[no-any-return]


def base_mass(base: Real, map: Real, low: float, high: float, start: float, stop: float, cells: int = 4000) -> float:
    """The mass of the base where the map lies between two values, by the midpoint rule."""
    width = (stop - start) / cells
    points = (start + (k + 0.5) * width for k in range(cells))
    return sum(base(z) * width for z in points if low < map(z) < high)


CASES = [
    ("Normal(0,1)", "mu + sigma*z", "sigma > 0", {"mu": 0.5, "sigma": 2}, normal, lambda z: 0.5 + 2 * z, (-9, 9), (-2, 0.3, 1, 4), True),
    ("Uniform(0, theta)", "z**2", "theta > 0", {"theta": 2}, lambda z: 0.5, lambda z: z * z, (0, 2), (0.1, 1, 2, 3.5), True),
    ("Exponential(lambda)", "log(z)", "", {"lambda": 2}, lambda z: 2 * math.exp(-2 * z), math.log, (0, 20), (-3, -1, 0, 1), True),
    ("Uniform(a,b)", "exp(z)", "a < b", {"a": -1, "b": 2}, lambda z: 1 / 3, math.exp, (-1, 2), (0.5, 1, 3, 7), True),
    ("Normal(0,1) | z > 0", "z**2", "", {}, lambda z: 2 * normal(z), lambda z: z * z, (0, 9), (0.2, 0.5, 1, 3), True),
    ("1/4*Normal(0,1) + 3/4*Normal(3,1)", "exp(z)", "", {}, lambda z: normal(z) / 4 + 3 * normal(z, 3) / 4, math.exp, (-9, 12), (0.3, 1, 9, 30), True),
    ("2*z for 0 < z < 1", "-log(z)", "", {}, lambda z: 2 * z, lambda z: -math.log(z), (0, 1), (0.1, 0.4, 1, 2), True),
    ("Uniform(-1,3)", "abs(z-1) + z/2", "", {}, lambda z: 0.25, lambda z: abs(z - 1) + z / 2, (-1, 3), (0.6, 1.2, 2, 3), True),
    ("Uniform(-1,2)", "z/5 if z < 0 else z", "", {}, lambda z: 1 / 3, lambda z: z / 5 if z < 0 else z, (-1, 2), (-0.1, -0.01, 0.5, 1.5), True),
    ("Uniform(0,2*pi)", "sin(z)", "", {}, lambda z: 1 / (2 * math.pi), math.sin, (0, 2 * math.pi), (-0.9, -0.3, 0.2, 0.8), False),
    ("Uniform(0,1)", "sqrt(2)*erfinv(2*z-1)", "", {}, lambda z: 1, NormalDist().inv_cdf, (0, 1), (-1, 0, 0.5, 2), True),
    ("Normal(0,1)", "sign(z)*abs(z)**(1/3)", "", {}, normal, lambda z: math.copysign(abs(z) ** (1 / 3), z), (-9, 9), (-1.2, -0.5, 0.4, 1), True),
    ("Pareto(alpha, m)", "log(z/m)", "", {"alpha": 3, "m": 2}, lambda z: 24 / z**4, lambda z: math.log(z / 2), (2, 8), (0.1, 0.3, 0.6, 1), True),
]  # fmt: skip


@pytest.mark.parametrize(("base", "map", "let", "values", "density", "function", "span", "places", "proved"), CASES, ids=[f"{c[0]} by {c[1]}" for c in CASES])
def test_the_density_has_the_mass_that_the_map_sends_there(
    base: str, map: str, let: str, values: dict[str, float], density: Real, function: Real, span: tuple[float, float], places: tuple[float, ...], proved: bool
) -> None:
    problem = typed(base, map, let)
    p = density_of(problem, **values)
    for low, high in zip(places, places[1:], strict=False):
        wanted = base_mass(density, function, low, high, *span)
        cuts = [low, *(c for c in (0.0, 0.5, 1.5) if low < c < high), high]
        assert abs(float(mpmath.quad(p, cuts)) - wanted) < 5e-3 * (0.1 + wanted)
    assert problem.evidence.strength is Strength.PROVED or not proved
    assert problem.evidence.strength >= Strength.SAMPLED


@pytest.mark.parametrize("number", [0, 4, 8, *(pytest.param(k, marks=pytest.mark.slow) for k in (2, 10, 13, 14))])
def test_its_own_sheet_is_read_back(number: int) -> None:
    problem = typed(*(CASES[number] if number < len(CASES) else MIXED[number - len(CASES)])[:3])
    report = check(document(source_of(latex.document(sheet_document(Sheet("A sheet", (Entry(problem),)), PLAIN_PRINTING)), "sheet.tex")))
    assert [(r.left, r.right, r.why) for r in report.records if r.judged and r.verdict != "accepted"] == []


@pytest.mark.parametrize(("given", "said"), [
    ({"map": "a*z"}, "depends on the sign"),
    ({"map": "z", "let": "a > 0"}, "let: a stands neither in the base Normal(0,1) nor in the map z; a symbol that does is accepted"),
    ({"map": "a*z", "let": "a postive"}, "there is no domain 'postive' (did you mean 'positive'"),
    ({"map": "a*z", "let": "a > 0, a < "}, "'a <' cannot be read; a comparison such as a > 0 or 0 < r < 1 is accepted"),
    ({"map": "a*z", "let": "a == 2"}, "is an equation; a > 0, 0 < r < 1"),
    ({"map": "x*z"}, "the symbol x stands for the value of X here; another letter is accepted"),
    ({"map": "z", "base": "2*z for 0 < z < 2"}, "integrates to 4, not to 1; a density is accepted"),
    ({"map": "z", "base": "z for -1 < z < 1"}, "is negative somewhere; a density is accepted"),
    ({"map": "z", "base": "Uniform(3,1)"}, "3 is not smaller than 1; increasing bounds are accepted"),
    ({"map": "z", "base": "1/2*Normal(0,1) + 1/3*Normal(1,1)"}, "the weights of the mixture add up to 5/6; weights that add up to 1 are accepted"),
    ({"map": "z", "base": "1/2*Normal(0,1) + 1/2*Uniform(0,1)"}, "have different supports"),
    ({"map": "z", "base": "Nomal(0,1)"}, "there is no law 'Nomal' (did you mean 'Normal'"),
    ({"map": "Piecewise((z, z > 0))"}, "Piecewise says nothing for the values that are left; (value, True) is accepted as its last row"),
    ({"map": "z if z else 1"}, "a condition (column 6) is not a comparison; z > 0 or 0 < z < 1 is accepted"),
    ({"map": "clip(z, 0)"}, "calls clip with 2 arguments; clip(z, low, high) is accepted"),
    ({"map": "3 + 0*z"}, "there is no density to give: the map has one value only, 3"),
    ({"base": "Z1, Z2 ~ Normal(0,1)", "map": "z1*z2"}, "there is a density all the same"),
    ({"map": "z**5 + z"}, "no density in closed form is found (there may well be one)"),
    ({"map": "Mod(z, 1)"}, "no density in closed form is found (there may well be one)"),
    ({"map": "z if z > 0 else a*z", "let": "a != 0"}, "the answer has one form for each sign of a parameter; --let 'a > 0'"),
    ({"map": "sin(z)"}, "no density in closed form is found (there may well be one)"),
    ({"map": "gelu"}, "no density in closed form is found (there may well be one)"),
])  # fmt: skip
def test_what_is_refused_is_said_with_what_would_be_accepted(given: dict[str, str], said: str) -> None:
    with pytest.raises(DeriveError) as refused:
        find("pushforward").build(given)
    assert said in str(refused.value) and len(str(refused.value)) < 400


MIXED = [
    ("Normal(0,1)", "relu", "", {}, {0: 0.5}, lambda z: max(z, 0), normal, (-9, 9), (0.2, 0.7, 1.5)),
    ("Normal(0,1)", "clip(z, -1, 1)", "", {}, {-1: 0.15865525393, 1: 0.15865525393}, lambda z: min(max(z, -1), 1), normal, (-9, 9), (-0.9, 0.1, 0.8)),
    ("Uniform(-1,3)", "z if z > 0 else 1", "", {}, {1: 0.25}, lambda z: z if z > 0 else 1, lambda z: 0.25, (-1, 3), (0.2, 0.7, 0.9)),
    ("Exponential(lambda)", "min(z, c)", "c > 0", {"lambda": 2, "c": 1}, {1: math.exp(-2)}, lambda z: min(z, 1), lambda z: 2 * math.exp(-2 * z), (0, 20), (0.2, 0.7, 0.9)),
    ("Uniform(0,3)", "floor(z)", "", {}, {0: 1 / 3, 1: 1 / 3, 2: 1 / 3}, math.floor, lambda z: 1 / 3, (0, 3), ()),
]  # fmt: skip


@pytest.mark.parametrize(("base", "map", "let", "values", "atoms", "function", "density", "span", "places"), MIXED, ids=[f"{c[0]} by {c[1]}" for c in MIXED])
def test_a_map_that_is_flat_somewhere_gives_atoms_beside_a_density(
    base: str, map: str, let: str, values: dict[str, float], atoms: dict[int, float], function: Real, density: Real, span: tuple[float, float],
    places: tuple[float, ...],
) -> None:  # fmt: skip
    problem = typed(base, map, let)
    masses = [s for s in problem.answer.shown if isinstance(s, Statement) and isinstance(s.lhs, Call) and s.lhs.function == Name("Pr")]
    context = problem.sections[-1].theorem.context
    found = {}
    for one in masses:
        at = {denote(Name(name), context): number for name, number in values.items() if context.kind(Name(name)) is not None}
        value = denote(one.lhs.arguments[0].items[1], context).subs(at)
        found[int(value)] = float(denote(one.rhs, context).subs(at))
    assert found == pytest.approx(atoms, rel=1e-9)
    p = density_of(problem, **values) if places else None
    for low, high in zip(places, places[1:], strict=False):
        assert abs(float(mpmath.quad(p, [low, high])) - base_mass(density, function, low, high, *span)) < 2e-3
    assert problem.evidence.strength is Strength.PROVED


JOINT = [
    ("Z1, Z2 ~ Normal(0,1)", "z1 + z2, z1 - z2", "", {}, lambda a, b: (a + b, a - b), [(0.3, -1.2), (1, 2)], True),
    ("Z1, Z2 ~ Uniform(0,1)", "z1 + z2, z1 - z2", "", {}, lambda a, b: (a + b, a - b), [(0.3, 0.9), (0.5, 0.1)], True),
    ("Z1 ~ Gamma(a,1), Z2 ~ Gamma(b,1)", "z1 + z2, z1/(z1+z2)", "", {"a": 2, "b": 3}, lambda a, b: (a + b, a / (a + b)), [(0.3, 0.9), (2, 1.5)], True),
    ("Z1, Z2 ~ Normal(0,1)", "z1, z2*exp(z1) + z1**2", "", {}, lambda a, b: (a, b * mpmath.exp(a) + a * a), [(0.3, -1.2), (-1, 0.5)], True),
    ("Z1, Z2, Z3 ~ Exponential(1)", "z1, z1+z2, z1+z2+z3", "", {}, lambda a, b, c: (a, a + b, a + b + c), [(0.3, 1.2, 0.5)], True),
    ("U ~ Uniform(0,1), V ~ Exponential(2)", "u*v, v", "", {}, lambda u, v: (u * v, v), [(0.3, 1.2), (0.9, 0.1)], True),
    ("Z1, Z2 ~ Normal(0,1)", "m + s*z1, z2 + r*z1", "s > 0", {"m": 1, "s": 2, "r": -3}, lambda a, b: (1 + 2 * a, b - 3 * a), [(0.3, -1.2), (-1, 0.5)], True),
]  # fmt: skip
BASES: dict[str, Real] = {
    "Normal(0,1)": normal, "Uniform(0,1)": lambda z: 1.0, "Exponential(1)": lambda z: math.exp(-z), "Exponential(2)": lambda z: 2 * math.exp(-2 * z),
    "Gamma(a,1)": lambda z: z * math.exp(-z), "Gamma(b,1)": lambda z: z * z * math.exp(-z) / 2,
}  # fmt: skip


def laws_of(base: str) -> list[Real]:
    """The densities in the order of the variables."""
    found: list[Real] = []
    for names, law in re.findall(r"((?:[A-Z]\d?, )*[A-Z]\d?) ~ (\w+\([^)]*\))", base):
        found += [BASES[law]] * len(names.split(","))
    return found


@pytest.mark.parametrize(("base", "map", "let", "values", "function", "places", "proved"), JOINT, ids=[f"{c[0]} by {c[1]}" for c in JOINT])
def test_a_joint_density_is_the_base_over_the_determinant(
    base: str, map: str, let: str, values: dict[str, float], function: Callable[..., tuple[Real, ...]], places: list[tuple[float, ...]], proved: bool
) -> None:
    """At the image of a point, by a numerical Jacobian of a map of the test's own."""
    problem = typed(base, map, let)
    named = {s.name: s for s in problem.answer.value.free_symbols}
    for place in places:
        image = function(*place)
        jacobian = mpmath.matrix([[mpmath.diff(lambda *z, k=k: function(*z)[k], place, tuple(int(j == i) for j in range(len(place))))
                                   for i in range(len(place))] for k in range(len(place))])  # fmt: skip
        wanted = mpmath.fprod(p(z) for p, z in zip(laws_of(base), place, strict=True)) / abs(mpmath.det(jacobian))
        at = {**values, **{f"x_{k + 1}": value for k, value in enumerate(image)}}
        found = problem.answer.value.subs({named[name]: sp.Float(float(value), 30) for name, value in at.items() if name in named})
        assert abs(float(found) - float(wanted)) < 1e-9 * float(wanted)
    assert problem.evidence.strength is Strength.PROVED or not proved


def test_a_joint_density_of_two_branches_and_its_sheet() -> None:
    problem = typed("Z1, Z2 ~ Normal(0,1)", "z1, z2**2")
    named = {s.name: s for s in problem.answer.value.free_symbols}
    found = problem.answer.value.subs({named["x_1"]: sp.Rational(1, 2), named["x_2"]: 4})
    assert math.isclose(float(found), normal(0.5) * 2 * normal(2) / 4, rel_tol=1e-12)
    assert problem.answer.value.subs({named["x_1"]: 0, named["x_2"]: -1}) == 0
    report = check(document(source_of(latex.document(sheet_document(Sheet("A sheet", (Entry(problem),)), PLAIN_PRINTING)), "sheet.tex")))
    assert set(report.counts) == {"proved"}


FLOWS = [
    ("Z1, Z2 ~ Normal(0,1)", "a*z1, b*z1 + c*z2", "a > 0, c > 0", {"a": 2, "b": -1, "c": 3}, lambda u, v: (2 * u, 3 * v - u), [(0.3, -1.2)]),
    ("Z1, Z2 ~ Normal(0,1)", "z1, z2*exp(tanh(z1)) + z1**2", "", {}, lambda u, v: (u, v * mpmath.exp(mpmath.tanh(u)) + u * u), [(0.3, -1.2), (-1, 2)]),
    ("Normal(0,1)", "z + softplus(z)", "", {}, lambda u: (u + mpmath.log(1 + mpmath.exp(u)),), [(0.3,), (-2,)]),
]  # fmt: skip


@pytest.mark.parametrize(("base", "map", "let", "values", "function", "places"), FLOWS, ids=[c[1] for c in FLOWS])
def test_the_forward_form_is_the_base_over_the_determinant(
    base: str, map: str, let: str, values: dict[str, float], function: Callable[..., tuple[Real, ...]], places: list[tuple[float, ...]]
) -> None:
    problem = find("pushforward").build({"base": base, "map": map, "let": let, "form": "forward"})
    named = {s.name: s for s in problem.answer.value.free_symbols}
    for place in places:
        count = len(place)
        rows = [[mpmath.diff(lambda *z, k=k: function(*z)[k], place, tuple(int(j == i) for j in range(count))) for i in range(count)] for k in range(count)]
        wanted = mpmath.fprod(normal(z) for z in place) / abs(mpmath.det(mpmath.matrix(rows)))
        at = {**values, **({f"z_{k + 1}": z for k, z in enumerate(place)} if count > 1 else {"z": place[0]})}
        found = problem.answer.value.subs({named[name]: sp.Float(value, 30) for name, value in at.items() if name in named})
        assert abs(float(found) - float(wanted)) < 1e-9 * float(wanted)
    assert problem.evidence.strength is Strength.PROVED


@pytest.mark.parametrize("form", ["inverse", "forward"])
def test_a_coupling_layer_with_any_scale_and_shift_is_proved_and_read_back(form: str) -> None:
    problem = find("pushforward").build({"base": "Z1, Z2 ~ Normal(0,1)", "map": "z1, z2*exp(s(z1)) + m(z1)", "form": form})
    assert problem.evidence.strength is Strength.PROVED
    report = check(document(source_of(latex.document(sheet_document(Sheet("A sheet", (Entry(problem),)), PLAIN_PRINTING)), "sheet.tex")))
    assert set(report.counts) == {"proved"}


@pytest.mark.parametrize("map", ["z1, z2**2", "z1 + z2, z1 - z2", "z1, z2*s(z1)"])
def test_the_forward_form_of_what_may_not_be_one_to_one_is_refused(map: str) -> None:
    with pytest.raises(DeriveError, match="a triangular map is accepted"):
        find("pushforward").build({"base": "Z1, Z2 ~ Normal(0,1)", "map": map, "form": "forward"})


def midpoints(low: float, high: float, cells: int) -> list[float]:
    return [low + (k + 0.5) * (high - low) / cells for k in range(cells)]


COMBINED = [
    ("Z1, Z2 ~ Normal(0,1)", "z1 + z2", "", {}, lambda a, b: a + b, ((-7, 7), (-7, 7)), (-1, 0.5, 2), True),
    ("Z1, Z2 ~ Uniform(0,1)", "z1 + z2", "", {}, lambda a, b: a + b, ((0, 1), (0, 1)), (0.2, 0.7, 1.3, 1.8), True),
    ("Z1, Z2 ~ Exponential(1)", "z1 - z2", "", {}, lambda a, b: a - b, ((0, 12), (0, 12)), (-1, -0.2, 0.5, 2), True),
    ("Z1, Z2 ~ Uniform(0,1)", "z1*z2", "", {}, lambda a, b: a * b, ((0, 1), (0, 1)), (0.1, 0.4, 0.8), True),
    ("Z1, Z2 ~ Exponential(1)", "z1/z2", "", {}, lambda a, b: a / b, ((0, 12), (0, 12)), (0.3, 1, 3), False),
    ("Z1 ~ Exponential(1), Z2 ~ Exponential(2)", "min(z1, z2)", "", {}, np.minimum, ((0, 12), (0, 12)), (0.1, 0.3, 1), True),
    ("Z1, Z2 ~ Normal(0,1)", "max(z1, z2)", "", {}, np.maximum, ((-7, 7), (-7, 7)), (-1, 0.5, 2), True),
]  # fmt: skip


@pytest.mark.parametrize(("base", "map", "let", "values", "function", "spans", "places", "proved"), COMBINED, ids=[f"{c[0]} by {c[1]}" for c in COMBINED])
def test_a_function_of_two_variables_has_the_mass_of_where_it_lies(
    base: str, map: str, let: str, values: dict[str, float], function: Callable[..., Any], spans: tuple[tuple[float, float], ...],
    places: tuple[float, ...], proved: bool,
) -> None:  # fmt: skip
    problem = typed(base, map, let)
    p = density_of(problem, **values)
    cells = 2000
    grids = [np.array(midpoints(*span, cells)) for span in spans]
    weights = [np.array([p_(z) for z in grid]) * (grid[1] - grid[0]) for p_, grid in zip(laws_of(base), grids, strict=True)]
    values_there = function(grids[0][:, None], grids[1][None, :])
    masses, _ = np.histogram(values_there, bins=places, weights=weights[0][:, None] * weights[1][None, :])
    wanted = list(masses)
    for (low, high), mass in zip(zip(places, places[1:], strict=False), wanted, strict=True):
        cuts = [low, *(c for c in (0.0, 1.0) if low < c < high), high]
        assert abs(float(mpmath.quad(p, cuts)) - mass) < 0.01
    assert problem.evidence.strength is Strength.PROVED or not proved


@pytest.mark.parametrize("number", [1, 5, *(pytest.param(k, marks=pytest.mark.slow) for k in (0, 2, 3, 4, 6))])
def test_the_sheet_of_a_function_of_two_variables_is_read_back(number: int) -> None:
    problem = typed(*COMBINED[number][:3])
    report = check(document(source_of(latex.document(sheet_document(Sheet("A sheet", (Entry(problem),)), PLAIN_PRINTING)), "sheet.tex")))
    assert [(r.left, r.right, r.why) for r in report.records if r.judged and r.verdict != "accepted"] == []


@pytest.mark.parametrize(("map", "function"), [
    pytest.param("silu", lambda z: z / (1 + math.exp(-z)), marks=pytest.mark.slow),
    pytest.param("z/(1 + exp(2*z))", lambda z: z / (1 + math.exp(2 * z)), marks=pytest.mark.slow),
    pytest.param("z*exp(z)", lambda z: z * math.exp(z), marks=pytest.mark.slow),
    ("z + exp(z)", lambda z: z + math.exp(z)),
])  # fmt: skip
def test_inverses_by_the_function_of_lambert(map: str, function: Real) -> None:
    problem = typed("Normal(0,1)", map)
    p = density_of(problem)
    for low, high in ((-0.15, -0.05), (0.2, 0.9)):
        wanted = base_mass(normal, function, low, high, -9, 9, 40000)
        assert abs(float(mpmath.quad(p, [low, high]).real) - wanted) < 2e-3
    assert problem.evidence.strength in (Strength.PROVED, Strength.SAMPLED)


@pytest.mark.parametrize(("base", "map"), [
    ("Exponential(lambda)", "silu"),
    ("Normal(0,1)", "silu"),
    pytest.param("Normal(0,1)", "z/(1 + exp(2*z))", marks=pytest.mark.slow),
    ("Normal(0,1)", "z - exp(z)"),
])  # fmt: skip
def test_of_lambert_both_branches_are_proved(base: str, map: str) -> None:
    assert typed(base, map).evidence.strength is Strength.PROVED


BOX_MULLER = "sqrt(-2*log(u1))*cos(2*pi*u2), sqrt(-2*log(u1))*sin(2*pi*u2)"


def test_the_map_of_box_and_muller() -> None:
    problem = typed("U1, U2 ~ Uniform(0,1)", BOX_MULLER)
    x1, x2 = sorted(problem.answer.value.free_symbols, key=str)
    for a, b in ((0.3, -1.2), (-2, 0.5)):
        assert math.isclose(float(problem.answer.value.subs({x1: a, x2: b})), normal(a) * normal(b), rel_tol=1e-9)
    report = check(document(source_of(latex.document(sheet_document(Sheet("A sheet", (Entry(problem),)), PLAIN_PRINTING)), "sheet.tex")))
    assert set(report.counts) <= {"proved", "sampled"}


def test_an_angle_that_does_not_run_once_around_or_an_image_that_is_not_that_of_its_region_is_not_accepted() -> None:
    for map in (BOX_MULLER.replace("2*pi*u2", "pi*u2"), BOX_MULLER.replace("2*pi*u2", "4*pi*u2")):
        with pytest.raises(DeriveError):
            find("pushforward").build({"base": "U1, U2 ~ Uniform(0,1)", "map": map})
    theorem = typed("U1, U2 ~ Uniform(0,1)", BOX_MULLER).sections[0].theorem
    change = theorem.steps[0].step.rule.arguments[0]
    one, other = change.regions
    for regions in ((replace(one, image=other.image), replace(other, image=one.image)), (one,), (replace(one, inverse=other.inverse), other)):
        wrong = replace(change, regions=regions)
        claim = equation(Call(wrong.new_density, wrong.new), bracketed(wrong.transformed(regions[0])))
        assert isinstance(joint_change_of_variables(wrong).decide(claim, theorem.context, ()), Undecided)


def irwin_hall(n: int) -> Real:
    return lambda x: sum((-1) ** k * math.comb(n, k) * (x - k) ** (n - 1) for k in range(n) if x > k) / math.factorial(n - 1)


@pytest.mark.parametrize(("base", "map", "values", "wanted", "places"), [
    ("Z1, Z2, Z3 ~ Uniform(0,1)", "z1 + z2 + z3", {}, irwin_hall(3), (0.3, 1.2, 1.9, 2.6)),
    ("Z1, Z2, Z3 ~ Exponential(lambda)", "z1 + z2 + z3", {"lambda": 2}, lambda x: 4 * x * x * math.exp(-2 * x), (0.2, 1, 3)),
    ("Z1, Z2 ~ Laplace(0,1)", "z1 + z2", {}, lambda x: (1 + abs(x)) * math.exp(-abs(x)) / 4, (-2, -0.3, 1)),
    pytest.param("Z1, Z2, Z3, Z4 ~ Uniform(0,1)", "(z1 + z2 + z3 + z4)/4", {}, lambda x: 4 * irwin_hall(4)(4 * x), (0.1, 0.4, 0.6, 0.9), marks=pytest.mark.slow),
    pytest.param("Z1, Z2, Z3 ~ Uniform(0,1)", "z1*z2*z3", {}, lambda x: math.log(x) ** 2 / 2, (0.1, 0.5), marks=pytest.mark.slow),
    pytest.param("Z1, Z2, Z3 ~ Normal(0,1)", "z1 - z2 + 2*z3", {}, lambda x: math.exp(-x * x / 12) / math.sqrt(12 * math.pi), (-1, 2), marks=pytest.mark.slow),
])  # fmt: skip
def test_sums_and_products_of_several_variables_are_brought_together_two_by_two(
    base: str, map: str, values: dict[str, float], wanted: Real, places: tuple[float, ...]
) -> None:
    problem = typed(base, map)
    p = density_of(problem, **values)
    for x in places:
        assert math.isclose(float(p(x)), wanted(x), rel_tol=1e-9)  # type: ignore[arg-type]
    assert problem.evidence.strength is Strength.PROVED


@pytest.mark.parametrize(("base", "map"), [
    ("Z1 ~ Triangular(0,1,2), Z2 ~ Uniform(0,1)", "z1 + z2"), ("Z1, Z2 ~ Uniform(0,1)", "abs(z1-z2)"), ("Z1, Z2 ~ Normal(0,1)", "z1/z2"),
    pytest.param("Z1, Z2 ~ Normal(0,1)", "z1**2 + z2**2", marks=pytest.mark.slow),
])  # fmt: skip
def test_a_density_by_intervals_is_read_back(base: str, map: str) -> None:
    problem = typed(base, map)
    report = check(document(source_of(latex.document(sheet_document(Sheet("A sheet", (Entry(problem),)), PLAIN_PRINTING)), "sheet.tex")))
    assert [(r.left, r.right, r.why) for r in report.records if r.judged and r.verdict != "accepted"] == []


def test_a_convolution_by_intervals_leaves_none_out() -> None:
    problem = typed("Z1 ~ Triangular(0,1,2), Z2 ~ Uniform(0,1)", "z1 + z2")
    section = next(s for s in problem.sections if len(s.theorem.steps[0].step.rule.arguments[0].integrals()) == 2)
    given = section.theorem.steps[0].step.rule.arguments[0]

    def judged(one: Convolution) -> Verdict:
        claim = equation(Call(one.new_density, (one.x,)), bracketed(one.integral()))
        return convolution(one).decide(claim, section.theorem.context, ())

    assert isinstance(judged(given), Accepted)
    for k in range(2):
        other = given.limits[1 - k]
        assert isinstance(judged(replace(given, limits=tuple(None if place == k else given.limits[place] for place in range(2)))), Undecided)
        assert isinstance(judged(replace(given, limits=(other, other))), Undecided)


@pytest.mark.parametrize(("base", "map", "values", "wanted"), [
    ("Uniform(0,1)", "order(k, n)", {"k": 2, "n": 5}, lambda x: 20 * x * (1 - x) ** 3),
    ("Exponential(lambda)", "order(n, n)", {"n": 3, "lambda": 2}, lambda x: 6 * (1 - math.exp(-2 * x)) ** 2 * math.exp(-2 * x)),
    ("Normal(0,1)", "order(3, 5)", {}, lambda x: 30 * float(mpmath.ncdf(x)) ** 2 * (1 - float(mpmath.ncdf(x))) ** 2 * normal(x)),
])  # fmt: skip
def test_the_kth_of_n(base: str, map: str, values: dict[str, float], wanted: Real) -> None:
    problem = typed(base, map)
    p = density_of(problem, **values)
    for x in (0.1, 0.4, 0.8):
        assert math.isclose(float(p(x)), wanted(x), rel_tol=1e-9)  # type: ignore[arg-type]
    assert problem.evidence.strength is Strength.PROVED


@pytest.mark.parametrize(("given", "said"), [
    ({"base": "Uniform(0,1)", "map": "order(6, 5)"}, "integers with 1 <= k <= n are accepted"),
    ({"base": "Uniform(0,1)", "map": "order(2)"}, "order takes two arguments; order(k, n), the k-th smallest of n, is accepted"),
    ({"base": "Z1, Z2, Z3 ~ Normal(0,1)", "map": "z1*z2 + z2*z3 + z3*z1"}, "no two of the variables stand together and nowhere else in the map; a sum or a product"),
    ({"base": "Z1, Z2, Z3 ~ Normal(0,1)", "map": "z1, z2"}, "as many as there are variables, or one, are accepted"),
    ({"base": "Z1 ~ Normal(0,1), Z2 ~ Uniform(0,1)", "map": "max(z1, z2)"}, "laws with the same support are accepted"),
    ({"base": "Z1 ~ Normal(0,1), Z2", "map": "z1 + z2"}, "base: Z2 has no law; Z2 ~ Normal(0,1) is accepted"),
    ({"base": "z1 ~ Normal(0,1)", "map": "z1"}, "base: 'z1' is no variable; a capital letter with a number, Z1 ~ Normal(0,1), is accepted"),
    ({"base": "Z1, Z1 ~ Normal(0,1)", "map": "z1"}, "base: Z1 has two laws; one is accepted"),
    ({"base": "Z1, Z2 ~ Normal(0,1)", "map": "z1, z2, z1 + z2"}, "3 components of 2 variables lie on a surface; at most 2 are accepted"),
    ({"base": "Z1, Z2 ~ Normal(0,1)", "map": "z1 + z2, 2*z1 + 2*z2"}, "there is no density to give"),
    ({"base": "Z1, Z2 ~ Normal(0,1)", "map": "z1, 3"}, "the component '3' of the map does not depend on the variables; a formula in them such as z1 + z2 is accepted"),
    ({"base": "Z1, Z2 ~ Normal(0,1)", "map": "z1, t*z2"}, "the symbol t stands for something else here; another letter is accepted"),
])  # fmt: skip
def test_what_is_refused_of_several_variables(given: dict[str, str], said: str) -> None:
    with pytest.raises(DeriveError) as refused:
        find("pushforward").build(given)
    assert said in str(refused.value) and len(str(refused.value)) < 400


def test_conditions_are_gathered_on_the_command_line_and_a_list_in_a_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "pushforward", "--map", "a + b*z", "--let", "a > 0", "--let", "b > 0", "--to", "md"]) == 0
    assert "x - a" in capsys.readouterr().out
    sheet = 'title = "A"\n[[problem]]\nkind = "pushforward"\nmap = "a + b*z"\nlet = ["a > 0", "b > 0"]\n'
    (tmp_path / "a.toml").write_text(sheet)
    assert main(["sheet", str(tmp_path / "a.toml"), "--to", "md", "--out", str(tmp_path / "out")]) == 0
    assert "x - a" in (tmp_path / "out" / "a.md").read_text()


def test_a_def_with_an_if_is_read_and_not_run(tmp_path: Path) -> None:
    (tmp_path / "leaky.py").write_text("print(1 / 0)\n")
    (tmp_path / "map.py").write_text("def leaky(z):\n    slope = 1/4\n    if z > 0:\n        return z\n    return slope*z\n")
    assert typed("Normal(0,1)", str(tmp_path / "map.py")).answer.value == typed("Normal(0,1)", "z if z > 0 else z/4").answer.value


def cauchy(x: float) -> float:
    return 1 / (math.pi * (1 + x * x))


@pytest.mark.parametrize(("base", "map", "values", "wanted", "places"), [
    ("Z1, Z2 ~ Normal(0,1)", "z1/z2", {}, cauchy, (-2, 0.3, 5)),
    ("Z1, Z2 ~ Exponential(lambda)", "z1/(z1+z2)", {"lambda": 2}, lambda x: 1.0, (0.1, 0.8)),
    ("Z1, Z2 ~ Uniform(0,1)", "z1/(z1+z2)", {}, lambda x: 1 / (2 * (1 - x) ** 2) if x < 0.5 else 1 / (2 * x * x), (0.2, 0.45, 0.7, 0.95)),
    ("Z1, Z2 ~ Uniform(0,1)", "abs(z1-z2)", {}, lambda x: 2 - 2 * x, (0.1, 0.9)),
    ("Z1, Z2 ~ Normal(0,1)", "(z1+z2)**2", {}, lambda x: math.exp(-x / 4) / math.sqrt(4 * math.pi * x), (0.1, 3)),
    pytest.param("Z1, Z2 ~ Normal(0,1)", "z1**2 + z2**2", {}, lambda x: math.exp(-x / 2) / 2, (0.2, 3), marks=pytest.mark.slow),
    pytest.param("Z1, Z2 ~ Normal(0,sigma**2)", "sqrt(z1**2 + z2**2)", {"sigma": 2}, lambda x: x / 4 * math.exp(-x * x / 8), (0.2, 3), marks=pytest.mark.slow),
])  # fmt: skip
def test_what_has_an_inverse_on_each_side_of_zero_and_functions_of_a_combination(
    base: str, map: str, values: dict[str, float], wanted: Real, places: tuple[float, ...]
) -> None:
    problem = typed(base, map)
    p = density_of(problem, **values)
    for x in places:
        assert math.isclose(float(p(x)), wanted(x), rel_tol=1e-9)  # type: ignore[arg-type]
    by_halves = "Uniform" in base and "/" in map  # where x > 1/2, the sign of the derivative is only tried
    assert problem.evidence.strength is Strength.PROVED or (by_halves and problem.evidence.strength is Strength.SAMPLED)


def test_a_quotient_takes_both_sides_with_their_own_inverse_and_a_law_takes_all_of_its_mass() -> None:
    theorem = typed("Z1, Z2 ~ Normal(0,1)", "z1/z2").sections[0].theorem
    given = theorem.steps[0].step.rule.arguments[0]

    def judged(one: Convolution) -> Verdict:
        return convolution(one).decide(equation(Call(one.new_density, (one.x,)), bracketed(one.integral())), theorem.context, ())

    assert isinstance(judged(given), Accepted) and len(given.seconds) == 2
    half = replace(given, seconds=given.seconds[:1], inverses=given.inverses[:1], limits=given.limits[:1])
    turned = replace(given, inverses=(given.inverses[0], bracketed(-given.inverses[1])))
    for wrong in (half, turned):
        assert isinstance(judged(wrong), Undecided)


def test_where_the_inverse_is_not_real_no_value_counts() -> None:
    """``exp(z) + w = x`` has a solution for w < x only: the limits are not the whole line, though Z has values on all of it."""
    stretch = (Stretch(Name("p"), MINUS_INFINITY, INFINITY),)
    x, w, z, e = Name("x"), Name("w"), Name("z"), Const("e")
    known = Context().declare(Scalar(), x, z, w).declare(Function(1, frozenset({"density"})), Name("q"))
    given = Convolution(Name("q"), x, (z, w), Pow(e, z) + w, (Call(Name("ln"), (x - w,)),), stretch, stretch, ((MINUS_INFINITY, x),))
    for one, accepted in ((given, Accepted), (replace(given, limits=((MINUS_INFINITY, INFINITY),)), Undecided), (replace(given, limits=((x, INFINITY),)), Undecided)):
        assert isinstance(convolution(one).decide(equation(Call(Name("q"), (x,)), bracketed(one.integral())), known, ()), accepted)


@pytest.mark.parametrize(("integral", "value", "proved"), [
    (r"\int_0^\infty |w| e^{-w} dw", "1", True),
    (r"\int_{-1}^\infty |w| e^{-w} dw", r"\int_{-1}^\infty w e^{-w} dw", False),
    (r"\int_{-\infty}^0 |w| e^{-a w^2} dw", r"\frac{1}{2a}", True),
    (r"\int_{-\infty}^0 w e^{-a w^2} dw", r"\frac{1}{2a}", False),
    (r"\int_0^\infty w^2 e^{-w^2/2} dw", r"\sqrt{\pi/2}", True),
    (r"\int_0^\infty w^3 e^{-w^2/2} dw", "2", True),
    (r"\int_0^\infty w^3 e^{-w^2/2} dw", "1", False),
])  # fmt: skip
def test_the_variable_of_an_integral_has_the_sign_of_its_limits(integral: str, value: str, proved: bool) -> None:
    report = check(document(source_of(f"Let $a > 0$. Then $${integral} = {value}$$", "a.tex")))
    assert [r.verdict == "accepted" for r in report.records if r.judged] == [proved]


@pytest.mark.parametrize(("base", "map", "form"), [
    ("Normal(0,1)", "relu", "inverse"), ("Normal(0,1)", "sign(z)", "inverse"), ("Normal(0,1)", "z*abs(z)", "inverse"),
    ("Z1, Z2 ~ Uniform(0,1)", "z1 + z2", "inverse"), ("Z1, Z2 ~ Uniform(0,1)", "abs(z1-z2)", "inverse"), ("Z1, Z2 ~ Normal(0,1)", "z1/z2", "inverse"),
    ("Z1, Z2 ~ Normal(0,1)", "z1 + z2, z1 - z2", "inverse"), ("Z1, Z2 ~ Normal(0,1)", "z1**2, z2**2", "inverse"),
    ("Z1, Z2 ~ Exponential(1)", "max(z1, z2)", "inverse"), ("Z1, Z2 ~ Exponential(1)", "min(z1, z2)", "inverse"), ("Uniform(0,1)", "order(k, n)", "inverse"),
    ("Z1, Z2 ~ Normal(0,1)", "z1, z2*exp(z1)", "forward"), ("Z in R^D ~ Normal(0,1)", "planar", "forward"), ("Z in R^D ~ Normal(0,1)", "coupling", "forward"),
    *(pytest.param("Z in R^D ~ Normal(0,1)", flow, "forward", marks=pytest.mark.slow) for flow in ("radial", "affine", "elementwise", "autoregressive")),
    pytest.param("U1, U2 ~ Uniform(0,1)", BOX_MULLER, "inverse", marks=pytest.mark.slow),
    pytest.param("Z1, Z2, Z3 ~ Uniform(0,1)", "z1 + z2 + z3", "inverse", marks=pytest.mark.slow),
])  # fmt: skip
def test_every_sentence_of_a_density_is_in_german(base: str, map: str, form: str) -> None:
    problem = find("pushforward").build({"base": base, "map": map, "form": form}) if form == "forward" else typed(base, map)
    words = [problem.title, problem.question, problem.answer.words, *problem.hints, *(m.words for m in problem.meanings), *(m.why for m in problem.mistakes)]
    for section in problem.sections:
        words += [section.caption, section.theorem.title, *(reason(c.step) for c in section.theorem.steps), *section.theorem.context.conventions]
    table = messages("de").said
    assert [s for some in words if some for s in sentences(some) if not translated(s, table)] == []


def root(function: Real, low: float, high: float) -> float:
    """Where a function of opposite signs at two places is zero, by bisection."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if (function(middle) < 0) == (function(low) < 0) else (low, middle)
    return low


@pytest.mark.parametrize("x", [0.05, 0.2, 0.36])
def test_both_branches_of_lamberts_w_are_proved(x: float) -> None:
    """``z e^-z`` of an exponential variable: the sum of ``p(z) / |f'(z)| = 1 / |1 - z|`` over both of the z that are mapped to x, found by bisection."""
    problem = typed("Exponential(1)", "z*exp(-z)")
    places = [root(lambda z: z * math.exp(-z) - x, *span) for span in ((0, 1), (1, 9))]
    assert math.isclose(float(density_of(problem)(x)), sum(1 / abs(1 - z) for z in places), rel_tol=1e-9)  # type: ignore[arg-type]
    assert problem.evidence.strength is Strength.PROVED


def test_the_greater_of_two_maps_of_one_variable() -> None:
    problem = typed("Normal(0,1)", "max(z, z**2)")
    p = density_of(problem)
    assert math.isclose(float(p(0.4)), normal(0.4) + normal(0.4**0.5) / (2 * 0.4**0.5), rel_tol=1e-9)  # type: ignore[arg-type]
    assert math.isclose(float(p(2.5)), normal(2.5**0.5) / 2.5**0.5, rel_tol=1e-9)  # type: ignore[arg-type]
    assert problem.evidence.strength is Strength.PROVED
