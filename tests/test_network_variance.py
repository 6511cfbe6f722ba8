"""The mean square of signals in networks with random weights: against many draws with PyTorch, and against the initialisations of the literature."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from derivations import network
from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError
from derivations.problem import Problem
from derivations.topics.network.variance import _LAWS
from render.messages import LANGUAGES, messages
from render.saying import sentences, translated

torch = pytest.importorskip("torch")


def asked(layers: str, input_: str = "N,D") -> Problem:
    found = network(input=input_, layers=layers, ask="variance")
    assert found.evidence.strength is Strength.PROVED
    return found


@pytest.mark.parametrize(("layers", "input_", "drawn"), [
    ("linear D->H; relu", "N,D", {1: "2/D"}),  # He et al. 2015
    ("linear H", "N,D", {1: "1/D"}),  # LeCun et al. 1998
    ("conv C->K kernel 3x5; relu", "N,C,20,20", {1: "2/(15*C)"}),
    ("conv 8->16 kernel 3 groups 4; relu", "N,8,9,9", {1: "1/9"}),
    ("depthwise 3; linear 4", "N,7,9,9", {1: "1/9", 2: "1/7"}),
    ("linear H; leakyrelu; linear 3", "N,D", {1: "20000/(10001*D)", 3: "1/H"}),
    ("linear H; dropout 0.2; relu; linear 5", "N,D", {1: "8/(5*D)", 4: "1/H"}),
    ("linear H; layernorm; relu; linear 5", "N,D", {4: "1/H"}),
    ("repeat L [ linear D->D; relu ]", "N,D", {1: "2/D"}),
])  # fmt: skip
def test_the_variances_are_those_of_the_literature(layers: str, input_: str, drawn: dict[int, str]) -> None:
    found = asked(layers, input_).answer.value
    assert set(found) == set(drawn)
    for number, text in drawn.items():
        wanted = sp.sympify(text)
        put = {s: sp.Symbol(s.name) for s in sp.sympify(found[number]).free_symbols}
        assert sp.simplify(sp.sympify(found[number]).subs(put) - wanted) == 0


NETWORKS: dict[str, tuple[str, Any]] = {
    "perceptron": ("linear 6->40; relu; linear 40->30; leakyrelu; linear 30->20", [("w", 6, 40), ("relu",), ("w", 40, 30), ("leaky",), ("w", 30, 20)]),
    "residual": ("linear 6->32; repeat 3 [ residual [ rmsnorm; linear 32->24; relu; linear 24->32 ] ]",
                 [("w", 6, 32), *[("res", [("rms",), ("w", 32, 24), ("relu",), ("w", 24, 32)])] * 3]),
    "plain residual": ("linear 6->32; repeat 2 [ residual [ linear 32->24; relu; linear 24->32 ] ]",
                       [("w", 6, 32), *[("res", [("w", 32, 24), ("relu",), ("w", 24, 32)])] * 2]),
    "normalized": ("linear 6->64; layernorm; relu; linear 64->8", [("w", 6, 64), ("ln",), ("relu",), ("w", 64, 8)]),
}  # fmt: skip


def run(steps: list[Any], x: Any, variances: Any) -> Any:
    for step in steps:
        match step:
            case ("w", n, m):
                x = torch.einsum("bd,bmd->bm", x, torch.randn(len(x), m, n) * next(variances) ** 0.5)
            case ("relu",):
                x = torch.relu(x)
            case ("leaky",):
                x = torch.nn.functional.leaky_relu(x)
            case ("rms",):
                x = torch.nn.functional.rms_norm(x, x.shape[-1:])
            case ("ln",):
                x = torch.nn.functional.layer_norm(x, x.shape[-1:])
            case ("res", inner):
                x = x + run(inner, x, variances)
    return x


@pytest.mark.parametrize("name", NETWORKS)
def test_mean_squares_are_those_of_many_draws(name: str) -> None:
    """Each of the 3,000 examples has weights of its own, with variances that are not the ones that keep the mean square."""
    torch.manual_seed(5)
    layers, steps = NETWORKS[name]
    grown = asked(layers, "N,6").answer.shown[0].rhs  # type: ignore[union-attr]
    from derivations.language.context import Context, Domain, Scalar
    from derivations.language.denote import denote
    from derivations.language.structure import subterms
    from derivations.language.term import Index

    known = Context().declare(Scalar(Domain.POSITIVE), *dict.fromkeys(node for _, node in subterms(grown) if isinstance(node, Index)))
    value = denote(grown, known)
    chosen = {"v_1": 0.3, "v_3": 0.05, "v_4": 0.02, "v_5": 0.07, "v_6": 0.1, "v_2": 0.06}
    at = {s: 1.5 if str(s) == "q_0" else chosen[str(s)] for s in value.free_symbols}
    order = {"perceptron": [1, 3, 5], "residual": [1, *[3, 5] * 3], "plain residual": [1, *[2, 4] * 2], "normalized": [1, 4]}[name]
    x = torch.randn(3000, 6)
    x = x / x.square().mean(1, keepdim=True).sqrt() * 1.5**0.5
    out = run(steps, x, iter([chosen[f"v_{number}"] for number in order]))
    assert float(out.square().mean()) == pytest.approx(float(value.subs(at)), rel=0.04)


def test_a_stack_is_an_induction() -> None:
    found = asked("repeat L [ residual [ layernorm; linear D->H; relu; linear D ] ]")
    assert any(section.theorem.steps[-1].step.rule.key == "induction" for section in found.sections)
    assert str(found.answer.shown[-1].rhs) != ""  # type: ignore[union-attr]


@pytest.mark.parametrize(("layers", "said"), [
    ("linear 4; tanh", "layer 2 (tanh): there is no closed form for what it makes of a mean square"),
    ("relu; linear 4", "layer 1 (relu): what comes in must be as often positive as negative"),
    ("linear 4; relu; relu", "layer 3 (relu): what comes in must be as often positive as negative"),
    ("linear D->D; repeat 2 [ relu; linear D->D; relu ]", "(relu): what comes in must be as often positive as negative"),
    ("linear D; residual [ linear D; relu ]", "a residual part must end in a linear map or a convolution"),
    ("branch [ linear 4 | linear 4 ]", "branches, experts, encoders and copies that share weights have no one mean square"),
    ("relu", "what comes in must be as often positive as negative"),
    ("dropout 0.5", "no layer of it draws weights"),
    ("linear D lora 2", "there is no closed form"),
])  # fmt: skip
def test_what_has_no_law_is_said(layers: str, said: str) -> None:
    with pytest.raises(DeriveError) as caught:
        network(input="N,D", layers=layers, ask="variance")
    assert said in str(caught.value)


def test_all_of_it_is_said_in_every_language() -> None:
    found = asked("linear D->D; repeat L [ residual [ rmsnorm; linear D->D; relu; linear D->D ] ]; layernorm; linear 3; leakyrelu; linear 2; dropout 0.5")
    for language in (language for language in LANGUAGES if language != "en"):
        table = messages(language).said
        told = [found.title, found.question, found.answer.words, found.answer.convention, *(caption for _, caption in _LAWS.values())]
        for section in found.sections:
            told += [section.caption, section.theorem.title, *(checked.step.because for checked in section.theorem.steps)]
        assert [s for words in told if words for s in sentences(words) if not translated(s, table)] == []
