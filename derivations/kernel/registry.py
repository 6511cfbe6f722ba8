"""The closed registry of rules: the one table of what may justify a step.

A rule is data, a name and its arguments. What decides is looked up here by the kernel and is never carried by the step, so that nobody makes a theorem with
a rule of his own. To add a rule: one function ``decide(statement, context, premises, *arguments) -> Verdict`` in ``derivations/rules`` and one row here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Final

from derivations.kernel.verdict import Verdict
from derivations.language.context import Context
from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Name, Num

Decide = Callable[..., Verdict]
"""``decide(statement, context, premises, *arguments)``."""


@record
class Row:
    """``caption``: the few words beside a line that the rule checked. ``place``: the module and the function that decide. ``arguments``: how many it takes."""

    caption: str
    place: str
    arguments: int = 0


_RULES: Final = "derivations.rules."
REGISTRY: Final = MappingProxyType({
    "arithmetic": Row("arithmetic", _RULES + "equality:decide_arithmetic"),
    "algebra": Row("algebra", _RULES + "equality:decide_algebra"),
    "definition": Row("definition", _RULES + "equality:decide_definition"),
    "summation": Row("summation", _RULES + "equality:decide_summation"),
    "differentiation": Row("differentiation", _RULES + "equality:decide_differentiation"),
    "order": Row("comparison", _RULES + "order:decide_order"),
    "equivalence": Row("equivalent equations", _RULES + "equations:decide_equivalence"),
    "implication": Row("follows", _RULES + "equations:decide_implication"),
    "induction": Row("induction", _RULES + "induction:decide_induction", 2),
    "integration": Row("integral", _RULES + "change_of_variables:decide_integration"),
    "change of variables": Row("change of variables", _RULES + "change_of_variables:decide_change", 2),
    "joint change of variables": Row("change of variables", _RULES + "joint_variables:decide_joint_change", 1),
    "flow": Row("flow", _RULES + "flows:decide_flow", 1),
    "forward form": Row("forward form", _RULES + "joint_variables:decide_forward_form", 1),
    "convolution": Row("convolution", _RULES + "independent:decide_convolution", 1),
    "extreme of independent variables": Row("largest or least", _RULES + "independent:decide_extreme", 1),
    "order statistic": Row("order statistic", _RULES + "independent:decide_order_statistic", 1),
    "substitution": Row("substitution", _RULES + "change_of_variables:decide_substitution", 2),
    "matrix algebra": Row("matrix algebra", _RULES + "matrices:decide_matrix_algebra"),
    "matrix algebra with permutation matrices": Row("permutation matrices", _RULES + "matrices:decide_permutation_algebra"),
    "array algebra": Row("arrays", _RULES + "matrices:decide_array_algebra"),
    "entry algebra": Row("by entries", _RULES + "matrices:decide_entry_algebra"),
    "re-indexing": Row("re-indexing the sum", _RULES + "matrices:decide_reindexing"),
    "equality by entries": Row("entry by entry", _RULES + "matrices:decide_entries"),
    "judged": Row("checked as written", "derivations.checking.judge:decide_judged", 1),
    "citation": Row("shown before", "derivations.kernel.theorem:decide_citation"),
})


@record
class Rule:
    """A rule of inference: the key of its row and its arguments (the variable and the start of an induction).

    Raises DeriveError for a key that has no row, or another number of arguments than the row takes.
    """

    key: str
    arguments: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        row = REGISTRY.get(self.key)
        if row is None:
            raise DeriveError(f"there is no rule {self.key!r}; the rules are {', '.join(REGISTRY)}")
        if len(self.arguments) != row.arguments:
            raise DeriveError(f"the rule {self.key!r} takes {row.arguments} arguments, not {len(self.arguments)}")

    @property
    def name(self) -> str:
        """The name for people: ``algebra``, ``induction on t from 0``."""
        match self.key, self.arguments:
            case "induction", (Name(variable), start):
                return f"induction on {variable} from {start.digits if isinstance(start, Num) else 'a start'}"
            case _:
                return self.key

    @property
    def caption(self) -> str:
        return REGISTRY[self.key].caption

    def decide(self, statement: object, context: Context, premises: tuple[object, ...]) -> Verdict:
        """The verdict of the registry's function on ``context |- statement`` from these premises."""
        return decider(self.key)(statement, context, premises, *self.arguments)


@cache
def decider(key: str) -> Decide:
    """The function of a row; its module is imported when a step first needs it."""
    module, _, function = REGISTRY[key].place.partition(":")
    found: Decide = getattr(import_module(module), function)
    return found
