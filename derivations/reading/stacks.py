"""Matrices of which words tell the rows or the columns: "the matrix *X* whose *i*-th row is *x_i^T*", "stack the *x_i* as columns of *X*".

Rows are taken as they stand: ``x_i`` and ``x_i^T`` have the same entries, X_ij = (x_i)_j.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from derivations.language.context import ONE, Definition
from derivations.language.record import record
from derivations.language.structure import substitute, subterms
from derivations.language.term import Call, Dots, Group, Index, Matrix, Mul, Name, Pow, Relation, Term, Transpose, Tuple, product
from derivations.reading.declarations import family_of
from derivations.reading.scope import Content, Description, Fact, Range

ROW: Final = Name("i")
ENTRY: Final = Name("j")
_NTH: Final = r"(?:⟨\d+⟩\s*-?\s*(?:th|nd|st|rd)?\s+)?"
_AXIS: Final = rf"{_NTH}(?P<axis>rows?|columns?)"
_BE: Final = r"(?:is|are|be|being|equals?|given\s+by|consists?\s+of)"
_NOUNS: Final = r"(?:(?:the|an?|all|these|data|design|feature|input|output|row|column|training|sample|[a-z]+s|matrix)\s+){0,5}"
_OWNING: Final = r"(?:whose|with|has|have|having)\s+(?:the\s+|its\s+)?"
_STACKED: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"⟨(?P<of>\d+)⟩(?:[^.;:⟨⟩]|⟨\d+⟩(?=\s*(?:real\s+|data\s+|design\s+)?matrix)){{0,60}}?\b{_OWNING}{_AXIS}\s+(?:{_BE}\s+)?{_NOUNS}⟨(?P<member>\d+)⟩",
    rf"{_AXIS}\s+of\s+{_NOUNS}⟨(?P<of>\d+)⟩\s+{_BE}\s+{_NOUNS}⟨(?P<member>\d+)⟩",
    rf"⟨(?P<member>\d+)⟩\s*,?\s+(?:(?:is|are|be|being|denotes?|denote|to\s+be|as|in|into|form|forms|forming)\s+){{1,2}}(?:the\s+|its\s+|their\s+)?{_AXIS}\s+"
    rf"(?:of|in|into|to\s+form|to\s+get|forming)\s+{_NOUNS}⟨(?P<of>\d+)⟩",
    rf"⟨(?P<of>\d+)⟩\s*,?\s+(?:has|have|having|with|contains?|containing|holds?|holding|stacks?|stacking|collects?|collecting)\s+{_NOUNS}⟨(?P<member>\d+)⟩\s+"
    rf"(?:as|in|for|along)\s+(?:the\s+|its\s+)?{_AXIS}\b",
))
_DENIED: Final = re.compile(r"\b(?:not|never|unless|whether|neither|nor|if|when|suppose)\b", re.IGNORECASE)
_ABOUT: Final = re.compile(
    rf"⟨(?P<before>\d+)⟩[^.;:⟨⟩]{{0,40}}?\b(?:{_OWNING}|(?:stacks|stacking|collects|collecting)\s[^.;:⟨⟩]{{0,30}}){_NTH}(?:rows|columns|row|column)\b"
    r"|\b(?:stack|collect|arrang|gather|concatenat|assembl)[a-z]*\s[^.;:]{0,60}?\b(?:rows?|columns?)\b[^.;:⟨⟩]{0,30}⟨(?P<after>\d+)⟩",
    re.IGNORECASE,
)
"""Words about the rows or the columns of a name."""


@record
class Stacked:
    """``number``: the formula that names the matrix. ``contents``: what is said; nothing where the words are not understood (``words``)."""

    number: int
    symbol: Name
    contents: tuple[Content, ...]
    words: str = ""


@record
class Sizes:
    """What is told elsewhere. ``lengths``: of the members of families of vectors; ``counts``: how far indices run; ``defined``: names with a definition."""

    lengths: Mapping[Name, Term]
    counts: Mapping[Name, Term]
    defined: frozenset[Name]


def sizes_in(facts: Iterable[Fact]) -> Sizes:
    lengths: dict[Name, Term] = {}
    counts: dict[Name, Term] = {}
    defined: set[Name] = set()
    for fact in facts:
        match fact.content:
            case Description(Name() as symbol, shape=(length, cols)) as said if said.arity == 1 and cols == ONE:
                lengths[symbol] = length
            case Range(Name() as variable, lower, upper) if lower == ONE:
                counts[variable] = upper
            case Definition(Name() as symbol):
                defined.add(symbol)
    return Sizes(lengths, counts, frozenset(defined))


def stacked_in(words: str, written: Callable[[int], Term | None], told: Sizes) -> Iterator[Stacked]:
    """The matrices whose rows or columns a sentence tells. ``written``: what a formula holds."""
    done: set[int] = set()
    for match in (m for pattern in _STACKED for m in pattern.finditer(words)):
        number = int(match["of"])
        matrix, shape = _matrix(written(number))
        family, count = _family(written(int(match["member"])), told)
        if matrix is None or family is None or matrix == family or number in done or _DENIED.search(re.split(r"[.;]", words[: match.start()])[-1] + match[0]):
            continue
        done.add(number)
        if matrix in told.defined:  # its rows are what the definition makes them: that says something of the family, and it is not put in
            yield Stacked(number, family, (), quoted(match[0]))
        else:
            by_rows = match["axis"].lower().startswith("row")
            yield Stacked(number, matrix, _contents(matrix, family, shape or _shape(count, told.lengths.get(family), by_rows), by_rows))
    for match in _ABOUT.finditer(words):
        number = int(match["before"] or match["after"])
        matrix, _ = _matrix(written(number))
        if matrix is not None and number not in done:
            done.add(number)
            yield Stacked(number, matrix, (), quoted(match[0]))


def written_out(lhs: Term, rhs: Term, told: Sizes) -> tuple[Content, ...]:
    """What ``X = [x_1, ..., x_n]`` says where the x_i are vectors: they are its columns; those of ``X^T``, and a column of ``x_i^T``, are rows. And what
    ``S = diag(s_1, ..., s_n)`` says."""
    if isinstance(lhs, Name) and isinstance(rhs, Call) and rhs.function == Name("diag"):
        return _diagonal(lhs, rhs.arguments)
    listed, by_rows = (rhs.base, True) if isinstance(rhs, Transpose) else (rhs, False)
    if isinstance(listed, Group):
        listed = listed.body
    if isinstance(listed, Matrix):
        column = len(listed.rows) > 1
        entries = tuple(entry for row in listed.rows for entry in row)
        if (column and len(listed.rows[0]) > 1) or column != all(isinstance(e, Transpose | Dots) for e in entries):
            return ()
        by_rows, listed = by_rows != column, Tuple(entries, "[")
    if not isinstance(lhs, Name) or not isinstance(listed, Tuple) or listed.bracket not in ("(", "["):
        return ()
    family, count = _family(listed, told)
    if family is None or family == lhs or family not in told.lengths:
        return ()
    return _contents(lhs, family, _shape(count, told.lengths[family], by_rows), by_rows)


def _diagonal(matrix: Name, listed: tuple[Term, ...]) -> tuple[Content, ...]:
    """The entries of a diagonal matrix whose diagonal is written as a list: each is the last one with another number."""
    if len(listed) not in (3, 4) or not isinstance(listed[-2], Dots):
        return ()
    first, last = listed[0], listed[-1]
    sizes = {s for _, t in subterms(last) if isinstance(t, Index) and len(t.subscripts) == 1 for s in t.subscripts if isinstance(s, Name)}
    for size in sorted(sizes, key=repr):
        entry = substitute(last, {size: ROW})
        if size != ROW and substitute(entry, {ROW: ONE}) == first:
            delta = Index(Name("delta"), (ROW, ENTRY))
            return (Description(matrix, "matrix", (size, size)), Definition(Index(matrix, (ROW, ENTRY)), product(delta, entry), (ROW, ENTRY)))
    return ()


def quoted(words: str) -> str:
    return re.sub(r"⟨\d+⟩", "...", " ".join(words.split()))


def _matrix(term: Term | None) -> tuple[Name | None, tuple[Term, Term] | None]:
    """The name of a matrix, ``X`` or ``X \\in R^{n x d}``, with its sizes where they stand there."""
    match term:
        case Name():
            return term, None
        case Relation((Name() as name, Pow(_, exponent)), ("in",)):
            sizes = exponent.body if isinstance(exponent, Group) else exponent
            match sizes:
                case Mul(((_, rows), ("times", cols))):
                    return name, (rows, cols)
            return name, None
        case _:
            return None, None


def _family(term: Term | None, told: Sizes) -> tuple[Name | None, Term | None]:
    """The family whose members stand there, ``x_i``, ``x_i^T``, ``x_1^T, ..., x_n^T``, ``x_i \\in R^d``, and how many they are."""
    match term:
        case Relation((one, *_), ("in",)):
            return _family(one, told)
        case Transpose(base):
            return _family(base, told)
        case Group(body):
            return _family(body, told)
        case Tuple(items) if any(isinstance(item, Dots) for item in items):
            bare = tuple(item.base if isinstance(item, Transpose) else item for item in items)
            first, last = bare[0], bare[-1]
            from_one = isinstance(first, Index) and first.subscripts == (ONE,) and isinstance(last, Index) and len(last.subscripts) == 1
            return (family_of(bare), last.subscripts[0]) if from_one and isinstance(last, Index) else (None, None)
        case Index(Name() as base, (Name() as number,)):
            return base, told.counts.get(number)
        case _:
            return None, None


def _shape(count: Term | None, length: Term | None, by_rows: bool) -> tuple[Term, Term] | None:
    if count is None or length is None:
        return None
    return (count, length) if by_rows else (length, count)


def _contents(matrix: Name, family: Name, shape: tuple[Term, Term] | None, by_rows: bool) -> tuple[Content, ...]:
    length = None if shape is None else shape[1 if by_rows else 0]
    vectors = Description(family, "vector", None if length is None else (length, ONE), arity=1)
    entries = Definition(Index(matrix, (ROW, ENTRY) if by_rows else (ENTRY, ROW)), Index(family, (ROW, ENTRY)), (ROW, ENTRY))
    return (Description(matrix, "matrix", shape), vectors, entries)
