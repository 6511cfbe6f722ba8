"""Breaking long formulas over several lines, at relations first, then at signs of a sum, then between factors.

Lines are broken in the term, before anything is printed, so that no writer cuts up markup. TeX's own rule for formulas in the line (The
TeXbook,
chapter 18: after relations and binary operations) is followed, except that the sign opens the new line, as amsmath recommends for displays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from derivations.language.record import record
from derivations.language.term import Add, Mul, ProductSign, Relation, Sign, Term

Measure: TypeAlias = Callable[[Term], float]
Joint: TypeAlias = Literal["", "sum", "product", "relation"]


@record
class Line:
    """A line of a broken formula. ``joint`` and ``sign`` say how it is joined to the line above (of the first line both are empty);
    ``product`` is ``sign`` where that joins factors.

    The minus sign of a continued sum is part of ``term`` as well as ``sign``; a plus sign is only in ``sign``, because a term does not
    print a first plus.
    """

    term: Term
    joint: Joint = ""
    sign: str = ""
    product: ProductSign = ""


def broken(term: Term, first: float, later: float, measure: Measure) -> tuple[Line, ...]:
    """The term as lines of at most ``first`` and then ``later`` units of ``measure``, as far as it can be broken at all."""
    if measure(term) <= first:
        return (Line(term),)
    match term:
        case Relation(items, signs) if len(items) > 1:
            return _relation_lines(items, signs, first, later, measure)
        case Add(parts):
            return _sum_lines(parts, first, later, measure)
        case Mul(parts) if len(parts) > 1:
            return _product_lines(parts, first, later, measure)
        case _:
            return (Line(term),)


def _relation_lines(items: tuple[Term, ...], signs: tuple[str, ...], first: float, later: float, measure: Measure) -> tuple[Line, ...]:
    lines: list[Line] = list(broken(items[0], first, later, measure))
    for sign, item in zip(signs, items[1:], strict=True):
        start, *rest = broken(item, later, later, measure)
        lines += [Line(start.term, "relation", sign), *rest]
    return tuple(lines)


def _sum_lines(parts: tuple[tuple[Sign, Term], ...], first: float, later: float, measure: Measure) -> tuple[Line, ...]:
    lines: list[Line] = []
    run: list[tuple[Sign, Term]] = []

    def flush() -> None:
        if run:
            sign = run[0][0]
            lines.append(Line(Add(tuple(run)), "sum" if lines else "", sign if lines else ""))
            run.clear()

    for part in parts:
        room = later if lines else first
        if run and measure(Add((*run, part))) > room:
            flush()
            room = later
        run.append(part)
        if len(run) == 1 and isinstance(part[1], Mul) and measure(Add((part,))) > room:
            sign = measure(Add((part,))) - measure(part[1])
            start, *rest = _product_lines(part[1].parts, room - sign, later, measure)
            run[:] = [(part[0], start.term)]
            flush()
            lines += rest
    flush()
    return tuple(lines)


def _product_lines(parts: tuple[tuple[ProductSign, Term], ...], first: float, later: float, measure: Measure) -> tuple[Line, ...]:
    lines: list[Line] = []
    run: list[tuple[ProductSign, Term]] = []

    def flush() -> None:
        sign, head = run[0]
        body: Term = head if len(run) == 1 else Mul((("", head), *run[1:]))
        lines.append(Line(body, "product", sign, sign) if lines else Line(body))
        run.clear()

    for part in parts:
        if run and measure(Mul((("", run[0][1]), *run[1:], part))) > (later if lines else first):
            flush()
        run.append(part)
    flush()
    return tuple(lines)
