"""Hand-typed formulas against the formula of a key: by what they mean, not by how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import islice, permutations

from derivations.checking.judge import judge
from derivations.kernel.statement import Statement, equation
from derivations.kernel.verdict import Accepted, Counterexample, Refuted
from derivations.language.context import Context, Definition
from derivations.language.denote import denote
from derivations.language.errors import DeriveError, MeaningError
from derivations.language.record import record
from derivations.language.structure import children, free_names, substitute
from derivations.language.term import Call, Cases, Group, Index, Name, Num, Relation, Term
from derivations.reading.expression import ReadError, Vocabulary, read
from derivations.reading.macros import Macro
from derivations.reading.rows import Chain, Side
from render.embed.literals import Literal
from render.notation.text import text

_RENAMINGS = 24  # so many ways to read the letters of a formula are tried


@record
class Verdict:
    """What was found of one side of a hand-typed formula: ``against`` is what it was compared with, as text.

    ``holds``: True, False (it contradicts), or None (it was not compared, and ``why`` says why not; ``strange``: because of
    its letters).
    """

    side: Side
    holds: bool | None
    against: str = ""
    why: str = ""
    strange: bool = False


class Expected:
    """The formula of a key in the notation of the paper, and the context that gives its names their meaning."""

    def __init__(self, literal: Literal, statement: Statement) -> None:
        self._notation = literal.printing.profile.of(literal.problem)
        self._literal = literal
        self.lhs = self._notation.term(statement.lhs)
        self.rhs = self._notation.term(statement.rhs)
        self._statement = statement

    @cached_property
    def context(self) -> Context:
        """The context of the theorem that proves the formula (or of the one that assumes least), in the notation of the paper."""
        main = [s.theorem for s in self._literal.problem.sections if s.role == "main"]
        proves = [theorem for theorem in main if theorem.statement == self._statement]
        known = proves[0].context if proves else min((theorem.context for theorem in main), key=lambda c: len(c.hypotheses))
        term = self._notation.term
        kinds = tuple((_symbol(term(symbol)), kind) for symbol, kind in known.kinds)
        definitions = tuple(
            Definition(
                term(d.lhs), term(d.rhs), tuple(n for n in map(term, d.parameters) if isinstance(n, Name)),
                _relation(None if d.where is None else term(d.where)),
            )
            for d in known.definitions
            if d.rhs != self._statement.rhs  # what the formula defines may not make everything true of it
        )  # fmt: skip
        ranges = tuple((v, term(low), term(high)) for variable, low, high in known.ranges if isinstance(v := term(variable), Name))
        return replace(known, kinds=kinds, hypotheses=tuple(map(term, known.hypotheses)), definitions=definitions, ranges=ranges)

    @cached_property
    def number(self) -> object | None:
        """The value as a SymPy number, or None where it is none."""
        if free_names(self.rhs):
            return None
        try:
            value = denote(self.rhs, self.context)
        except MeaningError:
            return None
        return value if value.is_Rational else None

    def verdicts(self, chain: Chain, macros: tuple[Macro, ...] = ()) -> Iterator[Verdict]:
        """The sides of a hand-typed chain of equations, each compared with the formula."""
        vocabulary = Vocabulary.of(self.context, macros)
        terms: list[tuple[Side, Term | None, str]] = []
        for side in chain.sides:
            try:
                terms.append((side, read(side.text, vocabulary).term, ""))
            except (ReadError, DeriveError) as error:
                terms.append((side, None, f"cannot be read: {error}"))
        first = terms[0][1]
        renamed = {} if first is None else self._renaming(first)
        equal = [k for k, link in enumerate(chain.links) if link.sign in ("=", ":=")]
        for k in equal or ([-1] if not chain.links else []):
            side, term, why = terms[k + 1]
            if "\\derived" in side.text:
                continue
            if term is None:
                yield Verdict(side, None, why=why)
                continue
            yield self._compared(side, substitute(term, renamed), None if first is None or k < 0 else substitute(first, renamed))

    def names(self, first: Term) -> bool:
        """Whether a left side is what the formula is about: the same, or the same under other names."""
        return first == self.lhs or substitute(first, self._renaming(first)) == self.lhs

    def _renaming(self, first: Term) -> Mapping[Term, Term]:
        """Names of the paper that the context does not know, as the names that stand in their place in the formula's left side."""
        found: dict[Term, Term] = {}
        return found if self._unified(first, self.lhs, found) else {}

    def _unified(self, theirs: Term, ours: Term, found: dict[Term, Term]) -> bool:
        if isinstance(theirs, Name) and isinstance(ours, Name):
            if theirs == ours:
                return True
            return self.context.kind(theirs) is None and found.setdefault(theirs, ours) == ours
        if type(theirs) is not type(ours) or len(children(theirs)) != len(children(ours)) or (isinstance(theirs, Num) and theirs != ours):
            return False
        return all(self._unified(a, b, found) for a, b in zip(children(theirs), children(ours), strict=True))

    def _compared(self, side: Side, term: Term, first: Term | None) -> Verdict:
        own_left = first is not None and isinstance(_plain(first), Name | Index | Call) and not self._unknown(first)
        if own_left and first is not None and first != self.lhs and not isinstance(self.lhs, Name):
            against, name = first, text(first)  # another left side: the formula must be true of that
            context = self.context
        else:
            against, context = self._matched(term)
            name = text(against)
        unknown = self._unknown(term)
        if unknown:
            return self._in_other_letters(side, term, against, context, unknown)
        verdict = judge(equation(term, against), context)
        match verdict:
            case Accepted():
                return Verdict(side, True, name)
            case Refuted(example, reason):
                return Verdict(side, False, name, _shown(example) or reason)
            case _:
                return Verdict(side, None, name, f"undecided: {verdict.reason}")

    def _in_other_letters(self, side: Side, term: Term, against: Term, context: Context, unknown: frozenset[Name]) -> Verdict:
        """A formula with names of which the key says nothing: whether it is the key's under one renaming of these, or under none.

        A name may stand for any name of the key that the formula does not use itself. Where no renaming decides, the formula is a fault: nobody knows
        whether it still says what is derived.
        """
        name, listed = text(against), ", ".join(sorted(map(text, unknown)))
        free = sorted((free_names(against) | free_names(self.lhs)) - free_names(term), key=lambda n: n.text)
        letters = sorted(unknown, key=lambda n: n.text)
        renamings = list(islice(permutations(free, len(letters)), _RENAMINGS + 1))
        refuted = 0
        if len(renamings) <= _RENAMINGS:
            for chosen in renamings:
                match judge(equation(substitute(term, dict(zip(letters, chosen, strict=True))), against), context):
                    case Accepted():
                        return Verdict(side, True, name)
                    case Refuted():
                        refuted += 1
        if renamings and refuted == len(renamings):
            return Verdict(side, False, name, f"whatever {listed} may stand for")
        why = f"it uses {listed}, of which the key says nothing; write it with the key's letters, or give derived.toml those of the paper: [notation] symbols"
        return Verdict(side, None, name, why, strange=True)

    def _matched(self, term: Term) -> tuple[Term, Context]:
        """A formula without cases is compared on the one interval where a definition by cases is not zero."""
        rhs = self.rhs
        if isinstance(rhs, Cases) and not isinstance(_plain(term), Cases):
            rows = [(value, condition) for value, condition in rhs.rows if condition is not None and value != Num("0")]
            if len(rows) == 1:
                (value, condition), = rows
                return value, self.context if condition is None else self.context.assume(condition)
        return rhs, self.context

    def _unknown(self, term: Term) -> frozenset[Name]:
        used = self.context.undeclared(term)
        return used - free_names(self.lhs) - free_names(self.rhs) - self.context.undeclared(self.rhs) - _functions(term)


def _functions(term: Term) -> frozenset[Name]:
    """Names of functions that are customary (``ln``), which no context declares."""
    from derivations.language.denote import FUNCTIONS

    return frozenset(name for name in free_names(term) if name.text in FUNCTIONS)


def _plain(term: Term) -> Term:
    return _plain(term.body) if isinstance(term, Group) else term


def _symbol(term: Term) -> Name | Index:
    if isinstance(term, Name | Index):
        return term
    raise TypeError(f"a symbol became {type(term).__name__} in another notation")


def _relation(term: Term | None) -> Relation | None:
    return term if isinstance(term, Relation) else None


def _shown(example: Counterexample | None) -> str:
    if example is None:
        return ""
    at = ", ".join(f"{name} = {value}" for name, value in example.at)
    return (f"at {at}: " if at else "") + f"{example.left} against {example.right}"
