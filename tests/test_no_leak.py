"""What an edition does not show is in none of its files, whatever writer made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import pytest
import worked_examples as examples

from derivations.figures import Figure
from derivations.kernel.statement import Derivation, Rel, Statement, Step
from derivations.kernel.theorem import Checked, Theorem, verify
from derivations.kernel.verdict import Accepted, proved
from derivations.language.context import Context, Scalar
from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.problem import Answer, Ledger, LedgerRow, Literally, Problem, Section
from render import sheet_file
from render.commands import printed
from render.compose import Entry
from render.document import figures
from render.printing import Edition, Printing
from render.sheets import Released, Sheet, released, released_problem
from render.writers import WRITERS, Job, Writer

SECRETS = ("stepsecret", "endsecret", "answersecret", "wordsecret", "conventionsecret", "notesecret", "ledgersecret", "valuesecret", "rulesecret")
ASKED = ("askedopenly", "startopenly")
"""Names and words of the problem below: each is in one place only."""
TO_READ = [w for w in WRITERS if w.names[0] not in ("pdf",) and not w.solved]  # a PDF is made from typ or tex, and its text is packed
HIDDEN = (Edition.QUESTIONS, Edition.HINTS)


def secret() -> Problem:
    """A problem with a mark of its own in every field that belongs to the solution."""
    start, step, end, answer, term = map(Name, ("startopenly", "stepsecret", "endsecret", "answersecret", "ledgersecret"))
    rule = examples.rule(Accepted(proved("rulesecret")), "rulesecret", "by a rule")
    steps = (Step(Statement(start, Rel.EQ, step), rule, "because"), Step(Statement(step, Rel.EQ, end), rule, "again"))
    context = Context().declare(Scalar(), start, step, end, answer, term)
    theorem = verify(Derivation("The title", context, Statement(start, Rel.EQ, end), steps))
    return Problem(
        "secret", "Openly", ("Find ", start, " askedopenly"), (Section(theorem, "A caption"),),
        Answer((Statement(start, Rel.EQ, answer),), "valuesecret", ("wordsecret ", Literally("wordsecret()")), "conventionsecret"),
        {}, Ledger((LedgerRow("ledgersecret", term, 4),), None, "ledgersecret"), ("notesecret",), _figure(),
    )  # fmt: skip


def _figure() -> Figure | None:
    from derivations.catalogue import find

    return find("receptive-field").build({"kernels": (3, 3)}).figure


def written(writer: Writer, found: Released, edition: Edition) -> str:
    job = Job(Printing(edition), stem="sheet")
    beside = writer.beside(found, job) if writer.beside is not None else {}
    content = writer.write(found, job)
    assert isinstance(content, str)
    return "\n".join([content, *beside, *beside.values()])


@pytest.mark.parametrize("single", [True, False], ids=["problem", "sheet"])
@pytest.mark.parametrize("writer", TO_READ, ids=lambda writer: writer.names[0])
def test_no_writer_is_given_what_its_edition_does_not_show(writer: Writer, single: bool) -> None:
    def of(edition: Edition) -> str:
        printing = Printing(edition)
        found = released_problem(secret(), printing) if single else released(Sheet("S", (Entry(secret()),)), printing)
        return written(writer, found, edition).replace(r"\allowbreak", "")

    solved = of(Edition.SOLUTIONS)
    shown = [word for word in SECRETS if word in solved]
    assert {"stepsecret", "endsecret", "answersecret", "wordsecret", "conventionsecret"} <= set(shown), "the marks are found where they are shown"
    for edition in HIDDEN:
        text = of(edition)
        assert all(word in text for word in ("askedopenly", "startopenly"))
        assert not [word for word in SECRETS if word in text]
        assert len(text) < len(solved)
        assert "<svg" not in text and "data:image" not in text and "figure-1" not in text


def _held(thing: object, seen: set[int]) -> Iterator[object]:
    """Everything that can be reached from a value through fields, attributes of closures left aside."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    yield thing
    if isinstance(thing, tuple | list | frozenset | set):
        inside: list[object] = list(thing)
    elif isinstance(thing, Mapping):
        inside = [part for pair in thing.items() for part in pair]
    elif is_dataclass(thing):
        inside = [getattr(thing, field.name) for field in fields(thing)]
    else:
        inside = []
    for part in inside:
        yield from _held(part, seen)


@pytest.mark.parametrize("edition", list(Edition))
def test_the_bundled_sheet_holds_theorems_and_drawings_only_where_they_are_shown(edition: Edition) -> None:
    spec = sheet_file.load("assignment-2")
    entries = tuple(Entry(p.kind.build(p.values)) for p in spec.problems if p.kind.name != "bottleneck-block")
    found = released(Sheet(spec.title, entries), Printing(edition))
    held = [thing for thing in _held(found, set()) if isinstance(thing, Theorem | Checked | Problem | Answer | Statement)]
    assert bool(held) == edition.solved
    assert bool(list(figures(found.document.blocks))) == edition.solved


def test_a_format_that_writes_results_alone_is_refused_for_the_questions() -> None:
    code = [writer for writer in WRITERS if writer.solved]
    assert len(code) == 4
    with pytest.raises(DeriveError, match=r"--to numpy writes what was proved, which --edition questions,hints does not show; ask for solutions or staff"):
        printed.agree(code, HIDDEN)
    printed.agree(code, (Edition.QUESTIONS, Edition.SOLUTIONS))
