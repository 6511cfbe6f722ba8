"""Problems that somebody wrote: read, checked and made theorems by the kernel, printed in every edition and format; and what is not accepted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derivations import NotProved, written
from derivations.authored.wording import plainly, wording
from derivations.checking.report import check
from derivations.kernel.statement import Statement
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Refuted, Strength, Undecided
from derivations.language.errors import DeriveError
from derivations.language.term import Name, Num
from derivations.problem import Claimed, Displayed, Itemized, Literally, Problem, Stressed
from derivations.reading.expression import read
from derivations.reading.judgements import document
from derivations.reading.source import source_of
from render import latex, markdown, render
from render.cli import main
from render.sheets import problem_document

CORPUS = Path(__file__).parent / "corpus"
SOFTMAX = r"""\section{Softmax cross-entropy}
Let $z \in \mathbb{R}^K$ and let $p_i = \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}$ be the \emph{softmax}. Let $y_1, \dots, y_K$ be real numbers with
$\sum_{i=1}^{K} y_i = 1$, and let the loss be $L = -\sum_{i=1}^{K} y_i \ln p_i$. % the usual one

The logarithm of $p_i$ is $\ln p_i = z_i - \ln \sum_{j=1}^{K} e^{z_j}$. Therefore
\begin{align}
L &= -\sum_{i=1}^{K} y_i \left(z_i - \ln \sum_{j=1}^{K} e^{z_j}\right) && \text{put in} \\
  &= \ln \sum_{j=1}^{K} e^{z_j} - \sum_{i=1}^{K} y_i z_i && \text{the $y_i$ add up to one} \label{eq:loss}
\end{align}
\section{Gradient}
Its derivative is
\begin{equation}
\frac{\partial L}{\partial z_k} = \frac{e^{z_k}}{\sum_{j=1}^{K} e^{z_j}} - y_k = p_k - y_k. \label{eq:gradient}
\end{equation}
This is \textbf{the} formula, 100\% of it.
"""
WRONG = r"""Let $x > 0$. Then
\begin{align}
\frac{d}{dx} \ln x &= \frac{1}{x} \\
 &= \frac{1}{x+1}
\end{align}
"""


@pytest.fixture(scope="module")
def softmax() -> Problem:
    return written(SOFTMAX, question="Show that the gradient is $p_k - y_k$ for *every* $k$.", hint="Take $\\ln p_i$ first.", note="So {answer}.")


def text_of(prose: object) -> str:
    parts = prose if isinstance(prose, tuple) else (prose,)
    return "".join(part if isinstance(part, str) else getattr(part, "text", "□") for part in parts)


def test_each_chain_is_a_theorem_of_the_kernel_with_the_words_before_it(softmax: Problem) -> None:
    assert softmax.title == "Softmax cross-entropy" and softmax.evidence.strength is Strength.PROVED
    assert [section.role for section in softmax.sections] == ["remark", "main", "main"]
    assert all(isinstance(section.theorem, Theorem) for section in softmax.sections)
    loss = softmax.sections[1]
    assert [c.step.because for c in loss.theorem.steps] == ["put in", ("the ", read("y_i").term, " add up to one")], "a formula in a reason is one"
    assert "Let □ and let □ be the softmax. Let □ be real numbers with □, and let the loss be □.\n\nThe logarithm of" in text_of(loss.lead)
    assert Stressed("softmax") in loss.lead and any(isinstance(piece, Claimed) and piece.strength is Strength.PROVED for piece in loss.lead)
    assert "the usual one" not in text_of(loss.lead), "a comment is no text"
    assert text_of(softmax.notes[0]) == "This is the formula, 100% of it."
    assert softmax.answer.shown == (softmax.sections[2].theorem.statement,)
    assert softmax.trusted == ("K is the end of a range, so a positive integer", "i is an index, so an integer", "k is an index, so an integer")


@pytest.mark.parametrize("to", ["md", "tex", "html", "typ", "json", "ipynb"])
def test_it_is_written_in_every_format_and_the_questions_hold_none_of_it(softmax: Problem, to: str) -> None:
    solved, asked, hints = (str(render(softmax, to, edition)) for edition in ("solutions", "questions", "hints"))
    for words in ("add up to one", "Taken for granted" if to != "json" else "proved"):
        assert words in solved and words not in asked and words not in hints
    assert "Show that the gradient is" in asked and "first." in hints and "first." not in asked


@pytest.mark.parametrize("name", ["ema-weights", "bellman", "dropout-variance", "batch-norm-scale", "cross-entropy-logits", pytest.param("discounted-return", marks=pytest.mark.slow)])
def test_what_the_checker_proves_is_a_problem_whose_print_it_proves_again(name: str) -> None:
    source = (CORPUS / f"{name}.tex").read_text()
    found = check(document(source_of(source, f"{name}.tex")))
    assert set(found.counts) == {"proved"}, "the checker proves it"
    problem = written(CORPUS / f"{name}.tex")
    assert sum(len(section.theorem.steps) for section in problem.sections) == sum(found.counts.values())
    doc = problem_document(problem)
    for text, ending in ((latex.document(doc), "tex"), (markdown.document(doc), "md")):
        again = check(document(source_of(text, f"printed.{ending}")))
        assert "proved" in again.counts and set(again.counts) <= {"proved", "sampled"}, [(r.line, r.left, r.right, r.why) for r in again.records if r.verdict not in ("accepted", "given")]
        assert again.remarks == ()


@pytest.mark.slow
def test_a_part_is_a_heading_or_a_label() -> None:
    gradient = written(SOFTMAX, section="gradient")
    assert gradient.title == "gradient" and [s.role for s in gradient.sections] == ["main"] and text_of(gradient.sections[0].lead) == "Its derivative is"
    loss = written(SOFTMAX, label="eq:loss")
    assert len(loss.sections) == 1 and len(loss.sections[0].theorem.steps) == 2
    asked = written(SOFTMAX, answer="eq:loss")
    (shown,) = asked.answer.shown
    assert isinstance(shown, Statement) and shown.rhs == loss.sections[0].theorem.steps[-1].step.statement.rhs
    with pytest.raises(DeriveError, match="there is no heading 'Nothing'; there are 'Softmax cross-entropy', 'Gradient'"):
        written(SOFTMAX, section="Nothing")
    with pytest.raises(DeriveError, match="there is no label 'eq:no'; there are eq:gradient, eq:loss"):
        written(SOFTMAX, label="eq:no")
    with pytest.raises(DeriveError, match="answer = 'eq:no' is no label of a checked line"):
        written(SOFTMAX, answer="eq:no")


@pytest.mark.parametrize(("source", "verdict", "said"), [
    (WRONG, Refuted, r"solution.tex:4:5: this step does not follow: at x = .*: \frac{1}{x} = \frac{1}{x+1}"),
    ("Let $x > 0$. Then $$\\sqrt{\\foo} = x.$$", Undecided, r"solution.tex:1:\d+: this step cannot be read: .*the command \\foo"),
])  # fmt: skip
def test_a_step_that_is_not_accepted_is_an_error_with_its_place(source: str, verdict: type, said: str) -> None:
    import re

    with pytest.raises(NotProved) as caught:
        written(source)
    assert isinstance(caught.value.verdict, verdict)
    assert re.match(said.replace("\\frac", r"\\frac").replace("{1}", r"\{1\}").replace("{x}", r"\{x\}").replace("{x+1}", r"\{x\+1\}"), str(caught.value))


def test_a_draft_prints_what_is_not_accepted_with_its_mark_and_is_never_proved() -> None:
    draft = written(WRONG, draft=True)
    assert draft.open == 1 and draft.evidence.strength is Strength.ASSUMED
    text = str(render(draft, "md"))
    assert "**✗ does not follow** (line 4; at x = " in text and r"\frac{1}{x + 1}" in text
    assert [len(s.theorem.steps) for s in draft.sections] == [1], "the step before it is a theorem all the same"


def test_nothing_follows_from_what_is_not_accepted() -> None:
    """From a false row everything follows: an implication is no reason to accept what stands behind it."""
    source = WRONG + "so that $x + x = 3x$."
    draft = written(source, draft=True)
    assert draft.open == 2
    assert not any(isinstance(piece, Claimed) for section in draft.sections for piece in section.lead)


def test_the_words_of_an_author_are_words_formulas_lists_and_stress() -> None:
    def reader(source: str) -> object:
        return read(source).term

    x = Name("x")
    found = wording("Show *this*, **that** and `f(x)` for $x$:\n\n$$x = 1$$\n\n- one $x$\n- two\n  lines\n\nsnake_case stays, 5 * 3 * 2 too.", reader)  # type: ignore[arg-type]
    assert found == (
        "Show ", Stressed("this"), ", ", Stressed("that"), " and ", Literally("f(x)"), " for ", x, ":\n\n", Displayed(read("x = 1").term), "\n\n",
        Itemized((("one ", x), ("two lines",))), "\n\nsnake_case stays, 5 * 3 * 2 too.",
    )  # fmt: skip
    assert wording("{answer} and {parameters.k} and {x}", reader, references={"answer": (Num("1"),), "parameters.k": ("k",)}) == (Num("1"), " and k and {x}")  # type: ignore[arg-type]
    with pytest.raises(DeriveError, match=r"\{answer\} refers to nothing here; there are no references"):
        wording("{answer}", reader, references={})  # type: ignore[arg-type]
    with pytest.raises(DeriveError, match=r"the formula \$\\frac\$ cannot be read"):
        wording("$\\frac$", reader)  # type: ignore[arg-type]
    assert plainly(r"\textbf{Na\"ive} \foo{Bayes}~\cite{x} 100\%, ``so''", "tex") == "Naïve Bayes 100%, “so”"


@pytest.mark.parametrize("hostile", [r"\input{/etc/passwd}", r"#import \"x\"", "<script>alert(1)</script>", r"\end{document}", "$x$ #eval(1)", "`<b>` & _x_ @y"])
def test_words_are_never_markup(hostile: str) -> None:
    problem = written("Let $a > 0$. Then $$\\frac{a^2 - 1}{a + 1} = a - 1.$$", question=f"Simplify. {hostile}", title=f"T {hostile}")
    assert "<script>alert" not in str(render(problem, "html")) and "<b>" not in str(render(problem, "html"))
    assert r"\input{" not in str(render(problem, "tex")) and str(render(problem, "tex")).count(r"\end{document}") == 1
    pytest.importorskip("typst", reason="typst is not installed")
    assert bytes(render(problem, "pdf")).startswith(b"%PDF")  # type: ignore[arg-type]


SHEET = """title = "Own"

[[problem]]
file = "cross.tex"
question = "Show that the gradient is $p_k - y_k$ for *every* $k$."
hint = "Write $\\\\ln p_i$ first."
note = "Remember {answer}."
marks = 4

[[problem]]
solution = '''Let $a > 0$. Then
$$\\frac{a^2 - 1}{a + 1} = a - 1.$$'''
question = "Simplify $\\\\frac{a^2-1}{a+1}$."
title = "A fraction"

[[problem]]
kind = "momentum"
question = "Sum *up* $m_t$ with {parameters.beta}."
note = "That is {answer}."
"""


def test_a_sheet_holds_written_problems_beside_kinds(tmp_path: Path) -> None:
    (tmp_path / "cross.tex").write_text(SOFTMAX)
    (tmp_path / "own.toml").write_text(SHEET)
    assert main(["sheet", str(tmp_path / "own.toml"), "--to", "md,json,tex,html,ipynb", "--edition", "all", "--out", str(tmp_path / "out")]) == 0
    solved, asked, hints = ((tmp_path / "out" / f"own{e}.md").read_text() for e in ("", "-questions", "-hints"))
    assert "> Sum **up** $m_t$ with $\\beta$." in asked and "Remember" not in asked and "Write $\\ln p_i$ first." in hints
    assert "Remember $\\frac{\\partial L}{\\partial z_k} = p_k - y_k$." in solved
    assert "## Problem 2. A fraction" in solved
    record = json.loads((tmp_path / "out" / "own.json").read_text())
    assert [p["evidence"] for p in record["problems"]] == ["proved"] * 3 and record["problems"][0]["parameters"] == {"file": "cross.tex"}
    assert {"answer", "steps", "hints"}.isdisjoint(json.loads((tmp_path / "out" / "own-questions.json").read_text())["problems"][0])


@pytest.mark.parametrize(("fields", "said"), [
    ('file = "no.tex"', "problem 1 (line 2): "),
    ('file = "x.py"', "problem 1 (line 2): file = 'x.py' is not accepted; it must be the name of a file that ends in .tex, .md or .ipynb"),
    ('solution = "$1 + 1 = 2$"', "problem 1 (line 2): the field 'question' is missing; a solution in a sheet needs the question that it answers"),
    ('file = "a.tex"\nkind = "momentum"', "problem 1 (line 2): a written problem has its solution in a file or in the field solution, and no kind"),
    ('file = "a.tex"\nkernel = 3', "problem 1 (line 2): there is no field 'kernel'"),
    ('file = "a.tex"\nsolution = "x"', "problem 1 (line 2): file and solution are two places of one solution"),
    ('kind = "momentum"\nquestion = "Why $\\\\frac$?"', "problem 1 (line 2): question: the formula $\\frac$ cannot be read"),
    ('kind = "momentum"\nhint = "It is {answer}."', "problem 1 (line 2): hint: {answer} refers to nothing here; there are {parameters.beta}"),
    ('kind = "momentum"\nheading = "A"\ntitle = "B"', "problem 1 (line 2): heading and title are two names of one field"),
])  # fmt: skip
def test_what_is_wrong_with_a_written_problem_is_said_with_its_place(fields: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "s.toml"
    sheet.write_text(f'title = "T"\n[[problem]]\n{fields}\n')
    assert main(["sheet", str(sheet), "--to", "md", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.startswith(f"derive: {sheet}, {said}")


def test_a_step_of_a_sheet_that_does_not_follow_is_told_and_a_draft_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wrong.tex").write_text(WRONG)
    assert main(["sheet", str(tmp_path / "wrong.tex"), "--to", "md", "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr()
    assert f"{tmp_path / 'wrong.tex'}:4:5: this step does not follow: at x = " in told.out + told.err and not (tmp_path / "out").exists()
    assert main(["show", str(tmp_path / "wrong.tex")]) == 1
    assert main(["sheet", str(tmp_path / "wrong.tex"), "--draft", "--to", "md", "--out", str(tmp_path / "out")]) == 0
    assert "✗ does not follow" in (tmp_path / "out" / "wrong.md").read_text()


def test_show_takes_a_file_and_a_part_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cross.tex"
    path.write_text(SOFTMAX)
    assert main(["show", str(path), "--section", "Gradient", "--to", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["steps"]) == 2
    assert main(["show", str(path), "--label", "eq:no"]) == 2
    assert "there is no label 'eq:no'" in capsys.readouterr().err


@pytest.mark.parametrize("text", [
    r"Let $x > 0$. Then \[ x + c = 2 x. \]",
    r"Let $x > 0$ be blorfic. Then \[ \frac{d}{dx} \ln x = \frac{2}{x}. \]",
    r"Let $x > 0$. Then \[ \frac{d}{dx} \ln x = \frac{2}{x}. \]",
])  # fmt: skip
def test_a_sheet_refutes_what_the_checker_refutes_and_nothing_else(text: str) -> None:
    verdict = check(document(source_of(text))).records[-1].verdict
    with pytest.raises(NotProved) as refused:
        written(text)
    assert isinstance(refused.value.verdict, Refuted if verdict == "refuted" else Undecided)
    assert verdict == ("refuted" if text.endswith(r"x}. \]") and "blorfic" not in text else "undecided")


SECTIONS = r"""\section{First}
Let $a > 0$ be a real number, and let $b = 2a$ and $q = a^2$. Then
$$ b^2 = 4q $$
\section{Second}
Let $0 < x < c$ and let $s = x + c$. Let $m = 3$ and let $A \in \mathbb{R}^{m \times m}$.
$$ s^2 - x^2 = 2cx + c^2 $$
\section{Third}
$$ b^2 + s = 4q + x + c $$
"""


@pytest.mark.parametrize(("section", "said", "unsaid"), [
    ("First", "b q", "s m A"),
    ("Second", "s", "b q m A"),  # nothing of it is about m and A
    ("Third", "b q s", "m A"),
])  # fmt: skip
def test_a_part_assumes_what_concerns_it(section: str, said: str, unsaid: str) -> None:
    problem = written(SECTIONS, section=section)
    defined = {d.lhs for s in problem.sections for d in s.theorem.context.definitions}
    assert {Name(n) for n in said.split()} <= defined and not {Name(n) for n in unsaid.split()} & defined
    assert problem.evidence.strength is Strength.PROVED


def test_what_a_part_needs_of_another_is_there() -> None:
    problem = written("\\section{One}\nLet $y > 0$ and $y < 1$ and let $t = 1/y$. Then $$ t > 1 $$\n\\section{Two}\n$$ \\ln t > 0 $$", section="Two")
    (theorem,) = (s.theorem for s in problem.sections)
    assert any(d.lhs == Name("t") for d in theorem.context.definitions) and theorem.context.kind(Name("y")) is not None


def test_nothing_is_said_twice() -> None:
    """A kind says that a is positive: the hypothesis a > 0 does not stand beside it; one that says more does."""
    first, second = (str(render(written(SECTIONS, section=name), "md")).partition("Throughout")[2].partition("\n<!--")[0] for name in ("First", "Second"))
    assert "positive" in first and "\\gt" not in first
    assert "\\lt" in second
