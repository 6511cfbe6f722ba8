"""Functions that nothing determines, and densities of which nothing else is said: a counterexample has no values to choose for them."""

from __future__ import annotations

from itertools import pairwise

from derivations.checking.case import NOTHING_SAYS, Case, letter_of
from derivations.checking.readings import MEANS, only_before_brackets
from derivations.kernel.statement import Rel
from derivations.kernel.verdict import Undecided
from derivations.language.context import Function, Loss, Symbol, spelled
from derivations.language.structure import free_names, subterms
from derivations.language.term import Add, Bar, Big, Call, Deriv, Group, Index, Integral, Mul, Name, Num, Term
from derivations.reading import answers
from derivations.reading.provenance import base_of, things
from derivations.reading.uses import is_known_function, unprimed
from derivations.rules.normal.densities import generic_densities


def functions_unknown(case: Case) -> Undecided | None:
    """``T(n) = 2 T(n/2) + n`` for a T that nothing determines: no values of choice show that this does not say what T is."""
    if case.statement.relation is not Rel.EQ or case.counterexample is None:
        return None
    heads: set[Symbol] = set()
    atom = False  # then it may have been a function before, too
    match case.statement.lhs:
        case Call(Name() | Index() as f) if f not in generic_densities(case.statement, case.context):
            heads = {f} if isinstance(case.context.kind(unprimed(f)), Function) else set()
        case Mul(((_, Name() as f), (_, Group(Name() | Num() | Add(((_, Num()),)))))):  # r(x), r(-2): nobody sets brackets around one factor
            atom, heads = True, {f}
        case Mul(((_, Name() as f), (_, Group()))):
            heads |= {f} & only_before_brackets(case.statement)
        case _:
            pass
    for function in sorted(heads, key=repr):
        if not case.known(function) and (atom or function not in case.provenance.before):
            return Undecided(f"{NOTHING_SAYS}{spelled(function)} is, so this may be what says it; is it?", answer=answers.let(function, Function(1)))
    return None


def conditional_functions(case: Case) -> Undecided | None:
    """``p(w | D)`` where p was tried as any function (the values have it by its name): the bar says that it is a density."""
    if case.counterexample is None:
        return None
    chosen = {name for name, _ in case.counterexample.at}
    for side in (case.statement.lhs, case.statement.rhs):
        for _, node in subterms(side):
            name = node.function if isinstance(node, Call) else None
            conditional = isinstance(node, Call) and any(isinstance(a, Bar) for a in node.arguments)
            if conditional and isinstance(name, Name | Index) and name not in case.defined and spelled(name) in chosen:
                return Undecided(f"{NOTHING_SAYS}{spelled(name)} is, and the bar in its brackets says that it is a density; of what?")
    return None


def functions_on_one_side(case: Case) -> Undecided | None:
    """A function that stands on one side only and of which nothing is told: it is some function, and not any."""
    if case.counterexample is None:
        return None
    sides = [{unprimed(s) for s in case.depends(side)} for side in (case.statement.lhs, case.statement.rhs)]
    densities = generic_densities(case.statement, case.context)
    over_all = any(_over_all_values(node) for side in (case.statement.lhs, case.statement.rhs) for _, node in subterms(side))
    for plain in sorted(sides[0] ^ sides[1], key=repr):
        if plain in densities and not over_all and plain not in case.defined:  # "T(s, a, s') = 1" is no law of densities, which speak of all values
            return Undecided(f"{NOTHING_SAYS}values {spelled(plain)} has, and this gives one; which has it?")
        if isinstance(case.context.kind(plain), Function) and plain not in densities and not case.known(plain) and not is_known_function(plain):
            return Undecided(f"{NOTHING_SAYS}the function {spelled(plain)} is; what is it?", answer=answers.let(plain, Function(1)))
    return None


def _over_all_values(node: Term) -> bool:
    return isinstance(node, Big | Integral) or (isinstance(node, Call) and letter_of(node.function) in MEANS)


def chosen_altogether(case: Case) -> Undecided | None:
    """A quantity of which only what it depends on is said, where nothing is differentiated: its form was chosen, and no rule of derivatives is claimed."""
    sides = (case.statement.lhs, case.statement.rhs)
    if case.counterexample is None or any(isinstance(node, Deriv) for side in sides for term in case.unfolded(side) for _, node in subterms(term)):
        return None
    for symbol in sorted((s for side in sides for s in case.depends(side)), key=repr):
        if isinstance(case.context.kind(symbol), Loss) and symbol not in case.defined:
            return Undecided(f"{NOTHING_SAYS}{spelled(symbol)} is; what is it?", answer=answers.let(symbol, Function(1)))
    return None


def functions_spoken_of(case: Case) -> Undecided | None:
    """"The loss satisfies f(a w) = f(w)": the values of a function of which statements before say something were chosen without that."""
    if case.counterexample is None:
        return None
    reached = {unprimed(s) for side in (case.statement.lhs, case.statement.rhs) for s in case.depends(side)}
    functions = {s for s in reached if isinstance(case.context.kind(s), Function) and s not in case.defined and not is_known_function(s)}
    functions -= generic_densities(case.statement, case.context)
    said = [h for h in case.context.hypotheses if h != case.statement.formula]
    said += [s.statement.formula for s in case.before if s.statement != case.statement]
    for symbol in sorted(functions, key=repr):
        if any(_relates_values(symbol, formula) for formula in said):
            return Undecided(f"the text says something of the function {spelled(symbol)}, and its values were chosen without that; does it follow?")
    return None


def functions_of_hypotheses(case: Case) -> Undecided | None:
    """"Given that h(y w) <= 0, y w >= 1": which values satisfy what is supposed of a function that nothing determines was chosen with it.

    An equation that speaks of the same names on both sides is claimed for all values, whatever is supposed of them besides.
    """
    left, right = (case.depends(side) for side in (case.statement.lhs, case.statement.rhs))
    if case.counterexample is None or (case.statement.relation is Rel.EQ and left == right):
        return None
    concerned = left | right
    densities = generic_densities(case.statement, case.context)
    supposed = [h for h in case.context.hypotheses if h != case.statement.formula] + ([case.j.premise.formula] if case.j.premise is not None else [])
    for formula in supposed:
        spoken = things(formula, case.own)
        for symbol in sorted({unprimed(s) for s in spoken} - densities, key=repr):
            function = isinstance(case.context.kind(symbol), Function) or symbol in _before_brackets(formula)
            unknown = function and symbol not in case.defined and not is_known_function(symbol)
            if unknown and symbol not in concerned and spoken & concerned:
                return Undecided(f"{NOTHING_SAYS}the function {spelled(symbol)} is, and what is supposed speaks of it; what is it?",
                                 answer=answers.let(symbol, Function(1)))  # fmt: skip
    return None


def _before_brackets(formula: Term) -> frozenset[Symbol]:
    """The words that stand before a bracket and were taken for factors: ``Loss_h (y w)``."""
    products = [node for _, node in subterms(formula) if isinstance(node, Mul)]
    pairs = [(of, inside) for node in products for (_, of), (sign, inside) in pairwise(node.parts) if sign == "" and isinstance(inside, Group)]
    return frozenset(of for of, _ in pairs if isinstance(of, Name | Index) and isinstance(base := base_of(of), Name) and len(base.text) > 1)


def _relates_values(function: Symbol, formula: Term) -> bool:
    """Whether a formula says how values of a function hang together: at two places, or with its derivative. One value is met by the values that were chosen,
    and sums over all of them say little of each."""
    if any(isinstance(node, Big | Integral) for _, node in subterms(formula)):
        return False
    applied = {node for _, node in subterms(formula) if isinstance(node, Call) and node.function == function}
    changed = any(isinstance(node, Deriv) and function in free_names(node.body) for _, node in subterms(formula))
    return len(applied) > 1 or (changed and bool(applied))
