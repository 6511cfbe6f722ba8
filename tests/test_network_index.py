"""Index expressions of convolutions, against what PyTorch's layers read: a one in the input and in one tap of each layer."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from derivations import network
from derivations.kernel.verdict import Strength
from derivations.language.errors import DeriveError

torch = pytest.importorskip("torch")
nn = torch.nn

CHAINS: dict[str, tuple[str, list[tuple[int, int, int, int]]]] = {
    "one": ("conv 1->1 kernel 3 stride 2 padding 1", [(3, 2, 1, 1)]),
    "dilated": ("conv 1->1 kernel 3 dilation 2 padding 2; relu; conv 1->1 kernel 2", [(3, 1, 2, 2), (2, 1, 0, 1)]),
    "strided": ("conv 1->1 kernel 5 stride 2 padding 2; conv 1->1 kernel 3 stride 3 padding 1 dilation 2", [(5, 2, 2, 1), (3, 3, 1, 2)]),
    "three": ("repeat 2 [ conv 1->1 kernel 3 padding 1 ]; avgpool 2", [(3, 1, 1, 1), (3, 1, 1, 1), (2, 2, 0, 1)]),
}


@pytest.mark.parametrize("name", CHAINS)
def test_taps_read_what_convolutions_read(name: str) -> None:
    layers, windows = CHAINS[name]
    found = network(input="1,1,30", layers=layers, ask="index")
    assert found.evidence.strength is Strength.PROVED
    value = found.answer.value
    letters: dict[str, Any] = {str(f): f for f in functions(value)}
    for taps in itertools.product(*(range(1, kernel + 1) for kernel, *_ in windows)):
        x = torch.arange(1.0, 31, dtype=torch.float64).reshape(1, 1, -1)  # each input says its place; padding says nothing
        ones = torch.ones_like(x)
        for (kernel, stride, padding, dilation), tap in zip(windows, taps, strict=True):
            weight = torch.zeros(1, 1, kernel, dtype=torch.float64)
            weight[0, 0, tap - 1] = 1
            x, ones = (nn.functional.conv1d(t, weight, None, stride, padding, dilation) for t in (x, ones))
        for place in range(x.shape[-1]):
            if ones[0, 0, place] == 1:
                at = {letters[f"i({len(windows)})"]: place + 1, **{letters[f"k({n})"]: tap for n, tap in enumerate(taps, 1)}}
                assert int(value.subs(at)) == int(x[0, 0, place])


def functions(value: Any) -> set[Any]:
    from sympy.core.function import AppliedUndef

    return set(value.atoms(AppliedUndef))


def test_axes_that_differ_have_expressions_of_their_own() -> None:
    found = network(input="N,3,32,32", layers="conv 3->8 kernel 3x5 stride 1x2", ask="index")
    assert [str(v) for v in found.answer.value] == ["i(1) + k(1) - 1", "2*i(1) + k(1) - 2"]


def test_letters_that_are_sizes_are_left_alone() -> None:
    found = network(input="N,c,k", layers="conv c->m kernel i stride s padding p; conv m->m kernel 3", ask="index")
    assert found.evidence.strength is Strength.PROVED


@pytest.mark.parametrize(("layers", "said"), [
    ("residual [ conv 3->3 kernel 3 padding 1 ]", "network: index: a tap of a residual part or a branch reads along several paths; describe one of them"),
    ("repeat L [ conv 3->3 kernel 1 ]", "network: index: L copies of layers with windows need their number; put one in"),
    ("convtranspose 3->4 kernel 2", "network: index: layer 1 (convtranspose 3->4 kernel 2) is not a window that moves over its input"),
    ("relu", "network: index: no layer reads more than one place; a convolution or a pooling does"),
])  # fmt: skip
def test_what_has_no_index_expression_is_said(layers: str, said: str) -> None:
    with pytest.raises(DeriveError) as caught:
        network(input="N,3,9,9", layers=layers, ask="index")
    assert str(caught.value) == said
