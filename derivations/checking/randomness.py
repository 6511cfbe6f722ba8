"""What a counterexample about random variables may rest on: what is random, what is drawn where, and which moments only have a name."""

from __future__ import annotations

from typing import Final

from derivations.checking.case import Case, letter_of
from derivations.checking.readings import MEANS
from derivations.kernel.statement import Rel
from derivations.kernel.verdict import Undecided
from derivations.language.context import Loss, RandomVariable, Symbol, spelled
from derivations.language.structure import subterms
from derivations.language.term import Call, Index, Name, Relation, Term
from derivations.reading.patterns import plain_names
from derivations.reading.provenance import things
from derivations.reading.uses import is_known_function


def names_a_moment(case: Case, symbol: Symbol) -> bool:
    """Whether a side is made of one name, and all that binds it are told moments of random variables without a law: "the variance *s^2*" may be chosen."""
    sides = (case.statement.lhs, case.statement.rhs)
    alone = any(things(side, case.own) == {symbol} for side in sides)
    if not alone or symbol in case.defined or any(isinstance(case.context.kind(s), RandomVariable) for side in sides for s in case.depends(side)):
        return False
    binding = [h for h in case.context.hypotheses if symbol in things(h, case.own)]
    return bool(binding) and all(_is_moment(case, h) for h in binding)


def _is_moment(case: Case, hypothesis: Term) -> bool:
    match hypothesis:
        case Relation((Call(function, arguments), _), ("=",)) if letter_of(function) in MEANS:
            inside = {s for a in arguments for s in case.depends(a)}
            kinds = [kind for s in inside if isinstance(kind := case.context.kind(s), RandomVariable)]
            return bool(kinds) and all(kind.law is None for kind in kinds)
        case _:
            return False


def nothing_random(case: Case) -> Undecided | None:
    """A mean or a variance of what nothing says to be random: something in it is, or nobody would take it."""
    if case.counterexample is None:
        return None
    for side in (case.statement.lhs, case.statement.rhs):
        for term in case.unfolded(side):
            for _, node in subterms(term):
                if not isinstance(node, Call) or letter_of(node.function) not in MEANS or isinstance(node.function, Index):
                    continue  # E_q says what is drawn
                inside = {s for argument in node.arguments for s in case.depends(argument)} | set(case.depends(node.function))
                open_ones = [s for s in sorted(inside, key=repr) if case.context.kind(s) is not None and not is_known_function(s)]
                if open_ones and not any(isinstance(case.context.kind(s), RandomVariable | Loss) for s in inside):
                    symbol = next((s for s in open_ones if s not in case.defined), open_ones[0])
                    return Undecided(f"nothing says what is random under {letter_of(node.function)}; is {spelled(symbol)} random, and with which law?")
    return None


def drawn_here(case: Case) -> Undecided | None:
    """"x_t = a x_0 + b epsilon with epsilon ~ N(0, I)": what is drawn here first makes what stands alone on the other side, and is no other draw."""
    if case.counterexample is None or case.statement.relation is not Rel.EQ:
        return None
    for one, other in ((case.statement.lhs, case.statement.rhs), (case.statement.rhs, case.statement.lhs)):
        if not isinstance(one, Name | Index):
            continue
        drawn = things(case.outside_means(other, INFORMATIONS), case.own)
        new = [s for s in drawn if isinstance(case.context.kind(s), RandomVariable) and s not in case.provenance.before]
        for symbol in sorted(new, key=repr):
            if symbol not in case.depends(one):
                return Undecided(f"{spelled(symbol)} is drawn here first; is the right side another way to draw {spelled(one)}?")
    return None


INFORMATIONS: Final = frozenset(("I", "MI", "h", "D"))


def equal_in_law(case: Case) -> Undecided | None:
    """A random number that stands on one side only: two random numbers may be meant to have the same law."""
    if case.counterexample is None or case.statement.relation is not Rel.EQ:
        return None
    left, right = (case.unfolded(case.outside_means(side, INFORMATIONS)) for side in (case.statement.lhs, case.statement.rhs))
    random = sorted((s for s, k in case.context.kinds if isinstance(k, RandomVariable) and isinstance(s, Name)), key=repr)
    if not all(any(s in plain_names(t) or has_entries(s, t) for s in random for t in side) for side in (left, right)):
        return None  # a mean and what it is the mean of
    for symbol in random:
        if any(symbol in plain_names(t) for t in left) != any(symbol in plain_names(t) for t in right) or any(has_entries(symbol, t) for t in left) != any(
            has_entries(symbol, t) for t in right
        ):
            return Undecided(f"{spelled(symbol)} is random and stands on one side only; are the two sides meant to have the same law?")
    return None


def has_entries(symbol: Name, term: Term) -> bool:
    """Whether an entry or a member of it stands in a term."""
    return any(isinstance(node, Index) and node.base == symbol for _, node in subterms(term))
