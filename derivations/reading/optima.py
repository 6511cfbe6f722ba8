"""Places of which words say that a quantity is smallest or stationary there: "the minimum is at *x = 2*", "setting the derivative to zero gives *w = 2*".

Such an equation claims something of the function that was spoken of last: that its derivative is zero there, and that the second one has not the wrong sign.
(At a place inside, where it is smooth; that is printed as what was taken.) Without this "x = 2" would be a value that is given, whatever the function.
"""

from __future__ import annotations

import re
from typing import Final

from derivations.language.context import Definition
from derivations.language.structure import free_names, substitute
from derivations.language.term import Call, Deriv, Name, Num, Relation, Term
from derivations.reading.scope import Hypothesis

OF_OPTIMA: Final = "where a function is smallest, largest or stationary its derivative is zero, and the second one is not of the wrong sign"
_LEAST: Final = re.compile(r"\b(?:minim|smallest|least)", re.IGNORECASE)
_GREATEST: Final = re.compile(r"\b(?:maxim|largest|greatest)", re.IGNORECASE)
_QUANTITY: Final = (
    r"(?:minim(?:um|a|i[sz]ers?|i[sz]ed|al)|maxim(?:um|a|i[sz]ers?|i[sz]ed|al)|optim(?:um|a|al)|extrem(?:um|a)"
    r"|(?:stationary|critical|turning)(?:\s+points?)?|(?:derivative|gradient|slope)\s+(?:is\s+zero|vanishes|disappears)|smallest|largest)"
)
_PLACE: Final = re.compile(
    rf"\b{_QUANTITY}\b[^.;:]{{0,50}}\b(?:is|are|at|for|when|by|if|where|be|becomes)(?:\s+(?:the|an?|its)?\s*(?:point|value|place|place\s+where|only\s+if))?\s*$"
    r"|\b(?:set(?:ting)?|equat(?:e|ing)|put(?:ting)?)\s+(?:the|this|its|that)?\s*(?:first\s+)?(?:partial\s+)?(?:derivative|gradient|slope)s?\b[^.;:]{0,50}"
    r"\b(?:zero|0)\b[^.;:]{0,40}\b(?:gives?|yields?|we\s+(?:get|find|obtain|have)|implies|leads\s+to|results\s+in|means|so|hence|thus|at|for)\s*$",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"\b(?:not|no|never|neither|nor|cannot|instead|unless|without|if|suppose|assume|assuming|whether|subject|constraint)\b", re.IGNORECASE
)
_LONG: Final = 160


def is_place(words: str) -> bool:
    """Whether the words before an equation say that it tells where something is smallest, largest or stationary."""
    clause = words[-_LONG:]
    return _PLACE.search(clause) is not None and _DENIED.search(re.split(r"[.;](?=\s)", clause)[-1]) is None


def stationary(target: Term, words: str, defined: dict[Term, Definition]) -> tuple[Hypothesis, ...]:
    """What holds of the last function of x at x (or at ``x^*``, ``\\hat x``, ``x_{\\min}``) if ``words`` say that it is smallest, largest or stationary there;
    nothing where no function of it is defined."""
    if not isinstance(target, Name):
        return ()
    clause = words[-_LONG:]
    for definition in reversed(defined.values()):
        parameters = definition.parameters if isinstance(definition.lhs, Call) else tuple(free_names(definition.rhs))
        for name in parameters:
            if isinstance(name, Name) and _alike(name, target) and name in free_names(definition.rhs):
                body = definition.rhs if name == target else substitute(definition.rhs, {name: target})
                zero = Hypothesis(Relation((Deriv(body, ((target, 1),), style="operator"), Num("0")), ("=",)))
                least, greatest = _LEAST.search(clause) is not None, _GREATEST.search(clause) is not None
                if least == greatest:
                    return (zero,)
                bent = Relation((Deriv(body, ((target, 2),), style="operator"), Num("0")), (">=" if least else "<=",))
                return zero, Hypothesis(bent)
    return ()


def _alike(name: Name, target: Name) -> bool:
    """Whether a name is the target or the target without its mark: x of ``x^*``."""
    return name.text == target.text and name.font == target.font and (name == target or not (name.accent or name.label or name.primes))
