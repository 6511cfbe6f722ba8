"""What the drawings of the problems show, computed from the problems' own terms: outputs, fields, counts, weights, curves.

A problem about symbols is drawn for a small instance, which the drawing names; one that is too large is not drawn, and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from derivations.figures import TOO_LARGE, Undrawn

P = ParamSpec("P")
T = TypeVar("T")


def drawable(make: Callable[P, T]) -> Callable[P, T | Undrawn]:
    """What a drawing shows, or that it is not drawn where its numbers are past the range of floats: a solution is never lost for its drawing."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T | Undrawn:
        try:
            return make(*args, **kwargs)
        except OverflowError:
            return Undrawn(TOO_LARGE)

    return made
