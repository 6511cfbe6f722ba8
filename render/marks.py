"""The quiet signs of how a line is known, as characters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from derivations.kernel.verdict import Strength

MARKS: Mapping[Strength, str] = MappingProxyType(
    {
        Strength.CERTIFIED: "■",
        Strength.PROVED: "●",
        Strength.EXHAUSTED: "◎",
        Strength.CONVENTION: "◉",
        Strength.SAMPLED: "○",
        Strength.ASSUMED: "△",
    }
)
