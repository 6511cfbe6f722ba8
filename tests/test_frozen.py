"""The frozen verdicts: a few documents give what is frozen of them, and changes are sorted for what they are."""

from __future__ import annotations

import pytest
from frozen.compare import CORPUS, Step, changed, frozen, of_corpus

SAMPLE = ("cosine-schedule.tex", "am-gm.tex", "trace.tex")


@pytest.mark.parametrize("name", SAMPLE)
def test_a_document_is_as_frozen(name: str) -> None:
    before = [step for step in frozen("corpus") if step.key.startswith(f"{name}:")]
    assert before
    worse = [words for sort, words in changed(before, of_corpus(CORPUS / name), wrong=False) if sort == "worse"]
    assert not worse


def test_a_line_read_back_is_the_step() -> None:
    for step in (Step("a.tex:1:1", "proved", "normal form", "|x| = x | y"), Step("a.tex:1:2", "unread", "", ""), Step("b:2:1", "proved", "", "a = b")):
        assert Step.read(str(step) + "\n") == step


@pytest.mark.parametrize(
    ("before", "after", "wrong", "sort"),
    [
        ("sampled", "proved", False, "better"), ("proved", "undecided", False, "worse"), ("undecided", "refuted", False, "worse"),
        ("proved", "given", False, "worse"), ("undecided", "refuted", True, "better"), ("refuted", "sampled", True, "worse"),
    ],
)  # fmt: skip
def test_changes_are_sorted(before: str, after: str, wrong: bool, sort: str) -> None:
    (found,) = changed([Step("a:1:1", before, "", "")], [Step("a:1:1", after, "", "")], wrong)
    assert found[0] == sort


def test_what_is_new_or_gone_is_said() -> None:
    found = list(changed([Step("a:1:1", "proved", "", "")], [Step("b:1:1", "proved", "", "")], False))
    assert [sort for sort, _ in found] == ["same", "same"]
