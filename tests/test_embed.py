"""Formulas in papers: what keys print, what is flattened, what a check finds, and what is said of wrong input."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from derivations.language.errors import DeriveError
from render.cli import main
from render.embed.keys import load, parse
from render.embed.literals import Workshop
from render.embed.numbers import nearest, numbers
from render.embed.package import files

TOML = """
[notation]
symbols = { beta = "gamma" }

[key.momentum]
kind = "momentum"

[key."mom:chain"]
kind = "momentum"
part = "chain"
section = 3

[key.rf]
kind = "receptive-field"
kernels = [7, 7, 7]
part = "number"

[key.block]
kind = "residual-block"
channels = 512
part = "number"

[key.ledger]
kind = "residual-block"
channels = 512
part = "ledger"

[key.density]
kind = "pushforward"
map = "logistic"

[key.weights]
kind = "attention-parameters"
part = "answer"
formula = 3
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys above, written out."""
    place = tmp_path_factory.mktemp("paper")
    (place / "derived.toml").write_text(TOML)
    assert main(["embed", "update", str(place)]) == 0
    return place


def paper(folder: Path, body: str, preamble: str = "\\usepackage{derived}") -> Path:
    path = folder / "paper.tex"
    path.write_text(f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n")
    return path


def checked(folder: Path, body: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Exit status and findings; lines count from the first of ``body``."""
    path = paper(folder, body)
    status = main(["embed", "check", str(path)])
    lines = capsys.readouterr().out.splitlines()
    return status, [line.replace(str(path), "paper.tex") for line in lines[:-1]]


# -- what keys print -------------------------------------------------------------------------------------------------------------------------


def test_each_part_prints_what_it_says(folder: Path) -> None:
    found = {name: literal.tex for name, literal in Workshop(load(folder)).literals().items()}
    assert found["momentum"] == (
        "\\ensuremath{m_{t + 1} = \\gamma^{t + 1} m_0 + (1 - \\gamma) \\sum_{k=0}^{t} \\gamma^k g_{t - k}}"
    )
    assert found["rf"] == "19"
    assert found["block"] == "2\\,360\\,832"
    assert found["weights"] == "\\ensuremath{D^2 N^2}"
    rows = found["mom:chain"].split(" \\\\\n")
    assert rows[0].startswith("m_{t + 2} &= ") and all(row.startswith("&= ") for row in rows[1:]) and len(rows) == 4
    assert found["ledger"].splitlines()[:2] == ["\\begin{tabular}{@{}llr@{}}", "Part & How many & Count \\\\ \\hline"]
    assert found["ledger"].splitlines()[-3:] == ["convolution, biases & $512$ & $512$ \\\\ \\hline", "total &  & $2\\,360\\,832$", "\\end{tabular}"]
    assert "\\begin{cases}" in found["density"]


def test_generated_files_are_plain_and_say_what_made_them(folder: Path) -> None:
    style = (folder / "derived.sty").read_text()
    assert style.startswith("% Made by \"derive embed update\"") and "write18" not in style and "\\input" not in style
    assert "\\RequirePackage{amsmath}" in style and "tikz" not in style
    assert (folder / "derived" / "momentum.tex").read_text().endswith("g_{t - k}}%\n")
    assert (folder / "derived" / "mom-chain.tex").exists()
    assert style == files(Workshop(load(folder)).literals())["derived.sty"], "the same keys give the same bytes"


def test_reasons_and_key_steps(tmp_path: Path) -> None:
    text = '[key.a]\nkind = "momentum"\npart = "chain"\nsection = 3\nreasons = true\n[key.b]\nkind = "momentum"\npart = "chain"\nsection = 1\ndetail = "key"\n'
    found = Workshop(parse(text, tmp_path, "derived.toml")).literals()
    assert found["a"].tex.count("&& ") == 4 and "&& \\parbox[t]{0.35\\linewidth}" in found["a"].tex, "a long reason stays in a narrow column"
    assert "&& " not in found["b"].tex


def test_words_follow_the_language(tmp_path: Path) -> None:
    text = 'language = "de"\n[key.a]\nkind = "pushforward"\nmap = "logistic"\n[key.b]\nkind = "residual-block"\nchannels = 4\npart = "ledger"\n'
    found = Workshop(parse(text, tmp_path, "derived.toml")).literals()
    assert "sonst" in found["a"].tex
    assert not found["b"].tex.startswith("Part &")


# -- input that is not accepted --------------------------------------------------------------------------------------------------------------

WRONG = [
    ("[key.a\n", "derived.toml is not well-formed TOML: .*line 1"),
    ("keys = 3\n", "there is no field 'keys' \\(did you mean 'key'\\?\\)"),
    ("[key.a]\n", "derived.toml \\(line 1\\), key 'a': the field 'kind' is missing"),
    ("\n\n[key.a]\nkind = 'momentun'\n", "line 3.*there is no problem kind 'momentun' \\(did you mean 'momentum'\\?\\)"),
    ("[key.a]\nkind = 'momentum'\npart = 'proof'\n", "part = 'proof' is not accepted; it must be one of statement, answer"),
    ("[key.a]\nkind = 'momentum'\nform = 'left'\n", "momentum: form = 'left' is not accepted; it must be one of next, current"),
    ("[key.a]\nkind = 'momentum'\nbetta = 'b'\n", "momentum has no parameter 'betta' \\(did you mean 'beta'\\?\\)"),
    ("[key.a]\nkind = 'momentum'\nreasons = 'yes'\n", "reasons = 'yes' is not accepted; it must be false or true"),
    ("[key.a]\nkind = 'momentum'\nformula = 0\n", "formula = 0 is not accepted; it must be a number from 1"),
    ("[key.'a b']\nkind = 'momentum'\n", "a key is letters and digits"),
    ("[key.'a:b']\nkind='momentum'\n[key.a-b]\nkind='momentum'\n", "would both be written to a-b.tex"),
    ("language = 3\n", "language = 3 is not accepted"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message[:30] for _, message in WRONG])
def test_a_malformed_file_is_answered_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match=message):
        parse(text, tmp_path, "derived.toml")


LATER = [
    ("kind = 'momentum'\npart = 'number'", "the answer is no whole number but .*part = \"answer\" quotes it"),
    ("kind = 'momentum'\npart = 'ledger'", "momentum counts nothing by parts"),
    ("kind = 'momentum'\nformula = 3", "formula = 3 is not accepted; the answer of momentum has one formula here"),
    ("kind = 'epochs'\niterations = 5\nsamples = 4\nbatch = 2\npart = 'chain'\nsection = 9", "section = 9 is not accepted; epochs has 1: Batches in an epoch; 2: Epochs"),
    ("kind = 'momentum'\nnotation = { symbols = { beta = 'g' } }", "would both print as g"),
    ("kind = 'epochs'\niterations = 5\nsamples = 4\nbatch = 9", "batch = 9 is not accepted"),
]


@pytest.mark.parametrize(("fields", "message"), LATER, ids=[message[:30] for _, message in LATER])
def test_a_key_that_cannot_be_printed_says_why(fields: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="key 'a'.*" + message):
        Workshop(parse(f"[key.a]\n{fields}\n", tmp_path, "derived.toml")).literals()


def test_without_a_file_of_keys_there_is_advice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.tex").write_text("x")
    for words in (["update", str(tmp_path)], ["check", str(tmp_path / "paper.tex")], ["flatten", str(tmp_path / "paper.tex")]):
        assert main(["embed", *words]) == 2
        assert "there is no derived.toml in" in (said := capsys.readouterr().err) and "derive embed init" in said


def test_actions_and_files_that_there_are_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed"]) == 2 and "one of init, add, update, flatten, check" in capsys.readouterr().err
    assert main(["embed", "chek"]) == 2 and "(did you mean 'check'?)" in capsys.readouterr().err
    assert main(["embed", "check", str(tmp_path / "no.tex")]) == 2 and "there is no file" in capsys.readouterr().err


# -- init, add, update -----------------------------------------------------------------------------------------------------------------------


def test_init_add_and_update(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = str(tmp_path)
    assert main(["embed", "init", here]) == 0
    assert load(tmp_path).keys == () and (tmp_path / "derived.sty").exists()
    assert main(["embed", "init", here]) == 2 and "already there" in capsys.readouterr().err
    assert main(["embed", "add", "rf", "receptive-field", "--kernels", "7,7,7", "--part", "number", "--folder", here]) == 0
    assert "Added rf: 19" in capsys.readouterr().out
    assert main(["embed", "add", "rf", "momentum", "--folder", here]) == 2 and "has a key 'rf' already" in capsys.readouterr().err
    before = (tmp_path / "derived.toml").read_text()
    assert main(["embed", "add", "bad", "receptive-field", "--folder", here]) == 2
    assert main(["embed", "add", "bad", "receptive-feld", "--folder", here]) == 2 and "did you mean 'receptive-field'" in capsys.readouterr().err
    assert main(["embed", "add", "bad", "momentum", "--beta", "-1", "--folder", here]) == 2
    assert (tmp_path / "derived.toml").read_text() == before, "what is refused changes no file"
    assert before.startswith("# The formulas of this paper.") and 'kernels = "7,7,7"' in before
    assert main(["embed", "update", here]) == 0 and capsys.readouterr().out.endswith("rf: unchanged\n")
    (tmp_path / "derived.toml").write_text(before.replace("7,7,7", "7,7,9"))
    assert main(["embed", "update", here]) == 0 and capsys.readouterr().out.endswith("rf: changed\n")
    assert (tmp_path / "derived" / "rf.tex").read_text() == "21%\n"
    assert not list(tmp_path.rglob("*.part"))


# -- flatten ---------------------------------------------------------------------------------------------------------------------------------


def flat(folder: Path, body: str, capsys: pytest.CaptureFixture[str], preamble: str = "\\usepackage{derived}") -> str:
    assert main(["embed", "flatten", str(paper(folder, body, preamble))]) == 0
    return capsys.readouterr().out


def test_flatten_changes_uses_and_the_package_and_nothing_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "A \\derived{rf} and \\derived {block}. % \\derived{rf}\n\\verb|\\derived{rf}|\n\\begin{verbatim}\n\\derived{rf}\n\\end{verbatim}\n\\% \\derived{rf}"
    wanted = paper(folder, body).read_text()
    wanted = wanted.replace("\\usepackage{derived}", "\\usepackage{amsmath}").replace("A \\derived{rf} and \\derived {block}", "A 19 and 2\\,360\\,832")
    assert flat(folder, body, capsys) == wanted.replace("\\% \\derived{rf}", "\\% 19")


def test_flatten_writes_in_the_files_that_use_keys(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "parts").mkdir(exist_ok=True)
    (folder / "parts" / "field.tex").write_text("It sees \\derived{rf}; see \\input{parts/deeper}\n")
    (folder / "parts" / "deeper.tex").write_text("again \\derived{rf}.\n")
    (folder / "parts" / "plain.tex").write_text("No key.\n")
    source = paper(folder, "\\input{parts/field} \\input{parts/plain}")
    assert main(["embed", "flatten", str(source)]) == 0
    flat = capsys.readouterr().out
    assert "It sees 19; see again 19.%" in flat and "\\input{parts/plain}" in flat and "\\derived" not in flat


def test_the_section_of_a_chain_can_be_said_to_add(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["embed", "init", str(tmp_path)]) == 0
    assert main(["embed", "add", "steps", "momentum", "--part", "chain", "--section", "3", "--folder", str(tmp_path)]) == 0
    assert "section = 3" in (tmp_path / "derived.toml").read_text() and "m_{t + 2} &=" in (tmp_path / "derived" / "steps.tex").read_text()
    capsys.readouterr()
    assert main(["embed", "add", "more", "momentum", "--part", "chain", "--section", "30", "--folder", str(tmp_path)]) == 2
    assert "section = 30 is not accepted" in capsys.readouterr().err


def test_flatten_keeps_the_other_packages_of_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = flat(folder, "\\derived{rf}", capsys, "\\usepackage[T1]{fontenc}\n\\usepackage{booktabs, derived,amsmath}")
    assert "\\usepackage{booktabs,amsmath}" in text and "\\usepackage[T1]{fontenc}" in text and "derived" not in text
    assert flat(folder, "x^2", capsys) == paper(folder, "x^2", "\\usepackage{amsmath}").read_text(), "the paper may rest on what derived.sty loads"


def test_flatten_gives_headings_their_plain_text_where_there_are_bookmarks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "\\section{On \\derived{weights}} \\derived{weights}"
    plain = flat(folder, body, capsys)
    assert "texorpdfstring" not in plain
    text = flat(folder, body, capsys, "\\usepackage{hyperref,derived}")
    assert "\\section{On \\texorpdfstring{\\ensuremath{D^2 N^2}}{D\\textasciicircum{}2 N\\textasciicircum{}2}}" in text


def test_flatten_refuses_what_it_cannot_know(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for body, message in (("x\n  \\derived{rff}", "paper.tex:5:3: there is no key 'rff' (did you mean 'rf'?)"),
                          ("\\newcommand{\\d}[1]{\\derived{#1}}", "the key '#1' is an argument of a macro")):  # fmt: skip
        assert main(["embed", "flatten", str(paper(folder, body))]) == 2
        assert message in capsys.readouterr().err


def test_flatten_wants_files_that_are_up_to_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "derived.toml").write_text('[key.rf]\nkind = "receptive-field"\nkernels = [3]\n')
    assert main(["embed", "flatten", str(paper(tmp_path, "\\derived{rf}"))]) == 2
    assert "this generated file is missing; derive embed update writes it" in capsys.readouterr().err


# -- check -----------------------------------------------------------------------------------------------------------------------------------


def test_a_paper_in_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = r"""The field is \derived{rf}.
\begin{equation}\label{eq:momentum} m_{t+1} = \gamma^{t+1} m_0 + (1-\gamma)\sum_{k=0}^{t} \gamma^{t-k} g_{k} \end{equation}
The block has 2{,}360{,}832 parameters, 2.36 million or $2.361 \times 10^6$. % derived: block"""
    assert checked(folder, body, capsys) == (0, [])


FORMULAS = [
    (r"\begin{equation}\label{eq:momentum} m_{t+1} = \gamma^{t} m_0 + (1-\gamma)\sum_{k=0}^{t} \gamma^{k} g_{t-k} \end{equation}", "4:47", "γ^{t+1} m₀"),
    (r"\begin{equation}\label{eq:momentum} m_{t} = \gamma^{t+1} m_0 + (1-\gamma)\sum_{k=0}^{t} \gamma^{k} g_{t-k} \end{equation}", "4:45", "m_t"),
    (r"\begin{align} r_3 &= 1 + 6 + 6 + 6 \\ &= 20 \label{rf} \end{align}", "4:42", "19"),
    ("% derived: density\n\\[ p_Y(y) = \\frac{1}{\\sqrt{2\\pi}\\, y(1+y)} e^{-\\frac12 (\\ln y - \\ln(1-y))^2} \\]", "5:13", "x·(1-x)"),
    (r"We get $m_{t+1} = \gamma m_0$ there. % derived: momentum", "4:19", "γ^{t+1}"),
    (r"\begin{align} a &= 1 \label{eq:other} \\ r_3 &= 18 \label{eq:rf} \end{align}", "4:49", "19"),
]


@pytest.mark.parametrize(("body", "place", "value"), FORMULAS, ids=[body[:25] + place for body, place, _ in FORMULAS])
def test_a_formula_that_contradicts_its_key_is_found_with_its_place_and_both_values(
    body: str, place: str, value: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines = checked(folder, body, capsys)
    assert status == 1 and len(lines) == 1
    assert lines[0].startswith(f"paper.tex:{place}: ") and "contradicts the key" in lines[0] and value in lines[0]


SAME = [
    r"\begin{equation}\label{eq:momentum} m_{t+1} = (1-\gamma) g_t + \gamma\Bigl(\gamma^t m_0 + (1-\gamma)\sum_{j=1}^{t} \gamma^{j-1} g_{t-j}\Bigr) \end{equation}",
    r"\begin{equation}\label{eq:momentum} m_{n+1} = \gamma^{n+1} m_0 + (1-\gamma)\sum_{k=0}^{n} \gamma^{k} g_{n-k} \end{equation}",
    r"\begin{align} \label{eq:rf} R &= 1 + 3 \cdot 6 \\ &= 19 \end{align}",
    "% derived: density\n\\[ p_Y(y) = \\frac{1}{\\sqrt{2\\pi}\\,(y-y^2)} \\exp\\Bigl(-\\tfrac12 \\bigl(\\log\\tfrac{y}{1-y}\\bigr)^2\\Bigr), \\quad 0<y<1 \\]",
    r"\begin{equation}\label{eq:rf} \derived{rf} = 19 \end{equation}",
    r"The field is $R = 19$ with kernels of $7$. % derived: rf",
]


@pytest.mark.parametrize("body", SAME, ids=[body[:30] for body in SAME])
def test_the_same_formula_in_other_words_is_accepted(body: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(folder, body, capsys) == (0, [])


NUMBERS = [
    ("The block has 2,360,833 parameters (512 channels). % derived: block", "paper.tex:4:15: the line has 2,360,833, but the key block is 2 360 832"),
    ("About 2.37M. % derived: block", "paper.tex:4:7: the line has 2.37M, but the key block is 2 360 832"),
    ("% derived: rf\n\nIt sees 21 inputs.", "paper.tex:6:9: the line has 21, but the key rf is 19"),
    (r"\begin{table}\label{tab:ledger}\begin{tabular}{ll} a & 2\,360\,831 \end{tabular}\end{table}", "paper.tex:4:56: the table has 2\\,360\\,831, but the key ledger is 2 360 832"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "line"), NUMBERS, ids=[body[:30] for body, _ in NUMBERS])
def test_a_number_that_differs_is_found(body: str, line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines = checked(folder, body, capsys)
    assert status == 1 and [found.replace("\u202f", " ") for found in lines] == [line]


def test_a_formula_in_other_letters_is_compared_up_to_their_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = r"\begin{equation}\label{eq:momentum} m_{t+1} = \gamma^{t+1} m_0 + (1-\gamma) \sum_{k=0}^{t} \gamma^k u_{t-k} \end{equation}"
    assert checked(folder, right, capsys) == (0, [])
    status, lines = checked(folder, right.replace(r"(1-\gamma)", r"(2-\gamma)"), capsys)
    assert status == 1 and "contradicts the key momentum" in lines[0] and "whatever u may stand for" in lines[0]
    status, lines = checked(folder, r"\begin{equation}\label{eq:momentum} m_{t+1} = a u_t + b v_t + c w_t \end{equation}", capsys)
    assert status == 1 and len(lines) == 1 and "not compared with the key momentum" in lines[0] and "write it with the key's letters" in lines[0]


def test_a_folder_is_checked_where_no_paper_is_named(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for path in folder.glob("*.tex"):
        path.unlink()
    assert main(["embed", "check"]) == 0 and "no paper in this folder" in capsys.readouterr().out
    paper(folder, "About 2.37M. % derived: block")
    assert main(["embed", "check"]) == 1 and "paper.tex:4:7" in capsys.readouterr().out
    assert main(["embed", "check", str(folder)]) == 1


def test_what_cannot_be_read_is_said_and_is_no_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines = checked(folder, r"\begin{equation}\label{eq:momentum} m_{t+1} = \frac{1 \end{equation}", capsys)
    assert status == 0 and "cannot be read" in "".join(lines)


def test_unknown_keys_in_uses_and_comments(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "\\derived{nope} % derived: nope\n\\begin{verbatim}\n% derived: nope\n\\derived{nope}\n\\end{verbatim}\n\\newcommand{\\d}[1]{\\derived{#1}}"
    status, lines = checked(folder, body, capsys)
    assert status == 1 and [line.split(": ")[0] for line in lines] == ["paper.tex:4:1", "paper.tex:4:27"]
    assert all("there is no key 'nope'; derived.toml has momentum, mom:chain, rf" in line for line in lines)


def test_files_that_are_out_of_date_are_found_with_both_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "derived.toml").write_text('[key.rf]\nkind = "receptive-field"\nkernels = [7, 7, 7]\npart = "number"\n')
    assert main(["embed", "update", str(tmp_path)]) == 0
    path = paper(tmp_path, "\\derived{rf}")
    assert main(["embed", "check", str(path)]) == 0
    (tmp_path / "derived.toml").write_text('[key.rf]\nkind = "receptive-field"\nkernels = [7, 7, 9]\npart = "number"\n')
    (tmp_path / "derived" / "old.tex").write_text("x")
    capsys.readouterr()
    assert main(["embed", "check", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{tmp_path / 'derived' / 'rf.tex'}:1:1: out of date: it has '19%', derived is '21%'") for line in lines)
    assert any("derived.sty" in line and "out of date" in line for line in lines)
    assert any("note: no key writes this file any more" in line for line in lines)
    (tmp_path / "derived.sty").unlink()
    assert main(["embed", "check", str(path)]) == 1 and "this generated file is missing" in capsys.readouterr().out


def test_files_that_a_paper_inputs_are_checked_as_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "chapters").mkdir(exist_ok=True)
    (folder / "chapters" / "one.tex").write_text("See \\derived{nope}.\n")
    status, lines = checked(folder, "\\input{chapters/one} % \\input{none}", capsys)
    assert status == 1 and lines[0].startswith(f"{folder / 'chapters' / 'one.tex'}:1:5: there is no key 'nope'")


# -- numbers ---------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2{,}360{,}832", ["2360832"]),
        ("2\\,360\\,832 and 2~360~832 and 2,360,832", ["2360832"] * 3),
        ("\\num{2360832}", ["2360832"]),
        ("$2.36 \\times 10^{6}$", ["2360000"]),
        ("2.4 million", ["2400000"]),
        ("x_3^2 w_{12} \\ref{eq:3} \\cite[p. 5]{a1} \\label{x4} v2 \\vspace{2em} 3pt", []),
        ("1,2", ["1", "2"]),
        ("0.5", ["1/2"]),
        ("3K", ["3", "3000"]),
    ],
)
def test_numbers_as_people_write_them(text: str, values: list[str]) -> None:
    assert [str(found.value) for found in numbers(text, 0, len(text))] == values


def test_a_rounded_number_agrees_to_its_last_digit() -> None:
    (found,) = numbers("2.36 million", 0, 12)
    assert found.agrees(Fraction(2360832)) and found.agrees(Fraction(2364999)) and not found.agrees(Fraction(2366000))
    (whole,) = numbers("2360833", 0, 7)
    assert not whole.agrees(Fraction(2360832))
    assert nearest(numbers("7 and 21 and 300", 0, 16), Fraction(19)) is not None
    assert nearest((), Fraction(19)) is None


def test_a_formula_that_label_and_comment_give_to_one_key_is_told_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "\\begin{equation}\\label{eq:momentum}\nm_{t+1} = \\beta m_t % derived: momentum\n\\end{equation}"
    status, lines = checked(folder, body, capsys)
    found = [line for line in lines if line.startswith("paper.tex:5:")]
    assert status == 1 and len(found) == len(set(found)) == 1, lines
