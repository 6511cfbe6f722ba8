"""What the words of a sentence say of the names in its formulas: laws, densities, sizes, rows and columns, and what there is "for some" value of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from derivations.language.record import record
from derivations.language.term import Index, Name, Term
from derivations.reading.declarations import listed
from derivations.reading.densities_told import densities_told
from derivations.reading.laws_told import laws_told
from derivations.reading.naming import some_in
from derivations.reading.scope import Content, Description, Fact, Opaque
from derivations.reading.sizes import sizes_told
from derivations.reading.stacks import Sizes, sizes_in, stacked_in

LAW = "law"
"""That a content is, or belongs to, a law: the words of the law are understood."""
SIZE = "size"
DENSITY = "density"


@record
class Told:
    """What is told anywhere in the text: sizes, what names have definitions, and the laws of variables."""

    sizes: Sizes
    laws: Mapping[Term, Term]


def told_in(facts: Iterable[Fact]) -> Told:
    facts = tuple(facts)
    return Told(sizes_in(facts), {d.symbol: d.law for f in facts if isinstance(d := f.content, Description) and d.law is not None})


def facts_in(words: str, written: Callable[[int], Term | None], told: Told, indices: frozenset[Name]) -> Iterator[tuple[int, Content, str]]:
    """Each fact with the number of the formula that it is said at, and what it is about. ``written``: what a formula holds."""
    yield from ((number, content, LAW) for number, content in laws_told(words, written))
    yield from ((number, content, DENSITY) for number, content in densities_told(words, written, told.laws.get, told.sizes.defined.__contains__))
    for one in stacked_in(words, written, told.sizes):
        yield from ((one.number, content, "rows") for content in one.contents or (Opaque((one.symbol,), one.words),))
    yield from ((number, content, SIZE) for number, content in sizes_told(words, written))
    for some in some_in(words):
        term = written(some.number)
        names = tuple(s for s in listed(term) if isinstance(s, Name | Index)) if term is not None else ()
        if names and not any(n in indices for n in names):
            yield some.number, Opaque(names, some.words), "some"
