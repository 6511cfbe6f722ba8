"""The tap formula of a 1-D convolution under the conventions that books and libraries use.

Tap ``j`` of output ``k`` reads the input at ``b - p + s (k - b) + d (j - b)``: ``b`` the number that counting starts
at, ``s`` the stride, ``d`` the distance between neighbouring taps and ``p`` the number of positions added before the
input.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from derivations.language.errors import ParameterError
from derivations.topics.dependency.axes import whole


class Dilation(Enum):
    """What a stated dilation counts."""

    SPACING = "the distance between neighbouring taps (1 for an ordinary convolution)"
    ZEROS = "the zeros between neighbouring taps (0 for an ordinary convolution)"


class Anchor(Enum):
    """Which tap meets the first input at the first output, where no padding is given."""

    LEFT = "the first tap"
    CENTRED = "the middle tap"


@dataclass(frozen=True)
class Convention:
    """How positions are counted: from 0 or 1, what dilation means, and where the kernel is anchored."""

    base: int = 0
    dilation: Dilation = Dilation.SPACING
    anchor: Anchor = Anchor.LEFT

    def __post_init__(self) -> None:
        if self.base not in (0, 1):
            raise ParameterError("convention", "base", self.base, "0 or 1")

    def spacing(self, dilation: int) -> int:
        """The distance between neighbouring taps for a stated dilation.

        Raises:
            ParameterError: a dilation that this convention does not allow.
        """
        match self.dilation:
            case Dilation.SPACING:
                return whole("convolution (dilation is the tap spacing)", "dilation", dilation, 1)
            case Dilation.ZEROS:
                return whole("convolution (dilation counts the zeros between taps)", "dilation", dilation, 0) + 1

    def padding(self, kernel: int, dilation: int) -> int:
        """Positions before the input that this anchor implies: none, or half the span of the kernel.

        Raises:
            ParameterError: a centred form of a kernel without a middle tap.
        """
        spacing = self.spacing(dilation)
        kernel = whole("convolution", "kernel", kernel, 1)
        match self.anchor:
            case Anchor.LEFT:
                return 0
            case Anchor.CENTRED:
                if kernel % 2 == 0:
                    raise ParameterError("centred convolution", "kernel", kernel, "odd, so that there is a middle tap")
                return spacing * (kernel - 1) // 2


def tap_position(
    convention: Convention,
    output: int,
    tap: int,
    *,
    kernel: int,
    stride: int = 1,
    dilation: int | None = None,
    padding: int | None = None,
) -> int:
    """The input position that a tap of an output reads; outside the input it lies in the padding.

    Args:
        output, tap: numbers from ``convention.base`` on.
        dilation: in the convention's meaning; omitted, the taps are neighbours.
        padding: positions before the input; omitted, the convention's anchor decides.

    Raises:
        ParameterError: a kernel, stride or dilation that makes no convolution, or a tap that the kernel has not.
    """
    base = convention.base
    if dilation is None:
        dilation = 1 if convention.dilation is Dilation.SPACING else 0
    spacing = convention.spacing(dilation)
    whole("convolution", "kernel", kernel, 1)
    whole("convolution", "stride", stride, 1)
    if not base <= tap < base + kernel:
        raise ParameterError("convolution", "tap", tap, f"from {base} to {base + kernel - 1}")
    shift = convention.padding(kernel, dilation) if padding is None else whole("convolution", "padding", padding)
    return base - shift + stride * (output - base) + spacing * (tap - base)


def taps_of_output(
    convention: Convention,
    output: int,
    *,
    kernel: int,
    stride: int = 1,
    dilation: int | None = None,
    padding: int | None = None,
) -> tuple[tuple[int, int], ...]:
    """The pairs (tap, input position) of one output on an unbounded signal, first tap first; see `tap_position`."""
    whole("convolution", "kernel", kernel, 1)
    taps = range(convention.base, convention.base + kernel)
    return tuple(
        (
            tap,
            tap_position(convention, output, tap, kernel=kernel, stride=stride, dilation=dilation, padding=padding),
        )
        for tap in taps
    )
