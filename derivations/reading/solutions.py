"""What a gradient that is set to zero says at the place that is called its solution."""

from __future__ import annotations

import re
from typing import Final

from derivations.language.structure import free_names, substitute
from derivations.language.term import Name, Term

ZERO: Final = re.compile(r"\b(?:set(?:ting)?|equat(?:e|ing)|put(?:ting)?)\b[^.⟨]{0,60}\b(?:zero|0)\b", re.IGNORECASE)
"""Words that set something to zero."""


def at_solution(term: Term, written: list[Term]) -> Term:
    """A gradient that is set to zero, at the ``\\hat w`` (or ``w^*``) that the equation after it solves for where it no longer says w."""
    names = frozenset[Name]().union(*(free_names(t) for t in written))
    put: dict[Term, Term] = {}
    for name in free_names(term) - names:
        alike = [n for n in names if n.text == name.text and n.font == name.font and (n.accent or n.label)]
        marked = [n for n in alike if (n.accent, n.label) != (name.accent, name.label)]
        if len(marked) == 1:
            put[name] = marked[0]
    return substitute(term, put) if put else term
