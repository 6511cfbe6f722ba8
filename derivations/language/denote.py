"""What a written term means, in SymPy; and the default written form of what SymPy computed.

``denote`` puts SymPy's objects under the same names for equal names, with the assumptions that the context declares. It evaluates as SymPy does
(``2 + 3`` is 5): the written form is in the term, the meaning is here. A construct without a meaning raises MeaningError.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivations.language.context import Array, Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.errors import MeaningError
from derivations.language.functions import named, written_out
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import substitute
from derivations.language.term import (
    Add,
    At,
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

ASSUMPTIONS: dict[Domain, dict[str, bool]] = {
    Domain.REAL: {"real": True},
    Domain.COMPLEX: {"complex": True},
    Domain.POSITIVE: {"positive": True},
    Domain.NONNEGATIVE: {"nonnegative": True},
    Domain.NEGATIVE: {"negative": True},
    Domain.NONZERO: {"real": True, "nonzero": True},
    Domain.UNIT: {"positive": True},
    Domain.PROBABILITY: {"nonnegative": True},
    Domain.INTEGER: {"integer": True},
    Domain.NATURAL: {"integer": True, "positive": True},
    Domain.WHOLE: {"integer": True, "nonnegative": True},
}

FUNCTIONS: dict[str, Any] = {
    "exp": sp.exp,
    "ln": sp.log,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "arctan": sp.atan,
    "arcsin": sp.asin,
    "arccos": sp.acos,
    "arsinh": sp.asinh,
    "arcosh": sp.acosh,
    "artanh": sp.atanh,
    "erf": sp.erf,
    "erfinv": sp.erfinv,
    "LambertW": sp.LambertW,
    "LambertWm": lambda u: sp.LambertW(u, -1),
    "Gamma": sp.gamma,
    "factorial": sp.factorial,
    "max": sp.Max,
    "min": sp.Min,
    "abs": sp.Abs,
    "sign": sp.sign,
}


def key(name: Term) -> str:
    """The text under which SymPy knows a name: different names have different texts."""
    match name:
        case Name(text, accent, font, primes, label):
            marks = "".join(f"_{a}" for a in accent) + (f"_{font}" if font else "") + (f"^({label})" if label else "")
            return text + marks + "'" * primes
        case Index(base, subscripts):
            return key(base) + "_" + ",".join(key(s) for s in subscripts)
        case Num(digits):
            return digits
        case _:
            raise MeaningError(f"a {type(name).__name__} term is not a name")


def symbol(name: Term, domain: Domain) -> Any:
    return sp.Symbol(key(name), **ASSUMPTIONS[domain])


def denote(term: Term, context: Context) -> Any:
    """The SymPy expression for a scalar term. Raises MeaningError for what has no scalar meaning in this context."""
    return _Denotation(context).of(term)


class _Denotation:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.bound: dict[Name, Any] = {}

    def of(self, term: Term) -> Any:
        match term:
            case Num(digits):
                return sp.Rational(digits)
            case Const(which):
                return {"pi": sp.pi, "e": sp.E, "oo": sp.oo, "i": sp.I}[which]
            case Group(body) | Marked(_, body) | Transpose(body):
                return self.of(body)
            case Add(parts):
                return sp.Add(*(self.of(p) if sign == "+" else -self.of(p) for sign, p in parts))
            case Mul(parts):
                return sp.Mul(*(self.of(p) for _, p in parts))
            case Frac(numerator, denominator):
                below = self.of(denominator)
                if below == 0:
                    raise MeaningError("a division by zero")
                return self.of(numerator) / below
            case Pow(base, exponent):
                return self.of(base) ** self.of(exponent)
            case Root(radicand, None):
                return sp.sqrt(self.of(radicand))
            case Root(radicand, degree) if degree is not None:
                return self.of(radicand) ** (1 / self.of(degree))
            case Name() | Index() | Call():
                return self._named(term)
            case Bars("abs", body, _):
                return sp.Abs(self.of(body))
            case Bars("floor", body, _):
                return sp.floor(self.of(body))
            case Bars("ceil", body, _):
                return sp.ceiling(self.of(body))
            case Big():
                return self._big(term)
            case Integral(body, Name() as variable, low, high):
                dummy = sp.Dummy(variable.text, real=True)
                inner = self._with(variable, dummy, body)
                return sp.Integral(inner, (dummy, self.of(low), self.of(high)) if low and high else dummy)
            case Deriv(body, variables):
                value = self.of(body)
                for variable, order in variables:
                    value = sp.diff(value, self.of(variable), order)
                return value
            case At(body, variable, value, None):
                return self.of(body).subs(self.of(variable), self.of(value))
            case Cases(rows):
                return sp.Piecewise(*((self.of(v), True if c is None else self.truth(c)) for v, c in rows))
            case _:
                raise MeaningError(f"a {type(term).__name__} term has no scalar meaning")

    def truth(self, condition: Term) -> Any:
        if not isinstance(condition, Relation):
            raise MeaningError(f"a {type(condition).__name__} term is not a condition")
        relations = {"<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge, "=": sp.Eq, "!=": sp.Ne}
        pairs = zip(condition.items, condition.signs, condition.items[1:], strict=False)
        return sp.And(*(relations[sign](self.of(a), self.of(b)) for a, sign, b in pairs))

    def _named(self, term: Name | Index | Call) -> Any:
        if isinstance(term, Name) and term in self.bound:
            return self.bound[term]
        for definition in self.context.definitions:
            values = match_definition(definition, term)
            if values is not None and not calls_itself(definition):
                return self.of(substitute(definition.rhs, dict(values.items())))
        if isinstance(term, Call):
            return self._call(term)
        own = self.context.kind(term)
        if isinstance(own, Scalar):
            return symbol(term, own.domain)
        if isinstance(own, RandomVariable) and own.arity == 0:
            return symbol(term, Domain.REAL)
        if isinstance(term, Index):
            kind = self.context.kind(term.base) if isinstance(term.base, Name) else None
            arguments = [self.of(s) for s in term.subscripts]
            if isinstance(term.base, Name) and term.base.text == "delta" and kind is None and len(arguments) == 2:
                return sp.KroneckerDelta(*arguments)
            if isinstance(kind, Sequence | Array | RandomVariable):
                assumptions = ASSUMPTIONS[kind.domain] if isinstance(kind, Sequence) else {"real": True}
                return sp.Function(key(term.base), **assumptions)(*arguments)
        raise MeaningError(f"{key(term)} has no scalar meaning in this context")

    def _call(self, term: Call) -> Any:
        function = term.function
        arguments = [self.of(a) for a in term.arguments]
        if isinstance(function, Pow):
            return self.of(Call(function.base, term.arguments)) ** self.of(function.exponent)
        if isinstance(function, Name):
            kind = self.context.kind(function)
            if isinstance(kind, Function):
                return sp.Function(key(function), real=True)(*arguments)
            if kind is None and (name := named(function.text)) in FUNCTIONS:
                return FUNCTIONS[name](*arguments)
            whole = written_out(function.text, term.arguments[0]) if kind is None and len(arguments) == 1 else None
            if whole is not None:
                return self.of(whole)
        raise MeaningError("a function that has neither a definition nor a declaration")

    def _with(self, name: Name, value: Any, body: Term) -> Any:
        before = self.bound.get(name)
        self.bound[name] = value
        try:
            return self.of(body)
        finally:
            if before is None:
                del self.bound[name]
            else:
                self.bound[name] = before

    def _big(self, term: Big) -> Any:
        if not isinstance(term.variable, Name) or term.op not in ("sum", "prod") or term.where is not None:
            raise MeaningError(f"the operator {term.op} has no SymPy meaning here")
        limits = (term.lower, term.upper)
        if limits == (None, None):
            found = self.context.range_of(term.variable)
            limits = found if found is not None else limits
        low, high = limits
        if low is None or high is None:
            raise MeaningError("a sum whose range is not known")
        dummy = sp.Dummy(term.variable.text, integer=True)
        body = self._with(term.variable, dummy, term.body)
        operator = sp.Sum if term.op == "sum" else sp.Product
        return operator(body, (dummy, self.of(low), self.of(high)))
