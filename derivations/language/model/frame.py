"""What is bound or overridden while a term is evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from derivations.language.model.values import Value


@dataclass(slots=True)
class Frame:
    """Bindings in force. They are dynamic: a definition that mentions a bound name sees its bound value, as in ``\\sum_k s`` with
    ``s = 1 + 3(k - 1)``, and ``Sa[XP]`` evaluates ``V = W X`` with ``XP`` for ``X``."""

    names: dict[Any, Value] = field(default_factory=dict)
    """Names (and calls, by function and arguments) with a value of their own here."""
    entries: dict[tuple[Any, tuple[int, ...]], Value] = field(default_factory=dict)
    """Entries of sequences and arrays with a value of their own here."""
    chance: bool = False
    """Inside an expectation: an unbound random variable must be enumerated."""
    family: int | None = None
    """Inside a discrete expectation: the index at which a bare sequence name is read."""
    depth: int = 0

    def bind(self, name: Any, value: Value) -> Frame:
        return Frame({**self.names, name: value}, self.entries, self.chance, self.family, self.depth)

    def bind_all(self, values: dict[Any, Value]) -> Frame:
        return Frame({**self.names, **values}, self.entries, self.chance, self.family, self.depth) if values else self

    def override(self, base: Any, index: tuple[int, ...], value: Value) -> Frame:
        return Frame(self.names, {**self.entries, (base, index): value}, self.chance, self.family, self.depth)


ROOT = Frame()
