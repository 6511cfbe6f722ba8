"""Random vectors by their components: ``q^T k`` as ``sum_i q_i k_i`` where the ``q_i`` are independent numbers with one law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derivations.kernel.statement import Statement
from derivations.language.context import ONE, Array, Context, RandomVariable
from derivations.language.laws import LAWS
from derivations.language.record import record
from derivations.language.structure import children, free_names, fresh, with_children
from derivations.language.term import Bars, Big, Call, Group, Index, Mul, Name, Num, Pow, ProductSign, Relation, Term, Transpose


def components(statement: Statement, context: Context) -> tuple[Statement, Context]:
    """The statement with inner products and squared norms of random column vectors written by entries, and those vectors as families of numbers.

    Only vectors that occur in no other way are taken apart; a law ``N(0, sigma^2 I)`` is that of independent components.
    """
    vectors = {s: k for s, k in context.kinds if isinstance(s, Name) and isinstance(k, RandomVariable) and k.shape is not None and k.shape[1] == ONE}
    if not vectors:
        return statement, context
    work = _Components({s: k.shape[0] for s, k in vectors.items() if k.shape is not None}, context)
    lhs, rhs = work.of(statement.lhs), work.of(statement.rhs)
    definitions = tuple(replace(d, rhs=work.of(d.rhs)) for d in context.definitions)
    if any(_correlated(h, vectors) for h in context.hypotheses):
        return statement, context
    hypotheses = tuple(work.about_all(h) for h in context.hypotheses)
    laws = {s: _law(k.law) for s, k in vectors.items()}
    left = {s for s in vectors if laws[s] is None and vectors[s].law is not None}
    left |= {s for s in vectors for t in (lhs, rhs, *(d.rhs for d in definitions)) if _bare(s, t)}
    if left:
        return statement, context
    kinds = tuple((s, RandomVariable(laws[s], 1) if isinstance(s, Name) and s in vectors else k) for s, k in context.kinds)
    return Statement(lhs, statement.relation, rhs), replace(context, kinds=kinds, definitions=definitions, hypotheses=hypotheses)


def _correlated(hypothesis: Term, vectors: Mapping[Name, object]) -> bool:
    """Whether the covariance matrix of one of the vectors is told: its entries need not be independent then."""
    match hypothesis:
        case Relation((Call(Name("Cov"), (Name() as x,)), _), ("=",)):
            return x in vectors
        case _:
            return False


def _law(law: Term | None) -> Term | None:
    """The law of one component: ``N(0, s I)`` is ``N(0, s)``; None where the components are not known to be independent."""
    match law:
        case Call(Name(text), (Num("0") | Name("0") as mean, variance)) if text in LAWS["Normal"].spellings:
            scale = _without_identity(variance)
            return None if scale is None else replace(law, arguments=(Num("0") if isinstance(mean, Name) else mean, scale))
        case _:
            return None


def _without_identity(variance: Term) -> Term | None:
    match variance:
        case Name("I") | Index(Name("I")):
            return ONE
        case Mul(parts) if isinstance(parts[-1][1], Name | Index) and _without_identity(parts[-1][1]) == ONE and len(parts) > 1:
            return Mul(parts[:-1]) if len(parts) > 2 else parts[0][1]
        case Group(body):
            return _without_identity(body)
        case _:
            return None


def _bare(symbol: Name, term: Term) -> bool:
    """Whether a name stands somewhere without a subscript."""
    if term == symbol:
        return True
    if isinstance(term, Index) and term.base == symbol:
        return any(_bare(symbol, s) for s in term.subscripts)
    return any(_bare(symbol, c) for c in children(term))


@record
class _Components:
    sizes: dict[Name, Term]
    context: Context

    def of(self, term: Term) -> Term:
        old = children(term)
        new = tuple(self.of(c) for c in old)
        term = term if all(a is b for a, b in zip(old, new, strict=True)) else with_children(term, new)
        match term:
            case Mul(parts):
                return self._product(parts) or term
            case Pow(Bars("norm", Name() as x, _), Num("2")) if x in self.sizes:
                return self._sum(x, x)
            case _:
                return term

    def _product(self, parts: tuple[tuple[ProductSign, Term], ...]) -> Term | None:
        """With the first inner product of two of the vectors written out."""
        for k in range(len(parts) - 1):
            sign = parts[k + 1][0]
            match parts[k][1], parts[k + 1][1]:
                case (Transpose(Name() as x), Name() as y) if sign in ("", "cdot") and self._fit(x, y):
                    pass
                case (Name() as x, Name() as y) if sign == "cdot" and self._fit(x, y):
                    pass
                case _:
                    continue
            rest = (*parts[:k], (parts[k][0], self._sum(x, y)), *parts[k + 2 :])
            return rest[0][1] if len(rest) == 1 else Mul(rest)
        return None

    def _fit(self, x: Name, y: Name) -> bool:
        return (x in self.sizes or y in self.sizes) and self._rows(x) is not None and self._rows(x) == self._rows(y)

    def _rows(self, x: Name) -> Term | None:
        """How many entries a column vector has, random or not."""
        kind = self.context.kind(x)
        return self.sizes.get(x) or (kind.rows if isinstance(kind, Array) and kind.is_vector else None)

    def _sum(self, x: Name, y: Name) -> Term:
        size = self.sizes[x] if x in self.sizes else self.sizes[y]
        taken = free_names(size) | {x, y} | frozenset(n for n, _ in self.context.kinds if isinstance(n, Name))
        i = fresh(Name("i"), taken - {Name("i")})
        return Group(Big("sum", Mul((("", Index(x, (i,))), ("", Index(y, (i,))))), i, ONE, size))

    def about_all(self, hypothesis: Term) -> Term:
        """``E[q] = 0`` as ``E[q_i] = 0``: what is said of the vector is said of each component."""
        match hypothesis:
            case Relation((Call(Name(text) as f, (Name() as x,), bracket), value), ("=",)) if text in ("E", "Var") and x in self.sizes:
                entry = Index(value, (Name("i"),)) if isinstance(value, Name) and self._rows(value) is not None else value
                return Relation((Call(f, (Index(x, (Name("i"),)),), bracket), entry), ("=",))
            case Relation(items, signs) if set(signs) == {"perp"}:
                return Relation(tuple(Index(t, (Name("i"),)) if isinstance(t, Name) and t in self.sizes else t for t in items), signs)
            case _:
                return self.of(hypothesis)
