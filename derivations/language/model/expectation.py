"""Expectations, variances, covariances and probabilities, with and without a subscript, conditional or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derivations.language.context import Context, RandomVariable, Scalar
from derivations.language.errors import MeaningError
from derivations.language.laws import LAWS, law_named
from derivations.language.model import algebra
from derivations.language.model import numbers as x
from derivations.language.model.chance import averaged, mean_of
from derivations.language.model.degree import degree_in
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.families import family_mean, is_family
from derivations.language.model.frame import Frame
from derivations.language.model.laws import density, node_digits, nodes
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number, mp, real
from derivations.language.model.quadrature import quadrature
from derivations.language.model.values import Eye, Fun, Law, Undefined, Value
from derivations.language.structure import bare, free_names, items, subterms
from derivations.language.term import Add, Bar, Call, Group, Index, Mul, Name, Num, Pow, Relation, Term, Transpose


def law(ev: Evaluation, function: Name, arguments: tuple[Term, ...], frame: Frame) -> Value | None:
    """``N(mu, sigma^2)`` as a law and ``N(x | mu, sigma^2)`` as a density, for the names of laws; else None."""
    canonical = law_named(function)
    if canonical is None:
        return None
    first = arguments[0] if arguments else None
    if isinstance(first, Bar):
        return density(_law(ev, canonical, (*items(first.right), *arguments[1:]), frame), ev.value(first.left, frame))
    if len(arguments) == LAWS[canonical].count + 1 and canonical == "Normal":
        return density(_law(ev, canonical, arguments[1:], frame), ev.value(arguments[0], frame))
    return _law(ev, canonical, arguments, frame)


def _law(ev: Evaluation, name: str, parameters: tuple[Term, ...], frame: Frame) -> Law:
    values = tuple(ev.value(p, frame) for p in parameters)
    if not all(is_number(v) or isinstance(v, Mat | Eye) for v in values):
        raise MeaningError(f"a parameter of the law {name} that is neither a number nor a matrix")
    return Law(name, values)


def _mean(ev: Evaluation, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    if len(arguments) != 1:
        raise MeaningError("an expectation of several things")
    body = arguments[0]
    body = bare(body)
    if isinstance(body, Bar):
        return _given(ev, body, frame)
    if under is not None:
        return _under(ev, under, lambda place: ev.value(body, place), body, frame)
    return averaged(ev, lambda place: ev.value(body, place), frame, degree_in(ev.setting, body))


def _given(ev: Evaluation, body: Bar, frame: Frame) -> Value:
    """``E[X | Y]`` (at the outcome of Y that is in force) and ``E[X | Y = y]``."""
    condition = body.right
    if isinstance(condition, Relation):

        def fits(place: Frame) -> bool:
            return bool(ev.value(condition, place))
    else:
        here = tuple(ev.value(t, frame) for t in items(condition))

        def fits(place: Frame) -> bool:
            return tuple(ev.value(t, place) for t in items(condition)) == here

    mass = averaged(ev, lambda place: int(fits(place)), frame)
    if mass == 0:
        raise Undefined("a condition of probability zero")
    total = averaged(ev, lambda place: ev.value(body.left, place) if fits(place) else 0, frame)
    return algebra.over(total, mass)


def _under(ev: Evaluation, under: Term, f: Callable[[Frame], Value], body: Term, frame: Frame) -> Value:
    """``E_q``: over a named law, density or family of probabilities; ``E_{x ~ q}`` names the variable, ``E_X`` a random variable."""
    variable: Term | None = None
    under = bare(under)
    if isinstance(under, Relation) and under.signs == ("~",):
        variable, under = under.items
    if isinstance(under, Name | Index) and isinstance(ev.setting.kinds.get(under), RandomVariable):
        return averaged(ev, f, frame, degree_in(ev.setting, body))
    if isinstance(under, Call) and any(isinstance(a, Name | Bar) for a in under.arguments) and ev.setting.is_declared(under.function):
        first = under.arguments[0]
        variable = variable or (first.left if isinstance(first, Bar) else first)
        return against(ev, lambda place: ev.number(under, place), variable, f, frame)
    if isinstance(under, Name | Index) and is_family(ev, under):
        return family_mean(ev, under, f, frame)
    if isinstance(under, Name | Index) and under not in frame.names:
        definition = next(iter(ev.setting.calls.get(under, ())), None)
        if definition is not None:
            variable = variable or definition.lhs.arguments[0]  # type: ignore[attr-defined]
            if isinstance(variable, Bar):
                variable = variable.left
            if definition.where is None and is_limited(ev.setting.context, variable):
                raise MeaningError("whether what is said of its variable limits the support of the density is not known")
            variable = as_capital(variable, body)
            if normal_rhs(definition.rhs):
                parameters = density_parameters(ev, definition.rhs, frame)
                return nodes_mean(ev, parameters, variable, f, frame, degree_in(ev.setting, body, variable))
            density_call = Call(under, (variable,))
            return against(ev, lambda place: ev.number(density_call, place), variable, f, frame)
    value = ev.value(under, frame)
    if variable is None:
        variable = _variable_of(ev, body)
    if isinstance(value, Law):
        return nodes_mean(ev, value, variable, f, frame, degree_in(ev.setting, body, variable))
    if isinstance(value, Fun):
        return against(ev, lambda place: value.apply(place.names[variable]), variable, f, frame)
    if isinstance(value, Mat):
        raise MeaningError("an expectation under a vector of probabilities without an index")
    raise MeaningError(f"an expectation under {algebra.kind_of(value)}")


def as_capital(variable: Term, body: Term) -> Term:
    """X for the x of a density ``p(x)``, where the mean is of X and no x stands in it: "X has the density p"."""
    names = free_names(body)
    if not isinstance(variable, Name) or variable in names:
        return variable
    capital = replace(variable, text=variable.text.upper())
    return capital if capital in names and len(variable.text) == 1 else variable


def is_limited(context: Context, variable: Term) -> bool:
    """Whether a hypothesis bounds the variable of a density that is defined without a support: "on x >= 0, let p(x) = ..."."""
    return any(isinstance(h, Relation) and set(h.signs) <= {"<", "<=", ">", ">="} and variable in h.items for h in context.hypotheses)


def normal_rhs(rhs: Term) -> bool:
    return isinstance(rhs, Call) and isinstance(rhs.function, Name) and law_named(rhs.function) == "Normal" and isinstance(rhs.arguments[0], Bar)


def density_parameters(ev: Evaluation, rhs: Term, frame: Frame) -> Law:
    first: Bar = rhs.arguments[0]  # type: ignore[attr-defined]
    parameters = (*items(first.right), *rhs.arguments[1:])  # type: ignore[attr-defined]
    return _law(ev, "Normal", parameters, frame)


def _variable_of(ev: Evaluation, body: Term) -> Term:
    """The variable that a law without one is about: a random variable, or x or z or another letter that the body applies densities to."""
    names = [t for _, t in subterms(body) if isinstance(t, Name)]
    for t in names:
        if isinstance(ev.setting.kinds.get(t), RandomVariable):
            return t
    called = [
        a
        for _, t in subterms(body)
        if isinstance(t, Call)
        for a in t.arguments
        if isinstance(a, Name) and isinstance(ev.setting.kinds.get(a), Scalar | None)
    ]
    for t in (*called, *(n for n in names if n.text in ("x", "z", "y", "epsilon", "theta"))):
        return t
    raise MeaningError("an expectation whose variable cannot be told")


def _bound(ev: Evaluation, variable: Term, value: Value, frame: Frame) -> Frame:
    if isinstance(ev.setting.kinds.get(variable), RandomVariable):
        return frame.override(variable, (), value)
    return frame.bind(variable, value)


def nodes_mean(
    ev: Evaluation, q: Law, variable: Term, f: Callable[[Frame], Value], frame: Frame, degree: int | None = None
) -> Value:
    """The mean of f under a law, with ``variable`` bound; by quadrature where f is not smooth enough for the rule of the law."""
    terms: list[Value] = []
    for value, weight in nodes(ev, q, degree):
        ev.tick()
        terms.append(algebra.times(weight, f(_bound(ev, variable, value, frame))))
    try:
        return mean_of(ev, terms, node_digits(ev, q, degree))
    except Undefined:
        if q.name != "Normal" or not all(is_number(t) for t in (*q.parameters, terms[0])):
            raise
    return against(ev, lambda place: density(q, _value_of(ev, variable, place)), variable, f, frame)


def _value_of(ev: Evaluation, variable: Term, place: Frame) -> Value:
    return ev.value(variable, place) if isinstance(variable, Name | Index) else place.names[variable]


def against(ev: Evaluation, weight: Callable[[Frame], Number], variable: Term, f: Callable[[Frame], Value], frame: Frame) -> Value:
    """The integral of a density times f. Far out, where the density is negligible, f is not asked."""

    def integrand(point: Number) -> Number:
        place = _bound(ev, variable, point, frame)
        w = weight(place)
        if w == 0:
            return 0
        value = f(place)
        if not is_number(value):
            raise MeaningError("the mean of an array under a density")
        return x.multiply(w, value)

    return quadrature(ev, integrand, -mp().inf, mp().inf, (repr(variable), id(ev.setting)))


def _variance(ev: Evaluation, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    return _covariance(ev, under, (arguments[0], arguments[0]) if len(arguments) == 1 else arguments, frame)


def _covariance(ev: Evaluation, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    """``Cov(X, Y)``; the matrix ``E[(X - EX)(Y - EY)^T]`` for vectors. One argument: the covariance of a vector with itself."""
    if len(arguments) == 1:
        arguments = (arguments[0], arguments[0])
    if len(arguments) != 2:
        raise MeaningError("the covariance of two variables")
    a, b = arguments
    given: Term | None = None
    if isinstance(b, Bar):
        given, b = b.right, b.left
    if isinstance(a, Bar):
        a = a.left

    def mean(term: Term) -> Value:
        return _mean(ev, under, (term if given is None else Bar(term, given),), frame)

    means = mean(a), mean(b)
    slots = Name("mean of the first"), Name("mean of the second")
    inner = frame.bind_all(dict(zip(slots, means, strict=True)))
    first, second = (Group(Add((("+", Group(t)), ("-", s)))) for t, s in zip((a, b), slots, strict=True))
    if isinstance(means[0], Mat):
        body: Term = Mul((("", first), ("", Transpose(second))))
    elif a == b:
        body = Pow(first, Num("2"))
    else:
        body = Mul((("", first), ("", second)))
    return _mean(ev, under, (body if given is None else Bar(body, given),), inner)


def _probability(ev: Evaluation, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    """``P(X > 0)``; of several events, that they occur together; ``P(A | B)``."""
    if len(arguments) == 1 and isinstance(arguments[0], Bar):
        return _given(ev, arguments[0], frame)

    def occurs(place: Frame) -> int:
        truths = [ev.value(event, place) for event in arguments]
        if not all(isinstance(t, bool) for t in truths):
            raise MeaningError("the probability of something that is not an event")
        return int(all(truths))

    found = averaged(ev, occurs, frame)
    if is_number(found) and abs(real(found)) < _SMALL and any(_goes_on(ev, s) for event in arguments for s in ev.setting.reach(event)):
        raise Undefined("a probability so small that the values count that are left out of its law")
    return found


_SMALL = 1e-12


def _goes_on(ev: Evaluation, symbol: Term) -> bool:
    """Whether a random variable has a law with infinitely many values, of which only those that count are drawn."""
    kind = ev.setting.kinds.get(symbol)
    law = kind.law if isinstance(kind, RandomVariable) else None
    return isinstance(law, Call) and law_named(law.function) in ("Poisson", "Geometric")


OPERATORS: dict[str, Callable[[Evaluation, Term | None, tuple[Term, ...], Frame], Value]] = {
    "E": _mean,
    "Var": _variance,
    "Cov": _covariance,
    "cov": _covariance,
    "var": _variance,
    "V": _variance,
    "P": _probability,
    "Pr": _probability,
}
