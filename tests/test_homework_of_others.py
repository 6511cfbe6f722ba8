"""What refuted right lines of homework that others wrote, or left it unread: each cause with a neighbour that is wrong and stays refuted."""

from __future__ import annotations

import pytest

from derivations import check


def verdicts(text: str, name: str = "homework.md") -> list[str]:
    return [r.verdict for r in check(text, name).records]


LISTED = r"""\documentclass{article}
\begin{document}
\begin{enumerate}
\item Perceptron.
 \begin{enumerate}
 \item Let $w = (1, -3)$.
 \end{enumerate}
\item We have $x_i \in \mathbb{R}^d$ and
\begin{equation*} h_w(x)=\frac{1}{1+e^{-w^{\top} x}}=\frac{e^{w^{\top} x}}{%s+e^{w^{\top} x}} \end{equation*}
 \begin{enumerate}
 \item Show it.
 \end{enumerate}
\end{enumerate}
\end{document}
"""


@pytest.mark.parametrize(("one", "wanted"), [("1", "accepted"), ("2", "refuted")])
def test_what_one_problem_of_a_list_says_holds_there_alone(one: str, wanted: str) -> None:
    assert verdicts(LISTED % one, "homework.tex")[-1] == wanted


@pytest.mark.parametrize(("heading", "apart"), [("4", True), ("2.1", True), ("Q2", True), ("Problem 2", True), ("Step 2", False), ("2. Setup", False)])
def test_headings_that_are_nothing_but_a_number_begin_a_problem(heading: str, apart: bool) -> None:
    first = {"4": "3", "2.1": "1.1", "Q2": "Q1", "Problem 2": "Problem 1", "Step 2": "Step 1", "2. Setup": "1. Setup"}[heading]
    text = f"# {first}\n\nLet $a = 3$.\n\n# {heading}\n\nThen $a + 1 = 5$.\n"
    assert verdicts(text) == ["given", "undecided" if apart else "refuted"]


EXERCISES = r"""\begin{exercise} Let $a = 3$. \end{exercise}
\begin{exercise} Then $a + 1 = 5$. \end{exercise}
"""


def test_what_one_exercise_says_holds_there_alone() -> None:
    assert verdicts(EXERCISES, "homework.tex") == ["given", "undecided"]


@pytest.mark.parametrize(("text", "wanted"), [
    # what a supposition goes on with
    (r"Suppose that $A\in\mathbb{R}^{m\times d}$, $B\in\mathbb{R}^{d\times n}$, and $C=AB$. Show that $C^T = B^TA^T$.", ["given"] * 3 + ["accepted"]),
    (r"Suppose that $A\in\mathbb{R}^{m\times d}$, $B\in\mathbb{R}^{d\times n}$, and $C=AB$. Show that $C^T = 2B^TA^T$.", ["given"] * 3 + ["refuted"]),
    (r"Let $y_1=1$ and $y_2=-1$. Suppose now that the data are $x_1=2$, and the corresponding labels are $y_1=y_2=1$.", ["given"] * 5),
    (r"Suppose that $x=1$, and so the squares are $x^2=2$.", ["given", "refuted"]),
    # a gerund is no adjective
    (r"Increasing $n$, the amount of data, decreases the error. Then $\frac{1}{n} n m = m$.", ["accepted"]),
    (r"For increasing $f$ and $x<y$, $f(x) \le f(y)$.", ["given", "accepted"]),
    # bold operators
    (r"Let $X$ be Bernoulli with parameter $p$. Then $\mathbf{P}(X=1)=p$ and $\mathbf{E}[X] = p$ and $\mathbf{E}[2X] = 3p$.", ["accepted", "accepted", "refuted"]),
    (r"Let $\mathbf{P}$ be an $n \times n$ matrix. Then $\mathbf{P}(I + \mathbf{P}) = \mathbf{P} + \mathbf{P}^2$.", ["accepted"]),
    # what is random, and of which no law is told
    (r"Let $a = 1/3$. Then recall that $$E[G] = 4\int_0^a f(x) dx,$$ giving us $$E[G] = \frac{4}{3} + \frac{1}{3} + \frac{1}{3} = 2.$$", ["given", "undecided", "undecided", "accepted"]),
    (r"Let $X \sim N(0,1)$. Then $E[X^2] = 1 + 1 + 1$.", ["given", "refuted"]),
    (r"The state at time $t$ is $S_t$. Then $$\lim_{t\to\infty} \mathbb{P}(S_t = s_i) = 0$$", ["undecided"]),
    # numbers put in for names
    (r"$\sum_{k=1}^n k = 1 + 2 + 3 + 5$.", ["undecided"]),
    (r"Let $f(x) = x^2$. Then $f(3) = 1 + 2 + 3$.", ["given", "refuted"]),
    # properties of what words introduce
    (r"By the spectral theorem we have that $A = U\Lambda U^T$. Furthermore $U^{-1} = U^T$.", ["given", "undecided"]),
    (r"Let $A$ be an $n\times n$ matrix. Then $A^T = A$.", ["refuted"]),
    (r"$(I+A)^2 = I + A^2$ for the $n\times n$ matrix $A$.", ["refuted"]),
    # an exponential that is small is not zero
    (r"Let $\sigma > 0$. Then $$\frac{1}{\sigma} \exp \left( -\frac{(x - \mu)^2}{2\sigma^2} \right) \left( -\frac{x - \mu}{\sigma^2} \right) = 0 \Longrightarrow x = 2\mu$$", ["given", "given", "refuted"]),
    (r"Let $\sigma > 0$. Then $$\exp \left( -\frac{(x - \mu)^2}{2\sigma^2} \right) (x - \mu) = 0 \Longrightarrow x = \mu$$", ["given", "given", "accepted"]),
    # entries of what is told to be a vector
    (r"Let $x \in \mathbb{R}^3$. Then $x_1 = x_2$.", ["given", "refuted"]),
    (r"Let $x \in \mathbb{R}^3$ with $x_1 = x_2$. Then $x_1 - x_2 = 0$.", ["given", "given", "accepted"]),
    # words and several subscripts
    (r"Let $\tau > 0$ and $E_{out} = 2\tau$. Then $E_{out} - \tau = \tau$.", ["given", "given", "accepted"]),
    (r"For all $n$, $\sum_{j=1}^n (w_{i(j+1)} - w_{ij}) = w_{i(n+1)} - w_{i1}$.", ["accepted"]),
    (r"For all $n$, $\sum_{j=1}^n (w_{i(j+1)} - w_{ij}) = w_{i(n+1)} - w_{i2}$.", ["refuted"]),
])  # fmt: skip
def test_lines_of_homework(text: str, wanted: list[str]) -> None:
    assert verdicts(text) == wanted


LAYERS = (
    r"The activations are $$a^{(l)}_j = \sigma(z^{(l)}_j), \quad z^{(l)}_j = \sum_k w^{(l)}_{jk} a^{(l-1)}_k + b^{(l)}_j$$ "
    r"We define $$\delta^{(l)}_j = \frac{\partial C}{\partial z^{(l)}_j}$$ Then "
)
BACKWARD = (
    (r"$$\frac{\partial C}{\partial a^{(L)}_j} \frac{\partial a^{(L)}_j}{\partial z^{(L)}_j} = \frac{\partial C}{\partial a^{(L)}_j} \sigma'(z^{(L)}_j)$$", "accepted"),
    (r"$$\frac{\partial C}{\partial a^{(L)}_j} \frac{\partial a^{(L)}_j}{\partial z^{(L)}_j} = \frac{\partial C}{\partial a^{(L)}_j} \sigma(z^{(L)}_j)$$", "wrong"),
    (r"$$\frac{\partial z^{(l+1)}_k}{\partial z^{(l)}_j} = w^{(l+1)}_{kj} \sigma'(z^{(l)}_j)$$", "accepted"),
    (r"$$\frac{\partial z^{(l+1)}_k}{\partial z^{(l)}_j} = w^{(l+1)}_{jk} \sigma'(z^{(l)}_j)$$", "wrong"),
    (r"$$\sum_k \frac{\partial C}{\partial z^{(l+1)}_k} \frac{\partial z^{(l+1)}_k}{\partial z^{(l)}_j} = \sum_k w^{(l+1)}_{kj} \delta^{(l+1)}_k \sigma'(z^{(l)}_j)$$", "accepted"),
    (r"$$\sum_k \frac{\partial C}{\partial z^{(l+1)}_k} \frac{\partial z^{(l+1)}_k}{\partial z^{(l)}_j} = \sum_k w^{(l+1)}_{kj} \delta^{(l)}_k \sigma'(z^{(l)}_j)$$", "wrong"),
)  # fmt: skip


@pytest.mark.parametrize("brackets", [True, False], ids=["z^{(l)}", "z^l"])
@pytest.mark.parametrize(("line", "wanted"), BACKWARD)
def test_layers_are_numbered_above_with_brackets_and_without(line: str, wanted: str, brackets: bool) -> None:
    text = LAYERS + line
    for label in ("l", "L", "l+1", "l-1") if not brackets else ():
        text = text.replace(f"^{{({label})}}", f"^{{{label}}}" if len(label) > 1 else f"^{label}")
    found = verdicts(text)[-1]
    assert found == wanted if wanted == "accepted" else found in ("refuted", "undecided")


@pytest.mark.parametrize(("text", "wanted"), [
    (r"$\frac{\partial x^n}{\partial x} = n x^{n-1}$", ["accepted"]),
    (r"Let $y = w x^2 + b$. Then $\frac{\partial y}{\partial w} = x^2$ and $\frac{\partial y}{\partial x} = 2 w x$.", ["given", "accepted", "accepted"]),
    (r"Let $z^1 = w^1 x + b^1$ and $a^1 = \sigma(z^1)$. Then $$\frac{\partial a^1}{\partial w^1} = \sigma'(z^1) x$$", ["given", "given", "accepted"]),
    (r"Let $z^1 = w^1 x + b^1$ and $a^1 = \sigma(z^1)$. Then $$\frac{\partial a^1}{\partial w^1} = \sigma'(z^1) w^1$$", ["given", "given", "refuted"]),
    (r"For all $a$ and $b$, \begin{align} (a+b)^2 &= (a+b)(a+b) =\\ &= a^2 + 2ab + b^2 \end{align}", ["accepted", "accepted"]),
    (r"For all $a$ and $b$, \begin{align} (a+b)^2 &= (a+b)(a+b) =\\ &= a^2 + ab + b^2 \end{align}", ["accepted", "refuted"]),
    (r"For all $a$ and $b$, \begin{align} (a+b)^2 &= (a+b)(a+b) \le\\ &= a^2 + 2ab + b^2 \end{align}", ["accepted", "unread", "unread"]),
    (r"$$\frac{\partial C}{\partial u} + \frac{\partial C}{\partial v} = 2\frac{\partial C}{\partial u}$$", ["undecided"]),
])  # fmt: skip
def test_powers_stay_powers_and_signs_at_the_end_of_a_row(text: str, wanted: list[str]) -> None:
    assert verdicts(text) == wanted


@pytest.mark.parametrize(("before", "wanted"), [
    (r"\everymath{\displaystyle}", "accepted"), (r"\everymath{\color{magenta}\displaystyle}", "accepted"), (r"\everydisplay{\textstyle}", "accepted"),
    (r"\everymath{2}", "unread"), (r"\everymath{\displaystyle -}", "unread"),
])  # fmt: skip
def test_a_style_of_all_formulas_changes_none(before: str, wanted: str) -> None:
    assert verdicts(f"{before}\n\\begin{{document}}\nFor all $x$ and $y$, $(x+y)^2 = x^2+2xy+y^2$.\n\\end{{document}}\n", "homework.tex") == [wanted]
