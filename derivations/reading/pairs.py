"""Sums over pairs, ``\\sum_{i<j} x_i x_j``, and sums with one bound, ``\\sum_{j \\ge k} r^j``: which names run is seen from all that stands beside them.

Under one sign those names run that nothing else speaks of: not the rest of the relation (``\\sum_{i \\ne j} x_i = \\sum_i x_i - x_j`` is said of a fixed j),
no sign around it, no words. A name of which only other relations speak is taken to be the same here; whether it is that is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from derivations.language.structure import bound_variable, children, free_names, subterms, transform, with_children
from derivations.language.term import Add, Big, Call, Const, Index, Name, Num, Relation, Term, Tuple
from derivations.reading.rows import DECLARING

ADDED: Final = frozenset(("sum", "prod"))
EXTREMA: Final = frozenset(("max", "min", "sup", "inf"))
BELOW: Final = frozenset(("<", "<="))
FLIPPED: Final = {">": "<", ">=": "<="}
ONE: Final = Num("1")
IN_DOUBT: Final = "under a sign it may run or be the one spoken of elsewhere"
Sides = tuple[Term | None, ...]


@dataclass
class Spoken:
    """What is spoken of outside the signs under which it may run: the names that words or declarations speak of (each with those spoken of together with
    it), and those that stand in relations."""

    told: dict[Name, frozenset[Name]] = field(default_factory=dict)
    standing: set[Name] = field(default_factory=set)


def spoken_of(chains: Iterable[tuple[Sides, tuple[str, ...]]]) -> Spoken:
    """What the chains of a document speak of. The names with which a pattern is written that is defined, ``G_{ij} = ...``, stand for any."""
    found = Spoken()
    for sides, signs in chains:
        names = frozenset(n for side in sides if side is not None for n in free_names(side))
        if signs[:1] and signs[0] in DECLARING and sides[0] is not None:
            found.told |= dict.fromkeys(free_names(sides[0]), free_names(sides[0]))
        elif not signs and isinstance(sides[0], Name | Tuple):
            found.told |= dict.fromkeys(names, names)
        else:
            found.standing |= _beside(sides) - _parameters(sides[0])
    return found


def _parameters(lhs: Term | None) -> frozenset[Name]:
    match lhs:
        case Index(_, written) | Call(_, written):
            return frozenset(s for s in written if isinstance(s, Name))
        case _:
            return frozenset()


def _condition(node: Term) -> Relation | None:
    """The condition under a sign that has no limits and whose variables are not listed."""
    if not isinstance(node, Big) or node.op not in ADDED | EXTREMA or node.lower is not None or node.upper is not None:
        return None
    if not isinstance(node.variable, Name) or not isinstance(node.where, Relation) or not set(node.where.signs) <= {"!=", *BELOW, *FLIPPED}:
        return None
    return node.where


def _beside(sides: Sides) -> frozenset[Name]:
    """The names that stand free outside of all signs with conditions."""
    return frozenset(n for side in sides if side is not None for n in free_names(transform(side, lambda t: t if _condition(t) is None else ONE)))


def over_pairs(sides: Sides, spoken: Spoken) -> tuple[Sides, frozenset[Name]]:
    """The sides of a chain in which every sign binds the names that run under it, and the names of which that is in doubt."""
    if all(_condition(node) is None for side in sides if side is not None for _, node in subterms(side)):
        return sides, frozenset()
    reader = _Reader(_beside(sides), spoken)
    return tuple(None if side is None else reader.read(side, frozenset()) for side in sides), frozenset(reader.doubted)


class _Reader:
    def __init__(self, beside: AbstractSet[Name], spoken: Spoken) -> None:
        self.beside = beside
        self.spoken = spoken
        self.doubted: set[Name] = set()

    def read(self, term: Term, bound: frozenset[Name]) -> Term:
        condition = _condition(term)
        if condition is not None and isinstance(term, Big) and isinstance(term.variable, Name):
            running = self._running(term, _ascending(condition), bound)
            body = self.read(term.body, bound | running)
            ascending = _ascending(condition)
            if _starts_somewhere(ascending, running, body):  # 1 is usual, and nobody says it
                self.doubted |= free_names(ascending.items[-1])
                ascending = Relation((ONE, *ascending.items), ("<=", *ascending.signs))
            return _series(term, body, running) or _iterated(term.op, body, ascending, running) or with_body(term, body)
        variable = bound_variable(term)
        inside = bound if variable is None else bound | free_names(variable)
        old = children(term)
        new = tuple(self.read(child, inside) for child in old)
        return term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)

    def _running(self, node: Big, condition: Relation, bound: frozenset[Name]) -> frozenset[Name]:
        """The names that run under a sign: its variable, and those that could and are not spoken of elsewhere."""
        free = [t for t in condition.items if isinstance(t, Name) and t not in bound | self.beside]
        variable = node.variable if node.variable in free or not free else free[0]
        running = {variable} if isinstance(variable, Name) else set[Name]()
        for name in _candidates(node.body, condition, free):
            together = self.spoken.told.get(name)
            if name == variable or (together is not None and variable in together):
                running.add(name)
            elif together is not None and variable not in self.spoken.told:
                continue
            elif together is not None or name in self.spoken.standing:
                self.doubted.add(name)
            else:
                running.add(name)
        return frozenset(running)


def _starts_somewhere(condition: Relation, running: AbstractSet[Name], body: Term) -> bool:
    """``i < j <= n`` where neither numbers anything."""
    ends = condition.items[0] in running and condition.items[-1] not in running and len(running) > 1
    return ends and set(condition.signs) <= BELOW and not any(_numbers(name, body) for name in running)


def with_body(node: Big, body: Term) -> Big:
    return node if body is node.body else Big(node.op, body, node.variable, node.lower, node.upper, node.where)


def _ascending(condition: Relation) -> Relation:
    """``j > i`` as ``i < j``."""
    if not set(condition.signs) <= FLIPPED.keys():
        return condition
    return Relation(condition.items[::-1], tuple(FLIPPED[s] for s in reversed(condition.signs)))


def _candidates(body: Term, condition: Relation, free: list[Name]) -> list[Name]:
    """Which of the free names of a condition could run. The ends of ``1 <= i < j <= n`` are limits, but for those that number what is added; of ``i < j``
    one may be a limit only if the body has the other alone."""
    if "!=" in condition.signs:
        return free
    inside = [name for name in free if name in condition.items[1:-1]]
    used = [name for name in free if name in free_names(body)]
    if all(isinstance(t, Name) for t in condition.items) and (not used or len(used) > 1):
        return free if not used else [name for name in free if name in used or name in inside]
    return [name for name in free if name in inside or _numbers(name, body)]


def _numbers(name: Name, body: Term) -> bool:
    """Whether a name stands below others in the body: it numbers what is added."""
    return any(isinstance(t, Index) and any(name in free_names(s) for s in t.subscripts) for _, t in subterms(body))


def _series(node: Big, body: Term, running: AbstractSet[Name]) -> Term | None:
    """``j >= k`` where j numbers no entries of anything: without end."""
    match node.where:
        case Relation((Name() as variable, first), (">=" | ">" as sign,)) if running == {variable} and variable in free_names(body) - free_names(first):
            if _numbers(variable, body):
                return None
            return Big(node.op, body, variable, first if sign == ">=" else _next(first), Const("oo"))
        case _:
            return None


def _next(term: Term, sign: str = "+") -> Term:
    if isinstance(term, Num) and term.digits.isdigit() and (sign == "+" or term != Num("0")):
        return Num(str(int(term.digits) + (1 if sign == "+" else -1)))
    return Add((("+", term), (sign, ONE)))  # type: ignore[arg-type]


def _from(lower: Term | None, name: Name) -> Relation | None:
    return None if lower is None else Relation((lower, name), ("<=",))


def _iterated(op: str, body: Term, condition: Relation, running: AbstractSet[Name]) -> Term | None:
    """One sign for each name that runs, where several do; extrema over all of them at once, for of no values there is none."""
    names = [t for t in condition.items if isinstance(t, Name) and t in running]
    if len(names) < 2 or len(set(names)) < len(names):
        return None
    places = [condition.items.index(name) for name in names]
    before, behind = condition.items[: places[0]], condition.items[places[-1] + 1 :]
    if places != list(range(places[0], places[0] + len(names))) or len(before) > 1 or len(behind) > 1:
        return None
    between = condition.signs[places[0] : places[-1]]
    lower = None if not before else before[0] if condition.signs[0] == "<=" else _next(before[0])
    upper = None if not behind else behind[0] if condition.signs[-1] == "<=" else _next(behind[0], "-")
    outer = {"!=", *BELOW}.issuperset(condition.signs) and "!=" not in (*condition.signs[: places[0]], *condition.signs[places[-1] :])
    if not outer or ("!=" in between and (len(names) > 2 or (lower is None) != (upper is None))):
        return None
    if op in EXTREMA:
        if (lower is None) != (upper is None):
            return None
        return Big(op, body, Tuple(tuple(names)), lower, upper, Relation(tuple(names), between))
    if "!=" in between:
        return Big(op, Big(op, body, names[0], lower, upper, Relation(tuple(names), ("!=",))), names[1], lower, upper)
    made = body
    for k, name in enumerate(names):  # the first is innermost: it ends before the one behind it
        if k + 1 == len(names) and (lower is None) == (upper is None):
            made = Big(op, made, name, lower, upper)
        elif k + 1 == len(names):
            made = Big(op, made, name, where=Relation((name, upper), ("<=",)) if lower is None and upper is not None else _from(lower, name))
        elif lower is not None:
            made = Big(op, made, name, lower, names[k + 1] if between[k] == "<=" else _next(names[k + 1], "-"))
        else:
            made = Big(op, made, name, where=Relation((name, names[k + 1]), (between[k],)))
    return made
