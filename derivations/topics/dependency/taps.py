"""Which weight meets which input in one output of a convolution or a transposed convolution, on a finite input.

Positions are counted from 0 and kernels are not flipped (cross-correlation): output ``o`` of an axis is
``sum_k w[k] x[o s - p + k d]``; a transposed output ``o`` sums ``w[k] x[i]`` over all ``i s - p + k d = o``. This is
what PyTorch's documentation of ``Conv*d`` and ``ConvTranspose*d`` defines, whose parameter names are used.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from derivations.language.errors import ParameterError
from derivations.language.record import record
from derivations.topics.dependency.axes import Pads, pads_per_axis, per_axis, whole


class PaddingMode(Enum):
    """What stands at the positions that padding adds."""

    ZEROS = "zeros"
    REFLECT = "reflect"
    REPLICATE = "replicate"
    CIRCULAR = "circular"

    def source(self, position: int, size: int) -> int | None:
        """The input position shown at ``position`` of an axis of ``size``; None where a zero stands."""
        if 0 <= position < size:
            return position
        match self:
            case PaddingMode.ZEROS:
                return None
            case PaddingMode.REFLECT:
                return -position if position < 0 else 2 * (size - 1) - position
            case PaddingMode.REPLICATE:
                return 0 if position < 0 else size - 1
            case PaddingMode.CIRCULAR:
                return position % size

    def largest(self, size: int) -> int | None:
        """The most positions this mode can add at one end of an axis of ``size``; None: any number."""
        match self:
            case PaddingMode.REFLECT:
                return size - 1
            case PaddingMode.CIRCULAR:
                return size
            case PaddingMode.ZEROS | PaddingMode.REPLICATE:
                return None


@record
class Axis:
    """One axis of a convolution: ``spacing`` is the distance between taps, ``padding`` = (before, after)."""

    kernel: int
    stride: int
    padding: Pads
    spacing: int
    mode: PaddingMode

    def output_size(self, what: str, size: int) -> int:
        """How many outputs an input of ``size`` gives.

        Raises:
            ParameterError: the padded input is shorter than the spread kernel, or too short for the padding mode.
        """
        largest = self.mode.largest(size)
        if largest is not None and max(self.padding) > largest:
            raise ParameterError(
                what,
                "padding",
                max(self.padding),
                f"at most {largest} for {self.mode.value} padding of {size} positions",
            )
        span = self.spacing * (self.kernel - 1) + 1
        room = size + sum(self.padding) - span
        if room < 0:
            least = max(1, span - sum(self.padding))
            raise ParameterError(what, "input_size", size, f"at least {least}: the kernel spans {span} positions")
        return room // self.stride + 1

    def sources(self, output: int, size: int) -> tuple[tuple[int, int], ...]:
        """Pairs (tap, input position) of one output, first tap first; taps on zeros are left out."""
        first = output * self.stride - self.padding[0]
        reads = ((tap, self.mode.source(first + tap * self.spacing, size)) for tap in range(self.kernel))
        return tuple((tap, position) for tap, position in reads if position is not None)


@record
class TransposedAxis:
    """One axis of a transposed convolution: ``padding`` outputs dropped at each end, ``extra`` added at the far end."""

    kernel: int
    stride: int
    padding: int
    spacing: int
    extra: int

    def output_size(self, what: str, size: int) -> int:
        """How many outputs an input of ``size`` gives.

        Raises:
            ParameterError: the padding drops every output.
        """
        outputs = (size - 1) * self.stride - 2 * self.padding + self.spacing * (self.kernel - 1) + self.extra + 1
        if outputs < 1:
            raise ParameterError(
                what, "padding", self.padding, f"small enough to leave an output (it leaves {outputs})"
            )
        return outputs

    def sources(self, output: int, size: int) -> tuple[tuple[int, int], ...]:
        """Pairs (tap, input position) of one output, first tap first."""
        found: list[tuple[int, int]] = []
        for tap in range(self.kernel):
            position, rest = divmod(output + self.padding - tap * self.spacing, self.stride)
            if rest == 0 and 0 <= position < size:
                found.append((tap, position))
        return tuple(found)


class Pair(NamedTuple):
    """A weight and the input it is multiplied with: full indices, ``(channel, spatial...)`` for the input."""

    weight: tuple[int, ...]
    input: tuple[int, ...]


@record
class Convolution:
    """A (transposed) convolution of ``len(axes)`` spatial axes.

    ``pad_before`` is zero padding put around the input first, of which a negative number removes positions. The weight
    has shape ``(out_channels, in_channels / groups, *kernel)``, and ``(in_channels, out_channels / groups, *kernel)``
    where transposed.
    """

    name: str
    in_channels: int
    out_channels: int
    groups: int
    axes: tuple[Axis | TransposedAxis, ...]
    pad_before: tuple[Pads, ...]

    @property
    def transposed(self) -> bool:
        """Whether this is a transposed convolution."""
        return isinstance(self.axes[0], TransposedAxis)

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """The shape of the weight."""
        kernel = tuple(axis.kernel for axis in self.axes)
        if self.transposed:
            return (self.in_channels, self.out_channels // self.groups, *kernel)
        return (self.out_channels, self.in_channels // self.groups, *kernel)

    def _padded(self, input_size: int | Sequence[int]) -> tuple[int, ...]:
        sizes = per_axis(self.name, "input_size", input_size, len(self.axes), 1)
        padded = tuple(size + sum(pads) for size, pads in zip(sizes, self.pad_before, strict=True))
        if min(padded) < 1:
            raise ParameterError(
                self.name, "explicit_pad_before", self.pad_before, f"such that something of {sizes} is left"
            )
        return padded

    def output_size(self, input_size: int | Sequence[int]) -> tuple[int, ...]:
        """The spatial size of the output, one number for each axis.

        Raises:
            ParameterError: the input is too small for the kernel, the cropping or the padding mode.
        """
        sizes = self._padded(input_size)
        return tuple(axis.output_size(self.name, size) for axis, size in zip(self.axes, sizes, strict=True))

    def pairs(self, output: Sequence[int], input_size: int | Sequence[int]) -> tuple[Pair, ...]:
        """The products that make up one output, each with coefficient 1, in the order of the weight's index.

        Args:
            output: ``(channel, spatial...)``.

        Raises:
            ParameterError: there is no such output, or `output_size` would raise.
        """
        outputs = (self.out_channels, *self.output_size(input_size))
        within = len(output) == len(outputs) and all(0 <= o < size for o, size in zip(output, outputs, strict=True))
        if not within:
            raise ParameterError(self.name, "output", tuple(output), f"an index (channel, spatial...) inside {outputs}")
        sizes = per_axis(self.name, "input_size", input_size, len(self.axes), 1)
        reads = [
            [(tap, at - pads[0]) for tap, at in axis.sources(o, padded) if 0 <= at - pads[0] < size]
            for axis, o, padded, pads, size in zip(
                self.axes, output[1:], self._padded(input_size), self.pad_before, sizes, strict=True
            )
        ]
        inputs, rest = self.in_channels // self.groups, self.out_channels // self.groups
        group, local = divmod(output[0], rest)
        found: list[Pair] = []
        for channel in range(inputs):
            source = group * inputs + channel
            lead = (source, local) if self.transposed else (output[0], channel)
            for combination in itertools.product(*reads):
                taps = tuple(tap for tap, _ in combination)
                found.append(Pair((*lead, *taps), (source, *(at for _, at in combination))))
        return tuple(found)


_KINDS: Mapping[str, tuple[int, bool]] = {
    "Conv1d": (1, False),
    "Conv2d": (2, False),
    "Conv3d": (3, False),
    "ConvTranspose1d": (1, True),
    "ConvTranspose2d": (2, True),
    "ConvTranspose3d": (3, True),
}
_NAMES = frozenset(
    ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode")
)


def torch_convolution(
    op: str, hyperparameters: Mapping[str, object], explicit_pad_before: object = None
) -> Convolution:
    """The convolution that ``torch.nn.<op>(**hyperparameters)`` would build, with the same defaults.

    Args:
        explicit_pad_before: zero padding ``[before, after]`` (for each axis) put around the input first; negative
            numbers crop.

    Raises:
        ParameterError: an unknown class or name, a missing one, or a value that makes no layer.
    """
    if op not in _KINDS:
        raise ParameterError("convolution", "op", op, f"one of {', '.join(_KINDS)}")
    ndim, transposed = _KINDS[op]
    names = _NAMES | {"output_padding"} if transposed else _NAMES
    for name in hyperparameters:
        if name not in names:
            raise ParameterError(op, "hyperparameters", name, f"one of {', '.join(sorted(names))}")
    for name in ("in_channels", "out_channels", "kernel_size"):
        if name not in hyperparameters:
            raise ParameterError(op, name, None, "given")
    given = hyperparameters.get
    inputs = whole(op, "in_channels", given("in_channels"), 1)
    outputs = whole(op, "out_channels", given("out_channels"), 1)
    groups = whole(op, "groups", given("groups", 1), 1)
    if inputs % groups or outputs % groups:
        shared = math.gcd(inputs, outputs)
        raise ParameterError(
            op, "groups", groups, f"a divisor of {shared}, which {inputs} and {outputs} channels share"
        )
    pads = ((0, 0),) * ndim
    if explicit_pad_before is not None:
        pads = pads_per_axis(op, "explicit_pad_before", explicit_pad_before, ndim)
    axes: tuple[Axis | TransposedAxis, ...]
    axes = _transposed_axes(op, ndim, hyperparameters) if transposed else _axes(op, ndim, hyperparameters)
    return Convolution(op, inputs, outputs, groups, axes, pads)


def _axes(op: str, ndim: int, given: Mapping[str, object]) -> tuple[Axis, ...]:
    kernel = per_axis(op, "kernel_size", given["kernel_size"], ndim, 1)
    stride = per_axis(op, "stride", given.get("stride", 1), ndim, 1)
    spacing = per_axis(op, "dilation", given.get("dilation", 1), ndim, 1)
    modes = {mode.value: mode for mode in PaddingMode}
    mode = given.get("padding_mode", "zeros")
    if not isinstance(mode, str) or mode not in modes:
        raise ParameterError(op, "padding_mode", mode, f"one of {', '.join(modes)}")
    padding = given.get("padding", 0)
    pads: tuple[Pads, ...]
    if padding == "valid":
        pads = ((0, 0),) * ndim
    elif padding == "same":
        if max(stride) > 1:
            raise ParameterError(op, "stride", given["stride"], "1 where padding is 'same'")
        totals = [d * (k - 1) for k, d in zip(kernel, spacing, strict=True)]
        pads = tuple((total // 2, total - total // 2) for total in totals)
    elif isinstance(padding, str):
        raise ParameterError(op, "padding", padding, "'same', 'valid', an integer or one for each axis")
    else:
        pads = tuple((pad, pad) for pad in per_axis(op, "padding", padding, ndim, 0))
    return tuple(Axis(*values, mode=modes[mode]) for values in zip(kernel, stride, pads, spacing, strict=True))


def _transposed_axes(op: str, ndim: int, given: Mapping[str, object]) -> tuple[TransposedAxis, ...]:
    if given.get("padding_mode", "zeros") != "zeros":
        raise ParameterError(op, "padding_mode", given["padding_mode"], "'zeros': there is nothing to pad")
    kernel = per_axis(op, "kernel_size", given["kernel_size"], ndim, 1)
    stride = per_axis(op, "stride", given.get("stride", 1), ndim, 1)
    spacing = per_axis(op, "dilation", given.get("dilation", 1), ndim, 1)
    padding = per_axis(op, "padding", given.get("padding", 0), ndim, 0)
    extra = per_axis(op, "output_padding", given.get("output_padding", 0), ndim, 0)
    for more, s, d in zip(extra, stride, spacing, strict=True):
        if more >= max(s, d):
            raise ParameterError(op, "output_padding", more, f"smaller than the stride {s} or the dilation {d}")
    return tuple(TransposedAxis(*values) for values in zip(kernel, stride, padding, spacing, extra, strict=True))
