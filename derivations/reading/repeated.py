"""The formulas of told scopes (``derivations.reading.told``) as judgements: each under the context of its scope alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from derivations.kernel.statement import Rel, Statement
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Scalar
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Index, Name, Relation, Term
from derivations.reading.denials import BEHIND, DENIED
from derivations.reading.displays import Segmented
from derivations.reading.patterns import is_value
from derivations.reading.prose import Formula, Prose
from derivations.reading.rows import Chain
from derivations.reading.source import Source
from derivations.reading.told import Justification, Region, Told, ToldScope, term_in

DEFINITION: Final = "a definition of its scope"
HYPOTHESIS: Final = "a hypothesis of its scope"
FIRST: Final = "the equation that the rows below transform"
EXAMPLE: Final = "a number put in for a symbol that stands for any"


@record
class Placed:
    """How a relation stands in a told scope.

    ``scope``: the key of the scope that it is a step of, else empty. ``readings``: for a formula that repeats what scopes say, the scopes and what
    it says in the names of each. ``justification``: what the step is said to rest on. ``said``: hypotheses of scopes that stand beside such a formula.
    """

    scope: str = ""
    readings: tuple[tuple[str, Context, Statement], ...] = ()
    justification: Justification | None = None
    said: frozenset[Term] = frozenset()


@record
class Found:
    """One relation of a told scope before it is a judgement. ``status``: ``judge``, ``given``, ``unread``."""

    formula: Formula
    chain: Chain
    link: int
    status: str
    context: Context
    placed: Placed
    statement: Statement | None = None
    premise: Statement | None = None
    reason: str = ""


class Repeated:
    """Reads the formulas of a document that stand in told scopes."""

    def __init__(self, source: Source, cut: Segmented, prose: Prose, told: Told, relations: Mapping[str, Rel]) -> None:
        self.source = source
        self.text = cut.text
        self.prose = prose
        self.told = told
        self.relations = relations
        self.read: dict[tuple[str, int], Term | str] = {}
        self.vocabularies: list[object] = []
        self.numbers: dict[str, int] = {}

    def found(self) -> list[Found]:
        out: list[Found] = []
        for formula in self.prose.formulas:
            region = self.told.region(formula.segment.start)
            if region is None:
                continue
            for k, chain in enumerate(formula.chains):
                out.extend(self._recalled(formula, chain, region) if region.recalls else self._stated(formula, k, self.told.scopes[region.keys[0]]))
        return out

    def _term(self, text: str, scope: ToldScope) -> Term | str:
        """A side in the names of a scope, or why it cannot be read."""
        if scope.vocabulary not in self.vocabularies:
            self.vocabularies.append(scope.vocabulary)
        key = (text, self.vocabularies.index(scope.vocabulary))
        if key not in self.read:
            try:
                self.read[key] = term_in(text, scope.vocabulary) if text else "nothing stands on one side of the relation"
            except DeriveError as error:
                self.read[key] = str(error)
        return self.read[key]

    def _sides(self, chain: Chain, scope: ToldScope) -> list[Term | str]:
        return [self._term(side.text, scope) for side in chain.sides]

    def _statement(self, sides: list[Term | str], chain: Chain, link: int) -> Statement | str:
        left, right = sides[link], sides[link + 1]
        if isinstance(left, str):
            return left
        if isinstance(right, str):
            return right
        relation = self.relations.get(chain.links[link].sign)
        if relation is None:
            return f"the relation {chain.links[link].written} is not judged; equations, inequalities, approximations and proportionalities are"
        return Statement(left, relation, right)

    def _given(self, chain: Chain, sides: list[Term | str], scope: ToldScope) -> str:
        """Why a whole chain is given in a scope: it is one of its hypotheses or definitions. Empty if it is neither."""
        terms = tuple(side for side in sides if not isinstance(side, str))
        if len(terms) < len(sides):
            return ""
        whole = bracketed(Relation(terms, tuple(link.sign for link in chain.links)))
        if whole in scope.context.hypotheses:
            return HYPOTHESIS
        if len(terms) == 2 and any((d.lhs, d.rhs) == terms for d in scope.context.definitions):
            return DEFINITION
        return ""

    def _stated(self, formula: Formula, k: int, scope: ToldScope) -> list[Found]:
        chain = formula.chains[k]
        following = formula.chains[k + 1] if k + 1 < len(formula.chains) else None
        sides = self._sides(chain, scope)
        given = "" if formula.display else self._given(chain, sides, scope)
        if formula.display and not chain.arrow and following is not None and following.arrow:
            given = FIRST
        out: list[Found] = []
        for link in range(len(chain.links)):
            statement = self._statement(sides, chain, link)
            premise = self._before(formula, k, scope) if link == 0 and chain.arrow else None
            placed = Placed(scope.key)
            if formula.display and not given:
                number = self.numbers[scope.key] = self.numbers.get(scope.key, 0) + 1
                placed = Placed(scope.key, justification=next((j for n, j in scope.steps if n == number), None))
            if given:
                out.append(Found(formula, chain, link, "given", scope.context, placed, None if isinstance(statement, str) else statement, reason=given))
            elif isinstance(statement, str):
                out.append(Found(formula, chain, link, "unread", scope.context, placed, reason=statement))
            else:
                out.append(Found(formula, chain, link, "judge", scope.context, placed, statement, premise))
        return out

    def _before(self, formula: Formula, k: int, scope: ToldScope) -> Statement | None:
        """The row before, from which this one follows."""
        before = formula.chains[k - 1] if k else None
        if before is None or not before.links:
            return None
        sides = self._sides(before, scope)
        statement = self._statement(sides, before, len(before.links) - 1)
        return None if isinstance(statement, str) else statement

    def _recalled(self, formula: Formula, chain: Chain, region: Region) -> list[Found]:
        scopes = [self.told.scopes[key] for key in region.keys]
        if region.aside:
            return [Found(formula, chain, link, "given", Context(), Placed(), reason=region.aside) for link in range(len(chain.links))]
        if not scopes:
            why = "it stands where scopes are repeated, and this problem has none"
            return [Found(formula, chain, link, "unread", Context(), Placed(), reason=why) for link in range(len(chain.links))]
        last = scopes[-1]
        denied = BEHIND.match(self.text[formula.segment.end : formula.segment.end + 60].lstrip(" $\\])")) is not None
        readings = [(scope, self._sides(chain, scope)) for scope in scopes]
        given = DENIED if denied else next((why for scope, sides in readings if (why := self._given(chain, sides, scope))), "")
        if not given and not formula.display and any(_puts_in(chain, sides, scope.context) for scope, sides in readings):
            given = EXAMPLE
        out: list[Found] = []
        for link in range(len(chain.links)):
            statements = [(scope, self._statement(sides, chain, link)) for scope, sides in readings]
            said = tuple((scope.key, scope.context, statement) for scope, statement in statements if isinstance(statement, Statement))
            main = next((s for key, _, s in reversed(said)), None)
            context = said[-1][1] if said else last.context
            if given:
                out.append(Found(formula, chain, link, "given", context, Placed(), main, reason=given))
            elif not said:
                out.append(Found(formula, chain, link, "unread", context, Placed(), reason=str(statements[-1][1])))
            else:
                out.append(Found(formula, chain, link, "judge", context, Placed("", said, said=self._said_beside(formula, region)), main))
        return out

    def _said_beside(self, formula: Formula, region: Region) -> frozenset[Term]:
        """The hypotheses that the sentence of a formula, or the one before it, states."""
        beside = [f for f in self.prose.formulas if region.start <= f.segment.start < region.end and f.sentence in (formula.sentence - 1, formula.sentence)]
        scopes = [self.told.scopes[key] for key in region.keys]
        found: set[Term] = set()
        for chain in (chain for other in beside for chain in other.chains if other is not formula or len(other.chains) > 1):
            for scope in scopes:
                terms = tuple(side for side in self._sides(chain, scope) if not isinstance(side, str))
                whole = bracketed(Relation(terms, tuple(link.sign for link in chain.links))) if len(terms) == len(chain.links) + 1 > 1 else None
                found |= {whole} if whole is not None and whole in scope.context.hypotheses else set()
        return frozenset(found)


def _puts_in(chain: Chain, sides: list[Term | str], context: Context) -> bool:
    """Whether ``K = 3`` puts a number in for a symbol of which the context says nothing but its kind."""
    match sides:
        case [Name() | Index() as symbol, value] if not isinstance(value, str) and [link.sign for link in chain.links] == ["="]:
            equations = [h for h in context.hypotheses if not isinstance(h, Relation) or "=" in h.signs]
            assumed = frozenset(n for h in equations for n in free_names(h)) | frozenset(n for d in context.definitions for n in free_names(d.lhs))
            return isinstance(context.kind(symbol), Scalar) and is_value(value) and not free_names(symbol) & assumed
        case _:
            return False
