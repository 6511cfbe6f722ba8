"""Rules for arrays of symbolic size.

Each rule is a value whose deciding function proves by a normal form. Equal normal forms prove an equation for all values and all sizes; different ones
prove nothing, so the rule then asks ``refute`` for a counterexample and otherwise answers Undecided.
"""

from __future__ import annotations

from derivations.kernel.statement import Premise, Rel, Rule, Statement
from derivations.kernel.verdict import Accepted, Refuted, Undecided, Verdict, proved
from derivations.language.context import Context
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.term import Relation
from derivations.rules.matrices_factors import Combination
from derivations.rules.matrices_facts import cleared, complete, has_inverses, informed
from derivations.rules.normal.algebra import Stuck

METHOD = "normal form of non-commuting polynomials"


def _decide(statement: Statement, context: Context, premises: tuple[Premise, ...], *, library: bool) -> Verdict:
    match statement:
        case Statement(Relation((left, right), ("=",)) as given, Rel.IMPLIES, Relation((lhs, rhs), ("=",))):
            return _decide(Statement(lhs, Rel.EQ, rhs), context.assume(given), premises, library=library)
        case Statement(Relation() as one, Rel.IFF, Relation() as other):
            forth = _decide(Statement(one, Rel.IMPLIES, other), context, premises, library=library)
            return forth if not isinstance(forth, Accepted) else _decide(Statement(other, Rel.IMPLIES, one), context, premises, library=library)
        case Statement(left, Rel.EQ, right):
            pass
        case _:
            return Undecided(f"matrix algebra decides equations; the relation here is {statement.relation.value}")
    try:
        reader = informed(context, premises, library=library)
        difference = reader.difference(left, right)
        if isinstance(difference, Combination) and has_inverses(reader.words):
            complete(reader.words)  # the equations multiplied by the inverses that the goal mentions
            difference = cleared(reader.words, reader.difference(left, right))
        if reader.is_zero(difference):
            return Accepted(proved(METHOD, *reader.assumptions))
        return Undecided("the normal forms of the two sides differ", difference)
    except ShapeError as error:
        return Refuted(reason=str(error))
    except (MeaningError, Stuck) as error:
        return Undecided(str(error))


def _algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """Non-commutative algebra of arrays.

        premises: equations between arrays
        ---------------------------------- both sides have the same normal form under the premises
        context |- A = B

    Side conditions: the sizes fit. Uses: associativity, distributivity, ``(AB)^T = B^T A^T``, ``(AB)^{-1} = B^{-1} A^{-1}`` for square factors, what the
    declared properties say by definition (symmetric, orthogonal, identity, zero), traces, determinants, definitions, hypotheses and premises.
    Nothing is known of a permutation matrix here but what a premise says.

    True: ``(KP)^T (QP) = P^T K^T Q P``.  False neighbours: ``(KP)^T (QP) = K^T P^T Q P``; ``P^T P = I`` without a premise.
    """
    return _decide(statement, context, premises, library=False)


def _permutation_algebra(statement: Statement, context: Context, premises: tuple[Premise, ...]) -> Verdict:
    """``matrix_algebra`` that also uses the theorems on permutation matrices of ``matrices_lemmas`` (proved there from their entries).

        ----------------------------------  P declared as a permutation matrix
        context |- Softmax[P^T A P] = P^T Softmax[A] P

    True: ``Softmax[P A P^T] P = P Softmax[A]``.  False neighbours: the same for an orthogonal P; ``Softmax[P^T A P] = Softmax[A]``.
    """
    from derivations.rules.matrices_lemmas import permutation_theorems

    permutation_theorems()  # raises NotProved if one of them does not hold any more
    return _decide(statement, context, premises, library=True)


matrix_algebra = Rule("matrix algebra", "matrix algebra", _algebra)
permutation_algebra = Rule("matrix algebra with permutation matrices", "permutation matrices", _permutation_algebra)
