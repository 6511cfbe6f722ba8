"""Counts of published architectures against numbers published or measured elsewhere, and the script that scores reference files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import score
from scoring import described
from scoring.param_counts import score as score_counts

TESTS = Path(__file__).resolve().parent

#: The ``num_params`` that torchvision publishes with its weights.
PUBLISHED = {
    "efficientnet_b0": 5288548,
    "efficientnet_b3": 12233232,
    "efficientnet_b6": 43040704,
    "efficientnet_v2_s": 21458488,
    "googlenet": 13004888,  # with the two classifiers that it is trained with
    "inception_v3": 27161264,
    "resnet34": 21797672,
    "resnet50": 25557032,
    "resnext101_64x4d": 83455272,
    "shufflenet_v2_x0_5": 1366792,
    "shufflenet_v2_x2_0": 7393996,
    "squeezenet1_0": 1248424,
    "swin_b": 87768224,
    "swin_s": 49606258,
    "vgg13_bn": 133053736,
    "vit_b_16": 86567656,
    "vit_b_16(image_size=384)": 86859496,
    "wide_resnet50_2": 68883240,
}


@pytest.mark.parametrize(("name", "params"), PUBLISHED.items(), ids=str)
def test_a_described_image_classifier_has_the_published_number_of_parameters(name: str, params: int) -> None:
    found = described.description({"id": f"torchvision/{name}"})
    assert found is not None and described.count(found) == params


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TESTS / "score.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


RESNET = {
    "input": [1, 3, 64, 64],
    "layers": ["stem; repeat 2 [ basic 64 ]; wider 64 128; basic 128; wider 128 256; basic 256; wider 256 512; basic 512", "classify 1000"],
}
COUNTS = {
    "models": [
        {"id": "resnet18", "network": RESNET, "params": 11689512},
        {
            "id": "unknown/net",
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
            "network": {"input": ["N", "T", "i"], "layers": "lstm h layers L"},
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
    wrong["models"].append({"id": "nothing", "params": 3})
    wrong["families"][0]["closed_form"] = "4*h*(i+h+1)"
    wrong["families"].append({"id": "riddle", "symbols": ["x"], "closed_form": "x"})
    file = tmp_path / "counts.json"
    file.write_text(json.dumps(wrong), encoding="utf-8")
    done = _run("param_counts", str(file))
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "1 of 6 agree"
    lines = done.stdout.splitlines()
    assert lines[0].startswith("resnet18: DISAGREES: description: counted 11689512, the file says 11689513")
    assert "Conv2d counted as 1792, the file says 5" in lines[1]
    assert "nothing: DISAGREES: not counted" in lines[2]
    assert "closed_form: ours" in lines[3]
    assert "riddle: DISAGREES: not counted: nobody has described it" in lines[4]


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
LAYERS: list[tuple[object, object, int, int]] = [
    ("torch.nn.Conv1d", {"in_channels": 5, "out_channels": 7, "kernel_size": 4, "padding": "same", "dilation": 3}, 147, 0),
    ("torch.nn.TransformerDecoder", {"layer": SMALL, "num_layers": 2, "final_norm": None}, 1366, 0),
    ("torch.nn.TransformerEncoder", {"layer": SMALL, "num_layers": 1, "final_norm": "LayerNorm(8)"}, 395, 0),
    ([1, 32, 8, 8], "thin 3 1 1 32 8 16", 1448, 98),
    ([1, 512, 8, 8], "residual [ batchnorm; relu; conv 512 kernel 3 padding same ]", 2360832, 1025),
    ([1, 64, 8, 8], "basic 64", 73984, 258),
    ([1, 256, 8, 8], "again 64 256 1", 70400, 771),
    ([1, 96, 8, 8], "fire 16 64 64", 11920, 0),
    ([1, 32, 8, 8], "depthwise 3 bias false; batchnorm; conv 64 kernel 1 bias false; batchnorm", 2528, 194),
    ([1, 7, 16], "glu 40", 1920, 0),
    ([1, 64, 8, 8], "squeeze 64 4", 580, 0),
]


def test_layers_and_described_blocks_are_scored(tmp_path: Path) -> None:
    cases = []
    for i, (layer, given, params, buffers) in enumerate(LAYERS):
        how = {"layer": layer, "hyperparameters": given} if isinstance(layer, str) else {"layer": "block", "network": {"input": layer, "layers": given}}
        cases.append({"id": f"case{i}", "params": params, "buffers": buffers, **how})
    unknown = {"id": "unknown", "layer": "block: a teapot", "hyperparameters": {}, "params": 1, "buffers": 0}
    surplus = {"id": "surplus", "layer": "block", "network": {"input": [1, 4, 8, 8], "layers": "fire 2 3 3 1"}, "params": 1}
    file = tmp_path / "layers.json"
    file.write_text(json.dumps({"cases": [*cases, unknown, surplus]}), encoding="utf-8")
    done = _run("layer_params", str(file))
    first, second, last = done.stdout.splitlines()
    assert first == "unknown: DISAGREES: not counted: nobody has described it; network = {input = [...], layers = [...]} does"
    assert second.startswith("surplus: DISAGREES: not counted: layers, entry 2, column 1: block fire takes 3 sizes (S E F), and 4 are given")
    assert last == "11 of 13 agree"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("input_", "layers", "closed_form"),
    [
        ("N m", "linear n", "m*n+n"),
        ("N C W", "conv D kernel k", "D*(C*k+1)"),
        ("N i", "linear h; repeat L [ linear h ]; linear o", "i*h+h+L*(h**2+h)+h*o+o"),
        ("N T i", "gru h layers L bidirectional true", "6*h*(i+h+2)+(L-1)*6*h*(3*h+2)"),
        ("N T d", "attention 1", "4*d**2+4*d"),
        ("N T d", "attention h kv g size k bias false", "2*d*h*k+2*d*g*k"),
        ("N n", "embedding V->d; positions n; repeat L [ transformer 1 d e ]; layernorm; unembedding V", "V*d+n*d+L*(4*d**2+9*d+2*d*e+e)+2*d"),
        (
            "N T",
            "embedding V->d; repeat L [ residual [ rmsnorm; attention h kv g size k bias false ]; residual [ rmsnorm; glu f ] ]; rmsnorm",
            "V*d+L*(2*d*h*k+2*d*g*k+3*d*f+2*d)+d",
        ),
        ("N C H W", "conv B kernel 1; batchnorm; conv B kernel 3 padding 1; batchnorm; conv C kernel 1", "2*C*B+9*B**2+6*B+C"),
        ("N c H W", "branch [ | batchnorm; conv k kernel 3 padding 1 bias false ] join concat; conv 1 kernel 1 bias false", "2*c+9*c*k+c+k"),
        ("N T d", "experts E active A [ glu f ]", "d*E+3*E*d*f"),
        ("N d", "linear n lora r", "d*n+n+r*(d+n)"),
    ],
)
def test_families_have_the_polynomial_worked_out_by_hand(input_: str, layers: str, closed_form: str) -> None:
    import sympy as sp

    counted = described.count({"input": input_.split(), "layers": layers})
    written = sp.sympify(closed_form, locals={str(s): s for s in counted.free_symbols})
    assert sp.expand(counted - written) == 0
    family = {"id": "", "symbols": [str(s) for s in counted.free_symbols], "network": {"input": input_.split(), "layers": layers}}
    outcomes = _outcomes({"models": [], "families": [{**family, "closed_form": closed_form}, {**family, "closed_form": f"({closed_form}) + 1"}]})
    assert [outcome.agrees for outcome in outcomes] == [True, False], outcomes[0].detail
