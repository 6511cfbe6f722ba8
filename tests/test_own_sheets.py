"""What the program prints it can read: its own sheets, as LaTeX and as Markdown, are checked from the file alone and every step is accepted as proved.

The files are also tampered with: what a comment says is used only where the rule that it names really holds.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest

from derivations.catalogue import KINDS, find
from derivations.checking.report import Report, check
from derivations.kernel.verdict import Strength
from derivations.language.brackets import bracketed
from derivations.language.context import Array, Context, Domain, Family, Function, IndexSet, RandomVariable, Scalar, Sequence, Softmax
from derivations.language.term import Frac, Name, Num, names
from derivations.problem import Problem
from derivations.reading.expression import read
from derivations.reading.judgements import document, judgements
from derivations.reading.scope import Description, kind_of
from derivations.reading.source import Directive, masked, source_of
from derivations.reading.told import told
from render import latex, markdown
from render.compose import Entry
from render.declared import END, begin
from render.document import Told
from render.messages import messages
from render.notation.latex import latex as in_latex
from render.notation.style import Style
from render.printing import PLAIN_PRINTING, Detail, Printing
from render.profiles import profile
from render.sheets import Sheet, sheet_document

ENDINGS = ("tex", "md")
FULL = replace(PLAIN_PRINTING, detail=Detail.FULL)
EVERY = [(kind.name, number) for kind in KINDS for number in range(len(kind.examples))]
QUICK = [("convolution", 0), ("receptive-field", 0), ("conv-parameters", 0), ("attention-parameters", 0), ("epochs", 0), ("momentum", 0), ("pushforward", 0), ("network", 7)]


@cache
def built(name: str, number: int) -> Problem:
    kind = find(name)
    return kind.build(kind.examples[number])


@cache
def written(name: str, number: int, ending: str) -> str:
    doc = sheet_document(Sheet("A sheet", (Entry(built(name, number)),)), FULL)
    return latex.document(doc) if ending == "tex" else markdown.document(doc, stem="sheet")


def checked(text: str, ending: str = "tex") -> Report:
    return check(document(source_of(text, f"sheet.{ending}")))


def all_is_proved(name: str, number: int, ending: str) -> None:
    problem = built(name, number)
    text = written(name, number, ending)
    doc = document(source_of(text, f"sheet.{ending}"))
    assert [text for _, text in doc.problems] == []
    judged = [j for j in judgements(doc) if j.placed is not None and j.placed.scope and j.status == "judge"]
    assert len(judged) == len(list(problem.steps)), "each printed step is one judgement, none of them given"
    strengths = {step.evidence.strength for step in problem.steps}
    report = check(doc)
    wrong = [(r.line, r.left, r.right, r.verdict, r.evidence, r.why) for r in report.records if r.judged and r.verdict != "accepted"]
    assert wrong == []
    if strengths == {Strength.PROVED}:
        assert set(report.counts) == {"proved"}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("name", "number"), QUICK)
def test_every_step_of_a_sheet_is_accepted(name: str, number: int, ending: str) -> None:
    all_is_proved(name, number, ending)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("name", "number"), [example for example in EVERY if example not in QUICK])
def test_every_step_of_every_example_is_accepted(name: str, number: int, ending: str) -> None:
    all_is_proved(name, number, ending)


OTHER_LETTERS = profile(
    {"symbols": {"beta": "gamma", "m": "\\mathbf{v}"}, "fonts": {"W": "cal"}, "bold": ["vectors", "matrices"], "log": "log"}, "a test"
)


def printed_otherwise(name: str, printing: Printing, number: int = 0) -> None:
    doc = sheet_document(Sheet("A sheet", (Entry(built(name, number)),)), printing)
    for text, ending in ((latex.document(doc, printing.style), "tex"), (markdown.document(doc, printing.style, stem="sheet"), "md")):
        report = checked(text, ending)
        assert set(report.counts) == {"proved"}, [(r.line, r.left, r.right, r.why) for r in report.records if r.verdict not in ("accepted", "given")]
        assert report.remarks == ()


@pytest.mark.parametrize("name", ["momentum", "pushforward", "convolution", pytest.param("self-attention-equivariance", marks=pytest.mark.slow)])
def test_a_sheet_in_other_letters_is_accepted(name: str) -> None:
    printed_otherwise(name, replace(PLAIN_PRINTING, profile=OTHER_LETTERS))


@pytest.mark.parametrize("name", ["momentum", "pushforward", "receptive-field", pytest.param("self-attention-equivariance", marks=pytest.mark.slow)])
@pytest.mark.parametrize("detail", [Detail.KEY, Detail.NORMAL])
def test_a_short_version_is_accepted(name: str, detail: Detail) -> None:
    printed_otherwise(name, replace(PLAIN_PRINTING, detail=detail))


GERMAN = Printing(messages=messages("de"))
POINTS = Printing(messages=messages("de"), profile=profile({"thousands": "point", "decimal": ","}, "a test"))
COMMAS = Printing(profile=profile({"thousands": "comma"}, "a test"))
PRINTINGS = {"German": GERMAN, "points": POINTS, "commas": COMMAS, "letters": Printing(messages=messages("de"), profile=OTHER_LETTERS)}


@pytest.mark.parametrize("how", PRINTINGS)
@pytest.mark.parametrize("name", ["residual-block", "pushforward", "momentum", "epochs"])
def test_a_sheet_in_another_language_and_with_other_numbers_is_accepted(name: str, how: str) -> None:
    printed_otherwise(name, PRINTINGS[how])


@pytest.mark.slow
@pytest.mark.parametrize("how", PRINTINGS)
@pytest.mark.parametrize(("name", "number"), EVERY)
def test_every_example_in_every_language_and_profile_is_accepted(name: str, number: int, how: str) -> None:
    printed_otherwise(name, PRINTINGS[how], number)


@pytest.mark.parametrize("digits", ["2359296", "12345", "999", "12.345", "0.5", "12345.678", "0.125", "1234", "1.2345", "1000000.25", "0.001"])
@pytest.mark.parametrize("style", [Style(d, thousands=t) for d in ".," for t in ("thin", "comma", "point") if (d, t) not in ((".", "point"), (",", "comma"))])  # type: ignore[arg-type]
def test_a_number_is_read_as_the_number_that_was_printed(digits: str, style: Style) -> None:
    for formula in (Num(digits), Frac(Num(digits), Num("7")), Num(digits) + Name("x")):
        assert read(in_latex(formula, style)).term == formula


@pytest.mark.parametrize(("written", "digits"), [
    ("2.359.296", "2359296"), ("1.000.000.000", "1000000000"), ("2.359", "2.359"), ("2{.}359", "2359"), ("12{,}345", "12345"),
    ("12{,}{345}", "12.345"),
])  # fmt: skip
def test_points_group_digits_where_they_cannot_be_a_decimal_mark(written: str, digits: str) -> None:
    assert read(written).term == Num(digits)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("map", ["z^3", "1/z", "abs(z)"])
def test_a_density_with_points_between_its_pieces_is_accepted_whole(map: str, ending: str) -> None:
    """At the point between the images the density is put to zero, which is a theorem of its own: else nothing shows the last row of the answer."""
    doc = sheet_document(Sheet("A sheet", (Entry(find("pushforward").build({"map": map})),)))
    report = checked(latex.document(doc) if ending == "tex" else markdown.document(doc, stem="sheet"), ending)
    assert set(report.counts) == {"proved"}, [(r.line, r.left, r.right, r.why) for r in report.records if r.verdict not in ("accepted", "given")]


def read_back(context: Context, ending: str) -> Context:
    block = Told((("problem",), *begin("1", context), END))
    text = latex.fragment((block,)) if ending == "tex" else markdown.blocks((block,)) + "\n"
    mask = masked(source_of(text, f"context.{ending}"))
    found = told(mask.directives, (), len(text))
    assert found.problems == ()
    return found.scopes["1.1"].context


def in_writing(context: Context) -> Context:
    """The context with the brackets that its writing needs."""
    return Context(
        context.kinds,
        tuple(bracketed(h) for h in context.hypotheses),
        tuple(type(d)(bracketed(d.lhs), bracketed(d.rhs), d.parameters, d.where) for d in context.definitions),
        tuple((v, bracketed(a), bracketed(b)) for v, a, b in context.ranges),
        context.conventions,
    )


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("name", "number"), EVERY)
def test_a_context_is_read_back_as_it_was(name: str, number: int, ending: str) -> None:
    for section in built(name, number).sections:
        assert read_back(section.theorem.context, ending) == in_writing(section.theorem.context)


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_is_read_back(ending: str) -> None:
    a, b, c, d, e, f, x, n = names("a b c d e f x n")
    context = Context()
    for domain, name in zip(Domain, names("q r s t u v w y z k m"), strict=True):
        context = context.declare(Scalar(domain), name)
    context = (
        context.declare(Sequence(Domain.WHOLE, 2), a)
        .declare(Function(2, frozenset({"increasing", "positive"}), on_integers=True), b)
        .declare(Softmax(1), c)
        .declare(RandomVariable(), d)
        .declare(RandomVariable(None, 1, (n + 1, n)), e)
        .declare(IndexSet(), f)
        .declare(Family(Array(n, n + 1, frozenset({"symmetric"})), 2), x)
    )
    assert read_back(context, ending) == context


def verdicts(report: Report, part: str) -> set[str]:
    """The verdicts on the relations whose sides, as written, hold this part."""
    found = {r.verdict for r in report.records if part in r.left or part in r.right}
    assert found, f"nothing in the document holds {part}"
    return found


def test_a_wrong_number_is_refuted() -> None:
    text = written("convolution", 0, "tex")
    assert text.count("w_4 x_{10 + 3 (k - 1)}") >= 1
    report = checked(text.replace("w_4 x_{10 + 3 (k - 1)}", "w_4 x_{11 + 3 (k - 1)}"))
    assert "refuted" in verdicts(report, "x_{11 + 3 (k - 1)}")


INDUCTION = re.compile(r"% derive: step 1 by induction .*")


def test_induction_needs_its_base_and_its_step() -> None:
    text = written("momentum", 0, "tex")
    line = INDUCTION.search(text)
    assert line is not None and line[0] == "% derive: step 1 by induction {t} {0} using 2 3"

    def concluded(instead: str) -> str:
        report = checked(text.replace(line[0], instead))
        start = text[: line.start()].count("\n") + 1
        return next(r.verdict for r in report.records if r.line > start and r.judged)

    assert concluded(line[0]) == "accepted"
    for wrong in ("{t} {0} using 3 2", "{t} {1} using 2 3", "{t} {0} using 2 2", "{k} {0} using 2 3"):
        assert concluded(f"% derive: step 1 by induction {wrong}") in ("refuted", "undecided"), wrong
    for missing in ("{t} {0}", "{t} {0} using 2", "{t} {0} using 4 3", "{t} {0} using 2 9"):
        assert concluded(f"% derive: step 1 by induction {missing}") == "undecided", missing


def test_induction_on_a_base_that_does_not_hold_is_not_accepted() -> None:
    text = written("momentum", 0, "tex")
    base = r"\beta m_0 + (1 - \beta) \sum_{k=0}^{0} \beta^k g_{-k}"
    assert base in text
    report = checked(text.replace(base, base.replace(r"\beta m_0", r"\beta^2 m_0")))
    lines = text.splitlines()
    concluded = next(k for k, line in enumerate(lines) if "by induction" in line)
    assert next(r.verdict for r in report.records if r.line > concluded + 1 and r.judged) == "undecided"


CHANGE = re.compile(r"(% derive: step 1 by change of variables .*piece \{-\\infty\} \{\\infty\} )(\{.*?\}) (\{0\} \{1\} increasing)")


@pytest.mark.parametrize(("old", "new"), [(r"{\ln(x) - \ln(1 - x)}", r"{\ln(x)}"), ("{0} {1} increasing", "{0} {2} increasing"), ("increasing", "decreasing")])
def test_a_change_of_variables_checks_what_it_is_told(old: str, new: str) -> None:
    text = written("pushforward", 0, "tex")
    line = next(line for line in text.splitlines() if CHANGE.match(line))
    assert old in line
    report = checked(text.replace(line, line.replace(old, new)))
    assert "accepted" not in {r.verdict for r in report.records if r.left == "p_X(x)" and "p_Z(" in r.right}


def test_without_its_rule_the_density_is_not_accepted() -> None:
    text = "\n".join(line for line in written("pushforward", 0, "tex").splitlines() if "by change of variables" not in line)
    report = checked(text)
    assert "accepted" not in {r.verdict for r in report.records if r.left == "p_X(x)" and r.right == "0"}
    assert "accepted" not in {r.verdict for r in report.records if r.left == "p_X(x)" and "cases" in r.right}


def test_what_one_scope_assumes_is_gone_after_it() -> None:
    text = (
        "<!-- derive: problem -->\n<!-- derive: begin 1 -->\n<!-- derive: let {x} : positive -->\n\n$$\\sqrt{x^2} = x$$\n\n<!-- derive: end -->\n"
        "<!-- derive: begin 2 -->\n<!-- derive: let {x} : real -->\n\n$$\\sqrt{x^2} = x$$\n\n<!-- derive: end -->\n"
    )
    assert [r.verdict for r in checked(text, "md").records] == ["accepted", "refuted"]


def test_a_repetition_of_what_nobody_showed_is_not_accepted() -> None:
    text = written("conv-parameters", 0, "md")
    total = next(r for r in checked(text, "md").records if "ends of a chain" in r.method or "same statement" in r.method)
    digits = re.search(r"\d+", total.right)
    assert digits is not None
    line = text.splitlines()[total.line - 1]
    report = checked(text.replace(line, line.replace(digits[0], str(int(digits[0]) + 1))), "md")
    assert {r.verdict for r in report.records if r.line == total.line and r.judged} == {"undecided"}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["begin 1", "let {x} : wobbly", "end"], "'wobbly' is not a kind"),
        (["begin 1", "let {x} : array {n}", "end"], "is not a kind"),
        (["begin 1", "let {x} : real", "let {x} : positive", "end"], "declared twice"),
        (["begin 1", "prove everything", "end"], "inside a scope let, assume, define, range, convention and step are accepted"),
        (["begin 1", "range {1} {2} {3}", "end"], "range {INDEX} {FIRST} {LAST} is accepted"),
        (["end"], "no scope is open here"),
        (["begin 1"], "no derive: end closes this scope"),
        (["begin 1", "begin 2", "end"], "is not closed by derive: end"),
        (["problem", "begin 1", "end", "begin 1", "end"], "has a scope of that name already"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(lines: list[str], message: str) -> None:
    found = told([Directive(line, 10 * k) for k, line in enumerate(lines)], (), 1000)
    assert any(message in text for _, text in found.problems), found.problems


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("let a: sequence whole 2", Sequence(Domain.WHOLE, 2)),
        ("let a: function 2 increasing on_integers", Function(2, frozenset({"increasing"}), on_integers=True)),
        ("let a: softmax rows", Softmax(1)),
    ],
)
def test_the_let_of_other_documents_knows_these_kinds_too(line: str, kind: object) -> None:
    doc = document(source_of(f"<!-- derive: {line} -->\n", "note.md"))
    assert doc.problems == ()
    (fact,) = doc.directives
    assert isinstance(fact.content, Description)
    assert kind_of(fact.content) == kind
