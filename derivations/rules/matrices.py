"""Rules for arrays of symbolic size.

Each rule is a value whose deciding function proves by a normal form. Equal normal forms prove an equation for all values and all sizes; different
ones prove nothing, so the rule then asks ``refute`` for a counterexample and otherwise answers Undecided.
"""

from __future__ import annotations

from functools import cache

from derivations.kernel.statement import Derivation, Premise, Rel, Rule, Statement, Step, equation
from derivations.kernel.theorem import Theorem, verify
from derivations.kernel.verdict import Evidence, Refuted, Undecided, Verdict, proved, weakest
from derivations.language.context import Array, Context, Domain, Function, Scalar, Softmax
from derivations.language.errors import DeriveError, MeaningError, ShapeError
from derivations.language.structure import free_names, unbracketed
from derivations.language.term import Call, Index, Mul, Name, Num, Relation, Term, group, names, product
from derivations.language.work import apart
from derivations.rules.decide import Prover, decide
from derivations.rules.matrices_definitions import spelled, unfolded
from derivations.rules.matrices_entries import EntryAlgebra
from derivations.rules.matrices_factors import Combination
from derivations.rules.matrices_facts import cleared, complete, has_inverses, informed
from derivations.rules.matrices_instances import instance
from derivations.rules.shapes import Shape, Sizes

ONES = Name("1", font="bold")
METHOD = "normal form of non-commuting polynomials"


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


def _equations(statement: Statement) -> tuple[tuple[Term, Term], ...]:
    """The equations that a statement consists of."""
    match statement:
        case Statement(Relation((a, b), ("=",)), Rel.IMPLIES | Rel.IFF, Relation((c, d), ("=",))):
            return (a, b), (c, d)
        case _:
            return ((statement.lhs, statement.rhs),)


def _proved(statement: Statement, context: Context, premises: tuple[Premise, ...], *, library: bool) -> Evidence | Undecided:
    match statement:
        case Statement(Relation((_, _), ("=",)) as given, Rel.IMPLIES, Relation((lhs, rhs), ("=",))):
            return _proved(Statement(lhs, Rel.EQ, rhs), context.assume(given), premises, library=library)
        case Statement(Relation() as one, Rel.IFF, Relation() as other):
            ways = [Statement(one, Rel.IMPLIES, other), Statement(other, Rel.IMPLIES, one)]
            found = [_proved(way, context, premises, library=library) for way in ways]
            open_ones = [answer for answer in found if isinstance(answer, Undecided)]
            return open_ones[0] if open_ones else weakest(tuple(answer for answer in found if isinstance(answer, Evidence)))
        case Statement(_, Rel.EQ, _):
            pass
        case _:
            return Undecided(f"matrix algebra decides equations; the relation here is {statement.relation.value}")
    reader = informed(context, premises, library=library)
    difference = reader.difference(statement.lhs, statement.rhs)
    if isinstance(difference, Combination) and has_inverses(reader.words):
        complete(reader.words)  # the equations multiplied by the inverses that the goal mentions
        difference = cleared(reader.words, reader.difference(statement.lhs, statement.rhs))
    if reader.is_zero(difference):
        return proved(METHOD, *reader.assumptions)
    return Undecided("the normal forms of the two sides differ", difference)


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
    return _decide(statement, context, lambda: _proved(statement, context, premises, library=False))


def decide_permutation_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """``matrix_algebra`` that also uses the theorems on permutation matrices (``permutation_theorems``, proved from their entries).

        ----------------------------------  P declared as a permutation matrix
        context |- Softmax[P^T A P] = P^T Softmax[A] P

    True: ``Softmax[P A P^T] P = P Softmax[A]``.  False neighbours: the same for an orthogonal P; ``Softmax[P^T A P] = Softmax[A]``.
    """
    return _decide(statement, context, lambda: _with_library(statement, context, premises))


def _with_library(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Evidence | Undecided:
    permutation_theorems()  # raises NotProved if one of them does not hold any more
    return _proved(statement, context, premises, library=True)


def decide_array_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """All that is known here of arrays: ``permutation_algebra``, and where that does not decide, the entries with re-indexing.

    True: ``x^T y = sum_i x_i y_i``, ``Softmax[A + 1 x^T] = Softmax[A]`` (along columns).  False neighbour: ``Softmax[A + x 1^T] = Softmax[A]``.
    """

    def prove() -> Evidence | Undecided:
        try:
            found = _with_library(statement, context, premises)
        except DeriveError as error:
            found = Undecided(str(error))
        if isinstance(found, Evidence) or premises or statement.relation is not Rel.EQ:
            return found
        return _same_entries(statement, context, reindexing=True)

    return _decide(statement, context, prove)


def _by_entries(statement: Statement, context: Context, *, reindexing: bool) -> Verdict:
    """Both sides of an equation compared entry by entry, for symbolic indices."""
    if statement.relation is not Rel.EQ:
        return Undecided(f"this rule decides equations; the relation here is {statement.relation.value}")
    return _decide(statement, context, lambda: _same_entries(statement, context, reindexing=reindexing))


def _same_entries(statement: Statement, context: Context, *, reindexing: bool) -> Evidence | Undecided:
    algebra = EntryAlgebra(context, reindexing=reindexing)
    left, right = algebra.sizes.relation(unfolded(statement.lhs, context), unfolded(statement.rhs, context))
    shape = algebra.sizes.settled_shape(algebra.sizes.infer(left)[1] or algebra.sizes.infer(right)[1])
    if shape is None:
        difference = algebra.poly(left) - algebra.poly(right)
    else:
        i, j = (algebra.index(size) for size in shape)
        difference = algebra.array_entry(left, i, j) - algebra.array_entry(right, i, j)
    if algebra.zero(difference):
        return proved("entries with symbolic indices", *algebra.sizes.assumed, *sorted(algebra.assuming))
    return Undecided("the entries of the two sides have different normal forms", difference)


def decide_entry_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """Unfolding entries: products are sums, a transpose swaps the indices, a softmax is ``e^{a_ij}`` over the sum along its axis.

        ------------------------------------  by the definitions of the entries
        context |- (AB)_{ij} = sum_k A_ik B_kj

    Side condition: a Kronecker delta picks an index only where that index lies in the range of the sum.
    True: ``(1^T P)_j = sum_k P_kj``, ``sum_k delta_{k, pi(j)} = 1``.  False neighbour: ``(AB)_{ij} = sum_k A_ik B_jk``.
    """
    if premises:
        return Undecided("entry algebra uses definitions only, no premises")
    return _by_entries(statement, context, reindexing=False)


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
    return _by_entries(statement, context, reindexing=True)


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


# The theorems on permutation matrices, proved from their entries when they are first used -------------------------------------------
#
# A permutation matrix is one with entries P_ij = delta_{i, pi(j)} for a permutation pi of 1..N; what is proved here for an arbitrary pi may be used for
# every name that is declared as a permutation matrix.


def permutation_context(matrix: Name, permutation: Name, size: Name, row: Name, column: Name) -> Context:
    """``matrix`` is the permutation matrix of ``permutation``: its entry (row, column) is 1 where row is the image of column, else 0."""
    return (
        Context()
        .declare(Scalar(Domain.NATURAL), size)
        .declare(Array(size, size, frozenset({"permutation"})), matrix)
        .declare(Function(1, frozenset({"permutation"}), on_integers=True), permutation)
        .assume(Relation((permutation, Name("S")[size]), ("in",)))
        .define(matrix[row, column], Name("delta")[row, permutation(column)], (row, column))
    )


@cache
def permutation_theorems() -> tuple[Theorem, ...]:
    """What ``permutation_algebra`` rests on. Raises NotProved if one of them does not follow from the entries."""
    with apart(_TICKS):
        return _permutation_theorems()


_TICKS = 10_000_000


def _permutation_theorems() -> tuple[Theorem, ...]:
    p, pi, n, m, i, j = names("P pi N M i j")
    a, b, c, f = names("A B C f")
    columns, rows = Name("softmax", label="columns"), Name("softmax", label="rows")
    identity = Name("I")
    context = (
        permutation_context(p, pi, n, i, j)
        .declare(Scalar(Domain.NATURAL), m)
        .declare(Array(n, m), a, c)
        .declare(Array(m, n), b)
        .declare(Array(n, n, frozenset({"identity"})), identity)
        .declare(Array(n, Num("1"), frozenset({"ones"})), ONES)
        .declare(Softmax(0), columns)
        .declare(Softmax(1), rows)
        .declare(Function(), f)
    )

    def proved(lhs: Term, rhs: Term, title: str) -> Theorem:
        statement: Statement = equation(lhs, rhs)
        return verify(Derivation(title, context, statement, (Step(statement, reindexing, "entry by entry"),)))

    found = []
    for q, who in ((p, "P"), (p.T, "the transpose of P")):
        found.append(proved(product(ONES.T, q), ONES.T, f"columns of {who} sum to one"))
        found.append(proved(product(q, ONES), ONES, f"rows of {who} sum to one"))
        found.append(proved(product(q, q.T), identity, f"{who} is orthogonal"))
        for function in (columns, rows, f):
            found.append(proved(Call(function, (product(q, a),)), product(q, Call(function, (a,))), f"{function.text}: {who} on the left"))
            found.append(proved(Call(function, (product(b, q),)), product(Call(function, (b,)), q), f"{function.text}: {who} on the right"))
        hadamard = Mul((("", group(product(q, a))), ("odot", group(product(q, c)))))
        found.append(proved(hadamard, product(q, group(Mul((("", a), ("odot", c))))), f"entrywise product: {who} on the left"))
    return tuple(found)
