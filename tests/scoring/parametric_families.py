"""Builds the polynomial of a parametric family from the program's layer functions, with SymPy symbols as sizes.

The family's id (or the words of its description) chooses the layers; every symbol of the family must be used by them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from derivations.topics.parameters import attention, blocks, linear, normalization, recurrent
from derivations.topics.parameters.architectures import classic_decoders, encoder_decoders, encoders, rotary_decoders
from derivations.topics.parameters.ledger import Ledger, joined


class _Symbols:
    """The symbols of one family; a builder takes each under one of the names that are usual for it."""

    def __init__(self, family: Mapping[str, Any]) -> None:
        self.words = f"{family.get('id', '')} {family.get('description', '')}".replace("_", " ").lower()
        self.all = {name: sp.Symbol(name, positive=True, integer=True) for name in family["symbols"]}
        self._left = dict(self.all)

    def take(self, names: str, default: Any = ...) -> Any:
        for name in names.split():
            if name in self._left:
                return self._left.pop(name)
        if default is ...:
            raise ValueError(f"none of the symbols {names} is left (left: {', '.join(self._left) or 'none'})")
        return default

    def says(self, pattern: str) -> bool:
        return re.search(pattern, self.words) is not None

    def bias(self, default: bool) -> bool:
        if self.says(r"(no|without) bias|bias[- ]free|bias=false"):
            return False
        return True if self.says(r"with bias|bias=true|and bias|\+ bias") else default

    def refuse_left_over(self) -> None:
        if self._left:
            raise ValueError(f"the symbols {', '.join(self._left)} are not used by the layers found in {self.words!r}")


_IN, _OUT = "c_in C_in Cin n_in in_channels in_features i m C c", "c_out C_out Cout n_out out_channels out_features o n D d"
_WIDTH = "d D d_model C c E e w h H"
_INNER = "f F d_ff dff m M ff inner hidden h"
_LAYERS = "L l layers n N"
_VOCABULARY = "V v vocab"
_POSITIONS = "P p T t n_ctx S s positions N n"


def _kernel(s: _Symbols, axes: int) -> Any:
    first = s.take("a k K k_h kh k1", None)
    if first is None:
        return int(match[1]) if (match := re.search(r"(\d) ?x ?\d", s.words)) else 3
    rest = [s.take(names, None) for names in ("b k_w kw k2", "c_k k_d kd k3")][: axes - 1]
    return (first, *rest) if rest and rest[0] is not None else first


def _axes(s: _Symbols) -> int:
    return 1 if s.says(r"1-?d\b") else 3 if s.says(r"3-?d\b") else 2


def _conv(s: _Symbols) -> Ledger:
    c_in, c_out, groups = s.take(_IN), s.take(_OUT), s.take("q g G groups", 1)
    build = linear.transposed_convolution if s.says(r"transpose|deconv") else linear.convolution
    normalized = s.says(r"\bbn\b|batch ?norm")
    conv = build(_axes(s), c_in, c_out, _kernel(s, _axes(s)), groups=groups, bias=s.bias(not normalized)).under("conv")
    return conv + normalization.batch_norm(c_out).under("norm") if normalized else conv


def _depthwise(s: _Symbols) -> Ledger:
    c_in, c_out, kernel = s.take(_IN), s.take(_OUT), _kernel(s, 2)
    return blocks.depthwise_separable(c_in, c_out, kernel, s.bias(False), normalized=s.says(r"\bbn\b|batch|norm"))


def _dense(s: _Symbols) -> Ledger:
    return linear.linear(s.take(f"n_in a {_IN}"), s.take(f"n_out b {_OUT}"), s.bias(True))


def _bilinear(s: _Symbols) -> Ledger:
    return linear.bilinear(s.take("a n1 i in1 m"), s.take("b n2 j in2 n"), s.take("c o out k d"), s.bias(True))


def _perceptron(s: _Symbols) -> Ledger:
    first, hidden, depth = s.take("n_in i a x d_in d D"), s.take("h H w W n_hidden m b"), s.take("L l k layers", None)
    last = s.take("n_out o c y d_out k K C", first)
    ends = joined(first=linear.linear(first, hidden, s.bias(True)), last=linear.linear(hidden, last, s.bias(True)))
    if depth is None:
        return ends
    between = depth if s.says(r"hidden-to-hidden|middle") else depth - 1
    return ends + linear.linear(hidden, hidden, s.bias(True)).repeated(between, "middle")


def _attention(s: _Symbols) -> Ledger:
    width, bias = s.take(_WIDTH), s.bias(True)
    heads, keys, size = s.take("h H heads n_h", None), s.take("g kv n_kv h_kv", None), s.take("d_h dh k_h head_dim k e", None)
    if heads is None and keys is None and size is None:
        return attention.multihead_attention(width, 1, bias=bias)
    return blocks.self_attention(width, heads or 1, keys, size, bias, bias)


def _self_attention(s: _Symbols) -> Ledger:
    return blocks.self_attention(s.take(_WIDTH), output_map=s.says(r"output|projection"), qkv_bias=s.bias(True), out_bias=s.bias(True))


def _encoder(s: _Symbols) -> Ledger:
    layers, width = s.take(_LAYERS, None), s.take(_WIDTH)
    inner = s.take(_INNER, 4 * width)
    make = attention.transformer_decoder_layer if s.says(r"transformerdecoder|decoder") else attention.transformer_encoder_layer
    layer = make(width, 1, inner, bias=s.bias(True))
    if layers is None:
        return layer
    final = s.says(r"final (layer ?)?norm|with norm") and not s.says(r"no final|without (a )?final")
    stack = layer.repeated(layers, "layers")
    return stack + normalization.layer_norm(width).under("norm") if final else stack


def _transformer(s: _Symbols) -> Ledger:
    encoder = s.take("L_e Le N_e N L l n")
    decoder = s.take("L_d Ld N_d M K m", encoder)
    width = s.take(_WIDTH)
    return attention.transformer(width, 1, encoder, decoder, s.take(_INNER, 4 * width), bias=s.bias(True))


def _recurrent(s: _Symbols) -> Ledger:
    build = recurrent.lstm if s.says(r"lstm") else recurrent.gru if s.says(r"gru") else recurrent.rnn
    inputs, hidden = s.take("i x n_in d I D n m e E"), s.take("h H hidden n")
    extra = {"proj_size": s.take("p P proj")} if s.says(r"proj") else {}
    return build(inputs, hidden, s.take(_LAYERS, 1), bias=s.bias(True), bidirectional=s.says(r"bidirectional"), **extra)


def _normalization(s: _Symbols) -> Ledger:
    width = s.take(_WIDTH)
    if s.says(r"rms"):
        return normalization.rms_norm(width)
    return normalization.layer_norm(width) if s.says(r"layer") else normalization.batch_norm(width)


def _embedding(s: _Symbols) -> Ledger:
    return linear.embedding(s.take(_VOCABULARY + " n N"), s.take(_WIDTH))


def _gated(s: _Symbols) -> Ledger:
    return blocks.gated_feed_forward(s.take(_WIDTH), s.take(_INNER), s.bias(False))


def _feed_forward(s: _Symbols) -> Ledger:
    return blocks.feed_forward(s.take(_WIDTH), s.take(_INNER), s.bias(True))


def _gpt2(s: _Symbols) -> Ledger:
    vocabulary, layers, width = s.take(_VOCABULARY), s.take(_LAYERS), s.take(_WIDTH)
    positions = s.take(_POSITIONS)
    return classic_decoders.gpt2(vocabulary, positions, width, layers, 1, s.take(_INNER, None))


def _llama(s: _Symbols) -> Ledger:
    vocabulary, layers, width, inner = s.take(_VOCABULARY), s.take("L l layers"), s.take("d D d_model"), s.take("f F d_ff m")
    heads, keys, size = s.take("h H heads n_h q", 1), s.take("g kv k n_kv h_kv", None), s.take("d_h dh head_dim e", None)
    if size is None and keys is not None and heads == 1:
        size, heads, keys = 1, width, keys  # k is then the total width of the keys
    tied = s.says(r"tied") and not s.says(r"untied|not tied")
    backbone = rotary_decoders.llama(vocabulary, width, inner, layers, heads, keys, size)
    return backbone if tied else backbone + linear.linear(width, vocabulary, bias=False).under("lm_head")


def _bert(s: _Symbols) -> Ledger:
    vocabulary, layers, width = s.take(_VOCABULARY), s.take("L l layers"), s.take("d D H h d_model")
    inner, positions, types = s.take("f F d_ff m", 4 * width), s.take("P p n_pos T N n S s", 512), s.take("t A types", 2)
    return encoders.bert(vocabulary, width, layers, 1, inner, positions, types, add_pooling_layer=not s.says(r"(no|without) pool"))


def _vit(s: _Symbols) -> Ledger:
    from derivations.topics.parameters.architectures.vision_transformers import vit

    layers, width, patch = s.take("L l layers"), s.take("d D d_model"), s.take("p P patch")
    inner, classes, channels = s.take("f F d_ff m", 4 * width), s.take("K k classes n_classes", 1000), s.take("c C channels", 3)
    positions = s.take("n N T t positions", None)
    if positions is None:
        positions = (s.take("i I s S image") / patch) ** 2 + 1
    return vit(0, patch, width, layers, 1, inner, classes, channels, True, positions)


def _residual(s: _Symbols) -> Ledger:
    width, kernel = s.take("C c d n"), s.take("k K", 3)
    if s.says(r"pre-?activ|^((?!conv).)*(bn|batch ?norm\w*)[^a-z]*(and )?relu[^a-z]*(and )?(\d+ ?x ?\d+ )?conv"):
        inner = s.take("B b m w", None)
        bias = s.bias(True)
        if inner is None:
            return blocks.preactivation_block(width, kernel_size=kernel, bias=bias)
        return blocks.preactivation_bottleneck(width, inner, kernel_size=kernel, bias=bias)
    if s.says(r"bottleneck"):
        inner = s.take("B b m w p planes")
        return blocks.bottleneck(width, inner, s.take("D d o", width), groups=s.take("g G q", 1), kernel_size=kernel, bias=s.bias(False))
    return blocks.basic_block(width, s.take("D d o", width), kernel_size=kernel, bias=s.bias(False))


def _inverted(s: _Symbols) -> Ledger:
    c_in, expand, kernel = s.take(_IN), s.take("t e r expand"), s.take("k K", 3)
    return blocks.mbconv(c_in, s.take(_OUT, c_in), expand, kernel, None, squeezed_channels=s.take("s r q", None))


def _excitation(s: _Symbols) -> Ledger:
    channels, reduction, squeezed = s.take("C c d"), s.take("r R", None), s.take("s m q b", None)
    if squeezed is None:
        squeezed = channels / (16 if reduction is None else reduction)
    return blocks.squeeze_excitation(channels, squeezed, bias=s.bias(True))


def _fire(s: _Symbols) -> Ledger:
    c_in, squeeze, one = s.take("c C c_in i"), s.take("s s1 q"), s.take("e e1 e1x1 a")
    return blocks.fire(c_in, squeeze, one, s.take("f e3 e3x3 b", one), s.bias(True))


def _dense_block(s: _Symbols) -> Ledger:
    channels, growth, layers = s.take("c C c_in c0 k0"), s.take("g k G growth"), s.take("n L l N", None)
    size = s.take("b bn_size", 4)
    if layers is None:
        return blocks.dense_layer(channels, growth, size)
    index = sp.Symbol("index", nonnegative=True, integer=True)
    each = blocks.dense_layer(channels + index * growth, growth, size).parameters
    return Ledger() + _counted(sp.summation(sp.expand(each), (index, 0, layers - 1)))


def _counted(entries: Any) -> Ledger:
    from derivations.topics.parameters.ledger import parameter

    return parameter("sum", entries)


def _experts(s: _Symbols) -> Ledger:
    width, inner, count = s.take("d D d_model"), s.take("f F d_ff m"), s.take("E e n N")
    return blocks.mixture_of_experts(width, inner, count, gated=not s.says(r"two|2 (linear|matri)|relu"), bias=s.bias(False))


def _adapter(s: _Symbols) -> Ledger:
    rank, c_in = s.take("r R rank"), s.take("d d_in n m a D i")
    return blocks.low_rank_adapter(c_in, s.take("k d_out o n m b", c_in), rank)


def _convnext(s: _Symbols) -> Ledger:
    return blocks.convnext_block(s.take("C c d"), s.take("k K", 7), s.take("r e t", 4), not s.says(r"(no|without) layer.?scale"))


def _t5(s: _Symbols) -> Ledger:
    vocabulary, layers, width, inner = s.take(_VOCABULARY), s.take("L l layers N"), s.take("d D d_model"), s.take("f F d_ff m")
    heads, size = s.take("h H heads", 8), s.take("k d_kv dk a", None)
    if size is None:
        size = width / heads
    kind = "gated-gelu" if s.says(r"gated|v1\.1|flan|mt5") else "relu"
    backbone = encoder_decoders.t5(vocabulary, width, size, inner, layers, s.take("M decoder", None), heads, s.take("b B buckets", 32), kind)
    untied = s.says(r"untied|separate head|v1\.1|flan|mt5")
    return backbone + linear.linear(width, vocabulary, bias=False).under("lm_head") if untied else backbone


_MAP = re.compile(
    r"^(?P<kind>[\w ]*?(conv\w*|pointwise|linear|dense|fully connected|fc)\b[\w ]*?)\s+(?P<a>[\w*/+]+)\s*->\s*(?P<b>[\w*/+]+)(?P<rest>.*)$"
)
_NORM = re.compile(r"^(?P<kind>bn|batch ?norm(?:[123]d)?|ln|layer ?norm|rms ?norm)\s*\(?(?P<a>[\w*/+]+)\)?$", re.IGNORECASE)
_LOOKUP = re.compile(r"^[\w ]*embeddings?\s*\(?(?P<a>\w+)\s*(?:x|,|\*)\s*(?P<b>\w+)\)?$", re.IGNORECASE)
_SQUARE = re.compile(r"\b(?P<a>\w+) ?x ?(?P<b>\w+)\b")


def _size(text: str, symbols: Mapping[str, sp.Symbol]) -> Any:
    """Return a size written in the family's symbols: ``d``, ``4*d``, ``4d``, ``DN`` (a product of two symbols)."""
    if re.fullmatch(r"\d+", text):
        return int(text)
    names = sorted(symbols, key=len, reverse=True)
    spaced = re.sub("|".join(re.escape(name) for name in names) + r"|\d+", lambda found: f"({found[0]})", text)
    return sp.sympify(spaced.replace(")(", ")*("), locals=dict(symbols))


def _sum_of_layers(description: str, symbols: Mapping[str, sp.Symbol]) -> sp.Expr | None:
    """Read ``layer + layer + ...`` where every layer names its sizes (``conv 3x3 c->d (no bias) + BN(d)``); None where it does not."""
    total: Any = sp.Integer(0)
    for phrase in re.split(r"\s\+\s|;\s*|,\s*(?=\w+ ?\w* \w+ ?->)", description.strip().rstrip(".")):
        norm, lookup, maps = _NORM.match(phrase), _LOOKUP.match(phrase), _MAP.match(phrase)
        try:
            if norm is not None:
                layer = normalization.rms_norm if norm["kind"].lower().startswith("rms") else normalization.layer_norm
                total += layer(_size(norm["a"], symbols)).parameters
            elif lookup is not None:
                total += linear.embedding(_size(lookup["a"], symbols), _size(lookup["b"], symbols)).parameters
            elif maps is not None:
                total += _map(maps, phrase, symbols).parameters
            else:
                return None
        except (sp.SympifyError, TypeError):
            return None
    return sp.expand(total)


def _map(found: re.Match[str], phrase: str, symbols: Mapping[str, sp.Symbol]) -> Ledger:
    a, b = _size(found["a"], symbols), _size(found["b"], symbols)
    bias = re.search(r"(no|without) bias", phrase) is None
    if "conv" not in found["kind"] and "pointwise" not in found["kind"]:
        return linear.linear(a, b, bias)
    square = _SQUARE.search(found["kind"]) or _SQUARE.search(found["rest"])
    kernel = (1, 1) if square is None else tuple(_size(square[side], symbols) for side in ("a", "b"))
    return linear.conv2d(a, b, kernel, bias=bias)


#: Tried in this order: the first pattern found in the family's id and description decides.
_BUILDERS: tuple[tuple[str, Callable[[_Symbols], Ledger]], ...] = (
    (r"inverted residual|mb ?conv", _inverted),
    (r"convnext", _convnext),
    (r"depthwise|separable", _depthwise),
    (r"dense ?(net|block|layer)\b", _dense_block),
    (r"fire", _fire),
    (r"squeeze.*excit|\bse\b", _excitation),
    (r"bottleneck|residual|basic block|pre-?activ", _residual),
    (r"llama|mistral|qwen", _llama),
    (r"gpt", _gpt2),
    (r"\bm?t5|\bflan", _t5),
    (r"\bbert", _bert),
    (r"\bvit\b|vision transformer", _vit),
    (r"lstm|gru\b|\brnn", _recurrent),
    (r"mixture|\bmoe\b|experts", _experts),
    (r"lora|low.rank|adapter", _adapter),
    (r"swiglu|geglu|gated", _gated),
    (r"transformer (en|de)coder|(en|de)coder (layer|stack)", _encoder),
    (r"transformer\b", _transformer),
    (r"multi-?head|\bmha\b|grouped.query|\bgqa\b", _attention),
    (r"self.attention|attention", _self_attention),
    (r"feed.?forward|\bffn\b", _feed_forward),
    (r"perceptron|\bmlp\b", _perceptron),
    (r"bilinear", _bilinear),
    (r"conv", _conv),
    (r"embedding", _embedding),
    (r"linear|dense|fully connected", _dense),
    (r"norm", _normalization),
)


def family_polynomial(family: Mapping[str, Any]) -> tuple[sp.Expr, dict[str, sp.Symbol]]:
    """Return the count of the family as an expression in its symbols, or raise ``ValueError`` when no layers are recognised."""
    summed = _sum_of_layers(str(family.get("description", "")), _Symbols(family).all)
    symbols = _Symbols(family)
    if summed is not None and summed.free_symbols == set(symbols.all.values()):
        return summed, symbols.all
    name = str(family.get("id", "")).replace("_", " ").lower()
    for words in (name, symbols.words):  # the id is the shorter and the surer description
        for pattern, build in _BUILDERS:
            if re.search(pattern, words) is not None:
                polynomial = sp.expand(build(symbols).parameters)
                symbols.refuse_left_over()
                return polynomial, symbols.all
    raise ValueError(f"no layers are recognised in {symbols.words!r}")


def family_differences(family: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return our polynomial as text, and where it differs from the file's closed form and from the measured points."""
    polynomial, symbols = family_polynomial(family)
    differences = []
    for field in ("closed_form", "closed_form_expanded"):
        if field in family:
            written = sp.sympify(family[field], locals=symbols)
            if sp.simplify(polynomial - written) != 0:
                differences.append(f"{field}: ours {polynomial}, the file's {sp.expand(written)}")
    for point in family.get("points", ()):
        value = polynomial.subs({symbols[name]: size for name, size in point["at"].items()})
        if value != point["params"]:
            differences.append(f"at {point['at']}: counted {value}, the file says {point['params']}")
    return str(polynomial), differences
