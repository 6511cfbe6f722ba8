"""Notation profiles and the reader's own look: what is printed, and which of them are refused."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
import worked_examples as examples
from topic_texts import built

from derivations import catalogue
from derivations.language.context import Array, Context, Domain, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.term import Call, Name, Num, Term, names, relation, term
from derivations.problem import Answer, Displayed, Problem, Section
from render import cli, html, latex, markdown, record, terminal, typst
from render.compose import Entry
from render.look import FIELDS, look
from render.messages import ENGLISH, messages
from render.notation.style import PLAIN
from render.notation.text import text
from render.paper import PAGE
from render.printing import Printing
from render.profiles import PLAIN_PROFILE, Profile, checked, profile
from render.sheets import Sheet, problem_document, released_problem, sheet_document

x, y, W, N, D, t = names("x y W N D t")
BETA, GAMMA = Name("beta"), Name("gamma")
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
Run = Callable[..., tuple[int, str, str]]


def _problem(*shown: Term, context: Context | None = None) -> Problem:
    known = context or Context().declare(Scalar(), x, y)
    theorem = examples.chain(known, x, (y, "because x = y and a is a letter, 2-x too, x's"))
    question = ("Given ", x, "?", *(Displayed(s) for s in shown))
    return Problem("p", "P of x", question, (Section(theorem, "Of β and x"),), Answer(shown, None))


def _md(problem: Problem, table: dict[str, object], language: str = "en") -> str:
    words = messages(language)
    chosen = checked(profile(table, "p.toml"), words, "p.toml")
    printing = Printing(messages=words, profile=chosen)
    return markdown.document(sheet_document(Sheet("S", (Entry(problem),)), printing), printing.style)


# -- symbols and fonts -------------------------------------------------------------------------------------------------------------------


def test_a_symbol_is_renamed_in_formulas_and_in_words() -> None:
    source = _md(_problem(), {"symbols": {"x": "u"}})
    assert "Given $u$?" in source and "u & = y" in source
    printing = Printing(profile=profile({"symbols": {"x": "u", "a": "b", "s": "r"}}, "p"))
    assert record.record(released_problem(_problem(), printing), printing)["steps"][0]["because"] == "because u = y and a is a letter, 2-x too, u's"
    assert "Of β and u" in source and "1. P of u" in source


@pytest.mark.parametrize(("written", "shown"), [("gamma", r"\gamma"), ("γ", r"\gamma"), (r"\gamma", r"\gamma"), (r"\mathbf{v}", r"\mathbf{v}"),
                                                (r"\hat{m}", r"\hat{m}"), ("RF", r"\mathit{RF}")])  # fmt: skip
def test_a_symbol_is_a_letter_a_greek_name_or_latex(written: str, shown: str) -> None:
    assert f"Given ${shown}$?" in _md(_problem(), {"symbols": {"x": written}})


def test_symbols_may_be_swapped() -> None:
    source = _md(_problem(relation(x, "=", y + 1)), {"symbols": {"x": "y", "y": "x"}})
    assert "y = x + 1" in source and "y & = x" in source


def test_momentum_with_gamma_reads_as_the_same_derivation() -> None:
    plain = record.record(released_problem(built("momentum")))
    other = record.record(released_problem(built("momentum"), Printing(profile=profile({"symbols": {"beta": "gamma"}}, "p"))), Printing(profile=profile({"symbols": {"beta": "gamma"}}, "p")))
    for before, after in zip(plain["steps"], other["steps"], strict=True):
        assert after["latex"] == before["latex"].replace(r"\beta", r"\gamma")
    assert r"\beta" not in json.dumps(other)


@pytest.mark.parametrize("write", ["latex", "typst", "html", "markdown", "terminal", "json"])
def test_every_writer_obeys_the_notation(write: str) -> None:
    formula = relation(x, "=", Call(Name("ln"), (Num("1.5"),)) + Num("1234567"))
    problem = _problem(formula)
    printing = Printing(profile=profile({"symbols": {"x": "psi"}, "log": "log", "decimal": ",", "thousands": "point"}, "p"), messages=ENGLISH)
    document = problem_document(problem, printing)
    match write:
        case "latex":
            source = latex.document(document, printing.style)
        case "typst":
            source = typst.document(document, printing.style)
        case "html":
            source = html.document(document, printing.style)
        case "markdown":
            source = markdown.document(document, printing.style)
        case "json":
            source = record.dumped(record.record(released_problem(problem, printing), printing))
        case _:
            from io import StringIO

            from rich.console import Console

            stream = StringIO()
            terminal.show(document, Console(file=stream, width=100), printing.style)
            source = stream.getvalue()
    body = source[source.rindex("Given") :] if write != "json" else source
    assert "ψ" in body or "\\psi" in body
    assert "log" in body and "ln" not in body.replace("lvert", "")
    assert any(number in body for number in ("1,5", "1{,}5")) and any(number in body for number in ("1.234.567", "1{.}234{.}567"))


def test_vectors_and_matrices_are_bold_and_their_entries_are_not() -> None:
    context = (
        Context().declare(Scalar(Domain.NATURAL), N, D, t).declare(Array(N), x).declare(Array(D, N), W).declare(Sequence(), Name("g")).declare(Scalar(), y)
        .declare(Array(D), Name("b")["q"]).define(Name("V"), W * x)
    )  # fmt: skip
    problem = _problem(relation(W * x, "=", Name("V")), relation(x[t], "=", W[t, 1] + Name("g")[t]), relation(Name("b")["q"], "=", y), context=context)
    source = _md(problem, {"bold": ["vectors", "matrices"]})
    assert r"\mathbf{W} \mathbf{x} = \mathbf{V}" in source
    assert "x_t = W_{t, 1} + g_t" in source
    assert r"\mathbf{b}_q = y" in source
    assert r"W \mathbf{x} = \mathbf{V}" in _md(problem, {"bold": ["vectors"]})


def test_fonts_of_symbols() -> None:
    source = _md(_problem(relation(x, "=", Name("L", font="cal"))), {"fonts": {"x": "sf", "L": "italic"}})
    assert r"\mathsf{x} = L" in source


def test_a_label_and_primes_stay() -> None:
    source = _md(_problem(relation(Name("C", label="in"), "=", Name("C", primes=1))), {"symbols": {"C": "K"}})
    assert "K^{(in)} = K'" in source


# -- what is refused ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "table", "told"),
    [
        (relation(x, "=", y), {"symbols": {"x": "y"}}, "Problem 1 (p): x and y would both print as y"),
        (relation(BETA, "=", GAMMA), {"symbols": {"beta": "gamma"}}, "β and γ would both print as γ"),
        (relation(Name("m"), "=", term(2)), {"symbols": {"x": "m"}}, "x and m would both print as m"),
        (relation(Name("x", font="bold"), "=", x), {"fonts": {"x": "bold"}}, "would both print as 𝐱"),
        (relation(Call(Name("ln"), (y,)), "=", Call(Name("log"), (y,))), {"log": "ln"}, "ln and log would both print as ln"),
    ],
)
def test_two_symbols_that_would_print_alike_are_refused(formula: Term, table: dict[str, object], told: str) -> None:
    with pytest.raises(DeriveError) as caught:
        _md(_problem(formula), table)
    assert told in str(caught.value) and "give one of them another symbol or font" in str(caught.value)


def test_letters_of_different_problems_do_not_meet() -> None:
    sheet = Sheet("S", (Entry(_problem()), Entry(examples.count())))
    printing = Printing(profile=profile({"symbols": {"C": "x"}}, "p"))
    assert "x^2" in markdown.document(sheet_document(sheet, printing))


def test_one_problem_may_have_a_notation_of_its_own() -> None:
    sheet = Sheet("S", (Entry(_problem(), profile=profile({"symbols": {"x": "u"}}, "p")), Entry(_problem())))
    source = markdown.document(sheet_document(sheet))
    assert "Given $u$?" in source and "Given $x$?" in source


@pytest.mark.parametrize(
    ("table", "language"), [({"decimal": ",", "thousands": "comma"}, "en"), ({"thousands": "comma"}, "de"), ({"thousands": "point"}, "en")]
)
def test_one_mark_for_decimals_and_thousands_is_refused(table: dict[str, object], language: str) -> None:
    with pytest.raises(DeriveError, match="the decimal mark and the mark of thousands would both print as"):
        _md(_problem(), table, language)


def test_the_first_index_is_refused_where_a_claim_has_none() -> None:
    printing = Printing(profile=profile({"first_index": 0}, "p"))
    with pytest.raises(DeriveError, match=r"first_index = 0 is not available: what momentum claims is proved for indices as they stand"):
        problem_document(built("momentum"), printing)
    assert problem_document(_problem(), printing).blocks  # nothing in it has an index
    assert problem_document(built("momentum"), Printing(profile=profile({"first_index": 1}, "p"))).blocks


def test_the_first_index_goes_to_the_kinds_that_have_one() -> None:
    class Kind:
        parameters = (type("P", (), {"name": "first_index"}),)

    values = Profile(first_index=0).values(Kind, {"kernel": 3})  # type: ignore[arg-type]
    assert values == {"kernel": 3, "first_index": 0}
    assert PLAIN_PROFILE.values(Kind, {"kernel": 3}) == {"kernel": 3}  # type: ignore[arg-type]


BAD = [
    ({"symbol": {}}, "p.toml: there is no field 'symbol' (did you mean 'symbols' or 'bold'?); a notation has symbols, fonts, bold"),
    ({"symbols": {"x": "u v"}}, "symbols.x = 'u v' is not accepted; it must be one symbol"),
    ({"symbols": {"x": r"\frac{1}{2}"}}, "is not accepted; it must be one symbol"),
    ({"symbols": {"x": r"\nosuch{"}}, "cannot be read"),
    ({"symbols": {"x": ""}}, "symbols.x = ''"),
    ({"symbols": ["x"]}, "symbols = ['x'] is not accepted; it must be pairs such as { beta = \"gamma\" }"),
    ({"symbols": {"x": 1}}, "must be pairs"),
    ({"fonts": {"x": "blod"}}, "fonts.x = 'blod' is not accepted (did you mean 'bold'"),
    ({"bold": ["scalars"]}, "bold = ['scalars'] is not accepted; it must be a list of 'vectors' and 'matrices'"),
    ({"bold": True}, "bold = True is not accepted"),
    ({"log": "lg"}, "log = 'lg' is not accepted; it must be one of 'ln', 'log'"),
    ({"decimal": ";"}, "decimal = ';' is not accepted"),
    ({"thousands": ","}, "thousands = ',' is not accepted; it must be one of 'thin', 'comma', 'point', 'none'"),
    ({"first_index": 2}, "first_index = 2 is not accepted; it must be 0 or 1"),
    ({"first_index": True}, "first_index = True is not accepted"),
]


@pytest.mark.parametrize(("table", "told"), BAD, ids=[str(table)[:30] for table, _ in BAD])
def test_a_field_that_is_not_accepted_is_named(table: dict[str, object], told: str) -> None:
    with pytest.raises(DeriveError) as caught:
        profile(table, "p.toml")
    assert str(caught.value).startswith("p.toml: ") and told in str(caught.value)


def test_a_plain_profile_changes_nothing() -> None:
    assert PLAIN_PROFILE.style(ENGLISH) == PLAIN
    problem = _problem()
    assert PLAIN_PROFILE.of(problem).changes_nothing
    assert text(PLAIN_PROFILE.of(problem).term(relation(x, "=", y))) == "x = y"


# -- the reader's own look ---------------------------------------------------------------------------------------------------------------


def test_a_template_gets_every_field(tmp_path: Path) -> None:
    own = tmp_path / "own.tex"
    own.write_text("%% a comment\n" + "".join(f"<{field}|%%{field}>\n" for field in FIELDS) + "%%{title}s")
    chosen = look((own,), header="The 100% header")
    document = sheet_document(Sheet("T & T", (Entry(_problem()),), "C_1", "A", "2024"), Printing(look=chosen))
    source = latex.document(document, look=chosen)
    for field, words in {"title": r"T \& T", "course": r"C\_1", "author": "A", "date": "2024", "language": "en", "header": r"The 100\% header"}.items():
        assert f"<{field}|{words}>" in source
    assert source.startswith("%% a comment\n") and source.endswith(r"T \& Ts")
    assert "\\usepackage{amsmath" in source and "\\section*{Problem 1" in source


@pytest.mark.parametrize(
    ("text", "column", "line"),
    [
        ("\\documentclass[11pt, a4paper]{article} % [twocolumn]\n%%body", "", PAGE.line),
        ("\\documentclass{article}\n% \\twocolumn\n\\begin{multicols}{1}%%body", "", PAGE.line),
        ("\\documentclass[twocolumn]{article}\n%%body", "", 20.8),
        ("\\documentclass[%\n  12pt,\n  twocolumn]{scrartcl}\n%%body", "", 17.3),
        ("\\documentclass{article}\n\\twocolumn[%%head]\n%%body", "", 20.8),
        ("\\documentclass{article}\n\\begin{multicols*}{3}%%body", "", 12.9),
        ("\\documentclass[99pt]{article}\n\\begin{multicols}{9}%%body", "", 8.0),
        ("\\documentclass[10pt]{journal}\n%%body", "252pt", 23.4),
        ("\\documentclass[10pt,twocolumn]{journal}\n%%body", "3.5in", 23.5),
    ],
)
def test_a_template_tells_how_wide_its_columns_are(text: str, column: str, line: float, tmp_path: Path) -> None:
    (tmp_path / "own.tex").write_text(text)
    assert look((tmp_path / "own.tex",), column=column).paper.line == line
    assert look(column=column).paper.narrow == bool(column) and look().paper == PAGE


def test_the_built_in_pages_are_templates_too() -> None:
    document = sheet_document(Sheet("T", (Entry(_problem()),)))
    for write, start in ((latex, "% Tags for screen readers"), (html, "<!DOCTYPE html>"), (typst, "#set text(lang")):
        assert write.document(document).startswith(start)
        assert "%%" not in write.document(document)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("own.tex", b"%%titel %%body", "line 1: there is no field %%titel (did you mean 'title' or 'subtitle'?); there are title, subtitle"),
        ("own.html", b"<p>\n%%{nothing}\n%%body", "line 2: there is no field %%nothing"),
        ("own.typ", b"%%title", "the field %%body is missing; without it the sheet would be empty"),
        ("own.doc", b"%%body", "is not accepted; its name must end in .tex, .typ, .html"),
        ("own.tex", b"\xe9%%body", "byte 1 is not UTF-8"),
        ("none.tex", None, "cannot read the template"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused(tmp_path: Path, name: str, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DeriveError) as caught:
        look((tmp_path / name,))
    assert told in str(caught.value)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setattr(catalogue, "KINDS", examples.KINDS)
    monkeypatch.chdir(tmp_path)

    def derive(*words: str) -> tuple[int, str, str]:
        status = cli.main(words)
        return status, *capsys.readouterr()

    return derive


SHEET = """title = "T"
course = "C"
language = "de"
header = "University of Somewhere"
logo = "seal.png"
template = "own.html"
style = ["own.css", "own.sty"]
[notation]
symbols = { C = "K" }
[[problem]]
kind = "count"
channels = 5
"""


def test_a_sheet_has_a_look_and_a_notation_of_its_own(run: Run) -> None:
    folder = Path("course")
    folder.mkdir()
    (folder / "mine.toml").write_text(SHEET)
    (folder / "seal.png").write_bytes(PNG)
    (folder / "own.html").write_text("<html><style>%%preamble</style>%%head<main>%%body</main>OWN")
    (folder / "own.css").write_text("main { color: navy }")
    (folder / "own.sty").write_text("\\usepackage{palatino}")
    status, _, err = run("sheet", "course/mine.toml", "--to", "html,tex,typ,json")
    assert (status, err) == (0, "")
    page, tex = Path("output/mine.html").read_text(), Path("output/mine.tex").read_text()
    assert page.endswith("OWN") and "main { color: navy }" in page and "data:image/png;base64," in page and "University of Somewhere" in page
    assert "\\usepackage{palatino}\n\\begin{document}" in tex and "\\includegraphics[height=14mm]{logo.png}" in tex and "\\runninghead{" in tex
    assert "K^2" in tex and "Aufgabe 1" in tex and "C^2" not in tex
    assert Path("output/logo.png").read_bytes() == PNG
    assert "K^2" in Path("output/mine.json").read_text()
    assert "University of Somewhere" in Path("output/mine.typ").read_text()


def test_the_command_line_is_above_the_sheet(run: Run) -> None:
    Path("mine.toml").write_text(SHEET.replace('logo = "seal.png"\ntemplate = "own.html"\nstyle = ["own.css", "own.sty"]\n', ""))
    Path("mine-too.toml").write_text('symbols = { C = "M" }\n')
    Path("page.html").write_text("PAGE %%body")
    status, _, _ = run("sheet", "mine.toml", "--to", "html", "--language", "en", "--profile", "mine-too.toml", "--template", "page.html")
    page = Path("output/mine.html").read_text()
    assert status == 0 and page.startswith("PAGE ") and "Problem 1" in page and "<mi>M</mi>" in page and "<mi>K</mi>" not in page


def test_an_svg_logo_is_not_for_latex(run: Run) -> None:
    Path("seal.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    Path("mine.toml").write_text('title = "T"\nlogo = "seal.svg"\n[[problem]]\nkind = "count"\n')
    assert run("sheet", "mine.toml", "--to", "html,typ")[0] == 0
    status, _, err = run("sheet", "mine.toml", "--to", "tex")
    assert (status, err) == (2, "derive: logo: LaTeX cannot read svg; give a png or jpg, or let typst make the PDF\n")


def test_a_logo_stands_on_the_page_of_both_typesetters(run: Run) -> None:
    import shutil

    pytest.importorskip("typst")
    Path("seal.png").write_bytes(PNG)
    Path("mine.toml").write_text('title = "T"\nlogo = "seal.png"\nheader = "H"\n[[problem]]\nkind = "count"\n')
    engines = ["typst"] + ["latex"] * (shutil.which("pdflatex") is not None)
    for engine in engines:
        status, _, err = run("sheet", "mine.toml", "--to", "pdf", "--engine", engine, "--out", engine)
        assert (status, err) == (0, "")
        assert b"/Image" in Path(engine, "mine.pdf").read_bytes()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("logo = 3", "mine.toml: logo = 3 is not accepted; it must be the name of a file in quotes\n"),
        ('logo = ["a.png", "b.png"]', "logo = ['a.png', 'b.png'] is not accepted"),
        ('logo = "a.gif"', "logo = 'a.gif' is not accepted; its name must end in .png, .jpg, .jpeg, .svg"),
        ('logo = "a.png"', "cannot read the logo 'a.png'"),
        ("template = 3", "template = 3 is not accepted; it must be the name of a file in quotes or a list of such names"),
        ('style = "a.doc"', "style = 'a.doc' is not accepted; its name must end in .tex, .sty, .typ, .css"),
        ('notation = "x"', "mine.toml: notation = 'x' is not accepted; it must be a table of fields"),
        ("notation = { lgo = 1 }", "mine.toml, [notation]: there is no field 'lgo' (did you mean 'log'?)"),
        ('language = "xx"', "language = 'xx' is not accepted"),
        ('column = "wide"', "column = 'wide' is not accepted; it must be how wide a column is, at least 100pt, such as '8.5cm', '85mm' or '240pt'"),
        ('column = "1cm"', "column = '1cm' is not accepted"),
        ("column = 8", "mine.toml: column = 8 is not accepted; it must be words in quotes"),
        ("header = 1", "mine.toml: header = 1 is not accepted; it must be words in quotes"),
    ],
)
def test_a_look_that_makes_no_sense(run: Run, line: str, told: str) -> None:
    Path("mine.toml").write_text(f'title = "T"\n{line}\n[[problem]]\nkind = "count"\n')
    status, _, err = run("sheet", "mine.toml", "--to", "html")
    assert status == 2
    assert told in err and err.count("\n") == 1
    assert not Path("output").exists()


def test_a_problem_may_not_have_numbers_of_its_own(run: Run) -> None:
    Path("mine.toml").write_text('title = "T"\n[[problem]]\nkind = "count"\nnotation = { decimal = "," }\n')
    status, _, err = run("sheet", "mine.toml", "--to", "html")
    assert status == 2 and "mine.toml, problem 1, notation: decimal is the same in all of a sheet; write it under [notation]" in err


def test_show_obeys_notation_language_and_edition(run: Run) -> None:
    Path("p.toml").write_text('symbols = { C = "K" }\n')
    status, out, _ = run("show", "count", "--language", "de", "--profile", "p.toml", "--edition", "solutions", "--to", "md")
    assert status == 0 and "K^2" in out and "Antwort" in out
    status, out, _ = run("show", "--edition", "hints", "count")
    assert status == 0 and "Plan" in out and "Answer" not in out


def test_no_option_of_printing_is_a_parameter_of_a_kind() -> None:
    from render.commands.printed import OPTIONS

    taken = {*OPTIONS, "to", "edition"}
    for kind in catalogue.KINDS:
        assert not taken & {parameter.name for parameter in kind.parameters}, kind.name
