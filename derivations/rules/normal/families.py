"""Expectations under a law that is named: a family of probabilities ``p_i`` (a sum), a density (an integral), a law with known moments."""

from __future__ import annotations

from fractions import Fraction

from derivations.language.context import Array, Definition, RandomVariable, Sequence
from derivations.language.laws import support
from derivations.language.model.expectation import as_capital, is_limited
from derivations.language.structure import bare, children, free_names, substitute, subterms, with_children
from derivations.language.term import Bar, Big, Call, Group, Index, Name, Term
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.integrals import WHOLE, integrate
from derivations.rules.normal.laws import Law, density, moment, read_law
from derivations.rules.normal.poly import ONE, ZERO, Poly, atom_power


def family_index(algebra: Declared, p: Term) -> tuple[Name, ...] | None:
    """The index name over which a family of probabilities ``p_i`` runs, or None if p is no family."""
    if not isinstance(p, Name | Index):
        return None
    if isinstance(kind := algebra.context.kind(p), Sequence) and kind.arity == 1:
        return (index_of(algebra, p),)
    for definition in algebra.context.definitions:
        lhs = definition.lhs.function if isinstance(definition.lhs, Call) else definition.lhs
        if isinstance(lhs, Index) and lhs.base == p and len(lhs.subscripts) == 1 and lhs.subscripts[0] in definition.parameters:
            index = lhs.subscripts[0]
            return (index if isinstance(index, Name) and algebra.context.range_of(index) is not None else index_of(algebra, p),)
    return None


def index_of(algebra: Declared, p: Term) -> Name:
    """A name with a range that stands under p somewhere, else one that has a range at all, else a name without a range."""
    ranged = [name for name, _, _ in algebra.context.ranges]
    seen = [t for h in (*algebra.context.hypotheses, *(d.rhs for d in algebra.context.definitions), *algebra.sides) for _, t in subterms(h)]
    for t in seen:
        if isinstance(t, Index) and t.base == p and len(t.subscripts) == 1 and t.subscripts[0] in ranged:
            name = t.subscripts[0]
            if isinstance(name, Name):
                return name
    spans = {(low, high) for _, low, high in algebra.context.ranges}
    return ranged[0] if len(spans) == 1 else Name("i")


def over_family(algebra: Declared, index: Name, body: Term) -> Poly:
    limits = family_limits(algebra, index)
    return algebra.poly(Big("sum", body, index, *limits))


def family_limits(algebra: Declared, index: Name) -> tuple[Term | None, Term | None]:
    found = algebra.context.range_of(index)
    if found is not None:
        return found
    spans = {(t.lower, t.upper) for side in algebra.sides for _, t in subterms(side) if isinstance(t, Big) and t.op == "sum" and t.lower is not None}
    return next(iter(spans)) if len(spans) == 1 else (None, None)


def family_mean(algebra: Declared, p: Term, variable: Term | None, family: tuple[Name, ...], body: Term) -> Poly:
    (index,) = family
    if isinstance(variable, Name):
        body = substitute(body, {variable: index})
    body = at_index(algebra, body, index)
    return over_family(algebra, index, Index(p, (index,)) * Group(body))


def _vector(algebra: Declared, name: Name) -> bool:
    kind = algebra.context.kind(name)
    return isinstance(kind, Array) and kind.is_vector


def at_index(algebra: Declared, body: Term, index: Name) -> Term:
    """``s`` for ``s_i``: bare names of sequences in a mean over a family are read at its index."""
    match body:
        case Name() if family_index(algebra, body) is not None or _vector(algebra, body):
            return Index(body, (index,))
        case Index() | Big():
            return body
        case Call(function, arguments, bracket):
            return Call(function, tuple(at_index(algebra, a, index) for a in arguments), bracket)
        case _:
            return with_children(body, tuple(at_index(algebra, c, index) for c in children(body)))


def variable_of(algebra: Declared, under: Term, body: Term) -> Term:
    """The variable that a law without one is about: what the law is applied to, the one name that is random, the one argument of functions, or the one
    name that is no parameter of the law. Raises Stuck where there are several: ``E_q[f(x, z)]`` does not say which it is."""
    if isinstance(under, Call):
        first = bare(under.arguments[0])
        return first.left if isinstance(first, Bar) else first
    for d in algebra.context.definitions:
        if isinstance(d.lhs, Call) and d.lhs.function == under and len(d.lhs.arguments) == 1 and isinstance(d.lhs.arguments[0], Name):
            if d.where is None and is_limited(algebra.context, d.lhs.arguments[0]):
                raise Stuck("an expectation under a density whose support is not known")
            if (capital := as_capital(d.lhs.arguments[0], body)) != d.lhs.arguments[0]:
                return capital
    own = frozenset().union(*(free_names(d.rhs) for d in algebra.context.definitions if d.lhs == under))
    random: list[Name] = []
    called: list[Name] = []
    plain: list[Name] = []
    todo: list[Term] = [body]
    while todo:
        t = todo.pop()
        if isinstance(t, Call) and t.function == under and t.arguments and isinstance(t.arguments[0], Name):
            return t.arguments[0]
        if isinstance(t, Name):
            plain.append(t)
            if isinstance(algebra.context.kind(t), RandomVariable):
                random.append(t)
        if isinstance(t, Call):
            called.extend(a for a in t.arguments if isinstance(a, Name))
        if not isinstance(t, Index):
            todo.extend(t.arguments if isinstance(t, Call) else children(t))
    for candidates in (random, called, plain):
        found = set(candidates) - own
        if len(found) == 1:
            return found.pop()
    raise Stuck("an expectation whose variable cannot be told")


def under_density(algebra: Declared, under: Term, variable: Term, body: Term) -> Poly:
    """E_q[f(x)]: moments of a known law, else the integral of q(x) f(x)."""
    if not isinstance(variable, Name):
        raise Stuck("an expectation over something that is not a name")
    place = algebra.temporary(integer=False)
    x = atom_power(place)
    law = read_law(algebra, under)
    value = algebra.within(variable, x, body)
    if law is not None:
        return _under_law(algebra, law, place, value)
    if isinstance(under, Call):
        weight = algebra.within(variable, x, under)
    else:
        weight = algebra.within(variable, x, Call(under, (variable,)))
    return integrate(algebra, place, algebra.mul(weight, value), WHOLE, (ZERO, ZERO))


def _under_law(algebra: Declared, law: Law, place: int, value: Poly) -> Poly:
    def one(f: Poly) -> Poly:
        ((m, _),) = f.terms.items()
        if not m:
            return ONE
        if len(m) == 1 and m[0][0] == place and isinstance(e := m[0][1], Fraction) and e.denominator == 1 and e > 0:
            found = moment(algebra, law, int(e))
            if found is not None:
                return found
        return integrate(algebra, place, algebra.mul(density(algebra, law, atom_power(place)), f), WHOLE, (ZERO, ZERO))

    return algebra._per_term(value, place, one)


def weighted(algebra: Declared, density: Definition, place: int, value: Poly) -> Poly:
    """The mean of a value at a variable that has a density: the integral over its support, where its mass is shown to be one."""
    if not isinstance(density.lhs, Call) or (limits := support(algebra.context, variable := density.lhs.arguments[0])) is None:
        raise Stuck("a mean under a density whose support is not known")
    weight = algebra.within(variable, atom_power(place), density.lhs)  # type: ignore[arg-type]
    kinds = tuple("finite" if end is not None else infinite for end, infinite in zip(limits, WHOLE, strict=True))
    ends = tuple(ZERO if end is None else algebra.poly(end) for end in limits)
    if integrate(algebra, place, weight, kinds, ends) != ONE:
        raise Stuck("a mean under a density whose mass is not shown to be one")
    return integrate(algebra, place, algebra.mul(weight, value), kinds, ends)
