"""What is tried in order to prove a step, the cheap and likely first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from derivations.checking.applications import as_applications
from derivations.checking.consequences import by_induction, prove_equivalence, prove_implication
from derivations.checking.members import members_apart
from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Accepted, Evidence, Refuted, Undecided, Verdict, proved
from derivations.language.context import Array, Context, Definition, Domain, Kind, RandomVariable, Scalar, Symbol
from derivations.language.errors import DeriveError
from derivations.language.laws import law_named
from derivations.language.matching import calls_itself
from derivations.language.structure import free_names, function_text, substitute, subterms
from derivations.language.term import Add, Call, Index, Name, Num, Pow, Relation, Term
from derivations.language.work import OutOfWork, within
from derivations.rules.equality import EXCLUDING, contradictory, difference_vanishes, equations_of, same_squares, where_defined
from derivations.rules.explicit import mentions_matrices, prove_explicit
from derivations.rules.inequalities import prove_inequality
from derivations.rules.matrices import prove_arrays
from derivations.rules.matrices_definitions import spelled
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.densities import generic_densities
from derivations.rules.order import factored
from derivations.rules.refute import Agreement, refute

Found: TypeAlias = Evidence | Undecided | Refuted
Attempt: TypeAlias = Callable[[], Found]


FAULTS: Final = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError, AttributeError)
"""What a rule may raise on a term that it was not made for. The step is then undecided by it; no document may stop the checker."""
ATTEMPT: Final = 60_000
"""What one way of proving a step may cost."""
DEVIATION: Final = (
    "it is not said whether the second parameter of a normal law is its variance or its standard deviation: with the one it is proved, with the other not"
)
MEANS: Final = frozenset(("E", "Var", "Cov", "V", "var", "cov"))


def algebra_for(statement: Statement, context: Context) -> Algebra:
    """The scalar normal form for one statement of somebody's document: undeclared names are real numbers."""
    algebra = Algebra(context, lenient=True)
    prepare(algebra, statement, context)
    return algebra


def prepare(algebra: Algebra, statement: Statement, context: Context) -> None:
    algebra.sides = (statement.lhs, statement.rhs)
    algebra.overloaded = generic_densities(statement, context)
    algebra.sums_as_sets = any(isinstance(t, Call) and function_text(t) in MEANS for side in algebra.sides for _, t in subterms(side))
    for instance in instances(statement, context):
        algebra.assume(instance)


def instances(statement: Statement, context: Context) -> list[Term]:
    """Hypotheses about every entry (``0 < alpha_t < 1``) for the entries that the statement mentions."""
    found: dict[Term, None] = {}
    entries = [t for side in (statement.lhs, statement.rhs) for _, t in subterms(side) if isinstance(t, Index)]
    for hypothesis in context.hypotheses:
        if not isinstance(hypothesis, Relation) or not set(hypothesis.signs) <= {"<", "<=", ">", ">=", "!="}:
            continue
        for _, general in subterms(hypothesis):
            if isinstance(general, Index) and len(general.subscripts) == 1 and isinstance(index := general.subscripts[0], Name) and context.is_general(index):
                for entry in entries:
                    if entry.base == general.base and len(entry.subscripts) == 1 and entry.subscripts != general.subscripts:
                        found[substitute(hypothesis, {index: entry.subscripts[0]})] = None
    return list(found)


def scalar(statement: Statement, context: Context, earlier: tuple[Statement, ...], held: frozenset[Term] = frozenset()) -> Found:
    """Equality by scalar normal forms; ``held`` names are not unfolded."""
    algebra = algebra_for(statement, context)
    algebra.hold(held)
    new = where_defined(algebra, (statement.lhs, statement.rhs))
    difference = algebra.poly(statement.lhs) - algebra.poly(statement.rhs)
    found = difference_vanishes(algebra, difference, earlier)
    if not found and _logarithm_of_sum(statement):
        algebra.factor = lambda p: factored(algebra, p)
        algebra.forget()
        difference = algebra.poly(statement.lhs) - algebra.poly(statement.rhs)
        found = difference_vanishes(algebra, difference, earlier)
    if found:
        conditions = sorted(algebra.assuming) + (["every logarithm and root is of a positive number"] if new else [])
        return proved(algebra.method("normal form"), *conditions)
    if same_squares(algebra, algebra.poly(statement.lhs), algebra.poly(statement.rhs)):
        return proved("squares of two numbers that are not negative")
    return Undecided("the two sides have different normal forms", difference)


def _logarithm_of_sum(statement: Statement) -> bool:
    """Whether a logarithm of a sum occurs, which may be one of a product in disguise."""
    for side in (statement.lhs, statement.rhs):
        for _, t in subterms(side):
            if isinstance(t, Call) and function_text(t) in ("log", "ln") and any(isinstance(inner, Add) for a in t.arguments for _, inner in subterms(a)):
                return True
    return False


def has_arrays(statement: Statement, context: Context) -> bool:
    """Whether arrays may occur, also through definitions."""
    reached: frozenset[Term] = frozenset(free_names(statement.lhs) | free_names(statement.rhs))
    while True:
        more = frozenset[Term]().union(*(free_names(d.rhs) for d in context.definitions if free_names(d.lhs) & reached)) - reached
        if not more:
            break
        reached |= more
    for symbol, kind in context.kinds:
        array = isinstance(kind, Array) or (isinstance(kind, RandomVariable) and kind.shape is not None)
        if array and (symbol in reached or (isinstance(symbol, Index) and free_names(symbol) & reached)):
            return True
    return False


def _evidence(verdict: Verdict) -> Found:
    return verdict.evidence if isinstance(verdict, Accepted) else verdict


def equality(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> list[Attempt]:
    attempts: list[Attempt] = []
    context = members_apart(statement, context)
    arrays = has_arrays(statement, context)
    if arrays:
        attempts.append(lambda: prove_arrays(statement, context))
    if mentions_matrices(statement, context):
        attempts.append(lambda: prove_explicit(statement, algebra_for(statement, context)))
    attempts.append(lambda: scalar(statement, context, earlier))
    heads = frozenset(d.lhs for d in context.definitions if not d.parameters)
    if heads:
        attempts.append(lambda: scalar(statement, context, earlier, heads))
    return attempts


def inequality(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> list[Attempt]:
    def attempt(held: frozenset[Term]) -> Found:
        algebra = algebra_for(statement, context)
        algebra.hold(held)
        return prove_inequality(algebra, statement, equations_of(context, earlier))

    heads = frozenset(d.lhs for d in context.definitions if not d.parameters)
    return [lambda: attempt(heads), lambda: attempt(frozenset())] if heads else [lambda: attempt(heads)]


def inductions(statement: Statement, context: Context) -> list[Attempt]:
    """For each recurrence whose entry at a free index stands in the equation: induction on that index from where the recurrence starts."""
    found: list[Attempt] = []
    for definition in context.definitions:
        if not isinstance(definition.lhs, Index) or not calls_itself(definition) or len(definition.parameters) != 1:
            continue
        base = definition.lhs.base
        entries = [t for side in (statement.lhs, statement.rhs) for _, t in subterms(side) if isinstance(t, Index) and t.base == base]
        starts = [d.lhs.subscripts[0] for d in context.definitions if isinstance(d.lhs, Index) and d.lhs.base == base and not d.parameters]
        for index in {n for t in entries if len(t.subscripts) == 1 for n in free_names(t.subscripts[0])}:
            if context.range_of(index) is None:
                start = (starts or [Num("0")])[0]
                own = tuple(d for d in context.definitions if isinstance(d.lhs, Index) and d.lhs.base == base)
                found.append(_induction(statement, context, definition, index, start))
                if len(own) < len(context.definitions):  # whatever else the recurrence mentions: g_t may be anything
                    found.append(_induction(statement, replace(context, definitions=own, hypotheses=()), definition, index, start))
    return found


def _induction(statement: Statement, context: Context, recurrence: Definition, index: Name, start: Term) -> Attempt:
    def part(goal: Statement, earlier: tuple[Statement, ...]) -> Evidence | Undecided:
        found = scalar(goal, context, earlier)
        return Undecided(found.reason) if isinstance(found, Refuted) else found

    own = frozenset(
        d.lhs.subscripts[0] for d in context.definitions if isinstance(d.lhs, Index) and isinstance(recurrence.lhs, Index)
        and d.lhs.base == recurrence.lhs.base and not d.parameters
    )  # fmt: skip
    return lambda: _from_start(by_induction(statement, recurrence, index, start, part, own), context, index, start)


def _from_start(found: Evidence | Undecided, context: Context, index: Name, start: Term) -> Evidence | Undecided:
    """An induction shows a statement from its start on: of an index of which nobody said what it is, that is what it runs over, by convention."""
    if not isinstance(found, Evidence):
        return found
    algebra = Algebra(context, lenient=True)
    if algebra.not_negative(algebra.poly(index) - algebra.poly(start)):
        return found
    kind = context.kind(index)
    if kind is None or (isinstance(kind, Scalar) and (kind.index or kind.domain is Domain.REAL)):
        return replace(found, assuming=(*found.assuming, f"{index.text} counts from {spelled(start)}"))
    return Undecided(f"the induction shows it from {spelled(start)} on, and {index.text} may be less")


def approximation(statement: Statement) -> Found:
    """A decimal number for a number: both are computed, so agreement to the digits shown is a proof."""
    if free_names(statement.lhs) | free_names(statement.rhs):
        return Undecided("an approximation with names in it is tried on values only")
    found = refute(statement, Context(), count=1)
    return proved("computed to the digits shown") if isinstance(found, Agreement) and found.digits >= 15 else Undecided("not computed to enough digits")


def prove(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> Found:
    """Evidence for all values, or why there is none. ``Refuted`` for sizes that do not fit.

    From hypotheses that exclude each other nothing is proved; and what holds where a name before a bracket is a factor must hold where it is applied, too:
    true is ``V(x+y) = V(y+x)``, a false neighbour ``V(2s) = 2V(s)``.
    """
    found = _attempted(statement, context, earlier)
    if not isinstance(found, Evidence):
        return found
    if contradictory(context, lenient=True):
        found = _attempted(statement, replace(context, hypotheses=()), ())
        return found if isinstance(found, Evidence) else Undecided(EXCLUDING)
    other = as_applications(statement, context, earlier)
    if other is not None and not isinstance(_attempted(other[0], other[1], ()), Evidence):
        names = ", ".join(spelled(n) for n in other[2])
        return Undecided(f"it is not said whether {names} before a bracket is a number or a function: as a number it is proved, as a function it is not")
    other_laws = with_deviations(statement, context)
    if other_laws is not None and not isinstance(_attempted(statement, other_laws, earlier), Evidence):
        return Undecided(DEVIATION)
    return found


def with_deviations(statement: Statement, context: Context) -> Context | None:
    """The context in which a name that is the second parameter of a normal law is its standard deviation; None where there is none.

    ``N(m, s^2)`` and ``N(0, 1)`` say which it is, and so does ``Var(X) = s``. True: ``Var(X) = s^2`` for ``N(m, s^2)``; false is ``Var(X) = s`` where s is the
    standard deviation.
    """
    reached = free_names(statement.lhs) | free_names(statement.rhs)
    about_means = [h for h in context.hypotheses if isinstance(h, Relation) and any(isinstance(t, Call) and function_text(t) in MEANS for t in h.items)]
    said = {item for h in about_means for item in h.items}
    changed = False
    kinds: list[tuple[Symbol, Kind]] = []
    for symbol, kind in context.kinds:
        match kind:
            case RandomVariable(Call(function, (mean, Name() | Index() as second)) as law, _, None) if (
                law_named(function) == "Normal" and second not in said and free_names(symbol) & reached and not isinstance(context.kind(second), Array)
            ):
                kind = replace(kind, law=replace(law, arguments=(mean, Pow(second, Num("2")))))
                changed = True
        kinds.append((symbol, kind))
    return replace(context, kinds=tuple(kinds)) if changed else None


def _attempted(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> Found:
    def algebra_in(inside: Context) -> Algebra:
        return algebra_for(statement, inside)

    def goal(one: Statement, inside: Context) -> Evidence | Undecided:
        found = _attempted(one, inside, earlier)
        return Undecided(found.reason) if isinstance(found, Refuted) else found

    match statement.relation:
        case Rel.EQ:
            attempts = [*equality(statement, context, earlier), *inductions(statement, context)]
        case Rel.LE | Rel.LT | Rel.GE | Rel.GT | Rel.NE:
            attempts = inequality(statement, context, earlier)
        case Rel.IFF:
            attempts = [lambda: prove_equivalence(statement, context, algebra_in)]
        case Rel.IMPLIES:
            attempts = [lambda: prove_implication(statement, context, algebra_in, goal)]
        case Rel.APPROX:
            attempts = [lambda: approximation(statement)]
        case _:
            return Undecided(f"no rule proves the relation {statement.relation.value}")
    reasons: list[str] = []
    for attempt in attempts:
        try:
            with within(ATTEMPT):
                found = attempt()
        except OutOfWork:
            reasons.append("the work that a proof may cost did not suffice")
            continue
        except DeriveError as error:
            reasons.append(str(error))
            continue
        except FAULTS as error:
            reasons.append(f"a rule failed: {type(error).__name__}: {error}")
            continue
        if not isinstance(found, Undecided):
            return found
        reasons.append(found.reason)
    return Undecided("; ".join(dict.fromkeys(reasons)))
