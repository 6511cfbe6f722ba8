"""Signs and bounds read off the written form: a square is not negative, a sum of such is not either, and the triangle inequality.

    context |- 0 <= f_k for all k                 context |- f_k <= g_k for all k
    -----------------------------  (sums)         --------------------------------  (term by term)
    context |- 0 <= sum_k f_k                     context |- sum_k f_k <= sum_k g_k

Signs of leaves come from the normal form (``Algebra.sign``: domains, hypotheses, facts).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from typing import Final

from derivations.language.context import Array, Family, RandomVariable
from derivations.language.functions import named
from derivations.language.structure import bare, children, free_names, substitute, subterms
from derivations.language.term import Add, Bars, Big, Call, Const, Frac, Group, Index, Integral, Mul, Name, Num, Pow, Relation, Root, Term, Transpose
from derivations.rules.normal.atoms import Stuck
from derivations.rules.normal.chance import AMBIGUOUS, OPERATORS, is_about_chance
from derivations.rules.normal.convert import Algebra
from derivations.rules.normal.forms import INFINITE
from derivations.rules.normal.poly import ONE, Poly, atom_power

POSITIVE: Final = "+"
NONNEGATIVE: Final = "0+"
_FLIPPED = {"+": "-", "0+": "0-", "-": "+", "0-": "0+", "0": "0"}
_NONNEGATIVE_FUNCTIONS = frozenset(("relu", "softplus", "sigmoid", "exp", "cosh"))


def sign_of(algebra: Algebra, term: Term) -> str | None:
    """``+``, ``0+``, ``-``, ``0-``, ``0`` or None, from how the term is written and from what is known of its parts."""
    term = bare(term)
    if algebra.may_be_complex(term):
        return _known(algebra, term)
    match term:
        case Num(digits):
            return "0" if Fraction(digits) == 0 else POSITIVE
        case Const("pi" | "e" | "oo"):
            return POSITIVE
        case Add(parts):
            return _sum([sign_of(algebra, p) if s == "+" else _flip(sign_of(algebra, p)) if s == "-" else None for s, p in parts]) or _known(algebra, term)
        case Mul(parts):
            if _inner_square(algebra, parts):
                return NONNEGATIVE
            if any(_is_array(algebra, p) for _, p in parts):
                return _known(algebra, term)
            return _product([sign_of(algebra, p) for _, p in parts]) or _known(algebra, term)
        case Frac(numerator, denominator):
            below = sign_of(algebra, denominator)
            below = {"0+": "+", "0-": "-"}.get(below or "", below)  # it is not zero where the fraction is defined
            return _product([sign_of(algebra, numerator), below]) or _known(algebra, term)
        case Pow(Const("e"), _):
            return POSITIVE
        case Pow(base, exponent):
            return _power(algebra, base, exponent) or _known(algebra, term)
        case Root():
            return POSITIVE if sign_of(algebra, term.radicand) == POSITIVE else NONNEGATIVE
        case Bars("abs" | "norm" | "card", body, _):
            return POSITIVE if not _is_array(algebra, body) and sign_of(algebra, body) in ("+", "-") else NONNEGATIVE
        case Big("sum", body, variable, lower, upper, where):
            inner = sign_under(algebra, body, variable, lower, upper, where is None)
            return inner if inner in ("0+", "0-", "0") else {"+": "0+", "-": "0-"}.get(inner or "") or _known(algebra, term)
        case Big("prod", body, variable, lower, upper, where):
            inner = sign_under(algebra, body, variable, lower, upper, where is None)
            return inner if inner in ("+", "0+") else None
        case Integral(body, variable, lower, upper) if _upward(algebra, lower, upper):
            inner = sign_under(algebra, body, variable, lower, upper, whole=False)
            return {"+": "0+", "0+": "0+", "-": "0-", "0-": "0-", "0": "0"}.get(inner or "")
        case Call(Pow(function, exponent), arguments, bracket):  # cos^2 x
            return sign_of(algebra, Pow(Call(function, arguments, bracket), exponent))
        case Call():
            return _call(algebra, term)
        case _:
            return _known(algebra, term)


@contextmanager
def bound(algebra: Algebra, variable: Term | None, lower: Term | None = None, upper: Term | None = None, *, whole: bool = True) -> Iterator[None]:
    """Inside of a binder its variable is a name of its own: what is known of a name outside that is spelled alike does not hold for it.

    Of the variable it is known that it lies between the limits, and of entries at it what was said of every entry. True: ``sum_i x_i >= 0`` where x_i >= 0
    for every i. False neighbour: where it is said of one i. ``whole``: the variable is an integer, else a real number.
    """
    if not isinstance(variable, Name):
        yield
        return
    k = algebra.temporary(integer=whole)
    place = atom_power(k)
    ends: list[Poly] = []
    for end, sign in ((lower, 1), (upper, -1)):
        if end is not None:
            with suppress(Stuck):
                ends.append((place - algebra.poly(end)).scale(Fraction(sign)))
    before = algebra._env.get(variable)
    algebra._env[variable] = place
    try:
        for p in ends:
            algebra._fact(p, strict=False)
        instantiate(algebra, variable)
        yield
    finally:
        if before is None:
            del algebra._env[variable]
        else:
            algebra._env[variable] = before


def sign_under(algebra: Algebra, body: Term, variable: Term, lower: Term | None, upper: Term | None, whole: bool) -> str | None:
    """The sign of what stands under a binder, for every value of its variable."""
    with bound(algebra, variable, lower, upper, whole=whole):
        return sign_of(algebra, body)


def _known(algebra: Algebra, term: Term) -> str | None:
    try:
        return algebra.sign(algebra.poly(term))
    except Stuck:
        return None


def _flip(sign: str | None) -> str | None:
    return _FLIPPED.get(sign or "")


def _sum(signs: list[str | None]) -> str | None:
    if any(s is None for s in signs):
        return None
    kinds = {s for s in signs if s != "0"}
    if not kinds:
        return "0"
    if kinds <= {"+", "0+"}:
        return "+" if "+" in kinds else "0+"
    if kinds <= {"-", "0-"}:
        return "-" if "-" in kinds else "0-"
    return None


def _product(signs: list[str | None]) -> str | None:
    if any(s is None for s in signs):
        return None
    if "0" in signs:
        return "0"
    weak = any(s in ("0+", "0-") for s in signs)
    negative = sum(s in ("-", "0-") for s in signs) % 2 == 1
    return ("0" if weak else "") + ("-" if negative else "+")


def _power(algebra: Algebra, base: Term, exponent: Term) -> str | None:
    if _is_array(algebra, base):
        return None
    inner = sign_of(algebra, base)
    exponent = bare(exponent)
    if isinstance(exponent, Num) and exponent.digits.isdigit() and int(exponent.digits) % 2 == 0:
        return POSITIVE if inner in ("+", "-") else NONNEGATIVE
    if inner == POSITIVE:
        return POSITIVE
    if inner in (NONNEGATIVE, "0") and sign_of(algebra, exponent) == POSITIVE:
        return NONNEGATIVE
    if isinstance(exponent, Num) and exponent.digits.isdigit():
        return inner
    return None


def _is_array(algebra: Algebra, term: Term) -> bool:
    """Whether a term may stand for an array: it mentions one outside of bars, traces and determinants."""
    match bare(term):
        case Name() | Index() as name:
            kind = algebra.context.kind(name)
            if isinstance(kind, Array | Family) or (isinstance(kind, RandomVariable) and kind.shape is not None):
                return True
            if isinstance(name, Index) and isinstance(name.base, Name) and isinstance(outer := algebra.context.kind(name.base), Family):
                return len(name.subscripts) <= outer.arity
            return isinstance(name, Name) and any(d.lhs == name and _is_array(algebra, d.rhs) for d in algebra.context.definitions if d.rhs != name)
        case Bars() | Call(Name("tr" | "Tr" | "det")):
            return False
        case other:
            return any(_is_array(algebra, child) for child in children(other))


def _inner_square(algebra: Algebra, parts: tuple[tuple[str, Term], ...]) -> bool:
    """``v^T v`` of a vector; the entries of ``A^T A`` may be negative."""
    if len(parts) != 2:
        return False
    first, second = bare(parts[0][1]), bare(parts[1][1])
    return isinstance(first, Transpose) and bare(first.base) == second and _is_column(algebra, second)


def _is_column(algebra: Algebra, term: Term) -> bool:
    """Whether a term is a number or a vector, and no matrix."""
    match bare(term):
        case Name() | Index() as name:
            kind = algebra.context.kind(name)
            if kind is None and isinstance(name, Index) and isinstance(name.base, Name):
                outer = algebra.context.kind(name.base)
                kind = outer.member if isinstance(outer, Family) else None
            return not isinstance(kind, Array) or kind.is_vector
        case Mul(factors):
            return _is_column(algebra, factors[-1][1])
        case Add(summands):
            return all(_is_column(algebra, p) for _, p in summands)
        case other:
            return not _is_array(algebra, other)


def _upward(algebra: Algebra, lower: Term | None, upper: Term | None) -> bool:
    """Whether an integral runs upwards: it is over all values, or its limits are known to be in order. An antiderivative does not."""
    if lower is None or upper is None:
        return False
    if upper == Const("oo") or lower == Add((("-", Const("oo")),)):
        return True
    try:
        return algebra.sign(algebra.poly(upper) - algebra.poly(lower)) in ("+", "0+", "0")
    except Stuck:
        return False


def _call(algebra: Algebra, term: Call) -> str | None:
    function = term.function.base if isinstance(term.function, Index) else term.function
    if isinstance(function, Name) and algebra.context.kind(function) is None:
        if function.text in OPERATORS and (function.text not in AMBIGUOUS or is_about_chance(algebra, term)):
            return _operator(algebra, function.text, term)
        if named(function.text) in _NONNEGATIVE_FUNCTIONS and _known(algebra, term) is None:
            return NONNEGATIVE
        if function.text in ("log", "ln") and len(term.arguments) == 1:
            return _log(algebra, term.arguments[0]) or _known(algebra, term)
    return _known(algebra, term)


def _log(algebra: Algebra, argument: Term) -> str | None:
    try:
        excess = sign_of(algebra, Add((("+", argument), ("-", Num("1")))))
    except Stuck:
        return None
    return excess


def _operator(algebra: Algebra, name: str, term: Call) -> str | None:
    match name, term.arguments:
        case "Var" | "var" | "V" | "KL" | "I" | "D", _ if not any(_is_array(algebra, a) for a in term.arguments):
            return NONNEGATIVE
        case "E", (body,):
            inner = sign_of(algebra, body)
            return {"+": "+", "0+": "0+", "-": "-", "0-": "0-", "0": "0"}.get(inner or "") or _known(algebra, term)
        case _:
            return _known(algebra, term)


def difference_sign(algebra: Algebra, low: Term, high: Term) -> str | None:
    """The sign of ``high - low`` where the written form shows it: common parts cancelled, sums compared term by term, bounds of absolute values."""
    low, high = bare(low), bare(high)
    if low == high:
        return "0"
    found = _triangle(algebra, low, high) or _term_by_term(algebra, low, high) or _known_bounds(algebra, low, high) or _monotone(algebra, low, high)
    if found is not None:
        return found
    if _one_of(algebra, low, high):
        return NONNEGATIVE
    left, right = _summands(low), _summands(high)
    rest: list[tuple[str, Term]] = [*right]
    for sign, part in left:
        if (sign, part) in rest:
            rest.remove((sign, part))
        else:
            rest.append(("-" if sign == "+" else "+", part))
    if len(rest) < len(left) + len(right):
        above = [p for s, p in rest if s == "+"]
        below = [p for s, p in rest if s == "-"]
        if len(above) == len(below) == 1 and (found := difference_sign(algebra, below[0], above[0])) is not None:
            return found
        return "0" if not rest else sign_of(algebra, Add(tuple(rest)))  # type: ignore[arg-type]
    if high == Num("0"):
        return _flip(sign_of(algebra, low))
    if low == Num("0"):
        return sign_of(algebra, high)
    return _factored(algebra, low, high) if isinstance(low, Mul) or isinstance(high, Mul) else None


def _one_of(algebra: Algebra, low: Term, high: Term) -> bool:
    """One term of a sum whose terms are not negative; one of those whose greatest or least it is compared with."""
    if isinstance(low, Big) and low.op in ("min", "inf") and isinstance(low.variable, Name):
        least = low
        low, high = high, Big("max", least.body, least.variable, least.lower, least.upper, least.where)
    if not isinstance(high, Big) or not isinstance(high.variable, Name):
        return False
    if high.op not in ("max", "sup") and (high.op != "sum" or sign_of(algebra, high.body) not in ("+", "0+")):
        return False
    places = sorted({s for _, t in subterms(low) if isinstance(t, Index) for s in t.subscripts if isinstance(s, Name | Num)}, key=repr)
    return any(equal(algebra, substitute(high.body, {high.variable: place}), low) and _runs_over(algebra, high, place) for place in places)


def _runs_over(algebra: Algebra, big: Big, place: Term) -> bool:
    """Whether an index lies in the range of a big operator. True: ``x_1^2 <= sum_{k=1}^n x_k^2``. False neighbour: ``x_0^2``, which is none of its terms."""
    if big.where is not None:
        return False
    try:
        limits = algebra._range(big)
        index = algebra.poly(place)
        return algebra.in_range(index, *limits) is True if limits is not None else algebra.is_by_convention(index, ONE, INFINITE)
    except Stuck:
        return False


def _monotone(algebra: Algebra, low: Term, high: Term) -> str | None:
    """f(a) <= f(b) from a <= b for the logarithm, the exponential and the root."""
    match low, high:
        case (Call(Name("log" | "ln" | "exp") as f, (a,)), Call(Name() as g, (b,))) if f == g:
            return _between(algebra, a, b)
        case (Pow(Const("e"), a), Pow(Const("e"), b)) | (Root(a, None), Root(b, None)):
            return _between(algebra, a, b)
        case _:
            return None


def _between(algebra: Algebra, a: Term, b: Term) -> str | None:
    return difference_sign(algebra, a, b) or _known(algebra, Add((("+", Group(b)), ("-", Group(a)))))


def _summands(term: Term) -> list[tuple[str, Term]]:
    return [(s, bare(p)) for s, p in term.parts] if isinstance(term, Add) else [("+", term)]


def _triangle(algebra: Algebra, low: Term, high: Term) -> str | None:
    """|sum f| <= sum |f|, |a + b| <= |a| + |b|, |E X| <= E |X|, and the same for norms."""
    if not isinstance(low, Bars) or low.kind not in ("abs", "norm"):
        return None
    inner = bare(low.body)
    wanted: list[Term] = []
    match inner:
        case Add(parts):
            wanted = [Add(tuple(("+", Bars(low.kind, p, low.subscript)) for _, p in parts))]
        case Big("sum", body, variable, lower, upper, where):
            wanted = [Big("sum", Bars(low.kind, body, low.subscript), variable, lower, upper, where)]
        case Integral(body, variable, lower, upper) if _upward(algebra, lower, upper):
            wanted = [Integral(Bars("abs", body), variable, lower, upper)]
        case Call(function, (body,), bracket) if _is_mean(function):
            wanted = [Call(function, (Bars(low.kind, body, low.subscript),), bracket)]
    for term in wanted:
        if term == high or equal(algebra, term, high):
            return NONNEGATIVE
    return None


def _is_mean(function: Term) -> bool:
    base = function.base if isinstance(function, Index) else function
    return isinstance(base, Name) and base.text == "E"


def equal(algebra: Algebra, a: Term, b: Term) -> bool:
    try:
        return algebra.zero(algebra.poly(a) - algebra.poly(b))
    except Stuck:
        return False


def _term_by_term(algebra: Algebra, low: Term, high: Term) -> str | None:
    """Sums, integrals and means over the same range, compared under the sign (factors outside are moved in)."""
    one, other = _binder(low), _binder(high)
    if one is None or other is None:
        return None
    body_low, variable, low_range = one
    body_high, second, high_range = other
    if low_range != high_range:
        return None
    if isinstance(low_range, tuple) and low_range[0] == "integral" and not _upward(algebra, *low_range[1:]):
        return None
    if isinstance(variable, Name) and isinstance(second, Name) and second != variable:
        body_high = substitute(body_high, {second: variable})
    gap = Add((("+", Group(body_high)), ("-", Group(body_low))))
    lower, upper = low_range[1:3] if isinstance(low_range, tuple) else (None, None)
    with bound(algebra, variable, lower, upper, whole=isinstance(low_range, tuple) and low_range[0] == "sum"):
        found = difference_sign(algebra, body_low, body_high) or sign_of(algebra, gap) or _factored(algebra, body_low, body_high)
    return {"+": "0+", "0+": "0+", "0": "0"}.get(found or "")


def instantiate(algebra: Algebra, variable: Name) -> None:
    """Take hypotheses about every entry (``|r_t| <= R``) as facts about the entry at a bound index."""
    for hypothesis in algebra.context.hypotheses:
        if isinstance(hypothesis, Relation) and set(hypothesis.signs) <= {"<", "<=", ">", ">="}:
            indices = {s for _, t in subterms(hypothesis) if isinstance(t, Index) for s in t.subscripts if isinstance(s, Name)}
            for index in sorted((i for i in indices if algebra.context.is_general(i)), key=repr):
                algebra.assume(substitute(hypothesis, {index: variable}))


def _binder(term: Term) -> tuple[Term, Term | None, object] | None:
    term = bare(term)
    match term:
        case Big("sum", body, variable, lower, upper, where):
            return body, variable, ("sum", lower, upper, where if where is None else repr(where))
        case Integral(body, variable, lower, upper):
            return body, variable, ("integral", lower, upper)
        case Call(function, (body,), _) if _is_mean(function):
            return body, None, function
        case Mul(parts):
            for k, (_, part) in enumerate(parts):
                inner = _binder(part)
                others = [p for j, (_, p) in enumerate(parts) if j != k]
                if inner is not None and (inner[1] is None or not any(free_names(o) & free_names(inner[1]) for o in others)):
                    factors = tuple(("", Group(p)) for p in (*others, inner[0]))
                    return Mul(factors), inner[1], inner[2]  # type: ignore[arg-type]
    return None


def _factored(algebra: Algebra, low: Term, high: Term) -> str | None:
    """The difference of two products with common factors: the sign of the common part times that of the rest."""
    a, b = _factors(low), _factors(high)
    common = [f for f in a if f in b]
    for f in common:
        if f in b and f in a:
            a.remove(f)
            b.remove(f)
    if not common:
        return None
    outside = _product([sign_of(algebra, f) for f in common])
    rest = difference_sign(algebra, _product_of(a), _product_of(b))
    if rest is None:
        try:
            rest = algebra.sign(algebra.poly(_product_of(b)) - algebra.poly(_product_of(a)))
        except Stuck:
            return None
    return _product([outside, rest])


def _factors(term: Term) -> list[Term]:
    term = bare(term)
    if isinstance(term, Mul):
        return [f for _, p in term.parts for f in _factors(p)]
    return [term]


def _product_of(factors: list[Term]) -> Term:
    if not factors:
        return Num("1")
    return factors[0] if len(factors) == 1 else Mul(tuple(("", Group(f)) for f in factors))


def _known_bounds(algebra: Algebra, low: Term, high: Term) -> str | None:
    """log u <= u - 1 and 1 + x <= e^x, as they are written or after moving a factor."""
    if isinstance(low, Call) and low.function in (Name("log"), Name("ln")) and len(low.arguments) == 1:
        (u,) = low.arguments
        if equal(algebra, Add((("+", Group(u)), ("-", Num("1")))), high):
            return NONNEGATIVE
    if isinstance(high, Pow) and high.base == Const("e") and equal(algebra, Add((("+", Num("1")), ("+", Group(high.exponent)))), low):
        return NONNEGATIVE
    if isinstance(high, Call) and high.function == Name("exp") and equal(algebra, Add((("+", Num("1")), ("+", Group(high.arguments[0])))), low):
        return NONNEGATIVE
    return None


__all__ = ["difference_sign", "sign_of"]
