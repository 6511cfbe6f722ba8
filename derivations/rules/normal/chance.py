"""``E``, ``Var``, ``Cov``, ``KL``, ``H`` and ``I`` in normal form: variances and divergences are written with expectations, informations with entropies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from derivations.language.context import Function, RandomVariable, Scalar
from derivations.language.laws import law_named
from derivations.language.structure import bare, free_names, function_text, items, subterms
from derivations.language.term import Add, Bar, Call, Group, Index, Name, Relation, Term
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.declared import Declared
from derivations.rules.normal.expectation import averaged
from derivations.rules.normal.families import family_index, family_mean, over_family, under_density, variable_of
from derivations.rules.normal.laws import read_law
from derivations.rules.normal.poly import Poly

OPERATORS = frozenset(("E", "Var", "var", "V", "Cov", "cov", "H", "KL", "D", "I"))
AMBIGUOUS = frozenset(("V", "D", "I", "H"))
"""Letters that are operators only before what is random: ``V(X)`` is a variance, ``V(s)`` the value of a state, ``D(x)`` a discriminator."""
At: TypeAlias = Callable[[Term], Term]
"""A density at the variable of a mean."""


def chance_call(algebra: Declared, term: Call) -> Poly | None:
    """The value of ``E[...]``, ``Var(...)``, ``KL(q || p)`` and the like, or None for another call."""
    function: Term = term.function
    under: Term | None = None
    if isinstance(function, Index) and len(function.subscripts) == 1:
        (under,) = function.subscripts
        function = function.base
    if not isinstance(function, Name) or function.text not in OPERATORS or function.primes or algebra.context.kind(function) is not None:
        return None
    if function.text in AMBIGUOUS and not is_about_chance(algebra, term):
        return None
    arguments = tuple(i for a in term.arguments for i in items(a))
    match function.text, arguments:
        case "E", (body,):
            return mean(algebra, under, body)
        case "Var" | "var" | "V", (body,):
            return covariance(algebra, under, body, body)
        case "Cov" | "cov", (first, second):
            return covariance(algebra, under, first, second)
        case "KL", (Bar(q, p),) | (q, p):
            return divergence(algebra, q, p)
        case "D", (Bar(q, p, "||"),):
            return divergence(algebra, q, p)
        case "H", (p,):
            return entropy(algebra, p)
        case "H", (q, p):
            return cross_entropy(algebra, q, p)
        case "I", (Bar(x, y, ";"),):
            return information(algebra, x, y)
        case _:
            raise Stuck(f"no rule for {function.text} with {len(arguments)} argument(s)")


def is_about_chance(algebra: Declared, term: Call) -> bool:
    """Whether what an operator is applied to is random, or a law: something in it was said to be random, or it is written with the bars of a divergence,
    an information or a condition."""
    if any(isinstance(a, Bar) for a in term.arguments):
        return True
    if function_text(term) == "H":
        return True  # an entropy of a law that has a name of its own
    return any(algebra.made_of_random(t) for a in term.arguments for _, t in subterms(a) if isinstance(t, Name | Index))


def mean(algebra: Declared, under: Term | None, body: Term) -> Poly:
    body = bare(body)
    if isinstance(body, Bar):
        return _given(algebra, under, body)
    if under is None:
        if free_names(body) and not any(isinstance(kind, RandomVariable) for _, kind in algebra.context.kinds):
            raise Stuck("an expectation where no name is known to be random")
        return averaged(algebra, algebra.poly(body))
    under = bare(under)
    variable: Term | None = None
    if isinstance(under, Relation) and under.signs == ("~",):
        variable, under = under.items
    elif isinstance(under, Relation) and under.signs == ("in",):
        raise Stuck("an expectation over a set")
    kind = algebra.context.kind(under) if isinstance(under, Name | Index) else None
    if isinstance(kind, RandomVariable) or (isinstance(kind, Scalar | None) and isinstance(under, Name) and _is_variable(algebra, under, body)):
        return averaged(algebra, algebra.poly(body), only=under)
    if variable is not None and isinstance(base := variable.base if isinstance(variable, Index) else variable, Name):
        own = algebra.context.kind(base)
        if isinstance(own, RandomVariable) and own.law is not None and read_law(algebra, own.law) == read_law(algebra, under):
            return averaged(algebra, algebra.poly(body))
    if family := family_index(algebra, under):
        return family_mean(algebra, under, variable, family, body)
    return under_density(algebra, under, variable or variable_of(algebra, under, body), body)


def _is_variable(algebra: Declared, name: Name, body: Term) -> bool:
    """Whether a bare name stands for what is averaged over, and not for a law, a family or a density."""
    defined = any(d.lhs == name or (isinstance(d.lhs, Call | Index) and name in free_names(d.lhs) - set(d.parameters)) for d in algebra.context.definitions)
    return not defined and name.text not in ("p", "q") and name in free_names(body)


def _given(algebra: Declared, under: Term | None, body: Bar) -> Poly:
    if under is not None:
        raise Stuck("a conditional expectation under a law")
    names = tuple(sorted(free_names(body.right), key=repr))
    if isinstance(body.right, Relation) or not all(isinstance(algebra.context.kind(n), RandomVariable) for n in names):
        raise Stuck("an expectation given an event")
    return averaged(algebra, algebra.poly(body.left), given=frozenset(names))


def covariance(algebra: Declared, under: Term | None, first: Term, second: Term) -> Poly:
    """Cov(X, Y) = E[XY] - E[X] E[Y]."""
    given: Term | None = None
    match bare(first), bare(second):
        case (Bar(one, condition), Bar(other, _)) | (one, Bar(other, condition)):
            first, second, given = one, other, condition

    def e(body: Term) -> Poly:
        return mean(algebra, under, body if given is None else Bar(body, given))

    both = e(Group(first) * Group(second))
    return both - algebra.mul(e(first), e(second))


def _log(body: Term) -> Term:
    return Call(Name("log"), (body,))


def _minus(left: Term, right: Term) -> Term:
    return Add((("+", left), ("-", right)))


def _plain(algebra: Declared, q: Term) -> tuple[Term, Term]:
    """(what the expectation is under, the density at the variable) for ``q``, ``q(x)``, ``q(z | x)`` or a law."""
    q = bare(q)
    if isinstance(q, Call) and law_named(q.function) is None:
        return q, q
    variable = Name("x", primes=9)
    return q, Call(q, (variable,))


def divergence(algebra: Declared, q: Term, p: Term) -> Poly:
    """KL(q || p) = E_q[log q - log p]."""
    q, p = bare(q), bare(p)
    if family_index(algebra, q) and family_index(algebra, p):
        (index,) = family_index(algebra, q) or ()
        one, other = Index(q, (index,)), Index(p, (index,))
        return over_family(algebra, index, one * Group(_minus(_log(one), _log(other))))
    return _expected_log(algebra, q, lambda at: _minus(_log(at(q)), _log(at(p))))


def _expected_log(algebra: Declared, q: Term, body: Callable[[At], Term]) -> Poly:
    q, _ = _plain(algebra, q)
    if isinstance(q, Call) and law_named(q.function) is None:
        variable = variable_of(algebra, q, q)

        def at(d: Term) -> Term:
            return d if isinstance(d, Call) else Call(d, (variable,))
    else:
        variable = Name("x", primes=9)

        def at(d: Term) -> Term:
            return Call(d, (variable,))

    return under_density(algebra, q, variable, body(at))


def entropy(algebra: Declared, p: Term) -> Poly:
    p = bare(p)
    if isinstance(p, Bar):
        left, right = items(p.left), items(p.right)
        return _joint_entropy(algebra, (*left, *right)) - _joint_entropy(algebra, right)
    if isinstance(p, Name) and isinstance(algebra.context.kind(p), RandomVariable):
        return _joint_entropy(algebra, (p,))
    return cross_entropy(algebra, p, p)


def cross_entropy(algebra: Declared, q: Term, p: Term) -> Poly:
    """H(q, p) = -E_q[log p]; the joint entropy of two random variables."""
    q, p = bare(q), bare(p)
    if isinstance(q, Name) and isinstance(algebra.context.kind(q), RandomVariable):
        return _joint_entropy(algebra, (q, p))
    if family_index(algebra, q) and family_index(algebra, p):
        (index,) = family_index(algebra, q) or ()
        return -over_family(algebra, index, Index(q, (index,)) * _log(Index(p, (index,))))
    if (isinstance(q, Name) and isinstance(algebra.context.kind(q), Function | None)) or isinstance(q, Call) or read_law(algebra, q):
        return -_expected_log(algebra, q, lambda at: _log(at(p)))
    raise Stuck("the entropy of something that is no law")


def _joint_entropy(algebra: Declared, names: tuple[Term, ...]) -> Poly:
    return algebra.make("entropy", tuple(sorted({repr(n) for n in names})))


def information(algebra: Declared, x: Term, y: Term) -> Poly:
    """I(X; Y) = H(X) + H(Y) - H(X, Y); given Z all of them with Z less H(Z)."""
    given: tuple[Term, ...] = ()
    match bare(y):
        case Bar(left, right):
            y, given = left, items(right)
    one, two = items(x), items(y)
    value = _joint_entropy(algebra, (*one, *given)) + _joint_entropy(algebra, (*two, *given)) - _joint_entropy(algebra, (*one, *two, *given))
    return value - _joint_entropy(algebra, given) if given else value
