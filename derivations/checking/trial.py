"""Trying a statement of somebody's document on values, with the context as people mean it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derivations.checking.applications import as_products, beside_recurrences
from derivations.checking.discrete import discretised
from derivations.checking.members import outside_indices
from derivations.checking.parameters import differentiated_by_primes, with_parameters
from derivations.checking.repairs import repaired
from derivations.checking.wholes import as_wholes, inner_products, with_sizes
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Refuted, Undecided
from derivations.language.context import ONE, Array, Context, Domain, Function, Kind, Sequence, spelled
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.structure import children, free_names, items, substitute, subterms, transform, with_children
from derivations.language.term import Add, Bar, Big, Call, Deriv, Group, Index, Mul, Name, Num, Relation, Term, Transpose, sum_over
from derivations.rules.normal.densities import generic_densities
from derivations.rules.refute import Agreement, Trial, refute
from derivations.rules.shapes import shape

MEAN: Final = Name("E", font="bb")
DIGITS: Final = 20_000
"""What the digits of one number may cost."""
LETTERS_OF_PROBABILITIES: Final = frozenset(("p", "q", "pi"))


def understood(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """The statement and context after settling small contradictions: what provers and trials work on."""
    statement, context = differentiated_by_primes(statement, with_parameters(statement, context))
    statement, context = beside_recurrences(*as_products(statement, context))
    statement, context = inner_products(*with_sizes(statement, as_wholes(statement, context)))
    return repaired(statement, context)


def _second_moments(term: Term, context: Context) -> Term:
    """With the covariance matrix of a random vector as ``E[v v^T] - E[v] E[v]^T``, which has values."""

    def of(node: Term) -> Term:
        match node:
            case Call(Name("Cov", font=""), (v,)) if _is_vector(v, context):
                column = v if isinstance(v, Name | Index) else Group(v)
                mean = Call(MEAN, (v,), "[")
                return Group(Call(MEAN, (Mul((("", column), ("", Transpose(column)))),), "[") - Mul((("", mean), ("", Transpose(mean)))))
            case _:
                return node

    return transform(term, of) if any(isinstance(t, Call) and t.function == Name("Cov") for _, t in subterms(term)) else term


def _is_vector(term: Term, context: Context) -> bool:
    try:
        found = shape(term, context)
    except (ShapeError, MeaningError):
        return False
    return found is not None and found[1] == ONE and found[0] != ONE


def tried(statement: Statement, context: Context, count: int, seed: int, ticks: int) -> Trial:
    """Try an understood statement on values; a claim about unspecified densities is tried on discrete laws.

    A fault of the evaluation counts as not evaluated: it says nothing about the statement.
    """
    discrete = discretised(statement, context)
    letters = generic_densities(statement, context)
    given = any(isinstance(h, Relation) and h.signs == ("=",) and _applies(h, letters) for h in context.hypotheses)
    claim, world = discrete or (statement, context)
    claim = Statement(_second_moments(entropies_joined(claim.lhs), world), claim.relation, _second_moments(entropies_joined(claim.rhs), world))
    found = _guarded(claim, world, count, seed, ticks)
    if not isinstance(found, Refuted):
        return found
    if found.counterexample is None and (whole := _by_entries(statement, context)) is not None:
        return Undecided(f"only the entries of {spelled(whole)} are defined, and it stands here as a whole, of a size that is not said")
    if rounded(statement):
        return Undecided(ROUNDED)
    if letters and (discrete is None or given):
        return Undecided("it is about probabilities of which the text gives some, and these were not put together")
    if unspecified(statement, context):
        return Undecided("it says what a density is of which the text says nothing else")
    return found


def _by_entries(statement: Statement, context: Context) -> Name | None:
    """A name that stands as a whole, and of which only entries are defined: ``J`` beside ``J_{jn} := ...``."""
    entries = {d.lhs.base for d in context.definitions if isinstance(d.lhs, Index) and d.parameters} - {d.lhs for d in context.definitions}
    alone = (t for side in (statement.lhs, statement.rhs) for t in outside_indices(side) if isinstance(t, Name))
    return next((t for t in alone if t in entries and context.kind(t) is None), None)


ROUNDED: Final = "the two sides are equal to the digits shown, and not equal: is the decimal number rounded? (then \\approx says so)"


def rounded(statement: Statement) -> bool:
    """Whether an equation of numbers, one of them written as a decimal, is true to the digits shown: ``2/3 = 0.667``."""
    if statement.relation is not Rel.EQ or not (_numeric(statement.lhs) and _numeric(statement.rhs)):
        return False
    shown = [isinstance(side, Num) and "." in side.digits for side in map(unsigned, (statement.lhs, statement.rhs))]
    return any(shown) and isinstance(_guarded(Statement(statement.lhs, Rel.APPROX, statement.rhs), Context(), 1, 0, DIGITS), Agreement)


def _numeric(term: Term) -> bool:
    """Whether no names stand in a term but those of functions."""
    if isinstance(term, Name):
        return False
    inside = term.arguments if isinstance(term, Call) and isinstance(term.function, Name) else children(term)
    return all(_numeric(child) for child in inside)


def unsigned(term: Term) -> Term:
    """A number without its sign and its brackets."""
    while isinstance(term, Group) or (isinstance(term, Add) and len(term.parts) == 1):
        term = term.body if isinstance(term, Group) else term.parts[0][1]
    return term


def transposed(statement: Statement, context: Context) -> Statement | None:
    """``df/dx = b`` as ``df/dx = b^T`` for a vector x: people lay out such derivatives as rows or as columns. None where no such derivative occurs."""
    if statement.relation is not Rel.EQ:
        return None
    for node in (t for side in (statement.lhs, statement.rhs) for _, t in subterms(side)):
        if isinstance(node, Deriv) and len(node.variables) == 1 and isinstance(variable := node.variables[0][0], Name | Index):
            kind = context.kind(variable)
            if isinstance(kind, Array) and kind.is_vector:
                return Statement(statement.lhs, Rel.EQ, Transpose(Group(statement.rhs)))
    return None


def tried_at_equal_sizes(statement: Statement, context: Context, count: int, ticks: int) -> Trial:
    """Try a statement with all sizes of arrays equal: for what is not defined otherwise, such as ``B_ij`` of an n by m matrix with i up to m."""
    names = {n for _, kind in context.kinds if isinstance(kind, Array) for t in (kind.rows, kind.cols) for n in free_names(t)}
    if len(names) < 2:
        return Undecided("there are no two sizes")
    first, *others = sorted(names, key=repr)
    put: dict[Term, Term] = dict.fromkeys(others, first)
    kinds = tuple(
        (s, replace(k, rows=substitute(k.rows, put), cols=substitute(k.cols, put)) if isinstance(k, Array) else k) for s, k in context.kinds if s not in put
    )
    ranges = tuple((v, substitute(low, put), substitute(high, put)) for v, low, high in context.ranges)
    world = replace(context.instantiated(put), kinds=kinds, ranges=ranges)
    return tried(Statement(substitute(statement.lhs, put), statement.relation, substitute(statement.rhs, put)), world, count, 0, ticks)


def _applies(term: Term, letters: frozenset[Term]) -> bool:
    return any(isinstance(t, Call) and t.function in letters for _, t in subterms(term))


def entropies_joined(term: Term) -> Term:
    """Conditional entropies and informations as joint ones: ``H(X | Y) = H(X, Y) - H(Y)``."""
    old = children(term)
    new = tuple(entropies_joined(c) for c in old)
    term = term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)
    match term:
        case Call(Name("H") as h, (Bar(x, given, "|"),)):
            return Group(Call(h, (*items(x), *items(given))) - Call(h, items(given)))
        case Call(Name("H") as h, (x, Bar(y, given, "|"))):
            return Group(Call(h, (*items(x), *items(y), *items(given))) - Call(h, items(given)))
        case Call(Name("I") as i, (Bar(x, Bar(y, given, "|"), ";"),)):
            h = replace(i, text="H")
            x_given, y_given = Call(h, (*items(x), *items(given))), Call(h, (*items(y), *items(given)))
            return Group(x_given + y_given - Call(h, (*items(x), *items(y), *items(given))) - Call(h, items(given)))
        case _:
            return term


def _guarded(statement: Statement, context: Context, count: int, seed: int, ticks: int) -> Trial:
    try:
        return refute(statement, context, count=count, seed=seed, ticks=ticks)
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        return Undecided(f"cannot be evaluated: {type(error).__name__}: {error}")


def unspecified(statement: Statement, context: Context, proportional: bool = False) -> bool:
    """``log p(x) = ...`` where nothing is known of p and the other side does not mention it: that is how people introduce p. A function of something given,
    and what is only told up to a factor (``proportional``), is a density whatever its letter is."""
    if statement.relation is not Rel.EQ:
        return False
    for one, other in ((statement.lhs, statement.rhs), (statement.rhs, statement.lhs)):
        inner = one.arguments[0] if isinstance(one, Call) and one.function in (Name("log"), Name("ln")) else one
        if isinstance(inner, Call) and isinstance(inner.function, Name | Index) and isinstance(kind := context.kind(inner.function), Function):
            letter = inner.function.base if isinstance(inner.function, Index) else inner.function
            density = proportional or letter in (Name("p"), Name("q")) or any(isinstance(a, Bar) for a in inner.arguments)
            if not kind.properties and density and not any(t == inner.function for _, t in subterms(other)):
                return not any(letter in free_names(h) for h in context.hypotheses) and not any(letter in free_names(d.lhs) for d in context.definitions)
    return False


_OPEN: Final = (Domain.REAL, Domain.POSITIVE, Domain.NONNEGATIVE, Domain.UNIT, Domain.PROBABILITY)


def _open(kind: Kind | None) -> bool:
    return isinstance(kind, Sequence) and kind.domain in _OPEN and kind.arity == 1


def _sums_known(base: Name, context: Context) -> bool:
    sums = [t for h in context.hypotheses for _, t in subterms(h) if isinstance(t, Big)]
    return any(isinstance(i, Index) and i.base == base for t in sums for _, i in subterms(t.body))


def with_probabilities(statement: Statement, context: Context) -> Context | None:
    """The context in which families called p, q or pi of which nothing is said are probabilities; None if there are none.

    People say so in many ways, and in some that no reader understands.
    """
    families = {
        t.base
        for side in (statement.lhs, statement.rhs)
        for _, t in subterms(side)
        if isinstance(t, Index) and isinstance(t.base, Name) and t.base.text in LETTERS_OF_PROBABILITIES and len(t.subscripts) == 1
    }
    open_ones = [b for b in families if _open(context.kind(b)) and not _sums_known(b, context)]
    if not open_ones:
        return None
    for base in sorted(open_ones, key=repr):
        kinds = tuple((s, Sequence(Domain.POSITIVE) if s == base else k) for s, k in context.kinds)
        context = replace(context, kinds=kinds)
        span = _span(base, statement, context)
        whole = _whole_sum(base, statement)
        if whole is not None:
            context = context.assume(Relation((whole, Num("1")), ("=",)))
        elif span is not None:
            index, low, high = span
            total = Relation((sum_over(index, low, high, Index(base, (index,))), Num("1")), ("=",))
            context = context.assume(total)
    return context


def _whole_sum(base: Name, statement: Statement) -> Big | None:
    """A sum of all of them as it stands there, where it has no limits: ``sum_i q_i``."""
    for side in (statement.lhs, statement.rhs):
        for _, t in subterms(side):
            if isinstance(t, Big) and t.op == "sum" and t.lower is None and t.upper is None and t.body == Index(base, (t.variable,)):
                return t
    return None


def _span(base: Name, statement: Statement, context: Context) -> tuple[Name, Term, Term] | None:
    for side in (statement.lhs, statement.rhs):
        for _, t in subterms(side):
            if not isinstance(t, Big) or t.op != "sum" or not isinstance(t.variable, Name) or t.lower is None or t.upper is None:
                continue
            if any(isinstance(i, Index) and i.base == base and t.variable in i.subscripts for _, i in subterms(t.body)):
                return t.variable, t.lower, t.upper
    for name, low, high in context.ranges:
        if any(isinstance(i, Index) and i.base == base and name in i.subscripts for side in (statement.lhs, statement.rhs) for _, i in subterms(side)):
            return name, low, high
    return None
