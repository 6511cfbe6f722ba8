"""Other readings of a statement that are as good as the one that was judged: what a refutation has to survive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from derivations.kernel.statement import Statement
from derivations.language.context import Array, Context, Function, Scalar, Sequence, Symbol, spelled
from derivations.language.record import record
from derivations.language.structure import children, subterms, transform
from derivations.language.term import Call, Group, Index, Mul, Name, Pow, ProductSign, Term, Transpose
from derivations.reading import answers
from derivations.reading.uses import is_known_function
from derivations.reading.vocabulary import is_evidence

T = Name("T")
OPERATORS = frozenset(("E", "P", "Pr", "Var", "Cov", "KL", "H"))
"""Letters that are no factors before a bracket, declared or not."""
MEANS = frozenset(("E", "Var", "Cov"))


@record
class Other:
    """A statement read in another way. ``words``: "f(x) is f times x"; ``answer``: the comment that says so. ``as_good``: nothing speaks against it."""

    statement: Statement
    context: Context
    words: str
    answer: str = ""
    as_good: bool = False


def other_readings(statement: Statement, context: Context, told: Callable[[Symbol], bool]) -> Iterator[Other]:
    """The other readings, one decision turned round at a time. ``told``: whether the text says what a name is."""
    yield from _products(statement, context, told)
    yield from _calls(statement, context, told)
    yield from _exponents(statement, context)
    yield from _identities(statement, context, told)
    yield from _parameters(statement, context)
    yield from _signals(statement, context, told)


def _products(statement: Statement, context: Context, told: Callable[[Symbol], bool]) -> Iterator[Other]:
    """A letter before a bracket that was taken for a function, as a factor."""
    defined = {d.lhs.function for d in context.definitions if isinstance(d.lhs, Call)}
    heads = {
        t.function for side in (statement.lhs, statement.rhs) for _, t in subterms(side)
        if isinstance(t, Call) and t.bracket == "(" and isinstance(t.function, Name | Index) and not is_evidence(t.function, t.arguments, t.bracket)
    }  # fmt: skip
    for head in sorted(heads, key=repr):
        if head in defined or not isinstance(head, Name | Index) or is_known_function(head) or told(head) or _letter(head) in OPERATORS:
            continue

        def factor(node: Term, head: Term = head) -> Term:
            if isinstance(node, Call) and node.function == head and len(node.arguments) == 1:
                return Mul((("", head), ("", Group(node.arguments[0]))))
            return node

        kinds = tuple((s, Scalar() if s == head and isinstance(k, Function) else k) for s, k in context.kinds)
        yield Other(_changed(statement, factor), replace(context, kinds=kinds), f"{spelled(head)} before a bracket is a factor", answers.let(head, Scalar()))


def _calls(statement: Statement, context: Context, told: Callable[[Symbol], bool]) -> Iterator[Other]:
    """A letter before a bracket that was taken for a factor, as a function."""
    heads = {head for side in (statement.lhs, statement.rhs) for _, t in subterms(side) if isinstance(t, Mul) for head in _before_brackets(t)}
    for head in sorted(heads, key=repr):
        kind = context.kind(head)
        if told(head) or is_known_function(head) or not isinstance(kind, Scalar | Sequence) or any(d.lhs == head for d in context.definitions):
            continue

        def call(node: Term, head: Name = head) -> Term:
            if not isinstance(node, Mul) or head not in _before_brackets(node):
                return node
            parts = list(node.parts)
            k = next(k for k in range(len(parts) - 1) if parts[k][1] == head and isinstance(parts[k + 1][1], Group) and parts[k + 1][0] == "")
            group = parts[k + 1][1]
            parts[k : k + 2] = [(parts[k][0], Call(head, (group.body if isinstance(group, Group) else group,)))]
            return Mul(tuple(parts)) if len(parts) > 1 else parts[0][1]

        kinds = tuple((s, Function(1) if s == head else k) for s, k in context.kinds)
        square = any(
            f == head and isinstance(g, Group) and g.bracket == "["
            for side in (statement.lhs, statement.rhs) for _, t in subterms(side) if isinstance(t, Mul) for (_, f), (_, g) in pairwise(t.parts)
        )  # fmt: skip
        alone = square and all(_only_before_brackets(head, side) for side in (statement.lhs, statement.rhs))
        words = f"{spelled(head)} before a bracket is a function"
        yield Other(_changed(statement, call), replace(context, kinds=kinds), words, answers.let(head, Function(1)), as_good=alone)


def only_before_brackets(statement: Statement) -> frozenset[Name]:
    """Letters that stand only before brackets, and before several of them: what was read as a factor may well be a function, as in ``T(n+1) = 2T(n)``."""
    nodes = [t for side in (statement.lhs, statement.rhs) for _, t in subterms(side)]
    applied = [(head, part) for t in nodes if isinstance(t, Mul) for head in _before_brackets(t) for part in _after(t, head)]
    several = {head for head, part in applied if any(other == head and what != part for other, what in applied)}
    return frozenset(h for h in several if sum(t == h for t in nodes) == sum(head == h for head, _ in applied))


def _after(node: Mul, head: Name) -> list[Term]:
    return [g for (_, f), (sign, g) in zip(node.parts, node.parts[1:], strict=False) if f == head and isinstance(g, Group) and sign == ""]


def _before_brackets(node: Mul) -> list[Name]:
    pairs = zip(node.parts, node.parts[1:], strict=False)
    return [f for (_, f), (sign, g) in pairs if isinstance(f, Name) and isinstance(g, Group) and g.bracket in ("(", "[") and sign == ""]


def _only_before_brackets(head: Name, term: Term) -> bool:
    """Whether a name stands nowhere but before a bracket."""
    if isinstance(term, Mul) and head in _before_brackets(term):
        return all(f == head or _only_before_brackets(head, f) for _, f in term.parts)
    return term != head and all(_only_before_brackets(head, child) for child in children(term))


def _exponents(statement: Statement, context: Context) -> Iterator[Other]:
    """An exponent T that was taken for a transpose, as a number, and the other way round."""
    if any(isinstance(t, Transpose) and t.mark == "T" for side in (statement.lhs, statement.rhs) for _, t in subterms(side)):
        power = _changed(statement, lambda node: Pow(node.base, T) if isinstance(node, Transpose) and node.mark == "T" else node)
        yield Other(power, context if context.kind(T) is not None else context.declare(Scalar(), T), "the exponent T is a number", answers.let(T, Scalar()))
    if any(isinstance(t, Pow) and t.exponent == T for side in (statement.lhs, statement.rhs) for _, t in subterms(side)):
        turned = _changed(statement, lambda node: Transpose(node.base) if isinstance(node, Pow) and node.exponent == T else node)
        yield Other(turned, context, "the exponent T is a transpose")


def _identities(statement: Statement, context: Context, told: Callable[[Symbol], bool]) -> Iterator[Other]:
    """I and ``I_n``, of which nothing is said, as the identity matrix."""
    names = [s for s, k in context.kinds if isinstance(k, Scalar) and _letter(s) == "I" and not told(s)]
    if names:
        kinds = tuple((s, k) for s, k in context.kinds if s not in names)
        yield Other(statement, replace(context, kinds=kinds), f"{spelled(names[0])} is the identity matrix")


def _parameters(statement: Statement, context: Context) -> Iterator[Other]:
    """The parameter of a function that is used here, which is an array in other places, as a number: ``g'(z)`` beside "for every vector z"."""
    used = {t.function for side in (statement.lhs, statement.rhs) for _, t in subterms(side) if isinstance(t, Call)}
    used |= {replace(f, primes=0) for f in used if isinstance(f, Name)}
    taken = {a for d in context.definitions if isinstance(d.lhs, Call) and d.lhs.function in used for a in d.lhs.arguments if isinstance(a, Name)}
    arrays = sorted((n for n in taken if isinstance(context.kind(n), Array)), key=repr)
    if arrays:
        kinds = tuple((s, Scalar() if s in arrays else k) for s, k in context.kinds)
        yield Other(statement, replace(context, kinds=kinds), f"{spelled(arrays[0])} is a number here, as in the definition of what is applied to it")


def _signals(statement: Statement, context: Context, told: Callable[[Symbol], bool]) -> Iterator[Other]:
    """Letters before square brackets that were taken for factors, as signals: ``x[t]``."""
    def heads(node: Term) -> list[Name]:
        pairs = zip(node.parts, node.parts[1:], strict=False) if isinstance(node, Mul) else ()
        return [f for (_, f), (sign, g) in pairs if isinstance(f, Name) and isinstance(g, Group) and g.bracket == "[" and sign == ""]

    names = {n for side in (statement.lhs, statement.rhs) for _, t in subterms(side) for n in heads(t) if not told(n)}
    if not names:
        return

    def applied(node: Term) -> Term:
        if not isinstance(node, Mul) or not heads(node):
            return node
        parts: list[tuple[ProductSign, Term]] = []
        for sign, factor in node.parts:
            before = parts[-1][1] if parts else None
            if isinstance(factor, Group) and factor.bracket == "[" and sign == "" and before in names:
                parts[-1] = (parts[-1][0], Call(before, (factor.body,), "["))
            else:
                parts.append((sign, factor))
        return Mul(tuple(parts)) if len(parts) > 1 else parts[0][1]

    kinds = tuple((s, Function(1, on_integers=True) if s in names else k) for s, k in context.kinds)
    first = sorted(names, key=repr)[0]
    yield Other(_changed(statement, applied), replace(context, kinds=kinds), f"{spelled(first)} before square brackets is a function")


def _letter(symbol: Symbol) -> str:
    base = symbol.base if isinstance(symbol, Index) else symbol
    return base.text if isinstance(base, Name) and not base.accent and not base.primes else ""


def _changed(statement: Statement, change: Callable[[Term], Term]) -> Statement:
    return Statement(transform(statement.lhs, change), statement.relation, transform(statement.rhs, change))
