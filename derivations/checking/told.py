"""Judging the steps of told scopes: each scope becomes a theorem when all of it is accepted, and later scopes may use it by the rule that they name.

A comment never makes a step true. ``step 1 by induction {t} {0} using 2 3`` makes the kernel's rule of induction, which looks at the theorems of the
scopes 2 and 3 as they were checked here; without them it is undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from derivations.kernel.statement import Derivation, Rule, Statement, Step
from derivations.kernel.theorem import NotProved, Theorem, chain_closure, compose, established, verify
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Strength, Undecided, Verdict, weakest
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Index, Name, Term
from derivations.reading.told import Justification

Outcome: TypeAlias = Theorem | Refuted | Undecided
Plainly = Callable[[Statement, Context, tuple[Theorem, ...]], Outcome]
"""How a step is judged by itself: its statement, its context, the theorems before it."""


GIVEN_UP = (ArithmeticError, RecursionError, ValueError)
"""What a rule may raise for what stands in a document (``DeriveError`` is a ``ValueError``)."""


@record
class Known:
    """A step of a scope that was judged, and the theorem that it is where it was accepted."""

    statement: Statement
    context: Context
    outcome: Outcome

    @property
    def verdict(self) -> Verdict:
        return Accepted(self.outcome.steps[0].evidence) if isinstance(self.outcome, Theorem) else self.outcome


@dataclass
class Ledger:
    """What was judged in each scope so far, in order."""

    scopes: dict[str, list[Known]] = field(default_factory=dict)
    theorems: dict[str, Theorem | None] = field(default_factory=dict)

    def step(self, key: str, statement: Statement, context: Context, justification: Justification | None, plainly: Plainly) -> Verdict:
        """The verdict on a step of a scope, which is remembered."""
        lemmas, missing = self._lemmas(key, justification)
        outcome = Undecided(missing) if missing else self._judged(key, statement, context, justification, lemmas, plainly)
        known = Known(statement, context, outcome)
        self.scopes.setdefault(key, []).append(known)
        return known.verdict

    def _lemmas(self, key: str, justification: Justification | None) -> tuple[tuple[Theorem, ...], str]:
        """The theorems that a step is said to use, and what is wrong with one of them."""
        if justification is None:
            return (), ""
        problem = key.partition(".")[0]
        found: list[Theorem] = []
        for name in justification.using:
            theorem = self.theorem(f"{problem}.{name}") if f"{problem}.{name}" != key else None
            if theorem is None:
                return (), f"the step uses {name}, which is no scope before it in which every step is accepted"
            found.append(theorem)
        return tuple(found), ""

    def _judged(
        self, key: str, statement: Statement, context: Context, justification: Justification | None, lemmas: tuple[Theorem, ...], plainly: Plainly
    ) -> Outcome:
        def by(rule: Rule) -> Outcome:
            try:
                return established(Step(statement, rule, premises=lemmas), context, lemmas)
            except GIVEN_UP as error:
                return Undecided(f"{rule.name}: {error}")

        if justification is not None and justification.arguments:
            try:
                return by(made(justification))
            except DeriveError as error:
                return Undecided(str(error))
        here = tuple(known.outcome for known in self.scopes.get(key, ()) if isinstance(known.outcome, Theorem))
        alone = plainly(statement, context, lemmas)
        if not isinstance(alone, Theorem | Refuted) and here:  # it may follow from the steps before it, and is then no stronger than they are
            alone = plainly(statement, context, (*lemmas, *here))
        if isinstance(alone, Refuted) or (isinstance(alone, Theorem) and alone.evidence.strength >= Strength.PROVED):
            return alone
        found = next((t for rule in _candidates(justification) if isinstance(t := by(rule), Theorem)), None)
        return alone if found is None or (isinstance(alone, Theorem) and alone.evidence.strength >= found.evidence.strength) else found

    def theorem(self, key: str) -> Theorem | None:
        """What a scope proves from end to end, made by the kernel from the verdicts here; None unless every step of it was accepted."""
        if key not in self.theorems:
            known = self.scopes.get(key, [])
            self.theorems[key] = _theorem(key, known) if known and all(isinstance(k.verdict, Accepted) for k in known) else None
        return self.theorems[key]

    def recalled(self, readings: tuple[tuple[str, Context, Statement], ...], said: frozenset[Term] = frozenset()) -> Verdict:
        """The verdict on a formula that repeats what scopes say: it has to be there, as a step, as the ends of a chain, or case by case.

        What only some scopes of the problem assume is not in force where their results are repeated, unless it is ``said`` there too.
        """
        from derivations.checking.told_cases import by_cases

        dropped = ""
        for key, context, statement in readings:
            evidence = self._shown(key, statement)
            if evidence is None:
                continue
            if frozenset(context.hypotheses) <= self._shared(key) | said:
                return Accepted(evidence)
            dropped = key.partition(".")[2]
        for key, context, statement in readings:
            alike = [(c, shown, e) for c, shown, e in self._all_shown(key) if (c.kinds, c.definitions) == (context.kinds, context.definitions)]
            found = by_cases(statement, alike)
            if found is not None:
                return Accepted(found)
        if dropped:
            return Undecided(f"the scope {dropped} shows it under a hypothesis that is not stated here")
        return Undecided("no scope of this problem comes to this statement, and it stands in none")

    def _shared(self, key: str) -> frozenset[Term]:
        """What all scopes of a problem assume."""
        problem = key.partition(".")[0]
        every = [frozenset(known[0].context.hypotheses) for other, known in self.scopes.items() if other.partition(".")[0] == problem and known]
        return frozenset[Term]().union(*every[:1]).intersection(*every)

    def _all_shown(self, key: str) -> Iterator[tuple[Context, Statement, Evidence]]:
        """Everything that the scopes of a problem show: their steps, and the ends of their chains."""
        problem = key.partition(".")[0]
        for other, known in self.scopes.items():
            accepted = [(k.statement, k.verdict.evidence) for k in known if isinstance(k.verdict, Accepted)]
            if other.partition(".")[0] == problem and accepted:
                steps = dict(accepted)
                whole = weakest(tuple(evidence for _, evidence in accepted))
                for statement in chain_closure(tuple(one for one, _ in accepted)):
                    yield known[0].context, statement, steps.get(statement, whole)

    def _shown(self, key: str, statement: Statement) -> Evidence | None:
        known = self.scopes.get(key, [])
        accepted = [(k.statement, k.verdict.evidence) for k in known if isinstance(k.verdict, Accepted)]
        for one, evidence in accepted:
            if one == statement:
                return replace(evidence, method="the same statement as a step of its problem")
        if statement in chain_closure(tuple(one for one, _ in accepted)):
            return replace(weakest(tuple(evidence for _, evidence in accepted)), method="the ends of a chain of its problem")
        return None


def _theorem(key: str, known: list[Known]) -> Theorem | None:
    """The theorems of a scope's steps as one: each is cited, and together they lead to the goal."""
    lemmas = tuple(k.outcome for k in known if isinstance(k.outcome, Theorem))
    steps = tuple(Step(lemma.statement, Rule("citation"), premises=(lemma,)) for lemma in lemmas)
    try:
        return verify(Derivation(key, known[-1].context, _goal(tuple(k.statement for k in known)), steps, lemmas))
    except NotProved:
        return None


def _goal(statements: tuple[Statement, ...]) -> Statement:
    """The relation between the two ends of the last unbroken chain."""
    goal = statements[-1]
    for before in reversed(statements[:-1]):
        relation = compose(before.relation, goal.relation)
        if before.rhs != goal.lhs or relation is None:
            break
        goal = Statement(before.lhs, relation, goal.rhs)
    return goal


def _rules() -> tuple[Rule, ...]:
    from derivations.rules.change_of_variables import integration
    from derivations.rules.equality import algebra, arithmetic, by_definition, differentiation, summation
    from derivations.rules.equations import equivalence, implication
    from derivations.rules.matrices import array_algebra, entries, entry_algebra, matrix_algebra, permutation_algebra, reindexing
    from derivations.rules.order import order

    return (
        arithmetic, algebra, by_definition, summation, differentiation, order, equivalence, implication, integration, reindexing, entry_algebra,
        entries, matrix_algebra, permutation_algebra, array_algebra,
    )  # fmt: skip


def _candidates(justification: Justification | None) -> tuple[Rule, ...]:
    """The rule that the document names; where it names none, those that look at nothing but the statement and its context."""
    if justification is None:
        from derivations.rules.matrices import array_algebra, entry_algebra, reindexing

        return (reindexing, entry_algebra, array_algebra)
    return tuple(rule for rule in _rules() if rule.name == justification.rule)


def made(justification: Justification) -> Rule:
    """The kernel's rule for these arguments. Raises DeriveError for words that make none."""
    from derivations.rules.induction import induction_on

    match justification.rule, justification.arguments:
        case "induction", (Name() as variable, start) if not isinstance(start, str):
            return induction_on(variable, start)
        case ("change of variables" | "substitution") as which, (p_x, p_z, function, Name() as z, Name() as x, low, high, *pieces):
            terms = (p_x, p_z, function, low, high)
            if not any(isinstance(term, str) for term in terms):
                return _transformed(which, terms, z, x, pieces)  # type: ignore[arg-type]
        case "convolution" | "extreme of independent variables" | "order statistic", words:
            return _of_independent(justification.rule, list(words))
        case "flow", (p_x, q, Name() as z, size, image, Name() as index, first, ("planar" | "radial" | "affine" | "components") as which, *letters):
            if _symbols(p_x, q) and _terms(size, image, first, *letters):
                return _flowing(p_x, q, z, (size, image, first), index, which, letters)
        case "joint change of variables" | "forward form", (p_x, *rest):
            return _jointly(p_x, rest)
        case _:
            pass
    raise DeriveError(
        f"derive: step by {justification.rule}: accepted are induction {{VARIABLE}} {{START}} using BASE STEP, and change of variables or substitution "
        "{NEW DENSITY} {BASE DENSITY} {MAP} {z} {x} {LOW} {HIGH} piece {LOW} {HIGH} {INVERSE} {IMAGE LOW} {IMAGE HIGH} increasing|decreasing ..."
    )


def _of_independent(rule: str, words: list[Term | str]) -> Rule:
    """The rules about independent variables, whose arguments stand in braces, in the order in which the rules have them."""
    from derivations.rules.independent import extreme, order_statistic
    from derivations.rules.maps import Extreme, OrderStatistic

    match rule, words:
        case "convolution", [p, Name() as x, z, Name() as w, f, g, *stretches]:
            if _symbols(p, z) and _terms(f, g) and (found := _convolved((p, x, (z, w), f, g), _grouped(stretches))) is not None:
                return found
        case "extreme of independent variables", [p, Name() as x, Name() as t, low, high, ("largest" | "least") as which, *rest] if "functions" in rest:
            place = rest.index("functions")
            if _symbols(p, *rest[:place], *rest[place + 1 :]) and _terms(low, high) and len(rest) == 2 * place + 1:
                return extreme(Extreme(which, p, tuple(rest[:place]), tuple(rest[place + 1 :]), x, t, (low, high)))  # type: ignore[arg-type]
        case "order statistic", [p, q, function, Name() as x, Name() as t, low, high, k, n]:
            if _symbols(p, q, function) and _terms(low, high, k, n):
                return order_statistic(OrderStatistic(p, q, function, x, t, (low, high), k, n))  # type: ignore[arg-type]
        case _:
            pass
    raise DeriveError(f"derive: step by {rule}: its arguments are not those of the rule; derive writes them into its own sheets")


def _grouped(words: list[Term | str]) -> list[tuple[str, list[Term]]]:
    """What stands behind each word; without it where the first is no word."""
    groups: list[tuple[str, list[Term]]] = []
    for word in words:
        if isinstance(word, str):
            groups.append((word, []))
        elif groups:
            groups[-1][1].append(word)
    return groups


def _convolved(head: tuple[Any, Any, Any, Any, Any], groups: list[tuple[str, list[Term]]]) -> Rule | None:
    """``first p a b ... second q c d ... inverse g ... between low high nowhere ...``: stretches of both densities, and for each pair the inverse, where it
    is not the same for all, and the limits."""
    from derivations.rules.independent import convolution
    from derivations.rules.maps import Convolution, Stretch

    sides: dict[str, list[Stretch]] = {"first": [], "second": []}
    inverses: list[Term] = []
    limits: list[tuple[Term, Term] | None] = []
    for group in groups:
        match group:
            case ("inverse", [g]):
                inverses.append(g)
            case ("first" | "second" as side, [Name() | Index() as p, low, high]):
                sides[side].append(Stretch(p, low, high))
            case ("between", [low, high]):
                limits.append((low, high))
            case ("nowhere", []):
                limits.append(None)
            case _:
                return None
    p_x, x, both, f, inverse = head
    inverses = inverses or [inverse] * len(limits)
    if not limits or not len(limits) == len(inverses) == len(sides["first"]) * len(sides["second"]):
        return None
    return convolution(Convolution(p_x, x, both, f, tuple(inverses), tuple(sides["first"]), tuple(sides["second"]), tuple(limits)))


def _flowing(p_x: Any, q: Any, z: Name, terms: tuple[Any, Any, Any], index: Name, which: Any, letters: list[Any]) -> Rule:
    from derivations.rules.flows import flow
    from derivations.rules.maps import Flow

    size, image, first = terms
    return flow(Flow(which, p_x, q, z, size, image, index, first, tuple(letters)))


def _symbols(*words: Term | str) -> bool:
    return all(isinstance(word, Name | Index) for word in words)


def _terms(*words: Term | str) -> bool:
    return not any(isinstance(word, str) for word in words)


def _jointly(density: Term | str, words: list[Term | str]) -> Rule:
    """``of ... old ... new ... map ... support ... region ... inverse ...``, each with what belongs to it in braces."""
    from derivations.rules.joint_variables import forward_form, joint_change_of_variables
    from derivations.rules.maps import Forward, JointTransformation, Region

    match _grouped(words):
        case [("of", given), ("old", old), ("map", maps), ("support", support)] if isinstance(density, Name | Index) and len(given) == len(old) == len(maps):
            if _symbols(*given, *old):
                return forward_form(Forward(density, tuple(given), tuple(old), tuple(maps), tuple(support)))  # type: ignore[arg-type]
        case [("of", given), ("old", old), ("new", fresh), ("map", maps), ("support", support), *regions] if isinstance(density, Name | Index):
            images = {place: group[1] for place, group in enumerate(regions) if group[0] == "image"}
            shown = [tuple(images.get(place + 1, ())) for place, group in enumerate(regions) if group[0] == "inverse"]
            regions = [group for group in regions if group[0] != "image"]
            pairs = list(zip(regions[::2], regions[1::2], strict=False))
            of, z, x = (tuple(s for s in group if isinstance(s, Name | Index)) for group in (given, old, fresh))
            alternating = all(one[0] == "region" and two[0] == "inverse" for one, two in pairs) and 2 * len(pairs) == len(regions)
            if alternating and len({len(of), len(z), len(x), len(maps)}) == 1:
                found = tuple(Region(tuple(a[1]), tuple(b[1]), image) for (a, b), image in zip(pairs, shown, strict=True) if len(b[1]) == len(old))
                return joint_change_of_variables(JointTransformation(density, of, z, x, tuple(maps), tuple(support), found))
        case _:
            pass
    raise DeriveError(
        "derive: step by joint change of variables: accepted is {NEW DENSITY} of {BASE DENSITY} ... old {z_1} ... new {x_1} ... map {f_1} ... support"
        " {CONDITION} ... region {CONDITION} ... inverse {g_1} ..., the last two for each region"
    )


def _transformed(which: str, terms: tuple[Term, ...], z: Name, x: Name, pieces: list[Term | str]) -> Rule:
    from derivations.rules.change_of_variables import change_of_variables, substitution
    from derivations.rules.maps import Flat, Piece, Transformation

    new, base, function, low, high = terms
    found: list[Piece] = []
    flats: list[Flat] = []
    while pieces:
        match pieces:
            case ["piece", a, b, inverse, c, d, ("increasing" | "decreasing") as how, *pieces]:
                ends = (a, b, inverse, c, d)
                if any(isinstance(term, str) for term in ends):
                    raise DeriveError(f"derive: step by {which}: the ends and the inverse of a piece stand in braces")
                found.append(Piece(a, b, inverse, c, d, how == "increasing"))  # type: ignore[arg-type]
            case ["flat", a, b, value, *pieces]:
                if any(isinstance(term, str) for term in (a, b, value)):
                    raise DeriveError(f"derive: step by {which}: the ends and the value of a flat part stand in braces")
                flats.append(Flat(a, b, value))  # type: ignore[arg-type]
            case _:
                raise DeriveError(f"derive: step by {which}: piece {{LOW}} {{HIGH}} {{INVERSE}} {{IMAGE LOW}} {{IMAGE HIGH}} increasing|decreasing is accepted")
    change = Transformation(new, base, function, z, x, tuple(found), tuple(flats))
    return (change_of_variables if which == "change of variables" else substitution)(change, (low, high))


__all__ = ["Known", "Ledger", "Plainly", "made"]
