"""Problem sets: what is read, and what a person is told who wrote one that cannot be."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from derivations.catalogue import KINDS
from derivations.language.errors import DeriveError
from derivations.language.term import Name
from render import sheet_file

GOOD = """
title = "My sheet"
course = "Deep Learning"
author = "Somebody"
date = 2024-05-01

[[problem]]
kind = "convolution"
kernel = 7
stride = "s"
heading = "Mine"
question = "What is read?"

[[ problem ]]
kind = "receptive-field"
kernels = [3, 5]
"""


def _refusal(text: str) -> str:
    with pytest.raises(DeriveError) as caught:
        sheet_file.parse(text, "mine", "mine.toml")
    message = str(caught.value)
    assert message.count("\n") <= 1
    return message


def test_a_sheet_is_read_with_typed_values_and_defaults() -> None:
    spec = sheet_file.parse(GOOD, "mine", "mine.toml")
    assert (spec.name, spec.title, spec.course, spec.author, spec.date) == ("mine", "My sheet", "Deep Learning", "Somebody", "2024-05-01")
    first, second = spec.problems
    assert (first.kind.name, first.heading, first.question) == ("convolution", "Mine", "What is read?")
    assert (first.values["kernel"], first.values["stride"], first.values["dilation"]) == (7, Name("s"), 0)
    assert second.values["kernels"] == (3, 5)
    assert (second.heading, second.question) == (None, None)


def test_the_bundled_assignment_asks_its_ten_questions() -> None:
    spec = sheet_file.load("assignment-2")
    assert [p.kind.name for p in spec.problems] == [kind.name for kind in KINDS if kind.name != "network"]  # a network is asked for nowhere in it
    assert len(spec.problems) == 10


def test_every_bundled_sheet_can_be_read() -> None:
    for name in sheet_file.bundled():
        assert sheet_file.load(name).name == name


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("kernel = 7", "kernel = 0"), "mine.toml, problem 1 (line 7): convolution: kernel = 0 is not accepted; it must be an integer >= 1 or"),
        (("kernel = 7", "kernel = 7.5"), "kernel = 7.5 is not accepted; it must be an integer >= 1"),
        (("kernel = 7", "kernel = true"), "kernel = True is not accepted"),
        (("kernel = 7", "kernel = [7]"), "kernel = [7] is not accepted"),
        (("kernel = 7\n", ""), "problem 1 (line 7): convolution needs the parameter 'kernel' (number of taps)"),
        (("kernel = 7", "kernel = 7\nstrid = 2"), "convolution has no parameter 'strid' (did you mean 'stride'"),
        (("kernels = [3, 5]", "kernels = []"), "problem 2 (line 14): receptive-field: kernels = [] is not accepted; it must be a list such as 7,7,7"),
        (("kernels = [3, 5]", "kernels = [3, -5]"), "kernels = [3, -5] is not accepted"),
        (('kind = "receptive-field"', 'kind = "receptive field"'), "there is no problem kind 'receptive field' (did you mean 'receptive-field'"),
        (('kind = "receptive-field"', "kind = 2"), "problem 2 (line 14): the field 'kind' is missing"),
        (('title = "My sheet"', ""), "mine.toml: the field 'title' is missing"),
        (('title = "My sheet"', "title = 3"), "mine.toml: title = 3 is not accepted; it must be words in quotes"),
        (("date = 2024-05-01", "date = 5"), "date = 5 is not accepted; it must be words in quotes or a date"),
        (("course =", "corse ="), "there is no field 'corse' (did you mean 'course'"),
        (('heading = "Mine"', 'heading = "a\\u0007"'), "problem 1 (line 7): heading holds the control character U+0007"),
        (('question = "What is read?"', "question = 1"), "problem 1 (line 7): question = 1 is not accepted; it must be words in quotes"),
    ],
)
def test_a_refusal_names_the_field_and_what_would_be_accepted(change: tuple[str, str], told: str) -> None:
    assert GOOD.count(change[0]) == 1
    assert told in _refusal(GOOD.replace(*change))


@pytest.mark.parametrize("text", ["", 'title = "T"', 'title = "T"\nproblem = 3', 'title = "T"\n[problem]\nkind = "convolution"'])
def test_a_sheet_needs_a_problem(text: str) -> None:
    assert "needs at least one problem, written as [[problem]]" in _refusal(text)


def test_malformed_toml_is_answered_with_line_and_column() -> None:
    message = _refusal('title = "T"\nkind = = 3\n')
    assert "mine.toml is not well-formed TOML" in message
    assert "line 2, column 8" in message
    with pytest.raises(tomllib.TOMLDecodeError):  # the case is one
        tomllib.loads("kind = = 3")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def refused(name: str) -> str:
        with pytest.raises(DeriveError) as caught:
            sheet_file.load(name)
        return str(caught.value)

    assert "cannot read the problem set" in refused(str(tmp_path / "none.toml"))
    assert "No such file" in refused(str(tmp_path / "none.toml"))
    assert "cannot read the problem set" in refused(str(tmp_path))
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe9"')
    assert "byte 10 is not UTF-8" in refused(str(tmp_path / "latin.toml"))
    assert "there is no bundled sheet 'assignment2' (did you mean 'assignment-2' or 'assignment-3'?)" in refused("assignment2")


def test_titles_stand_on_one_line_and_questions_keep_their_paragraphs() -> None:
    text = GOOD.replace('heading = "Mine"', 'heading = """\nOn two\n\nlines"""').replace("What is read?", "One.\\n\\nTwo.")
    (first, _) = sheet_file.parse(text, "mine", "mine.toml").problems
    assert (first.heading, first.question) == ("On two lines", "One.\n\nTwo.")


def test_a_file_is_named_after_its_sheet(tmp_path: Path) -> None:
    path = tmp_path / "week 3.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert sheet_file.load(str(path)).name == "week 3"
