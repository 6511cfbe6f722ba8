"""How far what a document says reaches, and what is in force at a place.

What is said inside an exercise or a theorem holds to its end (a proof belongs to the theorem before it); what is said elsewhere holds to the end of the
document, or until it is said anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Literal

from derivations.language.context import (
    ONE,
    Array,
    Context,
    Definition,
    Domain,
    Family,
    Function,
    IndexSet,
    Kind,
    RandomVariable,
    Scalar,
    Sequence,
    Softmax,
    Symbol,
)
from derivations.language.matching import calls_itself
from derivations.language.record import record
from derivations.language.structure import children, with_children
from derivations.language.term import Add, Call, Group, Index, Name, Num, Pow, Relation, Term
from derivations.reading.displays import Segmented, SegmentKind
from derivations.reading.lexicon import MEASURES, SIGNED
from derivations.reading.wordlists import word_set

PROBLEM_HEADING: Final = re.compile(
    r"\b(?:question|problem|exercise|task|aufgabe|assignment\s+\d|part\s+\(?[a-z0-9]\)?\s*$|example)\b|\bq\.?\s?\d|^\W*\d+(?:\.\d+)*\W*(?:\(?[a-z]\)?\W*)?$",
    re.IGNORECASE,
)
"""Headings of what is told for itself: "Problem 3", "Q2", and those that are nothing but a number."""
STATEMENTS: Final = word_set("theorem lemma proposition corollary example exercise problem question claim fact thm lem prop cor ex")
FOLLOWERS: Final = word_set("proof solution answer")
EXERCISES: Final = word_set("example exercise problem question ex")
"""Environments whose names are their own."""


@record
class Scope:
    """An interval of offsets. ``problem``: it is an exercise or the like, whose names are its own."""

    start: int
    end: int
    problem: bool = False


def scopes(document: Segmented) -> tuple[Scope, ...]:
    """The scopes of a document, the outermost (the whole document) first."""
    length = len(document.text)
    found = [Scope(0, length + 1)]
    found.extend(_problems(document, length))
    found.extend(_listed(document))
    found.extend(_environments(document, length))
    return tuple(found)


def _problems(document: Segmented, length: int) -> Iterable[Scope]:
    headings = [s for s in document.segments if s.kind is SegmentKind.HEADING]
    problems = [s for s in headings if PROBLEM_HEADING.search(document.text[s.start:s.end])]
    for k, heading in enumerate(problems):
        later = [s.start for s in problems[k + 1:k + 2]] + [s.start for s in headings if s.start > heading.start and s.level < heading.level][:1]
        if k or len(problems) > 1 or re.search(r"\d", document.text[heading.start:heading.end]):
            yield Scope(heading.start, min([*later, length + 1]), problem=True)


_LIST: Final = re.compile(r"\\begin\s*\{(?P<opened>[A-Za-z]+\*?)\}|\\end\s*\{(?P<closed>[A-Za-z]+\*?)\}|\\item\b")


def _listed(document: Segmented) -> Iterator[Scope]:
    """The items of a list some of which have parts of their own: lists of problems. (The items of a list without inner ones may be the steps of one
    argument.)"""
    opened: list[tuple[str, list[int], list[int]]] = []  # environments with their items, and those of their items that hold a list
    for found in _LIST.finditer(document.text):
        if found["opened"]:
            opened.append((found["opened"], [], []))
        elif found["closed"]:
            while opened and any(name == found["closed"] for name, _, _ in opened):
                name, items, parted = opened.pop()
                if items and opened and opened[-1][1]:
                    opened[-1][2].append(opened[-1][1][-1])
                if len({*parted}) > 1:
                    yield from (Scope(begin, end, problem=True) for begin, end in pairwise((*items, found.start())))
                if name == found["closed"]:
                    break
        elif opened:
            opened[-1][1].append(found.start())


def _environments(document: Segmented, length: int) -> Iterable[Scope]:
    opened: list[tuple[str, int]] = []
    waiting: tuple[int, bool] | None = None  # the start of a statement whose proof may follow, and whether it is an exercise
    for segment in document.segments:
        if segment.kind is SegmentKind.OPEN:
            if waiting is not None and segment.name not in FOLLOWERS:
                yield Scope(waiting[0], segment.start, waiting[1])
                waiting = None
            opened.append((segment.name, segment.start))
        elif segment.kind is SegmentKind.CLOSE and opened:
            name, start = opened.pop()
            if name in STATEMENTS:
                waiting = start, name in EXERCISES
            elif name in FOLLOWERS:
                yield Scope(start, segment.end) if waiting is None else Scope(waiting[0], segment.end, waiting[1])
                waiting = None
        elif segment.kind is SegmentKind.HEADING and waiting is not None:
            yield Scope(waiting[0], segment.start, waiting[1])
            waiting = None
    if waiting is not None:
        yield Scope(waiting[0], length + 1, waiting[1])


def innermost(found: tuple[Scope, ...], offset: int) -> Scope:
    """The smallest scope around an offset."""
    return min((s for s in found if s.start <= offset < s.end), key=lambda s: s.end - s.start, default=found[0])


def problem_at(found: tuple[Scope, ...], offset: int) -> Scope:
    """The exercise around an offset, or the whole document."""
    return min((s for s in found if s.problem and s.start <= offset < s.end), key=lambda s: s.end - s.start, default=found[0])


@record
class Description:
    """What is said of one symbol; what is not said is None or empty. ``base``: ``scalar vector matrix function sequence random set softmax``.

    ``together``: of a family of random variables, as in ``RandomVariable``; ``unknown`` where it is random by its words and no word makes it independent.
    ``space``: of a function, how many entries the vectors have of which it is one, ``f: R^d -> R``.
    """

    symbol: Symbol
    base: str = ""
    shape: tuple[Term, Term] | None = None
    properties: frozenset[str] = frozenset()
    domain: Domain | None = None
    law: Term | None = None
    arity: int = 0
    axis: int | None = None
    together: str = ""
    space: Term | None = None


@record
class Range:
    """A summation index with its limits."""

    variable: Name
    lower: Term
    upper: Term


@record
class Hypothesis:
    """``passing``: said of one case, so that the next case for the same name replaces it."""

    term: Term
    passing: bool = False


@record
class Opaque:
    """Words about some names that restrict them and were not understood, or were not asserted: "P is a blorfic matrix", "A need not be symmetric"."""

    names: tuple[Symbol, ...]
    words: str


Content = Description | Range | Hypothesis | Definition | Opaque


@record
class Fact:
    """Something in force from ``start`` to ``end``, said at ``at``; ``assumed`` is the sentence that tells the reader when nobody said it.

    ``source``: said in the text, in a ``derive:`` comment, in a file beside it, or by nobody (a convention). ``said``: the words of a comment or a file.
    """

    content: Content
    start: int
    end: int
    at: int
    assumed: str = ""
    source: Literal["text", "comment", "file", "convention"] = "text"
    said: str = ""


PARITY: Final = word_set("even odd")
NARROWER: Final = (
    Domain.UNIT, Domain.NATURAL, Domain.POSITIVE, Domain.PROBABILITY, Domain.WHOLE, Domain.NONNEGATIVE, Domain.NEGATIVE, Domain.INTEGER, Domain.NONZERO,
    Domain.COMPLEX,
)


def narrower(one: Domain | None, other: Domain | None) -> Domain | None:
    """The narrower of two domains, where both are said."""
    if one is None or other is None:
        return one or other
    pair = {one, other}
    if pair == {Domain.INTEGER, Domain.POSITIVE}:
        return Domain.NATURAL
    if pair == {Domain.INTEGER, Domain.NONNEGATIVE}:
        return Domain.WHOLE
    return next((d for d in NARROWER if d in pair), one)


TOGETHER: Final = ("independent", "pairwise", "uncorrelated", "unknown")
"""What may be said of the members of a family together, the strongest first."""


def merged(old: Description, new: Description) -> Description:
    """What is known when something more is said; a new shape or another base starts anew. An array is a batch of what its rows or columns are."""
    for one, other in ((old, new), (new, old)):
        if one.base == "set" and other.base in ("vector", "matrix"):
            return other
    if new.shape is not None and old.shape is not None and new.shape != old.shape:
        return new
    if new.base and old.base and new.base != old.base and {new.base, old.base} not in ({"vector", "matrix"}, {"random", "sequence"}, {"random", "vector"}):
        return new
    if new.properties & PARITY:
        old = replace(old, properties=old.properties - PARITY)  # "for even n ...; for odd n ..."
    return Description(
        old.symbol,
        "random" if "random" in (new.base, old.base) else new.base or old.base,
        new.shape or old.shape,
        old.properties | new.properties,
        narrower(old.domain, new.domain),
        new.law or old.law,
        max(new.arity, old.arity),
        old.axis if new.axis is None else new.axis,
        next((w for w in TOGETHER if w in (old.together, new.together)), ""),
        new.space or old.space,
    )


def kind_of(said: Description) -> Kind | None:
    """The kind that a description amounts to; None if it does not say enough (a matrix without its sizes)."""
    if said.axis is not None or said.base == "softmax":
        return Softmax(said.axis or 0)
    if said.base == "random" or said.law is not None:
        pairs = {"pairwise": "independent", "uncorrelated": "uncorrelated"}.get(said.together, "")
        symmetric = "symmetric" in said.properties and said.law is None and said.shape is None
        return RandomVariable(said.law, said.arity, said.shape, said.together in ("", "independent"), pairs, "identical" in said.properties, symmetric)
    if said.shape is not None:
        sums = frozenset(("stochastic",)) if "sums_to_one" in said.properties and said.shape[1] == ONE else frozenset()
        array = Array(said.shape[0], said.shape[1], said.properties & ARRAY_PROPERTIES | sums)
        return Family(array, said.arity) if said.arity else array
    match said.base:
        case "function":
            properties = said.properties & OF_FUNCTIONS | (frozenset({"of_vectors"}) if said.space is not None else frozenset())
            return Function(max(said.arity, 1), properties, "on_integers" in said.properties, "maps_arrays" in said.properties)
        case "sequence":
            return Sequence(said.domain or Domain.REAL, max(said.arity, 1))
        case "set":
            return IndexSet()
        case "vector" | "matrix":
            return None
        case _:
            return Scalar(said.domain) if said.domain is not None else (Scalar() if said.base == "scalar" else None)


ARRAY_PROPERTIES: Final = word_set(
    "permutation orthogonal symmetric positive_definite positive_semidefinite invertible diagonal ones zero identity one_hot stochastic row_stochastic "
    "doubly_stochastic"
)
FUNCTION_PROPERTIES: Final = word_set("increasing decreasing convex concave positive finite_support density")
OF_FUNCTIONS: Final = FUNCTION_PROPERTIES | {"permutation", "of_vectors"}


_LIMITS: Final[Mapping[Domain, tuple[tuple[str, str], ...]]] = {
    Domain.NONNEGATIVE: ((">=", "0"),), Domain.POSITIVE: ((">", "0"),), Domain.NEGATIVE: (("<", "0"),), Domain.UNIT: ((">", "0"), ("<", "1")),
    Domain.PROBABILITY: ((">=", "0"), ("<=", "1")),
}
"""What a domain that is said of an array says of each entry. (An array that is not zero may have entries that are.)"""


_ANY, _ANY_OTHER = (Name("iota"),), (Name("iota", primes=1),)
"""Subscripts of any entry: an i may be one that the text speaks of."""


def parity(symbol: Symbol, properties: frozenset[str]) -> Relation:
    """What "n is even" says of an integer: ``1 = (-1)^n``. (The other way round it may be the claim, which is no hypothesis of itself.)"""
    power = Pow(Group(Add((("-", ONE),))), symbol)
    return Relation((ONE if "even" in properties else Add((("-", ONE),)), power), ("=",))


def of_entries(said: Description, *more: tuple[str, Term]) -> Iterator[Relation]:
    """What holds of every entry of an array: "a *nonnegative* vector", ``p \\in (0, 1)^K``; and ``more``, signs with what stands behind them."""
    if said.base not in ("vector", "matrix") or said.shape is None or (said.base == "matrix" and not more):
        return  # A > 0 says other things of a matrix
    limits = tuple((sign, Num(value)) for sign, value in _LIMITS.get(said.domain, ())) if said.domain is not None else ()
    entry = Index(said.symbol, _ANY if said.shape[1] == ONE else (*_ANY, *_ANY_OTHER))
    yield from (Relation((entry, value), (sign,)) for sign, value in (*limits, *more))


def unused(described: Mapping[Symbol, Description], context: Context) -> tuple[Opaque, ...]:
    """What is told of arrays and nothing of their kinds holds: "A is symmetric" where A was taken for numbers with two subscripts, integer entries."""
    spaces = [(s, d.domain) for s, d in described.items() if d.domain is not None and isinstance(context.kind(s), Array)]
    beside = tuple(Opaque((s,), f"is {domain.value}") for s, domain in spaces if domain.discrete or domain is Domain.COMPLEX)
    kinds = {s: context.kind(s) for s, d in described.items() if d.properties & ARRAY_PROPERTIES}
    taken = {s: OF_FUNCTIONS if isinstance(kind, Function) else frozenset({"symmetric"} if isinstance(kind, RandomVariable) and kind.symmetric else ())
             for s, kind in kinds.items() if isinstance(kind, Scalar | Sequence | Function | RandomVariable)}  # fmt: skip
    lost = [(s, described[s].properties & ARRAY_PROPERTIES - words) for s, words in taken.items()]
    return (*beside, *(Opaque((s,), f"is {', '.join(sorted(words)).replace('_', ' ')}") for s, words in lost if words))


@dataclass(frozen=True)
class InForce:
    """What is in force at a place: descriptions by symbol, hypotheses, definitions (the last of each head), ranges, and what had to be assumed."""

    descriptions: dict[Symbol, Description]
    hypotheses: tuple[Term, ...]
    definitions: tuple[Definition, ...]
    ranges: tuple[Range, ...]
    assumed: tuple[tuple[Symbol | None, str], ...]
    opaque: tuple[tuple[Opaque, int], ...] = ()
    """Words that were not understood, with the offsets at which they stand."""

    @cached_property
    def facts(self) -> frozenset[Term | Definition | Range]:
        """What restricts values."""
        return frozenset((*self.hypotheses, *self.definitions, *self.ranges))


ALONE: Final = "alone"
"""The label of x without a subscript, where the ``x_i`` are something else."""


def _number_beside_family(one: Description, other: Description) -> tuple[Description, Description] | None:
    """Of two descriptions of one letter the one of a number and the one of a family of arrays, if they are such."""
    for number, family in ((one, other), (other, one)):
        plain = not number.arity and number.shape is None and number.law is None and number.base in ("", "scalar") and number.domain is not None
        if plain and family.arity and family.shape is not None and family.base in ("vector", "matrix"):
            return number, family
    return None


def in_force(facts: Iterable[Fact], offset: int) -> InForce:
    """What holds at an offset, in the order in which it was said; what is said later replaces what was said of the same thing before."""
    descriptions: dict[Symbol, Description] = {}
    hypotheses: dict[Term, tuple[bool, int]] = {}
    definitions: dict[tuple[Term, bool], Definition] = {}
    ranges: dict[Name, Range] = {}
    assumed: dict[tuple[Symbol | None, str], None] = {}
    opaque: dict[tuple[Opaque, int], None] = {}
    for fact in facts:
        if not fact.start <= offset < fact.end:
            continue
        match fact.content:
            case Description() as said:
                old = descriptions.get(said.symbol)
                if old is None:
                    descriptions[said.symbol] = said
                elif isinstance(said.symbol, Name) and (apart := _number_beside_family(old, said)) is not None:  # "x in R" beside "x_i in R^d": two things
                    number, family = apart
                    descriptions[said.symbol] = family
                    alone = replace(said.symbol, label=ALONE)
                    descriptions[alone] = replace(number, symbol=alone)
                else:
                    descriptions[said.symbol] = merged(old, said)
                symbol: Symbol | None = said.symbol
            case Hypothesis(relation, passing):
                if passing:
                    names = bounded(relation)
                    for other in [h for h, (local, start) in hypotheses.items() if local and names and bounded(h) == names and start != fact.start]:
                        del hypotheses[other]  # another case of the same name
                hypotheses[relation] = passing, fact.start
                symbol = None
            case Definition() as definition:
                about = (_defined_symbol(definition), isinstance(definition.lhs, Call))
                definitions.pop(about, None)
                definitions[about] = definition
                symbol = None
            case Range(variable) as index_range:
                ranges[variable] = index_range
                symbol = variable
            case Opaque() as words:
                opaque[words, fact.at] = None
                symbol = None
        if fact.assumed:
            assumed[symbol, fact.assumed] = None
    return InForce(descriptions, tuple(hypotheses), tuple(definitions.values()), tuple(ranges.values()), tuple(assumed), tuple(opaque))


def still_holds(then: InForce, now: InForce) -> bool:
    """Whether all that was in force at an earlier place is in force at a later one, so that what was said there may be used here.

    What holds under "if A is symmetric" or "for n = 3" is of no use where that is over, or where n is something else.
    """
    if then is now:
        return True
    if not then.facts <= now.facts:
        return False
    return all(s in now.descriptions and _implied(said, now.descriptions[s]) for s, said in then.descriptions.items())


def _implied(old: Description, new: Description) -> bool:
    return old.properties <= new.properties and old.shape in (None, new.shape) and old.law in (None, new.law) and old.domain in (None, new.domain)


def bounded(term: Term) -> frozenset[Term]:
    """The names that a bound such as ``0 < x < 1`` or ``x = 3`` bounds."""
    if not isinstance(term, Relation):
        return frozenset()
    return frozenset(item for item in term.items if isinstance(item, Name | Index))


def context_of(found: InForce, extra: dict[Symbol, Kind]) -> Context:
    """The context of a judgement: kinds from the descriptions, else from ``extra`` (kinds from use)."""
    kinds: dict[Symbol, Kind] = dict(extra)
    for symbol, said in found.descriptions.items():
        used = extra.get(symbol)
        kind = kind_of(_completed(said, used))
        if isinstance(used, Scalar) and used.index and isinstance(kind, Scalar) and said.domain is None:
            kind = used
        if kind is not None:
            kinds[symbol] = kind
    for definition in found.definitions:  # what is defined needs no kind, but for where a recurrence of vectors starts
        about: Any = _defined_symbol(definition)
        if not (isinstance(kinds.get(about), Family) and calls_itself(definition)) and not (
            (sized := found.descriptions.get(about)) is not None and sized.shape is not None and _by_entries(definition, kinds.get(about))):
            kinds.pop(about, None)
    for symbol, kind in kinds.items():
        if isinstance(kind, RandomVariable) and kind.shape is None and (rows := _rows_of_law(kind.law, kinds, found.definitions)) is not None:
            kinds[symbol] = replace(kind, shape=(rows, ONE))
    for symbol, kind in kinds.items():
        if isinstance(kind, RandomVariable) and kind.shape is not None and kind.law is not None and _IDENTITY not in kinds:  # N(0, sigma^2 I)
            kinds[symbol] = replace(kind, law=_sized_identity(kind.law, kind.shape[0]))
    for spread in {kind.law.arguments[-1] for kind in kinds.values() if isinstance(kind, RandomVariable) and isinstance(kind.law, Call) and kind.law.arguments}:
        if isinstance(spread, Name) and isinstance(of := kinds.get(spread), Array) and of.rows == of.cols:
            kinds[spread] = replace(of, properties=of.properties | {"symmetric", "positive_definite", "invertible"})  # of a normal law that has a density
    entries = [one for symbol, said in found.descriptions.items() if isinstance(kinds.get(symbol), Array) for one in of_entries(said)]
    entries += [
        Relation((symbol, Num(value)), (sign,)) for symbol, said in found.descriptions.items()
        if isinstance(kind := kinds.get(symbol), RandomVariable) and not kind.arity and said.domain is not None for sign, value in _LIMITS.get(said.domain, ())
    ]
    entries += [
        Relation((Call(Name(MEASURES[measure]), (symbol,)), Num("0")), (SIGNED[sign],)) for symbol, said in found.descriptions.items()
        if isinstance(kinds.get(symbol), Array) for sign, _, measure in (p.partition(" ") for p in sorted(said.properties)) if measure in MEASURES
    ]
    entries += [parity(symbol, said.properties) for symbol, said in found.descriptions.items() if said.properties & PARITY and symbol in kinds]
    return Context(
        kinds=tuple(kinds.items()),
        hypotheses=tuple(dict.fromkeys((*found.hypotheses, *entries))),
        definitions=found.definitions,
        ranges=tuple((r.variable, r.lower, r.upper) for r in found.ranges),
    )


_IDENTITY: Final = Name("I")


def _sized_identity(term: Term, size: Term) -> Term:
    """With ``I_n`` for an I without a size."""
    if term == _IDENTITY:
        return Index(_IDENTITY, (size,))
    if isinstance(term, Index) and term.base == _IDENTITY:
        return term
    return with_children(term, tuple(_sized_identity(part, size) for part in children(term)))


def _by_entries(definition: Definition, kind: Kind | None) -> bool:
    """Whether it says what each entry of an array of a known size is: then the array keeps its size, ``X_{ij} = x_{ij}`` of an n x d matrix X."""
    match definition.lhs, kind:
        case Index(Name(), subscripts), Array(_, cols):
            distinct = len(set(subscripts)) == len(subscripts) and set(subscripts) == set(definition.parameters)
            return distinct and len(subscripts) == (1 if cols == ONE else 2) and not calls_itself(definition)
        case _:
            return False


def _rows_of_law(law: Term | None, kinds: Mapping[Symbol, Kind], definitions: Iterable[Definition]) -> Term | None:
    """How many entries a random vector has whose law is told with a mean or a covariance that is an array; None for a number."""
    for definition in definitions:
        if law is not None and definition.lhs == law and not definition.parameters:
            law = definition.rhs
    found = (kinds.get(p) for p in (law.arguments if isinstance(law, Call) else ()) if isinstance(p, Name | Index))
    return next((kind.rows for kind in found if isinstance(kind, Array)), None)


def _defined_symbol(definition: Definition) -> Term:
    match definition.lhs:
        case Call(Index(base, subscripts)) if set(definition.parameters) & {s for s in subscripts if isinstance(s, Name)}:
            return base
        case Call(function):
            return function
        case Index(base) if definition.parameters:
            return base
        case _:
            return definition.lhs


def _completed(said: Description, used: Kind | None) -> Description:
    """A description with what the use of the name adds: the sizes of an array, the arity of a sequence or function."""
    match used:
        case Array(rows, cols) if said.base == "random" and said.shape is None and not said.arity:
            return replace(said, shape=(rows, cols))
        case Array(rows, cols, properties) if said.base in ("", "matrix", "vector") and said.shape is None and said.law is None:
            return replace(said, shape=(rows, ONE if said.base == "vector" else cols), properties=said.properties | properties)
        case Sequence(domain, arity) if said.base in ("", "sequence", "scalar", "vector") and said.shape is None and said.law is None:
            return replace(said, base="sequence", arity=max(arity, said.arity), domain=said.domain or domain)
        case Family(_, arity) if said.shape is not None:
            return replace(said, arity=max(arity, said.arity))
        case Sequence(_, arity) if said.base == "random":
            return replace(said, arity=max(arity, said.arity))
        case Function(arity, properties, on_integers, maps_arrays) if said.base in ("", "function", "sequence") and said.domain is None:
            more = {word for word, holds in (("on_integers", on_integers), ("maps_arrays", maps_arrays)) if holds}
            return replace(said, base="function", arity=max(arity, said.arity), properties=said.properties | properties | more)
        case RandomVariable() if said.base == "" and said.domain in _LIMITS:  # "let X > 0", and then E[X]: it is random
            return replace(said, base="random", domain=said.domain)
        case RandomVariable(arity=arity) if said.base == "" and "symmetric" in said.properties:
            return replace(said, base="random", arity=max(arity, said.arity))
        case Scalar() if said.base in ("", "scalar") and said.domain is not None and said.domain.discrete:
            return replace(said, base="scalar")  # "let n be an integer": that it ends a range does not make it positive
        case Scalar(Domain.NATURAL) if said.base in ("", "scalar") and said.domain is Domain.NONNEGATIVE:
            return replace(said, base="scalar", domain=Domain.WHOLE)  # "let n >= 0"
        case Scalar(domain) if said.base in ("", "scalar"):
            return replace(said, base="scalar", domain=narrower(said.domain, domain if domain is not Domain.REAL else None))
        case _:
            return said
