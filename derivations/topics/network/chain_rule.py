"""The chain rule in SymPy: how the loss changes with one number, through what is defined in components.

A name that is defined is a quantity of its own. A derivative goes through its definition, and what comes out is said in its name again: a normalized input
depends on an input itself, on the mean and on the variance, and the result is said in normalized inputs. SymPy differentiates; sums over a Kronecker delta are
its one summand; what is named is put back by solving its definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import sympy as sp
from sympy.concrete.delta import deltasummation

from derivations.language.context import Context, Domain, Function, Loss, Scalar
from derivations.language.context import Sequence as Family
from derivations.language.denote import key
from derivations.language.errors import DeriveError
from derivations.language.structure import free_names, substitute, subterms
from derivations.language.term import Call, Deriv, Index, Name, Num, Relation, Root, Term
from derivations.topics.working import Order, Working

_Slope: Final[Any] = type("Slope", (sp.Function,), {"__doc__": "The derivative of a quantity of which nothing is known but that it has one."})
Part = tuple[tuple[Any, ...], Any]


class ChainRule:
    """The definitions of a context in SymPy.

    ``kept`` are parts of them that are quantities without a name of their own, such as a logistic function. ``said`` gives to a quantity what it is to be put
    for: ``{y[i]: e^{-x_i}}`` for a logistic ``y``, so that its derivative is said in ``y``. Both choose between forms that are equal.
    """

    def __init__(self, known: Context, loss: Name, said: Mapping[Term, Term] | None = None, kept: Sequence[Term] = ()) -> None:
        self.known, self.loss = known, loss
        self.functions = {key(name): (name, kind.arity) for name, kind in known.kinds if isinstance(kind, Function) and isinstance(name, Name)}
        self.work = Working(_declared(known))
        self.made: dict[Any, tuple[tuple[Any, ...], Any]] = {}
        """The symbol or the base of a quantity, with the letters of its entries and what they are."""
        self.letters: dict[Any, tuple[Name, ...]] = {}
        self.open: set[Any] = set()
        """Quantities of which nothing is known but that they have derivatives."""
        self.gradients: dict[Any, Any] = {}
        self.kept: dict[Any, tuple[tuple[Name, ...], Term]] = {}
        self.heads: dict[str, Any] = {}
        for number, whole in enumerate(kept):
            inner = tuple(sorted((name for name in free_names(whole) if known.range_of(name)), key=lambda name: name.text))
            self.kept[sp.IndexedBase(f"kept{number}", real=True)] = inner, whole
        for base, (inner, whole) in self.kept.items():
            self.made[base] = self.letters_of(inner), self.of(whole)
        for d in known.definitions:
            head = _head(self.of(d.lhs))
            self.letters[head] = tuple(d.parameters)
            if any(isinstance(part, Call) and key(part.function) in self.functions and len(part.arguments) > 1 for _, part in subterms(d.rhs)
                   if isinstance(part, Call) and isinstance(part.function, Name)):  # fmt: skip
                self.open.add(head)
            self.made[head] = self.letters_of(d.parameters), self.in_kept(self.in_case(self.of(d.rhs)))
            self.gradients[head] = sp.IndexedBase(f"gradient{len(self.gradients)}", real=True)
        self.said = [(self.in_kept(self.of(quantity)), self.of(inner)) for quantity, inner in (said or {}).items()]

    # SymPy's side

    def letters_of(self, names: Iterable[Name]) -> tuple[Any, ...]:
        return tuple(map(self.of, names))

    def of(self, written: Term) -> Any:
        """A term in SymPy. The derivative of a function is a function again."""
        applied = sp.core.function.AppliedUndef
        return self.work.of(written).replace(lambda e: isinstance(e, applied), lambda e: self.function(e.func.__name__)(*e.args))

    def function(self, name: str) -> Any:
        if name not in self.heads:
            self.heads[name] = type(name, (sp.Function,), {"fdiff": lambda call, at=1: self.function(f"{name}'")(*call.args)})
        return self.heads[name]

    def in_case(self, e: Any) -> Any:
        """What an expression is for numbers of the sign that is assumed."""
        for fact in self.known.hypotheses:
            if isinstance(fact, Relation) and fact.signs in ((">",), ("<",)) and isinstance(fact.items[0], Name | Index) and fact.items[1] == Num("0"):
                one = self.of(fact.items[0])
                letter = sp.Dummy("case", **{"positive" if fact.signs == (">",) else "negative": True})
                e = e.subs(one, letter).subs(letter, one)
        return e

    def in_kept(self, e: Any) -> Any:
        for base, (places, _) in self.kept.items():
            e = e.subs(self.made[base][1], base[self.letters_of(places)])
        return e

    def meaning(self, quantity: Any) -> Any:
        letters, meant = self.made[_head(quantity)]
        return meant.subs(dict(zip(letters, quantity.indices, strict=True)), simultaneous=True) if letters else meant

    def quantities(self, e: Any) -> list[Any]:
        """What is defined and stands in an expression."""
        return sorted((one for one in e.atoms(sp.Symbol, sp.Indexed) if _head(one) in self.made), key=sp.default_sort_key)

    def depends(self, quantity: Any, by: Any) -> bool:
        """Whether a quantity is made of a number; of one of its own entries it is not."""
        return _head(quantity) != _head(by) and any(
            _head(one) == _head(by) or (_head(one) in self.made and self.depends(one, by)) for one in self.meaning(quantity).atoms(sp.Symbol, sp.Indexed)
        )

    def total(self, e: Any, by: Any) -> Any:
        """The derivative of an expression by a number, itself and through all that is defined.

        Raises:
            DeriveError: a sum runs over the entries of a quantity that depends on the number.
        """
        found, bound = e.diff(by), {letter for total in e.atoms(sp.Sum) for letter in total.variables}
        for quantity in self.quantities(e):
            if self.depends(quantity, by):
                if quantity.free_symbols & bound:
                    raise DeriveError(f"the chain rule does not go through the entries of a quantity that a sum runs over, in {e}")
                letter = sp.Dummy("quantity", real=True)
                outer = e.subs(quantity, letter).diff(letter).subs(letter, quantity)
                if outer != 0:
                    inner = _Slope(quantity, by) if _head(quantity) in self.open else self.total(self.meaning(quantity), by)
                    found += self.summed(outer) * inner
        return self.in_names(_sifted(found))

    def summed(self, e: Any) -> Any:
        """An expression whose sums are taken apart where the definitions say what the parts add up to: deviations from a mean add up to zero."""
        if not e.has(sp.Sum):
            return e
        values = {}
        for quantity in self.quantities(e):
            meant, letter = self.meaning(quantity), sp.Dummy("sum")
            if len(sums := meant.atoms(sp.Sum)) == 1:
                (total,) = sums
                values[total.as_dummy()] = _solved(meant.subs(total, letter) - quantity, letter)

        def added(total: Any) -> Any:
            variable, *_ = total.variables
            whole = sp.S.Zero
            for part in sp.Add.make_args(sp.expand(total.function)):
                factor, rest = part.as_independent(variable, as_Add=False)
                one = sp.Sum(rest, *total.limits)
                whole += factor * (one.doit() if rest == 1 else values.get(one.as_dummy(), one))
            return whole

        apart = sp.expand(e.replace(lambda one: isinstance(one, sp.Sum), added))
        return e if apart.has(sp.Sum) else apart

    def in_names(self, e: Any) -> Any:
        """What was named is said in its name: its definition, solved for a part, put in for that part."""
        before = e
        for quantity, inner in self.said:
            letter = sp.Dummy("part")
            letters = self.made[_head(quantity)][0]
            solved = _solved(self.meaning(quantity).subs(inner, letter) - quantity, letter)
            masks = {total: sp.Dummy("sum") for total in e.atoms(sp.Sum)}
            e = e.xreplace(masks)
            if isinstance(quantity, sp.Indexed):
                entry = next(one for one in sorted(inner.atoms(sp.Indexed), key=sp.default_sort_key) if set(letters) <= one.free_symbols)
                for one in sorted(e.atoms(sp.Indexed), key=sp.default_sort_key):
                    if one.base == entry.base:
                        at = dict(zip(entry.indices, one.indices, strict=True))
                        e = e.subs(inner.subs(at, simultaneous=True), solved.subs(at, simultaneous=True))
            e = e.xreplace({mask: total for total, mask in masks.items()})
        return e if e == before else sp.factor_terms(sp.cancel(e))

    # the loss

    def changes(self, variable: Term, through: Name | None = None) -> tuple[Any, Any]:
        """The derivative of the loss by a number: with the derivatives of outputs by the number as they stand, and computed.

        It goes ``through`` the entries of a quantity; of that on which the loss is said to depend if none is given.
        """
        outputs = through or next(one.symbol for _, kind in self.known.kinds if isinstance(kind, Loss) for one in kind.of)
        by, head = self.of(variable), next(base for base in self.made if self.work.names.get(base) == outputs)
        spared = self.spared(variable, head)
        places = [sp.Dummy(name.text, integer=True, positive=True) for name in spared]
        bounds = [self.limits(name) for name in self.letters[head]]
        entry, gradient = head[tuple(places)], self.gradients[head][tuple(places)]
        parts = list(_by_deltas(self.total(self.meaning(entry), by)))
        shared = set.intersection(*(set(deltas) for deltas, _ in parts)) if parts else set()
        kept_apart = _added_up(tuple(sorted(shared, key=sp.default_sort_key)), gradient * _Slope(entry, by), places, bounds)
        return kept_apart, _without_common(sp.Add(*(_added_up(deltas, gradient * _without_common(factor), places, bounds) for deltas, factor in parts)))

    def put_in(self, e: Any, quantity: Name, value: Any) -> Any:
        """An expression with the derivative of the loss by the entries of a quantity put in."""
        head = next(base for base in self.made if self.work.names.get(base) == quantity)
        letters = self.made[head][0]
        return e.replace(
            lambda one: isinstance(one, sp.Indexed) and one.base == self.gradients[head],
            lambda one: value.subs(dict(zip(letters, one.indices, strict=True)), simultaneous=True),
        )

    def spared(self, variable: Term, head: Any) -> list[Name]:
        """The letters of the outputs; another one with the same range where the variable has it."""
        taken, found = free_names(variable), []
        for name in self.letters[head]:
            others = (one for one, low, high in self.known.ranges if (low, high) == self.known.range_of(name))
            found.append(next((one for one in (name, *others) if one not in taken and one not in found), name))
        return found

    def limits(self, name: Name) -> tuple[Any, Any]:
        found = self.known.range_of(name)
        if found is None:
            raise DeriveError(f"nothing says how far {name.text} runs")
        return self.of(found[0]), self.of(found[1])

    def written(self, e: Any) -> Term:
        """A derivative of the loss as a term: what comes back stands in front, a fraction before it, and functions behind."""
        names: dict[Any, Term] = {}
        front: dict[str, list[Any]] = {"before": [], "within": []}
        gradients = {gradient: self.work.names[head] for head, gradient in self.gradients.items()}
        placed = {place for place, *_ in self.known.ranges}
        entries = sorted((one for one, name in self.work.names.items() if name not in placed), key=str)

        def term_of(part: Any) -> Term:
            return self.work.term(part, Order((*front["before"], *gradients, *front["within"], *entries), (*gradients, 1)), names)

        def letter(written: Term) -> Any:
            names[one := sp.Dummy("function", real=True)] = written
            return one

        def named(one: Any) -> Any:
            if isinstance(one, sp.Indexed):
                places, whole = self.kept[one.base]
                return letter(substitute(whole, dict(zip(places, map(term_of, one.indices), strict=True))))
            if isinstance(one, sp.KroneckerDelta):
                return letter(Index(Name("delta"), tuple(map(term_of, sorted(one.args, key=lambda place: place.has(sp.Indexed))))))
            if isinstance(one, _Slope):
                return letter(slope(*map(term_of, one.args)))
            if (head := one.func.__name__).rstrip("'") in self.functions:
                name, _ = self.functions[head.rstrip("'")]
                return letter(Call(replace(name, primes=name.primes + head.count("'")), tuple(map(term_of, one.args))))
            return letter(term_of(one))

        def apart(product: Any) -> Any:
            behind = tuple(gradients) if product.has(*gradients) else functions
            before = [one for one in sp.Mul.make_args(product) if not one.has(*behind)]
            factor = sp.Mul(*before)
            if sp.fraction(factor, exact=True)[1] == 1:
                return product
            sign = -1 if factor.could_extract_minus_sign() else 1
            number, rest = (sign * factor).as_independent(*factor.free_symbols, as_Add=False)
            if not number.is_rational and (square := number**-2).is_positive and sp.fraction(square)[1] == 1:  # one root: 1 / sqrt(2 pi)
                factor = sign * rest / letter(Root(term_of(square)))
            fraction = letter(term_of(sign * factor))
            front["before" if behind == tuple(gradients) else "within"].append(fraction)
            return sign * fraction * sp.Mul(*(one for one in sp.Mul.make_args(product) if one.has(*behind)))

        e = e.replace(lambda one: isinstance(one, sp.Function) or (isinstance(one, sp.Indexed) and one.base in self.kept), named)
        functions = tuple(names)
        names |= {one: slope(self.loss, Index(gradients[one.base], tuple(map(term_of, one.indices)))) for one in e.atoms(sp.Indexed) if one.base in gradients}
        return term_of(e.replace(lambda one: isinstance(one, sp.Mul) and one.has(*gradients, *functions), apart))


def _solved(difference: Any, letter: Any) -> Any:
    """The value of a letter at which a difference is zero. Of what is linear in it without its denominator, ``solve`` would take long to find that out."""
    above = sp.fraction(sp.together(difference))[0]
    slope = above.diff(letter)
    return sp.solve(above, letter)[0] if slope.has(letter) else -above.subs(letter, 0) / slope


def _declared(known: Context) -> Context:
    """The context in which what is defined is a number, or a family of them."""
    found = replace(known, definitions=())
    above_zero = {fact.items[0] for fact in known.hypotheses if isinstance(fact, Relation) and fact.signs == (">",)}
    for d in known.definitions:
        match d.lhs:
            case Name():
                found = found.declare(Scalar(Domain.POSITIVE if d.lhs in above_zero else Domain.REAL), d.lhs)
            case Index(Name() as base, places):
                found = found.declare(Family(Domain.POSITIVE if d.lhs in above_zero else Domain.REAL, arity=len(places)), base)
    return found


def slope(of: Term, variable: Term) -> Deriv:
    return Deriv(of, ((variable, 1),), True)


def _head(e: Any) -> Any:
    return e.base if isinstance(e, sp.Indexed) else e


def _sifted(e: Any) -> Any:
    """Sums over a Kronecker delta as their one summand."""

    def summand(total: Any) -> Any:
        for number, (variable, low, high) in enumerate(total.limits):
            parts = list(_by_deltas(total.function, variable))
            if any(deltas for deltas, _ in parts):
                others = (*total.limits[:number], *total.limits[number + 1 :])
                found = sp.S.Zero
                for deltas, factor in parts:
                    one = deltasummation(sp.Mul(factor, *deltas), (variable, low, high), no_piecewise=True) if deltas else sp.Sum(factor, (variable, low, high))
                    found += summand(sp.Sum(one, *others)) if others else one
                return found
        return total

    return e.replace(lambda one: isinstance(one, sp.Sum) and one.has(sp.KroneckerDelta), summand)


def _by_deltas(e: Any, variable: Any = None) -> Iterator[Part]:
    """An expression that is linear in Kronecker deltas, by their products; only those of one variable where it is given."""
    bound = {letter for total in e.atoms(sp.Sum) for letter in total.variables}
    deltas = [one for one in sorted(e.atoms(sp.KroneckerDelta), key=sp.default_sort_key)
              if not one.free_symbols & bound and (variable is None or variable in one.args)]  # fmt: skip
    letters = [sp.Dummy("delta") for _ in deltas]
    parts: list[Part] = [((), e.xreplace(dict(zip(deltas, letters, strict=True))))]
    for delta, letter in zip(deltas, letters, strict=True):
        parts = [(found, value) for one, factor in parts for found, value in (((*one, delta), factor.diff(letter)), (one, factor.subs(letter, 0)))]
    for found, value in parts:
        value = value.replace(lambda one: isinstance(one, sp.Sum) and one.function == 0, lambda _: sp.S.Zero)
        if value != 0:
            yield found, value


def _added_up(deltas: Sequence[Any], e: Any, places: Sequence[Any], bounds: Sequence[tuple[Any, Any]]) -> Any:
    """A summand times Kronecker deltas, added up over all places."""
    left = dict(zip(places, bounds, strict=True))
    e = sp.Mul(e, *deltas)
    for delta in deltas:
        place = next((one for one in delta.args if one in left), None)
        if place is not None:
            e = deltasummation(e, (place, *left.pop(place)), no_piecewise=True)
    if not left:
        return e
    parts = [part.as_independent(*left, as_Add=False) for part in sp.Add.make_args(sp.expand(e))]
    if len({abs(factor) if factor.is_number else factor for factor, _ in parts}) == 1:
        factor, rest = e.as_independent(*left, as_Add=False)
        parts = [(factor, rest)]
    whole = sp.S.Zero
    for factor, rest in parts:
        for place in reversed(left):
            rest = sp.Sum(rest, (place, *left[place]))
        whole += factor * rest
    return whole


def _without_common(e: Any) -> Any:
    """The terms of a sum with their common factors before them."""
    if not isinstance(e, sp.Add):
        return e
    powers = [{base: power for base, power in (factor.as_base_exp() for factor in sp.Mul.make_args(term)) if not base.is_number} for term in e.args]
    common = sp.Mul(*(
        base ** (min if power > 0 else max)(one[base] for one in powers)
        for base, power in powers[0].items()
        if power.is_number and all(base in one and one[base].is_number and (one[base] > 0) == (power > 0) for one in powers)
    ))  # fmt: skip
    return common * sp.Add(*(term / common for term in e.args))


__all__ = ["ChainRule", "slope"]
