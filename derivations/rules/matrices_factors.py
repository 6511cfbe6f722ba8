"""What a word of matrix algebra is made of: its letters, and linear combinations of words.

A word is a tuple of factor numbers (an algebra numbers the factors it meets); a combination maps words to scalar coefficients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from fractions import Fraction
from typing import TypeAlias

from derivations.language.context import ONE
from derivations.language.record import record
from derivations.language.term import Term
from derivations.rules.normal.poly import Poly

Word: TypeAlias = tuple[int, ...]


class Combination:
    """A linear combination of words with coefficients that are scalar normal forms, all ``rows`` by ``cols``. Immutable.

    The empty word is the identity. Equality looks at the words and coefficients only: both sides are known to have the same shape.
    """

    __slots__ = ("_hash", "cols", "rows", "words")

    def __init__(self, words: dict[Word, Poly], rows: Term, cols: Term) -> None:
        self.words = words
        self.rows = rows
        self.cols = cols
        self._hash: int | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Combination) and self.words == other.words

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.words.items()))
        return self._hash

    def __iter__(self) -> Iterator[tuple[Word, Poly]]:
        return iter(self.words.items())

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def single(self) -> Word | None:
        """The word of a combination that is one word with coefficient 1."""
        if len(self.words) != 1:
            return None
        ((word, coefficient),) = self.words.items()
        return word if coefficient.constant == Fraction(1) else None

    @property
    def scalar_shaped(self) -> bool:
        return self.rows == ONE and self.cols == ONE


@record
class Letter:
    """A named array, transposed or inverted. ``name`` is any term that stands for an array."""

    name: Term
    rows: Term = field(compare=False)
    cols: Term = field(compare=False)
    transposed: bool = False
    inverted: bool = False


@record
class Ones:
    """The column of ones, or the row."""

    rows: Term = field(compare=False)
    cols: Term = field(compare=False)
    transposed: bool = False


@record
class Entrywise:
    """A function applied to each entry (of several arrays of one shape)."""

    function: Term
    arguments: tuple[Combination, ...]
    rows: Term = field(compare=False)
    cols: Term = field(compare=False)


@record
class SoftmaxOf:
    """The softmax along the columns (axis 0) or the rows (axis 1)."""

    axis: int
    argument: Combination
    rows: Term = field(compare=False)
    cols: Term = field(compare=False)


@record
class Hadamard:
    """An entrywise product of words, in a fixed order."""

    parts: tuple[Word, ...]
    rows: Term = field(compare=False)
    cols: Term = field(compare=False)


@record
class Diagonal:
    """The diagonal matrix that a column makes."""

    column: Word
    rows: Term = field(compare=False)
    cols: Term = field(compare=False)


@record
class Inverse:
    """The inverse of a combination that is not a product of inverses."""

    argument: Combination
    rows: Term = field(compare=False)
    cols: Term = field(compare=False)


@record
class Mapped:
    """A function of arrays about which nothing is known but equality of its arguments."""

    function: Term
    arguments: tuple[Combination | Poly, ...]
    rows: Term = field(compare=False)
    cols: Term = field(compare=False)
    transposed: bool = False


Factor: TypeAlias = Letter | Ones | Entrywise | SoftmaxOf | Hadamard | Diagonal | Inverse | Mapped


@record
class Pull:
    """What lets factors out of a function: ``F(prefix A suffix) = before F(A) after`` for every array A that is ``rows`` by ``cols``.

    ``head`` is the axis of a softmax, or the function that is applied to each entry. Made from a proved theorem, never declared.
    """

    head: Term | int
    prefix: Word
    suffix: Word
    before: Word
    after: Word
    rows: Term | None = None
    cols: Term | None = None


@record
class Known:
    """What is known of named arrays: facts that follow from a declared property by definition.

    ``permutations``: letters for which the library's theorems on permutation matrices may be used.
    """

    orthogonal: frozenset[Term] = frozenset()
    symmetric: frozenset[Term] = frozenset()
    permutations: frozenset[Term] = frozenset()
    invertible: frozenset[Term] = frozenset()
