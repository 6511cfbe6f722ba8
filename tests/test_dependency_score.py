"""The scorers of the two formats: right files agree, and every wrong number in them is noticed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from score import main
from scoring import conv_index, receptive_fields

LAYER = {"name": "a", "op": "conv", "kernel": [3], "stride": [2], "padding": [[1, 0]], "dilation": [2]}
NODES = [
    {"id": "input", "op": "input", "inputs": []},
    {"id": "a", "op": "conv", "inputs": ["input"], "kernel": [3], "stride": [2], "dilation": [1], "padding": [[1, 1]]},
    {"id": "b", "op": "conv", "inputs": ["input"], "kernel": [1], "stride": [2], "dilation": [1], "padding": [[0, 0]]},
    {"id": "out", "op": "add", "inputs": ["a", "b"]},
]
UP = {"id": "up", "op": "convtranspose", "inputs": ["a"], "kernel": [4], "stride": [4], "dilation": [1], "padding": [[0, 0]]}
PHASES = receptive_fields.PHASES

FIELDS: dict[str, Any] = {
    "chains": [
        {
            "id": "one layer",
            "ndim": 1,
            "layers": [LAYER],
            "expected": {
                "rf": [5],
                "effective_stride": [2],
                "effective_padding": [1],
                "contiguous": [False],
                "n_dependencies": [3],
            },
            "per_layer_rf_stride_padding": [[[5], [2], [1]]],
            "endpoints": {"end": {"node": "a", "rf": [5], "effective_stride": [2], "effective_padding": [1]}},
        }
    ],
    "dags": [
        {
            "id": "residual",
            "ndim": 1,
            "nodes": NODES,
            "output": "out",
            "expected": {
                "rf": [3],
                "effective_stride": [2],
                "effective_padding": [1],
                "contiguous": [True],
                "n_dependencies": [3],
                "centre_aligned": True,
            },
        }
    ],
    "upsampling": [
        {
            "id": "up",
            "ndim": 1,
            "nodes": [*NODES[:2], UP],
            "output": "up",
            "output_period": 4,
            "input_shift_per_period": 2,
            PHASES: [[0, -1, 1, 3, 3], [1, -1, 1, 3, 3], [2, -1, 1, 3, 3], [3, -1, 1, 3, 3]],
            "rf_min": 3,
            "rf_max": 3,
        }
    ],
}
PAIRS: dict[str, Any] = {
    "cases": [
        {
            "id": "reflect",
            "op": "Conv1d",
            "hyperparameters": {
                "in_channels": 1,
                "out_channels": 1,
                "kernel_size": 3,
                "padding": 1,
                "padding_mode": "reflect",
            },
            "input_size": 4,
            "output_size": 4,
            "weight_shape": [1, 1, 3],
            "outputs": [
                {"output_index": 0, "pairs": [[0, 1], [1, 0], [2, 1]]},
                {"output_index": 2, "pairs": [[2, 3], [0, 1], [1, 2]]},
            ],
        },
        {
            "id": "groups",
            "op": "Conv2d",
            "hyperparameters": {"in_channels": 2, "out_channels": 2, "kernel_size": [1, 2], "groups": 2},
            "explicit_pad_before": [[0, 0], [1, -1]],
            "input_size": [2, 3],
            "output_size": [2, 2],
            "weight_shape": [2, 1, 1, 2],
            "outputs": [
                {"output_index": [1, 0, 0], "pairs": [[[1, 0, 0, 1], [1, 0, 0]]]},
                {"output_index": [0, 1, 1], "pairs": [[[0, 0, 0, 0], [0, 1, 0]], [[0, 0, 0, 1], [0, 1, 1]]]},
            ],
        },
    ]
}


def numbers(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the numbers and truth values of a document stand."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from numbers(entry, (*where, key))
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from numbers(entry, (*where, place))
    elif isinstance(value, int):
        yield where


def wrong_files(document: dict[str, Any], *answers: str) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    """The document with one number of the named answers changed, for every such number."""
    for where in numbers(document):
        if len(where) > 2 and where[2] in answers:
            changed = copy.deepcopy(document)
            at: Any = changed
            for key in where[:-1]:
                at = at[key]
            at[where[-1]] = (not at[where[-1]]) if isinstance(at[where[-1]], bool) else at[where[-1]] + 1
            yield changed, where


def write(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "file.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("scorer,document,cases", [(conv_index, PAIRS, 2), (receptive_fields, FIELDS, 3)])
def test_right_files_agree(tmp_path: Path, scorer: Any, document: dict[str, Any], cases: int) -> None:
    outcomes = list(scorer.score(write(tmp_path, document)))
    assert [(o.agrees, o.detail) for o in outcomes] == [(True, "")] * cases


def test_every_wrong_number_of_pairs_is_noticed(tmp_path: Path) -> None:
    wrong = list(wrong_files(PAIRS, "output_size", "weight_shape", "outputs"))
    assert len(wrong) > 40
    for document, where in wrong:
        outcomes = list(conv_index.score(write(tmp_path, document)))
        assert [o.agrees for o in outcomes].count(False) == 1, where


def test_every_wrong_number_of_fields_is_noticed(tmp_path: Path) -> None:
    answers = ("expected", "per_layer_rf_stride_padding", "endpoints", "output_period", "input_shift_per_period")
    wrong = list(wrong_files(FIELDS, *answers, PHASES, "rf_min", "rf_max"))
    assert len(wrong) > 35
    for document, where in wrong:
        outcomes = list(receptive_fields.score(write(tmp_path, document)))
        assert [o.agrees for o in outcomes].count(False) == 1, where


def test_null_is_right_only_where_outputs_differ(tmp_path: Path) -> None:
    document = copy.deepcopy(FIELDS)
    expected = document["dags"][0]["expected"]
    expected["rf"] = [None]
    assert not list(receptive_fields.score(write(tmp_path, document)))[1].agrees
    document["dags"][0]["nodes"] = [*NODES[:2], {**NODES[2], "stride": [1]}, NODES[3]]
    expected |= {"effective_stride": [None], "effective_padding": [None], "centre_aligned": False}
    for count, contiguous in ((4, False), (None, None)):
        expected |= {"n_dependencies": [count], "contiguous": [contiguous]}
        assert list(receptive_fields.score(write(tmp_path, document)))[1].detail == ""
    for changed in ({"rf": [4]}, {"n_dependencies": [3]}, {"contiguous": [True]}, {"effective_stride": [2]}):
        wrong = copy.deepcopy(document)
        wrong["dags"][0]["expected"] |= changed
        assert not list(receptive_fields.score(write(tmp_path, wrong)))[1].agrees, changed


def test_a_case_that_cannot_be_read_does_not_agree_and_says_why(tmp_path: Path) -> None:
    document = copy.deepcopy(FIELDS)
    document["chains"][0]["layers"] = [{**LAYER, "op": "attention"}]
    outcome = next(iter(receptive_fields.score(write(tmp_path, document))))
    assert not outcome.agrees
    assert "op = 'attention' is not accepted" in outcome.detail
    pairs = copy.deepcopy(PAIRS)
    pairs["cases"][0]["hyperparameters"]["groups"] = 2
    outcome = next(iter(conv_index.score(write(tmp_path, pairs))))
    assert not outcome.agrees
    assert "groups = 2 is not accepted" in outcome.detail


def test_the_command_counts_what_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receptive_fields", str(write(tmp_path, FIELDS))]) == 0
    assert capsys.readouterr().out == "3 of 3 agree\n"
    wrong = copy.deepcopy(PAIRS)
    wrong["cases"][1]["output_size"] = [2, 3]
    assert main(["conv_index", str(write(tmp_path, wrong))]) == 1
    assert capsys.readouterr().out.endswith("1 of 2 agree\n")
