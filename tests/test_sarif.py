"""SARIF: places are valid addresses with beginning and end, and what was told before has the fingerprint that it had."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from render.cli import main

Told = Callable[..., dict[str, Any]]
TEX = "Let $x > 0$.\nThen $\\ln(x+1)\n= \\ln x\n + 1$. Then $y = 1 + + = 2$. Again $\\ln(x+1) = \\ln x + 1$.\n"
NOTEBOOK = {"cells": [{"cell_type": "code", "source": "1"}, {"cell_type": "markdown", "source": "Then\n$1 + 1 = 3$."}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """``derive check`` in a folder of a repository."""
    inside = tmp_path / "repository" / "the paper"
    inside.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    monkeypatch.chdir(inside)

    def call(*words: str) -> dict[str, Any]:
        main(["check", "--no-cache", "--jobs", "1", "--to", "sarif", *words])
        (found,) = json.loads(capsys.readouterr().out)["runs"]
        for result in found["results"]:
            assert found["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        return dict(found)

    return call


def uris(found: dict[str, Any]) -> list[str]:
    return [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in found["results"]]


def test_places_are_relative_to_the_repository_and_have_an_end(run: Told, tmp_path: Path) -> None:
    Path("main text.tex").write_text(TEX, "utf-8")
    outside = tmp_path / "elsewhere #1.tex"
    outside.write_text(TEX, "utf-8")
    found = run("main text.tex", "./main text.tex", str(outside), "none.tex")
    assert "%SRCROOT%" in found["originalUriBaseIds"]
    inside, out = "the%20paper/main%20text.tex", outside.as_uri()
    assert set(uris(found)) == {inside, out}
    for result in found["results"]:
        (place,) = result["locations"]
        artifact = place["physicalLocation"]["artifactLocation"]
        assert artifact.get("uriBaseId") == ("%SRCROOT%" if artifact["uri"] == inside else None)
        assert urllib.parse.urlsplit(artifact["uri"]).fragment == ""
    regions = [r["locations"][0]["physicalLocation"]["region"] for r in found["results"] if r["ruleId"] == "derive/refuted"]
    lines = TEX.splitlines()
    assert regions[0] == {"startLine": 3, "startColumn": 3, "endLine": 4, "endColumn": 5}
    last = regions[1]
    assert lines[last["startLine"] - 1][last["startColumn"] - 1 : last["endColumn"] - 1] == "\\ln x + 1"
    assert not found["invocations"][0]["executionSuccessful"]
    (told,) = found["invocations"][0]["toolExecutionNotifications"]
    assert told["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "the%20paper/none.tex", "uriBaseId": "%SRCROOT%"}


def test_a_fingerprint_is_that_of_the_formula_wherever_it_stands(run: Told) -> None:
    def prints() -> list[str]:
        return [r["partialFingerprints"]["derivation/v1"] for r in run("a.tex")["results"]]

    Path("a.tex").write_text(TEX, "utf-8")
    before = prints()
    assert len(set(before)) == 4, "the same formula twice is two results"
    Path("a.tex").write_text("Words before.\n\n" + TEX.replace("\n= ", " = "), "utf-8")
    assert prints() == before
    Path("a.tex").write_text(TEX.replace("\\ln x + 1$", "\\ln x + 2$"), "utf-8")
    assert [old == new for old, new in zip(before, prints(), strict=True)] == [True, True, True, False]


def test_a_cell_of_a_notebook_is_named_and_its_lines_are_not_taken_for_those_of_the_file(run: Told) -> None:
    Path("a.ipynb").write_text(json.dumps(NOTEBOOK), "utf-8")
    (result,) = run("a.ipynb")["results"]
    (place,) = result["locations"]
    assert "region" not in place["physicalLocation"]
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "cell 2"
    assert result["message"]["text"].startswith("cell 2, line 2: this step does not follow")
