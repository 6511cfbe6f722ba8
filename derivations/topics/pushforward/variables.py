"""Several independent variables with a law each: as a text names them, what is known of them, and the words of a question about them."""

from __future__ import annotations

import re
from typing import Any

from derivations.language.brackets import bracketed
from derivations.language.context import Context, Function, Scalar
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.structure import substitute
from derivations.language.term import Call, Index, Name, Relation, Term, names, relation
from derivations.problem import Words
from derivations.reading.python_expression import name_of
from derivations.rules.maps import INFINITY, MINUS_INFINITY, JointTransformation
from derivations.topics.pushforward.laws import Law, law
from derivations.topics.pushforward.symbols import Said, Symbol, functions_of, parts, symbols_of, written
from derivations.topics.pushforward.writing import quoted

x, p, f, t, X, Z = names("x p f t X Z")
p_X = Index(p, (X,))
MOST = 4
"""A text that names more variables than that is refused."""


@record
class Part:
    """One of the independent variables: its name, the letter of its values, the name of its density, its law."""

    variable: Symbol
    value: Symbol
    density: Index
    law: Law


def is_joint(base: str) -> bool:
    """Whether a base names its variables: ``Z1 ~ Normal(0,1), Z2 ~ Normal(0,1)``."""
    return "~" in base


def independent(base: str, told: Said) -> tuple[Part, ...]:
    """The independent variables that a text names; ``Z1, Z2 ~ Uniform(0,1)`` are two of one law.

    Raises:
        DeriveError: a variable without a law, a name that is taken, a law that cannot be read.
    """
    found: list[Part] = []
    waiting: list[str] = []
    for part in parts(base):
        name, tilde, behind = part.partition("~")
        waiting.append(name.strip())
        if not re.fullmatch(r"[A-Z]\w*", waiting[-1]):
            raise DeriveError(f"base: {waiting[-1]!r} is no variable; a capital letter with a number, Z1 ~ Normal(0,1), is accepted")
        if tilde:
            given = law(behind.strip(), told)
            for word in waiting:
                variable, value = name_of(word), name_of(word.lower())
                if any(variable == other.variable for other in found):
                    raise DeriveError(f"base: {word} has two laws; one is accepted")
                if word[0] in "XFP":
                    raise DeriveError(f"base: the letter of {word} stands for something else here; Z1, U, V, ... are accepted")
                found.append(Part(variable, value, Index(p, (variable,)), given))
            waiting = []
    if waiting:
        raise DeriveError(f"base: {waiting[-1]} has no law; {waiting[-1]} ~ Normal(0,1) is accepted")
    if len(found) > MOST:
        raise DeriveError(f"base: there are {len(found)} variables; at most {MOST} are accepted")
    return tuple(found)


def context_of(parts_: tuple[Part, ...], told: Said, *further: Term, ignore: Said | None = None) -> Context:
    """What is known of the parameters; of ``ignore`` (else of what is told) each symbol must be there."""
    known = Context()
    for part in parts_:
        for symbol, kind in part.law.context.kinds:
            known = known if known.kind(symbol) is not None else known.declare(kind, symbol)
        known = known.assume(*(h for h in part.law.context.hypotheses if h not in known.hypotheses))
    values = {part.value for part in parts_}
    for term in further:
        known = told.declare(known, symbols_of(term) - values)
    for name, arity in sorted({pair for term in further for pair in functions_of(term)}, key=lambda pair: pair[0].text):
        if known.kind(name) is not None or name in (x, p, f, t):
            raise DeriveError(f"the function {name.text} of the map has the name of something else; another letter is accepted")
        known = known.declare(Function(arity), name)
    clash = next((part for part in parts_ if known.kind(part.value) is not None), None)
    if clash is not None:
        raise DeriveError(f"the symbol {written(clash.value)} stands for the value of {written(clash.variable)} here; another letter is accepted")
    taken = next((s for s, _ in known.kinds if s in (x, p, f, t)), None)
    if taken is not None:
        raise DeriveError(f"the symbol {written(taken)} stands for something else here; another letter is accepted")
    known = known.assume(*(fact for fact in told.facts if fact not in known.hypotheses and all(known.kind(s) is not None for s in symbols_of(fact))))
    unused = sorted(written(s) for s in (ignore or told).symbols if known.kind(s) is None)
    if unused:
        raise DeriveError(f"let: {unused[0]} stands neither in the base nor in the map; a symbol that does is accepted")
    return known


def end(value: Any, known: Context) -> Term:
    import sympy as sp

    return INFINITY if value == sp.oo else MINUS_INFINITY if value == -sp.oo else quoted(value, known)


def support_of(part: Part, known: Context) -> tuple[Term, ...]:
    """What holds of a value of the variable: nothing on the whole line."""
    (span,) = part.law.distribution.spans
    low, high = end(span.lo, known), end(span.hi, known)
    items = [*([low] if low != MINUS_INFINITY else []), part.value, *([high] if high != INFINITY else [])]
    return (Relation(tuple(items), ("<",) * (len(items) - 1)),) if len(items) > 1 else ()


def known_of(variables: tuple[Part, ...], new: tuple[Symbol, ...], parameters: Context) -> Context:
    known = parameters.declare(Scalar(), *(part.value for part in variables), *new, t)
    known = known.declare(Function(len(new), frozenset({"density"})), p_X) if new else known
    for part in variables:
        known = known.define(Call(part.density, (t,)), at(part.law, t), (t,))
    return known


def at(given: Law, value: Term) -> Term:
    """The density of a law at a value."""
    return substitute(given.density, {Name("z"): value})


def question_of(variables: tuple[Part, ...], change: JointTransformation) -> Words:
    found: list[str | Term] = [*laws_said(variables)]
    found.append(" Find the joint density of " if len(change.new) > 1 else " Find the density of ")
    there = {part.value: part.variable for part in variables}
    for place, (n, m) in enumerate(zip(change.new, change.maps, strict=True)):
        image = Index(X, n.subscripts) if isinstance(n, Index) else X
        found += [*([" and " if place == len(change.maps) - 1 else ", "] if place else []), image, " = ", bracketed(substitute(m, dict(there.items())))]
    return (*found, ".")


def laws_said(variables: tuple[Part, ...]) -> list[str | Term]:
    """A sentence that names the variables, and one for the density of each."""
    found: list[str | Term] = []
    if len(variables) > 1:
        found = ["The random variables ", *listed(tuple(part.variable for part in variables)), " are independent. "]
    for part in variables:
        found += [" "] if part is not variables[0] else []
        found += [part.variable, " has the density ", *density_said(part), "."]
    return found


def density_said(part: Part) -> list[str | Term]:
    """The density of a variable, and where it holds, if that is not the whole line."""
    value = relation(Call(part.density, (t,)), "=", bracketed(at(part.law, t)))
    (condition,) = support_of(part, part.law.context.declare(Scalar(), part.value)) or (None,)
    match condition:
        case Relation((low, middle, high)) if middle == part.value:
            return [value, " between ", low, " and ", high]
        case Relation((low, middle)) if middle == part.value:
            return [value, " above ", low]
        case Relation((_, high)):
            return [value, " below ", high]
        case _:
            return [value]


def listed(terms: tuple[Term, ...]) -> list[str | Term]:
    found: list[str | Term] = []
    for place, term in enumerate(terms):
        found += [*([" and " if place == len(terms) - 1 else ", "] if place else []), term]
    return found
