"""What relations say about names: ``X \\in R^{D x N}``, ``0 < x < 1``, ``i = 1, ..., n``."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

from derivations.language.context import ONE, Domain, Symbol
from derivations.language.laws import law_named, lettered, spelled_law
from derivations.language.term import Add, Bar, Call, Const, Dots, Group, Index, Mul, Name, Num, Pow, Relation, Term, Transpose, Tuple
from derivations.reading.scope import Content, Description, Hypothesis, Range, of_entries

ZERO: Final = Num("0")
_FROM: Final[dict[Term, Domain]] = {ZERO: Domain.WHOLE, ONE: Domain.NATURAL}
ORDER: Final = frozenset(("<", "<=", ">", ">=", "!="))
FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!=", "=": "="}


def listed(term: Term) -> tuple[Term, ...]:
    """The items of ``a, b, c``; of anything else, itself. An ellipsis is left out."""
    items = term.items if isinstance(term, Tuple) and term.bracket == "" else (term,)
    return tuple(item for item in items if not isinstance(item, Dots))


def symbol_of(term: Term) -> Symbol | None:
    """The name that a declaration is about: ``x``, ``W_q``, the base of ``x_i``; x of ``|x|`` has no declaration of its own."""
    match term:
        case Name():
            return term
        case Index(Name(), _):
            return term
        case Group(body):
            return symbol_of(body)
        case _:
            return None


def declared(sides: tuple[Term, ...], signs: tuple[str, ...], passing: bool = False) -> tuple[Content, ...]:
    """What a chain of relations says, taken as a declaration or a hypothesis."""
    found: list[Content] = []
    family = family_of(sides[0].items) if isinstance(sides[0], Tuple) and any(isinstance(i, Dots) for i in sides[0].items) else None
    if family is not None and (signs[0] in ("in", "~") or set(signs) <= ORDER):  # q_1, ..., q_K > 0 is said of every q_k
        member_of = (Index(family, (Name("i"),)), *sides[1:])
        said = domains(member_of, signs) if set(signs) <= ORDER else declared(member_of, signs)
        return tuple(_of_family(c, family) for c in said if isinstance(c, Description))
    if (ordered := _in_order(sides, signs, passing)) is not None:
        return ordered
    for k, (left, sign, right) in enumerate(zip(sides, signs, sides[1:], strict=False)):
        match sign:
            case "in":
                for item in listed(left):
                    found.extend(member(item, right))
            case "~":
                found.extend(content for item in listed(left) for content in law(item, right))
            case "=" if (limits := range_of(left, right)) is not None:
                found.extend(limits)
            case "perp":
                found.append(Hypothesis(Relation((left, right), ("perp",))))
            case "->" if isinstance(left, Relation) and left.signs == (":",) and (space := _space(left.items[1], right)) is not None:
                found.extend(Description(s, "function", space=space) for item in listed(left.items[0]) if (s := symbol_of(item)) is not None)
            case "->" | "|->":
                pass
            case ":":
                space = _space(right, sides[k + 2]) if signs[k + 1 : k + 2] == ("->",) else None
                found.extend(Description(s, "function", space=space) for item in listed(left) if (s := symbol_of(item)) is not None)
            case "=" | "equiv" | "=?":
                found.append(Hypothesis(Relation((left, right), ("=",)), passing))
            case _ if sign in ORDER:
                found.extend(Hypothesis(Relation((a, b), (sign,)), passing) for a in listed(left) for b in listed(right))
            case "notin" | "prop" | "~~":
                found.append(Hypothesis(Relation((left, right), (sign,)), passing))
    found.extend(domains(sides, signs))
    return tuple(found)


_ABOVE: Final = {">": Domain.POSITIVE, ">=": Domain.NONNEGATIVE}


def is_law(term: Term | None) -> bool:
    """``N(mu, Sigma)``, with words before it that are said of what has it: "i.i.d. *N(mu, Sigma)*"."""
    return isinstance(term, Call) and isinstance(named := lettered(term), Call) and law_named(named.function) is not None


def _in_order(sides: tuple[Term, ...], signs: tuple[str, ...], passing: bool) -> tuple[Content, ...] | None:
    """What ``s_1 >= s_2 >= ... >= s_n > 0`` says: of neighbours that are written, of the first and the last, and the bound of every member."""
    falling = set(signs) <= {">", ">="}
    if not any(isinstance(side, Dots) for side in sides) or not (falling or set(signs) <= {"<", "<="}):
        return None
    entries = [side for side in sides if isinstance(side, Index) and len(side.subscripts) == 1]
    bases = {entry.base for entry in entries}
    base = next(iter(bases)) if len(bases) == 1 else None
    if not isinstance(base, Name) or len(entries) < 2 or not isinstance(sides[1 if isinstance(sides[0], Index) else 2], Dots | Index):
        return None
    written = [(side, sign) for side, sign in zip(sides, (*signs, ""), strict=True) if not isinstance(side, Dots)]
    strict = ">" if falling else "<"
    pairs: list[Term] = []
    for (left, sign), (right, _) in pairwise(written):
        apart = any(isinstance(side, Dots) for side in sides[sides.index(left):sides.index(right)])
        pairs.append(Relation((left, right), (strict if sign == strict else f"{strict}=" if apart else sign,)))
    low, sign = (sides[-1], signs[-1]) if falling else (sides[0], FLIPPED[signs[0]])
    of_each = Description(base, "sequence", domain=_ABOVE[sign] if low == ZERO else None, arity=1)
    return (*(Hypothesis(pair, passing) for pair in pairs), of_each)


def family_of(items: tuple[Term, ...]) -> Name | None:
    """q of ``q_1, ..., q_K``."""
    members = [item for item in items if not isinstance(item, Dots)]
    bases = {item.base for item in members if isinstance(item, Index) and len(item.subscripts) == 1}
    base = bases.pop() if len(bases) == 1 and all(isinstance(item, Index) for item in members) else None
    return base if isinstance(base, Name) else None


def _of_family(said: Description, family: Name) -> Description:
    base = "sequence" if said.base in ("", "scalar") else said.base
    return replace(said, symbol=family, base=base, arity=1)


def declared_by_chain(sides: tuple[Term | None, ...], signs: tuple[str, ...]) -> tuple[Content, ...]:
    """``S = A^T A \\in R^{n x n}``: where the values lie is said of each name that is equal to what stands before the sign."""
    if len(signs) < 2 or signs[-1] != "in" or sides[-1] is None or not is_space(sides[-1]) or not set(signs[:-1]) <= {"=", ":=", "equiv"}:
        return ()
    return tuple(content for side in sides[:-1] if isinstance(side, Name | Index) for content in declared((side, sides[-1]), ("in",)))


def is_space(term: Term | None) -> bool:
    """``R``, ``R^n``, ``R^{m x n}``."""
    return isinstance(of := term.base if isinstance(term, Pow) else term, Name) and of.font == "bb"


def range_of(left: Term, right: Term) -> tuple[Content, ...] | None:
    """``i = 1, \\dots, n``: an index with its limits; for ``t = 0, 1, 2, \\dots`` without an end only that it is an integer."""
    if not isinstance(right, Tuple) or not any(isinstance(item, Dots) for item in right.items):
        return None
    if right.bracket and isinstance(right.items[0], Index):  # q = (q_1, ..., q_N) is no index
        return None
    names = tuple(s for item in listed(left) if isinstance(s := symbol_of(item), Name))
    if not names:
        return None
    first, last = right.items[0], right.items[-1]
    lowest = _FROM.get(first, Domain.INTEGER)
    found: list[Content] = [Description(name, "scalar", domain=lowest) for name in names]
    if not isinstance(last, Dots):
        found.extend(Range(name, first, last) for name in names)
        found.extend(Hypothesis(Relation((first, name, last), ("<=", "<="))) for name in names)
    else:
        found.extend(Hypothesis(Relation((name, first), (">=",))) for name in names)
    return tuple(found)


def _space(domain: Term, codomain: Term) -> Term | None:
    """d of ``R^d -> R``; None for other functions."""
    match domain, codomain:
        case Pow(Name("R", font="bb"), size), Name("R", font="bb", label=""):
            found = _sizes(size)
            return found[0] if found is not None and found[1] == ONE else None
        case _:
            return None


def _sizes(exponent: Term) -> tuple[Term, Term] | None:
    match exponent:
        case Mul(parts) if len(parts) == 2 and parts[1][0] == "times":
            return parts[0][1], parts[1][1]
        case Group(body):
            return _sizes(body)
        case Mul(parts) if any(sign == "times" for sign, _ in parts):
            return None
        case _:
            return exponent, ONE


def member(item: Term, where: Term) -> tuple[Content, ...]:
    """``item \\in where``."""
    transposed = isinstance(item, Transpose)
    symbol = symbol_of(item.base) if isinstance(item, Transpose) else symbol_of(item)
    if isinstance(item, Transpose) and item.base == ONE:
        symbol = Name("1", font="bold")
    if symbol is None:
        if isinstance(item, Tuple):  # (x, y) \in A
            return ()
        return (Hypothesis(Relation((item, where), ("in",))),)
    match where:
        case Pow(Name("R", font="bb"), exponent):
            shape = _sizes(exponent)
            if shape is None:
                return ()
            if transposed and shape[1] != ONE:  # x^T in R^N is said loosely of a column x
                shape = (shape[1], shape[0])
            properties = frozenset({"ones"}) if symbol == Name("1", font="bold") else frozenset[str]()
            return (Description(symbol, "vector" if shape[1] == ONE else "matrix", shape, properties),)
        case Pow(Tuple() | Index(Name("R", font="bb")) | Name("N" | "Z", font="bb") | Index(Name("N", font="bb")) as each, exponent):
            shape = _sizes(exponent)
            return () if shape is None else _entries_in(Description(symbol, "vector" if shape[1] == ONE else "matrix", shape), each)
        case Name("R", font="bb", label="") | Tuple((Add(((("-", Const("oo"))),)), Const("oo")), _):
            return (Description(symbol, "scalar", domain=Domain.REAL),)
        case Index(Name("R", font="bb"), (Name("0+"),)):
            return (Description(symbol, "scalar", domain=Domain.NONNEGATIVE), Hypothesis(Relation((symbol, ZERO), (">=",))))
        case Index(Name("R", font="bb"), (Name("*"),)):
            return (Description(symbol, "scalar", domain=Domain.NONZERO), Hypothesis(Relation((symbol, ZERO), ("!=",))))
        case Name("R", font="bb") | Index(Name("R", font="bb"), _):
            return (Description(symbol, "scalar", domain=Domain.POSITIVE), Hypothesis(Relation((symbol, ZERO), (">",))))
        case Name("N", font="bb") | Index(Name("N", font="bb"), _):
            lowest = Domain.WHOLE if isinstance(where, Index) and where.subscripts == (ZERO,) else Domain.NATURAL
            return (Description(symbol, "scalar", domain=lowest),)
        case Name("C", font="bb"):
            return (Description(symbol, "scalar", domain=Domain.COMPLEX),)
        case Name("Z", font="bb"):
            return (Description(symbol, "scalar", domain=Domain.INTEGER),)
        case Tuple(items, bracket) if any(isinstance(i, Dots) for i in items) and isinstance(symbol, Name):
            return range_of(symbol, Tuple(items, "")) or ()
        case Tuple((first, *_, last) as items, "{") if any(isinstance(i, Dots) for i in items) and _consecutive(items):
            within = Hypothesis(Relation((first, symbol, last), ("<=", "<=")))
            return (Description(_family(symbol), domain=_FROM.get(first, Domain.INTEGER)), within)
        case Tuple((low, high), bracket) if bracket in ("(", "[", "(]", "[)"):
            left, right = ("<" if bracket[0] == "(" else "<="), ("<=" if bracket.endswith("]") or bracket == "[" else "<")
            bounds = tuple(
                pair for pair in ((low, left, symbol), (symbol, right, high)) if not any(_infinite(t) for t in (pair[0], pair[2]))
            )
            return (
                *(Hypothesis(Relation((a, b), (sign,))) for a, sign, b in bounds),
                *domains((low, symbol, high), (left, right)),
            )
        case Tuple(items, "{") if items:
            integers = all(_integer(i) for i in items)
            low, high = items[0], items[-1]
            whole = _FROM.get(low, Domain.INTEGER)
            inside = (Hypothesis(Relation((symbol, where), ("in",))),)
            return (Description(_family(symbol), domain=whole if integers else Domain.REAL), *inside) if high is not low or integers else inside
        case _:
            return (Hypothesis(Relation((symbol, where), ("in",))),)


def _entries_in(array: Description, each: Term) -> tuple[Content, ...]:
    """``w \\in S^n``: an array each of whose entries is in S."""
    entry = Name("x")
    said = member(entry, each)
    domain = next((d.domain for d in said if isinstance(d, Description)), None)
    relations = (h.term for h in said if isinstance(h, Hypothesis) and isinstance(h.term, Relation))
    more = ((r.signs[0], r.items[1]) if r.items[0] == entry else (FLIPPED[r.signs[0]], r.items[0]) for r in relations if len(r.signs) == 1)
    found = tuple(of_entries(replace(array, domain=None), *more))
    return replace(array, domain=None if found and domain is not None and domain.discrete else domain), *map(Hypothesis, found)


def _consecutive(items: tuple[Term, ...]) -> bool:
    """Whether a list with dots is one of neighbouring integers: ``1, \\dots, K``, ``0, 1, \\dots, n - 1``, and not ``0, 2, \\dots``."""
    before = items[: next(k for k, item in enumerate(items) if isinstance(item, Dots))]
    if not all(isinstance(item, Num) and item.digits.isdigit() for item in before) or isinstance(items[-1], Dots):
        return False
    first = [int(item.digits) for item in before if isinstance(item, Num)]
    return bool(first) and first == list(range(first[0], first[0] + len(first)))


def _infinite(term: Term) -> bool:
    return term == Const("oo") or term == Add((("-", Const("oo")),))


def _integer(term: Term) -> bool:
    return (isinstance(term, Num) and term.digits.isdigit()) or (isinstance(term, Add) and len(term.parts) == 1 and _integer(term.parts[0][1]))


def law(item: Term, right: Term) -> tuple[Content, ...]:
    """``x \\sim N(mu, sigma^2)``, ``x_i \\mid theta \\sim ...``: a random variable or a family of independent ones; its parameters' signs."""
    subject = item.left if isinstance(item, Bar) else item
    if isinstance(subject, Call):  # p(x) ~ ...
        return ()
    symbol = symbol_of(subject)
    if symbol is None or not isinstance(right, Call | Name | Index):
        return ()
    found: list[Content] = []
    right = lettered(right)
    if isinstance(symbol, Index) and not all(isinstance(s, Num) for s in symbol.subscripts) and isinstance(symbol.base, Name):
        found.append(Description(symbol.base, "random", law=right, arity=len(symbol.subscripts)))
    else:
        found.append(Description(symbol, "random", law=right))
    return (*found, *positive_parameters(right))


RATES: Final = frozenset(("Gamma", "Beta"))
"""Laws beyond the table whose parameters are all positive."""


def positive_parameters(term: Term) -> tuple[Content, ...]:
    """A variance is positive, and so is half an interval ``[-a, a]``: sigma of ``N(mu, sigma^2)`` and of ``N(x | mu, sigma^2)``, lambda of
    ``N(mu, lambda^{-1})``."""
    match term:
        case Tuple((Add((("-", Name() | Index() as low),)), high), bracket) if low == high and bracket in ("[", "(", "[)", "(]"):
            return (Description(low, domain=Domain.POSITIVE),)  # the interval from -a to a
    if not isinstance(term, Call) or not term.arguments:
        return ()
    if not isinstance(term.function, Name):
        return ()
    if term.function.text in RATES:
        return tuple(Description(a, domain=Domain.POSITIVE) for a in term.arguments if isinstance(a, Name))
    row = spelled_law(term.function.text)
    if row is not None and row.name != "Normal" and row.count == len(term.arguments):
        known = (Domain.POSITIVE, Domain.PROBABILITY)
        return tuple(Description(a, domain=d) for a, d in zip(term.arguments, row.parameters, strict=True) if isinstance(a, Name) and d in known)
    if law_named(term.function) != "Normal":
        return ()
    variance = term.arguments[-1].right if isinstance(term.arguments[-1], Bar) else term.arguments[-1]
    base = variance.base if isinstance(variance, Pow) else variance
    symbol = symbol_of(base)
    letter = symbol.base if isinstance(symbol, Index) else symbol
    if symbol is None or (isinstance(letter, Name) and (letter.text in ("Sigma", "I") or letter.font == "bold")):
        return ()
    return (Description(symbol, domain=Domain.POSITIVE),)


def domains(items: tuple[Term, ...], signs: tuple[str, ...]) -> tuple[Content, ...]:
    """The domains that bounds by 0 and 1 give to bare names: ``0 < x < 1`` is the unit interval, ``a, b > 0`` two positive names."""
    lower: dict[Symbol, tuple[Term, str]] = {}
    upper: dict[Symbol, tuple[Term, str]] = {}
    nonzero: set[Symbol] = set()
    for left, sign, right in zip(items, signs, items[1:], strict=False):
        if sign not in ORDER:
            continue
        for a, s, b in ((left, sign, right), (right, FLIPPED[sign], left)):
            for item in listed(a):
                symbol = symbol_of(item)
                if symbol is None or not isinstance(b, Num):
                    continue
                if s == "!=":
                    nonzero |= {symbol} if b == ZERO else set()
                else:
                    (lower if s in (">", ">=") else upper)[symbol] = (b, s)
    found: list[Content] = []
    for symbol in dict.fromkeys((*lower, *upper, *sorted(nonzero, key=repr))):
        domain = _domain(lower.get(symbol), upper.get(symbol), symbol in nonzero)
        if domain is not None:
            found.append(Description(_family(symbol), domain=domain))
    return tuple(found)


def _family(symbol: Symbol) -> Symbol:
    """The sequence of ``x_i`` with a letter as its index; ``sigma_1`` is itself."""
    if not isinstance(symbol, Index) or not isinstance(symbol.base, Name):
        return symbol
    lettered = all(isinstance(s, Name) and len(s.text) == 1 and s.text in "ijklmnt" for s in symbol.subscripts)
    return symbol.base if lettered else symbol


def _domain(low: tuple[Term, str] | None, high: tuple[Term, str] | None, nonzero: bool) -> Domain | None:
    if low is not None and low[0] in (ZERO, ONE):
        if high is not None and high[0] == ONE and low[0] == ZERO:
            return Domain.UNIT if low[1] == ">" and high[1] == "<" else Domain.PROBABILITY
        return Domain.POSITIVE if low[1] == ">" or low[0] == ONE else Domain.NONNEGATIVE
    if high is not None and high == (ZERO, "<"):
        return Domain.NEGATIVE
    if low is not None and isinstance(low[0], Num):
        return Domain.POSITIVE
    return Domain.NONZERO if nonzero else None


SOFTMAXES: Final = (Name("softmax"), Name("Softmax"), Name("SoftMax"))
