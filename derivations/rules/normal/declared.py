"""What a context says about numbers, for the normal form: kinds and signs of names, facts, values of entries."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from contextlib import suppress
from fractions import Fraction
from functools import cached_property

from derivations.language.context import Array, Context, Domain, Function, RandomVariable, Scalar, Sequence
from derivations.language.dependence import Dependence
from derivations.language.structure import children, head
from derivations.language.term import Add, Bars, Big, Const, Index, Name, Num, Pow, Relation, Term
from derivations.rules.normal.atoms import Atom, Stuck
from derivations.rules.normal.forms import Forms, Limit
from derivations.rules.normal.poly import ONE, ZERO, Poly, atom_power, number

INFINITY = Const("oo")


def _is_name(p: Poly) -> bool:
    """Whether a polynomial is one atom."""
    return p.single is not None and p.single[0] == 1 and len(p.single[1]) == 1 and p.single[1][0][1] == 1


def _square_is_minus_one(hypothesis: Term) -> Name | None:
    match hypothesis:
        case Relation((Pow(Name() as name, Num("2")), Add((("-", Num("1")),))), ("=",)):
            return name
        case _:
            return None


class Declared(Forms):
    """Forms under a context. Signs and facts come from declared domains and hypotheses."""

    def __init__(self, context: Context, *, lenient: bool = False) -> None:
        super().__init__()
        self.context = context
        self.lenient = lenient
        """Undeclared names are real numbers (the checker of other people's documents reports them); otherwise they are refused."""
        self._env: dict[Name, Poly] = {}
        self._held: set[Term] = set()
        self._held_families: set[Term] = set()
        """The bases of the entries that a derivative takes as its variable: none of their entries is unfolded under it."""
        self._entries: dict[tuple[Term, tuple[Poly, ...]], Term] | None = None
        self._cache: dict[Term, Poly] = {}
        self._depth = 0
        self.sides: tuple[Term, ...] = ()
        """The terms of the statement that is judged, where an index without a range may be met with one."""
        self.overloaded: frozenset[Term] = frozenset()
        """Density names that are told apart by the names of their arguments: ``p(x)``, ``p(z)``, ``p(x | z)``."""
        self.densities: set[int] = set()
        """Atoms that are densities in their first argument."""
        self.moments: dict[tuple[Term, int], list[tuple[tuple[Poly, ...], Poly]]] = {}
        self.moments_known = False
        self.positive_bases: set[Term] = set()
        """Sequences all of whose entries are taken to be positive (their logarithm is taken under a sum)."""
        self.used: set[str] = set()
        """What the normal form did besides algebra, in words: definitions were unfolded, derivatives taken."""
        self.independent: list[frozenset[Term]] = []
        self.memberwise: list[frozenset[Term]] = []
        """Those of them that say it of members: ``x_i`` and ``y_i``."""
        """Names that are independent together, as the context says."""
        self.imaginary = frozenset(n for h in context.hypotheses if (n := _square_is_minus_one(h)) is not None)
        """Names of the imaginary unit: a hypothesis says that their square is -1."""
        self._complex: frozenset[Term] | None = None
        self._read_hypotheses()

    @abstractmethod
    def poly(self, term: Term) -> Poly:
        """The normal form of a scalar term. Raises Stuck for what it cannot express."""

    @abstractmethod
    def _range(self, term: Big) -> tuple[Limit, Limit] | None:
        """The range of a big operator that runs over integers, or None."""

    def within(self, name: Name, value: Poly, body: Term, read: Callable[[Term], Poly] | None = None) -> Poly:
        """The normal form of a body with a name bound to a value. ``read``: how the body is read, if it is no number (an entry of it)."""
        before = self._env.get(name)
        self._env[name] = value
        try:
            return self.poly(body) if read is None else read(body)
        finally:
            if before is None:
                del self._env[name]
            else:
                self._env[name] = before

    def within_all(self, values: dict[Name, Poly], body: Term) -> Poly:
        """The normal form of a body with several names bound."""
        before = dict(self._env)
        self._env.update(values)
        try:
            return self.poly(body)
        finally:
            self._env = before

    # -- the context -----------------------------------------------------------------------------------------------------------------

    def _read_hypotheses(self) -> None:
        for hypothesis in self.context.hypotheses:
            self.assume(hypothesis)
        short = [p for p in self.positive_facts if 2 <= len(p) <= 3][:4]
        for k, p in enumerate(short):  # (1 - x)(1 + x) > 0 where both are
            for q in short[k + 1 :]:
                self._fact(self.mul(p, q), strict=True)

    def assume(self, hypothesis: Term) -> None:
        """Take an inequality, a chain of them, or the independence of random variables as a fact; other hypotheses are used elsewhere."""
        if not isinstance(hypothesis, Relation):
            return
        if set(hypothesis.signs) == {"perp"}:
            known = (item if not isinstance(item, Index) or self.context.kind(item) is not None else item.base for item in hypothesis.items)
            self.independent.append(frozenset(known))
            if all(isinstance(item, Index) and self.context.kind(item) is None for item in hypothesis.items):
                self.memberwise.append(self.independent[-1])
        for left, sign, right in zip(hypothesis.items, hypothesis.signs, hypothesis.items[1:], strict=False):
            if sign in ("<", "<=", ">", ">=", "!="):
                try:
                    difference = self.poly(right) - self.poly(left)
                except Stuck:
                    continue
                self._fact(difference if sign in ("<", "<=") else -difference, strict=sign in ("<", ">"), nonzero=sign == "!=")

    def _fact(self, p: Poly, *, strict: bool, nonzero: bool = False) -> None:
        if nonzero:
            self.not_zero(p)
        if nonzero or not p:
            return
        self._signs.clear()
        (self.positive_facts if strict else self.nonnegative_facts).append(p)
        if strict and len(p) > 1 and self.is_integer(p):
            self.nonnegative_facts.append(p - ONE)
        single = p.single
        if single is not None and single[0] > 0 and len(single[1]) == 1 and single[1][0][1] == 1:
            (self.positive_atoms if strict else self.nonnegative_atoms).add(single[1][0][0])

    def assume_positive(self, p: Poly, *, strict: bool = True) -> bool:
        """Take p > 0 (or >= 0) as a fact unless it is known already; answers whether it was new."""
        if self.sign(p) in (("+",) if strict else ("+", "0+")):
            return False
        cleared, inverses = self.cleared(p)
        self._fact(p, strict=strict)
        if inverses and strict and self.sign(Poly({inverses: Fraction(1)})) == "+":
            self._fact(cleared, strict=True)
        if len(cleared) > 1 and not inverses:
            scale, monomial, base = self.canonical(cleared)
            if scale > 0 and self.sign(Poly({monomial: Fraction(1)})) == "+":
                self._fact(base, strict=strict)
        return True

    @cached_property
    def dependence(self) -> Dependence:
        """What depends on what, through the definitions of the context."""
        return Dependence(self.context)

    def made_of_random(self, symbol: Term, index: tuple[Poly, ...] = ()) -> bool:
        """Whether a name is a random variable, or may depend on one through definitions that are not put in for it (a recurrence)."""
        if self._begins(symbol, index):
            return False
        head = self.dependence.head(symbol)
        of = (symbol, *(self.dependence.closure(head) if head is not None else ()))
        return any(isinstance(self.context.kind(s), RandomVariable) for s in of if isinstance(s, Name | Index))

    def _begins(self, symbol: Term, index: tuple[Poly, ...]) -> bool:
        """Whether an entry is one before a recurrence, which nothing defines: x_0 beside ``x_t = a x_{t-1} + e_t`` for t = 1, 2, ..."""
        if len(index) != 1 or index[0].constant is None or isinstance(self.context.kind(symbol), RandomVariable):  # type: ignore[arg-type]
            return False
        own = [d for d in self.context.definitions if isinstance(d.lhs, Index) and d.lhs.base == symbol]
        counted = all(d.lhs == Index(d.lhs.base, d.parameters) and self.context.kind(d.parameters[0]) == Scalar(Domain.NATURAL) for d in own if d.parameters)  # type: ignore[attr-defined]
        return bool(own) and counted and all(d.parameters for d in own) and index[0].constant <= 0

    def hidden(self, atom: Atom, target: Atom) -> bool:
        """Whether a name that stays as it is (a recurrence, a held name) may change with ``target`` through its definition."""
        named = (a.data[0] if a.head == "cot" else a.data for a in (atom, target))
        mine, other = (self.dependence.head(data) if isinstance(data, Name | Index) else None for data in named)
        return mine is not None and other is not None and mine != other and other in self.dependence.closure(mine)

    def hold(self, names: Iterable[Term]) -> None:
        """Leave these names as they are, even where they are defined."""
        self._held |= set(names)
        self._cache.clear()

    def source_atom(self, name: Term, index: tuple[Poly, ...]) -> int:
        """The atom of a random variable, or of a member of a family."""
        return self.intern(Atom("seq" if index else "sym", name, index))

    def joint(self, symbol: Term, names: tuple[str, ...], args: tuple[Poly, ...], orders: tuple[int, ...] = ()) -> Poly:
        """The joint density of the variables with these names: the order of the variables does not matter, and of no variables it is 1.

        Arguments beyond the names are parameters; ``orders`` counts derivatives by each argument.
        """
        if not names:
            return ONE
        order = sorted(range(len(names)), key=lambda k: names[k])
        arguments = (*(args[k] for k in order), *args[len(names) :])
        value = self.make("joint", (symbol, tuple(names[k] for k in order), orders or (0,) * len(args)), arguments)
        if not any(orders):
            self.positive_atoms.update(a for m in value.terms for a, _ in m)
        return value

    def array_ranges(self, symbol: Name | Index) -> tuple[tuple[Term, Term], ...]:
        """The limits of the indices of what is an array; none for a number. Raises Stuck for an array where arrays are not read."""
        if isinstance(self.context.kind(symbol), Array):
            raise Stuck("a derivative of a loss through a whole array")
        return ()

    def method(self, name: str) -> str:
        """A method with what it used, as it is printed: ``normal form, with definitions and derivatives``."""
        words = sorted(w for w in self.used if w not in name)
        return name if not words else f"{name}, with {' and '.join([', '.join(words[:-1]), words[-1]] if len(words) > 1 else words)}"

    def release(self, name: Term) -> None:
        """Unfold this name again where it is defined."""
        self._held.discard(name)
        self._cache.clear()

    def forget(self) -> None:
        """Drop cached values: new facts let logarithms and roots split further."""
        self._cache.clear()
        self._signs.clear()

    def symbol(self, name: Term, domain: Domain, head: str = "sym", args: tuple[Poly, ...] = ()) -> Poly:
        """An atom for a declared scalar or an entry, with what its domain says about its sign."""
        if head == "seq":
            value = self._entry_value(name, args)
            if value is not None:
                return value
        k = self.intern(Atom(head, name, args))
        if k in self._known_domains:
            return atom_power(k)
        self._known_domains.add(k)
        p = atom_power(k)
        if head == "seq" and name in self.positive_bases:
            self.positive_atoms.add(k)
        match domain:
            case Domain.POSITIVE | Domain.NATURAL:
                self.positive_atoms.add(k)
            case Domain.NONNEGATIVE | Domain.WHOLE | Domain.PROBABILITY:
                self.nonnegative_atoms.add(k)
            case Domain.NEGATIVE:
                self._fact(-p, strict=True)
            case Domain.NONZERO:
                self.not_zero(p)
            case Domain.UNIT:
                self.positive_atoms.add(k)
                self._fact(ONE - p, strict=True)
            case _:
                pass
        if domain is Domain.PROBABILITY:
            self._fact(ONE - p, strict=False)
        if domain is Domain.NATURAL and head == "sym":
            self._fact(p - ONE, strict=False)
        if domain.discrete:
            self.integer_atoms.add(k)
        if domain is Domain.COMPLEX:
            self.unreal_atoms.add(k)
        return p

    # -- indices ---------------------------------------------------------------------------------------------------------------------

    def span_of(self, a: int) -> tuple[Limit, Limit] | None:
        found = self.spans.get(a)
        atom = self.atoms[a]
        if found is None and atom.head == "sym" and isinstance(atom.data, Name) and atom.data not in self._env:
            written = self.context.range_of(atom.data)
            if written is not None and INFINITY not in written:
                found = self.poly(written[0]), self.poly(written[1])
                self.spans[a] = found
        return found

    def is_by_convention(self, p: Poly, low: Limit, high: Limit) -> bool:
        """An index that nobody declared (or a bound one without a range of its own), and a whole range: ``1..n``, ``0..n`` or ``0..n-1``."""
        if isinstance(high, Poly) and not any(_is_name(e) for e in (high, *([high + ONE] if low == ZERO else []))):
            return False
        single = p.single
        if single is None or single[0] != 1 or len(single[1]) != 1 or single[1][0][1] != 1 or not isinstance(low, Poly) or low not in (ZERO, ONE):
            return False
        ((a, _),) = single[1]
        atom = self.atoms[a]
        if self.span_of(a) is not None:
            return False
        if atom.head == "tmp":
            return True
        if atom.head != "sym" or not isinstance(atom.data, Name):
            return False
        kind = self.context.kind(atom.data)
        said = any(isinstance(h, Relation) and atom.data in h.items for h in self.context.hypotheses)
        return not said and (kind is None or (isinstance(kind, Scalar) and kind.index))

    def stands_for_all(self, p: Poly) -> bool:
        """Whether what is said of the entry at this index is said of every entry: it is an index of the text's, not one that was fixed."""
        single = p.single
        if single is None or single[0] != 1 or len(single[1]) != 1:
            return False
        atom = self.atoms[single[1][0][0]]
        return atom.head == "sym" and isinstance(atom.data, Name) and self.context.is_general(atom.data)

    def vanishes_far_out(self, variable: int, f: Poly) -> bool:
        """A factor is a function on the integers with finite support, at the variable or its negative, shifted."""
        ((monomial, _),) = f.terms.items()
        for a, e in monomial:
            atom = self.atoms[a]
            if atom.head == "seq" and len(atom.args) == 1 and isinstance(e, Fraction) and e > 0:
                kind = self.context.kind(atom.data) if isinstance(atom.data, Name) else None
                steps = [atom.args[0] - atom_power(variable).scale(Fraction(s)) for s in (1, -1)]
                if isinstance(kind, Function) and "finite_support" in kind.properties and any(not self.mentions(s, variable) for s in steps):
                    return True
        return False

    # -- complex numbers -------------------------------------------------------------------------------------------------------------

    def may_be_complex(self, term: Term) -> bool:
        """Whether the imaginary unit or something complex occurs in a term outside of absolute values and norms."""
        if self._complex is None:
            self._complex = frozenset(s for s, k in self.context.kinds if isinstance(k, Scalar | Sequence) and k.domain is Domain.COMPLEX) | self.imaginary
            for _ in self.context.definitions:  # through definitions, one layer at a time
                more = {head(d.lhs) for d in self.context.definitions if self._mentions_complex(d.rhs)}
                if more <= self._complex:
                    break
                self._complex |= more
        return self._mentions_complex(term)

    def _mentions_complex(self, term: Term) -> bool:
        if term == Const("i") or term in (self._complex or ()):
            return True
        return not isinstance(term, Bars) and any(self._mentions_complex(c) for c in children(term))

    # -- what is written -------------------------------------------------------------------------------------------------------------

    def written(self, series: Iterable[Term]) -> None:
        """These series stand in the statement: where one of them diverges nothing is claimed."""
        self.writing = True
        try:
            for term in series:
                with suppress(Stuck):
                    self.poly(term)
        finally:
            self.writing = False

    def entry(self, atom: Atom, args: tuple[Poly, ...]) -> Poly:
        kind = self.context.kind(atom.data)
        return self.symbol(atom.data, kind.domain if isinstance(kind, Sequence) else Domain.REAL, "seq", args)

    def _entry_value(self, base: Term, args: tuple[Poly, ...]) -> Poly | None:
        """The value of an entry that the context defines by itself, such as ``m_0 := 0``."""
        if self._entries is None:
            self._entries = {}
            for definition in self.context.definitions:
                lhs = definition.lhs
                if isinstance(lhs, Index) and not definition.parameters and lhs not in self._held and all(isinstance(s, Num) for s in lhs.subscripts):
                    self._entries[lhs.base, tuple(number(Fraction(s.digits)) for s in lhs.subscripts if isinstance(s, Num))] = definition.rhs
        rhs = self._entries.get((base, args))
        if rhs is not None:
            self.used.add("definitions")
        return None if rhs is None else self.poly(rhs)

    @property
    def _known_domains(self) -> set[int]:
        found: set[int] = self.__dict__.setdefault("_domains", set())
        return found
