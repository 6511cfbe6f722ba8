"""What hypotheses and premises say of arrays, as oriented equations between sums of products of entries.

An equation ``L = R`` is used from its longest product to the rest; what two equations say together (where they share a factor) is added once. An equation
that cannot be oriented is not used: the judgement may then be undecided, never wrong.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

from derivations.kernel.statement import Premise, Rel
from derivations.kernel.theorem import Theorem
from derivations.language.context import Array, Context
from derivations.language.errors import MeaningError, ShapeError
from derivations.language.structure import free_names, substitute, subterms, unbracketed
from derivations.language.term import Call, Index, Name, Relation, Term
from derivations.rules.contractions import Known
from derivations.rules.matrices_definitions import unfolded
from derivations.rules.matrices_entries import EntryAlgebra, Pull
from derivations.rules.normal.algebra import Stuck
from derivations.rules.normal.binding import replace
from derivations.rules.normal.poly import Poly, atom_power, number
from derivations.rules.normal.rewriting import rewritten

MAX_EQUATIONS = 40


class NotUsable(MeaningError):
    """A premise that may not be used here."""


def inform(algebra: EntryAlgebra, premises: tuple[Premise, ...]) -> None:
    """Teach an algebra the equations of its context and the premises.

    Raises:
        NotUsable: a premise was proved under assumptions that this context does not make, or is no equation.
    """
    for hypothesis in algebra.context.hypotheses:
        match hypothesis:
            case Relation((left, right), ("=",)):
                _try(algebra, left, right)
    for premise in premises:
        statement = premise.statement if isinstance(premise, Theorem) else premise
        if isinstance(premise, Theorem) and not algebra.context.extends(premise.context):
            raise NotUsable(f"the theorem {premise.title!r} was proved under assumptions that are not made here")
        if statement.relation is not Rel.EQ:
            raise NotUsable("a premise of matrix algebra must be an equation")
        if isinstance(premise, Theorem):
            _schematic(algebra, premise)
        learn(algebra, statement.lhs, statement.rhs)
    _complete(algebra)


def _try(algebra: EntryAlgebra, left: Term, right: Term) -> None:
    """A hypothesis about other things (laws, orders) is left aside."""
    try:
        learn(algebra, left, right)
    except (MeaningError, ShapeError, Stuck):
        return


def learn(algebra: EntryAlgebra, left: Term, right: Term) -> None:
    """Take an equation as known."""
    for name, other in ((left, right), (right, left)):
        if isinstance(name, Name | Index) and _is_letter(algebra, name) and _says(algebra, name, other):
            algebra.sizes.relation(left, right)
            algebra.replaced[name] = algebra.sized(other)
            algebra.forget()
            return
    slots, difference = algebra.difference(left, right)
    _orient(algebra, difference, slots)


def _is_letter(algebra: EntryAlgebra, name: Name | Index) -> bool:
    """Whether a name stands for an array, so that an equation may say what it is."""
    kind = algebra.context.kind(name)
    if kind is None:
        return any(d.lhs == name and not d.parameters for d in algebra.context.definitions) and bool(algebra.array_ranges(name))
    return isinstance(kind, Array) and not kind.properties & {"identity", "zero", "ones"}


def _says(algebra: EntryAlgebra, name: Name | Index, other: Term) -> bool:
    """Whether an equation says what a name is (``w = A^{-1} b``), by other names."""
    if name in algebra.replaced:
        return False
    waiting, seen = [unfolded(other, algebra.context)], set[Term]()
    while waiting:
        term = waiting.pop()
        if free_names(name) & free_names(term):
            return False
        more = {part for _, part in subterms(term) if part in algebra.replaced} - seen
        seen |= more
        waiting.extend(unfolded(algebra.replaced[part], algebra.context) for part in more)
    return True


def _orient(algebra: EntryAlgebra, difference: Poly, slots: tuple[int, ...]) -> None:
    """Add ``longest product -> the rest`` for an equation ``difference = 0`` between entries at these slots."""
    if not difference or len(algebra.equations) >= MAX_EQUATIONS:
        return
    here = tuple(v for v in slots if algebra.mentions(difference, v))
    if not here:
        _scalar(algebra, difference)
        return
    if len(here) == 2 and algebra.mirror(difference, (here[0], here[1])):
        return
    found = algebra.leading(difference, here)
    if found is None or found[0].constant is None or not found[1][0]:
        return
    coefficient, (bound, factors), rest = found
    result = rest.scale(Fraction(-1) / (coefficient.constant or 1))
    inside = Poly({factors: Fraction(1)})
    if not all(algebra.mentions(inside, v) for v in here if algebra.mentions(result, v)):
        return
    _add(algebra, Known(factors, tuple(bound.items()), here, result))


def _add(algebra: EntryAlgebra, known: Known) -> None:
    algebra.equations.append(known)
    algebra.forget()
    letters = [algebra.atoms[a] for a, e in known.factors for _ in range(int(e) if isinstance(e, Fraction) else 1)]
    names = {atom.data for atom in letters if atom.head == "seq"}
    if len(letters) != 2 or len(names) != 1 or len(known.ports) != 2 or known.result != algebra.delta(*map(atom_power, known.ports)):
        return
    (name,) = names  # a square matrix with A A^T = I has A^T A = I as well, and A^{-1} = A^T
    kind = algebra.context.kind(name)
    same = [places for places in zip(*(atom.args for atom in letters), strict=True) if places[0] == places[1]]
    if isinstance(kind, Array) and len(same) == 1 and name not in algebra.orthogonal and algebra.size(kind.rows) == algebra.size(kind.cols):
        algebra.is_orthogonal(name, kind.rows)


def _scalar(algebra: EntryAlgebra, difference: Poly) -> None:
    """An equation between numbers that is linear in one sum over indices (``x^T x = 1``), or in one determinant."""
    for monomial, coefficient in difference.terms.items():
        if len(monomial) != 1 or monomial[0][1] not in (1, Fraction(1, 2)):
            continue
        a = monomial[0][0]
        rest = Poly({m: c for m, c in difference.terms.items() if m != monomial})
        if algebra.mentions(rest, a):
            continue
        result = rest.scale(Fraction(-1) / coefficient)
        if monomial[0][1] != 1:  # a norm is c: its square is c^2
            result = algebra.mul(result, result)
        if algebra.atoms[a].head == "determinant":
            algebra.said[atom_power(a)] = result
            return
        if algebra.is_sum(a):
            bound, body = algebra.opened(a)
            if body.single is not None and body.single[0] == 1:
                _add(algebra, Known(body.single[1], tuple(bound.items()), (), result))
                return


def _schematic(algebra: EntryAlgebra, theorem: Theorem) -> None:
    """A theorem ``F(u A v) = s F(A) t`` about every array A of some shape lets factors out of F, whatever stands in A's place."""
    left, right = unbracketed(theorem.statement.lhs), theorem.statement.rhs
    if not isinstance(left, Call) or len(left.arguments) != 1:
        return
    inner = [part for _, part in subterms(right) if isinstance(part, Call) and part.function == left.function and len(part.arguments) == 1]
    if len(inner) != 1 or not isinstance(name := unbracketed(inner[0].arguments[0]), Name) or not _arbitrary(name, theorem.context):
        return
    kind = algebra.context.kind(name)
    if not isinstance(kind, Array):
        return
    stand_in = Name("?", label=f"F({name.text}) {len(algebra.pulls)}")
    algebra.declare(kind, stand_in)
    try:
        slots, entry = algebra.as_entry(left.arguments[0])
        places, result = algebra.as_entry(substitute(right, {inner[0]: stand_in}))
    except (MeaningError, ShapeError, Stuck):
        return
    if entry.single is None or entry.single[0] != 1:
        return
    monomial = entry.single[1]
    bound, body = algebra.opened(monomial[0][0]) if len(monomial) == 1 and algebra.is_sum(monomial[0][0]) else ({}, entry)
    if body.single is None or body.single[0] != 1:
        return
    own = [(a, e) for a, e in body.single[1] if algebra.atoms[a].data == name]
    frame = tuple(pair for pair in body.single[1] if pair not in own)
    if len(own) != 1 or own[0][1] != 1 or algebra.mentions_name(Poly({frame: Fraction(1)}), name) or algebra.mentions_name(result, name):
        return
    at = algebra.atoms[own[0][0]].args
    if len(at) == 2 and at[0] != at[1]:
        sizes = algebra.size(kind.rows), algebra.size(kind.cols)
        algebra.pulls.append(Pull(left.function, Known(frame, tuple(bound.items()), slots, number(1)), at, sizes, stand_in, places, result))


def _arbitrary(name: Name, context: Context) -> bool:
    """Whether a theorem says what it says of every array of this shape: nothing is assumed of the name but its shape."""
    if not isinstance(kind := context.kind(name), Array) or kind.properties:
        return False
    mentioned = [free_names(h) for h in context.hypotheses] + [free_names(d.lhs) | free_names(d.rhs) for d in context.definitions]
    return not any(name in names for names in mentioned)


def _complete(algebra: EntryAlgebra) -> None:
    """What the equations say together: where two share a factor, both ways of rewriting must agree."""
    for k, known in enumerate(algebra.equations):  # with what was learned after it
        with suppress(Stuck):
            algebra.equations[k] = dataclasses.replace(known, result=rewritten(algebra, known.result, lambda _: None))
    equations = list(algebra.equations)
    for one in equations:
        for two in equations:
            for difference, ports in list(_overlaps(algebra, one, two)):
                _orient(algebra, difference, ports)


def _overlaps(algebra: EntryAlgebra, one: Known, two: Known) -> Iterator[tuple[Poly, tuple[int, ...]]]:
    """The disagreements of two equations about the products in which one factor belongs to both."""
    if one is two or not one.ports or not two.ports or len(one.factors) + len(two.factors) > 4:
        return
    fresh = {v: algebra.slot(algebra.size_at(v)) for v in (*two.ports, *(v for v, _ in two.bound))}
    for a, _ in one.factors:
        for b, _ in two.factors:
            first, second = algebra.atoms[a], algebra.atoms[b]
            if (first.head, first.data, len(first.args)) != (second.head, second.data, len(second.args)) or first.head != "seq":
                continue
            values = {v: atom_power(k) for v, k in fresh.items()}
            for p, q in zip(second.args, first.args, strict=True):
                values |= {v: q for v in fresh if p == atom_power(v)}
            if replace(algebra, atom_power(b), values) != atom_power(a):
                continue
            bound_one, bound_two = dict(one.bound), {_index(values[v]): size for v, size in two.bound}
            rest_one, rest_two = (_without(known, factor) for known, factor in ((one, a), (two, b)))
            rest_two, result_two = replace(algebra, rest_two, values), replace(algebra, two.result, values)
            if any(algebra.mentions(rest_two, v) for v in bound_one) or any(algebra.mentions(rest_one, v) for v in bound_two):
                continue
            left = algebra.contraction({v: s for v, s in bound_two.items() if v not in bound_one}, algebra.mul(rest_two, one.result))
            right = algebra.contraction({v: s for v, s in bound_one.items() if v not in bound_two}, algebra.mul(rest_one, result_two))
            free = {*one.ports, *fresh.values()}
            yield left - right, tuple(sorted(free - bound_one.keys() - bound_two.keys()))


def _index(p: Poly) -> int:
    ((monomial, _),) = p.terms.items()
    return monomial[0][0]


def _without(known: Known, factor: int) -> Poly:
    """The product of an equation with one copy of a factor taken out."""
    powers = ((a, e - 1 if a == factor and isinstance(e, Fraction) else e) for a, e in known.factors)
    return Poly({tuple((a, e) for a, e in powers if e != 0): Fraction(1)})
