"""A document as a list of judgements: each relation with everything that is needed to judge it at its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, takewhile
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Evidence
from derivations.language.context import Context, Definition, Domain, Kind, Symbol, spelled
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import free_names, subterms
from derivations.language.term import Add, Call, Group, Index, Mul, Name, Num, Relation, Term
from derivations.reading.analysis import STRONG, TAKEN, Analyser
from derivations.reading.claims import claimed, concluded, gives_anew, with_claims, words_left_out
from derivations.reading.clauses import spoken
from derivations.reading.directives import directive
from derivations.reading.displays import Segmented, SegmentKind, segmented
from derivations.reading.drafts import Analysis, Drafted
from derivations.reading.elaboration import analysed
from derivations.reading.expression import read
from derivations.reading.extents import CARRIED, GENERAL
from derivations.reading.ignored import Ignored, Span, ignored_spans, is_ignore, without_ignored
from derivations.reading.losses import Losses, depends_on, told_dependences
from derivations.reading.macros import Macro
from derivations.reading.macros import definitions as macro_definitions
from derivations.reading.naming import counted_nouns, numbers_of
from derivations.reading.packages import package_macros
from derivations.reading.prose import NO_SETTING, Formula, Prose, Setting, prose, settings
from derivations.reading.provenance import NOTHING_KNOWN, Mentions, Provenance, base_of, provenance, reached
from derivations.reading.quantifiers import SIGNED, spoken_anew
from derivations.reading.relevance import Relevance
from derivations.reading.repeated import Found, Placed, Repeated
from derivations.reading.rows import Chain
from derivations.reading.scope import Description, Fact, Hypothesis, InForce, Scope, context_of, in_force, innermost, problem_at, scopes, still_holds, unused
from derivations.reading.sides import OVER_E, UPPER_E, softmax_axis
from derivations.reading.solutions import ZERO, at_solution
from derivations.reading.solving import At, cases_of
from derivations.reading.source import Place, Source
from derivations.reading.told import Told, told
from derivations.reading.uses import Uses
from derivations.reading.vocabulary import PI_IS_A_NAME, Vocabulary
from derivations.reading.words import counted, names_numbered_above, numbered_names, word_names

RELATIONS: Final = {
    "=": Rel.EQ, ":=": Rel.EQ, "equiv": Rel.EQ, "=?": Rel.EQ, "<=": Rel.LE, "<": Rel.LT, ">=": Rel.GE, ">": Rel.GT, "!=": Rel.NE, "~~": Rel.APPROX,
    "~": Rel.SIM, "prop": Rel.PROP,
}
Status = Literal["judge", "given", "unread", "ignored"]


class OpaqueWords(NamedTuple):
    """Words that restrict some names and were not understood (or not asserted), and the line on which they stand (of which file, if of another)."""

    names: tuple[Symbol, ...]
    words: str
    line: str


class PastCase(NamedTuple):
    """The conditions of a case that was spoken of before, and the line on which it was."""

    conditions: tuple[Relation, ...]
    line: str


@record
class Judgement:
    """One relation of a document.

    ``line``/``column`` (from 1; in a notebook inside cell number ``cell``) are where its right side stands, ``end_line``/``end_column`` where that is over,
    ``left_line``/``left_column`` where its left side stands. ``lhs_text``, ``relation``, ``rhs_text`` are as written. ``statement`` is None when a side
    cannot be read (``why_unread``).
    ``status``: ``judge``; ``given`` for definitions, hypotheses and declarations (``reason`` says which); ``unread``; ``ignored`` where its author asks for
    it. ``premise``: the equation of the
    row before, from which this one may follow; ``arrow``: ``=>`` or ``<=>`` where the row says so. ``earlier``: the statements before it in its scope,
    the nearest last. ``assumed``: what was taken for granted in reading it. ``label``: of its ``\\label`` or ``\\tag``, else empty. ``opaque``: words in
    force here that were not understood, with the names that they are about. ``condition``: it is solved, and given
    unless it holds for all values. ``losses``: what is differentiated and never defined; from it ``checking``
    makes ``alternative`` (another context that the text allows; a verdict must hold in both) and ``doubt`` (why a counterexample would rest on a choice).
    ``provenance``: where what is known of its names comes from. ``weaker``, ``premise_known``: the statements before it that are not proved, and how its
    premise is known; whoever judges fills them in. ``expired``: the cases of the same section that were spoken of before and are over, the
    nearest first. ``unread``: the names that equations before give by something that could not be read, with the lines.
    ``of_case``: what has its value in one case only. ``claimed``: its sentence claims it, or may. ``offset``: where it stands in
    the text of the whole document, which may be that of several files. ``given_before``: the line that says what a name is which this equation, that
    nothing concludes, seems to give anew. ``beside``: its premise stands in its row, and no word or arrow between them.
    ``narrow``: the statement if its sums and functions without brackets reach less far than was decided.
    """

    file: str
    line: int
    column: int
    label: str
    lhs_text: str
    relation: str
    rhs_text: str
    statement: Statement | None
    context: Context
    status: Status
    reason: str = ""
    why_unread: str = ""
    premise: Statement | None = None
    earlier: tuple[Statement, ...] = ()
    arrow: str = ""
    assumed: tuple[str, ...] = ()
    left_line: int = 0
    left_column: int = 0
    end_line: int = 0
    end_column: int = 0
    cell: int | None = None
    placed: Placed | None = None
    condition: bool = False
    losses: Losses | None = None
    alternative: Context | None = None
    doubt: str = ""
    provenance: Provenance = NOTHING_KNOWN
    weaker: tuple[tuple[Statement, Evidence | None], ...] = ()
    premise_known: Evidence | None = None
    opaque: tuple[OpaqueWords, ...] = ()
    expired: tuple[PastCase, ...] = ()
    unread: tuple[tuple[Symbol, str], ...] = ()
    of_case: frozenset[Term] = frozenset()
    offset: int = 0
    claimed: bool = True
    given_before: str = ""
    narrow: Statement | None = None
    beside: bool = False


MOST_EARLIER: Final = 40
MOST_CASES: Final = 3
"""So many of the cases before a statement it may still be meant for."""
NEAR: Final = 6
"""How many lines after a statement "hence" still leans on it."""
NUMBERED_BY_ROW: Final = ("align", "gather", "eqnarray", "flalign", "IEEE")


@record
class Document:
    """A source, cut up. ``problems``: comments that say ``derive:`` something that is not understood, with their places."""

    source: Source
    segmented: Segmented
    prose: Prose
    scopes: tuple[Scope, ...]
    vocabulary: Vocabulary
    directives: tuple[Fact, ...]
    problems: tuple[tuple[Place, str], ...]
    told: Told
    ignored: Ignored = field(default_factory=Ignored)


def document(source: Source, declarations: Iterable[str] = ()) -> Document:
    """Cut a source up. ``declarations``: more lines in the language of the ``derive:`` comments (from a sidecar file), in force everywhere.

    Never raises for what stands in the source; raises DeriveError for a declaration that is not understood.
    """
    cut = segmented(source)
    constants = frozenset(("e",)) if PI_IS_A_NAME.search(cut.mask.text) else Vocabulary().constants
    if OVER_E.search(cut.mask.text) or UPPER_E.search(cut.mask.text):  # an error e that is integrated over or counted is no number
        constants -= {"e"}
    vocabulary = Vocabulary(macros=_macros(cut), words=word_names(cut))
    vocabulary = replace(vocabulary, constants=constants, counted=counted(cut), above=names_numbered_above(cut))
    above = frozenset(Name(letter, font=font) for letter in vocabulary.above for font in ("", "bold"))
    vocabulary = replace(vocabulary, numbered=above | numbered_names(cut, lambda text: read(text, vocabulary).term))
    around = scopes(cut)
    facts: list[Fact] = []
    problems: list[tuple[Place, str]] = []

    def reader(text: str) -> Term:
        return read(text, vocabulary).term

    def names(text: str) -> frozenset[Name] | None:
        try:
            return free_names(reader(text))
        except DeriveError:
            return None

    found, ignored = without_ignored(prose(cut), ignored_spans(cut, filter(is_ignore, cut.mask.directives)), names)
    for text in declarations:
        facts.extend(Fact(content, 0, 1 << 60, -1, source="file", said=text) for content in directive(text, reader))
    scoped = told((d for d in cut.mask.directives if not is_ignore(d)), vocabulary.macros, len(source.text))
    for line in scoped.rest:
        try:
            scope = innermost(around, line.start)
            facts.extend(
                Fact(content, scope.start if isinstance(content, Description) else line.start, scope.end, line.start, source="comment", said=line.text)
                for content in directive(line.text, reader)
            )
        except DeriveError as error:
            problems.append((source.place(line.start), str(error)))
    problems.extend((source.place(at), text) for at, text in (*scoped.problems, *ignored.problems))
    return Document(source, cut, found, around, vocabulary, tuple(facts), tuple(problems), scoped, ignored)


def _macros(cut: Segmented) -> tuple[Macro, ...]:
    """The commands of the packages and of the document itself; those of the document go before."""
    own = tuple(m for m in macro_definitions(cut.mask.text) if m.name not in cut.doubtful)
    return (*package_macros(cut.mask.text), *own)


@record
class Part:
    """An exercise, or what stands outside of all of them: its formulas, the facts of the document around it, and what was found."""

    formulas: tuple[Formula, ...]
    before: tuple[Fact, ...]
    analysis: Analysis
    used: Uses


class Whole:
    """A document that was read. ``found``: its judgements in order; ``parts``: from what they were made."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.introduced = with_claims(doc.prose, doc.segmented.text, settings(doc.prose))
        self._scope_of = {f.number: innermost(doc.scopes, f.segment.start) for f in doc.prose.formulas}
        self._breaks = [s.start for s in doc.segmented.segments if s.kind in (SegmentKind.HEADING, SegmentKind.ITEM)]
        self._said = spoken(sentence.words for sentence in doc.prose.sentences)
        self.parts: list[Part] = []
        found: list[tuple[int, Judgement]] = []
        by_problem: dict[Scope, list[Formula]] = {}
        for formula in doc.prose.formulas:
            if doc.told.region(formula.segment.start) is None:
                by_problem.setdefault(problem_at(doc.scopes, formula.segment.start), []).append(formula)
        shared: tuple[Fact, ...] = (*softmax_axis(doc.prose), *doc.directives)
        for problem, formulas in sorted(by_problem.items(), key=lambda entry: entry[0].start):
            part = self.read(formulas, shared, {})
            self.parts.append(part)
            found.extend(self.made(part))
            if problem == doc.scopes[0]:  # what is said outside all exercises holds in each
                shared = tuple(part.analysis.facts)
        found.extend(_told(doc, one) for one in Repeated(doc.source, doc.segmented, doc.prose, doc.told, RELATIONS).found())
        found.extend(_unread(doc))
        self.found = [judgement for _, judgement in sorted(found, key=lambda entry: entry[0])]

    def read(self, formulas: Iterable[Formula], before: Iterable[Fact], elsewhere: Mapping[Symbol, Kind]) -> Part:
        """Some formulas, read together. ``elsewhere``: what the use of names in other places shows."""
        formulas, before = tuple(formulas), tuple(before)
        analyser = Analyser(self.doc.segmented.text, self.doc.prose, self.introduced, self._scope_of, formulas, before, self._said, self._breaks)
        return Part(formulas, before, *analysed(analyser, self.doc.vocabulary, self.doc.prose, elsewhere))

    def made(self, part: Part) -> list[tuple[int, Judgement]]:
        """The judgements of a part, with where they stand."""
        return _assembled(self.doc, part.analysis, part.used, self.introduced)


def judgements(doc: Document) -> list[Judgement]:
    """Every relation of a document, in its order. Never raises for what stands in the document."""
    return Whole(doc).found


JOINED: Final = "'and' stands between two values of one name; does it mean 'or'?"


def _condition(content: object) -> Relation | None:
    """A hypothesis or the value of a name, as a relation."""
    match content:
        case Hypothesis(Relation() as relation):
            return relation
        case Definition(Name() | Index() as lhs, rhs, ()):
            return Relation((lhs, rhs), ("=",))
        case Description(Name() | Index() as symbol, domain=Domain() as domain) if domain in SIGNED:
            return Relation((symbol, Num("0")), (SIGNED[domain],))
        case _:
            return None


class _Before(NamedTuple):
    """A statement that was read before: where it stands, and what was in force there."""

    at: int
    statement: Statement
    given: bool
    under: InForce
    solved: bool
    """It is a condition, or holds for the solutions of one."""


def _defined(now: InForce) -> dict[Term, list[Definition]]:
    """What is defined in force, by what it defines."""
    found: dict[Term, list[Definition]] = {}
    for d in now.definitions:
        if not d.parameters and isinstance(d.lhs, Name | Index):
            found.setdefault(d.lhs, []).append(d)
    return found


def _redefined(before: _Before, defined: Mapping[Term, list[Definition]]) -> bool:
    """Whether a name that a statement speaks of was defined only after it: it spoke of something else then."""
    sides = (before.statement.lhs, before.statement.rhs)
    return any(d not in before.under.facts for side in sides for _, t in subterms(side) for d in defined.get(t, ()))


class _Here(NamedTuple):
    """What is in force at a place: as a context, in parts, as it was said, and the kinds that the use of its names shows."""

    context: Context
    parts: InForce
    facts: tuple[Fact, ...]
    kinds: dict[Symbol, Kind]


@dataclass
class _Assembler:
    """Makes judgements from drafts; ``before``: the statements so far."""

    doc: Document
    analysis: Analysis
    used: Uses
    introduced: Mapping[int, Setting]
    losses: Losses
    signs: dict[At, str]
    """By place, the sign of each relation."""
    before: list[_Before] = field(default_factory=list)
    cache: dict[tuple[tuple[int, ...], tuple[Symbol, ...]], _Here] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._unread: dict[Symbol, int] = {}  # where in the text
        related = {(f.number, c) for f in self.doc.prose.formulas for c, chain in enumerate(f.chains) if chain.links}
        self.mentions = Mentions({at: read.term for at, read in self.analysis.sides.items() if at[:2] in related}, self.used.is_symbol)
        nouns = counted_nouns(s.words for s in self.doc.prose.sentences)
        self._numbered = [(s, nouns[noun], k) for s in self.doc.prose.sentences for noun, k in numbers_of(s.words, nouns)]
        self._relevance = Relevance(self.analysis.facts, self.used.kinds, self.used.labelled, self.losses.by)
        cases = {(f.content, f.at) for f in self.analysis.cases}
        local = [f for f in self.analysis.facts if f.end < innermost(self.doc.scopes, f.at).end and f.source == "text" and not f.assumed]
        local = [f for f in local if (f.content, f.at) not in cases]
        self._of_cases = [(f, condition) for f in dict.fromkeys((*local, *self.analysis.cases)) if (condition := _condition(f.content)) is not None]
        self._breaks = [s.start for s in self.doc.segmented.segments if s.kind in (SegmentKind.HEADING, SegmentKind.ITEM)]
        self._headings = [s.start for s in self.doc.segmented.segments if s.kind is SegmentKind.HEADING]
        self._turns = [*self._headings]
        self._turns += [s.start for s in self.doc.prose.sentences if GENERAL.search(s.words)]
        written = {number: read.term for (number, chain, side), read in self.analysis.sides.items() if not chain and not side}
        self._anew = tuple(spoken_anew(self.doc.prose.sentences, self.doc.prose.formulas, lambda f: written.get(f.number)))
        self._notes: dict[Term, list[tuple[int, Symbol, str]]] = {}
        for k, (symbol, note) in enumerate(self.used.notes.items()):
            self._notes.setdefault(symbol.base if isinstance(symbol, Index) else symbol, []).append((k, symbol, note))

    @cached_property
    def _tacit(self) -> bool:
        return any(TACIT.search(sentence.words) for sentence in self.doc.prose.sentences)

    def context_at(self, offset: int, terms: Iterable[Term]) -> _Here:
        """What is in force at a place and matters to these terms."""
        active, kinds = self._relevance.of(terms, offset)
        key = active, tuple(kinds)
        if key not in self.cache:
            facts = tuple(self.analysis.facts[k] for k in active)
            found = in_force(facts, offset)
            self.cache[key] = _Here(context_of(found, kinds), found, facts, kinds)
        return self.cache[key]

    def make(self, draft: Drafted) -> tuple[int, Judgement]:
        chain = draft.formula.chains[draft.chain]
        left, right, link = chain.sides[draft.link], chain.sides[draft.link + 1], chain.links[draft.link]
        start, end = (self.analysis.sides[draft.formula.number, draft.chain, k] for k in (draft.link, draft.link + 1))
        scope = innermost(self.doc.scopes, link.start)
        near = list(takewhile(lambda b: scope.start <= b.at, islice(reversed(self.before), MOST_EARLIER)))[::-1]
        here = (draft.formula.number, draft.chain, draft.link)
        solved = self._stated(here) if here in self.analysis.solved.after else None
        leaning = self._chain_before(draft, chain)
        others = [*(b.statement for b in near), *(s for s in (leaning, solved) if s is not None)]
        concerned = [start.term, end.term, *(t for s in others for t in (s.lhs, s.rhs))]
        offset = problem_at(self.doc.scopes, link.start).end - 1 if draft.goal else link.start
        around = self.context_at(offset, [t for t in concerned if t is not None])
        context, found = around.context, around.parts
        statement: Statement | None = None
        status: Status = "judge" if draft.status == "judge" else "given" if draft.status == "given" else "unread"
        why = ""
        if start.term is None or end.term is None:
            missing = start if start.term is None else end
            status, why = "unread", f"{missing.why} ({self.doc.source.place(missing.at)})"
        elif link.sign in RELATIONS:
            statement = Statement(start.term, RELATIONS[link.sign], end.term)
        elif status == "judge":
            status, why = "unread", f"the relation {link.written} is not judged; equations, inequalities, approximations and proportionalities are"
        if statement is not None and status == "judge" and self._tacit and (index := _repeated(statement)) is not None:
            status, why = "unread", f"repeated indices are summed, as the text says, and {spelled(index)} stands twice in a product; write the sum"
        if here in self.analysis.solved.crowded:
            status, why = "unread", self.analysis.solved.crowded[here]
        if chain.system == "embedded":
            status, why = "unread", "it stands in a system that is a part of a formula"
        if chain.headless and draft.link == 0 and not left.text:
            status, why = "unread", "nothing stands on the left of the relation, and no formula comes before it"
        place, from_place, to_place = self.doc.source.place(right.start), self.doc.source.place(left.start), self.doc.source.end(right.start, right.end)
        anew = frozenset(name for one in self._anew if one.start <= offset < one.end for name in one.names)  # "for every x": of no solution
        defined = _defined(found)
        earlier = tuple(
            b.statement for b in near
            if still_holds(b.under, found) and not _redefined(b, defined)
            and not (b.solved and anew & (free_names(b.statement.lhs) | free_names(b.statement.rhs)))
        )
        first = not (draft.link or draft.chain or chain.system or draft.condition or here in self.analysis.solved.after)
        premise = None if anew and first else self._before_words(draft, found) if first else leaning
        if here in self.analysis.solved.after and (status != "unread" or link.sign == "in"):
            statement, status, why = solved, "judge", ""
        if (left_out := self.doc.ignored.at(right.start)) is not None:
            return link.start, ignored_judgement(self.doc, chain, draft.link, left_out)
        concerned_names = reached(statement, context) if statement is not None else frozenset[Name]()
        judgement = Judgement(
            place.file, place.line, place.column, self._label(chain, draft.link, draft.formula.segment.name), left.text, link.written,
            right.text, statement, context, status, draft.reason, why, premise, earlier, self._arrow(here, chain),
            self._assumed(statement, context, found, (*start.assumed, *end.assumed)), from_place.line, from_place.column, to_place.line, to_place.column,
            place.cell, losses=self.losses,
            condition=draft.condition,
            doubt=JOINED if here in self.analysis.solved.joined else words_left_out(chain, statement),
            narrow=None if statement is None or start.narrow is end.narrow is None
            else Statement(start.narrow or statement.lhs, statement.relation, end.narrow or statement.rhs),
            claimed=self._arrow(here, chain) == "<=>" or claimed(self.introduced.get(here[0], NO_SETTING), chain, draft.link, statement),
            provenance=self._provenance(draft, statement, around, (*start.decided, *end.decided)),
            opaque=tuple(
                OpaqueWords(o.names, o.words, self.doc.source.line_seen_from(at, right.start))
                for o, at in (*found.opaque, *((lost, right.start) for lost in unused(found.descriptions, context)))
            ),
            expired=self._expired(offset, statement, context, found) if status == "judge" else (),
            of_case=frozenset(f.content.lhs for f, _ in self._of_cases if isinstance(f.content, Definition) and f.content in found.facts),
            unread=self._unread_of(concerned_names, right.start) if status == "judge" else (),
            offset=right.start,
            given_before=self._given_before(draft, statement, around.facts) if status == "judge" else "",
            beside=self._beside(draft, chain),
        )
        if start.term is not None and end.term is None and isinstance(start.term, Name | Index):
            self._unread.setdefault(start.term, right.start)
        told = statement is not None and status != "unread" and not depends_on(statement.lhs, statement.rhs)
        if told and statement is not None and here[0] not in self.analysis.solved.supposed:
            solves = here in self.analysis.solved.after or here in self.analysis.solved.conditions
            self.before.append(_Before(link.start, statement, status == "given", found, solves))
        return link.start, judgement

    def _expired(self, offset: int, statement: Statement | None, context: Context, parts: InForce) -> tuple[PastCase, ...]:
        """The cases of this section that are over and give what the statement gives, that were replaced by what is said since, or that its words name.
        What is said "in general" is said of no case."""
        if statement is None:
            return ()
        begin = max((at for at in self._turns if at <= offset), default=0)
        names = reached(statement, context)
        found: dict[int, list[tuple[int, Relation]]] = {}
        for fact, condition in self._of_cases:
            over = fact.end <= offset and condition.signs == ("=",) and bool({statement.lhs, statement.rhs} & {*condition.items})
            over |= fact.end <= offset < self.analysis.cases.get(fact, 0) and bool(free_names(condition) & names)
            replaced = fact.start <= offset < fact.end and fact.content not in parts.facts and free_names(condition) & names  # d = k, and then d = 4096
            if begin <= fact.at and (over or replaced):
                found.setdefault(fact.end, []).append((fact.at, condition))
        for sentence, number, k in self._numbered:  # "for two arms", where there are K arms
            size = self.analysis.sides.get((number, 0, 0))
            if sentence.start <= offset < sentence.end and size is not None and isinstance(size.term, Name) and size.term in names:
                found.setdefault(-sentence.start, []).append((sentence.start, Relation((size.term, Num(str(k))), ("=",))))
        nearest = sorted(found.values(), key=lambda group: -group[0][0])[:MOST_CASES]
        return tuple(PastCase(tuple(relation for _, relation in group), self.doc.source.line_seen_from(group[0][0], offset)) for group in nearest)

    @staticmethod
    def _label(chain: Chain, link: int, environment: str) -> str:
        row = chain.link_rows[link]
        whole = chain.labels[0][1] if len(chain.labels) == 1 and not environment.startswith(NUMBERED_BY_ROW) else ""
        return next((label for at, label in reversed(chain.labels) if at == row), whole)

    def _beside(self, draft: Drafted, chain: Chain) -> bool:
        """``s^2 = a^2 + 2ab + b^2, \\quad s = a + b``: what seems to be solved for may be said there, as what it stands for."""
        at = self.analysis.solved.after.get((draft.formula.number, draft.chain, draft.link))
        if at is None or at[0] != draft.formula.number or chain.arrow or chain.cue.strip(" ,;") or not draft.formula.display:
            return False
        return at[1] < draft.chain and draft.formula.chains[at[1]].row == chain.row

    def _arrow(self, here: At, chain: Chain) -> str:
        return "<=>" if here in self.analysis.solved.equivalent else chain.arrow if here[2] == 0 else ""

    def _chain_before(self, draft: Drafted, chain: Chain) -> Statement | None:
        """The equation of the chain before this one in the same formula, end to end; only the first relation of a chain has one."""
        place = (draft.formula.number, draft.chain, draft.link)
        if place in self.analysis.solved.after:
            return self._stated(self.analysis.solved.after[place])
        if draft.link or chain.system or draft.condition:
            return None
        for k in range(draft.chain - 1, -1, -1):
            before = draft.formula.chains[k]
            if before.links and before.role is chain.role:
                first = self.analysis.term(draft.formula, k, 0)
                last = self.analysis.term(draft.formula, k, len(before.sides) - 1)
                signs = {RELATIONS.get(link.sign) for link in before.links}
                if first is None or last is None or None in signs:
                    return None
                if signs == {Rel.EQ}:
                    return Statement(first, Rel.EQ, last)
                near = self.analysis.term(draft.formula, k, len(before.sides) - 2)
                relation = RELATIONS[before.links[-1].sign]
                return None if near is None else Statement(near, relation, last)
        return None

    def _stated(self, place: At) -> Statement | None:
        """The relation at a place; where several are the cases of one statement, that statement."""
        places = self.analysis.solved.either.get(place, (place,))
        found = [s for p in places if (s := self._plain(p)) is not None]
        cases = cases_of(found[0].rhs) if len(found) == 1 and found[0].relation is Rel.EQ else None
        if cases is not None:
            found = [Statement(found[0].lhs, Rel.EQ, value) for value in cases]
        if len(found) < 2:
            return found[0] if found else None
        return Statement(Mul(tuple(("", Group(Add((("+", s.lhs), ("-", Group(s.rhs)))))) for s in found)), Rel.EQ, Num("0"))

    def _plain(self, place: At) -> Statement | None:
        number, chain, link = place
        left, right = (self.analysis.sides[number, chain, k].term for k in (link, link + 1))
        sign = self.signs[place]
        relation = Rel.EQ if sign == "in" else RELATIONS.get(sign)
        return None if left is None or right is None or relation is None else Statement(left, relation, right)

    def _before_words(self, draft: Drafted, found: InForce) -> Statement | None:
        """What "setting this to zero gives" and "hence" lean on: the statement right before, in the same scope."""
        setting = self.introduced.get(draft.formula.number)
        start = draft.formula.segment.start
        scope = innermost(self.doc.scopes, start)
        if setting is None or not self.before or self.before[-1].at < scope.start or not still_holds(self.before[-1].under, found):
            return None
        words = self.doc.prose.sentences[draft.formula.sentence].words.split(f"⟨{draft.formula.number}⟩")[0][-200:]
        at, last, given = self.before[-1].at, self.before[-1].statement, self.before[-1].given
        if ZERO.search(words) and last.relation is Rel.EQ and last.rhs != Num("0"):
            chain = draft.formula.chains[draft.chain]
            written = [self.analysis.term(draft.formula, draft.chain, s) for s in range(len(chain.sides))]
            return Statement(at_solution(last.rhs, [t for t in written if t is not None]), Rel.EQ, Num("0"))
        near = self.doc.source.lines_between(at, start) <= NEAR
        return last if setting.word in STRONG and near and not given and last.relation in (Rel.EQ, Rel.LE, Rel.LT, Rel.GE, Rel.GT) else None

    def _provenance(self, draft: Drafted, statement: Statement | None, here: _Here, decided: tuple[str, ...]) -> Provenance:
        context, _, facts, kinds = here
        if statement is None:
            return NOTHING_KNOWN
        names = reached(statement, context)
        start = draft.formula.chains[draft.chain].links[draft.link].start
        before = self.mentions.before((draft.formula.number, draft.chain, draft.link), names)
        near = [f for f in facts if not any(start < at <= f.at for at in self._headings)]  # what another section will say was not told here
        found = provenance(names, context, near, self._notes_on(names), decided, before, lambda at: self.doc.source.line_seen_from(at, start))
        words = frozenset(s for s, at in self.analysis.named.items() if at <= start and isinstance(s, Name | Index) and base_of(s) in names)
        found = replace(found, named=words)
        told = [fact for fact in facts if fact.source != "convention" or fact.assumed == TAKEN]  # that is an equation of the text
        if len(told) == len(facts) or not found.conventions:
            return found
        uncarried = [fact for fact in facts if fact.assumed != CARRIED]
        without = context_of(in_force(uncarried, start), kinds) if len(uncarried) < len(facts) else None
        return replace(found, plain=context_of(in_force(told, start), kinds), uncarried=without)

    def _given_before(self, draft: Drafted, statement: Statement | None, facts: tuple[Fact, ...]) -> str:
        """The line that says what a name is which an equation seems to give anew: the next of a list of functions, the letter of another section.

        What goes on a chain, or stands right behind what gives it, is computed from it.
        """
        formula, setting = draft.formula, self.introduced.get(draft.formula.number, NO_SETTING)
        start = formula.segment.start
        if statement is None or draft.link or concluded(setting):
            return ""
        leading = self._chain_before(draft, formula.chains[draft.chain]) if formula.chains[draft.chain].arrow else None
        about = free_names(statement.lhs) | free_names(statement.rhs)
        if leading is not None and (free_names(leading.lhs) | free_names(leading.rhs)) & about:  # of "a = -1 => g(z) = |z|" the premise is silent on g
            return ""
        lines = [f.at for f in facts if isinstance(f.content, Definition) and f.at < start and gives_anew(f.content, statement)]
        words = self.doc.prose.sentences[formula.sentence].words.split(f"⟨{formula.number}⟩")[0]
        labelled = re.search(r"[^\W\d_][^.;⟨]*:[\s*_]*$", words) is not None  # "Softplus: ..."
        if not lines or not (labelled or any(max(lines) < at <= start for at in self._breaks)):
            return ""
        return self.doc.source.line_seen_from(max(lines), start)

    def _unread_of(self, names: frozenset[Name], here: int) -> tuple[tuple[Symbol, str], ...]:
        """The names that equations before say something unread of, with the lines."""
        ignored = {name: at for name, at in self.doc.ignored.names if at < here}
        return tuple((s, self.doc.source.line_seen_from(at, here)) for s, at in (ignored | self._unread).items() if base_of(s) in names)

    def _notes_on(self, names: frozenset[Name]) -> dict[Symbol, str]:
        """What uses show of these names, in the order in which it was found."""
        return {symbol: note for _, symbol, note in sorted((row for name in names for row in self._notes.get(name, ())), key=itemgetter(0))}

    def _assumed(self, statement: Statement | None, context: Context, found: InForce, reading: tuple[str, ...]) -> tuple[str, ...]:
        if statement is None:
            return reading
        names = free_names(statement.lhs) | free_names(statement.rhs)
        out = dict.fromkeys(reading)
        for symbol, note in self._notes_on(names).items():
            if symbol not in found.descriptions and context.kind(symbol) is not None:
                out[f"{spelled(symbol)} {note}"] = None
        for about, words in found.assumed:
            if words == CARRIED:  # its provenance says from which line
                continue
            if about is None or (about.base if isinstance(about, Index) else about) in names:
                out[words if about is None else f"{spelled(about)}: {words}"] = None
        return tuple(out)


def _assembled(doc: Document, analysis: Analysis, used: Uses, introduced: Mapping[int, Setting]) -> list[tuple[int, Judgement]]:
    def term_of(number: int) -> Term | None:
        side = analysis.sides.get((number, 0, 0))
        return None if side is None else side.term

    signs = {(d.formula.number, d.chain, d.link): d.formula.chains[d.chain].links[d.link].sign for d in analysis.drafts}
    on = tuple((found.term.function, part) for at, found in analysis.sides.items() if isinstance(found.term, Call) for part in analysis.dependences(at))
    losses = Losses(analysis.terms(), used.labelled, (*told_dependences((s.words for s in doc.prose.sentences), term_of), *on))
    assembler = _Assembler(doc, analysis, used, introduced, losses, signs)
    return [assembler.make(draft) for draft in analysis.drafts]


TACIT: Final = re.compile(
    r"\b(?:summation\s+(?:convention|(?:is\s+)?implied|over\s+repeated)|einstein(?:'s|’s)?\s+(?:summation|convention|notation)|repeated\s+ind(?:ices|exes)\b)",
    re.IGNORECASE,
)
"""Words that say that what stands twice is summed over."""


def _repeated(statement: Statement) -> Name | None:
    """An index that stands twice in one product (or one name) of a statement without a sum over it."""
    for side in (statement.lhs, statement.rhs):
        for _, node in subterms(side):
            if not isinstance(node, Mul | Index):
                continue
            parts = node.parts if isinstance(node, Mul) else (("", node),)
            entries = [t for _, part in parts for _, t in subterms(part) if isinstance(t, Index)]
            names = Counter(s for entry in entries for s in entry.subscripts if isinstance(s, Name) and len(s.text) == 1)
            found = next((name for name, count in names.items() if count > 1 and name in free_names(side)), None)
            if found is not None:
                return found
    return None


def _told(doc: Document, one: Found) -> tuple[int, Judgement]:
    chain = one.chain
    left, right, link = chain.sides[one.link], chain.sides[one.link + 1], chain.links[one.link]
    if (left_out := doc.ignored.at(right.start)) is not None:
        return link.start, ignored_judgement(doc, chain, one.link, left_out)
    place, from_place, to_place = doc.source.place(right.start), doc.source.place(left.start), doc.source.end(right.start, right.end)
    status: Status = "judge" if one.status == "judge" else "given" if one.status == "given" else "unread"
    return link.start, Judgement(
        place.file, place.line, place.column, "", left.text, link.written, right.text, one.statement, one.context, status,
        one.reason if status == "given" else "", one.reason if status == "unread" else "", one.premise, (), chain.arrow if one.link == 0 else "",
        _told_at(doc, one), from_place.line, from_place.column, to_place.line, to_place.column, place.cell, one.placed, offset=right.start,
    )


def ignored_judgement(doc: Document, chain: Chain, k: int, left_out: Span) -> Judgement:
    """A relation that is not judged because its author asked for that: as it is written, and nothing of what it says."""
    left, right, link = chain.sides[k], chain.sides[k + 1], chain.links[k]
    place, from_place, to_place = doc.source.place(right.start), doc.source.place(left.start), doc.source.end(right.start, right.end)
    written = [re.sub(r"\s+", " ", doc.segmented.text[side.start : side.end]).strip() for side in (left, right)]
    why = left_out.why if left_out.said < 0 else f"{left_out.why}, line {doc.source.line_seen_from(left_out.said, right.start)}"
    return Judgement(
        place.file, place.line, place.column, "", written[0], link.written, written[1], None, Context(), "ignored", why, left_line=from_place.line,
        left_column=from_place.column, end_line=to_place.line, end_column=to_place.column, cell=place.cell, offset=right.start,
    )


def _told_at(doc: Document, one: Found) -> tuple[str, ...]:
    region = doc.told.region(one.formula.segment.start)
    if region is None or region.recalls:
        return ()
    return (f"what the derive: comments from line {doc.source.place(region.start).line} on tell",)


def _unread(doc: Document) -> Iterable[tuple[int, Judgement]]:
    """A judgement for each part of the source that could not be cut up, so that it is counted."""
    for segment in doc.segmented.segments:
        if segment.kind is SegmentKind.UNREAD:
            left_out = doc.ignored.at(segment.start)
            place, to_place = doc.source.place(segment.start), doc.source.end(segment.start, segment.end)
            text = re.sub(r"\s+", " ", doc.source.text[segment.start:min(segment.end, segment.start + 60)]).strip()
            yield segment.start, Judgement(
                place.file, place.line, place.column, "", text, "", "", None, Context(), "unread" if left_out is None else "ignored",
                "" if left_out is None else left_out.why, segment.name, end_line=to_place.line, end_column=to_place.column,
                cell=place.cell, offset=segment.start,
            )
