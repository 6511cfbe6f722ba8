"""The command line: exit statuses, what is printed where, what is written, and that nothing is written when something goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import worked_examples as examples

from derivations import catalogue
from derivations.catalogue import KINDS
from derivations.language.errors import DeriveError, ParameterError
from derivations.language.term import Name
from derivations.parameters import Choice, Expression, Flag, Number, Size, Sizes
from render import cli, files

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run ``derive`` with these words, the kinds of ``worked_examples`` and an empty folder to work in: status, output, errors."""
    monkeypatch.setattr(catalogue, "KINDS", examples.KINDS)
    monkeypatch.chdir(tmp_path)

    def derive(*words: str) -> tuple[int, str, str]:
        status = cli.main(words)
        out, err = capsys.readouterr()
        return status, out, err

    return derive


def _sheet(*kinds: str) -> None:
    text = 'title = "A sheet"\n' + "".join(f'[[problem]]\nkind = "{kind}"\n' + ("kernel = 7\n" if kind == "convolution" else "") for kind in kinds)
    Path("mine.toml").write_text(text, encoding="utf-8")


# -- list and show -----------------------------------------------------------------------------------------------------------------------


def test_list_names_every_kind_and_parameter(run: Run) -> None:
    status, out, err = run("list")
    assert (status, err) == (0, "")
    for kind in examples.KINDS:
        assert f"{kind.name}: {kind.summary}" in out
    assert "--kernel N" in out and "number of taps (required)" in out
    assert "--form left|centred" in out and "(default left)" in out


def test_show_prints_the_derivation(run: Run) -> None:
    status, out, err = run("show", "count")
    assert (status, err) == (0, "")
    assert "● sum of the ledger" in out
    assert "Total parameters = 9C² + C" in out


@pytest.mark.parametrize(
    "words", [("--to", "json", "count", "--channels", "3"), ("count", "--channels=3", "--to=json"), ("count", "--to", "json", "--channels", "3")]
)
def test_show_to_json_wherever_the_options_stand(run: Run, words: tuple[str, ...]) -> None:
    status, out, _ = run("show", *words)
    assert status == 0
    assert json.loads(out)["parameters"] == {"channels": 3}


@pytest.mark.parametrize(
    ("form", "start"), [("latex", "% Tags for screen readers"), ("tex", "% Tags for screen readers"), ("html", "<!DOCTYPE html>"), ("md", "# Counting")]
)
def test_show_to_a_file_format(run: Run, form: str, start: str) -> None:
    status, out, _ = run("show", "count", "--to", form)
    assert status == 0
    assert out.startswith(start)
    assert ("\\documentclass" in out.partition("\\begin{document}")[0]) == (form in ("latex", "tex"))  # and nothing but what asks for tags before it


def test_a_symbol_and_a_greek_letter_are_sizes(run: Run) -> None:
    assert json.loads(run("show", "count", "--channels", "C", "--to", "json")[1])["parameters"] == {"channels": "C"}
    assert json.loads(run("show", "count", "--channels", "δ", "--to", "json")[1])["parameters"] == {"channels": "delta"}


def test_help_of_a_kind_tells_what_its_parameters_accept(run: Run) -> None:
    with pytest.raises(SystemExit) as done:
        run("show", "convolution", "--help")
    assert done.value.code == 0


BAD = [
    (("shw",), "there is no command 'shw' (did you mean 'show' or 'sheet'?)"),
    (("show",), "derive show needs a problem kind: one of convolution, count"),
    (("show", "convolutoin"), "there is no problem kind 'convolutoin' (did you mean 'convolution'"),
    (("show", "convolution"), "convolution needs the parameter 'kernel' (number of taps): an integer >= 1"),
    (("show", "convolution", "--kernel", "0"), "convolution: kernel = '0' is not accepted; it must be an integer >= 1"),
    (("show", "convolution", "--kernel", "-1"), "kernel = '-1' is not accepted"),
    (("show", "convolution", "--kernel", "7.5"), "kernel = '7.5' is not accepted"),
    (("show", "convolution", "--kernel", ""), "kernel = '' is not accepted"),
    (("show", "convolution", "--kernel", "9" * 5000), "is not accepted"),
    (("show", "convolution", "--kernel"), "expected one argument"),
    (("show", "convolution", "--kernle", "7"), "convolution has no parameter --kernle (did you mean 'kernel'?); it has --form, --kernel"),
    (("show", "convolution", "--kern", "7"), "convolution has no parameter --kern"),
    (("show", "convolution", "--kernel", "7", "8"), "'8' is not expected here; parameters are written --name value"),
    (("show", "convolution", "--kernel", "7", "--form", "middle"), "form = 'middle' is not accepted; it must be one of left, centred"),
    (("show", "density", "--kernel", "7"), "density has no parameter --kernel; it has no parameters"),
    (("show", "count", "--to", "htm"), "--to 'htm' is not accepted (did you mean 'html'"),
    (("sheet",), "the following arguments are required: NAME_OR_FILE"),
    (("sheet", "assignment"), "there is no bundled sheet 'assignment'"),
    (("sheet", "none.toml"), "cannot read the problem set 'none.toml': No such file"),
    (("sheet", "mine.toml", "--to", "tex,pfd"), "--to 'pfd' is not accepted"),
    (("sheet", "mine.toml", "--out", "mine.toml"), "--out 'mine.toml' is a file; it must be a folder"),
    (("sheet", "mine.toml", "--out", "mine.toml/below"), "cannot write into the folder 'mine.toml/below'"),
    (("verify", "all"), "there is no problem kind 'all'"),
    (("list", "all"), "derive list all: a Python file is accepted, whose functions make problems; without a file the kinds are listed"),
]


@pytest.mark.parametrize(("words", "told"), BAD, ids=[" ".join(words)[:40] for words, _ in BAD])
def test_bad_input_is_answered_in_one_or_two_lines_with_status_2(run: Run, words: tuple[str, ...], told: str) -> None:
    _sheet("count")
    status, out, err = run(*words)
    assert status == 2
    assert told in err
    assert err.startswith("derive: ") and err.count("\n") <= 2
    assert "Traceback" not in out + err
    assert [p.name for p in Path().iterdir()] == ["mine.toml"]


def test_no_command_is_answered_with_the_commands(run: Run) -> None:
    status, _, err = run()
    assert status == 2
    assert "sheet" in err and "verify" in err


# -- sheets ------------------------------------------------------------------------------------------------------------------------------


def test_a_sheet_is_written_in_all_formats_and_ends_with_a_table(run: Run) -> None:
    _sheet("convolution", "count", "density")
    status, out, err = run("sheet", "mine.toml")
    assert (status, err) == (0, "")
    assert sorted(p.name for p in Path("output").iterdir()) == ["mine.html", "mine.json", "mine.md", "mine.tex"]
    assert "2. count" in out and "2360832" in out and "● proved" in out and "○ sampled(24)" in out
    record = json.loads(Path("output/mine.json").read_text("utf-8"))
    assert (record["title"], [p["kind"] for p in record["problems"]]) == ("A sheet", ["convolution", "count", "density"])


def test_only_the_formats_that_were_asked_for(run: Run) -> None:
    _sheet("count")
    assert run("sheet", "mine.toml", "--to", "md, json,markdown", "--out", "a/b")[0] == 0
    assert sorted(p.name for p in Path("a/b").iterdir()) == ["mine.json", "mine.md"]


def test_a_second_run_writes_the_same_bytes(run: Run) -> None:
    _sheet("convolution", "count", "density")
    run("sheet", "mine.toml")
    before = {p.name: p.read_bytes() for p in Path("output").iterdir()}
    run("sheet", "mine.toml")
    assert {p.name: p.read_bytes() for p in Path("output").iterdir()} == before


@pytest.mark.parametrize("kind", ["refuted", "undecided"])
def test_a_step_that_is_not_accepted_gives_status_1_and_writes_nothing(run: Run, kind: str) -> None:
    _sheet("count", kind)
    status, out, _ = run("sheet", "mine.toml")
    assert status == 1
    assert f"✗ {kind}" in out
    assert "step 1 (told)" in out
    assert "Nothing was written: 1 of 2 problems were not accepted." in out
    assert not Path("output").exists()
    status, _, err = run("show", kind)
    assert status == 1
    assert "step 1 (told)" in err


def test_an_interruption_gives_status_130_and_leaves_the_old_files(run: Run) -> None:
    _sheet("count")
    run("sheet", "mine.toml")
    before = {p.name: p.read_bytes() for p in Path("output").iterdir()}
    _sheet("count", "interrupted")
    status, _, err = run("sheet", "mine.toml")
    assert status == 130
    assert "interrupted" in err
    assert {p.name: p.read_bytes() for p in Path("output").iterdir()} == before


def test_a_write_that_breaks_off_leaves_the_old_files_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_all(tmp_path, {"a": "old a", "b": "old b"})

    def broken(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(KeyboardInterrupt):
        files.write_all(tmp_path, {"a": "new a", "b": "new b"})
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a": "old a", "b": "old b"}


def test_written_files_have_unix_line_ends_and_are_readable_by_others(tmp_path: Path) -> None:
    (path,) = files.write_all(tmp_path / "new", {"a": "1\n2\n"})
    assert path.read_bytes() == b"1\n2\n"
    assert path.stat().st_mode & 0o444 == 0o444


def test_verify_derives_every_example_again(run: Run) -> None:
    status, out, _ = run("verify", "convolution")
    assert status == 0
    assert "convolution --kernel 7" in out
    assert "1 of 1 derivations accepted, 2 steps." in out
    status, out, _ = run("verify", "undecided")
    assert status == 1
    assert "0 of 1 derivations accepted" in out


# -- the catalogue -----------------------------------------------------------------------------------------------------------------------


def test_list_imports_neither_sympy_nor_rich() -> None:
    probe = "import sys, render.cli; render.cli.main(['list']); print({'sympy', 'rich', 'numpy', 'mpmath'} & set(sys.modules), file=sys.stderr)"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", probe], cwd=root, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == "set()"


def test_every_kind_accepts_its_examples_and_its_defaults() -> None:
    for kind in KINDS:
        for example in kind.examples:
            assert list(kind.values(example)) == [parameter.name for parameter in kind.parameters]


def test_names_of_kinds_and_parameters_are_unique() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert len({p.name for p in kind.parameters}) == len(kind.parameters)


def test_a_parameter_may_be_written_with_a_hyphen() -> None:
    epochs = catalogue.find("epochs")
    given = {"iterations": 10, "samples": 10, "batch": 5}
    assert epochs.values({**given, "last-batch": "drop"}) == epochs.values({**given, "last_batch": "drop"})


def test_a_built_problem_holds_its_typed_parameters() -> None:
    kind = replace(examples.KINDS[1])
    assert dict(kind.build({"channels": "7"}).parameters) == {"channels": 7}


@pytest.mark.parametrize(
    ("type_", "written", "value"),
    [
        (Size(), "7", 7),
        (Size(), " 7 ", 7),
        (Size(), 7, 7),
        (Size(), "K", Name("K")),
        (Size(), "ab", Name("ab")),
        (Size(symbolic=False), "K", None),
        (Size(), "0", None),
        (Size(0), "0", 0),
        (Size(), True, None),
        (Size(), 7.0, None),
        (Size(), "K+1", None),
        (Size(), "__import__", None),
        (Sizes(), "7,7,7", (7, 7, 7)),
        (Sizes(), "[7, K]", (7, Name("K"))),
        (Sizes(), [3, 5], (3, 5)),
        (Sizes(), 3, (3,)),
        (Sizes(), "7,,7", None),
        (Sizes(), "", None),
        (Number(), "nan", None),
        (Number(symbolic=False), "nan", None),
        (Number(), "1/0", None),
        (Number(), "1e3", None),
        (Choice(("a", "b")), "a", "a"),
        (Choice(("a", "b")), "c", None),
        (Flag(), "yes", True),
        (Flag(), False, False),
        (Flag(), "maybe", None),
        (Expression("x"), " exp(z) ", "exp(z)"),
        (Expression("x"), "", None),
    ],
)
def test_values_are_typed_or_refused(type_: Size | Sizes | Number | Choice | Flag | Expression, written: object, value: object) -> None:
    assert type_.read(written) == value


def test_numbers_are_exact() -> None:
    beta = catalogue.find("momentum").parameters[0]
    assert str(beta.parse("0.9", "momentum")) == str(beta.parse(0.9, "momentum")) == str(beta.parse("9/10", "momentum")) == "9/10"
    with pytest.raises(
        ParameterError, match=r"momentum: beta = '1\.5' is not accepted; it must be a number such as 9/10 or 0\.9 at least 0 and at most 1"
    ):
        beta.parse("1.5", "momentum")


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(DeriveError, match="did you mean 'receptive-field'"):
        catalogue.find("receptivefield")
