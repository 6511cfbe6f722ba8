"""Every layer function against the module that PyTorch builds from the same hyperparameters."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product

import pytest

from derivations.language.errors import DeriveError
from derivations.topics.parameters import blocks
from derivations.topics.parameters.layers import LAYERS, WITHOUT_TENSORS, layer_ledger
from derivations.topics.parameters.ledger import Ledger, Tensor

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
        ("Linear", {"in_features": 0, "out_features": 3}),
        ("Embedding", {"num_embeddings": 100, "embedding_dim": 12}),
        ("Embedding", {"num_embeddings": 100, "embedding_dim": 12, "padding_idx": -1, "max_norm": 1.0, "sparse": True}),
        ("Embedding", {"num_embeddings": 0, "embedding_dim": 12}),
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
        cases.append((f"Transformer{layer}", {key: sizes, "num_layers": 2, "norm": {"normalized_shape": 54, "bias": bias}}))
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


def _expanded(ledger: Ledger) -> Counter[tuple[int, ...]]:
    shapes: Counter[tuple[int, ...]] = Counter()
    for tensor in ledger:
        if not tensor.buffer:
            shapes[tensor.shape] += tensor.multiplicity
    return shapes


@pytest.mark.parametrize(("name", "hyperparameters"), WITH_TENSORS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_layer_owns_what_the_real_module_owns(name: str, hyperparameters: dict) -> None:
    pytest.importorskip("torch")
    from oracles.torch_layers import measure

    truth = measure(name, hyperparameters)
    arguments = dict(hyperparameters)
    if isinstance(arguments.get("norm"), dict):
        arguments["norm"] = layer_ledger("LayerNorm", arguments["norm"])
    ledger = layer_ledger(f"torch.nn.{name}", arguments)
    assert (ledger.parameters, ledger.buffers) == (truth.params, truth.buffers)
    assert _expanded(ledger) == Counter(truth.tensors.values())
    assert ledger.weights + ledger.biases == truth.params
    if all(isinstance(tensor.multiplicity, int) and tensor.multiplicity == 1 for tensor in ledger):
        assert {tensor.part: tensor.shape for tensor in ledger if not tensor.buffer} == truth.tensors
    assert ledger.biases == sum(_entries(shape) for part, shape in truth.tensors.items() if "bias" in part.split(".")[-1])


def _entries(shape: tuple[int, ...]) -> int:
    entries = 1
    for size in shape:
        entries *= size
    return entries


#: Arguments of torch that its documentation does not list, or keeps only for old callers.
IRRELEVANT = {"_random_samples", "min_value", "max_value"}


def test_every_layer_of_the_table_was_compared() -> None:
    assert {name for name, _ in WITH_TENSORS} == set(LAYERS)


@pytest.mark.parametrize("name", sorted(WITHOUT_TENSORS))
def test_a_layer_without_tensors_has_none_and_knows_its_arguments(name: str) -> None:
    torch = pytest.importorskip("torch")
    import inspect

    module = getattr(torch.nn, name)
    accepted = WITHOUT_TENSORS[name]
    if accepted is not None:
        known = [parameter for parameter in inspect.signature(module).parameters if parameter not in ("args", "kwargs")]
        assert set(accepted.split()) == set(known) - IRRELEVANT
    assert layer_ledger(name, {}) == Ledger()


def test_counts_of_a_symbolic_layer_are_polynomials() -> None:
    import sympy as sp

    c, d, k, q, n = sp.symbols("c d k q n", positive=True, integer=True)
    assert sp.expand(layer_ledger("Conv1d", {"in_channels": c, "out_channels": d, "kernel_size": k}).parameters) == c * d * k + d
    grouped = layer_ledger("Conv2d", {"in_channels": c, "out_channels": d, "kernel_size": k, "groups": q}).parameters
    assert sp.simplify(grouped - (c * d * k**2 / q + d)) == 0
    block = blocks.preactivation_block(c).parameters
    assert sp.expand(block) == 9 * c**2 + 3 * c
    assert block.subs(c, 512) == 2_360_832
    narrow = blocks.preactivation_bottleneck(c, d).parameters
    assert sp.expand(narrow) == 9 * d**2 + 2 * c * d + 6 * d + 3 * c
    assert narrow.subs({c: 512, d: 128}) == 280_832
    assert sp.expand(blocks.self_attention(d, output_map=False).parameters) == 3 * d**2 + 3 * d
    stacked = layer_ledger("LSTM", {"input_size": c, "hidden_size": d, "num_layers": n, "bidirectional": True}).parameters
    plain = layer_ledger("LSTM", {"input_size": 7, "hidden_size": 5, "num_layers": 4, "bidirectional": True}).parameters
    assert stacked.subs({c: 7, d: 5, n: 4}) == plain


def test_two_convolutions_of_the_assignment() -> None:
    first = layer_ledger("Conv1d", {"in_channels": 3, "out_channels": 4, "kernel_size": 3})
    second = layer_ledger("Conv1d", {"in_channels": 4, "out_channels": 10, "kernel_size": 5})
    assert (first.weights, first.biases) == (36, 4)
    assert (second.weights, second.biases) == (200, 10)
    assert (first.under("first") + second.under("second")).by_part() == {"first": 40, "second": 210}


def test_repetition_tying_and_grouping() -> None:
    table = Ledger((Tensor("embedding.weight", (7, 3)), Tensor("head.weight", (7, 3), tied_to="embedding.weight")))
    assert table.parameters == 21
    assert table.under("model").tensors[1].tied_to == "model.embedding.weight"
    assert table.repeated(4, "copies").parameters == 84
    assert table.repeated(0, "copies") == Ledger()
    assert table.by_part(2) == {"embedding.weight": 21, "head.weight": 0}
    statistics = layer_ledger("BatchNorm1d", {"num_features": 10})
    assert (statistics.parameters, statistics.buffers) == (20, 21)
    assert statistics.by_part() == {"weight": 10, "bias": 10}


@pytest.mark.parametrize(
    ("name", "hyperparameters", "message"),
    [
        ("Conv2d", {"in_channels": 10, "out_channels": 12, "kernel_size": 3, "groups": 4}, "groups = 4 does not divide in_channels = 10"),
        ("Conv2d", {"in_channels": 8, "out_channels": 10, "kernel_size": 3, "groups": 4}, "groups = 4 does not divide out_channels = 10"),
        ("Conv2d", {"in_channels": 8, "out_channels": 10, "kernel_size": 0}, "kernel_size = 0 is too small: it must be at least 1"),
        ("Conv2d", {"in_channels": 8, "out_channels": 10, "kernel_size": [3, 3, 3]}, "3 entries for 2 axes"),
        ("Conv2d", {"in_channels": 8, "out_channels": 10, "kernel": 3}, "no hyperparameter 'kernel' (did you mean 'kernel_size'"),
        ("Conv2d", {"in_channels": 8}, "Conv2d needs out_channels, kernel_size"),
        ("Conv2d", {"in_channels": 8.5, "out_channels": 1, "kernel_size": 3}, "in_channels is a size, but 8.5 is not an integer"),
        ("Conv2d", {"in_channels": True, "out_channels": 1, "kernel_size": 3}, "True is a truth value"),
        ("Conv2d", {"in_channels": 1, "out_channels": 1, "kernel_size": 3, "bias": 0}, "bias is either True or False, not 0"),
        ("Conv1d", {"in_channels": 1, "out_channels": 1, "kernel_size": 3, "padding_mode": "mirror"}, "accepted are zeros, reflect"),
        ("Conv1d", {"in_channels": 1, "out_channels": 1, "kernel_size": 3, "padding": "same", "stride": 2}, "needs stride 1"),
        ("ConvTranspose1d", {"in_channels": 9, "out_channels": 4, "kernel_size": 3, "groups": 2}, "does not divide in_channels = 9"),
        ("MultiheadAttention", {"embed_dim": 10, "num_heads": 3}, "num_heads = 3 does not divide embed_dim = 10"),
        ("GroupNorm", {"num_groups": 4, "num_channels": 30}, "num_groups = 4 does not divide num_channels = 30"),
        ("LSTM", {"input_size": 4, "hidden_size": 8, "proj_size": 8}, "proj_size = 8 must be smaller than hidden_size = 8"),
        ("GRU", {"input_size": 4, "hidden_size": 8, "proj_size": 2}, "GRU has no hyperparameter 'proj_size'"),
        ("Embedding", {"num_embeddings": 4, "embedding_dim": 8, "padding_idx": 4}, "padding_idx = 4 is no row"),
        ("Dropout", {"rate": 0.1}, "Dropout has no hyperparameter 'rate' (accepted: p, inplace)"),
        ("Conv4d", {}, "layer 'Conv4d' is unknown (did you mean 'Conv3d'"),
        (
            "TransformerEncoder",
            {"encoder_layer": {"d_model": 9, "nhead": 2}, "num_layers": 1},
            "num_heads = 2 does not divide embed_dim = 9",
        ),
    ],
)
def test_what_describes_no_layer_is_refused_with_the_reason(name: str, hyperparameters: dict, message: str) -> None:
    with pytest.raises(DeriveError) as refusal:
        layer_ledger(name, hyperparameters)
    assert message in str(refusal.value)


def test_blocks_own_what_modules_of_the_same_structure_own() -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    from oracles.torch_layers import measured

    def conv(c: int, d: int, k: int = 1, g: int = 1, bias: bool = False) -> list:
        return [nn.Conv2d(c, d, k, groups=g, bias=bias), nn.BatchNorm2d(d)]

    pairs = [
        (blocks.basic_block(64, 64), conv(64, 64, 3) * 1 + conv(64, 64, 3)),
        (blocks.basic_block(64, 128, stride=2), conv(64, 128, 3) + conv(128, 128, 3) + conv(64, 128)),
        (blocks.bottleneck(64, 32, 128, groups=4), conv(64, 32) + conv(32, 32, 3, 4) + conv(32, 128) + conv(64, 128)),
        (blocks.bottleneck(64, 16, 64), conv(64, 16) + conv(16, 16, 3) + conv(16, 64)),
        (blocks.depthwise_separable(5, 9, 7), conv(5, 5, 7, 5) + conv(5, 9)),
        (blocks.squeeze_excitation(64, reduction=16), [nn.Linear(64, 4), nn.Linear(4, 64)]),
        (blocks.mbconv(32, 16, 1), [*conv(32, 32, 3, 32), nn.Conv2d(32, 8, 1), nn.Conv2d(8, 32, 1), *conv(32, 16)]),
        (
            blocks.mbconv(16, 24, 6, 5),
            conv(16, 96) + conv(96, 96, 5, 96) + [nn.Conv2d(96, 4, 1), nn.Conv2d(4, 96, 1)] + conv(96, 24),
        ),
        (blocks.inverted_residual(16, 24), conv(16, 96) + conv(96, 96, 3, 96) + conv(96, 24)),
        (blocks.fused_mbconv(24, 48, 4), conv(24, 96, 3) + conv(96, 48)),
        (blocks.fused_mbconv(24, 24, 1), conv(24, 24, 3)),
        (blocks.fire(96, 16, 64, 64), [nn.Conv2d(96, 16, 1), nn.Conv2d(16, 64, 1), nn.Conv2d(16, 64, 3)]),
        (
            blocks.inception_block(192, 64, 96, 128, 16, 32, 32),
            conv(192, 64) + conv(192, 96) + conv(96, 128, 3) + conv(192, 16) + conv(16, 32, 5) + conv(192, 32),
        ),
        (
            blocks.convnext_block(12, layer_scale=False),
            [nn.Conv2d(12, 12, 7, groups=12), nn.LayerNorm(12), nn.Linear(12, 48), nn.Linear(48, 12)],
        ),
        (
            blocks.dense_layer(64, 32),
            [nn.BatchNorm2d(64), nn.Conv2d(64, 128, 1, bias=False), nn.BatchNorm2d(128), nn.Conv2d(128, 32, 3, bias=False)],
        ),
        (blocks.preactivation_block(512), [nn.BatchNorm2d(512), nn.Conv2d(512, 512, 3)]),
        (blocks.multilayer_perceptron([784, 300, 10]), [nn.Linear(784, 300), nn.Linear(300, 10)]),
        (blocks.gated_feed_forward(12, 32), [nn.Linear(12, 32, bias=False), nn.Linear(12, 32, bias=False), nn.Linear(32, 12, bias=False)]),
        (
            blocks.self_attention(24, heads=6, kv_heads=2, qkv_bias=True, out_bias=False),
            [nn.Linear(24, 24), nn.Linear(24, 8), nn.Linear(24, 8), nn.Linear(24, 24, bias=False)],
        ),
        (blocks.low_rank_adapter(30, 40, 4), [nn.Linear(30, 4, bias=False), nn.Linear(4, 40, bias=False)]),
        (
            blocks.mixer_block(196, 768, 384, 3072),
            [nn.LayerNorm(768), nn.Linear(196, 384), nn.Linear(384, 196), nn.LayerNorm(768), nn.Linear(768, 3072), nn.Linear(3072, 768)],
        ),
        (blocks.shuffle_unit(48, 48), conv(24, 24) + conv(24, 24, 3, 24) + conv(24, 24)),
        (
            blocks.shuffle_unit(24, 116, 2),
            conv(24, 58) + conv(58, 58, 3, 58) + conv(58, 58) + conv(24, 24, 3, 24) + conv(24, 58),
        ),
        (
            blocks.mixture_of_experts(8, 12, 3),
            [nn.Linear(8, 3, bias=False), *(nn.Linear(*sizes, bias=False) for sizes in ((8, 12), (8, 12), (12, 8)) for _ in range(3))],
        ),
        (blocks.double_conv(3, 16), conv(3, 16, 3) + conv(16, 16, 3)),
    ]
    for ledger, modules in pairs:
        truth = measured(nn.Sequential(*modules))
        assert (ledger.parameters, ledger.buffers) == (truth.params, truth.buffers), ledger
