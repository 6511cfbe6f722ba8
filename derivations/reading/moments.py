"""Sentences about random variables: independence, means and variances."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Final

from derivations.language.context import Symbol
from derivations.language.laws import law_named, lettered
from derivations.language.record import record
from derivations.language.structure import free_names, subterms
from derivations.language.term import Bar, Call, Dots, Index, Name, Num, Relation, Term, Tuple
from derivations.reading.clauses import said_in
from derivations.reading.declarations import listed, symbol_of
from derivations.reading.lexicon import CONDITIONAL, CONDITIONALLY, IMPERATIVES
from derivations.reading.prose import MARK, Prose
from derivations.reading.scope import TOGETHER, Content, Description, Hypothesis, Opaque
from derivations.reading.uses import is_known_function

MEAN: Final = Name("E", font="bb")
COVARIANCE: Final = Name("Cov", font="rm")
VARIANCE: Final = Name("Var", font="rm")
_BETWEEN: Final = re.compile(rf"(?:\([^()]*\))?(?:,|,?and(?: (?!(?:{'|'.join(sorted(IMPERATIVES | CONDITIONAL))})\b)\w+)?)")
_LONGEST_BETWEEN: Final = 60
_AFTER: Final = re.compile(
    r"\s*(?:are|be|is|being|,)?\s*(?:mutually\s+|pairwise\s+|conditionally\s+|all\s+)?(?P<how>independent|uncorrelated)\b(?P<of>\s+of\s*)?"
)
_BEFORE: Final = re.compile(r"\bindependent(?:\s+random)?(?:\s+(?:variables?|vectors?))?\s*$")
_NOUN: Final = re.compile(r"\bindependent(?:\s+(?!with\b|and\b|of\b|mean\b|so\b|then\b)[a-z-]+){1,2}\s*$")
_OF: Final = re.compile(r"\bindependent(?:ly)?\s+(?:of|from)(?:\s+[a-z-]+){1,3}\s*$")
_GOAL: Final = re.compile(r"\b(?:show|prove|verify|claim|demonstrate)\b[^.:;]*\bthat\b")
"""What is yet to be shown is no hypothesis: "we show that x has mean m"."""
_IF: Final = re.compile(r"\s*(?:If|When|Whenever)\b")
_VALUE: Final = r"(?P<value>⟨\d+⟩|\bzero\b|\bone\b|\bunit\b|\b[01]\b)"
MOMENTS: Final = (
    (re.compile(r"(?:\bmeans?|\bexpectations?|\bexpected\s+values?)\s+(?:of\s+|is\s+|equal\s+to\s+)?" + _VALUE), "mean"),
    (re.compile(r"(?<!non-)(?<!non )" + _VALUE + r"[ -]mean\b"), "mean"),
    (
        re.compile(
            r"(?:\b(?:and|with|has|have|having|an?|the|common|same|known|is)\s+)(?:variance-)?covariance"
            r"(?:\s+matrix)?\s+(?:of\s+|is\s+|equal\s+to\s+)?(?P<value>⟨\d+⟩)"
        ),
        "covariance",
    ),
    (re.compile(r"\bvariances?\s+(?:of\s+|is\s+|equal\s+to\s+)?" + _VALUE), "variance"),
    (re.compile(_VALUE + r"[ -]variance\b"), "variance"),
)
_MORE: Final = re.compile(r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?P<value>⟨\d+⟩|\bzero\b|\bone\b|\b[01]\b)(?!\s*(?:is|are|be|has|have)\b)")
"""Another value of a list: "with variances *a and b*"."""
_OF_A_MOMENT: Final = re.compile(r"\b(?:means?|variances?|expectations?|deviations?|rates?|correlations?)\s+(?:of\s+)?$")
"""Right before a formula that is a moment and has none."""
_ALL_OF_THEM: Final = re.compile(r"\b(?:them|they|both)\s+(?:to\s+)?(?:are|be|being)\s+(?:mutually\s+|all\s+)?independent\b(?!\s+(?:of|from)\b)")
_ENTRIES: Final = re.compile(
    r"\bindependent(?:\s+[a-z-]+){0,3}\s+(?:entries|components|coordinates|elements)\b"
    r"|\b(?:entries|components|coordinates|elements)\s+(?:that\s+|which\s+)?(?:are|be|being)\s+(?:[a-z]+\s+){0,2}independent\b(?!\s+(?:of|from)\b)"
)
"""Of vectors that are listed together: "q and k have *independent entries*", "whose *entries are mutually independent*"."""
_DENIED: Final = re.compile(r"\b(?:not|n't|unless|if|whether)\b")
_TOGETHER: Final = re.compile(
    r"\b(?:(?:with|have|has|having|and|their|a|the)\s+(?:pairwise\s+|common\s+|zero\s+|linear\s+)?(?:correlations?|covariances?)(?=\s+(?:of\s+)?⟨)"
    r"|independent(?:ly)?\s+(?:of|from)\s+(?:(?:all|the|its|their|each|every|any|previous|other|past)\s+)+[a-z]+(?!\s*⟨|[a-z\s-]{0,40}⟨))"
)
"""What is said of several random variables together and is not understood: how they are correlated, of what else they are independent."""
_UNREAD: Final = re.compile(
    r"\b(?:with|has|have|having)\s+(?:[a-z]+\s+){0,3}(?P<noun>correlations?|covariances?|rates?|moments?|quantiles?|medians?)\s+(?:of\s+)?⟨"
)
"""What is said of random variables and is not understood."""
_SYMMETRIC: Final = re.compile(
    r"(?:\b(?:that|which|who)\s+(?:is|are)\s+)?\bsymmetric(?:ally)?(?:\s+(?P<law>distributed|distributions?|laws?))?(?:\s+(?:about|around)\s+(?:(?P<value>⟨\d+⟩|\bzero\b|\b0\b)|the\s+origin\b))?",
    re.IGNORECASE,
)
"""That X and -X have one law: "have a symmetric law", "symmetric about 0"."""
_INDEPENDENT: Final = re.compile(r"independent|i\.?\s?i\.?\s?d|uncorrelated|sampl|draw")
"""Words of a sentence that say more of the members of a family than what each of them is."""
_CHANCE: Final = re.compile(r"\brandom|\bdistribut|\blaws?\b|\bi\.?\s?i\.?\s?d\b|\bdraw|\bsampl")
_GIVEN: Final = re.compile(
    r"\b(?:given|conditional(?:ly)?\s+on|conditioned\s+on)\s+(?:the\s+)?(?:[a-z]+\s+){0,2}"
    r"(?P<names>⟨\d+⟩(?:\s*(?:,|and)\s*⟨\d+⟩(?!\s*(?:are|is|and|be)\b))*)", re.IGNORECASE,
)
"""What something is independent given."""
_THEM: Final = re.compile(r"(?:them|these|those|it)\b", re.IGNORECASE)
_OTHER_SUBJECT: Final = re.compile(r"\b(?:the|an?|its|their|this|that|each|every)\s+(?:[a-z-]+\s+){1,3}(?:has|have|are|is)\b", re.IGNORECASE)
"""Behind a name, what the verb is said of: "for p = 1/2 *the noise has* variance x^2"."""
Reader = Callable[[int], "Term | None"]


@record
class _Group:
    """Formulas that are listed together, "⟨1⟩, ⟨2⟩ and ⟨3⟩"; ``start``/``end`` in the sentence."""

    start: int
    end: int
    numbers: tuple[int, ...]


def _groups(words: str) -> list[_Group]:
    found: list[_Group] = []
    for mark in MARK.finditer(words):
        between = words[found[-1].end:mark.start()] if found else ""
        if found and len(between) <= _LONGEST_BETWEEN and _BETWEEN.fullmatch(" ".join(between.split()).replace(" ,", ",").replace(", and", ",and")):
            found[-1] = _Group(found[-1].start, mark.end(), (*found[-1].numbers, int(mark[1])))
        else:
            found.append(_Group(mark.start(), mark.end(), (int(mark[1]),)))
    return found


def moments(prose: Prose, number: int, term_of: Reader, families: Mapping[Name, int]) -> Iterable[Content]:
    """What sentence ``number`` says about random variables. ``families``: sequences with their number of indices."""
    words = prose.sentences[number].words
    if not re.search(r"independent|correlat|mean|expect|varianc|symmetric|Markov", words):
        return
    groups = _groups(words)
    yield from _symmetric(words, groups, term_of, families)
    yield from _chains(words, groups, term_of)
    for k, group in enumerate(groups):
        if k and _OF.search(words, max(0, group.start - _LONGEST_BETWEEN), group.start) is not None:  # "w_i ..., independent of the inputs x_i"
            both = ([s for n in g.numbers for s in _symbols(term_of(n))] for g in (_spoken_of(words, groups[:k]), group))
            pair = [found[0] for found in both if found]
            if len(pair) == 2 and pair[0] != pair[1]:
                yield Hypothesis(Relation(tuple(_family(s, families) for s in pair), ("perp",)))  # of all of them
        after = _AFTER.match(words, group.end)
        if after is not None and _counts(words, after, groups[k + 1 :]):
            continue
        if after is not None and after["of"] and k and _THEM.match(words, after.end()):  # "w_i are independent ..., and the x_i are independent of them"
            earlier = [s for g in groups[:k] if _AFTER.match(words, g.end) is not None for n in g.numbers for s in _symbols(term_of(n))]
            own = [s for n in group.numbers for s in _symbols(term_of(n))]
            for one, other in ((a, b) for a in earlier[-1:] for b in own if a != b):
                yield _member(other, families, "independent")
                yield Hypothesis(Relation((one, other), ("perp",)))
            continue
        numbers = group.numbers
        if after is not None and after["of"] and k + 1 < len(groups):
            numbers += groups[k + 1].numbers[:1]  # "independent of x, and y = ..." says nothing of y
        elif after is None and not any(p.search(words, max(0, group.start - _LONGEST_BETWEEN), group.start) for p in (_BEFORE, _NOUN)):
            continue
        together = _together(words, group)
        symbols = list(dict.fromkeys(s for n in numbers for s in _symbols(term_of(n))))
        condition = _condition(words, group, term_of)
        if together == CONDITIONALLY and not condition:
            yield Opaque(tuple(symbols), "conditionally independent")
        if not together or (together == CONDITIONALLY and not condition):
            continue  # "X and Y need not be independent", "unless X and Y are independent"
        together = "independent" if together == CONDITIONALLY else together
        if condition and len(symbols) == 2 and together == "independent":
            yield from (_member(s, families, together) for s in symbols)
            yield Hypothesis(_apart_given(symbols[0], symbols[1], condition))
            continue
        if condition and len(symbols) > 1:
            yield Opaque((*symbols, *condition), f"{together} given ...")
            continue
        yield from (_member(s, families, together) for s in symbols)
        if together == "independent" and len(symbols) > 1:
            yield Hypothesis(Relation(tuple(symbols), ("perp",) * (len(symbols) - 1)))
        for one, other in combinations(symbols, 2):
            if together == "pairwise":
                yield Hypothesis(Relation((one, other), ("perp",)))
            elif together == "uncorrelated":
                yield Hypothesis(Relation((Call(COVARIANCE, (one, other)), Num("0")), ("=",)))
    stated: set[tuple[str, Symbol]] = set()
    lists: set[tuple[Symbol, ...]] = set()
    if _GOAL.search(words) or re.search(r"\bexcept\b", words):  # what is excepted is not told apart here
        return
    for found, which in ((found, which) for pattern, which in MOMENTS for found in pattern.finditer(words)):
        value = value_of(found["value"], term_of)
        listed_values = [value, *_further(words, found, term_of)]
        entries = {t.base for _, t in subterms(value) if isinstance(t, Index)} if value is not None else set()
        subjects = [  # "x with mean (x_1 + ... + x_n) / n": it is that of its entries, and x is not random
            s for s in _subjects(words, groups, found.start(), term_of)
            if (which, s) not in stated and (s.base if isinstance(s, Index) else s) not in entries
        ]
        if value is None:
            continue
        if which == "covariance" and len(subjects) != 1:  # of several, with each other; or of what stands elsewhere
            yield Opaque(tuple(sorted(free_names(value), key=repr)), " ".join(MARK.sub("...", found[0]).split()))
            continue
        stated |= {(which, symbol) for symbol in subjects}
        lists.add(tuple(subjects))
        if len(listed_values) not in (1, len(subjects)):
            yield Opaque(tuple(subjects), " ".join(MARK.sub("...", found[0]).split()))
            continue
        each = listed_values if len(listed_values) > 1 else [value] * len(subjects)  # "with variances a and b"
        for symbol, its in ((s, v) for s, v in zip(subjects, each, strict=True) if v is not None):
            yield _member(symbol, families, "" if _INDEPENDENT.search(words) else "unknown")
            yield Hypothesis(moment(which, symbol, its))
            if which == "covariance" and isinstance(its, Name):
                yield Description(its, "matrix", properties=frozenset({"symmetric", "positive_semidefinite"}))
    both_said = tuple(dict.fromkeys(symbol for _, symbol in sorted(stated, key=repr)))
    all_of_them = _ALL_OF_THEM.search(words) or (_ENTRIES.search(words) and len(lists) == 1 and not re.search(r"\beach\b", words))
    if len(both_said) > 1 and all_of_them and not _DENIED.search(words):
        yield Hypothesis(Relation(both_said, ("perp",) * (len(both_said) - 1)))
    spread = next((symbol for which, symbol in stated if which == "covariance"), None)
    for unread in _UNREAD.finditer(words):
        shown = term_of(int(MARK.match(words, unread.end() - 1)[1]))  # type: ignore[index]
        written = isinstance(shown, Relation) and isinstance(shown.items[0], Call)  # "second moment E[x^2] = q"
        if written or (spread is not None and unread["noun"].startswith("covariance")):
            continue
        yield Opaque(tuple(_subjects(words, groups, unread.start("noun"), term_of)), unread[0])
    if (joint := _TOGETHER.search(words)) is not None and (spread is None or "covariance" not in joint[0]):
        terms = [term for group in groups for n in group.numbers if (term := term_of(n)) is not None]
        yield Opaque(tuple(sorted({n for term in terms for n in free_names(term) if not is_known_function(n)}, key=repr)), " ".join(joint[0].split()))


def _condition(words: str, group: _Group, term_of: Reader) -> tuple[Symbol, ...]:
    """What names that are independent are so given: "given Y, the variables X and Z are independent", "X and Z are independent given Y"."""
    clause = re.search(r"[^.;:]*$", words[: group.start])
    before = _GIVEN.search(words, clause.start() if clause is not None else 0, group.start)
    if before is not None and not re.match(r"\s*,|\s+(?:the|that)\b", words[before.end():]):
        before = None  # "given n independent samples"
    behind = _GIVEN.search(re.split(r"[.;:]|,\s+(?:and|so|then)\b", words[group.end :])[0])
    found = before or behind
    return () if found is None else tuple(s for n in re.findall(r"\d+", found["names"]) for s in _symbols(term_of(int(n))))


def _apart_given(one: Symbol | Tuple, other: Symbol | Tuple, condition: tuple[Symbol, ...]) -> Relation:
    """``X perp Z | Y``."""
    given = condition[0] if len(condition) == 1 else Tuple(condition, "")
    return Relation((one, Bar(other, given)), ("perp",))


def _chains(words: str, groups: list[_Group], term_of: Reader) -> Iterator[Content]:
    """"X -> Y -> Z is a Markov chain": given what lies between them, what comes before is independent of what comes after."""
    if "Markov" not in words or (_DENIED.search(words.split("Markov")[0]) and "If" not in words and "if" not in words):
        return
    for term in (term_of(n) for group in groups for n in group.numbers):
        if not isinstance(term, Relation) or set(term.signs) - {"->", "-"} or len(term.items) < 3 or not all(isinstance(t, Name) for t in term.items):
            continue
        names: list[Symbol] = [t for t in term.items if isinstance(t, Name)]
        yield from (Description(name, "random") for name in names)
        for k in range(1, len(names) - 1):
            behind = names[k + 1] if k + 2 == len(names) else Tuple(tuple(names[k + 1 :]), "")
            first = names[0] if k == 1 else Tuple(tuple(names[:k]), "")
            yield Hypothesis(_apart_given(first, behind, (names[k],)))


def _symmetric(words: str, groups: list[_Group], term_of: Reader, families: Mapping[Name, int]) -> Iterator[Content]:
    """The random variables of which a sentence says that their law is symmetric about zero; where it is about something else, that is not understood."""
    for found in _SYMMETRIC.finditer(words):
        behind = found[0].lower().split()
        if found["law"] is None and not {"about", "around"} & set(behind):
            continue  # a symmetric matrix
        centre = Num("0") if found["value"] is None else value_of(found["value"], term_of)
        denied = _DENIED.search(re.split(r"[.;:,]", words[: found.start()])[-1]) is not None or _GOAL.search(words) is not None
        for symbol in _subjects(words, groups, found.start(), term_of):
            if centre != Num("0") or denied:
                yield Opaque((symbol,), " ".join(MARK.sub("...", found[0]).split()))
                continue
            said = _member(symbol, families, "" if _INDEPENDENT.search(words) else "unknown")
            base = "random" if _CHANCE.search(words) else ""
            yield replace(said, base=base, properties=frozenset({"symmetric"}), together=said.together if base else "")


def _further(words: str, found: re.Match[str], term_of: Reader) -> list[Term | None]:
    """The values behind the first one, where the noun is in the plural and stands before them."""
    values: list[Term | None] = []
    if found.start("value") == found.start() or not re.match(r"(?:means|variances|expectations|expected\s+values)\b", found[0]):
        return values
    at = found.end()
    while (more := _MORE.match(words, at)) is not None:
        values.append(value_of(more["value"], term_of))
        at = more.end()
    return values


def _together(words: str, group: _Group) -> str:
    """What a sentence says of the names in a list together; empty where it does not assert it."""
    said = frozenset(p for s in said_in(words) if set(s.numbers) & set(group.numbers) for m in s.meanings for p in m.properties)
    return next((word for word in (*TOGETHER, CONDITIONALLY) if word in said), "")


def _member(symbol: Symbol, families: Mapping[Name, int], together: str) -> Description:
    arity = _arity(symbol, families)
    return Description(_family(symbol, families), "random", arity=arity, together=together if arity else "")


def _spoken_of(words: str, groups: list[_Group]) -> _Group:
    """The names that a sentence speaks of: in "y with w_j of mean m and variance s, independent of ..." the ``w_j``."""
    named = [g for g in groups if not re.search(r"\b(?:means?|variances?|expectations?)\s+(?:of\s+)?$", words[: g.start])]
    told = [g for g in named if _BEFORE.search(words, max(0, g.start - _LONGEST_BETWEEN), g.start)]
    return (told or named or groups)[-1 if told else 0]


def _counts(words: str, after: re.Match[str], later: list[_Group]) -> bool:
    """Whether the formula before says how many there are: "averaging B independent gradients g_1, ..., g_B"."""
    if not later or after["of"] or re.match(r"\s*(?:are|be|is|being|,)", after[0]):
        return False
    return re.fullmatch(r"[A-Za-z\s-]{1,40}", words[after.end():later[0].start]) is not None


def is_conditional(prose: Prose, number: int) -> bool:
    """Whether a sentence says what holds in one case only: "If X and Y are independent, then ..."."""
    return _IF.match(prose.sentences[number].words) is not None


def moment(which: str, symbol: Symbol, value: Term) -> Relation:
    """``E[x] = value``, ``Var(x) = value`` or, of a random vector, ``Cov(x) = value``."""
    call = Call(MEAN, (symbol,), "[") if which == "mean" else Call(COVARIANCE if which == "covariance" else VARIANCE, (symbol,))
    return Relation((call, value), ("=",))


def _symbols(term: Term | None) -> list[Symbol]:
    if term is None:
        return []
    if isinstance(term, Relation):
        if term.signs == ("=",) and isinstance(term.items[1], Num):
            return []  # "for t = 0 ... the mean is": what is a number is not random
        if term.signs == ("=",) and isinstance(law := lettered(term.items[1]), Call) and law_named(law.function) is not None:
            return []  # P = N(m, v) is a law, and its moments are not those of a variable P
        term = term.items[0]
    if isinstance(term, Tuple) and any(isinstance(item, Dots) for item in term.items):  # X_1, ..., X_n
        first = symbol_of(term.items[0])
        return [Index(first.base, (Name("i"),))] if isinstance(first, Index) else []
    return [s for item in listed(term) if (s := symbol_of(item)) is not None]


def _family(symbol: Symbol, families: Mapping[Name, int]) -> Symbol:
    return symbol.base if isinstance(symbol, Index) and isinstance(symbol.base, Name) and symbol.base in families else symbol


def _arity(symbol: Symbol, families: Mapping[Name, int]) -> int:
    return len(symbol.subscripts) if isinstance(symbol, Index) and symbol.base in families else 0


def value_of(text: str, term_of: Reader) -> Term | None:
    """The value that a sentence gives: 0, 1 or the formula at a mark."""
    if text in ("zero", "0"):
        return Num("0")
    if text in ("one", "unit", "1"):
        return Num("1")
    mark = MARK.match(text)
    found = None if mark is None else term_of(int(mark[1]))
    if isinstance(found, Relation) and set(found.signs) <= _BOUNDS:  # "with variance *s^2 > 0*", "*0 < v < oo*"
        bounded = [item for item in found.items if free_names(item)]
        return bounded[0] if len(bounded) == 1 else None
    if isinstance(found, Relation):
        return found.items[-1] if found.signs == ("=",) else None
    return found


_BOUNDS: Final = frozenset(("<", "<=", ">", ">=", "!="))


def _subjects(words: str, groups: list[_Group], before: int, term_of: Reader) -> list[Symbol]:
    """The names that a mean or variance is said of: those listed last before words like "have", "with", "are", "be"."""
    for group in reversed([g for g in groups if g.end <= before and _OF_A_MOMENT.search(words[:g.start]) is None]):
        between = words[group.end:before]
        behind = MARK.split(between)[0]
        symbols = [s for n in group.numbers for s in _symbols(term_of(n))]  # none: "*2d* independent entries with mean 0" counts them
        if symbols and re.search(r"\b(?:has|have|having|with|are|be|is)\b|^\s*of\b", behind) and not _OTHER_SUBJECT.search(behind):
            return symbols
    return []
