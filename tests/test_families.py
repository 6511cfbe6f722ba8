"""Families of vectors, what is sought over, and what is said of spectra: each cause of what was not understood with a neighbour that is wrong."""

from __future__ import annotations

import pytest

from derivations import check


def last(text: str) -> tuple[str, str]:
    record = check(text, "family.tex").records[-1]
    return record.verdict, record.evidence.partition("(")[0]


VECTORS = r"Let $x_i\in\mathbb{R}^d$ for $i=1,\dots,n$ and $w\in\mathbb{R}^d$. "


@pytest.mark.parametrize(("right", "wrong"), [
    (r"$\sum_{i=1}^n w^\top x_i=w^\top\sum_{i=1}^n x_i$", r"$\sum_{i=1}^n w^\top x_i=nw^\top\sum_{i=1}^n x_i$"),
    (r"$\sum_{i=1}^n (w^\top x_i)^2=w^\top(\sum_{i=1}^n x_ix_i^\top)w$", r"$\sum_{i=1}^n (w^\top x_i)^2=w^\top(\sum_{i=1}^n x_i^\top x_i)w$"),
    (r"$f(w)=\sum_{i=1}^n (w^\top x_i)^2$. Then $\nabla f(w)=2\sum_{i=1}^n x_ix_i^\top w$",
     r"$f(w)=\sum_{i=1}^n (w^\top x_i)^2$. Then $\nabla f(w)=\sum_{i=1}^n x_ix_i^\top w$"),
    (r"$f(w)=\sum_{i=1}^n \|x_i-w\|^2$. Then $\nabla f(w)=2nw-2\sum_{i=1}^n x_i$", r"$f(w)=\sum_{i=1}^n \|x_i-w\|^2$. Then $\nabla f(w)=2w-2\sum_{i=1}^n x_i$"),
    (r"$f=\sum_{i=1}^n \|x_i-w\|^2$. Then $\frac{\partial f}{\partial x_j}=2(x_j-w)$",
     r"$f=\sum_{i=1}^n \|x_i-w\|^2$. Then $\frac{\partial f}{\partial x_j}=2(w-x_j)$"),
])  # fmt: skip
def test_sums_over_a_family_of_vectors_are_proved(right: str, wrong: str) -> None:
    let = "Let " if "Then" in right else "Then "
    assert last(f"{VECTORS}{let}{right}.") == ("accepted", "proved")
    assert last(f"{VECTORS}{let}{wrong}.")[0] == "refuted"


SUMMED = r"Let $v=\sum_{i=1}^n a_i x_i$. Then $\|v\|^2=\sum_{i=1}^n\sum_{j=1}^n a_ia_j \langle x_i,x_%s\rangle$."


def test_nothing_is_applied_to_an_inner_product() -> None:
    assert last(VECTORS + SUMMED % "j")[0] == "accepted"
    assert last(VECTORS + SUMMED % "i")[0] == "refuted"


MATRICES = r"Let $A_i\in\mathbb{R}^{d\times d}$ for $i=1,\dots,n$ and $c\in\mathbb{R}^d$. Then "


def test_and_of_matrices() -> None:
    assert last(rf"{MATRICES}$c^\top\Bigl(\sum_{{i=1}}^n A_i\Bigr) c=\sum_{{i=1}}^n c^\top A_i^\top c$.") == ("accepted", "proved")
    assert last(rf"{MATRICES}$c^\top\sum_{{i=1}}^n A_i=\sum_{{i=1}}^n c^\top A_i^\top$.")[0] == "refuted"


DESCENT = (
    r"Let $b\in\mathbb{R}^d$ and let $A\in\mathbb{R}^{d\times d}$ be invertible. Let $x_{k+1}=x_k-\eta(Ax_k-b)$ with $x_k\in\mathbb{R}^d$ "
    r"and let $e_k=x_k-A^{-1}b$. Then $e_{k+1}=(I%s\eta A)e_k$."
)


def test_what_is_said_of_one_iterate_is_said_of_all_where_the_next_one_stands_too() -> None:
    assert last(DESCENT % "-")[0] == "accepted"
    assert last(DESCENT % "+")[0] == "refuted"


MARGIN = r"""Data $(x_i,y_i)$, $i=1,\dots,n$, with $x_i\in\mathbb{R}^d$ and $y_i\in\{-1,+1\}$. Fix $C>0$. The problem over $w\in\mathbb{R}^d$ and $b\in\mathbb{R}$ is
\[ \min_{w,b,\xi}\ \frac12\|w\|^2+C\sum_{i=1}^n\xi_i\quad\text{s.t.}\quad y_i(\langle w,x_i\rangle+b)\ge1-\xi_i,\quad \xi_i\ge0 . \]
With multipliers $\alpha_i\ge0$ and $r_i\ge0$,
\[ \mathcal{L}=\frac12\|w\|^2+C\sum_{i=1}^n\xi_i-\sum_{i=1}^n\alpha_i\left[y_i(\langle w,x_i\rangle+b)-1+\xi_i\right]-\sum_{i=1}^nr_i\xi_i . \]
Then \[ %s . \]
"""


@pytest.mark.slow
@pytest.mark.parametrize(("claim", "verdict"), [
    (r"\nabla_w\mathcal{L}=w-\sum_{i=1}^n\alpha_iy_ix_i", "accepted"),
    (r"\nabla_w\mathcal{L}=w+\sum_{i=1}^n\alpha_iy_ix_i", "refuted"),
    (r"\frac{\partial\mathcal{L}}{\partial b}=-\sum_{i=1}^n\alpha_iy_i", "accepted"),
    (r"\frac{\partial\mathcal{L}}{\partial b}=-\sum_{i=1}^n\alpha_i", "refuted"),
])  # fmt: skip
def test_a_hypothesis_that_joins_two_sequences_can_be_satisfied(claim: str, verdict: str) -> None:
    assert last(MARGIN % claim)[0] == verdict


def test_what_a_least_value_is_sought_over_numbers_nothing() -> None:
    told = r"Let $w\in\mathbb{R}^d$ and $b\in\mathbb{R}$. We solve $\min_{w,b}\ \|w\|^2+b^2$. "
    assert last(told + r"Then $b^2\ge |b|$.")[0] == "refuted"  # for integers it would hold
    assert last(r"Let $v\in\mathbb{R}^n$. Then $(\max_i v_i)^2\le\|v\|^2$.")[0] == "accepted"


def test_an_equation_about_every_entry_is_satisfied_by_every_entry() -> None:
    told = r"Let $C>0$ and let $a_i$ and $r_i$, $i=1,\dots,n$, be real numbers. Suppose that $C-a_i-r_i=0$ for all $i$. Then "
    assert last(rf"{told}$\sum_{{i=1}}^n a_i+\sum_{{i=1}}^n r_i=nC$.")[0] in ("accepted", "undecided")
    assert last(rf"{told}$\sum_{{i=1}}^n a_i+\sum_{{i=1}}^n r_i=2nC$.")[0] == "refuted"


POINTS = r"$x_1,\dots,x_n$%s and let $u\in\mathbb{R}^d$. Let $S=\frac1n\sum_{i=1}^n x_ix_i^\top$. Then $\frac1n\sum_{i=1}^n (u^\top x_i)^2=%su^\top Su$."


@pytest.mark.parametrize("told", [r", each a column vector in $\mathbb{R}^d$", r", all of them points in $\mathbb{R}^d$", r" in $\mathbb{R}^d$"])
def test_words_say_that_a_list_is_one_of_vectors(told: str) -> None:
    assert last("Consider the points " + POINTS % (told, ""))[0] == "accepted"
    assert last("Consider the points " + POINTS % (told, "2"))[0] == "refuted"


@pytest.mark.parametrize("words", [
    r"Let $A$ be a symmetric $n\times n$ matrix whose eigenvalues all lie in $[m,M]$ where $0<m<M$. ",
    r"Let $A\in\mathbb{R}^{n\times n}$ be symmetric and let $0<m<M$. The eigenvalues of $A$ lie in $[m,M]$. ",
    r"Let $A\in\mathbb{R}^{n\times n}$ be symmetric. The largest eigenvalue of $A$ is $M$. ",
])  # fmt: skip
def test_what_words_say_of_a_spectrum_keeps_what_rests_on_it_from_being_refuted(words: str) -> None:
    assert last(words + r"For $x\in\mathbb{R}^n$ we have $x^\top A x\le M\|x\|^2$.")[0] != "refuted"
    plain = r"Let $A$ be a symmetric $n\times n$ matrix and $M>0$. "
    assert last(plain + r"For $x\in\mathbb{R}^n$ we have $x^\top A x\le M\|x\|^2$.")[0] == "refuted"


def test_what_is_undecided_before_may_say_what_a_name_is() -> None:
    text = (
        r"Let $S\in\mathbb{R}^{d\times d}$ be symmetric with the unit eigenvector $u$ belonging to its largest eigenvalue. We look for a direction $v$ with "
        r"$u^\top v=0$. Stationarity reads \[ 2Sv-2\mu v-\nu u=0 . \] Hit this with $u^\top$: the first two terms die, and we are left "
        r"with $\nu=0$. Hence $Sv=\mu v$."
    )
    assert "refuted" not in [r.verdict for r in check(text, "family.tex").records]


BESIDE = r"Let $a,b\in\mathbb{R}$. Then \[ a^2+2ab+b^2=%s . \] Here $s$ is a number."


def test_what_stands_beside_an_equation_may_say_what_a_name_in_it_is() -> None:
    assert last(BESIDE % r"s^2,\qquad s=a+b")[0] == "undecided"
    assert last(r"Solve \[ 2x=4,\qquad x=3 . \]")[0] == "refuted"


def test_a_supposition_in_words_and_what_it_means() -> None:
    told = r"Let $x_1,\dots,x_n\in\mathbb{R}^d$. "
    assert last(told + r"We shall suppose that somebody centred them, so $\sum_{i=1}^n x_i=0$.")[0] == "given"
    assert last(told + r"Suppose that $x_1=0$, so $\sum_{i=1}^n x_i=0$.")[0] == "refuted"
    assert last(told + r"They are pretty, so $\sum_{i=1}^n x_i=0$.")[0] == "refuted"


SCORES = (
    r"Let $Q,K\in\mathbb{R}^{n\times d}$ and $S=\frac{1}{\sqrt d}QK^\top$, let $\ell=\ell(S)$ be a differentiable scalar loss and "
    r"$G=\partial\ell/\partial S\in\mathbb{R}^{n\times n}$. Then $\frac{\partial\ell}{\partial K}=\frac{1}{\sqrt d}%s$."
)


def test_a_loss_that_is_written_with_what_it_depends_on_is_a_number() -> None:
    assert last(SCORES % r"G^\top Q")[0] == "accepted"
    assert last(SCORES % "GQ")[0] == "refuted"
    assert last(r"Let $f(x)=x^2$ and write $f=f(x)$. Then $f'(x)=2x$.")[0] == "accepted"
    assert last(r"Let $f(x)=x^2$ and write $f=f(x)$. Then $f'(x)=x$.")[0] == "refuted"


@pytest.mark.parametrize(("text", "verdicts"), [
    (r"Let $A\in\mathbb{R}^{m\times n}$. Let $S=A^\top A\in\mathbb{R}^{n\times n}$. Then $S=S^\top$.", ["given", "given", "given", "accepted"]),
    (r"Let $A\in\mathbb{R}^{m\times n}$. Let $S=A^\top A\in\mathbb{R}^{n\times n}$. Then $S=2S^\top$.", ["given", "given", "given", "refuted"]),
    (r"We have $2\in\{2,-2\}$ and $1+1=2\in\{2,-2\}$.", ["unread", "accepted", "unread"]),
])  # fmt: skip
def test_behind_an_equation_a_space_says_what_stands_before_it(text: str, verdicts: list[str]) -> None:
    assert [r.verdict for r in check(text, "family.tex").records] == verdicts


WIDTH = (
    r"For input width $W$, kernel $K$, padding $p$ and stride $S$ the output width is \[ O=\left\lfloor\frac{W+2p-K}{S}\right\rfloor+1 . \] "
    r"First layer: \[ O_1=%s . \] So $O_1+1=%s$."
)


@pytest.mark.parametrize(("put_in", "after", "verdicts"), [
    (r"\left\lfloor\frac{32+2\cdot2-5}{1}\right\rfloor+1=31+1=32", "33", ["given", "given", "accepted", "accepted", "accepted"]),
    (r"\left\lfloor\frac{32+4-5}{1}\right\rfloor+1", "33", ["given", "given", "accepted"]),
    (r"\left\lfloor\frac{32-2}{2}\right\rfloor+1", "17", ["given", "given", "accepted"]),
    (r"\left\lfloor\frac{32-2}{2}\right\rfloor+1", "18", ["given", "given", "refuted"]),
    (r"\left\lfloor\frac{32-2}{2}\right\rfloor+1=16+1", "17", ["given", "given", "refuted", "accepted"]),
    (r"\left\lfloor\frac{32-2}{2}\right\rfloor+2", "18", ["given", "undecided"]),
    (r"\left\lceil\frac{32-2}{2}\right\rceil+1", "17", ["given", "undecided"]),
])  # fmt: skip
def test_numbers_are_put_in_a_formula_that_was_stated_with_letters(put_in: str, after: str, verdicts: list[str]) -> None:
    assert [r.verdict for r in check(WIDTH % (put_in, after), "width.tex").records][: len(verdicts)] == verdicts


@pytest.mark.parametrize(("told", "claim", "verdict"), [
    (r"Let $p\in\mathbb{R}^n$ and let $\sum_{i=1}^n p_i=1$ where the $p_i$ are probabilities.", r"$p^\top p=\sum_{i=1}^n p_i^2$", "accepted"),
    (r"Let $p\in\mathbb{R}^n$ and let $\sum_{i=1}^n p_i=1$ where the $p_i$ are probabilities.", r"$p^\top p=2\sum_{i=1}^n p_i^2$", "refuted"),
    (r"Let $\sum_{i=1}^n p_i=1$ with probabilities $p_i$.", r"$\sum_{i=1}^n p_i^2\le 1$", "accepted"),
])  # fmt: skip
def test_what_words_say_of_one_member_is_said_of_all(told: str, claim: str, verdict: str) -> None:
    assert last(f"{told} Then {claim}.")[0] == verdict


SOFTMAX = (
    r"For $z\in\mathbb{R}^n$ and $p_i=e^{z_i}/\sum_{l=1}^n e^{z_l}$ the Jacobian $J=\partial p/\partial z\in\mathbb{R}^{n\times n}$ is "
    r"$J=%s$. For $v\in\mathbb{R}^n$ we have $v^\top Jv=\sum_ip_iv_i^2-\Bigl(\sum_ip_iv_i\Bigr)^2$, the variance of a random variable with values $v_i$ and "
    r"probabilities $p_i$."
)


@pytest.mark.parametrize(("claim", "verdict"), [(r"\operatorname{diag}(p)-pp^\top", "accepted"), (r"\operatorname{diag}(p)+pp^\top", "refuted")])
def test_a_member_that_words_speak_of_is_no_name_of_its_own(claim: str, verdict: str) -> None:
    found = {r.line: r for r in check(SOFTMAX % claim, "softmax.tex").records if r.verdict not in ("given",)}
    assert verdict in {r.verdict for r in check(SOFTMAX % claim, "softmax.tex").records if r.left == "J"} and found
