"""The laws of the base variable by name, with their densities as they are written."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError, ParameterError
from derivations.language.quote import quote
from derivations.language.record import record
from derivations.language.structure import transform
from derivations.language.term import Add, Bars, Const, Frac, Name, Num, Pow, Relation, Root, Term, group, product, relation
from derivations.parameters import nearest
from derivations.reading.python_expression import calls, condition, expression
from derivations.rules.normal.convert import Algebra
from derivations.rules.order import sign_by_factors
from derivations.topics.pushforward import distributions as made
from derivations.topics.pushforward.distributions import Distribution
from derivations.topics.pushforward.evaluation import Compiled, at, digits
from derivations.topics.pushforward.parameter_domain import describe
from derivations.topics.pushforward.quadrature import integral, sample_points
from derivations.topics.pushforward.refusals import CannotPush, bounded
from derivations.topics.pushforward.symbols import Said, constraints, symbols_of
from derivations.topics.pushforward.symbols import written as symbol_text

z = Name("z")
e, pi = Const("e"), Const("pi")


@record
class Law:
    """A law with its arguments: what the engine needs, the density as a term in z, and the context of its parameters."""

    distribution: Distribution
    density: Term
    context: Context
    shown: str
    variance_of_normal: tuple[Term, Term] | None = None


@record
class Family:
    """How a family is written: the domains of its arguments, its distribution, its density (or None: quoted from the distribution), and which
    arguments must be smaller than which."""

    arguments: tuple[tuple[str, Domain], ...]
    make: Callable[..., Distribution]
    written: Callable[..., Term] | None = None
    ordered: tuple[tuple[int, int], ...] = ()


def slashed(exponent: Term, *, slash: bool = True) -> Term:
    """An exponent with its quotients on one line, where they can be read (or in the usual form)."""
    return transform(exponent, lambda node: replace(node, slash=slash) if isinstance(node, Frac) else node)


def _normal_density(mean: Term, variance: Term) -> Term:
    shifted: Term = z if mean == Num("0") else z - mean
    if variance in (Num("1"), Pow(Num("1"), Num("2"))):
        return Frac(Num("1"), Root(2 * pi)) * Pow(e, slashed(-Frac(shifted**2, Num("2"))))
    if isinstance(variance, Pow) and variance.exponent == Num("2"):
        return Frac(Num("1"), product(Root(2 * pi), variance.base)) * Pow(e, slashed(-Frac(shifted**2, product(2, variance))))
    return Frac(Num("1"), Root(product(2, pi, variance))) * Pow(e, slashed(-Frac(shifted**2, product(2, variance))))


def _exponential_density(rate: Term) -> Term:
    return Pow(e, -z) if rate == Num("1") else product(rate, Pow(e, -product(rate, z)))


def _uniform_density(low: Term, high: Term) -> Term:
    return Num("1") if (low, high) == (Num("0"), Num("1")) else Frac(Num("1"), high - low)


def _laplace_density(location: Term, scale: Term) -> Term:
    size = Bars("abs", z if location == Num("0") else z - location)
    return Frac(Num("1"), Num("2")) * Pow(e, -size) if scale == Num("1") else Frac(Num("1"), product(2, scale)) * Pow(e, slashed(-Frac(size, scale)))


REAL, POSITIVE = Domain.REAL, Domain.POSITIVE
FAMILIES: dict[str, Family] = {
    "Normal": Family((("mean", REAL), ("variance", POSITIVE)), lambda m, v: made.normal(m, v ** _half()), _normal_density),
    "Uniform": Family((("low", REAL), ("high", REAL)), made.uniform, _uniform_density, ((0, 1),)),
    "Exponential": Family((("rate", POSITIVE),), made.exponential, _exponential_density),
    "Gamma": Family((("shape", POSITIVE), ("scale", POSITIVE)), made.gamma_distribution),
    "Beta": Family((("a", POSITIVE), ("b", POSITIVE)), made.beta_distribution),
    "Laplace": Family((("location", REAL), ("scale", POSITIVE)), made.laplace, _laplace_density),
    "Logistic": Family((("location", REAL), ("scale", POSITIVE)), made.logistic),
    "Cauchy": Family((("location", REAL), ("scale", POSITIVE)), made.cauchy),
    "StudentT": Family((("degrees", POSITIVE),), made.student_t),
    "ChiSquared": Family((("degrees", POSITIVE),), made.chi_squared),
    "Weibull": Family((("shape", POSITIVE), ("scale", POSITIVE)), made.weibull),
    "Gumbel": Family((("location", REAL), ("scale", POSITIVE)), made.gumbel),
    "Pareto": Family((("alpha", POSITIVE), ("minimum", POSITIVE)), made.pareto),
    "LogNormal": Family((("mean", REAL), ("deviation", POSITIVE)), made.log_normal),
    "Rayleigh": Family((("scale", POSITIVE),), made.rayleigh),
    "HalfNormal": Family((("scale", POSITIVE),), made.half_normal),
    "Triangular": Family((("low", REAL), ("mode", REAL), ("high", REAL)), made.triangular, ordered=((0, 1), (1, 2))),
    "F": Family((("df1", POSITIVE), ("df2", POSITIVE)), made.f_distribution),
}


def _half() -> Any:
    import sympy as sp

    return sp.Rational(1, 2)


ALIASES = {
    "N": "Normal", "Gaussian": "Normal", "U": "Uniform", "Unif": "Uniform", "Exp": "Exponential", "Lognormal": "LogNormal",
    "Student": "StudentT", "T": "StudentT", "Chi2": "ChiSquared", "ChiSquare": "ChiSquared",
}  # fmt: skip
"""Further names of laws."""


def law(text: str, told: Said | None = None) -> Law:
    """The law that a text names: ``Normal(mu, sigma**2)`` (mean and variance), a mixture ``0.3*Normal(0,1) + 0.7*Normal(4,1)``, one kept to an interval,
    ``Normal(0,1) | z > 0``, or a density of one's own, ``2*z for 0 < z < 1``. ``told``: what is said of its symbols.

    Raises:
        DeriveError: an unknown law (with the nearest names), a wrong number of arguments, a density whose mass is not one.
        ParameterError: an argument outside its domain.
    """
    told = told or Said({}, ())
    before, bar, condition_text = text.partition("|") if "||" not in text else (text, "", "")
    if bar:
        return _kept(law(before, told), condition(condition_text, "the condition of the base law"), text)
    parts = _weighted(text)
    if parts is not None:
        return _mixture([(weight, law(part, told)) for weight, part in parts], told, text)
    if not _CALLED.match(text):
        return _own(text, told)
    return _family(text, told)


_CALLED = re.compile(r"\s*[A-Z][A-Za-z0-9]*\s*\(")
"""How a law begins: its name has a capital letter."""


def _family(text: str, told: Said) -> Law:
    name, arguments = calls(text, "the base law")
    name = ALIASES.get(name, name)
    if name not in FAMILIES:
        raise DeriveError(f"there is no law {name!r}{nearest(name, FAMILIES)}; there are {', '.join(FAMILIES)}, or a density in z such as '2*z for 0 < z < 1'")
    family = FAMILIES[name]
    if len(arguments) != len(family.arguments):
        wanted = ", ".join(n for n, _ in family.arguments)
        raise DeriveError(f"{name} takes {len(family.arguments)} arguments ({wanted}) and was given {len(arguments)}")
    known = Context()
    above_zero = name == "Uniform" and arguments[0] == Num("0")
    for argument, (_, domain) in zip(arguments, family.arguments, strict=True):
        known = told.declare(known, symbols_of(argument), POSITIVE if above_zero else domain)
    reserved(known)
    known = known.assume(*(fact for fact in told.facts if all(known.kind(s) is not None for s in symbols_of(fact))))
    values = [denote(a, known) for a in arguments]
    for (field, domain), argument, value in zip(family.arguments, arguments, values, strict=True):
        if domain is POSITIVE and value.is_positive is not True and not _positive(argument, known):
            raise ParameterError(f"the law {name}", field, value, "positive" if not value.free_symbols else f"positive; --let '{value} > 0' says so")
    for low, high in family.ordered:
        known = _in_order(known, name, family, arguments[low], arguments[high])
    distribution = family.make(*values)
    distribution = replace(distribution, constraints=constraints(known))
    if family.written is not None:
        density = family.written(*arguments)
    else:
        density = quote(distribution.density, {distribution.variable: z, **{denote(s, known): s for s, _ in known.kinds}})
    normal = (arguments[0], arguments[1]) if name == "Normal" else None
    return Law(distribution, bracketed(density), known, text, normal)


def reserved(known: Context) -> None:
    """Raises DeriveError where a symbol has a name that stands for something else here."""
    for symbol, _ in known.kinds:
        if symbol in _TAKEN:
            raise DeriveError(f"the symbol {symbol_text(symbol)} stands for {_TAKEN[symbol]} here; another letter is accepted")


_TAKEN: dict[Term, str] = {
    z: "the value of Z", Name("x"): "the value of X", Name("f"): "the map", Name("p"): "a density",
    Name("X"): "the random variable", Name("Z"): "the random variable",
}  # fmt: skip


def _positive(argument: Term, known: Context) -> bool:
    algebra = Algebra(known)
    return sign_by_factors(algebra, algebra.poly(argument)) == "+"


def _in_order(known: Context, name: str, family: Family, low: Term, high: Term) -> Context:
    """The context with ``low < high``, where it does not follow from what is known. Raises DeriveError where it is false."""
    algebra = Algebra(known)
    sign = sign_by_factors(algebra, algebra.poly(high) - algebra.poly(low))
    if sign == "+":
        return known
    if sign is not None or not symbols_of(high) | symbols_of(low):
        fields = ", ".join(n for n, _ in family.arguments)
        raise DeriveError(f"{name}({fields}): {denote(low, known)} is not smaller than {denote(high, known)}; increasing bounds are accepted")
    return known.assume(relation(low, "<", high))


def _weighted(text: str) -> list[tuple[str, str]] | None:
    """``w*Law(...) + ...`` as weights and laws, as texts; None for what is no sum of laws."""
    import ast

    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None

    def terms(node: ast.expr) -> list[ast.expr]:
        match node:
            case ast.BinOp(left, ast.Add(), right):
                return [*terms(left), *terms(right)]
            case _:
                return [node]

    def is_law(node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and ALIASES.get(node.func.id, node.func.id) in FAMILIES

    found: list[tuple[str, str]] = []
    for node in terms(tree):
        match node:
            case ast.BinOp(weight, ast.Mult(), part) if is_law(part):
                found.append((ast.unparse(weight), ast.unparse(part)))
            case ast.BinOp(part, ast.Div(), weight) if is_law(part):
                found.append((f"1/({ast.unparse(weight)})", ast.unparse(part)))
            case _:
                return None
    return found


def _mixture(parts: list[tuple[Term | str, Law]], told: Said, text: str) -> Law:
    weights = [expression(str(weight), "a weight of the mixture") for weight, _ in parts]
    laws = [part for _, part in parts]
    known = Context()
    for part in laws:
        for symbol, kind in part.context.kinds:
            known = known if known.kind(symbol) is not None else known.declare(kind, symbol)
        known = known.assume(*(h for h in part.context.hypotheses if h not in known.hypotheses))
    for weight in weights:
        known = told.declare(known, symbols_of(weight), Domain.UNIT)
    reserved(known)
    algebra = Algebra(known)
    total = reduce(lambda a, b: a + b, weights)
    if not algebra.zero(algebra.poly(total) - algebra.poly(Num("1"))):
        raise DeriveError(f"the weights of the mixture add up to {denote(total, known)}; weights that add up to 1 are accepted")
    for weight in weights:
        if not _positive(weight, known):
            raise DeriveError(f"the weight {denote(weight, known)} of the mixture is not shown to be positive; one between 0 and 1 is accepted")
    if len({part.distribution.support for part in laws}) != 1:
        raise DeriveError("the laws of the mixture have different supports; laws with the same support are accepted")
    density = reduce(lambda a, b: a + b, (product(_grouped(w), _grouped(part.density)) for w, part in zip(weights, laws, strict=True)))
    normal = next((part.variance_of_normal for part in laws if part.variance_of_normal), None)
    return law_of(density, laws[0].distribution.support, known, text, normal)


def _grouped(node: Term) -> Term:
    return group(node) if isinstance(node, Add) else node


def law_of(density: Term, support: Any, known: Context, text: str, normal: tuple[Term, Term] | None = None) -> Law:
    """A law by its density."""
    value = denote(density, known.declare(Scalar(), z))
    distribution = Distribution("own", {}, value.subs(denote(z, known.declare(Scalar(), z)), made.Z), support, made.Z, constraints(known))
    distribution = distribution.with_parameters({denote(s, known) for s, _ in known.kinds})
    return Law(distribution, bracketed(density), known, text, normal)


def _kept(given: Law, where: Relation, text: str) -> Law:
    """A law under the condition that its variable lies in an interval: its density there, divided by the mass that the interval has."""
    low, high = _ends(where, "the condition of the base law")
    known = given.context
    span = given.distribution.spans[0] if len(given.distribution.spans) == 1 else None
    if span is None:
        raise DeriveError("the base law has several intervals; one with a single interval can be kept to a part of it")
    import sympy as sp

    lo = span.lo if low is None else denote(low, known)
    hi = span.hi if high is None else denote(high, known)
    domain = given.distribution.domain
    try:
        lo, hi = domain.larger(lo, span.lo), domain.smaller(hi, span.hi)
        if domain.compare(lo, hi) >= 0:
            raise DeriveError(f"{text}: no value of the law lies in this interval")
    except CannotPush as problem:
        raise DeriveError(f"{text}: {problem}; numbers, or symbols with --let, are accepted as bounds") from problem
    with bounded(f"the mass of {text}"):
        mass = sp.integrate(given.distribution.density, (given.distribution.variable, lo, hi))
        mass = sp.simplify(mass)
    if mass.has(sp.Integral) or mass.has(sp.meijerg):
        raise DeriveError(f"{text}: SymPy finds no closed form of the mass of the interval; another interval is accepted")
    below = quote(mass, {denote(s, known): s for s, _ in known.kinds})
    return law_of(Frac(given.density, below), sp.Interval.open(lo, hi), known, text, given.variance_of_normal)


def _ends(where: Relation, what: str) -> tuple[Term | None, Term | None]:
    """The bounds of z in ``0 < z < 1``, ``z > 0`` or ``z < 1`` (None: none)."""
    rising = where if where.signs[0] in ("<", "<=") else Relation(where.items[::-1], tuple({">": "<", ">=": "<="}.get(s, s) for s in where.signs[::-1]))
    if all(s in ("<", "<=") for s in rising.signs):
        match rising.items:
            case (low, middle, high) if middle == z:
                return low, high
            case (low, middle) if middle == z:
                return low, None
            case (middle, high) if middle == z:
                return None, high
    raise DeriveError(f"{what} is not one interval of z; 0 < z < 1, z > 0 or z < 1 is accepted")


def _own(text: str, told: Said) -> Law:
    """A density that somebody wrote: a formula in z, with ``for`` and an interval behind it where it is not the whole line."""
    import sympy as sp

    formula, behind, interval = text.partition(" for ")
    density = expression(formula, "the base density")
    if z not in symbols_of(density) and not behind:
        raise DeriveError(f"the base {text!r} is neither a law nor a density in z; one such as Normal(0,1) or '2*z for 0 < z < 1' is accepted")
    low, high = _ends(condition(interval, "the interval of the base density"), "the interval of the base density") if behind else (None, None)
    known = Context()
    for part in (density, *(end for end in (low, high) if end is not None)):
        known = told.declare(known, symbols_of(part) - {z})
    reserved(known)
    known = known.assume(*(fact for fact in told.facts if all(known.kind(s) is not None for s in symbols_of(fact))))
    lo, hi = -sp.oo if low is None else denote(low, known), sp.oo if high is None else denote(high, known)
    found = law_of(density, sp.Interval.open(lo, hi), known, text)
    _has_mass_one(found)
    return found


def _has_mass_one(given: Law) -> None:
    """Raises DeriveError where a density is negative somewhere, or its integral differs from one at values of its parameters."""
    distribution = given.distribution
    (span,) = distribution.spans
    for values in distribution.domain.samples[:3]:
        compiled = Compiled(distribution.density.subs(digits(values)), (distribution.variable,))
        lo, hi = at(span.lo, values), at(span.hi, values)
        where = f" at {describe(values)}" if values else ""
        if any(compiled(point) < 0 for point in sample_points(lo, hi, 25)):
            raise DeriveError(f"the base density {given.shown!r} is negative somewhere{where}; a density is accepted")
        middle = 0.0 if math.isinf(lo) and math.isinf(hi) else lo if not math.isinf(lo) else hi
        edges = [lo, middle, hi] if lo < middle < hi else [lo, hi]
        total = sum(integral(compiled, a, b) for a, b in itertools.pairwise(edges))
        if abs(total - 1) > 1e-4:
            raise DeriveError(f"the base density {given.shown!r} integrates to {total:.6g}{where}, not to 1; a density is accepted")
