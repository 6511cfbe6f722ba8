"""Sums, products and powers of values of any type. Shapes are checked; functions are combined pointwise."""

from __future__ import annotations

from collections.abc import Callable

from derivations.language.errors import MeaningError, ShapeError
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import is_number
from derivations.language.model.values import Eye, Fun, Value


def kind_of(value: Value) -> str:
    """What a value is, in words, for messages."""
    if isinstance(value, Mat):
        return f"a {m.written(value.shape)} matrix"
    if is_number(value):
        return "a number"
    return {"Eye": "an identity matrix", "Fun": "a function", "Members": "a set", "Law": "a law", "Row": "a tuple"}.get(
        type(value).__name__, type(value).__name__
    )


def _pointwise(f: Callable[[Value, Value], Value], a: Value, b: Value) -> Fun:
    one, other = (v if isinstance(v, Fun) else None for v in (a, b))
    arity = one.arity if one is not None else other.arity if other is not None else 1

    def apply(*args: Value) -> Value:
        return f(one.apply(*args) if one else a, other.apply(*args) if other else b)

    return Fun(apply, arity, bool((one and one.on_integers) or (other and other.on_integers)))


def plus(a: Value, b: Value) -> Value:
    """The sum. A number may be added to a column vector (each entry), as optimisers write it; to no other matrix, unless it is zero."""
    if is_number(a) and is_number(b):
        return x.add(a, b)
    match a, b:
        case Mat(), Mat():
            return m.collapsed(m.plus(a, b))
        case Eye(), Eye():
            return Eye(x.add(a.scale, b.scale))
        case (Mat(), Eye()) | (Eye(), Mat()):
            one, eye = (a, b) if isinstance(a, Mat) else (b, a)
            return m.plus(one, m.of_size(eye, one.shape))
        case (Fun(), _) | (_, Fun()):
            return _pointwise(plus, a, b)
        case _:
            return _with_number(a, b)


def _with_number(a: Value, b: Value) -> Value:
    one, other = (a, b) if is_number(b) else (b, a)
    if is_number(other):
        if x.is_exact(other) and other == 0:
            return one
        if isinstance(one, Eye):  # a 1 x 1 identity beside a number
            return x.add(one.scale, other)
        if isinstance(one, Mat):
            if one.is_column:
                return m.mapped(lambda entry: x.add(entry, other), one)
            raise ShapeError(f"the sum of a {m.written(one.shape)} matrix and a number does not exist")
    raise MeaningError(f"{kind_of(a)} and {kind_of(b)} cannot be added")


def minus(a: Value) -> Value:
    match a:
        case Mat():
            return m.mapped(x.negative, a)
        case Eye():
            return Eye(-a.scale)
        case Fun():
            return Fun(lambda *args: minus(a.apply(*args)), a.arity, a.on_integers)
        case _ if is_number(a):
            return -a
        case _:
            raise MeaningError(f"{kind_of(a)} has no negative")


def times(a: Value, b: Value, sign: str = "") -> Value:
    """The product that ``sign`` writes: matrices with ``odot`` by entries, with ``otimes`` Kronecker's, else the matrix product; two column
    vectors with a centred dot between them have their scalar product."""
    if is_number(a) and is_number(b):
        return x.multiply(a, b)
    if sign == "odot":
        return _hadamard(a, b)
    if sign == "otimes":
        return m.collapsed(m.kronecker(_dense(a), _dense(b)))
    match a, b:
        case Mat(), Mat():
            if sign == "cdot" and a.is_column and b.is_column and a.shape == b.shape:
                return m.dot((r[0] for r in a.rows), (r[0] for r in b.rows))
            return m.product(a, b)
        case Eye(), Eye():
            return Eye(x.multiply(a.scale, b.scale))
        case Eye(), Mat():
            return m.scaled(a.scale, b)
        case Mat(), Eye():
            return m.scaled(b.scale, a)
        case (Fun(), _) | (_, Fun()):
            return _pointwise(times, a, b)
        case Mat(), _ if is_number(b):
            return m.scaled(b, a)
        case _, Mat() if is_number(a):
            return m.scaled(a, b)
        case Eye(), _ if is_number(b):
            return Eye(x.multiply(a.scale, b))
        case _, Eye() if is_number(a):
            return Eye(x.multiply(a, b.scale))
        case _:
            raise MeaningError(f"{kind_of(a)} and {kind_of(b)} cannot be multiplied")


def _dense(value: Value) -> Mat:
    if isinstance(value, Eye):
        raise MeaningError("an identity matrix whose size is not known stands in an entrywise or Kronecker product")
    if not isinstance(value, Mat) and not is_number(value):
        raise MeaningError(f"{kind_of(value)} is not a matrix")
    return m.matrix(value)


def _hadamard(a: Value, b: Value) -> Value:
    if isinstance(a, Eye) and isinstance(b, Mat):
        a = m.of_size(a, b.shape)
    if isinstance(b, Eye) and isinstance(a, Mat):
        b = m.of_size(b, a.shape)
    return m.collapsed(m.hadamard(_dense(a), _dense(b)))


def over(a: Value, b: Value) -> Value:
    """The quotient: by a number, or of two arrays of the same shape by entries."""
    if is_number(b):
        if is_number(a):
            return x.divide(a, b)
        match a:
            case Mat():
                return m.mapped(lambda entry: x.divide(entry, b), a)
            case Eye():
                return Eye(x.divide(a.scale, b))
    if isinstance(a, Mat) and isinstance(b, Mat):
        return m.paired(x.divide, a, b, "entrywise quotient")
    if isinstance(b, Mat) and b.is_column and is_number(a):
        return m.mapped(lambda entry: x.divide(a, entry), b)
    if isinstance(a, Fun) or isinstance(b, Fun):
        return _pointwise(over, a, b)
    if isinstance(b, Mat | Eye):
        raise ShapeError(f"{kind_of(a)} cannot be divided by {kind_of(b)}")
    raise MeaningError(f"{kind_of(a)} cannot be divided by {kind_of(b)}")


def power(a: Value, b: Value) -> Value:
    """Powers of numbers; integer powers of square matrices; powers of column vectors by entries."""
    if is_number(a) and is_number(b):
        return x.power(a, b)
    n = x.as_int(b) if is_number(b) else None
    match a:
        case Mat() if a.is_column and is_number(b):
            return m.mapped(lambda entry: x.power(entry, b), a)
        case Mat() if n is not None:
            m.square(a, f"power {n}")
            if abs(n) > 64:
                raise MeaningError(f"the matrix power {n} is too large to evaluate")
            base = m.inverse(a) if n < 0 else a
            result: Value = m.identity(a.shape[0])
            for _ in range(abs(n)):
                result = m.product(result, base)
            return result
        case Eye() if n is not None:
            return Eye(x.power(a.scale, n))
        case Fun() if is_number(b):
            return Fun(lambda *args: power(a.apply(*args), b), a.arity, a.on_integers)
        case _:
            raise MeaningError(f"{kind_of(a)} cannot be raised to {kind_of(b)}")


def entrywise(f: Callable[[x.Number], x.Number], a: Value) -> Value:
    """A function of numbers, applied to a number or to every entry of an array."""
    if isinstance(a, Mat):
        return m.mapped(f, a)
    if is_number(a):
        return f(a)
    if isinstance(a, Fun):
        return Fun(lambda *args: entrywise(f, a.apply(*args)), a.arity, a.on_integers)
    raise MeaningError(f"a function of numbers was applied to {kind_of(a)}")
