"""What the reader knows of the names in a formula, and what it had to assume.

LaTeX does not say whether ``a(b+c)`` is a product or a call, or whether ``A^T`` is a transpose or a power. The vocabulary says it; where it is silent the
reader follows the customs below, and says each time that it did (``Reading.assumed``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Final

from derivations.language.context import Array, Context, Function, IndexSet, RandomVariable, Scalar, Sequence, Softmax
from derivations.language.placement import FUNCTION_WORDS
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Add, Bar, Call, Const, Group, Index, Matrix, Mul, Name, Num, Pow, Relation, Term, Transpose
from derivations.reading.macros import Macro
from derivations.reading.symbols import NAMED

CUSTOMARY_FUNCTIONS = frozenset(
    (
        *(Name(letter) for letter in ("f", "g", "h", "p", "q", "F", "G")),
        *(Name(letter) for letter in ("sigma", "phi", "varphi", "psi", "ell", "zeta", "Gamma", "Phi", "Psi", "rho")),
        *(Name(letter, font="cal") for letter in "NLFDUOHI"),
        *(Name("E", font=font) for font in ("bb", "rm", "cal")),
        *(Name(letter, font="bb") for letter in "VPHI1"),
        Name("1", font="bold"),
        *(Name(letter, font="rm") for letter in ("H", "I", "P", "V", "D")),
    )
)
"""Names that by custom are functions when a bracket follows them directly."""
INDEX_LETTERS = frozenset("ijklmnt")


class Assumed(Enum):
    """What kind of thing was assumed. The value says it in words, with the subject put in."""

    FUNCTION = "{} before a bracket is read as a function applied to it"
    PRODUCT = "{} before a bracket is read as a factor"
    TRANSPOSE = "the exponent T of {} is read as a transpose"
    POWER = "the exponent T of {} is read as a power"
    SLASH = "{}: a slash divides by the juxtaposed names and numbers after it, and no more"
    SCOPE = "{}: what an operator without brackets applies to"
    ARGUMENT = "{}: how far the argument of a function without brackets reaches"
    WORD = "{} is read as one word"
    THOUSANDS = "{}: the comma is read as grouping digits"
    VARIABLE = "{} is read as the variable"
    SUBSCRIPTS = "{}: the letters are read as one subscript each"
    CONSTANT = "{} is read as a constant"
    FROM_ZERO = "the entries of {} are counted from 0"
    REACH = "the sum over {0} is read to reach to the last of what {0} stands in"

    @property
    def decided(self) -> bool:
        """Whether another reading is as good, so that a proof holds under this one only."""
        return self in (Assumed.PRODUCT, Assumed.TRANSPOSE, Assumed.POWER, Assumed.SLASH, Assumed.REACH)

PI_IS_A_NAME: Final = re.compile(
    r"(?:<|\\leq?(?![a-z]))\s*\\pi\s*(?:<|\\leq?(?![a-z]))|\\pi\s*\\in(?![a-z])|\\pi\s*\(\s*[as]\b|(?<!\d)1\s*-\s*\\pi(?![a-z_(])|"
    r"(?:weight|polic|probabilit|prior|proportion|permutation|distribution)\w*\s+\$\\pi\b"
)
"""Where a document says such things of pi, it is not the number."""


@record
class Assumption:
    """One thing that the text did not say: its kind, the name or piece of source that it is about, and where (an offset)."""

    kind: Assumed
    subject: str
    offset: int

    def __str__(self) -> str:
        return self.kind.value.format(self.subject)


@dataclass(frozen=True)
class Vocabulary:
    """What is known of the names.

    ``functions``: names (or subscripted names) that are applied to what follows them in brackets. ``scalars``: those that never are,
    whatever follows (numbers, indices, random variables). ``matrices``: arrays, so that ``A^T`` is a transpose and ``|A|`` a determinant.
    ``arities``: how many subscripts a sequence or an array has, so that ``x_{ij}`` of a sequence with one subscript has the subscript i
    times j. ``sets``: names of sets (``|B|`` is a size). ``words``: names of several letters written in italics (``RF``).
    ``constants``: which of ``pi``, ``e``, ``i`` mean the constants. ``macros``: the document's commands. ``transpose``: whether an exponent
    T is a transpose; None lets the base and the rest of the formula decide. ``counted``: where T is a number, as in ``\\sum_{t=1}^T``, the names (as written)
    that are added to numbers somewhere: their power T is a power. ``numbered``: names whose bracketed superscripts are indices. ``narrow``: sums and functions
    without brackets reach no further than to the next sign or factor. ``from_zero``: the vectors whose entries are counted from 0, with how many subscripts
    number the members of a family of them. ``above``: the letters that are numbered above without a bracket, ``z^l_j``.
    ``arguments``: of what functions of one variable are defined, so that ``\\nabla J`` is the gradient of ``J(w)``. ``entries``: plain letters whose
    subscripted ones are entries of an array in another font. ``laws``: letters that name laws in a plain font too, before all the parameters of one.
    """

    functions: frozenset[Term] = frozenset()
    scalars: frozenset[Term] = frozenset()
    matrices: frozenset[Term] = frozenset()
    arities: Mapping[Name, int] = field(default_factory=dict)
    sets: frozenset[Name] = frozenset()
    words: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset(("pi", "e"))
    macros: tuple[Macro, ...] = ()
    transpose: bool | None = None
    counted: frozenset[str] = frozenset()
    numbered: frozenset[Name] = frozenset()
    narrow: bool = False
    from_zero: Mapping[Name, int] = field(default_factory=dict)
    above: frozenset[str] = frozenset()
    arguments: Mapping[Term, Term] = field(default_factory=dict)
    entries: Mapping[Name, Name] = field(default_factory=dict)
    laws: frozenset[str] = frozenset()

    @classmethod
    def of(cls, context: Context, macros: tuple[Macro, ...] = ()) -> Vocabulary:
        """The vocabulary of a context's declarations and definitions (a definition of ``f(x)`` makes f a function)."""
        kinds = context.kinds

        def having(*types: type) -> frozenset[Term]:
            return frozenset(symbol for symbol, kind in kinds if isinstance(kind, types))

        applied = frozenset(_head(d.lhs.function) for d in context.definitions if isinstance(d.lhs, Call))
        names = {name for symbol, _ in kinds for name in (symbol, _head(symbol)) if isinstance(name, Name)} | {
            name for name in applied if isinstance(name, Name)
        }
        declared = {symbol for symbol, _ in kinds}
        constants = {which for which in ("pi", "e") if Name(which) not in declared}
        return cls(
            functions=having(Function, Softmax) | applied,
            scalars=having(Scalar, Sequence, RandomVariable),
            matrices=having(Array),
            arities={symbol: _arity(kind) for symbol, kind in kinds if isinstance(kind, Sequence | Array) and isinstance(symbol, Name)},
            sets=frozenset(symbol for symbol, kind in kinds if isinstance(kind, IndexSet) and isinstance(symbol, Name)),
            words=frozenset(n.text for n in names if not n.font and len(n.text) > 1 and n.text.isalpha() and n.text.isascii() and n.text not in NAMED),
            constants=frozenset(constants),
            macros=macros,
        )

    @cached_property
    def letters_used(self) -> frozenset[Term]:
        return self.functions | self.scalars | self.matrices | frozenset(self.arities) | self.sets

    def is_declared(self, symbol: Term) -> bool:
        return symbol in self.letters_used

    def is_function(self, symbol: Term) -> bool | None:
        """Whether a head (a name, an indexed name, a power of one) is applied to a bracket after it; None when that is not known."""
        while isinstance(symbol, Pow):
            symbol = symbol.base
        head = plain(symbol)
        base = plain(_head(symbol))
        if isinstance(base, Name) and base.font == "" and base.text in FUNCTION_WORDS:
            return True
        if head in self.functions or base in self.functions:
            return True
        if self.is_declared(head) or self.is_declared(base):
            return False
        return None

    def is_matrix(self, node: Term) -> bool:
        match node:
            case Name() | Index():
                return plain(node) in self.matrices
            case Const():
                return False
            case _:
                return _combines_matrix(self, node)


def _arity(kind: Sequence | Array) -> int:
    return kind.arity if isinstance(kind, Sequence) else 1 if kind.is_vector else 2


def _combines_matrix(vocabulary: Vocabulary, node: Term) -> bool:
    match node:
        case Matrix() | Transpose():
            return True
        case Group(body) | Pow(body):
            return vocabulary.is_matrix(body)
        case Add(parts) | Mul(parts):
            return any(vocabulary.is_matrix(part) for _, part in parts)
        case _:
            return False


def _head(symbol: Term) -> Term:
    return _head(symbol.base) if isinstance(symbol, Index | Pow) else symbol


def plain(symbol: Term) -> Term:
    """A name without primes and label: what is declared for f holds for f' too."""
    match symbol:
        case Name():
            return replace(symbol, primes=0, label="")
        case Index(base, subscripts):
            return Index(plain(base), subscripts)
        case _:
            return symbol


def head_name(symbol: Term) -> Term:
    return plain(_head(symbol))


def is_evidence(head: Term, arguments: tuple[Term, ...], bracket: str) -> bool:
    """Whether what stands in a bracket shows that it holds arguments: a comma, a bar or a relation cannot stand in a factor.

    Braces hold arguments only after an indicator, ``1{x > 0}``.
    """
    if bracket == "{":
        return isinstance(head, Name) and head.text == "1" and len(arguments) == 1 and isinstance(arguments[0], Relation)
    return len(arguments) != 1 or isinstance(arguments[0], Bar | Relation)


_OF_RANDOM: Final = frozenset(("E", "V", "Var", "Cov", "P", "Pr"))


def is_bold_operator(name: Name, arguments: tuple[Term, ...], bracket: str) -> bool:
    """Whether a bold letter before a bracket is the mean, a variance or a probability: no factor stands alone in square brackets, and no event in a product."""
    if name.font != "bold" or name.text not in _OF_RANDOM:
        return False
    event = len(arguments) == 1 and isinstance(arguments[0], Bar | Relation)
    return event or (bracket == "[" and all(any(n.text[:1].isupper() for n in free_names(a)) for a in arguments))


def with_font(head: Term, font: str) -> Term:
    """A name, or one with subscripts or an exponent, in another font."""
    match head:
        case Name():
            return replace(head, font=font)
        case Index(base) | Pow(base):
            return replace(head, base=with_font(base, font))
        case _:
            return head


def _is_place(term: Term) -> bool:
    """Whether a term in square brackets numbers a place of a signal: ``t``, ``n - k``, ``t - \\tau + 1``."""
    parts = [part for _, part in term.parts] if isinstance(term, Add) else [term]
    return all(isinstance(p, Num) or (isinstance(p, Name) and not p.font and p.text in INDEX_LETTERS | {"tau"}) for p in parts) and not isinstance(term, Num)


def looks_applied(head: Term, arguments: tuple[Term, ...], bracket: str) -> bool:
    """The custom for an undeclared name: a customary function letter, any name before a bracket that holds one name and nothing
    else, a word before a square bracket.

    With an index letter as its subscript (``p_i(1 - q)``) a customary letter is a function only of one name.
    """
    if bracket == "{":
        return False
    name = head_name(head)
    bare = replace(name, accent=()) if isinstance(name, Name) else name
    customary = bare in CUSTOMARY_FUNCTIONS
    if isinstance(head, Pow):
        return customary
    if bracket == "[" and isinstance(name, Name) and len(name.text) > 1 and name.text not in NAMED:
        return True
    if bracket == "[" and isinstance(head, Name) and len(arguments) == 1 and _is_place(arguments[0]):
        return True
    single = len(arguments) == 1 and isinstance(arguments[0], Name | Index | Const)
    if isinstance(head, Index) and any(isinstance(s, Name) and s.text in INDEX_LETTERS and not s.font for s in head.subscripts):
        customary = customary and isinstance(name, Name) and name.font != ""
    return customary or single or (isinstance(name, Name) and name.font in ("rm", "text") and len(name.text) > 1)
