"""The library's theorems on permutation matrices, proved from their entries when they are first used.

A permutation matrix is one with entries ``P_ij = delta_{i, pi(j)}`` for a permutation pi of ``1..N``; what is proved here for an arbitrary pi may be
used for every name that is declared as a permutation matrix.
"""

from __future__ import annotations

from functools import cache

from derivations.kernel.statement import Derivation, Statement, Step, equation
from derivations.kernel.theorem import Theorem, verify
from derivations.language.context import Array, Context, Domain, Function, Scalar, Softmax
from derivations.language.term import Call, Mul, Name, Num, Relation, Term, group, names, product
from derivations.language.work import apart
from derivations.rules.matrices import reindexing

ONES = Name("1", font="bold")


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
