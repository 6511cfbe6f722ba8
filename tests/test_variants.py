"""Sheets of a class: drawn by a rule that everybody can repeat, under conditions that hold, with a key that an independent count confirms."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from test_readme import ROOT, blocks, run

from derivations.language.errors import DeriveError
from render import sheet_file
from render.class_list import csv_text, listed
from render.cli import main
from render.conditions import Formula
from render.sheet_fields import VariantFields

PAGE = (ROOT / "render" / "docs" / "class.md").read_text("utf-8")
SHEET = """
title = "Week 3"
[variants]
count = 12
seed = 5
[[problem]]
kind = "epochs"
iterations = { from = 500, to = 2000, step = 100 }
samples = { from = 90, to = 400, step = 10 }
batch = { choose = [16, 20, 32, 64] }
where = ["samples % batch != 0", "batch <= samples / 2"]
[[problem]]
kind = "bottleneck-block"
channels = { choose = [64, 128, 256] }
bottleneck = { compute = "channels / 4" }
[[problem]]
kind = "receptive-field"
kernels = [3, { choose = [3, 5] }, { from = 1, to = 9, step = 2 }]
where = "sum(kernels) <= 13 and kernels[3] != kernels[2]"
"""


def _spec(text: str = SHEET, folder: Path = Path()) -> sheet_file.SheetSpec:
    return sheet_file.parse(text, "week", "week.toml", folder)


@pytest.mark.slow
def test_the_examples_of_the_page_run(tmp_path: Path) -> None:
    run(blocks(PAGE), tmp_path)
    made = sorted(path.name for path in (tmp_path / "handout" / "week-3").iterdir())
    assert made == [f"week-3-{number}-questions.{ending}" for number in (1815, 1882, 1912) for ending in ("html", "md")]
    assert all(f"`{name}" in PAGE or f"{name} =" in PAGE for name in VariantFields.__struct_fields__)


def test_every_draw_is_allowed_and_every_condition_holds() -> None:
    spec = _spec()
    assert len(spec.members) == 12
    for member in spec.members:
        epochs, block, field = (problem.values for problem in member.problems)
        iterations, samples, batch = (int(str(epochs[name])) for name in ("iterations", "samples", "batch"))
        assert iterations in range(500, 2001, 100) and samples in range(90, 401, 10) and batch in (16, 20, 32, 64)
        assert samples % batch and batch <= samples / 2
        assert block["bottleneck"] == int(str(block["channels"])) // 4
        kernels = field["kernels"]
        assert isinstance(kernels, tuple) and sum(kernels) <= 13 and kernels[0] == 3 and kernels[1] in (3, 5) and kernels[2] in (1, 3, 5, 7, 9) and kernels[2] != kernels[1]
    assert len({repr(member.drawn) for member in spec.members}) > 8


def test_all_allowed_values_are_drawn_by_somebody() -> None:
    spec = _spec(SHEET.replace("count = 12", "count = 200"))
    assert {member.drawn[0]["batch"] for member in spec.members} == {"16", "20", "32", "64"}
    assert {member.drawn[2]["kernels"] for member in spec.members} == {
        f"3, {a}, {b}" for a in (3, 5) for b in (1, 3, 5, 7, 9) if 3 + a + b <= 13 and a != b
    }  # fmt: skip


def test_the_same_seed_gives_the_same_sheets_whatever_the_hash_seed() -> None:
    code = "import json, sys; from render import sheet_file; print(json.dumps([m.drawn for m in sheet_file.parse(sys.stdin.read(), 'w', 'w').members]))"
    told = {
        subprocess.run([sys.executable, "-c", code], input=SHEET, env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for seed in ("0", "77")
    }
    assert told == {json.dumps([member.drawn for member in _spec().members]) + "\n"}
    assert [m.drawn for m in _spec(SHEET.replace("seed = 5", "seed = 6")).members] != [m.drawn for m in _spec().members]


def test_students_and_problems_that_are_added_change_nobody_elses_numbers(tmp_path: Path) -> None:
    text = SHEET.replace("count = 12", 'names = "class.csv"')
    (tmp_path / "class.csv").write_text("name,id\nAda,1\nAlan,2\n")
    before = {m.student.label: m.drawn for m in _spec(text, tmp_path).members if m.student}
    (tmp_path / "class.csv").write_text("id,name\n9,Emmy\n2,Alan\n1,Ada\n")
    more = text + '[[problem]]\nkind = "residual-block"\nchannels = { choose = [8, 16] }\n'
    after = {m.student.label: m.drawn[:3] for m in _spec(more, tmp_path).members if m.student}
    assert {label: after[label] for label in before} == before and set(after) == {"Ada (1)", "Alan (2)", "Emmy (9)"}


def test_distinct_sheets_differ_and_too_few_are_told() -> None:
    text = 'title = "T"\n[variants]\ncount = 6\ndistinct = true\n[[problem]]\nkind = "residual-block"\nchannels = { from = 1, to = 6 }\n'
    assert len({repr(member.drawn) for member in _spec(text).members}) == 6
    with pytest.raises(DeriveError, match="distinct = true, and after 6 sheets no further one was found for 7 whose numbers differ"):
        _spec(text.replace("count = 6", "count = 7"))


def test_what_is_drawn_for_the_whole_sheet_is_one_number_in_it() -> None:
    text = """title = "T"
[variants]
count = 8
draw = { C = { choose = [8, 16, 32] } }
where = ["C > 8"]
[[problem]]
kind = "residual-block"
channels = "{draw.C}"
[[problem]]
kind = "bottleneck-block"
channels = "{draw.C}"
bottleneck = { compute = "channels / 4" }
where = ["channels == C"]
[[problem]]
kind = "network"
layers = "conv 3->{draw.C} kernel {draw.k}"
draw = { k = { choose = [3, 5] } }
"""
    seen = set()
    for member in _spec(text).members:
        one, two, three = (problem.values for problem in member.problems)
        width = one["channels"]
        assert width in (16, 32) and two["channels"] == width and two["bottleneck"] == int(str(width)) // 4
        assert f"text='conv 3->{width} kernel {member.drawn[2]['k']}'" in repr(three["layers"])
        seen.add(width)
    assert seen == {16, 32}


def test_tables_of_layers_are_no_draws_and_texts_in_them_are_filled() -> None:
    layers = 'layers = ["conv 3->{draw.C} kernel 3", { repeat = 2, layers = ["conv {draw.C}->{draw.C} kernel 3 padding 1", "relu"] }]'
    plain = f'title = "T"\n[[problem]]\nkind = "network"\n{layers.replace("{draw.C}", "8")}\n'
    (alone,) = _spec(plain).problems
    drawn = f'title = "T"\n[variants]\ncount = 20\n[[problem]]\nkind = "network"\ndraw = {{ C = {{ choose = [8, 16] }} }}\n{layers}\n'
    found = {member.drawn[0]["C"]: member.problems[0].values for member in _spec(drawn).members}
    assert set(found) == {"8", "16"} and found["8"] == alone.values
    whole = 'title = "T"\n[variants]\ncount = 20\n[[problem]]\nkind = "network"\nlayers = { choose = ["conv 3->8 kernel 3", "conv 3->8 kernel 5"] }\n'
    assert len({repr(member.problems[0].values) for member in _spec(whole).members}) == 2


def test_a_range_of_decimals_is_exact() -> None:
    text = 'title = "T"\n[variants]\ncount = 60\n[[problem]]\nkind = "momentum"\nbeta = { from = 0.1, to = 0.9, step = 0.1 }\n'
    assert {member.problems[0].values["beta"] for member in _spec(text).members} == {Fraction(k, 10) for k in range(1, 10)}


@pytest.mark.parametrize(("before", "after", "said"), [
    ("[variants]\ncount = 12\nseed = 5\n", "", "week.toml, problem 1 (line 3): iterations draws values, and the sheet has no table [variants]"),
    ("count = 12", "count = 0", "[variants]: count = 0 is not accepted; it must be a number of sheets from 1 to 2000"),
    ("count = 12", "cuont = 12", "[variants]: there is no field 'cuont' (did you mean 'count'"),
    ("seed = 5", "seed = 1.5", "[variants]: seed = 1.5 is not accepted"),
    ("count = 12", 'names = "none.csv"', "cannot read the list of names 'none.csv'"),
    ("from = 500, to = 2000", "from = 500, too = 2000", "problem 1 (line 6): iterations = {'from': 500, 'too': 2000, 'step': 100} is not accepted: there is no 'too' (did you mean 'to'"),
    ("from = 500, to = 2000", "from = 500, to = 20", "is empty: 500 is more than 20"),
    ("choose = [16, 20, 32, 64]", "choose = []", "batch = {'choose': []} is not accepted; a draw is"),
    ("samples % batch != 0", "samples % batch = 0", "where = 'samples % batch = 0' cannot be read; equality is written =="),
    ("samples % batch != 0", "samples % bach != 0", "there is no 'bach' (did you mean 'batch'"),
    ("samples % batch != 0", "samples % batch", "is a number and not a condition"),
    ("samples % batch != 0", "__import__('os').system('x') == 0", "is not accepted; there are names, numbers"),
    ("samples % batch != 0", "samples.real == 0", "'samples.real' is not accepted"),
    ("samples % batch != 0", "samples == samples + 1", "no values fulfil the conditions 'samples == samples + 1', 'batch <= samples / 2': all 2048 combinations were tried"),
    ("channels / 4", "channels / 5", "' is not accepted; it must be an integer >= 1"),
    ("channels / 4", "channels / 0", "has no value: a division by zero"),
    ("batch = {", 'question = "{draw.a}"\nbatch = {', "question: {draw.a} refers to nothing here; there are none"),
    ("kernels[3] != kernels[2]", "kernels[4] != 1", "there is no kernels[4]; the first entry of a list is [1]"),
    ("[3, { choose = [3, 5] }", "[3, { chose = [3, 5] }", "kernels = {'chose': [3, 5]} is not accepted: there is no 'chose' (did you mean 'choose'"),
])  # fmt: skip
def test_what_is_refused_in_one_line(before: str, after: str, said: str) -> None:
    assert before in SHEET
    with pytest.raises(DeriveError) as caught:
        _spec(SHEET.replace(before, after))
    message = str(caught.value)
    assert said in message and "\n" not in message, message


@pytest.mark.parametrize(("text", "said"), [
    ("", "is empty; its first line must name the columns"), ("name\n", "names nobody"), ("who\nAda\n", "has no column 'name'; it has 'who'; columns = { name"),
    ("name,id\nAda,1\nAlan,1\n", ":3: the id '1' stands in line 2 as well"), ("name\nAda\nAda\n", ":3: the name 'Ada' stands in line 2 as well; names must differ, or a column 'id'"),
    ("name\n\x1b[2JAda\n", ":2: a name holds the character U+001B"), ("name\nA\u202eb\n", "U+202E"), (f"name\n{'a' * 200}\n", "a name of 200 characters"), ("name,id\n,3\n", ":2: the name is missing"),
    ('name\n"Ada\n', "is not CSV"),
])  # fmt: skip
def test_lists_that_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "c.csv").write_text(text, "utf-8")
    with pytest.raises(DeriveError) as caught:
        listed(tmp_path / "c.csv", {"name": ["name"]})
    assert said in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_as_programs_write_them(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = ["First name", "Surname", "ID number"], ["José", "Müller", "7"], ["Zoë", "O’Hara", ""]
    (tmp_path / "c.csv").write_text("\r\n".join(separator.join(line) for line in lines), encoding)
    one, two = listed(tmp_path / "c.csv", {"name": ["first name", "Surname"], "id": ["ID number"]})
    assert (one.label, one.slug, one.key) == ("José Müller (7)", "7", "7")
    assert (two.label, two.slug, two.key) == ("Zoë O’Hara", "zoe-ohara", "Zoë O’Hara")


def test_files_are_called_differently_and_only_in_plain_letters(tmp_path: Path) -> None:
    names = ["../../etc/passwd", "Anna", "Änna", "ANNA ", "李", "王", "a/b", "nul\\x", "=1+1"]
    (tmp_path / "c.csv").write_text("name\n" + "\n".join(names) + "\n", "utf-8")
    slugs = [student.slug for student in listed(tmp_path / "c.csv", {"name": ["name"]})]
    assert len(set(slugs)) == len(slugs) and all(set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and slug[0] != "-" for slug in slugs)


@pytest.mark.parametrize("words", ['=HYPERLINK("http://x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", 'a"b', "a,b", "a\nb", "", "-1/2", "+3", "2.5"])
def test_a_cell_is_what_was_meant_and_no_formula(words: str) -> None:
    ((cell, other),) = csv.reader(io.StringIO(csv_text([(words, "x")]), newline=""))
    assert other == "x" and cell in (words, f"'{words}")
    if cell[:1] in ("=", "+", "-", "@", "\t"):
        assert Fraction(cell) is not None, "a number is none"


@pytest.mark.parametrize(("text", "value"), [
    ("a + 2 * b == 8 and not a > b", True), ("1 < a < b", True), ("a / b == 2/3", True), ("b // a == 1 or a == 7", True), ("gcd(4, 6) == a", True), ("max(a, b) - min(a, b) == 1", True),
    ("len(l) == 3 and l[1] == 5 and sum(l) == 12", True), ("w == 'drop'", True), ("w != \"drop\"", False), ("0.1 + 0.2 == 0.3", True), ("1 / (a - 2) > 0", False), ("abs(-a) == 2", True),
])  # fmt: skip
def test_conditions_are_exact(text: str, value: bool) -> None:
    known = {"a": Fraction(2), "b": Fraction(3), "l": (Fraction(5), Fraction(4), Fraction(3)), "w": "drop"}
    assert Formula(text, "where").holds(known) is value


@pytest.mark.parametrize("text", ["(" * 145 + "-" * 3 + "a" + ")" * 144 + " == 1", "a ** 9 == 1", "[x for x in l] == 1", "lambda: 1", "a if b else c", "f'{a}' == 1", "a[b] == 1", "a := 1", "9" * 200 + " > 1", "w < 1", "-w == 1"])
def test_conditions_that_are_not_read(text: str) -> None:
    with pytest.raises(DeriveError) as caught:
        Formula(text, "where").holds({"a": Fraction(1), "b": Fraction(1), "w": "drop", "l": (Fraction(1),)})
    assert str(caught.value).startswith("where = ")


def test_a_class_is_written_with_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "class.csv").write_text("name,id\nAda,1\n=1+1,2\nAlan <b>,3\n")
    (tmp_path / "week.toml").write_text(SHEET.replace("count = 12", 'names = "class.csv"'))
    out = tmp_path / "out"
    assert main(["sheet", str(tmp_path / "week.toml"), "--to", "md,json,html", "--jobs", "2", "--out", str(out)]) == 0
    assert "3 sheets, 3 of them different" in capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == ["week", "week-key.csv", "week-key.html", "week-key.md"]
    rows = list(csv.DictReader(io.StringIO((out / "week-key.csv").read_text("utf-8"))))
    assert [(row["student"], row["id"], row["problem"]) for row in rows] == [(name, str(k), str(p)) for k, name in ((1, "Ada"), (2, "'=1+1"), (3, "Alan <b>")) for p in (1, 2, 3)]
    for row in rows:
        drawn = dict(part.split(" = ", 1) for part in row["drawn"].split(", ") if " = " in part)
        if row["kind"] == "epochs":
            passes = -(-int(drawn["samples"]) // int(drawn["batch"]))
            assert Fraction(row["value"]) == Fraction(int(drawn["iterations"]), passes)
        elif row["kind"] == "bottleneck-block":
            c, b = int(drawn["channels"]), int(drawn["bottleneck"])  # ours counts normalizations too: compared with the sum by hand
            assert int(row["value"]) == 2 * c + (c * b + b) + 2 * b + (9 * b * b + b) + 2 * b + (b * c + c)
        else:
            kernels = [int(k) for k in row["drawn"].removeprefix("kernels = ").split(", ")]
            assert int(row["value"]) == 1 + sum(k - 1 for k in kernels)
        assert row["known"] == "proved"
    for path in (out / "week").iterdir():
        text = path.read_text("utf-8")
        assert "questions" in path.name
        assert path.name != "week-3-questions.html" or ("Alan &lt;b&gt;" in text and "Alan <b>" not in text)
        for row in rows:
            if row["file"].partition(".")[0] == path.stem and row["kind"] == "bottleneck-block":
                assert row["value"] not in text.replace("\u202f", ""), "a student's sheet holds no answer"


@pytest.mark.slow
def test_a_variant_for_nobody_in_particular_has_a_number_and_leaves_the_name_open(tmp_path: Path) -> None:
    text = 'title = "T"\n[variants]\ncount = 12\n[[problem]]\nkind = "residual-block"\nchannels = { from = 3, to = 99 }\n'
    for language, words in (("en", "Variant"), ("de", "Variante")):
        (tmp_path / "w.toml").write_text(f'language = "{language}"\n{text}')
        assert main(["sheet", str(tmp_path / "w.toml"), "--to", "md", "--edition", "questions,solutions", "--out", str(tmp_path / "out")]) == 0
        asked, solved = ((tmp_path / "out" / "w" / f"w-07{end}.md").read_text("utf-8") for end in ("-questions", ""))
        assert f"{words} 7" in asked and r"Name: \_\_\_" in asked and f"{words} 7" in solved
        key = (tmp_path / "out" / "w-key.md").read_text("utf-8")
        assert f"| {words} | channels |" in key


def test_a_sheet_that_is_refused_is_told_with_its_student_and_there_is_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'title = "T"\n[variants]\ncount = 4\n[[problem]]\nkind = "epochs"\niterations = 10\nsamples = { choose = [10, 100] }\nbatch = 20\n'
    (tmp_path / "w.toml").write_text(text)
    assert main(["sheet", str(tmp_path / "w.toml"), "--to", "md", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert "problem 1 (line 4), for 1 (samples = 10): epochs: batch = 20 is not accepted" in told.err or "(samples = 10)" in told.err
    assert "there is no answer key" in told.out and not list((tmp_path / "out").glob("*key*"))


def test_a_problem_that_all_have_is_worked_out_before_anything_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """title = "T"
[variants]
count = 2
[[problem]]
question = "q"
solution = '''Let $x > 0$. Then $$x + 1 = x + 2.$$'''
"""
    (tmp_path / "w.toml").write_text(text)
    assert main(["sheet", str(tmp_path / "w.toml"), "--to", "md", "--out", str(tmp_path / "out")]) == 1
    assert "Nothing was written: 1 of 1 problems that all students have were not accepted." in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_a_written_solution_is_checked_with_each_students_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """title = "T"
[variants]
count = 5
[[problem]]
question = "Expand $(x + {draw.a})^2$, with {draw.a} as it is."
draw = { a = { from = 2, to = 12 } }
solution = '''Let $x \\in \\mathbb{R}$. Then $$(x + {draw.a})^2 = x^2 + 2 \\cdot {draw.a} x + SQUARE.$$'''
"""
    (tmp_path / "w.toml").write_text(text.replace("SQUARE", "{draw.a}^2"))
    assert main(["sheet", str(tmp_path / "w.toml"), "--to", "md", "--out", str(tmp_path / "out")]) == 0
    for row in csv.DictReader(io.StringIO((tmp_path / "out" / "w-key.csv").read_text("utf-8"))):
        a = int(row["drawn"].removeprefix("a = "))
        assert row["value"] == f"x**2 + {2 * a}*x + {a * a}"
        asked = (tmp_path / "out" / "w" / row["file"]).read_text("utf-8")
        assert f"with {a} as it is" in asked
    (tmp_path / "w.toml").write_text(text.replace("SQUARE", "16"))
    assert main(["sheet", str(tmp_path / "w.toml"), "--to", "md", "--out", str(tmp_path / "other")]) == 1
    told = capsys.readouterr().err
    wrong = [m for m in sheet_file.load(str(tmp_path / "w.toml")).members if m.drawn[0]["a"] != "4"]
    assert wrong and told.count("does not follow") + told.count("refuted") >= 1
