"""What an author asks not to check is counted and listed, never silent, and proves nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derivations.checking.report import Report, check
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from render.checked import text, to_json
from render.cli import main

REAL = "Let $x$ and $y$ be real numbers.\n"


def checked(body: str, name: str = "x.tex") -> Report:
    return check(document(source_of(REAL + body, name)))


def verdicts(body: str, name: str = "x.tex") -> list[str]:
    return [r.verdict for r in checked(body, name).records if r.verdict != "given"]


@pytest.mark.parametrize(("body", "expected"), [
    ("Then $x = x + 1$. % derive: ignore\nThen $x = x + 2$.", ["ignored", "refuted"]),
    ("% derive: ignore\nThen $x = x + 1$ and\n$x = x + 2$.", ["ignored", "refuted"]),
    ("% derive: ignore (a slip)\n\\[ x = x + 1 = x + 2 \\]\nThen $x = x + 2$.", ["ignored", "ignored", "refuted"]),
    ("% derive: ignore\n\n\\begin{align}\n x &= x + 1 \\\\\n x &= x + 2\n\\end{align}\n\\[ x = x + 2 \\]", ["ignored", "ignored", "refuted"]),
    ("\\begin{align}\n x &= x + 1 \\\\\n x &= x + 2\n\\end{align} % derive: ignore\n\\[ x = x + 2 \\]", ["ignored", "ignored", "refuted"]),
    ("\\begin{align}\n 2x &= x + x \\\\\n &= 3x \\\\ % derive: ignore\n &= x + 2x\n\\end{align}", ["accepted", "ignored", "accepted"]),
    ("\\begin{align}\n 2x &= x + x \\\\\n % derive: ignore\n &= 3x \\\\\n &= x + 3x\n\\end{align}", ["accepted", "ignored", "refuted"]),
    ("\\begin{align}\n 2x &= 3x \\\\ % derive: ignore\n &= x + 2x\n\\end{align}", ["ignored", "accepted"]),
    ("% derive: ignore begin\nThen $x = x + 1$.\n\\[ x = x + 3 \\]\n% derive: ignore end\nThen $x = x + 2$.", ["ignored", "ignored", "refuted"]),
    ("% derive: ignore begin\nThen \\[ x = x\n% derive: ignore end\nThen $x = x + 2$.", ["ignored", "refuted"]),
])  # fmt: skip
def test_what_is_ignored_is_not_judged(body: str, expected: list[str]) -> None:
    assert verdicts(body) == expected


def test_in_markdown() -> None:
    assert verdicts("<!-- derive: ignore -->\n$$ x = x + 1 $$\n\n$x = x + 2$ <!-- derive: ignore -->\n\n$x = x + 3$", "x.md") == ["ignored", "ignored", "refuted"]


@pytest.mark.parametrize(("body", "others"), [
    ("Let $c = 3$. % derive: ignore\nThen $c + 1 = 4$.", {"undecided", "given"}),
    ("% derive: ignore\n\\[ c := 3 \\]\nThen $c + 1 = 4$.", {"undecided", "given"}),
    ("Assume $x = 1$. % derive: ignore\nThen $x^2 = x$.", {"refuted"}),
    ("% derive: ignore begin\nAssume $x > 0$.\n% derive: ignore end\nThen $|x| = x$.", {"refuted"}),
    ("% derive: ignore begin\nLet $P$ be a permutation matrix.\n% derive: ignore end\nThen $P^T P = I$.", {"undecided"}),
    ("\\begin{align}\n x &= 1 \\\\ % derive: ignore\n \\implies x^2 &= x\n\\end{align}", {"refuted"}),
    ("\\begin{align}\n x &= y + 1 \\\\ % derive: ignore\n &= y + 1 \\\\ % derive: ignore\n \\implies x - y &= 1\n\\end{align}", {"refuted"}),
    ("\\begin{align}\n x + x &= 2x \\\\\n &= 1 \\\\ % derive: ignore\n &= 1 \\\\\n \\implies 2x &= 1\n\\end{align}", {"accepted", "refuted", "undecided"}),
    ("Suppose that \\begin{align}\n 0 &< x \\\\\n &< y \\\\ % derive: ignore\n &< 9\n\\end{align}\nThen $x < y$.", {"refuted", "given", "undecided", "accepted"}),
    ("We have $x = 1$. % derive: ignore\nHence $x^2 = 1$.", {"refuted"}),
])  # fmt: skip
def test_what_is_ignored_proves_nothing(body: str, others: set[str]) -> None:
    found = [r for r in checked(body).records if r.verdict != "ignored"]
    assert found[-1].verdict in others - {"accepted"}


def test_what_an_ignored_line_introduces_refutes_nothing() -> None:
    """What it says of a name is not known, so nobody may choose a value for it."""
    assert verdicts("% derive: ignore\nHere $c = \\mathfrak{strange}(4)$.\nThen $c + 1 = 5$.")[-1] == "undecided"


def test_it_is_counted_and_listed() -> None:
    report = checked("% derive: ignore (a slip)\n\\[ x = x + 1 \\]\n$x = x$")
    usual, verbose = (text(report, strict=False, verbose=v) for v in (False, True))
    assert usual == ["x.tex: 1 step: 1 proved, 0 sampled, 0 refuted, 0 undecided, 0 unread; 1 ignored"]
    assert "x.tex:3:8: ignored (derive: ignore (a slip), line 2)" in verbose and "    x  =  x + 1" in verbose
    step = json.loads(to_json([report]))["steps"][0]
    assert (step["verdict"], step["left"], step["right"], step["why"]) == ("ignored", "x", "x + 1", "derive: ignore (a slip), line 2")


def test_a_file_of_which_all_is_ignored_says_so() -> None:
    assert "every relation is ignored" in text(checked("$x = x + 1$ % derive: ignore"), strict=False, verbose=False)[-1]


@pytest.mark.parametrize(("line", "words"), [
    ("% derive: ignor", "did you mean ignore?"), ("% derive: ignore begn", "did you mean begin?"), ("% derive: ignore edn", "did you mean end?"),
    ("% derive: ignore end", "no derive: ignore begin is open here"), ("% derive: ignore begin", "no derive: ignore end closes it"),
    ("Only words. % derive: ignore", "there is no formula here to ignore"), ("% derive: ignore next line", "is accepted"),
    ("% derive: ignore begin\n% derive: ignore begin\n$x = x$\n% derive: ignore end", "the one before is not closed"),
])  # fmt: skip
def test_a_misspelt_comment_is_an_error(line: str, words: str) -> None:
    report = checked(f"Then $x = x + 1$.\n\n{line}\n\nThe end.")
    assert [w for *_, w in report.misspelt if words in w]
    assert [r.verdict for r in report.records if r.judged][:1] == ["refuted"]


# -- files that a configuration excludes


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["check", "--no-cache", *arguments])
    found = capsys.readouterr()
    return status, found.out + found.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "drafts").mkdir()
    (tmp_path / "main.tex").write_text("\\documentclass{article}\\begin{document}\nLet $x$ be real. $x = x$.\n\\input{appendix}\nThen $\\twice{x} = x + x$.\\end{document}")
    (tmp_path / "appendix.tex").write_text("\\newcommand{\\twice}[1]{2#1}\n$x = x + 1$\n")
    (tmp_path / "drafts" / "old.tex").write_text("$1 = 2$")
    (tmp_path / "note.md").write_text("$1 = 1$")
    return tmp_path


@pytest.mark.parametrize(("name", "head"), [(".derive.toml", ""), ("pyproject.toml", "[tool.derive]\n")])
def test_a_configuration_excludes_files(folder: Path, capsys: pytest.CaptureFixture[str], name: str, head: str) -> None:
    (folder / name).write_text(f'{head}exclude = ["drafts", "append*.tex"]\n')
    status, out = run(capsys, str(folder))
    assert (status, out.splitlines()[-1]) == (
        0, "2 files, 2 more excluded (--verbose lists them): 3 steps: 3 proved, 0 sampled, 0 refuted, 0 undecided, 0 unread; 1 ignored",
    )  # fmt: skip
    _, out = run(capsys, "--verbose", str(folder))
    assert f"{folder / 'drafts' / 'old.tex'}: not checked: exclude = 'drafts' in {folder / name}" in out
    assert f"ignored (exclude = 'append*.tex' in {folder / name})" in out
    _, out = run(capsys, "--to", "json", str(folder))
    assert [Path(one["file"]).name for one in json.loads(out)["excluded"]] == ["appendix.tex", "old.tex"]
    assert run(capsys, str(folder / "drafts" / "old.tex"))[0] == 1  # it is asked for by its name


def test_nothing_is_excluded_without_a_configuration(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_text("[tool.other]\nexclude = ['*']\n")
    assert run(capsys, str(folder))[0] == 1


@pytest.mark.parametrize(("said", "words"), [
    ("exlude = ['a']", "did you mean exclude?"), ("exclude = 'a'", "a list of patterns"), ("exclude = ['']", "a list of patterns"), ("exclude = [", "not well-formed"),
])  # fmt: skip
def test_a_misspelt_configuration_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str], said: str, words: str) -> None:
    (folder / ".derive.toml").write_text(said)
    status, out = run(capsys, str(folder))
    assert status == 2 and words in out and ".derive.toml" in out and len(out.splitlines()) == 1
