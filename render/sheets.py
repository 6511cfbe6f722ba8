"""Whole sheets, and single problems, as documents: numbered parts, title block, and the page that says how each result is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from derivations.kernel.verdict import Strength
from derivations.language.record import record
from derivations.problem import Problem, Words
from render import boxes, declared
from render.compose import Entry, general_assumptions, paragraphs, versions
from render.document import Blanks, Block, Document, Inline, Inlines, Items, Mark, Page, Paragraph, Part, Ref, Strong, Table, Text, Told, flowing
from render.editions import Shown, shown
from render.messages import Messages
from render.printing import PLAIN_PRINTING, Detail, Edition, Printing
from render.remembered import Remembered


@record
class Sheet:
    """A sheet: what its title block says, and its problems in order."""

    title: str
    entries: tuple[Entry, ...]
    course: str = ""
    author: str = ""
    date: str = ""
    intro: Words = ""
    student: str = ""
    identifier: str = ""
    variant: str = ""
    """The number of a variant that is for nobody in particular."""


@record
class Released:
    """A sheet, or a problem on its own (``single``), in one edition: the document for people, and for programs what the edition shows of each problem.

    It is all that a writer is given. What an edition does not show is not in it.
    """

    document: Document
    problems: tuple[Shown, ...]
    single: bool = False
    intro: Words = ""
    outline: str = ""
    """Of questions with boxes: where these are, as CSV."""


def released(sheet: Sheet, printing: Printing = PLAIN_PRINTING) -> Released:
    """A whole sheet in one edition: its problems, and where solutions are shown the page that says how each result is known.

    Raises:
        DeriveError: in the notation of ``printing`` two symbols of a problem would print alike.
    """
    messages = printing.messages
    problems = []
    parts = []
    for number, entry in enumerate(sheet.entries, 1):
        name = messages.problem.format(number=number)
        problem = shown(entry, printing, f"{name} ({entry.problem.kind})")
        problems.append(problem)
        parts.append(Part(f"problem-{number}", problem.notation.words(f"{name}. {problem.title}"), problem.blocks, note=problem.note))
    if printing.edition.solved:
        parts.append(_appendix(sheet, printing))
    asking = printing.edition is Edition.QUESTIONS
    student = "" if asking else sheet.student  # where only the questions are, it stands in the line for the name
    variant = messages.variant.format(number=sheet.variant) if sheet.variant else ""
    subtitle = tuple(filter(None, (student, variant, sheet.course, sheet.author, sheet.date, messages.editions[printing.edition.value])))
    intro: tuple[Block, ...] = ()
    if sheet.intro:
        intro = (Told((declared.PROBLEM, declared.WORDS)), *paragraphs(sheet.intro), Told((declared.END,)))
    blocks: tuple[Block, ...] = (*((_blanks(sheet, printing),) if asking else ()), *intro, *parts)
    pages: tuple[Page, ...] = ()
    outline = ""
    if asking and printing.boxed:
        pages = boxes.pages(sheet.entries, [(part,) for part in parts], messages, (sheet.student, sheet.identifier), intro, printing.style)
        outline = boxes.outline(pages, [part.heading for part in parts], sheet.entries)
        blocks = tuple(block for page in pages for block in flowing(page))
    document = Document(
        sheet.title, subtitle, blocks, messages.language, sheet.course, sheet.author, sheet.date, printing.look.header, printing.look.logo, pages
    )
    return Released(document, tuple(problems), intro=sheet.intro, outline=outline)


def released_problem(problem: Problem, printing: Printing = PLAIN_PRINTING) -> Released:
    """One problem on its own, with the legend of its marks.

    Raises:
        DeriveError: in the notation of ``printing`` two symbols of the problem would print alike.
    """
    messages = printing.messages
    found = shown(Entry(problem), printing, problem.kind)
    blocks = found.blocks
    if printing.edition.solved:
        strengths = {checked.evidence.strength for checked in problem.steps}
        blocks = (*blocks, Paragraph((Text(messages.legend),)), _legend(strengths, messages))
    document = Document(found.title, (), blocks, messages.language, header=printing.look.header, logo=printing.look.logo)
    return Released(document, (found,), single=True)


def sheet_document(sheet: Sheet, printing: Printing = PLAIN_PRINTING) -> Document:
    """The document of a whole sheet; raises as ``released`` does."""
    return released(sheet, printing).document


def problem_document(problem: Problem, printing: Printing = PLAIN_PRINTING) -> Document:
    """The document of one problem; raises as ``released_problem`` does."""
    return released_problem(problem, printing).document


def _blanks(sheet: Sheet, printing: Printing) -> Blanks:
    """Name and points, to be filled in; the points of how many where every problem has its marks."""
    messages = printing.messages
    marks = [entry.marks for entry in sheet.entries]
    total = sum((m for m in marks if m is not None), Fraction(0))
    behind = f"/ {printing.style.number(f'{float(total):g}', '')}" if None not in marks else ""
    return Blanks(((messages.blanks["name"], sheet.student, ""), (messages.blanks["points"], "", behind)))


_assumptions: Remembered[Inlines] = Remembered()


def _legend(strengths: Iterable[Strength], messages: Messages) -> Items:
    return Items(tuple((Mark(s), Text(f" {messages.meanings[s]}")) for s in sorted(strengths, reverse=True)))


def _appendix(sheet: Sheet, printing: Printing) -> Part:
    messages = printing.messages
    counts = [Counter(checked.evidence.strength for checked in entry.problem.steps) for entry in sheet.entries]
    used = sorted({s for count in counts for s in count}, reverse=True)
    head = (*messages.appendix_head, *(messages.strengths[s] for s in used), messages.appendix_overall)
    rows = []
    for number, (entry, count) in enumerate(zip(sheet.entries, counts, strict=True), 1):
        name = f"{number}. {entry.heading or messages.say(entry.problem.title)}"
        numbers = (str(sum(count.values())), *(str(count[s]) for s in used))
        overall = entry.problem.evidence
        cells: list[Inlines] = [(Ref(name, f"problem-{number}"),), *((Text(n),) for n in numbers)]
        rows.append((*cells, (Mark(overall.strength), Text(f" {messages.known(overall)}"))))
    blocks: list[Block] = [
        Told((declared.PROBLEM, declared.RECALL_ALL)),
        Paragraph((Text(messages.appendix_lead),)),
        Table(tuple((Text(words),) for words in head), tuple(rows), (False, *(True for _ in head[1:-1]), False)),
        Paragraph((Text(messages.legend),)),
        _legend(used, messages),
        *_all_assumed(sheet, printing),
        Told((declared.END,)),
        Paragraph((Text(messages.versions.format(versions=", ".join(versions()))),)),
    ]
    return Part("evidence", messages.appendix, tuple(blocks), closing=True)


def _all_assumed(sheet: Sheet, printing: Printing) -> tuple[Block, ...]:
    if printing.detail is Detail.KEY:
        return ()
    found = tuple(_assumed(number, entry, printing) for number, entry in enumerate(sheet.entries, 1))
    return Paragraph((Text(printing.messages.assumed),)), Items(found)


def _assumed(number: int, entry: Entry, printing: Printing) -> Inlines:
    """What a problem's theorems assume, in one paragraph."""
    notation = (entry.profile or printing.profile).of(entry.problem)
    name = printing.messages.problem.format(number=number)

    def made() -> Inlines:
        found: list[Inline] = []
        assumed = general_assumptions(entry.problem, printing.messages, printing.detail)
        for k, item in enumerate(assumed):
            found += [Text("; "), *item] if k else item
        whole = (*found, Text("." if assumed else printing.messages.no_assumptions))
        (shown,) = notation.blocks((Paragraph(whole),), name)
        return shown.inlines if isinstance(shown, Paragraph) else whole

    return (Strong(f"{name}: "), *_assumptions.get(entry.problem, (notation.profile, printing.messages.language, printing.detail), made))
