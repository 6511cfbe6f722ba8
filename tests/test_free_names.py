"""A counterexample varies only what the text leaves free, and a relation is given only where nothing determines its left side: each kind with neighbours."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.naming import counted_nouns, named_in, numbers_of
from derivations.reading.source import source_of


def verdicts(words: str) -> list[str]:
    return [r.verdict for r in check(document(source_of(words, "x.md"))).records]


def last(words: str) -> str:
    return verdicts(words)[-1]


BANDIT = r"There are $K$ arms, and arm $k$ has the weight $$w_k = \frac{e^{\theta_k}}{\sum_{j=1}^K e^{\theta_j}} .$$"
SOFTPLUS = r"Let $\sigma(z) = 1/(1+e^{-z})$ and $s_\beta(x) = \frac1\beta\log(1+e^{\beta x})$ with $\beta>0$. "
HEAVY_BALL = r"$$w_{t+1} = w_t - \eta h w_t$$ With momentum $\beta$, $$\begin{aligned} v_{t+1} &= \beta v_t - \eta h w_t \\ w_{t+1} &= w_t + v_{t+1}\end{aligned}$$ "
LOSSES = "# One\n\nThe loss of example $i$ is $$L_i = -\\log p_i .$$\n\n# Two\n\nThe squared loss of example $i$ is $$L_i = (s_i-1)^2 .$$ "
CHAIN = r"With $L = \frac12\sum_k (y_k-t_k)^2$ and $y_k = \sum_j W_{kj} h_j$ and $h_j = \tanh z_j$ we go back. "
HOT = r"Let $p$ be a probability vector with $K$ entries, and let $y$ be one-hot "
TWICE = r"Let $X\sim\mathcal N(\mu,s^2)$ with $s>0$, and let $Y=e^X$. Then $\mathbb E[Y] = e^{\mu+s^2/2}$. "
SIZES = r"Let $n_l = n_{l-1}/s_l + 1$ with $n_0 = 64$. Take $(s_1, s_2) = (4, 2)$. "


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        # words say what a name is: it is not free, and an equation that gives it claims something
        (r"Let $P$ be the number of parameters and $d$ the width. Then $P = 4d^2$.", "undecided"),
        (r"Let $J$ denote the mean reward. Then $J = \sum_{a=1}^K \pi_a r_a$.", "undecided"),
        (r"We write $c$ for the speed of the car. Hence $c = a + b$.", "undecided"),
        (r"Let $x$ be a real number. Hence $x = 5$.", "refuted"),
        (r"We write $r_l$ for the side of the field of layer $l$. Hence $r_2 = k_1 + k_2$. So $r_2 + 1 = k_1 + k_2 + 1$.", "accepted"),
        (r"We write $r_l$ for the side of the field of layer $l$. Hence $r_2 = k_1 + k_2$. So $r_2 + 1 = k_1 + k_2$.", "refuted"),
        # how many there are, in words
        (BANDIT + r"For two arms with $\theta_1=\theta_2$ we get $w_1 = \frac12$.", "undecided"),
        (BANDIT + r"For three arms with $\theta_1=\theta_2$ we get $w_1 = \frac12 + w_3$.", "refuted"),
        (BANDIT + r"With $\theta_1=\theta_2$ we get $w_1 = \frac12 + w_3$.", "refuted"),
        # a case of another world
        (r"Let $w = \frac{xy}{x^2+a}$ with $x = 2$, $y = 3$, $a = 2$. Without the penalty it would be $w = 3/2$.", "undecided"),
        (r"Let $w = \frac{xy}{x^2+a}$ with $x = 2$, $y = 3$, $a = 2$. So $w = 3/2$.", "refuted"),
        # what is supposed as the subject of its sentence
        (r"For example, $\eta h=0.04$ gives $1-\eta h = 0.96$.", "accepted"),
        (r"For example, $\eta h=0.04$ gives $1-\eta h = 0.95$.", "refuted"),
        (r"Let $x$ and $y$ be real. So $xy = 3x$.", "refuted"),
        # random numbers with one law
        (r"Let $x_0$ be real. Let $x_1 = x_0 + \epsilon_1$ with independent $\epsilon_t\sim\mathcal N(0,1)$. So $x_1 = x_0 + \epsilon$ with $\epsilon\sim\mathcal N(0,1)$.",
         "given"),
        (r"Let $X\sim\mathcal N(0,1)$. Then $\operatorname{Var}(2X)=2$.", "refuted"),
        # a function of which nothing is told
        (r"Let $p$ be a density. The first term is the bound $B(\theta; x)$. So $\log p(x) \ge B(\theta; x)$.", "undecided"),
        (r"$$\frac{d}{dx}\left(f(x)g(x)\right) = f'(x)g'(x)$$", "refuted"),
        # names of their own beside a number of that letter
        (r"Heads have the size $d_h=d/h$, the hidden width is $d_{\mathrm{ff}}=4d$. So $$2dd_{\mathrm{ff}}+d_{\mathrm{ff}} = 8d^2+4d$$", "accepted"),
        (r"Heads have the size $d_h=d/h$, the hidden width is $d_{\mathrm{ff}}=4d$. So $$2dd_{\mathrm{ff}}+d_{\mathrm{ff}} = 8d^2+5d$$", "refuted"),
        # what stands before an arrow claims nothing by itself, unless everything in it has a value
        (r"Let $n>0$ and $s>0$. $$\tfrac12 n s^2 = 1 \quad\text{if and only if}\quad s^2 = \frac 2n$$", "accepted"),
        (r"Let $n>0$ and $s>0$. $$\tfrac12 n s^2 = 1 \iff s^2 = \frac 3n$$", "refuted"),
        (r"Let $n>0$ and $s>0$. $$\begin{aligned} n s = 1 \quad&\text{if and only if}\quad s = \frac 2n\end{aligned}$$", "refuted"),
        (r"Let $a$ and $b$ be real. $$(a+b)^2 = a^2 + b^2 \implies ab = 0$$", "accepted"),
        (r"Let $x = 2$. $$x+1 = 4 \implies x = 3$$", "undecided"),  # for x + 1 = 4 is refuted
        # where the one of what is one-hot stands
        (HOT + r"with its $1$ in slot $c$. So $$\sum_{k=1}^K y_k \log p_k = \log p_c$$", "accepted"),
        (HOT + r"with its $1$ in slot $c$. So $$\sum_{k=1}^K y_k \log p_k = 2\log p_c$$", "refuted"),
        (HOT + r"with $y_c = 1$. So $$\sum_{k=1}^K y_k \log p_k = \log p_c$$", "accepted"),
        (HOT + r"of length $K$. So $$\sum_{k=1}^K y_k = 1$$", "accepted"),
        (HOT + r"of length $K$. So $$\sum_{k=1}^K y_k \log p_k = \log p_1$$", "refuted"),
        # a law introduces what is listed behind it
        (TWICE + r"Now $X\sim\mathcal N(\mu,s^2)$ and $Y=X^2$. Then $\mathbb E[Y] = \mu^2+s^2$.", "accepted"),
        (TWICE + r"Now $X\sim\mathcal N(\mu,s^2)$ and $Y=X^2$. Then $\mathbb E[Y] = \mu^2+2s^2$.", "refuted"),
        # the independence that words name
        (r"By independence $p(x,y) = p(x)p(y)$.", "given"),
        (r"By independence $p(x,y) = p(x)p(x)$.", "undecided"),
        (r"We find $p(x,y) = p(x)p(y)$.", "refuted"),
        # a deviation, and a number of which only the square is known
        (r"$\sigma^2 = 0.25$, so $\sigma = 0.5$.", "accepted"),
        (r"$\sigma^2 = 0.25$, so $\sigma = 0.05$.", "refuted"),
        (r"$a^2 = 0.25$, so $a = 0.5$.", "refuted"),
        # what is supposed of what is defined
        (r"Let $g_1,\dots,g_N$ be numbers with variance $v := \frac1N\sum_{i=1}^N g_i^2 > 0$.", "given"),
        (r"Let $g_1,\dots,g_N$ be numbers with variance $v := \frac1N\sum_{i=1}^N g_i^2 > 0$. Then $\sqrt{v^2} = v$ and $v > 0$.", "accepted"),
        (r"Let $g_1,\dots,g_N$ be numbers. Then $\frac1N\sum_{i=1}^N g_i^2 > 0$.", "refuted"),
        # an index beyond the ends of its sums
        (r"Let $\ell = \log\sum_{k=0}^N e^{s_k}$ and $p_k = e^{s_k-\ell}$. For an index $j\ge 1$ $$\frac{\partial\ell}{\partial s_j} = p_j$$", "undecided"),
        (r"Let $\ell = \log\sum_{k=0}^N e^{s_k}$ and $p_k = e^{s_k-\ell}$. For an index $j\ge 1$ $$\frac{\partial\ell}{\partial s_j} = 2p_j$$", "refuted"),
        # a mean under a density that is named
        (r"On $x\ge0$ let $p(x) := \lambda e^{-\lambda x}$ with $\lambda>0$. $$\mathbb{E}_p[X] = \int_0^\infty x\lambda e^{-\lambda x}\,dx$$", "undecided"),
        # a name that something unread gives; a unit on one side; a change
        (r"Let $\ell := \sum_{j\in B_1\cup B_2} e^{s_j}$ and $a := x/\ell$. So $\ell a + \ell b = 1$.", "undecided"),
        (r"The memory is $3\times 10^9\,\text{bytes} \approx 2.79\,\text{GiB}$.", "undecided"),
        (r"We find $\Delta W = 0$.", "undecided"),
        # a case that words name and a formula beside them says, also where a value comes after it
        (r"Let $\rho = \frac{r(d+k)}{dk}$. For a square layer, $d=k$, this is $\rho = 2r/d$.", "accepted"),
        (r"Let $\rho = \frac{r(d+k)}{dk}$. For a square layer, $d=k$, this is $\rho = r/d$.", "refuted"),
        (r"Let $\rho = \frac{r(d+k)}{dk}$. For a square layer, $d=k$, this is $\rho = 2r/d$. With $d=4096$ and $r=8$ it is $\rho = 1/256$.", "undecided"),
        (r"Let $A = nd$. In one dimension, $n = d = 1$, this is $A = 1$.", "accepted"),
        (r"Let $A = nd$. In one dimension, $n = d = 1$, this is $A = 2$.", "refuted"),
        # questions, exercises, several things said of one
        (r"Let $f(x) = x^2$. What does it mean that $f'(x) = 0$ for some $x$?", "undecided"),
        (r"Let $f(x) = x^2$. Then $f'(x) = 0$.", "refuted"),
        (r"Let $f(x) = x^2$. Calculate the derivative of $f(x) = x^3$.", "given"),
        (r"Let $f(x) = x^2$. Prove the rules for (i) $f(x) = c$, (ii) $f(x) = x^n$.", "undecided"),
        (r"Let $\eta_{t+1} = \eta_t/2$. We use the same rate as before, i.e., $\eta = 0.4$.", "undecided"),
        # what words say of several random variables
        (r"The weights $w_i$ are independent with mean $0$ and variance $v$, and the inputs $x_i$ are independent of them, with mean $0$ and variance $1$. "
         r"$$\operatorname{Var}\Bigl(\sum_{i=1}^n w_i x_i\Bigr) = n v$$", "accepted"),
        (r"The weights $w_i$ are independent with mean $0$ and variance $v$, and the inputs $x_i$ are independent of them, with mean $0$ and variance $1$. "
         r"$$\operatorname{Var}\Bigl(\sum_{i=1}^n w_i x_i\Bigr) = n^2 v$$", "refuted"),
        (r"Let $m\sim\mathrm{Bernoulli}(p)$. $$\operatorname{Var}(m) = p(1-p)$$ For $p=\frac12$ the noise has variance $\frac14$.", "given"),
    ],
)
def test_only_what_is_free_is_varied(words: str, wanted: str) -> None:
    assert last(words) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (SOFTPLUS + r"$$s_\beta'(x) = \sigma(\beta x)$$", "accepted"),
        (SOFTPLUS + r"$$s_\beta'(x) = \beta\sigma(\beta x)$$", "refuted"),
        (SOFTPLUS + r"The function satisfies $$\sigma'(z) = \sigma(z)(1-\sigma(z))$$", "accepted"),
        (SOFTPLUS + r"The function satisfies $$\sigma'(z) = \sigma(z)(1+\sigma(z))$$", "refuted"),
        (SOFTPLUS + r"Put $\ell(m) = s_\beta(1-m)$. Then $$\ell'(m) = -s_\beta'(1-m)$$", "accepted"),
        (SOFTPLUS + r"Abbreviate $\sigma_i := \sigma(\beta x_i)$. Then $1-\sigma_i = \sigma(-\beta x_i)$.", "accepted"),
        (SOFTPLUS + r"Abbreviate $\sigma_i := \sigma(\beta x_i)$. Then $1+\sigma_i = \sigma(-\beta x_i)$.", "refuted"),
        (SIZES + r"The sides are $$n_1 = \frac{64}{4}+1$$", "accepted"),
        (SIZES + r"The sides are $$n_1 = \frac{64}{2}+1$$", "refuted"),
        (r"Let $m_t = \beta m_{t-1} + g_t$. It starts with $m_0 = 0$.", "given"),
        (CHAIN + r"$$\frac{\partial L}{\partial h_j} = \sum_k W_{kj} (y_k-t_k)$$ Let $\delta_j = \frac{\partial L}{\partial h_j}$.", "given"),
        (CHAIN + r"$$\frac{\partial h_j}{\partial z_j} = 1-h_j$$", "refuted"),
        (r"There are $H$ heads of size $d_h$, so $d = H d_h$. $$F_K + F_V = 4 n d G d_h$$ Since $d_h = d/H$, we go on.", "accepted"),
        (r"$$P_l = k_l^2 c_{l-1} + c_l$$ With $k_1 = 7$, $c_0 = 3$ and $c_1 = 4$ this is $$P_1 = 151$$", "accepted"),
        (r"$$P_l = k_l^2 c_{l-1} + c_l$$ With $k_1 = 7$, $c_0 = 3$ and $c_1 = 4$ this is $$P_1 = 150$$", "refuted"),
        (HEAVY_BALL + r"Eliminating $v$, $$w_{t+1} = (1+\beta-\eta h)w_t - \beta w_{t-1}$$", "accepted"),
        (HEAVY_BALL + r"Eliminating $v$, $$w_{t+1} = (1+\beta-\eta h)w_t + \beta w_{t-1}$$", "refuted"),
        (LOSSES, "given"),
        (LOSSES + r"Expanding, $$L_i = s_i^2 - 2s_i + 1 .$$", "accepted"),
        (LOSSES + r"Expanding, $$L_i = s_i^2 - 2s_i + 2 .$$", "refuted"),
        (r"For $x\in\mathbb R$ let $f(x) := x^2$. Then $f'(x) = 2x$. Let $x_1,\dots,x_n\in\mathbb R^d$ be data.", "given"),
        (r"For a mini-batch $x_1,\dots,x_m$ of real numbers let $\mu = \frac1m\sum_{i=1}^m x_i$. Then $\sum_{i=1}^m (x_i-\mu) = 0$.", "accepted"),
        (r"Let $(k_1, s_1) = (7, 4)$ and $(k_2, s_2) = (3, 2)$. Then $k_2 s_1 = 12$.", "accepted"),
        (r"Let $(k_1, s_1) = (7, 4)$ and $(k_2, s_2) = (3, 2)$. Then $k_2 s_1 = 13$.", "refuted"),
    ],
)
def test_what_is_determined_is_judged(words: str, wanted: str) -> None:
    assert last(words) == wanted


def test_a_number_beside_a_family_of_vectors_stays_a_number() -> None:
    words = r"For $x\in\mathbb R$ let $f(x) := \log(1+e^x)$. Then $f(x) - f(-x) = x$ and $f(x) + f(-x) = x$. Let $x_i\in\mathbb R^d$ for $i=1,\dots,n$."
    assert [v for v in verdicts(words) if v != "given"] == ["accepted", "refuted"]


def test_nothing_fresh_is_solved_for() -> None:
    """An equation with names that stand nowhere else is no condition on a name that the text determines otherwise."""
    words = r"There are $H$ heads of size $d_h$, so $d = H d_h$. $$F_K + F_V = 4 n d G d_h$$ Since $d_h = d/H$, we go on."
    assert verdicts(words)[1] == "undecided"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("Let ⟨0⟩ be the mean reward.", [0]), ("We write ⟨3⟩ for the speed.", [3]), ("Denote the mean of ⟨1⟩ by ⟨2⟩.", [2]), ("The learning rate ⟨0⟩ is small.", [0]),
        ("Let ⟨0⟩ be a real number.", []), ("For every ⟨0⟩ the sum is finite.", []), ("Let ⟨0⟩ be real.", []),
    ],
)
def test_definite_words_name_a_thing(words: str, wanted: list[int]) -> None:
    assert [n.number for n in named_in(words)] == wanted


def test_what_was_said_of_a_name_before_it_got_another_value_is_of_no_use() -> None:
    """"We need n v = 1", then "v = 1/m is asked for": from both n = m would follow."""
    words = r"We need $nv = 1$, so $v = 1/n$. Going backwards asks for $v = 1/m$. The compromise is $$v = \frac{2}{n+m} .$$"
    assert "accepted" not in verdicts(words)[-1:]


def test_an_integral_over_e_is_over_a_name() -> None:
    assert last(r"Let $c>0$. $$\int_{-c/2}^{c/2} \frac{e^2}{c}\,de = \frac{c^2}{12}$$") == "accepted"
    assert last(r"Let $c>0$. $$\int_{-c/2}^{c/2} \frac{e^2}{c}\,de = \frac{c^2}{6}$$") == "refuted"
    assert last(r"$$\int_0^1 e\,dx = e$$") == "accepted"


def test_numbers_of_what_is_counted() -> None:
    nouns = counted_nouns(["There are ⟨0⟩ arms and ⟨1⟩ training examples.", "For ⟨2⟩ and two arms"])
    assert nouns == {"arms": 0, "examples": 1}
    assert numbers_of("For two arms and 3 different examples, one of the heads", nouns) == (("arms", 2), ("examples", 3))


def test_what_is_supposed_is_given_though_it_is_impossible() -> None:
    found = check(document(source_of("Suppose that there is an $x$ with $x = x+1$. Then $0=0$.", "x.tex"))).records
    assert [r.verdict for r in found] == ["given", "accepted"]
    found = check(document(source_of("Let $x$ be real. For all $x$ we have $x = x+1$.", "x.tex"))).records
    assert [r.verdict for r in found if r.judged] == ["refuted"]
