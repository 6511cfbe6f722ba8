"""Results kept by the identity of what they were made from: problems and blocks are never changed, and comparing them costs more than printing them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """The latest ``size`` results. A subject is held as long as its result is, so that no other object can take its identity."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._kept: dict[tuple[int, Hashable], tuple[object, T]] = {}

    def get(self, subject: object, key: Hashable, make: Callable[[], T]) -> T:
        """The result for this very subject and an equal key, made if it is not there."""
        place = (id(subject), key)
        found = self._kept.get(place)
        if found is None:
            found = self._kept[place] = (subject, make())
            if len(self._kept) > self._size:
                del self._kept[next(iter(self._kept))]
        return found[1]
