"""Statements about densities that nobody specified, tried on laws with finitely many values.

``p(x, z)``, ``p(z | x)``, ``q(z)`` belong to one joint law a letter, and what is claimed of all laws must hold of discrete ones: integrals become sums over
three outcomes, a joint law is ``e^{w(x, z)}`` over its total with an arbitrary function w (of parameters too, so that derivatives by them make sense),
marginals and conditionals are computed from it. A counterexample among discrete laws refutes the claim; agreement is evidence from samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derivations.kernel.statement import Statement
from derivations.language.context import Context, Function
from derivations.language.errors import MeaningError
from derivations.language.structure import bare, children, free_names, items, substitute, subterms, transform, with_children
from derivations.language.term import Add, Bar, Big, Call, Const, Deriv, Frac, Group, Index, Integral, Mul, Name, Num, Pow, Relation, Term, Tuple
from derivations.rules.normal.densities import generic_densities

OUTCOMES = Num("3")
MEANS = frozenset(("E",))
DIVERGENCES = frozenset(("KL", "D"))


@dataclass
class _Letter:
    """One density letter: the names of all its variables in order, and of its parameters."""

    symbol: Name
    variables: list[Name] = field(default_factory=list)
    parameters: tuple[Term, ...] = ()


def discretised(statement: Statement, context: Context) -> tuple[Statement, Context] | None:
    """The statement about discrete laws, or None if it is not about unspecified densities (or cannot be read so)."""
    symbols = generic_densities(statement, context)
    if not symbols:
        return None
    try:
        return _Discrete(statement, context, symbols).result()
    except MeaningError:
        return None


class _Discrete:
    def __init__(self, statement: Statement, context: Context, symbols: frozenset[Term]) -> None:
        statement = Statement(_at_values(statement.lhs), statement.relation, _at_values(statement.rhs))
        context = replace(context, definitions=tuple(replace(d, rhs=_at_values(d.rhs)) for d in context.definitions))
        self.statement = statement
        self.context = context
        self.symbols = symbols
        self.letters: dict[Term, _Letter] = {}
        self.terms = (statement.lhs, statement.rhs, *(d.rhs for d in context.definitions))
        for term in self.terms:
            self._collect(term)
        self.variables = {v for letter in self.letters.values() for v in letter.variables}
        for term in self.terms:
            for _, node in subterms(term):
                if isinstance(node, Deriv) and any(free_names(v) & self.variables for v, _ in node.variables):
                    raise MeaningError("a derivative by the variable of a density")

    # -- what the letters are about

    def _collect(self, term: Term) -> None:
        for _, node in subterms(term):
            if isinstance(node, Call) and node.function in self.symbols:
                variables, given, parameters = split(node)
                letter = self.letters.setdefault(node.function, _Letter(_base(node.function)))
                letter.parameters = letter.parameters or (*parameters, *_parameters_of(node.function))
                for v in (*variables, *given):
                    name = bare(v)
                    if not isinstance(name, Name):
                        raise MeaningError("a density at something that is not a variable")
                    if name not in letter.variables:
                        letter.variables.append(name)

    def result(self) -> tuple[Statement, Context]:
        definitions = []
        for d in self.context.definitions:
            if isinstance(d.lhs, Call) and d.lhs.function in self.symbols:
                raise MeaningError("a definition of a density")
            definitions.append(replace(d, rhs=self.of(d.rhs)))
        lhs, rhs = self.of(self.statement.lhs), self.of(self.statement.rhs)
        dropped = self.variables | self.symbols
        kinds = tuple((n, k) for n, k in self.context.kinds if n not in dropped)
        hypotheses = tuple(h for h in self.context.hypotheses if not free_names(h) & {*self.variables, *(letter.symbol for letter in self.letters.values())})
        ranges = tuple(r for r in self.context.ranges if r[0] not in self.variables)
        context = replace(self.context, kinds=kinds, hypotheses=hypotheses, ranges=ranges, definitions=tuple(definitions))
        for symbol, letter in self.letters.items():
            context = context.declare(Function(len(letter.variables) + len(letter.parameters)), _weight(symbol))
        for v in sorted(self.variables, key=repr):
            context = context.with_range(v, Num("1"), OUTCOMES)
        return Statement(lhs, self.statement.relation, rhs), context

    # -- terms

    def of(self, node: Term) -> Term:
        match node:
            case Call(function, _) if function in self.symbols:
                return self._density(node)
            case Call() if operator_name(node) in MEANS:
                return self._mean(node)
            case Call() if operator_name(node) in DIVERGENCES:
                return self._divergence(node)
            case Integral(body, Name() as variable) if variable in self.variables:
                return self._sum(variable, self.of(body))
            case Big("sum", body, Name() as variable, None, None, None) if variable in self.variables:
                return self._sum(variable, self.of(body))
            case Big("sum", body, Tuple(several), None, None, None) if all(v in self.variables for v in several):
                return self.of(_nested(body, several))
            case Call(Name("H"), arguments) if (outcomes := self._outcomes(arguments)) is not None:
                return self._entropy(*outcomes)
            case Call(Name("I"), (Bar(x, y, ";"),)) if (one := self._outcomes((x,))) and (other := self._outcomes((y,))) and one[0] == other[0]:
                joint = self._entropy(one[0], (*one[1], *other[1]))
                return Group(self._entropy(*one) + self._entropy(*other) - joint)
            case _:
                old = children(node)
                new = tuple(self.of(c) for c in old)
                return node if all(a is b for a, b in zip(old, new, strict=True)) else with_children(node, new)

    def _outcomes(self, arguments: tuple[Term, ...]) -> tuple[Term, tuple[Name, ...]] | None:
        """The law of the random variables ``X, Y`` whose values are ``x, y``, and those; None where that is not one unspecified law."""
        names = [bare(t) for a in arguments for t in items(a)]
        values = tuple(Name(n.text.lower(), n.accent, n.font) for n in names if isinstance(n, Name) and n.text.isupper() and len(n.text) == 1)
        laws = [symbol for symbol, letter in self.letters.items() if values and set(values) <= set(letter.variables)]
        return (laws[0], values) if len(laws) == 1 and len(values) == len(names) else None

    def _entropy(self, law: Term, values: tuple[Name, ...]) -> Term:
        weight = self._density(Call(law, values))
        body: Term = Mul((("", weight), ("", Call(Name("log"), (weight,)))))
        for v in values:
            body = self._sum(v, body)
        return Group(Add((("-", body),)))

    def _sum(self, variable: Name, body: Term) -> Term:
        return Group(Big("sum", Group(body), variable, Num("1"), OUTCOMES))

    def _density(self, node: Call) -> Term:
        variables, given, parameters = split(node)
        letter = self.letters[node.function]
        own = (*parameters, *_parameters_of(node.function))
        above = self._marginal(node.function, letter, [bare(v) for v in (*variables, *given)], own)
        below = self._marginal(node.function, letter, [bare(v) for v in given], own)
        return Group(Frac(above, below))

    def _marginal(self, symbol: Term, letter: _Letter, kept: list[Term], parameters: tuple[Term, ...]) -> Term:
        """The weight of some variables: the others summed out. (The total cancels between numerator and denominator.)"""
        if len(parameters) != len(letter.parameters):
            raise MeaningError("a density with another number of parameters")
        body: Term = Pow(Const("e"), Call(_weight(symbol), (*letter.variables, *parameters)))
        for v in letter.variables:
            if v not in kept:
                body = self._sum(v, body)
        return Group(body)

    def _mean(self, node: Call) -> Term:
        under = node.function.subscripts[0] if isinstance(node.function, Index) else None
        if under is None or len(node.arguments) != 1:
            raise MeaningError("an expectation without its law")
        variables, weight = self._law(under, node.arguments[0])
        body: Term = Mul((("", weight), ("", Group(self.of(node.arguments[0])))))
        for v in variables:
            body = self._sum(v, body)
        return body

    def _law(self, under: Term, body: Term) -> tuple[list[Name], Term]:
        """(the variables that are averaged over, the density at them)."""
        under = bare(under)
        about: Term | None = None
        if isinstance(under, Relation) and under.signs == ("~",):
            about, under = bare(under.items[0]), under.items[1]
        if isinstance(under, Tuple):
            raise MeaningError("an expectation under several laws")
        if isinstance(under, Call) and under.function in self.symbols:
            variables = [v for v in (bare(t) for t in split(under)[0]) if isinstance(v, Name)]
            return variables, self._density(under)
        if under in self.symbols:
            names = [about] if isinstance(about, Name) else self.letters[under].variables if under in self.letters else []
            if len(names) != 1:
                names = self._called_with(under, body)
            if len(names) != 1:
                raise MeaningError("an expectation whose variable cannot be told")
            (name,) = names
            return [name], self._density(Call(under, (name,)))
        raise MeaningError("an expectation under something else")

    def _called_with(self, symbol: Term, body: Term) -> list[Name]:
        found = [bare(v) for _, t in subterms(body) if isinstance(t, Call) and t.function == symbol for v in split(t)[0]]
        return list(dict.fromkeys(v for v in found if isinstance(v, Name)))

    def _divergence(self, node: Call) -> Term:
        match node.arguments:
            case (Bar(q, p),) | (q, p):
                pass
            case _:
                raise MeaningError("a divergence of something else")
        q, p = bare(q), bare(p)
        variables, weight = self._law(q, Tuple((q, p)))
        at = variables[0] if len(variables) == 1 else None
        other = self._density(p) if isinstance(p, Call) and p.function in self.symbols else None
        if other is None and p in self.symbols and at is not None:
            other = self._density(Call(p, (at,)))
        if other is None:
            raise MeaningError("a divergence from something else")
        body: Term = Mul((("", weight), ("", Call(Name("log"), (Group(Frac(weight, other)),)))))
        for v in variables:
            body = self._sum(v, body)
        return body


def _at_values(term: Term) -> Term:
    """``E_{X ~ p}[log p(X)]`` by the values: ``E_{x ~ p}[log p(x)]``, so that p(x) and p(X) are of one variable."""

    def of(node: Term) -> Term:
        match node:
            case Call(Index(_, (Relation((Name(text) as drawn, _), ("~",)),)), (argument,)) if operator_name(node) in MEANS and text.isupper():
                value = replace(drawn, text=text.lower())
                return node if value in free_names(argument) else substitute(node, {drawn: value})
            case _:
                return node

    return transform(term, of)


def _nested(body: Term, variables: tuple[Term, ...]) -> Term:
    for v in reversed(variables):
        body = Big("sum", body, v)
    return body


def split(node: Call) -> tuple[tuple[Term, ...], tuple[Term, ...], tuple[Term, ...]]:
    """(variables, what is given, parameters) of ``p(x, y | z; theta)``."""
    variables: list[Term] = []
    given: tuple[Term, ...] = ()
    parameters: tuple[Term, ...] = ()
    for k, argument in enumerate(node.arguments):
        if isinstance(argument, Bar) and argument.kind == ";":
            parameters, argument = items(argument.right), argument.left
        if isinstance(argument, Bar):
            variables.extend(items(argument.left))
            given = (*items(argument.right), *node.arguments[k + 1 :])
            break
        variables.extend(items(argument))
    return tuple(variables), given, parameters


def operator_name(node: Call) -> str:
    function = node.function.base if isinstance(node.function, Index) else node.function
    return function.text if isinstance(function, Name) and not function.primes else ""


def _parameters_of(function: Term) -> tuple[Term, ...]:
    """``theta`` of ``p_theta``."""
    return tuple(s for s in function.subscripts if isinstance(s, Name) and len(s.text) > 0) if isinstance(function, Index) else ()


def _base(function: Term) -> Name:
    base = function.base if isinstance(function, Index) else function
    if not isinstance(base, Name):
        raise MeaningError("a density that has no name")
    return base


def _weight(symbol: Term) -> Name:
    base = _base(symbol)
    return Name(f"weight of {base.text}{len(_parameters_of(symbol)) or ''}", label=base.label, primes=base.primes, accent=base.accent)
