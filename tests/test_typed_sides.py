"""What the topics print is what SymPy computed."""

from __future__ import annotations

import pytest
from typed_sides import recorded, sides

from derivations.catalogue import find
from derivations.language.quote import quote
from derivations.language.term import Name

DERIVED = (
    "convolution", "receptive-field", "conv-parameters", "residual-block", "bottleneck-block", "attention-parameters", "self-attention-equivariance",
    "epochs", "momentum",
)  # fmt: skip


@pytest.mark.parametrize("kind", DERIVED)
def test_no_right_side_is_typed(kind: str) -> None:
    typed, all_ = sides(find(kind))
    assert all_ > 5 and [side for _, side in typed] == []


def test_what_is_typed_is_seen() -> None:
    typed, all_ = sides(find("network"))
    assert 0 < len(typed) < all_, "networks are still written by hand in part"
    with recorded() as found:
        written = quote(3)
    assert written in found and Name("x") not in found
