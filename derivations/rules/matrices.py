"""Rules for arrays of symbolic size.

Each rule is a value whose deciding function proves by a normal form. Equal normal forms prove an equation for all values and all sizes; different
ones prove nothing, so the rule then asks ``refute`` for a counterexample and otherwise answers Undecided.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.kernel.statement import Premise, Rel, Rule, Statement
from derivations.kernel.verdict import Evidence, Refuted, Undecided, Verdict, proved, weakest
from derivations.language.context import Array, Context, Softmax, shape_of
from derivations.language.errors import DeriveError, MeaningError, ShapeError
from derivations.language.record import record
from derivations.language.structure import free_names, unbracketed
from derivations.language.term import Index, Name, Num, Relation, Term
from derivations.rules.decide import Prover, decide
from derivations.rules.explicit import mentions_matrices
from derivations.rules.matrices_definitions import spelled
from derivations.rules.matrices_entries import EntryAlgebra
from derivations.rules.matrices_facts import inform
from derivations.rules.matrices_instances import instance
from derivations.rules.shapes import Shape, Sizes

METHOD = "entries with symbolic indices"


def _decide(statement: Statement, context: Context, prove: Prover) -> Verdict:
    """Sizes first (an error of their own), then a counterexample, then the proof."""
    try:
        for left, right in _equations(statement):
            Sizes(context).relation(left, right)
    except ShapeError as error:
        return Refuted(reason=str(error))
    except MeaningError as error:
        return Undecided(str(error))
    return decide(statement, instance(context), prove)


def has_numbered_sizes(statement: Statement, context: Context) -> bool:
    """Whether an array has so and so many rows or columns, so that its entries can be written out."""
    sizes = [size for _, kind in context.kinds for size in shape_of(kind) or ()]
    return any(isinstance(size, Num) and size != Num("1") for size in sizes) or mentions_matrices(statement, context)


def _equations(statement: Statement) -> tuple[tuple[Term, Term], ...]:
    """The equations that a statement consists of."""
    match statement:
        case Statement(Relation((a, b), ("=",)), Rel.IMPLIES | Rel.IFF, Relation((c, d), ("=",))):
            return (a, b), (c, d)
        case _:
            return ((statement.lhs, statement.rhs),)


@record
class Reading:
    """What may be used: ``entries`` their definitions, ``reindexing`` that a permutation of a whole range only changes the order of a finite sum, ``library``
    that what is declared as a permutation matrix is that of some permutation."""

    entries: bool = True
    reindexing: bool = False
    library: bool = False
    lenient: bool = False
    opaque: bool = False
    """Whether a softmax stays one thing, which is tried first: much is said of what it is of, and little of its entries."""


def _proved(statement: Statement, context: Context, premises: tuple[Premise, ...], reading: Reading) -> Evidence | Undecided:
    match statement:
        case Statement(Relation((_, _), ("=",)) as given, Rel.IMPLIES, Relation((lhs, rhs), ("=",))):
            return _proved(Statement(lhs, Rel.EQ, rhs), context.assume(given), premises, reading)
        case Statement(Relation() as one, Rel.IFF, Relation() as other):
            both = [Statement(one, Rel.IMPLIES, other), Statement(other, Rel.IMPLIES, one)]
            found = [_proved(way, context, premises, reading) for way in both]
            open_ones = [answer for answer in found if isinstance(answer, Undecided)]
            return open_ones[0] if open_ones else weakest(tuple(answer for answer in found if isinstance(answer, Evidence)))
        case Statement(_, Rel.EQ, _):
            pass
        case _:
            return Undecided(f"the algebra of arrays decides equations; the relation here is {statement.relation.value}")
    ways = [(reading, False)]
    if any(isinstance(kind, Softmax) for _, kind in context.kinds):
        ways.insert(0, (replace(reading, opaque=True), False))
    if reading.library and any(isinstance(kind, Array) and "permutation" in kind.properties for _, kind in context.kinds):
        ways.append((replace(reading, entries=False, reindexing=False, library=False), False))  # det(AP) = det(PA): with P as any matrix
    if has_numbered_sizes(statement, context):
        ways.append((reading, True))
    answer: Evidence | Undecided = Undecided("")
    for way, expanding in ways:
        try:
            answer = _equal(statement, context, premises, way, expanding=expanding)
        except DeriveError as error:
            answer = Undecided(str(error))
        if isinstance(answer, Evidence):
            break
    return answer


def _equal(statement: Statement, context: Context, premises: tuple[Premise, ...], reading: Reading, *, expanding: bool) -> Evidence | Undecided:
    algebra = EntryAlgebra(context, reindexing=reading.reindexing, unfolding=reading.entries, library=reading.library, lenient=reading.lenient)
    algebra.expanding, algebra.opaque = expanding, reading.opaque
    inform(algebra, premises)
    slots, difference = algebra.difference(statement.lhs, statement.rhs)
    if algebra.zero(difference) or algebra.zero(algebra.without_inverses(difference, slots)):
        return proved(METHOD, *dict.fromkeys(algebra.sizes.assumed), *sorted(algebra.assuming))
    return Undecided("the entries of the two sides have different normal forms", difference)


def decide_matrix_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """Non-commutative algebra of arrays.

        premises: equations between arrays
        ---------------------------------- both sides have the same normal form under the premises
        context |- A = B

    Side conditions: the sizes fit. Uses: associativity, distributivity, ``(AB)^T = B^T A^T``, ``(AB)^{-1} = B^{-1} A^{-1}`` for square factors,
    what the declared properties say by definition (symmetric, orthogonal, identity, zero), traces, determinants, definitions, hypotheses
    and premises.
    Nothing is known of a permutation matrix here but what a premise says.

    True: ``(KP)^T (QP) = P^T K^T Q P``.  False neighbours: ``(KP)^T (QP) = K^T P^T Q P``; ``P^T P = I`` without a premise.
    """
    return _decide(statement, context, lambda: _proved(statement, context, premises, Reading(entries=False)))


def decide_permutation_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """``matrix_algebra`` that also uses the theorems on permutation matrices (``permutation_theorems``, proved from their entries).

        ----------------------------------  P declared as a permutation matrix
        context |- Softmax[P^T A P] = P^T Softmax[A] P

    True: ``Softmax[P A P^T] P = P Softmax[A]``.  False neighbours: the same for an orthogonal P; ``Softmax[P^T A P] = Softmax[A]``.
    """
    return _decide(statement, context, lambda: _proved(statement, context, premises, Reading(reindexing=True, library=True)))


def decide_array_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """All that is known here of arrays: ``permutation_algebra``, and where that does not decide, the entries with re-indexing.

    True: ``x^T y = sum_i x_i y_i``, ``Softmax[A + 1 x^T] = Softmax[A]`` (along columns).  False neighbour: ``Softmax[A + x 1^T] = Softmax[A]``.
    """
    return decide_permutation_algebra(statement, context, premises)


def decide_entry_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """Unfolding entries: products are sums, a transpose swaps the indices, a softmax is ``e^{a_ij}`` over the sum along its axis.

        ------------------------------------  by the definitions of the entries
        context |- (AB)_{ij} = sum_k A_ik B_kj

    Side condition: a Kronecker delta picks an index only where that index lies in the range of the sum.
    True: ``(1^T P)_j = sum_k P_kj``, ``sum_k delta_{k, pi(j)} = 1``.  False neighbour: ``(AB)_{ij} = sum_k A_ik B_jk``.
    """
    if premises:
        return Undecided("entry algebra uses definitions only, no premises")
    return _decide(statement, context, lambda: _proved(statement, context, (), Reading()))


def decide_reindexing(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """A permutation of the whole range of a sum leaves the sum as it is.

        pi in S_N
        --------------------------------------------------
        context |- sum_{k=1}^N f(pi(k)) = sum_{k=1}^N f(k)

    Side condition: the sum runs over exactly ``1..N``, the range that pi permutes.
    True: ``sum_k e^{A_{pi(k), pi(j)}} = sum_k e^{A_{k, pi(j)}}``.  False neighbours: ``... = sum_k e^{A_{k, j}}``; the same sum up to N - 1.
    """
    if premises:
        return Undecided("re-indexing uses no premises but the hypothesis that the function is a permutation")
    return _decide(statement, context, lambda: _proved(statement, context, (), Reading(reindexing=True)))


def decide_entries(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """Arrays with the same entries are equal.

        A_ij = B_ij     i, j free
        -------------------------
        context |- A = B

    Side conditions: i runs over all rows, j over all columns, they are different names, and nothing is assumed of them but their ranges.
    True: from ``(P^T A P)_{ij} = A_{pi(i), pi(j)}`` and the like.  False neighbour: from ``A_ii = B_ii``.
    """
    return _decide(statement, context, lambda: _all_entries(statement, context, premises))


def _all_entries(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Evidence | Undecided:
    if len(premises) != 1 or not isinstance(premise := premises[0], Statement):
        return Undecided("equality by entries needs one premise, the equation of the entries, as an earlier step")
    if statement.relation is not Rel.EQ or premise.relation is not Rel.EQ:
        return Undecided("equality by entries concludes an equation from an equation")
    sizes = Sizes(context)
    left, right = sizes.relation(statement.lhs, statement.rhs)
    shape = sizes.settled_shape(sizes.infer(left)[1] or sizes.infer(right)[1])
    if shape is None:
        return Undecided("both sides are scalars")
    first, second = _entry_of(premise.lhs, statement.lhs), _entry_of(premise.rhs, statement.rhs)
    if first is None or first != second:
        return Undecided("the premise is not the equation of one and the same entry of both sides")
    reason = _restricted(first, shape, statement, context, sizes)
    return Undecided(reason) if reason else proved("equality of all entries", *sizes.assumed)


def _entry_of(entry: Term, array: Term) -> tuple[Term, ...] | None:
    """The subscripts of a term that is an entry of this array, written with or without brackets."""
    array = unbracketed(array)
    if not isinstance(entry, Index):
        return None
    base = entry.base
    base = unbracketed(base)
    return entry.subscripts if base == array else None


def _restricted(indices: tuple[Term, ...], shape: Shape, statement: Statement, context: Context, sizes: Sizes) -> str:
    """Why the indices of an entry are not arbitrary; empty if they are."""
    spans = [size for size in shape if size != Num("1")] if len(indices) == 1 else list(shape)
    if len(indices) != len(spans) or len(set(indices)) != len(indices):
        return "an entry of each row and column is needed: as many different indices as the shape has"
    taken = free_names(statement.lhs) | free_names(statement.rhs)
    for formula in context.hypotheses:
        taken |= free_names(formula)
    for definition in context.definitions:
        taken |= (free_names(definition.lhs) | free_names(definition.rhs)) - frozenset(definition.parameters)
    for index, size in zip(indices, spans, strict=True):
        if not isinstance(index, Name) or index in taken:
            return f"the index {spelled(index)} is not a free name: something is assumed of it"
        written = context.range_of(index)
        if written is None or written[0] != Num("1") or not sizes.agree(written[1], size):
            return f"the index {spelled(index)} must run from 1 to {spelled(size)}"
    return ""


matrix_algebra = Rule("matrix algebra")
permutation_algebra = Rule("matrix algebra with permutation matrices")
array_algebra = Rule("array algebra")
entry_algebra = Rule("entry algebra")
reindexing = Rule("re-indexing")
entries = Rule("equality by entries")


def prove_arrays(statement: Statement, context: Context) -> Evidence | Undecided:
    """All that is known here of arrays, for a statement of somebody's document: undeclared names are real numbers. Raises DeriveError."""
    return _proved(statement, context, (), Reading(reindexing=True, library=True, lenient=True))
