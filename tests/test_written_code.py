"""Code of answers that somebody wrote: definitions are put in, arrays are arguments, and what it gives is what other means give."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from derivations import written
from derivations.language.errors import DeriveError
from render.code.write import code

FOLDER = Path(str(files("derivations"))) / "sheets" / "assignment-3"


def function(name: str) -> Any:
    names: dict[str, Any] = {}
    source = code([written(FOLDER / f"{name}.tex")], "numpy")
    exec(source, names)
    return next(value for key, value in names.items() if callable(value) and getattr(value, "__doc__", "") and f"def {key}(" in source)


def test_the_backward_pass_of_layer_normalization_is_what_differences_give() -> None:
    backward = function("layer-normalization")
    random = np.random.default_rng(1)
    x, weights = random.standard_normal(5), random.standard_normal(5)

    def loss(x: np.ndarray) -> float:
        hat = (x - x.mean()) / x.std()
        return float(np.sum(np.sin(hat) * weights))

    g = np.cos((x - x.mean()) / x.std()) * weights
    for j in range(5):
        h = 1e-6 * np.eye(5)[j]
        assert float(backward(x, g, j + 1)) == pytest.approx((loss(x + h) - loss(x - h)) / 2e-6, rel=1e-6, abs=1e-8)


@pytest.mark.slow
def test_the_divergence_of_gaussians_is_what_quadrature_gives() -> None:
    divergence = function("gaussian-divergence")
    m0, m1, s0, s1 = np.array([0.3, -1.0]), np.array([0.0, 0.5]), np.array([0.5, 1.5]), np.array([1.2, 0.7])
    parts = (
        quad(lambda t, k=k: norm.pdf(t, m0[k], s0[k]) * (norm.logpdf(t, m0[k], s0[k]) - norm.logpdf(t, m1[k], s1[k])), -30, 30, points=[m0[k]])[0] for k in (0, 1)
    )
    found = divergence(Sigma_1=np.diag(s1**2), Sigma_0=np.diag(s0**2), mu_1=m1, mu_0=m0)
    assert float(np.squeeze(found)) == pytest.approx(sum(parts), rel=1e-7)


def test_the_noise_of_a_diffusion_model_is_what_its_recurrence_gives() -> None:
    alpha = [0.9, 0.8, 0.95]
    variance = 0.0
    for a in alpha:
        variance = a * variance + 1 - a
    assert function("diffusion")(alpha=alpha, t=3) == pytest.approx(variance)


def test_what_has_no_code_is_refused_with_the_reason() -> None:
    with pytest.raises(DeriveError, match="has no code"):
        function("evidence-bound")
