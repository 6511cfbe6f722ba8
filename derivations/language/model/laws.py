"""Probability laws: densities, and nodes with weights for near-exact means.

For a normal law the trapezoidal rule in the standardised variable: for entire integrands of moderate growth its error is of order
exp(-2 pi^2 / h^2), so 41 nodes give 21 digits.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial
from random import Random

from derivations.language.errors import MeaningError
from derivations.language.laws import LAWS
from derivations.language.model import algebra
from derivations.language.model import matrix as m
from derivations.language.model import numbers as x
from derivations.language.model.balls import NotEnclosed
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp, real
from derivations.language.model.values import Eye, Law, Undefined, Value
from derivations.language.term import Call, Name, Term

_DIGITS = 21
"""Digits of the rule for a normal variable and an entire integrand."""
_MOST_ATOMS = 400


def _scale(variance: Value) -> Number:
    if not is_number(variance) or not variance > 0:
        raise Undefined("a law whose variance is not positive")
    return x.root(variance)


def density(law: Law, at: Value) -> Value:
    """The density (or probability) of a law at a point."""
    p = law.parameters
    if len(p) != LAWS[law.name].count:
        raise MeaningError(f"the law {law.name} takes {LAWS[law.name].count} parameter(s), not {len(p)}")
    if law.name == "Normal" and (isinstance(at, Mat) or isinstance(p[1], Mat)):
        return x.exponential(_log_normal(at, p[0], p[1]))
    if not is_number(at) or not all(is_number(v) for v in p):
        raise MeaningError(f"the density of a law of {', '.join(algebra.kind_of(v) for v in p)} at {algebra.kind_of(at)}")
    match law.name:
        case "Normal":
            _scale(p[1])
            z = x.divide(x.power(x.subtract(at, p[0]), 2), x.multiply(2, p[1]))
            return x.exponential(-real(z)) / mp().sqrt(2 * mp().pi * real(p[1]))
        case "Bernoulli":
            return p[0] if at == 1 else x.subtract(1, p[0]) if at == 0 else 0
        case "Uniform":
            return x.divide(1, x.subtract(p[1], p[0])) if not x.less(at, p[0]) and not x.less(p[1], at) else 0
        case "Exponential":
            return x.multiply(p[0], x.exponential(x.multiply(-p[0], at))) if at >= 0 else 0
        case "Laplace":
            return x.divide(x.exponential(x.divide(-abs(x.subtract(at, p[0])), p[1])), x.multiply(2, p[1]))
        case "Geometric" | "Poisson" | "Binomial":  # by their formulas: the atoms that are drawn end where their weights are small
            return _mass(law, at)
        case _:
            return next((w for v, w in _atoms(law) if v == at), 0)


def _mass(law: Law, at: Number) -> Number:
    p = law.parameters
    k = x.as_int(at)
    if k is None or k < (1 if law.name == "Geometric" else 0):
        return 0
    match law.name:
        case "Geometric":
            return x.multiply(p[0], x.power(x.subtract(1, p[0]), k - 1))
        case "Poisson":
            return x.divide(x.multiply(x.exponential(x.multiply(-1, p[0])), x.power(p[0], k)), factorial(k))
        case _:
            n = x.as_int(p[0])
            if n is None or k > n:
                return 0
            return x.multiply(comb(n, k), x.multiply(x.power(p[1], k), x.power(x.subtract(1, p[1]), n - k)))


def _log_normal(at: Value, mean: Value, covariance: Value) -> Number:
    """The logarithm of the density of a normal vector."""
    gap = m.matrix(algebra.plus(at, algebra.minus(mean)))
    n = gap.shape[0]
    grid = m.of_size(covariance, (n, n)) if isinstance(covariance, Eye) else m.matrix(covariance)
    if grid.shape != (n, n):
        grid = m.identity(n, covariance) if is_number(covariance) else grid
    spread = m.determinant(grid)
    if not spread > 0:
        raise Undefined("a normal law whose covariance is singular or not positive")
    squared = algebra.times(algebra.times(m.transpose(gap), m.inverse(grid)), gap)
    squared = squared.rows[0][0] if isinstance(squared, Mat) else squared
    return -(n * mp().ln(2 * mp().pi) + x.logarithm(spread) + real(squared)) / 2


def log_density(ev: Evaluation, q: Term, at: Value, frame: Frame) -> Number:
    """log q(at), for a law by its formula (which does not underflow), else by the logarithm."""
    value = None if q in ev.setting.calls else ev.value(q, frame)
    if isinstance(value, Law) and value.name == "Normal":
        return _log_normal(at, *value.parameters)
    if isinstance(value, Law):
        return x.logarithm(density(value, at))
    slot = Name("place of a density")
    return x.logarithm(ev.number(Call(q, (slot,)), frame.bind(slot, at)))


def entropy(ev: Evaluation, law: Law) -> Number:
    if law.name == "Normal":
        _scale(law.parameters[1])
        return x.divide(mp().ln(2 * mp().pi * mp().e * real(law.parameters[1])), 2)
    total: Number = 0
    for value, weight in nodes(ev, law, None):
        total = x.subtract(total, x.multiply(weight, x.logarithm(density(law, value))))
    return total


def _atoms(law: Law) -> list[tuple[Number, Number]]:
    """The values of a discrete law with their probabilities."""
    p = law.parameters
    match law.name:
        case "Bernoulli":
            return [(1, p[0]), (0, x.subtract(1, p[0]))]
        case "Binomial":
            n = x.as_int(p[0])
            if n is None or not 0 <= n <= 60:
                raise Undefined("a binomial law of this size")
            return [(k, x.multiply(comb(n, k), x.multiply(x.power(p[1], k), x.power(x.subtract(1, p[1]), n - k)))) for k in range(n + 1)]
        case "Poisson" | "Geometric":
            atoms: list[tuple[Number, Number]] = []
            k = 0 if law.name == "Poisson" else 1
            weight = x.exponential(-p[0]) if law.name == "Poisson" else p[0]
            least = mp().mpf(10) ** -(mp().dps + 5)
            while len(atoms) < 20 or weight > least or (law.name == "Poisson" and x.less(k, p[0])):  # the weights rise up to the rate
                if len(atoms) == _MOST_ATOMS:
                    raise Undefined(f"a {law.name} law with more than {_MOST_ATOMS} values that count")
                atoms.append((k, weight))
                k += 1
                weight = real(x.multiply(weight, x.divide(p[0], k) if law.name == "Poisson" else x.subtract(1, p[0])))
            return atoms
        case _:
            raise MeaningError(f"the law {law.name} has a density, not probabilities")


def nodes(ev: Evaluation, law: Law, degree: int | None) -> list[tuple[Value, Number]]:
    """Values and weights whose weighted sums are means under the law. ``degree``: that of the integrand, if it is a polynomial."""
    key = (mp().prec, degree)
    if key not in law.cache:
        law.cache[key] = _nodes(ev, law, degree)
    found: list[tuple[Value, Number]] = law.cache[key]
    return found


def node_digits(ev: Evaluation, law: Law, degree: int | None) -> float:
    """To how many digits a mean over ``nodes`` is known, relative to the mean of the absolute values."""
    match law.name:
        case "Normal" if is_number(law.parameters[0]) and is_number(law.parameters[1]):
            return float(mp().dps) if ev.raised or _gauss(degree) else _DIGITS - 2
        case "Normal":
            return 25
        case "Uniform" | "Exponential" | "Laplace":
            return 12
        case _:
            return float(mp().dps)


def _nodes(ev: Evaluation, law: Law, degree: int | None) -> list[tuple[Value, Number]]:
    p = law.parameters
    if x.enclosed() is not None and law.name not in ("Bernoulli", "Binomial") and not (law.name == "Normal" and _gauss(degree) and is_number(p[0])):
        raise NotEnclosed
    if law.name in LAWS and len(p) != LAWS[law.name].count:
        raise MeaningError(f"the law {law.name} takes {LAWS[law.name].count} parameter(s), not {len(p)}")
    match law.name:
        case "Normal":
            if isinstance(p[0], Mat) or isinstance(p[1], Mat):
                return _normal_vector(p[0], p[1])
            scale = _scale(p[1])
            standard = _gauss(degree) or _standard_normal(mp().dps if ev.raised else _DIGITS)
            return [(x.add(p[0], x.multiply(scale, z)), w) for z, w in standard]
        case "Uniform":
            half, middle = x.divide(x.subtract(p[1], p[0]), 2), x.divide(x.add(p[0], p[1]), 2)
            return [(x.add(middle, x.multiply(half, t)), w) for t, w in _bounded()]
        case "Exponential" | "Laplace":
            rate = p[0] if law.name == "Exponential" else x.divide(1, p[1])
            half_line = [(x.divide(t, rate), w) for t, w in _half_line()]
            if law.name == "Exponential":
                return half_line
            return [(x.add(p[0], x.multiply(s, t)), w / 2) for s in (1, -1) for t, w in half_line]
        case _:
            return _atoms(law)


def _gauss(degree: int | None) -> list[tuple[Number, Number]]:
    """Gauss-Hermite nodes of the standard normal law: n of them are exact up to degree 2 n - 1. Empty for a higher degree."""
    if degree is None or degree > 9:
        return []
    half = Fraction(1, 2)
    if degree <= 3:
        return [(1, half), (-1, half)]
    if degree <= 5:
        root3 = mp().sqrt(3)
        return [(0, Fraction(2, 3)), (root3, Fraction(1, 6)), (-root3, Fraction(1, 6))]
    root10 = mp().sqrt(10)
    pairs = [(mp().sqrt(5 + s * root10), (7 - s * 2 * root10) / 60) for s in (1, -1)]
    return [(0, Fraction(8, 15)), *((s * z, w) for z, w in pairs for s in (1, -1))]


def _standard_normal(digits: float) -> list[tuple[Number, Number]]:
    """Trapezoidal nodes; a rational step keeps the nodes exact."""
    ln10 = mp().ln(10)
    step = Fraction(int(mp().pi * mp().sqrt(2 / (digits * ln10)) * 32), 32)
    top = int((mp().sqrt(2 * digits * ln10) + 3) / real(step)) + 2  # room for integrands like exp(3 z)
    weights = [mp().exp(-real((k * step) ** 2) / 2) for k in range(top + 1)]
    total = weights[0] + 2 * sum(weights[1:])
    return [(x.simple(k * step), weights[abs(k)] / total) for k in range(-top, top + 1)]


def _bounded() -> list[tuple[Number, Number]]:
    """Nodes for the mean over [-1, 1]: the tanh-sinh rule."""
    half_pi = mp().pi / 2
    found = []
    for k in range(-26, 27):
        t = mp().mpf(k) / 8
        u = half_pi * mp().sinh(t)
        found.append((mp().tanh(u), half_pi * mp().cosh(t) / mp().cosh(u) ** 2 / 16))
    return found


def _half_line() -> list[tuple[Number, Number]]:
    """Nodes for exp(-t) on the half line: the exp-sinh rule."""
    half_pi = mp().pi / 2
    h = mp().mpf(1) / 24
    found = []
    for k in range(-96, 52):
        t = mp().exp(half_pi * mp().sinh(k * h))
        w = mp().exp(-t) * t * half_pi * mp().cosh(k * h) * h
        found.append((t, w))
    return found


def _normal_vector(mean: Value, covariance: Value) -> list[tuple[Value, Number]]:
    """Gauss-Hermite nodes (exact for polynomials of degree 7 in each direction) through Cholesky's factor."""
    if is_number(mean) and mean == 0 and isinstance(covariance, Mat):  # N(0, Sigma) writes the zero vector as a number
        mean = m.column([0] * covariance.shape[0])
    mu = m.matrix(mean)
    n = mu.shape[0]
    grid = m.of_size(covariance, (n, n)) if isinstance(covariance, Eye) else m.matrix(covariance)
    if grid.shape != (n, n):
        raise Undefined("a normal law whose covariance does not fit its mean")
    factor = cholesky(grid)
    root6 = mp().sqrt(6)
    outer, inner = mp().sqrt(3 + root6), mp().sqrt(3 - root6)
    single = [(s * z, w) for z, w in ((outer, 1 / (4 * (3 + root6))), (inner, 1 / (4 * (3 - root6)))) for s in (1, -1)]
    places: list[tuple[tuple[Number, ...], Number]] = [((), mp().mpf(1))]
    for _ in range(n):
        places = [((*zs, z), w * v) for zs, w in places for z, v in single]
    found: list[tuple[Value, Number]] = []
    for zs, w in places:
        moved = m.matrix(m.product(factor, m.column(zs)))
        found.append((m.collapsed(m.plus(mu, moved)), w))
    return found


def cholesky(grid: Mat, semidefinite: bool = False) -> Mat:
    """The lower triangular L with L L^T = ``grid``, from L D L^T without roots, so that what is exact stays so and zeros are seen.

    Raises Undefined if there is none with a positive diagonal (``semidefinite``: with a diagonal that is not negative).
    """
    n = grid.shape[0]
    unit: list[list[Number]] = [[int(i == j) for j in range(n)] for i in range(n)]
    middle: list[Number] = []
    for j in range(n):
        pivot = x.subtract(grid.rows[j][j], m.dot([x.multiply(unit[j][k], unit[j][k]) for k in range(j)], middle))
        if not (pivot > 0 or (semidefinite and pivot == 0)):
            raise Undefined("a covariance that is not positive")
        for i in range(j + 1, n):
            rest = x.subtract(grid.rows[i][j], m.dot([x.multiply(unit[i][k], unit[j][k]) for k in range(j)], middle))
            if pivot == 0 and rest != 0:
                raise Undefined("a covariance that is not positive")
            unit[i][j] = x.divide(rest, pivot) if pivot != 0 else 0
        middle.append(pivot)
    roots = [x.root(d) for d in middle]
    return Mat(tuple(tuple(x.multiply(unit[i][j], roots[j]) for j in range(n)) for i in range(n)))


def typical(law: Law, rng: Random) -> Value:
    """A readable value in the support of a law."""
    p = law.parameters
    match law.name:
        case "Normal" if is_number(p[0]):
            return x.add(p[0], rng.choice((-1, 1, 2, Fraction(1, 2))))
        case "Normal":
            return m.plus(m.matrix(p[0]), m.column(rng.choice((-1, 0, 1, 2)) for _ in range(m.matrix(p[0]).shape[0])))
        case "Uniform":
            return x.add(p[0], x.multiply(rng.choice((Fraction(1, 3), Fraction(1, 2), Fraction(3, 4))), x.subtract(p[1], p[0])))
        case "Bernoulli":
            return rng.choice((0, 1))
        case "Binomial" | "Poisson" | "Geometric":
            return rng.choice((1, 2))
        case _:
            return rng.choice((Fraction(1, 2), 1, 2))

