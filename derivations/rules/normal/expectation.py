"""The mean over the random variables of a context, in normal form.

Linear; what is not random leaves it; over independent factors it is a product; moments that the context states (``E[x_i] = mu``,
``Var(x_i) = sigma^2``) or that a law has in closed form are put in.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from derivations.language.context import RandomVariable
from derivations.language.laws import density_of
from derivations.language.structure import subterms
from derivations.language.term import Call, Index, Name, Relation, Term
from derivations.rules.normal.atoms import BINDERS, Stuck
from derivations.rules.normal.binding import replace
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.families import weighted
from derivations.rules.normal.laws import Law, exponential_moment, moment, read_law
from derivations.rules.normal.poly import ONE, ZERO, Exponent, Monomial, Poly, atom_power, number, raised, total

Source: TypeAlias = tuple[Term, tuple[Poly, ...]]
"""A random variable: its name, and its indices in a family."""


def averaged(algebra: Declared, p: Poly, only: Term | None = None, given: frozenset[Name] = frozenset()) -> Poly:
    """The mean of p over the random variables of the context (over ``only`` one of them; given some of them)."""
    return total(_Mean(algebra, only, given).of_monomial(m).scale(c) for m, c in p.terms.items())


class _Mean:
    def __init__(self, algebra: Declared, only: Term | None, given: frozenset[Name]) -> None:
        self.algebra = algebra
        self.only = only
        self.given = given
        self.apart: set[frozenset[Poly]] = set()
        """Pairs of indices that differ in the case that is looked at."""

    # what is random

    def sources(self, p: Poly) -> set[Source]:
        found: set[Source] = set()
        for m in p.terms:
            for a, e in m:
                found |= self._of_atom(a)
                if isinstance(e, Poly):
                    found |= self.sources(e)
        return found

    def _of_atom(self, a: int) -> set[Source]:
        atom = self.algebra.atoms[a]
        if atom.head in ("sym", "seq") and (atom.data == self.only or self.algebra.made_of_random(atom.data, atom.args)):
            return {(atom.data, atom.args)} if self._counts(atom.data) else set()
        if atom.head == "mean":
            known: frozenset[Name] = atom.data[1]
            return {(n, ()) for n in known if self._counts(n)}
        found: set[Source] = set()
        for arg in atom.args:
            found |= self.sources(arg)
        return found

    def _counts(self, name: Term) -> bool:
        if self.only is not None and name != self.only:
            return isinstance(name, Name | Index) and self.only in self.algebra.dependence.closure(name)
        return name not in self.given

    # linearity

    def of_poly(self, p: Poly) -> Poly:
        return total(self.of_monomial(m).scale(c) for m, c in p.terms.items())

    def of_monomial(self, m: Monomial) -> Poly:
        algebra = self.algebra
        algebra.budget.spend()
        outside: list[tuple[int, Exponent]] = []
        inside: list[tuple[int, Exponent]] = []
        for a, e in m:
            random = bool(self._of_atom(a)) or (isinstance(e, Poly) and bool(self.sources(e)))
            (inside if random else outside).append((a, e))
        if not inside:
            return Poly({m: Fraction(1)})
        constant = Poly({tuple(outside): Fraction(1)})
        return algebra.mul(constant, self._random(tuple(inside)))

    def _random(self, m: Monomial) -> Poly:
        algebra = self.algebra
        for k, (a, e) in enumerate(m):
            atom = algebra.atoms[a]
            linear = atom.head in BINDERS and atom.head != "prodprefix"
            if linear and isinstance(e, Fraction) and e.denominator == 1 and 1 <= e <= 4 and not any(self.sources(arg) for arg in atom.args[1:]):
                rest = m[:k] + (((a, e - 1),) if e > 1 else ()) + m[k + 1 :]
                variable, body = algebra.open(atom)
                inner = self.of_poly(algebra.mul(body, Poly({rest: Fraction(1)})))
                return algebra.rebound(atom, variable, inner, atom.args[1:])
        if any(algebra.atoms[a].head == "mean" for a, _ in m):
            return self._tower(m)
        return self._grouped(m)

    def _tower(self, m: Monomial) -> Poly:
        """E[g(Y) E[f | Y]] = E[g(Y) f]."""
        algebra = self.algebra
        for k, (a, e) in enumerate(m):
            atom = algebra.atoms[a]
            if atom.head == "mean" and e == 1:
                rest = m[:k] + m[k + 1 :]
                known: frozenset[Name] = atom.data[1]
                names = {s for s, _ in self.sources(Poly({rest: Fraction(1)}))} if rest else set()
                if names <= known and self.given <= known:
                    return self.of_poly(algebra.mul(atom.args[0], Poly({rest: Fraction(1)})))
        return self._atom(m)

    # independence

    def _grouped(self, m: Monomial) -> Poly:
        """A product over groups of factors that do not share a random variable and are independent of each other."""
        algebra = self.algebra
        factors = [(pair, self._of_factor(pair)) for pair in m]
        if not self._together({name for _, ss in factors for name, _ in ss}):
            return self._atom(m)  # independent in pairs is not independent together
        if not self._factorises(m, {s for _, ss in factors for s in ss}):
            return self._atom(m)
        clash = self._maybe_equal([s for _, ss in factors for s in ss])
        if clash is not None and len(factors) > 1:
            return self._split(m, *clash)
        groups: list[tuple[list[tuple[int, Exponent]], set[Source]]] = []
        for pair, sources in factors:
            joined = [g for g in groups if any(not self._independent(s, t) for s in g[1] for t in sources)]
            merged: tuple[list[tuple[int, Exponent]], set[Source]] = ([pair], set(sources))
            for g in joined:
                groups.remove(g)
                merged = ([*g[0], *merged[0]], g[1] | merged[1])
            groups.append(merged)
        return algebra.product(self._atom(tuple(sorted(pairs, key=lambda p: p[0]))) for pairs, _ in groups)

    def _factorises(self, m: Monomial, sources: set[Source]) -> bool:
        """Whether the members of a family in a product are known to be independent of each other, as far as the product needs it.

        True: ``E[X_i X_j] = E[X_i] E[X_j]`` for uncorrelated X_i and i != j. False neighbour: the squares of uncorrelated ones.
        """
        places: dict[Term, set[tuple[Poly, ...]]] = {}
        for name, index in sources:
            places.setdefault(name, set()).add(index)
        for name, indices in places.items():
            kind = self.algebra.context.kind(name)  # type: ignore[arg-type]
            if len(indices) < 2 or not isinstance(kind, RandomVariable):
                continue
            if not kind.pairs:  # those that are not independent stay together, and have to be so of what stands beside them
                if kind.independent or not any({name, other} <= pair for pair in self.algebra.memberwise for other in places if other != name):
                    continue
                return False
            plain = len(m) == 2 and all(e == 1 and self.algebra.atoms[a].head == "seq" for a, e in m)
            if not (kind.pairs == "uncorrelated" and plain) and not (kind.pairs == "independent" and len(indices) == 2):
                return False
        return True

    def _of_factor(self, pair: tuple[int, Exponent]) -> set[Source]:
        a, e = pair
        return self._of_atom(a) | (self.sources(e) if isinstance(e, Poly) else set())

    def _maybe_equal(self, sources: list[Source]) -> tuple[Poly, Poly] | None:
        """Two indices of one family whose members are independent, that may or may not be equal."""
        for k, (name, index) in enumerate(sources):
            for other, place in sources[k + 1 :]:
                if name != other or index == place or len(index) != len(place) or not self._independent((name, index), (other, place)):
                    continue
                if not any(self._differ(i, j) for i, j in zip(index, place, strict=True)):
                    return next((i, j) for i, j in zip(index, place, strict=True) if i != j)
        return None

    def _differ(self, i: Poly, j: Poly) -> bool:
        """Whether two indices are known to differ."""
        return i != j and ((i - j).constant is not None or frozenset((i, j)) in self.apart or self.algebra.is_nonzero(i - j))

    def _split(self, m: Monomial, i: Poly, j: Poly) -> Poly:
        """E[f] = delta_ij E[f at i = j] + (1 - delta_ij) E[f where i and j differ]."""
        algebra = self.algebra
        delta = algebra.delta(i, j)
        single = j.single
        variable = single[1][0][0] if single and len(single[1]) == 1 and single[1][0][1] == 1 and single[0] == 1 else None
        if variable is None or algebra.mentions(i, variable):
            raise Stuck("members of a family whose indices may be equal")
        same = self.of_poly(replace(algebra, Poly({m: Fraction(1)}), {variable: i}))
        pair = frozenset((i, j))
        self.apart.add(pair)
        try:
            apart = self._grouped(m)
        finally:
            self.apart.remove(pair)
        return algebra.mul(delta, same) + algebra.mul(ONE - delta, apart)

    def _together(self, names: set[Term]) -> bool:
        """Whether three names or more are independent together, as far as any of them are independent.

        True: ``E[XYZ] = E[X] E[Y] E[Z]`` for X, Y, Z that are independent. False neighbour: for X, Y, Z that are so in pairs.
        """
        known = [s for s in self.algebra.independent if len(names & s) > 1]
        return len(names) < 3 or not known or any(names <= s for s in known)

    def _independent(self, one: Source, other: Source) -> bool:
        if one == other:
            return False
        if one[0] == other[0]:
            kind = self.algebra.context.kind(one[0])  # type: ignore[arg-type]
            return isinstance(kind, RandomVariable) and kind.arity > 0 and (kind.independent or kind.pairs != "")  # as far as _factorises lets it
        return any(one[0] in s and other[0] in s for s in self.algebra.independent)

    # one group

    def _atom(self, m: Monomial) -> Poly:
        algebra = self.algebra
        if self._odd(m):
            return ZERO
        if self.only is None and not self.given:
            found = self._moment(m)
            if found is not None:
                return found
            found = self._by_density(m)
            if found is not None:
                return found
        label = (self.only, self.given)
        return algebra.make("mean", label, (Poly({m: Fraction(1)}),))

    def _by_density(self, m: Monomial) -> Poly | None:
        """The mean over the one variable in m, whose density the text defines."""
        sources = self.sources(Poly({m: Fraction(1)}))
        if len(sources) != 1:
            return None
        ((name, index),) = sources
        kind = self.algebra.context.kind(name)  # type: ignore[arg-type]
        if not isinstance(kind, RandomVariable) or kind.law is None or (density := density_of(self.algebra.context, kind.law)) is None:
            return None
        place = self.algebra.temporary(integer=False)
        return weighted(self.algebra, density, place, replace(self.algebra, Poly({m: Fraction(1)}), {self.algebra.source_atom(name, index): atom_power(place)}))

    def _odd(self, m: Monomial) -> bool:
        """Whether m is an odd function of the one variable in it, of which X and -X have one law: ``E[X |X|] = 0``."""
        factor = Poly({m: Fraction(1)})
        sources = self.sources(factor)
        if len(sources) != 1:
            return False
        ((name, index),) = sources
        kind = self.algebra.context.kind(name)  # type: ignore[arg-type]
        if not isinstance(kind, RandomVariable) or not kind.symmetric or any(self.sources(i) for i in index):
            return False
        variable = self.algebra.source_atom(name, index)
        return replace(self.algebra, factor, {variable: -atom_power(variable)}) == -factor

    def _moment(self, m: Monomial) -> Poly | None:
        algebra = self.algebra
        sources = self.sources(Poly({m: Fraction(1)}))
        if len(sources) != 1 or len(m) != 1:
            return None
        ((name, index),) = sources
        ((a, e),) = m
        kind = algebra.context.kind(name)  # type: ignore[arg-type]
        law = self._law(kind)
        atom = algebra.atoms[a]
        if atom.head in ("sym", "seq") and isinstance(e, Fraction) and e.denominator == 1 and e > 0:
            stated = stated_moment(algebra, name, int(e), index)
            if stated is not None:
                return stated
            if law is None and isinstance(kind, RandomVariable) and kind.identical and index != (first := (ONE,) * len(index)):
                return self._atom(((algebra.source_atom(name, first), e),))  # of one law: the first has the same moment
            return None if law is None else moment(algebra, law, int(e))
        if atom.head == "e" and law is not None:
            exponent = raised(e)
            variable = algebra.source_atom(name, index)
            linear = ((variable, Fraction(1)),)
            rest = Poly({k: c for k, c in exponent.terms.items() if k != linear})
            if linear in exponent.terms and not self.sources(rest):
                found = exponential_moment(algebra, law, number(exponent.terms[linear]))
                return None if found is None else algebra.mul(found, algebra.exp(rest))
        return None

    def _law(self, kind: object) -> Law | None:
        if not isinstance(kind, RandomVariable) or kind.law is None:
            return None
        law = read_law(self.algebra, kind.law)
        if law is None or any(self.sources(p) for p in law.parameters):
            return None
        return law


def stated_moment(algebra: Declared, name: Term, degree: int, index: tuple[Poly, ...]) -> Poly | None:
    """E[x_i ** degree] where a hypothesis states it, for one index or for all."""
    if not algebra.moments_known:
        algebra.moments_known = True
        bound, algebra._env = algebra._env, {}  # hypotheses speak of their own i, not of one that is bound here
        try:
            stated_moments(algebra)
        finally:
            algebra._env = bound
    for pattern, value in algebra.moments.get((name, degree), ()):
        values: dict[int, Poly] = {}
        if any(mine != theirs and not algebra.stands_for_all(mine) for mine, theirs in zip(pattern, index, strict=True)):
            continue
        for mine, theirs in zip(pattern, index, strict=True):
            single = mine.single
            if mine == theirs:
                continue
            if single is None or mine.constant is not None or len(single[1]) != 1 or algebra.atoms[single[1][0][0]].head != "sym":
                break
            values[single[1][0][0]] = theirs
        else:
            return replace(algebra, value, values) if values else value
    return None


def stated_moments(algebra: Declared) -> dict[tuple[Term, int], list[tuple[tuple[Poly, ...], Poly]]]:
    """What hypotheses such as ``E[x_i] = mu`` and ``Var(x_i) = s`` say: (name, degree) -> [(indices, value)]."""
    table = algebra.moments
    equations = [
        (left, right)
        for h in algebra.context.hypotheses
        if isinstance(h, Relation)
        for left, sign, right in zip(h.items, h.signs, h.items[1:], strict=False)
        if sign == "="
    ]
    for wanted in (("E",), ("Var", "var", "V", "E")):
        for left, right in equations:
            heads = {t.function.text for side in (left, right) for _, t in subterms(side) if isinstance(t, Call) and isinstance(t.function, Name)}
            if not heads & set(wanted):
                continue
            try:
                _learn_moment(algebra, algebra.poly(left) - algebra.poly(right), table)
            except Stuck:
                continue
            algebra.forget()
    return table


def _learn_moment(algebra: Declared, p: Poly, table: dict[tuple[Term, int], list[tuple[tuple[Poly, ...], Poly]]]) -> None:
    means = [(m, c) for m, c in p.terms.items() if len(m) == 1 and m[0][1] == 1 and algebra.atoms[m[0][0]].head == "mean"]
    for m, c in sorted(means, key=lambda term: _numbered(algebra, algebra.atoms[term[0][0][0]].args[0])):
        inner = algebra.atoms[m[0][0]].args[0].single
        rest = Poly({k: v for k, v in p.terms.items() if k != m}).scale(Fraction(-1) / c)
        if inner is None or len(inner[1]) != 1 or algebra.mentions(rest, m[0][0]):
            continue
        ((a, e),) = inner[1]
        atom = algebra.atoms[a]
        if atom.head in ("sym", "seq") and isinstance(e, Fraction) and e.denominator == 1:
            table.setdefault((atom.data, int(e)), []).append((atom.args, rest))
            return


def _numbered(algebra: Declared, body: Poly) -> bool:
    """Whether only members with numbers stand in it: of ``E[x_i^2] = E[x_1^2]`` the right side is what every moment is."""
    return all(arg.constant is not None for m in body.terms for a, _ in m for arg in algebra.atoms[a].args)
