"""The default written form of an expression that SymPy computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cmp_to_key, lru_cache
from typing import Any, Final

import sympy as sp

from derivations.language.errors import MeaningError
from derivations.language.record import record
from derivations.language.term import (
    Add,
    Bars,
    Big,
    Call,
    Cases,
    Const,
    Frac,
    Group,
    Index,
    Integral,
    Mul,
    Name,
    Num,
    Pow,
    ProductSign,
    Relation,
    Root,
    Sign,
    Term,
    Transpose,
    relation,
)

NAMED = {"exp": "exp", "log": "ln", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "atan": "arctan",
         "asin": "arcsin", "acos": "arccos", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "erf": "erf", "gamma": "Gamma", "factorial": "factorial",
         "beta": "B", "sign": "sign", "Max": "max", "Min": "min", "erfinv": "erfinv"}  # fmt: skip


_FEW: Final = 12
"""So many letters are looked for one by one."""


@record
class Order:
    """In which order a reader wants the parts of sums and products, which SymPy keeps in its own. It chooses between equal forms and says nothing else.

    ``factors`` and ``terms`` are symbols or indexed bases: a part stands where the first of them that it holds stands. Among the terms -1 stands for a negative
    number (``t - 1 - k``) and 1 for a positive one that stands beside more than names (``1 + 3 (k - 1)``). Among equal ones sums stand behind, and entries of a
    sequence from the first to the last; what none of the terms leads begins with what is added. ``sign`` joins the factors.
    """

    factors: tuple[Any, ...] = ()
    terms: tuple[Any, ...] = ()
    sign: ProductSign = ""

    def factor(self, e: Any) -> tuple[int, int, int, int]:
        return int(not e.is_number), int(e.has(sp.Sum)), _rank(e, self.factors), int(e.is_Add)

    def term(self, e: Any) -> tuple[int, int]:
        rank = _rank(e, self.terms)
        return rank, int(e.has(sp.Sum) if rank < len(self.terms) else e.could_extract_minus_sign())

    def compare(self, one: Any, other: Any) -> int:
        """By rank; entries of one sequence by their index."""
        a, b = self.term(one), self.term(other)
        if a != b:
            return -1 if a < b else 1
        if a[0] < len(self.terms):
            lead = self.terms[a[0]]
            first, second = (next((n for n in sp.preorder_traversal(e) if isinstance(n, sp.Indexed) and n.base == lead), None) for e in (one, other))
            if first is not None and second is not None:
                step = first.indices[0] - second.indices[0]
                return int(sp.sign(step)) if step.is_number else 0
        return 0


def _rank(e: Any, letters: tuple[Any, ...]) -> int:
    """Which of the letters is the first that an expression holds."""
    if len(letters) <= _FEW:
        return next((number for number, letter in enumerate(letters) if _leads(e, letter)), len(letters))
    places, others = _places(letters)
    held = min((places[part] for part in sp.preorder_traversal(e) if part in places), default=len(letters))
    return min((number for number, letter in others if number < held and _leads(e, letter)), default=held)


def _leads(e: Any, letter: Any) -> bool:
    return bool(e.is_number and e * letter > 0) if letter in (1, -1) else bool(e.has(letter))


@lru_cache(maxsize=16)
def _places(letters: tuple[Any, ...]) -> tuple[dict[Any, int], tuple[tuple[int, Any], ...]]:
    """The places of letters that are parts of an expression, and the others: numbers and classes of parts."""
    numbered = [(number, letter) for number, letter in enumerate(letters) if isinstance(letter, type) or letter in (1, -1)]
    apart = {number for number, _ in numbered}
    return {letter: number for number, letter in reversed([*enumerate(letters)]) if number not in apart}, tuple(numbered)


def quote(expression: Any, names: Mapping[Any, Term] | None = None, order: Order | None = None) -> Term:
    """A term for a SymPy expression; ``names`` gives the written names of symbols (by default a symbol's own text), ``order`` that of the parts.

    A symbol may stand for what is to be kept whole: its name is then a sum or a number.

    Raises MeaningError for an expression that has no written form here.
    """
    return _Quotation(names or {}, order or Order()).of(sp.sympify(expression))


_CONSTANTS: Final[Mapping[Any, Term]] = {sp.pi: Const("pi"), sp.E: Const("e"), sp.oo: Const("oo"), -sp.oo: -Const("oo"), sp.I: Const("i")}


class _Quotation:
    def __init__(self, names: Mapping[Any, Term], order: Order) -> None:
        self.names = names
        self.order = order
        self._written: dict[Any, Term] = {}

    def of(self, e: Any) -> Term:
        """What is written once is not made again: the order of a sum asks how its parts are written."""
        found = self._written.get(e)
        if found is None:
            found = self._written[e] = self._of(e)
        return found

    def _of(self, e: Any) -> Term:
        if e in self.names:
            return self.names[e]
        if e.is_Integer:
            return Num(str(e)) if e >= 0 else -Num(str(-e))
        if e.is_Rational:
            below = Frac(Num(str(abs(e.p))), Num(str(e.q)))
            return below if e > 0 else -below
        if e.is_Float:
            return Num(str(e)) if e >= 0 else -Num(str(-e))
        if e in _CONSTANTS:
            return _CONSTANTS[e]
        if e.is_Symbol:
            return Name(str(e.name))
        if isinstance(e, sp.MatrixExpr):
            return self._matrix(e)
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            return self._power(e.base, e.exp)
        if e.func in self.names:
            return Index(self.names[e.func], tuple(self.of(i) for i in e.args))
        if isinstance(e, sp.Indexed):
            return Index(self.names.get(e.base, Name(str(e.base.label))), tuple(self.of(i) for i in e.indices))
        if isinstance(e, sp.KroneckerDelta):
            return Index(Name("delta"), tuple(self.of(i) for i in sorted(e.args, key=lambda a: _rank(a, self.order.factors))))
        if isinstance(e, sp.exp):
            return Pow(Const("e"), self.of(e.args[0]))
        if isinstance(e, sp.Abs):
            return Bars("abs", self.of(e.args[0]))
        if isinstance(e, sp.floor | sp.ceiling):
            return Bars("floor" if isinstance(e, sp.floor) else "ceil", self.of(e.args[0]))
        if isinstance(e, sp.Sum | sp.Product):
            *others, (variable, low, high) = e.limits  # SymPy's last limits are the outermost
            body = e.function if not others else type(e)(e.function, *others)
            return Big("sum" if isinstance(e, sp.Sum) else "prod", self.of(body), self.of(variable), self.of(low), self.of(high))
        if isinstance(e, sp.Integral) and len(e.limits) == 1 and len(e.limits[0]) == 3:
            variable, low, high = e.limits[0]
            return Integral(self.of(e.function), self.of(variable), self.of(low), self.of(high))
        if isinstance(e, sp.Piecewise):
            return Cases(tuple((self.of(v), None if c == sp.true else self.condition(c)) for v, c in e.args))
        if isinstance(e, sp.LambertW) and e.args[1:] in ((), (sp.Integer(-1),)):
            return Call(Name("LambertWm" if e.args[1:] else "LambertW"), (self.of(e.args[0]),))
        name = NAMED.get(type(e).__name__)
        if name is not None:
            return Call(Name(name), tuple(self.of(a) for a in e.args))
        if isinstance(e, sp.core.function.AppliedUndef):
            return Call(Name(type(e).__name__), tuple(self.of(a) for a in e.args))
        raise MeaningError(f"there is no written form for SymPy's {type(e).__name__}")

    def _matrix(self, e: Any) -> Term:
        """A matrix expression as it stands: a product within a product is in brackets. A head that has a name is a function of arrays."""
        if isinstance(e, sp.MatAdd):
            ordered = sorted(e.args, key=lambda a: _rank(a, self.order.terms))
            return Add(tuple(("+", self.of(a)) for a in ordered))
        if isinstance(e, sp.MatMul):
            scalar, factors = e.as_coeff_matrices()
            parts: list[tuple[ProductSign, Term]] = [("", Group(self.of(f)) if isinstance(f, sp.MatMul) else self.of(f)) for f in factors]
            whole = parts[0][1] if len(parts) == 1 else Mul(tuple(parts))
            above, below = sp.fraction(scalar)
            whole = whole if above == 1 else Mul((("", self.of(above)), *parts))
            return whole if below == 1 else Frac(whole, self.of(below))
        if isinstance(e, sp.Transpose):
            return Transpose(self.of(e.arg))
        if e.func in self.names:
            return Call(self.names[e.func], tuple(self.of(a) for a in e.args), "[")
        raise MeaningError(f"there is no written form for SymPy's {type(e).__name__}")

    def condition(self, c: Any) -> Term:
        signs = {sp.Lt: "<", sp.Le: "<=", sp.Gt: ">", sp.Ge: ">=", sp.Eq: "=", sp.Ne: "!="}
        for cls, sign in signs.items():
            if isinstance(c, cls):
                return relation(self.of(c.lhs), sign, self.of(c.rhs))
        if isinstance(c, sp.And) and len(c.args) == 2:
            one, other = (self.condition(a) for a in c.args)
            if isinstance(one, Relation) and isinstance(other, Relation):
                return _between(one, other)
        raise MeaningError(f"there is no written form for the condition {c}")

    def _more_than_a_name(self, e: Any) -> bool:
        return not e.is_number and not isinstance(self.of(-e if e.could_extract_minus_sign() else e), Name)

    def _sum(self, e: Any) -> Term:
        parts: list[tuple[Sign, Term]] = []
        ordered = e.as_ordered_terms()
        if self.order.terms:
            order = self.order if any(self._more_than_a_name(a) for a in ordered) else replace(self.order, terms=tuple(t for t in self.order.terms if t != 1))
            ordered = sorted(ordered, key=cmp_to_key(order.compare))
        for a in ordered:
            negative = a.could_extract_minus_sign()
            part = self.of(-a if negative else a)
            parts.extend(part.parts if isinstance(part, Add) and not negative else [("-" if negative else "+", part)])
        if parts[0][0] == "-" and any(sign == "+" for sign, _ in parts):
            first = next(p for p in parts if p[0] == "+")
            parts = [first, *(p for p in parts if p is not first)]
        return Add(tuple(parts))

    def _product(self, e: Any) -> Term:
        if e.could_extract_minus_sign():
            return Add((("-", self.of(-e)),))
        numerator, denominator = sp.fraction(e, exact=True)
        if denominator != 1:
            return Frac(self.of(numerator), self.of(denominator))
        ordered = e.as_ordered_factors()
        if self.order.factors:
            ordered = sorted(ordered, key=self.order.factor)
        flat: list[tuple[ProductSign, Term]] = []
        for f in map(self.of, ordered):
            first: ProductSign = (self.order.sign or _between_numbers(f)) if flat else ""
            flat.extend((sign or first if not n else sign, part) for n, (sign, part) in enumerate(f.parts)) if isinstance(f, Mul) else flat.append((first, f))
        return Mul(tuple(flat))

    def _power(self, base: Any, exponent: Any) -> Term:
        if base == sp.E:
            return Pow(Const("e"), self.of(exponent))
        if exponent == sp.Rational(1, 2):
            return Root(self.of(base))
        if exponent.could_extract_minus_sign():
            return Frac(Num("1"), self.of(base**-exponent))
        if exponent.is_Rational and exponent.p == 1:
            return Root(self.of(base), Num(str(exponent.q)))
        return Pow(self.of(base), self.of(exponent))


def _between_numbers(factor: Term) -> ProductSign:
    """A dot before a number that stands behind another factor."""
    return "cdot" if isinstance(factor, Num) or (isinstance(factor, Pow) and isinstance(factor.base, Num)) else ""


def _between(one: Relation, other: Relation) -> Relation:
    """``0 < x and x < 1`` as ``0 < x < 1`` where the two share their middle."""
    first, second = (one, other) if one.items[1] == other.items[0] else (other, one)
    if first.items[1] == second.items[0]:
        return Relation((*first.items, second.items[1]), (*first.signs, *second.signs))
    raise MeaningError("two conditions without a common middle have no written form")
