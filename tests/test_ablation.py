"""The ablation script switches entries off, and back on again."""

from __future__ import annotations

import ablation
import pytest
from ablation import GROUPS, at_work, changes, derivation, entries, steps, switched_off


@pytest.mark.parametrize("group", GROUPS)
def test_every_entry_can_be_switched_off_and_is_on_again(group: str) -> None:
    before = entries(group)
    assert before
    for entry in before:
        with switched_off(entry):
            if group in ("customs", "words"):
                assert entry not in entries(group)
    assert entries(group) == before


def test_a_custom_serves_the_documents_that_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = r"Let $x$ be a real number. Then \[ \sigma(-x) = 1 - \sigma(x) \]"
    monkeypatch.setattr(ablation, "texts", lambda: {"a.tex": ("corpus", text)})
    assert ("customs", "_logistic") in at_work("a.tex", ("customs", "doubts"))[1]
    _, name, worse, better = changes((("customs", "_logistic"), "a.tex"))
    assert (name, better) == ("a.tex", 0) and worse > 0
    assert [step.verdict for step in steps("a.tex", None)] == ["proved under a convention"]


def test_a_derivation_and_its_wrong_variants_are_one() -> None:
    assert derivation("a-b__sign.tex") == derivation("a-b.tex") == "a-b" and derivation("alg31_F.tex") == derivation("alg31_T.tex")
