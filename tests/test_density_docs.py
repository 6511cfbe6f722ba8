"""The page about densities: its examples run, and it names every law and every map that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_readme import ROOT, blocks, run

from derivations.topics.pushforward.laws import FAMILIES
from derivations.topics.pushforward.maps import NAMED

PAGE = (ROOT / "render" / "docs" / "density.md").read_text("utf-8")


@pytest.mark.slow
def test_the_examples_of_the_page_run(tmp_path: Path) -> None:
    run(blocks(PAGE), tmp_path)
    assert "sampled" not in (tmp_path / "leaky.json").read_text("utf-8")
    assert "arcsin" in (tmp_path / "arcsine.html").read_text("utf-8")


def test_the_page_names_all_there_is() -> None:
    words = set(re.findall(r"[A-Za-z0-9]+", PAGE))
    assert set(FAMILIES) <= words
    assert {"logistic", "softplus", "relu", "silu", "gelu", "elu", "softsign", "logit", "tanh", "square"} <= set(NAMED) & words
