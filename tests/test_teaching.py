"""What a reader is told: every symbol in words, hints, wrong answers that are wrong, and all of it in every language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from topic_texts import built

from derivations.catalogue import KINDS
from derivations.figures import Undrawn
from derivations.kernel.verdict import Strength
from derivations.language.structure import bound_variable, children, free_names
from derivations.language.term import Call, Name, Term
from derivations.problem import DEPTHS, Displayed, Problem, Words, reason
from derivations.topics.equivariance import problem as equivariance
from derivations.wrong_answers import refuted, wrong_answers
from render import markdown
from render.compose import Entry
from render.messages import LANGUAGES, messages
from render.printing import Detail, Edition, Printing
from render.saying import said, sentences, translated
from render.sheets import Sheet, sheet_document

KINDS_WITH_MEANINGS = tuple(kind.name for kind in KINDS if kind.name != "network")
MORE = (
    ("convolution", {"kernel": "3", "convention": "spacing", "dilation": "2", "padding": "1"}),
    ("convolution", {"kernel": "1"}),
    ("receptive-field", {"kernels": "2", "convention": "spacing", "dilations": "1"}),
    ("receptive-field", {"kernels": "1"}),
    ("conv-parameters", {"channels": "1,1", "kernels": "1"}),
    ("conv-parameters", {"channels": "C,D,E", "kernels": "K,L"}),
    ("bottleneck-block", {"channels": "1", "bottleneck": "1"}),
    ("residual-block", {"channels": "1", "kernel": "K"}),
    ("attention-parameters", {"width": "1", "tokens": "1"}),
    ("pushforward", {"map": "z**2"}),
    ("pushforward", {"map": "1/z"}),
    ("pushforward", {"map": "2*z+1"}),
    ("pushforward", {"base": "Uniform(0,1)", "map": "-log(z)"}),
    ("epochs", {"iterations": "1", "samples": "1", "batch": "1"}),
    ("epochs", {"iterations": "10", "samples": "30", "batch": "4", "last_batch": "drop"}),
    ("epochs", {"iterations": "10", "samples": "30", "batch": "4"}),
)
EVERY = [(kind.name, dict(example)) for kind in KINDS for example in kind.examples] + list(MORE)


@cache
def _built(number: int) -> Problem:
    name, values = EVERY[number]
    return built(name, **values)


def _told(problem: Problem) -> Iterator[Words]:
    """Everything of a problem that is said in words."""
    yield from (problem.title, problem.question, problem.answer.words, problem.answer.convention, *problem.notes, *problem.hints)
    yield from (meaning.words for meaning in problem.meanings)
    yield from (mistake.why for mistake in problem.mistakes)
    for section in problem.sections:
        yield from (section.caption, section.lead, section.brief, section.theorem.title, *section.theorem.context.conventions)
        for checked in section.theorem.steps:
            yield from (reason(checked.step), *checked.evidence.assuming)
    if problem.ledger is not None:
        yield problem.ledger.caption
        yield from (row.label for row in problem.ledger.rows)
        if problem.ledger.total is not None:
            yield problem.ledger.total.label
    if isinstance(problem.figure, Undrawn):
        yield problem.figure.because


@pytest.mark.parametrize("number", range(len(EVERY)), ids=[name for name, _ in EVERY])
@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_sentence_of_a_kind_is_in_every_language(language: str, number: int) -> None:
    table = messages(language).said
    missing = [sentence for words in _told(_built(number)) if words for sentence in sentences(words) if not translated(sentence, table)]
    assert missing == []


@pytest.mark.parametrize("tokens", ["columns", "rows"])
def test_so_is_the_other_layout_of_attention(tokens: str) -> None:
    problem = equivariance(tokens, True)  # type: ignore[arg-type]
    table = messages("de").said
    assert [s for words in _told(problem) if words for s in sentences(words) if not translated(s, table)] == []


def test_a_translation_may_move_its_formulas_and_leaves_what_it_does_not_know() -> None:
    a, b = Name("a"), Name("b")
    table = {"Layer {0} goes to {1}.": "Zu {1} geht {0}.", "stride #, padding #": "Schritt #, Rand #"}
    assert said(("Layer ", a, " goes to ", b, ". Then?"), table) == ("Zu ", b, " geht ", a, ".", " ", "Then?")
    assert said(("Layer ", a, ", ", b, " goes to ", a, "."), table) == ("Zu ", a, " geht ", a, ", ", b, ".")
    assert said("stride 12, padding 3", table) == "Schritt 12, Rand 3"
    assert said("An author's own words.", table) == "An author's own words."


@pytest.mark.parametrize("number", range(len(EVERY)), ids=[name for name, _ in EVERY])
def test_the_common_mistakes_are_wrong_and_none_is_the_answer(number: int) -> None:
    problem = _built(number)
    wrong = [refuted(mistake) for mistake in problem.mistakes]
    assert all(found is None or found.at.left != found.at.right for found in wrong)
    if problem.mistakes and number < len(EVERY) - len(MORE):
        assert any(found is not None for found in wrong), "for numbers without a coincidence a mistake shows"
    assert problem.mistakes == () or all(found.why for found in wrong_answers(problem)) or not any(wrong)


@pytest.mark.parametrize("name", KINDS_WITH_MEANINGS)
def test_a_kind_has_hints_and_mistakes_of_its_own(name: str) -> None:
    problem = _built(next(k for k, (kind, _) in enumerate(EVERY) if kind == name))
    assert len(problem.hints) >= 3 and len(problem.mistakes) >= 2
    assert any("?" in piece for hint in problem.hints for piece in ((hint,) if isinstance(hint, str) else hint) if isinstance(piece, str))


def _symbols(term: Term) -> set[Name]:
    """The names in a formula but those that it binds itself."""
    return set(free_names(term)) | {part.function for part in _parts(term) if isinstance(part, Call) and isinstance(part.function, Name)}


def _parts(term: Term) -> Iterator[Term]:
    yield term
    for child in children(term):
        yield from _parts(child)


FUNCTIONS = {"ln", "exp", "log", "sqrt", "Softmax", "Sa", "tanh", "first", "last"}  # said where they stand, or known to everybody


@pytest.mark.parametrize("name", KINDS_WITH_MEANINGS)
def test_every_symbol_of_the_printed_solution_is_introduced(name: str) -> None:
    problem = _built(next(k for k, (kind, _) in enumerate(EVERY) if kind == name))
    words = [problem.question, *(meaning.words for meaning in problem.meanings)]
    told = {symbol for meaning in problem.meanings for named in meaning.symbols for symbol in _names_of(named)}
    for prose in words:
        for piece in () if isinstance(prose, str) else prose:
            formula = piece.term if isinstance(piece, Displayed) else piece
            told |= set(_names_of(formula)) if isinstance(formula, Term) else set()
    for section in problem.sections:
        if DEPTHS.index(section.depth) > DEPTHS.index("normal"):
            continue
        for statement in (step.step.statement for step in section.theorem.steps):
            unknown = {n for n in _symbols(statement.formula) if n not in told and n.text not in FUNCTIONS and n.font != "text"}
            assert unknown <= {d.lhs for d in section.theorem.context.definitions}, (section.theorem.title, unknown)


def _names_of(term: Term) -> Iterator[Name]:
    for part in _parts(term):
        if isinstance(part, Name):
            yield part
        if (bound := bound_variable(part)) is not None and isinstance(bound, Name):
            yield bound


def test_details_differ_and_the_shorter_is_shorter() -> None:
    entries = tuple(Entry(_built(k)) for k, (name, _) in enumerate(EVERY[:12]))
    written = {detail: markdown.document(sheet_document(Sheet("S", entries), Printing(detail=detail))) for detail in Detail}
    key, normal, full = (len(written[detail].splitlines()) for detail in (Detail.KEY, Detail.NORMAL, Detail.FULL))
    assert key < 0.9 * normal and normal < 0.9 * full


def test_what_is_printed_in_full_only_is_proved_all_the_same() -> None:
    problem = built("receptive-field", kernels="7,7,7")
    hidden = [section for section in problem.sections if section.depth == "full"]
    assert hidden and all(section.theorem.evidence.strength is Strength.PROVED for section in hidden)
    printed = markdown.document(sheet_document(Sheet("S", (Entry(problem),))))
    assert "So for every number of layers" not in printed
    assert f"| {len(list(problem.steps))} |" in printed  # the table of evidence counts them


def test_hints_are_those_of_the_kind_and_no_formula_of_the_solution() -> None:
    problem = built("epochs", iterations="1000", samples="100", batch="20")
    source = markdown.document(sheet_document(Sheet("S", (Entry(problem),)), Printing(Edition.HINTS)))
    assert "How many batches does one iteration use?" in source and "200" not in source and "$$" not in source


def test_decimals_are_given_where_the_answer_is_no_integer() -> None:
    def words(**values: str) -> str:
        problem = built("epochs", **values)
        return "".join(piece if isinstance(piece, str) else getattr(piece, "digits", "?") for piece in problem.answer.words)

    assert "17.99 epochs, so epoch 18 is not finished" in words(iterations="1799", samples="1000", batch="10")
    assert "142.86 epochs, so epoch 143 is not finished" in words(iterations="1000", samples="130", batch="20")
    assert "1.9999 epochs, so epoch 2 is not finished" in words(iterations="19999", samples="10000", batch="1")
    assert "200 epochs" in words(iterations="1000", samples="100", batch="20")
