"""The context of a judgement: what kind of thing each name is, and what may be assumed.

A context is part of every claim and is printed with it. ``Gamma |- lhs = rhs`` holds for all values of the names that have their kinds
and satisfy the hypotheses and the definitions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from enum import Enum
from typing import Final, TypeAlias

from derivations.language.errors import ContextError
from derivations.language.record import record
from derivations.language.structure import free_names, substitute
from derivations.language.term import Call, Index, Name, Num, Relation, Term

ONE = Num("1")


class Domain(Enum):
    """Where a scalar lives. The order is inclusion only where stated in ``contains``."""

    REAL = "real"
    POSITIVE = "positive"
    NONNEGATIVE = "nonnegative"
    NEGATIVE = "negative"
    NONZERO = "nonzero"
    UNIT = "in (0, 1)"
    PROBABILITY = "in [0, 1]"
    INTEGER = "integer"
    NATURAL = "natural"  # 1, 2, 3, ...
    WHOLE = "whole"  # 0, 1, 2, ...
    COMPLEX = "complex"  # has no sign, and is not ordered

    @property
    def discrete(self) -> bool:
        return self in (Domain.INTEGER, Domain.NATURAL, Domain.WHOLE)


@record
class Scalar:
    """A number. ``index``: nobody said what it is, but it stands as an index: by convention it lies in the range of what it indexes."""

    domain: Domain = Domain.REAL
    index: bool = False


@record
class Sequence:
    """Numbers with one or more integer subscripts, ``x_i``, ``w_{i,j}``: one value of ``domain`` for each integer (or each tuple of them)."""

    domain: Domain = Domain.REAL
    arity: int = 1


@record
class Array:
    """A matrix (or a column vector: ``cols`` is 1) of real numbers with a symbolic shape.

    ``properties``: of ``permutation orthogonal symmetric positive_definite positive_semidefinite invertible diagonal ones zero identity one_hot
    stochastic row_stochastic doubly_stochastic``.
    (``stochastic``: its columns are probabilities.)
    A vector or matrix may also be used by its entries, ``x_i`` or ``A_{ij}`` (1-based).
    """

    rows: Term
    cols: Term = ONE
    properties: frozenset[str] = frozenset()

    @property
    def is_vector(self) -> bool:
        return self.cols == ONE


@record
class Family:
    """Arrays with ``arity`` integer subscripts, all of one shape: the examples ``x_1, ..., x_n`` of a data set. ``x_{i,k}`` is entry k of ``x_i``."""

    member: Array
    arity: int = 1


@record
class Function:
    """A function of ``arity`` real arguments with real values, without a definition (smooth unless said).

    ``properties``: of ``increasing decreasing convex concave positive finite_support density permutation`` (of the range of its argument).
    ``of_vectors``: its argument is a vector and its value one number, ``f: R^d -> R``; any other function also applies to the entries of arrays.
    A function on integers (a signal ``f(n)``) has ``on_integers``.
    """

    arity: int = 1
    properties: frozenset[str] = frozenset()
    on_integers: bool = False
    maps_arrays: bool = False


@record
class Softmax:
    """The softmax of an array, along each column (``axis=0``: every column of the result sums to one) or along each row (``axis=1``)."""

    axis: int = 0


@record
class RandomVariable:
    """A random variable. ``law``: a term such as ``Call(Name("Normal"), (mu, sigma^2))`` (mean, *variance*), or None if unknown; ``arity`` > 0: a family
    of them ``x_i``, ``independent`` unless that is not said; ``pairs``: what two of them are where they are not (``independent`` or ``uncorrelated``).
    ``shape`` of a random vector, else None. ``identical``: the members of a family have one law, whichever that is. ``symmetric``: X and -X have one law,
    whichever that is (of a family: each member)."""

    law: Term | None = None
    arity: int = 0
    shape: tuple[Term, Term] | None = None
    independent: bool = True
    pairs: str = ""
    identical: bool = False
    symmetric: bool = False


@record
class IndexSet:
    """A finite set of integers, such as a batch; only membership and size are known."""


@record
class Through:
    """What a loss depends on: a number or an array (no ``ranges``), or a family of numbers with the limits of each subscript (None: not stated)."""

    symbol: Name | Index
    ranges: tuple[tuple[Term, Term] | None, ...] = ()


@record
class Loss:
    """A number that is differentiated and that nothing defines: some smooth function of what ``of`` lists, and of nothing else that varies.

    Its derivatives are unknown (cotangents), one for each variable, and the chain rule through what is defined relates them. ``value`` writes it with
    unknown functions, for whoever must evaluate it.
    """

    of: tuple[Through, ...]
    value: Term


Kind: TypeAlias = Scalar | Sequence | Array | Family | Function | Softmax | RandomVariable | IndexSet | Loss


def shape_of(kind: Kind | None) -> tuple[Term, Term] | None:
    """The shape of what has entries, also of a random vector; None for everything else."""
    match kind:
        case Array(rows, cols) | RandomVariable(shape=(rows, cols)):
            return rows, cols
        case _:
            return None


Symbol: TypeAlias = Name | Index
"""What can be declared: a name, or a subscripted name that is a name of its own (``W_q``, the matrix of the queries)."""


def spelled(symbol: Term) -> str:
    """A name in words: with its subscripts, accents and primes."""
    match symbol:
        case Index(base, subscripts):
            return f"{spelled(base)}_{', '.join(spelled(s) for s in subscripts)}"
        case Num(digits):
            return digits
        case Name(text, accent, _, primes):
            return f"{text}{' ' + ' '.join(accent) if accent else ''}{chr(39) * primes}"
        case _:
            return "..."


def kind_in_words(kind: Kind) -> str:
    """What a kind says of a name: "x is a positive number"."""
    match kind:
        case Scalar(domain):
            return DOMAINS[domain]
        case Array() as array:
            return "a vector" if array.is_vector else "a matrix"
        case Family(member):
            return "vectors" if member.is_vector else "matrices"
        case Function():
            return "a function"
        case RandomVariable():
            return "a random variable"
        case Sequence(domain):
            return f"a sequence ({DOMAINS[domain]} each)" if domain is not Domain.REAL else "a sequence of real numbers"
        case Softmax():
            return "a softmax"
        case IndexSet():
            return "a set of indices"
        case Loss():
            return "a quantity of which only what it depends on is said"


DOMAINS: Final = {
    Domain.REAL: "a real number", Domain.POSITIVE: "a positive number", Domain.NONNEGATIVE: "a number that is not negative",
    Domain.NEGATIVE: "a negative number", Domain.NONZERO: "a number that is not 0", Domain.UNIT: "a number between 0 and 1",
    Domain.PROBABILITY: "a number from 0 to 1", Domain.INTEGER: "an integer", Domain.NATURAL: "a positive integer",
    Domain.WHOLE: "an integer that is not negative", Domain.COMPLEX: "a complex number",
}  # fmt: skip


@record
class Definition:
    """``lhs := rhs`` for all values of ``parameters``.

    ``lhs`` is a name (``Q'``), an index pattern (``p_i``, ``m_{t+1}``: a recurrence), a call pattern (``sigma(t)``, ``Sa[X]``), or a call of an operator
    (``(f * g)(n)``). ``parameters`` are the names in ``lhs`` that are bound by it.
    ``where``: a condition on the parameters under which this defines (``t >= 1``), else None.
    """

    lhs: Term
    rhs: Term
    parameters: tuple[Name, ...] = ()
    where: Relation | None = None


@record
class Context:
    """Kinds, hypotheses and definitions.

    ``kinds`` maps names (or indexed names that are one thing: ``W_q``, ``sigma_1``) to kinds; a name without a kind is an error for the rules, not a guess.

    ``ranges`` gives the range of an index when a sum is written without one: ``(i, 1, n)``.
    ``conventions`` are words that belong to the claim and are printed with it ("dilation counts the zeros between taps").
    """

    kinds: tuple[tuple[Symbol, Kind], ...] = ()
    hypotheses: tuple[Term, ...] = ()
    definitions: tuple[Definition, ...] = ()
    ranges: tuple[tuple[Name, Term, Term], ...] = ()
    conventions: tuple[str, ...] = ()
    _lookup: dict[Symbol, Kind] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, kind in self.kinds:
            if self._lookup.setdefault(name, kind) != kind:
                raise ContextError(f"the name {spelled(name)!r} is declared twice: as {kind_in_words(self._lookup[name])} and as {kind_in_words(kind)}")

    def kind(self, name: Symbol) -> Kind | None:
        """The kind of a name, or None when it has not been declared."""
        return self._lookup.get(name)

    def declare(self, kind: Kind, *names: Symbol) -> Context:
        """The context with these names declared as well. Raises ContextError if one has another kind already."""
        return replace(self, kinds=(*self.kinds, *((n, kind) for n in names if self._lookup.get(n) != kind)))

    def assume(self, *hypotheses: Term) -> Context:
        """The context with these relations assumed as well."""
        return replace(self, hypotheses=(*self.hypotheses, *(h for h in hypotheses if h not in self.hypotheses)))

    def define(self, lhs: Term, rhs: Term, parameters: Iterable[Name] = (), where: Relation | None = None) -> Context:
        """The context with one more definition. Raises ContextError if the same left side is defined otherwise already."""
        found = replace(self, definitions=(*self.definitions, Definition(lhs, rhs, tuple(parameters), where)))
        twice = contradiction(found)
        if twice is not None:
            raise ContextError(f"{twice} is defined twice, and not alike; a second equation about it is a hypothesis or a claim")
        return found

    def with_range(self, variable: Name, lower: Term, upper: Term) -> Context:
        return replace(self, ranges=(*self.ranges, (variable, lower, upper)))

    def convention(self, *words: str) -> Context:
        return replace(self, conventions=(*self.conventions, *(w for w in words if w not in self.conventions)))

    def range_of(self, variable: Name) -> tuple[Term, Term] | None:
        for name, lower, upper in self.ranges:
            if name == variable:
                return lower, upper
        return None

    def is_general(self, index: Name) -> bool:
        """Whether a hypothesis about the entry at this index is one about every entry: nobody said which index it is.

        True: ``x_i > 0``, where i only stands as an index, or runs over a range, or counts (t = 1, 2, ...). False: where i was said to be an integer.
        """
        kind = self.kind(index)
        if kind is None or self.range_of(index) is not None:
            return True
        return isinstance(kind, Scalar) and (kind.index or kind.domain in (Domain.NATURAL, Domain.WHOLE))

    def extends(self, other: Context) -> bool:
        """Whether everything that ``other`` assumes is assumed here too, so that what holds under ``other`` holds here."""
        return (
            all(self._lookup.get(n) == k for n, k in other.kinds)
            and set(other.hypotheses) <= set(self.hypotheses)
            and set(other.definitions) <= set(self.definitions)
            and set(other.ranges) <= set(self.ranges)
        )

    def instantiated(self, values: dict[Term, Term]) -> Context:
        """Hypotheses and definitions with terms put in for free names (kinds and conventions stay)."""
        return replace(
            self,
            hypotheses=tuple(substitute(h, values) for h in self.hypotheses),
            definitions=tuple(replace(d, rhs=substitute(d.rhs, values)) for d in self.definitions),
        )

    def undeclared(self, node: Term) -> frozenset[Name]:
        """Free names of a term that have neither a kind nor a definition."""
        defined = frozenset().union(*(free_names(d.lhs) - set(d.parameters) for d in self.definitions))
        whole: dict[Term, Term] = {symbol: ONE for symbol in self._lookup if isinstance(symbol, Index)}  # W_q declares neither W nor q
        return frozenset(n for n in free_names(substitute(node, whole)) if n not in self._lookup and n not in defined)


_SAID_BY: Final = {
    (">", "0"): (Domain.POSITIVE, Domain.UNIT, Domain.NATURAL), ("<", "0"): (Domain.NEGATIVE,),
    (">=", "0"): (Domain.POSITIVE, Domain.NONNEGATIVE, Domain.UNIT, Domain.PROBABILITY, Domain.NATURAL, Domain.WHOLE), (">=", "1"): (Domain.NATURAL,),
    ("!=", "0"): (Domain.POSITIVE, Domain.NEGATIVE, Domain.NONZERO, Domain.UNIT, Domain.NATURAL), ("<", "1"): (Domain.UNIT,),
    ("<=", "1"): (Domain.UNIT, Domain.PROBABILITY),
}  # fmt: skip
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}


def said_by_kind(fact: Term, context: Context) -> bool:
    """Whether a hypothesis, such as ``a > 0``, is what the kind of its name says already (that a is positive)."""
    match fact:
        case Relation((Name() | Index() as symbol, Num(digits)), (sign,)):
            pass
        case Relation((Num(digits), Name() | Index() as symbol), (sign,)):
            sign = _TURNED.get(sign, sign)
        case _:
            return False
    kind = context.kind(symbol)
    return isinstance(kind, Scalar) and kind.domain in _SAID_BY.get((sign, digits), ())


def contradiction(context: Context) -> str | None:
    """What the context defines twice in different ways (the parameters' letters apart), as text; None if there is no such thing."""
    known: dict[tuple[Term, Term | None], Term] = {}
    for definition in context.definitions:
        labels = free_names(definition.lhs.function) if isinstance(definition.lhs, Call) else frozenset()  # p_z(z) and p_x(x) are two densities
        put: dict[Term, Term] = {p: Name(f"parameter {k}") for k, p in enumerate(definition.parameters) if p not in labels}
        head = substitute(definition.lhs, put)
        where = None if definition.where is None else substitute(definition.where, put)
        meaning = substitute(definition.rhs, put)
        if known.setdefault((head, where), meaning) != meaning:
            return _spoken(definition.lhs)
    return None


def _spoken(lhs: Term) -> str:
    """The name that a definition is about, for people."""
    head: object = lhs
    while not isinstance(head, Name):
        head = getattr(head, "function", None) or getattr(head, "base", None) or getattr(head, "body", None)
        if head is None:
            return "something"
    return repr(head.text)
