"""Which facts of a document can matter to a statement: those that share a name with it, or with one that matters.

A definition matters to what mentions its head, a bound or a hypothesis to what mentions any of its names. What is said of ``x_5`` alone does not matter to
``x_6``, but to ``x_i`` and to ``x``. So a step is judged under what it is about, however much else a document says, and what is not connected with a step
cannot change its verdict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from derivations.language.context import Definition, Kind, Symbol
from derivations.language.structure import children
from derivations.language.term import Call, Index, Name, Num, Term
from derivations.reading.scope import Description, Fact, Hypothesis, Range


class Relevance:
    """The facts of a document and the kinds that its names have by their use, found by name."""

    def __init__(
        self, facts: Sequence[Fact], kinds: Mapping[Symbol, Kind], labelled: Collection[Index], dependences: Mapping[Symbol, Iterable[Term]]
    ) -> None:
        """``dependences``: what quantities depend on that nothing defines, such as the loss L."""
        self._facts = facts
        self._kinds = kinds
        self._labelled = labelled
        """Subscripted names of their own, ``W_q``."""
        self._place = {symbol: k for k, symbol in enumerate(kinds)}
        self._facts_about: dict[str, list[int]] = {}
        self._kinds_about: dict[str, list[Symbol]] = {}
        self._nameless: list[int] = []
        self._behind: dict[str, list[Term]] = {}
        for quantity, on in dependences.items():
            for name in self._subjects((quantity,)):
                self._behind.setdefault(name, []).extend(on)
        for k, fact in enumerate(facts):
            names = self._subjects(_heads(fact))
            for name in names:
                self._facts_about.setdefault(name, []).append(k)
            if not names:
                self._nameless.append(k)
        for symbol in kinds:
            for name in self._subjects((symbol,)):
                self._kinds_about.setdefault(name, []).append(symbol)
        self._said: dict[int | Symbol, frozenset[str]] = {}
        """What facts mention, by their place, and kinds, by their symbol: every statement that they matter to asks again."""

    def of(self, terms: Iterable[Term], offset: int) -> tuple[tuple[int, ...], dict[Symbol, Kind]]:
        """The facts in force at an offset that can matter to these terms (their places in the document's list), and the kinds of what is reached."""
        found = {k for k in self._nameless if self._facts[k].start <= offset < self._facts[k].end}
        symbols: set[Symbol] = set()
        reached = self._mentioned(terms)
        waiting = list(reached)
        while waiting:
            name = waiting.pop()
            new = self._mentioned(self._behind.get(name, ()))
            for k in self._facts_about.get(name, ()):
                fact = self._facts[k]
                if k not in found and fact.start <= offset < fact.end:
                    found.add(k)
                    new |= self._said_in(k, fact.content)
            for symbol in self._kinds_about.get(name, ()):
                if symbol not in symbols:
                    symbols.add(symbol)
                    new |= self._said_in(symbol, self._kinds[symbol])
            waiting.extend(new - reached)
            reached |= new
        return tuple(sorted(found)), {s: self._kinds[s] for s in sorted(symbols, key=self._place.__getitem__)}

    def _said_in(self, which: int | Symbol, content: Any) -> frozenset[str]:
        if which not in self._said:
            self._said[which] = frozenset(self._mentioned(_terms(content)))
        return self._said[which]

    def _mentioned(self, terms: Iterable[Term]) -> set[str]:
        """What terms mention, without accents and primes: ``x`` for a name, with ``x_*`` for all of its entries, or with ``x_5`` for that one."""
        found: set[str] = set()
        stack = list(terms)
        while stack:
            term = stack.pop()
            if isinstance(term, Name):
                found.update((term.text, f"{term.text}_*"))
            elif isinstance(term, Index) and isinstance(term.base, Name) and (entry := self._entry(term)):
                found.update((term.base.text, entry))
                stack.extend(term.subscripts)
            else:
                stack.extend(children(term))
        return found

    def _entry(self, term: Index) -> str:
        """``x_5`` for an entry with numbers for subscripts, or a subscripted name of its own; else nothing."""
        if not isinstance(term.base, Name) or not (term in self._labelled or all(isinstance(s, Num) for s in term.subscripts)):
            return ""
        return f"{term.base.text}_{','.join(s.digits if isinstance(s, Num) else repr(s) for s in term.subscripts)}"

    def _subjects(self, terms: Iterable[Term]) -> set[str]:
        """The names under which a fact about these terms is found: one about ``x_5`` alone under that and under ``x_*``."""
        found: set[str] = set()
        stack = list(terms)
        while stack:
            term = stack.pop()
            if isinstance(term, Name):
                found.add(term.text)
            elif isinstance(term, Index) and isinstance(term.base, Name) and (entry := self._entry(term)):
                found.update((entry, f"{term.base.text}_*"))
            else:
                stack.extend(children(term))
        return found


def _heads(fact: Fact) -> tuple[Term, ...]:
    """What a fact is about."""
    match fact.content:
        case Description(symbol):
            return (symbol,)
        case Range(variable):
            return (variable,)
        case Definition(Call(function)):
            return (function,)
        case Definition(Index(base) as lhs, _, parameters):
            return (base,) if parameters else (lhs,)
        case Definition(lhs):
            return (lhs,)
        case Hypothesis(term):
            return (term,)
        case other:
            return _terms(other)


def _terms(content: Any) -> tuple[Term, ...]:
    """The terms in a fact or a kind."""
    found: list[Term] = []
    stack = [getattr(content, f.name) for f in fields(content)]
    while stack:
        value = stack.pop()
        if isinstance(value, Term):
            found.append(value)
        elif isinstance(value, tuple):
            stack.extend(value)
        elif hasattr(value, "__dataclass_fields__"):
            stack.extend(getattr(value, f.name) for f in fields(value))
    return tuple(found)
