"""A network laid out: each layer with the shape it gets, the shape it gives, the tensors it owns and the multiplications it does.

Shapes are per example: the first size of the input is the number of examples and is kept apart. Sizes are integers or SymPy symbols (positive integers), so
that everything below is a number or a polynomial. Shapes and tensors are those of ``torch.nn``; a multiplication with its addition counts once, and only
products of a weight or of two activations count (biases, normalizations and activations do not), as is usual for "MACs".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.networks import Branch, Encoder, Experts, Layer, LayerKind, Part, Repeat, Residual, Value, written
from derivations.topics.parameters import linear, normalization, recurrent
from derivations.topics.parameters.ledger import Ledger, joined, parameter, tied

Dim: TypeAlias = Any
"""An ``int`` or a SymPy expression."""
Shape: TypeAlias = tuple[Dim, ...]
Window: TypeAlias = "tuple[tuple[Dim, ...], tuple[Dim, ...], tuple[tuple[Dim, Dim], ...], tuple[Dim, ...]]"
"""Kernel, stride, padding before and behind, spacing of the taps; one entry for each axis."""


NOTHING = Ledger()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One layer in its place. ``number``: which layer of the description it is, from 1. ``window``: what a convolution or a pooling reads.

    ``cache``: how many numbers an attention keeps for the tokens that come later, its keys and values.
    """

    layer: Layer
    number: int
    before: Shape
    after: Shape
    ledger: Ledger = NOTHING
    macs: Dim = 0
    window: Window | None = None
    upsampling: bool = False
    cache: Dim = 0


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
                    return _MEANINGS[part.kind.name](self, part, shape)
                except DeriveError as error:
                    raise DeriveError(f"network, layer {self.number} ({part.text}), which gets {shown(shape)}: {error}") from None
            case Repeat(times, body):
                placed, after = self.run(body, shape)
                if not same(after, shape) and times != 1:
                    needs = f"one copy makes {shown(after)} of {shown(shape)}, and the next one needs {shown(shape)} again"
                    raise DeriveError(f"network: repeat {written(times)}: {needs}")
                count = self.size(times)
                return Group(part, shape, after, (placed,), count, count)
            case Residual(body):
                placed, after = self.run(body, shape)
                if not same(after, shape):
                    mend = "branch [ ... | conv ... kernel 1 ] gives the input a map of its own"
                    raise DeriveError(f"network: residual: {shown(after)} cannot be added to the input {shown(shape)}; {mend}")
                return Group(part, shape, after, (placed,), join="add")
            case Branch(paths, join):
                bodies, ends = zip(*(self.run(path, shape) for path in paths), strict=True)
                return Group(part, shape, self.joined(ends, join), bodies, join=join)
            case Experts(count, active, body):
                return self.experts(part, self.size(count), self.size(active), body, shape)
            case Encoder(body, length):
                inside = shape if length is None else (self.size(length), *shape[1:])
                placed, self.memory = self.run(body, inside)
                return Group(part, shape, shape, (placed,))

    def joined(self, ends: Sequence[Shape], join: str) -> Shape:
        """What a join makes. Products stretch a size of 1, as the gates of squeeze and excitation do."""
        first = ends[0]
        axis = 0 if len(first) > 2 else len(first) - 1
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
        return (*first[:axis], sum(end[axis] for end in ends), *first[axis + 1 :])

    def experts(self, part: Experts, count: Dim, active: Dim, body: Sequence[Part], shape: Shape) -> Placed:
        if isinstance(count, int) and isinstance(active, int) and active > count:
            raise DeriveError(f"network: experts {count} active {active}: no more can be active than there are")
        router = Leaf(_named("router"), self.number, shape, shape, linear.linear(shape[-1], count, bias=False), _rows(shape) * shape[-1] * count)
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


# What each kind of layer means -----------------------------------------------------------------------------------------------------


def _axes(planner: Planner, layer: Layer, shape: Shape) -> int:
    if not 2 <= len(shape) <= 4:
        raise DeriveError(f"it needs channels and one to three axes, such as 3 x 32 x 32, and gets {len(shape)} size(s)")
    return len(shape) - 1


def _per_axis(planner: Planner, layer: Layer, name: str, axes: int) -> tuple[Dim, ...]:
    value = layer[name]
    values = value if isinstance(value, tuple) else (value,) * axes
    if len(values) != axes:
        raise DeriveError(f"{name} has {len(values)} numbers, and there are {axes} axes")
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
    ledger = linear.convolution(axes, c_in, c_out, list(window[0]), groups=groups, bias=bool(layer["bias"]))
    after = (c_out, *_moved(planner, shape, window))
    weights = ledger.tensors[0].size
    return Leaf(layer, planner.number, shape, after, ledger, weights * math.prod(after[1:]), window)


def _transposed(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    axes = _axes(planner, layer, shape)
    c_in, c_out = _ends(planner, layer, shape[0])
    kernel, stride, padding, spacing = _window(planner, layer, axes)
    extra = _per_axis(planner, layer, "output_padding", axes)
    ledger = linear.transposed_convolution(axes, c_in, c_out, list(kernel), groups=planner.size(layer["groups"]), bias=bool(layer["bias"]))
    sizes = tuple(
        (n - 1) * s - p[0] - p[1] + d * (k - 1) + e + 1 for n, k, s, p, d, e in zip(shape[1:], kernel, stride, padding, spacing, extra, strict=True)
    )
    for size in sizes:
        if isinstance(size, int) and size < 1:
            raise DeriveError(f"its output would have the size {size}")
    macs = ledger.tensors[0].size * math.prod(shape[1:])
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


def _keeps(ledger: Callable[[Planner, Layer, Shape], Ledger]) -> Callable[[Planner, Layer, Shape], Leaf]:
    """A layer that keeps the shape."""
    return lambda planner, layer, shape: Leaf(layer, planner.number, shape, shape, ledger(planner, layer, shape))


def _flatten(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    return Leaf(layer, planner.number, shape, (math.prod(shape),))


def _linear(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    n_in, n_out = _ends(planner, layer, shape[-1])
    ledger, rank = linear.linear(n_in, n_out, bias=bool(layer["bias"])), planner.size(layer["lora"])
    macs = n_in * n_out
    if rank != 0:  # W + B A (Hu et al. 2021)
        ledger += parameter("lora_A", rank, n_in) + parameter("lora_B", n_out, rank)
        macs += rank * (n_in + n_out)
    return Leaf(layer, planner.number, shape, (*shape[:-1], n_out), ledger, _rows(shape) * macs)


def _embedding(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    if len(shape) != 1:
        raise DeriveError("an embedding reads a sequence of tokens, such as the input N,T")
    table = planner.size(layer["vocabulary"]), planner.size(layer["width"])
    if layer["tied"]:
        ledger = tied("weight", table, _shared(planner, table))
    else:
        ledger, planner.embedding = linear.embedding(*table), (f"layer {planner.number}", table)
    return Leaf(layer, planner.number, shape, (shape[0], table[1]), ledger)


def _shared(planner: Planner, table: Shape) -> str:
    """The layer whose table this one is. Raises DeriveError where there is none of this size."""
    if planner.embedding is None or not same(planner.embedding[1], table):
        there = "there is none before it" if planner.embedding is None else f"the one before it is {shown(planner.embedding[1])}"
        raise DeriveError(f"it shares the weights of an embedding of {shown(table)}, and {there}; tied false gives it its own")
    return planner.embedding[0]


def _unembedding(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    table = planner.size(layer["vocabulary"]), shape[-1]
    ledger = linear.linear(table[1], table[0], bias=bool(layer["bias"]))
    if layer["tied"]:
        ledger = tied("weight", table, _shared(planner, table)) + Ledger(ledger.tensors[1:])
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
    return Leaf(layer, planner.number, shape, (tokens + 1, width), parameter("token", width))


def _one_token(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    return Leaf(layer, planner.number, shape, _sequence(shape, "it reads")[1:])


def _segments(planner: Planner, layer: Layer, shape: Shape) -> Ledger:
    return parameter("weight", planner.size(layer["kinds"]), _sequence(shape, "a table of segments is added to")[1])


def _relative(planner: Planner, layer: Layer, shape: Shape) -> Ledger:
    return parameter("weight", planner.size(layer["buckets"]), planner.size(layer["heads"]))


def _positions(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
    length = planner.size(layer["length"])
    _sequence(shape, "a table of positions is added to")
    if isinstance(length, int) and isinstance(shape[0], int) and shape[0] > length:
        raise DeriveError(f"it holds {length} positions and the sequence has {shape[0]}")
    return Leaf(layer, planner.number, shape, shape, parameter("weight", length, shape[1]))


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
    if layer["width"] != "shape":
        other = planner.size(layer["width"])
    inner, shared = _whole(heads * size), _whole(kv * size)
    out = linear.linear(inner, width, bias if layer["out_bias"] == "shape" else bool(layer["out_bias"])) if layer["output"] else NOTHING
    ledger = joined(
        q=linear.linear(width, inner, bias), k=linear.linear(other, shared, bias), v=linear.linear(other, shared, bias), out=out,
    ) + _norms_of_heads(str(layer["qk_norm"]), size, inner, shared)  # fmt: skip
    maps = (2 if layer["output"] else 1) * tokens * width * inner + 2 * seen * other * shared
    after = shape if layer["output"] else (tokens, inner)
    return Leaf(layer, planner.number, shape, after, ledger, _whole(maps + 2 * tokens * seen * inner), cache=_whole(2 * seen * shared))


def _norms_of_heads(which: str, size: Dim, queries: Dim, keys: Dim) -> Ledger:
    """The normalization of queries and keys: of each head by itself, or of all heads at once (``wide``)."""
    match which:
        case "rmsnorm":
            return joined(q_norm=normalization.rms_norm(size), k_norm=normalization.rms_norm(size))
        case "rmsnorm-wide":
            return joined(q_norm=normalization.rms_norm(queries), k_norm=normalization.rms_norm(keys))
        case "layernorm":
            return joined(q_norm=normalization.layer_norm(size), k_norm=normalization.layer_norm(size))
        case _:
            return Ledger()


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
    maps = {"up": linear.linear(width, hidden, bias), "down": linear.linear(hidden, width, bias)}
    if layer.kind.name == "glu":
        maps = {"gate": linear.linear(width, hidden, bias), **maps}
    return Leaf(layer, planner.number, shape, shape, joined(**maps), _rows(shape) * len(maps) * width * hidden)


def _recurrent(gates: int, build: Callable[..., Ledger]) -> Callable[[Planner, Layer, Shape], Leaf]:
    def meaning(planner: Planner, layer: Layer, shape: Shape) -> Leaf:
        _sequence(shape, "a recurrent layer reads")
        inputs, hidden = _ends(planner, layer, shape[-1])
        layers, both = planner.size(layer["layers"]), bool(layer["bidirectional"])
        ledger = build(inputs, hidden, num_layers=layers, bias=bool(layer["bias"]), bidirectional=both)
        weights = sum((t.entries for t in ledger if not t.is_bias and not _is_bias(t.part)), 0)
        return Leaf(layer, planner.number, shape, (shape[0], hidden * (2 if both else 1)), ledger, shape[0] * weights)

    return meaning


def _is_bias(part: str) -> bool:
    return part.rpartition(".")[2].startswith("bias")


def _group_norm(planner: Planner, layer: Layer, shape: Shape) -> Ledger:
    return normalization.group_norm(planner.size(layer["groups"]), shape[0])


_NONE = _keeps(lambda planner, layer, shape: Ledger())
_MEANINGS: Mapping[str, Callable[[Planner, Layer, Shape], Leaf]] = {
    "conv": _conv, "depthwise": _conv, "convtranspose": _transposed, "maxpool": _pool, "avgpool": _pool, "globalpool": _global_pool, "upsample": _upsample,
    "batchnorm": _keeps(lambda planner, layer, shape: normalization.batch_norm(shape[0], affine=bool(layer["affine"]))),
    "layernorm": _keeps(lambda planner, layer, shape: normalization.layer_norm(shape[-1], elementwise_affine=bool(layer["affine"]), bias=bool(layer["bias"]))),
    "rmsnorm": _keeps(lambda planner, layer, shape: normalization.rms_norm(shape[-1])),
    "groupnorm": _keeps(_group_norm),
    "instancenorm": _keeps(lambda planner, layer, shape: normalization.instance_norm(shape[0], affine=bool(layer["affine"]))),
    "activation": _NONE, "dropout": _NONE, "sinusoidal": _NONE, "flatten": _flatten, "linear": _linear,
    "tokens": _tokens, "classtoken": _class_token, "firsttoken": _one_token, "meantoken": _one_token, "segments": _keeps(_segments),
    "relativebias": _keeps(_relative), "scale": _keeps(lambda planner, layer, shape: parameter("weight", shape[0 if len(shape) > 2 else -1])),
    "prelu": _keeps(lambda planner, layer, shape: linear.prelu()),
    "embedding": _embedding, "unembedding": _unembedding, "positions": _positions, "attention": _attention, "feedforward": _feedforward, "glu": _feedforward,
    "rnn": _recurrent(1, recurrent.rnn), "lstm": _recurrent(4, recurrent.lstm), "gru": _recurrent(3, recurrent.gru),
}  # fmt: skip

__all__ = ["Dim", "Group", "Layout", "Leaf", "Placed", "Planner", "Shape", "shown"]
