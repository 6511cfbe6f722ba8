"""Where what a judgement knows of its names comes from: told in words or in a comment, inferred from use, or a convention."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from derivations.kernel.statement import Statement
from derivations.language.context import Context, Definition, Symbol, spelled
from derivations.language.record import record
from derivations.language.structure import children, free_names
from derivations.language.term import Bars, Index, Name, Num, Term
from derivations.reading.scope import Description, Fact, Hypothesis, Range

INDEPENDENT = "independent"
"""In the note on a name whose use shows that it is random: that it is also independent of others is decided, not shown."""


@record
class Provenance:
    """What a judgement knows of its names, and from where.

    ``told``: what was said of a name, with where it was said ("line 3"). ``inferred``: what its use shows, in words. ``conventions``: what the reader
    decided because people usually mean it so. ``comments``: the ``derive:`` comments and side files whose assumptions are in force ("line 3").
    ``before``: the things that an earlier formula mentions.
    ``plain``: the context without the conventions, where there are any. ``carried``: those of the conventions that a case of a sentence before is taken to
    hold on, and ``uncarried`` the context without these. ``named``: the names of which words before say what they are ("the mean reward J").
    """

    told: tuple[tuple[Symbol, str], ...] = ()
    inferred: tuple[tuple[Symbol, str], ...] = ()
    conventions: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    before: frozenset[Symbol] = frozenset()
    plain: Context | None = None
    carried: tuple[str, ...] = ()
    uncarried: Context | None = None
    named: frozenset[Symbol] = frozenset()

    def where_told(self, symbol: Symbol, own: bool = False) -> str:
        """Where a name was declared, in words; empty if nobody declared it. ``own``: it is a name of its own (``eta_*``), and no entry of what its base is."""
        exactly = next((where for s, where in self.told if s == symbol), "")
        return exactly or ("" if own else next((where for s, where in self.told if s == base_of(symbol)), ""))

    def note(self, symbol: Symbol) -> str:
        """What was inferred of a name from its use, in words; empty if nothing was."""
        return next((words for s, words in self.inferred if s == symbol), "")


NOTHING_KNOWN: Final = Provenance()


def base_of(symbol: Symbol) -> Symbol:
    """x of ``x_3``; a name itself."""
    return symbol.base if isinstance(symbol, Index) and isinstance(symbol.base, Name) else symbol


def things(term: Term, own: Callable[[Index], bool]) -> frozenset[Symbol]:
    """The names that a term speaks of; a subscripted name counts as one thing if it is one (``W_q``, or an entry at a number: ``m_0``), else as its base."""
    free = free_names(term)
    found: set[Symbol] = set()
    waiting = [term]
    while waiting:
        node = waiting.pop()
        entry = isinstance(node, Index) and isinstance(node.base, Name) and node.base in free
        if (isinstance(node, Index) and entry and (own(node) or all(isinstance(s, Num) for s in node.subscripts))) or (isinstance(node, Name) and node in free):
            found.add(node)
        else:
            waiting.extend((node.body,) if isinstance(node, Bars) else children(node))  # the F of a norm is no name
    return frozenset(found)


class Mentions:
    """Where each thing is spoken of first: (formula, chain, side)."""

    def __init__(self, sides: Mapping[tuple[int, int, int], Term | None], own: Callable[[Index], bool]) -> None:
        self.first: dict[Symbol, dict[Symbol, tuple[int, int, int]]] = {}
        """By the base of each thing."""
        for at, term in sorted(sides.items(), key=lambda side: side[0]):
            for symbol in things(term, own) if term is not None else ():
                self.first.setdefault(base_of(symbol), {}).setdefault(symbol, at)

    def before(self, at: tuple[int, int, int], names: frozenset[Name]) -> frozenset[Symbol]:
        """The things with these names that were spoken of before a side."""
        return frozenset(s for name in names for s, first in self.first.get(name, {}).items() if first < at)


def reached(statement: Statement, context: Context) -> frozenset[Name]:
    """The names that a statement depends on, through definitions."""
    found = set(free_names(statement.lhs) | free_names(statement.rhs))
    about: dict[Name, list[Definition]] = {}
    for d in context.definitions:
        for name in _heads(d):
            about.setdefault(name, []).append(d)
    waiting = list(found)
    while waiting:
        for d in about.pop(waiting.pop(), ()):
            more = free_names(d.rhs) - set(d.parameters) - found
            found |= more
            waiting.extend(more)
    return frozenset(found)


def _heads(definition: Definition) -> frozenset[Name]:
    return free_names(definition.lhs) - set(definition.parameters)


def provenance(
    names: frozenset[Name],
    context: Context,
    facts: Iterable[Fact],
    notes: Mapping[Symbol, str],
    decided: Iterable[str],
    before: frozenset[Symbol],
    place: Callable[[int], str],
) -> Provenance:
    """The provenance of a statement that depends on ``names``.

    ``facts``: those in force; ``notes``: what uses show; ``decided``: what the reader decided in reading the two sides.
    """
    facts = tuple(facts)
    told: dict[Symbol, str] = {}
    conventions = dict.fromkeys(decided)
    carried: dict[str, None] = {}
    comments: dict[str, None] = {}
    for fact in facts:
        about = _about(fact)
        if about and not about & names:
            continue
        match fact.source, fact.content:
            case "convention", _:
                words = fact.assumed.replace("{line}", place(fact.at))
                conventions[words] = None
                if words != fact.assumed:
                    carried[words] = None
            case "text", Description(symbol) if not fact.assumed:
                told[symbol] = f"line {place(fact.at)}"
            case "comment" | "file" as source, content:
                where = f"the derive: comment in line {place(fact.at)}" if source == "comment" else "the file beside"
                if isinstance(content, Description):
                    told[content.symbol] = where
            case _:
                pass
    for fact in _linked(facts, names):
        if fact.said:
            comments[f"{fact.said} ({f'line {place(fact.at)}' if fact.source == 'comment' else 'the file beside'})"] = None
    inferred = [(s, words) for s, words in notes.items() if base_of(s) in names and s not in told and context.kind(s) is not None]
    conventions |= {f"{spelled(s)} {words}": None for s, words in inferred if INDEPENDENT in words}
    return Provenance(tuple(told.items()), tuple(inferred), tuple(conventions), tuple(comments), before, carried=tuple(carried))


def _about(fact: Fact) -> frozenset[Symbol]:
    match fact.content:
        case Description(symbol):
            return frozenset((base_of(symbol),))
        case Range(variable):
            return frozenset((variable,))
        case Hypothesis(term):
            return frozenset(free_names(term))
        case Definition() as definition:
            return frozenset(_heads(definition))
        case _:
            return frozenset()


def _linked(facts: Iterable[Fact], names: frozenset[Name]) -> tuple[Fact, ...]:
    """The facts that a statement on ``names`` may use: those about its names, and those about names that these bring in."""
    reach: set[Symbol] = set(names)
    waiting, found = list(facts), set[int]()
    mentioned = [_mentioned(fact) for fact in waiting]
    while more := [k for k, about in enumerate(mentioned) if k not in found and (not about or about & reach)]:
        found.update(more)
        reach.update(*(mentioned[k] for k in more))
    return tuple(waiting[k] for k in sorted(found))


def _mentioned(fact: Fact) -> frozenset[Symbol]:
    """All names that a fact speaks of."""
    if isinstance(fact.content, Definition):
        return frozenset(free_names(fact.content.lhs) | free_names(fact.content.rhs)) - set(fact.content.parameters)
    return _about(fact)
