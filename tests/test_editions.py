"""Editions and levels of detail: what each shows and, as important, what it does not show."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import pytest
import worked_examples as examples
from hypothesis import given
from hypothesis import strategies as st
from topic_texts import built

from derivations.kernel.statement import Derivation, Rel, Statement, Step
from derivations.kernel.theorem import verify
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, proved
from derivations.language.context import Context, Scalar
from derivations.language.errors import DeriveError
from derivations.language.term import Index, Name, names
from derivations.problem import Answer, Problem, Section
from derivations.wrong_answers import wrong_answers
from render import latex, markdown, sheet_file, typst
from render.compose import Entry, Steps, chains
from render.document import Part, Space
from render.editions import marks_of, symbol_term, value_term
from render.messages import ENGLISH, LANGUAGES, messages
from render.notation.text import text
from render.printing import Detail, Edition, Printing
from render.sheets import Sheet, sheet_document

a, b, c, d = names("a b c d")
WEAK = examples.rule(Accepted(Evidence(Strength.SAMPLED, "tried", 9)), "weak", "tried out")
TOLD = examples.rule(Accepted(proved("told")), "told", "as the test says")
SHEET = Sheet("S", (Entry(examples.count(), marks=Fraction(3), space=4.0), Entry(examples.density())))


def _problem(*steps: Step) -> Problem:
    goal = Statement(steps[0].statement.lhs, Rel.EQ, steps[-1].statement.rhs)
    context = Context().declare(Scalar(), a, b, c, d)
    theorem = verify(Derivation("T", context, goal, steps))
    return Problem("p", "P", "Q?", (Section(theorem, "The caption"),), Answer((goal,), None))


def _step(left: Name, right: Name, rule: object = TOLD, *, key: bool = True, because: str = "") -> Step:
    return Step(Statement(left, Rel.EQ, right), rule, because, key=key)  # type: ignore[arg-type]


def _written(edition: Edition, sheet: Sheet = SHEET, language: str = "en", detail: Detail = Detail.NORMAL) -> str:
    printing = Printing(edition, detail, messages(language))
    return markdown.document(sheet_document(sheet, printing), printing.style)


# -- editions ----------------------------------------------------------------------------------------------------------------------------


def test_questions_show_the_question_and_room_and_nothing_of_the_solution() -> None:
    source = _written(Edition.QUESTIONS)
    assert "How many?" in source and "Find the density of" in source and "S\n\nQuestions\n" in source
    for words in ("Answer", "2~360~832", "sum of the ledger", "known", "Normalization"):
        assert words not in source
    document = sheet_document(SHEET, Printing(Edition.QUESTIONS))
    rooms = [block for part in document.blocks if isinstance(part, Part) for block in part.blocks if isinstance(block, Space)]
    assert [room.centimetres for room in rooms] == [4.0, 7.0]  # what the sheet says; else by the number of key steps
    assert "\\ruled{4}" in latex.document(document)
    assert "#ruled(4)" in typst.document(document)


def test_hints_are_the_plan_without_the_algebra() -> None:
    source = _written(Edition.HINTS)
    for words in ("**Plan**", "multiply by x &gt; 0", "take logarithms", "change of variables", "sum of the ledger"):
        assert words.replace("&gt;", r"\>") in source
    assert "Answer" not in source and "$$" not in source.split("Find the density")[1]


def test_solutions_are_what_is_written_without_an_edition() -> None:
    assert _written(Edition.SOLUTIONS) == markdown.document(sheet_document(SHEET))
    assert Edition.SOLUTIONS.suffix == "" and Edition.STAFF.suffix == "-staff"


def test_staff_see_the_marks_of_each_part_and_their_sum() -> None:
    source = _written(Edition.STAFF)
    assert "not for students" in source
    first, second = source.split("## Problem 2")
    assert "## Problem 1. Counting (3 marks)" in first and second.startswith(". A density (5 marks)")
    assert "Marks: 1 for the method, 1 for the steps, 1 for the answer." in first and re.findall(r"\[(\d)\\?\]", first) == ["1", "1"]
    assert "Marks: 1 for the method, 3 for the steps, 1 for the answer." in second and r"**Answer \[1\]**" in second
    assert "(3 marks)" in _written(Edition.SOLUTIONS) and "(5 marks)" not in _written(Edition.SOLUTIONS)
    assert "(1 mark)" in _written(Edition.HINTS, Sheet("S", (Entry(examples.count(), marks=Fraction(1)),)))


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 60), st.booleans())
def test_marks_go_to_key_steps_and_add_up(key: list[bool], total: int, halves: bool) -> None:
    steps = [type("C", (), {"step": type("S", (), {"key": k})}) for k in key]
    section = type("Section", (), {"theorem": type("T", (), {"steps": steps}), "depth": "key", "whole": "key"})
    problem = type("P", (), {"sections": [section]})
    wanted = Fraction(2 * total - 1, 2) if halves else Fraction(total)
    worth = marks_of(problem, wanted)  # type: ignore[arg-type]
    marks = worth.steps
    assert len(marks) == len(key) and worth.total == wanted and worth.answer > 0 and worth.method >= 0
    assert all(not m for m, k in zip(marks, key, strict=True) if not k)
    assert sum(marks) == (wanted - worth.method - worth.answer if any(key) else 0)
    on_key = [m for m, k in zip(marks, key, strict=True) if k]
    assert not on_key or max(on_key) - min(on_key) <= (Fraction(1, 2) if halves else 1)
    assert all((2 * m).denominator == 1 for m in marks)
    usual = marks_of(problem, None)  # type: ignore[arg-type]
    assert (usual.method, sum(usual.steps), usual.answer) == (1, min(sum(key), 3), 1)


# -- detail ------------------------------------------------------------------------------------------------------------------------------


def test_key_steps_swallow_the_steps_between_them_with_the_weakest_evidence() -> None:
    problem = _problem(
        _step(a, b, WEAK, key=False, because="small"), _step(b, c, because="the idea"), _step(c, d, key=False, because="the rest")
    )
    (whole,) = chains(problem.sections[0].theorem)
    assert [text(row.rhs) for row in whole.rows] == ["b", "c", "d"]
    (short,) = chains(problem.sections[0].theorem, Steps.KEY)
    assert [(text(row.rhs), row.reason[0].text, row.evidence.word) for row in short.rows] == [  # type: ignore[union-attr]
        ("c", "the idea", "sampled(9)"), ("d", "the rest", "proved"),
    ]  # fmt: skip
    assert short.rows[0].lhs == a and short.rows[1].lhs is None


def test_relations_of_swallowed_steps_are_composed_and_a_run_never_loses_its_end() -> None:
    steps = (
        Step(Statement(a, Rel.LE, b), TOLD, key=False), Step(Statement(b, Rel.LT, c), TOLD, key=False), Step(Statement(c, Rel.EQ, d), TOLD),
        Step(Statement(b, Rel.EQ, a), TOLD, key=False),
    )  # fmt: skip
    theorem = verify(Derivation("T", Context().declare(Scalar(), a, b, c, d), Statement(a, Rel.LT, d), steps))
    first, second = chains(theorem, Steps.KEY)
    assert [(row.lhs, row.relation, row.rhs) for row in first.rows] == [(a, Rel.LT, d)]
    assert [(row.lhs, row.relation, row.rhs) for row in second.rows] == [(b, Rel.EQ, a)]


def test_a_short_version_still_says_all_that_was_checked() -> None:
    problem = _problem(_step(a, b, key=False), _step(b, c))
    source = _written(Edition.SOLUTIONS, Sheet("S", (Entry(problem),)), detail=Detail.KEY)
    assert "| 1. P | 2 | 2 |" in source
    assert "a & = c" in source and "= b" not in source


# -- wrong answers -----------------------------------------------------------------------------------------------------------------------


def test_wrong_answers_are_refuted_with_values_that_show_it() -> None:
    momentum = built("momentum")
    found = wrong_answers(replace(momentum, mistakes=()))  # slips serve where a kind knows no mistakes
    assert len(found) == 3 and len({w.slip for w in found}) == 3
    assert found == wrong_answers(replace(momentum, mistakes=()))
    assert [w.why for w in wrong_answers(momentum)] == [m.why for m in momentum.mistakes]
    values = {name: Fraction(value) for name, value in found[0].at.at}
    beta, t = values["beta"], int(values["t"])
    m = values["m_0"]
    for k in range(t + 1):  # the true recurrence, by hand
        m = beta * m + (1 - beta) * values[f"g_{k}"]
    for wrong in found:
        if wrong.statement.lhs == Index(Name("m"), (Name("t") + 1,)) and dict(wrong.at.at) == dict(found[0].at.at):
            assert Fraction(wrong.at.left) == m
        assert wrong.at.left != wrong.at.right


def test_staff_see_wrong_answers_and_students_do_not() -> None:
    sheet = Sheet("S", (Entry(built("epochs", iterations=1000, samples=110, batch=20)),))
    staff = _written(Edition.STAFF, sheet)
    assert "**Common wrong answers**" in staff and "It fails: the left side is $6$, the right side" in staff
    assert "The last batch is dropped. Here it is kept, though it is smaller." in staff
    for edition in (Edition.QUESTIONS, Edition.HINTS, Edition.SOLUTIONS):
        assert "wrong" not in _written(edition, sheet)


def test_an_undecided_slip_is_not_shown() -> None:
    undecided = examples.rule(lambda statement: Accepted(proved("told")) if statement.rhs == b else Refuted(), "undecided")
    problem = _problem(Step(Statement(a, Rel.EQ, b), undecided))
    assert wrong_answers(problem) == ()  # refuted, but without numbers


@pytest.mark.parametrize(
    ("written", "shown"), [("w_1", "w₁"), ("C^(in)", "C^(in)"), ("beta", "β"), ("Q'", "Q′"), ("x_{1,2}", "x_{1,2}"), ("P = x", None), ("", None)]
)
def test_names_of_a_counterexample_are_symbols(written: str, shown: str | None) -> None:
    found = symbol_term(written)
    assert (None if found is None else text(found)) == shown


@pytest.mark.parametrize(("written", "shown"), [("-1/2", "-1/2"), ("3", "3"), ("0.872", "0.872"), ("[0 1; 1 0]", None), ("nan", None)])
def test_values_of_a_counterexample_are_numbers(written: str, shown: str | None) -> None:
    found = value_term(written)
    assert (None if found is None else text(found)) == shown


# -- languages ---------------------------------------------------------------------------------------------------------------------------


def test_german_says_all_that_english_says() -> None:
    german = messages("de")
    for shelf in ("kinds", "properties", "editions", "strengths", "meanings"):
        assert getattr(german, shelf).keys() == getattr(ENGLISH, shelf).keys()
    own = {name: value for name in (field.name for field in fields(german)) if isinstance(value := getattr(german, name), str)}
    assert [name for name, value in own.items() if value == getattr(ENGLISH, name) and value] == []
    for field in ("problem", "only_in", "versions"):
        assert re.findall(r"\{\w*}", getattr(german, field)) == re.findall(r"\{\w*}", getattr(ENGLISH, field))


def test_every_slip_has_a_german_name() -> None:
    from derivations import mutation, wrong_answers

    named = set(re.findall(r'yield "([^"]+)"', Path(mutation.__file__).read_text("utf-8")))
    assert set(wrong_answers._COMMON) <= named
    assert named <= messages("de").slips.keys()


def test_a_german_sheet_has_no_english_word_of_ours() -> None:
    source = _written(Edition.STAFF, language="de")
    assert "Aufgabe 1. Counting (3 Punkte)" in source and "Woher jedes Ergebnis bekannt ist" in source
    assert r"\text{falls }" in source and r"\text{sonst}" in source
    for words in ("Problem", "Throughout", "Answer", "proved", "Lemma", "real number", "otherwise"):
        assert words not in source
    assert 'lang: "de"' in typst.document(sheet_document(SHEET, Printing(messages=messages("de"))))


def test_an_unknown_language_is_answered_with_those_there_are() -> None:
    with pytest.raises(DeriveError, match=r"language = 'eng' is not accepted.*it must be one of en, de"):
        messages("eng")
    assert set(LANGUAGES) == {"en", "de"}


# -- what a sheet may say ----------------------------------------------------------------------------------------------------------------

GOOD = 'title = "T"\n[[problem]]\nkind = "momentum"\nmarks = 2.5\nspace = "45 mm"\n'


def test_marks_and_space_are_read() -> None:
    (problem,) = sheet_file.parse(GOOD, "t", "t.toml").problems
    assert (problem.marks, problem.space) == (Fraction(5, 2), 4.5)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("2.5", "0"), "marks = 0 is not accepted; it must be a number of whole or half marks, such as 5 or 2.5"),
        (("2.5", "2.3"), "marks = 2.3 is not accepted"),
        (("2.5", "nan"), "marks = nan is not accepted"),
        (("2.5", "true"), "marks = True is not accepted"),
        (("2.5", "1e9"), "marks = 1000000000.0 is not accepted"),
        (("45 mm", "4"), "space = '4' is not accepted; it must be a height such as \"4cm\", in cm, mm or in"),
        (("45 mm", "-4cm"), "space = '-4cm' is not accepted"),
        (("45 mm", "400cm"), "space = '400cm' is not accepted"),
        (('"45 mm"', "4"), "space = 4 is not accepted"),
    ],
)
def test_marks_and_space_that_make_no_sense(change: tuple[str, str], told: str) -> None:
    with pytest.raises(DeriveError) as caught:
        sheet_file.parse(GOOD.replace(*change), "t", "t.toml")
    assert "t.toml, problem 1 (line 2): " in str(caught.value) and told in str(caught.value)
