"""Solving an equation for a name by peeling: it must occur once, and nothing else is attempted."""

from __future__ import annotations

from derivations.language.structure import children, subterms, with_children
from derivations.language.term import Add, Call, Const, Frac, Group, Index, Logic, Mul, Name, Num, Pow, Root, Sign, Term


def occurrences(symbol: Term, node: Term) -> int:
    return sum(1 for _, t in subterms(node) if t == symbol)


def isolate(symbol: Term, left: Term, right: Term, *, only: bool = False) -> Term | None:
    """The term t with ``symbol = t`` for ``left = right``, or None. Of an even power the positive root is taken, so check the result.

    ``only``: None also where there may be other solutions: below an even power, or beside a factor of a product that is to vanish.
    """
    counts = occurrences(symbol, left), occurrences(symbol, right)
    if counts == (0, 1):
        left, right = right, left
    elif counts != (1, 0):
        return None
    side, value = left, right
    while side != symbol:
        step = None if only and _ambiguous(symbol, side, value) else _peel(symbol, side, value)
        if step is None:
            return None
        side, value = step
    return value


def _ambiguous(symbol: Term, side: Term, value: Term) -> bool:
    match side:
        case Pow(base, Num(digits)) if occurrences(symbol, base):
            return digits.isdigit() and int(digits) % 2 == 0
        case Mul():
            return value == Num("0")
        case _:
            return False


def _with(symbol: Term, parts: tuple[tuple[str, Term], ...]) -> int:
    return next(k for k, (_, part) in enumerate(parts) if occurrences(symbol, part))


def _peel(symbol: Term, side: Term, value: Term) -> tuple[Term, Term] | None:
    match side:
        case Group(body):
            return body, value
        case Add(parts):
            k = _with(symbol, parts)
            sign, inner = parts[k]
            if any(s == "±" for s, _ in parts):
                return None
            others = tuple(("-" if s == "+" else "+", Group(t)) for j, (s, t) in enumerate(parts) if j != k)
            moved = Add((("+", Group(value)), *others))  # type: ignore[arg-type]
            return inner, moved if sign == "+" else Add((("-", Group(moved)),))
        case Mul(parts):
            k = _with(symbol, parts)
            if any(s not in ("", "cdot", "times") for s, _ in parts):
                return None
            rest = tuple(t for j, (_, t) in enumerate(parts) if j != k)
            return parts[k][1], Frac(value, Mul(tuple(("", Group(t)) for t in rest)))
        case Frac(top, bottom):
            if occurrences(symbol, top):
                return top, Mul((("", Group(value)), ("", Group(bottom))))
            return bottom, Frac(top, value)
        case Root(radicand, None):
            return radicand, Pow(Group(value), Num("2"))
        case Pow(base, Num(digits)) if occurrences(symbol, base) and digits.isdigit() and int(digits) > 0:
            return base, Root(value, None if digits == "2" else Num(digits))
        case Pow(Const("e"), exponent):
            return exponent, Call(Name("ln"), (value,))
        case Call(Name("exp"), (argument,)):
            return argument, Call(Name("ln"), (value,))
        case Call(Name("ln") | Name("log"), (argument,)):
            return argument, Pow(Const("e"), value)
        case Index():
            return None
        case _:
            return None


def either_sign(equation: Term) -> Logic | None:
    """``x = -b ± c`` as ``x = -b + c or x = -b - c``; None without such a sign. Several of them are read together, all above or all below."""
    chosen = _signed(equation, "+"), _signed(equation, "-")
    return None if chosen[0] == equation else Logic("or", chosen)


def _signed(node: Term, sign: Sign) -> Term:
    old = children(node)
    new = tuple(_signed(c, sign) for c in old)
    node = node if all(a is b for a, b in zip(old, new, strict=True)) else with_children(node, new)
    if isinstance(node, Add) and any(s == "±" for s, _ in node.parts):
        return Add(tuple((sign if s == "±" else s, t) for s, t in node.parts))
    return node
