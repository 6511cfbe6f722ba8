"""Which names number things, which sets sums run over, which sequences are families of vectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Final

from derivations.language.numbering import is_numbered
from derivations.language.structure import children, free_names
from derivations.language.term import Add, Bars, Big, Deriv, Frac, Group, Index, Mul, Name, Num, Relation, Term, Transpose, Tuple


def nodes(terms: Iterable[Term]) -> list[Term]:
    """Every subterm of some terms, once for each object."""
    seen: set[int] = set()
    out: list[Term] = []
    waiting = list(terms)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            out.append(node)
            waiting.extend(children(node))
    return out


def index_names(terms: Iterable[Term], declared: Iterable[Name]) -> frozenset[Name]:
    """The names that certainly number things: bound by a sum, given a range, or with arithmetic in a subscript. What a greatest or least value is sought
    over ("min over w, b") numbers something if it stands below a name."""
    found = set(declared)
    sought: set[Name] = set()
    below: set[Name] = set()
    for node in nodes(terms):
        if isinstance(node, Big) and isinstance(node.variable, Name | Tuple):
            bound = {item for item in (node.variable.items if isinstance(node.variable, Tuple) else (node.variable,)) if isinstance(item, Name)}
            if node.op in ("sum", "prod", "union", "intersection"):
                found |= bound
            elif node.op in ("max", "min") or isinstance(node.variable, Tuple):
                sought |= bound
        elif isinstance(node, Index):
            kronecker = node.base == Name("delta") and len(node.subscripts) == 2
            for subscript in node.subscripts:
                below |= free_names(subscript)
                if isinstance(subscript, Add | Mul | Group) or kronecker:
                    found |= free_names(subscript)
    return frozenset(n for n in found | (sought & below) if not n.accent and (len(n.text) == 1 or n in declared))


def vector_families(terms: Sequence[Term], sequences: Mapping[Name, int], matrices: frozenset[Term] = frozenset()) -> frozenset[Name]:
    """Sequences whose entries are vectors: ``w^T x_i``, ``x_i x_i^T``, ``||x_i||``, and ``W h_t`` for a matrix W that is declared; and what is added to one."""
    found: set[Name] = set()
    sums: list[frozenset[Name]] = []
    for node in nodes(terms):
        inside: list[Term] = []
        match node:
            case Transpose(base) | Bars("norm", base):
                inside = _summands(base)
            case Add():
                sums.append(frozenset(t.base for t in _summands(node) if isinstance(t, Index) and isinstance(t.base, Name) and t.base in sequences))
            case Mul(parts):
                before = [(left, right) for (_, left), (sign, right) in pairwise(parts) if sign in ("", "cdot")]
                inside = [t for left, right in before if isinstance(left, Transpose) or left in matrices for t in _summands(right)]
        found |= {t.base for t in inside if isinstance(t, Index) and isinstance(t.base, Name) and t.base in sequences}
    found |= {name for name, places in _places(terms).items() if name in sequences and is_numbered(name) and places == {1, 2}}
    while more := {name for names in sums if names & found for name in names - found}:
        found |= more
    return frozenset(found)


def _places(terms: Iterable[Term]) -> dict[Name, set[int]]:
    """How many subscripts stand at each name: ``x^{(i)}`` and ``x^{(i)}_j`` are a vector and its entry."""
    found: dict[Name, set[int]] = {}
    for node in nodes(terms):
        if isinstance(node, Index) and isinstance(node.base, Name):
            found.setdefault(node.base, set()).add(len(node.subscripts))
    return found


def counted_from_zero(terms: Iterable[Term], vectors: Mapping[Name, int]) -> dict[Name, int]:
    """The vectors whose entries are counted from 0: there is an entry 0, or a sum from 0 goes over them. What has the same letter (``x`` and ``x^{(i)}``) is
    counted likewise. ``vectors``: with how many subscripts number the members of a family."""
    first: set[str] = set()

    def entry(node: Term) -> tuple[str, Term] | None:
        if isinstance(node, Index) and isinstance(node.base, Name) and vectors.get(node.base) == len(node.subscripts) - 1:
            return node.base.text, node.subscripts[-1]
        return None

    for node in nodes(terms):
        if (here := entry(node)) is not None and here[1] == Num("0"):
            first.add(here[0])
        elif isinstance(node, Big) and node.lower == Num("0") and node.op in ("sum", "prod"):
            first |= {text for inside in nodes((node.body,)) for text, at in ((entry(inside) or ("", Num("1"))),) if at == node.variable}
    return {name: members for name, members in vectors.items() if name.text in first}


def _summands(term: Term) -> list[Term]:
    """What is added up in a bracket; one thing by itself."""
    while isinstance(term, Group):
        term = term.body
    return [t for _, part in term.parts for t in _summands(part)] if isinstance(term, Add) else [term]


def recurring(terms: Iterable[Term]) -> frozenset[Name]:
    """Names whose members are made one from another, ``w_{t+1} = w_t - g``: their subscript numbers steps, and no entries of an array."""
    found: set[Name] = set()
    for node in nodes(terms):
        if not isinstance(node, Relation):
            continue
        for side in node.items:
            if isinstance(side, Index) and isinstance(side.base, Name) and len(side.subscripts) == 1:
                others = {i.subscripts for item in node.items if item is not side for i in nodes((item,)) if isinstance(i, Index) and i.base == side.base}
                letters = free_names(side.subscripts[0])
                if any(s != side.subscripts and len(s) == 1 and letters and letters == free_names(s[0]) for s in others):
                    found.add(side.base)
    return frozenset(found)


_ROUNDS: Final = 8
"""How far what is known of one name is carried to others: linear in the document, and further than people go."""


def arrays_by_use(terms: Sequence[Term], matrices: AbstractSet[Name] = frozenset(), vectors: AbstractSet[Name] = frozenset()) -> dict[Name, str]:
    """Names that are a ``matrix`` or a ``vector``, and stand by their entries too: they stand whole where only an array can, transposed, in a norm, below a
    nabla, beside a matrix, added to an array or equal to one. ``matrices`` and ``vectors`` are known to be so. A name with two subscripts that stands whole
    in a product is a matrix.
    """
    indexed: dict[Name, set[int]] = {}
    factors: set[Name] = set()
    for node in nodes(terms):
        match node:
            case Index(Name() as base, subscripts) if not is_numbered(base):
                indexed.setdefault(base, set()).add(len(subscripts))
            case Mul(parts):
                factors |= {part for _, part in parts if isinstance(part, Name)}
            case _:
                pass
    twice = {name for name in factors if indexed.get(name) == {2}}
    found = _Whole({**dict.fromkeys(twice, "matrix"), **dict.fromkeys(vectors, "vector"), **dict.fromkeys(matrices, "matrix")}, indexed)
    for _ in range(_ROUNDS):
        before = len(found.kinds)
        for term in terms:
            found.of(term)
        if len(found.kinds) == before:
            break
    return {name: kind for name, kind in found.kinds.items() if name in indexed}


class _Whole:
    """What terms are as wholes: ``matrix``, ``vector``, ``row``, ``number``, or unknown (empty). A name beside what is known becomes known."""

    def __init__(self, kinds: dict[Name, str], indexed: Mapping[Name, set[int]]) -> None:
        self.kinds = kinds
        self.indexed = indexed

    def _learn(self, term: Term, kind: str) -> str:
        """An array stands here: a name that has entries elsewhere is one. What it is then, or empty."""
        while isinstance(term, Group):
            term = term.body
        if isinstance(term, Name) and self.indexed.get(term) == ({2} if kind == "matrix" else {1}):
            return self.kinds.setdefault(term, kind)
        return ""

    def of(self, term: Term) -> str:
        match term:
            case Name():
                return self.kinds.get(term, "")
            case Num():
                return "number"
            case Group(body):
                return self.of(body)
            case Transpose(body):
                self._learn(body, "vector")
                kind = self.of(body)
                return {"matrix": "matrix", "vector": "row", "row": "vector"}.get(kind, "")
            case Bars("norm", body):
                self._learn(body, "vector")
                self.of(body)
                return "number"
            case Deriv(body, ((variable, 1),)):
                kind = self.of(body)
                if term.style == "nabla":
                    self._learn(variable, "vector")
                return self.of(variable) if kind in ("", "number") else ""
            case Relation(items, signs):
                known = [self.of(item) for item in items]
                for k, sign in enumerate(signs):
                    if sign in ("=", ":="):
                        for one, other in ((k, k + 1), (k + 1, k)):
                            if known[one] in ("matrix", "vector"):
                                self._learn(items[other], known[one])
                return ""
            case Add(parts):
                kinds = {self.of(part) for _, part in parts}
                kind = next((k for k in ("matrix", "vector") if k in kinds), "")
                for _, part in parts if kind else ():
                    self._learn(part, kind)
                return kind
            case Mul(parts):
                return self._product(parts)
            case Frac(above, below):
                self.of(below)
                return self.of(above)
            case _:
                for child in children(term):
                    self.of(child)
                return ""

    def _product(self, parts: tuple[tuple[str, Term], ...]) -> str:
        whole = ""
        if len(parts) == 2 and parts[1][0] == "cdot" and all(isinstance(n, Name) and self.indexed.get(n) == {1} for _, n in parts):
            for _, factor in parts:  # a product with a dot of two that have entries
                self._learn(factor, "vector")
        for k, (sign, part) in enumerate(parts):
            kind = self.of(part)
            if k and not kind and sign in ("", "cdot") and isinstance(parts[k - 1][1], Transpose):
                kind = self._learn(part, "vector")  # w^T x
            if whole == "matrix" and sign in ("", "cdot") and not kind:
                kind = self._learn(part, "vector")
            if sign in ("odot", "circ") and whole in ("matrix", "vector"):
                self._learn(part, whole)
            elif whole == "row" and kind in ("vector", ""):
                return "number" if kind else ""  # else a number, or a row
            elif kind in ("matrix", "vector", "row"):
                whole = "matrix" if whole == "vector" and kind == "row" else kind if whole in ("", "matrix") else whole
        return whole


def bound_names(terms: Iterable[Term]) -> frozenset[Name]:
    """The variables of sums, products and the like."""
    return frozenset(node.variable for node in nodes(terms) if isinstance(node, Big) and isinstance(node.variable, Name) and node.op in ("sum", "prod"))


def stepped(terms: Iterable[Term]) -> frozenset[tuple[Name, Name]]:
    """The names that stand with arithmetic below them, each with a letter in it: x and k of ``x_{k+1}``."""
    below = ((node.base, s) for node in nodes(terms) if isinstance(node, Index) and isinstance(node.base, Name) for s in node.subscripts)
    return frozenset((base, letter) for base, s in below if isinstance(s, Add) for letter in free_names(s))


def set_names(terms: Iterable[Term]) -> frozenset[Name]:
    """The sets that a sum runs over: B of ``i \\in B`` and of ``i \\in B_t``."""
    found: set[Name] = set()
    for node in nodes(terms):
        if isinstance(node, Big) and isinstance(node.where, Relation) and node.where.signs == ("in",):
            where = node.where.items[1]
            base = where.base if isinstance(where, Index) else where
            if isinstance(base, Name) and base.font != "bb":
                found.add(base)
    return frozenset(found)
