"""What the words of a document say of its names: what is asserted and what is not, how far it holds, what was not understood.

Each kind of sentence stands beside twins that differ from it in one word; the steps are judged as ``derive check`` judges them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derivations.checking.report import check
from derivations.language.context import Array, Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.term import Name
from derivations.reading import lexicon
from derivations.reading.clauses import said_in
from derivations.reading.judgements import Judgement, document, judgements
from derivations.reading.source import source_of


def judged(text: str) -> list[Judgement]:
    return judgements(document(source_of(text, "a.tex")))


def context(text: str) -> Context:
    """The context of the last judgement."""
    return judged(text)[-1].context


def verdicts(text: str) -> list[str]:
    """The verdict on each relation, as ``derive check`` reports it."""
    return [record.verdict for record in check(document(source_of(text, "a.tex"))).records]


SQUARE = r"Let $A\in\mathbb{R}^{n\times n}$. WORDS We have $$A B = A B.$$"


def properties(words: str) -> frozenset[str]:
    kind = context(SQUARE.replace("WORDS", words)).kind(Name("A"))
    assert isinstance(kind, Array)
    return kind.properties


ASSERTED = [
    "Let $A$ be symmetric.",
    "Suppose that $A$ is a symmetric matrix.",
    "Assume the matrix $A$ to be symmetric.",
    "The matrix $A$ is symmetric.",
    "Consider a symmetric matrix $A$.",
    "We take $A$ symmetric.",
    "Note that $A$ is real and symmetric.",
    "The matrices $A$ and $B$ are symmetric.",
    "Since $A$ is symmetric, we may go on.",
    "Let $A$, $B$ be symmetric matrices.",
    "Without loss of generality $A$ is symmetric.",
    "Unless stated otherwise, $A$ is symmetric.",
    "The matrix $A$ is not only invertible but also symmetric.",
    "The matrix $A$ is symmetric, but not diagonal.",
    "The matrix $A$ is not diagonal but symmetric.",
    "Let $A$ be an $n\\times n$ symmetric matrix.",
    "Let $A$, a symmetric matrix, be given.",
    "The matrix $A$, which is symmetric, is given.",
    "We are given a matrix $A$ (symmetric).",
    "The matrix $A$ is assumed to be symmetric.",
    "For every symmetric $A$ the following holds.",
    "Let $A$ be symmetric and let $B$ be invertible.",
]
NOT_ASSERTED = [
    "Let $A$ be skew-symmetric.",
    "Let $A$ be skew symmetric.",
    "Let $A$ be a skew-symmetric matrix.",
    "Let $A$ be an antisymmetric matrix.",
    "Let $A$ be a non-symmetric matrix.",
    "Let $A$ be asymmetric.",
    "Let $A$ be a nearly symmetric matrix.",
    "The matrix $A$ is not symmetric.",
    "The matrix $A$ isn't symmetric.",
    "The matrix $A$ need not be symmetric.",
    "The matrix $A$ needn't be symmetric.",
    "The matrix $A$ is not necessarily symmetric.",
    "The matrix $A$ may be symmetric.",
    "The matrix $A$ is no longer symmetric.",
    "The matrix $A$ is far from being symmetric.",
    "The matrix $A$ fails to be symmetric.",
    "The matrix $A$ is neither symmetric nor diagonal.",
    "The matrix $A$ is neither diagonal nor symmetric.",
    "The matrix $A$ is symmetric or diagonal.",
    "Either $A$ or $B$ is symmetric.",
    "We go on without assuming that $A$ is symmetric.",
    "We do not assume that $A$ is symmetric.",
    "We do not need the matrix $A$ to be symmetric.",
    "It is not known whether $A$ is symmetric.",
    "Nobody said that $A$ is symmetric.",
    "Unless $A$ is symmetric, nothing is known.",
    "If $A$ were symmetric, things would be easy.",
    "If $A$ is symmetric, things are easy.",
    "Is $A$ symmetric?",
    "It would be nice if $A$ were symmetric.",
    "The matrix $A$ would be symmetric.",
    "The matrix $A$ is usually symmetric.",
    "The matrix $A$ is blorfically symmetric.",
    "Let $A$ be a blorfic matrix.",
    "Let $A$ be a pseudo-symmetric matrix.",
    "Let $A$ be a block symmetric matrix.",
    "Let $A$ be an approximately symmetric matrix.",
    "There is no symmetric matrix $A$ here.",
    "Instead of a symmetric matrix $A$ we have any.",
    "We will show that $A$ is symmetric.",
    "Hence $A$ is symmetric.",
    "It follows that $A$ is symmetric.",
    "Let $A$ be a matrix with symmetric rows.",
    "The matrix $A$ is symmetrical in spirit only.",
]


@pytest.mark.parametrize("words", ASSERTED)
def test_a_property_that_is_asserted_is_known(words: str) -> None:
    assert "symmetric" in properties(words)


@pytest.mark.parametrize("words", NOT_ASSERTED)
def test_a_property_that_is_not_asserted_is_not_known(words: str) -> None:
    assert "symmetric" not in properties(words)


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("orthogonal", "orthogonal"), ("diagonal", "diagonal"), ("invertible", "invertible"), ("nonsingular", "invertible"), ("permutation", "permutation"),
        ("positive definite", "positive_definite"), ("positive-definite", "positive_definite"),
        ("positive semidefinite", "positive_semidefinite"), ("positive semi-definite", "positive_semidefinite"), ("PSD", "positive_semidefinite"),
    ],
)
def test_properties_are_whole_words(word: str, key: str) -> None:
    assert key in properties(f"Let $A$ be a {word} matrix.")
    for twin in ("tri{}", "bi{}", "non{}", "un{}", "semi-{}", "co{}", "quasi-{}", "not {}", "nearly {}", "block-{}"):
        assert key not in properties(f"Let $A$ be a {twin.format(word)} matrix."), twin


@pytest.mark.parametrize(
    ("words", "domain"),
    [
        ("Let $v$ be the variance.", Domain.POSITIVE),
        ("For a variance $v$ we go on.", Domain.POSITIVE),
        ("Let $v$ be positive.", Domain.POSITIVE),
        ("Let $v$ be a positive number.", Domain.POSITIVE),
        ("Let $u$ and $v$ be positive real numbers.", Domain.POSITIVE),
        ("Let $v$ be a positive integer.", Domain.NATURAL),
        ("Let $v$ be an integer.", Domain.INTEGER),
        ("Let $v$ be a probability.", Domain.PROBABILITY),
        ("Let $v$ be nonnegative.", Domain.NONNEGATIVE),
        ("Let $v$ be non-negative.", Domain.NONNEGATIVE),
        ("with learning rate $v$", Domain.POSITIVE),
        ("for $v$ samples", Domain.NATURAL),
        ("Let $v$ be the number of layers.", Domain.NATURAL),
        ("Let $v$ be the logarithm of the variance.", Domain.REAL),
        ("Let $v$ be the log-variance.", Domain.REAL),
        ("Let $v$ be the logarithm of a positive number.", Domain.REAL),
        ("With the logarithm of the variance $v$ we go on.", Domain.REAL),
        ("Let $v$ be non-positive.", Domain.REAL),
        ("Let $v$ be not negative.", Domain.REAL),
        ("Let $v$ be a log probability.", Domain.REAL),
        ("Let $v$ be possibly negative.", Domain.REAL),
        ("Let $v$ be the derivative of a positive function.", Domain.REAL),
    ],
)
def test_domains_that_words_give(words: str, domain: Domain) -> None:
    assert context(f"{words} Then $v + u = u + v$.").kind(Name("v")) == Scalar(domain)


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("Let $f$ be a convex function.", True), ("Let $f$ be convex.", True), ("Let $f$ be strictly convex.", True), ("for a convex $f$", True),
        ("Let $f$ be a non-convex function.", False), ("The function $f$ is not convex.", False), ("Let $f$ be nonconvex.", False),
        ("Let $f$ be log-convex.", False), ("Let $f$ be locally convex.", False), ("Let $f$ be quasiconvex.", False), ("Is $f$ convex?", False),
        ("The function $f$ is anything but convex.", False), ("Let $f$ be neither convex nor concave.", False), ("Let $f$ be weakly convex.", False),
    ],
)
def test_functions_are_convex_only_where_it_is_said(words: str, holds: bool) -> None:
    kind = context(f"{words} Then $f(x) + f(y) = f(y) + f(x)$.").kind(Name("f"))
    assert isinstance(kind, Function)
    assert ("convex" in kind.properties) == holds


@pytest.mark.parametrize("words", ["$P$ is a blorfic matrix", "The matrix $P$ need not be symmetric.", "Let $P$ be a matrix with orthonormal rows.",
                                   "The entries $P_{ij}$ are the same for every $i$.", "$P$ has full rank."])
def test_words_that_are_not_understood_are_kept_with_their_names(words: str) -> None:
    found = judged(f"{words}\nThen $$P Q = Q P.$$")[-1].opaque
    assert any(Name("P") in names or any(getattr(n, "base", None) == Name("P") for n in names) for names, _, _ in found)
    assert {line for _, _, line in found} == {"1"}


@pytest.mark.parametrize(
    "words",
    [
        "Let $W$ be the weight matrix of the layer.", "Let $W$ be a matrix.", "We update $W$ with the learning rate $\\eta$.", "The loss $L$ is given by",
        "Here $h$ denotes the hidden state.", "Let $x$ be the input and $y$ the output.", "The gradient with respect to $W$ is computed next.",
        "Let $x$ be a real number.", "Let $X$ be a random variable.", "Let $f$ be a differentiable function.", "For any fixed $x$ we have",
    ],
)
def test_words_that_restrict_nothing_are_not_kept(words: str) -> None:
    assert not any(said.opaque for said in said_in(_marked(words)))


def _marked(words: str) -> str:
    """A sentence with marks in place of its formulas."""
    parts = words.split("$")
    return "".join(part if k % 2 == 0 else f"⟨{k // 2}⟩" for k, part in enumerate(parts))


def test_a_condition_holds_in_its_sentence() -> None:
    text = r"Let $A\in\mathbb{R}^{n\times n}$. If $A$ is symmetric, then $A^\top = A$. In general $A^\top = A$."
    assert verdicts(text)[-2] == "accepted"
    assert verdicts(text)[-1] != "accepted"


def test_random_variables_are_no_numbers() -> None:
    found = context(r"Let $u$ and $v$ be random variables. Then $\mathrm{Var}[u] = \mathrm{Var}[v]$.")
    assert found.kind(Name("u")) == found.kind(Name("v")) == RandomVariable()


def test_members_of_a_sequence() -> None:
    assert context(r"Let $c$ be a sequence of positive numbers. Then $\sum_{k=1}^n c_k = \sum_{j=1}^n c_j$.").kind(Name("c")) == Sequence(Domain.POSITIVE)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"For example, if $n=3$ the sum is $6$." "\n\n" r"The sum is $$\sum_{k=1}^n k = \frac{n(n+3)}{3}$$", "refuted"),
        (r"For example, if $n=3$ the sum is $6$." "\n\n" r"The sum is $$\sum_{k=1}^n k = \frac{n(n+1)}{2}$$", "accepted"),
        (r"With $\beta=0$ nothing is kept. For $0<\beta<1$ we have $$\frac1\beta = 7$$", "refuted"),
        (r"With $\beta=0$ nothing is kept. For $0<\beta<1$ we have $$\frac1\beta > 1$$", "accepted"),
        (r"The unit is switched off when $a<0$. We have $$|a| = -a$$", "refuted"),
        (r"The unit is switched off when $a<0$. When $a<0$ we have $$|a| = -a$$", "accepted"),
        (r"Take for example $m=4$, $r=3$. In general the number is $$m-r+1 = 2$$", "refuted"),
        (r"For example with $m=4$, $r=3$ it is small. The number is $$m-r+1 = 2$$", "refuted"),
        (r"Figure 1 shows an example with $m=4$, $r=3$." "\n\n" r"In general the number is $$m-r+1 = 2$$", "refuted"),
        (r"For example, let $n=3$. Then $$n+1 = 4$$", "accepted"),
        (r"With $m=4$ and $r=3$ the number is $$m-r+1 = 2$$", "accepted"),
        (r"With $m=4$ and $r=3$ the number is $$m-r+1 = 2$$ Twice the number is $$2(m-r+1) = 4$$", "accepted"),
        (r"With $m=4$ the number is small. For every $m$ we have $$m+1 = 5$$", "refuted"),
        (r"For $x>0$ we have $|x|=x$. For all real $x$ we have the same. Then $$|x| = x$$", "refuted"),
        (r"For $x>0$ we have $|x|=x$. Then $$|x| = x$$", "accepted"),
        (r"For $x>0$ we have $|x|=x$. For $x<0$ we have $$|x| = x$$", "refuted"),
        (r"For $x>0$ we have $|x|=x$. For $x<0$ we have $$|x| = -x$$", "accepted"),
        (r"If $s=1$, then $$sa + (1-s)b = a$$", "accepted"),
        (r"If $s=1$ only the first is kept. For any label $$sa + (1-s)b = a$$", "undecided"),
        (r"so for $n=1$ there is one coin. For $n$ coins the number is $$nq = q$$", "refuted"),
        (r"The loss is $-\log p$ if $t=1$, and it is $-\log(1-p)$ if $t=0$. Here $$t + 1 = 2$$", "refuted"),
        (r"If $t=1$ then $t+1=2$, and if $t=0$ then $t+1=1$.", "accepted"),
        (r"If $t=1$ then $t+1=2$, and if $t=0$ then $t+1=2$.", "refuted"),
    ],
)
def test_a_case_holds_where_it_is_said(text: str, wanted: str) -> None:
    assert verdicts(text)[-1] == wanted


def test_cases_of_one_sentence_have_their_own_parts() -> None:
    assert verdicts(r"We have $|x| = x$ for $x\ge0$ and $|x| = -x$ for $x\le0$.") == ["accepted", "given", "accepted", "given"]
    assert verdicts(r"We have $|x| = -x$ for $x\ge0$ and $|x| = x$ for $x\le0$.") == ["refuted", "given", "refuted", "given"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"Let $x$ be real. Therefore $x=5$.", ["refuted"]),
        (r"Let $x$ be a positive number. Then $x=2$.", ["refuted"]),
        (r"For all real $x$ we have $x=x+1$.", ["refuted"]),
        (r"Let $L=(z-y)^2$. With $M=2L$ and $y>0$, $$\frac{\partial M}{\partial z} = 3(z-y)$$", ["given", "given", "given", "refuted"]),
        (r"With $L=(z-y)^2$ and $y>0$, $$\frac{\partial L}{\partial z} = 2(z-y)$$", ["given", "given", "accepted"]),
        (r"With $L=(z-y)^2$ and $y>0$ we have $$\frac{\partial L}{\partial z} = 2(z-y)$$", ["given", "given", "accepted"]),
        (r"Let $y=x^2$. Then for $x>1$ $$y = x^3$$", ["given", "given", "refuted"]),
        (r"Expanding the square, we arrive at $$(u+1)^2 = u^2+3u+1$$", ["refuted"]),
        (r"We are left with $$(u+1)^2 = u^2+3u+1$$", ["refuted"]),
        (r"With the binomial theorem $$(u+4)^2 = u^2+8u+4$$", ["refuted"]),
        (r"With this identity $$(u+4)^2 = u^2+8u+16$$", ["accepted"]),
        (r"By Bayes' rule $$p(u|v) = \frac{p(v|u)\,p(v)}{p(u)}$$", ["refuted"]),
        (r"By Bayes' rule $$p(u|v) = \frac{p(v|u)\,p(u)}{p(v)}$$", ["accepted"]),
        (r"Let $X$ and $Y$ be random variables. Then $$H(X,Y) = H(X)+H(Y)$$", ["refuted"]),
        (r"Let $X$ and $Y$ be random variables. Then $$H(X,Y) = H(X)+H(Y\mid X)$$", ["accepted"]),
        (r"For random variables $X$ and $Y$, $$I(X;Y) = H(X)-H(Y\mid X)$$", ["refuted"]),
        (r"For random variables $X$ and $Y$, $$I(X;Y) = H(X)-H(X\mid Y)$$", ["accepted"]),
        (r"Let $X$ be a random variable. Note that $\mathbb{E}[X]=0$.", ["refuted"]),
        (r"Let $X$ be a random variable with $\mathbb{E}[X]=0$. Then $\operatorname{Var}(X)=\mathbb{E}[X^2]$.", ["given", "accepted"]),
        (r"Because $\mathbb{E}[\epsilon]=0$, we have $\mathbb{E}[x+\epsilon]=x$.", ["given", "accepted"]),
        (r"Suppose that every target $\mathbf{t}_n$ satisfies a linear constraint $$\mathbf{a}^T\mathbf{t}_n + b = 0$$", ["given"]),
        (r"The weights $w_i$ satisfy $\sum_{i=1}^n w_i = 1$. Then $$\sum_{i=1}^n 2w_i = 2$$", ["given", "accepted"]),
        (r"Since $\sum_{i=1}^n w_i = 1$, we get $$\sum_{i=1}^n 2w_i = 2$$", ["given", "accepted"]),
        (r"Since $e^{a+b} = e^a+e^b$, we get $$e^{2a} = 2e^a$$", ["refuted", "refuted"]),
        (r"Let $u$ be a vector such that $\|u\|^2=1$. Then $u^\top u=1$.", ["given", "accepted"]),
        (r"Let $m_0=v_0=0$ and $m_t=\beta m_{t-1}+(1-\beta)g_t$. Then $m_1=(1-\beta)g_1$.", ["given", "given", "given", "accepted"]),
        (r"The boxes have $p(r)=0.2$, $p(b)=0.2$ and $p(g)=0.6$. So $$p(r)+p(b)+p(g) = 1$$", ["given", "given", "given", "accepted"]),
        (r"For the one-hot target $t$ we have $\sum_{c=1}^C t_c = 1$.", ["accepted"]),
        (r"For the target $t$ we have $\sum_{c=1}^C t_c = 1$.", ["undecided"]),
        (r"The output $y$ is given by $y = 3x+b$. Then $y-b=3x$.", ["given", "accepted"]),
        (r"Let $y$ denote the output. Then $y = 3x$ and $2y=6x$.", ["undecided", "accepted"]),
    ],
)
def test_only_a_fresh_name_or_words_of_assumption_make_a_relation_given(text: str, wanted: list[str]) -> None:
    assert verdicts(text) == wanted


@pytest.mark.parametrize(
    ("words", "step", "wanted"),
    [
        (r"Let $q_1,\dots,q_K$ be probabilities.", r"-\sum_{k=1}^K q_k\log q_k = \log K", "refuted"),
        (r"Let $q_1,\dots,q_K$ be probabilities that sum to one.", r"\sum_{k=1}^K 2q_k = 2", "accepted"),
        (r"Let $a_1,\ldots,a_n>0$.", r"\sum_{i=1}^n \sqrt{a_i^2} = \sum_{i=1}^n a_i", "accepted"),
        (r"Let $a_1,\ldots,a_n\ge0$.", r"\sum_{i=1}^n \sqrt{a_i^2} = \sum_{i=1}^n a_i", "accepted"),
        (r"Let $a_1,\ldots,a_n$ be positive numbers.", r"\sum_{i=1}^n \sqrt{a_i^2} = \sum_{i=1}^n a_i", "accepted"),
        (r"Let $a_1,\ldots,a_n$ be real numbers.", r"\sum_{i=1}^n \sqrt{a_i^2} = \sum_{i=1}^n a_i", "refuted"),
        (r"Let $a_1,\ldots,a_n$ be numbers, not necessarily positive.", r"\sum_{i=1}^n \sqrt{a_i^2} = \sum_{i=1}^n a_i", "undecided"),
        (r"Let $a_1,\ldots,a_n>0$.", r"\sum_{i=1}^n a_i = n a_1", "refuted"),
        (r"Let $a_1,\ldots,a_n\in\mathbb{R}$.", r"\left(\sum_{i=1}^n a_i\right)^2 = \sum_{i=1}^n\sum_{j=1}^n a_ia_j", "accepted"),
        (r"Let $x_1,\ldots,x_n\in\mathbb{R}^d$.", r"\left\|\sum_{i=1}^n x_i\right\|^2 = \sum_{i=1}^n\sum_{j=1}^n x_i^\top x_j", "accepted"),
    ],
)
def test_a_list_of_names_is_a_sequence(words: str, step: str, wanted: str) -> None:
    assert verdicts(f"{words} Then $${step}$$")[-1] == wanted


@pytest.mark.parametrize(
    ("words", "step", "wanted"),
    [
        (r"Let $X_1,\ldots,X_n$ be i.i.d.\ with variance $\sigma^2$.", r"\operatorname{Var}\left(\sum_{i=1}^n X_i\right) = n\sigma^2", "accepted"),
        (r"Let $X_1,\ldots,X_n$ be uncorrelated with variance $\sigma^2$.", r"\operatorname{Var}\left(\sum_{i=1}^n X_i\right) = n\sigma^2", "accepted"),
        (r"Let $X_1,\ldots,X_n$ be pairwise independent with variance $\sigma^2$.", r"\operatorname{Var}\left(\sum_{i=1}^n X_i\right) = n\sigma^2", "accepted"),
        (r"Let $X_1,\ldots,X_n$ be random variables with variance $\sigma^2$.", r"\operatorname{Var}\left(\sum_{i=1}^n X_i\right) = n\sigma^2", "refuted"),
        (r"Let $X_1,\ldots,X_n$ be identically distributed with variance $\sigma^2$.", r"\operatorname{Var}\left(\sum_{i=1}^n X_i\right) = n\sigma^2", "refuted"),
        (r"Let $X,Y$ be uncorrelated random variables.", r"\operatorname{Var}(X+Y) = \operatorname{Var}(X)+\operatorname{Var}(Y)", "accepted"),
        (r"Let $X,Y$ be uncorrelated random variables.", r"\mathbb{E}[X^2Y^2] = \mathbb{E}[X^2]\mathbb{E}[Y^2]", "refuted"),
        (r"Let $X,Y$ be independent random variables.", r"\mathbb{E}[X^2Y^2] = \mathbb{E}[X^2]\mathbb{E}[Y^2]", "accepted"),
        (r"Let $X,Y$ be random variables.", r"\mathbb{E}[XY] = \mathbb{E}[X]\mathbb{E}[Y]", "refuted"),
        (r"Let $X$ and $Y$ be not independent.", r"\mathbb{E}[XY] = \mathbb{E}[X]\mathbb{E}[Y]", "undecided"),
        (r"The random variables $X$ and $Y$ need not be independent.", r"\mathbb{E}[XY] = \mathbb{E}[X]\mathbb{E}[Y]", "undecided"),
        (r"We do not assume that $X$ and $Y$ are independent.", r"\mathbb{E}[XY] = \mathbb{E}[X]\mathbb{E}[Y]", "undecided"),
        (r"Let $X$ and $Y$ be conditionally independent given $Z$.", r"\mathbb{E}[XY] = \mathbb{E}[X]\mathbb{E}[Y]", "refuted"),
        (r"Let $a$ be a random variable with $E[a]=\nu$ and $Var[a]=\tau^2$.", r"E[a^2] = \tau^2+\nu^2", "accepted"),
        (r"Let $a$ be a random variable with $E[a]=\nu$ and $Var[a]=\tau^2$.", r"E[a^2] = \tau^2-\nu^2", "refuted"),
        (r"For two independent random variables $x$ and $z$", r"\mathrm{var}[x+z] = \mathrm{var}[x]+\mathrm{var}[z]", "accepted"),
        (r"For two independent random variables $x$ and $z$", r"\mathrm{var}[x+z] = \mathrm{var}[x]-\mathrm{var}[z]", "refuted"),
        (r"Let $z_1,\ldots,z_n$ be independent standard normal variables.", r"\mathbb{E}\left[\sum_{i=1}^n z_i^2\right] = n", "accepted"),
    ],
)
def test_random_variables_have_what_is_said_of_them_and_no_more(words: str, step: str, wanted: str) -> None:
    assert verdicts(f"{words} Then $${step}$$")[-1] == wanted


# --- metamorphic: every hypothesis in words of the corpus, negated, hedged and replaced by nonsense

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.tex"))
TURNS = ("not {}", "non-{}", "nearly {}", "pseudo-{}", "neither flat nor {}", "possibly {}", "blorfic")


def asserted(words: str) -> list[tuple[int, str]]:
    """The properties that a sentence asserts, by formula, as often as it does."""
    return [(n, p) for said in said_in(words) for n in said.numbers for m in said.meanings for p in m.properties]


def said_with(adjective: str, words: str) -> int:
    """How often a sentence asserts what an adjective says."""
    return sum(p in lexicon.ADJECTIVES[adjective].properties for _, p in asserted(words))


def changed(words: str, adjective: str, turn: str) -> str:
    return re.sub(rf"\b{adjective}\b", turn.format(adjective), words, flags=re.IGNORECASE)


def hypotheses() -> list[tuple[str, str]]:
    """The sentences of the corpus in which an adjective asserts something (they say less without it), with that adjective."""
    found: list[tuple[str, str]] = []
    for path in CORPUS:
        for sentence in document(source_of(path.read_text("utf-8"), path.name)).prose.sentences:
            spoken = [a for a, m in lexicon.ADJECTIVES.items() if m.properties and re.search(rf"\b{a}\b", sentence.words, re.IGNORECASE)]
            found.extend((sentence.words, a) for a in spoken if said_with(a, changed(sentence.words, a, "")) < said_with(a, sentence.words))
    return found


def test_there_are_hypotheses_in_words() -> None:
    assert len(hypotheses()) > 20


@pytest.mark.parametrize("turn", TURNS)
def test_a_hypothesis_that_is_negated_hedged_or_nonsense_asserts_nothing(turn: str) -> None:
    for words, adjective in hypotheses():
        assert said_with(adjective, changed(words, adjective, turn)) < said_with(adjective, words), changed(words, adjective, turn)


def test_a_word_of_the_lexicon_either_says_something_or_takes_it_back() -> None:
    entries = {word for entry in (*lexicon.ADJECTIVES, *lexicon.NOUNS) for word in [entry] if " " not in entry}
    assert not entries & (lexicon.NEGATIVE | lexicon.HEDGING)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (r"Let $Q\in\mathbb{R}^{n\times n}$ be an orthogonal matrix. Then $$Q^\top Q = I$$", "orthogonal"),
        (r"Let $P$ be an $N\times N$ permutation matrix. Then $$P^\top P = I$$", "permutation"),
        (r"For a symmetric matrix $A\in\mathbb{R}^{n\times n}$ and $x\in\mathbb{R}^n$, $$(Ax)^\top = x^\top A$$", "symmetric"),
        (r"Let $x$ be a positive number. Then $$\sqrt{x^2} = x$$", "positive"),
        (r"Let $X$ and $Y$ be independent random variables. Then $$\mathbb{E}[XY] = \mathbb{E}[X]\mathbb{E}[Y]$$", "independent"),
        (r"Let $f$ be a convex function. Then $$f\left(\frac{x+y}{2}\right) \le \frac{f(x)+f(y)}{2}$$", "convex"),
    ],
)
def test_a_step_that_a_hypothesis_proves_is_not_proved_without_it(text: str, word: str) -> None:
    assert verdicts(text)[-1] == "accepted"
    for turn in ("blorfic", f"non-{word}", f"not necessarily {word}", f"possibly {word}"):
        assert verdicts(text.replace(word, turn))[-1] != "accepted", turn


@pytest.mark.parametrize(
    "words",
    [
        "Let $P$ be an $N\\times N$ permutation matrix.", "Let $P$ be a permutation matrix.", "For any permutation matrix $P$ we have the following.",
        "Here $P$ denotes a permutation matrix of size $N$.", "The matrix $P$ is a permutation matrix.", "Suppose $P\\in\\mathbb{R}^{N\\times N}$ is a permutation matrix.",
        "Consider an arbitrary $N\\times N$ permutation matrix $P$.", "Let $P$ be any permutation matrix.", "where $P$ is some $N\\times N$ permutation matrix",
        "Let $P$ and $R$ be permutation matrices.", "Given a permutation matrix $P$, we go on.", "Assume that $P$ is a permutation matrix.",
        "With a permutation matrix $P$ the rows change places.", "Let $P$, a permutation matrix, be given.", "Take $P$ to be a permutation matrix.",
        "Since $P$ is a permutation matrix, we may go on.",
    ],
)
def test_ways_of_saying_what_a_matrix_is(words: str) -> None:
    assert verdicts(words + r" We have $$P^\top P = I$$")[-1] == "accepted"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"Under the usual regularity conditions, $$\frac{d}{dx}x^2 = 3x$$", "undecided"),
        (r"To first order in $\epsilon$ we have $$(1+\epsilon)^2 = 1+2\epsilon$$", "undecided"),
        (r"For small $\epsilon$ we have $$e^{\epsilon} = 1+\epsilon$$", "undecided"),
        (r"To first order it is $1+2\epsilon$. Exactly, $$(1+\epsilon)^2 = 1+2\epsilon$$", "refuted"),
        (r"Let $\epsilon$ be real. Then $$(1+\epsilon)^2 = 1+2\epsilon$$", "refuted"),
        (r"Assume $A\in\mathbb{R}^{n\times n}$ is idempotent. Then $$A^2 = A$$", "undecided"),
        (r"Let $A\in\mathbb{R}^{n\times n}$ be a matrix. Then $$A^2 = A$$", "refuted"),
        (r"Let $n$ be an even number. Then $$\left\lfloor \frac n2\right\rfloor = \frac n2$$", "accepted"),
        (r"Let $n$ be an odd number. Then $$\left\lfloor \frac n2\right\rfloor = \frac n2$$", "refuted"),
        (r"Let $u$ be a unit vector. Then $$u^\top u = 1$$", "accepted"),
        (r"Let $u$ be a vector. Then $$u^\top u = 1$$", "refuted"),
        (r"The numbers $a$ and $b$ sum to one. Then $$(a+b)^2 = 1$$", "accepted"),
        (r"The numbers $a$ and $b$ need not sum to one. Then $$(a+b)^2 = 1$$", "undecided"),
        (r"The inverse function $f^{-1}$ is derived to express $z$. Let $f(z)=2z$. Then $$f(z) = 3z$$", "refuted"),
        (r"The kernel $k$ is needed to compute the map. Let $k=2$. Then $$k^2 = 5$$", "refuted"),
        (r"The function $f$ is required to be odd. Then $$f(x) = f(-x) + 1$$", "undecided"),
        (r"The reversed function $f$ is odd. Then $$f(x) = f(-x) + 1$$", "undecided"),
        (r"Let $\Phi$ and $\varphi$ be the distribution function and the density of the standard normal law. Then $$\Phi(2) - \Phi(1) = \Phi(3)$$", "undecided"),
        (r"Let $A$ and $b$ be a matrix and a number. Then $$2b = 3b$$", "refuted"),
        (r"Let $x$ be a standard normal random variable. Then $$\mathbb{E}[x^4] = 3$$", "accepted"),
        (r"Let $x$ be a random variable. Then $$\mathbb{E}[x^4] = 3$$", "refuted"),
    ],
)
def test_words_that_restrict_or_loosen_what_is_claimed(text: str, wanted: str) -> None:
    assert verdicts(text)[-1] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"Let $n_1=n+1$. Then $n n_1=n^2+n$.", "accepted"), (r"Let $n_1=n+1$. Then $n n_1=n^2+2n$.", "refuted"),
        (r"Let $d_k = d/h$. Then $h d_k = d$.", "accepted"), (r"Let $d_k = d/h$. Then $h d_k = d_k$.", "refuted"),
        (r"Let $d_{ff}=4d$. Then $2 d\, d_{ff} = 8d^2$.", "accepted"), (r"Let $d_{ff}=4d$. Then $2 d\, d_{ff} = 8d$.", "refuted"),
        (r"One step gives $x_1 = x-\eta g$. Then $$x_1 + \eta g = x$$", "accepted"), (r"One step gives $x_1 = x-\eta g$. Then $$x_1 - \eta g = x$$", "refuted"),
        (r"Let $\sigma>0$ and $\sigma_1 = 2\sigma$. Then $\sqrt{\sigma_1^2} = 2\sigma$.", "accepted"),
        (r"Let $p_i>0$ be the price of item $i$. Then $\sum_{i=1}^n p_i=1$.", "undecided"),
        (r"Let $p_i>0$ be the price of item $i$. Then $\sum_{i=1}^n p_i c=c\sum_{i=1}^n p_i$.", "accepted"),
        (r"Let $z$ be a complex number. Then $|z|^2=z^2$.", "refuted"), (r"Let $z$ be a complex number. Then $(z+1)^2=z^2+2z+1$.", "accepted"),
        (r"Fix an index $i$ with $x_i>0$, and let $j$ be any other index. Then $\sqrt{x_j^2}=x_j$.", "refuted"),
        (r"Let $X\sim\mathcal N(\mu,\sigma)$, where $\sigma$ is the standard deviation. Then $\operatorname{Var}(X)=\sigma$.", "refuted"),
        (r"Let $X\sim\mathcal N(\mu,\sigma)$, where $\sigma$ is the standard deviation. Then $\operatorname{Var}(X)=\sigma^2$.", "accepted"),
    ],
)
def test_names_beside_subscripted_names(text: str, wanted: str) -> None:
    assert verdicts(text)[-1] == wanted


@pytest.mark.parametrize("words", [r"This vanishes only at $\mu=\lambda$.", r"It has its minimum at $\mu=\lambda$.", r"At $\mu=\lambda$ both agree.", r"There is a kink at $\mu=1$."])
def test_what_happens_at_a_point_is_no_fact_afterwards(words: str) -> None:
    text = rf"Let $\lambda,\mu>0$. {words}" + "\n\n" + r"For all $\lambda$ and $\mu$, \[ \frac\lambda\mu+\frac\mu\lambda-2 = \frac{(\lambda-\mu)^2}{\lambda^2\mu^2}. \]"
    records = check(document(source_of(text, "point.tex"))).records
    assert [r.verdict for r in records if r.judged][-1] in ("refuted", "undecided")


@pytest.mark.parametrize(("words", "numbers"), [
    ("Since ⟨0⟩ is constant, its gradient vanishes.", ()),
    ("The labels ⟨0⟩ are kept constant.", ()),
    ("Here ⟨0⟩ is a constant.", (0,)),
    ("Let ⟨0⟩ and ⟨1⟩ be constants.", (0, 1)),
])  # fmt: skip
def test_what_stays_constant_is_not_a_number_for_that(words: str, numbers: tuple[int, ...]) -> None:
    scalars = [one.numbers for one in said_in(words) if any(m.base == "scalar" for m in one.meanings)]
    assert scalars == ([numbers] if numbers else [])


def test_a_clause_of_its_own_ends_what_is_said_before() -> None:
    assert next((one.numbers, one.opaque) for one in said_in("Let ⟨0⟩ be real numbers and let ⟨1⟩ be their mean.")) == ((0,), "")
