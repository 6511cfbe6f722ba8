"""The degree of a term as a polynomial in random variables: decides which rule gives its mean exactly."""

from __future__ import annotations

from derivations.language.context import RandomVariable
from derivations.language.model.setting import Setting
from derivations.language.model.values import Symbol
from derivations.language.term import Add, Bars, Big, Frac, Group, Index, Marked, Mul, Name, Num, Pow, Term, Transpose

_DEEP = 12


def degree_in(setting: Setting, node: Term, variable: Term | None = None) -> int | None:
    """A bound on the degree in the random variables of the context (and in ``variable``); None if the term is no polynomial, or not plainly one."""
    random: set[Symbol] = {s for s, kind in setting.kinds.items() if isinstance(kind, RandomVariable)}
    if variable is not None:
        random.add(variable)
    return _degree(setting, node, frozenset(random), _DEEP)


def _degree(setting: Setting, node: Term, random: frozenset[Symbol], left: int) -> int | None:
    if left == 0:
        return None
    if not setting.reach(node) & random:
        return 0

    def of(part: Term) -> int | None:
        return _degree(setting, part, random, left - (node is part or isinstance(node, Name | Index)))

    match node:
        case _ if node in random or (isinstance(node, Index) and node.base in random):
            return 1
        case Name() | Index():
            base = node if node in setting.plain else node.base if isinstance(node, Index) else node
            definitions = [setting.plain[node]] if node in setting.plain else setting.entries.get(base, [])
            return _largest([of(d.rhs) for d in definitions]) if definitions and base not in setting.calls else None
        case Group(body) | Marked(_, body) | Transpose(body):
            return of(body)
        case Add(parts):
            return _largest([of(part) for _, part in parts])
        case Mul(parts):
            return _total([of(part) for _, part in parts])
        case Frac(top, bottom):
            return of(top) if of(bottom) == 0 else None
        case Pow(Bars("norm", body, None), Num("2")):
            inner = of(body)
            return None if inner is None else 2 * inner
        case Pow(base, Num(digits)) if digits.isdigit() and int(digits) <= 8:
            inner = of(base)
            return None if inner is None else inner * int(digits)
        case Big("sum", body, _, lower, upper, None):
            limits = [of(t) for t in (lower, upper) if t is not None]
            return of(body) if not any(limits) else None
        case _:
            return None


def _largest(degrees: list[int | None]) -> int | None:
    known = [d for d in degrees if d is not None]
    return max(known) if known and len(known) == len(degrees) else None


def _total(degrees: list[int | None]) -> int | None:
    known = [d for d in degrees if d is not None]
    return sum(known) if len(known) == len(degrees) else None
