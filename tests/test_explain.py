"""``derive explain``: each explanation's example has the verdict that it explains, and every verdict of a report has an explanation."""

from __future__ import annotations

import pytest

from derivations import check
from render import sarif
from render.cli import main
from render.explanations import EXPLANATIONS


def _words(document: str) -> set[str]:
    return {r.evidence.replace("proved under a convention", "convention") if r.verdict == "accepted" else r.verdict for r in check(document).records}


@pytest.mark.parametrize("code", [code for code, found in EXPLANATIONS.items() if found.example])
def test_an_example_has_the_verdict_that_it_explains(code: str) -> None:
    assert code in _words(EXPLANATIONS[code].example)


def test_what_to_do_about_a_convention_makes_it_proved() -> None:
    assert "let $\\sigma(z) = \\frac{1}{1 + e^{-z}}$" in EXPLANATIONS["convention"].next
    assert _words(r"Let $\sigma(z) = \frac{1}{1 + e^{-z}}$. " + EXPLANATIONS["convention"].example) == {"given", "proved"}


def test_every_rule_of_sarif_and_every_strength_is_explained() -> None:
    assert set(sarif.RULES) <= set(EXPLANATIONS)
    assert {"proved", "given", "ignored"} <= set(EXPLANATIONS)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "derive/refuted"]) == 0
    assert capsys.readouterr().out.startswith("refuted\n  There are values that satisfy everything")
    assert main(["explain"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if line and not line.startswith(" ")] == list(EXPLANATIONS)
    assert main(["explain", "refutd"]) == 2
    assert "there is no verdict 'refutd' (did you mean 'refuted'" in capsys.readouterr().err
