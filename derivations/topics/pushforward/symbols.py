"""What a person says of the symbols of a law and a map: ``a > 0``, ``0 < r < 1``, ``b real``, ``lo < hi``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from derivations.language.context import Context, Domain, Scalar
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import free_names
from derivations.language.term import Call, Index, Name, Num, Relation, Term
from derivations.parameters import nearest
from derivations.reading.python_expression import condition, name_of

Symbol = Name | Index

_WORDS: Final = {d.value: d for d in (Domain.REAL, Domain.POSITIVE, Domain.NONNEGATIVE, Domain.NEGATIVE, Domain.NONZERO, Domain.INTEGER, Domain.NATURAL,
                                      Domain.WHOLE)}  # fmt: skip
_BOUNDS: Final = {(">", "0"): Domain.POSITIVE, (">=", "0"): Domain.NONNEGATIVE, ("<", "0"): Domain.NEGATIVE, ("!=", "0"): Domain.NONZERO}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}
_SAID: Final = re.compile(r"([^\W\d]\w*)\s*(?::|\bis\b)?\s+([a-z]+)")
_ACCEPTED: Final = f"a > 0, 0 < r < 1, lo < hi or a word such as 'n natural' ({', '.join(_WORDS)}) is accepted"


@record
class Said:
    """The domains of symbols, and what holds between them beyond these."""

    domains: Mapping[Symbol, Domain]
    facts: tuple[Relation, ...]

    @property
    def symbols(self) -> frozenset[Symbol]:
        return frozenset(self.domains) | frozenset(s for fact in self.facts for s in symbols_of(fact))

    def declare(self, known: Context, symbols: Iterable[Symbol], otherwise: Domain = Domain.REAL) -> Context:
        """The context with these symbols in it, where it does not have them yet: as they are said to be, or else in this domain."""
        for symbol in sorted(symbols, key=written):
            if known.kind(symbol) is None:
                known = known.declare(Scalar(self.domains.get(symbol, otherwise)), symbol)
        return known


def written(symbol: Symbol) -> str:
    """A symbol as text, for an order and for messages."""
    match symbol:
        case Index(Name(text), subscripts):
            return f"{text}_{','.join(str(getattr(s, 'digits', getattr(s, 'text', '?'))) for s in subscripts)}"
        case _:
            return str(getattr(symbol, "text", symbol))


def symbols_of(node: Term) -> frozenset[Symbol]:
    """The symbols in a formula: ``mu``, and ``mu_1`` as one."""
    from derivations.language.structure import subterms

    indexed = [t for _, t in subterms(node) if isinstance(t, Index) and isinstance(t.base, Name)]
    inside = {n for t in indexed for n in free_names(t)} | {name for name, _ in functions_of(node)}
    bare = {n for n in free_names(node) if n not in inside and _is_symbol(n)}
    return frozenset((*indexed, *bare))


def functions_of(node: Term) -> frozenset[tuple[Name, int]]:
    """The functions of which nothing is known, with the number of their arguments: those that are called by a single letter."""
    from derivations.language.structure import subterms

    calls = (part for _, part in subterms(node) if isinstance(part, Call))
    return frozenset((call.function, len(call.arguments)) for call in calls if isinstance(call.function, Name) and _is_unknown(call.function))


def _is_unknown(name: Name) -> bool:
    return len(name.text) == 1 and _is_symbol(name)


def _is_symbol(name: Name) -> bool:
    from derivations.language.denote import FUNCTIONS

    return name.text not in FUNCTIONS


def said(text: str) -> Said:
    """What the text says. Raises DeriveError for a part of it that says nothing, and for two domains of one symbol."""
    domains: dict[Symbol, Domain] = {}
    facts: list[Relation] = []
    for part in parts(text):
        match = _SAID.fullmatch(part)
        if match:
            if match[2] not in _WORDS:
                raise DeriveError(f"let: {part!r}: there is no domain {match[2]!r}{nearest(match[2], _WORDS)}; {_ACCEPTED}")
            _put(domains, name_of(match[1]), _WORDS[match[2]])
            continue
        fact = condition(part, "let:")
        simple = _domain(fact)
        if simple is not None and simple[0] not in domains:
            _put(domains, *simple)
        elif any(sign in ("=",) for sign in fact.signs):
            raise DeriveError(f"let: {part!r} is an equation; {_ACCEPTED}")
        elif not symbols_of(fact):
            raise DeriveError(f"let: {part!r} is about no symbol; {_ACCEPTED}")
        else:
            facts.append(fact)
    return Said(domains, tuple(facts))


def _put(domains: dict[Symbol, Domain], symbol: Symbol, domain: Domain) -> None:
    if domains.get(symbol, domain) is not domain:
        raise DeriveError(f"let: {written(symbol)} is said to be {domains[symbol].value} and {domain.value}; one of them is accepted")
    domains[symbol] = domain


def _domain(fact: Relation) -> tuple[Symbol, Domain] | None:
    """``a > 0`` and the like as the domain of one symbol."""
    match fact:
        case Relation((Name() | Index() as symbol, Num(digits)), (sign,)) if (sign, digits) in _BOUNDS:
            return symbol, _BOUNDS[sign, digits]
        case Relation((Num(digits), Name() | Index() as symbol), (sign,)) if (_TURNED.get(sign), digits) in _BOUNDS:
            return symbol, _BOUNDS[_TURNED[sign], digits]
        case Relation((Num("0"), Name() | Index() as symbol, Num("1")), ("<", "<")):
            return symbol, Domain.UNIT
        case _:
            return None


def parts(text: str) -> list[str]:
    """What stands between commas outside of brackets."""
    found, depth = [""], 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found if part.strip()]


def as_constraint(fact: Term, known: Context) -> Any:
    """A fact for the engine."""
    import sympy as sp

    from derivations.language.denote import denote

    if not isinstance(fact, Relation):
        return sp.true
    relations = {"<": sp.StrictLessThan, "<=": sp.LessThan, ">": sp.StrictGreaterThan, ">=": sp.GreaterThan, "!=": sp.Ne}
    pairs = zip(fact.items, fact.signs, fact.items[1:], strict=False)
    return sp.And(*(relations[sign](denote(a, known), denote(b, known)) for a, sign, b in pairs))


def constraints(known: Context) -> tuple[Any, ...]:
    """What a context says of its parameters, for the engine: hypotheses, and the bounds of a number between 0 and 1."""
    import sympy as sp

    from derivations.language.denote import denote

    found: list[Any] = []
    for fact in known.hypotheses:
        both = as_constraint(fact, known)
        found += [c for c in sp.And.make_args(both) if c not in (sp.true, sp.false) and not isinstance(c, sp.Ne)]
    found += [denote(s, known) < 1 for s, kind in known.kinds if isinstance(kind, Scalar) and kind.domain in (Domain.UNIT, Domain.PROBABILITY)]
    return tuple(found)


__all__ = ["Said", "Symbol", "as_constraint", "constraints", "functions_of", "parts", "said", "symbols_of", "written"]
