"""Matching a term against the left side of a definition."""

from __future__ import annotations

from derivations.language.context import Definition
from derivations.language.structure import children, subterms, with_children
from derivations.language.term import Add, Call, Group, Index, Name, Num, Term


def match_definition(definition: Definition, term: Term) -> dict[Name, Term] | None:
    """The values of the parameters for which the definition's left side is this term, or None.

    ``p_i`` matches ``p_{j+1}`` (i is j + 1), ``sigma(t)`` matches any call of sigma whatever its brackets, ``m_{t+1}`` matches any index (t is that
    index minus 1).
    """
    values: dict[Name, Term] = {}
    return values if _match(definition.lhs, term, frozenset(definition.parameters), values) else None


def _match(pattern: Term, term: Term, parameters: frozenset[Name], values: dict[Name, Term]) -> bool:
    if isinstance(term, Group) and not isinstance(pattern, Group):
        return _match(pattern, term.body, parameters, values)
    if isinstance(pattern, Name) and pattern in parameters:
        return values.setdefault(pattern, term) == term
    match pattern, term:
        case Add(parts), _ if not isinstance(term, Add) or len(term.parts) != len(parts) or term.parts[1:] != parts[1:]:
            return _match_shifted(parts, term, parameters, values)
        case Call(f, xs, _), Call(g, ys, _):
            if len(xs) != len(ys):
                return False
            indices = parameters - frozenset(x for x in xs if isinstance(x, Name))  # the z under p_z(z) is a label: it defines p_z at any place
            return (f == g or _match(f, g, indices, values)) and all(_match(p, t, parameters, values) for p, t in zip(xs, ys, strict=True))
        case Index(f, xs), Index(g, ys):
            return len(xs) == len(ys) and all(_match(p, t, parameters, values) for p, t in zip((f, *xs), (g, *ys), strict=True))
    if type(pattern) is not type(term):
        return False
    mine, theirs = children(pattern), children(term)
    if not mine:
        return pattern == term
    if len(mine) != len(theirs) or with_children(pattern, theirs) != term:  # signs, accents and the like must agree too
        return False
    return all(_match(p, t, parameters, values) for p, t in zip(mine, theirs, strict=True))


def _match_shifted(parts: tuple[tuple[str, Term], ...], term: Term, parameters: frozenset[Name], values: dict[Name, Term]) -> bool:
    """``t + 1`` matches any index: t is the index minus 1."""
    if len(parts) != 2 or parts[0][0] != "+":
        return False
    (_, name), (sign, shift) = parts
    if not isinstance(shift, Num) or not isinstance(name, Name) or name not in parameters:
        return False
    moved = shifted(term, -int(shift.digits) if sign == "+" else int(shift.digits))
    return values.setdefault(name, moved) == moved


def shifted(term: Term, by: int) -> Term:
    """``term + by`` written without needless parts: ``t + 2`` moved by -1 is ``t + 1``, 3 moved by -1 is 2."""
    if isinstance(term, Group):
        term = term.body
    if isinstance(term, Num) and term.digits.isdigit() and int(term.digits) + by >= 0:
        return Num(str(int(term.digits) + by))
    parts: tuple[tuple[str, Term], ...] = term.parts if isinstance(term, Add) else (("+", term),)
    sign, last = parts[-1]
    if isinstance(last, Num) and last.digits.isdigit():
        by += int(last.digits) if sign == "+" else -int(last.digits)
        parts = parts[:-1]
    if by:
        parts = (*parts, ("+" if by > 0 else "-", Num(str(abs(by)))))
    if not parts:
        return Num("0")
    return parts[0][1] if len(parts) == 1 and parts[0][0] == "+" else Add(parts)  # type: ignore[arg-type]


def calls_itself(definition: Definition) -> bool:
    """Whether the right side mentions the head of the left side, as a recurrence does. (The head of ``p_z(z)`` is ``p_z``, that of ``p_i`` is p.)"""
    head = definition.lhs
    bound: frozenset[Term] = frozenset(definition.parameters)
    called = not isinstance(head, Index)  # x_0 is another name than x, unless x_i is what is defined
    if isinstance(head, Call):
        bound -= frozenset(head.arguments)
        head = head.function
    if isinstance(head, Index) and not bound and all(isinstance(s, Name) for s in head.subscripts):
        return _mentions(definition.rhs, head, True)  # d_ff = 4d is another name than d
    while isinstance(head, Call | Index):
        if isinstance(head, Index) and called and not any(t in bound for s in head.subscripts for _, t in subterms(s)):
            break
        head = head.function if isinstance(head, Call) else head.base
    return _mentions(definition.rhs, head, called)


def _mentions(term: Term, head: Term, called: bool) -> bool:
    """Whether a name occurs; that of a function not as the base of another name (``eta_0`` in the definition of ``eta(t)``)."""
    if term == head:
        return True
    inside = term.subscripts if called and isinstance(term, Index) and term.base == head else children(term)
    return any(_mentions(child, head, called) for child in inside)
