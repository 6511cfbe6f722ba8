"""A guess at what went wrong in a refuted step: the usual slip that would repair it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from derivations.checking.trial import tried, understood
from derivations.kernel.statement import Rel, Statement
from derivations.language.context import Context
from derivations.language.structure import replace_at, subterms, unbracketed
from derivations.language.term import Add, Bars, Call, Deriv, Frac, Group, Index, Mul, Name, Num, Pow, Relation, Root, Term, Transpose
from derivations.language.work import OutOfWork, within
from derivations.mutation import mutated
from derivations.rules.refute import Agreement

TICKS = 100_000
"""What looking for a hint may cost."""
MAX_CANDIDATES = 160
CONFIRMING_POINTS = 8

WORDS = {
    "sign": "sign lost?",
    "off by one": "off by one?",
    "neighbour index": "index off by one?",
    "upper bound": "the upper limit is off by one?",
    "lower bound": "the lower limit is off by one?",
    "exponent": "exponent off by one?",
    "dropped exponent": "an exponent too many?",
    "dropped factor": "a factor too many?",
    "factor 2": "a factor 2 lost?",
    "twice": "a factor 2 lost?",
    "dropped term": "a term too many?",
    "inverted fraction": "fraction inverted?",
    "dropped denominator": "a denominator too many?",
    "dropped root": "a root too many?",
    "transpose": "transpose lost?",
    "dropped transpose": "a transpose too many?",
    "swapped factors": "order of the factors?",
    "dropped absolute value": "an absolute value too many?",
    "lost function": "a function too many?",
    "sign of the argument": "sign of the argument?",
    "lost derivative": "a derivative too many?",
    "rounded the other way": "rounded the other way?",
    "plus one": "off by one?",
    "absolute value": "absolute value lost?",
    "square": "exponent lost?",
    "half": "a factor 1/2 lost?",
    "root": "a root lost?",
    "reciprocal": "divided where it should be multiplied, or the other way round?",
    "other index": "the wrong index?",
    "sign of the exponent": "sign of the exponent?",
    "lost factor": "a factor lost?",
    "lost term": "a term lost?",
    "swapped indices": "indices in the other order?",
    "swapped limits": "limits in the other order?",
    "direction": "inequality the wrong way round?",
}
"""What is said for each slip, as a question, because it is a guess."""


def hint(statement: Statement, context: Context) -> str | None:
    """The first usual slip whose repair makes a refuted step true at every point tried, in words, or None."""
    try:
        with within(TICKS) as budget:
            statement, context = understood(statement, context)
            for slip, repaired in islice(_repairs(statement), 2 * MAX_CANDIDATES):
                if budget.exhausted:
                    return None
                if isinstance(tried(repaired, context, 2, 0, TICKS // 4), Agreement):
                    sure = tried(repaired, context, CONFIRMING_POINTS, 3, TICKS // 2)
                    if isinstance(sure, Agreement):
                        return WORDS.get(slip)
    except OutOfWork:
        pass
    return None


TURNED = {Rel.LE: Rel.GE, Rel.GE: Rel.LE, Rel.LT: Rel.GT, Rel.GT: Rel.LT}


def _repairs(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """The statement with one slip undone on its right side, the likeliest first."""
    if statement.relation in TURNED:
        yield "direction", Statement(statement.lhs, TURNED[statement.relation], statement.rhs)
    if statement.relation is not Rel.EQ:
        match statement.rhs:
            case Relation((left, right), signs):
                yield from ((s, Statement(statement.lhs, statement.relation, Relation((left, r), signs))) for s, r in _ranked(right))
        return
    repairs = [*_ranked(statement.rhs)[:MAX_CANDIDATES], *_lost(statement.lhs, statement.rhs)]
    yield from ((slip, Statement(statement.lhs, Rel.EQ, r)) for slip, r in repairs)


RANK = (
    *("sign", "reciprocal", "half", "factor 2", "absolute value", "square", "sign of the exponent", "inverted fraction", "neighbour index"),
    *("other index", "off by one", "transpose"),
)


def _ranked(side: Term) -> list[tuple[str, Term]]:
    whole: list[tuple[str, Term]] = [
        ("sign", Add((("-", Group(side)),))),
        ("factor 2", Num("2") * Group(side)),
        ("half", Frac(Group(side), Num("2"))),
        ("reciprocal", Frac(Num("1"), Group(side))),
    ]
    found = [*whole, *mutated(side), *_added(side)]
    return sorted(found, key=lambda item: RANK.index(item[0]) if item[0] in RANK else len(RANK))


def _added(side: Term) -> Iterator[tuple[str, Term]]:
    """What people forget: an absolute value, a square, a root, a transpose, a sign in an exponent. (``mutated`` takes away; this puts back.)"""
    fixed: set[tuple[int, ...]] = set()
    for path, node in subterms(side):
        if isinstance(node, Call | Deriv | Index):
            fixed.add((*path, 0))
    indices = {s for _, t in subterms(side) if isinstance(t, Index) for s in t.subscripts if isinstance(s, Name)}
    for path, node in subterms(side):
        if any(path[: len(p)] == p for p in fixed):
            continue
        match node:
            case Num(digits) if digits.isdigit() and int(digits) > 0:
                yield "off by one", replace_at(side, path, Num(str(int(digits) - 1)))
            case Pow(base, exponent):
                yield "sign of the exponent", replace_at(side, path, Pow(base, Add((("-", Group(exponent)),))))
                yield "exponent", replace_at(side, path, Pow(base, exponent - 1))
            case Index(base, subscripts):
                for other in sorted(indices - set(subscripts), key=repr):
                    yield "other index", replace_at(side, path, Index(base, (*subscripts[:-1], other)))
        if isinstance(node, Name | Call | Group | Frac):
            yield "square", replace_at(side, path, Pow(Group(node), Num("2")))
            yield "absolute value", replace_at(side, path, Bars("abs", node))
            yield "root", replace_at(side, path, Root(node))
        if isinstance(node, Name) and len(node.text) == 1:
            yield "transpose", replace_at(side, path, Transpose(node))


def _lost(left: Term, right: Term) -> Iterator[tuple[str, Term]]:
    """A factor or a summand of the left side that is missing on the right."""
    left = unbracketed(left)
    if isinstance(left, Mul):
        for _, factor in left.parts:
            yield "lost factor", Mul((("", Group(factor)), ("", Group(right))))
    if isinstance(left, Add):
        for sign, part in left.parts:
            yield "lost term", Add((("+", Group(right)), (sign, part)))
