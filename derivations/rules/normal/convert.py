"""Terms into normal form: what each written construct means for scalars, under a context.

Definitions are unfolded as they are met, except recurrences (``m_{t+1} := ... m_t ...``), which are equations to be used, not to be unfolded for
ever.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derivations.language.context import Array, Definition, Domain, Function, IndexSet, Loss, RandomVariable, Scalar, Sequence, kind_in_words
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import free_names, substitute
from derivations.language.term import (
    Add,
    At,
    Bar,
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
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Root,
    Term,
    Transpose,
)
from derivations.rules.normal import binders, chance, densities, laws, losses, operators, softmax
from derivations.rules.normal.atoms import Atom, Stuck
from derivations.rules.normal.binding import replace
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.expectation import averaged
from derivations.rules.normal.forms import Limit
from derivations.rules.normal.functions import apply_named, base_logarithm
from derivations.rules.normal.poly import ONE, Poly, atom_power, number, total

MOST_DIGITS = 2_000
"""A number with more digits than this is not computed with."""


MOST_ROWS = 5
"""A determinant of more rows is not expanded: its terms are as many as the permutations of the rows."""


def _is_small_square(rows: tuple[tuple[Term, ...], ...]) -> bool:
    return 0 < len(rows) <= MOST_ROWS and all(len(row) == len(rows) for row in rows)


class Algebra(Declared):
    """The normal form of scalar terms in a context. ``poly(term)`` raises Stuck for what it cannot express."""

    def poly(self, term: Term) -> Poly:
        """The normal form of a scalar term."""
        if not self._env and term in self._cache:
            return self._cache[term]
        self._depth += 1
        if self._depth > 150:
            raise Stuck("the term is nested too deeply, or a definition leads back to itself")
        try:
            result = self._poly(term)
        finally:
            self._depth -= 1
        if not self._env:
            self._cache[term] = result
        return result

    def _poly(self, term: Term) -> Poly:
        self.budget.spend()
        match term:
            case Num(digits):
                if len(digits) > MOST_DIGITS:
                    raise Stuck(f"a number of more than {MOST_DIGITS} digits")
                return number(Fraction(digits))
            case Const("pi"):
                return self.make("pi")
            case Const("e"):
                return self.exp(ONE)
            case Const("i"):
                return self.make("i")
            case Group(body) | Marked(_, body):
                return self.poly(body)
            case Add(parts):
                return total(self._signed(sign, part) for sign, part in parts)
            case Mul(parts):
                for sign, _ in parts:
                    if sign in ("ast", "star", "circ", "otimes"):
                        raise Stuck(f"the product sign {sign} has no meaning between numbers")
                return self.product(self.poly(part) for _, part in parts)
            case Frac(numerator, denominator):
                below = self.poly(denominator)
                if not below:
                    raise Stuck("a division by zero")
                return self.mul(self.poly(numerator), self.power(below, Fraction(-1)))
            case Pow(Const("e"), exponent):
                return self.exp(self.poly(exponent))
            case Pow(base, exponent):
                return self.power(self.poly(base), self.poly(exponent))
            case Root(radicand, degree):
                order = Fraction(2) if degree is None else self.poly(degree).constant
                if not order:
                    raise Stuck("a root of symbolic degree")
                return self.power(self.poly(radicand), 1 / order)
            case Transpose(base):
                return self.poly(base)
            case Name():
                return self._name(term)
            case Index():
                return self._index(term)
            case Call(Name("det" | "Det"), (Matrix(rows),)) | Bars("det", Matrix(rows)) if _is_small_square(rows):
                return self._determinant([[self.poly(entry) for entry in row] for row in rows])
            case Call():
                return self._call(term)
            case Bars(kind, body, subscript):
                return self._bars(kind, body, subscript)
            case Big():
                return self._big(term)
            case Deriv():
                self.used.add("derivatives")
                return binders.derivative(self, term)
            case At(body, variable, value, None):
                return binders.at(self, body, variable, value)
            case At(body, variable, value, upper) if upper is not None:
                return binders.at(self, body, variable, upper) - binders.at(self, body, variable, value)
            case Integral():
                self.used.add("integrals")
                return binders.integral(self, term)
            case Cases(rows):
                return binders.cases(self, rows)
            case _:
                raise Stuck(f"no scalar meaning for a {type(term).__name__} term here")

    def _determinant(self, rows: list[list[Poly]]) -> Poly:
        """Expanded along the first row."""
        if len(rows) == 1:
            return rows[0][0]
        minors = [[[*row[:k], *row[k + 1 :]] for row in rows[1:]] for k in range(len(rows))]
        return total(self.mul(rows[0][k] if k % 2 == 0 else -rows[0][k], self._determinant(minor)) for k, minor in enumerate(minors) if rows[0][k])

    def _signed(self, sign: str, part: Term) -> Poly:
        if sign == "±":
            raise Stuck("a plus-minus sign stands for two statements")
        value = self.poly(part)
        return value if sign == "+" else -value

    def _definition(self, term: Term) -> Poly | None:
        if term in self._held or (isinstance(term, Index) and term.base in self._held_families):
            return None
        for definition in self.context.definitions:
            values = match_definition(definition, term)
            if values is not None and not calls_itself(definition):
                return self._unfolded(definition, values)
        return None

    def _unfolded(self, definition: Definition, values: dict[Name, Term]) -> Poly:
        if definition.where is not None:
            raise Stuck("a definition with a condition is used as an equation, not unfolded")
        if self._env and (free_names(definition.rhs) - set(definition.parameters)) & self._env.keys():
            raise Stuck("a definition mentions a name that is bound where it is used")
        self.used.add("definitions")
        return self.poly(substitute(definition.rhs, dict(values.items())))

    def _abbreviated(self, term: Name | Index) -> Poly | None:
        """``Z`` for ``Z(beta)`` and ``p_i`` for ``p_i(beta)``: the function at the present values of its parameters."""
        if term in self._held or (isinstance(term, Name) and self.context.kind(term) is not None):
            return None
        for definition in self.context.definitions:
            lhs = definition.lhs
            if isinstance(lhs, Call) and all(isinstance(a, Name) and a in definition.parameters for a in lhs.arguments):
                inner = tuple(p for p in definition.parameters if p not in lhs.arguments)
                values = match_definition(Definition(lhs.function, definition.rhs, inner), term)
                if values is not None and not calls_itself(definition):
                    return self._unfolded(definition, values)
        return None

    def _name(self, name: Name) -> Poly:
        if name in self._env:
            return self._env[name]
        if name in self.imaginary:
            return self.make("i")
        defined = self._definition(name)
        if defined is None:
            defined = self._abbreviated(name)
        if defined is not None:
            return defined
        match self.context.kind(name):
            case Scalar(domain):
                return self.symbol(name, domain)
            case RandomVariable(_, 0, None):
                return self.symbol(name, Domain.REAL)
            case Loss():
                return self.make("loss", name)
            case None if self.lenient:
                return self.symbol(name, Domain.REAL if self.context.range_of(name) is None else Domain.INTEGER)
            case None:
                raise Stuck(f"the name {name.text!r} is not declared in the context")
            case kind:
                raise Stuck(f"{name.text!r} is {kind_in_words(kind)} and not a number")

    def _index(self, term: Index) -> Poly:
        defined = self._definition(term)
        if defined is not None:
            return defined
        own = self.context.kind(term)
        if isinstance(own, Loss):
            return self.make("loss", term)
        bound = any(n in self._env for s in term.subscripts for n in free_names(s))
        if isinstance(own, Scalar) and not bound:
            return self.symbol(term, own.domain)
        if isinstance(own, RandomVariable):
            if bound:
                raise Stuck("a member of a family of random variables of which only single members are declared")
            return self.symbol(term, Domain.REAL)
        abbreviated = self._abbreviated(term)
        if abbreviated is not None:
            return abbreviated
        if isinstance(term.base, Call):
            return softmax.entry(self, term.base, term.subscripts)
        base = term.base
        kind = self.context.kind(base) if isinstance(base, Name) else None
        if isinstance(base, Name) and base.text == "delta" and kind is None and len(term.subscripts) == 2:
            return self.delta(self.poly(term.subscripts[0]), self.poly(term.subscripts[1]))
        match kind:
            case Sequence(domain, _):
                return self.symbol(base, domain, "seq", tuple(self.poly(s) for s in term.subscripts))
            case Array() | RandomVariable():
                return self.symbol(base, Domain.REAL, "seq", tuple(self.poly(s) for s in term.subscripts))
            case None if isinstance(own, Scalar):
                return self.symbol(base, own.domain, "seq", tuple(self.poly(s) for s in term.subscripts))
            case None if self.lenient:
                return self._undeclared_index(term)
            case _:
                raise Stuck("an indexed name is not declared as a sequence or an array")

    def _undeclared_index(self, term: Index) -> Poly:
        try:
            return self.symbol(term.base, Domain.REAL, "seq", tuple(self.poly(s) for s in term.subscripts))
        except Stuck:
            return self.symbol(term, Domain.REAL)

    def _call(self, term: Call) -> Poly:
        defined = self._definition(term)
        if defined is not None:
            return defined
        function = term.function
        while isinstance(function, Group) and not isinstance(function.body, Mul):
            function = function.body
        if isinstance(function, Pow):
            if self.poly(function.exponent).constant == -1:
                raise Stuck("the inverse of a function, which is not one over its value")
            inner = self.poly(Call(function.base, term.arguments, term.bracket))
            return self.power(inner, self.poly(function.exponent))
        if isinstance(function, Group | Mul):
            return operators.applied(self, function, term.arguments)
        special = chance.chance_call(self, term)
        if special is None:
            special = laws.density_call(self, term) or densities.density_at(self, term)
        if special is not None:
            self.used.add("probabilities")
            return special
        if isinstance(function, Index) and isinstance(function.base, Name) and function.base.text == "log":
            return base_logarithm(self, self.poly(function.subscripts[0]), self.poly(term.arguments[0]))
        if isinstance(function, Name):
            plain = Name(function.text, function.accent, function.font, 0, function.label)
            if function.primes and self.context.kind(function) is None:
                return self._primed(plain, function.primes, term.arguments)
            kind = self.context.kind(function)
            if isinstance(kind, Function):
                return self._unknown_function(function, kind, term.arguments)
            if kind is None and not any(isinstance(a, Bar) for a in term.arguments):
                value = apply_named(self, function.text, tuple(self.poly(a) for a in term.arguments))
                if value is not None:
                    return value
                if self.lenient:
                    return self._unknown_function(function, Function(len(term.arguments)), term.arguments)
        raise Stuck("a function that has neither a definition nor a declaration")

    def loss_derivative(self, atom: Atom, by: int) -> Poly:
        return losses.loss_derivative(self, atom, by)

    def remake_mean(self, atom: Atom, body: Poly) -> Poly:
        return averaged(self, body, *atom.data)

    def _unknown_function(self, function: Name, kind: Function, arguments: tuple[Term, ...]) -> Poly:
        args = tuple(self.poly(a) for a in arguments)
        value = self.make("seq" if kind.on_integers else "fun", function if kind.on_integers else (function, (0,) * len(args)), args)
        if kind.properties & {"positive", "density"}:
            self.positive_atoms.update(a for m in value.terms for a, _ in m)
        if "density" in kind.properties and len(args) == 1 and not kind.on_integers:
            self.densities.update(a for m in value.terms for a, _ in m)
        return value

    def _primed(self, function: Name, order: int, arguments: tuple[Term, ...]) -> Poly:
        """``f'(x)``: differentiate by a fresh variable, then put the argument in."""
        variable = self.temporary(integer=False)
        stand_in = Name("argument", primes=variable)
        self._env[stand_in] = atom_power(variable)
        try:
            value = self.poly(Call(function, (stand_in,)))
        finally:
            del self._env[stand_in]
        for _ in range(order):
            value = differentiate(self, value, variable)
        return replace(self, value, {variable: self.poly(arguments[0])})

    def _bars(self, kind: str, body: Term, subscript: Term | None) -> Poly:
        match kind:
            case "abs":
                return self.absolute(self.poly(body))
            case "norm" if subscript is None or subscript == Num("2"):
                return self.absolute(self.poly(body))
            case "floor":
                return self.floor(self.poly(body))
            case "ceil":
                return self.ceiling(self.poly(body))
            case "card" if isinstance(body, Name) and isinstance(self.context.kind(body), IndexSet):
                return self.make("card", body)
            case _:
                raise Stuck(f"the bars ({kind}) have no scalar meaning here")

    def value_of(self, symbol: Name | Index) -> Any:
        """What a name stands for, as a scalar or (where arrays are read too) as an array; None where it cannot be told."""
        return self.poly(symbol)

    # -- binders (overridden where arrays have entries) --------------------------------------------------------------------------------

    def _big(self, term: Big) -> Poly:
        return binders.big(self, term)

    def _limit(self, term: Term) -> Limit:
        return binders.limit(self, term)

    def _range(self, term: Big) -> tuple[Limit, Limit] | None:
        return binders.range_of(self, term)
