"""What a term may depend on, through definitions: whether a derivative has anything to differentiate."""

from __future__ import annotations

from derivations.language.context import Context, Loss, Symbol
from derivations.language.structure import bare, bound_variable, children, free_names
from derivations.language.term import Call, Deriv, Group, Index, Marked, Name, Term


class Dependence:
    """The dependences that a context states. A subscripted name that is declared or defined as such (``W_q``) is a symbol of its own."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._symbols_of_their_own = {s for s, _ in context.kinds if isinstance(s, Index)}
        self._symbols_of_their_own |= {d.lhs for d in context.definitions if isinstance(d.lhs, Index) and not d.parameters}
        self._next: dict[Symbol, set[Symbol]] = {}
        for definition in context.definitions:
            head = self.head(definition.lhs)
            if head is not None:
                found = self.symbols(definition.rhs) - frozenset(definition.parameters)
                self._next.setdefault(head, set()).update(found)
        for symbol, kind in context.kinds:
            if isinstance(kind, Loss):
                self._next.setdefault(symbol, set()).update(part.symbol for part in kind.of)
        self._closed: dict[Symbol, frozenset[Symbol]] = {}

    def head(self, lhs: Term) -> Symbol | None:
        """The symbol that a left side defines: z of ``z``, ``z_i`` and ``z(x)``."""
        while isinstance(lhs, Call | Group | Marked):
            lhs = lhs.function if isinstance(lhs, Call) else lhs.body
        if isinstance(lhs, Index):
            return lhs if lhs in self._symbols_of_their_own else self.head(lhs.base)
        return lhs if isinstance(lhs, Name) else None

    def symbols(self, node: Term) -> frozenset[Symbol]:
        """The symbols that occur free. A derivative of f is known from f."""
        if isinstance(node, Name):
            return frozenset((node, Name(node.text, node.accent, node.font, 0, node.label))) if node.primes else frozenset((node,))
        if isinstance(node, Index) and node in self._symbols_of_their_own:
            return frozenset((node,))
        found = frozenset[Symbol]().union(*(self.symbols(child) for child in children(node)))
        variable = bound_variable(node)
        return found - free_names(variable) if variable is not None else found

    def closure(self, symbol: Symbol) -> frozenset[Symbol]:
        """The symbol and all that its definition mentions, and theirs."""
        found = self._closed.get(symbol)
        if found is None:
            reached: set[Symbol] = {symbol}
            waiting = [symbol]
            while waiting:
                for s in self._next.get(waiting.pop(), ()):
                    if s not in reached:
                        reached.add(s)
                        waiting.append(s)
            found = self._closed[symbol] = frozenset(reached)
        return found

    def reach(self, node: Term) -> frozenset[Symbol]:
        """Everything that the value of a term may depend on."""
        return frozenset[Symbol]().union(*(self.closure(s) for s in self.symbols(node)))

    def connected(self, body: Term, variable: Term) -> bool:
        """Whether a derivative of ``body`` by ``variable`` says something: it is 0 only for what has no names, and unknown where no definition leads to
        the variable."""
        mentioned = self.reach(body)
        wanted = self.head(variable)
        if not mentioned or wanted is None or wanted in mentioned:
            return True
        return any(isinstance(s, Index) and s.base == wanted for s in mentioned) or (isinstance(wanted, Index) and wanted.base in mentioned)


def differentiated(node: Term) -> tuple[tuple[Symbol, Term], ...]:
    """(name, variable) for every derivative of a bare name in a term: L and w of ``dL/dw``."""
    found: list[tuple[Symbol, Term]] = []
    waiting = [node]
    while waiting:
        here = waiting.pop()
        waiting.extend(children(here))
        if isinstance(here, Deriv):
            body = here.body
            body = bare(body)
            if isinstance(body, Name | Index):
                found.extend((body, variable) for variable, _ in here.variables)
    return tuple(found)
