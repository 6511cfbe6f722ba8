"""What names are, told by how they are used: indices, sequences, names with a label as subscript, functions, arrays, random variables.

Only for names that nobody declared; each is recorded with the words that tell the reader what was assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from derivations.language.context import ONE, Array, Domain, Family, Function, IndexSet, Kind, RandomVariable, Scalar, Sequence, Symbol
from derivations.language.laws import law_named
from derivations.language.numbering import is_numbered
from derivations.language.placement import FUNCTION_WORDS
from derivations.language.record import record
from derivations.language.structure import children, free_names, function_text, subterms, transform
from derivations.language.term import (
    Add,
    Bar,
    Big,
    Call,
    Const,
    Deriv,
    Dots,
    Frac,
    Group,
    Index,
    Integral,
    Logic,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    Tuple,
)
from derivations.reading.arrays import array_shapes
from derivations.reading.indices import arrays_by_use, index_names, nodes, recurring, set_names, vector_families
from derivations.reading.scope import Description, kind_of
from derivations.reading.wordlists import word_set

INDEX_LETTERS: Final = frozenset("ijklmnt")
OPERATORS_ON_RANDOM: Final = word_set("E Var V Cov Corr var cov H h I P Pr")
SQUARE: Final = word_set("permutation orthogonal symmetric positive_definite positive_semidefinite invertible diagonal identity doubly_stochastic")
"""Properties that only matrices with as many rows as columns have."""
PLAIN_OPERATORS: Final = word_set("Pr H h E Var Cov var cov")
"""Those that mean the same without a font."""
KNOWN: Final = FUNCTION_WORDS | word_set(
    "E Var V Cov Corr var cov KL D_KL H I P Pr N U Normal Gaussian Bernoulli Uniform Exponential Laplace Binomial Poisson softmax Softmax SoftMax "
    "Beta Gamma Dir Cat Exp Unif Bern Ber Bin Poi Pois Geometric"
)
BINOMIAL: Final = Name("binom")
"""What a binomial coefficient is written with."""


@dataclass
class _Seen:
    """How one name occurs."""

    bare: bool = False
    called: set[int] = field(default_factory=set)
    integer_arguments: bool = True
    argument_names: set[Name] = field(default_factory=set)
    subscripts: set[tuple[Term, ...]] = field(default_factory=set)
    random: bool = False
    limit: bool = False
    index: bool = False


@record
class Uses:
    """``indices``: names that number things. ``sequences``: bases with the number of their subscripts. ``labelled``: subscripted names of their own."""

    indices: frozenset[Name]
    sequences: Mapping[Name, int]
    labelled: frozenset[Index]
    functions: frozenset[Symbol]
    bare: frozenset[Symbol]
    factors: frozenset[Symbol]
    kinds: Mapping[Symbol, Kind]
    notes: Mapping[Symbol, str]

    def is_symbol(self, node: Index) -> bool:
        return node in self.labelled


ZERO: Final = Num("0")
NOWHERE: Final[Mapping[Symbol, Kind]] = MappingProxyType({})
PROBABILITIES: Final = (Name("P"), Name("Pr"))
EVENTS: Final = frozenset(("=", "!=", "<", "<=", ">", ">=", "in"))
GAMMA: Final = Name("Gamma")


def is_known_function(name: Term) -> bool:
    """Whether a name is that of a function or an operator that everybody knows."""
    base = name.base if isinstance(name, Index | Pow) else name
    plain = isinstance(base, Name) and base.font in ("", "bold") and base.text not in FUNCTION_WORDS  # a bold P is a matrix
    return isinstance(base, Name) and (base == BINOMIAL or (base.text in KNOWN and not plain))


_PLACES: Final = {"vector": 1, "matrix": 2}
"""How many subscripts an entry has."""


def sequence_bases(
    terms: tuple[Term, ...], indices: frozenset[Name], described: Mapping[Symbol, Description]
) -> tuple[dict[Name, int], set[Index], dict[Name, str]]:
    """Which subscripted names are sequences (with how many subscripts), which are names of their own (``W_q``, ``sigma_1``, ``R_max``), and which bases are
    arrays (``matrix`` or ``vector``) that are used by their entries or, where they are sequences as well, step by step."""
    subscripts: dict[Name, set[tuple[Term, ...]]] = {}
    indexed: dict[Name, set[Index]] = {}
    for node in nodes(terms):
        if isinstance(node, Index) and isinstance(node.base, Name):
            base = replace(node.base, primes=0)
            if base.font not in ("bb", "rm", "text") and base.text != "log":
                subscripts.setdefault(base, set()).add(node.subscripts)
                indexed.setdefault(base, set()).add(node)
    sequences: dict[Name, int] = {}
    labelled: set[Index] = set()
    entered: dict[Name, str] = {}
    shapes = {n: d.shape for n, d in described.items() if isinstance(n, Name) and d.shape is not None and not d.arity}
    arrays = arrays_by_use(terms, {n for n, (_, cols) in shapes.items() if cols != ONE}, {n for n, (_, cols) in shapes.items() if cols == ONE})
    steps = recurring(terms)
    for base, found in subscripts.items():
        said = described.get(base)
        signed = {node for node in indexed[base] if any(isinstance(s, Name) and not s.text[0].isalpha() for s in node.subscripts)}
        labelled |= signed  # x_*, x_+: no number stands there
        if not (found := found - {node.subscripts for node in signed}):
            continue
        if base in steps:
            sequences[base] = 1
            if base in arrays:
                entered[base] = arrays[base]
            continue
        if said is not None and (said.base in ("sequence",) or said.arity):
            sequences[base] = max(len(s) for s in found)
            continue
        flat = [s for entry in found for s in entry]
        certain = any(free_names(s) & indices for s in flat)
        below = [s for entry in found for s in (entry[1:] if is_numbered(base) else entry)]  # what stands above numbers, whatever its letter is
        labels = [s for s in below if isinstance(s, Name) and s not in indices and (len(s.text) > 1 or s.text not in INDEX_LETTERS)]
        letters = [s for s in flat if isinstance(s, Name) and len(s.text) == 1 and s.text in INDEX_LETTERS]
        if ((said is not None and said.shape is not None) or base in arrays) and (certain or letters):
            if base in arrays:
                entered[base] = arrays[base]
            continue
        told = any(
            node in described and "identical" not in described[node].properties  # "let W_{ij} be i.i.d." is said of many
            for node in indexed[base] if not (letters and all(isinstance(s, Num) for s in node.subscripts))  # eta_0 > 0 beside eta_t
        )
        places = _PLACES.get(said.base) if said is not None and not told and all(isinstance(s, Num) for s in flat) else None
        if places is not None and {*map(len, found)} == {places}:
            if said is not None and said.shape is None:  # entries of what is told to be a vector or a matrix
                sequences[base] = places
            continue
        if (certain and not (labels and told)) or (letters and not labels and not told):
            sequences[base] = max((len(s) for s in found if not any(label in s for label in labels)), default=1)
            labelled |= {node for node in indexed[base] if any(s in labels for s in node.subscripts)}
        else:
            labelled |= indexed[base]
    return sequences, labelled, entered


def uses(
    terms: tuple[Term, ...], described: Mapping[Symbol, Description], ranged: Iterable[Name], elsewhere: Mapping[Symbol, Kind] = NOWHERE
) -> Uses:
    """What the undeclared names of ``terms`` are. ``elsewhere``: what uses in other places show: it holds for what these say nothing of."""
    discrete = {s for s, d in described.items() if d.domain is not None and d.domain.discrete}
    declared_indices = {s for s in discrete if isinstance(s, Name) and s.text.islower() and len(s.text) == 1}
    below = {s for node in nodes(terms) if isinstance(node, Index) for s in node.subscripts}
    certain = index_names(terms, {*ranged, *(s for s in below if isinstance(s, Name) and s in described and "numbers" in described[s].properties)})
    sequences, labelled, entered = sequence_bases(terms, certain, described)
    indices = set(certain)
    for node in nodes(terms):
        if isinstance(node, Index) and (node.base in sequences or node.base in entered) and node not in labelled:
            indices |= {n for s in node.subscripts for n in free_names(s) if len(n.text) == 1 and not n.accent}
    told = frozenset(n for s, d in described.items() if d.base == "random" for n in free_names(s))
    seen = _Walk(frozenset(labelled), told).over(terms)
    gathered = _Gather(seen, described, frozenset(indices), sequences, frozenset(labelled), entered, elsewhere)
    gathered.run(terms, declared_indices)
    here = {node for node in nodes(terms) if isinstance(node, Name)} if elsewhere else frozenset()
    gathered.kinds |= {s: kind for s, kind in elsewhere.items() if s not in gathered.kinds and not free_names(s) & here}
    functions = {s for s, d in described.items() if d.base == "function"} | {s for s, k in gathered.kinds.items() if isinstance(k, Function)}
    bare = frozenset(s for s, how in seen.items() if how.bare)
    return Uses(frozenset(indices), sequences, frozenset(labelled), frozenset(functions), bare, factors(terms), gathered.kinds, gathered.notes)


def _covariance(law: Term | None, described: Mapping[Symbol, Description]) -> Term | None:
    """The covariance of a normal law, where it is told by an identity or another matrix: what has the law is a vector; None for any other law."""
    if not isinstance(law, Call) or law_named(law.function) != "Normal" or len(law.arguments) != 2:
        return None
    for _, node in subterms(law.arguments[1]):
        base = node.base if isinstance(node, Index) else node
        if isinstance(base, Name) and base.text == "I" and base not in described:
            return law.arguments[1]
        said = described.get(node) if isinstance(node, Name | Index) else None
        if said is not None and (said.base == "matrix" or (said.shape is not None and said.shape[1] != ONE)):
            return law.arguments[1]
    return None


def _identity_size(spread: Term) -> Term | None:
    """n of ``sigma^2 I_n``."""
    sizes = {node.subscripts[0] for _, node in subterms(spread) if isinstance(node, Index) and node.base == Name("I") and len(node.subscripts) == 1}
    return sizes.pop() if len(sizes) == 1 else None


def _ends(variable: Term, where: Term | None) -> Iterator[Term]:
    """The names that bound an index under its sign: n of ``j <= n``."""
    for condition in where.items if isinstance(where, Logic) else (where,):
        if isinstance(condition, Relation) and set(condition.signs) <= {"<", "<=", ">", ">="} and variable in condition.items:
            yield from (t for t in condition.items if isinstance(t, Name) and t != variable)


def factors(terms: Iterable[Term]) -> frozenset[Symbol]:
    """The names (bases of indexed ones) that stand in arithmetic: as a factor, a summand, a base, in a fraction, under a logarithm."""
    found: set[Symbol] = set()
    waiting = list(terms)
    while waiting:
        for node in (waiting.pop(),):
            waiting.extend(node.arguments if isinstance(node, Call) and not isinstance(node.function, Group) else children(node))
            match node:
                case Add(parts) | Mul(parts):
                    inner = [part for _, part in parts]
                    if isinstance(node, Mul) and any(sign in ("ast", "star", "circ") for sign, _ in parts):
                        inner = []
                case Frac(a, b):
                    inner = [a, b]
                case Pow(a, _) | Root(a) | Big(_, a):
                    inner = [a]
                case Call(Name(text), arguments) if text in FUNCTION_WORDS and text not in ("KL", "H", "I", "Var", "Cov"):
                    inner = list(arguments)
                case _:
                    continue
            for part in inner:
                while isinstance(part, Pow):
                    part = part.base
                if isinstance(part, Name):
                    found.add(part)
                elif isinstance(part, Index) and isinstance(part.base, Name):
                    found.add(part.base)
    return frozenset(found)


def numeric(terms: Iterable[Term]) -> frozenset[Symbol]:
    """The names (bases of indexed ones) that stand where only a number can: alone below a fraction bar, in an exponent, added to a number, equal to one."""
    found: set[Symbol] = set()
    for node in nodes(terms):
        match node:
            case Frac(_, below):
                found |= _plain_names(below)
            case Pow(base, exponent) if not isinstance(base, Const):
                found |= _plain_names(exponent)
            case Add(parts) if any(isinstance(part, Num) for _, part in parts):
                found |= {name for _, part in parts if isinstance(part, Name | Index) for name in _plain_names(part)}
            case Relation(items) if any(isinstance(item, Num) and item != ZERO for item in items):
                found |= {name for item in items if isinstance(item, Name | Index) for name in _plain_names(item)}
            case _:
                pass
    return frozenset(found)


def _plain_names(term: Term) -> frozenset[Symbol]:
    """The names in a term that is made of names and numbers by arithmetic alone; none of any other."""
    match term:
        case Name():
            return frozenset((term,))
        case Index(Name() as base):
            return frozenset((base, term))
        case Num():
            return frozenset()
        case Group(body) | Pow(body, Num()):
            return _plain_names(body)
        case Add(parts) | Mul(parts) if all(isinstance(part, Name | Index | Num | Pow | Group) for _, part in parts):
            return frozenset[Symbol]().union(*(_plain_names(part) for _, part in parts))
        case _:
            return frozenset()


def unprimed(symbol: Symbol) -> Symbol:
    """A name without its primes where they mean derivatives or variants: what holds for f holds for f'."""
    if isinstance(symbol, Name):
        return replace(symbol, primes=0)
    return Index(unprimed(symbol.base), symbol.subscripts) if isinstance(symbol.base, Name) else symbol


class _Walk:
    """How every name occurs in some terms."""

    def __init__(self, labelled: frozenset[Index], told: frozenset[Name]) -> None:
        self.labelled = labelled
        self.told = told
        """Names that are random by what is said. What stands under an expectation with one of them need not be random itself."""
        self.seen: dict[Symbol, _Seen] = {}
        self.integer_names: set[Name] = set()
        self.integrated: set[Name] = set()
        self.moving: set[Name] = set()
        """Names by which something is differentiated: they are no integers."""

    def over(self, terms: Iterable[Term]) -> dict[Symbol, _Seen]:
        terms = tuple(terms)
        self.moving = {v for term in terms for _, node in subterms(term) if isinstance(node, Deriv) for v, _ in node.variables if isinstance(v, Name)}
        for term in terms:
            self._walk(term, frozenset())
        return self.seen

    def _of(self, symbol: Symbol) -> _Seen:
        return self.seen.setdefault(unprimed(symbol), _Seen())

    def _walk(self, term: Term, bound: frozenset[Name]) -> None:
        stack: list[tuple[Term, frozenset[Name], bool]] = [(term, bound, False)]
        while stack:
            node, inside, random = stack.pop()
            match node:
                case Name():
                    if node not in inside:
                        how = self._of(node)
                        how.bare = True
                        how.random |= random
                case Index(Name() as base, subscripts):
                    if node in self.labelled:
                        how = self._of(node)
                        how.bare = True
                        how.random |= random
                    else:
                        how = self._of(base)
                        how.subscripts.add(subscripts)
                        how.random |= random
                        stack.extend((s, inside, False) for s in subscripts)
                        for name in (n for s in subscripts for n in free_names(s) if n not in inside):
                            self._of(name).index = True
                case Call(function, arguments):
                    shared = any(isinstance(a, Bar) for a in arguments) and function_text(node) in ("I", "H")  # of an information all are random
                    random = self._call(function, arguments, inside) and (shared or not any(free_names(a) & self.told for a in arguments))
                    stack.extend((a, inside, random) for a in arguments)
                    if isinstance(function, Group):
                        stack.append((function, inside, False))
                case Big(_, body, variable, lower, upper, where):
                    within = inside | free_names(variable)
                    stack.extend((t, inside, False) for t in (lower, upper) if t is not None)
                    for t in (lower, upper, *_ends(variable, where)):
                        for symbol in self._symbols(t) if t is not None and not isinstance(t, Call) else ():
                            self._of(symbol).limit = True
                    stack.extend((t, within, random) for t in (body, where) if t is not None)
                case Tuple((*_, Dots(), Index(_, (Name() | Index() as last,)))) if last not in inside and (isinstance(last, Name) or last in self.labelled):
                    self._of(last).limit = True  # Y_1, ..., Y_n
                    stack.extend((child, inside, random) for child in node.items)
                case Integral(body, variable, lower, upper):
                    stack.extend((t, inside, False) for t in (lower, upper) if t is not None)
                    self.integrated |= free_names(variable)
                    stack.append((body, inside | free_names(variable), random))
                case _:
                    stack.extend((child, inside, random) for child in children(node))

    def _symbols(self, term: Term) -> Iterator[Symbol]:
        """The names in a term, ``n_in`` as one."""
        match term:
            case Name():
                yield term
            case Index() if term in self.labelled:
                yield term
            case _:
                yield from (symbol for child in children(term) for symbol in self._symbols(child))

    def _call(self, function: Term, arguments: tuple[Term, ...], inside: frozenset[Name]) -> bool:
        while isinstance(function, Pow):
            function = function.base
        base = function.base if isinstance(function, Index) else function
        plain = isinstance(base, Name) and base.text in ("h", "H", "I") and not base.font  # of a number a function like any other
        numeric = plain and not any(n.text.isupper() for a in arguments for n in free_names(a))
        shared = isinstance(base, Name) and base.text == "I" and any(isinstance(a, Bar) and a.kind == ";" for a in arguments)
        if isinstance(base, Name) and base.text in OPERATORS_ON_RANDOM and (base.font or shared or base.text in PLAIN_OPERATORS) and not numeric:
            return not (isinstance(function, Index) and all(isinstance(s, Name) and s.text.islower() for s in function.subscripts))
        if function in PROBABILITIES and any(isinstance(a, Relation) and set(a.signs) <= EVENTS for a in arguments):
            return True  # P(X >= a): of an event
        if isinstance(function, Index) and function not in self.labelled and isinstance(base, Name):
            how = self._of(base)
            how.subscripts.add(function.subscripts)
            how.called.add(len(arguments))
            for name in (n for s in function.subscripts for n in free_names(s) if n.font != "bold"):  # of h_w(x) with a bold w: its parameters
                self._of(name).index = True
        elif isinstance(function, Name | Index):
            how = self._of(function)
            how.called.add(len(arguments))
            how.integer_arguments &= all(_is_integer(a, inside - self.integrated, self.moving) for a in arguments)
            how.argument_names |= {n for a in arguments for n in free_names(a) - inside}
        elif isinstance(function, Group) and isinstance(function.body, Mul):
            for _, factor in function.body.parts:
                if isinstance(factor, Name):
                    how = self._of(factor)
                    how.called.add(len(arguments))
                    how.integer_arguments &= all(_is_integer(a, inside - self.integrated, self.moving) for a in arguments)
                    how.argument_names |= {n for a in arguments for n in free_names(a) - inside}
        return False


def _is_integer(term: Term, bound: frozenset[Name], moving: AbstractSet[Name]) -> bool:
    names = free_names(term)
    if names & moving or any(isinstance(node, Call | Bar | Deriv | Index) for _, node in subterms(term)):
        return False
    return all(n in bound or n.text in "ijklmnt" for n in names) and all(
        not isinstance(node, Num) or node.digits.isdigit() for _, node in subterms(term)
    ) and (bool(names) or isinstance(term, Num))


class _Gather:
    """Kinds for the names that need one."""

    def __init__(
        self,
        seen: Mapping[Symbol, _Seen],
        described: Mapping[Symbol, Description],
        indices: frozenset[Name],
        sequences: Mapping[Name, int],
        labelled: frozenset[Index],
        entered: Mapping[Name, str],
        elsewhere: Mapping[Symbol, Kind],
    ) -> None:
        self.seen = seen
        self.elsewhere = elsewhere
        self.described = described
        self.indices = indices
        self.sequences = sequences
        self.labelled = labelled
        self.entered = entered
        self.numeric = frozenset[Symbol]()
        self.kinds: dict[Symbol, Kind] = {}
        self.notes: dict[Symbol, str] = {}
        self.numbering: set[Name] = set()
        self.families: frozenset[Name] = frozenset()

    def _put(self, symbol: Symbol, kind: Kind, note: str) -> None:
        self.kinds[symbol] = kind
        self.notes[symbol] = note

    def run(self, terms: tuple[Term, ...], declared_indices: set[Name]) -> None:
        self.numeric = numeric(terms) if self.elsewhere else self.numeric
        discrete = [how for s, how in self.seen.items() if how.called and how.integer_arguments and not is_known_function(s)]
        for name in set_names(terms):
            self._put(name, IndexSet(), "is a set that a sum runs over")
        self.numbering = {n for how in discrete for n in how.argument_names}
        matrices = frozenset[Term](s for s, d in self.described.items() if d.shape is not None and d.shape[1] != ONE and not d.arity)
        steps = {n: d for n, d in self.described.items() if d.shape is not None and isinstance(n, Name) and self.sequences.get(n) == 1}
        spaces: dict[Term, Term] = {s: d.space for s, d in self.described.items() if d.space is not None}
        stepped = frozenset(n for n in (*steps, *self.entered) if isinstance(n, Name) and n in self.sequences)
        calls = [t for term in terms if spaces for _, t in subterms(term) if isinstance(t, Call) and t.function in spaces]
        at = {a.base for t in calls for a in t.arguments if isinstance(a, Index)}
        stepped |= {base for base in at if isinstance(base, Name) and base in self.sequences}  # f(x_t)
        self.families = vector_families(terms, self.sequences, matrices) | stepped
        likewise = {name: kind for name in self.sequences if isinstance(kind := self.elsewhere.get(name), Family) and name not in self.numeric}
        self.families |= {name for name, kind in likewise.items() if kind.arity <= self.sequences[name]}
        levels = {name: self._members(name) for name in self.families}
        for name, said in steps.items():
            kind = kind_of(replace(said, arity=1))
            if kind is not None:
                self._put(name, kind, "stands for the members of a sequence, each as said")
        for symbol, how in self.seen.items():
            if symbol not in self.kinds and symbol not in self.families:
                self._one(symbol, how)
        known = {s: d.shape for s, d in self.described.items() if d.shape is not None}
        shapeless = [(s, d.base == "vector") for s, d in self.described.items() if d.shape is None and d.base in ("vector", "matrix") and d.law is None]
        only_random = {s for s, d in self.described.items() if d.base == "random" and d.law is None and d.shape is None and not d.arity}
        shapeless += [(name, kind == "vector") for name, kind in self.entered.items() if name not in self.described or name in only_random]
        shapeless += [(n, True) for n in sorted(self.families, key=repr) if self._by_its_entries(n) and n not in self.described]  # x^{(i)}, x^{(i)}_j
        shapeless += self._as_elsewhere()
        drawn = {s: spread for s, d in self.described.items() if isinstance(s, Name) and not d.arity and d.shape is None
                 and (spread := _covariance(d.law, self.described)) is not None}
        told_size = {s: size for s, spread in drawn.items() if (size := _identity_size(spread)) is not None}
        known |= {s: (size, ONE) for s, size in told_size.items()}
        shapeless += [(s, True) for s in drawn if s not in told_size]
        sizes = {n for shape in (*known.values(), tuple(spaces.values())) for t in shape for n in free_names(t)}
        numbers = {s for s, d in self.described.items() if d.domain not in (None, Domain.NONZERO) or d.base in ("scalar", "function", "softmax")}
        numbers |= {s for s, d in self.described.items() if d.base == "random"} - only_random - drawn.keys()  # what is only random may be a vector
        functions = {s for s, k in self.kinds.items() if isinstance(k, Function)}
        scalars = frozenset(n for n in (*self.indices, *sizes, *numbers, *functions, *declared_indices, *self.sequences) if isinstance(n, Name))
        limits = frozenset(s for s, how in self.seen.items() if how.limit and isinstance(s, Name))
        told = {s for s, d in self.described.items() if d.shape is not None and d.arity and isinstance(s, Name)}
        together = self.families | told

        def one(node: Term) -> Term:
            if not isinstance(node, Index) or node.base not in together or not isinstance(node.base, Name):
                return node
            return node.base if len(node.subscripts) <= levels.get(node.base, len(node.subscripts)) else node

        members = tuple(transform(t, one) for t in terms) if together else terms
        members += tuple(Relation((Mul((("", s), ("", Transpose(s)))), spread), ("=",)) for s, spread in drawn.items())
        square = frozenset(s for s, d in self.described.items() if d.base == "matrix" and d.properties & SQUARE)
        shapes, letters = array_shapes(members, known, shapeless, (scalars - together) | limits, lambda node: node in self.labelled, square, spaces)
        if shapes or known:  # an identity or a vector of ones gets the only size that fits, where it stands
            for name in (Name("I"), Name("I", font="bold"), Name("1", font="bold")):
                written: list[Symbol] = [name, *(Index(name, (size,)) for size in sizes)]
                for symbol in written:
                    self.kinds.pop(symbol, None)
                    shapes.pop(symbol, None)
        for symbol, size in told_size.items():
            self._put(symbol, Array(size, ONE), "has as many entries as the identity matrix of its law has rows")
        for symbol, (rows, cols) in shapes.items():
            properties = frozenset({"ones"} if symbol == Name("1", font="bold") else ())  # what is told of it is added where it holds
            arity = levels.get(symbol, 0) if isinstance(symbol, Name) else 0
            kind = kind_of(Description(symbol, "matrix", (rows, cols), properties, arity=arity))
            if kind is not None:
                self._put(symbol, kind, "is read as an array, from its use; its sizes are those that fit")
        whole = {t for shape in known.values() for t in shape if isinstance(t, Name) and self.kinds.get(t) == Scalar(Domain.INTEGER, index=True)}
        for name in whole:  # a size that stands below an identity matrix, too
            self.kinds.pop(name)
        for name in (*letters, *(n for n in sorted(sizes, key=repr) if n not in self.kinds or self.kinds[n] == Scalar())):
            if isinstance(self.kinds.get(name, Scalar()), Scalar) and name not in self.described:
                self._put(name, Scalar(Domain.NATURAL), "is a size, so a positive integer")

    def _by_its_entries(self, family: Name) -> bool:
        return is_numbered(family) and family in self.seen and {len(subscripts) for subscripts in self.seen[family].subscripts} == {1, 2}

    def _as_elsewhere(self) -> list[tuple[Symbol, bool]]:
        """What nothing here shows to be a number, or anything else, is what it is in other places; the arrays among that, with whether they are vectors."""
        arrays: list[tuple[Symbol, bool]] = []
        for symbol, kind in self.elsewhere.items():
            if symbol in self.described or symbol in self.numeric or (self.kinds.get(symbol) not in (Scalar(), None) and symbol not in self.families):
                continue
            match kind:
                case Array(_, cols) if self.kinds.get(symbol) == Scalar():
                    arrays.append((symbol, cols == ONE))
                case Family(member) if symbol in self.families:
                    arrays.append((symbol, member.cols == ONE))
                case RandomVariable(arity=0) if self.kinds.get(symbol) == Scalar():
                    self._put(symbol, kind, "is read as it is in other places")
                case _:
                    pass
        return arrays

    def _members(self, family: Name) -> int:
        """How many subscripts number the members of a family of arrays: the least that stand below it; one more is that of an entry, ``x^{(i)}_j``."""
        said = self.described.get(family)
        if said is not None and said.shape is not None and said.arity:
            return said.arity
        return min((len(subscripts) for subscripts in self.seen[family].subscripts), default=1) if family in self.seen else 1

    def _one(self, symbol: Symbol, how: _Seen) -> None:
        base = symbol.base if isinstance(symbol, Index) else symbol
        if isinstance(base, Name) and base.font == "bb" and base.text != "1":
            return
        if isinstance(base, Name) and base.text == "delta" and any(len(s) == 2 for s in how.subscripts):
            return
        if symbol in self.sequences and isinstance(symbol, Name):
            if how.called:
                self._put(symbol, Function(max(how.called)), "has an index and an argument")
            elif how.random:
                self._put(symbol, RandomVariable(None, self.sequences[symbol]), "stands under an expectation or a variance: independent random variables")
            else:
                self._put(symbol, Sequence(Domain.REAL, self.sequences[symbol]), "has indices, so it is a sequence of real numbers")
        elif symbol == GAMMA and how.called == {1} and not how.bare and symbol not in self.described:
            pass  # a capital gamma that is only applied, to one argument, is Euler's
        elif how.called and not is_known_function(symbol):
            self._put(symbol, Function(max(how.called), frozenset(), how.integer_arguments), "is applied to arguments, so it is a function")
        elif isinstance(symbol, Name) and symbol in self.indices and not how.limit:
            self._put(symbol, Scalar(Domain.INTEGER, index=True), "is an index, so an integer")
        elif how.limit:
            self._put(symbol, Scalar(Domain.NATURAL), "is the end of a range, so a positive integer")
        elif how.random and isinstance(base, Name) and base.text[:1].isupper():
            self._put(symbol, RandomVariable(), "stands under an expectation or a variance, so it is a random variable")
        elif isinstance(symbol, Name) and symbol in self.numbering and len(symbol.text) == 1:
            self._put(symbol, Scalar(Domain.INTEGER), "is an argument of a function on the integers")
        elif how.bare and not is_known_function(symbol):
            self._put(symbol, Scalar(), "is taken to be a real number")


