"""What samples alone do not show: values outside a range, negative ones, one large among small, laws that are independent in pairs only, other readings."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of


def last(text: str) -> str:
    return [r.verdict for r in check(document(source_of(text, "text.tex"))).records][-1]


NOT_ACCEPTED = {
    "an entry outside the sum": r"Let $c_0,\dots,c_{12}$ be real numbers. Then \[ |c_0| \le \sum_{j=1}^{12}|c_j| \]",
    "the other way round": r"Let $c_0,\dots,c_{9}$ be real numbers. Then \[ \sum_{j=2}^{9}c_j^2 \ge c_1^2 \]",
    "a product of negative length": r"Let $m\ge0$ be an integer. Then \[ \prod_{j=1}^{m}b_j = b_m b_{m-1}\prod_{j=1}^{m-2}b_j \]",
    "entries with two subscripts": r"Let $w_{kl}$ be real numbers. Then \[ \sum_{l=1}^{m}w_{kl} = m\,w_{kl} \]",
    "a function applied": r"Let $C(m)$ be the cost. Then \[ C(3m) = 3C(m) \]",
    "a root of what may be negative": r"Let $t$ be a real number. Then \[ (t^5)^{2/5} = t^2 \]",
    "an integral over what is negative": r"Let $p<q$. Then \[ \int_p^q \frac{2}{t}\,dt = 2\log q - 2\log p \]",
    "an antiderivative": r"Then \[ \int t^3 e^{-t^2}\,dt = 0 \]",
    "independent in pairs": (
        r"Let $U$ and $V$ be independent, let $V$ and $W$ be independent, and let $U$ and $W$ be independent random variables. "
        r"Then \[ \mathbb{E}[UVW] = \mathbb{E}[U]\mathbb{E}[V]\mathbb{E}[W] \]"
    ),
}
ACCEPTED = {
    "an entry of the sum": r"Let $c_0,\dots,c_{12}$ be real numbers. Then \[ |c_0| \le \sum_{j=0}^{12}|c_j| \]",
    "a product that is long enough": r"Let $m\ge2$ be an integer. Then \[ \prod_{j=1}^{m}b_j = b_m b_{m-1}\prod_{j=1}^{m-2}b_j \]",
    "one factor for each subscript": r"Let $w_{kl}$ be real numbers. Then \[ \sum_{l=1}^{m}2w_{kl} = 2\sum_{l=1}^{m}w_{kl} \]",
    "a root of what is positive": r"Let $t$ be a positive real number. Then \[ (t^5)^{2/5} = t^2 \]",
    "an integral over what is positive": r"Let $0<p<q$. Then \[ \int_p^q \frac{2}{t}\,dt = 2\log q - 2\log p \]",
    "an integral with limits": r"Then \[ \int_{-\infty}^{\infty} t^3 e^{-t^2}\,dt = 0 \]",
    "independent together": r"Let $U$, $V$, $W$ be independent random variables. Then \[ \mathbb{E}[UVW] = \mathbb{E}[U]\mathbb{E}[V]\mathbb{E}[W] \]",
}


@pytest.mark.parametrize("text", NOT_ACCEPTED.values(), ids=NOT_ACCEPTED)
def test_what_fails_where_nobody_looks_is_not_accepted(text: str) -> None:
    assert last(text) in ("refuted", "undecided")


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_its_right_neighbour_is_accepted(text: str) -> None:
    assert last(text) == "accepted"


HALF = r"""% derive: problem
% derive: begin 1
% derive: let {z} {x} : real
% derive: let {p_X} : function 1 density
% derive: assume {x > 0}
% derive: define {f(z)} = {z^3} for {z}
% derive: define {p_Z(z)} = {DENSITY} for {z}
% derive: step 1 by change of variables {p_X} {p_Z} {f} {z} {x} {0} {\infty} piece {0} {\infty} {\sqrt[3]{x}} {0} {\infty} increasing
\begin{align*} p_X(x) & = p_Z(\sqrt[3]{x}) \left|\frac{d}{dx} \sqrt[3]{x}\right| \end{align*}
% derive: end
"""


@pytest.mark.parametrize(("density", "verdict"), [("e^{-z}", "accepted"), (r"\frac{1}{2} e^{-z}", "undecided")])
def test_a_density_has_all_its_mass_on_the_support_that_is_named(density: str, verdict: str) -> None:
    assert last(HALF.replace("DENSITY", density)) == verdict


def test_what_was_solved_for_is_not_told_apart_from_what_it_equals() -> None:
    """An eigenvalue that is 0 comes out of a search as 1e-81: that is no counterexample."""
    from mpmath import mpf

    from derivations.language.context import Context, Scalar
    from derivations.language.model.compare import Outcome, compare
    from derivations.language.model.sampling import models
    from derivations.language.term import Name, Num

    eigenvalue = Name("lambda")
    (model,) = models(Context().declare(Scalar(), eigenvalue), (eigenvalue,), 1)
    for solved, expected in ((mpf(10) ** -81, Outcome.UNCLEAR), (mpf(10) ** -9, Outcome.FAILS)):
        model.names[eigenvalue] = solved
        assert compare(eigenvalue, "=", Num("0"), model, 30, 60).outcome is expected


@pytest.mark.parametrize(("gradient", "right"), [(r"2M^\top M c-2M^\top t", True), (r"2M^\top M c+2M^\top t", False), (r"M^\top M c-2M^\top t", False)])
def test_a_gradient_that_is_put_to_zero_afterwards_is_a_claim(gradient: str, right: bool) -> None:
    """And no condition to be solved, as what follows it is."""
    text = (
        r"Let $M\in\mathbb{R}^{n\times p}$ have full column rank and $t\in\mathbb{R}^n$. Let $g(c)=\|t-Mc\|_2^2$. Then \[ \nabla g(c) = " + gradient + r". \] "
        r"Setting the gradient to zero, \[ M^\top M\hat c = M^\top t \quad\Longrightarrow\quad \hat c=(M^\top M)^{-1}M^\top t. \]"
    )
    found = {r.left: r.verdict for r in check(document(source_of(text, "text.tex"))).records}
    assert found[r"\nabla g(c)"] in (("accepted",) if right else ("refuted", "undecided")) and found[r"M^\top M\hat c"] == "given"
