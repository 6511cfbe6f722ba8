"""Entropies, divergences and mutual information: of families of probabilities, of laws and densities, of random variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from derivations.language.context import Function, RandomVariable
from derivations.language.errors import MeaningError
from derivations.language.model import laws
from derivations.language.model import numbers as x
from derivations.language.model.chance import fresh, outcomes
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.expectation import against, density_parameters, nodes_mean, normal_rhs
from derivations.language.model.families import family_places, is_family
from derivations.language.model.frame import Frame
from derivations.language.model.matrix import Mat
from derivations.language.model.numbers import Number, is_number
from derivations.language.model.values import Law, NeedsVariable, Row, Value
from derivations.language.term import Bar, Call, Index, Name, Num, Term


def _entropy(ev: Evaluation, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    """``H(p)`` of a family of probabilities or a law; ``H(X)`` of a random variable with finitely many values; ``H(p, q)`` the cross-entropy."""
    first, *rest = arguments
    second = rest[0] if rest else first
    if isinstance(first, Name | Index) and isinstance(ev.setting.kinds.get(first), RandomVariable):
        return _entropy_of_variables(ev, arguments, frame)
    return _divergence_like(ev, first, None, second, frame)


def _entropy_of_variables(ev: Evaluation, arguments: tuple[Term, ...], frame: Frame) -> Value:
    masses: dict[tuple[Value, ...], Number] = {}

    def record(place: Frame) -> Value:
        values = tuple(ev.value(a, place) for a in arguments)
        return Row(values)

    def walk(place: Frame, weight: Number) -> None:
        try:
            row = record(place)
        except NeedsVariable as needed:
            for w, outcome in outcomes(ev, needed.key, place)[0]:
                entries = {**place.entries, **outcome}
                walk(Frame(place.names, entries, True, place.family, place.depth), x.multiply(weight, w))
            return
        masses[row.items] = x.add(masses.get(row.items, 0), weight)

    for a in arguments:
        kind = ev.setting.kinds.get(a)
        if isinstance(kind, RandomVariable) and kind.law is not None:
            found = ev.value(kind.law, frame)
            if isinstance(found, Law) and len(arguments) == 1:
                return laws.entropy(ev, found)
            raise MeaningError("the joint entropy of continuous variables")
    walk(fresh(ev, frame), 1)
    return _plogp(masses.values(), masses.values())


def _plogp(p: Iterable[Number], q: Iterable[Number]) -> Number:
    total: Number = 0
    for a, b in zip(p, q, strict=True):
        if a != 0:
            total = x.subtract(total, x.multiply(a, x.logarithm(b)))
    return total


def _masses(ev: Evaluation, p: Term, frame: Frame) -> list[Number] | None:
    if isinstance(p, Name | Index):
        if is_family(ev, p):
            first, last = family_places(ev, p, frame)
            return [ev.value(Index(p, (Num(str(k)),)), frame) for k in range(first, last + 1)]
        if p in ev.setting.calls or isinstance(ev.setting.kinds.get(p), Function):
            return None
    value = ev.value(p, frame)
    if isinstance(value, Mat) and value.is_column:
        return [row[0] for row in value.rows]
    if is_number(value):  # the entropy of a coin
        return [value, x.subtract(1, value)]
    return None


def _divergence_like(ev: Evaluation, p: Term, minus: Term | None, q: Term, frame: Frame) -> Value:
    """``-sum p log q``, less ``-sum minus log minus``; for densities the integrals."""
    p_masses, q_masses = _masses(ev, p, frame), _masses(ev, q, frame)
    if p_masses is not None and q_masses is not None:
        result = _plogp(p_masses, q_masses)
        return result if minus is None else x.subtract(result, _plogp(p_masses, p_masses))
    variable = Name("the variable of a law")

    def log_of(q: Term, place: Frame) -> Number:
        return laws.log_density(ev, q, place.names[variable], place)

    def f(place: Frame) -> Value:
        negative = -log_of(q, place)
        return negative if minus is None else x.add(negative, log_of(minus, place))

    inner = frame
    value = None if p in ev.setting.calls else ev.value(p, frame)
    if isinstance(value, Law):
        return nodes_mean(ev, value, variable, f, inner)
    definition = next(iter(ev.setting.calls.get(p, ())), None)
    if definition is not None and normal_rhs(definition.rhs):
        return nodes_mean(ev, density_parameters(ev, definition.rhs, frame), variable, f, inner)
    call = Call(p, (variable,))
    return against(ev, lambda place: ev.number(call, place), variable, f, inner)


def _divergence(ev: Evaluation, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    """``KL(q || p)``, the integral of q log(q / p)."""
    if len(arguments) == 1 and isinstance(arguments[0], Bar):
        q, p = arguments[0].left, arguments[0].right
    elif len(arguments) == 2:
        q, p = arguments
    else:
        raise MeaningError("a divergence needs two laws")
    q, p = (_without_variables(ev, t) for t in (q, p))
    return _divergence_like(ev, q, q, p, frame)


def _without_variables(ev: Evaluation, node: Term) -> Term:
    """``q`` for ``q(x)``."""
    if isinstance(node, Call) and ev.setting.is_declared(node.function) and all(isinstance(a, Name) for a in node.arguments):
        return node.function
    return node


def _information(ev: Evaluation, under: Term | None, arguments: tuple[Term, ...], frame: Frame) -> Value:
    """``I(X; Y) = H(X) + H(Y) - H(X, Y)``."""
    first = arguments[0]
    pair = (first.left, first.right) if isinstance(first, Bar) else arguments
    if len(pair) != 2:
        raise MeaningError("the mutual information of two variables")
    one, two = (_entropy_of_variables(ev, (t,), frame) for t in pair)
    return x.subtract(x.add(one, two), _entropy_of_variables(ev, tuple(pair), frame))


OPERATORS: dict[str, Callable[[Evaluation, Term | None, tuple[Term, ...], Frame], Value]] = {
    "H": _entropy,
    "KL": _divergence,
    "D": _divergence,
    "I": _information,
}
