"""Left sides that introduce a name: ``x``, ``p_i``, ``m_{t+1}``, ``f(x)``, ``p_x(x)``, ``(f * g)(n)``; and definitions made from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from typing import Final

from derivations.language.context import Definition
from derivations.language.laws import law_named
from derivations.language.matching import calls_itself
from derivations.language.placement import LOGLIKE
from derivations.language.structure import children, free_names, fresh, function_text, substitute, subterms
from derivations.language.term import Add, Bar, Call, Const, Dots, Frac, Group, Index, Mul, Name, Num, Pow, Relation, Term, Tuple
from derivations.reading import lexicon
from derivations.reading.uses import Uses, is_known_function, unprimed
from derivations.reading.wordlists import word_set

JUDGED_HEADS = word_set("E Var V Cov Corr var cov KL D_KL Pr P softmax Softmax")
"""Heads that nobody defines by using them: what is said of ``KL(q || p)`` is a claim."""
GOAL: Final = re.compile(r"\b(?:show|prove|verify|claim|want|to\s+see|demonstrate)\b(?:\s+\w+)?\s+that\s*$", re.IGNORECASE)
"""Words before something that is only to be shown: it is judged under all that its exercise defines."""
CHANGED: Final = re.compile(
    r"\b(?:chang(?:e[sd]?|ing)|replac(?:e[sd]?|ing)|modif(?:y|ies|ied|ying)|distort(?:s|ed|ing)?|instead|another|alternatively)\b[^.;]{0,80}$", re.IGNORECASE
)
"""Words before a display that is another thing of the same name."""
A_FUNCTION: Final = re.compile(r"\b(?:function|map|curve|polynomial|derivative\s+of|gradient\s+of|graph\s+of|integral\s+of)s?\s*$", re.IGNORECASE)
"""Words right before a formula that says which function is meant: "calculate the derivative of f(x) = x^x"."""
EQUATIONS: Final = frozenset(("=", ":=", "equiv", "=?", "=:"))
ENTROPIES = word_set("H h I MI KL")
"""Heads that are known where they stand before random variables."""


ANY = Name("any name")
"""Stands for each operand in the subject of ``(f * g)(n)``: the operator is what is defined."""


def determined(
    lhs: Term, defined: Mapping[Term, Definition], suppressed: Mapping[Name, tuple[Term, ...]], labelled: frozenset[Index], indices: frozenset[Name]
) -> bool:
    """Whether a definition before already says what this is: ``f(-b/a)`` and ``f''(x)`` of a defined f, a moment of a defined name.

    ``suppressed``: functions that are also written without their arguments, with these.
    """
    if not isinstance(lhs, Call) or not lhs.arguments:
        return False
    function = lhs.function.base if isinstance(lhs.function, Index) and lhs.function not in labelled else lhs.function
    if isinstance(function, Name) and function.text in ("E", "Var", "Cov"):
        return any(n in defined for a in lhs.arguments for n in free_names(a))
    plain = unprimed(function) if isinstance(function, Name | Index) else function
    known = defined.get(plain)
    if known is None or calls_itself(known) or not isinstance(plain, Name | Index):
        return False
    parameters = known.lhs.arguments if isinstance(known.lhs, Call) else suppressed.get(plain) if isinstance(plain, Name) else None
    if parameters is None:
        return False
    if plain != function:
        return True
    elsewhere = len(parameters) == len(lhs.arguments) and (lhs.arguments != parameters or not introduces(lhs, indices))
    return elsewhere or all(isinstance(a, Num) for a in lhs.arguments)


def introduces(lhs: Term, indices: frozenset[Name]) -> bool:
    """Whether an equation with this left side can be a definition: a name with distinct names, numbers or shifted indices as arguments."""
    match lhs:
        case Name(primes=0):
            return not lhs.text.isdigit() and not is_known_function(lhs)
        case Name():
            return not is_known_function(lhs)
        case Index(Name() as base, subscripts):
            plain = len(base.text) == 1 and not base.font  # "P_l parameters": only where it is applied it is a probability
            return (plain or base.text not in JUDGED_HEADS | {"log"}) and all(_subscript(s) for s in subscripts)
        case Call(function, arguments):
            return _function(function) and _distinct(tuple(_flat(arguments)))
        case Group(body):
            return introduces(body, indices)
        case _:
            return False


def _function(function: Term) -> bool:
    match function:
        case Name(primes=0):
            return function.text not in JUDGED_HEADS and not (is_known_function(function) and function.text not in _OWN)
        case Index(Name() as base, subscripts):
            return base.text not in JUDGED_HEADS | {"log"} and all(_subscript(s) for s in subscripts)
        case Group(Mul(parts)):
            return len(parts) == 2 and parts[1][0] in ("ast", "star", "circ", "odot") and all(isinstance(p, Name) for _, p in parts)
        case _:
            return False


_OWN = word_set("H h I N U SiLU GELU ReLU relu sigmoid softplus logit swish Beta Gamma LayerNorm BN logistic erf lse logsumexp LogSumExp")


def _flat(arguments: tuple[Term, ...]) -> list[Term]:
    out: list[Term] = []
    for argument in arguments:
        match argument:
            case Bar(left, right):
                out.extend(_flat((left, right)))
            case Tuple(items):
                out.extend(_flat(items))
            case _:
                out.append(argument)
    return out


def _distinct(arguments: tuple[Term, ...]) -> bool:
    return all(isinstance(a, Name | Index) for a in arguments) and len(set(arguments)) == len(arguments)


def _subscript(node: Term) -> bool:
    if isinstance(node, Name | Num):
        return True
    if isinstance(node, Tuple):
        return all(_subscript(i) for i in node.items)
    return isinstance(node, Add) and len(node.parts) == 2 and isinstance(node.parts[0][1], Name) and isinstance(node.parts[1][1], Num)


def subject(lhs: Term, labelled: frozenset[Index]) -> Term:
    """What an equation with this left side is about: f of ``f(x)``, p of ``p_i``, ``W_q`` itself, ``f * g`` of ``(f * g)(n)``, ``m_0`` itself."""
    match lhs:
        case Group(body):
            return subject(body, labelled)
        case Call(Group(Mul(((_, _), (sign, _))))):
            return Group(Mul((("", ANY), (sign, ANY))))
        case Call(function):
            return subject(function, labelled) if isinstance(function, Name | Index) else function
        case Index(base, subscripts):
            if lhs in labelled or all(isinstance(s, Num) for s in subscripts):
                return lhs
            return base
        case _:
            return lhs


def says_itself(lhs: Term, rhs: Term) -> bool:
    """Whether the right side speaks of the same thing, so that it cannot say what it is: ``x = x + 1``; ``p(a | b)`` through ``p(b | a)`` and ``p(a)``;
    ``H(X, Y) = H(X) + H(Y | X)``. A recurrence speaks of it at earlier places: ``f(n) = f(n - 1) + f(n - 2)``.
    """
    while isinstance(lhs, Group):
        lhs = lhs.body
    if isinstance(lhs, Name):
        return lhs in plain_names(rhs)
    if isinstance(lhs, Index):
        return any(node == lhs for _, node in subterms(rhs))
    if not isinstance(lhs, Call) or not isinstance(lhs.function, Name):
        return False
    own = frozenset(a for a in _flat(lhs.arguments) if isinstance(a, Name))
    calls = [t for _, t in subterms(rhs) if isinstance(t, Call) and t.function == lhs.function]
    return any(not all(isinstance(a, Add | Num | Frac | Mul) for a in _flat(call.arguments)) or not free_names(call) & own for call in calls)


def _text(function: Term) -> str:
    base = function.base if isinstance(function, Index) else function
    return base.text if isinstance(base, Name) else ""


def plain_names(term: Term) -> frozenset[Name]:
    """The names that stand without subscripts: mu of ``mu + 1``, none of ``mu_1``."""
    if isinstance(term, Name):
        return frozenset({term})
    inside = term.subscripts if isinstance(term, Index) else children(term)
    return frozenset[Name]().union(*(plain_names(c) for c in inside))


def constrains(lhs: Term, rhs: Term, defined: Mapping[Term, Definition]) -> bool:
    """Whether an equation can be a condition on names that nothing defines: their sum, norm or moment, or one of them, is a number or a plain name.
    What is said of sines and exponentials is said for all numbers."""
    if any((isinstance(t, Call) and is_known_function(t.function) and _text(t.function) not in JUDGED_HEADS) or t == Const("e") for _, t in subterms(lhs)):
        return False
    names = free_names(lhs)
    simple = is_value(rhs) or (isinstance(rhs, Name | Index) and not free_names(rhs) & names)
    simple |= any(n.accent for n in free_names(rhs) - names)  # sum_i x_i = n \\hat\\mu: what a mark makes of it is determined
    return simple and bool(names) and not any(n in defined for n in names)


def definition_of(lhs: Term, rhs: Term, labelled: frozenset[Index]) -> Definition:
    """``lhs := rhs`` for all values of what its left side binds. A label in ``p_z(z)`` binds nothing: there the argument is renamed."""
    while isinstance(lhs, Group):
        lhs = lhs.body
    match lhs:
        case Call(function, arguments):
            of_index = _bound_subscripts(function, labelled)
            bound = [a for a in _flat(arguments) if isinstance(a, Name)]
            kept = free_names(function) if isinstance(function, Index) and not of_index else frozenset[Name]()
            for name in bound:
                if name in kept:
                    taken = free_names(lhs) | free_names(rhs)
                    other = next((n for n in (Name("u"), Name("v"), Name("y")) if n not in taken), fresh(name, taken))
                    lhs = Call(function, tuple(substitute(a, {name: other}) for a in lhs.arguments), lhs.bracket)
                    rhs = substitute(rhs, {name: other})
                    bound = [other if b == name else b for b in bound]
            return Definition(lhs, rhs, tuple(dict.fromkeys((*of_index, *bound))))
        case Index():
            return Definition(lhs, rhs, _bound_subscripts(lhs, labelled))
        case _:
            return Definition(lhs, rhs)


def _bound_subscripts(node: Term, labelled: frozenset[Index]) -> tuple[Name, ...]:
    if not isinstance(node, Index) or node in labelled:
        return ()
    names = (n for s in node.subscripts for n in sorted(free_names(s), key=repr))
    return tuple(dict.fromkeys(n for n in names if len(n.text) == 1 and not n.accent))


def is_value(node: Term) -> bool:
    """Whether a term is arithmetic of numbers alone, and of logarithms, roots and the like of such."""
    match node:
        case Name() | Index():
            return False
        case Call(Name(text), arguments):
            return text in LOGLIKE and all(is_value(a) for a in arguments)
        case Call():
            return False
        case _:
            return all(is_value(child) for child in children(node))


def is_simple_bound(items: tuple[Term, ...]) -> bool:
    """Whether a chain of inequalities bounds bare names by numbers or names: ``0 < x < 1``, ``|r_t| <= R``, ``a != 0``."""
    return all(_simple(item) for item in items) and any(isinstance(item, Name | Index | Tuple) or not isinstance(item, Num) for item in items)


def _simple(node: Term) -> bool:
    from derivations.language.term import Bars

    match node:
        case Name() | Num() | Const():
            return True
        case Index():
            return True
        case Bars(_, body):
            return isinstance(body, Name | Index)
        case Tuple(items, ""):
            return all(isinstance(item, Dots) or _simple(item) for item in items)
        case Add((("-", part),)):
            return _simple(part)
        case _:
            return False


def generalised(lhs: Term, rhs: Term, variable_of: Term) -> Definition | None:
    """``F(PX) = ... PX ...`` as ``F(X) := ... X ...``, when the argument occurs on the right only as a whole; else None.

    ``variable_of``: the name in the argument that becomes the parameter.
    """
    if not isinstance(lhs, Call) or len(lhs.arguments) != 1 or not isinstance(variable_of, Name):
        return None
    argument = lhs.arguments[0]
    run = tuple(f for _, f in argument.parts) if isinstance(argument, Mul) else (argument,)
    replaced = _without_run(rhs, run, variable_of)
    others = free_names(argument) - {variable_of}
    if replaced is None or free_names(replaced) & others or variable_of not in free_names(replaced):
        return None
    return Definition(Call(lhs.function, (variable_of,), lhs.bracket), replaced, (variable_of,))


def _without_run(node: Term, run: tuple[Term, ...], variable: Name) -> Term | None:
    """``node`` with every run of factors ``P X`` replaced by ``X``; None where X occurs outside such a run."""
    from derivations.language.structure import children, with_children

    if isinstance(node, Mul):
        parts = list(node.parts)
        out: list[tuple[object, Term]] = []
        k = 0
        while k < len(parts):
            if tuple(f for _, f in parts[k:k + len(run)]) == run:
                out.append((parts[k][0], variable))
                k += len(run)
                continue
            inner = _without_run(parts[k][1], run, variable)
            if inner is None:
                return None
            out.append((parts[k][0], inner))
            k += 1
        return out[0][1] if len(out) == 1 else Mul(tuple(out))  # type: ignore[arg-type]
    if len(run) == 1 and node == run[0]:
        return variable
    if node == variable:
        return None
    old = children(node)
    new = tuple(_without_run(child, run, variable) for child in old)
    if any(child is None for child in new):
        return None
    return with_children(node, tuple(child for child in new if child is not None))


def expectation_fact(items: tuple[Term, ...]) -> bool:
    """Whether a relation gives a moment of a variable: ``E[x] = 0``, ``Var(x) = 1``."""
    first = items[0]
    return isinstance(first, Call) and bool(first.arguments) and is_known_function(first.function) and not isinstance(first.arguments[0], Relation)



def factorises(lhs: Term, rhs: Term) -> bool:
    """Whether a function of several things is a product of functions of one of them each: ``p(x, y) = p(x) p(y)``."""
    if not isinstance(lhs, Call) or not isinstance(rhs, Mul) or any(isinstance(a, Bar) for a in lhs.arguments):
        return False
    factors = [f for _, f in rhs.parts]
    of = [_flat(f.arguments) for f in factors if isinstance(f, Call) and len(_flat(f.arguments)) == 1]
    return len(of) == len(factors) > 1 and sorted(map(repr, _flat(lhs.arguments))) == sorted(repr(a) for one in of for a in one)


def outside_densities(term: Term) -> frozenset[Name]:
    """The names that stand elsewhere than as the variable or the parameter of a density ``p(x | z)`` or a law."""
    if isinstance(term, Call) and isinstance(term.function, Name | Index):
        head = term.function.base if isinstance(term.function, Index) else term.function
        if isinstance(head, Name) and head.text in ("p", "q", "N", "Normal"):
            return frozenset()
    inside = children(term)
    return frozenset({term}) if isinstance(term, Name) else frozenset[Name]().union(*(outside_densities(c) for c in inside))



def compound(term: Term) -> bool:
    """A sum or a product, of which nobody would say "for" without meaning to claim something."""
    return isinstance(term, Add | Mul) and len(term.parts) > 1



def known_sides(sides: tuple[Term | None, ...]) -> tuple[Term, ...]:
    """The sides up to the first that could not be read."""
    out: list[Term] = []
    for side in sides:
        if side is None:
            break
        out.append(side)
    return tuple(out)


def values_of_one_function(equations: Iterable[tuple[Term | None, Term | None]]) -> frozenset[Term]:
    """The left sides of ``p(r) = 0.2`` and ``p(b) = 0.3``: values of one function at names that only tell them apart."""
    entries: dict[Term, dict[Term, Term]] = {}
    for lhs, rhs in equations:
        if isinstance(lhs, Call) and len(lhs.arguments) == 1 and isinstance(lhs.arguments[0], Name) and rhs is not None and is_value(rhs):
            entries.setdefault(lhs.function, {})[lhs.arguments[0]] = lhs
    return frozenset(lhs for of_one in entries.values() if len(of_one) > 1 for lhs in of_one.values())


def suppressed_arguments(facts: Iterable[object], uses: Uses) -> dict[Name, tuple[Term, ...]]:
    """Functions that were defined with an argument and are used without: ``Z(beta) := ...`` and ``log Z``. By name, with the argument."""
    found: dict[Name, tuple[Term, ...]] = {}
    for fact in facts:
        if isinstance(fact, Definition) and isinstance(fact.lhs, Call):
            function = fact.lhs.function
            base = function.base if isinstance(function, Index) and function not in uses.labelled else function
            bare = isinstance(function, Index) or base in uses.bare  # members stand in arithmetic only where they have no argument
            if isinstance(base, Name) and base in uses.factors and bare and all(isinstance(a, Name) for a in fact.lhs.arguments):
                found[base] = fact.lhs.arguments
    return found


def is_plain_moment(lhs: Term, rhs: Term, defined: frozenset[Term], labelled: frozenset[Index]) -> bool:
    """Whether an equation gives a moment of a variable that has no definition, as a name or a number."""
    arguments = lhs.arguments if isinstance(lhs, Call) else ()
    plain_argument = len(arguments) == 1 and isinstance(arguments[0], Name | Index) and subject(arguments[0], labelled) not in defined
    simple = isinstance(rhs, Name | Index | Num) or (isinstance(rhs, Pow) and isinstance(rhs.base, Name | Index))
    return plain_argument and simple


_HAVING: Final = re.compile(
    r"(?:\b(?:have|has|having|share|shares|sharing|with)\s+(?:[a-z]+\s+){0,3}?|^[\s,]*and\s+(?:[a-z]+\s+){0,2})"
    r"(?:moments?|means?|variances?|expectations?)\s*$", re.IGNORECASE,
)


def is_told_moment(lhs: Term, rhs: Term, words: str, new: bool, defined: frozenset[Term], labelled: frozenset[Index]) -> bool:
    """Whether words say what moments variables have: "have second moment *E[x_j^2] = q*" for a q that is new, "share the moment *E[x_j^2] = E[x_1^2]*"."""
    plain, power = lhs, False
    if isinstance(lhs, Call) and len(lhs.arguments) == 1 and isinstance(raised := lhs.arguments[0], Pow) and isinstance(raised.exponent, Num):
        plain, power = Call(lhs.function, (raised.base,)), True
    if _HAVING.search(words) is None or not expectation_fact((lhs,)) or not is_plain_moment(plain, Num("0"), defined, labelled):
        return False
    match rhs:
        case Call(_, (Index() as member,)) | Call(_, (Pow(Index() as member, _),)) if isinstance(plain, Call):
            of = plain.arguments[0]
            same = isinstance(of, Index) and of.base == member.base and member != of
            return same and lhs == substitute(rhs, {member: of}) and re.search(r"\b(?:same|common|equal)\b|\bshar", words) is not None
        case _:
            return new and (not power or is_plain_moment(plain, rhs, defined, labelled))


def about_laws(lhs: Call, rhs: Term, random: Set[Term], defined: Mapping[Term, Definition]) -> bool:
    """Whether an equation is about an entropy or the like of random variables or of a law, or says an information by others: nothing is introduced."""
    head = lhs.function.base if isinstance(lhs.function, Index) else lhs.function
    names = frozenset(n for a in lhs.arguments for n in free_names(a))
    laws = {n for n in names if n in defined and isinstance(law := defined[n].rhs, Call) and law_named(law.function) is not None}
    beside = isinstance(rhs, Num) or any(isinstance(t, Call) and function_text(t) in ENTROPIES for _, t in subterms(rhs))
    known = (beside and any(isinstance(a, Bar) for a in lhs.arguments)) or names <= random | laws
    return isinstance(head, Name) and head.text in ENTROPIES and bool(names) and known


def introduces_signed(known: tuple[Term, ...], signs: tuple[str, ...], words: str, seen: Set[Term]) -> bool:
    """Whether a bound by 0 stands right behind the noun of a name that is new: "at threshold *c > 0*". It says what the name is, and no case."""
    match known, signs:
        case (Name() | Index() as name, Num("0")), (">" | ">=",):
            noun = re.search(r"\b([A-Za-z]+)\s*$", words)
            opening = lexicon.STOPS | lexicon.ASSUMING | lexicon.COPULAS | lexicon.CONDITIONAL
            return noun is not None and noun[1].lower() not in opening and name not in seen
        case _:
            return False


def goes_stepwise(lhs: Term, rhs: Term, labelled: frozenset[Index]) -> bool:
    """Whether an equation is a recurrence, ``a_{n+1} = 2 a_n + 1``, or where one starts, ``a_0 = 1``."""
    if not isinstance(lhs, Index):
        return False
    made = definition_of(lhs, rhs, labelled)
    return calls_itself(made) if made.parameters else is_value(rhs) and all(isinstance(s, Num) for s in lhs.subscripts)


def of_one_value(known: tuple[Term, ...], signs: tuple[str, ...]) -> tuple[Relation, ...]:
    """"In one dimension, n = d = 1": each of several names has the value at the end."""
    *names, value = known
    alike = len(names) > 1 and set(signs) <= EQUATIONS and is_value(value) and (
        all(isinstance(n, Name | Index) for n in names) or all(isinstance(n, Call) for n in names)
    )
    return tuple(Relation((name, value), ("=",)) for name in names) if alike else ()


def bounds_what_is_defined(signs: tuple[str, ...], start: int, sides: tuple[Term | None, ...]) -> bool:
    """"With v := ... > 0": in the words that define it, a bound by a number is one that is supposed."""
    last = sides[-1]
    return set(signs[start:]) <= {"<", "<=", ">", ">=", "!="} and signs[0] in EQUATIONS and last is not None and (is_value(last) or last == Const("oo"))


def given_name(lhs: Term) -> Name | None:
    """The name, or that of the family, that an equation gives."""
    base = lhs.base if isinstance(lhs, Index) else lhs
    return base if isinstance(base, Name) else None
