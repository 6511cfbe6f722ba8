"""What the product reads off a layer of PyTorch, and what a description of a block owns, against the modules that PyTorch builds."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest
from scoring.described import tensors
from scoring.layer_params import of_module, shape_differences

from derivations import network
from derivations.language.errors import DeriveError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # torch on nested tensors and empty layers

CHANCE = random.Random(20)
FLAGS = (True, False)


def _size(low: int = 1, high: int = 40) -> int:
    return CHANCE.randint(low, high)


def _kernel(axes: int) -> int | list[int]:
    return CHANCE.choice([_size(1, 7), [_size(1, 7) for _ in range(axes)], [_size(1, 7)] * axes])


def _convolutions() -> list[tuple[str, dict]]:
    cases = []
    for axes, transposed, bias, _ in product((1, 2, 3), FLAGS, FLAGS, range(6)):
        groups = CHANCE.choice([1, 1, 2, 3, 8])
        arguments = {
            "in_channels": groups * _size(1, 12),
            "out_channels": groups * _size(1, 12),
            "kernel_size": _kernel(axes),
            "stride": _size(1, 3),
            "dilation": _size(1, 3),
            "groups": groups,
            "bias": bias,
            "padding": _size(0, 3),
        }
        if transposed:
            arguments["output_padding"] = 0
        else:
            arguments["padding_mode"] = CHANCE.choice(["zeros", "reflect", "replicate", "circular"])
        cases.append((f"ConvTranspose{axes}d" if transposed else f"Conv{axes}d", arguments))
    return [
        *cases,
        ("Conv1d", {"in_channels": 5, "out_channels": 7, "kernel_size": 4, "padding": "same", "dilation": 3}),
        ("Conv2d", {"in_channels": 4, "out_channels": 8, "kernel_size": 3, "padding": "valid", "stride": 2}),
        ("Conv2d", {"in_channels": 16, "out_channels": 48, "kernel_size": [3, 5], "groups": 16, "padding": [1, 2]}),
    ]


def _dense() -> list[tuple[str, dict]]:
    cases: list[tuple[str, dict]] = []
    for bias, _ in product(FLAGS, range(3)):
        cases.append(("Linear", {"in_features": _size(), "out_features": _size(), "bias": bias}))
        cases.append(("Bilinear", {"in1_features": _size(), "in2_features": _size(), "out_features": _size(), "bias": bias}))
    cases += [
        ("Embedding", {"num_embeddings": 100, "embedding_dim": 12}),
        ("Embedding", {"num_embeddings": 100, "embedding_dim": 12, "padding_idx": -1, "max_norm": 1.0, "sparse": True}),
        ("EmbeddingBag", {"num_embeddings": 33, "embedding_dim": 5, "mode": "sum", "include_last_offset": True}),
        ("PReLU", {}),
        ("PReLU", {"num_parameters": 96, "init": 0.1}),
        ("AdaptiveLogSoftmaxWithLoss", {"in_features": 64, "n_classes": 1000, "cutoffs": [10, 100, 500]}),
        ("AdaptiveLogSoftmaxWithLoss", {"in_features": 50, "n_classes": 90, "cutoffs": [10], "div_value": 2.5, "head_bias": True}),
    ]
    return cases


def _norms() -> list[tuple[str, dict]]:
    cases: list[tuple[str, dict]] = []
    batch = [f"{kind}Norm{axes}d" for kind in ("Batch", "Instance") for axes in (1, 2, 3)] + ["SyncBatchNorm"]
    for name in batch:
        cases.append((name, {"num_features": _size()}))
        for affine, tracked in product(FLAGS, FLAGS):
            cases.append((name, {"num_features": _size(), "affine": affine, "track_running_stats": tracked, "eps": 1e-3}))
    cases.append(("BatchNorm2d", {"num_features": 64, "affine": True, "momentum": None}))
    for affine, bias in product(FLAGS, FLAGS):
        cases.append(("LayerNorm", {"normalized_shape": _size(), "elementwise_affine": affine, "bias": bias}))
        cases.append(("LayerNorm", {"normalized_shape": [_size(1, 9), 7, 2], "elementwise_affine": affine, "bias": bias}))
        cases.append(("RMSNorm", {"normalized_shape": [_size(), 3], "elementwise_affine": affine}))
        cases.append(("GroupNorm", {"num_groups": 6, "num_channels": 30, "affine": affine}))
    return [*cases, ("RMSNorm", {"normalized_shape": 17, "eps": 1e-6})]


def _attention() -> list[tuple[str, dict]]:
    cases: list[tuple[str, dict]] = []
    for bias, kv, zero, kdim, vdim in product(FLAGS, FLAGS, FLAGS, (None, 24, 10), (None, 15)):
        cases.append(
            (
                "MultiheadAttention",
                {"embed_dim": 24, "num_heads": 3, "bias": bias, "add_bias_kv": kv, "add_zero_attn": zero, "kdim": kdim, "vdim": vdim},
            )
        )
    for layer, bias, first in product(("Encoder", "Decoder"), FLAGS, FLAGS):
        sizes = {"d_model": 6 * _size(1, 9), "nhead": 6, "dim_feedforward": _size(), "bias": bias, "norm_first": first}
        cases.append((f"Transformer{layer}Layer", sizes))
        cases.append((f"Transformer{layer}Layer", {"d_model": 16, "nhead": 4, "activation": "gelu", "dropout": 0.0}))
        key = f"{layer.lower()}_layer"
        cases.append((f"Transformer{layer}", {key: sizes, "num_layers": 3}))
        cases.append((f"Transformer{layer}", {key: sizes, "num_layers": 2, "norm": {"normalized_shape": sizes["d_model"], "bias": bias}}))
    cases.append(("Transformer", {}))
    for bias in FLAGS:
        depths = {"num_encoder_layers": 2, "num_decoder_layers": 5}
        cases.append(("Transformer", {"d_model": 32, "nhead": 4, "dim_feedforward": 77, "bias": bias, **depths}))
    return cases


def _recurrent() -> list[tuple[str, dict]]:
    cases: list[tuple[str, dict]] = []
    for name, layers, bias, both in product(("RNN", "LSTM", "GRU"), (1, 2, 3), FLAGS, FLAGS):
        sizes = {"input_size": _size(), "hidden_size": _size(2)}
        cases.append((name, {**sizes, "num_layers": layers, "bias": bias, "bidirectional": both, "batch_first": True}))
    for layers, bias, both in product((1, 2, 3), FLAGS, FLAGS):
        projected = {"input_size": _size(), "hidden_size": 20, "proj_size": _size(1, 19)}
        cases.append(("LSTM", {**projected, "num_layers": layers, "bias": bias, "bidirectional": both}))
    for name, bias in product(("RNNCell", "LSTMCell", "GRUCell"), FLAGS):
        cases.append((name, {"input_size": _size(), "hidden_size": _size(), "bias": bias}))
    return [*cases, ("RNN", {"input_size": 4, "hidden_size": 6, "nonlinearity": "relu", "dropout": 0.0})]


WITH_TENSORS = [*_convolutions(), *_dense(), *_norms(), *_attention(), *_recurrent()]


torch = pytest.importorskip("torch")
nn = torch.nn


def _owns(found: list[Any], truth: Any) -> None:
    assert (sum(t.entries for t in found if not t.buffer), sum(t.entries for t in found if t.buffer)) == (truth.params, truth.buffers)
    assert not list(shape_differences([{"shape": shape} for shape in truth.tensors.values()], found))


@pytest.mark.parametrize(("name", "hyperparameters"), WITH_TENSORS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_layer_owns_what_the_real_module_owns(name: str, hyperparameters: dict) -> None:
    from oracles.torch_layers import measure

    _owns(of_module(name, dict(hyperparameters)), measure(name, hyperparameters))


def _conv(c: int, d: int, k: int = 1, g: int = 1, bias: bool = False) -> list:
    return [nn.Conv2d(c, d, k, groups=g, bias=bias), nn.BatchNorm2d(d)]


def _plain(*sizes: tuple[int, int]) -> list:
    return [nn.Linear(*pair, bias=False) for pair in sizes]


BLOCKS: list[tuple[str, str, list]] = [
    ("64,8,8", "basic 64", _conv(64, 64, 3) + _conv(64, 64, 3)),
    ("64,8,8", "wider 64 128", _conv(64, 128, 3) + _conv(128, 128, 3) + _conv(64, 128)),
    ("64,8,8", "first 32 128 4 2", _conv(64, 32) + _conv(32, 32, 3, 4) + _conv(32, 128) + _conv(64, 128)),
    ("64,8,8", "again 16 64 1", _conv(64, 16) + _conv(16, 16, 3) + _conv(16, 64)),
    ("5,8,8", "depthwise 7 padding 3 bias false; batchnorm; conv 9 kernel 1 bias false; batchnorm", _conv(5, 5, 7, 5) + _conv(5, 9)),
    ("16,8,8", "wide 96; thin 5 1 2 96 4 24", _conv(16, 96) + _conv(96, 96, 5, 96) + [nn.Conv2d(96, 4, 1), nn.Conv2d(4, 96, 1)] + _conv(96, 24)),
    ("24,8,8", "conv 96 kernel 3 padding 1 bias false; batchnorm; conv 48 kernel 1 bias false; batchnorm", _conv(24, 96, 3) + _conv(96, 48)),
    ("96,8,8", "fire 16 64 64", [nn.Conv2d(96, 16, 1), nn.Conv2d(16, 64, 1), nn.Conv2d(16, 64, 3)]),
    ("192,8,8", "inception 64 96 128 16 32 32",
     _conv(192, 64) + _conv(192, 96) + _conv(96, 128, 3) + _conv(192, 16) + _conv(16, 32, 3) + _conv(192, 32)),
    ("12,8,8", "residual [ depthwise 7 padding 3; layernorm over channels; conv 48 kernel 1; gelu; conv 12 kernel 1 ]",
     [nn.Conv2d(12, 12, 7, groups=12), nn.LayerNorm(12), nn.Linear(12, 48), nn.Linear(48, 12)]),
    ("64,8,8", "branch [ | batchnorm; relu; conv 128 kernel 1 bias false; batchnorm; relu; conv 32 kernel 3 padding 1 bias false ] join concat",
     [nn.BatchNorm2d(64), nn.Conv2d(64, 128, 1, bias=False), nn.BatchNorm2d(128), nn.Conv2d(128, 32, 3, bias=False)]),
    ("784", "linear 300; relu; linear 10", [nn.Linear(784, 300), nn.Linear(300, 10)]),
    ("T,12", "glu 32", _plain((12, 32), (12, 32), (32, 12))),
    ("T,24", "attention 6 kv 2 out_bias false", [nn.Linear(24, 24), nn.Linear(24, 8), nn.Linear(24, 8), *_plain((24, 24))]),
    ("196,768", "residual [ layernorm; transpose; feedforward 384; transpose ]; residual [ layernorm; feedforward 3072 ]",
     [nn.LayerNorm(768), nn.Linear(196, 384), nn.Linear(384, 196), nn.LayerNorm(768), nn.Linear(768, 3072), nn.Linear(3072, 768)]),
    ("48,8,8", "unit 24", _conv(24, 24) + _conv(24, 24, 3, 24) + _conv(24, 24)),
    ("24,8,8", "down 58", _conv(24, 58) + _conv(58, 58, 3, 58) + _conv(58, 58) + _conv(24, 24, 3, 24) + _conv(24, 58)),
    ("T,8", "experts 3 active 2 [ glu 12 ]", _plain((8, 3), *((a, b) for a, b in ((8, 12), (8, 12), (12, 8)) for _ in range(3)))),
    ("T,8", "repeat 5 shared [ linear 8 ]; aside [ linear 3; linear 2 ]; linear 4", [nn.Linear(8, 8), nn.Linear(8, 3), nn.Linear(3, 2), nn.Linear(8, 4)]),
    ("T,12", "linear 8 groups 4; tokenconv 3 groups 2; tokenconv 5", [nn.Conv1d(12, 8, 1, groups=4), nn.Conv1d(8, 8, 3, groups=2), nn.Conv1d(8, 8, 5)]),
    ("T,12", "attention 3 queries 2", [*(nn.Linear(12, 12) for _ in range(4)), nn.Embedding(2, 12)]),
    ("T,16", "latentattention 4 latent 8 query_latent 6 size 3 rotary 2 value 5",
     [*_plain((16, 6), (6, 4 * 5), (16, 8 + 2), (8, 4 * 8), (20, 16)), nn.RMSNorm(6), nn.RMSNorm(8)]),
]  # fmt: skip


@pytest.mark.parametrize(("input_", "text", "modules"), BLOCKS, ids=lambda value: value if isinstance(value, str) else "")
def test_blocks_own_what_modules_of_the_same_structure_own(input_: str, text: str, modules: list) -> None:
    from oracles.torch_layers import measured

    _owns(tensors({"input": [1, *input_.split(",")], "layers": text}), measured(nn.Sequential(*modules)))


@pytest.mark.parametrize(("input_", "text", "said"), [
    ("1,10,8,8", "conv 12 kernel 3 groups 4", "groups = 4 does not divide in_channels = 10"),
    ("1,8,8,8", "conv 10 kernel 3 groups 4", "groups = 4 does not divide out_channels = 10"),
    ("1,9,8", "convtranspose 4 kernel 3 groups 2", "groups = 2 does not divide in_channels = 9"),
    ("1,30,8,8", "groupnorm 4", "groups = 4 does not divide channels = 30"),
    ("1,5,4", "lstm 8 projection 8", "projection 8 must be smaller than the width 8"),
    ("1,5,4", "gru 8 projection 2", "a projection is a field of lstm alone"),
    ("1,5,9", "attention 3 groups 3,3,1", "groups has 3 numbers, and there are 4 maps"),
    ("1,5,9", "linear 6 groups 2", "groups = 2 does not divide in_features = 9"),
    ("1,7", "bilinear 3 left 7", "left 7 leaves nothing of 7"),
    ("1,9,4", "tokenconv 3x3", "kernel = '3x3' is not accepted"),
    ("1,8,4,4", "take 3 of 2", "there is no part 3 of 2"),
    ("1,9,4,4", "shuffle 2", "groups = 2 does not divide channels = 9"),
    ("1,9,4", "merge 2", "places = 2 does not divide tokens = 9"),
    ("1,9,4", "scan 2 state 2", "nothing is left of its width for the values"),
    ("1,9", "layernorm axes 2", "axes = 2 is not accepted; it gets 1"),
    ("1,9", "aside linear 2", "aside needs its layers in brackets"),
    ("1,9", "repeat 0 [ linear 2 ]", "layers = 'repeat 0 [ linear 2 ]' is not accepted"),
])  # fmt: skip
def test_what_describes_no_layer_is_refused_with_the_reason(input_: str, text: str, said: str) -> None:
    with pytest.raises(DeriveError) as refusal:
        network(layers=text, input=input_)
    assert said in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize(("text", "ask", "said"), [
    ("embedding 5->4; selective 3 rank 2", "macs", "the multiplications of selective are not counted"),
    ("embedding 5->4; fourier", "flops", "the multiplications of fourier are not counted"),
    ("embedding 5->4; learned 5", "gradients", "the description does not say what is done with its numbers"),
    ("embedding 5->4; attention 2 window 3", "equivariance", "what it does with places is not followed"),
    ("embedding 5->4; layernorm over channels", "equivariance", "what it does with places is not followed"),
    ("embedding 5->4; rmsnorm axes 2", "equivariance", "what it does with places is not followed"),
    ("embedding 5->4; prelu 4", "equivariance", "what it does with places is not followed"),
    ("embedding 5->4; tokenconv 3", "equivariance", "what it does with places is not followed"),
    ("linear 4; repeat 2 shared [ linear 4 ]", "variance", "copies that share weights have no one mean square"),
])  # fmt: skip
def test_a_question_that_has_no_answer_is_refused_by_the_layer(text: str, ask: str, said: str) -> None:
    with pytest.raises(DeriveError, match=said):
        network(layers=text, input="N,T", ask=ask)


def test_copies_that_share_weights_are_computed_with_each() -> None:
    text = "repeat 5 {} [ linear 8 bias false; relu ]"
    apart, shared = ({ask: network(layers=text.format(word), input="N,8", ask=ask).answer.value for ask in ("parameters", "macs")} for word in ("", "shared"))
    assert apart == {"parameters": 320, "macs": 320} and shared == {"parameters": 64, "macs": 320}


class _Latent(nn.Module):
    """Attention of which few numbers are kept, written out."""

    def __init__(self) -> None:
        super().__init__()
        self.q_down, self.q_up, self.kv_down, self.kv_up = (nn.Linear(a, b, bias=False) for a, b in ((16, 6), (6, 20), (16, 10), (8, 32)))
        self.out = nn.Linear(20, 16, bias=False)

    def forward(self, x: Any) -> Any:
        q = self.q_up(self.q_down(x)).view(7, 4, 5).transpose(0, 1)
        kept, rotary = self.kv_down(x).split([8, 2], -1)
        made = self.kv_up(kept).view(7, 4, 8).transpose(0, 1)
        keys = torch.cat([made[..., :3], rotary.expand(4, 7, 2)], -1)
        mixed = (q @ keys.transpose(1, 2)).softmax(-1) @ made[..., 3:]
        return self.out(mixed.transpose(0, 1).reshape(7, 20))


class _Asking(nn.Module):
    """Two learned queries."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.inner = nn.Parameter(torch.zeros(2, 12)), nn.MultiheadAttention(12, 3)

    def forward(self, x: Any) -> Any:
        return self.inner(self.asked, x, x)[0]


@pytest.mark.parametrize(("text", "tokens", "width", "module"), [
    ("latentattention 4 latent 8 query_latent 6 size 3 rotary 2 value 5", 7, 16, _Latent),
    ("attention 3 queries 2", 7, 12, _Asking),
    ("tokenconv 3 groups 2", 9, 12, lambda: nn.Conv1d(12, 12, 3, padding=1, groups=2)),
    ("linear 6 groups 3", 5, 12, lambda: nn.Conv1d(12, 6, 1, groups=3)),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_multiplications_are_those_that_torch_does(text: str, tokens: int, width: int, module: Any) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    made, example = module(), torch.randn(tokens, width)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        made(example.T if isinstance(made, nn.Conv1d) else example)
    assert network(layers=text, input=f"1,{tokens},{width}", ask="flops").answer.value == counter.get_total_flops()


def test_an_encoder_keeps_no_keys_and_values() -> None:
    """Of T5 small, the decoder keeps those of its own tokens and of what the encoder made, in six layers of eight heads of 64 numbers."""
    found = network(model={"model_type": "t5"}, input="1,T", ask="kv-cache", bytes=1).answer.value
    assert {str(size): found.coeff(size) for size in found.free_symbols} == {"T": 2 * 6 * 512, "S": 2 * 6 * 512}


def test_a_norm_over_channels_is_the_same_at_every_place_of_an_image() -> None:
    assert network(layers="conv 4 kernel 3; layernorm over channels; relu", input="N,3,H,W", ask="equivariance").answer.value == "equivariant"
    halves = "branch [ take 1 of 2 | take 2 of 2; conv 2 kernel 1 ] join concat; shuffle 2"
    assert network(layers=f"conv 4 kernel 3; {halves}", input="N,3,H,W", ask="equivariance").answer.value == "equivariant"
    with pytest.raises(DeriveError, match="what it does with places is not followed"):
        network(layers="conv 4 kernel 3; layernorm", input="N,3,H,W", ask="equivariance")


def test_keys_and_values_of_few_numbers() -> None:
    """DeepSeek-V3 keeps 512 + 64 numbers for each token and layer, as its report says."""
    assert network(model={"model_type": "deepseek_v3"}, input="1,1000", ask="kv-cache", bytes=2).answer.value == 2 * 1000 * 61 * 576
