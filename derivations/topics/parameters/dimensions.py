"""Reading the sizes that a layer is described with, and refusing those that describe no layer.

A size is an integer, or any object that can be added and multiplied (a SymPy symbol): the same layer functions then
give numbers or polynomials. Nothing here imports SymPy.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from derivations.language.errors import DeriveError

#: An ``int``, or an object that supports ``+`` and ``*`` with integers, such as ``sympy.Symbol("C")``.
Dimension = Any


def dimension(name: str, value: Any, *, least: int = 1) -> Dimension:
    """Return ``value`` as a size, an ``int`` where it is a number, or raise ``DeriveError`` when it cannot be a size."""
    try:
        number = operator.index(value)
    except TypeError:
        if not _is_symbolic(value):
            raise DeriveError(f"{name} is a size, but {value!r} is not an integer") from None
        return value
    if isinstance(value, bool):
        raise DeriveError(f"{name} is a size, but {value!r} is a truth value")
    if number < least:
        raise DeriveError(f"{name} = {number} is too small: it must be at least {least}")
    return number


def _is_symbolic(value: Any) -> bool:
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, Sequence, Mapping, set)):
        return False
    if getattr(value, "is_number", False):  # SymPy's 1/2 and 0.5 are numbers, but no sizes
        return bool(getattr(value, "is_integer", False))
    return hasattr(value, "__add__") and hasattr(value, "__mul__")


def truth(name: str, value: Any) -> bool:
    """Return ``value`` when it is True or False; a 0, a "no" or None is not read as one silently."""
    if not isinstance(value, bool):
        raise DeriveError(f"{name} is either True or False, not {value!r}")
    return value


def per_axis(name: str, value: Any, axes: int, *, least: int = 1) -> tuple[Dimension, ...]:
    """Return one size for each of ``axes`` axes: a single size stands for all of them, as in torch."""
    if isinstance(value, (list, tuple)):
        if len(value) == 1:
            value = value * axes
        if len(value) != axes:
            raise DeriveError(f"{name} = {list(value)} has {len(value)} entries for {axes} axes: give one size, or {axes}")
        return tuple(dimension(f"{name}[{axis}]", entry, least=least) for axis, entry in enumerate(value))
    return (dimension(name, value, least=least),) * axes


def one_of(name: str, value: Any, accepted: Iterable[str]) -> str:
    """Return ``value`` when it is one of the ``accepted`` words, otherwise raise ``DeriveError`` naming them."""
    words = tuple(accepted)
    if value not in words:
        raise DeriveError(f"{name} = {value!r} is unknown: accepted are {', '.join(words)}")
    return str(value)


def quotient(whole_name: str, whole: Dimension, part_name: str, part: Dimension) -> Dimension:
    """Return ``whole / part``, exact: for numbers ``part`` must divide ``whole``; symbols give the symbolic quotient."""
    if isinstance(part, int) and part < 1:
        raise DeriveError(f"{part_name} = {part} is too small to divide {whole_name} = {whole}: it must be at least 1")
    if isinstance(whole, int) and isinstance(part, int):
        if whole % part:
            raise DeriveError(f"{part_name} = {part} does not divide {whole_name} = {whole}: {whole} / {part} is no integer")
        return whole // part
    return whole / part


def product(factors: Iterable[Dimension]) -> Dimension:
    """Return the product of sizes; the empty product is 1 (a scalar tensor has one entry)."""
    result: Dimension = 1
    for factor in factors:
        result = result * factor
    return result
