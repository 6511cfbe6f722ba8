"""A model: concrete values for the names of a context, drawn when they are first needed and then kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from derivations.language.context import Array, Domain, Function, IndexSet, RandomVariable, Scalar, Sequence
from derivations.language.errors import MeaningError
from derivations.language.model import draw, special
from derivations.language.model import numbers as x
from derivations.language.model.frame import ROOT, Frame
from derivations.language.model.functions import random_function
from derivations.language.model.matrix import Mat, matrix
from derivations.language.model.numbers import Number
from derivations.language.model.setting import Setting
from derivations.language.model.terms import Terms
from derivations.language.model.values import CannotSample, Fun, Members, NamedSet, Row, Symbol, Undefined, Value
from derivations.language.numbering import BELOW, ROUND, SQUARE, labelled
from derivations.language.term import Big, Index, Name, Num, Relation, Term

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_TRIES = 40
_SPECIAL_TRIES = 6
_BLOCK = 16


def symbol_text(symbol: Term) -> str:
    """A name for people: ``x``, ``W_q``, ``hat y``."""
    symbol = labelled(symbol)
    if isinstance(symbol, Index):
        return f"{symbol_text(symbol.base)}_{','.join(symbol_text(s) for s in symbol.subscripts)}"
    if isinstance(symbol, Num):
        return symbol.digits
    if isinstance(symbol, Name):
        label = f"^({symbol.label})" if symbol.label not in ("", BELOW, ROUND, SQUARE) else ""
        return " ".join((*reversed(symbol.accent), symbol.text)) + "'" * symbol.primes + label
    return type(symbol).__name__


def _inside(n: int, low: Number | None, high: Number | None) -> bool:
    return (low is None or x.less(low, n)) and (high is None or x.less(n, high))


@dataclass
class Model:
    """Values for a context. The same (setting, seed, number, attempt) always gives the same values, at every precision."""

    setting: Setting
    seed: int = 0
    number: int = 0
    attempt: int = 0
    bounds: dict[Symbol, tuple[Term, Term] | None] = field(default_factory=dict)
    """Index names with the range that their use as a subscript leaves them (None: that of all sequences)."""
    spans: dict[tuple[Term, int], tuple[Term, Term]] = field(default_factory=dict)
    """By sequence and subscript, the limits of the sums over its entries."""
    names: dict[Symbol, Value] = field(default_factory=dict)
    entries: dict[tuple[Symbol, tuple[int, ...]], Value] = field(default_factory=dict)
    blocks: dict[tuple[Symbol, tuple[int, ...], int], tuple[Number, ...]] = field(default_factory=dict)
    used: set[Number] = field(default_factory=set)
    """Scalars drawn so far: different names get different values while that is possible."""
    shapes_like: dict[Symbol, frozenset[str]] = field(default_factory=dict)
    """Properties to try for arrays whose hypotheses a general matrix did not satisfy."""
    kind: str = ""
    """Of which special kind the values are (``special.KINDS``); empty for generic ones."""
    counting: frozenset[Symbol] = frozenset()
    """Names that are the length of something."""
    places: frozenset[Symbol] = frozenset()
    """Names that are the place of an entry: they are counted from 1 unless something else is said."""
    standing: tuple[Term, ...] = ()
    """The names and the entries at fixed places, one of which is large where all others are ones."""
    examined: dict[tuple[Symbol, tuple[int, ...]], Number] = field(default_factory=dict)
    """Entries that are being drawn, with the values they may get: a hypothesis that joins two sequences asks for the one while it checks the other."""
    _equal: tuple[int, int] | None = field(default=None, repr=False, compare=False)
    _alone: int | None = field(default=None, repr=False, compare=False)

    @property
    def special(self) -> str:
        """The kind to draw now: what does not satisfy the hypotheses is drawn again, by chance of any kind, and then generic."""
        return "" if not self.kind or self.attempt > _SPECIAL_TRIES else self.kind if self.attempt == 0 else "mixed"

    def rng(self, *key: object) -> Random:
        return Random(f"{self.seed}|{self.number}|{self.attempt}|{'|'.join(map(str, key))}")

    # Names -------------------------------------------------------------------------------------------------------------------

    def value(self, symbol: Symbol, ev: Terms) -> Value:
        """The value of a declared name that has no definition. Raises MeaningError for an undeclared one."""
        if symbol in self.names:
            return self.names[symbol]
        kind = self.setting.kinds.get(symbol)
        key = repr(symbol)
        result: Value
        match kind:
            case Scalar(domain):
                result = self._scalar(symbol, domain, ev)
            case Array():
                result = self._array(symbol, kind, ev)
            case Function() if "permutation" in kind.properties:
                result = self._permutation(symbol, ev)
            case Function():
                result = random_function(kind, f"{self.seed}|{self.number}|{key}", symbol_text(symbol), self.special)
            case IndexSet():
                result = self.subset(symbol, ())
            case _ if isinstance(symbol, Name) and (self.setting.context.range_of(symbol) or symbol in self.bounds):
                result = self._scalar(symbol, Domain.INTEGER, ev)
            case _ if symbol in self.setting.size_names:
                result = self._scalar(symbol, Domain.NATURAL, ev)
            case _:
                raise MeaningError(f"the name {symbol_text(symbol)!r} has no declared kind and no definition")
        self.names[symbol] = result
        return result

    def subset(self, symbol: Symbol, index: tuple[int, ...]) -> Members:
        """The set of a name, or one set of a family (the batch ``B_t``)."""
        rng = self.rng(repr(symbol), *(() if self.special == "equal" else index))
        return Members(tuple(sorted(rng.sample(range(1, 7), 1 if self.special == "one" else rng.choice((2, 3))))))

    def _permutation(self, symbol: Symbol, ev: Terms) -> Fun:
        """Of the range of the index that it is applied to; other numbers stay where they are."""
        first, last = self._range(symbol, ev) or self.family_range(ev)
        order = list(range(first, last + 1))
        if self.special != "least":
            self.rng(repr(symbol)).shuffle(order)
            if order == sorted(order):
                order = [*order[1:], *order[:1]]

        def moved(place: Value) -> Number:
            k = x.as_int(place)
            if k is None:
                raise Undefined("a permutation of something that is not an integer")
            return order[k - first] if first <= k <= last else k

        return Fun(moved, 1, True, symbol_text(symbol))

    def _scalar(self, symbol: Symbol, domain: Domain, ev: Terms) -> Number:
        rng = self.rng(repr(symbol), len(self.used))
        options = self._listed(symbol, ev)
        if options:
            return rng.choice(options)
        low, high = self._limits(symbol, ev)
        if symbol in self.setting.size_names:
            domain = Domain.NATURAL
            if self.special in ("one", "equal") and _inside(n := 1 if self.special == "one" else 2, low, high):
                return n
            free = [n for n in draw.SIZES if n not in self.used and _inside(n, low, high)]
            if free:
                return self._taken(rng.choice(free))
        if domain is Domain.INTEGER and symbol in self.places and low is None and (high is None or not x.less(high, 1)):
            domain = Domain.NATURAL
        in_range = self._range(symbol, ev)
        if in_range is not None:
            first, last = in_range
            if self.special and low is not None and (least := x.as_int(low)) is not None and symbol not in self.setting.size_names:
                first = min(first, least)  # from where it is said to count
            if last < first:
                raise Undefined(f"the range of {symbol_text(symbol)} is empty")
            choices = tuple(n for n in range(first, min(last, first + 7) + 1) if _inside(n, low, high) or (self.special and n == first == low))
            if choices:
                return choices[0 if self.special == "least" else -1] if self.special in ("least", "one", "large") else rng.choice(choices)
        if self.special:
            found = special.number(rng, self._kind_at(symbol), domain, (low, high), self._common, symbol in self.counting)
            if found is not None:
                return self._taken(found)
        value: Number = 0
        for _ in range(_TRIES):
            value = draw.between(rng, low, high, domain, self.number)
            if draw.in_domain(value, domain) and (value not in self.used or (self.number > 2 and rng.random() < 0.3)):
                break
        return self._taken(value)

    @property
    def _common(self) -> int:
        """Which value those have that are to be equal: one for each attempt."""
        if self._equal is None or self._equal[0] != self.attempt:
            self._equal = (self.attempt, self.rng("common").randrange(7))
        return self._equal[1]

    def _kind_at(self, place: Term) -> str:
        """The special kind of one name or entry: where one is to stand alone, that one is large and the others are ones."""
        if self.special != "lone":
            return self.special
        if self._alone is None:
            self._alone = self.rng("lone").randrange(max(1, len(self.standing)))
        return "large" if self.standing and self.standing[self._alone] == place else "one"

    def _taken(self, value: Number) -> Number:
        self.used.add(value)
        return value

    def _range(self, symbol: Symbol, ev: Terms) -> tuple[int, int] | None:
        declared = self.setting.context.range_of(symbol) if isinstance(symbol, Name) else None
        limits = declared or self.bounds.get(symbol)
        if limits is not None and any(symbol in self.setting.reach(t) for t in limits):  # t in 1..t, from a sum up to t, says nothing
            limits = None
        if limits is None:
            return self.family_range(ev) if symbol in self.bounds else None
        low, high = (ev.value(t, ROOT) for t in limits)
        first, last = x.as_int(low), x.as_int(high)
        if first is None:
            first = -2 if last is None else last - 5
        return first, first + 5 if last is None else last

    def _listed(self, symbol: Symbol, ev: Terms) -> tuple[Number, ...]:
        """The values of ``y \\in {0, 1}``."""
        for h in self.setting.hypotheses:
            if h.signs == ("in",) and h.items[0] == symbol:
                members = ev.value(h.items[1], ROOT)
                if isinstance(members, Members):
                    return members.items
                if isinstance(members, Row) and members.bracket == "{":
                    return members.items
        return ()

    def _limits(self, symbol: Symbol, ev: Terms) -> tuple[Number | None, Number | None]:
        """The tightest bounds that hypotheses give a name, where their other side has a value already (or needs none drawn)."""
        low: Number | None = None
        high: Number | None = None
        for h in self.setting.hypotheses:
            a, b = h.items
            sign = h.signs[0]
            if a == symbol and sign == "in":
                members = ev.value(b, ROOT)
                if isinstance(members, Row) and len(members.items) == 2 and members.bracket != "{":
                    low, high = members.items
                continue
            if sign not in _TURNED:
                continue
            if b == symbol:
                a, b, sign = b, a, _TURNED[sign]
            if a != symbol or not self._known(b):
                continue
            try:
                bound = ev.value(b, ROOT)
            except Undefined:
                continue
            if not x.is_number(bound) or not x.finite(bound):
                continue
            if sign in (">", ">="):
                low = bound if low is None or x.less(low, bound) else low
            else:
                high = bound if high is None or x.less(bound, high) else high
        return (low if low is None or x.finite(low) else None), (high if high is None or x.finite(high) else None)

    def _known(self, node: Term) -> bool:
        return all(
            s in self.names or s in self.setting.plain or s not in self.setting.kinds for s in self.setting.reach(node)
        )

    # Arrays and sequences ----------------------------------------------------------------------------------------------------

    def _array(self, symbol: Symbol, kind: Array, ev: Terms) -> Value:
        rows, cols = (ev.integer(t, ROOT) for t in (kind.rows, kind.cols))
        if rows < 1 or cols < 1 or rows * cols > 900:
            raise CannotSample(f"the array {symbol_text(symbol)} would have the size {rows} x {cols}")
        checks = self.setting.universal.get(symbol, ())
        properties = kind.properties | self.shapes_like.get(symbol, frozenset())
        if symbol in self.setting.simplex and checks and not properties:
            properties = frozenset(("stochastic",))  # what is bounded and sums to one; whether it is what its bounds say is checked with the hypotheses
        result = self._matrix(self.rng(repr(symbol)), rows, cols, properties)
        if checks and not properties:
            one = kind.is_vector
            result = Mat(
                tuple(
                    tuple(self._checked_entry(symbol, (i, j)[: 1 if one else 2], v, Domain.REAL, ev) for j, v in enumerate(row, 1))
                    for i, row in enumerate(result.rows, 1)
                )
            )
        return matrix(result) if rows * cols > 1 else result.rows[0][0]

    def _matrix(self, rng: Random, rows: int, cols: int, properties: frozenset[str]) -> Mat:
        if self.special:
            return special.array(rng, rows, cols, properties, self.special)
        return draw.array(rng, rows, cols, properties, self.number)

    def member(self, symbol: Symbol, index: tuple[int, ...], kind: Array, ev: Terms) -> Value:
        """One array of a family ``x_i``."""
        key = (symbol, index)
        if key not in self.entries:
            rows, cols = (ev.integer(t, ROOT) for t in (kind.rows, kind.cols))
            if rows < 1 or cols < 1 or rows * cols > 900:
                raise CannotSample(f"the arrays {symbol_text(symbol)} would have the size {rows} x {cols}")
            drawn = self._matrix(self.rng(repr(symbol), *(() if self.special == "equal" else index)), rows, cols, kind.properties)
            self.entries[key] = matrix(drawn) if rows * cols > 1 else drawn.rows[0][0]
        return self.entries[key]

    def entry(self, symbol: Symbol, index: tuple[int, ...], ev: Terms) -> Number:
        """The value of a sequence at a place where nothing defines it."""
        key = (symbol, index)
        if key in self.examined:
            return self.examined[key]
        if key not in self.entries:
            kind = self.setting.kinds.get(symbol)
            domain = kind.domain if isinstance(kind, Sequence) else Domain.REAL
            if symbol in self.setting.simplex:
                self._fill_simplex(symbol, ev)
            if key not in self.entries:
                value = self._drawn(symbol, index, domain)
                self.entries[key] = self._checked_entry(symbol, index, value, domain, ev)
        return self.entries[key]

    def _drawn(self, symbol: Symbol, index: tuple[int, ...], domain: Domain) -> Number:
        """The entry of a sequence, whatever was asked for before. They are drawn in blocks, for seeding costs more than drawing."""
        *first, last = index
        block = (symbol, tuple(first), last // _BLOCK)
        if block not in self.blocks:
            rng = self.rng(repr(symbol), *first, "block", last // _BLOCK)
            values: list[Number] = []
            for k in range(_BLOCK if self.special else 0):  # entries of a special kind: all zero, all equal, ...
                kind = self.special
                if kind == "lone":
                    kind = self._kind_at(Index(symbol, tuple(Num(str(i)) for i in (*first, last - last % _BLOCK + k))))
                found = special.number(rng, kind, domain, (None, None), self._common, False)
                values.append(draw.readable(rng, domain, self.number) if found is None else found)
            for _ in range(_BLOCK if not values else 0):  # neighbours differ where possible: x_1 = x_2 = ... is no typical sequence
                tries = (draw.readable(rng, domain, self.number) for _ in range(4))
                values.append(next((v for v in tries if v not in values[-4:]), values[-1] if values else 1))
            self.blocks[block] = tuple(values)
        return self.blocks[block][last % _BLOCK]

    def _checked_entry(self, symbol: Symbol, index: tuple[int, ...], value: Number, domain: Domain, ev: Terms) -> Number:
        """``value``, or another one that satisfies the hypotheses about every entry (``|r_t| <= R``)."""
        checks = self.setting.universal.get(symbol, ())
        if not checks:
            return value
        rng: Random | None = None
        for k in range(_TRIES):
            if all(self._entry_ok(check, symbol, index, value, ev) for check in checks):
                return value
            rng = rng or self.rng(repr(symbol), index, "checked")
            value = draw.readable(rng, domain, self.number)
            if k % 2:
                value = x.multiply(value, Fraction(1, rng.randint(2, 9)))
            if not draw.in_domain(value, domain):
                value = draw.readable(rng, domain, self.number)
        raise Undefined(f"no value of {symbol_text(symbol)} satisfies its hypothesis in this model")

    def fits(self, symbol: Symbol, kind: Array, check: Relation, ev: Terms) -> bool:
        """Whether every entry of an array satisfies a hypothesis about every entry."""
        drawn = ev.symbol(symbol, ROOT)
        rows = drawn.rows if isinstance(drawn, Mat) else ((drawn,),)
        one = kind.is_vector
        return all(
            not x.is_number(v) or self._entry_ok(check, symbol, (i, j)[: 1 if one else 2], v, ev) for i, row in enumerate(rows, 1) for j, v in enumerate(row, 1)
        )

    def _entry_ok(self, check: Relation, symbol: Symbol, index: tuple[int, ...], value: Number, ev: Terms) -> bool:
        place = next(t for _, t in self.setting.places(check, symbol))
        bound = dict(zip(place.subscripts, index, strict=False))
        frame = Frame({k: v for k, v in bound.items() if isinstance(k, Name)}, {(symbol, index): value})
        outer = dict(self.examined)
        self.examined[symbol, index] = value
        try:
            return bool(ev.value(check, frame))
        except Undefined:
            return True
        finally:
            self.examined = outer

    def allows(self, symbol: Symbol, index: tuple[int, ...], value: Number, ev: Terms) -> bool:
        """Whether the hypotheses about every entry of a sequence let this one have a value."""
        return all(self._entry_ok(check, symbol, index, value, ev) for check in self.setting.universal.get(symbol, ()))

    def _fill_simplex(self, symbol: Symbol, ev: Terms) -> None:
        """Entries with ``\\sum_i p_i = 1``: small integer weights over their sum."""
        big: Big = self.setting.simplex[symbol]
        first, last = ev.range_of_big(big, ROOT)
        rng = self.rng(repr(symbol), "simplex")
        kind = self.setting.kinds.get(symbol)
        weights: list[Number] = [rng.randint(1, 6) for _ in range(first, last + 1)]
        if self.special and first <= last:
            found = special.weights(rng, self.special, len(weights))
            if not isinstance(kind, Sequence) or all(draw.in_domain(w, kind.domain) for w in found):
                weights = found
        for k, weight in zip(range(first, last + 1), weights, strict=True):
            self.entries[symbol, (k,)] = x.simple(Fraction(weight) / sum(weights))

    def family_range(self, ev: Terms) -> tuple[int, int]:
        """The index range of sequences when nothing states it: that of the context if it has only one, else 1, ..., n with a small n."""
        ranges = {(low, high) for _, low, high in self.setting.context.ranges}
        if len(ranges) == 1:
            low, high = (x.as_int(ev.value(t, ROOT)) for t in next(iter(ranges)))
            if low is not None and high is not None:
                return low, high
        return 1, self.rng("family").choice((3, 2, 4))

    def outcome(self, key: tuple[Symbol, tuple[int, ...]], ev: Terms) -> Value:
        """The realised value of a random variable outside every expectation."""
        if key not in self.entries:
            kind = self.setting.kinds[key[0]]
            if not isinstance(kind, RandomVariable):
                raise MeaningError(f"{symbol_text(key[0])} is not a random variable")
            self.entries[key] = ev.realised(key, kind)
        return self.entries[key]


SETS = {"R": NamedSet("R"), "Z": NamedSet("Z"), "N": NamedSet("N"), "Q": NamedSet("Q")}
