"""The kernel: the one place where a theorem is made.

``verify`` takes a derivation, asks each step's rule, and returns a ``Theorem`` or raises ``NotProved``. It repairs nothing. After HOL Light's
``fusion.ml``: theorems are an abstract type (``statement.Theorem``) whose only constructor checks.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.statement import Checked, Derivation, Premise, Rel, Rule, Statement, Step, Theorem
from derivations.kernel.verdict import Accepted, Refuted, Undecided, Verdict, weakest
from derivations.language.context import Context, contradiction
from derivations.language.errors import DeriveError
from derivations.language.work import OutOfWork, within


def _made(derivation: Derivation, checked: tuple[Checked, ...]) -> Theorem:
    """The theorem of a derivation whose every step was checked. Called by ``verify`` alone."""
    theorem = object.__new__(Theorem)
    values = (derivation.context, derivation.goal, derivation.title, checked, derivation.lemmas, weakest(tuple(c.evidence for c in checked)))
    for name, value in zip(Theorem.__slots__, values, strict=True):
        object.__setattr__(theorem, name, value)
    return theorem


class NotProved(DeriveError):
    """A derivation was refused: which step, and the verdict of its rule."""

    def __init__(self, title: str, number: int, step: Step | None, verdict: Verdict, why: str) -> None:
        self.title, self.number, self.step, self.verdict = title, number, step, verdict
        super().__init__(f"{title}: {why}")


_COMPOSE: dict[tuple[Rel, Rel], Rel] = {}
for _rel in (Rel.EQ, Rel.LE, Rel.LT, Rel.GE, Rel.GT, Rel.IFF, Rel.IMPLIES):
    _COMPOSE[_rel, _rel] = _rel
for _rel in (Rel.LE, Rel.LT, Rel.GE, Rel.GT, Rel.NE):
    _COMPOSE[Rel.EQ, _rel] = _COMPOSE[_rel, Rel.EQ] = _rel
for _strict, _weak in ((Rel.LT, Rel.LE), (Rel.GT, Rel.GE)):
    _COMPOSE[_strict, _weak] = _COMPOSE[_weak, _strict] = _strict
_COMPOSE[Rel.IFF, Rel.IMPLIES] = _COMPOSE[Rel.IMPLIES, Rel.IFF] = Rel.IMPLIES


def compose(first: Rel, second: Rel) -> Rel | None:
    """``a first b`` and ``b second c`` give ``a ? c``; None where nothing follows (``<`` then ``>``, or two ``~~``)."""
    return _COMPOSE.get((first, second))


def chain_closure(statements: tuple[Statement, ...]) -> set[Statement]:
    """All statements that follow from runs of neighbouring links by transitivity (links join where the written terms are identical)."""
    found = set(statements)
    for start, first in enumerate(statements):
        relation, end = first.relation, first.rhs
        for link in statements[start + 1 :]:
            if link.lhs != end:
                break
            joined = compose(relation, link.relation)
            if joined is None:
                break
            relation, end = joined, link.rhs
            found.add(Statement(first.lhs, relation, end))
    return found


_STEP = 5_000_000
"""What a step may cost."""


def check_step(step: Step, context: Context, available: set[Statement], lemmas: tuple[Theorem, ...]) -> Verdict:
    """Whether the step's premises may be used here, and then what its rule says."""
    for premise in step.premises:
        if isinstance(premise, Theorem):
            if premise not in lemmas:
                return Undecided(f"the step uses the theorem {premise.title!r}, which is not among the lemmas of its derivation")
        elif premise not in available and premise.formula not in context.hypotheses:
            return Undecided("the step uses a statement that is neither an earlier step nor a hypothesis of the context", premise)
    try:
        with within(_STEP):
            return step.rule.decide(step.statement, context, step.premises)
    except OutOfWork:
        return Undecided("the work that a step may cost did not suffice")


def _consistent(derivation: Derivation) -> None:
    """Raises NotProved where a name is defined twice: the second definition would be a claim, and one that nobody checks."""
    twice = contradiction(derivation.context)
    if twice is not None:
        why = f"its context defines {twice} twice, and not alike"
        raise NotProved(derivation.title, 0, None, Undecided(why), why)


def verify(derivation: Derivation) -> Theorem:
    """Check every step in order and the goal at the end. Raises NotProved at the first that is not accepted, and for a context that defines a name twice."""
    _consistent(derivation)
    checked: list[Checked] = []
    statements: list[Statement] = []
    available: set[Statement] = set()
    for number, step in enumerate(derivation.steps, 1):
        verdict = check_step(step, derivation.context, available, derivation.lemmas)
        if not isinstance(verdict, Accepted):
            kind = "is undecided" if isinstance(verdict, Undecided) else "does not follow"
            detail = verdict.reason
            raise NotProved(derivation.title, number, step, verdict, f"step {number} ({step.rule.name}) {kind}" + (f": {detail}" if detail else ""))
        evidence = weakest((verdict.evidence, *(p.evidence for p in step.premises if isinstance(p, Theorem))))
        checked.append(Checked(step, replace(evidence, method=verdict.evidence.method)))
        statements.append(step.statement)
        available |= chain_closure(tuple(statements))
    if derivation.goal not in available:
        why = "its steps do not reach its goal: the goal is neither a step nor the ends of an unbroken chain of steps"
        raise NotProved(derivation.title, len(checked), None, Undecided(why), why)
    return _made(derivation, tuple(checked))


def established(step: Step, context: Context, lemmas: tuple[Theorem, ...] = (), title: str = "") -> Theorem | Refuted | Undecided:
    """One step as a theorem of its own, or the verdict for which it is none."""
    try:
        return verify(Derivation(title, context, step.statement, (step,), lemmas))
    except NotProved as refused:
        return Undecided(str(refused)) if isinstance(refused.verdict, Accepted) else refused.verdict


def decide_citation(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """What a theorem says holds wherever all that it assumes is assumed."""
    for premise in premises:
        if isinstance(premise, Theorem) and premise.statement == statement and context.extends(premise.context):
            return Accepted(replace(premise.evidence))
    return Undecided("none of the theorems says this under assumptions that are made here")


__all__ = ["Checked", "NotProved", "Premise", "Rule", "Theorem", "chain_closure", "check_step", "compose", "decide_citation", "established", "verify"]
