"""Definitions by cases in words: ``f(x) = 2x`` if x > 0 and ``f(x) = x`` otherwise; for y = 1 the loss is ``L = -ln p``, for y = 0 it is ...

What is said under a condition defines nothing where the condition fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from derivations.language.context import Definition
from derivations.language.matching import calls_itself
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Call, Cases, Frac, Logic, Num, Relation, Term
from derivations.reading.ledger import ORDER
from derivations.reading.prose import MARK, Formula, Prose
from derivations.reading.scope import Fact

Row = tuple[Term, Term | None]
LIST: Final = r"(?P<marks>⟨\d+⟩(?:[\s,]*\band\b[\s,]*⟨\d+⟩)*)"
WORD: Final = r"\b(?P<word>if|when|whenever|for|provided(?:\s+that)?|as\s+long\s+as|in\s+the\s+case)\s+(?:(?:all|any|every|each)\s+)?"
TRAILING: Final = re.compile(r"[\s,]*" + WORD + LIST, re.IGNORECASE)
LEADING: Final = re.compile(WORD + LIST + r"(?P<between>(?:(?!\b(?:and|or|where|with|if|when|for)\b)[^⟨⟩;:.])*)$", re.IGNORECASE)
ELSE: Final = r"\b(?:otherwise|else|elsewhere|afterwards|in\s+(?:the\s+other\s+case|all\s+other\s+cases))\b"
REST: Final = re.compile(r"[\s,]*" + ELSE, re.IGNORECASE)
REST_BEFORE: Final = re.compile(ELSE + r"(?:(?!\band\b)[^⟨⟩;:.])*$", re.IGNORECASE)
VALUE: Final = re.compile(
    r"[\s,;]*(?:(?:and|or|but)\b)?[\s,]*(?P<rest>" + ELSE + r")?[\s,]*(?:(?:it\s+)?(?:is|equals|be)\b)?\s*⟨(?P<value>\d+)⟩", re.IGNORECASE
)
UNSAID: Final = Frac(Num("0"), Num("0"))
"""What a name is where nobody says it: it has no value."""


@record
class Branch:
    """The condition under which a formula says what something is (None: wherever no other holds) and the formulas that state it, the ``word`` before them;
    ``end`` of what was read in the words of its sentence."""

    condition: Term | None
    numbers: tuple[int, ...]
    word: str
    end: int
    leading: bool = False


class Branches:
    """The branches of the formulas of a problem. ``conditions``: the numbers of the formulas that were read as conditions behind what they are said of."""

    def __init__(self, prose: Prose, formulas: Iterable[Formula], term_of: Callable[[Formula], Term | None]) -> None:
        self.prose = prose
        self.by_number = {f.number: f for f in formulas}
        self.term_of = term_of
        self.conditions: set[int] = set()
        self.made: dict[Term, Definition] = {}
        """By what they define, the definitions by cases."""
        self.stated: set[int] = set()
        """The numbers of the formulas that say something under a condition and are no equations by themselves."""

    def _words(self, formula: Formula) -> tuple[str, int]:
        words = self.prose.sentences[min(formula.sentence, len(self.prose.sentences) - 1)].words
        mark = f"⟨{formula.number}⟩"
        at = words.find(mark)
        return words, at + len(mark) if at >= 0 else -1

    def _conditions(self, marks: str, lhs: Term) -> tuple[tuple[Term, ...], tuple[int, ...]]:
        """The conditions at the beginning of a list of formulas."""
        terms: list[Term] = []
        numbers: list[int] = []
        for mark in MARK.finditer(marks):
            formula = self.by_number.get(int(mark[1]))
            term = None if formula is None or formula.display or len(formula.chains) != 1 else self.term_of(formula)
            if not isinstance(term, Relation) or not set(term.signs) <= ORDER | {"="} or lhs in term.items:
                break
            terms.append(term)
            numbers.append(int(mark[1]))
        return tuple(terms), tuple(numbers)

    def of(self, formula: Formula, lhs: Term) -> Branch | None:
        """Under which condition a formula says something of ``lhs``."""
        words, at = self._words(formula)
        if formula.display or at < 0 or len(formula.chains) != 1 or len(formula.chains[0].links) != 1:
            return None
        leading = self._ahead(words[: words.index(f"⟨{formula.number}⟩")], at, lhs)
        if leading is not None and words[at:].lstrip().startswith(","):
            return leading  # "for y = 1 it is ⟨n⟩, for y = 0 ...": that is the next one
        return self._behind(words, at, lhs) or leading

    def _ahead(self, head: str, at: int, lhs: Term) -> Branch | None:
        """The condition with which the clause of a formula begins; ``head``: the words before it."""
        if REST_BEFORE.search(head) is not None:
            return Branch(None, (), "", at, leading=True)
        if (found := LEADING.search(head)) is None:
            return None
        terms, numbers = self._conditions(found["marks"], lhs)
        if not terms or len(numbers) < len(MARK.findall(found["marks"])):
            return None
        before = re.search(r"⟨(\d+)⟩[\s,]*$", head[: found.start()])
        if before is not None:  # it is the condition of what stands before it, unless that has one
            other = self._ahead(head[: before.start()], before.end(), lhs)
            if other is None or other.condition is None:
                return None
        return Branch(_all(terms), numbers, found["word"].lower(), at, leading=True)

    def _behind(self, words: str, at: int, lhs: Term) -> Branch | None:
        if (rest := REST.match(words, at)) is not None and re.match(r"[\s,]*(?:[.;:,]|and\b|$)", words[rest.end():]) is not None:
            return Branch(None, (), "", rest.end())
        found = TRAILING.match(words, at)
        terms, numbers = self._conditions(found["marks"], lhs) if found is not None else ((), ())
        if found is None or not terms:
            return None
        return Branch(_all(terms), numbers, found["word"].lower(), words.index(f"⟨{numbers[-1]}⟩") + len(f"⟨{numbers[-1]}⟩"))

    def _values(self, words: str, at: int, lhs: Term) -> tuple[list[Row], tuple[int, ...]]:
        """The branches of which only the value is said: "..., *and 0 otherwise*"."""
        rows: list[Row] = []
        numbers: list[int] = []
        while (found := VALUE.match(words, at)) is not None:
            formula = self.by_number.get(int(found["value"]))
            value = None if formula is None or any(chain.links for chain in formula.chains) else self.term_of(formula)
            branch = self._behind(words, found.end(), lhs)
            if value is None or (branch is None and not found["rest"]):
                break
            condition = None if found["rest"] or branch is None else branch.condition
            rows.append((value, condition))
            numbers.extend(branch.numbers if branch is not None else ())
            at = found.end() if found["rest"] or branch is None else branch.end
        return rows, tuple(numbers)

    def _of_several(self, formula: Formula, lhs: Term, own: Branch) -> bool:
        """Whether another formula says what this is under another condition on the same names: of the sentence, or of the next where both begin with it."""
        for other in (f for f in self.by_number.values() if 0 <= f.sentence - formula.sentence <= 1 and f.number != formula.number):
            term = self.term_of(other)
            branch = self.of(other, lhs) if isinstance(term, Relation) and term.items[0] == lhs else None
            near = branch is not None and (other.sentence == formula.sentence or (own.leading and branch.leading))
            if branch is not None and near and _alike(own.condition, branch.condition):
                return True
        return False

    def begun(self, formula: Formula, about: Term, made: Definition) -> Definition:
        """A definition as the first branch of a definition by cases, where a condition stands beside it."""
        branch = self.of(formula, made.lhs)
        if branch is None or branch.condition is None or calls_itself(made) or isinstance(made.rhs, Cases):
            return made
        words, _ = self._words(formula)
        more, numbers = self._values(words, branch.end, made.lhs)
        several = bool(more) or self._of_several(formula, made.lhs, branch)
        domain = isinstance(made.lhs, Call) and bool(free_names(branch.condition) & set(made.parameters)) and not branch.leading
        if branch.word == "for" and not several and not (domain and isinstance(branch.condition, Relation) and set(branch.condition.signs) <= ORDER):
            return made
        rows: list[Row] = [(made.rhs, branch.condition), *more]
        self.stated.add(formula.number)
        if several and not branch.leading:
            self.conditions.update(branch.numbers)
        self.conditions.update(numbers)
        if not several and branch.word != "for":
            rows.append((UNSAID, None))
            self.conditions.update(() if branch.leading else branch.numbers)
        self.made[about] = cased = replace(made, rhs=Cases(tuple(rows)))
        return cased

    def continued(self, formula: Formula, about: Term, lhs: Term, rhs: Term, facts: list[Fact]) -> Definition | None:
        """A definition by cases with the branch that a formula adds to it; None if it adds none."""
        before = self.made.get(about)
        branch = None if before is None or before.lhs != lhs else self.of(formula, lhs)
        if before is None or branch is None or not isinstance(before.rhs, Cases):
            return None
        words, _ = self._words(formula)
        more, numbers = self._values(words, branch.end, lhs)
        rows = tuple(row for row in before.rhs.rows if row != (UNSAID, None))
        if rows[-1][1] is None or any(condition == branch.condition for _, condition in rows) or not _alike(rows[0][1], branch.condition):
            return None
        self.conditions.update((*numbers, *(() if branch.leading else branch.numbers)))
        self.stated.add(formula.number)
        after = Cases((*rows, (rhs, branch.condition), *more))
        for k, fact in enumerate(facts):
            if isinstance(fact.content, Definition) and fact.content.rhs == before.rhs:
                facts[k] = replace(fact, content=replace(fact.content, rhs=after))
        self.made[about] = replace(before, rhs=after)
        return self.made[about]


def _alike(one: Term | None, other: Term | None) -> bool:
    """Whether two conditions may be those of two cases: they are conditions on the same names, or one is the rest."""
    return one is None or other is None or free_names(one) == free_names(other)


def _all(conditions: tuple[Term, ...]) -> Term:
    return conditions[0] if len(conditions) == 1 else Logic("and", conditions)
