"""Parts of a problem that have solutions of their own: every edition, format and consumer shows each under its letter, in its author's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from render.cli import main

NETWORK = """
title = "Counting"
[network]
input = ["N", 3, 32, 32]
layers = "conv 3->C kernel 3 stride 2 padding 1; relu; conv C->K kernel 3"
"""
SHEET = (
    NETWORK
    + """
[[problem]]
kind = "network"
title = "Two convolutions"
question = "Two *convolutions* with $C$ and $K$ channels."
note = "Remember {answer.a}."

[[problem.part]]
question = "How many parameters?"
hint = "Count the weights of $C$ filters."
marks = 2

[[problem.part]]
ask = "macs"
question = "How many multiplications?"
answer = "In {answer} the product $C K$ counts most."
marks = 1.5

[[problem.part]]
ask = "receptive-field"

[[problem.part]]
question = "Why padding?"
answer = "To keep the size that {answer.c} is about."

[[problem]]
kind = "residual-block"

[[problem.part]]
channels = 64

[[problem.part]]
channels = "C"
question = "And in general?"
"""
)


def written(folder: Path, text: str, *options: str) -> int:
    (folder / "sheet.toml").write_text(text, "utf-8")
    return main(["sheet", str(folder / "sheet.toml"), "--out", str(folder), "--no-cache", *options])


def test_each_part_has_words_solution_and_marks_of_its_own(tmp_path: Path) -> None:
    assert written(tmp_path, SHEET, "--to", "json,md,numpy", "--edition", "solutions") == 0
    first, second = json.loads((tmp_path / "sheet.json").read_text("utf-8"))["problems"]
    assert [(p["part"], p["answer"]["text"], p.get("marks"), p["evidence"]) for p in first["parts"]] == [
        ("a", "parameters = 9C K + 28C + K", 2, "proved"),
        ("b", "multiplications = 1764C K + 6912C", "3/2", "proved"),
        ("c", "r₂ = 7", None, "proved"),
    ]
    assert first["marks"] == "7/2"
    assert [p["answer"]["value"] for p in second["parts"]] == [37056, "9*C**2 + 3*C"]
    text = (tmp_path / "sheet.md").read_text("utf-8")
    assert "**(b)** How many multiplications? **\\[1.5\\]**" in text
    assert "**(b) Multiplications of a network (1.5 marks)**" in text
    assert "In $\\text{multiplications} = 1764 C K + 6912 C$ the product $C K$ counts most." in text
    assert "Remember $\\text{parameters} = 9 C K + 28 C + K$." in text
    assert "To keep the size that $r_2 = 7$ is about." in text
    assert text.index("**(a) Parameters") < text.index("**(b) Mult") < text.index("**(c) The receptive") < text.index("To keep the size") < text.index("Remember")
    assert "How many inputs does a unit after the last layer see" in text  # what its kind asks, where the author leaves it to that
    names: dict[str, object] = {}
    exec((tmp_path / "sheet-numpy.py").read_text("utf-8"), names)
    block = torch.nn.Sequential(torch.nn.Conv2d(3, 5, 3, 2, 1), torch.nn.ReLU(), torch.nn.Conv2d(5, 7, 3))
    assert names["network_a"](C=5, K=7) == sum(p.numel() for p in block.parameters())  # type: ignore[operator]
    assert names["network_b"](C=5, K=7) == 16 * 16 * 27 * 5 + 14 * 14 * 9 * 5 * 7  # type: ignore[operator]
    assert names["network_c"]() == 7  # type: ignore[operator]


def test_what_is_printed_is_proved_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert written(tmp_path, SHEET, "--to", "md,tex", "--edition", "all") == 0
    for name in ("sheet.md", "sheet.tex", "sheet-staff.md"):
        capsys.readouterr()
        assert main(["check", str(tmp_path / name)]) == 0
        assert "0 refuted, 0 undecided, 0 unread" in capsys.readouterr().out
    hints = (tmp_path / "sheet-hints.md").read_text("utf-8")
    assert "Count the weights of $C$ filters." in hints
    assert "1764" not in hints
    questions = (tmp_path / "sheet-questions.md").read_text("utf-8")
    assert "1764" not in questions
    assert "Remember" not in questions
    assert "(3 \\times 3 \\times C + C)" in (tmp_path / "sheet-staff.md").read_text("utf-8")  # a wrong answer of part (a)


def test_a_class_and_a_pool_know_the_parts(tmp_path: Path) -> None:
    drawn = SHEET.replace('title = "Counting"', 'title = "Counting"\nboxes = true\n[variants]\ncount = 2\n').replace(
        'kind = "residual-block"', 'kind = "residual-block"\nkernel = { choose = [3, 5] }'
    )
    assert written(tmp_path, drawn, "--to", "md", "--edition", "questions,solutions") == 0
    key = (tmp_path / "sheet-key.csv").read_text("utf-8")
    assert "(a) parameters = 9C K + 28C + K; (b) multiplications = 1764C K + 6912C; (c) r₂ = 7; (d) To keep the size" in key
    assert "1,b,Problem 1. Two convolutions,1.5" in (tmp_path / "sheet-outline.csv").read_text("utf-8")
    (tmp_path / "plain.toml").write_text(SHEET, "utf-8")
    assert main(["pool", str(tmp_path / "plain.toml"), "--out", str(tmp_path), "--to", "moodle"]) == 0
    pool = (tmp_path / "plain-moodle.xml").read_text("utf-8")
    assert [f"({letter})" in pool for letter in "abcd"] == [True, True, True, False]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ('ask = "mac"', "problem 1 (line 7), part (a): network: ask = 'mac' is not accepted; it must be one of parameters, shapes, macs"),
        ('asks = "macs"', "problem 1 (line 7), part (a): network has no parameter 'asks' (did you mean 'ask'?)"),
        ("marks = 2", "part (a): the field 'question' is missing; it must be words in quotes, or the part must have a field of its kind"),
        ('ask = "kv-cache"', "problem 1 (line 7), part (a): network: no layer of it has bytes"),
        ('layers = "linear 7"', "problem 1 (line 7), part (a): "),
        ('ask = "macs"\nanswer = "{answer.b}"', "part (a): answer: {answer.b} refers to nothing here"),
        ('ask = "macs"\nquestion = "{answer}"', "{answer} refers to nothing here"),
    ],
)
def test_errors_name_the_part(tmp_path: Path, capsys: pytest.CaptureFixture[str], part: str, said: str) -> None:
    status = written(tmp_path, f'{NETWORK}\n[[problem]]\nkind = "network"\n\n[[problem.part]]\n{part}\n', "--to", "md")
    error = capsys.readouterr().err
    if said.endswith("(a): "):  # a description in the part takes the place of that of the sheet
        assert status == 0
        return
    assert status == 2
    assert said in error
    assert len(error.strip().splitlines()) <= 2
