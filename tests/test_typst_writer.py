"""Documents as Typst: what is written is compiled, and read back from the compiled pages."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import worked_examples as examples
from hypothesis import given, settings
from hypothesis import strategies as st

from render import latex, typst
from render.compose import Entry
from render.document import Chain, Code, Display, Document, Mark, Math, Paragraph, Strong, Text
from render.notation.latex import latex as latex_of
from render.notation.typst import typst as typst_of
from render.paper import chain_lines, display_lines
from render.sheets import Sheet, sheet_document
from render.typst_text import escape

compiler = pytest.importorskip("typst")
PROBLEMS = (examples.convolution(), examples.count(), examples.density(), examples.wide())
SHEET = Sheet('Results & <proofs> "of" #100%', tuple(Entry(p) for p in PROBLEMS), "Deep_Learning", "Ærøskøbing #1", "2024-05-01")
DOCUMENT = sheet_document(SHEET)


def compiled(source: str, form: str = "pdf") -> bytes:
    return bytes(compiler.Compiler(ignore_system_fonts=True).compile(input=source.encode(), format=form))


def words(markup: str) -> str:
    """The words of a piece of markup as the compiler sees them."""
    source = f"#metadata({{let t(it) = if it.has(\"text\") {{it.text}} else if it.has(\"children\") {{it.children.map(t).join()}} else if it == [ ] {{\" \"}} else if it.func() == smartquote {{if it.double {{\"\\\"\"}} else {{\"'\"}}}} else if it.has(\"body\") {{t(it.body)}} else {{\"\"}}; t([{markup}])}})<w>"
    return str(json.loads(compiler.query(source.encode(), "<w>", field="value", one=True)))


def test_the_sheet_compiles_without_a_warning() -> None:
    _, warnings = compiler.Compiler(ignore_system_fonts=True).compile_with_warnings(input=typst.document(DOCUMENT).encode())
    assert warnings == []


def test_two_runs_give_the_same_bytes_and_no_date() -> None:
    source = typst.document(DOCUMENT)
    first, second = compiled(source), compiled(source)
    assert first == second
    assert b"CreationDate" not in first and b"ModDate" not in first and b"xmp:CreateDate" not in first


@pytest.mark.parametrize(
    "text",
    ["= no heading", "- no list", "+ no list", "1. no list", "/ no: term", "*a* _b_ `c` $d$ #e @f <g> [h] ~i", "a // b /* c */", "https://x.y/z", "100%",
     'say "so"', "back\\slash", "a -- b --- c ...", "#let x = 1", "12. Mai", "it's", "1-? or --?"],
)  # fmt: skip
def test_words_are_shown_letter_by_letter(text: str) -> None:
    assert words(escape(text)) == text
    assert words("x " + escape(text)) == "x " + text


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from(list("ab1. -=+/*_`$#@<>[]~\"\\(){}|:;,!?&%^")), max_size=12))
def test_any_words_are_shown_letter_by_letter(text: str) -> None:
    shown = " ".join(text.split())
    assert words("x" + escape(shown)) == "x" + shown


@pytest.mark.parametrize("after", ["(b)", "[b]", ".b", ";b", "b", ": b", " b"])
def test_what_follows_marked_words_is_not_taken_for_their_argument(after: str) -> None:
    for marked in (Strong("a"), Code("a")):
        body = typst._Writer(typst.PLAIN).line((marked, Text(after)))
        assert words(body) == "a" + after


def test_every_formula_and_every_reason_is_written() -> None:
    source = typst.document(DOCUMENT)
    for problem in PROBLEMS[:3]:
        for checked in problem.steps:
            assert escape(checked.step.because) in source
            for laid in display_lines(checked.step.statement.rhs):
                assert typst_of(laid.line.term) in source


def test_both_typesetters_break_lines_at_the_same_places() -> None:
    chains = [block for part in DOCUMENT.blocks for block in part.blocks if isinstance(block, Chain)]  # type: ignore[union-attr]
    assert chains
    for chain in chains:
        lines = chain_lines(chain.rows)
        in_latex = latex.fragment((chain,)).count(r"\\") + 1
        in_typst = typst._Writer(typst.PLAIN).block(chain).count("\n  row(")
        assert len(lines) == in_latex == in_typst


def test_no_formula_is_wider_than_the_page() -> None:
    """Every formula of the sheet is measured by the compiler in a box as wide as the text."""
    source = typst.document(Document("T", (), (Display(examples.expansion(12)), Chain(_first_chain()))))
    probe = source.replace("#let sized(formula, wide, room) =", "#let sized(formula, wide, room) = [#metadata(wide <= room)<fits>] +")
    assert probe != source
    fits = json.loads(compiler.query(probe.encode(), "<fits>", field="value"))
    assert fits and all(fits)


def _first_chain() -> tuple[object, ...]:
    return next(b.rows for p in DOCUMENT.blocks for b in p.blocks if isinstance(b, Chain))  # type: ignore[union-attr]


def test_marks_and_inline_formulas() -> None:
    line = typst._Writer(typst.PLAIN).line
    strength = next(iter(PROBLEMS[0].steps)).evidence.strength
    assert line((Math(examples.x), Mark(strength))) == '#eq("x", $x$);#known(eq("proved", $•$));'
    assert line(Paragraph((Text("a_b"),)).inlines) == "a\\_b"
    assert latex_of(examples.x) == "x"


def test_the_title_is_in_the_file_and_its_language() -> None:
    source = typst.document(replace(DOCUMENT, language="de"))
    pdf = compiled(source)
    assert b"/Lang (de)" in pdf or b"/Lang(de)" in pdf
    assert '#set document(title: "Results & <proofs> \\"of\\" #100%", date: none)' in source


def test_the_heading_of_a_problem_is_not_alone_at_the_foot_of_a_page() -> None:
    """For every height of what stands before it, the page of a heading is the page of the first line below its question."""
    part = next(iter(sheet_document(Sheet("T", (Entry(PROBLEMS[1]),))).blocks))
    for height in range(180, 246, 6):
        source = typst.document(Document("T", (), (part,)))  # type: ignore[arg-type]
        source = source.replace("// problem-1", f"#v({height}mm)\n// problem-1")
        source = source.replace("#let question(body) =", "#let question(body) = [#metadata(none)<q>] + ")
        source += "\n#context [#metadata((locate(heading).page(), locate(<q>).page()))<pages>]"
        heading, question = json.loads(compiler.query(source.encode(), "<pages>", field="value", one=True))
        assert heading == question, height
