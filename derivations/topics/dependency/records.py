"""Networks from plain data (JSON, TOML): lists of layers, or of nodes with the names of their predecessors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from derivations.language.errors import DeriveError, ParameterError
from derivations.topics.dependency.axes import Pads, pads_per_axis, per_axis
from derivations.topics.dependency.layers import Bilinear, Input, Layer, Merge, Nearest, Pointwise, Transposed, Window
from derivations.topics.dependency.network import Network, Node

Record = Mapping[str, object]

FIELDS = frozenset(
    ("id", "name", "op", "inputs", "kernel", "stride", "padding", "dilation", "factor", "align_corners", "note")
)
"""The fields a layer or a node may have; ``note`` is for people."""


def _padding(record: Record, what: str, ndim: int, kernel: Sequence[int], spacing: Sequence[int]) -> tuple[Pads, ...]:
    padding = record.get("padding", 0)
    if padding == "valid":
        return ((0, 0),) * ndim
    if padding == "same":
        strides = per_axis(what, "stride", record.get("stride", 1), ndim, 1)
        if max(strides) > 1:
            raise ParameterError(what, "padding", padding, "given as numbers where the stride is not 1")
        totals = [d * (k - 1) for k, d in zip(kernel, spacing, strict=True)]
        return tuple((total // 2, total - total // 2) for total in totals)
    return pads_per_axis(what, "padding", padding, ndim)


def _window(record: Record, what: str, ndim: int) -> Window:
    if "kernel" not in record:
        raise ParameterError(what, "kernel", None, "given")
    kernel = per_axis(what, "kernel", record["kernel"], ndim, 1)
    spacing = per_axis(what, "dilation", record.get("dilation", 1), ndim, 1)
    stride = per_axis(what, "stride", record.get("stride", 1), ndim, 1)
    return Window(kernel, stride, _padding(record, what, ndim, kernel, spacing), spacing)


def _transposed(record: Record, what: str, ndim: int) -> Layer:
    if isinstance(record.get("padding"), str):
        raise ParameterError(what, "padding", record["padding"], "given as numbers for a transposed convolution")
    window = _window(record, what, ndim)
    return Transposed(window.kernel, window.stride, window.padding, window.dilation)


def _pad(record: Record, what: str, ndim: int) -> Layer:
    ones = (1,) * ndim
    return Window(ones, ones, pads_per_axis(what, "padding", record.get("padding", 0), ndim), ones)


def _factor(record: Record, what: str, ndim: int) -> tuple[int, ...]:
    name = next((name for name in ("stride", "factor") if name in record), None)
    if name is None:
        raise ParameterError(what, "stride", None, "given: the upsampling factor")
    return per_axis(what, name, record[name], ndim, 1)


def _nearest(record: Record, what: str, ndim: int) -> Layer:
    return Nearest(_factor(record, what, ndim))


def _bilinear(record: Record, what: str, ndim: int) -> Layer:
    if record.get("align_corners", False) is not False:
        raise ParameterError(
            what, "align_corners", record["align_corners"], "false: else all depends on the image size"
        )
    return Bilinear(_factor(record, what, ndim))


def _pointwise(record: Record, what: str, ndim: int) -> Layer:
    return Pointwise()


def _merge(record: Record, what: str, ndim: int) -> Layer:
    return Merge()


def _input(record: Record, what: str, ndim: int) -> Layer:
    return Input()


_LAYERS: Mapping[str, Callable[[Record, str, int], Layer]] = {
    "input": _input,
    "conv": _window,
    "maxpool": _window,
    "avgpool": _window,
    "pool": _window,
    "pad": _pad,
    "convtranspose": _transposed,
    "nearest": _nearest,
    "bilinear": _bilinear,
    "linear": _bilinear,
    "add": _merge,
    "concat": _merge,
    "mul": _merge,
    "identity": _pointwise,
    "relu": _pointwise,
    "batchnorm": _pointwise,
}


def _text(what: str, record: Record, field: str) -> str:
    value = record.get(field)
    if not isinstance(value, str):
        raise ParameterError(what, field, value, "a text")
    return value


def _layer(record: Record, what: str, ndim: int) -> Layer:
    for field in record:
        if field not in FIELDS:
            raise ParameterError(what, "field", field, f"one of {', '.join(sorted(FIELDS))}")
    op = _text(what, record, "op")
    if op not in _LAYERS:
        raise ParameterError(what, "op", op, f"one of {', '.join(_LAYERS)}")
    return _LAYERS[op](record, what, ndim)


def read_chain(records: Sequence[Record], ndim: int = 1) -> Network:
    """The network that applies these layers in order; each has ``op`` and its numbers, and ``name`` where it has one.

    Unnamed layers are called ``layer1``, ``layer2``, ... after their place; a name that is taken gets its place added.

    Raises:
        DeriveError: a field that is missing or out of range, an unknown op, a layer that reads several inputs.
    """
    layers: list[tuple[str, Layer]] = []
    taken = {"input"}
    for place, record in enumerate(records, start=1):
        name = _text(f"layer {place}", record, "name") if "name" in record else f"layer{place}"
        layer = _layer(record, f"layer {name!r}", ndim)
        if name in taken:
            name = f"{name} ({place})"
        taken.add(name)
        if isinstance(layer, Input | Merge):
            raise DeriveError(f"layer {name!r}: a chain holds no {record['op']!r}; give the network as a graph")
        layers.append((name, layer))
    return Network.chain(layers, ndim)


def read_graph(records: Sequence[Record], output: str, ndim: int = 1) -> Network:
    """The network of these nodes: each has ``id``, ``op``, ``inputs`` (names of nodes) and the numbers of its op.

    Raises:
        DeriveError: a field that is missing or out of range, an unknown op or node, a cycle, two nodes of one name.
    """
    nodes: list[Node] = []
    for place, record in enumerate(records, start=1):
        name = _text(f"node {place}", record, "id")
        what = f"node {name!r}"
        inputs = record.get("inputs", [])
        if not isinstance(inputs, Sequence) or isinstance(inputs, str) or not all(isinstance(i, str) for i in inputs):
            raise ParameterError(what, "inputs", inputs, "a list of node names")
        nodes.append(Node(name, _layer(record, what, ndim), tuple(inputs)))
    return Network(tuple(nodes), output, ndim)
