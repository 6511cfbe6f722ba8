"""What the names of a long document are: found near the step where other places speak of them otherwise, in families by a bracket above, in sets with dots.

Each right step stands beside wrong ones, which must not be accepted: with a factor, with a transpose or an index changed, with the factors in another order.
"""

import pytest

from derivations.checking.report import Record, check
from derivations.language.structure import free_names
from derivations.reading.expression import read
from derivations.reading.judgements import document
from derivations.reading.nearby import depends
from derivations.reading.source import source_of
from derivations.reading.uses import numeric
from derivations.reading.vocabulary import Vocabulary


def records(text: str, name: str = "a.md") -> list[Record]:
    return [r for r in check(document(source_of(text, name))).records if r.verdict not in ("given", "ignored")]


def verdicts(text: str) -> list[str]:
    return [r.verdict for r in records(text)]


LONG = r"""
# Features

For every $k$ let $x_k = [1, x^{(k)}_1, \ldots, x^{(k)}_n]^T$ and $y^{(k)} \in \{0, 1\}$.

$$J(\theta) = \frac1m \sum_{k=1}^m (\theta^T x^{(k)} - y^{(k)})^2$$

# Rates

Let $T(y) = y$ and $b(y) = \frac{1}{y!}$, and $\eta = \log \lambda$.

# Kernels

The sum of two matrices gives

$$STEP$$
"""
"""A document in which the x_k are examples and x is a vector of another section, and T a function."""


@pytest.mark.parametrize(("step", "accepted"), [
    (r"x^T(M_i+M_j)x = x^T M_i x + x^T M_j x", True),
    (r"x^T(M_i+M_j)x = x^T M_i x + 2 x^T M_j x", False),
    (r"x^T M_i M_j x = x^T M_j M_i x", False),
    (r"(x^T M_i)^T M_j = M_i^T x M_j", False),
    (r"(x^T M_i M_j)^T = M_j^T M_i^T x", True),
    (r"(x^T M_i M_j)^T = M_i^T M_j^T x", False),
])  # fmt: skip
def test_a_step_is_read_by_its_section_where_the_document_speaks_of_its_names_otherwise(step: str, accepted: bool) -> None:
    assert (verdicts(LONG.replace("STEP", step)) == ["accepted"]) is accepted
    if accepted:
        (record,) = records(LONG.replace("STEP", step))
        assert any("section" in words for words in record.conventions)


ELSEWHERE = r"""
# Model

The weights act as $A^T x$ and $B^T x$, of length $\|A^T x\|$.

# Products

STEP
"""


@pytest.mark.parametrize(("step", "accepted"), [
    ("$$A B = B A$$", False),  # a matrix of another section is no number here
    ("$$(A + B) A = A A + B A$$", True),
    ("$$(A + B) A = A A + A B$$", False),
])  # fmt: skip
def test_what_is_a_matrix_in_another_section_is_no_number_here(step: str, accepted: bool) -> None:
    assert (verdicts(ELSEWHERE.replace("STEP", step)) == ["accepted"]) is accepted


@pytest.mark.parametrize(("text", "numbers"), [
    (r"\frac{1}{1-\phi}", "phi"), (r"\lambda^y", "y"), (r"1 - q", "q"), (r"\{y = 1\}", "y"),
    (r"\frac{x}{u^T u}", ""), (r"A + B", ""), (r"e^{z}", ""), (r"x = 0", ""),
])  # fmt: skip
def test_what_stands_where_only_a_number_can(text: str, numbers: str) -> None:
    term = read(text, Vocabulary()).term
    assert {n.text for n in numeric((term,)) for n in free_names(n)} == set(filter(None, [numbers]))


def test_what_depends_on_what_its_names_depend_on() -> None:
    found = {text: depends(read(text, Vocabulary()).term) for text in (r"\frac{d}{dx} x^2", r"\mathbb{E}[X]", "f'(x)", "x^2 + f(x)", r"\sum_{i=1}^n x_i")}
    assert [text for text, held in found.items() if not held] == ["x^2 + f(x)", r"\sum_{i=1}^n x_i"]


CLAIMED = r"""
# One

Let $P(m) = m + 1$ and $r_k = [1, x^{(k)}_1, \ldots, x^{(k)}_n]^T$.

# Two

For $m > 2$ and $m \le 2$ we have $r = 1 \Rightarrow P(m) = 2^m$.

# Three

Hence $$P(m) = 2^m.$$
"""


def test_a_claim_of_the_document_is_no_definition_near_a_step() -> None:
    assert not [r for r in records(CLAIMED) if r.verdict == "accepted" and "2^m" in r.right]


EXAMPLES = r"""
For points $x^{(i)}$ and $z^{(j)}$,

$$J(\theta) = \frac12\sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)})^2$$

$$STEP$$
"""


@pytest.mark.parametrize(("step", "accepted"), [
    (r"\|x^{(i)} - z^{(j)}\|^2 = (x^{(i)})^T x^{(i)} - 2 (x^{(i)})^T z^{(j)} + (z^{(j)})^T z^{(j)}", True),
    (r"\|x^{(i)} - z^{(j)}\|^2 = (x^{(i)})^T x^{(i)} - (x^{(i)})^T z^{(j)} + (z^{(j)})^T z^{(j)}", False),
    (r"\frac{\partial J}{\partial \theta_j} = \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)}) x^{(i)}_j", True),
    (r"\frac{\partial J}{\partial \theta_j} = \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)}) x^{(j)}_i", False),
    (r"\nabla_\theta J = \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)}) x^{(i)}", True),
    (r"\nabla_\theta J = \sum_{i=1}^m (\theta^T x^{(i)} + y^{(i)}) x^{(i)}", False),
    (r"x^{(i)} (z^{(j)})^T = z^{(j)} (x^{(i)})^T", False),
])  # fmt: skip
def test_examples_are_a_family_with_entries(step: str, accepted: bool) -> None:
    assert (verdicts(EXAMPLES.replace("STEP", step)) == ["accepted"]) is accepted


MEMBERS = r"Let $x_i \in \mathbb{R}^d$ for all $i$." + "\n\n$$STEP$$\n"


@pytest.mark.parametrize(("step", "accepted"), [
    (r"\|x_i - x_j\|^2 = x_i^T x_i - 2 x_i^T x_j + x_j^T x_j", True),
    (r"\nabla_{x_i} (x_i^T x_i) = 2 x_i", True),
    (r"\nabla_{x_i} \sum_{j=1}^n x_j^T x_j = 0", False),
    (r"x_i x_i^T x_j = x_j x_i^T x_i", False),
])  # fmt: skip
def test_members_of_a_family_are_arrays_of_their_own_where_nothing_is_differentiated_by_one(step: str, accepted: bool) -> None:
    assert (verdicts(MEMBERS.replace("STEP", step)) == ["accepted"]) is accepted


@pytest.mark.parametrize(("step", "verdict"), [
    (r"y_3 \ge 1", "accepted"), (r"y_3 \le K", "accepted"), (r"y_3 \ge 2", "refuted"), (r"j \le K - 1", "accepted"), (r"j \ge 1", "refuted"),
    (r"\sum_{i=1}^n (y_i - 1) + n = \sum_{i=1}^n y_i", "accepted"),
])  # fmt: skip
def test_a_set_with_dots_is_a_range_of_integers(step: str, verdict: str) -> None:
    assert verdicts(rf"Labels $y_i\in\{{1,\dots,K\}}$ and $K \ge 2$, let $j \in \{{0, 1, \dots, K-1\}}$. Then $${step}$$") == [verdict]


@pytest.mark.parametrize("what", [r"Let $x_1,\dots,x_N$ be real numbers.", r"Let $x=(x_1,\dots,x_N)^T$ be a real vector.", r"Let $x \in \mathbb{R}^N$."])
@pytest.mark.parametrize(("step", "verdict"), [(r"\sum_j p_j = 1", "accepted"), (r"\sum_j p_j = 2", "refuted")])
def test_a_sum_without_limits_runs_over_what_its_terms_are_made_of(what: str, step: str, verdict: str) -> None:
    text = what + r" We put $$Z=\sum_{n=1}^{N}e^{x_n},\qquad p_j = \frac{e^{x_j}}{Z}.$$ " + f"Then $${step}$$"
    assert verdicts(text) == [verdict]


def test_a_list_of_its_entries_says_what_a_vector_is_also_where_t_is_a_number() -> None:
    text = r"Let $x=(x_1,\dots,x_N)^T$ be a vector and $T>0$ a temperature. Then $$x^T x = STEP$$"
    assert verdicts(text.replace("STEP", r"\sum_{n=1}^N x_n^2")) == ["accepted"]
    assert verdicts(text.replace("STEP", r"\sum_{n=1}^N x_n")) != ["accepted"]


def test_a_fact_that_cannot_be_evaluated_holds_no_step_back_and_refutes_none() -> None:
    fact = r"Let $a > 0$, and let $a \in \{2, 4, \dots\}$ and $b \in M$ where $a + b \in M$."
    assert verdicts(rf"{fact} Then $$\frac{{a+b}}{{2}} = \frac a2 + \frac b2$$") == ["accepted"]
    assert verdicts(rf"{fact} Then $$\frac{{a+b}}{{2}} = \frac a2 + b$$") != ["accepted"]
    assert verdicts(rf"{fact} Then $$a = b$$") == ["undecided"]
