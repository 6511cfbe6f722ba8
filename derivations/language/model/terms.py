"""What is asked of an evaluation where values are drawn: a model draws the entries of an array once it knows the array's sizes, which are terms."""

from __future__ import annotations

from abc import ABC, abstractmethod

from derivations.language.context import RandomVariable
from derivations.language.model.frame import Frame
from derivations.language.model.values import Symbol, Value
from derivations.language.term import Big, Term


class Terms(ABC):
    """Gives terms their values."""

    @abstractmethod
    def value(self, node: Term, frame: Frame) -> Value:
        """The value of ``node``. Raises Undefined, ShapeError, or MeaningError for what cannot be evaluated."""

    @abstractmethod
    def integer(self, node: Term, frame: Frame) -> int:
        """The value of a place or a size. Raises Undefined if it is not an integer."""

    @abstractmethod
    def symbol(self, symbol: Symbol, frame: Frame) -> Value:
        """The value of a name."""

    @abstractmethod
    def realised(self, key: tuple[Symbol, tuple[int, ...]], kind: RandomVariable) -> Value:
        """The outcome of a random variable outside every expectation."""

    @abstractmethod
    def range_of_big(self, node: Big, frame: Frame) -> tuple[int, int]:
        """The first and the last value of the variable of a big operator. Raises Undefined if they are not finite."""
