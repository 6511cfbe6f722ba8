"""Matrices written out entry by entry: both sides are multiplied out and compared entry by entry in the scalar normal form.

True: ``R(t)^T R(t) = I`` for the rotation by t.  False neighbour: ``R(t) R(t) = I``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from derivations.kernel.statement import Statement
from derivations.kernel.verdict import Evidence, Undecided, proved
from derivations.language.context import Context
from derivations.language.matching import calls_itself, match_definition
from derivations.language.structure import substitute, subterms
from derivations.language.term import Add, Bars, Call, Frac, Group, Index, Marked, Matrix, Mul, Name, Num, Pow, Term, Transpose
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.poly import ZERO, Poly, total

Grid: TypeAlias = tuple[tuple[Poly, ...], ...]


def mentions_matrices(statement: Statement, context: Context) -> bool:
    """Whether a matrix is written out in the statement, or in a definition that it may use."""
    terms = (statement.lhs, statement.rhs, *(d.rhs for d in context.definitions))
    return any(isinstance(t, Matrix) for term in terms for _, t in subterms(term))


def prove_explicit(statement: Statement, algebra: Algebra) -> Evidence | Undecided:
    """Raises Stuck for what is not made of matrices that are written out."""
    reader = _Explicit(algebra)
    left, right = reader.of(statement.lhs), reader.of(statement.rhs)
    if isinstance(left, Poly) or isinstance(right, Poly):
        if isinstance(left, Poly) and isinstance(right, Poly):
            pairs = [(left, right)]
        else:
            grid, other = (right, left) if isinstance(left, Poly) else (left, right)
            if isinstance(grid, Poly) or not isinstance(other, Poly) or not (other == ZERO or (other == reader.identity and len(grid) == len(grid[0]))):
                raise Stuck("a matrix and a number")
            pairs = [(e, other if other == ZERO or i == j else ZERO) for i, row in enumerate(grid) for j, e in enumerate(row)]
    else:
        if len(left) != len(right) or len(left[0]) != len(right[0]):
            raise Stuck("matrices of different sizes")
        pairs = [(a, b) for one, other_row in zip(left, right, strict=True) for a, b in zip(one, other_row, strict=True)]
    if all(algebra.zero(a - b) for a, b in pairs):
        return proved("entry by entry", *sorted(algebra.assuming))
    return Undecided("the entries of the two sides have different normal forms")


class _Explicit:
    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.identity = algebra.make("identity")

    def of(self, term: Term) -> Grid | Poly:
        match term:
            case Group(body) | Marked(_, body):
                return self.of(body)
            case Matrix(rows, bracket):
                grid = tuple(tuple(self.algebra.poly(e) for e in row) for row in rows)
                return self.determinant(grid) if bracket == "|" else grid
            case Transpose(base):
                inner = self.of(base)
                return inner if isinstance(inner, Poly) else tuple(zip(*inner, strict=True))
            case Add(parts):
                return self._sum([(sign, self.of(part)) for sign, part in parts])
            case Mul(parts) if not any(sign in ("odot", "otimes", "ast", "star", "circ") for sign, _ in parts):
                result: Grid | Poly = self.of(parts[0][1])
                for _, part in parts[1:]:
                    result = self._times(result, self.of(part))
                return result
            case Frac(numerator, denominator):
                below = self.of(denominator)
                if not isinstance(below, Poly):
                    raise Stuck("a division by a matrix")
                return self._times(self.of(numerator), self.algebra.power(below, Fraction(-1)))
            case Pow(base, Num(digits)) if not isinstance(inner := self.of(base), Poly) and digits.isdigit() and 1 <= int(digits) <= 12:
                result = inner
                for _ in range(int(digits) - 1):
                    result = self._times(result, inner)
                return result
            case Call(Name("det" | "Det"), (body,)) | Bars("det", body, _) if not isinstance(inner := self.of(body), Poly):
                return self.determinant(inner)
            case Call(Name("tr" | "Tr"), (body,)) if not isinstance(inner := self.of(body), Poly):
                return total(inner[k][k] for k in range(min(len(inner), len(inner[0]))))
            case Name("I") if self.algebra.context.kind(term) is None:
                return self.identity
            case Name() | Index() | Call():
                return self._defined(term)
            case _:
                return self.algebra.poly(term)

    def _defined(self, term: Term) -> Grid | Poly:
        for definition in self.algebra.context.definitions:
            values = match_definition(definition, term)
            if values is not None and not calls_itself(definition) and any(isinstance(t, Matrix) for _, t in subterms(definition.rhs)):
                return self.of(substitute(definition.rhs, dict(values.items())))
        return self.algebra.poly(term)

    def _sum(self, parts: list[tuple[str, Grid | Poly]]) -> Grid | Poly:
        grids = [(sign, g) for sign, g in parts if not isinstance(g, Poly)]
        numbers = [(sign, p) for sign, p in parts if isinstance(p, Poly)]
        plain = total(p if sign == "+" else -p for sign, p in numbers)
        if not grids:
            return plain
        rows, cols = len(grids[0][1]), len(grids[0][1][0])
        if any(len(g) != rows or len(g[0]) != cols for _, g in grids):
            raise Stuck("a sum of matrices of different sizes")
        scale = self._identities(plain)
        return tuple(
            tuple(total([*(g[i][j] if sign == "+" else -g[i][j] for sign, g in grids), *([scale] if i == j else [])]) for j in range(cols)) for i in range(rows)
        )

    def _identities(self, p: Poly) -> Poly:
        """c of ``c I``; a number beside a matrix is refused."""
        if not p:
            return ZERO
        rest = self.algebra.mul(p, self.algebra.power(self.identity, Fraction(-1)))
        ((atom, _),) = next(iter(self.identity.terms))
        if self.algebra.mentions(rest, atom):
            raise Stuck("a sum of a matrix and a number")
        return rest

    def _times(self, left: Grid | Poly, right: Grid | Poly) -> Grid | Poly:
        if isinstance(left, Poly) and isinstance(right, Poly):
            return self.algebra.mul(left, right)
        if isinstance(left, Poly) or isinstance(right, Poly):
            number, grid = (left, right) if isinstance(left, Poly) else (right, left)
            if isinstance(grid, Poly) or not isinstance(number, Poly):
                raise Stuck("a product that is not one of a number and a matrix")
            ((atom, _),) = next(iter(self.identity.terms))
            if self.algebra.mentions(number, atom):
                number = self._identities(number)
            return tuple(tuple(self.algebra.mul(number, e) for e in row) for row in grid)
        if len(left[0]) != len(right):
            raise Stuck("a product of matrices whose sizes do not fit")
        columns = tuple(zip(*right, strict=True))
        product = tuple(tuple(total(self.algebra.mul(a, b) for a, b in zip(row, column, strict=True)) for column in columns) for row in left)
        return product[0][0] if len(product) == len(product[0]) == 1 else product

    def determinant(self, grid: Grid) -> Poly:
        """By the first row. Raises Stuck for what is not square, or larger than 5 by 5."""
        n = len(grid)
        if any(len(row) != n for row in grid) or n > 5:
            raise Stuck("the determinant of what is not a small square matrix")
        if n == 1:
            return grid[0][0]
        parts = []
        for j, entry in enumerate(grid[0]):
            minor = tuple(tuple(e for k, e in enumerate(row) if k != j) for row in grid[1:])
            part = self.algebra.mul(entry, self.determinant(minor))
            parts.append(part if j % 2 == 0 else -part)
        return total(parts)


__all__ = ["mentions_matrices", "prove_explicit"]
