"""What texts say of vectors and matrices in the ways of different authors: identities with their size, random vectors, parts of a name in words."""

from __future__ import annotations

import pytest

from derivations import check

X = r"Let $X\in\mathbb{R}^{n\times p}$ and $\lambda>0$. "
LINEAR = (
    r"Let $y=X\beta+\varepsilon$ with $X\in\mathbb{R}^{n\times d}$, $\beta\in\mathbb{R}^d$, $\mathbb{E}[\varepsilon]=0$, "
    r"$\operatorname{Cov}(\varepsilon)=\sigma^2I_n$. Let $\hat w = X^T y$. "
)
SOFTMAX = r"For $z\in\mathbb{R}^n$ and $p_i=e^{z_i}/\sum_{l=1}^n e^{z_l}$ "
VARIANCE = r"Let $\ell = -\frac{n}{2}\log(2\pi\sigma^2) - \frac{S}{2\sigma^2}$ with $\sigma>0$. "
DESCENT = r"Let $f:\mathbb{R}^d\to\mathbb{R}$ be differentiable, $x\in\mathbb{R}^d$ and $y = x-\eta\nabla f(x)$. "
GRADIENT = r"Let $f:\mathbb{R}^d\to\mathbb{R}$ be differentiable and $x_{t+1} = x_t-\eta\nabla f(x_t)$. "
OF_VECTORS = r"Let $f:\mathbb{R}^d\to\mathbb{R}$ and $x,y\in\mathbb{R}^d$. "
MOMENTS = r"Let $x$ be a random vector in $\mathbb{R}^d$ with mean $\mu$ and covariance matrix $\Sigma$, and let $A\in\mathbb{R}^{m\times d}$. "


def last(text: str) -> str:
    """The verdict of the last claim (a declaration may stand behind it: "for all v in R^n")."""
    return [r.verdict for r in check(text).records if r.verdict != "given"][-1]


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
        (r"Let $D\in\mathbb{R}^{n\times n}$ be diagonal with entries $s_i > 0$. Then $v^TDv \ge 0$ for all $v\in\mathbb{R}^n$.", "undecided"),
        (r"Let $A\in\mathbb{R}^{n\times n}$ with positive determinant. Then $|\det A| = \det A$.", "accepted"),
        (r"Let $A\in\mathbb{R}^{n\times n}$ with positive determinant. Then $\nabla_A\log\det A = A^{-1}$.", "refuted"),
        # the covariance of a normal law is symmetric and definite
        (r"Let $\Sigma\in\mathbb{R}^{d\times d}$ and $x\sim\mathcal{N}(\mu,\Sigma)$ with $x\in\mathbb{R}^d$. Then $\mathbb{E}[xx^T]=\Sigma+\mu\mu^T$.", "accepted"),
        (r"Let $\Sigma\in\mathbb{R}^{d\times d}$ and $x\sim\mathcal{N}(\mu,\Sigma)$ with $x\in\mathbb{R}^d$. Then $\mathbb{E}[xx^T]=\Sigma$.", "refuted"),
        (r"Let $A\in\mathbb{R}^{n\times n}$ have a negative trace. Then $|\operatorname{tr} A| = -\operatorname{tr} A$.", "accepted"),
        # means and covariance matrices in words
        (MOMENTS + r"Then $\mathbb{E}[Ax]=A\mu$.", "accepted"),
        (MOMENTS + r"Then $\operatorname{Cov}(Ax)=A\Sigma A^T$.", "accepted"),
        (MOMENTS + r"Then $\operatorname{Cov}(Ax)=2A\Sigma A^T$.", "refuted"),
        (MOMENTS + r"Then $\mathbb{E}[x x^T]=\Sigma+\mu\mu^T$.", "accepted"),
        (MOMENTS + r"Then $\mathbb{E}[x x^T]=\Sigma-\mu\mu^T$.", "refuted"),
        (r"Let $X$ and $Y$ be random variables with variance $1$ and covariance $c$. Then $\operatorname{Var}(X+Y) = 2$.", "undecided"),
        (r"Let $x$ and $y$ be random vectors in $\mathbb{R}^d$ with mean $\mu$. Then $\mathbb{E}[xy^T]=\mu\mu^T$.", "undecided"),
        (r"Let $x$ and $y$ be independent random vectors in $\mathbb{R}^d$ with mean $\mu$. Then $\mathbb{E}[xy^T]=\mu\mu^T$.", "accepted"),
        (r"Let $x$ be a random vector in $\mathbb{R}^d$ with mean $\mu$ and sample covariance matrix $\Sigma$. Then $\operatorname{Cov}(x)=\Sigma$.", "undecided"),
        (r"Let $x\in\mathbb{R}^d$ have independent entries with non-zero mean and variance $1$. Then $\mathbb{E}[\sum_{i=1}^d x_i]=0$.", "refuted"),
        # "and let" begins another sentence: X and b are not random
        (r"Let $X\in\mathbb{R}^{n\times d}$, $b\in\mathbb{R}^d$ and let $\varepsilon \in \mathbb{R}^n$ be a random vector with mean $0$ and covariance $\sigma^2I_n$ "
         r"where $\sigma > 0$. Let $y=Xb+\varepsilon$ and $\hat w = X^T y$. Then $\operatorname{Cov}(\hat w) = \sigma X^T X$.", "refuted"),
        # matrices that are semidefinite
        (r"Let $A\in\mathbb{R}^{d\times d}$ be positive semidefinite. Then $v^TAv \ge 0$ for all $v\in\mathbb{R}^d$.", "accepted"),
        (r"Let $A\in\mathbb{R}^{d\times d}$ be positive semidefinite. Then $v^TAv > 0$ for all $v\in\mathbb{R}^d$ with $v\ne 0$.", "refuted"),
        # vectors of which the entries are defined, and vectors of ones
        (SOFTMAX + r"we have $\mathbf{1}^T p = 1$.", "accepted"),
        (SOFTMAX + r"we have $\mathbf{1}^T p = 2$.", "refuted"),
        (SOFTMAX + r"let $J=\operatorname{diag}(p)-pp^T$. Then $J\mathbf{1} = p - p(p^T\mathbf{1})$.", "accepted"),
        (r"Let $x, y\in\mathbb{R}^n$ and $s_i = x_i y_i$. Then $\mathbf{1}^Ts = x^Ty$ and $s = x\odot y$.", "accepted"),
        (r"Let $x, y\in\mathbb{R}^n$ and $s_i = x_i y_i$. Then $s = 2x\odot y$.", "undecided"),
        (r"Let $x,y\in\mathbb{R}^n$. Then $\mathbf{1}^T(x\odot y) = 2x^Ty$.", "refuted"),
        # derivatives as people write them
        (SOFTMAX + r"we have $\partial\log p_i/\partial z_j=\delta_{ij}-p_j$.", "accepted"),
        (SOFTMAX + r"we have $\partial\log p_i/\partial z_j=\delta_{ij}-p_i$.", "refuted"),
        (VARIANCE + r"Then $\frac{\partial \ell}{\partial \sigma^2} = -\frac{n}{2\sigma^2} + \frac{S}{2\sigma^4}$.", "accepted"),
        (VARIANCE + r"Then $\frac{\partial \ell}{\partial \sigma^2} = -\frac{n}{\sigma^2} + \frac{S}{2\sigma^4}$.", "refuted"),
        (r"Let $J(w) = \|Xw-y\|^2$ with $X\in\mathbb{R}^{n\times d}$, $y\in\mathbb{R}^n$, $w\in\mathbb{R}^d$. Then $\nabla J = 2X^T(Xw-y)$.", "accepted"),
        (r"Let $J(w) = \|Xw-y\|^2$ with $X\in\mathbb{R}^{n\times d}$, $y\in\mathbb{R}^n$, $w\in\mathbb{R}^d$. Then $\nabla J = X^T(Xw-y)$.", "refuted"),
        # functions of vectors that nothing defines, by their values; inner products in angles; the transposed gradient
        (DESCENT + r"Suppose $f(y)\le f(x)+\nabla f(x)^T(y-x)+\frac L2\|y-x\|^2$. Then $f(y)\le f(x)-\eta\|\nabla f(x)\|^2 + \frac{L\eta^2}{2}\|\nabla f(x)\|^2$.",
         "accepted"),
        (DESCENT + r"Suppose $f(y)\le f(x)+\langle\nabla f(x), y-x\rangle+\frac L2\|y-x\|^2$. Then $f(y)\le f(x)-\eta(1-\frac{L\eta}{2})\|\nabla f(x)\|^2$.",
         "accepted"),
        (DESCENT + r"Suppose $f(y)\le f(x)+\nabla f(x)^T(y-x)+\frac L2\|y-x\|^2$. Then $f(y)\le f(x)-2\eta\|\nabla f(x)\|^2 + \frac{L\eta^2}{2}\|\nabla f(x)\|^2$.",
         "undecided"),
        (DESCENT + r"Then $\nabla f(x)^T(y-x) = -\eta\|\nabla f(x)\|^2$.", "accepted"),
        (DESCENT + r"Then $\nabla f(x)^T(y-x) = \eta\|\nabla f(x)\|^2$.", "refuted"),
        (GRADIENT + r"Then $\|x_{t+1}-y\|^2 = \|x_t-y\|^2-2\eta\nabla f(x_t)^T(x_t-y)+\eta^2\|\nabla f(x_t)\|^2$.", "accepted"),
        (GRADIENT + r"Then $\nabla f(x_t)^T(x_{t+1}-x_t) = -\eta\|\nabla f(x_t)\|^2$.", "accepted"),
        (GRADIENT + r"Suppose $f(x_t) \ge c$ for all $t$. Then $f(x_3)\ge c$.", "accepted"),
        (GRADIENT + r"Then $x_2-x_1 = x_1-x_0$.", "refuted"),
        (r"Let $f:\mathbb{R}^d\to\mathbb{R}$, $x,y\in\mathbb{R}^d$. Then $f(x) = f(y)$.", "refuted"),
        (r"Let $f:\mathbb{R}^d\to\mathbb{R}$, $x,y\in\mathbb{R}^d$. Define $h(u) = f(u+x)$ for $u\in\mathbb{R}^d$. Then $h(y) = h(x)$.", "undecided"),
        (r"Let $f:\mathbb{R}^d\to\mathbb{R}$ be convex and $g = \nabla f(x)$. Then $\|x-\eta g-y\|^2 = \|x-y\|^2-2\eta g^T(x-y)+\eta^2\|g\|^2$.", "accepted"),
        # what is more than a value or a gradient, and functions of the entries
        (OF_VECTORS + r"Then $\nabla^2 f(x) = 0$.", "undecided"),
        (OF_VECTORS + r"Then $\nabla_x (f(x)^2) = 0$.", "undecided"),
        (OF_VECTORS + r"Let $z = x-\eta y$. Then $\frac{\partial f(z)}{\partial\eta} = 0$.", "undecided"),
        (OF_VECTORS + r"Then $\frac{d}{dt} f(x+ty) = 0$.", "undecided"),
        (OF_VECTORS + r"Then $\frac{d}{dt} f(x+ty) = \nabla f(x+ty)^Ty$.", "undecided"),
        (OF_VECTORS + r"Suppose $x = y$. Then $f(x) = f(y)$.", "undecided"),
        (r"Let $x,y\in\mathbb{R}^d$ and let $\phi$ be a function. Then $\phi(x)\phi(y)^T = \phi(y)\phi(x)^T$.", "refuted"),
        (r"Let $\phi:\mathbb{R}^d\to\mathbb{R}^p$ be a feature map, $x,y\in\mathbb{R}^d$ and $A\in\mathbb{R}^{p\times p}$. "
         r"Then $\phi(x)^TA\phi(y) = \phi(y)^TA\phi(x)$.", "undecided"),
        (r"Let $u,v\in\mathbb{R}^n$. Then $\langle u+v, u-v\rangle = \|u\|^2-\|v\|^2$.", "accepted"),
        (r"Let $u,v\in\mathbb{R}^n$. Then $\langle u+v, u+v\rangle = \|u\|^2+\|v\|^2$.", "refuted"),
        # a mean over a law by a capital, beside a sum over its values
        (r"We have $\sum_{x}p(x)\log\frac{p(x)}{q(x)}=\mathbb{E}_{X\sim p}\Bigl[\log\frac{p(X)}{q(X)}\Bigr]$.", "accepted"),
        (r"We have $\sum_{x}p(x)\log\frac{p(x)}{q(x)}=2\mathbb{E}_{X\sim p}\Bigl[\log\frac{p(X)}{q(X)}\Bigr]$.", "refuted"),
    ],
)
def test_what_is_told_of_vectors(text: str, verdict: str) -> None:
    assert last(text) == verdict
