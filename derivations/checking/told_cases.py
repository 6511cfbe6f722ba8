"""A statement by cases, from statements that were accepted under the conditions of the cases.

    context, c |- a = b_1      context, not c |- a = b_2
    ----------------------------------------------------
         context |- a = { b_1 if c, b_2 otherwise
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Evidence, weakest
from derivations.language.context import Context
from derivations.language.term import Cases, Relation, Term

Judged = tuple[Context, Statement, Evidence]
_NEGATED: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def by_cases(statement: Statement, judged: Iterable[Judged]) -> Evidence | None:
    """How an equation with cases on its right is known: each of its branches was shown under its condition, the last one wherever no condition holds.

    None where a branch is missing, or where there are values for which none is there. Only conditions that are chains of inequalities are told apart.
    """
    if statement.relation is not Rel.EQ or not isinstance(statement.rhs, Cases):
        return None
    shown = list(judged)
    found: list[Evidence] = []
    earlier: list[Relation] = []
    for value, condition in statement.rhs.rows:
        wanted = Statement(statement.lhs, Rel.EQ, value)
        if isinstance(condition, Relation):
            sides = [_under(wanted, frozenset({side}), shown) for side in _sides(condition)]
            if None in sides:
                return None
            found.extend(evidence for evidence in sides if evidence is not None)
            earlier.append(condition)
        elif condition is None:
            rest = _outside(earlier)
            everywhere = [_under(wanted, place, shown) for place in rest]
            if not rest or None in everywhere:
                return None
            found.extend(e for e in everywhere if e is not None)
        else:
            return None
    covered = statement.rhs.rows[-1][1] is None or (bool(earlier) and not any(_possible(place) for place in _outside(earlier)))
    if not covered:
        return None
    low = weakest(tuple(found))
    return Evidence(low.strength, "case by case", low.count, low.assuming)


def _under(wanted: Statement, conditions: frozenset[Relation], judged: list[Judged]) -> Evidence | None:
    """How the statement is known where these conditions hold: from a scope that assumes nothing but some of them."""
    for context, statement, evidence in judged:
        new = _new(context, judged)
        if statement == wanted and all(isinstance(one, Relation) and any(_same(one, other) for other in conditions) for one in new):
            return evidence
    return None


def _new(context: Context, judged: list[Judged]) -> frozenset[Term]:
    """What a scope assumes beyond what all of them assume."""
    shared = frozenset[Term].intersection(*(frozenset(other.hypotheses) for other, _, _ in judged))
    return frozenset(context.hypotheses) - shared


def _same(one: Relation, other: Relation) -> bool:
    return one == other or _turned(one) == other


def _possible(place: frozenset[Relation]) -> bool:
    """Whether no inequality of a place is the negation of another."""
    return not any(_same(one, Relation(other.items, (_NEGATED[other.signs[0]],))) for one in place for other in place)


def _turned(relation: Relation) -> Relation:
    return Relation(tuple(reversed(relation.items)), tuple(_TURNED.get(sign, sign) for sign in reversed(relation.signs)))


def _sides(condition: Relation) -> list[Relation]:
    """``a != b`` holds below and above; any other condition is one place."""
    match condition:
        case Relation((a, b), ("!=",)):
            return [Relation((a, b), ("<",)), Relation((a, b), (">",))]
        case _:
            return [condition]


def _links(relation: Relation) -> list[tuple[Term, str, Term]]:
    return list(zip(relation.items, relation.signs, relation.items[1:], strict=False))


def _outside(conditions: list[Relation]) -> list[frozenset[Relation]]:
    """Places that together are where none of these conditions holds: for each condition one of its inequalities fails."""
    places: list[frozenset[Relation]] = [frozenset()]
    for condition in conditions:
        match condition:
            case Relation((a, b), ("!=",)):
                places = [place | {Relation((a, b), (">=",)), Relation((a, b), ("<=",))} for place in places]
                continue
        links = _links(condition)
        if not links or any(sign not in _NEGATED for _, sign, _ in links):
            return []
        places = [place | {Relation((a, b), (_NEGATED[sign],))} for place in places for a, sign, b in links]
    return places
