"""Small wrong turns: every step of a derivation with one thing changed, to see that its rule notices.

The mutants are the slips that people make: a sign, an index off by one or swapped with its neighbour, a dropped or doubled factor (such as the Jacobian
of a change of variables), an exponent, a bound, a transpose, two factors swapped, a function that was lost or taken for its neighbour, a relation turned
round, an induction that starts elsewhere. Some mutants are still true (``a + b`` with its terms swapped); whether one that a rule accepts is false is decided
by concrete values, with the project's evaluation and with SymPy's, not by the rule under test, and where values cannot tell it counts as false. Contexts are
weakened, too: a step that needed what was taken away must not be proved any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum
from itertools import combinations

from derivations.kernel.statement import Rel, Rule, Statement, Step
from derivations.kernel.theorem import Theorem
from derivations.kernel.verdict import Accepted, Refuted
from derivations.language.brackets import bracketed
from derivations.language.context import Array, Context, Domain, Function, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import replace_at, subterms
from derivations.language.term import (
    Add,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Deriv,
    Frac,
    Group,
    Index,
    Integral,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    term,
)


@record
class Mutant:
    """A step with one slip, in a side or in its relation (of an equivalence: in one side of an equation), or that is to hold under less.

    ``context``: the weaker assumptions, if they are what was changed. ``unfounded``: what was changed is what the rule rests on, not what it states, so that
    it must not accept, however true the statement is.
    """

    step: Step
    slip: str
    original: Statement
    context: Context | None = None
    unfounded: bool = False


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
                yield "dropped factor", others[0][1] if len(others) == 1 else Mul(others)
                if k:
                    swapped = list(factors)
                    swapped[k - 1], swapped[k] = (factors[k - 1][0], factors[k][1]), (factors[k][0], factors[k - 1][1])
                    yield "swapped factors", Mul(tuple(swapped))
            yield "factor 2", Mul((("", Num("2")), ("cdot", Group(node))))
            yield from _indices_exchanged(node)
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
            for k, subscript in enumerate(subscripts):
                yield "neighbour index", Index(base, (*subscripts[:k], subscript - 1, *subscripts[k + 1 :]))
            if len(subscripts) > 1:
                yield "swapped indices", Index(base, (subscripts[1], subscripts[0], *subscripts[2:]))
        case Big(op, body, variable, lower, upper, where):
            if upper is not None:
                yield "upper bound", Big(op, body, variable, lower, upper + 1, where)
            if lower is not None:
                yield "lower bound", Big(op, body, variable, lower + 1, upper, where)
            if upper is not None:
                yield "upper bound", Big(op, body, variable, lower, upper - 1, where)
            if op in ("sum", "prod"):
                yield "sum and product", Big("prod" if op == "sum" else "sum", body, variable, lower, upper, where)
                if upper is not None and upper != Const("oo"):
                    yield "a limit for a finite sum", Big(op, body, variable, lower, Const("oo"), where)
            if op in _NEIGHBOURS:
                yield "neighbour function", Big(_NEIGHBOURS[op], body, variable, lower, upper, where)
        case Integral(body, variable, lower, upper) if lower is not None and upper is not None:
            yield "swapped limits", Integral(body, variable, upper, lower)
            yield "dropped integrand", Integral(Num("1"), variable, lower, upper)
        case Cases(rows) if len(rows) > 1:
            (first, when), (second, otherwise) = rows[:2]
            yield "swapped cases", Cases(((second, when), (first, otherwise), *rows[2:]))
        case Transpose(base):
            yield "dropped transpose", base
        case Bars("abs", body, _):
            yield "dropped absolute value", Group(body)
        case Bars("floor", body, sub):
            yield "rounded the other way", Bars("ceil", body, sub)
        case Bars("ceil", body, sub):
            yield "rounded the other way", Bars("floor", body, sub)
        case Call(Name(name) as head, arguments, _) if len(arguments) == 1:
            if name in _NEIGHBOURS:
                yield "neighbour function", replace(node, function=replace(head, text=_NEIGHBOURS[name]))
            yield "lost function", Group(arguments[0])
            yield "sign of the argument", Call(node.function, (-arguments[0],), node.bracket or "(")
        case Deriv(body):
            yield "lost derivative", Group(body)
        case Name():
            yield "twice", term(2) * node
            yield "plus one", node + 1


_NEIGHBOURS = {
    "sin": "cos", "cos": "sin", "exp": "log", "log": "exp", "ln": "exp", "tanh": "sigma", "sigma": "tanh", "max": "min", "min": "max",
    "argmax": "argmin", "argmin": "argmax", "sup": "inf", "inf": "sup", "sinh": "cosh", "cosh": "sinh",
}  # fmt: skip
"""Functions and operators that are mistaken for each other."""


def _indices_exchanged(product: Mul) -> Iterator[tuple[str, Term]]:
    """``x_i y_j`` as ``x_j y_i``: the indices of two names put at each other's."""
    places = [(k, factor) for k, (_, factor) in enumerate(product.parts) if isinstance(factor, Index)]
    for (k, one), (j, other) in combinations(places, 2):
        if one.base != other.base and one.subscripts != other.subscripts and len(one.subscripts) == len(other.subscripts):
            parts = list(product.parts)
            parts[k] = parts[k][0], Index(one.base, other.subscripts)
            parts[j] = parts[j][0], Index(other.base, one.subscripts)
            yield "indices exchanged", Mul(tuple(parts))


def mutated(side: Term) -> Iterator[tuple[str, Term]]:
    """Every term with one slip somewhere. Names inside a function's place, bound variables and index bases are left alone."""
    fixed: set[tuple[int, ...]] = set()
    factors: set[tuple[int, ...]] = set()
    for path, node in subterms(side):
        if isinstance(node, Call | Index):
            fixed.add((*path, 0))
        if isinstance(node, Big | Integral):
            fixed.add((*path, 1))
        if isinstance(node, Deriv):
            fixed.update((*path, k + 1) for k in range(len(node.variables)))
        if isinstance(node, Mul):
            factors.update((*path, k) for k in range(len(node.parts)))
    matrices = any(isinstance(node, Transpose) for _, node in subterms(side))
    for path, node in subterms(side):
        if any(path[: len(p)] == p for p in fixed):
            continue
        for slip, changed in slips(node):
            yield slip, bracketed(replace_at(side, path, changed))
        if matrices and path in factors and isinstance(node, Name | Index):
            yield "added transpose", bracketed(replace_at(side, path, Transpose(node)))


def _changed(formula: Term) -> Iterator[tuple[str, Term]]:
    """Every slip in a side of a statement; of an equation (a side of an equivalence) in one of its own sides."""
    if not (isinstance(formula, Relation) and len(formula.items) == 2):
        yield from mutated(formula)
        return
    left, right = formula.items
    for slip, changed in mutated(left):
        yield slip, Relation((changed, right), formula.signs)
    for slip, changed in mutated(right):
        yield slip, Relation((left, changed), formula.signs)


def mutants(step: Step) -> Iterator[Mutant]:
    """All mutants of a step in its right side; an equivalence is mutated in its second equation."""
    statement = step.statement
    seen = {statement.rhs}
    for slip, changed in _changed(statement.rhs):
        if changed not in seen:
            seen.add(changed)
            yield Mutant(replace(step, statement=replace(statement, rhs=changed)), slip, statement)


def mutants_on_the_left(step: Step) -> Iterator[Mutant]:
    """All mutants of a step in its left side; an equivalence is mutated in its first equation."""
    statement = step.statement
    seen = {statement.lhs}
    for slip, changed in _changed(statement.lhs):
        if changed not in seen:
            seen.add(changed)
            yield Mutant(replace(step, statement=replace(statement, lhs=changed)), slip, statement)


_OTHER_RELATIONS = {
    Rel.NE: (Rel.EQ,),
    Rel.LT: (Rel.EQ, Rel.GE, Rel.GT),
    Rel.LE: (Rel.LT, Rel.GE),
    Rel.GT: (Rel.EQ, Rel.LE, Rel.LT),
    Rel.GE: (Rel.GT, Rel.LE),
}


def mutants_of_the_relation(step: Step) -> Iterator[Mutant]:
    """The step with another relation between the same sides."""
    for other in _OTHER_RELATIONS.get(step.statement.relation, ()):
        yield Mutant(replace(step, statement=replace(step.statement, relation=other)), "relation", step.statement)


def mutants_of_the_context(step: Step, context: Context) -> Iterator[Mutant]:
    """The step under assumptions that say less. What it takes from other theorems was proved under the full ones, so such a step is left out."""
    if not any(isinstance(premise, Theorem) for premise in step.premises):
        for words, weaker in weakened(context):
            yield Mutant(step, words, step.statement, weaker)


def mutants_of_the_start(step: Step) -> Iterator[Mutant]:
    """An induction that is to begin one later or one earlier than its base was proved."""
    match step.rule:
        case Rule("induction", (variable, Num(digits) as start)) if digits.isdigit():
            for other in (start + 1, start - 1):
                yield Mutant(replace(step, rule=Rule("induction", (variable, other))), "shifted start", step.statement, unfounded=True)
        case _:
            pass


def mutants_of(theorem: Theorem) -> Iterator[Mutant]:
    """All mutants of all steps: of every right side and every relation, of a left side where a chain begins (elsewhere it is the right side before), of what
    is assumed, and of where an induction starts."""
    end: Term | None = None
    for checked in theorem.steps:
        yield from mutants_of_the_context(checked.step, theorem.context)
        yield from mutants_of_the_start(checked.step)
        yield from mutants(checked.step)
        yield from mutants_of_the_relation(checked.step)
        if checked.step.statement.lhs != end:
            yield from mutants_on_the_left(checked.step)
        end = checked.step.statement.rhs


def with_lemmas(theorems: Iterable[Theorem]) -> tuple[Theorem, ...]:
    """These theorems and everything that they rest on, each once, a lemma before what uses it."""
    found: dict[Theorem, None] = {}

    def visit(theorem: Theorem) -> None:
        if theorem not in found:
            for lemma in theorem.lemmas:
                visit(lemma)
            found[theorem] = None

    for theorem in theorems:
        visit(theorem)
    return tuple(found)


WIDER: dict[Domain, tuple[Domain, ...]] = {
    Domain.NATURAL: (Domain.WHOLE, Domain.INTEGER),
    Domain.WHOLE: (Domain.INTEGER,),
    Domain.POSITIVE: (Domain.NONNEGATIVE, Domain.REAL),
    Domain.NONNEGATIVE: (Domain.REAL,),
    Domain.NEGATIVE: (Domain.REAL,),
    Domain.NONZERO: (Domain.REAL,),
    Domain.UNIT: (Domain.PROBABILITY, Domain.POSITIVE, Domain.REAL),
    Domain.PROBABILITY: (Domain.NONNEGATIVE, Domain.REAL),
    Domain.REAL: (Domain.COMPLEX,),
}
"""Domains that hold a domain's numbers and more: what is true in the narrow one need not be true in them."""


def weakened(context: Context) -> Iterator[tuple[str, Context]]:
    """(what was weakened, the context that says less) for one thing at a time: a hypothesis dropped, independence among them, a wider domain (an integer
    for a natural number, a real for a positive one), a property or a range forgotten."""
    for k, hypothesis in enumerate(context.hypotheses):
        independent = isinstance(hypothesis, Relation) and set(hypothesis.signs) == {"perp"}
        rest = (*context.hypotheses[:k], *context.hypotheses[k + 1 :])
        yield "independence away" if independent else "hypothesis away", replace(context, hypotheses=rest)
    for symbol, kind in context.kinds:
        others = tuple((s, k) for s, k in context.kinds if s != symbol)
        match kind:
            case Scalar(domain) | Sequence(domain):
                for wider in WIDER.get(domain, ()):
                    if not (isinstance(kind, Sequence) and wider is Domain.COMPLEX):
                        yield f"{domain.value} to {wider.value}", replace(context, kinds=(*others, (symbol, replace(kind, domain=wider))))
            case Array(_, _, properties) | Function(_, properties):
                for one in sorted(properties):
                    yield f"{one} away", replace(context, kinds=(*others, (symbol, replace(kind, properties=properties - {one}))))
    for k in range(len(context.ranges)):
        yield "range away", replace(context, ranges=(*context.ranges[:k], *context.ranges[k + 1 :]))


class Fate(Enum):
    """What became of a mutant."""

    REFUTED = "refuted"
    REFUSED = "undecided"
    ACCEPTED = "accepted"  # a false statement got through, or one of which values cannot tell: a fault of the rule
    TRUE = "still true"  # the slip changed the writing and not the meaning


def still_true(mutant: Mutant, context: Context) -> bool:
    """Whether concrete values show that the mutant says nothing false: it held at all of at least one, and at those of SymPy, where it has some.

    Of a step under weaker assumptions it is enough that no values were found at which it fails: it may not have needed what was taken away. Where the step
    fails at values under all that is assumed, too, it says what a name is, and values of that name have no say.

    The original step is proved, so a mutant equation is false exactly where the side that was changed differs from what it was. (The side that was not
    changed may be something that values cannot be drawn for, such as the density that a rule is to find.)
    """
    from derivations.rules.matrices_instances import instance
    from derivations.rules.refute import Agreement, refute

    statement = mutant.step.statement
    if mutant.context is not None:
        fails = isinstance(refute(statement, instance(mutant.context), count=40, seed=11), Refuted)
        return not fails or isinstance(refute(statement, instance(context), count=40, seed=11), Refuted)
    if statement.relation is mutant.original.relation is Rel.EQ:
        old, new = (mutant.original.rhs, statement.rhs) if statement.lhs == mutant.original.lhs else (mutant.original.lhs, statement.lhs)
        statement = Statement(old, Rel.EQ, new)
    return isinstance(refute(statement, instance(context), count=40, seed=11), Agreement) and _by_sympy(statement, context) is not False


def _by_sympy(statement: Statement, context: Context) -> bool | None:
    """Whether an equation of numbers holds at a few values that SymPy evaluates, without the project's own evaluation; None where it cannot tell.

    Names that a hypothesis speaks of are not given values here: they could break it.
    """
    import sympy as sp

    from derivations.language.denote import denote
    from derivations.language.structure import free_names

    names = free_names(statement.lhs) | free_names(statement.rhs)
    kinds = [context.kind(name) for name in names]
    if statement.relation is not Rel.EQ or not all(isinstance(k, Scalar) for k in kinds) or names & {n for h in context.hypotheses for n in free_names(h)}:
        return None
    told = None
    try:
        difference = denote(statement.lhs, context) - denote(statement.rhs, context)
        for start in (2, 3, 5):
            symbols = enumerate(sorted(difference.free_symbols, key=str))
            values = {s: sp.Integer(start + k) if s.is_integer or k % 2 else sp.Rational(start + k, 7) for k, s in symbols}
            gap = sp.N(difference.subs(values).doit(), 30, maxn=200)
            if not gap.is_number or not gap.is_finite:
                continue
            if abs(gap) > sp.Float("1e-12"):
                return False
            told = True
    except (DeriveError, ArithmeticError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError):
        return None
    return told


def fate(mutant: Mutant, theorem: Theorem) -> Fate:
    """Ask the rule; if it accepts, ask concrete values whether the mutant says the same as the step did."""
    verdict = mutant.step.rule.decide(mutant.step.statement, mutant.context or theorem.context, mutant.step.premises)
    if isinstance(verdict, Refuted):
        return Fate.REFUTED
    if not isinstance(verdict, Accepted):
        return Fate.REFUSED
    if mutant.unfounded:
        return Fate.ACCEPTED
    return Fate.TRUE if still_true(mutant, theorem.context) else Fate.ACCEPTED


def summary(fates: Counter[Fate]) -> str:
    """The counts in words."""
    false = sum(fates.values()) - fates[Fate.TRUE]
    return (
        f"mutants: {false} false, refuted {fates[Fate.REFUTED]}, undecided {fates[Fate.REFUSED]},"
        f" accepted {fates[Fate.ACCEPTED]}, still true {fates[Fate.TRUE]}"
    )
