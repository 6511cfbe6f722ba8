"""Densities and distribution functions that words name: "*Z ~ N(0, 1)* with density *phi*", "let *f* be the density of *X*".

Where the law is told the function is what the law makes it; of a law that has no formula here something is said that is not understood. A variable of which the
density is told by a formula, "*X* has density *p(x) = 2x* on *[0, 1]*", is drawn from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from derivations.language.context import ONE, Definition
from derivations.language.laws import LAWS, law_named, lettered
from derivations.language.record import record
from derivations.language.term import Bar, Call, Frac, Index, Name, Num, Relation, Root, Term, Tuple, product
from derivations.reading.declarations import declared, listed
from derivations.reading.scope import Content, Hypothesis, Opaque
from derivations.reading.sizes import NAMES
from derivations.reading.stacks import quoted

_KIND: Final = (
    r"(?:(?P<density>(?:probability\s+)?(?:density|pdf|p\.d\.f\.?|mass\s+function|pmf)(?:\s+function)?)"
    r"|(?P<cumulative>(?:cumulative\s+)?distribution\s+function|cdf|c\.d\.f\.?))"
)
_SUCH: Final = r"(?:(?:continuous|strictly|positive|smooth|bounded|differentiable|known|unknown|common|same),?\s+){0,3}"
_TOLD: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"⟨(?P<of>\d+)⟩\s*,?\s+(?:with|has|have|having)\s+(?:the\s+|an?\s+)?{_SUCH}{_KIND}\s+⟨(?P<named>\d+)⟩",
    rf"⟨(?P<of>\d+)⟩\s*,?\s+(?:with|has|have|having)\s+(?:the\s+|an?\s+)?[a-z ]{{3,30}}⟨\d+⟩\s*,?\s+and\s+(?:the\s+)?{_KIND}\s+⟨(?P<named>\d+)⟩",
    rf"⟨(?P<named>\d+)⟩\s+(?:be|is|denotes?|for)\s+(?:the\s+|its\s+)?{_KIND}\s+of\s+⟨(?P<of>\d+)⟩",
    rf"\b{_KIND}\s+⟨(?P<named>\d+)⟩\s+of\s+⟨(?P<of>\d+)⟩",
    rf"\b{_KIND}\s+of\s+⟨(?P<of>\d+)⟩\s+(?:by|is\s+(?:denoted|called)(?:\s+by)?)\s+⟨(?P<named>\d+)⟩",
))
_DENIED: Final = re.compile(r"\b(?:not|never|unless|whether|if|some|any|joint|conditional|empirical)\b", re.IGNORECASE)
_U: Final = Name("u")
_PLAIN: Final = r"(?:probability\s+)?(?:density(?:\s+functions?)?|densities|pdfs?)"
_THE: Final = r"(?:an?\s+|the\s+|respective\s+|common\s+){0,2}"
_FUNCTIONS: Final = NAMES.replace("names", "functions")
_LISTED: Final = (
    re.compile(
        rf"{NAMES}(?:\s+(?:be|is|are)\s+(?:(?!not\b|never\b)[a-z.-]+,?\s+){{1,6}}?|\s*,?\s+)"
        rf"(?:with|has|have|having)\s+{_THE}{_PLAIN}\s+{_FUNCTIONS}(?!\s*⟨)", re.IGNORECASE,
    ),
    re.compile(rf"{_FUNCTIONS}\s+(?:is|are|be|denotes?|for)\s+{_THE}{_PLAIN}\s+of\s+(?:the\s+law\s+)?{NAMES}", re.IGNORECASE),
)
"""Several variables or laws with their densities: "X and Y have the densities p and q"."""
_THEIR: Final = re.compile(rf"\btheir\s+(?:respective\s+)?{_PLAIN}\s+(?:(?:are|be|by|as|is)\s+)?(?:denoted\s+(?:by\s+)?)?{_FUNCTIONS}", re.IGNORECASE)
"""Densities of what laws were told of last: "denote their densities by p and q"."""
_ON: Final = re.compile(r"\s*,?\s*(?:supported\s+)?(?:on|over|in)\s+(?:the\s+(?:unit\s+)?interval\s+)?⟨(?P<interval>\d+)⟩", re.IGNORECASE)
"""The interval on which a density lives."""
_REACH: Final = 40
"""So many formulas back a law is looked for."""
Written = Callable[[int], "Term | None"]


def densities_told(
    words: str, written: Written, law_of: Callable[[Term], Term | None], defined: Callable[[Term], bool]
) -> Iterator[tuple[int, Content]]:
    """What a sentence says of functions that are densities or distribution functions of variables, each with the number of the formula that names one.

    ``law_of``: the law that is told of a variable; ``defined``: whether the text defines a name itself (then nothing more is said).
    """
    done: set[int] = set()
    for pair in _pairs(words, written):
        term, about = written(pair.named), written(pair.of)
        if pair.named in done or about is None or _DENIED.search(pair.words):
            continue
        if isinstance(term, Relation) and isinstance(term.items[0], Call) and term.signs[0] in ("=", ":=") and pair.density:
            done.add(pair.named)
            yield from ((pair.of, content) for content in declared((about, term.items[0].function), ("~",)))
            yield from ((pair.named, content) for content in _on(term.items[0], pair.interval, written))
            continue
        named = term.function if isinstance(term, Call) else term
        if not isinstance(named, Name | Index):
            continue
        law = _stated(about) or law_of(about) or _law_before(about, pair.of, written)
        if law is None and pair.density and isinstance(about, Name):  # "Y has a density p": p is its law, whatever is said of p elsewhere
            yield from ((pair.of, content) for content in declared((about, named), ("~",)))
        if defined(named):
            continue
        done.add(pair.named)
        made = None if law is None else _density(law) if pair.density else _cumulative(law)
        if made is not None:
            yield pair.named, Definition(Call(named, (_U,)), made, (_U,))
        elif law is not None and law != named:
            yield pair.named, Opaque((named,), quoted(pair.words))
        elif isinstance(about, Name):  # of a variable of which nothing else is told it is any density, and no law of choice is that of the variable
            yield pair.of, Opaque((about,), quoted(pair.words))


@record
class _Pair:
    """The numbers of the formulas of a function and of what it is the density (or distribution function) of, and of where that lives."""

    named: int
    of: int
    density: bool
    words: str
    interval: int | None = None


def _pairs(words: str, written: Written) -> Iterator[_Pair]:
    for match in (m for pattern in _TOLD for m in pattern.finditer(words)):
        behind = _ON.match(words, match.end())
        yield _Pair(int(match["named"]), int(match["of"]), match["density"] is not None, match[0], None if behind is None else int(behind["interval"]))
    for match in (m for pattern in _LISTED for m in pattern.finditer(words)):
        named = [n for n in _numbers(match["functions"]) if not _bounds(written(n))]  # "p(x) = e^{-x}, x >= 0"
        of = _numbers(match["names"])
        behind = _ON.match(words, match.end())
        if len(of) == len(named):
            yield from (_Pair(n, k, True, match[0], None if behind is None else int(behind["interval"])) for n, k in zip(named, of, strict=True))
    for match in _THEIR.finditer(words):
        named = _numbers(match["functions"])
        last = [k for k in range(named[0] - 1, max(named[0] - _REACH, -1), -1) if _stated(written(k)) is not None][: len(named)]
        yield from (_Pair(n, k, True, match[0]) for n, k in zip(named, reversed(last), strict=False) if len(last) == len(named))


def _numbers(names: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", names)]


def _bounds(term: Term | None) -> bool:
    return isinstance(term, Relation) and set(term.signs) <= {"<", "<=", ">", ">="}


def _on(density: Call, interval: int | None, written: Written) -> Iterator[Content]:
    """The interval on which a density lives, said of its variable."""
    match density.arguments, None if interval is None else written(interval):
        case (Name() as variable,), Tuple((low, high)):
            yield Hypothesis(Relation((low, variable, high), ("<=", "<=")))
        case _:
            return


def _stated(term: Term | None) -> Term | None:
    """The law that a formula is, or that it gives to what stands before it."""
    match term:
        case Relation((_, law), ("~",)):
            return lettered(law)
        case Relation((_, right), ("=" | ":=",)):
            law = lettered(right)
            return law if isinstance(law, Call) and law_named(law.function) is not None and not isinstance(law.arguments[0], Bar) else None
        case Call():
            return lettered(term)
        case _:
            return None


def _law_before(subject: Term, at: int, written: Written) -> Term | None:
    """The law that a formula before gives to a name: "*P = N(m, v)*"."""
    for k in range(at - 1, max(at - _REACH, -1), -1):
        if isinstance(term := written(k), Relation) and subject in listed(term.items[0]):
            return _stated(term)
    return None


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
