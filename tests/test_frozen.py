"""The frozen verdicts: a few documents give what is frozen of them, and changes are sorted for what they are."""

from __future__ import annotations

import pytest
from frozen.compare import SOURCES, Step, changed, frozen, read_back, written_out
from scoring.reference import is_wrong

SAMPLE = (
    ("corpus", "cosine-schedule.tex"), ("corpus", "am-gm.tex"), ("corpus", "trace.tex"), ("slips", "am-gm.tex"), ("steps", "alg31_F.tex"),
    ("sheets", "epochs"), ("mutants", "epochs"),
)  # fmt: skip


def worse(name: str, documents: list[str]) -> list[str]:
    new = [step for document in documents for step in SOURCES[name].steps(document)]
    here = {step.document for step in new} | set(documents)
    return [words for sort, words in changed([s for s in frozen(name) if s.document in here], new) if sort == "worse"]


@pytest.mark.parametrize(("name", "document"), SAMPLE)
def test_a_document_is_as_frozen(name: str, document: str) -> None:
    assert any(step.document.partition(" slip ")[0].startswith(document) for step in frozen(name)), "it is frozen"
    found = [d for d in SOURCES[name].names() if d == document or (name in ("sheets", "mutants") and d.startswith(document))][:1]
    if not found:
        pytest.skip("the derivations of others are not here")
    assert not worse(name, found)


@pytest.mark.slow
@pytest.mark.parametrize("name", SOURCES)
def test_everything_is_as_frozen(name: str) -> None:
    documents = SOURCES[name].names()
    if not documents or not frozen(name):
        pytest.skip("the derivations of others are not here" if not documents else f"nothing of {name} is frozen: compare.py {name} --update freezes it")
    assert not worse(name, documents)


def test_what_is_written_is_read_back() -> None:
    steps = [Step("a.tex", "1:1", "proved", "normal form", "|x| = x | y"), Step("a.tex", "1:2", "unread"), Step("b", "2:1", "proved", "", "a = b", True)]
    assert read_back(written_out(steps)) == steps


@pytest.mark.parametrize(
    ("before", "after", "wrong", "sort"),
    [
        ("sampled", "proved", False, "better"), ("proved", "undecided", False, "worse"), ("undecided", "refuted", False, "worse"),
        ("proved", "given", False, "worse"), ("undecided", "refuted", True, "better"), ("refuted", "sampled", True, "worse"),
        ("accepted 0, undecided 2, refuted 7, still true 1", "accepted 1, undecided 1, refuted 8, still true 0", True, "worse"),
        ("accepted 0, undecided 2, refuted 7, still true 1", "accepted 0, undecided 1, refuted 8, still true 1", True, "better"),
    ],
)  # fmt: skip
def test_changes_are_sorted(before: str, after: str, wrong: bool, sort: str) -> None:
    (found,) = changed([Step("a", "1:1", before)], [Step("a", "1:1", after, wrong=wrong)])
    assert found[0] == sort


def test_what_is_new_or_gone_is_said() -> None:
    found = list(changed([Step("a", "1:1", "proved")], [Step("b", "1:1", "proved")]))
    assert [sort for sort, _ in found] == ["same", "same"]


def test_the_wrong_step_of_a_line_is_found_by_its_formula() -> None:
    wrong = [(3, r"\left( x + 1 \right).")]
    assert is_wrong(3, ("y = ( x+1 )", "( x+1 )"), wrong)
    assert not is_wrong(3, ("x = x",), wrong) and not is_wrong(4, ("( x+1 )",), wrong)
    assert is_wrong(7, ("a = b",), [(None, "a=b")]), "a step whose line nobody says"
