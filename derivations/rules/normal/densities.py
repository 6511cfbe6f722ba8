"""Densities by the names of their variables: ``p(x)``, ``p(z)``, ``p(x, z)`` and ``p(x | z)`` belong to one joint law, so Bayes' rule is arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.language.context import Function
from derivations.language.structure import children
from derivations.language.term import Bar, Call, Group, Index, Name, Term, Tuple
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.laws import density, items, law_named, read_law
from derivations.rules.normal.poly import Poly

if TYPE_CHECKING:
    from derivations.rules.normal.convert import Algebra


def density_at(algebra: Algebra, term: Call) -> Poly | None:
    """The density that a call denotes: of a law, of an overloaded density letter, of a family with parameters; None for another call."""
    function = term.function
    if isinstance(function, Call) or (isinstance(function, Name | Index) and algebra.context.kind(function) is None):
        law = read_law(algebra, function)
        if law is not None and len(term.arguments) == 1:
            return density(algebra, law, algebra.poly(term.arguments[0]))
    if function in algebra.overloaded:
        return _joint(algebra, function, term.arguments)
    if isinstance(function, Index) and isinstance(function.base, Name) and algebra.context.kind(function.base) in (None, Function()):
        return _with_parameters(algebra, function.base, term.arguments, function.subscripts)
    if isinstance(function, Name) and len(term.arguments) == 1 and isinstance(bar := term.arguments[0], Bar) and bar.kind == ";":
        return _with_parameters(algebra, function, items(bar.left), items(bar.right))
    return None


def _with_parameters(algebra: Algebra, function: Name, arguments: tuple[Term, ...], parameters: tuple[Term, ...]) -> Poly | None:
    """``p_theta(x)`` and ``p(x; theta)``: a function of x and theta that is a density in x if it is called p or q."""
    if not algebra.lenient or any(isinstance(a, Bar) for a in arguments) or function.text in ("log", "E", "Var"):
        return None
    args = tuple(algebra.poly(a) for a in (*arguments, *parameters))
    value = algebra.make("fun", (("family", function, len(arguments)), (0,) * len(args)), args)
    if function.text in ("p", "q", "pi") and len(arguments) == 1:
        atoms = {a for m in value.terms for a, _ in m}
        algebra.positive_atoms |= atoms
        algebra.densities |= atoms
    return value


def _joint(algebra: Algebra, function: Term, arguments: tuple[Term, ...]) -> Poly:
    symbol: Term = function
    parameters: tuple[Term, ...] = ()
    if isinstance(function, Index):
        symbol, parameters = function.base, function.subscripts
    given: tuple[Term, ...] = ()
    variables: list[Term] = []
    for k, argument in enumerate(arguments):
        if isinstance(argument, Bar) and argument.kind == ";":
            parameters, argument = (*parameters, *items(argument.right)), argument.left
        if isinstance(argument, Bar):
            variables.extend(items(argument.left))
            given = (*items(argument.right), *arguments[k + 1 :])
            break
        variables.extend(items(argument))
    above = _density(algebra, symbol, (*variables, *given), parameters)
    if not given:
        return above
    from fractions import Fraction

    return algebra.mul(above, algebra.power(_density(algebra, symbol, given, parameters), Fraction(-1)))


def _density(algebra: Algebra, symbol: Term, variables: tuple[Term, ...], parameters: tuple[Term, ...]) -> Poly:
    names = tuple(_variable(v) for v in variables)
    args = tuple(algebra.poly(v) for v in (*variables, *parameters))
    return algebra.joint(symbol, names, args)


def _variable(term: Term) -> str:
    while isinstance(term, Group):
        term = term.body
    if not isinstance(term, Name | Index):
        raise Stuck("a density of one joint law at something that is not a variable")
    return repr(term)


def overloaded(terms: tuple[Term, ...], defined: frozenset[Term]) -> frozenset[Term]:
    """The functions that are applied with a condition (``p(x | z)``), or to different numbers of arguments, without being laws or defined."""
    uses: dict[Term, set[int]] = {}
    todo = list(terms)
    while todo:
        node = todo.pop()
        todo.extend(children(node))
        if isinstance(node, Call) and isinstance(node.function, Name | Index) and law_named(node.function) is None:
            given = any(isinstance(a, Bar) and a.kind == "|" for a in node.arguments)
            count = -1 if given else len([i for a in node.arguments for i in (a.items if isinstance(a, Tuple) else (a,))])
            uses.setdefault(node.function, set()).add(count)
    return frozenset(f for f, counts in uses.items() if f not in defined and (-1 in counts or len(counts) > 1) and _letter(f))


def _letter(function: Term) -> bool:
    base = function.base if isinstance(function, Index) else function
    return isinstance(base, Name) and base.text in ("p", "q", "P", "pi", "r", "f")
