"""What texts say of vectors and matrices in the ways of different authors: identities with their size, random vectors, parts of a name in words."""

from __future__ import annotations

import pytest

from derivations import check

X = r"Let $X\in\mathbb{R}^{n\times p}$ and $\lambda>0$. "
LINEAR = (
    r"Let $y=X\beta+\varepsilon$ with $X\in\mathbb{R}^{n\times d}$, $\beta\in\mathbb{R}^d$, $\mathbb{E}[\varepsilon]=0$, "
    r"$\operatorname{Cov}(\varepsilon)=\sigma^2I_n$. Let $\hat w = X^T y$. "
)
MOMENTS = r"Let $x$ be a random vector in $\mathbb{R}^d$ with mean $\mu$ and covariance matrix $\Sigma$, and let $A\in\mathbb{R}^{m\times d}$. "


def last(text: str) -> str:
    return check(text).records[-1].verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        # an identity matrix with its size below it, beside arrays
        (X + r"Then $(X^TX+\lambda I_p)X^T=X^TXX^T+\lambda X^T$.", "accepted"),
        (X + r"Then $(X^TX+\lambda I_p)^{-1}X^T=X^T(XX^T+\lambda I_n)^{-1}$.", "accepted"),
        (X + r"Then $(X^TX+\lambda I_p)^{-1}X^T=\lambda X^T(XX^T+\lambda I_n)^{-1}$.", "refuted"),
        (X + r"Then $(X^TX+\lambda I_p)X^T=X^TXX^T+X^T$.", "refuted"),
        # random vectors by what stands beside them, whatever the length of the letter's name
        (LINEAR + r"Then $\|y\|^2 = \|X\beta\|^2 + 2\varepsilon^TX\beta + \|\varepsilon\|^2$.", "accepted"),
        (LINEAR + r"Then $\|y\|^2 = \|X\beta\|^2 + \varepsilon^TX\beta + \|\varepsilon\|^2$.", "refuted"),
        (LINEAR + r"Then $\mathbb{E}[\hat w] = X^TX\beta$.", "accepted"),
        (LINEAR + r"Then $\operatorname{Cov}(\hat w) = \sigma^2 X^T X$.", "accepted"),
        (LINEAR + r"Then $\operatorname{Cov}(\hat w) = \sigma X^T X$.", "refuted"),
        # independent entries of vectors that are listed together
        (r"Let $q,k\in\mathbb{R}^d$ have $2d$ mutually independent entries with mean $0$ and variance $1$. Then $\operatorname{Var}(q^T k/\sqrt d)=1$.", "accepted"),
        (r"Let $q,k\in\mathbb{R}^d$ have independent entries with mean $0$ and variance $1$. Then $\mathbb{E}[q^T k]=0$.", "accepted"),
        (r"Let $q,k\in\mathbb{R}^d$ have independent entries with mean $0$ and variance $1$. Then $\operatorname{Var}(q^T k)=2d$.", "refuted"),
        (r"Let $q,k\in\mathbb{R}^d$ be random vectors whose entries are independent with mean $0$ and variance $1$. Then $\operatorname{Var}(q\cdot k)=d$.",
         "accepted"),
        (r"Assume the components of $q$ and $k$ are independent random variables with mean $0$ and variance $1$. Then $q\cdot k = \sum_{i=1}^{d} q_i k_i$ and "
         r"$\operatorname{Var}(q\cdot k) = d$.", "accepted"),
        (r"Let $w\in\mathbb{R}^d$ and let the entries of $x\in\mathbb{R}^d$ be independent with mean $0$ and variance $1$. "
         r"Then $\operatorname{Var}(w^T x)= \|w\|^2$.", "accepted"),
        (r"Let $w\in\mathbb{R}^d$ and let the entries of $x\in\mathbb{R}^d$ be independent with mean $0$ and variance $1$. "
         r"Then $\operatorname{Var}(w^T x)= \sum_{i=1}^d w_i$.", "refuted"),
        # words behind a name that say more of it than is understood
        (r"$Z\in\mathbb{R}^{n\times d}$ fixed with full column rank. Then for $v \in\mathbb{R}^d$, $v\ne 0$: $\|Zv\|^2>0$.", "undecided"),
        (r"Let $Z\in\mathbb{R}^{n\times d}$ (full column rank). Then for $v \in\mathbb{R}^d$, $v\ne 0$: $\|Zv\|^2>0$.", "undecided"),
        (r"Let $Z\in\mathbb{R}^{n\times d}$. Then for $v \in\mathbb{R}^d$, $v\ne 0$: $\|Zv\|^2>0$.", "refuted"),
    ],
)
def test_what_is_told_of_vectors(text: str, verdict: str) -> None:
    assert last(text) == verdict
