"""A derivation that a person wrote, as the sections of a problem: the checker reads it, the kernel makes a theorem of each chain, the words stay.

    solved = solution(source_from_file(Path("layernorm.tex")))

Each relation becomes a theorem of its own; those that join end to end make a chain, which cites them. A step that is not accepted raises NotProved with
its place, or in a draft stands among the words with what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from derivations.authored.wording import joined, plainly, wording, words_only
from derivations.checking.losses import elaborated
from derivations.checking.refutation import Said, standing
from derivations.checking.report import statement_of
from derivations.kernel.statement import Because, Derivation, Rel, Rule, Statement, Step
from derivations.kernel.theorem import NotProved, Theorem, compose, established, verify
from derivations.kernel.verdict import Accepted, Refuted, Strength, Undecided, weakest
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import free_names, head
from derivations.language.term import Name, Relation, Term
from derivations.parameters import nearest
from derivations.problem import Claimed, Displayed, Literally, Piece, Section, Stressed, Words
from derivations.reading.displays import Segment, SegmentKind
from derivations.reading.expression import read
from derivations.reading.judgements import Document, Judgement, document, judgements
from derivations.reading.prose import Formula
from derivations.reading.rows import Chain
from derivations.reading.source import Place, Source
from derivations.reading.vocabulary import Vocabulary

_GIVING_UP = (ArithmeticError, RecursionError, MemoryError, ValueError, LookupError, TypeError, AttributeError)
_ASSUMABLE = (Rel.EQ, Rel.LE, Rel.LT, Rel.GE, Rel.GT, Rel.NE)
_SHOWN_WORDS = 60


@record
class Solution:
    """``sections`` with the words before them, ``notes`` the words behind the last. ``answer``: the statement that was asked for. ``trusted``: what was taken
    for granted in reading it. ``open``: how many steps are not accepted. ``heading``: its first heading."""

    sections: tuple[Section, ...]
    notes: tuple[Words, ...]
    answers: tuple[Statement, ...]
    context: Context
    trusted: tuple[str, ...]
    open: int
    heading: str
    vocabulary: Vocabulary

    @property
    def answer(self) -> Statement | None:
        """The last of what was asked for."""
        return self.answers[-1] if self.answers else None


def solution(
    source: Source, declarations: Iterable[str] = (), *, section: str = "", label: str = "", answers: Sequence[str] = (), draft: bool = False
) -> Solution:
    """The solution in a source, or in the part of it under the heading ``section`` or in the formula with the ``label``. ``answers``: the labels of what was
    asked for; without one, that is the last line.

    Raises:
        NotProved: a step is refuted, undecided or unread, and this is no ``draft``; the message says where and why.
        DeriveError: the file is damaged, there is no such heading or label, or there is nothing in it to check.
    """
    if source.damage:
        raise DeriveError(f"{source.file}: {source.damage}")
    doc = document(source, declarations)
    if doc.problems:
        place, said = doc.problems[0]
        raise DeriveError(f"{place}: {said}")
    maker = _Maker(doc, _part(doc, section, label))
    maker.run()
    if maker.troubles and not draft:
        place, verdict, why = maker.troubles[0]
        more = len(maker.troubles) - 1
        behind = f" (and {more} more step{'s' * (more > 1)} of it)" if more else ""
        raise NotProved(str(place), 0, None, verdict, why + behind)
    if not maker.sections and not maker.troubles:
        raise DeriveError(f"{source.file}: there is no step in it to check; a solution holds formulas such as $$a = b = c$$")
    return maker.solution(answers)


def _part(doc: Document, section: str, label: str) -> tuple[int, int]:
    """The offsets of the part that is asked for."""
    if label:
        for formula in doc.prose.formulas:
            if any(found == label for chain in formula.chains for _, found in chain.labels):
                return formula.segment.start, formula.segment.end
        known = sorted({found for formula in doc.prose.formulas for chain in formula.chains for _, found in chain.labels})
        raise DeriveError(f"{doc.source.file}: there is no label {label!r}; there are {', '.join(known) or 'none'}")
    if not section:
        return 0, len(doc.source.text)
    headings = [s for s in doc.segmented.segments if s.kind is SegmentKind.HEADING]
    for heading in headings:
        if _same(_heading(doc, heading), section):
            end = next((s.start for s in headings if s.start > heading.start and s.level <= heading.level), len(doc.source.text))
            return heading.start, end
    known = [_heading(doc, heading) for heading in headings]
    raise DeriveError(f"{doc.source.file}: there is no heading {section!r}; there are {', '.join(map(repr, known)) or 'none'}")


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _heading(doc: Document, heading: Segment) -> str:
    return plainly(doc.segmented.text[heading.start : heading.end], doc.source.markup)


@dataclass
class _Maker:
    """Goes through a document in order. ``proved``: a theorem for each accepted relation; ``given``: what was said without proof."""

    doc: Document
    part: tuple[int, int]
    proved: dict[Statement, Theorem] = field(default_factory=dict)
    given: dict[Statement, None] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    labelled: dict[str, tuple[Statement, Context]] = field(default_factory=dict)
    words: list[Piece] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    troubles: list[tuple[Place, Refuted | Undecided, str]] = field(default_factory=list)
    trusted: dict[str, None] = field(default_factory=dict)
    heading: str = ""
    at: int = 0
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    names: frozenset[Name] | None = None

    def run(self) -> None:
        """``names``, those of the part, is None for a whole document: a part's steps are proved from what is said of its own names, where that suffices."""
        judged = tuple(map(elaborated, judgements(self.doc)))
        if self.part != (0, len(self.doc.source.text)):
            own = (j.statement.formula for j in judged if j.statement is not None and j.status == "judge" and self.part[0] <= j.offset < self.part[1])
            self.names = frozenset(name for formula in own for name in free_names(formula))
        defined = frozenset(what for j in judged for d in j.context.definitions if isinstance(what := head(d.lhs), Name))
        self.places = {(j.file, j.line, j.column, j.cell): replace(j, context=_without_later(j, defined)) for j in judged}
        formulas = {formula.segment.start: formula for formula in self.doc.prose.formulas}
        self.vocabulary = replace(self.doc.vocabulary)
        for segment in self.doc.segmented.segments:
            formula = formulas.get(segment.start) if segment.kind in (SegmentKind.INLINE, SegmentKind.DISPLAY) else None
            inside = self.part[0] <= segment.start and segment.end <= self.part[1]
            if formula is not None:
                found = [(chain, k, j, self._outcome(j, _reason(chain, k))) for chain, k, j in self._relations(formula)]
                if inside:
                    self._formula(formula, found)
            elif inside:
                self._words(segment)

    def solution(self, answers: Sequence[str]) -> Solution:
        shown = [section.theorem for section in self.sections if section.role == "main"] or [section.theorem for section in self.sections]
        last = (shown[-1].statement, shown[-1].context) if shown else (None, Context())
        for answer in answers:
            if answer not in self.labelled:
                near = f"{nearest(answer, self.labelled)}; there are {', '.join(self.labelled) or 'none'}"
                raise DeriveError(f"{self.doc.source.file}: answer = {answer!r} is no label of a checked line{near}")
            last = self.labelled[answer]
        asked = tuple(self.labelled[answer][0] for answer in answers) or ((last[0],) if last[0] is not None else ())
        rest = joined(self.words)
        return Solution(
            tuple(self.sections), (rest,) if rest else (), asked, last[1], tuple(self.trusted), len(self.troubles), self.heading, self.vocabulary
        )

    # -- steps ---------------------------------------------------------------------------------------------------------------------------

    def _relations(self, formula: Formula) -> Iterator[tuple[Chain, int, Judgement]]:
        for chain in formula.chains:
            for k in range(len(chain.links)):
                place = self.doc.source.place(chain.sides[k + 1].start)
                j = self.places.get((place.file, place.line, place.column, place.cell))
                if j is not None:
                    yield chain, k, j

    def _outcome(self, j: Judgement, because: Because) -> Theorem | Refuted | Undecided | None:
        """The theorem that a relation is, why it is none, or None for what is not claimed."""
        if j.context.kinds:
            self.vocabulary = Vocabulary.of(j.context, self.doc.vocabulary.macros)
        if j.status == "given":
            if j.statement is not None:
                self.given[j.statement] = None
            return None
        if j.status == "ignored":
            return Undecided(f"it is not checked: {j.reason}")
        if j.status == "unread" or j.statement is None:
            return Undecided(f"cannot be read: {j.why_unread}")
        found = self._established(j, because)
        if isinstance(found, Refuted):
            found = Undecided(j.doubt) if j.doubt else standing(found, j, j.statement, tuple(self.said))
        if not (isinstance(found, Theorem) and found.evidence.strength is Strength.PROVED):
            self.said.append(Said(j.statement, isinstance(found, Theorem)))
        if isinstance(found, Theorem) and j.alternative is not None and not self._otherwise(j):
            found = Undecided("it holds under one reading of what the loss depends on and not under another")
        if j.condition and not (isinstance(found, Theorem) and found.evidence.strength is Strength.PROVED):
            self.given[j.statement] = None
            return None
        if isinstance(found, Theorem):
            self.proved[found.statement] = found
            if j.label:
                self.labelled[j.label] = (found.statement, found.context)
            if found.statement != j.statement:  # what follows from the row before may be used as far as that row may
                self.given[j.statement] = None
        return found

    def _established(self, j: Judgement, because: Because) -> Theorem | Refuted | Undecided:
        """From what is said of the names of the part; only where that does not suffice, from all that the document says before."""
        if self.names is not None and (about := _about(j.context, self.names)) != j.context:
            found = self._established_from(replace(j, context=about), because)
            if isinstance(found, Theorem):
                return found
        return self._established_from(j, because)

    def _established_from(self, j: Judgement, because: Because) -> Theorem | Refuted | Undecided:
        whole, statement = statement_of(j), j.statement
        if statement is None or whole is None:
            return Undecided(j.why_unread)
        proved = (self.proved[e] for e in j.earlier if e in self.proved)
        lemmas = tuple(dict.fromkeys(theorem for theorem in proved if self.names is None or j.context.extends(theorem.context)))
        alone = _judged(statement, j.context, lemmas, because)
        found = alone if isinstance(alone, Theorem) or whole == statement else _judged(whole, j.context, lemmas, because)
        if isinstance(found, Theorem) and found.statement != statement and not self._stands(j):
            return Undecided("it follows from the row before, which is not accepted itself")  # from what is false everything follows
        if isinstance(found, Undecided):  # it may rest on what the text says without proof: then it is a theorem under that assumption
            said = [e.formula for e in j.earlier if e in self.given and e not in self.proved and e.relation in _ASSUMABLE and e != statement]
            if said and (context := _assuming(j.context, said)) is not None:
                under = _judged(statement, context, lemmas, because)
                found = under if isinstance(under, Theorem) else found
        return found

    def _otherwise(self, j: Judgement) -> bool:
        """Whether a relation holds under the other reading of its context too."""
        return isinstance(self._established(replace(j, context=j.alternative or j.context, alternative=None), ""), Theorem)

    def _stands(self, j: Judgement) -> bool:
        """Whether the row that a relation follows from is proved, or given as a condition is."""
        premise = j.premise
        return premise is None or premise in self.proved or premise in self.given or premise.formula in j.context.hypotheses

    # -- what is shown -------------------------------------------------------------------------------------------------------------------

    def _formula(self, formula: Formula, found: list[tuple[Chain, int, Judgement, Theorem | Refuted | Undecided | None]]) -> None:
        for _, _, j, outcome in found:
            if outcome is not None:
                self.trusted.update(dict.fromkeys(j.assumed))
                self.trusted.update(dict.fromkeys(self._not_understood(j)))
        if not formula.display:
            self._in_line(formula, found)
            return
        if not found:
            self._displayed(formula)
        run: list[tuple[Theorem, Because]] = []
        for place, (chain, k, j, outcome) in enumerate(found):
            because = _reason_with_formulas(chain, k, j.context)
            if outcome is None and place + 1 < len(found) and found[place + 1][0] is chain and isinstance(found[place + 1][3], Theorem):
                outcome = self._by_definition(j, found[place + 1][2], because)
            if isinstance(outcome, Theorem):
                if run and not _joins(run[-1][0], outcome):
                    self._chain(run, j)
                    run = []
                run.append((outcome, because))
                continue
            if run:
                self._chain(run, j)
                run = []
            if outcome is None:
                self.words.append(Displayed(j.statement.formula) if j.statement is not None else self._literal(j))
            else:
                self._trouble(j, outcome)
        if run:
            self._chain(run, found[-1][2])

    @staticmethod
    def _by_definition(j: Judgement, after: Judgement, because: Because) -> Theorem | None:
        """What a row defines, as a step of the chain that goes on from it: under the definition it is proved."""
        if j.statement is None or j.statement.relation is not Rel.EQ:
            return None
        try:
            found = established(Step(j.statement, Rule("definition"), because), after.context, (), "a step")
        except _GIVING_UP:
            return None
        return found if isinstance(found, Theorem) else None

    def _not_understood(self, j: Judgement) -> Iterator[str]:
        """Words that restrict names and were not understood; what stands beside a line as its reason is shown there."""
        reasons = [words for formula in self.doc.prose.formulas for chain in formula.chains for _, words in chain.reasons]
        for _, words, line in j.opaque:
            if not any(words in reason for reason in reasons):
                yield f"“{words}” (line {line}) is not understood, and nothing rests on it"

    def _in_line(self, formula: Formula, found: list[tuple[Chain, int, Judgement, Theorem | Refuted | Undecided | None]]) -> None:
        theorems = [outcome for _, _, _, outcome in found if isinstance(outcome, Theorem)]
        bad = [(j, outcome) for _, _, j, outcome in found if isinstance(outcome, Refuted | Undecided)]
        if bad:
            for j, verdict in bad:
                self._trouble(j, verdict)
            return
        written = self._read(formula)
        if theorems and isinstance(written, Term):
            self.words.append(Claimed(written, weakest(tuple(t.evidence for t in theorems)).strength))
        else:
            self.words.append(written)
        for theorem in theorems:
            self.sections.append(Section(theorem, "", "remark"))

    def _displayed(self, formula: Formula) -> None:
        written = self._read(formula)
        self.words.append(Displayed(written) if isinstance(written, Term) else written)

    def _read(self, formula: Formula) -> Term | Literally:
        text = self.doc.source.text[formula.segment.start : formula.segment.end]
        try:
            return read(text, self.vocabulary).term
        except DeriveError:
            return Literally(" ".join(text.split()))

    @staticmethod
    def _literal(j: Judgement) -> Literally:
        return Literally(" ".join(f"{j.lhs_text} {j.relation} {j.rhs_text}".split()))

    def _chain(self, run: list[tuple[Theorem, Because]], j: Judgement) -> None:
        theorem = run[0][0] if len(run) == 1 else _joined_theorem(run, j.label or f"line {j.line}")
        self.sections.append(Section(theorem, "", "main", joined(self.words), titled=False))
        self.words = []

    def _trouble(self, j: Judgement, verdict: Refuted | Undecided) -> None:
        place = Place(j.file, j.line, j.column, j.cell)
        text = " ".join(f"{j.lhs_text} {j.relation} {j.rhs_text}".split())
        text = text if len(text) <= 2 * _SHOWN_WORDS else f"{text[:_SHOWN_WORDS]} ... {text[-_SHOWN_WORDS:]}"
        what, why = _told(verdict)
        self.troubles.append((place, verdict, f"this step {what}{': ' if why else ''}{why}: {text}"))
        mark = "✗ does not follow" if isinstance(verdict, Refuted) else "? not decided"
        self.words += [Displayed(j.statement.formula) if j.statement is not None else Literally(text), " ", Stressed(mark), f" (line {j.line}; {why})\n\n"]

    def _words(self, segment: Segment) -> None:
        whole = self.doc.segmented.text
        text = whole[max(segment.start, self.at) : segment.end]
        markup = self.doc.source.markup
        match segment.kind:
            case SegmentKind.PROSE:
                for k, paragraph in enumerate(re.split(r"\n[ \t]*\n", text)):
                    self.words += ["\n\n"] * (k > 0)
                    self.words += words_only(paragraph, markup)
            case SegmentKind.HEADING:
                title = plainly(text, markup)
                self.heading = self.heading or title
                self.words += ["\n\n", Stressed(title), "\n\n"] if self.heading != title else []
                self.at = segment.end + whole.startswith("}", segment.end)  # the prose around it holds it too
            case SegmentKind.OPEN:
                self.words += ["\n\n", Stressed(f"{segment.name.rstrip('*').capitalize()}."), " "]
            case SegmentKind.CLOSE:
                self.words.append("\n\n")
            case SegmentKind.ITEM:
                self.words.append("\n\n– ")
            case SegmentKind.UNREAD:
                place = self.doc.source.place(segment.start)
                self.troubles.append((place, Undecided(segment.name), f"this cannot be read: {segment.name}: {' '.join(text.split())[:_SHOWN_WORDS]}"))
            case _:
                pass


def _without_later(j: Judgement, defined: frozenset[Name]) -> Context:
    """The context without kinds of names that the document only defines later, so that what is proved here may be used there."""
    context, statement = j.context, j.statement
    if statement is None:
        return context
    formulas = (statement.formula, *context.hypotheses, *(side for d in context.definitions for side in (d.lhs, d.rhs)))
    known = frozenset(name for formula in formulas for name in free_names(formula))
    return replace(context, kinds=tuple((s, kind) for s, kind in context.kinds if s not in defined or s in known))


def _about(context: Context, names: frozenset[Name]) -> Context:
    """What a context says of these names, of those that define them, and of those that a hypothesis ties to them."""
    wanted, before = set(names), -1
    while len(wanted) != before:
        before = len(wanted)
        for definition in context.definitions:
            if head(definition.lhs) in wanted:
                wanted |= _names_in(definition) - _names_in(definition.parameters)
        for named, behind in (*context.kinds, *((index, ends) for index, *ends in context.ranges)):
            if free_names(named) & wanted:
                wanted |= _names_in(behind)
        for hypothesis in context.hypotheses:
            if free_names(hypothesis) & wanted:
                wanted |= free_names(hypothesis)
    return replace(
        context,
        kinds=tuple(pair for pair in context.kinds if free_names(pair[0]) & wanted),
        hypotheses=tuple(h for h in context.hypotheses if not free_names(h) or free_names(h) & wanted),
        definitions=tuple(d for d in context.definitions if head(d.lhs) in wanted),
        ranges=tuple(row for row in context.ranges if row[0] in wanted),
    )


def _names_in(thing: object) -> frozenset[Name]:
    """The names in a term, or in what holds terms: a kind with its sizes, a definition."""
    if isinstance(thing, Term):
        return free_names(thing)
    if isinstance(thing, tuple | list | frozenset):
        return frozenset().union(*map(_names_in, thing))
    return frozenset().union(*(_names_in(getattr(thing, f.name)) for f in fields(thing))) if is_dataclass(thing) else frozenset()


def _judged(statement: Statement, context: Context, lemmas: tuple[Theorem, ...], because: Because) -> Theorem | Refuted | Undecided:
    try:
        return established(Step(statement, Rule("judged", (None,)), because, lemmas), context, lemmas, "a step")
    except _GIVING_UP as error:
        return Undecided(f"the checker gave up: {type(error).__name__}: {error}")


def _assuming(context: Context, said: list[Relation]) -> Context | None:
    try:
        return context.assume(*said)
    except DeriveError:
        return None


def _joins(before: Theorem, after: Theorem) -> bool:
    composed = compose(before.statement.relation, after.statement.relation)
    related = before.context.extends(after.context) or after.context.extends(before.context)
    return before.statement.rhs == after.statement.lhs and composed is not None and related


def _joined_theorem(run: list[tuple[Theorem, Because]], title: str) -> Theorem:
    """The theorems of neighbouring steps as one chain, which cites them, under all that any of them assumes."""
    context = run[0][0].context
    for theorem, _ in run:
        context = theorem.context if theorem.context.extends(context) else context
    relation: Rel | None = run[0][0].statement.relation
    for theorem, _ in run[1:]:
        relation = None if relation is None else compose(relation, theorem.statement.relation)
    first, last = run[0][0].statement, run[-1][0].statement
    goal = Statement(first.lhs, relation, last.rhs) if relation is not None else last
    steps = tuple(Step(theorem.statement, Rule("citation"), because, (theorem,)) for theorem, because in run)
    return verify(Derivation(title, context, goal, steps, tuple(dict.fromkeys(theorem for theorem, _ in run))))


def _reason_written(chain: Chain, link: int) -> str:
    """The author's words beside a line, as they are written."""
    row = chain.link_rows[link] if link < len(chain.link_rows) else 0
    later = link + 1 < len(chain.link_rows) and chain.link_rows[link + 1] == row  # of several relations in a row the last one has the reason
    return "" if later else next((words for at, words in chain.reasons if at == row), "")


def _reason(chain: Chain, link: int) -> str:
    """The author's words beside a line, without formulas."""
    return plainly(_reason_written(chain, link).replace("$", ""), "tex").strip(" ()[]")


def _reason_with_formulas(chain: Chain, link: int, context: Context) -> Because:
    """The author's words beside a line, with the formulas in them; without formulas where one of them cannot be read."""
    written = _reason_written(chain, link)
    if "$" not in written:
        return _reason(chain, link)
    vocabulary = Vocabulary.of(context)
    try:
        pieces = wording(written.strip(" ()[]"), lambda formula: read(formula, vocabulary).term, "tex")
    except DeriveError:
        return _reason(chain, link)
    return tuple(piece if isinstance(piece, str | Term) else str(getattr(piece, "text", "")) for piece in pieces)


def _told(verdict: Refuted | Undecided | Accepted) -> tuple[str, str]:
    match verdict:
        case Refuted(counterexample, reason):
            if counterexample is None:
                return "does not follow", reason
            at = ", ".join(f"{name} = {value}" for name, value in counterexample.at)
            return "does not follow", (f"at {at}: " if at else "") + f"left {counterexample.left}, right {counterexample.right}"
        case Undecided(reason):
            return ("cannot be read", reason.removeprefix("cannot be read: ")) if reason.startswith("cannot be read: ") else ("is undecided", reason)
        case _:
            return "", ""


def value_of(statement: Statement | None, context: Context) -> Any:
    """The right side of the answer for programs, or None where SymPy has no such thing."""
    from derivations.language.denote import denote

    if statement is None or statement.relation is not Rel.EQ:
        return None
    try:
        return denote(statement.rhs, context)
    except _GIVING_UP:
        return None
