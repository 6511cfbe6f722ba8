"""What is not understood in a formula is unread or open, never read as something else."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.language.errors import DeriveError
from derivations.language.term import Frac, Num, Pow, Transpose
from derivations.reading.expression import read
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from derivations.reading.vocabulary import Vocabulary


def last(text: str) -> str:
    record = check(document(source_of(text, "a.md"))).records[-1]
    return record.evidence.partition("(")[0] if record.verdict == "accepted" else record.verdict


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        (r"33\frac13", "mixed number"),
        (r"2\frac12 + 1", "mixed number"),
        (r"1 + O(\rho^2)", "order of magnitude"),
        (r"n + o(h)", "order of magnitude"),
        (r"3 \text{ remainder } 2", "number after words"),
    ],
)
def test_what_could_be_two_things_is_not_read(formula: str, why: str) -> None:
    with pytest.raises(DeriveError, match=why):
        read(formula)


def test_a_fraction_before_a_factor_is_a_factor() -> None:
    assert last(r"$$ 2\frac12 x = x $$") == "proved"


def test_a_percentage_is_a_fraction_of_a_hundred() -> None:
    assert read(r"25\%").term == Frac(Num("25"), Num("100"), slash=True)
    assert (last(r"$$ \frac14 = 25\% $$"), last(r"$$ \frac14 = 20\% $$")) == ("proved", "refuted")


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\frac23 = 0.667", "undecided"),
        (r"-\log(0.245) = 1.406", "undecided"),
        (r"\frac23 = 0.676", "refuted"),
        (r"-\log(0.245) = 1.604", "refuted"),
        (r"0.5 \cdot 0.3 = 0.15", "proved"),
        (r"0.5 \cdot 0.3 = 0.25", "refuted"),
    ],
)
def test_an_equation_with_a_decimal_number_may_be_rounded(formula: str, verdict: str) -> None:
    assert last(f"$$ {formula} $$") == verdict


@pytest.mark.parametrize(
    "text",
    [
        r"Let $T\ge1$ be an integer. $$ (1-a)^T (1-a) = (1-a)^{T+1} $$",
        r"$$ \sum_{t=1}^{T} \beta^{T-t} = \frac{1-\beta^T}{1-\beta} $$",
        r"For $t=1,\dots,T$ $$ (1-\eta\lambda)^T (1-\eta\lambda) = (1-\eta\lambda)^{T+1} $$",
    ],
)
def test_where_t_is_a_number_it_is_a_power_of_numbers(text: str) -> None:
    assert last(text) == "proved"


def test_t_is_a_transpose_of_matrices_beside_a_number_t() -> None:
    counted = Vocabulary(counted=frozenset(("T", "beta")))
    assert isinstance(read(r"W^T x", counted).term.parts[0][1], Transpose)  # type: ignore[attr-defined]
    assert isinstance(read(r"\beta^T", counted).term, Pow)
    assert isinstance(read(r"(1-a)^T", counted).term, Pow)


@pytest.mark.parametrize(
    "formula",
    [
        r"\text{softmax}(v+c)_i = \frac{e^{v_i+c}}{\sum_{j=1}^n e^{v_j+c}}",
        r"\frac{e^{v_i}}{\sum_{j=1}^n e^{v_j}} = \text{softmax}(v)_i",
    ],
)
def test_a_vector_has_as_many_entries_as_the_sums_over_it(formula: str) -> None:
    assert last(f"$$ {formula} $$") == "proved"


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (r"$$ 2\cdot 8\,\text{GiB} = 16\,\text{GiB} $$", ["proved"]),
        (r"$$ 2\cdot 8\,\text{GiB} = 17\,\text{GiB} $$", ["refuted"]),
        (r"$$ 3\cdot 3\cdot 512 = 4608 \text{ parameters} $$", ["proved"]),
        (r"$$ p(r)=0.2, \quad p(b)=0.2, \quad p(g)=0.6 $$", ["given", "given", "given"]),
        ("$p(r)=0.2$ and $p(b)=0.2$ and $p(g)=0.6$. Then\n\n$$ p(b)\\,p(g) = 0.04 $$", ["given", "given", "given", "refuted"]),
    ],
)
def test_units_and_tables(text: str, verdicts: list[str]) -> None:
    records = check(document(source_of(text, "a.md"))).records
    assert [r.evidence.partition("(")[0] if r.verdict == "accepted" else r.verdict for r in records] == verdicts


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("$\\text{The second path is } p_2 = x$ and $\\text{the first one is } p_1 = 2x$. So\n\n$$ p_1 - p_2 = x $$", "proved"),
        ("Let $L=\\sum_{i=1}^m \\log q_i$. Then\n\n$$ -\\frac1m\\sum_{i=1}^m\\log q_i = -\\frac1m\\,\\text{log-likelihood} $$", "undecided"),
        ("With $g(z)=\\frac{1}{1+e^{-z}}$ we have $$ g'(z) = \\frac{e^{-z}}{(1+e^{-z})^2} $$", "proved"),
    ],
)
def test_words_in_formulas(text: str, verdict: str) -> None:
    assert last(text) == verdict


def test_one_letter_for_a_number_here_and_a_vector_there() -> None:
    text = "With $g(z)=\\frac{1}{1+e^{-z}}$ we have\n\n$$ g'(z) = \\frac{e^{-z}}{(1+e^{-z})^2} $$\n\nFor every vector $z$ we have $z^T H z \\ge 0$."
    assert [r.verdict for r in check(document(source_of(text, "a.md"))).records][1] != "refuted"


def test_square_brackets_number_the_places_of_a_signal() -> None:
    text = "$$ (x \\star w)[t] = \\sum_\\tau x[t-\\tau]\\, w[\\tau] $$\n\nThe order does not matter:\n\n$$ (x \\star w)[t] = \\sum_\\tau x[\\tau]\\, w[t-\\tau] $$\n"
    assert [r.verdict for r in check(document(source_of(text, "a.md"))).records] == ["given", "accepted"]


def test_what_is_counted_is_no_fact() -> None:
    text = "Let $m_c$ be the number of examples with $y_i=c$. Then\n\n$$ \\sum_{i : y_i=c} \\mu_c = m_c\\,\\mu_c $$"
    found = check(document(source_of(text, "a.md"))).records
    assert [r.verdict for r in found] == ["given", "undecided"]
