"""Sums over pairs, ``\\sum_{i<j} x_i x_j``, and sums with one bound, ``\\sum_{j \\ge 0} r^j``: which names run is seen from all that stands beside them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from derivations.language.structure import free_names, subterms, transform
from derivations.language.term import Add, Big, Const, Index, Name, Num, Relation, Term

ADDED: Final = frozenset(("sum", "prod"))
BELOW: Final = frozenset(("<", "<="))
ZERO: Final = Num("0")


def over_pairs(sides: tuple[Term | None, ...], spoken: AbstractSet[Term]) -> tuple[Term | None, ...]:
    """The sides of a chain; under a sign with several names in its condition, those run as well that stand nowhere else and are ``spoken`` of nowhere."""
    if not any(isinstance(node, Big) and node.where is not None for side in sides if side is not None for _, node in subterms(side)):
        return sides
    return tuple(side if side is None else _bound(side, k, sides, spoken) for k, side in enumerate(sides))


def _bound(side: Term, k: int, sides: tuple[Term | None, ...], spoken: AbstractSet[Term]) -> Term:
    elsewhere = {n for j, other in enumerate(sides) if j != k and other is not None for n in free_names(other)} | spoken

    def rewritten(node: Term) -> Term:
        if not isinstance(node, Big) or node.op not in ADDED or not isinstance(node.where, Relation) or node.lower is not None or node.upper is not None:
            return node
        return _series(node) or _pairs(node, node.where, {n for n in free_names(node) if n in elsewhere | outside(node)})

    def outside(node: Term) -> frozenset[Name]:
        rest = transform(side, lambda other: ZERO if other is node else other)
        bound = {n for _, other in subterms(side) if isinstance(other, Big) and other is not node for n in free_names(other.variable)}
        return free_names(rest) | bound

    return transform(side, rewritten)


def _series(node: Big) -> Big | None:
    """``j >= 0`` where j numbers no entries of anything: without end."""
    match node.where:
        case Relation((variable, first), (">=" | ">" as sign,)) if variable == node.variable and isinstance(first, Num):
            numbered = any(variable in free_names(s) for _, t in subterms(node.body) if isinstance(t, Index) for s in t.subscripts)
            if numbered or variable not in free_names(node.body):
                return None
            lower = first if sign == ">=" else Num(str(int(first.digits) + 1)) if first.digits.isdigit() else None
            return None if lower is None else Big(node.op, node.body, variable, lower, Const("oo"))
        case _:
            return None


def _pairs(node: Big, where: Relation, fixed: AbstractSet[Name]) -> Big:
    running = [t for t in where.items if isinstance(t, Name) and t not in fixed and _numbers(t, node.body)]
    if len(running) < 2 or node.variable not in running:
        return node
    if where.signs == ("!=",):
        return Big(node.op, Big(node.op, node.body, running[0], where=where), running[1])
    names = where.items.index(running[0]), where.items.index(running[-1])
    if not set(where.signs) <= BELOW or list(where.items[names[0] : names[1] + 1]) != running:
        return node
    first, last = where.items[: names[0]], where.items[names[1] + 1 :]
    if len(first) > 1 or len(last) > 1:
        return node
    made: Big = node
    body: Term = node.body
    for at, name in enumerate(running):  # the first is innermost: it ends before the one behind it
        place = names[0] + at
        strict = where.signs[place] if place < len(where.signs) else ""
        above = where.items[place + 1] if place + 1 < len(where.items) else None
        start = first[0] if first else None
        if start is not None and where.signs[0] == "<":
            start = Add((("+", start), ("+", Num("1"))))
        if above is not None and start is not None:
            end = Add((("+", above), ("-", Num("1")))) if strict == "<" else above
            made = Big(node.op, body, name, start, end)
        else:
            conditions = Relation((name, above), (strict,)) if above is not None else None
            made = Big(node.op, body, name, where=conditions if start is None else Relation((start, name), ("<=",)))
        body = made
    return made


def _numbers(name: Name, body: Term) -> bool:
    """Whether a name stands below others in the body: it numbers what is added."""
    return any(isinstance(t, Index) and any(name in free_names(s) for s in t.subscripts) for _, t in subterms(body))
