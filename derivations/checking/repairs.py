"""A context as people mean it: small contradictions between how a document defines a name and how it uses it, settled before anything is judged."""

from __future__ import annotations

from dataclasses import replace

from derivations.checking.components import components
from derivations.checking.members import beside_its_members, members_of, outside_indices
from derivations.kernel.statement import Statement
from derivations.language.context import Array, Context, Definition, Domain, Family, Function, Kind, Scalar, Sequence, Symbol
from derivations.language.matching import calls_itself
from derivations.language.record import record
from derivations.language.structure import children, free_names, fresh, substitute, subterms, with_children
from derivations.language.term import Bar, Big, Call, Const, Deriv, Frac, Group, Index, Mul, Name, Num, Pow, Relation, Term
from derivations.reading.scope import ALONE
from derivations.rules.normal.densities import LETTERS


def repaired(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """The statement and its context with such contradictions settled.

    ``V = R + gamma V`` defines nothing, it is an equation; ``g_k := g`` uses one letter for a sequence and for a number; ``p(z | x) := p(x | z) p(z) / p(x)``
    is a theorem about one joint law; ``p_1, ..., p_n > 0`` is about all entries.
    """
    context = _without_itself(statement, context)
    context = _known_functions(context)
    context = _equations(context)
    context = _joint_laws(context)
    context = _whole_sequences(context)
    statement, context = _normalised(statement, context)
    context = _bare_sequences(statement, context)
    statement, context = _families(statement, context)
    statement, context = components(statement, context)
    statement, context = _constant_sequences(statement, context)
    return Statement(_derived(statement.lhs, context), statement.relation, _derived(statement.rhs, context)), context


def _derived(term: Term, context: Context) -> Term:
    """A derivative of ``l`` that is defined as ``l(mu, sigma)`` is one of ``l(mu, sigma)``."""
    old = children(term)
    new = tuple(_derived(c, context) for c in old)
    term = term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)
    if isinstance(term, Deriv) and isinstance(term.body, Name):
        for d in context.definitions:
            if isinstance(d.lhs, Call) and d.lhs.function == term.body and all(isinstance(a, Name) for a in d.lhs.arguments):
                return replace(term, body=d.lhs)
    return term


def _without_itself(statement: Statement, context: Context) -> Context:
    """A claim is not among its own hypotheses."""
    kept = tuple(h for h in context.hypotheses if h != statement.formula)
    return context if len(kept) == len(context.hypotheses) else replace(context, hypotheses=kept)


def _known_functions(context: Context) -> Context:
    """Functions that everybody knows mean what everybody knows, unless the document defines them."""
    defined = {d.lhs.function for d in context.definitions if isinstance(d.lhs, Call) and not calls_itself(d)}
    known = {s for s, k in context.kinds if isinstance(k, Function) and s in KNOWN and s not in defined}
    if not known:
        return context
    definitions = tuple(d for d in context.definitions if not (isinstance(d.lhs, Call) and d.lhs.function in known))
    return replace(context, kinds=tuple((s, k) for s, k in context.kinds if s not in known), definitions=definitions)


KNOWN = frozenset((Name("binom"), Name("factorial"), Name("det"), Name("tr")))


def _equations(context: Context) -> Context:
    """Definitions of a name by itself become hypotheses about a number."""
    loops = [d for d in context.definitions if isinstance(d.lhs, Name) and not d.parameters and calls_itself(d)]
    if not loops:
        return context
    kept = tuple(d for d in context.definitions if d not in loops)
    context = replace(context, definitions=kept)
    for d in loops:
        if isinstance(d.lhs, Name) and context.kind(d.lhs) is None:
            context = context.declare(Scalar(), d.lhs)
        context = context.assume(Relation((d.lhs, d.rhs), ("=",)))
    return context


def _joint_laws(context: Context) -> Context:
    """Definitions of one density by others of the same letter (Bayes' rule, a marginal) are left out: they hold of the joint law by themselves."""
    kept = tuple(d for d in context.definitions if not _theorem(d))
    return context if len(kept) == len(context.definitions) else replace(context, definitions=kept)


def _theorem(d: Definition) -> bool:
    if not isinstance(d.lhs, Call) or not isinstance(d.lhs.function, Name) or d.lhs.function.text not in LETTERS:
        return False
    own = [t for _, t in subterms(d.rhs) if isinstance(t, Call) and t.function == d.lhs.function]
    given = any(isinstance(a, Bar) for t in (d.lhs, *own) if isinstance(t, Call) for a in t.arguments)
    return bool(own) and (given or any(len(t.arguments) != len(d.lhs.arguments) for t in own if isinstance(t, Call)))


def _whole_sequences(context: Context) -> Context:
    """Entries that were declared one by one (``p_1`` and ``p_n`` positive) speak for their sequence."""
    ends: dict[Name, set[Kind]] = {}
    for symbol, kind in context.kinds:
        if isinstance(symbol, Index) and isinstance(symbol.base, Name) and isinstance(kind, Scalar):
            ends.setdefault(symbol.base, set()).add(kind)
    changed: dict[Symbol, Kind] = {}
    for base, kinds in ends.items():
        own = context.kind(base)
        if isinstance(own, Sequence) and own.domain is Domain.REAL and len(kinds) == 1:
            (kind,) = kinds
            changed[base] = replace(own, domain=kind.domain if isinstance(kind, Scalar) else Domain.REAL)
    if not changed:
        return context
    kept = tuple((s, changed.get(s, k)) for s, k in context.kinds if not (isinstance(s, Index) and s.base in changed))
    return replace(context, kinds=kept)


def _bare_sequences(statement: Statement, context: Context) -> Context:
    """``omega`` in a formula of its own, where another formula has ``omega_i``: here it is a number."""
    sides = (statement.lhs, statement.rhs)
    indexed = {t.base for side in sides for _, t in subterms(side) if isinstance(t, Index)}
    bare = {t for side in sides for t in outside_indices(side) if isinstance(t, Name)}
    about = {n for d in context.definitions for n in free_names(d.lhs) | free_names(d.rhs)} | {n for h in context.hypotheses for n in free_names(h)}
    called = {t.function for side in sides for _, t in subterms(side) if isinstance(t, Call)}
    loose = {n for n in bare - indexed - about - called if isinstance(context.kind(n), Sequence)}
    if not loose:
        return context
    return replace(context, kinds=tuple((s, Scalar(k.domain) if s in loose and isinstance(k, Sequence) else k) for s, k in context.kinds))


def _families(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """A family of arrays of which only one member is spoken of is that one array; ``x`` beside ``x_i`` is an array of the same shape."""
    for base in [s for s, k in context.kinds if isinstance(k, Family)]:
        kind = context.kind(base)
        if not isinstance(kind, Family) or not isinstance(base, Name):
            continue
        terms = (statement.lhs, statement.rhs, *context.hypotheses, *(d.rhs for d in context.definitions))
        if any(t == base for term in terms for t in outside_indices(term)):
            statement, context = beside_its_members(statement, context, base, context.kind(replace(base, label=ALONE)) or kind.member)
            base = members_of(base)
            terms = (statement.lhs, statement.rhs, *context.hypotheses, *(d.rhs for d in context.definitions))
        entries = {t for term in terms for _, t in subterms(term) if isinstance(t, Index) and t.base == base}
        bound = {v for term in terms for _, t in subterms(term) if isinstance(t, Big) for v in free_names(t.variable)}
        bound |= {p for d in context.definitions for p in d.parameters}
        if len(entries) == 1 and not free_names(one := next(iter(entries))) & bound and len(one.subscripts) == kind.arity:
            context = replace(context, kinds=tuple((s, k) if s != base else (one, kind.member) for s, k in context.kinds))
    return statement, context


def _normalised(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """Weights ``f(a)`` of which only ``sum_a f(a) = 1`` is known, for all values of their parameters: ``f(a) := e^w(a) / sum_b e^w(b)`` with an arbitrary w.

    As an equation at one point the hypothesis would say nothing of derivatives by the parameters.
    """
    for hypothesis in context.hypotheses:
        match hypothesis:
            case Relation((Big("sum", Call(function, arguments) as body, Name() as variable, lower, upper, None), Num("1")), ("=",)):
                pass
            case _:
                continue
        base = function.base if isinstance(function, Index) else function
        own = (*arguments, *(function.subscripts if isinstance(function, Index) else ()))
        kind = context.kind(function) if isinstance(function, Name | Index) else None
        kind = kind or (context.kind(base) if isinstance(base, Name) else None)
        if not isinstance(base, Name) or not isinstance(kind, Function) or kind.on_integers or variable not in arguments:
            continue
        if not all(isinstance(a, Name) for a in own):
            continue
        if any(base in free_names(d.lhs) for d in context.definitions):
            continue
        weight, other = Name(base.text, base.accent, base.font, 0, "weight"), fresh(variable, frozenset(n for n in own if isinstance(n, Name)))
        put: dict[Term, Term] = {variable: other}
        above = Pow(Const("e"), Call(weight, own))
        below = Big("sum", substitute(above, put), other, lower, upper)
        made = Definition(body, Frac(above, below), tuple(n for n in own if isinstance(n, Name)))
        kinds = tuple((s, k) for s, k in context.kinds if s not in (function, base))
        ranges = tuple((other, low, high) for v, low, high in context.ranges if v == variable)
        context = replace(
            context,
            kinds=(*kinds, (weight, Function(len(own)))),
            hypotheses=tuple(h for h in context.hypotheses if h != hypothesis),
            definitions=(*context.definitions, made),
            ranges=(*context.ranges, *ranges),
        )
        mean = _Mean(body, variable, lower, upper)
        context = replace(context, definitions=tuple(replace(d, rhs=mean.summed(d.rhs)) for d in context.definitions))
        statement = Statement(mean.summed(statement.lhs), statement.relation, mean.summed(statement.rhs))
    return statement, context


@record
class _Mean:
    """An expectation under weights, as a sum: ``E_{a ~ f}[g(a)] = sum_a f(a) g(a)``."""

    weight: Call
    variable: Name
    lower: Term | None
    upper: Term | None

    def summed(self, term: Term) -> Term:
        old = children(term)
        new = tuple(self.summed(c) for c in old)
        term = term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)
        match term:
            case Call(Index(Name("E"), (under,)), (inside,)) if (drawn := self._drawn(under, inside)) is not None:
                put: dict[Term, Term] = {drawn: self.variable}
                body = inside if drawn == self.variable else substitute(inside, put)
                return Group(Big("sum", Mul((("", self.weight), ("", Group(body)))), self.variable, self.lower, self.upper))
            case _:
                return term

    def _drawn(self, under: Term, inside: Term) -> Name | None:
        """The variable that is drawn from these weights."""
        match under:
            case Relation((Name() as drawn, law), ("~",)):
                pass
            case _:
                drawn, law = self.variable, under
                if law != self.weight and self.variable not in free_names(inside):
                    return None
        return drawn if law in (self.weight.function, self.weight, Call(self.weight.function, (drawn,))) else None


def _constant_sequences(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """``g_k := g``: the sequence gets another name, so that g stays a number."""
    clashes = {
        d.lhs.base
        for d in context.definitions
        if isinstance(d.lhs, Index) and isinstance(d.lhs.base, Name) and any(t == d.lhs.base for t in outside_indices(d.rhs))
    }
    for base in sorted(clashes, key=repr):
        if not isinstance(base, Name) or isinstance(context.kind(base), Array):
            continue
        function = any(isinstance(d.lhs, Call) and d.lhs.function == base for d in context.definitions)  # sigma_i := sigma(a_i)
        statement, context = beside_its_members(statement, context, base, None if function else Scalar())
    return statement, context
