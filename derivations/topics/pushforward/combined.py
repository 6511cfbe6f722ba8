"""One function of several independent variables."""

from __future__ import annotations

from typing import Any

from derivations.language.errors import DeriveError
from derivations.problem import Problem


def combined(base: str, map: str, let: str, *rest: Any) -> Problem:
    raise DeriveError("not yet")
