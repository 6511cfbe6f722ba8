"""PDF by Typst and by LaTeX: the same bytes at every run, and what a person is told when a page cannot be set."""

from __future__ import annotations

import builtins
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import worked_examples as examples

from derivations.language.errors import DeriveError
from render import cli, engines, latex, typst
from render.compose import Entry
from render.sheets import Sheet, sheet_document

SHEET = Sheet("A sheet", tuple(Entry(p) for p in (examples.count(), examples.convolution(), examples.density())), "Course", date="2024-05-01")
DOCUMENT = sheet_document(SHEET)
LATEX = [engine for engine in ("pdflatex", "lualatex") if shutil.which(engine)]
needs_latex = pytest.mark.skipif(not LATEX, reason="no LaTeX on this machine")


def _pdf(engine: str, log: Path, date: str = "2024-05-01") -> bytes:
    if engine == "typst":
        pytest.importorskip("typst")
        return engines.pdf_with_typst(typst.document(DOCUMENT), {}, log)
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    return engines.pdf_with_latex(latex.document(DOCUMENT), {}, log, engine, date)


def _text(pdf: bytes, folder: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("engine", ["typst", "pdflatex", "lualatex"])
def test_two_runs_give_the_same_bytes_and_leave_nothing_behind(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = (_pdf(engine, tmp_path / "sheet.log") for _ in range(2))
    assert first.startswith(b"%PDF")
    assert first == second
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("engine", ["typst", "pdflatex"])
def test_the_pages_say_what_the_sheet_says(engine: str, tmp_path: Path) -> None:
    text = _text(_pdf(engine, tmp_path / "sheet.log"), tmp_path)
    for words in ("A sheet", "Problem 1. Counting", "Normalization", "2 360 832", "sum of the ledger", "How each result is known", "sampled(24)"):
        assert " ".join(words.split()) in " ".join(text.split()), words


@needs_latex
def test_the_date_of_the_sheet_is_the_date_of_the_pdf(tmp_path: Path) -> None:
    if "pdflatex" not in LATEX:
        pytest.skip("pdflatex is not installed")
    assert b"D:20240501000000" in _pdf("pdflatex", tmp_path / "x.log")
    assert b"D:20000101000000" in _pdf("pdflatex", tmp_path / "x.log", date="spring term")


def test_a_pdf_is_for_everybody_to_read(tmp_path: Path) -> None:
    """The typesetter verifies PDF/UA-1: tags, a title, a language, words for each formula and picture. A page of the reader's own may fall short of it."""
    pytest.importorskip("typst")
    source = typst.document(sheet_document(SHEET))
    assert b"pdfuaid:part>1<" in engines.pdf_with_typst(source, {}, tmp_path / "log")
    silent = source.replace("= math.equation(alt: said, block: it.block, it.body)", "= it")
    assert silent != source
    plain = engines.pdf_with_typst(silent, {}, tmp_path / "log")
    assert plain.startswith(b"%PDF") and b"pdfuaid" not in plain


def test_typst_says_which_problem_and_why_and_keeps_its_words(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    source = typst.document(DOCUMENT)
    spoiled = source.replace("// problem-2\n", "// problem-2\n#no-such-thing\n")
    with pytest.raises(DeriveError) as caught:
        engines.pdf_with_typst(spoiled, {}, tmp_path / "mine.log")
    told = str(caught.value)
    assert told == f"typst cannot set mine, problem 2: unknown variable: no-such-thing (the log is in {tmp_path / 'mine.log'})"
    assert "no-such-thing" in (tmp_path / "mine.log").read_text("utf-8")


def test_typst_reads_nothing_but_the_files_of_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("typst")
    monkeypatch.chdir(tmp_path)
    Path("secret.txt").write_text("secret")
    with pytest.raises(DeriveError, match="file not found"):
        engines.pdf_with_typst('#read("secret.txt")', {}, tmp_path / "mine.log")
    with pytest.raises(DeriveError, match="file not found"):
        engines.pdf_with_typst('#read("/etc/hostname")', {}, tmp_path / "mine.log")
    assert engines.pdf_with_typst('#read("known.txt")', {"known.txt": b"known"}, tmp_path / "mine.log").startswith(b"%PDF")


@needs_latex
def test_latex_says_which_problem_and_why_and_keeps_its_words(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = latex.document(DOCUMENT)
    spoiled = source.replace("% problem-3\n", "% problem-3\n\\nosuchthing\n")
    with pytest.raises(DeriveError) as caught:
        engines.pdf_with_latex(spoiled, {}, tmp_path / "mine.log", LATEX[0])
    told = str(caught.value)
    assert told == f"{LATEX[0]} cannot set mine, problem 3: Undefined control sequence (the log is in {tmp_path / 'mine.log'})"
    assert "\\nosuchthing" in (tmp_path / "mine.log").read_text("utf-8")
    assert capfd.readouterr() == ("", "")


@needs_latex
def test_latex_has_no_shell(tmp_path: Path) -> None:
    source = f"\\documentclass{{article}}\\begin{{document}}\\immediate\\write18{{touch {tmp_path}/escaped}}x\\end{{document}}"
    engines.pdf_with_latex(source, {}, tmp_path / "mine.log", LATEX[0])
    assert not (tmp_path / "escaped").exists()
    with pytest.raises(DeriveError, match=r"it has no no-such-package\.sty; install the package of TeX that holds it"):
        engines.pdf_with_latex(source.replace("\\begin{d", "\\usepackage{no-such-package}\\begin{d", 1), {}, tmp_path / "m.log", LATEX[0])


@needs_latex
def test_latex_runs_again_only_when_its_log_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    run = engines._run
    monkeypatch.setattr(engines, "_run", lambda *a: runs.append("run") or run(*a))
    plain = "\\documentclass{article}\\begin{document}x\\end{document}"
    engines.pdf_with_latex(plain, {}, tmp_path / "x.log", LATEX[0])
    assert len(runs) == 1
    engines.pdf_with_latex(plain.replace("x\\end", "\\section{A}\\label{a} see \\ref{a}\\end"), {}, tmp_path / "x.log", LATEX[0])
    assert len(runs) == 3


def test_a_missing_engine_is_one_line_that_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(DeriveError) as caught:
        engines.pdf_with_latex("", {}, tmp_path / "x.log", "latex")
    told = str(caught.value)
    assert told.startswith("--engine latex needs pdflatex or lualatex, which is not on this machine: install TeX Live") and "\n" not in told
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "typst":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    engines._typst.cache_clear()
    with pytest.raises(DeriveError, match=r"a PDF needs a typesetter: pip install 'derive-math\[pdf\]' brings typst") as caught:
        engines.pdf_with_typst("", {}, tmp_path / "x.log")
    engines._typst.cache_clear()
    assert "\n" not in str(caught.value)


# -- the command line --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    from derivations import catalogue

    monkeypatch.setattr(catalogue, "KINDS", examples.KINDS)
    monkeypatch.chdir(tmp_path)

    def derive(*words: str) -> tuple[int, str, str]:
        status = cli.main(words)
        return status, *capfd.readouterr()

    return derive


def _sheets(*names: str) -> list[str]:
    for k, name in enumerate(names):
        Path(f"{name}.toml").write_text(f'title = "Sheet {k}"\n[[problem]]\nkind = "count"\n[[problem]]\nkind = "density"\n', encoding="utf-8")
    return [f"{name}.toml" for name in names]


def test_a_sheet_becomes_a_pdf(run: Any) -> None:
    pytest.importorskip("typst")
    _sheets("mine")
    status, out, err = run("sheet", "mine.toml", "--to", "pdf")
    assert (status, err) == (0, "")
    assert out.endswith("Wrote output/mine.pdf\n")
    assert Path("output/mine.pdf").read_bytes().startswith(b"%PDF")


def test_a_template_that_cannot_be_set_gives_status_2_and_keeps_the_log(run: Any) -> None:
    pytest.importorskip("typst")
    _sheets("mine")
    Path("own.typ").write_text("%%preamble\n#nothing\n%%body")
    status, _, err = run("sheet", "mine.toml", "--to", "pdf", "--template", "own.typ")
    assert status == 2
    assert err == "derive: typst cannot set mine, before the first problem: unknown variable: nothing (the log is in output/mine.log)\n"
    assert [p.name for p in Path("output").iterdir()] == ["mine.log"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_several_sheets_give_the_files_that_each_gives_alone(run: Any, jobs: str) -> None:
    names = _sheets("a", "b", "c")
    for name in names:
        assert run("sheet", name, "--to", "md,tex", "--out", "alone")[0] == 0
    status, out, err = run("sheet", *names, "--to", "md,tex", "--out", "together", "--jobs", jobs)
    assert (status, err) == (0, "")
    assert "3 sheets in" in out
    assert [line.split()[0] for line in out.splitlines()[:3]] == ["a", "b", "c"]
    alone = {p.name: p.read_bytes() for p in Path("alone").iterdir()}
    assert alone == {p.name: p.read_bytes() for p in Path("together").iterdir()}
    assert len(alone) == 6


def test_one_sheet_of_several_that_is_not_accepted_does_not_keep_the_others(run: Any) -> None:
    names = _sheets("a", "b")
    Path("bad.toml").write_text('title = "Bad"\n[[problem]]\nkind = "refuted"\n')
    status, out, err = run("sheet", names[0], "bad.toml", names[1], "--to", "md", "--jobs", "2")
    assert status == 1
    assert err.startswith("derive: bad: nothing was written; 1. refuted: ") and err.count("\n") == 1
    assert sorted(p.name for p in Path("output").iterdir()) == ["a.md", "b.md"]
    assert "a.md" in out and "b.md" in out


def test_sheets_of_one_name_are_refused(run: Any) -> None:
    _sheets("a")
    Path("sub").mkdir()
    Path("sub/a.toml").write_text(Path("a.toml").read_text())
    status, _, err = run("sheet", "a.toml", "sub/a.toml")
    assert status == 2
    assert err == "derive: the sheets 'a.toml' and 'sub/a.toml' would both be written as a; give one of them another name\n"


@pytest.mark.parametrize(("words", "told"), [(("--jobs", "0"), "'0' is not accepted; it must be a number of worker processes"),
                                             (("--engine", "word"), "invalid choice: 'word'"),
                                             (("--edition", "answers"), "--edition 'answers' is not accepted; it must be one of questions")])  # fmt: skip
def test_bad_options_are_answered_in_one_line(run: Any, words: tuple[str, str], told: str) -> None:
    _sheets("a")
    status, _, err = run("sheet", "a.toml", *words)
    assert status == 2
    assert told in err and err.count("\n") == 1


def test_show_writes_a_pdf_to_a_pipe(run: Any, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    root = Path(cli.__file__).parent.parent
    command = f"import sys; sys.path[:0] = [{str(root)!r}]; from render import cli; sys.exit(cli.main(['show', 'epochs', '--iterations', '10', '--samples', '4', '--batch', '2', '--to', 'pdf']))"
    import sys

    done = subprocess.run([sys.executable, "-c", command], capture_output=True, cwd=tmp_path, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"%PDF")
