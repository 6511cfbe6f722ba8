"""The density of a function of a random variable and the inverse of a function, as people write them: right ones, slips beside them, and what says nothing."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

LOGISTIC = r"Let $f(z) = \frac{1}{1+e^{-z}}$. "
NORMAL = r"Let $Z \sim \mathcal N(\mu, \sigma^2)$ "
ANY = r"Let $Z$ be a continuous random variable with the probability density function $p_Z(z)$, "


def last(words: str) -> str:
    return check(document(source_of(words, "x.md"))).records[-1].verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (LOGISTIC + r"So $f^{-1}(y) = \ln y - \ln(1-y)$.", "accepted"),
    (LOGISTIC + r"So $f^{-1}(y) = \ln y + \ln(1-y)$.", "refuted"),
    (LOGISTIC + r"So $\frac{d}{dy} f^{-1}(y) = \frac{1}{y(1-y)}$.", "accepted"),
    (LOGISTIC + r"So $\frac{d}{dy} f^{-1}(y) = \frac{1}{y(1+y)}$.", "refuted"),
    (r"Let $f(z) = 3z^3 + 2$. So $f^{-1}(y) = \sqrt[3]{\frac{y-2}{3}}$.", "accepted"),
    (NORMAL + r"and $X = e^Z$. For $x > 0$, $$p_X(x) = \frac{1}{x\sigma\sqrt{2\pi}} e^{-\frac{(\ln x-\mu)^2}{2\sigma^2}}$$", "accepted"),
    (NORMAL + r"and $X = e^Z$. For $x > 0$, $$p_X(x) = \frac{1}{\sigma\sqrt{2\pi}} e^{-\frac{(\ln x-\mu)^2}{2\sigma^2}}$$", "undecided"),
    (ANY + r"and $Y = aZ + b$ where $a \ne 0$ and $b$ is a real number. $$p_Y(y) = \frac{1}{|a|} p_Z\left(\frac{y-b}{a}\right)$$", "accepted"),
    (ANY + r"and $Y = aZ + b$ where $a \ne 0$ and $b$ is a real number. $$p_Y(y) = \frac{1}{a} p_Z\left(\frac{y-b}{a}\right)$$", "refuted"),
    (ANY + r"and $Y = aZ + b$ where $a \ne 0$ and $b$ is a real number. $$p_Y(y) = |a| p_Z\left(\frac{y-b}{a}\right)$$", "refuted"),
    (ANY + r"$X = f(Z)$ and $f(z) = e^z$. For $x > 0$, $$p_X(x) = p_Z(f^{-1}(x)) \left|\frac{d}{dx} f^{-1}(x)\right| = \frac{1}{x} p_Z(\ln x)$$", "accepted"),
    (ANY + r"$X = f(Z)$ and $f(z) = e^z$. For $x > 0$, $$p_X(x) = p_Z(f^{-1}(x)) \left|\frac{d}{dx} f^{-1}(x)\right| = x p_Z(\ln x)$$", "refuted"),
    # a mass function has no Jacobian, nor has a vector that of a number
    (r"Let $Z$ be a discrete random variable with probability mass function $p_Z$ and let $X = 2Z$. Then $p_X(x) = \frac12 p_Z(x/2)$.", "undecided"),
    (r"Let $Z \sim \text{Poisson}(\lambda)$ and let $X = 2Z$. Then $p_X(x) = \frac12 p_Z(x/2)$.", "undecided"),
    (r"Let $Z \in \mathbb{R}^2$ have the density $p_Z$. Let $X = 2Z$. Then $p_X(x) = \frac12 p_Z(x/2)$.", "undecided"),
    (r"Let $f(x) = x^2$ for $x>0$. Then $f^{-1}(x) = \frac{1}{x^2}$.", "refuted"),
    # not one-to-one as written: nothing is known of it, whether it is right (the density of a square) or not (one of its two roots)
    (r"Let $Z \sim \mathcal N(0, 1)$ and $X = Z^2$. $$p_X(x) = \frac{1}{\sqrt{2\pi x}} e^{-x/2}$$", "undecided"),
    (ANY + r"and $X = Z^2$. For $x > 0$, $$p_X(x) = \frac{p_Z(\sqrt x) + p_Z(-\sqrt x)}{2\sqrt x}$$", "undecided"),
    (ANY + r"and $X = Z^2$. For $x > 0$, $$p_X(x) = \frac{p_Z(\sqrt x)}{2\sqrt x}$$", "undecided"),
    (ANY + r"and $X = Z e^Z$. For $x > 0$, $$p_X(x) = p_Z(x)$$", "undecided"),
    (ANY + r"and $X = Z + V$ with a random variable $V$. $$p_X(x) = p_Z(x - V)$$", "undecided"),
    (ANY + r"and $X = Z + v$. $$p_X(x) = p_Z(x + v)$$", "undecided"),  # v may be random too
])  # fmt: skip
def test_the_density_of_a_function_of_a_variable(words: str, verdict: str) -> None:
    assert last(words) == verdict
