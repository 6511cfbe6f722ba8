"""One function of a combination of variables: ``|Z_1 - Z_2|`` is the absolute value of Z with Z = Z_1 - Z_2, whose density is found first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.language.brackets import bracketed
from derivations.language.context import Scalar
from derivations.language.denote import denote
from derivations.language.record import record
from derivations.language.structure import children, substitute, transform
from derivations.language.term import Cases, Group, Name, Relation, Term
from derivations.problem import Section, Words
from derivations.topics.pushforward.combined import asked
from derivations.topics.pushforward.convolved import Row, convolved
from derivations.topics.pushforward.laws import Law, law_of
from derivations.topics.pushforward.maps import written_components
from derivations.topics.pushforward.symbols import Said, Symbol, said, symbols_of
from derivations.topics.pushforward.variables import context_of, end, independent, x

Z, z = Name("Z"), Name("z")


@record
class Composed:
    """The law of the combination, the function of it that is asked for, the sections that derive the law, and the question."""

    law: Law
    outer: Term
    sections: tuple[Section, ...]
    question: Words
    told: Said


def composed(base: str, map: str, let: str) -> Composed | None:
    """A map of several variables as a function of one combination of them; None where it is none, or an affine function of one.

    Raises:
        DeriveError: the base or the map cannot be read, or the density of the combination is not written out.
    """
    told = said(let)
    variables = independent(base, told)
    maps = written_components(map, tuple(part.value for part in variables))
    if len(variables) < 2 or len(maps) != 1 or any(part.variable == Z for part in variables):
        return None
    inner, outer = _apart(maps[0], frozenset(part.value for part in variables))
    parameters = context_of(variables, told, maps[0])
    if outer == z or parameters.kind(z) is not None or _is_affine(outer, parameters.declare(Scalar(), z)):
        return None
    sections, rows, known = convolved(f"pushforward of {base} through {map}", variables, inner, parameters, (Z, inner))
    given = law_of(_density(rows, known), _support(rows), parameters, base)
    normal = next((part.law.variance_of_normal for part in variables if part.law.variance_of_normal), None)
    lemmas = tuple(replace(section, role="lemma") for section in sections)
    return Composed(replace(given, variance_of_normal=normal), outer, lemmas, asked(variables, maps[0]), told)


def _apart(map_: Term, values: frozenset[Symbol]) -> tuple[Term, Term]:
    """The smallest part of a map that holds all of its variables, and the map with z in its place."""
    node, wanted = map_, symbols_of(map_) & values
    while True:
        holding = [child for child in children(node) if symbols_of(child) & values]
        if len(holding) != 1 or symbols_of(holding[0]) & values != wanted:
            break
        node = holding[0]
    inner = node.body if isinstance(node, Group) else node
    outer = transform(map_, lambda part: z if part == node else part)
    return inner, bracketed(outer)


def _is_affine(outer: Term, known: Any) -> bool:
    import sympy as sp

    return bool(sp.diff(denote(outer, known), denote(z, known), 2) == 0)


def _density(rows: list[Row], known: Any) -> Term:
    """The density by intervals as one term in z."""
    values = [substitute(value, {x: z}) for value, _, _ in rows]
    if len(values) == 1:
        return values[0]
    ends = [end(high, known) for _, _, high in rows[:-1]]
    return Cases((*((value, Relation((z, high), ("<",))) for value, high in zip(values, ends, strict=False)), (values[-1], None)))


def _support(rows: list[Row]) -> Any:
    import sympy as sp

    return sp.Interval.open(rows[0][1], rows[-1][2])


__all__ = ["Composed", "composed"]
