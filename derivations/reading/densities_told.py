"""Densities and distribution functions that words name: "*Z ~ N(0, 1)* with density *phi*", "let *f* be the density of *X*".

Where the law is told the function is what the law makes it; of a law that has no formula here something is said that is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from derivations.language.context import ONE, Definition
from derivations.language.laws import LAWS, law_named
from derivations.language.term import Bar, Call, Frac, Index, Name, Num, Relation, Root, Term, Tuple, product
from derivations.reading.declarations import lettered
from derivations.reading.scope import Content, Opaque

_KIND: Final = (
    r"(?:(?P<density>(?:probability\s+)?(?:density|pdf|p\.d\.f\.?|mass\s+function|pmf)(?:\s+function)?)"
    r"|(?P<cumulative>(?:cumulative\s+)?distribution\s+function|cdf|c\.d\.f\.?))"
)
_TOLD: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"⟨(?P<of>\d+)⟩\s*,?\s+(?:with|has|have|having)\s+(?:the\s+|an?\s+)?{_KIND}\s+⟨(?P<named>\d+)⟩",
    rf"⟨(?P<of>\d+)⟩\s*,?\s+(?:with|has|have|having)\s+(?:the\s+|an?\s+)?[a-z ]{{3,30}}⟨\d+⟩\s*,?\s+and\s+(?:the\s+)?{_KIND}\s+⟨(?P<named>\d+)⟩",
    rf"⟨(?P<named>\d+)⟩\s+(?:be|is|denotes?|for)\s+(?:the\s+|its\s+)?{_KIND}\s+of\s+⟨(?P<of>\d+)⟩",
    rf"\b{_KIND}\s+⟨(?P<named>\d+)⟩\s+of\s+⟨(?P<of>\d+)⟩",
    rf"\b{_KIND}\s+of\s+⟨(?P<of>\d+)⟩\s+(?:by|is\s+(?:denoted|called)(?:\s+by)?)\s+⟨(?P<named>\d+)⟩",
))
_DENIED: Final = re.compile(r"\b(?:not|never|unless|whether|if|some|any|joint|conditional|empirical)\b", re.IGNORECASE)
_U: Final = Name("u")


def densities_told(
    words: str, written: Callable[[int], Term | None], law_of: Callable[[Term], Term | None], defined: Callable[[Term], bool]
) -> Iterator[tuple[int, Content]]:
    """What a sentence says of functions that are densities or distribution functions of variables, each with the number of the formula that names one.

    ``law_of``: the law that is told of a variable; ``defined``: whether the text defines a name itself (then nothing more is said).
    """
    done: set[int] = set()
    for match in (m for pattern in _TOLD for m in pattern.finditer(words)):
        number = int(match["named"])
        term, about = written(number), written(int(match["of"]))
        named = term.function if isinstance(term, Call) else term
        if number in done or not isinstance(named, Name | Index) or about is None or defined(named) or _DENIED.search(match[0]):
            continue
        done.add(number)
        stated = about.items[1] if isinstance(about, Relation) and about.signs == ("~",) else about if isinstance(about, Call) else None
        law = law_of(about) if stated is None else lettered(stated)
        made = None if law is None else _density(law) if match["density"] else _cumulative(law)
        if made is not None:
            yield number, Definition(Call(named, (_U,)), made, (_U,))
        elif law is not None:  # of a variable of which nothing is told it is any density
            yield number, Opaque((named,), " ".join(re.sub(r"⟨\d+⟩", "...", match[0]).split()))


def _density(law: Term) -> Term | None:
    if not isinstance(law, Call) or not law.arguments or law_named(law.function) not in LAWS or isinstance(law.arguments[0], Bar):
        return None
    parameters = law.arguments[0] if len(law.arguments) == 1 else Tuple(law.arguments, "")
    return Call(law.function, (Bar(_U, parameters),))


def _cumulative(law: Term) -> Term | None:
    """Of a normal law of numbers."""
    if not isinstance(law, Call) or law_named(law.function) != "Normal" or len(law.arguments) != 2:
        return None
    mean, variance = law.arguments
    standard = Frac(_U - mean, Root(product(Num("2"), variance)))
    return product(Frac(ONE, Num("2")), ONE + Call(Name("erf"), (standard,)))
