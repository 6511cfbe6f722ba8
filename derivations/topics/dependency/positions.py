"""Finite sets of positions on the integer line, kept as the bits of one Python integer."""

from __future__ import annotations

from collections.abc import Iterator

from derivations.language.errors import DeriveError
from derivations.language.record import record

LARGEST_HULL = 1 << 28
"""Sets that span more positions are refused: a bit for each is 32 MiB here."""


@record
class Positions:
    """A set of integers: ``first + i`` belongs to it where bit ``i`` of ``bits`` is 1.

    ``bits`` is odd, or 0 for the empty set (whose ``first`` is 0), so that equal sets are equal objects.
    """

    first: int
    bits: int

    @staticmethod
    def of(*members: int) -> Positions:
        """The set of these integers."""
        if not members:
            return EMPTY
        first, last = min(members), max(members)
        _refuse_beyond(last - first + 1)
        held = bytearray((last - first) // 8 + 1)
        for member in members:
            held[(member - first) >> 3] |= 1 << ((member - first) & 7)
        return Positions(first, int.from_bytes(held, "little"))

    @property
    def last(self) -> int:
        """The largest member (of a set that is not empty)."""
        return self.first + self.bits.bit_length() - 1

    @property
    def hull(self) -> int:
        """``last - first + 1``; 0 for the empty set."""
        return self.bits.bit_length()

    @property
    def contiguous(self) -> bool:
        """Whether every position between the first and the last is a member."""
        return len(self) == self.hull

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __contains__(self, position: int) -> bool:
        return position >= self.first and bool(self.bits >> (position - self.first) & 1)

    def __iter__(self) -> Iterator[int]:
        return (self.first + i for i, bit in enumerate(reversed(format(self.bits, "b"))) if bit == "1")

    def __or__(self, other: Positions) -> Positions:
        if not other.bits:
            return self
        if not self.bits:
            return other
        first = min(self.first, other.first)
        _refuse_beyond(max(self.last, other.last) - first + 1)
        return Positions(first, self.bits << (self.first - first) | other.bits << (other.first - first))

    def shifted(self, distance: int) -> Positions:
        """The set moved by ``distance``."""
        return Positions(self.first + distance, self.bits) if self.bits else self

    def repeated(self, step: int, count: int) -> Positions:
        """The union of ``count`` copies, each ``step >= 0`` after the one before, in O(log count) unions."""
        _refuse_beyond(self.hull + step * (count - 1))
        bits, have = self.bits, 1
        while have < count:
            more = min(have, count - have)
            bits |= bits << (step * more)
            have += more
        return Positions(self.first, bits)


EMPTY = Positions(0, 0)


def _refuse_beyond(hull: int) -> None:
    if hull > LARGEST_HULL:
        raise DeriveError(
            f"counting the inputs that an output depends on: they span {hull} positions; "
            f"sets are counted up to {LARGEST_HULL} positions (the recursion for a chain needs no set)"
        )
