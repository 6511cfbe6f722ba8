"""Terms into normal form: what each written construct means for scalars, under a context.

Definitions are unfolded as they are met, except recurrences (``m_{t+1} := ... m_t ...``), which are equations to be used, not to be unfolded for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derivations.language.context import Array, Context, Definition, Domain, Function, IndexSet, RandomVariable, Scalar, Sequence
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import substitute
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
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
)
from derivations.rules.normal.algebra import Atom, Stuck
from derivations.rules.normal.calculus import differentiate
from derivations.rules.normal.forms import INFINITE, MINUS_INFINITE, Forms, Limit
from derivations.rules.normal.functions import apply_named, base_logarithm
from derivations.rules.normal.poly import ONE, ZERO, Poly, atom_power, number, total
from derivations.rules.normal.rebuild import replace

INFINITY = Const("oo")


class Algebra(Forms):
    """The normal form of scalar terms in a context. ``poly(term)`` raises Stuck for what it cannot express."""

    def __init__(self, context: Context, budget_seconds: float = 5.0, *, lenient: bool = False) -> None:
        super().__init__(budget_seconds)
        self.context = context
        self.lenient = lenient
        """Undeclared names are real numbers (the checker of other people's documents reports them); otherwise they are refused."""
        self._env: dict[Name, Poly] = {}
        self._held: set[Term] = set()
        self._entries: dict[tuple[Term, tuple[Poly, ...]], Term] | None = None
        self._cache: dict[Term, Poly] = {}
        self._depth = 0
        self._read_hypotheses()

    # -- the context -----------------------------------------------------------------------------------------------------------------

    def _read_hypotheses(self) -> None:
        for hypothesis in self.context.hypotheses:
            if isinstance(hypothesis, Relation):
                for left, sign, right in zip(hypothesis.items, hypothesis.signs, hypothesis.items[1:], strict=False):
                    if sign in ("<", "<=", ">", ">=", "!="):
                        try:
                            difference = self.poly(right) - self.poly(left)
                        except Stuck:
                            continue
                        self._fact(difference if sign in ("<", "<=") else -difference, strict=sign in ("<", ">"), nonzero=sign == "!=")

    def _fact(self, p: Poly, *, strict: bool, nonzero: bool = False) -> None:
        if nonzero or not p:
            return
        self._signs.clear()
        (self.positive_facts if strict else self.nonnegative_facts).append(p)
        single = p.single
        if single is not None and single[0] > 0 and len(single[1]) == 1 and single[1][0][1] == 1:
            (self.positive_atoms if strict else self.nonnegative_atoms).add(single[1][0][0])

    def assume_positive(self, p: Poly, *, strict: bool = True) -> bool:
        """Take p > 0 (or >= 0) as a fact unless it is known already; answers whether it was new."""
        if self.sign(p) in (("+",) if strict else ("+", "0+")):
            return False
        cleared, inverses = self.cleared(p)
        self._fact(p, strict=strict)
        if inverses and strict and self.sign(Poly({inverses: Fraction(1)})) == "+":
            self._fact(cleared, strict=True)
        if len(cleared) > 1 and not inverses:
            scale, monomial, base = self.canonical(cleared)
            if scale > 0 and self.sign(Poly({monomial: Fraction(1)})) == "+":
                self._fact(base, strict=strict)
        return True

    def hold(self, names: Iterable[Term]) -> None:
        """Leave these names as they are, even where they are defined."""
        self._held |= set(names)
        self._cache.clear()

    def forget(self) -> None:
        """Drop cached values: new facts let logarithms and roots split further."""
        self._cache.clear()
        self._signs.clear()

    def symbol(self, name: Term, domain: Domain, head: str = "sym", args: tuple[Poly, ...] = ()) -> Poly:
        """An atom for a declared scalar or an entry, with what its domain says about its sign."""
        if head == "seq":
            value = self._entry_value(name, args)
            if value is not None:
                return value
        k = self.intern(Atom(head, name, args))
        if k in self._known_domains:
            return atom_power(k)
        self._known_domains.add(k)
        p = atom_power(k)
        match domain:
            case Domain.POSITIVE | Domain.NATURAL:
                self.positive_atoms.add(k)
            case Domain.NONNEGATIVE | Domain.WHOLE | Domain.PROBABILITY:
                self.nonnegative_atoms.add(k)
            case Domain.NEGATIVE:
                self._fact(-p, strict=True)
            case Domain.UNIT:
                self.positive_atoms.add(k)
                self._fact(ONE - p, strict=True)
            case _:
                pass
        if domain is Domain.PROBABILITY:
            self._fact(ONE - p, strict=False)
        if domain is Domain.NATURAL and head == "sym":
            self._fact(p - ONE, strict=False)
        if domain.discrete:
            self.integer_atoms.add(k)
        return p

    def entry(self, atom: Atom, args: tuple[Poly, ...]) -> Poly:
        kind = self.context.kind(atom.data)
        return self.symbol(atom.data, kind.domain if isinstance(kind, Sequence) else Domain.REAL, "seq", args)

    def _entry_value(self, base: Term, args: tuple[Poly, ...]) -> Poly | None:
        """The value of an entry that the context defines by itself, such as ``m_0 := 0``."""
        if self._entries is None:
            self._entries = {}
            for definition in self.context.definitions:
                lhs = definition.lhs
                if isinstance(lhs, Index) and not definition.parameters and lhs not in self._held and all(isinstance(s, Num) for s in lhs.subscripts):
                    self._entries[lhs.base, tuple(number(Fraction(s.digits)) for s in lhs.subscripts if isinstance(s, Num))] = definition.rhs
        rhs = self._entries.get((base, args))
        return None if rhs is None else self.poly(rhs)

    @property
    def _known_domains(self) -> set[int]:
        found: set[int] = self.__dict__.setdefault("_domains", set())
        return found

    # -- terms -----------------------------------------------------------------------------------------------------------------------

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
        self.tick()
        match term:
            case Num(digits):
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
            case Call():
                return self._call(term)
            case Bars(kind, body, subscript):
                return self._bars(kind, body, subscript)
            case Big():
                return self._big(term)
            case Deriv():
                return self._derivative(term)
            case At(body, variable, value, None):
                return self._at(body, variable, value)
            case At(body, variable, value, upper) if upper is not None:
                return self._at(body, variable, upper) - self._at(body, variable, value)
            case Integral():
                return self._integral(term)
            case Cases(rows):
                return self._cases(rows)
            case _:
                raise Stuck(f"no scalar meaning for a {type(term).__name__} term here")

    def _signed(self, sign: str, part: Term) -> Poly:
        if sign == "±":
            raise Stuck("a plus-minus sign stands for two statements")
        value = self.poly(part)
        return value if sign == "+" else -value

    def _definition(self, term: Term) -> Poly | None:
        if term in self._held:
            return None
        for definition in self.context.definitions:
            values = match_definition(definition, term)
            if values is not None and not calls_itself(definition):
                return self._unfolded(definition, values)
        return None

    def _unfolded(self, definition: Definition, values: dict[Name, Term]) -> Poly:
        if definition.where is not None:
            raise Stuck("a definition with a condition is used as an equation, not unfolded")
        return self.poly(substitute(definition.rhs, dict(values.items())))

    def _name(self, name: Name) -> Poly:
        if name in self._env:
            return self._env[name]
        defined = self._definition(name)
        if defined is not None:
            return defined
        match self.context.kind(name):
            case Scalar(domain):
                return self.symbol(name, domain)
            case RandomVariable(_, 0, None):
                return self.symbol(name, Domain.REAL)
            case None if self.lenient:
                return self.symbol(name, Domain.REAL)
            case None:
                raise Stuck(f"the name {name.text!r} is not declared in the context")
            case kind:
                raise Stuck(f"{name.text!r} is {kind} and not a number")

    def _index(self, term: Index) -> Poly:
        defined = self._definition(term)
        if defined is not None:
            return defined
        own = self.context.kind(term)
        if isinstance(own, Scalar):
            return self.symbol(term, own.domain)
        base = term.base
        kind = self.context.kind(base) if isinstance(base, Name) else None
        if isinstance(base, Name) and base.text == "delta" and kind is None and len(term.subscripts) == 2:
            return self.delta(self.poly(term.subscripts[0]), self.poly(term.subscripts[1]))
        match kind:
            case Sequence(domain, _):
                return self.symbol(base, domain, "seq", tuple(self.poly(s) for s in term.subscripts))
            case Array() | RandomVariable():
                return self.symbol(base, Domain.REAL, "seq", tuple(self.poly(s) for s in term.subscripts))
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
        if isinstance(function, Pow):
            inner = self.poly(Call(function.base, term.arguments, term.bracket))
            return self.power(inner, self.poly(function.exponent))
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

    def _unknown_function(self, function: Name, kind: Function, arguments: tuple[Term, ...]) -> Poly:
        args = tuple(self.poly(a) for a in arguments)
        value = self.make("seq" if kind.on_integers else "fun", function if kind.on_integers else (function, (0,) * len(args)), args)
        if kind.properties & {"positive", "density"}:
            self.positive_atoms.update(a for m in value.terms for a, _ in m)
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

    # -- binders ---------------------------------------------------------------------------------------------------------------------

    def within(self, name: Name, value: Poly, body: Term) -> Poly:
        """The normal form of a body with a name bound to a value."""
        before = self._env.get(name)
        self._env[name] = value
        try:
            return self.poly(body)
        finally:
            if before is None:
                del self._env[name]
            else:
                self._env[name] = before

    def _limit(self, term: Term) -> Limit:
        if isinstance(term, Group):
            return self._limit(term.body)
        if term == INFINITY:
            return INFINITE
        if term == Add((("-", INFINITY),)):
            return MINUS_INFINITE
        return self.poly(term)

    def _big(self, term: Big) -> Poly:
        if not isinstance(term.variable, Name):
            raise Stuck("a big operator over something that is not a name")
        if term.op not in ("sum", "prod"):
            raise Stuck(f"the operator {term.op} has no rule in the scalar normal form")
        variable = self.temporary()
        low_high = self._range(term)
        excluded: Poly | None = None
        domain: Term | None = None
        match term.where:
            case None:
                pass
            case Relation((Name() as left, right), ("!=",)) if left == term.variable:
                excluded = self.poly(right)
            case Relation((Name() as left, right), ("in",)) if left == term.variable:
                domain = right
            case _:
                raise Stuck("a condition under a big operator that the rules do not know")
        body = self.within(term.variable, atom_power(variable), term.body)
        if term.op == "prod":
            if low_high is None or domain is not None:
                raise Stuck("a product without limits")
            value = self.product_range(variable, body, *low_high)
            return value if excluded is None else self.mul(value, self.power(replace(self, body, {variable: excluded}), Fraction(-1)))
        value = self.sum_range(variable, body, *low_high) if low_high and domain is None else self.sum_over_set(variable, body, domain)
        if excluded is not None:
            self.assuming.add("every index lies in the range of its sum")
            value = value - replace(self, body, {variable: excluded})
        return value

    def _range(self, term: Big) -> tuple[Limit, Limit] | None:
        if term.lower is not None and term.upper is not None:
            return self._limit(term.lower), self._limit(term.upper)
        if term.lower is None and term.upper is None:
            found = self.context.range_of(term.variable) if isinstance(term.variable, Name) else None
            return None if found is None else (self._limit(found[0]), self._limit(found[1]))
        raise Stuck("a big operator with only one limit")

    def _derivative(self, term: Deriv) -> Poly:
        held = {v for v, _ in term.variables if v not in self._held}
        self._held |= held
        try:
            saved, self._cache = self._cache, {}
            value = self.poly(term.body)
            for variable, order in term.variables:
                by = self.poly(variable).single
                if by is None or len(by[1]) != 1 or by[1][0][1] != 1 or by[0] != 1:
                    raise Stuck("a derivative by something that is not a variable")
                for _ in range(order):
                    value = differentiate(self, value, by[1][0][0])
            atoms = {v: self.poly(v) for v in held}
        finally:
            self._held -= held
            self._cache = saved
        values = {p.single[1][0][0]: self.poly(v) for v, p in atoms.items() if p.single and self.poly(v) != p}
        return replace(self, value, values) if values else value

    def _at(self, body: Term, variable: Term, value: Term) -> Poly:
        inner = self.poly(body)
        by = self.poly(variable).single
        if by is None or len(by[1]) != 1:
            raise Stuck("an evaluation at something that is not a variable")
        return replace(self, inner, {by[1][0][0]: self.poly(value)})

    def _integral(self, term: Integral) -> Poly:
        if not isinstance(term.variable, Name):
            raise Stuck("an integral over something that is not a name")
        variable = self.temporary(integer=False)
        body = self.within(term.variable, atom_power(variable), term.body)
        limits = tuple(ZERO if t is None or t in (INFINITY, Add((("-", INFINITY),))) else self.poly(t) for t in (term.lower, term.upper))
        kinds = tuple("none" if t is None else "oo" if isinstance(self._limit(t), str) else "finite" for t in (term.lower, term.upper))

        def one(f: Poly) -> Poly:
            return self._bound_integral(variable, f, kinds, limits)

        return self._per_term(body, variable, one)

    def _bound_integral(self, variable: int, f: Poly, kinds: tuple[str, ...], limits: tuple[Poly, ...]) -> Poly:
        if f == ONE and kinds == ("finite", "finite"):
            return limits[1] - limits[0]
        return self._bound("bound_op", variable, f, ("integral", kinds), limits)

    def _cases(self, rows: tuple[tuple[Term, Term | None], ...]) -> Poly:
        for value, condition in rows:
            truth = True if condition is None else self._truth(condition)
            if truth is None:
                raise Stuck("a case distinction whose condition is not decided by the context")
            if truth:
                return self.poly(value)
        raise Stuck("no case applies")

    def _truth(self, condition: Term) -> bool | None:
        if not isinstance(condition, Relation):
            return None
        for left, sign, right in zip(condition.items, condition.signs, condition.items[1:], strict=False):
            known = self.sign(self.poly(right) - self.poly(left))
            truth = {"<": {"+": True, "0": False, "0-": False, "-": False}, "<=": {"+": True, "0+": True, "0": True, "-": False},
                     ">": {"-": True, "0": False, "0+": False, "+": False}, ">=": {"-": True, "0-": True, "0": True, "+": False},
                     "=": {"0": True, "+": False, "-": False}}.get(sign, {}).get(known or "")  # fmt: skip
            if truth is not True:
                return truth
        return True
