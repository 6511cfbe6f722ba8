"""What networks respect, against PyTorch: moved inputs put through random networks."""

from __future__ import annotations

from typing import Any

import pytest

from derivations import network
from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError
from derivations.problem import Problem
from render.messages import LANGUAGES, messages
from render.saying import sentences, translated

torch = pytest.importorskip("torch")
nn = torch.nn


def asked(layers: str, input_: str) -> Problem:
    found = network(input=input_, layers=layers, ask="equivariance")
    assert found.evidence.strength is Strength.PROVED
    return found


class Attending(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Any) -> Any:
        return x + self.inner(x, x, x)[0]


class Mean(nn.Module):
    def forward(self, x: Any) -> Any:
        return x.mean(1)


TOKENS: dict[str, tuple[str, Any, str]] = {
    "transformer": (
        "linear 8; repeat 2 [ residual [ attention 2 ]; layernorm; residual [ feedforward 16 ] ]",
        lambda: nn.Sequential(nn.Linear(5, 8), Attending(), nn.LayerNorm(8), Attending(), nn.GELU(), nn.Linear(8, 3)), "equivariant",
    ),
    "set": ("linear 8; relu; meantoken; linear 3", lambda: nn.Sequential(nn.Linear(5, 8), nn.ReLU(), Mean(), nn.Linear(8, 3)), "invariant"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOKENS)
def test_permuted_tokens(name: str) -> None:
    layers, make, respected = TOKENS[name]
    assert asked(layers, "N,7,5").answer.value == respected
    torch.manual_seed(2)
    net, x, order = make().double().eval(), torch.randn(2, 7, 5, dtype=torch.float64), torch.randperm(7)
    wanted = net(x) if respected == "invariant" else net(x)[:, order]
    assert torch.allclose(net(x[:, order]), wanted, atol=1e-12)


def test_shifted_images() -> None:
    found = asked("conv 3->4 kernel 3 padding 1; batchnorm; relu; maxpool 2; conv 4->4 kernel 3 stride 2 padding 1; residual [ conv 4->4 kernel 3 padding 1 ]", "N,3,32,32")
    assert found.answer.value == "equivariant" and any(str(getattr(piece, "digits", "")) == "4" for piece in found.answer.words), "two strides of two"
    torch.manual_seed(2)
    around: dict[str, Any] = {"padding": 1, "padding_mode": "circular"}
    net = nn.Sequential(nn.Conv2d(3, 4, 3, **around), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 4, 3, 2, **around)).double().eval()
    x = torch.randn(1, 3, 32, 32, dtype=torch.float64)
    assert torch.allclose(net(x.roll((4, -8), (2, 3))), net(x).roll((1, -2), (2, 3)), atol=1e-12)
    assert not torch.allclose(net(x.roll(2, 2)), net(x).roll(1, 2), atol=1e-3)
    assert asked("conv 3->4 kernel 3; relu; globalpool; flatten; linear 2", "N,3,9,9").answer.value == "invariant"


@pytest.mark.parametrize(("layers", "input_", "layer"), [
    ("embedding V->D; positions T; residual [ attention h ]", "N,T", 2), ("linear 4; lstm 4->5", "N,T,3", 2), ("linear 4; firsttoken", "N,T,3", 2),
    ("relu; flatten; linear 4", "N,6,3", 2), ("conv 3->4 kernel 3; flatten; linear 2", "N,3,9,9", 2),
    ("embedding V->D; positions T; meantoken", "N,T", 2),
])  # fmt: skip
def test_a_layer_that_does_not_respect_it_is_named_and_nothing_is_claimed_of_the_network(layers: str, input_: str, layer: int) -> None:
    """The last one shows why: a mean behind the table of positions forgets again where things were."""
    found = asked(layers, input_)
    assert found.answer.value == "undecided"
    assert [piece for piece in found.answer.words if getattr(piece, "digits", "") == str(layer)]
    ought, is_ = (section.theorem.statement.rhs for section in found.sections)
    assert ought != is_


def test_a_token_of_its_own() -> None:
    assert asked("classtoken; residual [ attention 2 ]; firsttoken; linear 3", "N,T,8").answer.value == "invariant"
    assert asked("classtoken; residual [ attention 2 ]", "N,T,8").answer.value == "equivariant"


@pytest.mark.parametrize(("layers", "input_", "said"), [
    ("linear 4", "N,8", "an example is one vector"), ("upsample 2", "N,3,8,8", "layer 1 (upsample 2): what it does with places is not followed"),
    ("branch [ conv 3 kernel 1 stride 2 | conv 3 kernel 3 stride 2 padding 1 ]; maxpool 11", "N,3,32,32", "a kernel of at most 9 taps"),
    ("conv 3 kernel 3 stride 1x2", "N,3,32,32", "its strides must be one number"),
])  # fmt: skip
def test_what_is_not_followed_is_said(layers: str, input_: str, said: str) -> None:
    with pytest.raises(DeriveError) as caught:
        network(input=input_, layers=layers, ask="equivariance")
    assert said in str(caught.value)


@pytest.mark.parametrize(("layers", "input_"), [
    ("conv 3->4 kernel 3; relu; maxpool 2; residual [ conv 4->4 kernel 3 padding 1 ]; globalpool", "N,3,9,9"), ("classtoken; attention 2", "N,T,8"),
    ("linear 4; meantoken", "N,T,8"), ("linear 4; relu", "N,T,8"), ("conv 3->4 kernel 3; flatten", "N,3,9,9"), ("positions 5", "N,5,8"), ("gru 8->8", "N,5,8"),
    ("firsttoken", "N,5,8"), ("conv 3->4 kernel 3; relu", "N,3,9,9"),
])  # fmt: skip
def test_all_of_it_is_said_in_every_language(layers: str, input_: str) -> None:
    found = asked(layers, input_)
    for language in (language for language in LANGUAGES if language != "en"):
        table = messages(language).said
        told = [found.title, found.question, found.answer.words, *found.notes]
        for section in found.sections:
            told += [section.caption, section.theorem.title, *(checked.step.because for checked in section.theorem.steps)]
        assert [s for words in told if words for s in sentences(words) if not translated(s, table)] == []
