"""What CI is given: the problem matcher of the documentation matches what is printed, and the hooks call what there is."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from test_readme import ROOT, blocks

from render.cli import COMMANDS, main
from render.commands.embed import ACTIONS

TEX = "Let $x > 0$. Then\n$\\ln(x+1) = \\ln x + 1$,\n$f(x + y) = f(x) + f(y)$, $x = 1 + + = 2$, $1 + 1 = 2$.\n"


def test_the_problem_matcher_matches_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (page,) = [b.body for b in blocks((ROOT / "render/docs/editors.md").read_text("utf-8")) if b.name == ".github/derive.json"]
    matchers = json.loads(page)["problemMatcher"]
    monkeypatch.chdir(tmp_path)
    Path("a: b.tex").write_text(TEX, "utf-8")
    Path("n.ipynb").write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "$1 + 1 = 3$"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}), "utf-8")
    assert main(["check", "--no-cache", "a: b.tex", "n.ipynb"]) == 1
    told: list[tuple[str, str, str, str]] = []
    for line in capsys.readouterr().out.splitlines():
        for matcher in matchers:
            (pattern,) = matcher["pattern"]
            if match := re.search(pattern["regexp"], line):
                told.append((matcher["severity"], match[pattern["file"]], match[pattern["line"]], match[pattern["column"]]))
                assert match[pattern["message"]]
    assert told == [
        ("error", "a: b.tex", "2", "13"),
        ("warning", "a: b.tex", "3", "13"),
        ("warning", "a: b.tex", "3", "32"),
        ("warning", "a: b.tex", "3", "40"),
        ("error", "n.ipynb", "1", "10"),
    ]


def test_the_hooks_call_what_there_is() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    hooks = text.split("- id: ")[1:]
    assert [hook.split()[0] for hook in hooks] == ["derive-check", "derive-embed-check"]
    for hook in hooks:
        fields = dict(re.findall(r"^  (\w+): ([^#\n]*?)\s*(?:#.*)?$", hook, re.MULTILINE))
        program, command, *rest = shlex.split(fields["entry"])
        assert (program, fields["language"], fields["require_serial"]) == ("derive", "python", "true")
        assert command in COMMANDS
        assert set(rest) <= set(ACTIONS)
    pattern = re.search(r"files: (\S+)", text)
    assert pattern is not None
    assert [name for name in ("a.tex", "paper/derived.toml", "derived.sty", "a.py", "myderived.toml") if re.search(pattern[1], name)] == [
        "a.tex", "paper/derived.toml", "derived.sty",
    ]  # fmt: skip
