"""The description of a network: what a person writes in TOML, on the command line or in Python, as plain data.

    conv 3->64 kernel 7 stride 2 padding 3 bias false; batchnorm; relu; maxpool 3 stride 2
    repeat L [ residual [ conv 64->64 kernel 3 padding 1; batchnorm; relu ] ]
    branch [ conv 64->32 kernel 1 | conv 64->96 kernel 3 padding 1; relu ] join concat
    experts 8 active 2 [ glu 512->2048 ]
    block wide C K [ conv C->K kernel 3 padding 1; relu ]; wide 64 128
    encoder S [ embedding V->D; attention h ]; embedding V->D tied true; attention h cross memory
    repeat 12 shared [ linear 8->8; relu ]; aside [ linear 8->10 ]
    flatten; linear 512->C

Layers are separated by ``;`` or line ends; brackets hold the layers of a part, ``|`` parts branches. A ``block`` names layers that are used later, with sizes
of its own if it has some. In TOML a layer is such a text or a table with the same fields (``{ layer = "conv", in = 3, out = 64, kernel = 7 }``,
``{ repeat = "L", layers = [...] }``, ``{ block = "wide", sizes = ["C", "K"], layers = [...] }``). What each kind of layer means is in
``derivations.topics.network``. Nothing here imports SymPy or a topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Final, Literal, TypeAlias

from derivations.language.errors import DeriveError
from derivations.language.record import record
from derivations.language.term import Name
from derivations.parameters import Size, nearest

Value: TypeAlias = "int | Name | bool | str | tuple[int | Name, ...]"
"""A size, yes or no, a word such as ``same``, or one size for each axis."""


_SHARE: Final = re.compile(r"0?\.[0-9]+|0(\.0*)?")


@record
class Field:
    """A field of a kind of layer. ``default``: None where it must be given, ``"shape"`` where it is taken from what the layer gets.

    ``kind``: a size (or one of ``words``), a ``flag``, one of ``words`` alone, or a ``share``, a number from 0 to below 1.
    """

    name: str
    least: int = 1
    default: Value | None = None
    words: tuple[str, ...] = ()
    kind: Literal["size", "flag", "words", "share"] = "size"
    axes: bool = False
    """Whether it may be one size for each axis, ``3x5``."""

    def read(self, value: object, what: str) -> Value:
        """Raises DeriveError for a value that is not accepted."""
        if self.kind == "flag":
            found = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())
            if found is not None:
                return found
        elif isinstance(value, str) and value in self.words:
            return value
        elif self.kind == "share":
            if _SHARE.fullmatch(str(value)):
                return str(value)
        elif self.kind == "size":
            several = self.axes and isinstance(value, str) and ("," in value or value[:1].isdigit())
            parts = value if isinstance(value, list | tuple) else re.split("," if "," in str(value) else "x", str(value)) if several else [value]
            sizes = [Size(self.least).read(part) for part in parts]
            known = tuple(size for size in sizes if size is not None)
            if known and len(known) == len(sizes) and (self.axes or len(known) == 1):
                return known[0] if len(known) == 1 else known
        raise DeriveError(f"{what}: {self.name} = {value!r} is not accepted; it must be {self.accepted}")

    @property
    def accepted(self) -> str:
        if self.kind == "flag":
            return "true or false"
        if self.kind == "share":
            return "a number from 0 to below 1, such as 0.1"
        if self.kind == "words":
            return " or ".join(map(repr, self.words))
        size = f"an integer >= {self.least} or the name of a symbol" + (", or one for each axis such as 3x5" if self.axes else "")
        return " or ".join((size, *(repr(word) for word in self.words)))


@record
class LayerKind:
    """A kind of layer: its fields, which of them a number right behind its name gives (``maxpool 3``), and whether it is written ``in->out``."""

    name: str
    fields: tuple[Field, ...] = ()
    first: str = ""
    arrow: bool = False
    spellings: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


_IN, _OUT = Field("in", default="shape"), Field("out", words=("same",))
_BIAS, _AFFINE, _LAST = Field("bias", default=True, kind="flag"), Field("affine", default=True, kind="flag"), Field("axes", default=1)
_STRIDE, _DILATION, _KERNEL = Field("stride", default=1, axes=True), Field("dilation", default=1, axes=True), Field("kernel", axes=True)
_PADDING, _MORE = Field("padding", 0, 0, axes=True), Field("output_padding", 0, 0, axes=True)
_WINDOW = (_KERNEL, _STRIDE, Field("padding", 0, 0, ("same", "valid"), axes=True), _DILATION)
_POOL = (_KERNEL, Field("stride", default="shape", axes=True), _PADDING, _DILATION)
_CELL = (_IN, _OUT, Field("layers", default=1), _BIAS, Field("bidirectional", default=False, kind="flag"), Field("projection", 0, 0))
_GROUPS = Field("groups", default=1)
_HEADS = (
    *(Field("heads"), Field("kv", default="shape"), Field("size", default="shape"), _BIAS),
    *(Field("cross", 0, 0, ("memory",)), Field("width", default="shape"), Field("value_width", default="shape"), Field("window", default="shape")),
    *(Field("output", default=True, kind="flag"), Field("out_bias", default="shape", kind="flag"), Field("key_bias", default="shape", kind="flag")),
    Field("qk_norm", default="none", words=("none", "rmsnorm", "layernorm", "rmsnorm-wide", "layernorm-heads"), kind="words"),
    *(Field("groups", default=1, axes=True), Field("queries", 0, 0), Field("value_kernel", 0, 0)),
    *(Field("sinks", default=False, kind="flag"), Field("bias_kv", default=False, kind="flag")),
)
_NO_BIAS = Field("bias", default=False, kind="flag")
_LATENT = (Field("heads"), Field("latent"), Field("query_latent", 0, 0), Field("size"), Field("rotary", 0), Field("value"), _NO_BIAS)
_ACTIVATIONS = (
    *("relu", "gelu", "silu", "swish", "tanh", "sigmoid", "softmax", "elu", "leakyrelu", "softplus", "mish", "identity"),
    *("relu6", "selu", "celu", "hardswish", "hardsigmoid", "hardtanh", "logsoftmax", "softsign", "quickgelu", "relusquared"),
)

LAYER_KINDS: Final = (
    LayerKind("conv", (_IN, _OUT, *_WINDOW, _GROUPS, _BIAS), "out", True, ("conv1d", "conv2d", "conv3d", "convolution")),
    LayerKind("depthwise", (*_WINDOW, _BIAS), "kernel"),
    LayerKind("convtranspose", (_IN, _OUT, _KERNEL, _STRIDE, _DILATION, _PADDING, _MORE, _GROUPS, _BIAS), "out", True, ("deconv",)),
    LayerKind("maxpool", _POOL, "kernel"),
    LayerKind("avgpool", _POOL, "kernel"),
    LayerKind("globalpool", (Field("size", default=1, axes=True),), "size", False, ("globalavgpool", "adaptivepool")),
    LayerKind("upsample", (Field("factor"),), "factor"),
    LayerKind("batchnorm", (_AFFINE, Field("statistics", default=True, kind="flag")), "", False, ("bn",)),
    LayerKind("layernorm", (_BIAS, _AFFINE, _LAST, Field("over", default="width", words=("width", "channels"), kind="words")), "", False, ("ln",)),
    LayerKind("rmsnorm", (_AFFINE, _LAST)),
    LayerKind("groupnorm", (Field("groups"), _AFFINE), "groups"),
    LayerKind("instancenorm", (Field("affine", default=False, kind="flag"), Field("statistics", default=False, kind="flag"))),
    LayerKind("activation", (), "", False, _ACTIVATIONS),
    LayerKind("prelu", (Field("slopes", default=1),), "slopes"),
    LayerKind("dropout", (Field("p", default="0", kind="share"),), "p", False, ("droppath",)),
    LayerKind("scale", ()),
    LayerKind("flatten", ()),
    LayerKind("tokens", ()),
    LayerKind("classtoken", ()),
    LayerKind("firsttoken", ()),
    LayerKind("meantoken", ()),
    LayerKind("sumtoken"),
    LayerKind("maxtoken"),
    LayerKind("learned", (Field("shape", axes=True),), "shape"),
    LayerKind("take", (Field("part"), Field("of")), "part"),
    LayerKind("shuffle", (Field("groups"),), "groups"),
    LayerKind("merge", (Field("places"),), "places"),
    LayerKind("transpose"),
    LayerKind("linear", (_IN, _OUT, _BIAS, Field("lora", 0, 0), _GROUPS), "out", True, ("dense", "fc")),
    LayerKind("bilinear", (Field("left"), Field("out"), _BIAS), "out"),
    LayerKind("embedding", (Field("vocabulary"), Field("width"), Field("tied", default=False, kind="flag")), "", False, ("embed",)),
    LayerKind("unembedding", (Field("vocabulary"), Field("tied", default=True, kind="flag"), Field("bias", default=False, kind="flag")), "vocabulary"),
    LayerKind("positions", (Field("length"),), "length"),
    LayerKind("segments", (Field("kinds"),), "kinds"),
    LayerKind("sinusoidal", (), "", False, ("rotary", "alibi")),
    LayerKind("relativebias", (Field("buckets"), Field("heads")), "buckets"),
    LayerKind("relativemap", (Field("rows", default="shape"), _BIAS), "rows"),
    LayerKind("attention", _HEADS, "heads", False, ("selfattention", "mha")),
    LayerKind("latentattention", _LATENT, "heads", False, ("mla",)),
    LayerKind("tokenconv", (Field("kernel"), _GROUPS, _BIAS), "kernel"),
    LayerKind("tokenshift"),
    LayerKind("fourier"),
    LayerKind("selective", (Field("state"), Field("rank")), "state"),
    LayerKind("scan", (Field("heads"), Field("state"), _GROUPS), "heads"),
    LayerKind("wkv", (_OUT,), "out"),
    LayerKind("feedforward", (Field("width", default="shape"), Field("hidden"), _BIAS), "hidden", False, ("ffn", "mlp")),
    LayerKind("glu", (Field("width", default="shape"), Field("hidden"), _NO_BIAS), "hidden", False, ("swiglu", "geglu")),
    LayerKind("rnn", _CELL, "out", True),
    LayerKind("lstm", _CELL, "out", True),
    LayerKind("gru", _CELL, "out", True),
)
_BY_NAME: Final = {name: kind for kind in LAYER_KINDS for name in (kind.name, *kind.spellings)}
_ARROWS: Final = {"embedding": ("vocabulary", "width"), "feedforward": ("width", "hidden"), "glu": ("width", "hidden")}
CONTAINERS: Final = ("repeat", "residual", "branch", "experts", "encoder", "aside")
JOINS: Final = ("add", "concat", "multiply", "concat-channels", "concat-features")


@record
class Layer:
    """One layer: its kind, the values that were given, and how it was written."""

    kind: LayerKind
    values: Mapping[str, Value] = field(hash=False)
    text: str

    def __getitem__(self, name: str) -> Value:
        """The value of a field: given, or its default."""
        if name in self.values:
            return self.values[name]
        found = self.kind.field(name)
        if found is None or found.default is None:
            raise KeyError(name)
        return found.default

    def __str__(self) -> str:
        return self.text


@record
class Repeat:
    """``times`` copies of a part, one behind the other, each with parameters of its own, or all with the same (``shared``)."""

    times: int | Name
    body: tuple[Part, ...]
    shared: bool = False

    def __str__(self) -> str:
        return f"repeat {written(self.times)}{' shared' if self.shared else ''} [ {joined(self.body)} ]"


@record
class Residual:
    """A part whose input is added to its output."""

    body: tuple[Part, ...]

    def __str__(self) -> str:
        return f"residual [ {joined(self.body)} ]"


@record
class Branch:
    """Parts that all read the same input; their outputs are joined."""

    paths: tuple[tuple[Part, ...], ...]
    join: str = "add"

    def __str__(self) -> str:
        return f"branch [ {' | '.join(joined(path) for path in self.paths)} ] join {self.join}"


@record
class Experts:
    """``count`` copies of a part of which a linear router (with biases: ``bias``) uses ``active`` for each token."""

    count: int | Name
    active: int | Name
    body: tuple[Part, ...]
    bias: bool = False

    def __str__(self) -> str:
        return f"experts {written(self.count)} active {written(self.active)}{' bias true' if self.bias else ''} [ {joined(self.body)} ]"


@record
class Encoder:
    """A part that reads its own input, of the sizes ``own`` (one: so many tokens; none: like the rest), and keeps what it makes for ``attention ... cross
    memory`` behind it; ``aside``: it reads what is there, and what it makes leaves the network.
    """

    body: tuple[Part, ...]
    own: tuple[int | Name, ...] = ()
    aside: bool = False

    def __str__(self) -> str:
        return f"{'aside' if self.aside else 'encoder'} {f'{_shown(self.own)} ' if self.own else ''}[ {joined(self.body)} ]"


Part: TypeAlias = "Layer | Repeat | Residual | Branch | Experts | Encoder"


@record
class Block:
    """Layers with a name, to be used several times; ``sizes`` are letters for which each use puts in values."""

    name: str
    sizes: tuple[Name, ...]
    body: tuple[Part, ...]

    def used(self, given: Sequence[object], what: str) -> tuple[Part, ...]:
        """Its layers with these values. Raises DeriveError."""
        if len(given) != len(self.sizes):
            letters = " ".join(map(written, self.sizes)) or "none"
            raise DeriveError(f"{what}: block {self.name} takes {len(self.sizes)} sizes ({letters}), and {len(given)} are given")
        what = f"{what}: block {self.name}"
        values = {letter: _size(value, f"{what}: {written(letter)}", 0) for letter, value in zip(self.sizes, given, strict=True)}
        return tuple(_put(part, values, what) for part in self.body)


def _put(part: Part, values: Mapping[Name, int | Name], what: str) -> Part:
    """A part with values in place of letters. Raises DeriveError for one that is not accepted there: 0 is a padding, and no kernel."""

    def all_of(parts: Sequence[Part]) -> tuple[Part, ...]:
        return tuple(_put(one, values, what) for one in parts)

    def put(value: int | Name) -> int | Name:
        return values.get(value, value) if isinstance(value, Name) else value

    def size(value: int | Name) -> int | Name:
        return _size(put(value), what)

    match part:
        case Layer(kind, fields, text):
            changed: dict[str, Value] = {}
            for name, value in fields.items():
                found = tuple(map(put, value)) if isinstance(value, tuple) else put(value) if isinstance(value, Name) else value
                changed[name] = next(field.read(found, f"{what}: {kind.name}") for field in kind.fields if field.name == name) if found != value else found
            return Layer(kind, changed, _short(kind, text.split()[0], changed))
        case Repeat(times, body):
            return replace(part, times=size(times), body=all_of(body))
        case Experts(count, active, body):
            return replace(part, count=size(count), active=size(active), body=all_of(body))
        case Encoder(body, own):
            return replace(part, body=all_of(body), own=tuple(map(size, own)))
        case Residual(body):
            return Residual(all_of(body))
        case Branch(paths, _):
            return replace(part, paths=tuple(map(all_of, paths)))


@record
class Layers:
    """The parts of a network in their order."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return joined(self.parts)

    def symbols(self) -> tuple[Name, ...]:
        """The symbols in its sizes, in the order in which they are written."""
        return tuple(dict.fromkeys(_symbols(self.parts)))


def _symbols(parts: Sequence[Part]) -> Iterator[Name]:
    for part in parts:
        match part:
            case Layer(_, values, _):
                for value in values.values():
                    yield from (v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, Name))
            case Repeat(times, body):
                yield from (v for v in (times,) if isinstance(v, Name))
                yield from _symbols(body)
            case Experts(count, active, body):
                yield from (v for v in (count, active) if isinstance(v, Name))
                yield from _symbols(body)
            case Encoder(body, own):
                yield from (v for v in own if isinstance(v, Name))
                yield from _symbols(body)
            case Residual(body):
                yield from _symbols(body)
            case Branch(paths, _):
                for path in paths:
                    yield from _symbols(path)


def length(parts: Sequence[Part]) -> int:
    """How many layers are written there, those of blocks wherever they are used."""
    return sum(1 if isinstance(p, Layer) else sum(map(length, p.paths)) if isinstance(p, Branch) else length(p.body) for p in parts)


def written(size: int | Name) -> str:
    return size.text if isinstance(size, Name) else str(size)


def joined(parts: Sequence[Part]) -> str:
    return "; ".join(map(str, parts))


@record
class Described:
    """A network that a file or a module describes: what it reads (empty: not said), its layers, what described it, how many parameters that has (if known)."""

    input: tuple[int | Name, ...] = ()
    layers: Layers = Layers(())
    source: str = ""
    count: int | None = None

    def __str__(self) -> str:
        return self.source


# Reading -----------------------------------------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"[^\S\n]*(->|→|[\[\]|;=\n]|[^\s\[\]|;=>→-]+(?:-(?!>)[^\s\[\]|;=>→-]+)*)")
_MOST_PARTS: Final = 5000
_BLOCK_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_ENDS: Final = ("", ";", "\n", "]", "|", "[")


NO_LAYERS: Final = "none"


@record
class LayersType:
    """The parameter type of a list of layers: a text, or a list of texts and tables (see the head of this file)."""

    @property
    def metavar(self) -> str:
        return "LAYERS"

    @property
    def accepted(self) -> str:
        return 'layers such as "conv 3->64 kernel 7 stride 2; relu; repeat L [ conv 64->64 kernel 3 padding 1; relu ]"'

    def read(self, value: object) -> Layers | None:
        """Raises DeriveError that names the layer and the field at fault; None for what is no text or list."""
        if isinstance(value, Layers):
            return value
        if value == NO_LAYERS:
            return Layers(())
        if not isinstance(value, str | list | tuple) or not value:
            return None
        parts = layers_of(value)
        if not parts:
            return None
        return Layers(parts)


def layers_of(value: object, what: str = "layers", blocks: dict[str, Block] | None = None) -> tuple[Part, ...]:
    """The parts that a text, a table or a list of these describes, with the ``blocks`` that were named before. Raises DeriveError."""
    known = {} if blocks is None else blocks
    if isinstance(value, str):
        return _Text(value, known, what).all()
    if isinstance(value, Mapping):
        return _from_table(value, what, known)
    if isinstance(value, list | tuple):
        return tuple(part for k, item in enumerate(value, 1) for part in layers_of(item, f"{what}, entry {k}", known))
    raise DeriveError(f"{what}: {value!r} is not accepted; a layer is a text such as 'conv 3->64 kernel 7' or a table of its fields")


_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "repeat": ("layers", "residual", "shared"), "residual": ("layers",), "branch": ("join",), "experts": ("layers", "active", "bias"), "encoder": ("layers",),
    "aside": (), "block": ("layers", "sizes"), "use": ("sizes",),
}  # fmt: skip


def _from_table(table: Mapping[str, object], what: str, blocks: dict[str, Block]) -> tuple[Part, ...]:
    """What one table of fields describes."""
    named = [word for word in ("layer", *_TABLES) if word in table and not (word == "residual" and "repeat" in table)]
    if len(named) != 1:
        raise DeriveError(f"{what}: a table has one of layer, {', '.join(_TABLES)}; this one has {', '.join(table) or 'no field'}")
    (word,) = named
    if word == "layer":
        kind = _kind(str(table["layer"]), what)
        return (_layer(kind, str(table["layer"]), {name: value for name, value in table.items() if name != "layer"}, what),)
    allowed = _TABLES[word]
    unknown = next((name for name in table if name not in (word, *allowed)), None)
    if unknown is not None:
        raise DeriveError(f"{what}: {word} has no field {unknown!r}{nearest(unknown, allowed)}; it has {', '.join(allowed)}")
    if word == "branch":
        paths = table["branch"]
        if not isinstance(paths, list | tuple) or not paths:
            raise DeriveError(f"{what}: branch must be a list of lists of layers")
        read = tuple(layers_of(path, f"{what}, branch {k}", blocks) for k, path in enumerate(paths, 1))
        return (Branch(read, _join(table.get("join", "add"), what)),)
    if word == "use":
        return _block(str(table["use"]), blocks, what).used(_sizes(table, what), what)
    if word == "residual" and not isinstance(table["residual"], bool):
        return (Residual(layers_of(table["residual"], what, blocks)),)
    if word == "aside":
        return (Encoder(layers_of(table["aside"], what, blocks), (), True),)
    body = layers_of(table.get("layers"), what, blocks) if "layers" in table else ()
    if not body:
        raise DeriveError(f"{what}: {word} needs layers, a list")
    match word:
        case "residual":
            return (Residual(body),)
        case "experts":
            count, active = _size(table["experts"], f"{what}: experts"), _size(table.get("active", 1), f"{what}: active")
            return (Experts(count, active, body, bool(_BIAS.read(table.get("bias", False), what))),)
        case "encoder":
            return (Encoder(body, () if table["encoder"] is True else _own(table["encoder"], what)),)
        case "block":
            _keep(Block(str(table["block"]), tuple(_letter(one, what) for one in _sizes(table, what)), body), blocks, what)
            return ()
        case _:
            body = (Residual(body),) if table.get("residual") is True else body
            return _repeated(_size(table["repeat"], f"{what}: repeat", 0), body, table.get("shared") is True)


def _repeated(times: int | Name, body: tuple[Part, ...], shared: bool) -> tuple[Part, ...]:
    """No copy is nothing."""
    return () if times == 0 else (Repeat(times, body, shared),)


def _own(value: object, what: str) -> tuple[int | Name, ...]:
    found = Field("encoder", axes=True).read(value, what)
    return found if isinstance(found, tuple) else tuple(v for v in (found,) if isinstance(v, int | Name))


def _sizes(table: Mapping[str, object], what: str) -> list[object]:
    value = table.get("sizes", [])
    if not isinstance(value, list | tuple):
        raise DeriveError(f"{what}: sizes = {value!r} is not accepted; it must be a list such as [64, 128]")
    return list(value)


def _letter(value: object, what: str) -> Name:
    found = Size().read(value)
    if not isinstance(found, Name):
        raise DeriveError(f"{what}: {value!r} is no letter for a size of a block; the name of a symbol is, such as C")
    return found


def _keep(block: Block, blocks: dict[str, Block], what: str) -> None:
    """Make a block known by its name."""
    if block.name in _BY_NAME or block.name in (*CONTAINERS, "block") or not _BLOCK_NAME.fullmatch(block.name):
        raise DeriveError(f"{what}: a block cannot be called {block.name!r}; a word of its own is accepted, such as stage")
    if length(block.body) > _MOST_PARTS:
        raise DeriveError(f"{what}: block {block.name} has more than {_MOST_PARTS} layers; repeat N [ ... ] writes equal ones once")
    blocks[block.name] = block


def _block(word: str, blocks: Mapping[str, Block], what: str) -> Block:
    if word not in blocks:
        raise DeriveError(f"{what}: there is no block {word!r}{nearest(word, blocks)}; there are {', '.join(blocks) or 'none'}")
    return blocks[word]


def _join(word: object, what: str) -> str:
    if word not in JOINS:
        raise DeriveError(f"{what}: join = {word!r} is not accepted; it must be {', '.join(JOINS[:-1])} or {JOINS[-1]}")
    return str(word)


def _size(value: object, what: str, least: int = 1) -> int | Name:
    found = Size(least).read(value)
    if found is None:
        raise DeriveError(f"{what} = {value!r} is not accepted; it must be {Size(least).accepted}")
    return found


def _kind(word: str, what: str, blocks: Iterable[str] = ()) -> LayerKind:
    kind = _BY_NAME.get(word.lower())
    if kind is None:
        near = nearest(word.lower(), (*_BY_NAME, *CONTAINERS, *blocks))
        raise DeriveError(f"{what}: there is no layer {word!r}{near}; there are {', '.join(k.name for k in LAYER_KINDS)}")
    return kind


def _layer(kind: LayerKind, word: str, given: Mapping[str, object], what: str) -> Layer:
    values: dict[str, Value] = {}
    for name, value in given.items():
        found = kind.field(name)
        if found is None:
            known = [f.name for f in kind.fields]
            raise DeriveError(f"{what}: {kind.name} has no field {name!r}{nearest(name, known)}; it has {', '.join(known) or 'none'}")
        values[name] = found.read(value, what)
    text = " ".join((word, *(f"{name} {_shown(value)}" for name, value in values.items())))
    missing = next((f for f in kind.fields if f.default is None and f.name not in values), None)
    if missing is not None:
        raise DeriveError(f"{what}: {text}: {kind.name} needs {missing.name}: {missing.accepted}")
    return Layer(kind, values, _short(kind, word, values))


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return ("," if any(isinstance(v, Name) for v in value) else "x").join(written(v) for v in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else written(value)


def _short(kind: LayerKind, word: str, values: Mapping[str, Value]) -> str:
    """How a layer is written: ``conv 3->64 kernel 7``."""
    left = dict(values)
    words = [word]
    ends = _ARROWS.get(kind.name, ("in", "out"))
    if all(end in left for end in ends):
        words.append("->".join(_shown(left.pop(end)) for end in ends))
    elif kind.first in left:
        words.append(_shown(left.pop(kind.first)))
    return " ".join((*words, *(f"{name} {_shown(value)}" for name, value in left.items())))


class _Text:
    """A text of layers, read from left to right."""

    def __init__(self, text: str, blocks: dict[str, Block], what: str = "layers") -> None:
        self.text, self.blocks, self.what = text, blocks, what
        self.tokens: list[tuple[str, int]] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise DeriveError(f"{what}, column {at + 1}: {text[at:at + 12]!r} is not understood; {LayersType().accepted} is")
            self.tokens.append((match[1], match.start(1)))
            at = match.end()
        self.at = 0
        self.count = 0

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        found = self.peek()
        self.at += 1
        return found

    def taken(self, word: str) -> bool:
        """Whether the next word is this one, which is taken then."""
        found = self.peek() == word
        self.at += found
        return found

    def here(self) -> str:
        column = self.tokens[min(self.at, len(self.tokens) - 1)][1] + 1 if self.tokens else 1
        return f"{self.what}, column {column}"

    def all(self) -> tuple[Part, ...]:
        found = self.run()
        if self.peek():
            raise DeriveError(f"{self.here()}: {self.peek()!r} closes nothing")
        return found

    def run(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        while self.peek() not in ("", "]", "|"):
            if self.peek() in (";", "\n"):
                self.take()
                continue
            found = self.part()
            parts.extend(found)
            self.count += length(found)
            if self.count > _MOST_PARTS:
                raise DeriveError(f"{self.here()}: more than {_MOST_PARTS} layers are not accepted; repeat N [ ... ] writes equal ones once")
        return tuple(parts)

    def body(self, word: str) -> tuple[Part, ...]:
        (found,) = self.paths(word, one=True)
        return found

    def paths(self, word: str, *, one: bool = False) -> tuple[tuple[Part, ...], ...]:
        if self.peek() != "[":
            raise DeriveError(f"{self.here()}: {word} needs its layers in brackets: {word} ... [ linear 8->8; relu ]")
        self.take()
        found = [self.run()]
        while self.peek() == "|" and not one:
            self.take()
            found.append(self.run())
        if self.take() != "]":
            self.at -= 1
            why = f"the bracket of {word} is not closed" if not self.peek() else "only branch has parts with | between"
            raise DeriveError(f"{self.here()}: {why}")
        if not all(found) and (one or not any(found)):
            raise DeriveError(f"{self.here()}: {word} holds no layer")
        return tuple(found)

    def until_bracket(self) -> list[str]:
        found: list[str] = []
        while self.peek() not in _ENDS:
            found.append(self.take())
        return found

    def part(self) -> tuple[Part, ...]:
        where, word = self.here(), self.take()
        if word in self.blocks:
            return self.blocks[word].used(self.until_bracket(), where)
        match word:
            case "block":
                name, *letters = self.until_bracket() or [""]
                _keep(Block(name, tuple(_letter(one, where) for one in letters), self.body(f"block {name}")), self.blocks, where)
                return ()
            case "repeat":
                times = _size(self.take(), f"{where}: repeat", 0)
                shared = self.taken("shared")
                body = self.body(word)
                return _repeated(times, (Residual(body),) if self.taken("residual") else body, shared)  # repeat N [ ... ] residual
            case "residual":
                return (Residual(self.body(word)),)
            case "encoder":
                return (Encoder(own=() if self.peek() == "[" else _own(self.take(), where), body=self.body(word)),)
            case "aside":
                return (Encoder(self.body(word), (), True),)
            case "branch":
                paths = self.paths(word)
                return (Branch(paths, _join(self.take(), where) if self.taken("join") else "add"),)
            case "experts":
                count = _size(self.take(), f"{where}: experts")
                active = _size(self.take(), f"{where}: active") if self.taken("active") else 1
                bias = self.taken("bias") and bool(_BIAS.read(self.take(), where))
                return (Experts(count, active, self.body(word), bias),)
            case _:
                return (self.layer(where, word),)

    def layer(self, where: str, word: str) -> Layer:
        kind = _kind(word, where, self.blocks)
        given: dict[str, object] = {}
        ends = _ARROWS.get(kind.name, ("in", "out"))
        if self.peek() not in _ENDS and kind.field(self.peek()) is None:
            first = self.take()
            if self.peek() in ("->", "→"):
                self.take()
                if kind.field(ends[0]) is None or kind.field(ends[1]) is None:
                    raise DeriveError(f"{where}: {kind.name} is not written with an arrow")
                given[ends[0]], given[ends[1]] = first, self.take()
            elif kind.first:
                given[kind.first] = first
            else:
                raise DeriveError(f"{where}: {kind.name} has no field {first!r}; it has {', '.join(f.name for f in kind.fields) or 'none'}")
        while self.peek() not in _ENDS:
            name = self.take()
            if self.peek() == "=":
                self.take()
            if self.peek() in _ENDS:
                raise DeriveError(f"{where}: {kind.name}: {name!r} has no value")
            given[name] = self.take()
        return _layer(kind, word, given, where)
