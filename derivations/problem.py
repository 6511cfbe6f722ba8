"""A worked problem: its question in words and terms, the theorems that answer it, the answer.

A problem is what a topic returns for one kind with its parameters, and what every writer in ``render`` reads. It holds no markup: words are
strings, formulas are terms.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from derivations.figures import Figure
from derivations.kernel.registry import Rule
from derivations.kernel.statement import Because, Statement, Step
from derivations.kernel.theorem import Checked, Theorem
from derivations.kernel.verdict import Evidence, Strength, weakest
from derivations.language.context import Context
from derivations.language.presenting import mimebundle, presenter
from derivations.language.record import record
from derivations.language.term import Name, Num, Term


@record
class Displayed:
    """A formula that stands on a line of its own in running words."""

    term: Term


@record
class Literally:
    """Text to be shown letter by letter, such as a line of Python."""

    text: str


def flat(words: Words) -> Because:
    """Words with formulas and nothing else: what is shown letter by letter becomes words as well."""
    if isinstance(words, str):
        return words
    return tuple(piece.text if isinstance(piece, Literally | Stressed) else piece for piece in words if isinstance(piece, str | Term | Literally | Stressed))


@record
class Stressed:
    """Words that stand out."""

    text: str


@record
class Claimed:
    """A formula in running words that was checked, and how it is known."""

    term: Term
    strength: Strength


@record
class Itemized:
    """A list in running words."""

    items: tuple[Prose, ...]


Piece: TypeAlias = "str | Term | Displayed | Literally | Stressed | Claimed | Itemized"
Prose: TypeAlias = "tuple[Piece, ...]"
"""Words with formulas among them: ``("the tap ", j, " of output ", k)``. Spaces are written by the author; a blank line starts a paragraph."""

Words: TypeAlias = "str | Prose"
"""Prose, or a plain sentence for short."""


_SILENT = ("judged", "citation")
"""Rules whose names say nothing to a reader: a step that was read and judged, a step that cites its theorem."""


def reason(step: Step) -> Words:
    """The words beside a line: its author's, else the few of its rule."""
    return step.because or ("" if step.rule.key in _SILENT else step.rule.caption)


def noun(number: Term, one: str, many: str = "") -> str:
    """What stands behind a number: ``one`` behind the number 1, else ``many`` (or ``one`` with an s)."""
    return one if number == Num("1") else many or f"{one}s"


Depth: TypeAlias = 'Literal["key", "normal", "full"]'
"""How much of a solution is printed, and from where on a part of it is."""

DEPTHS: tuple[Depth, ...] = ("key", "normal", "full")


@record
class Section:
    """One theorem of a problem, with the words that stand above it. A ``lemma`` is used by a later section; a ``remark`` stands in the words already, as
    a formula with its mark, and is not printed again. ``lead``: paragraphs before it. ``titled``: a caption stands above it, if need be its title.

    ``depth`` is the least detail that prints it: what was not asked is proved all the same, and printed in full only. Below the detail ``whole`` its steps
    are drawn together into one line, with ``brief`` as its reason: what goes as a part above went is not written out again.
    """

    theorem: Theorem
    caption: Words = ""
    role: Literal["lemma", "main", "remark"] = "main"
    lead: Words = ""
    titled: bool = True
    depth: Depth = "key"
    whole: Depth = "key"
    brief: Words = ""


@record
class Meaning:
    """What symbols stand for, in words with unit or type: ``Meaning((K,), "the kernel size, an integer at least 1")``."""

    symbols: tuple[Term, ...]
    words: Words


@record
class Mistake:
    """A wrong answer that people give: the claim, in the context in which it is wrong, and why it is. ``rule`` refutes it before it is shown."""

    claim: Statement
    context: Context
    rule: Rule
    why: Words


@record
class LedgerRow:
    """A part and its count: ``term`` is how the count comes about (``9 C^2``), ``value`` what it is."""

    label: Words
    term: Term | None
    value: Term | int


@record
class Ledger:
    """A table of counts by part; ``total`` is its last row. ``depth`` is the least detail that prints it."""

    rows: tuple[LedgerRow, ...]
    total: LedgerRow | None = None
    caption: Words = ""
    depth: Depth = "normal"


class Later:
    """A value that takes some time, computed when somebody asks for it, and once."""

    def __init__(self, compute: Callable[[], Any]) -> None:
        self.compute = compute

    @cached_property
    def value(self) -> Any:
        return self.compute()


@record
class Answer:
    """What was asked for.

    Args:
        shown: the formulas of the answer, each on its own line.
        given: the same for programs, which ``value`` has: an int, a SymPy object, or a tuple or mapping of these; or ``Later`` what computes it.
        words: a sentence that answers the question in words.
        general: the formulas that these come from, for any numbers, which stand before them.
        convention: under which reading of the question this is the answer ("dilation counts the zeros between taps").
    """

    shown: tuple[Statement | Term, ...]
    given: Any
    words: Words = ""
    convention: Words = ""
    general: tuple[Statement | Term, ...] = ()

    @property
    def value(self) -> Any:
        """The answer for programs."""
        return self.given.value if isinstance(self.given, Later) else self.given


@record
class Problem:
    """A kind with its parameters, worked out: question, theorems, answer.

    ``parameters`` holds the values as they were given, in the order of the kind's table. ``notes`` are remarks that belong to the solution
    ("running statistics are buffers and are not counted"). ``figure`` is what a drawing needs, or None. ``hints``: questions and pointers,
    which are all that the edition of hints shows. ``meanings``: every symbol in words, in the order of use. ``mistakes``: wrong answers
    that people give. ``trusted``: what was taken for granted in reading a solution that somebody wrote. ``open``: how many of its steps are not accepted
    (a draft), which stand among the words with what is wrong. ``parts``: the problems under the letters (a), (b), (c), whose sections and answers the
    problem has, in their order.
    """

    kind: str
    title: str
    question: Words
    sections: tuple[Section, ...]
    answer: Answer
    parameters: Mapping[str, object] = field(default_factory=dict, hash=False)
    ledger: Ledger | None = None
    notes: tuple[Words, ...] = ()
    figure: Figure | None = None
    hints: tuple[Words, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    trusted: tuple[str, ...] = ()
    open: int = 0
    parts: tuple[tuple[str, Problem], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    @property
    def evidence(self) -> Evidence:
        """The weakest of its theorems: how the answer is known. A draft is no better than assumed."""
        if self.open:
            return Evidence(Strength.ASSUMED, "a draft")
        if not self.sections:
            return Evidence(Strength.ASSUMED, "words")
        return weakest(tuple(section.theorem.evidence for section in self.sections))

    @property
    def steps(self) -> Iterator[Checked]:
        """Every checked step of every section, in the order in which they are printed."""
        for section in self.sections:
            yield from section.theorem.steps

    @property
    def statement(self) -> Statement:
        """What the last main section proves."""
        main = [section for section in self.sections if section.role == "main"] or list(self.sections)
        return main[-1].theorem.statement

    def _repr_mimebundle_(self, include: Container[str] | None = None, exclude: Container[str] | None = None) -> dict[str, str]:
        return mimebundle(self, include, exclude)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value.text if isinstance(value, Name) else value}" for name, value in self.parameters.items())
        return f"<Problem {self.kind}({given}): {self.evidence.word}>"

    def _repr_latex_(self) -> str | None:
        found = presenter()
        return None if found is None else found.latex(self)

    def _repr_markdown_(self) -> str | None:
        found = presenter()
        return None if found is None else found.markdown(self)


def together(parts: Sequence[tuple[str, Problem]]) -> Problem:
    """One problem whose parts are problems of one kind, each under its letter. What their questions have in common stands before them."""
    problems = [problem for _, problem in parts]
    answers = [problem.answer for problem in problems]
    shown = tuple(statement for answer in answers for statement in answer.shown)
    answer = Answer(shown, Later(lambda: tuple(one.value for one in answers)))
    first = problems[0]
    titles = {problem.title for problem in problems}
    sections = tuple(section for problem in problems for section in problem.sections)
    title = first.title if len(titles) == 1 else first.kind.replace("-", " ").capitalize()
    return Problem(first.kind, title, shared(problems), sections, answer, first.parameters, parts=tuple(parts))


def shared(problems: Sequence[Problem]) -> Prose:
    """The sentences with which the questions of all these begin."""
    pieces = [(problem.question,) if isinstance(problem.question, str) else problem.question for problem in problems]
    same = 0
    for alike in zip(*pieces, strict=False):
        if any(piece != alike[0] for piece in alike):
            break
        same += 1
    while same and not _ends(pieces[0][same - 1]):
        same -= 1
    return pieces[0][:same]


def _ends(piece: Piece) -> bool:
    """Whether a sentence ends with it."""
    return isinstance(piece, str) and piece.rstrip().endswith((".", "?", ":"))
