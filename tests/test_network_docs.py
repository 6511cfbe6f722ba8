"""The page about networks: its examples run, and it names every layer, every field, every part and every question that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_readme import ROOT, blocks, run

from derivations.catalogue import NETWORK_QUESTIONS
from derivations.networks import CONTAINERS, LAYER_KINDS

PAGE = (ROOT / "render" / "docs" / "network.md").read_text("utf-8")


@pytest.mark.slow
def test_the_examples_of_the_page_run(tmp_path: Path) -> None:
    run(blocks(PAGE), tmp_path)
    made = (tmp_path / "handout" / "networks.md").read_text("utf-8")
    assert made.count("## Problem") == 4 and "keys and values" in made.lower() and "How many multiplications does it do?" in made


def test_the_page_names_all_there_is() -> None:
    words = set(re.findall(r"[a-z_0-9-]+", PAGE))
    for kind in LAYER_KINDS:
        assert {kind.name, *kind.spellings} & words, kind.name
        assert all(field.name in words or field.name.upper() in PAGE for field in kind.fields), kind.name
    assert {*CONTAINERS, "block", *NETWORK_QUESTIONS} <= words
