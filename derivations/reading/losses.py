"""Numbers that a text differentiates and never defines: "the loss L", x in ``dx/dt``; by what, and what the words say that they depend on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from derivations.language.context import Symbol
from derivations.language.dependence import differentiated
from derivations.language.structure import subterms
from derivations.language.term import Call, Index, Name, Term


class Losses:
    """The numbers of one problem that are differentiated, with the variables they are differentiated by."""

    def __init__(self, terms: Iterable[Term], labelled: frozenset[Index], told: Iterable[tuple[Term, Term]] = ()) -> None:
        """``told``: (quantity, what it depends on), as the words say."""
        self.terms = tuple(terms)
        self.labelled = labelled
        self.told: set[Symbol] = set()
        self.applied = {node.function for term in self.terms for _, node in subterms(term) if isinstance(node, Call)}
        self.by: dict[Symbol, dict[Symbol, None]] = {}
        strange: set[Symbol] = set()
        for term in self.terms:
            for body, variable in differentiated(term):
                by = self._head(variable)
                if isinstance(body, Index) and body not in labelled:
                    continue  # one loss of many: what it is a function of has an index too
                if by is None:
                    strange.add(body)
                elif by != body:
                    self.by.setdefault(body, {})[by] = None
        for symbol in strange:
            self.by.pop(symbol, None)
        for quantity, on in told:
            one, other = self._head(quantity), self._head(on)
            if one is not None and other is not None and one != other:
                self.by.setdefault(one, {})[other] = None
                self.told.add(one)

    def _head(self, variable: Term) -> Symbol | None:
        if isinstance(variable, Index) and variable not in self.labelled:
            return variable.base if isinstance(variable.base, Name) else None
        return variable if isinstance(variable, Name | Index) else None


def depends_on(lhs: Term, rhs: Term) -> tuple[Term, ...]:
    """What ``L = L(S, b)`` says that L depends on; nothing of what says more."""
    own = isinstance(rhs, Call) and rhs.function == lhs and isinstance(lhs, Name) and all(isinstance(a, Name | Index) for a in rhs.arguments)
    return rhs.arguments if own and isinstance(rhs, Call) else ()


_MARKS: Final = r"((?:⟨\d+⟩(?:\s*,\s*|\s*,?\s+and\s+)?)+)"
_DEPENDS: Final = re.compile(
    _MARKS + r"\s*,?\s*(?:(?:which|that|both|all)\s+)*"
    r"(?:(?:(?:be|is|are)\s+)(?:an?\s+|some\s+)?(?:[a-z-]+\s+){0,3}functions?\s+of|depends?(?:\s+only|\s+[a-z]+ly)?\s+(?:up)?on)"
    r"\s+(?:the\s+)?(?:[a-z-]+\s+){0,2}" + _MARKS + r"(?:\s*(?:only\s+)?through\s+" + _MARKS + ")?"
)


def told_dependences(sentences: Iterable[str], term_of: Callable[[int], Term | None]) -> tuple[tuple[Term, Term], ...]:
    """"z is a function of x and y", "the loss L depends on w through z", as pairs."""
    found: list[tuple[Term, Term]] = []

    def listed(marks: str | None) -> list[Term]:
        return [t for n in re.findall(r"⟨(\d+)⟩", marks or "") if (t := term_of(int(n))) is not None]

    for words in sentences:
        for match in filter(None, (_DEPENDS.match(words, mark.start()) for mark in re.finditer("⟨", words))):
            of, on, through = (listed(match[k]) for k in (1, 2, 3))
            found.extend((a, b) for a in of for b in through or on)
            found.extend((a, b) for a in through for b in on)
    return tuple(found)
