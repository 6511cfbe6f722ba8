"""Flows of symbolic dimension in their forward form: proved, against determinants of NumPy, and refused where a map may fold space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from derivations.catalogue import find
from derivations.checking.report import check
from derivations.kernel.statement import equation
from derivations.kernel.verdict import Accepted, Strength, Undecided
from derivations.language.brackets import bracketed
from derivations.language.context import Array, Context
from derivations.language.errors import DeriveError
from derivations.language.term import Call, Name, names
from derivations.problem import Problem
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from derivations.rules.flows import flow
from derivations.rules.maps import Flow
from derivations.topics.pushforward.flows import FLOWS
from render import latex
from render.compose import Entry
from render.notation.text import text
from render.printing import PLAIN_PRINTING
from render.sheets import Sheet, sheet_document


def made(name: str, base: str = "Z in R^D ~ Normal(0,1)") -> Problem:
    return find("pushforward").build({"base": base, "map": name, "form": "forward"})


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_is_shown_and_read_back(name: str) -> None:
    problem = made(name)
    assert problem.evidence.strength is (Strength.SAMPLED if name == "radial" else Strength.PROVED)
    report = check(document(source_of(latex.document(sheet_document(Sheet("A sheet", (Entry(problem),)), PLAIN_PRINTING)), "sheet.tex")))
    assert set(report.counts) <= {"proved", "sampled"}


MAP = r"Let $A \in \mathbb{R}^{n \times n}$ be invertible, let $z \in \mathbb{R}^n$ and $f(z) = A z$. Then $%s$."


@pytest.mark.parametrize(("claim", "proved"), [
    (r"\det \frac{\partial f(z)}{\partial z} = \det A", True),
    (r"\det \frac{\partial f(z)}{\partial z} = \prod_{i=1}^n A_{ii}", False),
    (r"\det \frac{\partial f(z)}{\partial z} = \prod_{i=1}^n f'(z_i)", False),
])  # fmt: skip
def test_a_function_that_is_defined_on_vectors_does_not_work_entry_by_entry(claim: str, proved: bool) -> None:
    last = check(document(source_of(MAP % claim, "note.md"))).records[-1]
    assert (last.verdict == "accepted" and last.evidence == "proved") is proved


@pytest.mark.parametrize(("name", "printed"), [
    ("planar", "ln(|1 + (1 - tanh(wᵀ z + b)²)(wᵀ u)|)"), ("radial", "((D-1) ln(1+β/(α+r)) + ln(1 + (α β)/(α+r)²))"), ("affine", "ln(|det(A)|)"),
    ("autoregressive", "∑_{i=1}^{D} s_i"), ("coupling", "∑_{i=k+1}^{D} s_i"), ("elementwise", "∑_{i=1}^{D} ln(|f′(z_i)|)"),
])  # fmt: skip
def test_what_is_printed_is_the_determinant(name: str, printed: str) -> None:
    assert text(made(name).statement.rhs).replace("−", "-").endswith(f" - {printed}")
    draw = np.random.default_rng(1)
    z, u, w, c = draw.normal(size=(4, 4))
    r, a, b, h = np.linalg.norm(z - c), 0.7, 0.4, 1e-6

    def planar(v: np.ndarray) -> np.ndarray:
        return v + u * np.tanh(w @ v + b)

    def radial(v: np.ndarray) -> np.ndarray:
        return v + b * (v - c) / (a + np.linalg.norm(v - c))

    for function, wanted in ((planar, np.log(abs(1 + (1 - np.tanh(w @ z + b) ** 2) * (w @ u)))), (radial, 3 * np.log(1 + b / (a + r)) + np.log(1 + a * b / (a + r) ** 2))):
        jacobian = np.stack([(function(z + h * e) - function(z - h * e)) / (2 * h) for e in np.eye(4)], axis=1)
        assert abs(np.log(abs(np.linalg.det(jacobian))) - wanted) < 1e-6


def judged(given: Flow, known: Context) -> object:
    return flow(given).decide(equation(Call(Name("ln"), (Call(given.new_density, (given.image,)),)), bracketed(given.transformed())), known, ())


def test_a_map_that_may_fold_space_is_not_accepted() -> None:
    theorem = made("planar").sections[0].theorem
    given = theorem.steps[0].step.rule.arguments[0]
    assert isinstance(judged(given, theorem.context), Accepted)
    assert isinstance(judged(given, replace(theorem.context, hypotheses=())), Undecided)
    u, w, b = given.letters
    assert isinstance(judged(replace(given, letters=(w, u, b)), theorem.context), Undecided), "another map than the one that is defined"
    theorem = made("affine").sections[0].theorem
    given = theorem.steps[0].step.rule.arguments[0]
    plain = tuple((name, Array(kind.rows, kind.cols) if isinstance(kind, Array) else kind) for name, kind in theorem.context.kinds)
    assert isinstance(judged(given, replace(theorem.context, kinds=plain)), Undecided), "nothing says that the matrix is invertible"


def test_a_component_holds_its_own_entry_only_and_is_monotone_in_it() -> None:
    theorem = made("autoregressive").sections[0].theorem
    given = theorem.steps[0].step.rule.arguments[0]
    z, i, m, s = names("z i m s")
    for wrong in (m[i] + z[i + 1] + z[i], m[i] + s[i] * z[i], m[i]):
        definitions = tuple(replace(d, rhs=wrong) if d.lhs == Name("x")[i] else d for d in theorem.context.definitions)
        assert isinstance(judged(given, replace(theorem.context, definitions=definitions)), Undecided)


@pytest.mark.parametrize(("given", "said"), [
    ({"base": "Z in R^D ~ Normal(0,1)", "map": "planer", "form": "forward"}, "there is no flow 'planer' (did you mean 'planar'"),
    ({"base": "Z in R^D ~ Uniform(0,1)", "map": "planar", "form": "forward"}, "does not have the whole line as its support"),
    ({"base": "Z in R^D ~ Normal(0,1)", "map": "planar"}, "--form forward is accepted"),
    ({"base": "P in R^D ~ Normal(0,1)", "map": "planar", "form": "forward"}, "the letter p stands for something else here"),
])  # fmt: skip
def test_what_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(DeriveError) as refused:
        find("pushforward").build(given)
    assert said in str(refused.value) and len(str(refused.value)) < 300
