"""Receptive fields of networks by their exact dependency sets, carried forward from the input.

On an unbounded signal the set of input positions that output ``o`` of a node depends on repeats itself: ``period``
outputs further it is the same set, ``shift`` input positions further. So a node is known by the sets of one period, and
a layer makes the sets of its period from these by shifts and unions (Araujo, Norris and Sim, "Computing Receptive
Fields of Convolutional Neural Networks", Distill 2019, doi 10.23915/distill.00021, give the arithmetic of hulls; the
sets themselves also show holes, uncentred branches and upsampling). Where branches of different strides meet, no set
repeats: each rate ``shift / period`` is then kept apart.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from derivations.language.record import record
from derivations.topics.dependency.layers import (
    Bilinear,
    Input,
    Layer,
    Merge,
    Nearest,
    Pointwise,
    Transposed,
    Window,
    reads,
)
from derivations.topics.dependency.network import Network
from derivations.topics.dependency.positions import EMPTY, Positions


@record
class Track:
    """Sets that repeat: output ``o`` has ``phases[o % period]``, moved by ``shift`` for each whole period in ``o``."""

    shift: int
    phases: tuple[Positions, ...]

    @property
    def period(self) -> int:
        """Outputs after which the sets repeat, ``shift`` inputs further."""
        return len(self.phases)

    @property
    def rate(self) -> Fraction:
        """Input positions per output position."""
        return Fraction(self.shift, self.period)

    def at(self, output: int) -> Positions:
        """The set of one output, which may be any integer."""
        periods, phase = divmod(output, self.period)
        return self.phases[phase].shifted(periods * self.shift)

    def smallest_period(self) -> int:
        """The fewest outputs after which the sets repeat: a divisor of ``period``."""
        for period in range(1, self.period):
            if self.period % period or self.shift * period % self.period:
                continue
            step = self.shift * period // self.period
            if all(self.at(o + period) == self.phases[o].shifted(step) for o in range(self.period)):
                return period
        return self.period


class Phase(NamedTuple):
    """What one output depends on: first and last input position (None for no input), hull, number of positions."""

    output: int
    first: int | None
    last: int | None
    rf: int
    n_dependencies: int


class _Shape(NamedTuple):
    rf: int
    contiguous: bool
    n_dependencies: int


@dataclass(frozen=True)
class AxisField:
    """The receptive field of a node along one axis; ``tracks`` has one entry for each rate (usually there is one).

    A property is None where it is not the same for every output.
    """

    tracks: tuple[Track, ...]

    def dependencies(self, output: int) -> Positions:
        """The input positions that this output depends on (unbounded signal)."""
        found = EMPTY
        for track in self.tracks:
            found |= track.at(output)
        return found

    def phase(self, output: int) -> Phase:
        """First, last, hull and number of the input positions that this output depends on."""
        found = self.dependencies(output)
        if not found.bits:
            return Phase(output, None, None, 0, 0)
        return Phase(output, found.first, found.last, found.hull, len(found))

    @property
    def period(self) -> int | None:
        """Outputs after which the sets repeat: 1 without upsampling, None where branches have different strides."""
        return self.tracks[0].period if len(self.tracks) == 1 else None

    @property
    def shift(self) -> int | None:
        """Input positions by which the sets move in one period."""
        return self.tracks[0].shift if len(self.tracks) == 1 else None

    @property
    def smallest_period(self) -> int | None:
        """The fewest outputs after which the sets repeat; `period` is a multiple of it."""
        return self.tracks[0].smallest_period() if len(self.tracks) == 1 else None

    @property
    def phases(self) -> tuple[Phase, ...]:
        """A row for each output of one period, from output 0; none where nothing repeats."""
        return tuple(self.phase(output) for output in range(self.period or 0))

    @cached_property
    def settled(self) -> range:
        """Two periods of outputs beyond which branches of different strides read different parts of the signal."""
        length = 2 * math.lcm(*(track.period for track in self.tracks)) if self.tracks else 1
        start = max((last for _, last in self._meetings()), default=-1) + 1
        return range(start, start + length)

    def _meetings(self) -> Iterator[tuple[int, int]]:
        """For two rates each, between which outputs their sets can overlap or touch."""
        bounds = [_bounds(track) for track in self.tracks]
        for i, slow in enumerate(bounds):
            for fast in bounds[i + 1 :]:
                gap = fast.rate - slow.rate
                yield math.floor((slow.low - fast.high - 1) / gap), math.ceil((slow.high - fast.low + 1) / gap)

    @cached_property
    def _shapes(self) -> frozenset[_Shape]:
        """The shapes that occur: of one period, or of every output where rates meet and two periods on either side.

        The search ends early where no property can be the same for every output any more.
        """
        outputs: Iterable[int] = range(self.period or 1)
        if len(self.tracks) > 1:
            first = min(first for first, _ in self._meetings()) - len(self.settled)
            outputs = itertools.chain(self.settled, range(first, self.settled.start))
        shapes: set[_Shape] = set()
        for output in outputs:
            found = self.dependencies(output)
            shape = _Shape(found.hull, found.contiguous, len(found))
            if shape not in shapes:
                shapes.add(shape)
                if all(len(set(values)) > 1 for values in zip(*shapes, strict=True)):
                    break
        return frozenset(shapes)

    @property
    def rf(self) -> int | None:
        """The receptive field: last - first + 1 of the input positions that an output depends on."""
        values = {shape.rf for shape in self._shapes}
        return values.pop() if len(values) == 1 else None

    @property
    def contiguous(self) -> bool | None:
        """Whether every position of the hull is depended on."""
        values = {shape.contiguous for shape in self._shapes}
        return values.pop() if len(values) == 1 else None

    @property
    def n_dependencies(self) -> int | None:
        """How many input positions an output depends on."""
        values = {shape.n_dependencies for shape in self._shapes}
        return values.pop() if len(values) == 1 else None

    @property
    def effective_stride(self) -> int | None:
        """Input positions that the set moves by from one output to the next."""
        if self.smallest_period != 1:
            return None
        return self.tracks[0].shift // self.tracks[0].period

    @property
    def effective_padding(self) -> int | None:
        """Output 0 starts at input position ``-effective_padding``."""
        return None if self.smallest_period != 1 else -self.tracks[0].phases[0].first


@record
class Field:
    """The receptive field of a node: one entry for each axis, and whether all paths agree in stride and centre.

    ``centre_aligned`` is the condition under which the largest path alone gives the field (Araujo et al. 2019); where
    it is false, the numbers here are still exact. Under upsampling a path's centre is its mean over the outputs.
    """

    axes: tuple[AxisField, ...]
    centre_aligned: bool

    @property
    def rf(self) -> tuple[int | None, ...]:
        """The receptive field on each axis."""
        return tuple(axis.rf for axis in self.axes)

    @property
    def effective_stride(self) -> tuple[int | None, ...]:
        """The effective stride on each axis."""
        return tuple(axis.effective_stride for axis in self.axes)

    @property
    def effective_padding(self) -> tuple[int | None, ...]:
        """The effective padding on each axis."""
        return tuple(axis.effective_padding for axis in self.axes)

    @property
    def contiguous(self) -> tuple[bool | None, ...]:
        """Whether there are no holes, on each axis."""
        return tuple(axis.contiguous for axis in self.axes)

    @property
    def n_dependencies(self) -> tuple[int | None, ...]:
        """The number of positions depended on, on each axis."""
        return tuple(axis.n_dependencies for axis in self.axes)


class _Bounds(NamedTuple):
    rate: Fraction
    low: Fraction
    high: Fraction


def _bounds(track: Track) -> _Bounds:
    """All sets of the track lie in ``rate o + low .. rate o + high``."""
    held = [(found, track.rate * o) for o, found in enumerate(track.phases) if found.bits]
    return _Bounds(track.rate, min(f.first - x for f, x in held), max(f.last - x for f, x in held))


def _union(tracks: Iterable[Track]) -> AxisField:
    by_rate: dict[Fraction, Track] = {}
    for track in tracks:
        other = by_rate.setdefault(track.rate, track)
        if other is track:
            continue
        period = math.lcm(track.period, other.period)
        phases = tuple(track.at(o) | other.at(o) for o in range(period))
        by_rate[track.rate] = Track(int(track.rate * period), phases)
    return AxisField(tuple(by_rate[rate] for rate in sorted(by_rate) if any(p.bits for p in by_rate[rate].phases)))


def _through(layer: Layer, axis: int, track: Track) -> Track:
    """The sets of the layer's outputs, from those of its inputs."""
    match layer:
        case Input() | Pointwise() | Merge():
            return track
        case Window(_, stride, _, _):
            common = math.gcd(track.period, stride[axis])
            period = track.period // common
            phases = tuple(_window(layer, axis, track, output) for output in range(period))
            return Track(track.shift * stride[axis] // common, phases)
        case Transposed(stride=factor) | Nearest(factor=factor) | Bilinear(factor=factor):
            outputs = range(track.period * factor[axis])
            return Track(track.shift, tuple(_read(layer, axis, track, output) for output in outputs))


def _read(layer: Layer, axis: int, track: Track, output: int) -> Positions:
    found = EMPTY
    for position in reads(layer, axis, output):
        found |= track.at(position)
    return found


def _window(layer: Window, axis: int, track: Track, output: int) -> Positions:
    """As `_read`, but taps that read the same phase are equally spaced copies, made together."""
    kernel, dilation = layer.kernel[axis], layer.dilation[axis]
    first = output * layer.stride[axis] - layer.padding[axis][0]
    apart = track.period // math.gcd(track.period, dilation)
    step = track.shift * (apart * dilation // track.period)
    found = EMPTY
    for tap in range(min(apart, kernel)):
        copies = (kernel - tap - 1) // apart + 1
        found |= track.at(first + tap * dilation).repeated(step, copies)
    return found


_Centre = tuple[Fraction, Fraction]
"""A path's stride and offset: on the mean, output ``o`` is centred on input ``stride o + offset``."""


def _centre(layer: Layer, axis: int) -> _Centre:
    half = Fraction(1, 2)
    match layer:
        case Input() | Pointwise() | Merge():
            return Fraction(1), Fraction(0)
        case Window(kernel, stride, padding, dilation):
            return Fraction(stride[axis]), half * dilation[axis] * (kernel[axis] - 1) - padding[axis][0]
        case Transposed(kernel, stride, padding, dilation):
            offset = padding[axis][0] - half * dilation[axis] * (kernel[axis] - 1)
            return Fraction(1, stride[axis]), offset / stride[axis]
        case Nearest(factor) | Bilinear(factor):
            return Fraction(1, factor[axis]), Fraction(1 - factor[axis], 2 * factor[axis])


_Path = tuple[_Centre, ...]


def _along(path: _Path, layer: Layer) -> _Path:
    steps = (_centre(layer, axis) for axis in range(len(path)))
    return tuple((a * stride, a * offset + b) for (a, b), (stride, offset) in zip(path, steps, strict=True))


def _fields(network: Network, names: frozenset[str]) -> Iterator[tuple[str, Field]]:
    """The fields of these nodes in order; a node's sets are let go when its last reader has been through."""
    readers = Counter(name for node in network.order if node.name in names for name in set(node.inputs))
    known: dict[str, tuple[Field, frozenset[_Path]]] = {}
    for node in network.order:
        if node.name not in names:
            continue
        if isinstance(node.layer, Input):
            axis = AxisField((Track(1, (Positions.of(0),)),))
            axes: tuple[AxisField, ...] = (axis,) * network.ndim
            paths = frozenset({((Fraction(1), Fraction(0)),) * network.ndim})
        else:
            sources = [known[name] for name in node.inputs]
            axes = tuple(
                _union(_through(node.layer, axis, track) for source, _ in sources for track in source.axes[axis].tracks)
                for axis in range(network.ndim)
            )
            every = {_along(path, node.layer) for _, held in sources for path in held}
            paths = frozenset(sorted(every)[:2])  # layers map different paths to different ones: two are enough
        known[node.name] = (Field(axes, len(paths) == 1), paths)
        yield node.name, known[node.name][0]
        readers.subtract(set(node.inputs))
        for name in set(node.inputs):
            if not readers[name]:
                del known[name]


def receptive_field(network: Network, at: str | None = None) -> Field:
    """The receptive field of one node, exactly, of an output far from the border of the image.

    Args:
        at: the node asked about; omitted, the network's output.

    Raises:
        ParameterError: there is no such node.
        DeriveError: the sets would span more positions than are counted.
    """
    wanted = network.output if at is None else at
    field = None
    for name, found in _fields(network, network.before(wanted)):
        if name == wanted:
            field = found
    if field is None:
        raise RuntimeError(f"the node {wanted!r} was not reached")
    return field


def receptive_fields(network: Network) -> Mapping[str, Field]:
    """The receptive fields of all nodes by name, in the network's order; see `receptive_field`."""
    return dict(_fields(network, frozenset(node.name for node in network.nodes)))
