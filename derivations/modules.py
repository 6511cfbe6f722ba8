"""A live ``torch.nn.Module`` as a description: its layers by their classes, and what its ``forward`` does with them by a symbolic trace.

Sums, products and concatenations become residual parts and branches, equal blocks behind each other a repeat. What cannot be followed is an error that names
the module; the number of parameters is kept, so that a description that lost one is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.networks import LAYER_KINDS, Branch, Described, Encoder, Layer, Layers, Part, Repeat, Residual, joined, layers_of
from derivations.parameters import nearest

Fields = dict[str, Any]
_ACTIVATIONS: Final = frozenset(name for kind in LAYER_KINDS if kind.name == "activation" for name in kind.spellings)


def _sizes(value: Any) -> Any:
    """One size, or one for each axis."""
    values = list(value) if isinstance(value, tuple | list) else [value]
    return values[0] if len(set(values)) == 1 else values


def _convolution(m: Any) -> Fields:
    _only(m, "padding_mode", "zeros", "circular", "reflect", "replicate")
    fields = {"in": m.in_channels, "out": m.out_channels, "kernel": _sizes(m.kernel_size), "stride": _sizes(m.stride), "dilation": _sizes(m.dilation)}
    padding = m.padding if isinstance(m.padding, str) else _sizes(m.padding)
    extra = {"output_padding": _sizes(m.output_padding)} if "Transpose" in type(m).__name__ else {}
    return {"layer": "convtranspose" if extra else "conv", **fields, "padding": padding, **extra, "groups": m.groups, "bias": m.bias is not None}


def _pool(word: str) -> Callable[[Any], Fields]:
    def fields(m: Any) -> Fields:
        _only(m, "ceil_mode", False)
        spacing = {"dilation": _sizes(getattr(m, "dilation", 1))}
        return {"layer": word, "kernel": _sizes(m.kernel_size), "stride": _sizes(m.stride), "padding": _sizes(m.padding), **spacing}

    return fields


def _only(m: Any, name: str, *accepted: object) -> None:
    if getattr(m, name) not in accepted:
        said = f"{name} = {getattr(m, name)!r}"
        raise DeriveError(f"{type(m).__name__} with {said} is not described; it must be {' or '.join(map(repr, accepted))}")


def _layer_norm(m: Any) -> Fields:
    fields = {"layer": type(m).__name__.lower(), "affine": m.elementwise_affine, "axes": len(m.normalized_shape)}
    return fields if type(m).__name__ == "RMSNorm" else {**fields, "bias": m.bias is not None or not m.elementwise_affine}


def _channel_norm(word: str) -> Callable[[Any], Fields]:
    return lambda m: {"layer": word, "affine": m.affine, "statistics": m.track_running_stats}


def _recurrent(m: Any) -> Fields:
    _only(m, "batch_first", True)
    sizes = {"in": m.input_size, "out": m.hidden_size, "layers": m.num_layers}
    return {"layer": m.mode.partition("_")[0].lower(), **sizes, "bias": m.bias, "bidirectional": m.bidirectional, "projection": m.proj_size}


def _cell(m: Any) -> Fields:
    """One step of a recurrent layer."""
    return {"layer": type(m).__name__.removesuffix("Cell").lower(), "in": m.input_size, "out": m.hidden_size, "bias": m.bias}


def _attention(m: Any) -> Fields:
    _only(m, "batch_first", True)
    widths = {name: size for name, size in (("width", m.kdim), ("value_width", m.vdim)) if size != m.embed_dim}
    if "width" in widths:
        widths["value_width"] = m.vdim
    return {"layer": "attention", "heads": m.num_heads, "bias": m.in_proj_bias is not None, **widths, "bias_kv": m.bias_k is not None}


def _embedding(m: Any) -> Fields:
    return {"layer": "embedding", "vocabulary": m.num_embeddings, "width": m.embedding_dim}


def _flatten(m: Any) -> Fields:
    _only(m, "start_dim", 1)
    _only(m, "end_dim", -1)
    return {"layer": "flatten"}


def _adaptive(m: Any) -> Fields:
    size = _sizes(m.output_size)
    if size is None or (isinstance(size, list) and None in size):
        raise DeriveError(f"{type(m).__name__} to a size that is not said (None) is not described")
    return {"layer": "globalpool", **({} if size == 1 else {"size": size})}


def _upsample(m: Any) -> Fields:
    factor = _sizes(m.scale_factor)
    if not isinstance(factor, int | float) or factor != int(factor):
        raise DeriveError(f"Upsample by {m.scale_factor or m.size} is not described; a whole scale_factor is")
    return {"layer": "upsample", "factor": int(factor)}


ROWS: Final[Mapping[str, Callable[[Any], Fields]]] = {
    **{f"{name}{axes}d": _convolution for name in ("Conv", "ConvTranspose") for axes in (1, 2, 3)},
    **{f"MaxPool{axes}d": _pool("maxpool") for axes in (1, 2, 3)},
    **{f"AvgPool{axes}d": _pool("avgpool") for axes in (1, 2, 3)},
    **{f"Adaptive{kind}Pool{axes}d": _adaptive for kind in ("Avg", "Max") for axes in (1, 2, 3)},
    **dict.fromkeys(("SyncBatchNorm", *(f"BatchNorm{axes}d" for axes in (1, 2, 3))), _channel_norm("batchnorm")),
    **{f"InstanceNorm{axes}d": _channel_norm("instancenorm") for axes in (1, 2, 3)},
    **{f"Dropout{axes}": lambda m: {"layer": "dropout", "p": f"{m.p:g}"} for axes in ("", "1d", "2d", "3d")},
    **dict.fromkeys(("LSTM", "GRU", "RNN"), _recurrent), **dict.fromkeys(("LSTMCell", "GRUCell", "RNNCell"), _cell),
    **dict.fromkeys(("LayerNorm", "RMSNorm"), _layer_norm),
    "GroupNorm": lambda m: {"layer": "groupnorm", "groups": m.num_groups, "affine": m.affine},
    "Linear": lambda m: {"layer": "linear", "in": m.in_features, "out": m.out_features, "bias": m.bias is not None},
    "Bilinear": lambda m: {"layer": "bilinear", "left": m.in1_features, "out": m.out_features, "bias": m.bias is not None},
    "Embedding": _embedding, "PReLU": lambda m: {"layer": "prelu", "slopes": m.num_parameters},
    "Flatten": _flatten, "MultiheadAttention": _attention, "Upsample": _upsample,
}  # fmt: skip
"""The classes of ``torch.nn`` that are a layer of the description, and how its fields are read off."""


def _transformer_layer(m: Any, path: str) -> tuple[Part, ...]:
    """``torch.nn.TransformerEncoderLayer`` and ``...DecoderLayer``, which also attends to ``S`` tokens: norms before or behind."""
    word = getattr(m.activation, "__name__", type(m.activation).__name__).lower()
    feed = {"layer": "feedforward", "width": m.linear1.in_features, "hidden": m.linear1.out_features, "bias": m.linear1.bias is not None}
    inner = [_attention(m.self_attn), *([{**_attention(m.multihead_attn), "cross": "S"}] if hasattr(m, "multihead_attn") else []), feed]
    if word not in _ACTIVATIONS:
        raise DeriveError(f"{path}: the activation {word} is not described")
    found: list[Part] = []
    for number, fields in enumerate(inner, 1):
        norm, part = layers_of(_brief(_layer_norm(getattr(m, f"norm{number}"))), path), layers_of(_brief(fields), path)
        found += [Residual((*norm, *part))] if m.norm_first else [Residual(part), *norm]
    return tuple(found)


def _transformer(m: Any, path: str) -> tuple[Part, ...]:
    """A stack of such layers, or one that reads and one that attends to what that makes."""
    if type(m).__name__ == "Transformer":
        encoder, decoder = (folded(_transformer(part, path)) for part in (m.encoder, m.decoder))
        return (Encoder(encoder, (Name("S"),)), *layers_of(joined(decoder).replace("cross S", "cross memory"), path))
    norm = () if m.norm is None else layers_of(_brief(_layer_norm(m.norm)), path)
    return (*(part for one in m.layers for part in _transformer_layer(one, path)), *norm)


def _several(m: Any, path: str) -> tuple[Part, ...]:
    """Layers of ``torch.nn`` that are several of the description."""
    if type(m).__name__ == "EmbeddingBag":
        return layers_of([_embedding(m), f"{m.mode}token"], path)
    tails = "".join(f"aside [ linear {down.out_features} bias false; linear {up.out_features} bias false ]; " for down, up in m.tail)
    return layers_of(f"{tails}linear {m.head.out_features} bias {str(m.head_bias).lower()}; logsoftmax", path)


_PARTS: Final[Mapping[str, Callable[[Any, str], tuple[Part, ...]]]] = {
    **dict.fromkeys(("TransformerEncoderLayer", "TransformerDecoderLayer"), _transformer_layer),
    **dict.fromkeys(("TransformerEncoder", "TransformerDecoder", "Transformer"), _transformer),
    **dict.fromkeys(("EmbeddingBag", "AdaptiveLogSoftmaxWithLoss"), _several),
}  # fmt: skip
"""Classes of ``torch.nn`` that are several layers."""
_OF_TWO: Final = frozenset(("Bilinear", "TransformerDecoderLayer", "TransformerDecoder", "Transformer"))
"""Classes that read two tensors: each by itself is described, and inside another module it is not followed what they read."""


def from_module(module: Any) -> Described:
    """The description of a module.

    Raises:
        DeriveError: a layer of it is none of the description, or its ``forward`` does what is not followed; the module is named.
    """
    name = type(module).__name__
    parts = folded(_Follower(module).of(module, ""))
    if not parts:
        raise DeriveError(f"{name}: no layer is found in it; a torch.nn.Sequential, or a module whose forward uses layers is accepted")
    count = sum(p.numel() for p in module.parameters())
    return Described((), Layers(parts), name, count)


class _Follower:
    """Follows the modules of a network, and the tensors between them."""

    def __init__(self, root: Any) -> None:
        self.fx = import_module("torch.fx")
        self.torch = import_module("torch")
        self.tables = {id(m.weight): m for m in root.modules() if type(m).__name__ == "Embedding"}

    def row(self, m: Any) -> Callable[[Any], Fields] | None:
        return ROWS.get(type(m).__name__) if type(m).__module__.startswith("torch.nn") else None

    def is_layer(self, m: Any) -> bool:
        name = type(m).__name__
        known = self.row(m) is not None or name.lower() in _ACTIVATIONS or name == "Identity" or name in _PARTS
        return type(m).__module__.startswith("torch.nn") and known

    def of(self, m: Any, path: str) -> tuple[Part, ...]:
        """The parts of one module."""
        what = f"{path or 'module'} ({type(m).__name__})"
        if self.is_layer(m) and not (path and type(m).__name__ in _OF_TWO):
            return self.layer(m, what)
        if type(m).__name__ == "Sequential" and type(m).__module__.startswith("torch.nn"):
            return tuple(part for key, child in m.named_children() for part in self.of(child, f"{path}.{key}".lstrip(".")))
        return self.traced(m, path, what)

    def layer(self, m: Any, what: str) -> tuple[Part, ...]:
        name = type(m).__name__
        if name == "Identity":
            return ()
        try:
            if name in _PARTS:
                return _PARTS[name](m, what)
            if name == "Linear" and id(m.weight) in self.tables:
                return layers_of(_brief({"layer": "unembedding", "vocabulary": m.out_features, "bias": m.bias is not None}), what)
            row = self.row(m)
            return layers_of({"layer": name.lower()} if row is None else _brief(row(m)), what)
        except DeriveError as error:
            raise DeriveError(f"{what}: {error}" if what not in str(error) else str(error)) from None

    def traced(self, m: Any, path: str, what: str) -> tuple[Part, ...]:
        outer = self

        class Tracer(self.fx.Tracer):  # type: ignore[name-defined, misc]
            def is_leaf_module(self, inner: Any, qualified: str) -> bool:
                return outer.is_layer(inner) or type(inner).__name__ == "Sequential" or not list(inner.children())

        if not list(m.children()):
            near = nearest(type(m).__name__, ROWS)
            near = " where it reads two tensors" if type(m).__name__ in _OF_TWO else near
            raise DeriveError(f"{what} is no layer of the description{near}; modules made of convolutions, norms, linear maps, attention, ... are accepted")
        try:
            graph = Tracer().trace(m)
        except Exception as error:  # noqa: BLE001  (whatever a forward does, which module it is has to be said)
            why = next(iter(str(error).splitlines()), "")
            raise DeriveError(f"{what}: its forward cannot be followed ({type(error).__name__}: {why})") from None
        inputs = [node for node in graph.nodes if node.op == "placeholder" and node.users]
        (end,) = (node for node in graph.nodes if node.op == "output")
        if len(inputs) != 1 or not hasattr(end.args[0], "op"):
            raise DeriveError(f"{what}: it must take one tensor and give one; it takes {len(inputs)}")
        return _Graph(self, m, path, what, inputs[0]).parts(end.args[0], inputs[0])


def _brief(fields: Fields) -> Fields:
    """Fields without those that have their default."""
    kind = next(k for k in LAYER_KINDS if k.name == fields["layer"])
    defaults = {f.name: f.default for f in kind.fields}
    return {name: value for name, value in fields.items() if name in ("layer", "in", "out") or value != defaults.get(name)}


class _Graph:
    """The graph of one ``forward``, read from its end to its beginning."""

    def __init__(self, follower: _Follower, module: Any, path: str, what: str, source: Any) -> None:
        self.follower, self.module, self.path, self.what, self.source = follower, module, path, what, source
        self.before: dict[Any, frozenset[Any]] = {}

    def parts(self, end: Any, start: Any) -> tuple[Part, ...]:
        """What happens between two nodes."""
        found: tuple[Part, ...] = ()
        while end is not start:
            if end is self.source:
                raise DeriveError(f"{self.what}: its tensors do not part and join as residual parts and branches do")
            here, end = self.step(end)
            found = (*here, *found)
        return found

    def dominators(self, node: Any) -> frozenset[Any]:
        """The nodes that every way from the input to this one goes through."""
        stack = [node]
        while stack:
            one = stack[-1]
            missing = [n for n in self.tensors(one) if n not in self.before]
            if missing:
                stack.extend(missing)
                continue
            inside = [self.before[n] for n in self.tensors(one)]
            self.before[one] = frozenset((one,)) | (frozenset.intersection(*inside) if inside else frozenset())
            stack.pop()
        return self.before[node]

    def tensors(self, node: Any) -> list[Any]:
        """The nodes that a node is computed from, as far as they come from the input."""
        return [] if node is self.source else [n for n in node.all_input_nodes if n.op != "get_attr" and not self.is_size(n)]

    def is_size(self, node: Any) -> bool:
        """``x.size(0)``, ``x.shape[0]`` and what is made of them."""
        if node.op == "call_method" and node.target in ("size", "dim"):
            return True
        name = getattr(node.target, "__name__", "")
        if node.op == "call_function" and name == "getattr":
            return bool(node.args[1] == "shape")
        return node.op == "call_function" and bool(node.all_input_nodes) and all(self.is_size(n) for n in node.all_input_nodes)

    def step(self, node: Any) -> tuple[tuple[Part, ...], Any]:
        """What one node does, and the node before it."""
        name = str(node.target) if node.op != "call_function" else getattr(node.target, "__name__", str(node.target))
        tensors = self.tensors(node)
        if node.op == "call_module":
            if len(set(tensors)) != 1:
                raise DeriveError(f"{self.what}: {name} gets {len(set(tensors))} tensors; a layer that gets one is described")
            return self.follower.of(self.module.get_submodule(name), f"{self.path}.{name}".lstrip(".")), tensors[0]
        join = _JOINS.get(name)
        if join is not None and len(tensors) > 1:
            return self.join(node, join, tensors)
        if len(tensors) == 1:
            parts = self.plain(node, name, tensors[0])
            if parts is not None:
                return parts, tensors[0] if name != "transpose" else self.tensors(tensors[0])[0]
        raise DeriveError(f"{self.what}: its forward calls {name}, which is no part of a description")

    def join(self, node: Any, join: str, tensors: Sequence[Any]) -> tuple[tuple[Part, ...], Any]:
        if join == "concat":
            where = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
            if where not in (1, -1, -3):
                raise DeriveError(f"{self.what}: a concatenation along axis {where} is no part of a description; one along the channels is")
            join = "concat-features" if where == -1 else "concat-channels"
        common = frozenset.intersection(*map(self.dominators, tensors))
        start = max(common, key=lambda n: len(self.before[n]), default=None)
        if start is None:
            raise DeriveError(f"{self.what}: {join} of tensors that do not come from its input")
        paths = tuple(self.parts(one, start) for one in tensors)
        if join == "add" and len(paths) == 2 and sum(not path for path in paths) == 1:
            return (Residual(folded(paths[0] or paths[1])),), start
        return (Branch(tuple(map(folded, paths)), join),), start

    def plain(self, node: Any, name: str, before: Any) -> tuple[Part, ...] | None:
        """A function of one tensor that is a layer without parameters, or a learned table that is added; None for another."""
        rest = [a for a in node.args[1:] if not hasattr(a, "op")]
        given = dict(node.kwargs)
        word = name.rstrip("_").replace("_", "")
        if word in _ACTIVATIONS:
            return layers_of(word)
        if name in ("contiguous", "detach", "float", "clone") or (name == "getitem" and node.args[1] == 0 and before.op == "call_module"):
            return ()
        if name.startswith(("dropout", "feature_dropout")):
            return ()
        if name in ("flatten", "view", "reshape"):
            first = rest[0] if rest else given.get("start_dim", 0)
            if (name == "flatten" and first == 1 and len(rest) < 2) or (name != "flatten" and rest == [-1] and len(node.args) == 3):
                return layers_of("flatten")
        if name == "transpose" and sorted(rest) == [1, 2] and before.op == "call_method" and before.target == "flatten" and before.args[1:] == (2,):
            return layers_of("tokens")
        if name == "mean":
            axes = rest[0] if rest else given.get("dim")
            axes = [axes] if isinstance(axes, int) else sorted(axes or ())
            if axes in ([2, 3], [-2, -1]):
                return layers_of("globalpool" if given.get("keepdim") else "globalpool; flatten")
            if axes == [1]:
                return layers_of("meantoken")
        if name == "getitem" and node.args[1] == (slice(None), 0):
            return layers_of("firsttoken")
        if name.startswith("adaptive_avg_pool") and _sizes(rest[0] if rest else given.get("output_size")) == 1:
            return layers_of("globalpool")
        if name.startswith(("max_pool", "avg_pool", "boolean_dispatch")) and name[0] in "ma":
            keys = ("kernel_size", "stride", "padding")
            usual = {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False, "count_include_pad": True, "return_indices": False}
            fields = {**dict(zip(keys, rest, strict=False)), **{k: v for k, v in given.items() if k not in usual or v != usual[k]}}
            if set(fields) <= set(keys):
                return layers_of({"layer": name[:3] + "pool", **{k.partition("_")[0]: _sizes(v) for k, v in fields.items()}})
        if name in ("add", "iadd") and (table := self.learned(node)) is not None:
            return layers_of(f"positions {table}")
        return None

    def learned(self, node: Any) -> int | None:
        """The length of a table of positions that is added: a parameter of the shape 1 x T x D or T x D."""
        for one in node.args:
            if hasattr(one, "op") and one.op == "get_attr":
                owner, _, leaf = str(one.target).rpartition(".")
                shape = getattr(self.module.get_submodule(owner), leaf).shape
                if len(shape) in (2, 3) and (len(shape) == 2 or shape[0] == 1):
                    return int(shape[-2])
        return None


_JOINS: Final = {"add": "add", "iadd": "add", "cat": "concat", "concat": "concat", "mul": "multiply", "imul": "multiply"}


def _keeps_shape(part: Part) -> bool:
    match part:
        case Residual():
            return True
        case Repeat(_, body):
            return all(map(_keeps_shape, body))
        case Layer(kind, values, _):
            if kind.name == "conv":
                plain = [values.get(name, 1) for name in ("stride", "dilation")] == [1, 1]
                sizes = values.get("kernel"), values.get("padding", 0)
                whole = isinstance(sizes[0], int) and isinstance(sizes[1], int) and sizes[0] == 2 * sizes[1] + 1
                return plain and (whole or sizes[1] == "same") and values.get("in") == values.get("out")
            return kind.name in _KEEPING or (kind.name == "linear" and values.get("in") == values.get("out"))
        case _:
            return False


_KEEPING: Final = frozenset(
    ["batchnorm", "layernorm", "rmsnorm", "groupnorm", "instancenorm", "activation", "prelu", "dropout", "attention", "feedforward", "glu", "scale"]
)


def folded(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Equal runs of layers that keep the shape, as a repeat."""
    found: list[Part] = []
    at = 0
    while at < len(parts):
        period, times = max(_runs(parts, at), key=lambda run: run[0] * run[1], default=(1, 1))
        if times > 1:
            found.append(Repeat(times, folded(parts[at : at + period])))
        else:
            found.append(parts[at])
        at += period * times
    return tuple(found)


def _runs(parts: Sequence[Part], at: int) -> Iterator[tuple[int, int]]:
    """(period, times) of what is repeated from here on."""
    for period in range(1, (len(parts) - at) // 2 + 1):
        block = parts[at : at + period]
        if not _keeps_shape(block[-1]):
            return
        times = 1
        while parts[at + times * period : at + (times + 1) * period] == block:
            times += 1
        if times > 1 and any(isinstance(one, Residual) or (isinstance(one, Layer) and one.kind.name not in ("activation", "dropout")) for one in block):
            yield period, times


__all__ = ["ROWS", "folded", "from_module"]
