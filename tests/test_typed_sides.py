"""What the topics print is what SymPy computed."""

from __future__ import annotations

import pytest
from typed_sides import recorded, sides

from derivations.catalogue import KINDS, find
from derivations.language.quote import quote
from derivations.language.term import Name

DERIVED = (
    "convolution", "receptive-field", "conv-parameters", "residual-block", "bottleneck-block", "attention-parameters", "self-attention-equivariance",
    "epochs", "momentum", "network",
)  # fmt: skip


@pytest.mark.parametrize("kind", DERIVED)
def test_no_right_side_is_typed(kind: str) -> None:
    typed, all_ = sides(find(kind))
    assert all_ > 5 and [side for _, side in typed] == []


MOST_TYPED = {"pushforward": 13}
"""How many right sides are still typed. These numbers only fall; a kind without any moves to the table above."""


def test_every_kind_is_counted() -> None:
    assert {*DERIVED, *MOST_TYPED} == {kind.name for kind in KINDS}


@pytest.mark.parametrize("kind", MOST_TYPED)
def test_no_more_right_sides_are_typed_than_were(kind: str) -> None:
    typed, all_ = sides(find(kind))
    assert 0 < len(typed) <= MOST_TYPED[kind] and len(typed) < all_


def test_what_is_typed_is_seen() -> None:
    with recorded() as found:
        written = quote(3)
    assert written in found and Name("x") not in found
