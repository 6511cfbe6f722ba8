"""Linear statements about entropies and informations of several random variables: ``I(X; Y, Z) = I(X; Y) + I(X; Z | Y)``, ``I(X; Z) <= I(X; Y)``.

All of them are combinations of joint entropies H(S), and what is told (independence, Markov chains, informations that vanish) are linear equations between
these.

    H(everything) >= H(all but i)        H(i, K) + H(j, K) >= H(i, j, K) + H(K)
    ----------------------------------------------------------------------------
    what is a combination of these with factors >= 0, up to the equations

The combination is searched for by the simplex method in rational numbers. (Yeung, *Information Theory and Network Coding* (2008), chapter 14.) What does not
follow is tried on variables that are sums of independent fair bits: their entropies are ranks, so a counterexample is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Final, TypeAlias

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Counterexample, Evidence, Refuted, Undecided, proved
from derivations.language.context import Context, RandomVariable, Symbol, spelled
from derivations.language.record import record
from derivations.language.structure import bare, free_names, function_text, items, subterms
from derivations.language.term import Add, Bar, Call, Frac, Mul, Name, Num, Relation, Term

Form: TypeAlias = dict[frozenset[Symbol], Fraction]
"""A combination of joint entropies."""
Bits: TypeAlias = tuple[int, ...]
"""The sums of bits that a variable consists of, each by the bits in it."""
HEADS: Final = frozenset(("H", "I", "MI"))
MOST: Final = 5
"""So many variables are looked at together."""
_TRIES: Final = 6000
_RELATIONS: Final = (Rel.EQ, Rel.LE, Rel.GE, Rel.LT, Rel.GT)
_SIMPLE: Final[tuple[Bits, ...]] = ((), (1,), (2,), (3,), (4,), (5,), (6,), (7,), (1, 2), (1, 4), (2, 4), (3, 4))


@record
class Tried:
    """What was found on sums of bits: that the facts hold somewhere, and whether both sides are not zero somewhere where they do."""

    points: int
    nonzero: int


@record
class Entropies:
    """A statement and what is told, in joint entropies of ``names``."""

    names: tuple[Symbol, ...]
    lhs: Form
    rhs: Form
    relation: Rel
    equations: tuple[Form, ...]
    more: bool = False
    """Whether other things are told of these variables, which may exclude a counterexample."""

    def difference(self) -> Form:
        """What must vanish, or must not be negative."""
        turned = self.relation in (Rel.LE, Rel.LT)
        return _sum((self.rhs, Fraction(1)), (self.lhs, Fraction(-1))) if turned else _sum((self.lhs, Fraction(1)), (self.rhs, Fraction(-1)))


def entropies(statement: Statement, context: Context, earlier: tuple[Statement, ...]) -> Entropies | None:
    """A statement that is linear in the entropies of two or more variables, of which nothing but such things is told; None for another one."""
    if statement.relation not in _RELATIONS:
        return None
    lhs, rhs = form(statement.lhs, context), form(statement.rhs, context)
    if lhs is None or rhs is None or not (lhs or rhs):
        return None
    names = {s for side in (lhs, rhs) for key in side for s in key}
    facts = list(_facts(context, earlier))
    for _ in range(2):  # what is told of these and others, such as Y of a chain X -> Y -> Z
        names |= {s for fact in facts if names & (own := {s for key in fact for s in key}) for s in own}
    if not 2 <= len(names) <= MOST:
        return None
    kept = tuple(f for f in facts if {s for key in f for s in key} <= names)
    others = (h for h in context.hypotheses if free_names(h) & names and not any(_told(h, context)))
    return Entropies(tuple(sorted(names, key=repr)), lhs, rhs, statement.relation, kept, any(True for _ in others))


def form(term: Term, context: Context) -> Form | None:
    """A term as a combination of joint entropies, None for another one."""
    term = bare(term)
    match term:
        case Num("0"):
            return {}
        case Add(parts):
            found = [(form(part, context), Fraction(-1 if sign == "-" else 1)) for sign, part in parts]
            return None if any(f is None for f, _ in found) else _sum(*((f, c) for f, c in found if f is not None))
        case Mul((("", factor), (_, body))) if (number := _number(factor)) is not None and (inner := form(body, context)) is not None:
            return _sum((inner, number))
        case Frac(body, below) if (number := _number(below)) and (inner := form(body, context)) is not None:
            return _sum((inner, 1 / number))
        case Call(Name(text, (), _, 0), arguments) if text in HEADS and isinstance(term.function, Name) and context.kind(term.function) is None:
            return _call(text, arguments, context)
        case _:
            return None


def _number(term: Term) -> Fraction | None:
    term = bare(term)
    match term:
        case Num(digits) if digits.isdigit():
            return Fraction(int(digits))
        case Frac(Num(above), Num(below)) if above.isdigit() and below.isdigit() and int(below):
            return Fraction(int(above), int(below))
        case _:
            return None


def _call(head: str, arguments: tuple[Term, ...], context: Context) -> Form | None:
    given: frozenset[Symbol] | None = frozenset()
    sets: list[frozenset[Symbol] | None] = []
    rest = list(arguments)
    if head != "H":
        match arguments:
            case (Bar(one, Bar(other, condition, "|"), ";"),):
                rest, given = [one, other], _variables((condition,), context)
            case (Bar(one, other, ";"),):
                rest = [one, other]
            case _:
                return None
        sets = [_variables((t,), context) for t in rest]
    else:
        if isinstance(last := rest[-1], Bar) and last.kind == "|":
            rest[-1], given = last.left, _variables((last.right,), context)
        sets = [_variables(tuple(rest), context)]
    known = [s for s in sets if s]
    if given is None or len(known) != len(sets):
        return None
    parts = [(_joint(s | given), Fraction(1)) for s in known] + [(_joint(given), Fraction(-1))]
    if len(known) == 2:
        parts += [(_joint(known[0] | known[1] | given), Fraction(-1))]
    return _sum(*parts)


def _variables(terms: tuple[Term, ...], context: Context) -> frozenset[Symbol] | None:
    """The random variables in a list; None where something else is in it, or of one of which more is told: a law, a definition, its values."""
    found: set[Symbol] = set()
    for term in (t for one in terms for t in items(bare(one))):
        if not isinstance(term, Name) or not isinstance(kind := context.kind(term), RandomVariable) or kind.law is not None or kind.arity:
            return None
        if any(term in free_names(d.lhs) | free_names(d.rhs) for d in context.definitions if not isinstance(d.lhs, Call)):
            return None
        found.add(term)
    return frozenset(found)


def _joint(names: frozenset[Symbol]) -> Form:
    return {names: Fraction(1)} if names else {}


def _sum(*parts: tuple[Form, Fraction]) -> Form:
    found: Form = {}
    for one, factor in parts:
        for key, value in one.items():
            found[key] = found.get(key, Fraction(0)) + factor * value
    return {key: value for key, value in found.items() if value}


def _facts(context: Context, earlier: tuple[Statement, ...]) -> Iterator[Form]:
    """What is told as equations: independence, informations that vanish, equations that were proved before."""
    for hypothesis in context.hypotheses:
        yield from _told(hypothesis, context)
    for s in earlier:
        if s.relation is Rel.EQ:
            yield from _equation(s.lhs, s.rhs, context)


def _told(hypothesis: Term, context: Context) -> Iterator[Form]:
    match hypothesis:
        case Relation(given, signs) if set(signs) == {"perp"}:
            yield from _apart(given, context)
        case Relation((left, right), ("=",)):
            yield from _equation(left, right, context)
        case _:
            return


def _equation(left: Term, right: Term, context: Context) -> Iterator[Form]:
    one, other = form(left, context), form(right, context)
    if one is not None and other is not None and (found := _sum((one, Fraction(1)), (other, Fraction(-1)))):
        yield found


def _apart(given: tuple[Term, ...], context: Context) -> Iterator[Form]:
    """``X perp Y``, and ``X perp Z | Y``."""
    condition: frozenset[Symbol] | None = frozenset()
    if isinstance(last := given[-1], Bar) and last.kind == "|":
        given, condition = (*given[:-1], last.left), _variables((last.right,), context)
    sets = [s for t in given if (s := _variables((t,), context))]
    if condition is None or len(sets) != len(given):
        return
    whole = frozenset[Symbol]().union(*sets)
    yield _sum(*((_joint(s | condition), Fraction(1)) for s in sets), (_joint(whole | condition), Fraction(-1)), (_joint(condition), Fraction(1 - len(sets))))


# Proofs ---------------------------------------------------------------------------------------------------------------------------


def follows(problem: Entropies) -> Evidence | None:
    """Whether the statement follows from the equations and Shannon's inequalities."""
    wanted = problem.difference()
    keys = [frozenset(c) for n in range(1, len(problem.names) + 1) for c in combinations(problem.names, n)]
    if problem.relation in (Rel.LT, Rel.GT):
        return None
    inequalities = [] if problem.relation is Rel.EQ else list(_elemental(problem.names))
    columns = [*inequalities, *(f for e in problem.equations for f in (e, _sum((e, Fraction(-1)))))]
    if not wanted or nonnegative_combination([[c.get(k, Fraction(0)) for k in keys] for c in columns], [wanted.get(k, Fraction(0)) for k in keys]):
        return proved("joint entropies" if problem.relation is Rel.EQ else "Shannon's inequalities")
    if problem.relation is Rel.EQ:  # equal where each is at most the other
        columns = [*_elemental(problem.names), *columns]
        table = [[c.get(k, Fraction(0)) for k in keys] for c in columns]
        if all(nonnegative_combination(table, [sign * wanted.get(k, Fraction(0)) for k in keys]) for sign in (1, -1)):
            return proved("Shannon's inequalities")
    return None


def _elemental(names: tuple[Symbol, ...]) -> Iterator[Form]:
    whole = frozenset(names)
    for name in names:
        yield _sum((_joint(whole), Fraction(1)), (_joint(whole - {name}), Fraction(-1)))
    for one, other in combinations(names, 2):
        rest = [n for n in names if n not in (one, other)]
        for size in range(len(rest) + 1):
            for known in map(frozenset, combinations(rest, size)):
                yield _sum(
                    (_joint(known | {one}), Fraction(1)), (_joint(known | {other}), Fraction(1)),
                    (_joint(known | {one, other}), Fraction(-1)), (_joint(known), Fraction(-1)),
                )  # fmt: skip


def nonnegative_combination(columns: Sequence[Sequence[Fraction]], wanted: Sequence[Fraction]) -> bool:
    """Whether a vector is a combination of others with factors >= 0: the first phase of the simplex method, by Bland's rule, in rational numbers."""
    rows = len(wanted)
    signs = [Fraction(-1 if w < 0 else 1) for w in wanted]
    table = [
        [signs[r] * c[r] for c in columns] + [Fraction(int(r == k)) for k in range(rows)] + [signs[r] * wanted[r]] for r in range(rows)
    ]
    basis = [len(columns) + r for r in range(rows)]
    while True:
        costs = [sum((table[r][c] for r in range(rows) if basis[r] >= len(columns)), Fraction(0)) for c in range(len(columns))]
        entering = next((c for c, cost in enumerate(costs) if cost > 0 and c not in basis), None)
        if entering is None:
            return not any(table[r][-1] for r in range(rows) if basis[r] >= len(columns))
        ratios = [(table[r][-1] / table[r][entering], basis[r], r) for r in range(rows) if table[r][entering] > 0]
        if not ratios:
            return False
        _, _, leaving = min(ratios)
        pivot = table[leaving][entering]
        table[leaving] = [v / pivot for v in table[leaving]]
        for r in range(rows):
            if r != leaving and (factor := table[r][entering]):
                table[r] = [v - factor * w for v, w in zip(table[r], table[leaving], strict=True)]
        basis[leaving] = entering


# Counterexamples ------------------------------------------------------------------------------------------------------------------


def on_bits(problem: Entropies) -> Refuted | Tried | Undecided:
    """The statement on variables that are sums of three independent fair bits, as far as these satisfy what is told."""
    points = nonzero = 0
    choices = _SIMPLE if len(problem.names) <= 3 else _SIMPLE[:8]
    for count, chosen in enumerate(product(choices, repeat=len(problem.names))):
        if count > _TRIES:
            break
        bits = dict(zip(problem.names, chosen, strict=True))
        if any(_value(e, bits) for e in problem.equations):
            continue
        left, right = _value(problem.lhs, bits), _value(problem.rhs, bits)
        if not _holds(left, problem.relation, right):
            at = tuple((spelled(s), _in_words(b)) for s, b in bits.items())
            return Refuted(Counterexample(at, f"{left} bits", f"{right} bits", 60))
        points += 1
        nonzero += bool(left or right)
    return Tried(points, nonzero) if points else Undecided("no sums of bits were found that satisfy what is told")


def _holds(left: Fraction, relation: Rel, right: Fraction) -> bool:
    return {Rel.EQ: left == right, Rel.LE: left <= right, Rel.GE: left >= right, Rel.LT: left < right, Rel.GT: left > right}[relation]


def _value(one: Form, bits: dict[Symbol, Bits]) -> Fraction:
    return sum((factor * _rank([b for s in key for b in bits[s]]) for key, factor in one.items()), Fraction(0))


def _rank(sums: list[int]) -> int:
    """The rank over the field of two elements."""
    basis: list[int] = []
    for vector in sums:
        for b in basis:
            vector = min(vector, vector ^ b)
        if vector:
            basis.append(vector)
    return len(basis)


def _in_words(sums: Bits) -> str:
    """How a variable is made of bits."""
    parts = [" + ".join(f"b_{k + 1}" for k in range(3) if one >> k & 1) + (" mod 2" if one.bit_count() > 1 else "") for one in sums]
    return "constant" if not parts else parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def speaks_of_informations(statement: Statement) -> bool:
    """Whether it is about an information, or about an entropy of several variables."""
    return any(
        isinstance(t, Call) and function_text(t) in HEADS and (len(t.arguments) > 1 or isinstance(t.arguments[0], Bar))
        for side in (statement.lhs, statement.rhs) for _, t in subterms(side)
    )  # fmt: skip
