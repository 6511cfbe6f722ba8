"""Small dense matrices with exact shape checks. A 1 x 1 result is its entry: ``w^T x`` is a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from derivations.language.errors import MeaningError, ShapeError
from derivations.language.model.numbers import Number, add, divide, enclosed, is_exact, is_number, multiply, negative, real, subtract, text
from derivations.language.model.values import Eye, Undefined, Value
from derivations.language.record import record


@record
class Mat:
    """A matrix by rows; a column vector has one column. Entries are numbers."""

    rows: tuple[tuple[Number, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0]) if self.rows else 0

    @property
    def is_column(self) -> bool:
        return self.shape[1] == 1

    def entries(self) -> Iterable[Number]:
        return (entry for row in self.rows for entry in row)

    def __str__(self) -> str:
        if self.is_column:
            return "(" + ", ".join(text(r[0]) for r in self.rows) + ")^T"
        return "[" + "; ".join(" ".join(text(entry) for entry in row) for row in self.rows) + "]"


def written(shape: tuple[int, int]) -> str:
    return f"{shape[0]} x {shape[1]}"


def collapsed(m: Mat) -> Value:
    return m.rows[0][0] if m.shape == (1, 1) else m


def matrix(value: Value) -> Mat:
    """A number as a 1 x 1 matrix; matrices unchanged. Raises MeaningError for anything else."""
    if isinstance(value, Mat):
        return value
    if not is_number(value):
        raise MeaningError(f"a {type(value).__name__.lower()} value stands where a matrix is needed")
    return Mat(((value,),))


def column(items: Iterable[Number]) -> Mat:
    return Mat(tuple((item,) for item in items))


def identity(n: int, scale: Number = 1) -> Mat:
    return Mat(tuple(tuple(scale if i == j else 0 for j in range(n)) for i in range(n)))


def mapped(f: Callable[[Number], Number], m: Mat) -> Mat:
    return Mat(tuple(tuple(f(entry) for entry in row) for row in m.rows))


def paired(f: Callable[[Number, Number], Number], a: Mat, b: Mat, what: str) -> Mat:
    if a.shape != b.shape:
        raise ShapeError(f"the {what} of a {written(a.shape)} and a {written(b.shape)} matrix does not exist: their sizes must be equal")
    return Mat(tuple(tuple(f(x, y) for x, y in zip(r, s, strict=True)) for r, s in zip(a.rows, b.rows, strict=True)))


def plus(a: Mat, b: Mat) -> Mat:
    return paired(add, a, b, "sum")


def minus(a: Mat, b: Mat) -> Mat:
    return paired(subtract, a, b, "difference")


def hadamard(a: Mat, b: Mat) -> Mat:
    return paired(multiply, a, b, "entrywise product")


def scaled(c: Number, m: Mat) -> Mat:
    return mapped(lambda entry: multiply(c, entry), m)


def transpose(m: Mat) -> Mat:
    return Mat(tuple(zip(*m.rows, strict=True)))


def dot(u: Iterable[Number], v: Iterable[Number]) -> Number:
    total: Number = 0
    for x, y in zip(u, v, strict=True):
        total = add(total, multiply(x, y))
    return total


def product(a: Mat, b: Mat) -> Value:
    """The matrix product. Raises ShapeError with both shapes if they do not fit."""
    if a.shape[1] != b.shape[0]:
        raise ShapeError(
            f"the product of a {written(a.shape)} and a {written(b.shape)} matrix does not exist: "
            f"the left one has {a.shape[1]} columns, the right one {b.shape[0]} rows"
        )
    columns = tuple(zip(*b.rows, strict=True))
    return collapsed(Mat(tuple(tuple(dot(row, col) for col in columns) for row in a.rows)))


def kronecker(a: Mat, b: Mat) -> Mat:
    return Mat(tuple(tuple(multiply(x, y) for x in row for y in other) for row in a.rows for other in b.rows))


def square(m: Mat, what: str) -> int:
    n, k = m.shape
    if n != k:
        raise ShapeError(f"the {what} of a {written(m.shape)} matrix does not exist: it must be square")
    return n


def trace(m: Mat) -> Number:
    return dot((m.rows[i][i] for i in range(square(m, "trace"))), (1,) * m.shape[0])


def _pivot(rows: list[list[Number]], k: int) -> int:
    if enclosed() is None:
        return max(range(k, len(rows)), key=lambda r: abs(real(rows[r][k])))
    return max(range(k, len(rows)), key=lambda r: (not is_exact(rows[r][k]) or rows[r][k] != 0, abs(float(rows[r][k]))))


def determinant(m: Mat) -> Number:
    """By elimination with exact pivots where the entries are exact."""
    n = square(m, "determinant")
    rows = [list(row) for row in m.rows]
    result: Number = 1
    for k in range(n):
        p = _pivot(rows, k)
        if rows[p][k] == 0:
            return 0
        if p != k:
            rows[p], rows[k] = rows[k], rows[p]
            result = negative(result)
        result = multiply(result, rows[k][k])
        for r in range(k + 1, n):
            factor = divide(rows[r][k], rows[k][k])
            rows[r] = [subtract(x, multiply(factor, y)) for x, y in zip(rows[r], rows[k], strict=True)]
    return result


def inverse(m: Mat) -> Mat:
    """Gauss-Jordan. Raises Undefined for a singular matrix."""
    n = square(m, "inverse")
    rows = [[*row, *(1 if i == j else 0 for j in range(n))] for i, row in enumerate(m.rows)]
    for k in range(n):
        p = _pivot(rows, k)
        if rows[p][k] == 0:
            raise Undefined("the inverse of a singular matrix")
        rows[p], rows[k] = rows[k], rows[p]
        pivot = rows[k][k]
        rows[k] = [divide(x, pivot) for x in rows[k]]
        for r in range(n):
            if r != k and rows[r][k] != 0:
                factor = rows[r][k]
                rows[r] = [subtract(x, multiply(factor, y)) for x, y in zip(rows[r], rows[k], strict=True)]
    return Mat(tuple(tuple(row[n:]) for row in rows))


def of_size(eye: Eye, shape: tuple[int, int]) -> Mat:
    if shape[0] != shape[1]:
        raise ShapeError(f"an identity matrix cannot have the size {written(shape)}: it is square")
    return identity(shape[0], eye.scale)
