"""What a context says, sorted for evaluation: definitions by their heads, what each depends on, ranges, hypotheses that define."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from derivations.language.context import (
    Array,
    Context,
    Definition,
    Domain,
    Family,
    Kind,
    Loss,
    RandomVariable,
    Scalar,
    Sequence,
)
from derivations.language.model.isolate import either_sign, isolate
from derivations.language.model.known import known_function
from derivations.language.model.subscripts import free_indices, is_entry_of, nodes_of, offset_of, only_name
from derivations.language.model.values import Symbol
from derivations.language.record import record
from derivations.language.structure import bare, children, substitute
from derivations.language.term import Add, Bar, Big, Call, Const, Group, Index, Logic, Marked, Mul, Name, Num, Pow, Relation, Term, Transpose

_ONE_SIGN = (Domain.POSITIVE, Domain.NONNEGATIVE, Domain.UNIT, Domain.PROBABILITY)
"""Where an even power has one root at most."""


Which = Literal["mean", "variance", "second"]
_CONJUGATE = Name("conj", font="rm")
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@record
class Moment:
    """``which`` moment of a random variable is ``value``, for every index named in ``names``."""

    which: Which
    value: Term
    names: tuple[Term, ...] = ()


@record
class Recurrence:
    """How a sequence is defined by itself: ``step`` +1 forward or -1 backward, ``lag`` how many earlier values are needed."""

    step: int
    lag: int


@dataclass
class Setting:
    """A context, prepared once for many models."""

    context: Context
    isolating: bool = True
    """Whether an equation is solved for a name by peeling; otherwise it stays a condition that a search must meet."""
    plain: dict[Symbol, Definition] = field(default_factory=dict)
    entries: dict[Symbol, list[Definition]] = field(default_factory=dict)
    """By the base of an index pattern ``p_i``, ``m_{t+1}``, ``m_0``."""
    calls: dict[Term, list[Definition]] = field(default_factory=dict)
    """By the function term of a call pattern."""
    operators: list[Definition] = field(default_factory=list)
    """``(f * g)(n)``: calls whose function is an expression."""
    hypotheses: list[Relation] = field(default_factory=list)
    """Those that do not define anything; relations with one sign, chains split."""
    others: list[Term] = field(default_factory=list)
    """Hypotheses that are not relations."""
    kinds: dict[Symbol, Kind] = field(default_factory=dict)
    recurrences: dict[Symbol, Recurrence] = field(default_factory=dict)
    identical: set[Symbol] = field(default_factory=set)
    """Families of random variables with one law for all members: their moments are given by hypotheses, or the context says so."""
    moments: dict[Symbol, list[Moment]] = field(default_factory=dict)
    """Random variables without a law, with the moments that hypotheses give them."""
    positive: set[Symbol] = field(default_factory=set)
    """Random variables that a hypothesis bounds from below by zero."""
    independent: set[frozenset[Symbol]] = field(default_factory=set)
    uncorrelated: set[frozenset[Symbol]] = field(default_factory=set)
    """Pairs whose covariance a hypothesis says is zero."""
    units: set[Name] = field(default_factory=set)
    """Names whose square a hypothesis says is -1."""
    solved: set[Symbol] = field(default_factory=set)
    """Names that a hypothesis defines (their domain is still to be checked)."""
    size_names: set[Symbol] = field(default_factory=set)
    """Names in the shapes of arrays: small, and preferably different from each other."""
    limits: dict[Symbol, list[tuple[str, Term]]] = field(default_factory=dict)
    """Of random variables, the numbers between which their outcomes lie."""
    universal: dict[Symbol, tuple[Relation, ...]] = field(default_factory=dict)
    """By sequence or array: hypotheses about every entry, such as ``|r_t| <= R``."""
    simplex: dict[Symbol, Big] = field(default_factory=dict)
    """Sequences whose entries are assumed to sum to one, with that sum."""
    _symbols: dict[Term, frozenset[Symbol]] = field(default_factory=dict)
    _closure: dict[Symbol, frozenset[Symbol]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kinds.update(self.context.kinds)
        for definition in self.context.definitions:
            self._file(definition)
        for symbol, kind in self.context.kinds:
            if isinstance(kind, Loss):  # evaluated as what it is a function of
                self.plain.setdefault(symbol, Definition(symbol, kind.value))
        for hypothesis in self.context.hypotheses:
            self._read_hypothesis(hypothesis)
        self._solve_hypotheses()
        for base in list(self.entries):
            self._find_recurrence(base)
        self._find_complex()
        self._find_sizes()
        self._find_universals()
        self._find_random()

    # Symbols -----------------------------------------------------------------------------------------------------------------

    def is_symbol(self, node: Term) -> bool:
        """Whether a subscripted name is a name of its own (``W_q``)."""
        return isinstance(node, Index) and (node in self.kinds or node in self.plain)

    def symbols(self, node: Term) -> frozenset[Symbol]:
        """The names that occur in a term, bound ones too (they do no harm here); a declared ``W_q`` counts as one."""
        found = self._symbols.get(node)
        if found is None:
            if isinstance(node, Name):
                found = frozenset((node,))
                if node.primes:  # the derivative of f is known from f
                    found |= {Name(node.text, node.accent, node.font, 0, node.label)}
            elif isinstance(node, Index) and self.is_symbol(node):
                found = frozenset((node,))
            else:
                found = frozenset[Symbol]().union(*(self.symbols(child) for child in children(node)))
            self._symbols[node] = found
        return found

    def reach(self, node: Term) -> frozenset[Symbol]:
        """The symbols that the value of a term may depend on, through definitions."""
        return frozenset[Symbol]().union(*(self.closure(s) for s in self.symbols(node)))

    def closure(self, symbol: Symbol) -> frozenset[Symbol]:
        found = self._closure.get(symbol)
        if found is None:
            reached: set[Symbol] = {symbol}
            waiting = [symbol]
            while waiting:
                for definition in self.definitions_of(waiting.pop()):
                    parts = [definition.rhs] if definition.where is None else [definition.rhs, definition.where]
                    for s in frozenset[Symbol]().union(*(self.symbols(p) for p in parts)) - set(definition.parameters):
                        if s not in reached:
                            reached.add(s)
                            waiting.append(s)
            for s in list(reached):
                reached |= self._in_kind(s)
            found = self._closure[symbol] = frozenset(reached)
        return found

    def _in_kind(self, symbol: Symbol) -> frozenset[Symbol]:
        match self.kinds.get(symbol):
            case RandomVariable(Term() as law):
                return self.symbols(law)
            case RandomVariable() if symbol in self.moments:
                return frozenset[Symbol]().union(*(self.symbols(moment.value) for moment in self.moments[symbol]))
            case _:
                return frozenset()

    def definitions_of(self, symbol: Symbol) -> list[Definition]:
        found = [self.plain[symbol]] if symbol in self.plain else []
        found.extend(self.entries.get(symbol, ()))
        for head, definitions in self.calls.items():
            if symbol in self.symbols(head) or head == symbol:
                found.extend(definitions)
        if self.operators and symbol in self.symbols(self.operators[0].lhs):
            found.extend(self.operators)
        return found

    def is_declared(self, symbol: Term) -> bool:
        return symbol in self.kinds or self.is_defined(symbol)

    def is_defined(self, symbol: Symbol) -> bool:
        return symbol in self.plain or symbol in self.entries or symbol in self.calls

    # Definitions -------------------------------------------------------------------------------------------------------------

    def _file(self, definition: Definition) -> None:
        lhs = definition.lhs
        while isinstance(lhs, Marked):
            lhs = lhs.body
        match lhs:
            case Name():
                self.plain.setdefault(lhs, definition)
            case Index() if self._names_itself(lhs, definition):
                self.plain.setdefault(lhs, definition)
            case Index(Name() | Index() as base):
                self.entries.setdefault(base, []).append(definition)
            case Call(function, arguments):
                bound = tuple(a for a in arguments if isinstance(a, Name) and a not in definition.parameters)
                whole = Definition(lhs, definition.rhs, (*definition.parameters, *bound), definition.where)
                if isinstance(function, Group | Mul):
                    self.operators.append(whole)
                else:
                    head = function.base if isinstance(function, Index) and self._has_parameter(function, definition) else function
                    self.calls.setdefault(head, []).append(whole)
            case _:
                self._read_hypothesis(Relation((lhs, definition.rhs), ("=",)))

    def _has_parameter(self, lhs: Index, definition: Definition) -> bool:
        inside = frozenset[Symbol]().union(*(self.symbols(s) for s in lhs.subscripts))
        return bool(inside & (set(definition.parameters) - set(getattr(definition.lhs, "arguments", ()))))

    def _names_itself(self, lhs: Index, definition: Definition) -> bool:
        """``W_q := ...`` is a name; ``p_i`` with the parameter i and ``m_0`` are entries."""
        if lhs in self.kinds:
            return True
        if self._has_parameter(lhs, definition):
            return False
        if isinstance(self.kinds.get(lhs.base), Scalar):  # d_ff beside a number d
            return True
        if lhs.base in self.kinds:
            return False
        return not all(isinstance(s, Num) for s in lhs.subscripts)

    def _read_hypothesis(self, hypothesis: Term) -> None:
        match hypothesis:
            case Logic("and", items):
                for item in items:
                    self._read_hypothesis(item)
            case Relation(items, signs) if set(signs) == {"perp"}:
                if not any(isinstance(item, Bar) for item in items):  # X perp Z | Y: those that have all outcomes together are so
                    self.independent.add(frozenset(s for item in items for s in self.symbols(item)))
            case Relation((Name() | Index() as left, law), ("~",)):
                kind = self.kinds.get(left)
                if kind is None or (isinstance(kind, RandomVariable) and kind.law is None) or isinstance(kind, Scalar):
                    arity = kind.arity if isinstance(kind, RandomVariable) else 0
                    self.kinds[left] = RandomVariable(law, arity, kind.shape if isinstance(kind, RandomVariable) else None)
            case Relation(_, ("=",)) if (pair := uncorrelated_in(self, hypothesis)) is not None:
                self.uncorrelated.add(pair)
            case Relation(_, ("=",)) if (moment := moment_in(self, hypothesis)) is not None:
                self.moments.setdefault(moment[0], []).append(moment[1])
            case Relation((Pow(Name() as unit, Num("2")), Add((("-", Num("1")),))), ("=",)):
                self.units.add(unit)
            case Relation(_, ("=",)) if either_sign(hypothesis) is not None:
                self.others.append(either_sign(hypothesis) or hypothesis)
            case Relation(items, signs) if "=" in signs and (general := self._member(hypothesis)) is not None:
                self._read_hypothesis(general)
            case Relation(items, signs):
                self.hypotheses.extend(
                    Relation((a, b), (sign,)) for a, sign, b in zip(items, signs, items[1:], strict=False)
                )
            case Marked(_, body) | Group(body):
                self._read_hypothesis(body)
            case _:
                self.others.append(hypothesis)

    def _member(self, hypothesis: Relation) -> Relation | None:
        """``E[X_i] = mu`` for every i: said of the first member of a family of random variables with one law for all; else None."""
        names: dict[Term, Term] = {}
        for _, t in free_indices(hypothesis, frozenset()):
            kind = self.kinds.get(t.base)
            if isinstance(kind, RandomVariable) and kind.arity and not self.is_symbol(t):
                names |= {s: Num("1") for s in t.subscripts if s not in self.plain}
                self.identical.add(t.base)
        found = substitute(hypothesis, names)
        return found if isinstance(found, Relation) and found != hypothesis else None

    def _solve_hypotheses(self) -> None:
        """Equations that give a name (after isolating it) become definitions; the rest stay to be checked."""
        kept: list[Relation] = []
        for h in self.hypotheses:
            if h.signs[0] not in ("=", ":=", "equiv"):
                kept.append(h)
                continue
            definition = self._as_definition(h)
            if definition is None:
                kept.append(h)
                continue
            lhs = definition.lhs
            if isinstance(lhs, Name) or lhs in self.kinds:
                self.plain[lhs] = definition
                self.solved.add(lhs)
            elif isinstance(lhs, Index):
                self.entries.setdefault(lhs.base, []).append(definition)
            self._closure.clear()
            if not isinstance(h.items[0] if lhs == h.items[0] else h.items[1] if lhs == h.items[1] else None, Name | Index):
                kept.append(h)  # isolated: which branch was taken is checked
        self.hypotheses = kept

    def _as_definition(self, h: Relation) -> Definition | None:
        left, right = h.items
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Index) and one not in self.kinds and self._free(one.base) and self._constant_subscripts(one):
                if one.base not in self.reach(other) or self._only_other_entries(one, other):
                    return Definition(one, other)
            elif isinstance(one, Index) and one not in self.kinds and self._free(one.base) and one.base not in self.entries:
                names = tuple(n for s in one.subscripts for n in only_name(s))
                if len(names) == len(one.subscripts) == len(set(names)) and one not in nodes_of(other):
                    return Definition(one, other, names)  # m_{t+1} = ..., stated for every t
            elif self._may_be_given(one) and one not in self.reach(other):
                return Definition(one, other)
        if not self.isolating or any(isinstance(self.kinds.get(s), Array) for s in self.reach(left) | self.reach(right)):
            return None  # peeling divides and moves terms as for numbers
        if (every := self._of_every_entry(left, right)) is not None:
            return every
        candidates = sorted(self.symbols(left) | self.symbols(right), key=lambda s: (not self._plain_scalar(s), repr(s)))
        for symbol in candidates:
            kind = self.kinds.get(symbol)
            if not isinstance(kind, Scalar) or kind.domain.discrete or not self._may_be_given(symbol):
                continue
            found = isolate(symbol, left, right, only=kind.domain not in _ONE_SIGN)
            if found is not None and symbol not in self.reach(found):
                return Definition(symbol, found)
        return None

    def _of_every_entry(self, left: Term, right: Term) -> Definition | None:
        """``C - a_i - r_i = 0``, said of every i: it gives each entry, and not the number C by one of them."""
        for place in sorted({t for side in (left, right) for t in nodes_of(side) if isinstance(t, Index)}, key=repr):
            names = tuple(n for s in place.subscripts for n in only_name(s))
            if not (place.subscripts == names and len(set(names)) == len(names) and self._free(place.base) and place.base not in self.entries):
                continue
            ranged = all(self.context.range_of(n) is not None and self.context.is_general(n) and n not in self.plain for n in names)
            kind = self.kinds.get(place.base)
            only = not isinstance(kind, Sequence) or kind.domain not in _ONE_SIGN
            found = isolate(place, left, right, only=only) if ranged and place not in self.kinds else None
            if found is not None and place.base not in self.reach(found):
                return Definition(place, found, names)
        return None

    def _plain_scalar(self, symbol: Symbol) -> bool:
        kind = self.kinds.get(symbol)
        return isinstance(kind, Scalar) and kind.domain is Domain.REAL

    def _free(self, base: Term) -> bool:
        return isinstance(self.kinds.get(base), Sequence) or (
            isinstance(base, Name) and base not in self.kinds and base in self.entries
        )

    def _constant_subscripts(self, node: Index) -> bool:
        return all(not self.symbols(s) for s in node.subscripts)

    def _only_other_entries(self, one: Index, other: Term) -> bool:
        """``x_1 = 2 x_2``: the right side uses the sequence, but at another constant place."""
        marked = substitute(other, {one: Num("0")})
        return marked == other and one.base not in self.entries and all(
            not isinstance(t, Index) or t.base != one.base or self._constant_subscripts(t) for t in nodes_of(other)
        )

    def _may_be_given(self, node: Term) -> bool:
        if not isinstance(node, Name | Index) or self.is_defined(node):
            return False
        kind = self.kinds.get(node)
        if kind is None and isinstance(node, Name):
            return self.context.range_of(node) is None and node.text not in ("I", "0", "1") and known_function(node.text) is None
        return isinstance(kind, Scalar | Array)

    def _find_complex(self) -> None:
        """Beside a complex z the names ``\\bar z`` and ``z^*`` are its conjugate, and i is the imaginary unit."""
        numbers = [s for s, k in self.kinds.items() if isinstance(k, Scalar | Sequence) and k.domain is Domain.COMPLEX]
        for z in numbers:
            if isinstance(z, Name):
                for other in (replace(z, accent=("bar", *z.accent)), replace(z, label="*")):
                    self.plain.setdefault(other, Definition(other, Call(_CONJUGATE, (z,))))
        for unit in (Name("i"), Name("i", font="rm"), *sorted(self.units, key=repr)):
            kind = self.kinds.get(unit)
            real = kind is None or (isinstance(kind, Scalar) and kind.domain is Domain.REAL)
            if real and (numbers or unit in self.units) and not self.is_defined(unit) and self.context.range_of(unit) is None:
                self.plain[unit] = Definition(unit, Const("i"))

    def _find_sizes(self) -> None:
        for kind in self.kinds.values():
            match kind:
                case Array(rows, cols) | RandomVariable(_, _, (rows, cols)) | Family(Array(rows, cols)):
                    self.size_names |= self.reach(rows) | self.reach(cols)
                case _:
                    pass
        self.size_names = {s for s in self.size_names if s not in self.plain and isinstance(self.kinds.get(s), Scalar | None)}

    def _find_universals(self) -> None:
        for h in self.hypotheses:
            match h:
                case Relation((Big("sum", Index(base, subscripts), variable) as big, Num("1")), ("=",)) if subscripts == (variable,):
                    kind = self.kinds.get(base)
                    if not self.is_defined(base) and (isinstance(kind, Sequence) or (isinstance(kind, Array) and kind.is_vector)):
                        self.simplex[base] = big
                case Relation(_, (sign,)) if sign != "=":
                    for base in {t.base for _, t in free_indices(h, frozenset())}:
                        if isinstance(self.kinds.get(base), Sequence | Array) and not self.is_defined(base):
                            self.universal[base] = (*self.universal.get(base, ()), h)
                case _:
                    pass

    def _find_random(self) -> None:
        for symbol, kind in self.kinds.items():
            if not isinstance(kind, RandomVariable):
                continue
            facts = [*self.hypotheses, *(d.rhs for d in self.plain.values())]
            if kind.arity and (kind.identical or kind.law is not None or symbol in self.moments or any(symbol in self.symbols(fact) for fact in facts)):
                self.identical.add(symbol)
            for h in self.hypotheses:
                left, right = h.items
                for value, limit, sign in ((left, right, h.signs[0]), (right, left, _TURNED.get(h.signs[0], ""))):
                    if sign in _TURNED and is_entry_of(value, symbol) and not self.symbols(limit):
                        self.limits.setdefault(symbol, []).append((sign, limit))
                if (h.signs[0] in (">", ">=") and is_entry_of(left, symbol)) or (h.signs[0] in ("<", "<=") and is_entry_of(right, symbol)):
                    self.positive.add(symbol)

    def places(self, h: Relation, symbol: Symbol) -> list[tuple[int, Index]]:
        """Where a hypothesis uses the entries of ``symbol`` with free index names."""
        return [(k, t) for k, t in free_indices(h, frozenset()) if t.base == symbol]

    # Recurrences -------------------------------------------------------------------------------------------------------------

    def _find_recurrence(self, base: Symbol) -> None:
        for definition in self.entries[base]:
            if not definition.parameters or base not in self.closure_of_rhs(definition):
                continue
            offset = offset_of(definition.lhs.subscripts[0])  # type: ignore[attr-defined]
            lags = [
                offset - o
                for t in nodes_of(definition.rhs)
                if isinstance(t, Index) and t.base == base and only_name(t.subscripts[0]) and offset is not None
                for o in (offset_of(t.subscripts[0]),)
                if o is not None
            ]
            step = -1 if lags and all(lag < 0 for lag in lags) else 1
            self.recurrences[base] = Recurrence(step, max((abs(lag) for lag in lags), default=1))

    def closure_of_rhs(self, definition: Definition) -> frozenset[Symbol]:
        return self.reach(definition.rhs)


# Hypotheses that give moments -------------------------------------------------------------------------------------------------


def _variable(setting: Setting, node: Term) -> tuple[Symbol, tuple[Term, ...]] | None:
    """X, or X_i with index names."""
    node = bare(node)
    if isinstance(node, Index) and not setting.is_symbol(node):
        base, names = node.base, node.subscripts
    else:
        base, names = node, ()
    kind = setting.kinds.get(base)
    if not isinstance(kind, RandomVariable) or kind.law is not None or kind.arity != len(names):
        return None
    return (base, names) if all(isinstance(n, Name) for n in names) and len(set(names)) == len(names) else None


def moment_in(setting: Setting, h: Relation) -> tuple[Symbol, Moment] | None:
    """The moment that an equation gives, or None."""
    for left, right in (h.items, h.items[::-1]):
        found = _moment(setting, left, right)
        if found is not None and found[0] not in setting.reach(right):
            return found
    return None


def _moment(setting: Setting, left: Term, right: Term) -> tuple[Symbol, Moment] | None:
    left = bare(left)
    if not isinstance(left, Call) or not isinstance(left.function, Name) or len(left.arguments) != 1 or setting.is_declared(left.function):
        return None
    operator, body = left.function.text, bare(left.arguments[0])
    which: Which
    if operator == "E":
        which = "mean"
        match body:
            case Pow(inner, Num("2")):
                which, body = "second", inner
            case Mul(((_, one), (_, Transpose(other)))) if bare(one) == bare(other):
                which, body = "second", one
            case _:
                pass
    elif operator in ("Var", "var", "V", "Cov", "cov"):
        which = "variance"
    else:
        return None
    variable = _variable(setting, body)
    return None if variable is None else (variable[0], Moment(which, right, variable[1]))


def uncorrelated_in(setting: Setting, h: Relation) -> frozenset[Symbol] | None:
    """The pair of random variables without a law of which an equation says that they are uncorrelated: ``Cov(X, Y) = 0``, ``E[XY] = E[X] E[Y]``."""
    for left, right in (h.items, h.items[::-1]):
        match bare(left), bare(right):
            case Call(Name("Cov" | "cov"), (x, y)), Num("0"):
                pass
            case Call(Name("E"), (body,)), Mul(((_, Call(Name("E"), (x,))), (_, Call(Name("E"), (y,))))):
                if not isinstance(product := bare(body), Mul) or {t for _, t in product.parts} != {x, y} or len(product.parts) != 2:
                    continue
            case _:
                continue
        pair = [_variable(setting, t) for t in (x, y)]
        if all(v is not None and not v[1] for v in pair):
            found = frozenset(v[0] for v in pair if v is not None)
            return found if len(found) == 2 else None
    return None
