"""The written form of mathematics: a small frozen syntax tree.

A ``Term`` keeps what its author wrote: order, brackets, the sign of a product, unevaluated arithmetic. ``7 + (7 - 1) * 1`` stays
exactly that. What a term *means* is the business of ``denote`` (SymPy) and of ``model`` (concrete values); how it is *printed* is the
business of ``render.notation``. Nothing in this module computes.

Terms compare structurally and are hashable, so they can be keys, and every node supports ``match``. Python's operators build terms
(``beta * m[t] + (1 - beta) * g[t]``); because Python forgets brackets, ``bracketed`` (in ``structure.py``) puts back those the grammar needs.
Design after wadler_lindig (frozen dataclasses and one ``match``) and SymPy's printing notes on what its trees cannot hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias, TypeVar, dataclass_transform

from derivations.language.record import record

Sign: TypeAlias = Literal["+", "-", "±"]
"""The sign before a summand."""

ProductSign: TypeAlias = Literal["", "cdot", "times", "odot", "otimes", "ast", "star", "circ"]
"""How a factor is joined to the one before: juxtaposed, centred dot, cross, Hadamard, Kronecker, convolution, correlation, composition."""

Bracket: TypeAlias = Literal["(", "[", "{", "<"]


class Term:
    """Base of all nodes; it only lends them Python's operators. The union of the nodes is closed: match on all of them.

    A node never changes, so what walks over it keeps on it what is asked again and again: its hash, its subterms, its free names, the term with brackets.
    These are no fields: they are not compared, printed, copied or pickled.
    """

    __slots__ = ("_children", "_free", "_hash", "_settled", "_subterms")
    _hash: int
    _children: tuple[Term, ...]
    _subterms: tuple[tuple[tuple[int, ...], Term], ...]
    _free: frozenset[Name]
    _settled: Term

    def __add__(self, other: Operand) -> Term:
        return _add(self, "+", term(other))

    def __radd__(self, other: Operand) -> Term:
        return _add(term(other), "+", self)

    def __sub__(self, other: Operand) -> Term:
        return _add(self, "-", term(other))

    def __rsub__(self, other: Operand) -> Term:
        return _add(term(other), "-", self)

    def __mul__(self, other: Operand) -> Term:
        return product(self, other)

    def __rmul__(self, other: Operand) -> Term:
        return product(other, self)

    def __truediv__(self, other: Operand) -> Term:
        return Frac(self, term(other))

    def __rtruediv__(self, other: Operand) -> Term:
        return Frac(term(other), self)

    def __pow__(self, other: Operand) -> Term:
        return Pow(self, term(other))

    def __rpow__(self, other: Operand) -> Term:
        return Pow(term(other), self)

    def __neg__(self) -> Term:
        return Add((("-", self),))

    def __getitem__(self, subscripts: Operand | tuple[Operand, ...]) -> Term:
        """``x[i]`` and ``x[i, j]``: an indexed name. (``Sa[X]`` with square brackets is ``Call(Sa, (X,), "[")``.)"""
        parts = subscripts if isinstance(subscripts, tuple) else (subscripts,)
        return Index(self, tuple(term(s) for s in parts))

    def __call__(self, *arguments: Operand) -> Term:
        return Call(self, tuple(term(a) for a in arguments))

    def __iter__(self) -> Iterator[Term]:  # __getitem__ alone would make Python try 0, 1, 2, ... for ever
        raise TypeError(f"a {type(self).__name__} term is not iterable; its parts are fields")

    @property
    def T(self) -> Term:
        return Transpose(self)


_Node = TypeVar("_Node", bound=Term)


@dataclass_transform(frozen_default=True)
def _node(kind: type[_Node]) -> type[_Node]:
    """A frozen dataclass with slots whose hash is computed once: terms are keys at every level of every walk."""
    made = record(kind)
    computed: Callable[[object], int] = made.__hash__

    def kept(self: Term) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", found := computed(self))
            return found

    setattr(made, "__hash__", kept)  # noqa: B010
    return made


@_node
class Num(Term):
    """A decimal literal as written, without grouping: ``7``, ``0.115``. Never signed: a minus sign is an ``Add``."""

    digits: str


@_node
class Name(Term):
    """An identifier. ``text`` is the bare name (``x``, ``beta``, ``RF``, ``Softmax``, ``Batches per Epoch``).

    ``accent``: from the inside out, of ``hat tilde bar vec dot ddot check``. ``font``: ``""`` (italic for one letter), ``bold``, ``cal``, ``bb``,
    ``frak``, ``rm`` (upright, an operator name such as softmax), ``text`` (words), ``sf``, ``tt``. ``primes``: ``Q'`` has one. ``label``: the
    bracketed superscript of ``w^{(2)}``, and ``*`` of an optimum ``x^*``.
    """

    text: str
    accent: tuple[str, ...] = ()
    font: str = ""
    primes: int = 0
    label: str = ""


@_node
class Const(Term):
    """A mathematical constant: ``pi``, ``e``, ``oo`` (infinity), ``i`` (imaginary unit; only where declared)."""

    which: Literal["pi", "e", "oo", "i"]


@_node
class Index(Term):
    """``x_i``, ``w_{i,j}``: one subscript a tuple entry."""

    base: Term
    subscripts: tuple[Term, ...]


@_node
class Add(Term):
    """A sum with its signs: ``a - b + c`` is ``(("+", a), ("-", b), ("+", c))``; ``-a`` is ``(("-", a),)``. A first ``+`` is not printed."""

    parts: tuple[tuple[Sign, Term], ...]


@_node
class Mul(Term):
    """A product with its signs; the first factor's sign is ``""``. Division is ``Frac``."""

    parts: tuple[tuple[ProductSign, Term], ...]


@_node
class Frac(Term):
    """A fraction. ``slash``: written ``a/b`` in the line."""

    numerator: Term
    denominator: Term
    slash: bool = False


@_node
class Pow(Term):
    """``x^n``, and ``A^{-1}`` for a matrix. (A transpose is ``Transpose``; ``\\sin^2 x`` is ``Call(Pow(sin, 2), (x,))``.)"""

    base: Term
    exponent: Term


@_node
class Root(Term):
    """A square root, or the ``degree``-th root."""

    radicand: Term
    degree: Term | None = None


@_node
class Call(Term):
    """Application: ``f(x)``, ``Sa[X]``, ``E_q[...]``, ``ln x`` (``bracket`` empty: no bracket is written).

    ``function`` is a ``Name``, an ``Index`` (``E_q``, ``log_2``), a ``Pow`` (``sin^2``) or a bracketed combination (``(f * g)(n)``).
    An argument may be a ``Bar`` (``p(x | z)``, ``KL(q || p)``).
    """

    function: Term
    arguments: tuple[Term, ...]
    bracket: Bracket | Literal[""] = "("


@_node
class Big(Term):
    """A big operator over a bound variable: sum, prod, max, min, argmax, argmin, sup, inf, lim, union, intersection.

    ``lower``/``upper`` bound the variable (for ``lim`` the target is ``lower``); with neither, the range comes from the context. ``where`` is the
    condition under the sign (``i \\in B``, ``k \\ne j``), a ``Relation`` that mentions the variable.
    """

    op: str
    body: Term
    variable: Term
    lower: Term | None = None
    upper: Term | None = None
    where: Term | None = None


@_node
class Integral(Term):
    body: Term
    variable: Term
    lower: Term | None = None
    upper: Term | None = None


@_node
class Deriv(Term):
    """A derivative in Leibniz's or nabla notation; ``variables`` are (variable, order) pairs.

    ``style``: ``fraction`` (the body in the numerator: dL/dw), ``operator`` (d/dx before its body), ``nabla`` (a gradient by ``variables[0]``).
    """

    body: Term
    variables: tuple[tuple[Term, int], ...]
    partial: bool = False
    style: Literal["fraction", "operator", "nabla"] = "fraction"


@_node
class Transpose(Term):
    """``mark``: how it is written, ``T`` or ``top``."""

    base: Term
    mark: Literal["T", "top"] = "T"


@_node
class Cases(Term):
    """(value, condition) rows; a condition of ``None`` is "otherwise"."""

    rows: tuple[tuple[Term, Term | None], ...]


@_node
class Bars(Term):
    """``abs |x|``, ``norm ||x||`` (``subscript`` its index, as in an L1 norm), ``floor``, ``ceil``, ``det |A|``, ``card |B|``."""

    kind: Literal["abs", "norm", "floor", "ceil", "det", "card"]
    body: Term
    subscript: Term | None = None


@_node
class Group(Term):
    """Brackets that stand in the text."""

    body: Term
    bracket: Bracket = "("


@_node
class Tuple(Term):
    """``(a, b, c)`` and ``{a, b, c}`` and ``[a, b]``: a list in brackets. A half-open interval writes its two brackets: ``bracket='(]'``."""

    items: tuple[Term, ...]
    bracket: str = "("


@_node
class Matrix(Term):
    """An array of entries, by rows; ``bracket`` ``(``, ``[`` or ``|`` (a determinant)."""

    rows: tuple[tuple[Term, ...], ...]
    bracket: Literal["(", "[", "|", ""] = "("


@_node
class Relation(Term):
    """A (chained) relation as a formula: ``0 < x < 1`` is items ``(0, x, 1)``, signs ``("<", "<")``.

    Signs: ``= != < <= > >= ~~ (approximately) ~ (distributed as) prop in notin subset subseteq -> |-> <=> => :=  equiv perp mid << >>``.
    """

    items: tuple[Term, ...]
    signs: tuple[str, ...]


@_node
class Logic(Term):
    """``and``, ``or``, ``not`` of conditions, and ``forall``/``exists`` (first item the variable)."""

    op: Literal["and", "or", "not", "forall", "exists"]
    items: tuple[Term, ...]


@_node
class Bar(Term):
    """``x | z`` (given), ``q || p`` (divergence), ``x ; theta`` inside brackets."""

    left: Term
    right: Term
    kind: Literal["|", "||", ";"] = "|"


@_node
class At(Term):
    """The evaluated-at bar: ``body`` with ``(variable, value)`` put in; with ``upper`` given, a difference between two limits (``[F]_a^b``)."""

    body: Term
    variable: Term
    value: Term
    upper: Term | None = None


@_node
class Dots(Term):
    """An ellipsis that the author wrote: ``w_1, ..., w_K``."""

    kind: Literal["...", "cdots", "vdots", "ddots"] = "..."


@_node
class Marked(Term):
    """A part with typographic marking that does not change its meaning: ``underbrace``, ``overbrace``, ``box``, ``cancel``, ``colour``, ``text``."""

    kind: str
    body: Term
    note: str = ""


Operand: TypeAlias = "Term | int | str"
"""What the operators accept: a term, an integer (its digits; a negative one becomes a signed sum) or a name."""


def term(value: Operand) -> Term:
    """The term for a Python value: ``term(-3)`` is ``-3`` (an ``Add``), ``term("x")`` the name x.

    Raises TypeError for anything else: a float has no written form that is certain.
    """
    if isinstance(value, Term):
        return value
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"cannot write {value!r} as a term: a term, an integer or a name is accepted")
    if isinstance(value, str):
        return Name(value)
    return Num(str(value)) if value >= 0 else Add((("-", Num(str(-value))),))


def _add(left: Term, sign: Sign, right: Term) -> Term:
    """Left-associative, as Python reads it: ``a + b + c`` is one sum of three; a bracket on the right stays a bracket."""
    parts = left.parts if isinstance(left, Add) else (("+", left),)
    right = Group(right) if isinstance(right, Add) else right
    return Add((*parts, (sign, right)))


def _joined(sign: ProductSign, factors: tuple[Operand, ...]) -> Term:
    parts: list[tuple[ProductSign, Term]] = []
    for factor in factors:
        factor_term = term(factor)
        first: ProductSign = sign if parts else ""
        if isinstance(factor_term, Mul) and not parts:
            parts.extend(factor_term.parts)
        elif isinstance(factor_term, Mul | Add):
            parts.append((first, Group(factor_term)))
        else:
            parts.append((first, factor_term))
    return parts[0][1] if len(parts) == 1 else Mul(tuple(parts))


def product(*factors: Operand) -> Term:
    """A juxtaposed product; sums and right-hand products get the brackets they need."""
    return _joined("", factors)


def times(*factors: Operand) -> Term:
    """A product written with crosses: 3 x 3 x 512."""
    return _joined("times", factors)


def dot(*factors: Operand) -> Term:
    """A product written with centred dots."""
    return _joined("cdot", factors)


def group(body: Operand, bracket: Bracket = "(") -> Term:
    return Group(term(body), bracket)


def names(text: str) -> tuple[Name, ...]:
    """``names("x y beta")``: several names at once."""
    return tuple(Name(word) for word in text.split())


def relation(left: Operand, sign: str, right: Operand) -> Relation:
    return Relation((term(left), term(right)), (sign,))


def sum_over(variable: Operand, lower: Operand | None, upper: Operand | None, body: Operand) -> Term:
    """A big sum; without bounds its range comes from the context."""
    return Big(
        "sum", term(body), term(variable), None if lower is None else term(lower), None if upper is None else term(upper)
    )


def is_float_word(text: str) -> bool:
    """Whether a word is how floats that are no real number are written (``nan``, ``inf``): nobody means a symbol of that name."""
    return text.lower() in ("nan", "inf", "infinity")
