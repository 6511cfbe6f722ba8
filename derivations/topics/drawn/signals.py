"""Drawings of convolutions and of networks: which inputs are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivations.figures import Graph, Layer, Level, Pyramid, Taps, Undrawn
from derivations.language.context import Context
from derivations.language.denote import denote
from derivations.language.structure import free_names
from derivations.language.term import Name, Term
from derivations.topics.dependency import layers as kinds
from derivations.topics.dependency.field import receptive_fields
from derivations.topics.dependency.network import Network
from derivations.topics.dependency.recursion import chain_reaches
from derivations.topics.dependency.trace import trace
from derivations.topics.drawn import drawable

Size = int | Name

WIDE = 100
"""So many inputs are drawn side by side."""
_DEEP = 12
_LINKS = 900
_TRACED = 4000
_NODES = 40
_SMALL = {"kernel": 3, "stride": 2, "dilation": 1, "padding": 1}


@drawable
def taps(index: Any, known: Context, given: Mapping[str, Size], padding: Term, names: tuple[Name, Name, Name, Name]) -> Taps | Undrawn:
    """Which inputs the first three outputs read, by the checked index expression.

    Args:
        index: what ``denote`` made of the position that tap j of output k reads.
        given: kernel, stride, dilation and padding; symbols among them get small values.
        padding: the zeros before the first input, as a term in these.
        names: of the input, the output, the output's number and the tap's number.
    """
    x, z, k, j = names
    chosen: dict[Name, int] = {}
    for field, size in given.items():
        if isinstance(size, Name):
            chosen.setdefault(size, _SMALL[field])
    kernel = given["kernel"]
    count = chosen[kernel] if isinstance(kernel, Name) else kernel
    values = {denote(name, known): value for name, value in chosen.items()}
    reduced = index.subs(values)
    output, tap = denote(k, known), denote(j, known)

    def read(o: int, t: int) -> int:
        return int(reduced.subs({output: o, tap: t}))

    width = read(3, count) - min(1, read(1, 1)) + 1
    if width > WIDE:
        return Undrawn(f"the first three outputs read from {width} neighbouring inputs, and at most {WIDE} fit on a page")
    reads = tuple(tuple(read(o, t) for t in range(1, count + 1)) for o in (1, 2, 3))
    return Taps(x, z, (1, 2, 3), reads, int(denote(padding, known).subs(values)), tuple(chosen.items()))


@drawable
def pyramid(kernels: tuple[Size, ...], strides: tuple[Size, ...], spacings: tuple[Term, ...], name: Name, known: Context) -> Pyramid | Undrawn:
    """What a unit of the last layer depends on, layer by layer: by dependency sets, or by the recursion where these would be too large to draw."""
    if len(kernels) > _DEEP:
        return Undrawn(f"it has {len(kernels)} layers, and at most {_DEEP} fit on a page")
    chosen: dict[Name, int] = {}
    for sizes, small in ((kernels, 3), (strides, 2), (tuple(n for d in spacings for n in sorted(free_names(d), key=lambda n: n.text)), 1)):
        for size in sizes:
            if isinstance(size, Name):
                chosen.setdefault(size, small)
    values = {denote(n, known): v for n, v in chosen.items()}

    def number(size: Size | Term) -> int:
        return size if isinstance(size, int) else int(denote(size, known).subs(values))

    windows = [kinds.Window((number(k),), (number(s),), ((0, 0),), (number(d),)) for k, s, d in zip(kernels, strides, spacings, strict=True)]
    reaches = ((1, 1), *((reach.rf, reach.effective_stride) for reach in chain_reaches(windows)))
    field, picked = reaches[-1][0], tuple(chosen.items())
    if field > _TRACED:
        return Pyramid(tuple(Level(name[depth], span, (), ()) for depth, (span, _) in enumerate(reaches)), field, False, picked)
    used = trace(Network.chain([(f"layer {n}", w) for n, w in enumerate(windows, 1)]), 0)
    levels = []
    for depth, (positions, (span, step)) in enumerate(zip(used.values(), reaches, strict=True)):
        units = tuple(positions)
        links = tuple((u, low) for u in units for low in kinds.reads(windows[depth - 1], 0, u)) if depth else ()
        levels.append(Level(name[depth], span, units, tuple(step * u + (span - 1) / 2 for u in units), links))
    detailed = field <= WIDE and sum(len(level.links) for level in levels) <= _LINKS
    return Pyramid(tuple(levels), field, detailed, picked)


@drawable
def graph(network: Network, axis: int = 0) -> Graph | Undrawn:
    """A network with the receptive field of every node along one axis."""
    if len(network.nodes) > _NODES:
        return Undrawn(f"the network has {len(network.nodes)} nodes, and at most {_NODES} fit on a page")
    found = []
    fields = receptive_fields(network)
    for node in network.order:
        held = fields[node.name].axes[axis]
        found.append(Layer(node.name, _operation(node.layer, axis), node.inputs, held.rf, held.n_dependencies))
    return Graph(tuple(found))


def _operation(layer: kinds.Layer, axis: int) -> str:
    """A layer in a few words."""
    match layer:
        case kinds.Input():
            return "input"
        case kinds.Pointwise():
            return "pointwise"
        case kinds.Merge():
            return "merge"
        case kinds.Window(kernel, stride, _, dilation) | kinds.Transposed(kernel, stride, _, dilation):
            word = "window" if isinstance(layer, kinds.Window) else "transposed"
            step = f", stride {stride[axis]}" if stride[axis] > 1 else ""
            spread = f", spacing {dilation[axis]}" if dilation[axis] > 1 else ""
            return f"{word} {kernel[axis]}{step}{spread}"
        case kinds.Nearest(factor):
            return f"nearest, factor {factor[axis]}"
        case kinds.Bilinear(factor):
            return f"linear, factor {factor[axis]}"
