"""A paper that stands in several files is read as one; only files inside the folder that is checked are opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from derivations.checking.report import Report, check
from derivations.reading.inclusion import MOST_INCLUSIONS, assembled, included
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from render.check_files import Wanted, found

PREAMBLE = "\\documentclass{article}\n\\usepackage{amsmath}\n@\\begin{document}\nLet $x$ and $y$ be real numbers.\n"


def paper(folder: Path, files: dict[str, str]) -> Report:
    """The report on ``main.tex``; ``@`` in it is replaced by nothing."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return check(document(assembled(folder / "main.tex", folder)))


def seen(report: Report, folder: Path) -> list[tuple[str, int, int, str]]:
    return [(Path(r.file).relative_to(folder).as_posix(), r.line, r.column, r.verdict) for r in report.records if r.judged]


def main(body: str, preamble: str = "") -> str:
    return PREAMBLE.replace("@", preamble) + body + "\n\\end{document}\n"


@pytest.mark.parametrize(("command", "file"), [
    (r"\input{parts/one}", "parts/one.tex"), (r"\input{parts/one.tex}", "parts/one.tex"), (r"\include{parts/one}", "parts/one.tex"),
    (r"\input parts/one", "parts/one.tex"), (r"\import{parts/}{one}", "parts/one.tex"), (r"\subimport{parts}{one}", "parts/one.tex"),
    (r"\subfile{parts/one}", "parts/one.tex"), (r"\input{parts/one.txt}", "parts/one.txt"), ("\\input{%\n  parts/one}", ""),
])  # fmt: skip
def test_what_another_file_says_is_judged_there(tmp_path: Path, command: str, file: str) -> None:
    files = {"main.tex": main(f"First $2x = x + x$.\n{command}\nLast $3x = x+x$.")}
    report = paper(tmp_path, files | ({file: "Then\n  $x + y = y + x$."} if file else {}))
    between = [(file, 2, 12, "accepted")] if file else [("main.tex", 6, 1, "unread")]
    assert seen(report, tmp_path) == [("main.tex", 5, 13, "accepted"), *between, ("main.tex", 7 + (not file), 12, "refuted")]


def test_macros_come_from_inputs_packages_and_classes(tmp_path: Path) -> None:
    files = {
        "main.tex": "\\documentclass[a4paper]{school}\n\\usepackage[x]{mine, amsmath}\n\\input{macros}\n\\begin{document}\n"
                    "Let $x$ be real. $\\twice{x} + \\half x = 5x/2 + \\zero - \\op(x) + \\op(x)$.\n\\end{document}",
        "macros.tex": "\\newcommand{\\twice}[1]{2#1}\n", "mine.sty": "\\RequirePackage{inner}\\def\\half{\\frac12}",
        "inner.sty": "\\DeclareMathOperator{\\op}{op}", "school.cls": "\\LoadClass{article}\\newcommand\\zero{0}",
    }  # fmt: skip
    assert [verdict for *_, verdict in seen(paper(tmp_path, files), tmp_path)] == ["accepted"]


def test_what_a_package_says_is_no_text(tmp_path: Path) -> None:
    files = {"main.tex": main("$x = x$", "\\usepackage{mine}\n"), "mine.sty": "% $1 = 2$\n\\newcommand{\\note}{Then $1 = 2$.}\nThen $1 = 3$.\n"}
    assert [place[0] for place in seen(paper(tmp_path, files), tmp_path)] == ["main.tex"]


def test_a_part_brings_only_what_stands_between_its_own_begin_and_end(tmp_path: Path) -> None:
    part = "\\documentclass[../main]{subfiles}\n\\begin{document}\n$x+x=2x$\n\\end{document}\n $1 = 2$"
    report = paper(tmp_path, {"main.tex": main("\\subfile{parts/one}\n$x = x$"), "parts/one.tex": part})
    assert [place[:2] for place in seen(report, tmp_path)] == [("parts/one.tex", 3), ("main.tex", 6)]


def test_a_part_by_itself_has_the_macros_of_the_whole(tmp_path: Path) -> None:
    part = "\\documentclass[main]{subfiles}\n\\begin{document}\nLet $x$ be real. $\\twice{x}=x+x$\n\\end{document}"
    paper(tmp_path, {"main.tex": main("$1 = 2$", "\\newcommand{\\twice}[1]{2#1}\n"), "one.tex": part})
    report = check(document(assembled(tmp_path / "one.tex")))
    assert seen(report, tmp_path) == [("one.tex", 3, 29, "accepted")]


def test_a_part_may_end_in_a_comment_or_before_its_end(tmp_path: Path) -> None:
    files = {"main.tex": main("\\input{one} $x = x$. \\input{two} Then $y = y$."), "one.tex": "$2x = x+x$ % a comment",
             "two.tex": "% \\endinput\n$3x = 2x+x$\n\\endinput\n$1=2$"}  # fmt: skip
    assert [v for *_, v in seen(paper(tmp_path, files), tmp_path)] == ["accepted"] * 4


@pytest.mark.parametrize("hidden", [
    "% \\input{wrong}", "\\verb|\\input{wrong}|", "\\begin{verbatim}\\input{wrong}\\end{verbatim}", "\\iffalse\\input{wrong}\\fi", "\\endinput\\input{wrong}",
    "\\begin{comment}\n\\input{wrong}\n\\end{comment}",
])  # fmt: skip
def test_what_is_hidden_asks_for_nothing(tmp_path: Path, hidden: str) -> None:
    report = paper(tmp_path, {"main.tex": main(f"$x = x$\n{hidden}"), "wrong.tex": "$1 = 2$"})
    assert [verdict for *_, verdict in seen(report, tmp_path)] == ["accepted"]


def test_only_what_is_included_is_shown(tmp_path: Path) -> None:
    files = {"main.tex": main("\\include{one}\\include{two}", "\\includeonly{two}\n"), "one.tex": "$1 = 2$", "two.tex": "$1 = 1$"}
    assert [place[0] for place in seen(paper(tmp_path, files), tmp_path)] == ["two.tex"]


@pytest.mark.parametrize(("name", "why"), [
    ("../secret", "outside the folder"), ("parts/../../secret", "outside the folder"), ("SECRET", "named from there"), ("/dev/zero", "named from there"),
    ("link", "outside the folder"), ("pipe", "no regular file"), ("|id", "named from there"), ("~/x", "named from there"), ("gone", "no such file"),
    ("parts", "no such file"), ("main", "asks for itself"), ("bad", "not UTF-8"),
])  # fmt: skip
def test_nothing_outside_the_folder_is_opened(tmp_path: Path, name: str, why: str) -> None:
    folder = tmp_path / "paper"
    (folder / "parts").mkdir(parents=True)
    (tmp_path / "secret.tex").write_text("$1 = 2$")
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    (folder / "bad.tex").write_bytes(b"$1 = \xff$")
    os.mkfifo(folder / "pipe.tex")
    report = paper(folder, {"main.tex": main(f"\\input{{{name.replace('SECRET', str(tmp_path / 'secret'))}}}\n$x = x$")})
    first, second = report.records[-2:]
    assert (first.verdict, second.verdict) == ("unread", "accepted")
    assert why in first.why and "is not read" in first.why and first.line == 5


def test_files_that_double_are_bounded(tmp_path: Path) -> None:
    files = {f"f{k}.tex": f"\\input{{f{k + 1}}}\n\\input{{f{k + 1}}}\n" for k in range(13)}
    source = assembled(tmp_path / "main.tex") if not paper(tmp_path, {"main.tex": main("\\input{f0}"), "f13.tex": "x\n", **files}) else None
    source = assembled(tmp_path / "main.tex")
    assert len(source.parts) < 4 * MOST_INCLUSIONS and any("more than" in why for *_, why in source.missing)


def test_a_folder_is_checked_by_its_papers(tmp_path: Path) -> None:
    paper(tmp_path, {"main.tex": main("\\input{parts/one}"), "parts/one.tex": "\\input{parts/two}", "parts/two.tex": "$x=x$", "other.tex": "$1=1$",
                     "a.tex": "\\input{b}", "b.tex": "\\input{a}"})  # fmt: skip
    wanted = [one for one in found([str(tmp_path)]) if isinstance(one, Wanted)]
    assert [one.path.relative_to(tmp_path).as_posix() for one in wanted] == ["a.tex", "main.tex", "other.tex"]
    assert all(one.root == tmp_path for one in wanted)
    assert included([tmp_path / "main.tex"], tmp_path) == frozenset()


def test_a_package_brings_its_definitions_and_nothing_else(tmp_path: Path) -> None:
    package = (
        "\\NeedsTeXFormat{LaTeX2e}\n\\let\\if@wide\\iffalse\n\\newif\\ifdraft\n\\DeclareOption{x}{\\let\\if@wide\\iftrue}\n\\ProcessOptions\n\\RequirePackage{inner}\n"
        "\\def\\@sect#1#2{\\catcode`\\@=12 \\begin{verbatim}}\n{\\catcode`\\+=13 \\gdef\\plus{}}\n\\newcommand{\\twice}[1]{2#1}\n\\begin{comment}\n\\if@wide\\else\\fi\n"
    )
    files = {"main.tex": main("$\\twice{x} + \\half = x + x + 1/2$\n\nThen $x = x + 1$.", "\\usepackage{mine}\n"), "mine.sty": package,
             "inner.sty": "\\newcommand{\\half}{\\frac{1}{2}}"}  # fmt: skip
    assert [place[-1] for place in seen(paper(tmp_path, files), tmp_path)] == ["accepted", "refuted"]


@pytest.mark.parametrize("package", [
    "\\catcode`\\+=13\n", "{\\def\\twice#1{3#1}}", "\\AtEndDocument{\\def\\twice#1{3#1}}", "\\mathcode`\\+=45 ",
    "\\ifnum1=1 \\def\\cos{\\sin}\\fi", "\\AtBeginDocument{\\def\\cos{\\sin}}",
])  # fmt: skip
def test_what_a_package_changes_is_unread(tmp_path: Path, package: str) -> None:
    body = "Then $\\twice{x} + \\cos x = 2x + \\cos x$."
    report = paper(tmp_path, {"main.tex": main(body, "\\usepackage{mine}\\newcommand{\\twice}[1]{2#1}\n"), "mine.sty": package})
    assert [place[-1] for place in seen(report, tmp_path)] == ["unread"]


def test_a_name_of_a_condition_is_no_condition() -> None:
    text = "\\let\\ifdraft\\iffalse\n\\newif\\iflong\n\\begin{document}Let $x$ be real. $2x = x+x$ \\iffalse $1=2$ \\let\\ifa\\iftrue \\fi $x=x$\\end{document}"
    assert [r.verdict for r in check(document(source_of(text, "x.tex"))).records if r.judged] == ["accepted", "accepted"]
