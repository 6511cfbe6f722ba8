"""Fewer components than variables: refused until the marginal can be integrated."""

from __future__ import annotations

from typing import Any

from .refusals import Reason, Refusal


def marginal_pushforward(base: Any, maps: tuple[Any, ...], variables: tuple[Any, ...], *, check: bool = True) -> Any:
    return Refusal(Reason.DIMENSION, f"{len(maps)} components of {len(base.variables)} variables")
