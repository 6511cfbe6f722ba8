"""Rows and columns that words tell, number sets in other letters, words beside displays: what is said of a name is understood or asked about, never ignored."""

from __future__ import annotations

import pytest

from derivations import check

ROWS = r"Let $x_i\in\mathbb R^d$ and let $X\in\mathbb R^{n\times d}$ "
RIGHT = [
    ROWS + r"be the matrix whose $i$-th row is $x_i^T$. Then $\sum_{i=1}^n x_i x_i^T=X^TX$.",
    ROWS + r"be the matrix with rows $x_i^T$. Then $\sum_{i=1}^n x_i x_i^T=X^TX$.",
    ROWS + r"be the matrix whose rows are the vectors $x_i^T$. Then $\sum_{i=1}^n x_i x_i^T=X^TX$.",
    ROWS + r"have rows $x_1^T,\dots,x_n^T$. Then $\sum_{i=1}^n x_i x_i^T=X^TX$.",
    r"The data matrix $X\in\mathbb R^{n\times d}$ has $i$-th row $x_i^T$. Then $\sum_{i=1}^n y_i x_i=X^Ty$ for $y\in\mathbb R^n$.",
    r"Let $X$ be the $d\times n$ matrix with columns $x_1,\dots,x_n$, $x_i\in\mathbb R^d$. Then $\sum_{i=1}^n x_i x_i^T=XX^T$.",
    r"Let $x_i\in\mathbb R^d$ be the $i$-th column of $X\in\mathbb R^{d\times n}$. Then $\sum_{i=1}^n x_i x_i^T=XX^T$.",
    r"Let $x_i\in\mathbb R^d$, $X=[x_1,\dots,x_n]^T$. Then $\sum_{i=1}^n x_i x_i^T=X^TX$.",
    r"Let $x_i\in\mathbb R^d$, $X=(x_1,\dots,x_n)$. Then $\sum_{i=1}^n x_i x_i^T=XX^T$.",
    r"Let $x_i\in\mathbb R^d$, $X=\begin{pmatrix}x_1^T\\ \vdots\\ x_n^T\end{pmatrix}$. Then $\sum_{i=1}^n x_i x_i^T=X^TX$.",
    r"Let $x_i\in\mathbb R^d$, $i=1,\dots,n$, and let $X\in\mathbb R^{n\times d}$ with $X_{ij}=(x_i)_j$. Then $\sum_{i=1}^n x_i x_i^T=X^TX$.",
    r"Let $X\in\mathbb R^{n\times d}$ be the data matrix with rows $x_1^\top,\dots,x_n^\top$ and $y\in\mathbb R^n$. "
    r"Then $\nabla_w\|Xw-y\|^2=2\sum_{i=1}^n(x_i^\top w-y_i)x_i$.",
    r"Let $\sigma(t)=\frac{1}{1+e^{-t}}$ for $t\in\mathbf{R}$. Then $\sigma'(t)=\sigma(t)(1-\sigma(t))$.",
    r"Let $x\in\mathbf R^n$ and $A\in R^{n\times n}$. Then $(Ax)^T = x^TA^T$.",
    r"Let $f:\mathbf{R}^d\to\mathbf{R}$, $f(x)=\|x\|^2$. Then $\nabla f(x)=2x$.",
    r"\[\sigma(t)=\frac{1}{1+e^{-t}}, \qquad t \text{ real}\] Then $\sigma'(t)=\sigma(t)(1-\sigma(t))$.",
    r"\[(-1)^n = 1, \quad n \text{ even}\]",
    r"\[|x| = x \quad \text{for } x \text{ positive}\]",
    r"\[(AB)^T = B^TA^T, \qquad A, B \text{ square matrices}\]",
    r"\[f(x)=\begin{cases} 1, & x \text{ positive}\\ 0, & x\text{ negative}\end{cases}\] Then $f(2)=1$.",
    r"The masks $m_1,\dots,m_n$ are independent Bernoulli variables with $P(m_i=1)=q$ and $P(m_i=0)=1-q$. Then $E[m_i]=q$ and $E[m_i^2]=q$.",
    r"Let $m$ be Bernoulli with $P(m=1)=q$. Then $E[m]=q$ and $m^2=m$.",
    r"Let $X$ and $Y$ be independent. Then $E[X^2Y]=E[X^2]E[Y]$.",
    r"We have $\mathrm{Var}(X)=E[X^2]-E[X]^2$.",
    r"Let $X\in\mathbb R^{n\times d}$, $\beta\in\mathbb R^d$ and $y=X\beta+\varepsilon$ with $\varepsilon\sim N(0,\sigma^2I_n)$. Then $E[y]=X\beta$.",
]
WRONG = [
    (r"Let $x_i\in\mathbb R^d$ be the $i$-th column of $X\in\mathbb R^{d\times n}$. Then $\sum_{i=1}^n x_i x_i^T=2XX^T$.", "refuted"),
    (r"Let $x_i\in\mathbb R^d$, $X=[x_1,\dots,x_n]^T$. Then $\sum_{i=1}^n x_i x_i^T=XX^T$.", "refuted"),
    (ROWS + r"be the matrix with rows $x_i^T$ and $y\in\mathbb R^n$. Then $\nabla_w\|Xw-y\|^2=\sum_{i=1}^n(x_i^\top w-y_i)x_i$.", "refuted"),
    (ROWS + r"be the matrix whose rows are obtained from the $x_i^T$ by shuffling. Then $\sum_{i=1}^n i\,x_i x_i^T=X^TX$.", "undecided"),
    (r"Let $Z=XW$ with $X\in\mathbb R^{n\times d}$, $W\in\mathbb R^{d\times k}$. The rows of $Z$ are $z_i^T$. Then $\sum_{i=1}^n z_iz_i^T=W^TX^TXW$.", "undecided"),
    (r"Let $x_i\in\mathbb R^d$. Stack them as rows in $X\in\mathbb R^{n\times d}$. Then $\sum_{i=1}^n x_i x_i^T=X^TX$.", "undecided"),
    (r"\[|x| = x, \quad x \text{ negative}\]", "refuted"),
    (r"\[f(x)=\begin{cases} 1, & x \text{ is blue}\\ 0, & x\text{ negative}\end{cases}\] Then $f(2)=3$.", "undecided"),
    (r"The masks $m_i$ are independent Bernoulli variables with $P(m_i=1)=q$. Then $E[m_i]=1-q$.", "refuted"),
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_is_accepted(text: str) -> None:
    claims = [r for r in check(text).records if r.verdict != "given"]
    assert claims
    assert {r.verdict for r in claims} == {"accepted"}


@pytest.mark.parametrize(("text", "verdict"), WRONG)
def test_wrong_or_not_understood(text: str, verdict: str) -> None:
    assert check(text).records[-1].verdict == verdict


BOLD = [
    r"$\mathbf{A}$ is a real $m\times n$ matrix, $\mathbf{b}$ is $m\times 1$, $\mathbf{x}$ is $n\times 1$. "
    r"We minimise $f(\mathbf x)=\frac12\|\mathbf A\mathbf x-\mathbf b\|_2^2=\frac12\sum_{i=1}^{m}\Bigl(\sum_{j=1}^{n}A_{ij}x_j-b_i\Bigr)^2$.",
    r"Let $\mathbf{W}\in\mathbb R^{k\times d}$, $\mathbf x\in\mathbb R^d$ and $\mathbf z=\mathbf W\mathbf x$. Then $z_i=\sum_{j=1}^d W_{ij}x_j$.",
    r"Let $\mathbf{p}\in\mathbb R^n$ with $p_i=\frac{e^{z_i}}{\sum_{j=1}^n e^{z_j}}$. Then $\mathbf 1^T\mathbf p=1$ and $\frac{\partial p_i}{\partial z_i}=p_i(1-p_i)$.",
    r"Let $\mathbf{x}_i\in\mathbb R^d$. Then $\mathbf x_i^T\mathbf x_i=\sum_{j=1}^d x_{ij}^2$.",
    r"Let $Z\sim N(0,1)$ with density $\varphi$ and distribution function $\Phi$. Then $\Phi'(z)=\varphi(z)$, $\varphi'(z)=-z\varphi(z)$ and $\Phi(-z)=1-\Phi(z)$.",
    r"Let $X\sim\mathrm{Exp}(\lambda)$ have density $f$. Then $f(x)=\lambda e^{-\lambda x}$ for $x>0$.",
    r"Let $v>0$, $b>0$. We get \[m=\frac{v}{v+b}=1-B,\qquad\text{where } B=\frac{b}{v+b}.\] The factor $B$ is the shrinkage factor. Thus \[(1-B)t=\frac{vt}{v+b}.\]",
]
NOT_SAID = [
    (r"Let $\mathbf{b}\in\mathbb R^n$. Then $\mathbf b^T\mathbf b=\sum_{i=1}^n b_i$.", "refuted"),
    (r"Let $Z\sim N(0,1)$ with density $\varphi$. Then $\varphi(w)=\frac{1}{\sqrt{\pi}}e^{-w^2/2}$.", "refuted"),
    (r"Let $Z$ be a random variable and let $\varphi$ be the density of $Z$. Then $\varphi(1)=2$.", "refuted"),
    (r"Let $A$ be a $m\times n$ matrix. The fit is $Ax=Pb$, where the $m\times m$ matrix $P$ is \[P=A(A^TA)^{-1}A^T.\]", "undecided"),
    (r"Let $A,B,C\in\mathbb{R}^{n\times n}$ with $AB = AC$. Then we obtain $B = C$.", "refuted"),
]


@pytest.mark.parametrize("text", BOLD)
def test_names_that_the_text_determines(text: str) -> None:
    claims = [r for r in check(text).records if r.verdict != "given"]
    assert claims
    assert {r.verdict for r in claims} == {"accepted"}


@pytest.mark.parametrize(("text", "verdict"), NOT_SAID)
def test_what_nothing_determines_is_a_question(text: str, verdict: str) -> None:
    assert check(text).records[-1].verdict == verdict


LISTS = [
    r"Let $U\in\mathbb R^{m\times n}$ with $U^TU=I$, $V\in\mathbb R^{n\times n}$ orthogonal and $\Sigma=\mathrm{diag}(\sigma_1,\dots,\sigma_n)$ with "
    r"$\sigma_1\ge\dots\ge\sigma_n>0$. Let $A=U\Sigma V^T$. Then $A^TA=V\Sigma^2V^T$.",
    r"Let $\lambda_1\ge\dots\ge\lambda_d\ge 0$ be numbers. Then $\sum_{i=1}^d\lambda_i\ge 0$ and $\lambda_1\ge\lambda_d$.",
    r"Let $d$ be a random vector in $\mathbb R^n$ with $\mathbb E[d]=\mathbf 0$. Then $\mathbb E[2d]=\mathbf 0$.",
    r"Let $\mathbf W$ be $n\times n$ orthogonal. Then $\mathbf W\mathbf W^T=\mathbf I_n$.",
    r"Let $\mathbf V$ be $n\times n$ orthogonal. Then $\mathbf V\mathbf V^T=\mathbf I_n$.",
    r"Let $\mathbf U$ be $m\times n$ with $\mathbf U^T\mathbf U=\mathbf I_n$, $\mathbf W$ be $n\times n$ orthogonal. Then $\mathbf W\mathbf W^T=\mathbf I$.",
]
OPEN = [
    (r"Let $\sigma_1\ge\dots\ge\sigma_n>0$. Then $\sigma_1=\sigma_n$.", "refuted"),
    (r"Let $x_{t+1}=2rx_t-r^2x_{t-1}$. Then $x_t=(A+Bt)r^t$ for some constants $A,B$.", "undecided"),
    (r"Let $x_{t+1}=2rx_t-r^2x_{t-1}$. Then $x_t=(A+Bt)r^t$ for some constants $A,B$. From $t=0$ we get $A=x_0$.", "undecided"),
    (r"Given data $x_1,\dots,x_n$, the posterior density is \[\pi(\theta\mid x)\propto\exp\Bigl\{-\frac{(\theta-m)^2}{2\tau^2}\Bigr\}.\]", "undecided"),
]


@pytest.mark.parametrize("text", LISTS)
def test_lists_with_dots_and_bold_letters(text: str) -> None:
    claims = [r for r in check(text).records if r.verdict != "given"]
    assert claims
    assert {r.verdict for r in claims} == {"accepted"}


@pytest.mark.parametrize(("text", "verdict"), OPEN)
def test_what_is_found_later_is_no_counterexample(text: str, verdict: str) -> None:
    assert check(text).records[-1].verdict == verdict


CASES = [
    (r"\begin{align*} (a+b)^2 &= a^2+2ab+b^2, \qquad [2] \\ (a-b)^2 &= a^2-2ab+b^2. \qquad [1]\end{align*}", "accepted"),
    (r"Let $1\le k<T$ be integers. Then $T-k=10$.", "refuted"),
    (r"For $1\le k<T$ we have $w^{T-k}\ne 0$ if $w\ne 0$. E.g.\ $w=\frac12$, $T-k=10$: bound $2^{-10}=\frac{1}{1024}$.", "accepted"),
    (r"Let $a=1$ and $b=2$. Then $a+b=4$.", "refuted"),
    (r"Let $x$ be real. Then $x-x=1$.", "refuted"),
    (r"We solve \[2x+1=7 \Rightarrow 2x=6 \Rightarrow x=4.\]", "refuted"),
    (r"Let $a=3$. Solve $ax=6$. So $x=3$.", "refuted"),
    (r"$x_1,\dots,x_n\in\mathbb{R}^d$ i.i.d. $\mathcal N(\mu,\Sigma)$, $\Sigma$ symmetric. $\ell(\mu)=-\frac12\sum_{i=1}^n (x_i-\mu)^\top\Sigma^{-1}(x_i-\mu)$. "
     r"$\nabla_\mu \ell=\Sigma^{-1}\sum_{i=1}^n (x_i-\mu)$.", "accepted"),
]


@pytest.mark.parametrize(("text", "verdict"), CASES)
def test_points_and_values_of_a_case(text: str, verdict: str) -> None:
    assert check(text).records[-1].verdict == verdict


SUMS_TO_ONE = [
    (r"Let $a_1,\dots,a_n$ be real numbers with $\sum_{i=1}^n a_i=1$. Then $\sum_{i=1}^n a_i^2\le 1$.", "undecided"),
    (r"Let $a_1,\dots,a_n$ be positive numbers with $\sum_{i=1}^n a_i=1$. Then $\sum_{i=1}^n a_i^2\le 1$.", "accepted"),
    (r"Let $w_i\ge 0$ with $\sum_{i=1}^n w_i=1$. Then $\sum_{i=1}^n w_i^2\le 1$.", "accepted"),
    (r"Let $a_1,\dots,a_n$ be real numbers with $\sum_{i=1}^n a_i=1$. Then $\sum_{i=1}^n (a_i-\frac1n)^2=\sum_{i=1}^n a_i^2-\frac1n$.", "accepted"),
]


@pytest.mark.parametrize(("text", "verdict"), SUMS_TO_ONE)
def test_numbers_with_the_sum_one_may_be_negative(text: str, verdict: str) -> None:
    assert check(text).records[-1].verdict == verdict


GAUSS = [
    (r"Let $z\sim\mathcal N(0,I_d)$ and $x=Az+b$ with $A\in\mathbb R^{k\times d}$, $b\in\mathbb R^k$. Then $\operatorname{Cov}(x)=AA^T$.", "accepted"),
    (r"Let $d$ be a positive integer and $z\sim\mathcal N(0,I_d)$. Then $\mathbb E[\|z\|^2]=d$.", "accepted"),
    (r"Let $z\sim\mathcal N(0,I_d)$. Then $\mathbb E[zz^T]=I_d$.", "accepted"),
    (r"Let $z\sim\mathcal N(0,I_d)$. Then $\mathbb E[zz^T]=2I_d$.", "refuted"),
    (r"Let $X\in\mathbb R^{n\times d}$, $\beta\in\mathbb R^d$, $y=X\beta+\varepsilon$ with $\varepsilon\sim N(0,\sigma^2I_n)$. Then $\operatorname{Cov}(y)=\sigma^2I_n$.", "accepted"),
    (r"Let $\varepsilon\sim N(0,\sigma^2I)$, $y=X\beta+\varepsilon$ with $X\in\mathbb R^{n\times p}$. Then $\operatorname{Cov}(y)=\sigma^2I$.", "accepted"),
    (r"Let $\varepsilon\sim N(0,\sigma^2I_n)$ with $\sigma>0$. Then $\operatorname{Cov}(\varepsilon)=\sigma I_n$.", "undecided"),
]


@pytest.mark.parametrize(("text", "verdict"), GAUSS)
def test_normal_vectors_whose_size_the_identity_tells(text: str, verdict: str) -> None:
    assert check(text).records[-1].verdict == verdict


LAWS = [
    (r"Let $g_1,g_2,\dots$ be independent random variables with mean $\mu$ and variance $\sigma^2>0$. Then $\operatorname{Var}(g_1+g_2)=2\sigma^2$.", "accepted"),
    (r"Let $g_1,g_2,\dots$ be independent random variables with mean $\mu$ and variance $\sigma^2>0$. Then $\operatorname{Var}(g_1+g_2)=\sigma^2$.", "refuted"),
    (r"Starting with $m_0=v_0=0$, update $v_t=bv_{t-1}+(1-b)g_t^2$. Then $v_1=(1-b)g_1^2$.", "accepted"),
    (r"Let $C=2ndd_k+ndd_v$. In the common case $d_k=d_v=d$ the total is \[C=3nd^2.\]", "accepted"),
    (r"Let $C=2ndd_k+ndd_v$. In the common case $d_k=d_v=d$ the total is \[C=2nd^2.\]", "refuted"),
    (r"Let $\theta^{\mathrm{new}}=\theta-\eta g$. Then $(\theta^{\mathrm{new}})^2=\theta^2-2\eta g\theta+\eta^2g^2$.", "accepted"),
    (r"Put $r=e^{\lambda}$. The mean constraint reads \[\frac{r+2r^2}{1+r+r^2}=\frac{10}{7},\] that is, $4r^2-3r-10=0$.", "accepted"),
    (r"Let $X$ be geometric with parameter $p\in(0,1)$. Then for every integer $k\ge 1$ we have $P(X=k)=(1-p)^{k-1}p$.", "undecided"),
    (r"Let $Y$ have a continuous positive density $p$ on $(0,\infty)$. Let $p(y)=\lambda e^{-\lambda y}$. "
     r"Then $\mathbb E|Y-c|=\int_{0}^{c}(c-y)p(y)\,dy+\int_{c}^{\infty}(y-c)p(y)\,dy$.", "undecided"),
]


@pytest.mark.parametrize(("text", "verdict"), LAWS)
def test_values_in_words_and_cases(text: str, verdict: str) -> None:
    assert check(text).records[-1].verdict == verdict
