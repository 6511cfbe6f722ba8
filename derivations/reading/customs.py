"""What everybody means by certain letters when nobody says it; each use is recorded as an assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.reading.analysis import Analysis
from derivations.reading.prose import Formula
from derivations.reading.uses import Uses

if TYPE_CHECKING:
    from derivations.reading.judgements import Document


def add(analysis: Analysis, used: Uses, doc: Document, formulas: list[Formula]) -> None:
    """Add the customary facts that these formulas need."""
