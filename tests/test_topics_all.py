"""All problem kinds together: goldens, what is printed with them, the ten answers word for word, and the strength of every line."""

from __future__ import annotations

import pytest
from topic_texts import all_examples, built, examples, golden, golden_path, words

from derivations.catalogue import KINDS, Kind
from derivations.kernel.verdict import Refuted, Strength
from derivations.language.context import Loss
from derivations.language.structure import subterms
from derivations.language.term import Call, Cases, Name, Relation, Term
from derivations.mutation import with_lemmas
from derivations.problem import Problem
from derivations.rules.matrices_instances import instance
from derivations.rules.refute import refute
from render.assumptions import Contexts
from render.document import Math, Text
from render.messages import ENGLISH
from render.notation.text import text

EXAMPLES = list(all_examples())
COMMANDS = [command for command, _ in EXAMPLES]
TEN = {
    "convolution", "receptive-field", "conv-parameters", "residual-block", "bottleneck-block", "attention-parameters", "self-attention-equivariance",
    "pushforward", "epochs", "momentum",
}  # fmt: skip


def functions_of(value: Term) -> set[Name]:
    return {node.function for _, node in subterms(value) if isinstance(node, Call) and isinstance(node.function, Name)}


def shown(problem: Problem) -> list[str]:
    """The formulas of the answer."""
    return [text(formula.formula if hasattr(formula, "formula") else formula) for formula in problem.answer.shown]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_golden(kind: Kind) -> None:
    path = golden_path(kind)
    assert path.exists(), "a new kind has a golden: python tests/topic_texts.py writes it, a person reads it"
    assert golden(kind) == path.read_text(encoding="utf-8")


def test_goldens_are_of_kinds_that_exist() -> None:
    assert {path.stem for path in golden_path(KINDS[0]).parent.glob("*.txt")} == {kind.name for kind in KINDS}
    assert {kind.name for kind in KINDS} >= TEN


@pytest.mark.parametrize(("command", "problem"), EXAMPLES, ids=COMMANDS)
def test_every_line_is_proved(command: str, problem: Problem) -> None:
    for theorem in with_lemmas(section.theorem for section in problem.sections):
        assert theorem.evidence.strength is Strength.PROVED, theorem.title
        for checked in theorem.steps:
            assert checked.evidence.strength is Strength.PROVED, checked.step.because
            assert checked.evidence.assuming == (), f"{theorem.title}: rests on more than its context: {checked.evidence.assuming}"
    assert problem.evidence.strength is Strength.PROVED


@pytest.mark.slow
@pytest.mark.parametrize(("command", "problem"), EXAMPLES, ids=COMMANDS)
def test_what_is_proved_fails_at_no_boundary(command: str, problem: Problem) -> None:
    """A rule tries a few values before it proves; zeros, equal values and singular matrices it tries only where it finds no proof."""
    for theorem in with_lemmas(section.theorem for section in problem.sections):
        for checked in theorem.steps:
            if checked.step.rule.key == "change of variables":
                continue  # it says what the density of X is, of which the context says nothing
            assert not isinstance(refute(checked.step.statement, instance(theorem.context)), Refuted), f"{theorem.title}: {checked.step.because}"


@pytest.mark.parametrize(("command", "problem"), EXAMPLES, ids=COMMANDS)
def test_every_assumption_is_printed(command: str, problem: Problem) -> None:
    """With each section: the kind of every name, every hypothesis, every definition, every convention, once for all sections or with its own."""
    contexts = tuple(section.theorem.context for section in problem.sections)
    for context in contexts:
        inlines = [inline for item in (*Contexts(contexts).shared(ENGLISH), *Contexts(contexts).own(context, ENGLISH)) for inline in item]
        formulas = {inline.term for inline in inlines if isinstance(inline, Math)}
        unknown = {n for _, kind in context.kinds if isinstance(kind, Loss) for n in functions_of(kind.value)}  # that write a loss of which nothing is known
        assert {symbol for symbol, _ in context.kinds} - unknown <= formulas, command
        assert set(context.hypotheses) <= formulas, command
        assert {Relation((d.lhs, d.rhs), (":=",)) for d in context.definitions} <= formulas, command
        assert set(context.conventions) <= {inline.text for inline in inlines if isinstance(inline, Text)}, command


@pytest.mark.parametrize(("command", "problem"), EXAMPLES, ids=COMMANDS)
def test_no_name_is_used_without_a_kind(command: str, problem: Problem) -> None:
    """Every free name of every statement has a kind or a definition in its context (an index that a range or a binder introduces has one too)."""
    for theorem in with_lemmas(section.theorem for section in problem.sections):
        ranged = {name for name, _, _ in theorem.context.ranges}
        for checked in theorem.steps:
            for side in (checked.step.statement.lhs, checked.step.statement.rhs):
                unknown = {n.text for n in theorem.context.undeclared(side) - ranged} - {"delta", "ln", "S", "exp"}
                assert not unknown, f"{theorem.title}: {unknown} in {text(side)}"


# -- the ten answers, as the assignment is to be answered --------------------------------------------------------------------------------------


def test_1_convolution() -> None:
    left = built("convolution", kernel="7", stride="3", dilation="2")
    assert shown(left) == [
        "z_k = ∑_{j=1}^{7} w_j x_{1+3(k-1)+3(j-1)}",
        "z_k = w₁ x_{1+3(k-1)} + w₂ x_{4+3(k-1)} + w₃ x_{7+3(k-1)} + w₄ x_{10+3(k-1)} + w₅ x_{13+3(k-1)} + w₆ x_{16+3(k-1)} + w₇ x_{19+3(k-1)}",
    ]
    assert "dilation counts the zeros between neighbouring taps, so that an ordinary convolution has dilation 0" in words(left.answer.convention)
    assert text(left.sections[0].theorem.statement.formula) == "z_i = w₁ x_{i-1} + w₂ x_i + w₃ x_{i+1}"
    centred = built("convolution", kernel="7", stride="3", dilation="2", form="centred")
    assert shown(centred)[0] == "z_k = ∑_{j=1}^{7} w_j x_{1-9+3(k-1)+3(j-1)}"
    assert "w₄ x_{1+3(k-1)}" in shown(centred)[1]  # the middle tap of output 1 reads input 1
    general = built("convolution", kernel="K", stride="s", dilation="d", padding="p")
    assert shown(general) == ["z_k = ∑_{j=1}^{K} w_j x_{1-p+s·(k-1)+(d+1)(j-1)}"]
    spaced = built("convolution", kernel="7", stride="3", dilation="3", convention="spacing")
    assert shown(spaced) == shown(left) and spaced.answer.value == left.answer.value


def test_2_receptive_field() -> None:
    problem = built("receptive-field", kernels="7,7,7")
    assert problem.answer.value == 19
    steps = [text(c.step.statement.rhs) for c in problem.steps]
    for line in ("7", "13", "19", "1 + 6", "7 + 6", "13 + 6", "1 + ∑_{l=1}^{n} (k_l-1) δ_l ∏_{i=1}^{l-1} s_i"):
        assert line in steps, line
    assert "r_n = 1 + ∑_{l=1}^{n} (k_l-1) δ_l ∏_{i=1}^{l-1} s_i" in [text(s.theorem.statement.formula) for s in problem.sections]
    assert any("Zero-padding moves the first and the last input" in words(note) for note in problem.notes)


def test_3_parameters_of_two_layers() -> None:
    problem = built("conv-parameters", channels="3,4,10", kernels="3,5")
    assert problem.answer.value == 250
    assert [row.value for row in problem.ledger.rows] == [36, 4, 200, 10]  # type: ignore[union-attr]
    assert shown(built("conv-parameters", channels="C,D", kernels="K")) == ["parameters = C D K + D"]
    assert words(problem.answer.words).startswith("Layer 1 needs 36 weights and 4 biases. Layer 2 needs 200 weights and 10 biases.")


def test_4_residual_block() -> None:
    problem = built("residual-block", channels="512")
    assert problem.answer.value == 2_360_832
    assert shown(built("residual-block", channels="C")) == ["parameters = 9C² + 3C"]
    assert "buffers" in words(problem.answer.convention) and "not counted" in words(problem.answer.convention)
    assert [text(general.formula) for general in problem.answer.general] == ["parameters = 2 × C + K × K × C × C + C"]  # type: ignore[union-attr]


def test_5_bottleneck_block() -> None:
    problem = built("bottleneck-block", channels="512", bottleneck="128")
    assert problem.answer.value == 280_832
    assert shown(built("bottleneck-block", channels="C", bottleneck="B")) == ["parameters = 9B² + 2B C + 6B + 3C"]
    assert problem.ledger is not None and len(problem.ledger.rows) == 9
    assert sum(row.value for row in problem.ledger.rows) == 280_832  # type: ignore[misc]


def test_6_attention_against_dense() -> None:
    problem = built("attention-parameters")
    assert shown(problem) == ["weights_attention = 3D²", "biases_attention = 3D", "weights_dense = D² N²", "biases_dense = D N"]
    several = next(s.theorem.statement for s in problem.sections if s.theorem.title == "Two inputs or more")
    assert text(several.formula) == "D² N² + D N - (3D²+3D) ≥ (D-1) + 5(N-2)"


def test_7_equivariance() -> None:
    problem = built("self-attention-equivariance")
    statements = [text(s.theorem.statement.formula) for s in problem.sections]
    assert statements[-1] == "Sa[X P] = Sa[X] P"
    assert {"𝟏ᵀ P = 𝟏ᵀ", "P Pᵀ = I", "Softmax[Pᵀ A P] = Pᵀ Softmax[A] P"} <= set(statements)
    assert all(s.theorem.context.kinds for s in problem.sections)


@pytest.mark.parametrize(("base", "numerator", "denominator"), [
    ("Normal(0,1)", "e^{-(ln(x)-ln(1-x))²/2}", "√(2π) x·(1-x)"),
    ("Normal(mu,sigma**2)", "e^{-(ln(x)-ln(1-x)-μ)²/(2σ²)}", "√(2π) σ x·(1-x)"),
])  # fmt: skip
def test_8_density(base: str, numerator: str, denominator: str) -> None:
    problem = built("pushforward", base=base, map="logistic")
    (statement,) = problem.answer.shown
    assert isinstance(statement.rhs, Cases)  # type: ignore[union-attr]
    (density, on), (zero, otherwise) = statement.rhs.rows  # type: ignore[union-attr]
    assert text(density) == f"{numerator}/({denominator})"
    assert (text(on), text(zero), otherwise) == ("0 < x < 1", "0", None)
    titles = [s.theorem.title for s in problem.sections]
    assert "The mass is one" in titles and titles.count("Outside the support") == 2
    inverse = next(s.theorem for s in problem.sections if s.theorem.title == "The inverse")
    assert {c.step.statement.relation.value for c in inverse.steps} == {"<=>"}


def test_9_epochs() -> None:
    problem = built("epochs", iterations="1000", samples="100", batch="20")
    assert problem.answer.value == 200
    assert text(problem.sections[0].theorem.statement.rhs) == "5"
    assert shown(built("epochs", iterations="T", samples="N", batch="B")) == ["epochs = T/⌈N/B⌉"]
    assert shown(built("epochs", iterations="T", samples="N", batch="B", last_batch="drop")) == ["epochs = T/⌊N/B⌋"]


@pytest.mark.parametrize(("form", "start", "formula"), [
    ("next", "symbol", "m_{t+1} = β^{t+1} m₀ + (1-β) ∑_{k=0}^{t} β^k g_{t-k}"),
    ("next", "zero", "m_{t+1} = (1-β) ∑_{k=0}^{t} β^k g_{t-k}"),
    ("current", "symbol", "m_t = β^t m₀ + (1-β) ∑_{k=0}^{t-1} β^k g_{t-1-k}"),
    ("current", "zero", "m_t = (1-β) ∑_{k=0}^{t-1} β^k g_{t-1-k}"),
])  # fmt: skip
def test_10_momentum(form: str, start: str, formula: str) -> None:
    problem = built("momentum", form=form, start=start)
    assert shown(problem) == [formula] and "(1-β) β^k" in words(problem.answer.words)
    total = next(s.theorem for s in problem.sections if s.theorem.title == "The weights add up")
    assert text(total.statement.rhs) == ("1 - β^{t+1}" if form == "next" else "1 - β^t")
    titles = [s.theorem.title for s in problem.sections]
    assert {"Base of the induction", "Step of the induction", "Momentum is a weighted sum of gradients"} <= set(titles)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_answer_has_values_and_the_parameters_are_kept(kind: Kind) -> None:
    for problem in examples(kind):
        assert problem.answer.value is not None
        assert list(problem.parameters) == [parameter.name for parameter in kind.parameters]
