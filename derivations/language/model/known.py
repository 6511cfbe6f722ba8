"""The functions that everyone knows by name. A declaration or a definition of the same name takes precedence."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb, factorial, gcd, lcm

from derivations.language.errors import MeaningError
from derivations.language.functions import named
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.algebra import entrywise, kind_of
from derivations.language.model.balls import Inconclusive
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, mp, real
from derivations.language.model.values import Eye, Fun, Members, Row, Undefined, Value

HALF = Fraction(1, 2)


def _smooth(name: str) -> Callable[[Number], Number]:
    """An entire function of mpmath; its exact zero at zero is kept exact."""
    return lambda a: x.entire(name, a) if a != 0 else (1 if name in ("cos", "cosh") else 0)


def _within(name: str, inside: Callable[[Number], bool], where: str) -> Callable[[Number], Number]:
    def f(a: Number) -> Number:
        if not inside(a):
            raise Undefined(f"{name} outside {where}")
        return getattr(mp(), name)(real(a))

    return f


def _ratio(top: str, bottom: str) -> Callable[[Number], Number]:
    return lambda a: x.divide(_smooth(top)(a), _smooth(bottom)(a))


def logistic(a: Number) -> Number:
    return x.divide(1, x.add(1, x.exponential(-a)))


def softplus(a: Number) -> Number:
    return x.logarithm(x.add(1, x.exponential(a)))


def sign(a: Number) -> int:
    return int(a > 0) - int(a < 0)


def _lambert(branch: int) -> Callable[[Number], Number]:
    """The w with ``w e^w = a`` that is at least -1, or at most -1 (branch -1)."""

    def f(a: Number) -> Number:
        value = real(a)
        if value < -mp().exp(-1) or (branch and value >= 0):
            raise Undefined("Lambert's W outside " + ("[-1/e, 0)" if branch else "[-1/e, oo)"))
        return 0 if value == 0 else mp().lambertw(value, branch).real

    return f


def _gamma(a: Number) -> Number:
    n = x.as_int(a)
    if n is not None:
        if n <= 0:
            raise Undefined("the gamma function at a pole")
        if n < 200:
            return factorial(n - 1)
    return mp().gamma(real(a))


def _whole(a: Number, what: str) -> int:
    n = x.as_int(a)
    if n is None or n < 0 or n > 3000:
        raise Undefined(f"{what} needs a whole number of moderate size")
    return n


def _log2(a: Number) -> Number:
    return x.divide(x.logarithm(a), x.logarithm(2))


def _log10(a: Number) -> Number:
    return x.divide(x.logarithm(a), x.logarithm(10))


def _gelu(a: Number) -> Number:
    return x.multiply(a, x.multiply(HALF, x.add(1, mp().erf(real(a) / mp().sqrt(2)))))


NUMERIC: dict[str, Callable[[Number], Number]] = {
    "exp": x.exponential,
    "ln": x.logarithm,
    "log": x.logarithm,
    "lg": _log10,
    "lb": _log2,
    "sqrt": x.root,
    "sin": _smooth("sin"),
    "cos": _smooth("cos"),
    "tan": _ratio("sin", "cos"),
    "cot": _ratio("cos", "sin"),
    "sec": lambda a: x.divide(1, _smooth("cos")(a)),
    "csc": lambda a: x.divide(1, _smooth("sin")(a)),
    "sinh": _smooth("sinh"),
    "cosh": _smooth("cosh"),
    "tanh": _smooth("tanh"),
    "coth": _ratio("cosh", "sinh"),
    "arcsin": _within("asin", lambda a: abs(a) <= 1, "[-1, 1]"),
    "arccos": _within("acos", lambda a: abs(a) <= 1, "[-1, 1]"),
    "arctan": _smooth("atan"),
    "arsinh": _smooth("asinh"),
    "arcosh": _within("acosh", lambda a: a >= 1, "[1, oo)"),
    "artanh": _within("atanh", lambda a: abs(a) < 1, "(-1, 1)"),
    "erf": _smooth("erf"),
    "erfc": lambda a: mp().erfc(real(a)),
    "erfinv": _within("erfinv", lambda a: abs(a) < 1, "(-1, 1)"),
    "LambertW": _lambert(0),
    "LambertWm": _lambert(-1),
    "Gamma": _gamma,
    "digamma": lambda a: mp().digamma(real(a)),
    "abs": abs,
    "sign": sign,
    "floor": x.floor,
    "ceil": lambda a: -x.floor(-a),
    "sigmoid": logistic,
    "softplus": softplus,
    "relu": lambda a: a if a > 0 else 0,
    "silu": lambda a: x.multiply(a, logistic(a)),
    "gelu": _gelu,
    "logit": lambda a: x.logarithm(x.divide(a, x.subtract(1, a))),
    "Re": lambda a: a.real if x.is_complex(a) else a,
    "Im": lambda a: a.imag if x.is_complex(a) else 0,
    "conj": lambda a: a.conjugate() if x.is_complex(a) else a,
    "arg": lambda a: mp().arg(real(a)),
    "factorial": lambda a: factorial(_whole(a, "a factorial")),
}
"""Functions of one number; on an array they act by entries."""

def softmax_of(values: list[Number]) -> list[Number]:
    top = max(values, key=real) if x.enclosed() is None else values[0]
    powers = [x.exponential(x.subtract(v, top)) for v in values]
    total = m.dot(powers, (1,) * len(powers))
    return [x.divide(p, total) for p in powers]


def softmax(a: Value, axis: int | None) -> Value:
    """Softmax along each column (``axis`` 0) or row (1). For a vector the axis may be None: it is the vector's own."""
    grid = m.matrix(a)
    if axis is None:
        if 1 not in grid.shape:
            raise MeaningError(f"the softmax of a {m.written(grid.shape)} matrix needs an axis: along each column or each row")
        axis = 0 if grid.shape[1] == 1 else 1
    if axis == 1:
        return m.collapsed(Mat(tuple(tuple(softmax_of(list(row))) for row in grid.rows)))
    columns = [softmax_of(list(col)) for col in zip(*grid.rows, strict=True)]
    return m.collapsed(Mat(tuple(zip(*columns, strict=True))))


def _items(arguments: tuple[Value, ...]) -> list[Number]:
    found: list[Number] = []
    for a in arguments:
        match a:
            case Mat():
                found.extend(a.entries())
            case Row() | Members():
                found.extend(_items(a.items))
            case _ if x.is_number(a):
                found.append(a)
            case _:
                raise MeaningError(f"{kind_of(a)} has no greatest or least entry")
    if not found:
        raise Undefined("the greatest or least of nothing")
    return found


def greatest(*arguments: Value) -> Number:
    best, *rest = _items(arguments)
    for item in rest:
        try:
            best = item if x.less(best, item) else best
        except Inconclusive:
            best = mp().larger(x.real(best), x.real(item))
    return best


def least(*arguments: Value) -> Number:
    return -greatest(*(-item for item in _items(arguments)))


def log_sum_exp(*arguments: Value) -> Number:
    items = [x.exponential(item) for item in _items(arguments)]
    return x.logarithm(m.dot(items, (1,) * len(items)))


def diag(a: Value, *more: Value) -> Value:
    """A vector's diagonal matrix, or a matrix's diagonal as a vector; of several numbers the matrix that has them on its diagonal."""
    if more:
        if not all(x.is_number(v) for v in (a, *more)):
            raise MeaningError(f"a diagonal matrix of {kind_of(a)}s")
        return diag(m.column(v for v in (a, *more) if x.is_number(v)))
    if isinstance(a, Mat):
        if 1 in a.shape:
            items = list(a.entries())
            return Mat(tuple(tuple(v if i == j else 0 for j in range(len(items))) for i, v in enumerate(items)))
        return m.column(a.rows[i][i] for i in range(m.square(a, "diagonal")))
    return a


def trace(a: Value) -> Value:
    if isinstance(a, Eye):
        raise MeaningError("the trace of an identity matrix whose size is not known")
    return m.trace(m.matrix(a))


def determinant(a: Value) -> Value:
    if isinstance(a, Eye):
        if x.is_exact(a.scale) and a.scale == 1:
            return 1
        raise MeaningError("the determinant of a multiple of an identity matrix whose size is not known")
    return m.determinant(m.matrix(a))


def stacked(a: Value) -> Value:
    """vec: the columns of a matrix below each other."""
    return m.column(entry for col in zip(*m.matrix(a).rows, strict=True) for entry in col)


def total(a: Value) -> Value:
    return m.dot(_items((a,)), (1,) * len(_items((a,))))


def choose(n: Number, k: Number) -> int:
    return comb(_whole(n, "a binomial coefficient"), _whole(k, "a binomial coefficient"))


def norm(a: Value, which: Number | str) -> Number:
    """``which``: 1, 2, ``"oo"``, another p >= 1 (of all entries), or ``"F"``; ``"2"`` of a matrix is its greatest singular value."""
    if which == "2" and 1 not in m.matrix(a).shape:
        return spectral_norm(m.matrix(a))
    if which in (2, "2", "F"):
        return x.root(m.dot(m.matrix(a).entries(), m.matrix(a).entries()))
    sizes = [abs(v) for v in m.matrix(a).entries()]
    if which == "oo":
        return greatest(*sizes)
    if x.as_int(which) == 1:
        return m.dot(sizes, (1,) * len(sizes))
    if isinstance(which, str) or not which >= 1:
        raise MeaningError(f"the norm with the index {which} is not known")
    return x.power(m.dot((x.power(v, which) for v in sizes), (1,) * len(sizes)), x.divide(1, which))


def spectral_norm(a: Mat) -> Number:
    """The root of the greatest eigenvalue of A^T A."""
    square = m.matrix(m.product(m.transpose(a), a))
    values = mp().eigsy(mp().matrix([[real(v) for v in row] for row in square.rows]), eigvals_only=True)
    return mp().sqrt(max(values[k] for k in range(len(values))))


def _mod(a: Number, b: Number) -> Number:
    if b == 0:
        raise Undefined("a remainder of division by zero")
    return x.subtract(a, x.multiply(b, x.floor(x.divide(a, b))))


OTHERS: dict[str, tuple[Callable[..., Value], int]] = {
    "max": (greatest, -1),
    "min": (least, -1),
    "softmax": (lambda a: softmax(a, None), 1),
    "Softmax": (lambda a: softmax(a, None), 1),
    "logsumexp": (log_sum_exp, -1),
    "LSE": (log_sum_exp, -1),
    "tr": (trace, 1),
    "Tr": (trace, 1),
    "trace": (trace, 1),
    "det": (determinant, 1),
    "diag": (diag, -1),
    "Diag": (diag, -1),
    "vec": (stacked, 1),
    "sum": (total, 1),
    "gcd": (lambda a, b: gcd(_whole(a, "gcd"), _whole(b, "gcd")), 2),
    "lcm": (lambda a, b: lcm(_whole(a, "lcm"), _whole(b, "lcm")), 2),
    "mod": (_mod, 2),
    "binom": (choose, 2),
    "inv": (lambda a: m.inverse(m.matrix(a)), 1),
}
"""Functions of arrays or of several arguments, with their arity (-1: any)."""


def known_function(name: str) -> Fun | None:
    """The function that this bare name denotes when nobody has declared or defined it."""
    name = named(name)
    if name in NUMERIC:
        f = NUMERIC[name]
        return Fun(lambda a: entrywise(f, a), 1, name=name)
    if name in OTHERS:
        apply, arity = OTHERS[name]
        return Fun(apply, arity, name=name)
    return None


INVERSES = {
    "sin": "arcsin", "cos": "arccos", "tan": "arctan", "sinh": "arsinh", "cosh": "arcosh", "tanh": "artanh", "exp": "ln", "ln": "exp",
    "log": "exp", "sigmoid": "logit", "logistic": "logit", "logit": "sigmoid",
}  # fmt: skip
"""``sin^{-1}`` and the like."""
