"""Densities by the names of their variables: ``p(x)``, ``p(z)``, ``p(x, z)`` and ``p(x | z)`` belong to one joint law, so Bayes' rule is arithmetic."""

from __future__ import annotations

from derivations.kernel.statement import Statement
from derivations.language.context import Context, Function, RandomVariable, Sequence
from derivations.language.laws import law_named
from derivations.language.structure import children, items, subterms, unbracketed
from derivations.language.term import Bar, Call, Index, Integral, Name, Relation, Term, Tuple
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.laws import density, read_law
from derivations.rules.normal.poly import Poly


def density_at(algebra: Declared, term: Call) -> Poly | None:
    """The density that a call denotes: of a law, of an overloaded density letter, of a family with parameters; None for another call."""
    function = term.function
    if isinstance(function, Call) or (isinstance(function, Name | Index) and algebra.context.kind(function) is None):
        law = read_law(algebra, function)
        if law is not None and len(term.arguments) == 1:
            return density(algebra, law, algebra.poly(term.arguments[0]))
    if function in algebra.overloaded:
        return _joint(algebra, function, term.arguments)
    if isinstance(function, Index) and isinstance(function.base, Name) and isinstance(algebra.context.kind(function.base), Function | None):
        return _with_parameters(algebra, function.base, term.arguments, function.subscripts)
    if isinstance(function, Name) and len(term.arguments) == 1 and isinstance(bar := term.arguments[0], Bar) and bar.kind == ";":
        return _with_parameters(algebra, function, items(bar.left), items(bar.right))
    return None


def is_density(algebra: Declared, call: Call) -> bool:
    """Whether a call is known to be a density: of a law, of a name that is used as one (``p(x | z)``, ``KL(p || q)``, ``E_p``), or one that was said to be."""
    function = call.function
    if function in algebra.overloaded or law_named(function) is not None:
        return True
    if isinstance(function, Call) or (isinstance(function, Name | Index) and algebra.context.kind(function) is None):
        return read_law(algebra, function) is not None
    return said_to_be_density(algebra.context, function)


def said_to_be_density(context: Context, function: Term) -> bool:
    """Whether a name, perhaps with parameters as subscripts, was said to be a density."""
    for name in (function, function.base if isinstance(function, Index) else None):
        if isinstance(name, Name | Index) and isinstance(kind := context.kind(name), Function) and "density" in kind.properties:
            return True
    return False


def _with_parameters(algebra: Declared, function: Name, arguments: tuple[Term, ...], parameters: tuple[Term, ...]) -> Poly | None:
    """``p_theta(x)`` and ``p(x; theta)``: a function of x and theta that is a density in x if it was said to be one, or is used as one."""
    if not algebra.lenient or any(isinstance(a, Bar) for a in arguments) or function.text in ("log", "E", "Var"):
        return None
    args = tuple(algebra.poly(a) for a in (*arguments, *parameters))
    value = algebra.make("fun", (("family", function, len(arguments)), (0,) * len(args)), args)
    if len(arguments) == 1 and said_to_be_density(algebra.context, function):
        atoms = {a for m in value.terms for a, _ in m}
        algebra.positive_atoms |= atoms
        algebra.densities |= atoms
    return value


def _joint(algebra: Declared, function: Term, arguments: tuple[Term, ...]) -> Poly:
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


def _density(algebra: Declared, symbol: Term, variables: tuple[Term, ...], parameters: tuple[Term, ...]) -> Poly:
    names = tuple(_variable(v) for v in variables)
    args = tuple(algebra.poly(v) for v in (*variables, *parameters))
    return algebra.joint(symbol, names, args)


def _variable(term: Term) -> str:
    term = unbracketed(term)
    if not isinstance(term, Name | Index):
        raise Stuck("a density of one joint law at something that is not a variable")
    return repr(term)


def generic_densities(statement: Statement, context: Context) -> frozenset[Term]:
    """The densities of which nothing is specified: letters applied with a condition (``p(x | z)``) or to different numbers of arguments, or under an
    expectation or a divergence, and names under an integral that were said to be densities; neither laws nor defined.

    A letter alone makes no density: the integral of ``p(x)`` is 1 where p was said to be a density; for a price p it is not.
    """
    defined = {d.lhs.function if isinstance(d.lhs, Call) else d.lhs for d in context.definitions}
    calls: dict[Term, set[int]] = {}
    laws: set[Term] = set()
    todo = [statement.lhs, statement.rhs, *(d.rhs for d in context.definitions), *context.hypotheses]
    while todo:
        node = todo.pop()
        todo.extend(children(node))
        if isinstance(node, Integral):
            laws |= {t.function for _, t in subterms(node.body) if isinstance(t, Call) and said_to_be_density(context, t.function)}
        if not isinstance(node, Call):
            continue
        function = node.function
        if isinstance(function, Index) and isinstance(function.base, Name) and function.base.text == "E" and len(function.subscripts) == 1:
            laws |= _named_law(function.subscripts[0])
        if isinstance(function, Name | Index) and _letter_of(function) in ("KL", "D"):
            for a in node.arguments:
                laws |= {f for side in ((a.left, a.right) if isinstance(a, Bar) else (a,)) for f in _named_law(side)}
        if isinstance(function, Name | Index) and law_named(function) is None and (
            _letter_of(function) in LETTERS or said_to_be_density(context, function)
        ):
            given = any(isinstance(a, Bar) and a.kind == "|" for a in node.arguments)
            count = -1 if given else len([i for a in node.arguments for i in (a.items if isinstance(a, Tuple) else (a,))])
            calls.setdefault(function, set()).add(count)
    for f, counts in calls.items():
        if isinstance(f, Name | Index) and isinstance(kind := context.kind(f), Function):
            counts.add(kind.arity)  # as many as it is applied to elsewhere
    generic = {f for f, counts in calls.items() if -1 in counts or len(counts) > 1} | {f for f in calls if f in laws}
    if generic:  # one letter of the pair is generic, so is the other: q(z) beside p(x, z)
        generic |= {f for f in calls if isinstance(f, Index) or f in laws}
    random = {n for n, kind in context.kinds if isinstance(kind, Sequence | RandomVariable)}
    return frozenset(f for f in generic if f not in defined and f not in random)


LETTERS = frozenset(("p", "q", "P", "r", "pi"))


def _letter_of(function: Term) -> str:
    base = function.base if isinstance(function, Index) else function
    return base.text if isinstance(base, Name) and not base.primes else ""


def _named_law(term: Term) -> set[Term]:
    term = unbracketed(term)
    if isinstance(term, Relation) and term.signs == ("~",):
        return _named_law(term.items[1])
    if isinstance(term, Call):
        return {term.function}
    return {term} if isinstance(term, Name | Index) else set()
