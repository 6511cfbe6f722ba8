"""What a layer does to positions, whatever it does to values: activations and normalisations move nothing.

Every layer but `Input`, `Merge` and `Pointwise` holds one number for each axis. Axes do not mix.
"""

from __future__ import annotations

from derivations.language.errors import ParameterError
from derivations.language.record import record
from derivations.topics.dependency.axes import Pads


def _check(what: str, least: int, **fields: tuple[int, ...]) -> None:
    lengths = {len(values) for values in fields.values()}
    for field, values in fields.items():
        if not values or len(lengths) > 1:
            raise ParameterError(what, field, values, "one number for each axis, as many as the other fields hold")
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ParameterError(what, field, value, f"an integer of at least {least}")


def _check_pads(what: str, axes: int, padding: tuple[Pads, ...]) -> None:
    if len(padding) != axes or any(len(pads) != 2 for pads in padding):
        raise ParameterError(what, "padding", padding, f"{axes} pair(s) (before, after)")


@record
class Input:
    """The signal."""


@record
class Pointwise:
    """Output ``o`` reads input ``o``: an activation, a normalisation."""


@record
class Merge:
    """Output ``o`` reads position ``o`` of every input: a sum, a product, a concatenation of channels."""


@record
class Window:
    """A convolution or a pooling: output ``o`` reads ``o stride - before + k dilation`` for ``0 <= k < kernel``.

    ``dilation`` is the distance between neighbouring taps; negative padding crops.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[Pads, ...]
    dilation: tuple[int, ...]

    def __post_init__(self) -> None:
        _check("window", 1, kernel=self.kernel, stride=self.stride, dilation=self.dilation)
        _check_pads("window", len(self.kernel), self.padding)


@record
class Transposed:
    """A transposed convolution: output ``o`` reads every ``i`` with ``o = i stride - before + k dilation``."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[Pads, ...]
    dilation: tuple[int, ...]

    def __post_init__(self) -> None:
        _check("transposed convolution", 1, kernel=self.kernel, stride=self.stride, dilation=self.dilation)
        _check_pads("transposed convolution", len(self.kernel), self.padding)


@record
class Nearest:
    """Nearest-neighbour upsampling, or sub-pixel shuffling: output ``o`` reads ``o // factor``."""

    factor: tuple[int, ...]

    def __post_init__(self) -> None:
        _check("nearest upsampling", 1, factor=self.factor)


@record
class Bilinear:
    """Linear interpolation between pixel centres: output ``o`` reads the inputs around ``(o + 1/2) / factor - 1/2``.

    Where that point is an input itself, only this one is read (the other's weight is 0). This is what frameworks call
    "not aligning corners"; with aligned corners the positions depend on the size of the image.
    """

    factor: tuple[int, ...]

    def __post_init__(self) -> None:
        _check("linear upsampling", 1, factor=self.factor)


Layer = Input | Pointwise | Merge | Window | Transposed | Nearest | Bilinear


def axes_of(layer: Layer) -> int | None:
    """How many axes the layer's numbers are for; None where it holds none."""
    match layer:
        case Input() | Pointwise() | Merge():
            return None
        case Window(kernel=numbers) | Transposed(kernel=numbers) | Nearest(factor=numbers) | Bilinear(factor=numbers):
            return len(numbers)


def reads(layer: Layer, axis: int, output: int) -> tuple[int, ...]:
    """The positions of the layer's input that one output position reads along one axis (rising, unbounded signal)."""
    match layer:
        case Input() | Pointwise() | Merge():
            return (output,)
        case Window(kernel, stride, padding, dilation):
            first = output * stride[axis] - padding[axis][0]
            return tuple(range(first, first + kernel[axis] * dilation[axis], dilation[axis]))
        case Transposed(kernel, stride, padding, dilation):
            last = output + padding[axis][0]
            met = (divmod(last - tap * dilation[axis], stride[axis]) for tap in reversed(range(kernel[axis])))
            return tuple(position for position, rest in met if rest == 0)
        case Nearest(factor):
            return (output // factor[axis],)
        case Bilinear(factor):
            lower, rest = divmod(2 * output + 1 - factor[axis], 2 * factor[axis])
            return (lower,) if rest == 0 else (lower, lower + 1)
