"""The page about written problems: its examples run, and every field that it names is one that a sheet has; what is refused names file, line and field."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from test_readme import ROOT, blocks, run

from derivations.language.errors import DeriveError
from render import sheet_file
from render.cli import main
from render.sheet_fields import PartFields, WrittenFields

PAGE = (ROOT / "render" / "docs" / "written.md").read_text("utf-8")


@pytest.mark.slow
def test_the_examples_of_the_page_run(tmp_path: Path) -> None:
    run(blocks(PAGE), tmp_path)
    solved, asked, hints = ((tmp_path / "handout" / f"homework{edition}.md").read_text("utf-8") for edition in ("", "-questions", "-hints"))
    assert "## Problem 1. Ridge regression with λ \\> 0 (3.5 marks)" in asked
    assert "> **(a)** Find its gradient. **\\[2\\]**" in asked and "Write **legibly**" in asked
    assert "Write the norms as products." in hints and "Write the norms as products." not in asked
    assert solved.count(r"\nabla_w J(w) = 2 X^\top (X w - y) + 2 \lambda w") == 1 and "correlated" in solved and "correlated" not in asked
    assert "△ assumed" in solved, "words are not checked"
    for name in ("homework.tex", "homework.html"):
        assert "legibly" in (tmp_path / "handout" / name).read_text("utf-8")


def test_every_field_of_a_written_problem_is_on_the_page() -> None:
    for field in {*WrittenFields.__struct_fields__, *PartFields.__struct_fields__} - {"draw", "where"}:
        assert re.search(rf"`{field}`|problem\.{field}\]|\| `{field}", PAGE), field


SHEET = 'title = "A"\n[[problem]]\n'


@pytest.mark.parametrize(("fields", "said"), [
    ('file = "a.tex"\nwords = "b"', "problem 1 (line 2): file and words are two places of one solution; one of them is accepted"),
    ('solution = "b"', "problem 1 (line 2): the field 'question' is missing; a solution in a sheet needs the question that it answers"),
    ('file = "a.tex"\n[[problem.part]]\nhint = "b"', "problem 1 (line 2), part (a): the field 'question' is missing; it must be words in quotes"),
    ('file = "a.tex"\n[[problem.part]]\nquestion = "b"\nmark = 2', "part (a): there is no field 'mark' (did you mean 'marks'?); a part has question, hint, answer, marks"),
    ('file = "a.tex"\n[[problem.part]]\nquestion = "b"\nmarks = -1', "part (a): marks = -1 is not accepted"),
    ('file = "a.tex"\npart = 3', "part = 3 is not accepted; it must be a list of parts, written as [[problem.part]] with their fields below"),
    ('file = "a.tex"\nlabels = "b"', "there is no field 'labels' (did you mean 'label'?); a written problem has heading, title"),
])  # fmt: skip
def test_what_a_sheet_refuses(tmp_path: Path, fields: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(SHEET + fields + "\n")
    with pytest.raises(DeriveError, match=re.escape(said)):
        sheet_file.load(str(tmp_path / "a.toml"))


@pytest.mark.parametrize(("fields", "said"), [
    ('question = "Is it {answr}?"\nwords = "b"', "problem 1 (line 2): question: {answr} refers to nothing here; there are no references"),
    ('kind = "momentum"\n[[problem.part]]\nquestion = "q"\nanswer = "{answr}"', "part (a): answer: {answr} refers to nothing here (did you mean 'answer'?)"),
    ('kind = "momentum"\nnote = "So {answr}."', "note: {answr} refers to nothing here (did you mean 'answer'?); there are {parameters.beta}, "),
    ('question = "q"\nwords = "So $x +$."', "problem 1 (line 2): words: the formula $x +$ cannot be read"),
    ('question = "q"\nsolution = "Then $$x = x + 1 - 1.$$"\n[[problem.part]]\nquestion = "b"\nanswer = "eq:a"', "answer = 'eq:a' is no label of a checked line; there are none"),
])  # fmt: skip
def test_what_is_refused_while_it_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str], fields: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(SHEET + fields + "\n")
    assert main(["sheet", str(tmp_path / "a.toml"), "--to", "md", "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_problem_of_a_kind_has_parts(tmp_path: Path) -> None:
    text = 'intro = "Use $\\\\log e = 1$."\n' + SHEET + 'kind = "epochs"\niterations = 100\nsamples = 50\nbatch = 10\n'
    text += '[[problem.part]]\nquestion = "How many steps has *one* epoch?"\nhint = "Divide."\nmarks = 1\n'
    text += '[[problem.part]]\nquestion = "And with $b$ examples in a batch?"\nanswer = "See {answer}."\nmarks = 1.5\n'
    (tmp_path / "a.toml").write_text(text)
    assert main(["sheet", str(tmp_path / "a.toml"), "--to", "md,json", "--edition", "all", "--out", str(tmp_path)]) == 0
    asked, hints, solved = ((tmp_path / f"a{edition}.md").read_text("utf-8") for edition in ("-questions", "-hints", ""))
    assert "(2.5 marks)" in asked and "> **(a)** How many steps has **one** epoch? **\\[1\\]**" in asked and "Divide." not in asked
    assert "**(a)** Divide." in hints and "See" not in hints
    assert "**(b)** See $" in solved and "**(a)** See" not in solved
    record = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert record["intro"] == "Use log e = 1." and "(b) And with b examples" in record["problems"][0]["question"]
