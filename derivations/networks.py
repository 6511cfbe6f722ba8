"""The description of a network: what a person writes in TOML, on the command line or in Python, as plain data.

    conv 3->64 kernel 7 stride 2 padding 3 bias false; batchnorm; relu; maxpool 3 stride 2
    repeat L [ residual [ conv 64->64 kernel 3 padding 1; batchnorm; relu ] ]
    branch [ conv 64->32 kernel 1 | conv 64->96 kernel 3 padding 1; relu ] join concat
    experts 8 active 2 [ glu 512->2048 ]
    flatten; linear 512->C

Layers are separated by ``;`` or line ends; brackets hold the layers of a part, ``|`` parts branches. In TOML a layer is such a text or a table with the same
fields (``{ layer = "conv", in = 3, out = 64, kernel = 7 }``, ``{ repeat = "L", layers = [...] }``). What each kind of layer means is in
``derivations.topics.network``. Nothing here imports SymPy or a topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from derivations.language.errors import DeriveError
from derivations.language.term import Name
from derivations.parameters import Size, nearest

Value: TypeAlias = "int | Name | bool | str | tuple[int | Name, ...]"
"""A size, yes or no, a word such as ``same``, or one size for each axis."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind of layer. ``default``: None where it must be given, ``"shape"`` where it is taken from what the layer gets."""

    name: str
    least: int = 1
    default: Value | None = None
    words: tuple[str, ...] = ()
    flag: bool = False
    axes: bool = False
    """Whether it may be one size for each axis, ``3x5``."""

    def read(self, value: object, what: str) -> Value:
        """Raises DeriveError for a value that is not accepted."""
        if self.flag:
            found = {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())
            if found is not None:
                return found
        elif isinstance(value, str) and value in self.words:
            return value
        else:
            several = isinstance(value, str) and self.axes and value[:1].isdigit()
            parts = value if isinstance(value, list | tuple) else re.split(r"[x,]", str(value)) if several else [value]
            sizes = [Size(self.least).read(part) for part in parts]
            known = tuple(size for size in sizes if size is not None)
            if known and len(known) == len(sizes) and (self.axes or len(known) == 1):
                return known[0] if len(known) == 1 else known
        raise DeriveError(f"{what}: {self.name} = {value!r} is not accepted; it must be {self.accepted}")

    @property
    def accepted(self) -> str:
        if self.flag:
            return "true or false"
        size = f"an integer >= {self.least} or the name of a symbol" + (", or one for each axis such as 3x5" if self.axes else "")
        return " or ".join((size, *(repr(word) for word in self.words)))


@dataclass(frozen=True, slots=True)
class LayerKind:
    """A kind of layer: its fields, which of them a number right behind its name gives (``maxpool 3``), and whether it is written ``in->out``."""

    name: str
    fields: tuple[Field, ...] = ()
    first: str = ""
    arrow: bool = False
    spellings: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


_IN, _OUT = Field("in", default="shape"), Field("out")
_BIAS = Field("bias", default=True, flag=True)
_STRIDE, _DILATION, _KERNEL = Field("stride", default=1, axes=True), Field("dilation", default=1, axes=True), Field("kernel", axes=True)
_PADDING = Field("padding", 0, 0, axes=True)
_WINDOW = (_KERNEL, _STRIDE, Field("padding", 0, 0, ("same", "valid"), axes=True), _DILATION)
_POOL = (_KERNEL, Field("stride", default="shape", axes=True), _PADDING, _DILATION)
_CELL = (_IN, _OUT, Field("layers", default=1), _BIAS, Field("bidirectional", default=False, flag=True))
_HEADS = (
    *(Field("heads"), Field("kv", default="shape"), Field("size", default="shape"), _BIAS),
    *(Field("cross", default=0, least=0), Field("width", default="shape")),
)
_ACTIVATIONS = ("relu", "gelu", "silu", "swish", "tanh", "sigmoid", "softmax", "elu", "leakyrelu", "softplus", "mish", "identity")

LAYER_KINDS: Final = (
    LayerKind("conv", (_IN, _OUT, *_WINDOW, Field("groups", default=1), _BIAS), "out", True, ("conv1d", "conv2d", "conv3d", "convolution")),
    LayerKind("depthwise", (*_WINDOW, _BIAS), "kernel"),
    LayerKind(
        "convtranspose",
        (_IN, _OUT, _KERNEL, _STRIDE, _DILATION, _PADDING, Field("output_padding", 0, 0, axes=True), Field("groups", default=1), _BIAS),
        "out",
        True,
        ("deconv",),
    ),
    LayerKind("maxpool", _POOL, "kernel"),
    LayerKind("avgpool", _POOL, "kernel"),
    LayerKind("globalpool", (), "", False, ("globalavgpool", "adaptivepool")),
    LayerKind("upsample", (Field("factor"),), "factor"),
    LayerKind("batchnorm", (Field("affine", default=True, flag=True),), "", False, ("bn",)),
    LayerKind("layernorm", (_BIAS,), "", False, ("ln",)),
    LayerKind("rmsnorm", ()),
    LayerKind("groupnorm", (Field("groups"),), "groups"),
    LayerKind("instancenorm", (Field("affine", default=False, flag=True),)),
    LayerKind("activation", (), "", False, _ACTIVATIONS),
    LayerKind("prelu", ()),
    LayerKind("dropout", (Field("p", 0, 0, words=tuple(f"0.{k}" for k in range(1, 10))),), "p"),
    LayerKind("flatten", ()),
    LayerKind("linear", (_IN, _OUT, _BIAS, Field("lora", 0, 0)), "out", True, ("dense", "fc")),
    LayerKind("embedding", (Field("vocabulary"), Field("width")), "", False, ("embed",)),
    LayerKind("unembedding", (Field("vocabulary"), Field("tied", default=True, flag=True), Field("bias", default=False, flag=True)), "vocabulary"),
    LayerKind("positions", (Field("length"),), "length"),
    LayerKind("attention", _HEADS, "heads", False, ("selfattention", "mha")),
    LayerKind("feedforward", (Field("width", default="shape"), Field("hidden"), _BIAS), "hidden", False, ("ffn", "mlp")),
    LayerKind("glu", (Field("width", default="shape"), Field("hidden"), Field("bias", default=False, flag=True)), "hidden", False, ("swiglu", "geglu")),
    LayerKind("rnn", _CELL, "out", True),
    LayerKind("lstm", _CELL, "out", True),
    LayerKind("gru", _CELL, "out", True),
)
_BY_NAME: Final = {name: kind for kind in LAYER_KINDS for name in (kind.name, *kind.spellings)}
_ARROWS: Final = {"embedding": ("vocabulary", "width"), "feedforward": ("width", "hidden"), "glu": ("width", "hidden")}
CONTAINERS: Final = ("repeat", "residual", "branch", "experts")
JOINS: Final = ("add", "concat", "multiply")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its kind, the values that were given, and how it was written."""

    kind: LayerKind
    values: Mapping[str, Value]
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


@dataclass(frozen=True, slots=True)
class Repeat:
    """``times`` copies of a part, one behind the other, each with parameters of its own."""

    times: int | Name
    body: tuple[Part, ...]

    def __str__(self) -> str:
        return f"repeat {written(self.times)} [ {joined(self.body)} ]"


@dataclass(frozen=True, slots=True)
class Residual:
    """A part whose input is added to its output."""

    body: tuple[Part, ...]

    def __str__(self) -> str:
        return f"residual [ {joined(self.body)} ]"


@dataclass(frozen=True, slots=True)
class Branch:
    """Parts that all read the same input; their outputs are joined."""

    paths: tuple[tuple[Part, ...], ...]
    join: str = "add"

    def __str__(self) -> str:
        return f"branch [ {' | '.join(joined(path) for path in self.paths)} ] join {self.join}"


@dataclass(frozen=True, slots=True)
class Experts:
    """``count`` copies of a part of which a linear router uses ``active`` for each token."""

    count: int | Name
    active: int | Name
    body: tuple[Part, ...]

    def __str__(self) -> str:
        return f"experts {written(self.count)} active {written(self.active)} [ {joined(self.body)} ]"


Part: TypeAlias = "Layer | Repeat | Residual | Branch | Experts"


@dataclass(frozen=True, slots=True)
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
            case Residual(body):
                yield from _symbols(body)
            case Branch(paths, _):
                for path in paths:
                    yield from _symbols(path)


def written(size: int | Name) -> str:
    return size.text if isinstance(size, Name) else str(size)


def joined(parts: Sequence[Part]) -> str:
    return "; ".join(map(str, parts))


# Reading -----------------------------------------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"[^\S\n]*(->|→|[\[\]|;=\n]|[^\s\[\]|;=>→-]+(?:-(?!>)[^\s\[\]|;=>→-]+)*)")
_MOST_PARTS: Final = 5000


@dataclass(frozen=True, slots=True)
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
        if not isinstance(value, str | list | tuple) or not value:
            return None
        parts = layers_of(value)
        if not parts:
            return None
        return Layers(parts)


def layers_of(value: object, what: str = "layers") -> tuple[Part, ...]:
    """The parts that a text, a table or a list of these describes. Raises DeriveError."""
    if isinstance(value, str):
        return _Text(value).all()
    if isinstance(value, Mapping):
        return (_from_table(value, what),)
    if isinstance(value, list | tuple):
        return tuple(part for k, item in enumerate(value, 1) for part in layers_of(item, f"{what}, entry {k}"))
    raise DeriveError(f"{what}: {value!r} is not accepted; a layer is a text such as 'conv 3->64 kernel 7' or a table of its fields")


def _from_table(table: Mapping[str, object], what: str) -> Part:
    """One part given by its fields."""
    named = [word for word in ("layer", *CONTAINERS) if word in table and not (word == "residual" and "repeat" in table)]
    if len(named) != 1:
        raise DeriveError(f"{what}: a table has one of layer, {', '.join(CONTAINERS)}; this one has {', '.join(table) or 'no field'}")
    (word,) = named
    allowed = {"repeat": ("layers", "residual"), "residual": ("layers",), "branch": ("join",), "experts": ("layers", "active")}.get(word)
    if allowed is not None:
        unknown = next((name for name in table if name not in (word, *allowed)), None)
        if unknown is not None:
            raise DeriveError(f"{what}: {word} has no field {unknown!r}{nearest(unknown, allowed)}; it has {', '.join(allowed)}")
    if word == "branch":
        paths = table["branch"]
        if not isinstance(paths, list | tuple) or not paths:
            raise DeriveError(f"{what}: branch must be a list of lists of layers")
        return Branch(tuple(layers_of(path, f"{what}, branch {k}") for k, path in enumerate(paths, 1)), _join(table.get("join", "add"), what))
    if word == "residual" and not isinstance(table["residual"], bool):
        return Residual(layers_of(table["residual"], what))
    if word in ("repeat", "residual", "experts"):
        body = layers_of(table.get("layers"), what) if "layers" in table else ()
        if not body:
            raise DeriveError(f"{what}: {word} needs layers, a list")
        if word == "residual":
            return Residual(body)
        if word == "experts":
            return Experts(_size(table["experts"], f"{what}: experts"), _size(table.get("active", 1), f"{what}: active"), body)
        return Repeat(_size(table["repeat"], f"{what}: repeat"), (Residual(body),) if table.get("residual") is True else body)
    kind = _kind(str(table["layer"]), what)
    given = {name: value for name, value in table.items() if name != "layer"}
    return _layer(kind, str(table["layer"]), given, what)


def _join(word: object, what: str) -> str:
    if word not in JOINS:
        raise DeriveError(f"{what}: join = {word!r} is not accepted; it must be {', '.join(JOINS[:-1])} or {JOINS[-1]}")
    return str(word)


def _size(value: object, what: str) -> int | Name:
    found = Size().read(value)
    if found is None:
        raise DeriveError(f"{what} = {value!r} is not accepted; it must be {Size().accepted}")
    return found


def _kind(word: str, what: str) -> LayerKind:
    kind = _BY_NAME.get(word.lower())
    if kind is None:
        near = nearest(word.lower(), (*_BY_NAME, *CONTAINERS))
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
    return Layer(kind, MappingProxyType(values), _short(kind, word, values))


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return "x".join(written(v) for v in value)
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

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, int]] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise DeriveError(f"layers, column {at + 1}: {text[at:at + 12]!r} is not understood; {LayersType().accepted} is")
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

    def here(self) -> str:
        column = self.tokens[min(self.at, len(self.tokens) - 1)][1] + 1 if self.tokens else 1
        return f"layers, column {column}"

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
            parts.append(self.part())
            self.count += 1
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

    def part(self) -> Part:
        where, word = self.here(), self.take()
        match word:
            case "repeat":
                times = _size(self.take(), f"{where}: repeat")
                body = self.body(word)
                if self.peek() == "residual":  # repeat N [ ... ] residual
                    self.take()
                    body = (Residual(body),)
                return Repeat(times, body)
            case "residual":
                return Residual(self.body(word))
            case "branch":
                paths = self.paths(word)
                join = "add"
                if self.peek() == "join":
                    self.take()
                    join = _join(self.take(), where)
                return Branch(paths, join)
            case "experts":
                count = _size(self.take(), f"{where}: experts")
                active: int | Name = 1
                if self.peek() == "active":
                    self.take()
                    active = _size(self.take(), f"{where}: active")
                return Experts(count, active, self.body(word))
            case _:
                return self.layer(where, word)

    def layer(self, where: str, word: str) -> Layer:
        kind = _kind(word, where)
        given: dict[str, object] = {}
        ends = _ARROWS.get(kind.name, ("in", "out"))
        if self.peek() not in ("", ";", "\n", "]", "|", "[") and kind.field(self.peek()) is None:
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
        while self.peek() not in ("", ";", "\n", "]", "|", "["):
            name = self.take()
            if self.peek() == "=":
                self.take()
            if self.peek() in ("", ";", "\n", "]", "|", "["):
                raise DeriveError(f"{where}: {kind.name}: {name!r} has no value")
            given[name] = self.take()
        return _layer(kind, word, given, where)
