"""The values that terms have in a model, besides numbers and matrices, and the two ways in which there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any, TypeAlias

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Term

Symbol: TypeAlias = Term
"""What has a meaning of its own: a Name, or a declared Index such as ``W_q``."""

Value: TypeAlias = Any
"""A number, a ``Mat``, an ``Eye``, a bool, or one of the classes below."""


class Undefined(ArithmeticError):
    """The term has no real value at this point: a division by zero, a logarithm of a negative number, a sum that diverges."""


class CannotSample(DeriveError):
    """No values were found that satisfy the hypotheses."""


class NeedsVariable(Exception):
    """Inside an expectation a random variable was met that has no outcome yet; ``key`` is its symbol and index."""

    def __init__(self, key: tuple[Any, tuple[int, ...]]) -> None:
        super().__init__(key)
        self.key = key


@record
class Fun:
    """A function: ``apply(*values)``. ``on_integers``: only integers are in its domain. ``name`` for messages."""

    apply: Callable[..., Value]
    arity: int = 1
    on_integers: bool = False
    name: str = ""
    family: Callable[[tuple[int, ...]], Fun] | None = None


@record
class Eye:
    """``scale`` times the identity matrix of whatever size is needed."""

    scale: Any = 1


@record
class Members:
    """A finite set of integers (or of other values)."""

    items: tuple[Any, ...]


@record
class Row:
    """A written tuple or interval: its items and its brackets."""

    items: tuple[Any, ...]
    bracket: str = "("


@record
class Law:
    """A probability law with its parameters as numbers; see ``chance``."""

    name: str
    parameters: tuple[Any, ...]
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


@record
class NamedSet:
    """R, Z, N, ... or an interval, for membership only."""

    name: str
