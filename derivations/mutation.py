"""Small wrong turns: every step of a derivation with one thing changed, to see that its rule notices.

The mutants are the slips that people make: a sign, an index off by one, a dropped or doubled factor, an exponent, a bound, a transpose, two factors
swapped, a function that was lost. Some mutants are still true (``a + b`` with its terms swapped); whether one is really false is decided by concrete
values, not by the rule under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from derivations.kernel.statement import Rel, Statement, Step
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Accepted, Refuted
from derivations.language.brackets import bracketed
from derivations.language.structure import replace_at, subterms
from derivations.language.term import Add, Bars, Big, Call, Deriv, Frac, Group, Index, Mul, Name, Num, Pow, Relation, Root, Term, Transpose, term


@dataclass(frozen=True, slots=True)
class Mutant:
    """A step with one slip in its right side (of an equivalence: in one side of its second equation)."""

    step: Step
    slip: str
    original: Statement


def slips(node: Term) -> Iterator[tuple[str, Term]]:
    """(name of the slip, changed node) for every slip at the root of this node."""
    match node:
        case Num(digits) if digits.isdigit():
            yield "off by one", Num(str(int(digits) + 1))
        case Add(parts):
            for k, (sign, part) in enumerate(parts):
                flipped = (*parts[:k], ("-" if sign == "+" else "+", part), *parts[k + 1 :])
                yield "sign", Add(flipped)
                if len(parts) > 1:
                    rest = parts[:k] + parts[k + 1 :]
                    yield "dropped term", rest[0][1] if len(rest) == 1 and rest[0][0] == "+" else Add(rest)
        case Mul(factors):
            for k in range(len(factors)):
                others = tuple(("" if j == 0 else s, p) for j, (s, p) in enumerate(factors[:k] + factors[k + 1 :]))
                yield "dropped factor", others[0][1] if len(others) == 1 else Mul(others)  # type: ignore[arg-type]
                if k:
                    swapped = list(factors)
                    swapped[k - 1], swapped[k] = (factors[k - 1][0], factors[k][1]), (factors[k][0], factors[k - 1][1])
                    yield "swapped factors", Mul(tuple(swapped))
            yield "factor 2", Mul((("", Num("2")), ("cdot", Group(node))))
        case Frac(numerator, denominator, slash):
            yield "inverted fraction", Frac(denominator, numerator, slash)
            yield "dropped denominator", numerator
        case Pow(base, exponent):
            yield "exponent", Pow(base, exponent + 1)
            yield "dropped exponent", base
        case Root(radicand, _):
            yield "dropped root", radicand
        case Index(base, subscripts):
            for k, subscript in enumerate(subscripts):
                yield "neighbour index", Index(base, (*subscripts[:k], subscript + 1, *subscripts[k + 1 :]))
        case Big(op, body, variable, lower, upper, where):
            if upper is not None:
                yield "upper bound", Big(op, body, variable, lower, upper + 1, where)
            if lower is not None:
                yield "lower bound", Big(op, body, variable, lower + 1, upper, where)
        case Transpose(base):
            yield "dropped transpose", base
        case Bars("abs", body, _):
            yield "dropped absolute value", Group(body)
        case Bars("floor", body, sub):
            yield "rounded the other way", Bars("ceil", body, sub)
        case Bars("ceil", body, sub):
            yield "rounded the other way", Bars("floor", body, sub)
        case Call(Name(), arguments, _) if len(arguments) == 1:
            yield "lost function", Group(arguments[0])
            yield "sign of the argument", Call(node.function, (-arguments[0],), node.bracket or "(")
        case Deriv(body):
            yield "lost derivative", Group(body)
        case Name():
            yield "twice", term(2) * node
            yield "plus one", node + 1


def mutated(side: Term) -> Iterator[tuple[str, Term]]:
    """Every term with one slip somewhere. Names inside a function's place, bound variables and index bases are left alone."""
    fixed = set()
    for path, node in subterms(side):
        if isinstance(node, Call | Index):
            fixed.add((*path, 0))
        if isinstance(node, Big):
            fixed.add((*path, 1))
        if isinstance(node, Deriv):
            fixed.update((*path, k + 1) for k in range(len(node.variables)))
    for path, node in subterms(side):
        if any(path[: len(p)] == p for p in fixed):
            continue
        for slip, changed in slips(node):
            yield slip, bracketed(replace_at(side, path, changed))


def mutants(step: Step) -> Iterator[Mutant]:
    """All mutants of a step; an equivalence is mutated in its second equation."""
    statement = step.statement
    seen = {statement.rhs}
    sites = mutated(statement.rhs)
    if isinstance(statement.rhs, Relation) and len(statement.rhs.items) == 2:
        left, right = statement.rhs.items
        both: list[tuple[str, Term]] = [(s, Relation((m, right), statement.rhs.signs)) for s, m in mutated(left)]
        both += [(s, Relation((left, m), statement.rhs.signs)) for s, m in mutated(right)]
        sites = iter(both)
    for slip, changed in sites:
        if changed not in seen:
            seen.add(changed)
            new = Statement(statement.lhs, statement.relation, changed)
            yield Mutant(Step(new, step.rule, step.because, step.premises, step.key, step.label), slip, statement)


class Fate(Enum):
    """What became of a mutant."""

    REFUTED = "refuted"
    REFUSED = "undecided"
    ACCEPTED = "accepted"  # a false statement got through: a fault of the rule
    TRUE = "still true"  # the slip changed the writing and not the meaning


def really_false(mutant: Mutant, theorem: Theorem) -> bool:
    """Whether concrete values tell the mutant from the truth.

    The original step is proved, so a mutant equation with the same left side is false exactly where its right side differs from the original's. (The left
    side itself may be something that values cannot be drawn for, such as the density that a rule is to find.)
    """
    from derivations.rules.refute import refute

    statement = mutant.step.statement
    if statement.relation is Rel.EQ:
        statement = Statement(mutant.original.rhs, Rel.EQ, statement.rhs)
    return isinstance(refute(statement, theorem.context, count=40, seed=11), Refuted)


def fate(mutant: Mutant, theorem: Theorem) -> Fate:
    """Ask the rule; if it accepts, ask concrete values whether the mutant is really false."""
    verdict = mutant.step.rule.decide(mutant.step.statement, theorem.context, mutant.step.premises)
    if isinstance(verdict, Refuted):
        return Fate.REFUTED
    if not isinstance(verdict, Accepted):
        return Fate.REFUSED
    return Fate.ACCEPTED if really_false(mutant, theorem) else Fate.TRUE
