"""Counts of published architectures against numbers published or measured elsewhere, and the script that scores reference files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import score
from scoring.param_counts import score as score_counts

from derivations.language.errors import DeriveError
from derivations.topics.parameters.architectures import mobile_convnets, plain_convnets, residual_convnets
from derivations.topics.parameters.architectures.torchvision_models import NETWORKS, network_ledger
from derivations.topics.parameters.architectures.transformers_models import FAMILIES, model_class_ledger

TESTS = Path(__file__).resolve().parent

#: The ``num_params`` that torchvision publishes with its weights; GoogLeNet, whose published number leaves out the auxiliary heads, and
#: ViT-H/14, whose weights are at 518 pixels, are below.
PUBLISHED = {
    "alexnet": 61100840,
    "convnext_base": 88591464,
    "convnext_large": 197767336,
    "convnext_small": 50223688,
    "convnext_tiny": 28589128,
    "densenet121": 7978856,
    "densenet161": 28681000,
    "densenet169": 14149480,
    "densenet201": 20013928,
    "efficientnet_b0": 5288548,
    "efficientnet_b1": 7794184,
    "efficientnet_b2": 9109994,
    "efficientnet_b3": 12233232,
    "efficientnet_b4": 19341616,
    "efficientnet_b5": 30389784,
    "efficientnet_b6": 43040704,
    "efficientnet_b7": 66347960,
    "efficientnet_v2_l": 118515272,
    "efficientnet_v2_m": 54139356,
    "efficientnet_v2_s": 21458488,
    "inception_v3": 27161264,
    "maxvit_t": 30919624,
    "mnasnet0_5": 2218512,
    "mnasnet0_75": 3170208,
    "mnasnet1_0": 4383312,
    "mnasnet1_3": 6282256,
    "mobilenet_v2": 3504872,
    "mobilenet_v3_large": 5483032,
    "mobilenet_v3_small": 2542856,
    "regnet_x_16gf": 54278536,
    "regnet_x_1_6gf": 9190136,
    "regnet_x_32gf": 107811560,
    "regnet_x_3_2gf": 15296552,
    "regnet_x_400mf": 5495976,
    "regnet_x_800mf": 7259656,
    "regnet_x_8gf": 39572648,
    "regnet_y_128gf": 644812894,
    "regnet_y_16gf": 83590140,
    "regnet_y_1_6gf": 11202430,
    "regnet_y_32gf": 145046770,
    "regnet_y_3_2gf": 19436338,
    "regnet_y_400mf": 4344144,
    "regnet_y_800mf": 6432512,
    "regnet_y_8gf": 39381472,
    "resnet101": 44549160,
    "resnet152": 60192808,
    "resnet18": 11689512,
    "resnet34": 21797672,
    "resnet50": 25557032,
    "resnext101_32x8d": 88791336,
    "resnext101_64x4d": 83455272,
    "resnext50_32x4d": 25028904,
    "shufflenet_v2_x0_5": 1366792,
    "shufflenet_v2_x1_0": 2278604,
    "shufflenet_v2_x1_5": 3503624,
    "shufflenet_v2_x2_0": 7393996,
    "squeezenet1_0": 1248424,
    "squeezenet1_1": 1235496,
    "swin_b": 87768224,
    "swin_s": 49606258,
    "swin_t": 28288354,
    "swin_v2_b": 87930848,
    "swin_v2_s": 49737442,
    "swin_v2_t": 28351570,
    "vgg11": 132863336,
    "vgg11_bn": 132868840,
    "vgg13": 133047848,
    "vgg13_bn": 133053736,
    "vgg16": 138357544,
    "vgg16_bn": 138365992,
    "vgg19": 143667240,
    "vgg19_bn": 143678248,
    "vit_b_16": 86567656,
    "vit_b_32": 88224232,
    "vit_l_16": 304326632,
    "vit_l_32": 306535400,
    "wide_resnet101_2": 126886696,
    "wide_resnet50_2": 68883240,
}


@pytest.mark.parametrize(("name", "params"), PUBLISHED.items(), ids=str)
def test_an_image_classifier_has_the_published_number_of_parameters(name: str, params: int) -> None:
    assert network_ledger(name).parameters == params


def test_every_network_of_the_table_has_a_published_number() -> None:
    assert set(NETWORKS) == set(PUBLISHED) | {"googlenet", "vit_h_14"}
    assert network_ledger("googlenet", {"aux_logits": False}).parameters == 6624904
    assert network_ledger("googlenet").parameters == 13004888
    assert network_ledger("vit_h_14", {"image_size": 518}).parameters == 633470440
    assert network_ledger("vit_b_16", {"image_size": 384}).parameters == 86859496
    assert network_ledger("resnet18", {"num_classes": 10}).parameters == 11689512 - 990 * 513


def test_running_statistics_are_not_parameters() -> None:
    ledger = network_ledger("resnet18")  # 20 normalizations with 4800 channels in all: two statistics a channel, one counter each
    assert ledger.buffers == 2 * 4800 + 20
    assert ledger.by_part()["fc"] == 513 * 1000


MEASURED = json.loads((TESTS / "oracles" / "transformers_counts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_model_classes_own_what_the_library_builds(family: str) -> None:
    cases = [case for case in MEASURED if case["model_class"] in {family + task for task in FAMILIES[family].tasks}]
    assert cases
    for case in cases:
        counted = model_class_ledger(f"transformers.{case['model_class']}", case["config"]).parameters
        assert counted == case["params"], case


@pytest.mark.parametrize(
    ("model_class", "config", "params"),
    [
        ("GPT2LMHeadModel", {}, 124439808),
        ("GPT2LMHeadModel", {"n_embd": 1600, "n_layer": 48, "n_head": 25}, 1557611200),
        ("LlamaForCausalLM", {}, 6738415616),
        ("BertModel", {}, 109482240),
        ("MistralForCausalLM", {}, 7241732096),
        ("MixtralForCausalLM", {}, 46702792704),
        ("DeepseekV3ForCausalLM", {}, 671026404352),
        ("GemmaForCausalLM", {}, 8537680896),
        ("FalconForCausalLM", {}, 6921720704),
    ],
)
def test_numbers_that_model_cards_quote(model_class: str, config: dict, params: int) -> None:
    assert model_class_ledger(model_class, config).parameters == params


def test_a_fresh_head_is_not_tied() -> None:
    config = {"d_model": 1024, "d_ff": 2816, "num_layers": 24, "num_heads": 16, "feed_forward_proj": "gated-gelu"}
    assert model_class_ledger("T5ForConditionalGeneration", config, head_is_fresh=True).parameters == 783150080
    assert model_class_ledger("T5ForConditionalGeneration", config).parameters == 783150080 - 32128 * 1024


def test_a_language_model_of_symbolic_size_has_a_polynomial() -> None:
    import sympy as sp

    v, d, f, n = sp.symbols("V d f L", positive=True, integer=True)
    sizes = {"vocab_size": v, "hidden_size": d, "intermediate_size": f, "num_hidden_layers": n, "num_attention_heads": 1}
    assert sp.expand(model_class_ledger("LlamaForCausalLM", sizes).parameters - (2 * v * d + n * (4 * d**2 + 3 * d * f + 2 * d) + d)) == 0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: network_ledger("resnet51"), "network 'resnet51' is unknown (did you mean 'resnet5"),
        (lambda: network_ledger("resnet50", {"classes": 10}), "resnet50 has no hyperparameter 'classes' (did you mean 'num_classes"),
        (lambda: model_class_ledger("LlamaForCausalML", {}), "model class 'LlamaForCausalML' is unknown (did you mean 'LlamaForCausalLM"),
        (lambda: model_class_ledger("LlamaModel", {"hiden_size": 4}), "LlamaModel has no argument 'hiden_size' (did you mean 'hidden_size"),
        (
            lambda: model_class_ledger("LlamaModel", {"num_attention_heads": 30}),
            "num_attention_heads = 30 does not divide hidden_size = 4096",
        ),
        (
            lambda: model_class_ledger("LlamaModel", {"num_key_value_heads": 5}),
            "num_key_value_heads = 5 does not divide num_attention_heads = 32",
        ),
        (lambda: model_class_ledger("BertModel", {"num_attention_heads": 7}), "num_attention_heads = 7 does not divide hidden_size = 768"),
        (lambda: residual_convnets.resnet((1, 2), True), "2 stages have blocks, but 4 have planes"),
        (lambda: residual_convnets.regnet_stages(4, 20, 1.0, 2.0, 8), "w_0 a positive multiple of 8"),
        (lambda: plain_convnets.vgg((64, "X")), "'X' is neither a number of channels nor 'M'"),
        (lambda: mobile_convnets.efficientnet(table=((1, 3, 1, 32, 16, 1), (6, 3, 2, 24, 24, 2))), "row 1 has 24 input channels, but 16"),
    ],
)
def test_what_describes_no_network_is_refused_with_the_reason(build, message: str) -> None:
    with pytest.raises(DeriveError) as refusal:
        build()
    assert message in str(refusal.value)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TESTS / "score.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


RESNET = {
    "stem": "conv 3->64 k7 no bias + BN",
    "block": "basic",
    "blocks_per_stage": [2, 2, 2, 2],
    "stage_planes": [64, 128, 256, 512],
    "expansion": 1,
    "classes": 1000,
}
COUNTS = {
    "models": [
        {"id": "torchvision/resnet18", "hyperparameters": RESNET, "params": 11689512},
        {
            "id": "unknown/net",
            "hyperparameters": {"see": "layer_inventory"},
            "params": 1920,
            "layer_inventory": [
                {"type": "Conv2d", "in": 3, "out": 64, "kernel": [3, 3], "groups": 1, "bias": True, "count": 1, "params_each": 1792},
                {"type": "BatchNorm2d", "channels": 64, "count": 1, "params_each": 128},
            ],
        },
        {"id": "llama", "model_class": "transformers.LlamaForCausalLM", "config": {"num_hidden_layers": 1}, "params": 464531456},
    ],
    "families": [
        {
            "id": "lstm",
            "description": "torch.nn.LSTM, L layers, input i, hidden h",
            "symbols": ["L", "i", "h"],
            "points": [{"at": {"L": 2, "i": 13, "h": 17}, "params": 4624}],
            "closed_form": "4*h*(i+h+2)+(L-1)*4*h*(2*h+2)",
        }
    ],
}


def test_scores_of_a_file_that_agrees(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    file.write_text(json.dumps(COUNTS), encoding="utf-8")
    done = _run("param_counts", str(file))
    assert (done.returncode, done.stdout) == (0, "4 of 4 agree\n")


def test_scores_say_which_cases_disagree_and_why(tmp_path: Path) -> None:
    wrong = json.loads(json.dumps(COUNTS))
    wrong["models"][0]["params"] += 1
    wrong["models"][1]["layer_inventory"][0]["params_each"] = 5
    wrong["models"].append({"id": "nothing", "params": 3, "hyperparameters": {"depth": 4}})
    wrong["families"][0]["closed_form"] = "4*h*(i+h+1)"
    wrong["families"].append({"id": "riddle", "description": "a box", "symbols": ["x"], "closed_form": "x"})
    file = tmp_path / "counts.json"
    file.write_text(json.dumps(wrong), encoding="utf-8")
    done = _run("param_counts", str(file))
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "1 of 6 agree"
    lines = done.stdout.splitlines()
    assert lines[0].startswith("torchvision/resnet18: DISAGREES: hyperparameters: counted 11689512, the file says 11689513")
    assert "Conv2d counted as 1792, the file says 5" in lines[1]
    assert "nothing: DISAGREES: not counted" in lines[2]
    assert "closed_form: ours" in lines[3]
    assert "no layers are recognised" in lines[4]


def test_a_truth_is_never_used_to_choose_the_way_of_counting() -> None:
    """With the number in the file changed, every way still counts the same."""
    honest = {outcome.case_id: outcome.detail for outcome in _outcomes(COUNTS)}
    changed = json.loads(json.dumps(COUNTS))
    for model in changed["models"]:
        model["params"] = 7
    for outcome in _outcomes(changed):
        assert outcome.agrees == (outcome.case_id == "lstm")
        if not outcome.agrees:
            counted = honest[outcome.case_id].partition(";")[0]
            assert counted.replace(": ", ": counted ") in outcome.detail


def _outcomes(document: dict) -> list:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counts.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        return list(score_counts(file))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["layer_parms", "x.json"], "no format is called 'layer_parms'"),
        (["layer_params", "does-not-exist.json"], "cannot read does-not-exist.json: No such file or directory"),
    ],
)
def test_bad_usage_is_answered_in_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert score.main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"cases": [', "bad.json:1:12: not JSON"),
        ("[]", "holds a list, expected an object with cases"),
        ('{"cases": {}}', "needs 'cases', a list of objects"),
    ],
)
def test_malformed_files_are_named_with_the_place(text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.json"
    file.write_text(text, encoding="utf-8")
    assert score.main(["layer_params", str(file)]) == 2
    assert message in capsys.readouterr().err


SMALL = {"d_model": 8, "nhead": 2, "dim_feedforward": 3}
MBCONV = {"in_channels": 32, "out_channels": 16, "expand": 1, "kernel_size": 3, "se_ratio": 0.25}
LAYERS = [
    ("torch.nn.Conv1d", {"in_channels": 5, "out_channels": 7, "kernel_size": 4, "padding": "same", "dilation": 3}, 147, 0),
    ("torch.nn.TransformerDecoder", {"layer": SMALL, "num_layers": 2, "final_norm": None}, 1366, 0),
    ("torch.nn.TransformerEncoder", {"layer": SMALL, "num_layers": 1, "final_norm": "LayerNorm(8)"}, 395, 0),
    ("block: EfficientNet MBConv, expand ratio 1 (no expansion conv)", MBCONV, 1448, 98),
    ("block: pre-activation residual block (BN, ReLU, 3x3 conv)", {"channels": 512}, 2360832, 1025),
    ("block: pre-activation bottleneck, BN before each convolution", {"channels": 512, "bottleneck": 128}, 280832, 1539),
    ("block: ResNet basic block (conv-BN-ReLU-conv-BN)", {"in_channels": 64, "out_channels": 64}, 73984, 258),
    ("block: ResNet bottleneck", {"in_channels": 256, "planes": 64}, 70400, 771),
    ("block: SqueezeNet fire module", {"in_channels": 96, "squeeze": 16, "expand1x1": 64, "expand3x3": 64}, 11920, 0),
    ("block: depthwise separable convolution with BN", {"in_channels": 32, "out_channels": 64, "kernel_size": 3}, 2528, 194),
    ("block: SwiGLU feed-forward without bias", {"d_model": 16, "d_ff": 40}, 1920, 0),
    ("block: squeeze-and-excitation", {"channels": 64, "reduction": 16}, 580, 0),
]


def test_layers_and_described_blocks_are_scored(tmp_path: Path) -> None:
    cases = [
        {"id": f"case{i}", "layer": layer, "hyperparameters": sizes, "params": params, "buffers": buffers}
        for i, (layer, sizes, params, buffers) in enumerate(LAYERS)
    ]
    unknown = {"id": "unknown", "layer": "block: a teapot", "hyperparameters": {}, "params": 1, "buffers": 0}
    surplus = {"id": "surplus", "layer": "block: fire module", "hyperparameters": {"in": 4, "squeeze": 2, "expand": 3, "spout": 1}, "params": 1}
    file = tmp_path / "layers.json"
    file.write_text(json.dumps({"cases": [*cases, unknown, surplus]}), encoding="utf-8")
    done = _run("layer_params", str(file))
    assert done.stdout.splitlines() == [
        "unknown: DISAGREES: not counted: no known block is described by 'a teapot'",
        "surplus: DISAGREES: not counted: the block 'fire module' does not know what to do with spout",
        "12 of 14 agree",
    ]
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("name", "description", "symbols", "closed_form"),
    [
        ("linear", "Linear with bias", "m n", "m*n+n"),
        ("conv1d", "Conv1d with bias", "c_in c_out k", "c_out*(c_in*k+1)"),
        ("conv_transpose2d", "ConvTranspose2d with bias, kernel a x b, groups q", "c_in c_out a b q", "c_in*c_out*a*b/q+c_out"),
        ("mlp", "n_in -> h (L hidden layers) -> n_out", "n_in h n_out L", "n_in*h+h+(L-1)*(h**2+h)+h*n_out+n_out"),
        ("gru_bidirectional", "torch.nn.GRU, bidirectional, L layers", "L i h", "6*h*(i+h+2)+(L-1)*6*h*(3*h+2)"),
        ("multihead_attention", "torch.nn.MultiheadAttention, width d", "d", "4*d**2+4*d"),
        ("gqa", "grouped-query attention without bias: d, h heads, g key heads, head size k", "d h g k", "2*d*h*k+2*d*g*k"),
        ("transformer", "torch.nn.Transformer, N and M layers", "N M d f", "N*(4*d**2+9*d+2*d*f+f)+M*(8*d**2+15*d+2*d*f+f)+4*d"),
        ("gpt2", "GPT-2: vocabulary V, context n, width d, L layers, tied head", "V n d L", "V*d+n*d+L*(12*d**2+13*d)+2*d"),
        ("llama", "Llama: V, d, f, L, k the width of the keys, untied head", "V d f L k", "2*V*d+L*(2*d**2+2*d*k+3*d*f+2*d)+d"),
        ("t5", "T5, 8 heads, 32 buckets", "V d f L", "V*d+L*(12*d**2+4*d*f+5*d)+2*d+512"),
        ("preact_bottleneck", "bottleneck, BN, ReLU, conv with bias three times: C -> B -> B -> C", "C B", "2*C*B+9*B**2+6*B+3*C"),
        ("dense_block", "DenseNet block of n layers, growth k", "c k n", "n*(2*c+k*(n-1))*(1+2*k)+n*(8*k+36*k**2)"),
        ("sum", "conv 3x3 c->d (no bias) + BN(d) + conv 3x3 d->d (no bias) + BN(d)", "c d", "9*c*d+9*d**2+4*d"),
        ("dense", "fully connected DN -> DN", "D N", "D**2*N**2+D*N"),
        ("ffn", "linear d->4d + linear 4d->d", "d", "8*d**2+5*d"),
    ],
)
def test_families_have_the_polynomial_worked_out_by_hand(name: str, description: str, symbols: str, closed_form: str) -> None:
    family = {"id": name, "description": description, "symbols": symbols.split(), "closed_form": closed_form}
    wrong = {**family, "closed_form": f"({closed_form}) + 1"}
    outcomes = _outcomes({"models": [], "families": [family, wrong]})
    assert [outcome.agrees for outcome in outcomes] == [True, False], outcomes[0].detail
