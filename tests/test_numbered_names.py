"""Names that are numbered in a bracket above them, ``x^{(i)}``: indices where they run, labels elsewhere; and arrays that are used by their entries."""

from __future__ import annotations

import pytest

from derivations.checking.report import check
from derivations.language.numbering import bare, bound_in_labels, is_numbered, labelled, number_of, numbered
from derivations.language.structure import subterms
from derivations.language.term import Add, Deriv, Group, Index, Mul, Name, Num, Term
from derivations.reading.expression import Vocabulary, read
from derivations.reading.indices import arrays_by_use
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from render.notation.latex import latex
from render.notation.mathml import mathml
from render.notation.text import text
from render.notation.typst import typst


def verdicts(words: str) -> list[str]:
    return [r.verdict for r in check(document(source_of(words, "x.tex"))).records if r.judged]


@pytest.mark.parametrize(("label", "shown"), [
    ("3", "3"), ("i", "i"), ("l-1", "l - 1"), ("t+1", "t + 1"), ("2k", "2 k"), ("[l]", "l"), ("ell", r"\ell"), ("-1", "-1"),
])  # fmt: skip
def test_labels_that_are_indices(label: str, shown: str) -> None:
    number = number_of(label)
    assert number is not None and latex(number) == shown


@pytest.mark.parametrize("label", ["new", "*", "+", "dagger", "", "i,j", "train", "k+", "ij", "2.5", "t-"])
def test_labels_that_are_none(label: str) -> None:
    assert number_of(label) is None


@pytest.mark.parametrize("source", ["x^{(i)}", "x^{(i)}_{jk}", "h^{(t-1)}", r"(x^{(i)})^2", r"\hat{y}^{[n]}", r"\mathbf{x}^{(2k+1)}"])
def test_what_is_numbered_prints_as_it_was_written(source: str) -> None:
    names = frozenset((Name("x"), Name("h"), Name("y", ("hat",)), Name("x", font="bold")))
    term = read(source, Vocabulary(numbered=names)).term
    inner = term.base.body if hasattr(term, "exponent") else term
    assert isinstance(inner, Index) and is_numbered(inner.base)
    assert read(latex(term), Vocabulary(numbered=names)).term == term
    assert latex(term).replace(" ", "") == source.replace(" ", "")
    plain = read(source).term
    for printer in (text, typst, mathml):
        assert printer(term) == printer(plain)


def test_a_numbered_name_without_its_number_can_be_written_and_read() -> None:
    name = Name("x", label="()")
    assert latex(name) == r"x^{(\cdot)}" and read(latex(name)).term == name
    assert text(name) == "x^(·)" and "·" in typst(name) and "·" in mathml(name)


def test_labels_below_a_sum_are_indices() -> None:
    term = read(r"x^{(1)} + \sum_{i=1}^n x^{(i)} y^{(new)} z^{(k)}").term
    held = {node for _, node in subterms(term)}
    assert {Index(Name("x", label="()"), (Num("1"),)), Index(Name("x", label="()"), (Name("i"),)), Name("y", label="new"), Name("z", label="k")} <= held
    assert bound_in_labels((term,)) == frozenset()  # nothing is left that would be the same for all i
    assert numbered(Name("x", label="7"), {Name("x")}) == Index(Name("x", label="()"), (Num("7"),))
    assert labelled(Index(Name("x", label="()"), (Num("7"),))) == Name("x", label="7")
    assert bare(Name("x", label="7", primes=2)) == Name("x")


REAL = r"Let $x^{(1)},\dots,x^{(n)}$ be real numbers and let $\bar x=\frac1n\sum_{i=1}^n x^{(i)}$. "


@pytest.mark.parametrize(("claim", "verdict"), [
    (r"\sum_{i=1}^n (x^{(i)}-\bar x) = 0", "accepted"),
    (r"\sum_{i=1}^n (x^{(i)}-\bar x)^2 = \sum_{i=1}^n (x^{(i)})^2 - n\bar x^2", "accepted"),
    (r"\sum_{i=1}^n (x^{(i)})^2 = n\bar x^2", "refuted"),  # one number for all i, it would hold
    (r"\sum_{i=1}^n x^{(i)} = n x^{(1)}", "refuted"),
    (r"\prod_{i=1}^n e^{x^{(i)}} = e^{n\bar x}", "accepted"),
    (r"\prod_{i=1}^n x^{(i)} = (x^{(1)})^n", "refuted"),
])  # fmt: skip
def test_examples_numbered_above(claim: str, verdict: str) -> None:
    assert verdicts(f"{REAL}Then ${claim}$.") == [verdict]


def test_recurrences_numbered_above() -> None:
    told = r"Let $h^{(t)} = w h^{(t-1)} + u x^{(t)}$ with $h^{(0)}=0$. "
    assert verdicts(told + r"Then $h^{(2)} = w u x^{(1)} + u x^{(2)}$ and $h^{(t)} = \sum_{k=1}^{t} w^{t-k} u x^{(k)}$.") == ["accepted", "accepted"]
    assert verdicts(told + r"Then $h^{(2)} = w u x^{(2)} + u x^{(1)}$.") == ["refuted"]


@pytest.mark.parametrize("told", [
    r"Let $W\in\mathbb{R}^{m\times n}$, $a\in\mathbb{R}^n$ and $z = W a$. ",
    r"Let $z = W a$. ",
])  # fmt: skip
@pytest.mark.parametrize(("claim", "verdict"), [
    (r"\partial L/\partial a_j=\sum_i W_{ij}\delta_i", "accepted"),
    (r"\frac{\partial L}{\partial W_{ij}}=\delta_i a_j", "accepted"),
    (r"\partial L/\partial a = W^\top\delta", "accepted"),
    (r"\frac{\partial L}{\partial W_{ij}}=\delta_j a_i", "not accepted"),
    (r"\partial L/\partial a_j=\sum_i W_{ij}a_i", "not accepted"),
])  # fmt: skip
def test_a_layer_by_its_entries(told: str, claim: str, verdict: str) -> None:
    assert verdicts(rf"{told}Let $\delta=\partial L/\partial z$. Then ${claim}$.")[0] in ({"refuted", "undecided"} if verdict == "not accepted" else {verdict})


def test_a_vector_of_a_family_changes_with_its_entry() -> None:
    told = r"Let $x^{(1)},\dots,x^{(m)}\in\mathbb{R}^d$ and $y^{(1)},\dots,y^{(m)}\in\mathbb{R}$, and let $J(\theta)=\frac1{2m}\sum_{i=1}^m (\theta^\top x^{(i)}-y^{(i)})^2$. "
    assert verdicts(told + r"Then $\frac{\partial J}{\partial\theta_j} = \frac1m\sum_{i=1}^m(\theta^\top x^{(i)}-y^{(i)})x^{(i)}_j$.") == ["accepted"]
    assert verdicts(told + r"Then $\nabla_\theta J(\theta) = \frac1m\sum_{i=1}^m(\theta^\top x^{(i)}-y^{(i)})x^{(i)}$.") == ["accepted"]
    assert verdicts(told + r"Then $\frac{\partial J}{\partial\theta_j} = \frac1m\sum_{i=1}^m(\theta^\top x^{(i)}-y^{(i)})x^{(j)}_j$.") != ["accepted"]


def test_what_arrays_are_is_seen_in_one_pass_over_a_term() -> None:
    """Each level of nesting once: twice each would be a million million times at forty levels."""
    w, x = Name("W"), Name("x")
    nested: Term = x
    derived: Term = Index(x, (Name("i"),))
    for _ in range(40):
        nested = Mul((("", w), ("", Group(nested))))
        derived = Deriv(derived, ((x, 1),))
    entries = Add((("+", Index(w, (Name("i"), Name("j")))), ("+", Index(x, (Name("i"),)))))
    assert arrays_by_use((nested, derived, entries)) == {w: "matrix", x: "vector"}
