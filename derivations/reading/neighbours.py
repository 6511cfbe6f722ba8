"""What a relation says because of what stands beside it: the row before, or the words that it puts numbers in for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from derivations.language.context import Definition
from derivations.language.structure import free_names
from derivations.language.term import Index, Name, Num, Term
from derivations.reading.ledger import Ledger
from derivations.reading.patterns import definition_of, is_value
from derivations.reading.prose import Formula
from derivations.reading.rows import Chain, Role
from derivations.reading.sides import matched


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


def base_case(
    ledger: Ledger,
    defined: dict[Term, Definition],
    indices: frozenset[Name],
    labelled: frozenset[Index],
    formula: Formula,
    lhs: Term,
    rhs: Term,
    in_force: Definition,
) -> tuple[int, str]:
    """``RF_1 = 7`` beside a recurrence for RF is its start, and is given."""
    if isinstance(in_force.lhs, Name) and isinstance(lhs, Index) and lhs.base == in_force.lhs:
        made = definition_of(lhs, rhs, indices, labelled)
        if made.parameters:  # p = softmax(z), that is p_i = ...
            ledger.say(formula, [made])
            defined[lhs] = made
            return 1, "the entries of what is defined"
    recurrent = isinstance(in_force.lhs, Index) and any(in_force.lhs.base == n for n in free_names(in_force.rhs))
    if recurrent and isinstance(lhs, Index) and all(isinstance(s, Num) for s in lhs.subscripts) and is_value(rhs) and lhs not in defined:
        ledger.say(formula, [Definition(lhs, rhs)])
        defined[lhs] = Definition(lhs, rhs)
        return 1, "the start of a recurrence"
    return 0, ""
