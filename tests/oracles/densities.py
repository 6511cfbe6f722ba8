"""What a density must do: integrate to one, to the probabilities of intervals, and to what samples show. SciPy and NumPy; no code of the project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import integrate, stats

Density = Callable[[float], float]


def mass(density: Density, low: float, high: float, cuts: tuple[float, ...] = ()) -> float:
    """The integral by adaptive quadrature, in pieces between the cuts."""
    places = [low, *sorted(c for c in cuts if low < c < high), high]
    return float(sum(integrate.quad(density, a, b, limit=400, epsabs=1e-11, epsrel=1e-10)[0] for a, b in zip(places, places[1:], strict=False)))


def logistic_below(x: float, mean: float, deviation: float) -> float:
    """P(1/(1 + e^-Z) <= x) for a normal Z: the logistic increases, so it is the probability that Z is below ln(x/(1-x))."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    return float(stats.norm.cdf((np.log(x) - np.log1p(-x) - mean) / deviation))


def sampled_fractions(transform: Callable[[Any], Any], mean: float, deviation: float, places: list[float], count: int, seed: int) -> list[float]:
    """The share of transformed normal samples at or below each place."""
    drawn = transform(np.random.default_rng(seed).normal(mean, deviation, count))
    return [float(np.mean(drawn <= place)) for place in places]
