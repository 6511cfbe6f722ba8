"""Code of what a network does to positions, symbols and gradients: against plain loops and differences of a loss, for networks of any kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from topic_texts import built

from render.code import code, example, formulas


def functions(library: str = "numpy", **given: str) -> dict[str, Any]:
    """What the module of a network defines, by the formula that its docstring cites."""
    pytest.importorskip(library, reason=f"{library} is not installed")
    space: dict[str, Any] = {}
    exec(code([built("network", **given)], library), space)
    made = [value for name, value in space.items() if name.startswith("network")]
    return {value.__doc__.splitlines()[2].strip(): value for value in made}


def slope(forward: Callable[[np.ndarray], np.ndarray], x: np.ndarray, cotangent: np.ndarray, j: int) -> float:
    """The derivative by the j-th input of the loss that has this cotangent at the outputs, by differences."""
    h = 1e-6 * np.eye(len(x))[j]
    return float(cotangent @ (forward(x + h) - forward(x - h)) / 2e-6)


def test_a_backward_pass_takes_the_derivatives_by_the_outputs_and_gives_those_by_the_inputs() -> None:
    made = functions(input="N,D", layers="rmsnorm; silu; sigmoid; dropout 0.25", ask="gradients")
    rng = np.random.default_rng(4)
    x, g, scale, mask = rng.normal(size=5), rng.normal(size=5), rng.normal(size=5), rng.integers(0, 2, size=5).astype(float)

    def normalized(z: np.ndarray) -> np.ndarray:
        return np.array([scale[k] * z[k] / math.sqrt(sum(v * v for v in z) / 5) for k in range(5)])

    layers: dict[str, tuple[Callable[[np.ndarray], np.ndarray], dict[str, Any]]] = {
        "m_i": (lambda z: mask * z / 0.75, {"m": mask, "p": 0.25}),
        "√v": (normalized, {"x": x, "gamma": scale, "D": 5}),
        "1 + x_i": (lambda z: z / (1 + np.exp(-z)), {"x": x}),
    }
    for sign, (forward, values) in layers.items():
        backward = next(function for formula, function in made.items() if sign in formula)
        place = "j" if "∂x_j" in backward.__doc__ else "i"
        for number in range(5):
            found = backward(dL_dy=g, **values, **{place: number + 1})
            assert float(found) == pytest.approx(slope(forward, x, g, number), rel=1e-6, abs=1e-8), sign


def test_a_residual_block_takes_the_derivatives_of_its_inner_part() -> None:
    made = functions(input="N,D", layers="repeat L [ residual [ linear D; relu ] ]", ask="gradients")
    backward = next(function for formula, function in made.items() if "∂z_i/∂x_j" in formula)
    rng = np.random.default_rng(5)
    inner, g = rng.normal(size=(4, 4)), rng.normal(size=4)
    for j in range(4):
        assert backward(dL_dy=g, dz_dx=inner, D=4, j=j + 1) == pytest.approx(g[j] + sum(g[i] * inner[i, j] for i in range(4)))
    assert "dz_dx[0, 0] is ∂z₁/∂x₁" in " ".join(backward.__doc__.split())


def test_the_gradients_of_a_stack_are_counted_from_nought() -> None:
    made = functions(input="N,D", layers="repeat L [ residual [ linear D ] ]", ask="gradients")
    whole = next(function for formula, function in made.items() if formula.startswith("g_n"))
    assert whole(g_0=1.0, r=[2.0, 4.0, 8.0], n=3) == 15.0
    assert whole(g_0=1.0, r=[2.0, 4.0, 8.0], n=1) == 3.0


@pytest.mark.parametrize("library", ["numpy", "sympy"])
def test_an_argument_is_not_the_variable_of_a_sum_and_a_function_may_be_one(library: str) -> None:
    """The gradient of the first weights of two dense layers, with the loss <g, z2>: i is an argument, and the sums of the text run over i too."""
    made = functions(library, input="N,D", layers="linear D->H; tanh; linear H->C", ask="gradients")
    weights = next(function for formula, function in made.items() if formula.startswith("∂ℒ/∂w_{j,i}^(1) = x_i f′"))
    rng = np.random.default_rng(6)
    first, second, bias, x, g = rng.normal(size=(4, 3)), rng.normal(size=(2, 4)), rng.normal(size=4), rng.normal(size=3), rng.normal(size=2)

    def loss(w: np.ndarray) -> float:
        return float(g @ (second @ np.tanh(w @ x + bias)))

    def from_one(values: np.ndarray) -> Any:
        if library == "numpy":
            return values
        padded = np.zeros([size + 1 for size in values.shape])  # a sequence of SymPy's counts from 1
        padded[tuple(slice(1, None) for _ in values.shape)] = values
        return sp.Array(padded.tolist())

    def derivative(z: Any) -> Any:
        return 1 - (np.tanh(z) if library == "numpy" else sp.tanh(z)) ** 2

    for j, i in ((0, 0), (3, 1), (2, 2)):
        h = np.zeros((4, 3))
        h[j, i] = 1e-6
        arrays = {"dL_dz_2": g, "w_2": second, "w_1": first, "x": x, "b_1": bias}
        found = weights(**{name: from_one(value) for name, value in arrays.items()}, f_prime_1=derivative, j=j + 1, i=i + 1, D_0=3, D_2=2)
        found = found.doit() if library == "sympy" else found
        assert float(found) == pytest.approx((loss(first + h) - loss(first - h)) / 2e-6, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_an_index_expression_takes_a_number_for_each_tap(depth: int) -> None:
    layers = "; ".join(f"conv {k + 1}->{k + 2} kernel 3 stride {1 + k % 2} padding {k % 3}" for k in range(depth))
    ((_, read),) = functions(input="1,1,64", layers=layers, ask="index").items()
    taps = [1 + k % 3 for k in range(depth)]
    place = 6
    for k in reversed(range(depth)):  # the formula of one layer, with positions counted from 0
        place = (place - 1) * (1 + k % 2) + (taps[k] - 1) - k % 3 + 1
    assert read(**{f"i_{depth}": 6}, **{f"k_{k + 1}": tap for k, tap in enumerate(taps)}) == place


@pytest.mark.parametrize("library", ["numpy", "torch", "jax", "sympy"])
def test_a_sum_over_the_tokens_of_a_vector_is_a_number(library: str) -> None:
    ((_, total),) = functions(library, input="N,T,D", layers="meantoken", ask="equivariance").items()
    found = total(np.array([1, 2, 4]))
    assert float(found.doit() if library == "sympy" else found) == 7.0
    assert np.ndim(found) == 0


@pytest.mark.parametrize("layers", ["relu", "softmax", "layernorm; gelu", "linear D->H; tanh; linear H->C", "residual [ layernorm; linear D ]"])
def test_the_example_of_every_backward_pass_runs(layers: str) -> None:
    problem = built("network", input="N,D", layers=layers, ask="gradients")
    space: dict[str, Any] = {"np": np, "random": np.random.default_rng(0)}
    exec(code([problem], "numpy"), space)
    for formula in formulas(problem):
        assert np.all(np.isfinite(np.asarray(eval(example(formula), space), dtype=float)))
