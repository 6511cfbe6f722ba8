"""What a scorer yields for every case of a reference file."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """Whether one case agrees with the reference file; ``detail`` says where it differs (empty where it agrees)."""

    case_id: str
    agrees: bool
    detail: str
