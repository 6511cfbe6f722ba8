"""A document checked: one record a relation, in the order of the document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from derivations.checking.flow import Flow
from derivations.checking.judge import PROBABILITIES, Leaning
from derivations.checking.losses import elaborated
from derivations.checking.refutation import Said, rests_on, standing, stipulated
from derivations.checking.told import Known, Ledger
from derivations.checking.trial import LETTERS_OF_PROBABILITIES
from derivations.kernel.statement import Rel, Rule, Statement, Step
from derivations.kernel.theorem import Theorem, established
from derivations.kernel.verdict import Accepted, Counterexample, Evidence, Refuted, Strength, Undecided, Verdict, weakest
from derivations.language.context import Context, Domain, Sequence
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Call, Deriv, Name
from derivations.language.work import OutOfWork, within
from derivations.reading.judgements import Document, Judgement, Whole
from derivations.reading.nearby import Neighbourhoods
from derivations.reading.provenance import base_of
from derivations.reading.warnings import Warned, warnings

NEARBY = 120_000
"""What a step may cost under another reading of its names."""
PROBABLE = (Domain.PROBABILITY, Domain.UNIT)


@record
class Record:
    """What became of one relation.

    ``verdict``: ``accepted``, ``refuted``, ``undecided``, ``unread``, ``given`` (a definition or hypothesis, not judged), or ``ignored`` (its author asked
    for that). ``evidence``: how an accepted
    step is known. ``line``/``column`` (from 1) are where its right side stands, ``end_line``/``end_column`` where that is over; in a notebook inside cell
    ``cell``. ``step``: its number within its display.
    ``conventions``: what the reader decided that an accepted step needs. ``told``: what ``derive:`` comments and files beside the document say of its names,
    which its text does not show. ``rests``: what a refutation rests on. ``answer``: the comment that would decide an
    undecided step. ``fails``: there are values at which an undecided step does not hold as it was read.
    """

    file: str
    line: int
    column: int
    left: str
    relation: str
    right: str
    verdict: str
    evidence: str = ""
    method: str = ""
    counterexample: Counterexample | None = None
    hint: str = ""
    why: str = ""
    label: str = ""
    step: int = 0
    cell: int | None = None
    assumed: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    rests: str = ""
    answer: str = ""
    end_line: int = 0
    end_column: int = 0
    fails: bool = False

    @property
    def judged(self) -> bool:
        return self.verdict not in ("given", "ignored")


@record
class Report:
    """The records of one document, what was remarked on its words, and which of its ``derive:`` comments were not understood (file, line, column, text).

    ``file``: the one that was asked for; what stands in files that it includes has their names.
    """

    file: str
    records: tuple[Record, ...]
    remarks: tuple[tuple[str, int, int, str], ...] = ()
    misspelt: tuple[tuple[str, int, int, str], ...] = ()

    @property
    def counts(self) -> Counter[str]:
        """Steps by outcome: proved, sampled, ..., refuted, undecided, unread (``given`` is not counted)."""
        return Counter(r.evidence.partition("(")[0] if r.verdict == "accepted" else r.verdict for r in self.records if r.judged)

    @property
    def given(self) -> int:
        """How many relations were not judged: definitions, hypotheses, declarations."""
        return sum(r.verdict == "given" for r in self.records)

    @property
    def ignored(self) -> int:
        """How many relations were not judged because a comment or a configuration says so."""
        return sum(r.verdict == "ignored" for r in self.records)


def statement_of(j: Judgement) -> Statement | None:
    """What has to be judged: the statement itself, or that it follows from (or is equivalent to) the equation before it."""
    if j.statement is None or j.premise is None:
        return j.statement
    relation = Rel.IFF if j.arrow == "<=>" else Rel.IMPLIES
    return Statement(j.premise.formula, relation, j.statement.formula)


def check(
    doc: Document,
    *,
    known: Callable[[Judgement], Record | None] = lambda j: None,
    learnt: Callable[[Judgement, Record], None] = lambda j, record: None,
    tell: Callable[[Record], None] = lambda record: None,
    read: Callable[[Judgement], None] = lambda j: None,
) -> Report:
    """Judge every relation of a document. ``known`` may answer from memory; ``learnt`` is told each new answer, ``read`` each relation as it was
    read, and ``tell`` each record as soon as it is final. Never raises for what stands in the document."""
    records: list[Record] = []
    step, row = 0, ("", "")
    whole = Whole(doc)
    found = whole.found
    near = Neighbourhoods(whole)
    in_scopes = _in_scopes(found)
    flow = Flow()
    for number, one in enumerate(map(elaborated, found)):
        read(one)
        j = flow.before(one)
        step = step + 1 if (j.file, j.label) == row and j.status not in ("given", "ignored") else 1
        row = (j.file, j.label)
        remembered = known(j) if j.placed is None else None
        record = replace(remembered, step=step) if remembered is not None else _record(j, step, in_scopes.get(number), flow.said(j))
        if remembered is None and j.placed is None:
            learnt(j, record)
        if record.verdict == "undecided" and not record.fails:
            record = _read_nearby(record, near.of(one), flow, known, learnt)
        flow.learn(j, record.verdict, record.evidence, record.why, record.conventions)
        records.append(record)
        tell(record)
    misspelt = [(place.file, place.line, place.column, text) for place, text in doc.problems]
    remarks = [(w.place.file, w.place.line, w.place.column, f"warning: “{w.words}”: {w.why} ({_seen_from(w)}: {w.formula})") for w in warnings(doc, found)]
    return Report(doc.source.file, tuple(records), tuple(sorted(remarks)), tuple(sorted(misspelt)))


def _seen_from(w: Warned) -> str:
    return f"line {w.other.line}" if w.other.file == w.place.file else str(w.other)


def _in_scopes(found: list[Judgement]) -> dict[int, Verdict]:
    """The verdicts on what stands in told scopes, by number: first the steps, in order, and then what repeats them."""
    ledger = Ledger()
    verdicts: dict[int, Verdict] = {}
    for number, j in enumerate(found):
        statement = statement_of(j)
        if j.placed is None or j.status in ("given", "ignored") or not j.placed.scope:
            continue
        if j.status == "unread" or statement is None:
            unread = Statement(Name(j.lhs_text), Rel.EQ, Name(j.rhs_text))
            ledger.scopes.setdefault(j.placed.scope, []).append(Known(unread, j.context, Undecided(j.why_unread)))
        else:
            verdicts[number] = ledger.step(j.placed.scope, statement, j.context, j.placed.justification, _plainly)
    for number, j in enumerate(found):
        if j.placed is not None and j.status == "judge" and not j.placed.scope:
            verdicts[number] = ledger.recalled(j.placed.readings, j.placed.said)
    return verdicts


def _plainly(statement: Statement, context: Context, premises: tuple[Theorem, ...]) -> Theorem | Refuted | Undecided:
    try:
        return established(Step(statement, Rule("judged", (None,)), premises=premises), context, premises)
    except (ArithmeticError, RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        return Undecided(f"the checker gave up: {type(error).__name__}: {error}")


def _read_nearby(
    record: Record,
    others: Iterable[Judgement],
    flow: Flow,
    known: Callable[[Judgement], Record | None],
    learnt: Callable[[Judgement, Record], None],
) -> Record:
    """An undecided step under what stands near it, where that shows other things of its names. Accepted under such a reading it is accepted, and the reading
    is a convention; what fails under one may be meant otherwise."""
    for near in map(flow.by_itself, map(elaborated, others)):
        if near.status != "judge" or near.statement is None or near.condition:
            continue
        found = known(near)
        if found is None:
            verdict = _briefly(near)
            plain = replace(record, assumed=near.assumed, answer="")
            found = _accepted(plain, near, verdict.evidence) if isinstance(verdict, Accepted) else record
            learnt(near, found)
        if found.verdict == "accepted":
            return replace(found, step=record.step)
    return record


def _briefly(j: Judgement) -> Verdict:
    try:
        with within(NEARBY):
            return judged(j)
    except OutOfWork:
        return Undecided("the work that another reading may cost did not suffice")


def _accepted(plain: Record, j: Judgement, evidence: Evidence) -> Record:
    if PROBABILITIES in evidence.conventions and (other := _told_otherwise(j)):
        why = f"it does not hold for all numbers; are the {other} probabilities? The text says something else of them"
        return replace(plain, verdict="undecided", why=why)
    known = evidence.under(*_needed(j, evidence))
    return replace(
        plain, verdict="accepted", evidence=known.word, method=known.method, why="; ".join(known.assuming), conventions=known.conventions
    )


def _told_otherwise(j: Judgement) -> str:
    """A family called p or q of which the text says that it is something else than probabilities: "let p_i > 0 be the price of item i"."""
    spoken = {base_of(s) for words in j.opaque for s in words.names}
    for symbol, kind in j.context.kinds:
        lettered = isinstance(symbol, Name) and symbol.text in LETTERS_OF_PROBABILITIES
        if lettered and symbol in spoken and isinstance(symbol, Name) and isinstance(kind, Sequence) and kind.domain not in PROBABLE:
            return f"{symbol.text}_i"
    return ""


def _record(j: Judgement, step: int, verdict: Verdict | None, before: tuple[Said, ...]) -> Record:
    plain = Record(j.file, j.line, j.column, j.lhs_text, j.relation, j.rhs_text, "given", label=j.label, step=step, cell=j.cell, assumed=j.assumed)
    plain = replace(plain, end_line=j.end_line, end_column=j.end_column)
    statement = statement_of(j)
    if j.status == "given":
        return replace(plain, why=j.reason)
    if j.status == "ignored":
        return replace(plain, verdict="ignored", why=j.reason)
    if j.status == "unread" or statement is None:
        return replace(plain, verdict="unread", why=j.why_unread)
    plain = replace(plain, told=j.provenance.comments if j.placed is None else j.assumed)
    found = verdict or judged(j)
    open_condition = not (isinstance(found, Accepted) and found.evidence.strength is Strength.PROVED) and not _worked_out(statement, j.context)
    if j.condition and open_condition and not (isinstance(found, Refuted) and _settled(statement, j.context)):
        return replace(plain, why=j.reason)
    fails = isinstance(found, Refuted) and found.counterexample is not None
    if isinstance(found, Refuted) and j.placed is None and j.statement is not None:
        doubted = standing(found, j, j.statement, before)
        found = _from_before(j) or doubted if isinstance(doubted, Undecided) else doubted
    if isinstance(found, Undecided) and j.placed is None and j.statement is not None:
        found = stipulated(found, j, j.statement)
    match found:
        case Accepted(evidence):
            return _accepted(plain, j, evidence)
        case Refuted(counterexample, reason):
            rests = rests_on(j) if j.placed is None else ""
            return replace(plain, verdict="refuted", counterexample=counterexample, why=reason, hint=_hint(statement, j) or "", rests=rests)
        case Undecided(reason, _, answer):
            return replace(plain, verdict="undecided", why=reason, answer=answer, fails=fails or (j.doubt != "" and reason == j.doubt))


def _needed(j: Judgement, evidence: Evidence) -> tuple[str, ...]:
    """The conventions that an accepted step may rest on: that a case of a sentence before holds on is none of them where the step is proved without it."""
    known = j.provenance
    if known.uncarried is None or evidence.strength is not Strength.PROVED:
        return known.conventions
    rest = tuple(words for words in known.conventions if words not in known.carried)
    alone = replace(j, context=known.uncarried, premise=None, earlier=(), weaker=(), provenance=replace(known, conventions=rest, carried=(), uncarried=None))
    again = judged(alone)
    return rest if isinstance(again, Accepted) and again.evidence.strength is Strength.PROVED else known.conventions


def _settled(statement: Statement, context: Context) -> bool:
    """Whether every name has a value: then an equation that does not hold is no condition on anything (``x = 2``, and then ``x + 1 = 4 => x = 3``)."""
    values = {d.lhs: d.rhs for d in context.definitions if isinstance(d.lhs, Name) and not d.parameters}
    waiting = [statement.lhs, statement.rhs]
    for _ in range(len(values) + 1):
        waiting = [values.get(name, name) for term in waiting for name in free_names(term)]
    return not any(free_names(term) for term in waiting)


def _worked_out(statement: Statement, context: Context) -> bool:
    """Whether an equation says what a derivative of something that is defined is: ``\\nabla f(b) = 2 X^T X b - 2 X^T y``, and not ``f'(x) = 0``.

    It is a claim, also where what it gives is put to zero and solved afterwards.
    """
    match statement.lhs:
        case Deriv(Call(function, (Name() as variable,)), ((by, _),)) if by == variable:
            pass
        case Call(Name(primes=primes) as primed, (Name() as variable,)) if primes:
            function = replace(primed, primes=0)
        case _:
            return False
    defined = any(isinstance(d.lhs, Call) and d.lhs.function == function for d in context.definitions)
    return defined and statement.relation is Rel.EQ and variable in free_names(statement.rhs)


def _from_before(j: Judgement) -> Accepted | None:
    """A step that is not true by itself, as one that follows from what was taken for said before it: known no better than that."""
    facts = [(s, known) for s, known in j.weaker if known is not None]
    if not facts or j.statement is None or j.statement.relation is not Rel.EQ:
        return None
    inside = j.context.assume(*(s.formula for s, _ in facts))
    found = _judged(replace(j, context=inside, premise=None, arrow=""))
    if not isinstance(found, Accepted):
        return None
    return Accepted(replace(weakest((found.evidence, *(known for _, known in facts))), method=f"{found.evidence.method}, from what was said before"))


def _hint(statement: Statement, j: Judgement) -> str | None:
    from derivations.checking.hint import hint

    return hint(statement, j.context)


def judged(j: Judgement) -> Verdict:
    """The verdict on one judgement, within its budget: that of every reading of it, or that nobody knows."""
    verdict = _judged(j)
    if isinstance(verdict, Refuted) and j.doubt:
        return Undecided(j.doubt)
    if j.alternative is None or isinstance(verdict, Undecided):
        return verdict
    other = _judged(replace(j, context=j.alternative, alternative=None))
    if isinstance(verdict, Accepted) != isinstance(other, Accepted):
        return Undecided("it holds under one reading of what the loss depends on and not under another")
    return verdict


def _judged(j: Judgement) -> Verdict:
    """The verdict under one reading. What goes wrong inside the prover is said and counts as undecided."""
    if j.statement is None:
        return Undecided(j.why_unread)
    try:
        if j.premise is not None and j.arrow == "<=>":
            return _by_kernel(Statement(j.premise.formula, Rel.IFF, j.statement.formula), j.earlier, Leaning(j.context, j.weaker))
        return _by_kernel(j.statement, j.earlier, Leaning(j.context, j.weaker, j.premise, j.premise_known))
    except (ArithmeticError, RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        return Undecided(f"the checker gave up: {type(error).__name__}: {error}")


def _by_kernel(statement: Statement, earlier: tuple[Statement, ...], leaning: Leaning) -> Verdict:
    """What the kernel says of a step: a theorem under its context and the statements before it that it may use, or the verdict for which it is none."""
    usable = (*earlier, *(s for s, known in leaning.weaker if known is not None), *((leaning.premise,) if leaning.premise is not None else ()))
    context = leaning.context.assume(*(s.formula for s in usable))
    found = established(Step(statement, Rule("judged", (leaning,)), premises=tuple(dict.fromkeys(usable))), context)
    return Accepted(found.steps[0].evidence) if isinstance(found, Theorem) else found


def total(reports: Iterable[Report]) -> Counter[str]:
    found: Counter[str] = Counter()
    for report in reports:
        found += report.counts
    return found
