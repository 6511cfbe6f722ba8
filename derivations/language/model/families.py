"""Families of probabilities ``p_i``: their index range and the means under them."""

from __future__ import annotations

from collections.abc import Callable

from derivations.language.context import Sequence
from derivations.language.model import algebra
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import Frame
from derivations.language.model.sums import limits
from derivations.language.model.values import Value
from derivations.language.structure import subterms
from derivations.language.term import Big, Index, Name, Num, Term


def is_family(ev: Evaluation, symbol: Term) -> bool:
    if isinstance(ev.setting.kinds.get(symbol), Sequence) or symbol in ev.setting.entries:
        return True
    return any(isinstance(d.lhs.function, Index) and d.lhs.function != symbol for d in ev.setting.calls.get(symbol, ()))  # type: ignore[attr-defined]


def family_places(ev: Evaluation, symbol: Term, frame: Frame) -> tuple[int, int]:
    definitions = [*ev.setting.entries.get(symbol, ()), *ev.setting.calls.get(symbol, ())]
    for definition in definitions:
        for parameter in definition.parameters:
            stated = ev.setting.context.range_of(parameter)
            if stated is not None:
                return ev.integer(stated[0], frame), ev.integer(stated[1], frame)
    for definition in definitions:
        for s in ev.setting.reach(definition.rhs):
            for other in [d for d in (ev.setting.plain.get(s),) if d is not None] + [definition]:
                for _, t in subterms(other.rhs):
                    if isinstance(t, Big) and t.op == "sum":
                        first, last = limits(ev, t, frame)
                        if first is not None and last is not None:
                            return first, last
    return ev.model.family_range(ev)


def family_mean(ev: Evaluation, p: Name | Index, f: Callable[[Frame], Value], frame: Frame) -> Value:
    """``E_p[s] = \\sum_i p_i s_i``: bare names of sequences in the body are read at i."""
    first, last = family_places(ev, p, frame)
    total: Value = None
    for k in range(first, last + 1):
        place = Frame(frame.names, frame.entries, frame.chance, k, frame.depth)
        weight = ev.value(Index(p, (Num(str(k)),)), frame) if k >= 0 else ev.entry(p, (k,), frame)
        term = algebra.times(weight, f(place))
        total = term if total is None else algebra.plus(total, term)
    return 0 if total is None else total
