"""Rounding of scaled channel counts, as published implementations of mobile networks do it."""

from __future__ import annotations

from derivations.language.errors import DeriveError


def multiple_near(value: float, divisor: int = 8, least: int | None = None) -> int:
    """Return the multiple of ``divisor`` nearest to ``value`` (a half rounds up), but at least 90 % of it and at least ``least``.

    ``least`` is ``divisor`` by default. From the MobileNet reference code.
    """
    if divisor < 1 or value <= 0:
        raise DeriveError(f"rounding {value} to a multiple of {divisor}: both must be positive")
    rounded = max(divisor if least is None else least, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded
