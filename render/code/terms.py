"""Terms as Python expressions (``ast`` trees), for the array libraries and for SymPy.

A printer like the others: one exhaustive match over the node kinds. Brackets are the business of ``ast.unparse``, which puts in those that Python's grammar
needs. What a library cannot compute (an integral in NumPy, an ellipsis anywhere) raises DeriveError.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from derivations.language.context import ONE, Array, Function, Scalar, Softmax
from derivations.language.errors import DeriveError
from derivations.language.matching import shifted
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
    Dots,
    Frac,
    Group,
    Index,
    Integral,
    Logic,
    Marked,
    Matrix,
    Mul,
    Name,
    Num,
    Pow,
    Relation,
    Root,
    Term,
    Transpose,
    Tuple,
)
from render.code.choices import cases, condition
from render.code.dialects import MATH
from render.code.functions import applied, bars
from render.code.printer import Printer
from render.code.trees import assign, call, identifier, named, number
from render.notation.nodes import node

_ONE = Num("1")


@dataclass(slots=True)
class TermPrinter(Printer):
    """Expressions of one function, from its terms."""

    # -- the match -------------------------------------------------------------------------------------------------------------------

    def of(self, term: Term) -> ast.expr:
        t = node(term)
        match t:
            case Num(digits):
                return self.numeral(digits)
            case Name():
                return ast.Name(self.names.get(t) or identifier(t))
            case Const(which):
                return self.constant(which)
            case Index():
                return self.index(t)
            case Add(parts):
                return self.sum(parts)
            case Mul(parts):
                return self.product(parts)
            case Frac(Num(above), Num(below)) if self.dialect.symbolic and above.isdigit() and below.isdigit():
                return call("sp.Rational", number(int(above)), number(int(below)))
            case Frac(numerator, denominator):
                return ast.BinOp(self.of(numerator), ast.Div(), self.of(denominator))
            case Pow(Const("e"), exponent):
                return call(self.function("exp", exponent), self.of(exponent))
            case Pow(base, exponent) if self.is_array(base):
                return self.array_power(base, exponent)
            case Pow(base, exponent):
                return ast.BinOp(self.of(base), ast.Pow(), self.of(exponent))
            case Root(radicand, None):
                return call(self.function("sqrt", radicand), self.of(radicand))
            case Root(radicand, degree):
                return self.of(Pow(radicand, Frac(_ONE, degree if degree is not None else Num("2"))))
            case Call(function, arguments, _):
                return applied(self, function, arguments)
            case Big():
                return self.big(t)
            case Integral(body, variable, lower, upper):
                if not self.dialect.symbolic:
                    raise self.refused(t, "an integral")
                limits = [variable, *(end for end in (lower, upper) if end is not None)]
                return call("sp.Integral", self.of(body), ast.Tuple([self.of(part) for part in limits], ast.Load()))
            case Deriv(body, variables, _, _):
                if not self.dialect.symbolic:
                    raise self.refused(t, "a derivative")
                orders = [part for variable, order in variables for part in (self.of(variable), number(order))]
                return call("sp.diff", self.of(body), *orders)
            case Transpose(base):
                return ast.Attribute(self.of(base), "T")
            case Cases(rows):
                return cases(self, rows)
            case Bars(kind, body, subscript):
                return bars(self, kind, body, subscript)
            case Group(body) | Marked(_, body, _):
                return self.of(body)
            case Tuple(items):
                return ast.Tuple([self.of(item) for item in items], ast.Load())
            case Matrix(rows):
                listed = ast.List([ast.List([self.of(entry) for entry in row], ast.Load()) for row in rows], ast.Load())
                return call({"np": "np.array", "jnp": "jnp.array", "torch": "torch.tensor", "sp": "sp.Matrix"}[self.dialect.module], listed)
            case Relation() | Logic():
                return condition(self, t)
            case At(body, variable, value, upper):
                end = self.of(substitute(body, {variable: value}))
                return end if upper is None else ast.BinOp(self.of(substitute(body, {variable: upper})), ast.Sub(), end)
            case Bar():
                raise self.refused(t, "a bar inside brackets")
            case Dots():
                raise self.refused(t, "an ellipsis")
            case _:
                assert_never(t)

    # -- names -----------------------------------------------------------------------------------------------------------------------

    def numeral(self, digits: str) -> ast.expr:
        if "." not in digits:
            return number(int(digits))
        return call("sp.Rational", number(digits)) if self.dialect.symbolic else number(float(digits))

    def constant(self, which: str) -> ast.expr:
        table = self.dialect.functions if which in self.dialect.functions else MATH
        if which not in table:
            raise DeriveError(f"code for {self.dialect.name}: the constant {which} has no code; --to sympy writes it")
        return named(table[which])

    def index(self, t: Index) -> ast.expr:
        if t in self.own or isinstance(self.context.kind(t), Scalar | Array) or not isinstance(t.base, Name):
            return ast.Name(self.names.get(t) or identifier(t))
        base, kind = self.of(t.base), self.context.kind(t.base)
        if isinstance(kind, Array):  # all libraries count its entries from 0, and a vector is a column
            inside = [self.of(shifted(s, -1)) for s in t.subscripts] + ([number(0)] if kind.cols == ONE and len(t.subscripts) == 1 else [])
        elif self.dialect.symbolic:
            inside = [self.of(s) for s in t.subscripts]
        elif t.base in self.silent:
            self.needs.add("at")
            return call("at", base, *(self.of(s) for s in t.subscripts))
        else:
            start = self.first.get(t.base, 1)
            inside = [self.of(shifted(s, -start)) for s in t.subscripts]
        return ast.Subscript(base, inside[0] if len(inside) == 1 else ast.Tuple(inside, ast.Load()))

    def is_array(self, term: Term) -> bool:
        """Whether a term is a matrix or a vector, so that its products are products of matrices."""
        match term:
            case Name():
                return isinstance(self.context.kind(term), Array) or any(d.lhs == term and self.is_array(d.rhs) for d in self.context.definitions)
            case Index():
                return isinstance(self.context.kind(term), Array)
            case Group(body) | Marked(_, body, _) | Pow(body) | Transpose(body):
                return self.is_array(body)
            case Add(parts) | Mul(parts):
                return any(self.is_array(part) for _, part in parts)
            case Frac(numerator):
                return self.is_array(numerator)
            case Call(function, arguments):
                kind = self.context.kind(function) if isinstance(function, Name | Index) else None
                maps = isinstance(kind, Softmax) or (isinstance(kind, Function) and kind.maps_arrays)
                return maps and any(map(self.is_array, arguments))
            case Matrix():
                return True
            case _:
                return False

    # -- sums and products -----------------------------------------------------------------------------------------------------------

    def sum(self, parts: Iterable[tuple[str, Term]]) -> ast.expr:
        found: ast.expr | None = None
        for sign, part in parts:
            value = self.of(part)
            if sign == "±":
                raise self.refused(part, "a sum with two signs")
            if found is None:
                found = value if sign == "+" else ast.UnaryOp(ast.USub(), value)
            else:
                found = ast.BinOp(found, ast.Add() if sign == "+" else ast.Sub(), value)
        return number(0) if found is None else found

    def product(self, parts: Iterable[tuple[str, Term]]) -> ast.expr:
        found: ast.expr | None = None
        array = False
        for sign, part in parts:
            value, matrix = self.of(part), self.is_array(part)
            if found is None:
                found, array = value, matrix
                continue
            match sign:
                case "" | "cdot" | "times":
                    found = ast.BinOp(found, ast.MatMult() if array and matrix else ast.Mult(), value)
                case "odot":
                    found = call("sp.hadamard_product", found, value) if self.dialect.symbolic else ast.BinOp(found, ast.Mult(), value)
                case "otimes":
                    found = call(self.dialect.functions["kron"], found, value)
                case _:
                    raise self.refused(part, f"a product with the sign {sign}")
            array = array or matrix
        return number(1) if found is None else found

    def array_power(self, base: Term, exponent: Term) -> ast.expr:
        if self.dialect.symbolic:
            return ast.BinOp(self.of(base), ast.Pow(), self.of(exponent))
        if exponent == Add((("-", _ONE),)):
            return call(self.dialect.functions["inv"], self.of(base))
        return call(self.dialect.functions["matrix_power"], self.of(base), self.of(exponent))

    def big(self, t: Big) -> ast.expr:
        if not isinstance(t.variable, Name):
            raise self.refused(t, "an operator over more than one variable")
        lower, upper = t.lower, t.upper
        if (lower, upper) == (None, None) and (found := self.context.range_of(t.variable)) is not None:
            lower, upper = found
        variable = ast.Name(identifier(t.variable))
        if self.dialect.symbolic and t.where is None and lower is not None and t.op in ("sum", "prod", "lim"):
            function = self.dialect.functions[t.op]
            declared = assign(variable.id, call("sp.Symbol", number(variable.id)) if t.op == "lim" else named(f"sp.Symbol({variable.id!r}, integer=True)"))
            if all(ast.dump(declared) != ast.dump(statement) for statement in self.before):
                self.before.append(declared)
            body = self.within_loop(t.body)
            if t.op == "lim":
                return call(function, body, variable, self.of(lower))
            if upper is not None:
                return call(function, body, ast.Tuple([variable, self.of(lower), self.of(upper)], ast.Load()))
        if lower is None or upper is None or Const("oo") in (lower, upper) or t.op not in ("sum", "prod", "max", "min"):
            raise self.refused(t, f"the operator {t.op} without a finite range" if t.op in ("sum", "prod", "max", "min") else f"the operator {t.op}")
        end = self.of(shifted(upper, 1))
        span = call("range", end) if lower == Num("0") else call("range", self.of(lower), end)
        body = self.within_loop(t.body)
        conditions = [] if t.where is None else [condition(self, t.where)]
        loop = ast.ListComp(body, [ast.comprehension(variable, span, conditions, 0)])
        if t.op == "prod":
            return call("math.prod", loop)
        return call(t.op, loop)

    def within_loop(self, body: Term) -> ast.expr:
        """The body of a sum, in which nothing can be computed beforehand."""
        self.inside_loops += 1
        try:
            return self.of(body)
        finally:
            self.inside_loops -= 1
