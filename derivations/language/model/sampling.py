"""Models of a context: values that satisfy its hypotheses, the readable ones first, always the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derivations.language.context import Array, Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.errors import DeriveError
from derivations.language.model import draw
from derivations.language.model import numbers as x
from derivations.language.model.evaluate import Evaluator
from derivations.language.model.frame import ROOT
from derivations.language.model.numbers import GUARD, is_number, precision
from derivations.language.model.setting import Setting
from derivations.language.model.solving import solve
from derivations.language.model.special import KINDS
from derivations.language.model.together import solve_together
from derivations.language.model.values import CannotSample, Symbol, Undefined
from derivations.language.model.world import Model
from derivations.language.structure import free_names, substitute, subterms
from derivations.language.term import Add, Big, Call, Dots, Index, Logic, Mul, Name, Num, Relation, Term

_REPAIRS = 40
_MOST_PLACES = 7
_SPECIAL_REPAIRS = 12
_SENSELESS_REPAIRS = 4
_SENSELESS_SETS = 3
"""After so many sets of values, each repaired so often, a hypothesis that has no meaning at any of them is given up: its names, not its values, are why."""
_SPECIAL_NUMBERS = 100
"""Special models are numbered from here, apart from the generic ones."""
_MODES = ("orthogonal", "permutation", "symmetric", "orthonormal_columns", "diagonal", "identity", "zero", "stochastic", "ones")
_SETTINGS: dict[tuple[int, bool], tuple[Context, Setting]] = {}


def setting_of(context: Context, search: bool = False) -> Setting:
    """The context prepared for evaluation; the last few are kept."""
    key = (id(context), search)
    kept = _SETTINGS.get(key)
    if kept is None or kept[0] is not context:
        if len(_SETTINGS) >= 16:
            _SETTINGS.pop(next(iter(_SETTINGS)))
        kept = _SETTINGS[key] = (context, Setting(context, isolating=not search))
    return kept[1]


def models(
    context: Context, terms: Iterable[Term] = (), count: int = 12, seed: int = 0, *, search: bool = False, special: bool = False
) -> Iterator[Model]:
    """Up to ``count`` models in which the names of ``terms`` satisfy the hypotheses that concern them.

    ``search``: equations are solved numerically, so that each of their solutions may be found, instead of by isolating a name.
    ``special``: models with boundary values, of each of the kinds in turn, instead of generic ones; there may be none, and that is no error.
    Raises CannotSample, at the first ``next``, if no values were found.
    """
    setting = setting_of(context, search)
    wanted = tuple(terms)
    plan = _Plan(setting, wanted)
    found = failed = 0
    number = 0
    while found < count and failed < 6 + 2 * count:
        if special:
            kind = KINDS[number % len(KINDS)]
            special_number = number + _SPECIAL_NUMBERS
            model = Model(
                setting, seed, special_number, 0, plan.index_bounds, plan.spans, kind=kind,
                counting=plan.counting, places=plan.places, standing=plan.standing,
            )  # fmt: skip
        else:
            model = Model(setting, seed, number, 0, plan.bounds, places=plan.places, spans=plan.spans)
        number += 1
        if plan.settle(model):
            found += 1
            yield model
        else:
            failed += 1
            if not found and failed >= (_SENSELESS_SETS if plan.senseless else 8):
                break
    if not found and not special:
        raise CannotSample(f"no values were found that satisfy the hypotheses (tried {failed} sets; {plan.complaint or 'none fitted'})")


class _Senseless(CannotSample):
    """A hypothesis means nothing in a model: it speaks of a name without a kind, it asks a number for its columns."""


class _Plan:
    """Which names to draw in which order, and which hypotheses to check."""

    def __init__(self, setting: Setting, terms: tuple[Term, ...]) -> None:
        self.setting = setting
        self.complaint = ""
        self.senseless = False
        """Whether the values last looked for failed because a hypothesis had no meaning, however they were drawn."""
        reached = set[Symbol]().union(*(setting.reach(t) for t in terms))
        waiting: list[Term] = [*setting.hypotheses, *setting.others]
        self.checks: list[Term] = []
        grown = True
        while grown:
            grown = False
            for h in list(waiting):
                concerns = setting.reach(h)
                if concerns & reached or not concerns:
                    reached |= concerns
                    self.checks.append(h)
                    waiting.remove(h)
                    grown = True
        universal = {id(h): base for base, hs in setting.universal.items() for h in hs}
        self.everywhere = [(universal[id(h)], h) for h in self.checks if id(h) in universal]
        self.checks = [h for h in self.checks if id(h) not in universal]
        self.general = [
            (h, s) for h in self.checks if isinstance(h, Relation)
            for s in sorted(free_names(h), key=repr) if setting.context.range_of(s) is not None and s not in setting.plain and setting.context.is_general(s)
        ]  # fmt: skip
        """What is said of every entry, with what numbers the entries: "C - a_i - r_i = 0" for i = 1, ..., n."""
        scalars = [s for s, k in setting.kinds.items() if isinstance(k, Scalar) and s in reached and s not in setting.plain]
        first = [s for s in setting.size_names if s in reached]
        self.order = sorted(first, key=repr) + [s for s in scalars if s not in setting.size_names]
        self.domains = [
            (s, k.domain)
            for s, k in setting.kinds.items()
            if isinstance(k, Scalar) and s in setting.solved and s in reached and k.domain is not Domain.REAL
        ]
        self.index_bounds = _index_bounds(setting, terms)
        self.spans = _base_ranges(setting, terms)
        self.bounds = {**_lengths(setting, terms), **self.index_bounds}
        self.counting, self.places = _roles(setting, terms)
        self.standing = (*_fixed_entries(setting, terms), *self.order)

    def settle(self, model: Model) -> bool:
        """Draw the names and repair them until the hypotheses hold."""
        without_meaning = 0
        for attempt in range(_SPECIAL_REPAIRS if model.kind else _REPAIRS):
            model.attempt = attempt
            with precision(30 + GUARD):
                try:
                    ev = Evaluator(model, 30)
                    ev.tick()
                    for symbol in self.order:
                        ev.symbol(symbol, ROOT)
                    broken = self._broken(ev)
                except (Undefined, CannotSample) as trouble:
                    without_meaning = without_meaning + 1 if isinstance(trouble, _Senseless) else 0
                    self.senseless = without_meaning >= _SENSELESS_REPAIRS
                    self.complaint = str(trouble)
                    if self.senseless:
                        return False
                    model.names.clear()
                    model.shapes_like.clear()
                    model.entries.clear()
                    model.blocks.clear()
                    model.used.clear()
                    continue
                if broken is None:
                    return True
                self._repair(model, broken, attempt)
        return False

    def _broken(self, ev: Evaluator) -> Term | None:
        """A hypothesis that does not hold, or a name that its hypothesis puts outside its domain."""
        for h in self.checks:
            try:
                if not ev.value(h, ROOT):
                    return h
            except Undefined:
                return h
            except CannotSample:
                raise
            except DeriveError as trouble:
                raise _Senseless(f"a hypothesis cannot be evaluated: {trouble}") from trouble
        for h, number in self.general:
            low, high = (x.as_int(ev.value(limit, ROOT)) for limit in self.setting.context.range_of(number) or ())
            for k in range(low, min(high, low + _MOST_PLACES) + 1) if low is not None and high is not None and low >= 0 else ():
                try:
                    if not ev.value(at := substitute(h, {number: Num(str(k))}), ROOT):
                        return at
                except Undefined:
                    continue
        for base, h in self.everywhere:
            kind = self.setting.kinds.get(base)
            if isinstance(kind, Sequence):
                try:
                    ev.model.entry(base, (1,) * kind.arity, ev)
                except Undefined:
                    return h  # the other names in it leave no room: |r_t| <= R with R < 0
            elif isinstance(kind, Array) and isinstance(h, Relation) and not ev.model.fits(base, kind, h, ev):
                return h  # an entry was found from an equation, and is not where it may be
        for symbol, domain in self.domains:
            value = ev.symbol(symbol, ROOT)
            if is_number(value) and not draw.in_domain(value, domain):
                return symbol
        return None

    def _repair(self, model: Model, broken: Term, attempt: int) -> None:
        self.complaint = "the hypotheses exclude each other, or too much"
        reach = self.setting.reach(broken)
        rng = model.rng("repair", attempt)
        scalars = [s for s in self.order if s in reach and s in model.names]
        if isinstance(broken, Logic) and broken.op == "or":
            broken = rng.choice(broken.items)
        if isinstance(broken, Relation) and broken.signs[0] == "=":
            if attempt % 2 == 0 and solve(model, broken, scalars):
                return
            equations = [h for h in self.checks if isinstance(h, Relation) and h.signs == ("=",)]
            if attempt % 2 and attempt < 8 and solve_together(model, equations, scalars):
                return
            if attempt % 2 and solve(model, broken, scalars):
                return
        arrays = [s for s, k in self.setting.kinds.items() if isinstance(k, Array) and s in reach and not k.properties and s in model.names]
        if arrays and (attempt % 2 or not scalars):
            chosen = rng.choice(arrays)
            model.shapes_like[chosen] = frozenset((_MODES[(attempt // 2) % len(_MODES)],))
            model.names.pop(chosen)
        elif scalars:
            dropped = rng.choice(scalars)
            model.used.discard(model.names.pop(dropped))
            for s, kind in self.setting.kinds.items():
                match kind:
                    case Array(rows, cols) | RandomVariable(_, _, (rows, cols)):
                        if dropped in self.setting.reach(rows) | self.setting.reach(cols):
                            model.names.pop(s, None)
                    case _:
                        pass
        model.entries.clear()
        model.blocks.clear()


# Index names ------------------------------------------------------------------------------------------------------------------


def _index_bounds(setting: Setting, terms: tuple[Term, ...]) -> dict[Symbol, tuple[Term, Term] | None]:
    """The range of each free index name, from the arrays and the summed sequences that it indexes."""
    ranges = _base_ranges(setting, terms)
    orders = {s for s, kind in setting.kinds.items() if isinstance(kind, Function) and "permutation" in kind.properties}
    found: dict[Symbol, tuple[Term, Term] | None] = {s: ranges[s, 0] for s in sorted(orders, key=repr) if (s, 0) in ranges}
    unlimited = _summed_without_limits(setting, terms)
    one = Num("1")
    for node in terms:
        for _, t in subterms(node):
            if not isinstance(t, Index) or setting.is_symbol(t):
                continue
            base: Term = t.base
            for k, s in enumerate(t.subscripts):
                if not isinstance(s, Name) or setting.context.range_of(s) is not None or s in setting.plain:
                    continue
                kind = setting.kinds.get(s)
                if kind is not None and not (isinstance(kind, Scalar) and kind.domain.discrete):
                    continue
                array = setting.kinds.get(base)
                if isinstance(array, Array):
                    row = k == 0 and not (len(t.subscripts) == 1 and array.rows == one)
                    found[s] = (one, array.rows if row else array.cols)
                elif (base, k) in ranges:
                    found.setdefault(s, ranges[base, k])
                elif kind is None or base in unlimited:
                    found.setdefault(s, None)
    return found


def _summed_without_limits(setting: Setting, terms: tuple[Term, ...]) -> frozenset[Term]:
    """The bases of the entries that a sum without limits runs over, also through definitions: a free index of theirs numbers one that there is."""
    definitions = [d for ds in setting.entries.values() for d in ds]
    found: set[Term] = set()
    for node in (*terms, *(d.rhs for d in (*setting.plain.values(), *definitions))):
        for _, t in subterms(node):
            match t:
                case Big(_, body, Name() as variable, None, None, None) if setting.context.range_of(variable) is None:
                    found |= {inner.base for _, inner in subterms(body) if isinstance(inner, Index) and variable in inner.subscripts}
                case _:
                    pass
    grown = bool(found)
    while grown:
        before = len(found)
        for d in definitions:
            shared = {t.base for side in (d.lhs, d.rhs) for _, t in subterms(side) if isinstance(t, Index) and set(t.subscripts) & set(d.parameters)}
            if shared & found:
                found |= shared
        grown = len(found) > before
    return frozenset(found)


def _lengths(setting: Setting, terms: tuple[Term, ...]) -> dict[Symbol, tuple[Term, Term] | None]:
    """Names n in ``\\sum_{i=1}^n x_i``: from 2 to 5. A sequence of one number is no typical one (its variance is zero)."""
    found: dict[Symbol, tuple[Term, Term] | None] = {}
    for node in (*terms, *(d.rhs for d in setting.plain.values())):
        for _, t in subterms(node):
            if isinstance(t, Big) and t.lower == Num("1") and isinstance(t.upper, Name) and t.upper not in setting.plain:
                kind = setting.kinds.get(t.upper)
                if isinstance(kind, Scalar) and kind.domain.discrete and any(isinstance(s, Index) for _, s in subterms(t.body)):
                    found[t.upper] = (Num("2"), Num("5"))
    return found


def _roles(setting: Setting, terms: tuple[Term, ...]) -> tuple[frozenset[Symbol], frozenset[Symbol]]:
    """Names on which the number of terms that an evaluation takes depends (in the limits of sums, in subscripts, beside an ellipsis, under a ``!``), and
    those of them that stand in subscripts."""
    counting: set[Symbol] = set(setting.size_names)
    places: set[Symbol] = set()
    seen: set[Term] = set()
    waiting: list[Term] = list(terms)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for symbol in setting.reach(node):
            waiting.extend(d.rhs for d in setting.definitions_of(symbol))
        for _, t in subterms(node):
            match t:
                case Big(_, _, _, lower, upper, where):
                    parts = [p for p in (lower, upper, where) if p is not None]
                case Index(_, subscripts) if not setting.is_symbol(t):
                    parts = list(subscripts)
                    places |= frozenset[Symbol]().union(*(setting.symbols(p) for p in parts))
                case Add(items) | Mul(items) if any(isinstance(part, Dots) for _, part in items):
                    parts = [t]
                case Call(Name("factorial" | "!" | "binom" | "Gamma"), arguments):
                    parts = list(arguments)
                case _:
                    continue
            counting |= frozenset[Symbol]().union(*(setting.reach(p) for p in parts))
    return frozenset(counting), frozenset(places)


def _fixed_entries(setting: Setting, terms: tuple[Term, ...]) -> tuple[Index, ...]:
    """The entries of sequences at fixed places that are spoken of: ``z_0``."""
    found = (t for node in terms for _, t in subterms(node) if isinstance(t, Index) and not setting.is_symbol(t))
    return tuple(dict.fromkeys(t for t in found if all(isinstance(s, Num) for s in t.subscripts)))


def _base_ranges(setting: Setting, terms: tuple[Term, ...]) -> dict[tuple[Term, int], tuple[Term, Term]]:
    """The limits of the sums that run over each subscript of each sequence, also through ``p_i := e^{z_i} / ...``."""
    found: dict[tuple[Term, int], tuple[Term, Term]] = {}
    definitions = [d for ds in (*setting.entries.values(), *setting.calls.values()) for d in ds]
    for node in (*terms, *(d.rhs for d in (*setting.plain.values(), *definitions))):
        for _, t in subterms(node):
            if isinstance(t, Big) and t.op in ("sum", "prod") and t.lower is not None and t.upper is not None:
                for _, inner in subterms(t.body):
                    if isinstance(inner, Call) and inner.arguments == (t.variable,):
                        found.setdefault((inner.function, 0), (t.lower, t.upper))
                    if isinstance(inner, Index):
                        for k, s in enumerate(inner.subscripts):
                            if s == t.variable:
                                found.setdefault((inner.base, k), (t.lower, t.upper))
    for base, ds in setting.entries.items():
        for d in ds:
            for _, inner in subterms(d.rhs):
                if isinstance(inner, Index) and inner.subscripts == d.lhs.subscripts:  # type: ignore[attr-defined]
                    for k in range(len(inner.subscripts)):
                        if (inner.base, k) in found:
                            found.setdefault((base, k), found[inner.base, k])
    return found
