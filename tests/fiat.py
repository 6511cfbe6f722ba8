"""Rules that say what a test tells them to say: the kernel's registry, opened for the tests that need a step without mathematics.

The registry of the program is closed; a test that wants another one has to put it in the place of the kernel's, as here.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from derivations.kernel import registry
from derivations.kernel.registry import Row, Rule
from derivations.kernel.statement import Statement
from derivations.kernel.verdict import Verdict
from derivations.language.context import Context

Answer = Verdict | Callable[[Statement], Verdict]


def decide(statement: Statement, context: Context, premises: tuple[object, ...], verdict: Answer) -> Verdict:
    return verdict(statement) if callable(verdict) else verdict


def fiat(verdict: Answer, name: str = "told", caption: str = "as the test says") -> Rule:
    """A rule of this name that answers every question with this verdict, or with what this function makes of the statement."""
    registry.REGISTRY = MappingProxyType({**registry.REGISTRY, name: Row(caption, "fiat:decide", 1)})  # type: ignore[misc]
    return Rule(name, (verdict,))
