"""An evaluation under way: the names and entries of a model, their definitions, and how exact what was computed is.

The files about one kind of term take it as their parameter; ``evaluate`` says which of them gives the value of which term.
"""

from __future__ import annotations

from abc import abstractmethod
from fractions import Fraction
from typing import Any

from derivations.language.context import ONE, Array, Definition, Family, IndexSet, RandomVariable, Sequence, Softmax
from derivations.language.errors import MeaningError
from derivations.language.model import algebra, known
from derivations.language.model import numbers as x
from derivations.language.model.frame import ROOT, Frame
from derivations.language.model.matrix import Mat, collapsed, column, matrix
from derivations.language.model.numbers import Number, is_number, mp
from derivations.language.model.terms import Terms
from derivations.language.model.values import Eye, Fun, Row, Symbol, Undefined, Value
from derivations.language.model.world import SETS, Model, symbol_text
from derivations.language.term import Index, Name, Term
from derivations.language.work import budget

MAX_DEPTH = 40
"""How many steps of a recurrence, or of nested definitions, are followed."""


class Evaluation(Terms):
    """Evaluates terms in one model at one precision. ``digits``: decimal digits of the floats.

    ``accuracy`` falls below ``digits`` where an integral, an infinite sum or a limit was only computed to fewer; ``noise`` is the largest
    absolute error of such a part. ``work`` counts the turns of all loops.
    Every node costs one tick of the budget in force, and so OutOfWork may come out of every evaluation.
    """

    def __init__(self, model: Model, digits: int = 30) -> None:
        self.model = model
        self.budget = budget()
        self.setting = model.setting
        self.digits = digits
        self.accuracy = float(digits)
        self.noise: x.Number = 0
        self.work = 0
        self.memo: dict[Any, Value] = {}
        self.plans: dict[Any, Any] = {}

    @property
    def raised(self) -> bool:
        """Whether the precision was raised for a derivative: then a rule must not change between neighbouring places."""
        return bool(mp().dps > self.digits + x.GUARD + 1)

    def limited(self, digits: float, size: x.Number) -> None:
        """Note that a part of this size is known to so many digits only."""
        if digits < self.accuracy:
            self.accuracy = digits
        self.noise = max(self.noise, abs(x.real(size)) * mp().mpf(10) ** -digits)

    def tick(self) -> None:
        """Called in loops: counts their turns."""
        self.work += 1
        self.budget.spend()

    def again(self, node: Term, frame: Frame) -> Value:
        """``value``, as one turn of a loop."""
        self.tick()
        return self.value(node, frame)

    def number(self, node: Term, frame: Frame) -> x.Number:
        found = self.value(node, frame)
        if not is_number(found):
            raise MeaningError(f"a number is needed, not {algebra.kind_of(found)}")
        return found

    def integer(self, node: Term, frame: Frame) -> int:
        found = self.value(node, frame)
        n = x.as_int(found) if is_number(found) else None
        if n is None:
            raise Undefined("a place or a size that is not an integer")
        return n

    # Names and entries -------------------------------------------------------------------------------------------------------

    def symbol(self, symbol: Symbol, frame: Frame) -> Value:
        if symbol in frame.names:
            return frame.names[symbol]
        definition = self.setting.plain.get(symbol)
        if definition is not None:
            return self._overridden(symbol, self.defined(definition, {}, frame), frame)
        kind = self.setting.kinds.get(symbol)
        match kind:
            case None:
                return self._undeclared(symbol, frame)
            case Sequence():
                return self._whole_sequence(symbol, kind, frame)
            case Family():
                raise MeaningError(f"the family of arrays {symbol_text(symbol)} is used without its subscript")
            case Softmax(axis):
                return Fun(lambda a: known.softmax(a, axis), 1, name=symbol_text(symbol))
            case RandomVariable():
                return self.chance((symbol, ()), frame)
            case _:
                if symbol in self.setting.calls:
                    return self.abbreviated(symbol, frame)
                if isinstance(kind, Array) and symbol in self.setting.entries:
                    return self._from_entries(symbol, kind, frame)
                found = self.model.value(symbol, self)
                return self._overridden(symbol, found, frame) if isinstance(kind, Array) else found

    def _from_entries(self, symbol: Symbol, kind: Array, frame: Frame) -> Value:
        """An array of which the entries are defined."""
        down, across = (range(1, self.integer(size, ROOT) + 1) for size in (kind.rows, kind.cols))
        single = kind.cols == ONE
        return collapsed(Mat(tuple(tuple(self._entry_number(symbol, (i,) if single else (i, j), frame) for j in across) for i in down)))

    def _entry_number(self, symbol: Symbol, index: tuple[int, ...], frame: Frame) -> Number:
        found = self.entry(symbol, index, frame)
        if not is_number(found):
            raise MeaningError(f"an entry of {symbol_text(symbol)} is {algebra.kind_of(found)} and not a number")
        return found

    def _undeclared(self, symbol: Symbol, frame: Frame) -> Value:
        if symbol in self.setting.entries:
            return self._whole_sequence(symbol, Sequence(), frame)
        if symbol in self.setting.calls:
            return self.abbreviated(symbol, frame)
        if isinstance(symbol, Name):
            if symbol.primes:
                found = self.primed(symbol, frame)
                if found is not None:
                    return found
            if symbol not in self.setting.size_names and symbol not in self.model.bounds and self.setting.context.range_of(symbol) is None:
                f = known.known_function(symbol.text) if not symbol.accent and not symbol.label else None
                if f is not None:
                    return f
                if symbol.text == "I" and not symbol.accent:
                    return Eye()
                if symbol.font == "bb" and symbol.text in SETS:
                    return SETS[symbol.text]
        return self.model.value(symbol, self)

    def _whole_sequence(self, symbol: Symbol, kind: Sequence, frame: Frame) -> Value:
        """A sequence without a subscript: its entry at the index of a discrete expectation, else the column of its entries."""
        if frame.family is not None:
            return self.entry(symbol, (frame.family,), frame)
        if kind.arity != 1:
            raise MeaningError(f"the family {symbol_text(symbol)} is used without its {kind.arity} subscripts")
        first, last = self._span(symbol)
        return collapsed(column(self.entry(symbol, (k,), frame) for k in range(first, last + 1)))

    def _span(self, symbol: Symbol) -> tuple[int, int]:
        """How far the entries of a sequence go: as far as the sums over them, else as far as those of all sequences."""
        limits = self.model.spans.get((symbol, 0))
        if limits is not None:
            low, high = (x.as_int(self.value(t, ROOT)) for t in limits)
            if low is not None and high is not None and low <= high <= low + MAX_DEPTH:
                return low, high
        return self.model.family_range(self)

    def _overridden(self, symbol: Symbol, found: Value, frame: Frame, member: tuple[int, ...] = ()) -> Value:
        """An array with those of its entries changed that the frame overrides. ``member``: of a family, which array it is."""
        if not frame.entries or not (isinstance(found, Mat) or is_number(found)):
            return found
        start = len(member)
        changed = {index[start:]: v for (base, index), v in frame.entries.items() if base == symbol and len(index) > start and index[:start] == member}
        if not changed:
            return found
        rows = [list(row) for row in matrix(found).rows]
        for index, v in changed.items():
            i, j = (*index, 1)[:2]
            if not (1 <= i <= len(rows) and 1 <= j <= len(rows[0])):
                raise Undefined(f"the entry {index} of a {len(rows)} x {len(rows[0])} array")
            rows[i - 1][j - 1] = v
        changed_whole = Mat(tuple(tuple(row) for row in rows))
        return changed_whole if isinstance(found, Mat) else collapsed(changed_whole)

    def entry(self, base: Symbol, index: tuple[int, ...], frame: Frame) -> Value:
        """``x_i``: overridden, defined, given by the value of the whole name, or drawn."""
        if (base, index) in frame.entries:
            return frame.entries[base, index]
        return self._overridden(base, self._entry(base, index, frame), frame, index)

    def _entry(self, base: Symbol, index: tuple[int, ...], frame: Frame) -> Value:
        for definition in sorted(self.setting.entries.get(base, ()), key=lambda d: bool(d.parameters)):
            bound = self.matched(definition, index, frame)
            if bound is None:
                continue
            if definition.parameters and base in self.setting.recurrences and self._starts(base, index):
                member = self.setting.kinds.get(base)
                return self.model.member(base, index, member.member, self) if isinstance(member, Family) else self.model.entry(base, index, self)
            return self.defined(definition, bound, frame)
        kind = self.setting.kinds.get(base)
        if isinstance(kind, RandomVariable) and kind.arity:
            return self.chance((base, index), frame)
        if isinstance(kind, Family) and len(index) >= kind.arity and base not in frame.names:
            whole = self.model.member(base, index[: kind.arity], kind.member, self)
            return self.picked(whole, index[kind.arity :], symbol_text(base)) if len(index) > kind.arity else whole
        if isinstance(kind, Sequence) and base not in self.setting.plain and base not in frame.names:
            return self.model.entry(base, index, self)
        if base in self.setting.entries:
            return self.model.entry(base, index, self)
        if isinstance(kind, IndexSet) and base not in self.setting.plain and base not in frame.names:
            return self.model.subset(base, index)
        return self.picked(self.symbol(base, frame), index, symbol_text(base))

    def picked(self, whole: Value, index: tuple[int, ...], name: str) -> Value:
        """The entry of a matrix or vector, counted from 1."""
        if isinstance(whole, Fun) and whole.family is not None:
            return whole.family(index)
        if isinstance(whole, Eye):
            return whole.scale if len(index) == 2 and index[0] == index[1] else 0
        if isinstance(whole, Row):
            whole = column(whole.items)
        if not isinstance(whole, Mat) and not is_number(whole):
            raise MeaningError(f"{name} is {algebra.kind_of(whole)} and has no entries")
        grid = matrix(whole)
        rows, cols = grid.shape
        if len(index) == 1 and 1 not in (rows, cols):
            raise MeaningError(f"{name} is a {rows} x {cols} matrix: its entries need two subscripts")
        i, j = index if len(index) == 2 else (index[0], 1) if cols == 1 else (1, index[0])
        if not (1 <= i <= rows and 1 <= j <= cols):
            raise Undefined(f"the entry {index} of a {rows} x {cols} array")
        return grid.rows[i - 1][j - 1]

    def _starts(self, base: Symbol, index: tuple[int, ...]) -> bool:
        """Whether a recurrence has its free starting values here. Below them there is nothing: Undefined."""
        recurrence = self.setting.recurrences[base]
        explicit = [
            n
            for d in self.setting.entries[base]
            if not d.parameters and (n := self._constant(d)) is not None
        ]
        position = index[0] * recurrence.step
        start = min(n * recurrence.step for n in explicit) if explicit else 0 if recurrence.step > 0 else -6
        if (explicit and position < start) or (not explicit and position <= start - recurrence.lag):
            raise Undefined(f"{symbol_text(base)} before its recurrence starts")
        return not explicit and position <= start

    def _constant(self, definition: Definition) -> int | None:
        found = self.value(definition.lhs.subscripts[0], ROOT)  # type: ignore[attr-defined]
        return x.as_int(found) if is_number(found) else None

    def matched(self, definition: Definition, index: tuple[int, ...], frame: Frame) -> dict[Any, Value] | None:
        """The parameters for which an index pattern is ``index``, or None if there are none (or the condition fails)."""
        subscripts = definition.lhs.subscripts  # type: ignore[attr-defined]
        if len(subscripts) != len(index):
            return None
        bound: dict[Any, Value] = {}
        for pattern, value in zip(subscripts, index, strict=True):
            if isinstance(pattern, Name) and pattern in definition.parameters and pattern not in bound:
                bound[pattern] = value
                continue
            inside = [p for p in definition.parameters if p in self.setting.symbols(pattern)]
            if not inside or inside[0] in bound:
                if self.value(pattern, frame.bind_all(bound)) != value:
                    return None
                continue
            zero, one = (self.value(pattern, frame.bind(inside[0], k)) for k in (0, 1))
            solved = Fraction(value - zero, one - zero) if one != zero else None
            if solved is None or solved.denominator != 1:
                return None
            bound[inside[0]] = solved.numerator
        if definition.where is not None and not self.value(definition.where, frame.bind_all(bound)):
            return None
        return bound

    def defined(self, definition: Definition, bound: dict[Any, Value], frame: Frame) -> Value:
        """The right-hand side with the parameters bound, remembered for the overrides that it can depend on."""
        self.tick()
        if frame.depth > MAX_DEPTH:
            raise Undefined("definitions nested too deeply, or without an end")
        reach = self.setting.reach(definition.rhs)
        if self.model.examined:  # what a value may be that is not settled is not remembered
            return self.value(definition.rhs, self._inside(bound, frame))
        key = (
            id(definition),
            mp().prec,
            frame.chance,
            frame.family,
            tuple(bound.items()),
            tuple((n, v) for n, v in frame.names.items() if n in reach or not isinstance(n, Name | Index)),
            tuple((place, v) for place, v in frame.entries.items() if place[0] in reach),
        )
        try:
            found = self.memo.get(key)
        except TypeError:  # a value that has no hash
            return self.value(definition.rhs, self._inside(bound, frame))
        if found is None:
            found = self.memo[key] = self.value(definition.rhs, self._inside(bound, frame))
        return found

    @staticmethod
    def _inside(bound: dict[Any, Value], frame: Frame) -> Frame:
        return Frame({**frame.names, **bound}, frame.entries, frame.chance, frame.family, frame.depth + 1)

    # What a construct says ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def abbreviated(self, symbol: Symbol, frame: Frame) -> Value:
        """``f`` for ``f(x)``: a name that is defined only with arguments."""

    @abstractmethod
    def primed(self, symbol: Name, frame: Frame) -> Fun | None:
        """``f'``: the derivative of the function f, or None if f is none."""

    @abstractmethod
    def chance(self, key: tuple[Symbol, tuple[int, ...]], frame: Frame) -> Value:
        """The outcome of a random variable: what the expectation around it enumerates, else its realised value."""
