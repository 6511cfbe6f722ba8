"""What the topics print is what SymPy computed."""

from __future__ import annotations

import pytest
from typed_sides import recorded, sides

from derivations.catalogue import KINDS, find
from derivations.language.quote import quote
from derivations.language.term import Name


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_no_right_side_is_typed(kind: str) -> None:
    typed, all_ = sides(find(kind))
    assert all_ > 5 and [side for _, side in typed] == []


def test_what_is_typed_is_seen() -> None:
    with recorded() as found:
        written = quote(3)
    assert written in found and Name("x") not in found
