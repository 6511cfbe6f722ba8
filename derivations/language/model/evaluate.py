"""Which file gives the value of which term (``nodes``), and the evaluator that puts them together."""

from __future__ import annotations

from derivations.language.context import RandomVariable
from derivations.language.model import calls
from derivations.language.model import numbers as x
from derivations.language.model.chance import realised, shared
from derivations.language.model.evaluation import Evaluation
from derivations.language.model.frame import ROOT, Frame
from derivations.language.model.nodes import BY_TYPE
from derivations.language.model.sums import limits
from derivations.language.model.values import Fun, NeedsVariable, Symbol, Undefined, Value
from derivations.language.model.world import Model
from derivations.language.term import Big, Name, Term


class Evaluator(Evaluation):
    """Evaluates terms in one model at one precision."""

    def value(self, node: Term, frame: Frame) -> Value:
        self.budget.spend()
        return BY_TYPE[type(node)](self, node, frame)

    def abbreviated(self, symbol: Symbol, frame: Frame) -> Value:
        return calls.abbreviated(self, symbol, frame)

    def primed(self, symbol: Name, frame: Frame) -> Fun | None:
        base = Name(symbol.text, symbol.accent, symbol.font, symbol.primes - 1, symbol.label)
        f = calls.function_value(self, base, frame)
        return calls.differentiated(f) if isinstance(f, Fun) else None

    def chance(self, key: tuple[Symbol, tuple[int, ...]], frame: Frame) -> Value:
        if key in frame.entries:
            return frame.entries[key]
        if frame.chance:
            found = shared(self, key, frame)
            if found is not None:
                return found
            raise NeedsVariable(key)
        return self.model.outcome(key, self)

    def realised(self, key: tuple[Symbol, tuple[int, ...]], kind: RandomVariable) -> Value:
        return realised(self, key, kind)

    def range_of_big(self, node: Big, frame: Frame) -> tuple[int, int]:
        first, last = limits(self, node, frame)
        if first is None or last is None:
            raise Undefined("a sum over all integers where a finite range is needed")
        return first, last


def evaluate(node: Term, model: Model, digits: int = 30) -> Value:
    """The value of a term in a model, with ``digits`` correct decimal digits where it is not exact.

    Raises Undefined where there is no real value, ShapeError (with both shapes) where sizes do not fit, MeaningError for a construct or a
    name without a meaning here.
    """
    with x.precision(digits + x.GUARD):
        return Evaluator(model, digits).value(node, ROOT)
