"""A network laid out: each layer with the shape it gets, the shape it gives, the tensors it owns and the multiplications it does.

Shapes are per example: the first size of the input is the number of examples and is kept apart. Sizes are integers or SymPy symbols (positive integers), so
that everything below is a number or a polynomial. Shapes and tensors are those of ``torch.nn``; a multiplication with its addition counts once, and only
products of a weight or of two activations count (biases, normalizations and activations do not), as is usual for "MACs".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Name
from derivations.networks import Branch, Encoder, Experts, Layer, LayerKind, Part, Repeat, Residual, Value, written
from derivations.topics.network.tensors import Dim, Tensor, Tensors, affine, joined, quotient, recurrent, scaled, statistics, tensor

Shape: TypeAlias = tuple[Dim, ...]
Window: TypeAlias = "tuple[tuple[Dim, ...], tuple[Dim, ...], tuple[tuple[Dim, Dim], ...], tuple[Dim, ...]]"
"""Kernel, stride, padding before and behind, spacing of the taps; one entry for each axis."""


@record
class Leaf:
    """One layer in its place. ``number``: which layer of the description it is, from 1. ``window``: what a convolution or a pooling reads.

    ``cache``: how many numbers an attention keeps for the tokens that come later, its keys and values. ``macs``: None where they are not counted.
    """

    layer: Layer
    number: int
    before: Shape
    after: Shape
    ledger: Tensors = ()
    macs: Dim | None = 0
    window: Window | None = None
    upsampling: bool = False
    cache: Dim = 0


@record
class Group:
    """A part that holds others. ``times``: how often its parameters are there; ``active``: how often it is computed with. ``join``: of a branch."""

    part: Part
    before: Shape
    after: Shape
    bodies: tuple[tuple[Placed, ...], ...]
    times: Dim = 1
    active: Dim = 1
    join: str = ""


Placed: TypeAlias = "Leaf | Group"


@record
class Layout:
    """A whole network, and the conditions under which its sizes are what they are ("H + 2 p >= 7")."""

    batch: Dim
    shape: Shape
    placed: tuple[Placed, ...]
    after: Shape
    conditions: tuple[tuple[Dim, Dim], ...]

    def leaves(self) -> Iterator[tuple[Leaf, Dim, Dim]]:
        """Every layer with how often its tensors are there and how often it is computed with."""
        yield from _leaves(self.placed, 1, 1)


def _leaves(placed: Sequence[Placed], times: Dim, active: Dim) -> Iterator[tuple[Leaf, Dim, Dim]]:
    for one in placed:
        if isinstance(one, Leaf):
            yield one, times, active
        else:
            for body in one.bodies:
                yield from _leaves(body, times * one.times, active * one.active)


class Planner:
    """Lays parts out one behind the other. ``sizes``: the symbol of each name."""

    def __init__(self, sizes: Mapping[Name, Dim]) -> None:
        self.sizes = sizes
        self.number = 0
        self.conditions: list[tuple[Dim, Dim]] = []
        self.embedding: tuple[str, Shape] | None = None
        self.memory: Shape | None = None
        self.beside = False
        """Whether this is an encoder, which reads its sequence once and keeps no keys and values."""
        self.axes = ""
        """Whether two sizes are channels and places ("channels") or tokens and features ("features"), as far as the layers so far say it."""

    def layout(self, shape: Sequence[int | Name], parts: Sequence[Part]) -> Layout:
        """Raises DeriveError at the first layer that does not fit."""
        batch, *rest = (self.size(s) for s in shape)
        if not rest:
            raise DeriveError("network: the input needs the number of examples and at least one size of an example, such as N,3,32,32")
        placed, after = self.run(parts, tuple(rest))
        return Layout(batch, tuple(rest), placed, after, tuple(dict.fromkeys(self.conditions)))

    def size(self, value: Value) -> Dim:
        return self.sizes[value] if isinstance(value, Name) else value

    def run(self, parts: Sequence[Part], shape: Shape) -> tuple[tuple[Placed, ...], Shape]:
        placed: list[Placed] = []
        for part in parts:
            found = self.part(part, shape)
            placed.append(found)
            shape = found.after
        return tuple(placed), shape

    def part(self, part: Part, shape: Shape) -> Placed:
        match part:
            case Layer():
                self.number += 1
                try:
                    leaf = _MEANINGS[part.kind.name](self, part, shape)
                except DeriveError as error:
                    raise DeriveError(f"network, layer {self.number} ({part.text}), which gets {shown(shape)}: {error}") from None
                self.axes = _axes_after(part, self.axes if len(shape) < 3 else "channels", leaf.after)
                return leaf
            case Repeat(times, body, shared):
                placed, after = self.run(body, shape)
                if not same(after, shape) and times != 1:
                    needs = f"one copy makes {shown(after)} of {shown(shape)}, and the next one needs {shown(shape)} again"
                    raise DeriveError(f"network: repeat {written(times)}: {needs}")
                count = self.size(times)
                return Group(part, shape, after, (placed,), 1 if shared else count, count)
            case Residual(body):
                placed, after = self.run(body, shape)
                if not same(after, shape):
                    mend = "branch [ ... | conv ... kernel 1 ] gives the input a map of its own"
                    raise DeriveError(f"network: residual: {shown(after)} cannot be added to the input {shown(shape)}; {mend}")
                return Group(part, shape, after, (placed,), join="add")
            case Branch(paths, join):
                known = self.axes
                bodies, ends, said = [], [], set()
                for path in paths:
                    self.axes = known
                    placed, after = self.run(path, shape)
                    bodies.append(placed)
                    ends.append(after)
                    said.update({self.axes} - {""})
                self.axes = known if len(said) != 1 else next(iter(said))
                after = self.joined(ends, join, said)
                return Group(part, shape, after, tuple(bodies), join=join.partition("-")[0])
            case Experts(count, active, body):
                return self.experts(part, self.size(count), self.size(active), body, shape)
            case Encoder(body, own, aside):
                sizes, outer, known = tuple(map(self.size, own)), self.beside, self.axes
                self.beside, self.axes = outer or not aside, "" if len(sizes) > 1 else known
                placed, after = self.run(body, (*sizes, *shape[1:]) if len(sizes) == 1 else sizes or shape)
                self.memory, self.beside, self.axes = self.memory if aside else after, outer, known
                return Group(part, shape, shape, (placed,))

    def joined(self, ends: Sequence[Shape], join: str, axes: set[str]) -> Shape:
        """What a join makes. Products stretch a size of 1, as the gates of squeeze and excitation do. ``axes``: what the branches say that the sizes are."""
        first = ends[0]
        join, _, told = join.partition("-")
        axis = self.along(ends, {told} if told else axes) if join == "concat" else 0
        for number, end in enumerate(ends[1:], 2):
            fits = len(end) == len(first) and all(
                same((a,), (b,)) or (join == "concat" and k == axis) or (join == "multiply" and 1 in (a, b))
                for k, (a, b) in enumerate(zip(end, first, strict=True))
            )
            if not fits:
                raise DeriveError(f"network: branch join {join}: branch 1 gives {shown(ends[0])} and branch {number} gives {shown(end)}")
            if join == "multiply":
                first = tuple(b if a == 1 else a for a, b in zip(first, end, strict=True))
        if join != "concat":
            return first
        self.axes = self.axes if len(first) != 2 else ("features" if axis else "channels")
        return (*first[:axis], sum(end[axis] for end in ends), *first[axis + 1 :])

    def channels(self, shape: Shape) -> int:
        """Which of these sizes is that of the channels, or of the features."""
        return 0 if len(shape) > 2 or self.axes == "channels" else len(shape) - 1

    def along(self, ends: Sequence[Shape], axes: set[str]) -> int:
        """Which axis a concatenation lengthens: the channels, which come first, or the features, which come last.

        Raises:
            DeriveError: nothing says which of two sizes they are, and both would do.
        """
        first = ends[0]
        if len(axes) == 1 or len(first) != 2:
            return len(first) - 1 if axes == {"features"} else 0
        differ = {k for end in ends if len(end) == 2 for k in (0, 1) if not same((end[k],), (first[k],))}
        if len(differ) == 1 and not axes:
            return differ.pop()
        if not differ:
            why = "its branches disagree" if axes else "nothing says"
            both = "channels and places (join concat-channels) or tokens and features (join concat-features)"
            raise DeriveError(f"network: branch join concat: {why} whether {shown(first)} are {both}")
        return 0

    def experts(self, part: Experts, count: Dim, active: Dim, body: Sequence[Part], shape: Shape) -> Placed:
        if isinstance(count, int) and isinstance(active, int) and active > count:
            raise DeriveError(f"network: experts {count} active {active}: no more can be active than there are")
        router = Leaf(_named("router"), self.number, shape, shape, affine(shape[-1], count, part.bias), _rows(shape) * shape[-1] * count)
        placed, after = self.run(body, shape)
        if not same(after, shape):
            raise DeriveError(f"network: experts: an expert makes {shown(after)} of {shown(shape)}; it must keep the shape")
        return Group(part, shape, after, ((router,), (Group(part, shape, after, (placed,), count, active),)))


def same(a: Shape, b: Shape) -> bool:
    return len(a) == len(b) and all(x == y or (not (isinstance(x, int) and isinstance(y, int)) and _equal(x, y)) for x, y in zip(a, b, strict=True))


def _equal(x: Dim, y: Dim) -> bool:
    import sympy as sp

    return bool(sp.expand(x - y) == 0)


def shown(shape: Shape) -> str:
    """A shape for people: ``64 x 32 x 32``."""
    return " x ".join(map(str, shape)) if shape else "a single number"


def _named(word: str) -> Layer:
    return Layer(LayerKind(word), {}, word)


def _rows(shape: Shape) -> Dim:
    """At how many places a map of the last axis is applied."""
    return math.prod(shape[:-1])


_CHANNELS = ("conv", "depthwise", "convtranspose", "maxpool", "avgpool", "globalpool", "upsample", "batchnorm", "groupnorm", "instancenorm", "shuffle")
_FEATURES = (
    *("embedding", "unembedding", "positions", "segments", "sinusoidal", "relativebias", "attention", "latentattention", "rnn", "lstm", "gru", "tokens"),
    *("classtoken", "tokenconv", "tokenshift", "fourier", "selective", "scan", "wkv", "merge"),
)
_LAST = ("linear", "bilinear", "feedforward", "glu", "layernorm", "rmsnorm")
"""They work on the last size, whatever it is."""


def _axes_after(layer: Layer, before: str, after: Shape) -> str:
    """What the sizes behind a layer are: a convolution reads channels and places, an attention tokens and features, and most layers leave it as it is."""
    name = layer.kind.name
    if len(after) < 2:
        return ""
    if name in _CHANNELS or (name == "layernorm" and layer["over"] == "channels"):
        return "channels"
    if name in _FEATURES or (name in _LAST and not before):
        return "features"
    return {"channels": "features"}.get(before, "channels") if name == "transpose" else before


# What each kind of layer means -----------------------------------------------------------------------------------------------------


def _axes(planner: Planner, layer: Layer, shape: Shape) -> int:
    if not 2 <= len(shape) <= 4:
        raise DeriveError(f"it needs channels and one to three axes, such as 3 x 32 x 32, and gets {len(shape)} size(s)")
    return len(shape) - 1


def _per_axis(planner: Planner, layer: Layer, name: str, axes: int, what: str = "axes") -> tuple[Dim, ...]:
    value = layer[name]
    values = value if isinstance(value, tuple) else (value,) * axes
    if len(values) != axes:
        raise DeriveError(f"{name} has {len(values)} numbers, and there are {axes} {what}")
    return tuple(planner.size(v) for v in values)


def _window(planner: Planner, layer: Layer, axes: int) -> Window:
    kernel = _per_axis(planner, layer, "kernel", axes)
    stride = kernel if layer["stride"] == "shape" else _per_axis(planner, layer, "stride", axes)
    spacing = _per_axis(planner, layer, "dilation", axes)
    if layer["padding"] == "same":
        if any(s != 1 for s in stride):
            raise DeriveError("padding same needs stride 1")
        spans = [d * (k - 1) for k, d in zip(kernel, spacing, strict=True)]
        padding = tuple((span // 2, span - span // 2) for span in spans)
    else:
        each = (0,) * axes if layer["padding"] == "valid" else _per_axis(planner, layer, "padding", axes)
        padding = tuple((p, p) for p in each)
    return kernel, stride, padding, spacing


def positions(planner: Planner, size: Dim, kernel: Dim, stride: Dim, padding: tuple[Dim, Dim], spacing: Dim) -> Dim:
    """How many places a window has: ``floor((H + 2p - d(K-1) - 1)/s) + 1`` where it fits at least once (Dumoulin and Visin, 2016)."""
    reach = spacing * (kernel - 1) + 1
    room = size + padding[0] + padding[1]
    if isinstance(room, int) and isinstance(reach, int):
        if room < reach:
            raise DeriveError(f"the window spans {reach} inputs and there are {room} with the padding")
    elif not (room - reach).is_nonnegative:
        planner.conditions.append((room, reach))
    if isinstance(room, int) and isinstance(reach, int) and isinstance(stride, int):
        return (room - reach) // stride + 1
    import sympy as sp

    return sp.floor(sp.expand(room - reach) / stride) + 1


def _moved(planner: Planner, shape: Shape, window: Window) -> Shape:
    kernel, stride, padding, spacing = window
    return tuple(positions(planner, n, k, s, p, d) for n, k, s, p, d in zip(shape[1:], kernel, stride, padding, spacing, strict=True))


def _ends(planner: Planner, layer: Layer, gets: Dim) -> tuple[Dim, Dim]:
    """In and out; Raises DeriveError where ``in`` is not what the layer gets."""
    wanted = gets if layer["in"] == "shape" else planner.size(layer["in"])
    if not same((wanted,), (gets,)):
        raise DeriveError(f"it takes {wanted} and gets {gets}")
    return wanted, gets if layer["out"] == "same" else planner.size(layer["out"])


def _conv(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    axes = _axes(planner, layer, shape)
    if layer.kind.name == "depthwise":
        c_in = c_out = groups = shape[0]
    else:
        (c_in, c_out), groups = _ends(planner, layer, shape[0]), planner.size(layer["groups"])
    window = _window(planner, layer, axes)
    ledger = affine(c_in, c_out, bool(layer["bias"]), groups, window[0], "channels")
    after = (c_out, *_moved(planner, shape, window))
    return Leaf(layer, planner.number, shape, after, ledger, ledger[0].entries * math.prod(after[1:]), window)


def _transposed(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    axes = _axes(planner, layer, shape)
    c_in, c_out = _ends(planner, layer, shape[0])
    kernel, stride, padding, spacing = _window(planner, layer, axes)
    extra = _per_axis(planner, layer, "output_padding", axes)
    groups = planner.size(layer["groups"])
    quotient("in_channels", c_in, "groups", groups)
    ledger = tensor("weight", c_in, quotient("out_channels", c_out, "groups", groups), *kernel) + (tensor("bias", c_out) if layer["bias"] else ())
    sizes = tuple(
        (n - 1) * s - p[0] - p[1] + d * (k - 1) + e + 1 for n, k, s, p, d, e in zip(shape[1:], kernel, stride, padding, spacing, extra, strict=True)
    )
    for size in sizes:
        if isinstance(size, int) and size < 1:
            raise DeriveError(f"its output would have the size {size}")
    macs = ledger[0].entries * math.prod(shape[1:])
    return Leaf(layer, planner.number, shape, (c_out, *sizes), ledger, macs, (kernel, stride, padding, spacing), upsampling=True)


def _pool(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    window = _window(planner, layer, _axes(planner, layer, shape))
    for k, p in zip(window[0], window[2], strict=True):
        if isinstance(k, int) and isinstance(p[0], int) and 2 * p[0] > k:
            raise DeriveError(f"padding {p[0]} is more than half the kernel {k}")
    return Leaf(layer, planner.number, shape, (shape[0], *_moved(planner, shape, window)), window=window)


def _global_pool(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    axes = _axes(planner, layer, shape)
    return Leaf(layer, planner.number, shape, (shape[0], *_per_axis(planner, layer, "size", axes)))


def _upsample(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    _axes(planner, layer, shape)
    factor = planner.size(layer["factor"])
    return Leaf(layer, planner.number, shape, (shape[0], *(n * factor for n in shape[1:])))


def _keeps(ledger: Callable[[Planner, Layer, Shape], Tensors], macs: Dim | None = 0) -> Callable[[Planner, Layer, Shape], Leaf]:
    """A layer that keeps the shape."""
    return lambda planner, layer, shape: Leaf(layer, planner.number, shape, shape, ledger(planner, layer, shape), macs)


def _flatten(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    return Leaf(layer, planner.number, shape, (math.prod(shape),))


def _linear(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    n_in, n_out = _ends(planner, layer, shape[-1])
    ledger, rank = affine(n_in, n_out, bool(layer["bias"]), planner.size(layer["groups"])), planner.size(layer["lora"])
    macs = ledger[0].entries
    if rank != 0:  # W + B A (Hu et al. 2021)
        ledger += tensor("lora_A", rank, n_in) + tensor("lora_B", n_out, rank)
        macs += rank * (n_in + n_out)
    return Leaf(layer, planner.number, shape, (*shape[:-1], n_out), ledger, _rows(shape) * macs)


def _take(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """One of several equal parts of the channels."""
    axis, part, of = planner.channels(shape), planner.size(layer["part"]), planner.size(layer["of"])
    if isinstance(part, int) and isinstance(of, int) and part > of:
        raise DeriveError(f"there is no part {part} of {of}")
    return Leaf(layer, planner.number, shape, (*shape[:axis], quotient("channels", shape[axis], "of", of), *shape[axis + 1 :]))


def _shuffle(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """Channels in ``groups`` rows, read column by column (Zhang et al. 2018)."""
    quotient("channels", shape[planner.channels(shape)], "groups", planner.size(layer["groups"]))
    return Leaf(layer, planner.number, shape, shape)


def _transpose(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    return Leaf(layer, planner.number, shape, _sequence(shape, "it exchanges tokens and features of")[::-1])


def _merge(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """Tokens that lie together become one, as wide as all of them."""
    (tokens, width), places = _sequence(shape, "it merges tokens of"), planner.size(layer["places"])
    return Leaf(layer, planner.number, shape, (quotient("tokens", tokens, "places", places), places * width))


def _embedding(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    if len(shape) != 1:
        raise DeriveError("an embedding reads a sequence of tokens, such as the input N,T")
    table = planner.size(layer["vocabulary"]), planner.size(layer["width"])
    if layer["tied"]:
        ledger: Tensors = (Tensor("weight", table, tied_to=_shared(planner, table)),)
    else:
        ledger, planner.embedding = tensor("weight", *table), (f"layer {planner.number}", table)
    return Leaf(layer, planner.number, shape, (shape[0], table[1]), ledger)


def _shared(planner: Planner, table: Shape) -> str:
    """The layer whose table this one is. Raises DeriveError where there is none of this size."""
    if planner.embedding is None or not same(planner.embedding[1], table):
        there = "there is none before it" if planner.embedding is None else f"the one before it is {shown(planner.embedding[1])}"
        raise DeriveError(f"it shares the weights of an embedding of {shown(table)}, and {there}; tied false gives it its own")
    return planner.embedding[0]


def _unembedding(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    table = planner.size(layer["vocabulary"]), shape[-1]
    ledger = affine(table[1], table[0], bool(layer["bias"]))
    if layer["tied"]:
        ledger = (Tensor("weight", table, tied_to=_shared(planner, table)), *ledger[1:])
    return Leaf(layer, planner.number, shape, (*shape[:-1], table[0]), ledger, _rows(shape) * math.prod(table))


def _sequence(shape: Shape, what: str) -> Shape:
    if len(shape) != 2:
        raise DeriveError(f"{what} a sequence of vectors, such as T x D")
    return shape


def _tokens(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    _axes(planner, layer, shape)
    return Leaf(layer, planner.number, shape, (math.prod(shape[1:]), shape[0]))


def _class_token(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    tokens, width = _sequence(shape, "a learned token is put before")
    return Leaf(layer, planner.number, shape, (tokens + 1, width), tensor("token", width))


def _one_token(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    return Leaf(layer, planner.number, shape, _sequence(shape, "it reads")[1:])


def _segments(planner: Planner, layer: Layer, shape: Shape) -> Tensors:
    return tensor("weight", planner.size(layer["kinds"]), _sequence(shape, "a table of segments is added to")[1])


def _relative(planner: Planner, layer: Layer, shape: Shape) -> Tensors:
    return tensor("weight", planner.size(layer["buckets"]), planner.size(layer["heads"]))


def _positions(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    length = planner.size(layer["length"])
    _sequence(shape, "a table of positions is added to")
    if isinstance(length, int) and isinstance(shape[0], int) and shape[0] > length:
        raise DeriveError(f"it holds {length} positions and the sequence has {shape[0]}")
    return Leaf(layer, planner.number, shape, shape, tensor("weight", length, shape[1]))


def _relative_map(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """A map of the vectors of relative positions, which layers share, and its products with the tokens."""
    tokens, width = _sequence(shape, "a map of relative positions is beside")
    rows = 2 * tokens if layer["rows"] == "shape" else planner.size(layer["rows"])
    return Leaf(layer, planner.number, shape, shape, affine(width, width, bool(layer["bias"])), rows * width * (width + tokens))


def _attention(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """Queries, keys, values and the output map, as separate linear maps; ``kv`` heads of keys and values; ``cross``: tokens that are attended to instead."""
    tokens, width = _sequence(shape, "attention reads")
    heads = planner.size(layer["heads"])
    kv = heads if layer["kv"] == "shape" else planner.size(layer["kv"])
    if layer["size"] != "shape":
        size = planner.size(layer["size"])
    elif isinstance(width, int) and isinstance(heads, int):
        if width % heads:
            raise DeriveError(f"{heads} heads do not divide the width {width}; size gives a head a size of its own")
        size = width // heads
    else:
        size = width / heads
    if isinstance(heads, int) and isinstance(kv, int) and heads % kv:
        raise DeriveError(f"kv {kv} does not divide the {heads} heads")
    bias = bool(layer["bias"])
    crossed = layer["cross"]
    if crossed == "memory":
        if planner.memory is None or len(planner.memory) != 2:
            raise DeriveError("cross memory attends to what an encoder [ ... ] before it makes, and there is none")
        seen, other = planner.memory
    else:
        seen, other = (tokens if crossed == 0 else planner.size(crossed)), width
    asked, learned = tokens, planner.size(layer["queries"])
    if learned != 0:
        asked = learned
    wide = [other if layer[name] == "shape" else planner.size(layer[name]) for name in ("width", "value_width")]
    if layer["value_width"] == "shape":
        wide[1] = wide[0]
    inner, shared = _whole(heads * size), _whole(kv * size)
    groups = _per_axis(planner, layer, "groups", 4, "maps")
    key_bias, out_bias = (bias if layer[name] == "shape" else bool(layer[name]) for name in ("key_bias", "out_bias"))
    q, k, v = affine(width, inner, bias, groups[0]), affine(wide[0], shared, key_bias, groups[1]), affine(wide[1], shared, bias, groups[2])
    out = affine(inner, width, out_bias, groups[3]) if layer["output"] else ()
    ledger = joined(q=q, k=k, v=v, out=out) + _norms_of_heads(str(layer["qk_norm"]), size, inner, shared)
    reach = seen if layer["window"] == "shape" else planner.size(layer["window"])
    macs = asked * (q[0].entries + (out[0].entries if out else 0)) + seen * (k[0].entries + v[0].entries)
    if learned != 0:
        ledger += tensor("queries", learned, width)
    if layer["sinks"]:
        ledger += tensor("sinks", heads)
    if layer["bias_kv"]:
        ledger, reach = ledger + tensor("bias_k", 1, 1, shared) + tensor("bias_v", 1, 1, shared), reach + 1
    if layer["value_kernel"] != 0:  # a filter for each head, along the tokens
        taps = planner.size(layer["value_kernel"])
        ledger, macs = ledger + tensor("value_conv", heads, 1, taps, 1), macs + seen * shared * taps
    after = (asked, width if layer["output"] else inner)
    return Leaf(layer, planner.number, shape, after, ledger, _whole(macs + 2 * asked * reach * inner), cache=0 if planner.beside else _whole(2 * seen * shared))


def _latent_attention(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """Keys and values, and where ``query_latent`` says so queries, are made of few numbers, which alone are kept (DeepSeek-AI 2024)."""
    tokens, width = _sequence(shape, "attention reads")
    heads, latent, few, size, rotary, value = (planner.size(layer[name]) for name in ("heads", "latent", "query_latent", "size", "rotary", "value"))
    bias, inner = bool(layer["bias"]), heads * (size + rotary)
    q = joined(down=affine(width, few, bias), norm=scaled(few, bias=False), up=affine(few, inner, False)) if few != 0 else affine(width, inner, False)
    kv = joined(down=affine(width, latent + rotary, bias), norm=scaled(latent, bias=False), up=affine(latent, heads * (size + value), False))
    ledger = joined(q=q, kv=kv, out=affine(heads * value, width, bias))
    macs = tokens * sum(one.entries for one in ledger if len(one.shape) > 1) + tokens * tokens * heads * (size + rotary + value)
    return Leaf(layer, planner.number, shape, shape, ledger, _whole(macs), cache=0 if planner.beside else _whole(tokens * (latent + rotary)))


def _token_conv(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """A convolution along the tokens; as many go out as come in."""
    tokens, width = _sequence(shape, "it reads")
    ledger = affine(width, width, bool(layer["bias"]), planner.size(layer["groups"]), (planner.size(layer["kernel"]),), "channels")
    return Leaf(layer, planner.number, shape, shape, ledger, tokens * ledger[0].entries)


def _selective(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """A selective state space: inputs, outputs and steps of the recurrence are made of each token (Gu and Dao 2023)."""
    width, state, rank = _sequence(shape, "it reads")[1], planner.size(layer["state"]), planner.size(layer["rank"])
    ledger = joined(x=affine(width, rank + 2 * state, False), dt=affine(rank, width)) + tensor("A_log", width, state) + tensor("D", width)
    return Leaf(layer, planner.number, shape, shape, ledger, None)


def _scan(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """The recurrence of state spaces whose decay is one number for each head; it gets values, inputs and outputs of the state, and steps (Dao and Gu 2024)."""
    (tokens, width), heads = _sequence(shape, "it reads"), planner.size(layer["heads"])
    after = width - 2 * planner.size(layer["groups"]) * planner.size(layer["state"]) - heads
    if isinstance(after, int) and after < 1:
        raise DeriveError("nothing is left of its width for the values")
    return Leaf(layer, planner.number, shape, (tokens, after), tensor("dt_bias", heads) + tensor("A_log", heads) + tensor("D", heads), None)


def _wkv(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """A decaying mean of values weighted by their keys, made of a token and the one before it (Peng et al. 2023)."""
    (tokens, width), inner = _sequence(shape, "it reads"), shape[-1] if layer["out"] == "same" else planner.size(layer["out"])
    ledger = joined(key=affine(width, inner, False), value=affine(width, inner, False)) + tensor("mix_key", width) + tensor("mix_value", width)
    return Leaf(layer, planner.number, shape, (tokens, inner), ledger + tensor("decay", inner) + tensor("first", inner), None)


def _norms_of_heads(which: str, size: Dim, queries: Dim, keys: Dim) -> Tensors:
    """The normalization of queries and keys: of each head by itself, with scales of its own (``heads``), or of all heads at once (``wide``)."""
    bias = which == "layernorm"
    widths = {"none": None, "rmsnorm-wide": (queries, keys), "layernorm-heads": (queries, keys)}.get(which, (size, size))
    return () if widths is None else joined(q_norm=scaled(widths[0], bias=bias), k_norm=scaled(widths[1], bias=bias))


def _whole(value: Dim) -> Dim:
    """``h (D/h)`` is D."""
    if isinstance(value, int):
        return value
    import sympy as sp

    return sp.expand(value)


def _feedforward(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    width, hidden, bias = shape[-1], planner.size(layer["hidden"]), bool(layer["bias"])
    given = width if layer["width"] == "shape" else planner.size(layer["width"])
    if not same((given,), (width,)):
        raise DeriveError(f"it takes {given} and gets {width}")
    maps = {"up": affine(width, hidden, bias), "down": affine(hidden, width, bias)}
    if layer.kind.name == "glu":
        maps = {"gate": affine(width, hidden, bias), **maps}
    return Leaf(layer, planner.number, shape, shape, joined(**maps), _rows(shape) * len(maps) * width * hidden)


def _recurrent(gates: int) -> Callable[[Planner, Layer, Shape], Leaf]:
    def meaning(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
        _sequence(shape, "a recurrent layer reads")
        inputs, hidden = _ends(planner, layer, shape[-1])
        layers, both, projected = planner.size(layer["layers"]), bool(layer["bidirectional"]), planner.size(layer["projection"])
        if projected != 0 and gates != 4:
            raise DeriveError("a projection is a field of lstm alone")
        ledger = recurrent(gates, inputs, hidden, layers, bool(layer["bias"]), both, projected)
        weights = sum((t.entries for t in ledger if len(t.shape) > 1), 0)
        width = (hidden if projected == 0 else projected) * (2 if both else 1)
        return Leaf(layer, planner.number, shape, (shape[0], width), ledger, shape[0] * weights)

    return meaning


def _channel_norm(planner: Planner, layer: Layer, shape: Shape) -> Tensors:
    if layer.kind.name == "groupnorm":
        quotient("channels", shape[0], "groups", planner.size(layer["groups"]))
    kept = statistics(shape[0]) if layer.kind.name != "groupnorm" and layer["statistics"] else ()
    return scaled(shape[0], affine=bool(layer["affine"])) + kept


def _layer_norm(planner: Planner, layer: Layer, shape: Shape) -> Tensors:
    axes, rms = planner.size(layer["axes"]), layer.kind.name == "rmsnorm"
    if not isinstance(axes, int) or axes > len(shape):
        raise DeriveError(f"axes = {axes} is not accepted; it gets {len(shape)}")
    over = shape[:1] if not rms and layer["over"] == "channels" else shape[len(shape) - axes :]
    return scaled(*over, bias=not rms and bool(layer["bias"]), affine=bool(layer["affine"]))


def _bilinear(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    """Products of the first ``left`` numbers and the others."""
    left, out = planner.size(layer["left"]), planner.size(layer["out"])
    right = shape[-1] - left
    if isinstance(right, int) and right < 1:
        raise DeriveError(f"left {left} leaves nothing of {shape[-1]}")
    ledger = tensor("weight", out, left, right) + (tensor("bias", out) if layer["bias"] else ())
    return Leaf(layer, planner.number, shape, (*shape[:-1], out), ledger, _rows(shape) * out * left * (right + 1))


def _learned(planner: Planner, layer: Layer, shape: Shape) -> Tensors:
    value = layer["shape"]
    return tensor("weight", *map(planner.size, value if isinstance(value, tuple) else (value,)))


_NONE = _keeps(lambda planner, layer, shape: ())
_MEANINGS: Mapping[str, Callable[[Planner, Layer, Shape], Leaf]] = {
    "conv": _conv, "depthwise": _conv, "convtranspose": _transposed, "maxpool": _pool, "avgpool": _pool, "globalpool": _global_pool, "upsample": _upsample,
    **dict.fromkeys(("batchnorm", "groupnorm", "instancenorm"), _keeps(_channel_norm)), **dict.fromkeys(("layernorm", "rmsnorm"), _keeps(_layer_norm)),
    **dict.fromkeys(("firsttoken", "meantoken", "sumtoken", "maxtoken"), _one_token), "bilinear": _bilinear,
    "activation": _NONE, "dropout": _NONE, "sinusoidal": _NONE, "flatten": _flatten, "linear": _linear,
    "take": _take, "shuffle": _shuffle, "merge": _merge, "transpose": _transpose,
    "tokens": _tokens, "classtoken": _class_token, "segments": _keeps(_segments),
    "relativebias": _keeps(_relative), "scale": _keeps(lambda planner, layer, shape: tensor("weight", shape[planner.channels(shape)])),
    "prelu": _keeps(lambda planner, layer, shape: tensor("weight", planner.size(layer["slopes"]))), "learned": _keeps(_learned),
    "embedding": _embedding, "unembedding": _unembedding, "positions": _positions, "attention": _attention, "feedforward": _feedforward, "glu": _feedforward,
    "relativemap": _relative_map, "latentattention": _latent_attention, "tokenconv": _token_conv, "selective": _selective, "scan": _scan, "wkv": _wkv,
    "tokenshift": _keeps(lambda planner, layer, shape: tensor("mix", shape[-1])), "fourier": _keeps(lambda planner, layer, shape: (), None),
    "rnn": _recurrent(1), "lstm": _recurrent(4), "gru": _recurrent(3),
}  # fmt: skip

__all__ = ["Dim", "Group", "Layout", "Leaf", "Placed", "Planner", "Shape", "shown"]
