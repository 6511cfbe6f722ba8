"""What a page has beside its mathematics: an outline and links that lead somewhere, a list of contents, lines to write on, and nothing in the margin."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import worked_examples as examples

from derivations.kernel.statement import Rel
from derivations.language.errors import DeriveError
from derivations.language.term import Add, Name, Num, Relation, Term, group, names, relation
from render import engines, html, latex, look, markdown, sheet_file, typst
from render.cli import main
from render.compose import Entry
from render.document import Blanks, Boxed, Chain, Display, Document, Figure, Paragraph, Part, Question, Row, Space, Text
from render.figures.scene import Scene
from render.messages import messages
from render.printing import Edition, Printing
from render.sheets import Sheet, sheet_document

PROBLEMS = (examples.count(), examples.convolution(), examples.density())
SHEET = Sheet("A sheet with 100 % of _x_ & λ", tuple(Entry(p, heading=h) for p, h in zip(PROBLEMS, ("First {1} #2 λ ≤ μ", "Second \\ ~ ^", "Third"), strict=True)))
QUESTIONS = Printing(Edition.QUESTIONS)


def _pdf(engine: str, folder: Path) -> Path:
    document = sheet_document(SHEET)
    if engine == "typst":
        pytest.importorskip("typst")
        data = engines.pdf_with_typst(typst.document(document), {}, folder / "a.log")
    elif shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    else:
        data = engines.pdf_with_latex(latex.document(document), {}, folder / "a.log", engine)
    (folder / "a.pdf").write_bytes(data)
    return folder / "a.pdf"


def _read(program: str, *arguments: str | Path) -> str:
    """What a reader of PDF that is not ours says."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *arguments], capture_output=True, check=True, timeout=60).stdout.decode("utf-8", "replace")


@pytest.mark.parametrize("engine", ["typst", "pdflatex", "lualatex"])
def test_the_outline_names_every_part_and_the_last_table_leads_to_the_problems(engine: str, tmp_path: Path) -> None:
    pdf = _pdf(engine, tmp_path)
    read = _read("pdftohtml", "-xml", "-i", "-stdout", pdf)
    outline = ET.fromstring(read[read.index("<outline>") : read.rindex("</outline>") + len("</outline>")])
    told = [" ".join((item.text or "").split()) for item in outline.iter("item")]
    assert told == ["Problem 1. First {1} #2 λ ≤ μ", "Problem 2. Second \\ ~ ^", "Problem 3. Third", "How each result is known"]
    assert len(re.findall(r"<a href=\"[^\"]*#\d+\">", read)) >= 3
    assert re.search(r"Title:\s+A sheet with 100 % of _x_ & λ", _read("pdfinfo", pdf))


def test_typst_marks_headings_and_formulas_for_those_who_do_not_see(tmp_path: Path) -> None:
    pdf = _pdf("typst", tmp_path)
    assert re.search(r"Tagged:\s+yes", _read("pdfinfo", pdf))
    structure = _read("pdfinfo", "-struct", pdf)
    assert "H1" in structure and "Formula" in structure and "Link" in structure


def test_a_latex_that_tags_is_asked_for_tags_and_given_the_words_of_drawings() -> None:
    drawing = Figure(Scene(10, 10, (), "A drawing", ("100 % of {x}, all = 7",)), (Text("Below."),))
    source = latex.document(replace(sheet_document(SHEET), blocks=(*sheet_document(SHEET).blocks, drawing)))
    before, after = source.split("\\documentclass", 1)
    assert "{2025-06-01}{\\DocumentMetadata{lang=en,tagging=on}}{}" in before  # older ones make no tags, or not these
    used = {name for names in re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", after) for name in names.split(",")}
    assert "tabularx" in used and not used & {"framed", "mdframed", "needspace", "titlesec"}  # those that lose what is tagged
    assert "alt={A drawing. 100 \\% of \\{x\\}, all = 7}]" in after


def test_what_is_too_tall_for_a_frame_goes_on_over_the_page(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    lines = tuple(Display(relation(x, "=", _bracket(2))) for _ in range(60))
    blocks = (Question((Paragraph((Text("Short."),)),)), Boxed("Answer", lines), Question((Paragraph((Text("Long. " * 900),)),)), Boxed("Answer", lines[:3]))
    source = latex.document(Document("T", (), blocks))
    assert [source.count(f"\\begin{{{name}}}") for name in ("question", "longquestion", "answer", "longanswer")] == [1, 1, 1, 1]
    (tmp_path / "a.tex").write_text(source, "utf-8")
    subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"], cwd=tmp_path, capture_output=True, check=True, timeout=120)
    told = (tmp_path / "a.log").read_text("latin-1")
    assert "Overfull" not in told and int(re.findall(r"\((\d+) pages", told)[0]) >= 3


def test_latex_without_the_package_for_outlines_sets_the_same_pages(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    source = latex.document(sheet_document(SHEET))
    assert "\\IfFileExists{bookmark.sty}" in source
    assert engines.pdf_with_latex(source.replace("{bookmark.sty}", "{no-bookmark.sty}"), {}, tmp_path / "a.log", "pdflatex").startswith(b"%PDF")


x, = names("x")


def _bracket(count: int) -> Term:
    return group(Add(tuple(("+", Name("a")[k] * x) for k in range(1, count + 1)))) ** 2


@pytest.mark.parametrize("left", ["y", "parameters"])
@pytest.mark.parametrize("count", [14, 18, 22, 40])
def test_a_bracket_that_cannot_be_broken_stays_in_its_column(left: str, count: int, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    name = Name(left, font="text" if len(left) > 1 else "")
    wide, sums = _bracket(count), Add((("+", x), ("-", _bracket(count)), ("+", _bracket(count)), ("+", Num("1"))))
    why = (Text("the words beside the line"),)
    chain = Chain((Row(name, Rel.EQ, wide, why), Row(None, Rel.EQ, sums, why), Row(None, Rel.LE, wide * x, why), Row(wide, Rel.EQ, sums, why)))
    blocks = (chain, Display(relation(name, "=", wide)), Display(relation(name, "=", sums)), Display(sums), Display(relation(wide, "=", sums)))
    (tmp_path / "a.tex").write_text(latex.document(Document("T", (), blocks)), "utf-8")
    subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"], cwd=tmp_path, capture_output=True, check=True, timeout=120)
    assert re.findall(r"Overfull \\hbox \(([\d.]+)pt", (tmp_path / "a.log").read_text("latin-1")) == []


COLUMNS = {
    "twocolumn": "\\documentclass[twocolumn]{article}\n%%preamble\n\\begin{document}\n%%head\n%%body\n\\end{document}\n",
    "multicols": "% not twocolumn\n\\documentclass[12pt,a4paper]{article}\n%%preamble\n\\usepackage{multicol}\n\\begin{document}\n%%head\n"
    "\\begin{multicols}{2}\n%%body\n\\end{multicols}\n\\end{document}\n",
}


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "engine"), [("twocolumn", "pdflatex"), ("twocolumn", "lualatex"), ("multicols", "pdflatex")])
def test_in_two_columns_nothing_is_wider_than_a_column(columns: str, engine: str, tmp_path: Path) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    (tmp_path / "own.tex").write_text(COLUMNS[columns], "utf-8")
    chosen = look.look((tmp_path / "own.tex",))
    why = (Text("the words that stand below the line"),)
    y, parameters, sums = Name("y"), Name("parameters", font="text"), Add(tuple(("+", _bracket(k)) for k in (2, 5, 9, 20)))
    chain = Chain((Row(y, Rel.EQ, sums, why), Row(None, Rel.LE, _bracket(12) * x, why), Row(parameters, Rel.EQ, sums, why), Row(sums, Rel.EQ, y, ())))
    blocks = (chain, Display(relation(y, "=", sums)), Display(Relation((parameters, x, sums), ("=", "="))), Display(_bracket(30)))
    document = sheet_document(Sheet("T", tuple(Entry(p) for p in (*PROBLEMS, examples.wide())), "Course"))
    (tmp_path / "a.tex").write_text(latex.document(replace(document, blocks=(*document.blocks, *blocks)), look=chosen), "utf-8")
    subprocess.run([engine, "-interaction=nonstopmode", "-halt-on-error", "a.tex"], cwd=tmp_path, capture_output=True, check=True, timeout=240)
    over = re.findall(r"Overfull \\hbox \(([\d.]+)pt[^\n]*", (tmp_path / "a.log").read_text("latin-1"))
    assert [found for found in over if float(found) > 2] == []


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.identifiers: set[str] = set()
        self.links: list[str] = []
        self.classes: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.identifiers |= {given["id"] or ""} if "id" in given else set()
        self.links += [given["href"] or ""] if tag == "a" else []
        self.classes += (given.get("class") or "").split()


def _seen(document: Document, language: str = "en") -> _Seen:
    seen = _Seen()
    seen.feed(html.document(document, messages=messages(language)))
    return seen


def test_the_list_of_contents_names_every_part_of_the_page() -> None:
    document = sheet_document(SHEET)
    seen = _seen(document)
    parts = [f"#{block.identifier}" for block in document.blocks if isinstance(block, Part)]
    assert seen.links[: len(parts)] == parts and {link[1:] for link in seen.links} <= seen.identifiers
    page = html.document(document, messages=messages("de"))
    assert '<nav aria-label="Inhalt">' in page
    assert "<nav" not in html.document(sheet_document(Sheet("One", (Entry(PROBLEMS[0]),)))), "what is seen at once needs no list"


def _room(document: Document) -> list[Space]:
    return [block for part in document.blocks if isinstance(part, Part) for block in part.blocks if isinstance(block, Space)]


def test_questions_have_a_name_points_and_lines_to_write_on() -> None:
    entries = (Entry(PROBLEMS[0], marks=Fraction(3), space=3.6), Entry(PROBLEMS[2], marks=Fraction(5, 2)))
    document = sheet_document(Sheet("S", entries), QUESTIONS)
    assert document.blocks[0] == Blanks((("Name", "", ""), ("Points", "", "/ 5.5")))
    assert [room.ruled for room in _room(document)] == [True, True]
    assert "\\blanks{Name:~\\hrulefill\\quad Points:~\\shortblank~/ 5.5}" in latex.document(document) and "\\ruled{4}" in latex.document(document)
    assert "#blanks(([Name], [], [])" in typst.document(document) and "#ruled(4)" in typst.document(document)
    assert {"blanks", "space", "ruled"} <= set(_seen(document).classes)
    assert r"Name: \_\_\_" in markdown.document(document)
    for edition in (Edition.HINTS, Edition.SOLUTIONS, Edition.STAFF):
        other = sheet_document(Sheet("S", entries), Printing(edition))
        assert not any(isinstance(block, Blanks) for block in other.blocks) and not _room(other)


def test_points_of_how_many_are_told_only_where_all_are_known() -> None:
    document = sheet_document(Sheet("S", (Entry(PROBLEMS[0], marks=Fraction(3)), Entry(PROBLEMS[2]))), QUESTIONS)
    assert document.blocks[0] == Blanks((("Name", "", ""), ("Points", "", "")))


def test_the_name_of_a_student_stands_there_and_in_the_title_of_other_editions() -> None:
    sheet = Sheet("S", (Entry(PROBLEMS[0]),), student="Ada <b> & _c_ (1815)")
    asked = sheet_document(sheet, QUESTIONS)
    assert asked.blocks[0] == Blanks((("Name", "Ada <b> & _c_ (1815)", ""), ("Points", "", ""))) and "Ada <b> & _c_ (1815)" not in asked.subtitle
    assert sheet_document(sheet).subtitle[0] == "Ada <b> & _c_ (1815)"
    assert "<b>Ada &lt;b&gt; &amp; _c_ (1815)</b>" in html.document(asked)
    assert r"\textbf{Ada \textless{}b\textgreater{} \& \_c\_ (1815)}" in latex.document(asked)


def test_lines_can_be_left_out(tmp_path: Path) -> None:
    text = 'title = "T"\nlines = false\n[[problem]]\nkind = "momentum"\nspace = "5cm"\n'
    (tmp_path / "t.toml").write_text(text)
    assert main(["sheet", str(tmp_path / "t.toml"), "--to", "tex,typ", "--edition", "questions", "--out", str(tmp_path)]) == 0
    assert "\\vspace*{5cm}" in (tmp_path / "t-questions.tex").read_text() and "#space(5cm)" in (tmp_path / "t-questions.typ").read_text()
    with pytest.raises(DeriveError, match="lines = 'no' is not accepted; it must be true or false"):
        sheet_file.parse(text.replace("false", '"no"'), "t", "t.toml")
