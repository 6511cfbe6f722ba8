"""Values that are given once for all axes or once for each: how they are read and what is refused."""

from __future__ import annotations

from collections.abc import Sequence

from derivations.language.errors import ParameterError

Pads = tuple[int, int]
"""Positions added (or, where negative, removed) before the first and after the last of an axis."""


def whole(what: str, field: str, value: object, least: int | None = None) -> int:
    """The value, an integer of at least ``least``.

    Raises:
        ParameterError: the value is no integer (a bool is none either) or smaller than ``least``.
    """
    accepted = "an integer" if least is None else f"an integer of at least {least}"
    if isinstance(value, bool) or not isinstance(value, int) or (least is not None and value < least):
        raise ParameterError(what, field, value, accepted)
    return value


def per_axis(what: str, field: str, value: object, ndim: int, least: int | None = None) -> tuple[int, ...]:
    """One integer for each of ``ndim`` axes; a single integer holds on every axis.

    Raises:
        ParameterError: neither an integer nor ``ndim`` of them, or one smaller than ``least``.
    """
    if isinstance(value, int):
        return (whole(what, field, value, least),) * ndim
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == ndim:
        return tuple(whole(what, field, entry, least) for entry in value)
    bound = "" if least is None else f" of at least {least}"
    raise ParameterError(what, field, value, f"an integer{bound} or a list of {ndim}, one for each axis")


def pads_per_axis(what: str, field: str, value: object, ndim: int, least: int | None = None) -> tuple[Pads, ...]:
    """Padding ``(before, after)`` for each of ``ndim`` axes.

    Accepted are an integer (both ends of every axis), ``ndim`` integers (both ends of that axis), ``ndim`` pairs, and
    on one axis also a bare pair.

    Raises:
        ParameterError: the value has none of these shapes, or an entry is smaller than ``least``.
    """
    bound = "integers" if least is None else f"integers of at least {least}"
    accepted = f"an integer or, for each of {ndim} axes, a pair [before, after] of {bound}"
    if isinstance(value, int):
        pad = whole(what, field, value, least)
        return ((pad, pad),) * ndim
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ParameterError(what, field, value, accepted)
    if ndim == 1 and len(value) == 2 and all(isinstance(entry, int) for entry in value):
        return ((whole(what, field, value[0], least), whole(what, field, value[1], least)),)
    if len(value) != ndim:
        raise ParameterError(what, field, value, accepted)
    pads: list[Pads] = []
    for entry in value:
        match entry:
            case int():
                pad = whole(what, field, entry, least)
                pads.append((pad, pad))
            case [before, after]:
                pads.append((whole(what, field, before, least), whole(what, field, after, least)))
            case _:
                raise ParameterError(what, field, value, accepted)
    return tuple(pads)
