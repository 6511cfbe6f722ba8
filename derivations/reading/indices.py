"""Which names number things, which sets sums run over, which sequences are families of vectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from derivations.language.structure import children, free_names
from derivations.language.term import Add, Bars, Big, Group, Index, Mul, Name, Relation, Term, Transpose, Tuple


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
    """The names that certainly number things: bound by a sum, given a range, or with arithmetic in a subscript."""
    found = set(declared)
    for node in nodes(terms):
        if isinstance(node, Big) and isinstance(node.variable, Name) and node.op in ("sum", "prod", "max", "min", "union", "intersection"):
            found.add(node.variable)
        elif isinstance(node, Big) and isinstance(node.variable, Tuple):
            found |= {item for item in node.variable.items if isinstance(item, Name)}
        elif isinstance(node, Index):
            kronecker = node.base == Name("delta") and len(node.subscripts) == 2
            for subscript in node.subscripts:
                if isinstance(subscript, Add | Mul | Group) or kronecker:
                    found |= free_names(subscript)
    return frozenset(n for n in found if not n.accent and (len(n.text) == 1 or n in declared))


def vector_families(terms: Iterable[Term], sequences: Mapping[Name, int], matrices: frozenset[Term] = frozenset()) -> frozenset[Name]:
    """Sequences whose entries are vectors: ``w^T x_i``, ``x_i x_i^T``, ``||x_i||``, and ``W h_t`` for a matrix W that is declared."""
    found: set[Name] = set()
    for node in nodes(terms):
        inside: list[Term] = []
        match node:
            case Transpose(base):
                inside = [base]
            case Bars("norm", Index() as body):
                inside = [body]
            case Mul(parts):
                inside = [right for (_, left), (sign, right) in pairwise(parts) if (isinstance(left, Transpose) or left in matrices) and sign in ("", "cdot")]
        if inside:
            found |= {t.base for t in inside if isinstance(t, Index) and isinstance(t.base, Name) and t.base in sequences}
    return frozenset(found)


def bound_names(terms: Iterable[Term]) -> frozenset[Name]:
    """The variables of sums, products and the like."""
    return frozenset(node.variable for node in nodes(terms) if isinstance(node, Big) and isinstance(node.variable, Name) and node.op in ("sum", "prod"))


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
