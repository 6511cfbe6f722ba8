"""What TeX shows is what is checked, or the formula is unread; what a comment assumes is said."""

from __future__ import annotations

import json

import pytest

from derivations.checking.report import Report, check
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from render.checked import text, to_json


def checked(text: str, name: str = "x.tex", declarations: tuple[str, ...] = ()) -> Report:
    return check(document(source_of(text, name), declarations))


def verdicts(text: str, name: str = "x.tex") -> list[str]:
    return [r.verdict for r in checked(text, name).records]


REAL = "Let $a$ and $b$ be real. "


@pytest.mark.parametrize("text", [
    r"\newcommand{\x}{a}" + REAL + r"Then $\x + b = b + a$. \renewcommand{\x}{b}",
    REAL + r"Then $\x + 1 = 1 + a$. \newcommand{\x}{a}",
    REAL + r"{\def\x{a} Then $\x + 1 = 1 + a$.}",
    REAL + r"\begin{quote}\newcommand{\x}{a} Then $\x + 1 = 1 + a$.\end{quote}",
    REAL + r"\begingroup\def\x{a}\endgroup Then $\x + 1 = 1 + a$.",
    REAL + r"\newcommand{\y}{\def\x{b}}\newcommand{\x}{a} Then $\x + 1 = 1 + a$.",
    r"\def\x{a}" + REAL + r"Then $\x + 1 = 1 + a$. \def\x{b} Then.",
    r"\def\y{a}\newcommand{\x}{\y}" + REAL + r"Then $\x + 1 = 1 + a$. \def\y{b} Then.",
    r"\def\x{a}\ifnum1=2 \def\x{b}\fi " + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\newcommand{\x}{b}\providecommand{\x}{a}" + REAL + r"Then $\x + 1 = 1 + b$.",
    r"\newcommand{\x}{a}\expandafter\def\csname x\endcsname{b}" + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\newcommand{\x}{a}\edef\x{b}" + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\renewcommand{\ne}{=}" + REAL + r"Then $a \ne a + 1$.",
    r"\let\le\ge" + REAL + r"Then $a \le a + 1$.",
    r"\def\leq{\geq}" + REAL + r"Then $a \leq a + 1$.",
    r"\renewcommand{\text}[1]{b}" + REAL + r"Then $a + 1 = 1 + a \text{b}$.",
    r"\renewcommand{\,}{+}" + REAL + r"Then $a\,b = b\,a$.",
    r"\providecommand{\sin}{\cos}" + REAL + r"Then $\sin(a)^2 = 1 - \cos(a)^2$.",
    r"\newif\ifshort \ifshort\renewcommand{\cos}{\sin}\fi " + REAL + r"Then $\sin(a)^2 = 1 - \cos(a)^2$.",
    r"\ifdefined\x \ifnum1=1 \def\sin{a}\fi\else\fi " + REAL + r"Then $\sin(a) = a$.",
    r"\catcode`\+=13 \def+{-}" + REAL + r"Then $a+1 = 1+a$.",
    r"\mathcode`\=='8000 " + REAL + r"Then $a+1 = 1+a$.",
    r"\newcommand{\change}{\catcode`\+=13 }\newcommand{\more}{\change}" + REAL + r"\more Then $a+1 = 1+a$.",
    r"\everymath{\def\a{b}}" + REAL + r"Then $a+1 = 1+a$.",
])  # fmt: skip
def test_a_formula_is_unread_where_it_is_not_certain_what_is_shown(text: str) -> None:
    report = checked(text)
    found = [r for r in report.records if r.judged]
    assert [r.verdict for r in found] == ["unread"]
    assert "what TeX shows here is not certain" in found[0].why


@pytest.mark.parametrize("text", [
    r"\newcommand{\x}{a}" + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\newcommand{\x}{a}\newcommand{\x}{a}" + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\def\x{a}\def\x{b}" + REAL + r"Then $\x + 1 = 1 + b$.",
    r"\newcommand{\y}{a}\newcommand{\x}{\y}\renewcommand{\y}{b}" + REAL + r"Then $\x + 1 = 1 + b$.",
    r"\newcommand{\y}{a}\let\x\y\renewcommand{\y}{b}" + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\let\x=a\let\x=b" + REAL + r"Then $\x + 1 = 1 + b$.",
    r"\newcommand{\x}{\y}\newcommand{\y}{a}" + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\documentclass{article}\newcommand{\x}{a}\begin{document}" + REAL + r"Then $\x + 1 = 1 + a$.\end{document}",
    r"\renewcommand{\le}{\leqslant}" + REAL + r"Then $a \le a + 1$.",
    r"\let\leq\leqslant " + REAL + r"Then $a \leq a + 1$.",
    r"\let\x=a" + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\makeatletter\catcode`\@=11\makeatother" + REAL + r"Then $a + 1 = 1 + a$.",
    r"\newcommand{\z}{b}\renewcommand{\z}{a}" + REAL + r"Then $a + 1 = 1 + a$.",
    r"\iftrue\newcommand{\x}{a}\fi " + REAL + r"Then $\x + 1 = 1 + a$.",
    r"\newif\ifshort\renewcommand{\sin}{a}" + REAL + r"Then $\sin + 1 = 1 + a$. \ifshort b\fi",
    r"\providecommand{\x}{a}" + REAL + r"Then $\x + 1 = 1 + a$.",
    REAL + r"Then $a + 1 = 1 + a$. \catcode`\+=13",
    r"\newcommand{\change}{\catcode`\+=13 }" + REAL + r"Then $a + 1 = 1 + a$. \change",
])  # fmt: skip
def test_what_is_certain_is_read(text: str) -> None:
    assert [r.verdict for r in checked(text).records if r.judged] == ["accepted"]


@pytest.mark.parametrize(("text", "expected"), [
    (r"\begin{comment}Then $1+1=3$.\end{comment} Then $1+1=2$.", ["accepted"]),
    (r"\newenvironment{comment}{}{}\begin{comment}Then $1+1=3$.\end{comment} Then $1+1=2$.", ["refuted", "accepted"]),
    (r"\includecomment{comment}\begin{comment}Then $1+1=3$.\end{comment} Then $1+1=2$.", ["refuted", "accepted"]),
    (r"\verb|$1+1=3$| Then $1+1=2$.", ["accepted"]),
    (r"\renewcommand{\verb}{}\verb|Then $1+1=3$| Then $1+1=2$.", ["refuted", "accepted"]),
    (r"\iffalse Then $1+1=3$. \iftrue \fi \else Then $2+2=4$. \fi Then $1+1=2$.", ["accepted", "accepted"]),
    (r"\iffalse Then $1+1=3$.", []),
    (r"Then $1+1=2$. \endinput Then $1+1=3$.", ["accepted"]),
])  # fmt: skip
def test_what_tex_hides_is_not_read_and_what_it_shows_is(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


def test_what_is_switched_off_is_no_assumption() -> None:
    assert verdicts(r"\iffalse Let $x=1$. \fi Let $x$ be real. Then $x^2=x$.") == ["refuted"]


@pytest.mark.parametrize("text", [r"\def", r"\newcommand", r"\let", r"\let\a", r"\def\x", r"\newcommand{", r"\DeclareMathOperator", r"$x$ \def", "\\def\\", r"\let\a="])
def test_a_document_may_end_in_a_definition(text: str) -> None:
    assert not checked(text).records and not checked(text, "x.md").records


@pytest.mark.parametrize("line", [
    r"define \sin(x) = x", r"define \sin^2(x) = x", r"define \pi = 3", r"define \max(x, y) = x", r"define 1 = 2", r"assume \pi = 3", "assume 1 = 2", r"assume \pi < 3",
])  # fmt: skip
def test_what_everybody_knows_is_not_defined_anew(line: str) -> None:
    report = checked(f"% derive: {line}\nLet $x$ be real. Then $1+1=2$.")
    (problem,) = [words for *_, words in (*getattr(report, "misspelt", ()), *report.remarks)]
    assert "means what everybody takes it to mean" in problem or "true or false by itself" in problem
    assert [r.verdict for r in report.records] == ["accepted"]


@pytest.mark.parametrize("line", [r"define f(x) = x^2", r"define \sigma(x) = x", r"assume a < 3", r"let k: integer"])
def test_names_of_the_document_are_defined(line: str) -> None:
    report = checked(f"% derive: {line}\nThen $1+1=2$.")
    assert not report.remarks and not getattr(report, "misspelt", ())


HIDDEN = "% derive: assume y = 1\n% derive: assume x = y\nLet $x$ be real. Then $x^2 = x$.\nThen $z + z = 2z$.\n"


def test_what_a_comment_assumes_is_said_with_the_verdict_that_uses_it() -> None:
    report = checked(HIDDEN)
    first, second = (r for r in report.records if r.judged)
    assert (first.verdict, first.told) == ("accepted", ("assume y = 1 (line 1)", "assume x = y (line 2)"))
    assert (second.verdict, second.told) == ("accepted", ())
    usual, strict = text(report, strict=False, verbose=False), text(report, strict=True, verbose=False)
    assert [line for line in usual if "not shown in the text: assume x = y (line 2) (1 verdict from here on may rest on it)" in line]
    assert [line for line in strict if "with what the text does not show: assume y = 1 (line 1); assume x = y (line 2)" in line]
    assert not [line for line in strict if line.startswith("    z + z")]


def test_what_a_file_beside_assumes_is_said() -> None:
    report = checked("Let $x$ be real. Then $x^2 = x$.", declarations=("assume x = 1",))
    (record,) = (r for r in report.records if r.judged)
    assert (record.verdict, record.told) == ("accepted", ("assume x = 1 (the file beside)",))
    assert json.loads(to_json([report]))["steps"][-1]["told"] == ["assume x = 1 (the file beside)"]


def test_what_a_scope_of_comments_tells_is_said() -> None:
    report = checked("% derive: begin 1\n% derive: let {x} : real\n% derive: assume {x = 1}\n\\[ x^2 = x \\]\n% derive: end\n")
    assert [line for line in text(report, strict=False, verbose=False) if "not shown in the text: what derive: comments tell from line 1 on" in line]
