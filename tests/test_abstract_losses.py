"""Losses of which only the name is known: a derivative of what nothing defines is an unknown and never zero; the chain rule through definitions decides."""

from __future__ import annotations

from typing import Final

import pytest

from derivations.checking.provers import prove
from derivations.checking.report import check
from derivations.kernel.statement import equation
from derivations.kernel.verdict import Evidence, Undecided
from derivations.language.context import Context, Function, Loss, Scalar, Through
from derivations.language.term import Bars, Call, Deriv, Frac, Name, Num, Term
from derivations.reading.judgements import document
from derivations.reading.source import source_of

LOSS: Final = Name("L")
ACCEPTED: Final = frozenset(("proved", "sampled", "proved under a convention"))
PROVED: Final = frozenset(("proved", "proved under a convention"))
REFUTED: Final = frozenset(("refuted",))
DOUBTED: Final = frozenset(("refuted", "undecided", "unread"))
"""What a wrong step may be."""
OPEN: Final = frozenset(("undecided", "unread"))
"""What a step is that is right for some losses and wrong for others."""


def last(setup: str, formula: str) -> str:
    record = check(document(source_of(f"{setup}\n\n$$ {formula} $$\n", "a.md"))).records[-1]
    return record.evidence.partition("(")[0] if record.verdict == "accepted" else record.verdict


NOTHING: Final = [
    (r"\frac{\partial L}{\partial x} = 3\,\frac{\partial L}{\partial x}", DOUBTED),
    (r"\frac{\partial L}{\partial x} + \frac{\partial L}{\partial x} = 2\frac{\partial L}{\partial x}", PROVED),
    (r"\frac{dx}{dt} = 0", OPEN),
    (r"\frac{d}{dt}(x y) = 0", OPEN),
    (r"\frac{d}{dt}(x y) = x\frac{dy}{dt}+y\frac{dx}{dt}", PROVED),
    (r"\frac{d}{dt}(x y) = 2x\frac{dy}{dt}+y\frac{dx}{dt}", DOUBTED),
    (r"\frac{d}{dt}(x^2+y^2) = 2x\frac{dx}{dt}+2y\frac{dy}{dt}", PROVED),
    (r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial z}", OPEN),
    (r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial a}\frac{\partial a}{\partial z}\frac{\partial z}{\partial w}", PROVED),
    (r"\frac{\partial L}{\partial w} = 2\frac{\partial L}{\partial a}\frac{\partial a}{\partial z}\frac{\partial z}{\partial w}", REFUTED),
    (r"\frac{\partial L}{\partial z} = y - t", OPEN),
    (r"\nabla_\theta L = 5\nabla_\theta L", DOUBTED),
    (r"\nabla_\theta J = \nabla_\theta L", OPEN),
]
LAYER: Final = r"Let $z_i=\sum_{j=1}^n w_{ij}x_j+b_i$ for $i=1,\dots,m$ and let $\delta_i=\partial L/\partial z_i$."
OF_A_LAYER: Final = [
    (r"\frac{\partial L}{\partial w_{ij}} = \delta_i x_j", PROVED),
    (r"\frac{\partial L}{\partial w_{ij}} = 17\delta_i", REFUTED),
    (r"\frac{\partial L}{\partial w_{ij}} = \delta_j x_i", REFUTED),
    (r"\frac{\partial L}{\partial w_{ij}} = 0", DOUBTED),
    (r"\frac{\partial L}{\partial b_i} = \delta_i", PROVED),
    (r"\frac{\partial L}{\partial x_j} = \sum_{i=1}^m w_{ij}\delta_i", PROVED),
    (r"\frac{\partial L}{\partial x_j} = \sum_{i=1}^m w_{ji}\delta_i", DOUBTED),
    (r"\frac{\partial L}{\partial x_j} = \sum_{i=1}^n w_{ij}\delta_i", DOUBTED),
    (r"\frac{\partial L}{\partial w_{ij}} = \sum_{k=1}^m\frac{\partial L}{\partial z_k}\frac{\partial z_k}{\partial w_{ij}}", PROVED),
    (r"\frac{\partial z_i}{\partial x_j} = w_{ij}", PROVED),
    (r"\frac{\partial z_i}{\partial x_j} = w_{ji}", REFUTED),
]
NEURON: Final = r"A neuron computes $z=wx+b$ and $a=\sigma(z)$. The cost is $C$."
OF_A_NEURON: Final = [
    (r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial a}\,\sigma'(z)\, x", PROVED),
    (r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial a}\,\sigma'(z)\, w", REFUTED),
    (r"\frac{\partial C}{\partial w} = x\frac{\partial C}{\partial b}", PROVED),
    (r"\frac{\partial C}{\partial w} = w\frac{\partial C}{\partial b}", REFUTED),
    (r"\frac{\partial C}{\partial z} = \frac{\partial C}{\partial a}\,a(1-a)", ACCEPTED),
    (r"\frac{\partial C}{\partial z} = \frac{\partial C}{\partial a}\,a(1+a)", DOUBTED),
]
ARRAYS: Final = r"Let $\mathbf{z}=W\mathbf{x}+\mathbf{b}$ and $\boldsymbol\delta=\frac{\partial L}{\partial \mathbf{z}}$."
OF_ARRAYS: Final = [
    (r"\frac{\partial L}{\partial W} = \boldsymbol\delta\,\mathbf{x}^T", PROVED),
    (r"\frac{\partial L}{\partial W} = \mathbf{x}\boldsymbol\delta^T", DOUBTED),
    (r"\nabla_W L = 2\boldsymbol\delta\,\mathbf{x}^T", REFUTED),
    (r"\frac{\partial L}{\partial \mathbf{x}} = W^T\boldsymbol\delta", PROVED),
    (r"\frac{\partial L}{\partial \mathbf{x}} = W\boldsymbol\delta", DOUBTED),
    (r"\frac{\partial L}{\partial \mathbf{b}} = \boldsymbol\delta", PROVED),
    (r"\frac{\partial L}{\partial \mathbf{b}} = 2\boldsymbol\delta", REFUTED),
]
NORM: Final = r"Batch normalisation computes $y_i=\gamma\hat{x}_i+\beta$ for $i=1,\dots,m$."
OF_A_NORM: Final = [
    (r"\frac{\partial \mathcal{L}}{\partial \gamma} = \sum_{i=1}^m \frac{\partial \mathcal{L}}{\partial y_i}\,\hat{x}_i", PROVED),
    (r"\frac{\partial \mathcal{L}}{\partial \gamma} = \sum_{i=1}^m \frac{\partial \mathcal{L}}{\partial y_i}", OPEN),
    (r"\frac{\partial \mathcal{L}}{\partial \hat{x}_i} = \gamma^2\frac{\partial \mathcal{L}}{\partial y_i}", OPEN),
]
"""Nothing says what the normalised inputs are, and their mark says that something does."""
NORM_IN_FULL: Final = r"Batch normalisation computes $\hat{x}_i=\frac{x_i-\mu}{s}$ and $y_i=\gamma\hat{x}_i+\beta$ for $i=1,\dots,m$."
OF_A_NORM_IN_FULL: Final = [
    (r"\frac{\partial \mathcal{L}}{\partial \gamma} = \sum_{i=1}^m \frac{\partial \mathcal{L}}{\partial y_i}\,\hat{x}_i", PROVED),
    (r"\frac{\partial \mathcal{L}}{\partial \gamma} = \sum_{i=1}^m \frac{\partial \mathcal{L}}{\partial y_i}", REFUTED),
    (r"\frac{\partial \mathcal{L}}{\partial \hat{x}_i} = \gamma\frac{\partial \mathcal{L}}{\partial y_i}", PROVED),
    (r"\frac{\partial \mathcal{L}}{\partial \hat{x}_i} = \gamma^2\frac{\partial \mathcal{L}}{\partial y_i}", REFUTED),
]
DECAY: Final = r"Let $J = L + \frac{\lambda}{2} w^2$, where the loss $L$ depends on $w$."
OF_DECAY: Final = [
    (r"w - \eta\frac{\partial J}{\partial w} = (1-\eta\lambda)w - \eta\frac{\partial L}{\partial w}", PROVED),
    (r"w - \eta\frac{\partial J}{\partial w} = (1-\lambda)w - \eta\frac{\partial L}{\partial w}", REFUTED),
    (r"\frac{\partial J}{\partial w} = \lambda w", DOUBTED),
]
BRANCHES: Final = r"Let $u=x^2$ and $v=x^3$. The loss $L$ depends on $u$ and $v$."
OF_BRANCHES: Final = [
    (r"\frac{\partial L}{\partial x} = 2x\frac{\partial L}{\partial u}+3x^2\frac{\partial L}{\partial v}", PROVED),
    (r"\frac{\partial L}{\partial x} = 2x\frac{\partial L}{\partial u}", DOUBTED),
]
SOFTMAX: Final = r"Let $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ and let $L$ be the loss."
OF_A_SOFTMAX: Final = [
    (r"\frac{\partial L}{\partial z_i} = p_i\left(\frac{\partial L}{\partial p_i} - \sum_j p_j\frac{\partial L}{\partial p_j}\right)", ACCEPTED),
    (r"\frac{\partial L}{\partial z_i} = p_i(1-p_i)\frac{\partial L}{\partial p_i}", REFUTED),
    (r"\frac{\partial L}{\partial z_i} = p_i\left(\frac{\partial L}{\partial p_i} + \sum_j p_j\frac{\partial L}{\partial p_j}\right)", REFUTED),
]
RECURRENT: Final = r"The recurrent network computes $h_t = \tanh(w h_{t-1} + u x_t)$ with loss $L$."
OF_RECURRENT: Final = [
    (r"\frac{\partial h_t}{\partial h_{t-1}} = w(1-h_t^2)", ACCEPTED),
    (r"\frac{\partial h_t}{\partial u} = 0", DOUBTED),
    (r"\frac{\partial L}{\partial w} = \sum_{t=1}^T \frac{\partial L}{\partial h_t}(1-h_t)h_{t-1}", DOUBTED),
]
COMPOSED: Final = r"Let $z=f(x,y)$ with $x=g(t)$ and $y=h(t)$."
OF_COMPOSED: Final = [
    (r"\frac{dz}{dt} = \frac{\partial z}{\partial x}\frac{dx}{dt} + \frac{\partial z}{\partial y}\frac{dy}{dt}", PROVED),
    (r"\frac{dz}{dt} = \frac{\partial z}{\partial x}\frac{dx}{dt} - 5\frac{\partial z}{\partial y}\frac{dy}{dt}", REFUTED),
]
PARTLY: Final = r"Let $z=f(x,t)$ with $x=g(t)$."
TOTAL_AND_PARTIAL: Final = [
    (r"\frac{dz}{dt} = \frac{\partial z}{\partial x}\frac{dx}{dt} + \frac{\partial z}{\partial t}", PROVED),
    (r"\frac{dz}{dt} = \frac{\partial z}{\partial t}", REFUTED),
]
MASKED: Final = r"With masks $m_i$ the layer computes $h_i = m_i\phi(z_i)$."
EXTENT: Final = [
    (r"\partial_{z_i}\mathcal{L} = \partial_{h_i}\mathcal{L}\cdot m_i\cdot\partial_{z_i}\phi(z_i)", PROVED),
    (r"\partial_{z_i}\mathcal{L} = \partial_{h_i}\mathcal{L}\cdot m_i^2\cdot\partial_{z_i}\phi(z_i)", REFUTED),
]
KNOWN: Final = r"Let $L=\frac12\sum_{k=1}^m (z_k-t_k)^2$ with $z_k=\sum_{j=1}^n w_{kj}x_j$."
OF_KNOWN: Final = [
    (r"\frac{\partial L}{\partial z_i} = z_i - t_i", PROVED),
    (r"\frac{\partial L}{\partial z_i} = 0", DOUBTED),
    (r"\frac{\partial L}{\partial w_{ij}} = (z_i - t_i)x_j", PROVED),
]
TABLE: Final = [
    ("", NOTHING), (LAYER, OF_A_LAYER), (NEURON, OF_A_NEURON), (ARRAYS, OF_ARRAYS), (NORM, OF_A_NORM), (NORM_IN_FULL, OF_A_NORM_IN_FULL), (DECAY, OF_DECAY),
    (BRANCHES, OF_BRANCHES), (SOFTMAX, OF_A_SOFTMAX), (RECURRENT, OF_RECURRENT), (COMPOSED, OF_COMPOSED), (PARTLY, TOTAL_AND_PARTIAL), (MASKED, EXTENT), (KNOWN, OF_KNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("setup", "formula", "verdicts"), [(setup, f, v) for setup, steps in TABLE for f, v in steps])
def test_what_a_loss_of_unknown_form_allows(setup: str, formula: str, verdicts: frozenset[str]) -> None:
    assert last(setup, formula) in verdicts


def test_another_thing_made_of_the_same_name_leaves_the_question_open() -> None:
    """The loss may depend on v as well: with one reading it is right and with the other it is wrong."""
    assert last(r"Let $u=x^2$ and $v=x^3$.", r"\frac{\partial L}{\partial x} = 2x\frac{\partial L}{\partial u}") == "undecided"


@pytest.mark.parametrize("body", [Call(Name("log"), (LOSS,)), Call(Name("f"), (LOSS,)), Bars("abs", LOSS), Frac(Num("1"), 1 + LOSS), LOSS, LOSS**2])
def test_a_function_of_a_loss_changes_with_what_the_loss_is_a_function_of(body: Term) -> None:
    """Nobody proves that it does not: the provers alone, without the refuter."""
    x = Name("x")
    context = Context().declare(Scalar(), x).declare(Function(), Name("f")).declare(Loss((Through(x),), Num("0")), LOSS)
    assert isinstance(prove(equation(Deriv(body, ((x, 1),)), Num("0")), context, ()), Undecided)
    assert isinstance(prove(equation(Deriv(body, ((x, 1),)), Deriv(body, ((x, 1),), partial=True)), context, ()), Evidence)
