"""Every writer, on problems that hold what is hard to print: what they write is read back with the tools of its medium."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
import worked_examples as examples
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from derivations.language import presenting
from derivations.language.context import Context, Scalar
from derivations.language.term import Add, Mul, Name, Relation, Term, names, relation, term
from derivations.problem import Answer, Problem, Section
from render import html, latex, markdown, present, record, terminal
from render.breaking import broken
from render.compose import Entry
from render.document import Display, Document
from render.measure import width
from render.messages import ENGLISH
from render.notation.latex import latex as printed
from render.notation.symbols import GREEK
from render.notation.text import text
from render.sheets import Sheet, problem_document, released, released_problem, sheet_document

PROBLEMS = (examples.convolution(), examples.count(), examples.density(), examples.wide())
SHEET = Sheet("Results & <proofs> of 100%", tuple(Entry(p) for p in PROBLEMS), "Deep_Learning", "Ærøskøbing #1", "2024-05-01")
DOCUMENT = sheet_document(SHEET)
IDS = [problem.kind for problem in PROBLEMS]


# -- breaking ----------------------------------------------------------------------------------------------------------------------------


def _parts(t: Term) -> list[Term]:
    """The summands and factors of a term in order: what breaking may separate."""
    match t:
        case Relation(items):
            return [p for item in items for p in _parts(item)]
        case Add(parts):
            return [p for _, part in parts for p in _parts(part)]
        case Mul(parts):
            return [part for _, part in parts]
        case _:
            return [t]


SUMS = st.lists(st.tuples(st.sampled_from(["+", "-"]), st.integers(1, 4)), min_size=1, max_size=9).map(
    lambda rows: Add(
        tuple((sign, Name("x") if n == 1 else Mul(tuple(("" if k == 0 else "times", Name("abc"[k - 1])) for k in range(n)))) for sign, n in rows)
    )  # type: ignore[misc]
)


@given(SUMS, st.integers(1, 30), st.booleans())
def test_breaking_loses_nothing_and_keeps_the_order(total: Term, room: int, in_relation: bool) -> None:
    formula = Relation((Name("y"), total), ("=",)) if in_relation else total
    lines = broken(formula, room, max(1, room - 2), lambda t: len(text(t)))
    assert [p for line in lines for p in _parts(line.term)] == _parts(formula)
    assert (lines[0].joint, lines[0].sign) == ("", "")
    assert all(line.joint for line in lines[1:])


@given(SUMS, st.integers(8, 40))
def test_a_line_is_too_long_only_if_it_cannot_be_broken(total: Term, room: int) -> None:
    for line in broken(total, room, room, lambda t: len(text(t))):
        assert len(text(line.term)) <= room or len(_parts(line.term)) == 1


def test_the_signs_of_a_broken_sum_stay() -> None:
    a, b, c = names("a b c")
    first, second, third = broken(a - b + c, 1, 1, lambda t: len(text(t)))
    assert (first.term, second.term, second.sign, third.term, third.sign) == (Add((("+", a),)), Add((("-", b),)), "-", Add((("+", c),)), "+")


# -- LaTeX -------------------------------------------------------------------------------------------------------------------------------


def _pdflatex(source: str, folder: Path) -> str:
    """The log of compiling a file; skips where there is no TeX."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    (folder / "page.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = (folder / "page.log").read_text("latin-1")
    assert done.returncode == 0, log[-3000:]
    return log


def _overfull(log: str) -> list[float]:
    return [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]


def test_the_sheet_compiles_and_nothing_stands_in_the_margin(tmp_path: Path) -> None:
    log = _pdflatex(latex.document(DOCUMENT), tmp_path)
    assert [points for points in _overfull(log) if points > 2] == []
    assert "undefined" not in log


def test_characters_that_the_fonts_lack_are_a_box_and_not_an_error(tmp_path: Path) -> None:
    sheet = Sheet("Лист 数学 αβγ", (Entry(PROBLEMS[1], heading='→ ≤ ≥ ₀ naïve “quotes” – […] \\ ~ ^ | " <>'),))
    source = latex.document(sheet_document(sheet))
    assert r"\DeclareUnicodeCharacter{6570}" in source
    _pdflatex(source, tmp_path)


def test_a_wide_formula_is_measured_as_tex_sets_it(tmp_path: Path) -> None:
    terms = [t for p in PROBLEMS for c in p.steps for t in (c.step.statement.lhs, c.step.statement.rhs)]
    terms += [Add(tuple(("+", Name(letter)) for letter in GREEK if letter[0].isupper() == tall and letter != "omicron")) for tall in (True, False)]
    boxes = "".join(f"\\setbox0\\hbox{{$\\displaystyle {printed(t)}$}}\\typeout{{W\\the\\wd0}}\n" for t in terms)
    packages = r"\usepackage[T1]{fontenc}\usepackage{lmodern,amsmath,amssymb,mathtools}"
    log = _pdflatex(f"\\documentclass[11pt]{{article}}{packages}\\begin{{document}}\n{boxes}x\\end{{document}}", tmp_path)
    real = [float(points) / 10.95 for points in re.findall(r"^W([\d.]+)pt", log, re.M)]
    assert len(real) == len(terms)
    for t, em in zip(terms, real, strict=True):
        assert 0.95 * em - 0.2 <= width(t) <= 1.2 * em + 0.5, printed(t)


def test_words_are_escaped_in_latex() -> None:
    source = latex.document(DOCUMENT)
    assert r"Results \& \textless{}proofs\textgreater{} of 100\%" in source
    assert r"by definition of \ensuremath{\delta}\_1 \& 50\% of it" in source
    assert r"It costs 100\% \& more\_or\_less \$5 for \{\#1\}." in source
    assert r"\texttt{w[0]\_x}" in source


def test_each_environment_of_latex_is_closed() -> None:
    source = latex.document(DOCUMENT)
    for name in set(re.findall(r"\\begin\{(\w+\*?)\}", source)):
        assert source.count(f"\\begin{{{name}}}") == source.count(f"\\end{{{name}}}"), name


# -- HTML --------------------------------------------------------------------------------------------------------------------------------


ENDED_BY_THE_NEXT = {"td": {"td", "tr"}, "th": {"th"}, "tr": {"tr"}}
"""Elements whose end tags HTML lets out, and what ends them."""


class _Page(HTMLParser):
    """Collects the tags, checks that they nest, and keeps the text outside formulas."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        while self.open and tag in ENDED_BY_THE_NEXT.get(self.open[-1], ()):
            self.open.pop()
        if tag not in ("meta", "link", "br", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in ("table", "thead", "tbody") and self.open[-1] in ENDED_BY_THE_NEXT:
            self.open.pop()
        assert self.open and self.open[-1] == tag, f"</{tag}> closes <{self.open[-1:]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if {"math", "style", "script"}.isdisjoint(self.open):
            self.words.append(data)


def test_the_page_is_well_formed_and_asks_nothing_of_the_network() -> None:
    source = html.document(DOCUMENT)
    page = _Page()
    page.feed(source)
    page.close()
    assert page.open == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"link", "img", "iframe", "object"})
    assert not any(name in ("src", "srcset") for _, attributes in page.tags for name in attributes)
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in page.tags), "links lead to parts of the page"
    assert set(re.findall(r"url\(.{22}", source)) == {"url(data:font/woff2;base64"} and "@import" not in source
    assert ("html", {"lang": "en"}) in page.tags
    assert len([tag for tag, _ in page.tags if tag == "h1"]) == 1
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert identifiers == ["problem-1", "problem-2", "problem-3", "problem-4", "evidence", "latex"]


def test_words_of_the_page_are_the_words_that_were_given() -> None:
    page = _Page()
    page.feed(html.document(DOCUMENT))
    words = "".join(page.words)
    for given_words in ("Results & <proofs> of 100%", "Ærøskøbing #1", "A <strided> convolution & its taps", "by definition of δ_1 & 50% of it"):
        assert given_words in words


def test_every_mark_has_words_for_those_who_do_not_see_it() -> None:
    source = html.document(DOCUMENT)
    page = _Page()
    page.feed(source)
    beside = {attributes["aria-label"] for tag, attributes in page.tags if tag == "summary" and "aria-label" in attributes}
    alone = {attributes["title"] for tag, attributes in page.tags if attributes.get("role") == "img" and tag == "b"}
    assert beside | alone == {"proved", "sampled"}
    assert len(re.findall("[●○]", source)) == len(re.findall(r'<summary aria-label="\w+">[●○]|<b role="img" title="\w+">[●○]', source))
    legend = source[source.index(ENGLISH.legend) :]
    assert "</b> proved for all values that the assumptions allow" in legend and "</b> tried on samples only" in legend


def test_the_latex_of_each_formula_is_on_the_page() -> None:
    source = html.document(DOCUMENT)
    lines = re.search(r'<script type="text/plain" id="latex"[^>]*>(.*?)</script>', source, re.DOTALL)[1].split("\n")  # type: ignore[index]
    full = [lines[int(line[1:])] if line.startswith("@") else line for line in lines]
    for problem in PROBLEMS:
        for checked in problem.steps:
            assert any(line.endswith(printed(checked.step.statement.rhs)) for line in full)
    assert len({line for line in lines if not line.startswith("@")}) == sum(not line.startswith("@") for line in lines)


def test_words_of_a_page_cannot_end_its_list_of_latex() -> None:
    x = Name("</script><b>")
    source = html.document(Document("T", (), (Display(Mul((("", x), ("", x)))),)))
    assert source.count("</script>") == 2 and "<b>" not in source


# -- Markdown ----------------------------------------------------------------------------------------------------------------------------


def test_formulas_survive_markdown() -> None:
    source = markdown.document(DOCUMENT)
    assert source.count("$$") % 2 == 0
    for block in source.split("$$")[1::2]:
        assert not re.search(r"\\[{},;:!| ]", block.replace(r"\\", "")), block  # Markdown would take these backslashes
        assert all(line.endswith(r"\\") or r"\\" not in line for line in block.split("\n"))
        assert r"\operatorname" not in block
        assert "\n>" not in block  # a quotation mark inside a formula
        assert block.count(r"\begin{") == block.count(r"\end{")


def test_words_are_escaped_in_markdown() -> None:
    source = markdown.document(DOCUMENT)
    assert source.startswith("# Results & \\<proofs\\> of 100%\n")
    assert r"It costs 100% & more\_or\_less \$5 for \{\#1\}." in source
    assert "`w[0]_x`" in source


# -- JSON --------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", PROBLEMS, ids=IDS)
def test_a_record_holds_what_the_problem_holds(problem: examples.Problem) -> None:
    found = json.loads(record.dumped(record.record(released_problem(problem))))
    assert {"kind", "parameters", "question", "assumptions", "answer", "steps", "evidence"} <= found.keys()
    assert {"latex", "text", "value"} <= found["answer"].keys()
    steps = list(problem.steps)
    assert [s["latex"] for s in found["steps"]] == [printed(c.step.statement.formula) for c in steps]
    for written, checked in zip(found["steps"], steps, strict=True):
        assert set(written) == {"latex", "text", "relation", "because", "rule", "verdict", "evidence"}
        assert written["verdict"] == "accepted"
        assert written["evidence"] == checked.evidence.word
    assert found["evidence"] == problem.evidence.word


def test_values_in_a_record_are_for_programs() -> None:
    sympy = pytest.importorskip("sympy")
    t = sympy.Symbol("t")
    given_values = (sympy.Integer(7), sympy.Rational(1, 3), 2 * t, {"weights": 36, "biases": [sympy.Integer(4)]}, None, True)
    assert record.value(given_values) == [7, "1/3", "2*t", {"weights": 36, "biases": [4]}, None, True]


def test_the_record_of_a_sheet_has_its_title_and_problems() -> None:
    found = record.record(released(SHEET))
    assert found["title"] == SHEET.title
    assert [p["kind"] for p in found["problems"]] == IDS
    own = record.record(released(Sheet("S", (Entry(PROBLEMS[1], "Mine", "My own question?"),))))["problems"][0]
    assert (own["title"], own["question"]) == ("Mine", "My own question?")


# -- terminal ----------------------------------------------------------------------------------------------------------------------------


def _shown(problem: examples.Problem, columns: int, colour: bool = False) -> str:
    stream = StringIO()
    console = Console(file=stream, width=columns, force_terminal=colour, color_system="standard" if colour else None, highlight=False)
    terminal.show(problem_document(problem), console)
    return stream.getvalue()


@pytest.mark.parametrize("columns", [78, 80, 132])
@pytest.mark.parametrize("problem", PROBLEMS[:3], ids=IDS[:3])
def test_the_terminal_shows_all_of_a_problem_within_its_width(problem: examples.Problem, columns: int) -> None:
    shown = _shown(problem, columns)
    assert max(map(cell_len, shown.splitlines())) <= columns
    squeezed = re.sub(r"[\s│┌─└]", "", shown)
    for checked in problem.steps:
        for word in checked.step.because.split():
            assert word in squeezed
    assert "\x1b" not in shown


def test_what_cannot_be_broken_runs_over_and_is_not_cut() -> None:
    shown = _shown(examples.wide(), 80)
    fraction = next(iter(examples.wide().steps)).step.statement.rhs
    assert text(fraction) in shown
    assert "…" not in shown


def test_colour_is_only_for_screens() -> None:
    assert "\x1b[" in _shown(PROBLEMS[1], 80, colour=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", _shown(PROBLEMS[1], 80, colour=True)) == _shown(PROBLEMS[1], 80)


# -- notebooks, and all of them together -------------------------------------------------------------------------------------------------


def test_notebooks_get_latex_and_markdown() -> None:
    shown = present.latex(PROBLEMS[2])
    assert shown.count("$$") == 4
    assert r"\Leftrightarrow" in shown
    assert "**Answer**" in present.markdown(PROBLEMS[2])
    assert present.latex(PROBLEMS[2].sections[0].theorem) in shown


def test_a_problem_shows_itself_in_notebooks_where_a_presenter_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        def load(self) -> object:
            return present

    for installed, found in (((), None), ((Point(),), present.latex(PROBLEMS[1]))):
        monkeypatch.setattr(presenting, "entry_points", lambda group, points=installed: points if group == "derive.presenter" else ())
        presenting.presenter.cache_clear()
        assert PROBLEMS[1]._repr_latex_() == found
        assert (PROBLEMS[1]._repr_markdown_() is None) == (found is None)
    presenting.presenter.cache_clear()


def test_what_only_one_theorem_assumes_is_not_said_of_the_others() -> None:
    x, y = names("x y")
    common = Context().declare(Scalar(), x, y).convention("both")
    contexts = (common.define(y, x + 1).assume(relation(x, ">", 0)), common.define(y, x + 2).define(Name("u"), x))
    sections = tuple(Section(examples.chain(c, y, (x, "told")), f"Theorem {k}") for k, c in enumerate(contexts, 1))
    source = markdown.document(problem_document(Problem("p", "P", "Q?", sections, Answer((), 1))))
    throughout, first, second = re.split(r"\*\*Theorem \d\*\*", source)
    assert "$x$, $y$ are real numbers" in throughout and "both" in throughout and r"$u := x$" in throughout
    assert r"Here $x \gt 0$; $y := x + 1$:" in first.replace("  ", " ")
    assert r"Here $y := x + 2$:" in second
    record_of = record.record(released_problem(Problem("p", "P", "Q?", sections, Answer((), 1))))
    assert "in “A chain”, y ≔ x + 2" in record_of["assumptions"]


def test_a_sheet_says_how_each_result_is_known() -> None:
    source = markdown.document(DOCUMENT)
    last = source[source.index("## How each result is known") :]
    assert "| 2. Counting | 2 | 2 | 0 | ● proved |" in last
    assert "| 3. A density | 4 | 2 | 2 | ○ sampled(24) |" in last
    assert "$x$ is a real number strictly between 0 and 1" in last
    assert "$P$ is a permutation matrix of size $N \\times N$" in last


@pytest.mark.parametrize("write", [latex.document, html.document, markdown.document], ids=["tex", "html", "md"])
def test_writing_twice_gives_the_same_bytes(write: object) -> None:
    assert callable(write)
    assert write(sheet_document(SHEET)) == write(DOCUMENT)


def test_numbers_are_grouped_everywhere_alike() -> None:
    assert printed(term(2360832)) in latex.document(DOCUMENT)
    assert text(term(2360832)) in _shown(PROBLEMS[1], 80)
