"""A network described once, against PyTorch: parameters on the meta device, shapes by running it, multiplications by hooks, receptive fields by gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from derivations.catalogue import find
from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError
from derivations.language.term import Term
from derivations.networks import Layers, LayersType
from derivations.problem import Problem
from render.notation.text import text

torch = pytest.importorskip("torch")
nn = torch.nn


def asked(layers: object, input: object = "1,3,32,32", ask: str = "parameters") -> Problem:
    found = find("network").build({"input": input, "layers": layers, "ask": ask})
    assert found.evidence.strength is Strength.PROVED
    return found


class Plus(nn.Module):
    def __init__(self, *paths: Any, concat: bool = False, along: int = 1) -> None:
        super().__init__()
        self.paths, self.concat, self.along = nn.ModuleList(paths), concat, along

    def forward(self, x: Any) -> Any:
        found = [path(x) for path in self.paths]
        return torch.cat(found, self.along) if self.concat else sum(found)


class Grouped(nn.Module):
    """Attention with fewer heads of keys and values, from linear maps alone."""

    def __init__(self, width: int, heads: int, kv: int, bias: bool) -> None:
        super().__init__()
        size = width // heads
        self.q, self.out = nn.Linear(width, heads * size, bias), nn.Linear(heads * size, width, bias)
        self.k, self.v = nn.Linear(width, kv * size, bias), nn.Linear(width, kv * size, bias)
        self.heads, self.kv, self.size = heads, kv, size

    def forward(self, x: Any) -> Any:
        b, t, _ = x.shape
        q = self.q(x).view(b, t, self.heads, self.size).transpose(1, 2)
        k, v = (m(x).view(b, t, self.kv, self.size).transpose(1, 2).repeat_interleave(self.heads // self.kv, 1) for m in (self.k, self.v))
        return self.out((torch.softmax(q @ k.transpose(-1, -2), -1) @ v).transpose(1, 2).reshape(b, t, -1))


class Gated(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.gate, self.up, self.down = nn.Linear(width, hidden, False), nn.Linear(width, hidden, False), nn.Linear(hidden, width, False)

    def forward(self, x: Any) -> Any:
        return self.down(torch.nn.functional.silu(self.gate(x)) * self.up(x))


class Mixed(nn.Module):
    """A map of the places of a sequence."""

    def __init__(self, places: int) -> None:
        super().__init__()
        self.inner = nn.Linear(places, places)

    def forward(self, x: Any) -> Any:
        return torch.relu(self.inner(x.transpose(1, 2))).transpose(1, 2)


class First(nn.Module):
    """The outputs of a recurrent layer without its state."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Any) -> Any:
        return self.inner(x)[0]


def residual(*inner: Any) -> Any:
    return Plus(nn.Identity(), nn.Sequential(*inner))


NETWORKS: dict[str, tuple[str, tuple[int, ...], Any]] = {
    "perceptron": ("flatten; linear 64; relu; linear 64->10", (2, 3, 8, 8), lambda: nn.Sequential(nn.Flatten(), nn.Linear(192, 64), nn.ReLU(), nn.Linear(64, 10))),
    "convolutional": (
        "conv 3->16 kernel 3x5 stride 2x1 padding 1x2; relu; maxpool 3 stride 2 padding 1; conv 32 kernel 3 dilation 2 groups 4 bias false; flatten; linear 10", (2, 3, 33, 31),
        lambda: nn.Sequential(
            nn.Conv2d(3, 16, (3, 5), (2, 1), (1, 2)), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Conv2d(16, 32, 3, dilation=2, groups=4, bias=False), nn.Flatten(), nn.LazyLinear(10)
        ),
    ),
    "residual": (
        "conv 3->8 kernel 3 padding same bias false; batchnorm; relu; repeat 3 [ residual [ conv 8->8 kernel 3 padding 1 bias false; batchnorm; relu ] ]; globalpool; flatten; linear 5",
        (2, 3, 16, 16),
        lambda: nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
            *(residual(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU()) for _ in range(3)), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5),
        ),
    ),
    "mobile": (
        "depthwise 3 padding 1; conv 3->12 kernel 1; groupnorm 4; prelu; depthwise 5 stride 2 padding 2 bias false; instancenorm affine true", (2, 3, 15, 15),
        lambda: nn.Sequential(
            nn.Conv2d(3, 3, 3, padding=1, groups=3), nn.Conv2d(3, 12, 1), nn.GroupNorm(4, 12), nn.PReLU(), nn.Conv2d(12, 12, 5, 2, 2, groups=12, bias=False),
            nn.InstanceNorm2d(12, affine=True),
        ),
    ),
    "inception": (
        "branch [ conv 3->4 kernel 1 | conv 3->6 kernel 3 padding 1; relu | avgpool 3 stride 1 padding 1; conv 2 kernel 1 ] join concat; conv 12->7 kernel 2", (2, 3, 9, 9),
        lambda: nn.Sequential(
            Plus(nn.Conv2d(3, 4, 1), nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.ReLU()), nn.Sequential(nn.AvgPool2d(3, 1, 1), nn.Conv2d(3, 2, 1)), concat=True), nn.Conv2d(12, 7, 2),
        ),
    ),
    "decoder of images": (
        "conv 3->4 kernel 3 stride 2; convtranspose 4->5 kernel 4 stride 2 padding 1; upsample 2; conv 5->3 kernel 3", (2, 3, 11, 11),
        lambda: nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ConvTranspose2d(4, 5, 4, 2, 1), nn.Upsample(scale_factor=2), nn.Conv2d(5, 3, 3)),
    ),
    "one axis": ("conv1d 2->6 kernel 7 padding 3; batchnorm; conv 6->6 kernel 3 dilation 4", (2, 2, 40), lambda: nn.Sequential(nn.Conv1d(2, 6, 7, padding=3), nn.BatchNorm1d(6), nn.Conv1d(6, 6, 3, dilation=4))),
    "three axes": ("conv3d 2->3 kernel 3 stride 2; batchnorm", (1, 2, 9, 9, 9), lambda: nn.Sequential(nn.Conv3d(2, 3, 3, 2), nn.BatchNorm3d(3))),
    "transformer": (
        "embedding 50->12; positions 10; repeat 2 [ residual [ layernorm; attention 3 ]; residual [ layernorm; feedforward 12->30 ] ]; layernorm; unembedding 50 tied false", (2, 10),
        None,
    ),
    "grouped queries": (
        "linear 6->16; repeat 2 [ residual [ rmsnorm; attention 8 kv 2 bias false ]; residual [ rmsnorm; glu 16->20 ] ]; rmsnorm", (2, 7, 6),
        lambda: nn.Sequential(
            nn.Linear(6, 16), *(m for _ in range(2) for m in (residual(nn.RMSNorm(16), Grouped(16, 8, 2, False)), residual(nn.RMSNorm(16), Gated(16, 20)))), nn.RMSNorm(16)
        ),
    ),
    "recurrent": (
        "lstm 5->7 layers 2 bidirectional true; gru 14->6; rnn 3 bias false; linear 2", (2, 9, 5),
        lambda: nn.Sequential(
            First(nn.LSTM(5, 7, 2, bidirectional=True, batch_first=True)), First(nn.GRU(14, 6, batch_first=True)), First(nn.RNN(6, 3, bias=False, batch_first=True)), nn.Linear(3, 2)
        ),
    ),
    "low rank": ("linear 8->6 lora 2", (3, 8), None),
    "branches of one axis": (
        "conv 2->4 kernel 3 padding 1; branch [ | conv 4->6 kernel 5 padding 2; relu | maxpool 3 stride 1 padding 1 ] join concat; batchnorm; conv 14->3 kernel 2", (2, 2, 20),
        lambda: nn.Sequential(
            nn.Conv1d(2, 4, 3, padding=1), Plus(nn.Identity(), nn.Sequential(nn.Conv1d(4, 6, 5, padding=2), nn.ReLU()), nn.MaxPool1d(3, 1, 1), concat=True),
            nn.BatchNorm1d(14), nn.Conv1d(14, 3, 2),
        ),
    ),
    "branches of as many channels": (
        "branch [ conv 4 kernel 1 | conv 4 kernel 3 padding 1 ] join concat; relu; branch [ | tanh ] join concat; conv 16->4 kernel 3", (2, 4, 4),
        lambda: nn.Sequential(
            Plus(nn.Conv1d(4, 4, 1), nn.Conv1d(4, 4, 3, padding=1), concat=True), nn.ReLU(), Plus(nn.Identity(), nn.Tanh(), concat=True), nn.Conv1d(16, 4, 3)
        ),
    ),
    "branches of a sequence": (
        "linear 6->8; branch [ | transpose; linear 7; relu; transpose ] join concat; layernorm; linear 16->5", (2, 7, 6),
        lambda: nn.Sequential(nn.Linear(6, 8), Plus(nn.Identity(), Mixed(7), concat=True, along=2), nn.LayerNorm(16), nn.Linear(16, 5)),
    ),
}  # fmt: skip


class Positioned(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(50, 12), nn.Embedding(10, 12)
        forward = lambda: nn.Sequential(nn.Linear(12, 30), nn.GELU(), nn.Linear(30, 12))  # noqa: E731
        self.blocks = nn.Sequential(*(m for _ in range(2) for m in (residual(nn.LayerNorm(12), Grouped(12, 3, 3, True)), residual(nn.LayerNorm(12), forward()))))
        self.norm, self.head = nn.LayerNorm(12), nn.Linear(12, 50, bias=False)

    def forward(self, x: Any) -> Any:
        return self.head(self.norm(self.blocks(self.tokens(x) + self.places.weight)))


def module(name: str) -> Any:
    torch.manual_seed(0)
    if name == "transformer":
        return Positioned()
    if name == "low rank":
        low = nn.Linear(8, 6)
        low.lora_A, low.lora_B = nn.Parameter(torch.zeros(2, 8)), nn.Parameter(torch.zeros(6, 2))
        return low
    return NETWORKS[name][2]()


def run(name: str, net: Any) -> Any:
    shape = NETWORKS[name][1]
    return net(torch.randint(0, 50, shape) if name == "transformer" else torch.randn(shape))


@pytest.mark.parametrize("name", NETWORKS)
def test_parameters_and_shapes_are_those_of_torch(name: str) -> None:
    text, shape, _ = NETWORKS[name]
    net = module(name)
    out = run(name, net)
    assert asked(text, shape).answer.value == sum(p.numel() for p in net.parameters())
    assert tuple(asked(text, shape, "shapes").answer.value) == tuple(out.shape[1:])


@pytest.mark.parametrize("name", [n for n in NETWORKS if n not in ("low rank", "recurrent")])
def test_multiplications_are_those_that_hooks_count(name: str) -> None:
    """Counted from the tensors that go in and out of each layer while it runs, and from the products of two activations in an attention."""
    text, shape, _ = NETWORKS[name]
    net, found = module(name), [0]

    def count(layer: Any, inputs: Any, output: Any) -> None:
        if isinstance(layer, nn.Linear):
            found[0] += output[0].numel() * layer.in_features
        elif isinstance(layer, nn.ConvTranspose2d):
            found[0] += inputs[0][0].numel() * layer.weight[0].numel()
        elif isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d):
            found[0] += output[0].numel() * layer.weight[0].numel()
        elif isinstance(layer, Grouped):
            tokens = output.shape[1]
            found[0] += 2 * tokens * tokens * layer.heads * layer.size

    for layer in net.modules():
        layer.register_forward_hook(count)
    run(name, net)
    found[0] = 0
    run(name, net)
    assert asked(text, shape, "macs").answer.value == found[0]


@pytest.mark.parametrize("name", ["convolutional", "residual", "one axis"])
def test_receptive_fields_are_those_of_gradients(name: str) -> None:
    text = {
        "convolutional": "conv 3->4 kernel 5 stride 2; relu; maxpool 3 stride 2; conv 4->4 kernel 3 dilation 2",
        "residual": "conv 3->4 kernel 3; repeat 2 [ residual [ conv 4->4 kernel 3 padding 1; relu ] ]; maxpool 2",
        "one axis": NETWORKS["one axis"][0],
    }[name]
    nets = {
        "convolutional": lambda: nn.Sequential(nn.Conv2d(3, 4, 5, 2), nn.Softplus(), nn.AvgPool2d(3, 2), nn.Conv2d(4, 4, 3, dilation=2)),
        "residual": lambda: nn.Sequential(nn.Conv2d(3, 4, 3), *(residual(nn.Conv2d(4, 4, 3, padding=1), nn.Softplus()) for _ in range(2)), nn.AvgPool2d(2)),
        "one axis": lambda: nn.Sequential(nn.Conv1d(2, 6, 7, padding=3), nn.Conv1d(6, 6, 3, dilation=4)),
    }
    torch.manual_seed(1)
    shape = (1, 2, 80) if name == "one axis" else (1, 3, 80, 80)
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    y = nets[name]().double()(x)
    middle = tuple(n // 2 for n in y.shape[2:])
    y[(0, slice(None), *middle)].sum().backward()
    touched = x.grad[0].abs().sum(0).reshape(shape[2], -1).sum(1).nonzero().flatten()
    assert asked(text, shape, "receptive-field").answer.value == int(touched.max() - touched.min() + 1)


def test_symbols_give_polynomials_that_agree_with_numbers() -> None:
    text = "embedding V->D; positions T; repeat L [ residual [ layernorm; attention h ]; residual [ layernorm; feedforward D->F ] ]; layernorm; unembedding V"
    found = asked(text, "N,T").answer.value
    assert {str(s) for s in found.free_symbols} == {"V", "D", "T", "L", "F"}, "the number of heads does not count, and the embedding is shared"
    at = {"V": 50, "D": 12, "T": 10, "L": 3, "F": 30}
    numbers = asked(text.replace("V", "50").replace("D->F", "12->30").replace("D", "12").replace("T", "10").replace("repeat L", "repeat 3").replace("attention h", "attention 3").replace("positions T", "positions 10"), "2,10")
    assert found.subs({s: at[str(s)] for s in found.free_symbols}) == numbers.answer.value
    assert any(section.theorem.steps[-1].step.rule.key == "induction" for section in asked(text, "N,T").sections), "L blocks by induction"


def test_experts_count_all_and_compute_the_active() -> None:
    text = "linear 4->8; experts 6 active 2 [ glu 8->16 ]"
    one = 3 * 8 * 16
    assert asked(text, "5,7,4").answer.value == (4 * 8 + 8) + 6 * 8 + 6 * one
    assert asked(text, "5,7,4", "macs").answer.value == 7 * (4 * 8 + 6 * 8 + 2 * one)


def test_tables_and_texts_say_the_same(tmp_path: Path) -> None:
    table = [
        {"layer": "conv", "in": 3, "out": 8, "kernel": [3, 5], "bias": False}, "batchnorm; relu",
        {"repeat": "L", "layers": ["conv 8->8 kernel 1", {"layer": "relu"}], "residual": True},
        {"branch": [["conv 4 kernel 1"], ["conv 4 kernel 1", "relu"]], "join": "concat"}, {"experts": 2, "active": 1, "layers": ["linear 26->26"]},
    ]  # fmt: skip
    text = "conv 3->8 kernel 3x5 bias false; batchnorm; relu; repeat L [ residual [ conv 8->8 kernel 1; relu ] ]; branch [ conv 4 kernel 1 | conv 4 kernel 1; relu ] join concat; experts 2 active 1 [ linear 26->26 ]"
    a, b = LayersType().read(table), LayersType().read(text)
    assert isinstance(a, Layers) and str(a) == str(b) and a == b
    assert LayersType().read(str(b)) == b, "what is printed is read back"
    assert asked(table, "1,3,32,30").answer.value == asked(text, "1,3,32,30").answer.value
    from render.sheet_file import parse

    sheet = parse('title = "T"\n[[problem]]\nkind = "network"\ninput = ["N", 3, 8, 8]\nlayers = ["conv 3->4 kernel 3", { repeat = 2, layers = ["conv 4->4 kernel 1"] }]\n', "t", "t.toml")
    assert sheet.problems[0].kind.build(sheet.problems[0].values).answer.value == 112 + 2 * 20


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ("conv 3->64", "conv needs kernel: an integer >= 1"),
        ("convv 3->64 kernel 3", "there is no layer 'convv' (did you mean 'conv'"),
        ("conv 3->8 kernl 3", "conv has no field 'kernl' (did you mean 'kernel'?)"),
        ("conv 3->8 kernel 0", "kernel = '0' is not accepted"),
        ("conv 4->8 kernel 3", "layer 1 (conv 4->8 kernel 3), which gets 3 x 32 x 32: it takes 4 and gets 3"),
        ("conv 3->8 kernel 40", "the window spans 40 inputs and there are 32 with the padding"),
        ("relu; linear 5->2", "layer 2 (linear 5->2), which gets 3 x 32 x 32: it takes 5 and gets 32"),
        ("repeat 2 [ conv 3->8 kernel 1 ]", "repeat 2: one copy makes 8 x 32 x 32 of 3 x 32 x 32"),
        ("residual [ conv 3->8 kernel 1 ]", "8 x 32 x 32 cannot be added to the input 3 x 32 x 32"),
        ("branch [ conv 4 kernel 3 | conv 4 kernel 1 ]", "branch 1 gives 4 x 30 x 30 and branch 2 gives 4 x 32 x 32"),
        ("attention 4", "attention reads a sequence of vectors"),
        ("repeat 2 [ relu", "the bracket of repeat is not closed"),
        ("relu ]", "']' closes nothing"),
        ("experts 2 active 3 [ linear 32->32 ]", "experts 2 active 3: no more can be active than there are"),
        ("relu", "no layer of it has parameters"),
        ([{"layer": "relu", "kernel": 3}], "activation has no field 'kernel'"),
        ([{"conv": 3}], "a table has one of layer, repeat, residual, branch, experts"),
        ([3], "3 is not accepted; a layer is a text"),
    ],
)
def test_what_does_not_fit_is_said_with_its_layer(layers: object, words: str) -> None:
    with pytest.raises(DeriveError) as caught:
        asked(layers)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ("branch [ conv 4 kernel 3 padding 1 | conv 4 kernel 1 stride 1 ]; convtranspose 4->4 kernel 2 stride 2", "is not a window that moves over its input"),
        ("branch [ depthwise 3 padding 1; maxpool 1 | depthwise 3 padding 1 ]; conv 2 kernel 3x5", "is not the same along every axis"),
        ("relu", "no layer reads more than one place"),
    ],
)
def test_a_field_that_is_none_is_refused(layers: str, words: str) -> None:
    with pytest.raises(DeriveError) as caught:
        asked(layers, ask="receptive-field")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("input", "layers", "said"),
    [
        ("N,4,16", "branch [ relu | tanh ] join concat", "nothing says whether 4 x 16 are channels and places (join concat-channels) or tokens and features (join concat-features)"),
        ("N,4,16", "branch [ conv 4 kernel 1 | linear 16 ] join concat", "its branches disagree whether 4 x 16 are channels and places"),
        ("N,T,D", "branch [ relu | tanh ] join concat", "nothing says whether T x D are channels and places"),
        ("N,4,16", "branch [ conv 4 kernel 1 | conv 4 kernel 3 ] join concat", "branch 1 gives 4 x 16 and branch 2 gives 4 x 14"),
        ("N,4,16", "branch [ conv 4 kernel 1 | conv 5 kernel 1 ] join concat-features", "branch 1 gives 4 x 16 and branch 2 gives 5 x 16"),
        ("N,T,D", "branch [ linear K | attention h ] join concat-channels", "branch 1 gives T x K and branch 2 gives T x D"),
    ],
)
def test_a_concatenation_that_is_not_clear_is_refused(input: str, layers: str, said: str) -> None:
    with pytest.raises(DeriveError) as error:
        asked(layers, input, "shapes")
    assert str(error.value).startswith("network: branch join concat") and said in str(error.value)


@pytest.mark.parametrize(
    ("input", "layers", "shape"),
    [
        ("N,4,16", "branch [ relu | tanh ] join concat-channels", (8, 16)),
        ("N,4,16", "branch [ relu | tanh ] join concat-features", (4, 32)),
        ("N,3,8,8", "branch [ relu | tanh ] join concat", (6, 8, 8)),
        ("N,3,8,8", "branch [ relu | tanh ] join concat-features", (3, 8, 16)),
        ("N,4", "branch [ relu | tanh ] join concat", (8,)),
        ("N,T", "embedding V->6; branch [ | linear 4 ] join concat", ("T", 10)),
        ("N,4,16", "conv 6 kernel 1; take 1 of 3", (2, 16)),
        ("N,T,6", "attention 2; take 1 of 3", ("T", 2)),
    ],
)
def test_which_size_is_that_of_the_channels(input: str, layers: str, shape: tuple[object, ...]) -> None:
    found = asked(layers, input, "shapes").answer
    assert tuple(map(str, found.value)) == tuple(map(str, shape))
    assert "".join(text(piece) if isinstance(piece, Term) else str(piece) for piece in found.words).split("shape ")[1].startswith(" × ".join(map(str, shape)))
