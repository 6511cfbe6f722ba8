"""Signs that need no hypothesis or a bound alone: squares, the halves of a turn, roots with one square. Each beside a neighbour that is false, and densities
that rest on them."""

from __future__ import annotations

import math

import pytest

from derivations import check, pushforward

PROVED = [
    r"Let $x$ be real. Then $|(1-x)^2| = (1-x)^2$.",
    r"Let $x$ be real, $x \ne 1$. Then $|\frac{1}{(1-x)^2}| = \frac{1}{(1-x)^2}$.",
    r"Let $x, y$ be real. Then $|x^2 - 2xy + y^2| = (x-y)^2$.",
    r"Let $0 < x < \pi/2$. Then $|\cos x| = \cos x$.",
    r"Let $0 < x < \pi$. Then $|2 \sin x| = 2 \sin x$.",
    r"Let $-\pi/2 < x < \pi/2$. Then $|\frac{d}{dx} \tan x| = \tan(x)^2+1$.",
    r"Let $-1 < u < 1$. Then $\cos(\arccos u) = u$.",
    r"Let $-1 < u < 1$. Then $\sin(\arccos u) = \sqrt{1-u^2}$.",
    r"Let $-1 < u < 1$. Then $\sin(2\pi - \arccos u) = -\sqrt{1-u^2}$.",
    r"Let $-1 < u < 1$. Then $\cos(\pi - \arccos u) = -u$.",
    r"Let $-1 < u < 1$. Then $|\arccos u| = \arccos u$.",
    r"Let $0 < y < \pi$. Then $\arccos(\cos y) = y$.",
    r"Let $0 < u < 1/2$. Then $\arccos(\cos(2 \pi u)) = 2 \pi u$.",
    r"Let $1/2 < u < 1$. Then $\arccos(\cos(2 \pi u)) = 2 \pi - 2 \pi u$.",
    r"Let $\pi < x < 2\pi$. Then $|\sin x| = -\sin x$.",
    r"Let $x < 0$. Then $|1 - e^{-x^2}| = 1 - e^{-x^2}$.",
    r"Let $x > 1$. Then $\sqrt{x-1}\sqrt{x+1} = \sqrt{x^2-1}$.",
    r"Let $x > 1$. Then $\frac{1}{\sqrt{x-1}\sqrt{x+1}} = \frac{1}{\sqrt{x^2-1}}$.",
]
REFUTED = [
    r"Let $x$ be real. Then $|(1-x)^3| = (1-x)^3$.",
    r"Let $x$ be real. Then $|1 - 5x/2 + x^2| = 1 - 5x/2 + x^2$.",
    r"Let $0 < x < \pi$. Then $|\cos x| = \cos x$.",
    r"Let $-\pi < x < \pi/2$. Then $|\sin x| = \sin x$.",
    r"Let $-\pi/2 < x < \pi/2$. Then $|\tan(x)^2-1| = \tan(x)^2-1$.",
    r"Let $-1 < u < 1$. Then $\sin(\arccos u) = -\sqrt{1-u^2}$.",
    r"Let $-1 < u < 1$. Then $\sin(\pi - \arccos u) = -\sqrt{1-u^2}$.",
    r"Let $-1 < u < 1$. Then $\cos(2\pi + \arccos u) = -u$.",
    r"Let $y$ be real. Then $\arccos(\cos y) = y$.",
    r"Let $0 < u < 1$. Then $\arccos(\cos(2 \pi u)) = 2 \pi u$.",
    r"Let $\pi/2 < x < 2\pi$. Then $|\cos x| = -\cos x$.",
    r"Let $x < 0$. Then $|1 - e^{-x^3}| = 1 - e^{-x^3}$.",
    r"Let $x > 1$. Then $\sqrt{x-1}\sqrt{x+1} = \sqrt{x^2+1}$.",
    r"Let $0 < x < 1$. Then $-\sqrt{x}\sqrt{1-x} = \sqrt{x-x^2}$.",
    r"Let $x$ be real. Then $\sqrt{(x-1)^2} = x-1$.",
]


@pytest.mark.parametrize("text", PROVED)
def test_a_sign_that_shows_is_proved(text: str) -> None:
    last = check(text).records[-1]
    assert (last.verdict, last.evidence) == ("accepted", "proved"), last.method


@pytest.mark.parametrize("text", REFUTED)
def test_its_neighbour_is_refuted(text: str) -> None:
    assert check(text).records[-1].verdict == "refuted"


DENSITIES = [
    ("Normal(0,1)", "softsign", lambda z: z / (1 + abs(z)), 0.4, [2 / 3]),
    ("Normal(0,1)", "cosh(z)", math.cosh, 1.5, [math.acosh(1.5), -math.acosh(1.5)]),
    ("Exponential(1)", "cosh(z)", math.cosh, 2.5, [math.acosh(2.5)]),
    ("Cauchy(0,1)", "arctan(z)", math.atan, 0.7, [math.tan(0.7)]),
    ("Uniform(0,1)", "arcsin(z)", math.asin, 0.7, [math.sin(0.7)]),
]


@pytest.mark.parametrize(("base", "map_", "f", "at", "places"), DENSITIES)
def test_densities_that_rest_on_them_are_proved(base: str, map_: str, f: object, at: float, places: list[float]) -> None:
    found = pushforward(base=base, map=map_)
    assert found.evidence.word == "proved"
    law = {"Normal(0,1)": lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi), "Exponential(1)": lambda z: math.exp(-z) * (z > 0),
           "Cauchy(0,1)": lambda z: 1 / (math.pi * (1 + z * z)), "Uniform(0,1)": lambda z: float(0 < z < 1)}[base]  # fmt: skip
    true = sum(law(z) / abs((f(z + 1e-6) - f(z - 1e-6)) / 2e-6) for z in places)  # type: ignore[operator]
    value = found.answer.value
    (x,) = value.free_symbols
    assert float(value.subs(x, at)) == pytest.approx(float(true), rel=1e-6)


def test_the_map_of_box_and_muller_is_proved() -> None:
    found = pushforward(base="U1, U2 ~ Uniform(0,1)", map="sqrt(-2*log(u1))*cos(2*pi*u2), sqrt(-2*log(u1))*sin(2*pi*u2)")
    assert found.evidence.word == "proved"
    x1, x2 = sorted(found.answer.value.free_symbols, key=str)
    assert float(found.answer.value.subs({x1: 0.3, x2: -1.2})) == pytest.approx(math.exp(-(0.09 + 1.44) / 2) / (2 * math.pi))
