"""Question pools: what a platform marks as right is right and what it marks as wrong is wrong, by other programs than ours; the files have the form that the
two formats ask for; words of a sheet are words there."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp
from sympy.parsing.maxima import parse_maxima
from test_readme import ROOT, blocks, run
from test_strangers_quoting import BREAK_OUTS
from topic_texts import built

from derivations.catalogue import KINDS
from derivations.language.context import Context, Domain, Scalar
from derivations.language.term import Add, Big, Cases, Frac, Index, Name, Num, Pow, Root, Term, names, relation
from render.cli import main
from render.compose import Entry
from render.messages import messages
from render.pool.markup import quoted, quoted_for_mathjax
from render.pool.maxima import NoMaximaError, identifiers, maxima
from render.pool.questions import PoolQuestion, decimal_text, questions
from render.printing import PLAIN_PRINTING

PAGE = (ROOT / "render" / "docs" / "pool.md").read_text("utf-8")
JOINER = "\u2060"


def of_kind(kind: str, kinds: tuple[str, ...] = ("number", "formula", "choice", "essay"), **given: object) -> tuple[PoolQuestion, ...]:
    return questions(Entry(built(kind, **given)), 1, "q", PLAIN_PRINTING, kinds)  # type: ignore[arg-type]


def made(folder: Path, sheet: str, *options: str) -> tuple[ET.Element, dict[str, ET.Element]]:
    """The pool of a sheet, in both formats, parsed."""
    (folder / "s.toml").write_text(sheet, "utf-8")
    assert main(["pool", str(folder / "s.toml"), "--out", str(folder), *options]) == 0
    with zipfile.ZipFile(io.BytesIO((folder / "s-qti.zip").read_bytes())) as package:
        return ET.fromstring((folder / "s-moodle.xml").read_text("utf-8")), {name: ET.fromstring(package.read(name)) for name in package.namelist()}


SHEET = 'title = "Pool"\n' + "".join(
    f'[[problem]]\nkind = "{kind}"\n{fields}\n'
    for kind, fields in (
        ("epochs", "iterations = 1000\nsamples = 1110\nbatch = 20\nmarks = 2.5"), ("residual-block", 'channels = "C"\nkernel = "K"'), ("momentum", ""),
        ("self-attention-equivariance", ""), ("attention-parameters", ""), ("pushforward", 'map = "logistic"'),
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> tuple[ET.Element, dict[str, ET.Element]]:
    return made(tmp_path_factory.mktemp("pool"), SHEET)


def test_the_example_of_the_page_runs(tmp_path: Path) -> None:
    run(blocks(PAGE), tmp_path)


# -- what is asked ------------------------------------------------------------------------------------------------------------------------


def test_numbers_are_those_of_an_independent_count() -> None:
    (field,) = of_kind("receptive-field", kernels=[3, 5, 7])
    assert (field.kind, field.number, field.tolerance) == ("number", 1 + 2 + 4 + 6, 0)
    assert {w.number for w in field.wrong} == {3 * 5 * 7, 3 + 5 + 7}
    (epochs,) = of_kind("epochs", iterations=1000, samples=1110, batch=20)
    assert epochs.number == Fraction(1000, 56) and epochs.places == 2 and epochs.tolerance == Fraction(1, 100)
    assert abs(epochs.number - 18) > epochs.tolerance, "the integer beside it is not right"


@pytest.mark.parametrize(("iterations", "samples", "batch"), [(999, 1000, 1), (1999, 20, 1), (100001, 1000, 1), (7, 3, 1)])
def test_no_integer_beside_it_is_taken_for_a_fraction(iterations: int, samples: int, batch: int) -> None:
    (found,) = of_kind("epochs", iterations=iterations, samples=samples, batch=batch)
    value = Fraction(iterations, samples)
    assert found.number == value and all(abs(value - n) > found.tolerance for n in (int(value), int(value) + 1))
    rounded = Fraction(f"{float(value):.{found.places}f}")
    assert abs(rounded - value) <= found.tolerance, "rounded as the question asks, it is right"
    assert all(w.number is not None and abs(w.number - value) > 2 * found.tolerance for w in found.wrong)


SYMBOLIC = [
    ("residual-block", {"channels": "C", "kernel": "K"}, "2*C + K*K*C*C + C"), ("bottleneck-block", {"channels": "C", "bottleneck": "B"}, "2*C+C*B+B+2*B+9*B*B+B+2*B+B*C+C"),
    ("conv-parameters", {"channels": ["A", "B", "C"], "kernels": ["K", 5]}, "A*B*K+B+B*C*5+C"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "by_hand"), SYMBOLIC)
def test_formulas_read_by_another_program_are_the_answer_and_the_wrong_ones_are_not(kind: str, given: dict[str, object], by_hand: str) -> None:
    (question,) = of_kind(kind, **given)
    assert question.kind == "formula"
    expected = sp.sympify(by_hand, locals={name: sp.Symbol(name) for name in "ABCKN"})
    assert sp.expand(parse_maxima(question.formula) - expected) == 0
    assert set(question.names) == {str(s) for s in expected.free_symbols}
    for wrong in question.wrong:
        assert sp.expand(parse_maxima(wrong.maxima) - expected) != 0


def test_each_quantity_of_an_answer_is_a_question() -> None:
    found = of_kind("attention-parameters")
    assert [(q.kind, q.formula) for q in found] == [("formula", "3*D^2"), ("formula", "3*D"), ("formula", "D^2*N^2"), ("formula", "D*N")]
    assert sum(q.marks for q in found) == 1 and len({q.identifier for q in found}) == 4


@pytest.mark.slow
def test_a_choice_holds_the_answer_and_wrong_ones_of_its_form() -> None:
    (question,) = of_kind("momentum")
    assert question.kind == "choice" and len(question.wrong) >= 2
    assert question.right not in [wrong.formula for wrong in question.wrong] and all(wrong.why for wrong in question.wrong)
    for kind in KINDS:
        for example in kind.examples:
            for q in of_kind(kind.name, **example):
                assert q.right is None or q.right not in [w.formula for w in q.wrong]
                assert q.kind != "number" or q.number not in [w.number for w in q.wrong]


def test_what_is_right_is_none_of_the_wrong_answers_when_momentum_starts_at_zero() -> None:
    from derivations.wrong_answers import wrong_answers

    for form in ("next", "current"):
        problem = built("momentum", start="zero", form=form)
        assert len(problem.mistakes) == 2 and len(wrong_answers(problem)) == 2
        assert problem.answer.shown[0] not in [wrong.statement for wrong in wrong_answers(problem)]


def test_an_equation_of_two_formulas_is_not_asked_by_comparing_formulas(tmp_path: Path) -> None:
    sheet = 'title = "T"\n[[problem]]\nquestion = "Expand."\nsolution = \'\'\'Let $x > 0$. Then $$(x + 1)^2 = x^2 + 2x + 1.$$\'\'\'\n'
    quiz, _ = made(tmp_path, sheet)
    assert [q.get("type") for q in quiz] == ["category", "essay"], "the question itself would be taken for its answer"


def test_what_may_be_asked_is_what_was_said() -> None:
    assert [q.kind for q in of_kind("residual-block", ("number", "choice"), channels="C")] == ["choice"]
    assert [q.kind for q in of_kind("residual-block", ("essay",), channels="C")] == ["essay"]
    assert of_kind("residual-block", ("number",), channels="C") == ()


# -- Maxima -------------------------------------------------------------------------------------------------------------------------------

x, y, n = names("x y n")
two = Num("2")


@pytest.mark.parametrize("term", [
    x - (y - n), x - (y + n), -x - y, x / (y * n), x / y / n, x / (y / n), (x + y) * (x - y), x ** (y ** two), (x ** y) ** two, (-x) ** two, -(x ** two), two ** (-x),
    x ** Frac(Num("1"), two), Root(x + y), Root(x, Num("3")), x * (y + n) ** (n - 1), Frac(x, y) ** two, x * -y, Add((("-", x + y), ("+", n))), Frac(x + 1, y - 1) * n,
    Frac(Num("1"), Frac(x, y)), x * Frac(y, n) * two,
], ids=str)  # fmt: skip
def test_maxima_text_means_what_the_term_means(term: Term) -> None:
    from derivations.language.denote import denote

    known = Context().declare(Scalar(Domain.POSITIVE), x, y, n)
    values = {"x": sp.Rational(7, 3), "y": sp.Rational(5, 2), "n": sp.Rational(3, 2)}
    ours = denote(term, known)
    ours = ours.subs({s: values[str(s)] for s in ours.free_symbols})
    theirs = parse_maxima(maxima(term)).subs({sp.Symbol(name): value for name, value in values.items()})
    assert abs(sp.N(ours - theirs, 30)) < 1e-20, maxima(term)


@pytest.mark.parametrize("term", [
    Big("sum", x, n, Num("1"), y), Cases(((x, relation(x, ">", 0)), (y, None))), Num("0.5") * x, Name("batch size", font="text"), Name("x", primes=1), Name("x", label="in"),
    Index(x, (n + 1,)), Name("e"), Name("i"), Name("lambda"), relation(x, "=", y), Name("x", accent=("hat",)), Name("x;system(1)"), Name("%x"),
], ids=str)  # fmt: skip
def test_what_is_not_certain_to_be_compared_is_refused(term: Term) -> None:
    with pytest.raises(NoMaximaError):
        maxima(term)


def test_names_of_a_formula_are_no_functions_and_no_constants() -> None:
    from derivations.language.term import Call, Const

    assert identifiers(Call(Name("exp"), (Index(x, (Num("1"),)) * Name("sigma"),)) * Const("pi") * Pow(Const("e"), y)) == ("sigma", "x_1", "y")


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(-22, 7), Fraction(10**14 + 1, 3), Fraction(1, 8), Fraction(5), Fraction(-3, 10**6)])
def test_decimals_are_near(value: Fraction) -> None:
    text = decimal_text(value)
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", text) and abs(Fraction(Decimal(text)) - value) <= Fraction(1, 10**15)


# -- Moodle -------------------------------------------------------------------------------------------------------------------------------

COMMON = ["name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber"]
OWN = {
    "numerical": {"answer", "unitgradingtype", "unitpenalty", "showunits", "unitsleft"},
    "multichoice": {"single", "shuffleanswers", "answernumbering", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "answer"},
    "essay": {"responseformat", "responserequired", "responsefieldlines", "attachments", "attachmentsrequired", "graderinfo", "responsetemplate"},
}


def test_moodle_questions_have_the_elements_of_their_types(pool: tuple[ET.Element, dict[str, ET.Element]]) -> None:
    quiz, _ = pool
    assert quiz.tag == "quiz"
    types = [q.get("type") for q in quiz if q.get("type") != "category"]
    assert sorted(set(types)) == ["essay", "multichoice", "numerical", "stack"] and types.count("stack") == 5
    identifiers = [q.findtext("idnumber") for q in quiz if q.get("type") != "category"]
    assert len(set(identifiers)) == len(identifiers)
    for q in quiz:
        if q.get("type") == "category":
            assert q.findtext("category/text", "").startswith("$course$/top/Pool/Problem ")
            continue
        assert [child.tag for child in q][: len(COMMON)] == COMMON
        own = {child.tag for child in q} - set(COMMON)
        assert own == OWN.get(q.get("type", ""), own)
        for text in ("questiontext", "generalfeedback"):
            assert q.find(text).get("format") == "html"  # type: ignore[union-attr]
            ET.fromstring(f"<div>{q.findtext(f'{text}/text')}</div>")
        if q.get("type") in ("numerical", "multichoice"):
            assert sorted((a.get("fraction") for a in q.findall("answer")), reverse=True)[:2] != ["100", "100"]
            assert [a.get("fraction") for a in q.findall("answer")].count("100") == 1
            assert all(a.findtext("feedback/text") for a in q.findall("answer"))


def test_numbers_in_moodle_are_marked_as_they_should_be(pool: tuple[ET.Element, dict[str, ET.Element]]) -> None:
    quiz, _ = pool
    (q,) = [q for q in quiz if q.get("type") == "numerical"]
    assert q.findtext("defaultgrade") == "2.5"

    def mark(given: str) -> int:
        for answer in q.findall("answer"):  # as Moodle does it: the first that is near enough
            if abs(Fraction(given) - Fraction(answer.findtext("text", ""))) <= Fraction(answer.findtext("tolerance", "")):
                return int(answer.get("fraction", ""))
        return -1

    assert mark("17.86") == mark("17.857142857") == 100 and mark("18") == mark("17.9") == -1 and mark("50") == 0


def test_questions_of_stack_hold_together(pool: tuple[ET.Element, dict[str, ET.Element]]) -> None:
    quiz, _ = pool
    for q in quiz:
        if q.get("type") != "stack":
            continue
        text = q.findtext("questiontext/text", "")
        assert text.count("[[input:ans1]]") == text.count("[[validation:ans1]]") == 1
        assert q.findtext("specificfeedback/text") == "<p>[[feedback:prt1]]</p>"
        nodes = q.findall("prt/node")
        assert [node.findtext("name") for node in nodes] == [str(k) for k in range(len(nodes))]
        assert [node.findtext("falsenextnode") for node in nodes] == [*(str(k) for k in range(1, len(nodes))), "-1"]
        assert [node.findtext("truescore") for node in nodes] == ["1", *("0" for _ in nodes[1:])]
        assert q.findtext("input/tans") == nodes[0].findtext("tans")
        for node, test in zip(nodes, q.findall("qtest"), strict=True):
            assert test.findtext("testinput/value") == node.findtext("tans") and test.findtext("expected/expectedscore") == node.findtext("truescore")
            assert test.findtext("expected/expectedanswernote") == node.findtext("trueanswernote")


# -- QTI ----------------------------------------------------------------------------------------------------------------------------------

Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
M = "{http://www.w3.org/1998/Math/MathML}"
INLINE = {"strong", "code", "textEntryInteraction", "math"}
BLOCKS = {"p", "table", "ul", "div"}
CONTENT = {
    "assessmentItem": {"responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"}, "responseDeclaration": {"correctResponse"},
    "correctResponse": {"value"}, "value": set(), "outcomeDeclaration": {"defaultValue"}, "defaultValue": {"value"},
    "itemBody": BLOCKS | {"choiceInteraction", "extendedTextInteraction", "rubricBlock"}, "rubricBlock": BLOCKS, "div": BLOCKS, "modalFeedback": BLOCKS, "p": INLINE, "strong": INLINE,
    "code": set(), "ul": {"li"}, "li": INLINE, "table": {"caption", "thead", "tbody"}, "caption": INLINE, "thead": {"tr"}, "tbody": {"tr"}, "tr": {"td", "th"}, "td": INLINE,
    "th": INLINE, "choiceInteraction": {"prompt", "simpleChoice"}, "prompt": INLINE, "simpleChoice": INLINE, "extendedTextInteraction": set(), "textEntryInteraction": set(),
    "responseProcessing": {"responseCondition"}, "responseCondition": {"responseIf", "responseElseIf", "responseElse"}, "responseIf": {"equal", "match", "setOutcomeValue"},
    "responseElseIf": {"equal", "match", "setOutcomeValue"}, "responseElse": {"setOutcomeValue"}, "setOutcomeValue": {"baseValue", "multiple"}, "multiple": {"baseValue"},
    "equal": {"variable", "baseValue"}, "match": {"variable", "baseValue"}, "variable": set(), "baseValue": set(),
}  # fmt: skip
"""The part of the schema of QTI 2.1 that items use: what an element may hold. (The whole schema is not ours to ship; items were validated against it by hand.)"""
WORDS = {"p", "strong", "code", "li", "caption", "td", "th", "prompt", "simpleChoice", "value", "baseValue"}
MATHML = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msub", "msup", "msubsup", "mfrac", "msqrt", "mroot", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded"}
ORDER = ["responseDeclaration", "outcomeDeclaration", "itemBody", "responseProcessing", "modalFeedback"]


def test_items_have_the_form_of_the_schema(pool: tuple[ET.Element, dict[str, ET.Element]]) -> None:
    _, package = pool
    items = {name: item for name, item in package.items() if name.startswith("items/")}
    assert len(items) >= 6
    for item in items.values():
        assert item.tag == f"{Q}assessmentItem" and item.get("adaptive") == item.get("timeDependent") == "false" and item.get("title")
        tags = [child.tag.removeprefix(Q) for child in item]
        assert tags == sorted(tags, key=ORDER.index)
        for parent in item.iter():
            if parent.tag.startswith(M):
                assert parent.tag.removeprefix(M) in MATHML
                continue
            name = parent.tag.removeprefix(Q)
            assert all(child.tag.removeprefix(Q).removeprefix(M) in CONTENT[name] for child in parent), name
            assert name in WORDS or not "".join([parent.text or "", *(child.tail or "" for child in parent)]).strip(), name
        declared = {d.get("identifier"): d for d in item if d.tag in (f"{Q}responseDeclaration", f"{Q}outcomeDeclaration")}
        assert set(declared) == {"RESPONSE", "SCORE", "MAXSCORE", "FEEDBACK"}
        assert all(v.get("identifier") in declared for v in item.iter() if v.tag in (f"{Q}variable", f"{Q}setOutcomeValue"))
        replies = {f.get("identifier") for f in item.iter(f"{Q}modalFeedback")}
        named = {v.text for v in item.iter(f"{Q}baseValue") if v.get("baseType") == "identifier"}
        choices = {c.get("identifier") for c in item.iter(f"{Q}simpleChoice")}
        assert named <= replies | choices and choices <= named


def test_the_package_names_its_files_and_the_test_its_items(pool: tuple[ET.Element, dict[str, ET.Element]]) -> None:
    _, package = pool
    assert next(iter(package)) == "imsmanifest.xml"
    listed = {e.get("href") for e in package["imsmanifest.xml"].iter("{http://www.imsglobal.org/xsd/imscp_v1p1}resource")}
    assert listed == set(package) - {"imsmanifest.xml"}
    refs = {r.get("href"): r.get("identifier") for r in package["test.xml"].iter(f"{Q}assessmentItemRef")}
    assert {"test.xml", *refs} == listed
    assert all(package[href or ""].get("identifier") == name and re.fullmatch(r"[A-Za-z_][\w.-]*", name or "") for href, name in refs.items())


def test_items_are_processed_as_they_should_be(pool: tuple[ET.Element, dict[str, ET.Element]]) -> None:
    _, package = pool
    (item,) = [i for i in package.values() if i.find(f".//{Q}textEntryInteraction") is not None]

    def score(given: str) -> tuple[float, str]:
        (condition,) = item.findall(f"{Q}responseProcessing/{Q}responseCondition")
        for case in condition:
            test = case.find(f"{Q}equal")
            if test is not None:
                off = [Fraction(t) for t in test.get("tolerance", "0 0").split()]
                value = Fraction(test.findtext(f"{Q}baseValue", ""))
                if not value - off[0] <= Fraction(given) <= value + off[1]:
                    continue
            sets = {s.get("identifier"): s for s in case.findall(f"{Q}setOutcomeValue")}
            points = sets["SCORE"].findtext(f"{Q}baseValue") if "SCORE" in sets else "0"
            return float(points or 0), sets["FEEDBACK"].findtext(f"{Q}multiple/{Q}baseValue") or ""
        return 0.0, ""

    assert score("17.86") == (2.5, "right") and score("18") == (0, "wrong") and score("50")[1].startswith("wrong-")


# -- words of a sheet are words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [*BREAK_OUTS, "\\(x\\)", "$$x$$", "\\[x\\]", "[[input:ans1]]", "{@system(1)@}", "{#x#}", "{=5}", "{1:NUMERICAL:=5}", "@@PLUGINFILE@@/x", "\ufffe", "\ud800"])
def test_words_stay_words(words: str) -> None:
    for quote in (quoted, quoted_for_mathjax):
        for whole in (words, f"a{words}b", f'"{words}', f"{words}{words}"):
            parsed = ET.fromstring(f'<p title="{quote(whole)}">{quote(whole)}</p>')
            shown = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", whole)
            assert len(parsed) == 0
            assert (parsed.text or "").replace(JOINER, "") == shown.replace("\r\n", "\n").replace("\r", "\n")
    acting = re.compile(r"\\[()\[\]A-Za-z]|\$\$|\[\[|\{[@#=~:%]|@@|%%")
    assert not acting.search(ET.fromstring(f"<p>{quoted_for_mathjax(f'{words}{words}')}</p>").text or "")


def test_a_sheet_of_break_outs_has_the_elements_of_a_harmless_one(tmp_path: Path) -> None:
    def sheet(words: str, asked: str) -> str:
        return f"title = {words}\n[[problem]]\nkind = \"residual-block\"\nchannels = \"C\"\nheading = {words}\nquestion = {asked}\n"

    words = " ".join(" ".join(w.split()) for w in BREAK_OUTS if all(c >= " " for c in w) and "`" not in w and "*" not in w)
    hostile = json.dumps(words.replace("$", "\\$"))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    quiz, package = made(tmp_path / "a", sheet(hostile, hostile))
    plain, other = made(tmp_path / "b", sheet('"t"', '"q"'))
    harmless = {"p", "ul", "ol", "li", "strong", "em"}

    def tags(root: ET.Element) -> list[str]:
        return [e.tag for e in root.iter() if e.tag.removeprefix(Q) not in harmless]

    assert tags(quiz) == tags(plain) and set(package) == set(other)
    for name in package:
        assert tags(package[name]) == tags(other[name])
    (q,) = [q for q in quiz if q.get("type") == "stack"]
    inside = ET.fromstring(f"<div>{q.findtext('questiontext/text')}</div>")
    assert {e.tag for e in inside.iter()} <= {"div", *harmless}
    assert "<script>alert(1)</script>" in "".join(inside.itertext())


# -- the command -----------------------------------------------------------------------------------------------------------------------------


def test_variants_are_questions_each_once_and_a_test_draws_one(tmp_path: Path) -> None:
    sheet = 'title = "A/B"\n[variants]\ncount = 30\n[[problem]]\nkind = "residual-block"\nchannels = { choose = [8, 16, 32] }\n[[problem]]\nkind = "momentum"\n'
    quiz, package = made(tmp_path, sheet)
    assert [q.get("type") for q in quiz] == ["category", "numerical", "numerical", "numerical", "category", "multichoice"]
    assert quiz.findtext("question/category/text", "").startswith("$course$/top/A//B/Problem 1. ")
    counted = {q.findtext("answer/text") for q in quiz if q.get("type") == "numerical"}
    assert counted == {str(2 * c + 9 * c * c + c) for c in (8, 16, 32)}
    one, two = package["test.xml"].iter(f"{Q}assessmentSection")
    assert one.find(f"{Q}selection").get("select") == "1" and two.find(f"{Q}selection") is None  # type: ignore[union-attr]


@pytest.mark.slow
def test_the_same_sheet_gives_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made(tmp_path / name, SHEET)
        found.append([(tmp_path / name / f"s-{end}").read_bytes() for end in ("moodle.xml", "qti.zip")])
    assert found[0] == found[1]


def test_a_pool_in_german(tmp_path: Path) -> None:
    quiz, _ = made(tmp_path, 'language = "de"\n' + SHEET)
    text = ET.tostring(quiz, encoding="unicode")
    assert "auf 2 Stellen gerundet" in text and "Das ist richtig." in text and "That is right." not in text
    assert set(messages("de").pool) == set(messages("en").pool)


@pytest.mark.parametrize(("options", "said"), [
    (("--to", "moodel"), "--to 'moodel' is not accepted (did you mean 'moodle'?); it must be of moodle, qti, qti3"),
    (("--questions", "number,formla"), "--questions 'formla' is not accepted (did you mean 'formula'?)"),
    (("--questions", "number"), "no question of the sheet is of a kind that was asked for; essay takes every problem"),
])  # fmt: skip
def test_what_the_command_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str) -> None:
    (tmp_path / "s.toml").write_text('title = "T"\n[[problem]]\nkind = "momentum"\n')
    assert main(["pool", str(tmp_path / "s.toml"), "--out", str(tmp_path / "o"), *options]) == 2
    assert said in capsys.readouterr().err and not (tmp_path / "o").exists()


def test_a_solution_that_is_not_accepted_makes_no_pool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text('title = "T"\n[[problem]]\nquestion = "q"\nsolution = "Let $x > 0$. Then $x + 1 = x + 2$."\n')
    assert main(["pool", str(tmp_path / "s.toml"), "--out", str(tmp_path / "o")]) == 1
    assert "Nothing was written" in capsys.readouterr().out and not (tmp_path / "o").exists()




# -- QTI 3.0 -----------------------------------------------------------------------------------------------------------------------------

QTI3 = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
HTML = {"p", "strong", "em", "div", "span", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "img", "br", "blockquote", "pre", "code", "caption", "tt"}


def hyphened(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def test_the_package_of_version_3_says_what_that_of_version_2_does(tmp_path: Path) -> None:
    _, before = made(tmp_path, SHEET, "--to", "moodle,qti,qti3")
    with zipfile.ZipFile(tmp_path / "s-qti3.zip") as package:
        after = {name: ET.fromstring(package.read(name)) for name in package.namelist()}
    assert list(after) == list(before)
    manifest = after.pop("imsmanifest.xml")
    assert [e.get("type", "").rpartition("_")[2] for e in manifest.iter("{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}resource")] == ["xmlv3p0"] * len(after)
    for name, root in after.items():
        old = [e for e in before[name].iter() if e.tag.startswith(Q)]
        new = [e for e in root.iter() if e.tag.startswith(QTI3) and not e.tag.endswith("}qti-content-body")]
        for one, other in zip(old, new, strict=True):
            plain, spelled = one.tag.removeprefix(Q), other.tag.removeprefix(QTI3)
            assert spelled == (plain if plain in HTML else f"qti-{hyphened(plain)}"), name
            given = {hyphened(key): value for key, value in one.attrib.items() if not key.startswith("{")}
            assert given.items() <= other.attrib.items()
        for tag in ("qti-modal-feedback", "qti-rubric-block"):
            assert all([child.tag for child in e] == [f"{QTI3}qti-content-body"] for e in root.iter(f"{QTI3}{tag}"))
        texts = ["".join("".join(tree.itertext()).split()) for tree in (before[name], root)]
        assert texts[0] == texts[1], name
