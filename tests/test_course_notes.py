"""What course notes hold: lists of functions under one letter, systems that are set to zero, upper indices, conditions that are only named, other sections."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from tests.test_plain_statements import last


def verdicts(words: str) -> list[str]:
    records = check(document(source_of(words, "x.md"))).records
    return [r.evidence.split("(")[0] if r.verdict == "accepted" else r.verdict for r in records]


@pytest.mark.parametrize(("words", "verdict"), [
    ("ReLU: $$g(z) = \\max\\{0, z\\}$$ Softplus: $$g(a) = \\log(1 + e^a)$$", "undecided"),
    ("# ReLU\n\n$$g(z) = \\max\\{0, z\\}$$\n\n# Softplus\n\n$$g(a) = \\log(1 + e^a)$$", "undecided"),
    ("**SARSA:** $$y = r + \\gamma q$$\n\n**With entropy:** $$y = r + \\gamma (q - h)$$", "undecided"),
    ("Let $f(x) = (x+1)^2$. Expanding the square: $$f(x) = x^2 + 2x + 2$$", "refuted"),
    ("Let $f(x) = (x+1)^2$.\n\n# Expansion\n\nSo we get $$f(x) = x^2 + 2x + 2$$", "refuted"),
    ("Let $f(x) = (x+1)^2$. Then $$f(x) = x^2 + 2x + 2$$", "refuted"),
    ("Let $f(x) = (x+1)^2$. $$f(x) = x^2 + 2x + 2$$", "refuted"),
    ("Let $n = 3$ and $S = 2n$.\n\n# Result\n\nThe sum: $$S = 7$$", "refuted"),
    ("- Absolute value: $\\alpha = -1 \\implies g(z) = |z|$.", "undecided"),
    ("A rule is $K = N/5$. We focus on the version which corresponds to a validation set of size $K = 1$.", "undecided"),
    ("Let $x$ be real. This simplifies to $x^2 = x$.", "refuted"),
    ("Let $x$ be real. The first equation leads to $x + 1 = x$.", "refuted"),
])  # fmt: skip
def test_what_is_given_anew_is_no_wrong_claim(words: str, verdict: str) -> None:
    found = [v for v in verdicts(words) if v != "given"] or ["undecided"]
    assert found[-1] == verdict


SYSTEM = "$$\\frac{\\partial}{\\partial u}[(a-u)^2 + u^2] = 4u - 2a = 0 \\\\ \\frac{\\partial}{\\partial v}[(1-v)^2 + b v^2] = 2(1+b)v - 2 = 0$$"


@pytest.mark.parametrize(("words", "wanted"), [
    (SYSTEM + "\n\n$$u = \\frac{a}{2}; v = \\frac{1}{1+b}$$", ["proved", "given", "proved", "given", "proved", "proved"]),
    (SYSTEM + "\n\n$$u = \\frac{a}{4}; v = \\frac{1}{1+b}$$", ["proved", "given", "proved", "given", "refuted", "proved"]),
    ("Let $f(x) = x^2$ and $g(x) = x^3$. Then $f'(x) = 2x = 0$, so $x = 0$, and $g'(x) = 3x^2 = 0$.", ["given", "given", "proved", "given", "proved", "proved", "given"]),
    ("Let $f(x) = (x-1)^2$. Then $f'(x) = 2(x-1) = 0$, and hence $x = 2$.", ["given", "proved", "given", "refuted"]),
    ("Let $f(x) = x^2$. Then $f'(x) = 2x = 0$ for every $x$.", ["given", "proved", "refuted"]),
    ("Let $f(x) = x^2$. We get $f'(x) = 3x = 0$, so $x = 0$.", ["given", "refuted", "given", "proved"]),
    ("Let $f(x) = \\sin^2 x + \\cos^2 x$. Then $f'(x) = 2 \\sin x\\cos x - 2\\cos x \\sin x = 0$.", ["given", "proved", "proved"]),
])  # fmt: skip
def test_a_derivative_that_is_computed_and_set_to_zero_is_a_condition(words: str, wanted: list[str]) -> None:
    assert verdicts(words) == wanted


@pytest.mark.parametrize(("words", "verdict"), [
    ("Assume that the means of two clusters are as follows: $\\mu_1 = -3, \\mu_2 = 2$. Then $\\mu_1 + \\mu_2 = -1$.", "proved"),
    ("Assume that the means of two clusters are as follows: $\\mu_1 = -3, \\mu_2 = 2$. Then $\\mu_1 + \\mu_2 = 1$.", "refuted"),
    ("Let the means of two clusters be as follows: $\\mu_1 = -3, \\mu_2 = 2$. Then $\\mu_1 + \\mu_2 = 1$.", "refuted"),
    ("Given $Loss_h (y(\\theta \\cdot x)) \\le 0$, which implies that $y(\\theta \\cdot x) \\ge 1$.", "undecided"),
    ("Suppose that $f(x) \\ge 0$. Then $(x+1)^2 = x^2 + 1$.", "refuted"),
    ("Let $w, x \\in \\mathbb{R}^D$ and $b \\in \\mathbb{R}$. Here, $w^\\top x - b = 0$ denotes a hyperplane.", "undecided"),
    ("Let $w, x \\in \\mathbb{R}^D$ and $b \\in \\mathbb{R}$.\n\n- $w^\\top x - b > 0$, classify as positive.", "undecided"),
    ("Let $w, x \\in \\mathbb{R}^D$ and $b \\in \\mathbb{R}$.\n\n- $w^\\top x - b > 0$, as $w^\\top x = 0$.", "refuted"),
    ("Let $x$ be real. $x^2 \\ge 1$ holds.", "refuted"),
    ("The error is calculated by $$e^{(t)} = y_d^{(t)} - y^{(t)}$$ Then $$w^{(t+1)} = w^{(t)} + \\eta e^{(t)} = w^{(t)} + \\eta (y_d^{(t)} - y^{(t)})$$", "proved"),
    ("Let $x$ be real. Then $e^{(x)} e^{x} = e^{x^2}$.", "undecided"),
    ("Let $x$ be real. Then $e^{(x+1)} = e^x + e$.", "refuted"),
    ("$P(X = x) = 1$ and $T(x) = P(X = x)$. Since $T(x) = 2$, fine.", "undecided"),
    ("Using the multiplier we find $$S u = \\lambda u + \\phi v.$$ Here $S^T = S$, $v^T v = 1$, $v^T u = 0$ and $S v = \\mu v$. We know $$v^T S u = \\lambda v^T u + \\phi v^T v.$$ We get $$\\phi = 0.$$", "undecided"),
    ("We have $2a + b = 4$. Then $b = 4 - 3a$.", "refuted"),
])  # fmt: skip
def test_what_is_only_named_or_supposed_refutes_nothing(words: str, verdict: str) -> None:
    assert last(words) == verdict


def test_signs_between_relations_join_statements() -> None:
    """``1 \\land y`` is no value."""
    assert verdicts("Let $x = 2$. Then $x + 1 = 3 \\land x + 2 = 4$.") == ["given", "proved", "proved"]
    assert verdicts("Let $x = 2$. Then $x + 1 = 3 \\land x + 2 = 5$.") == ["given", "proved", "refuted"]


def test_what_another_section_will_tell_is_not_told_yet() -> None:
    words = "$$y = f(x) + \\epsilon$$ where $\\epsilon \\sim N(0,1)$.\n\n1. **Error term**: $E[\\epsilon^2] = \\sigma^2$\n\n"
    later = "# The model\n\n$y_t = \\theta x_t + \\epsilon$ where $\\epsilon \\sim N(0, \\sigma^2)$ with $\\sigma > 0$."
    assert "refuted" not in verdicts(words + later)


def test_rounding_is_seen_beside_arrays_of_several_sizes() -> None:
    """The trial at equal sizes went past what all trials are asked."""
    arrays = "Let $u \\in \\mathbb{R}^n$ and $v \\in \\mathbb{R}^m$. "
    assert last(arrays + "$$0.1274 \\times 0.8808 \\times 0.1192 \\times 1.1 = 0.015$$") == "undecided"
    assert last(arrays + "$$0.1274 \\times 0.8808 \\times 0.1192 \\times 1.1 = 0.016$$") == "refuted"


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $\epsilon_1, \dots, \epsilon_n$ be i.i.d. $N(0, \sigma^2)$. Then $E[\epsilon_i^2] = \sigma^2$.", "proved"),
    (r"Let $\epsilon_1, \dots, \epsilon_n$ be i.i.d. $N(0, \sigma^2)$. Then $E[\epsilon_i^2] = \sigma$.", "refuted"),
    (r"Suppose $y^{(i)} = a x^{(i)} + \epsilon^{(i)}$ where the $\epsilon^{(i)}$ are i.i.d. $N(0, \sigma^2)$. Then $E[\epsilon^{(i)}] = 0$.", "proved"),
    (r"Assume the errors $\epsilon_i$ are independent and normally distributed with mean zero and variance $v$. Then $E[\epsilon_i^2] = v$.", "proved"),
    (r"The weights $w_i$ are initialised i.i.d. from $\mathcal{N}(0, v)$. Then $\mathrm{Var}(\sum_{i=1}^n w_i) = nv$.", "sampled"),
    (r"Let $z$ be distributed according to $\mathrm{Poisson}(\lambda)$. Then $E[z] = \lambda$.", "proved"),
    (r"Let $z$ be not drawn from $\mathcal{N}(0,1)$. Then $E[z] = 0$.", "undecided"),
    (r"Let $u \sim U(0, 1)$. Then $E[u] = 1/2$.", "proved"),
    (r"Let $X_1, \dots, X_n$ be i.i.d. Then $E[X_1] = E[X_2]$.", "proved"),
    (r"Let $X_1, \dots, X_n$ be i.i.d. Then $E[X_1^2] = E[X_2]^2$.", "refuted"),
    (r"Let $X_1, X_2$ be independent. Then $E[X_1] = E[X_2]$.", "refuted"),
])  # fmt: skip
def test_laws_that_are_written_behind_their_names(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"$$\frac{\partial}{\partial \theta_j} \frac12 (\theta^T x - y)^2 = (\theta^T x - y) x_j$$", "proved"),
    (r"$$\frac{\partial}{\partial \theta_j} \frac12 (\theta^T x - y)^2 = (\theta^T x - y) \theta_j$$", "refuted"),
    (r"Let $h(x) = \theta^T x$ and $J(\theta) = \frac12\sum_{i=1}^m (h(x^{(i)}) - y^{(i)})^2$. "
     r"Then $\frac{\partial}{\partial\theta_j} J(\theta) = \sum_{i=1}^m (h(x^{(i)}) - y^{(i)}) x_j^{(i)}$.", "sampled"),
    (r"We update $\theta_j := \theta_j + \alpha (y - h(x)) x_j$ for all $j$. Then $\theta^T x = \sum_{j=1}^d \theta_j x_j$.", "proved"),
    (r"The kernel is $K(x,z) = (x^T z)^2$. Then $K(x, z) = \sum_{i=1}^d \sum_{j=1}^d x_i x_j z_i z_j$.", "proved"),
    (r"We have $\|x\|^2 = \sum_{i=1}^n x_i^2$ and $x^T y = \sum_{i=1}^n x_i y_{i+1}$.", "undecided"),
    (r"Let $L = -\sum_{i=1}^n y_i \log p_i + (1-y_i)\log(1-p_i)$. Then $\frac{\partial L}{\partial p_j} = -\frac{y_j}{p_j} + \frac{1-y_j}{1-p_j}$.", "proved"),
    (r"Let $a_i$ be numbers. Then $2\sum_{i=1}^n a_i - a_i = \sum_{i=1}^n a_i$.", "refuted"),
    (r"Let $\sigma > 0$. Then $\log \frac{1}{\sqrt{2\pi}\sigma} e^{-\frac{x^2}{2\sigma^2}} = -\log(\sqrt{2\pi}\sigma) - \frac{x^2}{2\sigma^2}$.", "proved"),
    (r"Let $x > 0$. Then $e^x \log x = \log x e^x$.", "undecided"),
])  # fmt: skip
def test_vectors_and_sums_as_notes_write_them(words: str, verdict: str) -> None:
    assert last(words) == verdict


def test_sets_as_web_pages_write_them_and_blanks_that_nobody_sees() -> None:
    assert last("Let $x \\in \\R^n$ and $y \\in \\R^n$. Then $x^T y = y\u200b^T x$.") == "proved"
    assert last("\\newcommand{\\R}{R}\nLet $\\R = 2$. Then $\\R + 1 = 3$.") == "proved"


@pytest.mark.parametrize(("words", "verdict"), [
    ("Let $f(x) = (x-1)^2$. Then $f'(x) = 2(x-1) = 0$. Hence $f(x) = 0$ for every $x$.", "refuted"),
    ("Solve $2x - 2 = 0$: $x = 1$. Therefore $x^2 - 1 = 0$ for all real $x$.", "refuted"),
    ("Solve $2x - 2 = 0$: $x = 1$. Therefore $x^2 - 1 = 0$.", "proved"),
    ("Let $X_1, \\dots, X_n$ be i.i.d. Then $X_1 = X_2$.", "refuted"),
    ("Let $a_1, \\dots, a_n$ be real numbers. Then $a_1 = a_2$.", "refuted"),
])  # fmt: skip
def test_what_is_claimed_for_all_rests_on_no_solution(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    ("Solve $2x - 2 = 0$: $x = 1$. Therefore $x^2 - 1 = 0 \\quad \\forall x$.", "refuted"),
    ("Let $f(x) = (x-1)^2$. Setting $f'(x) = 0$ gives $x = 1$. So $f(x) = 0$ everywhere.", "refuted"),
    ("Let $n = 3$ and $w = 2n$. Always $w = 2n$.", "proved"),
])  # fmt: skip
def test_words_that_claim_for_all_values(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $h(x) = \sum_{j=0}^{d} \theta_j x_j = \theta^T x$.", "proved"),
    (r"Let $\theta, x \in \mathbb{R}^{d+1}$. Then $\theta^T x = \sum_{j=1}^{d+1} \theta_j x_j$.", "proved"),
    (r"Let $\theta, x \in \mathbb{R}^{d+1}$. Then $\sum_{j=0}^{d} \theta_{j+1} x_{j+1} = \theta^T x$.", "proved"),
    (r"Let $\theta, x \in \mathbb{R}^{d+1}$. Then $\sum_{j=0}^{d} \theta_{j+1} x_{j+1} = \sum_{j=1}^{d} \theta_j x_j$.", "refuted"),
    (r"Let $h(x) = \sum_{j=0}^{d} \theta_j x_j = \theta^T x$. Then $\frac{\partial}{\partial \theta_j} (h(x) - y)^2 = 2 (h(x) - y) x_j$.", "sampled"),
    (r"Let $h(x) = \sum_{j=0}^{d} \theta_j x_j = \theta^T x$. Then $\frac{\partial}{\partial \theta_0} h(x) = x_0$.", "proved"),
    (r"Let $h(x) = \sum_{j=0}^{d} \theta_j x_j = \theta^T x$. Then $\frac{\partial}{\partial \theta_0} h(x) = x_1$.", "undecided"),
    (r"Let $h(x) = \sum_{j=0}^{d} \theta_j x_j = \theta^T x$ and $J(\theta) = \frac12 \sum_{i=1}^n (h(x^{(i)}) - y^{(i)})^2$. "
     r"Then $\frac{\partial}{\partial \theta_j} J(\theta) = \sum_{i=1}^n (h(x^{(i)}) - y^{(i)}) x_j^{(i)}$.", "sampled"),
    (r"Let $m_0 = 0$ and $m_{t+1} = \beta m_t + g_t$. Then $m_1 = g_0$.", "proved"),
])  # fmt: skip
def test_vectors_whose_entries_are_counted_from_zero(words: str, verdict: str) -> None:
    assert last(words) == verdict


@pytest.mark.parametrize(("words", "verdict"), [
    (r"Let $Z_1, \dots, Z_n$ be i.i.d. in $[0,1]$. Then $E[Z_1^2] \le E[Z_1]$.", "sampled"),
    (r"Let $Z_1, \dots, Z_n$ be i.i.d. in $[0,2]$. Then $E[Z_1^2] \le E[Z_1]$.", "refuted"),
    (r"Let $Z$ be a random variable with values in $[-1,1]$. Then $E[Z^2] \le 1$.", "sampled"),
    (r"Let $Z$ be a random variable with values in $[-1,1]$. Then $E[Z^2] \le \frac14$.", "refuted"),
    (r"Let $p = \operatorname{softmax}(z)$. With only two keys, $p_1 = \frac{1}{1+e^{-\Delta}}$ where $\Delta = z_1 - z_2$.", "undecided"),
    (r"To reach it, it suffices that $$k\ge\frac{\log10^6}{\log3}\approx12.58,$$ that is, $k=13$ steps.", "sampled"),
    (r"Set $\delta = 2e^{-2n\epsilon^2}$. $\delta=\epsilon=0.05$: it is small.", "undecided"),
    (r"We have $x + 2 = 5$. So $x = 4$.", "refuted"),
])  # fmt: skip
def test_where_random_variables_lie_and_what_would_suffice(words: str, verdict: str) -> None:
    assert last(words) == verdict


def test_a_capital_letter_behind_a_thing_is_its_name() -> None:
    """"coin A" is one coin, and theta_A the parameter of that; "class k" is any."""
    words = "The responsibility of coin $A$ is computed. Start from $\\theta_A = \\frac23$, $\\theta_B = \\frac13$. For coin $B$ we have $\\theta_B + 1 = \\frac43$."
    assert "refuted" not in verdicts(words)


def test_what_a_solved_condition_gives_is_not_free() -> None:
    words = ("Let $a, R > 0$. As a function of the gain the variance is $$P(K) = (1-K)^2 a + K^2 R$$ Differentiate, set to zero: "
             "$$\\frac{dP}{dK} = -2(1-K) a + 2 K R = 0$$ $$K = \\frac{a}{a + R}$$\n\nEquivalent forms:\n\n"
             "1. $P = (1-K) a$\n2. $P = K R$\n3. $\\frac{1}{P} = \\frac{1}{a} + \\frac{1}{R}$")  # fmt: skip
    assert "refuted" not in verdicts(words)


def test_what_stands_with_a_bar_is_a_density_and_no_function_of_choice() -> None:
    prior = r"Suppose $y_i = w^T x_i + e_i$ with $e_i \sim N(0, \sigma^2)$ independent, and the prior is $w \sim N(0, \tau^2 I)$, $w \in \mathbb{R}^d$. "
    assert last(prior + r"By Bayes, $p(w|D) \propto p(D|w) p(w)$.") == "undecided"
    assert last(r"Let $X, Y$ have joint density $p(x, y)$. Then $p(x|y) p(x) = p(x, y)$.") == "refuted"
