"""Numbers that a text differentiates and never defines: "the loss L", x in ``dx/dt``.

Such a number is a function of what it is differentiated by, through whatever the text defines in between: with ``z = wx + b`` and both ``dL/dz`` and
``dL/dw``, L is a function of z, and of w through z only. That is the usual reading and no more: where the text defines something else that depends on z,
L may depend on that too. A claim stands only if it stands under both readings, and a refutation likewise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from derivations.kernel.statement import Statement
from derivations.language.context import ONE, Array, Context, Definition, Function, Kind, Loss, Scalar, Sequence, Symbol, Through
from derivations.language.dependence import Dependence
from derivations.language.errors import DeriveError
from derivations.language.matching import calls_itself
from derivations.language.record import record
from derivations.language.structure import bare, children, free_names, substitute, subterms, transform
from derivations.language.term import At, Big, Call, Deriv, Index, Name, Num, Relation, Term
from derivations.reading.judgements import Judgement
from derivations.reading.losses import Losses
from derivations.rules.shapes import shape

Limits = tuple[Term, Term]
MOST_PARTS: Final = 8


def elaborated(j: Judgement) -> Judgement:
    """The judgement with what its context needs to know of its losses: their kind in the context, and in another one if the text leaves open what they
    depend on; partial derivatives beside total ones spelled out; unread where these have no meaning that is told."""
    losses = j.losses
    if losses is None or j.statement is None:
        return replace(j, losses=None)
    statement = j.statement
    both = _total_and_partial(statement)
    if both:
        separate = _separated(statement, j.context, both)
        if separate is None:
            why = f"{_spelled(both[0])} has total and partial derivatives by one variable, and what they hold fixed is not told"
            return replace(j, losses=None, status="unread" if j.status == "judge" else j.status, why_unread=why)
        statement = separate
    at_work = _Elaboration(losses)
    context, alternative, doubt = at_work.of(statement, j.context)
    known = j.provenance
    if known.plain is not None:  # a loss is no convention: what is tried without conventions needs its kind as well
        known = replace(known, plain=at_work.of(statement, known.plain)[0])
    return replace(j, losses=None, statement=statement, context=context, alternative=alternative, doubt=doubt or j.doubt, provenance=known)


@record
class _Elaboration:
    """One problem's losses at work."""

    losses: Losses

    def of(self, statement: Statement, context: Context) -> tuple[Context, Context | None, str]:
        """The context with the losses, another one that the text allows, and why a counterexample would rest on a choice (empty if it would not)."""
        if not self.losses.by:
            return context, None, ""
        open_ones = {s: tuple(by) for s, by in self.losses.by.items() if self._open(s, context)}
        plain = Dependence(context)
        if not plain.reach(statement.lhs) | plain.reach(statement.rhs) & set(open_ones):
            return context, None, ""
        graph = Dependence(_with_edges(context, open_ones))
        concerned = [s for s in open_ones if s in graph.reach(statement.lhs) | graph.reach(statement.rhs)]
        if not concerned:
            return context, None, ""
        near, wide = context, context
        ends: dict[Symbol, tuple[Symbol, ...]] = {}
        for symbol in concerned:
            general = self._sinks(symbol, open_ones[symbol], context, graph)
            usual = self._frontier(open_ones[symbol], graph, general)
            general = usual if symbol in self.losses.told else general
            ends[symbol] = usual
            made = self._made(symbol, usual, context)
            if made is None:
                continue
            near = self._declared(near, symbol, made)
            other = made if set(general) == set(usual) else self._made(symbol, general, context)
            wide = self._declared(wide, symbol, other or made)
        doubt = self._doubt(statement, context, concerned, graph, ends)
        near, wide = (self._within_ranges(c, statement) for c in (near, wide))
        return wide, None if wide == near else near, doubt

    def _open(self, symbol: Symbol, context: Context) -> bool:
        """Whether nothing says what a number is. A function that is never applied ("let z be a function of x and y") is a number too."""
        kind = context.kind(symbol)
        heads = Dependence(context)
        defined = any(heads.head(d.lhs) == symbol for d in context.definitions)
        return not defined and (kind is None or isinstance(kind, Scalar) or (isinstance(kind, Function) and symbol not in self.losses.applied))

    @staticmethod
    def _doubt(
        statement: Statement, context: Context, concerned: list[Symbol], graph: Dependence, ends: dict[Symbol, tuple[Symbol, ...]]
    ) -> str:
        """Why values of choice for the losses would be no counterexample."""
        sides = [_unfolded(side, context) for side in (statement.lhs, statement.rhs)]
        plain = Dependence(context)
        taken = [{symbol: [n for n in side if _body(n) == symbol or symbol in plain.reach(n.body)] for symbol in concerned} for side in sides]
        present = [s for s in concerned if taken[0][s] or taken[1][s]]
        bare = {s for side in (statement.lhs, statement.rhs) for s in concerned if s in _bare(side, context)}
        for symbol in present:
            nodes = (*taken[0][symbol], *taken[1][symbol])
            variables = {v for n in nodes for t, _ in n.variables if (v := graph.head(t)) is not None}
            if any(symbol in graph.closure(other) for other in present if other != symbol):
                if symbol in bare:
                    return f"nothing defines {_spelled(symbol)}, and the equation may be what says what its derivative is"
                continue
            orders = [{sum(k for _, k in n.variables) for n in side[symbol]} for side in taken]
            if orders[0] != orders[1] or symbol in bare:
                return f"nothing defines {_spelled(symbol)}, and the equation may be what says what its derivative is"
            for between in concerned:
                above = graph.closure(between) - {between}
                if between != symbol and between not in present and between in graph.closure(symbol) and above & variables:
                    return f"nothing defines {_spelled(between)}, and the equation may be what says what its derivative is"
            loose = [v for v in ends.get(symbol, ()) if v in variables and len(graph.closure(v)) == 1]
            if len(variables) > 1 and loose:
                return f"nothing says how {_spelled(symbol)} depends on {', '.join(sorted(_spelled(v) for v in variables))}"
        return ""

    # -- what a loss is a function of ------------------------------------------------------------------------------------------------

    @staticmethod
    def _frontier(by: tuple[Symbol, ...], graph: Dependence, sinks: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
        """The variables of its derivatives from which no other of them is made; instead of a parameter, what is made of it (nobody feeds a weight and
        the layer that it belongs to into one loss)."""
        last = [v for v in by if not any(u != v and v in graph.closure(u) for u in by)]
        found: dict[Symbol, None] = {}
        for v in last:
            later = [u for u in sinks if u != v and v in graph.closure(u)]
            found.update(dict.fromkeys([v] if len(graph.closure(v)) > 1 or not later else later))
        return tuple(found)

    @staticmethod
    def _sinks(loss: Symbol, by: tuple[Symbol, ...], context: Context, graph: Dependence) -> tuple[Symbol, ...]:
        """The last things that the text makes of these variables, the loss's own derivatives apart."""
        heads = {h for d in context.definitions if (h := graph.head(d.lhs)) is not None and not isinstance(d.lhs, Call)}
        made = {h for h in heads if loss not in graph.closure(h) and any(v in graph.closure(h) for v in by)} | set(by)
        return tuple(v for v in (*by, *sorted(made - set(by), key=repr)) if not any(u != v and v in graph.closure(u) for u in made))

    def _made(self, loss: Symbol, frontier: tuple[Symbol, ...], context: Context) -> tuple[Loss, tuple[tuple[Symbol, Kind], ...]] | None:
        """The kind of a loss, with the unknown functions that write it; None where the variables have no form that is understood."""
        if not frontier or len(frontier) > MOST_PARTS:
            return None
        parts: list[Through] = []
        arguments: list[Term] = []
        functions: list[tuple[Symbol, Kind]] = []
        for k, symbol in enumerate(frontier):
            found = self._part(loss, symbol, k, context)
            if found is None:
                return None
            part, argument, function = found
            parts.append(part)
            arguments.append(argument)
            functions.extend(function)
        outer = Name("unknown", label=f"{_spelled(loss)}")
        functions.append((outer, Function(len(arguments))))
        return Loss(tuple(parts), Call(outer, tuple(arguments))), tuple(functions)

    def _part(self, loss: Symbol, symbol: Symbol, number: int, context: Context) -> tuple[Through, Term, tuple[tuple[Symbol, Kind], ...]] | None:
        if any(calls_itself(d) for d in context.definitions if _head_name(d) == symbol):
            return None
        places: list[Name]
        limits: tuple[Limits | None, ...]
        arity = self._arity(symbol, context)
        if arity is None:
            return None
        if arity:
            limits = self._ranges(symbol, arity, context)
            through = Through(symbol, limits)
        else:
            try:
                found = shape(symbol, context)
            except DeriveError:
                return None
            if found is None:
                return Through(symbol), symbol, ()
            limits = tuple((ONE, size) for size in found[: 1 if found[1] == ONE else 2])
            through = Through(symbol)
        inner = Name("unknown", label=f"{_spelled(loss)},{number}")
        places = [Name("place", primes=k + 1) for k in range(len(limits))]
        body: Term = Call(inner, (*places, Index(symbol, tuple(places))))
        for place, limit in zip(reversed(places), reversed(limits), strict=True):
            body = Big("sum", body, place, *(limit or (None, None)))
        return through, body, ((inner, Function(len(places) + 1)),)

    @staticmethod
    def _arity(symbol: Symbol, context: Context) -> int | None:
        """How many subscripts the entries of a family have; 0 of what is one thing; None of what is neither."""
        match context.kind(symbol):
            case Sequence(arity=arity):
                return arity
            case Scalar() | Array():
                return 0
            case None:
                own = [d for d in context.definitions if _head_name(d) == symbol]
                patterns = {len(d.lhs.subscripts) if isinstance(d.lhs, Index) and d.lhs != symbol else 0 for d in own if not isinstance(d.lhs, Call)}
                whole = all(d.parameters == d.lhs.subscripts for d in own if isinstance(d.lhs, Index) and d.lhs != symbol)
                return patterns.pop() if len(patterns) == 1 and whole else None
            case _:
                return None

    # -- ranges ----------------------------------------------------------------------------------------------------------------------

    def _ranges(self, symbol: Symbol, arity: int, context: Context) -> tuple[Limits | None, ...]:
        known = self._known_ranges(context)
        return tuple(known.get((symbol, k)) for k in range(arity))

    def _known_ranges(self, context: Context) -> dict[tuple[Term, int], Limits]:
        """The limits of the sums that run over each subscript of each family; ``z_i`` made of ``w_ij`` runs as far as w does in its first."""
        found: dict[tuple[Term, int], Limits] = {}
        terms = (*self.losses.terms, *(d.rhs for d in context.definitions))
        for term in terms:
            for _, node in subterms(term):
                if isinstance(node, Big) and node.op in ("sum", "prod") and isinstance(node.variable, Name):
                    limits = (node.lower, node.upper) if node.lower is not None and node.upper is not None else context.range_of(node.variable)
                    if limits is None or any(isinstance(n, Index) for t in limits for _, n in subterms(t)):
                        continue
                    for _, entry in subterms(node.body):
                        if isinstance(entry, Index):
                            for k, s in enumerate(entry.subscripts):
                                if s == node.variable:
                                    found.setdefault((entry.base, k), limits)
        for term in terms:
            for _, entry in subterms(term):
                if isinstance(entry, Index):
                    for k, s in enumerate(entry.subscripts):
                        if isinstance(s, Name) and (limits := context.range_of(s)) is not None:
                            found.setdefault((entry.base, k), limits)
        for _ in range(4):
            before = len(found)
            for d in context.definitions:
                if isinstance(d.lhs, Index):
                    alike: dict[Term, list[tuple[Term, int]]] = {}
                    for _, entry in (*subterms(d.lhs), *subterms(d.rhs)):
                        if isinstance(entry, Index):
                            for k, s in enumerate(entry.subscripts):
                                if s in d.parameters:
                                    alike.setdefault(s, []).append((entry.base, k))
                    for places in alike.values():
                        limits = next((found[p] for p in places if p in found), None)
                        if limits is not None:
                            for p in places:
                                found.setdefault(p, limits)
            if len(found) == before:
                break
        return found

    def _within_ranges(self, context: Context, statement: Statement) -> Context:
        """The free indices of the statement number entries that there are."""
        known = self._known_ranges(context)
        for side in (statement.lhs, statement.rhs):
            free = free_names(side)
            for _, entry in subterms(side):
                if isinstance(entry, Index):
                    for k, s in enumerate(entry.subscripts):
                        limits = known.get((entry.base, k))
                        if isinstance(s, Name) and s in free and limits is not None and context.range_of(s) is None and s not in free_names(limits[1]):
                            context = context.assume(Relation((limits[0], s, limits[1]), ("<=", "<=")))
        return context

    @staticmethod
    def _declared(context: Context, symbol: Symbol, made: tuple[Loss, tuple[tuple[Symbol, Kind], ...]]) -> Context:
        kinds = tuple((s, k) for s, k in context.kinds if s != symbol)
        return replace(context, kinds=(*kinds, (symbol, made[0]), *made[1]))


def _with_edges(context: Context, open_ones: dict[Symbol, tuple[Symbol, ...]]) -> Context:
    """The context in which each loss depends on all its variables."""
    kinds = tuple((s, k) for s, k in context.kinds if s not in open_ones)
    losses = tuple((s, Loss(tuple(Through(v) for v in by), Num("0"))) for s, by in open_ones.items())
    return replace(context, kinds=(*kinds, *losses))


def _head_name(definition: Definition) -> Term:
    lhs = definition.lhs
    return lhs.base if isinstance(lhs, Index) and definition.parameters else lhs


def _body(node: Deriv) -> Term:
    return bare(node.body)


def _unfolded(side: Term, context: Context) -> list[Deriv]:
    """The derivatives in a side, also in what its names stand for."""
    heads = Dependence(context)
    found: list[Deriv] = []
    waiting, seen = [side], set[Symbol]()
    while waiting:
        term = waiting.pop()
        found.extend(node for _, node in subterms(term) if isinstance(node, Deriv))
        for symbol in heads.symbols(term) - seen:
            seen.add(symbol)
            waiting.extend(d.rhs for d in context.definitions if heads.head(d.lhs) == symbol)
    return found


def _bare(side: Term, context: Context) -> frozenset[Symbol]:
    """The names that a side uses for their values, not only as what is differentiated."""
    heads = Dependence(context)
    waiting, found = [side], set[Symbol]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Deriv):
            if not isinstance(_body(node), Name | Index):
                waiting.append(node.body)
        elif isinstance(node, Name | Index):
            for symbol in heads.symbols(node) - found:
                found.add(symbol)
                waiting.extend(d.rhs for d in context.definitions if heads.head(d.lhs) == symbol)
            waiting.extend(node.subscripts if isinstance(node, Index) else ())
        else:
            waiting.extend(children(node))
    return frozenset(found)


def _total_and_partial(statement: Statement) -> tuple[Term, ...]:
    """The names of which ``dL/dt`` and ``\\partial L/\\partial t`` stand beside each other: two things."""
    kinds: dict[tuple[Term, Term], set[bool]] = {}
    for side in (statement.lhs, statement.rhs):
        for _, node in subterms(side):
            if isinstance(node, Deriv) and node.style != "nabla":
                for variable, _ in node.variables:
                    kinds.setdefault((_body(node), variable), set()).add(node.partial)
    return tuple(dict.fromkeys(body for (body, _), found in kinds.items() if len(found) > 1))


def _separated(statement: Statement, context: Context, names: tuple[Term, ...]) -> Statement | None:
    """With the partial derivatives of these names as derivatives of what their definitions say, all other names in these fixed. None where one of them
    has no plain definition."""
    by_name: dict[Term, Term] = {d.lhs: d.rhs for d in context.definitions if isinstance(d.lhs, Name | Index) and not d.parameters}
    if not all(name in by_name for name in names):
        return None

    def spelled_out(node: Term) -> Term:
        if not isinstance(node, Deriv) or not node.partial or _body(node) not in names:
            return node
        body = by_name[_body(node)]
        variables = frozenset[Name]().union(*(free_names(v) for v, _ in node.variables))
        others = [n for n in sorted(free_names(body) - variables, key=repr) if any(_head_name(d) == n for d in context.definitions)]
        fixed: dict[Term, Term] = {n: Name("fixed", label=_spelled(n)) for n in others}
        result: Term = Deriv(substitute(body, fixed), node.variables, True, "operator")
        for name, stand_in in fixed.items():
            result = At(result, stand_in, name)
        return result

    return Statement(transform(statement.lhs, spelled_out), statement.relation, transform(statement.rhs, spelled_out))


def _spelled(symbol: Term) -> str:
    if isinstance(symbol, Index):
        return f"{_spelled(symbol.base)}_{','.join(_spelled(s) for s in symbol.subscripts)}"
    if isinstance(symbol, Name):
        return f"{symbol.text}{chr(39) * symbol.primes}"
    return symbol.digits if isinstance(symbol, Num) else "..."
