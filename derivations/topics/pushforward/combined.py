"""One function of several independent variables, written out: sums, products and the like by an integral, the largest, the least, the k-th of n.

Casella and Berger, *Statistical Inference* (2002), theorems 5.2.9 and 5.4.4.
"""

from __future__ import annotations

import re
from typing import Any

from derivations.kernel.chains import chain, equals
from derivations.kernel.theorem import NotProved, Theorem
from derivations.language.brackets import bracketed
from derivations.language.context import Context, Domain, Function, Scalar
from derivations.language.denote import denote
from derivations.language.errors import DeriveError
from derivations.language.structure import substitute
from derivations.language.term import Add, Call, Cases, Deriv, Frac, Index, Name, Num, Pow, Term, group, product, relation
from derivations.problem import Answer, Meaning, Problem, Section, Words
from derivations.reading.python_expression import expression
from derivations.rules.equality import algebra, differentiation
from derivations.rules.independent import extreme, order_statistic
from derivations.rules.maps import MINUS_INFINITY, Extreme, OrderStatistic, factorial, inside
from derivations.topics.pushforward.convolved import convolved, interval
from derivations.topics.pushforward.laws import law
from derivations.topics.pushforward.refusals import CannotPush, bounded
from derivations.topics.pushforward.symbols import Said, said, symbols_of, written
from derivations.topics.pushforward.variables import Part, at, context_of, density_said, end, laws_said, p_X, t, x
from derivations.topics.pushforward.writing import DOMAINS, proved_or_tried, quoted, shorter

F, X, Z = Name("F"), Name("X"), Name("Z")
Row = tuple[Term, Term | None]


def combined(base: str, map: str, let: str, variables: tuple[Part, ...], maps: tuple[Term, ...], parameters: Context) -> Problem:
    """The density of one function of several variables. Raises DeriveError where it is none of those that are written out."""
    what = f"pushforward of {base} through {map}"
    if len(maps) != 1:
        raise DeriveError(f"{what}: {len(maps)} components of {len(variables)} variables; as many as there are variables, or one, are accepted")
    known = _known(variables, parameters)
    rows: list[Row]
    match maps[0]:
        case Call(Name("max" | "min" as name), arguments) if sorted(map_key(a) for a in arguments) == sorted(map_key(part.value) for part in variables):
            sections, rows = _extreme(what, variables, known, "largest" if name == "max" else "least")
        case _:
            sections, intervals, known = convolved(what, variables, maps[0], parameters)
            rows = [(value, interval(end(low, known), end(high, known))) for value, low, high in intervals]
    question = asked(variables, maps[0])
    normal = any(part.law.variance_of_normal for part in variables)
    return _problem(base, map, let, question, sections, rows, known, parameters, normal)


def asked(variables: tuple[Part, ...], map_: Term) -> Words:
    """The question for the density of one function of independent variables."""
    there = {part.value: part.variable for part in variables}
    return (*laws_said(variables), " Find the density of ", X, " = ", bracketed(substitute(map_, dict(there.items()))), ".")


def map_key(term: Term) -> str:
    return written(term) if isinstance(term, Name | Index) else ""


def _problem(
    base: str, map: str, let: str, question: Words, sections: list[Section], rows: list[Row], known: Context, parameters: Context, normal: bool
) -> Problem:
    if not rows:
        why = "no density in closed form is found (there may well be one): which values of the one variable count for one x is not found"
        raise DeriveError(f"pushforward of {base} through {map}: {why}")
    whole: Term = rows[0][0] if len(rows) == 1 and rows[0][1] is None else Cases((*rows, (Num("0"), None)))
    return Problem(
        "pushforward",
        "The density of a function of random variables",
        question,
        tuple(sections),
        Answer(
            tuple(section.theorem.statement for section in sections if section.role == "main"),
            denote(whole, known),
            (X, " has the density here (elsewhere it is zero):") if rows[-1][1] is not None else (X, " has the density:"),
            "the second argument of Normal is the variance" if normal else "",
        ),
        {"base": base, "map": map, "let": let},
        hints=("Write the probability that the new variable is at most x.", "Which values of the old variables count for one x?"),
        meanings=(
            Meaning((p_X,), "the density that is asked for"),
            *(Meaning((name,), DOMAINS[kind.domain]) for name, kind in parameters.kinds if isinstance(kind, Scalar)),
        ),
    )


def _known(variables: tuple[Part, ...], parameters: Context) -> Context:
    letter = next(name for name in (Name("w"), Name("v"), Name("s")) if parameters.kind(name) is None)
    known = parameters.declare(Scalar(), *(part.value for part in variables), x, t, letter).declare(Function(1, frozenset({"density"})), p_X)
    for part in variables:
        known = known.define(Call(part.density, (t,)), at(part.law, t), (t,))
    return known


def _support(part: Part, known: Context) -> tuple[Term, Term]:
    (span,) = part.law.distribution.spans
    return end(span.lo, known), end(span.hi, known)


# -- the largest, the least, the k-th of n --------------------------------------------------------------------------------------


def _with_functions(what: str, parts: tuple[Part, ...], known: Context) -> tuple[Context, list[Index]]:
    """The context with the distribution function of each variable."""
    import sympy as sp

    at_t = denote(t, known)
    functions: list[Index] = []
    for part in parts:
        law_ = part.law.distribution
        dummy = sp.Dummy("s", real=True, positive=law_.spans[0].lo.is_nonnegative or None)
        upper = sp.Dummy("t", real=True, positive=law_.spans[0].lo.is_nonnegative or None)
        try:
            with bounded(f"the distribution function of {part.law.shown}"):
                value = sp.simplify(sp.integrate(law_.density.subs(law_.variable, dummy), (dummy, law_.spans[0].lo, upper), conds="none"))
        except CannotPush as problem:
            raise DeriveError(f"{what}: {problem}; a law with a distribution function in closed form is accepted") from problem
        if value.has(sp.Integral):
            raise DeriveError(f"{what}: SymPy finds no closed form of the distribution function of {part.law.shown}; another law is accepted")
        name = Index(F, (part.variable,))
        functions.append(name)
        known = known.define(Call(name, (t,)), quoted(value.subs(upper, at_t), known), (t,))
    return known, functions


def _extreme(what: str, variables: tuple[Part, ...], known: Context, which: Any) -> tuple[list[Section], list[Row]]:
    supports = {_support(part, known) for part in variables}
    if len(supports) != 1:
        raise DeriveError(f"{what}: the variables have different supports; laws with the same support are accepted")
    (support,) = supports
    known, functions = _with_functions(what, variables, known)
    sections = [Section(_distribution(part, function, support, known), ("The distribution function of ", part.variable, "."), "lemma")
                for part, function in zip(variables, functions, strict=True)]  # fmt: skip
    given = Extreme(which, p_X, tuple(part.density for part in variables), tuple(functions), x, t, support)
    here = known.assume(*inside(x, *support))
    import sympy as sp

    value = denote(given.density(), here).doit()
    at_x = denote(x, known)
    mark = sp.Dummy("x", real=True, positive=(support[0] != MINUS_INFINITY and denote(support[0], known).is_nonnegative) or None)
    final = bracketed(quoted(shorter(value.subs(at_x, mark)).subs(mark, at_x), known))
    why = "all of them are at most x" if which == "largest" else "not all of them are above x"
    steps = chain(Call(p_X, (x,)), equals(given.density(), extreme(given), why), equals(final, differentiation, "differentiated"))
    shown = proved_or_tried("The density", here, steps)
    where = "The largest is at most " if which == "largest" else "The least is above "
    product_ = " where all of them are; they are independent, so their probabilities are multiplied. The density is a derivative."
    caption: Words = (where, x, product_)
    return [*sections, Section(shown, caption)], [(final, interval(*support))]


def _distribution(part: Part, function: Index, support: tuple[Term, Term], known: Context) -> Theorem:
    inside_ = known.assume(*(condition for condition in (substitute(c, {x: t}) for c in inside(x, *support))))
    slope = Deriv(Call(function, (t,)), ((t, 1),), style="operator")
    steps = chain(slope, equals(Call(part.density, (t,)), differentiation, "its derivative is the density"))
    return proved_or_tried("The distribution function", inside_, steps)


def is_order(map: str) -> bool:
    """Whether a map is the k-th of n copies: ``order(k, n)``."""
    return re.fullmatch(r"\s*order\s*\(.*\)\s*", map) is not None


def order(base: str, map: str, let: str) -> Problem:
    """The density of the k-th smallest of n independent variables with one law."""
    what = f"pushforward of {base} through {map}"
    told = said(let)
    tree = re.fullmatch(r"\s*order\s*\(([^,]*),([^,]*)\)\s*", map)
    if tree is None:
        raise DeriveError(f"{what}: order takes two arguments; order(k, n), the k-th smallest of n, is accepted")
    k, n = (expression(part, "the map") for part in tree.groups())
    given = law(base, told)
    part = Part(Z, Name("z"), Index(Name("p"), (Z,)), given)
    natural = Said({**{s: Domain.NATURAL for term in (k, n) for s in symbols_of(term)}, **told.domains}, told.facts)
    parameters = context_of((part,), natural, k, n, ignore=Said(told.domains, told.facts))
    if symbols_of(k) | symbols_of(n):
        parameters = parameters.assume(relation(k, "<=", n))
    known = _known((part,), parameters)
    support = _support(part, known)
    known, (function,) = _with_functions(what, (part,), known)
    rule = OrderStatistic(p_X, part.density, function, x, t, support, k, n)
    here = known.assume(*inside(x, *support))
    sections = [Section(_distribution(part, function, support, known), ("The distribution function of ", Z, "."), "lemma")]
    value = rule.value()
    final = _ordered(rule, part, function, known)
    links = [equals(value, order_statistic(rule), (k - 1, " of them below, one here, ", n - k, " above"))]
    if final != bracketed(value):
        links.append(equals(final, algebra, "the law put in"))
    try:
        shown = proved_or_tried("The density", here, chain(Call(p_X, (x,)), *links))
    except NotProved as error:
        raise DeriveError(f"{what}: {error}; integers with 1 <= k <= n are accepted") from error
    ways = "-th smallest. One of the variables is there, those before it are below and the rest above; in how many ways, the factorials say."
    sections.append(Section(shown, ("The density of the ", k, ways)))
    question = ("There are ", n, " independent random variables. Each has the density ", *density_said(part), ". Find the density of the ", k, "-th smallest.")
    return _problem(base, map, let, question, sections, [(final, interval(*support))], known, parameters, given.variance_of_normal is not None)


def _ordered(rule: OrderStatistic, part: Part, function: Index, known: Context) -> Term:
    """The density of the k-th of n with the law put in, without factors that are one."""
    import sympy as sp

    k, n = denote(rule.k, known), denote(rule.n, known)
    ways = sp.gammasimp(sp.factorial(n) / (sp.factorial(k - 1) * sp.factorial(n - k)))
    cdf = denote(Call(function, (x,)), known)
    front: Term = quoted(ways, known)
    if ways.has(sp.gamma, sp.factorial):
        front = Frac(factorial(rule.n), product(factorial(quoted(k - 1, known)), factorial(quoted(n - k, known))))
    powers = [(cdf, k - 1), (sp.simplify(1 - cdf), n - k)]
    written_powers = ((_grouped(quoted(base, known)), e) for base, e in powers if e != 0)
    factors: list[Term] = [front, *(base if e == 1 else Pow(base, quoted(e, known)) for base, e in written_powers)]
    density = at(part.law, x)
    factors += [density] if density != Num("1") else []
    kept = [factor for factor in factors if factor != Num("1")]
    return bracketed(kept[0] if len(kept) == 1 else product(*kept)) if kept else Num("1")


def _grouped(term: Term) -> Term:
    return group(term) if isinstance(term, Add | Frac) else term
