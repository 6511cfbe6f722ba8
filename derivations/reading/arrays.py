"""Which undeclared names are vectors and matrices, and of what sizes: from transposes, bold letters and the products in which they stand.

Sizes are found by unification: in ``X W`` the columns of X are the rows of W. What stays open gets a letter of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Final, TypeAlias

from derivations.language.context import ONE, Symbol
from derivations.language.numbering import is_numbered
from derivations.language.structure import children, free_names, subterms
from derivations.language.term import (
    Add,
    Bars,
    Big,
    Call,
    Deriv,
    Frac,
    Group,
    Index,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Term,
    Transpose,
)
from derivations.reading.symbols import GREEK, is_letter
from derivations.reading.wordlists import word_set

LONGEST_NAME: Final = 8
"""What is longer is a word and no array."""
Size: TypeAlias = int
Shape: TypeAlias = tuple[Size, Size]
ENTRYWISE: Final = word_set("softmax Softmax relu ReLU tanh sigmoid exp log ln max sigma phi sin cos sqrt")
ZERO: Final = Num("0")
MATRIX_WORDS: Final = word_set("tr Tr trace det diag Diag vec rank")
LETTERS: Final = ("d", "h", "p", "q", "r", "s", "a", "b", "c", "u", "v")


@dataclass
class _Sizes:
    """Union-find over sizes; the size 0 is the number 1."""

    parent: list[int] = field(default_factory=lambda: [0])
    named: dict[int, Term] = field(default_factory=lambda: {0: ONE})
    of_term: dict[Term, int] = field(default_factory=lambda: {ONE: 0})

    def fresh(self) -> Size:
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def of(self, term: Term) -> Size:
        if term not in self.of_term:
            size = self.fresh()
            self.of_term[term] = size
            self.named[size] = term
        return self.find(self.of_term[term])

    def find(self, size: Size) -> Size:
        return _root(size, self.parent)

    def unify(self, one: Size, other: Size) -> None:
        """Take two sizes for the same; two that have different names stay two (the checker will say so)."""
        one, other = self.find(one), self.find(other)
        if one == other or (one in self.named and other in self.named):
            return
        if other in self.named:
            one, other = other, one
        self.parent[other] = one


def _root(size: Size, parent: list[int]) -> Size:
    while parent[size] != size:
        size = parent[size]
    return size


class Unifier:
    """Shapes of the names in some terms. ``known``: declared shapes. ``scalars``: names that are numbers whatever they stand beside."""

    def __init__(
        self, known: Mapping[Symbol, tuple[Term, Term]], scalars: frozenset[Name], is_symbol: Callable[[Index], bool], spaces: Mapping[Term, Term]
    ) -> None:
        self.spaces = spaces
        self.sizes = _Sizes()
        self.scalars = scalars
        self.is_symbol = is_symbol
        self.shapes: dict[Symbol, Shape] = {s: (self.sizes.of(r), self.sizes.of(c)) for s, (r, c) in known.items()}
        self.declared = frozenset(known)
        self.certain: set[Symbol] = set(known)
        """What is an array whatever its sizes: told, transposed, in a norm. A formula that would make a number of one speaks of something else."""
        self.violated: set[Term] = set()

    def symbol(self, node: Term) -> Symbol | None:
        if isinstance(node, Name):
            return node
        if isinstance(node, Index) and self.is_symbol(node):
            return node
        return None

    def add(self, node: Term, column: bool | None = None) -> bool:
        """Take a name for an array (a column if lower-case or said so); answers whether that is new."""
        symbol = self.symbol(node)
        if symbol is None or symbol in self.shapes or not self._may_be(symbol):
            return False
        base = symbol.base if isinstance(symbol, Index) else symbol
        lower = isinstance(base, Name) and (base.text[:1].islower() or base.text.isdigit())
        self.shapes[symbol] = (self.sizes.fresh(), 0 if (lower if column is None else column) else self.sizes.fresh())
        return True

    def _may_be(self, symbol: Symbol) -> bool:
        base = symbol.base if isinstance(symbol, Index) else symbol
        if not isinstance(base, Name) or base in self.scalars or symbol in self.scalars:
            return False
        return (len(base.text) <= LONGEST_NAME or base.text in GREEK) and base.font not in ("rm", "text", "cal", "bb")

    def relatives(self, terms: Iterable[Term]) -> None:
        """``W^{(1)}`` and ``W^{(2)}`` are of one kind: where one is an array, the other is."""
        families = {(s.text, s.accent, s.font): self.shapes[s][1] == 0 for s in self.shapes if isinstance(s, Name) and s.label not in ("", "*")}
        if not families:
            return
        for term in terms:
            for _, node in subterms(term):
                if isinstance(node, Name) and node.label not in ("", "*") and (node.text, node.accent, node.font) in families:
                    self.add(node, column=families[node.text, node.accent, node.font])

    # evidence

    def evidence(self, terms: Iterable[Term]) -> None:
        """Take for arrays what is transposed, inside a norm, a trace or a Hadamard product: for certain; and what is bold."""
        for term in terms:
            for _, node in subterms(term):
                match node:
                    case Transpose(base) | Bars("norm", base):
                        self._certainly(_factors(base))
                    case Name(font="bold"):
                        self.add(node)
                    case Call(function, (argument,)) if function in self.spaces:
                        self._certainly(_factors(argument), column=True)
                    case Call(Name(text), (argument,)) if text in MATRIX_WORDS:
                        self._certainly(_factors(argument), column=False)
                    case Mul(parts) if any(sign == "odot" for sign, _ in parts):
                        self._certainly(tuple(factor for _, factor in parts))

    def _certainly(self, factors: tuple[Term, ...], column: bool | None = None) -> None:
        for factor in factors:
            self.add(factor, column)
            if (symbol := self.symbol(factor)) is not None and symbol in self.shapes:
                self.certain.add(symbol)

    def neighbours(self, terms: Iterable[Term]) -> None:
        """Take for arrays what stands beside arrays in products, until nothing is new."""
        products = {node for term in terms for _, node in subterms(term) if isinstance(node, Mul)}
        while sum(self._beside(node) for node in products):
            pass

    def summands(self, terms: Iterable[Term]) -> bool:
        """Take for arrays what is added to an array; answers whether something was new."""
        sums = [node for term in terms if term not in self.violated for _, node in subterms(term) if isinstance(node, Add)]
        return sum(self._among(node) for node in sums) > 0

    def _is_array(self, node: Term) -> bool:
        match node:
            case Name() | Index():
                symbol = self.symbol(node)
                return symbol is not None and symbol in self.shapes
            case Transpose(body) | Group(body) | Marked(_, body) | Pow(body):
                return self._is_array(body)
            case Mul(parts) | Add(parts):
                return any(self._is_array(part) for _, part in parts)
            case Call(Name(text), (argument,)):
                return text in ENTRYWISE and self._is_array(argument)
            case _:
                return False

    def _is_column(self, node: Term) -> bool:
        symbol = self.symbol(node)
        return symbol is not None and symbol in self.shapes and self.shapes[symbol][1] == 0

    def _among(self, node: Add) -> bool:
        """Take for arrays what is added to an array."""
        shapes = [self.shape(part) for _, part in node.parts]
        if not any(shapes):
            return False
        return sum(self.add(part) for (_, part), shape in zip(node.parts, shapes, strict=True) if shape is None) > 0

    def _beside(self, node: Mul) -> bool:
        new = False
        for (_, left), (sign, right) in pairwise(node.parts):
            if sign not in ("", "cdot", "odot"):
                continue
            if self._is_array(left) and self._named(right) is not None and (sign == "odot" or not self._is_column(left)):
                new |= self.add(right)
            elif self._is_array(right) and (symbol := self._named(left)) is not None and is_capital(symbol):
                new |= self.add(left)
        return new

    def _named(self, node: Term) -> Symbol | None:
        symbol = self.symbol(node)
        return None if symbol is None or symbol in self.shapes else symbol

    # shapes

    def shape(self, node: Term) -> Shape | None:
        """The shape of a term, unifying on the way; None for a number."""
        found = self._shape(node)
        if found is not None and self.sizes.find(found[0]) == 0 == self.sizes.find(found[1]):
            return None
        return found

    def _shape(self, node: Term) -> Shape | None:
        match node:
            case Name() | Index():
                symbol = self.symbol(node)
                return None if symbol is None else self.shapes.get(symbol)
            case Transpose(base):
                inner = self._shape(base)
                return None if inner is None else (inner[1], inner[0])
            case Big(_, body, Name() as index, lower, upper) if lower in (ONE, ZERO) and upper is not None:
                self._over_entries(body, index, upper, lower == ZERO)
                return self.shape(body)
            case Group(body) | Marked(_, body) | Big(_, body):
                return self.shape(body)
            case Add(parts):
                shapes = [s for _, part in parts if (s := self.shape(part)) is not None]
                for one, other in pairwise(shapes):
                    self._same(one, other)
                return shapes[0] if shapes else None
            case Mul(parts):
                return self._product(parts)
            case Frac(numerator, denominator):
                self.shape(denominator)
                return self.shape(numerator)
            case Pow(base, exponent):
                inner = self.shape(base)
                if inner is None or exponent == Name("T"):
                    return None
                self.sizes.unify(inner[0], inner[1])
                return inner
            case Call(function, (argument,)) if function in self.spaces:
                if (of := self.shape(argument)) is not None:
                    self._same(of, (self.sizes.of(self.spaces[function]), 0))
                return None
            case Call(function, (argument,)):
                inner = self.shape(argument)
                name = function.base if isinstance(function, Pow) else function
                if inner is not None and isinstance(name, Name) and name.text == "Cov":
                    return inner[0], inner[0]
                if inner is None or not isinstance(name, Name) or name.text in MATRIX_WORDS | {"E", "Var", "KL", "H"}:
                    return inner if isinstance(name, Name) and name.text == "E" else None
                return inner if name.text in ENTRYWISE else (self.sizes.fresh(), self.sizes.fresh())
            case Deriv(body, ((variable, 1),), style=style):
                inner = self.shape(body)
                return self.shape(variable) if inner is None and style != "operator" else None
            case Relation(items):
                shapes = [s for item in items if (s := self.shape(item)) is not None]
                for one, other in pairwise(shapes):
                    self._same(one, other)
                if shapes:  # a name for an array is one
                    for symbol in (self._named(item) for item in items):
                        if symbol is not None and self._may_be(symbol):
                            self.shapes[symbol] = shapes[0]
                return None
            case _:
                for child in children(node):
                    self.shape(child)
                return None

    def _over_entries(self, body: Term, index: Name, last: Term, shifted: bool) -> None:
        """A sum from 1 to d over entries: there are d of them, where nothing else says how many. ``shifted``: it goes from 0, and over ``x_{j+1}``."""
        place = Add((("+", index), ("+", ONE))) if shifted else index
        one_more: Term = Num(str(int(last.digits) + 1)) if isinstance(last, Num) and last.digits.isdigit() else Add((("+", last), ("+", ONE)))
        size = one_more if shifted else last
        for _, node in subterms(body):
            shape = self.shapes.get(node.base) if isinstance(node, Index) and isinstance(node.base, Name) and node.base not in self.declared else None
            if shape is None or not isinstance(node, Index):
                continue
            entry = node.subscripts[1:] if is_numbered(node.base) else node.subscripts
            if len(entry) == (1 if self.sizes.find(shape[1]) == 0 else 2):
                for side, subscript in zip(shape, entry, strict=False):
                    if subscript == place:
                        self.sizes.unify(side, self.sizes.of(size))

    def _same(self, one: Shape, other: Shape) -> None:
        self.sizes.unify(one[0], other[0])
        self.sizes.unify(one[1], other[1])

    def _product(self, parts: tuple[tuple[str, Term], ...]) -> Shape | None:
        so_far: Shape | None = None
        for sign, factor in parts:
            here = self.shape(factor)
            if here is None:
                continue
            if so_far is None:
                so_far = here
            elif sign == "odot":
                self._same(so_far, here)
            elif sign in ("", "cdot", "times"):
                self.sizes.unify(so_far[1], here[0])
                so_far = (so_far[0], here[1])
                if self.sizes.find(so_far[0]) == 0 == self.sizes.find(so_far[1]):
                    so_far = None
            else:
                so_far = None
        return so_far

    def sized(self, terms: Iterable[Term]) -> None:
        """Unify the sizes in all terms but those that would make a number of what is certainly an array: they are mistakes, or speak of something else."""
        for term in terms:
            if term in self.violated:
                continue
            parent, shapes = list(self.sizes.parent), dict(self.shapes)
            self.shape(term)
            if any(self._is_number(self.shapes[symbol]) for symbol in self.certain if symbol not in self.declared):
                self.sizes.parent[: len(parent)] = parent
                self.shapes = shapes
                self.violated.add(term)

    def _is_number(self, shape: Shape) -> bool:
        return all(self.sizes.find(size) == 0 for size in shape)

    def found(self, taken: frozenset[Name]) -> tuple[dict[Symbol, tuple[Term, Term]], tuple[Name, ...]]:
        """The shapes of the undeclared arrays, and the letters that were taken for open sizes."""
        letters = iter([Name(letter) for letter in LETTERS if Name(letter) not in taken])
        new: list[Name] = []

        def written(size: Size) -> Term:
            root = self.sizes.find(size)
            if root not in self.sizes.named:
                letter = next(letters, Name(f"n{len(new)}"))
                new.append(letter)
                self.sizes.named[root] = letter
            return self.sizes.named[root]

        shapes = {s: (written(r), written(c)) for s, (r, c) in self.shapes.items() if s not in self.declared}
        return shapes, tuple(new)


def is_array(node: Term, arrays: AbstractSet[Term]) -> bool:
    """Whether a term is an array when these names are: a sum, product, transpose or power of one that is not closed to a number."""
    match node:
        case Matrix(rows):
            return len(rows) > 1 or len(rows[0]) > 1
        case Name() | Index():
            return node in arrays
        case Transpose(body) | Group(body) | Marked(_, body) | Pow(body):
            return is_array(body, arrays)
        case Add(parts):
            return any(is_array(part, arrays) for _, part in parts)
        case Mul(parts):
            factors = [part for _, part in parts if is_array(part, arrays)]
            row = bool(factors) and isinstance(factors[0], Transpose) and _is_lower(factors[0].base)
            return bool(factors) and not (row and _is_lower(factors[-1]) and len(factors) > 1)
        case Call(Name(text), (argument,)):
            return text in ENTRYWISE and is_array(argument, arrays)
        case Frac(numerator, _):
            return is_array(numerator, arrays)
        case _:
            return False


def _is_lower(node: Term) -> bool:
    base = node.base if isinstance(node, Index) else node
    return isinstance(base, Name) and base.text[:1].islower()


def _factors(node: Term) -> tuple[Term, ...]:
    match node:
        case Name() | Index():
            return (node,)
        case Group(body) | Transpose(body) | Marked(_, body):
            return _factors(body)
        case Add(parts):
            return tuple(f for _, part in parts for f in _factors(part) if not isinstance(part, Num))
        case Mul(parts):  # of a product of columns all but the last are numbers: eta in |x - eta g|
            last = len(parts) - 1
            return tuple(
                f for k, (sign, part) in enumerate(parts) for f in _factors(part)
                if not isinstance(part, Num) and (k == last or not _is_lower(part) or "odot" in (sign, parts[k + 1][0]))
            )  # fmt: skip
        case _:
            return ()


def is_capital(symbol: Symbol) -> bool:
    base = symbol.base if isinstance(symbol, Index) else symbol
    return isinstance(base, Name) and base.text[:1].isupper() and is_letter(base.text) and base.text != "Delta"  # a change, as in "Delta x"


def array_shapes(
    terms: tuple[Term, ...],
    known: Mapping[Symbol, tuple[Term, Term]],
    shapeless: Iterable[tuple[Symbol, bool]],
    scalars: frozenset[Name],
    is_symbol: Callable[[Index], bool],
    square: frozenset[Symbol] = frozenset(),
    spaces: Mapping[Term, Term] = MappingProxyType({}),
) -> tuple[dict[Symbol, tuple[Term, Term]], tuple[Name, ...]]:
    """The shapes of the arrays among the undeclared names of ``terms``, and new letters for sizes that nothing settles.

    ``shapeless``: names that were said to be arrays, with whether they are vectors; ``square``: those that have as many rows as columns, by what was said.
    ``spaces``: functions of vectors, with their length.
    """
    unifier = Unifier(known, scalars, is_symbol, spaces)
    for symbol, vector in shapeless:
        unifier.add(symbol, column=vector)
        if symbol in square and symbol in unifier.shapes:
            unifier.sizes.unify(*unifier.shapes[symbol])
    unifier.certain |= unifier.shapes.keys()
    unifier.evidence(terms)
    if not unifier.shapes:
        return {}, ()
    for _ in range(4):
        unifier.neighbours(terms)
        unifier.relatives(terms)
        unifier.neighbours(terms)
        unifier.sized(terms)
        if not unifier.summands(terms):
            break
    taken = frozenset[Name]().union(*(free_names(t) for t in terms)) if terms else frozenset()
    return unifier.found(taken)
