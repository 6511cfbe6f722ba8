"""Inequalities: by signs of the written form, by factors, by sums of squares, and the named ones (Cauchy and Schwarz, Jensen, variance).

    0 <= w_k, sum w_k = 1, f convex                         f_k^2 = g_k h_k, 0 <= g_k, h_k
    ----------------------------------- (Jensen)            ------------------------------------------ (Cauchy and Schwarz)
    f(sum w_k x_k) <= sum w_k f(x_k)                        (sum f_k)^2 <= (sum g_k)(sum h_k)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TypeAlias

from derivations.kernel.statement import Rel, Statement
from derivations.kernel.verdict import Evidence, Undecided, proved
from derivations.language.context import Function
from derivations.language.matching import calls_itself
from derivations.language.structure import bare, free_names, substitute
from derivations.language.term import Add, Bars, Big, Call, Const, Frac, Group, Index, Mul, Name, Num, Pow, Root, Term, Transpose, Tuple
from derivations.rules.equality import by_equations, where_defined
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.poly import ONE, Poly
from derivations.rules.order import WANTED, sign_by_factors
from derivations.rules.signs import bound, difference_sign, equal, sign_of

TURNED = {Rel.GE: Rel.LE, Rel.GT: Rel.LT}


def prove_inequality(algebra: Algebra, statement: Statement, equations: list[tuple[Term, Term]]) -> Evidence | Undecided:
    """Prove ``a <= b`` and the like. ``equations`` may be used: hypotheses, and statements that were accepted before."""
    if statement.relation not in WANTED:
        return Undecided(f"no inequality: {statement.relation.value}")
    low, high, relation = statement.lhs, statement.rhs, statement.relation
    if relation in TURNED:
        low, high, relation = high, low, TURNED[relation]
    if algebra.may_be_complex(low) or algebra.may_be_complex(high):
        return Undecided("complex numbers are not ordered")
    wanted = ("+", "0+", "0") if relation is Rel.LE else WANTED[relation]
    for words, sign in _ways(algebra, low, high, equations):
        if sign in wanted:
            return proved(words, *sorted(algebra.assuming))
    return Undecided("no rule shows the sign of the difference")


Attempt: TypeAlias = tuple[str, Callable[[], str | None]]


def _ways(algebra: Algebra, low: Term, high: Term, equations: list[tuple[Term, Term]]) -> Iterator[tuple[str, str | None]]:
    """(method, sign of ``high - low``), the cheap methods first; None where a method does not apply."""
    attempts: tuple[Attempt, ...] = (
        ("signs of the parts", lambda: difference_sign(algebra, low, high)),
        ("the inequality of Cauchy and Schwarz", lambda: cauchy_schwarz(algebra, low, high)),
        ("Jensen's inequality", lambda: jensen(algebra, low, high)),
        ("a variance is not negative", lambda: variance(algebra, low, high)),
    )
    for words, attempt in attempts:
        try:
            yield words, attempt()
        except Stuck:
            continue
    opened = unfolded_names(algebra, low), unfolded_names(algebra, high)
    if opened != (low, high):
        yield "definitions, and signs of the parts", difference_sign(algebra, *opened)
    for left, right in equations:
        for one, other in ((left, right), (right, left)):
            if bare(one) == bare(low):
                yield "an equation before, and signs", difference_sign(algebra, other, high)
            if bare(one) == bare(high):
                yield "an equation before, and signs", difference_sign(algebra, low, other)
    where_defined(algebra, (low, high))
    try:
        difference = algebra.poly(high) - algebra.poly(low)
    except Stuck:
        return
    for candidate in (difference, by_equations(algebra, difference, equations)):
        if algebra.zero(candidate):
            yield "equality", "0"
        yield "factors of the difference", sign_by_factors(algebra, candidate)
        yield "a sum of squares", sum_of_squares(algebra, candidate)


def unfolded_names(algebra: Algebra, term: Term) -> Term:
    """The term with names that are defined without parameters replaced by what they stand for, once."""
    put: dict[Term, Term] = {
        d.lhs: Group(d.rhs) for d in algebra.context.definitions if isinstance(d.lhs, Name) and not d.parameters and not calls_itself(d)
    }
    return substitute(term, put) if put else term


# -- squares -----------------------------------------------------------------------------------------------------------------------------


def sum_of_squares(algebra: Algebra, p: Poly) -> str | None:
    """``0+`` if p, of degree two in atoms of unknown sign, is a positive semidefinite quadratic form of them and 1; ``+`` with a positive constant left."""
    if algebra.touched(p):
        return None
    cleared, inverses = algebra.cleared(p)
    if inverses and algebra.sign(Poly({inverses: Fraction(1)})) != "+":
        return None
    atoms = sorted({a for m in cleared.terms for a, _ in m})
    place = {a: k + 1 for k, a in enumerate(atoms)}
    size = len(atoms) + 1
    if size > 7:
        return None
    gram = [[Fraction(0)] * size for _ in range(size)]
    for m, c in cleared.terms.items():
        indices: list[int] = []
        for a, e in m:
            if not isinstance(e, Fraction) or e.denominator != 1 or e < 1 or e > 2:
                return None
            indices += [place[a]] * int(e)
        if len(indices) > 2:
            return None
        indices = ([0] * (2 - len(indices))) + indices
        i, j = indices
        if i == j:
            gram[i][i] += c
        else:
            gram[i][j] += c / 2
            gram[j][i] += c / 2
    return _semidefinite(gram)


def _semidefinite(gram: list[list[Fraction]]) -> str | None:
    """Elimination (LDL): ``0+`` if all pivots are non-negative, ``+`` if the last one, of the constant, is positive."""
    size = len(gram)
    last = Fraction(0)
    for k in reversed(range(size)):
        pivot = gram[k][k]
        if pivot < 0 or (pivot == 0 and any(gram[k][j] for j in range(k))):
            return None
        last = pivot
        if pivot:
            for i in range(k):
                factor = gram[i][k] / pivot
                for j in range(k):
                    gram[i][j] -= factor * gram[k][j]
    return "+" if last > 0 else "0+"


# -- Cauchy and Schwarz ------------------------------------------------------------------------------------------------------------------


def cauchy_schwarz(algebra: Algebra, low: Term, high: Term) -> str | None:
    low, high = bare(low), bare(high)
    inner = _paired(low)
    if inner is not None and _norms(high) == sorted(inner, key=repr):
        return "0+"
    squared = isinstance(low, Pow) and low.exponent == Num("2")
    body = bare(low.base) if isinstance(low, Pow) and squared else low
    while isinstance(body, Bars) and body.kind == "abs":
        body = bare(body.body)
    upper = high if squared else _square(high)
    f = _sum_body(body)
    if upper is None or f is None:
        return None
    factors = list(upper.parts) if isinstance(upper, Mul) else [("", upper)]
    sums = [(k, _sum_body(bare(p))) for k, (_, p) in enumerate(factors)]
    found = [(k, g) for k, g in sums if g is not None and g[1:] == f[1:]]
    if not found:
        return None
    body_f = Group(f[0]) * Group(f[0])
    if len(found) >= 2:
        (i, g), (j, h) = found[:2]
        rest = [p for k, (_, p) in enumerate(factors) if k not in (i, j)]
        if rest:
            return None
        with bound(algebra, *_range_of(g)):
            fits = equal(algebra, body_f, Group(g[0]) * Group(h[0])) and _not_negative(algebra, g[0]) and _not_negative(algebra, h[0])
        return "0+" if fits else None
    ((i, g),) = found
    outside = [p for k, (_, p) in enumerate(factors) if k != i]
    count = Big("sum", Num("1"), g[1], g[2], g[3])
    if not equal(algebra, _times(outside), count):
        return None
    with bound(algebra, *_range_of(g)):
        return "0+" if equal(algebra, body_f, g[0]) and _not_negative(algebra, g[0]) else None


def _range_of(summed: tuple[Term, Term, Term | None, Term | None]) -> tuple[Term | None, Term | None, Term | None]:
    """(variable, lower, upper) of a sum; of a mean, which has a function in their place, nothing."""
    _, variable, lower, upper = summed
    return (variable, lower, upper) if isinstance(variable, Name) and variable.text != "E" else (None, None, None)


def _times(parts: list[Term]) -> Term:
    return Num("1") if not parts else Mul(tuple(("", Group(p)) for p in parts))


def _square(term: Term) -> Term | None:
    """``a b`` for ``sqrt(a) sqrt(b)`` and for ``sqrt(a b)``."""
    if isinstance(term, Root) and term.degree is None:
        return bare(term.radicand)
    if isinstance(term, Mul):
        parts = [_square(bare(p)) for _, p in term.parts]
        if all(p is not None for p in parts):
            return Mul(tuple(("", p) for p in parts if p is not None))
    return None


def _sum_body(term: Term) -> tuple[Term, Term, Term | None, Term | None] | None:
    match term:
        case Big("sum", body, variable, lower, upper, None):
            return body, variable, lower, upper
        case Call(Name("E") | Index(Name("E")) as function, (body,)):
            return body, function, None, None
        case _:
            return None


def _paired(term: Term) -> list[Term] | None:
    """The two vectors of an inner product (perhaps inside bars)."""
    if isinstance(term, Bars) and term.kind in ("abs", "det"):  # bars around a product of arrays are read as a determinant: that of a number
        term = bare(term.body)
    match term:
        case Mul(((_, Transpose(x)), (_, y))):
            return [bare(x), bare(y)]
        case Tuple((x, y), "<"):
            return [bare(x), bare(y)]
        case _:
            return None


def _norms(term: Term) -> list[Term]:
    if isinstance(term, Mul) and all(isinstance(bare(p), Bars) for _, p in term.parts):
        bodies = [b for _, p in term.parts if isinstance(b := bare(p), Bars) and b.kind == "norm" and b.subscript in (None, Num("2"))]
        return sorted((bare(b.body) for b in bodies), key=repr)
    return []


def _not_negative(algebra: Algebra, term: Term) -> bool:
    return sign_of(algebra, term) in ("+", "0+", "0")


# -- Jensen ------------------------------------------------------------------------------------------------------------------------------


def jensen(algebra: Algebra, low: Term, high: Term) -> str | None:
    low, high = bare(low), bare(high)
    for convex, inside, means in ((True, low, high), (False, high, low)):
        for name, argument in _functions(algebra, inside, convex):
            if _is_mean_of(algebra, name, argument, means):
                return "0+"
    return None


def _functions(algebra: Algebra, term: Term, convex: bool) -> list[tuple[object, Term]]:
    """(function, argument) if the term is a convex (concave) function of something."""
    match term:
        case Call(Name("log" | "ln"), (argument,)) if not convex:
            return [("log", argument)]
        case Root(argument, None) if not convex:
            return [("sqrt", argument)]
        case Call(Name("exp"), (argument,)) | Pow(Const("e"), argument) if convex:
            return [("exp", argument)]
        case Pow(argument, Num(digits)) if convex and digits.isdigit() and int(digits) % 2 == 0:
            return [(int(digits), argument)]
        case Bars("abs", argument, _) if convex:
            return [("abs", argument)]
        case Add((("-", inner),)):
            return [(("minus", f), a) for f, a in _functions(algebra, bare(inner), not convex)]
        case Call(Name() as f, (argument,)) if isinstance(kind := algebra.context.kind(f), Function) and ("convex" if convex else "concave") in kind.properties:
            return [(f, argument)]
        case _:
            return []


def _applied(function: object, x: Term) -> Term:
    match function:
        case "log":
            return Call(Name("log"), (x,))
        case "sqrt":
            return Root(x)
        case "exp":
            return Pow(Const("e"), x)
        case "abs":
            return Bars("abs", x)
        case ("minus", inner):
            return Add((("-", _applied(inner, x)),))
        case int():
            return Pow(Group(x), Num(str(function)))
        case Name():
            return Call(function, (x,))
        case _:
            raise Stuck("a function that is not known to be convex")


def _is_mean_of(algebra: Algebra, function: object, argument: Term, means: Term) -> bool:
    """Whether ``means`` is the same mean of f(x) that ``argument`` is of x."""
    argument = bare(argument)
    match argument:
        case Call(Name("E") | Index(Name("E")) as mean, (body,), bracket):
            return equal(algebra, Call(mean, (_applied(function, body),), bracket), means)
        case Big("sum", Mul(parts), variable, lower, upper, where):
            for k, (_, x) in enumerate(parts):
                weights = [p for j, (_, p) in enumerate(parts) if j != k]
                weight = _times(weights)
                total = Big("sum", weight, variable, lower, upper, where)
                other = Big("sum", Mul((("", Group(weight)), ("", Group(_applied(function, x))))), variable, lower, upper, where)
                with bound(algebra, variable, lower, upper):
                    weighted = _not_negative(algebra, weight)
                if weighted and _is_one(algebra, total) and equal(algebra, other, means):
                    return True
    if isinstance(argument, Mul | Frac):
        inner = _mean_of_sum(algebra, function, argument, means)
        if inner:
            return True
    return _finite_mean(algebra, function, argument, means)


def _mean_of_sum(algebra: Algebra, function: object, argument: Mul | Frac, means: Term) -> bool:
    """``1/n sum_k x_k``: weights 1/n."""
    parts = [bare(p) for _, p in argument.parts] if isinstance(argument, Mul) else [bare(argument.numerator), Frac(Num("1"), argument.denominator)]
    sums = [p for p in parts if isinstance(p, Big) and p.op == "sum"]
    if len(sums) != 1:
        return False
    (one,) = sums
    weight = _times([p for p in parts if p is not one])
    whole = Mul((("", Group(weight)), ("", Big("sum", _applied(function, one.body), one.variable, one.lower, one.upper, one.where))))
    count = Mul((("", Group(weight)), ("", Big("sum", Num("1"), one.variable, one.lower, one.upper, one.where))))
    return _is_one(algebra, count) and _not_negative(algebra, weight) and equal(algebra, whole, means)


def _finite_mean(algebra: Algebra, function: object, argument: Term, means: Term) -> bool:
    """``t a + (1 - t) b`` with weights that are not negative and sum to one."""
    divided: Term = Num("1")
    if isinstance(argument, Frac):
        divided, argument = argument.denominator, bare(argument.numerator)
    if not isinstance(argument, Add) or not 2 <= len(argument.parts) <= 4 or any(s != "+" for s, _ in argument.parts):
        return False
    split: list[list[tuple[Term, Term]]] = []
    for _, part in argument.parts:
        part = bare(part)
        options: list[tuple[Term, Term]] = [(Num("1"), part)]
        if isinstance(part, Mul):
            for k in range(1, len(part.parts)):
                options.append((_times([p for _, p in part.parts[:k]]), _times([p for _, p in part.parts[k:]])))
        if isinstance(part, Frac) and not free_names(part.denominator):
            options.append((Frac(Num("1"), part.denominator), part.numerator))
        split.append(options)
    for choice in _choices(split):
        weights = [Frac(Group(w), Group(divided)) for w, _ in choice]
        if not _is_one(algebra, Add(tuple(("+", w) for w in weights))) or not all(_not_negative(algebra, w) for w in weights):
            continue
        combined = Add(tuple(("+", Mul((("", Group(w)), ("", Group(_applied(function, x)))))) for w, (_, x) in zip(weights, choice, strict=True)))
        if equal(algebra, combined, means):
            return True
    return False


def _choices(options: list[list[tuple[Term, Term]]]) -> Iterator[list[tuple[Term, Term]]]:
    if not options:
        yield []
        return
    for first in options[0]:
        for rest in _choices(options[1:]):
            yield [first, *rest]


def _is_one(algebra: Algebra, term: Term) -> bool:
    try:
        value = algebra.poly(term) - ONE
    except Stuck:
        return False
    if algebra.zero(value):
        return True
    from derivations.rules.equality import equations_of

    return algebra.zero(by_equations(algebra, value, equations_of(algebra.context, ())))


# -- variance ----------------------------------------------------------------------------------------------------------------------------


def variance(algebra: Algebra, low: Term, high: Term) -> str | None:
    """``E[X]^2 <= E[X^2]``, also written as a difference that is not negative."""
    low, high = bare(low), bare(high)
    if low == Num("0") and isinstance(high, Add) and len(high.parts) == 2 and {s for s, _ in high.parts} == {"+", "-"}:
        (plus,) = (bare(p) for s, p in high.parts if s == "+")
        (minus,) = (bare(p) for s, p in high.parts if s == "-")
        low, high = minus, plus
    match low, high:
        case Pow(base, Num("2")), Call(function, (body,), bracket) if isinstance(inner := bare(base), Call) and inner.function == function:
            if _sum_body(high) is None or len(inner.arguments) != 1:
                return None
            squared = Call(function, (Pow(Group(inner.arguments[0]), Num("2")),), bracket)
            return "0+" if body == squared.arguments[0] or equal(algebra, squared, high) else None
        case _:
            return None
