"""What a relation says because of what stands beside it: the row before, or the words that it puts numbers in for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import Final

from derivations.language.context import Definition
from derivations.language.structure import free_names, subterms
from derivations.language.term import Add, Call, Index, Name, Num, Pow, Relation, Root, Term
from derivations.reading.ledger import Ledger
from derivations.reading.lexicon import PASSING
from derivations.reading.patterns import definition_of, introduces, is_value, subject
from derivations.reading.prose import Cue, Formula, Setting
from derivations.reading.rows import Chain, Role
from derivations.reading.scope import Hypothesis, Opaque
from derivations.reading.sides import matched
from derivations.reading.solving import Solving

FARTHEST: Final = 40
"""So many steps a recurrence is followed back to what is given."""


def follows(rhs: Term, previous: tuple[Chain, bool] | None) -> bool:
    """Whether a row after another equation is to follow from it: that equation was no definition, or its name stands on the right."""
    if previous is None or not previous[0].links or previous[0].role is not Role.CLAIM:
        return False
    if not previous[1]:
        return True
    names = {t.text for t in free_names(rhs)}
    head_text = re.match(r"\\?[A-Za-z]+", previous[0].sides[0].text.strip())
    return head_text is not None and head_text[0].removeprefix("\\") in names


def numbers_for_words(ledger: Ledger, defined: Mapping[Term, Definition], formula: Formula, lhs: Term, rhs: Term) -> bool:
    """``Dataset Size / Batch Size = 100 / 20``: numbers are put in for words that nothing else explains; the words stand for them from here on."""
    words = [n for n in free_names(lhs) if n.font == "text" and n not in defined]
    if not words or len(words) != len(free_names(lhs) - defined.keys()) or free_names(rhs):
        return False
    for word, value in matched(lhs, rhs):
        if isinstance(word, Name) and word in words:
            ledger.say(formula, [Definition(word, value)], assumed=f"{word.text!r} is what is put in for it")
    return True


def _reached(recurrence: Definition, entry: Term, defined: Mapping[Term, Definition], most: int = FARTHEST) -> bool:
    """Whether a recurrence gives an entry from entries that are given: n_2 from ``n_l = n_{l-1} / s_l`` and ``n_0 = 64``."""
    if entry in defined:
        return True
    here, there = _place(recurrence.lhs), _place(entry)
    if here is None or there is None or most < 0:
        return False
    base, variable, ahead = here
    before = [_place(t) for _, t in subterms(recurrence.rhs) if isinstance(t, Index) and t.base == base]
    known = [place for place in before if place is not None and place[1] == variable and place[2] < ahead]
    if variable is None or there[1] is not None or len(known) < len(before):
        return False
    numbers = [there[2] + place[2] - ahead for place in known]
    return all(n >= 0 and _reached(recurrence, Index(base, (Num(str(n)),)), defined, most - 1) for n in numbers)


def _place(entry: Term) -> tuple[Term, Name | None, int] | None:
    """m, t and -1 of ``m_{t-1}``; m, None and 3 of ``m_3``."""
    match entry:
        case Index(base, (Name() as variable,)):
            return base, variable, 0
        case Index(base, (Num(digits),)) if digits.isdecimal():
            return base, None, int(digits)
        case Index(base, (Add((("+", Name() as variable), (sign, Num(digits)))),)) if digits.isdecimal():
            return base, variable, int(digits) if sign == "+" else -int(digits)
        case _:
            return None


def base_case(
    ledger: Ledger,
    defined: dict[Term, Definition],
    labelled: frozenset[Index],
    formula: Formula,
    lhs: Term,
    rhs: Term,
    in_force: Definition,
) -> tuple[int, str]:
    """``RF_1 = 7`` beside a recurrence for RF is its start, and is given."""
    if isinstance(in_force.lhs, Name) and isinstance(lhs, Index) and lhs.base == in_force.lhs and isinstance(in_force.rhs, Call):
        made = definition_of(lhs, rhs, labelled)
        if made.parameters:  # p = softmax(z), that is p_i = ...: they say what the function does; those of Y = X W are a claim
            ledger.say(formula, [made])
            defined[lhs] = made
            return 1, "the entries of what is defined"
    recurrent = isinstance(in_force.lhs, Index) and any(in_force.lhs.base == n for n in free_names(in_force.rhs))
    start = recurrent and isinstance(lhs, Index) and all(isinstance(s, Num) for s in lhs.subscripts) and lhs not in defined
    if start and is_value(rhs) and not _reached(in_force, lhs, defined):
        ledger.say(formula, [Definition(lhs, rhs)])
        defined[lhs] = Definition(lhs, rhs)
        return 1, "the start of a recurrence"
    return 0, ""


def root_of_square(
    ledger: Ledger,
    defined: dict[Term, Definition],
    used: Set[Term],
    indices: frozenset[Name],
    labelled: frozenset[Index],
    formula: Formula,
    lhs: Term,
    rhs: Term,
) -> str:
    """``sigma^2 = ...`` for a sigma that is new: the positive root. An equation with a number, ``x^2 = 4``, has two, and is a condition. Why it is given."""
    match lhs:
        case Pow(Name() | Index() as base, Num("2")) if (
            introduces(base, indices) and subject(base, labelled) not in {*defined, *used} and not free_names(base) & free_names(rhs)
        ):
            made = definition_of(base, Root(rhs), labelled)
            if is_value(rhs):
                ledger.say(formula, [Hypothesis(Relation((lhs, rhs), ("=",)))])
                defined[subject(base, labelled)] = made
                return "an equation that is solved"
            ledger.say(formula, [made], assumed="the square is given, and the name is its root that is not negative")
            defined[subject(base, labelled)] = made
            return "a definition of a square"
        case _:
            return ""


def reach(definition: Definition, defined: Mapping[Term, Definition]) -> frozenset[Name]:
    """The names that a definition speaks of, through other definitions."""
    found: set[Name] = set()
    waiting = list(free_names(definition.lhs) | free_names(definition.rhs))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(free_names(defined[name].rhs) if name in defined else ())
    return frozenset(found)


def solves_for(lhs: Term, rhs: Term, defined: Mapping[Term, Definition]) -> bool:
    """Whether what a name is said to be was made from that name before: ``y = 2x``, and then ``x = y/2``. It defines nothing."""
    if not isinstance(lhs, Name) and not (isinstance(lhs, Index) and all(isinstance(s, Num) for s in lhs.subscripts)):
        return False
    seen: set[Term] = set()
    waiting = [rhs]
    while waiting:
        for _, node in subterms(waiting.pop()):
            made = defined.get(node)
            if made is None or node in seen or made.parameters:
                continue
            if any(term == lhs for _, term in subterms(made.rhs)):
                return True
            seen.add(node)
            waiting.append(made.rhs)
    return False


def one_of_several(ledger: Ledger, solved: Solving, formula: Formula, c: int, sides: tuple[Term | None, ...], setting: Setting) -> tuple[int, str]:
    """"If x > 0 or y > 0": none of them is supposed by itself, and none is claimed by itself. How many relations of the chain are given, and why."""
    if setting.cue in (Cue.ASSUME, Cue.DEFINE) and not formula.chains[c].arrow:
        names = sorted({n for side in sides if side is not None for n in free_names(side)}, key=repr)
        ledger.say(formula, [Opaque(tuple(names), "one condition or another")], local=setting.word in PASSING)
        return len(sides) - 1, "one of several conditions"
    solved.crowded |= dict.fromkeys(((formula.number, c, k) for k in range(len(sides))), JOINED_BY_OR)
    return 0, ""


def other_case(ledger: Ledger, in_force: Definition | None, formula: Formula, lhs: Term, rhs: Term) -> bool:
    """Whether a sentence says of one left side two things, ``f(x) = 2x`` for x > 0 and ``f(x) = x`` otherwise. Which holds where is not read: neither of
    them is what it is everywhere."""
    behind = ledger.sentence(formula).words.partition(f"⟨{formula.number}⟩")[2]
    if in_force is None or in_force.lhs != lhs or in_force.rhs == rhs or OF_A_CASE.match(behind) is None:
        return False
    begin = ledger.sentence(formula).start
    if not any(f.content == in_force and f.at >= begin for f in ledger.facts):
        return False
    ledger.facts[:] = [f for f in ledger.facts if not (isinstance(f.content, Definition) and f.content.lhs == lhs and f.at >= begin)]
    symbol = lhs.function if isinstance(lhs, Call) else lhs
    base = symbol.base if isinstance(symbol, Index) else symbol
    if isinstance(base, Name):
        ledger.say(formula, [Opaque((base,), "what it is in each of several cases")])
    return True


OF_A_CASE: Final = re.compile(r"[\s,]*(?:if|for|when|whenever|otherwise|else|with\s+probability|in\s+the\s+other\s+case)\b", re.IGNORECASE)
JOINED_BY_OR: Final = "it is one of several statements with 'or' between them, which are not read together"
