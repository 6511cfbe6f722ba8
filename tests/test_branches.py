"""Definitions by cases in words: "f(x) = 2x if x > 0 and f(x) = x otherwise", "for y = 1 the loss is ..., for y = 0 it is ..."."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of

LEAKY = r"The leaky ReLU is $\ell(z) = z$ for $z > 0$ and $\ell(z) = a z$ for $z \le 0$. "
HUBER = r"The Huber loss is $H(r) = \frac12 r^2$ for $|r| \le 1$ and $H(r) = |r| - \frac12$ otherwise. "
LABEL = r"For $y = 1$ the loss is $L = -\ln p$, for $y = 0$ it is $L = -\ln(1-p)$. "
LABEL_IF = r"If $y = 1$, the loss is $L = -\ln p$. If $y = 0$, it is $L = -\ln(1-p)$. "
LABEL_FOR = r"For $y = 1$ the loss is $L = -\ln p$. For $y = 0$ the loss is $L = -\ln(1-p)$. "
STEP = r"The step size is $\eta = 0.5$ for $t < 100$ and $\eta = 0.05$ afterwards. "


def last(words: str) -> str:
    """The verdict on the last relation that is no condition; of an accepted one, its evidence."""
    one = [r for r in check(document(source_of(words, "x.md"))).records if r.verdict != "given"][-1]
    return one.evidence.split("(")[0] if one.verdict == "accepted" else one.verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (LEAKY + r"For $z < 0$, $\ell'(z) = a$.", "sampled"),
    (LEAKY + r"Then $\ell(-2) = -2a$.", "proved"),
    (HUBER + r"For $|r| < 1$, $H'(r) = r$.", "sampled"),
    (HUBER + r"For $r > 1$, $H'(r) = r$.", "refuted"),
    (HUBER + r"Then $H(2) = \frac32$.", "proved"),
    (HUBER + r"Then $H(2) = 2$.", "refuted"),
    # the condition is on a name that is no argument
    (LABEL + r"If $y = 0$, then $\frac{\partial L}{\partial p} = \frac{1}{1-p}$.", "proved"),
    (LABEL + r"If $y = 0$, then $\frac{\partial L}{\partial p} = -\frac1p$.", "refuted"),
    (LABEL + r"Then $L = -\ln p$.", "undecided"),
    (LABEL_IF + r"Hence $L = -\ln p$.", "undecided"),
    (STEP + r"For $t > 200$, $\eta^2 = 0.0025$.", "proved"),
    (STEP + r"For $t > 200$, $\eta^2 = 0.25$.", "refuted"),
    (LABEL_FOR + r"If $y = 0$, then $\frac{\partial L}{\partial p} = \frac{1}{1-p}$.", "proved"),
    # only the value is said of the rest
    (r"Let $\kappa_{ij} = 1$ if $i = j$ and $0$ otherwise. Then $\sum_{j=1}^n \kappa_{ij} x_j = \sum_{j=1}^n x_j$.", "refuted"),
    (r"Let $c = a$ if $a > b$, else $b$. Then $c = \max(a, b)$.", "sampled"),
    (r"Let $c = a$ if $a > b$, else $b$. Then $c = \min(a, b)$.", "refuted"),
    # nothing is said of the rest
    (r"Let $c = a$ if $a > b$. Then $c^2 = a^2$.", "undecided"),
    (r"Let $w_t = 1$ if $t > 0$. Then $w_{-1} = 1$.", "undecided"),
    (r"Let $f(x) = 2x$ for $x > 0$. Then $f(-1) = -2$.", "undecided"),
    (r"Let $f(x) = \ln x$ for $x > 0$. The derivative is $f'(x) = \frac1x$.", "proved"),
    # another condition is no other case
    (r"For $0 < c < 1$ define $f(x) = \max(c x, x)$. For $x < 0$, $f(x) = c x$.", "proved"),
    (r"For $0 < c < 1$ define $f(x) = \max(c x, x)$. For $x < 0$, $f(x) = x$.", "refuted"),
    # what no condition was read of says it nowhere by itself
    (r"Let $m = 1$ if the input is kept and $m = 0$ if it is dropped. Then $m x = x$.", "undecided"),
])
def test_what_is_said_under_a_condition_holds_under_it(words: str, verdict: str) -> None:
    assert last(words) == verdict


def _sign(x: Fraction) -> Fraction:
    return Fraction((x > 0) - (x < 0))


WORDED: dict[str, Callable[[Fraction], Fraction]] = {
    r"Let $g(t) = 3t$ if $t \ge 0$ and $g(t) = -t$ if $t < 0$. ": lambda t: 3 * t if t >= 0 else -t,
    r"Let $g(t) = 3t$ when $t \ge 0$, and $-t$ otherwise. ": lambda t: 3 * t if t >= 0 else -t,
    r"We set $g(t) = t^2$ for $0 \le t \le 1$, $g(t) = 2t - 1$ for $t > 1$ and $g(t) = 0$ otherwise. ":
        lambda t: Fraction(0) if t < 0 else t * t if t <= 1 else 2 * t - 1,
    r"The sign is $g(t) = 1$ if $t > 0$, $g(t) = 0$ if $t = 0$ and $g(t) = -1$ if $t < 0$. ": _sign,
    r"For $t > 2$, let $g(t) = t$. For $t \le 2$, let $g(t) = 2$. ": lambda t: t if t > 2 else Fraction(2),
    r"For $t > 2$ let $g(t) = t$; otherwise $g(t) = 2$. ": lambda t: t if t > 2 else Fraction(2),
}


@pytest.mark.parametrize("words", WORDED)
@pytest.mark.parametrize("at", [-3, 0, 3])
def test_values_are_those_of_the_branch(words: str, at: int) -> None:
    value = WORDED[words](Fraction(at))
    assert last(f"{words}Then $g({at}) = {value}$.") == "proved"
    assert last(f"{words}Then $g({at}) = {value + 1}$.") == "refuted"
